/* Completion scripts for bash, zsh and fish, from the tables. */
#include <string.h>

#include "cli/cli_int.h"

/* What follows an option, when a shell can know it. */
static const char *values_of(const OptionDef *o, Arena *mem)
{
    if (o->kind == OPTION_SIZE)
        return "small medium large";
    if (o->kind != OPTION_CHOICE)
        return NULL;
    const char *words = o->choices[0].name;
    for (const Choice *c = o->choices + 1; c->name; c++)
        words = arena_printf(mem, "%s %s", words, c->name);
    return words;
}

static bool is_file(const OptionDef *o)
{
    return strcmp(o->name, "log-file") == 0;
}
static bool is_env(const OptionDef *o)
{
    return strcmp(o->name, "env") == 0;
}

static const char *command_names(Arena *mem)
{
    const char *names = "";
    for (int i = 0; i < CMD_COUNT; i++)
        names = arena_printf(mem, "%s%s%s%s%s", names, i ? " " : "", cli_commands[i].name,
                             cli_commands[i].alias ? " " : "",
                             cli_commands[i].alias ? cli_commands[i].alias : "");
    return names;
}

/* The files of a folder without their ending, as words of a shell function. */
static const char recipes_sh[] =
    "for f in recipes/*.lua; do [ -e \"$f\" ] && f=${f##*/} && echo \"${f%.lua}\"; done";
static const char envs_sh[] =
    "for f in envs/*.yaml; do [ -e \"$f\" ] && f=${f##*/} && echo \"${f%.yaml}\"; done";

/* ------------------------------------------------------------------ bash */

static const char *case_label(const CommandDef *c, Arena *mem)
{
    return c->alias ? arena_printf(mem, "%s|%s", c->name, c->alias) : c->name;
}

static void bash_values(FILE *out, CommandId id, Arena *mem)
{
    fputs("        case $prev in\n", out);
    for (int i = 0; i < cli_option_count; i++) {
        const OptionDef *o = &cli_options[i];
        if (!(o->commands & 1u << id) || !o->arg)
            continue;
        const char *label = arena_printf(mem, "--%s", o->name);
        if (o->alias)
            label = arena_printf(mem, "%s|--%s", label, o->alias);
        if (o->letter)
            label = arena_printf(mem, "%s|-%c", label, o->letter);
        fprintf(out, "        %s) ", label);
        if (values_of(o, mem))
            fprintf(out, "words='%s' ;;\n", values_of(o, mem));
        else if (is_env(o))
            fputs("words=$(_seedpipe_envs) ;;\n", out);
        else if (is_file(o))
            fputs("COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n", out);
        else
            fputs("return ;;\n", out);
    }
    fputs("        *) words=$options ;;\n        esac\n", out);
}

static void bash_command(FILE *out, const CommandDef *c, Arena *mem)
{
    CommandId id = command_id(c);
    fprintf(out, "    %s)\n        options='", case_label(c, mem));
    for (int i = 0; i < cli_option_count; i++)
        if (cli_options[i].commands & 1u << id)
            fprintf(out, "--%s ", cli_options[i].name);
    fputs("'\n", out);
    bash_values(out, id, mem);
    fputs("        [[ $words != \"$options\" || $cur == -* ]] || ", out);
    switch (c->args[0].complete) {
    case COMPLETE_RECIPE:
        fputs("{ words=$(_seedpipe_recipes); COMPREPLY=($(compgen -f -X '!*.lua' -- \"$cur\") "
              "$(compgen -d -S / -- \"$cur\")); }\n",
              out);
        break;
    case COMPLETE_COMMAND: fprintf(out, "words='%s'\n", command_names(mem)); break;
    case COMPLETE_SHELL: fputs("words='bash zsh fish'\n", out); break;
    case COMPLETE_NONE: fputs("words=''\n", out); break;
    }
    fputs("        ;;\n", out);
}

static void bash(FILE *out, Arena *mem)
{
    fputs("# bash completion for seedpipe; made by `seedpipe completion bash`.\n", out);
    fprintf(out, "_seedpipe_recipes() {\n    local f\n    %s\n}\n", recipes_sh);
    fprintf(out, "_seedpipe_envs() {\n    local f\n    %s\n}\n", envs_sh);
    fputs("_seedpipe() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= "
          "options= words= "
          "i\n"
          "    COMPREPLY=()\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        [[ ${COMP_WORDS[i]} == -* ]] || { command=${COMP_WORDS[i]}; break; }\n"
          "    done\n"
          "    case $command in\n",
          out);
    for (int i = 0; i < CMD_COUNT; i++)
        bash_command(out, &cli_commands[i], mem);
    fprintf(out, "    *) words='%s --help --version' ;;\n    esac\n", command_names(mem));
    fputs("    COMPREPLY+=($(compgen -W \"$words\" -- \"$cur\"))\n"
          "}\n"
          "complete -o filenames -o nosort -F _seedpipe seedpipe\n",
          out);
}

/* ------------------------------------------------------------------ zsh */

/* Inside '...[...]' of _arguments: no quotes, brackets or colons of its own. */
static void zsh_doc(FILE *out, const char *doc)
{
    for (; *doc; doc++) {
        if (*doc == '[' || *doc == ']' || *doc == ':' || *doc == '\\')
            fputc('\\', out);
        fputs(*doc == '\'' ? "'\\''" : (char[]){*doc, '\0'}, out);
    }
}

static void zsh_option(FILE *out, const OptionDef *o, const char *name, Arena *mem)
{
    fprintf(out, "            '--%s%s[", name, o->arg ? "=" : "");
    zsh_doc(out, o->doc);
    fputc(']', out);
    if (o->arg) {
        fputc(':', out);
        zsh_doc(out, o->arg);
        fputc(':', out);
        if (values_of(o, mem))
            fprintf(out, "(%s)", values_of(o, mem));
        else if (is_env(o))
            fputs("_seedpipe_envs", out);
        else if (is_file(o))
            fputs("_files", out);
    }
    fputs("' \\\n", out);
}

static void zsh_command(FILE *out, const CommandDef *c, Arena *mem)
{
    static const char *const actions[] = {[COMPLETE_NONE] = "",
                                          [COMPLETE_RECIPE] = "_seedpipe_recipes",
                                          [COMPLETE_COMMAND] = "_seedpipe_commands",
                                          [COMPLETE_SHELL] = "(bash zsh fish)"};
    fprintf(out, "    %s)\n        _arguments \\\n", case_label(c, mem));
    for (int i = 0; i < cli_option_count; i++) {
        const OptionDef *o = &cli_options[i];
        if (!(o->commands & 1u << command_id(c)))
            continue;
        zsh_option(out, o, o->name, mem);
        if (o->alias)
            zsh_option(out, o, o->alias, mem);
    }
    for (int i = 0; i < CLI_MAX_ARGS && c->args[i].name; i++)
        fprintf(out, "            '%d:%s:%s' \\\n", i + 1, c->args[i].name,
                actions[c->args[i].complete]);
    fputs("            && return\n        ;;\n", out);
}

static void zsh(FILE *out, Arena *mem)
{
    fputs("#compdef seedpipe\n# zsh completion for seedpipe; made by `seedpipe completion zsh`.\n",
          out);
    fprintf(out,
            "_seedpipe_recipes() {\n    local -a names\n    names=(${(f)\"$(%s)\"})\n"
            "    compadd -a names\n    _files -g '*.lua'\n}\n",
            recipes_sh);
    fprintf(out,
            "_seedpipe_envs() {\n    local -a names\n    names=(${(f)\"$(%s)\"})\n    compadd -a "
            "names\n}\n",
            envs_sh);
    fputs("_seedpipe_commands() {\n    local -a commands\n    commands=(\n", out);
    for (int i = 0; i < CMD_COUNT; i++) {
        fprintf(out, "        '%s:", cli_commands[i].name);
        zsh_doc(out, cli_commands[i].doc);
        fputs("'\n", out);
    }
    fputs("    )\n    _describe command commands\n}\n"
          "_seedpipe() {\n"
          "    if ((CURRENT == 2)); then\n        _seedpipe_commands\n        return\n    fi\n"
          "    local command=$words[2]\n"
          "    shift words\n    ((CURRENT--))\n"
          "    case $command in\n",
          out);
    for (int i = 0; i < CMD_COUNT; i++)
        zsh_command(out, &cli_commands[i], mem);
    fputs("    esac\n}\n_seedpipe \"$@\"\n", out);
}

/* ------------------------------------------------------------------ fish */

static void fish_text(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc('\'', out);
}

static void fish_option(FILE *out, const OptionDef *o, Arena *mem)
{
    fputs("complete -c seedpipe -n '__fish_seen_subcommand_from", out);
    for (int i = 0; i < CMD_COUNT; i++)
        if (o->commands & 1u << i)
            fprintf(out, " %s%s%s", cli_commands[i].name, cli_commands[i].alias ? " " : "",
                    cli_commands[i].alias ? cli_commands[i].alias : "");
    fprintf(out, "' -l %s", o->name);
    if (o->letter)
        fprintf(out, " -s %c", o->letter);
    if (o->arg)
        fputs(is_file(o) ? " -r -F" : " -x", out);
    if (o->arg && values_of(o, mem))
        fprintf(out, " -a '%s'", values_of(o, mem));
    else if (is_env(o))
        fputs(" -a '(__seedpipe_names envs .yaml)'", out);
    fputs(" -d ", out);
    fish_text(out, o->doc);
    fputc('\n', out);
}

static void fish(FILE *out, Arena *mem)
{
    fputs("# fish completion for seedpipe; made by `seedpipe completion fish`.\n"
          "function __seedpipe_names\n"
          "    for f in $argv[1]/*$argv[2]\n"
          "        string replace -r '.*/(.*)\\\\'$argv[2]'$' '$1' -- $f\n"
          "    end\n"
          "end\n",
          out);
    for (int i = 0; i < CMD_COUNT; i++) {
        fprintf(out, "complete -c seedpipe -f -n __fish_use_subcommand -a %s -d ",
                cli_commands[i].name);
        fish_text(out, cli_commands[i].doc);
        fputc('\n', out);
    }
    for (int i = 0; i < CMD_COUNT; i++) {
        const char *words = NULL;
        switch (cli_commands[i].args[0].complete) {
        case COMPLETE_RECIPE:
            words = "(__seedpipe_names recipes .lua) (__fish_complete_suffix .lua)";
            break;
        case COMPLETE_COMMAND: words = command_names(mem); break;
        case COMPLETE_SHELL: words = "bash zsh fish"; break;
        case COMPLETE_NONE: break;
        }
        if (words)
            fprintf(out, "complete -c seedpipe -f -n '__fish_seen_subcommand_from %s' -a '%s'\n",
                    cli_commands[i].name, words);
    }
    for (int i = 0; i < cli_option_count; i++)
        fish_option(out, &cli_options[i], mem);
}

bool cmd_completion(App *app)
{
    static const char *const shells[] = {"bash", "zsh", "fish"};
    static void (*const writers[])(FILE *, Arena *) = {bash, zsh, fish};
    const char *shell = app->o.args[0];
    for (int i = 0; i < 3; i++)
        if (strcmp(shells[i], shell) == 0) {
            writers[i](app->out.file, app->mem);
            return true;
        }
    err_add(app->mem, &app->err, ERR_USAGE, NULL, NULL, "there is no completion for \"%.80s\"",
            shell);
    return err_hint(app->mem, &app->err, "there are: bash, zsh, fish");
}

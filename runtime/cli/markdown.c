/* docs/cli.md, from the tables. A test compares the file with this. */
#include <string.h>

#include "cli/cli_int.h"

/* A `|` ends a cell of a Markdown table. */
static void cell(FILE *out, const char *text)
{
    for (; *text; text++)
        fprintf(out, *text == '|' ? "\\|" : "%c", *text);
}

static void command_table(FILE *out, Arena *mem)
{
    fputs("| command | what it does |\n|---|---|\n", out);
    for (int i = 0; i < CMD_COUNT; i++) {
        const CommandDef *c = &cli_commands[i];
        const char *shown = c->name;
        for (int k = 0; k < CLI_MAX_ARGS && c->args[k].name; k++)
            shown = arena_printf(mem, c->args[k].required ? "%s %s" : "%s [%s]", shown,
                                 c->args[k].name);
        fprintf(out, "| [`%s`](#seedpipe-%s) | %s%s |\n", shown, c->name, c->doc,
                c->alias ? arena_printf(mem, " (also: `%s`)", c->alias) : "");
    }
}

static void option_table(FILE *out, CommandId id, Arena *mem)
{
    fputs("| option | meaning |\n|---|---|\n", out);
    for (int group = 0; group < GROUP_COUNT; group++)
        for (int i = 0; i < cli_option_count; i++) {
            const OptionDef *o = &cli_options[i];
            if ((int)o->group != group || !(o->commands & 1u << id))
                continue;
            fputs("| `", out);
            cell(out, option_usage(o, true, mem));
            fputs("` | ", out);
            cell(out, o->doc);
            fprintf(out, "%s |\n", o->alias ? arena_printf(mem, "; also `--%s`", o->alias) : "");
        }
}

static void command_section(FILE *out, const CommandDef *c, Arena *mem)
{
    fprintf(out, "\n## seedpipe %s\n\n", c->name);
    fprintf(out, "`%s`", command_synopsis(c, mem));
    if (c->alias)
        fprintf(out, " (also `seedpipe %s`)", c->alias);
    fputs("\n\n", out);
    for (const char *s = c->text; *s; s++)
        fputs(*s == '\n' ? "\n\n" : (char[]){*s, '\0'}, out);
    fputs("\n\n", out);
    bool any = false;
    for (int i = 0; i < CLI_MAX_ARGS && c->args[i].name; i++, any = true)
        fprintf(out, "- `%s`: %s%s\n", c->args[i].name, c->args[i].doc,
                c->args[i].required ? "" : " (may be left out)");
    if (any)
        fputc('\n', out);
    option_table(out, command_id(c), mem);
    fputs("\n```sh\n", out);
    for (const Example *e = c->examples; e < c->examples + CLI_MAX_EXAMPLES && e->line; e++)
        fprintf(out, "# %s\n%s\n", e->doc, e->line);
    fputs("```\n", out);
}

static void exit_table(FILE *out)
{
    static const struct {
        const char *status, *meaning;
    } rows[] = {
        {"0", "done, or nothing to do"},
        {"1", "no connection, wrong password, database or I/O error"},
        {"2", "wrong in itself: command line, recipe, environment file, URL, counts"},
        {"3", "refused for what the target holds or is: drift, a changed recipe, a guard"},
        {"4", "another run holds the lock, or did not give it up in time"},
        {"5", "verification failed"},
        {"130", "cancelled (Ctrl+C)"},
        {"143", "terminated (SIGTERM or SIGHUP)"},
    };
    fputs("\n## Exit status\n\n| status | meaning |\n|---|---|\n", out);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        fprintf(out, "| %s | %s |\n", rows[i].status, rows[i].meaning);
}

void help_markdown(FILE *out, Arena *mem)
{
    fputs("# The command line\n"
          "\n"
          "<!-- Made by `seedpipe help --markdown > docs/cli.md`: do not edit. -->\n"
          "\n",
          out);
    command_table(out, mem);
    fputs(
        "\n"
        "A value follows its option as `--env dev` or `--env=dev`; `--` ends the options. Results "
        "go to standard output, logs, progress and errors to standard error; `--output json` puts "
        "the errors into the result as well. A flag wins over a variable (`SEEDPIPE_ENV`, "
        "`SEEDPIPE_URL`), a variable over the [environment file](env.md), that over the recipe. "
        "Colours: on a terminal, unless `NO_COLOR` is set.\n",
        out);
    for (int i = 0; i < CMD_COUNT; i++)
        command_section(out, &cli_commands[i], mem);
    exit_table(out);
}

/* argv to Options, by the tables. Every mistake is reported, each with the way to write it. */
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "cli/values.h"

#define MAX_OPTIONS 96

typedef struct Parse {
    Options *out;
    const CommandDef *command;
    bool given[MAX_OPTIONS];
    int nargs;
    bool unknown; /* an option was not known: the next word may be its value */
    int errors_before;
    Arena *mem;
    Err *err;
} Parse;

const CommandDef *command_find(const char *name)
{
    for (int i = 0; i < CMD_COUNT; i++) {
        const CommandDef *c = &cli_commands[i];
        if (strcmp(c->name, name) == 0 || (c->alias && strcmp(c->alias, name) == 0))
            return c;
    }
    return NULL;
}

static bool same(const char *name, const char *word, size_t len)
{
    return name && strlen(name) == len && memcmp(name, word, len) == 0;
}

static const OptionDef *option_in(unsigned commands, const char *name, size_t len)
{
    for (int i = 0; i < cli_option_count; i++) {
        const OptionDef *o = &cli_options[i];
        if ((o->commands & commands) && (same(o->name, name, len) || same(o->alias, name, len)))
            return o;
    }
    return NULL;
}

const OptionDef *option_find(CommandId command, const char *name, size_t len)
{
    return option_in(1u << command, name, len);
}

static const OptionDef *letter_in(unsigned commands, char letter)
{
    for (int i = 0; i < cli_option_count; i++)
        if ((cli_options[i].commands & commands) && cli_options[i].letter == letter)
            return &cli_options[i];
    return NULL;
}

/* ------------------------------------------------------------------ mistakes */

static bool usage(Parse *p, const char *message, const char *hint)
{
    err_add(p->mem, p->err, ERR_USAGE, NULL, NULL, "%s", message);
    return hint ? err_hint(p->mem, p->err, "%s", hint) : false;
}

static bool unknown_option(Parse *p, const char *name, size_t len)
{
    const char *shown = arena_strndup(p->mem, name, len);
    p->unknown = true;
    const OptionDef *elsewhere = option_in(~0u, name, len);
    if (elsewhere) {
        const char *owners[CMD_COUNT];
        int n = 0;
        for (int i = 0; i < CMD_COUNT; i++)
            if (option_find((CommandId)i, name, len))
                owners[n++] = cli_commands[i].name;
        return usage(p, arena_printf(p->mem, "%s has no option --%s", p->command->name, shown),
                     arena_printf(p->mem, "it belongs to: %s", text_list(owners, n, n, p->mem)));
    }
    const char *names[2 * MAX_OPTIONS];
    size_t n = 0;
    for (int i = 0; i < cli_option_count; i++)
        if (cli_options[i].commands & 1u << command_id(p->command)) {
            names[n++] = cli_options[i].name;
            if (cli_options[i].alias)
                names[n++] = cli_options[i].alias;
        }
    const char *near = name_nearest(shown, names, n);
    return usage(
        p, arena_printf(p->mem, "there is no option --%s", shown),
        near ? arena_printf(p->mem, "did you mean --%s?", near)
             : arena_printf(p->mem, "seedpipe %s --help lists the options", p->command->name));
}

static bool unknown_command(const char *word, Arena *mem, Err *err)
{
    const char *names[2 * CMD_COUNT];
    size_t n = 0;
    for (int i = 0; i < CMD_COUNT; i++) {
        names[n++] = cli_commands[i].name;
        if (cli_commands[i].alias)
            names[n++] = cli_commands[i].alias;
    }
    err_add(mem, err, ERR_USAGE, NULL, NULL, "there is no command \"%.80s\"", word);
    const char *near = name_nearest(word, names, n);
    size_t len = strlen(word);
    if (near)
        return err_hint(mem, err, "did you mean %s?", near);
    if (len > 4 && strcmp(word + len - 4, ".lua") == 0)
        return err_hint(mem, err, "to run a recipe: seedpipe run %s", word);
    return err_hint(mem, err, "seedpipe help lists the commands");
}

/* ------------------------------------------------------------------ one option */

static bool set_choice(Parse *p, const OptionDef *o, const char *value, int *out)
{
    const char *names[16];
    size_t n = 0;
    for (const Choice *c = o->choices; c->name; c++) {
        if (strcmp(c->name, value) == 0) {
            *out = c->value;
            return true;
        }
        names[n++] = c->name;
    }
    const char *near = name_nearest(value, names, n);
    return usage(p,
                 arena_printf(p->mem, "--%s must be one of: %s", o->name,
                              text_list(names, (int)n, (int)n, p->mem)),
                 near ? arena_printf(p->mem, "did you mean %s?", near) : NULL);
}

static bool set_value(Parse *p, const OptionDef *o, const char *value)
{
    char *at = (char *)p->out + o->at;
    const char *wrong = NULL, *hint = NULL;
    switch (o->kind) {
    case OPTION_FLAG: *(bool *)at = true; break;
    case OPTION_TEXT:
        if (value[0] == '\0')
            wrong = "a text that is not empty";
        *(const char **)at = value;
        break;
    case OPTION_COLUMNS: *(const char **)at = value; break;
    case OPTION_COUNTS: wrong = value_counts(value, p->out, p->mem); break;
    case OPTION_WHOLE:
        if (!value_whole(value, o->min, o->max, (int64_t *)at))
            wrong = o->max == INT64_MAX
                        ? "a whole number, in digits"
                        : arena_printf(p->mem, "a whole number from %s to %s",
                                       text_count(o->min, p->mem), text_count(o->max, p->mem));
        break;
    case OPTION_SECONDS:
        if (!env_parse_seconds(value, (double *)at))
            wrong = "a time such as 30, 30s, 500ms or 5m (at most 7 days)";
        break;
    case OPTION_SIZE: wrong = value_size(value, (double *)at, &hint, p->mem); break;
    case OPTION_COUNT: wrong = value_count(value, p->out, &hint, p->mem); break;
    case OPTION_TIME:
        if (!value_time(value, (int64_t *)at))
            wrong = "a date or a time in UTC such as 2026-01-31 or \"2026-01-31 12:00\"";
        break;
    case OPTION_CHOICE: return set_choice(p, o, value, (int *)at);
    }
    if (wrong)
        return usage(p, arena_printf(p->mem, "--%s must be %s", o->name, wrong), hint);
    if (o->has_at)
        *((bool *)p->out + o->has_at) = true;
    return true;
}

static bool take(Parse *p, const OptionDef *o, const char *value)
{
    bool *given = &p->given[o - cli_options];
    if (*given && o->kind != OPTION_FLAG)
        return usage(p, arena_printf(p->mem, "--%s is given twice", o->name), NULL);
    *given = true;
    return set_value(p, o, value ? value : "");
}

/* The argument after an option, when it can be its value. */
static const char *next_value(int argc, char *const *argv, int *i)
{
    if (*i + 1 >= argc || (argv[*i + 1][0] == '-' && argv[*i + 1][1] == '-'))
        return NULL;
    return argv[++*i];
}

static bool no_value(Parse *p, const OptionDef *o)
{
    return usage(p, arena_printf(p->mem, "--%s needs a value", o->name),
                 arena_printf(p->mem, "write %s", option_usage(o, false, p->mem)));
}

static bool long_option(Parse *p, int argc, char *const *argv, int *i)
{
    const char *name = argv[*i] + 2;
    size_t len = strcspn(name, "=");
    const char *value = name[len] ? name + len + 1 : NULL;
    const OptionDef *o = option_find(p->out->command, name, len);
    if (!o)
        return unknown_option(p, name, len);
    if (!o->arg && value)
        return usage(p, arena_printf(p->mem, "--%s takes no value", o->name), NULL);
    if (o->arg && !value && !(value = next_value(argc, argv, i)) && o->kind != OPTION_COLUMNS)
        return no_value(p, o);
    return take(p, o, value);
}

static bool short_options(Parse *p, int argc, char *const *argv, int *i)
{
    for (const char *s = argv[*i] + 1; *s; s++) {
        const OptionDef *o = letter_in(1u << p->out->command, *s);
        if (!o)
            return usage(
                p, arena_printf(p->mem, "%s has no option -%c", p->command->name, *s),
                arena_printf(p->mem, "seedpipe %s --help lists the options", p->command->name));
        if (!o->arg) {
            take(p, o, NULL);
            continue;
        }
        const char *value = s[1] ? s + 1 : next_value(argc, argv, i);
        return value ? take(p, o, value) : no_value(p, o);
    }
    return true;
}

/* ------------------------------------------------------------------ the line */

/* The place of the command: the first word that is neither an option nor an option's value. 0:
 * none. */
static int command_place(int argc, char *const *argv)
{
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i];
        if (a[0] != '-' || a[1] == '\0')
            return i;
        const OptionDef *o = NULL;
        if (a[1] == '-') {
            if (strcmp(a, "--version") == 0)
                return i;
            o = strchr(a, '=') ? NULL : option_in(~0u, a + 2, strlen(a + 2));
        } else {
            if (strcmp(a, "-V") == 0)
                return i;
            o = a[2] ? NULL : letter_in(~0u, a[1]);
        }
        if (o && o->arg)
            next_value(argc, argv, &i);
    }
    return 0;
}

static void positional(Parse *p, const char *word)
{
    int most = 0;
    while (most < CLI_MAX_ARGS && p->command->args[most].name)
        most++;
    if (p->nargs < most)
        p->out->args[p->nargs] = word;
    else if (p->nargs == most && !p->unknown)
        usage(p, arena_printf(p->mem, "%s does not take \"%.80s\"", p->command->name, word),
              arena_printf(p->mem, "it is written: %s", command_synopsis(p->command, p->mem)));
    p->nargs++;
}

/* What is said of a database means nothing for a sink, and the other way round. */
static void check_sink(Parse *p)
{
    const Options *o = p->out;
    bool sql = o->to && strncmp(o->to, "sql:", 4) == 0;
    const char *wrong = !o->to                 ? NULL
                        : o->restart           ? "--restart"
                        : o->keep_partial      ? "--keep-partial"
                        : o->prune             ? "--prune"
                        : o->allow_protected   ? "--allow-protected"
                        : o->lock_timeout >= 0 ? "--lock-timeout"
                        : o->url && !sql       ? "--url"
                                               : NULL;
    if (wrong)
        usage(p, arena_printf(p->mem, "%s is for a database, and --to %s is none", wrong, o->to),
              NULL);
    if (o->dialect && !sql)
        usage(p, "--dialect is for --to sql:FILE", NULL);
}

/* One operation, and what belongs to it. */
static void check_operation(Parse *p)
{
    const Options *o = p->out;
    int operations = o->append + o->del + (o->update != NULL) + o->replace + o->truncate;
    bool counted = o->npositions || o->ncounts;
    bool some = o->del || o->update;
    int choices = counted + (o->percentage > 0) + (o->where != NULL);
    if (operations != 1)
        usage(p, operations ? "modify does one operation at a time" : "modify needs an operation",
              "one of --append, --delete, --update COLS, --replace, --truncate");
    else if (some && p->err->count == p->errors_before && choices != 1)
        usage(p,
              arena_printf(p->mem,
                           choices ? "--%s takes one way of choosing rows" : "--%s which rows?",
                           o->del ? "delete" : "update"),
              "one of --count N, --percentage P, --where CONDITION");
    else if (!some && (o->percentage > 0 || o->where))
        usage(p, "--where and --percentage choose rows for --delete and --update", NULL);
    if (o->update && !*o->update == !o->fields)
        usage(p, o->fields ? "the columns are given twice" : "--update needs columns",
              "--update email,phone, or --update --fields email,phone");
    if (o->fields && !o->update)
        usage(p, "--fields names the columns of --update", NULL);
    if (o->reseed && !o->truncate)
        usage(p, "--reseed belongs to --truncate", "--replace does both");
    if (o->truncate && !o->reseed && counted)
        usage(p, "--truncate with --count needs --reseed", NULL);
    if (some && o->args[1] && strchr(o->args[1], ','))
        usage(p, "--delete and --update take one table", NULL);
    if (o->update && (o->cascade || o->seeded_only))
        usage(p, "--update changes rows that seedpipe made, and no others",
              "leave --cascade and --seeded-only out");
}

static void check_together(Parse *p)
{
    const Options *o = p->out;
    const ArgDef *args = p->command->args;
    for (int i = 0; i < CLI_MAX_ARGS && args[i].name && !o->help; i++)
        if (args[i].required && !o->args[i])
            usage(p,
                  arena_printf(p->mem, "%s needs a %s: %s", p->command->name, args[i].name,
                               args[i].doc),
                  arena_printf(p->mem, "such as: %s", p->command->examples[0].line));
    if (o->command == CMD_MODIFY && !o->help)
        check_operation(p);
    if (o->quiet && o->verbose)
        usage(p, "--quiet and --verbose exclude each other", NULL);
    if (o->size > 0 && o->count >= 0)
        usage(p, "--size and --count N exclude each other",
              "--size with --count TABLE=N,... is fine");
    check_sink(p);
}

bool options_parse(int argc, char *const *argv, Options *out, Arena *mem, Err *err)
{
    Parse p = {.out = out, .mem = mem, .err = err, .errors_before = err->count};

    *out = (Options){.count = -1, .lock_timeout = -1, .rows = 10};
    int place = command_place(argc, argv);
    const char *word = place ? argv[place] : "help"; /* alone: help for all */
    const CommandDef *found = strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0
                                  ? &cli_commands[CMD_VERSION]
                                  : command_find(word);
    out->command = found ? command_id(found) : CMD_HELP;
    if (!found)
        return unknown_command(word, mem, err);
    p.command = &cli_commands[out->command];
    bool words_only = false;
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i];
        if (i == place)
            continue;
        if (words_only || a[0] != '-' || a[1] == '\0')
            positional(&p, a);
        else if (strcmp(a, "--") == 0)
            words_only = true;
        else if (a[1] == '-')
            long_option(&p, argc, argv, &i);
        else
            short_options(&p, argc, argv, &i);
    }
    out->help = out->help && place > 0;
    check_together(&p);
    return err->count == p.errors_before;
}

/* ------------------------------------------------------------------ how things are written */

const char *command_synopsis(const CommandDef *command, Arena *mem)
{
    const char *text = arena_printf(mem, "seedpipe %s", command->name);
    for (int i = 0; i < CLI_MAX_ARGS && command->args[i].name; i++)
        text = arena_printf(mem, command->args[i].required ? "%s %s" : "%s [%s]", text,
                            command->args[i].name);
    return arena_printf(mem, "%s [options]", text);
}

const char *option_usage(const OptionDef *option, bool with_letter, Arena *mem)
{
    const char *arg = option->arg;
    if (option->choices) {
        arg = option->choices[0].name;
        for (const Choice *c = option->choices + 1; c->name; c++)
            arg = arena_printf(mem, "%s|%s", arg, c->name);
    }
    const char *letter =
        option->letter && with_letter ? arena_printf(mem, "-%c, ", option->letter) : "";
    return arena_printf(mem, "%s--%s%s%s", letter, option->name, arg ? " " : "", arg ? arg : "");
}

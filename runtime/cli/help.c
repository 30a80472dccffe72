/* Help for people, from the tables; and the commands `help` and `version`. */
#include <string.h>

#include "base/map.h"
#include "base/os.h"
#include "cli/cli_int.h"
#include "recipe/recipe.h"

#define HELP_WIDTH  78
#define HELP_COLUMN 30

static void heading(const Term *term, const char *text)
{
    fputc('\n', term->file);
    term_put(term, STYLE_BOLD, text);
    fputc('\n', term->file);
}

/* "  left        right, wrapped" */
static void entry(const Term *term, const char *left, const char *right, int column)
{
    int used = fprintf(term->file, "  %s", left);
    if (used + 2 > column) {
        fputc('\n', term->file);
        used = 0;
    }
    fprintf(term->file, "%*s", column - used, "");
    term_wrap(term->file, right, column, column, HELP_WIDTH);
}

void help_overview(const Term *term, Arena *mem)
{
    term_put(term, STYLE_BOLD, "seedpipe");
    fputs(" fills databases with believable data, and proves that it is right.\n", term->file);
    heading(term, "Commands");
    for (int i = 0; i < CMD_COUNT; i++) {
        const CommandDef *c = &cli_commands[i];
        const char *left = c->name;
        for (int k = 0; k < CLI_MAX_ARGS && c->args[k].name; k++)
            left =
                arena_printf(mem, c->args[k].required ? "%s %s" : "%s [%s]", left, c->args[k].name);
        entry(term, left, c->alias ? arena_printf(mem, "%s (also: %s)", c->doc, c->alias) : c->doc,
              26);
    }
    fputs("\nA RECIPE is a file, or a name looked up in recipes/.\n", term->file);
    heading(term, "Start here");
    fputs("  seedpipe run recipes/fintech-loans.lua\n"
          "  seedpipe run --help\n",
          term->file);
}

void help_command(const Term *term, const CommandDef *command, Arena *mem)
{
    CommandId id = command_id(command);
    term_put(term, STYLE_BOLD, arena_printf(mem, "seedpipe %s", command->name));
    fprintf(term->file, ": %s\n", command->doc);
    heading(term, "Usage");
    fprintf(term->file, "  %s\n", command_synopsis(command, mem));
    if (command->alias)
        fprintf(term->file, "  seedpipe %s is the same\n", command->alias);
    fputc('\n', term->file);
    term_wrap(term->file, command->text, 0, 0, HELP_WIDTH);
    if (command->args[0].name)
        heading(term, "Arguments");
    for (int i = 0; i < CLI_MAX_ARGS && command->args[i].name; i++)
        entry(term, command->args[i].name, command->args[i].doc, HELP_COLUMN);
    for (int group = 0; group < GROUP_COUNT; group++) {
        bool any = false;
        for (int i = 0; i < cli_option_count; i++) {
            const OptionDef *o = &cli_options[i];
            if ((int)o->group != group || !(o->commands & 1u << id))
                continue;
            if (!any)
                heading(term, cli_groups[group]);
            any = true;
            const char *doc =
                o->alias ? arena_printf(mem, "%s; also --%s", o->doc, o->alias) : o->doc;
            entry(term, option_usage(o, true, mem), doc, HELP_COLUMN);
        }
    }
    heading(term, "Examples");
    for (const Example *e = command->examples; e < command->examples + CLI_MAX_EXAMPLES && e->line;
         e++)
        fprintf(term->file, "  %s# %s%s\n  %s\n", term_style(term, STYLE_DIM), e->doc,
                term_style(term, STYLE_NONE), e->line);
}

bool cmd_help(App *app)
{
    const char *name = app->o.args[0];
    if (app->o.markdown) {
        help_markdown(app->out.file, app->mem);
        return true;
    }
    if (!name) {
        help_overview(&app->out, app->mem);
        return true;
    }
    const CommandDef *command = command_find(name);
    if (!command) {
        const char *names[CMD_COUNT];
        for (int i = 0; i < CMD_COUNT; i++)
            names[i] = cli_commands[i].name;
        const char *near = name_nearest(name, names, CMD_COUNT);
        err_add(app->mem, &app->err, ERR_USAGE, NULL, NULL, "there is no command \"%.80s\"", name);
        return near ? err_hint(app->mem, &app->err, "did you mean %s?", near)
                    : err_hint(app->mem, &app->err, "seedpipe help lists the commands");
    }
    help_command(&app->out, command, app->mem);
    return true;
}

bool cmd_version(App *app)
{
    const char *lines[][2] = {
        {"seedpipe", SEEDPIPE_VERSION},
        {"Lua", recipe_lua_version()},
        {"libpq", db_client_version(ENGINE_POSTGRES, app->mem)},
        {"MySQL client", db_client_version(ENGINE_MYSQL, app->mem)},
        {"SQLite", db_client_version(ENGINE_SQLITE, app->mem)},
        {"libyaml", env_yaml_version()},
    };
    if (app->o.output == OUTPUT_JSON) {
        json_t *versions = json_object();
        for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
            json_object_set_new(versions, lines[i][0], json_text(lines[i][1], app->mem));
        json_dumpf(versions, app->out.file, JSON_INDENT(2));
        fputc('\n', app->out.file);
        json_decref(versions);
        return true;
    }
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        fprintf(app->out.file, "%s%s %s\n", i ? "  " : "", lines[i][0], lines[i][1]);
    return true;
}

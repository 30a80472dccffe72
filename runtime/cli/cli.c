/* The frame around each command: parse, run, print the errors, give the exit status. The only place
 * that turns errors into output. */
#include "cli/cli.h"

#include <errno.h>
#include <string.h>

#include "base/os.h"
#include "cli/cli_int.h"

/* A full disk or a closed pipe behind standard output is found when it is flushed. */
static void flush_results(App *app)
{
    errno = 0;
    bool failed = fflush(stdout) != 0 || ferror(stdout);
    if (!failed || errno == EPIPE)
        return;
    const ExecReport *r = &app->report;
    err_add(app->mem, &app->err, ERR_IO, NULL, "standard output",
            "the result could not be written");
    if (r->modified.done || r->removal.done || r->rows_added > 0)
        err_hint(app->mem, &app->err, "what was done stays: seedpipe status tells");
}

static void show_errors(App *app)
{
    app_log_errors(app);
    if (!app->log_is_json)
        render_errors(&app->errors, &app->err, app->shown, app->mem);
}

static void run_command(App *app)
{
    const CommandDef *command = &cli_commands[app->o.command];
    if (app->o.help) {
        help_command(&app->out, command, app->mem);
        return;
    }
    bool ok = command->run(app);
    if (!ok && app->err.count == 0)
        err_add(app->mem, &app->err, ERR_INTERNAL, NULL, command->name,
                "failed without saying why");
}

static void paint(char *from, const char *to)
{
    memset(from, 'x', (size_t)(to - from));
}

/* USER:PASSWORD@ of anything that looks like a URL, to its last @, and ?password=. */
static void hide_passwords(char *arg)
{
    char *at = strstr(arg, "://");
    if (!at)
        return;
    char *user = at + 3, *end = strrchr(user, '@'), *colon = strchr(user, ':');
    if (end && colon && colon < end)
        paint(colon + 1, end);
    for (char *query = strstr(user, "password="); query; query = strstr(query, "password=")) {
        query += strlen("password=");
        paint(query, query + strcspn(query, "&"));
    }
}

/* The arguments as they were; the process's own no longer hold passwords. */
static char *const *private_arguments(int argc, char **argv, Arena *mem)
{
    char **copy = arena_array(mem, char *, argc + 1);
    for (int i = 0; i < argc; i++) {
        copy[i] = arena_strdup(mem, argv[i]);
        hide_passwords(argv[i]);
    }
    return copy;
}

int cli_main(int argc, char **argv)
{
    App app = {.mem = arena_new()};
    os_core_dumps(false);
    app.out = term_of(stdout, os_stdout_is_tty());
    app.errors = term_of(stderr, os_stderr_is_tty());
    if (argc < 2) {
        help_overview(&app.errors, app.mem);
        arena_free(app.mem);
        return 2;
    }
    char *const *args = private_arguments(argc, argv, app.mem);
    if (options_parse(argc, args, &app.o, app.mem, &app.err))
        run_command(&app);
    else if (app.o.output == OUTPUT_JSON)
        render_json(&app, "failed", NULL);
    flush_results(&app);
    show_errors(&app);
    int status = err_exit_status(&app.err);
    app_end(&app);
    arena_free(app.mem);
    return status;
}

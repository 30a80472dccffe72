/* What every command that meets recipe and target needs: the environment, the log, exec's options,
 * signals and questions. */
#include <string.h>

#include "base/os.h"
#include "cli/cli_int.h"

/* Asked on the terminal. `expect`: the answer must be that text; else y or yes. */
static bool ask(void *ctx, const char *question, const char *expect)
{
    App *app = ctx;
    progress_pause(app->progress);
    fprintf(stderr, "%s%s ", term_clean(question, strlen(question), app->mem),
            expect ? ":" : " [y/N]");
    fflush(stderr);
    const char *answer = os_read_line(app->mem);
    if (!answer)
        fputc('\n', stderr);
    progress_resume(app->progress);
    if (!answer)
        return false;
    if (expect)
        return strcmp(answer, expect) == 0;
    return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
}

static bool load_env(App *app)
{
    const char *variable = app->o.env ? NULL : os_getenv("SEEDPIPE_ENV");
    const char *name = app->o.env ? app->o.env : variable;
    app->env = env_load(name, name != NULL, app->mem, &app->err);
    if (!app->env && variable && !app->err.first->where)
        app->err.first->where = "SEEDPIPE_ENV"; /* the name is not on the command line */
    return app->env != NULL;
}

/* Some commands begin with a recipe, others with a run. */
static const char *argument(const Options *o, bool recipe)
{
    bool is_recipe = cli_commands[o->command].args[0].complete == COMPLETE_RECIPE;
    return is_recipe == recipe ? o->args[0] : NULL;
}

/* Warnings for people; every event once a log is asked for. */
static bool open_log(App *app)
{
    const Options *o = &app->o;
    bool wanted = o->log_format == LOG_JSON || o->log_file;
    LogOptions options = {
        .format = (LogFormat)o->log_format,
        .level = o->verbose                 ? LOG_DEBUG
                 : o->quiet && !o->log_file ? LOG_ERROR
                 : wanted                   ? LOG_INFO
                                            : LOG_WARN,
        .file = o->log_file,
        .recipe = argument(o, true),
        .env = app->env->name,
    };
    app->log_is_json = o->log_format == LOG_JSON && !o->log_file;
    app->log = log_open(&options, app->mem, &app->err);
    if (!app->log)
        app->log_is_json = false;
    return app->log != NULL;
}

static PlanOptions plan_options(const App *app)
{
    const Options *o = &app->o;
    return (PlanOptions){
        .env = app->env,
        .size = o->size,
        .count = o->count,
        .counts = o->counts,
        .ncounts = o->ncounts,
        .prune = o->prune,
        .has_seed = o->has_seed,
        .seed = (uint64_t)o->seed,
        .has_clock = o->has_as_of,
        .clock = o->as_of,
    };
}

static ExecModify modification(const Options *o)
{
    return (ExecModify){
        .kind = o->append     ? MODIFY_APPEND
                : o->del      ? MODIFY_DELETE
                : o->update   ? MODIFY_UPDATE
                : o->replace  ? MODIFY_REPLACE
                : o->truncate ? MODIFY_TRUNCATE
                              : MODIFY_NONE,
        .tables = o->args[1],
        .columns = o->fields ? o->fields : o->update,
        .where = o->where,
        .percentage = (double)o->percentage,
        .counts = o->positions,
        .ncounts = o->npositions,
        .named = o->counts,
        .nnamed = o->ncounts,
        .reseed = o->reseed,
        .seeded_only = o->seeded_only,
    };
}

bool app_start(App *app)
{
    const Options *o = &app->o;
    if (!load_env(app) || !open_log(app))
        return false;
    if (app->env->core_dumps)
        os_core_dumps(true);
    atomic_init(&app->counters.table, -1);
    app->exec = (ExecOptions){
        .recipe = argument(o, true),
        .run = argument(o, false),
        .cascade = o->cascade,
        .modify = modification(o),
        .drop_created = o->drop_created,
        .audit = o->audit,
        .locale = o->locale,
        .set_env = o->set_env,
        .url = o->url ? o->url : os_getenv("SEEDPIPE_URL"),
        .env = app->env,
        .plan = plan_options(app),
        .jobs = (int)o->jobs,
        .lock_timeout = o->lock_timeout,
        .yes = o->yes,
        .dry_run = o->dry_run,
        .offline = o->offline,
        .keep_partial = o->keep_partial,
        .restart = o->restart,
        .accept_drift = o->accept_drift,
        .skip_invalid = o->on_invalid == 1,
        .allow_protected = o->allow_protected,
        /* A preview is rows for nobody: no database is looked for. */
        .to = o->command == CMD_PREVIEW ? "null" : o->to,
        .has_dialect = o->dialect > 0,
        .dialect = o->dialect > 0 ? (Engine)(o->dialect - 1) : ENGINE_SQLITE,
        .verify_full = o->level == 1,
        .log = app->log,
        .progress = &app->counters,
        .ask = os_stdin_is_tty() && os_stderr_is_tty() ? ask : NULL,
        .ask_ctx = app,
    };
    return true;
}

static bool wants_progress(const App *app)
{
    const Options *o = &app->o;
    if (o->quiet || app->log_is_json || o->progress == PROGRESS_NEVER)
        return false;
    return o->progress == PROGRESS_ALWAYS || os_stderr_is_tty();
}

void app_log_errors(const App *app)
{
    if (!app->log_is_json && !app->o.log_file)
        return; /* as text on standard error they follow at the end, for people */
    for (const ErrItem *e = app->err.first; e; e = e->next)
        log_event(app->log, LOG_ERROR, "error",
                  "{s:s, s:s?, s:s?, s:s, s:s?, s:s?, s:s?, s:s?, s:s?}", "name", err_name(e->code),
                  "where", e->where, "subject", e->subject, "message", e->message, "hint", e->hint,
                  "sqlstate", e->sqlstate, "table", e->table, "column", e->column, "constraint",
                  e->constraint);
}

bool app_exec(App *app, ExecFn fn, bool progress)
{
    os_signals_install();
    if (progress && wants_progress(app))
        app->progress = progress_start(stderr, &app->counters, app->log, app->mem);
    bool ok = fn(&app->exec, &app->report, app->mem, &app->err);
    progress_stop(app->progress);
    app->progress = NULL;
    return ok;
}

void app_end(App *app)
{
    if (app->log)
        log_close(app->log);
}

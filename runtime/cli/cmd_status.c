/* seedpipe status. */
#include <string.h>

#include "base/text.h"
#include "cli/cli_int.h"

static const char *clean(const char *text, Arena *mem)
{
    return text ? term_clean(text, strlen(text), mem) : "";
}

static bool is(const ExecRun *run, const char *status)
{
    return strcmp(run->status, status) == 0;
}

static const char *state_name(const ExecRun *run)
{
    if (is(run, "running"))
        return run->process_lives ? "running" : "unfinished";
    if (is(run, "loaded"))
        return "not verified";
    return is(run, "rolled_back") ? "rolled back" : run->status;
}

static const char *state(const ExecRun *run, Arena *mem)
{
    return run->removed ? arena_printf(mem, "%s, removed %s", state_name(run),
                                       text_plural(run->removed, "row", mem))
                        : state_name(run);
}

static const char *started(const ExecRun *run, Arena *mem)
{
    return clean(arena_strndup(mem, run->started, 19), mem);
}

static void head(const App *app)
{
    const ExecReport *r = &app->report;
    const Term *term = &app->out;
    Arena *mem = app->mem;
    term_put(term, STYLE_BOLD, r->target);
    fprintf(term->file, "%s%s%s\n", r->server ? " (" : "", r->server ? r->server : "",
            r->server ? ")" : "");
    if (!r->has_ledger) {
        fputs("  no ledger: seedpipe made nothing here\n", term->file);
        return;
    }
    fprintf(term->file, "  environment  %s", r->env_mark ? clean(r->env_mark, mem) : "none yet");
    if (app->o.set_env)
        fprintf(term->file, " (was %s)", r->env_before ? clean(r->env_before, mem) : "none");
    fputc('\n', term->file);
    if (app->o.set_env)
        return;
    fprintf(term->file, "  lock         %s%s\n",
            r->lock.held    ? "held by "
            : r->lock.stale ? "free; the last holder was killed: "
                            : "free",
            r->lock.held || r->lock.stale ? clean(r->lock.holder, mem) : "");
}

const char *run_what(const ExecRun *run, Arena *mem)
{
    return run->operation ? arena_printf(mem, "%s %s", run->operation, clean(run->tables, mem))
                          : "run";
}

static void runs(const App *app)
{
    const ExecReport *r = &app->report;
    Arena *mem = app->mem;
    if (r->nruns == 0) {
        if (r->has_ledger)
            fputs("\n  no runs\n", app->out.file);
        return;
    }
    Grid *grid = grid_new("llllrlrl", mem);
    fputc('\n', app->out.file);
    grid_row(
        grid, STYLE_DIM,
        (const char *[]){"run", "recipe", "what", "state", "rows", "started (UTC)", "time", "who"});
    for (int i = 0; i < r->nruns; i++) {
        const ExecRun *run = &r->runs[i];
        grid_row(grid, STYLE_NONE,
                 (const char *[]){
                     clean(run->id, mem), clean(run->recipe, mem), run_what(run, mem),
                     state(run, mem), text_count(run->rows, mem), started(run, mem),
                     run->seconds >= 0 ? text_seconds(run->seconds, mem) : "",
                     arena_printf(mem, "%s@%s", clean(run->user, mem), clean(run->host, mem))});
    }
    grid_print(grid, &app->out, 2);
}

static void tables(const App *app)
{
    const ExecReport *r = &app->report;
    Arena *mem = app->mem;
    if (r->nrun_tables == 0)
        return;
    Grid *grid = grid_new("lrrl", mem);
    fputc('\n', app->out.file);
    grid_row(grid, STYLE_DIM, (const char *[]){"table", "rows", "planned", ""});
    for (int i = 0; i < r->nrun_tables; i++) {
        const ExecRunTable *t = &r->run_tables[i];
        grid_row(grid, STYLE_NONE,
                 (const char *[]){clean(t->table, mem), text_count(t->rows, mem),
                                  text_count(t->planned, mem), t->created ? "created" : ""});
    }
    grid_print(grid, &app->out, 2);
}

/* How to go on with what is not finished. */
static void ways_forward(const App *app)
{
    const ExecReport *r = &app->report;
    Arena *mem = app->mem;
    for (int i = 0; i < r->nruns; i++) {
        const ExecRun *run = &r->runs[i];
        const char *recipe = clean(run->recipe, mem), *id = clean(run->id, mem);
        if (is(run, "running") && run->process_lives)
            fprintf(app->out.file, "\n  %s is being made by process %lld on %s\n", id,
                    (long long)run->pid, clean(run->host, mem));
        else if (is(run, "running"))
            fprintf(app->out.file,
                    "\n  %s was interrupted after %s: the same seedpipe run of recipe %s "
                    "goes on,\n  seedpipe rollback %s takes it out\n",
                    id, text_plural(run->rows, "row", mem), recipe, id);
        else if (is(run, "loaded"))
            fprintf(app->out.file,
                    "\n  %s is loaded and did not pass its checks: the same seedpipe run of recipe "
                    "%s checks again,\n  seedpipe rollback %s takes it out; modify may mend it\n",
                    id, recipe, id);
    }
}

static void altered(const App *app)
{
    const ExecReport *r = &app->report;
    for (int i = 0; i < r->naltered; i++)
        fprintf(
            app->out.file,
            "\n  the record of %s was changed by hand, or is gone: %s;\n  commands that need it "
            "are refused\n",
            clean(r->altered[i].run, app->mem), clean(r->altered[i].part, app->mem));
}

static json_t *json_of_run(const App *app, const ExecRun *run)
{
    Arena *mem = app->mem;
    json_t *o = json_object();
    json_object_set_new(o, "id", json_text(run->id, mem));
    json_object_set_new(o, "recipe", json_text(run->recipe, mem));
    json_object_set_new(o, "operation", json_text(run->operation ? run->operation : "run", mem));
    json_object_set_new(o, "operation_tables", json_text(run->tables, mem));
    json_object_set_new(o, "env", json_text(run->env, mem));
    json_object_set_new(o, "status", json_text(run->status, mem));
    json_object_set_new(o, "rows", json_integer(run->rows));
    json_object_set_new(o, "rows_planned", json_integer(run->rows_planned));
    json_object_set_new(o, "rows_removed", json_integer(run->removed));
    json_object_set_new(o, "user", json_text(run->user, mem));
    json_object_set_new(o, "host", json_text(run->host, mem));
    json_object_set_new(o, "pid", json_integer(run->pid));
    json_object_set_new(o, "process_lives", json_boolean(run->process_lives));
    json_object_set_new(o, "started", json_text(run->started, mem));
    json_object_set_new(o, "finished", json_text(run->finished, mem));
    json_object_set_new(o, "seconds", run->seconds >= 0 ? json_real(run->seconds) : json_null());
    return o;
}

static json_t *fields(const App *app)
{
    const ExecReport *r = &app->report;
    Arena *mem = app->mem;
    json_t *list = json_array(), *tabs = json_array(), *o = json_object();
    for (int i = 0; i < r->nruns; i++)
        json_array_append_new(list, json_of_run(app, &r->runs[i]));
    for (int i = 0; i < r->nrun_tables; i++) {
        const ExecRunTable *t = &r->run_tables[i];
        json_array_append_new(tabs,
                              json_pack("{s:o, s:I, s:I, s:b}", "table", json_text(t->table, mem),
                                        "rows", (json_int_t)t->rows, "planned",
                                        (json_int_t)t->planned, "created", t->created));
    }
    json_object_set_new(o, "target", json_text(r->target, mem));
    json_object_set_new(o, "server", json_text(r->server, mem));
    json_object_set_new(o, "ledger", json_boolean(r->has_ledger));
    json_object_set_new(o, "environment", json_text(r->env_mark, mem));
    if (app->o.set_env)
        json_object_set_new(o, "environment_before", json_text(r->env_before, mem));
    json_object_set_new(o, "lock",
                        json_pack("{s:b, s:b, s:o}", "held", r->lock.held, "stale", r->lock.stale,
                                  "holder", json_text(r->lock.holder, mem)));
    json_object_set_new(o, "runs", list);
    json_t *by_hand = json_array();
    for (int i = 0; i < r->naltered; i++)
        json_array_append_new(by_hand,
                              json_pack("{s:o, s:o}", "run", json_text(r->altered[i].run, mem),
                                        "part", json_text(r->altered[i].part, mem)));
    json_object_set_new(o, "changed_by_hand", by_hand);
    if (app->o.args[0])
        json_object_set_new(o, "tables", tabs);
    else
        json_decref(tabs);
    return o;
}

bool cmd_status(App *app)
{
    bool ok = app_start(app) && app_exec(app, exec_status, false);
    if (app->o.output == OUTPUT_JSON) {
        render_json(app, ok ? "ok" : "failed", fields(app));
        return ok;
    }
    if (!ok || app->o.quiet)
        return ok;
    head(app);
    if (app->o.set_env)
        return true;
    runs(app);
    tables(app);
    ways_forward(app);
    altered(app);
    return true;
}

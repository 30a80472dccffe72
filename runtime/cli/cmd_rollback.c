/* seedpipe rollback. */
#include <string.h>

#include "base/text.h"
#include "cli/cli_int.h"

static const char *clean(const char *text, Arena *mem)
{
    return term_clean(text, strlen(text), mem);
}

static const char *count(int64_t n, Arena *mem)
{
    return n ? text_count(n, mem) : "";
}

static const char *remark(const ExecRemoved *t, Arena *mem)
{
    const char *text = !t->of_run ? "by --cascade" : "";
    if (t->of_run && t->others)
        text = arena_printf(mem, "%s by --cascade", text_count(t->others, mem));
    if (t->dropped)
        text = arena_printf(mem, "%s%sdropped", text, *text ? ", " : "");
    return text;
}

static void tables(const App *app, const Term *term)
{
    const ExecRemoval *r = &app->report.removal;
    Arena *mem = app->mem;
    Grid *grid = grid_new("lrrrrl", mem);
    grid_row(grid, STYLE_DIM,
             (const char *[]){"table", "made", "to delete", "changed since", "already gone", ""});
    for (int i = 0; i < r->ntables; i++) {
        const ExecRemoved *t = &r->tables[i];
        grid_row(grid, STYLE_NONE,
                 (const char *[]){clean(t->table, mem), count(t->made, mem),
                                  text_count(t->deleted, mem), count(t->changed, mem),
                                  count(t->gone, mem), remark(t, mem)});
    }
    grid_print(grid, term, 2);
    fputc('\n', term->file);
}

/* What a run of modify took away. */
static void restored(const App *app, const Term *term)
{
    const ExecRemoval *r = &app->report.removal;
    Arena *mem = app->mem;
    if (r->nrestored == 0)
        return;
    Grid *grid = grid_new("lrrr", mem);
    grid_row(grid, STYLE_DIM,
             (const char *[]){"table", "rows to restore", "renewed rows to restore",
                              "changed since, stay"});
    for (int i = 0; i < r->nrestored; i++) {
        const ExecRestored *t = &r->restored[i];
        grid_row(grid, STYLE_NONE,
                 (const char *[]){clean(t->table, mem), count(t->rows, mem), count(t->cells, mem),
                                  count(t->changed, mem)});
    }
    grid_print(grid, term, 2);
    for (int i = 0; i < r->nrestored; i++) {
        const ExecRestored *t = &r->restored[i];
        if (t->own)
            fprintf(term->file,
                    "  lost     %s of your own in %s: the run deleted what seedpipe "
                    "did not make and cannot make again\n",
                    text_plural(t->own, "row", mem), clean(t->table, mem));
        if (t->own_cleared)
            fprintf(term->file,
                    "  lost     %s of %s of your own in %s: the run's deletions cleared what "
                    "seedpipe did not set\n",
                    t->own_cleared == 1 ? "the reference" : "references",
                    text_plural(t->own_cleared, "row", mem), clean(t->table, mem));
        if (t->altered)
            fprintf(term->file,
                    "  as made  %s of %s had been changed before the run: seedpipe only "
                    "knows how they were made\n",
                    text_plural(t->altered, "row", mem), clean(t->table, mem));
        if (t->ndefaults)
            fprintf(term->file,
                    "  default  %s of %s: what stood there in rows that come back is lost, since "
                    "the recipe does not write %s\n",
                    clean(text_list(t->defaults, t->ndefaults, t->ndefaults, mem), mem),
                    clean(t->table, mem), t->ndefaults == 1 ? "it" : "them");
    }
    fputc('\n', term->file);
}

void render_slow_key(const Term *term, const ExecRef *ref, Arena *mem)
{
    if (ref->index_sql)
        fprintf(term->file,
                "  slow     no index helps to find rows of %s by %s: each deleted row of %s reads "
                "all of %s\n           first run: %s;\n",
                clean(ref->child, mem), clean(ref->name, mem), clean(ref->parent, mem),
                clean(ref->child, mem), clean(ref->index_sql, mem));
}

static void refs(const App *app, const Term *term)
{
    const ExecRemoval *r = &app->report.removal;
    Arena *mem = app->mem;
    for (int i = 0; i < r->nrefs; i++) {
        const ExecRef *ref = &r->refs[i];
        if (ref->rows && app->o.cascade)
            fprintf(term->file, "  cascade  %s in %s %s %s: %s (%s, %s)\n",
                    text_plural(ref->rows, "row", mem), clean(ref->child, mem),
                    ref->rows == 1 ? "references" : "reference", clean(ref->parent, mem),
                    ref->clears ? "the reference is cleared" : "deleted too", clean(ref->name, mem),
                    ref->action);
        render_slow_key(term, ref, mem);
    }
}

/* Before anything is deleted; on standard error where the result is JSON or not wanted. */
static void show(void *ctx, const ExecReport *report)
{
    App *app = ctx;
    const Term *term = &app->out;
    if (app->o.output == OUTPUT_JSON || app->o.quiet) {
        if (app->o.yes || app->o.dry_run)
            return;
        term = &app->errors;
    }
    const ExecRun *run = &report->removal.run;
    term_put(term, STYLE_BOLD, arena_printf(app->mem, "rollback of %s", clean(run->id, app->mem)));
    fprintf(term->file, " (%s%s%s of %s UTC, %s) from %s\n\n",
            run->operation ? run_what(run, app->mem) : "", run->operation ? "; " : "",
            clean(run->recipe, app->mem), clean(run->started, app->mem), clean(run->env, app->mem),
            report->target);
    if (report->removal.deleted || report->removal.nrestored == 0)
        tables(app, term);
    restored(app, term);
    refs(app, term);
    fflush(term->file);
}

static void others(const App *app)
{
    const ExecReport *r = &app->report;
    const Term *term = &app->out;
    Arena *mem = app->mem;
    if (r->nruns == 0) {
        fputs("no other run has rows here\n", term->file);
        return;
    }
    fputs("runs that could be rolled back:\n", term->file);
    Grid *grid = grid_new("llllr", mem);
    for (int i = 0; i < r->nruns; i++)
        grid_row(grid, STYLE_NONE,
                 (const char *[]){clean(r->runs[i].id, mem), clean(r->runs[i].recipe, mem),
                                  run_what(&r->runs[i], mem), clean(r->runs[i].status, mem),
                                  text_plural(r->runs[i].rows, "row", mem)});
    grid_print(grid, term, 2);
}

static void dropped(const App *app)
{
    const ExecRemoval *r = &app->report.removal;
    for (int i = 0; i < r->ntables; i++) {
        const ExecRemoved *t = &r->tables[i];
        if (t->dropped)
            fprintf(app->out.file, "  dropped  %s\n", clean(t->table, app->mem));
        else if (t->kept)
            fprintf(app->out.file, "  kept     %s: %s\n", clean(t->table, app->mem),
                    clean(t->kept, app->mem));
    }
}

static void finish(const App *app)
{
    const ExecReport *r = &app->report;
    const Term *term = &app->out;
    Arena *mem = app->mem;
    if (r->removal.already) {
        fprintf(term->file, "nothing to do: run %s (%s) was rolled back before\n",
                clean(r->removal.run.id, mem), clean(r->removal.run.recipe, mem));
        dropped(app);
        others(app);
    } else if (r->nothing_to_do) {
        fprintf(term->file, "nothing to do: no run was made on %s\n", r->target);
    } else if (app->o.dry_run) {
        fputs("  dry run: nothing was changed\n", term->file);
    } else if (r->removal.done) {
        dropped(app);
        fputs("  ", term->file);
        const char *done =
            arena_printf(mem, "%s deleted", text_plural(r->removal.deleted, "row", mem));
        int64_t rows = 0;
        for (int i = 0; i < r->removal.nrestored; i++)
            rows += r->removal.restored[i].rows + r->removal.restored[i].cells;
        if (rows)
            done = arena_printf(mem, "%s, %s restored", done, text_count(rows, mem));
        term_put(term, STYLE_GREEN, done);
        fprintf(term->file, " in %s\n", text_seconds(r->total_seconds, mem));
    }
}

static json_t *json_run_short(const ExecRun *run, Arena *mem)
{
    json_t *o = json_object();
    json_object_set_new(o, "id", json_text(run->id, mem));
    json_object_set_new(o, "recipe", json_text(run->recipe, mem));
    json_object_set_new(o, "status", json_text(run->status, mem));
    json_object_set_new(o, "rows", json_integer(run->rows));
    return o;
}

static json_t *fields(const App *app)
{
    const ExecReport *r = &app->report;
    Arena *mem = app->mem;
    json_t *list = json_array(), *runs = json_array(), *o = json_object(), *back = json_array();
    for (int i = 0; i < r->removal.ntables; i++) {
        const ExecRemoved *t = &r->removal.tables[i];
        json_array_append_new(list,
                              json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:b}", "table",
                                        json_text(t->table, mem), "made", (json_int_t)t->made,
                                        "deleted", (json_int_t)t->deleted, "others",
                                        (json_int_t)t->others, "changed", (json_int_t)t->changed,
                                        "gone", (json_int_t)t->gone, "dropped", t->dropped));
    }
    for (int i = 0; i < r->removal.nrestored; i++) {
        const ExecRestored *t = &r->removal.restored[i];
        json_t *defaults = json_array();
        for (int k = 0; k < t->ndefaults; k++)
            json_array_append_new(defaults, json_text(t->defaults[k], mem));
        json_array_append_new(
            back, json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "table",
                            json_text(t->table, mem), "rows", (json_int_t)t->rows, "cells",
                            (json_int_t)t->cells, "changed", (json_int_t)t->changed, "altered",
                            (json_int_t)t->altered, "own_lost", (json_int_t)t->own, "own_cleared",
                            (json_int_t)t->own_cleared, "defaults", defaults));
    }
    for (int i = 0; i < r->nruns; i++)
        json_array_append_new(runs, json_run_short(&r->runs[i], mem));
    json_object_set_new(o, "run",
                        r->removal.run.id ? json_run_short(&r->removal.run, mem) : json_null());
    json_object_set_new(o, "target", json_text(r->target, mem));
    json_object_set_new(o, "tables", list);
    json_object_set_new(o, "restored", back);
    json_object_set_new(o, "references", json_refs(r->removal.refs, r->removal.nrefs, mem));
    json_object_set_new(o, "rows_deleted",
                        json_integer(r->removal.done ? (json_int_t)r->removal.deleted : 0));
    json_object_set_new(o, "other_runs", runs);
    return o;
}

bool cmd_rollback(App *app)
{
    bool ok = app_start(app);
    app->exec.show = show;
    ok = ok && app_exec(app, exec_rollback, false);
    const ExecReport *r = &app->report;
    if (app->o.output == OUTPUT_JSON)
        render_json(app,
                    !ok                ? "failed"
                    : r->nothing_to_do ? "nothing_to_do"
                    : r->removal.done  ? "rolled_back"
                                       : "dry_run",
                    fields(app));
    else if (!app->o.quiet && (ok || app->o.dry_run))
        finish(app);
    return ok;
}

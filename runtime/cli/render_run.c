/* The end of a run, for people and for programs. */
#include <string.h>

#include "base/text.h"
#include "cli/cli_int.h"

static const char *count(uint64_t n, Arena *mem)
{
    return text_count((int64_t)n, mem);
}

static void head(App *app)
{
    const ExecReport *r = &app->report;
    const Term *term = &app->out;
    term_put(term, STYLE_BOLD, r->recipe ? r->recipe : app->o.args[0]);
    if (r->target)
        fprintf(term->file, " into %s", r->target);
    fprintf(term->file, " (%s%s%s)%s\n\n", app->env->name, r->server ? ", " : "",
            r->server ? r->server : "", r->resumed ? ", resumed" : "");
}

static const char *table_remark(const App *app, const ExecTable *t)
{
    if (t->rows_pruned)
        return arena_printf(app->mem, "%s removed", count(t->rows_pruned, app->mem));
    if (t->created)
        return "created";
    return t->rows_added == 0 && !app->o.to ? "already there" : "";
}

static void tables(App *app)
{
    const ExecReport *r = &app->report;
    Arena *mem = app->mem;
    Grid *grid = grid_new("lrrrrl", mem);
    uint64_t total = 0;
    grid_row(grid, STYLE_DIM,
             (const char *[]){"table", "rows added", "total", "rows/s", "time", ""});
    for (int i = 0; i < r->ntables; i++) {
        const ExecTable *t = &r->tables[i];
        bool loaded = t->rows_added > 0;
        total += t->rows_total;
        grid_row(
            grid, STYLE_NONE,
            (const char *[]){term_clean(t->name, strlen(t->name), mem), count(t->rows_added, mem),
                             count(t->rows_total, mem), text_rate(t->rows_added, t->seconds, mem),
                             loaded ? text_seconds(t->seconds, mem) : "", table_remark(app, t)});
    }
    if (r->ntables > 1)
        grid_row(grid, STYLE_BOLD,
                 (const char *[]){text_plural(r->ntables, "table", mem), count(r->rows_added, mem),
                                  count(total, mem), text_rate(r->rows_added, r->load_seconds, mem),
                                  r->rows_added ? text_seconds(r->load_seconds, mem) : "", ""});
    grid_print(grid, &app->out, 2);
    fputc('\n', app->out.file);
}

static void line(App *app, const char *name, Style style, const char *text)
{
    const Term *term = &app->out;
    fprintf(term->file, "  %s%-7s%s ", term_style(term, STYLE_DIM), name,
            term_style(term, STYLE_NONE));
    term_put(term, style, text);
    fputc('\n', term->file);
}

static void checks(App *app)
{
    const VerifyReport *v = &app->report.verify;
    Arena *mem = app->mem;
    if (v->passed + v->failed == 0)
        return;
    const char *text = v->failed ? arena_printf(mem, "%d passed, %d failed", v->passed, v->failed)
                                 : arena_printf(mem, "%d passed", v->passed);
    if (v->cells)
        text = arena_printf(mem, "%s, %s cells compared", text, count(v->cells, mem));
    line(app, "checks", v->failed ? STYLE_RED : STYLE_GREEN, text);
}

static void pii(App *app)
{
    const ExecReport *r = &app->report;
    if (r->npii == 0)
        return;
    const char **names = arena_array(app->mem, const char *, r->npii);
    for (int i = 0; i < r->npii; i++)
        names[i] = r->pii[i].column;
    line(app, "pii", STYLE_NONE,
         arena_printf(app->mem, "generated, no real person's: %s",
                      text_list(names, r->npii, 6, app->mem)));
}

static const char *bytes_text(uint64_t bytes, Arena *mem)
{
    static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB"};
    double n = (double)bytes;
    int unit = 0;
    for (; n >= 1000 && unit < 4; unit++)
        n /= 1000;
    return arena_printf(mem, unit && n < 10 ? "%.1f %s" : "%.0f %s", n, units[unit]);
}

static void files(App *app)
{
    const ExecReport *r = &app->report;
    uint64_t bytes = 0;
    for (int i = 0; i < r->nfiles; i++)
        bytes += r->files[i].bytes;
    if (r->nfiles == 0)
        return;
    const char *text = bytes_text(bytes, app->mem);
    if (r->load_seconds > 0)
        text = arena_printf(app->mem, "%s, %s/s", text,
                            bytes_text((uint64_t)((double)bytes / r->load_seconds), app->mem));
    line(app, "files", STYLE_GREEN,
         arena_printf(app->mem, "%s, %s", text_plural(r->nfiles, "file", app->mem), text));
}

/* "borrowers 12, loans 3" */
static const char *rejected_in(const ExecReport *r, bool before, Arena *mem)
{
    const char *text = "";
    for (int i = 0; i < r->ntables; i++) {
        const ExecTable *t = &r->tables[i];
        uint64_t n = before ? t->rows_rejected_before : t->rows_rejected;
        if (n)
            text = arena_printf(mem, "%s%s%s %s", text, *text ? ", " : "",
                                term_clean(t->name, strlen(t->name), mem), count(n, mem));
    }
    return text;
}

static void rejects(App *app)
{
    const ExecReport *r = &app->report;
    Arena *mem = app->mem;
    const char *before = rejected_in(r, true, mem);
    if (*before)
        line(app, "skipped", STYLE_NONE,
             arena_printf(mem, "rejected earlier, and not tried again: %s", before));
    if (r->rejected == 0)
        return;
    const char *below = r->left_out ? arena_printf(mem, ", %s left out below them",
                                                   text_plural((int64_t)r->left_out, "row", mem))
                                    : "";
    line(app, "skipped", STYLE_RED,
         arena_printf(mem, "%s rejected by the database%s (%s)%s%s",
                      text_plural((int64_t)r->rejected, "row", mem), below,
                      rejected_in(r, false, mem), r->rejects_file ? ": see " : "",
                      r->rejects_file ? r->rejects_file : ""));
    for (uint64_t i = 0; i < r->rejected && r->rejected < EXEC_REJECTS_SHOWN; i++) {
        const ExecReject *e = &r->rejects[i];
        const char *code = e->sqlstate ? arena_printf(mem, " (SQLSTATE %s)", e->sqlstate) : "";
        const char *text =
            arena_printf(mem, "%s row %s: %s%s", e->table, count(e->row, mem), e->reason, code);
        fprintf(app->out.file, "          %s\n", term_clean(text, strlen(text), mem));
    }
}

static json_t *json_rejects(const ExecReport *r, Arena *mem)
{
    json_t *list = json_array();
    uint64_t n = r->rejected < EXEC_REJECTS_SHOWN ? r->rejected : EXEC_REJECTS_SHOWN;
    for (uint64_t i = 0; i < n; i++) {
        const ExecReject *e = &r->rejects[i];
        json_array_append_new(
            list, json_pack("{s:o, s:I, s:o, s:o, s:o, s:o}", "table", json_text(e->table, mem),
                            "row", (json_int_t)e->row, "reason", json_text(e->reason, mem),
                            "sqlstate", json_text(e->sqlstate, mem), "constraint",
                            json_text(e->constraint, mem), "column", json_text(e->column, mem)));
    }
    return json_pack("{s:I, s:I, s:o, s:o}", "rows", (json_int_t)r->rejected, "left_out",
                     (json_int_t)r->left_out, "first", list, "file",
                     json_text(r->rejects_file, mem));
}

/* What --prune is about to delete; on standard error where the result is JSON or not wanted. */
void render_prune(void *ctx, const ExecReport *report)
{
    App *app = ctx;
    Arena *mem = app->mem;
    const ExecRemoval *r = &report->removal;
    bool hidden = app->o.output == OUTPUT_JSON || app->o.quiet;
    const Term *term = hidden ? &app->errors : &app->out;
    if (hidden && app->o.yes)
        return;
    Grid *grid = grid_new("lrrrr", mem);
    term_put(term, STYLE_BOLD, "prune");
    fprintf(term->file, " %s from %s\n\n", report->recipe, report->target);
    grid_row(grid, STYLE_DIM,
             (const char *[]){"table", "there", "to delete", "changed since", "already gone"});
    for (int i = 0; i < r->ntables; i++) {
        const ExecRemoved *t = &r->tables[i];
        grid_row(grid, STYLE_NONE,
                 (const char *[]){term_clean(t->table, strlen(t->table), mem),
                                  text_count(t->made - t->gone, mem), text_count(t->deleted, mem),
                                  t->changed ? text_count(t->changed, mem) : "",
                                  t->gone ? text_count(t->gone, mem) : ""});
    }
    grid_print(grid, term, 2);
    fputc('\n', term->file);
    for (int i = 0; i < r->nrefs; i++)
        render_slow_key(term, &r->refs[i], mem);
    fflush(term->file);
}

/* After a failure the errors say what became of the rows; only a check that failed leaves a run to
 * show. */
void render_run(App *app, bool ok)
{
    const ExecReport *r = &app->report;
    Arena *mem = app->mem;
    if (app->o.quiet || (!ok && r->verify.failed == 0))
        return;
    head(app);
    tables(app);
    if (app->o.verbose && r->verify.nresults) {
        render_checks(app, &r->verify, true);
        fputc('\n', app->out.file);
    }
    if (r->nothing_to_do)
        line(app, "done", STYLE_GREEN, "nothing to do: every row is already there");
    for (int i = 0; r->plan && i < r->plan->nnotes; i++)
        line(app, "note", STYLE_NONE, r->plan->notes[i]);
    rejects(app);
    checks(app);
    files(app);
    const char *time = text_seconds(r->total_seconds, mem);
    if (app->o.to)
        time = arena_printf(mem, "%s (rows %s)", time, text_seconds(r->load_seconds, mem));
    else if (!r->nothing_to_do)
        time =
            arena_printf(mem, "%s (loading %s, checks %s)", time,
                         text_seconds(r->load_seconds, mem), text_seconds(r->verify_seconds, mem));
    line(app, "time", STYLE_NONE, time);
    pii(app);
    if (r->look)
        line(app, "look", STYLE_CYAN, r->look);
}

json_t *json_run(App *app, bool ok)
{
    const ExecReport *r = &app->report;
    Arena *mem = app->mem;
    json_t *list = json_array(), *columns = json_array(), *paths = json_array(), *o = json_object();
    /* What a failed run meant to add is not what it added. */
    int ntables = ok || r->verify.failed ? r->ntables : 0;
    for (int i = 0; i < ntables; i++) {
        const ExecTable *t = &r->tables[i];
        json_array_append_new(
            list,
            json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:f, s:b}", "table", json_text(t->name, mem),
                      "rows_added", (json_int_t)t->rows_added, "rows_before",
                      (json_int_t)t->rows_before, "rows_total", (json_int_t)t->rows_total,
                      "rows_rejected", (json_int_t)(t->rows_rejected + t->rows_rejected_before),
                      "rows_pruned", (json_int_t)t->rows_pruned, "seconds", t->seconds, "created",
                      t->created));
    }
    for (int i = 0; i < r->npii; i++)
        json_array_append_new(columns,
                              json_pack("{s:o, s:o}", "column", json_text(r->pii[i].column, mem),
                                        "kind", json_text(r->pii[i].kind, mem)));
    for (int i = 0; i < r->nfiles; i++)
        json_array_append_new(paths,
                              json_pack("{s:o, s:I}", "path", json_text(r->files[i].path, mem),
                                        "bytes", (json_int_t)r->files[i].bytes));
    json_object_set_new(o, "run_id", json_text(r->run_id, mem));
    json_object_set_new(o, "recipe", json_text(r->recipe, mem));
    json_object_set_new(o, "env", json_text(app->env ? app->env->name : NULL, mem));
    json_object_set_new(o, "target", json_text(r->target, mem));
    json_object_set_new(o, "server", json_text(r->server, mem));
    json_object_set_new(o, "tables", list);
    json_object_set_new(o, "files", paths);
    json_object_set_new(o, "rows_added", json_integer((json_int_t)r->rows_added));
    json_object_set_new(o, "load_seconds", json_real(r->load_seconds));
    json_object_set_new(o, "verify_seconds", json_real(r->verify_seconds));
    json_object_set_new(o, "total_seconds", json_real(r->total_seconds));
    json_object_set_new(o, "resumed", json_boolean(r->resumed));
    json_object_set_new(o, "rolled_back", json_boolean(r->rolled_back));
    json_object_set_new(o, "rows_left", json_integer((json_int_t)r->rows_left));
    json_object_set_new(o, "rejected", json_rejects(r, mem));
    json_object_set_new(o, "pii", columns);
    json_object_set_new(o, "verify", json_verify(&r->verify, mem));
    return o;
}

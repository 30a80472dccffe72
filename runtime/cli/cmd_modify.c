/* seedpipe modify. */
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

static const char *operation(const App *app)
{
    switch (app->exec.modify.kind) {
    case MODIFY_APPEND: return "append to";
    case MODIFY_DELETE: return "delete from";
    case MODIFY_UPDATE: return "update";
    case MODIFY_REPLACE: return "replace";
    case MODIFY_TRUNCATE: return app->exec.modify.reseed ? "truncate and reseed" : "truncate";
    case MODIFY_NONE: break;
    }
    return "modify";
}

static const char *remark(const ExecModified *t, Arena *mem)
{
    const char *text = t->asked ? "" : "by foreign keys";
    if (t->own)
        text = arena_printf(mem, "%s%s%s of your own", text, *text ? ", " : "",
                            text_plural(t->own, "row", mem));
    return text;
}

static void tables(const App *app, const Term *term)
{
    const ExecModification *r = &app->report.modified;
    Arena *mem = app->mem;
    Grid *grid = grid_new("lrrrrrrl", mem);
    grid_row(
        grid, STYLE_DIM,
        (const char *[]){"table", "rows", "delete", "clear", "update", "add", "rows then", ""});
    for (int i = 0; i < r->ntables; i++) {
        const ExecModified *t = &r->tables[i];
        bool known = t->before >= 0;
        const char *unknown = t->asked ? "not counted" : "";
        grid_row(grid, STYLE_NONE,
                 (const char *[]){
                     clean(t->table, mem), known ? text_count(t->before, mem) : unknown,
                     count(t->deleted, mem), count(t->cleared, mem), count(t->updated, mem),
                     count(t->inserted, mem),
                     known ? text_count(t->before - t->deleted + t->inserted, mem) : unknown,
                     remark(t, mem)});
    }
    grid_print(grid, term, 2);
    fputc('\n', term->file);
}

static void show(void *ctx, const ExecReport *report)
{
    App *app = ctx;
    const ExecModification *r = &report->modified;
    const Term *term = &app->out;
    Arena *mem = app->mem;
    if (app->o.output == OUTPUT_JSON || app->o.quiet) {
        if (app->o.yes || app->o.dry_run || !app->exec.ask)
            return;
        term = &app->errors;
    }
    term_put(term, STYLE_BOLD,
             arena_printf(mem, "%s %s", operation(app), clean(app->exec.modify.tables, mem)));
    fprintf(term->file, " in %s\n\n", report->target);
    tables(app, term);
    if (r->columns)
        fprintf(term->file, "  made anew  %s\n", clean(r->columns, mem));
    if (r->spared)
        fprintf(term->file, "  spared     %s of your own\n", text_plural(r->spared, "row", mem));
    for (int i = 0; i < r->ntables; i++)
        if (r->tables[i].triggers)
            fprintf(term->file,
                    "  triggers   %s of %s: what they write is theirs, and verify --level full and "
                    "rollback take it for changed by hand\n",
                    clean(r->tables[i].triggers, mem), clean(r->tables[i].table, mem));
    for (int i = 0; i < r->ntables; i++)
        if (r->tables[i].added_up)
            fprintf(term->file, "  stays      %s: computed over rows of %s that go\n",
                    clean(r->tables[i].added_up, mem), clean(r->tables[i].table, mem));
    for (int i = 0; i < r->nrefs; i++)
        if (r->refs[i].index_sql)
            fprintf(term->file,
                    "  slow       no index helps to find rows of %s by %s; first run: %s;\n",
                    clean(r->refs[i].child, mem), clean(r->refs[i].name, mem),
                    clean(r->refs[i].index_sql, mem));
    fflush(term->file);
}

static void finish(App *app)
{
    const ExecReport *r = &app->report;
    const Term *term = &app->out;
    Arena *mem = app->mem;
    if (app->o.dry_run) {
        fputs("  dry run: nothing was changed\n", term->file);
        return;
    }
    if (r->nothing_to_do) {
        fputs("  nothing to do: no row is meant\n", term->file);
        return;
    }
    render_checks(app, &r->verify, app->o.verbose);
    if (r->modified.done)
        fprintf(term->file, "  done       run %s, %s (changes %s, checks %s), %s passed\n",
                r->run_id, text_seconds(r->total_seconds, mem), text_seconds(r->load_seconds, mem),
                text_seconds(r->verify_seconds, mem), text_plural(r->verify.passed, "check", mem));
}

static json_t *fields(const App *app)
{
    const ExecReport *r = &app->report;
    Arena *mem = app->mem;
    json_t *list = json_array(), *o = json_object();
    for (int i = 0; i < r->modified.ntables; i++) {
        const ExecModified *t = &r->modified.tables[i];
        json_t *before = t->before >= 0 ? json_integer(t->before) : json_null();
        json_array_append_new(
            list, json_pack("{s:o, s:b, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I}", "table",
                            json_text(t->table, mem), "asked", t->asked, "rows", before, "triggers",
                            json_text(t->triggers, mem), "added_up", json_text(t->added_up, mem),
                            "deleted", (json_int_t)t->deleted, "own", (json_int_t)t->own, "cleared",
                            (json_int_t)t->cleared, "updated", (json_int_t)t->updated, "inserted",
                            (json_int_t)t->inserted));
    }
    json_object_set_new(o, "run", json_text(r->modified.done ? r->run_id : NULL, mem));
    json_object_set_new(o, "target", json_text(r->target, mem));
    json_object_set_new(o, "operation", json_string(operation(app)));
    json_object_set_new(o, "columns", json_text(r->modified.columns, mem));
    json_object_set_new(o, "tables", list);
    json_object_set_new(o, "references", json_refs(r->modified.refs, r->modified.nrefs, mem));
    json_object_set_new(o, "spared", json_integer(r->modified.spared));
    json_object_set_new(o, "verify", json_verify(&r->verify, mem));
    return o;
}

bool cmd_modify(App *app)
{
    bool ok = app_start(app);
    app->exec.show = show;
    ok = ok && app_exec(app, exec_modify, false);
    const ExecReport *r = &app->report;
    if (app->o.output == OUTPUT_JSON)
        render_json(app,
                    !ok                ? "failed"
                    : r->nothing_to_do ? "nothing_to_do"
                    : r->modified.done ? "done"
                                       : "dry_run",
                    fields(app));
    else if (!app->o.quiet && ok)
        finish(app);
    return ok;
}

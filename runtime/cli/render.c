/* Errors and checks, as text and as JSON. */
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "cli/cli_int.h"

static const char *clean(const char *text, Arena *mem)
{
    return term_clean(text, strlen(text), mem);
}

void render_error(const Term *term, const ErrItem *item, Style style, const char *label, Arena *mem)
{
    FILE *out = term->file;
    term_put(term, style, label);
    if (item->where)
        fprintf(out, "%s: ", clean(item->where, mem));
    if (item->subject)
        fprintf(out, "%s: ", clean(item->subject, mem));
    fprintf(out, "%s\n", clean(item->message, mem));
    if (item->excerpt)
        fprintf(out, "  %s\n  %*s%s^%s\n", clean(item->excerpt, mem), item->caret, "",
                term_style(term, style), term_style(term, STYLE_NONE));
    const char *facts[][2] = {{"SQLSTATE", item->sqlstate},
                              {"table", item->table},
                              {"column", item->column},
                              {"constraint", item->constraint}};
    const char *separator = "  from the database: ";
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        if (facts[i][1]) {
            fprintf(out, "%s%s %s", separator, facts[i][0], clean(facts[i][1], mem));
            separator = ", ";
        }
    if (separator[0] == ',')
        fputc('\n', out);
    if (item->hint)
        fprintf(out, "  %shint:%s %s\n", term_style(term, STYLE_CYAN), term_style(term, STYLE_NONE),
                clean(item->hint, mem));
}

void render_errors(const Term *term, const Err *err, ErrCode but, Arena *mem)
{
    for (const ErrItem *item = err->first; item; item = item->next)
        if (item->code != but)
            render_error(term, item, STYLE_RED, "error: ", mem);
    fflush(term->file);
}

/* ------------------------------------------------------------------ JSON */

static int exit_status_of(const ErrItem *item)
{
    ErrItem alone = *item;
    return err_exit_status(&(Err){.first = &alone, .last = &alone, .count = 1});
}

json_t *json_text(const char *text, Arena *mem)
{
    if (!text)
        return json_null();
    size_t n = strlen(text);
    return json_string(utf8_valid(text, n) ? text : term_clean(text, n, mem));
}

json_t *json_errors(const Err *err, Arena *mem)
{
    json_t *list = json_array();
    for (const ErrItem *item = err->first; item; item = item->next) {
        json_t *error = json_object();
        json_object_set_new(error, "code", json_integer(exit_status_of(item)));
        json_object_set_new(error, "name", json_text(err_name(item->code), mem));
        json_object_set_new(error, "where", json_text(item->where, mem));
        json_object_set_new(error, "subject", json_text(item->subject, mem));
        json_object_set_new(error, "message", json_text(item->message, mem));
        json_object_set_new(error, "hint", json_text(item->hint, mem));
        json_object_set_new(error, "excerpt", json_text(item->excerpt, mem));
        json_object_set_new(error, "caret",
                            item->excerpt ? json_integer(item->caret) : json_null());
        json_object_set_new(error, "sqlstate", json_text(item->sqlstate, mem));
        json_object_set_new(error, "table", json_text(item->table, mem));
        json_object_set_new(error, "column", json_text(item->column, mem));
        json_object_set_new(error, "constraint", json_text(item->constraint, mem));
        json_array_append_new(list, error);
    }
    return list;
}

void render_json(App *app, const char *status, json_t *fields)
{
    json_t *object = json_object();
    json_object_set_new(object, "command", json_string(cli_commands[app->o.command].name));
    json_object_set_new(object, "status", json_string(status));
    json_object_set_new(object, "exit", json_integer(err_exit_status(&app->err)));
    if (fields) {
        json_object_update(object, fields);
        json_decref(fields);
    }
    json_object_set_new(object, "errors", json_errors(&app->err, app->mem));
    json_dumpf(object, app->out.file, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    fputc('\n', app->out.file);
    json_decref(object);
}

json_t *json_verify(const VerifyReport *verify, Arena *mem)
{
    json_t *checks = json_array();
    for (int i = 0; i < verify->nresults; i++) {
        const VerifyResult *r = &verify->results[i];
        json_t *check = json_object();
        json_object_set_new(check, "kind", json_text(check_kind_name(r->kind), mem));
        json_object_set_new(check, "table", json_text(r->table, mem));
        json_object_set_new(check, "name", json_text(r->name, mem));
        json_object_set_new(check, "expected", json_integer(r->expected));
        json_object_set_new(check, "found", json_integer(r->found));
        json_object_set_new(check, "passed", json_boolean(r->passed));
        json_array_append_new(checks, check);
    }
    json_t *uncompared = json_array();
    for (int i = 0; i < verify->nuncompared; i++)
        json_array_append_new(uncompared, json_text(verify->uncompared[i], mem));
    return json_pack("{s:i, s:i, s:s, s:I, s:o, s:o}", "passed", verify->passed, "failed",
                     verify->failed, "level", verify->full ? "full" : "keys", "cells",
                     (json_int_t)verify->cells, "not_compared", uncompared, "checks", checks);
}

json_t *json_refs(const ExecRef *refs, int n, Arena *mem)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:s, s:I, s:o}", "table",
                                              json_text(refs[i].child, mem), "references",
                                              json_text(refs[i].parent, mem), "constraint",
                                              json_text(refs[i].name, mem), "action",
                                              refs[i].action, "rows", (json_int_t)refs[i].rows,
                                              "index_missing", json_text(refs[i].index_sql, mem)));
    return list;
}

/* ------------------------------------------------------------------ checks */

static const char *finding(const VerifyResult *r, Arena *mem)
{
    if (r->kind == CHECK_ROWS)
        return arena_printf(mem, "%s of %s", text_count(r->found, mem),
                            text_plural(r->expected, "row", mem));
    return r->found ? text_count(r->found, mem) : "";
}

void render_checks(App *app, const VerifyReport *verify, bool all)
{
    Grid *grid = grid_new("lllr", app->mem);
    for (int i = 0; i < verify->nresults; i++) {
        const VerifyResult *r = &verify->results[i];
        if (r->passed && !all)
            continue;
        grid_row(grid, r->passed ? STYLE_NONE : STYLE_RED,
                 (const char *[]){r->passed ? "ok" : "FAILED", check_kind_name(r->kind),
                                  clean(r->name, app->mem), finding(r, app->mem)});
    }
    grid_print(grid, &app->out, 2);
}

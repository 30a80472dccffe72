/* Rejected rows: who they were, for the log, the summary and, when they are many, a file of their
 * own; and which they were, for the ledger, so that children and verification count on it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "exec/chunk_int.h"

#define REJECTED_MAX UINT64_C(1000000)

static json_t *reject_json(const ExecReject *r)
{
    return json_pack("{s:s, s:I, s:s, s:s?, s:s?, s:s?}", "table", r->table, "row",
                     (json_int_t)r->row, "reason", r->reason, "sqlstate", r->sqlstate, "constraint",
                     r->constraint, "column", r->column);
}

static void write_line(Rejects *all, const ExecReject *r)
{
    json_t *o = reject_json(r);
    char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;
    if (text)
        dprintf(all->fd, "%s\n", text);
    free(text);
    json_decref(o);
}

/* In the working directory, for its owner alone, never through a link. */
static void open_file(Session *s, Arena *mem)
{
    Rejects *all = s->rejects;
    all->file = arena_printf(mem, "seedpipe-rejected-%s.jsonl", s->report->run_id);
    all->fd = open(all->file, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (all->fd < 0) {
        log_event(s->log, LOG_WARN, "row.rejected.file", "{s:s, s:s}", "file", all->file, "why",
                  strerror(errno));
        all->file = NULL;
    }
}

static void note(Session *s, const ExecReject *r, Arena *mem)
{
    Rejects *all = s->rejects;
    log_event(s->log, LOG_INFO, "row.rejected", "{s:s, s:I, s:s, s:s?, s:s?, s:s?}", "table",
              r->table, "row", (json_int_t)r->row, "reason", r->reason, "sqlstate", r->sqlstate,
              "constraint", r->constraint, "column", r->column);
    ExecReject copy = {.table = r->table,
                       .row = r->row,
                       .reason = arena_strdup(mem, r->reason),
                       .sqlstate = arena_strdup(mem, r->sqlstate),
                       .constraint = arena_strdup(mem, r->constraint),
                       .column = arena_strdup(mem, r->column)};
    if (all->rejected < EXEC_REJECTS_SHOWN)
        all->shown[all->rejected] = copy;
    if (++all->rejected < EXEC_REJECTS_SHOWN)
        return;
    if (all->rejected == EXEC_REJECTS_SHOWN) {
        open_file(s, mem);
        for (int i = 0; all->fd >= 0 && i < EXEC_REJECTS_SHOWN; i++)
            write_line(all, &all->shown[i]);
    } else if (all->fd >= 0) {
        write_line(all, r);
    }
}

static void add_all(RowSet *to, const RowSet *more, Arena *mem)
{
    RowSet *copy = rowset_new(mem);
    for (size_t i = 0; i < more->nranges; i++)
        rowset_add(copy, more->ranges[i].first, more->ranges[i].rows, mem);
    *to = *rowset_union(to, copy, mem);
}

bool rejects_settle(Session *s, const Chunk *c, Arena *mem, Err *err)
{
    int t = c->range.table;
    for (size_t i = 0; i < c->nrejected; i++)
        note(s, &c->rejected[i], mem);
    s->rejects->left_out += c->unmade->rows - c->nrejected;
    if (!c->refers_to_itself)
        add_all(s->rejected[t], c->unmade, mem);
    ((Plan *)s->plan)->tables[t].gone_rows += c->unmade->rows;
    s->report->tables[t].rows_rejected += c->unmade->rows;
    if (s->rejects->rejected <= REJECTED_MAX)
        return true;
    err_add(mem, err, ERR_CONSTRAINT, NULL, s->report->tables[t].name,
            "more than %s rows were rejected", text_count((int64_t)REJECTED_MAX, mem));
    return err_hint(mem, err, "the recipe does not fit the table: see the reasons in %s",
                    s->rejects->file ? s->rejects->file : "the log");
}

/* What is learnt of a plan while it runs; a run that expects nothing pays nothing. */
void session_expect_rejects(Session *s)
{
    Plan *plan = (Plan *)s->plan;
    if (s->one_transaction) { /* an earlier attempt left nothing behind */
        s->rejects->rejected = s->rejects->left_out = 0;
        if (s->rejects->fd >= 0 && ftruncate(s->rejects->fd, 0) != 0)
            log_event(s->log, LOG_WARN, "row.rejected.file", "{s:s, s:s}", "file", s->rejects->file,
                      "why", strerror(errno));
    }
    s->rejected = arena_array(s->mem, RowSet *, plan->ntables + 1);
    s->any_gone = false;
    for (int t = 0; t < plan->ntables; t++) {
        s->rejected[t] = rowset_new(s->mem);
        s->any_gone = s->any_gone || plan->tables[t].gone;
    }
    for (int t = 0; t < plan->ntables && (s->any_gone || s->options->skip_invalid); t++)
        plan_expect_rejects(plan, t, s->rejected[t], s->mem);
}

void rejects_report(Rejects *all, ExecReport *report, Arena *mem)
{
    report->rejected = all->rejected;
    report->left_out = all->left_out;
    report->rejects = arena_copy(mem, all->shown, EXEC_REJECTS_SHOWN, 0, sizeof *all->shown);
    report->rejects_file = all->file;
    if (all->fd >= 0)
        close(all->fd);
    all->fd = -1;
}

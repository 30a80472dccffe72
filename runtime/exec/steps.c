/* Runs the steps of a plan in their order. Statements that change the schema are announced in the
 * ledger before they run, since some engines commit them by themselves; rows go through load.c. */
#include <string.h>

#include "base/os.h"
#include "exec/exec_int.h"

static void now_doing(Session *s, const Step *step)
{
    ExecProgress *p = s->options->progress;
    if (!p)
        return;
    atomic_store(&p->doing, step->what);
    atomic_store(&p->table, step->kind == STEP_LOAD ? step->table : -1);
}

static bool run_sql(Session *s, const Step *step, Arena *mem, Err *err)
{
    for (int i = 0; i < step->nsql; i++) {
        if (db_exec(s->db, mem, err, step->sql[i]))
            continue;
        return err_hint(mem, err, "while: %s", step->what);
    }
    return true;
}

static bool ddl_step(Session *s, const Step *step, Arena *mem, Err *err)
{
    const char *table = ledger_table_name(s->plan->tables[step->table].table, mem);
    const char *kind = step_kind_name(step->kind);
    uint64_t start = os_monotonic_us();
    bool own_transaction = !s->one_transaction && s->db->connector->ddl_transactional;
    bool ok = !own_transaction ||
              (db_begin(s->db, mem, err) && ledger_fence(&s->ledger, s->db, &s->run, mem, err));
    ok = ok && ledger_announce_step(&s->ledger, s->run.id, kind, table, mem, err) &&
         (step->kind == STEP_SET_REFERENCES ? circle_set_references(s, step, mem, err)
                                            : run_sql(s, step, mem, err)) &&
         ledger_finish_step(&s->ledger, s->run.id, kind, table, mem, err);
    if (own_transaction && ok)
        ok = db_commit(s->db, mem, err);
    if (own_transaction && s->db->in_transaction) {
        Err ignored = {0};
        db_rollback(s->db, mem, &ignored);
    }
    if (ok && step->kind == STEP_CREATE_TABLE)
        s->report->tables[step->table].created = true;
    if (ok)
        log_event(s->log, LOG_DEBUG, "step.finished", "{s:s, s:s, s:I}", "step", kind, "table",
                  table, "ms", (json_int_t)((os_monotonic_us() - start) / 1000));
    return ok;
}

bool session_step_rows(Session *s, const Step *step, const RowSet **rows, Arena *mem, Err *err)
{
    LedgerChunk *chunks = NULL;
    RowSet *done = rowset_new(mem);
    int n = 0;
    const char *table = ledger_table_name(s->plan->tables[step->table].table, mem);
    if (s->report->resumed && !ledger_chunks(&s->ledger, s->run.id, table, &chunks, &n, mem, err))
        return false;
    for (int i = 0; i < n; i++)
        rowset_add(done, chunks[i].first, chunks[i].rows, mem);
    *rows = rowset_minus(plan_step_rows(s->plan, step, mem), done, mem);
    return true;
}

static bool step_ranges(Session *s, const Step *step, LoadRange **ranges, size_t *cap, int *n,
                        Arena *mem, Err *err)
{
    const RowSet *rows = NULL;
    if (!session_step_rows(s, step, &rows, mem, err))
        return false;
    *ranges = arena_grow(mem, *ranges, cap, (size_t)*n + rows->nranges + 1, sizeof **ranges);
    for (size_t i = 0; i < rows->nranges; i++)
        (*ranges)[(*n)++] = (LoadRange){.table = step->table,
                                        .segment = step->segment,
                                        .first = rows->ranges[i].first,
                                        .rows = rows->ranges[i].rows};
    return true;
}

/* Tables without foreign keys in place can be loaded side by side; others wait for their parents'
 * commits. */
static bool loaded_bare(const Plan *plan)
{
    bool adds_keys = false;
    for (int i = 0; i < plan->nsteps; i++)
        adds_keys = adds_keys || plan->steps[i].kind == STEP_ADD_KEYS;
    for (int t = 0; t < plan->ntables; t++)
        if (plan->tables[t].exists)
            return false;
    return adds_keys;
}

static bool load_steps(Session *s, int from, int to, bool bare, Arena *mem, Err *err)
{
    LoadRange *ranges = NULL;
    size_t cap = 0;
    int n = 0;
    for (int i = from; i < to; i++)
        if (!step_ranges(s, &s->plan->steps[i], &ranges, &cap, &n, mem, err))
            return false;
    return n == 0 || load_ranges(s, ranges, n, bare, mem, err);
}

/* Rows that were pruned count as there again before the first of them is loaded. */
static bool announce_restored(Session *s, Arena *mem, Err *err)
{
    for (int t = 0; t < s->plan->ntables; t++) {
        const TablePlan *tp = &s->plan->tables[t];
        if (tp->restored_now &&
            !ledger_add_change(&s->ledger, s->db, s->run.id, ledger_table_name(tp->table, mem),
                               CHANGE_RESTORED, NULL, tp->restored_now, mem, err))
            return false;
    }
    return true;
}

/* What is to be loaded, and which references will be NULL until the end, for whoever goes on. */
static bool announce(Session *s, Arena *mem, Err *err)
{
    if (!announce_restored(s, mem, err) || !session_record_avoided(s, mem, err))
        return false;
    for (int i = 0; i < s->plan->nsteps; i++) {
        const Step *step = &s->plan->steps[i];
        const TablePlan *tp = step->table >= 0 ? &s->plan->tables[step->table] : NULL;
        if (step->kind == STEP_SET_REFERENCES &&
            !ledger_announce_step(&s->ledger, s->run.id, step_kind_name(step->kind),
                                  ledger_table_name(tp->table, mem), mem, err))
            return false;
        if (step->kind != STEP_LOAD || step->restores)
            continue;
        const Segment *segment = &tp->segments[step->segment];
        bool known = s->report->resumed && step->segment < s->history_segments[step->table];
        if (!known && !ledger_add_segment(&s->ledger, &s->run, tp, segment, mem, err))
            return false;
    }
    return true;
}

bool steps_run(Session *s, Arena *mem, Err *err)
{
    if (!announce(s, mem, err))
        return false;
    session_expect_rejects(s);
    /* Children avoid rejected parents, so they wait until these are known. */
    bool bare = loaded_bare(s->plan) && !s->options->skip_invalid && !s->any_gone;
    for (int i = 0; i < s->plan->nsteps && atomic_load(&s->stop) == STOP_NONE;) {
        const Step *step = &s->plan->steps[i];
        int next = i + 1;
        if (step->kind == STEP_LOAD)
            while (bare && next < s->plan->nsteps && s->plan->steps[next].kind == STEP_LOAD)
                next++;
        now_doing(s, step);
        /* Where statements on the schema commit by themselves, a small run's transaction begins
         * behind them. */
        if (step->kind == STEP_LOAD && s->one_transaction && !s->db->in_transaction &&
            !(db_begin(s->db, mem, err) && ledger_fence(&s->ledger, s->db, &s->run, mem, err)))
            return false;
        if (step->kind == STEP_LOAD) {
            const char *name = s->plan->tables[step->table].table->name;
            log_event(s->log, LOG_INFO, "table.started", "{s:s, s:I}", "table", name, "rows_total",
                      (json_int_t)step->rows);
            if (!load_steps(s, i, next, bare, mem, err))
                return false;
            for (int k = i; k < next; k++)
                log_event(s->log, LOG_INFO, "table.finished", "{s:s, s:I, s:f}", "table",
                          s->plan->tables[s->plan->steps[k].table].table->name, "rows",
                          (json_int_t)s->plan->steps[k].rows, "seconds",
                          s->report->tables[s->plan->steps[k].table].seconds);
        } else if (step->kind != STEP_VERIFY && step->kind != STEP_DELETE &&
                   !ddl_step(s, step, mem, err)) {
            return false;
        }
        i = next;
    }
    return atomic_load(&s->stop) == STOP_NONE &&
           (!s->db->in_transaction || s->holds_transaction || s->db->connector->ddl_transactional ||
            db_commit(s->db, mem, err));
}

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

/* What is left of a segment: an earlier, interrupted process may have committed chunks of it. */
static int missing_ranges(const Step *step, const Segment *segment, const LedgerChunk *chunks,
                          int nchunks, LoadRange *out)
{
    int n = 0;
    uint64_t at = segment->first_row, end = segment->first_row + segment->rows;
    for (int i = 0; i <= nchunks && at < end; i++) {
        uint64_t until = i < nchunks && chunks[i].first < end ? chunks[i].first : end;
        if (until > at)
            out[n++] = (LoadRange){
                .table = step->table, .segment = step->segment, .first = at, .rows = until - at};
        uint64_t past = i < nchunks ? chunks[i].first + chunks[i].rows : end;
        at = past > at ? past : at;
    }
    return n;
}

static bool step_ranges(Session *s, const Step *step, LoadRange **ranges, size_t *cap, int *n,
                        Arena *mem, Err *err)
{
    const TablePlan *tp = &s->plan->tables[step->table];
    LedgerChunk *chunks = NULL;
    int nchunks = 0;
    if (s->report->resumed &&
        !ledger_chunks(&s->ledger, s->run.id, ledger_table_name(tp->table, mem), &chunks, &nchunks,
                       mem, err))
        return false;
    *ranges = arena_grow(mem, *ranges, cap, (size_t)*n + (size_t)nchunks + 1, sizeof **ranges);
    *n += missing_ranges(step, &tp->segments[step->segment], chunks, nchunks, *ranges + *n);
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

/* What is to be loaded, and which references will be NULL until the end, for whoever goes on. */
static bool announce(Session *s, Arena *mem, Err *err)
{
    for (int i = 0; i < s->plan->nsteps; i++) {
        const Step *step = &s->plan->steps[i];
        const TablePlan *tp = step->table >= 0 ? &s->plan->tables[step->table] : NULL;
        if (step->kind == STEP_SET_REFERENCES &&
            !ledger_announce_step(&s->ledger, s->run.id, step_kind_name(step->kind),
                                  ledger_table_name(tp->table, mem), mem, err))
            return false;
        if (step->kind != STEP_LOAD)
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
                      (json_int_t)s->plan->tables[step->table].segments[step->segment].rows);
            if (!load_steps(s, i, next, bare, mem, err))
                return false;
            for (int k = i; k < next; k++)
                log_event(s->log, LOG_INFO, "table.finished", "{s:s, s:I, s:f}", "table",
                          s->plan->tables[s->plan->steps[k].table].table->name, "rows",
                          (json_int_t)s->plan->tables[s->plan->steps[k].table]
                              .segments[s->plan->steps[k].segment]
                              .rows,
                          "seconds", s->report->tables[s->plan->steps[k].table].seconds);
        } else if (step->kind != STEP_VERIFY && !ddl_step(s, step, mem, err)) {
            return false;
        }
        i = next;
    }
    return atomic_load(&s->stop) == STOP_NONE &&
           (!s->db->in_transaction || s->holds_transaction || s->db->connector->ddl_transactional ||
            db_commit(s->db, mem, err));
}

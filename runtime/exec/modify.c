/* `seedpipe modify`: what is asked for, which rows that means, what goes along with them, is it
 * meant, then all of it and its checks in one transaction. Where a question is asked, the
 * transaction does not stay open meanwhile: everything is counted again. */
#include "exec/modify.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/os.h"
#include "base/text.h"

/* ---------------------------------------------------------------- selecting and counting */

static bool open_removal(Modify *m, Arena *mem, Err *err)
{
    const Table **roots = arena_array(mem, const Table *, m->ntables + 1);
    const char **schemas = arena_array(mem, const char *, m->made->ntables + 1);
    int nschemas = 0;
    for (int t = 0; t < m->made->ntables; t++)
        if (m->made->tables[t].table->schema)
            schemas[nschemas++] = m->made->tables[t].table->schema;
    /* While a question was asked it may have changed. */
    const Catalog *had = m->catalog.ntables ? NULL : m->target.catalog;
    bool goes = m->o->kind != MODIFY_APPEND; /* else nobody asks who refers to the rows */
    if (had && !goes)
        m->catalog = *had;
    else if (!removal_catalog(m->s->db, schemas, nschemas, had, &m->catalog, mem, err))
        return false;
    if (modify_deletes(m))
        plan_declare_keys(m->made, &m->catalog, mem);
    for (int i = 0; i < m->ntables; i++) {
        const Table *table = m->made->tables[m->tables[i].plan].table;
        roots[i] = catalog_table(&m->catalog, table->schema, table->name);
        m->tables[i].node = i;
        if (!roots[i]) {
            err_add(mem, err, ERR_REFUSED, NULL, table->name, "the target has no such table");
            return err_hint(mem, err, "seedpipe run %s", m->s->options->recipe);
        }
    }
    m->removal = (Removal){.db = m->s->db, .stop = &m->s->stop, .log = m->s->log};
    m->removal.selects_none = !goes;
    m->removal.renews = m->o->kind == MODIFY_UPDATE ? m->ntables : 0;
    m->removal.locks = !m->s->options->dry_run;
    m->removal.closure = closure_build(m->s->db->engine, &m->catalog, roots, m->ntables, mem);
    modify_name_tables(m, mem);
    return true;
}

bool modify_deletes(const Modify *m)
{
    return m->o->kind == MODIFY_DELETE || m->o->kind == MODIFY_REPLACE ||
           m->o->kind == MODIFY_TRUNCATE;
}

static Follow follow_of(const Modify *m)
{
    return m->s->options->cascade ? FOLLOW_ALL : FOLLOW_ACTIONS;
}

static const char *what(const Modify *m, Arena *mem)
{
    const Closure *c = m->removal.closure;
    const char *rows = "";
    for (int i = 0; i < m->ntables; i++)
        rows = arena_printf(mem, "%s%s%s from %s", rows, i ? ", " : "",
                            text_plural(c->tables[m->tables[i].node].rows, "row", mem),
                            c->tables[m->tables[i].node].name);
    return arena_printf(mem, "delete %s", rows);
}

bool modify_inserts(const Modify *m)
{
    return m->o->kind == MODIFY_APPEND || m->o->kind == MODIFY_REPLACE || m->o->reseed;
}

bool modify_empties(const Modify *m, int plan)
{
    bool empties = m->o->kind == MODIFY_REPLACE || m->o->kind == MODIFY_TRUNCATE;
    for (int i = 0; i < m->ntables; i++)
        if (m->tables[i].plan == plan)
            return empties && !m->o->seeded_only;
    return false;
}

/* What the target is after the deletions: their rows are gone, and keys begin at 1 again in tables
 * that were emptied. */
static const Plan *plan_after(const Modify *m, PlanTarget *target, PlanOptions *options, Arena *mem,
                              Err *err)
{
    const Session *s = m->s;
    target->history_only = !modify_inserts(m);
    target->earlier = m->made;
    PlanCount *counts = arena_array(mem, PlanCount, m->made->ntables + 1);
    PlanTableFacts *facts = arena_array(mem, PlanTableFacts, target->nfacts + 1);
    memcpy(facts, target->facts, sizeof *facts * (size_t)target->nfacts);
    target->facts = facts;
    for (int t = 0; t < m->made->ntables; t++) {
        const TablePlan *tp = &m->made->tables[t];
        counts[t] = (PlanCount){ledger_table_name(tp->table, mem), (int64_t)tp->rows};
        for (int i = 0; i < m->ntables; i++)
            if (m->tables[i].plan == t && m->tables[i].count > 0 && modify_inserts(m))
                counts[t].rows += m->tables[i].count;
        for (int f = 0; f < target->nfacts && modify_empties(m, t); f++)
            if (strcmp(facts[f].table, ledger_table_name(tp->table, mem)) == 0)
                facts[f].first_key = true;
    }
    *options = s->options->plan;
    options->env = s->options->env;
    options->count = -1;
    options->size = 0;
    options->counts = counts;
    options->ncounts = m->made->ntables;
    options->keep_pruned = options->at_once = true;
    return plan_build(s->recipe, options, target, mem, err);
}

/* A dry run has to say what the plan of what is to come would refuse: the deletions are thought. */
static bool try_rest(Modify *m, Arena *mem, Err *err)
{
    Session *s = m->s;
    PlanTarget target = m->target;
    PlanOptions options;
    PlanChange *changes =
        arena_array(mem, PlanChange, target.nchanges + m->nchanged + 2 * m->made->ntables + 1);
    int n = target.nchanges;
    memcpy(changes, target.changes, sizeof *changes * (size_t)n);
    for (int t = 0; t < m->made->ntables; t++) {
        const TablePlan *tp = &m->made->tables[t];
        if (!modify_empties(m, t) || tp->rows == 0)
            continue;
        RowSet *all = rowset_new(mem);
        rowset_add(all, 0, tp->rows, mem);
        changes[n++] = (PlanChange){.table = ledger_table_name(tp->table, mem),
                                    .run = PLAN_NOW,
                                    .kind = CHANGE_DELETED,
                                    .rows = rowset_minus(all, rowhistory_all(tp->gone, mem), mem)};
    }
    for (int i = 0; i < m->nchanged; i++) {
        const ModifyRows *rows = &m->changed[i];
        if (rows->plan >= 0 && rowset_rows(rows->rows) > 0 &&
            (rows->columns || !modify_empties(m, rows->plan)))
            changes[n++] = (PlanChange){.table = rows->table,
                                        .run = PLAN_NOW,
                                        .kind = rows->columns ? CHANGE_CLEARED : CHANGE_DELETED,
                                        .columns = rows->columns,
                                        .rows = rows->rows};
    }
    for (int i = 0; i < m->nmissing; i++)
        changes[n++] = m->missing[i];
    target.changes = changes;
    target.nchanges = n;
    s->plan = plan_after(m, &target, &options, mem, err);
    bool ok = s->plan && session_may_number(s, mem, err) &&
              session_avoid(s, &target, &options, m->removal.closure, mem, err);
    s->plan = s->report->plan = m->made;
    return ok;
}

static bool plan_rest(Modify *m, Arena *mem, Err *err)
{
    Session *s = m->s;
    PlanTarget *target = arena_new_of(mem, PlanTarget);
    PlanOptions options;
    for (bool again = true; again;) {
        *target = m->target;
        modify_know_changes(m, target, mem);
        s->plan = plan_after(m, target, &options, mem, err);
        s->report->plan = s->plan;
        s->report->plan_target = *target;
        if (!s->plan)
            return false;
        int table = m->tables[0].plan, newest = s->plan->tables[table].nsegments - 1;
        struct ModifyAhead *ahead =
            modify_ahead_begin(s->plan, table, m->o->kind == MODIFY_APPEND ? newest : -1, mem);
        bool ok = (!modify_inserts(m) || (session_may_number(s, mem, err) &&
                                          session_avoid(s, target, &options, NULL, mem, err))) &&
                  modify_find_absent(m, &again, mem, err);
        modify_ahead_end(ahead);
        if (!ok)
            return false;
    }
    session_fill_report(s);
    return session_count_rows(s);
}

/* Begins the transaction and finds out all that will happen. It stays open. */
static bool count_all(Session *s, Arena *mem, Err *err)
{
    Modify *m = s->work;
    if (!open_removal(m, mem, err) || !removal_begin(&m->removal, mem, err) ||
        !modify_check_counts(m, mem, err))
        return false;
    bool selects = modify_deletes(m) || m->o->kind == MODIFY_UPDATE;
    for (int i = 0; selects && i < m->ntables; i++)
        if (!modify_select(m, &m->tables[i], mem, err))
            return false;
    if (m->o->kind == MODIFY_UPDATE) {
        int node = m->tables[0].node;
        const char *keys = closure_sql_keys(m->removal.closure, node, mem);
        if (!modify_rows_of(m, node, keys, &m->updated, mem, err) ||
            !modify_count_altered(m, &m->updated, m->columns, m->ncolumns, mem, err))
            return false;
        modify_fill_report(m, mem);
        s->report->modified.spared = m->updated.own;
        return modify_may_do(m, mem, err) && modify_find_missing(m, mem, err) &&
               (!s->options->dry_run || modify_try_update(m, mem, err));
    }
    if (modify_deletes(m)) {
        if (!removal_follow(&m->removal, follow_of(m), mem, err) ||
            !removal_check_refs(&m->removal, follow_of(m), what(m, mem), mem, err) ||
            !modify_find_changed(m, mem, err) || !modify_spares(m, mem, err))
            return false;
        m->steps = closure_steps(m->removal.closure, &m->nsteps, mem);
        if (!removal_can_run(&m->removal, m->steps, m->nsteps, mem, err))
            return false;
    }
    modify_fill_report(m, mem);
    return modify_may_do(m, mem, err) && modify_find_missing(m, mem, err) &&
           (!s->options->dry_run || !modify_inserts(m) || try_rest(m, mem, err));
}

static bool work_count(Session *s, Arena *mem, Err *err)
{
    const Modify *m = s->work;
    /* The first segment is mostly the largest. */
    int segment = m->o->kind == MODIFY_DELETE ? 0 : -1;
    struct ModifyAhead *ahead = modify_ahead_begin(m->made, m->tables[0].plan, segment, mem);
    bool ok = count_all(s, mem, err);
    modify_ahead_end(ahead);
    return ok;
}

/* ---------------------------------------------------------------- doing it */

/* What was made: the plan adds rows for those whose parents are gone. */
static bool insert_rows(Modify *m, Arena *mem, Err *err)
{
    if (!steps_run(m->s, mem, err))
        return false;
    for (int i = 0; i < m->ntables; i++) {
        const ExecTable *table = &m->s->report->tables[m->tables[i].plan];
        uint64_t rows =
            m->s->plan->tables[m->tables[i].plan].rows - m->made->tables[m->tables[i].plan].rows;
        modify_report_table(m, table->name)->inserted = (int64_t)(rows - table->rows_rejected);
    }
    return true;
}

static bool check(Modify *m, Arena *mem, Err *err)
{
    uint64_t start = os_monotonic_us();
    bool ok = modify_verify(m, mem, err);
    m->s->report->verify_seconds = (double)(os_monotonic_us() - start) / 1e6;
    return ok;
}

const char *modify_kind_name(ModifyKind kind, bool reseed)
{
    switch (kind) {
    case MODIFY_APPEND: return "append";
    case MODIFY_DELETE: return "delete";
    case MODIFY_UPDATE: return "update";
    case MODIFY_REPLACE: return "replace";
    case MODIFY_TRUNCATE: return reseed ? "truncate and reseed" : "truncate";
    case MODIFY_NONE: break;
    }
    return "modify";
}

static bool record_run(Modify *m, Arena *mem, Err *err)
{
    Session *s = m->s;
    bool ok = session_record_run(s, mem, err);
    for (int i = 0; ok && i < m->ntables; i++)
        ok = ledger_add_operation(&s->ledger, s->run.id, modify_kind_name(m->o->kind, m->o->reseed),
                                  ledger_table_name(m->made->tables[m->tables[i].plan].table, mem),
                                  mem, err);
    return ok;
}

static bool work_do(Session *s, Arena *mem, Err *err)
{
    Modify *m = s->work;
    s->one_transaction = s->holds_transaction = true;
    bool ok = record_run(m, mem, err) &&
              (!modify_deletes(m) || removal_run(&m->removal, m->steps, m->nsteps, mem, err)) &&
              (m->o->kind != MODIFY_UPDATE || modify_update(m, mem, err)) &&
              modify_record(m, mem, err) && plan_rest(m, mem, err) &&
              (!modify_inserts(m) || insert_rows(m, mem, err)) && check(m, mem, err) &&
              ledger_set_status(&s->ledger, s->run.id, RUN_DONE, mem, err) &&
              session_end_holder(s, mem, err) && atomic_load(&s->stop) == STOP_NONE;
    ok = removal_end(&m->removal, ok, mem, err) && ok;
    s->holder_ended = ok;
    s->report->modified.done = ok;
    return ok;
}

static bool work_end(Session *s, Arena *mem, Err *err)
{
    Modify *m = s->work;
    return removal_end(&m->removal, false, mem, err);
}

static bool abandon(Session *s)
{
    Modify *m = s->work;
    return session_abandon(s, &m->removal, "nothing was changed");
}

static int64_t rows_in_question(const ExecModification *r)
{
    int64_t rows = 0;
    for (int i = 0; i < r->ntables; i++)
        rows += r->tables[i].deleted + r->tables[i].updated + r->tables[i].inserted +
                r->tables[i].cleared;
    return rows;
}

static int64_t own_rows(const ExecModification *r)
{
    int64_t own = 0;
    for (int i = 0; i < r->ntables; i++)
        own += r->tables[i].own;
    return own;
}

static bool needs_question(const Modify *m)
{
    const ExecOptions *o = m->s->options;
    const ExecModification *r = &m->s->report->modified;
    return !o->yes && o->ask && (own_rows(r) > 0 || rows_in_question(r) > o->env->confirm_rows);
}

static bool as_shown(Modify *m, const ExecModification *shown, Arena *mem, Err *err)
{
    const ExecModification *now = &m->s->report->modified;
    bool same = shown->ntables == now->ntables;
    for (int i = 0; same && i < now->ntables; i++)
        same = shown->tables[i].deleted == now->tables[i].deleted &&
               shown->tables[i].updated == now->tables[i].updated &&
               shown->tables[i].cleared == now->tables[i].cleared;
    if (same)
        return true;
    err_add(mem, err, ERR_REFUSED, NULL, m->s->url.shown,
            "the target changed while you were asked: nothing was done");
    return err_hint(mem, err, "look at the numbers again, and repeat the command");
}

static bool confirm(Session *s)
{
    const ExecModification *r = &s->report->modified;
    int64_t own = own_rows(r);
    const char *question = arena_printf(
        s->mem, "%s of %s will be changed%s. Go on?",
        text_plural(rows_in_question(r), "row", s->mem), s->url.shown,
        own ? arena_printf(s->mem, ", %s of them of your own", text_count(own, s->mem)) : "");
    return session_ask(s, s->url.shown, question, NULL);
}

static bool execute(Modify *m)
{
    Session *s = m->s;
    const ExecOptions *o = s->options;
    if (!task_run(s, work_count) || (o->dry_run && session_disturbed(s, m->mark)))
        return abandon(s);
    ExecModification shown = s->report->modified;
    if (o->show)
        o->show(o->ask_ctx, s->report);
    if (o->dry_run)
        return task_run(s, work_end);
    if (rows_in_question(&shown) == 0) {
        s->report->nothing_to_do = true;
        return task_run(s, work_end);
    }
    if (needs_question(m) && (!task_run(s, work_end) || !confirm(s) || !task_run(s, work_count) ||
                              !as_shown(m, &shown, s->mem, s->err)))
        return abandon(s);
    s->report->run_id = session_new_run_id(s->mem);
    log_set_run(s->log, s->report->run_id);
    uint64_t start = os_monotonic_us();
    bool ok = task_run(s, work_do);
    s->report->load_seconds = (double)(os_monotonic_us() - start) / 1e6 - s->report->verify_seconds;
    if (!ok)
        return abandon(s);
    s->report->rows_added = s->rows_to_load;
    return true;
}

/* ---------------------------------------------------------------- the command */

/* Rows that are still to come would be in the way of what is to change. A run whose checks did not
 * pass, or that ended before them, is whole: it may be what this command is to mend. */
static bool is_finished(Session *s)
{
    const LedgerRun *run = &s->run;
    if (!s->report->resumed || strcmp(run->status, RUN_RUNNING) != 0) {
        s->report->resumed = false;
        s->run = (LedgerRun){0};
        return true;
    }
    err_add(s->mem, s->err, ERR_REFUSED, NULL, s->recipe->name,
            "run %s of %s UTC is not finished: some of its rows are still to come", run->id,
            run->started);
    return err_hint(s->mem, s->err,
                    "seedpipe run %s finishes it; seedpipe rollback %s takes it out",
                    s->options->recipe, run->id);
}

static bool plan_what_was_made(Session *s, Arena *mem, Err *err)
{
    Modify *m = s->work;
    if (!session_read_ledger(s, mem, err) || !session_find_run(s) || !is_finished(s) ||
        !session_facts(s, &m->target) || !session_shapes(s, &m->target))
        return false;
    m->target.history_only = true;
    if (!session_plan(s, &m->target))
        return false;
    session_fill_report(s);
    return true;
}

/* Only of tables that get rows: each is some statements. */
static bool find_free_keys(Session *s, Arena *mem, Err *err)
{
    Modify *m = s->work;
    bool *filled = arena_array(mem, bool, s->recipe->ntables + 1);
    (void)err;
    for (int i = 0; i < m->ntables; i++)
        filled[m->made->tables[m->tables[i].plan].recipe - s->recipe->tables] = true;
    return session_facts_to_come(s, &m->target, filled);
}

static bool plan_and_execute(Modify *m)
{
    Session *s = m->s;
    if (!task_read(s, plan_what_was_made))
        return false;
    m->made = s->plan;
    if (!modify_find_tables(m) || !modify_find_counts(m) ||
        (m->o->where && !modify_check_where(s->db->engine, m->o->where, s->mem, s->err)) ||
        (m->o->kind == MODIFY_UPDATE && !modify_find_columns(m, s->mem, s->err)) ||
        (modify_inserts(m) && !task_read(s, find_free_keys)))
        return false;
    return (s->options->dry_run || session_create_ledger(s)) && execute(m);
}

static bool modify_on_target(Session *s)
{
    Modify m = {.s = s, .o = &s->options->modify};
    s->existing_only = s->one_connection = true;
    s->cancel_at_once = true;
    s->work = &m;
    if (!session_guard(s))
        return false;
    if (!s->options->dry_run)
        return session_guard_writes(s) && session_open_locked(s) && plan_and_execute(&m);
    if (!session_open(s, false) || !ledger_mark(&s->ledger, &m.mark, s->mem, s->err))
        return false;
    if (plan_and_execute(&m))
        return true;
    session_disturbed(s, m.mark);
    return false;
}

bool exec_modify(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err)
{
    Session s;
    bool ok = session_begin(&s, options, report, mem, err) && modify_on_target(&s);
    session_end(&s);
    return ok;
}

/* `seedpipe rollback`: which run, may it go, what goes with it, is it meant, then all of it in one
 * transaction. Where a question is asked, the transaction does not stay open meanwhile: everything
 * is counted again, and has to be as it was shown. */
#include <string.h>

#include "base/os.h"
#include "base/text.h"
#include "exec/restore.h"

typedef struct Rollback {
    Session *s;
    Undo undo;
    Restore restore;
    Audit *audit;
    const char *mark; /* dry run: the ledger's, see session_disturbed */
    const LedgerRun *runs;
    int nruns;
    int at; /* the run */
} Rollback;

/* ---------------------------------------------------------------- which run */

static bool no_such_run(Session *s, const Rollback *b, const char *what)
{
    const char **ids = arena_array(s->mem, const char *, b->nruns + 1);
    for (int i = 0; i < b->nruns; i++)
        ids[i] = b->runs[b->nruns - 1 - i].id;
    err_add(s->mem, s->err, ERR_USAGE, NULL, s->options->run, "%s", what);
    return b->nruns ? err_hint(s->mem, s->err, "the target's runs: %s",
                               text_list(ids, b->nruns, 8, s->mem))
                    : err_hint(s->mem, s->err, "no run was made on this target");
}

bool session_pick_run(Session *s, const LedgerRun *runs, int n, int *at)
{
    const char *wanted = s->options->run;
    Rollback b = {.runs = runs, .nruns = n};
    int found = 0;
    *at = n - 1;
    for (int i = 0; wanted && i < n; i++) {
        if (strcmp(runs[i].id, wanted) == 0) {
            *at = i;
            return true;
        }
        if (strncmp(runs[i].id, wanted, strlen(wanted)) == 0) {
            *at = i;
            found++;
        }
    }
    if (!wanted || found == 1)
        return true;
    return no_such_run(s, &b, found ? "several runs begin like this" : "there is no such run");
}

/* Later rows of the same recipe were made on top of these: their numbers follow, and they may refer
 * to them. */
static bool check_later_runs(Rollback *b)
{
    Session *s = b->s;
    const LedgerRun *run = &b->runs[b->at];
    const char **later = arena_array(s->mem, const char *, b->nruns + 1);
    int n = 0;
    for (int i = b->nruns - 1; i > b->at; i--)
        if (strcmp(b->runs[i].recipe, run->recipe) == 0 &&
            strcmp(b->runs[i].status, RUN_ROLLED_BACK) != 0)
            later[n++] = b->runs[i].id;
    if (n == 0)
        return true;
    err_add(s->mem, s->err, ERR_REFUSED, NULL, run->id,
            "cannot roll back: later runs of %s build on its rows: %s", run->recipe,
            text_list(later, n, 8, s->mem));
    return err_hint(s->mem, s->err, "roll back the newest first: seedpipe rollback %s", later[0]);
}

/* ---------------------------------------------------------------- counting */

/* Rows of other runs, of whatever recipe, that refer to rows that go: known by their keys. */
static bool check_ref_runs(Rollback *b, ClosureRef *ref, Arena *mem, Err *err)
{
    Session *s = b->s;
    const Closure *c = b->undo.removal.closure;
    const Table *child = c->tables[ref->child].table;
    LedgerKeys *keys = NULL;
    bool ok = true;
    if (ref->rows == 0)
        return true;
    if (!session_book(s))
        return false;
    int n = ledger_book_keys(s->book, ledger_table_name(child, mem), &keys, mem);
    for (int i = 0; i < n; i++) {
        int64_t rows = 0;
        if (strcmp(keys[i].run_id, b->undo.run->id) == 0 || !keys[i].column ||
            table_column(child, keys[i].column) < 0)
            continue;
        Buf where;
        buf_init(&where, 1 << 16);
        buf_str(&where, "c.");
        dialect_ident(s->db->engine, &where, keys[i].column);
        buf_printf(&where, " BETWEEN %lld AND %lld", (long long)keys[i].first,
                   (long long)keys[i].last);
        const char *sql = closure_sql_count_children(c, ref, buf_cstr(&where), mem);
        buf_free(&where);
        if (!db_query_i64(s->db, sql, NULL, 0, 0, &rows, mem, err))
            return false;
        if (rows == 0)
            continue;
        ref->rows -= rows < ref->rows ? rows : ref->rows;
        ok = err_add(mem, err, ERR_REFUSED, NULL, c->tables[ref->child].name,
                     "cannot roll back %s: %s of run %s (%s) in %s %s %s (%s, %s)", b->undo.run->id,
                     text_plural(rows, "row", mem), keys[i].run_id, keys[i].recipe,
                     c->tables[ref->child].name, rows == 1 ? "references" : "reference",
                     c->tables[ref->parent].name, ref->name, ref->action);
        err_hint(mem, err, "roll that run back first: seedpipe rollback %s", keys[i].run_id);
    }
    return ok;
}

static void fill_tables(Rollback *b, Arena *mem)
{
    ExecRemoval *r = &b->s->report->removal;
    const Closure *c = b->undo.removal.closure;
    r->tables = arena_array(mem, ExecRemoved, c->ntables + b->undo.plan->ntables + 1);
    r->ntables = 0;
    r->deleted = 0;
    for (int i = 0; i < c->ntables; i++) {
        const ClosureTable *node = &c->tables[c->order[i]];
        ExecRemoved one = {.table = node->name, .deleted = node->rows, .others = node->rows};
        for (int t = 0; t < b->undo.plan->ntables; t++) {
            const UndoTable *ut = &b->undo.tables[t];
            if (ut->node != c->order[i])
                continue;
            one.of_run = true;
            one.made = ut->made;
            one.others -= ut->there;
            one.gone = ut->made - ut->there;
            one.changed = ut->changed;
            one.created = ut->created;
        }
        r->deleted += one.deleted;
        if (one.of_run || one.deleted)
            r->tables[r->ntables++] = one;
    }
    for (int t = 0; t < b->undo.plan->ntables; t++)
        if (b->undo.tables[t].node < 0)
            r->tables[r->ntables++] =
                (ExecRemoved){.table = ledger_table_name(b->undo.plan->tables[t].table, mem),
                              .of_run = true,
                              .made = b->undo.tables[t].made,
                              .gone = b->undo.tables[t].made};
}

/* Before anything is done, and in a dry run as well. */
static bool may_do(Rollback *b, Arena *mem, Err *err)
{
    const Closure *c = b->undo.removal.closure;
    const Restore *r = &b->restore;
    Touch *list = arena_array(mem, Touch, c->ntables + c->nrefs + r->nitems + 1);
    int n = session_touches(c, list, mem);
    for (int i = 0; i < r->nitems; i++) {
        const RestoreItem *item = &r->items[i];
        const Table *table = r->before->tables[item->table].table;
        int node = closure_find(c, table);
        if (node < 0)
            continue;
        Touch *touch = &list[n++];
        *touch = (Touch){.table = c->tables[node].table};
        touch->inserts = item->kind == CHANGE_DELETED ? table : NULL;
        touch->columns = arena_array(mem, const char *, item->ncols + 1);
        for (int k = 0; item->kind != CHANGE_DELETED && k < item->ncols; k++)
            touch->columns[touch->ncolumns++] = table->cols[item->cols[k]].name;
    }
    return session_may_touch(b->s, list, n, mem, err);
}

/* The transaction stays open; its caller goes on in it, or ends it. */
static bool count_all(Rollback *b, Arena *mem, Err *err)
{
    Session *s = b->s;
    bool cascade = s->options->cascade, ok = true;
    if (!undo_select(&b->undo, cascade, mem, err) || !undo_count_changed(&b->undo, mem, err))
        return false;
    Closure *c = b->undo.removal.closure;
    fill_tables(b, mem);
    s->report->removal.refs = removal_refs(&b->undo.removal, &s->report->removal.nrefs, mem);
    for (int i = 0; i < c->nrefs; i++)
        if (!check_ref_runs(b, &c->refs[i], mem, err)) {
            ok = false;
            if (err->last && err->last->code != ERR_REFUSED)
                return false;
        }
    if (!cascade)
        ok = removal_check_refs(&b->undo.removal, FOLLOW_NONE,
                                arena_printf(mem, "roll back %s", b->undo.run->id), mem, err) &&
             ok;
    return restore_count(&b->restore, c, &s->report->removal, mem, err) &&
           restore_look(&b->restore, c, b->undo.run->id, mem, err) && may_do(b, mem, err) && ok &&
           removal_can_run(&b->undo.removal, b->undo.steps, b->undo.nsteps, mem, err);
}

/* ---------------------------------------------------------------- doing it */

static bool work_count(Session *s, Arena *mem, Err *err)
{
    Rollback *b = s->work;
    return undo_open(&b->undo, s, s->plan, &s->run, mem, err) && count_all(b, mem, err);
}

static bool as_shown(Rollback *b, const ExecRemoval *shown, Arena *mem, Err *err)
{
    const ExecRemoval *now = &b->s->report->removal;
    bool same = shown->ntables == now->ntables && shown->nrefs == now->nrefs;
    for (int i = 0; same && i < now->ntables; i++)
        same = shown->tables[i].deleted == now->tables[i].deleted &&
               shown->tables[i].changed == now->tables[i].changed;
    for (int i = 0; same && i < now->nrefs; i++)
        same = shown->refs[i].rows == now->refs[i].rows;
    for (int i = 0; same && i < now->nrestored; i++)
        same = shown->restored[i].cells == now->restored[i].cells;
    if (same)
        return true;
    err_add(mem, err, ERR_REFUSED, NULL, b->undo.run->id,
            "the target changed while you were asked: nothing was changed");
    return err_hint(mem, err, "look at the numbers again, and repeat the command");
}

static bool drop_tables(Rollback *b, Arena *mem, Err *err)
{
    ExecRemoval *r = &b->s->report->removal;
    bool *dropped = arena_array(mem, bool, b->undo.plan->ntables + 1);
    bool all = false;
    if (!undo_drop_created(&b->undo, &all, dropped, mem, err))
        return false;
    for (int t = 0; t < b->undo.plan->ntables; t++)
        for (int i = 0; i < r->ntables; i++)
            if (strcmp(r->tables[i].table, ledger_table_name(b->undo.plan->tables[t].table, mem)) ==
                0) {
                r->tables[i].dropped = dropped[t];
                r->tables[i].kept = b->undo.tables[t].kept;
            }
    return true;
}

/* A unique key with a condition, over an expression or a prefix was not looked at before. */
static bool bring_back(Rollback *b, Arena *mem, Err *err)
{
    if (restore_apply(&b->restore, &b->undo.removal, mem, err))
        return true;
    if (err->last && err->last->code == ERR_CONSTRAINT && !err->last->hint)
        err_hint(mem, err,
                 "nothing was changed; give the rows that have by now what would come back other "
                 "values, or delete them, and repeat the command");
    return false;
}

static bool work_delete(Session *s, Arena *mem, Err *err)
{
    Rollback *b = s->work;
    Removal *removal = &b->undo.removal;
    bool ddl = s->db->connector->ddl_transactional;
    bool ok = ledger_fence(&s->ledger, s->db, &s->run, mem, err) &&
              removal_run(removal, b->undo.steps, b->undo.nsteps, mem, err) &&
              ledger_roll_back(&s->ledger, s->run.id, true, mem, err) && bring_back(b, mem, err) &&
              (!s->options->drop_created || !ddl || drop_tables(b, mem, err)) &&
              (!b->audit || audit_rows(b->audit, &b->undo, mem, err)) &&
              atomic_load(&s->stop) == STOP_NONE;
    ok = removal_end(removal, ok, mem, err) && ok;
    s->report->removal.done = ok;
    /* Where DROP commits by itself it comes behind the commit; the ledger still knows the tables.
     */
    return ok && (!s->options->drop_created || ddl || drop_tables(b, mem, err));
}

static bool work_end(Session *s, Arena *mem, Err *err)
{
    Rollback *b = s->work;
    return removal_end(&b->undo.removal, false, mem, err);
}

static bool abandon(Session *s)
{
    Rollback *b = s->work;
    return session_abandon(s, &b->undo.removal, "nothing was changed");
}

static bool confirm(Session *s)
{
    const ExecOptions *o = s->options;
    const ExecRemoval *r = &s->report->removal;
    if (!o->ask) {
        err_add(s->mem, s->err, ERR_GUARD, NULL, "rollback",
                "changes rows, and without a terminal nobody can be asked");
        return err_hint(s->mem, s->err, "--yes confirms it; --dry-run shows what it would do");
    }
    int64_t restored = 0;
    for (int i = 0; i < r->nrestored; i++)
        restored += r->restored[i].rows + r->restored[i].cells;
    const char *question = arena_printf(
        s->mem, "%s will be deleted from %s%s. Type rollback to go on",
        text_plural(r->deleted, "row", s->mem), s->url.shown,
        restored ? arena_printf(s->mem, ", and %s restored", text_count(restored, s->mem)) : "");
    return session_ask(s, "rollback", question, "rollback");
}

/* An unfinished run may have a session that still writes: raising the epoch waits for it. */
static bool fence_off(Session *s)
{
    return strcmp(s->run.status, RUN_RUNNING) != 0 ||
           ledger_take_over(&s->ledger, &s->run, s->mem, s->err);
}

static bool execute(Rollback *b)
{
    Session *s = b->s;
    const ExecOptions *o = s->options;
    if (!o->yes && !o->ask && !o->dry_run)
        return confirm(s);
    if (!o->dry_run && o->audit && !(b->audit = audit_open(o->audit, s->mem, s->err)))
        return false;
    if ((!o->dry_run && !fence_off(s)) || !task_run(s, work_count) ||
        (o->dry_run && session_disturbed(s, b->mark)))
        return abandon(s);
    ExecRemoval shown = s->report->removal;
    if (o->show)
        o->show(o->ask_ctx, s->report);
    if (o->dry_run)
        return task_run(s, work_end);
    if (!o->yes && (!task_run(s, work_end) || !confirm(s) || !task_run(s, work_count) ||
                    !as_shown(b, &shown, s->mem, s->err)))
        return abandon(s);
    return task_run(s, work_delete) || s->report->removal.done || abandon(s);
}

/* ---------------------------------------------------------------- the command */

ExecRun exec_run_of(const LedgerRun *run, const LedgerRows *rows, int nrows, Arena *mem)
{
    ExecRun out = {.id = run->id,
                   .recipe = run->recipe,
                   .env = run->env,
                   .status = run->status,
                   .user = run->user,
                   .host = run->host,
                   .started = run->started,
                   .finished = run->finished,
                   .pid = run->pid};
    for (int i = 0; i < nrows; i++)
        if (strcmp(rows[i].run_id, run->id) == 0) {
            out.rows_planned += rows[i].planned;
            out.rows += rows[i].committed;
        }
    out.process_lives = strcmp(run->status, RUN_RUNNING) == 0 && run->host &&
                        strcmp(run->host, os_hostname(mem)) == 0 && os_process_alive(run->pid);
    return out;
}

static bool list_others(Rollback *b)
{
    Session *s = b->s;
    LedgerRows *rows = NULL;
    int n = 0;
    if (!ledger_rows(&s->ledger, NULL, &rows, &n, s->mem, s->err))
        return false;
    s->report->runs = arena_array(s->mem, ExecRun, b->nruns + 1);
    for (int i = b->nruns - 1; i >= 0; i--) {
        if (i == b->at)
            s->report->removal.run = exec_run_of(&b->runs[i], rows, n, s->mem);
        else if (strcmp(b->runs[i].status, RUN_ROLLED_BACK) != 0)
            s->report->runs[s->report->nruns++] = exec_run_of(&b->runs[i], rows, n, s->mem);
    }
    return session_name_operations(s, s->report->runs, s->report->nruns, s->mem, s->err) &&
           session_name_operations(s, &s->report->removal.run, 1, s->mem, s->err);
}

/* What --drop-created left when it was interrupted, or was not asked for then. */
static bool work_drop(Session *s, Arena *mem, Err *err)
{
    Rollback *b = s->work;
    bool ddl = s->db->connector->ddl_transactional;
    if (!undo_open(&b->undo, s, s->plan, &s->run, mem, err))
        return false;
    fill_tables(b, mem);
    bool ok = (!ddl || db_begin(s->db, mem, err)) && drop_tables(b, mem, err) &&
              (!ddl || db_commit(s->db, mem, err));
    if (!ok && s->db->in_transaction) {
        Err ignored = {0};
        db_rollback(s->db, mem, &ignored);
    }
    return ok;
}

static bool read_runs(Session *s, Arena *mem, Err *err)
{
    Rollback *b = s->work;
    LedgerRun *runs = NULL;
    if (!session_read_ledger(s, mem, err))
        return false;
    b->nruns = ledger_book_runs(s->book, &runs, mem);
    b->runs = runs;
    return true;
}

static bool plan_run(Session *s, Arena *mem, Err *err)
{
    (void)mem;
    (void)err;
    return session_plan_of_run(s, &s->run);
}

static bool plan_both(Session *s, Arena *mem, Err *err)
{
    Rollback *b = s->work;
    return check_later_runs(b) && session_plan_of_run(s, &s->run) &&
           restore_open(&b->restore, s, &s->run, b->at, mem, err);
}

static bool rolled_back_before(Rollback *b)
{
    Session *s = b->s;
    s->report->removal.already = true;
    s->report->nothing_to_do = true;
    if (!s->options->drop_created || s->options->dry_run)
        return true;
    return task_read(s, plan_run) && task_run(s, work_drop);
}

static bool rollback_on_target(Session *s)
{
    Rollback b = {.s = s};
    bool dry = s->options->dry_run;
    s->existing_only = s->one_connection = true;
    s->cancel_at_once = true;
    s->work = &b;
    if (!session_guard(s) || (!dry && !session_guard_writes(s)) || !session_open(s, false))
        return false;
    if (!s->ledger.exists && !s->options->run) {
        s->report->nothing_to_do = true;
        return true;
    }
    if (!(dry ? ledger_mark(&s->ledger, &b.mark, s->mem, s->err) : session_lock(s)) ||
        !task_read(s, read_runs))
        return false;
    if (!session_pick_run(s, b.runs, b.nruns, &b.at))
        return false;
    if (b.at < 0) {
        s->report->nothing_to_do = true;
        return true;
    }
    s->run = b.runs[b.at];
    s->report->run_id = s->run.id;
    s->report->recipe = s->run.recipe;
    log_set_context(s->log, s->run.recipe, s->options->env->name);
    log_set_run(s->log, s->run.id);
    if (!list_others(&b))
        return false;
    if (strcmp(s->run.status, RUN_ROLLED_BACK) == 0)
        return rolled_back_before(&b);
    bool ok = task_read(s, plan_both) && execute(&b);
    if (!ok && dry)
        session_disturbed(s, b.mark);
    audit_close(b.audit, s->report->removal.done);
    log_event(s->log, LOG_INFO, "rollback.finished", "{s:s, s:I}", "status",
              s->report->removal.done ? "done" : "not done", "rows",
              (json_int_t)(s->report->removal.done ? s->report->removal.deleted : 0));
    return ok;
}

bool exec_rollback(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err)
{
    Session s;
    bool ok = session_begin(&s, options, report, mem, err) && rollback_on_target(&s);
    session_end(&s);
    return ok;
}

/* --prune: rows beyond what is wanted go, as a rollback's do: counted and shown first, confirmed,
 * then deleted in one transaction with the ledger's record of it. What the run adds comes after. */
#include <string.h>

#include "base/text.h"
#include "exec/undo.h"

bool session_prunes(const Session *s)
{
    for (int t = 0; t < s->plan->ntables; t++)
        if (s->plan->tables[t].pruned)
            return true;
    return false;
}

/* Rows of the user's own are in the way, or of another recipe. */
static bool check_refs(const Undo *u, Arena *mem, Err *err)
{
    int before = err->count;
    if (removal_check_refs(&u->removal, FOLLOW_NONE, "prune", mem, err))
        return true;
    int i = 0;
    for (ErrItem *e = err->first; e; e = e->next)
        if (i++ >= before)
            e->hint = "delete them first, or run without --prune";
    return false;
}

static void fill_report(Undo *u, Arena *mem)
{
    ExecRemoval *r = &u->s->report->removal;
    *r = (ExecRemoval){.tables = arena_array(mem, ExecRemoved, u->plan->ntables + 1)};
    for (int t = u->plan->ntables - 1; t >= 0; t--) {
        const UndoTable *ut = &u->tables[t];
        if (ut->made == 0)
            continue;
        r->tables[r->ntables++] = (ExecRemoved){
            .table = ledger_table_name(u->plan->tables[t].table, mem),
            .of_run = true,
            .made = (int64_t)(u->plan->tables[t].rows - u->plan->tables[t].gone_rows) + ut->made,
            .deleted = ut->there,
            .gone = ut->made - ut->there,
            .changed = ut->changed};
        r->deleted += ut->there;
    }
    r->refs = removal_refs(&u->removal, &r->nrefs, mem);
}

static bool count_only(Session *s, Arena *mem, Err *err)
{
    Undo u;
    if (!undo_open(&u, s, s->plan, NULL, mem, err))
        return false;
    bool ok = undo_select(&u, false, mem, err) && undo_count_changed(&u, mem, err) &&
              check_refs(&u, mem, err) && removal_can_run(&u.removal, u.steps, u.nsteps, mem, err);
    if (ok)
        fill_report(&u, mem);
    return removal_end(&u.removal, false, mem, err) && ok;
}

bool session_prune(Session *s, Arena *mem, Err *err)
{
    Undo u;
    if (!undo_open(&u, s, s->plan, NULL, mem, err))
        return false;
    bool ok = undo_select(&u, false, mem, err) && check_refs(&u, mem, err) &&
              ledger_fence(&s->ledger, s->db, &s->run, mem, err) &&
              removal_run(&u.removal, u.steps, u.nsteps, mem, err);
    for (int t = 0; ok && t < s->plan->ntables; t++) {
        const TablePlan *tp = &s->plan->tables[t];
        ok = !tp->pruned ||
             ledger_add_change(&s->ledger, s->db, s->run.id, ledger_table_name(tp->table, mem),
                               CHANGE_PRUNED, NULL, tp->pruned, mem, err);
    }
    ok = removal_end(&u.removal, ok, mem, err) && ok;
    for (int t = 0; ok && t < s->plan->ntables; t++)
        s->report->tables[t].rows_pruned = (uint64_t)u.tables[t].there;
    return ok;
}

/* ---------------------------------------------------------------- what comes back */

static bool key_is_taken(Session *s, const TablePlan *tp, int serial, const Segment *segment,
                         const RowRange *range, bool *taken)
{
    long long shift = (long long)segment->key_base[serial] - (long long)segment->first_row;
    int64_t rows = 0;
    Buf sql;
    buf_init(&sql, 1 << 16);
    buf_str(&sql, "SELECT count(*) FROM ");
    dialect_table(s->db->engine, &sql, tp->table->schema, tp->table->name);
    buf_str(&sql, " WHERE ");
    dialect_ident(s->db->engine, &sql, tp->table->cols[serial].name);
    buf_printf(&sql, " BETWEEN %lld AND %lld", (long long)range->first + shift,
               (long long)(range->first + range->rows) - 1 + shift);
    bool ok = db_query_i64(s->db, buf_cstr(&sql), NULL, 0, 0, &rows, s->mem, s->err);
    buf_free(&sql);
    *taken = *taken || rows > 0;
    return ok;
}

/* A row that comes back has the key that it had; meanwhile a row of the user's own may have got it.
 */
static bool check_keys(Session *s, const TablePlan *tp)
{
    int serial = -1;
    bool taken = false;
    for (int c = 0; c < tp->table->ncols && serial < 0; c++)
        serial = tp->cols[c].serial ? c : -1;
    for (int i = 0; serial >= 0 && i < tp->nsegments; i++) {
        const Segment *segment = &tp->segments[i];
        const RowSet *rows =
            rowset_part(tp->restored_now, segment->first_row, segment->rows, s->mem);
        for (size_t k = 0; k < rows->nranges; k++)
            if (!key_is_taken(s, tp, serial, segment, &rows->ranges[k], &taken))
                return false;
    }
    if (!taken)
        return true;
    err_add(s->mem, s->err, ERR_REFUSED, NULL, tp->table->name,
            "rows that were pruned are wanted again, and rows of your own have taken their keys "
            "(%s)",
            tp->table->cols[serial].name);
    return err_hint(s->mem, s->err,
                    "give your rows other keys, ask for fewer rows, or --restart makes all anew");
}

static bool check_all_keys(Session *s, Arena *mem, Err *err)
{
    (void)mem;
    (void)err;
    for (int t = 0; t < s->plan->ntables; t++)
        if (s->plan->tables[t].restored_now && !check_keys(s, &s->plan->tables[t]))
            return false;
    return true;
}

bool session_confirm_resize(Session *s)
{
    const ExecOptions *o = s->options;
    if (!task_read(s, check_all_keys))
        return false;
    if (!session_prunes(s))
        return true;
    if (!o->yes && !o->ask) {
        err_add(s->mem, s->err, ERR_GUARD, NULL, "--prune",
                "removes rows, and without a terminal nobody can be asked");
        return err_hint(s->mem, s->err, "--yes confirms it; --dry-run shows what it would do");
    }
    if (!task_read(s, count_only))
        return false;
    if (o->show)
        o->show(o->ask_ctx, s->report);
    if (o->yes)
        return true;
    const char *question =
        arena_printf(s->mem, "%s will be deleted from %s. Type prune to go on",
                     text_plural(s->report->removal.deleted, "row", s->mem), s->url.shown);
    return session_ask(s, "--prune", question, "prune");
}

/* Tables that refer to each other (plan/circles.c): what the sessions do so that rows can come
 * before their parents and go after them, and the rows of the UPDATE that sets references which
 * were NULL first. */
#include "exec/exec_int.h"

#include <string.h>

static bool has_circle(const TablePlan *tp, CircleWay way)
{
    for (int f = 0; f < tp->table->nfks; f++)
        if (tp->fks[f].circle == way)
            return true;
    return false;
}

/* SQLite connections of ours never check while they load. */
static bool goes_unchecked(const Db *db, const TablePlan *tp)
{
    return (db->engine == ENGINE_MARIADB || db->engine == ENGINE_MYSQL) &&
           has_circle(tp, CIRCLE_UNCHECKED);
}

bool circle_table_begin(Db *db, const TablePlan *tp, Arena *mem, Err *err)
{
    return !goes_unchecked(db, tp) || db_exec(db, mem, err, "SET SESSION foreign_key_checks = 0");
}

bool circle_table_end(Db *db, const TablePlan *tp, bool loaded, Arena *mem, Err *err)
{
    Err ignored = {0};
    return (!goes_unchecked(db, tp) ||
            db_exec(db, mem, loaded ? err : &ignored, "SET SESSION foreign_key_checks = 1")) &&
           loaded;
}

static bool is_late(const TablePlan *tp, int col)
{
    for (int f = 0; f < tp->table->nfks; f++)
        for (int i = 0; i < tp->fks[f].nlate; i++)
            if (tp->fks[f].late_cols[i] == col)
                return true;
    return false;
}

void circle_blank(const TablePlan *tp, Batch *batch, Arena *scratch)
{
    if (!has_circle(tp, CIRCLE_UPDATE))
        return;
    const Vec **cols = arena_array(scratch, const Vec *, batch->ncols + 1);
    for (int c = 0; c < batch->ncols; c++) {
        cols[c] = batch->cols[c];
        if (!is_late(tp, tp->load_cols[c]))
            continue;
        Vec *blank = arena_new_of(scratch, Vec);
        *blank = *cols[c];
        blank->null = arena_alloc_raw(scratch, blank->n + 1);
        memset(blank->null, 1, blank->n);
        cols[c] = blank;
    }
    batch->cols = cols;
}

/* ---- setting references */

static bool put_rows(Session *s, DbLoad *load, Eval *eval, int t, const int *cols, int n,
                     Arena *mem, Err *err)
{
    uint64_t rows[BATCH_ROWS];
    RowCursor at = {0};
    for (uint32_t have;
         (have = rowset_read(s->plan->tables[t].unset, &at, rows, BATCH_ROWS)) > 0;) {
        Batch batch = eval_cells(eval, t, rows, have, cols, n);
        if (atomic_load(&s->stop) != STOP_NONE ||
            !s->db->connector->load_batch(load, &batch, mem, err))
            return false;
    }
    return true;
}

static bool put_references(Session *s, int t, Arena *mem, Err *err)
{
    const TablePlan *tp = &s->plan->tables[t];
    const Key *key = &tp->table->primary;
    int *cols = arena_array(mem, int, tp->table->ncols + key->ncols + 1), n = 0;
    for (int i = 0; i < key->ncols; i++)
        cols[n++] = key->cols[i];
    for (int c = 0; c < tp->table->ncols; c++)
        if (is_late(tp, c))
            cols[n++] = c;
    Table into = *tp->table;
    into.schema = NULL;
    into.name = PLAN_REFERENCES_TABLE;
    DbLoad *load = s->db->connector->load_begin(s->db, &into, cols, n, mem, err);
    if (!load)
        return false;
    Eval *eval = eval_new(s->plan);
    bool ok = put_rows(s, load, eval, t, cols, n, mem, err);
    eval_free(eval);
    uint64_t taken = 0;
    return s->db->connector->load_end(load, &taken, mem, err) && ok;
}

bool circle_set_references(Session *s, const Step *step, Arena *mem, Err *err)
{
    return db_exec(s->db, mem, err, step->sql[0]) && put_references(s, step->table, mem, err) &&
           db_exec(s->db, mem, err, step->sql[1]) && db_exec(s->db, mem, err, step->sql[2]);
}

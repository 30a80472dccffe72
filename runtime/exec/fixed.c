/* Keys whose values can be no others (TablePlan.fixed): new rows that would have what rows of the
 * user's own have are refused. A run compares in a temporary table (avoid.c); a dry run writes
 * nothing, and asks for the keys themselves, some at a time. */
#include "base/text.h"
#include "exec/exec_int.h"

#define ASKED_AT_ONCE 200u /* keys: SQLite's expressions may be 1,000 deep */

typedef struct Asked {
    Session *s;
    int table;
    const Key *key;
    Eval *eval;
    int64_t taken; /* new rows whose key is there */
    Arena *mem, *scratch;
    Err *err;
} Asked;

bool session_refuse_fixed(const TablePlan *tp, const Key *key, int64_t taken, Arena *mem, Err *err)
{
    const char *where = key->where ? key->where : tp->table->where, *columns = "";
    for (int k = 0; k < key->ncols; k++)
        columns =
            arena_printf(mem, "%s%s%s", columns, k ? ", " : "", tp->table->cols[key->cols[k]].name);
    err_add(mem, err, ERR_REFUSED, where, arena_printf(mem, "%s.%s", tp->table->name, columns),
            "rows of your own in the table have what %s would get",
            text_plural(taken, "new row", mem));
    return err_hint(mem, err,
                    "the number of a child under its parent, and pairs of two parents that rows "
                    "are counted by, can be no others: remove these rows of yours, or change them, "
                    "or ask for no more rows of %s",
                    tp->table->name);
}

/* c.a = 1 AND c.n = 2 */
static void put_key(const Asked *a, Buf *sql, const Batch *keys, uint32_t row)
{
    const Table *table = a->s->plan->tables[a->table].table;
    Engine engine = a->s->db->engine;
    for (int i = 0; i < a->key->ncols; i++) {
        const Column *col = &table->cols[a->key->cols[i]];
        Buf name, value;
        buf_init(&name, 1 << 10);
        buf_init(&value, 1 << 20);
        buf_str(&name, "c.");
        dialect_ident(engine, &name, col->name);
        dialect_literal(engine, &value, &col->type, keys->cols[i], row);
        buf_printf(sql, "%s%s = ", i ? " AND " : "",
                   dialect_compared(engine, a->key, i, buf_cstr(&name), a->scratch));
        buf_str(sql, dialect_compared(engine, a->key, i, buf_cstr(&value), a->scratch));
        buf_free(&name);
        buf_free(&value);
    }
}

static bool has_null(const Batch *keys, uint32_t row)
{
    for (int i = 0; i < keys->ncols; i++)
        if (vec_is_null(keys->cols[i], row))
            return true;
    return false;
}

static bool count_taken(Asked *a, const uint64_t *rows, uint32_t n)
{
    const Table *table = a->s->plan->tables[a->table].table;
    uint64_t made[ASKED_AT_ONCE];
    int64_t taken = 0;
    bool any = false;
    n = eval_made(a->eval, a->table, rows, n, made);
    if (n == 0)
        return true;
    Batch keys = eval_cells(a->eval, a->table, made, n, a->key->cols, a->key->ncols);
    Buf sql;
    buf_init(&sql, 64 << 20);
    buf_str(&sql, "SELECT count(*) FROM ");
    dialect_table(a->s->db->engine, &sql, table->schema, table->name);
    buf_str(&sql, " c WHERE ");
    for (uint32_t k = 0; k < n; k++) {
        if (has_null(&keys, k))
            continue;
        buf_str(&sql, any ? " OR (" : "(");
        put_key(a, &sql, &keys, k);
        buf_byte(&sql, ')');
        any = true;
    }
    bool ok =
        !any || db_query_i64(a->s->db, buf_cstr(&sql), NULL, 0, 0, &taken, a->scratch, a->err);
    a->taken += taken;
    buf_free(&sql);
    arena_reset(a->scratch);
    return ok && atomic_load(&a->s->stop) == STOP_NONE;
}

static bool ask_key(Session *s, int t, const Key *key, const RowSet *rows, int64_t *taken,
                    Arena *mem, Err *err)
{
    Asked a = {.s = s,
               .table = t,
               .key = key,
               .eval = eval_new(s->plan),
               .mem = mem,
               .scratch = arena_new(),
               .err = err};
    uint64_t some[ASKED_AT_ONCE];
    RowCursor at = {0};
    bool ok = true;
    for (uint32_t n; ok && (n = rowset_read(rows, &at, some, ASKED_AT_ONCE)) > 0;)
        ok = count_taken(&a, some, n);
    eval_free(a.eval);
    arena_free(a.scratch);
    *taken = a.taken;
    return ok;
}

static bool rows_to_come(Session *s, int t, const RowSet **rows, Arena *mem, Err *err)
{
    *rows = NULL;
    for (int i = 0; i < s->plan->nsteps; i++) {
        const RowSet *some;
        if (s->plan->steps[i].kind != STEP_LOAD || s->plan->steps[i].table != t)
            continue;
        if (!session_step_rows(s, &s->plan->steps[i], &some, mem, err))
            return false;
        *rows = rowset_union(*rows, some, mem);
    }
    return true;
}

bool session_fixed_free(Session *s, Arena *mem, Err *err)
{
    bool free = true;
    for (int t = 0; t < s->plan->ntables; t++) {
        const TablePlan *tp = &s->plan->tables[t];
        const RowSet *rows = NULL;
        bool any = false;
        if (tp->nfixed == 0 || !tp->exists)
            continue;
        if (!rows_to_come(s, t, &rows, mem, err) ||
            (rowset_rows(rows) && !session_holds_rows(s, tp, &any, mem, err)))
            return false;
        for (int i = 0; any && i < tp->nfixed; i++) {
            int64_t taken = 0;
            if (!ask_key(s, t, tp->fixed[i], rows, &taken, mem, err))
                return false;
            free = (taken == 0 || session_refuse_fixed(tp, tp->fixed[i], taken, mem, err)) && free;
        }
    }
    return free;
}

/* Undoing a run: its committed rows go, children first, then the tables that it created and that
 * are empty. Rows are found by the ledger's ranges: by key range where the key is serial, by
 * recomputed keys elsewhere. */
#include <stdlib.h>
#include <string.h>

#include "exec/exec_int.h"

#define KEYS_PER_DELETE 256u

static void put_name(Db *db, Buf *sql, const Table *table)
{
    dialect_table(db->engine, sql, table->schema, table->name);
}

static bool delete_key_range(Db *db, const TablePlan *tp, int serial, const Segment *segment,
                             LedgerChunk chunk, int64_t *gone, Arena *mem, Err *err)
{
    int64_t base = segment->key_base[serial] + (int64_t)(chunk.first - segment->first_row);
    Buf sql;
    buf_init(&sql, 1 << 16);
    buf_str(&sql, "DELETE FROM ");
    put_name(db, &sql, tp->table);
    buf_str(&sql, " WHERE ");
    dialect_ident(db->engine, &sql, tp->table->cols[serial].name);
    buf_printf(&sql, " BETWEEN %lld AND %lld", (long long)base,
               (long long)(base + (int64_t)chunk.rows - 1));
    bool ok = db_exec_params(db, buf_cstr(&sql), NULL, 0, gone, mem, err);
    buf_free(&sql);
    return ok;
}

static const char *cell_text(const Vec *v, uint32_t i, Arena *mem)
{
    Buf out;
    buf_init(&out, 1 << 26);
    switch (v->kind) {
    case TYPE_BOOL:
    case TYPE_INT: buf_i64(&out, v->i[i]); break;
    case TYPE_DECIMAL: buf_decimal(&out, v->i[i], v->scale); break;
    case TYPE_FLOAT: buf_double(&out, v->f[i]); break;
    case TYPE_DATE: buf_date(&out, v->i[i]); break;
    case TYPE_TIME: buf_time(&out, v->i[i], v->scale); break;
    case TYPE_TIMESTAMP: buf_timestamp(&out, v->i[i], v->scale); break;
    default: buf_put(&out, v->s[i].p, v->s[i].n);
    }
    const char *text = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return text;
}

/* DELETE ... WHERE (a = ? AND b = ?) OR ...: keys of any number of columns on every engine. */
static bool delete_recomputed(Db *db, const Plan *plan, int t, LedgerChunk chunk, int64_t *gone,
                              Arena *mem, Err *err)
{
    const TablePlan *tp = &plan->tables[t];
    const Key *key = &tp->table->primary;
    Eval *eval = eval_new(plan);
    bool ok = true;
    for (uint64_t done = 0; ok && done < chunk.rows; done += KEYS_PER_DELETE) {
        Arena *scratch = arena_new();
        uint32_t n =
            chunk.rows - done < KEYS_PER_DELETE ? (uint32_t)(chunk.rows - done) : KEYS_PER_DELETE;
        Batch batch = eval_batch(eval, t, chunk.first + done, n);
        const char **params = arena_array(scratch, const char *, n *(uint32_t)key->ncols);
        int nparams = 0;
        Buf sql;
        buf_init(&sql, 1 << 22);
        buf_str(&sql, "DELETE FROM ");
        put_name(db, &sql, tp->table);
        for (uint32_t i = 0; i < n; i++) {
            for (int k = 0; k < key->ncols; k++) {
                buf_str(&sql, k ? " AND " : i ? " OR (" : " WHERE (");
                dialect_ident(db->engine, &sql, tp->table->cols[key->cols[k]].name);
                buf_str(&sql, " = ?");
                int at = 0;
                while (tp->load_cols[at] != key->cols[k])
                    at++;
                params[nparams++] = cell_text(batch.cols[at], i, scratch);
            }
            buf_byte(&sql, ')');
        }
        int64_t some = 0;
        ok = db_exec_params(db, buf_cstr(&sql), params, nparams, &some, mem, err);
        *gone += some;
        buf_free(&sql);
        arena_free(scratch);
    }
    eval_free(eval);
    return ok;
}

static bool delete_all(Db *db, const Table *table, int64_t *gone, Arena *mem, Err *err)
{
    Buf sql;
    buf_init(&sql, 1 << 16);
    buf_str(&sql, "DELETE FROM ");
    put_name(db, &sql, table);
    bool ok = db_exec_params(db, buf_cstr(&sql), NULL, 0, gone, mem, err);
    buf_free(&sql);
    return ok;
}

static const Segment *segment_at(const TablePlan *tp, uint64_t row)
{
    for (int i = 0; i < tp->nsegments; i++)
        if (row >= tp->segments[i].first_row &&
            row < tp->segments[i].first_row + tp->segments[i].rows)
            return &tp->segments[i];
    return NULL;
}

static bool delete_chunk(Session *s, const Plan *plan, int t, LedgerChunk chunk, bool created,
                         int64_t *gone, Arena *mem, Err *err)
{
    const TablePlan *tp = &plan->tables[t];
    int serial = -1;
    for (int c = 0; c < tp->table->ncols && serial < 0; c++)
        if (tp->cols[c].serial)
            serial = c;
    const Segment *segment = segment_at(tp, chunk.first);
    if (serial >= 0 && segment)
        return delete_key_range(s->db, tp, serial, segment, chunk, gone, mem, err);
    if (tp->table->primary.ncols > 0 && segment)
        return delete_recomputed(s->db, plan, t, chunk, gone, mem, err);
    if (created)
        return delete_all(s->db, tp->table, gone, mem, err);
    err_add(mem, err, ERR_REFUSED, NULL, tp->table->name,
            "the run's rows cannot be told from others: the table has no primary key");
    return err_hint(mem, err, "remove them by hand, or give the table a key");
}

static bool delete_rows(Session *s, const Plan *plan, const LedgerRun *run, uint64_t *rows,
                        bool *any_chunk, Arena *mem, Err *err)
{
    for (int t = plan->ntables - 1; t >= 0; t--) {
        const char *name = ledger_table_name(plan->tables[t].table, mem);
        LedgerChunk *chunks = NULL;
        int n = 0;
        bool created = false;
        if (!ledger_chunks(&s->ledger, run->id, name, &chunks, &n, mem, err) ||
            !ledger_created(&s->ledger, run->id, name, &created, mem, err))
            return false;
        *any_chunk = *any_chunk || n > 0;
        int64_t gone = 0;
        for (int i = 0; i < n; i++) {
            int64_t some = 0;
            if (!delete_chunk(s, plan, t, chunks[i], created, &some, mem, err))
                return false;
            gone += some;
        }
        if (gone)
            log_event(s->log, LOG_INFO, "rollback.deleted", "{s:s, s:I}", "table", name, "rows",
                      (json_int_t)gone);
        *rows += (uint64_t)gone;
    }
    return true;
}

static bool table_is_empty(Db *db, const Table *table, bool *empty, Arena *mem, Err *err)
{
    Buf sql;
    buf_init(&sql, 1 << 16);
    buf_str(&sql, "SELECT count(*) FROM (SELECT 1 AS one FROM ");
    put_name(db, &sql, table);
    buf_str(&sql, " LIMIT 1) t");
    int64_t n = 0;
    bool ok = db_query_i64(db, buf_cstr(&sql), NULL, 0, 0, &n, mem, err);
    buf_free(&sql);
    *empty = n == 0;
    return ok;
}

static bool drop_created(Session *s, const Plan *plan, const LedgerRun *run, bool *all, Arena *mem,
                         Err *err)
{
    Catalog now = {0};
    *all = true;
    if (!db_describe(s->db, NULL, 0, &now, mem, err))
        return false;
    for (int t = plan->ntables - 1; t >= 0; t--) {
        const Table *table = plan->tables[t].table;
        bool created = false, empty = false;
        if (!ledger_created(&s->ledger, run->id, ledger_table_name(table, mem), &created, mem, err))
            return false;
        if (!created) {
            *all = false;
            continue;
        }
        if (!catalog_table(&now, table->schema, table->name))
            continue;
        if (!table_is_empty(s->db, table, &empty, mem, err))
            return false;
        if (!empty) {
            *all = false;
            continue;
        }
        Buf sql;
        buf_init(&sql, 1 << 16);
        buf_str(&sql, "DROP TABLE ");
        put_name(s->db, &sql, table);
        bool ok = db_exec(s->db, mem, err, buf_cstr(&sql));
        buf_free(&sql);
        if (!ok)
            return false;
    }
    return true;
}

bool undo_run(Session *s, const Plan *plan, const LedgerRun *run, uint64_t *rows, Arena *mem,
              Err *err)
{
    bool all_dropped = false, any_chunk = false;
    *rows = 0;
    bool ok = db_begin(s->db, mem, err) && ledger_fence(&s->ledger, s->db, run, mem, err) &&
              delete_rows(s, plan, run, rows, &any_chunk, mem, err);
    /* Where DROP commits by itself, the rows are gone first and the tables are empty. */
    if (ok && !s->db->connector->ddl_transactional)
        ok = db_commit(s->db, mem, err);
    ok = ok && drop_created(s, plan, run, &all_dropped, mem, err) &&
         ledger_forget_run(&s->ledger, run->id, all_dropped || !any_chunk, mem, err);
    if (ok && s->db->in_transaction)
        ok = db_commit(s->db, mem, err);
    if (s->db->in_transaction) {
        Err ignored = {0};
        db_rollback(s->db, mem, &ignored);
    }
    return ok;
}

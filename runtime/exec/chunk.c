#include "exec/chunk_int.h"

#include <inttypes.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

static uint64_t checksum_vec(const Vec *v, uint64_t sum)
{
    sum = v->null ? hash64(v->null, v->n, sum) : sum;
    if (v->f)
        return hash64(v->f, sizeof *v->f * v->n, sum);
    if (v->i)
        return hash64(v->i, sizeof *v->i * v->n, sum);
    for (uint32_t k = 0; k < v->n; k++)
        if (!vec_is_null(v, k))
            sum = hash64(v->s[k].p, v->s[k].n, sum);
    return sum;
}

static void count_progress(Chunk *c, int64_t rows)
{
    ExecProgress *p = c->s->options->progress;
    c->counted += rows;
    if (!p || !atomic_load(&p->plan))
        return;
    atomic_fetch_add(&p->rows_done[c->range.table], (uint64_t)rows);
    atomic_fetch_add(&p->total_done, (uint64_t)rows);
}

static const TablePlan *table_of(const Chunk *c)
{
    return &c->s->plan->tables[c->range.table];
}

static bool refers_to_itself(const Chunk *c)
{
    const TablePlan *tp = table_of(c);
    for (int f = 0; f < tp->table->nfks; f++)
        if (tp->fks[f].parent == c->range.table)
            return true;
    return false;
}

/* Rows whose parents are gone are known before the rejected ones among them. */
static void add_row(RowSet *set, uint64_t row, Arena *mem)
{
    const RowRange *last = set->nranges ? &set->ranges[set->nranges - 1] : NULL;
    if (!last || row >= last->first) {
        rowset_add(set, row, 1, mem);
        return;
    }
    RowSet *one = rowset_new(mem);
    rowset_add(one, row, 1, mem);
    *set = *rowset_union(set, one, mem);
}

static void leave_out(Chunk *c, uint64_t row)
{
    add_row(c->unmade, row, c->mem);
    if (c->refers_to_itself)
        add_row(c->s->rejected[c->range.table], row, c->s->mem);
}

/* Of the rows those that can be made; the others' parents were rejected. */
static uint32_t made_rows(Chunk *c, const uint64_t *rows, uint32_t n, uint64_t *out)
{
    uint32_t count = eval_made(c->eval, c->range.table, rows, n, out);
    for (uint32_t k = 0, at = 0; count < n && k < n; k++) {
        if (at < count && out[at] == rows[k])
            at++;
        else
            leave_out(c, rows[k]);
    }
    return count;
}

static Batch batch_of(const Chunk *c, const uint64_t *rows, uint32_t n)
{
    const TablePlan *tp = table_of(c);
    return eval_cells(c->eval, c->range.table, rows, n, tp->load_cols, tp->nload);
}

static bool load_batch(Chunk *c, DbLoad *load, const Batch *batch, Err *err)
{
    for (int col = 0; col < batch->ncols; col++)
        c->checksum = checksum_vec(batch->cols[col], c->checksum);
    Batch now = *batch;
    Arena *scratch = arena_new();
    circle_blank(table_of(c), &now, scratch);
    bool ok = c->db->connector->load_batch(load, &now, c->mem, err);
    arena_free(scratch);
    return ok;
}

static DbLoad *begin_load(Chunk *c, Err *err)
{
    const TablePlan *tp = table_of(c);
    return c->db->connector->load_begin(c->db, tp->table, tp->load_cols, tp->nload, c->mem, err);
}

/* ---- all at once */

static bool load_plainly(Chunk *c, Err *err)
{
    DbLoad *load = begin_load(c, err);
    uint64_t taken = 0, done = 0, rows[BATCH_ROWS], made[BATCH_ROWS];
    bool ok = load != NULL;
    while (ok && done < c->range.rows) {
        uint64_t left = c->range.rows - done;
        uint32_t n = left < BATCH_ROWS ? (uint32_t)left : BATCH_ROWS;
        for (uint32_t k = 0; k < n; k++)
            rows[k] = c->range.first + done + k;
        uint32_t count = made_rows(c, rows, n, made);
        if (count > 0) {
            Batch batch = batch_of(c, made, count);
            ok = load_batch(c, load, &batch, err);
        }
        count_progress(c, n);
        done += n;
        if (c->s->one_transaction && atomic_load(&c->s->stop) != STOP_NONE)
            break; /* all or nothing: what was loaded is rolled back by the caller */
    }
    return load && c->db->connector->load_end(load, &taken, c->mem, err) && ok;
}

/* ---- with care */

static bool savepoint(Chunk *c, const char *verb, Err *err)
{
    return db_exec(c->db, c->mem, err, arena_printf(c->mem, "%s seedpipe_rows", verb));
}

/* The server counted from the first row that it was sent; the row is known better here. */
static const char *without_row(const char *message, Arena *mem)
{
    const char *at = strstr(message, " at row ");
    if (!at)
        return message;
    const char *behind = at + strlen(" at row ");
    behind += strspn(behind, "0123456789");
    return arena_printf(mem, "%.*s%s", (int)(at - message), message, behind);
}

/* A row alone that is rejected: remembered, or the run's error. */
static bool reject(Chunk *c, uint64_t row, Err *err)
{
    const ErrItem item = *err->first;
    ExecReject r = {.table = c->s->report->tables[c->range.table].name,
                    .row = row + 1,
                    .reason = without_row(item.message, c->mem),
                    .sqlstate = item.sqlstate,
                    .constraint = item.constraint,
                    .column = item.column};
    err_clear(err);
    if (c->s->options->skip_invalid) {
        c->rejected =
            arena_grow(c->mem, c->rejected, &c->cap, c->nrejected + 1, sizeof *c->rejected);
        c->rejected[c->nrejected++] = r;
        leave_out(c, row);
        return true;
    }
    err_add(c->mem, err, ERR_CONSTRAINT, NULL, r.table, "the database rejects row %s: %s",
            text_count((int64_t)r.row, c->mem), r.reason);
    ErrItem *e = err->last;
    e->sqlstate = r.sqlstate;
    e->constraint = r.constraint;
    e->column = r.column;
    return err_hint(c->mem, err, "%schange what the recipe makes",
                    c->s->outage ? "--on-invalid=skip leaves such rows out, names them and goes "
                                   "on; or "
                                 : "");
}

static bool load_some(Chunk *c, const uint64_t *rows, uint32_t n, Err *err)
{
    uint64_t made[BATCH_ROWS], taken = 0;
    n = made_rows(c, rows, n, made);
    if (n == 0)
        return true;
    if (!savepoint(c, "SAVEPOINT", err))
        return false;
    Batch batch = batch_of(c, made, n);
    DbLoad *load = begin_load(c, err);
    bool ok = load && load_batch(c, load, &batch, err);
    ok = load && c->db->connector->load_end(load, &taken, c->mem, err) && ok;
    if (ok)
        return savepoint(c, "RELEASE SAVEPOINT", err);
    Err ignored = {0};
    if (err_code(err) != ERR_CONSTRAINT || !savepoint(c, "ROLLBACK TO SAVEPOINT", &ignored))
        return false;
    if (n == 1)
        return reject(c, made[0], err);
    err_clear(err);
    return load_some(c, made, n / 2, err) && load_some(c, made + n / 2, n - n / 2, err);
}

static bool load_carefully(Chunk *c, Err *err)
{
    uint64_t rows[BATCH_ROWS];
    for (uint64_t done = 0; done < c->range.rows;) {
        uint64_t left = c->range.rows - done;
        uint32_t n = left < BATCH_ROWS ? (uint32_t)left : BATCH_ROWS;
        for (uint32_t k = 0; k < n; k++)
            rows[k] = c->range.first + done + k;
        if (!load_some(c, rows, n, err))
            return false;
        count_progress(c, n);
        done += n;
        if (c->s->one_transaction && atomic_load(&c->s->stop) != STOP_NONE)
            break;
    }
    return true;
}

static void start(Chunk *c)
{
    int t = c->range.table;
    count_progress(c, -c->counted);
    c->checksum = 0;
    c->unmade = rowset_new(c->mem);
    c->rejected = NULL;
    c->nrejected = c->cap = 0;
    c->refers_to_itself = refers_to_itself(c);
    if (c->refers_to_itself) /* alone, and in order: see load.c */
        rowset_cut(c->s->rejected[t], c->range.first);
}

static bool load_chunk(Chunk *c, Err *err)
{
    start(c);
    /* What came before in the same transaction must survive a rejected row. */
    bool guarded = c->s->one_transaction && !c->careful;
    if (guarded && !savepoint(c, "SAVEPOINT", err))
        return false; /* an older one would be rolled back to, of another table's rows */
    bool ok = (c->careful ? load_carefully : load_plainly)(c, err);
    if (!ok && eval_overflows(c->eval)) /* a cell out of range is NULL: that is why, not the NULL */
        err_clear(err);
    if (!ok && guarded && err_code(err) == ERR_CONSTRAINT) {
        err_clear(err);
        start(c);
        ok = savepoint(c, "ROLLBACK TO SAVEPOINT", err) && load_carefully(c, err);
    }
    return rows_in_range(c->eval, table_of(c), c->mem, err) && ok;
}

bool chunk_load(Chunk *c, Err *err)
{
    return circle_table_begin(c->db, table_of(c), c->mem, err) &&
           circle_table_end(c->db, table_of(c), load_chunk(c, err), c->mem, err);
}

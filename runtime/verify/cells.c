/* The full level: every row that seedpipe made is read back, in the order in which it was made, and
 * each cell is compared with what the generators compute again. Rows are matched by their serial
 * key; tables without one are compared as a whole, by the sum of row hashes, since their order in
 * the database says nothing (among.c where rows of the user's own are in it). Memory does not grow
 * with rows. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "gen/eval.h"
#include "plan/depends.h"
#include "plan/plan.h"
#include "verify/verify_int.h"

typedef struct Cells {
    const Plan *plan;
    int table;
    const TablePlan *tp;
    Eval *eval;
    int serial; /* position among load_cols, -1 = none */
    uint64_t rows_seen;
    int64_t *differences;        /* per load column */
    const bool *lost;            /* per column of the table; NULL: none */
    uint64_t made_sum, read_sum; /* without a serial key: sums of row hashes */
} Cells;

static bool str_equal(const Vec *a, uint32_t i, const Vec *b, uint32_t k)
{
    /* char(n) comes back padded. */
    uint32_t n = b->s[k].n;
    while (n > a->s[i].n && b->s[k].p[n - 1] == ' ')
        n--;
    return a->s[i].n == n && memcmp(a->s[i].p, b->s[k].p, n) == 0;
}

bool verify_cell_equal(const Vec *made, uint32_t i, const Vec *read, uint32_t k)
{
    if (vec_is_null(made, i) || vec_is_null(read, k))
        return vec_is_null(made, i) == vec_is_null(read, k);
    if (made->kind == TYPE_JSON)
        return verify_json_equal(made->s[i], read->s[k]);
    if (made->s)
        return str_equal(made, i, read, k);
    if (made->f)
        return made->f[i] == read->f[k];
    return made->i[i] == read->i[k];
}

static uint64_t cell_hash(const Vec *v, uint32_t i, uint64_t seed)
{
    if (vec_is_null(v, i))
        return hash64("N", 1, seed);
    if (v->kind == TYPE_JSON)
        return verify_json_hash(v->s[i], seed + 1);
    if (v->s)
        return hash64(v->s[i].p, v->s[i].n, seed + 1);
    return v->f ? hash64(&v->f[i], sizeof v->f[i], seed + 1)
                : hash64(&v->i[i], sizeof v->i[i], seed + 1);
}

uint64_t verify_row_hash(const Vec *const *cols, int ncols, uint32_t i)
{
    uint64_t h = 0;
    for (int c = 0; c < ncols; c++)
        h = cell_hash(cols[c], i, h);
    return h;
}

static bool is_gone(const TablePlan *tp, uint64_t row)
{
    return tp->gone && rowhistory_has(tp->gone, tp->gone->n, row);
}

/* The run of read rows that lie in one segment without gaps: [from, to) of the vectors, their first
 * row number in *row. Keys begin anew when a table is filled anew, so the newest segment counts in
 * which the row is there. */
static uint32_t run_of_rows(Cells *k, const Vec *keys, uint32_t from, uint32_t n, uint64_t *row)
{
    for (int s = k->tp->nsegments - 1; s >= 0; s--) {
        const Segment *segment = &k->tp->segments[s];
        int64_t base = segment->key_base[k->tp->load_cols[k->serial]];
        if (keys->i[from] < base || keys->i[from] >= base + (int64_t)segment->rows)
            continue;
        *row = segment->first_row + (uint64_t)(keys->i[from] - base);
        if (is_gone(k->tp, *row))
            continue;
        uint32_t to = from + 1;
        while (to < n && keys->i[to] == keys->i[to - 1] + 1 &&
               keys->i[to] < base + (int64_t)segment->rows && !is_gone(k->tp, *row + (to - from)))
            to++;
        return to;
    }
    return from;
}

static bool compare_serial(Cells *k, const Vec *const *cols, uint32_t n)
{
    for (uint32_t from = 0; from < n;) {
        uint64_t row = 0;
        uint32_t to = run_of_rows(k, cols[k->serial], from, n, &row);
        if (to == from) {
            from++; /* a row of the user's own */
            continue;
        }
        Batch made = eval_batch(k->eval, k->table, row, to - from);
        for (int c = 0; c < made.ncols; c++)
            for (uint32_t i = 0; i < to - from; i++)
                k->differences[c] += !verify_cell_equal(made.cols[c], i, cols[c], from + i);
        k->rows_seen += to - from;
        from = to;
    }
    return true;
}

static bool on_rows(void *ctx, const Vec *const *cols, uint32_t n)
{
    Cells *k = ctx;
    if (k->serial >= 0)
        return compare_serial(k, cols, n);
    for (uint32_t i = 0; i < n; i++)
        k->read_sum += verify_row_hash(cols, k->tp->nload, i);
    k->rows_seen += n;
    return true;
}

static void sum_made(Cells *k)
{
    for (uint64_t row = 0; row < k->tp->rows; row += BATCH_ROWS) {
        uint32_t n = k->tp->rows - row < BATCH_ROWS ? (uint32_t)(k->tp->rows - row) : BATCH_ROWS;
        Batch made = eval_batch(k->eval, k->table, row, n);
        for (uint32_t i = 0; i < n; i++)
            if (!is_gone(k->tp, row + i))
                k->made_sum += verify_row_hash(made.cols, made.ncols, i);
    }
}

/* What is generated decides how a cell is read: a whole number kept in a numeric(10,2) column is
 * compared as a whole number. */
void verify_generated_types(Eval *eval, int table, const TablePlan *tp, const int *cols, int ncols,
                            Type *types)
{
    uint64_t first = 0;
    Batch sample = eval_cells(eval, table, &first, 1, cols, ncols);
    for (int c = 0; c < ncols; c++) {
        types[c] = tp->table->cols[cols[c]].type;
        if (sample.cols[c]->kind == TYPE_NULL)
            continue;
        types[c].kind = sample.cols[c]->kind;
        types[c].scale = sample.cols[c]->scale;
    }
}

const char *verify_select(Db *db, const TablePlan *tp, int serial, Arena *mem)
{
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "SELECT ");
    for (int c = 0; c < tp->nload; c++) {
        buf_str(&sql, c ? ", " : "");
        dialect_ident(db->engine, &sql, tp->table->cols[tp->load_cols[c]].name);
    }
    buf_str(&sql, " FROM ");
    dialect_table(db->engine, &sql, tp->table->schema, tp->table->name);
    if (serial >= 0) {
        buf_str(&sql, " ORDER BY ");
        dialect_ident(db->engine, &sql, tp->table->cols[tp->load_cols[serial]].name);
    }
    const char *text = arena_strndup(mem, sql.data, sql.len);
    buf_free(&sql);
    return text;
}

static bool add_result(VerifyReport *report, const char *table, const char *name, int64_t found,
                       Arena *mem, Err *err)
{
    verify_add(report,
               (VerifyResult){.kind = CHECK_CELLS,
                              .table = table,
                              .name = name,
                              .found = found,
                              .passed = found == 0},
               mem);
    return found == 0 || err_add(mem, err, ERR_VERIFY, NULL,
                                 arena_printf(mem, "%s: %s", check_kind_name(CHECK_CELLS), name),
                                 "%s %s not what the generators make",
                                 text_plural(found, "cell", mem), found == 1 ? "is" : "are");
}

static bool table_results(Db *db, const Cells *k, VerifyReport *report, Arena *mem, Err *err)
{
    const char *table = k->tp->table->name;
    bool ok = true;
    uint64_t rows = k->tp->rows - k->tp->gone_rows;
    if (k->serial < 0) {
        bool equal = k->made_sum == k->read_sum && k->rows_seen == rows;
        if (!equal && k->rows_seen > rows && !verify_among(db, k->plan, k->table, &equal, mem, err))
            return false;
        verify_add(report,
                   (VerifyResult){.kind = CHECK_CELLS,
                                  .table = table,
                                  .name = table,
                                  .found = !equal,
                                  .passed = equal},
                   mem);
        return equal || err_add(mem, err, ERR_VERIFY, NULL, arena_printf(mem, "cells: %s", table),
                                "the table's %s are not those that the generators make",
                                text_plural((int64_t)k->rows_seen, "row", mem));
    }
    for (int c = 0; c < k->tp->nload; c++) {
        int col = k->tp->load_cols[c];
        if (!k->lost || !k->lost[col])
            ok = add_result(report, table,
                            arena_printf(mem, "%s.%s", table, k->tp->table->cols[col].name),
                            k->differences[c], mem, err) &&
                 ok;
    }
    if (k->rows_seen != rows)
        ok = err_add(mem, err, ERR_VERIFY, NULL, arena_printf(mem, "cells: %s", table),
                     "%s of %s are there", text_plural((int64_t)k->rows_seen, "row", mem),
                     text_count((int64_t)rows, mem));
    return ok;
}

/* Of so many load columns; a table without a serial key is compared as a whole or not at all. */
static int note_lost(const Cells *k, VerifyReport *report, Arena *mem)
{
    int n = 0;
    for (int c = 0; k->lost && c < k->tp->nload; c++) {
        const Table *table = k->tp->table;
        if (!k->lost[k->tp->load_cols[c]])
            continue;
        report->uncompared[report->nuncompared++] =
            arena_printf(mem, "%s.%s", table->name, table->cols[k->tp->load_cols[c]].name);
        n++;
    }
    return n;
}

/* The serial column's place, if it tells rows from the user's own: it is a key alone, or there are
 * none. */
static bool find_serial(Cells *k, Db *db, Arena *mem, Err *err)
{
    const TablePlan *tp = k->tp;
    int serial = plan_serial_column(tp);
    int64_t there = 0, made = (int64_t)(tp->rows - tp->gone_rows);
    if (serial >= 0 && plan_serial_key(tp) < 0) {
        Buf sql;
        buf_init(&sql, 1 << 20);
        buf_str(&sql, "SELECT count(*) FROM ");
        dialect_table(db->engine, &sql, tp->table->schema, tp->table->name);
        bool ok = db_query_i64(db, buf_cstr(&sql), NULL, 0, 0, &there, mem, err);
        buf_free(&sql);
        if (!ok || there > made)
            return ok;
    }
    for (int c = 0; serial >= 0 && c < tp->nload; c++)
        k->serial = tp->load_cols[c] == serial ? c : k->serial;
    return true;
}

static bool verify_table(Db *db, const Plan *plan, int t, const bool *lost, VerifyReport *report,
                         Arena *mem, Err *err)
{
    const TablePlan *tp = &plan->tables[t];
    Cells k = {.plan = plan, .table = t, .tp = tp, .serial = -1, .lost = lost};
    if (tp->rows == 0)
        return true;
    if (!find_serial(&k, db, mem, err))
        return false;
    int nlost = note_lost(&k, report, mem);
    if (nlost && k.serial < 0)
        return true;
    k.eval = eval_new(plan);
    k.differences = arena_array(mem, int64_t, tp->nload);
    Type *types = arena_array(mem, Type, tp->nload);
    verify_generated_types(k.eval, t, tp, tp->load_cols, tp->nload, types);
    bool ok = db->connector->read(db, verify_select(db, tp, k.serial, mem), types, tp->nload,
                                  on_rows, &k, mem, err);
    if (ok && k.serial < 0)
        sum_made(&k);
    report->cells += k.rows_seen * (uint64_t)(tp->nload - nlost);
    ok = ok && table_results(db, &k, report, mem, err);
    eval_free(k.eval);
    return ok;
}

bool verify_cells(Db *db, const Plan *plan, VerifyReport *report, Log *log, Arena *mem, Err *err)
{
    bool ok = true, **lost = plan_lost_columns(plan, mem);
    int ncols = 0;
    for (int t = 0; t < plan->ntables; t++)
        ncols += plan->tables[t].nload;
    report->full = true;
    report->uncompared = arena_array(mem, const char *, ncols + 1);
    for (int t = 0; t < plan->ntables; t++) {
        ok = verify_table(db, plan, t, lost ? lost[t] : NULL, report, mem, err) && ok;
        log_event(log, LOG_DEBUG, "verify.table", "{s:s, s:I}", "table",
                  plan->tables[t].table->name, "cells", (json_int_t)report->cells);
    }
    return ok;
}

/* Rows that were made, among rows of the user's own, in a table without a serial key: the hashes of
 * the made rows are counted, then the table's rows counted off. So many at a time that memory has
 * an end; a larger table is read more than once. */
#include <stdlib.h>
#include <string.h>

#include "verify/verify_int.h"

#define HASHES_MAX (UINT64_C(1) << 22)

typedef struct Counted {
    uint64_t hash, missing;
} Counted;

typedef struct Among {
    const Plan *plan;
    int table;
    Eval *eval;
    Counted *made;
    size_t n, cap;
    uint64_t part, parts;
    uint64_t missing;
    int ncols;
    Arena *mem;
} Among;

static bool in_part(const Among *a, uint64_t hash)
{
    return (hash >> 20) % a->parts == a->part;
}

static int by_hash(const void *x, const void *y)
{
    uint64_t a = ((const Counted *)x)->hash, b = ((const Counted *)y)->hash;
    return (a > b) - (a < b);
}

static void count_made(Among *a)
{
    const TablePlan *tp = &a->plan->tables[a->table];
    for (uint64_t row = 0; row < tp->rows; row += BATCH_ROWS) {
        uint32_t n = tp->rows - row < BATCH_ROWS ? (uint32_t)(tp->rows - row) : BATCH_ROWS;
        Batch made = eval_batch(a->eval, a->table, row, n);
        a->made = arena_grow(a->mem, a->made, &a->cap, a->n + n, sizeof *a->made);
        for (uint32_t i = 0; i < n; i++) {
            uint64_t hash = verify_row_hash(made.cols, made.ncols, i);
            if (!plan_is_gone(tp, row + i) && in_part(a, hash))
                a->made[a->n++] = (Counted){hash, 1};
        }
    }
    a->missing += a->n;
    if (a->n)
        qsort(a->made, a->n, sizeof *a->made, by_hash);
    size_t distinct = 0;
    for (size_t i = 0; i < a->n; i++) {
        if (distinct && a->made[distinct - 1].hash == a->made[i].hash)
            a->made[distinct - 1].missing++;
        else
            a->made[distinct++] = a->made[i];
    }
    a->n = distinct;
}

static bool count_off(void *ctx, const Vec *const *cols, uint32_t n)
{
    Among *a = ctx;
    for (uint32_t i = 0; i < n && a->n; i++) {
        Counted wanted = {.hash = verify_row_hash(cols, a->ncols, i)};
        Counted *found = in_part(a, wanted.hash)
                             ? bsearch(&wanted, a->made, a->n, sizeof wanted, by_hash)
                             : NULL;
        if (found && found->missing) {
            found->missing--;
            a->missing--;
        }
    }
    return true;
}

bool verify_among(Db *db, const Plan *plan, int t, bool *all, Arena *mem, Err *err)
{
    const TablePlan *tp = &plan->tables[t];
    Among a = {.plan = plan, .table = t, .ncols = tp->nload, .eval = eval_new(plan)};
    Type *types = arena_array(mem, Type, tp->nload);
    verify_generated_types(a.eval, t, tp, tp->load_cols, tp->nload, types);
    const char *sql = verify_select(db, tp, -1, mem);
    a.parts = tp->rows / HASHES_MAX + 1;
    bool ok = true;
    for (; ok && a.part < a.parts && a.missing == 0; a.part++) {
        a.mem = arena_new();
        a.made = NULL;
        a.n = a.cap = 0;
        count_made(&a);
        ok = db->connector->read(db, sql, types, tp->nload, count_off, &a, mem, err);
        arena_free(a.mem);
    }
    eval_free(a.eval);
    *all = a.missing == 0;
    return ok;
}

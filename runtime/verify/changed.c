/* Which rows are no longer what the generators make: rows are read with their numbers, in that
 * order, and compared with what is computed again. */
#include <string.h>

#include "gen/eval.h"
#include "verify/verify_int.h"

typedef struct Changed {
    int table;
    const TablePlan *tp;
    Eval *eval;
    int64_t rows;
} Changed;

/* Keys picked from a table outside of the recipe depend on what that table held then. */
static bool comparable(const TablePlan *tp, int load_col)
{
    const ColumnPlan *col = &tp->cols[tp->load_cols[load_col]];
    return col->fk < 0 || tp->fks[col->fk].mode != FK_POOL;
}

static bool on_rows(void *ctx, const Vec *const *cols, uint32_t n)
{
    Changed *k = ctx;
    const Vec *numbers = cols[0];
    for (uint32_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && numbers->i[to] == numbers->i[to - 1] + 1;)
            to++;
        Batch made = eval_batch(k->eval, k->table, (uint64_t)numbers->i[from], to - from);
        for (uint32_t i = 0; i < to - from; i++) {
            bool equal = true;
            for (int c = 0; equal && c < made.ncols; c++)
                equal = !comparable(k->tp, c) ||
                        verify_cell_equal(made.cols[c], i, cols[c + 1], from + i);
            k->rows += !equal;
        }
    }
    return true;
}

bool verify_changed(Db *db, const Plan *plan, int table, const char *sql, int64_t *rows, Arena *mem,
                    Err *err)
{
    Changed k = {.table = table, .tp = &plan->tables[table], .eval = eval_new(plan)};
    Type *types = arena_array(mem, Type, k.tp->nload + 1);
    types[0] = (Type){.kind = TYPE_INT, .bits = 64};
    verify_generated_types(k.eval, table, k.tp, types + 1);
    bool ok = db->connector->read(db, sql, types, k.tp->nload + 1, on_rows, &k, mem, err);
    eval_free(k.eval);
    *rows = k.rows;
    return ok;
}

/* Which rows are no longer what the generators make: rows are read with what tells their numbers,
 * and compared with what is computed again. */
#include <string.h>

#include "gen/eval.h"
#include "verify/verify_int.h"

typedef struct Changed {
    const VerifyRows *of;
    int table;
    const TablePlan *tp;
    Eval *eval;
    int64_t rows;
} Changed;

/* Keys drawn from a table outside of the recipe depend on what that table held then. */
static bool comparable(const TablePlan *tp, int col)
{
    const ColumnPlan *cp = &tp->cols[col];
    return cp->fk < 0 || tp->fks[cp->fk].pool_state == POOL_KNOWN;
}

static bool on_rows(void *ctx, const Vec *const *cols, uint32_t n)
{
    Changed *k = ctx;
    const VerifyRows *of = k->of;
    uint64_t rows[BATCH_ROWS];
    uint32_t at[BATCH_ROWS], known = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!of->row_of)
            rows[known] = (uint64_t)cols[0]->i[i];
        else if (!of->row_of(of->ctx, cols, i, &rows[known]))
            continue;
        at[known++] = i;
    }
    if (known == 0)
        return true;
    Batch made = eval_cells(k->eval, k->table, rows, known, of->cols, of->ncols);
    for (uint32_t i = 0; i < known; i++) {
        bool equal = true;
        for (int c = 0; equal && c < of->ncols; c++)
            equal = !comparable(k->tp, of->cols[c]) ||
                    verify_cell_equal(made.cols[c], i, cols[of->nkey + c], at[i]);
        k->rows += !equal;
    }
    return true;
}

bool verify_changed(Db *db, const Plan *plan, int table, const VerifyRows *rows, int64_t *changed,
                    Arena *mem, Err *err)
{
    Changed k = {.of = rows, .table = table, .tp = &plan->tables[table], .eval = eval_new(plan)};
    Type *types = arena_array(mem, Type, rows->nkey + rows->ncols + 1);
    memcpy(types, rows->key_types, sizeof *types * (size_t)rows->nkey);
    verify_generated_types(k.eval, table, k.tp, rows->cols, rows->ncols, types + rows->nkey);
    bool ok =
        db->connector->read(db, rows->sql, types, rows->nkey + rows->ncols, on_rows, &k, mem, err);
    eval_free(k.eval);
    *changed = k.rows;
    return ok;
}

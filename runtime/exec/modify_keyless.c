/* Rows of a table without a key whose parents go: the database clears their references, and nothing
 * tells them apart there. Which rows of the plan they are is computed, and taken for true when the
 * table has as many rows as were made, and as many that lead to these parents. */
#include <string.h>

#include "exec/modify.h"
#include "gen/eval.h"

static bool same_columns(const TablePlan *tp, const ForeignKey *fk, const Table *child,
                         const ForeignKey *there)
{
    if (fk->ncols != there->ncols)
        return false;
    for (int i = 0; i < fk->ncols; i++)
        if (strcmp(tp->table->cols[fk->cols[i]].name, child->cols[there->cols[i]].name) != 0)
            return false;
    return true;
}

/* The recipe's foreign key behind the catalog's; -1: it has none. */
static int key_of(const Modify *m, const TablePlan *tp, const ClosureRef *ref)
{
    const Closure *c = m->removal.closure;
    int parent = modify_plan_of(m, ref->parent);
    for (int f = 0; f < tp->table->nfks; f++)
        if (parent >= 0 && tp->fks[f].parent == parent &&
            same_columns(tp, tp->fks[f].fk, c->tables[ref->child].table, ref->fk))
            return f;
    return -1;
}

static const RowSet *deleted_of(const Modify *m, int plan)
{
    for (int i = 0; i < m->nchanged; i++)
        if (m->changed[i].plan == plan && !m->changed[i].columns)
            return m->changed[i].rows;
    return NULL;
}

static bool is_cleared(const TablePlan *tp, const ForeignKey *fk, uint64_t row)
{
    for (int i = 0; i < fk->ncols; i++)
        if (eval_is_cleared(tp, fk->cols[i], row))
            return true;
    return false;
}

static const RowSet *leading_to(const Modify *m, int t, int f, const RowSet *parents, Arena *mem)
{
    const TablePlan *tp = &m->made->tables[t];
    RowSet *found = rowset_new(mem);
    uint64_t rows[BATCH_ROWS];
    Eval *eval = eval_new(m->made);
    for (uint64_t first = 0; first < tp->rows; first += BATCH_ROWS) {
        uint32_t n = tp->rows - first < BATCH_ROWS ? (uint32_t)(tp->rows - first) : BATCH_ROWS;
        for (uint32_t k = 0; k < n; k++)
            rows[k] = first + k;
        const uint64_t *parent = eval_parents(eval, t, f, rows, n);
        for (uint32_t k = 0; k < n; k++)
            if (parent[k] != ROW_NONE && rowset_has(parents, parent[k]) &&
                !is_cleared(tp, tp->fks[f].fk, rows[k]) && !plan_is_gone(tp, rows[k]))
                rowset_add(found, rows[k], 1, mem);
    }
    eval_free(eval);
    return found;
}

bool modify_keyless_rows(Modify *m, const ClosureRef *ref, ModifyRows *out, bool *proved,
                         Arena *mem, Err *err)
{
    const ClosureTable *child = &m->removal.closure->tables[ref->child];
    int t = modify_plan_of(m, ref->child);
    const TablePlan *tp = &m->made->tables[t];
    int f = key_of(m, tp, ref);
    const RowSet *parents = f >= 0 ? deleted_of(m, tp->fks[f].parent) : NULL;
    *proved = false;
    if (!parents || ref->fk->on_delete != ACTION_SET_NULL)
        return true;
    ModifyTable counted = {.plan = t, .node = ref->child};
    if (!modify_count_rows(m, &counted, mem, err))
        return false;
    if (counted.there != modify_rows_made(tp) || counted.ours != counted.there)
        return true;
    *out = (ModifyRows){.plan = t, .node = ref->child, .table = child->name};
    out->rows = leading_to(m, t, f, parents, mem);
    *proved = (int64_t)rowset_rows(out->rows) == ref->rows;
    return true;
}

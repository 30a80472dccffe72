/* Selecting rows by row number, where no key range names them: their keys are computed, loaded in
 * bulk and joined with the table. */
#include "exec/removal.h"
#include "gen/eval.h"

typedef struct KeyLoad {
    const Connector *connector;
    DbLoad *load;
    Eval *eval;
    int table, nkey;
    const int *key;
    Vec *numbers;
    const Vec **cols;
} KeyLoad;

static bool load_some(KeyLoad *k, const uint64_t *rows, uint32_t n, Arena *mem, Err *err)
{
    Batch made = eval_cells(k->eval, k->table, rows, n, k->key, k->nkey);
    for (int c = 0; c < k->nkey; c++)
        k->cols[c] = made.cols[c];
    for (uint32_t i = 0; i < n; i++)
        k->numbers->i[i] = (int64_t)rows[i];
    k->numbers->n = n;
    k->cols[k->nkey] = k->numbers;
    Batch batch = {.first_row = rows[0], .n = n, .ncols = k->nkey + 1, .cols = k->cols};
    return k->connector->load_batch(k->load, &batch, mem, err);
}

static bool load_keys(Removal *r, int table, const Plan *plan, int t, const int *key,
                      const RowSet *rows, Arena *mem, Err *err)
{
    int nkey = r->closure->tables[table].nkey, *all = arena_array(mem, int, nkey + 1);
    for (int i = 0; i <= nkey; i++)
        all[i] = i;
    KeyLoad k = {.connector = r->db->connector,
                 .table = t,
                 .nkey = nkey,
                 .key = key,
                 .numbers = vec_new(mem, TYPE_INT, 0, BATCH_ROWS),
                 .cols = arena_array(mem, const Vec *, nkey + 1)};
    k.load = k.connector->load_begin(r->db, closure_keys_table(r->closure, table, true, mem), all,
                                     nkey + 1, mem, err);
    if (!k.load)
        return false;
    k.eval = eval_new(plan);
    uint64_t numbers[BATCH_ROWS], taken = 0;
    RowCursor at = {0};
    bool ok = true;
    for (uint32_t n; ok && (n = rowset_read(rows, &at, numbers, BATCH_ROWS)) > 0;)
        ok = load_some(&k, numbers, n, mem, err);
    ok = k.connector->load_end(k.load, &taken, mem, err) && ok;
    eval_free(k.eval);
    return ok;
}

bool removal_select_rows(Removal *r, int table, const Plan *plan, int t, const RowSet *rows,
                         Arena *mem, Err *err)
{
    const ClosureTable *node = &r->closure->tables[table];
    const TablePlan *tp = &plan->tables[t];
    int *key = arena_array(mem, int, node->nkey + 1);
    for (int k = 0; k < node->nkey; k++) {
        key[k] = table_column(tp->table, node->key[k]);
        if (key[k] < 0 || !tp->cols[key[k]].written)
            return err_add(mem, err, ERR_REFUSED, NULL, node->name,
                           "its key is on %s, which the recipe does not write: the rows that were "
                           "made cannot be found",
                           node->key[k]);
    }
    return removal_need_work(r, table, mem, err) &&
           load_keys(r, table, plan, t, key, rows, mem, err) &&
           db_exec(r->db, mem, err, closure_sql_take_present(r->closure, table, mem)) &&
           db_exec(r->db, mem, err, closure_sql_empty_work(r->closure, table, mem));
}

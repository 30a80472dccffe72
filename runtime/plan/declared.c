/* References that only the recipe knows: in tables that were there before it, often without any
 * foreign key. The database would let their parents go and leave the rows behind. */
#include "plan/plan.h"

static ForeignKey declared_key(const Table *there, const Table *table, const ForeignKey *fk,
                               const Table *parent, Arena *mem)
{
    int *cols = arena_array(mem, int, fk->ncols);
    ForeignKey key = {.cols = cols,
                      .ncols = fk->ncols,
                      .ref_schema = parent->schema,
                      .ref_table = parent->name,
                      .ref_cols = fk->ref_cols,
                      .on_delete = ACTION_NO_ACTION,
                      .declared = true,
                      .deferrable = true}; /* nothing is in the way of a deletion */
    for (int i = 0; i < fk->ncols; i++) {
        cols[i] = table_column(there, table->cols[fk->cols[i]].name);
        if (cols[i] < 0)
            key.ncols = 0;
    }
    return key;
}

static void declare(const Plan *plan, const TablePlan *tp, const Catalog *catalog, Table *there,
                    Arena *mem)
{
    const Table *table = tp->table;
    ForeignKey *fks =
        arena_copy(mem, there->fks, (size_t)there->nfks, (size_t)table->nfks, sizeof *fks);
    const Table before = *there;
    there->fks = fks;
    for (int f = 0; f < table->nfks; f++) {
        const ForeignKey *fk = &table->fks[f];
        const Table *to = tp->fks[f].parent < 0 ? NULL : plan->tables[tp->fks[f].parent].table;
        const Table *parent = to ? catalog_table(catalog, to->schema, to->name) : NULL;
        if (!parent || table_same_fk(&before, table, fk))
            continue;
        ForeignKey key = declared_key(there, table, fk, parent, mem);
        if (key.ncols > 0)
            fks[there->nfks++] = key;
    }
}

void plan_declare_keys(const Plan *plan, Catalog *catalog, Arena *mem)
{
    catalog->tables =
        arena_copy(mem, catalog->tables, (size_t)catalog->ntables, 0, sizeof *catalog->tables);
    for (int t = 0; t < plan->ntables; t++) {
        const Table *table = plan->tables[t].table,
                    *there = catalog_table(catalog, table->schema, table->name);
        if (there && table->nfks > 0)
            declare(plan, &plan->tables[t], catalog, &catalog->tables[there - catalog->tables],
                    mem);
    }
}

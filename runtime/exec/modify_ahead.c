/* Whose child a row is takes a count over all parents (gen/children.h). A deletion asks for it, to
 * tell the ledger which rows are as they were made, and so do new rows. It is counted while the
 * database looks for the rows, or for their values: neither needs the other. */
#include "exec/modify.h"
#include "gen/children.h"

#define QUICKLY_COUNTED 100000u   /* parents */
#define LONG_WAITED_FOR 10000000u /* a refusal, or Ctrl+C, waits for the thread */

struct ModifyAhead {
    const Plan *plan;
    int table, segment;
    pthread_t thread;
};

/* Any row of the segment does. */
static void *count_parents(void *arg)
{
    const struct ModifyAhead *a = arg;
    const TablePlan *tp = &a->plan->tables[a->table];
    Eval *eval = eval_new(a->plan);
    for (int f = 0; f < tp->table->nfks; f++)
        if (fk_is_per(&tp->fks[f])) {
            uint64_t row = tp->segments[a->segment].first_row;
            eval_cells(eval, a->table, &row, 1, tp->table->fks[f].cols, 1);
        }
    eval_free(eval);
    return NULL;
}

static bool takes_long(const Plan *plan, int table, int segment)
{
    const TablePlan *tp = &plan->tables[table];
    bool takes = false;
    for (int f = 0; f < tp->table->nfks && segment < tp->nsegments; f++) {
        const uint64_t *counts = tp->segments[segment].parent_count;
        uint64_t parents = counts && fk_is_per(&tp->fks[f]) ? counts[f] : 0;
        takes = takes || (parents > QUICKLY_COUNTED && parents < LONG_WAITED_FOR);
    }
    return takes;
}

struct ModifyAhead *modify_ahead_begin(const Plan *plan, int table, int segment, Arena *mem)
{
    struct ModifyAhead *a = arena_new_of(mem, struct ModifyAhead);
    *a = (struct ModifyAhead){.plan = plan, .table = table, .segment = segment};
    bool begun = segment >= 0 && takes_long(plan, table, segment) &&
                 pthread_create(&a->thread, NULL, count_parents, a) == 0;
    return begun ? a : NULL;
}

void modify_ahead_end(struct ModifyAhead *a)
{
    if (a)
        pthread_join(a->thread, NULL);
}

#include "gen/open.h"

#include "base/rng.h"

uint64_t place_key(const KeyGroup *group, uint64_t parent)
{
    return rng_philox(group->key, parent, 0).a;
}

/* Whose parents the group's index chooses, out of some that were gone. */
static const RowHistory *gone_then(const Plan *plan, const TablePlan *tp, int group,
                                   const Segment *s, int f)
{
    const FkPlan *fk = &tp->fks[f];
    bool chosen = fk->group == group && fk->mode == FK_PICK && !fk->shared;
    const RowHistory *gone = chosen ? plan->tables[fk->parent].gone : NULL;
    return gone && s->parent_gone && s->parent_gone[f] > 0 ? gone : NULL;
}

bool places_close(const Plan *plan, const TablePlan *tp, int group, const Segment *s)
{
    for (int f = 0; f < tp->table->nfks; f++) {
        const RowHistory *gone = gone_then(plan, tp, group, s, f);
        uint64_t end = s->parent_first[f] + s->parent_count[f];
        if (gone && rowhistory_next(gone, s->parent_gone[f], s->parent_first[f]) < end)
            return true;
    }
    return false;
}

static bool is_open(const Plan *plan, const TablePlan *tp, int group, const Segment *s,
                    uint64_t index)
{
    for (int f = 0; f < tp->table->nfks; f++) {
        const RowHistory *gone = gone_then(plan, tp, group, s, f);
        if (gone && rowhistory_has(gone, s->parent_gone[f],
                                   s->parent_first[f] + index / s->fk_div[f] % s->parent_count[f]))
            return false;
    }
    return true;
}

uint64_t places_open(const Plan *plan, const TablePlan *tp, int group, const Segment *s,
                     uint64_t parent, uint64_t from, uint64_t n)
{
    uint64_t count = s->group_count[group], key = place_key(&tp->groups[group], parent);
    for (; n > 0 && from < count; from++)
        n -= is_open(plan, tp, group, s, rng_permute(key, count, from));
    return from + n;
}

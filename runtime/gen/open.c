#include "gen/open.h"

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

static uint64_t parent_at(const Segment *s, int f, uint64_t index)
{
    return s->parent_first[f] + index / s->fk_div[f] % s->parent_count[f];
}

bool index_leads_on(const Plan *plan, const TablePlan *tp, int group, const Segment *s,
                    uint64_t index)
{
    for (int f = 0; f < tp->table->nfks; f++) {
        const RowHistory *gone = gone_then(plan, tp, group, s, f);
        if (gone && rowhistory_has(gone, s->parent_gone[f], parent_at(s, f, index)))
            return false;
    }
    return true;
}

bool index_in_other(const TablePlan *tp, int group, const Segment *from, const Segment *to,
                    uint64_t index, uint64_t *out)
{
    *out = index % tp->groups[group].own_count;
    for (int f = 0; f < tp->table->nfks; f++) {
        if (tp->fks[f].group != group)
            continue;
        uint64_t row = parent_at(from, f, index);
        if (row < to->parent_first[f] || row - to->parent_first[f] >= to->parent_count[f])
            return false;
        *out += (row - to->parent_first[f]) * to->fk_div[f];
    }
    return true;
}

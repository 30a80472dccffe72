/* New children go to parents by chance, inside of the bounds of `per`. A key below these parents
 * can have fewer values than that: where children that come to parents which have some would be too
 * many for one of them, each gets as many as its keys have values left. */
#include <jansson.h>

#include "plan/segments_int.h"

/* ---- the ledger */

void groups_put(const TablePlan *tp, const bool *marked, const char *name, json_t *all)
{
    json_t *list = json_array();
    for (int g = 0; g < tp->ngroups; g++)
        if (marked && marked[g])
            json_array_append_new(list, json_integer(g));
    if (json_array_size(list))
        json_object_set(all, name, list);
    json_decref(list);
}

/* Has the group's key so many values below each parent? */
static bool is_roomy(const TablePlan *tp, int g, const Ranges *r)
{
    const KeyGroup *group = &tp->groups[g];
    return group->within_fk >= 0 && group->drawn < 0 && r->group_count[g] > 0 && !r->follows[g];
}

bool rooms_read(const TablePlan *tp, const json_t *all, Ranges *r)
{
    const json_t *list = json_object_get(all, "room");
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_int_t g = json_integer_value(json_array_get(list, i));
        if (g < 0 || g >= tp->ngroups || !is_roomy(tp, (int)g, r))
            return false;
        r->room[g] = true;
    }
    return true;
}

/* ---- what children are counted by */

void rooms_ask(const TablePlan *tp, const Ranges *r, int f, ChildrenOf *of, Arena *mem)
{
    ChildrenRoom *rooms = arena_array(mem, ChildrenRoom, tp->ngroups + 1);
    of->rooms = rooms;
    for (int g = 0; g < tp->ngroups; g++)
        if (r->room[g] && tp->groups[g].within_fk == f)
            rooms[of->nrooms++] = (ChildrenRoom){r->group_count[g], r->group_first[g]};
}

uint64_t rooms_most(const TablePlan *tp, const Ranges *r, int f)
{
    uint64_t most = UINT64_MAX;
    for (int g = 0; g < tp->ngroups; g++)
        if (r->room[g] && tp->groups[g].within_fk == f && r->group_count[g] < most)
            most = r->group_count[g];
    return most;
}

/* ---- a segment */

void rooms_find(const Build *b, const TablePlan *tp, const Ranges *r, Rooms *rooms)
{
    *rooms = (Rooms){.first = r->group_first,
                     .count = r->group_count,
                     .room = arena_array(b->mem, bool, tp->ngroups + 1)};
    for (int g = 0; g < tp->ngroups; g++) {
        rooms->room[g] = is_roomy(tp, g, r);
        rooms->any = rooms->any || rooms->room[g];
    }
}

void rooms_take(const Rooms *rooms, Ranges *r)
{
    if (!rooms->any)
        return;
    r->group_first = rooms->first;
    r->group_count = rooms->count;
    r->room = rooms->room;
}

bool rooms_segment(Build *b, int t, int64_t wanted)
{
    TablePlan *tp = &b->plan->tables[t];
    Err *err = b->err, first = {0}, again = {0};
    int notes = b->nnotes, nsegments = tp->nsegments;
    uint64_t rows = tp->rows;
    Rooms rooms = {0};
    b->err = &first;
    bool ok = segments_new(b, t, wanted, &rooms);
    if (!ok && rooms.any && plan_all_are(&first, ERR_UNIQUE)) {
        tp->nsegments = nsegments;
        tp->rows = rows;
        b->nnotes = b->plan->nnotes = notes;
        b->err = &again;
        ok = segments_new(b, t, wanted, &rooms);
        first = again; /* its numbers are what can be had */
    }
    b->err = err;
    for (const ErrItem *item = ok ? NULL : first.first; item; item = item->next)
        err_append(b->mem, b->err, item);
    return ok;
}

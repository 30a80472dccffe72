/* New children go to parents by chance, inside of the bounds of `per`. A key below these parents
 * can have fewer values than that: where children that come to parents which have some would be too
 * many for one of them, each gets as many as its keys have values left. And none come where a
 * reference that they must have finds no row any more (a tenant without users). */
#include <jansson.h>

#include "gen/eval.h"
#include "plan/segments_int.h"

/* ---- the ledger */

void marks_put(int n, const bool *marked, const char *name, json_t *all)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        if (marked && marked[i])
            json_array_append_new(list, json_integer(i));
    if (json_array_size(list))
        json_object_set(all, name, list);
    json_decref(list);
}

/* Can be told beforehand how many values the group's key has below each parent? */
static bool is_roomy(const TablePlan *tp, int g, const Ranges *r)
{
    const KeyGroup *group = &tp->groups[g];
    if (group->drawn >= 0) {
        const SharedKey *shared = tp->fks[group->drawn].shared;
        return shared->path[0] == shared->under;
    }
    return group->within_fk >= 0 && r->group_count[g] > 0 && !r->follows[g];
}

/* Does a key that shares columns with the parent's draw among rows that can all be gone? */
static bool can_be_barren(const TablePlan *tp, int f)
{
    const FkPlan *fk = &tp->fks[f];
    const SharedKey *shared = fk->shared;
    return fk->mode == FK_PICK && shared && shared->child_fk >= 0 && shared->under < 0 &&
           shared->depth > 0 && tp->fks[shared->path[0]].mode == FK_PER &&
           !plan_can_be_without(tp, fk);
}

void rooms_barren(const Build *b, const TablePlan *tp, Ranges *r)
{
    for (int f = 0; f < tp->table->nfks; f++)
        r->barren[f] = can_be_barren(tp, f) && r->parent_counted[f] > 0 &&
                       b->plan->tables[tp->fks[f].parent].gone;
}

void rooms_put(const TablePlan *tp, const Segment *s, json_t *all)
{
    marks_put(tp->ngroups, s->room, "room", all);
    marks_put(tp->table->nfks, s->barren, "barren", all);
}

static bool barren_read(const TablePlan *tp, const json_t *list, bool *barren)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_int_t f = json_integer_value(json_array_get(list, i));
        if (f < 0 || f >= tp->table->nfks || !can_be_barren(tp, (int)f))
            return false;
        barren[f] = true;
    }
    return true;
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
    return barren_read(tp, json_object_get(all, "barren"), r->barren);
}

/* ---- what children are counted by */

/* A key that is drawn apart: what a parent's rows can draw from differs. */
typedef struct Below {
    const Plan *plan;
    int table, fk;
    Segment segment;
} Below;

static void ask_below(const void *of, const uint64_t *rows, uint32_t n, uint64_t *values)
{
    const Below *below = of;
    Eval *eval = eval_new(below->plan);
    eval_room_below(eval, below->table, below->fk, &below->segment, rows, n, values);
    eval_free(eval);
}

/* As it is when children are counted: before it is known what the run sees rejected. */
static Below *below_new(const Build *b, int t, int f, const Ranges *r)
{
    Below *below = arena_new_of(b->mem, Below);
    *below = (Below){.plan = b->plan, .table = t, .fk = f};
    below->segment = ranges_segment(r, b->plan->tables[t].rows, 0);
    below->segment.parent_gone = r->parent_counted;
    return below;
}

/* Rows from `begin` on take what earlier ones left. */
static ChildrenRoom room_below(const Build *b, int t, int group, const Ranges *r, uint64_t begin)
{
    const TablePlan *tp = &b->plan->tables[t];
    Below *below = below_new(b, t, tp->groups[group].drawn, r);
    uint64_t *first =
        arena_copy(b->mem, r->group_first, (size_t)tp->ngroups, 0, sizeof *r->group_first);
    first[group] = begin;
    below->segment.group_first = first;
    return (ChildrenRoom){.first = begin, .ask = ask_below, .of = below};
}

/* Where places are left out (Segment.open): what leads to parents that are there, for all children
 * but those that were gone when the domain began. */
static ChildrenRoom room_in(const Plan *plan, const TablePlan *tp, const Ranges *r, int g)
{
    if (!r->open[g])
        return (ChildrenRoom){.values = r->group_count[g], .first = r->group_first[g]};
    uint64_t values = tp->groups[g].own_count;
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        if (fk->group != g)
            continue;
        uint64_t first = r->parent_first[f], end = first + r->parent_count[f];
        const RowHistory *gone = fk->parent >= 0 ? plan->tables[fk->parent].gone : NULL;
        uint64_t there = end - first -
                         (rowhistory_before(gone, r->parent_gone[f], end) -
                          rowhistory_before(gone, r->parent_gone[f], first));
        values = __builtin_mul_overflow(values, there, &values) ? UINT64_MAX : values;
    }
    int gone = r->rows_gone;
    for (int i = 0; i < tp->nsegments; i++)
        if (tp->segments[i].first_row == r->group_first[g])
            gone = tp->segments[i].rows_gone;
    return (ChildrenRoom){.values = values, .gone = gone};
}

static ChildrenRoom room_of(const Build *b, int t, const Ranges *r, int g)
{
    const TablePlan *tp = &b->plan->tables[t];
    if (r->found)
        return r->found[g];
    return tp->groups[g].drawn >= 0 ? room_below(b, t, g, r, r->group_first[g])
                                    : room_in(b->plan, tp, r, g);
}

static void ask_choice(const void *of, const uint64_t *rows, uint32_t n, uint64_t *values)
{
    const Below *below = of;
    Eval *eval = eval_new(below->plan);
    eval_choice_below(eval, below->table, below->fk, &below->segment, rows, n, values);
    eval_free(eval);
    for (uint32_t k = 0; k < n; k++)
        values[k] = values[k] ? UINT64_MAX : 0;
}

static ChildrenRoom room_for_choice(const Build *b, int t, int f, const Ranges *r)
{
    return (ChildrenRoom){.first = UINT64_MAX, .ask = ask_choice, .of = below_new(b, t, f, r)};
}

void rooms_ask(const Build *b, int t, const Ranges *r, int f, ChildrenOf *of)
{
    const TablePlan *tp = &b->plan->tables[t];
    ChildrenRoom *rooms = arena_array(b->mem, ChildrenRoom, tp->ngroups + tp->table->nfks + 1);
    of->rooms = rooms;
    for (int g = 0; g < tp->ngroups; g++)
        if (r->room[g] && tp->groups[g].within_fk == f)
            rooms[of->nrooms++] = room_of(b, t, r, g);
    for (int i = 0; i < tp->table->nfks; i++)
        if (r->barren[i] && tp->fks[i].shared->path[0] == f)
            rooms[of->nrooms++] = room_for_choice(b, t, i, r);
}

uint64_t rooms_most(const Build *b, int t, const Ranges *r, int f)
{
    const TablePlan *tp = &b->plan->tables[t];
    uint64_t most = UINT64_MAX;
    for (int g = 0; g < tp->ngroups; g++) {
        if (!r->room[g] || tp->groups[g].within_fk != f)
            continue;
        ChildrenRoom room = room_of(b, t, r, g);
        most = room.values < most ? room.values : most;
    }
    return most;
}

/* ---- a segment */

#define PASSES 4

void rooms_find(const Build *b, int t, const Ranges *r, Rooms *rooms)
{
    const TablePlan *tp = &b->plan->tables[t];
    ChildrenRoom *found = arena_array(b->mem, ChildrenRoom, tp->ngroups + 1);
    *rooms = (Rooms){.room = arena_array(b->mem, bool, tp->ngroups + 1), .found = found};
    for (int g = 0; g < tp->ngroups; g++) {
        found[g] = tp->groups[g].drawn >= 0 ? room_below(b, t, g, r, tp->rows)
                                            : room_in(b->plan, tp, r, g);
        rooms->room[g] = is_roomy(tp, g, r);
        rooms->any = rooms->any || rooms->room[g];
        rooms->moved = rooms->moved || (r->found && r->room[g] &&
                                        (!rooms->room[g] || found[g].first != r->found[g].first ||
                                         found[g].values != r->found[g].values ||
                                         found[g].gone != r->found[g].gone));
    }
}

void rooms_take(const Rooms *rooms, Ranges *r)
{
    if (!rooms->any)
        return;
    r->found = rooms->found;
    r->room = rooms->room;
}

bool rooms_segment(Build *b, int t, int64_t wanted)
{
    TablePlan *tp = &b->plan->tables[t];
    Err *err = b->err, first = {0};
    int notes = b->nnotes, nsegments = tp->nsegments;
    uint64_t rows = tp->rows;
    Rooms rooms = {0};
    b->err = &first;
    bool ok = segments_new(b, t, wanted, &rooms);
    /* By room, until the parents that come of it are those whose room was counted. */
    bool again = rooms.any && !ok && plan_all_are(&first, ERR_UNIQUE);
    for (int i = 0; i < PASSES && again; i++) {
        tp->nsegments = nsegments;
        tp->rows = rows;
        b->nnotes = b->plan->nnotes = notes;
        first = (Err){0}; /* what it says then is what can be had */
        rooms.moved = false;
        ok = segments_new(b, t, wanted, &rooms);
        again = rooms.moved;
    }
    if (ok && again)
        ok = err_add(b->mem, &first, ERR_UNIQUE, tp->table->where, tp->table->name,
                     "the room that its parents have cannot be told") ||
             err_hint(b->mem, &first, "ask for more of its parents, or for other numbers of rows");
    b->err = err;
    for (const ErrItem *item = ok ? NULL : first.first; item; item = item->next)
        err_append(b->mem, b->err, item);
    return ok;
}

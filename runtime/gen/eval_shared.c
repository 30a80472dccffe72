/* Parents of a key that shares columns with another one: first up to the row that both have in
 * common, then down to one of its children, which stand side by side in each segment of their
 * table. Under a parent that no child may be drawn twice for, rows take places of a permutation;
 * when the children changed since its earlier rows drew, of those that these left. */
#include <stdlib.h>

#include "gen/eval_int.h"

const uint64_t *frame_ancestors(Frame *f, const int *path, int depth)
{
    Parents *p = frame_parents(f, path[0]);
    if (depth == 1)
        return p->rows;
    Frame *up = parents_frame(f, path[0], p);
    const uint64_t *above = frame_ancestors(up, path + 1, depth - 1);
    if (!p->at)
        return above;
    uint64_t *out = arena_alloc_raw(f->eval->scratch, sizeof *out * f->n);
    for (uint32_t k = 0; k < f->n; k++)
        out[k] = p->at[k] == UINT32_MAX ? ROW_NONE : above[p->at[k]];
    return out;
}

/* Rows of a run that are still there. */
typedef struct Run {
    uint64_t first, n;
} Run;

static uint64_t gone_in(const RowHistory *gone, int upto, uint64_t first, uint64_t n)
{
    return gone && upto
               ? rowhistory_before(gone, upto, first + n) - rowhistory_before(gone, upto, first)
               : 0;
}

static uint64_t nth_of(const RowHistory *gone, int upto, Run run, uint64_t place)
{
    return gone && upto ? rowhistory_nth_missing(gone, upto, run.first, place) : run.first + place;
}

/* The children of `common` in one segment, cut to those that were there when the row was made. */
static Run children_in(Eval *e, const FkPlan *fk, const Segment *s, uint64_t common, uint64_t end)
{
    Run run = {0};
    run.n = eval_children(e, fk->parent, s, fk->shared->child_fk, common, &run.first);
    if (run.first >= end)
        run.n = 0;
    else if (run.n > end - run.first)
        run.n = end - run.first;
    return run;
}

/* One of n places, as the key's distribution has it. */
static uint64_t draw(const FkPlan *fk, uint64_t row, uint32_t generation, uint64_t n)
{
    if (!fk->dist)
        return rng_below(rng_draw(fk->key, row, generation, 0).a, n);
    DistOver over;
    dist_over_items(fk->dist, n, &over);
    return dist_pick(&over, dist_pick_key(fk), row, generation);
}

/* What a row can draw from: children of `common` that were there when its segment was made. */
typedef struct Among {
    const FkPlan *fk;
    uint64_t common, end, all;
    int upto;
} Among;

static Among among_of(Frame *f, int id, const Segment *own, uint64_t common)
{
    const FkPlan *fk = &f->tp->fks[id];
    const TablePlan *parent = &f->eval->plan->tables[fk->parent];
    Among a = {.fk = fk, .common = common};
    a.end = own->parent_first ? own->parent_first[id] + own->parent_count[id] : 0;
    a.upto = own->parent_gone ? own->parent_gone[id] : 0;
    for (int s = 0; s < parent->nsegments; s++) {
        Run run = children_in(f->eval, fk, &parent->segments[s], common, a.end);
        a.all += run.n - gone_in(parent->gone, a.upto, run.first, run.n);
    }
    return a;
}

static uint64_t row_at(Eval *e, const Among *a, uint64_t place)
{
    const TablePlan *parent = &e->plan->tables[a->fk->parent];
    for (int s = 0; s < parent->nsegments; s++) {
        Run run = children_in(e, a->fk, &parent->segments[s], a->common, a->end);
        uint64_t there = run.n - gone_in(parent->gone, a->upto, run.first, run.n);
        if (place < there)
            return nth_of(parent->gone, a->upto, run, place);
        place -= there;
    }
    return ROW_NONE;
}

/* ROW_NONE: the row is none of these. */
static uint64_t place_at(Eval *e, const Among *a, uint64_t row)
{
    const TablePlan *parent = &e->plan->tables[a->fk->parent];
    uint64_t before = 0;
    if (row == ROW_NONE || (a->upto && rowhistory_has(parent->gone, a->upto, row)))
        return ROW_NONE;
    for (int s = 0; s < parent->nsegments; s++) {
        Run run = children_in(e, a->fk, &parent->segments[s], a->common, a->end);
        if (row >= run.first && row - run.first < run.n)
            return before + row - run.first -
                   gone_in(parent->gone, a->upto, run.first, row - run.first);
        before += run.n - gone_in(parent->gone, a->upto, run.first, run.n);
    }
    return ROW_NONE;
}

/* ---- apart from what a parent's earlier rows have */

/* Rows under one parent, and what each drew. */
typedef struct Held {
    uint64_t *rows, *drawn;
    uint64_t n;
} Held;

/* Places among those to draw from that earlier rows of the parent hold, ascending. */
typedef struct Taken {
    uint64_t parent, begin;
    uint64_t *places;
    uint64_t n;
} Taken;

static int by_place(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Of rows before `begin`, for a segment behind it; those that were gone when the rows from there on
 * were made hold none. */
static void places_held(Frame *f, const Among *a, const Held *held, const Segment *s,
                        uint64_t begin, Taken *taken)
{
    int gone = (s->first_row == begin ? s : segment_of(f->tp, begin))->rows_gone;
    uint64_t n = 0;
    taken->places = arena_alloc_raw(f->eval->scratch, sizeof *taken->places * (held->n + 1));
    for (uint64_t i = 0; i < held->n; i++) {
        if (held->rows[i] >= begin ||
            (gone && f->tp->gone && rowhistory_has(f->tp->gone, gone, held->rows[i])))
            continue;
        uint64_t place = place_at(f->eval, a, held->drawn[i]);
        if (place != ROW_NONE)
            taken->places[n++] = place;
    }
    qsort(taken->places, n, sizeof *taken->places, by_place);
    taken->n = 0;
    for (uint64_t i = 0; i < n; i++)
        if (i == 0 || taken->places[i] != taken->places[i - 1])
            taken->places[taken->n++] = taken->places[i];
}

static uint64_t pick_free(Frame *f, uint32_t k, const Among *a, const Taken *taken,
                          uint32_t generation)
{
    const FkPlan *fk = a->fk;
    if (a->all <= taken->n)
        return ROW_NONE;
    uint64_t free = a->all - taken->n;
    const Parents *p = frame_parents(f, fk->shared->under);
    uint64_t anew = frame_place_anew(f, fk->shared->group, k, generation, p);
    uint64_t slot = anew ? free - anew % free
                         : frame_child_place(f, fk->shared->under, fk->shared->group, k, p);
    uint64_t place = rng_permute(rng_philox(fk->key, p->rows[k], 1).a, free, slot % free);
    for (uint64_t i = 0; i < taken->n && place >= taken->places[i]; i++)
        place++;
    return row_at(f->eval, a, place);
}

static uint64_t begin_of(const FkPlan *fk, const Segment *own)
{
    return own->group_first ? own->group_first[fk->shared->group] : 0;
}

/* Draws for a parent's rows in one segment, behind those that are held already. */
static void hold(Frame *f, int id, const Segment *s, uint64_t first, uint64_t n, Held *held)
{
    Eval *e = f->eval;
    const FkPlan *fk = &f->tp->fks[id];
    uint64_t begin = begin_of(fk, s), rows[BATCH_ROWS];
    for (uint64_t at = 0; at < n; at += BATCH_ROWS) {
        uint32_t count = n - at < BATCH_ROWS ? (uint32_t)(n - at) : BATCH_ROWS;
        for (uint32_t k = 0; k < count; k++)
            rows[k] = first + at + k;
        Frame *own = frame_new(e, f->table, rows, count);
        const uint64_t *common = frame_ancestors(own, fk->shared->path, fk->shared->depth);
        const uint32_t *generations = frame_generations(own, frame_own_column(f->tp, id));
        Taken taken = {0};
        for (uint32_t k = 0; k < count; k++) {
            Among a = among_of(own, id, s, common[k]);
            if (begin && (k == 0 || common[k] != common[k - 1]))
                places_held(own, &a, held, s, begin, &taken);
            held->rows[held->n] = rows[k];
            held->drawn[held->n++] =
                pick_free(own, k, &a, &taken, generations ? generations[k] : 0);
        }
    }
}

/* What a parent's rows of a segment cannot have, since its rows before the segment's `begin` have
 * it. */
static void find_taken(Frame *f, int id, const Segment *own, uint64_t parent, const Among *a,
                       Taken *taken)
{
    const FkPlan *fk = a->fk;
    const Segment *end = f->tp->segments + f->tp->nsegments;
    uint64_t begin = begin_of(fk, own), n = 0, first;
    if (taken->begin == begin && taken->parent == parent)
        return;
    *taken = (Taken){.parent = parent, .begin = begin};
    if (begin == 0 || parent == ROW_NONE)
        return;
    for (const Segment *s = f->tp->segments; s < end && s->first_row < begin; s++)
        n += eval_children(f->eval, f->table, s, fk->shared->under, parent, &first);
    Held held = {0};
    held.rows = arena_alloc_raw(f->eval->scratch, sizeof *held.rows * (n + 1));
    held.drawn = arena_alloc_raw(f->eval->scratch, sizeof *held.drawn * (n + 1));
    for (const Segment *s = f->tp->segments; n && s < end && s->first_row < begin; s++) {
        uint64_t here = eval_children(f->eval, f->table, s, fk->shared->under, parent, &first);
        hold(f, id, s, first, here, &held);
    }
    places_held(f, a, &held, own, begin, taken);
}

static uint64_t pick_child(Frame *f, int id, uint32_t k, uint64_t common, uint32_t generation,
                           Taken *taken)
{
    const FkPlan *fk = &f->tp->fks[id];
    Among a = among_of(f, id, frame_segment(f, k), common);
    if (a.all == 0)
        return ROW_NONE;
    if (fk->shared->under < 0)
        return row_at(f->eval, &a, draw(fk, f->rows[k], generation, a.all));
    find_taken(f, id, frame_segment(f, k), frame_parents(f, fk->shared->under)->rows[k], &a, taken);
    return pick_free(f, k, &a, taken, generation);
}

void eval_room(Eval *e, int table, int fk, const uint64_t *rows, uint32_t n, uint64_t *room)
{
    arena_reset(e->scratch);
    Frame *f = frame_new(e, table, rows, n);
    const SharedKey *shared = f->tp->fks[fk].shared;
    const uint64_t *common = frame_ancestors(f, shared->path, shared->depth),
                   *parents = frame_parents(f, shared->under)->rows;
    Taken taken = {.parent = ROW_NONE};
    for (uint32_t k = 0; k < n; k++) {
        room[k] = 0;
        if (common[k] == ROW_NONE)
            continue;
        Among a = among_of(f, fk, frame_segment(f, k), common[k]);
        find_taken(f, fk, frame_segment(f, k), parents[k], &a, &taken);
        room[k] = a.all - taken.n;
    }
}

/* What rows under these parents, at the path's first step, have in common with those that they draw
 * from. */
static const uint64_t *common_above(Frame *f, int fk, const uint64_t *parents, uint32_t n)
{
    const SharedKey *shared = f->tp->fks[fk].shared;
    Frame *up = frame_new(f->eval, f->tp->fks[shared->path[0]].parent, parents, n);
    return shared->depth > 1 ? frame_ancestors(up, shared->path + 1, shared->depth - 1) : parents;
}

void eval_choice_below(Eval *e, int table, int fk, const Segment *s, const uint64_t *parents,
                       uint32_t n, uint64_t *choice)
{
    arena_reset(e->scratch);
    Frame *f = frame_new(e, table, NULL, 0);
    const uint64_t *common = common_above(f, fk, parents, n);
    for (uint32_t k = 0; k < n; k++)
        choice[k] = common[k] == ROW_NONE ? 0 : among_of(f, fk, s, common[k]).all;
}

void eval_room_below(Eval *e, int table, int fk, const Segment *s, const uint64_t *parents,
                     uint32_t n, uint64_t *room)
{
    arena_reset(e->scratch);
    Frame *f = frame_new(e, table, NULL, 0);
    const uint64_t *common = common_above(f, fk, parents, n);
    Taken taken = {.parent = ROW_NONE};
    for (uint32_t k = 0; k < n; k++) {
        room[k] = 0;
        if (common[k] == ROW_NONE)
            continue;
        Among a = among_of(f, fk, s, common[k]);
        find_taken(f, fk, s, parents[k], &a, &taken);
        room[k] = a.all - taken.n;
    }
}

/* An earlier row under the same parent. The first one has none, so it refers to itself where it
 * must. */
static uint64_t pick_sibling(Frame *f, int id, uint32_t k, bool nullable, uint32_t generation)
{
    const FkPlan *fk = &f->tp->fks[id];
    const Parents *p = frame_parents(f, fk->shared->child_fk);
    const Segment *own = frame_segment(f, k);
    int upto = own->parent_gone ? own->parent_gone[id] : 0;
    Run run = {.first = f->rows[k] - p->nth[k], .n = p->nth[k]};
    uint64_t there = run.n - gone_in(f->tp->gone, upto, run.first, run.n);
    if (there == 0)
        return nullable ? ROW_NONE : f->rows[k];
    return nth_of(f->tp->gone, upto, run, draw(fk, f->rows[k], generation, there));
}

void pick_shared(Frame *f, int id, const uint32_t *generations, uint64_t *out)
{
    const FkPlan *fk = &f->tp->fks[id];
    const SharedKey *shared = fk->shared;
    bool nullable = false;
    for (int i = 0; i < fk->fk->ncols; i++)
        nullable = nullable || f->tp->table->cols[fk->fk->cols[i]].nullable;
    const uint64_t *common = shared->depth ? frame_ancestors(f, shared->path, shared->depth) : NULL;
    Taken taken = {.parent = ROW_NONE};
    for (uint32_t k = 0; k < f->n; k++) {
        uint32_t generation = generations ? generations[k] : 0;
        if (fk->mode == FK_SELF)
            out[k] = pick_sibling(f, id, k, nullable, generation);
        else if (common[k] == ROW_NONE || shared->child_fk < 0)
            out[k] = common[k];
        else
            out[k] = pick_child(f, id, k, common[k], generation, &taken);
    }
}

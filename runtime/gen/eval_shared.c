/* Parents of a key that shares columns with another one: first up to the row that both have in
 * common, then down to one of its children, which stand side by side in each segment of their
 * table. */
#include "gen/eval_int.h"

/* The rows at the end of a path of foreign keys; ROW_NONE where one of them is NULL. */
static const uint64_t *ancestors(Frame *f, const int *path, int depth)
{
    Parents *p = frame_parents(f, path[0]);
    if (depth == 1)
        return p->rows;
    Frame *up = parents_frame(f, path[0], p);
    const uint64_t *above = ancestors(up, path + 1, depth - 1);
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

static uint64_t pick_child(Frame *f, int id, uint32_t k, uint64_t common, uint32_t generation)
{
    Eval *e = f->eval;
    const FkPlan *fk = &f->tp->fks[id];
    const TablePlan *parent = &e->plan->tables[fk->parent];
    const Segment *own = frame_segment(f, k);
    uint64_t end = own->parent_first ? own->parent_first[id] + own->parent_count[id] : 0, all = 0;
    int upto = own->parent_gone ? own->parent_gone[id] : 0;
    for (int s = 0; s < parent->nsegments; s++) {
        Run run = children_in(e, fk, &parent->segments[s], common, end);
        all += run.n - gone_in(parent->gone, upto, run.first, run.n);
    }
    if (all == 0)
        return ROW_NONE;
    uint64_t place = draw(fk, f->rows[k], generation, all);
    if (fk->shared->under >= 0) {
        const Parents *p = frame_parents(f, fk->shared->under);
        uint64_t anew = frame_place_anew(f, fk->shared->group, k, generation, p);
        uint64_t slot = anew ? all - anew % all : frame_child_place(f, fk->shared->under, -1, k, p);
        place = rng_permute(rng_philox(fk->key, p->rows[k], 1).a, all, slot % all);
    }
    for (int s = 0; s < parent->nsegments; s++) {
        Run run = children_in(e, fk, &parent->segments[s], common, end);
        uint64_t there = run.n - gone_in(parent->gone, upto, run.first, run.n);
        if (place < there)
            return nth_of(parent->gone, upto, run, place);
        place -= there;
    }
    return ROW_NONE;
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
    const uint64_t *common = shared->depth ? ancestors(f, shared->path, shared->depth) : NULL;
    for (uint32_t k = 0; k < f->n; k++) {
        uint32_t generation = generations ? generations[k] : 0;
        if (fk->mode == FK_SELF)
            out[k] = pick_sibling(f, id, k, nullable, generation);
        else if (common[k] == ROW_NONE || shared->child_fk < 0)
            out[k] = common[k];
        else
            out[k] = pick_child(f, id, k, common[k], generation);
    }
}

/* Parents: which row a foreign key refers to, and the parent's cells handed down. Equal parents in
 * a row, as children in their parents' order have them, are computed once. */
#include "gen/eval_int.h"

#include <stdlib.h>
#include <string.h>

/* ---- which parent */

/* The parents that a row can refer to: some rows of a table, but for those that were gone then, or
 * the whole pool. */
typedef struct Choice {
    uint64_t first, count;
    const RowHistory *gone;
    int upto;
} Choice;

const Regenerated *frame_regenerated(const Frame *f, uint32_t generation)
{
    const Regenerated *all = f->tp->regenerated;
    int n = generation ? f->tp->nregenerated : 0;
    while (n > 0 && all[n - 1].base > generation)
        n--;
    return n > 0 && all[n - 1].parent_count ? &all[n - 1] : NULL;
}

static Choice choice_of(const Frame *f, const FkPlan *fk, int id, uint32_t k, uint32_t generation)
{
    const Segment *s = frame_segment(f, k);
    if (fk->mode == FK_POOL)
        return (Choice){.count = s->parent_count ? s->parent_count[id] : fk->pool->count};
    Choice c = {.first = s->parent_first ? s->parent_first[id] : 0,
                .count = s->parent_count ? s->parent_count[id] : 0};
    const Regenerated *anew = frame_regenerated(f, generation);
    if (anew)
        c = (Choice){.count = anew->parent_count[id]};
    if (fk->mode == FK_SELF)
        c = (Choice){.count = f->rows[k]};
    c.gone = f->eval->plan->tables[fk->parent].gone;
    c.upto = anew ? anew->parent_gone[id] : s->parent_gone ? s->parent_gone[id] : 0;
    if (c.gone && c.upto)
        c.count -= rowhistory_before(c.gone, c.upto, c.first + c.count) -
                   rowhistory_before(c.gone, c.upto, c.first);
    return c;
}

static inline uint64_t chosen(const Choice *c, uint64_t place)
{
    return c->gone && c->upto ? rowhistory_nth_missing(c->gone, c->upto, c->first, place)
                              : c->first + place;
}

static void pick_uniform(const Frame *f, const FkPlan *fk, int id, const uint32_t *generations,
                         uint64_t *out)
{
    bool one = f->segment && fk->mode != FK_SELF && !generations;
    Choice c = one && f->n ? choice_of(f, fk, id, 0, 0) : (Choice){0};
    for (uint32_t k = 0; k < f->n; k++) {
        if (!one)
            c = choice_of(f, fk, id, k, generations ? generations[k] : 0);
        uint64_t word = rng_draw(fk->key, f->rows[k], generations ? generations[k] : 0, 0).a;
        out[k] = c.count ? chosen(&c, rng_below(word, c.count)) : ROW_NONE;
    }
}

/* The whole range is the index's domain, gone rows included: it is the same for every run. */
static void pick_by_group(Frame *f, const FkPlan *fk, int id, const uint32_t *generations,
                          uint64_t *out)
{
    const uint64_t *index = frame_group_index(f, fk->group, generations);
    for (uint32_t k = 0; k < f->n; k++) {
        const Segment *s = frame_segment(f, k);
        uint64_t count = s->parent_count ? s->parent_count[id] : 0,
                 div = s->fk_div ? s->fk_div[id] : 1;
        uint64_t first = fk->mode == FK_POOL ? 0 : s->parent_first ? s->parent_first[id] : 0;
        out[k] = count ? first + index[k] / (div ? div : 1) % count : ROW_NONE;
    }
}

/* A distribution gives the parent's place among the parents that there are. */
static void pick_spread(const Frame *f, const FkPlan *fk, int id, const uint32_t *generations,
                        uint64_t *out)
{
    bool one = f->segment && fk->mode != FK_SELF && !generations;
    uint64_t key = dist_pick_key(fk);
    Choice c = {0};
    DistOver over = {0};
    for (uint32_t k = 0; k < f->n; k++) {
        uint32_t generation = generations ? generations[k] : 0;
        uint64_t before = c.count;
        if (!one || k == 0)
            c = choice_of(f, fk, id, k, generation);
        if (c.count && c.count != before)
            dist_over_items(fk->dist, c.count, &over);
        out[k] = c.count ? chosen(&c, dist_pick(&over, key, f->rows[k], generation)) : ROW_NONE;
    }
}

/* An earlier row; the first one has none, so it refers to itself where it must. */
static void pick_earlier(const Frame *f, const FkPlan *fk, int id, const uint32_t *generations,
                         uint64_t *out)
{
    bool nullable = false;
    for (int i = 0; i < fk->fk->ncols; i++)
        nullable = nullable || f->tp->table->cols[fk->fk->cols[i]].nullable;
    if (fk->forest)
        pick_forest(f, fk, id, generations, out);
    else if (fk->dist)
        pick_spread(f, fk, id, generations, out);
    else
        pick_uniform(f, fk, id, generations, out);
    for (uint32_t k = 0; k < f->n && !nullable; k++)
        out[k] = out[k] == ROW_NONE ? f->rows[k] : out[k];
}

ChildrenCursor *eval_cursor(Eval *e, int table, const Segment *s, int fk)
{
    const TablePlan *tp = &e->plan->tables[table];
    ChildrenCursor **slot = &e->cursors[table][(s - tp->segments) * tp->table->nfks + fk];
    if (!*slot)
        *slot = children_cursor(s->per[fk], e->mem);
    return *slot;
}

static void pick_per(Frame *f, int fk, uint64_t *out, uint64_t *nth)
{
    Eval *e = f->eval;
    uint64_t *child = arena_alloc_raw(e->scratch, sizeof *child * f->n);
    for (uint32_t from = 0, to; from < f->n; from = to) {
        const Segment *s = frame_segment(f, from);
        for (to = from; to < f->n && (f->segment || frame_segment(f, to) == s); to++)
            child[to] = f->rows[to] - s->first_row;
        if (s->per && s->per[fk]) {
            children_find(eval_cursor(e, f->table, s, fk), child + from, to - from, out + from,
                          nth + from, e->scratch);
            continue;
        }
        for (uint32_t k = from; k < to; k++) {
            out[k] = ROW_NONE;
            nth[k] = 0;
        }
    }
}

static int by_child(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Places all over a segment: asked for in their own order, each block of parents is read once. */
static void find_dealt(Frame *f, int fk, const Segment *s, uint32_t from, uint32_t to,
                       uint64_t *out)
{
    struct {
        uint64_t child;
        uint32_t k;
    } order[BATCH_ROWS];
    uint64_t child[BATCH_ROWS], parent[BATCH_ROWS], nth[BATCH_ROWS];
    for (uint32_t base = from, n; base < to; base += n) {
        n = to - base < BATCH_ROWS ? to - base : BATCH_ROWS;
        for (uint32_t i = 0; i < n; i++) {
            order[i].child = scatter_place(&s->scatter[fk], f->rows[base + i] - s->first_row);
            order[i].k = base + i;
        }
        qsort(order, n, sizeof order[0], by_child);
        for (uint32_t i = 0; i < n; i++)
            child[i] = order[i].child;
        children_find(eval_cursor(f->eval, f->table, s, fk), child, n, parent, nth,
                      f->eval->scratch);
        for (uint32_t i = 0; i < n; i++)
            out[order[i].k] = parent[i];
    }
}

static void pick_dealt(Frame *f, int fk, uint64_t *out)
{
    for (uint32_t from = 0, to; from < f->n; from = to) {
        const Segment *s = frame_segment(f, from);
        to = from;
        while (to < f->n && (f->segment || frame_segment(f, to) == s) &&
               f->rows[to] - s->first_row < s->rows)
            to++;
        if (s->per && s->per[fk] && to > from)
            find_dealt(f, fk, s, from, to, out);
        else
            out[to++] = ROW_NONE;
    }
}

int frame_own_column(const TablePlan *tp, int id)
{
    const ForeignKey *fk = tp->fks[id].fk;
    for (int i = 0; i < fk->ncols; i++)
        if (tp->cols[fk->cols[i]].fk == id)
            return fk->cols[i];
    return fk->cols[0];
}

Parents *frame_parents(Frame *f, int id)
{
    if (f->parents[id])
        return f->parents[id];
    Arena *scratch = f->eval->scratch;
    const FkPlan *fk = &f->tp->fks[id];
    Parents *p = arena_new_of(scratch, Parents);
    uint64_t *rows = arena_alloc_raw(scratch, sizeof *rows * f->n), *nth = NULL;
    const uint32_t *generations = frame_generations(f, frame_own_column(f->tp, id));
    if (fk->mode == FK_PER) {
        p->nth = nth = arena_alloc_raw(scratch, sizeof *nth * f->n);
        pick_per(f, id, rows, nth);
    } else if (fk->mode == FK_ALSO_PER) {
        pick_dealt(f, id, rows);
    } else if (fk->shared) {
        pick_shared(f, id, generations, rows);
    } else if (fk->mode == FK_SELF) {
        pick_earlier(f, fk, id, generations, rows);
    } else if (fk->group >= 0) {
        pick_by_group(f, fk, id, generations, rows);
    } else if (fk->dist) {
        pick_spread(f, fk, id, generations, rows);
    } else {
        pick_uniform(f, fk, id, generations, rows);
    }
    for (uint32_t k = 0; k < f->n; k++) {
        if (fk->null_share > 0 &&
            rng_unit(rng_draw(fk->key, f->rows[k], generations ? generations[k] : 0, 1).a) <
                fk->null_share)
            rows[k] = ROW_NONE;
        p->any_none = p->any_none || rows[k] == ROW_NONE;
    }
    p->rows = rows;
    f->parents[id] = p;
    return p;
}

Parents *frame_elders(Frame *f, int id)
{
    if (f->elders[id])
        return f->elders[id];
    Parents *p = frame_parents(f, id);
    bool own = false;
    for (uint32_t k = 0; k < f->n && !own; k++)
        own = p->rows[k] == f->rows[k];
    if (own) {
        Arena *scratch = f->eval->scratch;
        uint64_t *rows = arena_alloc_raw(scratch, sizeof *rows * f->n);
        for (uint32_t k = 0; k < f->n; k++)
            rows[k] = p->rows[k] == f->rows[k] ? ROW_NONE : p->rows[k];
        p = arena_new_of(scratch, Parents);
        p->rows = rows;
        p->any_none = true;
    }
    f->elders[id] = p;
    return p;
}

/* ---- the parents' cells */

Frame *parents_frame(Frame *f, int fk, Parents *p)
{
    if (p->frame)
        return p->frame;
    Arena *scratch = f->eval->scratch;
    uint64_t *distinct = arena_alloc_raw(scratch, sizeof *distinct * f->n);
    uint32_t *at = arena_alloc_raw(scratch, sizeof *at * f->n), count = 0;
    for (uint32_t k = 0; k < f->n; k++) {
        if (p->rows[k] == ROW_NONE) {
            at[k] = UINT32_MAX;
            continue;
        }
        if (count == 0 || distinct[count - 1] != p->rows[k])
            distinct[count++] = p->rows[k];
        at[k] = count - 1;
    }
    p->at = count == f->n ? NULL : at;
    p->frame = frame_new(f->eval, f->tp->fks[fk].parent, distinct, count);
    return p->frame;
}

static void gather_nulls(const Vec *v, const uint32_t *at, bool any_none, Vec *out, Arena *scratch)
{
    if (!v->null && !any_none)
        return;
    out->null = arena_alloc_raw(scratch, out->n);
    for (uint32_t k = 0; k < out->n; k++)
        out->null[k] = at[k] == UINT32_MAX || (v->null && v->null[at[k]]);
}

const Vec *vec_gather(const Vec *v, const uint32_t *at, uint32_t n, bool any_none, Arena *scratch)
{
    if (!at)
        return v;
    Vec *out = vec_new(scratch, v->kind, v->scale, n);
    gather_nulls(v, at, any_none, out, scratch);
    if (out->s)
        for (uint32_t k = 0; k < n; k++)
            out->s[k] = at[k] == UINT32_MAX ? (Str){"", 0} : v->s[at[k]];
    else if (out->f)
        for (uint32_t k = 0; k < n; k++)
            out->f[k] = at[k] == UINT32_MAX ? 0 : v->f[at[k]];
    else if (any_none)
        for (uint32_t k = 0; k < n; k++)
            out->i[k] = at[k] == UINT32_MAX ? 0 : v->i[at[k]];
    else
        for (uint32_t k = 0; k < n; k++)
            out->i[k] = v->i[at[k]];
    return out;
}

static uint64_t pool_base(const Frame *f, int id, uint32_t k)
{
    const Segment *s = frame_segment(f, k);
    return s->pool_base ? s->pool_base[id] : 0;
}

static const Vec *pool_column(Frame *f, const FkPlan *fk, int id, int pos, const Parents *p)
{
    uint32_t *at = arena_alloc_raw(f->eval->scratch, sizeof *at * f->n);
    for (uint32_t k = 0; k < f->n; k++)
        at[k] = p->rows[k] == ROW_NONE ? UINT32_MAX : (uint32_t)(pool_base(f, id, k) + p->rows[k]);
    return vec_gather(fk->pool->cols[fk->parent_cols[pos]], at, f->n, p->any_none,
                      f->eval->scratch);
}

const Vec *frame_fk_column(Frame *f, int id, int pos)
{
    const FkPlan *fk = &f->tp->fks[id];
    if (fk->mode == FK_POOL)
        return pool_column(f, fk, id, pos, frame_parents(f, id));
    Parents *p = frame_parents(f, id);
    const Vec *v = frame_column(parents_frame(f, id, p), fk->parent_cols[pos]);
    return vec_gather(v, p->at, f->n, p->any_none, f->eval->scratch);
}

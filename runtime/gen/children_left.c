/* How many more children parents may get beside those that they have: up to the bound of `per`, and
 * to the values that keys have below them. */
#include <string.h>

#include "gen/children_int.h"

static ChildrenCursor *cursor_before(ChildrenCursor *c)
{
    if (!c->before && c->index->parents.before)
        c->before = children_cursor(c->index->parents.before, c->mem);
    return c->before;
}

/* ---- some parents */

/* Of a walk over ascending children: before `none_to` none of them is gone. */
typedef struct GoneWalk {
    const RowHistory *gone;
    int upto;
    uint64_t none_to;
} GoneWalk;

static uint64_t gone_among(GoneWalk *w, uint64_t first, uint64_t n)
{
    if (first + n <= w->none_to)
        return 0;
    w->none_to = rowhistory_next(w->gone, w->upto, first);
    if (first + n <= w->none_to)
        return 0;
    return rowhistory_before(w->gone, w->upto, first + n) -
           rowhistory_before(w->gone, w->upto, first);
}

static void add_few(const PerIndex *index, const uint64_t *rows, uint32_t n, GoneWalk *w,
                    uint64_t *had)
{
    bool in_a_row = rows[n - 1] - rows[0] == n - 1;
    uint32_t k = 0;
    for (const Few *f = few_from(index->few, rows[0]); f->row <= rows[n - 1]; f++) {
        uint64_t children = f[1].first - f->first;
        k = in_a_row ? (uint32_t)(f->row - rows[0]) : k;
        while (rows[k] < f->row)
            k++;
        if (rows[k] == f->row)
            had[k] += children - gone_among(w, index->parents.first_row + f->first, children);
    }
}

static uint64_t children_at(const PerIndex *index, const Block *b, uint32_t i, GoneWalk *w)
{
    uint64_t first = b->start[i], children = b->start[i + 1] - first;
    return children ? children - gone_among(w, index->parents.first_row + first, children) : 0;
}

/* Parents that stand side by side, from one on. */
static void add_run(ChildrenCursor *c, const PerIndex *index, uint64_t at, uint32_t n,
                    const GoneWalk *w, uint64_t *had)
{
    const uint8_t *own = index->own;
    uint64_t start = c->walked_to, first_row = index->parents.first_row;
    if (c->walked != at || at == 0) {
        start = children_start(index, at / CHILDREN_BLOCK);
        for (uint64_t p = at / CHILDREN_BLOCK * CHILDREN_BLOCK; p < at; p++)
            start += own[p];
    }
    uint64_t end = start, behind = start + own[at];
    for (uint32_t k = 0; k < n; k++) {
        had[k] += own[at + k];
        end += own[at + k];
    }
    c->walked = at + n;
    c->walked_to = end;
    uint64_t gone = end > start ? rowhistory_next(w->gone, w->upto, first_row + start) : UINT64_MAX;
    for (uint32_t k = 0; gone < first_row + end;
         gone = rowhistory_next(w->gone, w->upto, gone + 1)) {
        while (gone - first_row >= behind)
            behind += own[at + ++k];
        had[k]--;
    }
}

/* Adds what the parents have of one index. */
static void add_children(ChildrenCursor *c, const uint64_t *rows, uint32_t n, GoneWalk w,
                         uint64_t *had, Arena *scratch)
{
    const PerIndex *index = children_counted(c->index);
    const ChildrenOf *p = &index->parents;
    if (index->few) {
        add_few(index, rows, n, &w, had);
        return;
    }
    bool all_there = rowhistory_before(p->gone, p->upto, rows[0]) ==
                     rowhistory_before(p->gone, p->upto, rows[n - 1] + 1);
    uint64_t gone = rows[0] > p->first ? children_gone_before(p, rows[0]) : 0;
    if (all_there && rows[n - 1] - rows[0] == n - 1 && rows[0] >= p->first &&
        rows[n - 1] - p->first < p->n && children_own(index)) {
        add_run(c, index, rows[0] - p->first - gone, n, &w, had);
        return;
    }
    for (uint32_t k = 0; k < n; k++) {
        if (rows[k] < p->first || rows[k] - p->first >= p->n)
            continue;
        if (!all_there) {
            if (rowhistory_has(p->gone, p->upto, rows[k]))
                continue;
            gone = children_gone_before(p, rows[k]);
        }
        uint64_t at = rows[k] - p->first - gone;
        const Block *b = children_block(c, at / CHILDREN_BLOCK, scratch);
        had[k] += children_at(index, b, at % CHILDREN_BLOCK, &w);
    }
}

/* Of indexes whose rows begin at `from` or behind it. */
static void had_before(ChildrenCursor *cursor, const uint64_t *rows, uint32_t n, uint64_t from,
                       GoneWalk w, uint64_t *had, Arena *scratch)
{
    memset(had, 0, sizeof *had * n);
    for (ChildrenCursor *c = cursor_before(cursor); n > 0 && c; c = cursor_before(c))
        if (c->index->parents.first_row >= from)
            add_children(c, rows, n, w, had, scratch);
}

static void cut(uint64_t *left, const uint64_t *had, uint32_t n, const uint64_t *most)
{
    for (uint32_t k = 0; k < n; k++) {
        uint64_t more = most[k] > had[k] ? most[k] - had[k] : 0;
        left[k] = left[k] < more ? left[k] : more;
    }
}

/* Earlier children count to the upper bound of `per`, but for those that are gone; and to the
 * values that a key has below each parent, where those of the same domain count for good. */
void children_left(ChildrenCursor *cursor, const uint64_t *rows, uint32_t n, uint64_t *left,
                   Arena *scratch)
{
    const PerIndex *index = cursor->index;
    const ChildrenOf *p = &index->parents;
    uint64_t had[PARENTS_AT_ONCE], most[PARENTS_AT_ONCE];
    for (uint32_t k = 0; k < n; k++)
        left[k] = most[k] = index->hi;
    if (p->capped && index->hi != UINT64_MAX) {
        had_before(cursor, rows, n, 0, (GoneWalk){p->gone_children, p->gone_upto, 0}, had, scratch);
        cut(left, had, n, most);
    }
    for (int i = 0; i < p->nrooms; i++) {
        const ChildrenRoom *room = &p->rooms[i];
        had_before(cursor, rows, n, room->first,
                   (GoneWalk){p->gone_children, room->gone, room->gone ? 0 : UINT64_MAX}, had,
                   scratch);
        for (uint32_t k = 0; k < n; k++)
            most[k] = room->values;
        if (room->ask)
            room->ask(room->of, rows, n, most);
        cut(left, had, n, most);
    }
}

/* ---- all parents, a byte for each */

#define ROWS_AT_ONCE 4096u

/* Calls `take` for each stretch of [first, end) that is gone. */
static void each_gone(const RowHistory *gone, int upto, uint64_t first, uint64_t end,
                      void (*take)(void *ctx, uint64_t first, uint64_t end), void *ctx)
{
    if (rowhistory_before(gone, upto, first) == rowhistory_before(gone, upto, end))
        return;
    Arena *mem = arena_new();
    const RowSet *all = rowhistory_as_of(gone, upto, mem);
    for (size_t i = 0; i < all->nranges && all->ranges[i].first < end; i++) {
        uint64_t from = all->ranges[i].first, to = from + all->ranges[i].rows;
        if (to > first)
            take(ctx, from > first ? from : first, to < end ? to : end);
    }
    arena_free(mem);
}

/* From the gone children of an index to their parents. */
typedef struct OwnWalk {
    const uint8_t *own;
    uint8_t *there; /* how many of them are not gone */
    uint64_t at, behind, first_row;
} OwnWalk;

static void take_children(void *ctx, uint64_t first, uint64_t end)
{
    OwnWalk *w = ctx;
    for (uint64_t child = first - w->first_row; child < end - w->first_row; child++) {
        while (w->behind <= child)
            w->behind += w->own[++w->at];
        w->there[w->at]--;
    }
}

static uint8_t less(uint8_t left, uint64_t had)
{
    return left > had ? (uint8_t)(left - had) : 0;
}

static void take_own(PerIndex *index, const PerIndex *had, Arena *scratch)
{
    const ChildrenOf *p = &index->parents, *q = &had->parents;
    uint8_t *there = arena_alloc_raw(scratch, had->n), *left = index->left;
    uint64_t rows[ROWS_AT_ONCE];
    memcpy(there, had->own, had->n);
    OwnWalk walk = {had->own, there, 0, had->own[0], q->first_row};
    each_gone(p->gone_children, p->gone_upto, q->first_row, q->first_row + had->total,
              take_children, &walk);
    for (uint64_t at = 0; at < had->n; at += ROWS_AT_ONCE) {
        uint32_t n = had->n - at < ROWS_AT_ONCE ? (uint32_t)(had->n - at) : ROWS_AT_ONCE;
        rowhistory_missing(q->upto ? q->gone : NULL, q->upto, q->first, at, rows, n);
        const uint8_t *have = there + at;
        uint64_t to = rows[0] - p->first;
        if (rows[0] >= p->first && rows[n - 1] - rows[0] == n - 1 && to + n <= p->n)
            for (uint32_t k = 0; k < n; k++)
                left[to + k] = less(left[to + k], have[k]);
        else
            for (uint32_t k = 0; k < n; k++)
                if (rows[k] >= p->first && rows[k] - p->first < p->n)
                    left[rows[k] - p->first] = less(left[rows[k] - p->first], have[k]);
    }
}

static void take_few(PerIndex *index, const PerIndex *had)
{
    const ChildrenOf *p = &index->parents;
    GoneWalk walk = {p->gone_children, p->gone_upto, 0};
    for (const Few *f = few_from(had->few, p->first);
         f->row != UINT64_MAX && f->row - p->first < p->n; f++) {
        uint64_t children = f[1].first - f->first,
                 gone = gone_among(&walk, had->parents.first_row + f->first, children);
        index->left[f->row - p->first] = less(index->left[f->row - p->first], children - gone);
    }
}

static void take_parents(void *ctx, uint64_t first, uint64_t end)
{
    PerIndex *index = ctx;
    memset(index->left + (first - index->parents.first), 0, end - first);
}

/* Is it told by what the earlier indexes have as bytes and lists? */
static bool told_by_bytes(const PerIndex *index)
{
    const ChildrenOf *p = &index->parents;
    for (const PerIndex *had = p->capped ? p->before : NULL; had; had = had->parents.before)
        if (!children_counted(had)->few && had->n > 0 && !children_own(had))
            return false;
    return p->nrooms == 0;
}

void children_left_of_all(PerIndex *index)
{
    const ChildrenOf *p = &index->parents;
    Arena *mem = arena_new(), *scratch = arena_new();
    uint64_t rows[PARENTS_AT_ONCE], left[PARENTS_AT_ONCE];
    bool bytes = told_by_bytes(index);
    memset(index->left, bytes ? (int)index->hi : 0, p->n);
    for (const PerIndex *had = bytes && p->capped ? p->before : NULL; had;
         had = had->parents.before) {
        arena_reset(scratch);
        if (had->few)
            take_few(index, had);
        else if (had->n > 0)
            take_own(index, had, scratch);
    }
    if (bytes)
        each_gone(p->gone, p->upto, p->first, p->first + p->n, take_parents, index);
    ChildrenCursor *cursor = children_cursor(index, mem);
    for (uint64_t at = 0; !bytes && at < index->n; at += PARENTS_AT_ONCE) {
        uint32_t n = index->n - at < PARENTS_AT_ONCE ? (uint32_t)(index->n - at) : PARENTS_AT_ONCE;
        rowhistory_missing(p->upto ? p->gone : NULL, p->upto, p->first, at, rows, n);
        arena_reset(scratch);
        children_left(cursor, rows, n, left, scratch);
        for (uint32_t k = 0; k < n; k++)
            index->left[rows[k] - p->first] = (uint8_t)left[k];
    }
    arena_free(scratch);
    arena_free(mem);
}

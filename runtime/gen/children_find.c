/* From a child to its parent and back: the block of parents by the sums before each, then inside of
 * it, drawn again. */
#include <string.h>

#include "gen/children_int.h"

uint64_t children_gone_before(const ChildrenOf *p, uint64_t row)
{
    return rowhistory_before(p->gone, p->upto, row) - rowhistory_before(p->gone, p->upto, p->first);
}

ChildrenCursor *children_cursor(const PerIndex *index, Arena *mem)
{
    ChildrenCursor *cursor = arena_new_of(mem, ChildrenCursor);
    cursor->index = index;
    cursor->mem = mem;
    return cursor;
}

static ChildrenCursor *cursor_before(ChildrenCursor *c)
{
    if (!c->before && c->index->parents.before)
        c->before = children_cursor(c->index->parents.before, c->mem);
    return c->before;
}

static uint64_t block_start(const PerIndex *index, uint64_t block)
{
    return children_before(index, index->raw_before[block],
                           index->room_before ? index->room_before[block] : 0);
}

static void decode(ChildrenCursor *cursor, Block *c, uint64_t block, Arena *scratch)
{
    const PerIndex *index = cursor->index;
    uint64_t first = block * CHILDREN_BLOCK, left = index->n - first;
    uint64_t raw = index->raw_before[block],
             room = index->room_before ? index->room_before[block] : 0;
    Drawn counts[PARENTS_AT_ONCE];
    c->block = block;
    c->n = left < CHILDREN_BLOCK ? (uint32_t)left : CHILDREN_BLOCK;
    c->at = 0;
    for (uint32_t p = 0; p < c->n; p += PARENTS_AT_ONCE) {
        uint32_t n = c->n - p < PARENTS_AT_ONCE ? c->n - p : PARENTS_AT_ONCE;
        children_draw(cursor, first + p, n, c->rows + p, counts, scratch);
        for (uint32_t k = 0; k < n; k++) {
            c->start[p + k] = children_before(index, raw, room);
            raw += counts[k].raw;
            room += index->change ? room_of(index, index->adding, &counts[k]) : 0;
        }
    }
    c->start[c->n] = children_before(index, raw, room);
}

static Block *block_at(ChildrenCursor *c, uint64_t block, Arena *scratch)
{
    if (c->last && c->last->block == block)
        return c->last;
    /* A worker's walk only goes forward, and needs no more than one. */
    bool forward = !c->last || c->last->block < block;
    Block **kept = &c->kept[block % BLOCKS_KEPT];
    Block **slot = forward && !(*kept && (*kept)->block == block) ? &c->next : kept;
    if (!*slot) {
        *slot = arena_alloc_raw(c->mem, sizeof **slot);
        (*slot)->block = UINT64_MAX;
    }
    if ((*slot)->block != block)
        decode(c, *slot, block, scratch);
    c->last = *slot;
    return c->last;
}

/* ---- few children */

void children_list_few(PerIndex *index, Arena *scratch)
{
    if (!index->few)
        return;
    Arena *mem = arena_new();
    ChildrenCursor *cursor = children_cursor(index, mem);
    for (uint64_t block = 0; block < index->nblocks; block++) {
        if (block_start(index, block) == block_start(index, block + 1))
            continue;
        arena_reset(scratch);
        const Block *b = block_at(cursor, block, scratch);
        for (uint32_t k = 0; k < b->n; k++)
            if (b->start[k + 1] > b->start[k])
                few_add(index->few, b->rows[k], b->start[k]);
    }
    arena_free(mem);
    if (index->few->n == 0)
        index->few = NULL;
}

/* ---- what parents have already */

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

static void keep_own(PerIndex *index)
{
    Arena *mem = arena_new(), *scratch = arena_new();
    ChildrenCursor *cursor = children_cursor(index, mem);
    int state = OWN_KEPT;
    for (uint64_t block = 0; block < index->nblocks && state == OWN_KEPT; block++) {
        arena_reset(scratch);
        const Block *b = block_at(cursor, block, scratch);
        for (uint32_t i = 0; i < b->n; i++) {
            uint64_t children = b->start[i + 1] - b->start[i];
            index->own[block * CHILDREN_BLOCK + i] = (uint8_t)children;
            state = children > UINT8_MAX ? OWN_TOO_MANY : state;
        }
    }
    arena_free(scratch);
    arena_free(mem);
    atomic_store_explicit(&index->own_state, state, memory_order_release);
}

static bool own_is_kept(const PerIndex *index)
{
    PerIndex *own = (PerIndex *)index;
    if (!index->own)
        return false;
    if (atomic_load_explicit(&own->own_state, memory_order_acquire) == OWN_UNKNOWN) {
        pthread_mutex_lock(&own->counting);
        if (own->own_state == OWN_UNKNOWN)
            keep_own(own);
        pthread_mutex_unlock(&own->counting);
    }
    return own->own_state == OWN_KEPT;
}

/* Parents that stand side by side, from one on. */
static void add_run(ChildrenCursor *c, const PerIndex *index, uint64_t at, uint32_t n,
                    const GoneWalk *w, uint64_t *had)
{
    const uint8_t *own = index->own;
    uint64_t start = c->walked_to, first_row = index->parents.first_row;
    if (c->walked != at || at == 0) {
        start = block_start(index, at / CHILDREN_BLOCK);
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
        rows[n - 1] - p->first < p->n && own_is_kept(index)) {
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
        const Block *b = block_at(c, at / CHILDREN_BLOCK, scratch);
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

/* The last block that begins at or before the child; blocks without children are passed over. */
static uint64_t block_of_child(const PerIndex *index, uint64_t child)
{
    uint64_t low = 0, high = index->nblocks;
    while (high - low > 1) {
        uint64_t mid = low + (high - low) / 2;
        if (block_start(index, mid) <= child)
            low = mid;
        else
            high = mid;
    }
    return low;
}

static uint32_t find_in_block(const Block *c, uint64_t child)
{
    uint32_t low = 0, high = c->n;
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (c->start[mid] <= child)
            low = mid;
        else
            high = mid;
    }
    return low;
}

#define STEPS_MAX 8 /* parents walked over before searching */

void children_find(ChildrenCursor *cursor, const uint64_t *child, uint32_t n, uint64_t *parent,
                   uint64_t *nth, Arena *scratch)
{
    const PerIndex *index = children_counted(cursor->index);
    Block *c = cursor->last;
    for (uint32_t k = 0; k < n; k++) {
        if (child[k] >= index->total) {
            parent[k] = ROW_NONE;
            nth[k] = 0;
            continue;
        }
        if (index->few) {
            const Few *f = few_with(index->few, child[k]);
            parent[k] = f->row;
            nth[k] = child[k] - f->first;
            continue;
        }
        bool inside = c && child[k] >= c->start[0] && child[k] < c->start[c->n];
        if (!inside)
            c = block_at(cursor, block_of_child(index, child[k]), scratch);
        uint32_t at = c->at, steps = 0;
        if (inside && child[k] >= c->start[at])
            while (child[k] >= c->start[at + 1] && steps++ < STEPS_MAX)
                at++;
        if (child[k] < c->start[at] || child[k] >= c->start[at + 1])
            at = find_in_block(c, child[k]);
        c->at = at;
        parent[k] = c->rows[at];
        nth[k] = child[k] - c->start[at];
    }
}

uint64_t children_of(ChildrenCursor *cursor, uint64_t parent, uint64_t *child, Arena *scratch)
{
    const PerIndex *index = children_counted(cursor->index);
    const ChildrenOf *p = &index->parents;
    if (parent < p->first || parent - p->first >= p->n || rowhistory_has(p->gone, p->upto, parent))
        return 0;
    if (index->few) {
        const Few *f = few_from(index->few, parent);
        *child = f->first;
        return f->row == parent ? f[1].first - f->first : 0;
    }
    uint64_t at = parent - p->first - children_gone_before(p, parent), block = at / CHILDREN_BLOCK;
    const Block *c = block_at(cursor, block, scratch);
    *child = c->start[at % CHILDREN_BLOCK];
    return c->start[at % CHILDREN_BLOCK + 1] - *child;
}

/* Children of all parents before a row. */
static uint64_t children_until(ChildrenCursor *cursor, uint64_t row, Arena *scratch)
{
    const PerIndex *index = children_counted(cursor->index);
    const ChildrenOf *p = &index->parents;
    if (row <= p->first)
        return 0;
    if (index->few)
        return few_from(index->few, row)->first;
    uint64_t at = row - p->first >= p->n ? index->n : row - p->first - children_gone_before(p, row);
    return at == index->n
               ? index->total
               : block_at(cursor, at / CHILDREN_BLOCK, scratch)->start[at % CHILDREN_BLOCK];
}

uint64_t children_between(ChildrenCursor *cursor, uint64_t from, uint64_t to, uint64_t *first,
                          Arena *scratch)
{
    *first = children_until(cursor, from, scratch);
    return children_until(cursor, to, scratch) - *first;
}

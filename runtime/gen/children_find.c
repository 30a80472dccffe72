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

uint64_t children_start(const PerIndex *index, uint64_t block)
{
    return children_before(index, index->raw_before[block],
                           index->room_before ? index->room_before[block] : 0);
}

static void decode_bytes(const PerIndex *index, Block *c)
{
    uint8_t counts[CHILDREN_BLOCK];
    uint64_t child = children_start(index, c->block),
             row = index->parents.first + c->block * CHILDREN_BLOCK;
    children_block_bytes(index, c->block, counts);
    for (uint32_t k = 0; k < c->n; k++) {
        c->rows[k] = row + k;
        c->start[k] = child;
        child += counts[k];
    }
    c->start[c->n] = child;
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
    if (children_by_bytes(index)) {
        decode_bytes(index, c);
        return;
    }
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

Block *children_block(ChildrenCursor *c, uint64_t block, Arena *scratch)
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

void children_list_few(PerIndex *index, Arena *scratch)
{
    if (!index->few)
        return;
    if (children_by_bytes(index)) {
        children_list_bytes(index);
        return;
    }
    Arena *mem = arena_new();
    ChildrenCursor *cursor = children_cursor(index, mem);
    for (uint64_t block = 0; block < index->nblocks; block++) {
        if (children_start(index, block) == children_start(index, block + 1))
            continue;
        arena_reset(scratch);
        const Block *b = children_block(cursor, block, scratch);
        for (uint32_t k = 0; k < b->n; k++)
            if (b->start[k + 1] > b->start[k])
                few_add(index->few, b->rows[k], b->start[k]);
    }
    arena_free(mem);
}

static void keep_own(PerIndex *index)
{
    Arena *mem = arena_new(), *scratch = arena_new();
    ChildrenCursor *cursor = children_cursor(index, mem);
    int state = OWN_KEPT;
    for (uint64_t block = 0; block < index->nblocks && state == OWN_KEPT; block++) {
        if (children_by_bytes(index)) {
            children_block_bytes(index, block, index->own + block * CHILDREN_BLOCK);
            continue;
        }
        arena_reset(scratch);
        const Block *b = children_block(cursor, block, scratch);
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

bool children_own(const PerIndex *index)
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

/* The last block that begins at or before the child; blocks without children are passed over. */
static uint64_t block_of_child(const PerIndex *index, uint64_t child)
{
    uint64_t low = 0, high = index->nblocks;
    while (high - low > 1) {
        uint64_t mid = low + (high - low) / 2;
        if (children_start(index, mid) <= child)
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
            c = children_block(cursor, block_of_child(index, child[k]), scratch);
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
    const Block *c = children_block(cursor, block, scratch);
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
               : children_block(cursor, at / CHILDREN_BLOCK, scratch)->start[at % CHILDREN_BLOCK];
}

uint64_t children_between(ChildrenCursor *cursor, uint64_t from, uint64_t to, uint64_t *first,
                          Arena *scratch)
{
    *first = children_until(cursor, from, scratch);
    return children_until(cursor, to, scratch) - *first;
}

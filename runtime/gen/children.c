/* Children per parent by prefix sums. Every parent draws a raw count; where the sum has to be
 * another one, the difference is spread over the room that each count has to its bound, in
 * proportion: parent p gets floor((D c[p+1] + o) / R) - floor((D c[p] + o) / R), c the running sum
 * of the room, R the whole of it, o a fixed random phase. These add up to D, and none exceeds its
 * room, since D <= R. Kept per block of parents: the raw sum and the room before it, counted when
 * they are first asked for. */
#include "gen/children.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/text.h"
#include "gen/children_few.h"

__extension__ typedef unsigned __int128 u128;

#define CHILDREN_MAX (UINT64_C(1) << 62)

#define FEW_PARENTS                                                                                \
    64u /* for one child: then the parents that have any are kept instead of sought */

struct PerIndex {
    const Bound *count;
    ChildrenOf parents;
    uint64_t n; /* parents that are there, numbered from 0 */
    uint64_t total;
    uint64_t lo, hi;       /* of a raw count */
    uint64_t most_room;    /* of a parent: the sum of all stays within 62 bits */
    uint64_t change, room; /* D and R; change 0: counts are as they were drawn */
    bool adding;
    uint64_t phase;
    uint64_t nblocks;
    /* nblocks + 1 each */
    uint64_t *raw_before, *room_both[2]; /* [adding] */
    const uint64_t *room_before;         /* one of them; NULL while change is 0 */
    FewChildren *few;                    /* NULL: not few */
    pthread_mutex_t counting;            /* by whoever asks first: plans are shared by threads */
    atomic_bool counted;
};

/* A block of parents, decoded. */
typedef struct Block {
    uint64_t block;                /* UINT64_MAX: none */
    uint32_t n;                    /* parents in it */
    uint32_t at;                   /* where the last child was found */
    uint64_t rows[CHILDREN_BLOCK]; /* of the parents */
    uint64_t start[CHILDREN_BLOCK +
                   1]; /* first child of each parent of the block, and the block's end */
} Block;

#define BLOCKS_KEPT 64u

struct ChildrenCursor {
    const PerIndex *index;
    ChildrenCursor *before; /* of the index before this one; NULL until asked for */
    Arena *mem;
    Block *last;              /* that was asked for */
    Block *next;              /* where one ahead of the last goes */
    Block *kept[BLOCKS_KEPT]; /* by block number: for those who jump */
};

/* What a parent draws, and how many more it may have. */
typedef struct Drawn {
    uint64_t raw, more;
} Drawn;

static const PerIndex *counted(const PerIndex *index);

/* Children that parents (ascending) had before these. */
static void had_before(ChildrenCursor *cursor, const uint64_t *rows, uint32_t n, uint64_t *had,
                       Arena *scratch);

/* Of parents first .. first + n - 1 (relative to the index), n <= BATCH_ROWS; rows: theirs, by
 * their number among those that are there. */
static void draw_counts(ChildrenCursor *cursor, uint64_t first, uint32_t n, uint64_t *rows,
                        Drawn *out, Arena *scratch)
{
    const PerIndex *index = cursor->index;
    bool capped = index->parents.capped && index->hi != UINT64_MAX;
    const ChildrenOf *p = &index->parents;
    rowhistory_missing(p->upto ? p->gone : NULL, p->upto, p->first, first, rows, n);
    const Bound *count = index->count;
    uint64_t had[BATCH_ROWS];
    if (capped)
        had_before(cursor, rows, n, had, scratch);
    Vec *v = vec_new(scratch, count->type.kind, count->type.scale, n);
    GenCall call = {.bound = count, .n = n, .rows = rows, .scratch = scratch};
    count->fill(&call, v);
    for (uint32_t k = 0; k < n; k++) {
        uint64_t raw = vec_is_null(v, k) || v->i[k] < 0 ? 0 : (uint64_t)v->i[k];
        uint64_t most = index->hi;
        if (capped) {
            most = most > had[k] ? most - had[k] : 0;
            raw = raw > most ? most : raw;
        }
        out[k] = (Drawn){raw, most > raw ? most - raw : 0};
    }
}

/* How far a count can move in the wanted direction. */
static uint64_t room_of(const PerIndex *index, const Drawn *drawn)
{
    uint64_t room;
    if (!index->adding)
        room = drawn->raw > index->lo ? drawn->raw - index->lo : 0;
    else if (index->hi == UINT64_MAX)
        room = drawn->raw + 1; /* no bound: in proportion to what was drawn */
    else
        room = drawn->more;
    return room < index->most_room ? room : index->most_room;
}

static uint64_t share_before(const PerIndex *index, uint64_t room_before)
{
    if (index->change == 0)
        return 0;
    uint64_t small;
    if (!__builtin_mul_overflow(index->change, room_before, &small) &&
        !__builtin_add_overflow(small, index->phase, &small))
        return small / index->room;
    return (uint64_t)(((u128)index->change * room_before + index->phase) / index->room);
}

/* Children of all parents before one, from the raw sum and the room before it. */
static uint64_t children_before(const PerIndex *index, uint64_t raw, uint64_t room)
{
    uint64_t share = share_before(index, room);
    return index->adding ? raw + share : raw - share;
}

/* One pass over the parents: sums of what they draw and of the room both ways, before each block
 * and in all. */
static u128 sum_counts(PerIndex *index, Arena *scratch)
{
    uint64_t rows[BATCH_ROWS];
    Drawn counts[BATCH_ROWS];
    uint64_t room[2] = {0};
    bool adding = index->adding;
    Arena *mem = arena_new();
    ChildrenCursor *cursor = children_cursor(index, mem);
    u128 raw = 0;
    for (uint64_t p = 0; p < index->n; p += BATCH_ROWS) {
        if (p % CHILDREN_BLOCK == 0)
            index->raw_before[p / CHILDREN_BLOCK] = (uint64_t)raw;
        uint32_t n = index->n - p < BATCH_ROWS ? (uint32_t)(index->n - p) : BATCH_ROWS;
        arena_reset(scratch);
        draw_counts(cursor, p, n, rows, counts, scratch);
        for (uint32_t k = 0; k < n; k++)
            raw += counts[k].raw;
        for (int way = 0; way < 2; way++) {
            if (p % CHILDREN_BLOCK == 0)
                index->room_both[way][p / CHILDREN_BLOCK] = room[way];
            index->adding = way;
            for (uint32_t k = 0; k < n; k++)
                room[way] += room_of(index, &counts[k]);
        }
    }
    arena_free(mem);
    index->raw_before[index->nblocks] = (uint64_t)raw;
    for (int way = 0; way < 2; way++)
        index->room_both[way][index->nblocks] = room[way];
    index->adding = adding;
    return raw;
}

typedef struct Extremes {
    uint64_t most, least;
} Extremes;

static Extremes find_extremes(const PerIndex *index)
{
    uint64_t rows[BATCH_ROWS];
    Drawn counts[BATCH_ROWS];
    uint64_t room = 0;
    Extremes found = {.least = UINT64_MAX};
    Arena *scratch = arena_new(), *mem = arena_new();
    ChildrenCursor *cursor = children_cursor(index, mem);
    for (uint64_t p = 0; p < index->n; p += BATCH_ROWS) {
        uint32_t n = index->n - p < BATCH_ROWS ? (uint32_t)(index->n - p) : BATCH_ROWS;
        arena_reset(scratch);
        draw_counts(cursor, p, n, rows, counts, scratch);
        for (uint32_t k = 0; k < n; k++) {
            uint64_t done = share_before(index, room), raw = counts[k].raw;
            room += index->change ? room_of(index, &counts[k]) : 0;
            uint64_t share = share_before(index, room) - done;
            uint64_t children = index->adding ? raw + share : raw - share;
            found.most = children > found.most ? children : found.most;
            found.least = children < found.least ? children : found.least;
        }
    }
    arena_free(mem);
    arena_free(scratch);
    return found;
}

static bool refuse(const PerIndex *index, uint64_t total, uint64_t reach, const char *where,
                   const char *subject, Arena *mem, Err *err)
{
    const char *parents = text_plural((int64_t)index->n, "parent", mem);
    if (index->adding && index->parents.capped)
        err_add(mem, err, ERR_COUNT, where, subject,
                "%s take%s at most %s beside those that are there, but %s are to come", parents,
                index->n == 1 ? "s" : "", text_plural((int64_t)reach, "row", mem),
                text_count((int64_t)total, mem));
    else
        err_add(mem, err, ERR_COUNT, where, subject, "%s take%s at %s %s, but rows = %s", parents,
                index->n == 1 ? "s" : "", index->adding ? "most" : "least",
                text_plural((int64_t)reach, "row", mem), text_count((int64_t)total, mem));
    return index->adding
               ? err_hint(
                     mem, err,
                     "raise the upper bound in per = {...}, have more parents, or ask for fewer rows")
               : err_hint(
                     mem, err,
                     "lower the lower bound in per = {...}, have fewer parents, or ask for more rows");
}

/* Finds change and room so that the counts add up to `total`; false when the bounds forbid it:
 * then they add up to what comes next to it. */
static bool correct(PerIndex *index, uint64_t raw, uint64_t total, Arena *scratch)
{
    if (total == raw)
        return true;
    index->adding = total > raw;
    index->change = index->adding ? total - raw : raw - total;
    index->room_before = index->room_both[index->adding];
    index->room = index->room_before[index->nblocks];
    if (!index->adding && index->parents.again && index->change > index->room) {
        index->lo = 0;
        sum_counts(index, scratch);
        index->room = index->room_before[index->nblocks];
    }
    bool bounded = !index->adding || index->hi != UINT64_MAX, ok = true;
    if (bounded && index->change > index->room) {
        index->change = index->room;
        index->room_before = index->room ? index->room_before : NULL;
        ok = false;
    }
    if (index->room)
        index->phase = rng_below(rng_philox(index->count->key, index->parents.first, UINT64_MAX).a,
                                 index->room);
    return ok;
}

/* What their bounds alone say: a total between those of all parents can be reached. */
static bool surely_reached(const PerIndex *index)
{
    if (!index->count->has_bounds || index->n == 0 || index->hi > CHILDREN_MAX / index->n ||
        index->total > CHILDREN_MAX)
        return false;
    uint64_t had = 0;
    for (const PerIndex *i = index->parents.capped ? index->parents.before : NULL; i;
         i = i->parents.before)
        had += i->total;
    bool enough = index->parents.again || index->total >= index->n * index->lo;
    return enough && had <= CHILDREN_MAX && index->total + had <= index->n * index->hi;
}

static void list_few(PerIndex *index, Arena *scratch);

static const PerIndex *counted(const PerIndex *index)
{
    if (atomic_load_explicit(&index->counted, memory_order_acquire))
        return index;
    PerIndex *own = (PerIndex *)index;
    pthread_mutex_lock(&own->counting);
    if (!own->counted) {
        Arena *scratch = arena_new();
        correct(own, (uint64_t)sum_counts(own, scratch), own->total, scratch);
        list_few(own, scratch);
        arena_free(scratch);
        atomic_store_explicit(&own->counted, true, memory_order_release);
    }
    pthread_mutex_unlock(&own->counting);
    return index;
}

static void set_bounds(PerIndex *index)
{
    const Bound *count = index->count;
    index->hi = UINT64_MAX;
    if (!count->has_bounds)
        return;
    index->lo = count->lo > 0 ? (uint64_t)count->lo : 0;
    index->hi = count->hi > 0 ? (uint64_t)count->hi : 0;
}

/* Gone rows of the parents before one. */
static uint64_t gone_before(const ChildrenOf *p, uint64_t row)
{
    return rowhistory_before(p->gone, p->upto, row) - rowhistory_before(p->gone, p->upto, p->first);
}

PerIndex *children_index(const Bound *count, ChildrenOf parents, uint64_t total, const char *where,
                         const char *subject, Arena *mem, Err *err)
{
    PerIndex *index = arena_new_of(mem, PerIndex);
    uint64_t n = parents.n - gone_before(&parents, parents.first + parents.n);
    *index = (PerIndex){.count = count,
                        .parents = parents,
                        .n = n,
                        .total = total,
                        .most_room = n ? CHILDREN_MAX / n : 0,
                        .nblocks = (n + CHILDREN_BLOCK - 1) / CHILDREN_BLOCK};
    if (n == 0 && total != UINT64_MAX && total > 0) {
        err_add(mem, err, ERR_COUNT, where, subject, "there are no parents to take %s",
                text_plural((int64_t)total, "row", mem));
        err_hint(mem, err, "give the parent table rows");
        return NULL;
    }
    set_bounds(index);
    index->raw_before = arena_array(mem, uint64_t, index->nblocks + 1);
    for (int way = 0; way < 2; way++)
        index->room_both[way] = arena_array(mem, uint64_t, index->nblocks + 1);
    if (total <= n / FEW_PARENTS)
        index->few = few_new(total, mem);
    pthread_mutex_init(&index->counting, NULL);
    if (total != UINT64_MAX && (parents.recorded || surely_reached(index)))
        return index;
    Arena *scratch = arena_new();
    u128 raw = sum_counts(index, scratch);
    bool ok = raw <= CHILDREN_MAX && (total <= CHILDREN_MAX || total == UINT64_MAX);
    if (!ok)
        err_add(mem, err, ERR_COUNT, where, subject, "more children than can be numbered");
    index->total = total == UINT64_MAX ? (uint64_t)raw : total;
    if (ok && !correct(index, (uint64_t)raw, index->total, scratch))
        ok = refuse(index, total,
                    index->adding ? (uint64_t)raw + index->room : (uint64_t)raw - index->room,
                    where, subject, mem, err);
    if (ok)
        list_few(index, scratch);
    arena_free(scratch);
    index->counted = true;
    return ok ? index : NULL;
}

uint64_t children_total(const PerIndex *index)
{
    return index->total;
}
uint64_t children_most(const PerIndex *index)
{
    return find_extremes(counted(index)).most;
}
uint64_t children_least(const PerIndex *index)
{
    return index->n ? find_extremes(counted(index)).least : 0;
}

/* ---- finding */

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
    Drawn counts[BATCH_ROWS];
    c->block = block;
    c->n = left < CHILDREN_BLOCK ? (uint32_t)left : CHILDREN_BLOCK;
    c->at = 0;
    for (uint32_t p = 0; p < c->n; p += BATCH_ROWS) {
        uint32_t n = c->n - p < BATCH_ROWS ? c->n - p : BATCH_ROWS;
        draw_counts(cursor, first + p, n, c->rows + p, counts, scratch);
        for (uint32_t k = 0; k < n; k++) {
            c->start[p + k] = children_before(index, raw, room);
            raw += counts[k].raw;
            room += index->change ? room_of(index, &counts[k]) : 0;
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

static void list_few(PerIndex *index, Arena *scratch)
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

/* Adds what the parents have of one index. */
static void add_children(ChildrenCursor *c, const uint64_t *rows, uint32_t n, GoneWalk w,
                         uint64_t *had, Arena *scratch)
{
    const PerIndex *index = counted(c->index);
    const ChildrenOf *p = &index->parents;
    if (index->few) {
        const Few *f = few_from(index->few, rows[0]);
        for (uint32_t k = 0; k < n && f->row <= rows[n - 1]; k++) {
            while (f->row < rows[k])
                f++;
            uint64_t children = f->row == rows[k] ? f[1].first - f->first : 0;
            if (children > 0)
                had[k] += children - gone_among(&w, p->first_row + f->first, children);
        }
        return;
    }
    bool all_there = rowhistory_before(p->gone, p->upto, rows[0]) ==
                     rowhistory_before(p->gone, p->upto, rows[n - 1] + 1);
    uint64_t gone = rows[0] > p->first ? gone_before(p, rows[0]) : 0;
    for (uint32_t k = 0; k < n; k++) {
        if (rows[k] < p->first || rows[k] - p->first >= p->n)
            continue;
        if (!all_there) {
            if (rowhistory_has(p->gone, p->upto, rows[k]))
                continue;
            gone = gone_before(p, rows[k]);
        }
        uint64_t at = rows[k] - p->first - gone;
        const Block *b = block_at(c, at / CHILDREN_BLOCK, scratch);
        uint64_t first = b->start[at % CHILDREN_BLOCK],
                 children = b->start[at % CHILDREN_BLOCK + 1] - first;
        if (children > 0)
            had[k] += children - gone_among(&w, p->first_row + first, children);
    }
}

static void had_before(ChildrenCursor *cursor, const uint64_t *rows, uint32_t n, uint64_t *had,
                       Arena *scratch)
{
    const ChildrenOf *own = &cursor->index->parents;
    memset(had, 0, sizeof *had * n);
    for (ChildrenCursor *c = cursor_before(cursor); n > 0 && c; c = cursor_before(c))
        add_children(c, rows, n, (GoneWalk){own->gone_children, own->gone_upto, 0}, had, scratch);
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
    const PerIndex *index = counted(cursor->index);
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
    const PerIndex *index = counted(cursor->index);
    const ChildrenOf *p = &index->parents;
    if (parent < p->first || parent - p->first >= p->n || rowhistory_has(p->gone, p->upto, parent))
        return 0;
    if (index->few) {
        const Few *f = few_from(index->few, parent);
        *child = f->first;
        return f->row == parent ? f[1].first - f->first : 0;
    }
    uint64_t at = parent - p->first - gone_before(p, parent), block = at / CHILDREN_BLOCK;
    const Block *c = block_at(cursor, block, scratch);
    *child = c->start[at % CHILDREN_BLOCK];
    return c->start[at % CHILDREN_BLOCK + 1] - *child;
}

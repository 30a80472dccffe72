/* Children per parent by prefix sums. Every parent draws a raw count; where the sum has to be
 * another one, the difference is spread over the room that each count has to its bound, in
 * proportion: parent p gets floor((D c[p+1] + o) / R) - floor((D c[p] + o) / R), c the running sum
 * of the room, R the whole of it, o a fixed random phase. These add up to D, and none exceeds its
 * room, since D <= R. Kept per block of parents: the raw sum and the room before it, counted when
 * they are first asked for. */
#include "base/text.h"
#include "gen/children_int.h"

#define CHILDREN_MAX (UINT64_C(1) << 62)

#define FEW_PARENTS                                                                                \
    64u /* for one child: then the parents that have any are kept instead of sought */

/* Their rows, and what they draw. */
static void draw_raw(const PerIndex *index, uint64_t first, uint32_t n, uint64_t *rows,
                     uint64_t *drawn, Arena *scratch)
{
    const ChildrenOf *p = &index->parents;
    uint64_t row = p->first + first;
    const uint8_t *kept = index->n == p->n ? children_bytes(index->draws, row) : NULL;
    if (!kept) {
        rowhistory_missing(p->upto ? p->gone : NULL, p->upto, p->first, first, rows, n);
        children_drawn(index->draws, index->count, rows, n, drawn, scratch);
        return;
    }
    for (uint32_t k = 0; k < n; k++) {
        rows[k] = row + k;
        drawn[k] = kept[k];
    }
}

void children_draw(ChildrenCursor *cursor, uint64_t first, uint32_t n, uint64_t *rows, Drawn *out,
                   Arena *scratch)
{
    const PerIndex *index = cursor->index;
    uint64_t left[PARENTS_AT_ONCE], drawn[PARENTS_AT_ONCE], hi = index->hi;
    draw_raw(index, first, n, rows, drawn, scratch);
    if (!children_are_cut(index)) {
        for (uint32_t k = 0; k < n; k++)
            out[k] = (Drawn){drawn[k], hi > drawn[k] ? hi - drawn[k] : 0};
        return;
    }
    if (!index->left)
        children_left(cursor, rows, n, left, scratch);
    for (uint32_t k = 0; index->left && k < n; k++)
        left[k] = index->left[rows[k] - index->parents.first];
    for (uint32_t k = 0; k < n; k++) {
        uint64_t raw = drawn[k] < left[k] ? drawn[k] : left[k];
        out[k] = (Drawn){raw, left[k] - raw};
    }
}

static void sum_block(ChildrenCursor *cursor, uint64_t block, u128 *raw, uint64_t room[2],
                      Arena *scratch)
{
    const PerIndex *index = cursor->index;
    uint64_t rows[PARENTS_AT_ONCE], end = (block + 1) * CHILDREN_BLOCK;
    Drawn counts[PARENTS_AT_ONCE];
    end = end < index->n ? end : index->n;
    for (uint64_t p = block * CHILDREN_BLOCK; p < end; p += PARENTS_AT_ONCE) {
        uint32_t n = end - p < PARENTS_AT_ONCE ? (uint32_t)(end - p) : PARENTS_AT_ONCE;
        arena_reset(scratch);
        children_draw(cursor, p, n, rows, counts, scratch);
        for (uint32_t k = 0; k < n; k++) {
            *raw += counts[k].raw;
            room[0] += room_of(index, false, &counts[k]);
            room[1] += room_of(index, true, &counts[k]);
        }
    }
}

/* One pass over the parents: sums of what they draw and of the room both ways, before each block
 * and in all. */
static u128 sum_counts(PerIndex *index, Arena *scratch)
{
    if (children_by_bytes(index))
        return children_sum_bytes(index);
    uint64_t room[2] = {0};
    Arena *mem = arena_new();
    ChildrenCursor *cursor = children_cursor(index, mem);
    u128 raw = 0;
    for (uint64_t block = 0;; block++) {
        index->raw_before[block] = (uint64_t)raw;
        for (int way = 0; way < 2; way++)
            index->room_both[way][block] = room[way];
        if (block == index->nblocks)
            break;
        sum_block(cursor, block, &raw, room, scratch);
    }
    arena_free(mem);
    return raw;
}

typedef struct Extremes {
    uint64_t most, least;
} Extremes;

static Extremes find_extremes(const PerIndex *index)
{
    uint64_t rows[PARENTS_AT_ONCE], room = 0;
    Drawn counts[PARENTS_AT_ONCE];
    Extremes found = {.least = UINT64_MAX};
    const FewChildren *few = index->few;
    for (uint64_t i = 0; few && i < few->n; i++) {
        uint64_t children = few->list[i + 1].first - few->list[i].first;
        found.most = children > found.most ? children : found.most;
        found.least = children < found.least ? children : found.least;
    }
    if (few)
        return (Extremes){found.most, few->n < index->n ? 0 : found.least};
    Arena *scratch = arena_new(), *mem = arena_new();
    ChildrenCursor *cursor = children_cursor(index, mem);
    for (uint64_t p = 0; p < index->n; p += PARENTS_AT_ONCE) {
        uint32_t n = index->n - p < PARENTS_AT_ONCE ? (uint32_t)(index->n - p) : PARENTS_AT_ONCE;
        arena_reset(scratch);
        children_draw(cursor, p, n, rows, counts, scratch);
        for (uint32_t k = 0; k < n; k++) {
            uint64_t done = share_before(index, room), raw = counts[k].raw;
            room += index->change ? room_of(index, index->adding, &counts[k]) : 0;
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

static void refuse(const PerIndex *index, uint64_t total, uint64_t reach, const char *where,
                   const char *subject, Arena *mem, Err *err)
{
    const char *parents = text_plural((int64_t)index->n, "parent", mem);
    if (index->adding && index->parents.nrooms) {
        err_add(mem, err, ERR_UNIQUE, where, subject,
                "%s take%s at most %s beside those that are there, by the bound and by the values "
                "of their keys, but %s are to come",
                parents, index->n == 1 ? "s" : "", text_plural((int64_t)reach, "row", mem),
                text_count((int64_t)total, mem));
        err_hint(mem, err,
                 "give the keys more values (a wider generator, more rows to refer to), have "
                 "more parents, or ask for fewer rows");
        return;
    }
    if (index->adding && index->parents.capped)
        err_add(mem, err, ERR_COUNT, where, subject,
                "%s take%s at most %s beside those that are there, but %s are to come", parents,
                index->n == 1 ? "s" : "", text_plural((int64_t)reach, "row", mem),
                text_count((int64_t)total, mem));
    else
        err_add(mem, err, ERR_COUNT, where, subject, "%s take%s at %s %s, but rows = %s", parents,
                index->n == 1 ? "s" : "", index->adding ? "most" : "least",
                text_plural((int64_t)reach, "row", mem), text_count((int64_t)total, mem));
    err_hint(
        mem, err,
        index->adding
            ? "raise the upper bound in per = {...}, have more parents, or ask for fewer rows"
            : "lower the lower bound in per = {...}, have fewer parents, or ask for more rows");
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
    bool bounded = !index->adding || is_bounded(index), ok = true;
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
    if (!index->count->has_bounds || index->parents.nrooms || index->n == 0 ||
        index->hi > CHILDREN_MAX / index->n || index->total > CHILDREN_MAX)
        return false;
    uint64_t had = 0;
    for (const PerIndex *i = index->parents.capped ? index->parents.before : NULL; i;
         i = i->parents.before)
        had += i->total;
    bool enough = index->parents.again || index->total >= index->n * index->lo;
    return enough && had <= CHILDREN_MAX && index->total + had <= index->n * index->hi;
}

static bool keeps_left(const PerIndex *index)
{
    const ChildrenOf *p = &index->parents;
    return index->hi <= UINT8_MAX && p->n <= CHILDREN_DRAWS_MAX &&
           (children_are_cut(index) || (index->few && index->n < p->n));
}

/* Sums, corrects and lists. False: the total cannot be reached. */
static bool count_parents(PerIndex *index, u128 *raw, Arena *scratch)
{
    Arena *mem = arena_new();
    if (index->few && keeps_left(index))
        index->left = arena_alloc_raw(mem, index->parents.n);
    if (index->left)
        children_left_of_all(index);
    *raw = sum_counts(index, scratch);
    if (index->total == UINT64_MAX)
        index->total = (uint64_t)*raw;
    bool ok = *raw <= CHILDREN_MAX && index->total <= CHILDREN_MAX &&
              correct(index, (uint64_t)*raw, index->total, scratch);
    if (ok || index->parents.recorded)
        children_list_few(index, scratch);
    if (index->few)
        index->left = NULL;
    arena_free(mem);
    return ok;
}

static void count(PerIndex *index)
{
    const ChildrenList *list = &index->parents.list;
    if (list->parents) {
        few_add_sets(index->few, list->parents, list->others);
        return;
    }
    Arena *scratch = arena_new();
    u128 raw;
    count_parents(index, &raw, scratch);
    arena_free(scratch);
}

const PerIndex *children_counted(const PerIndex *index)
{
    if (atomic_load_explicit(&index->counted, memory_order_acquire))
        return index;
    PerIndex *own = (PerIndex *)index;
    pthread_mutex_lock(&own->counting);
    if (!own->counted) {
        count(own);
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

PerIndex *children_index(const Bound *count, ChildrenOf parents, uint64_t total, const char *where,
                         const char *subject, Arena *mem, Err *err)
{
    PerIndex *index = arena_new_of(mem, PerIndex);
    uint64_t n = parents.n - children_gone_before(&parents, parents.first + parents.n);
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
    index->draws = parents.before ? parents.before->draws : NULL;
    pthread_mutex_init(&index->counting, NULL);
    if (parents.list.parents) {
        index->few = few_new(total, mem);
        return index;
    }
    index->draws = children_draws(count, parents.first, parents.n, index->draws, mem);
    index->raw_before = arena_array(mem, uint64_t, index->nblocks + 1);
    for (int way = 0; way < 2; way++)
        index->room_both[way] = arena_array(mem, uint64_t, index->nblocks + 1);
    if (total <= n / FEW_PARENTS)
        index->few = few_new(total, mem);
    else if (n > 0 && n <= CHILDREN_DRAWS_MAX)
        index->own = arena_alloc_raw(mem, n);
    if (!index->few && keeps_left(index))
        index->left = arena_alloc_raw(mem, parents.n);
    if (total != UINT64_MAX && (parents.recorded || surely_reached(index)))
        return index;
    Arena *scratch = arena_new();
    u128 raw;
    bool ok = count_parents(index, &raw, scratch);
    if (raw > CHILDREN_MAX || index->total > CHILDREN_MAX)
        err_add(mem, err, ERR_COUNT, where, subject, "more children than can be numbered");
    else if (!ok)
        refuse(index, total,
               index->adding ? (uint64_t)raw + index->room : (uint64_t)raw - index->room, where,
               subject, mem, err);
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
    return find_extremes(children_counted(index)).most;
}
uint64_t children_least(const PerIndex *index)
{
    return index->n ? find_extremes(children_counted(index)).least : 0;
}

bool children_list(const PerIndex *index, ChildrenList *list, Arena *mem)
{
    if (!index->few || index->total > CHILDREN_LISTED_MAX || !children_counted(index)->few)
        return false;
    RowSet *parents = rowset_new(mem), *others = rowset_new(mem);
    few_sets(index->few, parents, others, mem);
    *list = (ChildrenList){parents, others};
    return true;
}

static uint64_t end_of(const RowSet *set)
{
    const RowRange *last = set->nranges ? &set->ranges[set->nranges - 1] : NULL;
    return last ? last->first + last->rows : 0;
}

bool children_list_fits(const ChildrenList *list, uint64_t first, uint64_t n, uint64_t total)
{
    const RowSet *parents = list->parents, *others = list->others;
    return total <= CHILDREN_LISTED_MAX && parents->rows > 0 && parents->ranges[0].first >= first &&
           end_of(parents) <= first + n && parents->rows + others->rows == total &&
           !rowset_has(others, 0) && end_of(others) <= total;
}

/* Counts by bytes: where no parent takes more than fits into one, what parents draw and what they
 * may get stand side by side, and a pass over a million of them takes a millisecond or two. Parents
 * that are gone draw and get nothing. */
#include <string.h>

#include "gen/children_int.h"

#define STRETCH 256u

typedef struct Bytes {
    const uint8_t *drawn, *left; /* left NULL: hi for all */
    uint8_t lo, hi;
} Bytes;

typedef struct Sums {
    uint64_t raw, room[2];
} Sums;

bool children_by_bytes(const PerIndex *index)
{
    const ChildrenOf *p = &index->parents;
    return index->hi <= UINT8_MAX && (index->left || !children_are_cut(index)) &&
           (index->few ? index->left || index->n == p->n : index->n == p->n) &&
           children_bytes(index->draws, p->first);
}

static Bytes bytes_of(const PerIndex *index)
{
    return (Bytes){children_bytes(index->draws, index->parents.first), index->left,
                   (uint8_t)(index->lo < index->hi ? index->lo : index->hi), (uint8_t)index->hi};
}

static inline Drawn drawn_at(const Bytes *b, uint64_t at)
{
    uint8_t most = b->left ? b->left[at] : b->hi, raw = b->drawn[at];
    raw = b->left && raw > most ? most : raw;
    return (Drawn){raw, most > raw ? (uint8_t)(most - raw) : 0};
}

static Sums sums_of(Bytes b, uint64_t first, uint32_t n)
{
    uint32_t raw = 0, down = 0, up = 0;
    for (uint32_t k = 0; k < n; k++) {
        Drawn d = drawn_at(&b, first + k);
        raw += (uint8_t)d.raw;
        down += (uint8_t)d.raw > b.lo ? (uint8_t)(d.raw - b.lo) : 0;
        up += (uint8_t)d.more;
    }
    return (Sums){raw, {down, up}};
}

uint64_t children_sum_bytes(PerIndex *index)
{
    Bytes b = bytes_of(index);
    Sums all = {0};
    uint64_t rows = index->parents.n;
    for (uint64_t at = 0, block = 0; at < rows; at += CHILDREN_BLOCK, block++) {
        for (int way = 0; way < 2 && !index->few; way++)
            index->room_both[way][block] = all.room[way];
        if (!index->few)
            index->raw_before[block] = all.raw;
        Sums some =
            sums_of(b, at, rows - at < CHILDREN_BLOCK ? (uint32_t)(rows - at) : CHILDREN_BLOCK);
        all.raw += some.raw;
        all.room[0] += some.room[0];
        all.room[1] += some.room[1];
    }
    index->raw_before[index->nblocks] = all.raw;
    for (int way = 0; way < 2; way++)
        index->room_both[way][index->nblocks] = all.room[way];
    return all.raw;
}

/* floor(x / by) for x below 2^62, without a division for each. */
typedef struct Divisor {
    uint64_t by, inverse;
} Divisor;

static inline uint64_t divided(uint64_t x, Divisor d)
{
    uint64_t q = (uint64_t)(((u128)x * d.inverse) >> 64); /* that, or one less */
    return q + (x - q * d.by >= d.by);
}

/* Of the parents `first` .. first + n - 1, n <= CHILDREN_BLOCK, with the room before them. */
static void count_bytes(const PerIndex *index, Bytes b, uint64_t first, uint32_t n, uint64_t room,
                        uint8_t *counts)
{
    if (index->change == 0 || index->room == 0) {
        for (uint32_t k = 0; k < n; k++)
            counts[k] = (uint8_t)drawn_at(&b, first + k).raw;
        return;
    }
    Divisor d = {index->room, UINT64_MAX / index->room};
    uint64_t before = 0, change = index->change,
             x = (uint64_t)(((u128)change * room + index->phase) % index->room);
    for (uint32_t k = 0; k < n; k++) {
        Drawn drawn = drawn_at(&b, first + k);
        uint64_t down = drawn.raw > b.lo ? drawn.raw - b.lo : 0;
        x += change * (index->adding ? drawn.more : down);
        uint64_t share = divided(x, d), some = share - before;
        counts[k] = (uint8_t)(index->adding ? drawn.raw + some : drawn.raw - some);
        before = share;
    }
}

uint32_t children_block_bytes(const PerIndex *index, uint64_t block, uint8_t *counts)
{
    uint64_t first = block * CHILDREN_BLOCK, left = index->n - first;
    uint32_t n = left < CHILDREN_BLOCK ? (uint32_t)left : CHILDREN_BLOCK;
    count_bytes(index, bytes_of(index), first, n,
                index->room_before ? index->room_before[block] : 0, counts);
    return n;
}

void children_list_bytes(PerIndex *index)
{
    Bytes b = bytes_of(index);
    const ChildrenOf *p = &index->parents;
    uint64_t raw = 0, room = 0, child = 0;
    uint8_t counts[STRETCH];
    for (uint64_t at = 0; at < p->n; at += STRETCH) {
        uint32_t n = p->n - at < STRETCH ? (uint32_t)(p->n - at) : STRETCH;
        Sums some = sums_of(b, at, n);
        uint64_t more = index->change ? some.room[index->adding] : 0;
        bool any = children_before(index, raw + some.raw, room + more) > child;
        if (any)
            count_bytes(index, b, at, n, room, counts);
        for (uint32_t k = 0; any && k < n; k++) {
            if (counts[k])
                few_add(index->few, p->first + at + k, child);
            child += counts[k];
        }
        raw += some.raw;
        room += more;
    }
}

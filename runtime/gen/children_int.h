/* Private to the children: counting them (children.c) and finding them (children_find.c). */
#ifndef SEEDPIPE_GEN_CHILDREN_INT_H
#define SEEDPIPE_GEN_CHILDREN_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "gen/children.h"
#include "gen/children_draws.h"
#include "gen/children_few.h"

__extension__ typedef unsigned __int128 u128;

struct PerIndex {
    const Bound *count;
    ChildrenDraws *draws; /* NULL: none are kept */
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
    uint8_t *left; /* what each parent may get, by its row, 0 if it is gone; NULL: not kept. Of few
                      children, while they are counted */
    uint8_t
        *own; /* how many each parent has of this index, found when others ask; NULL: not kept */
    enum { OWN_UNKNOWN, OWN_KEPT, OWN_TOO_MANY } _Atomic own_state; /* some do not fit */
    pthread_mutex_t counting; /* by whoever asks first: plans are shared by threads */
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
    uint64_t walked, walked_to; /* a walk over PerIndex.own: the next parent, and its first child */
    Block *last;                /* that was asked for */
    Block *next;                /* where one ahead of the last goes */
    Block *kept[BLOCKS_KEPT];   /* by block number: for those who jump */
};

#define PARENTS_AT_ONCE 256u /* their draws stay in the nearest cache */

/* What a parent draws, and how many more it may have. */
typedef struct Drawn {
    uint64_t raw, more;
} Drawn;

static inline bool is_bounded(const PerIndex *index)
{
    return index->hi != UINT64_MAX || index->parents.nrooms;
}

/* How far a count can move in the wanted direction. */
static inline uint64_t room_of(const PerIndex *index, bool adding, const Drawn *drawn)
{
    uint64_t room;
    if (!adding)
        room = drawn->raw > index->lo ? drawn->raw - index->lo : 0;
    else if (!is_bounded(index))
        room = drawn->raw + 1; /* no bound: in proportion to what was drawn */
    else
        room = drawn->more;
    return room < index->most_room ? room : index->most_room;
}

/* Does what they have already lower what parents may get? */
static inline bool children_are_cut(const PerIndex *index)
{
    return (index->parents.capped && index->hi != UINT64_MAX) || index->parents.nrooms;
}

static inline uint64_t share_before(const PerIndex *index, uint64_t room_before)
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
static inline uint64_t children_before(const PerIndex *index, uint64_t raw, uint64_t room)
{
    uint64_t share = share_before(index, room);
    return index->adding ? raw + share : raw - share;
}

/* Of parents first .. first + n - 1 (relative to the index), n <= PARENTS_AT_ONCE; rows: theirs, by
 * their number among those that are there. */
void children_draw(ChildrenCursor *cursor, uint64_t first, uint32_t n, uint64_t *rows, Drawn *out,
                   Arena *scratch);
/* The same index, counted. */
const PerIndex *children_counted(const PerIndex *index);

/* children_find.c */
/* The first child of a block, and the block itself. */
uint64_t children_start(const PerIndex *index, uint64_t block);
Block *children_block(ChildrenCursor *cursor, uint64_t block, Arena *scratch);
/* Is PerIndex.own kept? Found out when first asked. */
bool children_own(const PerIndex *index);

/* children_bytes.c: can the index be counted, and its blocks be decoded, by bytes? */
bool children_by_bytes(const PerIndex *index);
/* What all parents draw; the sums before each block are kept as by drawing one by one. */
uint64_t children_sum_bytes(PerIndex *index);
/* How many children each parent of a block has; returns how many these are. */
uint32_t children_block_bytes(const PerIndex *index, uint64_t block, uint8_t *counts);
void children_list_bytes(PerIndex *index);

/* children_left.c */
/* Fills PerIndex.left. */
void children_left_of_all(PerIndex *index);
/* How many more the parents (ascending) may have beside their earlier children. */
void children_left(ChildrenCursor *cursor, const uint64_t *rows, uint32_t n, uint64_t *left,
                   Arena *scratch);
/* Where few parents have children: those that have any. */
void children_list_few(PerIndex *index, Arena *scratch);
/* Gone rows of the parents before one. */
uint64_t children_gone_before(const ChildrenOf *p, uint64_t row);

#endif

/* Children per parent: each parent draws its own number from a distribution; with a wanted total
 * the numbers are corrected inside the distribution's bounds so that the sum is exact. Any child
 * row finds its parent in O(log) time from prefix sums kept per block of parents: memory is
 * O(parents / CHILDREN_BLOCK). They are counted when somebody first asks, where the total is known
 * and can surely be reached: most commands touch a few tables of many. */
#ifndef SEEDPIPE_GEN_CHILDREN_H
#define SEEDPIPE_GEN_CHILDREN_H

#include "gen/gen.h"

#define CHILDREN_BLOCK 4096u

typedef struct PerIndex PerIndex;

/* Values that a key has for the rows below one parent: all from row `first` on share them, but for
 * those that were gone as of `gone`. */
typedef struct ChildrenRoom {
    uint64_t values, first;
    int gone;
    /* Where parents differ in that: of n parents, by any thread; NULL: `values`. */
    void (*ask)(const void *of, const uint64_t *rows, uint32_t n, uint64_t *values);
    const void *of;
} ChildrenRoom;

/* Few children, as they are kept: the parents that have any, and, of the children by their number,
 * all but each parent's first. NULL: they are not listed. */
typedef struct ChildrenList {
    const RowSet *parents, *others;
} ChildrenList;

/* Rows [first, first + n) of the parent table, but for those that were gone (as of `upto`). */
typedef struct ChildrenOf {
    uint64_t first, n;
    const RowHistory *gone;
    int upto;
    bool again;    /* they have children already: a lower bound was kept then, and yields now */
    bool recorded; /* this total was reached before */
    bool capped;   /* what they have counts to an upper bound: */
    const PerIndex *before;          /* the children that came before these; NULL: none */
    uint64_t first_row;              /* of these */
    const RowHistory *gone_children; /* of those before, as of gone_upto, these count no more */
    int gone_upto;
    const ChildrenRoom *rooms; /* none gets more than is left in any of these */
    int nrooms;
    ChildrenList list; /* what was counted when they were made */
} ChildrenOf;

/* total: rows wanted, or UINT64_MAX for
 * whatever the counts add up to. lo, hi: bounds of `count` (a bound integer node evaluated at the
 * parent's row). An unreachable total adds an error that names both numbers; where and subject are
 * for that error. */
PerIndex *children_index(const Bound *count, ChildrenOf parents, uint64_t total, const char *where,
                         const char *subject, Arena *mem, Err *err);
uint64_t children_total(const PerIndex *index);
/* Under one parent; these ask every parent. */
uint64_t children_most(const PerIndex *index);
uint64_t children_least(const PerIndex *index); /* 0 without parents */

#define CHILDREN_LISTED_MAX 16384u /* children; of more no list is made */
/* False: they are not few, or too many for a list. */
bool children_list(const PerIndex *index, ChildrenList *list, Arena *mem);
/* Can it be a list of `total` children of the parents first .. first + n - 1? */
bool children_list_fits(const ChildrenList *list, uint64_t first, uint64_t n, uint64_t total);

/* Decoded blocks, kept by an evaluator between calls so that a run of rows costs one decode per
 * block, and rows here and there not one for each. */
typedef struct ChildrenCursor ChildrenCursor;
ChildrenCursor *children_cursor(const PerIndex *index, Arena *mem);
/* scratch holds what the count needs while a block is decoded; the caller resets it when it likes.
 * child: 0 .. total-1 -> parent row (absolute) and the child's number under it. */
void children_find(ChildrenCursor *cursor, const uint64_t *child, uint32_t n, uint64_t *parent,
                   uint64_t *nth, Arena *scratch);
/* How many children a parent row has, and the number of its first one (undefined when it has none).
 */
uint64_t children_of(ChildrenCursor *cursor, uint64_t parent, uint64_t *first, Arena *scratch);
/* The same of the parent rows [from, to): their children stand side by side. */
uint64_t children_between(ChildrenCursor *cursor, uint64_t from, uint64_t to, uint64_t *first,
                          Arena *scratch);

#endif

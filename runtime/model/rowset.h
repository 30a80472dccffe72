/* RowSet: a set of row numbers of one table, kept as ascending ranges: rows that are gone, or whose
 * cells were made anew. Immutable once built; NULL stands for the empty set everywhere. */
#ifndef SEEDPIPE_MODEL_ROWSET_H
#define SEEDPIPE_MODEL_ROWSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct RowRange {
    uint64_t first, rows;
    uint64_t before; /* rows of the set in the ranges before this one */
} RowRange;

typedef struct RowSet {
    RowRange *ranges;
    size_t nranges, cap;
    uint64_t rows;
} RowSet;

RowSet *rowset_new(Arena *mem);
/* Adds rows; `first` must not lie before what was added last. */
void rowset_add(RowSet *set, uint64_t first, uint64_t rows, Arena *mem);
/* Takes out all rows from this one on. */
void rowset_cut(RowSet *set, uint64_t from);
/* All rows of both; the rows of a that are not in b. Either may be NULL; the result may be one of
 * them. */
const RowSet *rowset_union(const RowSet *a, const RowSet *b, Arena *mem);
const RowSet *rowset_union_all(const RowSet *const *sets, int n, Arena *mem);
const RowSet *rowset_minus(const RowSet *a, const RowSet *b, Arena *mem);
/* The rows of [first, first + rows) that are in the set. */
const RowSet *rowset_part(const RowSet *set, uint64_t first, uint64_t rows, Arena *mem);

/* Reads the rows in order: up to max of them from the cursor on, which moves behind them. 0: no
 * more. */
typedef struct RowCursor {
    size_t range;
    uint64_t done; /* of it */
} RowCursor;
uint32_t rowset_read(const RowSet *set, RowCursor *at, uint64_t *rows, uint32_t max);

static inline uint64_t rowset_rows(const RowSet *set)
{
    return set ? set->rows : 0;
}
bool rowset_has(const RowSet *set, uint64_t row);
/* How many rows of the set lie before this one. */
uint64_t rowset_before(const RowSet *set, uint64_t row);
/* The k-th (from 0) of the rows first, first + 1, ... that are not in the set. */
uint64_t rowset_nth_missing(const RowSet *set, uint64_t first, uint64_t k);
/* True when no row of [first, first + rows) is in the set. */
bool rowset_misses(const RowSet *set, uint64_t first, uint64_t rows);

/* Rows that went away over time: n disjoint sets, oldest first. Asked as of the first `upto` of
 * them, so that what was drawn then can be drawn again. NULL: nothing ever went. */
typedef struct RowHistory {
    const RowSet *const *sets; /* what it is made of */
    const bool *back;          /* of these, rows that came back; NULL: none */
    const RowSet **sums;       /* a Fenwick tree of unions: sums[i] holds lowbit(i) sets up to i */
    const RowSet **states;     /* or, where rows came back: all that was gone after i; NULL */
    const RowSet *late;        /* behind them all: a set that may still grow; NULL */
    int settled, n;            /* sets, without the late one and with it */
} RowHistory;

const RowHistory *rowhistory_new(const RowSet *const *sets, int n, Arena *mem);
/* The same for rows that also came back (sets[i] came where back[i], else went; NULL: none did).
 * What an earlier history (or NULL) has of the same first sets is shared, in its memory. */
const RowHistory *rowhistory_grown(const RowHistory *earlier, const RowSet *const *sets,
                                   const bool *back, int n, Arena *mem);
/* One more set behind a history (or NULL), which the caller may let grow. */
const RowHistory *rowhistory_late(const RowHistory *history, const RowSet *set, Arena *mem);
/* All rows that were gone then. */
const RowSet *rowhistory_as_of(const RowHistory *history, int upto, Arena *mem);
/* All rows that are gone in the end, and how many; both without the late ones. */
const RowSet *rowhistory_all(const RowHistory *history, Arena *mem);
uint64_t rowhistory_rows(const RowHistory *history);
bool rowhistory_has(const RowHistory *history, int upto, uint64_t row);
uint64_t rowhistory_before(const RowHistory *history, int upto, uint64_t row);
/* The first row from this one on that is gone; UINT64_MAX: none. */
uint64_t rowhistory_next(const RowHistory *history, int upto, uint64_t row);
uint64_t rowhistory_nth_missing(const RowHistory *history, int upto, uint64_t first, uint64_t k);
/* The k-th and those behind it: n rows, much faster than one by one. */
void rowhistory_missing(const RowHistory *history, int upto, uint64_t first, uint64_t k,
                        uint64_t *rows, uint32_t n);
/* The rows from first to before end that are not gone, as at most max ranges; how many. */
size_t rowhistory_there(const RowHistory *history, int upto, uint64_t first, uint64_t end,
                        RowRange *ranges, size_t max);

/* Text for the ledger: gaps and lengths as LEB128 numbers, in base 64. Read back: NULL when it is
 * no such text, or goes beyond 2^60 rows. */
const char *rowset_text(const RowSet *set, Arena *mem);
RowSet *rowset_parse(const char *text, Arena *mem);

#endif

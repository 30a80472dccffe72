/* What parents draw, kept: a byte each. Every index over the same parents asks for the same
 * numbers, and each more than once. */
#ifndef SEEDPIPE_GEN_CHILDREN_DRAWS_H
#define SEEDPIPE_GEN_CHILDREN_DRAWS_H

#include "gen/gen.h"

#define CHILDREN_DRAWS_MAX (UINT64_C(1) << 22) /* parents; for more nothing is kept */

#define CHILDREN_TALLY 255u

typedef struct ChildrenDraws ChildrenDraws;

/* Of the parents first .. first + n - 1; drawn when somebody first asks. Those of `earlier` (NULL
 * is fine), or of one that it was made behind, if it has them all; NULL: too many. */
ChildrenDraws *children_draws(const Bound *count, uint64_t first, uint64_t n,
                              ChildrenDraws *earlier, Arena *mem);
/* draws: NULL, or of a range that holds the rows. NULL and less than nothing count as 0. By any
 * thread. */
void children_drawn(ChildrenDraws *draws, const Bound *count, const uint64_t *rows, uint32_t n,
                    uint64_t *drawn, Arena *scratch);
/* The same, a byte for each parent from `first` on; NULL: they do not fit, or are not
 * kept. */
const uint8_t *children_bytes(ChildrenDraws *draws, uint64_t first);

#endif

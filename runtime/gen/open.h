/* Places in the domain of a key below an FK_PER parent that lead to parents which are there: in
 * segments that are marked so (Segment.open) a parent's children take these alone, in their order,
 * so that each parent has as many as it was counted. */
#ifndef SEEDPIPE_GEN_OPEN_H
#define SEEDPIPE_GEN_OPEN_H

#include "model/plan.h"

/* The key of the permutation below a parent. */
uint64_t place_key(const KeyGroup *group, uint64_t parent);
/* Can the group's index lead to a parent that was gone when the segment was made? */
bool places_close(const Plan *plan, const TablePlan *tp, int group, const Segment *s);
/* The place behind the n-th open one from `from` on, n > 0. When there are fewer it lies behind the
 * domain's end, by as many as are missing. parent: the row below which they lie. */
uint64_t places_open(const Plan *plan, const TablePlan *tp, int group, const Segment *s,
                     uint64_t parent, uint64_t from, uint64_t n);

#endif

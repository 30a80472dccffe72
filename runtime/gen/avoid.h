/* Places in a unique key's domain. Rows take them from its beginning; those whose values are in
 * rows of the user's own, and cells that are made anew, take theirs from its end, each place once:
 * generation g stands for place (size - g). So whatever is free is found. */
#ifndef SEEDPIPE_GEN_AVOID_H
#define SEEDPIPE_GEN_AVOID_H

#include "model/plan.h"

/* Rows that share a domain: all from one on, or a parent's children, per segment. */
typedef struct Sharing {
    const struct RowSpan {
        uint64_t first, end;
    } * spans;
    int n;
} Sharing;

/* The highest generation that these rows have in the key group, by the first `sets` of
 * TablePlan.avoided and the first `anew` of TablePlan.regenerated. */
uint64_t avoid_taken(const TablePlan *tp, int group, const Sharing *rows, int sets, int anew);
/* The generation of one of them, which is in TablePlan.avoided[set]. */
uint64_t avoid_generation(const TablePlan *tp, int set, const Sharing *rows, uint64_t row);

#endif

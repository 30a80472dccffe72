/* Where few of many parents have children, these are listed instead of sought: by the parent's row,
 * which is the order of the children, too. */
#ifndef SEEDPIPE_GEN_CHILDREN_FEW_H
#define SEEDPIPE_GEN_CHILDREN_FEW_H

#include <stdint.h>

#include "base/arena.h"
#include "model/rowset.h"

/* A parent that has children, and the first of them. */
typedef struct Few {
    uint64_t row, first;
} Few;

typedef struct FewChildren {
    Few *list; /* one more behind the last: of no row, and the number of children */
    uint64_t n, total;
} FewChildren;

FewChildren *few_new(uint64_t total, Arena *mem);
void few_add(FewChildren *few, uint64_t row, uint64_t first);
/* The same as sets: the parents, and the children that are not their parent's first. */
void few_add_sets(FewChildren *few, const RowSet *parents, const RowSet *others);
void few_sets(const FewChildren *few, RowSet *parents, RowSet *others, Arena *mem);
/* The first that is not before the row. */
const Few *few_from(const FewChildren *few, uint64_t row);
/* Whose child it is, of a list that is not empty. */
const Few *few_with(const FewChildren *few, uint64_t child);

#endif

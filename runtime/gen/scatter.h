/* A table whose rows are counted per several parents stands in the order of the first; under the
 * others the same rows are dealt out by a bijection between the row's number in its segment and a
 * child's number there. It is a permutation; or, where no two rows may have the same pair of
 * parents, a permutation that puts rows which follow each other far apart. */
#ifndef SEEDPIPE_GEN_SCATTER_H
#define SEEDPIPE_GEN_SCATTER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Scatter {
    uint64_t key, n;
    uint64_t blocks;         /* rows that follow each other go to blocks in turn; 0: anywhere */
    uint64_t length, longer; /* of a block; so many, the first ones, have a place more */
    uint64_t half; /* places of each block that are dealt out among themselves, as are the others,
                      each block in its own order; 0: all blocks in the same order */
} Scatter;

Scatter scatter_anywhere(uint64_t key, uint64_t n);
/* Two rows under one of the first parents, which have up to `most` rows (all as many when `even`),
 * come under different ones of the others, which have up to `other`. False when there are too few
 * rows for that: scatter_least says how many it takes. */
bool scatter_apart(Scatter *s, uint64_t key, uint64_t n, uint64_t most, bool even, uint64_t other);
uint64_t scatter_least(uint64_t most, bool even, uint64_t other);
/* row < n to the child's number, and back. */
uint64_t scatter_place(const Scatter *s, uint64_t row);
uint64_t scatter_row(const Scatter *s, uint64_t place);

#endif

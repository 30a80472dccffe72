/* Processes whose value at a place depends on the places before it, made so that any place is
 * computed alone: the values at 1, 2, 4, 8, ... follow from each other, and between two known
 * places the one in the middle is drawn from what the process allows there. Each place has one
 * draw, of its own number; a walk along neighbours takes one step each, a jump at most 2
 * log2(place). */
#ifndef SEEDPIPE_GEN_DYADIC_INT_H
#define SEEDPIPE_GEN_DYADIC_INT_H

#include "gen/gen.h"

#define DYADIC_LEVELS 62

typedef struct DyadicPlace {
    uint64_t key, place;
    uint32_t generation;
} DyadicPlace;

typedef struct DyadicDef {
    /* The value at 2 * width from the one at place width >= 1; at 1 from 0 when width is 0. */
    double (*next)(DyadicPlace at, uint64_t width, double before);
    /* The value in the middle of two places that lie 2 * half apart. */
    double (*middle)(DyadicPlace at, uint64_t half, double left, double right);
} DyadicDef;

/* What is known of one process: the ends of powers of two, and the way down to the last place. */
typedef struct DyadicWalk {
    const DyadicDef *def;
    uint64_t key;
    uint32_t generation;
    int known, depth;
    double powers[DYADIC_LEVELS + 1]; /* [j]: at 2^j */
    struct {
        uint64_t low, high;
        double left, right;
    } path[DYADIC_LEVELS + 1];
} DyadicWalk;

/* For places below 2^62; place 0 has the value 0. */
void dyadic_begin(DyadicWalk *w, const DyadicDef *def);
double dyadic_at(DyadicWalk *w, uint64_t key, uint32_t generation, uint64_t place);

extern const DyadicDef dyadic_brownian; /* steps with deviation 1 */
extern const DyadicDef dyadic_poisson;  /* gaps with mean 1, exponential and independent */

#endif

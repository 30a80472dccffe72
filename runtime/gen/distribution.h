/* Distributions over whatever has an order: the values of a range, the seconds between two moments,
 * the items of a list, the parents of a reference. A Dist is what the recipe said; over n places it
 * becomes a DistOver, constants of O(1) size from which any cell is drawn alone. */
#ifndef SEEDPIPE_GEN_DISTRIBUTION_H
#define SEEDPIPE_GEN_DISTRIBUTION_H

#include "gen/gen.h"

typedef enum DistKind {
    DIST_UNIFORM,
    DIST_NORMAL,
    DIST_LOGNORMAL,
    DIST_TRIANGULAR,
    DIST_HISTOGRAM,
    DIST_EXPONENTIAL,
    DIST_PARETO,
    DIST_ZIPF,
    DIST_GEOMETRIC,
    DIST_POISSON,
    DIST_COUNT
} DistKind;

struct Alias;

typedef struct Dist {
    DistKind kind;
    const char *name;
    bool has_a, has_b;           /* otherwise they follow from the range */
    double a, b;                 /* normal: mean, sd; lognormal: median, sigma; triangular: mode;
                                    exponential, poisson: mean; pareto: alpha; zipf: s; geometric: p */
    const struct Alias *buckets; /* histogram: of equal width */
} Dist;

/* What the places of a range mean to a distribution. Its parameters are in units: numbers for
 * numbers, days for dates and timestamps, hours for times of day, rows and items for picks. */
typedef struct DistAxis {
    double origin;   /* the value of place 0; 0 where units are counted from the beginning */
    double per_unit; /* places per unit */
    bool rounded;    /* a place stands for what is rounded to it, not for what begins with it */
} DistAxis;

typedef struct DistOver {
    DistKind kind;
    uint64_t n;
    double per_unit, low, width; /* the first place's beginning and all places' width, in units */
    double a, b, p_low, p_span;
    bool mirrored, one; /* one: every cell is place `only` */
    uint64_t only;
    double z_first, z_last, z_skip; /* zipf */
    double units;                   /* whole numbers: how many units the places span */
    double shift;                   /* 0.5 where units are rounded to places */
    const struct Alias *buckets;
} DistOver;

bool gen_is_distribution(const GenDef *def);

/* The distribution that a node names (zipf { s = 1.1 }) or a text (VAL_TEXT "zipf"). NULL with an
 * error at the node. */
const Dist *dist_of(const GenScope *scope, const Node *node, Arena *mem, Err *err);

/* The parameter `dist` of a call; NULL when it is not given, or uniform. False: errors were added.
 */
bool dist_param(const GenScope *scope, const Node *node, const Dist **out, Arena *mem, Err *err);

/* Prepares draws of 1 <= n <= 2^62 places. False when hardly any value lies among them; draws then
 * give the nearest place. Cheap enough for a batch or a segment, not meant for each cell. */
bool dist_over(const Dist *dist, DistAxis axis, uint64_t n, DistOver *out);
/* n items: parents of a reference, entries of a list; the first is the likeliest for zipf. */
static inline bool dist_over_items(const Dist *dist, uint64_t n, DistOver *out)
{
    return dist_over(dist, (DistAxis){.per_unit = 1}, n, out);
}

/* A place in [0, n), from draws 0, 1, ... of the cell: a pure function, whatever is rejected. */
uint64_t dist_pick(const DistOver *over, uint64_t key, uint64_t row, uint32_t generation);

#endif

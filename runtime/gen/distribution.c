/* Draws from distributions cut to a range: by the inverse distribution function where there is one,
 * else by rejection, attempt number i taking the cell's draw number i. Nothing is kept between
 * cells. */
#include "gen/distribution.h"

#include <float.h>

#include "gen/family_int.h"
#include "gen/fmath.h"

/* A rejection that goes on for longer gives its last try, cut to the range: with the shares that
 * binding admits this is never seen. */
#define ATTEMPTS_MAX 100000u
/* Less of the distribution inside the range than this is refused. */
#define CURVE_LEAST   1e-12
#define POISSON_LEAST 1e-3

/* The middle of one of 2^52 equal parts: never 0 and never 1. */
static double open_unit(uint64_t word)
{
    return ((double)(word >> 12) + 0.5) * 0x1p-52;
}

/* ---- preparing */

static bool only(DistOver *o, double x, bool fine)
{
    double place = (x - o->low) * o->per_unit;
    o->one = true;
    o->only = place < 1 ? 0 : place >= (double)o->n ? o->n - 1 : (uint64_t)place;
    return fine;
}

static Curve curve_of(const DistOver *o)
{
    return (Curve){.log = o->kind == DIST_LOGNORMAL,
                   .centre = o->a,
                   .spread = o->b,
                   .p_low = o->p_low,
                   .p_high = o->p_low + o->p_span,
                   .mirrored = o->mirrored};
}

static bool over_curve(const Dist *d, DistOver *o)
{
    double high = o->low + o->width;
    if (d->kind == DIST_NORMAL) {
        o->a = d->has_a ? d->a : o->low + o->width / 2;
        o->b = d->has_b ? d->b : o->width / 6;
    } else {
        double from = o->low > 0 ? o->low : 0;
        o->a = d->has_a ? d->a : from + (high - from) / 5;
        o->b = d->has_b ? d->b : 0.5;
        if (high <= 0)
            return only(o, high, false);
    }
    if (o->b == 0)
        return only(o, o->a, o->a >= o->low && o->a <= high);
    Curve curve = curve_of(o);
    if (!curve_cut(&curve, o->low, high))
        return only(o, o->a, false);
    o->p_low = curve.p_low;
    o->p_span = curve.p_high - curve.p_low;
    o->mirrored = curve.mirrored;
    return o->p_span > CURVE_LEAST;
}

/* The integral of x^-s from 1, its inverse, and the function (Hormann, Derflinger,
 * "Rejection-inversion to generate variates from monotone discrete distributions", 1996). */
static double zipf_area(double s, double x)
{
    double log_x = fm_log(x), t = (1 - s) * log_x;
    return (t == 0 ? 1 : fm_expm1(t) / t) * log_x;
}

static double zipf_inverse(double s, double area)
{
    double t = area * (1 - s);
    if (t <= -1)
        return DBL_MAX;
    return fm_exp((t == 0 ? 1 : fm_log1p(t) / t) * area);
}

static double zipf_height(double s, double x)
{
    return fm_exp(-s * fm_log(x));
}

static void over_zipf(const Dist *d, DistOver *o)
{
    o->a = d->has_a ? d->a : 1;
    o->z_first = zipf_area(o->a, 1.5) - 1;
    o->z_last = zipf_area(o->a, o->units + 0.5);
    o->z_skip = 2 - zipf_inverse(o->a, zipf_area(o->a, 2.5) - zipf_height(o->a, 2));
}

static bool over_poisson(const Dist *d, DistOver *o)
{
    o->a = d->has_a ? d->a : o->low + o->width / 2;
    double first = o->low, last = o->low + o->units - 1;
    if (!(o->a > 0))
        return only(o, 0, first <= 0);
    /* The share inside, by the normal distribution of the same mean; the first values are known. */
    double sd = __builtin_sqrt(o->a);
    double share =
        fm_normal_cdf((last + 0.5 - o->a) / sd) - fm_normal_cdf((first - 0.5 - o->a) / sd);
    double zero = first <= 0 && last >= 0 ? fm_exp(-o->a) : 0;
    o->p_low = fm_exp(-o->a);
    if (share < POISSON_LEAST && zero < POISSON_LEAST)
        return only(o, o->a, false);
    return true;
}

bool dist_over(const Dist *dist, DistAxis axis, uint64_t n, DistOver *out)
{
    bool from_start = dist->kind >= DIST_EXPONENTIAL, whole = dist->kind >= DIST_ZIPF;
    double half = axis.rounded && !from_start ? 0.5 / axis.per_unit : 0;
    *out = (DistOver){.kind = dist->kind,
                      .n = n,
                      .per_unit = axis.per_unit,
                      .low = axis.origin - half,
                      .width = (double)n / axis.per_unit,
                      .shift = axis.rounded && from_start && !whole ? 0.5 : 0,
                      .buckets = dist->buckets};
    DistOver *o = out;
    double units = o->width;
    o->units =
        units < 0x1p53 && (double)(int64_t)units < units ? (double)(int64_t)units + 1 : units;
    switch (dist->kind) {
    case DIST_NORMAL:
    case DIST_LOGNORMAL: return over_curve(dist, o);
    case DIST_TRIANGULAR:
        o->a = (dist->has_a ? dist->a - o->low : o->width / 2) / o->width;
        if (o->a >= 0 && o->a <= 1)
            return true;
        o->a = o->a < 0 ? 0 : 1;
        return false;
    case DIST_EXPONENTIAL:
        o->a = dist->has_a ? dist->a : o->width / 5;
        o->p_span = -fm_expm1(-o->width / o->a);
        return true;
    case DIST_PARETO:
        o->a = dist->has_a ? dist->a : 1.16;
        o->b = axis.origin > 0 ? axis.origin : o->width / 20;
        o->p_span = -fm_expm1(-o->a * fm_log(1 + o->width / o->b));
        return true;
    case DIST_GEOMETRIC:
        o->a = dist->has_a ? dist->a : 0.5;
        o->b = o->a < 1 ? fm_log1p(-o->a) : -DBL_MAX;
        o->p_span = o->a < 1 ? -fm_expm1(o->b * o->units) : 1;
        return true;
    case DIST_ZIPF: over_zipf(dist, o); return true;
    case DIST_POISSON: return over_poisson(dist, o);
    default: return true;
    }
}

/* ---- drawing: continuous ones give units from the beginning */

static double at_triangular(const DistOver *o, double u)
{
    double mode = o->a;
    return o->width *
           (u < mode ? __builtin_sqrt(u * mode) : 1 - __builtin_sqrt((1 - u) * (1 - mode)));
}

static double at_continuous(const DistOver *o, Rand2 r)
{
    double u = open_unit(r.a);
    switch (o->kind) {
    case DIST_NORMAL:
    case DIST_LOGNORMAL: {
        Curve curve = curve_of(o);
        return curve_at(&curve, r.a) - o->low;
    }
    case DIST_TRIANGULAR: return at_triangular(o, u);
    case DIST_HISTOGRAM:
        return (alias_pick(o->buckets, r.a) + open_unit(r.b)) / o->buckets->n * o->width;
    case DIST_EXPONENTIAL: return -o->a * fm_log1p(-u * o->p_span);
    case DIST_PARETO: return o->b * fm_expm1(-fm_log1p(-u * o->p_span) / o->a);
    default: return u * o->width;
    }
}

static double at_zipf(const DistOver *o, uint64_t key, uint64_t row, uint32_t generation)
{
    double k = 1;
    for (uint32_t attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        double u = open_unit(rng_draw(key, row, generation, attempt).a);
        double area = o->z_last + u * (o->z_first - o->z_last), x = zipf_inverse(o->a, area);
        k = x < 1 ? 1 : x + 0.5 >= o->units ? o->units : (double)(uint64_t)(x + 0.5);
        if (k - x <= o->z_skip || area >= zipf_area(o->a, k + 0.5) - zipf_height(o->a, k))
            break;
    }
    return k - 1;
}

static double at_geometric(const DistOver *o, double u)
{
    double k = fm_log1p(-u * o->p_span) / o->b;
    return k < 0 ? 0 : (double)(uint64_t)k;
}

/* One value of the whole distribution; below 0 when the try was rejected. Small means by summing
 * up; others by Hormann, "The transformed rejection method for generating Poisson random variables"
 * (1993), algorithm PTRS. */
static double try_poisson(double mean, double zero, Rand2 r)
{
    double u = open_unit(r.a), v = open_unit(r.b);
    if (mean < 10) {
        double p = zero, k = 0;
        while (u > p && k < 200) {
            u -= p;
            k++;
            p *= mean / k;
        }
        return k;
    }
    double b = 0.931 + 2.53 * __builtin_sqrt(mean), a = -0.059 + 0.02483 * b;
    double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), sure = 0.9277 - 3.6224 / (b - 2);
    u -= 0.5;
    double us = 0.5 - (u < 0 ? -u : u), x = (2 * a / us + b) * u + mean + 0.43;
    if (x < 0)
        return -1;
    double k = (double)(uint64_t)x;
    if (us >= 0.07 && v <= sure)
        return k;
    if (us < 0.013 && v > us)
        return -1;
    double left = fm_log(v * inverse_alpha / (a / (us * us) + b));
    return left <= k * fm_log(mean) - mean - fm_log_factorial(k) ? k : -1;
}

static double at_poisson(const DistOver *o, uint64_t key, uint64_t row, uint32_t generation)
{
    double k = 0;
    for (uint32_t attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        k = try_poisson(o->a, o->p_low, rng_draw(key, row, generation, attempt)) - o->low;
        if (k >= 0 && k < o->units)
            return k;
    }
    return k < 0 ? 0 : o->units - 1;
}

/* Finer places inside a unit are uniform, from a word of their own. */
#define FINE_DRAW 0x80000000u

static uint64_t place_of_unit(const DistOver *o, double unit, uint64_t key, uint64_t row,
                              uint32_t generation)
{
    double at = unit * o->per_unit, end = (unit + 1) * o->per_unit;
    uint64_t first = (uint64_t)at;
    if (o->per_unit > 1) {
        uint64_t last = end < (double)o->n ? (uint64_t)end : o->n;
        uint64_t fine = last > first ? last - first : 1;
        first += rng_below(rng_draw(key, row, generation, FINE_DRAW).a, fine);
    }
    return first < o->n ? first : o->n - 1;
}

uint64_t dist_pick(const DistOver *o, uint64_t key, uint64_t row, uint32_t generation)
{
    if (o->one)
        return o->only;
    switch (o->kind) {
    case DIST_UNIFORM: return rng_below(rng_draw(key, row, generation, 0).a, o->n);
    case DIST_ZIPF: return place_of_unit(o, at_zipf(o, key, row, generation), key, row, generation);
    case DIST_POISSON:
        return place_of_unit(o, at_poisson(o, key, row, generation), key, row, generation);
    case DIST_GEOMETRIC: {
        double unit = at_geometric(o, open_unit(rng_draw(key, row, generation, 0).a));
        return place_of_unit(o, unit, key, row, generation);
    }
    default: break;
    }
    double place = at_continuous(o, rng_draw(key, row, generation, 0)) * o->per_unit + o->shift;
    return place < 1 ? 0 : place >= (double)o->n ? o->n - 1 : (uint64_t)place;
}

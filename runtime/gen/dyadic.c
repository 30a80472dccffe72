/* Brownian motion by bridges (Lévy's construction), and the arrival times of a Poisson process,
 * where half of 2n gaps is a part of them with the distribution Beta(n, n). */
#include "gen/dyadic_int.h"

#include "gen/fmath.h"

void dyadic_begin(DyadicWalk *w, const DyadicDef *def)
{
    w->def = def;
    w->known = w->depth = 0;
    w->key = 0;
    w->generation = 0;
}

static void learn_powers(DyadicWalk *w, int level)
{
    for (; w->known <= level; w->known++) {
        uint64_t width = w->known ? UINT64_C(1) << (w->known - 1) : 0;
        DyadicPlace at = {w->key, UINT64_C(1) << w->known, w->generation};
        w->powers[w->known] = w->def->next(at, width, w->known ? w->powers[w->known - 1] : 0);
    }
}

double dyadic_at(DyadicWalk *w, uint64_t key, uint32_t generation, uint64_t place)
{
    if (place == 0)
        return 0;
    if (w->key != key || w->generation != generation)
        w->known = w->depth = 0;
    w->key = key;
    w->generation = generation;
    while (w->depth > 0 &&
           (place < w->path[w->depth - 1].low || place > w->path[w->depth - 1].high))
        w->depth--;
    if (w->depth == 0) {
        int level = 63 - __builtin_clzll(place);
        learn_powers(w, level + 1);
        w->path[0].low = UINT64_C(1) << level;
        w->path[0].high = UINT64_C(2) << level;
        w->path[0].left = w->powers[level];
        w->path[0].right = w->powers[level + 1];
        w->depth = 1;
    }
    for (;;) {
        uint64_t low = w->path[w->depth - 1].low, high = w->path[w->depth - 1].high;
        double left = w->path[w->depth - 1].left, right = w->path[w->depth - 1].right;
        if (place == low)
            return left;
        if (place == high)
            return right;
        uint64_t half = (high - low) / 2, mid = low + half;
        double value = w->def->middle((DyadicPlace){key, mid, generation}, half, left, right);
        bool below = place <= mid;
        w->path[w->depth].low = below ? low : mid;
        w->path[w->depth].high = below ? mid : high;
        w->path[w->depth].left = below ? left : value;
        w->path[w->depth].right = below ? value : right;
        w->depth++;
    }
}

static Rand2 draw(DyadicPlace at, uint32_t number)
{
    return rng_draw(at.key, at.place, at.generation, number);
}

/* In (0, 1). */
static double open_unit(uint64_t word)
{
    return rng_unit(word) + 0x1p-54;
}

/* ---- Brownian motion */

static double brownian_next(DyadicPlace at, uint64_t width, double before)
{
    return before +
           __builtin_sqrt(width ? (double)width : 1) * fm_normal_inv(open_unit(draw(at, 0).a));
}

static double brownian_middle(DyadicPlace at, uint64_t half, double left, double right)
{
    return (left + right) / 2 +
           __builtin_sqrt((double)half / 2) * fm_normal_inv(open_unit(draw(at, 0).a));
}

const DyadicDef dyadic_brownian = {brownian_next, brownian_middle};

/* ---- Poisson arrivals */

/* The sum of n gaps: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).
 */
static double gamma_of(DyadicPlace at, double n)
{
    if (n <= 1)
        return -fm_log(open_unit(draw(at, 0).a));
    double d = n - 1.0 / 3, c = 1 / __builtin_sqrt(9 * d);
    for (uint32_t number = 0;; number++) {
        Rand2 r = draw(at, number);
        double z = fm_normal_inv(open_unit(r.a)), v = 1 + c * z;
        if (v <= 0)
            continue;
        v = v * v * v;
        if (fm_log(open_unit(r.b)) < z * z / 2 + d - d * v + d * fm_log(v))
            return d * v;
    }
}

static double poisson_next(DyadicPlace at, uint64_t width, double before)
{
    return before + gamma_of(at, width ? (double)width : 1);
}

/* Beta(n, n): Ulrich, "Computer generation of distributions on the m-sphere" (1984); exact. */
static double poisson_middle(DyadicPlace at, uint64_t half, double left, double right)
{
    Rand2 r = draw(at, 0);
    double part = rng_unit(r.a);
    if (half > 1) {
        double power = 2 / (2 * (double)half - 1);
        double radius = __builtin_sqrt(-fm_expm1(power * fm_log(open_unit(r.a))));
        part = (1 + radius * fm_cos_turn(rng_unit(r.b))) / 2;
    }
    double value = left + (right - left) * part;
    return value < left ? left : value > right ? right : value;
}

const DyadicDef dyadic_poisson = {poisson_next, poisson_middle};

/* Distributions against their formulas (chi-square, Kolmogorov-Smirnov), on their own and spread
 * over ranges, moments, lists and picks; what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "gen/distribution.h"
#include "genkit.h"
#include "stats.h"

#define FITS(p) assert_true((p) > 0.001)
#define N       60000

static int setup(void **state)
{
    *state = genkit_new();
    return 0;
}

static int teardown(void **state)
{
    genkit_free(*state);
    return 0;
}

/* Cells 0 .. N-1 as doubles, decimals at their scale. */
static double *reals(GenKit *kit, const Bound *bound)
{
    double *all = arena_array(kit->mem, double, N);
    if (!bound)
        fail_msg("refused: %s", genkit_error(kit));
    for (int first = 0; first < N; first += (int)BATCH_ROWS) {
        uint32_t count = N - first < (int)BATCH_ROWS ? (uint32_t)(N - first) : BATCH_ROWS;
        const Vec *v = genkit_fill(kit, bound, (uint64_t)first, count);
        for (uint32_t k = 0; k < count; k++)
            all[first + (int)k] =
                v->kind == TYPE_FLOAT ? v->f[k] : (double)v->i[k] / pow(10, v->scale);
        genkit_reset(kit);
    }
    return all;
}

/* The chance of a worse fit of whole numbers lo .. lo + n - 1 to weights; what lies above goes into
 * the last. */
static double fit(const double *all, double lo, int n, const double *weights)
{
    uint64_t *seen = calloc((size_t)n, sizeof *seen);
    double *shares = calloc((size_t)n, sizeof *shares), sum = 0;
    for (int i = 0; i < n; i++)
        sum += weights[i];
    for (int i = 0; i < n; i++)
        shares[i] = weights[i] / sum;
    for (int i = 0; i < N; i++) {
        double at = all[i] - lo;
        assert_true(at >= 0 && at == floor(at));
        seen[at < n ? (int)at : n - 1]++;
    }
    double p = stats_chi_square(seen, shares, n);
    free(seen);
    free(shares);
    return p;
}

static void zipf_fits(void **state)
{
    GenKit *kit = *state;
    static const char *const powers[] = {"0", "0.5", "1", "1.1", "2.5", "8"};
    double weights[60];
    for (size_t i = 0; i < sizeof powers / sizeof *powers; i++) {
        for (int k = 0; k < 60; k++)
            weights[k] = pow(k + 1, -atof(powers[i]));
        const Bound *b = KIT_BIND(kit, "zipf", KIT_NUM("s", powers[i]), KIT_INT("max", 60));
        FITS(fit(reals(kit, b), 1, 60, weights));
        FITS(fit(reals(kit, KIT_BIND(kit, "zipf", KIT_NUM("s", powers[i]), KIT_INT("min", -5),
                                     KIT_INT("max", 54))),
                 -5, 60, weights));
    }
    /* A million million ranks, no table: the first nineteen and the rest. */
    double rest = 1e12;
    for (int k = 0; k < 19; k++) {
        weights[k] = pow(k + 1, -1.5);
        rest = 2.612375348685488 - 2 / sqrt(1e12);
    }
    for (int k = 0; k < 19; k++)
        rest -= weights[k];
    weights[19] = rest;
    FITS(fit(reals(kit, KIT_BIND(kit, "zipf", KIT_NUM("s", "1.5"),
                                 KIT_INT("max", INT64_C(1000000000000)))),
             1, 20, weights));
    double *one = reals(kit, KIT_BIND(kit, "zipf", KIT_INT("max", 1)));
    assert_true(one[0] == 1 && one[N - 1] == 1);
}

static void poisson_fits(void **state)
{
    GenKit *kit = *state;
    static const char *const means[] = {"0.2", "3", "9.9", "10", "37.5", "800"};
    double weights[1200];
    for (size_t i = 0; i < sizeof means / sizeof *means; i++) {
        double mean = atof(means[i]);
        for (int k = 0; k < 1200; k++)
            weights[k] = exp(k * log(mean) - mean - lgamma(k + 1));
        FITS(
            fit(reals(kit, KIT_BIND(kit, "poisson", KIT_NUM("mean", means[i]))), 0, 1200, weights));
    }
    double zero = reals(kit, KIT_BIND(kit, "poisson", KIT_INT("mean", 0)))[7];
    assert_true(zero == 0);
    for (int k = 0; k < 6; k++)
        weights[k] = exp((k + 2) * log(3.0) - lgamma(k + 3));
    FITS(fit(reals(kit, KIT_BIND(kit, "poisson", KIT_INT("mean", 3), KIT_INT("min", 2),
                                 KIT_INT("max", 7))),
             2, 6, weights));
}

static void geometric_fits(void **state)
{
    GenKit *kit = *state;
    static const char *const chances[] = {"0.9", "0.5", "0.05"};
    double weights[400];
    for (size_t i = 0; i < 3; i++) {
        double p = atof(chances[i]);
        for (int k = 0; k < 400; k++)
            weights[k] = p * pow(1 - p, k);
        const Bound *b = KIT_BIND(kit, "geometric", KIT_NUM("p", chances[i]));
        FITS(fit(reals(kit, b), 0, 400, weights));
        b = KIT_BIND(kit, "geometric", KIT_NUM("p", chances[i]), KIT_INT("min", 4),
                     KIT_INT("max", 9));
        FITS(fit(reals(kit, b), 4, 6, weights));
    }
    assert_true(reals(kit, KIT_BIND(kit, "geometric", KIT_INT("p", 1)))[3] == 0);
}

typedef struct Law {
    char kind;
    double a, b, low, high;
} Law;

static double law_cdf(double x, const Law *l)
{
    switch (l->kind) {
    case 'e': return 1 - exp(-(x - l->low) / l->a);
    case 'p': return 1 - pow(l->low / x, l->a);
    case 'n': return erfc(-(x - l->a) / l->b / sqrt(2)) / 2;
    case 'l': return x <= 0 ? 0 : erfc(-log(x / l->a) / l->b / sqrt(2)) / 2;
    case 't':
        return x < l->a ? (x - l->low) * (x - l->low) / (l->high - l->low) / (l->a - l->low)
                        : 1 - (l->high - x) * (l->high - x) / (l->high - l->low) / (l->high - l->a);
    default: return (x - l->low) / (l->high - l->low);
    }
}

static double cut_cdf(double x, const void *ctx)
{
    const Law *l = ctx;
    double from = law_cdf(l->low, l), to = law_cdf(l->high, l);
    return (law_cdf(x, l) - from) / (to - from);
}

static void law_fits(GenKit *kit, const Bound *bound, Law law)
{
    double *all = reals(kit, bound);
    for (int i = 0; i < N; i++)
        assert_true(all[i] >= law.low && all[i] <= law.high);
    double p = stats_ks(all, N, cut_cdf, &law);
    if (!(p > 0.001))
        fail_msg("law %c: p = %g", law.kind, p);
}

#define SCALED KIT_INT("scale", 9)

static void continuous_ones_fit(void **state)
{
    GenKit *kit = *state;
    law_fits(kit, KIT_BIND(kit, "uniform", KIT_INT("min", -3), KIT_INT("max", 5), SCALED),
             (Law){'u', 0, 0, -3, 5});
    law_fits(kit, KIT_BIND(kit, "exponential", KIT_INT("mean", 4), SCALED),
             (Law){'e', 4, 0, 0, 1e9});
    law_fits(kit,
             KIT_BIND(kit, "exponential", KIT_INT("mean", 4), KIT_INT("min", 2), KIT_INT("max", 5),
                      SCALED),
             (Law){'e', 4, 0, 2, 5});
    law_fits(kit, KIT_BIND(kit, "pareto", KIT_INT("alpha", 3), SCALED), (Law){'p', 3, 0, 1, 1e9});
    law_fits(kit,
             KIT_BIND(kit, "pareto", KIT_NUM("alpha", "1.16"), KIT_INT("min", 5),
                      KIT_INT("max", 50), SCALED),
             (Law){'p', 1.16, 0, 5, 50});
    law_fits(kit,
             KIT_BIND(kit, "triangular", KIT_INT("min", 2), KIT_INT("max", 10), KIT_INT("mode", 3),
                      SCALED),
             (Law){'t', 3, 0, 2, 10});
}

static void histograms_fit(void **state)
{
    GenKit *kit = *state;
    static const Value weights[] = {{.kind = VAL_INT, .i = 3},
                                    {.kind = VAL_INT, .i = 0},
                                    {.kind = VAL_FLOAT, .f = 0.5, .text = "0.5"},
                                    {.kind = VAL_INT, .i = 6}};
    const double shares[] = {3, 0, 0.5, 6};
    const Bound *b = KIT_BIND(kit, "histogram", KIT_LIST("weights", weights), KIT_INT("min", 10),
                              KIT_INT("max", 14), SCALED);
    double *all = reals(kit, b);
    for (int i = 0; i < N; i++)
        all[i] = fmin(floor(all[i]), 13);
    FITS(fit(all, 10, 4, shares));
}

static const Node *spread(GenKit *kit, const char *name, GenArg arg)
{
    return genkit_node(kit, name, (const GenArg[]){{0}, arg, {0}});
}

static void ranges_are_spread(void **state)
{
    GenKit *kit = *state;
    double weights[80];
    for (int k = 0; k < 11; k++) {
        Law law = {'n', 4, 3, 0, 0};
        weights[k] = law_cdf(k + 0.5, &law) - law_cdf(k - 0.5, &law);
    }
    const Node *normal = genkit_node(
        kit, "normal", (const GenArg[]){{0}, KIT_INT("mean", 4), KIT_INT("sd", 3), {0}});
    FITS(fit(reals(kit, KIT_BIND(kit, "int", KIT_INT("min", 0), KIT_INT("max", 10),
                                 KIT_NODE("dist", normal))),
             0, 11, weights));
    law_fits(kit,
             KIT_BIND(kit, "decimal", KIT_INT("min", -2), KIT_INT("max", 9), SCALED,
                      KIT_NODE("dist", normal)),
             (Law){'n', 4, 3, -2, 9});
    law_fits(
        kit,
        KIT_BIND(kit, "float", KIT_INT("min", -2), KIT_INT("max", 9), KIT_NODE("dist", normal)),
        (Law){'n', 4, 3, -2, 9});
    const Node *log =
        genkit_node(kit, "lognormal", (const GenArg[]){{0}, KIT_INT("median", 30), {0}});
    law_fits(kit,
             KIT_BIND(kit, "float", KIT_INT("min", 18), KIT_INT("max", 90), KIT_NODE("dist", log)),
             (Law){'l', 30, 0.5, 18, 90});
    /* By name: what is left out follows from the range, here mean 45 and sd 10. */
    law_fits(
        kit,
        KIT_BIND(kit, "float", KIT_INT("min", 15), KIT_INT("max", 75), KIT_TEXT("dist", "normal")),
        (Law){'n', 45, 10, 15, 75});
    for (int k = 0; k < 80; k++)
        weights[k] = 1 / (k + 1.0);
    FITS(fit(reals(kit, KIT_BIND(kit, "int_range", KIT_INT("min", 100), KIT_INT("max", 179),
                                 KIT_TEXT("dist", "zipf"))),
             100, 80, weights));
}

/* Days from the beginning, on dates and timestamps; hours of the day. */
static void moments_are_spread(void **state)
{
    GenKit *kit = *state;
    const Node *wait = spread(kit, "exponential", KIT_INT("mean", 10));
    const Bound *b =
        KIT_BIND(kit, "timestamp", KIT_TEXT("from", "2025-01-01"), KIT_NODE("dist", wait));
    double *all = reals(kit, b);
    for (int i = 0; i < N; i++)
        all[i] = all[i] / 86400e6 - 20089 + 0.5 / 86400;
    FITS(stats_ks(all, N, cut_cdf, &(Law){'e', 10, 0, 0, 365}));
    double weights[60];
    for (int k = 0; k < 60; k++)
        weights[k] = exp(-k / 10.0);
    FITS(fit(reals(kit, KIT_BIND(kit, "date", KIT_TEXT("from", "2025-01-01"),
                                 KIT_TEXT("to", "2025-03-01"), KIT_NODE("dist", wait))),
             20089, 60, weights));
    const Node *day =
        KIT_CALL(kit, "date", KIT_TEXT("from", "2020-01-01"), KIT_TEXT("to", "2020-01-01"));
    FITS(fit(reals(kit, KIT_BIND(kit, "after", KIT_NODE("x", day), KIT_DAYS("duration", 0, 59),
                                 KIT_NODE("dist", wait))),
             18262, 60, weights));
    /* Geometric days, and seconds of the day equally likely. */
    const Node *tries = spread(kit, "geometric", KIT_NUM("p", "0.5"));
    all = reals(kit, KIT_BIND(kit, "timestamp", KIT_TEXT("from", "2025-01-01"),
                              KIT_TEXT("to", "2025-01-20 23:59:59"), KIT_NODE("dist", tries)));
    double *seconds = arena_array(kit->mem, double, N);
    for (int i = 0; i < N; i++) {
        double days = all[i] / 86400e6 - 20089;
        seconds[i] = days - floor(days) + 0.5 / 86400;
        all[i] = floor(days);
    }
    for (int k = 0; k < 20; k++)
        weights[k] = pow(0.5, k + 1);
    FITS(fit(all, 0, 20, weights));
    FITS(stats_ks(seconds, N, cut_cdf, &(Law){'u', 0, 0, 0, 1}));
    const Node *noon = genkit_node(
        kit, "normal", (const GenArg[]){{0}, KIT_INT("mean", 12), KIT_INT("sd", 2), {0}});
    all = reals(kit, KIT_BIND(kit, "time", KIT_TEXT("from", "08:00"), KIT_TEXT("to", "20:00"),
                              KIT_NODE("dist", noon)));
    for (int i = 0; i < N; i++)
        all[i] = all[i] / 3600e6 + 0.5 / 3600;
    FITS(stats_ks(all, N, cut_cdf, &(Law){'n', 12, 2, 8, 20}));
}

static void picks_are_spread(void **state)
{
    GenKit *kit = *state;
    static const Value items[] = {
        {.kind = VAL_INT, .i = 0}, {.kind = VAL_INT, .i = 1}, {.kind = VAL_INT, .i = 2}};
    const double weights[] = {1, 0.5, 1 / 3.0};
    FITS(
        fit(reals(kit, KIT_BIND(kit, "choice", KIT_LIST("items", items), KIT_TEXT("dist", "zipf"))),
            0, 3, weights));
    /* Any kind over any number of items stays inside and is a function of the cell alone. */
    static const char *const names[] = {"uniform",   "normal", "lognormal", "triangular", "pareto",
                                        "geometric", "zipf",   "poisson",   "exponential"};
    static const uint64_t counts[] = {1, 2, 3, 1000, UINT64_C(1) << 40, UINT64_C(1) << 62};
    for (size_t d = 0; d < sizeof names / sizeof *names; d++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            const Node *node = KIT_CALL(kit, names[d]);
            const Dist *dist = dist_of(&kit->scope, node, kit->mem, &kit->err);
            assert_non_null(dist);
            DistOver over, again;
            assert_true(dist_over_items(dist, counts[i], &over));
            assert_true(dist_over_items(dist, counts[i], &again));
            for (uint64_t row = 0; row < 2000; row++) {
                uint64_t at = dist_pick(&over, 99, row, 0);
                assert_true(at < counts[i]);
                assert_int_equal(at, dist_pick(&again, 99, row, 0));
            }
        }
    /* Out of reach: the nearest item, since a reference has to go somewhere. */
    const Node *far = spread(kit, "normal", KIT_INT("mean", 100000));
    Dist dist = *dist_of(&kit->scope, far, kit->mem, &kit->err);
    dist.has_b = true;
    dist.b = 1;
    DistOver over;
    assert_false(dist_over_items(&dist, 10, &over));
    assert_int_equal(dist_pick(&over, 1, 1, 0), 9);
}

static void refused(GenKit *kit, const Node *node, const char *message)
{
    assert_null(genkit_bind(kit, node));
    if (!strstr(genkit_error(kit), message))
        fail_msg("\"%s\" does not say \"%s\"", genkit_error(kit), message);
}

static void bad_ones_are_refused(void **state)
{
    GenKit *kit = *state;
    static const Value none[] = {{.kind = VAL_INT, .i = 0}}, text[] = {{.kind = VAL_TEXT}};
    const Node *other = KIT_CALL(kit, "uuid"), *with_max = spread(kit, "zipf", KIT_INT("max", 5)),
               *negative = spread(kit, "zipf", KIT_INT("s", -1));
    refused(kit, KIT_CALL(kit, "exponential", KIT_INT("mean", 0)), "mean = 0 is not between");
    refused(kit, KIT_CALL(kit, "pareto", KIT_INT("min", 0)), "min = 0 must be above 0");
    refused(kit, KIT_CALL(kit, "pareto", KIT_NUM("alpha", "0.1")), "do not fit 18 digits");
    refused(kit, KIT_CALL(kit, "triangular", KIT_INT("mode", 7)), "hardly any value of triangular");
    refused(kit, KIT_CALL(kit, "uniform", KIT_INT("min", 3)),
            "min (3) is above max (1 by default)");
    refused(kit, KIT_CALL(kit, "histogram", KIT_LIST("weights", none)), "must be above 0");
    refused(kit, KIT_CALL(kit, "histogram", KIT_LIST("weights", text)),
            "weight 1 must be a number");
    refused(kit, KIT_CALL(kit, "histogram"), "histogram needs weights");
    refused(kit, KIT_CALL(kit, "poisson", KIT_INT("mean", 5), KIT_INT("min", 90)),
            "min (90) is above max");
    refused(kit,
            KIT_CALL(kit, "poisson", KIT_INT("mean", 5), KIT_INT("min", 40), KIT_INT("max", 50)),
            "hardly any value of poisson");
    refused(kit, KIT_CALL(kit, "zipf", KIT_INT("max", 0)), "min (1 by default) is above max (0)");
    refused(kit, KIT_CALL(kit, "zipf", KIT_INT("s", 21)), "s = 21 is not between 0 and 20");
    refused(kit, KIT_CALL(kit, "geometric", KIT_INT("p", 2)), "p = 2 is not between");
    refused(kit, KIT_CALL(kit, "int", KIT_TEXT("dist", "zapf")), "\"zapf\" is no distribution");
    assert_non_null(strstr(kit->err.first->hint, "zipf"));
    refused(kit, KIT_CALL(kit, "int", KIT_NODE("dist", other)), "dist must be a distribution");
    refused(kit, KIT_CALL(kit, "int", KIT_NODE("dist", with_max)),
            "zipf: max follows from the range");
    refused(kit, KIT_CALL(kit, "int", KIT_NODE("dist", negative)), "s = -1 is not between");
    refused(kit,
            KIT_CALL(kit, "int", KIT_INT("min", INT64_MIN), KIT_INT("max", INT64_MAX),
                     KIT_TEXT("dist", "zipf")),
            "too wide for a distribution");
    const Node *far = genkit_node(
        kit, "normal", (const GenArg[]){{0}, KIT_INT("mean", -900), KIT_INT("sd", 1), {0}});
    refused(kit, KIT_CALL(kit, "int", KIT_NODE("dist", far)), "hardly any value of normal");
    refused(kit, KIT_CALL(kit, "float", KIT_NODE("dist", far)), "hardly any value of normal");
    refused(kit,
            KIT_CALL(kit, "float", KIT_NUM("max", "1e308"), KIT_NUM("min", "-1e308"),
                     KIT_NODE("dist", far)),
            "too wide or too narrow");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zipf_fits),
        cmocka_unit_test(poisson_fits),
        cmocka_unit_test(geometric_fits),
        cmocka_unit_test(continuous_ones_fit),
        cmocka_unit_test(histograms_fit),
        cmocka_unit_test(ranges_are_spread),
        cmocka_unit_test(moments_are_spread),
        cmocka_unit_test(picks_are_spread),
        cmocka_unit_test(bad_ones_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

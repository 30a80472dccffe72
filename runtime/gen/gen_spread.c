/* The distributions as generators of their own, other than normal and lognormal: each is a range of
 * numbers and the Dist that spreads them. */
#include "gen/family_int.h"

#include "base/decimal.h"
#include "gen/fmath.h"

/* -log of 2^-52: no draw lies further out in a tail. */
#define TAIL 36.043653389117154

/* Numbers min..max with `scale` digits; where the recipe gives no max, as far as `reach`. */
static bool bind_numbers(GenBind *b, const Dist *d, double min, double reach)
{
    const char *gen = b->node->gen->name;
    int scale = (int)gen_param_int(b, "scale", 2);
    double factor = fm_pow10(scale);
    bool capped = param_given(b, "max");
    if (!capped && (reach * factor > 9e17 || reach * factor < -9e17)) {
        gen_bind_error(b, ERR_RECIPE,
                       "%s: values of up to %.3g do not fit 18 digits with %d after the point", gen,
                       reach, scale);
        return err_hint(b->mem, b->err, "give max, or a smaller scale");
    }
    int64_t lo, hi;
    if (!param_decimal(b, "min", scale, round_half_away(min * factor), &lo) ||
        !param_decimal(b, "max", scale, capped ? 0 : round_half_away(reach * factor), &hi) ||
        !param_ordered(b, "min", "max", lo <= hi))
        return false;
    Type type = scale ? type_decimal(lo, hi, scale) : type_int(lo, hi);
    return int_range_bind(b, type, lo, hi, 1) &&
           int_range_spread(b, d, (DistAxis){decimal_to_double(lo, scale), factor, true});
}

#define SCALE_PARAM                                                                                \
    {                                                                                              \
        .name = "scale", .kind = PARAM_INT, .default_text = "2", .min = 0, .max = 9,               \
        .doc = "digits after the point; 0 gives whole numbers"                                     \
    }

/* ---- between two bounds */

static bool bind_bounded(GenBind *b)
{
    Dist d;
    return dist_read(b, &d) && bind_numbers(b, &d, 0, 1);
}

static const GenParam uniform_params[] = {
    {.name = "min", .kind = PARAM_NUMBER, .default_text = "0", .doc = "the least value"},
    {.name = "max", .kind = PARAM_NUMBER, .default_text = "1", .doc = "the greatest value"},
    SCALE_PARAM,
};
const GenDef gen_def_uniform = {.name = "uniform",
                                .family = "distribution",
                                .doc = "A number between two bounds, each equally likely.",
                                .example = "uniform { min = 0, max = 10, scale = 3 }",
                                GEN_PARAMS(uniform_params),
                                .bind = bind_bounded};

static const GenParam triangular_params[] = {
    {.name = "min", .kind = PARAM_NUMBER, .default_text = "0", .doc = "the least value"},
    {.name = "max", .kind = PARAM_NUMBER, .default_text = "1", .doc = "the greatest value"},
    {.name = "mode", .kind = PARAM_NUMBER, .doc = "the likeliest value; the middle when left out"},
    SCALE_PARAM,
};
const GenDef gen_def_triangular = {
    .name = "triangular",
    .family = "distribution",
    .doc = "A number between two bounds, likeliest at its mode and falling to both sides.",
    .example = "triangular { min = 5, max = 60, mode = 12 }",
    GEN_PARAMS(triangular_params),
    .bind = bind_bounded};

static const GenParam histogram_params[] = {
    {.name = "weights",
     .kind = PARAM_LIST,
     .required = true,
     .doc = "how often each bucket comes; the buckets part the range equally"},
    {.name = "min", .kind = PARAM_NUMBER, .default_text = "0", .doc = "where the first begins"},
    {.name = "max", .kind = PARAM_NUMBER, .default_text = "1", .doc = "where the last ends"},
    SCALE_PARAM,
};
const GenDef gen_def_histogram = {
    .name = "histogram",
    .family = "distribution",
    .doc = "A number by a histogram: buckets of equal width, each with a weight.",
    .example = "histogram { weights = { 2, 9, 14, 6 }, min = 0, max = 80, scale = 0 }",
    GEN_PARAMS(histogram_params),
    .bind = bind_bounded};

/* ---- tails */

static bool bind_exponential(GenBind *b)
{
    Dist d;
    double min;
    if (!dist_read(b, &d) || !param_real(b, "min", 0, &min))
        return false;
    if (!d.has_a)
        d.a = 1;
    d.has_a = true;
    return bind_numbers(b, &d, 0, min + d.a * TAIL);
}

static const GenParam exponential_params[] = {
    {.name = "mean",
     .kind = PARAM_NUMBER,
     .default_text = "1",
     .min = 1e-9,
     .max = 1e15,
     .doc = "how far above min the values lie on average"},
    {.name = "min", .kind = PARAM_NUMBER, .default_text = "0", .doc = "the least value"},
    {.name = "max",
     .kind = PARAM_NUMBER,
     .doc = "nothing above it; the shape is cut, values do not pile up there"},
    SCALE_PARAM,
};
const GenDef gen_def_exponential = {.name = "exponential",
                                    .family = "distribution",
                                    .doc = "A waiting time: most are short, a few are long.",
                                    .example = "exponential { mean = 45, max = 600 }",
                                    GEN_PARAMS(exponential_params),
                                    .bind = bind_exponential};

static bool bind_pareto(GenBind *b)
{
    Dist d;
    double min;
    if (!dist_read(b, &d) || !param_real(b, "min", 1, &min))
        return false;
    if (!(min > 0))
        return gen_bind_error(b, ERR_RECIPE, "pareto: min = %s must be above 0",
                              param_spelling(b, "min"));
    double alpha = d.has_a ? d.a : 1.16, tail = TAIL / alpha;
    return bind_numbers(b, &d, 1, tail > 600 ? 1e300 : min * fm_exp(tail));
}

static const GenParam pareto_params[] = {
    {.name = "alpha",
     .kind = PARAM_NUMBER,
     .default_text = "1.16",
     .min = 0.05,
     .max = 100,
     .doc = "how thin the tail is; 1.16 gives a fifth of the rows four fifths of the sum"},
    {.name = "min", .kind = PARAM_NUMBER, .default_text = "1", .doc = "the least value, above 0"},
    {.name = "max",
     .kind = PARAM_NUMBER,
     .doc = "nothing above it; the shape is cut, values do not pile up there"},
    SCALE_PARAM,
};
const GenDef gen_def_pareto = {.name = "pareto",
                               .family = "distribution",
                               .doc = "A number with a heavy tail, like wealth and file sizes.",
                               .example = "pareto { alpha = 1.5, min = 10, max = 100000 }",
                               GEN_PARAMS(pareto_params),
                               .bind = bind_pareto};

/* ---- whole numbers */

static bool bind_whole(GenBind *b, const Dist *d, int64_t min, double reach)
{
    int64_t lo = gen_param_int(b, "min", min),
            hi = gen_param_int(b, "max",
                               reach > 9e17 ? INT64_C(900000000000000000) : (int64_t)reach);
    return param_ordered(b, "min", "max", lo <= hi) &&
           int_range_bind(b, type_int(lo, hi), lo, hi, 1) &&
           int_range_spread(b, d, (DistAxis){(double)lo, 1, true});
}

static bool bind_zipf(GenBind *b)
{
    Dist d;
    return dist_read(b, &d) && bind_whole(b, &d, 1, 1000);
}

static const GenParam zipf_params[] = {
    {.name = "s",
     .kind = PARAM_NUMBER,
     .default_text = "1",
     .min = 0,
     .max = 20,
     .doc = "how steep: value number k comes 1 / k^s as often as the first"},
    {.name = "min", .kind = PARAM_INT, .default_text = "1", .doc = "the likeliest value"},
    {.name = "max", .kind = PARAM_INT, .default_text = "1000", .doc = "the least likely value"},
};
const GenDef gen_def_zipf = {
    .name = "zipf",
    .family = "distribution",
    .doc = "A rank: the first is the most popular, as with words, songs and customers.",
    .example = "zipf { s = 1.1, max = 500 }",
    GEN_PARAMS(zipf_params),
    .bind = bind_zipf};

static bool bind_geometric(GenBind *b)
{
    Dist d;
    if (!dist_read(b, &d))
        return false;
    double p = d.has_a ? d.a : 0.5, reach = p < 1 ? TAIL / -fm_log1p(-p) : 0;
    return bind_whole(b, &d, 0, (double)gen_param_int(b, "min", 0) + reach);
}

static const GenParam geometric_params[] = {
    {.name = "p",
     .kind = PARAM_NUMBER,
     .default_text = "0.5",
     .min = 1e-9,
     .max = 1,
     .doc = "the chance to stop at each step"},
    {.name = "min", .kind = PARAM_INT, .default_text = "0", .doc = "the likeliest value"},
    {.name = "max", .kind = PARAM_INT, .doc = "nothing above it; the shape is cut"},
};
const GenDef gen_def_geometric = {.name = "geometric",
                                  .family = "distribution",
                                  .doc = "How many tries fail before one succeeds.",
                                  .example = "geometric { p = 0.3 }",
                                  GEN_PARAMS(geometric_params),
                                  .bind = bind_geometric};

static bool bind_poisson(GenBind *b)
{
    Dist d;
    if (!dist_read(b, &d))
        return false;
    if (!d.has_a)
        d.a = 1;
    d.has_a = true;
    return bind_whole(b, &d, 0, d.a + 12 * __builtin_sqrt(d.a) + 40);
}

static const GenParam poisson_params[] = {
    {.name = "mean",
     .kind = PARAM_NUMBER,
     .default_text = "1",
     .min = 0,
     .max = 1e9,
     .doc = "how many on average"},
    {.name = "min", .kind = PARAM_INT, .default_text = "0", .doc = "nothing below it"},
    {.name = "max", .kind = PARAM_INT, .doc = "nothing above it; the shape is cut"},
};
const GenDef gen_def_poisson = {
    .name = "poisson",
    .family = "distribution",
    .doc = "How many events fall into a span of time, when each comes by itself.",
    .example = "poisson { mean = 3 }",
    GEN_PARAMS(poisson_params),
    .bind = bind_poisson};

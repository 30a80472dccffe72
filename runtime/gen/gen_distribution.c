/* Bell-shaped numbers: normal, and lognormal for what is never negative and has a long tail
 * (incomes, prices, sizes). */
#include "gen/family_int.h"

#include <float.h>

#include "base/decimal.h"
#include "gen/fmath.h"

typedef struct Rounded {
    Curve curve;
    double factor;  /* 10^scale */
    int64_t lo, hi; /* unscaled bounds of the result */
} Rounded;

static void fill_rounded(const GenCall *c, Vec *out)
{
    const Rounded *r = c->bound->state;
    double drawn[CURVE_AT_ONCE];
    for (uint32_t from = 0, n; from < c->n; from += n) {
        n = c->n - from < CURVE_AT_ONCE ? c->n - from : CURVE_AT_ONCE;
        curve_fill_drawn(&r->curve, c, from, n, drawn);
        for (uint32_t k = 0; k < n; k++) {
            int64_t v = round_half_away(drawn[k] * r->factor);
            out->i[from + k] = v < r->lo ? r->lo : v > r->hi ? r->hi : v;
        }
    }
}

/* Bounds from the parameters where given, else from the curve's own reach. */
static bool find_bounds(GenBind *b, Rounded *r, int scale)
{
    const char *gen = b->node->gen->name;
    double low, high, limit = 9e17;
    curve_range(&r->curve, &low, &high);
    low *= r->factor;
    high *= r->factor;
    if (low < -limit || high > limit) {
        gen_bind_error(b, ERR_RECIPE,
                       "%s: values of up to %.3g do not fit 18 digits with %d after the point", gen,
                       (high > -low ? high : -low) / r->factor, scale);
        return err_hint(b->mem, b->err, "give min and max, or a smaller scale");
    }
    int64_t min, max;
    if (!param_decimal(b, "min", scale, round_half_away(low), &min) ||
        !param_decimal(b, "max", scale, round_half_away(high), &max))
        return false;
    r->lo = min;
    r->hi = max;
    return true;
}

static bool bind_rounded(GenBind *b, Rounded *r)
{
    const char *gen = b->node->gen->name;
    int scale = (int)gen_param_int(b, "scale", 2);
    double min, max;
    if (!param_real(b, "min", -DBL_MAX, &min) || !param_real(b, "max", DBL_MAX, &max) ||
        !param_ordered(b, "min", "max", min <= max))
        return false;
    if (r->curve.log && max <= 0)
        return gen_bind_error(b, ERR_RECIPE, "%s: max = %s, but every value is above 0", gen,
                              param_spelling(b, "max"));
    r->factor = fm_pow10(scale);
    if (r->curve.spread == 0 || min == max) {
        /* Everything is one value: the nearest to the centre that min and max allow. */
        double only = r->curve.centre < min ? min : r->curve.centre > max ? max : r->curve.centre;
        r->curve = (Curve){.centre = only, .p_low = 0.5, .p_high = 0.5};
    } else if (!curve_cut(&r->curve, min, max)) {
        gen_bind_error(b, ERR_RECIPE,
                       "%s: hardly any value would lie between min (%s) and max (%s)", gen,
                       param_spelling(b, "min"), param_spelling(b, "max"));
        return err_hint(b->mem, b->err, "%s",
                        r->curve.log ? "move median into min..max, or raise sigma"
                                     : "move mean into min..max, or raise sd");
    }
    if (!find_bounds(b, r, scale))
        return false;
    b->out->type = scale ? type_decimal(r->lo, r->hi, scale) : type_int(r->lo, r->hi);
    b->out->state = r;
    b->out->fill = fill_rounded;
    if (!scale) {
        b->out->lo = r->lo;
        b->out->hi = r->hi;
        b->out->has_bounds = true;
    }
    return true;
}

static bool bind_normal(GenBind *b)
{
    Rounded *r = arena_new_of(b->mem, Rounded);
    Dist d;
    if (!dist_read(b, &d))
        return false;
    r->curve.centre = d.has_a ? d.a : 0;
    r->curve.spread = d.has_b ? d.b : 1;
    return bind_rounded(b, r);
}

static const GenParam normal_params[] = {
    {.name = "mean", .kind = PARAM_NUMBER, .default_text = "0", .doc = "the centre"},
    {.name = "sd",
     .kind = PARAM_NUMBER,
     .default_text = "1",
     .doc = "the standard deviation: two thirds lie within one of it"},
    {.name = "scale",
     .kind = PARAM_INT,
     .default_text = "2",
     .min = 0,
     .max = 9,
     .doc = "digits after the point; 0 gives whole numbers"},
    {.name = "min",
     .kind = PARAM_NUMBER,
     .doc = "nothing below it; the shape is cut, values do not pile up there"},
    {.name = "max", .kind = PARAM_NUMBER, .doc = "nothing above it"},
};
const GenDef gen_def_normal = {.name = "normal",
                               .family = "distribution",
                               .doc = "A number from the normal distribution, the bell curve.",
                               .example = "normal { mean = 170, sd = 9, scale = 1, min = 120 }",
                               GEN_PARAMS(normal_params),
                               .bind = bind_normal};

static bool bind_lognormal(GenBind *b)
{
    Rounded *r = arena_new_of(b->mem, Rounded);
    r->curve.log = true;
    Dist d;
    if (!dist_read(b, &d))
        return false;
    r->curve.centre = d.has_a ? d.a : 1;
    r->curve.spread = d.has_b ? d.b : 0.5;
    return bind_rounded(b, r);
}

static const GenParam lognormal_params[] = {
    {.name = "median",
     .kind = PARAM_NUMBER,
     .default_text = "1",
     .doc = "half of the values lie below it"},
    {.name = "sigma",
     .kind = PARAM_NUMBER,
     .default_text = "0.5",
     .doc = "how wide: two thirds lie between median / e^sigma and median * e^sigma"},
    {.name = "scale",
     .kind = PARAM_INT,
     .default_text = "2",
     .min = 0,
     .max = 9,
     .doc = "digits after the point; 0 gives whole numbers"},
    {.name = "min",
     .kind = PARAM_NUMBER,
     .doc = "nothing below it; the shape is cut, values do not pile up there"},
    {.name = "max", .kind = PARAM_NUMBER, .doc = "nothing above it"},
};
const GenDef gen_def_lognormal = {
    .name = "lognormal",
    .family = "distribution",
    .doc = "A number above 0 with a long tail upwards, like incomes and prices.",
    .example = "lognormal { median = 58000, sigma = 0.5, scale = 2 }",
    GEN_PARAMS(lognormal_params),
    .bind = bind_lognormal};

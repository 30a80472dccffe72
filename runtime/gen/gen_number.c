/* Plain numbers: every value of a range is equally likely. */
#include "gen/family_int.h"

#include "base/decimal.h"
#include "gen/fmath.h"

static bool bind_ints(GenBind *b, int64_t min, int64_t max)
{
    int64_t lo = gen_param_int(b, "min", min), hi = gen_param_int(b, "max", max);
    return param_ordered(b, "min", "max", lo <= hi) &&
           int_range_bind(b, type_int(lo, hi), lo, hi, 1) &&
           int_range_dist(b, (DistAxis){(double)lo, 1, true});
}

static bool bind_int(GenBind *b)
{
    return bind_ints(b, 0, 1000000);
}

static const GenParam int_params[] = {
    {.name = "min", .kind = PARAM_INT, .default_text = "0", .doc = "the least value"},
    {.name = "max", .kind = PARAM_INT, .default_text = "1000000", .doc = "the greatest value"},
    DIST_PARAM,
};
const GenDef gen_def_int = {.name = "int",
                            .family = "number",
                            .doc = "A whole number between two bounds, both included.",
                            .example = "int { min = 1, max = 500 }",
                            GEN_PARAMS(int_params),
                            .bind = bind_int};

static const GenParam int_range_params[] = {
    {.name = "min", .kind = PARAM_INT, .required = true, .doc = "the least value"},
    {.name = "max", .kind = PARAM_INT, .required = true, .doc = "the greatest value"},
    DIST_PARAM,
};
const GenDef gen_def_int_range = {
    .name = "int_range",
    .family = "number",
    .doc = "A whole number between two bounds that must be given, both included.",
    .example = "int_range { min = 18, max = 90 }",
    GEN_PARAMS(int_range_params),
    .bind = bind_int};

static bool bind_scaled(GenBind *b, int scale, int64_t min, int64_t max)
{
    int64_t lo, hi;
    return param_decimal(b, "min", scale, min, &lo) && param_decimal(b, "max", scale, max, &hi) &&
           param_ordered(b, "min", "max", lo <= hi) &&
           int_range_bind(b, type_decimal(lo, hi, scale), lo, hi, 1) &&
           int_range_dist(b, (DistAxis){decimal_to_double(lo, scale), fm_pow10(scale), true});
}

static bool bind_between(GenBind *b)
{
    int low = param_scale_of(b, "min"), high = param_scale_of(b, "max"),
        scale = low > high ? low : high;
    /* 1e3 and 10 / 2 are whole numbers too. */
    return low == 0 && high == 0 ? bind_ints(b, 0, 0) : bind_scaled(b, scale > 0 ? scale : 0, 0, 0);
}

static const GenParam between_params[] = {
    {.name = "min", .kind = PARAM_NUMBER, .required = true, .doc = "the least value"},
    {.name = "max", .kind = PARAM_NUMBER, .required = true, .doc = "the greatest value"},
    DIST_PARAM,
};
const GenDef gen_def_between = {
    .name = "between",
    .family = "number",
    .doc =
        "A number between two bounds, both included: whole if both are, else a decimal with as many digits as they have.",
    .example = "between(0, 9)",
    GEN_PARAMS(between_params),
    .bind = bind_between};

static bool bind_decimal(GenBind *b)
{
    int scale = (int)gen_param_int(b, "scale", 2);
    return bind_scaled(b, scale, 0,
                       scale <= 14 ? 1000 * decimal_pow10[scale] : decimal_pow10[18] - 1);
}

static const GenParam decimal_params[] = {
    {.name = "min", .kind = PARAM_NUMBER, .default_text = "0", .doc = "the least value"},
    {.name = "max", .kind = PARAM_NUMBER, .default_text = "1000", .doc = "the greatest value"},
    {.name = "scale",
     .kind = PARAM_INT,
     .default_text = "2",
     .min = 0,
     .max = 18,
     .doc = "digits after the point"},
    DIST_PARAM,
};
const GenDef gen_def_decimal = {.name = "decimal",
                                .family = "number",
                                .doc = "An exact decimal between two bounds, both included.",
                                .example = "decimal { min = 0.5, max = 99.99, scale = 2 }",
                                GEN_PARAMS(decimal_params),
                                .bind = bind_decimal};

typedef struct FloatRange {
    double lo, hi;
    DistOver over; /* the range in FLOAT_PLACES parts */
} FloatRange;

#define FLOAT_PLACES (UINT64_C(1) << 52)

static void fill_float_spread(const GenCall *c, Vec *out)
{
    const FloatRange *r = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        double u =
            ((double)dist_pick(&r->over, c->bound->key, c->rows[k], gen_generation(c, k)) + 0.5) /
            (double)FLOAT_PLACES;
        out->f[k] = r->lo * (1 - u) + r->hi * u;
    }
}

static bool float_dist(GenBind *b, FloatRange *r)
{
    const Dist *dist;
    if (!param_dist(b, &dist))
        return false;
    double per_unit = (double)FLOAT_PLACES / (r->hi - r->lo);
    if (!dist || r->lo == r->hi)
        return true;
    if (!fm_is_finite(per_unit) || per_unit == 0)
        return gen_bind_error(
            b, ERR_RECIPE,
            "float: the range from %s to %s is too wide or too narrow for a distribution",
            param_spelling(b, "min"), param_spelling(b, "max"));
    if (!dist_over(dist, (DistAxis){r->lo, per_unit, false}, FLOAT_PLACES, &r->over)) {
        gen_bind_error(b, ERR_RECIPE, "float: hardly any value of %s would lie in the range",
                       dist->name);
        return err_hint(b->mem, b->err, "move its middle into the range, or make it wider");
    }
    b->out->fill = fill_float_spread;
    return true;
}

static void fill_float(const GenCall *c, Vec *out)
{
    const FloatRange *r = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        double u = rng_unit(gen_draw(c, c->bound->key, k, 0).a);
        /* Two products, so that the width of the range cannot overflow. */
        double v = r->lo * (1 - u) + r->hi * u;
        out->f[k] = v < r->lo ? r->lo : v > r->hi ? r->hi : v;
    }
}

static bool bind_float(GenBind *b)
{
    FloatRange *r = arena_new_of(b->mem, FloatRange);
    if (!param_real(b, "min", 0, &r->lo) || !param_real(b, "max", 1, &r->hi) ||
        !param_ordered(b, "min", "max", r->lo <= r->hi))
        return false;
    b->out->type = (Type){.kind = TYPE_FLOAT, .bits = 64};
    b->out->state = r;
    b->out->fill = fill_float;
    return float_dist(b, r);
}

static const GenParam float_params[] = {
    {.name = "min", .kind = PARAM_NUMBER, .default_text = "0", .doc = "the lower bound"},
    {.name = "max", .kind = PARAM_NUMBER, .default_text = "1", .doc = "the upper bound"},
    DIST_PARAM,
};
const GenDef gen_def_float = {.name = "float",
                              .family = "number",
                              .doc = "A double-precision number between two bounds.",
                              .example = "float { min = -1, max = 1 }",
                              GEN_PARAMS(float_params),
                              .bind = bind_float};

typedef struct BoolState {
    uint64_t cut; /* true below it */
    bool always;  /* true for every word */
} BoolState;

static void fill_bool(const GenCall *c, Vec *out)
{
    const BoolState *s = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] = s->always || (c->index ? s->cut && c->index[k] == 0
                                           : gen_draw(c, c->bound->key, k, 0).a < s->cut);
}

static bool bind_bool(GenBind *b)
{
    double share;
    if (!param_real(b, "share", 0.5, &share))
        return false;
    BoolState *s = arena_new_of(b->mem, BoolState);
    s->always = share >= 1;
    s->cut = s->always ? 0 : (uint64_t)(share * 0x1p64);
    b->out->type = (Type){.kind = TYPE_BOOL};
    b->out->state = s;
    b->out->count = s->always || s->cut == 0 ? 1 : 2;
    b->out->indexable = true;
    b->out->fill = fill_bool;
    return true;
}

static const GenParam bool_params[] = {
    {.name = "share",
     .kind = PARAM_NUMBER,
     .default_text = "0.5",
     .min = 0,
     .max = 1,
     .doc = "how often it is true"},
};
const GenDef gen_def_bool = {.name = "bool",
                             .family = "number",
                             .doc = "True or false.",
                             .example = "bool { share = 0.9 }",
                             GEN_PARAMS(bool_params),
                             .bind = bind_bool};

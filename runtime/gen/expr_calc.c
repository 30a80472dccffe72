/* More functions over numbers, and casts. sqrt, power, exp and the logarithms are doubles by fmath,
 * the same on every machine; what has no value is NULL. */
#include "gen/expr_int.h"

#include <string.h>

#include "gen/fmath.h"

static const Type float_type = {.kind = TYPE_FLOAT, .bits = 64};
static const Type int_type = {.kind = TYPE_INT, .bits = 64};

static bool needs_number(GenBind *b, int i)
{
    if (type_is_numeric(arg_kind(b, i)))
        return true;
    return gen_bind_error(b, ERR_RECIPE, "%s needs a number, not %s", expr_name(b),
                          expr_type(b, i));
}

/* ---- sign, trunc */

static void fill_sign(const GenCall *c, Vec *out)
{
    const Vec *v = c->args[0];
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] = v->f ? (v->f[k] > 0) - (v->f[k] < 0) : (v->i[k] > 0) - (v->i[k] < 0);
}

bool expr_sign(GenBind *b)
{
    if (!needs_number(b, 0))
        return false;
    expr_int_bounds(b->out, -1, 1);
    return expr_set(b, b->out->type, fill_sign, NULL);
}

static void fill_trunc(const GenCall *c, Vec *out)
{
    int64_t by = *(const int64_t *)c->bound->state;
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] = c->args[0]->i[k] / by;
}

static void fill_trunc_float(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++) {
        double v = c->args[0]->f[k], edge = v < 0 ? -expr_floor_double(-v) : expr_floor_double(v);
        out->i[k] = 0;
        if (edge >= -0x1p63 && edge < 0x1p63)
            out->i[k] = (int64_t)edge;
        else
            expr_overflow(c, out, k);
    }
}

bool expr_trunc(GenBind *b)
{
    int64_t digits = 0;
    if (!needs_number(b, 0) ||
        (b->out->nargs == 2 &&
         !expr_const_int(b, 1, "the number of digits", 0, DECIMAL_MAX_SCALE, &digits)))
        return false;
    b->out->nargs = 1;
    const Bound *x = arg_of(b, 0);
    if (x->type.kind == TYPE_FLOAT && digits > 0) {
        gen_bind_error(b, ERR_RECIPE, "trunc of a double has no digits");
        return err_hint(b->mem, b->err, "make it a decimal first: trunc(decimal_of(x, 6), 2)");
    }
    if (x->type.kind == TYPE_FLOAT)
        return expr_set(b, int_type, fill_trunc_float, NULL);
    int scale = x->type.kind == TYPE_DECIMAL ? x->type.scale : 0;
    int kept = digits < scale ? (int)digits : scale;
    int64_t *by = arena_new_of(b->mem, int64_t);
    *by = decimal_pow10[scale - kept];
    b->out->has_bounds = x->has_bounds;
    b->out->lo = x->lo;
    b->out->hi = x->hi;
    Type type = x->type.kind == TYPE_INT ? x->type
                : kept                   ? expr_decimal(expr_whole_digits(x), kept)
                                         : int_type;
    return expr_set(b, type, fill_trunc, by);
}

/* ---- doubles */

/* Whole powers of ten are exact. */
static double log10_of(double x)
{
    double v = fm_log(x) / 2.302585092994045684, whole = expr_floor_double(v + 0.5);
    return whole >= -22 && whole <= 22 && fm_pow10((int)whole) == x ? whole : v;
}

/* Small whole powers by multiplying, which is exact where the result is. */
static double power(double x, double y, bool odd)
{
    double v = 1, a = x < 0 ? -x : x;
    int n = y >= -64 && y <= 64 ? (int)y : 0;
    if (y == 0 || x == 0)
        return y == 0;
    if (n == 0 || (double)n != y)
        v = fm_pow(a, y);
    else
        for (int i = 0; i < (n < 0 ? -n : n); i++)
            v *= a;
    v = n < 0 && (double)n == y ? 1 / v : v;
    return odd ? -v : v;
}

static bool has_power(double x, double y)
{
    return !(x < 0 && y != expr_floor_double(y)) && !(x == 0 && y < 0);
}
static bool is_odd(double y)
{
    return y == expr_floor_double(y) && y / 2 != expr_floor_double(y / 2);
}

static void put_float(const GenCall *c, Vec *out, uint32_t k, bool none, double v)
{
    out->f[k] = 0;
    if (none)
        expr_put_null(c, out, k);
    else if (v - v != 0 || v > 1.79e308 || v < -1.79e308)
        expr_overflow(c, out, k);
    else
        out->f[k] = v;
}

static void fill_float(const GenCall *c, Vec *out)
{
    const double *in = c->args[0]->f;
#define EACH(none, value)                                                                          \
    for (uint32_t k = 0; k < c->n; k++) {                                                          \
        const double x = in[k];                                                                    \
        const bool no = vec_is_null(out, k) || (none);                                             \
        put_float(c, out, k, no, no ? 0 : (value));                                                \
    }
    switch (c->bound->node->op) {
    case OP_SQRT: EACH(x < 0, __builtin_sqrt(x)) break;
    case OP_EXP: EACH(false, fm_exp(x)) break;
    case OP_LN: EACH(x <= 0, fm_log(x)) break;
    case OP_LOG10: EACH(x <= 0, log10_of(x)) break;
    default: {
        const double *y = c->args[1]->f;
        EACH(!has_power(x, y[k]), power(x, y[k], x < 0 && is_odd(y[k])))
    }
    }
}

bool expr_doubles(GenBind *b)
{
    for (int i = 0; i < b->out->nargs; i++) {
        if (!needs_number(b, i))
            return false;
        expr_cast_arg(b, i, float_type);
    }
    expr_set(b, float_type, fill_float, NULL);
    b->out->nullable = b->out->nullable || b->node->op != OP_EXP;
    return true;
}

/* ---- int_of, decimal_of */

/* A number in a text, blanks around it allowed; rounded to the scale. */
static void fill_parse(const GenCall *c, Vec *out)
{
    int scale = *(const int *)c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        Str s = c->args[0]->s[k];
        char text[32];
        int64_t v = 0, rounded = 0;
        int own = 0;
        for (; s.n && *s.p == ' '; s.n--)
            s.p++;
        while (s.n && s.p[s.n - 1] == ' ')
            s.n--;
        bool fits = s.n > 0 && s.n < sizeof text;
        if (fits)
            memcpy(text, s.p, s.n);
        text[fits ? s.n : 0] = 0;
        out->i[k] = 0;
        fits = fits && decimal_parse(text, &v, &own);
        if (fits && own > scale)
            rounded = (int64_t)decimal_div_round(v, decimal_pow10[own - scale]);
        else
            fits = fits && decimal_rescale(v, own, scale, &rounded);
        if (fits)
            out->i[k] = rounded;
        else
            expr_put_null(c, out, k);
    }
}

bool expr_number_of(GenBind *b)
{
    int64_t digits = 0;
    if (b->node->op == OP_DECIMAL_OF &&
        !expr_const_int(b, 1, "the number of digits", 1, DECIMAL_MAX_SCALE, &digits))
        return false;
    if (type_is_numeric(arg_kind(b, 0)))
        return expr_round(b);
    if (!type_is_text(arg_kind(b, 0)))
        return gen_bind_error(b, ERR_RECIPE, "%s needs a number or a text, not %s", expr_name(b),
                              expr_type(b, 0));
    b->out->nargs = 1;
    int *state = arena_new_of(b->mem, int);
    *state = (int)digits;
    expr_set(b, digits ? expr_decimal(DECIMAL_MAX_SCALE, (int)digits) : int_type, fill_parse,
             state);
    b->out->nullable = true;
    return true;
}

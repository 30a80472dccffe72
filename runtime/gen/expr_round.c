/* round, floor, ceil, abs and the minus sign. Rounding is half away from zero, for doubles as well:
 * a double is taken as the exact number that it is. */
#include "gen/expr_int.h"

#include <string.h>

static bool number(GenBind *b)
{
    if (type_is_numeric(arg_kind(b, 0)))
        return true;
    return gen_bind_error(b, ERR_RECIPE, "%s needs a number, not %s", expr_name(b),
                          expr_type(b, 0));
}

/* The operator changes nothing: its argument takes its place. */
static bool replace_by(GenBind *b, const Bound *other)
{
    const Node *node = b->out->node;
    *b->out = *other;
    b->out->node = node;
    return true;
}

static void fill_same(const GenCall *c, Vec *out)
{
    memcpy(out->i, c->args[0]->i, sizeof *out->i * c->n);
}

static bool set_same(GenBind *b)
{
    const Bound *x = arg_of(b, 0);
    b->out->has_bounds = x->has_bounds;
    b->out->lo = x->lo;
    b->out->hi = x->hi;
    return expr_set(b, x->type, fill_same, NULL);
}

/* ---- round */

static void fill_round(const GenCall *c, Vec *out)
{
    int64_t by = *(const int64_t *)c->bound->state;
    const int64_t *v = c->args[0]->i;
    Range range = expr_range(out->kind);
    for (uint32_t k = 0; k < c->n; k++)
        expr_put(c, out, k, expr_div_round(v[k], by), range);
}

#define DOUBLE_DIGITS 15

static void fill_round_float(const GenCall *c, Vec *out)
{
    int scale = (int)*(const int64_t *)c->bound->state;
    const double *v = c->args[0]->f;
    Range range = expr_range(out->kind);
    if (out->kind == TYPE_DECIMAL) {
        range.hi = decimal_pow10[c->bound->type.precision] - 1;
        range.lo = -range.hi;
    }
    for (uint32_t k = 0; k < c->n; k++) {
        int64_t rounded;
        out->i[k] = 0;
        if (decimal_from_double(v[k], scale, &rounded))
            expr_put(c, out, k, rounded, range);
        else
            expr_overflow(c, out, k);
    }
}

static bool set_scaled(GenBind *b, Type type, void (*fill)(const GenCall *, Vec *), int64_t state)
{
    int64_t *kept = arena_new_of(b->mem, int64_t);
    *kept = state;
    return expr_set(b, type, fill, kept);
}

static Type rounded_type(int whole, int scale)
{
    return scale ? expr_decimal(whole, scale) : (Type){.kind = TYPE_INT, .bits = 64};
}

bool expr_round(GenBind *b)
{
    int64_t digits = 0;
    if (!number(b) || (b->out->nargs == 2 && !expr_const_int(b, 1, "the number of digits", 0,
                                                             DECIMAL_MAX_SCALE, &digits)))
        return false;
    b->out->nargs = 1;
    const Bound *x = arg_of(b, 0), *once = expr_rounded(b, x, (int)digits);
    if (once)
        return replace_by(b, once);
    if (x->type.kind == TYPE_FLOAT) {
        /* A double has 15 digits, which SQLite's decimals have too. */
        bool cast = b->node->op == OP_DECIMAL_OF && digits < DOUBLE_DIGITS;
        int whole = cast ? DOUBLE_DIGITS - (int)digits : DECIMAL_MAX_SCALE;
        return set_scaled(b, rounded_type(whole, (int)digits), fill_round_float, digits);
    }
    int scale = x->type.kind == TYPE_DECIMAL ? x->type.scale : 0;
    if (digits >= scale && !(digits == 0 && x->type.kind == TYPE_INT)) {
        if (digits == 0) /* a decimal without digits behind the point */
            return expr_set(b, rounded_type(0, 0), fill_same, NULL);
        expr_cast_arg(b, 0, expr_decimal(expr_whole_digits(x), (int)digits));
        return expr_set(b, arg_of(b, 0)->type, fill_same, NULL);
    }
    if (x->type.kind == TYPE_INT)
        return set_same(b);
    /* 9.99 rounds to 10.0: one digit more before the point. */
    return set_scaled(b, rounded_type(expr_whole_digits(x) + 1, (int)digits), fill_round,
                      decimal_pow10[scale - digits]);
}

/* ---- floor, ceil */

static void fill_edge(const GenCall *c, Vec *out)
{
    int64_t by = *(const int64_t *)c->bound->state;
    bool up = c->bound->node->op == OP_CEIL;
    for (uint32_t k = 0; k < c->n; k++) {
        int64_t v = c->args[0]->i[k], q = v / by, rest = v % by;
        out->i[k] = up ? q + (rest > 0) : q - (rest < 0);
    }
}

static void fill_edge_float(const GenCall *c, Vec *out)
{
    bool up = c->bound->node->op == OP_CEIL;
    for (uint32_t k = 0; k < c->n; k++) {
        double v = c->args[0]->f[k], edge = up ? -expr_floor_double(-v) : expr_floor_double(v);
        out->i[k] = 0;
        if (edge >= -0x1p63 && edge < 0x1p63)
            out->i[k] = (int64_t)edge;
        else
            expr_overflow(c, out, k);
    }
}

static bool bind_edge(GenBind *b)
{
    if (!number(b))
        return false;
    const Bound *x = arg_of(b, 0);
    Type type = {.kind = TYPE_INT, .bits = 64};
    if (x->type.kind == TYPE_INT)
        return set_same(b);
    if (x->type.kind == TYPE_FLOAT)
        return expr_set(b, type, fill_edge_float, NULL);
    return set_scaled(b, type, fill_edge, decimal_pow10[x->type.scale]);
}

bool expr_floor(GenBind *b)
{
    return bind_edge(b);
}
bool expr_ceil(GenBind *b)
{
    return bind_edge(b);
}

/* ---- - and abs */

static void fill_sign(const GenCall *c, Vec *out)
{
    bool always = c->bound->node->op == OP_NEG;
    const int64_t *v = c->args[0]->i;
    Range range = expr_range(out->kind);
    for (uint32_t k = 0; k < c->n; k++)
        expr_put(c, out, k, always || v[k] < 0 ? -(i128)v[k] : v[k], range);
}

static void fill_sign_float(const GenCall *c, Vec *out)
{
    bool always = c->bound->node->op == OP_NEG;
    const double *v = c->args[0]->f;
    for (uint32_t k = 0; k < c->n; k++)
        out->f[k] = always || v[k] < 0 ? 0 - v[k] : v[k];
}

static bool bind_sign(GenBind *b, i128 lo, i128 hi)
{
    const Bound *x = arg_of(b, 0);
    expr_set(b, x->type, x->type.kind == TYPE_FLOAT ? fill_sign_float : fill_sign, NULL);
    if (x->has_bounds)
        expr_int_bounds(b->out, lo, hi);
    else if (x->type.kind == TYPE_INT)
        b->out->type = (Type){.kind = TYPE_INT, .bits = 64};
    return true;
}

bool expr_neg(GenBind *b)
{
    if (!number(b))
        return false;
    const Bound *x = arg_of(b, 0);
    return bind_sign(b, -(i128)x->hi, -(i128)x->lo);
}

bool expr_abs(GenBind *b)
{
    if (!number(b))
        return false;
    i128 lo = arg_of(b, 0)->lo, hi = arg_of(b, 0)->hi;
    i128 far = -lo > hi ? -lo : hi, near = lo > 0 ? lo : hi < 0 ? -hi : 0;
    return bind_sign(b, near, far);
}

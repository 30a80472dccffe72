/* + - * / % and //. Exact numbers are integers with a scale: both sides are brought to a common
 * scale by a multiplier in 128 bits, so nothing is lost on the way; only a result can leave its
 * range. */
#include "gen/expr_int.h"

#include <string.h>

typedef struct Math {
    int64_t a, b;   /* multipliers of the two sides */
    int64_t shrink; /* product: what it is divided by, rounded */
    int shift;      /* quotient: the dividend's power of ten, negative: the divisor's */
    Range range;
} Math;

static int larger(int a, int b)
{
    return a > b ? a : b;
}
static int smaller(int a, int b)
{
    return a < b ? a : b;
}
static int scale_of(const Bound *x)
{
    return x->type.kind == TYPE_DECIMAL ? x->type.scale : 0;
}

/* ---- fills over exact numbers */

static void fill_sum(const GenCall *c, Vec *out)
{
    const Math m = *(const Math *)c->bound->state;
    const int64_t *a = c->args[0]->i, *b = c->args[1]->i;
    for (uint32_t k = 0; k < c->n; k++)
        expr_put(c, out, k, (i128)a[k] * m.a + (i128)b[k] * m.b, m.range);
}

static void fill_product(const GenCall *c, Vec *out)
{
    const Math m = *(const Math *)c->bound->state;
    const int64_t *a = c->args[0]->i, *b = c->args[1]->i;
    if (m.shrink == 1)
        for (uint32_t k = 0; k < c->n; k++)
            expr_put(c, out, k, (i128)a[k] * b[k], m.range);
    else
        for (uint32_t k = 0; k < c->n; k++)
            expr_put(c, out, k, expr_div_round((i128)a[k] * b[k], m.shrink), m.range);
}

/* a * 10^shift / b, rounded. False when even 128 bits do not hold it. */
static bool quotient(int64_t a, int64_t b, int shift, i128 *out)
{
    if (shift < 0) {
        *out = decimal_div_round(a, (i128)b * decimal_pow10[-shift]);
        return true;
    }
    if (shift <= DECIMAL_MAX_SCALE) {
        *out = expr_div_round((i128)a * decimal_pow10[shift], b);
        return true;
    }
    /* In two steps: first 18 digits with their rest, then the rest's digits. */
    i128 wide = (i128)a * decimal_pow10[DECIMAL_MAX_SCALE], head = wide / b, rest = wide % b;
    i128 tail = decimal_div_round(rest * decimal_pow10[shift - DECIMAL_MAX_SCALE], b);
    return !__builtin_mul_overflow(head, (i128)decimal_pow10[shift - DECIMAL_MAX_SCALE], &head) &&
           !__builtin_add_overflow(head, tail, out);
}

static void fill_quotient(const GenCall *c, Vec *out)
{
    const Math m = *(const Math *)c->bound->state;
    const int64_t *a = c->args[0]->i, *b = c->args[1]->i;
    for (uint32_t k = 0; k < c->n; k++) {
        i128 v = 0;
        out->i[k] = 0;
        if (b[k] == 0)
            expr_put_null(c, out, k);
        else if (quotient(a[k], b[k], m.shift, &v))
            expr_put(c, out, k, v, m.range);
        else
            expr_overflow(c, out, k);
    }
}

static void fill_rest(const GenCall *c, Vec *out)
{
    const Math m = *(const Math *)c->bound->state;
    const int64_t *a = c->args[0]->i, *b = c->args[1]->i;
    for (uint32_t k = 0; k < c->n; k++) {
        i128 by = (i128)b[k] * m.b;
        out->i[k] = 0;
        if (by == 0) {
            expr_put_null(c, out, k);
            continue;
        }
        i128 rest = (i128)a[k] * m.a % by;
        expr_put(c, out, k, rest != 0 && (rest < 0) != (by < 0) ? rest + by : rest, m.range);
    }
}

static void fill_whole_quotient(const GenCall *c, Vec *out)
{
    const Math m = *(const Math *)c->bound->state;
    const int64_t *a = c->args[0]->i, *b = c->args[1]->i;
    for (uint32_t k = 0; k < c->n; k++) {
        i128 n = (i128)a[k] * m.a, by = (i128)b[k] * m.b;
        out->i[k] = 0;
        if (by == 0) {
            expr_put_null(c, out, k);
            continue;
        }
        i128 q = n / by;
        expr_put(c, out, k, n % by != 0 && (n < 0) != (by < 0) ? q - 1 : q, m.range);
    }
}

/* ---- fills over doubles. No infinity is ever written: it is an overflow. */

static void put_double(const GenCall *c, Vec *out, uint32_t k, double v)
{
    out->f[k] = v;
    if (v - v != 0) {
        out->f[k] = 0;
        expr_overflow(c, out, k);
    }
}

static void fill_float_sum(const GenCall *c, Vec *out)
{
    double sign = (double)((const Math *)c->bound->state)->b;
    for (uint32_t k = 0; k < c->n; k++)
        put_double(c, out, k, c->args[0]->f[k] + sign * c->args[1]->f[k]);
}

static void fill_float_product(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++)
        put_double(c, out, k, c->args[0]->f[k] * c->args[1]->f[k]);
}

double expr_floor_double(double v)
{
    if (v >= 0x1p52 || v <= -0x1p52)
        return v; /* has no fraction */
    double whole = (double)(int64_t)v;
    return whole > v ? whole - 1 : whole;
}

/* The rest of |a| / |b| by subtracting powers of two times b: every step is exact. The sign of b,
 * as in Lua. */
static double float_rest(double a, double b)
{
    double x = a < 0 ? -a : a, y = b < 0 ? -b : b, step = y;
    while (step <= x / 2)
        step *= 2;
    while (step >= y) {
        if (x >= step)
            x -= step;
        step /= 2;
    }
    x = a < 0 ? -x : x;
    return x != 0 && (x < 0) != (b < 0) ? x + b : x;
}

static void fill_float_quotient(const GenCall *c, Vec *out)
{
    OpKind op = c->bound->node->op;
    const double *a = c->args[0]->f, *b = c->args[1]->f;
    for (uint32_t k = 0; k < c->n; k++) {
        out->f[k] = 0;
        if (b[k] == 0)
            expr_put_null(c, out, k);
        else
            put_double(c, out, k,
                       op == OP_DIV    ? a[k] / b[k]
                       : op == OP_IDIV ? expr_floor_double(a[k] / b[k])
                                       : float_rest(a[k], b[k]));
    }
}

/* ---- typing */

static bool numbers(GenBind *b, const char *verb, const char *joint, bool *is_float)
{
    bool swapped = b->node->op == OP_SUB; /* subtract b from a */
    if (!type_is_numeric(arg_kind(b, 0)) || !type_is_numeric(arg_kind(b, 1)))
        return expr_cannot(b, verb, joint, swapped, !swapped);
    *is_float = arg_kind(b, 0) == TYPE_FLOAT || arg_kind(b, 1) == TYPE_FLOAT;
    if (*is_float)
        for (int i = 0; i < 2; i++)
            expr_cast_arg(b, i, (Type){.kind = TYPE_FLOAT, .bits = 64});
    return true;
}

static const Type float_type = {.kind = TYPE_FLOAT, .bits = 64};

static Math *math_new(GenBind *b, TypeKind result)
{
    Math *m = arena_new_of(b->mem, Math);
    *m = (Math){.a = 1, .b = 1, .shrink = 1, .range = expr_range(result)};
    return m;
}

/* The result's type when both sides are brought to the larger scale: + - % and the sides of //. */
static Type aligned(GenBind *b, Math *m, int more)
{
    const Bound *x = arg_of(b, 0), *y = arg_of(b, 1);
    if (x->type.kind == TYPE_INT && y->type.kind == TYPE_INT)
        return (Type){.kind = TYPE_INT, .bits = 64};
    int scale = larger(scale_of(x), scale_of(y));
    m->a = decimal_pow10[scale - scale_of(x)];
    m->b = decimal_pow10[scale - scale_of(y)];
    m->range = expr_range(TYPE_DECIMAL);
    return expr_decimal(larger(expr_whole_digits(x), expr_whole_digits(y)) + more, scale);
}

static bool is_moment(TypeKind kind)
{
    return kind == TYPE_DATE || kind == TYPE_TIMESTAMP;
}

static bool bind_sum(GenBind *b, int sign)
{
    if (sign < 0) {
        if (!expr_read_moments(b, 0, 1))
            return false;
        if (is_moment(arg_kind(b, 0)) && is_moment(arg_kind(b, 1)))
            return expr_sub_moments(b);
    }
    bool is_float = false;
    if (!numbers(b, sign < 0 ? "subtract" : "add", sign < 0 ? "from" : "and", &is_float)) {
        bool day = is_moment(arg_kind(b, 0)) || is_moment(arg_kind(b, 1));
        bool text = type_is_text(arg_kind(b, 0)) || type_is_text(arg_kind(b, 1));
        return day    ? err_hint(b->mem, b->err, "a date or timestamp takes a span: days(3)")
               : text ? err_hint(b->mem, b->err, "texts are joined by ..")
                      : false;
    }
    Math *m = math_new(b, is_float ? TYPE_FLOAT : TYPE_INT);
    Type type = is_float ? float_type : aligned(b, m, 1);
    m->b *= sign;
    const Bound *x = arg_of(b, 0), *y = arg_of(b, 1);
    expr_set(b, type, is_float ? fill_float_sum : fill_sum, m);
    if (type.kind == TYPE_INT && x->has_bounds && y->has_bounds)
        expr_int_bounds(b->out, (i128)x->lo + (sign > 0 ? y->lo : -(i128)y->hi),
                        (i128)x->hi + (sign > 0 ? y->hi : -(i128)y->lo));
    return true;
}

bool expr_add(GenBind *b)
{
    return bind_sum(b, 1);
}
bool expr_sub(GenBind *b)
{
    return bind_sum(b, -1);
}

/* Fewer digits behind the point than full, so that those before it find room among 18; not fewer
 * than `least`. */
static int fit_scale(int whole, int full, int least)
{
    int room = DECIMAL_MAX_SCALE - whole;
    return full <= room ? full : larger(room, smaller(full, least));
}

static void product_bounds(GenBind *b, const Bound *x, const Bound *y)
{
    if (!x->has_bounds || !y->has_bounds)
        return;
    i128 ends[] = {(i128)x->lo * y->lo, (i128)x->lo * y->hi, (i128)x->hi * y->lo,
                   (i128)x->hi * y->hi},
         lo = ends[0], hi = ends[0];
    for (int i = 1; i < 4; i++) {
        lo = ends[i] < lo ? ends[i] : lo;
        hi = ends[i] > hi ? ends[i] : hi;
    }
    expr_int_bounds(b->out, lo, hi);
}

bool expr_mul(GenBind *b)
{
    bool is_float = false;
    if (!numbers(b, "multiply", "by", &is_float))
        return false;
    const Bound *x = arg_of(b, 0), *y = arg_of(b, 1);
    if (is_float)
        return expr_set(b, float_type, fill_float_product, NULL);
    if (x->type.kind == TYPE_INT && y->type.kind == TYPE_INT) {
        expr_set(b, (Type){.kind = TYPE_INT, .bits = 64}, fill_product, math_new(b, TYPE_INT));
        product_bounds(b, x, y);
        return true;
    }
    int sx = scale_of(x), sy = scale_of(y), whole = expr_whole_digits(x) + expr_whole_digits(y);
    int scale = smaller(fit_scale(whole, sx + sy, larger(6, larger(sx, sy))), DECIMAL_MAX_SCALE);
    Math *m = math_new(b, TYPE_DECIMAL);
    m->shrink = decimal_pow10[sx + sy - scale];
    return expr_set(b, expr_decimal(whole, scale), fill_product, m);
}

/* The divisor is never 0: a constant, or an integer whose bounds exclude it. */
static bool never_zero(const Bound *y)
{
    if (y->has_bounds)
        return y->lo > 0 || y->hi < 0;
    return (is_const(y, VAL_FLOAT) && y->node->value.f != 0) ||
           (is_const(y, VAL_INT) && y->node->value.i != 0);
}

bool expr_div(GenBind *b)
{
    bool is_float = false;
    if (!numbers(b, "divide", "by", &is_float))
        return false;
    const Bound *x = arg_of(b, 0), *y = arg_of(b, 1);
    b->out->nullable = !never_zero(y);
    if (is_float)
        return expr_set(b, float_type, fill_float_quotient, NULL);
    int sx = scale_of(x), sy = scale_of(y), whole = expr_whole_digits(x) + sy;
    int scale = fit_scale(whole, smaller(larger(sx, sy) + 6, larger(12, larger(sx, sy))),
                          larger(6, larger(sx, sy)));
    Math *m = math_new(b, TYPE_DECIMAL);
    m->shift = scale + sy - sx;
    return expr_set(b, expr_decimal(whole, scale), fill_quotient, m);
}

bool expr_mod(GenBind *b)
{
    bool is_float = false;
    if (!numbers(b, "divide", "by", &is_float))
        return false;
    const Bound *x = arg_of(b, 0), *y = arg_of(b, 1);
    b->out->nullable = !never_zero(y);
    if (is_float)
        return expr_set(b, float_type, fill_float_quotient, NULL);
    Math *m = math_new(b, TYPE_INT);
    Type type = aligned(b, m, 0);
    expr_set(b, type, fill_rest, m);
    if (type.kind == TYPE_INT && x->has_bounds && y->has_bounds)
        expr_int_bounds(b->out, y->lo < 0 ? (i128)y->lo + 1 : 0, y->hi > 0 ? (i128)y->hi - 1 : 0);
    return true;
}

bool expr_idiv(GenBind *b)
{
    bool is_float = false;
    if (!numbers(b, "divide", "by", &is_float))
        return false;
    b->out->nullable = !never_zero(arg_of(b, 1));
    if (is_float)
        return expr_set(b, float_type, fill_float_quotient, NULL);
    Math *m = math_new(b, TYPE_INT);
    aligned(b, m, 0);
    m->range = expr_range(TYPE_INT);
    return expr_set(b, (Type){.kind = TYPE_INT, .bits = 64}, fill_whole_quotient, m);
}

/* 9999.9999 / 1 rounds to 10000.00, a digit more than the operands have; where x and y come that
 * close to the next power of ten. */
static bool carries(const Bound *x, const Bound *y, bool product, int scale)
{
    int sx = scale_of(x), sy = scale_of(y);
    if (product)
        return sx > expr_whole_digits(y) + scale && sy > expr_whole_digits(x) + scale;
    bool large = (y->has_bounds && (y->lo > 1 || y->hi < -1)) ||
                 (is_const(y, VAL_FLOAT) && (y->node->value.f >= 2 || y->node->value.f <= -2));
    return !large && sx - sy > scale;
}

const Bound *expr_rounded(GenBind *b, const Bound *bound, int scale)
{
    bool product = bound->fill == fill_product, same = bound->fill == fill_quotient;
    /* What was rounded already is a value of its own, though its fill is still the product's. */
    bool rounded = bound->node->kind == NODE_OP && op_rounds(bound->node->op);
    if (bound->type.kind != TYPE_DECIMAL || rounded || (!product && !same))
        return NULL;
    const Bound *x = bound->args[0], *y = bound->args[1];
    int full = scale_of(x) + scale_of(y);
    if (product && (scale > full || full - scale > DECIMAL_MAX_SCALE))
        return NULL;
    Math *m = math_new(b, scale ? TYPE_DECIMAL : TYPE_INT);
    if (product)
        m->shrink = decimal_pow10[full - scale];
    else
        m->shift = scale + scale_of(y) - scale_of(x);
    Bound *out = arena_new_of(b->mem, Bound);
    *out = *bound;
    out->state = m;
    int whole =
        product ? expr_whole_digits(x) + expr_whole_digits(y) : expr_whole_digits(x) + scale_of(y);
    whole += carries(x, y, product, scale);
    out->type = scale ? expr_decimal(whole, scale) : (Type){.kind = TYPE_INT, .bits = 64};
    return out;
}

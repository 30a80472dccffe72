/* Arithmetic as SQL, exactly as gen/expr_math.c computes it. PostgreSQL and MySQL have exact
 * decimals; on SQLite every exact number is an integer of its scale here, and what SQLite does not
 * know (floor, rounding half away from zero) is made of whole divisions. */
#include "db/dialect_int.h"

static int scale_of(const Ex *e)
{
    return e->type.kind == TYPE_DECIMAL ? e->type.scale : 0;
}
static int larger(int a, int b)
{
    return a > b ? a : b;
}
static bool is_lite(const ExprWriter *w)
{
    return w->engine == ENGINE_SQLITE;
}

/* PostgreSQL computes two 32-bit numbers in 32 bits: the generators had 64. */
static const char *operand(ExprWriter *w, const Ex *e, int scale)
{
    const char *sql = sql_exact(w, e, scale);
    bool wide = e->type.kind != TYPE_INT ||
                (e->what == NODE_COLUMN && (e->type.bits == 64 || e->type.bits == 0));
    return !sql || wide || w->engine != ENGINE_POSTGRES
               ? sql
               : arena_printf(w->mem, "CAST(%s AS bigint)", sql);
}

/* A divisor that is 0 makes NULL; SQLite's % and / do so by themselves. */
static const char *divisor(ExprWriter *w, const Ex *e, int scale)
{
    const char *sql = operand(w, e, scale);
    bool fine = is_lite(w) || (e->what == NODE_CONST && e->i != 0);
    return !sql || fine ? sql : arena_printf(w->mem, "NULLIF(%s, 0)", sql);
}

static const char *power(ExprWriter *w, int digits)
{
    if (digits <= DECIMAL_MAX_SCALE)
        return arena_printf(w->mem, "%lld", (long long)decimal_pow10[digits]);
    return arena_printf(w->mem, "%lld * %lld", (long long)decimal_pow10[DECIMAL_MAX_SCALE],
                        (long long)decimal_pow10[digits - DECIMAL_MAX_SCALE]);
}

/* An integer divided by 10^digits, rounded half away from zero: a whole division cuts towards zero.
 */
static const char *shrunk(ExprWriter *w, const char *sql, int digits)
{
    long long by = (long long)decimal_pow10[digits];
    return arena_printf(w->mem, "((%s + CASE WHEN %s < 0 THEN -%lld ELSE %lld END) / %lld)", sql,
                        sql, by / 2, by / 2, by);
}

static const char *product(ExprWriter *w, const Ex *e)
{
    const Ex *x = e->args[0], *y = e->args[1];
    const char *a = operand(w, x, scale_of(x)), *b = operand(w, y, scale_of(y));
    if (!a || !b)
        return NULL;
    int full = scale_of(x) + scale_of(y), scale = scale_of(e);
    const char *sql = arena_printf(w->mem, "(%s * %s)", a, b);
    if (scale >= full || e->type.kind == TYPE_INT)
        return sql;
    return is_lite(w) ? shrunk(w, sql, full - scale)
                      : arena_printf(w->mem, "round(%s, %d)", sql, scale);
}

/* (2 |n| + |d|) / 2 |d|, with the sign put back. The cast is for numerators that left 64 bits:
 * SQLite goes on with doubles. */
static const char *lite_quotient(ExprWriter *w, const Ex *e, const char *n, const char *d)
{
    const Ex *x = e->args[0], *y = e->args[1];
    int shift = scale_of(e) + scale_of(y) - scale_of(x);
    n = shift > 0 ? arena_printf(w->mem, "(%s * %s)", n, power(w, shift)) : n;
    d = shift < 0 ? arena_printf(w->mem, "(%s * %s)", d, power(w, -shift)) : d;
    return arena_printf(
        w->mem,
        "(CAST((2 * abs(%s) + abs(%s)) / (2 * abs(%s)) AS INTEGER) * CASE WHEN (%s < 0) = (%s < 0) THEN 1 ELSE -1 END)",
        n, d, d, n, d);
}

static const char *quotient(ExprWriter *w, const Ex *e)
{
    const Ex *x = e->args[0], *y = e->args[1];
    const char *a = operand(w, x, scale_of(x)), *b = divisor(w, y, scale_of(y));
    if (!a || !b)
        return NULL;
    if (is_lite(w))
        return lite_quotient(w, e, a, b);
    /* The server rounds a quotient too: with so many digits that the second rounding meets no tie
     * that was none. */
    int scale = scale_of(e);
    if (is_mysql(w->engine))
        return arena_printf(w->mem, "ROUND(CAST(%s AS DECIMAL(65,30)) / %s, %d)", a, b, scale);
    return arena_printf(w->mem, "round(CAST(%s AS numeric(100,%d)) / %s, %d)", a, scale + 37, b,
                        scale);
}

/* The rest has the divisor's sign. */
static const char *rest(ExprWriter *w, const char *a, const char *b)
{
    return is_lite(w) ? arena_printf(w->mem, "(((%s %% %s) + %s) %% %s)", a, b, b, b)
                      : arena_printf(w->mem, "mod(mod(%s, %s) + %s, %s)", a, b, b, b);
}

static const char *floored(ExprWriter *w, const char *a, const char *b)
{
    const char *m = rest(w, a, b);
    if (is_lite(w))
        return arena_printf(w->mem, "((%s - %s) / %s)", a, m, b);
    if (is_mysql(w->engine))
        return arena_printf(w->mem, "((%s - %s) DIV %s)", a, m, b);
    return arena_printf(w->mem, "CAST(div(CAST(%s AS numeric) - %s, %s) AS bigint)", a, m, b);
}

/* SQLite may be built without floor(). */
static const char *float_floor(ExprWriter *w, const char *x)
{
    return is_lite(w)
               ? arena_printf(w->mem, "(CAST(%s AS INTEGER) - (%s < CAST(%s AS INTEGER)))", x, x, x)
               : arena_printf(w->mem, "floor(%s)", x);
}

static const char *float_arithmetic(ExprWriter *w, const Ex *e)
{
    const char *a = sql_float(w, e->args[0]), *b = sql_float(w, e->args[1]);
    if (!a || !b)
        return NULL;
    if (e->op == OP_DIV || e->op == OP_IDIV) {
        const char *sql = arena_printf(w->mem, "(%s / NULLIF(%s, 0))", a, b);
        return e->op == OP_DIV ? sql : float_floor(w, sql);
    }
    return arena_printf(w->mem, "(%s %s %s)", a,
                        e->op == OP_ADD   ? "+"
                        : e->op == OP_SUB ? "-"
                                          : "*",
                        b);
}

const char *sql_arithmetic(ExprWriter *w, const Ex *e)
{
    if (e->nargs == 1)
        return sql_span(w, e);
    const Ex *x = e->args[0], *y = e->args[1];
    if (!type_is_numeric(x->type.kind))
        return sql_difference(w, e);
    if (x->type.kind == TYPE_FLOAT || y->type.kind == TYPE_FLOAT)
        return float_arithmetic(w, e);
    if (e->op == OP_MUL)
        return product(w, e);
    if (e->op == OP_DIV)
        return quotient(w, e);
    int scale = larger(scale_of(x), scale_of(y));
    bool divides = e->op == OP_MOD || e->op == OP_IDIV;
    const char *a = operand(w, x, scale),
               *b = divides ? divisor(w, y, scale) : operand(w, y, scale);
    if (!a || !b)
        return NULL;
    if (divides)
        return e->op == OP_MOD ? rest(w, a, b) : floored(w, a, b);
    return arena_printf(w->mem, "(%s %s %s)", a, e->op == OP_ADD ? "+" : "-", b);
}

const char *sql_unary(ExprWriter *w, const Ex *e)
{
    const Ex *x = e->args[0];
    const char *sql = x->type.kind == TYPE_FLOAT ? sql_float(w, x) : operand(w, x, scale_of(x));
    if (!sql)
        return NULL;
    if (e->op == OP_NEG)
        return arena_printf(w->mem, "(-%s)", sql);
    if (e->op == OP_ABS)
        return arena_printf(w->mem, "abs(%s)", sql);
    bool up = e->op == OP_CEIL;
    if (!is_lite(w)) {
        const char *edge = arena_printf(w->mem, "%s(%s)", up ? "ceiling" : "floor", sql);
        return w->engine == ENGINE_POSTGRES ? arena_printf(w->mem, "CAST(%s AS bigint)", edge)
                                            : edge;
    }
    const char *below = up ? arena_printf(w->mem, "(-%s)", sql) : sql;
    if (x->type.kind == TYPE_FLOAT)
        below = float_floor(w, below);
    else if (scale_of(x) > 0)
        below = floored(w, below, power(w, scale_of(x)));
    return up ? arena_printf(w->mem, "(-%s)", below) : below;
}

/* Fewer digits; more are no change but on SQLite, where the scale is part of the number. */
const char *sql_round(ExprWriter *w, const Ex *e)
{
    const Ex *x = e->args[0];
    int digits = scale_of(e), own = scale_of(x);
    if (digits >= own)
        return sql_exact(w, x, digits);
    const char *sql = sql_exact(w, x, own);
    if (!sql)
        return NULL;
    return is_lite(w) ? shrunk(w, sql, own - digits)
                      : arena_printf(w->mem, "round(%s, %d)", sql, digits);
}

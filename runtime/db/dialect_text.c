/* Texts as SQL: characters are counted, not bytes; lower and upper change ASCII letters only, as
 * the generators do. */
#include "db/dialect_int.h"

static bool is_pg(const ExprWriter *w)
{
    return w->engine == ENGINE_POSTGRES;
}
static bool is_lite(const ExprWriter *w)
{
    return w->engine == ENGINE_SQLITE;
}

/* -12.30 with exactly the digits of its scale. */
const char *sql_decimal_text(ExprWriter *w, const Ex *e)
{
    int scale = e->type.scale;
    const char *v = sql_expr(w, e);
    if (!v)
        return NULL;
    if (is_pg(w))
        return arena_printf(w->mem, "CAST(round(%s, %d) AS text)", v, scale);
    if (!is_lite(w))
        return arena_printf(w->mem, "CAST(CAST(%s AS DECIMAL(65,%d)) AS CHAR)", v, scale);
    if (scale == 0)
        return arena_printf(w->mem, "CAST(%s AS text)", v);
    long long unit = (long long)decimal_pow10[scale];
    return arena_printf(
        w->mem,
        "(CASE WHEN %s IS NOT NULL THEN printf('%%s%%d.%%0%dd', CASE WHEN %s < 0 THEN '-' ELSE '' END, abs(%s) / %lld, abs(%s) %% %lld) END)",
        v, scale, v, v, unit, v, unit);
}

static const char *concat(ExprWriter *w, const Ex *e)
{
    bool call = !is_pg(w) && !is_lite(w);
    const char *sql = NULL;
    for (int i = 0; i < e->nargs; i++) {
        const char *one = sql_text(w, e->args[i]);
        if (!one)
            return NULL;
        sql = sql ? arena_printf(w->mem, call ? "%s, %s" : "%s || %s", sql, one) : one;
    }
    return arena_printf(w->mem, call ? "CONCAT(%s)" : "(%s)", sql);
}

/* MySQL's LOWER knows every alphabet: letter by letter then. */
static const char *letters(ExprWriter *w, const Ex *e)
{
    bool up = e->op == OP_UPPER;
    const char *x = sql_expr(w, e->args[0]);
    if (!x)
        return NULL;
    if (is_pg(w))
        return arena_printf(w->mem, "%s(%s COLLATE \"C\")", up ? "upper" : "lower", x);
    if (is_lite(w))
        return arena_printf(w->mem, "%s(%s)", up ? "upper" : "lower", x);
    for (int c = 'a'; c <= 'z'; c++)
        x = up ? arena_printf(w->mem, "REPLACE(%s, '%c', '%c')", x, c, c - 32)
               : arena_printf(w->mem, "REPLACE(%s, '%c', '%c')", x, c - 32, c);
    return x;
}

static const char *position(ExprWriter *w, const Ex *e)
{
    const char *sql = sql_expr(w, e);
    return sql && is_pg(w) && e->what != NODE_CONST
               ? arena_printf(w->mem, "CAST(%s AS integer)", sql)
               : sql;
}

/* Characters from .. from + count - 1, as far as the text has them. Only PostgreSQL takes a place
 * before the first as that. */
static const char *substring(ExprWriter *w, const Ex *e)
{
    const char *x = sql_expr(w, e->args[0]), *from = position(w, e->args[1]),
               *count = e->nargs > 2 ? position(w, e->args[2]) : NULL;
    if (!x || !from || (e->nargs > 2 && !count))
        return NULL;
    bool from_known = e->args[1]->what == NODE_CONST && e->args[1]->i >= 1,
         count_known = !count || (e->args[2]->what == NODE_CONST && e->args[2]->i >= 0);
    if (count && !count_known)
        count = arena_printf(w->mem, "(CASE WHEN %s < 0 THEN 0 ELSE %s END)", count, count);
    if (!from_known && !is_pg(w)) {
        if (count)
            count = arena_printf(
                w->mem, "(CASE WHEN %s >= 1 THEN %s WHEN %s + %s < 1 THEN 0 ELSE %s + %s - 1 END)",
                from, count, from, count, from, count);
        from = arena_printf(w->mem, "(CASE WHEN %s < 1 THEN 1 ELSE %s END)", from, from);
    }
    const char *name = is_pg(w) || is_lite(w) ? "substr" : "SUBSTRING";
    return count ? arena_printf(w->mem, "%s(%s, %s, %s)", name, x, from, count)
                 : arena_printf(w->mem, "%s(%s, %s)", name, x, from);
}

const char *sql_text_op(ExprWriter *w, const Ex *e)
{
    const char *x;
    switch (e->op) {
    case OP_CONCAT: return concat(w, e);
    case OP_LOWER:
    case OP_UPPER: return letters(w, e);
    case OP_SUBSTR: return substring(w, e);
    case OP_LENGTH:
        x = sql_expr(w, e->args[0]);
        return x ? arena_printf(w->mem, "%s(%s)", is_lite(w) ? "length" : "char_length", x) : NULL;
    default: break;
    }
    return sql_text(w, e->args[0]); /* text_of */
}

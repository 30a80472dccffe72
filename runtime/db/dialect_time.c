/* Dates, times and timestamps as SQL, always in UTC. SQLite keeps them as texts: they compare as
 * texts at one number of fraction digits, and a month is added by hand there, since its own '+1
 * month' runs past the month's end. */
#include <string.h>

#include "base/calendar.h"
#include "db/dialect_int.h"

static bool is_pg(const ExprWriter *w)
{
    return w->engine == ENGINE_POSTGRES;
}
static bool is_lite(const ExprWriter *w)
{
    return w->engine == ENGINE_SQLITE;
}

const char *sql_moment_const(ExprWriter *w, const Ex *e, int scale)
{
    Buf out;
    buf_init(&out, 256);
    if (e->type.kind == TYPE_DATE)
        buf_date(&out, e->i);
    else if (e->type.kind == TYPE_TIME)
        buf_time(&out, e->i, scale);
    else
        buf_timestamp(&out, e->i, scale);
    const char *text = arena_strndup(w->mem, out.data, out.len);
    buf_free(&out);
    const char *word = e->type.kind == TYPE_DATE   ? "DATE"
                       : e->type.kind == TYPE_TIME ? "TIME"
                       : is_pg(w)                  ? "TIMESTAMPTZ"
                                                   : "TIMESTAMP";
    if (is_lite(w))
        return arena_printf(w->mem, "'%s'", text);
    return arena_printf(w->mem, "%s '%s%s'", word, text,
                        is_pg(w) && e->type.kind == TYPE_TIMESTAMP ? "+00" : "");
}

/* A text of `from` fraction digits with `to` of them. */
static const char *padded(ExprWriter *w, const char *sql, int from, int to)
{
    if (to <= from)
        return sql;
    return arena_printf(w->mem, "(%s || '%s%.*s')", sql, from ? "" : ".", to - from, "000000");
}

const char *sql_moment(ExprWriter *w, const Ex *e, const Type *type)
{
    if (ex_is_null_const(e))
        return "NULL";
    if (e->what == NODE_CONST && e->type.kind == type->kind && e->type.kind != TYPE_TEXT)
        return sql_moment_const(w, e, type->scale);
    const char *sql = sql_expr(w, e);
    int scale = e->type.scale;
    if (sql && e->type.kind == TYPE_DATE && type->kind == TYPE_TIMESTAMP) {
        if (is_pg(w))
            return arena_printf(w->mem, "(CAST(%s AS timestamp) AT TIME ZONE 'UTC')", sql);
        if (!is_lite(w))
            return arena_printf(w->mem, "CAST(%s AS DATETIME)", sql);
        sql = arena_printf(w->mem, "(%s || ' 00:00:00')", sql);
        scale = 0;
    }
    return sql && is_lite(w) && type->kind != TYPE_DATE ? padded(w, sql, scale, type->scale) : sql;
}

/* ---- a span added */

static const char *seconds(ExprWriter *w, int64_t micros)
{
    int64_t whole = micros / MICROS_PER_SECOND, part = micros % MICROS_PER_SECOND;
    const char *sign = micros < 0 ? "-" : "+";
    whole = whole < 0 ? -whole : whole;
    part = part < 0 ? -part : part;
    return part ? arena_printf(w->mem, "%s%lld.%06lld", sign, (long long)whole, (long long)part)
                : arena_printf(w->mem, "%s%lld", sign, (long long)whole);
}

static const char *pg_span(ExprWriter *w, const Ex *e, const char *at)
{
    if (e->type.kind == TYPE_DATE) {
        if (e->months)
            at = arena_printf(w->mem, "CAST(%s + INTERVAL '%lld months' AS date)", at,
                              (long long)e->months);
        return arena_printf(w->mem, "(%s + (%lld))", at, (long long)(e->micros / MICROS_PER_DAY));
    }
    if (e->months)
        at = arena_printf(w->mem,
                          "((%s AT TIME ZONE 'UTC' + INTERVAL '%lld months') AT TIME ZONE 'UTC')",
                          at, (long long)e->months);
    return arena_printf(w->mem, "(%s + INTERVAL '%s seconds')", at, seconds(w, e->micros));
}

static const char *mysql_span(ExprWriter *w, const Ex *e, const char *at)
{
    if (e->months)
        at = arena_printf(w->mem, "(%s + INTERVAL %lld MONTH)", at, (long long)e->months);
    bool parts = e->micros % MICROS_PER_SECOND != 0;
    int64_t n = e->type.kind == TYPE_DATE ? e->micros / MICROS_PER_DAY
                : parts                   ? e->micros
                                          : e->micros / MICROS_PER_SECOND;
    const char *unit = e->type.kind == TYPE_DATE ? "DAY" : parts ? "MICROSECOND" : "SECOND";
    return n ? arena_printf(w->mem, "(%s + INTERVAL %lld %s)", at, (long long)n, unit) : at;
}

/* The earlier of: the same day of the month that is meant (or past its end), and that month's last
 * day. */
static const char *lite_months(ExprWriter *w, const char *day, int64_t months)
{
    return arena_printf(
        w->mem,
        "min(date(%s, 'start of month', '%+lld months', (CAST(substr(%s, 9, 2) AS INTEGER) - 1) || ' days'), date(%s, 'start of month', '%+lld months', '-1 day'))",
        day, (long long)months, day, day, (long long)months + 1);
}

static const char *lite_span(ExprWriter *w, const Ex *e, const char *at)
{
    if (e->type.kind == TYPE_DATE) {
        at = e->months ? lite_months(w, at, e->months) : at;
        return e->micros ? arena_printf(w->mem, "date(%s, '%+lld days')", at,
                                        (long long)(e->micros / MICROS_PER_DAY))
                         : at;
    }
    if (e->micros % MICROS_PER_SECOND != 0) {
        ex_no_sql(w, e->node, "on SQLite, a span with a fraction of a second", "use whole seconds");
        return NULL;
    }
    if (e->months)
        at = arena_printf(w->mem, "(%s || substr(%s, 11))",
                          lite_months(w, arena_printf(w->mem, "substr(%s, 1, 10)", at), e->months),
                          at);
    /* The fraction is kept aside: SQLite counts in milliseconds. */
    return e->micros ? arena_printf(w->mem,
                                    "(datetime(substr(%s, 1, 19), '%s seconds') || substr(%s, 20))",
                                    at, seconds(w, e->micros), at)
                     : at;
}

const char *sql_span(ExprWriter *w, const Ex *e)
{
    const char *at = sql_expr(w, e->args[0]);
    if (!at)
        return NULL;
    return is_pg(w) ? pg_span(w, e, at) : is_lite(w) ? lite_span(w, e, at) : mysql_span(w, e, at);
}

/* ---- differences: days, or whole seconds rounded down */

static const char *lite_seconds(ExprWriter *w, const char *a, const char *b, int scale)
{
    const char *sql = arena_printf(
        w->mem,
        "CAST(strftime('%%s', substr(%s, 1, 19)) AS INTEGER) - CAST(strftime('%%s', substr(%s, 1, 19)) AS INTEGER)",
        a, b);
    return scale ? arena_printf(w->mem, "(%s - (substr(%s, 20) < substr(%s, 20)))", sql, a, b)
                 : arena_printf(w->mem, "(%s)", sql);
}

const char *sql_difference(ExprWriter *w, const Ex *e)
{
    const Ex *x = e->args[0], *y = e->args[1];
    bool days = x->type.kind == TYPE_DATE && y->type.kind == TYPE_DATE;
    int scale = x->type.scale > y->type.scale ? x->type.scale : y->type.scale;
    Type type = {
        .kind = days ? TYPE_DATE : TYPE_TIMESTAMP, .scale = days ? 0 : scale, .with_zone = !days};
    const char *a = sql_moment(w, x, &type), *b = sql_moment(w, y, &type);
    if (!a || !b)
        return NULL;
    if (is_pg(w))
        return arena_printf(
            w->mem, days ? "(%s - %s)" : "CAST(floor(extract(epoch FROM (%s - %s))) AS bigint)", a,
            b);
    if (is_lite(w))
        return days ? arena_printf(w->mem, "CAST(julianday(%s) - julianday(%s) AS INTEGER)", a, b)
                    : lite_seconds(w, a, b, scale);
    if (days)
        return arena_printf(w->mem, "DATEDIFF(%s, %s)", a, b);
    return scale ? arena_printf(w->mem, "FLOOR(TIMESTAMPDIFF(MICROSECOND, %s, %s) / 1000000)", b, a)
                 : arena_printf(w->mem, "TIMESTAMPDIFF(SECOND, %s, %s)", b, a);
}

/* ---- parts, and as text */

const char *sql_part(ExprWriter *w, const Ex *e)
{
    const Ex *x = e->args[0];
    const char *at = sql_expr(w, x);
    bool stamp = x->type.kind == TYPE_TIMESTAMP;
    if (!at || (e->op == OP_DATE && !stamp))
        return at;
    if (is_lite(w))
        return e->op == OP_DATE
                   ? arena_printf(w->mem, "substr(%s, 1, 10)", at)
                   : arena_printf(w->mem,
                                  e->op == OP_YEAR ? "CAST(substr(%s, 1, 4) AS INTEGER)"
                                                   : "CAST(substr(%s, 6, 2) AS INTEGER)",
                                  at);
    if (!is_pg(w))
        return arena_printf(w->mem, "%s(%s)",
                            e->op == OP_DATE   ? "DATE"
                            : e->op == OP_YEAR ? "YEAR"
                                               : "MONTH",
                            at);
    const char *local = stamp ? arena_printf(w->mem, "%s AT TIME ZONE 'UTC'", at) : at;
    if (e->op == OP_DATE)
        return arena_printf(w->mem, "CAST(%s AS date)", local);
    return arena_printf(w->mem, "CAST(extract(%s FROM %s) AS integer)",
                        e->op == OP_YEAR ? "year" : "month", local);
}

const char *sql_moment_text(ExprWriter *w, const Ex *e)
{
    const char *at = sql_expr(w, e);
    TypeKind kind = e->type.kind;
    int scale = kind == TYPE_DATE ? 0 : e->type.scale;
    if (!at || is_lite(w))
        return at;
    if (is_pg(w)) {
        const char *form = kind == TYPE_DATE   ? "YYYY-MM-DD"
                           : kind == TYPE_TIME ? "HH24:MI:SS"
                                               : "YYYY-MM-DD HH24:MI:SS";
        at = kind == TYPE_TIME        ? arena_printf(w->mem, "CAST(%s AS interval)", at)
             : kind == TYPE_TIMESTAMP ? arena_printf(w->mem, "%s AT TIME ZONE 'UTC'", at)
                                      : at;
        if (scale == 0)
            return arena_printf(w->mem, "to_char(%s, '%s')", at, form);
        return arena_printf(w->mem, "left(to_char(%s, '%s.US'), %d)", at, form,
                            (kind == TYPE_TIME ? 9 : 20) + scale);
    }
    const char *form = kind == TYPE_DATE   ? "%Y-%m-%d"
                       : kind == TYPE_TIME ? "%H:%i:%s"
                                           : "%Y-%m-%d %H:%i:%s";
    const char *name = kind == TYPE_TIME ? "TIME_FORMAT" : "DATE_FORMAT";
    if (scale == 0)
        return arena_printf(w->mem, "%s(%s, '%s')", name, at, form);
    return arena_printf(w->mem, "LEFT(%s(%s, '%s.%%f'), %d)", name, at, form,
                        (kind == TYPE_TIME ? 9 : 20) + scale);
}

/* The functions of gen/expr_words.c, expr_days.c and expr_calc.c: typed as they are there, and as
 * SQL. What the engines do not do alike (doubles, letters without marks) is refused with the way
 * out. */
#include <string.h>

#include "base/calendar.h"
#include "db/dialect_int.h"

#define COLUMN_HINT "give it a column of its own and name that"

static bool is_pg(const ExprWriter *w)
{
    return w->engine == ENGINE_POSTGRES;
}
static bool is_lite(const ExprWriter *w)
{
    return w->engine == ENGINE_SQLITE;
}
static bool is_day(const Ex *e)
{
    return e->type.kind == TYPE_DATE || e->type.kind == TYPE_TIMESTAMP;
}

/* ---- types */

static Ex *typed(ExprWriter *w, const Node *node, Type type, Ex **args, int n)
{
    Ex *e = ex_new(w, node, type);
    e->args = args;
    e->nargs = n;
    return e;
}

static Ex *refused(ExprWriter *w, const Node *node, const Ex *arg)
{
    return ex_refused(
        w, node,
        arena_printf(w->mem, "%s of %s", op_defs[node->op].name, type_text(&arg->type, w->mem)),
        NULL);
}

static Ex *text_function(ExprWriter *w, const Node *node, Ex **args, int n)
{
    bool number_second = node->op == OP_LPAD || node->op == OP_RPAD || node->op == OP_REPEAT;
    for (int i = 0; i < n; i++) {
        bool number = number_second && i == 1;
        if (number ? args[i]->type.kind != TYPE_INT : !type_is_text(args[i]->type.kind))
            return refused(w, node, args[i]);
    }
    TypeKind kind = node->op == OP_POSITION ? TYPE_INT
                    : node->op == OP_LIKE   ? TYPE_BOOL
                                            : TYPE_TEXT;
    return typed(w, node, (Type){.kind = kind, .bits = kind == TYPE_INT ? 64 : 0}, args, n);
}

static Ex *moment_function(ExprWriter *w, const Node *node, Ex **args, int n)
{
    bool between = node->op == OP_MONTHS_BETWEEN || node->op == OP_YEARS_BETWEEN;
    Type type = {.kind = TYPE_INT, .bits = 64};
    if (between && !ex_read_moments(w, args[0], args[1]))
        return NULL;
    for (int i = 0; i < (between ? 2 : 1); i++)
        if (!is_day(args[i]))
            return refused(w, node, args[i]);
    if (node->op == OP_LAST_DAY)
        type = (Type){.kind = TYPE_DATE};
    if (node->op == OP_START)
        type =
            (Type){.kind = args[0]->type.kind, .with_zone = args[0]->type.kind == TYPE_TIMESTAMP};
    return typed(w, node, type, args, n);
}

static Ex *truncation(ExprWriter *w, const Node *node, Ex **args, int n)
{
    Ex *x = args[0];
    int digits = n > 1 ? (int)args[1]->i : 0,
        own = x->type.kind == TYPE_DECIMAL ? x->type.scale : 0;
    if (!type_is_numeric(x->type.kind))
        return refused(w, node, x);
    if (x->type.kind == TYPE_INT)
        return x;
    int kept = digits < own ? digits : own;
    Type type = {.kind = TYPE_INT, .bits = 64};
    if (kept)
        type = (Type){.kind = TYPE_DECIMAL, .precision = DECIMAL_MAX_SCALE, .scale = kept};
    return typed(w, node, type, args, 1);
}

Ex *ex_more(ExprWriter *w, const Node *node, Ex **args, int n)
{
    switch (node->op) {
    case OP_TRIM:
    case OP_LTRIM:
    case OP_RTRIM:
    case OP_REPLACE:
    case OP_LPAD:
    case OP_RPAD:
    case OP_POSITION:
    case OP_REPEAT:
    case OP_LIKE: return text_function(w, node, args, n);
    case OP_DAY:
    case OP_QUARTER:
    case OP_WEEK:
    case OP_WEEKDAY:
    case OP_YEARDAY:
    case OP_HOUR:
    case OP_MINUTE:
    case OP_SECOND:
    case OP_START:
    case OP_LAST_DAY:
    case OP_MONTHS_BETWEEN:
    case OP_YEARS_BETWEEN: return moment_function(w, node, args, n);
    case OP_SIGN:
        return type_is_numeric(args[0]->type.kind)
                   ? typed(w, node, (Type){.kind = TYPE_INT, .bits = 32}, args, 1)
                   : refused(w, node, args[0]);
    case OP_TRUNC: return truncation(w, node, args, n);
    default: break;
    }
    return ex_refused(w, node, op_defs[node->op].name, COLUMN_HINT);
}

Ex *ex_node_span(ExprWriter *w, const Node *node, const Node *span, Ex *at)
{
    Ex *n = ex_typed(w, span->args[0]);
    if (!n || !is_day(at) || n->type.kind != TYPE_INT)
        return n ? refused(w, node, at) : NULL;
    Ex **args = arena_array(w->mem, Ex *, 2);
    args[0] = at;
    args[1] = n;
    Type type = at->type;
    type.name = NULL;
    type.with_zone = type.kind == TYPE_TIMESTAMP;
    Ex *e = typed(w, node, type, args, 2);
    const Duration *d = &span->args[1]->value.duration;
    int sign = node->op == OP_SUB ? -1 : 1;
    e->op = OP_SPAN;
    e->months = sign * d->min_months;
    e->micros = sign * d->min_micros;
    return e;
}

/* ---- texts */

static const char *number(ExprWriter *w, const Ex *e)
{
    const char *sql = sql_expr(w, e);
    return sql && is_pg(w) && e->what != NODE_CONST
               ? arena_printf(w->mem, "CAST(%s AS integer)", sql)
               : sql;
}

static const char *padded(ExprWriter *w, const Ex *e, const char *x)
{
    const char *n = number(w, e->args[1]), *by = e->nargs > 2 ? sql_expr(w, e->args[2]) : "' '";
    bool left = e->op == OP_LPAD;
    if (!n || !by)
        return NULL;
    if (!is_lite(w))
        return arena_printf(w->mem, is_pg(w) ? "%s(%s, %s, %s)" : "%s(%s, GREATEST(%s, 0), %s)",
                            left ? "lpad" : "rpad", x, n, by);
    const char *fill = arena_printf(
        w->mem, "substr(replace(hex(zeroblob(%s)), '00', %s), 1, %s - length(%s))", n, by, n, x);
    return arena_printf(
        w->mem, "(CASE WHEN length(%s) >= %s THEN substr(%s, 1, max(%s, 0)) ELSE %s || %s END)", x,
        n, x, n, left ? fill : x, left ? x : fill);
}

/* SQLite's LIKE takes no notice of case; GLOB does. */
static const char *glob(ExprWriter *w, const char *pattern, size_t len)
{
    Buf out;
    buf_init(&out, SQL_MAX);
    for (size_t i = 0; i < len; i++) {
        char c = pattern[i];
        bool escaped = c == '\\' && i + 1 < len;
        if (escaped)
            c = pattern[++i];
        if (!escaped && (c == '%' || c == '_'))
            buf_byte(&out, c == '%' ? '*' : '?');
        else if (c == '*' || c == '?' || c == '[')
            buf_printf(&out, "[%c]", c);
        else
            buf_byte(&out, c);
    }
    const char *sql = sql_literal(w, out.len ? out.data : "", out.len);
    buf_free(&out);
    return sql;
}

static const char *like(ExprWriter *w, const Ex *e, const char *x)
{
    const Ex *p = e->args[1];
    if (is_lite(w))
        return arena_printf(w->mem, "(%s GLOB %s)", x, glob(w, p->text, p->len));
    return arena_printf(w->mem, "(%s LIKE %s ESCAPE %s)", x, sql_literal(w, p->text, p->len),
                        sql_literal(w, "\\", 1));
}

static const char *text_sql(ExprWriter *w, const Ex *e)
{
    const char *x = sql_expr(w, e->args[0]), *b = e->nargs > 1 ? sql_expr(w, e->args[1]) : "",
               *c = e->nargs > 2 ? sql_expr(w, e->args[2]) : "";
    if (!x || !b || !c)
        return NULL;
    switch (e->op) {
    case OP_TRIM:
        return arena_printf(w->mem,
                            is_pg(w)     ? "btrim(%s, ' ')"
                            : is_lite(w) ? "trim(%s, ' ')"
                                         : "TRIM(%s)",
                            x);
    case OP_LTRIM:
    case OP_RTRIM:
        return arena_printf(w->mem, is_mysql(w->engine) ? "%s(%s)" : "%s(%s, ' ')",
                            e->op == OP_LTRIM ? "ltrim" : "rtrim", x);
    case OP_REPLACE:
        /* MariaDB looks at what to put in only when it has found something. */
        if (w->engine == ENGINE_MARIADB && e->args[2]->what != NODE_CONST)
            return arena_printf(w->mem, "(CASE WHEN %s IS NOT NULL THEN replace(%s, %s, %s) END)",
                                c, x, b, c);
        return arena_printf(w->mem, "replace(%s, %s, %s)", x, b, c);
    case OP_LPAD:
    case OP_RPAD: return padded(w, e, x);
    case OP_POSITION:
        return is_mysql(w->engine)
                   ? arena_printf(w->mem, "LOCATE(%s, %s)", b, x)
                   : arena_printf(w->mem, is_pg(w) ? "strpos(%s, %s)" : "instr(%s, %s)", x, b);
    case OP_REPEAT:
        b = number(w, e->args[1]);
        if (!is_lite(w))
            return arena_printf(w->mem, "repeat(%s, %s)", x, b);
        return arena_printf(
            w->mem,
            "(CASE WHEN %s < 1 AND %s IS NOT NULL THEN '' ELSE replace(hex(zeroblob(%s)), '00', %s) END)",
            b, x, b, x);
    default: return like(w, e, x);
    }
}

/* ---- dates and timestamps */

/* A timestamp as PostgreSQL takes it apart; what the others take apart as it is. */
static const char *local(ExprWriter *w, const Ex *e, const char *at)
{
    if (!is_pg(w))
        return at;
    return e->type.kind == TYPE_TIMESTAMP ? arena_printf(w->mem, "%s AT TIME ZONE 'UTC'", at)
                                          : arena_printf(w->mem, "CAST(%s AS timestamp)", at);
}

static const char *day_of(ExprWriter *w, const Ex *e, const char *at)
{
    if (e->type.kind == TYPE_DATE)
        return at;
    return is_lite(w) ? arena_printf(w->mem, "substr(%s, 1, 10)", at)
                      : arena_printf(w->mem, "DATE(%s)", at);
}

static const char *lite_part(ExprWriter *w, OpKind op, const char *at, const char *day)
{
    switch (op) {
    case OP_DAY: return arena_printf(w->mem, "CAST(substr(%s, 9, 2) AS INTEGER)", at);
    case OP_QUARTER:
        return arena_printf(w->mem, "((CAST(substr(%s, 6, 2) AS INTEGER) + 2) / 3)", at);
    case OP_WEEK:
        return arena_printf(
            w->mem,
            "((CAST(strftime('%%j', date(%s, '-3 days', 'weekday 4')) AS INTEGER) - 1) / 7 + 1)",
            day);
    case OP_WEEKDAY:
        return arena_printf(w->mem, "((CAST(strftime('%%w', %s) AS INTEGER) + 6) %% 7 + 1)", day);
    case OP_YEARDAY: return arena_printf(w->mem, "CAST(strftime('%%j', %s) AS INTEGER)", day);
    default: break;
    }
    int from = op == OP_HOUR ? 12 : op == OP_MINUTE ? 15 : 18;
    return arena_printf(w->mem, "CAST(substr(%s, %d, 2) AS INTEGER)", at, from);
}

static const char *part_sql(ExprWriter *w, const Ex *e)
{
    static const char *const pg[] = {"day", "quarter", "week", "isodow", "doy", "hour", "minute"};
    static const char *const my[] = {"DAYOFMONTH(%s)",    "QUARTER(%s)",   "WEEK(%s, 3)",
                                     "(WEEKDAY(%s) + 1)", "DAYOFYEAR(%s)", "HOUR(%s)",
                                     "MINUTE(%s)",        "SECOND(%s)"};
    const char *at = sql_expr(w, e->args[0]);
    int which = (int)e->op - OP_DAY;
    if (!at)
        return NULL;
    if (is_lite(w))
        return lite_part(w, e->op, at, day_of(w, e->args[0], at));
    if (is_pg(w))
        return e->op == OP_SECOND
                   ? arena_printf(w->mem, "CAST(floor(extract(second FROM %s)) AS integer)",
                                  local(w, e->args[0], at))
                   : arena_printf(w->mem, "CAST(extract(%s FROM %s) AS integer)", pg[which],
                                  local(w, e->args[0], at));
    /* A column's text has no % of its own that counts here: the forms take it as an argument. */
    const char *form = my[which], *hole = strstr(form, "%s");
    return arena_printf(w->mem, "%.*s%s%s", (int)(hole - form), form, at, hole + 2);
}

static const char *mysql_start(ExprWriter *w, const char *unit, const char *at, const char *day)
{
    if (strcmp(unit, "year") == 0)
        return arena_printf(w->mem, "(%s - INTERVAL (DAYOFYEAR(%s) - 1) DAY)", day, at);
    if (strcmp(unit, "week") == 0)
        return arena_printf(w->mem, "(%s - INTERVAL WEEKDAY(%s) DAY)", day, at);
    const char *month = arena_printf(w->mem, "(%s - INTERVAL (DAYOFMONTH(%s) - 1) DAY)", day, at);
    if (strcmp(unit, "month") == 0)
        return month;
    if (strcmp(unit, "quarter") == 0)
        return arena_printf(w->mem, "(%s - INTERVAL ((MONTH(%s) - 1) MOD 3) MONTH)", month, at);
    return day;
}

static const char *lite_start(ExprWriter *w, const char *unit, const char *day)
{
    if (strcmp(unit, "week") == 0)
        return arena_printf(w->mem, "date(%s, '-6 days', 'weekday 1')", day);
    if (strcmp(unit, "quarter") == 0)
        return arena_printf(
            w->mem,
            "date(%s, 'start of month', ((1 - CAST(substr(%s, 6, 2) AS INTEGER)) %% 3) || ' months')",
            day, day);
    if (strcmp(unit, "year") == 0 || strcmp(unit, "month") == 0)
        return arena_printf(w->mem, "date(%s, 'start of %s')", day, unit);
    return day;
}

static const char *start_sql(ExprWriter *w, const Ex *e)
{
    const Ex *x = e->args[0];
    const char *at = sql_expr(w, x), *unit = e->args[1]->text;
    if (!at)
        return NULL;
    bool stamp = x->type.kind == TYPE_TIMESTAMP, hour = strcmp(unit, "hour") == 0,
         minute = strcmp(unit, "minute") == 0;
    const char *day = day_of(w, x, at);
    if (is_pg(w))
        return arena_printf(w->mem,
                            stamp ? "(date_trunc('%s', %s) AT TIME ZONE 'UTC')"
                                  : "CAST(date_trunc('%s', %s) AS date)",
                            unit, local(w, x, at));
    if (is_lite(w)) {
        if (hour || minute)
            return arena_printf(w->mem, "(substr(%s, 1, %d) || '%s')", at, hour ? 13 : 16,
                                hour ? ":00:00" : ":00");
        const char *start = lite_start(w, unit, day);
        return stamp ? arena_printf(w->mem, "(%s || ' 00:00:00')", start) : start;
    }
    const char *start = mysql_start(w, unit, at, day);
    if (hour || minute)
        return arena_printf(w->mem,
                            "(CAST(%s AS DATETIME) + INTERVAL (HOUR(%s) * 60 + %s%s%s) MINUTE)",
                            day, at, hour ? "0" : "MINUTE(", hour ? "" : at, hour ? "" : ")");
    return stamp ? arena_printf(w->mem, "CAST(%s AS DATETIME)", start) : start;
}

static const char *last_day_sql(ExprWriter *w, const Ex *e)
{
    const char *at = sql_expr(w, e->args[0]);
    if (!at)
        return NULL;
    if (is_pg(w))
        return arena_printf(w->mem,
                            "CAST(date_trunc('month', %s) + INTERVAL '1 month -1 day' AS date)",
                            local(w, e->args[0], at));
    return is_lite(w) ? arena_printf(w->mem, "date(%s, 'start of month', '+1 month', '-1 day')",
                                     day_of(w, e->args[0], at))
                      : arena_printf(w->mem, "LAST_DAY(%s)", at);
}

/* Months from year 0, and what stands behind the month. */
static void month_parts(ExprWriter *w, const Ex *e, const char *at, const char **months,
                        const char **rest)
{
    if (is_pg(w)) {
        at = local(w, e, at);
        *months = arena_printf(
            w->mem, "CAST(extract(year FROM %s) * 12 + extract(month FROM %s) AS integer)", at, at);
        *rest = arena_printf(w->mem, "(to_char(%s, 'DD HH24:MI:SS.US') COLLATE \"C\")", at);
    } else if (is_lite(w)) {
        *months = arena_printf(
            w->mem, "(CAST(substr(%s, 1, 4) AS INTEGER) * 12 + CAST(substr(%s, 6, 2) AS INTEGER))",
            at, at);
        *rest = arena_printf(w->mem, "substr(%s, 9)", at);
    } else {
        *months = arena_printf(w->mem, "CAST(YEAR(%s) * 12 + MONTH(%s) AS SIGNED)", at, at);
        *rest = arena_printf(w->mem, "DATE_FORMAT(%s, '%%d %%H:%%i:%%s.%%f')", at);
    }
}

static const char *between_sql(ExprWriter *w, const Ex *e)
{
    const Ex *x = e->args[0], *y = e->args[1];
    bool days = x->type.kind == TYPE_DATE && y->type.kind == TYPE_DATE;
    Type type = {.kind = days ? TYPE_DATE : TYPE_TIMESTAMP,
                 .scale = x->type.scale > y->type.scale ? x->type.scale : y->type.scale,
                 .with_zone = !days};
    const char *a = sql_moment(w, x, &type), *b = sql_moment(w, y, &type), *ma, *mb, *ra, *rb;
    if (!a || !b)
        return NULL;
    Ex common = {.type = type};
    month_parts(w, &common, a, &ma, &ra);
    month_parts(w, &common, b, &mb, &rb);
    const char *months = arena_printf(
        w->mem,
        "(%s - %s - CASE WHEN %s > %s AND %s < %s THEN 1 WHEN %s < %s AND %s > %s THEN -1 ELSE 0 END)",
        mb, ma, mb, ma, rb, ra, mb, ma, rb, ra);
    if (e->op == OP_MONTHS_BETWEEN)
        return months;
    return arena_printf(w->mem, is_mysql(w->engine) ? "(%s DIV 12)" : "(%s / 12)", months);
}

static const char *span_sql(ExprWriter *w, const Ex *e)
{
    const Ex *x = e->args[0];
    const char *at = sql_expr(w, x), *n = sql_expr(w, e->args[1]);
    bool stamp = x->type.kind == TYPE_TIMESTAMP;
    if (!at || !n)
        return NULL;
    long long each = (long long)(e->months ? e->months
                                 : stamp   ? e->micros / MICROS_PER_SECOND
                                           : e->micros / MICROS_PER_DAY);
    const char *count = arena_printf(w->mem, "(%s * (%lld))", n, each);
    const char *unit = e->months ? "month" : stamp ? "second" : "day";
    if (is_pg(w)) {
        const char *sum =
            arena_printf(w->mem, "%s + %s * INTERVAL '1 %s'", local(w, x, at), count, unit);
        return arena_printf(w->mem, stamp ? "((%s) AT TIME ZONE 'UTC')" : "CAST(%s AS date)", sum);
    }
    if (!is_lite(w))
        return arena_printf(w->mem, "(%s + INTERVAL %s %s)", at, count, unit);
    const char *day = day_of(w, x, at);
    if (e->months) {
        const char *moved = arena_printf(
            w->mem,
            "min(date(%s, 'start of month', %s || ' months', (CAST(substr(%s, 9, 2) AS INTEGER) - 1) || ' days'), date(%s, 'start of month', (%s + 1) || ' months', '-1 day'))",
            day, count, day, day, count);
        return stamp ? arena_printf(w->mem, "(%s || substr(%s, 11))", moved, at) : moved;
    }
    return stamp ? arena_printf(w->mem,
                                "(datetime(substr(%s, 1, 19), %s || ' seconds') || substr(%s, 20))",
                                at, count, at)
                 : arena_printf(w->mem, "date(%s, %s || ' days')", at, count);
}

/* ---- numbers */

static const char *sign_sql(ExprWriter *w, const Ex *e)
{
    const Ex *x = e->args[0];
    const char *sql = x->type.kind == TYPE_FLOAT
                          ? sql_float(w, x)
                          : sql_exact(w, x, x->type.kind == TYPE_DECIMAL ? x->type.scale : 0);
    if (!sql)
        return NULL;
    return is_lite(w)
               ? arena_printf(w->mem, "((%s > 0) - (%s < 0))", sql, sql)
               : arena_printf(w->mem, is_pg(w) ? "CAST(sign(%s) AS integer)" : "SIGN(%s)", sql);
}

static const char *trunc_sql(ExprWriter *w, const Ex *e)
{
    const Ex *x = e->args[0];
    bool is_float = x->type.kind == TYPE_FLOAT;
    int own = x->type.kind == TYPE_DECIMAL ? x->type.scale : 0,
        kept = e->type.kind == TYPE_DECIMAL ? e->type.scale : 0;
    const char *sql = is_float ? sql_float(w, x) : sql_exact(w, x, own);
    if (!sql)
        return NULL;
    if (is_lite(w))
        return is_float
                   ? arena_printf(w->mem, "CAST(%s AS INTEGER)", sql)
                   : arena_printf(w->mem, "(%s / %lld)", sql, (long long)decimal_pow10[own - kept]);
    if (is_mysql(w->engine))
        return arena_printf(w->mem, kept ? "TRUNCATE(%s, %d)" : "CAST(TRUNCATE(%s, %d) AS SIGNED)",
                            sql, kept);
    return kept ? arena_printf(w->mem, "trunc(%s, %d)", sql, kept)
                : arena_printf(w->mem, "CAST(trunc(%s) AS bigint)", sql);
}

const char *sql_more(ExprWriter *w, const Ex *e)
{
    switch (e->op) {
    case OP_START: return start_sql(w, e);
    case OP_LAST_DAY: return last_day_sql(w, e);
    case OP_MONTHS_BETWEEN:
    case OP_YEARS_BETWEEN: return between_sql(w, e);
    case OP_SPAN: return span_sql(w, e);
    case OP_SIGN: return sign_sql(w, e);
    case OP_TRUNC: return trunc_sql(w, e);
    default: break;
    }
    return e->op >= OP_DAY && e->op <= OP_SECOND ? part_sql(w, e) : text_sql(w, e);
}

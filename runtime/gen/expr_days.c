/* More functions over dates and timestamps: parts, the beginning of a unit, whole months and years
 * between two moments, spans that come from a column. Weeks and weekdays as in ISO 8601. */
#include "gen/expr_int.h"

#include <string.h>

#include "base/calendar.h"

static bool is_day(TypeKind kind)
{
    return kind == TYPE_DATE || kind == TYPE_TIMESTAMP;
}

static bool needs_day(GenBind *b, int i)
{
    if (is_day(arg_kind(b, i)))
        return true;
    return gen_bind_error(b, ERR_RECIPE, "%s needs a date or timestamp, not %s", expr_name(b),
                          expr_type(b, i));
}

static int64_t day_at(const Vec *v, uint32_t k)
{
    return v->kind == TYPE_DATE ? v->i[k] : calendar_day_of(v->i[k]);
}

static int64_t time_at(const Vec *v, uint32_t k)
{
    return v->kind == TYPE_DATE ? 0 : v->i[k] - calendar_day_of(v->i[k]) * MICROS_PER_DAY;
}

/* ---- parts */

/* 1 is Monday; 1970-01-01 was a Thursday. */
static int weekday(int64_t day)
{
    int64_t n = (day + 3) % 7;
    return (int)(n < 0 ? n + 7 : n) + 1;
}

static int64_t year_start(int year)
{
    return calendar_days((Civil){year, 1, 1});
}

/* The week belongs to the year that its Thursday lies in. */
static int week(int64_t day)
{
    int64_t thursday = day - weekday(day) + 4;
    return (int)((thursday - year_start(calendar_civil(thursday).year)) / 7) + 1;
}

static void fill_part(const GenCall *c, Vec *out)
{
    const Vec *v = c->args[0];
    int64_t *to = out->i;
    const uint32_t n = c->n;
#define EACH_DAY(value)                                                                            \
    for (uint32_t k = 0; k < n; k++) {                                                             \
        const int64_t day = day_at(v, k);                                                          \
        to[k] = (value);                                                                           \
    }
#define EACH_TIME(value)                                                                           \
    for (uint32_t k = 0; k < n; k++) {                                                             \
        const int64_t second = time_at(v, k) / MICROS_PER_SECOND;                                  \
        to[k] = (value);                                                                           \
    }
    switch (c->bound->node->op) {
    case OP_DAY: EACH_DAY(calendar_civil(day).day) break;
    case OP_QUARTER: EACH_DAY((calendar_civil(day).month + 2) / 3) break;
    case OP_WEEK: EACH_DAY(week(day)) break;
    case OP_WEEKDAY: EACH_DAY(weekday(day)) break;
    case OP_YEARDAY: EACH_DAY(day - year_start(calendar_civil(day).year) + 1) break;
    case OP_HOUR: EACH_TIME(second / 3600) break;
    case OP_MINUTE: EACH_TIME(second / 60 % 60) break;
    default: EACH_TIME(second % 60) break;
    }
}

bool expr_day_part(GenBind *b)
{
    OpKind op = b->node->op;
    bool of_time = op == OP_HOUR || op == OP_MINUTE || op == OP_SECOND;
    if (!needs_day(b, 0))
        return false;
    if (of_time && arg_kind(b, 0) == TYPE_DATE)
        return gen_bind_error(b, ERR_RECIPE, "%s needs a timestamp: a date has no time of day",
                              expr_name(b));
    int64_t hi = op == OP_DAY       ? 31
                 : op == OP_QUARTER ? 4
                 : op == OP_WEEK    ? 53
                 : op == OP_WEEKDAY ? 7
                 : op == OP_YEARDAY ? 366
                 : op == OP_HOUR    ? 23
                                    : 59;
    expr_int_bounds(b->out, of_time ? 0 : 1, hi);
    return expr_set(b, b->out->type, fill_part, NULL);
}

/* ---- the beginning of a unit, the end of a month */

static const char *const units[] = {"year", "quarter", "month", "week", "day", "hour", "minute"};
enum { YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, UNITS };

static int64_t unit_start(int unit, int64_t day)
{
    Civil c = calendar_civil(day);
    if (unit == YEAR)
        return year_start(c.year);
    if (unit == QUARTER)
        return calendar_days((Civil){c.year, (c.month - 1) / 3 * 3 + 1, 1});
    if (unit == MONTH)
        return day - c.day + 1;
    return unit == WEEK ? day - weekday(day) + 1 : day;
}

static void fill_start(const GenCall *c, Vec *out)
{
    int unit = *(const int *)c->bound->state;
    const Vec *v = c->args[0];
    int64_t whole = (unit == HOUR ? 3600 : 60) * MICROS_PER_SECOND;
    for (uint32_t k = 0; k < c->n; k++) {
        int64_t day = unit_start(unit, day_at(v, k)), time = unit >= HOUR ? time_at(v, k) : 0;
        out->i[k] = out->kind == TYPE_DATE ? day : day * MICROS_PER_DAY + time - time % whole;
    }
}

bool expr_start(GenBind *b)
{
    const Bound *unit = arg_of(b, 1);
    int *state = arena_new_of(b->mem, int);
    if (!needs_day(b, 0))
        return false;
    const char *name = is_const(unit, VAL_TEXT) ? unit->node->value.text : "";
    while (*state < UNITS && strcmp(units[*state], name) != 0)
        ++*state;
    if (*state == UNITS)
        return gen_bind_error(
            b, ERR_RECIPE,
            "start_of takes \"year\", \"quarter\", \"month\", \"week\", \"day\", \"hour\" or \"minute\"");
    if (*state >= HOUR && arg_kind(b, 0) == TYPE_DATE)
        return gen_bind_error(b, ERR_RECIPE, "start_of: a date has no %s", name);
    b->out->nargs = 1;
    Type type = arg_of(b, 0)->type;
    type.scale = 0;
    return expr_set(b, type, fill_start, state);
}

static void fill_last_day(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++) {
        int64_t first = unit_start(MONTH, day_at(c->args[0], k));
        out->i[k] = calendar_add_months(first, 1) - 1;
    }
}

bool expr_last_day(GenBind *b)
{
    return needs_day(b, 0) && expr_set(b, (Type){.kind = TYPE_DATE}, fill_last_day, NULL);
}

/* ---- whole months and years between: not more than have passed, also backwards */

static void fill_between(const GenCall *c, Vec *out)
{
    const Vec *a = c->args[0], *b = c->args[1];
    bool years = c->bound->node->op == OP_YEARS_BETWEEN;
    for (uint32_t k = 0; k < c->n; k++) {
        Civil from = calendar_civil(day_at(a, k)), to = calendar_civil(day_at(b, k));
        int64_t months = (to.year - from.year) * 12 + to.month - from.month;
        int64_t rest = (to.day - from.day) * MICROS_PER_DAY + time_at(b, k) - time_at(a, k);
        if (months > 0 && rest < 0)
            months--;
        else if (months < 0 && rest > 0)
            months++;
        out->i[k] = years ? months / 12 : months;
    }
}

bool expr_between_moments(GenBind *b)
{
    if (!expr_read_moments(b, 0, 1) || !needs_day(b, 0) || !needs_day(b, 1))
        return false;
    int64_t most = b->node->op == OP_YEARS_BETWEEN ? 9998 : 9998 * 12 + 11;
    expr_int_bounds(b->out, -most, most);
    return expr_set(b, b->out->type, fill_between, NULL);
}

/* ---- a span from a column: days(t.n) is the number and its unit, added by + and - */

#define DAY_FIRST  INT64_C(-719162) /* 0001-01-01 */
#define DAY_LAST   INT64_C(2932896) /* 9999-12-31 */
#define MONTHS_MAX 120000

typedef struct NodeSpan {
    int64_t months, micros; /* of one unit, with the sign */
} NodeSpan;

static void fill_node_span(const GenCall *c, Vec *out)
{
    const NodeSpan s = *(const NodeSpan *)c->bound->state;
    bool dates = out->kind == TYPE_DATE;
    int64_t per_day = dates ? 1 : MICROS_PER_DAY;
    Range range = {DAY_FIRST * per_day, (DAY_LAST + 1) * per_day - 1};
    for (uint32_t k = 0; k < c->n; k++) {
        int64_t v = c->args[0]->i[k], n = c->args[1]->i[k], months = 0;
        i128 at = (i128)v + (i128)n * (dates ? s.micros / MICROS_PER_DAY : s.micros);
        bool far = s.months && (__builtin_mul_overflow(n, s.months, &months) ||
                                months > MONTHS_MAX || months < -MONTHS_MAX);
        if (s.months && !far) {
            int64_t day = dates ? v : calendar_day_of(v);
            at = (i128)v + (i128)(calendar_add_months(day, months) - day) * per_day;
        }
        expr_put(c, out, k, far ? (i128)INT64_MAX : at, range);
    }
}

bool expr_is_node_span(const Node *node)
{
    return node->kind == NODE_OP && node->op == OP_SPAN;
}

bool expr_add_node_span(GenBind *b, const Node *span, int sign)
{
    if (!needs_day(b, 0))
        return false;
    const Duration d = span->args[1]->value.duration;
    if (arg_kind(b, 0) == TYPE_DATE && d.min_micros % MICROS_PER_DAY != 0) {
        gen_bind_error(b, ERR_RECIPE,
                       "a date has no time of day: only whole days can be added to it");
        return err_hint(b->mem, b->err, "use a timestamp");
    }
    if (bind_arg(b, span->args[0], "span") < 0)
        return false;
    if (arg_kind(b, 1) != TYPE_INT) {
        gen_bind_error(b, ERR_RECIPE, "a span of time takes a whole number, not %s",
                       expr_type(b, 1));
        return err_hint(b->mem, b->err, "round(x) makes one");
    }
    NodeSpan *state = arena_new_of(b->mem, NodeSpan);
    *state = (NodeSpan){sign * d.min_months, sign * d.min_micros};
    return expr_set(b, arg_of(b, 0)->type, fill_node_span, state);
}

bool expr_span_alone(GenBind *b)
{
    gen_bind_error(b, ERR_RECIPE, "a span of time is no value of its own");
    return err_hint(b->mem, b->err, "add it to a date or timestamp: t.created_at + days(t.n)");
}

/* Dates and timestamps: plus and minus a fixed span, differences, parts. A month keeps the time of
 * day and cuts the day to the month's last; results stay in the years 1 to 9999, which every engine
 * holds. */
#include "gen/expr_int.h"

#include <string.h>

#include "base/calendar.h"

#define DAY_FIRST  INT64_C(-719162) /* 0001-01-01 */
#define DAY_LAST   INT64_C(2932896) /* 9999-12-31 */
#define MONTHS_MAX 120000

typedef struct Span {
    int64_t months, micros;
} Span;

static void put_day(const GenCall *c, Vec *out, uint32_t k, i128 day)
{
    expr_put(c, out, k, day, (Range){DAY_FIRST, DAY_LAST});
}

static void put_moment(const GenCall *c, Vec *out, uint32_t k, i128 micros)
{
    expr_put(c, out, k, micros,
             (Range){DAY_FIRST * MICROS_PER_DAY, (DAY_LAST + 1) * MICROS_PER_DAY - 1});
}

static void fill_date_span(const GenCall *c, Vec *out)
{
    const Span s = *(const Span *)c->bound->state;
    const int64_t *v = c->args[0]->i;
    for (uint32_t k = 0; k < c->n; k++)
        put_day(c, out, k,
                (i128)(s.months ? calendar_add_months(v[k], s.months) : v[k]) +
                    s.micros / MICROS_PER_DAY);
}

static void fill_timestamp_span(const GenCall *c, Vec *out)
{
    const Span s = *(const Span *)c->bound->state;
    const int64_t *v = c->args[0]->i;
    for (uint32_t k = 0; k < c->n; k++) {
        i128 at = (i128)v[k] + s.micros;
        if (s.months) {
            int64_t day = calendar_day_of(v[k]);
            at += (i128)(calendar_add_months(day, s.months) - day) * MICROS_PER_DAY;
        }
        put_moment(c, out, k, at);
    }
}

bool expr_add_span(GenBind *b, const Node *span, int sign)
{
    const Duration d = span->value.duration;
    TypeKind kind = arg_kind(b, 0);
    if (kind != TYPE_DATE && kind != TYPE_TIMESTAMP) {
        gen_bind_error(b, ERR_RECIPE,
                       "a span of time can be added to a date or timestamp, not to %s",
                       expr_type(b, 0));
        return false;
    }
    if (d.min_months != d.max_months || d.min_micros != d.max_micros) {
        gen_bind_error(b, ERR_RECIPE, "the span must be fixed here, not a range");
        return err_hint(b->mem, b->err,
                        "days(3) is fixed; after(x, days(1, 30)) draws from a range");
    }
    if (d.min_months > MONTHS_MAX || d.min_months < -MONTHS_MAX || d.min_micros == INT64_MIN)
        return gen_bind_error(b, ERR_RECIPE, "the span is longer than ten thousand years");
    if (kind == TYPE_DATE && d.min_micros % MICROS_PER_DAY != 0) {
        gen_bind_error(b, ERR_RECIPE,
                       "a date has no time of day: only whole days can be added to it");
        return err_hint(b->mem, b->err, "use a timestamp");
    }
    Span *state = arena_new_of(b->mem, Span);
    *state = (Span){sign * d.min_months, sign * d.min_micros};
    Type type = arg_of(b, 0)->type;
    if (kind == TYPE_TIMESTAMP && d.min_micros % MICROS_PER_SECOND != 0)
        type.scale = 6;
    return expr_set(b, type, kind == TYPE_DATE ? fill_date_span : fill_timestamp_span, state);
}

/* ---- differences */

static void fill_days(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] = c->args[0]->i[k] - c->args[1]->i[k];
}

static void fill_seconds(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++) {
        int64_t micros = c->args[0]->i[k] - c->args[1]->i[k], rest = micros % MICROS_PER_SECOND;
        out->i[k] = micros / MICROS_PER_SECOND - (rest < 0);
    }
}

bool expr_sub_moments(GenBind *b)
{
    Type type = {.kind = TYPE_INT, .bits = 64};
    if (arg_kind(b, 0) == TYPE_DATE && arg_kind(b, 1) == TYPE_DATE) {
        type.bits = 32;
        return expr_set(b, type, fill_days, NULL);
    }
    for (int i = 0; i < 2; i++)
        if (arg_kind(b, i) == TYPE_DATE)
            expr_cast_arg(b, i, (Type){.kind = TYPE_TIMESTAMP});
    return expr_set(b, type, fill_seconds, NULL);
}

/* ---- parts */

static void fill_date_of(const GenCall *c, Vec *out)
{
    const Vec *v = c->args[0];
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] = v->kind == TYPE_DATE ? v->i[k] : calendar_day_of(v->i[k]);
}

static bool moment(GenBind *b)
{
    if (arg_kind(b, 0) == TYPE_DATE || arg_kind(b, 0) == TYPE_TIMESTAMP)
        return true;
    return gen_bind_error(b, ERR_RECIPE, "%s needs a date or timestamp, not %s", expr_name(b),
                          expr_type(b, 0));
}

bool expr_date_of(GenBind *b)
{
    return moment(b) && expr_set(b, (Type){.kind = TYPE_DATE}, fill_date_of, NULL);
}

static void fill_part_of(const GenCall *c, Vec *out)
{
    const Vec *v = c->args[0];
    bool year = c->bound->node->op == OP_YEAR;
    for (uint32_t k = 0; k < c->n; k++) {
        Civil civil = calendar_civil(v->kind == TYPE_DATE ? v->i[k] : calendar_day_of(v->i[k]));
        out->i[k] = year ? civil.year : civil.month;
    }
}

bool expr_part_of(GenBind *b)
{
    if (!moment(b))
        return false;
    bool year = b->node->op == OP_YEAR;
    expr_int_bounds(b->out, 1, year ? 9999 : 12);
    return expr_set(b, b->out->type, fill_part_of, NULL);
}

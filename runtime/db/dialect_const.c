/* Constants of a recipe's expression, typed: numbers that Lua wrote with a point are exact decimals
 * as they are spelled, and a text beside a date or time is one. */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "db/dialect_int.h"

static int larger(int a, int b)
{
    return a > b ? a : b;
}
static bool is_moment(const Ex *e)
{
    return e->type.kind == TYPE_DATE || e->type.kind == TYPE_TIME || e->type.kind == TYPE_TIMESTAMP;
}

static void set_moment(Ex *e, TypeKind kind, int64_t v)
{
    e->type = (Type){.kind = kind,
                     .scale = kind != TYPE_DATE && v % MICROS_PER_SECOND != 0 ? 6 : 0,
                     .with_zone = kind == TYPE_TIMESTAMP};
    e->i = v;
}

static Ex *clock_const(ExprWriter *w, Ex *e, const Duration *d)
{
    if (!w->scope->has_clock)
        return ex_refused(
            w, e->node, "the clock",
            "t:constraint stands in the table for good: use t:check, or a fixed date");
    int64_t clock = w->scope->clock, day = calendar_day_of(clock),
            second = clock % MICROS_PER_SECOND;
    clock -= second < 0 ? second + MICROS_PER_SECOND : second;
    clock += (calendar_add_months(day, d->min_months) - day) * MICROS_PER_DAY + d->min_micros;
    set_moment(e, TYPE_TIMESTAMP, clock);
    return e;
}

Ex *ex_const(ExprWriter *w, const Node *node)
{
    const Value *v = &node->value;
    Ex *e = ex_new(w, node, (Type){.kind = TYPE_NULL});
    int scale = 0;
    switch (v->kind) {
    case VAL_NULL: return e;
    case VAL_BOOL:
        e->type = (Type){.kind = TYPE_BOOL};
        e->i = v->i != 0;
        return e;
    case VAL_INT:
        e->type =
            (Type){.kind = TYPE_INT, .bits = v->i >= INT32_MIN && v->i <= INT32_MAX ? 32 : 64};
        e->i = v->i;
        ex_bound(e, v->i, v->i);
        return e;
    case VAL_FLOAT:
        e->type = (Type){.kind = TYPE_FLOAT, .bits = 64};
        e->f = v->f;
        if (v->text && decimal_parse_number(v->text, &e->i, &scale))
            e->type = (Type){
                .kind = TYPE_DECIMAL, .precision = larger(ex_digits(e->i), scale), .scale = scale};
        return e;
    case VAL_TEXT:
        e->type = (Type){.kind = TYPE_TEXT};
        e->text = v->text;
        e->len = v->len;
        return e;
    case VAL_CLOCK: return clock_const(w, e, &v->duration);
    default: break;
    }
    return ex_refused(w, node, "a list, a span or a table as a value", NULL);
}

/* A text constant beside a date, time or timestamp is one too. */
static bool read_moment(ExprWriter *w, Ex *text, TypeKind kind)
{
    int64_t v;
    if (kind == TYPE_DATE && calendar_parse_date(text->text, &v))
        set_moment(text, TYPE_DATE, v);
    else if (kind == TYPE_TIME ? calendar_parse_time(text->text, &v)
                               : calendar_parse_timestamp(text->text, &v))
        set_moment(text, kind == TYPE_TIME ? TYPE_TIME : TYPE_TIMESTAMP, v);
    else
        return ex_no_sql(w, text->node, "a text that is no date or time, beside one,", NULL);
    return true;
}

static bool is_text_const(const Ex *e)
{
    return e->what == NODE_CONST && e->type.kind == TYPE_TEXT;
}

bool ex_read_moments(ExprWriter *w, Ex *a, Ex *b)
{
    if (is_moment(a) && is_text_const(b))
        return read_moment(w, b, a->type.kind);
    return !is_moment(b) || !is_text_const(a) || read_moment(w, a, b->type.kind);
}

/* Constants: one value in every cell. Numbers that Lua wrote with a point are exact decimals, as
 * they are spelled. */
#include "gen/bind_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "base/utf8.h"

typedef struct Constant {
    int64_t i;
    double f;
    Str s;
} Constant;

static void fill_int(const GenCall *c, Vec *out)
{
    int64_t v = ((const Constant *)c->bound->state)->i;
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] = v;
}

static void fill_float(const GenCall *c, Vec *out)
{
    double v = ((const Constant *)c->bound->state)->f;
    for (uint32_t k = 0; k < c->n; k++)
        out->f[k] = v;
}

static void fill_text(const GenCall *c, Vec *out)
{
    Str v = ((const Constant *)c->bound->state)->s;
    for (uint32_t k = 0; k < c->n; k++)
        out->s[k] = v;
}

static void fill_null(const GenCall *c, Vec *out)
{
    if (c->n > 0)
        memset(vec_nulls(out, c->scratch), 1, c->n);
}

/* One distinct value, so that a constant can be part of a unique key. */
static bool set(Bound *out, Type type, Constant value, void (*fill)(const GenCall *, Vec *),
                Arena *mem)
{
    Constant *state = arena_new_of(mem, Constant);
    *state = value;
    out->type = type;
    out->state = state;
    out->fill = fill;
    out->count = 1;
    out->indexable = true;
    return true;
}

static bool set_int(Bound *out, int64_t v, Arena *mem)
{
    out->lo = out->hi = v;
    out->has_bounds = true;
    return set(out, (Type){.kind = TYPE_INT, .bits = v >= INT32_MIN && v <= INT32_MAX ? 32 : 64},
               (Constant){.i = v}, fill_int, mem);
}

static bool set_null(Bound *out)
{
    out->type = (Type){.kind = TYPE_NULL};
    out->nullable = true;
    out->fill = fill_null;
    return true;
}

const Bound *const_null(GenBind *b)
{
    Bound *out = bound_new(b->scope, b->node, b->mem);
    set_null(out);
    return out;
}

static int digits_of(int64_t v)
{
    int digits = 1;
    while (digits < DECIMAL_MAX_SCALE &&
           (v >= decimal_pow10[digits] || v <= -decimal_pow10[digits]))
        digits++;
    return digits;
}

static bool set_number(GenBind *b, const Value *v)
{
    int64_t unscaled;
    int scale;
    if (v->f - v->f != 0)
        return gen_bind_error(b, ERR_RECIPE, "the number is not finite");
    if (!v->text || !decimal_parse_number(v->text, &unscaled, &scale))
        return set(b->out, (Type){.kind = TYPE_FLOAT, .bits = 64}, (Constant){.f = v->f},
                   fill_float, b->mem);
    int digits = digits_of(unscaled);
    Type type = {
        .kind = TYPE_DECIMAL, .precision = digits > scale ? digits : scale, .scale = scale};
    return set(b->out, type, (Constant){.i = unscaled}, fill_int, b->mem);
}

static bool set_moment(Bound *out, TypeKind kind, int64_t v, Arena *mem)
{
    bool parts = kind != TYPE_DATE && v % MICROS_PER_SECOND != 0;
    Type type = {.kind = kind, .scale = parts ? 6 : 0, .with_zone = kind == TYPE_TIMESTAMP};
    return set(out, type, (Constant){.i = v}, fill_int, mem);
}

static bool set_clock(GenBind *b, const Value *v)
{
    if (!b->scope->plan->has_clock) {
        gen_bind_error(b, ERR_RECIPE, "needs a clock, and the recipe has none");
        return err_hint(b->mem, b->err, "recipe { clock = \"2026-01-01\" }, or --as-of");
    }
    const Duration *d = &v->duration;
    if (d->min_months != d->max_months || d->min_micros != d->max_micros ||
        d->min_months > 120000 || d->min_months < -120000)
        return gen_bind_error(b, ERR_RECIPE,
                              "the clock can be moved by one fixed span, such as days(3)");
    int64_t clock = b->scope->plan->clock, day = calendar_day_of(clock);
    int64_t second = clock % MICROS_PER_SECOND;
    clock -= second < 0 ? second + MICROS_PER_SECOND : second;
    clock += (calendar_add_months(day, d->min_months) - day) * MICROS_PER_DAY;
    if (__builtin_add_overflow(clock, d->min_micros, &clock))
        return gen_bind_error(b, ERR_RECIPE, "the clock cannot be moved that far");
    return set_moment(b->out, TYPE_TIMESTAMP, clock, b->mem);
}

/* A text that stands for a date, timestamp or time of day. */
static bool read_moment(const char *text, TypeKind *kind, int64_t *v)
{
    if (*kind == TYPE_DATE && calendar_parse_date(text, v))
        return true;
    if (*kind == TYPE_TIME)
        return calendar_parse_time(text, v);
    *kind = TYPE_TIMESTAMP;
    return calendar_parse_timestamp(text, v);
}

static bool set_text(GenBind *b, const Value *v)
{
    const Type *wanted = b->scope->wanted;
    bool moment = wanted && (wanted->kind == TYPE_DATE || wanted->kind == TYPE_TIME ||
                             wanted->kind == TYPE_TIMESTAMP);
    if (moment) {
        TypeKind kind = wanted->kind;
        int64_t at;
        if (read_moment(v->text, &kind, &at) && kind == wanted->kind)
            return set_moment(b->out, kind, at, b->mem);
        return gen_bind_error(b, ERR_RECIPE, "\"%s\" is no %s", v->text,
                              type_kind_name(wanted->kind));
    }
    size_t chars = utf8_length(v->text, v->len);
    Type type = {.kind = TYPE_TEXT, .length = chars ? (int)chars : 1};
    return set(b->out, type, (Constant){.s = {v->text, (uint32_t)v->len}}, fill_text, b->mem);
}

const Bound *const_as_moment(GenBind *b, const Bound *text, TypeKind kind)
{
    const Value *v = &text->node->value;
    TypeKind read = kind;
    int64_t at;
    if (!read_moment(v->text, &read, &at)) {
        gen_bind_error(b, ERR_RECIPE, "%s: \"%s\" is no %s", op_defs[b->node->op].name, v->text,
                       type_kind_name(kind));
        err_hint(b->mem, b->err, "write %s",
                 kind == TYPE_TIME ? "\"HH:MM:SS\"" : "\"YYYY-MM-DD\" or \"YYYY-MM-DD HH:MM:SS\"");
        return NULL;
    }
    Bound *out = bound_new(b->scope, text->node, b->mem);
    set_moment(out, read, at, b->mem);
    return out;
}

bool const_bind(GenBind *b, const Value *v)
{
    switch (v->kind) {
    case VAL_NULL: return set_null(b->out);
    case VAL_BOOL:
        return set(b->out, (Type){.kind = TYPE_BOOL}, (Constant){.i = v->i != 0}, fill_int, b->mem);
    case VAL_INT: return set_int(b->out, v->i, b->mem);
    case VAL_FLOAT: return set_number(b, v);
    case VAL_TEXT: return set_text(b, v);
    case VAL_CLOCK: return set_clock(b, v);
    case VAL_DURATION:
        gen_bind_error(b, ERR_RECIPE, "a span of time is no value of its own");
        return err_hint(b->mem, b->err, "add it to a date or timestamp: t.created_at + days(3)");
    default: break;
    }
    return gen_bind_error(b, ERR_RECIPE,
                          "a list, a table or weights cannot be the value of a column");
}

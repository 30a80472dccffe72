/* Making the operands of one operator alike: numbers to the wider kind, dates to timestamps, text
 * constants to what they are compared with, everything to text. */
#include "gen/expr_int.h"

#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"

/* ---- fills */

static void fill_null(const GenCall *c, Vec *out)
{
    if (c->n > 0)
        memset(vec_nulls(out, c->scratch), 1, c->n);
}

static void fill_same(const GenCall *c, Vec *out)
{
    const Vec *v = c->args[0];
    if (out->s)
        memcpy(out->s, v->s, sizeof *v->s * c->n);
    else if (out->f)
        memcpy(out->f, v->f, sizeof *v->f * c->n);
    else
        memcpy(out->i, v->i, sizeof *v->i * c->n);
}

static void fill_scaled(const GenCall *c, Vec *out)
{
    int64_t by = *(const int64_t *)c->bound->state;
    const int64_t *v = c->args[0]->i;
    Range range = expr_range(TYPE_DECIMAL);
    for (uint32_t k = 0; k < c->n; k++)
        expr_put(c, out, k, (i128)v[k] * by, range);
}

static void fill_double(const GenCall *c, Vec *out)
{
    const Vec *v = c->args[0];
    if (v->kind == TYPE_INT)
        for (uint32_t k = 0; k < c->n; k++)
            out->f[k] = (double)v->i[k];
    else
        for (uint32_t k = 0; k < c->n; k++)
            out->f[k] = decimal_to_double(v->i[k], v->scale);
}

static void fill_midnight(const GenCall *c, Vec *out)
{
    const int64_t *v = c->args[0]->i;
    Range range = expr_range(TYPE_TIMESTAMP);
    for (uint32_t k = 0; k < c->n; k++)
        expr_put(c, out, k, (i128)v[k] * MICROS_PER_DAY, range);
}

/* ---- casts */

static bool same_cells(const Type *from, const Type *to)
{
    if (type_is_text(from->kind) && type_is_text(to->kind))
        return from->kind == to->kind;
    return from->kind == to->kind && (from->kind != TYPE_DECIMAL || from->scale == to->scale);
}

const Bound *expr_cast(GenBind *b, const Bound *from, Type to)
{
    if (same_cells(&from->type, &to))
        return from;
    Bound *out = bound_new(b->scope, from->node, b->mem);
    out->type = to;
    out->nullable = from->nullable;
    bound_push_arg(out, from, b->mem);
    if (from->type.kind == TYPE_NULL) {
        out->fill = fill_null;
    } else if (to.kind == TYPE_DECIMAL) {
        int64_t *by = arena_new_of(b->mem, int64_t);
        *by = decimal_pow10[to.scale - (from->type.kind == TYPE_DECIMAL ? from->type.scale : 0)];
        out->state = by;
        out->fill = fill_scaled;
    } else if (to.kind == TYPE_FLOAT) {
        out->fill = fill_double;
    } else if (to.kind == TYPE_TIMESTAMP && from->type.kind == TYPE_DATE) {
        out->fill = fill_midnight;
    } else {
        out->fill = fill_same;
    }
    return out;
}

void expr_cast_arg(GenBind *b, int i, Type to)
{
    b->out->args[i] = expr_cast(b, b->out->args[i], to);
}

static bool is_moment(TypeKind kind)
{
    return kind == TYPE_DATE || kind == TYPE_TIME || kind == TYPE_TIMESTAMP;
}

static bool read_moment(GenBind *b, int i, TypeKind kind)
{
    const Bound *read = const_as_moment(b, arg_of(b, i), kind);
    if (read)
        b->out->args[i] = read;
    return read != NULL;
}

bool expr_read_moments(GenBind *b, int left, int right)
{
    if (is_moment(arg_kind(b, left)) && is_const(arg_of(b, right), VAL_TEXT) &&
        arg_kind(b, right) == TYPE_TEXT)
        return read_moment(b, right, arg_kind(b, left));
    if (is_moment(arg_kind(b, right)) && is_const(arg_of(b, left), VAL_TEXT) &&
        arg_kind(b, left) == TYPE_TEXT)
        return read_moment(b, left, arg_kind(b, right));
    return true;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static bool same_labels(const Type *a, const Type *b)
{
    if (a->label_count != b->label_count)
        return false;
    for (int i = 0; i < a->label_count; i++)
        if (strcmp(a->labels[i], b->labels[i]) != 0)
            return false;
    return true;
}

static int text_length(const Type *t)
{
    return t->kind == TYPE_TEXT ? t->length : t->kind == TYPE_UUID ? 36 : 0;
}

static Type common_text(const Type *a, const Type *b)
{
    if (a->kind == b->kind && a->kind != TYPE_TEXT && same_labels(a, b))
        return *a;
    int la = text_length(a), lb = text_length(b);
    return (Type){.kind = TYPE_TEXT, .length = la && lb ? larger(la, lb) : 0};
}

/* The type that holds both; TYPE_NONE when there is none. */
static Type common_of(Type a, int whole_a, Type b, int whole_b)
{
    if (a.kind == TYPE_NULL)
        return b;
    if (b.kind == TYPE_NULL)
        return a;
    if (type_is_text(a.kind) && type_is_text(b.kind))
        return common_text(&a, &b);
    if (type_is_numeric(a.kind) && type_is_numeric(b.kind)) {
        if (a.kind == TYPE_FLOAT || b.kind == TYPE_FLOAT)
            return (Type){.kind = TYPE_FLOAT, .bits = 64};
        if (a.kind == TYPE_INT && b.kind == TYPE_INT)
            return (Type){.kind = TYPE_INT,
                          .bits = larger(a.bits ? a.bits : 64, b.bits ? b.bits : 64)};
        int scale =
            larger(a.kind == TYPE_DECIMAL ? a.scale : 0, b.kind == TYPE_DECIMAL ? b.scale : 0);
        return expr_decimal(larger(whole_a, whole_b), scale);
    }
    bool days = (a.kind == TYPE_DATE || a.kind == TYPE_TIMESTAMP) &&
                (b.kind == TYPE_DATE || b.kind == TYPE_TIMESTAMP);
    if (days && a.kind != b.kind)
        return a.kind == TYPE_TIMESTAMP ? a : b;
    if (a.kind != b.kind)
        return (Type){.kind = TYPE_NONE};
    a.scale = larger(a.scale, b.scale);
    a.length = a.length && b.length ? larger(a.length, b.length) : 0;
    a.fixed = a.fixed && b.fixed && a.length == b.length;
    return a;
}

bool expr_common(GenBind *b, const int *which, int n, Type *out, const char *what)
{
    int moment = -1;
    for (int k = 0; k < n; k++)
        if (is_moment(arg_kind(b, which[k])))
            moment = which[k];
    Type type = {.kind = TYPE_NULL};
    int first = -1, whole = 0;
    bool bounded = true;
    i128 lo = INT64_MAX, hi = INT64_MIN;
    for (int k = 0; k < n; k++) {
        int i = which[k];
        if (moment >= 0 && !expr_read_moments(b, moment, i))
            return false;
        const Bound *arg = arg_of(b, i);
        Type merged = common_of(type, whole, arg->type,
                                type_is_numeric(arg->type.kind) ? expr_whole_digits(arg) : 0);
        if (merged.kind == TYPE_NONE) {
            gen_bind_error(b, ERR_RECIPE, "%s of %s have different types: %s and %s", what,
                           expr_name(b), expr_type(b, first), expr_type(b, i));
            return err_hint(b->mem, b->err, "make them alike, for example with text_of(...)");
        }
        if (arg->type.kind == TYPE_NULL)
            continue;
        first = first < 0 ? i : first;
        if (type_is_numeric(arg->type.kind))
            whole = larger(whole, expr_whole_digits(arg));
        bounded = bounded && arg->has_bounds;
        lo = arg->lo < lo ? arg->lo : lo;
        hi = arg->hi > hi ? arg->hi : hi;
        type = merged;
    }
    if (type.kind == TYPE_INT && bounded) {
        expr_int_bounds(b->out, lo, hi);
        type = b->out->type;
    }
    for (int k = 0; k < n; k++)
        expr_cast_arg(b, which[k], type);
    *out = type;
    return true;
}

/* ---- to text */

/* The longest text of one cell: 64-bit integers, doubles and timestamps are shorter; buf_*
 * reserve 48. */
#define CELL_ROOM 48u

static void fill_text(const GenCall *c, Vec *out)
{
    const Vec *v = c->args[0];
    size_t room = (size_t)(c->n + 1) * CELL_ROOM;
    Buf text = {.data = arena_alloc_raw(c->scratch, room), .cap = room, .max = room};
    for (uint32_t k = 0; k < c->n; k++) {
        size_t from = text.len;
        if (vec_is_null(v, k)) {
            out->s[k] = (Str){text.data, 0};
            continue;
        }
        switch (v->kind) {
        case TYPE_BOOL: buf_put(&text, v->i[k] ? "true" : "false", v->i[k] ? 4 : 5); break;
        case TYPE_DECIMAL: buf_decimal(&text, v->i[k], v->scale); break;
        case TYPE_FLOAT: buf_double(&text, v->f[k]); break;
        case TYPE_DATE: buf_date(&text, v->i[k]); break;
        case TYPE_TIME: buf_time(&text, v->i[k], v->scale); break;
        case TYPE_TIMESTAMP: buf_timestamp(&text, v->i[k], v->scale); break;
        default: buf_i64(&text, v->i[k]); break;
        }
        out->s[k] = (Str){text.data + from, (uint32_t)(text.len - from)};
    }
}

static int shown_length(const Bound *bound)
{
    const Type *t = &bound->type;
    switch (t->kind) {
    case TYPE_BOOL: return 5;
    case TYPE_INT: return expr_whole_digits(bound) + 1;
    case TYPE_DECIMAL: return larger(t->precision > 0 ? t->precision : 18, t->scale + 1) + 2;
    case TYPE_FLOAT: return 25;
    case TYPE_DATE: return 10;
    case TYPE_TIME: return 8 + (t->scale ? 1 + t->scale : 0);
    case TYPE_TIMESTAMP: return 19 + (t->scale ? 1 + t->scale : 0);
    case TYPE_UUID: return 36;
    default: return t->length;
    }
}

bool expr_to_text(GenBind *b, int i)
{
    const Bound *from = arg_of(b, i);
    if (from->type.kind == TYPE_BYTES)
        return gen_bind_error(b, ERR_RECIPE, "%s: bytes are no text", expr_name(b));
    Type to = {.kind = TYPE_TEXT, .length = shown_length(from)};
    if (type_is_text(from->type.kind) || from->type.kind == TYPE_NULL) {
        expr_cast_arg(b, i, to);
        return true;
    }
    Bound *out = bound_new(b->scope, from->node, b->mem);
    out->type = to;
    out->nullable = from->nullable;
    out->fill = fill_text;
    bound_push_arg(out, from, b->mem);
    b->out->args[i] = out;
    return true;
}

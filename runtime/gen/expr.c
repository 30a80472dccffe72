/* Operators: arguments are bound first, then the operator types itself. The rules for numbers:
 *   + -   the larger scale, exact.
 *   *     the sum of the scales; fewer (rounded) when 18 digits might not hold them, but not fewer
 * than 6 or an operand's own. /     6 digits more than the operand with more of them, under the
 * same limit; int / int has 6. round(a * b, n) and round(a / b, n) round the exact result once. A
 * float on one side makes the result a float. */
#include "gen/expr_int.h"

#include <string.h>

const char *expr_name(const GenBind *b)
{
    if (b->node->kind == NODE_GEN)
        return b->node->gen->name;
    switch (b->node->op) {
    case OP_AND: return "&";
    case OP_OR: return "|";
    case OP_NOT: return "~";
    case OP_NEG: return "-";
    case OP_CONCAT: return "..";
    default: return op_defs[b->node->op].name;
    }
}
const char *expr_type(const GenBind *b, int arg)
{
    return type_text(&arg_of(b, arg)->type, b->mem);
}

bool expr_cannot(GenBind *b, const char *verb, const char *joint, int left, int right)
{
    return gen_bind_error(b, ERR_RECIPE, "cannot %s %s %s %s", verb, expr_type(b, left), joint,
                          expr_type(b, right));
}

bool expr_set(GenBind *b, Type type, void (*fill)(const GenCall *, Vec *), const void *state)
{
    b->out->type = type;
    b->out->fill = fill;
    b->out->state = state;
    for (int i = 0; i < b->out->nargs; i++)
        b->out->nullable = b->out->nullable || arg_of(b, i)->nullable;
    return true;
}

bool expr_const_int(GenBind *b, int i, const char *what, int64_t lo, int64_t hi, int64_t *out)
{
    const Bound *arg = arg_of(b, i);
    *out = arg->lo;
    if (is_const(arg, VAL_INT) && arg->lo >= lo && arg->lo <= hi)
        return true;
    return gen_bind_error(b, ERR_RECIPE,
                          "%s: %s must be a whole number from %lld to %lld, written out",
                          expr_name(b), what, (long long)lo, (long long)hi);
}

Range expr_range(TypeKind kind)
{
    if (kind == TYPE_DECIMAL)
        return (Range){1 - decimal_pow10[18], decimal_pow10[18] - 1};
    return (Range){INT64_MIN, INT64_MAX};
}

static int digits_of(uint64_t v)
{
    int digits = 1;
    for (; v >= 10; v /= 10)
        digits++;
    return digits;
}

static uint64_t magnitude(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

int expr_whole_digits(const Bound *bound)
{
    const Type *t = &bound->type;
    if (t->kind == TYPE_DECIMAL)
        return (t->precision > 0 ? t->precision : DECIMAL_MAX_SCALE) - t->scale;
    if (bound->has_bounds) {
        uint64_t lo = magnitude(bound->lo), hi = magnitude(bound->hi);
        return digits_of(lo > hi ? lo : hi);
    }
    return t->bits == 8 ? 3 : t->bits == 16 ? 5 : t->bits == 24 ? 8 : t->bits == 32 ? 10 : 19;
}

Type expr_decimal(int whole, int scale)
{
    int precision = (whole > 0 ? whole : 0) + scale;
    precision = precision < 1 ? 1 : precision > DECIMAL_MAX_SCALE ? DECIMAL_MAX_SCALE : precision;
    return (Type){.kind = TYPE_DECIMAL, .precision = precision, .scale = scale};
}

void expr_int_bounds(Bound *out, i128 lo, i128 hi)
{
    out->type = (Type){.kind = TYPE_INT, .bits = 64};
    out->has_bounds = lo >= INT64_MIN && hi <= INT64_MAX;
    if (!out->has_bounds)
        return;
    out->lo = (int64_t)lo;
    out->hi = (int64_t)hi;
    out->type.bits = lo >= INT32_MIN && hi <= INT32_MAX ? 32 : 64;
}

static bool (*const binders[OP_COUNT])(GenBind *b) = {
    [OP_ADD] = expr_add,
    [OP_SUB] = expr_sub,
    [OP_MUL] = expr_mul,
    [OP_DIV] = expr_div,
    [OP_MOD] = expr_mod,
    [OP_IDIV] = expr_idiv,
    [OP_NEG] = expr_neg,
    [OP_CONCAT] = expr_concat,
    [OP_AND] = expr_and,
    [OP_OR] = expr_or,
    [OP_NOT] = expr_not,
    [OP_EQ] = expr_compare,
    [OP_NE] = expr_compare,
    [OP_GT] = expr_compare,
    [OP_GE] = expr_compare,
    [OP_LT] = expr_compare,
    [OP_LE] = expr_compare,
    [OP_WITHIN] = expr_within,
    [OP_WHEN] = expr_when,
    [OP_CASE] = expr_case,
    [OP_COALESCE] = expr_coalesce,
    [OP_ROUND] = expr_round,
    [OP_FLOOR] = expr_floor,
    [OP_CEIL] = expr_ceil,
    [OP_ABS] = expr_abs,
    [OP_LEAST] = expr_extreme,
    [OP_GREATEST] = expr_extreme,
    [OP_LOWER] = expr_letters,
    [OP_UPPER] = expr_letters,
    [OP_LENGTH] = expr_length,
    [OP_SUBSTR] = expr_substr,
    [OP_TEXT] = expr_text_of,
    [OP_DATE] = expr_date_of,
    [OP_YEAR] = expr_part_of,
    [OP_MONTH] = expr_part_of,
    [OP_TRIM] = expr_trim,
    [OP_LTRIM] = expr_trim,
    [OP_RTRIM] = expr_trim,
    [OP_REPLACE] = expr_replace,
    [OP_LPAD] = expr_pad,
    [OP_RPAD] = expr_pad,
    [OP_POSITION] = expr_position,
    [OP_REPEAT] = expr_repeat,
    [OP_REVERSE] = expr_reverse,
    [OP_INITCAP] = expr_initcap,
    [OP_SPLIT] = expr_split,
    [OP_ASCII] = expr_ascii,
    [OP_SLUGIFY] = expr_ascii,
    [OP_DAY] = expr_day_part,
    [OP_QUARTER] = expr_day_part,
    [OP_WEEK] = expr_day_part,
    [OP_WEEKDAY] = expr_day_part,
    [OP_YEARDAY] = expr_day_part,
    [OP_HOUR] = expr_day_part,
    [OP_MINUTE] = expr_day_part,
    [OP_SECOND] = expr_day_part,
    [OP_START] = expr_start,
    [OP_LAST_DAY] = expr_last_day,
    [OP_MONTHS_BETWEEN] = expr_between_moments,
    [OP_YEARS_BETWEEN] = expr_between_moments,
    [OP_SPAN] = expr_span_alone,
    [OP_SIGN] = expr_sign,
    [OP_TRUNC] = expr_trunc,
    [OP_SQRT] = expr_doubles,
    [OP_POWER] = expr_doubles,
    [OP_EXP] = expr_doubles,
    [OP_LN] = expr_doubles,
    [OP_LOG10] = expr_doubles,
    [OP_INT_OF] = expr_number_of,
    [OP_DECIMAL_OF] = expr_number_of,
    [OP_LIKE] = expr_like,
};

static bool is_span(const Node *node)
{
    return (node->kind == NODE_CONST && node->value.kind == VAL_DURATION) ||
           expr_is_node_span(node);
}

bool expr_bind(GenBind *b)
{
    const Node *node = b->node, *span = NULL;
    const OpDef *def = &op_defs[node->op];
    if (node->nargs < def->min_args || (def->max_args >= 0 && node->nargs > def->max_args))
        return gen_bind_error(b, ERR_RECIPE, "%s takes %s%d value%s, not %d", def->name,
                              def->max_args == def->min_args ? "" : "at least ", def->min_args,
                              def->min_args == 1 ? "" : "s", node->nargs);
    bool adds = node->op == OP_ADD || node->op == OP_SUB;
    for (int i = 0; i < node->nargs && node->op != OP_SPAN; i++) {
        /* The left side of a difference is no span: that is left to be refused as a constant. */
        if (adds && is_span(node->args[i]) && !span && !(node->op == OP_SUB && i == 0))
            span = node->args[i];
        else if (bind_arg(b, node->args[i], arena_printf(b->mem, "%d", i)) < 0)
            return false;
    }
    int sign = node->op == OP_ADD ? 1 : -1;
    if (span)
        return span->kind == NODE_OP ? expr_add_node_span(b, span, sign)
                                     : expr_add_span(b, span, sign);
    return binders[node->op](b);
}

/* Private to the operators: every one has a bind function that types it and picks a fill for
 * exactly these types, so that no cell asks what kind it is. A cell that leaves its range is NULL
 * and counted: the run then fails. */
#ifndef SEEDPIPE_GEN_EXPR_INT_H
#define SEEDPIPE_GEN_EXPR_INT_H

#include "base/decimal.h"
#include "gen/bind_int.h"

/* ---- expr.c */

static inline const Bound *arg_of(const GenBind *b, int i)
{
    return b->out->args[i];
}
static inline TypeKind arg_kind(const GenBind *b, int i)
{
    return b->out->args[i]->type.kind;
}
/* How the operator is written, and a type, for messages. */
const char *expr_name(const GenBind *b);
const char *expr_type(const GenBind *b, int arg);
/* "cannot <verb> int <joint> text"; returns false. */
bool expr_cannot(GenBind *b, const char *verb, const char *joint, int left, int right);
/* Sets type and fill; nullable when an argument is. */
bool expr_set(GenBind *b, Type type, void (*fill)(const GenCall *, Vec *), const void *state);
/* The integer constant in argument i within [lo, hi]. False: an error was added. */
bool expr_const_int(GenBind *b, int i, const char *what, int64_t lo, int64_t hi, int64_t *out);

/* Cells that leave their range. */
static inline void expr_overflow(const GenCall *c, Vec *out, uint32_t k)
{
    uint8_t *null = vec_nulls(out, c->scratch);
    if (!null[k] && c->overflows)
        ++*c->overflows;
    null[k] = 1;
}
static inline void expr_put_null(const GenCall *c, Vec *out, uint32_t k)
{
    vec_nulls(out, c->scratch)[k] = 1;
}

/* Ranges of results: 64 bits for integers, 18 digits for decimals. */
typedef struct Range {
    int64_t lo, hi;
} Range;
Range expr_range(TypeKind kind);
static inline void expr_put(const GenCall *c, Vec *out, uint32_t k, i128 v, Range r)
{
    if (v >= r.lo && v <= r.hi) {
        out->i[k] = (int64_t)v;
    } else {
        out->i[k] = 0;
        expr_overflow(c, out, k);
    }
}

/* v / d, half away from zero; the 64-bit division where it will do. */
static inline i128 expr_div_round(i128 v, int64_t d)
{
    if (v > INT64_MIN && v <= INT64_MAX && d != INT64_MIN) {
        int64_t n = (int64_t)v, q = n / d, r = n % d;
        uint64_t rest = (uint64_t)(r < 0 ? -r : r), by = (uint64_t)(d < 0 ? -d : d);
        return q + (rest >= by - rest ? ((n < 0) == (d < 0) ? 1 : -1) : 0);
    }
    return decimal_div_round(v, d);
}

/* Digits before the point that a number can have, at most. */
int expr_whole_digits(const Bound *bound);
/* A decimal with these digits before and behind the point, 18 at most in all. */
Type expr_decimal(int whole, int scale);
/* An integer between bounds; none when they leave 64 bits. */
void expr_int_bounds(Bound *out, i128 lo, i128 hi);

/* ---- expr_cast.c */

/* The same cells as another type, which must be wider (expr_common); the bound itself when nothing
 * is to do. */
const Bound *expr_cast(GenBind *b, const Bound *from, Type to);
/* Replaces argument i by its cast. */
void expr_cast_arg(GenBind *b, int i, Type to);
/* The type that all the arguments first, first + step, ... below end fit in; constants are read as
 * what the others are. */
bool expr_common(GenBind *b, const int *which, int n, Type *out, const char *what);
/* Text constants among two arguments become dates, timestamps or times when the other is one. */
bool expr_read_moments(GenBind *b, int left, int right);
/* Any value as text; false with an error for bytes. */
bool expr_to_text(GenBind *b, int i);

/* Each row's cell from the argument that `pick` names (expr_logic.c). */
void expr_take(const GenCall *c, Vec *out, const uint16_t *pick);

/* ---- one bind function per operator */

bool expr_add(GenBind *b); /* expr_math.c */
bool expr_sub(GenBind *b);
bool expr_mul(GenBind *b);
bool expr_div(GenBind *b);
bool expr_mod(GenBind *b);
bool expr_idiv(GenBind *b);
bool expr_neg(GenBind *b); /* expr_round.c */
bool expr_abs(GenBind *b);
bool expr_round(GenBind *b);
bool expr_floor(GenBind *b);
bool expr_ceil(GenBind *b);
bool expr_compare(GenBind *b); /* expr_compare.c */
bool expr_within(GenBind *b);
bool expr_extreme(GenBind *b);
bool expr_and(GenBind *b); /* expr_logic.c */
bool expr_or(GenBind *b);
bool expr_not(GenBind *b);
bool expr_when(GenBind *b);
bool expr_case(GenBind *b);
bool expr_coalesce(GenBind *b);
bool expr_concat(GenBind *b); /* expr_text.c */
bool expr_letters(GenBind *b);
bool expr_length(GenBind *b);
bool expr_substr(GenBind *b);
bool expr_text_of(GenBind *b);
bool expr_add_span(GenBind *b, const Node *span, int sign); /* expr_time.c */
bool expr_sub_moments(GenBind *b);
bool expr_date_of(GenBind *b);
bool expr_part_of(GenBind *b);

bool expr_trim(GenBind *b); /* expr_words.c */
bool expr_replace(GenBind *b);
bool expr_pad(GenBind *b);
bool expr_position(GenBind *b);
bool expr_repeat(GenBind *b);
bool expr_reverse(GenBind *b);
bool expr_initcap(GenBind *b);
bool expr_split(GenBind *b);
bool expr_ascii(GenBind *b);
bool expr_like(GenBind *b);
bool expr_day_part(GenBind *b); /* expr_days.c */
bool expr_start(GenBind *b);
bool expr_last_day(GenBind *b);
bool expr_between_moments(GenBind *b);
bool expr_span_alone(GenBind *b);
bool expr_is_node_span(const Node *node);
bool expr_add_node_span(GenBind *b, const Node *span, int sign);
bool expr_sign(GenBind *b); /* expr_calc.c */
bool expr_trunc(GenBind *b);
bool expr_doubles(GenBind *b);
bool expr_number_of(GenBind *b);

/* A product or quotient of exact numbers, rounded to `scale` digits in one step; NULL when the
 * bound is none (expr_math.c). */
const Bound *expr_rounded(GenBind *b, const Bound *bound, int scale);
/* The greatest whole double not above. */
double expr_floor_double(double v);

#endif

/* What generators over time share: moments that are constants or columns, places in a series, and
 * the stream of the thing that a series belongs to. */
#ifndef SEEDPIPE_GEN_PROCESS_INT_H
#define SEEDPIPE_GEN_PROCESS_INT_H

#include "base/calendar.h"
#include "base/hash.h"
#include "gen/family_int.h"

/* A parameter of kind PARAM_MOMENT: a constant, or the cells of an argument. */
typedef struct Moment {
    int arg;        /* -1: the constant */
    int64_t micros; /* of the constant */
    bool date;      /* a day, without a time; a text such as "2025-01-31" is one, too */
} Moment;

bool moment_bind(GenBind *b, const char *name, Moment *out);
static inline int64_t moment_micros(const Moment *m, const GenCall *c, uint32_t k)
{
    if (m->arg < 0)
        return m->micros;
    int64_t v = c->args[m->arg]->i[k], micros;
    return !m->date ? v : __builtin_mul_overflow(v, MICROS_PER_DAY, &micros) ? 0 : micros;
}
Type moment_type(bool date);
int64_t moment_second(int64_t micros); /* the second that it lies in */

/* The place of a row in its series: the whole number of the parameter `at`; without it the row's
 * number, or among its siblings when the series belongs to something (`of`). From 0. */
typedef struct SeriesPlace {
    int at, of;  /* arguments, -1: none */
    bool moment; /* at is a date or timestamp; only where that was allowed */
    bool date;
} SeriesPlace;

bool place_bind(GenBind *b, bool moments, SeriesPlace *out);
static inline int64_t place_of(const SeriesPlace *p, const GenCall *c, uint32_t k)
{
    return p->at >= 0 ? c->args[p->at]->i[k] : (int64_t)(c->rows[k] & INT64_MAX);
}
static inline uint64_t place_key(const SeriesPlace *p, const GenCall *c, uint32_t k)
{
    if (p->of < 0)
        return c->bound->key;
    const Vec *v = c->args[p->of];
    return mix64(c->bound->key ^
                 (v->s ? hash64(v->s[k].p, v->s[k].n, 1) : mix64((uint64_t)v->i[k])));
}
#define PLACE_PARAMS                                                                               \
    {.name = "at",                                                                                 \
     .kind = PARAM_NODE,                                                                           \
     .doc = "the place in the series, from 0; the row's number when left out, or with `of` its "   \
            "number among its siblings"},                                                          \
    {                                                                                              \
        .name = "of", .kind = PARAM_NODE,                                                          \
        .doc = "each value of this column has a series of its own, such as t.sensor_id"            \
    }

/* Is some argument of the row NULL? Then the cell is, and nothing is computed. */
static inline bool place_skips(const GenCall *c, Vec *out, uint32_t k)
{
    bool null = false;
    for (int j = 0; j < c->bound->nargs; j++)
        null = null || vec_is_null(c->args[j], k);
    if (null)
        out->i[k] = 0;
    return null;
}

/* A span of one length, months kept apart. False with an error when it is a range or nothing. */
bool span_bind(GenBind *b, const char *name, Duration fallback, Duration *out);

/* A result of 15 digits, which doubles and every database hold; what leaves them is NULL and
 * counted. The parameter `scale` says how many stand behind the point. */
#define NUMBER_MOST 999999999999999.0
typedef struct Number {
    int scale;
    double factor;
} Number;
/* Type and bounds of numbers from lo to hi; of all where lo > hi. */
Number number_bind(GenBind *b, int scale, double lo, double hi);
static inline void number_put(const Number *n, const GenCall *c, Vec *out, uint32_t k, double v)
{
    v *= n->factor;
    if (v >= -NUMBER_MOST && v <= NUMBER_MOST) {
        out->i[k] = round_half_away(v);
        return;
    }
    out->i[k] = 0;
    uint8_t *null = vec_nulls(out, c->scratch);
    if (!null[k] && c->overflows)
        ++*c->overflows;
    null[k] = 1;
}

#endif

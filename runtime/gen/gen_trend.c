/* Numbers over time: random walks, growth, seasons; and when customers leave. */
#include <string.h>

#include "gen/dyadic_int.h"
#include "gen/fmath.h"
#include "gen/process_int.h"

/* ---- random_walk */

typedef struct Walk {
    SeriesPlace place;
    Number number;
    double start, step, drift, min, max;
    bool has_min, has_max;
} Walk;

/* Walks are thrown back at their bounds, so that each step stays as likely as before. */
static double reflect(const Walk *w, double v)
{
    if (w->has_min && w->has_max) {
        double width = w->max - w->min, at = (v - w->min) / (2 * width);
        if (at > -1e15 && at < 1e15)
            at -= (double)(int64_t)at;
        else
            at = 0;
        at = at < 0 ? at + 1 : at;
        v = w->min + 2 * width * (at > 0.5 ? 1 - at : at);
        return v < w->min ? w->min : v > w->max ? w->max : v;
    }
    if (w->has_min && v < w->min)
        return 2 * w->min - v;
    return w->has_max && v > w->max ? 2 * w->max - v : v;
}

static void fill_random_walk(const GenCall *c, Vec *out)
{
    const Walk *w = c->bound->state;
    DyadicWalk *walk = arena_new_of(c->scratch, DyadicWalk);
    dyadic_begin(walk, &dyadic_brownian);
    for (uint32_t k = 0; k < c->n; k++) {
        if (place_skips(c, out, k))
            continue;
        int64_t place = place_of(&w->place, c, k);
        place = place < 0 ? 0 : place > INT64_C(1) << 60 ? INT64_C(1) << 60 : place;
        double far =
            dyadic_at(walk, place_key(&w->place, c, k), gen_generation(c, k), (uint64_t)place);
        number_put(&w->number, c, out, k,
                   reflect(w, w->start + w->drift * (double)place + w->step * far));
    }
}

static bool bind_random_walk(GenBind *b)
{
    Walk *w = arena_new_of(b->mem, Walk);
    w->has_min = param_given(b, "min");
    w->has_max = param_given(b, "max");
    if (!param_real(b, "min", 0, &w->min) || !param_real(b, "max", 0, &w->max))
        return false;
    bool both = w->has_min && w->has_max;
    double start = both ? (w->min + w->max) / 2 : w->has_min ? w->min : w->has_max ? w->max : 0;
    if (!param_real(b, "start", start, &w->start) || !param_real(b, "step", 1, &w->step) ||
        !param_real(b, "drift", 0, &w->drift) ||
        (both && !param_ordered(b, "min", "max", w->min < w->max)))
        return false;
    if ((w->has_min && w->start < w->min) || (w->has_max && w->start > w->max)) {
        gen_bind_error(b, ERR_RECIPE, "random_walk: start does not lie between min and max");
        return err_hint(b->mem, b->err, "leave it out to begin in the middle");
    }
    if (!place_bind(b, false, &w->place))
        return false;
    w->number =
        number_bind(b, 2, w->has_min ? w->min : -NUMBER_MOST, w->has_max ? w->max : NUMBER_MOST);
    b->out->state = w;
    b->out->fill = fill_random_walk;
    return true;
}

#define SCALE_PARAM(text)                                                                          \
    {                                                                                              \
        .name = "scale", .kind = PARAM_INT, .default_text = text, .min = 0, .max = 9,              \
        .doc = "digits after the point; 0 gives whole numbers"                                     \
    }

static const GenParam random_walk_params[] = {
    {.name = "start",
     .kind = PARAM_NUMBER,
     .default_text = "0, or the middle between min and max",
     .min = -1e12,
     .max = 1e12,
     .doc = "the value at place 0"},
    {.name = "step",
     .kind = PARAM_NUMBER,
     .default_text = "1",
     .min = 0,
     .max = 1e12,
     .doc = "how far one step goes: its standard deviation"},
    {.name = "drift",
     .kind = PARAM_NUMBER,
     .default_text = "0",
     .min = -1e12,
     .max = 1e12,
     .doc = "what each step adds on average"},
    {.name = "min",
     .kind = PARAM_NUMBER,
     .min = -1e12,
     .max = 1e12,
     .doc = "where the walk turns back"},
    {.name = "max",
     .kind = PARAM_NUMBER,
     .min = -1e12,
     .max = 1e12,
     .doc = "where the walk turns back"},
    SCALE_PARAM("2"),
    PLACE_PARAMS,
};
const GenDef gen_def_random_walk = {
    .name = "random_walk",
    .family = "behaviour",
    .doc = "A number that goes up and down from row to row by normally distributed steps.",
    .example = "random_walk { start = 100, step = 0.8, min = 80, max = 130 }",
    GEN_PARAMS(random_walk_params),
    .bind = bind_random_walk};

/* ---- values over time: a place, or the time since a moment */

/* The mean length of spans that the calendar decides. */
static double span_micros(const Duration *d)
{
    return (double)d->min_micros + (double)d->min_months * 30.436875 * 86400e6;
}

/* A normally distributed factor around 1 that stays above 0; its mean is 1. */
static double noise_of(const GenCall *c, uint32_t k, double noise)
{
    if (noise == 0)
        return 1;
    double z = fm_normal_inv(rng_unit(gen_draw(c, c->bound->key, k, 0).a) + 0x1p-54);
    return fm_exp(noise * z - noise * noise / 2);
}

#define NOISE_PARAM                                                                                \
    {                                                                                              \
        .name = "noise", .kind = PARAM_NUMBER, .default_text = "0", .min = 0, .max = 2,            \
        .doc = "how far values lie off, relative to them: 0.1 is ten percent"                      \
    }
#define AT_PARAM                                                                                   \
    {                                                                                              \
        .name = "at", .kind = PARAM_NODE,                                                          \
        .doc = "a date, a timestamp or a whole number from 0; the row's number when left out"      \
    }

/* ---- growth */

typedef struct Growth {
    SeriesPlace place;
    Number number;
    Moment from;
    double unit; /* microseconds of a step, where time counts */
    bool line;   /* by add, not by a rate */
    double start, log_rate, add, limit, noise;
} Growth;

static double grown(const Growth *g, double x)
{
    if (g->line)
        return g->start + g->add * x;
    double power = fm_exp(g->log_rate * x);
    return g->limit > 0 ? g->limit / (1 + (g->limit / g->start - 1) / power) : g->start * power;
}

static void fill_growth(const GenCall *c, Vec *out)
{
    const Growth *g = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        if (place_skips(c, out, k))
            continue;
        double x = (double)place_of(&g->place, c, k);
        if (g->place.moment)
            x = (x * (g->place.date ? 86400e6 : 1) - (double)moment_micros(&g->from, c, k)) /
                g->unit;
        number_put(&g->number, c, out, k, grown(g, x) * noise_of(c, k, g->noise));
    }
}

static bool bind_growth_time(GenBind *b, Growth *g)
{
    Duration unit;
    if (!g->place.moment) {
        if (!param_given(b, "from") && !param_given(b, "every"))
            return true;
        gen_bind_error(b, ERR_RECIPE, "growth: from and every belong to a date or timestamp in at");
        return err_hint(b->mem, b->err, "for example growth { at = t.day, from = years(-1) }");
    }
    if (!param_given(b, "from")) {
        gen_bind_error(b, ERR_RECIPE, "growth: from is needed: the moment of the value start");
        return err_hint(b->mem, b->err, "for example growth { at = t.day, from = years(-1) }");
    }
    if (!moment_bind(b, "from", &g->from) ||
        !span_bind(b, "every", (Duration){.min_months = 1, .max_months = 1}, &unit))
        return false;
    g->unit = span_micros(&unit);
    return true;
}

static bool bind_growth(GenBind *b)
{
    Growth *g = arena_new_of(b->mem, Growth);
    double rate = 0;
    if (!param_real(b, "start", 100, &g->start) || !param_real(b, "rate", 0.05, &rate) ||
        !param_real(b, "add", 0, &g->add) || !param_real(b, "limit", 0, &g->limit) ||
        !param_real(b, "noise", 0, &g->noise))
        return false;
    g->line = param_given(b, "add");
    if (g->line && (param_given(b, "rate") || param_given(b, "limit"))) {
        gen_bind_error(b, ERR_RECIPE, "growth: add is growth along a line, without rate and limit");
        return err_hint(b->mem, b->err, "leave add out, or the others");
    }
    if (param_given(b, "limit") && g->limit <= g->start) {
        gen_bind_error(b, ERR_RECIPE, "growth: limit must lie above start");
        return err_hint(b->mem, b->err, "for shrinking numbers a rate below 0 is enough");
    }
    g->log_rate = fm_log1p(rate);
    if (!place_bind(b, true, &g->place) || !bind_growth_time(b, g))
        return false;
    g->number = number_bind(b, 0, 1, 0);
    b->out->state = g;
    b->out->fill = fill_growth;
    return true;
}

static const GenParam growth_params[] = {
    {.name = "start",
     .kind = PARAM_NUMBER,
     .default_text = "100",
     .min = 1e-9,
     .max = 1e12,
     .doc = "the value at place 0, or at the moment from"},
    {.name = "rate",
     .kind = PARAM_NUMBER,
     .default_text = "0.05",
     .min = -0.99,
     .max = 100,
     .doc = "how much more after each step: 0.05 is five percent"},
    {.name = "add",
     .kind = PARAM_NUMBER,
     .min = -1e12,
     .max = 1e12,
     .doc = "in place of rate: what each step adds"},
    {.name = "limit",
     .kind = PARAM_NUMBER,
     .min = 1e-9,
     .max = 1e12,
     .doc = "growth slows down towards it (logistic)"},
    {.name = "at",
     .kind = PARAM_NODE,
     .required = true,
     .doc = "how far it has grown: a date, a timestamp, or a whole number such as child_index()"},
    {.name = "from", .kind = PARAM_MOMENT, .doc = "with a date or timestamp: the moment of start"},
    {.name = "every",
     .kind = PARAM_DURATION,
     .default_text = "months(1)",
     .doc = "with a date or timestamp: the step; a month counts 30.436875 days"},
    NOISE_PARAM,
    SCALE_PARAM("0"),
};
const GenDef gen_def_growth = {
    .name = "growth",
    .family = "behaviour",
    .doc = "A number that grows with time or rows: by a rate, along a line, or towards a limit.",
    .example = "growth { start = 1000, rate = 0.08, at = t.created_at, from = years(-3) }",
    GEN_PARAMS(growth_params),
    .bind = bind_growth};

/* ---- seasonality */

typedef enum Period { PERIOD_DAY, PERIOD_WEEK, PERIOD_YEAR, PERIOD_PLACES } Period;

typedef struct Season {
    SeriesPlace place;
    Number number;
    Period period;
    int64_t length; /* PERIOD_PLACES */
    double base, amplitude, peak, noise;
    const double *factors; /* NULL: a cosine */
    int nfactors;
} Season;

/* The part of the period that has passed, in [0, 1). Weeks begin on Monday. */
static double phase_of(const Season *s, int64_t at)
{
    if (s->period == PERIOD_PLACES) {
        int64_t rest = at % s->length;
        return (double)(rest < 0 ? rest + s->length : rest) / (double)s->length;
    }
    int64_t day = s->place.date ? at : calendar_day_of(at);
    double rest = s->place.date ? 0 : (double)(at - day * MICROS_PER_DAY) / 86400e6;
    if (s->period == PERIOD_DAY)
        return rest;
    if (s->period == PERIOD_WEEK) {
        int64_t weekday = (day + 3) % 7; /* 1970-01-01 was a Thursday */
        return ((double)(weekday < 0 ? weekday + 7 : weekday) + rest) / 7;
    }
    int year = calendar_civil(day).year;
    int64_t first = calendar_days((Civil){year, 1, 1}),
            next = calendar_days((Civil){year + 1, 1, 1});
    return ((double)(day - first) + rest) / (double)(next - first);
}

static void fill_seasonality(const GenCall *c, Vec *out)
{
    const Season *s = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        if (place_skips(c, out, k))
            continue;
        double phase = phase_of(s, place_of(&s->place, c, k));
        double factor = s->factors ? s->factors[(int)(phase * s->nfactors)]
                                   : 1 + s->amplitude * fm_cos_turn(phase - s->peak);
        number_put(&s->number, c, out, k, s->base * factor * noise_of(c, k, s->noise));
    }
}

static bool bind_period(GenBind *b, Season *s)
{
    static const char *const names[] = {"day", "week", "year"};
    const char *period = gen_param_text(b, "period", NULL);
    if (!s->place.moment && period) {
        gen_bind_error(b, ERR_RECIPE,
                       "seasonality: a period of time needs a date or timestamp in at");
        return err_hint(b->mem, b->err, "at = t.created_at; for places say length = 12");
    }
    if (s->place.moment && param_given(b, "length")) {
        gen_bind_error(b, ERR_RECIPE, "seasonality: length counts places, and at is a moment");
        return err_hint(b->mem, b->err, "period = \"week\"");
    }
    s->length = gen_param_int(b, "length", 12);
    s->period = s->place.moment ? PERIOD_YEAR : PERIOD_PLACES;
    if (!period)
        return true;
    int found = 0;
    while (found < 3 && strcmp(names[found], period) != 0)
        found++;
    if (found == 3 || (found == PERIOD_DAY && s->place.date)) {
        gen_bind_error(b, ERR_RECIPE, "seasonality: period = \"%s\" is none%s", period,
                       found == PERIOD_DAY ? " for a date, which has no time" : "");
        return err_hint(b->mem, b->err, "\"day\", \"week\" or \"year\"");
    }
    s->period = (Period)found;
    return true;
}

static bool bind_factors(GenBind *b, Season *s)
{
    const Value *list = gen_param(b, "factors");
    if (list->kind != VAL_LIST)
        return true;
    double *factors = arena_array(b->mem, double, list->count + 1);
    for (int i = 0; i < list->count; i++) {
        const Value *v = &list->items[i];
        factors[i] = v->kind == VAL_INT ? (double)v->i : v->kind == VAL_FLOAT ? v->f : -1;
        if (!(factors[i] >= 0) || factors[i] > 1e6) {
            gen_bind_error(b, ERR_RECIPE,
                           "seasonality: factor %d must be a number from 0 to 1000000", i + 1);
            return err_hint(b->mem, b->err, "factors = { 1, 1, 1, 1, 1.3, 1.6, 0.7 }");
        }
    }
    if (list->count == 0 || param_given(b, "amplitude") || param_given(b, "peak")) {
        gen_bind_error(
            b, ERR_RECIPE,
            "seasonality: factors are one number or more, in place of amplitude and peak");
        return err_hint(b->mem, b->err, "leave the others out");
    }
    s->factors = factors;
    s->nfactors = list->count;
    return true;
}

static bool bind_seasonality(GenBind *b)
{
    Season *s = arena_new_of(b->mem, Season);
    if (!param_real(b, "base", 100, &s->base) || !param_real(b, "amplitude", 0.3, &s->amplitude) ||
        !param_real(b, "peak", 0.5, &s->peak) || !param_real(b, "noise", 0, &s->noise) ||
        !place_bind(b, true, &s->place) || !bind_period(b, s) || !bind_factors(b, s))
        return false;
    s->number = number_bind(b, 0, 1, 0);
    b->out->state = s;
    b->out->fill = fill_seasonality;
    return true;
}

static const GenParam seasonality_params[] = {
    AT_PARAM,
    {.name = "base",
     .kind = PARAM_NUMBER,
     .default_text = "100",
     .min = 0,
     .max = 1e12,
     .doc = "the value that the season makes more or less of"},
    {.name = "period",
     .kind = PARAM_TEXT,
     .default_text = "\"year\"",
     .doc = "\"day\", \"week\" (from Monday) or \"year\", where at is a moment"},
    {.name = "length",
     .kind = PARAM_INT,
     .default_text = "12",
     .min = 1,
     .max = 1e9,
     .doc = "how many places a season has, where at is a number"},
    {.name = "amplitude",
     .kind = PARAM_NUMBER,
     .default_text = "0.3",
     .min = 0,
     .max = 1,
     .doc = "how far a smooth season goes up and down, relative to base"},
    {.name = "peak",
     .kind = PARAM_NUMBER,
     .default_text = "0.5",
     .min = 0,
     .max = 1,
     .doc = "where in the period it is highest"},
    {.name = "factors",
     .kind = PARAM_LIST,
     .doc = "in place of both: a factor for each part of the period, the parts equally long"},
    NOISE_PARAM,
    SCALE_PARAM("0"),
};
const GenDef gen_def_seasonality = {
    .name = "seasonality",
    .family = "behaviour",
    .doc = "A number that follows the time of day, the weekday or the time of year.",
    .example = "seasonality { at = t.created_at, base = 200, period = \"week\", factors = { 1, 1, "
               "1, 1, 1.3, 1.6, 0.7 } }",
    GEN_PARAMS(seasonality_params),
    .bind = bind_seasonality};

/* ---- churn */

typedef struct Churn {
    Moment from;
    Duration every;
    int64_t to;
    double log_stays; /* of 1 - rate; 0: everybody leaves in the first period */
    bool date;
} Churn;

#define PERIODS_MOST 1e5

/* The beginning of period n after a moment. */
static int64_t period_start(const Churn *s, int64_t from, int64_t n)
{
    int64_t day = calendar_day_of(from), at;
    int64_t days =
        s->every.min_months ? calendar_add_months(day, n * s->every.min_months) - day : 0;
    if (__builtin_mul_overflow(n, s->every.min_micros, &at) ||
        __builtin_add_overflow(at, from + days * MICROS_PER_DAY, &at))
        return INT64_MAX;
    return at;
}

static void fill_churn(const GenCall *c, Vec *out)
{
    const Churn *s = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        if (place_skips(c, out, k))
            continue;
        out->i[k] = 0;
        Rand2 r = gen_draw(c, c->bound->key, k, 0);
        double periods = s->log_stays < 0 ? fm_log(rng_unit(r.a) + 0x1p-54) / s->log_stays : 0;
        int64_t from = moment_micros(&s->from, c, k), at = INT64_MAX;
        if (periods < PERIODS_MOST) {
            int64_t low = period_start(s, from, (int64_t)periods),
                    high = period_start(s, from, (int64_t)periods + 1);
            int64_t unit = s->date ? MICROS_PER_DAY : MICROS_PER_SECOND;
            uint64_t units = high > low ? (uint64_t)(high - low) / (uint64_t)unit : 1;
            at = low + (int64_t)rng_below(r.b, units ? units : 1) * unit;
        }
        if (at > s->to)
            vec_nulls(out, c->scratch)[k] = 1;
        else
            out->i[k] = s->date ? calendar_day_of(at) : moment_second(at);
    }
}

static bool bind_churn(GenBind *b)
{
    Churn *s = arena_new_of(b->mem, Churn);
    double rate = 0;
    if (!moment_bind(b, "from", &s->from) || !param_real(b, "rate", 0.05, &rate) ||
        !span_bind(b, "every", (Duration){.min_months = 1, .max_months = 1}, &s->every))
        return false;
    if (s->every.min_months < 0 || s->every.min_micros < 0) {
        gen_bind_error(b, ERR_RECIPE, "churn: every must be a span above 0");
        return err_hint(b->mem, b->err, "for example months(1)");
    }
    if (param_given(b, "to") ? !gen_param_time(b, "to", &s->to) : !param_clock(b, &s->to))
        return false;
    s->log_stays = rate < 1 ? fm_log1p(-rate) : 0;
    s->date = s->from.date;
    b->out->type = moment_type(s->date);
    b->out->nullable = true;
    b->out->state = s;
    b->out->fill = fill_churn;
    return true;
}

static const GenParam churn_params[] = {
    {.name = "from",
     .kind = PARAM_MOMENT,
     .required = true,
     .doc = "when the row began: t.signed_up_at"},
    {.name = "rate",
     .kind = PARAM_NUMBER,
     .default_text = "0.05",
     .min = 1e-6,
     .max = 1,
     .doc = "how many of those who are left leave in each period: 0.05 is one in twenty"},
    {.name = "every", .kind = PARAM_DURATION, .default_text = "months(1)", .doc = "the period"},
    {.name = "to", .kind = PARAM_TIME, .default_text = "clock", .doc = "later leaves are not seen"},
};
const GenDef gen_def_churn = {
    .name = "churn",
    .family = "behaviour",
    .doc = "When a row's customer left, after periods with the same rate; NULL for who is still "
           "there.",
    .example = "churn { from = t.created_at, rate = 0.04 }",
    GEN_PARAMS(churn_params),
    .pii = "date",
    .bind = bind_churn};

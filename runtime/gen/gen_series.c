/* Moments in order: at fixed steps, or at random as independent events come. Both go on as far as
 * there are rows, so the recipe's clock does not cut them; steps below 0 go back from a moment. */
#include "gen/dyadic_int.h"
#include "gen/process_int.h"

typedef struct Series {
    Moment from;
    SeriesPlace place;
    Duration step;
    bool date;
    double gap; /* arrivals: microseconds on average, below 0 backwards */
} Series;

/* ---- series */

static bool step_on(const Series *s, int64_t from, int64_t place, int64_t *out)
{
    int64_t months, days = 0, micros;
    if (__builtin_mul_overflow(place, s->step.min_months, &months) || months > 120000 ||
        months < -120000 || __builtin_mul_overflow(place, s->step.min_micros, &micros))
        return false;
    if (months) {
        int64_t day = calendar_day_of(from);
        days = calendar_add_months(day, months) - day;
    }
    return !__builtin_add_overflow(from + days * MICROS_PER_DAY, micros, out);
}

static void fill_series(const GenCall *c, Vec *out)
{
    const Series *s = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        if (place_skips(c, out, k))
            continue;
        int64_t at = 0;
        if (!step_on(s, moment_micros(&s->from, c, k), place_of(&s->place, c, k), &at)) {
            vec_nulls(out, c->scratch)[k] = 1;
            if (c->overflows)
                ++*c->overflows;
        }
        out->i[k] = s->date ? calendar_day_of(at) : moment_second(at);
    }
}

static bool whole_days(const Duration *d)
{
    return d->min_micros % MICROS_PER_DAY == 0;
}

static bool bind_series(GenBind *b)
{
    Series *s = arena_new_of(b->mem, Series);
    if (!span_bind(b, "step", (Duration){0}, &s->step) || !moment_bind(b, "from", &s->from) ||
        !place_bind(b, false, &s->place))
        return false;
    s->date = s->from.date && whole_days(&s->step);
    b->out->type = moment_type(s->date);
    b->out->state = s;
    b->out->fill = fill_series;
    return true;
}

static const GenParam series_params[] = {
    {.name = "from",
     .kind = PARAM_MOMENT,
     .required = true,
     .doc = "the moment of place 0: a constant, or a column such as t.sensor_id.installed_at"},
    {.name = "step",
     .kind = PARAM_DURATION,
     .required = true,
     .doc = "from place to place: hours(1), months(1), days(-1)"},
    PLACE_PARAMS,
};
const GenDef gen_def_series = {
    .name = "series",
    .family = "time",
    .doc = "Moments at fixed steps, one for each row: a date where the beginning is one and steps "
           "are whole days.",
    .example = "series { from = \"2025-01-01\", step = hours(1) }",
    GEN_PARAMS(series_params),
    .pii = "date",
    .bind = bind_series};

/* ---- arrivals */

#define GAPS_MOST 9e18 /* microseconds from the beginning */

static void fill_arrivals(const GenCall *c, Vec *out)
{
    const Series *s = c->bound->state;
    DyadicWalk *walk = arena_new_of(c->scratch, DyadicWalk);
    dyadic_begin(walk, &dyadic_poisson);
    for (uint32_t k = 0; k < c->n; k++) {
        if (place_skips(c, out, k))
            continue;
        int64_t place = place_of(&s->place, c, k), from = moment_micros(&s->from, c, k), at = 0;
        bool ok = place >= 0 && place < INT64_C(1) << 60;
        double far = ok ? s->gap * dyadic_at(walk, place_key(&s->place, c, k), gen_generation(c, k),
                                             (uint64_t)place + 1)
                        : 0;
        if (!ok || far > GAPS_MOST || far < -GAPS_MOST ||
            __builtin_add_overflow(from, (int64_t)far, &at)) {
            vec_nulls(out, c->scratch)[k] = 1;
            if (c->overflows)
                ++*c->overflows;
        }
        out->i[k] = s->date ? calendar_day_of(at) : moment_second(at);
    }
}

static bool bind_arrivals(GenBind *b)
{
    Series *s = arena_new_of(b->mem, Series);
    if (!span_bind(b, "every", (Duration){0}, &s->step) || !moment_bind(b, "from", &s->from) ||
        !place_bind(b, false, &s->place))
        return false;
    if (s->step.min_months) {
        gen_bind_error(b, ERR_RECIPE, "arrivals: every cannot be months, which differ in length");
        return err_hint(b->mem, b->err, "for example days(30)");
    }
    s->gap = (double)s->step.min_micros;
    s->date = s->from.arg >= 0 && s->from.date;
    b->out->type = moment_type(s->date);
    b->out->state = s;
    b->out->fill = fill_arrivals;
    return true;
}

static const GenParam arrivals_params[] = {
    {.name = "from",
     .kind = PARAM_MOMENT,
     .required = true,
     .doc = "the beginning; the first event comes after it"},
    {.name = "every",
     .kind = PARAM_DURATION,
     .required = true,
     .doc = "the time between two events on average; below 0 they go back from the beginning"},
    PLACE_PARAMS,
};
const GenDef gen_def_arrivals = {
    .name = "arrivals",
    .family = "time",
    .doc = "Moments in order as independent events come (a Poisson process): most gaps are short, "
           "a few are long.",
    .example = "arrivals { from = \"2025-01-01\", every = minutes(5) }",
    GEN_PARAMS(arrivals_params),
    .pii = "date",
    .bind = bind_arrivals};

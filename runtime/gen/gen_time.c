/* Dates and timestamps, in whole days and seconds, UTC. Whatever is said relative to now means the
 * recipe's clock, and nothing lies after it unless the recipe names a later end itself. */
#include "gen/family_int.h"

#include "base/calendar.h"

static int64_t floor_second(int64_t micros)
{
    return (micros / MICROS_PER_SECOND - (micros % MICROS_PER_SECOND < 0)) * MICROS_PER_SECOND;
}

static int64_t ceil_second(int64_t micros)
{
    return floor_second(micros + MICROS_PER_SECOND - 1);
}

/* Distributions count days from the beginning, on dates and on timestamps. */
static const DistAxis days_axis = {.per_unit = 1}, seconds_axis = {.per_unit = 86400};

static const Type timestamp_type = {.kind = TYPE_TIMESTAMP, .with_zone = true};
static const Type date_type = {.kind = TYPE_DATE};

static bool moments_bind(GenBind *b, bool date, int64_t lo, int64_t hi)
{
    return int_range_bind(b, date ? date_type : timestamp_type, lo, hi,
                          date ? 1 : MICROS_PER_SECOND) &&
           int_range_dist(b, date ? days_axis : seconds_axis);
}

static const char *moment_text(const GenBind *b, int64_t micros, bool date)
{
    int64_t day = calendar_day_of(micros),
            seconds = (micros - day * MICROS_PER_DAY) / MICROS_PER_SECOND;
    Civil c = calendar_civil(day);
    if (date)
        return arena_printf(b->mem, "%04d-%02d-%02d", c.year, c.month, c.day);
    return arena_printf(b->mem, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day,
                        (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
}

static bool bind_moments(GenBind *b, bool date)
{
    int64_t from, to;
    if (!gen_param_time(b, "from", &from))
        return false;
    if (param_given(b, "to") ? !gen_param_time(b, "to", &to) : !param_clock(b, &to))
        return false;
    int64_t lo = date ? calendar_day_of(from) : ceil_second(from),
            hi = date ? calendar_day_of(to) : floor_second(to);
    if (lo > hi)
        return gen_bind_error(b, ERR_RECIPE, "%s: from (%s) is after to (%s)", b->node->gen->name,
                              moment_text(b, from, date), moment_text(b, to, date));
    return moments_bind(b, date, lo, hi);
}

static bool bind_date(GenBind *b)
{
    return bind_moments(b, true);
}
static bool bind_timestamp(GenBind *b)
{
    return bind_moments(b, false);
}

static const GenParam date_params[] = {
    {.name = "from", .kind = PARAM_TIME, .required = true, .doc = "the first day"},
    {.name = "to", .kind = PARAM_TIME, .default_text = "clock", .doc = "the last day"},
    DIST_PARAM,
};
const GenDef gen_def_date = {.name = "date",
                             .family = "time",
                             .doc = "A day between two days, both included.",
                             .example = "date { from = \"1960-01-01\", to = years(-18) }",
                             GEN_PARAMS(date_params),
                             .pii = "date",
                             .bind = bind_date};

static const GenParam timestamp_params[] = {
    {.name = "from",
     .kind = PARAM_TIME,
     .required = true,
     .doc = "the earliest second; a date means its midnight"},
    {.name = "to", .kind = PARAM_TIME, .default_text = "clock", .doc = "the latest second"},
    DIST_PARAM,
};
const GenDef gen_def_timestamp = {.name = "timestamp",
                                  .family = "time",
                                  .doc = "A second between two points in time, both included, UTC.",
                                  .example = "timestamp { from = years(-3), to = clock }",
                                  GEN_PARAMS(timestamp_params),
                                  .pii = "date",
                                  .bind = bind_timestamp};

static bool bind_past(GenBind *b, bool date)
{
    int64_t clock, days = gen_param_int(b, "days_ago_max", 365);
    if (!param_clock(b, &clock))
        return false;
    if (!date)
        return moments_bind(b, false, clock - days * MICROS_PER_DAY, clock);
    int64_t today = calendar_day_of(clock);
    return moments_bind(b, true, today - days, today);
}

static bool bind_date_past(GenBind *b)
{
    return bind_past(b, true);
}
static bool bind_timestamp_past(GenBind *b)
{
    return bind_past(b, false);
}

static const GenParam past_params[] = {
    {.name = "days_ago_max",
     .kind = PARAM_INT,
     .default_text = "365",
     .min = 0,
     .max = 365000,
     .doc = "how many days before the recipe's clock at most"},
    DIST_PARAM,
};
const GenDef gen_def_date_past = {.name = "date_past",
                                  .family = "time",
                                  .doc = "A day in the time before the recipe's clock.",
                                  .example = "date_past { days_ago_max = 90 }",
                                  GEN_PARAMS(past_params),
                                  .pii = "date",
                                  .bind = bind_date_past};
const GenDef gen_def_timestamp_past = {.name = "timestamp_past",
                                       .family = "time",
                                       .doc =
                                           "A second in the time before the recipe's clock, UTC.",
                                       .example = "timestamp_past { days_ago_max = 90 }",
                                       GEN_PARAMS(past_params),
                                       .pii = "date",
                                       .bind = bind_timestamp_past};

/* ---- time of day */

static bool time_param(GenBind *b, const char *name, int64_t fallback, int64_t *micros)
{
    *micros = fallback;
    const char *text = gen_param_text(b, name, NULL);
    if (!text || calendar_parse_time(text, micros))
        return true;
    gen_bind_error(b, ERR_RECIPE, "time: %s = \"%s\" is no time of day", name, text);
    return err_hint(b->mem, b->err, "write it as \"HH:MM\" or \"HH:MM:SS\"");
}

static bool bind_time(GenBind *b)
{
    int64_t from, to;
    if (!time_param(b, "from", 0, &from) ||
        !time_param(b, "to", MICROS_PER_DAY - MICROS_PER_SECOND, &to))
        return false;
    from = ceil_second(from);
    to = floor_second(to);
    if (from > to)
        return gen_bind_error(b, ERR_RECIPE, "time: from (%s) is after to (%s)",
                              param_spelling(b, "from"), param_spelling(b, "to"));
    return int_range_bind(b, (Type){.kind = TYPE_TIME}, from, to, MICROS_PER_SECOND) &&
           int_range_dist(b, (DistAxis){(double)from / 3.6e9, 3600, false});
}

static const GenParam time_params[] = {
    {.name = "from", .kind = PARAM_TEXT, .default_text = "\"00:00\"", .doc = "the earliest second"},
    {.name = "to", .kind = PARAM_TEXT, .default_text = "\"23:59:59\"", .doc = "the latest second"},
    DIST_PARAM,
};
const GenDef gen_def_time = {.name = "time",
                             .family = "time",
                             .doc = "A second of the day.",
                             .example = "time { from = \"09:00\", to = \"17:30\" }",
                             GEN_PARAMS(time_params),
                             .bind = bind_time};

/* ---- after */

typedef struct After {
    Duration delay;
    bool date;
    int64_t clock; /* days for dates, else microseconds */
    const Dist *dist;
} After;

/* Where a span leads from x: its day, taken apart once for both ends of the span. */
typedef struct Start {
    int64_t x, day;
    Civil civil;
} Start;

/* A moment later by months and microseconds, in the unit of the result: days, or microseconds up to
 * a whole second. */
static inline int64_t later(const After *s, const Start *from, int64_t months, int64_t micros)
{
    int64_t days = months ? calendar_months_later(from->civil, months) - from->day : 0;
    if (s->date)
        return from->x + days + micros / MICROS_PER_DAY;
    return ceil_second(from->x + days * MICROS_PER_DAY + micros);
}

static uint64_t delay_of(const GenCall *c, const After *s, uint32_t k, uint64_t n)
{
    if (!s->dist)
        return rng_below(gen_draw(c, c->bound->key, k, 0).a, n);
    DistOver over;
    dist_over(s->dist, s->date ? days_axis : seconds_axis, n, &over);
    return dist_pick(&over, c->bound->key, c->rows[k], gen_generation(c, k));
}

static void fill_after(const GenCall *c, Vec *out)
{
    const After *s = c->bound->state;
    const Vec *from = c->args[0];
    const Duration d = s->delay;
    for (uint32_t k = 0; k < c->n; k++) {
        if (vec_is_null(from, k)) {
            out->i[k] = 0;
            continue;
        }
        Start start = {.x = from->i[k]};
        if (d.max_months) {
            start.day = s->date ? start.x : calendar_day_of(start.x);
            start.civil = calendar_civil(start.day);
        }
        int64_t lo = later(s, &start, d.min_months, d.min_micros);
        int64_t hi = later(s, &start, d.max_months, d.max_micros);
        hi = hi > s->clock ? s->clock : hi;
        if (lo >= hi) {
            /* x lies after the clock only when the recipe says so: then the order counts more. */
            out->i[k] = lo <= s->clock ? lo : start.x > s->clock ? start.x : s->clock;
            continue;
        }
        uint64_t span = (uint64_t)(hi - lo);
        if (s->date)
            out->i[k] = lo + (int64_t)delay_of(c, s, k, span + 1);
        else
            out->i[k] =
                lo + (int64_t)delay_of(c, s, k, span / MICROS_PER_SECOND + 1) * MICROS_PER_SECOND;
    }
}

#define SPAN_MAX_MONTHS INT64_C(12000)

static bool bind_after(GenBind *b)
{
    int at = gen_param_arg(b, "x");
    if (at < 0)
        return false;
    const Bound *arg = b->out->args[at];
    bool date = arg->type.kind == TYPE_DATE;
    if (!date && arg->type.kind != TYPE_TIMESTAMP) {
        gen_bind_error(b, ERR_RECIPE, "after: x must be a date or a timestamp, not %s",
                       type_text(&arg->type, b->mem));
        return err_hint(b->mem, b->err, "for example after(t.created_at, days(1, 30))");
    }
    After *s = arena_new_of(b->mem, After);
    s->delay = gen_param(b, "duration")->duration;
    const Duration *d = &s->delay;
    if (d->min_months < 0 || d->min_micros < 0)
        return gen_bind_error(
            b, ERR_RECIPE,
            "after: the span must not be negative, or the result would lie before x");
    if (d->max_months < d->min_months || d->max_micros < d->min_micros) {
        gen_bind_error(b, ERR_RECIPE, "after: the span's least value is above its greatest");
        return err_hint(b->mem, b->err, "the smaller number comes first: days(1, 30)");
    }
    if (d->max_months > SPAN_MAX_MONTHS || d->max_micros > SPAN_MAX_MONTHS * 31 * MICROS_PER_DAY)
        return gen_bind_error(b, ERR_RECIPE, "after: the span is longer than a thousand years");
    int64_t clock;
    if (!param_clock(b, &clock))
        return false;
    s->date = date;
    s->clock = date ? calendar_day_of(clock) : clock;
    if (!param_dist(b, &s->dist))
        return false;
    b->out->type = date ? date_type : timestamp_type;
    b->out->nullable = arg->nullable;
    b->out->state = s;
    b->out->fill = fill_after;
    return true;
}

static const GenParam after_params[] = {
    {.name = "x",
     .kind = PARAM_NODE,
     .required = true,
     .doc = "a date or timestamp: a column of the row, or of a parent"},
    {.name = "duration",
     .kind = PARAM_DURATION,
     .required = true,
     .doc = "how much later: days(3), days(1, 30), months(1, 12)"},
    DIST_PARAM,
};
const GenDef gen_def_after = {
    .name = "after",
    .family = "time",
    .doc = "A moment later than another by a span, but never after the recipe's clock.",
    .example = "after(t.borrower_id.created_at, days(1, 900))",
    GEN_PARAMS(after_params),
    .pii = "date",
    .bind = bind_after};

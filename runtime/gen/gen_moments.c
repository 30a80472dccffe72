/* Moments between two others, working hours, and lengths of time. */
#include <string.h>

#include "gen/process_int.h"

/* A range of whole numbers by index, by distribution or uniform, that a fill then makes something
 * of: the counted domain of working seconds, the seconds of an interval. */
typedef struct Mapped {
    Bound numbers; /* int_range_bind's */
    const void *how;
} Mapped;

static void fill_numbers(const GenCall *c, Vec *out)
{
    const Mapped *m = c->bound->state;
    Bound numbers = m->numbers;
    GenCall own = *c;
    numbers.key = c->bound->key;
    own.bound = &numbers;
    numbers.fill(&own, out);
}

static Mapped *mapped_bind(GenBind *b, int64_t lo, int64_t hi, DistAxis axis, const void *how)
{
    Mapped *m = arena_new_of(b->mem, Mapped);
    if (!int_range_bind(b, type_int(lo, hi), lo, hi, 1) || !int_range_dist(b, axis))
        return NULL;
    m->numbers = *b->out;
    m->how = how;
    b->out->state = m;
    b->out->has_bounds = false;
    return m;
}

/* ---- time_between */

typedef struct Between {
    Moment from, to;
    bool date;
    const Dist *dist;
} Between;

static void fill_time_between(const GenCall *c, Vec *out)
{
    const Between *s = c->bound->state;
    int64_t unit = s->date ? MICROS_PER_DAY : MICROS_PER_SECOND;
    for (uint32_t k = 0; k < c->n; k++) {
        if (place_skips(c, out, k))
            continue;
        int64_t low = moment_micros(&s->from, c, k), high = moment_micros(&s->to, c, k);
        if (low > high) {
            int64_t other = low;
            low = high;
            high = other;
        }
        int64_t first = moment_second(low + (s->date ? 0 : MICROS_PER_SECOND - 1));
        uint64_t n = high < first ? 1 : (uint64_t)(high - first) / (uint64_t)unit + 1, pick;
        if (s->dist) {
            DistOver over;
            dist_over(s->dist, (DistAxis){.per_unit = s->date ? 1 : 86400}, n, &over);
            pick = dist_pick(&over, c->bound->key, c->rows[k], gen_generation(c, k));
        } else {
            pick = rng_below(gen_draw(c, c->bound->key, k, 0).a, n);
        }
        int64_t at = high < first ? low : first + (int64_t)pick * unit;
        out->i[k] = s->date ? calendar_day_of(at) : at;
    }
}

static bool bind_time_between(GenBind *b)
{
    Between *s = arena_new_of(b->mem, Between);
    if (!moment_bind(b, "from", &s->from))
        return false;
    s->to = (Moment){.arg = -1};
    if (param_given(b, "to") ? !moment_bind(b, "to", &s->to) : !param_clock(b, &s->to.micros))
        return false;
    if (!param_dist(b, &s->dist))
        return false;
    s->date = s->from.date && s->to.date;
    b->out->type = moment_type(s->date);
    b->out->state = s;
    b->out->fill = fill_time_between;
    return true;
}

static const GenParam time_between_params[] = {
    {.name = "from", .kind = PARAM_MOMENT, .required = true, .doc = "one end: t.opened_at"},
    {.name = "to",
     .kind = PARAM_MOMENT,
     .default_text = "clock",
     .doc = "the other end, which may be the earlier one"},
    DIST_PARAM,
};
const GenDef gen_def_time_between = {
    .name = "time_between",
    .family = "time",
    .doc = "A moment between two others, both included, which may be columns: a date where both "
           "are dates.",
    .example = "time_between(t.created_at, clock)",
    GEN_PARAMS(time_between_params),
    .pii = "date",
    .bind = bind_time_between};

/* ---- business_hours */

typedef struct Hours {
    int64_t open, length; /* seconds of the day */
    int per_week;
    int8_t before[8]; /* working days before each weekday, from Monday */
    int8_t nth[7];    /* the weekdays that are worked */
} Hours;

/* Monday of week 0 is 1969-12-29, day -3. */
static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Working seconds before a moment (in seconds), from week 0 on. */
static int64_t working_before(const Hours *h, int64_t second)
{
    int64_t day = floor_div(second, 86400), week = floor_div(day + 3, 7),
            weekday = day + 3 - week * 7;
    int64_t within = second - day * 86400 - h->open;
    within = within < 0 ? 0 : within > h->length ? h->length : within;
    bool works = h->before[weekday + 1] > h->before[weekday];
    return (week * h->per_week + h->before[weekday]) * h->length + (works ? within : 0);
}

static int64_t working_second(const Hours *h, int64_t number)
{
    int64_t day = floor_div(number, h->length), week = floor_div(day, h->per_week);
    return (week * 7 - 3 + h->nth[day - week * h->per_week]) * 86400 + h->open +
           (number - day * h->length);
}

static void fill_business_hours(const GenCall *c, Vec *out)
{
    const Mapped *m = c->bound->state;
    fill_numbers(c, out);
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] = working_second(m->how, out->i[k]) * MICROS_PER_SECOND;
}

static const char weekdays[7][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static int weekday_at(const char *text)
{
    for (int d = 0; d < 7; d++)
        if (strncmp(text, weekdays[d], 3) == 0)
            return d;
    return -1;
}

/* "mon-fri", "mon,wed,sat", "sat-sun". */
static bool read_days(GenBind *b, Hours *h)
{
    const char *text = gen_param_text(b, "days", "mon-fri");
    bool works[7] = {false};
    for (const char *p = text;;) {
        int from = weekday_at(p), to = from;
        p += from < 0 ? 0 : 3;
        if (from >= 0 && *p == '-') {
            to = weekday_at(p + 1);
            p += to < 0 ? 0 : 4;
        }
        if (from < 0 || to < 0 || (*p && *p != ',')) {
            gen_bind_error(b, ERR_RECIPE, "business_hours: days = \"%s\" names no weekdays", text);
            return err_hint(b->mem, b->err, "\"mon-fri\", or \"tue,thu,sat-sun\"");
        }
        for (int d = from;; d = (d + 1) % 7) {
            works[d] = true;
            if (d == to)
                break;
        }
        if (!*p++)
            break;
    }
    for (int d = 0; d < 7; d++) {
        h->before[d] = (int8_t)h->per_week;
        if (works[d])
            h->nth[h->per_week++] = (int8_t)d;
    }
    h->before[7] = (int8_t)h->per_week;
    return true;
}

static bool read_time(GenBind *b, const char *name, const char *fallback, int64_t *seconds)
{
    const char *text = gen_param_text(b, name, fallback);
    int64_t micros;
    bool midnight = strcmp(text, "24:00") == 0;
    if (midnight || calendar_parse_time(text, &micros)) {
        *seconds = midnight ? 86400 : micros / MICROS_PER_SECOND;
        return true;
    }
    gen_bind_error(b, ERR_RECIPE, "business_hours: %s = \"%s\" is no time of day", name, text);
    return err_hint(b->mem, b->err, "write it as \"HH:MM\"");
}

static bool bind_business_hours(GenBind *b)
{
    Hours *h = arena_new_of(b->mem, Hours);
    int64_t from, to, close = 0;
    if (!gen_param_time(b, "from", &from) ||
        (param_given(b, "to") ? !gen_param_time(b, "to", &to) : !param_clock(b, &to)) ||
        !read_time(b, "open", "09:00", &h->open) || !read_time(b, "close", "17:00", &close) ||
        !read_days(b, h))
        return false;
    h->length = close - h->open;
    if (h->length <= 0) {
        gen_bind_error(b, ERR_RECIPE, "business_hours: close must be later than open");
        return err_hint(b->mem, b->err, "hours over midnight are two generators: one_of { ... }");
    }
    int64_t first = moment_second(from + MICROS_PER_SECOND - 1) / MICROS_PER_SECOND,
            last = moment_second(to) / MICROS_PER_SECOND;
    int64_t lo = working_before(h, first), hi = working_before(h, last + 1) - 1;
    if (first > last || lo > hi) {
        gen_bind_error(b, ERR_RECIPE,
                       "business_hours: there is no working time between from and to");
        return err_hint(b->mem, b->err, "from comes first; days and open say when work is");
    }
    if (!mapped_bind(b, lo, hi, (DistAxis){.per_unit = (double)h->length}, h))
        return false;
    b->out->type = moment_type(false);
    b->out->fill = fill_business_hours;
    return true;
}

static const GenParam business_hours_params[] = {
    {.name = "from", .kind = PARAM_TIME, .required = true, .doc = "the earliest moment"},
    {.name = "to", .kind = PARAM_TIME, .default_text = "clock", .doc = "the latest moment"},
    {.name = "open", .kind = PARAM_TEXT, .default_text = "\"09:00\"", .doc = "the first second"},
    {.name = "close",
     .kind = PARAM_TEXT,
     .default_text = "\"17:00\"",
     .doc = "when work ends; \"24:00\" is midnight"},
    {.name = "days",
     .kind = PARAM_TEXT,
     .default_text = "\"mon-fri\"",
     .doc = "the weekdays: \"mon-fri\", \"tue,thu,sat-sun\""},
    DIST_PARAM,
};
const GenDef gen_def_business_hours = {
    .name = "business_hours",
    .family = "time",
    .doc = "A second of the working time between two moments, UTC; a distribution counts working "
           "days.",
    .example = "business_hours { from = years(-1), open = \"08:30\", close = \"18:00\" }",
    GEN_PARAMS(business_hours_params),
    .pii = "date",
    .bind = bind_business_hours};

/* ---- interval */

/* "HH:MM:SS", with as many digits for the hours as it takes: PostgreSQL prints an interval so. */
static void fill_interval_text(const GenCall *c, Vec *out)
{
    Vec numbers = {.kind = TYPE_INT, .n = c->n, .i = arena_array(c->scratch, int64_t, c->n + 1)};
    fill_numbers(c, &numbers);
    char *p = arena_alloc_raw(c->scratch, (size_t)c->n * 24 + 1);
    for (uint32_t k = 0; k < c->n; k++) {
        uint64_t v = (uint64_t)numbers.i[k], hours = v / 3600;
        char *begin = p;
        p = hours < 10 ? put_digits(p, hours, 2) : put_number(p, hours);
        *p++ = ':';
        p = put_digits(p, v / 60 % 60, 2);
        *p++ = ':';
        p = put_digits(p, v % 60, 2);
        out->s[k] = (Str){begin, (uint32_t)(p - begin)};
    }
}

static bool interval_unit(GenBind *b, int64_t *seconds, bool *text)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"seconds", 1}, {"minutes", 60}, {"hours", 3600}, {"days", 86400}};
    const Type *wanted = b->scope->wanted;
    bool own_type = wanted && wanted->kind == TYPE_OTHER && wanted->name &&
                    strcmp(wanted->name, "interval") == 0;
    const char *unit = gen_param_text(b, "unit", own_type ? "text" : "seconds");
    *text = strcmp(unit, "text") == 0;
    *seconds = *text ? 1 : 0;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(unit, units[i].name) == 0)
            *seconds = units[i].seconds;
    if (*seconds)
        return true;
    gen_bind_error(b, ERR_RECIPE, "interval: unit = \"%s\" is none", unit);
    return err_hint(b->mem, b->err,
                    "\"seconds\", \"minutes\", \"hours\", \"days\", or \"text\" for HH:MM:SS");
}

static bool bind_interval(GenBind *b)
{
    const Duration *d = &gen_param(b, "span")->duration;
    int64_t unit;
    bool text;
    if (!interval_unit(b, &unit, &text))
        return false;
    if (d->min_months || d->max_months) {
        gen_bind_error(b, ERR_RECIPE, "interval: months and years differ in length");
        return err_hint(b->mem, b->err, "for example days(30, 365)");
    }
    if (d->min_micros < 0 || d->max_micros < d->min_micros ||
        d->max_micros > 366000 * MICROS_PER_DAY) {
        gen_bind_error(
            b, ERR_RECIPE,
            "interval: the span goes from 0 to a thousand years, the smaller number first");
        return err_hint(b->mem, b->err, "for example minutes(5, 90)");
    }
    int64_t micros = unit * MICROS_PER_SECOND, lo = (d->min_micros + micros - 1) / micros,
            hi = d->max_micros / micros;
    if (lo > hi) {
        gen_bind_error(b, ERR_RECIPE, "interval: the span holds no whole number of its unit");
        return err_hint(b->mem, b->err, "a smaller unit, or a longer span");
    }
    if (!text)
        return int_range_bind(b, type_int(lo, hi), lo, hi, 1) &&
               int_range_dist(b, (DistAxis){(double)lo, 1, true});
    if (!mapped_bind(b, lo, hi, (DistAxis){(double)lo, 1, true}, NULL))
        return false;
    b->out->type = type_chars(18);
    b->out->fill = fill_interval_text;
    return true;
}

static const GenParam interval_params[] = {
    {.name = "span",
     .kind = PARAM_DURATION,
     .required = true,
     .doc = "the shortest and the longest: minutes(5, 90)"},
    {.name = "unit",
     .kind = PARAM_TEXT,
     .default_text = "\"seconds\"",
     .doc = "what is counted: \"seconds\", \"minutes\", \"hours\", \"days\"; \"text\" gives "
            "HH:MM:SS, as does a column of PostgreSQL's type interval"},
    DIST_PARAM,
};
const GenDef gen_def_interval = {
    .name = "interval",
    .family = "time",
    .doc = "A length of time, as a whole number of its unit or as a text.",
    .example = "interval(minutes(5, 90), { unit = \"minutes\" })",
    GEN_PARAMS(interval_params),
    .bind = bind_interval};

/* Values over time: what their distributions and sums promise, on the numbers that come out; and
 * that a row alone is what it is among its neighbours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "gen/dyadic_int.h"
#include "gen/fmath.h"
#include "plankit.h"
#include "stats.h"

#define ROWS  1000
#define DAY   MICROS_PER_DAY
#define HOUR  (DAY / 24)
#define CLOCK INT64_C(1767225600000000) /* 2026-01-01 */
#define Y2025 INT64_C(1735689600000000)

static const Vec *of_rows(const Plan *p, const char *name)
{
    return lasting_column(p, "o", name, ROWS);
}

/* Cells computed each alone and backwards are those of the whole batch. */
static void each_alone(const Plan *p, const char *name)
{
    const Vec *v = of_rows(p, name);
    int t = plan_table(p, "o"), col = table_column(p->tables[t].table, name);
    Eval *eval = eval_new(p);
    for (uint64_t row = ROWS; row-- > 0; row -= row > 20 ? 17 : 0) {
        const Vec *one = eval_column(eval, t, col, &row, 1);
        assert_int_equal(vec_is_null(one, 0), vec_is_null(v, (uint32_t)row));
        if (one->i)
            assert_true(one->i[0] == v->i[row]);
        if (one->f)
            assert_true(one->f[0] == v->f[row]);
    }
    eval_free(eval);
}

/* ---- processes */

#define STEPS 65536

static void walk_all(const DyadicDef *def, uint64_t key, uint32_t generation, double *at)
{
    DyadicWalk walk;
    dyadic_begin(&walk, def);
    for (uint64_t k = 0; k <= STEPS; k++)
        at[k] = dyadic_at(&walk, key, generation, k);
}

static void places_alone(const DyadicDef *def)
{
    double *at = malloc(sizeof *at * (STEPS + 1));
    walk_all(def, 99, 3, at);
    DyadicWalk jumps;
    dyadic_begin(&jumps, def);
    for (uint64_t k = 0; k < 20000; k++) {
        uint64_t place = k * 7919 % (STEPS + 1);
        assert_true(dyadic_at(&jumps, 99, 3, place) == at[place]);
        if (k % 1000 == 0)
            assert_true(dyadic_at(&jumps, 100, 3, STEPS / 2 + k) != at[STEPS / 2 + k]);
        if (k % 1000 == 1)
            assert_true(dyadic_at(&jumps, 99, 2, STEPS / 2 + k) != at[STEPS / 2 + k]);
    }
    DyadicWalk far;
    dyadic_begin(&far, def);
    assert_true(fm_is_finite(dyadic_at(&far, 1, 0, (UINT64_C(1) << 61) + 12345)));
    free(at);
}

static void random_places_are_the_same(void **state)
{
    (void)state;
    places_alone(&dyadic_brownian);
    places_alone(&dyadic_poisson);
}

static double normal_cdf(double x, const void *ctx)
{
    (void)ctx;
    return fm_normal_cdf(x);
}

static double exponential_cdf(double x, const void *ctx)
{
    (void)ctx;
    return -fm_expm1(-x);
}

/* The correlation of neighbours. */
static double correlation(const double *x, int n)
{
    double mean = stats_mean(x, n), sum = 0, squares = 0;
    for (int i = 0; i < n; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
        sum += i ? (x[i] - mean) * (x[i - 1] - mean) : 0;
    }
    return sum / squares;
}

static void steps_are_independent(const DyadicDef *def, double (*cdf)(double, const void *))
{
    double *at = malloc(sizeof *at * (STEPS + 1)), *steps = malloc(sizeof *steps * STEPS);
    walk_all(def, 12345, 0, at);
    for (int width = 1; width <= 4; width *= 4) {
        int n = STEPS / width;
        for (int i = 0; i < n; i++)
            steps[i] = at[(i + 1) * width] - at[i * width];
        double r = correlation(steps, n);
        assert_true(r < 4 / __builtin_sqrt(n) && r > -4 / __builtin_sqrt(n));
        if (width == 1)
            assert_true(stats_ks(steps, n, cdf, NULL) > 1e-3);
    }
    /* Over long stretches too, the variance grows with the length. */
    for (int i = 0; i < 256; i++)
        steps[i] = at[(i + 1) * 256] - at[i * 256];
    double deviation = stats_deviation(steps, 256);
    assert_true(deviation > 16 * 0.85 && deviation < 16 * 1.15);
    free(steps);
    free(at);
}

static void walks_and_arrivals(void **state)
{
    (void)state;
    steps_are_independent(&dyadic_brownian, normal_cdf);
    steps_are_independent(&dyadic_poisson, exponential_cdf);
}

/* ---- in recipes */

#define TABLE(columns)                                                                             \
    "r:table(\"o\", { rows = 1000 }, function(t)\n  t.id = serial()\n" columns "end)\n"
#define CHILDREN(columns)                                                                          \
    "local s = r:table(\"s\", { rows = 90 }, function(t)\n  t.id = serial()\n"                     \
    "  t.at = timestamp { from = \"2025-01-01\", to = \"2025-06-01\" }\n"                          \
    "  t.total = sum(children \"o\".x)\nend)\n"                                                    \
    "r:table(\"o\", { rows = 1000, per = { s, between(0, 40) } }, function(t)\n"                   \
    "  t.id = serial()\n  t.s_id = ref(s)\n  t.x = decimal { min = -50, max = 50, scale = 2 }\n"   \
    "  t.nth = child_index()\n" columns "end)\n"

static void series_steps(void **state)
{
    (void)state;
    const Plan *p =
        plan(CHILDREN("  t.hour = series { from = \"2025-01-01\", step = hours(1) }\n"
                      "  t.day = series { from = \"2025-01-01\", step = days(-2) }\n"
                      "  t.month = series { from = \"2025-01-31\", step = months(1), at = t.nth }\n"
                      "  t.own = series { from = t.s_id.at, step = minutes(10), of = t.s_id }\n"));
    const Vec *hour = of_rows(p, "hour"), *day = of_rows(p, "day"), *month = of_rows(p, "month"),
              *own = of_rows(p, "own"), *nth = of_rows(p, "nth");
    assert_int_equal(hour->kind, TYPE_TIMESTAMP);
    assert_int_equal(day->kind, TYPE_DATE);
    int64_t begin = 0;
    for (uint32_t k = 0; k < ROWS; k++) {
        assert_true(hour->i[k] == Y2025 + k * HOUR);
        assert_true(day->i[k] == Y2025 / DAY - 2 * (int64_t)k);
        assert_true(month->i[k] == calendar_add_months(Y2025 / DAY + 30, nth->i[k]));
        begin = nth->i[k] == 1 ? own->i[k] : begin;
        assert_true(own->i[k] == begin + (nth->i[k] - 1) * 10 * 60 * MICROS_PER_SECOND);
    }
    each_alone(p, "own");
}

static void arrivals_come_in_order(void **state)
{
    (void)state;
    const Plan *p =
        plan(CHILDREN("  t.all = arrivals { from = \"2025-01-01\", every = minutes(5) }\n"
                      "  t.back = arrivals { from = clock, every = hours(-3) }\n"
                      "  t.own = arrivals { from = t.s_id.at, every = days(1), of = t.s_id }\n"
                      "  t.from = t.s_id.at\n"));
    const Vec *all = of_rows(p, "all"), *back = of_rows(p, "back"), *own = of_rows(p, "own"),
              *nth = of_rows(p, "nth"), *from = of_rows(p, "from");
    static double gaps[ROWS];
    int64_t first[2] = {0}, starts = 0;
    for (uint32_t k = 0; k < ROWS; k++) {
        assert_true(all->i[k] >= (k ? all->i[k - 1] : Y2025));
        assert_true(back->i[k] <= (k ? back->i[k - 1] : CLOCK));
        assert_true(own->i[k] >= (nth->i[k] > 1 ? own->i[k - 1] : from->i[k]));
        gaps[k] = (double)(all->i[k] - (k ? all->i[k - 1] : Y2025)) / 300e6;
        if (nth->i[k] == 1 && starts < 2)
            first[starts++] = own->i[k] - from->i[k];
    }
    assert_true(stats_ks(gaps, ROWS, exponential_cdf, NULL) > 1e-3);
    assert_true(first[0] != first[1]); /* each parent has a process of its own */
    each_alone(p, "all");
    each_alone(p, "own");
}

static void walks_stay_inside(void **state)
{
    (void)state;
    const Plan *p =
        plan(CHILDREN("  t.free = random_walk { start = 5, step = 2, drift = 0.5, scale = 3 }\n"
                      "  t.low = random_walk { min = 0, scale = 0 }\n"
                      "  t.both = random_walk { min = 10, max = 12, step = 1.5 }\n"
                      "  t.own = random_walk { start = 20, step = 0.1, of = t.s_id }\n"));
    const Vec *freely = of_rows(p, "free"), *low = of_rows(p, "low"), *both = of_rows(p, "both"),
              *own = of_rows(p, "own"), *nth = of_rows(p, "nth");
    assert_true(freely->i[0] == 5000);
    static double steps[ROWS];
    int64_t least = INT64_MAX, most = 0;
    for (uint32_t k = 1; k < ROWS; k++) {
        steps[k - 1] = ((double)(freely->i[k] - freely->i[k - 1]) / 1000 - 0.5) / 2;
        assert_true(low->i[k] >= 0);
        assert_in_range(both->i[k], 1000, 1200);
        least = both->i[k] < least ? both->i[k] : least;
        most = both->i[k] > most ? both->i[k] : most;
        if (nth->i[k] == 1)
            assert_true(own->i[k] == 2000);
        else
            assert_true(llabs(own->i[k] - own->i[k - 1]) < 60);
    }
    assert_true(least < 1010 && most > 1190);
    assert_true(stats_ks(steps, ROWS - 1, normal_cdf, NULL) > 1e-3);
    each_alone(p, "free");
    each_alone(p, "own");
}

static void moments_between(void **state)
{
    (void)state;
    const Plan *p = plan(TABLE(
        "  t.a = timestamp { from = days(-90), to = days(-30) }\n"
        "  t.b = timestamp { from = days(-60), to = clock }:null(0.1)\n"
        "  t.d = date { from = days(-9), to = days(-5) }\n"
        "  t.x = time_between(t.a, t.b)\n  t.y = time_between(t.b, t.a, \"triangular\")\n"
        "  t.day = time_between(t.d, \"2025-12-31\")\n  t.now = time_between { from = t.d }\n"));
    const Vec *a = of_rows(p, "a"), *b = of_rows(p, "b"), *x = of_rows(p, "x"),
              *y = of_rows(p, "y"), *d = of_rows(p, "d"), *day = of_rows(p, "day"),
              *now = of_rows(p, "now");
    assert_int_equal(day->kind, TYPE_DATE);
    assert_int_equal(now->kind, TYPE_TIMESTAMP);
    uint64_t parts[4] = {0}, middle = 0, n = 0, ends = 0;
    for (uint32_t k = 0; k < ROWS; k++) {
        assert_true(day->i[k] >= d->i[k] && day->i[k] <= CLOCK / DAY - 1);
        ends += day->i[k] == CLOCK / DAY - 1 || day->i[k] == d->i[k];
        assert_true(now->i[k] >= d->i[k] * DAY && now->i[k] <= CLOCK);
        assert_int_equal(vec_is_null(x, k), vec_is_null(b, k));
        if (vec_is_null(b, k))
            continue;
        int64_t low = a->i[k] < b->i[k] ? a->i[k] : b->i[k], width = llabs(a->i[k] - b->i[k]);
        assert_true(x->i[k] >= low && x->i[k] <= low + width);
        assert_true(y->i[k] >= low && y->i[k] <= low + width);
        if (width < DAY)
            continue;
        parts[(x->i[k] - low) * 4 / (width + 1)]++;
        middle += llabs(y->i[k] - low - width / 2) < width / 4;
        n++;
    }
    assert_true(stats_chi_square_uniform(parts, 4) > 1e-3);
    assert_in_range(middle * 100 / n, 68, 82); /* three quarters of a triangle */
    assert_true(ends > 200);
}

static void working_time(void **state)
{
    (void)state;
    const Plan *p = plan(
        "r:table(\"o\", { rows = 1000 }, function(t)\n  t.id = serial()\n"
        "  t.x = business_hours { from = \"2025-01-01 12:00:00\", to = \"2025-12-24\", open = "
        "\"08:30\", close = \"18:00\", days = \"tue-thu,sat\" }\n"
        "  t.y = business_hours { from = \"2025-03-03 09:59:30\", to = \"2025-03-09 23:00:00\", open = "
        "\"09:58\", close = \"10:00\" }\nend)\n"
        "r:table(\"u\", { rows = 510 }, function(t)\n"
        "  t.y = business_hours { from = \"2025-03-03 09:59:30\", to = \"2025-03-09 23:00:00\", open = "
        "\"09:58\", close = \"10:00\" }:unique()\nend)\n");
    const Vec *x = of_rows(p, "x"), *y = of_rows(p, "y"), *u = lasting_column(p, "u", "y", 510);
    uint64_t days[7] = {0};
    for (uint32_t k = 0; k < ROWS; k++) {
        int64_t day = calendar_day_of(x->i[k]), rest = x->i[k] - day * DAY, weekday = (day + 3) % 7;
        days[weekday]++;
        assert_true(weekday >= 1 && weekday != 4 && weekday != 6);
        assert_true(rest >= 17 * HOUR / 2 && rest < 18 * HOUR);
        assert_true(x->i[k] >= Y2025 + DAY / 2);
        assert_true(y->i[k] >= Y2025 + 61 * DAY + 10 * HOUR - 30 * MICROS_PER_SECOND);
    }
    uint64_t worked[4] = {days[1], days[2], days[3], days[5]};
    assert_true(stats_chi_square_uniform(worked, 4) > 1e-3);
    /* 30 seconds of Monday, two minutes of the four other days: each once. */
    for (uint32_t k = 0; k < 510; k++)
        for (uint32_t j = 0; j < k; j++)
            assert_true(u->i[k] != u->i[j]);
    err_clear(&err);
    plan_refused("r:table(\"u\", { rows = 511 }, function(t)\n"
                 "  t.y = business_hours { from = \"2025-03-03 09:59:30\", to = \"2025-03-09 "
                 "23:00:00\", open = \"09:58\", close = \"10:00\" }:unique()\nend)\n",
                 ERR_UNIQUE, "510 values for 511 rows");
}

static void lengths_of_time(void **state)
{
    (void)state;
    const Plan *p = plan(TABLE(
        "  t.m = interval(minutes(5, 90), { unit = \"minutes\" })\n"
        "  t.s = interval(seconds(1, 3))\n  t.t = interval(hours(99, 101), { unit = \"text\" })\n"
        "  t.u = interval(minutes(0, 999), { unit = \"text\" }):unique()\n"));
    const Vec *m = of_rows(p, "m"), *s = of_rows(p, "s"), *t = of_rows(p, "t");
    uint64_t threes[3] = {0};
    for (uint32_t k = 0; k < ROWS; k++) {
        assert_in_range(m->i[k], 5, 90);
        threes[s->i[k] - 1]++;
        const char *text = arena_strndup(mem, t->s[k].p, t->s[k].n);
        char *end;
        long hours = strtol(text, &end, 10);
        assert_true(hours >= 99 && hours <= 101 && strlen(end) == 6 && *end == ':');
    }
    assert_true(stats_chi_square_uniform(threes, 3) > 1e-3);
}

static void trends(void **state)
{
    (void)state;
    const Plan *p = plan(TABLE(
        "  t.k = sequence { start = 0, step = 1 }\n  t.d = series { from = \"2025-01-06\", step = "
        "days(1) }\n"
        "  t.line = growth { start = 7, add = 2.5, at = t.k, scale = 1 }\n"
        "  t.rate = growth { start = 100, rate = 0.01, at = t.k, scale = 2 }\n"
        "  t.top = growth { start = 10, rate = 0.2, limit = 500, at = t.k, scale = 4 }\n"
        "  t.days = growth { start = 10, rate = 1, at = t.d, from = \"2025-01-06\", every = "
        "days(100), scale = 3 }\n"
        "  t.off = growth { start = 1000, add = 0, at = t.k, noise = 0.1, scale = 3 }\n"
        "  t.week = seasonality { at = t.d, base = 10, period = \"week\", factors = { 1, 2, 3, 4, 5, "
        "6, 7 } }\n"
        "  t.wave = seasonality { at = t.k, length = 4, base = 100, amplitude = 0.5, peak = 0.25 }\n"
        "  t.year = seasonality { at = t.d, period = \"year\", amplitude = 1, peak = 0.5 }\n"));
    const Vec *line = of_rows(p, "line"), *rate = of_rows(p, "rate"), *top = of_rows(p, "top"),
              *days = of_rows(p, "days"), *off = of_rows(p, "off"), *week = of_rows(p, "week"),
              *wave = of_rows(p, "wave"), *year = of_rows(p, "year");
    static const int64_t waves[] = {100, 150, 100, 50};
    static double noise[ROWS];
    double power = 1;
    for (uint32_t k = 0; k < ROWS; k++, power *= 1.01) {
        assert_true(line->i[k] == 70 + 25 * (int64_t)k);
        assert_true(llabs(rate->i[k] - (int64_t)(10000 * power + 0.5)) <= 1);
        assert_true(top->i[k] >= 100000 && top->i[k] <= 5000000 &&
                    (!k || top->i[k] >= top->i[k - 1]));
        assert_true(week->i[k] == 10 * (1 + k % 7));
        assert_true(wave->i[k] == waves[k % 4]);
        assert_in_range(year->i[k], 0, 200);
        noise[k] = (fm_log((double)off->i[k] / 1e6) + 0.005) / 0.1;
    }
    assert_true(days->i[0] == 10000 && days->i[100] == 20000 && days->i[300] == 80000);
    assert_true(top->i[ROWS - 1] == 5000000);
    assert_int_equal(year->i[176], 200); /* 2025-07-01, 181 of 365 days */
    assert_true(stats_ks(noise, ROWS, normal_cdf, NULL) > 1e-3);
}

static void customers_leave(void **state)
{
    (void)state;
    const Plan *p = plan(
        "r:table(\"o\", { rows = 1000 }, function(t)\n  t.id = serial()\n"
        "  t.at = timestamp { from = \"2024-01-01\", to = \"2024-01-31\" }\n"
        "  t.day = date { from = \"2025-12-01\", to = clock }\n"
        "  t.x = churn { from = t.at, rate = 0.1 }\n"
        "  t.all = churn { from = t.day, rate = 1, every = days(1) }\n"
        "  t.week = churn { from = t.at, rate = 0.5, every = weeks(1), to = \"2024-02-07\" }\nend)\n");
    const Vec *at = of_rows(p, "at"), *x = of_rows(p, "x"), *all = of_rows(p, "all"),
              *day = of_rows(p, "day"), *week = of_rows(p, "week");
    uint64_t left[13] = {0};
    double shares[13], stay = 1;
    for (int m = 0; m < 12; m++, stay *= 0.9)
        shares[m] = stay * 0.1;
    shares[12] = stay;
    for (uint32_t k = 0; k < ROWS; k++) {
        assert_true(vec_is_null(x, k) || (x->i[k] >= at->i[k] && x->i[k] <= CLOCK));
        int m = 12;
        for (int i = 11; i >= 0 && !vec_is_null(x, k); i--) {
            int64_t from = calendar_day_of(at->i[k]);
            if (x->i[k] < at->i[k] + (calendar_add_months(from, i + 1) - from) * DAY)
                m = i;
        }
        left[m]++;
        assert_true(!vec_is_null(all, k) && all->i[k] == day->i[k]);
        assert_true(vec_is_null(week, k) || week->i[k] <= Y2025 - 328 * DAY);
    }
    assert_true(stats_chi_square(left, shares, 13) > 1e-3);
}

static void totals_run(void **state)
{
    (void)state;
    const Plan *p = plan(CHILDREN("  t.run = running_sum(t.x)\n"
                                  "  t.odd = running_sum(when((t.nth % 2):is(1), t.nth, null))\n"
                                  "  t.total = t.s_id.total\n  t.of = siblings()\n"
                                  "  t.both = running_sum(t.run)\n"
                                  "  t.f = running_sum(sqrt(t.nth))\n"));
    const Vec *x = of_rows(p, "x"), *run = of_rows(p, "run"), *odd = of_rows(p, "odd"),
              *nth = of_rows(p, "nth"), *total = of_rows(p, "total"), *of = of_rows(p, "of"),
              *both = of_rows(p, "both"), *f = of_rows(p, "f");
    assert_int_equal(run->kind, TYPE_DECIMAL);
    assert_false(p->tables[plan_table(p, "o")].cols[5].bound->nullable);
    int64_t sum = 0, sums = 0;
    double root = 0;
    for (uint32_t k = 0; k < ROWS; k++) {
        if (nth->i[k] == 1)
            sum = sums = 0;
        root = (nth->i[k] == 1 ? 0 : root) + __builtin_sqrt((double)nth->i[k]);
        sum += x->i[k];
        sums += sum;
        assert_true(run->i[k] == sum);
        assert_true(both->i[k] == sums);
        assert_true(f->f[k] == root);
        assert_true(odd->i[k] == (nth->i[k] + 1) / 2 * ((nth->i[k] + 1) / 2));
        if (nth->i[k] == of->i[k])
            assert_true(total->i[k] == sum);
    }
    each_alone(p, "run");
    each_alone(p, "both");
    each_alone(p, "f");
}

static void refused_here(void **state)
{
    (void)state;
    plan_refused(TABLE("  t.x = running_sum(t.id)\n"), ERR_RECIPE, "not counted per parent");
    plan_refused(CHILDREN("  t.y = running_sum(t.s_id.at)\n"), ERR_RECIPE, "needs a number");
    plan_refused(TABLE("  t.x = random_walk { of = t.id }\n"), ERR_RECIPE,
                 "not counted per parent");
    plan_refused(TABLE("  t.x = random_walk { min = 5, max = 1 }\n"), ERR_RECIPE, "max");
    plan_refused(TABLE("  t.x = random_walk { min = 5, start = 1 }\n"), ERR_RECIPE, "start");
    plan_refused(TABLE("  t.x = series { from = clock, step = days(1, 2) }\n"), ERR_RECIPE,
                 "range");
    plan_refused(TABLE("  t.x = series { from = clock, step = days(0) }\n"), ERR_RECIPE, "above 0");
    plan_refused(TABLE("  t.x = series { from = t.id, step = days(1) }\n"), ERR_RECIPE,
                 "timestamp");
    plan_refused(TABLE("  t.x = arrivals { from = clock, every = months(1) }\n"), ERR_RECIPE,
                 "months");
    plan_refused(TABLE("  t.x = interval(months(1, 2))\n"), ERR_RECIPE, "months");
    plan_refused(TABLE("  t.x = interval(seconds(5, 9), { unit = \"minutes\" })\n"), ERR_RECIPE,
                 "whole number");
    plan_refused(TABLE("  t.x = interval(days(1, 9), { unit = \"weeks\" })\n"), ERR_RECIPE, "unit");
    plan_refused(TABLE("  t.x = business_hours { from = years(-1), days = \"mon-sam\" }\n"),
                 ERR_RECIPE, "weekdays");
    plan_refused(
        TABLE("  t.x = business_hours { from = years(-1), open = \"17:00\", close = \"09:00\" }\n"),
        ERR_RECIPE, "later");
    plan_refused(TABLE("  t.x = business_hours { from = \"2025-03-08\", to = \"2025-03-09\" }\n"),
                 ERR_RECIPE, "no working time");
    plan_refused(TABLE("  t.x = growth { at = t.id, from = clock }\n"), ERR_RECIPE, "belong to");
    plan_refused(TABLE("  t.x = growth { at = clock + days(1) }\n"), ERR_RECIPE, "from");
    plan_refused(TABLE("  t.x = growth { at = t.id, add = 1, rate = 1 }\n"), ERR_RECIPE, "add");
    plan_refused(TABLE("  t.x = growth { at = t.id, start = 9, limit = 5 }\n"), ERR_RECIPE,
                 "limit");
    plan_refused(TABLE("  t.x = seasonality { at = t.id, period = \"week\" }\n"), ERR_RECIPE,
                 "period");
    plan_refused(TABLE("  t.x = seasonality { at = t.id, factors = { 1, -1 } }\n"), ERR_RECIPE,
                 "factor 2");
    plan_refused(TABLE("  t.x = churn { from = \"2025-01-01\", every = months(-1) }\n"), ERR_RECIPE,
                 "above 0");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_places_are_the_same),
                                       cmocka_unit_test(walks_and_arrivals),
                                       T(series_steps),
                                       T(arrivals_come_in_order),
                                       T(walks_stay_inside),
                                       T(moments_between),
                                       T(working_time),
                                       T(lengths_of_time),
                                       T(trends),
                                       T(customers_leave),
                                       T(totals_run),
                                       T(refused_here)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

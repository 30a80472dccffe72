/* Dates and timestamps: bounds included, the clock never passed, after() between its parent and
 * now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "genkit.h"
#include "stats.h"

#define ROWS 50000

static int setup(void **state)
{
    *state = genkit_new();
    return 0;
}

static int teardown(void **state)
{
    genkit_free(*state);
    return 0;
}

static int64_t moment(const char *text)
{
    int64_t micros;
    assert_true(calendar_parse_timestamp(text, &micros));
    return micros;
}

static int64_t day(const char *text)
{
    int64_t days;
    assert_true(calendar_parse_date(text, &days));
    return days;
}

static void refused(GenKit *kit, const Node *node, const char *message)
{
    assert_null(genkit_bind(kit, node));
    if (!strstr(genkit_error(kit), message))
        fail_msg("\"%s\" does not say \"%s\"", genkit_error(kit), message);
}

/* Every cell in lo..hi, evenly over ten parts. */
static void spread(GenKit *kit, const Bound *bound, int64_t lo, int64_t hi)
{
    uint64_t parts[10] = {0};
    assert_non_null(bound);
    for (uint64_t first = 0; first < ROWS; first += BATCH_ROWS) {
        const Vec *v = genkit_fill(kit, bound, first, BATCH_ROWS);
        for (uint32_t k = 0; k < BATCH_ROWS; k++) {
            assert_true(v->i[k] >= lo && v->i[k] <= hi);
            parts[(v->i[k] - lo) / ((hi - lo) / 10 + 1)]++;
        }
        genkit_reset(kit);
    }
    assert_true(stats_chi_square_uniform(parts, 10) > 0.001);
    const Vec *ends = genkit_index(kit, bound, 0, 1);
    assert_int_equal(ends->i[0], lo);
    ends = genkit_index(kit, bound, bound->count - 1, 1);
    assert_int_equal(ends->i[0], hi);
}

static void ranges(void **state)
{
    GenKit *kit = *state;
    spread(kit, KIT_BIND(kit, "date", KIT_TEXT("from", "1960-01-01"), KIT_TEXT("to", "2007-12-31")),
           day("1960-01-01"), day("2007-12-31"));
    spread(kit, KIT_BIND(kit, "date", KIT_TEXT("from", "2020-01-01")), day("2020-01-01"),
           day("2026-01-01"));
    spread(kit,
           KIT_BIND(kit, "timestamp", KIT_TEXT("from", "1969-12-31 23:59:58"),
                    KIT_TEXT("to", "1970-01-01 00:01:37")),
           -2000000, 97000000);
    spread(kit, KIT_BIND(kit, "timestamp", KIT_TEXT("from", "2025-01-01")), moment("2025-01-01"),
           KIT_CLOCK);
    spread(kit, KIT_BIND(kit, "timestamp_past"), KIT_CLOCK - 365 * MICROS_PER_DAY, KIT_CLOCK);
    spread(kit, KIT_BIND(kit, "date_past", KIT_INT("days_ago_max", 99)), day("2025-09-24"),
           day("2026-01-01"));
    spread(kit, KIT_BIND(kit, "time"), 0, MICROS_PER_DAY - MICROS_PER_SECOND);
    const GenArg three_years = {
        "from", {.kind = VAL_DURATION, .duration = {.min_months = -36, .max_months = -36}}};
    spread(kit, KIT_BIND(kit, "timestamp", three_years, ((GenArg){"to", {.kind = VAL_CLOCK}})),
           moment("2023-01-01"), KIT_CLOCK);
    /* Whole seconds lie inside bounds with fractions. */
    spread(kit,
           KIT_BIND(kit, "timestamp", KIT_TEXT("from", "2020-01-01 00:00:00.5"),
                    KIT_TEXT("to", "2020-01-01 00:01:40.5")),
           moment("2020-01-01 00:00:01"), moment("2020-01-01 00:01:40"));
    assert_int_equal(
        genkit_fill(kit, KIT_BIND(kit, "date_past", KIT_INT("days_ago_max", 0)), 5, 1)->i[0],
        day("2026-01-01"));
}

static void range_errors(void **state)
{
    GenKit *kit = *state;
    refused(kit,
            KIT_CALL(kit, "date", KIT_TEXT("from", "2020-01-02"), KIT_TEXT("to", "2020-01-01")),
            "date: from (2020-01-02) is after to (2020-01-01)");
    refused(kit, KIT_CALL(kit, "timestamp", KIT_TEXT("from", "2027-01-01")),
            "timestamp: from (2027-01-01 00:00:00) is after to (2026-01-01 00:00:00)");
    refused(kit, KIT_CALL(kit, "timestamp", KIT_TEXT("from", "2020-02-30")), "");
    refused(kit, KIT_CALL(kit, "time", KIT_TEXT("from", "25:00")),
            "time: from = \"25:00\" is no time of day");
    refused(kit, KIT_CALL(kit, "time", KIT_TEXT("from", "12:00"), KIT_TEXT("to", "11:00")),
            "time: from (\"12:00\") is after to (\"11:00\")");
    refused(kit, KIT_CALL(kit, "date_past", KIT_INT("days_ago_max", -1)), "days_ago_max");
}

/* Without a clock: refused wherever it would be needed, fine where both ends are given. */
static void without_a_clock(void **state)
{
    GenKit *kit = *state;
    kit->plan.has_clock = kit->recipe.has_clock = false;
    const Node *fixed =
        KIT_CALL(kit, "date", KIT_TEXT("from", "2020-01-01"), KIT_TEXT("to", "2020-12-31"));
    assert_non_null(genkit_bind(kit, fixed));
    refused(kit, KIT_CALL(kit, "date", KIT_TEXT("from", "2020-01-01")), "clock");
    refused(kit, KIT_CALL(kit, "timestamp_past"), "timestamp_past needs the recipe's clock");
    assert_non_null(strstr(kit->err.first->hint, "--as-of"));
    refused(kit, KIT_CALL(kit, "date_past"), "clock");
    refused(kit, KIT_CALL(kit, "after", KIT_NODE("x", fixed), KIT_DAYS("duration", 1, 2)), "clock");
    const GenArg relative = {
        "from", {.kind = VAL_DURATION, .duration = {.min_months = -36, .max_months = -36}}};
    refused(kit, KIT_CALL(kit, "timestamp", relative), "clock");
    kit->plan.has_clock = kit->recipe.has_clock = true;
}

/* after() at one given x; NULL cells too. */
static int64_t after_at(GenKit *kit, const Bound *bound, int64_t x, uint64_t row)
{
    Vec *arg = vec_new(kit->scratch, bound->type.kind, 0, 1),
        *out = vec_new(kit->scratch, bound->type.kind, 0, 1);
    arg->i[0] = x;
    const Vec *args[] = {arg};
    GenCall call = {.bound = bound, .n = 1, .rows = &row, .args = args, .scratch = kit->scratch};
    bound->fill(&call, out);
    return out->i[0];
}

static void after_lies_in_its_span(void **state)
{
    GenKit *kit = *state;
    const Node *moments = KIT_CALL(kit, "timestamp_past"), *days = KIT_CALL(kit, "date_past");
    const Bound *bound = KIT_BIND(kit, "after", KIT_NODE("x", moments), KIT_DAYS("duration", 1, 3));
    uint64_t parts[10] = {0};
    int64_t x = moment("2024-05-05 10:00:00");
    for (uint64_t row = 0; row < 10000; row++) {
        int64_t span = after_at(kit, bound, x, row) - x;
        assert_true(span >= MICROS_PER_DAY && span <= 3 * MICROS_PER_DAY &&
                    span % MICROS_PER_SECOND == 0);
        parts[(span - MICROS_PER_DAY) / (2 * MICROS_PER_DAY / 10 + 1)]++;
        genkit_reset(kit);
    }
    assert_true(stats_chi_square_uniform(parts, 10) > 0.001);
    const Bound *dates = KIT_BIND(kit, "after", KIT_NODE("x", days), KIT_DAYS("duration", 0, 9));
    assert_int_equal(dates->type.kind, TYPE_DATE);
    memset(parts, 0, sizeof parts);
    for (uint64_t row = 0; row < 10000; row++)
        parts[after_at(kit, dates, day("2024-05-05"), row) - day("2024-05-05")]++;
    assert_true(stats_chi_square_uniform(parts, 10) > 0.001);
}

static void after_months_keep_the_day(void **state)
{
    GenKit *kit = *state;
    const Node *moments = KIT_CALL(kit, "timestamp_past"), *days = KIT_CALL(kit, "date_past");
    const Bound *month =
        KIT_BIND(kit, "after", KIT_NODE("x", moments), KIT_MONTHS("duration", 1, 1));
    assert_int_equal(after_at(kit, month, moment("2024-01-31 23:15:00"), 1),
                     moment("2024-02-29 23:15:00"));
    assert_int_equal(after_at(kit, month, moment("1969-12-31 23:15:00"), 1),
                     moment("1970-01-31 23:15:00"));
    const Bound *year = KIT_BIND(kit, "after", KIT_NODE("x", days), KIT_MONTHS("duration", 12, 12));
    assert_int_equal(after_at(kit, year, day("2024-02-29"), 1), day("2025-02-28"));
    /* A part of a second is rounded up: never before x. */
    const Bound *at_once =
        KIT_BIND(kit, "after", KIT_NODE("x", moments), KIT_DAYS("duration", 0, 0));
    assert_int_equal(after_at(kit, at_once, moment("2024-01-31 23:15:00.25"), 1),
                     moment("2024-01-31 23:15:01"));
}

static void after_never_passes_the_clock(void **state)
{
    GenKit *kit = *state;
    const Node *moments = KIT_CALL(kit, "timestamp_past", KIT_INT("days_ago_max", 20)),
               *days = KIT_CALL(kit, "date_past", KIT_INT("days_ago_max", 20));
    const Bound *bound =
        KIT_BIND(kit, "after", KIT_NODE("x", moments), KIT_DAYS("duration", 1, 30));
    const Bound *dates = KIT_BIND(kit, "after", KIT_NODE("x", days), KIT_DAYS("duration", 1, 30));
    int64_t today = day("2026-01-01");
    for (uint64_t first = 0; first < ROWS; first += BATCH_ROWS) {
        const Vec *x = genkit_fill(kit, bound->args[0], first, BATCH_ROWS),
                  *v = genkit_fill(kit, bound, first, BATCH_ROWS);
        const Vec *d = genkit_fill(kit, dates->args[0], first, BATCH_ROWS),
                  *w = genkit_fill(kit, dates, first, BATCH_ROWS);
        for (uint32_t k = 0; k < BATCH_ROWS; k++) {
            assert_true(v->i[k] >= x->i[k] && v->i[k] <= KIT_CLOCK);
            assert_true(v->i[k] == KIT_CLOCK || v->i[k] >= x->i[k] + MICROS_PER_DAY);
            assert_true(w->i[k] >= d->i[k] && w->i[k] <= today &&
                        (w->i[k] == today || w->i[k] > d->i[k]));
        }
        genkit_reset(kit);
    }
    assert_int_equal(after_at(kit, bound, KIT_CLOCK - MICROS_PER_SECOND, 3), KIT_CLOCK);
    assert_int_equal(after_at(kit, bound, KIT_CLOCK, 3), KIT_CLOCK);
    /* A parent beyond the clock was asked for by the recipe: the order is kept. */
    int64_t future = KIT_CLOCK + 5 * MICROS_PER_DAY;
    assert_int_equal(after_at(kit, bound, future, 3), future);
}

static void after_errors(void **state)
{
    GenKit *kit = *state;
    const Node *days = KIT_CALL(kit, "date_past"), *number = KIT_CALL(kit, "int");
    refused(kit, KIT_CALL(kit, "after", KIT_NODE("x", number), KIT_DAYS("duration", 1, 2)),
            "after: x must be a date or a timestamp, not int");
    refused(kit, KIT_CALL(kit, "after", KIT_NODE("x", days), KIT_DAYS("duration", -3, 2)),
            "must not be negative");
    refused(kit, KIT_CALL(kit, "after", KIT_NODE("x", days), KIT_DAYS("duration", 3, 2)),
            "least value is above its greatest");
    refused(kit, KIT_CALL(kit, "after", KIT_NODE("x", days), KIT_MONTHS("duration", 1, 1000000000)),
            "longer than a thousand years");
    refused(kit, KIT_CALL(kit, "after", KIT_NODE("x", days)), "duration");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges),
        cmocka_unit_test(range_errors),
        cmocka_unit_test(without_a_clock),
        cmocka_unit_test(after_lies_in_its_span),
        cmocka_unit_test(after_months_keep_the_day),
        cmocka_unit_test(after_never_passes_the_clock),
        cmocka_unit_test(after_errors),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

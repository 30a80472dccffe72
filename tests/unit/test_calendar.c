/* The calendar: every day of some centuries, month arithmetic, and what the parsers take and
 * refuse. */
#include "base/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void test_known_days(void **state)
{
    (void)state;
    assert_int_equal(calendar_days((Civil){1970, 1, 1}), 0);
    assert_int_equal(calendar_days((Civil){1969, 12, 31}), -1);
    assert_int_equal(calendar_days((Civil){2000, 3, 1}), 11017);
    assert_int_equal(calendar_days((Civil){1, 1, 1}), -719162);
    assert_int_equal(calendar_days((Civil){9999, 12, 31}), 2932896);
    /* 1900 has no leap day, 2000 has one */
    assert_int_equal(calendar_days((Civil){1900, 3, 1}) - calendar_days((Civil){1900, 2, 28}), 1);
    assert_int_equal(calendar_days((Civil){2000, 3, 1}) - calendar_days((Civil){2000, 2, 28}), 2);
}

/* Counts through the years day by day, with month lengths written down here a second time. */
static void test_every_day(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t days = calendar_days((Civil){-400, 1, 1});
    for (int year = -400; year <= 2500; year++)
        for (int month = 1; month <= 12; month++) {
            int leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            for (int day = 1; day <= lengths[month - 1] + leap; day++, days++) {
                Civil c = calendar_civil(days);
                if (c.year != year || c.month != month || c.day != day || calendar_days(c) != days)
                    fail_msg("day %lld is not %d-%d-%d", (long long)days, year, month, day);
            }
        }
    assert_int_equal(days, calendar_days((Civil){2501, 1, 1}));
}

static void assert_months(Civil from, int64_t months, Civil to)
{
    Civil got = calendar_civil(calendar_add_months(calendar_days(from), months));
    assert_int_equal(got.year, to.year);
    assert_int_equal(got.month, to.month);
    assert_int_equal(got.day, to.day);
}

static void test_add_months(void **state)
{
    (void)state;
    assert_months((Civil){2024, 1, 31}, 1, (Civil){2024, 2, 29});
    assert_months((Civil){2023, 1, 31}, 1, (Civil){2023, 2, 28});
    assert_months((Civil){2024, 2, 29}, 12, (Civil){2025, 2, 28});
    assert_months((Civil){2024, 2, 29}, -12 * 124, (Civil){1900, 2, 28});
    assert_months((Civil){2024, 2, 29}, -12 * 24, (Civil){2000, 2, 29});
    assert_months((Civil){2024, 3, 31}, -1, (Civil){2024, 2, 29});
    assert_months((Civil){2024, 5, 31}, -1, (Civil){2024, 4, 30});
    assert_months((Civil){2024, 1, 15}, -1, (Civil){2023, 12, 15});
    assert_months((Civil){2024, 12, 15}, 1, (Civil){2025, 1, 15});
    assert_months((Civil){1970, 1, 31}, -23, (Civil){1968, 2, 29});
    assert_months((Civil){2024, 7, 4}, 0, (Civil){2024, 7, 4});
    assert_months((Civil){1, 1, 31}, -13, (Civil){-1, 12, 31});
}

static void test_day_of(void **state)
{
    (void)state;
    assert_int_equal(calendar_day_of(0), 0);
    assert_int_equal(calendar_day_of(MICROS_PER_DAY - 1), 0);
    assert_int_equal(calendar_day_of(MICROS_PER_DAY), 1);
    assert_int_equal(calendar_day_of(-1), -1);
    assert_int_equal(calendar_day_of(-MICROS_PER_DAY), -1);
    assert_int_equal(calendar_day_of(-MICROS_PER_DAY - 1), -2);
}

static void test_parse_date(void **state)
{
    (void)state;
    int64_t days = 0;
    assert_true(calendar_parse_date("2024-02-29", &days));
    assert_int_equal(days, 19782);
    assert_true(calendar_parse_date("0001-01-01", &days));
    assert_true(calendar_parse_date("9999-12-31", &days));
    static const char *const bad[] = {
        "",           "2023-02-29",  "1900-02-29",  "2024-02-30", "2024-13-01",
        "2024-00-01", "2024-01-00",  "2024-04-31",  "0000-01-01", "2024-1-01",
        "24-01-01",   "2024-01-01 ", " 2024-01-01", "2024/01/01", "2024-01-0x",
        "2024-01",    "-024-01-01",  "2024-01-001",
    };
    days = 7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (calendar_parse_date(bad[i], &days))
            fail_msg("took '%s'", bad[i]);
    assert_int_equal(days, 7); /* untouched */
}

static void assert_timestamp(const char *text, int64_t seconds, int64_t micros)
{
    int64_t got = -1;
    if (!calendar_parse_timestamp(text, &got))
        fail_msg("refused '%s'", text);
    assert_int_equal(got, seconds * MICROS_PER_SECOND + micros);
}

static void test_parse_timestamp(void **state)
{
    (void)state;
    const int64_t midnight = INT64_C(19782) * 86400;
    assert_timestamp("2024-02-29", midnight, 0);
    assert_timestamp("2024-02-29 01:02", midnight + 3720, 0);
    assert_timestamp("2024-02-29T01:02:03", midnight + 3723, 0);
    assert_timestamp("2024-02-29 01:02:03.5", midnight + 3723, 500000);
    assert_timestamp("2024-02-29 01:02:03.000042", midnight + 3723, 42);
    assert_timestamp("2024-02-29T01:02:03Z", midnight + 3723, 0);
    assert_timestamp("2024-02-29 01:02:03+00", midnight + 3723, 0);
    assert_timestamp("2024-02-29 01:02:03+02", midnight + 3723 - 7200, 0);
    assert_timestamp("2024-02-29 01:02:03.25-05:30", midnight + 3723 + 19800, 250000);
    assert_timestamp("1969-12-31 23:59:59.999999", -1, 999999);
    static const char *const bad[] = {
        "2024-02-29 ",
        "2024-02-29 1:02",
        "2024-02-29 24:00",
        "2024-02-29 01:60",
        "2024-02-29 01:02:60",
        "2024-02-29 01:02:03.",
        "2024-02-29 01:02:03x",
        "2024-02-29 01:02:03 Z",
        "2024-02-29 01:02:03.1234567",
        "2024-02-29 01:02:",
        "2024-02-29Z",
        "2024-02-29 01:02:03+",
        "2024-02-29 01",
        "2024-02-29 01:02:03+2",
        "2024-02-29 01:02:03+02:",
        "2023-02-29 01:02:03",
        "2024-02-29  01:02:03",
        "2024-02-29 01:02:03+24",
        "2024-02-29 01:02:03Zx",
        "2024-02-29 01:02:03+-2",
        "2024-02-29t01:02",
    };
    int64_t got;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (calendar_parse_timestamp(bad[i], &got))
            fail_msg("took '%s'", bad[i]);
}

static void test_parse_time(void **state)
{
    (void)state;
    int64_t got = 0;
    assert_true(calendar_parse_time("23:59:59.999999", &got));
    assert_int_equal(got, MICROS_PER_DAY - 1);
    assert_true(calendar_parse_time("01:02", &got));
    assert_int_equal(got, 3720 * MICROS_PER_SECOND);
    assert_false(calendar_parse_time("24:00:00", &got));
    assert_false(calendar_parse_time("01:02Z", &got));
    assert_false(calendar_parse_time("", &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_days), cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_add_months), cmocka_unit_test(test_day_of),
        cmocka_unit_test(test_parse_date), cmocka_unit_test(test_parse_timestamp),
        cmocka_unit_test(test_parse_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Decimals: rounding half away from zero, what does not fit, and doubles at their exact value. */
#include "base/decimal.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rng.h"

static void test_div_round(void **state)
{
    (void)state;
    assert_true(decimal_div_round(5, 10) == 1);
    assert_true(decimal_div_round(-5, 10) == -1);
    assert_true(decimal_div_round(5, -10) == -1);
    assert_true(decimal_div_round(-5, -10) == 1);
    assert_true(decimal_div_round(4, 10) == 0);
    assert_true(decimal_div_round(-4, 10) == 0);
    assert_true(decimal_div_round(25, 10) == 3); /* not to the even one */
    assert_true(decimal_div_round(1, 3) == 0);
    assert_true(decimal_div_round(2, 3) == 1);
    assert_true(decimal_div_round(7, 7) == 1);
    i128 most = (i128)(~(unsigned __int128)0 >> 1);
    assert_true(decimal_div_round(most, most) == 1);
    assert_true(decimal_div_round(-most - 1, 1) == -most - 1);
    assert_true(decimal_div_round(most - 1, most) == 1);
}

static void test_rescale(void **state)
{
    (void)state;
    int64_t v = 0;
    assert_true(decimal_rescale(12345, 3, 2, &v) && v == 1235);
    assert_true(decimal_rescale(-12345, 3, 2, &v) && v == -1235);
    assert_true(decimal_rescale(12344, 3, 2, &v) && v == 1234);
    assert_true(decimal_rescale(12, 0, 2, &v) && v == 1200);
    assert_true(decimal_rescale(-7, 4, 4, &v) && v == -7);
    assert_true(decimal_rescale(INT64_MAX, 18, 0, &v) && v == 9);
    assert_true(decimal_rescale(9, 0, 18, &v) && v == INT64_C(9000000000000000000));
    v = 42;
    assert_false(decimal_rescale(10, 0, 18, &v));
    assert_false(decimal_rescale(-10, 0, 18, &v));
    assert_false(decimal_rescale(INT64_MAX, 0, 1, &v));
    assert_int_equal(v, 42);
    assert_true(decimal_rescale(INT64_MIN, 2, 2, &v) && v == INT64_MIN);
}

static void assert_parsed(const char *text, int64_t value, int scale)
{
    int64_t v = 0;
    int s = 0;
    if (!decimal_parse(text, &v, &s))
        fail_msg("refused '%s'", text);
    assert_int_equal(v, value);
    assert_int_equal(s, scale);
}

static void test_parse(void **state)
{
    (void)state;
    assert_parsed("-12.340", -12340, 3);
    assert_parsed("+5", 5, 0);
    assert_parsed("0", 0, 0);
    assert_parsed("-0.00", 0, 2);
    assert_parsed("000123", 123, 0);
    assert_parsed("999999999999999999", INT64_C(999999999999999999), 0);
    assert_parsed("-0.999999999999999999", -INT64_C(999999999999999999), 18);
    assert_parsed("00000000000000000000000000001.5", 15, 1);
    static const char *const bad[] = {
        "",
        "-",
        "+",
        ".",
        "5.",
        ".5",
        "-.5",
        "1.2.3",
        "1e5",
        "12a",
        " 1",
        "1 ",
        "--1",
        "+-1",
        "0x1",
        "1000000000000000000",
        "0.0000000000000000001",
        "1234567890.123456789",
        "nan",
    };
    int64_t v = 42;
    int scale = 42;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (decimal_parse(bad[i], &v, &scale))
            fail_msg("took '%s'", bad[i]);
    assert_int_equal(v, 42);
    assert_int_equal(scale, 42);
}

static void test_from_double(void **state)
{
    (void)state;
    int64_t v = 0;
    assert_true(decimal_from_double(2.5, 0, &v) && v == 3);
    assert_true(decimal_from_double(-2.5, 0, &v) && v == -3);
    assert_true(decimal_from_double(0.125, 2, &v) && v == 13);
    assert_true(decimal_from_double(0.1, 2, &v) && v == 10);
    assert_true(decimal_from_double(1.005, 2, &v) && v == 100); /* the double is a bit below */
    /* both doubles are below the half, but 100 * x rounds to it */
    assert_true(decimal_from_double(0.015, 2, &v) && v == 1);
    assert_true(decimal_from_double(-1.115, 2, &v) && v == -111);
    assert_true(decimal_from_double(0.49999999999999994, 0, &v) && v == 0);
    assert_true(decimal_from_double(-0.0, 5, &v) && v == 0);
    assert_true(decimal_from_double(5e-324, 18, &v) && v == 0);
    assert_true(decimal_from_double(0x1p62, 0, &v) && v == INT64_C(1) << 62);
    assert_true(decimal_from_double(-0x1p63, 0, &v) && v == INT64_MIN);
    v = 42;
    assert_false(decimal_from_double(0x1p63, 0, &v));
    assert_false(decimal_from_double(0x1p64, 0, &v));
    assert_false(decimal_from_double(10, 18, &v));
    assert_false(decimal_from_double(DBL_MAX, 0, &v));
    assert_false(decimal_from_double(NAN, 2, &v));
    assert_false(decimal_from_double(-INFINITY, 2, &v));
    assert_int_equal(v, 42);
}

/* Decimals of 15 digits survive the way to a double and back, and the double is the one strtod
 * gives. */
static void test_double_round_trip(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        Rand2 r = rng_draw(4, i, 0, 0);
        int scale = (int)(r.b % 19);
        int64_t v = (int64_t)rng_below(r.a, UINT64_C(1000000000000000)) * (i & 1 ? 1 : -1);
        int64_t back;
        assert_true(decimal_from_double(decimal_to_double(v, scale), scale, &back));
        assert_int_equal(back, v);
    }
    char text[64];
    for (uint64_t i = 0; i < 100000; i++) {
        Rand2 r = rng_draw(5, i, 0, 0);
        int scale = (int)(r.b % 19);
        int64_t v = (int64_t)r.a;
        snprintf(text, sizeof text, "%" PRId64 "e-%d", v, scale);
        assert_true(decimal_to_double(v, scale) == strtod(text, NULL));
    }
    assert_true(decimal_to_double(0, 3) == 0);
    assert_true(decimal_to_double(-1234, 2) == -12.34);
    assert_true(decimal_to_double(INT64_MIN, 0) == -0x1p63);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_div_round),
        cmocka_unit_test(test_rescale),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_from_double),
        cmocka_unit_test(test_double_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

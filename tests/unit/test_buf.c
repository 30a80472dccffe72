/* Buf: growth and its limit, and every number format against printf or known texts. */
#include "base/buf.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "base/rng.h"

static Buf buf;

static int setup(void **state)
{
    (void)state;
    buf_init(&buf, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buf_free(&buf);
    return 0;
}

static const char *i64(int64_t v)
{
    return buf_reset(&buf), buf_i64(&buf, v), buf_cstr(&buf);
}

static const char *decimal(int64_t v, int scale)
{
    return buf_reset(&buf), buf_decimal(&buf, v, scale), buf_cstr(&buf);
}

static const char *real(double v)
{
    return buf_reset(&buf), buf_double(&buf, v), buf_cstr(&buf);
}

static const char *date(int64_t days)
{
    return buf_reset(&buf), buf_date(&buf, days), buf_cstr(&buf);
}

static const char *timestamp(int64_t micros, int digits)
{
    return buf_reset(&buf), buf_timestamp(&buf, micros, digits), buf_cstr(&buf);
}

static const char *time_text(int64_t micros, int digits)
{
    return buf_reset(&buf), buf_time(&buf, micros, digits), buf_cstr(&buf);
}

static void test_put_and_grow(void **state)
{
    (void)state;
    buf_put(&buf, NULL, 0);
    assert_int_equal(buf.len, 0);
    for (int i = 0; i < 10000; i++) {
        buf_str(&buf, "ab");
        buf_byte(&buf, 'c');
        buf_printf(&buf, "%d", i % 10);
    }
    assert_int_equal(buf.len, 40000);
    assert_true(buf.cap <= buf.max);
    assert_memory_equal(buf.data + 36, "abc9abc0", 8);
    assert_ptr_equal(buf_cstr(&buf), buf.data);
    assert_int_equal(buf.len, 40000);
    assert_int_equal(strlen(buf.data), 40000);
    buf_reset(&buf);
    buf_printf(&buf, "%s", "");
    assert_string_equal(buf_cstr(&buf), "");
}

/* The signal that ends a child which puts this many bytes, `step` at a time, into a buffer of
 * 1,000; or 0. */
static int fill_to(size_t bytes, size_t step)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        Buf small;
        buf_init(&small, 1000);
        static const char zeros[2000];
        for (size_t i = 0; i < bytes; i += step)
            buf_put(&small, zeros, step);
        buf_free(&small);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_maximum_is_exact(void **state)
{
    (void)state;
    assert_int_equal(fill_to(1000, 1), 0);
    assert_int_equal(fill_to(1000, 1000), 0);
    assert_int_equal(fill_to(1001, 1), SIGABRT);
    assert_int_equal(fill_to(1001, 1001), SIGABRT);
}

/* Powers of ten and two with their neighbours, then numbers of every length. */
static int64_t sample(int i)
{
    if (i < 19 * 3)
        return decimal_pow10[i / 3] + i % 3 - 1;
    if (i < 19 * 3 + 63 * 3)
        return (int64_t)(UINT64_C(1) << (i - 57) / 3) + (i - 57) % 3 - 1;
    Rand2 r = rng_draw(1, (uint64_t)i, 0, 0);
    return (int64_t)(r.a >> 1 >> (r.b & 63));
}

static void test_i64(void **state)
{
    (void)state;
    assert_string_equal(i64(0), "0");
    assert_string_equal(i64(-7), "-7");
    assert_string_equal(i64(INT64_MAX), "9223372036854775807");
    assert_string_equal(i64(INT64_MIN), "-9223372036854775808");
    char expected[32];
    for (int i = 0; i < 200000; i++) {
        int64_t v = i & 1 ? sample(i / 2) : -sample(i / 2);
        snprintf(expected, sizeof expected, "%" PRId64, v);
        assert_string_equal(i64(v), expected);
    }
}

static void test_decimal(void **state)
{
    (void)state;
    assert_string_equal(decimal(-1234, 2), "-12.34");
    assert_string_equal(decimal(-1234, 0), "-1234");
    assert_string_equal(decimal(0, 0), "0");
    assert_string_equal(decimal(0, 2), "0.00");
    assert_string_equal(decimal(5, 2), "0.05");
    assert_string_equal(decimal(-5, 1), "-0.5");
    assert_string_equal(decimal(100, 2), "1.00");
    assert_string_equal(decimal(1, 18), "0.000000000000000001");
    assert_string_equal(decimal(INT64_MIN, 18), "-9.223372036854775808");
    assert_string_equal(decimal(INT64_MIN, 1), "-922337203685477580.8");
    char expected[64];
    for (int i = 0; i < 100000; i++) {
        int scale = 1 + i % 18;
        int64_t v = sample(i), unit = decimal_pow10[scale];
        snprintf(expected, sizeof expected, "%" PRId64 ".%0*" PRId64, v / unit, scale, v % unit);
        assert_string_equal(decimal(v, scale), expected);
    }
}

static void test_double_texts(void **state)
{
    (void)state;
    assert_string_equal(real(3), "3");
    assert_string_equal(real(0), "0");
    assert_string_equal(real(-0.0), "-0");
    assert_string_equal(real(-2.5), "-2.5");
    assert_string_equal(real(0.1), "0.1");
    assert_string_equal(real(1234.56), "1234.56");
    assert_string_equal(real(0.1 + 0.2), "0.30000000000000004");
    assert_string_equal(real(1e22), "1e+22");
    assert_string_equal(real(1e15), "1e+15");
    assert_string_equal(real(123456789012.0), "123456789012");
    assert_string_equal(real(DBL_MAX), "1.7976931348623157e+308");
    assert_string_equal(real(5e-324), "5e-324");
    assert_string_equal(real(1e-9), "1e-09");
}

static void test_double_round_trip_and_shortness(void **state)
{
    (void)state;
    for (int i = 0; i < 60000; i++) {
        Rand2 r = rng_draw(2, (uint64_t)i, 0, 0);
        double v;
        if (i % 3 == 0)
            memcpy(&v, &r.a, sizeof v);
        else if (i % 3 == 1)
            v = (double)(int64_t)r.a / 3.0 / (double)(UINT64_C(1) << (r.b & 63));
        else
            v = (double)(r.a % 100000000) / (double)decimal_pow10[r.b % 7];
        if (!isfinite(v))
            continue;
        const char *text = real(v);
        assert_true(strtod(text, NULL) == v);
        assert_true(strlen(text) <= 24);
        if (i % 3 == 2) { /* at most 8 digits, so 15 are plenty and none is made up */
            char expected[64];
            snprintf(expected, sizeof expected, "%.15g", v);
            assert_string_equal(text, expected);
        }
    }
}

static void test_dates(void **state)
{
    (void)state;
    assert_string_equal(date(0), "1970-01-01");
    assert_string_equal(date(-1), "1969-12-31");
    assert_string_equal(date(19782), "2024-02-29");
    assert_string_equal(date(2932896), "9999-12-31");
    assert_string_equal(date(2932897), "10000-01-01");
    assert_string_equal(date(-719162), "0001-01-01");
    assert_string_equal(date(-719528), "0000-01-01");
    assert_string_equal(date(-719529), "-0001-12-31");
    assert_string_equal(date(calendar_days((Civil){-123, 4, 5})), "-0123-04-05");
}

static void test_timestamps(void **state)
{
    (void)state;
    int64_t micros = 19782 * MICROS_PER_DAY + 86399 * MICROS_PER_SECOND + 120345;
    assert_string_equal(timestamp(micros, 0), "2024-02-29 23:59:59");
    assert_string_equal(timestamp(micros, 1), "2024-02-29 23:59:59.1");
    assert_string_equal(timestamp(micros, 3), "2024-02-29 23:59:59.120");
    assert_string_equal(timestamp(micros, 6), "2024-02-29 23:59:59.120345");
    assert_string_equal(timestamp(-1, 6), "1969-12-31 23:59:59.999999");
    assert_string_equal(timestamp(0, 0), "1970-01-01 00:00:00");
    assert_string_equal(time_text(3723 * MICROS_PER_SECOND + 42, 0), "01:02:03");
    assert_string_equal(time_text(3723 * MICROS_PER_SECOND + 42, 6), "01:02:03.000042");
    assert_string_equal(time_text(MICROS_PER_DAY - 1, 2), "23:59:59.99");
}

static void test_timestamps_read_back(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        int64_t micros =
            (int64_t)rng_below(rng_draw(3, i, 0, 0).a, 3652059 * (uint64_t)MICROS_PER_DAY);
        micros -= INT64_C(719162) * MICROS_PER_DAY; /* from 0001-01-01 to 9999-12-31 */
        int64_t back;
        assert_true(calendar_parse_timestamp(timestamp(micros, 6), &back));
        assert_int_equal(back, micros);
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_put_and_grow),
        TEST(test_maximum_is_exact),
        TEST(test_i64),
        TEST(test_decimal),
        TEST(test_double_texts),
        TEST(test_double_round_trip_and_shortness),
        TEST(test_dates),
        TEST(test_timestamps),
        TEST(test_timestamps_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

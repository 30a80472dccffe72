/* Own exp, log, pow and normal distribution: close to libm, and bit for bit what they were when
 * engine 1 was pinned. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>

#include "gen/family_int.h"
#include "gen/fmath.h"

static void near(double got, double expected, double relative)
{
    if (!(fabs(got - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not within %g of %.17g", got, relative, expected);
}

static void exp_agrees(void **state)
{
    (void)state;
    for (double x = -708; x < 709; x += 0.0137)
        near(fm_exp(x), exp(x), 1e-15);
    near(fm_exp(-740), exp(-740), 1e-1); /* subnormal: few bits are left */
    assert_true(fm_exp(0) == 1 && fm_exp(-800) == 0 && fm_exp(800) == DBL_MAX);
}

static void log_agrees(void **state)
{
    (void)state;
    for (double x = 1e-307; x < 1e300; x *= 1.0137)
        near(fm_log(x), log(x), 1e-15);
    near(fm_log(1e-310), log(1e-310), 1e-15);
    assert_true(fm_log(1) == 0);
}

static void pow_agrees(void **state)
{
    (void)state;
    for (double x = 0.01; x < 1e6; x *= 1.37)
        for (double y = -9; y < 9; y += 0.37)
            near(fm_pow(x, y), pow(x, y), 1e-13);
    assert_true(fm_pow(0, 2) == 0 && fm_pow(0, 0) == 1 && fm_pow(5, 0) == 1);
    for (int n = -22; n <= 22; n++)
        near(fm_pow10(n), pow(10, n), 1e-15);
}

static void normal_agrees(void **state)
{
    (void)state;
    for (double z = -36; z < 9; z += 0.0137)
        near(fm_normal_cdf(z), erfc(-z / sqrt(2)) / 2, 1e-8);
    for (double z = -9; z < 9; z += 0.0137)
        assert_true(fabs(fm_normal_cdf(z) - erfc(-z / sqrt(2)) / 2) < 1e-14);
    assert_true(fm_normal_cdf(-40) == 0 && fm_normal_cdf(40) == 1 && fm_normal_inv(0.5) == 0);
    for (double p = 1e-17; p < 1; p *= 1.0137)
        near(erfc(-fm_normal_inv(p) / sqrt(2)) / 2, p, 1e-12);
    for (double p = 1e-9; p < 0.5; p *= 1.37)
        near(fm_normal_inv(1 - p), -fm_normal_inv(p), 1e-6);
}

static void small_ones_agree(void **state)
{
    (void)state;
    for (double x = 1e-18; x < 30; x *= 1.0137) {
        near(fm_expm1(x), expm1(x), 1e-14);
        near(fm_expm1(-x), expm1(-x), 1e-14);
        near(fm_log1p(x), log1p(x), 1e-14);
        if (x < 1)
            near(fm_log1p(-x), log1p(-x), 1e-14);
    }
    assert_true(fm_expm1(0) == 0 && fm_log1p(0) == 0 && fm_expm1(-800) == -1);
    for (int k = 0; k < 3000; k++)
        assert_true(fabs(fm_log_factorial(k) - lgamma(k + 1)) <= 1e-12 * lgamma(k + 1) + 1e-15);
    for (double x = -3; x < 3; x += 0.00137) {
        assert_true(fabs(fm_sin_turn(x) - sin(2 * acos(-1) * x)) < 1e-14);
        assert_true(fabs(fm_cos_turn(x) - cos(2 * acos(-1) * x)) < 1e-14);
    }
}

static void same_bits(double d, uint64_t expected)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    if (bits != expected)
        fail_msg("%.17g has the bits 0x%016llx, not 0x%016llx", d, (unsigned long long)bits,
                 (unsigned long long)expected);
}

/* A compiler that contracts to fused multiply-add, or another libm, would change these. */
static void bits_are_pinned(void **state)
{
    (void)state;
    uint64_t sum = 0;
    for (int i = 1; i < 4000; i++) {
        double values[] = {fm_exp(i * 0.013 - 20), fm_log(i * 0.77), fm_normal_inv(i / 4000.0),
                           fm_normal_cdf(i * 0.004 - 8)};
        for (int k = 0; k < 4; k++) {
            uint64_t bits;
            memcpy(&bits, &values[k], sizeof bits);
            sum = (sum ^ bits) * UINT64_C(0x100000001b3);
        }
    }
    assert_int_equal(sum, UINT64_C(0xaee94c2f0610f74b));
    same_bits(fm_exp(1), UINT64_C(0x4005bf0a8b14576a));
    same_bits(fm_log(10), UINT64_C(0x40026bb1bbb55516));
    same_bits(fm_normal_inv(0.975), UINT64_C(0x3fff5c0331eeff82));
    sum = 0;
    for (int i = 1; i < 4000; i++) {
        double values[] = {fm_expm1(i * 0.0013 - 2), fm_log1p(i * 0.001 - 0.9), fm_log_factorial(i),
                           fm_sin_turn(i * 0.0011)};
        for (int k = 0; k < 4; k++) {
            uint64_t bits;
            memcpy(&bits, &values[k], sizeof bits);
            sum = (sum ^ bits) * UINT64_C(0x100000001b3);
        }
    }
    assert_int_equal(sum, UINT64_C(0x263f767fb0b0e834));
}

/* Many at once have the bits that each has alone; one that leaves the range changes no other. */
static void many_are_as_one(void **state)
{
    (void)state;
    double x[301], p[300], z[300];
    for (int far = 0; far < 2; far++) {
        for (int k = 0; k < 300; k++)
            x[k] = (k - 150) * 4.6;
        x[300] = far ? 800 : 1;
        fm_exp_all(x, 301);
        for (int k = 0; k < 300; k++)
            assert_true(x[k] == fm_exp((k - 150) * 4.6));
        assert_true(x[300] == fm_exp(far ? 800 : 1));
    }
    for (int k = 0; k < 300; k++)
        p[k] = k < 150 ? (k + 1) / 301.0 : 1 / (double)(k * k * k);
    fm_normal_inv_all(p, z, 300);
    for (int k = 0; k < 300; k++)
        assert_true(z[k] == fm_normal_inv(p[k]));
}

static void curves_are_as_points(void **state)
{
    (void)state;
    Curve curves[] = {{.log = true, .centre = 58000, .spread = 0.5},
                      {.centre = -3, .spread = 2},
                      {.log = true, .centre = 10, .spread = 1}};
    assert_true(curve_cut(&curves[0], 1000, 900000));
    assert_true(curve_cut(&curves[1], -10, 10));
    assert_true(curve_cut(&curves[2], 40, 400)); /* in the upper tail: mirrored */
    for (int i = 0; i < 3; i++) {
        uint64_t words[CURVE_AT_ONCE];
        double values[CURVE_AT_ONCE];
        for (uint32_t k = 0; k < CURVE_AT_ONCE; k++)
            words[k] = k == 0 ? 0 : k == 1 ? UINT64_MAX : rng_philox(3, k, 0).a;
        curve_fill(&curves[i], words, values, CURVE_AT_ONCE);
        for (uint32_t k = 0; k < CURVE_AT_ONCE; k++)
            assert_true(values[k] == curve_at(&curves[i], words[k]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_agrees),           cmocka_unit_test(log_agrees),
        cmocka_unit_test(pow_agrees),           cmocka_unit_test(normal_agrees),
        cmocka_unit_test(bits_are_pinned),      cmocka_unit_test(many_are_as_one),
        cmocka_unit_test(curves_are_as_points), cmocka_unit_test(small_ones_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Philox against the known answers of Random123 (tests/kat_vectors), the ranges, and permutations:
 * bijective, invertible, uniform, and unchanged since engine 1. */
#include "base/rng.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_philox_known_answers(void **state)
{
    (void)state;
    const struct {
        uint64_t lo, hi, key, a, b;
    } known[] = {
        {0, 0, 0, 0xca00a0459843d731, 0x66c24222c9a845b5},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, 0x65b021d60cd8310f, 0x4d02f3222f86df20},
        {0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x0a5e742c2997341c,
         0xb0f883d38000de5d},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        Rand2 r = rng_philox(known[i].key, known[i].lo, known[i].hi);
        assert_true(r.a == known[i].a);
        assert_true(r.b == known[i].b);
    }
}

static void test_draw_places_its_arguments(void **state)
{
    (void)state;
    Rand2 drawn = rng_draw(9, 8, 7, 6), plain = rng_philox(9, 8, UINT64_C(7) << 32 | 6);
    assert_true(drawn.a == plain.a && drawn.b == plain.b);
}

static void test_ranges(void **state)
{
    (void)state;
    assert_true(rng_below(0, 10) == 0);
    assert_true(rng_below(UINT64_MAX, 10) == 9);
    assert_true(rng_below(UINT64_MAX, 1) == 0);
    assert_true(rng_below(UINT64_MAX, UINT64_MAX) == UINT64_MAX - 1);
    assert_true(rng_unit(0) == 0.0);
    assert_true(rng_unit(UINT64_MAX) == 1.0 - 0x1p-53);
}

/* How far chi-square over equally likely cells is from its mean, in standard deviations. */
static double deviation(const uint32_t *counts, size_t cells, double total)
{
    double expected = total / (double)cells, sum = 0;
    for (size_t i = 0; i < cells; i++)
        sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    return (sum - (double)(cells - 1)) / sqrt(2.0 * (double)(cells - 1));
}

static void test_below_is_uniform(void **state)
{
    (void)state;
    uint32_t counts[1000] = {0};
    for (uint64_t i = 0; i < 500000; i++) {
        Rand2 r = rng_draw(5, i, 0, 0);
        counts[rng_below(r.a, 1000)]++;
        counts[(int)(rng_unit(r.b) * 1000)]++;
    }
    assert_true(fabs(deviation(counts, 1000, 1000000)) < 4.5);
}

static void assert_bijection(uint64_t key, uint64_t n)
{
    unsigned char *seen = calloc(n, 1);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t to = rng_permute(key, n, i);
        if (to >= n || seen[to]++ || rng_unpermute(key, n, to) != i) {
            free(seen);
            fail_msg("key %" PRIu64 ", n %" PRIu64 ": %" PRIu64 " -> %" PRIu64, key, n, i, to);
        }
    }
    free(seen);
}

static void test_permute_is_a_bijection(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= 300; n++)
        for (uint64_t key = 0; key < 5; key++)
            assert_bijection(key * UINT64_C(0x123456789ABCDEF1), n);
    static const uint64_t more[] = {997,  1009, 1024, 1025,  4095,  4096,
                                    4097, 7919, 8191, 65537, 99991, 100000};
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        assert_bijection(i, more[i]);
}

static void test_permute_large_domains(void **state)
{
    (void)state;
    static const uint64_t domains[] = {(UINT64_C(1) << 32) + 1, UINT64_C(1000000000000),
                                       (UINT64_C(1) << 62) + 1, UINT64_C(1) << 63};
    for (size_t d = 0; d < sizeof domains / sizeof domains[0]; d++)
        for (uint64_t k = 0; k < 20000; k++) {
            uint64_t n = domains[d], i = k & 1 ? n - 1 - k : k;
            uint64_t to = rng_permute(k % 7, n, i);
            assert_true(to < n);
            assert_true(rng_unpermute(k % 7, n, to) == i);
        }
}

/* These numbers decide values in databases that exist: a change needs a new engine. */
static void test_permute_is_pinned(void **state)
{
    (void)state;
    const struct {
        uint64_t key, n, i, to;
    } known[] = {
        {1, 5, 1, 3},
        {2, 5, 4, 0},
        {0x9e3779b97f4a7c15, 64, 63, 24},
        {0x1, 65, 0, 39},
        {0x2a, 1000, 7, 512},
        {0x2a, 4097, 7, 1736},
        {0x2a, 1000000, 999999, 671422},
        {0xffffffffffffffff, 1099511627776, 123, 697657483362},
        {0x7, UINT64_C(1) << 63, 12345678901234567, 7504514582828454525},
    };
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
        assert_true(rng_permute(known[k].key, known[k].n, known[k].i) == known[k].to);
}

static void test_keys_give_different_orders(void **state)
{
    (void)state;
    static const uint64_t domains[] = {50, 1000, 100000, UINT64_C(1) << 40};
    for (size_t d = 0; d < sizeof domains / sizeof domains[0]; d++)
        for (uint64_t key = 0; key < 50; key++) {
            int same = 0;
            for (uint64_t i = 0; i < 50; i++)
                same += rng_permute(key, domains[d], i) == rng_permute(key + 1, domains[d], i);
            assert_true(same <= 10); /* 1 is expected at n = 50, 10 has a chance of 1 in 10^7 */
        }
}

/* The first two outputs over many keys: each ordered pair is equally likely. Small and just-full
 * domains are where a Feistel network is weakest; pairs that share a half are its worst inputs. */
static void assert_pairs_uniform(uint64_t n, uint64_t first, uint64_t second)
{
    enum { KEYS = 400000 };
    uint32_t *counts = calloc(n * (n - 1), sizeof *counts);
    for (uint64_t key = 0; key < KEYS; key++) {
        uint64_t x = rng_permute(key, n, first), y = rng_permute(key, n, second);
        counts[x * (n - 1) + y - (y > x)]++;
    }
    double z = deviation(counts, n * (n - 1), KEYS);
    free(counts);
    if (fabs(z) > 4.5)
        fail_msg("n %" PRIu64 ", %" PRIu64 " and %" PRIu64 ": z = %f", n, first, second, z);
}

static void test_pairs_are_uniform_over_keys(void **state)
{
    (void)state;
    static const uint64_t domains[] = {3, 4, 7, 16, 64, 65, 100, 128, 129};
    for (size_t d = 0; d < sizeof domains / sizeof domains[0]; d++) {
        uint64_t n = domains[d];
        assert_pairs_uniform(n, 0, 1);
        assert_pairs_uniform(n, n / 2 - 1, n - 1);
        assert_pairs_uniform(n, 0, n / 2);
    }
}

static void test_all_orders_of_four_are_uniform(void **state)
{
    (void)state;
    enum { KEYS = 240000 };
    uint32_t counts[256] = {0}, orders[24];
    for (uint64_t key = 0; key < KEYS; key++) {
        unsigned code = 0;
        for (uint64_t i = 0; i < 4; i++)
            code = code << 2 | (unsigned)rng_permute(key, 4, i);
        counts[code]++;
    }
    size_t n = 0;
    for (size_t code = 0; code < 256; code++)
        if (counts[code] && n < 24)
            orders[n++] = counts[code];
    assert_int_equal(n, 24);
    assert_true(fabs(deviation(orders, 24, KEYS)) < 4.5);
}

/* One key, rows in a row: where neighbours land, and the lowest bits against the row's. */
static void test_neighbours_are_unrelated(void **state)
{
    (void)state;
    static const uint64_t domains[] = {UINT64_C(1) << 30, UINT64_C(1000000007), UINT64_C(1) << 63};
    static uint32_t places[64 * 64], bits[64 * 64];
    for (size_t d = 0; d < sizeof domains / sizeof domains[0]; d++)
        for (uint64_t key = 0; key < 4; key++) {
            uint64_t n = domains[d], before = 0;
            memset(places, 0, sizeof places);
            memset(bits, 0, sizeof bits);
            for (uint64_t i = 0; i < 200000; i++) {
                uint64_t to = rng_permute(key, n, i);
                uint64_t place = to / (n / 64 + 1);
                if (i & 1)
                    places[before * 64 + place]++;
                before = place;
                bits[(i & 63) * 64 + (to & 63)]++;
            }
            assert_true(fabs(deviation(places, 4096, 100000)) < 4.5);
            assert_true(fabs(deviation(bits, 4096, 200000)) < 4.5);
        }
}

/* Many at once are what each is alone. */
static void test_permute_all(void **state)
{
    (void)state;
    static const uint64_t domains[] = {1, 2, 64, 65, 1000, 4096, 100003, UINT64_C(1) << 40};
    for (size_t d = 0; d < sizeof domains / sizeof *domains; d++) {
        uint64_t n = domains[d], i[300];
        uint32_t count = n < 300 ? (uint32_t)n : 300;
        for (uint32_t k = 0; k < count; k++)
            i[k] = n - 1 - k;
        rng_permute_all(7, n, i, count);
        for (uint32_t k = 0; k < count; k++)
            assert_int_equal(i[k], rng_permute(7, n, n - 1 - k));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_philox_known_answers),
        cmocka_unit_test(test_draw_places_its_arguments),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_below_is_uniform),
        cmocka_unit_test(test_permute_is_a_bijection),
        cmocka_unit_test(test_permute_large_domains),
        cmocka_unit_test(test_permute_is_pinned),
        cmocka_unit_test(test_keys_give_different_orders),
        cmocka_unit_test(test_pairs_are_uniform_over_keys),
        cmocka_unit_test(test_all_orders_of_four_are_uniform),
        cmocka_unit_test(test_neighbours_are_unrelated),
        cmocka_unit_test(test_permute_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Rows under a second parent: a bijection, and no pair of parents twice, from sparse tables to
 * those where nothing more would fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "gen/scatter.h"

static void check_bijection(const Scatter *s)
{
    uint8_t *seen = calloc(s->n, 1);
    for (uint64_t row = 0; row < s->n; row++) {
        uint64_t place = scatter_place(s, row);
        assert_true(place < s->n);
        assert_int_equal(seen[place]++, 0);
        assert_int_equal(scatter_row(s, place), row);
    }
    free(seen);
}

static void it_is_a_bijection(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 200; n += 7) {
        Scatter s = scatter_anywhere(n, n);
        check_bijection(&s);
    }
}

/* Owners side by side, each with up to `most`: owner[i] of child i; returns how many owners. */
static uint64_t fill_owners(uint64_t key, uint64_t n, uint64_t most, bool even, uint32_t *owner)
{
    uint64_t at = 0, who = 0;
    for (; at < n; who++) {
        uint64_t count = even ? most : rng_below(rng_philox(key, who, 0).a, most + 1);
        if (who == 0)
            count = most;
        for (uint64_t k = 0; k < count && at < n; k++)
            owner[at++] = (uint32_t)who;
    }
    return who;
}

/* True when a Scatter was found; then no pair is twice. */
static bool check_apart(uint64_t key, uint64_t n, uint64_t most, bool even, uint64_t other)
{
    Scatter s;
    if (!scatter_apart(&s, key, n, most, even, other)) {
        assert_true(scatter_least(most, even, other) > n);
        return false;
    }
    check_bijection(&s);
    uint32_t *one = calloc(n, sizeof *one), *two = calloc(n, sizeof *two);
    uint64_t ones = fill_owners(key, n, most, even, one),
             twos = fill_owners(key + 1, n, other, other == most, two);
    uint8_t *seen = calloc(ones, twos);
    for (uint64_t row = 0; row < n; row++)
        assert_int_equal(seen[one[row] * twos + two[scatter_place(&s, row)]]++, 0);
    free(seen);
    free(one);
    free(two);
    return true;
}

static void no_pair_comes_twice(void **state)
{
    (void)state;
    int found = 0;
    for (uint64_t n = 1; n < 700; n += 13)
        for (uint64_t most = 1; most < 14; most += 2)
            for (uint64_t other = 1; other < 40; other += other < 6 ? 1 : 7)
                found += check_apart(n * 31 + most, n, most, false, other);
    assert_true(found > 1500);
}

/* Each with each: all have as many as there are of the others. */
static void a_full_product_fits(void **state)
{
    (void)state;
    for (uint64_t a = 1; a < 12; a++)
        for (uint64_t b = 1; b < 12; b++)
            assert_true(check_apart(a * b, a * b, b, true, a));
    Scatter s;
    assert_false(scatter_apart(&s, 1, 25, 5, true, 6));
    assert_true(scatter_least(UINT64_MAX - 1, false, 4) == UINT64_MAX);
}

/* A parent's rows come from all over, not from the same places for all. */
static void neighbours_have_little_in_common(void **state)
{
    (void)state;
    Scatter s;
    uint64_t n = 100000;
    assert_true(scatter_apart(&s, 7, n, 9, false, 40));
    double sum = 0, ascending = 0;
    for (uint64_t row = 0; row + 1 < n; row++) {
        uint64_t a = scatter_place(&s, row), b = scatter_place(&s, row + 1);
        sum += a < b ? (double)(b - a) : (double)(a - b);
        ascending += a < b;
    }
    assert_true(sum / (double)n > 0.25 * (double)n && sum / (double)n < 0.42 * (double)n);
    assert_true(ascending / (double)n > 0.3 && ascending / (double)n < 0.7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_a_bijection), cmocka_unit_test(no_pair_comes_twice),
        cmocka_unit_test(a_full_product_fits), cmocka_unit_test(neighbours_have_little_in_common)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

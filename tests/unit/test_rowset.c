/* Sets of row numbers, against a plain array of flags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "model/rowset.h"

#define ROWS 3000u

static RowSet *random_set(uint64_t key, unsigned one_in, bool *flags, Arena *mem)
{
    RowSet *set = rowset_new(mem);
    memset(flags, 0, ROWS * sizeof *flags);
    for (uint64_t row = 0; row < ROWS; row++) {
        if (rng_below(rng_draw(key, row, 0, 0).a, one_in) != 0)
            continue;
        rowset_add(set, row, 1, mem);
        flags[row] = true;
    }
    return set;
}

static void check_against(const RowSet *set, const bool *flags)
{
    uint64_t before = 0;
    for (uint64_t row = 0; row < ROWS; row++) {
        assert_int_equal(rowset_has(set, row), flags[row]);
        assert_int_equal(rowset_before(set, row), before);
        before += flags[row];
    }
    assert_int_equal(rowset_rows(set), before);
    for (uint64_t first = 0; first < ROWS; first += 97) {
        uint64_t row = first;
        for (uint64_t k = 0; k < 50; k++) {
            while (row < ROWS && flags[row])
                row++;
            assert_int_equal(rowset_nth_missing(set, first, k), row);
            row++;
        }
    }
    for (uint64_t first = 0; first + 3 < ROWS; first++)
        assert_int_equal(rowset_misses(set, first, 3),
                         !flags[first] && !flags[first + 1] && !flags[first + 2]);
}

static void behaves_like_flags(void **state)
{
    (void)state;
    for (unsigned one_in = 1; one_in < 40; one_in += 3) {
        Arena *mem = arena_new();
        static bool flags[ROWS], other[ROWS];
        const RowSet *a = random_set(one_in, one_in, flags, mem);
        check_against(a, flags);
        const RowSet *b = random_set(one_in + 100, one_in + 5, other, mem);
        for (unsigned i = 0; i < ROWS; i++)
            flags[i] = flags[i] || other[i];
        check_against(rowset_union(a, b, mem), flags);
        arena_free(mem);
    }
}

/* Rows go away in seven steps; as of each, the answers are those of the flags of then. */
static void history_is_asked_as_of_then(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    static bool flags[7][ROWS];
    const RowSet *sets[7];
    for (int i = 0; i < 7; i++) {
        RowSet *set = rowset_new(mem);
        for (uint64_t row = 0; row < ROWS; row++) {
            flags[i][row] = i && flags[i - 1][row];
            if (flags[i][row] || rng_below(rng_draw((uint64_t)i, row, 0, 0).a, 20) != 0)
                continue;
            rowset_add(set, row, 1, mem);
            flags[i][row] = true;
        }
        sets[i] = set;
    }
    const RowHistory *h = rowhistory_new(sets, 7, mem);
    for (int upto = 1; upto <= 7; upto++) {
        const bool *then = flags[upto - 1];
        uint64_t before = 0;
        for (uint64_t row = 0; row < ROWS; row++) {
            assert_int_equal(rowhistory_has(h, upto, row), then[row]);
            assert_int_equal(rowhistory_before(h, upto, row), before);
            before += then[row];
        }
        for (uint64_t row = ROWS, next = UINT64_MAX; row-- > 0;) {
            next = then[row] ? row : next;
            assert_int_equal(rowhistory_next(h, upto, row), next);
        }
        for (uint64_t first = 0; first < ROWS; first += 211)
            for (uint64_t k = 0, row = first; k < 60; k++, row++) {
                while (row < ROWS && then[row])
                    row++;
                assert_int_equal(rowhistory_nth_missing(h, upto, first, k), row);
            }
        uint64_t rows[60];
        for (uint64_t first = 0; first < ROWS; first += 211) {
            rowhistory_missing(h, upto, first, 7, rows, 53);
            for (uint64_t k = 0; k < 53; k++)
                assert_int_equal(rows[k], rowhistory_nth_missing(h, upto, first, k + 7));
        }
    }
    assert_false(rowhistory_has(h, 0, 5));
    assert_int_equal(rowhistory_next(h, 0, 5), UINT64_MAX);
    assert_int_equal(rowhistory_next(NULL, 3, 5), UINT64_MAX);
    assert_int_equal(rowhistory_nth_missing(NULL, 3, 5, 5), 10);
    arena_free(mem);
}

static void null_is_empty(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    assert_false(rowset_has(NULL, 0));
    assert_int_equal(rowset_rows(NULL), 0);
    assert_int_equal(rowset_before(NULL, 5), 0);
    assert_int_equal(rowset_nth_missing(NULL, 7, 3), 10);
    assert_true(rowset_misses(NULL, 0, 100));
    assert_null(rowset_union(NULL, NULL, mem));
    assert_string_equal(rowset_text(NULL, mem), "");
    arena_free(mem);
}

static void text_round_trips(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    static bool flags[ROWS];
    for (unsigned one_in = 1; one_in < 30; one_in += 2) {
        const RowSet *set = random_set(7, one_in, flags, mem);
        RowSet *back = rowset_parse(rowset_text(set, mem), mem);
        assert_non_null(back);
        check_against(back, flags);
    }
    RowSet *far = rowset_new(mem);
    rowset_add(far, UINT64_C(1) << 59, UINT64_C(1) << 40, mem);
    assert_int_equal(rowset_parse(rowset_text(far, mem), mem)->rows, UINT64_C(1) << 40);
    arena_free(mem);
}

static void strange_text_is_refused(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    static const char *const texts[] = {"A", "?", "AA", "AAA", "//////////////////", "BQAA", "=="};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_null(rowset_parse(texts[i], mem));
    assert_non_null(rowset_parse("", mem));
    arena_free(mem);
}

/* What is cut off leaves the set as if it had never been added. */
/* Whatever fits into the caller's array, the cursor goes on where it stopped. */
static void is_read_in_pieces(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    RowCursor none = {0};
    uint64_t rows[64];
    assert_int_equal(rowset_read(NULL, &none, rows, 64), 0);
    assert_int_equal(rowset_read(rowset_new(mem), &none, rows, 64), 0);
    RowSet *set = rowset_new(mem);
    rowset_add(set, 0, 1, mem); /* the first row */
    rowset_add(set, 5, 3, mem);
    rowset_add(set, 8, 2, mem); /* touches the one before */
    rowset_add(set, UINT64_C(1) << 50, 4, mem);
    static const uint64_t all[] = {0, 5, 6, 7, 8, 9};
    for (uint32_t piece = 1; piece <= 12; piece++) {
        RowCursor at = {0};
        uint32_t n, k = 0;
        while ((n = rowset_read(set, &at, rows, piece)) > 0) {
            assert_true(n <= piece);
            for (uint32_t i = 0; i < n; i++, k++)
                assert_int_equal(rows[i], k < 6 ? all[k] : (UINT64_C(1) << 50) + k - 6);
        }
        assert_int_equal(k, 10);
        assert_int_equal(rowset_read(set, &at, rows, 64), 0);
    }
    arena_free(mem);
}

static void test_cut(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    bool flags[ROWS];
    for (uint64_t from = 0; from < 400; from += 3) {
        RowSet *set = random_set(5, 2, flags, mem);
        rowset_cut(set, from);
        memset(flags + from, 0, (ROWS - from) * sizeof *flags);
        check_against(set, flags);
        rowset_add(set, from + 1, 2, mem);
        flags[from + 1] = flags[from + 2] = true;
        check_against(set, flags);
    }
    arena_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),
        cmocka_unit_test(is_read_in_pieces),
        cmocka_unit_test(behaves_like_flags),
        cmocka_unit_test(history_is_asked_as_of_then),
        cmocka_unit_test(null_is_empty),
        cmocka_unit_test(text_round_trips),
        cmocka_unit_test(strange_text_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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
        const RowSet *all[] = {b, NULL, a, b};
        check_against(rowset_union_all(all, 4, mem), flags);
        assert_null(rowset_union_all(all, 0, mem));
        arena_free(mem);
    }
}

static void check_history(const RowHistory *h, int upto, const bool *then)
{
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
    RowRange ranges[ROWS];
    Arena *mem = arena_new();
    check_against(rowhistory_as_of(h, upto, mem), then);
    arena_free(mem);
    for (uint64_t first = 0; first < ROWS; first += 211) {
        size_t n = rowhistory_there(h, upto, first, first + 199, ranges, ROWS);
        uint64_t row = first, there = 0;
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(ranges[i].before, there);
            for (; row < ranges[i].first; row++)
                assert_true(then[row]);
            for (; row < ranges[i].first + ranges[i].rows; row++, there++)
                assert_true(row < first + 199 && (row >= ROWS || !then[row]));
            assert_true(row >= first + 199 || row >= ROWS || then[row]);
        }
        for (; row < first + 199 && row < ROWS; row++)
            assert_true(then[row]);
        if (n > 3)
            assert_int_equal(rowhistory_there(h, upto, first, first + 199, ranges, 3), 3);
    }
}

#define STEPS 7

/* Rows go away in seven steps, or (every third one) all that went in the first come back. */
static void random_steps(bool (*flags)[ROWS], const RowSet **sets, bool *back, Arena *mem)
{
    for (int i = 0; i < STEPS; i++) {
        RowSet *set = rowset_new(mem);
        bool returns = back && i % 3 == 2;
        for (uint64_t row = 0; row < ROWS; row++) {
            bool was = i && flags[i - 1][row];
            bool chosen = rng_below(rng_draw((uint64_t)i, row, 0, 0).a, 20) == 0;
            bool goes = !returns && !was && chosen, comes = returns && was && row % 2 == 0;
            flags[i][row] = (was || goes) && !comes;
            if (goes || comes)
                rowset_add(set, row, 1, mem);
        }
        sets[i] = set;
        if (back)
            back[i] = returns;
    }
}

/* As of each step, the answers are those of the flags of then. */
static void history_is_asked_as_of_then(void **state)
{
    (void)state;
    static bool flags[STEPS][ROWS];
    for (int with_back = 0; with_back <= 1; with_back++) {
        Arena *mem = arena_new();
        const RowSet *sets[STEPS];
        bool back[STEPS], *comes = with_back ? back : NULL;
        random_steps(flags, sets, comes, mem);
        const RowHistory *h = rowhistory_grown(NULL, sets, comes, STEPS, mem);
        for (int upto = 1; upto <= STEPS; upto++)
            check_history(h, upto, flags[upto - 1]);
        check_against(rowhistory_all(h, mem), flags[STEPS - 1]);
        assert_int_equal(rowhistory_rows(h), rowset_rows(rowhistory_all(h, mem)));
        /* Grown from one that is shorter, or that was made of other sets at its end. */
        for (int n = 0; n < STEPS; n++) {
            const RowSet *others[STEPS];
            for (int i = 0; i < n; i++)
                others[i] = i == n - 1 && n % 2 ? sets[STEPS - 1] : sets[i];
            const RowHistory *first = rowhistory_grown(NULL, others, comes, n, mem);
            const RowHistory *grown = rowhistory_grown(first, sets, comes, STEPS, mem);
            for (int upto = 1; upto <= STEPS; upto++)
                check_history(grown, upto, flags[upto - 1]);
        }
        arena_free(mem);
    }
}

static void what_is_the_same_is_shared(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    static bool flags[STEPS][ROWS];
    const RowSet *sets[STEPS];
    random_steps(flags, sets, NULL, mem);
    const RowHistory *six = rowhistory_new(sets, 6, mem);
    const RowHistory *seven = rowhistory_grown(six, sets, NULL, STEPS, mem);
    for (int i = 1; i <= 6; i++)
        assert_ptr_equal(seven->sums[i], six->sums[i]);
    arena_free(mem);
}

/* What is learnt late counts behind all that was known, as far as it is known. */
static void the_late_set_may_grow(void **state)
{
    (void)state;
    static bool flags[STEPS][ROWS], now[ROWS];
    for (int with_back = 0; with_back <= 1; with_back++)
        for (int known = 0; known < STEPS; known++) {
            Arena *mem = arena_new();
            const RowSet *sets[STEPS];
            bool back[STEPS], *comes = with_back ? back : NULL;
            random_steps(flags, sets, comes, mem);
            RowSet *late = rowset_new(mem);
            const RowHistory *h = rowhistory_grown(NULL, sets, comes, known, mem);
            h = rowhistory_late(rowhistory_late(h, sets[known], mem), late, mem);
            assert_int_equal(h->n, known + 1);
            memset(now, 0, sizeof now);
            if (known)
                memcpy(now, flags[known - 1], sizeof now);
            check_history(h, known + 1, now);
            for (uint64_t row = 5; row < ROWS; row += 40)
                if (!now[row]) {
                    rowset_add(late, row, 1, mem);
                    now[row] = true;
                }
            check_history(h, known + 1, now);
            if (known)
                check_history(h, known, flags[known - 1]);
            assert_int_equal(rowhistory_rows(h), known ? rowhistory_before(h, known, ROWS) : 0);
            arena_free(mem);
        }
}

static void nothing_ever_went(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    const RowSet *one = rowset_new(mem);
    RowRange range;
    assert_null(rowhistory_new(&one, 0, mem));
    assert_false(rowhistory_has(NULL, 0, 5));
    assert_int_equal(rowhistory_next(NULL, 3, 5), UINT64_MAX);
    assert_int_equal(rowhistory_nth_missing(NULL, 3, 5, 5), 10);
    assert_int_equal(rowhistory_rows(NULL), 0);
    assert_null(rowhistory_all(NULL, mem));
    assert_int_equal(rowhistory_there(NULL, 0, 5, 5, &range, 1), 0);
    assert_int_equal(rowhistory_there(NULL, 0, 5, 9, &range, 1), 1);
    assert_int_equal(range.rows, 4);
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
    RowSet *large = rowset_new(mem); /* text of many pieces */
    for (uint64_t k = 0, row = 0; k < 9000; k++, row += 2 + rng_draw(3, k, 0, 0).a % 300)
        rowset_add(large, row, 1, mem);
    const RowSet *again = rowset_parse(rowset_text(large, mem), mem);
    assert_int_equal(again->nranges, large->nranges);
    assert_memory_equal(again->ranges, large->ranges, large->nranges * sizeof *large->ranges);
    RowSet *far = rowset_new(mem);
    rowset_add(far, UINT64_C(1) << 59, UINT64_C(1) << 40, mem);
    assert_int_equal(rowset_parse(rowset_text(far, mem), mem)->rows, UINT64_C(1) << 40);
    arena_free(mem);
}

static void strange_text_is_refused(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    static const char *const texts[] = {"A",
                                        "?",
                                        "AA",
                                        "AAA",
                                        "//////////////////",
                                        "BQAA",
                                        "==",
                                        "AAEBA",
                                        "AAEB\377"
                                        "AEB",
                                        "AAEBAAE?"};
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
        cmocka_unit_test(what_is_the_same_is_shared),
        cmocka_unit_test(the_late_set_may_grow),
        cmocka_unit_test(nothing_ever_went),
        cmocka_unit_test(null_is_empty),
        cmocka_unit_test(text_round_trips),
        cmocka_unit_test(strange_text_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

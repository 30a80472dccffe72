/* Children per parent: exact totals inside the bounds, the same answer by any way of asking, memory
 * by blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "enginekit.h"
#include "gen/children.h"
#include "gen/children_draws.h"

/* A count without known bounds, negative and NULL now and then. */
static void fill_wild(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++) {
        uint64_t word = gen_draw(c, c->bound->key, k, 0).a;
        out->i[k] = (int64_t)rng_below(word, 12) - 3;
        if (word % 11 == 0)
            vec_nulls(out, c->scratch)[k] = 1;
    }
}

static Bound wild_bound(uint64_t key)
{
    return (Bound){
        .type = {.kind = TYPE_INT}, .nullable = true, .fill = fill_wild, .key = key, .column = -1};
}

typedef struct Expect {
    int64_t lo, hi;
    uint64_t first, parents, total;
} Expect;

/* Each parent's number within the bounds, their sum the total; children in parents' order, numbered
 * from 0. */
static void check_index(Engine *e, const PerIndex *index, Expect x)
{
    Arena *scratch = arena_new();
    ChildrenCursor *by_parent = children_cursor(index, e->mem),
                   *by_child = children_cursor(index, e->mem);
    uint64_t sum = 0, most = 0;
    for (uint64_t p = x.first; p < x.first + x.parents; p++) {
        uint64_t start, n = children_of(by_parent, p, &start, scratch);
        assert_true((int64_t)n >= x.lo && (int64_t)n <= x.hi);
        most = n > most ? n : most;
        for (uint64_t k = 0; k<n; k += n> 3 ? n - 1 : 1) {
            uint64_t child = sum + k, parent, nth;
            children_find(by_child, &child, 1, &parent, &nth, scratch);
            assert_int_equal(parent, p);
            assert_int_equal(nth, k);
        }
        sum += n;
        if (p % 1000 == 0)
            arena_reset(scratch);
    }
    assert_int_equal(sum, x.total);
    assert_int_equal(children_total(index), x.total);
    assert_int_equal(children_most(index), most);
    uint64_t start;
    assert_int_equal(children_of(by_parent, x.first + x.parents, &start, scratch), 0);
    uint64_t beyond = x.total, parent, nth;
    children_find(by_child, &beyond, 1, &parent, &nth, scratch);
    assert_true(parent == ROW_NONE);
    arena_free(scratch);
}

static PerIndex *make(Engine *e, const Bound *count, uint64_t first, uint64_t n, uint64_t total)
{
    err_clear(&e->err);
    return children_index(count, (ChildrenOf){.first = first, .n = n}, total, "t.lua:9", "loans",
                          e->mem, &e->err);
}

static void test_totals_are_exact(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t");
    for (uint32_t round = 0; round < 400; round++) {
        Rand2 r = rng_draw(99, round, 0, 0), r2 = rng_draw(99, round, 0, 1);
        int64_t lo = (int64_t)(r.a % 4), hi = lo + (int64_t)(r.a >> 8) % 9;
        hi = hi < lo ? lo : hi;
        uint64_t parents = 1 + r.b % (round % 10 == 0 ? 20000 : 700),
                 first = r2.a % 3 ? 0 : r2.a % 100000;
        uint64_t least = (uint64_t)lo * parents, most = (uint64_t)hi * parents;
        uint64_t total = round % 7 == 0   ? least
                         : round % 7 == 1 ? most
                                          : least + r2.b % (most - least + 1);
        Bound *count = engine_bind(e, t, arena_printf(e->mem, "n%u", round), node_range(e, lo, hi));
        PerIndex *index = make(e, count, first, parents, total);
        assert_non_null(index);
        check_index(e, index, (Expect){lo, hi, first, parents, total});
    }
    engine_free(e);
}

static void test_total_is_what_was_drawn(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t");
    PerIndex *index = make(e, engine_bind(e, t, "n", node_range(e, 0, 9)), 0, 10000, UINT64_MAX);
    uint64_t total = children_total(index);
    assert_in_range(total, 44000, 46000);
    check_index(e, index, (Expect){0, 9, 0, 10000, total});
    PerIndex *same = make(e, engine_bind(e, t, "n", node_range(e, 0, 9)), 0, 10000, total);
    check_index(e, same, (Expect){0, 9, 0, 10000, total});
    index = make(e, engine_bind(e, t, "n", node_int(e, 3)), 5, 100, UINT64_MAX);
    check_index(e, index, (Expect){3, 3, 5, 100, 300});
    index = make(e, engine_bind(e, t, "n", node_int(e, 0)), 0, 100, 0);
    check_index(e, index, (Expect){0, 0, 0, 100, 0});
    index = make(e, engine_bind(e, t, "n", node_int(e, 2)), 0, 0, UINT64_MAX);
    assert_int_equal(children_total(index), 0);
    engine_free(e);
}

/* Negative and NULL counts are none; without an upper bound everything can be reached. */
static void test_unbounded_counts(void **state)
{
    (void)state;
    Engine *e = engine_new();
    const uint64_t totals[] = {0, 1, 9999, 100000, UINT64_C(1) << 55};
    for (int i = 0; i < 5; i++) {
        Bound *count = arena_new_of(e->mem, Bound);
        *count = wild_bound(40 + (uint64_t)i);
        PerIndex *index = make(e, count, 0, 9000, totals[i]);
        check_index(e, index, (Expect){0, INT64_MAX, 0, 9000, totals[i]});
    }
    engine_free(e);
}

static void test_unreachable_totals(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t");
    Bound *count = engine_bind(e, t, "n", node_range(e, 2, 9));
    assert_null(make(e, count, 0, 250, 2251));
    assert_non_null(
        strstr(engine_error(e), "250 parents take at most 2,250 rows, but rows = 2,251"));
    assert_int_equal(err_code(&e->err), ERR_COUNT);
    assert_string_equal(e->err.first->where, "t.lua:9");
    assert_null(make(e, count, 0, 250, 499));
    assert_non_null(strstr(engine_error(e), "250 parents take at least 500 rows, but rows = 499"));
    assert_non_null(make(e, count, 0, 250, 2250));
    assert_non_null(make(e, count, 0, 250, 500));
    assert_null(make(e, count, 0, 0, 5));
    assert_non_null(strstr(engine_error(e), "no parents"));
    engine_free(e);
}

/* The correction is spread: no stretch of parents gets what others were to have. */
static void test_correction_is_even(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t");
    Arena *scratch = arena_new();
    PerIndex *index = make(e, engine_bind(e, t, "n", node_range(e, 0, 9)), 0, 40000, 200000);
    ChildrenCursor *cursor = children_cursor(index, e->mem);
    for (uint64_t from = 0; from < 40000; from += 4000) {
        uint64_t sum = 0;
        for (uint64_t p = from; p < from + 4000; p++)
            sum += children_of(cursor, p, &(uint64_t){0}, scratch);
        assert_in_range(sum, 19400, 20600); /* 20,000 expected, standard deviation below 170 */
    }
    arena_free(scratch);
    engine_free(e);
}

/* Any order of asking gives what order gives; a batch gives what single questions give. */
static void test_random_access(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t");
    Arena *scratch = arena_new();
    const uint64_t total = 30000;
    PerIndex *index = make(e, engine_bind(e, t, "n", node_range(e, 0, 6)), 7, 9500, total);
    uint64_t *parent = arena_array(e->mem, uint64_t, total),
             *nth = arena_array(e->mem, uint64_t, total),
             *all = arena_array(e->mem, uint64_t, total);
    for (uint64_t k = 0; k < total; k++)
        all[k] = k;
    ChildrenCursor *cursor = children_cursor(index, e->mem);
    for (uint64_t k = 0; k < total; k += 1000)
        children_find(cursor, all + k, 1000, parent + k, nth + k, scratch);
    for (uint64_t k = 1; k < total; k++)
        assert_true(parent[k] == parent[k - 1] ? nth[k] == nth[k - 1] + 1
                                               : parent[k] > parent[k - 1] && nth[k] == 0);
    for (uint64_t k = 0; k < 3000; k++) {
        uint64_t child = rng_permute(5, total, k), p, n;
        children_find(cursor, &child, 1, &p, &n, scratch);
        assert_int_equal(p, parent[child]);
        assert_int_equal(n, nth[child]);
        if (k % 100 == 0)
            arena_reset(scratch);
    }
    arena_free(scratch);
    engine_free(e);
}

static void test_memory(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t");
    Bound *count = engine_bind(e, t, "n", node_range(e, 0, 3));
    Arena *mem = arena_new();
    Err err = {0};
    const uint64_t kept = CHILDREN_DRAWS_MAX, many = kept + 1;
    PerIndex *index =
        children_index(count, (ChildrenOf){.n = many}, many * 5 / 4, NULL, NULL, mem, &err);
    assert_int_equal(children_total(index), many * 5 / 4);
    assert_true(arena_held(mem) < 64 * 1024); /* 1,025 blocks of parents with 24 bytes each */
    children_index(count, (ChildrenOf){.n = kept}, kept * 5 / 4, NULL, NULL, mem, &err);
    assert_true(arena_held(mem) <
                3 * kept); /* for each parent a byte of draws, and one of children */
    arena_free(mem);
    engine_free(e);
}

/* What is kept of the draws is what was drawn, whatever does not fit into a byte, too; and it is
 * shared by those who ask for no others. */
static void test_kept_draws(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t");
    const Bound *counts[] = {engine_bind(e, t, "a", node_range(e, -3, 5)),
                             engine_bind(e, t, "b", node_range(e, 0, 1000))};
    for (int i = 0; i < 2; i++) {
        ChildrenDraws *draws = children_draws(counts[i], 100, 3000, NULL, e->mem);
        uint64_t rows[BATCH_ROWS], kept[BATCH_ROWS], drawn[BATCH_ROWS];
        for (uint64_t step = 1; step <= 7; step += 3)
            for (uint64_t first = 100; first < 3100; first += 700) {
                uint32_t n = 0;
                for (uint64_t row = first; row < 3100 && n < BATCH_ROWS; row += step)
                    rows[n++] = row;
                children_drawn(draws, counts[i], rows, n, kept, e->mem);
                children_drawn(NULL, counts[i], rows, n, drawn, e->mem);
                assert_memory_equal(kept, drawn, n * sizeof *kept);
            }
        assert_ptr_equal(children_draws(counts[i], 200, 2900, draws, e->mem), draws);
        assert_ptr_not_equal(children_draws(counts[i], 99, 100, draws, e->mem), draws);
        assert_ptr_not_equal(children_draws(counts[i], 200, 2901, draws, e->mem), draws);
        assert_ptr_not_equal(children_draws(counts[1 - i], 200, 100, draws, e->mem), draws);
    }
    /* Others that have most of the same behind some that have not. */
    ChildrenDraws *most = children_draws(counts[0], 100, 3000, NULL, e->mem),
                  *few = children_draws(counts[0], 3100, 20, most, e->mem);
    const uint64_t firsts[] = {0, 700}, sizes[] = {4000, 3500};
    for (int i = 0; i < 2; i++) {
        uint64_t rows[BATCH_ROWS], kept[BATCH_ROWS], drawn[BATCH_ROWS];
        ChildrenDraws *draws = children_draws(counts[0], firsts[i], sizes[i], few, e->mem);
        assert_ptr_not_equal(draws, most);
        for (uint32_t k = 0; k < 800; k++)
            rows[k] = firsts[i] + sizes[i] - 1 - (799 - k) * 4;
        children_drawn(draws, counts[0], rows, 800, kept, e->mem);
        children_drawn(NULL, counts[0], rows, 800, drawn, e->mem);
        assert_memory_equal(kept, drawn, 800 * sizeof *kept);
    }
    assert_ptr_equal(children_draws(counts[0], 200, 2900, few, e->mem), most);
    assert_null(children_draws(counts[0], 0, CHILDREN_DRAWS_MAX + 1, NULL, e->mem));
    engine_free(e);
}

/* Drawn by several threads, of which each has its own part. */
static void test_draws_of_many(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t");
    const uint64_t first = 77, n = 600001;
    const Bound *counts[] = {engine_bind(e, t, "a", node_range(e, 0, 9)),
                             engine_bind(e, t, "b", node_range(e, 0, 300))};
    for (int i = 0; i < 2; i++) {
        ChildrenDraws *draws = children_draws(counts[i], first, n, NULL, e->mem);
        Arena *scratch = arena_new();
        uint64_t rows[BATCH_ROWS], kept[BATCH_ROWS], drawn[BATCH_ROWS];
        for (uint64_t row = first; row < first + n;) {
            uint32_t some = 0;
            while (some < BATCH_ROWS && row < first + n)
                rows[some++] = row++;
            arena_reset(scratch);
            children_drawn(draws, counts[i], rows, some, kept, scratch);
            children_drawn(NULL, counts[i], rows, some, drawn, scratch);
            assert_memory_equal(kept, drawn, some * sizeof *kept);
        }
        arena_free(scratch);
        assert_int_equal(children_bytes(draws, first) == NULL, i == 1);
    }
    engine_free(e);
}

/* At most five each. Most have some already, and lost every third of these: as many more as can be
 * must give every parent five. Asked for from the beginning, and from the middle on. */
static void test_many_had_before(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t");
    const uint64_t n = 20000, first = 3, many = 37001, most = 5;
    PerIndex *had = make(e, engine_bind(e, t, "a", node_range(e, 0, (int)most)), 0, n, many);
    RowSet *children = rowset_new(e->mem);
    for (uint64_t c = 0; c < many; c += 3)
        rowset_add(children, c, 1, e->mem);
    const RowSet *gone[] = {children};
    ChildrenOf of = {.first = first, .n = n - first, .again = true, .capped = true, .before = had};
    of.gone_children = rowhistory_new(gone, 1, e->mem);
    of.gone_upto = 1;
    uint64_t total = 0, child;
    Arena *scratch = arena_new();
    ChildrenCursor *cursor = children_cursor(had, e->mem);
    uint64_t *left = arena_array(e->mem, uint64_t, n);
    for (uint64_t p = first; p < n; p++) {
        uint64_t some = children_of(cursor, p, &child, scratch);
        uint64_t end = child + some;
        for (uint64_t c = child; some > 0 && c < end; c++)
            some -= rowset_has(children, c);
        left[p] = most - some;
        total += left[p];
    }
    PerIndex *more = children_index(engine_bind(e, t, "b", node_range(e, 0, (int)most)), of, total,
                                    "t", "t", e->mem, &e->err);
    assert_non_null(more);
    for (uint64_t from = first; from < n; from += 7777) {
        ChildrenCursor *added = children_cursor(more, e->mem);
        for (uint64_t p = from; p < n; p++)
            assert_int_equal(children_of(added, p, &child, scratch), left[p]);
    }
    assert_null(children_index(engine_bind(e, t, "b", node_range(e, 0, (int)most)), of, total + 1,
                               "t", "t", e->mem, &e->err));
    arena_free(scratch);
    engine_free(e);
}

/* At most one child each. A few have one already; some of these lost it, and every seventh parent
 * is gone: as many more as can be must give every other parent exactly one. */
static void test_few_had_before(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t");
    const uint64_t n = 20000, few = 300;
    PerIndex *had = make(e, engine_bind(e, t, "a", node_range(e, 0, 1)), 0, n, few);
    check_index(e, had, (Expect){0, 1, 0, n, few});
    RowSet *parents = rowset_new(e->mem), *children = rowset_new(e->mem);
    for (uint64_t p = 0; p < n; p += 7)
        rowset_add(parents, p, 1, e->mem);
    for (uint64_t c = 0; c < few; c += 3)
        rowset_add(children, c, 1, e->mem);
    const RowSet *gone[] = {parents, children};
    Arena *scratch = arena_new();
    ChildrenCursor *cursor = children_cursor(had, e->mem);
    uint64_t total = n - rowset_rows(parents), child;
    for (uint64_t p = 0; p < n; p++)
        if (!rowset_has(parents, p) && children_of(cursor, p, &child, scratch))
            total -= !rowset_has(children, child);
    ChildrenOf of = {.n = n,
                     .gone = rowhistory_new(gone, 1, e->mem),
                     .upto = 1,
                     .again = true,
                     .capped = true,
                     .before = had,
                     .gone_children = rowhistory_new(gone + 1, 1, e->mem),
                     .gone_upto = 1};
    PerIndex *more = children_index(engine_bind(e, t, "b", node_range(e, 0, 1)), of, total, "t",
                                    "t", e->mem, &e->err);
    assert_non_null(more);
    ChildrenCursor *added = children_cursor(more, e->mem);
    for (uint64_t p = 0; p < n; p++) {
        uint64_t one = children_of(cursor, p, &child, scratch);
        one -= one && rowset_has(children, child);
        one += children_of(added, p, &child, scratch);
        if (!rowset_has(parents, p))
            assert_int_equal(one, 1);
    }
    assert_null(children_index(engine_bind(e, t, "b", node_range(e, 0, 1)), of, total + 1, "t", "t",
                               e->mem, &e->err));
    arena_free(scratch);
    engine_free(e);
}

/* Nobody has any, but for one in a thousand or so. */
static void fill_rare(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++) {
        uint64_t word = gen_draw(c, c->bound->key, k, 0).a;
        out->i[k] = word % 1000 ? 0 : (int64_t)(word >> 32) % 9;
    }
}

static void assert_same_index(Engine *e, const PerIndex *one, const PerIndex *other, uint64_t end)
{
    ChildrenCursor *a = children_cursor(one, e->mem), *b = children_cursor(other, e->mem);
    uint64_t first[2];
    assert_int_equal(children_most(one), children_most(other));
    assert_int_equal(children_least(one), children_least(other));
    for (uint64_t p = 0; p < end + 100; p++) {
        first[0] = first[1] = 0;
        uint64_t n = children_of(a, p, &first[0], e->mem);
        assert_int_equal(n, children_of(b, p, &first[1], e->mem));
        assert_true(n == 0 || first[0] == first[1]);
        assert_int_equal(children_between(a, p, p + 500, &first[0], e->mem),
                         children_between(b, p, p + 500, &first[1], e->mem));
        assert_int_equal(first[0], first[1]);
    }
}

/* What is made of a list answers like what was counted. */
static void test_lists(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t");
    const uint64_t first = 50, n = 9000;
    Bound rare = {.type = {.kind = TYPE_INT}, .fill = fill_rare, .key = 8, .column = -1};
    uint64_t drawn = children_total(make(e, &rare, first, n, UINT64_MAX));
    assert_in_range(drawn, 20, 130);
    const struct {
        const Bound *count;
        uint64_t total;
    } few[] = {{engine_bind(e, t, "a", node_range(e, 0, 1)), 1},
               {engine_bind(e, t, "b", node_range(e, 0, 90)), 140},
               {&rare, drawn},
               {&rare, drawn - 1},
               {&rare, drawn + 9}};
    for (int i = 0; i < 5; i++) {
        PerIndex *counted = make(e, few[i].count, first, n, few[i].total);
        ChildrenOf of = {.first = first, .n = n};
        assert_true(children_list(counted, &of.list, e->mem));
        assert_true(children_list_fits(&of.list, first, n, few[i].total));
        PerIndex *listed =
            children_index(few[i].count, of, few[i].total, "t", "t", e->mem, &e->err);
        check_index(e, listed, (Expect){0, 90, first, n, few[i].total});
        assert_same_index(e, listed, counted, first + n);
    }
    ChildrenList list;
    const Bound *count = few[0].count;
    const uint64_t many = CHILDREN_LISTED_MAX + 1;
    assert_false(children_list(make(e, count, 0, n, n / 64 + 1), &list, e->mem));
    assert_false(children_list(make(e, count, 0, many * 64, many), &list, e->mem));
    engine_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_totals_are_exact),
        cmocka_unit_test(test_total_is_what_was_drawn),
        cmocka_unit_test(test_unbounded_counts),
        cmocka_unit_test(test_unreachable_totals),
        cmocka_unit_test(test_correction_is_even),
        cmocka_unit_test(test_random_access),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_kept_draws),
        cmocka_unit_test(test_draws_of_many),
        cmocka_unit_test(test_few_had_before),
        cmocka_unit_test(test_many_had_before),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

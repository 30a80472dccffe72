/* Trees: levels, roots and children per row by their formula, over whole populations; parents are
 * drawn evenly among the level above; composite keys and tenants' trees too; growth keeps them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "plankit.h"
#include "stats.h"

typedef struct Tree {
    uint32_t n, roots, depth;
    uint64_t *parent; /* ROW_NONE: a root */
    uint32_t *level, *children;
} Tree;

static Tree tree_of(const Plan *p, const char *name, uint32_t n)
{
    Tree tree = {.n = n};
    tree.parent = arena_array(mem, uint64_t, n);
    tree.level = arena_array(mem, uint32_t, n);
    tree.children = arena_array(mem, uint32_t, n);
    int t = plan_table(p, name), f = 0;
    while (p->tables[t].fks[f].mode != FK_SELF)
        f++;
    Eval *eval = eval_new(p);
    for (uint32_t row = 0; row < n; row += 1000) {
        uint64_t rows[1000];
        uint32_t k = n - row < 1000 ? n - row : 1000;
        for (uint32_t i = 0; i < k; i++)
            rows[i] = row + i;
        memcpy(tree.parent + row, eval_parents(eval, t, f, rows, k), sizeof *rows * k);
    }
    eval_free(eval);
    for (uint32_t row = 0; row < n; row++) {
        uint64_t up = tree.parent[row];
        bool root = up == ROW_NONE || up == row;
        assert_true(root || up < row);
        tree.level[row] = root ? 1 : tree.level[up] + 1;
        tree.roots += root;
        tree.children[root ? row : up] += !root;
        tree.depth = tree.level[row] > tree.depth ? tree.level[row] : tree.depth;
    }
    return tree;
}

static const Plan *trees(const char *rows, const char *shape)
{
    return plan(arena_printf(
        mem, "r:table('x', { rows = %s }, function(t) t.id = serial() t.up = ref(t%s end)", rows,
        shape));
}

/* Any earlier row: row k's parent is even over 0 .. k-1, so levels are those of a random recursive
 * tree: mean depth about ln n, and one row in (k + 1) of those before has no child ... half of all.
 */
static void any_earlier_row(void **state)
{
    (void)state;
    Tree t = tree_of(trees("20000", "):null()"), "x", 20000);
    assert_int_equal(t.roots, 1);
    uint64_t seen[20] = {0}, leaves = 0;
    double sum = 0;
    for (uint32_t row = 1; row < t.n; row++) {
        if (row >= 100) /* an early row has few parents to be even over */
            seen[t.parent[row] * 20 / row]++;
        sum += t.level[row];
    }
    for (uint32_t row = 0; row < t.n; row++)
        leaves += t.children[row] == 0;
    assert_true(stats_chi_square_uniform(seen, 20) > 1e-3);
    /* Mean level of a recursive tree: 1 + H(n) - 1, deviation about sqrt(ln n / n) and a constant.
     */
    assert_true(fabs(sum / t.n - (log(t.n) + 0.577)) < 1.5);
    assert_true(fabs((double)leaves / t.n - 0.5) < 0.02);
}

/* One row in five is a root; the rest are below any earlier row. */
static void a_share_of_roots(void **state)
{
    (void)state;
    Tree t = tree_of(trees("20000", "):null(0.2)"), "x", 20000);
    uint64_t seen[] = {t.roots, t.n - t.roots};
    assert_true(stats_chi_square(seen, (const double[]){0.2, 0.8}, 2) > 1e-3);
}

/* roots, roots * fanout, ... in each block; the children of a level are even over it. */
static void roots_depth_and_fanout(void **state)
{
    (void)state;
    Tree t = tree_of(trees("19530", ", { depth = 6, fanout = 5, roots = 5 }):null()"), "x", 19530);
    assert_int_equal(t.roots, 5);
    assert_int_equal(t.depth, 6);
    uint32_t of_level[7] = {0}, size = 5, first = 0;
    for (uint32_t row = 0; row < t.n; row++)
        of_level[t.level[row]]++;
    for (uint32_t level = 1; level <= 6; level++, size *= 5)
        assert_int_equal(of_level[level], size);
    /* Children of one row are those of `size` draws among as many fifths: Poisson's, nearly. */
    for (uint32_t level = 1, n = 5; level < 6; level++, first += n, n *= 5) {
        uint64_t counts[4000];
        for (uint32_t k = 0; k < n; k++)
            counts[k] = t.children[first + k];
        assert_true(stats_chi_square_uniform(counts, (int)n) > 1e-3);
    }
}

/* Trees without end: eight children on average, levels eight times as wide. */
static void fanout_alone(void **state)
{
    (void)state;
    Tree t = tree_of(trees("4681", ", { fanout = 8 }):null()"), "x", 4681); /* 1 + 8 + ... + 4096 */
    assert_int_equal(t.roots, 1);
    assert_int_equal(t.depth, 5);
    double inner = 0, with = 0;
    for (uint32_t row = 0; row < t.n; row++)
        if (t.level[row] < 5) {
            inner++;
            with += t.children[row];
        }
    assert_true(inner == 585 && with == 4680);
}

/* Block after block: each its own root, none deeper than asked, and no row below another block. */
static void forests_go_on(void **state)
{
    (void)state;
    Tree t = tree_of(trees("11100", ", { depth = 3, fanout = 10 }):null()"), "x", 11100);
    assert_int_equal(t.roots, 100);
    assert_int_equal(t.depth, 3);
    for (uint32_t row = 0; row < t.n; row++)
        assert_true(t.parent[row] == ROW_NONE ? row % 111 == 0 : t.parent[row] / 111 == row / 111);
}

/* By a distribution over earlier rows: exponential among the first ones. */
static void a_distribution_over_earlier_rows(void **state)
{
    (void)state;
    Tree t = tree_of(trees("20000", ", { dist = geometric { p = 0.25 } }):null()"), "x", 20000);
    uint64_t seen[16] = {0};
    double shares[16], left = 1;
    for (int k = 0; k < 15; k++, left *= 0.75)
        shares[k] = left * 0.25;
    shares[15] = left;
    for (uint32_t row = 200; row < t.n; row++)
        seen[t.parent[row] < 15 ? t.parent[row] : 15]++;
    assert_true(stats_chi_square(seen, shares, 16) > 1e-3);
}

/* Composite self-references: the key's columns are those of one earlier row. */
static void composite_keys(void **state)
{
    (void)state;
    const Plan *p = plan(
        "r:table('x', { rows = 3000 }, function(t) t.a = int(1, 9) t.b = int(1, 9000) t.c = ref(t, 'a', { depth = 4, fanout = 6 }):null() t.d = ref(t, 'b'):null()\n"
        "  t:primary_key(t.a, t.b) t:foreign({ t.c, t.d }, t, { 'a', 'b' }) end)");
    Tree t = tree_of(p, "x", 3000);
    assert_int_equal(t.depth, 4);
    Eval *eval = eval_new(p);
    int64_t *cells[4];
    const char *const names[] = {"a", "b", "c", "d"};
    for (int c = 0; c < 4; c++) {
        cells[c] = arena_array(mem, int64_t, 3000);
        memcpy(cells[c], column(eval, p, "x", names[c], 3000)->i, 3000 * sizeof(int64_t));
    }
    for (uint32_t row = 0; row < 3000; row++)
        if (t.parent[row] != ROW_NONE) {
            assert_true(cells[2][row] == cells[0][t.parent[row]]);
            assert_true(cells[3][row] == cells[1][t.parent[row]]);
        }
    eval_free(eval);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(any_earlier_row), T(a_share_of_roots), T(roots_depth_and_fanout),
        T(fanout_alone),    T(forests_go_on),    T(a_distribution_over_earlier_rows),
        T(composite_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

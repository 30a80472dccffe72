/* The evaluator: a cell is the same however it is asked for; parents to any depth; unique keys;
 * growth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gen/distribution.h"

#include "enginekit.h"
#include "gen/eval_int.h"

#define C(name) node_col(e, name)

enum { REGIONS, USERS, LOANS, PAYMENTS };

/* Four levels: payments in their loans' order, loans drawn among users or without one, users drawn
 * among regions. Two segments each. */
static Engine *world(void)
{
    Engine *e = engine_new();
    engine_table(e, "regions");
    engine_serial(e, REGIONS, "id");
    engine_column(e, REGIONS, "code", node_cells(e, "text", "north south null west"));

    engine_table(e, "users");
    engine_serial(e, USERS, "id");
    engine_ref(e, USERS, "region_id", REGIONS, FK_PICK);
    engine_column(e, USERS, "age", node_range(e, 18, 90));
    engine_ref(e, USERS, "boss_id", USERS, FK_SELF);

    engine_table(e, "loans");
    engine_serial(e, LOANS, "id");
    int user = engine_ref(e, LOANS, "user_id", USERS, FK_PICK);
    e->table_plans[LOANS].fks[user].null_share = 0.2;
    int amount = engine_column(e, LOANS, "amount",
                               OP(e, OP_DIV, node_range(e, 100000, 900000), node_int(e, 7)));
    e->table_plans[LOANS].cols[amount].null_share = 0.1;
    engine_column(e, LOANS, "user_age", node_parent(e, C("user_id"), "age"));

    engine_table(e, "payments");
    engine_serial(e, PAYMENTS, "id");
    int loan = engine_ref(e, PAYMENTS, "loan_id", LOANS, FK_PER);
    e->table_plans[PAYMENTS].fks[loan].count = engine_bind(e, PAYMENTS, "per", node_range(e, 0, 6));
    engine_column(e, PAYMENTS, "share",
                  OP(e, OP_ADD, node_parent(e, C("loan_id"), "amount"), node_range(e, 0, 9)));
    engine_column(e, PAYMENTS, "region",
                  node_parent(e,
                              node_parent(e, node_parent(e, C("loan_id"), "user_id"), "region_id"),
                              "code"));
    engine_column(
        e, PAYMENTS, "boss_age",
        node_parent(e, node_parent(e, node_parent(e, C("loan_id"), "user_id"), "boss_id"), "age"));
    engine_column(e, PAYMENTS, "label",
                  OP(e, OP_CONCAT, C("region"), node_text(e, "/"), C("share")));

    for (int segment = 0; segment < 2; segment++) {
        engine_rows(e, REGIONS, 9);
        engine_rows(e, USERS, 300);
        engine_rows(e, LOANS, 1500);
        engine_rows(e, PAYMENTS, segment ? 4000 : UINT64_MAX);
    }
    return e;
}

/* All cells of a table as text, [row * ncols + col], in batches of a size. */
static const char **all_cells(Engine *e, int table, uint32_t batch)
{
    const TablePlan *tp = &e->table_plans[table];
    const char **cells = arena_array(e->mem, const char *, tp->rows *(uint64_t)tp->nload);
    Eval *eval = eval_new(&e->plan);
    for (uint64_t row = 0; row < tp->rows; row += batch) {
        uint32_t n = tp->rows - row < batch ? (uint32_t)(tp->rows - row) : batch;
        Batch b = eval_batch(eval, table, row, n);
        assert_int_equal(b.n, n);
        assert_int_equal(b.first_row, row);
        for (uint32_t k = 0; k < n; k++)
            for (int c = 0; c < b.ncols; c++)
                cells[(row + k) * (uint64_t)tp->nload + (uint64_t)c] = cell_shown(e, b.cols[c], k);
    }
    assert_int_equal(eval_overflows(eval), 0);
    eval_free(eval);
    return cells;
}

static void test_any_batch_and_order(void **state)
{
    (void)state;
    Engine *e = world();
    for (int t = 0; t < e->plan.ntables; t++) {
        const TablePlan *tp = &e->table_plans[t];
        uint64_t ncols = (uint64_t)tp->nload;
        const char **whole = all_cells(e, t, BATCH_ROWS), **parts = all_cells(e, t, 37);
        for (uint64_t i = 0; i < tp->rows * ncols; i++)
            assert_string_equal(whole[i], parts[i]);
        Eval *eval = eval_new(&e->plan);
        for (uint64_t round = 0; round < 30; round++) {
            uint64_t rows[100];
            for (uint64_t k = 0; k < 100; k++)
                rows[k] = rng_permute(round, tp->rows, (round * 100 + k) % tp->rows);
            int c = (int)(round % ncols);
            const Vec *v = eval_column(eval, t, c, rows, 100);
            for (uint32_t k = 0; k < 100; k++)
                assert_string_equal(cell_shown(e, v, k), whole[rows[k] * ncols + (uint64_t)c]);
        }
        eval_free(eval);
    }
    engine_free(e);
}

/* Every derived cell against the parents' own cells, looked up by key. */
static void test_parents_agree(void **state)
{
    (void)state;
    Engine *e = world();
    const char **regions = all_cells(e, REGIONS, 100), **users = all_cells(e, USERS, 100),
               **loans = all_cells(e, LOANS, 100), **payments = all_cells(e, PAYMENTS, 100);
    Eval *eval = eval_new(&e->plan);
    uint64_t depth3 = 0, without = 0;
    for (uint64_t p = 0; p < e->table_plans[PAYMENTS].rows; p++) {
        uint64_t loan = eval_parents(eval, PAYMENTS, 0, &p, 1)[0],
                 user = eval_parents(eval, LOANS, 0, &loan, 1)[0];
        const char **payment = payments + p * 6, **l = loans + loan * 4;
        assert_string_equal(payment[1], l[0]);
        if (user == ROW_NONE) {
            assert_string_equal(l[1], "NULL");
            assert_string_equal(l[3], "NULL");
            assert_string_equal(payment[3], "NULL");
            assert_string_equal(payment[4], "NULL");
            without++;
            continue;
        }
        uint64_t region = eval_parents(eval, USERS, 0, &user, 1)[0],
                 boss = eval_parents(eval, USERS, 1, &user, 1)[0];
        assert_true(boss < user || (user == 0 && boss == 0));
        assert_string_equal(l[1], users[user * 4]);
        assert_string_equal(l[3], users[user * 4 + 2]);
        assert_string_equal(users[user * 4 + 1], regions[region * 2]);
        assert_string_equal(users[user * 4 + 3], users[boss * 4]);
        assert_string_equal(payment[3], regions[region * 2 + 1]);
        assert_string_equal(payment[4], users[boss * 4 + 2]);
        bool null_amount = strcmp(l[2], "NULL") == 0;
        assert_true(null_amount == (strcmp(payment[2], "NULL") == 0));
        if (!null_amount) {
            double more = strtod(payment[2], NULL) - strtod(l[2], NULL);
            assert_true(more >= 0 && more < 9.01);
        }
        depth3++;
    }
    assert_true(depth3 > 4000 && without > 500);
    eval_free(eval);
    engine_free(e);
}

static void test_null_shares(void **state)
{
    (void)state;
    Engine *e = world();
    const char **loans = all_cells(e, LOANS, 1000);
    int no_user = 0, no_amount = 0, both = 0, n = (int)e->table_plans[LOANS].rows;
    for (int i = 0; i < n; i++) {
        bool user = strcmp(loans[i * 4 + 1], "NULL") == 0,
             amount = strcmp(loans[i * 4 + 2], "NULL") == 0;
        no_user += user;
        no_amount += amount;
        both += user && amount;
    }
    assert_in_range(no_user, 490, 710);   /* 600 of 3,000, five standard deviations */
    assert_in_range(no_amount, 215, 385); /* 300 */
    assert_in_range(both, 22, 98);        /* 60: independent */
    engine_free(e);
}

/* New segments: keys and parents of old rows stay; new rows draw from all parents. */
static void test_growth(void **state)
{
    (void)state;
    Engine *e = world();
    const char **before = all_cells(e, LOANS, 1000);
    uint64_t n = e->table_plans[LOANS].rows, users = e->table_plans[USERS].rows;
    engine_rows(e, USERS, 5000);
    engine_rows(e, LOANS, 2000);
    const char **after = all_cells(e, LOANS, 1000);
    for (uint64_t i = 0; i < n * 4; i++)
        assert_string_equal(before[i], after[i]);
    Eval *eval = eval_new(&e->plan);
    uint64_t fresh = 0;
    for (uint64_t row = 0; row < n + 2000; row++) {
        uint64_t user = eval_parents(eval, LOANS, 0, &row, 1)[0];
        bool is_new = user != ROW_NONE && user >= users;
        assert_true(row >= n || !is_new);
        fresh += is_new;
    }
    assert_true(fresh > 1300);
    assert_string_equal(after[(n - 1) * 4], "3100"); /* serial: base 1 + rows + 100 a segment */
    assert_string_equal(after[n * 4], "3201");
    eval_free(eval);
    engine_free(e);
}

static void test_row_none(void **state)
{
    (void)state;
    Engine *e = world();
    Eval *eval = eval_new(&e->plan);
    const uint64_t rows[] = {ROW_NONE, 5, ROW_NONE, 7}, none[] = {ROW_NONE};
    for (int t = 0; t < e->plan.ntables; t++)
        for (int c = 0; c < e->tables[t].ncols; c++) {
            const Vec *v = eval_column(eval, t, c, rows, 4);
            assert_int_equal(v->n, 4);
            assert_true(vec_is_null(v, 0) && vec_is_null(v, 2));
            v = eval_column(eval, t, c, none, 1);
            assert_true(vec_is_null(v, 0));
        }
    const uint64_t *p = eval_parents(eval, PAYMENTS, 0, rows, 4);
    assert_true(p[0] == ROW_NONE && p[1] != ROW_NONE);
    eval_free(eval);
    engine_free(e);
}

/* ---- unique keys */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The rows' values of some columns are all different. */
static void assert_distinct(Engine *e, int table, int ncols, const int *cols)
{
    const TablePlan *tp = &e->table_plans[table];
    const char **cells = all_cells(e, table, 100),
               **keys = arena_array(e->mem, const char *, tp->rows);
    for (uint64_t row = 0; row < tp->rows; row++) {
        keys[row] = "";
        for (int i = 0; i < ncols; i++)
            keys[row] = arena_printf(e->mem, "%s,%s", keys[row],
                                     cells[row * (uint64_t)tp->nload + (uint64_t)cols[i]]);
    }
    qsort(keys, tp->rows, sizeof *keys, compare_texts);
    for (uint64_t row = 1; row < tp->rows; row++)
        if (strcmp(keys[row - 1], keys[row]) == 0)
            fail_msg("twice: %s", keys[row]);
}

static void test_composite_key_uses_every_value(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t"), cols[] = {1, 2, 3};
    engine_serial(e, t, "id");
    engine_column(e, t, "a", node_range(e, 1, 7));
    engine_column(e, t, "b", node_range(e, -5, 5));
    engine_column(e, t, "c", node_range(e, 0, 12));
    engine_group(e, t, cols, 3, NULL, 0, -1);
    engine_rows(e, t, 7 * 11 * 13);
    assert_distinct(e, t, 3, cols);
    engine_free(e);
}

/* A junction table: pairs of two references, each once, until all are used. */
static void test_junction_pairs(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int a = engine_table(e, "a"), b = engine_table(e, "b"), t = engine_table(e, "t"),
        cols[] = {0, 1};
    engine_serial(e, a, "id");
    engine_serial(e, b, "id");
    int fks[] = {engine_ref(e, t, "a_id", a, FK_PICK), engine_ref(e, t, "b_id", b, FK_PICK)};
    engine_group(e, t, NULL, 0, fks, 2, -1);
    engine_rows(e, a, 40);
    engine_rows(e, b, 55);
    engine_rows(e, t, 40 * 55);
    assert_distinct(e, t, 2, cols);
    engine_free(e);
}

/* (order, product) below per = order: distinct in each order, different from order to order. */
static void test_key_within_parent(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int orders = engine_table(e, "orders"), products = engine_table(e, "products"),
        items = engine_table(e, "items"), cols[] = {0, 1};
    engine_serial(e, orders, "id");
    engine_serial(e, products, "id");
    int order = engine_ref(e, items, "order_id", orders, FK_PER),
        product = engine_ref(e, items, "product_id", products, FK_PICK);
    e->table_plans[items].fks[order].count = engine_bind(e, items, "per", node_range(e, 0, 12));
    engine_group(e, items, NULL, 0, &product, 1, order);
    engine_rows(e, orders, 500);
    engine_rows(e, products, 12);
    engine_rows(e, items, UINT64_MAX);
    assert_distinct(e, items, 2, cols);
    Eval *eval = eval_new(&e->plan);
    uint64_t seen[12] = {0}, rows = e->table_plans[items].rows;
    for (uint64_t row = 0; row < rows; row++) {
        uint64_t before = row ? row - 1 : 0, mine = eval_parents(eval, items, order, &row, 1)[0];
        if (row == 0 || eval_parents(eval, items, order, &before, 1)[0] != mine)
            seen[eval_parents(eval, items, product, &row, 1)[0]]++;
    }
    for (int i = 0; i < 12; i++) /* first items of about 460 orders */
        assert_in_range(seen[i], 12, 75);
    eval_free(eval);
    engine_free(e);
}

/* Every tenth row of a column, from row 3 on, is made anew. */
static void regenerate(Engine *e, int table, int column)
{
    RowSet *rows = rowset_new(e->mem);
    for (uint64_t row = 3; row < 1000; row += 10)
        rowset_add(rows, row, 1, e->mem);
    int *cols = arena_array(e->mem, int, 1);
    Regenerated *r = arena_new_of(e->mem, Regenerated);
    cols[0] = column;
    *r = (Regenerated){.cells = {.cols = cols, .ncols = 1, .rows = rows}, .base = 1};
    e->table_plans[table].regenerated = r;
    e->table_plans[table].nregenerated = 1;
}

/* A cell with another generation changes, alone; in a unique key it takes a value that no row has.
 */
static void test_generations(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t"), cols[] = {1};
    engine_serial(e, t, "id");
    engine_column(e, t, "code", node_range(e, 0, 1999));
    engine_column(e, t, "age", node_range(e, 0, INT64_C(1) << 40));
    engine_column(e, t, "twice", OP(e, OP_MUL, C("age"), node_int(e, 2)));
    engine_group(e, t, cols, 1, NULL, 0, -1);
    engine_rows(e, t, 1000);
    const char **plain = all_cells(e, t, 1000);
    for (int column = 1; column <= 2; column++) {
        regenerate(e, t, column);
        Eval *eval = eval_new(&e->plan);
        Batch b = eval_batch(eval, t, 0, 1000);
        uint8_t taken[2000] = {0};
        for (uint32_t k = 0; k < 1000; k++) {
            for (int c = 0; c < 4; c++) {
                bool changed = strcmp(cell_shown(e, b.cols[c], k), plain[k * 4 + (uint32_t)c]) != 0;
                bool should = k % 10 == 3 && (c == column || (column == 2 && c == 3));
                assert_true(changed == should);
            }
            assert_int_equal(taken[b.cols[1]->i[k]]++, 0);
            assert_true(b.cols[3]->i[k] == 2 * b.cols[2]->i[k]);
        }
        eval_free(eval);
    }
    engine_free(e);
}

/* A cell's NULL is drawn anew with its generation, and so is a reference. */
static void test_generations_of_nulls_and_references(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int p = engine_table(e, "p"), t = engine_table(e, "t");
    engine_serial(e, p, "id");
    engine_rows(e, p, 1000000);
    engine_serial(e, t, "id");
    int c = engine_column(e, t, "age", node_range(e, 0, 9));
    e->table_plans[t].cols[c].null_share = 0.5;
    engine_ref(e, t, "p_id", p, FK_PICK);
    engine_rows(e, t, 1000);
    for (int column = 1; column <= 2; column++) {
        int changed = 0;
        Eval *plain = eval_new(&e->plan), *eval = eval_new(&e->plan);
        e->table_plans[t].nregenerated = 0;
        Batch a = eval_batch(plain, t, 0, 1000);
        regenerate(e, t, column);
        Batch b = eval_batch(eval, t, 0, 1000);
        for (uint32_t k = 0; k < 1000; k++) {
            const Vec *x = a.cols[column], *y = b.cols[column];
            bool differs =
                column == 1 ? vec_is_null(x, k) != vec_is_null(y, k) : x->i[k] != y->i[k];
            assert_true(!differs || k % 10 == 3);
            changed += differs;
        }
        assert_in_range(changed, column == 1 ? 25 : 98, column == 1 ? 75 : 100); /* of 100 */
        eval_free(plain);
        eval_free(eval);
    }
    engine_free(e);
}

/* ---- other references */

static void test_pool(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t"), skewed = engine_table(e, "skewed");
    Vec *ids = vec_new(e->mem, TYPE_TEXT, 0, 3);
    ids->s[0] = (Str){"x", 1};
    ids->s[1] = (Str){"yy", 2};
    ids->s[2] = (Str){"zzz", 3};
    const Vec **cols = arena_array(e->mem, const Vec *, 1);
    cols[0] = ids;
    const KeyPool pool = {.count = 3, .ncols = 1, .cols = cols};
    const Dist often_the_first = {
        .kind = DIST_GEOMETRIC, .name = "geometric", .has_a = true, .a = 0.6};
    int tables[] = {t, skewed};
    for (int i = 0; i < 2; i++) {
        int f = engine_ref(e, tables[i], "outside_id", -1, FK_POOL);
        e->table_plans[tables[i]].fks[f].pool = &pool;
        if (i == 1)
            e->table_plans[skewed].fks[f].dist = &often_the_first;
        engine_rows(e, tables[i], 600);
    }
    const char **cells = all_cells(e, t, 50);
    int seen[4] = {0};
    for (int k = 0; k < 600; k++)
        seen[strlen(cells[k])]++;
    for (int i = 1; i <= 3; i++)
        assert_in_range(seen[i], 140, 260);
    cells = all_cells(e, skewed, 50);
    memset(seen, 0, sizeof seen);
    for (int k = 0; k < 600; k++)
        seen[strlen(cells[k])]++;
    assert_in_range(seen[1], 340, 430); /* 64 in 100, 26, 10 */
    assert_in_range(seen[2], 120, 190);
    assert_in_range(seen[3], 35, 90);
    check_expr(e, node_parent(e, C("outside_id"), "id"), "text",
               "x"); /* of an outside parent the key alone is known */
    engine_free(e);
}

static void test_self(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int t = engine_table(e, "t");
    engine_serial(e, t, "id");
    engine_ref(e, t, "up", t, FK_SELF);
    engine_rows(e, t, 100);
    assert_string_equal(all_cells(e, t, 7)[1], "1");
    e->tables[t].cols[1].nullable = true;
    const char **cells = all_cells(e, t, 7);
    assert_string_equal(cells[1], "NULL");
    for (int k = 1; k < 100; k++)
        assert_in_range(strtol(cells[2 * k + 1], NULL, 10), 1, k);
    assert_true(engine_bind(e, t, "x", node_parent(e, C("up"), "id"))->nullable);
    engine_free(e);
}

/* A table without rows has a sample row all the same: verification asks for the types that way. */
static void test_table_without_rows(void **state)
{
    (void)state;
    Engine *e = engine_new();
    int parent = engine_table(e, "p"), t = engine_table(e, "t");
    engine_serial(e, parent, "id");
    engine_serial(e, t, "id");
    engine_ref(e, t, "p_id", parent, FK_PICK);
    int cols[] = {engine_column(e, t, "code", node_range(e, 0, 9))};
    engine_group(e, t, cols, 1, NULL, 0, -1);
    Eval *eval = eval_new(&e->plan);
    Batch b = eval_batch(eval, t, 0, 1);
    assert_int_equal(b.ncols, 3);
    assert_true(vec_is_null(b.cols[1], 0));
    assert_int_equal(b.cols[2]->kind, TYPE_INT);
    eval_free(eval);
    engine_free(e);
}

static void test_memory_is_steady(void **state)
{
    (void)state;
    Engine *e = world();
    Eval *eval = eval_new(&e->plan);
    size_t held = 0;
    for (int round = 0; round < 40; round++) {
        for (uint64_t row = 0; row + BATCH_ROWS <= e->table_plans[PAYMENTS].rows; row += BATCH_ROWS)
            eval_batch(eval, PAYMENTS, row, BATCH_ROWS);
        size_t now = arena_held(eval->scratch) + arena_held(eval->mem);
        assert_true(round == 0 || now == held);
        held = now;
    }
    assert_true(held < 2 << 20);
    eval_free(eval);
    engine_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_batch_and_order),
        cmocka_unit_test(test_parents_agree),
        cmocka_unit_test(test_null_shares),
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_row_none),
        cmocka_unit_test(test_composite_key_uses_every_value),
        cmocka_unit_test(test_junction_pairs),
        cmocka_unit_test(test_key_within_parent),
        cmocka_unit_test(test_generations),
        cmocka_unit_test(test_generations_of_nulls_and_references),
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_self),
        cmocka_unit_test(test_table_without_rows),
        cmocka_unit_test(test_memory_is_steady),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

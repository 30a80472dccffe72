/* Values over children against sums made by hand: every kind, with conditions, NULLs, several
 * segments, parents with thousands of children, children of children, and a child's own place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "enginekit.h"

#define C(name) node_col(e, name)

enum { BUYERS, ORDERS, ITEMS };

static const Node *roll(Engine *e, RollKind kind, const char *table, const Node *value,
                        const Node *cond, int64_t nth)
{
    Node *node = arena_new_of(e->mem, Node);
    const Node **args = arena_array(e->mem, const Node *, 2);
    node->kind = NODE_ROLL;
    node->where = "t.lua:1";
    node->roll = kind;
    node->name = table;
    node->value = (Value){.kind = nth ? VAL_INT : VAL_NONE, .i = nth};
    if (value)
        args[node->nargs++] = value;
    if (cond)
        args[node->nargs++] = cond;
    node->args = args;
    return node;
}

typedef struct Kind {
    const char *name;
    RollKind kind;
    const char *value;
    bool cond;
    int64_t nth;
} Kind;

static const Kind kinds[] = {
    {"sum_n", ROLL_SUM, "n", false, 0},      {"sum_n_if", ROLL_SUM, "n", true, 0},
    {"sum_d", ROLL_SUM, "d", false, 0},      {"count", ROLL_COUNT, NULL, false, 0},
    {"count_if", ROLL_COUNT, NULL, true, 0}, {"min_n", ROLL_MIN, "n", false, 0},
    {"max_n", ROLL_MAX, "n", false, 0},      {"max_n_if", ROLL_MAX, "n", true, 0},
    {"avg_n", ROLL_AVG, "n", false, 0},      {"first_s", ROLL_FIRST, "s", false, 0},
    {"last_s", ROLL_LAST, "s", false, 0},    {"nth_s", ROLL_NTH, "s", false, 3},
    {"nth_if", ROLL_NTH, "n", true, 2},      {"first_if", ROLL_FIRST, "n", true, 0},
    {"min_s", ROLL_MIN, "s", false, 0},      {"max_s", ROLL_MAX, "s", true, 0},
    {"sum_f", ROLL_SUM, "f", false, 0},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Items are counted per order, orders per buyer. A cell of the values is NULL now and then. */
static Engine *world(int64_t most, uint64_t rows)
{
    Engine *e = engine_new();
    engine_table(e, "buyers");
    engine_serial(e, BUYERS, "id");
    engine_table(e, "orders");
    engine_serial(e, ORDERS, "id");
    int f = engine_ref(e, ORDERS, "buyer_id", BUYERS, FK_PER);
    e->table_plans[ORDERS].fks[f].count = engine_bind(e, ORDERS, "per", node_range(e, 0, 4));
    engine_table(e, "items");
    engine_serial(e, ITEMS, "id");
    f = engine_ref(e, ITEMS, "order_id", ORDERS, FK_PER);
    e->table_plans[ITEMS].fks[f].count = engine_bind(e, ITEMS, "per", node_range(e, 0, most));
    engine_column(e, ITEMS, "n", node_cells(e, "bigint", "5 null 3 -7 100 2 null 8 9 1 0"));
    engine_column(e, ITEMS, "d",
                  node_cells(e, "decimal(9,2)", "0.10 19.99 null 3.05 -0.01 7.77 1.00"));
    engine_column(e, ITEMS, "s", node_cells(e, "text", "pear apple null fig Äpfel zoo '' kiwi"));
    engine_column(e, ITEMS, "f", node_cells(e, "float", "0.5 0.25 null 8 -3"));
    engine_column(e, ITEMS, "ok", node_cells(e, "bool", "true false true null true"));
    for (int i = 0; i < KINDS; i++)
        engine_column(e, ORDERS, kinds[i].name,
                      roll(e, kinds[i].kind, "items", kinds[i].value ? C(kinds[i].value) : NULL,
                           kinds[i].cond ? C("ok") : NULL, kinds[i].nth));
    engine_column(e, BUYERS, "spent", roll(e, ROLL_SUM, "orders", C("sum_d"), NULL, 0));
    engine_column(e, ITEMS, "share", OP(e, OP_MUL, C("n"), node_parent(e, C("order_id"), "count")));
    for (int segment = 0; segment < 2; segment++) {
        engine_rows(e, BUYERS, rows);
        engine_rows(e, ORDERS, UINT64_MAX);
        engine_rows(e, ITEMS, UINT64_MAX);
    }
    return e;
}

static const Vec *column(Engine *e, Eval *eval, int table, const char *name, const uint64_t *rows,
                         uint32_t n)
{
    return eval_column(eval, table, table_column(&e->tables[table], name), rows, n);
}

/* What the kind is over these items, as cell_shown writes it; numbers come scaled by 100 for d. */
static const char *by_hand(Engine *e, Eval *eval, const Kind *kind, const uint64_t *items,
                           uint32_t n)
{
    const char *best = NULL, *text = NULL;
    int64_t sum = 0, seen = 0, place = 0;
    double doubles = 0;
    for (uint32_t i = 0; i < n; i++) {
        const char *ok = cell_shown(e, column(e, eval, ITEMS, "ok", &items[i], 1), 0);
        if (kind->cond && strcmp(ok, "true") != 0)
            continue;
        place++;
        if (!kind->value)
            continue;
        const Vec *v = column(e, eval, ITEMS, kind->value, &items[i], 1);
        text = cell_shown(e, v, 0);
        bool first = kind->kind == ROLL_FIRST && place == 1;
        if (first || kind->kind == ROLL_LAST || (kind->kind == ROLL_NTH && place == kind->nth))
            best = text;
        if (vec_is_null(v, 0) || kind->kind >= ROLL_FIRST)
            continue;
        seen++;
        if (v->f)
            doubles += v->f[0];
        else if (v->i)
            sum += v->i[0];
        bool less = v->s ? best && strcmp(text, best) < 0 : best && atoll(text) < atoll(best);
        bool more = v->s ? best && strcmp(text, best) > 0 : best && atoll(text) > atoll(best);
        if (!best || (kind->kind == ROLL_MIN ? less : more))
            best = text;
    }
    if (kind->kind == ROLL_COUNT)
        return arena_printf(e->mem, "%lld", (long long)place);
    if (kind->kind == ROLL_SUM && strcmp(kind->value, "f") == 0)
        return arena_printf(e->mem, "%.17g", doubles);
    if (kind->kind == ROLL_SUM && strcmp(kind->value, "d") == 0)
        return arena_printf(e->mem, "%s%lld.%02lld", sum < 0 ? "-" : "", llabs(sum) / 100,
                            llabs(sum) % 100);
    if (kind->kind == ROLL_SUM)
        return arena_printf(e->mem, "%lld", (long long)sum);
    if (kind->kind == ROLL_AVG && seen) {
        double mean = (double)sum / (double)seen;
        return arena_printf(e->mem, "%.6f", mean);
    }
    return kind->kind == ROLL_AVG || !best ? "NULL" : best;
}

static void compare(int64_t most, uint64_t buyers, uint64_t step)
{
    Engine *e = world(most, buyers);
    Eval *eval = eval_new(&e->plan), *items_eval = eval_new(&e->plan);
    uint64_t item = 0, orders = e->table_plans[ORDERS].rows, items = e->table_plans[ITEMS].rows;
    int empty = 0;
    for (uint64_t order = 0; order < orders; order++) {
        uint64_t *own = malloc(sizeof *own * (size_t)(most * 2 + 1));
        uint32_t n = 0;
        for (; item < items && eval_parents(items_eval, ITEMS, 0, &item, 1)[0] == order; item++)
            own[n++] = item;
        empty += n == 0;
        for (int i = 0; i < KINDS && order % step == 0; i++) {
            const char *is = cell_shown(e, column(e, eval, ORDERS, kinds[i].name, &order, 1), 0);
            const char *should = by_hand(e, items_eval, &kinds[i], own, n);
            if (strcmp(is, should) != 0)
                fail_msg("order %llu, %s over %u items is %s, should be %s",
                         (unsigned long long)order, kinds[i].name, n, is, should);
        }
        free(own);
    }
    assert_int_equal(item, items);
    assert_true(empty > 0 || orders < 50);
    assert_int_equal(eval_overflows(eval), 0);
    eval_free(eval);
    eval_free(items_eval);
    engine_free(e);
}

static void test_kinds(void **state)
{
    (void)state;
    compare(9, 60, 1);
}

/* More children than a block holds, under one parent and across several. */
static void test_many_children(void **state)
{
    (void)state;
    compare(5000, 4, 3);
}

/* Whatever rows are asked for together, in any order. */
static void test_any_batch(void **state)
{
    (void)state;
    Engine *e = world(9, 200);
    Eval *eval = eval_new(&e->plan);
    const TablePlan *tp = &e->table_plans[ORDERS];
    uint64_t n = tp->rows < BATCH_ROWS ? tp->rows : BATCH_ROWS;
    const char **whole = arena_array(e->mem, const char *, n *(uint64_t)tp->nload);
    Batch b = eval_batch(eval, ORDERS, 0, (uint32_t)n);
    for (uint64_t k = 0; k < n; k++)
        for (int c = 0; c < b.ncols; c++)
            whole[k * (uint64_t)tp->nload + (uint64_t)c] = cell_shown(e, b.cols[c], (uint32_t)k);
    for (uint64_t round = 0; round < 40; round++) {
        uint64_t rows[50];
        for (uint64_t k = 0; k < 50; k++)
            rows[k] = rng_permute(round, n, (round * 50 + k) % n);
        int c = (int)(round % (uint64_t)tp->nload);
        const Vec *v = eval_column(eval, ORDERS, c, rows, 50);
        for (uint32_t k = 0; k < 50; k++)
            assert_string_equal(cell_shown(e, v, k),
                                whole[rows[k] * (uint64_t)tp->nload + (uint64_t)c]);
    }
    eval_free(eval);
    engine_free(e);
}

/* A sum of sums, and a child that reads what its parent knows of all children. */
static void test_levels(void **state)
{
    (void)state;
    Engine *e = world(9, 40);
    Eval *eval = eval_new(&e->plan);
    int64_t sums[100] = {0};
    for (uint64_t order = 0; order < e->table_plans[ORDERS].rows; order++) {
        uint64_t buyer = eval_parents(eval, ORDERS, 0, &order, 1)[0];
        sums[buyer] += column(e, eval, ORDERS, "sum_d", &order, 1)->i[0];
    }
    for (uint64_t buyer = 0; buyer < e->table_plans[BUYERS].rows; buyer++)
        assert_int_equal(column(e, eval, BUYERS, "spent", &buyer, 1)->i[0], sums[buyer]);
    for (uint64_t item = 0; item < e->table_plans[ITEMS].rows; item++) {
        uint64_t order = eval_parents(eval, ITEMS, 0, &item, 1)[0];
        int64_t count = column(e, eval, ORDERS, "count", &order, 1)->i[0];
        const Vec *n = column(e, eval, ITEMS, "n", &item, 1);
        bool null = vec_is_null(n, 0);
        int64_t own = n->i[0];
        const Vec *share = column(e, eval, ITEMS, "share", &item, 1);
        assert_int_equal(vec_is_null(share, 0), null);
        assert_true(null || share->i[0] == own * count);
    }
    eval_free(eval);
    engine_free(e);
}

static void test_types(void **state)
{
    (void)state;
    Engine *e = world(9, 5);
    const struct {
        const Node *node;
        const char *type;
    } cases[] = {
        {roll(e, ROLL_SUM, "items", C("n"), NULL, 0), "bigint"},
        {roll(e, ROLL_SUM, "items", C("d"), NULL, 0), "decimal(10,2)"},
        {roll(e, ROLL_SUM, "items", C("f"), NULL, 0), "double"},
        {roll(e, ROLL_COUNT, "items", NULL, NULL, 0), "int"},
        {roll(e, ROLL_AVG, "items", C("d"), NULL, 0), "decimal(15,8)"},
        {roll(e, ROLL_MAX, "items", C("d"), NULL, 0), "decimal(9,2)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Bound *bound = engine_bind(e, ORDERS, "x", cases[i].node);
        if (!bound || strcmp(type_text(&bound->type, e->mem), cases[i].type) != 0)
            fail_msg("case %zu: %s, should be %s", i,
                     bound ? type_text(&bound->type, e->mem) : engine_error(e), cases[i].type);
    }
    check_refused(e, roll(e, ROLL_SUM, "items", C("n"), NULL, 0),
                  "items has no reference to buyers");
    const Bound *bound = engine_bind(e, ORDERS, "x", roll(e, ROLL_SUM, "items", C("s"), NULL, 0));
    assert_null(bound);
    assert_string_equal(e->err.first->message, "sum needs a number, not text");
    assert_null(engine_bind(e, ORDERS, "x", roll(e, ROLL_COUNT, "items", NULL, C("n"), 0)));
    assert_string_equal(e->err.first->message, "count needs a condition, not bigint");
    engine_free(e);
}

/* A sum that leaves 64 bits is NULL and counted, though each child's value is fine. */
static void test_overflow(void **state)
{
    (void)state;
    Engine *e = engine_new();
    engine_table(e, "a");
    engine_serial(e, 0, "id");
    engine_table(e, "b");
    engine_serial(e, 1, "id");
    int f = engine_ref(e, 1, "a_id", 0, FK_PER);
    e->table_plans[1].fks[f].count = engine_bind(e, 1, "per", node_range(e, 2, 2));
    engine_column(e, 1, "big", node_cells(e, "bigint", "9223372036854775807 1 5 6"));
    int c = engine_column(e, 0, "sum", roll(e, ROLL_SUM, "b", C("big"), NULL, 0));
    engine_rows(e, 0, 4);
    engine_rows(e, 1, UINT64_MAX);
    Eval *eval = eval_new(&e->plan);
    const uint64_t rows[] = {0, 1, 2, 3};
    assert_string_equal(cells_shown(e, eval_column(eval, 0, c, rows, 4)), "NULL|11|NULL|11");
    assert_int_equal(eval_overflows(eval), 2);
    eval_free(eval);
    engine_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),  cmocka_unit_test(test_many_children),
        cmocka_unit_test(test_levels), cmocka_unit_test(test_any_batch),
        cmocka_unit_test(test_types),  cmocka_unit_test(test_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Rows that cannot be made since the database rejected their parents in the same run: counted
 * children of such a parent, and rows that have no parent left to refer to. (Other references avoid
 * what is gone: test_eval.c.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "enginekit.h"

enum { PARENTS = 40, CHILDREN = 400 };

typedef struct World {
    Engine *e;
    int parents, children, fk;
    RowSet *rejected;
    int upto[1];
    uint64_t rows[CHILDREN];
} World;

static World world(FkMode mode, bool nullable)
{
    World w = {.e = engine_new()};
    w.parents = engine_table(w.e, "parents");
    engine_serial(w.e, w.parents, "id");
    engine_rows(w.e, w.parents, PARENTS);
    w.children = mode == FK_SELF ? w.parents : engine_table(w.e, "children");
    if (mode != FK_SELF)
        engine_serial(w.e, w.children, "id");
    w.fk = engine_ref(w.e, w.children, "parent_id", w.parents, mode);
    const Table *table = &w.e->tables[w.children];
    table->cols[table->ncols - 1].nullable = nullable;
    for (uint64_t row = 0; row < CHILDREN; row++)
        w.rows[row] = row;
    return w;
}

static void reject(World *w, uint64_t first, uint64_t rows)
{
    w->rejected = rowset_new(w->e->mem);
    rowset_add(w->rejected, first, rows, w->e->mem);
    const RowSet *sets[] = {w->rejected};
    w->e->table_plans[w->parents].gone = rowhistory_new(sets, 1, w->e->mem);
    w->upto[0] = 1;
    w->e->table_plans[w->children].segments[0].parent_gone = w->upto;
}

static void test_no_parent_left(void **state)
{
    (void)state;
    for (int nullable = 0; nullable < 2; nullable++) {
        World w = world(FK_PICK, nullable);
        engine_rows(w.e, w.children, CHILDREN);
        reject(&w, 0, PARENTS);
        Eval *eval = eval_new(&w.e->plan);
        uint64_t made[CHILDREN];
        assert_int_equal(eval_made(eval, w.children, w.rows, CHILDREN, made),
                         nullable ? CHILDREN : 0);
        if (nullable)
            assert_true(eval_parents(eval, w.children, w.fk, w.rows, 1)[0] == ROW_NONE);
        eval_free(eval);
        engine_free(w.e);
    }
}

static void test_own_children_are_not_made(void **state)
{
    (void)state;
    World w = world(FK_PER, false);
    w.e->table_plans[w.children].fks[w.fk].count =
        engine_bind(w.e, w.children, "per", node_range(w.e, 5, 20));
    engine_rows(w.e, w.children, CHILDREN);
    Eval *eval = eval_new(&w.e->plan);
    uint64_t parents[CHILDREN], made[CHILDREN];
    memcpy(parents, eval_parents(eval, w.children, w.fk, w.rows, CHILDREN), sizeof parents);
    assert_int_equal(eval_made(eval, w.children, w.rows, CHILDREN, made), CHILDREN);
    reject(&w, 3, 2);
    uint32_t n = eval_made(eval, w.children, w.rows, CHILDREN, made), at = 0;
    for (uint64_t k = 0; k < CHILDREN; k++)
        if (parents[k] != 3 && parents[k] != 4)
            assert_int_equal(made[at++], k);
    assert_int_equal(at, n);
    assert_true(n < CHILDREN);
    Batch batch =
        eval_cells(eval, w.children, &made[n - 3], 3, w.e->plan.tables[w.children].load_cols,
                   w.e->plan.tables[w.children].nload);
    assert_int_equal(batch.n, 3);
    assert_int_equal(batch.first_row, made[n - 3]);
    eval_free(eval);
    engine_free(w.e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_parent_left),
        cmocka_unit_test(test_own_children_are_not_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

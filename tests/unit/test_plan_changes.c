/* What happened to rows after they were made: rows that are gone, cells with another generation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plankit.h"

static const RowSet *every_third(uint64_t rows)
{
    RowSet *set = rowset_new(mem);
    for (uint64_t row = 0; row < rows; row += 3)
        rowset_add(set, row, 1, mem);
    return set;
}

static uint64_t gone_parents(const Plan *p, const char *child, const char *fk_col, uint64_t first,
                             uint64_t n)
{
    Eval *eval = eval_new(p);
    int t = plan_table(p, child), f = 0;
    const TablePlan *tp = &p->tables[t];
    while (strcmp(tp->table->cols[tp->fks[f].fk->cols[0]].name, fk_col) != 0)
        f++;
    uint64_t *rows = arena_array(mem, uint64_t, n), count = 0;
    for (uint64_t k = 0; k < n; k++)
        rows[k] = first + k;
    const uint64_t *parents = eval_parents(eval, t, f, rows, (uint32_t)n);
    for (uint64_t k = 0; k < n; k++)
        count += parents[k] != ROW_NONE && parents[k] % 3 == 0;
    eval_free(eval);
    return count;
}

/* Rows that went after a run do not change what that run drew; later rows avoid them. */
static void gone_rows_are_avoided(void **state)
{
    (void)state;
    const char *body =
        "local a = r:table('a', { rows = 90 }, function(t) t.id = serial() t.n = int_range { min = 1, max = 1000 }:unique() end)\n"
        "r:table('c', { rows = 200, per = { a, between(0, 9) } }, function(t) t.id = serial() t.a_id = ref(a) end)\n"
        "r:table('d', { rows = 200 }, function(t) t.id = serial() t.a_id = ref(a) t.up = ref(t):null(0.1) end)";
    PlanOptions o = options();
    PlanTarget target = {.engine = ENGINE_SQLITE};
    const Plan *first = plan_with(body, o, target);
    assert_non_null(first);
    PlanHistory history[3];
    for (int t = 0; t < 3; t++)
        history[t] = (PlanHistory){
            .table = first->tables[t].table->name,
            .rows = first->tables[t].rows,
            .text = plan_segment_text(&first->tables[t], &first->tables[t].segments[0], mem),
            .complete = true};
    PlanChange changes[] = {
        {.table = "a", .run = 1, .kind = CHANGE_DELETED, .rows = every_third(90)},
        {.table = "d", .run = 1, .kind = CHANGE_PRUNED, .rows = every_third(200)},
        {.table = "a",
         .run = 1,
         .kind = CHANGE_CELLS,
         .columns = "[\"n\"]",
         .rows = every_third(9)}};
    target = (PlanTarget){.engine = ENGINE_SQLITE,
                          .history = history,
                          .nhistory = 3,
                          .changes = changes,
                          .nchanges = 3};
    const PlanCount counts[] = {{"c", 400}, {"d", 400}};
    o.counts = counts;
    o.ncounts = 2;
    const Plan *more = plan_with(body, o, target);
    if (!more)
        print_message("%s: %s\n", err.first->subject, err.first->message);
    assert_non_null(more);
    assert_int_equal(plan_new_rows(more), 400);
    assert_int_equal(table(more, "a")->gone_rows, 30);
    assert_true(gone_parents(first, "c", "a_id", 0, 200) > 0);
    assert_int_equal(gone_parents(more, "c", "a_id", 0, 200),
                     gone_parents(first, "c", "a_id", 0, 200));
    assert_int_equal(gone_parents(more, "d", "a_id", 0, 200),
                     gone_parents(first, "d", "a_id", 0, 200));
    assert_int_equal(gone_parents(more, "c", "a_id", 200, 200), 0);
    assert_int_equal(gone_parents(more, "d", "a_id", 200, 200), 0);
    /* d's own rows: row numbers of new ones may divide by three, the pruned ones are below 200 */
    Eval *before = eval_new(first), *after = eval_new(more);
    const Vec *old = column(before, first, "a", "n", 90), *now = column(after, more, "a", "n", 90);
    uint8_t taken[1001] = {0};
    for (int i = 0; i < 90; i++) {
        assert_true((old->i[i] != now->i[i]) == (i < 9 && i % 3 == 0));
        assert_int_equal(taken[now->i[i]]++, 0);
    }
    eval_free(before);
    eval_free(after);
    changes[2].columns = "[\"nothing\"]";
    assert_null(plan_with(body, o, target));
    assert_int_equal(err.first->code, ERR_DRIFT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gone_rows_are_avoided, setup, teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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
            .committed = first->tables[t].rows};
    PlanChange changes[] = {
        {.table = "a", .run = 1, .kind = CHANGE_DELETED, .rows = every_third(90)},
        {.table = "d", .run = 1, .kind = CHANGE_REJECTED, .rows = every_third(200)},
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
    /* d's own rows: row numbers of new ones may divide by three, the rejected ones are below 200 */
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

static const char *const towns =
    "local a = r:table('a', { rows = 90 }, function(t) t.id = serial() end)\n"
    "local b = r:table('b', { rows = 60, per = { a, between(0, 3) } }, function(t) t.id = serial() t.a_id = ref(a) end)\n"
    "local c = r:table('c', { rows = 300 }, function(t) t.id = serial() t.b_id = ref(b) t.up = ref(t):null(0.9) end)\n"
    "r:table('d', { per = { c, 1 } }, function(t) t.id = serial() t.c_id = ref(c) end)";

static int made_history(const Plan *plan, PlanHistory *history)
{
    for (int t = 0; t < plan->ntables; t++)
        history[t] = (PlanHistory){
            .table = plan->tables[t].table->name,
            .rows = plan->tables[t].rows,
            .text = plan_segment_text(&plan->tables[t], &plan->tables[t].segments[0], mem),
            .committed = plan->tables[t].rows};
    return plan->ntables;
}

/* No row that is there refers to one that is gone. */
static void assert_no_orphans(const Plan *plan)
{
    Eval *eval = eval_new(plan);
    for (int t = 0; t < plan->ntables; t++) {
        const TablePlan *tp = &plan->tables[t];
        for (int f = 0; f < tp->table->nfks; f++)
            for (uint64_t row = 0; row < tp->rows; row++) {
                uint64_t parent = *eval_parents(eval, t, f, &row, 1);
                if (parent != ROW_NONE && !plan_is_gone(tp, row))
                    assert_false(plan_is_gone(&plan->tables[tp->fks[f].parent], parent));
            }
    }
    eval_free(eval);
}

static uint64_t there(const Plan *plan, const char *name)
{
    return table(plan, name)->rows - table(plan, name)->gone_rows;
}

static int deletions(const Plan *plan)
{
    int n = 0;
    for (int i = 0; i < plan->nsteps; i++)
        n += plan->steps[i].kind == STEP_DELETE;
    return n;
}

/* What is too much goes with all that refers to it; wanted again it comes back, and nothing else.
 */
static void surplus_goes_and_comes_back(void **state)
{
    (void)state;
    PlanOptions o = options();
    PlanTarget target = {.engine = ENGINE_SQLITE};
    PlanHistory history[4];
    const Plan *first = plan_with(towns, o, target);
    assert_non_null(first);
    target.history = history;
    target.nhistory = made_history(first, history);
    o.size = 0.5;
    const Plan *same = plan_with(towns, o, target);
    assert_int_equal(plan_new_rows(same), 0);
    assert_int_equal(same->nnotes, 3);
    o.prune = true;
    const Plan *less = plan_with(towns, o, target);
    assert_non_null(less);
    assert_int_equal(there(less, "a"), 45);
    assert_true(there(less, "b") <= 30 && there(less, "b") > 15);
    assert_true(there(less, "c") <= 150 && there(less, "c") > 20);
    assert_int_equal(there(less, "d"), there(less, "c"));
    assert_int_equal(plan_new_rows(less), 0);
    assert_no_orphans(less);
    PlanChange changes[8];
    int n = 0;
    for (int t = 0; t < less->ntables; t++)
        changes[n++] = (PlanChange){.table = less->tables[t].table->name,
                                    .run = 1,
                                    .kind = CHANGE_PRUNED,
                                    .rows = less->tables[t].pruned};
    target.changes = changes;
    target.nchanges = n;
    const Plan *again = plan_with(towns, o, target);
    assert_int_equal(plan_new_rows(again), 0);
    assert_int_equal(deletions(again), 0);
    o.prune = false;
    o.size = 0.75;
    const Plan *some = plan_with(towns, o, target);
    assert_int_equal(there(some, "a"), 68);
    assert_true(there(some, "c") > there(less, "c"));
    assert_no_orphans(some);
    for (int t = 0; t < some->ntables; t++)
        if (some->tables[t].restored)
            changes[n++] = (PlanChange){.table = some->tables[t].table->name,
                                        .run = 2,
                                        .kind = CHANGE_RESTORED,
                                        .rows = some->tables[t].restored};
    target.nchanges = n;
    assert_int_equal(plan_new_rows(plan_with(towns, o, target)), 0);
    o.size = 1;
    const Plan *all = plan_with(towns, o, target);
    for (int t = 0; t < all->ntables; t++) {
        assert_int_equal(all->tables[t].gone_rows, 0);
        assert_int_equal(all->tables[t].nsegments, 1);
    }
    assert_int_equal(plan_new_rows(all), there(all, "a") - there(some, "a") + there(all, "b") -
                                             there(some, "b") + there(all, "c") - there(some, "c") +
                                             there(all, "d") - there(some, "d"));
    o.keep_pruned = true;
    assert_int_equal(plan_new_rows(plan_with(towns, o, target)), 0);
}

/* A reference that modify cleared with its parent is no reason to go. */
static void cleared_references_hold_nothing(void **state)
{
    (void)state;
    const char *body =
        "local a = r:table('a', { rows = 90 }, function(t) t.id = serial() end)\n"
        "r:table('d', { rows = 200 }, function(t) t.id = serial() t.a_id = ref(a):null(0.1) end)";
    PlanOptions o = options();
    PlanTarget target = {.engine = ENGINE_SQLITE};
    PlanHistory history[2];
    const Plan *first = plan_with(body, o, target);
    target.history = history;
    target.nhistory = made_history(first, history);
    Eval *eval = eval_new(first);
    RowSet *cleared = rowset_new(mem);
    for (uint64_t row = 0; row < 200; row++) {
        uint64_t parent = *eval_parents(eval, 1, 0, &row, 1);
        if (parent != ROW_NONE && parent % 3 == 0)
            rowset_add(cleared, row, 1, mem);
    }
    eval_free(eval);
    PlanChange changes[] = {
        {.table = "a", .run = 1, .kind = CHANGE_DELETED, .rows = every_third(90)},
        {.table = "d", .run = 1, .kind = CHANGE_CLEARED, .columns = "[\"a_id\"]", .rows = cleared}};
    target.changes = changes;
    target.nchanges = 2;
    const PlanCount counts[] = {{"a", 50}, {"d", 200}};
    o.prune = true;
    o.counts = counts;
    o.ncounts = 2;
    const Plan *less = plan_with(body, o, target);
    assert_non_null(table(less, "a")->pruned);
    assert_true(rowset_rows(cleared) > 20);
    assert_int_equal(rowset_rows(rowset_minus(cleared, table(less, "d")->pruned, mem)),
                     rowset_rows(cleared));
}

/* Rows of a run that was rolled back leave their numbers to others; what was removed of older runs
 * stays removed. */
static void changes_end_where_rows_did(void **state)
{
    (void)state;
    PlanOptions o = options();
    PlanTarget target = {.engine = ENGINE_SQLITE};
    PlanHistory history[4];
    const Plan *first = plan_with(towns, o, target);
    RowSet *rows = rowset_new(mem);
    rowset_add(rows, 80, 40, mem);
    PlanChange change = {.table = "a", .run = 1, .kind = CHANGE_DELETED, .rows = rows};
    target.history = history;
    target.nhistory = made_history(first, history);
    target.changes = &change;
    target.nchanges = 1;
    assert_int_equal(table(plan_with(towns, o, target), "a")->gone_rows, 10);
    change.run = -1;
    assert_int_equal(table(plan_with(towns, o, target), "a")->gone_rows, 0);
}

/* A value that was computed over its children would be wrong without them. */
static void totals_hold_their_children(void **state)
{
    (void)state;
    const char *body =
        "local p = r:table('p', { rows = 10 }, function(t) t.id = serial() end)\n"
        "local o = r:table('o', { rows = 20 }, function(t) t.id = serial() t.n = sum 'i.price' end)\n"
        "r:table('i', { rows = 60, per = { o, between(1, 5) } }, function(t) t.id = serial() t.o_id = ref(o) t.p_id = ref(p) t.price = int(1, 9) end)";
    PlanOptions o = options();
    PlanTarget target = {.engine = ENGINE_SQLITE};
    PlanHistory history[4];
    const Plan *first = plan_with(body, o, target);
    if (!first)
        print_message("%s: %s\n", err.first->subject, err.first->message);
    assert_non_null(first);
    target.history = history;
    target.nhistory = made_history(first, history);
    const PlanCount items[] = {{"i", 30}}, orders[] = {{"o", 10}}, products[] = {{"p", 5}};
    o.prune = true;
    o.ncounts = 1;
    o.counts = items;
    assert_int_equal(deletions(plan_with(body, o, target)), 0);
    o.counts = orders;
    const Plan *less = plan_with(body, o, target);
    assert_int_equal(there(less, "o"), 10);
    assert_true(there(less, "i") < 60);
    assert_no_orphans(less);
    o.counts = products;
    assert_null(plan_with(body, o, target));
    assert_int_equal(err.first->code, ERR_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gone_rows_are_avoided, setup, teardown),
        cmocka_unit_test_setup_teardown(surplus_goes_and_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(cleared_references_hold_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(changes_end_where_rows_did, setup, teardown),
        cmocka_unit_test_setup_teardown(totals_hold_their_children, setup, teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

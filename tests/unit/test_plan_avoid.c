/* Unique values that rows of the user's own hold already: whatever is free is found, nothing twice,
 * and the ledger's record gives the same values again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plankit.h"

#define VALUES 100

static const char *const plain =
    "r:table('a', { rows = 50 }, function(t) t.id = serial() t.n = int_range { min = 0, max = 99 }:unique() t.m = t.n + 1 end)";

static int64_t value(const Plan *plan, const char *name, const char *col, uint64_t row)
{
    Eval *eval = eval_new(plan);
    int t = plan_table(plan, name);
    int64_t v = eval_column(eval, t, table_column(plan->tables[t].table, col), &row, 1)->i[0];
    eval_free(eval);
    return v;
}

/* Round after round, as exec/avoid.c does, for the rows from one on; NULL when there are too few.
 */
static const Plan *avoid_from(uint64_t from, const Plan *plan, const uint8_t *own,
                              PlanChange *changes, int *n)
{
    for (;;) {
        RowSet *taken = rowset_new(mem);
        for (uint64_t row = from; row < plan->tables[0].rows; row++)
            if (own[value(plan, "a", "n", row)])
                rowset_add(taken, row, 1, mem);
        if (taken->rows == 0)
            return plan;
        plan = plan_avoid(plan, 0, 0, taken, &changes[(*n)++], mem, &err);
        if (!plan)
            return NULL;
    }
}

static const Plan *avoid(const Plan *plan, const uint8_t *own, PlanChange *changes, int *n)
{
    return avoid_from(0, plan, own, changes, n);
}

static void assert_distinct(const Plan *plan, const uint8_t *own)
{
    uint8_t seen[VALUES] = {0};
    for (uint64_t row = 0; row < plan->tables[0].rows; row++) {
        int64_t v = value(plan, "a", "n", row);
        assert_in_range(v, 0, VALUES - 1);
        assert_int_equal(seen[v]++, 0);
        assert_false(own[v]);
        assert_int_equal(value(plan, "a", "m", row), v + 1);
    }
}

static int take(uint8_t *own, int n, uint64_t key)
{
    int taken = 0;
    for (uint64_t i = 0; taken < n; i++) {
        uint64_t v = rng_below(rng_philox(key, i, 0).a, VALUES);
        taken += !own[v];
        own[v] = 1;
    }
    return taken;
}

/* Half of the values are taken, and half are wanted: each free one is found. */
static void the_last_free_value_is_found(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 20; key++) {
        PlanOptions o = options();
        PlanChange changes[VALUES];
        uint8_t own[VALUES] = {0};
        int n = 0;
        take(own, 50, key);
        const Plan *plan = plan_with(plain, o, (PlanTarget){.engine = ENGINE_SQLITE});
        const Plan *free = avoid(plan, own, changes, &n);
        assert_non_null(free);
        assert_distinct(free, own);
        /* What is recorded gives the same plan. */
        PlanTarget target = {.engine = ENGINE_SQLITE, .changes = changes, .nchanges = n};
        const Plan *again = plan_with(plain, o, target);
        assert_non_null(again);
        for (uint64_t row = 0; row < 50; row++)
            assert_int_equal(value(again, "a", "n", row), value(free, "a", "n", row));
    }
}

static void too_few_free_values_are_refused(void **state)
{
    (void)state;
    PlanChange changes[VALUES];
    uint8_t own[VALUES] = {0};
    int n = 0;
    take(own, 51, 3);
    const Plan *plan = plan_with(plain, options(), (PlanTarget){.engine = ENGINE_SQLITE});
    assert_null(avoid(plan, own, changes, &n));
    assert_int_equal(err.first->code, ERR_UNIQUE);
    assert_string_equal(err.first->subject, "a.n");
    assert_non_null(strstr(err.first->message, "100 values for 50 rows, and 5"));
    assert_non_null(err.first->where);
}

static PlanHistory history_of(const Plan *plan, int t, int segment, int run)
{
    const TablePlan *tp = &plan->tables[t];
    const Segment *s = &tp->segments[segment];
    return (PlanHistory){.table = tp->table->name,
                         .first_row = s->first_row,
                         .rows = s->rows,
                         .run = run,
                         .text = plan_segment_text(tp, s, mem),
                         .committed = s->rows};
}

/* Rows that came later, and cells made anew, stay clear of what was avoided, and older rows as they
 * were. */
static void growth_and_new_cells_keep_clear(void **state)
{
    (void)state;
    PlanOptions o = options();
    PlanChange changes[VALUES];
    uint8_t own[VALUES] = {0};
    int n = 0;
    take(own, 20, 9);
    const Plan *first =
        avoid(plan_with(plain, o, (PlanTarget){.engine = ENGINE_SQLITE}), own, changes, &n);
    PlanHistory history[] = {history_of(first, 0, 0, 0)};
    for (int i = 0; i < n; i++)
        changes[i].run = 0;
    RowSet *anew = rowset_new(mem);
    rowset_add(anew, 3, 4, mem);
    rowset_add(anew, 20, 2, mem);
    int before = n;
    changes[n++] = (PlanChange){
        .table = "a", .run = 1, .kind = CHANGE_CELLS, .columns = "[\"n\"]", .rows = anew};
    const PlanCount counts[] = {{"a", 60}};
    o.counts = counts;
    o.ncounts = 1;
    PlanTarget target = {.engine = ENGINE_SQLITE,
                         .history = history,
                         .nhistory = 1,
                         .changes = changes,
                         .nchanges = n};
    const Plan *more = plan_with(plain, o, target);
    assert_non_null(more);
    memset(own, 0, sizeof own); /* `modify` may meet them; here they are not looked at */
    assert_distinct(more, own);
    for (uint64_t row = 0; row < 50; row++)
        if (!rowset_has(anew, row))
            assert_int_equal(value(more, "a", "n", row), value(first, "a", "n", row));
    take(own, 10, 4);
    more = avoid(more, own, changes, &n);
    assert_non_null(more);
    assert_distinct(more, own);
    assert_true(n > before);
}

/* The domain's places are used up by updates, but not its values: it begins again. */
static void a_domain_that_is_used_up_begins_again(void **state)
{
    (void)state;
    PlanOptions o = options();
    PlanChange changes[2 * VALUES];
    uint8_t none[VALUES] = {0}, own[VALUES] = {0};
    int n = 0;
    const Plan *first = plan_with(plain, o, (PlanTarget){.engine = ENGINE_SQLITE});
    PlanHistory history[] = {history_of(first, 0, 0, 0)};
    RowSet *anew = rowset_new(mem);
    rowset_add(anew, 0, 40, mem);
    changes[n++] = (PlanChange){
        .table = "a", .run = 1, .kind = CHANGE_CELLS, .columns = "[\"n\"]", .rows = anew};
    PlanTarget target = {.engine = ENGINE_SQLITE,
                         .history = history,
                         .nhistory = 1,
                         .changes = changes,
                         .nchanges = n};
    const PlanCount counts[] = {{"a", 100}}, more[] = {{"a", 101}};
    o.counts = counts;
    o.ncounts = 1;
    const Plan *plan = plan_with(plain, o, target);
    assert_non_null(plan);
    assert_int_equal(plan->tables[0].segments[1].group_first[0], 50);
    for (uint64_t row = 0; row < 50; row++)
        own[value(plan, "a", "n", row)] = 1;
    plan = avoid_from(50, plan, own, changes, &n);
    assert_non_null(plan);
    assert_distinct(plan, none);
    for (uint64_t row = 40; row < 50; row++)
        assert_int_equal(value(plan, "a", "n", row), value(first, "a", "n", row));
    o.counts = more;
    assert_null(plan_with(plain, o, target));
    assert_string_equal(err.first->message,
                        "100 values for 101 rows, 50 of which were made before");
}

#define UNDER(codes)                                                                                        \
    "local p = r:table('p', { rows = 8 }, function(t) t.id = serial() end)\n"                               \
    "r:table('c', { rows = 24, per = { p, between(1, 9) } }, function(t) t.id = serial() t.p_id = ref(p)\n" \
    "  t.code = int_range { min = 1, max = " codes " } t:unique(t.p_id, t.code) end)"
static const char *const under = UNDER("30");

static void assert_distinct_under(const Plan *plan, uint64_t rows)
{
    uint8_t seen[9][31] = {{0}};
    for (uint64_t row = 0; row < rows; row++) {
        int64_t parent = value(plan, "c", "p_id", row), code = value(plan, "c", "code", row);
        assert_int_equal(seen[parent][code]++, 0);
    }
}

/* A unique key below a parent: more children later, and values taken. */
static void children_that_come_later_have_other_values(void **state)
{
    (void)state;
    PlanOptions o = options();
    const Plan *first = plan_with(under, o, (PlanTarget){.engine = ENGINE_SQLITE});
    PlanHistory history[] = {history_of(first, 0, 0, 0), history_of(first, 1, 0, 0)};
    PlanTarget target = {.engine = ENGINE_SQLITE, .history = history, .nhistory = 2};
    const PlanCount counts[] = {{"c", 72}};
    o.counts = counts;
    o.ncounts = 1;
    const Plan *more = plan_with(under, o, target);
    assert_non_null(more);
    assert_distinct_under(more, 72);
    assert_null(
        plan_with(UNDER("8"), o, target)); /* nine per parent, those that come later among them */
    assert_int_equal(err.first->code, ERR_UNIQUE);
    assert_non_null(strstr(err.first->message, "8 parents take at most 40 rows beside those"));
    const PlanCount some[] = {{"c", 40}};
    o.counts = some;
    more = plan_with(under, o, target);
    assert_non_null(more);
    assert_distinct_under(more, 40);
    for (uint64_t row = 0; row < 24; row++)
        assert_int_equal(value(more, "c", "code", row), value(first, "c", "code", row));
    RowSet *taken = rowset_new(mem);
    rowset_add(taken, 24, 5, mem);
    rowset_add(taken, 31, 3, mem);
    PlanChange changes[2];
    for (int i = 0; i < 2; i++) {
        const Plan *other = plan_avoid(more, 1, 0, taken, &changes[i], mem, &err);
        assert_non_null(other);
        assert_distinct_under(other, 40);
        for (uint64_t row = 0; row < 40; row++)
            assert_true(rowset_has(taken, row) ||
                        value(other, "c", "code", row) == value(more, "c", "code", row));
        assert_true(value(other, "c", "code", 24) != value(more, "c", "code", 24));
        more = other;
    }
    target.changes = changes;
    target.nchanges = 2;
    const Plan *again = plan_with(under, o, target);
    assert_non_null(again);
    for (uint64_t row = 0; row < 40; row++)
        assert_int_equal(value(again, "c", "code", row), value(more, "c", "code", row));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_last_free_value_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(too_few_free_values_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_domain_that_is_used_up_begins_again, setup, teardown),
        cmocka_unit_test_setup_teardown(growth_and_new_cells_keep_clear, setup, teardown),
        cmocka_unit_test_setup_teardown(children_that_come_later_have_other_values, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

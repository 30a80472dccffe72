/* What `modify` asks of a plan: the condition for rows that were made, rows that are gone all of a
 * sudden, rows that are passed over since their parents are gone, cells that were made anew twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plankit.h"

static const char *const recipes =
    "local a = r:table('a', { rows = 40 }, function(t) t.id = serial() t.n = int_range { min = 1, max = 500 }:unique() end)\n"
    "r:table('ab', { rows = 30 }, function(t) t.a = ref(a) t.k = int(1, 3) t:primary_key(t.a, t.k) end)";

/* The plan of 40 rows of a, with the changes; more: rows of ab that are asked for. */
static const Plan *after(PlanChange *changes, int n, int64_t more)
{
    PlanOptions o = options();
    const Plan *first = plan_with(recipes, o, (PlanTarget){.engine = ENGINE_SQLITE});
    assert_non_null(first);
    PlanHistory history[2];
    for (int t = 0; t < 2; t++)
        history[t] = (PlanHistory){
            .table = first->tables[t].table->name,
            .rows = first->tables[t].rows,
            .text = plan_segment_text(&first->tables[t], &first->tables[t].segments[0], mem),
            .committed = first->tables[t].rows};
    PlanCount counts[] = {{"ab", more}};
    o.counts = counts;
    o.ncounts = more > 0;
    return plan_with(recipes, o,
                     (PlanTarget){.engine = ENGINE_SQLITE,
                                  .history = history,
                                  .nhistory = 2,
                                  .changes = changes,
                                  .nchanges = n});
}

static const RowSet *rows_of(uint64_t first, uint64_t rows)
{
    RowSet *set = rowset_new(mem);
    rowset_add(set, first, rows, mem);
    return set;
}

static const char *made(const TablePlan *tp, int from, bool *exact)
{
    Buf sql;
    buf_init(&sql, 1 << 20);
    *exact = plan_put_made(ENGINE_SQLITE, &sql, tp, "c", from);
    const char *text = arena_strndup(mem, buf_cstr(&sql), sql.len);
    buf_free(&sql);
    return text;
}

static void rows_that_were_made(void **state)
{
    (void)state;
    bool exact;
    static const struct {
        uint64_t first, rows;
        const char *sql;
    } cases[] = {{0, 1, "c.\"id\" BETWEEN 2 AND 40"},
                 {39, 1, "c.\"id\" BETWEEN 1 AND 39"},
                 {10, 5, "c.\"id\" BETWEEN 1 AND 10 OR c.\"id\" BETWEEN 16 AND 40"},
                 {0, 40, "1 = 0"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PlanChange change = {.table = "a",
                             .run = 1,
                             .kind = CHANGE_DELETED,
                             .rows = rows_of(cases[i].first, cases[i].rows)};
        const Plan *p = after(&change, 1, 0);
        assert_non_null(p);
        assert_string_equal(made(table(p, "a"), 0, &exact), cases[i].sql);
        assert_true(exact);
    }
    const Plan *whole = after(NULL, 0, 0);
    assert_string_equal(made(table(whole, "a"), 0, &exact), "c.\"id\" BETWEEN 1 AND 40");
    assert_string_equal(made(table(whole, "a"), table(whole, "a")->nsegments, &exact), "1 = 0");
    /* Sets that touch each other leave one gap. */
    PlanChange touching[] = {
        {.table = "a", .run = 1, .kind = CHANGE_DELETED, .rows = rows_of(10, 5)},
        {.table = "a", .run = 2, .kind = CHANGE_DELETED, .rows = rows_of(15, 5)}};
    assert_string_equal(made(table(after(touching, 2, 0), "a"), 0, &exact),
                        "c.\"id\" BETWEEN 1 AND 10 OR c.\"id\" BETWEEN 21 AND 40");
}

static void too_many_gaps_are_not_named(void **state)
{
    (void)state;
    bool exact;
    const Plan *p = plan("r:table('a', { rows = 1000 }, function(t) t.id = serial() end)");
    TablePlan tp = *table(p, "a");
    RowSet *odd = rowset_new(mem);
    for (uint64_t row = 1; row < 1000; row += 2)
        rowset_add(odd, row, 1, mem);
    plan_add_gone(&tp, odd, mem);
    assert_string_equal(made(&tp, 0, &exact), "c.\"id\" BETWEEN 1 AND 1000");
    assert_false(exact);
    assert_int_equal(table(p, "a")->gone_rows, 0); /* the plan's own table is as it was */
}

static void more_rows_are_gone(void **state)
{
    (void)state;
    PlanChange change = {.table = "a", .run = 1, .kind = CHANGE_DELETED, .rows = rows_of(0, 10)};
    TablePlan tp = *table(after(&change, 1, 0), "a");
    const RowHistory *before = tp.gone;
    plan_add_gone(&tp, rows_of(10, 1), mem); /* touches what is gone */
    plan_add_gone(&tp, rows_of(39, 1), mem); /* the last one */
    assert_int_equal(tp.gone_rows, 12);
    assert_int_equal(tp.gone->n, 3);
    assert_true(rowhistory_has(tp.gone, 3, 39));
    assert_false(rowhistory_has(tp.gone, 1, 10)); /* not so when older rows drew their parents */
    assert_int_equal(rowhistory_before(tp.gone, 3, 40), 12);
    assert_int_equal(before->n, 1);
    plan_add_gone(&tp, rowset_new(mem), mem);
    assert_int_equal(tp.gone_rows, 12);
}

/* Combinations whose parent is gone are passed over, so that as many rows are made as were asked
 * for: the segment is longer by so many. */
static void rows_without_parents_are_passed_over(void **state)
{
    (void)state;
    PlanChange change = {.table = "a", .run = 1, .kind = CHANGE_DELETED, .rows = rows_of(0, 20)};
    const Plan *p = after(&change, 1, 50);
    assert_non_null(p);
    const TablePlan *tp = table(p, "ab");
    const Segment *added = &tp->segments[tp->nsegments - 1];
    uint64_t n = added->rows, *rows = arena_array(mem, uint64_t, n),
             *out = arena_array(mem, uint64_t, n);
    assert_true(n > 20);
    for (uint64_t k = 0; k < n; k++)
        rows[k] = added->first_row + k;
    Eval *eval = eval_new(p);
    assert_int_equal(eval_made(eval, plan_table(p, "ab"), rows, (uint32_t)n, out), 20);
    assert_int_equal(out[19], rows[n - 1]); /* and no longer than needed */
    eval_free(eval);
    err_clear(&err);
    assert_null(after(&change, 1, 100)); /* 20 parents, 3 each */
    assert_int_equal(err.first->code, ERR_UNIQUE);
    change.rows = rows_of(0, 40);
    err_clear(&err);
    assert_null(after(&change, 1, 31));
}

/* Cells that were made anew, and some of them again, since the first values were taken. */
static void the_last_set_that_holds_a_cell_counts(void **state)
{
    (void)state;
    PlanChange changes[] = {
        {.table = "a",
         .run = 1,
         .kind = CHANGE_CELLS,
         .columns = "[\"n\"]",
         .rows = rows_of(0, 40)},
        {.table = "a", .run = 1, .kind = CHANGE_CELLS, .columns = "[\"n\"]", .rows = rows_of(0, 1)},
        {.table = "a",
         .run = 1,
         .kind = CHANGE_CELLS,
         .columns = "[\"n\"]",
         .rows = rows_of(39, 1)}};
    const Plan *none = after(NULL, 0, 0), *once = after(changes, 1, 0),
               *again = after(changes, 3, 0);
    assert_int_equal(table(once, "a")->regenerated[0].base, 1);
    assert_int_equal(table(again, "a")->regenerated[1].base, 41);
    assert_int_equal(table(again, "a")->regenerated[2].base, 42);
    assert_int_equal(plan_next_generation(table(again, "a")), 43);
    const Vec *v0 = lasting_column(none, "a", "n", 40), *v1 = lasting_column(once, "a", "n", 40),
              *v2 = lasting_column(again, "a", "n", 40);
    uint8_t seen[501] = {0};
    for (int i = 0; i < 40; i++) {
        assert_int_not_equal(v0->i[i], v1->i[i]);
        assert_true((v1->i[i] != v2->i[i]) == (i == 0 || i == 39));
        seen[v0->i[i]]++;
        seen[v1->i[i]]++;
    }
    seen[v2->i[0]]++;
    seen[v2->i[39]]++;
    for (int n = 0; n <= 500; n++)
        assert_true(seen[n] <= 1); /* no value is given twice */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_that_were_made, setup, teardown),
        cmocka_unit_test_setup_teardown(too_many_gaps_are_not_named, setup, teardown),
        cmocka_unit_test_setup_teardown(more_rows_are_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_without_parents_are_passed_over, setup, teardown),
        cmocka_unit_test_setup_teardown(the_last_set_that_holds_a_cell_counts, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

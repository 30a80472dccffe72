/* Rows counted per several parents, keys that share a column with little room in each, and upper
 * bounds that hold over growth: exact numbers, no pair twice, old rows unchanged, refusals with
 * numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "plankit.h"

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const int64_t *numbers(const Plan *p, const char *t, const char *name)
{
    uint32_t n = (uint32_t)table(p, t)->rows;
    Eval *eval = eval_new(p);
    int64_t *out = arena_array(mem, int64_t, n + 1);
    if (n)
        memcpy(out, column(eval, p, t, name, n)->i, n * sizeof *out);
    eval_free(eval);
    return out;
}

/* How many rows each parent has, by its key from 1. */
static void counts_within(const Plan *p, const char *t, const char *name, int parents, int lo,
                          int hi)
{
    const int64_t *of = numbers(p, t, name);
    int *seen = arena_array(mem, int, parents + 1);
    for (uint64_t row = 0; row < table(p, t)->rows; row++) {
        assert_in_range(of[row], 1, parents);
        seen[of[row]]++;
    }
    for (int i = 1; i <= parents; i++)
        assert_in_range(seen[i], lo, hi);
}

static void never_twice(const Plan *p, const char *t, const char *a, const char *b)
{
    const int64_t *x = numbers(p, t, a), *y = numbers(p, t, b);
    uint8_t *seen = arena_alloc(mem, 1000 * 1000);
    for (uint64_t row = 0; row < table(p, t)->rows; row++)
        assert_int_equal(seen[x[row] * 1000 + y[row]]++, 0);
}

static int histories(const Plan *p, PlanHistory *history, int n)
{
    for (int t = 0; t < p->ntables; t++) {
        const TablePlan *tp = &p->tables[t];
        for (int s = 0; s < tp->nsegments; s++)
            history[n++] = (PlanHistory){.table = tp->table->name,
                                         .first_row = tp->segments[s].first_row,
                                         .rows = tp->segments[s].rows,
                                         .text = plan_segment_text(tp, &tp->segments[s], mem),
                                         .committed = tp->segments[s].rows};
    }
    return n;
}

static const Plan *grown(const Plan *p, const char *body, const PlanCount *counts, int n)
{
    PlanHistory *history = arena_array(mem, PlanHistory, 32);
    PlanOptions o = options();
    o.counts = counts;
    o.ncounts = n;
    PlanTarget target = {.engine = ENGINE_SQLITE, .history = history};
    target.nhistory = histories(p, history, 0);
    err_clear(&err);
    const Plan *q = plan_with(body, o, target);
    if (!q)
        print_message("%s: %s\n", err.first->subject, err.first->message);
    return q;
}

static void same_rows(const Plan *p, const Plan *more, const char *t, const char *name)
{
    const int64_t *before = numbers(p, t, name), *after = numbers(more, t, name);
    assert_memory_equal(before, after, table(p, t)->rows * sizeof *before);
}

#define PARENTS                                                                                     \
    "local a = r:table('a', { rows = 100 }, function(t) t.id = serial() end)\n"                     \
    "local b = r:table('b', { rows = 40 }, function(t) t.id = serial() t.n = count(children 'x')\n" \
    "  t.s = sum(children 'x'.v) end)\n"
#define BOTH(options, key)                                                                         \
    PARENTS "r:table('x', { " options " }, function(t) t.id = serial() t.a = ref(a) t.b = ref(b) " \
            "t.v = int(1, 9) " key " end)"

static void both_counts_hold(void **state)
{
    (void)state;
    const char *body = BOTH("rows = 400, per = { { a, between(0, 9) }, { b, between(3, 20) } }",
                            "t:unique(t.a, t.b)");
    const Plan *p = plan(body);
    assert_int_equal(table(p, "x")->rows, 400);
    counts_within(p, "x", "a", 100, 0, 9);
    counts_within(p, "x", "b", 40, 3, 20);
    never_twice(p, "x", "a", "b");
    const int64_t *of = numbers(p, "x", "b"), *v = numbers(p, "x", "v"), *n = numbers(p, "b", "n"),
                  *s = numbers(p, "b", "s");
    int64_t count[41] = {0}, sum[41] = {0};
    for (int row = 0; row < 400; row++) {
        count[of[row]]++;
        sum[of[row]] += v[row];
    }
    for (int i = 0; i < 40; i++)
        assert_true(n[i] == count[i + 1] && s[i] == sum[i + 1]);
    const PlanCount more[] = {{"a", 150}, {"b", 60}, {"x", 700}};
    const Plan *q = grown(p, body, more, 3);
    assert_non_null(q);
    never_twice(q, "x", "a", "b");
    counts_within(q, "x", "a", 150, 0, 9);
    counts_within(q, "x", "b", 60, 3, 20);
    same_rows(p, q, "x", "b");
    same_rows(p, q, "x", "a");
}

/* A row alone, and rows in any order, are what they are in a batch. */
static void each_row_alone(void **state)
{
    (void)state;
    const Plan *p = plan(BOTH("per = { { a, between(0, 9) }, { b, between(0, 40) } }", ""));
    uint32_t n = (uint32_t)table(p, "x")->rows;
    const int64_t *all = numbers(p, "x", "b");
    Eval *eval = eval_new(p);
    int t = plan_table(p, "x"), c = table_column(table(p, "x")->table, "b");
    for (uint64_t row = n; row-- > 0;)
        assert_true(eval_column(eval, t, c, &row, 1)->i[0] == all[row]);
    eval_free(eval);
    counts_within(p, "x", "a", 100, 0, 9);
}

static void several_are_refused(void **state)
{
    (void)state;
    plan_refused(
        "local a = r:table('a', { rows = 12 }, function(t) t.id = serial() end)\n"
        "local b = r:table('b', { rows = 6 }, function(t) t.id = serial() end)\n"
        "r:table('x', { rows = 60, per = { { a, between(0, 9) }, { b, between(0, 40) } } }, function(t)\n"
        "  t.a = ref(a) t.b = ref(b) t:primary_key(t.a, t.b) end)",
        ERR_UNIQUE, "no pair of them twice");
    plan_refused(BOTH("rows = 400, per = { { a, between(0, 9) }, { b, between(0, 3) } }", ""),
                 ERR_COUNT, "40 parents take at most 120 rows");
    plan_refused(BOTH("per = { { a, 2 }, { b, between(0, 30) } }", "t:unique(t.b, t.v)"),
                 ERR_UNIQUE, "9 values for 200 rows");
    plan_refused(
        "local a = r:table('a', { rows = 5 }, function(t) t.id = serial() end)\n"
        "local u = r:table('u', { per = { a, 3 } }, function(t) t.a = ref(a) t.n = child_index() t:primary_key(t.a, t.n) end)\n"
        "local p = r:table('p', { per = { a, 3 } }, function(t) t.a = ref(a) t.n = child_index() t:primary_key(t.a, t.n) end)\n"
        "r:table('m', { per = { { u, 2 }, { p, between(0, 9) } } }, function(t) t.a = ref(u, 'a') t.u = ref(u, 'n') t.p = ref(p, 'n')\n"
        "  t:foreign({ t.a, t.u }, u, { 'a', 'n' }) t:foreign({ t.a, t.p }, p, { 'a', 'n' }) end)",
        ERR_RECIPE, "dealt out to all of its rows");
    plan_refused(
        "local a = r:table('a', { rows = 5 }, function(t) t.id = serial() t.n = count(children 'x') end)\n"
        "r:table('x', { per = { { a, 2, through = 'a' }, { a, between(0, 9), through = 'b' } } }, function(t)\n"
        "  t.a = ref(a) t.b = ref(a) end)",
        ERR_RECIPE, "counted per row of a twice");
    const char *body =
        "local a = r:table('a', { rows = 50 }, function(t) t.id = serial() end)\n"
        "local b = r:table('b', { rows = 50 }, function(t) t.id = serial() end)\n"
        "r:table('x', { rows = 200, per = { { a, between(0, 9) }, { b, between(0, 9) } } }, function(t)\n"
        "  t.a = ref(a) t.b = ref(b) t:primary_key(t.a, t.b) end)";
    const Plan *p = plan(body);
    const PlanCount more[] = {{"x", 250}, {"a", 80}};
    assert_null(grown(p, body, more, 1));
    assert_int_equal(err.first->code, ERR_REFUSED);
    assert_non_null(strstr(err.first->message, "a and b that both have some"));
    assert_non_null(grown(p, body, more, 2)); /* under new ones of a */
}

/* ---- bounds */

static void bounds_hold_over_growth(void **state)
{
    (void)state;
    const char *body =
        "local a = r:table('a', { rows = 50 }, function(t) t.id = serial() end)\n"
        "r:table('x', { rows = 100, per = { a, between(0, 6) } }, function(t) t.a = ref(a) t.n = child_index() t:primary_key(t.a, t.n) end)";
    const Plan *p = plan(body);
    for (int64_t rows = 130; rows <= 300; rows += 30) {
        const PlanCount more[] = {{"x", rows == 280 ? 300 : rows}};
        const Plan *q = grown(p, body, more, 1);
        assert_non_null(q);
        counts_within(q, "x", "a", 50, 0, 6);
        never_twice(q, "x", "a", "n");
        same_rows(p, q, "x", "a");
        p = q;
    }
    const PlanCount too_many[] = {{"x", 301}};
    assert_null(grown(p, body, too_many, 1));
    assert_int_equal(err.first->code, ERR_COUNT);
    assert_non_null(strstr(err.first->message, "beside those that are there"));
}

/* ---- keys that share a column */

#define SEATS(rows, place, code)                                                                   \
    "local a = r:table('a', { rows = 20 }, function(t) t.id = serial() end)\n"                     \
    "local b = r:table('b', { rows = 30 }, function(t) t.id = serial() end)\n"                     \
    "r:table('x', { rows = " rows                                                                  \
    " }, function(t) t.id = serial() t.a = ref(a) t.place = int(1, " place                         \
    ") t.code = int(1, " code ")\n  t:unique(t.a, t.place) t:unique(t.a, t.code) end)\n"           \
    "r:table('y', { rows = " rows                                                                  \
    " }, function(t) t.id = serial() t.a = ref(a) t.b = ref(b) t.code = int(1, 90)\n"              \
    "  t:unique(t.a, t.b) t:unique(t.a, t.code) end)"

static void keys_follow_each_other(void **state)
{
    (void)state;
    const char *body = SEATS("300", "30", "40");
    const Plan *p = plan(body);
    const PlanCount steps[][4] = {{{"x", 400}, {"y", 400}, {"a", 20}, {"b", 30}},
                                  {{"x", 700}, {"y", 650}, {"a", 30}, {"b", 30}},
                                  {{"x", 700}, {"y", 1100}, {"a", 30}, {"b", 60}}};
    for (int step = 0; step < 3; step++) {
        const Plan *q = grown(p, body, steps[step], 4);
        assert_non_null(q);
        never_twice(q, "x", "a", "place");
        never_twice(q, "x", "a", "code");
        never_twice(q, "y", "a", "b");
        never_twice(q, "y", "a", "code");
        same_rows(p, q, "x", "code");
        same_rows(p, q, "y", "code");
        p = q;
    }
    plan_refused(SEATS("300", "30", "14"), ERR_UNIQUE, "280 values for 300 rows");
    /* What does without stays as it was: the second key is distinct by itself. */
    const Plan *wide = plan(SEATS("25", "30", "40"));
    assert_false(table(wide, "x")->segments[0].follows[1]);
}

/* The key with the fewest values gives the shared column where the other order has too few; the
 * order stays with the rows. */
static void the_narrow_key_comes_first(void **state)
{
    (void)state;
    static const char body[] =
        "local a = r:table('a', { rows = 10 }, function(t) t.id = serial() end)\n"
        "local b = r:table('b', { rows = 4 }, function(t) t.id = serial() end)\n"
        "r:table('x', { rows = 300 }, function(t) t.id = serial() t.a = ref(a) t.b = ref(b)\n"
        "  t.place = int(1, 10) t.code = int(1, 120) t.both = t.b * 10 + t.place\n"
        "  t:unique(t.a, t.code) t:unique(t.a, t.b, t.place) end)";
    const PlanCount more[] = {{"x", 600}, {"a", 10}, {"b", 10}};
    const Plan *p = plan(body);
    never_twice(p, "x", "a", "code");
    never_twice(p, "x", "a", "both");
    assert_string_equal(table(p, "x")->key_order[1], "a, b, place");
    const Plan *q = grown(p, body, more, 3);
    assert_non_null(q);
    assert_string_equal(table(q, "x")->key_order[1], "a, b, place");
    never_twice(q, "x", "a", "code");
    never_twice(q, "x", "a", "both");
    same_rows(p, q, "x", "code");
    assert_int_equal(table(plan(SEATS("300", "30", "40")), "x")->nkey_order, 0);
    never_twice(plan(SEATS("300", "30", "29")), "x", "a", "place");
}

/* Keys that hold by construction are known, each with the fewest columns: the target's rows are
 * compared with them. */
static void fixed_keys_are_known(void **state)
{
    (void)state;
    const Plan *p = plan(
        "local a = r:table('a', { rows = 20 }, function(t) t.id = serial() end)\n"
        "local b = r:table('b', { rows = 30 }, function(t) t.id = serial() end)\n"
        "r:table('x', { per = { a, 3 } }, function(t) t.a = ref(a) t.n = child_index() t.m = int(1, 9)\n"
        "  t:primary_key(t.a, t.n, t.m) t:unique(t.a, t.n) t:unique(t.a, t.m) end)\n"
        "r:table('y', { rows = 60, per = { { a, between(2, 4) }, { b, between(1, 3) } } }, function(t)\n"
        "  t.id = serial() t.a = ref(a) t.b = ref(b) t:unique(t.a, t.b) end)");
    const TablePlan *x = table(p, "x"), *y = table(p, "y");
    assert_true(x->nfixed == 1 && x->ngroups == 1 && x->fixed[0]->ncols == 2);
    assert_int_equal(x->fixed[0]->cols[1], table_column(x->table, "n"));
    assert_true(y->nfixed == 1 && y->fixed[0]->cols[0] == table_column(y->table, "a"));
    assert_int_equal(table(p, "a")->nfixed, 0);
}

/* Values that rows of the user's own have are left out, and the rest still differs. */
static void followers_keep_clear(void **state)
{
    (void)state;
    const Plan *p = plan(SEATS("300", "30", "60"));
    RowSet *taken = rowset_new(mem);
    rowset_add(taken, 10, 12, mem);
    PlanChange change;
    int g = table(p, "x")->ngroups - 1, t = plan_table(p, "x");
    assert_true(table(p, "x")->segments[0].follows[g]);
    const Plan *q = plan_avoid(p, t, g, taken, &change, mem, &err);
    assert_non_null(q);
    never_twice(q, "x", "a", "code");
    const int64_t *before = numbers(p, "x", "code"), *after = numbers(q, "x", "code");
    for (int row = 0; row < 300; row++)
        assert_int_equal(before[row] != after[row], row >= 10 && row < 22);
}

/* A damaged ledger asks for no group that is not there. */
static void a_wrong_record_is_refused(void **state)
{
    (void)state;
    const char *body = SEATS("300", "30", "40");
    const Plan *p = plan(body);
    PlanHistory history[8];
    int n = histories(p, history, 0);
    for (int i = 0; i < n; i++)
        if (strcmp(history[i].table, "x") == 0)
            history[i].text = arena_printf(mem, "%.*s,\"follow\":[7]}",
                                           (int)strlen(history[i].text) - 1, history[i].text);
    PlanTarget target = {.engine = ENGINE_SQLITE, .history = history, .nhistory = n};
    err_clear(&err);
    assert_null(plan_with(body, options(), target));
    assert_int_equal(err.first->code, ERR_DRIFT);
}

/* Lookup tables have as many rows at every volume. */
static void fixed_rows_stay(void **state)
{
    (void)state;
    PlanOptions o = options();
    o.size = 10;
    const char *body = "r:table('a', { rows = 3, fixed = true }, function(t) t.id = serial() end)\n"
                       "r:table('b', { rows = 5 }, function(t) t.id = serial() end)";
    const Plan *p = plan_with(body, o, (PlanTarget){.engine = ENGINE_SQLITE});
    assert_true(table(p, "a")->rows == 3 && table(p, "b")->rows == 50);
    o.size = 0;
    o.count = 15;
    p = plan_with(body, o, (PlanTarget){.engine = ENGINE_SQLITE});
    assert_true(table(p, "a")->rows == 3 && table(p, "b")->rows == 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {T(both_counts_hold),          T(each_row_alone),
                                       T(several_are_refused),       T(bounds_hold_over_growth),
                                       T(keys_follow_each_other),    T(followers_keep_clear),
                                       T(fixed_keys_are_known),      T(the_narrow_key_comes_first),
                                       T(a_wrong_record_is_refused), T(fixed_rows_stay)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

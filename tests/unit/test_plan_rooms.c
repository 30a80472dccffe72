/* More children under parents that have some, where a key below them has fewer values than `per`
 * allows: each parent gets as many as it has values left, to the last one. Pure: no database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "plankit.h"

#define N 700

/* 40 parents, and 10 values below each. */
static const char *body(const char *per, const char *keys)
{
    return arena_printf(
        mem,
        "local a = r:table('a', { rows = 40 }, function(t) t.id = serial() end)\n"
        "local k = r:table('k', { rows = 2 }, function(t) t.id = serial() end)\n"
        "r:table('m', { rows = 100, per = { a, %s } }, function(t)\n"
        "  t.id = serial() t.a = ref(a) t.k = ref(k) t.n = int(1, 10) t.o = int(1, 5) %s end)\n",
        per, keys);
}

static const Plan *grow(const char *text, int64_t a, int64_t k, int64_t m, PlanChange *changes,
                        int nchanges)
{
    PlanOptions o = options();
    PlanCount counts[] = {{"a", a}, {"k", k}, {"m", m}};
    o.counts = counts;
    o.ncounts = 3;
    return plan_with(text, o,
                     (PlanTarget){.engine = ENGINE_SQLITE,
                                  .history = kit_history,
                                  .nhistory = kit_nhistory,
                                  .changes = changes,
                                  .nchanges = nchanges});
}

static bool by_room(const Plan *plan)
{
    const TablePlan *tp = table(plan, "m");
    const char *text = plan_segment_text(tp, &tp->segments[tp->nsegments - 1], mem);
    return strstr(text, "\"room\":[") != NULL;
}

/* The rows' values, a 1000 n; none twice. */
static const int64_t *distinct(const Plan *plan)
{
    uint32_t n = (uint32_t)table(plan, "m")->rows;
    assert_in_range(n, 1, N);
    static uint8_t seen[64][16];
    memset(seen, 0, sizeof seen);
    int64_t *all = arena_array(mem, int64_t, n);
    const Vec *a = lasting_column(plan, "m", "a", n), *v = lasting_column(plan, "m", "n", n);
    for (uint32_t i = 0; i < n; i++) {
        assert_in_range(v->i[i], 1, 10);
        assert_int_equal(seen[a->i[i]][v->i[i]]++, 0);
        all[i] = a->i[i] * 1000 + v->i[i];
    }
    return all;
}

typedef struct Wanted {
    int64_t a, m;
    bool room;
} Wanted;

static void grow_along(const char *text, const Wanted *wanted, int n)
{
    const int64_t *before = NULL;
    kit_nhistory = 0;
    for (int i = 0; i < n; i++) {
        const Plan *p = grow(text, wanted[i].a, 2, wanted[i].m, NULL, 0);
        if (!p)
            print_message("%d: %s: %s\n", i, err.first->subject, err.first->message);
        assert_non_null(p);
        assert_int_equal(by_room(p), wanted[i].room);
        const int64_t *now = distinct(p);
        for (int64_t k = 0; i > 0 && k < wanted[i - 1].m; k++)
            assert_int_equal(now[k], before[k]);
        plan_done(p, i);
        /* What the ledger tells is the same plan, whatever else is counted. */
        const Plan *again = grow(text, wanted[i].a, 2, wanted[i].m, NULL, 0);
        assert_non_null(again);
        assert_memory_equal(distinct(again), now, sizeof *now * (size_t)wanted[i].m);
        before = now;
    }
}

static const char *const refused =
    "take at most 10 rows beside those that are there, by the bound and by the values";

static void each_parent_is_filled(void **state)
{
    (void)state;
    static const Wanted steps[] = {{40, 100, false}, {40, 240, false}, {40, 370, true},
                                   {40, 399, true},  {40, 400, true},  {43, 420, false},
                                   {43, 429, true},  {43, 430, true}};
    const char *text = body("between(0, 30)", "t:unique(t.a, t.n)");
    grow_along(text, steps, 8);
    assert_null(grow(text, 44, 2, 441, NULL, 0));
    assert_int_equal(err.first->code, ERR_UNIQUE);
    assert_non_null(strstr(err.first->message, refused));
    assert_non_null(err.first->hint);
}

/* A distribution without an upper bound, and two keys, each with room of its own. */
static void any_distribution_and_several_keys(void **state)
{
    (void)state;
    static const Wanted steps[] = {
        {40, 100, false}, {40, 200, true}, {40, 330, true}, {40, 400, true}};
    grow_along(body("poisson { mean = 2.5 }", "t:unique(t.a, t.n)"), steps, 4);
    err_clear(&err);
    static const Wanted fewer[] = {{40, 100, false}, {40, 170, true}, {40, 200, true}};
    const char *text = body("between(0, 12)", "t:unique(t.a, t.n) t:unique(t.a, t.o)");
    grow_along(text, fewer, 3);
    assert_null(grow(text, 40, 2, 201, NULL, 0));
}

/* A reference in the key: new rows of it are values that no parent has used. */
static void values_that_came_later(void **state)
{
    (void)state;
    const char *text = body("between(0, 40)", "t:unique(t.a, t.k, t.o)");
    kit_nhistory = 0;
    const Plan *p = grow(text, 40, 2, 100, NULL, 0);
    plan_done(p, 0);
    assert_non_null(p = grow(text, 40, 2, 400, NULL, 0));
    assert_true(by_room(p));
    plan_done(p, 1);
    assert_null(grow(text, 40, 2, 401, NULL, 0));
    err_clear(&err);
    assert_non_null(p = grow(text, 40, 3, 600, NULL, 0));
    assert_true(by_room(p));
    static uint8_t seen[41][4][6];
    memset(seen, 0, sizeof seen);
    const Vec *a = lasting_column(p, "m", "a", 600), *k = lasting_column(p, "m", "k", 600),
              *o = lasting_column(p, "m", "o", 600);
    for (int i = 0; i < 600; i++)
        assert_int_equal(seen[a->i[i]][k->i[i]][o->i[i]]++, 0);
}

/* Rows that are gone leave room below the bound, but hold their values. */
static void what_is_gone_holds_its_values(void **state)
{
    (void)state;
    const char *text = body("between(0, 12)", "t:unique(t.a, t.n)");
    kit_nhistory = 0;
    plan_done(grow(text, 40, 2, 150, NULL, 0), 0);
    RowSet *gone = rowset_new(mem);
    rowset_add(gone, 20, 120, mem);
    PlanChange change = {.table = "m", .run = 1, .kind = CHANGE_DELETED, .rows = gone};
    const Plan *p = grow(text, 40, 2, 400, &change, 1);
    assert_non_null(p);
    assert_true(by_room(p));
    distinct(p);
    assert_null(grow(text, 40, 2, 401, &change, 1));
}

static const char *const members =
    "local a = r:table('a', { rows = 6 }, function(t) t.id = serial() end)\n"
    "local u = r:table('u', { rows = 30, per = { a, between(2, 8) } }, function(t) t.a = ref(a) t.n = child_index() t:primary_key(t.a, t.n) end)\n"
    "local k = r:table('k', { rows = 60, per = { a, between(3, 25) } }, function(t) t.a = ref(a) t.n = child_index() t:primary_key(t.a, t.n) end)\n"
    "r:table('m', { rows = 60, per = { u, between(0, 40) } }, function(t) t.a = ref(u, 'a') t.u = ref(u, 'n') t.k = ref(k, 'n')\n"
    "  t:foreign({ t.a, t.u }, u, { 'a', 'n' }) t:foreign({ t.a, t.k }, k, { 'a', 'n' }) t:primary_key(t.a, t.u, t.k) end)";

/* Each row's pair, a u k as one number; none twice among those that are there. */
static const int64_t *apart(const Plan *plan)
{
    const TablePlan *tp = table(plan, "m");
    uint32_t n = (uint32_t)tp->rows;
    assert_in_range(n, 1, N);
    static uint8_t seen[1 << 17];
    memset(seen, 0, sizeof seen);
    int64_t *all = arena_array(mem, int64_t, n);
    const Vec *a = lasting_column(plan, "m", "a", n), *u = lasting_column(plan, "m", "u", n),
              *k = lasting_column(plan, "m", "k", n);
    for (uint32_t i = 0; i < n; i++) {
        assert_false(vec_is_null(k, i));
        all[i] = (a->i[i] << 12) + (u->i[i] << 6) + k->i[i];
        if (!tp->gone || !rowhistory_has(tp->gone, tp->gone->n, i))
            assert_int_equal(seen[all[i]]++, 0);
    }
    return all;
}

/* How many pairs there can be. */
static int64_t pairs(const Plan *plan)
{
    int64_t count[2][8] = {{0}}, all = 0;
    static const char *const names[] = {"u", "k"};
    for (int i = 0; i < 2; i++) {
        const TablePlan *tp = table(plan, names[i]);
        const Vec *a = lasting_column(plan, names[i], "a", (uint32_t)tp->rows);
        for (uint32_t row = 0; row < tp->rows; row++)
            if (!tp->gone || !rowhistory_has(tp->gone, tp->gone->n, row))
                count[i][a->i[row]]++;
    }
    for (int a = 1; a <= 6; a++)
        all += count[0][a] * count[1][a];
    return all;
}

/* Parents have room of different size: the tenant's rows that they do not have. */
static void tenants_are_filled(void **state)
{
    (void)state;
    kit_nhistory = 0;
    const Plan *p = grow(members, 6, 60, 60, NULL, 0);
    assert_non_null(p);
    int64_t most = pairs(p), rows[] = {60, 0, 0, 0}, n = 0;
    assert_in_range(most, 200, 400);
    rows[1] = most / 2;
    rows[2] = most - 1;
    rows[3] = most;
    const int64_t *before = NULL;
    for (int i = 0; i < 4; i++) {
        assert_non_null(p = grow(members, 6, 60, rows[i], NULL, 0));
        const int64_t *now = apart(p);
        for (int64_t k = 0; k < n; k++)
            assert_int_equal(now[k], before[k]);
        plan_done(p, i);
        const Plan *again = grow(members, 6, 60, rows[i], NULL, 0);
        assert_memory_equal(apart(again), now, sizeof *now * (size_t)rows[i]);
        before = now;
        n = rows[i];
    }
    assert_true(by_room(p));
    assert_null(grow(members, 6, 60, most + 1, NULL, 0));
    assert_int_equal(err.first->code, ERR_UNIQUE);
    assert_non_null(strstr(err.first->message, "at most 0 rows beside"));
    err_clear(&err);
    /* Some go: what they held is free again. More of the tenants' rows come. */
    RowSet *left = rowset_new(mem);
    for (int64_t i = 0; i < n; i++)
        if ((before[i] & 63) < 4)
            rowset_add(left, (uint64_t)i, 1, mem);
    PlanChange changes[] = {{.table = "m", .run = 4, .kind = CHANGE_DELETED, .rows = left}};
    assert_non_null(p = grow(members, 6, 60, most + (int64_t)left->rows, changes, 1));
    const int64_t *now = apart(p);
    assert_memory_equal(now, before, sizeof *now * (size_t)n);
    assert_null(grow(members, 6, 60, most + (int64_t)left->rows + 1, changes, 1));
    err_clear(&err);
    assert_non_null(p = grow(members, 6, 75, most + (int64_t)left->rows + 30, changes, 1));
    apart(p);
}

/* The first rows are as the recipe says: it contradicts itself. */
static void first_rows_are_refused(void **state)
{
    (void)state;
    plan_refused("local a = r:table('a', { rows = 40 }, function(t) t.id = serial() end)\n"
                 "r:table('m', { rows = 300, per = { a, between(0, 20) } }, function(t)\n"
                 "  t.id = serial() t.a = ref(a) t.n = int(1, 10) t:unique(t.a, t.n) end)",
                 ERR_UNIQUE, "10 values per a, but one has");
}

static void a_ledger_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    const char *text = body("between(0, 30)", "t:unique(t.a, t.n)");
    kit_nhistory = 0;
    plan_done(grow(text, 40, 2, 100, NULL, 0), 0);
    plan_done(grow(text, 40, 2, 300, NULL, 0), 1);
    PlanHistory *m = &kit_history[kit_nhistory - 1];
    const char *head = arena_strndup(mem, m->text, strlen(m->text) - 3);
    static const char *const bad[] = {"1]}", "-1]}"};
    for (int i = 0; i < 2; i++) {
        m->text = arena_printf(mem, "%s%s", head, bad[i]);
        err_clear(&err);
        assert_null(grow(text, 40, 2, 300, NULL, 0));
        assert_int_equal(err.first->code, ERR_DRIFT);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
/* A tenant whose users are all gone gets no projects, which must have one of them for a lead. */
static void nobody_to_refer_to(void **state)
{
    (void)state;
    const char *text =
        "local a = r:table('a', { rows = 4 }, function(t) t.id = serial() end)\n"
        "local k = r:table('k', { rows = 20, per = { a, between(2, 9) } }, function(t) t.a = ref(a)"
        "  t.n = child_index() t:primary_key(t.a, t.n) end)\n"
        "r:table('m', { rows = 12, per = { a, between(0, 9) } }, function(t) t.a = ref(a)\n"
        "  t.n = child_index() t.lead = ref(k, 'n') t:foreign({ t.a, t.lead }, k, { 'a', 'n' })\n"
        "  t:primary_key(t.a, t.n) end)\n";
    const Plan *p = grow(text, 4, 20, 12, NULL, 0);
    assert_non_null(p);
    plan_done(p, 0);
    const int64_t *of = lasting_column(p, "k", "a", 20)->i;
    RowSet *gone = rowset_new(mem);
    for (uint64_t row = 0; row < 20; row++)
        if (of[row] == 2)
            rowset_add(gone, row, 1, mem);
    PlanChange change = {.table = "k", .run = 1, .kind = CHANGE_DELETED, .rows = gone};
    p = grow(text, 4, 20, 24, &change, 1);
    assert_non_null(p);
    assert_non_null(strstr(plan_segment_text(table(p, "m"), &table(p, "m")->segments[1], mem),
                           "\"barren\":[1]"));
    const int64_t *now = lasting_column(p, "m", "a", 24)->i;
    for (int row = 12; row < 24; row++)
        assert_int_not_equal(now[row], 2);
    uint64_t rows[24], out[24];
    for (uint64_t row = 0; row < 24; row++)
        rows[row] = row;
    Eval *eval = eval_new(p);
    assert_int_equal(eval_made(eval, plan_table(p, "m"), rows + 12, 12, out), 12);
    eval_free(eval);
    err_clear(&err);
    assert_null(grow(text, 4, 20, 60, &change, 1));
    assert_non_null(err.first->hint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(each_parent_is_filled),  T(any_distribution_and_several_keys),
        T(values_that_came_later), T(what_is_gone_holds_its_values),
        T(tenants_are_filled),     T(nobody_to_refer_to),
        T(first_rows_are_refused), T(a_ledger_that_does_not_fit_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

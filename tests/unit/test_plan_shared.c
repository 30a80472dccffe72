/* Foreign keys that share columns: what they refer to is of one tenant, pairs are distinct where a
 * key says so, and what cannot be is refused with numbers. Pure: no database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "plankit.h"

#define N 400

static const char *body(const char *projects, const char *members)
{
    return arena_printf(
        mem,
        "local a = r:table('a', { rows = 12 }, function(t) t.id = serial() end)\n"
        "local u = r:table('u', { rows = 90, per = { a, between(2, 20) } }, function(t)\n"
        "  t.a = ref(a) t.nr = child_index() t:primary_key(t.a, t.nr) end)\n"
        "local p = r:table('p', { %s }, function(t)\n"
        "  t.a = ref(a) t.nr = int(1, 900) t:primary_key(t.a, t.nr) end)\n"
        "r:table('m', { per = { u, %s } }, function(t)\n"
        "  t.a = ref(u, 'a') t.u = ref(u, 'nr') t.p = ref(p, 'nr')\n"
        "  t:foreign({ t.a, t.u }, u, { 'a', 'nr' })\n"
        "  t:foreign({ t.a, t.p }, p, { 'a', 'nr' })\n"
        "  t:primary_key(t.a, t.u, t.p) end)\n",
        projects, members);
}

/* The parents' tenants are the row's own. */
static void all_is_of_one_tenant(void **state)
{
    (void)state;
    const Plan *p = plan(body("per = { a, between(4, 9) }", "between(0, 4)"));
    int m = plan_table(p, "m");
    const TablePlan *tp = &p->tables[m];
    uint32_t n = (uint32_t)tp->rows;
    assert_in_range(n, 100, N);
    uint64_t rows[N], parents[N];
    for (uint32_t i = 0; i < n; i++)
        rows[i] = i;
    Eval *eval = eval_new(p);
    int64_t own[N], seen[N];
    memcpy(own, eval_column(eval, m, table_column(tp->table, "a"), rows, n)->i, n * sizeof *own);
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        if (strcmp(fk->fk->ref_table, "p") != 0)
            continue;
        memcpy(parents, eval_parents(eval, m, f, rows, n), n * sizeof *parents);
        const Vec *there = eval_column(eval, fk->parent, 0, parents, n);
        for (uint32_t i = 0; i < n; i++)
            assert_int_equal(there->i[i], own[i]);
        for (uint32_t i = 0; i < n; i++)
            seen[i] = (int64_t)parents[i];
    }
    /* No project twice under one user: users stand side by side. */
    const Vec *users = eval_column(eval, m, table_column(tp->table, "u"), rows, n);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = i + 1; k < n && users->i[k] == users->i[i] && own[k] == own[i]; k++)
            assert_int_not_equal(seen[i], seen[k]);
    eval_free(eval);
}

static void a_key_without_columns_of_its_own_follows(void **state)
{
    (void)state;
    const Plan *p = plan(
        "local a = r:table('a', { rows = 9 }, function(t) t.id = serial() end)\n"
        "local u = r:table('u', { rows = 40 }, function(t) t.id = serial() t.a = ref(a) t:unique(t.a, t.id) end)\n"
        "r:table('x', { rows = 60 }, function(t) t.id = serial() t.a = ref(a) t.u = ref(u, 'id')\n"
        "  t:foreign({ t.a, t.u }, u, { 'a', 'id' }) t.same = t.a.id - t.u.a end)");
    Eval *eval = eval_new(p);
    const Vec *v = column(eval, p, "x", "same", 60);
    for (int i = 0; i < 60; i++)
        assert_int_equal(v->i[i], 0);
    eval_free(eval);
}

static void trees_stay_inside(void **state)
{
    (void)state;
    const Plan *p =
        plan("local a = r:table('a', { rows = 9 }, function(t) t.id = serial() end)\n"
             "r:table('x', { rows = 60, per = { a, between(0, 20) } }, function(t)\n"
             "  t.a = ref(a) t.nr = child_index() t.up = ref(t, 'nr'):null()\n"
             "  t:foreign({ t.a, t.up }, t, { 'a', 'nr' }) t:primary_key(t.a, t.nr) end)");
    Eval *eval = eval_new(p);
    const Vec *nr = column(eval, p, "x", "nr", 60);
    int64_t numbers[60];
    memcpy(numbers, nr->i, sizeof numbers);
    const Vec *up = column(eval, p, "x", "up", 60);
    for (uint32_t i = 0; i < 60; i++)
        assert_true(numbers[i] == 1 ? vec_is_null(up, i) : up->i[i] >= 1 && up->i[i] < numbers[i]);
    eval_free(eval);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    plan_refused(body("per = { a, between(0, 1) }", "1"), ERR_COUNT, "can be without any");
    plan_refused(body("per = { a, 3 }", "between(4, 5)"), ERR_UNIQUE, "may have only 3");
    plan_refused(body("rows = 50", "1"), ERR_RECIPE, "cannot be told beforehand");
    plan_refused(
        "local a = r:table('a', { rows = 9 }, function(t) t.id = serial() end)\n"
        "local b = r:table('b', { rows = 9 }, function(t) t.id = serial() end)\n"
        "local u = r:table('u', { rows = 9 }, function(t) t.id = serial() t.b = ref(b) t:unique(t.b, t.id) end)\n"
        "r:table('x', { rows = 6 }, function(t) t.id = serial() t.a = ref(a) t.u = ref(u, 'id')\n"
        "  t:foreign({ t.a, t.u }, u, { 'b', 'id' }) end)",
        ERR_RECIPE, "does not lead to a");
}

static const char *const members =
    "local a = r:table('a', { rows = 5 }, function(t) t.id = serial() end)\n"
    "local u = r:table('u', { rows = 20, per = { a, between(2, 6) } }, function(t) t.a = ref(a) t.n = child_index() t:primary_key(t.a, t.n) end)\n"
    "local p = r:table('p', { rows = 60, per = { a, between(8, 40) } }, function(t) t.a = ref(a) t.n = child_index() t:primary_key(t.a, t.n) end)\n"
    "r:table('m', { rows = 60, per = { u, between(0, 8) } }, function(t) t.a = ref(u, 'a') t.u = ref(u, 'n') t.p = ref(p, 'n')\n"
    "  t:foreign({ t.a, t.u }, u, { 'a', 'n' }) t:foreign({ t.a, t.p }, p, { 'a', 'n' }) t:primary_key(t.a, t.u, t.p) end)";

static const Plan *grow(int64_t m, int64_t p, PlanChange *changes, int nchanges)
{
    PlanOptions o = options();
    PlanCount counts[] = {{"m", m}, {"p", p}};
    o.counts = counts;
    o.ncounts = m ? 2 : 0;
    return plan_with(members, o,
                     (PlanTarget){.engine = ENGINE_SQLITE,
                                  .history = kit_history,
                                  .nhistory = kit_nhistory,
                                  .changes = changes,
                                  .nchanges = nchanges});
}

/* The project of each of n members; no pair twice among those that are there. */
static int64_t *apart(const Plan *plan, uint32_t n)
{
    const TablePlan *tp = table(plan, "m");
    uint8_t seen[6][21][121] = {{{0}}};
    int64_t *project = arena_array(mem, int64_t, n), user[N], tenant[N];
    assert_in_range(n, 1, N);
    Eval *eval = eval_new(plan);
    memcpy(tenant, column(eval, plan, "m", "a", n)->i, n * sizeof *tenant);
    memcpy(user, column(eval, plan, "m", "u", n)->i, n * sizeof *user);
    const Vec *v = column(eval, plan, "m", "p", n);
    for (uint32_t k = 0; k < n; k++) {
        assert_false(vec_is_null(v, k));
        project[k] = v->i[k];
        if (!tp->gone || !rowhistory_has(tp->gone, tp->gone->n, k))
            assert_int_equal(seen[tenant[k]][user[k]][v->i[k]]++, 0);
    }
    eval_free(eval);
    return project;
}

/* More rows under users that have some: other projects, also when the projects are others. */
static void later_rows_are_apart_too(void **state)
{
    (void)state;
    const Plan *p;
    assert_non_null(p = grow(0, 0, NULL, 0));
    plan_done(p, 1);
    assert_non_null(p = grow(100, 60, NULL, 0));
    assert_null(
        strstr(plan_segment_text(table(p, "m"), &table(p, "m")->segments[1], mem), "apart"));
    apart(p, 100);
    plan_done(p, 2);
    assert_non_null(p = grow(120, 90, NULL, 0));
    const char *text = plan_segment_text(table(p, "m"), &table(p, "m")->segments[2], mem);
    assert_non_null(strstr(text, "\"apart\":[0]"));
    const int64_t *before = apart(p, 120);
    plan_done(p, 3);
    assert_non_null(p = grow(140, 90, NULL, 0));
    const int64_t *after = apart(p, 140);
    assert_memory_equal(before, after, 120 * sizeof *before);
    plan_done(p, 4);
    assert_non_null(p = grow(150, 100, NULL, 0));
    before = apart(p, 150);
    assert_memory_equal(after, before, 140 * sizeof *before);
}

static const RowSet *first_rows(uint64_t n)
{
    RowSet *set = rowset_new(mem);
    rowset_add(set, 0, n, mem);
    return set;
}

/* Projects that are gone are no place for more; members that are gone hold none. */
static void gone_rows_are_seen(void **state)
{
    (void)state;
    const Plan *p;
    assert_non_null(p = grow(0, 0, NULL, 0));
    plan_done(p, 1);
    PlanChange changes[] = {
        {.table = "p", .run = 2, .kind = CHANGE_DELETED, .rows = first_rows(55)},
        {.table = "m", .run = 2, .kind = CHANGE_DELETED, .rows = first_rows(60)}};
    assert_null(grow(120, 60, changes, 1));
    assert_int_equal(err.first->code, ERR_UNIQUE);
    assert_non_null(strstr(err.first->message, "20 parents take at most"));
    assert_non_null(strstr(err.first->message, "by the values of their keys"));
    assert_string_equal(err.first->where, "t.lua:5");
    err_clear(&err);
    assert_non_null(p = grow(70, 115, changes, 1));
    apart(p, 70);
    assert_non_null(p = grow(120, 60, changes + 1, 1));
    apart(p, 120);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(all_is_of_one_tenant), T(a_key_without_columns_of_its_own_follows),
        T(trees_stay_inside),    T(later_rows_are_apart_too),
        T(gone_rows_are_seen),   T(what_cannot_be_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

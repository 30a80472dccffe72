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

/* More rows under users that have some: other projects, as long as the projects are the same ones.
 */
static void later_rows_are_apart_too(void **state)
{
    (void)state;
    PlanOptions o = options();
    const Plan *first = plan_with(members, o, (PlanTarget){.engine = ENGINE_SQLITE});
    assert_non_null(first);
    PlanHistory history[4];
    for (int t = 0; t < 4; t++)
        history[t] = (PlanHistory){
            .table = first->tables[t].table->name,
            .rows = first->tables[t].rows,
            .text = plan_segment_text(&first->tables[t], &first->tables[t].segments[0], mem),
            .committed = first->tables[t].rows};
    PlanTarget target = {.engine = ENGINE_SQLITE, .history = history, .nhistory = 4};
    PlanCount counts[] = {{"m", 120}, {"p", 60}};
    o.counts = counts;
    o.ncounts = 2;
    const Plan *more = plan_with(members, o, target);
    assert_non_null(more);
    Eval *eval = eval_new(more);
    uint8_t seen[6][21][61] = {{{0}}};
    int64_t user[120], tenant[120];
    const Vec *v = column(eval, more, "m", "a", 120);
    memcpy(tenant, v->i, sizeof tenant);
    v = column(eval, more, "m", "u", 120);
    memcpy(user, v->i, sizeof user);
    v = column(eval, more, "m", "p", 120);
    for (int k = 0; k < 120; k++)
        assert_int_equal(seen[tenant[k]][user[k]][v->i[k]]++, 0);
    eval_free(eval);
    counts[1].rows = 90;
    assert_null(plan_with(members, o, target));
    assert_int_equal(err.first->code, ERR_REFUSED);
    assert_non_null(strstr(err.first->message, "each with another of p"));
    assert_string_equal(err.first->where, "t.lua:6");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(all_is_of_one_tenant), T(a_key_without_columns_of_its_own_follows), T(trees_stay_inside),
        T(later_rows_are_apart_too), T(what_cannot_be_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

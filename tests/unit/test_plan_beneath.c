/* Keys of an ancestor's column and a number narrower than the table: no number twice beneath one
 * ancestor, each is used where they just suffice, and what came before stays. Pure: no database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "plankit.h"

#define TENANTS 16
#define N       900

static const char *const tenants =
    "local a = r:table('a', { rows = 8 }, function(t) t.id = serial() t.code = pattern('t-##'):unique() end)\n";
static const char *const numbered =
    "local p = r:table('p', { rows = 30, per = { a, between(1, 8) } }, function(t)\n"
    "  t.a = ref(a) t.nr = child_index() t:primary_key(t.a, t.nr) end)\n";
static const char *const plain =
    "local p = r:table('p', { rows = 30, per = { a, between(1, 8) } }, function(t) t.id = serial() t.a = ref(a) end)\n";

/* Through a foreign key of two columns. */
static const char *composite(int rows, int numbers)
{
    return arena_printf(mem,
                        "%s%sr:table('m', { rows = %d, per = { p, between(0, 40) } }, function(t)\n"
                        "  t.id = serial() t.a = ref(p, 'a') t.p = ref(p, 'nr') t.n = int(1, %d)\n"
                        "  t:foreign({ t.a, t.p }, p, { 'a', 'nr' }) t:unique(t.a, t.n) end)\n",
                        tenants, numbered, rows, numbers);
}

/* Handed down through two tables, by another column of the ancestor than its key. */
static const char *handed_down(int rows, int numbers)
{
    return arena_printf(
        mem,
        "%s%slocal q = r:table('q', { rows = 60, per = { p, between(0, 5) } }, function(t)\n"
        "  t.id = serial() t.p = ref(p) t.code = t.p.a.code end)\n"
        "r:table('m', { rows = %d, per = { q, between(0, 25) } }, function(t)\n"
        "  t.id = serial() t.q = ref(q) t.a = t.q.p.a t.code = t.q.code t.n = int(1, %d)\n"
        "  t:unique(t.code, t.n) end)\n",
        tenants, plain, rows, numbers);
}

/* A key with a reference of its own, and one that shares that with it. */
static const char *with_kinds(int rows, int numbers)
{
    return arena_printf(
        mem,
        "%s%slocal k = r:table('k', { rows = 3 }, function(t) t.id = serial() end)\n"
        "r:table('m', { rows = %d, per = { p, between(0, 40) } }, function(t)\n"
        "  t.id = serial() t.p = ref(p) t.a = t.p.a t.k = ref(k) t.code = int(1, %d) t.other = int(1, 700)\n"
        "  t.n = t.code * 3 + t.k.id t:unique(t.a, t.k, t.code) t:unique(t.a, t.k, t.other) end)\n",
        tenants, plain, rows, numbers);
}

static const Plan *grow(const char *body, PlanCount *counts, int ncounts, PlanChange *changes,
                        int nchanges)
{
    PlanOptions o = options();
    o.counts = counts;
    o.ncounts = ncounts;
    return plan_with(body, o,
                     (PlanTarget){.engine = ENGINE_SQLITE,
                                  .history = kit_history,
                                  .nhistory = kit_nhistory,
                                  .changes = changes,
                                  .nchanges = nchanges});
}

/* The numbers; none twice in a tenant, none in `own` (per tenant and number). */
static const int64_t *distinct(const Plan *plan, int64_t most, const uint8_t own[TENANTS][1024])
{
    uint32_t n = (uint32_t)table(plan, "m")->rows;
    static uint8_t seen[TENANTS + 1][2048];
    memset(seen, 0, sizeof seen);
    assert_in_range(n, 1, N);
    const Vec *a = lasting_column(plan, "m", "a", n), *v = lasting_column(plan, "m", "n", n);
    for (uint32_t k = 0; k < n; k++) {
        assert_in_range(v->i[k], 1, most);
        assert_int_equal(seen[a->i[k]][v->i[k]]++, 0);
        assert_false(own && own[a->i[k]][v->i[k]]);
    }
    return v->i;
}

/* The most rows of one tenant. */
static int most_of(const Plan *plan)
{
    uint32_t n = (uint32_t)table(plan, "m")->rows;
    int count[TENANTS + 1] = {0}, most = 0;
    const Vec *a = lasting_column(plan, "m", "a", n);
    for (uint32_t k = 0; k < n; k++)
        if (++count[a->i[k]] > most)
            most = count[a->i[k]];
    return most;
}

static bool is_beneath(const Plan *plan, int segment)
{
    const TablePlan *tp = table(plan, "m");
    bool said = strstr(plan_segment_text(tp, &tp->segments[segment], mem), "beneath") != NULL;
    bool any = false;
    for (int g = 0; g < tp->ngroups; g++)
        any = any || tp->segments[segment].beneath[g];
    assert_int_equal(said, any);
    return any;
}

/* As many numbers as the largest tenant has rows, and one less. */
static void as_many_as_one_tenant_needs(void **state)
{
    (void)state;
    const char *(*bodies[])(int, int) = {composite, handed_down};
    for (int i = 0; i < 2; i++) {
        const Plan *wide = plan(bodies[i](500, 900));
        assert_false(is_beneath(wide, 0));
        int most = most_of(wide);
        assert_in_range(most, 70, 300);
        const Plan *narrow = plan(bodies[i](500, most));
        assert_true(is_beneath(narrow, 0));
        assert_int_equal(most_of(narrow), most);
        distinct(narrow, most, NULL);
        plan_refused(bodies[i](500, most - 1), ERR_UNIQUE,
                     arena_printf(mem, "%d values per a, but one has %d rows", most - 1, most));
    }
}

/* What is not counted all the way up cannot be told apart. */
static void uncounted_rows_need_values_for_all(void **state)
{
    (void)state;
    const char *m =
        "r:table('m', { rows = 500, per = { p, between(0, 40) } }, function(t)\n"
        "  t.id = serial() t.p = ref(p) t.a = t.p.a t.n = int(1, 300) t:unique(t.a, t.n) end)\n";
    plan_refused(
        arena_printf(
            mem,
            "%slocal p = r:table('p', { rows = 30 }, function(t) t.id = serial() t.a = ref(a) end)\n%s",
            tenants, m),
        ERR_UNIQUE, "300 values for 500 rows");
    /* A column of the tenant that others may have, too. */
    plan_refused(
        arena_printf(
            mem,
            "local a = r:table('a', { rows = 8 }, function(t) t.id = serial() t.size = int(1, 3) end)\n"
            "%sr:table('m', { rows = 500, per = { p, between(0, 40) } }, function(t)\n"
            "  t.id = serial() t.p = ref(p) t.a = t.p.a.size t.n = int(1, 300) t:unique(t.a, t.n) end)\n",
            plain),
        ERR_UNIQUE, "300 values for 500 rows");
}

static void references_and_shared_columns(void **state)
{
    (void)state;
    const Plan *p = plan(with_kinds(600, 60));
    assert_true(is_beneath(p, 0));
    distinct(p, 183, NULL);
    const TablePlan *tp = table(p, "m");
    uint32_t n = (uint32_t)tp->rows;
    static uint8_t seen[TENANTS + 1][4][701];
    memset(seen, 0, sizeof seen);
    const Vec *a = lasting_column(p, "m", "a", n), *k = lasting_column(p, "m", "k", n),
              *other = lasting_column(p, "m", "other", n);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(seen[a->i[i]][k->i[i]][other->i[i]]++, 0);
}

/* A key that follows one which goes by ancestors must name these, too. */
static void others_may_follow_where_they_name_it(void **state)
{
    (void)state;
    const char *body =
        "%s%sr:table('m', { rows = 500, per = { p, between(0, 40) } }, function(t)\n"
        "  t.id = serial() t.p = ref(p) t.a = t.p.a t.kind = int(1, 4) t.code = int(1, 50) t.other = int(1, 60)\n"
        "  t.n = t.kind * 100 + t.other t:unique(t.a, t.kind, t.code) t:unique(%st.kind, t.other) end)\n";
    const Plan *p = plan(arena_printf(mem, body, tenants, plain, "t.a, "));
    const TablePlan *tp = table(p, "m");
    assert_true(tp->segments[0].beneath[0] && tp->segments[0].follows[1]);
    distinct(p, 460, NULL);
    plan_refused(arena_printf(mem, body, tenants, plain, ""), ERR_UNIQUE, "60 values for 500 rows");
}

/* First all rows have enough, then only those of each tenant; tenants and projects come, too. */
static void growth_keeps_what_was(void **state)
{
    (void)state;
    static const int64_t steps[][3] = {{8, 30, 60},  {8, 30, 110},  {8, 30, 300},
                                       {8, 50, 420}, {12, 70, 700}, {12, 70, 800}};
    const char *(*bodies[])(int, int) = {composite, handed_down};
    for (int i = 0; i < 2; i++) {
        const int64_t *before = NULL;
        size_t n = 0;
        kit_nhistory = 0;
        for (int s = 0; s < 6; s++) {
            PlanCount counts[] = {
                {"a", steps[s][0]}, {"p", steps[s][1]}, {"q", 2 * steps[s][1]}, {"m", steps[s][2]}};
            counts[2] = i == 0 ? counts[3] : counts[2];
            const Plan *p = grow(bodies[i](60, 150), counts, i == 0 ? 3 : 4, NULL, 0);
            assert_non_null(p);
            assert_int_equal(is_beneath(p, s), s > 1);
            const int64_t *now = distinct(p, 150, NULL);
            for (size_t k = 0; k < n; k++)
                assert_int_equal(now[k], before[k]);
            before = now;
            n = (size_t)steps[s][2];
            plan_done(p, s);
        }
    }
}

/* Values that rows of the user's own hold: avoided within each tenant, before growth and after. */
static void taken_values_are_avoided(void **state)
{
    (void)state;
    static uint8_t own[TENANTS][1024];
    static const int64_t rows[] = {100, 300, 400};
    PlanChange changes[200];
    int n = 0;
    kit_nhistory = 0;
    memset(own, 0, sizeof own);
    for (int64_t a = 0; a < TENANTS; a++)
        for (int i = 0; i < 12; i++)
            own[a][1 + rng_below(rng_philox(5, (uint64_t)a, (uint64_t)i).a, 160)] = 1;
    const int64_t *before = NULL;
    for (int s = 0; s < 3; s++) {
        PlanCount counts[] = {{"m", rows[s]}};
        const Plan *p = grow(composite(60, 160), counts, 1, changes, n);
        assert_non_null(p);
        int at = plan_table(p, "m");
        for (int round = 0; round < 40; round++) {
            RowSet *taken = rowset_new(mem);
            uint32_t all = (uint32_t)rows[s], from = s ? (uint32_t)rows[s - 1] : 0;
            Eval *eval = eval_new(p);
            int64_t tenant[N];
            memcpy(tenant, column(eval, p, "m", "a", all)->i, all * sizeof *tenant);
            const Vec *v = column(eval, p, "m", "n", all);
            for (uint32_t k = from; k < all; k++)
                if (own[tenant[k]][v->i[k]])
                    rowset_add(taken, k, 1, mem);
            eval_free(eval);
            if (taken->rows == 0)
                break;
            assert_non_null(p = plan_avoid(p, at, 0, taken, &changes[n], mem, &err));
            changes[n++].run = s;
        }
        /* The ledger's record gives the same again. */
        const Plan *again = grow(composite(60, 160), counts, 1, changes, n);
        assert_non_null(again);
        assert_true(plan_same_places(p, again));
        const int64_t *now = distinct(again, 160, own), *was = distinct(p, 160, own);
        assert_memory_equal(now, was, sizeof *now * (size_t)rows[s]);
        for (int64_t k = 0; s > 0 && k < rows[s - 1]; k++)
            assert_int_equal(now[k], before[k]);
        before = now;
        plan_done(again, s);
    }
}

static void a_ledger_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    kit_nhistory = 0;
    plan_done(plan(composite(500, 300)), 0);
    PlanCount counts[] = {{"m", 500}};
    assert_non_null(grow(composite(500, 300), counts, 1, NULL, 0));
    PlanHistory *m = &kit_history[kit_nhistory - 1];
    assert_string_equal(m->table, "m");
    assert_non_null(strstr(m->text, "\"beneath\":[0]"));
    const char *good = m->text, *head = arena_strndup(mem, good, strlen(good) - 3);
    static const char *const bad[] = {"1]}", "-1]}", "0],\"follow\":[0]}"};
    for (int i = 0; i < 3; i++) {
        m->text = arena_printf(mem, "%s%s", head, bad[i]);
        err_clear(&err);
        assert_null(grow(composite(500, 300), counts, 1, NULL, 0));
        assert_int_equal(err.first->code, ERR_DRIFT);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {T(as_many_as_one_tenant_needs),
                                       T(uncounted_rows_need_values_for_all),
                                       T(references_and_shared_columns),
                                       T(others_may_follow_where_they_name_it),
                                       T(growth_keeps_what_was),
                                       T(taken_values_are_avoided),
                                       T(a_ledger_that_does_not_fit_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

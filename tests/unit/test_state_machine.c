/* state_machine: shares and times of transitions, moments only of states that were reached, in
 * order, never after the clock; and children that are never older than their parents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "plankit.h"

#define ROWS  1000
#define CLOCK INT64_C(1767225600000000) /* 2026-01-01 */
#define DAY   MICROS_PER_DAY

#define FLOW                                                                                       \
    "  local flow = state_machine { from = t.at, start = \"pending\", states = {\n"                \
    "    pending = { paid = 90, cancelled = 10, after = hours(1, 48) },\n"                         \
    "    paid = { shipped = 1, after = days(1, 4) },\n"                                            \
    "    shipped = { returned = 25, stay = 75, after = months(1, 2) },\n"                          \
    "  } }\n"

static bool is(const Vec *v, uint32_t k, const char *s)
{
    return v->s[k].n == strlen(s) && memcmp(v->s[k].p, s, v->s[k].n) == 0;
}

static void gated_and_ordered(void **state)
{
    (void)state;
    const Plan *p = plan("r:table(\"o\", { rows = 1000 }, function(t)\n  t.id = serial()\n"
                         "  t.at = timestamp { from = days(-90), to = clock }\n" FLOW
                         "  t.paid_at = flow.paid_at\n  t.status = flow\n"
                         "  t.shipped_at = flow.shipped_at\n  t.since = flow.since\n"
                         "  t.first = flow.pending_at\n  t.back = flow.returned_at\n"
                         "  t.is_paid = flow:ne(\"pending\") & flow:ne(\"cancelled\")\n"
                         "end)");
    enum { AT, PAID, STATUS, SHIPPED, LAST, FIRST, BACK, IS_PAID, N };
    static const char *const names[] = {"at",    "paid_at", "status", "shipped_at",
                                        "since", "first",   "back",   "is_paid"};
    Eval *evals[N];
    const Vec *v[N];
    for (int i = 0; i < N; i++)
        v[i] = column(evals[i] = eval_new(p), p, "o", names[i], ROWS);
    int cancelled = 0, left = 0, returned = 0, ripe = 0;
    for (uint32_t k = 0; k < ROWS; k++) {
        bool paid = !vec_is_null(v[PAID], k), shipped = !vec_is_null(v[SHIPPED], k),
             back = !vec_is_null(v[BACK], k), pending = is(v[STATUS], k, "pending");
        bool gone = is(v[STATUS], k, "cancelled");
        assert_int_equal(paid, !pending && !gone);
        assert_int_equal(paid, v[IS_PAID]->i[k]);
        assert_int_equal(shipped, is(v[STATUS], k, "shipped") || back);
        assert_int_equal(back, is(v[STATUS], k, "returned"));
        assert_true(v[FIRST]->i[k] == v[AT]->i[k]);
        assert_true(v[LAST]->i[k] >= v[AT]->i[k] && v[LAST]->i[k] <= CLOCK);
        if (pending)
            assert_true(v[AT]->i[k] > CLOCK - 2 * DAY && v[LAST]->i[k] == v[AT]->i[k]);
        if (paid) {
            int64_t took = v[PAID]->i[k] - v[AT]->i[k];
            assert_true(took >= DAY / 24 && took <= 2 * DAY && v[PAID]->i[k] <= CLOCK);
        }
        if (shipped) {
            int64_t took = v[SHIPPED]->i[k] - v[PAID]->i[k];
            assert_true(took >= DAY && took <= 4 * DAY && v[SHIPPED]->i[k] <= CLOCK);
        }
        if (back)
            assert_true(v[BACK]->i[k] >= v[SHIPPED]->i[k] + 28 * DAY && v[BACK]->i[k] <= CLOCK &&
                        v[LAST]->i[k] == v[BACK]->i[k]);
        left += !pending;
        cancelled += gone;
        if (shipped && v[SHIPPED]->i[k] < CLOCK - 62 * DAY) {
            ripe++;
            returned += back;
        }
    }
    assert_in_range(cancelled, left * 7 / 100, left * 13 / 100);
    assert_true(ripe > 150);
    assert_in_range(returned, ripe * 15 / 100, ripe * 35 / 100);
    for (int i = 0; i < N; i++)
        eval_free(evals[i]);
}

/* Down four tables, for every row, where spans are short, long, and longer than what is left. */
static void children_are_never_older(void **state)
{
    (void)state;
    const Plan *p = plan(
        "local a = r:table(\"a\", { rows = 50 }, function(t) t.id = serial() "
        "t.at = timestamp { from = years(-2), to = clock } end)\n"
        "local b = r:table(\"b\", { rows = 200, per = { a, between(0, 9) } }, function(t) "
        "t.id = serial() t.up = ref(a) t.at = after(t.up.at, days(0, 900)) end)\n"
        "local c = r:table(\"c\", { rows = 1000 }, function(t) t.id = serial() t.up = ref(b) "
        "t.at = after(t.up.at, months(1, 6)) t.top = t.up.up.at end)\n"
        "r:table(\"d\", { rows = 1000, per = { c, between(0, 3) } }, function(t) t.id = serial() "
        "t.up = ref(c) t.at = after(t.up.at, seconds(0, 3)) t.above = t.up.at t.top = t.up.up.up.at "
        "t.sum = state_machine { from = t.up.at, start = \"x\", states = { x = { y = 1, after = "
        "days(0, 2) } } }\nend)");
    Eval *e = eval_new(p), *f = eval_new(p), *g = eval_new(p);
    const Vec *at = column(e, p, "d", "at", ROWS), *above = column(f, p, "d", "above", ROWS),
              *top = column(g, p, "d", "top", ROWS);
    int later = 0, cut = 0;
    for (uint32_t k = 0; k < ROWS; k++) {
        assert_true(at->i[k] >= above->i[k] && above->i[k] >= top->i[k] && at->i[k] <= CLOCK);
        later += above->i[k] > top->i[k];
        cut += at->i[k] == CLOCK;
    }
    assert_true(later > 900 && cut > 50 && cut < 900);
    eval_free(e);
    eval_free(f);
    eval_free(g);
}

static void refused(const char *states, const char *expected)
{
    RecipeSource source = {.name = "t.lua"};
    source.text = arena_printf(
        mem,
        "local r = recipe { name = \"t\", clock = \"2026-01-01\" }\n"
        "r:table(\"t\", { rows = 1 }, function(t)\n  t.id = serial()\n  t.at = clock\n"
        "  t.x = state_machine { from = t.at, start = \"a\", states = %s }\nend)\nreturn r\n",
        states);
    source.len = strlen(source.text);
    err_clear(&err);
    const Recipe *r = recipe_load_sources(&source, 1, mem, &err);
    PlanOptions o = options();
    PlanTarget target = {.engine = ENGINE_SQLITE, .load_path = LOAD_PREPARED};
    if (r)
        assert_null(plan_build(r, &o, &target, mem, &err));
    assert_non_null(err.first);
    assert_string_equal(err.first->where, "t.lua:5");
    if (!strstr(err.first->message, expected))
        fail_msg("%s", err.first->message);
    err_clear(&err);
}

static void misuse(void **state)
{
    (void)state;
    refused("{ a = { b = 0, after = days(1) } }", "the weight of \"b\" of state \"a\"");
    refused("{ a = { b = 1 } }", "does not say after how long it is left");
    refused("{ a = { b = 1, after = 5 } }", "after of state \"a\" cannot be the number 5");
    refused("{ a = \"b\" }", "the next of state \"a\" cannot be");
    refused("{ b = { c = 1, after = days(1) } }", "start = \"a\" is no state");
    refused("{ a = { b = 1, after = days(1) }, c = { b = 1, after = days(1) } }",
            "nothing leads from \"a\" to \"c\"");
    refused("{ a = { b = 1, after = days(-2, -1) } }", "is left after a time from 0");
    refused("{ a = { b = 1, after = days(1) } } }.paid_at --", "there is no method :paid_at");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {TEST(gated_and_ordered), TEST(children_are_never_older),
                                       TEST(misuse)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Plans of recipes whose parents compute values over their children. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "recipe/recipe.h"

static Arena *mem;
static Err err;
static Env env = {.name = "dev", .confirm_rows = 10000};

static int setup(void **state)
{
    (void)state;
    mem = arena_new();
    err_clear(&err);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(mem);
    return 0;
}

static const Recipe *recipe(const char *body)
{
    RecipeSource source = {.name = "t.lua"};
    source.text = arena_printf(
        mem, "local r = recipe { name = \"t\", seed = 7, clock = \"2026-01-01\" }\n%s\nreturn r\n",
        body);
    source.len = strlen(source.text);
    const Recipe *r = recipe_load_sources(&source, 1, mem, &err);
    if (!r)
        print_message("%s: %s\n", err.first->where, err.first->message);
    assert_non_null(r);
    return r;
}

static PlanOptions options(void)
{
    return (PlanOptions){.env = &env, .count = -1};
}

static const Plan *plan_with(const char *body, PlanOptions o, PlanTarget target)
{
    return plan_build(recipe(body), &o, &target, mem, &err);
}

static const Plan *plan(const char *body)
{
    const Plan *p = plan_with(body, options(),
                              (PlanTarget){.engine = ENGINE_SQLITE, .load_path = LOAD_PREPARED});
    if (!p)
        print_message("%s: %s\n", err.first->subject, err.first->message);
    assert_non_null(p);
    return p;
}

static void refused(const char *body, ErrCode code, const char *part)
{
    const Plan *p = plan_with(body, options(), (PlanTarget){.engine = ENGINE_SQLITE});
    assert_null(p);
    assert_int_equal(err.first->code, code);
    bool found = false;
    for (const ErrItem *e = err.first; e; e = e->next)
        found = found || strstr(e->message, part) || (e->subject && strstr(e->subject, part));
    if (!found)
        print_message("not found \"%s\" in: %s: %s\n", part, err.first->subject,
                      err.first->message);
    assert_true(found);
    assert_non_null(err.first->hint);
}

/* A column that depends on itself through children is refused with its path; one that does not is
 * fine, whichever table comes first. */
static void columns_of_children_and_parents(void **state)
{
    (void)state;
    refused("r:table('o', { rows = 2 }, function(t) t.id = serial() t.total = sum 'i.share' end)\n"
            "r:table('i', { per = { 'o', 2 } }, function(t) t.o_id = ref 'o' t.n = int(1, 5)\n"
            "  t.share = t.n / t.o_id.total end)",
            ERR_RECIPE, "depends on itself: o.total -> i.share -> o.total");
    refused("r:table('o', { rows = 2 }, function(t) t.id = serial() t.total = sum 'i.n' end)\n"
            "r:table('i', { rows = 5 }, function(t) t.o_id = ref 'o' t.n = int(1, 5) end)",
            ERR_RECIPE, "the rows of i are not counted per row of o");
    refused("r:table('o', { rows = 2 }, function(t) t.id = serial() t.total = sum 'i.n' end)\n"
            "r:table('i', { rows = 5 }, function(t) t.n = int(1, 5) end)",
            ERR_RECIPE, "i has no reference to o");
    refused("r:table('o', { rows = 2 }, function(t) t.id = serial() t.n = child_index() end)",
            ERR_RECIPE, "the table's rows are not counted per parent");
    const Plan *p = plan(
        "r:table('o', { rows = 2 }, function(t) t.id = serial() t.fee = int(1, 9) t.total = sum 'i.gross' end)\n"
        "r:table('i', { per = { 'o', 2 } }, function(t) t.o_id = ref 'o' t.n = int(1, 5)\n"
        "  t.gross = t.n + t.o_id.fee t.share = t.gross / t.o_id.total end)");
    assert_int_equal(p->tables[1].rows, 4);
    assert_string_equal(p->tables[1].fks[0].rolled_up, "o.total");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_of_children_and_parents, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

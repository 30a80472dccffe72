/* Plans of recipes whose parents compute values over their children. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plankit.h"

/* A column that depends on itself through children is refused with its path; one that does not is
 * fine, whichever table comes first. */
static void columns_of_children_and_parents(void **state)
{
    (void)state;
    plan_refused(
        "r:table('o', { rows = 2 }, function(t) t.id = serial() t.total = sum 'i.share' end)\n"
        "r:table('i', { per = { 'o', 2 } }, function(t) t.o_id = ref 'o' t.n = int(1, 5)\n"
        "  t.share = t.n / t.o_id.total end)",
        ERR_RECIPE, "depends on itself: o.total -> i.share -> o.total");
    plan_refused("r:table('o', { rows = 2 }, function(t) t.id = serial() t.total = sum 'i.n' end)\n"
                 "r:table('i', { rows = 5 }, function(t) t.o_id = ref 'o' t.n = int(1, 5) end)",
                 ERR_RECIPE, "the rows of i are not counted per row of o");
    plan_refused("r:table('o', { rows = 2 }, function(t) t.id = serial() t.total = sum 'i.n' end)\n"
                 "r:table('i', { rows = 5 }, function(t) t.n = int(1, 5) end)",
                 ERR_RECIPE, "i has no reference to o");
    plan_refused("r:table('o', { rows = 2 }, function(t) t.id = serial() t.n = child_index() end)",
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

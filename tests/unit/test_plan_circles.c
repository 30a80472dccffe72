/* Tables that refer to each other: which key waits, and by which way. Pure: no database; what
 * servers make of it is in tests/cli/circle.test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "plankit.h"

static const char ring[] =
    "r:table('dogs', { rows = 50 }, function(t) t.id = serial() t.owner_id = ref 'people' end)\n"
    "r:table('people', { rows = 20 }, function(t) t.id = serial() t.dog_id = ref 'dogs' end)";

/* The same two tables in the target, and what the keys of people are like there. */
typedef struct Ring {
    Table tables[2];
    Column dogs[2], people[2];
    ForeignKey dogs_owner, people_dog;
    Catalog catalog;
} Ring;

static const Catalog *there(Ring *ring_there, bool nullable, bool deferrable)
{
    static int id[] = {0}, ref[] = {1};
    static const char *ref_cols[] = {"id"};
    Type bigint = type_parse("bigint", mem);
    *ring_there = (Ring){.dogs = {{.name = "id", .type = bigint, .auto_key = true},
                                  {.name = "owner_id", .type = bigint}},
                         .people = {{.name = "id", .type = bigint, .auto_key = true},
                                    {.name = "dog_id", .type = bigint, .nullable = nullable}},
                         .dogs_owner = {.name = "dogs_owner",
                                        .cols = ref,
                                        .ncols = 1,
                                        .ref_table = "people",
                                        .ref_cols = ref_cols},
                         .people_dog = {.name = "people_dog",
                                        .cols = ref,
                                        .ncols = 1,
                                        .ref_table = "dogs",
                                        .ref_cols = ref_cols,
                                        .deferrable = deferrable}};
    Key key = {.cols = id, .ncols = 1};
    ring_there->tables[0] = (Table){.name = "dogs",
                                    .cols = ring_there->dogs,
                                    .ncols = 2,
                                    .primary = key,
                                    .fks = &ring_there->dogs_owner,
                                    .nfks = 1};
    ring_there->tables[1] = (Table){.name = "people",
                                    .cols = ring_there->people,
                                    .ncols = 2,
                                    .primary = key,
                                    .fks = &ring_there->people_dog,
                                    .nfks = 1};
    ring_there->catalog = (Catalog){.tables = ring_there->tables, .ntables = 2};
    return &ring_there->catalog;
}

static const Plan *made(PlanTarget target, double size)
{
    PlanOptions o = options();
    o.size = size;
    const Plan *p = plan_with(ring, o, target);
    if (!p)
        print_message("%s: %s\n", err.first->subject, err.first->message);
    assert_non_null(p);
    assert_string_equal(p->tables[0].table->name, "people");
    return p;
}

static const Step *step_of(const Plan *p, StepKind kind)
{
    for (int i = 0; i < p->nsteps; i++)
        if (p->steps[i].kind == kind)
            return &p->steps[i];
    return NULL;
}

static void new_tables_get_the_key_later(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        const Plan *p = made((PlanTarget){.engine = i ? ENGINE_MYSQL : ENGINE_POSTGRES}, 1);
        assert_int_equal(p->tables[0].fks[0].circle, CIRCLE_KEY_AFTER);
        assert_int_equal(p->tables[1].fks[0].circle, CIRCLE_NONE);
        assert_null(strstr(step_of(p, STEP_CREATE_TABLE)->sql[0], "FOREIGN KEY"));
        const Step *add = step_of(p, STEP_ADD_FOREIGN);
        assert_int_equal(add->table, 0);
        assert_string_equal(add->what, "add 1 foreign key to people");
    }
    const Plan *p = made((PlanTarget){.engine = ENGINE_SQLITE}, 1);
    assert_int_equal(p->tables[0].fks[0].circle, CIRCLE_UNCHECKED);
    assert_non_null(strstr(step_of(p, STEP_CREATE_TABLE)->sql[0], "FOREIGN KEY"));
}

static void a_target_decides_the_way(void **state)
{
    (void)state;
    static const struct {
        Engine engine;
        bool nullable, deferrable;
        double size;
        CircleWay way;
    } cases[] = {{ENGINE_POSTGRES, true, false, 1, CIRCLE_UPDATE},
                 {ENGINE_POSTGRES, true, true, 1, CIRCLE_DEFERRED},
                 {ENGINE_POSTGRES, true, true, 1000, CIRCLE_UPDATE},
                 {ENGINE_POSTGRES, false, true, 1000, CIRCLE_DEFERRED},
                 {ENGINE_POSTGRES, false, false, 1, CIRCLE_DEFERRED},
                 {ENGINE_MARIADB, true, false, 1, CIRCLE_UNCHECKED},
                 {ENGINE_SQLITE, false, false, 1, CIRCLE_UNCHECKED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Ring r;
        PlanTarget target = {.engine = cases[i].engine,
                             .catalog = there(&r, cases[i].nullable, cases[i].deferrable)};
        const Plan *p = made(target, cases[i].size);
        assert_int_equal(p->tables[0].fks[0].circle, cases[i].way);
        assert_int_equal(plan_is_deferred(p), cases[i].way == CIRCLE_DEFERRED);
        const Step *set = step_of(p, STEP_SET_REFERENCES);
        assert_int_equal(set != NULL, cases[i].way == CIRCLE_UPDATE);
        if (set)
            assert_string_equal(set->sql[1],
                                "UPDATE \"people\" t SET \"dog_id\" = r.\"dog_id\" FROM "
                                "seedpipe_references r WHERE t.\"id\" = r.\"id\"");
    }
}

static void a_strict_key_is_strict_again(void **state)
{
    (void)state;
    Ring r;
    const Plan *p =
        made((PlanTarget){.engine = ENGINE_POSTGRES, .catalog = there(&r, false, false)}, 1);
    const Step *before = step_of(p, STEP_DEFER_KEYS), *after = step_of(p, STEP_SETTLE_KEYS);
    assert_int_equal(before->nsql, 2);
    assert_string_equal(before->sql[0],
                        "ALTER TABLE \"people\" ALTER CONSTRAINT \"people_dog\" DEFERRABLE");
    assert_string_equal(after->sql[0], "SET CONSTRAINTS ALL IMMEDIATE");
    assert_string_equal(after->sql[1],
                        "ALTER TABLE \"people\" ALTER CONSTRAINT \"people_dog\" NOT DEFERRABLE");
    p = made((PlanTarget){.engine = ENGINE_POSTGRES, .catalog = there(&r, false, true)}, 1);
    assert_int_equal(step_of(p, STEP_DEFER_KEYS)->nsql, 1);
    assert_int_equal(step_of(p, STEP_SETTLE_KEYS)->nsql, 1);
}

/* The rows of people are all in, their references are not: the next process sets them. */
static void references_that_wait_are_set_by_whoever_resumes(void **state)
{
    (void)state;
    Ring r;
    PlanTarget target = {.engine = ENGINE_POSTGRES, .catalog = there(&r, true, false)};
    const Plan *first = made(target, 1);
    PlanHistory history[2];
    for (int t = 0; t < 2; t++)
        history[t] = (PlanHistory){
            .table = first->tables[t].table->name,
            .rows = first->tables[t].rows,
            .text = plan_segment_text(&first->tables[t], &first->tables[t].segments[0], mem),
            .committed = first->tables[t].rows};
    target.history = history;
    target.nhistory = 2;
    assert_int_equal(made(target, 1)->nsteps, 0);
    PlanTableFacts facts = {.table = "people", .rows = -1, .unset = true};
    target.facts = &facts;
    target.nfacts = 1;
    const Plan *p = made(target, 1);
    assert_non_null(step_of(p, STEP_SET_REFERENCES));
    assert_true(p->tables[0].segments[0].unset);
}

static void numbers_and_values_cannot_go_in_a_circle(void **state)
{
    (void)state;
    plan_refused(
        "r:table('a', { per = { 'b', 2 } }, function(t) t.id = serial() t.b_id = ref 'b' end)\n"
        "r:table('b', { per = { 'c', 2 } }, function(t) t.id = serial() t.c_id = ref 'c' end)\n"
        "r:table('c', { per = { 'a', 2 } }, function(t) t.id = serial() t.a_id = ref 'a' end)",
        ERR_RECIPE, "a (b_id) -> b (c_id) -> c (a_id) -> a");
    plan_refused(
        "r:table('a', { rows = 2 }, function(t) t.id = serial() t.b_id = ref 'b' t.x = t.b_id.y end)\n"
        "r:table('b', { rows = 2 }, function(t) t.id = serial() t.a_id = ref 'a' t.y = t.a_id.x end)",
        ERR_RECIPE, "depends on itself");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(new_tables_get_the_key_later, setup, teardown),
        cmocka_unit_test_setup_teardown(a_target_decides_the_way, setup, teardown),
        cmocka_unit_test_setup_teardown(a_strict_key_is_strict_again, setup, teardown),
        cmocka_unit_test_setup_teardown(references_that_wait_are_set_by_whoever_resumes, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(numbers_and_values_cannot_go_in_a_circle, setup, teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

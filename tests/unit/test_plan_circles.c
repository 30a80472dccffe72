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

static int made_history(const Plan *p, PlanHistory *history)
{
    for (int t = 0; t < p->ntables; t++)
        history[t] =
            (PlanHistory){.table = p->tables[t].table->name,
                          .rows = p->tables[t].rows,
                          .text = plan_segment_text(&p->tables[t], &p->tables[t].segments[0], mem),
                          .committed = p->tables[t].rows};
    return p->ntables;
}

/* The rows of people are all in, their references are not: the next process sets them. */
static void references_that_wait_are_set_by_whoever_resumes(void **state)
{
    (void)state;
    Ring r;
    PlanTarget target = {.engine = ENGINE_POSTGRES, .catalog = there(&r, true, false)};
    const Plan *first = made(target, 1);
    PlanHistory history[2];
    target.history = history;
    target.nhistory = made_history(first, history);
    assert_int_equal(made(target, 1)->nsteps, 0);
    PlanTableFacts facts = {.table = "people", .rows = -1, .unset = true};
    target.facts = &facts;
    target.nfacts = 1;
    const Plan *p = made(target, 1);
    assert_non_null(step_of(p, STEP_SET_REFERENCES));
    assert_int_equal(rowset_rows(p->tables[0].unset), p->tables[0].segments[0].rows);
}

static uint64_t there_of(const Plan *p, const char *name)
{
    return table(p, name)->rows - table(p, name)->gone_rows;
}

/* No row that is there refers to one that is not. */
static void assert_closed(const Plan *p)
{
    Eval *eval = eval_new(p);
    for (int t = 0; t < p->ntables; t++)
        for (int f = 0; f < p->tables[t].table->nfks; f++)
            for (uint64_t row = 0; row < p->tables[t].rows; row++) {
                uint64_t parent = *eval_parents(eval, t, f, &row, 1);
                if (parent != ROW_NONE && !plan_is_gone(&p->tables[t], row))
                    assert_false(plan_is_gone(&p->tables[p->tables[t].fks[f].parent], parent));
            }
    eval_free(eval);
}

/* Pruned all the way round, with nothing to do after it, and all of it back again. */
static void surplus_goes_all_the_way_round(void **state)
{
    (void)state;
    PlanOptions o = options();
    PlanTarget target = {.engine = ENGINE_SQLITE};
    PlanHistory history[2];
    const Plan *first = made(target, 1);
    target.history = history;
    target.nhistory = made_history(first, history);
    o.prune = true;
    o.size = 0.5;
    const Plan *less = plan_with(ring, o, target);
    assert_non_null(less);
    assert_true(there_of(less, "people") <= 10 && there_of(less, "people") > 0);
    assert_true(there_of(less, "dogs") <= 25 && there_of(less, "dogs") > 0);
    assert_closed(less);
    PlanChange changes[2];
    for (int t = 0; t < 2; t++)
        changes[t] = (PlanChange){.table = less->tables[t].table->name,
                                  .run = 1,
                                  .kind = CHANGE_PRUNED,
                                  .rows = less->tables[t].pruned};
    target.changes = changes;
    target.nchanges = 2;
    const Plan *again = plan_with(ring, o, target);
    assert_null(step_of(again, STEP_DELETE));
    assert_null(step_of(again, STEP_LOAD));
    o.size = 0.75;
    const Plan *some = plan_with(ring, o, target);
    assert_true(there_of(some, "people") >= there_of(less, "people"));
    assert_true(there_of(some, "dogs") <= 38);
    assert_closed(some);
    o.size = 1;
    const Plan *all = plan_with(ring, o, target);
    assert_int_equal(there_of(all, "people"), 20);
    assert_int_equal(there_of(all, "dogs"), 50);
    assert_int_equal(all->tables[0].nsegments + all->tables[1].nsegments, 2);
    assert_int_equal(all->tables[0].fks[0].circle, CIRCLE_UNCHECKED);
}

/* Two people, two dogs, one each: when all four are one circle, half of them is none. */
static void a_circle_without_an_end_is_refused(void **state)
{
    (void)state;
    static const char pairs[] =
        "r:table('dogs', { rows = 2 }, function(t) t.id = serial() t.owner_id = ref('people'):unique() end)\n"
        "r:table('people', { rows = 2 }, function(t) t.id = serial() t.dog_id = ref('dogs'):unique() end)";
    int refused = 0;
    for (uint64_t seed = 1; seed <= 16; seed++) {
        PlanOptions o = options();
        PlanTarget target = {.engine = ENGINE_SQLITE};
        PlanHistory history[2];
        o.has_seed = true;
        o.seed = seed;
        target.nhistory = made_history(plan_with(pairs, o, target), history);
        target.history = history;
        o.prune = true;
        o.size = 0.5;
        const Plan *less = plan_with(pairs, o, target);
        if (less) {
            assert_int_equal(there_of(less, "people"), 1);
            assert_closed(less);
            continue;
        }
        refused++;
        assert_int_equal(err.first->code, ERR_REFUSED);
        assert_non_null(strstr(err.first->message, "dogs (owner_id) -> people (dog_id) -> dogs"));
        err_clear(&err);
    }
    assert_true(refused > 0 && refused < 16);
}

/* Rows of a circle that come back are NULL first, too; and a deferred load is no time to prune. */
static void what_comes_back_goes_by_the_same_ways(void **state)
{
    (void)state;
    Ring r;
    PlanOptions o = options();
    for (int nullable = 0; nullable < 2; nullable++) {
        PlanTarget target = {.engine = ENGINE_POSTGRES, .catalog = there(&r, nullable, false)};
        PlanHistory history[2];
        target.nhistory = made_history(made(target, 1), history);
        target.history = history;
        o.prune = true;
        o.size = 0.5;
        const Plan *less = plan_with(ring, o, target);
        assert_non_null(less);
        PlanChange changes[2];
        for (int t = 0; t < 2; t++)
            changes[t] = (PlanChange){.table = less->tables[t].table->name,
                                      .run = 1,
                                      .kind = CHANGE_PRUNED,
                                      .rows = less->tables[t].pruned};
        target.changes = changes;
        target.nchanges = 2;
        const Plan *all = made(target, 1);
        assert_int_equal(all->tables[0].fks[0].circle, nullable ? CIRCLE_UPDATE : CIRCLE_DEFERRED);
        if (nullable)
            assert_int_equal(rowset_rows(all->tables[0].unset),
                             rowset_rows(less->tables[0].pruned));
    }
}

static void a_deferred_load_is_no_time_to_prune(void **state)
{
    (void)state;
    static const char with_walks[] =
        "r:table('dogs', { rows = 50 }, function(t) t.id = serial() t.owner_id = ref 'people' end)\n"
        "r:table('people', { rows = 20 }, function(t) t.id = serial() t.dog_id = ref 'dogs' end)\n"
        "r:table('walks', { rows = 30 }, function(t) t.id = serial() t.owner_id = ref 'people' end)";
    Ring r;
    PlanOptions o = options();
    PlanHistory history[3];
    Table tables[3];
    there(&r, false, false);
    memcpy(tables, r.tables, sizeof r.tables);
    tables[2] = r.tables[0];
    tables[2].name = "walks";
    Catalog catalog = {.tables = tables, .ntables = 3};
    PlanTarget target = {.engine = ENGINE_POSTGRES, .catalog = &catalog};
    target.nhistory = made_history(plan_with(with_walks, o, target), history);
    target.history = history;
    const PlanCount counts[] = {{"dogs", 90}, {"people", 40}, {"walks", 10}};
    o.counts = counts;
    o.ncounts = 3;
    o.prune = true;
    assert_null(plan_with(with_walks, o, target));
    assert_int_equal(err.first->code, ERR_REFUSED);
    assert_string_equal(err.first->subject, "walks");
    target.engine = ENGINE_MYSQL;
    err_clear(&err);
    assert_non_null(plan_with(with_walks, o, target));
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
        cmocka_unit_test_setup_teardown(surplus_goes_all_the_way_round, setup, teardown),
        cmocka_unit_test_setup_teardown(a_circle_without_an_end_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(what_comes_back_goes_by_the_same_ways, setup, teardown),
        cmocka_unit_test_setup_teardown(a_deferred_load_is_no_time_to_prune, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_and_values_cannot_go_in_a_circle, setup, teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

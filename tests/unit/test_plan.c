/* Plans from small recipes: order, counts, unique keys, growth by segments, drift, the digest.
 * Pure: no database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plankit.h"

static void parents_come_first(void **state)
{
    (void)state;
    const Plan *p =
        plan("r:table('c', { rows = 4 }, function(t) t.id = serial() t.b_id = ref 'b' end)\n"
             "r:table('b', { rows = 3 }, function(t) t.id = serial() t.a_id = ref 'a' end)\n"
             "r:table('a', { rows = 2 }, function(t) t.id = serial() end)");
    assert_string_equal(p->tables[0].table->name, "a");
    assert_string_equal(p->tables[1].table->name, "b");
    assert_string_equal(p->tables[2].table->name, "c");
    assert_int_equal(plan_new_rows(p), 9);
}

static void sizes_and_counts_scale(void **state)
{
    (void)state;
    const char *body =
        "local a = r:table('a', { rows = 10 }, function(t) t.id = serial() end)\n"
        "r:table('b', { rows = 30, per = { a, between(0, 9) } }, function(t) t.id = serial() t.a_id = ref(a) end)\n"
        "r:table('c', { per = { a, 2 } }, function(t) t.id = serial() t.a_id = ref(a) end)\n"
        "r:volumes { dev = 2 }";
    PlanTarget target = {.engine = ENGINE_SQLITE};
    PlanOptions o = options();
    const Plan *p = plan_with(body, o, target);
    assert_int_equal(table(p, "a")->rows, 20);
    assert_int_equal(table(p, "b")->rows, 60);
    assert_int_equal(table(p, "c")->rows, 40);
    o.size = 10;
    p = plan_with(body, o, target);
    assert_int_equal(table(p, "a")->rows, 100);
    assert_int_equal(table(p, "c")->rows, 200);
    o.size = 0;
    o.count = 5;
    p = plan_with(body, o, target);
    assert_int_equal(table(p, "a")->rows, 5);
    assert_int_equal(table(p, "b")->rows, 15);
    o.count = -1;
    PlanCount one = {"b", 7};
    o.counts = &one;
    o.ncounts = 1;
    p = plan_with(body, o, target);
    assert_int_equal(table(p, "a")->rows, 20);
    assert_int_equal(table(p, "b")->rows, 7);
    one.rows = 181;
    assert_null(plan_with(body, o, target)); /* 20 parents take at most 180 */
    assert_non_null(strstr(err.first->message, "180"));
    assert_non_null(strstr(err.first->message, "181"));
}

static void every_error_is_reported(void **state)
{
    (void)state;
    plan_refused(
        "r:table('a', { rows = 100 }, function(t) t.id = serial() t.n = int_range { min = 1, max = 9 }:unique() end)\n"
        "r:table('b', { rows = 100 }, function(t) t.id = serial() t.m = int_range { min = 1, max = 8 }:unique() end)",
        ERR_UNIQUE, "9 values for 100 rows");
    assert_int_equal(err.count, 2);
    assert_string_equal(err.last->subject, "b.m");
}

static void references_need_a_key(void **state)
{
    (void)state;
    plan_refused(
        "local a = r:table('a', { rows = 1 }, function(t) t.id = serial() t.x = first_name() end)\n"
        "r:table('b', { rows = 1 }, function(t) t.id = serial() t.a_x = ref(a, 'x') end)",
        ERR_RECIPE, "not unique");
    err_clear(&err);
    plan_refused(
        "r:table('b', { rows = 1 }, function(t) t.id = serial() t.a_id = ref 'missing' end)",
        ERR_RECIPE, "missing");
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void assert_distinct(int64_t *values, uint32_t n)
{
    qsort(values, n, sizeof *values, by_value);
    for (uint32_t i = 1; i < n; i++)
        assert_true(values[i] != values[i - 1]);
}

static void keys_are_distinct(void **state)
{
    (void)state;
    const Plan *p = plan(
        "r:table('a', { rows = 500 }, function(t) t.id = serial() t.n = int_range { min = 1, max = 500 }:unique() end)\n"
        "r:table('pair', { rows = 600 }, function(t) t.x = int_range { min = 0, max = 29 } t.y = int_range { min = 0, max = 19 } "
        "t:primary_key(t.x, t.y) end)");
    Eval *eval = eval_new(p);
    int64_t values[600];
    const Vec *v = column(eval, p, "a", "n", 500);
    memcpy(values, v->i, 500 * sizeof *values);
    assert_distinct(values, 500);
    v = column(eval, p, "pair", "x", 600);
    for (int i = 0; i < 600; i++)
        values[i] = v->i[i] * 100;
    v = column(eval, p, "pair", "y", 600);
    for (int i = 0; i < 600; i++)
        values[i] += v->i[i];
    assert_distinct(values, 600); /* the whole domain: 30 x 20 */
    eval_free(eval);
}

static void junctions_and_one_to_one(void **state)
{
    (void)state;
    const Plan *p = plan(
        "local a = r:table('a', { rows = 20 }, function(t) t.id = serial() end)\n"
        "local b = r:table('b', { rows = 15 }, function(t) t.id = serial() end)\n"
        "r:table('ab', { rows = 300 }, function(t) t.a_id = ref(a) t.b_id = ref(b) t:primary_key(t.a_id, t.b_id) end)\n"
        "r:table('one', { rows = 20 }, function(t) t.id = serial() t.a_id = ref(a):unique() end)\n"
        "r:table('under', { rows = 100, per = { a, between(0, 15) } }, function(t) t.id = serial() t.a_id = ref(a) t.b_id = ref(b) "
        "t:unique(t.a_id, t.b_id) end)");
    Eval *eval = eval_new(p);
    int64_t values[300];
    for (int k = 0; k < 2; k++) {
        const char *name = k ? "under" : "ab";
        uint32_t n = k ? 100 : 300;
        const Vec *v = column(eval, p, name, "a_id", n);
        for (uint32_t i = 0; i < n; i++)
            values[i] = v->i[i] * 1000;
        v = column(eval, p, name, "b_id", n);
        for (uint32_t i = 0; i < n; i++)
            values[i] += v->i[i];
        assert_distinct(values, n);
    }
    const Vec *v = column(eval, p, "one", "a_id", 20);
    memcpy(values, v->i, 20 * sizeof *values);
    assert_distinct(values, 20);
    eval_free(eval);
}

/* A second run with more rows: what the ledger would say of the first comes back as history. */
static void growth_keeps_old_rows(void **state)
{
    (void)state;
    const char *body =
        "local a = r:table('a', { rows = 20 }, function(t) t.id = serial() t.n = int_range { min = 1, max = 1000 }:unique() end)\n"
        "local b = r:table('b', { rows = 15 }, function(t) t.id = serial() end)\n"
        "r:table('c', { rows = 60, per = { a, between(0, 9) } }, function(t) t.id = serial() t.a_id = ref(a) t.b_id = ref(b) end)\n"
        "r:table('ab', { rows = 250 }, function(t) t.a_id = ref(a) t.b_id = ref(b) t:primary_key(t.a_id, t.b_id) end)";
    PlanOptions o = options();
    PlanTarget target = {.engine = ENGINE_SQLITE};
    const Plan *first = plan_with(body, o, target);
    assert_non_null(first);
    PlanHistory history[4];
    for (int t = 0; t < 4; t++)
        history[t] = (PlanHistory){
            .table = first->tables[t].table->name,
            .first_row = 0,
            .rows = first->tables[t].rows,
            .text = plan_segment_text(&first->tables[t], &first->tables[t].segments[0], mem),
            .committed = first->tables[t].rows};
    target.history = history;
    target.nhistory = 4;
    const Plan *same = plan_with(body, o, target);
    assert_non_null(same);
    assert_int_equal(plan_new_rows(same), 0);
    o.size = 3;
    const Plan *more = plan_with(body, o, target);
    if (!more)
        print_message("%s: %s\n", err.first->subject, err.first->message);
    assert_non_null(more);
    assert_int_equal(table(more, "ab")->rows, 750);
    assert_int_equal(plan_new_rows(more), 2 * (20 + 15 + 60 + 250));
    Eval *before = eval_new(first), *after = eval_new(more);
    const char *const checked[][2] = {
        {"c", "a_id"}, {"c", "b_id"}, {"ab", "a_id"}, {"ab", "b_id"}, {"a", "n"}};
    for (int i = 0; i < 5; i++) {
        uint32_t n = (uint32_t)table(first, checked[i][0])->rows;
        const Vec *old = column(before, first, checked[i][0], checked[i][1], n);
        const Vec *now = column(after, more, checked[i][0], checked[i][1], n);
        assert_memory_equal(old->i, now->i, n * sizeof *old->i);
    }
    int64_t values[750];
    const Vec *v = column(after, more, "ab", "a_id", 750);
    for (int i = 0; i < 750; i++)
        values[i] = v->i[i] * 1000;
    v = column(after, more, "ab", "b_id", 750);
    for (int i = 0; i < 750; i++)
        values[i] += v->i[i];
    assert_distinct(values, 750);
    v = column(after, more, "c", "a_id", 180);
    for (int i = 60; i < 180; i++)
        assert_true(v->i[i] > 20); /* new children go under new parents */
    eval_free(before);
    eval_free(after);
}

static void digest_is_of_the_nodes(void **state)
{
    (void)state;
    const char *base =
        "r:table('a', { rows = 5 }, function(t) t.id = serial() t.n = int_range { min = 1, max = 9 } end)";
    const char *one = plan(base)->digest;
    assert_string_equal(
        one,
        plan(
            "-- another text, other rows\nr:table('a', { rows = 500 }, function(t) t.id = serial() t.n = int_range(1, 9) end)")
            ->digest);
    assert_string_not_equal(
        one,
        plan("r:table('a', { rows = 5 }, function(t) t.id = serial() t.n = int_range(1, 8) end)")
            ->digest);
    assert_string_not_equal(
        one,
        plan("r:table('a', { rows = 5 }, function(t) t.id = serial() t.m = int_range(1, 9) end)")
            ->digest);
    PlanOptions o = options();
    o.has_seed = true;
    o.seed = 8;
    assert_string_not_equal(one, plan_with(base, o, (PlanTarget){.engine = ENGINE_SQLITE})->digest);
}

static Table *there(const char *name, int ncols, const char *const (*cols)[2])
{
    Table *t = arena_new_of(mem, Table);
    t->name = name;
    t->ncols = ncols;
    t->cols = arena_array(mem, Column, ncols);
    for (int i = 0; i < ncols; i++)
        t->cols[i] =
            (Column){.name = cols[i][0], .type = type_parse(cols[i][1], mem), .nullable = i > 0};
    return t;
}

static void drift_names_each_difference(void **state)
{
    (void)state;
    const char *body =
        "r:table('a', { rows = 5 }, function(t) t.id = serial() t.name = first_name() t.n = int_range(1, 9) end)";
    static const char *const cols[][2] = {
        {"id", "bigint"}, {"name", "varchar(2)"}, {"extra", "text"}};
    Table *a = there("a", 3, cols);
    a->cols[0].auto_key = true;
    Catalog catalog = {.tables = a, .ntables = 1};
    assert_null(
        plan_with(body, options(), (PlanTarget){.engine = ENGINE_POSTGRES, .catalog = &catalog}));
    assert_int_equal(err.first->code, ERR_DRIFT);
    assert_int_equal(err.count,
                     2); /* name is too narrow, n is missing; an extra nullable column is no harm */
}

static void drift_of_a_parent_is_not_its_childrens(void **state)
{
    (void)state;
    static const char *const cols[][2] = {{"id", "integer"}, {"name", "varchar(2)"}};
    static const char *const child_cols[][2] = {{"id", "bigint"}, {"a_id", "integer"}};
    Table tables[] = {*there("a", 2, cols), *there("b", 2, child_cols)};
    tables[0].cols[0].auto_key = tables[1].cols[0].auto_key = true;
    Catalog catalog = {.tables = tables, .ntables = 2};
    assert_null(plan_with(
        "local a = r:table('a', { rows = 5 }, function(t) t.id = serial() t.name = first_name() end)\n"
        "r:table('b', { rows = 5 }, function(t) t.id = serial() t.a_id = ref(a) end)",
        options(), (PlanTarget){.engine = ENGINE_POSTGRES, .catalog = &catalog}));
    assert_int_equal(err.count, 1);
    assert_string_equal(err.first->subject, "a.name");
}

static void values_that_fit_are_no_drift(void **state)
{
    (void)state;
    const char *body =
        "r:table('a', { rows = 5 }, function(t) t.id = serial() t.n = int_range(1, 9) t.code = pattern('##') end)";
    static const char *const cols[][2] = {{"id", "bigint"}, {"n", "smallint"}, {"code", "char(2)"}};
    Table *a = there("a", 3, cols);
    a->cols[0].auto_key = true;
    int key = 2;
    Key unique = {.name = "a_code_key", .cols = &key, .ncols = 1};
    a->uniques = &unique;
    a->nuniques = 1;
    Catalog catalog = {.tables = a, .ntables = 1};
    PlanTarget target = {.engine = ENGINE_POSTGRES, .catalog = &catalog};
    const Plan *p = plan_with(body, options(), target);
    assert_non_null(p);
    /* The target's unique key binds, though the recipe does not mention it. */
    assert_int_equal(p->tables[0].ngroups, 1);
    PlanOptions o = options();
    o.size = 100;
    assert_null(plan_with(body, o, target));
    assert_int_equal(err.first->code, ERR_UNIQUE);
}

static void keys_of_the_target_are_adopted(void **state)
{
    (void)state;
    static const char *const cols[][2] = {
        {"id", "bigint"}, {"name", "varchar(40)"}, {"note", "text"}};
    Table *a = there("a", 3, cols);
    a->cols[0].auto_key = true;
    int key[] = {0, 2};
    a->primary = (Key){.cols = key, .ncols = 1};
    Key unique = {.name = "a_note_key", .cols = key + 1, .ncols = 1};
    a->uniques = &unique;
    a->nuniques = 1;
    Catalog catalog = {.tables = a, .ntables = 1, .schema = "public"};
    int64_t next[] = {1, 1, 41};
    PlanTableFacts facts = {.table = "a", .rows = -1, .next_key = next};
    PlanTarget target = {
        .engine = ENGINE_POSTGRES, .catalog = &catalog, .facts = &facts, .nfacts = 1};
    const Plan *p = plan_with(
        "r:table('a', { rows = 5 }, function(t) t.name = first_name() t.note = text() end)\n"
        "r:table('b', { rows = 5 }, function(t) t.id = serial() t.a_id = ref 'a' end)",
        options(), target);
    if (!p)
        print_message("%s: %s\n", err.first->subject, err.first->message);
    assert_non_null(p);
    /* The key that the recipe leaves out is numbered all the same, behind the rows that are there.
     */
    assert_int_equal(p->tables[0].table->ncols, 3);
    assert_int_equal(p->tables[0].segments[0].key_base[2], 41);
    assert_int_equal(
        p->nnotes,
        1); /* text cannot be counted: said, not refused, since the recipe does not promise it */
    assert_non_null(strstr(p->notes[0], "note"));
}

static void one_error_each(void **state)
{
    (void)state;
    static const struct {
        const char *body, *part;
        ErrCode code;
    } cases[] = {
        {"r:table('a', { rows = 5 }, function(t) t.id = serial() t.x = text():unique() end)",
         "cannot be counted", ERR_UNIQUE},
        {"r:table('a', { rows = 5 }, function(t) t.id = serial() t.x = int_range(1, 9) t.y = (t.x + 1) t:unique(t.y) end)",
         "computed from other columns", ERR_UNIQUE},
        {"r:table('a', { rows = 5 }, function(t) t.x = int_range(1, 9) t.y = int_range(1, 9) t.z = text() t:primary_key(t.x, t.y) t:unique(t.x, t.z) end)",
         "another unique key", ERR_UNIQUE},
        {"r:table('a', { rows = 5 }, function(t) t.id = serial() t.x = first_name():type 'varchar(2)' end)",
         "does not hold", ERR_RECIPE},
        {"r:table('a', { rows = 5 }, function(t) t.x = int_range(1, 9) t.y = int_range(1, 9) t:primary_key(t.x, t.y) end)\n"
         "r:table('b', { rows = 5 }, function(t) t.id = serial() t.a = ref 'a' end)",
         "the primary key of a has 2 columns", ERR_RECIPE},
        {"r:table('a', { rows = 5 }, function(t) t.x = int_range(1, 9) end)\nr:table('b', { rows = 5 }, function(t) t.id = serial() t.a = ref 'a' end)",
         "no primary key", ERR_RECIPE},
        {"r:table('a', { rows = 5 }, function(t) t.id = serial() t.parent = ref(t, 'parent') end)",
         "is not unique", ERR_RECIPE},
        {"r:table('a', {}, function(t) t.id = serial() end)", "neither how many rows nor per what",
         ERR_COUNT},
        {"local a = r:table('a', { rows = 5 }, function(t) t.id = serial() end)\n"
         "r:table('b', { per = { a, 2 } }, function(t) t.id = serial() t.a_id = ref(a):null(0.5) end)",
         "cannot be without one", ERR_RECIPE},
        {"local a = r:table('a', { rows = 5 }, function(t) t.id = serial() end)\n"
         "r:table('b', { per = { a, normal { mean = 3, sd = 1 } } }, function(t) t.id = serial() t.a_id = ref(a) end)",
         "whole numbers", ERR_RECIPE},
        {"local a = r:table('a', { rows = 3 }, function(t) t.id = serial() end)\n"
         "r:table('b', { per = { a, 7 } }, function(t) t.id = serial() t.a_id = ref(a) t.x = int_range(1, 5) t:unique(t.a_id, t.x) end)",
         "5 values per a, but one has 7 rows", ERR_UNIQUE},
        {"r:table('a', { rows = 5 }, function(t) t.id = serial() t.x = null end)", "needs a type",
         ERR_RECIPE},
        {"r:table('a', { rows = 5 }, function(t) t.id = serial() t:check(t.id + 1) end)", "check",
         ERR_RECIPE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        err_clear(&err);
        RecipeSource source = {.name = "t.lua"};
        source.text = arena_printf(
            mem,
            "local r = recipe { name = \"t\", seed = 7, clock = \"2026-01-01\" }\n%s\nreturn r\n",
            cases[i].body);
        source.len = strlen(source.text);
        const Recipe *r = recipe_load_sources(&source, 1, mem, &err);
        PlanOptions o = options();
        PlanTarget target = {.engine = ENGINE_SQLITE};
        bool refused_here = !r || !plan_build(r, &o, &target, mem, &err);
        assert_true(refused_here);
        bool found = strstr(err.first->message, cases[i].part) != NULL;
        if (!found || err.first->code != cases[i].code)
            print_message("case %zu: %s: %s\n", i, err.first->subject, err.first->message);
        assert_true(found);
        assert_int_equal(err.first->code, cases[i].code);
    }
}

static void tables_outside_the_recipe(void **state)
{
    (void)state;
    const char *body =
        "r:table('b', { rows = 50 }, function(t) t.id = serial() t.kind = ref 'kinds' t.label = ref('kinds', 'labl') end)";
    static const char *const cols[][2] = {{"id", "int"}, {"label", "varchar(9)"}};
    Table *kinds = there("kinds", 2, cols);
    int key = 0;
    kinds->primary = (Key){.cols = &key, .ncols = 1};
    Catalog catalog = {.tables = kinds, .ntables = 1};
    KeyPool pool = {.count = 3, .ncols = 1};
    Vec *ids = vec_new(mem, TYPE_INT, 0, 3);
    for (int i = 0; i < 3; i++)
        ids->i[i] = 10 + i;
    const Vec *pool_cols[] = {ids};
    pool.cols = pool_cols;
    PlanTableFacts facts = {.table = "kinds", .rows = -1, .pool = &pool};
    PlanTarget target = {
        .engine = ENGINE_SQLITE, .catalog = &catalog, .facts = &facts, .nfacts = 1};
    assert_null(plan_with(body, options(), target));
    assert_non_null(strstr(err.first->message, "no column \"labl\""));
    assert_non_null(strstr(err.first->hint, "label"));
    err_clear(&err);
    body = "r:table('b', { rows = 50 }, function(t) t.id = serial() t.kind = ref 'kinds' end)";
    const Plan *p = plan_with(body, options(), target);
    assert_non_null(p);
    Eval *eval = eval_new(p);
    const Vec *v = column(eval, p, "b", "kind", 50);
    for (int i = 0; i < 50; i++)
        assert_true(v->i[i] >= 10 && v->i[i] <= 12);
    eval_free(eval);
    pool.count = 0;
    assert_null(plan_with(body, options(), target));
    assert_int_equal(err.first->code, ERR_REFUSED);
    err_clear(&err);
    assert_null(
        plan_with("r:table('b', { rows = 5, create = false }, function(t) t.id = serial() end)",
                  options(), target));
    assert_int_equal(err.first->code, ERR_DRIFT);
}

static void prints_the_same_bytes(void **state)
{
    (void)state;
    const char *body =
        "local a = r:table('a', { rows = 5 }, function(t) t.id = serial() t.n = int_range(1, 9):unique() end)\n"
        "r:table('b', { per = { a, between(0, 3) } }, function(t) t.id = serial() t.a_id = ref(a) t:check(t.id:gt(0)) end)";
    PlanTarget target = {.engine = ENGINE_POSTGRES, .load_path = LOAD_COPY};
    for (int format = PLAN_TEXT; format <= PLAN_DOT; format++) {
        char *texts[2];
        size_t sizes[2];
        for (int i = 0; i < 2; i++) {
            FILE *out = open_memstream(&texts[i], &sizes[i]);
            plan_print(plan_with(body, options(), target), (PlanFormat)format, true, &target, out);
            fclose(out);
        }
        assert_int_equal(sizes[0], sizes[1]);
        assert_memory_equal(texts[0], texts[1], sizes[0]);
        assert_true(sizes[0] > 50);
        free(texts[0]);
        free(texts[1]);
    }
}

static void large_runs_load_bare(void **state)
{
    (void)state;
    const char *body =
        "local a = r:table('a', { rows = 60000 }, function(t) t.id = serial() end)\n"
        "r:table('b', { rows = 10 }, function(t) t.id = serial() t.a_id = ref(a) end)";
    PlanTarget target = {.engine = ENGINE_POSTGRES, .load_path = LOAD_COPY, .keys_after = true};
    const Plan *p = plan_with(body, options(), target);
    bool keys = false, foreign = false;
    for (int i = 0; i < p->nsteps; i++) {
        keys = keys || p->steps[i].kind == STEP_ADD_KEYS;
        foreign = foreign || p->steps[i].kind == STEP_ADD_FOREIGN;
        if (p->steps[i].kind == STEP_CREATE_TABLE)
            assert_null(strstr(p->steps[i].sql[0], "REFERENCES"));
    }
    assert_true(keys && foreign);
    target.keys_after = false;
    p = plan_with(body, options(), target);
    for (int i = 0; i < p->nsteps; i++)
        assert_true(p->steps[i].kind != STEP_ADD_KEYS && p->steps[i].kind != STEP_ADD_FOREIGN);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {T(parents_come_first),
                                       T(sizes_and_counts_scale),
                                       T(every_error_is_reported),
                                       T(references_need_a_key),
                                       T(keys_are_distinct),
                                       T(junctions_and_one_to_one),
                                       T(growth_keeps_old_rows),
                                       T(digest_is_of_the_nodes),
                                       T(drift_names_each_difference),
                                       T(prints_the_same_bytes),
                                       T(drift_of_a_parent_is_not_its_childrens),
                                       T(values_that_fit_are_no_drift),
                                       T(keys_of_the_target_are_adopted),
                                       T(one_error_each),
                                       T(tables_outside_the_recipe),
                                       T(large_runs_load_bare)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

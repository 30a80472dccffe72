/* What differs between a recipe's table and the one that is there, and what an engine cannot do at
 * all. */
#include "dialect_fixture.h"

/* ---- differences */

/* "subject: message" of each difference, a line each. */
static const char *differences(Engine engine, Column wanted, Column there)
{
    wanted.name = wanted.name ? wanted.name : "c";
    there.name = there.name ? there.name : "c";
    Table a = {.name = "t", .cols = &wanted, .ncols = 1, .where = "x.lua:1"},
          b = {.name = "t", .cols = &there, .ncols = 1};
    Err err = {0};
    const char *text = "";
    int n = dialect_compare(engine, &a, &b, mem, &err);
    assert_int_equal(n, err.count);
    for (const ErrItem *e = err.first; e; e = e->next) {
        assert_int_equal(e->code, ERR_DRIFT);
        assert_non_null(e->hint);
        text = arena_printf(mem, "%s%s: %s\n", text, e->subject, e->message);
    }
    return text;
}

static void test_types_that_fit(void **state)
{
    enum { ALL = 15, LITE = 1, PG = 2, MY = 12 };
    static const char *const few[] = {"a"}, *const more[] = {"b", "a"};
    static const struct {
        Type wanted, there;
        int fits; /* on which engines */
        bool narrow;
    } cases[] = {
        {{.kind = TYPE_TEXT, .length = 40}, {.kind = TYPE_TEXT, .length = 40}, ALL, 0},
        {{.kind = TYPE_TEXT, .length = 40}, {.kind = TYPE_TEXT}, ALL, 0},
        {{.kind = TYPE_TEXT, .length = 41}, {.kind = TYPE_TEXT, .length = 40}, 0, 1},
        {{.kind = TYPE_TEXT}, {.kind = TYPE_TEXT, .length = 40}, 0, 1},
        {{.kind = TYPE_TEXT, .length = 4}, {.kind = TYPE_INT, .bits = 32}, 0, 0},
        {{.kind = TYPE_TEXT, .length = 4}, {.kind = TYPE_DATE}, 0, 0},
        {{.kind = TYPE_TEXT, .length = 4}, {.kind = TYPE_OTHER, .name = "inet"}, ALL, 0},
        {{.kind = TYPE_INT, .bits = 32}, {.kind = TYPE_OTHER, .name = "inet"}, LITE, 0},
        {{.kind = TYPE_INT, .bits = 32}, {.kind = TYPE_INT, .bits = 64}, ALL, 0},
        {{.kind = TYPE_INT, .bits = 32}, {.kind = TYPE_INT, .bits = 16}, 0, 1},
        {{.kind = TYPE_INT, .bits = 32}, {.kind = TYPE_DECIMAL}, ALL, 0},
        {{.kind = TYPE_INT, .bits = 32},
         {.kind = TYPE_DECIMAL, .precision = 12, .scale = 2},
         ALL,
         0},
        {{.kind = TYPE_INT, .bits = 32}, {.kind = TYPE_DECIMAL, .precision = 6, .scale = 2}, 0, 1},
        {{.kind = TYPE_INT, .bits = 64}, {.kind = TYPE_FLOAT, .bits = 64}, LITE, 1},
        {{.kind = TYPE_INT, .bits = 32}, {.kind = TYPE_BOOL}, 0, 0},
        {{.kind = TYPE_INT, .bits = 32}, {.kind = TYPE_TEXT, .length = 10}, 0, 1},
        {{.kind = TYPE_DECIMAL, .precision = 12, .scale = 2},
         {.kind = TYPE_DECIMAL, .precision = 12, .scale = 2},
         ALL,
         0},
        {{.kind = TYPE_DECIMAL, .precision = 12, .scale = 2},
         {.kind = TYPE_DECIMAL, .precision = 6, .scale = 2},
         0,
         1},
        {{.kind = TYPE_DECIMAL, .precision = 12, .scale = 2},
         {.kind = TYPE_DECIMAL, .precision = 12, .scale = 3},
         0,
         1},
        {{.kind = TYPE_DECIMAL, .precision = 12, .scale = 3},
         {.kind = TYPE_DECIMAL, .precision = 14, .scale = 2},
         0,
         1},
        {{.kind = TYPE_DECIMAL, .precision = 18, .scale = 3}, {.kind = TYPE_DECIMAL}, PG | MY, 1},
        {{.kind = TYPE_DECIMAL, .precision = 12, .scale = 2}, {.kind = TYPE_INT, .bits = 64}, 0, 0},
        {{.kind = TYPE_DECIMAL, .precision = 12, .scale = 2},
         {.kind = TYPE_FLOAT, .bits = 64},
         ALL,
         0},
        {{.kind = TYPE_DECIMAL, .precision = 12, .scale = 2},
         {.kind = TYPE_FLOAT, .bits = 32},
         0,
         1},
        {{.kind = TYPE_FLOAT, .bits = 64}, {.kind = TYPE_FLOAT, .bits = 32}, 0, 1},
        {{.kind = TYPE_FLOAT, .bits = 64},
         {.kind = TYPE_DECIMAL, .precision = 12, .scale = 2},
         LITE,
         0},
        {{.kind = TYPE_BOOL}, {.kind = TYPE_BOOL}, ALL, 0},
        {{.kind = TYPE_BOOL}, {.kind = TYPE_INT, .bits = 8}, LITE | MY, 0},
        {{.kind = TYPE_DATE}, {.kind = TYPE_TIMESTAMP}, ALL, 0},
        {{.kind = TYPE_DATE}, {.kind = TYPE_TEXT}, LITE, 0},
        {{.kind = TYPE_TIMESTAMP}, {.kind = TYPE_DATE}, 0, 1},
        {{.kind = TYPE_TIMESTAMP}, {.kind = TYPE_TEXT, .length = 19}, LITE, 0},
        {{.kind = TYPE_TIMESTAMP}, {.kind = TYPE_TEXT, .length = 18}, 0, 0},
        {{.kind = TYPE_TIMESTAMP, .scale = 3}, {.kind = TYPE_TIMESTAMP}, LITE, 1},
        {{.kind = TYPE_TIME}, {.kind = TYPE_TIMESTAMP}, 0, 0},
        {{.kind = TYPE_UUID}, {.kind = TYPE_TEXT, .length = 36, .fixed = true}, ALL, 0},
        {{.kind = TYPE_UUID}, {.kind = TYPE_TEXT, .length = 32}, 0, 1},
        {{.kind = TYPE_UUID}, {.kind = TYPE_BYTES, .length = 16}, 0, 0},
        {{.kind = TYPE_TEXT, .length = 36}, {.kind = TYPE_UUID}, 0, 0},
        {{.kind = TYPE_JSON}, {.kind = TYPE_TEXT}, ALL, 0},
        {{.kind = TYPE_TEXT}, {.kind = TYPE_JSON}, 0, 0},
        {{.kind = TYPE_ENUM, .labels = few, .label_count = 1},
         {.kind = TYPE_ENUM, .labels = more, .label_count = 2},
         ALL,
         0},
        {{.kind = TYPE_ENUM, .labels = more, .label_count = 2},
         {.kind = TYPE_ENUM, .labels = few, .label_count = 1},
         0,
         1},
        {{.kind = TYPE_ENUM, .labels = more, .label_count = 2},
         {.kind = TYPE_TEXT, .length = 1},
         ALL,
         0},
        {{.kind = TYPE_TEXT, .length = 1},
         {.kind = TYPE_ENUM, .labels = few, .label_count = 1},
         ALL,
         0},
        {{.kind = TYPE_BYTES, .length = 16}, {.kind = TYPE_BYTES, .length = 15}, 0, 1},
        {{.kind = TYPE_NULL}, {.kind = TYPE_INT}, ALL, 0},
        {{.kind = TYPE_NONE}, {.kind = TYPE_INT}, ALL, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t k = 0; k < 4; k++) {
            const char *is = differences(engines[k], (Column){.type = cases[i].wanted},
                                         (Column){.type = cases[i].there});
            bool fits = cases[i].fits >> k & 1;
            if (fits != (*is == '\0') || (!fits && cases[i].narrow && !strstr(is, "too narrow")))
                fail_msg("case %zu, %s: %s", i, engine_name(engines[k]),
                         *is ? is : "no difference");
        }
    }
}

static void test_differences(void **state)
{
    (void)state;
    const Type i32 = {.kind = TYPE_INT, .bits = 32}, i64 = {.kind = TYPE_INT, .bits = 64};
    assert_string_equal(differences(ENGINE_POSTGRES,
                                    (Column){.name = "amount", .type = i32, .where = "x.lua:3"},
                                    (Column){.name = "amonut", .type = i32, .nullable = true}),
                        "t.amount: the table has no such column\n");
    assert_string_equal(
        differences(ENGINE_POSTGRES, (Column){.name = "a", .type = i32},
                    (Column){.name = "other", .type = i32}),
        "t.a: the table has no such column\nt.other: the column is NOT NULL without a default, and the recipe leaves it out\n");
    assert_string_equal(differences(ENGINE_MYSQL, (Column){.name = "a"},
                                    (Column){.name = "other", .default_sql = "0"}),
                        "t.a: the table has no such column\n");
    assert_string_equal(differences(ENGINE_MYSQL, (Column){.name = "a"},
                                    (Column){.name = "other", .auto_key = true}),
                        "t.a: the table has no such column\n");
    assert_string_equal(differences(ENGINE_MYSQL, (Column){.name = "a"},
                                    (Column){.name = "other", .generated = true}),
                        "t.a: the table has no such column\n");
    assert_string_equal(
        differences(ENGINE_SQLITE, (Column){.type = i32}, (Column){.type = i32, .generated = true}),
        "t.c: the database computes this column\n");
    assert_string_equal(
        differences(ENGINE_SQLITE, (Column){.type = i32, .nullable = true}, (Column){.type = i32}),
        "t.c: the recipe can make NULL, and the column is NOT NULL\n");
    assert_string_equal(
        differences(ENGINE_SQLITE, (Column){.type = i32}, (Column){.type = i32, .nullable = true}),
        "");
    assert_string_equal(differences(ENGINE_MARIADB, (Column){.type = i64, .auto_key = true},
                                    (Column){.type = i32, .auto_key = true}),
                        "");
    assert_string_equal(
        differences(ENGINE_MARIADB, (Column){.type = {.kind = TYPE_TEXT, .length = 40}},
                    (Column){.type = {.kind = TYPE_TEXT, .length = 20, .name = "varchar(20)"}}),
        "t.c: the column is too narrow: it is varchar(20), the recipe makes up to 40 characters\n");
}

static void test_hints(void **state)
{
    (void)state;
    Column wanted = {.name = "a", .type = {.kind = TYPE_DECIMAL, .precision = 12, .scale = 2}},
           there = {.name = "a", .type = {.kind = TYPE_DECIMAL, .precision = 6, .scale = 2}};
    Table a = {.name = "t", .cols = &wanted, .ncols = 1},
          b = {.name = "t", .cols = &there, .ncols = 1};
    Err err = {0};
    dialect_compare(ENGINE_POSTGRES, &a, &b, mem, &err);
    assert_string_equal(
        err.last->hint,
        "widen it (ALTER TABLE \"t\" ALTER COLUMN \"a\" TYPE numeric(12,2)) or narrow the generator");
    dialect_compare(ENGINE_MYSQL, &a, &b, mem, &err);
    assert_string_equal(
        err.last->hint,
        "widen it (ALTER TABLE `t` MODIFY COLUMN `a` decimal(12,2)) or narrow the generator");
    there.name = "something";
    there.nullable = true;
    dialect_compare(ENGINE_POSTGRES, &a, &b, mem, &err);
    assert_string_equal(
        err.last->hint,
        "add it (ALTER TABLE \"t\" ADD COLUMN \"a\" numeric(12,2)) or leave it out of the recipe");
    there.name = "as";
    dialect_compare(ENGINE_POSTGRES, &a, &b, mem, &err);
    assert_string_equal(err.last->hint, "did you mean \"as\"?");
}

/* ---- what an engine cannot do */

static const char *refused(Engine engine, const Table *table)
{
    Err err = {0};
    const char *text = "";
    int n = dialect_check(engine, table, mem, &err);
    assert_int_equal(n, err.count);
    for (const ErrItem *e = err.first; e; e = e->next) {
        assert_int_equal(e->code, ERR_RECIPE);
        text = arena_printf(mem, "%s%s: %s\n", text, e->subject, e->message);
    }
    return text;
}

static void test_limits(void **state)
{
    (void)state;
    Table t = loans();
    for (size_t k = 0; k < 4; k++)
        assert_string_equal(refused(engines[k], &t), "");
    t.fks[1].on_update = ACTION_SET_DEFAULT;
    assert_string_equal(refused(ENGINE_MYSQL, &t),
                        "loans.branch: MySQL has no SET DEFAULT for foreign keys\n");
    assert_string_equal(refused(ENGINE_POSTGRES, &t), "");
    t.fks[0].on_delete = ACTION_SET_NULL;
    assert_string_equal(refused(ENGINE_POSTGRES, &t),
                        "loans.borrower_id: \"set null\" on a column that is NOT NULL\n");
    Column cols[] = {
        {.name = "d", .type = {.kind = TYPE_DECIMAL, .precision = 16, .scale = 1}},
        {.name = "seventy_seventy_seventy_seventy_seventy_seventy_seventy_seventy_seventy"},
        {.name = "blank "}};
    Table u = {.name = "u", .cols = cols, .ncols = 3};
    assert_string_equal(
        refused(ENGINE_SQLITE, &u),
        "u.d: SQLite keeps decimals of at most 15 digits exactly, this is decimal(16,1)\n");
    assert_non_null(
        strstr(refused(ENGINE_POSTGRES, &u), "PostgreSQL takes names of at most 63 bytes\n"));
    assert_non_null(strstr(
        refused(ENGINE_MYSQL, &u),
        "MySQL takes names of at most 64 characters\nu.blank : MySQL takes no name that ends in a blank\n"));

    Node clock = {.kind = NODE_CONST, .value = {.kind = VAL_CLOCK}, .where = "t.lua:1"},
         at = {.kind = NODE_COLUMN, .column = "at", .where = "t.lua:1"};
    const Node *const args[] = {&at, &clock};
    Node before = {.kind = NODE_OP, .op = OP_LE, .args = args, .nargs = 2, .where = "t.lua:1"};
    Column moment = {.name = "at", .type = {.kind = TYPE_TIMESTAMP}};
    Check check = {.cond = &before, .in_ddl = true};
    Table v = {.name = "v", .cols = &moment, .ncols = 1, .checks = &check, .nchecks = 1};
    assert_string_equal(refused(ENGINE_POSTGRES, &v),
                        "v: t:constraint stands in the table for good, and the clock moves\n");
    assert_null(strstr(dialect_create_table(ENGINE_POSTGRES, &v, true, mem), "CHECK"));
    check.in_ddl = false;
    assert_string_equal(refused(ENGINE_POSTGRES, &v), "");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {TEST(test_types_that_fit), TEST(test_differences),
                                       TEST(test_hints), TEST(test_limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

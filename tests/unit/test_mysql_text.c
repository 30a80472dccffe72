/* The MySQL connector's pure parts: what is read from messages, how cells are written, how
 * information_schema is understood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/mysql_int.h"

typedef struct Message {
    Engine engine;
    unsigned code;
    const char *message;
    ErrCode class;
    const char *table, *column, *constraint;
    const char *says;
} Message;

static const Message messages[] = {
    {ENGINE_MYSQL, 1062, "Duplicate entry 'x' for key 'y' for key 'users.uq.email'", ERR_CONSTRAINT,
     "users", NULL, "uq.email", "uq.email"},
    {ENGINE_MARIADB, 1062, "Duplicate entry 'canary for key 'a'' for key 'uq.email'",
     ERR_CONSTRAINT, NULL, NULL, "uq.email", "uq.email"},
    {ENGINE_MYSQL, 1452,
     "Cannot add or update a child row: a foreign key constraint fails (`d`.`t`, CONSTRAINT `f`k` FOREIGN KEY (`a`, `b`) REFERENCES `p` (`x`, `y`))",
     ERR_CONSTRAINT, "t", "a", "f`k", "f`k"},
    {ENGINE_MARIADB, 1451,
     "... fails (`d`.`t``t`, CONSTRAINT `f``k` FOREIGN KEY (`a``a`) REFERENCES `p` (`x`))",
     ERR_CONSTRAINT, "t`t", "a`a", "f`k", "f`k"},
    {ENGINE_MARIADB, 4025, "CONSTRAINT `positive` failed for `d`.`t`", ERR_CONSTRAINT, "t", NULL,
     "positive", "positive"},
    {ENGINE_MARIADB, 4025, "CONSTRAINT `t.j` failed for `d`.`t`", ERR_CONSTRAINT, "t", "j", "j",
     "j"},
    {ENGINE_MYSQL, 3819, "Check constraint 'it's' is violated.", ERR_CONSTRAINT, NULL, NULL, "it's",
     "it's"},
    {ENGINE_MYSQL, 1048, "Column 'a' cannot be null", ERR_CONSTRAINT, NULL, "a", NULL, "column a"},
    {ENGINE_MYSQL, 1364, "Field 'a'b' doesn't have a default value", ERR_CONSTRAINT, NULL, "a'b",
     NULL, "a'b"},
    {ENGINE_MYSQL, 1366,
     "Incorrect integer value: 'canary' for column 'x' at row 9' for column 'n' at row 7",
     ERR_CONSTRAINT, NULL, "n", NULL, "row 107"},
    {ENGINE_MARIADB, 1292, "Incorrect date value: 'canary' for column `d`.`t`.`day` at row 2",
     ERR_CONSTRAINT, "t", "day", NULL, "row 102"},
    {ENGINE_MYSQL, 1406, "Data too long for column 'n' at row 3", ERR_CONSTRAINT, NULL, "n", NULL,
     "row 103"},
    {ENGINE_MYSQL, 3140, "Invalid JSON text: \"canary\" at position 1 in value for column 't.j'.",
     ERR_CONSTRAINT, NULL, "j", NULL, "column j"},
    {ENGINE_MYSQL, 1526, "Table has no partition for value canary", ERR_CONSTRAINT, NULL, NULL,
     NULL, "partition"},
    {ENGINE_MYSQL, 1644, "canary", ERR_CONSTRAINT, NULL, NULL, NULL, "trigger"},
    {ENGINE_MYSQL, 1064, "You have an error in your SQL syntax; ... near 'canary' at line 1",
     ERR_DB, NULL, NULL, NULL, "syntax"},
    {ENGINE_MYSQL, 1213, "Deadlock found when trying to get lock; try restarting transaction",
     ERR_RETRY, NULL, NULL, NULL, "deadlock"},
    {ENGINE_MYSQL, 1205, "Lock wait timeout exceeded; try restarting transaction", ERR_RETRY, NULL,
     NULL, NULL, "lock"},
    {ENGINE_MARIADB, 1927, "Connection was killed", ERR_LOST, NULL, NULL, NULL, "killed"},
    {ENGINE_MYSQL, 2013, "Lost connection to MySQL server during query", ERR_LOST, NULL, NULL, NULL,
     "broke"},
    {ENGINE_MYSQL, 1146, "Table 'd.t' doesn't exist", ERR_DB, NULL, NULL, NULL,
     "Table 'd.t' doesn't exist"},
    {ENGINE_MYSQL, 9999, "canary", ERR_DB, NULL, NULL, NULL, "9999"},
    /* Broken off in the middle: nothing is made up. */
    {ENGINE_MYSQL, 1062, "Duplicate entry", ERR_CONSTRAINT, NULL, NULL, NULL, "(unnamed)"},
    {ENGINE_MYSQL, 1452, "... fails (`d`.`t`, CONSTRAINT `f", ERR_CONSTRAINT, "t", NULL, NULL,
     "(unnamed)"},
    {ENGINE_MARIADB, 4025, "CONSTRAINT `", ERR_CONSTRAINT, NULL, NULL, "", "constraint"},
    {ENGINE_MYSQL, 1366, "for column '", ERR_CONSTRAINT, NULL, NULL, NULL, "(unnamed)"},
    {ENGINE_MYSQL, 1366, "", ERR_CONSTRAINT, NULL, NULL, NULL, "(unnamed)"}};

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void reads_names_and_no_values(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        const Message *m = &messages[i];
        MyDb d = {.db = {.engine = m->engine, .in_transaction = true}};
        Err err = {0};
        assert_false(mysql_db_report(&d, m->code, "23000", m->message, "loans", 100, mem, &err));
        const ErrItem *e = err.last;
        if (e->code != m->class || !same(e->table, m->table) || !same(e->column, m->column) ||
            !same(e->constraint, m->constraint) || !strstr(e->message, m->says))
            fail_msg("%s -> %s, %s.%s, %s: %s", m->message, err_name(e->code),
                     e->table ? e->table : "-", e->column ? e->column : "-",
                     e->constraint ? e->constraint : "-", e->message);
        assert_null(strstr(e->message, "canary"));
        assert_string_equal(e->sqlstate, "23000");
        assert_string_equal(e->subject, "loans");
        assert_int_equal(d.db.in_transaction, m->class != ERR_LOST);
    }
    arena_free(mem);
}

/* ---------------------------------------------------------------- cells */

static void expect_cell(const Vec *v, const char *field, size_t field_len, const char *literal)
{
    Buf out;
    buf_init(&out, 4096);
    mysql_db_put_field(&out, v, 0);
    if (out.len != field_len || (field_len && memcmp(out.data, field, field_len) != 0))
        fail_msg("field %.*s instead of %s", (int)out.len, out.data, field);
    buf_reset(&out);
    dialect_literal(ENGINE_MYSQL, &out, &(Type){.kind = v->kind}, v, 0);
    assert_string_equal(buf_cstr(&out), literal);
    buf_free(&out);
}

static void writes_cells(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    Vec *v = vec_new(mem, TYPE_TEXT, 0, 1);
    v->s[0] = (Str){"a\\b\tc\nd\0e'f\"\r", 13};
    expect_cell(v, "a\\\\b\\tc\\nd\\0e'f\"\r", 17, "_utf8mb4 X'615C6209630A6400652766220D'");
    v->s[0] = (Str){"", 0};
    expect_cell(v, "", 0, "''");
    vec_nulls(v, mem)[0] = 1;
    expect_cell(v, "\\N", 2, "NULL");
    v = vec_new(mem, TYPE_BYTES, 0, 1);
    v->s[0] = (Str){"\0\xffN", 3};
    expect_cell(v, "00FF4E", 6, "X'00FF4E'");
    v = vec_new(mem, TYPE_DECIMAL, 3, 1);
    v->i[0] = -1234;
    expect_cell(v, "-1.234", 6, "-1.234");
    v = vec_new(mem, TYPE_TIMESTAMP, 6, 1);
    v->i[0] = 1;
    expect_cell(v, "1970-01-01 00:00:00.000001", 26, "'1970-01-01 00:00:00.000001'");
    v = vec_new(mem, TYPE_BOOL, 0, 1);
    v->i[0] = 1;
    expect_cell(v, "1", 1, "1");
    arena_free(mem);
}

/* ---------------------------------------------------------------- information_schema */

static void reads_enum_labels(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    Type t = mysql_db_type("enum", "enum('a','it''s','(','b,c','back\\\\slash','')", "10", NULL,
                           NULL, NULL, "utf8mb4_bin", mem);
    static const char *const labels[] = {"a", "it's", "(", "b,c", "back\\slash", ""};
    assert_int_equal(t.kind, TYPE_ENUM);
    assert_int_equal(t.label_count, 6);
    for (int i = 0; i < 6; i++)
        assert_string_equal(t.labels[i], labels[i]);
    assert_false(t.no_case);
    arena_free(mem);
}

static void reads_defaults(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    const Type text = {.kind = TYPE_TEXT}, number = {.kind = TYPE_INT};
    assert_null(mysql_db_default(true, "NULL", "", &text, mem));
    assert_string_equal(mysql_db_default(true, "'NULL'", "", &text, mem), "'NULL'");
    assert_null(mysql_db_default(false, NULL, "", &text, mem));
    assert_string_equal(mysql_db_default(false, "NULL", "", &text, mem), "'NULL'");
    assert_string_equal(mysql_db_default(false, "7", "", &number, mem), "7");
    assert_string_equal(mysql_db_default(false, "concat(_utf8mb4\\'it\\\\\\'s\\')",
                                         "DEFAULT_GENERATED", &text, mem),
                        "concat(_utf8mb4'it\\'s')");
    arena_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_names_and_no_values), cmocka_unit_test(writes_cells),
        cmocka_unit_test(reads_enum_labels), cmocka_unit_test(reads_defaults)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

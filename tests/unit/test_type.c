/* Types: every spelling of the three engines, and the neutral spelling back and forth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/type.h"

typedef struct Case {
    const char *spelling, *neutral;
    TypeKind kind;
} Case;

static const Case cases[] = {
    {"int", "int", TYPE_INT},
    {"INTEGER", "int", TYPE_INT},
    {"int(11)", "int", TYPE_INT},
    {"int(10) unsigned", "int unsigned", TYPE_INT},
    {"BIGINT UNSIGNED ZEROFILL", "bigint unsigned", TYPE_INT},
    {"int8", "bigint", TYPE_INT},
    {"mediumint", "mediumint", TYPE_INT},
    {"smallint", "smallint", TYPE_INT},
    {"tinyint", "tinyint", TYPE_INT},
    {"tinyint(4)", "tinyint", TYPE_INT},
    {"tinyint(1)", "bool", TYPE_BOOL},
    {"boolean", "bool", TYPE_BOOL},
    {"numeric(12,2)", "decimal(12,2)", TYPE_DECIMAL},
    {"decimal( 5 , 0 )", "decimal(5,0)", TYPE_DECIMAL},
    {"decimal(7)", "decimal(7,0)", TYPE_DECIMAL},
    {"numeric", "decimal", TYPE_DECIMAL},
    {"double precision", "double", TYPE_FLOAT},
    {"double   PRECISION", "double", TYPE_FLOAT},
    {"real", "real", TYPE_FLOAT},
    {"float(24)", "real", TYPE_FLOAT},
    {"float(53)", "double", TYPE_FLOAT},
    {"text", "text", TYPE_TEXT},
    {"varchar(40)", "varchar(40)", TYPE_TEXT},
    {"character varying(40)", "varchar(40)", TYPE_TEXT},
    {"VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "varchar(40)", TYPE_TEXT},
    {"character(3)", "char(3)", TYPE_TEXT},
    {"char", "char(1)", TYPE_TEXT},
    {"longtext", "text", TYPE_TEXT},
    {"bytea", "bytes", TYPE_BYTES},
    {"varbinary(16)", "varbinary(16)", TYPE_BYTES},
    {"binary(4)", "binary(4)", TYPE_BYTES},
    {"date", "date", TYPE_DATE},
    {"time(3)", "time(3)", TYPE_TIME},
    {"time without time zone", "time", TYPE_TIME},
    {"timestamp", "timestamp", TYPE_TIMESTAMP},
    {"datetime(6)", "timestamp(6)", TYPE_TIMESTAMP},
    {"timestamp(3) with time zone", "timestamp(3)", TYPE_TIMESTAMP},
    {"timestamptz", "timestamp", TYPE_TIMESTAMP},
    {"uuid", "uuid", TYPE_UUID},
    {"jsonb", "json", TYPE_JSON},
    {"enum('a','b c','it''s, (x)')", "enum('a','b c','it''s, (x)')", TYPE_ENUM},
};

static void test_spellings(void **state)
{
    Arena *mem = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Type type = type_parse(cases[i].spelling, mem);
        if (strcmp(type_text(&type, mem), cases[i].neutral) != 0)
            fail_msg("%s: %s", cases[i].spelling, type_text(&type, mem));
        assert_int_equal(type.kind, cases[i].kind);
        assert_string_equal(type.name, cases[i].spelling);
        Type again = type_parse(cases[i].neutral, mem);
        assert_string_equal(type_text(&again, mem), cases[i].neutral);
        assert_int_equal(again.kind, type.kind);
    }
}

static void test_details(void **state)
{
    Arena *mem = *state;
    assert_true(type_parse("timestamptz", mem).with_zone);
    assert_true(type_parse("timestamp with time zone", mem).with_zone);
    assert_false(type_parse("timestamp", mem).with_zone);
    assert_true(type_parse("citext", mem).no_case);
    assert_true(type_parse("char(4)", mem).fixed);
    Type labels = type_parse("ENUM( 'x' , 'y' )", mem);
    assert_int_equal(labels.label_count, 2);
    assert_string_equal(labels.labels[1], "y");
}

static void test_unknown(void **state)
{
    Arena *mem = *state;
    const char *unknown[] = {"geometry",   "int[]",        "tsvector",     "",
                             "  ",         "enum()",       "enum('a",      "enum(a,b)",
                             "varchar(x)", "varchar(1,2)", "timestamp(9)", "decimal(1,2,3)",
                             "int(1)(2)",  "(3)",          "varchar(4"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        Type type = type_parse(unknown[i], mem);
        if (type.kind != TYPE_OTHER)
            fail_msg("\"%s\": %s", unknown[i], type_text(&type, mem));
        assert_string_equal(type_text(&type, mem), unknown[i]);
    }
}

static void test_classes(void **state)
{
    (void)state;
    assert_true(type_is_numeric(TYPE_INT) && type_is_numeric(TYPE_DECIMAL) &&
                type_is_numeric(TYPE_FLOAT));
    assert_false(type_is_numeric(TYPE_BOOL) || type_is_numeric(TYPE_DATE) ||
                 type_is_numeric(TYPE_TEXT));
    assert_true(type_is_text(TYPE_TEXT) && type_is_text(TYPE_UUID) && type_is_text(TYPE_JSON) &&
                type_is_text(TYPE_ENUM) && type_is_text(TYPE_OTHER));
    assert_false(type_is_text(TYPE_BYTES) || type_is_text(TYPE_NULL));
    assert_string_equal(type_kind_name(TYPE_DECIMAL), "decimal");
}

static int setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_spellings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_details, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unknown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_classes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every operator: values, NULLs, types, exactness, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "enginekit.h"

static int setup(void **state)
{
    Engine *e = engine_new();
    *state = e;
    int t = engine_table(e, "t");
    engine_serial(e, t, "id");
    engine_column(e, t, "i", node_cells(e, "bigint", "7 -7 0 null 3"));
    engine_column(e, t, "j", node_cells(e, "bigint", "2 2 5 1 0"));
    engine_column(e, t, "big",
                  node_cells(e, "bigint", "9223372036854775807 -9223372036854775808 1 1 1"));
    engine_column(e, t, "d", node_cells(e, "decimal(9,2)", "10.25 -0.05 0.00 null 1.10"));
    engine_column(e, t, "r", node_cells(e, "decimal(7,4)", "0.3333 12.5000 0.0000 1.0000 2.0001"));
    engine_column(e, t, "f", node_cells(e, "float", "0.5 -2.5 0 null 3"));
    engine_column(e, t, "s", node_cells(e, "text", "abc Äöü '' null Zz_9"));
    engine_column(e, t, "b", node_cells(e, "bool", "true false null true false"));
    engine_column(e, t, "c", node_cells(e, "bool", "true true true null null"));
    engine_column(e, t, "day",
                  node_cells(e, "date", "2024-01-31 2023-12-31 1969-12-31 null 2000-02-29"));
    engine_column(
        e, t, "at",
        node_cells(
            e, "timestamp",
            "2024-01-31_10:30:00 2023-12-31_23:59:59 1969-12-31_00:00:01 null 2000-02-29_12:00:00"));
    engine_rows(e, t, 5);
    return 0;
}

static int teardown(void **state)
{
    engine_free(*state);
    return 0;
}

#define C(name) node_col(e, name)
#define I(v)    node_int(e, v)
#define N(v)    node_num(e, v)
#define T(v)    node_text(e, v)

static void test_add_sub(void **state)
{
    Engine *e = *state;
    check_expr(e, OP(e, OP_ADD, C("i"), C("j")), "bigint", "9|-5|5|NULL|3");
    check_expr(e, OP(e, OP_SUB, C("i"), I(10)), "bigint", "-3|-17|-10|NULL|-7");
    check_expr(e, OP(e, OP_ADD, C("d"), C("r")), "decimal(12,4)",
               "10.5833|12.4500|0.0000|NULL|3.1001");
    check_expr(e, OP(e, OP_SUB, C("i"), C("d")), "decimal(18,2)", "-3.25|-6.95|0.00|NULL|1.90");
    check_expr(e, OP(e, OP_ADD, C("d"), N("0.005")), "decimal(11,3)",
               "10.255|-0.045|0.005|NULL|1.105");
    check_expr(e, OP(e, OP_ADD, C("d"), C("f")), "double", "10.75|-2.55|0|NULL|4.1");
    check_expr(e, OP(e, OP_SUB, N("0.3"), N("0.1")), "decimal(2,1)", "0.2");
    check_expr(e, OP(e, OP_ADD, node_range(e, 1, 1), node_range(e, 2, 2)), "int", "3|3");
    check_expr(e, OP(e, OP_NEG, C("d")), "decimal(9,2)", "-10.25|0.05|0.00|NULL|-1.10");
    check_expr(e, OP(e, OP_NEG, C("f")), "double", "-0.5|2.5|0|NULL|-3");
    check_expr(e, OP(e, OP_ABS, C("i")), "bigint", "7|7|0|NULL|3");
    check_expr(e, OP(e, OP_ABS, C("f")), "double", "0.5|2.5|0|NULL|3");
}

static void test_mul_div(void **state)
{
    Engine *e = *state;
    check_expr(e, OP(e, OP_MUL, C("i"), C("j")), "bigint", "14|-14|0|NULL|0");
    check_expr(e, OP(e, OP_MUL, C("d"), C("r")), "decimal(16,6)",
               "3.416325|-0.625000|0.000000|NULL|2.200110");
    check_expr(e, OP(e, OP_MUL, C("f"), C("d")), "double", "5.125|0.125|0|NULL|3.3000000000000003");
    check_expr(e, OP(e, OP_DIV, C("i"), C("j")), "decimal(18,6)",
               "3.500000|-3.500000|0.000000|NULL|NULL");
    check_expr(e, OP(e, OP_DIV, C("i"), I(3)), "decimal(18,6)",
               "2.333333|-2.333333|0.000000|NULL|1.000000");
    check_expr(e, OP(e, OP_DIV, C("d"), C("r")), "decimal(18,7)",
               "30.7530753|-0.0040000|NULL|NULL|0.5499725");
    check_expr(e, OP(e, OP_DIV, C("d"), I(1200)), "decimal(15,8)",
               "0.00854167|-0.00004167|0.00000000|NULL|0.00091667");
    check_expr(e, OP(e, OP_DIV, C("f"), I(2)), "double", "0.25|-1.25|0|NULL|1.5");
    check_expr(e, OP(e, OP_DIV, C("f"), I(0)), "double", "NULL|NULL");
    check_expr(e, OP(e, OP_MOD, C("i"), I(4)), "bigint", "3|1|0|NULL|3");
    check_expr(e, OP(e, OP_MOD, C("i"), I(-4)), "bigint", "-1|-3|0|NULL|-1");
    check_expr(e, OP(e, OP_MOD, C("i"), C("j")), "bigint", "1|1|0|NULL|NULL");
    check_expr(e, OP(e, OP_MOD, C("d"), N("0.1")), "decimal(9,2)", "0.05|0.05|0.00|NULL|0.00");
    check_expr(e, OP(e, OP_MOD, C("f"), I(2)), "double", "0.5|1.5|0|NULL|1");
    check_expr(e, OP(e, OP_IDIV, C("i"), I(2)), "bigint", "3|-4|0|NULL|1");
    check_expr(e, OP(e, OP_IDIV, C("d"), N("0.1")), "bigint", "102|-1|0|NULL|11");
    check_expr(e, OP(e, OP_IDIV, C("f"), I(2)), "double", "0|-2|0|NULL|1");
    check_expr(e, OP(e, OP_IDIV, C("i"), C("j")), "bigint", "3|-4|0|NULL|NULL");
}

static void test_rounding(void **state)
{
    Engine *e = *state;
    check_expr(e, OP(e, OP_ROUND, C("d"), I(1)), "decimal(9,1)", "10.3|-0.1|0.0|NULL|1.1");
    check_expr(e, OP(e, OP_ROUND, C("d")), "bigint", "10|0|0|NULL|1");
    /* Each rounding rounds what the one inside it gave. */
    check_expr(e, OP(e, OP_ROUND, OP(e, OP_ROUND, OP(e, OP_DIV, C("d"), I(230)), I(3)), I(2)),
               "decimal(10,2)", "0.05|0.00|0.00|NULL|0.01");
    check_expr(e, OP(e, OP_ROUND, C("d"), I(3)), "decimal(10,3)", "10.250|-0.050|0.000|NULL|1.100");
    check_expr(e, OP(e, OP_ROUND, C("i"), I(2)), "decimal(18,2)", "7.00|-7.00|0.00|NULL|3.00");
    check_expr(e, OP(e, OP_ROUND, C("i")), "bigint", "7|-7|0|NULL|3");
    check_expr(e, OP(e, OP_ROUND, C("f")), "bigint", "1|-3|0|NULL|3");
    check_expr(e, OP(e, OP_ROUND, C("f"), I(2)), "decimal(18,2)", "0.50|-2.50|0.00|NULL|3.00");
    /* Once, from the exact quotient: 0.1249999999 would round to 0.125, and that to 0.13. */
    check_expr(e, OP(e, OP_ROUND, OP(e, OP_DIV, N("1249999999"), N("10000000000")), I(2)),
               "decimal(12,2)", "0.12");
    check_expr(e, OP(e, OP_ROUND, OP(e, OP_DIV, C("d"), C("j")), I(1)), "decimal(9,1)",
               "5.1|0.0|0.0|NULL|NULL");
    /* A digit more before the point, where a rounding can carry into it. */
    check_expr(e, OP(e, OP_ROUND, OP(e, OP_DIV, N("9.999"), I(1)), I(2)), "decimal(4,2)", "10.00");
    check_expr(e, OP(e, OP_ROUND, OP(e, OP_DIV, N("9.999"), I(2)), I(2)), "decimal(3,2)", "5.00");
    check_expr(e, OP(e, OP_ROUND, OP(e, OP_MUL, N("0.9999"), N("0.9999")), I(1)), "decimal(2,1)",
               "1.0");
    check_expr(e, OP(e, OP_ROUND, OP(e, OP_DIV, C("i"), C("j"))), "bigint", "4|-4|0|NULL|NULL");
    check_expr(e, OP(e, OP_ROUND, OP(e, OP_DIV, I(2), I(3)), I(12)), "decimal(13,12)",
               "0.666666666667");
    check_expr(e, OP(e, OP_ROUND, OP(e, OP_MUL, C("d"), C("r")), I(2)), "decimal(12,2)",
               "3.42|-0.63|0.00|NULL|2.20");
    check_expr(e, OP(e, OP_FLOOR, C("d")), "bigint", "10|-1|0|NULL|1");
    check_expr(e, OP(e, OP_CEIL, C("d")), "bigint", "11|0|0|NULL|2");
    check_expr(e, OP(e, OP_FLOOR, C("f")), "bigint", "0|-3|0|NULL|3");
    check_expr(e, OP(e, OP_CEIL, C("f")), "bigint", "1|-2|0|NULL|3");
    check_expr(e, OP(e, OP_FLOOR, C("i")), "bigint", "7|-7|0|NULL|3");
}

/* What leaves the range is NULL and counted, never wrapped or cut. */
static void test_overflow(void **state)
{
    Engine *e = *state;
    const Node *cases[] = {OP(e, OP_ADD, C("big"), I(1)),
                           OP(e, OP_MUL, C("big"), I(2)),
                           OP(e, OP_MUL, C("big"), N("0.5")),
                           OP(e, OP_ROUND, OP(e, OP_MUL, C("f"), N("1e300")), I(2)),
                           OP(e, OP_ROUND, C("big"), I(4)),
                           OP(e, OP_NEG, C("big")),
                           OP(e, OP_FLOOR, OP(e, OP_MUL, C("f"), N("1e30"))),
                           OP(e, OP_MUL, N("1e200"), OP(e, OP_MUL, N("1e200"), C("f")))};
    const int expected[] = {1, 2, 2, 3, 2, 1, 3, 3};
    const uint64_t rows[] = {0, 1, 2, 3, 4};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int c = engine_column(e, 0, arena_printf(e->mem, "over%zu", i), cases[i]);
        Eval *eval = eval_new(&e->plan);
        const Vec *v = eval_column(eval, 0, c, rows, 5);
        int nulls = 0;
        for (uint32_t k = 0; k < 5; k++)
            nulls += vec_is_null(v, k);
        bool has_null_cell = i == 3 || i == 6 || i == 7; /* f is NULL once: that is no overflow */
        assert_int_equal(eval_overflows(eval), expected[i]);
        assert_int_equal(nulls, expected[i] + has_null_cell);
        eval_free(eval);
    }
}

static void test_compare(void **state)
{
    Engine *e = *state;
    check_expr(e, OP(e, OP_GT, C("i"), I(0)), "bool", "true|false|false|NULL|true");
    check_expr(e, OP(e, OP_GE, C("i"), C("d")), "bool", "false|false|true|NULL|true");
    check_expr(e, OP(e, OP_LT, C("d"), N("1.1")), "bool", "false|true|true|NULL|false");
    check_expr(e, OP(e, OP_LE, C("d"), N("1.1")), "bool", "false|true|true|NULL|true");
    check_expr(e, OP(e, OP_EQ, C("d"), N("1.100")), "bool", "false|false|false|NULL|true");
    check_expr(e, OP(e, OP_NE, C("f"), N("0.5")), "bool", "false|true|true|NULL|true");
    /* Exact although 10^18 times the left side needs 128 bits. */
    check_expr(e, OP(e, OP_GT, C("big"), N("0.00000001")), "bool", "true|false|true|true|true");
    check_expr(e, OP(e, OP_EQ, C("s"), T("abc")), "bool", "true|false|false|NULL|false");
    check_expr(e, OP(e, OP_NE, C("s"), T("")), "bool", "true|true|false|NULL|true");
    check_expr(e, OP(e, OP_LT, C("s"), T("abcd")), "bool", "true|false|true|NULL|true");
    check_expr(e, OP(e, OP_EQ, C("b"), C("c")), "bool", "true|false|NULL|NULL|NULL");
    check_expr(e, OP(e, OP_GE, C("day"), T("2000-02-29")), "bool", "true|true|false|NULL|true");
    check_expr(e, OP(e, OP_LT, C("at"), C("day")), "bool", "false|false|false|NULL|false");
    check_expr(e, OP(e, OP_GT, C("at"), T("2024-01-31")), "bool", "true|false|false|NULL|false");
    check_expr(e, OP(e, OP_LE, C("at"), node_clock(e)), "bool", "true|true|true|NULL|true");
    check_expr(e, OP(e, OP_EQ, C("i"), node_null(e)), "bool", "false|false|false|true|false");
    check_expr(e, OP(e, OP_NE, C("i"), node_null(e)), "bool", "true|true|true|false|true");
    check_expr(e, OP(e, OP_WITHIN, C("i"), I(3), I(7)), "bool", "true|false|false|NULL|true");
    check_expr(e, OP(e, OP_WITHIN, C("i"), I(3), N("7.0"), C("f")), "bool",
               "true|false|true|NULL|true");
    check_expr(e, OP(e, OP_WITHIN, C("j"), I(1), C("i")), "bool", "false|false|false|true|false");
    check_expr(e, OP(e, OP_WITHIN, I(5), I(1), C("i")), "bool", "false|false|false|NULL|false");
    check_expr(e, OP(e, OP_WITHIN, C("s"), T("x"), T("Zz 9")), "bool",
               "false|false|false|NULL|true");
    check_expr(e, OP(e, OP_WITHIN, C("day"), T("2024-01-31"), T("2023-12-31 00:00:00")), "bool",
               "true|true|false|NULL|false");
    check_expr(e, OP(e, OP_LEAST, C("i"), C("j"), N("2.5")), "decimal(18,1)",
               "2.0|-7.0|0.0|NULL|0.0");
    check_expr(e, OP(e, OP_GREATEST, C("i"), C("j")), "bigint", "7|2|5|NULL|3");
    check_expr(
        e, OP(e, OP_GREATEST, C("day"), C("at")), "timestamp",
        "2024-01-31 10:30:00|2023-12-31 23:59:59|1969-12-31 00:00:01|NULL|2000-02-29 12:00:00");
    check_expr(e, OP(e, OP_LEAST, C("s"), T("b")), "text", "abc|b||NULL|Zz 9");
}

static void test_logic(void **state)
{
    Engine *e = *state;
    check_expr(e, OP(e, OP_AND, C("b"), C("c")), "bool", "true|false|NULL|NULL|false");
    check_expr(e, OP(e, OP_OR, C("b"), C("c")), "bool", "true|true|true|true|NULL");
    check_expr(e, OP(e, OP_NOT, C("b")), "bool", "false|true|NULL|false|true");
    check_expr(e, OP(e, OP_AND, C("b"), node_bool(e, false)), "bool",
               "false|false|false|false|false");
    check_expr(e, OP(e, OP_OR, node_bool(e, true), C("c")), "bool", "true|true|true|true|true");
}

static void test_branches(void **state)
{
    Engine *e = *state;
    check_expr(e, OP(e, OP_WHEN, C("b"), C("i"), C("d")), "decimal(18,2)",
               "7.00|-0.05|0.00|NULL|1.10");
    check_expr(e, OP(e, OP_WHEN, C("b"), C("s")), "text", "abc|NULL|NULL|NULL|NULL");
    check_expr(e, OP(e, OP_WHEN, C("b"), node_null(e), C("f")), "double", "NULL|-2.5|0|NULL|3");
    check_expr(e, OP(e, OP_WHEN, C("b"), C("i"), C("f")), "double", "7|-2.5|0|NULL|3");
    check_expr(
        e, OP(e, OP_WHEN, C("b"), C("day"), C("at")), "timestamp",
        "2024-01-31 00:00:00|2023-12-31 23:59:59|1969-12-31 00:00:01|NULL|2000-02-29 12:00:00");
    check_expr(e, OP(e, OP_WHEN, C("b"), C("day"), T("2020-02-02")), "date",
               "2024-01-31|2020-02-02|2020-02-02|NULL|2020-02-02");
    check_expr(e, OP(e, OP_WHEN, C("b"), T("yes"), T("no")), "varchar(3)", "yes|no|no|yes|no");
    check_expr(e, OP(e, OP_WHEN, C("b"), node_null(e), node_null(e)), "null", "NULL|NULL");
    check_expr(e,
               OP(e, OP_CASE, OP(e, OP_GT, C("i"), I(5)), T("big"), OP(e, OP_LT, C("i"), I(0)),
                  T("less"), T("small")),
               "varchar(5)", "big|less|small|small|small");
    check_expr(e, OP(e, OP_CASE, OP(e, OP_GT, C("i"), I(5)), I(1), C("b"), I(2)), "int",
               "1|NULL|NULL|2|NULL");
    check_expr(e, OP(e, OP_CASE, T("only")), "varchar(4)", "only|only");
    check_expr(e, OP(e, OP_COALESCE, C("i"), C("d"), I(-1)), "decimal(18,2)",
               "7.00|-7.00|0.00|-1.00|3.00");
    check_expr(e, OP(e, OP_COALESCE, C("s"), T("none")), "text", "abc|Äöü||none|Zz 9");
    check_expr(e, OP(e, OP_COALESCE, node_null(e), C("i")), "bigint", "7|-7|0|NULL|3");
    assert_false(engine_bind(e, 0, "x", OP(e, OP_COALESCE, C("i"), I(1)))->nullable);
    assert_false(engine_bind(e, 0, "x", OP(e, OP_WHEN, C("b"), I(1), I(2)))->nullable);
    assert_true(engine_bind(e, 0, "x", OP(e, OP_WHEN, C("b"), I(1)))->nullable);
}

static void test_text(void **state)
{
    Engine *e = *state;
    check_expr(e, OP(e, OP_CONCAT, C("s"), T("-"), C("i")), "text", "abc-7|Äöü--7|-0|NULL|Zz 9-3");
    check_expr(e, OP(e, OP_CONCAT, C("d"), T("/"), C("b"), T("/"), C("day")), "varchar(28)",
               "10.25/true/2024-01-31|-0.05/false/2023-12-31|NULL|NULL|1.10/false/2000-02-29");
    check_expr(
        e, OP(e, OP_TEXT, C("at")), "varchar(19)",
        "2024-01-31 10:30:00|2023-12-31 23:59:59|1969-12-31 00:00:01|NULL|2000-02-29 12:00:00");
    check_expr(e, OP(e, OP_TEXT, C("f")), "varchar(25)", "0.5|-2.5|0|NULL|3");
    check_expr(e, OP(e, OP_LOWER, C("s")), "text", "abc|Äöü||NULL|zz 9");
    check_expr(e, OP(e, OP_UPPER, C("s")), "text", "ABC|Äöü||NULL|ZZ 9");
    check_expr(e, OP(e, OP_LENGTH, C("s")), "int", "3|3|0|NULL|4");
    check_expr(e, OP(e, OP_SUBSTR, C("s"), I(2)), "text", "bc|öü||NULL|z 9");
    check_expr(e, OP(e, OP_SUBSTR, C("s"), I(1), I(1)), "varchar(1)", "a|Ä||NULL|Z");
    check_expr(e, OP(e, OP_SUBSTR, C("s"), C("j"), I(2)), "varchar(2)", "bc|öü||NULL|Z");
    check_expr(e, OP(e, OP_SUBSTR, C("s"), I(1), C("i")), "text", "abc|||NULL|Zz ");
    check_expr(e, OP(e, OP_SUBSTR, T("héllo"), I(2), I(3)), "varchar(3)", "éll");
}

static void test_time(void **state)
{
    Engine *e = *state;
    check_expr(e, OP(e, OP_ADD, C("day"), node_days(e, 30, 30)), "date",
               "2024-03-01|2024-01-30|1970-01-30|NULL|2000-03-30");
    check_expr(e, OP(e, OP_ADD, node_months(e, 1), C("day")), "date",
               "2024-02-29|2024-01-31|1970-01-31|NULL|2000-03-29");
    check_expr(e, OP(e, OP_SUB, C("day"), node_months(e, 12)), "date",
               "2023-01-31|2022-12-31|1968-12-31|NULL|1999-02-28");
    check_expr(
        e, OP(e, OP_ADD, C("at"), node_months(e, 1)), "timestamp",
        "2024-02-29 10:30:00|2024-01-31 23:59:59|1970-01-31 00:00:01|NULL|2000-03-29 12:00:00");
    check_expr(
        e, OP(e, OP_SUB, C("at"), node_days(e, 1, 1)), "timestamp",
        "2024-01-30 10:30:00|2023-12-30 23:59:59|1969-12-30 00:00:01|NULL|2000-02-28 12:00:00");
    check_expr(e, OP(e, OP_ADD, C("at"), node_micros(e, 1500000)), "timestamp(6)",
               "2024-01-31 10:30:01.500000");
    check_expr(e, OP(e, OP_SUB, C("day"), T("2024-01-01")), "int", "30|-1|-19724|NULL|-8707");
    check_expr(e, OP(e, OP_SUB, C("at"), C("day")), "bigint", "37800|86399|1|NULL|43200");
    check_expr(e, OP(e, OP_SUB, node_clock(e), C("at")), "bigint",
               "60528600|63158401|1767311999|NULL|815400000");
    check_expr(e, OP(e, OP_SUB, C("at"), OP(e, OP_ADD, C("at"), node_micros(e, 500000))), "bigint",
               "-1|-1|-1|NULL|-1");
    check_expr(e, OP(e, OP_DATE, C("at")), "date",
               "2024-01-31|2023-12-31|1969-12-31|NULL|2000-02-29");
    check_expr(e, OP(e, OP_YEAR, C("at")), "int", "2024|2023|1969|NULL|2000");
    check_expr(e, OP(e, OP_MONTH, C("day")), "int", "1|12|12|NULL|2");
}

static void test_refused(void **state)
{
    Engine *e = *state;
    check_refused(e, OP(e, OP_MUL, C("s"), C("d")), "cannot multiply text by decimal(9,2)");
    check_refused(e, OP(e, OP_ADD, C("s"), I(1)),
                  "cannot add text and int (texts are joined by ..)");
    check_refused(e, OP(e, OP_SUB, C("i"), C("s")), "cannot subtract text from bigint");
    check_refused(e, OP(e, OP_ADD, C("day"), I(1)), "days(3)");
    check_refused(e, OP(e, OP_ADD, C("day"), node_days(e, 1, 3)), "the span must be fixed");
    check_refused(e, OP(e, OP_ADD, C("day"), node_micros(e, 1)), "only whole days");
    check_refused(e, OP(e, OP_ADD, C("i"), node_days(e, 1, 1)), "not to bigint");
    check_refused(e, OP(e, OP_SUB, node_days(e, 1, 1), C("at")), "a span of time is no value");
    check_refused(e, node_days(e, 1, 1), "a span of time is no value");
    check_refused(e, OP(e, OP_GT, C("s"), I(1)), "cannot compare text with int");
    check_refused(e, OP(e, OP_GT, C("day"), T("2024-13-01")), "\"2024-13-01\" is no date");
    check_refused(e, OP(e, OP_GT, C("i"), node_null(e)), "x:is(null)");
    check_refused(e, OP(e, OP_WITHIN, C("i"), node_null(e)), "x:is(null)");
    check_refused(e, OP(e, OP_AND, C("i"), C("b")), "& needs a condition, not bigint");
    check_refused(e, OP(e, OP_WHEN, C("i"), I(1), I(2)), "when needs a condition");
    check_refused(e, OP(e, OP_WHEN, C("b"), I(1), T("a")),
                  "the branches of when have different types: int and varchar(1)");
    check_refused(e, OP(e, OP_COALESCE, C("s"), C("i")),
                  "the values of coalesce have different types");
    check_refused(e, OP(e, OP_ROUND, C("s")), "round needs a number, not text");
    check_refused(e, OP(e, OP_ROUND, C("d"), C("j")), "written out");
    check_refused(e, OP(e, OP_ROUND, C("d"), I(19)), "from 0 to 18");
    check_refused(e, OP(e, OP_LENGTH, C("i")), "length needs a text");
    check_refused(e, OP(e, OP_SUBSTR, C("s"), I(0)), "counted from 1");
    check_refused(e, OP(e, OP_SUBSTR, C("s"), C("d")), "from must be a whole number");
    check_refused(e, OP(e, OP_YEAR, C("i")), "year_of needs a date or timestamp");
    check_refused(e, OP(e, OP_CONCAT, C("s"), node_null(e)), "always NULL");
    check_refused(e, OP(e, OP_NOT, C("b"), C("b")), "not takes 1 value, not 2");
    check_refused(e, C("idd"), "t has no column \"idd\" (did you mean \"id\"?)");
    check_refused(e, node_parent(e, C("i"), "x"), "t.i is no reference");
    e->plan.has_clock = false;
    check_refused(e, OP(e, OP_LT, C("at"), node_clock(e)), "needs a clock");
}

/* A recipe can double an expression forty times by sharing it; binding is a tree, so it is bounded.
 */
static void test_shared_expression_is_bounded(void **state)
{
    Engine *e = *state;
    const Node *x = C("i");
    for (int i = 0; i < 40; i++)
        x = OP(e, OP_ADD, x, x);
    check_refused(e, x, "larger than 20,000 nodes");
    const Node *deep = C("i");
    for (int i = 0; i < 300; i++)
        deep = OP(e, OP_NEG, deep);
    check_refused(e, deep, "deeper than 200");
}

static void test_constants(void **state)
{
    Engine *e = *state;
    check_expr(e, N("0.1"), "decimal(1,1)", "0.1|0.1");
    check_expr(e, N("5.0"), "decimal(1,0)", "5");
    check_expr(e, N("1e-07"), "decimal(7,7)", "0.0000001");
    check_expr(e, N("2.5e+3"), "decimal(4,0)", "2500");
    check_expr(e, N("123456789012345.6"), "double", "123456789012345.6");
    check_expr(e, N("1e300"), "double", "1e+300");
    check_expr(e, I(INT64_MIN), "bigint", "-9223372036854775808");
    check_expr(e, T("Äb"), "varchar(2)", "Äb|Äb");
    check_expr(e, node_null(e), "null", "NULL");
    check_expr(e, node_clock(e), "timestamp", "2026-01-01 00:00:00");
    check_refused(e, N("inf"), "not finite");
}

/* Two uses of one generator at different places differ; the same place gives the same again. */
static void test_streams_by_path(void **state)
{
    Engine *e = *state;
    const Node *g = node_range(e, 0, INT64_C(1) << 40);
    int same = engine_column(e, 0, "p", OP(e, OP_SUB, g, g));
    uint64_t rows[] = {0, 1, 2};
    Eval *eval = eval_new(&e->plan);
    const Vec *v = eval_column(eval, 0, same, rows, 3);
    assert_true(v->i[0] != 0 && v->i[1] != 0 && v->i[2] != 0);
    eval_free(eval);
    assert_int_equal(engine_bind(e, 0, "q", g)->key, engine_bind(e, 0, "q", g)->key);
    assert_true(engine_bind(e, 0, "q", g)->key != engine_bind(e, 0, "q2", g)->key);
    assert_true(gen_stream_key(1, "ab", "c", "") != gen_stream_key(1, "a", "bc", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_add_sub, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mul_div, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rounding, setup, teardown),
        cmocka_unit_test_setup_teardown(test_overflow, setup, teardown),
        cmocka_unit_test_setup_teardown(test_compare, setup, teardown),
        cmocka_unit_test_setup_teardown(test_logic, setup, teardown),
        cmocka_unit_test_setup_teardown(test_branches, setup, teardown),
        cmocka_unit_test_setup_teardown(test_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shared_expression_is_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_constants, setup, teardown),
        cmocka_unit_test_setup_teardown(test_streams_by_path, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

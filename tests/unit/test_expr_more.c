/* The functions of expressions: values, NULLs, types, and what is refused. That databases agree is
 * tested in test_db_expr_more.c. */
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
    engine_column(e, t, "n", node_cells(e, "bigint", "3 -2 null 0"));
    engine_column(e, t, "d", node_cells(e, "decimal(9,2)", "10.25 -0.05 null 4.00"));
    engine_column(e, t, "f", node_cells(e, "float", "6.25 -2.5 null 0"));
    engine_column(e, t, "s", node_cells(e, "text", "_Ärger_im_Büro_ o'neil's_CAFÉ null a--b"));
    engine_column(e, t, "num", node_cells(e, "text", "_12.345_ -7 null x1"));
    engine_column(e, t, "day", node_cells(e, "date", "2024-02-29 2021-01-03 null 1969-12-31"));
    engine_column(e, t, "at",
                  node_cells(e, "timestamp",
                             "2024-02-29_23:59:58 2021-01-03_00:00:00 null 1969-12-31_12:30:15"));
    engine_rows(e, t, 4);
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

static void test_texts(void **state)
{
    Engine *e = *state;
    check_expr(e, OP(e, OP_TRIM, C("s")), "text", "Ärger im Büro|o'neil's CAFÉ|NULL|a--b");
    check_expr(e, OP(e, OP_LTRIM, C("s")), "text", "Ärger im Büro |o'neil's CAFÉ|NULL|a--b");
    check_expr(e, OP(e, OP_RTRIM, C("s")), "text", " Ärger im Büro|o'neil's CAFÉ|NULL|a--b");
    check_expr(e, OP(e, OP_REPLACE, C("s"), T("-"), T("+")), "text",
               " Ärger im Büro |o'neil's CAFÉ|NULL|a++b");
    check_expr(e, OP(e, OP_REPLACE, C("s"), T(""), T("+")), "text",
               " Ärger im Büro |o'neil's CAFÉ|NULL|a--b");
    check_refused(e, OP(e, OP_LPAD, C("n"), I(4), T("0")), "lpad needs a text, not bigint");
}

static void test_more_texts(void **state)
{
    Engine *e = *state;
    const Node *n = OP(e, OP_TEXT, C("n"));
    check_expr(e, OP(e, OP_LPAD, n, I(4), T("0")), "varchar(4)", "0003|00-2|NULL|0000");
    check_expr(e, OP(e, OP_RPAD, n, I(4)), "varchar(4)", "3   |-2  |NULL|0   ");
    check_expr(e, OP(e, OP_LPAD, T("abcdef"), I(3), T("0")), "varchar(3)", "abc");
    check_expr(e, OP(e, OP_POSITION, C("s"), T("B")), "int", "11|0|NULL|0");
    check_expr(e, OP(e, OP_REPEAT, T("ab"), C("n")), "text", "ababab||NULL|");
    check_expr(e, OP(e, OP_REVERSE, OP(e, OP_TRIM, C("s"))), "text",
               "orüB mi regrÄ|ÉFAC s'lien'o|NULL|b--a");
    check_expr(e, OP(e, OP_INITCAP, C("s")), "text", " Ärger Im Büro |O'neil's CafÉ|NULL|A--B");
    check_expr(e, OP(e, OP_SPLIT, T("a--b--c"), T("--"), C("n")), "varchar(7)", "c||NULL|");
    check_expr(e, OP(e, OP_ASCII, C("s")), "text", " Arger im Buro |o'neil's CAFE|NULL|a--b");
    check_expr(e, OP(e, OP_SLUGIFY, C("s")), "text", "arger-im-buro|oneils-cafe|NULL|a-b");
    check_expr(e, OP(e, OP_LIKE, C("s"), T("%''%")), "bool", "false|false|NULL|false");
    check_expr(e, OP(e, OP_LIKE, C("s"), T("%'%l's%")), "bool", "false|true|NULL|false");
    check_expr(e, OP(e, OP_LIKE, C("s"), T(" _rger%B_ro ")), "bool", "true|false|NULL|false");
    check_expr(e, OP(e, OP_LIKE, T("50%"), T("50\\%")), "bool", "true");
    check_expr(e, OP(e, OP_LIKE, T("501"), T("50\\%")), "bool", "false");
    check_refused(e, OP(e, OP_TRIM, C("n")), "trim needs a text, not bigint");
    check_refused(e, OP(e, OP_LIKE, C("s"), C("s")), "the pattern must be a text, written out");
    check_refused(e, OP(e, OP_LPAD, C("s"), C("d")), "must be a whole number, not decimal(9,2)");
    check_refused(e, OP(e, OP_SPLIT, C("s"), T(","), I(0)), "counted from 1");
}

static void test_days(void **state)
{
    Engine *e = *state;
    check_expr(e, OP(e, OP_DAY, C("day")), "int", "29|3|NULL|31");
    check_expr(e, OP(e, OP_QUARTER, C("at")), "int", "1|1|NULL|4");
    check_expr(e, OP(e, OP_WEEK, C("day")), "int", "9|53|NULL|1");
    check_expr(e, OP(e, OP_WEEKDAY, C("day")), "int", "4|7|NULL|3");
    check_expr(e, OP(e, OP_YEARDAY, C("at")), "int", "60|3|NULL|365");
    check_expr(e, OP(e, OP_HOUR, C("at")), "int", "23|0|NULL|12");
    check_expr(e, OP(e, OP_MINUTE, C("at")), "int", "59|0|NULL|30");
    check_expr(e, OP(e, OP_SECOND, C("at")), "int", "58|0|NULL|15");
    check_expr(e, OP(e, OP_START, C("day"), T("quarter")), "date",
               "2024-01-01|2021-01-01|NULL|1969-10-01");
    check_expr(e, OP(e, OP_START, C("at"), T("week")), "timestamp",
               "2024-02-26 00:00:00|2020-12-28 00:00:00|NULL|1969-12-29 00:00:00");
    check_expr(e, OP(e, OP_START, C("at"), T("hour")), "timestamp",
               "2024-02-29 23:00:00|2021-01-03 00:00:00|NULL|1969-12-31 12:00:00");
    check_expr(e, OP(e, OP_LAST_DAY, C("at")), "date", "2024-02-29|2021-01-31|NULL|1969-12-31");
    check_expr(e, OP(e, OP_YEARS_BETWEEN, T("2000-02-29"), C("day")), "int", "24|20|NULL|-30");
    check_expr(e, OP(e, OP_MONTHS_BETWEEN, C("day"), T("2024-02-28")), "int", "0|37|NULL|649");
    check_expr(e, OP(e, OP_ADD, C("day"), OP(e, OP_SPAN, C("n"), node_months(e, 12))), "date",
               "2027-02-28|2019-01-03|NULL|1969-12-31");
    check_expr(e, OP(e, OP_SUB, C("at"), OP(e, OP_SPAN, C("n"), node_days(e, 1, 1))), "timestamp",
               "2024-02-26 23:59:58|2021-01-05 00:00:00|NULL|1969-12-31 12:30:15");
    check_refused(e, OP(e, OP_HOUR, C("day")), "a date has no time of day");
    check_refused(e, OP(e, OP_START, C("day"), T("hour")), "a date has no hour");
    check_refused(e, OP(e, OP_START, C("day"), T("decade")), "start_of takes");
    check_refused(e, OP(e, OP_SPAN, C("n"), node_days(e, 1, 1)), "no value of its own");
    check_refused(e, OP(e, OP_ADD, C("day"), OP(e, OP_SPAN, C("d"), node_days(e, 1, 1))),
                  "takes a whole number, not decimal(9,2)");
}

static void test_numbers(void **state)
{
    Engine *e = *state;
    check_expr(e, OP(e, OP_SIGN, C("d")), "int", "1|-1|NULL|1");
    check_expr(e, OP(e, OP_SIGN, C("f")), "int", "1|-1|NULL|0");
    check_expr(e, OP(e, OP_TRUNC, C("d"), I(1)), "decimal(8,1)", "10.2|0.0|NULL|4.0");
    check_expr(e, OP(e, OP_TRUNC, C("d")), "bigint", "10|0|NULL|4");
    check_expr(e, OP(e, OP_TRUNC, C("f")), "bigint", "6|-2|NULL|0");
    check_expr(e, OP(e, OP_SQRT, C("f")), "double", "2.5|NULL|NULL|0");
    check_expr(e, OP(e, OP_POWER, C("f"), I(2)), "double", "39.0625|6.25|NULL|0");
    check_expr(e, OP(e, OP_POWER, C("f"), N("0.5")), "double", "2.5|NULL|NULL|0");
    check_expr(e, OP(e, OP_LN, C("f")), "double", "1.8325814637483102|NULL|NULL|NULL");
    check_expr(e, OP(e, OP_LOG10, I(1000)), "double", "3");
    check_expr(e, OP(e, OP_EXP, I(1)), "double", "2.7182818284590455");
    check_expr(e, OP(e, OP_INT_OF, C("d")), "bigint", "10|0|NULL|4");
    check_expr(e, OP(e, OP_INT_OF, C("num")), "bigint", "12|-7|NULL|NULL");
    check_expr(e, OP(e, OP_DECIMAL_OF, C("num"), I(2)), "decimal(18,2)", "12.35|-7.00|NULL|NULL");
    check_expr(e, OP(e, OP_DECIMAL_OF, C("n"), I(2)), "decimal(18,2)", "3.00|-2.00|NULL|0.00");
    check_expr(e, OP(e, OP_DECIMAL_OF, C("f"), I(2)), "decimal(15,2)", "6.25|-2.50|NULL|0.00");
    check_refused(e, OP(e, OP_SQRT, C("s")), "sqrt needs a number, not text");
    check_refused(e, OP(e, OP_INT_OF, C("day")), "int_of needs a number or a text, not date");
    check_refused(e, OP(e, OP_TRUNC, C("f"), I(2)), "trunc of a double has no digits");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {TEST(test_texts), TEST(test_more_texts), TEST(test_days),
                                       TEST(test_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

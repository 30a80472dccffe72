/* The functions of expressions mean the same in a database as in the generators. */
#define TABLE_ROWS    "expr more rows"
#define TABLE_PARENTS "expr more parent"
#include "exprkit.h"

static const Node *one_of(Kit *e, const char *unit)
{
    Node *node = (Node *)node_days(e, 1, 1);
    if (strcmp(unit, "month") == 0)
        node = (Node *)node_months(e, 1);
    return strcmp(unit, "hour") == 0 ? node_micros(e, INT64_C(3600000000)) : node;
}

static void test_more_texts(void **state)
{
    World *w = *state;
    Kit *e = w->kit;
    const Node *padded = OP(e, OP_CONCAT, T("  "), C("s"), T(" "));
    same(OP(e, OP_TRIM, padded));
    same(OP(e, OP_LTRIM, padded));
    same(OP(e, OP_RTRIM, padded));
    same(OP(e, OP_REPLACE, C("s"), T("b"), T("--")));
    same(OP(e, OP_REPLACE, C("s"), T("B"), T("x")));
    same(OP(e, OP_REPLACE, C("u"), T("\xe6\x9c\xac"), C("s")));
    same(OP(e, OP_LPAD, C("s"), I(5), T("xy")));
    same(OP(e, OP_RPAD, C("u"), I(5), T("\xc3\xa9-")));
    same(OP(e, OP_LPAD, C("s"), C("i"), T("*")));
    same(OP(e, OP_RPAD, C("s"), I(2)));
    same(OP(e, OP_POSITION, C("u"), T("x")));
    same(OP(e, OP_POSITION, C("s"), T("")));
    same(OP(e, OP_POSITION, C("s"), T("B")));
    same(OP(e, OP_REPEAT, C("u"), I(3)));
    same(OP(e, OP_REPEAT, C("s"), C("i")));
    same(OP(e, OP_LIKE, C("s"), T("a%")));
    same(OP(e, OP_LIKE, C("s"), T("A%")));
    same(OP(e, OP_LIKE, C("s"), T("%\\_9")));
    same(OP(e, OP_LIKE, C("s"), T("a\\\\b\\%%")));
    same(OP(e, OP_LIKE, C("u"), T("__\xe8\xaa\x9e%")));
    same(OP(e, OP_LIKE, C("s"), T("%'%")));
    same(OP(e, OP_LIKE, OP(e, OP_CONCAT, C("s"), T("[x]*?")), T("%[x]*_")));
    unsaid(OP(e, OP_REVERSE, C("s")), "reverse cannot be said");
    unsaid(OP(e, OP_SLUGIFY, C("s")), "slugify cannot be said");
    done(w);
}

static void test_more_times(void **state)
{
    static const OpKind parts[] = {OP_DAY, OP_QUARTER, OP_WEEK, OP_WEEKDAY, OP_YEARDAY};
    static const char *const units[] = {"year", "quarter", "month", "week", "day"};
    World *w = *state;
    Kit *e = w->kit;
    /* MySQL's calendar begins in the year 1000. */
    const Node *day = OP(e, OP_GREATEST, C("day"), T("1004-02-29")),
               *at = OP(e, OP_GREATEST, C("at"), T("1004-05-31 01:02:03"));
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        same(OP(e, parts[k], day));
        same(OP(e, parts[k], C("day2")));
        same(OP(e, parts[k], at));
        same(OP(e, parts[k], C("at2")));
    }
    same(OP(e, OP_HOUR, C("at")));
    same(OP(e, OP_MINUTE, C("at2")));
    same(OP(e, OP_SECOND, C("at")));
    for (size_t k = 0; k < sizeof units / sizeof *units; k++) {
        same(OP(e, OP_START, day, T(units[k])));
        same(OP(e, OP_START, at, T(units[k])));
        same(OP(e, OP_START, C("at2"), T(units[k])));
    }
    same(OP(e, OP_START, at, T("hour")));
    same(OP(e, OP_START, at, T("minute")));
    same(OP(e, OP_LAST_DAY, day));
    same(OP(e, OP_LAST_DAY, C("at2")));
    same(OP(e, OP_MONTHS_BETWEEN, day, C("day2")));
    same(OP(e, OP_MONTHS_BETWEEN, C("day2"), day));
    same(OP(e, OP_YEARS_BETWEEN, at, C("at2")));
    same(OP(e, OP_MONTHS_BETWEEN, C("at2"), at));
    same(OP(e, OP_YEARS_BETWEEN, day, at));
    same(OP(e, OP_YEARS_BETWEEN, T("1990-02-01"), C("day2")));
    same(OP(e, OP_ADD, day, OP(e, OP_SPAN, C("i"), one_of(e, "day"))));
    same(OP(e, OP_SUB, day, OP(e, OP_SPAN, C("j"), one_of(e, "month"))));
    same(OP(e, OP_ADD, at, OP(e, OP_SPAN, C("i"), one_of(e, "month"))));
    same(OP(e, OP_SUB, at, OP(e, OP_SPAN, C("i"), one_of(e, "hour"))));
    same(OP(e, OP_ADD, at, OP(e, OP_SPAN, OP(e, OP_MUL, C("j"), I(30)), one_of(e, "day"))));
    done(w);
}

static void test_more_numbers(void **state)
{
    World *w = *state;
    Kit *e = w->kit;
    same(OP(e, OP_SIGN, C("i")));
    same(OP(e, OP_SIGN, C("d")));
    same(OP(e, OP_SIGN, C("f")));
    same(OP(e, OP_TRUNC, C("d"), I(1)));
    same(OP(e, OP_TRUNC, C("r")));
    same(OP(e, OP_TRUNC, C("r"), I(9)));
    same(OP(e, OP_TRUNC, C("f")));
    same(OP(e, OP_TRUNC, OP(e, OP_MUL, C("d"), C("r")), I(3)));
    same(OP(e, OP_INT_OF, C("d")));
    same(OP(e, OP_DECIMAL_OF, C("r"), I(2)));
    same(OP(e, OP_DECIMAL_OF, C("i"), I(3)));
    unsaid(OP(e, OP_SQRT, C("i")), "sqrt cannot be said");
    done(w);
}

int main(void)
{
    static const NamedTest tests[] = {
        {"test_more_texts", test_more_texts},
        {"test_more_times", test_more_times},
        {"test_more_numbers", test_more_numbers},
    };
    return on_every_engine(tests, sizeof tests / sizeof *tests);
}

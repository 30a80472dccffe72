/* A recipe's expressions mean the same in a database as in the generators: arithmetic, comparisons,
 * logic, texts, times, and parents' columns. */
#define TABLE_ROWS    "expr rows"
#define TABLE_PARENTS "expr parent"
#include "exprkit.h"

static void test_numbers(void **state)
{
    World *w = *state;
    Kit *e = w->kit;
    same(OP(e, OP_ADD, C("i"), C("j")));
    same(OP(e, OP_SUB, C("i"), I(10)));
    same(OP(e, OP_ADD, C("d"), C("r")));
    same(OP(e, OP_SUB, C("i"), C("d")));
    same(OP(e, OP_ADD, C("d"), N("0.005")));
    same(OP(e, OP_ADD, C("d"), C("f")));
    same(OP(e, OP_SUB, C("wide"), N("0.01")));
    same(OP(e, OP_MUL, C("i"), C("j")));
    same(OP(e, OP_MUL, C("k"), C("k")));
    same(OP(e, OP_MUL, C("d"), C("r")));
    same(OP(e, OP_MUL, C("d"), C("d")));
    same(OP(e, OP_MUL, C("f"), C("d")));
    same(OP(e, OP_MUL, OP(e, OP_MUL, C("r"), C("r")), C("r")));
    same(OP(e, OP_MUL, C("d"), I(-3)));
    same(OP(e, OP_DIV, C("i"), C("j")));
    same(OP(e, OP_DIV, C("i"), I(3)));
    same(OP(e, OP_DIV, C("i"), I(-3)));
    same(OP(e, OP_DIV, C("d"), C("r")));
    same(OP(e, OP_DIV, C("r"), C("d")));
    same(OP(e, OP_DIV, C("f"), C("j")));
    same(OP(e, OP_DIV, OP(e, OP_MUL, C("d"), C("r")), I(1200)));
    same(OP(e, OP_MOD, C("i"), C("j")));
    same(OP(e, OP_MOD, C("i"), I(-4)));
    same(OP(e, OP_MOD, C("d"), C("r")));
    same(OP(e, OP_MOD, C("d"), N("0.3")));
    same(OP(e, OP_IDIV, C("i"), C("j")));
    same(OP(e, OP_IDIV, C("d"), N("0.3")));
    same(OP(e, OP_IDIV, C("d"), C("r")));
    same(OP(e, OP_IDIV, C("f"), C("j")));
    same(OP(e, OP_NEG, C("d")));
    same(OP(e, OP_NEG, OP(e, OP_NEG, C("k"))));
    same(OP(e, OP_ABS, C("i")));
    same(OP(e, OP_ABS, C("r")));
    same(OP(e, OP_ABS, C("f")));
    done(w);
}

static void test_rounding(void **state)
{
    World *w = *state;
    Kit *e = w->kit;
    same(OP(e, OP_ROUND, C("r")));
    same(OP(e, OP_ROUND, C("r"), I(1)));
    same(OP(e, OP_ROUND, C("d"), I(1)));
    same(OP(e, OP_ROUND, C("d"), I(4)));
    same(OP(e, OP_ROUND, C("i"), I(2)));
    same(OP(e, OP_ROUND, C("i")));
    same(OP(e, OP_ROUND, OP(e, OP_MUL, C("d"), C("r")), I(2)));
    same(OP(e, OP_ROUND, OP(e, OP_DIV, OP(e, OP_MUL, C("d"), C("r")), I(1200)), I(2)));
    same(OP(e, OP_ROUND, OP(e, OP_DIV, C("i"), I(2))));
    same(OP(e, OP_ROUND, OP(e, OP_ROUND, OP(e, OP_DIV, C("d"), I(230)), I(3)), I(2)));
    same(OP(e, OP_ROUND, OP(e, OP_DIV, C("d"), C("r")), I(3)));
    same(OP(e, OP_ROUND, OP(e, OP_ADD, C("d"), C("r")), I(1)));
    same(OP(e, OP_FLOOR, C("d")));
    same(OP(e, OP_CEIL, C("d")));
    same(OP(e, OP_FLOOR, C("r")));
    same(OP(e, OP_CEIL, C("r")));
    same(OP(e, OP_FLOOR, C("f")));
    same(OP(e, OP_CEIL, C("f")));
    same(OP(e, OP_FLOOR, C("i")));
    unsaid(OP(e, OP_ROUND, C("f"), I(2)), "rounding a double");
    unsaid(OP(e, OP_MOD, C("f"), I(2)), "doubles");
    done(w);
}

static void test_comparisons(void **state)
{
    static const OpKind ops[] = {OP_EQ, OP_NE, OP_GT, OP_GE, OP_LT, OP_LE};
    World *w = *state;
    Kit *e = w->kit;
    for (size_t k = 0; k < sizeof ops / sizeof *ops; k++) {
        OpKind op = ops[k];
        same(OP(e, op, C("i"), C("j")));
        same(OP(e, op, C("d"), C("r")));
        same(OP(e, op, C("d"), N("1.1")));
        same(OP(e, op, C("d"), N("1.1000001")));
        same(OP(e, op, C("d"), I(0)));
        same(OP(e, op, OP(e, OP_MUL, C("d"), I(1)), C("d")));
        same(OP(e, op, OP(e, OP_DIV, C("d"), I(1)), C("r")));
        same(OP(e, op, C("wide"), N("9999999999999.99")));
        same(OP(e, op, C("f"), C("d")));
        same(OP(e, op, C("s"), C("u")));
        same(OP(e, op, C("s"), T("abc")));
        same(OP(e, op, C("s"), T("a\\b%c'd\"e`f")));
        same(OP(e, op, C("day"), C("day2")));
        same(OP(e, op, C("day"), C("at")));
        same(OP(e, op, C("at"), C("at2")));
        same(OP(e, op, C("at"), T("2023-12-31 23:59:59")));
        same(OP(e, op, C("at"), T("2023-12-31 23:59:59.5")));
        same(OP(e, op, C("day"), T("2023-12-31")));
        same(OP(e, op, C("at"), node_clock(e)));
        same(OP(e, op, C("b"), C("c")));
        same(OP(e, op, C("b"), node_bool(e, true)));
    }
    same(OP(e, OP_EQ, C("d"), node_null(e)));
    same(OP(e, OP_NE, C("s"), node_null(e)));
    same(OP(e, OP_EQ, OP(e, OP_ADD, C("i"), C("j")), node_null(e)));
    same(OP(e, OP_EQ, C("s"), T("ABC")));
    same(OP(e, OP_WITHIN, C("i"), I(3), I(7)));
    same(OP(e, OP_WITHIN, C("i"), C("j"), I(7)));
    same(OP(e, OP_WITHIN, C("d"), N("1.1"), I(0)));
    same(OP(e, OP_WITHIN, C("d"), C("r"), OP(e, OP_ADD, C("d"), I(0))));
    same(OP(e, OP_WITHIN, C("f"), C("d"), N("0.5")));
    same(OP(e, OP_WITHIN, C("s"), T("abc"), T("'")));
    same(OP(e, OP_WITHIN, C("s"), C("u"), T("zz")));
    same(OP(e, OP_WITHIN, C("day"), T("2024-01-31"), C("day2")));
    same(OP(e, OP_WITHIN, C("b"), node_bool(e, false)));
    done(w);
}

static void test_logic(void **state)
{
    World *w = *state;
    Kit *e = w->kit;
    same(OP(e, OP_AND, C("b"), C("c")));
    same(OP(e, OP_OR, C("b"), C("c")));
    same(OP(e, OP_NOT, C("b")));
    same(OP(e, OP_NOT, OP(e, OP_AND, OP(e, OP_GT, C("i"), I(0)), C("c"))));
    same(OP(e, OP_WHEN, C("b"), C("i"), C("j")));
    same(OP(e, OP_WHEN, C("b"), C("i")));
    same(OP(e, OP_WHEN, C("b"), C("i"), C("d")));
    same(OP(e, OP_WHEN, C("b"), C("d"), C("f")));
    same(OP(e, OP_WHEN, C("b"), C("s"), T("it's \\ no")));
    same(OP(e, OP_WHEN, C("b"), C("at"), C("day")));
    same(OP(e, OP_WHEN, C("b"), C("c"), OP(e, OP_GT, C("i"), I(0))));
    same(OP(e, OP_CASE, OP(e, OP_GT, C("i"), I(3)), T("much"), OP(e, OP_LT, C("i"), I(0)),
            T("less"), T("some")));
    same(OP(e, OP_CASE, OP(e, OP_GT, C("i"), I(3)), C("r"), OP(e, OP_LT, C("i"), I(0)), C("d")));
    same(OP(e, OP_COALESCE, C("d"), C("r"), I(0)));
    same(OP(e, OP_COALESCE, C("s"), T("none")));
    same(OP(e, OP_COALESCE, C("i")));
    same(OP(e, OP_LEAST, C("d"), C("r"), I(1)));
    same(OP(e, OP_GREATEST, C("d"), C("r"), I(1)));
    same(OP(e, OP_LEAST, C("s"), C("u")));
    same(OP(e, OP_GREATEST, C("s"), C("u")));
    same(OP(e, OP_GREATEST, C("f"), C("i")));
    same(OP(e, OP_LEAST, C("at"), C("at2"), node_clock(e)));
    same(OP(e, OP_GREATEST, C("day"), C("day2")));
    same(OP(e, OP_LEAST, C("d")));
    done(w);
}

static void test_texts(void **state)
{
    World *w = *state;
    Kit *e = w->kit;
    same(OP(e, OP_CONCAT, C("s"), T(" & "), C("u")));
    same(OP(e, OP_CONCAT, C("i"), T("/"), C("d"), T("/"), C("b")));
    same(OP(e, OP_LOWER, C("s")));
    same(OP(e, OP_UPPER, C("s")));
    same(OP(e, OP_UPPER, C("u")));
    same(OP(e, OP_LENGTH, C("s")));
    same(OP(e, OP_LENGTH, C("u")));
    same(OP(e, OP_SUBSTR, C("u"), I(2)));
    same(OP(e, OP_SUBSTR, C("u"), I(2), I(2)));
    same(OP(e, OP_SUBSTR, C("s"), C("i"), C("j")));
    same(OP(e, OP_SUBSTR, C("s"), OP(e, OP_SUB, C("j"), I(1)), I(3)));
    same(OP(e, OP_SUBSTR, C("s"), I(1), C("i")));
    same(OP(e, OP_TEXT, C("i")));
    same(OP(e, OP_TEXT, C("d")));
    same(OP(e, OP_TEXT, OP(e, OP_MUL, C("d"), C("r"))));
    same(OP(e, OP_TEXT, OP(e, OP_DIV, C("i"), I(3))));
    same(OP(e, OP_TEXT, C("wide")));
    same(OP(e, OP_TEXT, C("b")));
    same(OP(e, OP_TEXT, C("day")));
    same(OP(e, OP_TEXT, C("at")));
    same(OP(e, OP_TEXT, OP(e, OP_ROUND, C("r"))));
    unsaid(OP(e, OP_TEXT, C("f")), "a double as text");
    done(w);
}

static void test_times(void **state)
{
    static const int64_t months[] = {1, -1, 12, 13, -25, 0};
    World *w = *state;
    Kit *e = w->kit;
    for (size_t k = 0; k < sizeof months / sizeof *months; k++) {
        /* Away from the first and last year: what leaves them is NULL in gen/ and something else in
         * each engine. */
        same(OP(e, OP_ADD, OP(e, OP_GREATEST, C("day"), T("1000-01-31")),
                node_months(e, months[k])));
        same(OP(e, OP_SUB, OP(e, OP_GREATEST, C("day"), T("1003-05-31")),
                node_months(e, months[k])));
        same(OP(e, OP_ADD, OP(e, OP_GREATEST, C("at"), T("1004-01-31 01:02:03")),
                node_months(e, months[k])));
    }
    same(OP(e, OP_ADD, C("day"), node_days(e, 30, 30)));
    same(OP(e, OP_SUB, C("day2"), node_days(e, 365, 365)));
    same(OP(e, OP_ADD, C("at"), node_days(e, 30, 30)));
    same(OP(e, OP_SUB, C("at"), node_micros(e, INT64_C(3661000000))));
    if (w->db->engine != ENGINE_SQLITE)
        same(OP(e, OP_ADD, C("at"), node_micros(e, 1500000)));
    else
        unsaid(OP(e, OP_ADD, C("at"), node_micros(e, 1500000)), "fraction of a second");
    same(OP(e, OP_SUB, C("day"), C("day2")));
    same(OP(e, OP_SUB, C("at"), C("at2")));
    same(OP(e, OP_SUB, C("at"), C("day")));
    same(OP(e, OP_SUB, C("at"), T("2024-01-31 10:29:59")));
    same(OP(e, OP_SUB, node_clock(e), C("at")));
    same(OP(e, OP_DATE, C("at")));
    same(OP(e, OP_DATE, C("day")));
    same(OP(e, OP_YEAR, C("at")));
    same(OP(e, OP_MONTH, C("at")));
    same(OP(e, OP_YEAR, C("day")));
    same(OP(e, OP_MONTH, C("day")));
    same(OP(e, OP_GT, OP(e, OP_ADD, C("at"), node_days(e, 30, 30)), C("at2")));
    unsaid(OP(e, OP_GT, C("at"), node_clock(e)), "the clock");
    done(w);
}

static void test_parents(void **state)
{
    World *w = *state;
    Kit *e = w->kit;
    const Node *ref = C("parent");
    same(node_parent(e, ref, "name"));
    same(OP(e, OP_GE, C("at"), node_parent(e, ref, "born")));
    same(OP(e, OP_SUB, C("d"), node_parent(e, ref, "limit")));
    same(OP(e, OP_LE, C("d"), node_parent(e, ref, "limit")));
    same(OP(e, OP_EQ, node_parent(e, ref, "born"), node_null(e)));
    unsaid(node_parent(e, ref, "name"), "a parent's column (name)");
    done(w);
}

int main(void)
{
    static const NamedTest tests[] = {
        {"test_numbers", test_numbers},
        {"test_rounding", test_rounding},
        {"test_comparisons", test_comparisons},
        {"test_logic", test_logic},
        {"test_texts", test_texts},
        {"test_times", test_times},
        {"test_parents", test_parents},
    };
    return on_every_engine(tests, sizeof tests / sizeof *tests);
}

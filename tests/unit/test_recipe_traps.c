/* What Lua would get silently wrong is an error at its line, and names the way out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "recipekit.h"

#define AT "recipes/x.lua:9 | loans | "
#define ID "  t.id = serial()\n"

static void comparisons_are_methods(void **state)
{
    (void)state;
    REFUSED_TABLE(
        ID "  t.x = when(t.id > 5, 1, 2)",
        "recipes/x.lua:9 | loans.x | < and > compare while the recipe runs, not per row | use the methods :lt and :gt, such as t.amount:gt(0)");
    REFUSED_TABLE(ID "  t:check(5 < t.id)", AT "< and > compare");
    REFUSED_TABLE(ID "  t:check(t.id < t.id)", AT "< and > compare");
    REFUSED_TABLE(
        ID "  t:check(t.id >= 1)",
        AT "<= and >= compare while the recipe runs, not per row | use the methods :le and :ge");
    REFUSED_TABLE(ID "  t:check(1 <= t.id)", AT "<= and >= compare");
    REFUSED_TABLE(
        ID "  t:check(t.id == t.id)",
        AT "== compares nodes while the recipe runs, not values per row | use the method :is");
    REFUSED_TABLE(ID "  t:check(t.id ~= null)", AT "== compares nodes");
    REFUSED_TABLE(ID "  t:check(t.id < \"a\")", AT "< and > compare");
}

/* node == 5 is false to Lua without asking anybody. */
static void booleans_are_refused(void **state)
{
    (void)state;
    REFUSED_TABLE(
        ID "  t:check(t.id == 5)", AT
        "the condition of t:check is the Lua value false: the comparison was made while the recipe runs, not per row | compare with methods");
    REFUSED_TABLE(ID "  t:constraint(t.id ~= 5)",
                  AT "the condition of t:constraint is the Lua value true");
    REFUSED_TABLE(ID "  t.x = when(t.id == 5, 1, 2)",
                  "recipes/x.lua:9 | loans.x | the condition of when is the Lua value false");
    REFUSED_TABLE(ID "  t.x = when(not t.id:is(1), 1, 2)",
                  "recipes/x.lua:9 | loans.x | the condition of when is the Lua value false");
    REFUSED_TABLE(
        ID "  t.x = case { { t.id == 5, 1 } }",
        "recipes/x.lua:9 | loans.x | the condition of branch 1 of case is the Lua value false");
    REFUSED_TABLE(ID "  t:check(t.id:is(1) & true)",
                  AT "the right side of & is the Lua value true");
    REFUSED_TABLE(ID "  t:check((t.id == 1) | t.id:is(2))",
                  AT "the left side of | is the Lua value false");
    REFUSED_TABLE(
        ID "  t.x = t.id == 5",
        "recipes/x.lua:9 | loans.x | loans.x cannot be false | compare with methods, t.status:is \"paid\"; for a constant write choice { true }");
}

static void unused_comparisons_are_refused(void **state)
{
    (void)state;
    REFUSED_TABLE(
        ID "  if t.id:is(1) then\n    t.x = 1\n  end", AT
        "nothing uses this comparison | Lua's if, and, or, not do not see rows: write when(cond, a, b), and & | ~ between conditions\n");
    REFUSED_TABLE(ID "  t:check(t.id:gt(1) and t.id:lt(9))", AT "nothing uses this comparison");
    REFUSED_TABLE(ID "  t.x = t.id:gt(1) & t.id:lt(9) and 5",
                  "recipes/x.lua:9 | loans.x | nothing uses this comparison");
    REFUSED_TABLE(ID "  local a = t.id:gt(1)\n  local b = ~t.id:lt(9)\n  t:check(a)",
                  "recipes/x.lua:10 | loans | nothing uses this comparison");
    /* one error for each, in their order */
    REFUSED_TABLE(
        ID "  local a = t.id:gt(1)\n  local b = t.id:lt(9)", AT
        "nothing uses this comparison | Lua's if, and, or, not do not see rows: write when(cond, a, b), and & | ~ between conditions\n"
        "recipes/x.lua:10 | loans | nothing uses this comparison");
}

/* `a or b` leaves no trace: b is never looked at. */
static void or_behind_a_comparison_is_refused(void **state)
{
    (void)state;
    const char *expected =
        "recipes/x.lua:9 | - | `or` is decided while the recipe runs: only its left side would count | write | between conditions, and & for `and`";
    REFUSED_TABLE(ID "  t:check(t.id:is(1) or t.id:is(2))", expected);
    REFUSED_TABLE(ID "  t:check(t.name:is \"a\" or t.id:is(2))", expected);
    REFUSED_TABLE(ID "  t:check(t.name:is [==[a]==] or t.id:is(2))", expected);
    REFUSED_TABLE(ID "  t:check((t.id:is(1) & t.id:is(2)) or t.id:is(3))", expected);
    REFUSED_TABLE(ID "  t:check(t.id:is(f('(', \")\")) --[[ or ]] or 1)", expected);
    REFUSED_TABLE(ID "  return (t.id:is(1)) or 1", expected);
}

static void lua_s_own_or_is_fine(void **state)
{
    (void)state;
    RecipeKit kit =
        recipekit_good_table(ID "  local n = nil or 3 -- t.id:is(1) or\n"
                                "  t.x = when(t.id:is(1), n or 2, (tonumber \"x\") or 4)\n"
                                "  t.y = when(t.id:is(1), \"t.id:is(1) or 2\", 'x')\n"
                                "  local s = string.rep(\"a\", 2) or (n)");
    recipekit_free(&kit);
}

static void unused_modifiers_are_refused(void **state)
{
    (void)state;
    REFUSED_TABLE(
        ID "  t.name = first_name()\n  t.name:unique()",
        "recipes/x.lua:10 | loans | nothing uses what this modifier returns | modifiers give a new node: t.email = email():unique()");
}

static void nodes_have_no_length_text_or_fields(void **state)
{
    (void)state;
    REFUSED_TABLE(
        ID "  t.x = #t.id",
        "recipes/x.lua:9 | loans.x | # counts while the recipe runs, not per row | use length(t.column)");
    REFUSED_TABLE(
        ID "  t.x = tostring(t.id)",
        "recipes/x.lua:9 | loans.x | a column has no text while the recipe runs | join texts with .., or use text_of(t.column)");
    REFUSED_TABLE(ID "  t.x = string.format('%s', t.id)",
                  "recipes/x.lua:9 | loans.x | a column has no text while the recipe runs");
    REFUSED_TABLE(ID "  for k in pairs(t.id) do end", AT "a column cannot be walked through");
    REFUSED_TABLE(ID "  t.id.x = 5", AT "nodes cannot be changed | modifiers give a new node");
    REFUSED_TABLE(ID "  t.x = t.id ^ 2",
                  "recipes/x.lua:9 | loans.x | there is no ^ for columns | multiply: t.a * t.a");
    REFUSED_TABLE(
        ID "  t.x = t.id ~ t.id",
        "recipes/x.lua:9 | loans.x | there is no ~ between two columns | \"not equal\" is the method :ne");
    REFUSED_TABLE(ID "  t.x = t.id << 2", "recipes/x.lua:9 | loans.x | there is no << for columns");
    REFUSED_TABLE(ID "  t.x = 2 >> t.id", "recipes/x.lua:9 | loans.x | there is no >> for columns");
}

static void tables_have_no_length_text_or_order(void **state)
{
    (void)state;
    REFUSED_TABLE(
        ID "  for name in pairs(t) do end", AT
        "the columns of a table cannot be walked through | keep the names in a list of your own");
    REFUSED_TABLE(ID "  local n = #t", AT "# of a table is not known while the recipe runs");
    REFUSED_TABLE(ID "  local s = tostring(users)",
                  AT "the table users is not a text | write its name");
    REFUSED_TABLE(ID "  t.x = \"a\" .. users",
                  "recipes/x.lua:9 | loans.x | the table users is not a text");
    REFUSED_TABLE(
        ID "  t.x = t.id + users",
        "recipes/x.lua:9 | loans.x | the right side of + must be a value, a column or an expression, not the table users | name one of its columns");
    REFUSED_TABLE(
        ID "  t.x = 5 + users",
        "recipes/x.lua:9 | loans.x | attempt to perform arithmetic on a table of the recipe value");
    REFUSED_TABLE(
        ID "  t.x = {} .. t.id",
        "recipes/x.lua:9 | loans.x | the left side of .. must be a value, a column or an expression, not a list or a table in braces");
    REFUSED_TABLE(
        ID "  t.x = t.id * nil",
        "recipes/x.lua:9 | loans.x | the right side of * must be a value, a column or an expression, not nil | for NULL write null");
    REFUSED_TABLE(ID "  local n = #r", AT "the recipe cannot be counted or walked through");
    REFUSED_TABLE(ID "  local n = pairs(r)", AT "the recipe cannot be counted or walked through");
    REFUSED_TABLE(ID "  r.x = 1", AT "r cannot be assigned to");
}

static void assignments_that_are_none(void **state)
{
    (void)state;
    REFUSED_TABLE(
        ID "  t.x = nil",
        "recipes/x.lua:9 | loans.x | loans.x cannot be nil | is a variable or a field mistyped? For NULL write null");
    REFUSED_TABLE(
        ID "  t.x = first_name",
        "recipes/x.lua:9 | loans.x | loans.x cannot be a function | call it, such as first_name()");
    REFUSED_TABLE(
        ID "  t.x = users",
        "recipes/x.lua:9 | loans.x | loans.x cannot be the table users | to refer to it: ref(users)");
    REFUSED_TABLE(
        ID "  t.x = { 1, 2 }",
        "recipes/x.lua:9 | loans.x | loans.x cannot be a list or a table in braces | one of several values: choice");
    REFUSED_TABLE(
        ID "  t.id = int(1, 2)",
        "recipes/x.lua:9 | loans.id | loans.id is assigned twice (first at recipes/x.lua:8) | write it once");
    REFUSED_TABLE(ID "  t.ID = int(1, 2)",
                  "recipes/x.lua:9 | loans.ID | loans.ID and loans.id differ only in case");
    REFUSED_TABLE(ID "  t[1] = int(1, 2)", AT "a column needs a name, not the number 1");
    REFUSED_TABLE(ID "  t[\"\"] = int(1, 2)", AT "a column needs a name");
    REFUSED_TABLE(ID "  t.x = days(2)",
                  "recipes/x.lua:9 | loans.x | loans.x cannot be a span of time");
    REFUSED_TABLE(ID "  users.x = int(1, 2)",
                  AT "users is complete | columns are assigned inside the table's function");
    REFUSED_TABLE(
        ID "  t.x = int(1, 2):on_delete \"cascade\"",
        "recipes/x.lua:9 | loans.x | loans.x is no reference, so it has no :on_delete or :on_update");
    REFUSED_TABLE(ID "  t.x = serial():null(0.1)",
                  "recipes/x.lua:9 | loans.x | loans.x: serial() cannot be NULL");
    REFUSED_TABLE(ID "  t.x = 1/0",
                  "recipes/x.lua:9 | loans.x | a number of a recipe must be finite");
    REFUSED_TABLE(ID "  t.x = \"a\\0b\"",
                  "recipes/x.lua:9 | loans.x | a text contains the character 0");
    REFUSED_TABLE(ID "  t.x = \"\\xff\"", "recipes/x.lua:9 | loans.x | a text is not UTF-8");
}

static void globals(void **state)
{
    (void)state;
    REFUSED_TABLE(
        ID "  t.x = frist_name()",
        "recipes/x.lua:9 | loans.x | there is no generator, function or variable \"frist_name\" | did you mean first_name?");
    REFUSED_TABLE(
        ID "  t.x = quux",
        "recipes/x.lua:9 | loans.x | there is no generator, function or variable \"quux\"");
    REFUSED_TABLE(
        ID "  total = 5", AT
        "\"total\" would become a global variable, which recipes do not have | write: local total = ...");
    REFUSED_TABLE(ID "  function helper() end", AT "\"helper\" would become a global variable");
    REFUSED_TABLE(ID "  string = nil", AT "\"string\" would become a global variable");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons_are_methods),
        cmocka_unit_test(booleans_are_refused),
        cmocka_unit_test(unused_comparisons_are_refused),
        cmocka_unit_test(or_behind_a_comparison_is_refused),
        cmocka_unit_test(lua_s_own_or_is_fine),
        cmocka_unit_test(unused_modifiers_are_refused),
        cmocka_unit_test(nodes_have_no_length_text_or_fields),
        cmocka_unit_test(tables_have_no_length_text_or_order),
        cmocka_unit_test(assignments_that_are_none),
        cmocka_unit_test(globals),
    };
    return cmocka_run_group_tests_name("recipe traps", tests, NULL, NULL);
}

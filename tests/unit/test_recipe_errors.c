/* What is wrong in a recipe is said with its line, its place in the recipe, what was expected, and
 * a near name. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "recipekit.h"

#define X      "recipes/x.lua:"
#define AT     X "9 | loans | "
#define COLUMN X "9 | loans.x | "
#define ID     "  t.id = serial()\n"

static void the_file_itself(void **state)
{
    (void)state;
    REFUSED("local r = recipe { name = \"x\"\nreturn r",
            X "2 | - | '}' expected (to close '{' at line 1) near 'return'");
    REFUSED("x = = 5", X "1 | - | unexpected symbol near '='");
    REFUSED(
        "",
        "recipes/x.lua | - | the file describes no recipe | begin with local r = recipe { name = \"...\" }");
    REFUSED(
        "local r = recipe { name = \"x\" }",
        "recipes/x.lua | - | the file returns nil, not its recipe | end the file with: return r");
    REFUSED("local r = recipe { name = \"x\" } return 5",
            "recipes/x.lua | - | the file returns the number 5, not its recipe");
    REFUSED("local r = recipe { name = \"x\" } return r",
            "recipes/x.lua | - | the recipe has no tables");
    REFUSED("\x1bLua", "recipes/x.lua | - | this is compiled Lua; recipes are text only");
    REFUSED("\n\nerror(\"no \" .. \"way\")", X "3 | - | no way | -");
    REFUSED("\nerror({ 1 })", X "2 | - | error was called with a list or a table in braces");
    REFUSED("\nerror()", X "2 | - | error was called with nil");
    REFUSED("\nlocal x = nil + 1", X "2 | - | attempt to perform arithmetic on a nil value");
    REFUSED("local function f(x) return x.y end\nlocal t\nf(t)",
            X "1 | - | attempt to index a nil value (local 'x')");
    REFUSED(
        "local function f() return 1 + f() end\nf()", X
        "1 | - | functions call each other too deep | is there a function that calls itself without an end?");
    REFUSED("local function f() return (\"x\"):gsub(\"x\", f) end\nf()",
            X "1 | - | functions call each other too deep");
    REFUSED("local ok, e = pcall(error, \"x\", 0)\nerror(e, 0)", X "2 | - | x");
    RecipeKit kit = recipekit_good(
        "\xef\xbb\xbf"
        "local r = recipe { name = \"x\" } r:table(\"a\", {}, function(t) t.id = serial() end) return r");
    recipekit_free(&kit);
}

static void the_head(void **state)
{
    (void)state;
    REFUSED("recipe()",
            X "1 | - | recipe takes its options in braces | local r = recipe { name = ");
    REFUSED("recipe { name = \"x\", sead = 5 }",
            X "1 | - | recipe has no option \"sead\" | did you mean seed?");
    REFUSED("recipe { name = \"x\", quux = 5 }",
            X "1 | - | recipe has no option \"quux\" | it has name, seed, clock, engine, locale");
    REFUSED("recipe { \"x\" }", X "1 | - | recipe: options have names, not positions");
    REFUSED("recipe { seed = 5 }", X "1 | - | the recipe has no name");
    REFUSED("recipe { name = \"X y\" }",
            X "1 | - | the recipe's name has small letters, digits, - and _ only, not \"X y\"");
    REFUSED("recipe { name = 5 }", X "1 | - | the recipe's name must be a text, not the number 5");
    REFUSED("recipe { name = \"x\", seed = -1 }",
            X "1 | - | seed must be a whole number of at least 0, not the number -1");
    REFUSED("recipe { name = \"x\", seed = 1.5 }",
            X "1 | - | seed must be a whole number of at least 0, not the number 1.5");
    REFUSED("recipe { name = \"x\", clock = \"2026-02-30\" }",
            X "1 | - | clock must be a date or a timestamp, not \"2026-02-30\" | such as");
    REFUSED("recipe { name = \"x\", clock = 5 }",
            X "1 | - | clock must be a text, not the number 5");
    REFUSED("recipe { name = \"x\", engine = 9 }",
            X "1 | - | this seedpipe has engines up to 1, not 9");
    REFUSED("local r = recipe { name = \"x\" }\nrecipe { name = \"y\" }",
            X "2 | - | recipe is called twice");
}

static void tables(void **state)
{
    (void)state;
#define R "local r = recipe { name = \"x\" }\n"
    REFUSED(R "r:table(\"a\", function(t) end)",
            X "2 | - | r:table takes a name, options in braces and a function");
    REFUSED(R "r.table(\"a\", {}, function(t) end)", X "2 | - | table is called with a colon");
    REFUSED(R "r:table(5, {}, function(t) end)",
            X "2 | - | the table's name must be a text, not the number 5");
    REFUSED(R "r:table(\"a.b.c\", {}, function(t) end)",
            X "2 | - | \"a.b.c\" is not the name of a table");
    REFUSED(R "r:table(\"a.b\", { schema = \"c\" }, function(t) end)",
            X "2 | - | \"a.b\" is not the name of a table");
    REFUSED(R "r:table(\"a\", { row = 5 }, function(t) end)",
            X "2 | - | table a has no option \"row\" | did you mean rows?");
    REFUSED(R "r:table(\"a\", { rows = -5 }, function(t) end)",
            X "2 | - | rows of a must be a whole number of at least 0, not the number -5");
    REFUSED(R "r:table(\"a\", { rows = \"5\" }, function(t) end)",
            X "2 | - | rows of a must be a whole number of at least 0, not the text \"5\"");
    REFUSED(R "r:table(\"a\", { create = 0 }, function(t) end)",
            X "2 | - | create must be true or false, not the number 0");
    REFUSED(R "r:table(\"a\", {}, function(t) end)", X "2 | - | table a has no columns");
    REFUSED(
        R "local f = function(t) t.id = serial() end\nr:table(\"a\", {}, f)\nr:table(\"a\", {}, f)",
        X "4 | - | table a is described twice (first at recipes/x.lua:3)");
    REFUSED(R "r:tabel(\"a\", {}, function(t) end)",
            X "2 | - | there is no table \"tabel\" so far | did you mean r.table?");
    REFUSED(
        R "local x = r.loans", X
        "2 | - | there is no table \"loans\" so far | a table that comes later is named by a text: ref \"loans\"");
    REFUSED(R "r:table(\"a\", {}, function(t) t.id = serial() end)\nlocal x = r.a.id",
            X "3 | - | a.id cannot be read from outside of its table");
    REFUSED(
        R
        "pcall(r.table, r, \"a\", {}, function(t) t.id = serial()  t.x = nil end)\nr:table(\"b\", {}, function(t) t.id = serial() end)\nreturn r",
        X "2 | a | the table's function ended with an error");
    /* after pcall, errors are those of the outer place again */
    REFUSED(R "pcall(r.table, r, \"a\", {}, function(t) t.x = nil end)\nlocal x = quux",
            X "3 | - | there is no generator");
}

static void volumes(void **state)
{
    (void)state;
#define T "r:table(\"loans\", { rows = 1 }, function(t) t.id = serial() end)\n"
    REFUSED(R T "r:volumes { dev = 0 }",
            X "3 | - | the volume of dev must be a factor above 0, not the number 0");
    REFUSED(R T "r:volumes { dev = \"1\" }",
            X "3 | - | the volume of dev must be a factor or rows per table, not the text \"1\"");
    REFUSED(R T "r:volumes { 1 }", X "3 | - | r:volumes has a number without a name");
    REFUSED(R T "r:volumes { dev = { loans = 1.5 } }",
            X "3 | - | rows of loans for dev must be a whole number of at least 0");
    REFUSED(R T "r:volumes { dev = 1 }\nr:volumes { dev = 1 }",
            X "4 | - | r:volumes is called twice");
    REFUSED(
        R T "r:volumes { dev = { laons = 1 }, prod = { quux = 1 } }\nreturn r", X
        "3 | volumes | the volume of dev names \"laons\", which is no table of the recipe | did you mean loans?\n" X
        "3 | volumes | the volume of prod names \"quux\"");
}

static void generator_calls(void **state)
{
    (void)state;
    REFUSED_TABLE(
        ID "  t.x = nullif(int(1, 9), 3)", COLUMN
        "nullif reads its first value more than once, and a generator would draw each time | give it a column of its own");
    REFUSED_TABLE(ID "  t.x = left(t.id)", COLUMN "left does not take 1 arguments | left(text, 3)");
    REFUSED_TABLE(ID "  t.x = loan_amount { mni = 5 }",
                  COLUMN "loan_amount has no parameter \"mni\" | did you mean min?");
    REFUSED_TABLE(ID "  t.x = loan_amount { quux = 5 }",
                  COLUMN "loan_amount has no parameter \"quux\" | it takes min, max");
    REFUSED_TABLE(ID "  t.x = loan_number { quux = 5 }",
                  COLUMN "loan_number has no parameter \"quux\" | it takes none");
    REFUSED_TABLE(
        ID "  t.x = loan_amount { min = \"low\" }", COLUMN
        "loan_amount: min must be a number, not the text \"low\" | for example loan_amount {");
    REFUSED_TABLE(
        ID "  t.x = loan_amount { min = t.id }", COLUMN
        "loan_amount: min must be a number, not the column id | parameters are the same for all rows");
    REFUSED_TABLE(ID "  t.x = int(1.5, 3)",
                  COLUMN "int: min must be a whole number, not the number 1.5");
    REFUSED_TABLE(ID "  t.x = int(nil, 3)", COLUMN "int: min must be a whole number, not nil");
    REFUSED_TABLE(ID "  t.x = int(1, 2, \"zipf\", 3)",
                  COLUMN "int: too many arguments (4) | it takes min, max, dist");
    REFUSED_TABLE(ID "  t.x = int({ 1, 2 })",
                  COLUMN "int: parameters in braces have names | for example int {");
    REFUSED_TABLE(ID "  t.x = int(1, { min = 2 })", COLUMN "int: min is given twice");
    REFUSED_TABLE(ID "  t.x = int_range { min = 2 }", COLUMN "int_range needs max: ");
    REFUSED_TABLE(ID "  t.x = decimal { scale = 19 }",
                  COLUMN "decimal: scale must lie between 0 and 18, not 19");
    REFUSED_TABLE(ID "  t.x = bool(1.5)", COLUMN "bool: share must lie between 0 and 1, not 1.5");
    REFUSED_TABLE(ID "  t.x = bool(0/0)", COLUMN "a number of a recipe must be finite");
    REFUSED_TABLE(ID "  t.x = address { full = 1 }",
                  COLUMN "address: full must be true or false, not the number 1");
    REFUSED_TABLE(
        ID "  t.x = date(\"yesterday\")", COLUMN
        "date: from must be a date, a timestamp, clock or a span from it, such as years(-3), not the text \"yesterday\"");
    REFUSED_TABLE(ID "  t.x = date(days(1, 2))", COLUMN "date: from must be a date");
    REFUSED_TABLE(
        ID "  t.x = after(t.id, 5)", COLUMN
        "after: duration must be a span of time, such as days(3) or days(1, 30), not the number 5");
    REFUSED_TABLE(ID "  t.x = after(users, days(1))",
                  COLUMN "after: x must be a column or an expression, not the table users");
    REFUSED_TABLE(
        ID "  t.x = after(t.later, days(1))", COLUMN
        "loans.later is used before it is assigned | columns are assigned from top to bottom");
    REFUSED_TABLE(ID "  t.x = ref(5)", COLUMN "ref takes a table, not the number 5");
    REFUSED_TABLE(ID "  t.x = ref(t.id)", COLUMN "ref takes a table, not the column id");
    REFUSED_TABLE(
        ID "  t.x = 1 + serial()", COLUMN
        "serial cannot be a part of an expression | first: t.key = serial(...); then use t.key");
    REFUSED_TABLE(ID "  t.x = coalesce(ref(users), 5)",
                  COLUMN "ref cannot be a part of an expression");
    REFUSED_TABLE(ID "  t.x = first_name()()", COLUMN "a node is not a function");
}

static void lists(void **state)
{
    (void)state;
    REFUSED_TABLE(ID "  t.x = choice(5)",
                  COLUMN "choice: items must be a list, such as {\"a\", \"b\"}, not the number 5");
    REFUSED_TABLE(
        ID "  t.x = choice { \"a\", t.id }", COLUMN
        "choice: item 2 of items must be a constant, not the column id | to choose between columns and generators: when(cond, a, b) or case{...}");
    REFUSED_TABLE(ID "  t.x = choice { \"a\", nil, \"b\" }",
                  COLUMN "choice: items must be a plain list");
    REFUSED_TABLE(ID "  t.x = choice { a = 1, \"b\" }",
                  COLUMN "choice: items must be a plain list");
    REFUSED_TABLE(ID "  t.x = weighted(\"a\")", COLUMN
                  "weighted: items must be weights, such as {a = 70, b = 30}, not the text \"a\"");
    REFUSED_TABLE(
        ID "  t.x = weighted { a = 0 }",
        COLUMN "weighted: the weight of a cannot be the number 0 | a weight is a number above 0");
    REFUSED_TABLE(ID "  t.x = weighted { { \"a\", -1 } }",
                  COLUMN "weighted: the weight of item 1 cannot be the number -1");
    REFUSED_TABLE(ID "  t.x = weighted { \"a\", \"b\" }",
                  COLUMN "weighted: item 1 must be a pair { value, weight }, not the text \"a\"");
    REFUSED_TABLE(ID "  t.x = weighted { [0] = 5 }",
                  COLUMN "weighted mixes named and listed items");
    REFUSED_TABLE(ID "  t.x = values(5, 2)",
                  COLUMN "values takes a function and how often to call it");
    REFUSED_TABLE(ID "  t.x = values(function() return 1 end, 0)",
                  COLUMN "values can make 1 to 1000000 values, not 0");
    REFUSED_TABLE(ID "  t.x = values(function() end, 2)",
                  COLUMN "values: call 1 gave nil | the function returns a text");
}

static void expressions(void **state)
{
    (void)state;
    REFUSED_TABLE(ID "  t.x = when(t.id:is(1))",
                  COLUMN "when does not take 1 argument | when(cond, a, b)");
    REFUSED_TABLE(
        ID "  t.x = when(t.id:is(1), nil, 2)", COLUMN
        "argument 2 of when must be a value, a column or an expression, not nil | for NULL write null");
    REFUSED_TABLE(ID "  t.x = when(5, 1, 2)",
                  COLUMN "the condition of when must be a condition, not the number 5");
    REFUSED_TABLE(ID "  t.x = case { { t.id:is(1) } }",
                  COLUMN "branch 1 of case must be a pair { condition, value }");
    REFUSED_TABLE(ID "  t.x = case { { t.id:is(1), 1 }, otherwize = 2 }",
                  COLUMN "case has a key other than otherwise");
    REFUSED_TABLE(ID "  t.x = case {}", COLUMN "case has no branches");
    REFUSED_TABLE(ID "  t.x = case(5)", COLUMN "case takes one list of branches in braces");
    REFUSED_TABLE(ID "  t.x = round(first_name)", COLUMN
                  "argument 1 of round must be a value, a column or an expression, not a function");
    REFUSED_TABLE(ID "  t:check(t.id:gt())", AT ":gt takes one value, not 0 | a:gt(b)");
    REFUSED_TABLE(ID "  t:check(t.id:gt(null))",
                  AT ":gt(null) is never true | test for NULL with :is(null) or :ne(null)");
    REFUSED_TABLE(ID "  t:check(t.id:gt(nil))", AT "argument 1 of :gt must be a value");
    REFUSED_TABLE(ID "  t:check(t.id & 1)",
                  AT "the right side of & must be a condition, not the number 1");
    REFUSED_TABLE(ID "  t.x = days(1.1)", COLUMN "loans.x cannot be a span of time");
    REFUSED_TABLE(ID "  t.x = t.id + months(1.5)",
                  COLUMN "months(1.5) is not a whole number of months | use a smaller unit");
    REFUSED_TABLE(ID "  t.x = t.id + days(3, 1)",
                  COLUMN "days(3, 1) is an empty range | the smaller number comes first");
    REFUSED_TABLE(ID "  t.x = t.id + days(\"3\")",
                  COLUMN "days takes one number or two, not the text \"3\"");
    REFUSED_TABLE(ID "  t.x = t.id + years(1e9)",
                  COLUMN "years(1000000000.0) is longer than 10,000 years");
    REFUSED_TABLE(ID "  t.x = clock + days(1, 2)",
                  COLUMN "clock and a range of time make no single moment");
    REFUSED_TABLE(
        ID
        "  t.x = t.id\n  for i = 1, 60 do t[\"y\" .. i] = t.x  local z = t.id  for j = 1, i do z = z + z end  t[\"z\" .. i] = z end",
        X
        "10 | loans | the expression has more than 10000 parts, or is nested more than 200 deep | put parts of it into columns of their own");
}

static void methods(void **state)
{
    (void)state;
    REFUSED_TABLE(ID "  t.x = first_name():uniqe()",
                  COLUMN "there is no method :uniqe | did you mean :unique?");
    REFUSED_TABLE(ID "  t.x = first_name():quux()",
                  COLUMN "there is no method :quux | the methods are :unique");
    REFUSED_TABLE(
        ID "  t.x = t.id:quux()", COLUMN
        "loans.id is no reference, so it has no column \"quux\", and there is no method of that name");
    REFUSED_TABLE(
        ID "  t.x = ref(users).name", COLUMN
        "there is no method :name | did you mean :ne? for a column of the parent, first t.key = ref(...), then t.key.column");
    REFUSED_TABLE(ID "  t.k = ref(users)\n  t.x = t.k:nul(0.2)",
                  X "10 | loans.x | there is no method :nul | did you mean :null?");
    REFUSED_TABLE(ID "  t:chek(t.id:gt(1))",
                  AT "loans.chek is used before it is assigned | did you mean the method :check?");
    REFUSED_TABLE(ID "  t.x = t.ix",
                  COLUMN "loans.ix is used before it is assigned | did you mean id?");
    REFUSED_TABLE(ID "  t.x = t.id(5)", COLUMN "\"id\" is a column, not a function");
    REFUSED_TABLE(ID "  t:id(5)", AT "\"id\" is a column, and there is no method of that name");
    REFUSED_TABLE(ID "  t.x = int(1, 2):null(20)",
                  COLUMN ":null takes a share from 0 to 1, not the number 20");
    REFUSED_TABLE(ID "  t.x = int(1, 2):unique(t.id)", COLUMN
                  ":unique has too many arguments | several columns together: t:unique(t.a, t.b)");
    REFUSED_TABLE(ID "  t.x = int(1, 2):type()", COLUMN ":type takes a text, not nothing");
    REFUSED_TABLE(ID "  t.x = int(1, 2):pii(5)", COLUMN ":pii takes a text, not the number 5");
    REFUSED_TABLE(
        ID "  t.x = ref(users):on_delete \"casade\"", COLUMN
        ":on_delete takes the name of an action, not the text \"casade\" | did you mean cascade?");
    REFUSED_TABLE(ID "  t.x = ref(users).on_delete \"cascade\"", COLUMN
                  ":on_delete is a method of columns and generators | write it with a colon");
}

static void rules(void **state)
{
    (void)state;
    REFUSED_TABLE(ID "  t:index()", AT "t:index takes at least one column | t:index(t.a, t.b)");
    REFUSED_TABLE(ID "  t:index(\"id\")", AT "t:index takes columns of loans, not the text \"id\"");
    REFUSED_TABLE(ID "  t:index(t.id, t.id)", AT "t:index names id twice");
    REFUSED_TABLE(ID "  t.index(t.id)",
                  AT "index is a method of tables | write it with a colon: t:index(...)");
    REFUSED_TABLE(ID "  users:index(t.id)",
                  AT "users is complete | rules are written inside the table's function");
    REFUSED_TABLE(ID "  t:primary_key(t.id)\n  t:primary_key(t.id)",
                  X "10 | loans | loans has a primary key already");
    REFUSED_TABLE(ID "  t:check()", AT "t:check takes one condition");
    REFUSED_TABLE(ID "  t:check(int(1, 2):gt(1))", AT "t:check reads no column of the table");
    REFUSED_TABLE(ID "  t:check(t.id:gt(int(1, 2)))",
                  AT "t:check cannot use the generator int: the database makes the check");
    REFUSED_TABLE("  t.id = serial()  t.u = ref(users)\n  t:constraint(t.id:gt(t.u.is))",
                  AT "t:constraint becomes a CHECK of the table, which sees one row and no parent");
    REFUSED_TABLE(
        ID "  t.n = serial()", X
        "9 | loans.n | loans has two serial() columns, and none is named as primary key | name it: t:primary_key(t.id)");
    REFUSED_TABLE("  t.id = int(1, 2):null(0.1)\n  t:primary_key(t.id)",
                  X "8 | loans.id | a column of the primary key cannot be NULL");
    REFUSED(
        R
        "r:table(\"a\", {}, function(t)\n  t.id = serial()\n  r:table(\"b\", {}, function(u)\n    u.x = t.id\n  end)\nend)",
        X "5 | b.x | b.x reads columns of a | read a parent's column through the reference");
    REFUSED(
        R
        "r:table(\"a\", {}, function(t)\n  t.id = serial()\n  r:table(\"b\", {}, function(u)\n    u.id = serial()\n    u.x = t.id + u.id\n  end)\nend)",
        X "6 | b.x | columns of a and of b stand in one expression");
}

static void composite_keys(void **state)
{
    (void)state;
#define REFS                                                                                       \
    "  t.id = serial()  t.a = ref(users, \"id\"):on_delete \"cascade\"  t.b = ref(users, \"name\"):on_delete \"restrict\"  t.c = ref \"other\"\n"
    REFUSED_TABLE(
        REFS "  t:foreign(t.a, users)", AT
        "the first argument of t:foreign must be a list, not the column a | t:foreign({ t.a, t.b }, parent, { \"a\", \"b\" })");
    REFUSED_TABLE(REFS "  t:foreign({ t.a, 5 }, users)",
                  AT "t:foreign takes columns of loans, not the number 5");
    REFUSED_TABLE(REFS "  t:foreign({ t.a, t.b })", AT "t:foreign takes a table, not nil");
    REFUSED_TABLE(REFS "  t:foreign({ t.a, t.b }, users, { \"id\" })",
                  AT "t:foreign has 2 columns, but names 1 of the parent");
    REFUSED_TABLE(REFS "  t:foreign({ t.a, t.b }, users, { \"id\", 5 })",
                  AT "the parent's columns are named by texts, not by the number 5");
    REFUSED_TABLE(REFS "  t:foreign({ t.a, t.b }, users, { \"id\", \"name\" })",
                  AT "the columns of t:foreign have different :on_delete | say it at one of them");
    REFUSED_TABLE(
        REFS "  t:foreign({ t.a, t.b }, users, { \"id\", \"is\" })", X
        "9 | loans.b | t:foreign needs b to be a reference to that column of users | t.b = ref(users, \"is\")");
    REFUSED_TABLE(REFS "  t:foreign({ t.a, t.id }, users)",
                  X "9 | loans.id | t:foreign needs id to be a reference to that column of users");
    REFUSED(
        R
        "local b = r:table(\"b\", {}, function(t) t.id = serial() end)\nr:table(\"app.a\", {}, function(t) t.id = serial() t.b = ref(b) end)\nreturn r",
        X
        "3 | app.a.b | app.a stands in schema app and refers to b, which names none | give b a schema too");
}

static void reads_through_references(void **state)
{
    (void)state;
    REFUSED_TABLE(ID "  t.u = ref(users)\n  t.x = t.u.nmae",
                  X "10 | loans.x | users has no column \"nmae\" | did you mean name?\n");
    REFUSED_TABLE(
        ID "  t.u = ref(users)\n  t.x = upper(t.u.quux)", X
        "10 | loans.x | users has no column \"quux\" | it has id, name, boss_id, is, check, created_at");
    REFUSED_TABLE(ID "  t.u = ref(users)\n  t.x = t.u.name.first",
                  X "10 | loans.x | users.name is no reference, so it has no column \"first\"");
    REFUSED_TABLE(ID "  t.u = ref(users)\n  t.x = after(t.u.boss_id.boss_id.creatd_at, days(1))",
                  X "10 | loans.x | users has no column \"creatd_at\" | did you mean created_at?");
    /* all of them, each once */
    REFUSED_TABLE(
        "  t.id = serial()  t.u = ref(users)\n  local n = t.u.nmae\n  t.x = n\n  t.y = n .. n\n  t.z = t.u.xs:is(1)\n  t:check(t.u.q:is(1))",
        X "9 | loans.x | users has no column \"nmae\" | did you mean name?\n" X
          "12 | loans.z | users has no column \"xs\" | did you mean is?\n" X
          "13 | loans | users has no column \"q\"");
    /* a table that comes later */
    REFUSED(
        R
        "r:table(\"a\", {}, function(t)\n  t.id = serial()  t.b = ref \"b\"\n  t.x = t.b.y\nend)\nr:table(\"b\", {}, function(t) t.id = serial() end)\nreturn r",
        X "4 | a.x | b has no column \"y\" | it has id");
}

static void per(void **state)
{
    (void)state;
#define P "local p = r:table(\"p\", {}, function(t) t.id = serial() end)\n"
#define C(options, columns)                                                                        \
    R P "r:table(\"c\", { " options " }, function(t)\n t.id = serial() " columns "\nend)\nreturn r"
    REFUSED(
        C("per = p", ""), X
        "3 | - | per takes a parent and a number, not the table p | per = { parent, between(0, 9) }");
    REFUSED(C("per = { p }", ""), X "3 | - | per takes a parent and a number");
    REFUSED(C("per = { p, 1, trough = 5 }", ""), X "3 | - | per takes a parent and a number");
    REFUSED(
        C("per = { p, -1 }", ""), X
        "3 | - | the number of rows per parent must be a whole number of at least 0, not the number -1");
    REFUSED(C("per = { 5, 1 }", ""), X "3 | - | per takes a table, not the number 5");
    REFUSED(
        C("per = { p, 1 }", ""),
        X "3 | c | per = { p, ... } needs a reference to p | add a column such as t.p_id = ref(p)");
    REFUSED(
        C("per = { p, 1 }", "t.a = ref(p) t.b = ref(p)"), X
        "3 | c | c refers to p more than once (a, b) | say which: per = { p, ..., through = \"b\" }");
    REFUSED(C("per = { p, 1, through = \"ab\" }", "t.aa = ref(p)"),
            X "3 | c | per: through = \"ab\" is no column of c | did you mean aa?");
    REFUSED(C("per = { p, 1, through = \"id\" }", "t.a = ref(p)"),
            X "3 | c | per: id is no reference to p | t.id = ref(p)");
}

static void values_over_children(void **state)
{
    (void)state;
#define ROLL(line) ID "  t.n = int(1, 2)\n" line
    REFUSED_TABLE(ROLL("  t.x = sum(t.n)"),
                  X "10 | loans.x | sum takes a column of the row's children, not the column n");
    REFUSED_TABLE(ROLL("  t.x = max(\"items.n\", 5)"),
                  X "10 | loans.x | the condition of max must be a condition, not the number 5");
    REFUSED_TABLE(
        ROLL("  t.x = max(t.n)"), X
        "10 | loans.x | max takes a column of the row's children, not the column n | among values of one row: greatest(a, b)");
    REFUSED_TABLE(
        ROLL("  t.x = sum \"items\""), X
        "10 | loans.x | sum takes a column of the children, not the text \"items\" | sum \"items.amount\"");
    REFUSED_TABLE(ROLL("  t.x = sum(5)"),
                  X "10 | loans.x | sum takes a column of the row's children, not the number 5");
    REFUSED_TABLE(ROLL("  t.x = sum()"), X "10 | loans.x | sum does not take 0 arguments");
    REFUSED_TABLE(ROLL("  t.x = nth(\"items.n\", 0)"),
                  X "10 | loans.x | nth counts children from 1, not the number 0");
    REFUSED_TABLE(ROLL("  t.x = sum(children(\"items\").n * int(1, 2))"),
                  X "10 | loans.x | sum cannot use the generator int");
    REFUSED_TABLE(ROLL("  t.x = count(t)"),
                  X "10 | loans.x | count takes the children's table, not the row's own");
    REFUSED_TABLE(ROLL("  t.x = children(5)"),
                  X "10 | loans.x | children takes the name of a table, not the number 5");
    REFUSED_TABLE(ROLL("  t.x = children(\"items\").n"),
                  X "10 | loans.x | loans.x reads columns of items");
    REFUSED_TABLE(ROLL("  t.x = sum \"itmes.n\""),
                  X "10 | loans.x | sum: the recipe has no table \"itmes\"");
    REFUSED_TABLE(ROLL("  t:check(sum(\"items.n\"):gt(0))"),
                  X "10 | loans | t:check sees one row, not its children");
    REFUSED(R P "local x = sum \"p.id\"", X "3 | - | sum belongs to a table's row");
    REFUSED(
        R
        "r:table(\"p\", { rows = 1 }, function(t)\n  t.id = serial()\n  t.s = sum \"c.amuont\"\nend)\n"
        "r:table(\"c\", { per = { \"p\", 1 } }, function(t)\n  t.p = ref \"p\"\n  t.amount = int(1, 2)\nend)\nreturn r",
        X "4 | p.s | c has no column \"amuont\" | did you mean amount?");
}

static void several_at_once(void **state)
{
    (void)state;
    REFUSED(
        R P
        "r:table(\"c\", { per = { p, 1 } }, function(t)\n  t.id = serial()\n  t.n = serial()\n  t.q = ref \"p\"\n  t.x = t.q.z\n  local unused = t.id:is(1)\nend)\n"
        "r:table(\"d\", { per = { p, 1 } }, function(t)\n  t.id = serial()\nend)\nr:volumes { dev = { z = 1 } }\nreturn r",
        X
        "8 | c | nothing uses this comparison | Lua's if, and, or, not do not see rows: write when(cond, a, b), and & | ~ between conditions\n" X
        "5 | c.n | c has two serial() columns, and none is named as primary key | name it: t:primary_key(t.id)\n" X
        "7 | c.x | p has no column \"z\" | it has id\n" X
        "10 | d | per = { p, ... } needs a reference to p | add a column such as t.p_id = ref(p)\n" X
        "13 | volumes | the volume of dev names \"z\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_itself),
        cmocka_unit_test(the_head),
        cmocka_unit_test(tables),
        cmocka_unit_test(volumes),
        cmocka_unit_test(generator_calls),
        cmocka_unit_test(lists),
        cmocka_unit_test(expressions),
        cmocka_unit_test(methods),
        cmocka_unit_test(rules),
        cmocka_unit_test(composite_keys),
        cmocka_unit_test(reads_through_references),
        cmocka_unit_test(per),
        cmocka_unit_test(values_over_children),
        cmocka_unit_test(several_at_once),
    };
    return cmocka_run_group_tests_name("recipe errors", tests, NULL, NULL);
}

/* A recipe cannot get out: no files, no system, no other code, no end of memory or time; pcall does
 * not help. Files: what require may read, and how recipes are found. The recipes that come with
 * seedpipe load. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "recipekit.h"

#define ONE "recipes/x.lua:1 | - | "
#define TAIL                                                                                       \
    "\nlocal r = recipe { name = \"x\" } r:table(\"a\", {}, function(t) t.id = serial() end) return r"

static void the_system_is_out_of_reach(void **state)
{
    (void)state;
    static const char *const names[] = {"io",           "os",
                                        "debug",        "load",
                                        "loadstring",   "loadfile",
                                        "dofile",       "package",
                                        "coroutine",    "collectgarbage",
                                        "setmetatable", "getmetatable",
                                        "rawget",       "rawset",
                                        "print",        "_G"};
    Arena *mem = arena_new();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        REFUSED(arena_printf(mem, "local x = %s", names[i]),
                arena_printf(mem, ONE "recipes run in a sandbox: there is no %s | ", names[i]));
    arena_free(mem);
    REFUSED(
        "os.execute(\"true\")", ONE
        "recipes run in a sandbox: there is no os | a recipe describes data; it cannot reach files, the system or other code");
    REFUSED("local x = math.random()", ONE "there is no math.random in a recipe");
    REFUSED("math.randomseed(1)", ONE "there is no math.randomseed in a recipe");
    REFUSED("local x = string.dump", ONE "there is no string.dump in a recipe");
    REFUSED("local x = (\"x\"):dump()", ONE "there is no string.dump in a recipe");
    REFUSED("local x = _ENV.os", ONE "recipes run in a sandbox: there is no os");
    REFUSED("local x = string[1]", ONE "there is no string.? in a recipe");
}

static void the_library_is_frozen(void **state)
{
    (void)state;
    REFUSED("string.upper = 5", ONE "string is part of the language: it cannot be changed");
    REFUSED("table.x = 5", ONE "table is part of the language: it cannot be changed");
    REFUSED("math.pi = 3", ONE "math is part of the language: it cannot be changed");
    REFUSED("utf8.char = 3", ONE "utf8 is part of the language: it cannot be changed");
    REFUSED("local s = \"x\" s.y = 5", ONE "attempt to index a string value");
    REFUSED("_ENV.x = 5", ONE "\"x\" would become a global variable");
    REFUSED("first_name = nil", ONE "\"first_name\" would become a global variable");
    REFUSED("table.insert(math, 1)", ONE "math is part of the language: it cannot be changed");
}

/* An address, or an order that differs from run to run, never gets into a value. */
static void nothing_differs_from_run_to_run(void **state)
{
    (void)state;
    REFUSED("local x = tostring({})", ONE "tostring: a table has no text");
    REFUSED("local x = tostring(pcall)", ONE "tostring: a function has no text");
    REFUSED("local x = string.format(\"%s\", {})", ONE "string.format: a table has no text");
    REFUSED("local x = string.format(\"%-10p\", \"a\")", ONE "string.format: %p gives an address");
    RecipeKit kit = recipekit_good(
        "local order = \"\"\nlocal t = { [2.5] = 1, [-1] = 1, z = 1, a = 1, m = 1 }\nfor i = 1, 20 do t[\"k\" .. i] = 1 end\n"
        "for k in pairs(t) do order = order .. k .. \" \" end\n"
        "assert(order == \"-1 2.5 a k1 k10 k11 k12 k13 k14 k15 k16 k17 k18 k19 k2 k20 k3 k4 k5 k6 k7 k8 k9 m z \", order)\n"
        "assert(next({}) == nil)\nassert((string.format(\"%5.2f %s %%p\", 1, \"x\")) == \" 1.00 x %p\")" TAIL);
    recipekit_free(&kit);
}

#define STEPS "the recipe takes more than 50 million steps | is there a loop without an end?"

static void endless_loops_end(void **state)
{
    (void)state;
    REFUSED("while true do end", ONE STEPS);
    REFUSED("while true do pcall(function() while true do end end) end", ONE STEPS);
    REFUSED("pcall(function() while true do end end)\nlocal x = 1" TAIL, ONE STEPS);
    REFUSED("pcall(pcall, function() while true do end end)" TAIL, ONE STEPS);
    REFUSED("xpcall(function() while true do end end, function() while true do end end)" TAIL,
            ONE STEPS);
    REFUSED("local function f() pcall(f) while true do end end\npcall(f)" TAIL,
            "recipes/x.lua:1 | - | the recipe takes more than");
    REFUSED("table.sort({ 3, 2, 1 }, function() while true do end end)", ONE STEPS);
    REFUSED("string.gsub(\"x\", \"x\", function() while true do end end)", ONE STEPS);
    REFUSED(
        "local r = recipe { name = \"x\" }\nr:table(\"a\", {}, function(t)\n  t.x = values(function() while true do end end, 2)\nend)",
        "recipes/x.lua:3 | a.x | " STEPS);
    REFUSED("while true do local x = serial() end",
            ONE "the recipe needs more than 64 MiB of memory");
}

#define MEMORY "the recipe needs more than 64 MiB of memory | build smaller texts and tables"

static void memory_bombs_end(void **state)
{
    (void)state;
    REFUSED("local x = string.rep(\"x\", 1e9)", ONE MEMORY);
    REFUSED("local x = (\"x\"):rep(1e9)", ONE MEMORY);
    REFUSED("local x = (\"x\"):rep(1, 2) .. (\"x\"):rep(1e8)", ONE MEMORY);
    REFUSED("pcall(string.rep, \"x\", 1e9)" TAIL, ONE MEMORY);
    REFUSED("\nxpcall(string.rep, function() end, \"x\", 1e9)" TAIL,
            "recipes/x.lua:2 | - | " MEMORY);
    REFUSED(
        "local t = {}\nlocal s = string.rep(\"x\", 1e6)\nfor i = 1, 1e5 do t[i] = s end\nlocal x = table.concat(t)",
        "recipes/x.lua:4 | - | " MEMORY);
    REFUSED("local s = \"x\"\nwhile true do s = s .. s end", "recipes/x.lua:2 | - | " MEMORY);
    REFUSED("local t = {}\nwhile true do t[#t + 1] = {} end", "recipes/x.lua:2 | - | " MEMORY);
    REFUSED("while true do pcall(function() return os end) end", ONE MEMORY);
    REFUSED("local x = string.rep(\"x\", 1 << 62)", ONE "resulting string too large");
    REFUSED("local x = { table.unpack({}, 1, 1e7) }", ONE "too many results to unpack");
}

/* C functions that loop where no hook can see it. */
static void library_loops_are_bounded(void **state)
{
    (void)state;
    const char *hint = "search a shorter text, begin the pattern with ^, or use fewer of * + - ?";
    Arena *mem = arena_new();
    REFUSED(
        "local x = (\"x\"):rep(1e5):find((\".-\"):rep(20) .. \"y\")",
        arena_printf(
            mem,
            ONE
            "this search could take too long: 100000 characters and a pattern with 21 repetitions | %s",
            hint));
    arena_free(mem);
    REFUSED("local x = (\"x\"):rep(1000):match(\"^(.-)(.-)(.-)(.-)y$\")", ONE
            "this search could take too long: 1000 characters and a pattern with 4 repetitions");
    REFUSED("for w in (\"x\"):rep(1e5):gmatch(\"x-y\") do end",
            ONE "this search could take too long");
    REFUSED("local x = (\"x\"):rep(1e5):gsub(\"x*x*y\", \"\")",
            ONE "this search could take too long");
    REFUSED("local x = (\"x\"):rep(1e6):find((\"x\"):rep(1e5) .. \"y\", 1, true)",
            ONE "this search could take too long");
    REFUSED("table.move({}, 1, 1 << 62, 2)", ONE "table.move: at most a million items");
    RecipeKit kit = recipekit_good("assert((\"\"):rep(1 << 62) == \"\")\n"
                                   "assert((\"ab\"):rep(2, \"-\") == \"ab-ab\")\n"
                                   "assert((\"  a b \"):match(\"^%s*(.-)%s*$\") == \"a b\")\n"
                                   "assert((\"x\"):rep(20000):find(\"[]*+]\") == nil)\n"
                                   "assert((\"x\"):rep(1e6):find(\"^%*%-x*[^]+-]\") == nil)\n"
                                   "assert((\"a.b\"):find(\".\", 1, true) == 2)\n"
                                   "assert((\"a,b\"):gsub(\",\", \";\") == \"a;b\")\n"
                                   "assert(#table.move({ 1, 2, 3 }, 1, 3, 2) == 4)" TAIL);
    recipekit_free(&kit);
}

static void deep_nesting_ends(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    static const char *const pieces[] = {"~",  "(",    "{", "not ", "function() return ",
                                         "f(", "a .. "};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        char *text = arena_alloc(mem, 10000 * 20 + 20);
        strcpy(text, "local x = ");
        size_t len = strlen(text), n = strlen(pieces[i]);
        for (int k = 0; k < 10000; k++, len += n)
            memcpy(text + len, pieces[i], n);
        REFUSED(text, "recipes/x.lua | - | something in this file is nested too deep");
    }
    arena_free(mem);
}

static void pcall_and_xpcall_work(void **state)
{
    (void)state;
    RecipeKit kit = recipekit_good(
        "local ok, a, b = pcall(function(...) return ... end, 1, 2)\nassert(ok and a == 1 and b == 2)\n"
        "local ok, message = pcall(function() local x = quux end)\n"
        "assert(not ok and tostring(message) == 'recipes/x.lua:3: there is no generator, function or variable \"quux\"', tostring(message))\n"
        "local ok, twice = xpcall(function(x) error(x, 0) end, function(m) return m .. m end, \"ab\")\nassert(not ok and twice == \"abab\")\n"
        "local ok, v = xpcall(function(x) return x end, error, 7)\nassert(ok and v == 7)\n"
        "local ok = xpcall(error, pcall, \"x\")\nassert(not ok)" TAIL);
    recipekit_free(&kit);
}

/* ---------------------------------------------------------------- files */

typedef struct Folder {
    char path[64];
    Arena *mem;
} Folder;

static const char *in(const Folder *f, const char *name)
{
    return arena_printf(f->mem, "%s/%s", f->path, name);
}

static void put(const Folder *f, const char *name, const char *text)
{
    FILE *file = fopen(in(f, name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_folder(void **state)
{
    static Folder f;
    strcpy(f.path, "/tmp/seedpipe-recipe-XXXXXX");
    assert_non_null(mkdtemp(f.path));
    f.mem = arena_new();
    mkdir(in(&f, "home"), 0700);
    mkdir(in(&f, "home/lib"), 0700);
    put(&f, "outside.lua", "return 5");
    put(&f, "home/lib/names.lua", "local n = require \"lib/more\"\nreturn { first = n .. \"!\" }");
    put(&f, "home/lib/more.lua", "return \"more\"");
    put(&f, "home/lib/broken.lua", "\nreturn = 5");
    put(&f, "home/lib/trap.lua", "\nlocal x = quux");
    put(&f, "home/lib/round1.lua", "return require \"lib.round2\"");
    put(&f, "home/lib/round2.lua", "return require \"lib.round1\"");
    put(&f, "home/lib/bytes.lua", "\x1bLua");
    assert_int_equal(symlink("../../outside.lua", in(&f, "home/lib/link.lua")), 0);
    assert_int_equal(symlink("names.lua", in(&f, "home/lib/inside.lua")), 0);
    *state = &f;
    return 0;
}

static int remove_folder(void **state)
{
    Folder *f = *state;
    static const char *const files[] = {
        "home/lib/names.lua",  "home/lib/more.lua",   "home/lib/broken.lua", "home/lib/trap.lua",
        "home/lib/round1.lua", "home/lib/round2.lua", "home/lib/bytes.lua",  "home/lib/link.lua",
        "home/lib/inside.lua", "home/x.lua",          "outside.lua"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(in(f, files[i]));
    rmdir(in(f, "home/lib"));
    rmdir(in(f, "home"));
    rmdir(f->path);
    arena_free(f->mem);
    return 0;
}

static RecipeKit load_file(const char *path)
{
    RecipeKit kit = {.mem = arena_new()};
    kit.recipe = recipe_load(path, NULL, kit.mem, &kit.err);
    return kit;
}

static void require_reads_below_the_recipe(void **state)
{
    const Folder *f = *state;
    put(f, "home/x.lua",
        "local names = require \"lib.names\"\nassert(require \"lib/names\" == names)\nassert(require(\"lib.inside\").first == \"more!\")\n"
        "local r = recipe { name = \"x\" }\nr:table(\"a\", {}, function(t) t.id = serial()  t.n = names.first end)\nreturn r");
    RecipeKit kit = load_file(in(f, "home/x.lua"));
    assert_string_equal(recipekit_errors(&kit), "");
    assert_string_equal(recipekit_column(&kit, "a", "n")->node->value.text, "more!");
    const Recipe *r = kit.recipe;
    assert_int_equal(r->nsources, 4);
    assert_string_equal(r->sources[0].name, in(f, "home/x.lua"));
    assert_string_equal(r->sources[1].name, "lib/names.lua");
    assert_string_equal(r->sources[2].name, "lib/more.lua");
    assert_string_equal(r->sources[2].text, "return \"more\"");
    assert_int_equal(r->sources[2].len, 13);
    /* the kept sources are enough */
    RecipeKit again = {.mem = arena_new()};
    again.recipe = recipe_load_sources(r->sources, r->nsources, again.mem, &again.err);
    assert_string_equal(recipekit_errors(&again), "");
    assert_int_equal(again.recipe->nsources, 4);
    assert_string_equal(again.recipe->sources[2].name, "lib/more.lua");
    recipekit_free(&again);
    /* and nothing else is read */
    again = (RecipeKit){.mem = arena_new()};
    again.recipe = recipe_load_sources(r->sources, 2, again.mem, &again.err);
    assert_null(again.recipe);
    assert_non_null(strstr(recipekit_errors(&again),
                           "require: lib/more.lua is not among the recipe's kept sources"));
    recipekit_free(&again);
    recipekit_free(&kit);
}

static void require_goes_nowhere_else(void **state)
{
    const Folder *f = *state;
    static const char *const refused[][2] = {
        {"lib.link", "home/lib/link.lua leads out of the recipe's folder"},
        {"../outside", "\"../outside\" is not the name of a file below the recipe"},
        {"lib/../../outside", "is not the name of a file below the recipe"},
        {"/etc/passwd", "is not the name of a file below the recipe"},
        {"", "is not the name of a file below the recipe"},
        {"lib.nothing", "require: there is no file "},
        {"lib", "require: there is no file "},
        {"lib.broken", "home/lib/broken.lua:2 | - | unexpected symbol near '='"},
        {"lib.trap",
         "home/lib/trap.lua:2 | - | there is no generator, function or variable \"quux\""},
        {"lib.round1", "home/lib/round2.lua:1 | - | require: lib/round1.lua requires itself"},
        {"lib.bytes", "this is compiled Lua; recipes are text only"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        put(f, "home/x.lua", arena_printf(f->mem, "\nlocal x = require \"%s\"", refused[i][0]));
        RecipeKit kit = load_file(in(f, "home/x.lua"));
        assert_null(kit.recipe);
        if (!strstr(recipekit_errors(&kit), refused[i][1]))
            fail_msg("%s: %s", refused[i][0], recipekit_errors(&kit));
        recipekit_free(&kit);
    }
}

static void recipes_are_found(void **state)
{
    const Folder *f = *state;
    recipekit_refused(
        load_file("fintech-laons"), __FILE__, __LINE__,
        "- | - | there is no recipe fintech-laons (looked for recipes/fintech-laons.lua and ");
    RecipeKit kit = load_file("fintech-laons");
    assert_string_equal(kit.err.first->hint, "did you mean fintech-loans?");
    assert_int_equal(err_exit_status(&kit.err), 2);
    recipekit_free(&kit);
    recipekit_refused(
        load_file("recipes/fintech-loan.lua"), __FILE__, __LINE__,
        "- | - | there is no recipe recipes/fintech-loan.lua (looked for recipes/fintech-loan.lua) | did you mean fintech-loans?");
    recipekit_refused(load_file(in(f, "home/lib/quux.lua")), __FILE__, __LINE__,
                      "- | - | there is no recipe ");
    recipekit_refused(load_file("recipes/"), __FILE__, __LINE__,
                      "- | - | recipes/ is a directory, not a recipe");
    recipekit_refused(load_file(""), __FILE__, __LINE__, "- | - | the recipe's name is empty");
    kit = load_file("fintech");
    assert_non_null(kit.recipe);
    assert_string_equal(kit.recipe->path, "recipes/fintech.lua");
    recipekit_free(&kit);
}

/* ---------------------------------------------------------------- the recipes that come along */

typedef struct Expected {
    const char *table;
    int64_t rows; /* -1: as many as `per` gives */
    const char *per;
} Expected;

static void check_tables(const char *recipe, const Expected *expected, int n)
{
    RecipeKit kit = load_file(recipe);
    assert_string_equal(recipekit_errors(&kit), "");
    assert_int_equal(kit.recipe->ntables, n);
    for (int i = 0; i < n; i++) {
        const RecipeTable *t = &kit.recipe->tables[i];
        assert_string_equal(t->table.name, expected[i].table);
        assert_int_equal(t->has_rows ? t->rows : -1, expected[i].rows);
        assert_int_equal(t->npers, expected[i].per != NULL);
        if (t->npers)
            assert_string_equal(t->pers[0].parent, expected[i].per);
    }
    assert_int_equal(kit.recipe->nvolumes, 3);
    assert_true(kit.recipe->volumes[2].factor == 100);
    recipekit_free(&kit);
}

static void sample_recipes_load(void **state)
{
    (void)state;
    static const Expected loans[] = {{"borrowers", 250, NULL},
                                     {"loans", 1000, "borrowers"},
                                     {"payments", 3500, "loans"},
                                     {"credit_scores", -1, "borrowers"}};
    static const Expected bank[] = {{"branches", 12, NULL},
                                    {"users", 500, NULL},
                                    {"accounts", 750, "users"},
                                    {"loans", 800, "users"},
                                    {"transactions", 3000, "accounts"}};
    check_tables("fintech-loans", loans, 4);
    check_tables("fintech", bank, 5);
    RecipeKit kit = load_file("fintech");
    const Action actions[] = {ACTION_CASCADE, ACTION_RESTRICT};
    for (int i = 0; i < 2; i++)
        assert_int_equal(recipe_table(kit.recipe, "accounts")->table.fks[i].on_delete, actions[i]);
    assert_int_equal(recipe_table(kit.recipe, "loans")->table.fks[1].on_delete, ACTION_SET_NULL);
    assert_int_equal(recipe_table(kit.recipe, "transactions")->table.fks[1].on_delete,
                     ACTION_SET_NULL);
    recipekit_free(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_is_out_of_reach),
        cmocka_unit_test(the_library_is_frozen),
        cmocka_unit_test(nothing_differs_from_run_to_run),
        cmocka_unit_test(endless_loops_end),
        cmocka_unit_test(memory_bombs_end),
        cmocka_unit_test(library_loops_are_bounded),
        cmocka_unit_test(deep_nesting_ends),
        cmocka_unit_test(pcall_and_xpcall_work),
        cmocka_unit_test(require_reads_below_the_recipe),
        cmocka_unit_test(require_goes_nowhere_else),
        cmocka_unit_test(recipes_are_found),
        cmocka_unit_test(sample_recipes_load),
    };
    return cmocka_run_group_tests_name("recipe sandbox", tests, make_folder, remove_folder);
}

/* Locales in recipes: how they are said, where their files come from, what is kept of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "recipekit.h"

#define TABLE        "r:table(\"t\", { rows = 5 }, function(t) t.a = last_name() end)\nreturn r\n"
#define HEAD(locale) "local r = recipe { name = \"x\", seed = 1, locale = " locale " }\n"

static const char aa[] = "aa: {faker: {name: {last_name: [Ost, West]}}}\n";

static const Recipe *load(RecipeKit *kit, const char *text, const char *locale, const char *own)
{
    RecipeSource sources[3] = {{"recipes/x.lua", text, strlen(text)}};
    int n = 1;
    *kit = (RecipeKit){.mem = arena_new()};
    if (own)
        sources[n++] = (RecipeSource){"locale", own, strlen(own)};
    if (locale)
        sources[n++] = (RecipeSource){"locale:aa", locale, strlen(locale)};
    kit->recipe = recipe_load_sources(sources, n, kit->mem, &kit->err);
    return kit->recipe;
}

/* A kept run needs no files: the locale is among the sources, and so is the user's choice. */
static void kept_sources(void **state)
{
    (void)state;
    RecipeKit kit;
    const Recipe *r = load(&kit, HEAD("\"aa\"") TABLE, aa, NULL);
    assert_non_null(r);
    assert_string_equal(r->locales.spec, "aa");
    assert_int_equal(r->locales.nloaded, 1);
    assert_int_equal(r->nsources, 2);
    assert_string_equal(r->sources[1].name, "locale:aa");
    recipekit_free(&kit);
    r = load(&kit, HEAD("\"de\"") TABLE, aa, "aa=2,en=1");
    assert_non_null(r);
    assert_string_equal(r->locales.spec, "aa=2,en=1");
    assert_int_equal(r->nsources, 3);
    assert_string_equal(r->sources[1].name, "locale");
    recipekit_free(&kit);
    assert_null(load(&kit, HEAD("\"aa\"") TABLE, NULL, NULL));
    assert_string_equal(kit.err.first->message, "locale aa is not among the recipe's kept sources");
    recipekit_free(&kit);
    assert_null(load(&kit, HEAD("\"aa\"") TABLE, "aa: [\n", NULL));
    assert_string_equal(kit.err.first->where, "locale:aa:2");
    recipekit_free(&kit);
}

static void how_it_is_said(void **state)
{
    (void)state;
    RecipeKit kit;
    const Recipe *r = load(&kit, HEAD("{ en = 30, aa = 70.5 }") TABLE, aa, NULL);
    assert_non_null(r);
    assert_string_equal(r->locales.spec, "aa=70.5,en=30");
    assert_int_equal(r->locales.nshares, 2);
    recipekit_free(&kit);
#define HINT " | locale = \"de\", or locale = { de = 70, fr = 30 }"
    REFUSED(HEAD("5") TABLE,
            "recipes/x.lua:1 | - | locale must name a language, not the number 5" HINT);
    REFUSED(HEAD("\"../x\"") TABLE,
            "recipes/x.lua:1 | - | locale must name a language, not the text \"../x\"" HINT);
    REFUSED(HEAD("{ \"de\" }") TABLE, "recipes/x.lua:1 | - | locale takes names with weights" HINT);
    REFUSED(HEAD("{ de = 0 }") TABLE,
            "recipes/x.lua:1 | - | locale: \"de=0\" names no locales" HINT);
    REFUSED(HEAD("{}") TABLE, "recipes/x.lua:1 | - | locale: \"\" names no locales" HINT);
    REFUSED(
        "local r = recipe { name = \"x\" }\n"
        "r:table(\"t\", { rows = 5 }, function(t)\n"
        "  t.a = last_name { locale = \"german language\" } end)\nreturn r\n",
        "recipes/x.lua:3 | - | last_name: locale must name a language, not \"german language\" | "
        "such as \"de\" or \"pt-BR\"");
}

/* A generator's own locale is loaded too, with what it falls back to. */
static void of_a_generator(void **state)
{
    (void)state;
    RecipeKit kit;
    static const char text[] = "local r = recipe { name = \"x\" }\n"
                               "r:table(\"t\", { rows = 5 }, function(t)\n"
                               "  t.a = upper(last_name { locale = \"aa\" })\n"
                               "end)\nreturn r\n";
    const Recipe *r = load(&kit, text, aa, NULL);
    assert_non_null(r);
    assert_null(r->locales.spec);
    assert_int_equal(r->locales.nloaded, 1);
    recipekit_free(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_sources),
        cmocka_unit_test(how_it_is_said),
        cmocka_unit_test(of_a_generator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

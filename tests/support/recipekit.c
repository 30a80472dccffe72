#include "recipekit.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

RecipeKit recipekit_load(const char *text)
{
    RecipeKit kit = {.mem = arena_new()};
    RecipeSource source = {.name = "recipes/x.lua", .text = text, .len = strlen(text)};
    kit.recipe = recipe_load_sources(&source, 1, kit.mem, &kit.err);
    return kit;
}

static const char head[] =
    "local r = recipe { name = \"x\", clock = \"2026-01-01\" }\n"
    "local users = r:table(\"users\", { rows = 10 }, function(t)\n"
    "  t.id = serial()\n"
    "  t.name = first_name()  t.boss_id = ref(t):null(0.1)\n"
    "  t.is = int(1, 5)  t.check = int(1, 5)  t.created_at = timestamp { from = years(-3) }\n"
    "end)\n"
    "r:table(\"loans\", { rows = 100 }, function(t)\n";

RecipeKit recipekit_table(const char *lines)
{
    Arena *mem = arena_new();
    RecipeKit kit = recipekit_load(arena_printf(mem, "%s%s\nend)\nreturn r\n", head, lines));
    arena_free(mem);
    return kit;
}

const char *recipekit_errors(const RecipeKit *kit)
{
    const char *text = "";
    for (const ErrItem *e = kit->err.first; e; e = e->next)
        text = arena_printf(kit->mem, "%s%s | %s | %s | %s\n", text, e->where ? e->where : "-",
                            e->subject ? e->subject : "-", e->message, e->hint ? e->hint : "-");
    return text;
}

static RecipeKit good(RecipeKit kit)
{
    if (!kit.recipe || kit.err.count)
        fail_msg("the recipe was refused:\n%s", recipekit_errors(&kit));
    return kit;
}

RecipeKit recipekit_good(const char *text)
{
    return good(recipekit_load(text));
}
RecipeKit recipekit_good_table(const char *lines)
{
    return good(recipekit_table(lines));
}

void recipekit_free(RecipeKit *kit)
{
    arena_free(kit->mem);
    *kit = (RecipeKit){0};
}

void recipekit_refused(RecipeKit kit, const char *file, int line, const char *expected)
{
    const char *errors = recipekit_errors(&kit);
    if (kit.recipe || strncmp(errors, expected, strlen(expected)) != 0) {
        print_error("expected: %s\n     got: %s\n", expected,
                    kit.recipe ? "the recipe was loaded" : errors);
        _fail(file, line);
    }
    for (const ErrItem *e = kit.err.first; e; e = e->next)
        assert_int_equal(e->code, ERR_RECIPE);
    recipekit_free(&kit);
}

const Column *recipekit_column(const RecipeKit *kit, const char *table, const char *column)
{
    const RecipeTable *t = recipe_table(kit->recipe, table);
    assert_non_null(t);
    int col = table_column(&t->table, column);
    if (col < 0)
        fail_msg("%s has no column %s", table, column);
    return &t->table.cols[col];
}

const Value *recipekit_param(const Node *node, const char *name)
{
    assert_int_equal(node->kind, NODE_GEN);
    for (int i = 0; i < node->gen->nparams; i++)
        if (strcmp(node->gen->params[i].name, name) == 0)
            return &node->params[i];
    fail_msg("%s has no parameter %s", node->gen->name, name);
    return NULL;
}

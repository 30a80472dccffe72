/* Recipes: whatever the text, loading ends inside its limits, and what loads can be planned,
 * printed, kept as sources and loaded from them again, and evaluated. */
#include <string.h>

#include "fuzz.h"
#include "gen/eval.h"
#include "plan/plan.h"
#include "recipe/recipe.h"

enum { ROWS = 40, TABLES = 64 };

static void evaluate(const Plan *plan)
{
    Eval *eval = eval_new(plan);
    for (int t = 0; t < plan->ntables; t++) {
        uint64_t rows = plan->tables[t].rows;
        if (rows)
            eval_batch(eval, t, 0, rows < ROWS ? (uint32_t)rows : ROWS);
    }
    eval_free(eval);
}

/* Few rows, whatever the recipe says: what is tried is the recipe, not the machine. */
static void plan(const Recipe *recipe, Engine engine, Arena *mem)
{
    Env env = {.name = "dev"};
    PlanCount counts[TABLES];
    int n = 0;
    for (; n < recipe->ntables && n < TABLES; n++) {
        const Table *table = &recipe->tables[n].table;
        counts[n] = (PlanCount){
            table->schema ? arena_printf(mem, "%s.%s", table->schema, table->name) : table->name,
            ROWS};
    }
    PlanOptions options = {.env = &env, .count = -1, .counts = counts, .ncounts = n};
    PlanTarget target = {.engine = engine, .load_path = LOAD_INSERT, .keys_after = true};
    Err err = {0};
    const Plan *built = plan_build(recipe, &options, &target, mem, &err);
    MUST(built || err.count > 0);
    if (!built)
        return;
    FILE *nowhere = fopen("/dev/null", "w");
    MUST(nowhere);
    plan_print(built, PLAN_TEXT, true, &target, nowhere);
    plan_print(built, PLAN_JSON, true, &target, nowhere);
    plan_print(built, PLAN_DOT, false, &target, nowhere);
    fclose(nowhere);
    evaluate(built);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *mem = arena_new();
    Err err = {0};
    RecipeSource source = {"x.lua", arena_strndup(mem, (const char *)data, size), size};
    const Recipe *recipe = recipe_load_sources(&source, 1, mem, &err);
    MUST(recipe || err.count > 0);
    if (recipe && recipe->ntables <= TABLES) {
        static const Engine engines[] = {ENGINE_SQLITE, ENGINE_POSTGRES, ENGINE_MYSQL};
        for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
            plan(recipe, engines[i], mem);
        const Recipe *again = recipe_load_sources(recipe->sources, recipe->nsources, mem, &err);
        MUST(again);
        MUST(strcmp(plan_digest(recipe, 1, false, 0, mem), plan_digest(again, 1, false, 0, mem)) ==
             0);
    }
    arena_free(mem);
    return 0;
}

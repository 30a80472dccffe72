/* Sample values for the catalogue: every generator's example becomes a column of one recipe, which
 * is planned for no database and evaluated. So the examples are known to work. */
#include <string.h>

#include "base/buf.h"
#include "cli/cli_int.h"
#include "gen/eval.h"
#include "recipe/recipe.h"

/* What examples may refer to: a parent table, and a few columns of their own row. */
static const char sample_head[] =
    "local r = recipe { name = \"samples\", seed = 7, clock = \"2026-01-01\" }\n"
    "local borrowers = r:table(\"borrowers\", { rows = %d }, function(t)\n"
    "  t.id = serial()\n"
    "  t.created_at = timestamp { from = years(-3), to = clock }\n"
    "end)\n"
    "r:table(\"samples\", { rows = %d, per = { borrowers, between(0, 3), through = \"borrower_id\" } }, function(t)\n"
    "  t.id = serial()\n"
    "  t.borrower_id = ref(borrowers)\n"
    "  t.amount = decimal { min = -50, max = 80 }\n"
    "  t.first_name = first_name()\n"
    "  t.last_name = last_name()\n"
    "  t.created_at = timestamp { from = years(-3), to = clock }\n";
static const char sample_tail[] = "end)\n"
                                  "return r\n";

static const char sample_csv[] = "city,country,population\n"
                                 "Tokyo,JP,37\nDelhi,IN,33\nShanghai,CN,29\nOslo,NO,1\n";

#define SAMPLE_ROWS 40

const GenDef *const *generator_catalogue(int *n, Arena *mem)
{
    int ngens = 0, nrecords = 0;
    const GenDef *const *gens = gen_all(&ngens);
    while (recipe_record(nrecords))
        nrecords++;
    const GenDef **all = arena_array(mem, const GenDef *, ngens + nrecords);
    for (int g = 0; g < ngens + nrecords; g++) {
        const GenDef *def = g < ngens ? gens[g] : recipe_record(g - ngens);
        int at = g;
        for (; at > 0 && strcmp(all[at - 1]->name, def->name) > 0; at--)
            all[at] = all[at - 1];
        all[at] = def;
    }
    *n = ngens + nrecords;
    return all;
}

const Plan *generator_plan(int rows, Arena *mem, Err *err)
{
    int ngens = 0;
    const GenDef *const *all = generator_catalogue(&ngens, mem);
    Buf text;
    buf_init(&text, 1u << 20);
    buf_printf(&text, sample_head, rows, rows);
    for (int g = 0; g < ngens; g++)
        if (all[g] != gen_find("serial"))
            buf_printf(&text, "  t.sample_%s = %s\n", all[g]->name, all[g]->example);
    buf_str(&text, sample_tail);
    RecipeSource sources[] = {{"samples.lua", arena_strndup(mem, text.data, text.len), text.len},
                              {"data/cities.csv", sample_csv, sizeof sample_csv - 1}};
    buf_free(&text);
    Env env = {.name = "dev"};
    PlanOptions options = {.env = &env, .count = -1};
    PlanTarget target = {.engine = ENGINE_POSTGRES, .load_path = LOAD_COPY};
    const Recipe *recipe = recipe_load_sources(sources, 2, mem, err);
    return recipe ? plan_build(recipe, &options, &target, mem, err) : NULL;
}

const char *const *generator_samples(int n, Arena *mem)
{
    Err err = {0};
    const Plan *plan = generator_plan(SAMPLE_ROWS, mem, &err);
    int table = plan ? plan_table(plan, "samples") : -1;
    if (table < 0)
        return NULL;
    int ngens = 0;
    const GenDef *const *all = generator_catalogue(&ngens, mem);
    const char **texts = arena_array(mem, const char *, ngens *n);
    uint64_t *rows = arena_array(mem, uint64_t, n);
    for (int i = 0; i < n; i++)
        rows[i] = (uint64_t)i;
    Eval *eval = eval_new(plan);
    for (int g = 0; g < ngens; g++) {
        const Table *t = plan->tables[table].table;
        int column = table_column(t, arena_printf(mem, "sample_%s", all[g]->name));
        if (column < 0)
            column = table_column(t, "id");
        const Vec *v = eval_column(eval, table, column, rows, (uint32_t)n);
        for (int i = 0; i < n; i++)
            texts[g * n + i] = cell_text(v, (uint32_t)i, mem);
    }
    eval_free(eval);
    return texts;
}

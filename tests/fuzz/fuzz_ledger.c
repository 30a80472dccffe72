/* What a ledger keeps of segments: lines of "TABLE FIRST ROWS TEXT". Whatever stands there, the
 * plan is refused or can be printed and evaluated; nothing reads outside of anything, and no time
 * goes by for rows that are not. */
#include <string.h>

#include "fuzz.h"
#include "gen/eval.h"
#include "plan/plan.h"
#include "recipe/recipe.h"

enum { LINES = 32 };

static const char recipe_text[] =
    "local r = recipe { name = 'x', seed = 7, clock = '2026-01-01' }\n"
    "local a = r:table('a', { rows = 30 }, function(t) t.id = serial()\n"
    "  t.code = pattern('##'):unique() t.up = ref(t):null(0.5) end)\n"
    "local b = r:table('b', { per = { a, between(0, 4) } }, function(t) t.id = serial()\n"
    "  t.a_id = ref(a) t.n = int_range { min = 1, max = 9 } t:unique(t.a_id, t.n) end)\n"
    "r:table('c', { rows = 20 }, function(t) t.b_id = ref(b) t.p_id = ref 'p'\n"
    "  t:primary_key(t.b_id, t.p_id) end)\n"
    "return r\n";

static KeyPool *pool(Arena *mem)
{
    Vec *keys = vec_new(mem, TYPE_INT, 0, 5);
    for (int i = 0; i < 5; i++)
        keys->i[i] = i + 1;
    const Vec **cols = arena_array(mem, const Vec *, 1);
    cols[0] = keys;
    KeyPool *p = arena_new_of(mem, KeyPool);
    *p = (KeyPool){.count = 5, .ncols = 1, .cols = cols};
    return p;
}

static Catalog *catalog(Arena *mem)
{
    Column *id = arena_new_of(mem, Column);
    *id = (Column){.name = "id", .type = type_parse("bigint", mem)};
    int *first = arena_array(mem, int, 1);
    Table *p = arena_new_of(mem, Table);
    *p = (Table){.name = "p", .cols = id, .ncols = 1, .primary = {.cols = first, .ncols = 1}};
    Catalog *all = arena_new_of(mem, Catalog);
    *all = (Catalog){.tables = p, .ntables = 1};
    return all;
}

static int read_lines(char *text, PlanHistory *history)
{
    int n = 0;
    for (char *line = text; line && *line && n < LINES;) {
        char *end = strchr(line, '\n'), *at = NULL;
        if (end)
            *end = '\0';
        PlanHistory *h = &history[n];
        *h = (PlanHistory){.table = line};
        if ((at = strchr(line, ' '))) {
            *at = '\0';
            h->first_row = strtoull(at + 1, &at, 10);
            h->rows = h->committed = strtoull(at, &at, 10);
            h->text = at;
            n++;
        }
        line = end ? end + 1 : NULL;
    }
    return n;
}

static void use(const Plan *plan, const PlanTarget *target)
{
    FILE *nowhere = fopen("/dev/null", "w");
    MUST(nowhere);
    plan_print(plan, PLAN_JSON, true, target, nowhere);
    fclose(nowhere);
    Eval *eval = eval_new(plan);
    for (int t = 0; t < plan->ntables; t++)
        for (int i = 0; i < plan->tables[t].nsegments; i++) {
            const Segment *s = &plan->tables[t].segments[i];
            if (s->rows)
                eval_batch(eval, t, s->first_row, s->rows < 40 ? (uint32_t)s->rows : 40);
        }
    eval_free(eval);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *mem = arena_new();
    Err err = {0};
    PlanHistory history[LINES];
    RecipeSource source = {"x.lua", recipe_text, sizeof recipe_text - 1};
    const Recipe *recipe = recipe_load_sources(&source, 1, mem, &err);
    MUST(recipe);
    PlanTableFacts facts[] = {{.table = "p", .rows = -1, .pool = pool(mem)}};
    PlanTarget target = {.engine = ENGINE_POSTGRES,
                         .catalog = catalog(mem),
                         .load_path = LOAD_COPY,
                         .facts = facts,
                         .nfacts = 1,
                         .history = history};
    target.nhistory = read_lines(arena_strndup(mem, (const char *)data, size), history);
    Env env = {.name = "dev"};
    PlanOptions options = {.env = &env, .count = -1};
    for (int only = 0; only < 2; only++) {
        target.history_only = only;
        err_clear(&err);
        const Plan *plan = plan_build(recipe, &options, &target, mem, &err);
        MUST(plan || err.count > 0);
        if (plan)
            use(plan, &target);
    }
    arena_free(mem);
    return 0;
}

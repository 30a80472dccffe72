/* The same data under every newer program: the values of tests/pinned/engine-N.lua, and of the
 * recipes that come with seedpipe, against digests that are kept. With SEEDPIPE_TEST_ACCEPT digests
 * that are missing are added; one that is there is never changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/os.h"
#include "env/env.h"
#include "gen/eval.h"
#include "model/cell.h"
#include "genkit.h"
#include "plan/plan.h"
#include "recipekit.h"

#define FILE_MAX    ((size_t)1 << 20)
#define CELLS_MAX   ((size_t)1 << 20)
#define RECIPE_ROWS 3000u /* of each table: golden data, not a benchmark */
#define RECIPES     "tests/pinned/recipes.txt"

typedef struct Pinned {
    Arena *mem;
    Err err;
    const Recipe *recipe;
    const Plan *plan;
} Pinned;

static void fail_with(const Err *err)
{
    for (const ErrItem *e = err->first; e; e = e->next)
        print_error("%s: %s\n", e->where ? e->where : "-", e->message);
    fail_msg("it was refused");
}

static Pinned *plan_of(const char *path)
{
    Arena *mem = arena_new();
    Pinned *p = arena_new_of(mem, Pinned);
    *p = (Pinned){.mem = mem};
    static const Env env = {.name = "dev"};
    PlanOptions options = {.env = &env, .count = -1};
    PlanTarget target = {.engine = ENGINE_POSTGRES, .load_path = LOAD_SINK, .rows_only = true};
    p->recipe = recipe_load(path, NULL, mem, &p->err);
    p->plan = p->recipe ? plan_build(p->recipe, &options, &target, mem, &p->err) : NULL;
    if (!p->plan)
        fail_with(&p->err);
    return p;
}

static char *read_text(const char *path, Arena *mem)
{
    Err err = {0};
    size_t len = 0;
    char *text = os_read_file(path, FILE_MAX, &len, ERR_IO, mem, &err);
    if (!text)
        fail_with(&err);
    return text;
}

static void write_text(const char *path, const Buf *text)
{
    os_remove(path);
    int fd = os_create(path);
    assert_true(fd >= 0 && os_write(fd, text->data, text->len) && os_close(fd));
}

static bool accepts(void)
{
    return os_getenv("SEEDPIPE_TEST_ACCEPT") != NULL;
}

/* ---------------------------------------------------------------- digests */

static void put_cells(Digest *d, const Vec *v, uint32_t n, Buf *cells)
{
    buf_reset(cells);
    for (uint32_t k = 0; k < n; k++) {
        cell_put_text(cells, v, k);
        buf_byte(cells, cell_is_null(v, k) ? '\0' : '\n');
    }
    digest_put(d, cells->data, cells->len);
}

/* Of a column's first rows, or with column -1 of all columns. */
static const char *digest_of(const Pinned *p, int table, int column, uint64_t most)
{
    const TablePlan *tp = &p->plan->tables[table];
    Eval *eval = eval_new(p->plan);
    Digest *d = digest_new(p->mem);
    Buf cells;
    buf_init(&cells, CELLS_MAX);
    uint64_t rows[BATCH_ROWS], total = tp->rows < most ? tp->rows : most;
    assert_true(total > 0);
    for (uint64_t first = 0; first < total; first += BATCH_ROWS) {
        uint32_t n = (uint32_t)(total - first < BATCH_ROWS ? total - first : BATCH_ROWS);
        for (uint32_t k = 0; k < n; k++)
            rows[k] = first + k;
        for (int c = 0; c < tp->table->ncols; c++)
            if (column < 0 || c == column)
                put_cells(d, eval_column(eval, table, c, rows, n), n, &cells);
    }
    buf_free(&cells);
    eval_free(eval);
    return arena_strndup(p->mem, digest_hex(d, p->mem), 16);
}

/* ---------------------------------------------------------------- engine-N.lua */

/* The column that line `number` of the recipe makes; NULL: none. */
static const char *digest_at(const Pinned *p, int number)
{
    for (int t = 0; t < p->plan->ntables; t++) {
        const Table *table = p->plan->tables[t].table;
        for (int c = 0; c < table->ncols; c++) {
            const char *line = table->cols[c].where ? strrchr(table->cols[c].where, ':') : NULL;
            if (line && atoi(line + 1) == number)
                return digest_of(p, t, c, UINT64_MAX);
        }
    }
    return NULL;
}

static void engine_keeps_its_values(const char *path, int engine)
{
    Pinned *p = plan_of(path);
    assert_int_equal(p->plan->engine, engine);
    int number = 0, missing = 0, changed = 0;
    Buf now;
    buf_init(&now, FILE_MAX);
    char *save = NULL, *text = read_text(path, p->mem);
    for (char *at = text; at; at = save) {
        save = strchr(at, '\n');
        if (save)
            *save++ = '\0';
        else if (!*at)
            break;
        const char *digest = digest_at(p, ++number), *kept = strstr(at, " --= ");
        buf_str(&now, at);
        if (digest && !kept) {
            buf_printf(&now, " --= %s", digest);
            missing++;
            if (!accepts())
                print_error("%s:%d: has no digest; SEEDPIPE_TEST_ACCEPT=1 adds it\n", path, number);
        } else if (digest && strcmp(kept + 5, digest) != 0) {
            changed++;
            print_error("%s:%d: has other values; a new algorithm needs a new engine\n", path,
                        number);
        }
        buf_byte(&now, '\n');
    }
    if (accepts() && missing)
        write_text(path, &now);
    buf_free(&now);
    assert_int_equal(changed, 0);
    if (!accepts())
        assert_int_equal(missing, 0);
    arena_free(p->mem);
}

static void engine_1(void **state)
{
    (void)state;
    engine_keeps_its_values("tests/pinned/engine-1.lua", 1);
}

/* Each generator stands in the newest engine's recipe. */
static void mark_used(const Node *node, bool *used, const GenDef *const *all, int n)
{
    for (int i = 0; node->kind == NODE_GEN && i < n; i++)
        used[i] |= all[i] == node->gen;
    for (int i = 0; i < node->nargs; i++)
        mark_used(node->args[i], used, all, n);
}

static void all_are_pinned(void **state)
{
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "tests/pinned/engine-%d.lua", RECIPE_ENGINE_NEWEST);
    Pinned *p = plan_of(path);
    int n = 0, missing = 0;
    const GenDef *const *all = gen_all(&n);
    bool *used = arena_array(p->mem, bool, n);
    for (int t = 0; t < p->recipe->ntables; t++)
        for (int c = 0; c < p->recipe->tables[t].table.ncols; c++)
            mark_used(p->recipe->tables[t].table.cols[c].node, used, all, n);
    for (int i = 0; i < n; i++)
        if (!used[i]) {
            missing++;
            print_error("no line of %s makes %s\n", p->recipe->path, all[i]->name);
        }
    assert_int_equal(missing, 0);
    arena_free(p->mem);
}

/* ---------------------------------------------------------------- recipes/ */

static void recipe_keeps_its_values(const char *path, const char *kept, Buf *added)
{
    Pinned *p = plan_of(path);
    for (int t = 0; t < p->plan->ntables; t++) {
        const char *name = arena_printf(p->mem, "%s %s ", path, p->plan->tables[t].table->name);
        const char *digest = digest_of(p, t, -1, RECIPE_ROWS), *line = strstr(kept, name);
        if (!line)
            buf_printf(added, "%s%s\n", name, digest);
        else if (strncmp(line + strlen(name), digest, strlen(digest)) != 0)
            fail_msg("%s: other values than " RECIPES " keeps: table %s", path,
                     p->plan->tables[t].table->name);
    }
    arena_free(p->mem);
}

static void recipes_keep_their_values(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    size_t n = 0;
    char **files = os_list_dir("recipes", &n, mem);
    const char *kept = os_exists(RECIPES) ? read_text(RECIPES, mem) : "";
    Buf all;
    buf_init(&all, FILE_MAX);
    buf_str(&all, kept);
    for (size_t i = 0; i < n; i++)
        if (strlen(files[i]) > 4 && strcmp(files[i] + strlen(files[i]) - 4, ".lua") == 0)
            recipe_keeps_its_values(arena_printf(mem, "recipes/%s", files[i]), kept, &all);
    bool more = all.len > strlen(kept);
    if (more && accepts())
        write_text(RECIPES, &all);
    buf_free(&all);
    arena_free(mem);
    if (more && !accepts())
        fail_msg("a recipe's table has no digest in " RECIPES "; SEEDPIPE_TEST_ACCEPT=1 adds it");
}

/* ---------------------------------------------------------------- several engines */

static void fill_number(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] = (int64_t)(intptr_t)c->bound->state;
}

static bool bind_number(GenBind *b, intptr_t number)
{
    b->out->type = (Type){.kind = TYPE_INT};
    b->out->state = (void *)number;
    b->out->fill = fill_number;
    return true;
}

static bool bind_newest(GenBind *b)
{
    return bind_number(b, 9);
}

static bool bind_until_1(GenBind *b)
{
    return bind_number(b, 1);
}

static bool bind_until_3(GenBind *b)
{
    return bind_number(b, 3);
}

/* A generator that changed with engines 2 and 4: each recipe has the one of its time. */
static void an_older_engine_stays(void **state)
{
    (void)state;
    static const GenOlder older[] = {{1, bind_until_1}, {3, bind_until_3}, {0}};
    static const GenDef changed = {.name = "changed", .bind = bind_newest, .older = older},
                        same = {.name = "same", .bind = bind_newest};
    static const int64_t expected[] = {1, 3, 3, 9, 9};
    GenKit *kit = genkit_new();
    for (int engine = 1; engine <= 5; engine++) {
        kit->plan.engine = engine;
        const Node node = {.kind = NODE_GEN, .gen = &changed},
                   other = {.kind = NODE_GEN, .gen = &same};
        assert_int_equal(genkit_fill(kit, genkit_bind(kit, &node), 0, 1)->i[0],
                         expected[engine - 1]);
        assert_int_equal(genkit_fill(kit, genkit_bind(kit, &other), 0, 1)->i[0], 9);
    }
    genkit_free(kit);
}

/* A recipe that names no engine keeps its data when a newer one comes. */
static void the_default_is_the_first(void **state)
{
    (void)state;
    assert_int_equal(RECIPE_ENGINE_DEFAULT, 1);
    RecipeKit kit = recipekit_good_table("t.id = serial()");
    assert_int_equal(kit.recipe->engine, 1);
    recipekit_free(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engine_1),
        cmocka_unit_test(all_are_pinned),
        cmocka_unit_test(recipes_keep_their_values),
        cmocka_unit_test(an_older_engine_stays),
        cmocka_unit_test(the_default_is_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* One generator at a time: a plan with one table, nodes made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "genkit.h"

GenKit *genkit_new(void)
{
    Arena *mem = arena_new();
    GenKit *kit = arena_new_of(mem, GenKit);
    kit->mem = mem;
    kit->scratch = arena_new();
    kit->table = (Table){.name = "t"};
    kit->recipe_table.table = kit->table;
    kit->recipe = (Recipe){.name = "kit",
                           .seed = 7,
                           .engine = 1,
                           .has_clock = true,
                           .clock = KIT_CLOCK,
                           .tables = &kit->recipe_table,
                           .ntables = 1};
    kit->table_plan = (TablePlan){.table = &kit->table, .recipe = &kit->recipe_table};
    kit->plan = (Plan){.recipe = &kit->recipe,
                       .seed = 7,
                       .has_clock = true,
                       .clock = KIT_CLOCK,
                       .engine = 1,
                       .tables = &kit->table_plan,
                       .ntables = 1};
    kit->scope = (GenScope){
        .plan = &kit->plan, .table = &kit->table_plan, .column = "c", .subject = "t.c", .path = ""};
    return kit;
}

void genkit_free(GenKit *kit)
{
    arena_free(kit->scratch);
    arena_free(kit->mem);
}

GenArg genkit_number(const char *param, const char *spelling)
{
    return (GenArg){param, {.kind = VAL_FLOAT, .f = strtod(spelling, NULL), .text = spelling}};
}

const Node *genkit_node(GenKit *kit, const char *name, const GenArg *args)
{
    const GenDef *gen = gen_find(name);
    assert_non_null(gen);
    Value *params = arena_array(kit->mem, Value, gen->nparams + 1);
    for (args++; args->name; args++) {
        int at = 0;
        while (at < gen->nparams && strcmp(gen->params[at].name, args->name) != 0)
            at++;
        assert_in_range(at, 0, gen->nparams - 1);
        params[at] = args->value;
        if (args->value.kind == VAL_LIST || args->value.kind == VAL_WEIGHTS) {
            /* The caller's arrays may be gone before the node is bound. */
            Value *items = arena_array(kit->mem, Value, args->value.count);
            if (args->value.count)
                memcpy(items, args->value.items, sizeof(Value) * (size_t)args->value.count);
            params[at].items = items;
        }
    }
    Node *node = arena_new_of(kit->mem, Node);
    *node = (Node){.kind = NODE_GEN, .where = "kit.lua:1", .gen = gen, .params = params};
    node->mods.on_delete = node->mods.on_update = ACTION_UNSET;
    return node;
}

const Bound *genkit_bind(GenKit *kit, const Node *node)
{
    Bound *bound = NULL;
    err_clear(&kit->err);
    if (!gen_bind(&kit->scope, node, &bound, kit->mem, &kit->err)) {
        assert_int_not_equal(kit->err.count, 0);
        return NULL;
    }
    assert_int_equal(kit->err.count, 0);
    return bound;
}

const char *genkit_error(const GenKit *kit)
{
    return kit->err.first ? kit->err.first->message : "";
}

Vec *genkit_cells(GenKit *kit, const Bound *bound, const uint64_t *rows, const uint64_t *index,
                  const uint32_t *generation, uint32_t n)
{
    const Vec **args = arena_array(kit->scratch, const Vec *, bound->nargs + 1);
    for (int i = 0; i < bound->nargs; i++)
        args[i] = genkit_cells(kit, bound->args[i], rows, NULL, NULL, n);
    Vec *out = vec_new(kit->scratch, bound->type.kind, bound->type.scale, n);
    GenCall call = {.bound = bound,
                    .n = n,
                    .rows = rows,
                    .index = index,
                    .generation = generation,
                    .args = args,
                    .scratch = kit->scratch};
    bound->fill(&call, out);
    return out;
}

Vec *genkit_fill(GenKit *kit, const Bound *bound, uint64_t first, uint32_t n)
{
    uint64_t *rows = arena_array(kit->scratch, uint64_t, n);
    for (uint32_t k = 0; k < n; k++)
        rows[k] = first + k;
    return genkit_cells(kit, bound, rows, NULL, NULL, n);
}

Vec *genkit_index(GenKit *kit, const Bound *bound, uint64_t first, uint32_t n)
{
    uint64_t *rows = arena_array(kit->scratch, uint64_t, n);
    for (uint32_t k = 0; k < n; k++)
        rows[k] = first + k;
    return genkit_cells(kit, bound, rows, rows, NULL, n);
}

void genkit_reset(GenKit *kit)
{
    arena_reset(kit->scratch);
}

const char *genkit_text(GenKit *kit, const Vec *vec, uint32_t k)
{
    return arena_strndup(kit->mem, vec->s[k].p, vec->s[k].n);
}

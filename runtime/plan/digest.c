/* The digest says which run it is: the frozen nodes of every table, seed, clock and engine. Neither
 * the recipe's text nor its row numbers, volumes or paths enter. */
#include <string.h>

#include "base/hash.h"
#include "gen/gen.h"
#include "plan/plan.h"

static void put_node(Digest *d, const Node *node);

static void put_double(Digest *d, double f)
{
    int64_t bits;
    memcpy(&bits, &f, sizeof bits);
    digest_i64(d, bits);
}

static void put_value(Digest *d, const Value *v)
{
    digest_i64(d, v->kind);
    digest_i64(d, v->i);
    put_double(d, v->kind == VAL_FLOAT ? v->f : 0);
    if (v->kind == VAL_TEXT || v->kind == VAL_TABLE || v->kind == VAL_DATASET) {
        digest_i64(d, (int64_t)v->len);
        digest_str(d, v->text);
    }
    digest_i64(d, v->duration.min_months);
    digest_i64(d, v->duration.max_months);
    digest_i64(d, v->duration.min_micros);
    digest_i64(d, v->duration.max_micros);
    if (v->kind == VAL_NODE)
        put_node(d, v->node);
    digest_i64(d, v->count);
    for (int i = 0; i < v->count; i++) {
        put_value(d, &v->items[i]);
        if (v->kind == VAL_MEMBERS)
            digest_str(d, v->names[i]);
        if (v->kind == VAL_WEIGHTS)
            put_double(d, v->weights[i]);
    }
}

static void put_node(Digest *d, const Node *node)
{
    digest_i64(d, node->kind);
    if (node->kind == NODE_CONST)
        put_value(d, &node->value);
    if (node->kind == NODE_OP)
        digest_str(d, op_defs[node->op].name);
    if (node->kind == NODE_ROLL) {
        digest_str(d, roll_defs[node->roll].name);
        put_value(d, &node->value);
    }
    digest_str(d, node->column);
    digest_str(d, node->name);
    if (node->identity)
        digest_str(d, node->identity);
    if (node->kind == NODE_GEN) {
        digest_str(d, node->gen->name);
        for (int i = 0; i < node->gen->nparams; i++) {
            if (node->params[i].kind == VAL_NONE)
                continue; /* a parameter that a later version adds leaves old digests alone */
            digest_str(d, node->gen->params[i].name);
            put_value(d, &node->params[i]);
        }
    }
    digest_i64(d, node->nargs);
    for (int i = 0; i < node->nargs; i++)
        put_node(d, node->args[i]);
    digest_i64(d, node->mods.unique);
    digest_i64(d, node->mods.pii);
    digest_str(d, node->mods.pii_kind);
    put_double(d, node->mods.null_share);
    digest_str(d, node->mods.type);
    if (node->mods.nullable)
        digest_str(d, "null");
    digest_i64(d, node->mods.on_delete);
    digest_i64(d, node->mods.on_update);
}

static void put_key(Digest *d, const Key *key)
{
    digest_i64(d, key->ncols);
    for (int i = 0; i < key->ncols; i++)
        digest_i64(d, key->cols[i]);
}

static void put_fk(Digest *d, const ForeignKey *fk)
{
    Key key = {.cols = fk->cols, .ncols = fk->ncols};
    put_key(d, &key);
    digest_str(d, fk->ref_schema);
    digest_str(d, fk->ref_table);
    for (int i = 0; i < fk->ncols; i++)
        digest_str(d, fk->ref_cols ? fk->ref_cols[i] : NULL);
    digest_i64(d, fk->on_delete);
    digest_i64(d, fk->on_update);
}

static void put_table(Digest *d, const RecipeTable *rt)
{
    const Table *table = &rt->table;
    digest_str(d, table->schema);
    digest_str(d, table->name);
    digest_i64(d, table->ncols);
    for (int i = 0; i < table->ncols; i++) {
        digest_str(d, table->cols[i].name);
        put_node(d, table->cols[i].node);
    }
    put_key(d, &table->primary);
    digest_i64(d, table->nuniques);
    for (int i = 0; i < table->nuniques; i++)
        put_key(d, &table->uniques[i]);
    digest_i64(d, table->nfks);
    for (int i = 0; i < table->nfks; i++)
        put_fk(d, &table->fks[i]);
    for (int i = 0; i < rt->npers; i++) {
        digest_str(d, rt->pers[i].parent);
        digest_str(d, rt->pers[i].fk_col);
        put_node(d, rt->pers[i].count);
    }
    for (int i = 0; i < table->nchecks; i++)
        if (table->checks[i].in_ddl)
            put_node(d, table->checks[i].cond);
}

const char *plan_digest(const Recipe *recipe, uint64_t seed, bool has_clock, int64_t clock,
                        Arena *mem)
{
    Digest *d = digest_new(mem);
    digest_str(d, recipe->name);
    digest_i64(d, (int64_t)seed);
    digest_i64(d, has_clock);
    digest_i64(d, has_clock ? clock : 0);
    digest_i64(d, recipe->engine);
    digest_str(d, recipe->locales.spec);
    for (int i = 0; i < recipe->locales.nloaded; i++)
        digest_str(d, recipe->locales.loaded[i].text);
    digest_i64(d, recipe->ntables);
    for (int i = 0; i < recipe->ntables; i++)
        put_table(d, &recipe->tables[i]);
    return digest_hex(d, mem);
}

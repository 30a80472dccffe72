/* Nodes to native code. Each node gets a random stream of its own, keyed by its path in the
 * expression; errors carry the node's file:line and the column they stand in. */
#include "gen/bind_int.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/text.h"

/* A recipe that shares a sub-expression doubles it with every use: the tree is bounded, not the
 * graph. */
#define NODES_MAX 20000
#define DEPTH_MAX 200

uint64_t gen_stream_key(uint64_t seed, const char *table, const char *column, const char *path)
{
    uint64_t key = hash64_str(table ? table : "", seed);
    key = hash64_str(column ? column : "", key);
    return hash64_str(path ? path : "", key);
}

bool gen_bind_error(const GenBind *b, ErrCode code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    const char *message = arena_vprintf(b->mem, fmt, ap);
    va_end(ap);
    err_add(b->mem, b->err, code, b->node->where, b->scope->subject, "%s", message);
    /* Whoever knows a better way out says it in place of these. */
    if (b->node->kind == NODE_GEN)
        return err_hint(b->mem, b->err, "for example %s", b->node->gen->example);
    if (b->node->kind == NODE_OP)
        return err_hint(b->mem, b->err,
                        "text_of, int_of, decimal_of and date_of turn one type into another");
    return false;
}

Bound *bound_new(const GenScope *scope, const Node *node, Arena *mem)
{
    Bound *out = arena_new_of(mem, Bound);
    const Plan *plan = scope->plan;
    const char *table = scope->table && scope->table->table ? scope->table->table->name : NULL;
    const char *stream = scope->stream ? scope->stream : scope->column;
    out->key = gen_stream_key(plan->seed, table, stream, scope->path);
    out->node = node;
    out->column = -1;
    return out;
}

static bool bind_generator(GenBind *b)
{
    const GenDef *gen = b->node->gen;
    for (const GenOlder *older = gen->older; older && older->engine; older++)
        if (b->scope->plan->engine <= older->engine)
            return older->bind(b);
    return gen->bind(b);
}

static bool bind_node(const GenScope *scope, const Node *node, Bound **out, Arena *mem, Err *err)
{
    *out = bound_new(scope, node, mem);
    GenBind b = {.scope = scope, .node = node, .mem = mem, .err = err, .out = *out};
    switch (node->kind) {
    case NODE_CONST: return const_bind(&b, &node->value);
    case NODE_GEN: return params_check(&b) && bind_generator(&b);
    case NODE_COLUMN: return column_bind(&b);
    case NODE_PARENT: return parent_bind(&b);
    case NODE_OP: return expr_bind(&b);
    case NODE_ROLL: return roll_bind(&b);
    }
    return gen_bind_error(&b, ERR_INTERNAL, "a node of kind %d is not known", (int)node->kind);
}

void bound_push_arg(Bound *out, const Bound *arg, Arena *mem)
{
    const Bound **grown = arena_array(mem, const Bound *, out->nargs + 1);
    for (int i = 0; i < out->nargs; i++)
        grown[i] = out->args[i];
    grown[out->nargs++] = arg;
    out->args = grown;
}

int bind_arg(GenBind *b, const Node *node, const char *step)
{
    GenScope scope = *b->scope;
    scope.path = arena_printf(b->mem, "%s/%s", b->scope->path ? b->scope->path : "", step);
    scope.unique = false;
    scope.wanted = NULL;
    if (node->identity) {
        scope.stream = node->identity;
        scope.path = "";
    }
    Bound *arg;
    if (!bind_node(&scope, node, &arg, b->mem, b->err))
        return -1;
    bound_push_arg(b->out, arg, b->mem);
    return b->out->nargs - 1;
}

/* Takes the tree's nodes off the budget; false when it is used up or the tree is too deep. */
static bool count_nodes(const Node *node, int depth, int *budget)
{
    if (--*budget < 0 || depth > DEPTH_MAX)
        return false;
    for (int i = 0; i < node->nargs; i++)
        if (!count_nodes(node->args[i], depth + 1, budget))
            return false;
    if (node->kind == NODE_GEN && node->params)
        for (int i = 0; i < node->gen->nparams; i++)
            if (node->params[i].kind == VAL_NODE &&
                !count_nodes(node->params[i].node, depth + 1, budget))
                return false;
    return true;
}

bool gen_bind(const GenScope *scope, const Node *node, Bound **out, Arena *mem, Err *err)
{
    int budget = NODES_MAX;
    if (!count_nodes(node, 0, &budget)) {
        err_add(mem, err, ERR_RECIPE, node->where, scope->subject,
                "the expression is larger than %s nodes or deeper than %d",
                text_count(NODES_MAX, mem), DEPTH_MAX);
        return err_hint(mem, err, "keep its parts in columns of their own and use these");
    }
    return bind_node(scope, node, out, mem, err);
}

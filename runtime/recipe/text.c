/* Nodes and Lua values in words: conditions for reports, values for error messages. */
#include <string.h>

#include "recipe/recipe_int.h"

/* ---------------------------------------------------------------- nodes */

static bool is_null(const Value *v)
{
    return v->kind == VAL_NULL;
}

bool lnode_can_be_null(const LNode *e)
{
    const Node *node = &e->node;
    if (node->mods.nullable || node->mods.null_share > 0)
        return true;
    if (node->kind == NODE_CONST)
        return is_null(&node->value);
    if (node->kind == NODE_ROLL)
        return node->roll != ROLL_SUM && node->roll != ROLL_COUNT;
    if (node->kind == NODE_COLUMN && e->owner->forward)
        return true;
    if (node->kind == NODE_COLUMN) {
        const Table *table = &e->owner->out.table;
        return table->cols[table_column(table, node->column)].nullable;
    }
    if (node->kind == NODE_GEN)
        return false; /* the planner asks the generator */
    if (node->kind == NODE_PARENT)
        return lnode_can_be_null((const LNode *)node->args[0]);
    bool some = false, all = true;
    /* A null to compare with is no NULL result, and conditions of when and case give no value. */
    bool test = (node->op == OP_EQ || node->op == OP_NE) && node->args[1]->kind == NODE_CONST &&
                is_null(&node->args[1]->value);
    for (int i = 0; i < node->nargs && !test; i++) {
        bool is_test =
            node->op == OP_WHEN ? i == 0 : node->op == OP_CASE && i % 2 == 0 && i + 1 < node->nargs;
        bool can = !is_test && lnode_can_be_null((const LNode *)node->args[i]);
        some = some || can;
        all = all && can;
    }
    if (node->op == OP_COALESCE)
        return all;
    return some || (node->op == OP_WHEN && node->nargs == 2) ||
           (node->op == OP_CASE && node->nargs % 2 == 0);
}

static const char *value_text(const Value *v, Arena *mem)
{
    switch (v->kind) {
    case VAL_NULL: return "null";
    case VAL_BOOL: return v->i ? "true" : "false";
    case VAL_INT: return arena_printf(mem, "%lld", (long long)v->i);
    case VAL_FLOAT: return v->text;
    case VAL_TEXT: return arena_printf(mem, "'%s'", v->text);
    case VAL_CLOCK: return "clock";
    case VAL_DURATION: return "a span of time";
    case VAL_TABLE: return v->text;
    default: return "...";
    }
}

static const char *infix(OpKind op)
{
    switch (op) {
    case OP_ADD: return "+";
    case OP_SUB: return "-";
    case OP_MUL: return "*";
    case OP_DIV: return "/";
    case OP_MOD: return "%";
    case OP_IDIV: return "//";
    case OP_AND: return "and";
    case OP_OR: return "or";
    case OP_EQ: return "=";
    case OP_NE: return "<>";
    case OP_GT: return ">";
    case OP_GE: return ">=";
    case OP_LT: return "<";
    case OP_LE: return "<=";
    default: return NULL;
    }
}

static const char *list_text(const Node *node, int from, const char *between, Arena *mem)
{
    const char *text = "";
    for (int i = from; i < node->nargs; i++)
        text = arena_printf(mem, "%s%s%s", text, i > from ? between : "",
                            lnode_text(node->args[i], mem));
    return text;
}

static const char *operand_text(const Node *node, Arena *mem)
{
    const char *text = lnode_text(node, mem);
    bool closed = node->kind != NODE_OP || (!infix(node->op) && node->op != OP_CONCAT &&
                                            node->op != OP_WITHIN && node->op != OP_NOT);
    return closed ? text : arena_printf(mem, "(%s)", text);
}

static const char *op_text(const Node *node, Arena *mem)
{
    const Node *const *args = node->args;
    bool with_null = node->nargs == 2 && args[1]->kind == NODE_CONST && is_null(&args[1]->value);
    if (with_null && (node->op == OP_EQ || node->op == OP_NE))
        return arena_printf(mem, "%s is %snull", operand_text(args[0], mem),
                            node->op == OP_NE ? "not " : "");
    if (infix(node->op))
        return arena_printf(mem, "%s %s %s", operand_text(args[0], mem), infix(node->op),
                            operand_text(args[1], mem));
    switch (node->op) {
    case OP_NEG: return arena_printf(mem, "-%s", operand_text(args[0], mem));
    case OP_NOT: return arena_printf(mem, "not %s", operand_text(args[0], mem));
    case OP_CONCAT: return list_text(node, 0, " .. ", mem);
    case OP_WITHIN:
        return arena_printf(mem, "%s in (%s)", operand_text(args[0], mem),
                            list_text(node, 1, ", ", mem));
    default:
        return arena_printf(mem, "%s(%s)", op_defs[node->op].name, list_text(node, 0, ", ", mem));
    }
}

const char *lnode_text(const Node *node, Arena *mem)
{
    switch (node->kind) {
    case NODE_CONST: return value_text(&node->value, mem);
    case NODE_GEN: return arena_printf(mem, "%s(...)", node->gen->name);
    case NODE_COLUMN: return node->column;
    case NODE_PARENT: return arena_printf(mem, "%s.%s", lnode_text(node->args[0], mem), node->name);
    case NODE_OP: return op_text(node, mem);
    case NODE_ROLL:
        return arena_printf(mem, "%s(%s%s%s)", roll_defs[node->roll].name, node->name,
                            node->nargs ? ": " : "", list_text(node, 0, " where ", mem));
    }
    return "...";
}

/* ---------------------------------------------------------------- Lua values */

#define SHOWN_MAX 30

static bool is_short_text(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < ' ' || (unsigned char)s[i] > '~')
            return false;
    return n <= SHOWN_MAX;
}

static const char *node_words(const LNode *e, Arena *mem)
{
    if (e->node.kind == NODE_COLUMN)
        return arena_printf(mem, "the column %s", e->node.column);
    if (e->node.kind == NODE_GEN)
        return arena_printf(mem, "the generator %s", e->node.gen->name);
    if (e->node.kind != NODE_CONST)
        return "an expression";
    return e->node.value.kind == VAL_DURATION || e->node.value.kind == VAL_CLOCK ||
                   is_null(&e->node.value)
               ? value_text(&e->node.value, mem)
               : "a value";
}

const char *load_describe(Load *ld, int index)
{
    lua_State *L = ld->L;
    index = lua_absindex(L, index);
    size_t n;
    switch (lua_type(L, index)) {
    case LUA_TNONE: return "nothing";
    case LUA_TNIL: return "nil";
    case LUA_TBOOLEAN: return lua_toboolean(L, index) ? "true" : "false";
    case LUA_TNUMBER:
        if (lua_isinteger(L, index))
            return arena_printf(ld->mem, "the number %lld", (long long)lua_tointeger(L, index));
        return arena_printf(ld->mem, "the number %.14g", lua_tonumber(L, index));
    case LUA_TSTRING: {
        const char *s = lua_tolstring(L, index, &n);
        return is_short_text(s, n) ? arena_printf(ld->mem, "the text \"%s\"", s) : "a text";
    }
    case LUA_TTABLE: return "a list or a table in braces";
    case LUA_TFUNCTION: return "a function";
    default: break;
    }
    if (lnode_at(L, index))
        return node_words(lnode_at(L, index), ld->mem);
    if (table_at(L, index))
        return arena_printf(ld->mem, "the table %s", table_at(L, index)->full_name);
    if (root_is(L, index))
        return "the recipe";
    if (records_describe(ld, index))
        return records_describe(ld, index);
    return "an error object";
}

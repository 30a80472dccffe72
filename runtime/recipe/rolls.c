/* Values over a row's children: sum(items.amount), count "items", first(items.at). The children's
 * table is mostly described after its parent: children "items" stands for it until then, and a text
 * names one of its columns. What is named is looked up when all tables are known (freeze.c). */
#include <string.h>

#include "base/utf8.h"
#include "recipe/recipe_int.h"

#define FORM "sum(items.amount), where items is a table, or: local items = children \"items\""

static RTable *forward_table(Load *ld, const char *name)
{
    for (int i = 0; i < ld->nforwards; i++)
        if (strcmp(ld->forwards[i]->full_name, name) == 0)
            return ld->forwards[i];
    RTable *table = load_alloc(ld, sizeof *table);
    table->full_name = name;
    table->out.table.name = name;
    table->where = load_here(ld);
    table->forward = table->done = true;
    ld->forwards = load_grow(ld, ld->forwards, &ld->cap_forwards, (size_t)ld->nforwards + 1,
                             sizeof *ld->forwards);
    ld->forwards[ld->nforwards++] = table;
    return table;
}

static const char *text_at(Load *ld, int index, const char *what)
{
    size_t n;
    const char *s = lua_type(ld->L, index) == LUA_TSTRING ? lua_tolstring(ld->L, index, &n) : NULL;
    if (!s || !n || memchr(s, 0, n) || !utf8_valid(s, n))
        load_fail(ld, FORM, "%s takes the name of a table, not %s", what, load_describe(ld, index));
    return load_text(ld, s, n);
}

static int children_word(lua_State *L)
{
    Load *ld = load_of(L);
    if (lua_gettop(L) != 1)
        load_fail(ld, FORM, "children takes the name of one table");
    const char *name = text_at(ld, 1, "children");
    const RTable *there = table_find(ld, name);
    if (there)
        lua_rawgeti(L, LUA_REGISTRYINDEX, there->handle);
    else
        table_push(ld, forward_table(ld, name));
    return 1;
}

LNode *rolls_column(Load *ld, RTable *table, const char *name)
{
    LNode *e = lnode_new(ld, NODE_COLUMN);
    e->node.column = load_text(ld, name, strlen(name));
    e->owner = table;
    return e;
}

/* "items.amount" */
static LNode *column_of_text(Load *ld, int index, const char *word)
{
    const char *text = text_at(ld, index, word), *dot = strrchr(text, '.');
    if (!dot || dot == text || !dot[1])
        load_fail(ld, arena_printf(ld->mem, "%s \"items.amount\"", word),
                  "%s takes a column of the children, not %s", word, load_describe(ld, index));
    const char *name = load_text(ld, text, (size_t)(dot - text));
    RTable *table = table_find(ld, name);
    return rolls_column(ld, table ? table : forward_table(ld, name), dot + 1);
}

static void refuse_generators(Load *ld, const Node *node, const char *word)
{
    if (node->kind == NODE_GEN)
        load_fail(ld, "give it a column of the children's table, and use that",
                  "%s cannot use the generator %s", word, node->gen->name);
    for (int i = 0; i < node->nargs; i++)
        refuse_generators(ld, node->args[i], word);
}

/* A value or condition over columns of the children. */
static LNode *over_children(Load *ld, int index, const char *word, bool condition)
{
    LNode *e = condition
                   ? lnode_condition(ld, index, arena_printf(ld->mem, "the condition of %s", word))
               : lua_type(ld->L, index) == LUA_TSTRING
                   ? column_of_text(ld, index, word)
                   : lnode_operand(ld, index, arena_printf(ld->mem, "what %s takes", word), false);
    const char *extreme = strcmp(word, "min") == 0   ? "least"
                          : strcmp(word, "max") == 0 ? "greatest"
                                                     : NULL;
    if (!e->owner || e->owner == ld->open)
        load_fail(
            ld,
            extreme ? arena_printf(ld->mem, "among values of one row: %s(a, b)", extreme) : FORM,
            "%s takes a column of the row's children, not %s", word, load_describe(ld, index));
    refuse_generators(ld, &e->node, word);
    return e;
}

static LNode *is_there(Load *ld, LNode *e)
{
    LNode *args[] = {e, lnode_const(ld, (Value){.kind = VAL_NULL})};
    return lnode_op(ld, OP_NE, args, 2);
}

static int64_t place_at(Load *ld, int index)
{
    int whole = 0;
    int64_t n = lua_type(ld->L, index) == LUA_TNUMBER ? lua_tointegerx(ld->L, index, &whole) : 0;
    if (!whole || n < 1)
        load_fail(ld, "nth(items.amount, 2) is the second child's",
                  "nth counts children from 1, not %s", load_describe(ld, index));
    return n;
}

/* Upvalue 1: which. count takes a table, a condition or a column; the others a value, then a
 * condition if there is one; nth its number between them. */
static int roll_word(lua_State *L)
{
    Load *ld = load_of(L);
    RollKind kind = (RollKind)lua_tointeger(L, lua_upvalueindex(1));
    const char *word = roll_defs[kind].name;
    int n = lua_gettop(L), fixed = kind == ROLL_NTH ? 2 : 1;
    if (!ld->open)
        load_fail(ld, "inside of r:table(..., function(t) ... end)",
                  "%s belongs to a table's row: it stands where a column is assigned", word);
    if (n < fixed || n > fixed + 1)
        load_fail(ld, roll_defs[kind].doc, "%s does not take %d argument%s", word, n,
                  n == 1 ? "" : "s");
    LNode *e = lnode_new(ld, NODE_ROLL), *value = NULL, *cond = NULL;
    RTable *table = NULL;
    e->node.roll = kind;
    if (kind == ROLL_NTH)
        e->node.value = (Value){.kind = VAL_INT, .i = place_at(ld, 2)};
    if (kind == ROLL_COUNT && (table_at(L, 1) || lua_type(L, 1) == LUA_TSTRING)) {
        table = table_at(L, 1);
        if (!table) {
            const char *name = text_at(ld, 1, word);
            table = table_find(ld, name) ? table_find(ld, name) : forward_table(ld, name);
        }
        if (table == ld->open)
            load_fail(ld, FORM, "count takes the children's table, not the row's own");
    } else {
        value = over_children(ld, 1, word, false);
        table = value->owner;
    }
    if (n > fixed)
        cond = over_children(ld, n, word, true);
    if (kind == ROLL_COUNT && value) {
        LNode *counted = value->condition ? value : is_there(ld, value), *both[] = {counted, cond};
        cond = cond ? lnode_op(ld, OP_AND, both, 2) : counted;
        value = NULL;
    }
    const Node **args = load_array(ld, const Node *, 2);
    e->node.args = args;
    e->owner = table;
    LNode *const taken[] = {value, cond};
    for (int i = 0; i < 2; i++)
        if (taken[i]) {
            lnode_take(ld, e, taken[i]);
            args[e->node.nargs++] = &taken[i]->node;
        }
    e->node.name = table->full_name;
    e->owner = ld->open;
    lnode_push(ld, e, 0);
    return 1;
}

void rolls_open(Load *ld, int env)
{
    lua_pushcfunction(ld->L, children_word);
    words_add(ld, env, "children");
    for (int kind = 0; kind < ROLL_COUNT_OF; kind++) {
        lua_pushinteger(ld->L, kind);
        lua_pushcclosure(ld->L, roll_word, 1);
        words_add(ld, env, roll_defs[kind].name);
    }
}

/* The rules of a table: t:primary_key, t:unique, t:index, t:foreign, t:check, t:constraint. */
#include <string.h>

#include "recipe/recipe_int.h"

/* The table that a rule is written for: still open. */
static RTable *rule_table(Load *ld, const char *rule)
{
    RTable *table = table_at(ld->L, 1);
    if (!table)
        load_fail(ld, arena_printf(ld->mem, "write it with a colon: t:%s(...)", rule),
                  "%s is a method of tables", rule);
    if (table->done)
        load_fail(ld, "rules are written inside the table's function", "%s is complete",
                  table->full_name);
    return table;
}

static int column_at(Load *ld, const RTable *table, int index, const char *rule)
{
    LNode *e = lnode_at(ld->L, index);
    if (!e || e->node.kind != NODE_COLUMN || e->owner != table)
        load_fail(ld, arena_printf(ld->mem, "t:%s(t.a, t.b)", rule),
                  "t:%s takes columns of %s, not %s", rule, table->full_name,
                  load_describe(ld, index));
    if (e->modified)
        load_fail(ld, "modifiers stand where the column is assigned", "t:%s takes plain columns",
                  rule);
    return table_column(&table->out.table, e->node.column);
}

/* The columns at stack indexes first..last, all different. */
static int *columns_at(Load *ld, const RTable *table, int first, int last, const char *rule)
{
    if (last < first)
        load_fail(ld, arena_printf(ld->mem, "t:%s(t.a, t.b)", rule),
                  "t:%s takes at least one column", rule);
    int *cols = load_array(ld, int, last - first + 1);
    for (int i = first; i <= last; i++) {
        cols[i - first] = column_at(ld, table, i, rule);
        for (int k = 0; k < i - first; k++)
            if (cols[k] == cols[i - first])
                load_fail(ld, NULL, "t:%s names %s twice", rule,
                          table->out.table.cols[cols[k]].name);
    }
    return cols;
}

static int primary_key(lua_State *L)
{
    Load *ld = load_of(L);
    RTable *table = rule_table(ld, "primary_key");
    if (table->named_primary)
        load_fail(ld, "name all columns at once: t:primary_key(t.a, t.b)",
                  "%s has a primary key already", table->full_name);
    table->named_primary = true;
    int n = lua_gettop(L) - 1, *cols = columns_at(ld, table, 2, n + 1, "primary_key");
    table->out.table.primary = (Key){.cols = cols, .ncols = n, .where = load_here(ld)};
    return 0;
}

static int unique(lua_State *L)
{
    Load *ld = load_of(L);
    RTable *table = rule_table(ld, "unique");
    Table *t = &table->out.table;
    int n = lua_gettop(L) - 1, *cols = columns_at(ld, table, 2, n + 1, "unique");
    table_add_key(ld, &t->uniques, &t->nuniques, &table->cap_uniques, cols, n);
    return 0;
}

static int add_index(lua_State *L)
{
    Load *ld = load_of(L);
    RTable *table = rule_table(ld, "index");
    Table *t = &table->out.table;
    int n = lua_gettop(L) - 1, *cols = columns_at(ld, table, 2, n + 1, "index");
    table_add_key(ld, &t->indexes, &t->nindexes, &table->cap_indexes, cols, n);
    return 0;
}

/* ---------------------------------------------------------------- conditions */

static void refuse_in_check(Load *ld, const Node *node, const char *rule, bool one_row)
{
    if (node->kind == NODE_GEN)
        load_fail(ld, "give it a column of its own and name that",
                  "t:%s cannot use the generator %s: the database makes the check", rule,
                  node->gen->name);
    if (node->kind == NODE_ROLL)
        load_fail(ld,
                  "give it a column: t.total = sum(...); `verify --level full` computes it again",
                  "t:%s sees one row, not its children", rule);
    if (node->kind == NODE_PARENT && one_row)
        load_fail(ld, "keep the parent's value in a column: t.limit = t.key.limit",
                  "t:%s becomes a CHECK of the table, which sees one row and no parent", rule);
    for (int i = 0; i < node->nargs; i++)
        refuse_in_check(ld, node->args[i], rule, one_row);
}

static int add_condition(Load *ld, const char *rule, bool in_ddl)
{
    lua_State *L = ld->L;
    RTable *table = rule_table(ld, rule);
    Table *t = &table->out.table;
    if (lua_gettop(L) != 2)
        load_fail(ld, "join several with &", "t:%s takes one condition", rule);
    LNode *cond = lnode_condition(ld, 2, arena_printf(ld->mem, "the condition of t:%s", rule));
    if (cond->owner != table)
        load_fail(ld, NULL, "t:%s reads %s", rule,
                  cond->owner ? arena_printf(ld->mem, "columns of %s", cond->owner->full_name)
                              : "no column of the table");
    refuse_in_check(ld, &cond->node, rule, in_ddl);
    t->checks =
        load_grow(ld, t->checks, &table->cap_checks, (size_t)t->nchecks + 1, sizeof *t->checks);
    t->checks[t->nchecks++] = (Check){.cond = &cond->node,
                                      .in_ddl = in_ddl,
                                      .text = lnode_text(&cond->node, ld->mem),
                                      .where = load_here(ld)};
    return 0;
}

static int check(lua_State *L)
{
    return add_condition(load_of(L), "check", false);
}
static int constraint(lua_State *L)
{
    return add_condition(load_of(L), "constraint", true);
}

/* ---------------------------------------------------------------- composite foreign keys */

#define FOREIGN_FORM "t:foreign({ t.a, t.b }, parent, { \"a\", \"b\" })"

/* Leaves the list's items on the stack; returns how many. */
static int spread(Load *ld, int index, const char *what)
{
    lua_State *L = ld->L;
    int n = lua_istable(L, index) ? (int)lua_rawlen(L, index) : 0;
    if (n == 0)
        load_fail(ld, FOREIGN_FORM, "%s must be a list, not %s", what, load_describe(ld, index));
    luaL_checkstack(L, n + 10, "t:foreign");
    for (int i = 1; i <= n; i++)
        lua_geti(L, index, i);
    return n;
}

static int foreign(lua_State *L)
{
    Load *ld = load_of(L);
    RTable *table = rule_table(ld, "foreign");
    if (lua_gettop(L) > 4)
        load_fail(ld, FOREIGN_FORM, "t:foreign takes columns, a table and the parent's columns");
    lua_settop(L, 4);
    Composite c = {.ref_table = table_name_at(ld, 3, "t:foreign"), .where = load_here(ld)};
    c.ncols = spread(ld, 2, "the first argument of t:foreign");
    c.cols = columns_at(ld, table, 5, 4 + c.ncols, "foreign");
    lua_settop(L, 4);
    if (!lua_isnil(L, 4)) {
        const char **names = load_array(ld, const char *, c.ncols);
        int n = spread(ld, 4, "the third argument of t:foreign");
        if (n != c.ncols)
            load_fail(ld, FOREIGN_FORM, "t:foreign has %d columns, but names %d of the parent",
                      c.ncols, n);
        for (int i = 0; i < n; i++) {
            if (lua_type(L, 5 + i) != LUA_TSTRING)
                load_fail(ld, FOREIGN_FORM, "the parent's columns are named by texts, not by %s",
                          load_describe(ld, 5 + i));
            names[i] = load_text(ld, lua_tostring(L, 5 + i), lua_rawlen(L, 5 + i));
        }
        c.ref_cols = names;
    }
    table->composites = load_grow(ld, table->composites, &table->cap_composites,
                                  (size_t)table->ncomposites + 1, sizeof c);
    table->composites[table->ncomposites++] = c;
    return 0;
}

void rules_push(lua_State *L)
{
    static const luaL_Reg rules[] = {{"primary_key", primary_key},
                                     {"unique", unique},
                                     {"index", add_index},
                                     {"foreign", foreign},
                                     {"check", check},
                                     {"constraint", constraint},
                                     {NULL, NULL}};
    luaL_newlib(L, rules);
}

/* t, a table of the recipe: columns are assigned to it, in order, and read from it. A column wins
 * over a method of the same name; called as a method, it is one (see call_node in lnode.c). */
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "recipe/recipe_int.h"

#define TABLE_TYPE "seedpipe.table"
#define METHODS    "seedpipe.table.methods"

RTable *table_at(lua_State *L, int index)
{
    RTable **handle = luaL_testudata(L, index, TABLE_TYPE);
    return handle ? *handle : NULL;
}

RTable *table_find(const Load *ld, const char *full_name)
{
    for (int i = 0; i < ld->ntables; i++)
        if (strcmp(ld->tables[i]->full_name, full_name) == 0)
            return ld->tables[i];
    return NULL;
}

const char *table_name_at(Load *ld, int index, const char *what)
{
    RTable *table = table_at(ld->L, index);
    if (table)
        return table->full_name;
    size_t n;
    const char *s = lua_type(ld->L, index) == LUA_TSTRING ? lua_tolstring(ld->L, index, &n) : NULL;
    if (!s || !n || memchr(s, 0, n) || !utf8_valid(s, n))
        load_fail(ld,
                  "a table that r:table returned, or its name: ref(borrowers), ref \"borrowers\"",
                  "%s takes a table, not %s", what, load_describe(ld, index));
    return load_text(ld, s, n);
}

void table_push(Load *ld, RTable *table)
{
    lua_State *L = ld->L;
    *(RTable **)lua_newuserdatauv(L, sizeof(RTable *), 0) = table;
    luaL_setmetatable(L, TABLE_TYPE);
    lua_pushvalue(L, -1);
    table->handle = luaL_ref(L, LUA_REGISTRYINDEX);
}

/* ---------------------------------------------------------------- reading */

static const char *const methods[] = {"check", "constraint",  "foreign",
                                      "index", "primary_key", "unique"};
#define METHOD_COUNT (int)(sizeof methods / sizeof *methods)

static bool push_method(Load *ld, const char *name)
{
    lua_getfield(ld->L, LUA_REGISTRYINDEX, METHODS);
    bool found = lua_getfield(ld->L, -1, name) != LUA_TNIL;
    lua_remove(ld->L, -2);
    return found;
}

static void not_there(Load *ld, const RTable *table, const char *name)
{
    const Table *t = &table->out.table;
    const char **names = load_array(ld, const char *, t->ncols);
    for (int i = 0; i < t->ncols; i++)
        names[i] = t->cols[i].name;
    const char *near = load_near(ld, "", name, names, t->ncols);
    if (!near)
        near = load_near(ld, "the method :", name, methods, METHOD_COUNT);
    load_fail(ld, near ? near : "columns are assigned from top to bottom",
              "%s.%s is used before it is assigned", table->full_name, name);
}

static int read_column(lua_State *L)
{
    Load *ld = load_of(L);
    RTable *table = table_at(L, 1);
    if (lua_type(L, 2) != LUA_TSTRING)
        load_fail(ld, "t.name, or t[\"name\"]", "columns have names, not %s", load_describe(ld, 2));
    const char *name = lua_tostring(L, 2);
    int col = table_column(&table->out.table, name);
    bool for_parent = table->done && ld->open; /* sum(items.amount) */
    if (table->forward || (col >= 0 && for_parent)) {
        lnode_push(ld, rolls_column(ld, table, name), 1);
        return 1;
    }
    if (col >= 0 && table->done)
        load_fail(ld,
                  arena_printf(ld->mem, "refer to it, t.key = ref(%s), and read t.key.%s",
                               table->full_name, name),
                  "%s.%s cannot be read from outside of its table", table->full_name, name);
    if (col >= 0) {
        LNode *e = lnode_new(ld, NODE_COLUMN);
        e->node.column = table->out.table.cols[col].name;
        e->owner = table;
        lnode_push(ld, e, 1);
        return 1;
    }
    if (push_method(ld, name))
        return 1;
    if (table->done)
        load_fail(ld, NULL, "%s has no column \"%s\"", table->full_name, name);
    not_there(ld, table, name);
    return 0;
}

int table_call_method(Load *ld, const char *name)
{
    lua_State *L = ld->L;
    if (!push_method(ld, name))
        load_fail(ld, load_near(ld, ":", name, methods, METHOD_COUNT),
                  "\"%s\" is a column, and there is no method of that name", name);
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* r:table(...) where the recipe has a table called `table`. */
static int call_table(lua_State *L)
{
    Load *ld = load_of(L);
    const RTable *table = table_at(L, 1);
    if (!root_is(L, 2))
        load_fail(ld, NULL, "%s is a table, not a function", table->full_name);
    lua_remove(L, 1);
    return root_call_method(ld, table->full_name);
}

/* ---------------------------------------------------------------- assigning */

static void refuse_value(Load *ld, const char *subject, int index)
{
    const char *what = load_describe(ld, index),
               *hint = "a generator, a value, or an expression over columns";
    switch (lua_type(ld->L, index)) {
    case LUA_TNIL: hint = "is a variable or a field mistyped? For NULL write null"; break;
    case LUA_TFUNCTION: hint = "call it, such as first_name()"; break;
    case LUA_TBOOLEAN:
        hint = "compare with methods, t.status:is \"paid\"; for a constant write choice { true }";
        break;
    case LUA_TTABLE: hint = "one of several values: choice { \"a\", \"b\" }"; break;
    default: break;
    }
    if (table_at(ld->L, index))
        hint = arena_printf(ld->mem, "to refer to it: ref(%s)", table_at(ld->L, index)->full_name);
    load_fail(ld, hint, "%s cannot be %s", subject, what);
}

static const char *new_name(Load *ld, const RTable *table, int index)
{
    size_t n;
    const char *name =
        lua_type(ld->L, index) == LUA_TSTRING ? lua_tolstring(ld->L, index, &n) : NULL;
    if (!name || !n || memchr(name, 0, n) || !utf8_valid(name, n))
        load_fail(ld, "t.name = ..., or t[\"name\"] = ...", "a column needs a name, not %s",
                  load_describe(ld, index));
    const Table *t = &table->out.table;
    for (int i = 0; i < t->ncols; i++) {
        if (strcmp(t->cols[i].name, name) == 0)
            load_fail(ld, "write it once; modifiers give a new node: t.email = email():unique()",
                      "%s.%s is assigned twice (first at %s)", table->full_name, name,
                      t->cols[i].where);
        if (strcasecmp(t->cols[i].name, name) == 0)
            load_fail(ld, "most databases take them for one", "%s.%s and %s.%s differ only in case",
                      table->full_name, name, table->full_name, t->cols[i].name);
    }
    return load_text(ld, name, n);
}

void table_add_key(Load *ld, Key **keys, int *n, size_t *cap, int *cols, int ncols)
{
    for (int i = 0; i < *n; i++)
        if ((*keys)[i].ncols == ncols &&
            memcmp((*keys)[i].cols, cols, sizeof *cols * (size_t)ncols) == 0)
            return;
    *keys = load_grow(ld, *keys, cap, (size_t)*n + 1, sizeof **keys);
    (*keys)[(*n)++] = (Key){.cols = cols, .ncols = ncols, .where = load_here(ld)};
}

static int *one_column(Load *ld, int col)
{
    int *cols = load_array(ld, int, 1);
    cols[0] = col;
    return cols;
}

/* The foreign key of a reference; where it leads is filled in when all tables are known. */
void table_add_fk(Load *ld, RTable *table, ForeignKey fk)
{
    Table *t = &table->out.table;
    t->fks = load_grow(ld, t->fks, &table->cap_fks, (size_t)t->nfks + 1, sizeof *t->fks);
    t->fks[t->nfks++] = fk;
}

static void add_foreign_key(Load *ld, RTable *table, int col, const LNode *e)
{
    ForeignKey fk = {.cols = one_column(ld, col),
                     .ncols = 1,
                     .ref_table = e->node.params[0].text,
                     .on_delete = e->node.mods.on_delete,
                     .on_update = e->node.mods.on_update,
                     .where = load_here(ld)};
    if (e->node.params[1].kind == VAL_TEXT) {
        const char **names = load_array(ld, const char *, 1);
        names[0] = e->node.params[1].text;
        fk.ref_cols = names;
    }
    table_add_fk(ld, table, fk);
}

static void check_node(Load *ld, const RTable *table, const char *subject, const LNode *e)
{
    if (e->owner && e->owner != table)
        load_fail(ld, "read a parent's column through the reference: t.key.column",
                  "%s reads columns of %s", subject, e->owner->full_name);
    bool is_ref = lnode_is_gen(e, "ref");
    if (!is_ref &&
        (e->node.mods.on_delete != ACTION_UNSET || e->node.mods.on_update != ACTION_UNSET))
        load_fail(ld, "only ref(...) has them",
                  "%s is no reference, so it has no :on_delete or :on_update", subject);
    if (e->node.kind == NODE_CONST && e->node.value.kind == VAL_DURATION)
        load_fail(
            ld, "a moment from the clock is clock + days(2); from a column, t.created_at + days(2)",
            "%s cannot be a span of time", subject);
    if (lnode_is_gen(e, "serial") && e->node.mods.null_share > 0)
        load_fail(ld, NULL, "%s: serial() cannot be NULL", subject);
}

static int assign_column(lua_State *L)
{
    Load *ld = load_of(L);
    RTable *table = table_at(L, 1);
    Table *t = &table->out.table;
    if (table->done)
        load_fail(ld, "columns are assigned inside the table's function", "%s is complete",
                  table->full_name);
    const char *name = new_name(ld, table, 2),
               *subject = load_printf(ld, "%s.%s", table->full_name, name);
    int kind = lua_type(L, 3);
    if (kind != LUA_TNUMBER && kind != LUA_TSTRING && !lnode_at(L, 3))
        refuse_value(ld, subject, 3);
    LNode *e = lnode_operand(ld, 3, subject, true);
    check_node(ld, table, subject, e);
    e->used = true;
    t->cols = load_grow(ld, t->cols, &table->cap_cols, (size_t)t->ncols + 1, sizeof *t->cols);
    int col = t->ncols;
    t->cols[col] = (Column){
        .name = name, .nullable = lnode_can_be_null(e), .where = load_here(ld), .node = &e->node};
    if (e->node.mods.type)
        t->cols[col].type = type_parse(e->node.mods.type, ld->mem);
    t->ncols++;
    if (lnode_is_gen(e, "ref"))
        add_foreign_key(ld, table, col, e);
    if (e->node.mods.unique)
        table_add_key(ld, &t->uniques, &t->nuniques, &table->cap_uniques, one_column(ld, col), 1);
    return 0;
}

/* ---------------------------------------------------------------- the metatable */

static int no_length(lua_State *L)
{
    load_fail(load_of(L), "rows are counted when the data is made",
              "# of a table is not known while the recipe runs");
}

static int no_walk(lua_State *L)
{
    load_fail(load_of(L), "keep the names in a list of your own",
              "the columns of a table cannot be walked through");
}

static int no_text(lua_State *L)
{
    const RTable *table = table_at(L, 1) ? table_at(L, 1) : table_at(L, 2); /* either side of .. */
    load_fail(load_of(L), "write its name", "the table %s is not a text", table->full_name);
}

void table_open(Load *ld)
{
    lua_State *L = ld->L;
    static const luaL_Reg events[] = {{"__index", read_column}, {"__newindex", assign_column},
                                      {"__call", call_table},   {"__len", no_length},
                                      {"__pairs", no_walk},     {"__tostring", no_text},
                                      {"__concat", no_text},    {NULL, NULL}};
    luaL_newmetatable(L, TABLE_TYPE);
    luaL_setfuncs(L, events, 0);
    lua_pushliteral(L, "table of the recipe");
    lua_setfield(L, -2, "__name");
    lua_pop(L, 1);
    rules_push(L);
    lua_setfield(L, LUA_REGISTRYINDEX, METHODS);
}

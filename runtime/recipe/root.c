/* recipe { ... } and r: the recipe's head, its tables and volumes. */
#include <string.h>

#include "base/calendar.h"
#include "base/utf8.h"
#include "recipe/recipe_int.h"

#define ROOT_TYPE "seedpipe.recipe"
#define METHODS   "seedpipe.recipe.methods"

bool root_is(lua_State *L, int index)
{
    return luaL_testudata(L, index, ROOT_TYPE) != NULL;
}

/* ---------------------------------------------------------------- options */

static void check_keys(Load *ld, int index, const char *what, const char *const *names, int n)
{
    lua_State *L = ld->L;
    const char *unknown = NULL, *all = "";
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            load_fail(ld, NULL, "%s: options have names, not positions", what);
        const char *key = lua_tostring(L, -2);
        bool known = false;
        for (int i = 0; i < n; i++)
            known = known || strcmp(names[i], key) == 0;
        if (!known && (!unknown || strcmp(key, unknown) < 0))
            unknown = key;
    }
    if (!unknown)
        return;
    for (int i = 0; i < n; i++)
        all = arena_printf(ld->mem, "%s%s%s", all, i ? ", " : "it has ", names[i]);
    const char *near = load_near(ld, "", unknown, names, n);
    load_fail(ld, near ? near : all, "%s has no option \"%s\"", what, unknown);
}

static const char *text_option(Load *ld, int index, const char *what)
{
    size_t n;
    if (lua_isnil(ld->L, index))
        return NULL;
    const char *s = lua_type(ld->L, index) == LUA_TSTRING ? lua_tolstring(ld->L, index, &n) : NULL;
    if (!s || !n || memchr(s, 0, n) || !utf8_valid(s, n))
        load_fail(ld, NULL, "%s must be a text, not %s", what, load_describe(ld, index));
    return load_text(ld, s, n);
}

/* A whole number of at least `least`, also written as 1e6. */
static int64_t count_option(Load *ld, int index, const char *what, int64_t least)
{
    int is_whole = 0;
    int64_t n = lua_type(ld->L, index) == LUA_TNUMBER ? lua_tointegerx(ld->L, index, &is_whole) : 0;
    if (!is_whole || n < least)
        load_fail(ld, NULL, "%s must be a whole number of at least %lld, not %s", what,
                  (long long)least, load_describe(ld, index));
    return n;
}

static void read_clock(Load *ld, const char *text)
{
    Recipe *r = ld->recipe;
    int64_t days;
    if (!text)
        return;
    r->has_clock = true;
    if (calendar_parse_date(text, &days))
        r->clock = days * MICROS_PER_DAY;
    else if (!calendar_parse_timestamp(text, &r->clock))
        load_fail(ld, "such as \"2026-01-01\" or \"2026-01-01 12:00:00\"",
                  "clock must be a date or a timestamp, not \"%s\"", text);
}

static void check_name(Load *ld, const char *name)
{
    for (const char *p = name; *p; p++)
        if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && *p != '_' && *p != '-')
            load_fail(ld, "the ledger knows the recipe by it",
                      "the recipe's name has small letters, digits, - and _ only, not \"%s\"",
                      name);
}

/* recipe { name = ..., seed = ..., clock = ..., engine = ..., locale = ... } */
static int recipe_word(lua_State *L)
{
    Load *ld = load_of(L);
    static const char *const options[] = {"name", "seed", "clock", "engine", "locale"};
    const char *form = "local r = recipe { name = \"shop\", seed = 1, clock = \"2026-01-01\" }";
    if (ld->recipe)
        load_fail(ld, "one file describes one recipe", "recipe is called twice");
    if (lua_gettop(L) != 1 || !lua_istable(L, 1))
        load_fail(ld, form, "recipe takes its options in braces");
    check_keys(ld, 1, "recipe", options, 5);
    ld->recipe = load_alloc(ld, sizeof *ld->recipe);
    Recipe *r = ld->recipe;
    lua_getfield(L, 1, "name");
    r->name = text_option(ld, -1, "the recipe's name");
    if (!r->name)
        load_fail(ld, form, "the recipe has no name");
    check_name(ld, r->name);
    r->path = ld->path;
    r->engine = RECIPE_ENGINE_DEFAULT;
    if (lua_getfield(L, 1, "seed") != LUA_TNIL)
        r->seed = (uint64_t)count_option(ld, -1, "seed", 0);
    lua_getfield(L, 1, "clock");
    read_clock(ld, text_option(ld, -1, "clock"));
    if (lua_getfield(L, 1, "engine") != LUA_TNIL) {
        int64_t engine = count_option(ld, -1, "engine", 1);
        if (engine > RECIPE_ENGINE_NEWEST)
            load_fail(ld, "use a newer seedpipe, or another engine",
                      "this seedpipe has engines up to %d, not %lld", RECIPE_ENGINE_NEWEST,
                      (long long)engine);
        r->engine = (int)engine;
    }
    lua_getfield(L, 1, "locale");
    locales_option(ld, lua_gettop(L), r);
    lua_newuserdatauv(L, 1, 0);
    luaL_setmetatable(L, ROOT_TYPE);
    return 1;
}

/* ---------------------------------------------------------------- r:table */

static void read_one_per(Load *ld, RecipePer *per, int index)
{
    lua_State *L = ld->L;
    const char *form =
        "per = { parent, between(0, 9) }, or per = { parent, 2, through = \"column\" }";
    bool through = lua_istable(L, index) && lua_getfield(L, index, "through") != LUA_TNIL;
    int keys = 0;
    if (lua_istable(L, index))
        for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
            keys++;
    if (!lua_istable(L, index) || lua_rawlen(L, index) != 2 || keys != 2 + through)
        load_fail(ld, form, "per takes a parent and a number, not %s", load_describe(ld, index));
    if (through)
        per->fk_col = text_option(ld, -1, "through");
    lua_geti(L, index, 1);
    per->parent = table_name_at(ld, -1, "per");
    lua_geti(L, index, 2);
    LNode *count = lnode_at(L, -1);
    if (!count || count->node.kind == NODE_CONST) {
        Value n = {.kind = VAL_INT, .i = count_option(ld, -1, "the number of rows per parent", 0)};
        count = lnode_const(ld, n);
    }
    if (count->owner)
        load_fail(ld, form, "the number of rows per parent cannot depend on columns");
    count->used = true;
    per->count = &count->node;
    per->where = load_here(ld);
}

/* One parent, or a list of them: per = { { users, between(0, 9) }, { products, between(0, 40) } }
 */
static void read_per(Load *ld, RTable *table, int index)
{
    lua_State *L = ld->L;
    bool several = lua_istable(L, index) && lua_geti(L, index, 1) == LUA_TTABLE;
    lua_Integer n = several ? (lua_Integer)lua_rawlen(L, index) : 1;
    int keys = 0;
    if (several)
        for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
            keys++;
    if (several && keys != n)
        load_fail(ld, "per = { { users, between(0, 9) }, { products, between(0, 40) } }",
                  "a per of several parents is a list, and each has its own braces");
    table->out.pers = load_alloc(ld, sizeof *table->out.pers * (size_t)n);
    table->out.npers = (int)n;
    for (lua_Integer i = 0; i < n; i++) {
        int at = index;
        if (several) {
            lua_geti(L, index, i + 1);
            at = lua_gettop(L);
        }
        read_one_per(ld, &table->out.pers[i], at);
        lua_settop(L, at);
    }
}

static void read_options(Load *ld, RTable *table, int index)
{
    lua_State *L = ld->L;
    static const char *const options[] = {"rows", "per", "create", "schema", "fixed"};
    const char *what = arena_printf(ld->mem, "table %s", table->full_name);
    check_keys(ld, index, what, options, 5);
    RecipeTable *out = &table->out;
    if (lua_getfield(L, index, "rows") != LUA_TNIL) {
        out->has_rows = true;
        out->rows = count_option(ld, -1, arena_printf(ld->mem, "rows of %s", table->full_name), 0);
    }
    if (lua_getfield(L, index, "fixed") != LUA_TNIL) {
        if (!lua_isboolean(L, -1) || !out->has_rows)
            load_fail(ld, "{ rows = 3, fixed = true } has three rows at every volume",
                      out->has_rows ? "fixed must be true or false, not %s"
                                    : "a table without rows = N cannot have them fixed (%s)",
                      load_describe(ld, -1));
        out->fixed = lua_toboolean(L, -1);
    }
    if (lua_getfield(L, index, "per") != LUA_TNIL)
        read_per(ld, table, lua_gettop(L));
    out->create = true;
    if (lua_getfield(L, index, "create") != LUA_TNIL) {
        if (!lua_isboolean(L, -1))
            load_fail(ld, "create = false forbids creating the table",
                      "create must be true or false, not %s", load_describe(ld, -1));
        out->create = lua_toboolean(L, -1);
    }
    lua_settop(L, 4);
}

/* "schema.name", or a name and the option schema. */
static void read_name(Load *ld, RTable *table)
{
    lua_State *L = ld->L;
    Table *t = &table->out.table;
    const char *name = text_option(ld, 2, "the table's name");
    if (!name)
        load_fail(ld, "r:table(\"loans\", { rows = 100 }, function(t) ... end)",
                  "a table needs a name");
    const char *dot = strchr(name, '.');
    lua_getfield(L, 3, "schema");
    t->schema = text_option(ld, -1, "schema");
    lua_pop(L, 1);
    if (dot && (t->schema || dot == name || !dot[1] || strchr(dot + 1, '.')))
        load_fail(ld, "r:table(\"schema.name\", ...), or the option schema = \"...\"",
                  "\"%s\" is not the name of a table", name);
    t->schema = dot ? load_text(ld, name, (size_t)(dot - name)) : t->schema;
    t->name = dot ? dot + 1 : name;
    table->full_name = t->schema ? load_printf(ld, "%s.%s", t->schema, t->name) : name;
}

static int table_method(lua_State *L)
{
    Load *ld = load_of(L);
    const char *form = "r:table(\"loans\", { rows = 100 }, function(t) ... end)";
    if (!root_is(L, 1))
        load_fail(ld, form, "table is called with a colon");
    if (lua_gettop(L) != 4 || !lua_istable(L, 3) || !lua_isfunction(L, 4))
        load_fail(ld, form, "r:table takes a name, options in braces and a function");
    RTable *table = load_alloc(ld, sizeof *table);
    read_name(ld, table);
    table->where = table->out.table.where = load_here(ld);
    const RTable *other = table_find(ld, table->full_name);
    if (other)
        load_fail(ld, NULL, "table %s is described twice (first at %s)", table->full_name,
                  other->where);
    read_options(ld, table, 3);
    ld->tables =
        load_grow(ld, ld->tables, &ld->cap_tables, (size_t)ld->ntables + 1, sizeof(RTable *));
    ld->tables[ld->ntables++] = table;
    table_push(ld, table);
    RTable *outer = ld->open;
    ld->open = table;
    lua_pushvalue(L, 4);
    lua_pushvalue(L, 5);
    lua_call(L, 1, 0);
    ld->open = outer;
    table->done = true;
    if (table->out.table.ncols == 0)
        load_fail(ld, "t.id = serial()", "table %s has no columns", table->full_name);
    return 1;
}

/* ---------------------------------------------------------------- r:volumes */

/* The keys of a table as sorted texts. */
static const char **sorted_keys(Load *ld, int index, const char *what, int *n)
{
    lua_State *L = ld->L;
    *n = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            load_fail(ld, "r:volumes { dev = 1, staging = { loans = 10 } }",
                      "%s has a number without a name", what);
        ++*n;
    }
    const char **keys = load_array(ld, const char *, *n);
    int filled = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        const char *key = load_text(ld, lua_tostring(L, -2), lua_rawlen(L, -2));
        int at = filled++;
        for (; at > 0 && strcmp(keys[at - 1], key) > 0; at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
    return keys;
}

static RecipeVolume read_volume(Load *ld, const char *env, int index)
{
    lua_State *L = ld->L;
    RecipeVolume v = {.env = env, .where = load_here(ld)};
    if (lua_type(L, index) == LUA_TNUMBER) {
        v.factor = lua_tonumber(L, index);
        if (!(v.factor > 0 && v.factor <= 1e12))
            load_fail(ld, NULL, "the volume of %s must be a factor above 0, not %s", env,
                      load_describe(ld, index));
        return v;
    }
    if (!lua_istable(L, index))
        load_fail(ld, "r:volumes { dev = 1, staging = { loans = 10 } }",
                  "the volume of %s must be a factor or rows per table, not %s", env,
                  load_describe(ld, index));
    const char **names =
        sorted_keys(ld, index, arena_printf(ld->mem, "the volume of %s", env), &v.ntables);
    int64_t *rows = load_array(ld, int64_t, v.ntables);
    for (int i = 0; i < v.ntables; i++) {
        lua_getfield(L, index, names[i]);
        rows[i] =
            count_option(ld, -1, arena_printf(ld->mem, "rows of %s for %s", names[i], env), 0);
        lua_pop(L, 1);
    }
    v.tables = names;
    v.rows = rows;
    return v;
}

static int volumes_method(lua_State *L)
{
    Load *ld = load_of(L);
    const char *form = "r:volumes { dev = 1, staging = { loans = 10 } }";
    Recipe *r = ld->recipe;
    if (!root_is(L, 1) || lua_gettop(L) != 2 || !lua_istable(L, 2))
        load_fail(ld, form, "r:volumes takes environments in braces");
    if (r->volumes)
        load_fail(ld, form, "r:volumes is called twice");
    const char **envs = sorted_keys(ld, 2, "r:volumes", &r->nvolumes);
    r->volumes = load_array(ld, RecipeVolume, r->nvolumes);
    for (int i = 0; i < r->nvolumes; i++) {
        lua_getfield(L, 2, envs[i]);
        r->volumes[i] = read_volume(ld, envs[i], lua_gettop(L));
        lua_pop(L, 1);
    }
    return 0;
}

/* ---------------------------------------------------------------- r itself */

int root_call_method(Load *ld, const char *name)
{
    lua_State *L = ld->L;
    lua_getfield(L, LUA_REGISTRYINDEX, METHODS);
    if (lua_getfield(L, -1, name) == LUA_TNIL)
        load_fail(ld, "r:table(...) and r:volumes{...}", "r has no method :%s", name);
    lua_insert(L, 1);
    lua_pop(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* A table, else a method. */
static int read_root(lua_State *L)
{
    Load *ld = load_of(L);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    const RTable *table = table_find(ld, name);
    if (table) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, table->handle);
        return 1;
    }
    lua_getfield(L, LUA_REGISTRYINDEX, METHODS);
    if (lua_getfield(L, -1, name) != LUA_TNIL)
        return 1;
    const char **names = load_array(ld, const char *, ld->ntables + 2);
    names[0] = "table";
    names[1] = "volumes";
    for (int i = 0; i < ld->ntables; i++)
        names[2 + i] = ld->tables[i]->full_name;
    const char *near = load_near(ld, "r.", name, names, ld->ntables + 2);
    load_fail(ld,
              near ? near
                   : arena_printf(ld->mem,
                                  "a table that comes later is named by a text: ref \"%s\"", name),
              "there is no table \"%s\" so far", name);
}

static int write_root(lua_State *L)
{
    load_fail(load_of(L), "r:table(\"name\", { rows = 100 }, function(t) ... end)",
              "r cannot be assigned to");
}

static int no_walk(lua_State *L)
{
    load_fail(load_of(L), NULL, "the recipe cannot be counted or walked through");
}

static int no_text(lua_State *L)
{
    load_fail(load_of(L), NULL, "the recipe is not a text");
}

void root_open(Load *ld, int env)
{
    lua_State *L = ld->L;
    static const luaL_Reg events[] = {{"__index", read_root},
                                      {"__newindex", write_root},
                                      {"__len", no_walk},
                                      {"__pairs", no_walk},
                                      {"__tostring", no_text},
                                      {"__concat", no_text},
                                      {NULL, NULL}};
    static const luaL_Reg methods[] = {
        {"table", table_method}, {"volumes", volumes_method}, {NULL, NULL}};
    luaL_newmetatable(L, ROOT_TYPE);
    luaL_setfuncs(L, events, 0);
    lua_pushliteral(L, "recipe");
    lua_setfield(L, -2, "__name");
    lua_pop(L, 1);
    luaL_newlib(L, methods);
    lua_setfield(L, LUA_REGISTRYINDEX, METHODS);
    lua_pushcfunction(L, recipe_word);
    words_add(ld, env, "recipe");
}

/* The environment of a recipe: lua/sandbox.lua picks what of Lua's library it may use; here are the
 * parts that need C. Reading an unknown word and writing any global are errors. */
#include <string.h>

#include "base/os.h"
#include "recipe/lua_bundle.h"
#include "recipe/recipe_int.h"

/* A search may take about this many steps: subject length to the power of what can be repeated. */
#define PATTERN_MAX_STEPS 1e9

/* ---------------------------------------------------------------- pcall */

static int reraise(Load *ld)
{
    if (ld->poison)
        return luaL_error(ld->L, "%s", ld->poison->message);
    return 0;
}

static int protected_call(lua_State *L)
{
    Load *ld = load_of(L);
    luaL_checkany(L, 1);
    int status = load_pcall(ld, lua_gettop(L) - 1, LUA_MULTRET, 0);
    reraise(ld);
    lua_pushboolean(L, status == LUA_OK);
    lua_insert(L, 1);
    return lua_gettop(L);
}

/* The handler runs after the unwinding: there is no debug library that it could use before. */
static int protected_call_handled(lua_State *L)
{
    Load *ld = load_of(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    lua_replace(L, 1);
    lua_replace(L, 2); /* handler, function, arguments */
    int status = load_pcall(ld, lua_gettop(L) - 2, LUA_MULTRET, 0);
    reraise(ld);
    if (status != LUA_OK)
        lua_call(L, 1, 1);
    else
        lua_remove(L, 1);
    lua_pushboolean(L, status == LUA_OK);
    lua_insert(L, 1);
    return lua_gettop(L);
}

static int fail_word(lua_State *L)
{
    load_fail(load_of(L), NULL, "%s", luaL_checkstring(L, 1));
}

/* ---------------------------------------------------------------- patterns */

/* How many things in a pattern can be tried at several lengths or places: each multiplies the work
 * by the subject's length in the worst case. */
static int repetitions(const char *p, size_t n)
{
    int count = n && p[0] == '^' ? 0 : 1; /* the place where the match begins */
    bool in_set = false;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '%' && i + 1 < n) {
            i++;
            count += !in_set && (p[i] == 'b' || (p[i] >= '0' && p[i] <= '9'));
        } else if (in_set) {
            in_set = p[i] != ']';
        } else if (p[i] == '[') {
            in_set = true;
            if (i + 1 < n && p[i + 1] == '^')
                i++;
            if (i + 1 < n && p[i + 1] == ']')
                i++; /* a ] right at the beginning stands for itself */
        } else {
            count += p[i] == '*' || p[i] == '+' || p[i] == '-' || p[i] == '?';
        }
    }
    return count;
}

/* Calls the library's function (upvalue 1) unless the search could take too long for a hook to stop
 * it. */
static int bounded_search(lua_State *L)
{
    size_t subject, length;
    luaL_checklstring(L, 1, &subject);
    const char *pattern = luaL_checklstring(L, 2, &length);
    bool plain = lua_toboolean(L, lua_upvalueindex(2)) && lua_toboolean(L, 4);
    double steps = plain ? (double)subject * (double)length : 1;
    for (int i = plain ? 0 : repetitions(pattern, length); i > 0 && steps <= PATTERN_MAX_STEPS; i--)
        steps *= (double)subject;
    if (steps > PATTERN_MAX_STEPS)
        load_fail(
            load_of(L), "search a shorter text, begin the pattern with ^, or use fewer of * + - ?",
            "this search could take too long: %zu characters and a pattern with %d repetitions",
            subject, plain ? 0 : repetitions(pattern, length));
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* ---------------------------------------------------------------- require */

static const RecipeSource *given_source(const Load *ld, const char *name)
{
    for (int i = 1; i < ld->ngiven; i++)
        if (strcmp(ld->given[i].name, name) == 0)
            return &ld->given[i];
    return NULL;
}

static bool is_below(const char *file, const char *dir)
{
    size_t n = strlen(dir);
    return strncmp(file, dir, n) == 0 && (file[n] == '/' || (n == 1 && dir[0] == '/'));
}

static const char *read_below(Load *ld, const char *word, const char *name, size_t *len)
{
    const char *file = os_path_join(ld->dir, name, ld->mem);
    const char *real = os_realpath(file, ld->mem),
               *dir = os_realpath(*ld->dir ? ld->dir : ".", ld->mem);
    if (!real || !dir)
        load_fail(ld, "files are read from the recipe's own folder only", "%s: there is no file %s",
                  word, file);
    if (!is_below(real, dir))
        load_fail(ld, "copy the file there", "%s: %s leads out of the recipe's folder", word, file);
    Err err = {0};
    const char *text = os_read_file(real, LOAD_MAX_FILE, len, ERR_RECIPE, ld->mem, &err);
    if (!text)
        load_fail(ld, NULL, "%s: %s", word,
                  err.first ? err.first->message : "the file cannot be read");
    load_alloc(ld, *len);
    return text;
}

const char *sandbox_source(Load *ld, const char *word, const char *name, size_t *len)
{
    const RecipeSource *given = given_source(ld, name);
    if (!given && ld->given)
        load_fail(ld, NULL, "%s: %s is not among the recipe's kept sources", word, name);
    if (!given)
        return read_below(ld, word, name, len);
    *len = given->len;
    return given->text;
}

/* "lib.names" or "lib/names" -> "lib/names.lua". */
static const char *module_file(Load *ld, const char *module)
{
    bool fine = *module && *module != '/' && *module != '.' && !strstr(module, "..") &&
                !strchr(module, '\\');
    for (const char *p = module; fine && *p; p++)
        fine = (unsigned char)*p >= ' ';
    if (!fine)
        load_fail(
            ld,
            "files are required from the recipe's own folder: require \"lib.names\" reads lib/names.lua",
            "require: \"%s\" is not the name of a file below the recipe", module);
    char *path = arena_strdup(ld->mem, module);
    for (char *p = path; *p; p++)
        if (*p == '.')
            *p = '/';
    return arena_printf(ld->mem, "%s.lua", path);
}

/* Upvalue 1: what was required so far, by name; true while a file is running. Upvalue 2: the
 * environment. */
static int require_word(lua_State *L)
{
    Load *ld = load_of(L);
    const char *name = module_file(ld, luaL_checkstring(L, 1));
    int kind = lua_getfield(L, lua_upvalueindex(1), name);
    if (kind == LUA_TBOOLEAN)
        load_fail(ld, NULL, "require: %s requires itself", name);
    if (kind == LUA_TTABLE) {
        lua_geti(L, -1, 1);
        return 1;
    }
    size_t len = 0;
    const char *text = sandbox_source(ld, "require", name, &len);
    char *chunk = os_path_join(os_dirname(ld->path, ld->mem), name, ld->mem);
    lua_pushboolean(L, true);
    lua_setfield(L, lua_upvalueindex(1), name);
    load_add_source(ld, chunk, name, text, len);
    load_chunk(ld, chunk, text, len);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_setupvalue(L, -2, 1);
    lua_call(L, 0, 1);
    lua_createtable(L, 1, 0);
    lua_pushvalue(L, -2);
    lua_seti(L, -2, 1);
    lua_setfield(L, lua_upvalueindex(1), name);
    return 1;
}

/* ---------------------------------------------------------------- globals */

static const char *const shut_out[] = {"io",
                                       "os",
                                       "debug",
                                       "load",
                                       "loadstring",
                                       "loadfile",
                                       "dofile",
                                       "package",
                                       "coroutine",
                                       "collectgarbage",
                                       "setmetatable",
                                       "getmetatable",
                                       "rawget",
                                       "rawset",
                                       "print",
                                       "warn",
                                       "_G"};

static int unknown_word(lua_State *L)
{
    Load *ld = load_of(L);
    if (lua_type(L, 2) != LUA_TSTRING)
        load_fail(ld, NULL, "a global is named by a text");
    const char *name = lua_tostring(L, 2);
    for (size_t i = 0; i < sizeof shut_out / sizeof *shut_out; i++)
        if (strcmp(name, shut_out[i]) == 0)
            load_fail(
                ld,
                strcmp(name, "print") == 0
                    ? "to see rows: seedpipe preview RECIPE TABLE"
                    : "a recipe describes data; it cannot reach files, the system or other code",
                "recipes run in a sandbox: there is no %s", name);
    load_fail(ld, load_near(ld, "", name, ld->words, ld->nwords),
              "there is no generator, function or variable \"%s\"", name);
}

static int global_write(lua_State *L)
{
    Load *ld = load_of(L);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    load_fail(ld, arena_printf(ld->mem, "write: local %s = ...", name),
              "\"%s\" would become a global variable, which recipes do not have", name);
}

static void push_core(Load *ld)
{
    lua_State *L = ld->L;
    static const luaL_Reg functions[] = {{"fail", fail_word},
                                         {"pcall", protected_call},
                                         {"xpcall", protected_call_handled},
                                         {NULL, NULL}};
    luaL_newlib(L, functions);
    static const char *const searches[] = {"find", "match", "gmatch", "gsub"};
    lua_getglobal(L, "string");
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++) {
        lua_getfield(L, -1, searches[i]);
        lua_pushboolean(L, i == 0);
        lua_pushcclosure(L, bounded_search, 2);
        lua_setfield(L, -3, searches[i]);
    }
    lua_pop(L, 1);
}

static void open_library(lua_State *L)
{
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},       {LUA_STRLIBNAME, luaopen_string},
        {LUA_TABLIBNAME, luaopen_table}, {LUA_MATHLIBNAME, luaopen_math},
        {LUA_UTF8LIBNAME, luaopen_utf8}, {NULL, NULL}};
    for (const luaL_Reg *lib = libraries; lib->name; lib++) {
        luaL_requiref(L, lib->name, lib->func, 1);
        lua_pop(L, 1);
    }
}

static void run_bundled(Load *ld, const char *name)
{
    lua_State *L = ld->L;
    for (size_t i = 0; i < lua_bundle_count; i++)
        if (strcmp(lua_bundle[i].name, name) == 0) {
            if (luaL_loadbufferx(L, (const char *)lua_bundle[i].bytes, lua_bundle[i].len,
                                 "=seedpipe", "t") != LUA_OK)
                lua_error(L);
            lua_pushglobaltable(L);
            push_core(ld);
            lua_call(L, 2, 1);
            return;
        }
    luaL_error(L, "lua/%s.lua is not in this binary", name);
}

void sandbox_open(Load *ld)
{
    lua_State *L = ld->L;
    open_library(L);
    lua_newtable(L); /* the environment: always empty, so that each write is seen */
    run_bundled(ld, "sandbox");
    int words = lua_gettop(L), env = words - 1;
    lua_newtable(L);
    lua_pushvalue(L, env);
    lua_pushcclosure(L, require_word, 2);
    lua_setfield(L, words, "require");
    lua_pushnil(L);
    while (lua_next(L, words))
        words_add(ld, words, lua_tostring(L, -2));
    lnode_open(ld);
    words_open(ld, words);
    table_open(ld);
    root_open(ld, words);
    lua_pushliteral(L, ""); /* methods of texts: ("x"):upper() */
    lua_getmetatable(L, -1);
    lua_getfield(L, words, "string");
    lua_setfield(L, -2, "__index");
    lua_pop(L, 2);
    lua_newtable(L);
    lua_pushcfunction(L, unknown_word);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, words);
    lua_newtable(L);
    lua_pushvalue(L, words);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, global_write);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, env);
    lua_settop(L, env);
}

/* The Lua state of a recipe: its limits on memory and steps, and errors that name a line of the
 * recipe. A limit that was hit poisons the load: pcall raises it again, and hooks go on raising.
 * Lua is entered through lua_pcall only. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "recipe/recipe_int.h"

#define STEPS_PER_HOOK 1000
#define MAX_CALLS      10000
#define ERROR_TYPE     "seedpipe.error"

Load *load_of(lua_State *L)
{
    return *(Load **)lua_getextraspace(L);
}

/* ---------------------------------------------------------------- memory */

static void *allocate(void *context, void *block, size_t old_size, size_t size)
{
    Load *ld = context;
    size_t old = block ? old_size : 0; /* else it is a type tag */
    if (size == 0) {
        free(block);
        ld->held -= old;
        return NULL;
    }
    if (size > old && size - old > LOAD_MAX_MEMORY - ld->held)
        return NULL;
    void *moved = realloc(block, size);
    if (moved)
        ld->held += size - old;
    return moved;
}

static const char *here_or(Load *ld, const char *fallback)
{
    const char *where = load_here(ld);
    return where ? where : fallback;
}

static void poison(Load *ld, const char *where, const char *hint, const char *message)
{
    if (ld->poison)
        return;
    ld->poison = arena_new_of(ld->mem, ErrItem);
    *ld->poison =
        (ErrItem){.where = where, .subject = load_subject(ld), .message = message, .hint = hint};
}

static void poison_memory(Load *ld)
{
    const char *where =
        ld->line ? arena_printf(ld->mem, "%s:%d", ld->line_source, ld->line) : ld->path;
    ld->trace_wanted = !ld->trace;
    poison(ld, where, "build smaller texts and tables; rows are made by generators, not by loops",
           arena_printf(ld->mem, "the recipe needs more than %d MiB of memory",
                        (int)(LOAD_MAX_MEMORY >> 20)));
}

void *load_alloc(Load *ld, size_t size)
{
    if (size > LOAD_MAX_MEMORY - ld->held) {
        poison_memory(ld);
        luaL_error(ld->L, "out of memory");
    }
    ld->held += size;
    return arena_alloc(ld->mem, size);
}

char *load_text(Load *ld, const char *s, size_t n)
{
    char *copy = load_alloc(ld, n + 1);
    memcpy(copy, s, n);
    return copy;
}

void *load_grow(Load *ld, void *old, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return old;
    size_t wanted = *cap * 2 > need ? *cap * 2 : need + 6;
    void *grown = load_alloc(ld, wanted * size);
    if (*cap)
        memcpy(grown, old, *cap * size);
    *cap = wanted;
    return grown;
}

const char *load_printf(Load *ld, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(ld->mem, fmt, ap);
    va_end(ap);
    load_alloc(ld, strlen(text) + 1); /* for the count */
    return text;
}

/* ---------------------------------------------------------------- steps */

/* A line's file by the name that the load keeps: Lua's own text may be collected. */
static const char *source_name(const Load *ld, const char *name)
{
    for (int i = 0; i < ld->nsources; i++)
        if (strcmp(ld->sources[i].chunk, name) == 0)
            return ld->sources[i].chunk;
    return NULL;
}

static void __attribute__((noreturn)) too_deep(Load *ld)
{
    load_fail(ld, "is there a function that calls itself without an end?",
              "functions call each other too deep");
}

static void hook(lua_State *L, lua_Debug *ar)
{
    Load *ld = load_of(L);
    if (ar->event == LUA_HOOKLINE) {
        lua_getinfo(L, "S", ar);
        const char *name = ar->source[0] == '@' ? source_name(ld, ar->source + 1) : NULL;
        if (name) {
            ld->line_source = name;
            ld->line = ar->currentline;
        }
        return;
    }
    ld->steps += STEPS_PER_HOOK;
    if (ld->steps > LOAD_MAX_STEPS)
        poison(ld, here_or(ld, ld->path),
               "is there a loop without an end? Rows are made by generators, not by loops",
               arena_printf(ld->mem, "the recipe takes more than %d million steps",
                            (int)(LOAD_MAX_STEPS / 1000000)));
    else if (os_cpu_seconds() - ld->cpu_start > LOAD_MAX_CPU)
        poison(ld, here_or(ld, ld->path), "is there a loop over large texts or tables?",
               arena_printf(ld->mem, "the recipe takes more than %d seconds", (int)LOAD_MAX_CPU));
    if (arena_held(ld->mem) - ld->arena_start > LOAD_MAX_MEMORY) /* texts of errors, too */
        poison_memory(ld);
    if (ld->poison)
        luaL_error(L, "%s", ld->poison->message);
    if (lua_getstack(L, MAX_CALLS, ar)) /* Lua's own limit would hit that on memory first */
        too_deep(ld);
}

/* ---------------------------------------------------------------- where */

const char *load_here(Load *ld)
{
    lua_Debug ar;
    for (int level = 0; lua_getstack(ld->L, level, &ar); level++) {
        lua_getinfo(ld->L, "Sl", &ar);
        if (ar.source[0] == '@' && ar.currentline > 0)
            return arena_printf(ld->mem, "%s:%d", ar.source + 1, ar.currentline);
    }
    return NULL;
}

static const char *line_text(const Load *ld, const char *name, int line)
{
    for (int i = 0; i < ld->nsources; i++) {
        if (strcmp(ld->sources[i].chunk, name) != 0)
            continue;
        const char *at = ld->sources[i].text;
        while (--line > 0 && at)
            at = (at = strchr(at, '\n')) ? at + 1 : NULL;
        return at;
    }
    return NULL;
}

static const char *skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

static const char *skip_word(const char *at)
{
    while (isalnum((unsigned char)*at) || *at == '_')
        at++;
    return at;
}

/* Is there a local variable of this name in the frame, and is it the table that is open? */
static bool is_open_table(Load *ld, const lua_Debug *ar, const char *name, size_t len)
{
    lua_State *L = ld->L;
    bool found = false;
    const char *local;
    for (int i = 1; lua_checkstack(L, 1) && !found && (local = lua_getlocal(L, ar, i)); i++) {
        found =
            strlen(local) == len && memcmp(local, name, len) == 0 && table_at(L, -1) == ld->open;
        lua_pop(L, 1);
    }
    return found;
}

/* The column that a line assigns: `t.NAME =` or `t["NAME"] =` at its beginning. */
static const char *assigned_column(Load *ld, const lua_Debug *ar, const char *line)
{
    const char *variable = skip_blanks(line), *at = skip_word(variable), *from = at + 1, *to;
    if (at == variable || !is_open_table(ld, ar, variable, (size_t)(at - variable)))
        return NULL;
    if (*at == '.') {
        to = at = skip_word(from);
    } else if (at[0] == '[' && (at[1] == '"' || at[1] == '\'')) {
        for (to = ++from; *to && *to != '\n' && *to != at[1];)
            to++;
        if (to[0] != at[1] || to[1] != ']')
            return NULL;
        at = to + 2;
    } else {
        return NULL;
    }
    at = skip_blanks(at);
    bool assigns = at[0] == '=' && at[1] != '=' && to > from;
    return assigns ? arena_strndup(ld->mem, from, (size_t)(to - from)) : NULL;
}

const char *load_subject(Load *ld)
{
    lua_Debug ar;
    for (int level = 0; ld->open && lua_getstack(ld->L, level, &ar); level++) {
        lua_getinfo(ld->L, "Sl", &ar);
        if (ar.source[0] != '@' || ar.currentline <= 0)
            continue;
        const char *text = line_text(ld, ar.source + 1, ar.currentline);
        const char *column = text ? assigned_column(ld, &ar, text) : NULL;
        if (column)
            return arena_printf(ld->mem, "%s.%s", ld->open->full_name, column);
    }
    return ld->open ? ld->open->full_name : NULL;
}

/* ---------------------------------------------------------------- errors */

void load_raise(Load *ld, const char *where, const char *subject, const char *hint,
                const char *message)
{
    ErrItem *item = arena_new_of(ld->mem, ErrItem);
    *item = (ErrItem){.where = where, .subject = subject, .message = message, .hint = hint};
    *(ErrItem **)lua_newuserdatauv(ld->L, sizeof(ErrItem *), 0) = item;
    luaL_setmetatable(ld->L, ERROR_TYPE);
    lua_error(ld->L);
    __builtin_unreachable();
}

void load_fail(Load *ld, const char *hint, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    const char *message = arena_vprintf(ld->mem, fmt, ap);
    va_end(ap);
    load_raise(ld, here_or(ld, ld->path), load_subject(ld), hint, message);
}

const char *load_near(Load *ld, const char *prefix, const char *word, const char *const *names,
                      int n)
{
    const char *near = name_nearest(word, names, (size_t)n);
    return near ? arena_printf(ld->mem, "did you mean %s%s?", prefix, near) : NULL;
}

static int error_text(lua_State *L)
{
    const ErrItem *item = *(ErrItem **)luaL_checkudata(L, 1, ERROR_TYPE);
    if (item->hint)
        lua_pushfstring(L, "%s: %s (%s)", item->where, item->message, item->hint);
    else
        lua_pushfstring(L, "%s: %s", item->where, item->message);
    return 1;
}

/* Reads the "short_src:12: " that Lua puts before a message, for any file that is on the stack. */
static const char *split_position(Load *ld, const char *message, const char **where)
{
    lua_Debug ar;
    for (int level = 0; lua_getstack(ld->L, level, &ar); level++) {
        lua_getinfo(ld->L, "S", &ar);
        size_t n = strlen(ar.short_src);
        char *end;
        if (ar.source[0] == '[' || strncmp(message, ar.short_src, n) != 0 || message[n] != ':')
            continue;
        long line = strtol(message + n + 1, &end, 10);
        if (end == message + n + 1 || *end != ':')
            continue;
        if (ar.source[0] == '@') /* else the line is one of lua/sandbox.lua */
            *where = arena_printf(ld->mem, "%s:%ld", ar.source + 1, line);
        return end[1] == ' ' ? end + 2 : end + 1;
    }
    return message;
}

/* The message handler of the whole run: anything that was thrown becomes an ErrItem. */
static int translate(lua_State *L)
{
    Load *ld = load_of(L);
    if (luaL_testudata(L, 1, ERROR_TYPE))
        return 1;
    const char *where = here_or(ld, ld->path), *subject = load_subject(ld), *hint = NULL;
    const char *message = lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : NULL;
    if (!message)
        message = arena_printf(ld->mem, "error was called with %s", load_describe(ld, 1));
    message = arena_strdup(ld->mem, split_position(ld, message, &where));
    if (strstr(message, "stack overflow")) {
        message = "functions call each other too deep";
        hint = "is there a function that calls itself without an end?";
    }
    load_raise(ld, where, subject, hint, message);
}

/* translate raises to build its error object; this keeps that inside of a call. */
static int handler(lua_State *L)
{
    lua_pushcfunction(L, translate);
    lua_insert(L, 1);
    lua_pcall(L, 1, 1, 0);
    return 1;
}

static void report(Load *ld, const ErrItem *item)
{
    err_add(ld->mem, ld->err, ERR_RECIPE, item->where, item->subject, "%s", item->message);
    if (item->hint)
        err_hint(ld->mem, ld->err, "%s", item->hint);
}

int load_pcall(Load *ld, int nargs, int nresults, int handler_index)
{
    RTable *open = ld->open;
    int status = lua_pcall(ld->L, nargs, nresults, handler_index);
    if (status != LUA_OK)
        ld->open = open;
    if (status == LUA_ERRMEM)
        poison_memory(ld);
    return status;
}

/* ---------------------------------------------------------------- the run */

void load_add_source(Load *ld, const char *chunk, const char *name, const char *text, size_t len)
{
    ld->sources =
        load_grow(ld, ld->sources, &ld->cap_sources, (size_t)ld->nsources + 1, sizeof *ld->sources);
    ld->sources[ld->nsources++] =
        (LoadSource){.chunk = chunk, .name = name, .text = text, .len = len};
}

void load_chunk(Load *ld, const char *name, const char *text, size_t len)
{
    lua_State *L = ld->L;
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        len -= 3;
    }
    if (len && text[0] == LUA_SIGNATURE[0])
        load_raise(ld, name, NULL, "keep the recipe's text",
                   "this is compiled Lua; recipes are text only");
    int status = luaL_loadbufferx(L, text, len, lua_pushfstring(L, "@%s", name), "t");
    lua_remove(L, -2);
    if (status == LUA_OK) {
        traps_scan(ld, name, text, len);
        return;
    }
    if (status == LUA_ERRMEM)
        load_raise(ld, name, NULL, NULL, "the recipe is too large to be compiled");
    if (lua_type(L, -1) != LUA_TSTRING) /* the handler made an object of Lua's "C stack overflow" */
        load_raise(ld, name, NULL, "take it apart into local variables",
                   "something in this file is nested too deep to be compiled");
    /* "short_src:12: message": the position is what stands between the first ":" before digits and
     * the next. */
    const char *message = lua_tostring(L, -1), *at = message;
    long line = 0;
    while ((at = strchr(at, ':')) && !(isdigit((unsigned char)at[1]) &&
                                       (line = strtol(at + 1, (char **)&at, 10)) > 0 && *at == ':'))
        at++;
    if (at)
        message = at[1] == ' ' ? at + 2 : at + 1;
    load_raise(ld, arena_printf(ld->mem, "%s:%ld", name, line), NULL, NULL,
               arena_strdup(ld->mem, message));
}

/* Everything that runs inside of Lua, with the recipe's text as light userdata. */
static int run(lua_State *L)
{
    Load *ld = load_of(L);
    const RecipeSource *source = lua_touserdata(L, 1);
    luaL_newmetatable(L, ERROR_TYPE);
    lua_pushcfunction(L, error_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "error");
    lua_setfield(L, -2, "__name");
    sandbox_open(ld);
    load_add_source(ld, source->name, source->name, source->text, source->len);
    load_chunk(ld, source->name, source->text, source->len);
    lua_insert(L, -2);
    lua_setupvalue(L, -2, 1); /* _ENV */
    lua_sethook(L, hook, LUA_MASKCOUNT | (ld->trace ? LUA_MASKLINE : 0), STEPS_PER_HOOK);
    lua_call(L, 0, 1);
    lua_sethook(L, NULL, 0, 0);
    if (!ld->recipe)
        load_raise(ld, ld->path, NULL, "begin with local r = recipe { name = \"...\" }",
                   "the file describes no recipe");
    if (!root_is(L, -1))
        load_raise(
            ld, ld->path, NULL, "end the file with: return r",
            arena_printf(ld->mem, "the file returns %s, not its recipe", load_describe(ld, -1)));
    return 0;
}

static void report_thrown(Load *ld)
{
    ErrItem **item = luaL_testudata(ld->L, -1, ERROR_TYPE);
    if (item)
        report(ld, *item);
    else
        err_add(ld->mem, ld->err, ERR_RECIPE, ld->path, NULL,
                "the recipe failed, and so did describing its error");
}

bool load_run(Load *ld, const char *text, size_t len)
{
    RecipeSource source = {.name = ld->path, .text = text, .len = len};
    lua_State *L = lua_newstate(allocate, ld);
    if (!L)
        return err_add(ld->mem, ld->err, ERR_RECIPE, ld->path, NULL,
                       "not enough memory to run the recipe");
    ld->L = L;
    *(Load **)lua_getextraspace(L) = ld;
    ld->cpu_start = os_cpu_seconds();
    ld->arena_start = arena_held(ld->mem);
    lua_pushcfunction(L, handler);
    lua_pushcfunction(L, run);
    lua_pushlightuserdata(L, &source);
    int status = load_pcall(ld, 1, 0, 1);
    if (!ld->trace_wanted && ld->poison)
        report(ld, ld->poison);
    else if (!ld->trace_wanted && status != LUA_OK)
        report_thrown(ld);
    lua_close(L);
    ld->L = NULL;
    return status == LUA_OK && !ld->poison;
}

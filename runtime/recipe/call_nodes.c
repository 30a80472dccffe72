/* Parameters that hold columns and generators: lists to choose from, members by name, texts with
 * placeholders. Each node becomes an argument of the call, so that whoever walks nodes sees it. */
#include <string.h>

#include "base/utf8.h"
#include "recipe/recipe_int.h"

#define ITEMS_MAX 256

static Value take_arg(Load *ld, LNode *call, LNode *e)
{
    int n = call->node.nargs;
    const Node **args = load_array(ld, const Node *, n + 1);
    for (int i = 0; i < n; i++)
        args[i] = call->node.args[i];
    args[n] = &e->node;
    lnode_take(ld, call, e);
    call->node.args = args;
    call->node.nargs = n + 1;
    return (Value){.kind = VAL_ARG, .i = n};
}

static int items_of(Load *ld, const GenDef *def, int index)
{
    int64_t n = (int64_t)lua_rawlen(ld->L, index), keys = 0;
    for (lua_pushnil(ld->L); lua_next(ld->L, index); lua_pop(ld->L, 1))
        keys++;
    if (keys != n || n == 0 || n > ITEMS_MAX)
        load_fail(ld, arena_printf(ld->mem, "for example %s", def->example),
                  "%s takes a plain list of 1 to %d items", def->name, ITEMS_MAX);
    return (int)n;
}

/* { a, b } or { {a, 3}, {b, 1} } */
Value call_nodes(Load *ld, const GenDef *def, int index, LNode *call)
{
    lua_State *L = ld->L;
    int n = items_of(ld, def, index);
    Value *items = load_array(ld, Value, n);
    double *weights = load_array(ld, double, n);
    bool weighted = lua_geti(L, index, 1) == LUA_TTABLE;
    lua_pop(L, 1);
    for (int i = 0; i < n; i++) {
        const char *what = arena_printf(ld->mem, "%s: item %d", def->name, i + 1);
        lua_geti(L, index, i + 1);
        if (weighted) {
            if (!lua_istable(L, -1) || lua_rawlen(L, -1) != 2)
                load_fail(ld, arena_printf(ld->mem, "for example %s", def->example),
                          "%s must be a pair { value, weight }, not %s", what,
                          load_describe(ld, -1));
            lua_geti(L, -1, 2);
            weights[i] = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
            if (!(weights[i] > 0) || weights[i] > 1e15)
                load_fail(ld,
                          "a weight is a number above 0; leave an item out that shall never come",
                          "%s: the weight cannot be %s", what, load_describe(ld, -1));
            lua_geti(L, -2, 1);
            lua_replace(L, -3);
            lua_pop(L, 1);
        }
        items[i] = take_arg(ld, call, lnode_operand(ld, lua_gettop(L), what, false));
        lua_pop(L, 1);
    }
    return (Value){.kind = weighted ? VAL_WEIGHTS : VAL_LIST,
                   .items = items,
                   .weights = weighted ? weights : NULL,
                   .count = n};
}

static const char *member_name(Load *ld, const GenDef *def, int index)
{
    size_t len;
    const char *name = lua_tolstring(ld->L, index, &len);
    if (!utf8_valid(name, len) || memchr(name, 0, len))
        load_fail(ld, NULL, "%s: the name of a member is not UTF-8", def->name);
    return load_text(ld, name, len);
}

/* { id = t.id, ... }, sorted by name since Lua's own order is random; or { {"id", t.id}, ... }, in
 * this order. */
Value call_members(Load *ld, const GenDef *def, int index, LNode *call)
{
    lua_State *L = ld->L;
    const char *names[ITEMS_MAX];
    int n = 0;
    bool listed = lua_rawlen(L, index) > 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (n == ITEMS_MAX || (lua_type(L, -2) != LUA_TSTRING) != listed)
            load_fail(ld, arena_printf(ld->mem, "for example %s", def->example),
                      n == ITEMS_MAX ? "%s has too many members"
                                     : "%s mixes named and listed members",
                      def->name);
        if (listed) {
            n++;
            continue;
        }
        const char *key = member_name(ld, def, -2);
        int at = n++;
        for (; at > 0 && strcmp(names[at - 1], key) > 0; at--)
            names[at] = names[at - 1];
        names[at] = key;
    }
    Value *items = load_array(ld, Value, n);
    const char **kept = load_array(ld, const char *, n);
    for (int i = 0; i < n; i++) {
        if (listed) {
            if (lua_geti(L, index, i + 1) != LUA_TTABLE || lua_rawlen(L, -1) != 2 ||
                lua_geti(L, -1, 1) != LUA_TSTRING)
                load_fail(ld, "{ {\"id\", t.id}, {\"name\", word()} }",
                          "%s: member %d must be a pair { \"name\", value }", def->name, i + 1);
            names[i] = member_name(ld, def, -1);
            lua_geti(L, -2, 2);
        } else {
            lua_getfield(L, index, names[i]);
        }
        const char *what = arena_printf(ld->mem, "%s: member %s", def->name, names[i]);
        items[i] = take_arg(ld, call, lnode_operand(ld, lua_gettop(L), what, false));
        kept[i] = names[i];
        lua_pop(L, listed ? 3 : 1);
        for (int k = 0; k < i; k++)
            if (strcmp(kept[k], kept[i]) == 0)
                load_fail(ld, NULL, "%s: member %s is given twice", def->name, kept[i]);
    }
    return (Value){.kind = VAL_MEMBERS, .items = items, .names = kept, .count = n};
}

/* ---------------------------------------------------------------- templates */

/* The node of a placeholder: name, or key.column of a parent. */
static LNode *placeholder(Load *ld, const GenDef *def, const char *name)
{
    lua_State *L = ld->L;
    if (!ld->open)
        load_fail(ld, "give it a value: template(\"Order {id}\", { id = pattern(\"####\") })",
                  "%s: {%s} stands outside of a table", def->name, name);
    lua_rawgeti(L, LUA_REGISTRYINDEX, ld->open->handle);
    while (*name) {
        size_t n = strcspn(name, ".");
        lua_pushlstring(L, name, n);
        lua_gettable(L, -2);
        lua_remove(L, -2);
        name += n + (name[n] == '.');
    }
    const char *what = arena_printf(ld->mem, "%s: a placeholder", def->name);
    LNode *e = lnode_operand(ld, lua_gettop(L), what, false);
    lua_pop(L, 1);
    return e;
}

static Value literal(Load *ld, const char *text, size_t n)
{
    return (Value){.kind = VAL_TEXT, .text = load_text(ld, text, n), .len = n};
}

void call_template(Load *ld, const GenDef *def, Value *text, const Value *members, LNode *call)
{
    const char *p = text->text, *end = p + text->len;
    Value *items = load_array(ld, Value, text->len + 1);
    char *plain = load_array(ld, char, text->len);
    bool *used = load_array(ld, bool, members->count);
    int n = 0;
    size_t held = 0;
    while (p < end) {
        if ((*p == '{' || *p == '}') && p + 1 < end && p[1] == *p) {
            plain[held++] = *p;
            p += 2;
            continue;
        }
        if (*p != '{' && *p != '}') {
            plain[held++] = *p++;
            continue;
        }
        const char *close = *p == '{' ? memchr(p, '}', (size_t)(end - p)) : NULL;
        if (!close || close == p + 1)
            load_fail(ld, "a placeholder is {name}; for a brace itself write two: {{ }}",
                      "%s: a brace without its partner, or with nothing inside, at character %d",
                      def->name, (int)(p - text->text) + 1);
        if (held)
            items[n++] = literal(ld, plain, held);
        held = 0;
        const char *name = load_text(ld, p + 1, (size_t)(close - p - 1));
        int k = 0;
        while (k < members->count && strcmp(members->names[k], name) != 0)
            k++;
        if (k < members->count)
            used[k] = true;
        items[n++] =
            k < members->count ? members->items[k] : take_arg(ld, call, placeholder(ld, def, name));
        p = close + 1;
    }
    if (held)
        items[n++] = literal(ld, plain, held);
    for (int k = 0; k < members->count; k++)
        if (!used[k])
            load_fail(ld, arena_printf(ld->mem, "write {%s} into the text", members->names[k]),
                      "%s: nothing uses %s", def->name, members->names[k]);
    *text = (Value){.kind = VAL_LIST, .items = items, .count = n};
}

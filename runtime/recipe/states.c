/* state_machine in a recipe: the table of its states, and the moments that can be read from it:
 * flow.paid_at is when the row came to "paid", flow.since when it came to where it stands. */
#include <string.h>

#include "recipe/records_int.h"

#define FORM "{ open = { done = 90, lost = 10, after = days(1, 5) } }"

static void refuse(Load *ld, const char *state, const char *key, int index)
{
    load_fail(ld, FORM, "state_machine: %s of state \"%s\" cannot be %s", key, state,
              load_describe(ld, index));
}

/* Keys in order, since Lua's own is random. */
static const char **sorted_keys(Load *ld, int index, int *n)
{
    lua_State *L = ld->L;
    *n = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        ++*n;
    const char **keys = load_array(ld, const char *, *n);
    int count = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            load_fail(ld, FORM, "state_machine: states have names, not %s", load_describe(ld, -2));
        Value key;
        lua_pushvalue(L, -2);
        lnode_value(ld, -1, &key);
        lua_pop(L, 1);
        int at = count++;
        for (; at > 0 && strcmp(keys[at - 1], key.text) > 0; at--)
            keys[at] = keys[at - 1];
        keys[at] = key.text;
    }
    return keys;
}

static Value text(const char *s)
{
    return (Value){.kind = VAL_TEXT, .text = s, .len = strlen(s)};
}

/* { done = 90, lost = 10, after = days(1, 5) } */
static Value read_state(Load *ld, const char *name, int index)
{
    lua_State *L = ld->L;
    int n, count = 0;
    if (!lua_istable(L, index))
        refuse(ld, name, "the next", index);
    const char **keys = sorted_keys(ld, index, &n);
    Value *next = load_array(ld, Value, n), *items = load_array(ld, Value, 3);
    double *weights = load_array(ld, double, n);
    for (int i = 0; i < n; i++) {
        lua_getfield(L, index, keys[i]);
        if (strcmp(keys[i], "after") == 0) {
            if (!lnode_value(ld, -1, &items[2]) || items[2].kind != VAL_DURATION)
                refuse(ld, name, "after", -1);
        } else {
            double weight = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
            if (!(weight > 0) || weight - weight != 0)
                refuse(ld, name, load_printf(ld, "the weight of \"%s\"", keys[i]), -1);
            next[count] = text(keys[i]);
            weights[count++] = weight;
        }
        lua_pop(L, 1);
    }
    if (count && items[2].kind == VAL_NONE && !(count == 1 && strcmp(next[0].text, "stay") == 0))
        load_fail(ld, FORM, "state_machine: state \"%s\" does not say after how long it is left",
                  name);
    items[0] = text(name);
    items[1] = (Value){.kind = VAL_WEIGHTS, .items = next, .weights = weights, .count = count};
    if (items[2].kind == VAL_NONE)
        items[2] = (Value){.kind = VAL_DURATION};
    return (Value){.kind = VAL_LIST, .items = items, .count = 3};
}

static bool is_there(const Value *states, int n, const char *name)
{
    bool found = strcmp(name, "stay") == 0;
    for (int i = 0; i < n && !found; i++)
        found = strcmp(states[i].items[0].text, name) == 0;
    return found;
}

Value states_read(Load *ld, const GenDef *def, int index)
{
    int n;
    (void)def;
    const char **names = sorted_keys(ld, index, &n);
    size_t cap = 0, count = 0;
    Value *states = NULL;
    for (int i = 0; i < n; i++) {
        states = load_grow(ld, states, &cap, count + 1, sizeof *states);
        lua_getfield(ld->L, index, names[i]);
        states[count++] = read_state(ld, names[i], lua_gettop(ld->L));
        lua_pop(ld->L, 1);
    }
    /* What is only led to is an end. */
    for (int i = 0; i < n; i++)
        for (int k = 0; k < states[i].items[1].count; k++) {
            const char *name = states[i].items[1].items[k].text;
            if (is_there(states, (int)count, name))
                continue;
            Value *items = load_array(ld, Value, 3);
            items[0] = text(name);
            items[1] = (Value){.kind = VAL_WEIGHTS};
            items[2] = (Value){.kind = VAL_DURATION};
            states = load_grow(ld, states, &cap, count + 1, sizeof *states);
            states[count++] = (Value){.kind = VAL_LIST, .items = items, .count = 3};
        }
    return (Value){.kind = VAL_LIST, .items = states, .count = (int)count};
}

/* ---- flow.paid_at, flow.since */

static int param_of(const GenDef *def, const char *name)
{
    int at = 0;
    while (strcmp(def->params[at].name, name) != 0)
        at++;
    return at;
}

LNode *states_value(Load *ld, Record *r, const char *name)
{
    const Node *self = &r->self->node;
    const GenDef *def = self->gen;
    const Value *states = &self->params[param_of(def, "states")];
    size_t n = strlen(name);
    const char *state = strcmp(name, "since") == 0 ? "" : NULL;
    for (int i = 0; i < states->count && !state; i++) {
        const Value *own = &states->items[i].items[0];
        if (n == own->len + 3 && memcmp(name, own->text, own->len) == 0 &&
            strcmp(name + own->len, "_at") == 0)
            state = own->text;
    }
    if (!state)
        return NULL;
    LNode *e = lnode_new(ld, NODE_GEN);
    Value *params = load_array(ld, Value, def->nparams);
    memcpy(params, self->params, sizeof *params * (size_t)def->nparams);
    params[param_of(def, "show")] = text(state);
    e->node.gen = def;
    e->node.params = params;
    return record_part(r, e, load_text(ld, name, n));
}

/* The global words that are no methods: generators, functions, null, clock, spans of time, values.
 */
#include <string.h>

#include "recipe/recipe_int.h"

void words_add(Load *ld, int env, const char *name)
{
    ld->words = load_grow(ld, ld->words, &ld->cap_words, (size_t)ld->nwords + 1, sizeof *ld->words);
    ld->words[ld->nwords++] = load_text(ld, name, strlen(name));
    lua_setfield(ld->L, env, name);
}

/* ---------------------------------------------------------------- functions */

static int function_word(lua_State *L)
{
    Load *ld = load_of(L);
    OpKind op = (OpKind)lua_tointeger(L, lua_upvalueindex(1));
    const OpDef *def = &op_defs[op];
    int n = lua_gettop(L);
    if (n < def->min_args || (def->max_args >= 0 && n > def->max_args))
        load_fail(ld, def->doc, "%s does not take %d argument%s", def->name, n, n == 1 ? "" : "s");
    LNode **args = load_array(ld, LNode *, n);
    for (int i = 0; i < n; i++) {
        const char *what = arena_printf(ld->mem, "argument %d of %s", i + 1, def->name);
        args[i] = op == OP_WHEN && i == 0 ? lnode_condition(ld, 1, "the condition of when")
                                          : lnode_operand(ld, i + 1, what, false);
    }
    lnode_push(ld, lnode_op(ld, op, args, n), 0);
    return 1;
}

/* case { {cond, a}, ..., otherwise = b } */
static int case_word(lua_State *L)
{
    Load *ld = load_of(L);
    const char *form =
        "case { { t.a:is(1), \"one\" }, { t.a:is(2), \"two\" }, otherwise = \"many\" }";
    if (lua_gettop(L) != 1 || !lua_istable(L, 1))
        load_fail(ld, form, "case takes one list of branches in braces");
    int n = (int)lua_rawlen(L, 1), nargs = 0;
    bool otherwise = lua_getfield(L, 1, "otherwise") != LUA_TNIL;
    int keys = 0;
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
        keys++;
    if (n == 0 || keys != n + otherwise)
        load_fail(ld, form, n ? "case has a key other than otherwise" : "case has no branches");
    LNode **args = load_array(ld, LNode *, 2 * n + 1);
    for (int i = 1; i <= n; i++) {
        if (lua_geti(L, 1, i) != LUA_TTABLE || lua_rawlen(L, -1) != 2)
            load_fail(ld, form, "branch %d of case must be a pair { condition, value }, not %s", i,
                      load_describe(ld, -1));
        lua_geti(L, -1, 1);
        lua_geti(L, -2, 2);
        args[nargs++] =
            lnode_condition(ld, -2, arena_printf(ld->mem, "the condition of branch %d of case", i));
        args[nargs++] = lnode_operand(
            ld, -1, arena_printf(ld->mem, "the value of branch %d of case", i), false);
        lua_pop(L, 3);
    }
    if (otherwise)
        args[nargs++] = lnode_operand(ld, 2, "otherwise of case", false);
    lnode_push(ld, lnode_op(ld, OP_CASE, args, nargs), 0);
    return 1;
}

/* ---------------------------------------------------------------- spans of time */

typedef struct Unit {
    const char *name;
    int64_t months, micros;
} Unit;

#define SECOND INT64_C(1000000)
static const Unit units[] = {
    {"seconds", 0, SECOND},
    {"minutes", 0, 60 * SECOND},
    {"hours", 0, 3600 * SECOND},
    {"days", 0, 86400 * SECOND},
    {"weeks", 0, 604800 * SECOND},
    {"months", 1, 0},
    {"years", 12, 0},
};

/* Within some 10,000 years, which dates cannot leave either. */
#define SPAN_MAX_DAYS 4000000

static int64_t span_at(Load *ld, const Unit *unit, int index)
{
    lua_State *L = ld->L;
    if (lua_type(L, index) != LUA_TNUMBER)
        load_fail(ld, arena_printf(ld->mem, "%s(3), or a range: %s(1, 30)", unit->name, unit->name),
                  "%s takes one number or two, not %s", unit->name, load_describe(ld, index));
    int64_t each = unit->months ? unit->months : unit->micros;
    double max = unit->months ? SPAN_MAX_DAYS / 30.0 : SPAN_MAX_DAYS * 86400e6,
           span = lua_tonumber(L, index) * (double)each;
    if (!(span >= -max && span <= max))
        load_fail(ld, NULL, "%s(%s) is longer than 10,000 years", unit->name,
                  lua_tostring(L, index));
    if (lua_isinteger(L, index))
        return lua_tointeger(L, index) * each;
    if (unit->months && (double)(int64_t)span != span)
        load_fail(ld, "use a smaller unit", "%s(%s) is not a whole number of months", unit->name,
                  lua_tostring(L, index));
    return (int64_t)(span < 0 ? span - 0.5 : span + 0.5);
}

/* days(t.term): the number comes from a column. */
static int node_span(Load *ld, const Unit *unit)
{
    Duration one = {unit->months, unit->months, unit->micros, unit->micros};
    LNode *args[] = {lnode_operand(ld, 1, unit->name, false),
                     lnode_const(ld, (Value){.kind = VAL_DURATION, .duration = one})};
    lnode_push(ld, lnode_op(ld, OP_SPAN, args, 2), 0);
    return 1;
}

static int span_word(lua_State *L)
{
    Load *ld = load_of(L);
    const Unit *unit = lua_touserdata(L, lua_upvalueindex(1));
    int n = lua_gettop(L);
    if (n == 1 && lnode_at(L, 1) && lnode_at(L, 1)->node.kind != NODE_CONST)
        return node_span(ld, unit);
    int64_t min = span_at(ld, unit, 1), max = n >= 2 ? span_at(ld, unit, 2) : min;
    if (n > 2)
        load_fail(ld, NULL, "%s takes one number or two, not %d", unit->name, n);
    if (min > max)
        load_fail(ld, "the smaller number comes first", "%s(%s, %s) is an empty range", unit->name,
                  lua_tostring(L, 1), lua_tostring(L, 2));
    Duration d = {.min_months = unit->months ? min : 0,
                  .max_months = unit->months ? max : 0,
                  .min_micros = unit->months ? 0 : min,
                  .max_micros = unit->months ? 0 : max};
    lnode_push(ld, lnode_const(ld, (Value){.kind = VAL_DURATION, .duration = d}), 0);
    return 1;
}

/* ---------------------------------------------------------------- values */

#define VALUES_MAX 1000000

static int values_word(lua_State *L)
{
    Load *ld = load_of(L);
    const char *form = "values(function(i) return \"SKU-\" .. i end, 100)";
    if (lua_gettop(L) != 2 || !lua_isfunction(L, 1) || !lua_isinteger(L, 2))
        load_fail(ld, form, "values takes a function and how often to call it");
    int64_t n = lua_tointeger(L, 2);
    if (n < 1 || n > VALUES_MAX)
        load_fail(ld, form, "values can make 1 to %d values, not %lld", VALUES_MAX, (long long)n);
    Value *items = load_array(ld, Value, n);
    for (int64_t i = 0; i < n; i++) {
        lua_pushvalue(L, 1);
        lua_pushinteger(L, i + 1);
        lua_call(L, 1, 1);
        if (!lnode_value(ld, -1, &items[i]))
            load_fail(
                ld,
                "the function returns a text, a number, a boolean or null; it is called while planning, not per row",
                "values: call %lld gave %s", (long long)i + 1, load_describe(ld, -1));
        lua_pop(L, 1);
    }
    const GenDef *choice = gen_find("choice");
    LNode *e = lnode_new(ld, NODE_GEN);
    Value *params = load_array(ld, Value, choice->nparams);
    params[0] = (Value){.kind = VAL_LIST, .items = items, .count = (int)n};
    e->node.gen = choice;
    e->node.params = params;
    lnode_push(ld, e, 0);
    return 1;
}

/* ---------------------------------------------------------------- all of them */

static bool is_taken(lua_State *L, int env, const char *name)
{
    lua_pushstring(L, name);
    bool taken = lua_rawget(L, env) != LUA_TNIL;
    lua_pop(L, 1);
    return taken;
}

void words_open(Load *ld, int env)
{
    lua_State *L = ld->L;
    lnode_push(ld, lnode_const(ld, (Value){.kind = VAL_NULL}), 0);
    words_add(ld, env, "null");
    lnode_push(ld, lnode_const(ld, (Value){.kind = VAL_CLOCK}), 0);
    words_add(ld, env, "clock");
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        lua_pushlightuserdata(L, (void *)&units[i]);
        lua_pushcclosure(L, span_word, 1);
        words_add(ld, env, units[i].name);
    }
    lua_pushcfunction(L, values_word);
    words_add(ld, env, "values");
    rolls_open(ld, env);
    sugar_open(ld, env);
    records_open(ld, env);
    for (int op = 0; op < OP_COUNT; op++) {
        if (op_defs[op].form != 'f')
            continue;
        lua_pushinteger(L, op);
        lua_pushcclosure(L, op == OP_CASE ? case_word : function_word, 1);
        words_add(ld, env, op_defs[op].name);
    }
    /* A generator never hides a word of Lua or of the language. */
    int n;
    const GenDef *const *all = gen_all(&n);
    for (int i = 0; i < n; i++) {
        if (is_taken(L, env, all[i]->name))
            continue;
        lua_pushlightuserdata(L, (void *)all[i]);
        lua_pushcclosure(L, call_generator, 1);
        words_add(ld, env, all[i]->name);
    }
}

/* A generator call: arguments by position and by name, checked against what the registry says. */
#include <stdarg.h>
#include <string.h>

#include "base/calendar.h"
#include "gen/distribution.h"
#include "recipe/records_int.h"

static void __attribute__((noreturn))
wrong_kind(Load *ld, const GenDef *def, const GenParam *param, int index)
{
    const char *hint = arena_printf(ld->mem, "for example %s", def->example);
    LNode *e = lnode_at(ld->L, index);
    if (lua_isnil(ld->L, index))
        hint = "for NULL write null";
    else if (e && e->node.kind != NODE_CONST &&
             (param->kind == PARAM_INT || param->kind == PARAM_NUMBER || param->kind == PARAM_TEXT))
        hint =
            "parameters are the same for all rows; compute with the generated value in an expression instead";
    load_fail(ld, hint, "%s: %s must be %s, not %s", def->name, param->name,
              param_kind_text(param->kind), load_describe(ld, index));
}

static const char *bound_text(Load *ld, double bound)
{
    return arena_printf(ld->mem, "%.15g", bound);
}

static void check_range(Load *ld, const GenDef *def, const GenParam *param, double given)
{
    if (param->min < param->max && (given < param->min || given > param->max))
        load_fail(ld, arena_printf(ld->mem, "for example %s", def->example),
                  "%s: %s must lie between %s and %s, not %s", def->name, param->name,
                  bound_text(ld, param->min), bound_text(ld, param->max), bound_text(ld, given));
}

/* 1e6 is a float in Lua, but a whole number to people. */
static bool whole_number(Value *v)
{
    if (v->kind == VAL_FLOAT && v->f >= -0x1p63 && v->f < 0x1p63 && (double)(int64_t)v->f == v->f)
        *v = (Value){.kind = VAL_INT, .i = (int64_t)v->f};
    return v->kind == VAL_INT;
}

static bool is_moment(const Value *v)
{
    int64_t days, micros;
    if (v->kind == VAL_TEXT)
        return calendar_parse_date(v->text, &days) || calendar_parse_timestamp(v->text, &micros);
    const Duration *d = &v->duration;
    return v->kind == VAL_CLOCK || (v->kind == VAL_DURATION && d->min_months == d->max_months &&
                                    d->min_micros == d->max_micros);
}

/* ---------------------------------------------------------------- lists and weights */

static Value *list_items(Load *ld, const GenDef *def, const GenParam *param, int index, int n)
{
    Value *items = load_array(ld, Value, n);
    for (int i = 0; i < n; i++) {
        lua_geti(ld->L, index, i + 1);
        if (!lnode_value(ld, -1, &items[i]))
            load_fail(ld, "to choose between columns and generators: when(cond, a, b) or case{...}",
                      "%s: item %d of %s must be a constant, not %s", def->name, i + 1, param->name,
                      load_describe(ld, -1));
        lua_pop(ld->L, 1);
    }
    return items;
}

/* The number of items of a table that must be a list and nothing else. */
static int list_length(Load *ld, const GenDef *def, const GenParam *param, int index)
{
    lua_State *L = ld->L;
    int64_t n = (int64_t)lua_rawlen(L, index), keys = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        keys++;
    if (keys != n)
        load_fail(ld, "no key, no hole, no nil; for NULL write null",
                  "%s: %s must be a plain list, such as { \"a\", \"b\" }", def->name, param->name);
    return (int)n;
}

static Value read_list(Load *ld, const GenDef *def, const GenParam *param, int index)
{
    int n = list_length(ld, def, param, index);
    return (Value){.kind = VAL_LIST, .items = list_items(ld, def, param, index, n), .count = n};
}

static double read_weight(Load *ld, const GenDef *def, const char *item, int index)
{
    double weight = lua_type(ld->L, index) == LUA_TNUMBER ? lua_tonumber(ld->L, index) : -1;
    if (!(weight > 0) || weight - weight != 0)
        load_fail(ld, "a weight is a number above 0; leave an item out that shall never come",
                  "%s: the weight of %s cannot be %s", def->name, item, load_describe(ld, index));
    return weight;
}

/* { {1, 5}, {2, 3} } */
static Value read_weight_list(Load *ld, const GenDef *def, const GenParam *param, int index)
{
    lua_State *L = ld->L;
    int n = list_length(ld, def, param, index);
    Value *items = load_array(ld, Value, n);
    double *weights = load_array(ld, double, n);
    for (int i = 0; i < n; i++) {
        if (lua_geti(L, index, i + 1) != LUA_TTABLE || lua_rawlen(L, -1) != 2)
            load_fail(ld, "weighted { a = 70, b = 30 }, or weighted { {1, 5}, {2, 3} }",
                      "%s: item %d must be a pair { value, weight }, not %s", def->name, i + 1,
                      load_describe(ld, -1));
        lua_geti(L, -1, 1);
        if (!lnode_value(ld, -1, &items[i]))
            load_fail(ld, "to choose between columns and generators: when(cond, a, b) or case{...}",
                      "%s: item %d must be a constant, not %s", def->name, i + 1,
                      load_describe(ld, -1));
        lua_geti(L, -2, 2);
        weights[i] = read_weight(ld, def, arena_printf(ld->mem, "item %d", i + 1), -1);
        lua_pop(L, 3);
    }
    return (Value){.kind = VAL_WEIGHTS, .items = items, .weights = weights, .count = n};
}

/* { a = 70, b = 30 }: sorted by key, since Lua's own order is random. */
static Value read_weight_map(Load *ld, const GenDef *def, int index)
{
    lua_State *L = ld->L;
    int n = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        n++;
    Value *items = load_array(ld, Value, n);
    double *weights = load_array(ld, double, n);
    n = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            load_fail(
                ld, "weighted { a = 70, b = 30 }, or weighted { {1, 5}, {2, 3} }",
                "%s mixes named and listed items; numbers and the like are listed as pairs { value, weight }",
                def->name);
        Value item;
        lua_pushvalue(L, -2);
        lnode_value(ld, -1, &item);
        lua_pop(L, 1);
        double weight = read_weight(ld, def, item.text, -1);
        int at = n++;
        for (; at > 0 && strcmp(items[at - 1].text, item.text) > 0; at--) {
            items[at] = items[at - 1];
            weights[at] = weights[at - 1];
        }
        items[at] = item;
        weights[at] = weight;
    }
    return (Value){.kind = VAL_WEIGHTS, .items = items, .weights = weights, .count = n};
}

/* ---------------------------------------------------------------- one parameter */

static Value read_node(Load *ld, const GenDef *def, const GenParam *param, int index, LNode *call)
{
    if (!lnode_at(ld->L, index) && (lua_isnil(ld->L, index) || lua_istable(ld->L, index) ||
                                    lua_isfunction(ld->L, index) || lua_isuserdata(ld->L, index)))
        wrong_kind(ld, def, param, index);
    LNode *e = lnode_operand(ld, index, param->name, false);
    lnode_take(ld, call, e);
    return (Value){.kind = VAL_NODE, .node = &e->node};
}

/* A distribution is a call without columns, or its name, which becomes the call without parameters.
 */
static Value read_dist(Load *ld, const GenDef *def, const GenParam *param, int index, LNode *call)
{
    LNode *e = lnode_at(ld->L, index);
    if (!e && lua_type(ld->L, index) == LUA_TSTRING) {
        e = lnode_new(ld, NODE_GEN);
        e->node.gen = gen_find(lua_tostring(ld->L, index));
        e->node.params = load_array(ld, Value, e->node.gen ? e->node.gen->nparams : 0);
    }
    if (!e || e->node.kind != NODE_GEN || !gen_is_distribution(e->node.gen))
        wrong_kind(ld, def, param, index);
    lnode_take(ld, call, e);
    return (Value){.kind = VAL_NODE, .node = &e->node};
}

static Value read_param(Load *ld, const GenDef *def, const GenParam *param, int index, LNode *call)
{
    Value v = {0};
    bool is_table = lua_istable(ld->L, index), constant = !is_table && lnode_value(ld, index, &v),
         fits = false;
    switch (param->kind) {
    case PARAM_INT: fits = constant && whole_number(&v); break;
    case PARAM_NUMBER: fits = constant && (v.kind == VAL_INT || v.kind == VAL_FLOAT); break;
    case PARAM_TEXT: fits = constant && v.kind == VAL_TEXT; break;
    case PARAM_BOOL: fits = constant && v.kind == VAL_BOOL; break;
    case PARAM_DURATION: fits = constant && v.kind == VAL_DURATION; break;
    case PARAM_TIME: fits = constant && is_moment(&v); break;
    case PARAM_MOMENT:
        if (!constant)
            return read_node(ld, def, param, index, call);
        fits = is_moment(&v);
        break;
    case PARAM_NODE: return read_node(ld, def, param, index, call);
    case PARAM_NODES:
    case PARAM_MEMBERS:
        if (!is_table)
            wrong_kind(ld, def, param, index);
        return param->kind == PARAM_NODES ? call_nodes(ld, def, index, call)
                                          : call_members(ld, def, index, call);
    case PARAM_TEMPLATE: fits = constant && v.kind == VAL_TEXT; break;
    case PARAM_DATASET:
        if (!constant || v.kind != VAL_TEXT)
            wrong_kind(ld, def, param, index);
        return dataset_read(ld, def, v.text);
    case PARAM_DIST: return read_dist(ld, def, param, index, call);
    case PARAM_ANY: return constant ? v : read_node(ld, def, param, index, call);
    case PARAM_LIST:
        return is_table ? read_list(ld, def, param, index) : (wrong_kind(ld, def, param, index), v);
    case PARAM_WEIGHTS:
        if (!is_table)
            wrong_kind(ld, def, param, index);
        return lua_rawlen(ld->L, index) ? read_weight_list(ld, def, param, index)
                                        : read_weight_map(ld, def, index);
    case PARAM_STATES:
        return is_table ? states_read(ld, def, index) : (wrong_kind(ld, def, param, index), v);
    case PARAM_TABLE: {
        const char *name = table_name_at(ld, index, def->name);
        return (Value){.kind = VAL_TABLE, .text = name, .len = strlen(name)};
    }
    }
    if (!fits)
        wrong_kind(ld, def, param, index);
    if (v.kind == VAL_INT || v.kind == VAL_FLOAT)
        check_range(ld, def, param, v.kind == VAL_INT ? (double)v.i : v.f);
    return v;
}

/* ---------------------------------------------------------------- the call */

/* Is the table at the end of the call one of named parameters, or the value of parameter p? */
static bool holds_names(lua_State *L, int index, const GenParam *p)
{
    if (!p || (p->kind != PARAM_LIST && p->kind != PARAM_WEIGHTS && p->kind != PARAM_NODES &&
               p->kind != PARAM_MEMBERS))
        return true;
    bool named = lua_getfield(L, index, p->name) == LUA_TTABLE;
    lua_pop(L, 1);
    return named;
}

static const char *const *param_names(Load *ld, const GenDef *def)
{
    const char **names = load_array(ld, const char *, def->nparams);
    for (int i = 0; i < def->nparams; i++)
        names[i] = def->params[i].name;
    return names;
}

static const char *signature(Load *ld, const GenDef *def)
{
    const char *text = "it takes ";
    for (int i = 0; i < def->nparams; i++)
        text = arena_printf(ld->mem, "%s%s%s", text, i ? ", " : "", def->params[i].name);
    return def->nparams ? text : "it takes none";
}

/* The least key that is no parameter, so that the error does not depend on Lua's order. */
static void refuse_unknown(Load *ld, const GenDef *def, int index)
{
    lua_State *L = ld->L;
    const char *unknown = NULL;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            load_fail(ld, arena_printf(ld->mem, "for example %s", def->example),
                      "%s: parameters in braces have names", def->name);
        const char *key = lua_tostring(L, -2);
        bool known = false;
        for (int i = 0; i < def->nparams; i++)
            known = known || strcmp(def->params[i].name, key) == 0;
        if (!known && (!unknown || strcmp(key, unknown) < 0))
            unknown = key;
    }
    if (!unknown)
        return;
    const char *near = load_near(ld, "", unknown, param_names(ld, def), def->nparams);
    load_fail(ld, near ? near : signature(ld, def), "%s has no parameter \"%s\"", def->name,
              unknown);
}

static void read_named(Load *ld, const GenDef *def, int index, Value *params, LNode *call)
{
    lua_State *L = ld->L;
    refuse_unknown(ld, def, index);
    for (int i = 0; i < def->nparams; i++) {
        if (lua_getfield(L, index, def->params[i].name) != LUA_TNIL) {
            if (params[i].kind != VAL_NONE)
                load_fail(ld, NULL, "%s: %s is given twice", def->name, def->params[i].name);
            params[i] = read_param(ld, def, &def->params[i], lua_gettop(L), call);
        }
        lua_pop(L, 1);
    }
}

LNode *call_read(lua_State *L, const GenDef *def)
{
    Load *ld = load_of(L);
    int n = lua_gettop(L), positional = n;
    LNode *call = lnode_new(ld, NODE_GEN);
    Value *params = load_array(ld, Value, def->nparams);
    call->node.gen = def;
    call->node.params = params;
    if (n && lua_istable(L, n) && holds_names(L, n, n <= def->nparams ? &def->params[n - 1] : NULL))
        positional = n - 1;
    if (positional > def->nparams)
        load_fail(ld, signature(ld, def), "%s: too many arguments (%d)", def->name, positional);
    for (int i = 0; i < positional; i++)
        params[i] = read_param(ld, def, &def->params[i], i + 1, call);
    if (positional < n)
        read_named(ld, def, n, params, call);
    for (int i = 0; i < def->nparams; i++)
        if (def->params[i].required && params[i].kind == VAL_NONE)
            load_fail(ld, arena_printf(ld->mem, "for example %s", def->example), "%s needs %s: %s",
                      def->name, def->params[i].name, def->params[i].doc);
    for (int i = 0; i + 1 < def->nparams; i++)
        if (def->params[i].kind == PARAM_TEMPLATE)
            call_template(ld, def, &params[i], &params[i + 1], call);
    return call;
}

LNode *call_new(Load *ld, const char *generator, ...)
{
    const GenDef *def = gen_find(generator);
    LNode *call = lnode_new(ld, NODE_GEN);
    Value *params = load_array(ld, Value, def->nparams);
    call->node.gen = def;
    call->node.params = params;
    va_list ap;
    va_start(ap, generator);
    for (const char *name; (name = va_arg(ap, const char *));) {
        LNode *e = va_arg(ap, LNode *);
        int at = 0;
        while (at < def->nparams && strcmp(def->params[at].name, name) != 0)
            at++;
        if (at == def->nparams)
            load_fail(ld, NULL, "internal error: %s has no parameter %s", generator, name);
        if (!e)
            continue;
        bool takes_nodes = def->params[at].kind == PARAM_NODE || def->params[at].kind == PARAM_ANY;
        lnode_take(ld, call, e);
        params[at] = takes_nodes ? (Value){.kind = VAL_NODE, .node = &e->node} : e->node.value;
    }
    va_end(ap);
    return call;
}

int call_generator(lua_State *L)
{
    Load *ld = load_of(L);
    const GenDef *def = lua_touserdata(L, lua_upvalueindex(1));
    LNode *call = call_read(L, def);
    records_begin(ld, call);
    lnode_push(ld, call, 0);
    return 1;
}

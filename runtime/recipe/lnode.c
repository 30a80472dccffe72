/* Nodes as Lua sees them: immutable userdata without fields. Operators and methods build new nodes;
 * whatever Lua would decide while the recipe runs (<, ==, #, pairs) raises and names the method to
 * use. */
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "recipe/recipe_int.h"

#define NODE_TYPE  "seedpipe.node"
#define METHODS    "seedpipe.node.methods"
#define MAX_WEIGHT 10000
#define MAX_DEPTH  200

/* ---------------------------------------------------------------- building */

LNode *lnode_new(Load *ld, NodeKind kind)
{
    LNode *e = load_alloc(ld, sizeof *e);
    e->node.kind = kind;
    e->node.where = load_here(ld);
    e->node.mods.on_delete = e->node.mods.on_update = ACTION_UNSET;
    e->weight = e->depth = 1;
    return e;
}

LNode *lnode_const(Load *ld, Value value)
{
    LNode *e = lnode_new(ld, NODE_CONST);
    e->node.value = value;
    return e;
}

void lnode_take(Load *ld, LNode *into, LNode *e)
{
    e->used = true;
    if (e->owner && into->owner && e->owner != into->owner)
        load_fail(ld, "read a parent's column through the reference: t.key.column",
                  "columns of %s and of %s stand in one expression", into->owner->full_name,
                  e->owner->full_name);
    if (e->owner)
        into->owner = e->owner;
    into->weight += e->weight;
    if (e->depth + 1 > into->depth)
        into->depth = e->depth + 1;
    if (into->weight > MAX_WEIGHT || into->depth > MAX_DEPTH)
        load_fail(ld, "put parts of it into columns of their own",
                  "the expression has more than %d parts, or is nested more than %d deep",
                  MAX_WEIGHT, MAX_DEPTH);
}

static bool is_condition_op(OpKind op)
{
    return (op >= OP_EQ && op <= OP_WITHIN) || op == OP_LIKE || op == OP_AND || op == OP_OR ||
           op == OP_NOT;
}

void lnode_must_use(Load *ld, LNode *e)
{
    e->subject = load_subject(ld);
    e->pending = ld->pending;
    ld->pending = e;
}

LNode *lnode_op(Load *ld, OpKind op, LNode *const *args, int nargs)
{
    LNode *e = lnode_new(ld, NODE_OP);
    const Node **nodes = load_array(ld, const Node *, nargs);
    e->node.op = op;
    e->node.args = nodes;
    e->node.nargs = nargs;
    for (int i = 0; i < nargs; i++) {
        lnode_take(ld, e, args[i]);
        nodes[i] = &args[i]->node;
    }
    e->condition = is_condition_op(op);
    if (e->condition)
        lnode_must_use(ld, e);
    return e;
}

bool lnode_is_gen(const LNode *e, const char *name)
{
    return e->node.kind == NODE_GEN && strcmp(e->node.gen->name, name) == 0;
}

/* ---------------------------------------------------------------- Lua values */

void lnode_push(Load *ld, LNode *e, int origin)
{
    lua_State *L = ld->L;
    *(LNode **)lua_newuserdatauv(L, sizeof(LNode *), 1) = e;
    luaL_setmetatable(L, NODE_TYPE);
    if (origin) {
        lua_pushvalue(L, origin);
        lua_setiuservalue(L, -2, 1);
    }
}

LNode *lnode_at(lua_State *L, int index)
{
    LNode **handle = luaL_testudata(L, index, NODE_TYPE);
    return handle ? *handle : NULL;
}

static Value number_value(Load *ld, int index)
{
    if (lua_isinteger(ld->L, index))
        return (Value){.kind = VAL_INT, .i = lua_tointeger(ld->L, index)};
    double f = lua_tonumber(ld->L, index);
    if (f - f != 0)
        load_fail(ld, NULL, "a number of a recipe must be finite");
    Buf text;
    buf_init(&text, 512);
    buf_double(&text, f);
    Value value = {.kind = VAL_FLOAT,
                   .f = f,
                   .text = arena_strndup(ld->mem, text.data, text.len),
                   .len = text.len};
    buf_free(&text);
    return value;
}

static Value text_value(Load *ld, int index)
{
    size_t n;
    const char *s = lua_tolstring(ld->L, index, &n);
    if (memchr(s, 0, n))
        load_fail(ld, "binary values come from bytes()",
                  "a text contains the character 0, which no database stores in texts");
    if (!utf8_valid(s, n))
        load_fail(ld, "save the recipe as UTF-8; binary values come from bytes()",
                  "a text is not UTF-8");
    return (Value){.kind = VAL_TEXT, .text = load_text(ld, s, n), .len = n};
}

bool lnode_value(Load *ld, int index, Value *out)
{
    switch (lua_type(ld->L, index)) {
    case LUA_TBOOLEAN:
        *out = (Value){.kind = VAL_BOOL, .i = lua_toboolean(ld->L, index)};
        return true;
    case LUA_TNUMBER: *out = number_value(ld, index); return true;
    case LUA_TSTRING: *out = text_value(ld, index); return true;
    default: break;
    }
    LNode *e = lnode_at(ld->L, index);
    if (!e || e->node.kind != NODE_CONST)
        return false;
    e->used = true;
    *out = e->node.value;
    return true;
}

static void refuse_operand(Load *ld, int index, const char *what)
{
    const char *hint = NULL;
    if (lua_isnoneornil(ld->L, index))
        hint = "for NULL write null";
    else if (table_at(ld->L, index))
        hint = "name one of its columns: t.column, or t.key.column for a parent's";
    load_fail(ld, hint, "%s must be a value, a column or an expression, not %s", what,
              load_describe(ld, index));
}

LNode *lnode_operand(Load *ld, int index, const char *what, bool whole)
{
    Value value;
    LNode *e = lnode_at(ld->L, index);
    if (!e) {
        if (!lnode_value(ld, index, &value))
            refuse_operand(ld, index, what);
        return lnode_const(ld, value);
    }
    if (whole)
        return e;
    if (lnode_is_gen(e, "ref") || lnode_is_gen(e, "serial"))
        load_fail(
            ld, arena_printf(ld->mem, "first: t.key = %s(...); then use t.key", e->node.gen->name),
            "%s cannot be a part of an expression", e->node.gen->name);
    e->used = true;
    if (!e->modified)
        return e;
    LNode *bare = load_alloc(ld, sizeof *bare);
    *bare = *e;
    bare->modified = false;
    bare->node.mods = (struct NodeModifiers){.on_delete = ACTION_UNSET, .on_update = ACTION_UNSET};
    return bare;
}

LNode *lnode_condition(Load *ld, int index, const char *what)
{
    LNode *e = lnode_at(ld->L, index);
    if (lua_isboolean(ld->L, index))
        load_fail(
            ld,
            "compare with methods: t.status:is \"paid\", t.amount:gt(0); and, or, not are written & | ~",
            "%s is the Lua value %s: the comparison was made while the recipe runs, not per row",
            what, lua_toboolean(ld->L, index) ? "true" : "false");
    if (!e || e->node.kind == NODE_CONST)
        load_fail(ld, "write a comparison, such as t.status:is \"paid\"",
                  "%s must be a condition, not %s", what, load_describe(ld, index));
    return lnode_operand(ld, index, what, false);
}

/* ---------------------------------------------------------------- operators */

static const char *const op_signs[] = {"+", "-", "*", "/", "%", "//", "-", "..", "&", "|", "~"};

static bool is_fixed(const Duration *d)
{
    return d->min_months == d->max_months && d->min_micros == d->max_micros;
}

static bool add_duration(Duration *a, const Duration *b, int sign)
{
    const int64_t from[] = {b->min_months, b->max_months, b->min_micros, b->max_micros};
    int64_t *to[] = {&a->min_months, &a->max_months, &a->min_micros, &a->max_micros};
    for (int i = 0; i < 4; i++) {
        int64_t v = from[sign < 0 ? i ^ 1 : i]; /* minus a range: the bounds change places */
        if (sign < 0 ? __builtin_sub_overflow(*to[i], v, to[i])
                     : __builtin_add_overflow(*to[i], v, to[i]))
            return false;
    }
    return true;
}

/* clock + days(2), days(1) + hours(3), -days(2): known at once. */
static LNode *fold(Load *ld, OpKind op, LNode *const *args, int nargs)
{
    if (op != OP_ADD && op != OP_SUB && op != OP_NEG)
        return NULL;
    for (int i = 0; i < nargs; i++)
        if (args[i]->node.kind != NODE_CONST ||
            (args[i]->node.value.kind != VAL_DURATION && args[i]->node.value.kind != VAL_CLOCK))
            return NULL;
    Value a = args[0]->node.value, b = nargs > 1 ? args[1]->node.value : a;
    if (op == OP_NEG) {
        if (a.kind == VAL_CLOCK)
            return NULL;
        a.duration = (Duration){0};
    } else if (op == OP_ADD && b.kind == VAL_CLOCK && a.kind == VAL_DURATION) {
        Value swap = a;
        a = b;
        b = swap;
    }
    if (b.kind == VAL_CLOCK)
        return NULL;
    if (!add_duration(&a.duration, &b.duration, op == OP_ADD ? 1 : -1))
        load_fail(ld, NULL, "the span of time is too long");
    if (a.kind == VAL_CLOCK && !is_fixed(&a.duration))
        load_fail(ld, "write after(x, days(1, 30)), or timestamp { from = ..., to = ... }",
                  "clock and a range of time make no single moment");
    return lnode_const(ld, a);
}

/* Upvalue 1: the operator. */
static int operator(lua_State *L)
{
    Load *ld = load_of(L);
    OpKind op = (OpKind)lua_tointeger(L, lua_upvalueindex(1));
    bool logic = op == OP_AND || op == OP_OR || op == OP_NOT;
    int n = op_defs[op].max_args == 1 ? 1 : 2;
    LNode *args[2];
    for (int i = 0; i < n; i++) {
        const char *what =
            n == 1 ? arena_printf(ld->mem, "what stands behind %s", op_signs[op])
                   : arena_printf(ld->mem, "the %s side of %s", i ? "right" : "left", op_signs[op]);
        args[i] = logic ? lnode_condition(ld, i + 1, what) : lnode_operand(ld, i + 1, what, false);
    }
    LNode *folded = logic ? NULL : fold(ld, op, args, n);
    if (folded) {
        lnode_push(ld, folded, 0);
        return 1;
    }
    /* a .. (b .. c) is one list of parts */
    const Node *tail = &args[n - 1]->node;
    if (op == OP_CONCAT && tail->kind == NODE_OP && tail->op == OP_CONCAT) {
        LNode **parts = load_array(ld, LNode *, tail->nargs + 1);
        parts[0] = args[0];
        for (int i = 0; i < tail->nargs; i++)
            parts[i + 1] = (LNode *)tail->args[i];
        lnode_push(ld, lnode_op(ld, op, parts, tail->nargs + 1), 0);
        return 1;
    }
    lnode_push(ld, lnode_op(ld, op, args, n), 0);
    return 1;
}

/* Upvalue 1: the method's operator. */
static int comparison(lua_State *L)
{
    Load *ld = load_of(L);
    OpKind op = (OpKind)lua_tointeger(L, lua_upvalueindex(1));
    const OpDef *def = &op_defs[op];
    int n = lua_gettop(L);
    if (n < def->min_args || (def->max_args >= 0 && n > def->max_args))
        load_fail(ld, def->doc, ":%s takes %s, not %d", def->name,
                  def->max_args < 0 ? "one value or more" : "one value", n > 0 ? n - 1 : 0);
    LNode **args = load_array(ld, LNode *, n);
    for (int i = 0; i < n; i++) {
        const char *what = i == 0 ? arena_printf(ld->mem, "the left side of :%s", def->name)
                                  : arena_printf(ld->mem, "argument %d of :%s", i, def->name);
        args[i] = lnode_operand(ld, i + 1, what, false);
        if (i && op != OP_EQ && op != OP_NE && args[i]->node.kind == NODE_CONST &&
            args[i]->node.value.kind == VAL_NULL)
            load_fail(ld, "test for NULL with :is(null) or :ne(null)", ":%s(null) is never true",
                      def->name);
    }
    lnode_push(ld, lnode_op(ld, op, args, n), 0);
    return 1;
}

/* ---------------------------------------------------------------- modifiers */

static const char *const modifiers[] = {"unique", "pii", "null", "type", "on_delete", "on_update"};
enum { MOD_UNIQUE, MOD_PII, MOD_NULL, MOD_TYPE, MOD_ON_DELETE, MOD_ON_UPDATE, MOD_COUNT };

static int action_at(Load *ld, int index, const char *name)
{
    static const char *const names[] = {"no action", "restrict", "cascade", "set null",
                                        "set default"};
    const char *given = lua_type(ld->L, index) == LUA_TSTRING ? lua_tostring(ld->L, index) : "";
    for (int i = 0; i < 5; i++)
        if (strcmp(given, names[i]) == 0)
            return ACTION_NO_ACTION + i;
    const char *near = load_near(ld, "", given, names, 5);
    load_fail(
        ld,
        near ? near
             : "one of \"cascade\", \"restrict\", \"set null\", \"set default\", \"no action\"",
        ":%s takes the name of an action, not %s", name, load_describe(ld, index));
}

static void set_null_share(Load *ld, struct NodeModifiers *mods)
{
    lua_State *L = ld->L;
    mods->nullable = lua_gettop(L) == 1;
    if (mods->nullable)
        return;
    double share = lua_type(L, 2) == LUA_TNUMBER ? lua_tonumber(L, 2) : -1;
    if (!(share >= 0 && share <= 1))
        load_fail(ld, ":null(0.2) makes one row in five NULL",
                  ":null takes a share from 0 to 1, not %s", load_describe(ld, 2));
    mods->null_share = share;
}

static const char *word_at(Load *ld, int index, const char *what, const char *hint)
{
    if (lua_type(ld->L, index) != LUA_TSTRING || lua_rawlen(ld->L, index) == 0)
        load_fail(ld, hint, "%s takes a text, not %s", what, load_describe(ld, index));
    Value value = text_value(ld, index);
    return value.text;
}

/* Upvalue 1: which. */
static int modifier(lua_State *L)
{
    Load *ld = load_of(L);
    int which = (int)lua_tointeger(L, lua_upvalueindex(1));
    LNode *old = lnode_at(L, 1);
    if (!old)
        load_fail(
            ld, arena_printf(ld->mem, "write it with a colon: first_name():%s()", modifiers[which]),
            ":%s is a method of columns and generators", modifiers[which]);
    if (lua_gettop(L) > (which == MOD_UNIQUE ? 1 : 2))
        load_fail(ld, which == MOD_UNIQUE ? "several columns together: t:unique(t.a, t.b)" : NULL,
                  ":%s has too many arguments", modifiers[which]);
    LNode *e = load_alloc(ld, sizeof *e);
    *e = *old;
    e->used = e->reported = false;
    e->modified = true;
    old->used = true;
    struct NodeModifiers *mods = &e->node.mods;
    switch (which) {
    case MOD_UNIQUE: mods->unique = true; break;
    case MOD_PII:
        mods->pii = true;
        if (!lua_isnoneornil(L, 2))
            mods->pii_kind = word_at(ld, 2, ":pii", ":pii() or :pii \"name\"");
        break;
    case MOD_NULL: set_null_share(ld, mods); break;
    case MOD_TYPE: mods->type = word_at(ld, 2, ":type", "such as :type \"varchar(40)\""); break;
    case MOD_ON_DELETE: mods->on_delete = action_at(ld, 2, "on_delete"); break;
    default: mods->on_update = action_at(ld, 2, "on_update"); break;
    }
    lnode_must_use(ld, e);
    lnode_push(ld, e, 0);
    return 1;
}

/* ---------------------------------------------------------------- reading and calling */

#define METHOD_MAX 32

static int method_names(const char **names)
{
    int n = 0;
    for (int i = 0; i < MOD_COUNT; i++)
        names[n++] = modifiers[i];
    for (int op = 0; op < OP_COUNT; op++)
        if (op_defs[op].form == 'm')
            names[n++] = op_defs[op].name;
    return n;
}

static bool push_method(Load *ld, const char *name)
{
    lua_getfield(ld->L, LUA_REGISTRYINDEX, METHODS);
    bool found = lua_getfield(ld->L, -1, name) != LUA_TNIL;
    lua_remove(ld->L, -2);
    return found;
}

static void unknown_method(Load *ld, const LNode *e, const char *name)
{
    const char *names[METHOD_MAX];
    int n = method_names(names);
    const char *near = load_near(ld, ":", name, names, n);
    if (e && e->node.kind == NODE_COLUMN)
        load_fail(
            ld, near ? near : "only a reference has columns: t.key.column",
            "%s.%s is no reference, so it has no column \"%s\", and there is no method of that name",
            e->owner->full_name, e->node.column, name);
    if (e && lnode_is_gen(e, "ref"))
        load_fail(ld,
                  arena_printf(
                      ld->mem,
                      "%s%sfor a column of the parent, first t.key = ref(...), then t.key.column",
                      near ? near : "", near ? " " : ""),
                  "there is no method :%s", name);
    load_fail(
        ld,
        near
            ? near
            : "the methods are :unique :pii :null :type :is :ne :gt :ge :lt :le :within :between :like",
        "there is no method :%s", name);
}

int lnode_call_method(Load *ld, const char *name)
{
    lua_State *L = ld->L;
    if (!push_method(ld, name))
        unknown_method(ld, NULL, name);
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static bool may_have_columns(const LNode *e)
{
    if (e->node.kind == NODE_PARENT)
        return true;
    if (e->node.kind != NODE_COLUMN)
        return false;
    if (e->owner->forward)
        return true;
    const Table *table = &e->owner->out.table;
    return lnode_is_gen((const LNode *)table->cols[table_column(table, e->node.column)].node,
                        "ref");
}

/* A field of a reference is the parent's column, or a method once it is called: the parent may not
 * be known yet. */
static int read_field(lua_State *L)
{
    Load *ld = load_of(L);
    LNode *e = lnode_at(L, 1);
    if (lua_type(L, 2) != LUA_TSTRING)
        load_fail(ld, NULL, "a column has no fields; it is not known before rows are made");
    const char *name = lua_tostring(L, 2);
    if (may_have_columns(e)) {
        LNode *parent = lnode_new(ld, NODE_PARENT);
        const Node **args = load_array(ld, const Node *, 1);
        args[0] = &e->node;
        parent->node.args = args;
        parent->node.nargs = 1;
        parent->node.name = load_text(ld, name, strlen(name));
        lnode_take(ld, parent, e);
        parent->subject = load_subject(ld);
        lnode_push(ld, parent, 1);
        return 1;
    }
    if (!push_method(ld, name) && !records_field(ld, e, name))
        unknown_method(ld, e, name);
    return 1;
}

static int call_node(lua_State *L)
{
    Load *ld = load_of(L);
    LNode *e = lnode_at(L, 1);
    lua_getiuservalue(L, 1, 1);
    bool as_method = lua_gettop(L) > 2 && !lua_isnil(L, -1) && lua_rawequal(L, -1, 2);
    lua_pop(L, 1);
    if (!as_method) {
        const char *name = e->node.kind == NODE_COLUMN   ? e->node.column
                           : e->node.kind == NODE_PARENT ? e->node.name
                                                         : NULL;
        if (name)
            load_fail(ld, "methods are called with a colon", "\"%s\" is a column, not a function",
                      name);
        load_fail(ld, "a generator is called once: t.name = first_name()",
                  "a node is not a function");
    }
    lua_remove(L, 1);
    return e->node.kind == NODE_COLUMN ? table_call_method(ld, e->node.column)
                                       : lnode_call_method(ld, e->node.name);
}

/* ---------------------------------------------------------------- traps */

typedef struct Trap {
    const char *event, *message, *hint;
} Trap;

static const Trap traps[] = {
    {"__eq", "== compares nodes while the recipe runs, not values per row",
     "use the method :is, such as t.status:is \"paid\", or :ne"},
    {"__lt", "< and > compare while the recipe runs, not per row",
     "use the methods :lt and :gt, such as t.amount:gt(0)"},
    {"__le", "<= and >= compare while the recipe runs, not per row",
     "use the methods :le and :ge, such as t.amount:ge(0)"},
    {"__len", "# counts while the recipe runs, not per row", "use length(t.column)"},
    {"__tostring", "a column has no text while the recipe runs",
     "join texts with .., or use text_of(t.column)"},
    {"__pairs", "a column cannot be walked through", NULL},
    {"__newindex", "nodes cannot be changed",
     "modifiers give a new node: t.email = email():unique()"},
    {"__pow", "there is no ^ for columns", "multiply: t.a * t.a"},
    {"__bxor", "there is no ~ between two columns",
     "\"not equal\" is the method :ne; ~ alone is \"not\""},
    {"__shl", "there is no << for columns", NULL},
    {"__shr", "there is no >> for columns", NULL},
};

static int trap(lua_State *L)
{
    const Trap *t = lua_touserdata(L, lua_upvalueindex(1));
    load_fail(load_of(L), t->hint, "%s", t->message);
}

static void set_operators(lua_State *L)
{
    static const char *const events[] = {"__add", "__sub",    "__mul",  "__div", "__mod", "__idiv",
                                         "__unm", "__concat", "__band", "__bor", "__bnot"};
    for (int op = 0; op < OP_COUNT; op++) {
        if (op_defs[op].form != 'o')
            continue;
        lua_pushinteger(L, op);
        lua_pushcclosure(L, operator, 1);
        lua_setfield(L, -2, events[op]);
    }
    for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) {
        lua_pushlightuserdata(L, (void *)&traps[i]);
        lua_pushcclosure(L, trap, 1);
        lua_setfield(L, -2, traps[i].event);
    }
}

void lnode_open(Load *ld)
{
    lua_State *L = ld->L;
    luaL_newmetatable(L, NODE_TYPE);
    set_operators(L);
    lua_pushcfunction(L, read_field);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, call_node);
    lua_setfield(L, -2, "__call");
    lua_pushliteral(L, "node");
    lua_setfield(L, -2, "__name");
    lua_pop(L, 1);
    lua_newtable(L);
    for (int op = 0; op < OP_COUNT; op++) {
        if (op_defs[op].form != 'm')
            continue;
        lua_pushinteger(L, op);
        lua_pushcclosure(L, comparison, 1);
        lua_setfield(L, -2, op_defs[op].name);
    }
    for (int i = 0; i < MOD_COUNT; i++) {
        lua_pushinteger(L, i);
        lua_pushcclosure(L, modifier, 1);
        lua_setfield(L, -2, modifiers[i]);
    }
    sugar_methods(ld, lua_gettop(L));
    lua_setfield(L, LUA_REGISTRYINDEX, METHODS);
}

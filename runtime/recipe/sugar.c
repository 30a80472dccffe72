/* Functions and methods that are written as others: left and right are substr, x:between(a, b) two
 * comparisons. What they mean is said once, in the operators they become. */
#include "recipe/recipe_int.h"

static LNode *whole(Load *ld, int64_t n)
{
    return lnode_const(ld, (Value){.kind = VAL_INT, .i = n});
}

static LNode *op1(Load *ld, OpKind op, LNode *a)
{
    return lnode_op(ld, op, &a, 1);
}
static LNode *op2(Load *ld, OpKind op, LNode *a, LNode *b)
{
    LNode *args[] = {a, b};
    return lnode_op(ld, op, args, 2);
}
static LNode *op3(Load *ld, OpKind op, LNode *a, LNode *b, LNode *c)
{
    LNode *args[] = {a, b, c};
    return lnode_op(ld, op, args, 3);
}

static LNode *left(Load *ld, LNode **a)
{
    return op3(ld, OP_SUBSTR, a[0], whole(ld, 1), a[1]);
}

/* The last n characters; all when there are fewer. */
static LNode *right(Load *ld, LNode **a)
{
    LNode *after = op2(ld, OP_ADD, op1(ld, OP_LENGTH, a[0]), whole(ld, 1));
    return op3(ld, OP_SUBSTR, a[0], op2(ld, OP_SUB, after, a[1]), a[1]);
}

static LNode *nullif(Load *ld, LNode **a)
{
    LNode *same = op2(ld, OP_EQ, a[0], a[1]);
    return op3(ld, OP_WHEN, same, lnode_const(ld, (Value){.kind = VAL_NULL}), a[0]);
}

static LNode *days_between(Load *ld, LNode **a)
{
    return op2(ld, OP_SUB, op1(ld, OP_DATE, a[1]), op1(ld, OP_DATE, a[0]));
}

static LNode *between(Load *ld, LNode **a)
{
    return op2(ld, OP_AND, op2(ld, OP_GE, a[0], a[1]), op2(ld, OP_LE, a[0], a[2]));
}

typedef struct Sugar {
    const char *name;
    int nargs;
    bool twice; /* the first argument stands in it more than once */
    LNode *(*make)(Load *ld, LNode **args);
    const char *form;
} Sugar;

static const Sugar functions[] = {
    {"left", 2, false, left, "left(text, 3)"},
    {"right", 2, true, right, "right(text, 3)"},
    {"nullif", 2, true, nullif, "nullif(a, b): NULL where they are equal, else a"},
    {"days_between", 2, false, days_between, "days_between(from, to): whole days"},
};
static const Sugar methods[] = {
    {"between", 3, true, between, "t.x:between(low, high), both included"}};

static bool draws(const Node *node)
{
    bool found = node->kind == NODE_GEN;
    for (int i = 0; i < node->nargs && !found; i++)
        found = draws(node->args[i]);
    return found;
}

/* Upvalue 1: which. */
static int call(lua_State *L)
{
    Load *ld = load_of(L);
    const Sugar *s = lua_touserdata(L, lua_upvalueindex(1));
    LNode *args[3];
    if (lua_gettop(L) != s->nargs)
        load_fail(ld, s->form, "%s does not take %d arguments", s->name, lua_gettop(L));
    for (int i = 0; i < s->nargs; i++)
        args[i] = lnode_operand(ld, i + 1,
                                arena_printf(ld->mem, "argument %d of %s", i + 1, s->name), false);
    if (s->twice && draws(&args[0]->node))
        load_fail(ld, "give it a column of its own, and use that",
                  "%s reads its first value more than once, and a generator would draw each time",
                  s->name);
    lnode_push(ld, s->make(ld, args), 0);
    return 1;
}

void sugar_open(Load *ld, int env)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        lua_pushlightuserdata(ld->L, (void *)&functions[i]);
        lua_pushcclosure(ld->L, call, 1);
        words_add(ld, env, functions[i].name);
    }
}

void sugar_methods(Load *ld, int table)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        lua_pushlightuserdata(ld->L, (void *)&methods[i]);
        lua_pushcclosure(ld->L, call, 1);
        lua_setfield(ld->L, table, methods[i].name);
    }
}

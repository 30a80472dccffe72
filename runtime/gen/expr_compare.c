/* Comparisons, within, least and greatest. Exact numbers of different scales are compared in 128
 * bits, texts by their bytes. x:is(null) and x:ne(null) test for NULL; any other comparison with
 * NULL is unknown. */
#include "gen/expr_int.h"

#include <string.h>

typedef enum Order { ORDER_INT, ORDER_EXACT, ORDER_FLOAT, ORDER_TEXT } Order;

typedef struct Pair {
    Order order;
    int64_t a, b; /* ORDER_EXACT: multipliers */
    int accept;   /* bit 0: less, bit 1: equal, bit 2: greater */
} Pair;

static int accepted(OpKind op)
{
    switch (op) {
    case OP_NE: return 5;
    case OP_GT: return 4;
    case OP_GE: return 6;
    case OP_LT: return 1;
    case OP_LE: return 3;
    default: return 2;
    }
}

static inline int sign_of(bool less, bool greater)
{
    return greater - less;
}

static int text_order(Str a, Str b)
{
    uint32_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? sign_of(order<0, order> 0) : sign_of(a.n<b.n, a.n> b.n);
}

static inline int cell_order(const Pair *p, const Vec *a, uint32_t i, const Vec *b, uint32_t k)
{
    switch (p->order) {
    case ORDER_INT: return sign_of(a->i[i]<b->i[k], a->i[i]> b->i[k]);
    case ORDER_EXACT: {
        i128 x = (i128)a->i[i] * p->a, y = (i128)b->i[k] * p->b;
        return sign_of(x<y, x> y);
    }
    case ORDER_FLOAT: return sign_of(a->f[i]<b->f[k], a->f[i]> b->f[k]);
    case ORDER_TEXT: return text_order(a->s[i], b->s[k]);
    }
    return 0;
}

static void fill_compare(const GenCall *c, Vec *out)
{
    const Pair p = *(const Pair *)c->bound->state;
    const Vec *a = c->args[0], *b = c->args[1];
    if (p.order == ORDER_INT)
        for (uint32_t k = 0; k < c->n; k++)
            out->i[k] = p.accept >> (sign_of(a->i[k]<b->i[k], a->i[k]> b->i[k]) + 1) & 1;
    else if (p.order == ORDER_TEXT && (p.accept == 2 || p.accept == 5))
        for (uint32_t k = 0; k < c->n; k++) {
            bool same = a->s[k].n == b->s[k].n &&
                        (a->s[k].n == 0 || memcmp(a->s[k].p, b->s[k].p, a->s[k].n) == 0);
            out->i[k] = same == (p.accept == 2);
        }
    else
        for (uint32_t k = 0; k < c->n; k++)
            out->i[k] = p.accept >> (cell_order(&p, a, k, b, k) + 1) & 1;
}

static void fill_is_null(const GenCall *c, Vec *out)
{
    bool when_null = c->bound->node->op == OP_EQ;
    const Vec *v = c->args[0];
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] = (vec_is_null(v, k) != 0) == when_null;
}

/* Makes arguments i and j comparable; false when they are not. */
static bool pair_bind(GenBind *b, int i, int j, Pair *p)
{
    if (!expr_read_moments(b, i, j))
        return false;
    const Type *x = &arg_of(b, i)->type, *y = &arg_of(b, j)->type;
    *p = (Pair){.order = ORDER_INT, .a = 1, .b = 1};
    if (type_is_numeric(x->kind) && type_is_numeric(y->kind)) {
        if (x->kind == TYPE_FLOAT || y->kind == TYPE_FLOAT) {
            p->order = ORDER_FLOAT;
            expr_cast_arg(b, i, (Type){.kind = TYPE_FLOAT, .bits = 64});
            expr_cast_arg(b, j, (Type){.kind = TYPE_FLOAT, .bits = 64});
            return true;
        }
        int sx = x->kind == TYPE_DECIMAL ? x->scale : 0,
            sy = y->kind == TYPE_DECIMAL ? y->scale : 0;
        p->order = sx == sy ? ORDER_INT : ORDER_EXACT;
        p->a = decimal_pow10[sy > sx ? sy - sx : 0];
        p->b = decimal_pow10[sx > sy ? sx - sy : 0];
        return true;
    }
    if ((type_is_text(x->kind) && type_is_text(y->kind)) ||
        (x->kind == TYPE_BYTES && y->kind == TYPE_BYTES)) {
        p->order = ORDER_TEXT;
        return true;
    }
    bool days = (x->kind == TYPE_DATE || x->kind == TYPE_TIMESTAMP) &&
                (y->kind == TYPE_DATE || y->kind == TYPE_TIMESTAMP);
    if (days && x->kind != y->kind) {
        Type moment = x->kind == TYPE_TIMESTAMP ? *x : *y;
        expr_cast_arg(b, i, moment);
        expr_cast_arg(b, j, moment);
        return true;
    }
    if (x->kind == y->kind && x->kind != TYPE_NULL)
        return true;
    if (x->kind == TYPE_NULL || y->kind == TYPE_NULL) {
        gen_bind_error(b, ERR_RECIPE, "%s: a comparison with null is never true", expr_name(b));
        return err_hint(b->mem, b->err, "test for it by x:is(null) or x:ne(null)");
    }
    expr_cannot(b, "compare", "with", i, j);
    return err_hint(b->mem, b->err,
                    "compare like with like: numbers with numbers, texts with texts");
}

static const Type bool_type = {.kind = TYPE_BOOL};

bool expr_compare(GenBind *b)
{
    bool equality = b->node->op == OP_EQ || b->node->op == OP_NE;
    if (equality && (arg_kind(b, 1) == TYPE_NULL || arg_kind(b, 0) == TYPE_NULL)) {
        if (arg_kind(b, 1) != TYPE_NULL)
            b->out->args[0] = b->out->args[1];
        b->out->nargs = 1;
        b->out->keep_null_args = true;
        expr_set(b, bool_type, fill_is_null, NULL);
        b->out->nullable = false;
        return true;
    }
    Pair *p = arena_new_of(b->mem, Pair);
    if (!pair_bind(b, 0, 1, p))
        return false;
    p->accept = accepted(b->node->op);
    return expr_set(b, bool_type, fill_compare, p);
}

/* ---- within: true when one is equal, else unknown when something is NULL, else false. */

typedef struct Within {
    int lefts; /* arguments before it are the left side, once per type that it is compared as */
    int n;
    const Pair *pairs;
    const int *left; /* per value: which of them */
} Within;

static void fill_within(const GenCall *c, Vec *out)
{
    const Within *w = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        bool found = false, unknown = vec_is_null(c->args[0], k);
        for (int j = 0; j < w->n && !found && !vec_is_null(c->args[0], k); j++) {
            const Vec *y = c->args[w->lefts + j];
            if (vec_is_null(y, k))
                unknown = true;
            else
                found = cell_order(&w->pairs[j], c->args[w->left[j]], k, y, k) == 0;
        }
        out->i[k] = found;
        if (unknown && !found)
            expr_put_null(c, out, k);
    }
}

/* The left side is one argument, and another one for each type that it had to be cast to. */
bool expr_within(GenBind *b)
{
    int n = b->out->nargs - 1, lefts = 0, *left = arena_array(b->mem, int, n);
    const Bound **given = b->out->args, *pair[2],
                **args = arena_array(b->mem, const Bound *, 2 * n), **values = args + n;
    Pair *pairs = arena_array(b->mem, Pair, n);
    for (int j = 0; j < n; j++) {
        pair[0] = given[0];
        pair[1] = given[j + 1];
        b->out->args = pair;
        if (!pair_bind(b, 0, 1, &pairs[j]))
            return false;
        values[j] = pair[1];
        left[j] = 0;
        while (left[j] < lefts && args[left[j]]->type.kind != pair[0]->type.kind)
            left[j]++;
        if (left[j] == lefts)
            args[lefts++] = pair[0];
    }
    memmove(args + lefts, values, sizeof *args * (size_t)n);
    b->out->args = args;
    b->out->nargs = lefts + n;
    Within *w = arena_new_of(b->mem, Within);
    *w = (Within){lefts, n, pairs, left};
    b->out->keep_null_args = true;
    return expr_set(b, bool_type, fill_within, w);
}

/* ---- least, greatest */

static void fill_extreme(const GenCall *c, Vec *out)
{
    const Pair p = {.order = out->s ? ORDER_TEXT : out->f ? ORDER_FLOAT : ORDER_INT};
    int wanted = c->bound->node->op == OP_LEAST ? -1 : 1;
    for (uint32_t k = 0; k < c->n; k++) {
        const Vec *best = c->args[0];
        for (int j = 1; j < c->bound->nargs; j++)
            if (cell_order(&p, c->args[j], k, best, k) == wanted)
                best = c->args[j];
        if (out->s)
            out->s[k] = best->s[k];
        else if (out->f)
            out->f[k] = best->f[k];
        else
            out->i[k] = best->i[k];
    }
}

bool expr_extreme(GenBind *b)
{
    int n = b->out->nargs, *which = arena_array(b->mem, int, n);
    for (int i = 0; i < n; i++) {
        which[i] = i;
        if (arg_kind(b, i) == TYPE_NULL)
            return gen_bind_error(b, ERR_RECIPE, "%s with null is always NULL", expr_name(b));
    }
    Type type;
    if (!expr_common(b, which, n, &type, "the values"))
        return false;
    return expr_set(b, type, fill_extreme, NULL);
}

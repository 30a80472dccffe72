/* Three-valued logic, and the branches. All branches are computed for all rows, then each row takes
 * its own: columns stay columns, and a cell never depends on which other rows are computed with it.
 */
#include "gen/expr_int.h"

#include <string.h>

static bool condition(GenBind *b, int i)
{
    if (arg_kind(b, i) == TYPE_BOOL)
        return true;
    gen_bind_error(b, ERR_RECIPE, "%s needs a condition, not %s", expr_name(b), expr_type(b, i));
    return err_hint(b->mem, b->err, "compare it: t.amount:gt(0)");
}

/* ---- & | ~ */

static bool is_true(const Vec *v, uint32_t k)
{
    return v->i[k] && !vec_is_null(v, k);
}
static bool is_false(const Vec *v, uint32_t k)
{
    return !v->i[k] && !vec_is_null(v, k);
}

static void fill_logic(const GenCall *c, Vec *out)
{
    const Vec *a = c->args[0], *b = c->args[1];
    bool both = c->bound->node->op == OP_AND;
    if (!a->null && !b->null) {
        for (uint32_t k = 0; k < c->n; k++)
            out->i[k] = both ? a->i[k] & b->i[k] : a->i[k] | b->i[k];
        return;
    }
    for (uint32_t k = 0; k < c->n; k++) {
        /* One false decides "and", one true decides "or", whatever the other is. */
        bool decided = both ? is_false(a, k) || is_false(b, k) : is_true(a, k) || is_true(b, k);
        out->i[k] = decided ? !both : both;
        if (!decided && (vec_is_null(a, k) || vec_is_null(b, k)))
            expr_put_null(c, out, k);
    }
}

static void fill_not(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] = !c->args[0]->i[k];
}

static bool bind_logic(GenBind *b)
{
    b->out->keep_null_args = true;
    return condition(b, 0) && condition(b, 1) &&
           expr_set(b, (Type){.kind = TYPE_BOOL}, fill_logic, NULL);
}

bool expr_and(GenBind *b)
{
    return bind_logic(b);
}
bool expr_or(GenBind *b)
{
    return bind_logic(b);
}
bool expr_not(GenBind *b)
{
    return condition(b, 0) && expr_set(b, (Type){.kind = TYPE_BOOL}, fill_not, NULL);
}

/* ---- when, case, coalesce */

void expr_take(const GenCall *c, Vec *out, const uint16_t *pick)
{
    bool nulls = out->kind == TYPE_NULL;
    for (int j = 0; j < c->bound->nargs && !nulls; j++)
        nulls = c->args[j]->null != NULL;
    if (nulls) {
        uint8_t *null = vec_nulls(out, c->scratch);
        for (uint32_t k = 0; k < c->n; k++)
            null[k] = out->kind == TYPE_NULL || vec_is_null(c->args[pick[k]], k);
    }
    if (out->s)
        for (uint32_t k = 0; k < c->n; k++)
            out->s[k] = c->args[pick[k]]->s[k];
    else if (out->f)
        for (uint32_t k = 0; k < c->n; k++)
            out->f[k] = c->args[pick[k]]->f[k];
    else
        for (uint32_t k = 0; k < c->n; k++)
            out->i[k] = c->args[pick[k]]->i[k];
}

/* Arguments are cond, value, cond, value, ..., value. */
static void fill_case(const GenCall *c, Vec *out)
{
    int nargs = c->bound->nargs;
    uint16_t *pick = arena_alloc_raw(c->scratch, sizeof *pick * c->n);
    for (uint32_t k = 0; k < c->n; k++)
        pick[k] = (uint16_t)(nargs - 1);
    for (int j = nargs - 3; j >= 0; j -= 2)
        for (uint32_t k = 0; k < c->n; k++)
            pick[k] = is_true(c->args[j], k) ? (uint16_t)(j + 1) : pick[k];
    expr_take(c, out, pick);
}

static void fill_coalesce(const GenCall *c, Vec *out)
{
    int nargs = c->bound->nargs;
    uint16_t *pick = arena_alloc_raw(c->scratch, sizeof *pick * c->n);
    for (uint32_t k = 0; k < c->n; k++) {
        int j = 0;
        while (j < nargs - 1 && vec_is_null(c->args[j], k))
            j++;
        pick[k] = (uint16_t)j;
    }
    expr_take(c, out, pick);
}

#define BRANCHES_MAX 20000 /* pick[] holds an argument's number in 16 bits */

static bool bind_branches(GenBind *b)
{
    if (b->out->nargs % 2 == 0)
        bound_push_arg(b->out, const_null(b), b->mem);
    int nargs = b->out->nargs, n = 0, *which = arena_array(b->mem, int, nargs);
    if (nargs > BRANCHES_MAX)
        return gen_bind_error(b, ERR_RECIPE, "%s has more than %d branches", expr_name(b),
                              BRANCHES_MAX / 2);
    for (int i = 0; i < nargs; i++) {
        if (i % 2 == 1 || i == nargs - 1)
            which[n++] = i;
        else if (!condition(b, i))
            return false;
    }
    Type type;
    if (!expr_common(b, which, n, &type, "the branches"))
        return false;
    b->out->keep_null_args = true;
    expr_set(b, type, fill_case, NULL);
    b->out->nullable = false;
    for (int i = 0; i < n; i++)
        b->out->nullable = b->out->nullable || arg_of(b, which[i])->nullable;
    return true;
}

bool expr_when(GenBind *b)
{
    return bind_branches(b);
}
bool expr_case(GenBind *b)
{
    return bind_branches(b);
}

bool expr_coalesce(GenBind *b)
{
    int n = b->out->nargs, *which = arena_array(b->mem, int, n);
    for (int i = 0; i < n; i++)
        which[i] = i;
    Type type;
    if (n > BRANCHES_MAX)
        return gen_bind_error(b, ERR_RECIPE, "%s has more than %d values", expr_name(b),
                              BRANCHES_MAX);
    if (!expr_common(b, which, n, &type, "the values"))
        return false;
    b->out->keep_null_args = true;
    expr_set(b, type, fill_coalesce, NULL);
    b->out->nullable = true;
    for (int i = 0; i < n; i++)
        b->out->nullable = b->out->nullable && arg_of(b, i)->nullable;
    return true;
}

/* Distributions as parameters: `dist = zipf { s = 1.1 }` on whatever has a range. The range takes
 * the place of the call's own min, max and scale. */
#include "gen/bind_int.h"
#include "gen/family_int.h"

#include <string.h>

#include "base/map.h"
#include "gen/fmath.h"

static const struct Shape {
    const char *name, *a, *b;
} shapes[DIST_COUNT] = {
    [DIST_UNIFORM] = {"uniform", NULL, NULL},
    [DIST_NORMAL] = {"normal", "mean", "sd"},
    [DIST_LOGNORMAL] = {"lognormal", "median", "sigma"},
    [DIST_TRIANGULAR] = {"triangular", "mode", NULL},
    [DIST_HISTOGRAM] = {"histogram", NULL, NULL},
    [DIST_EXPONENTIAL] = {"exponential", "mean", NULL},
    [DIST_PARETO] = {"pareto", "alpha", NULL},
    [DIST_ZIPF] = {"zipf", "s", NULL},
    [DIST_GEOMETRIC] = {"geometric", "p", NULL},
    [DIST_POISSON] = {"poisson", "mean", NULL},
};

static bool read_buckets(GenBind *b, Dist *out)
{
    const Value *list = gen_param(b, "weights");
    if (list->kind != VAL_LIST || list->count == 0) {
        gen_bind_error(b, ERR_RECIPE, "histogram needs the weights of its buckets");
        return err_hint(b->mem, b->err, "for example %s", b->node->gen->example);
    }
    double *weights = arena_array(b->mem, double, list->count), sum = 0;
    for (int i = 0; i < list->count; i++) {
        const Value *v = &list->items[i];
        double w = v->kind == VAL_INT ? (double)v->i : v->kind == VAL_FLOAT ? v->f : -1;
        if (!(w >= 0) || !fm_is_finite(w))
            return gen_bind_error(b, ERR_RECIPE,
                                  "histogram: weight %d must be a number, at least 0", i + 1);
        sum += weights[i] = w;
    }
    if (!(sum > 0) || !fm_is_finite(sum))
        return gen_bind_error(b, ERR_RECIPE, "histogram: the sum of the weights must be above 0");
    Alias *alias = arena_new_of(b->mem, Alias);
    *alias = alias_new(weights, (uint32_t)list->count, b->mem);
    out->buckets = alias;
    return true;
}

bool dist_read(GenBind *b, Dist *out)
{
    int kind = 0;
    while (kind < DIST_COUNT && strcmp(shapes[kind].name, b->node->gen->name) != 0)
        kind++;
    if (kind == DIST_COUNT)
        return gen_bind_error(b, ERR_INTERNAL, "%s is no distribution", b->node->gen->name);
    const struct Shape *shape = &shapes[kind];
    *out = (Dist){.kind = (DistKind)kind, .name = shape->name};
    out->has_a = shape->a && param_given(b, shape->a);
    out->has_b = shape->b && param_given(b, shape->b);
    if ((out->has_a && !param_real(b, shape->a, 0, &out->a)) ||
        (out->has_b && !param_real(b, shape->b, 0, &out->b)))
        return false;
    if (out->has_b && out->b < 0)
        return gen_bind_error(b, ERR_RECIPE, "%s: %s = %s must not be negative", shape->name,
                              shape->b, param_spelling(b, shape->b));
    if (out->kind == DIST_LOGNORMAL && out->has_b && out->b > 10)
        return gen_bind_error(b, ERR_RECIPE, "lognormal: sigma = %s must be between 0 and 10",
                              param_spelling(b, "sigma"));
    if (out->kind == DIST_LOGNORMAL && out->has_a && out->a <= 0)
        return gen_bind_error(b, ERR_RECIPE, "lognormal: median = %s must be above 0",
                              param_spelling(b, "median"));
    return out->kind != DIST_HISTOGRAM || read_buckets(b, out);
}

/* A name as the call without parameters. */
static const Node *call_of(GenBind *b)
{
    const Node *node = b->node;
    if (node->kind == NODE_GEN)
        return node;
    const char *name =
        node->kind == NODE_CONST && node->value.kind == VAL_TEXT ? node->value.text : "this";
    const GenDef *def = gen_find(name);
    if (!gen_is_distribution(def)) {
        const char *names[DIST_COUNT];
        for (int i = 0; i < DIST_COUNT; i++)
            names[i] = shapes[i].name;
        const char *near = name_nearest(name, names, DIST_COUNT);
        gen_bind_error(b, ERR_RECIPE, "\"%s\" is no distribution", name);
        err_hint(b->mem, b->err, near ? "did you mean \"%s\"?" : "for example \"%s\"",
                 near ? near : "normal");
        return NULL;
    }
    Node *call = arena_new_of(b->mem, Node);
    *call = (Node){.kind = NODE_GEN, .where = node->where, .gen = def};
    return call;
}

const Dist *dist_of(const GenScope *scope, const Node *node, Arena *mem, Err *err)
{
    GenBind b = {.scope = scope, .node = node, .mem = mem, .err = err};
    b.node = call_of(&b);
    if (!b.node)
        return NULL;
    if (!gen_is_distribution(b.node->gen)) {
        gen_bind_error(&b, ERR_RECIPE, "%s is no distribution", b.node->gen->name);
        err_hint(mem, err, "for example zipf { s = 1.1 } or \"normal\"");
        return NULL;
    }
    if (!params_check(&b))
        return NULL;
    static const char *const own[] = {"min", "max", "scale"};
    for (int i = 0; i < 3; i++)
        if (param_given(&b, own[i])) {
            gen_bind_error(&b, ERR_RECIPE, "%s: %s follows from the range that it is spread over",
                           b.node->gen->name, own[i]);
            err_hint(mem, err, "leave %s out here", own[i]);
            return NULL;
        }
    Dist *dist = arena_new_of(mem, Dist);
    return dist_read(&b, dist) ? dist : NULL;
}

bool dist_param(const GenScope *scope, const Node *node, const Dist **out, Arena *mem, Err *err)
{
    GenBind b = {.scope = scope, .node = node, .mem = mem, .err = err};
    return param_dist(&b, out);
}

bool param_dist(GenBind *b, const Dist **out)
{
    const Value *v = gen_param(b, "dist");
    *out = NULL;
    if (v->kind == VAL_NONE)
        return true;
    Node *name = arena_new_of(b->mem, Node);
    *name = (Node){.kind = NODE_CONST, .where = b->node->where, .value = *v};
    *out = dist_of(b->scope, v->kind == VAL_NODE ? v->node : name, b->mem, b->err);
    if (!*out)
        return false;
    if ((*out)->kind == DIST_UNIFORM)
        *out = NULL;
    return true;
}

typedef struct Spread {
    IntRange range;
    DistOver over;
} Spread;

static void fill_spread(const GenCall *c, Vec *out)
{
    const Spread *s = c->bound->state;
    uint64_t lo = (uint64_t)s->range.lo, step = (uint64_t)s->range.step, key = c->bound->key;
    for (uint32_t k = 0; k < c->n; k++) {
        uint64_t place =
            c->index ? c->index[k] : dist_pick(&s->over, key, c->rows[k], gen_generation(c, k));
        out->i[k] = (int64_t)(lo + place * step);
    }
}

bool int_range_spread(GenBind *b, const Dist *dist, DistAxis axis)
{
    const char *gen = b->node->gen->name;
    Spread *s = arena_new_of(b->mem, Spread);
    s->range = *(const IntRange *)b->out->state;
    if (s->range.span == 0 || s->range.span > GEN_COUNT_MAX) {
        gen_bind_error(b, ERR_RECIPE, "%s: the range is too wide for a distribution", gen);
        return err_hint(b->mem, b->err, "give min and max");
    }
    if (!dist_over(dist, axis, s->range.span, &s->over)) {
        gen_bind_error(b, ERR_RECIPE, "%s: hardly any value of %s would lie in the range", gen,
                       dist->name);
        return err_hint(b->mem, b->err, "move its middle into the range, or make it wider");
    }
    b->out->state = s;
    b->out->fill = fill_spread;
    return true;
}

bool int_range_dist(GenBind *b, DistAxis axis)
{
    const Dist *dist;
    return param_dist(b, &dist) && (!dist || int_range_spread(b, dist, axis));
}

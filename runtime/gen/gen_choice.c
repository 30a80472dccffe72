/* choice and weighted: constants of one type. Integers and decimals together become decimals; for
 * unique columns each distinct item counts once, whatever its weight. */
#include "gen/family_int.h"

#include <string.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "gen/fmath.h"

/* What the items are, in the order in which kinds are widened. */
typedef enum ItemClass {
    ITEM_NULL,
    ITEM_INT,
    ITEM_DECIMAL,
    ITEM_FLOAT,
    ITEM_TEXT,
    ITEM_BOOL
} ItemClass;
static const char *const class_names[] = {"null",     "a whole number", "a decimal",
                                          "a number", "a text",         "a boolean"};

typedef struct Choice {
    TypeKind kind;
    uint32_t n;
    Alias alias;
    const DistOver *over; /* in place of the weights */
    const int64_t *i;
    const double *f;
    const Str *s;
    const uint8_t *null;      /* NULL when no item is */
    const uint32_t *distinct; /* index -> item, NULLs left out */
} Choice;

static const Value *item_value(const Value *v)
{
    return v->kind == VAL_NODE && v->node->kind == NODE_CONST ? &v->node->value : v;
}

static bool classify(GenBind *b, const Value *v, int position, ItemClass *result)
{
    int64_t unscaled;
    int scale;
    switch (v->kind) {
    case VAL_NULL: *result = ITEM_NULL; return true;
    case VAL_BOOL: *result = ITEM_BOOL; return true;
    case VAL_INT: *result = ITEM_INT; return true;
    case VAL_TEXT: *result = ITEM_TEXT; return true;
    case VAL_FLOAT:
        if (!fm_is_finite(v->f))
            return gen_bind_error(b, ERR_RECIPE, "%s: item %d is not a finite number",
                                  b->node->gen->name, position + 1);
        *result = v->text && decimal_parse(v->text, &unscaled, &scale) ? ITEM_DECIMAL : ITEM_FLOAT;
        return true;
    default:
        gen_bind_error(b, ERR_RECIPE, "%s: item %d is not a constant", b->node->gen->name,
                       position + 1);
        return err_hint(
            b->mem, b->err,
            "use when(cond, a, b) or case{...} to choose between columns and generators");
    }
}

static bool is_number(ItemClass class)
{
    return class >= ITEM_INT && class <= ITEM_FLOAT;
}

/* The one class that all items share. */
static bool common_class(GenBind *b, const Value *items, int n, ItemClass *result)
{
    int first = -1;
    *result = ITEM_NULL;
    for (int k = 0; k < n; k++) {
        ItemClass class = ITEM_NULL;
        if (!classify(b, item_value(&items[k]), k, &class))
            return false;
        if (class == ITEM_NULL)
            continue;
        if (first >= 0 && class != *result && !(is_number(class) && is_number(*result))) {
            gen_bind_error(
                b, ERR_RECIPE, "%s: item %d is %s and item %d is %s: one column holds one type",
                b->node->gen->name, first + 1, class_names[*result], k + 1, class_names[class]);
            return err_hint(b->mem, b->err, "write all of them as texts, or all as numbers");
        }
        if (first < 0 || class > *result) {
            *result = class;
            first = k;
        }
    }
    return true;
}

/* Decimals that do not fit 18 digits together become doubles. */
static bool decimal_items(const Value *items, int n, int64_t *cells, int *scale)
{
    *scale = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < n; k++) {
            const Value *v = item_value(&items[k]);
            int64_t unscaled = v->kind == VAL_INT ? v->i : 0;
            int own = 0;
            if (v->kind == VAL_FLOAT && !decimal_parse(v->text, &unscaled, &own))
                return false;
            *scale = own > *scale ? own : *scale;
            if (pass && (!decimal_rescale(unscaled, own, *scale, &cells[k]) ||
                         cells[k] >= decimal_pow10[18] || cells[k] <= -decimal_pow10[18]))
                return false;
        }
    return true;
}

static Type int_items(Choice *choice, const int64_t *cells, ItemClass class, int scale)
{
    int64_t lo = INT64_MAX, hi = INT64_MIN;
    for (uint32_t k = 0; k < choice->n; k++)
        if (!choice->null || !choice->null[k]) {
            lo = cells[k] < lo ? cells[k] : lo;
            hi = cells[k] > hi ? cells[k] : hi;
        }
    choice->i = cells;
    return class == ITEM_BOOL  ? (Type){.kind = TYPE_BOOL}
           : class == ITEM_INT ? type_int(lo, hi)
                               : type_decimal(lo, hi, scale);
}

static Type load_items(GenBind *b, Choice *choice, const Value *items, ItemClass class)
{
    int n = (int)choice->n, scale = 0;
    int64_t *cells = arena_array(b->mem, int64_t, n);
    if (class == ITEM_TEXT) {
        Str *texts = arena_array(b->mem, Str, n);
        size_t chars = 0;
        for (int k = 0; k < n; k++) {
            const Value *v = item_value(&items[k]);
            texts[k] = v->kind == VAL_TEXT ? (Str){v->text, (uint32_t)v->len} : STR("");
            size_t length = utf8_length(texts[k].p, texts[k].n);
            chars = length > chars ? length : chars;
        }
        choice->s = texts;
        return type_chars((uint32_t)chars);
    }
    if (class == ITEM_NULL)
        return (Type){.kind = TYPE_NULL};
    if (class == ITEM_DECIMAL && decimal_items(items, n, cells, &scale))
        return int_items(choice, cells, class, scale);
    if (class == ITEM_DECIMAL || class == ITEM_FLOAT) {
        double *reals = arena_array(b->mem, double, n);
        for (int k = 0; k < n; k++) {
            const Value *v = item_value(&items[k]);
            reals[k] = (v->kind == VAL_INT ? (double)v->i : v->f) + 0.0; /* -0 becomes 0 */
        }
        choice->f = reals;
        return (Type){.kind = TYPE_FLOAT, .bits = 64};
    }
    for (int k = 0; k < n; k++)
        cells[k] = item_value(&items[k])->i;
    return int_items(choice, cells, class, 0);
}

/* The bytes that make an item what it is. */
static Str item_bytes(const Choice *choice, uint32_t k)
{
    if (choice->s)
        return choice->s[k];
    return choice->f ? (Str){(const char *)&choice->f[k], sizeof(double)}
                     : (Str){(const char *)&choice->i[k], sizeof(int64_t)};
}

/* Without case, as every database has it that ignores case. *plain: no more than that can make two
 * of them equal, marks or blanks. */
static Str folded(GenBind *b, Str s, bool *plain)
{
    char *out = arena_alloc(b->mem, (size_t)s.n + 1);
    for (uint32_t i = 0; i < s.n; i++) {
        out[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 32) : s.p[i];
        *plain = *plain && s.p[i] >= ' ' && s.p[i] <= '~';
    }
    *plain = *plain && (s.n == 0 || s.p[s.n - 1] != ' ');
    return (Str){out, s.n};
}

static uint32_t find_distinct(GenBind *b, Choice *choice)
{
    uint32_t size = 4, count = 0;
    const Type *wanted = b->scope->wanted;
    bool fold = choice->s && wanted && wanted->no_case, plain = true;
    while (size < choice->n * 2)
        size *= 2;
    uint32_t *distinct = arena_array(b->mem, uint32_t, choice->n);
    uint32_t *table = arena_array(b->mem, uint32_t, size); /* item + 1, 0 where free */
    Str *items = arena_array(b->mem, Str, choice->n);
    for (uint32_t k = 0; k < choice->n; k++) {
        if (choice->null && choice->null[k])
            continue;
        Str bytes = items[k] =
            fold ? folded(b, item_bytes(choice, k), &plain) : item_bytes(choice, k);
        uint32_t slot = (uint32_t)hash64(bytes.p, bytes.n, 0) & (size - 1);
        for (; table[slot]; slot = (slot + 1) & (size - 1)) {
            Str other = items[table[slot] - 1];
            if (other.n == bytes.n && memcmp(other.p, bytes.p, bytes.n) == 0)
                break;
        }
        if (!table[slot]) {
            table[slot] = k + 1;
            distinct[count++] = k;
        }
    }
    choice->distinct = distinct;
    b->out->no_case = fold && plain;
    return count;
}

static void fill_choice(const GenCall *c, Vec *out)
{
    const Choice *choice = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        uint32_t item =
            c->index ? choice->distinct[c->index[k]]
            : choice->over
                ? (uint32_t)dist_pick(choice->over, c->bound->key, c->rows[k], gen_generation(c, k))
                : alias_pick(&choice->alias, gen_draw(c, c->bound->key, k, 0).a);
        if (choice->s)
            out->s[k] = choice->s[item];
        else if (choice->f)
            out->f[k] = choice->f[item];
        else if (choice->i)
            out->i[k] = choice->i[item];
        if (choice->null && choice->null[item])
            vec_nulls(out, c->scratch)[k] = 1;
    }
}

static bool bind_items(GenBind *b, const Value *list, const double *weights)
{
    int n = list->count;
    if (n == 0)
        return gen_bind_error(b, ERR_RECIPE, "%s has no items to choose from", b->node->gen->name);
    ItemClass class;
    if (!common_class(b, list->items, n, &class))
        return false;
    Choice *choice = arena_new_of(b->mem, Choice);
    choice->n = (uint32_t)n;
    choice->alias = alias_new(weights, choice->n, b->mem);
    uint8_t *null = arena_array(b->mem, uint8_t, n);
    for (int k = 0; k < n; k++)
        if (item_value(&list->items[k])->kind == VAL_NULL) {
            null[k] = 1;
            choice->null = null;
        }
    b->out->nullable = choice->null != NULL;
    b->out->type = load_items(b, choice, list->items, class);
    choice->kind = b->out->type.kind;
    b->out->count = find_distinct(b, choice);
    b->out->indexable = b->out->count > 0;
    b->out->state = choice;
    b->out->fill = fill_choice;
    if (choice->kind == TYPE_INT) {
        b->out->lo = INT64_MAX;
        b->out->hi = INT64_MIN;
        for (uint32_t k = 0; k < b->out->count; k++) {
            int64_t v = choice->i[choice->distinct[k]];
            b->out->lo = v < b->out->lo ? v : b->out->lo;
            b->out->hi = v > b->out->hi ? v : b->out->hi;
        }
        b->out->has_bounds = true;
    }
    return true;
}

static bool pick_dist(GenBind *b, uint64_t n)
{
    const Dist *dist;
    if (!param_dist(b, &dist))
        return false;
    if (!dist)
        return true;
    Choice *choice = arena_new_of(b->mem, Choice);
    *choice = *(const Choice *)b->out->state;
    DistOver *over = arena_new_of(b->mem, DistOver);
    if (!dist_over_items(dist, n, over))
        return gen_bind_error(b, ERR_RECIPE,
                              "%s: hardly any value of %s would lie among %llu items",
                              b->node->gen->name, dist->name, (unsigned long long)n);
    choice->over = over;
    b->out->state = choice;
    return true;
}

bool items_bind(GenBind *b, const Value *list, const double *weights)
{
    double *equal = arena_array(b->mem, double, list->count + 1);
    for (int k = 0; k < list->count; k++)
        equal[k] = 1;
    return bind_items(b, list, weights ? weights : equal) && pick_dist(b, (uint64_t)list->count);
}

static bool bind_choice(GenBind *b)
{
    return items_bind(b, gen_param(b, "items"), NULL);
}

static const GenParam choice_params[] = {
    {.name = "items",
     .kind = PARAM_LIST,
     .required = true,
     .doc = "the values, all of one type; null is allowed"},
    {.name = "dist",
     .kind = PARAM_DIST,
     .default_text = "\"uniform\"",
     .doc = "how the picks are spread over the list: zipf{} takes the first item most often"},
};
const GenDef gen_def_choice = {.name = "choice",
                               .family = "core",
                               .doc = "One of the values, each equally likely.",
                               .example = "choice { \"small\", \"medium\", \"large\" }",
                               GEN_PARAMS(choice_params),
                               .bind = bind_choice};

static bool bind_weighted(GenBind *b)
{
    const Value *list = gen_param(b, "items");
    double sum = 0;
    for (int k = 0; k < list->count; k++) {
        double w = list->weights[k];
        if (!fm_is_finite(w) || !(w > 0)) {
            gen_bind_error(b, ERR_RECIPE,
                           "weighted: the weight of item %d is %g: it must be a number above 0",
                           k + 1, w);
            return err_hint(b->mem, b->err, "leave an item out that shall never come");
        }
        sum += w;
    }
    if (!fm_is_finite(sum))
        return gen_bind_error(b, ERR_RECIPE, "weighted: the sum of the weights is too large");
    return bind_items(b, list, list->weights);
}

static const GenParam weighted_params[] = {
    {.name = "items",
     .kind = PARAM_WEIGHTS,
     .required = true,
     .doc = "values and how often each comes, relative to the others"},
};
const GenDef gen_def_weighted = {.name = "weighted",
                                 .family = "core",
                                 .doc = "One of the values, some more often than others.",
                                 .example = "weighted { active = 70, paid = 20, defaulted = 10 }",
                                 GEN_PARAMS(weighted_params),
                                 .bind = bind_weighted};

/* Weighted picks from lists, ranges of integers, and the types that hold their results exactly. */
#include "gen/family_int.h"

#include <string.h>

#include "base/decimal.h"
#include "base/utf8.h"

Alias alias_new(const double *weights, uint32_t n, Arena *mem)
{
    AliasSlot *slots = arena_array(mem, AliasSlot, n);
    double *share = arena_array(mem, double, n), sum = 0;
    uint32_t *small = arena_array(mem, uint32_t, n), *large = arena_array(mem, uint32_t, n);
    uint32_t nsmall = 0, nlarge = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += weights[i];
    for (uint32_t i = 0; i < n; i++) {
        share[i] = weights[i] / sum * n;
        if (share[i] < 1)
            small[nsmall++] = i;
        else
            large[nlarge++] = i;
    }
    while (nsmall && nlarge) {
        uint32_t s = small[--nsmall], l = large[nlarge - 1];
        slots[s] = (AliasSlot){(uint64_t)(share[s] * 0x1p64), l};
        share[l] -= 1 - share[s];
        if (share[l] < 1) {
            nlarge--;
            small[nsmall++] = l;
        }
    }
    /* What is left holds 1, apart from rounding. */
    while (nlarge) {
        uint32_t l = large[--nlarge];
        slots[l] = (AliasSlot){UINT64_MAX, l};
    }
    while (nsmall) {
        uint32_t s = small[--nsmall];
        slots[s] = (AliasSlot){UINT64_MAX, s};
    }
    return (Alias){n, slots};
}

TextList text_list_new(const Word *items, uint32_t n, Arena *mem)
{
    double *weights = arena_array(mem, double, n);
    Str *texts = arena_array(mem, Str, n);
    uint32_t chars = 0;
    for (uint32_t i = 0; i < n; i++) {
        weights[i] = items[i].weight;
        texts[i] = items[i].s;
        uint32_t length = (uint32_t)utf8_length(texts[i].p, texts[i].n);
        chars = length > chars ? length : chars;
    }
    return (TextList){alias_new(weights, n, mem), texts, n, chars};
}

static void text_list_fill(const GenCall *c, Vec *out)
{
    const TextList *list = c->bound->state;
    const Str *items = list->items;
    Str *cells = out->s;
    if (c->index)
        for (uint32_t k = 0; k < c->n; k++)
            cells[k] = items[c->index[k]];
    else
        for (uint32_t k = 0; k < c->n; k++)
            cells[k] = items[alias_pick(&list->alias, gen_draw(c, c->bound->key, k, 0).a)];
}

bool text_list_bind(GenBind *b, const Word *items, uint32_t n)
{
    TextList *list = arena_new_of(b->mem, TextList);
    *list = text_list_new(items, n, b->mem);
    b->out->type = type_chars(list->chars);
    b->out->state = list;
    b->out->count = n;
    b->out->indexable = true;
    b->out->fill = text_list_fill;
    return true;
}

bool bound_is_list_of(const Bound *bound, const char *generator)
{
    return bound->fill == text_list_fill && bound->node && bound->node->kind == NODE_GEN &&
           strcmp(bound->node->gen->name, generator) == 0;
}

static void int_range_fill(const GenCall *c, Vec *out)
{
    const IntRange *r = c->bound->state;
    uint64_t lo = (uint64_t)r->lo, step = (uint64_t)r->step;
    int64_t *cells = out->i;
    if (c->index)
        for (uint32_t k = 0; k < c->n; k++)
            cells[k] = (int64_t)(lo + c->index[k] * step);
    else if (r->span)
        for (uint32_t k = 0; k < c->n; k++)
            cells[k] =
                (int64_t)(lo + rng_below(gen_draw(c, c->bound->key, k, 0).a, r->span) * step);
    else
        for (uint32_t k = 0; k < c->n; k++)
            cells[k] = (int64_t)(lo + gen_draw(c, c->bound->key, k, 0).a);
}

bool int_range_bind(GenBind *b, Type type, int64_t lo, int64_t hi, int64_t step)
{
    IntRange *r = arena_new_of(b->mem, IntRange);
    *r = (IntRange){lo, ((uint64_t)hi - (uint64_t)lo) / (uint64_t)step + 1, step};
    b->out->type = type;
    b->out->state = r;
    b->out->count = r->span == 0 || r->span > GEN_COUNT_MAX ? GEN_COUNT_MAX : r->span;
    b->out->indexable = true;
    b->out->fill = int_range_fill;
    if (type.kind == TYPE_INT) {
        b->out->lo = lo;
        b->out->hi = hi;
        b->out->has_bounds = true;
    }
    return true;
}

typedef struct Ints {
    Alias alias;
    const WeightedInt *ints;
} Ints;

static void ints_fill(const GenCall *c, Vec *out)
{
    const Ints *s = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] = s->ints[c->index ? c->index[k]
                                     : alias_pick(&s->alias, gen_draw(c, c->bound->key, k, 0).a)]
                        .value;
}

bool ints_bind(GenBind *b, const WeightedInt *ints, uint32_t n)
{
    Ints *s = arena_new_of(b->mem, Ints);
    double *weights = arena_array(b->mem, double, n);
    for (uint32_t i = 0; i < n; i++)
        weights[i] = ints[i].weight;
    *s = (Ints){alias_new(weights, n, b->mem), ints};
    b->out->lo = ints[0].value;
    b->out->hi = ints[n - 1].value;
    b->out->type = type_int(b->out->lo, b->out->hi);
    b->out->has_bounds = true;
    b->out->count = n;
    b->out->indexable = true;
    b->out->state = s;
    b->out->fill = ints_fill;
    return true;
}

Type type_int(int64_t lo, int64_t hi)
{
    return (Type){.kind = TYPE_INT, .bits = lo >= INT32_MIN && hi <= INT32_MAX ? 32 : 64};
}

Type type_decimal(int64_t lo, int64_t hi, int scale)
{
    int precision = scale > 0 ? scale : 1;
    while (precision < DECIMAL_MAX_SCALE &&
           (hi >= decimal_pow10[precision] || lo <= -decimal_pow10[precision]))
        precision++;
    return (Type){.kind = TYPE_DECIMAL, .precision = precision, .scale = scale};
}

Type type_chars(uint32_t chars)
{
    return (Type){.kind = TYPE_TEXT, .length = chars ? (int)chars : 1};
}

char *put_number(char *p, uint64_t v)
{
    int digits = 1;
    for (uint64_t rest = v; rest >= 10; rest /= 10)
        digits++;
    return put_digits(p, v, digits);
}

char *put_index(char *p, uint64_t key, uint64_t index)
{
    uint64_t lowest = 10, nth = index_from_end(index);
    if (nth) {
        *p++ = '0';
        lowest = 1;
        index = nth - 1;
    }
    while (index >= lowest * 9) {
        index -= lowest * 9;
        lowest *= 10;
    }
    return put_number(p, lowest + rng_permute(key + lowest, lowest * 9, index));
}

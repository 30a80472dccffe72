/* Texts that a number makes, in one or several weighted forms. */
#include "gen/numbered_int.h"

typedef struct Numbered {
    const NumberedForm *forms;
    uint32_t n;
    NumberedPut put;
    Alias alias;
} Numbered;

static const NumberedForm *form_of(const Numbered *s, uint64_t *number)
{
    uint32_t f = 0;
    while (f + 1 < s->n && *number >= s->forms[f].count)
        *number -= s->forms[f++].count;
    return &s->forms[f];
}

static void fill_numbered(const GenCall *c, Vec *out)
{
    const Numbered *s = c->bound->state;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * (size_t)c->bound->type.length + 1);
    for (uint32_t k = 0; k < c->n; k++) {
        uint64_t row = c->index ? c->index[k] : c->rows[k], number = row;
        Rand2 r = rng_draw(c->bound->key, row, gen_generation(c, k), 0);
        const NumberedForm *form;
        uint64_t more = r.b;
        if (c->index) {
            form = form_of(s, &number);
        } else if (s->n == 1) {
            form = s->forms;
            number = rng_below(r.a, form->count);
        } else {
            form = &s->forms[alias_pick(&s->alias, r.a)];
            number = rng_below(r.b, form->count);
            more = rng_draw(c->bound->key, row, gen_generation(c, k), 1).a;
        }
        char *end = s->put(form, cell, number, more);
        out->s[k] = (Str){cell, (uint32_t)(end - cell)};
        cell = end;
    }
}

bool numbered_bind(GenBind *b, const NumberedForm *forms, uint32_t n, NumberedPut put,
                   uint32_t chars)
{
    Numbered *s = arena_new_of(b->mem, Numbered);
    double *weights = arena_array(b->mem, double, n);
    uint64_t total = 0;
    for (uint32_t i = 0; i < n; i++) {
        weights[i] = forms[i].weight;
        total = forms[i].count > GEN_COUNT_MAX - total ? GEN_COUNT_MAX : total + forms[i].count;
    }
    *s = (Numbered){forms, n, put, alias_new(weights, n, b->mem)};
    b->out->type = type_chars(chars);
    b->out->state = s;
    b->out->no_case = true;
    b->out->count = total;
    b->out->indexable = true;
    b->out->fill = fill_numbered;
    return true;
}

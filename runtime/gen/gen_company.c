/* Company names, made of last names and plain words. Four shapes that never give the same text:
 * "Smith Group" (two words, the second a suffix), "Silver River LLC" (three words), "Smith &
 * Jones", "Smith, Jones & Lee". */
#include "gen/family_int.h"
#include "gen/locale.h"

typedef struct CompanyState {
    TextList last, one, two, suffix;
    uint64_t counts[4];
} CompanyState;

/* The item number j of those that are not `a` (and not `b`). */
static uint64_t other_than(uint64_t j, uint64_t a)
{
    return j + (j >= a);
}
static uint64_t other_than_both(uint64_t j, uint64_t a, uint64_t b)
{
    uint64_t low = a < b ? a : b, high = a < b ? b : a;
    return other_than(other_than(j, low), high);
}

static char *put_two(char *p, Str a, const char *between, uint32_t n, Str b)
{
    p = put_str(p, a);
    p = put_str(p, (Str){between, n});
    return put_str(p, b);
}

static char *put_indexed(const CompanyState *s, char *p, uint64_t index)
{
    uint64_t names = s->last.count;
    const Str *last = s->last.items;
    if (index < s->counts[0])
        return put_two(p, last[index % names], " ", 1, s->suffix.items[index / names]);
    index -= s->counts[0];
    if (index < s->counts[1]) {
        uint64_t rest = index / s->one.count;
        p = put_two(p, s->one.items[index % s->one.count], " ", 1,
                    s->two.items[rest % s->two.count]);
        *p++ = ' ';
        return put_str(p, s->suffix.items[rest / s->two.count]);
    }
    index -= s->counts[1];
    uint64_t a = index % names, rest = index / names;
    if (index < s->counts[2])
        return put_two(p, last[a], " & ", 3, last[other_than(rest, a)]);
    index -= s->counts[2];
    a = index % names;
    rest = index / names;
    uint64_t b = other_than(rest % (names - 1), a), d = other_than_both(rest / (names - 1), a, b);
    p = put_two(p, last[a], ", ", 2, last[b]);
    p = put_str(p, STR(" & "));
    return put_str(p, last[d]);
}

static char *put_drawn(const CompanyState *s, char *p, Rand2 r, Rand2 q)
{
    uint64_t shape = r.a & 255;
    if (shape < 100)
        return put_two(p, text_list_pick(&s->last, r.b), " ", 1, text_list_pick(&s->suffix, q.a));
    if (shape < 190) {
        p = put_two(p, text_list_pick(&s->one, r.b), " ", 1, text_list_pick(&s->two, q.a));
        *p++ = ' ';
        return put_str(p, text_list_pick(&s->suffix, q.b));
    }
    uint32_t a = alias_pick(&s->last.alias, r.b);
    uint64_t b = other_than(rng_below(q.a, s->last.count - 1), a);
    if (shape < 235)
        return put_two(p, s->last.items[a], " & ", 3, s->last.items[b]);
    p = put_two(p, s->last.items[a], ", ", 2, s->last.items[b]);
    p = put_str(p, STR(" & "));
    return put_str(p, s->last.items[other_than_both(rng_below(q.b, s->last.count - 2), a, b)]);
}

static void fill_company(const GenCall *c, Vec *out)
{
    const CompanyState *s = c->bound->state;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * (size_t)c->bound->type.length);
    for (uint32_t k = 0; k < c->n; k++) {
        char *p = c->index ? put_indexed(s, cell, c->index[k])
                           : put_drawn(s, cell, gen_draw(c, c->bound->key, k, 0),
                                       gen_draw(c, c->bound->key, k, 1));
        out->s[k] = (Str){cell, (uint32_t)(p - cell)};
        cell = p;
    }
}

static TextList list_of(const WordList *words, Arena *mem)
{
    return text_list_new(words->items, words->count, mem);
}

static bool english_company(GenBind *b)
{
    CompanyState *s = arena_new_of(b->mem, CompanyState);
    s->last = list_of(&words_last_names, b->mem);
    s->one = list_of(&words_company_first, b->mem);
    s->two = list_of(&words_company_second, b->mem);
    s->suffix = list_of(&words_company_suffixes, b->mem);
    uint64_t names = s->last.count;
    s->counts[0] = names * s->suffix.count;
    s->counts[1] = (uint64_t)s->one.count * s->two.count * s->suffix.count;
    s->counts[2] = names * (names - 1);
    s->counts[3] = names * (names - 1) * (names - 2);
    uint32_t three = s->one.chars + s->two.chars + s->suffix.chars + 2,
             partners = s->last.chars * 3 + 5;
    b->out->type = type_chars(
        three > partners ? three : partners); /* all lists are ASCII: bytes are characters */
    b->out->state = s;
    b->out->count = s->counts[0] + s->counts[1] + s->counts[2] + s->counts[3];
    b->out->indexable = true;
    b->out->fill = fill_company;
    return true;
}

static bool bind_company(GenBind *b)
{
    return locale_bind(b, "company.name", english_company);
}

static const GenParam company_params[] = {LOCALE_PARAM};
const GenDef gen_def_company = {
    .name = "company",
    .family = "company",
    .doc = "A company's name: Smith & Jones, Silver River LLC, Garcia Group.",
    .example = "company()",
    GEN_PARAMS(company_params),
    .pii = "company",
    .bind = bind_company};

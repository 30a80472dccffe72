/* People: names as common as they are in census lists, and social security numbers that nobody has.
 */
#include "gen/family_int.h"
#include "gen/locale.h"

#include <string.h>

static uint32_t first_names(GenBind *b, const char *gender, Word **items)
{
    Word *words = arena_array(b->mem, Word, words_first_names_count);
    bool women = strcmp(gender, "male") != 0, men = strcmp(gender, "female") != 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < words_first_names_count; i++) {
        const FirstName *name = &words_first_names[i];
        uint32_t weight = (women ? name->women : 0) + (men ? name->men : 0);
        if (weight)
            words[n++] = (Word){name->s, weight};
    }
    *items = words;
    return n;
}

static bool gender_param(GenBind *b, const char **gender)
{
    *gender = gen_param_text(b, "gender", "any");
    if (strcmp(*gender, "any") == 0 || strcmp(*gender, "female") == 0 ||
        strcmp(*gender, "male") == 0)
        return true;
    return gen_bind_error(b, ERR_RECIPE,
                          "%s: gender is \"female\", \"male\" or \"any\", not \"%s\"",
                          b->node->gen->name, *gender);
}

static bool english_first_name(GenBind *b)
{
    const char *gender;
    Word *items;
    if (!gender_param(b, &gender))
        return false;
    uint32_t n = first_names(b, gender, &items);
    return text_list_bind(b, items, n);
}

static bool bind_first_name(GenBind *b)
{
    const char *gender;
    if (!gender_param(b, &gender))
        return false;
    return locale_bind(b,
                       strcmp(gender, "female") == 0 ? "name.female_first_name"
                       : strcmp(gender, "male") == 0 ? "name.male_first_name"
                                                     : "name.first_name",
                       english_first_name);
}

static const GenParam gender_params[] = {
    {.name = "gender",
     .kind = PARAM_TEXT,
     .default_text = "\"any\"",
     .doc = "\"female\", \"male\" or \"any\""},
    LOCALE_PARAM,
};
static const GenParam locale_params[] = {LOCALE_PARAM};
const GenDef gen_def_first_name = {.name = "first_name",
                                   .family = "person",
                                   .doc = "A first name; common names are common.",
                                   .example = "first_name()",
                                   GEN_PARAMS(gender_params),
                                   .pii = "name",
                                   .bind = bind_first_name};

static bool english_last_name(GenBind *b)
{
    return text_list_bind(b, words_last_names.items, words_last_names.count);
}

static bool bind_last_name(GenBind *b)
{
    return locale_bind(b, "name.last_name", english_last_name);
}

const GenDef gen_def_last_name = {.name = "last_name",
                                  .family = "person",
                                  .doc = "A last name; common names are common.",
                                  .example = "last_name()",
                                  GEN_PARAMS(locale_params),
                                  .pii = "name",
                                  .bind = bind_last_name};

typedef struct FullName {
    TextList first, last;
} FullName;

/* By index: first, last and, from the second round on, a middle initial. */
static void fill_full_name(const GenCall *c, Vec *out)
{
    const FullName *s = c->bound->state;
    size_t most = (s->first.chars + s->last.chars) * 4u + 5;
    char *cell = arena_alloc_raw(c->scratch, c->n * most);
    for (uint32_t k = 0; k < c->n; k++) {
        Str first, last;
        uint64_t initial;
        if (c->index) {
            uint64_t rest = c->index[k] / s->first.count;
            first = s->first.items[c->index[k] % s->first.count];
            last = s->last.items[rest % s->last.count];
            initial = rest / s->last.count;
        } else {
            Rand2 r = gen_draw(c, c->bound->key, k, 0);
            first = text_list_pick(&s->first, r.a);
            last = text_list_pick(&s->last, r.b);
            initial = 0;
        }
        char *p = put_str(cell, first);
        if (initial) {
            *p++ = ' ';
            *p++ = (char)('A' + initial - 1);
            *p++ = '.';
        }
        *p++ = ' ';
        p = put_str(p, last);
        out->s[k] = (Str){cell, (uint32_t)(p - cell)};
        cell = p;
    }
}

static bool english_full_name(GenBind *b)
{
    const char *gender;
    Word *items;
    if (!gender_param(b, &gender))
        return false;
    FullName *s = arena_new_of(b->mem, FullName);
    uint32_t n = first_names(b, gender, &items);
    s->first = text_list_new(items, n, b->mem);
    s->last = text_list_new(words_last_names.items, words_last_names.count, b->mem);
    b->out->type = type_chars(s->first.chars + s->last.chars + 4);
    b->out->state = s;
    b->out->count = (uint64_t)s->first.count * s->last.count * 27;
    b->out->indexable = true;
    b->out->fill = fill_full_name;
    return true;
}

/* Of two columns. */
static void fill_joined(const GenCall *c, Vec *out)
{
    size_t size = 0;
    for (uint32_t k = 0; k < c->n; k++)
        size += c->args[0]->s[k].n + c->args[1]->s[k].n + 1u;
    char *p = arena_alloc_raw(c->scratch, size + 1);
    for (uint32_t k = 0; k < c->n; k++) {
        char *cell = p;
        p = put_str(p, c->args[0]->s[k]);
        *p++ = ' ';
        p = put_str(p, c->args[1]->s[k]);
        out->s[k] = (Str){cell, (uint32_t)(p - cell)};
    }
}

static bool bind_joined(GenBind *b)
{
    int first = param_text_arg(b, "first"), last = first < 0 ? -1 : param_text_arg(b, "last");
    if (last < 0)
        return false;
    const Bound *one = b->out->args[first], *two = b->out->args[last];
    b->out->type = (Type){.kind = TYPE_TEXT};
    if (one->type.length && two->type.length)
        b->out->type.length = one->type.length + 1 + two->type.length;
    b->out->nullable = one->nullable || two->nullable;
    b->out->fill = fill_joined;
    return true;
}

/* A locale's whole names are in its own order, with its own prefixes. */
static bool bind_full_name(GenBind *b)
{
    const char *gender;
    if (param_given(b, "first") || param_given(b, "last"))
        return bind_joined(b);
    return gender_param(b, &gender) && locale_bind(b, "name.name", english_full_name);
}

static const GenParam full_name_params[] = {
    {.name = "gender",
     .kind = PARAM_TEXT,
     .default_text = "\"any\"",
     .doc = "\"female\", \"male\" or \"any\"; other languages than English give any"},
    LOCALE_PARAM,
    {.name = "first", .kind = PARAM_NODE, .doc = "the column of the first name, with `last`"},
    {.name = "last", .kind = PARAM_NODE, .doc = "the column of the last name"},
};
const GenDef gen_def_full_name = {.name = "full_name",
                                  .family = "person",
                                  .doc =
                                      "First and last name; unique ones may have a middle initial.",
                                  .example = "full_name()",
                                  GEN_PARAMS(full_name_params),
                                  .pii = "name",
                                  .bind = bind_full_name};

/* Areas 900 to 999 are never issued as social security numbers; of their groups, 50-65, 70-88 and
 * 90-99 are taken by taxpayer numbers (ITIN, ATIN). What is left belongs to nobody. */
#define SSN_GROUPS 54u
#define SSN_COUNT  (100u * SSN_GROUPS * 9999u)

static void fill_ssn(const GenCall *c, Vec *out)
{
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * 11);
    for (uint32_t k = 0; k < c->n; k++) {
        uint64_t number =
            c->index ? c->index[k] : rng_below(gen_draw(c, c->bound->key, k, 0).a, SSN_COUNT);
        uint64_t serial = number % 9999 + 1, rest = number / 9999;
        uint64_t group = rest % SSN_GROUPS, area = rest / SSN_GROUPS;
        group = group < 49 ? group + 1 : group < 53 ? group - 49 + 66 : 89;
        char *p = put_digits(cell, 900 + area, 3);
        *p++ = '-';
        p = put_digits(p, group, 2);
        *p++ = '-';
        put_digits(p, serial, 4);
        out->s[k] = (Str){cell, 11};
        cell += 11;
    }
}

static bool bind_ssn(GenBind *b)
{
    b->out->type = type_chars(11);
    b->out->no_case = true;
    b->out->count = SSN_COUNT;
    b->out->indexable = true;
    b->out->fill = fill_ssn;
    return true;
}

const GenDef gen_def_ssn = {
    .name = "ssn",
    .family = "person",
    .doc =
        "A number shaped like a US social security number, from areas and groups that are never issued; there are 53,994,600.",
    .example = "ssn()",
    .pii = "ssn",
    .bind = bind_ssn};

/* Places in the United States, and the countries of the world. City, state and postcode of one
 * address belong together; separate columns are drawn each for itself. */
#include "gen/iso_int.h"
#include "gen/locale.h"
#include "gen/places_int.h"

#include <string.h>

typedef struct AddressState {
    Alias place;
    TextList street, kind;
    bool full;
    Str country;
} AddressState;

static Alias place_alias(Arena *mem)
{
    double *weights = arena_array(mem, double, words_places_count);
    for (uint32_t i = 0; i < words_places_count; i++)
        weights[i] = words_places[i].weight;
    return alias_new(weights, words_places_count, mem);
}

char *place_put_number(char *p, uint64_t word)
{
    /* Short numbers are as likely as long ones: 1 to 4 digits. */
    static const uint16_t lowest[] = {1, 10, 100, 100, 1000, 1000},
                          count[] = {9, 90, 900, 900, 9000, 9000};
    static const uint8_t digits[] = {1, 2, 3, 3, 4, 4};
    uint64_t form = rng_below(word, 6);
    return put_digits(p, lowest[form] + rng_below(word << 32 | word >> 32, count[form]),
                      digits[form]);
}

#define ADDRESS_BYTES 112u

static void fill_address(const GenCall *c, Vec *out)
{
    const AddressState *s = c->bound->state;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * ADDRESS_BYTES);
    for (uint32_t k = 0; k < c->n; k++) {
        Rand2 r = gen_draw(c, c->bound->key, k, 0), q = gen_draw(c, c->bound->key, k, 1);
        char *p = place_put_number(cell, r.a);
        *p++ = ' ';
        p = put_str(p, text_list_pick(&s->street, r.b));
        *p++ = ' ';
        p = put_str(p, text_list_pick(&s->kind, q.a));
        if (s->full) {
            const Place *place = &words_places[alias_pick(&s->place, q.b)];
            p = put_str(p, STR(", "));
            p = put_str(p, place->city);
            p = put_str(p, STR(", "));
            p = put_str(p, place->state);
            *p++ = ' ';
            p = put_str(p, place->zip3);
            p = put_digits(p, rng_below(q.a << 32 | q.a >> 32, 100), 2);
            p = put_str(p, s->country);
        }
        out->s[k] = (Str){cell, (uint32_t)(p - cell)};
        cell = p;
    }
}

typedef enum AddressParts { STREET, WITH_CITY, WITH_COUNTRY } AddressParts;

static bool bind_parts(GenBind *b, AddressParts parts)
{
    AddressState *s = arena_new_of(b->mem, AddressState);
    s->full = parts != STREET;
    s->country = parts == WITH_COUNTRY ? STR(", USA") : STR("");
    s->place = place_alias(b->mem);
    s->street = text_list_new(words_streets.items, words_streets.count, b->mem);
    s->kind = text_list_new(words_street_kinds.items, words_street_kinds.count, b->mem);
    uint32_t chars = 4 + 1 + s->street.chars + 1 + s->kind.chars, city = 0;
    for (uint32_t i = 0; i < words_places_count; i++)
        city = words_places[i].city.n > city ? words_places[i].city.n : city;
    b->out->type = type_chars(chars + (s->full ? 2 + city + 2 + 2 + 1 + 5 : 0) + s->country.n);
    b->out->state = s;
    b->out->fill = fill_address;
    return true;
}

static bool english_address(GenBind *b)
{
    return bind_parts(b, gen_param_bool(b, "full", true) ? WITH_CITY : STREET);
}

static bool bind_address(GenBind *b)
{
    return locale_bind(
        b, gen_param_bool(b, "full", true) ? "address.full_address" : "address.street_address",
        english_address);
}

static bool english_street_address(GenBind *b)
{
    return bind_parts(b, STREET);
}

static bool bind_street_address(GenBind *b)
{
    if (param_given(b, "of"))
        return place_bind_of(b, PLACE_STREET);
    return locale_bind(b, "address.street_address", english_street_address);
}

static bool english_full_address(GenBind *b)
{
    return bind_parts(b, WITH_COUNTRY);
}

static bool bind_full_address(GenBind *b)
{
    return locale_bind(b, "address.full_address", english_full_address);
}

static const GenParam address_params[] = {
    {.name = "full",
     .kind = PARAM_BOOL,
     .default_text = "true",
     .doc = "with city, state and postcode; false: number and street alone"},
    LOCALE_PARAM,
};
static const GenParam of_params[] = {LOCALE_PARAM, PLACE_OF_PARAM};
static const GenParam city_params[] = {
    LOCALE_PARAM,
    {.name = "country",
     .kind = PARAM_TEXT,
     .doc = "two letters such as \"DE\", or \"any\": a large city there, in its own spelling"},
};
static const GenParam full_address_params[] = {LOCALE_PARAM};
const GenDef gen_def_address = {
    .name = "address",
    .family = "place",
    .doc = "A US address on one line: 4821 Maple Avenue, Columbus, OH 43217.",
    .example = "address()",
    GEN_PARAMS(address_params),
    .pii = "address",
    .bind = bind_address};
const GenDef gen_def_street_address = {.name = "street_address",
                                       .family = "place",
                                       .doc = "A house number and a street: 4821 Maple Avenue.",
                                       .example = "street_address()",
                                       GEN_PARAMS(of_params),
                                       .pii = "address",
                                       .bind = bind_street_address};
const GenDef gen_def_full_address = {
    .name = "full_address",
    .family = "place",
    .doc = "An address with its country: 4821 Maple Avenue, Columbus, OH 43217, USA.",
    .example = "full_address()",
    GEN_PARAMS(full_address_params),
    .pii = "address",
    .bind = bind_full_address};

static bool english_city(GenBind *b)
{
    Word *items = arena_array(b->mem, Word, words_places_count);
    for (uint32_t i = 0; i < words_places_count; i++)
        items[i] = (Word){words_places[i].city, words_places[i].weight};
    return text_list_bind(b, items, words_places_count);
}

static bool bind_city(GenBind *b)
{
    if (param_given(b, "country"))
        return place_bind_city(b);
    return locale_bind(b, "address.city", english_city);
}

const GenDef gen_def_city = {.name = "city",
                             .family = "place",
                             .doc = "A city in the United States; large ones come more often.",
                             .example = "city()",
                             GEN_PARAMS(city_params),
                             .pii = "address",
                             .bind = bind_city};

static bool english_state(GenBind *b)
{
    const WordList *list = gen_param_bool(b, "short", false) ? &words_state_codes : &words_states;
    return text_list_bind(b, list->items, list->count);
}

static bool bind_state(GenBind *b)
{
    if (param_given(b, "of"))
        return place_bind_of(b, PLACE_STATE);
    return locale_bind(b,
                       gen_param_bool(b, "short", false) ? "address.state_abbr" : "address.state",
                       english_state);
}

static const GenParam state_params[] = {
    {.name = "short",
     .kind = PARAM_BOOL,
     .default_text = "false",
     .doc = "two letters, such as OH, in place of the name"},
    LOCALE_PARAM,
    PLACE_OF_PARAM,
};
const GenDef gen_def_state = {.name = "state",
                              .family = "place",
                              .doc = "A state of the United States; populous ones come more often.",
                              .example = "state { short = true }",
                              GEN_PARAMS(state_params),
                              .pii = "address",
                              .bind = bind_state};

typedef struct PostcodeState {
    Alias place;
    const Str *prefixes; /* distinct */
} PostcodeState;

static void fill_postcode(const GenCall *c, Vec *out)
{
    const PostcodeState *s = c->bound->state;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * 5);
    for (uint32_t k = 0; k < c->n; k++) {
        char *p;
        if (c->index) {
            p = put_str(cell, s->prefixes[c->index[k] / 100]);
            put_digits(p, c->index[k] % 100, 2);
        } else {
            Rand2 r = gen_draw(c, c->bound->key, k, 0);
            p = put_str(cell, words_places[alias_pick(&s->place, r.a)].zip3);
            put_digits(p, rng_below(r.b, 100), 2);
        }
        out->s[k] = (Str){cell, 5};
        cell += 5;
    }
}

static bool english_postcode(GenBind *b)
{
    PostcodeState *s = arena_new_of(b->mem, PostcodeState);
    s->place = place_alias(b->mem);
    Str *prefixes = arena_array(b->mem, Str, words_places_count);
    uint32_t n = 0;
    for (uint32_t i = 0; i < words_places_count; i++) {
        bool seen = false;
        for (uint32_t j = 0; j < n && !seen; j++)
            seen = memcmp(prefixes[j].p, words_places[i].zip3.p, 3) == 0;
        if (!seen)
            prefixes[n++] = words_places[i].zip3;
    }
    s->prefixes = prefixes;
    b->out->type = type_chars(5);
    b->out->state = s;
    b->out->no_case = true;
    b->out->count = n * UINT64_C(100);
    b->out->indexable = true;
    b->out->fill = fill_postcode;
    return true;
}

static bool bind_postcode(GenBind *b)
{
    if (param_given(b, "of"))
        return place_bind_of(b, PLACE_POSTCODE);
    return locale_bind(b, "address.postcode", english_postcode);
}

const GenDef gen_def_postcode = {.name = "postcode",
                                 .family = "place",
                                 .doc =
                                     "A US postcode of five digits, in the areas of larger cities.",
                                 .example = "postcode()",
                                 GEN_PARAMS(of_params),
                                 .pii = "address",
                                 .bind = bind_postcode};

static const GenParam country_params[] = {LOCALE_PARAM, PLACE_OF_PARAM, ISO_PARAM};
static const GenParam country_code_params[] = {PLACE_OF_PARAM, ISO_PARAM};

static bool english_country(GenBind *b)
{
    return text_list_bind(b, words_countries.items, words_countries.count);
}

static bool bind_country(GenBind *b)
{
    if (param_given(b, "of"))
        return place_bind_of(b, PLACE_COUNTRY);
    if (gen_param_bool(b, "all", false))
        return iso_bind(b, &iso_countries, false);
    return locale_bind(b, "address.country", english_country);
}
static bool bind_country_code(GenBind *b)
{
    if (param_given(b, "of"))
        return place_bind_of(b, PLACE_COUNTRY_CODE);
    return iso_bind(b, &iso_countries, true);
}

const GenDef gen_def_country = {
    .name = "country",
    .family = "place",
    .doc = "A country's common English name; populous ones come more often.",
    .example = "country()",
    GEN_PARAMS(country_params),
    .bind = bind_country};
const GenDef gen_def_country_code = {.name = "country_code",
                                     .family = "place",
                                     .doc = "A country's two letters of ISO 3166-1, such as DE.",
                                     .example = "country_code()",
                                     GEN_PARAMS(country_code_params),
                                     .bind = bind_country_code};

/* What belongs to a city. A cell looks its city up by name, so that state { of = t.city } agrees
 * with whatever the row's city is; every city of the catalogue has a name of its own. */
#include "gen/places_int.h"

#include <string.h>

#include "base/hash.h"

#define SLOTS   1024u /* a power of two above three times the number of cities */
#define LETTERS "ABEGHJLNPRTWXYZ"

typedef struct Places {
    const Town *towns;
    uint32_t n;
    uint16_t slots[SLOTS]; /* 0: free, else 1 + town */
    const Str *values;     /* per town, of a value that is a text */
    const TownStreets *const *streets;
    TextList street, kind; /* of the United States */
} Places;

/* ---- the catalogue */

static Str state_of(Str code)
{
    for (uint32_t i = 0; i < words_state_codes.count; i++)
        if (memcmp(words_state_codes.items[i].s.p, code.p, 2) == 0)
            return words_states.items[i].s;
    return code;
}

static Str country_of(Str code)
{
    for (uint32_t i = 0; i < words_country_codes.count; i++)
        if (memcmp(words_country_codes.items[i].s.p, code.p, 2) == 0)
            return words_countries.items[i].s;
    return code;
}

static uint32_t slot_of(const Places *p, Str city)
{
    uint32_t slot = (uint32_t)hash64(city.p, city.n, 0) & (SLOTS - 1);
    for (; p->slots[slot]; slot = (slot + 1) & (SLOTS - 1)) {
        Str own = p->towns[p->slots[slot] - 1].city;
        if (own.n == city.n && memcmp(own.p, city.p, city.n) == 0)
            break;
    }
    return slot;
}

static Places *places_new(Arena *mem)
{
    Places *p = arena_new_of(mem, Places);
    Town *towns = arena_array(mem, Town, words_places_count + words_towns_count);
    p->towns = towns;
    for (uint32_t i = 0; i < words_places_count; i++) {
        const Place *from = &words_places[i];
        const PlaceSpot *spot = &words_place_spots[i];
        Str zip = {arena_printf(mem, "%.3s##", from->zip3.p), 5};
        towns[p->n++] = (Town){.city = from->city,
                               .state = state_of(from->state),
                               .state_code = from->state,
                               .country_code = STR("US"),
                               .postcode = zip,
                               .zone = {spot->zone, (uint32_t)strlen(spot->zone)},
                               .lat = spot->lat,
                               .lon = spot->lon,
                               .weight = from->weight};
    }
    for (uint32_t i = 0; i < words_towns_count; i++)
        towns[p->n++] = words_towns[i];
    for (uint32_t i = 0; i < p->n; i++)
        p->slots[slot_of(p, towns[i].city)] = (uint16_t)(i + 1);
    return p;
}

static const Town *find(const Places *p, Str city)
{
    uint32_t at = p->slots[slot_of(p, city)];
    return at ? &p->towns[at - 1] : NULL;
}

/* ---- city { country = "DE" } */

bool place_bind_city(GenBind *b)
{
    const char *country = gen_param_text(b, "country", "US"), *known = "";
    const Places *p = places_new(b->mem);
    Word *items = arena_array(b->mem, Word, p->n);
    bool any = strcmp(country, "any") == 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n; i++)
        if (any || (strlen(country) == 2 && memcmp(p->towns[i].country_code.p, country, 2) == 0))
            items[n++] = (Word){p->towns[i].city, p->towns[i].weight};
    if (n)
        return text_list_bind(b, items, n);
    for (uint32_t i = 0; i < words_town_streets_count; i++)
        known = arena_printf(b->mem, "%s, %s", known, words_town_streets[i].country_code.p);
    gen_bind_error(b, ERR_RECIPE, "%s: the catalogue has no cities of country \"%s\"",
                   b->node->gen->name, country);
    return err_hint(b->mem, b->err, "one of US%s, or \"any\"", known);
}

/* ---- texts */

static void fill_text(const GenCall *c, Vec *out)
{
    const Places *p = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        const Town *town = find(p, c->args[0]->s[k]);
        if (town)
            out->s[k] = p->values[town - p->towns];
        else
            vec_nulls(out, c->scratch)[k] = 1;
    }
}

static Str text_of(const Town *town, PlaceValue what)
{
    switch (what) {
    case PLACE_STATE: return town->state;
    case PLACE_STATE_CODE: return town->state_code;
    case PLACE_COUNTRY: return country_of(town->country_code);
    case PLACE_COUNTRY_CODE: return town->country_code;
    default: return town->zone;
    }
}

static void bind_text(GenBind *b, Places *p, PlaceValue what)
{
    Str *values = arena_array(b->mem, Str, p->n);
    uint32_t longest = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        values[i] = text_of(&p->towns[i], what);
        longest = values[i].n > longest ? values[i].n : longest;
    }
    p->values = values;
    b->out->type = type_chars(longest);
    b->out->fill = fill_text;
}

/* ---- postcodes */

#define POSTCODE_MAX 12u

static char *put_postcode(char *p, Str form, uint64_t word)
{
    for (uint32_t i = 0; i < form.n; i++) {
        char ch = form.p[i];
        uint32_t radix = ch == '#' ? 10 : ch == '@' ? 9 : ch == '?' ? sizeof LETTERS - 1 : 1;
        uint32_t digit = (uint32_t)(word % radix);
        word /= radix;
        *p++ = ch == '#'   ? (char)('0' + digit)
               : ch == '@' ? (char)('1' + digit)
               : ch == '?' ? LETTERS[digit]
                           : ch;
    }
    return p;
}

static void fill_postcode(const GenCall *c, Vec *out)
{
    const Places *p = c->bound->state;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * POSTCODE_MAX + 1);
    for (uint32_t k = 0; k < c->n; k++) {
        const Town *town = find(p, c->args[0]->s[k]);
        if (!town) {
            vec_nulls(out, c->scratch)[k] = 1;
            continue;
        }
        char *end = put_postcode(cell, town->postcode, gen_draw(c, c->bound->key, k, 0).a);
        out->s[k] = (Str){cell, (uint32_t)(end - cell)};
        cell = end;
    }
}

/* ---- coordinates: within 4 hundredths of a degree of the city's middle */

static void fill_degrees(const GenCall *c, Vec *out)
{
    const Places *p = c->bound->state;
    bool north = c->bound->type.precision == 8;
    for (uint32_t k = 0; k < c->n; k++) {
        const Town *town = find(p, c->args[0]->s[k]);
        out->i[k] = 0;
        if (town)
            out->i[k] = (north ? town->lat : town->lon) * INT64_C(10000) - 40000 +
                        (int64_t)rng_below(gen_draw(c, c->bound->key, k, 0).a, 80001);
        else
            vec_nulls(out, c->scratch)[k] = 1;
    }
}

/* ---- streets, named and numbered as it is done there */

#define STREET_MAX 64u

static void fill_street(const GenCall *c, Vec *out)
{
    const Places *p = c->bound->state;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * STREET_MAX + 1);
    for (uint32_t k = 0; k < c->n; k++) {
        const Town *town = find(p, c->args[0]->s[k]);
        if (!town) {
            vec_nulls(out, c->scratch)[k] = 1;
            continue;
        }
        Rand2 r = gen_draw(c, c->bound->key, k, 0);
        const TownStreets *streets = p->streets[town - p->towns];
        char *end = cell;
        if (!streets) {
            end = place_put_number(end, r.a);
            *end++ = ' ';
            end = put_str(end, text_list_pick(&p->street, r.b));
            *end++ = ' ';
            end = put_str(end, text_list_pick(&p->kind, gen_draw(c, c->bound->key, k, 1).a));
        } else {
            Str name = streets->names[r.a & 7];
            uint64_t number = 1 + rng_below(r.b, 160);
            if (streets->number_first)
                end = put_str(put_number(end, number), streets->joint);
            end = put_str(end, name);
            if (!streets->number_first)
                end = put_number(put_str(end, streets->joint), number);
        }
        out->s[k] = (Str){cell, (uint32_t)(end - cell)};
        cell = end;
    }
}

static void bind_street(GenBind *b, Places *p)
{
    const TownStreets **streets = arena_array(b->mem, const TownStreets *, p->n);
    for (uint32_t i = 0; i < p->n; i++)
        for (uint32_t s = 0; s < words_town_streets_count; s++)
            if (memcmp(words_town_streets[s].country_code.p, p->towns[i].country_code.p, 2) == 0)
                streets[i] = &words_town_streets[s];
    p->streets = streets;
    p->street = text_list_new(words_streets.items, words_streets.count, b->mem);
    p->kind = text_list_new(words_street_kinds.items, words_street_kinds.count, b->mem);
    b->out->type = type_chars(STREET_MAX);
    b->out->fill = fill_street;
}

bool place_bind_of(GenBind *b, PlaceValue what)
{
    int at = param_text_arg(b, "of");
    if (at < 0)
        return false;
    const Bound *from = bound_source(b, b->out->args[at]);
    bool known = from && bound_is_list_of(from, "city");
    Places *p = places_new(b->mem);
    b->out->nullable = b->out->args[at]->nullable || !known;
    b->out->state = p;
    switch (what) {
    case PLACE_POSTCODE:
        b->out->type = type_chars(POSTCODE_MAX);
        b->out->fill = fill_postcode;
        break;
    case PLACE_LATITUDE:
    case PLACE_LONGITUDE: {
        int64_t limit = what == PLACE_LATITUDE ? 90000000 : 180000000;
        b->out->type = type_decimal(-limit, limit, 6);
        b->out->fill = fill_degrees;
        break;
    }
    case PLACE_STREET: bind_street(b, p); break;
    default: bind_text(b, p, what); break;
    }
    return true;
}

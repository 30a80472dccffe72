/* Generators from locales: a key's texts become a phrase, with the templates in them resolved along
 * the locale's chain and, at its end, in a small English. Several locales: the row draws one, the
 * same for all of its columns. */
#include <string.h>

#include "base/map.h"
#include "gen/locale_int.h"

#define DEPTH_MAX 12

typedef struct Resolver {
    const Locales *locales;
    const char *locale;
    Arena *mem;
    Map *memo;           /* key -> Phrase */
    const char *missing; /* the first key for which there was only English */
    int depth;
} Resolver;

static const Phrase *resolve(Resolver *r, const char *key);

/* ---------------------------------------------------------------- looking up */

static const LocaleEntry *find_in(const Locale *locale, const char *key)
{
    int low = 0, high = locale->n;
    while (low < high) {
        int mid = (low + high) / 2, order = strcmp(key, locale->entries[mid].key);
        if (order == 0)
            return &locale->entries[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

const LocaleEntry *locale_entry(const Locales *locales, const char *name, const char *key)
{
    for (int i = 0; i < locales->nloaded; i++)
        if (strcmp(locales->loaded[i].name, name) == 0)
            return find_in(&locales->loaded[i], key);
    return NULL;
}

/* How whole texts are put together where a locale does not say. */
static const LocaleEntry *derived(const char *key)
{
    static const struct {
        LocaleEntry entry;
        const char *item;
    } forms[] = {
        {{"address.full_address", &forms[0].item, 1}, "#{street_address}, #{postcode} #{city}"},
        {{"address.street_address", &forms[1].item, 1}, "#{building_number} #{street_name}"},
        {{"company.name", &forms[2].item, 1}, "#{Name.last_name} #{suffix}"},
        {{"name.female_first_name", &forms[3].item, 1}, "#{first_name}"},
        {{"name.male_first_name", &forms[4].item, 1}, "#{first_name}"},
        {{"name.name", &forms[5].item, 1}, "#{first_name} #{last_name}"},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].entry.key, key) == 0)
            return &forms[i].entry;
    return NULL;
}

static const LocaleEntry *find(const Resolver *r, const char *key)
{
    for (const char *name = r->locale; name; name = locale_parent(name, r->mem)) {
        const LocaleEntry *entry = locale_entry(r->locales, name, key);
        if (entry)
            return entry;
    }
    return derived(key);
}

/* What templates may name and a locale leaves out. */
static const Phrase *english_part(const char *key, Arena *mem)
{
    static const struct {
        const char *key;
        const char *form;
        const WordList *list;
    } parts[] = {
        {"name.last_name", NULL, &words_last_names},
        {"name.prefix", "#{Mr.|Ms.|Dr.}", NULL},
        {"name.suffix", "#{Jr.|Sr.|II|III}", NULL},
        {"address.building_number", "#{1..999}", NULL},
        {"address.secondary_address", "Apt. #{1..99}", NULL},
        {"address.street_suffix", NULL, &words_street_kinds},
        {"address.street_name", "#{street} Street", NULL},
        {"address.street_address", "#{1..999} #{street} Street", NULL},
        {"address.postcode", "#{10000..99999}", NULL},
        {"address.state", NULL, &words_states},
        {"address.state_abbr", NULL, &words_state_codes},
        {"address.country", NULL, &words_countries},
        {"company.suffix", NULL, &words_company_suffixes},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcmp(parts[i].key, key) == 0)
            return parts[i].form ? phrase_parse(parts[i].form, mem)
                                 : phrase_list(parts[i].list->items, parts[i].list->count, mem);
    bool city = strcmp(key, "address.city") == 0;
    bool women = strcmp(key, "name.male_first_name") != 0,
         men = strcmp(key, "name.female_first_name") != 0;
    if (!city && women && men && strcmp(key, "name.first_name") != 0)
        return NULL;
    uint32_t n = 0, most = city ? words_places_count : words_first_names_count;
    Word *words = arena_array(mem, Word, most);
    for (uint32_t i = 0; i < most; i++) {
        const FirstName *name = &words_first_names[i];
        words[n] = city ? (Word){words_places[i].city, words_places[i].weight}
                        : (Word){name->s, (women ? name->women : 0) + (men ? name->men : 0)};
        n += words[n].weight > 0;
    }
    return phrase_list(words, n, mem);
}

/* ---------------------------------------------------------------- templates */

/* "Name.first_name" and "PhoneNumber.area_code" name another section; "first_name" is of the key's
 * own. */
static const char *reference(const char *key, const char *name, size_t n, Arena *mem)
{
    char *out = arena_alloc(mem, strlen(key) + n * 2 + 2), *p = out;
    const char *dot = memchr(name, '.', n), *own = strrchr(key, '.');
    if (!dot) {
        memcpy(p, key, (size_t)(own - key) + 1);
        memcpy(p + (own - key) + 1, name, n);
        return out;
    }
    for (size_t i = 0; i < n; i++) {
        bool capital = name[i] >= 'A' && name[i] <= 'Z' && name + i < dot;
        if (capital && i > 0)
            *p++ = '_';
        *p++ = capital ? (char)(name[i] + 32) : name[i];
    }
    return out;
}

/* Numbers and streets have slots: # a digit, ? a letter. A house number does not begin with 0. */
static bool has_slots(const char *key)
{
    return strncmp(key, "address.", 8) == 0 || strncmp(key, "phone_number.", 13) == 0 ||
           strncmp(key, "cell_phone.", 11) == 0;
}

static const Phrase *slot(const char *key, char ch, bool first, Arena *mem)
{
    if (ch == '?')
        return phrase_chars(STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 1, mem);
    bool from_one = first && strcmp(key, "address.building_number") == 0;
    return phrase_number(from_one, from_one ? 9 : 10, 1, mem);
}

/* NULL when it names something that is nowhere, or could become very long. */
static const Phrase *template(Resolver *r, const char *key, const char *text)
{
    const Phrase **parts = arena_array(r->mem, const Phrase *, strlen(text) + 1);
    uint32_t n = 0;
    bool slots = has_slots(key), first = true;
    if (*text == '/')
        return locale_regex(text, r->mem);
    for (const char *p = text; *p;) {
        const char *end = strncmp(p, "#{", 2) == 0 ? strchr(p, '}') : NULL;
        if (end) {
            parts[n] = resolve(r, reference(key, p + 2, (size_t)(end - p - 2), r->mem));
            if (!parts[n++])
                return NULL;
            p = end + 1;
        } else if (slots && (*p == '#' || *p == '?')) {
            parts[n++] = slot(key, *p++, first, r->mem);
            first = false;
        } else {
            size_t plain = 1;
            while (p[plain] && p[plain] != '#' && !(slots && p[plain] == '?'))
                plain++;
            parts[n++] = phrase_text((Str){p, (uint32_t)plain}, r->mem);
            p += plain;
        }
    }
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < n; i++)
        bytes += parts[i]->bytes;
    if (bytes > LOCALE_TEXT_MAX)
        return NULL;
    return n == 1 ? parts[0] : phrase_all(parts, n, r->mem);
}

static bool is_literal(const char *key, const char *text)
{
    return *text != '/' && !strstr(text, "#{") && !(has_slots(key) && strpbrk(text, "#?"));
}

const Phrase *locale_list(const char *locale, const LocaleEntry *entry, Arena *mem)
{
    Word *words = arena_array(mem, Word, entry->n);
    Map *seen = map_new(mem);
    uint32_t n = 0;
    for (int i = 0; i < entry->n; i++) {
        size_t length = strlen(entry->items[i]);
        Word *word = map_get(seen, entry->items[i]);
        if (length > LOCALE_TEXT_MAX)
            continue;
        if (word) {
            word->weight++;
            continue;
        }
        words[n] = (Word){{entry->items[i], (uint32_t)length}, 1};
        map_put(seen, entry->items[i], &words[n++]);
    }
    words_weigh_surnames(locale, entry->key, words, n);
    return n ? phrase_list(words, n, mem) : NULL;
}

static const Phrase *entry_phrase(Resolver *r, const LocaleEntry *entry)
{
    const Phrase **parts = arena_array(r->mem, const Phrase *, entry->n);
    double *weights = arena_array(r->mem, double, entry->n);
    uint32_t n = 0;
    bool all = true;
    for (int i = 0; i < entry->n; i++)
        all = all && is_literal(entry->key, entry->items[i]);
    if (all)
        return locale_list(r->locale, entry, r->mem);
    for (int i = 0; i < entry->n; i++) {
        parts[n] = template(r, entry->key, entry->items[i]);
        weights[n] = 1;
        n += parts[n] != NULL;
    }
    return n == 0 ? NULL : n == 1 ? parts[0] : phrase_one(parts, weights, n, r->mem);
}

/* The phrase of a key; NULL when it is nowhere, or leads back to itself. */
static const Phrase *resolve(Resolver *r, const char *key)
{
    if (strcmp(key, "address.zip_code") == 0 || strcmp(key, "address.zip") == 0)
        key = "address.postcode";
    const Phrase *known = map_get(r->memo, key);
    if (known)
        return known;
    if (r->depth >= DEPTH_MAX)
        return NULL;
    r->depth++;
    const LocaleEntry *entry = find(r, key);
    const Phrase *phrase = entry ? entry_phrase(r, entry) : NULL;
    r->depth--;
    if (!phrase) {
        phrase = english_part(key, r->mem);
        r->missing = r->missing ? r->missing : key;
    }
    if (phrase)
        map_put(r->memo, key, (void *)(uintptr_t)phrase);
    return phrase;
}

/* ---------------------------------------------------------------- one locale */

/* By index its texts are distinct: one list, or slots of a fixed width. */
static bool is_distinct(const Phrase *p)
{
    if (p->kind == PHRASE_LIST)
        return true;
    if (p->kind == PHRASE_ONE)
        return false;
    for (uint32_t i = 0; i < p->n; i++)
        if (p->parts[i]->kind == PHRASE_LIST || p->parts[i]->kind == PHRASE_ONE ||
            !is_distinct(p->parts[i]))
            return false;
    return true;
}

/* What a generator wants of a locale. */
typedef struct Use {
    const char *key;
    bool (*english)(GenBind *b);
    LocaleOwn own; /* NULL: none */
} Use;

/* Binds out to a locale's texts, or to English when the locale has none. */
static bool bind_one(GenBind *b, const Locales *locales, const char *name, const Use *use)
{
    bool done = false;
    const char *key = use->key;
    if (locale_is_english(name))
        return use->english(b);
    if (use->own && !use->own(b, name, &done))
        return false;
    if (done)
        return true;
    Resolver r = {.locales = locales, .locale = name, .mem = b->mem, .memo = map_new(b->mem)};
    const LocaleEntry *entry = find(&r, key);
    const Phrase *phrase = entry ? entry_phrase(&r, entry) : NULL;
    if (!phrase || r.missing)
        b->out->note = arena_printf(b->mem, "locale %s has no %s: using English", name,
                                    r.missing ? r.missing : key);
    if (!phrase)
        return use->english(b);
    phrase_bind(b, phrase);
    if (!is_distinct(phrase)) {
        b->out->indexable = false;
        b->out->count = 0;
    }
    return true;
}

/* ---------------------------------------------------------------- several */

typedef struct Mix {
    Alias alias;
    uint64_t key; /* of the row's locale */
    uint32_t n;
    const Bound **bounds;
} Mix;

static void fill_mix(const GenCall *c, Vec *out)
{
    const Mix *s = c->bound->state;
    uint64_t *rows = arena_array(c->scratch, uint64_t, c->n);
    uint32_t *generations = arena_array(c->scratch, uint32_t, c->n),
             *cells = arena_array(c->scratch, uint32_t, c->n),
             *of = arena_array(c->scratch, uint32_t, c->n);
    for (uint32_t k = 0; k < c->n; k++)
        of[k] = alias_pick(&s->alias, rng_draw(s->key, c->rows[k], 0, 0).a);
    for (uint32_t l = 0; l < s->n; l++) {
        uint32_t n = 0;
        for (uint32_t k = 0; k < c->n; k++) {
            if (of[k] != l)
                continue;
            rows[n] = c->rows[k];
            generations[n] = gen_generation(c, k);
            cells[n++] = k;
        }
        if (!n)
            continue;
        Vec *part = vec_new(c->scratch, out->kind, out->scale, n);
        GenCall call = {.bound = s->bounds[l],
                        .n = n,
                        .rows = rows,
                        .generation = generations,
                        .scratch = c->scratch,
                        .overflows = c->overflows};
        s->bounds[l]->fill(&call, part);
        for (uint32_t i = 0; i < n; i++)
            out->s[cells[i]] = part->s[i];
    }
}

static bool bind_mix(GenBind *b, const Locales *locales, const Use *use)
{
    Mix *s = arena_new_of(b->mem, Mix);
    double *weights = arena_array(b->mem, double, locales->nshares);
    uint32_t chars = 0;
    const TablePlan *table = b->scope->table;
    *s = (Mix){.n = (uint32_t)locales->nshares,
               .bounds = arena_array(b->mem, const Bound *, locales->nshares),
               .key = gen_stream_key(b->scope->plan->seed,
                                     table && table->table ? table->table->name : NULL, NULL,
                                     "locale")};
    for (int i = 0; i < locales->nshares; i++) {
        Bound *own = arena_new_of(b->mem, Bound);
        *own = *b->out;
        own->note = NULL;
        GenBind sub = *b;
        sub.out = own;
        if (!bind_one(&sub, locales, locales->shares[i].name, use))
            return false;
        s->bounds[i] = own;
        weights[i] = locales->shares[i].weight;
        chars = (uint32_t)own->type.length > chars ? (uint32_t)own->type.length : chars;
        b->out->note = own->note ? own->note : b->out->note;
    }
    s->alias = alias_new(weights, s->n, b->mem);
    b->out->type = type_chars(chars);
    b->out->state = s;
    b->out->fill = fill_mix;
    return true;
}

bool locale_bind_own(GenBind *b, const char *key, bool (*english)(GenBind *b), LocaleOwn own)
{
    const char *called = gen_param_text(b, "locale", NULL);
    const Recipe *recipe = b->scope->plan->recipe;
    static const Locales none = {0};
    const Locales *locales = recipe ? &recipe->locales : &none;
    const Use use = {key, english, own};
    if (called)
        return bind_one(b, locales, called, &use);
    if (locales->nshares == 0)
        return english(b);
    if (locales->nshares == 1)
        return bind_one(b, locales, locales->shares[0].name, &use);
    return bind_mix(b, locales, &use);
}

bool locale_bind(GenBind *b, const char *key, bool (*english)(GenBind *b))
{
    return locale_bind_own(b, key, english, NULL);
}

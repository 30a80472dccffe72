/* Countries, currencies, languages and subdivisions of countries. The common ones are built in,
 * with how common they are; all that ISO lists come from the package iso-codes, read before
 * binding. */
#include <string.h>

#include "gen/iso_int.h"
#include "gen/locale_int.h"

/* ---- all of a list */

static const LocaleEntry *iso_entry(const GenBind *b, const char *prefix, const char *name)
{
    const Recipe *recipe = b->scope->plan->recipe;
    const char *key = arena_printf(b->mem, "%s%s", prefix, name);
    return recipe ? locale_entry(&recipe->locales, LOCALE_ISO, key) : NULL;
}

/* What is built in keeps its name and its weight; the others are rare. */
static bool bind_all(GenBind *b, const IsoList *list, bool code)
{
    const LocaleEntry *codes = iso_entry(b, LOCALE_ISO_CODES, list->name),
                      *names = iso_entry(b, LOCALE_ISO_NAMES, list->name);
    if (!codes || !names || codes->n != names->n) {
        gen_bind_error(b, ERR_RECIPE, "%s: what ISO lists was not read", b->node->gen->name);
        return err_hint(b->mem, b->err, "install the package iso-codes");
    }
    Word *words = arena_array(b->mem, Word, codes->n);
    for (int i = 0; i < codes->n; i++) {
        const char *text = code ? codes->items[i] : names->items[i];
        words[i] = (Word){{text, (uint32_t)strlen(text)}, 1};
        for (uint32_t k = 0; k < list->codes->count; k++) {
            const Word *common = &list->codes->items[k];
            if (strlen(codes->items[i]) != common->s.n ||
                memcmp(codes->items[i], common->s.p, common->s.n) != 0)
                continue;
            words[i] = code ? *common : list->names->items[k];
            words[i].weight = common->weight * ISO_COMMON;
        }
    }
    return text_list_bind(b, words, (uint32_t)codes->n);
}

bool iso_bind(GenBind *b, const IsoList *list, bool code)
{
    const WordList *common = code ? list->codes : list->names;
    return gen_param_bool(b, "all", false) ? bind_all(b, list, code)
                                           : text_list_bind(b, common->items, common->count);
}

const IsoList iso_countries = {"country", &words_countries, &words_country_codes},
              iso_currencies = {"currency", &words_currencies, &words_currency_codes},
              iso_languages = {"language", &words_languages, &words_language_codes};

/* ---- subdivisions */

static bool built_in(GenBind *b, bool code)
{
    if (!code)
        return text_list_bind(b, words_states.items, words_states.count);
    Word *words = arena_array(b->mem, Word, words_state_codes.count);
    for (uint32_t i = 0; i < words_state_codes.count; i++) {
        const Word *state = &words_state_codes.items[i];
        words[i] =
            (Word){{arena_printf(b->mem, "US-%.*s", (int)state->s.n, state->s.p), state->s.n + 3},
                   state->weight};
    }
    return text_list_bind(b, words, words_state_codes.count);
}

static bool bind_subdivision(GenBind *b)
{
    const char *country = gen_param_text(b, "country", "US");
    bool code = gen_param_bool(b, "code", false);
    if (strcmp(country, "US") == 0)
        return built_in(b, code);
    const LocaleEntry *entry = iso_entry(b, code ? LOCALE_ISO_CODES : LOCALE_ISO_NAMES,
                                         arena_printf(b->mem, LOCALE_SUBDIVISION ".%s", country));
    if (entry)
        return phrase_bind(b, locale_list(LOCALE_ISO, entry, b->mem));
    gen_bind_error(b, ERR_RECIPE, "subdivision knows no country \"%s\"", country);
    return err_hint(b->mem, b->err, "two capital letters of ISO 3166-1, such as \"DE\"");
}

static const GenParam subdivision_params[] = {
    {.name = "country",
     .kind = PARAM_TEXT,
     .default_text = "\"US\"",
     .doc =
         "two letters, such as \"DE\"; for other countries than the US the package iso-codes must be there"},
    {.name = "code",
     .kind = PARAM_BOOL,
     .default_text = "false",
     .doc = "the code, such as DE-BY, in place of the name"},
};
const GenDef gen_def_subdivision = {.name = "subdivision",
                                    .family = "place",
                                    .doc = "A country's state, region or province (ISO 3166-2).",
                                    .example = "subdivision { code = true }",
                                    GEN_PARAMS(subdivision_params),
                                    .pii = "address",
                                    .bind = bind_subdivision};

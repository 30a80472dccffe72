/* subdivision: states, regions, provinces of ISO 3166-2. Those of the US are built in, the others
 * come from iso-codes, read before binding. */
#include <string.h>

#include "gen/locale_int.h"

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
    const Recipe *recipe = b->scope->plan->recipe;
    const char *key = arena_printf(
        b->mem, "%s%s", code ? LOCALE_SUBDIVISION_CODES : LOCALE_SUBDIVISION_NAMES, country);
    const LocaleEntry *entry =
        recipe ? locale_entry(&recipe->locales, LOCALE_SUBDIVISIONS, key) : NULL;
    if (entry)
        return phrase_bind(b, locale_list(LOCALE_SUBDIVISIONS, entry, b->mem));
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

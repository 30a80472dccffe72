/* national_id: the numbers that states give their people and companies, with the check digits that
 * forms look at. Where a range is known that nobody has, it is used. */
#include <string.h>

#include "gen/national_id.h"

static const NationalId *find(const NationalId *ids, uint32_t n, const char *country,
                              const char *kind)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(ids[i].country, country) == 0 && (!kind || strcmp(ids[i].kind, kind) == 0))
            return &ids[i];
    return NULL;
}

/* Countries, or the kinds of one country, for messages. */
static const char *listed(const NationalId *ids, uint32_t n, const char *country, const char *all,
                          Arena *mem)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!country && !(i && strcmp(ids[i - 1].country, ids[i].country) == 0))
            all = arena_printf(mem, "%s%s%s", all, *all ? " " : "", ids[i].country);
        if (country && strcmp(ids[i].country, country) == 0)
            all = arena_printf(mem, "%s%s\"%s\"", all, *all ? ", " : "", ids[i].kind);
    }
    return all;
}

static const char *listed_all(const char *country, Arena *mem)
{
    const char *dated =
        listed(national_ids_with_date, national_ids_with_date_count, country, "", mem);
    return listed(national_ids_plain, national_ids_plain_count, country, dated, mem);
}

static bool bind_national_id(GenBind *b)
{
    const char *country = gen_param_text(b, "country", "US"),
               *kind = gen_param_text(b, "kind", NULL);
    if (strcmp(country, "US") == 0 && (!kind || strcmp(kind, "ssn") == 0))
        return gen_def_ssn.bind(b);
    const NationalId *id =
        find(national_ids_with_date, national_ids_with_date_count, country, kind);
    if (!id)
        id = find(national_ids_plain, national_ids_plain_count, country, kind);
    if (id)
        return numbered_bind(b, id->forms, id->nforms, id->put, id->chars);
    const char *kinds = listed_all(country, b->mem);
    if (strcmp(country, "US") == 0)
        kinds = arena_printf(b->mem, "\"ssn\", %s", kinds);
    if (*kinds) {
        gen_bind_error(b, ERR_RECIPE, "national_id: %s has no kind \"%s\"", country, kind);
        return err_hint(b->mem, b->err, "it has %s", kinds);
    }
    gen_bind_error(b, ERR_RECIPE, "national_id knows no country \"%s\"", country);
    return err_hint(b->mem, b->err, "it knows %s", listed_all(NULL, b->mem));
}

static const GenParam national_id_params[] = {
    {.name = "country",
     .kind = PARAM_TEXT,
     .default_text = "\"US\"",
     .doc =
         "AR AT AU BE BR CA CH CL CN DE DK ES FI FR GB IE IN IT JP KR NL NO PL PT SE TR US or ZA"},
    {.name = "kind",
     .kind = PARAM_TEXT,
     .doc =
         "where a country has several: BR \"cpf\" \"cnpj\", ES \"dni\" \"nie\", GB \"nino\" \"nhs\", US \"ssn\" \"ein\"; left out: the first"},
};
const GenDef gen_def_national_id = {
    .name = "national_id",
    .family = "person",
    .doc =
        "A national identification number with valid check digits, of a range that nobody has where there is one.",
    .example = "national_id { country = \"ES\" }",
    GEN_PARAMS(national_id_params),
    .pii = "national_id",
    .bind = bind_national_id};

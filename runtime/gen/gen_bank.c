/* Banks: account numbers of the world's shapes, with the check digits that make forms accept them.
 */
#include <string.h>

#include "gen/check_digits.h"
#include "gen/iban.h"
#include "gen/numbered_int.h"

/* ---- iban */

#define IBAN_DIGITS 18 /* that the number decides; the rest is drawn */

typedef struct IbanForm {
    const IbanCountry *country;
    char classes[IBAN_MAX];
    uint32_t n;
    uint32_t first; /* characters before it are drawn */
} IbanForm;

/* Digits from the end are the number's; what its check digits may change is not among them. */
static uint64_t iban_form(const IbanCountry *country, IbanForm *form)
{
    uint64_t count = 1;
    int digits = 0;
    form->country = country;
    form->n = iban_classes(country, form->classes);
    form->first = form->n;
    while (form->first > (country->check == IBAN_NO ? 1u : 0u) && digits < IBAN_DIGITS) {
        char class = form->classes[form->first - 1];
        if (class == 'a')
            break;
        form->first--;
        if (class != 'x') {
            digits++;
            count *= 10;
        }
    }
    return count;
}

static char *put_iban(const NumberedForm *form, char *p, uint64_t number, uint64_t more)
{
    const IbanForm *f = form->data;
    char *bban = p + 4;
    p[0] = f->country->code[0];
    p[1] = f->country->code[1];
    for (uint32_t i = f->n; i-- > 0;) {
        uint64_t *from = i < f->first ? &more : &number;
        bban[i] = f->classes[i] == 'x'   ? '0'
                  : f->classes[i] == 'a' ? (char)('A' + take(from, 26))
                                         : (char)('0' + take(from, 10));
    }
    iban_check_bban(f->country, bban);
    iban_check(p, f->n);
    return bban + f->n;
}

static bool bind_iban(GenBind *b)
{
    const char *code = gen_param_text(b, "country", NULL);
    const IbanCountry *only = code ? iban_country(code) : NULL;
    if (code && !only) {
        gen_bind_error(b, ERR_RECIPE, "iban knows no country \"%s\"", code);
        return err_hint(b->mem, b->err,
                        "two capital letters of a country with IBANs, such as \"DE\"");
    }
    NumberedForm *forms = arena_array(b->mem, NumberedForm, iban_country_count);
    uint32_t n = 0, most = 0;
    for (uint32_t i = 0; i < iban_country_count; i++) {
        const IbanCountry *country = &iban_countries[i];
        if (only && only != country)
            continue;
        IbanForm *form = arena_new_of(b->mem, IbanForm);
        uint64_t count = iban_form(country, form);
        forms[n++] = (NumberedForm){count, country->weight, form};
        most = form->n + 4 > most ? form->n + 4 : most;
    }
    return numbered_bind(b, forms, n, put_iban, most);
}

static const GenParam iban_params[] = {
    {.name = "country",
     .kind = PARAM_TEXT,
     .doc = "two letters, such as \"DE\"; left out: any country with IBANs, by inhabitants"},
};
const GenDef gen_def_iban = {
    .name = "iban",
    .family = "finance",
    .doc =
        "An international bank account number (ISO 13616) with valid check digits and the country's own structure.",
    .example = "iban { country = \"DE\" }",
    GEN_PARAMS(iban_params),
    .pii = "account",
    .bind = bind_iban};

/* ---- bic */

static char *put_bic(const NumberedForm *form, char *p, uint64_t number, uint64_t more)
{
    static const char location[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789";
    const char *country = form->data;
    (void)more;
    for (int i = 0; i < 4; i++)
        *p++ = (char)('A' + take(&number, 26));
    *p++ = country[0];
    *p++ = country[1];
    *p++ = location[take(&number, 34)];
    *p++ = '0';
    return p;
}

static bool bind_bic(GenBind *b)
{
    const char *code = gen_param_text(b, "country", NULL);
    NumberedForm *forms = arena_array(b->mem, NumberedForm, words_country_codes.count);
    uint32_t n = 0;
    for (uint32_t i = 0; i < words_country_codes.count; i++) {
        const Word *word = &words_country_codes.items[i];
        if (!code || strcmp(code, word->s.p) == 0)
            forms[n++] = (NumberedForm){26u * 26u * 26u * 26u * 34u, word->weight, word->s.p};
    }
    if (!n) {
        gen_bind_error(b, ERR_RECIPE, "bic knows no country \"%s\"", code);
        return err_hint(b->mem, b->err, "two capital letters of ISO 3166-1, such as \"DE\"");
    }
    return numbered_bind(b, forms, n, put_bic, 8);
}

static const GenParam bic_params[] = {
    {.name = "country",
     .kind = PARAM_TEXT,
     .doc = "two letters, such as \"DE\"; left out: any country"},
};
const GenDef gen_def_bic = {
    .name = "bic",
    .family = "finance",
    .doc =
        "A bank's code of eight characters (ISO 9362); the 0 at the end marks a test code, so it is nobody's.",
    .example = "bic { country = \"FR\" }",
    GEN_PARAMS(bic_params),
    .bind = bind_bic};

/* ---- account_number, routing_number */

static char *put_account(const NumberedForm *form, char *p, uint64_t number, uint64_t more)
{
    (void)more;
    return put_digits(p, number, *(const int *)form->data);
}

static bool bind_account_number(GenBind *b)
{
    int *digits = arena_new_of(b->mem, int);
    NumberedForm *form = arena_new_of(b->mem, NumberedForm);
    *digits = (int)gen_param_int(b, "digits", 10);
    *form = (NumberedForm){1, 1, digits};
    for (int i = 0; i < *digits; i++)
        form->count *= 10;
    return numbered_bind(b, form, 1, put_account, (uint32_t)*digits);
}

static const GenParam account_params[] = {
    {.name = "digits",
     .kind = PARAM_INT,
     .default_text = "10",
     .min = 4,
     .max = 18,
     .doc = "how many digits it has"},
};
const GenDef gen_def_account_number = {.name = "account_number",
                                       .family = "finance",
                                       .doc = "A bank account's number, digits alone.",
                                       .example = "account_number { digits = 8 }",
                                       GEN_PARAMS(account_params),
                                       .pii = "account",
                                       .bind = bind_account_number};

/* 01 to 12: a Federal Reserve district; then its office, the bank, the check digit. */
static char *put_routing(const NumberedForm *form, char *p, uint64_t number, uint64_t more)
{
    static const uint8_t weights[] = {3, 7, 1, 3, 7, 1, 3, 7};
    (void)form;
    (void)more;
    put_digits(p, take(&number, 12) + 1, 2);
    put_digits(p + 2, number, 6);
    p[8] = (char)('0' + (10 - check_weighted(p, weights, 8) % 10) % 10);
    return p + 9;
}

static bool bind_routing_number(GenBind *b)
{
    static const NumberedForm form = {12000000, 1, NULL};
    return numbered_bind(b, &form, 1, put_routing, 9);
}

const GenDef gen_def_routing_number = {
    .name = "routing_number",
    .family = "finance",
    .doc = "A US bank's routing number: nine digits, the last a valid check digit (ABA).",
    .example = "routing_number()",
    .pii = "account",
    .bind = bind_routing_number};

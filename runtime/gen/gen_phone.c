/* Telephone numbers that reach nobody, where the country keeps some for fiction: the US and Canada
 * (555-01XX), Britain (Ofcom), Australia (ACMA), France (ARCEP), Germany (Bundesnetzagentur),
 * Sweden (PTS). Elsewhere they have the right shape. */
#include <string.h>

#include "gen/locale.h"
#include "gen/numbered_int.h"

typedef struct PhonePlan {
    const char *country, *code; /* "GB", "44" */
    const char *national;       /* # is a digit; @@@ an area code of the US */
    bool trunk;                 /* the first 0 is left out behind the country's code */
    uint8_t weight;
} PhonePlan;

static const PhonePlan plans[] = {
    {"US", "1", "(@@@) 555-01##", false, 1},   {"GB", "44", "020 7946 0###", true, 3},
    {"GB", "44", "0121 496 0###", true, 1},    {"GB", "44", "0161 496 0###", true, 1},
    {"GB", "44", "0141 496 0###", true, 1},    {"GB", "44", "07700 900###", true, 6},
    {"DE", "49", "030 23125 ###", true, 2},    {"DE", "49", "040 66969 ###", true, 1},
    {"DE", "49", "069 90009 ###", true, 1},    {"DE", "49", "089 99998 ###", true, 1},
    {"DE", "49", "0221 4710 ###", true, 1},    {"DE", "49", "0171 39200 ##", true, 3},
    {"DE", "49", "0176 040690 ##", true, 3},   {"FR", "33", "01 99 00 ## ##", true, 2},
    {"FR", "33", "02 61 91 ## ##", true, 1},   {"FR", "33", "03 53 01 ## ##", true, 1},
    {"FR", "33", "04 65 71 ## ##", true, 1},   {"FR", "33", "05 36 49 ## ##", true, 1},
    {"FR", "33", "06 39 98 ## ##", true, 6},   {"AU", "61", "02 5550 ####", true, 2},
    {"AU", "61", "03 5550 ####", true, 2},     {"AU", "61", "07 5550 ####", true, 1},
    {"AU", "61", "08 5550 ####", true, 1},     {"SE", "46", "08-465 004 ##", true, 2},
    {"SE", "46", "031-390 06 ##", true, 1},    {"SE", "46", "040-628 04 ##", true, 1},
    {"AT", "43", "0660 ### ## ##", true, 1},   {"BE", "32", "0470 ## ## ##", true, 1},
    {"BR", "55", "(11) 9####-####", false, 3}, {"BR", "55", "(21) 9####-####", false, 1},
    {"CH", "41", "079 ### ## ##", true, 1},    {"CN", "86", "138 #### ####", false, 1},
    {"DK", "45", "20 ## ## ##", false, 1},     {"ES", "34", "6## ### ###", false, 1},
    {"FI", "358", "040 ### ####", true, 1},    {"IE", "353", "085 ### ####", true, 1},
    {"IN", "91", "98### #####", false, 1},     {"IT", "39", "333 ### ####", false, 1},
    {"JP", "81", "090-####-####", true, 1},    {"KR", "82", "010-####-####", true, 1},
    {"MX", "52", "55 #### ####", false, 1},    {"NL", "31", "06 ########", true, 1},
    {"NO", "47", "4## ## ###", false, 1},      {"PL", "48", "50# ### ###", false, 1},
    {"PT", "351", "91# ### ###", false, 1},    {"TR", "90", "0532 ### ## ##", true, 1},
    {"ZA", "27", "082 ### ####", true, 1},
};
#define PLAN_COUNT (sizeof plans / sizeof *plans)

typedef enum PhoneFormat { INTERNATIONAL, E164, NATIONAL } PhoneFormat;

typedef struct PhoneForm {
    const PhonePlan *plan;
    PhoneFormat format;
    uint16_t areas[800];
    uint32_t nareas;
} PhoneForm;

/* US area codes: not N11, N9X, 37X, 96X (reserved), not N00, 5YY and 8YY of services and toll-free
 * numbers. */
static bool is_area_code(int code)
{
    int hundreds = code / 100, tens = code / 10 % 10, ones = code % 10;
    if ((tens == 1 && ones == 1) || tens == 9 || code / 10 == 37 || code / 10 == 96 ||
        (tens == 0 && ones == 0))
        return false;
    if (hundreds == 5 && ((tens == ones && ones >= 2) || tens == 2))
        return false;
    return !(hundreds == 8 && ((tens == ones && ones >= 2) || tens == 8));
}

/* The number's digits in the national spelling; the area code is its highest part. */
static void put_national(const PhoneForm *form, char *text, uint64_t number)
{
    uint32_t n = (uint32_t)strlen(form->plan->national);
    memcpy(text, form->plan->national, n + 1);
    for (uint32_t i = n; i-- > 0;)
        if (text[i] == '#')
            text[i] = (char)('0' + take(&number, 10));
    char *area = strchr(text, '@');
    if (area)
        put_digits(area, form->areas[number], 3);
}

static char *put_phone(const NumberedForm *numbered, char *p, uint64_t number, uint64_t more)
{
    const PhoneForm *form = numbered->data;
    char text[24];
    (void)more;
    put_national(form, text, number);
    if (form->format == NATIONAL)
        return put_str(p, (Str){text, (uint32_t)strlen(text)});
    bool us = form->nareas > 0, spaced = form->format == INTERNATIONAL;
    *p++ = '+';
    p = put_str(p, (Str){form->plan->code, (uint32_t)strlen(form->plan->code)});
    if (spaced)
        *p++ = us ? '-' : ' ';
    for (const char *from = text + form->plan->trunk; *from; from++) {
        bool digit = *from >= '0' && *from <= '9';
        if (digit)
            *p++ = *from;
        else if (spaced && *from != '(' && *from != ')')
            *p++ = us ? '-' : *from;
    }
    return p;
}

static uint64_t phone_form(PhoneForm *form, const PhonePlan *plan, PhoneFormat format)
{
    uint64_t count = 1;
    *form = (PhoneForm){.plan = plan, .format = format};
    for (const char *p = plan->national; *p; p++)
        count *= *p == '#' ? 10 : 1;
    if (strchr(plan->national, '@')) {
        for (int code = 200; code < 1000; code++)
            if (is_area_code(code))
                form->areas[form->nareas++] = (uint16_t)code;
        count *= form->nareas;
    }
    return count;
}

static bool format_param(GenBind *b, PhoneFormat *format)
{
    static const char *const names[] = {"international", "e164", "national"};
    const char *name = gen_param_text(b, "format", names[0]);
    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], name) == 0) {
            *format = (PhoneFormat)i;
            return true;
        }
    return gen_bind_error(
        b, ERR_RECIPE, "phone: format is \"international\", \"e164\" or \"national\", not \"%s\"",
        name);
}

static bool phone_of_country(GenBind *b, const char *country)
{
    const char *all = "";
    PhoneFormat format = INTERNATIONAL;
    if (!format_param(b, &format))
        return false;
    NumberedForm *forms = arena_array(b->mem, NumberedForm, PLAN_COUNT);
    uint32_t n = 0, chars = 0;
    for (size_t i = 0; i < PLAN_COUNT; i++) {
        if (i == 0 || strcmp(plans[i].country, plans[i - 1].country) != 0)
            all = arena_printf(b->mem, "%s%s%s", all, i ? " " : "", plans[i].country);
        if (strcmp(plans[i].country, country) != 0)
            continue;
        PhoneForm *form = arena_new_of(b->mem, PhoneForm);
        forms[n++] = (NumberedForm){phone_form(form, &plans[i], format), plans[i].weight, form};
        char longest[40] = {0};
        uint32_t length = (uint32_t)(put_phone(&forms[n - 1], longest, 0, 0) - longest);
        chars = length > chars ? length : chars;
    }
    if (n)
        return numbered_bind(b, forms, n, put_phone, chars);
    gen_bind_error(b, ERR_RECIPE, "phone knows no country \"%s\"", country);
    return err_hint(b->mem, b->err, "it knows %s", all);
}

/* The country of a locale: its region, or where its language is at home. */
static const char *country_of(const char *locale)
{
    static const char *const homes[][2] = {{"da", "DK"}, {"de", "DE"}, {"es", "ES"}, {"fi", "FI"},
                                           {"fr", "FR"}, {"it", "IT"}, {"ja", "JP"}, {"ko", "KR"},
                                           {"nb", "NO"}, {"nl", "NL"}, {"no", "NO"}, {"pl", "PL"},
                                           {"pt", "PT"}, {"sv", "SE"}, {"tr", "TR"}};
    const char *region = strchr(locale, '-');
    for (size_t i = 0; region && i < PLAN_COUNT; i++)
        if (strcmp(plans[i].country, region + 1) == 0)
            return plans[i].country;
    for (size_t i = 0; !region && i < sizeof homes / sizeof *homes; i++)
        if (strcmp(homes[i][0], locale) == 0)
            return homes[i][1];
    return NULL;
}

static bool phone_of_locale(GenBind *b, const char *locale, bool *done)
{
    const char *country = country_of(locale);
    *done = country != NULL;
    return !country || phone_of_country(b, country);
}

static bool english_phone(GenBind *b)
{
    return phone_of_country(b, "US");
}

static bool bind_phone(GenBind *b)
{
    const char *country = gen_param_text(b, "country", NULL);
    return country ? phone_of_country(b, country)
                   : locale_bind_own(b, "phone_number.formats", english_phone, phone_of_locale);
}

static const GenParam phone_params[] = {
    {.name = "country",
     .kind = PARAM_TEXT,
     .doc =
         "AT AU BE BR CH CN DE DK ES FI FR GB IE IN IT JP KR MX NL NO PL PT SE TR US or ZA; of AU DE FR GB SE US the numbers are kept for fiction; left out: the locale's, or US"},
    {.name = "format",
     .kind = PARAM_TEXT,
     .default_text = "\"international\"",
     .doc =
         "\"international\" (+44 20 7946 0123), \"e164\" (+442079460123) or \"national\" (020 7946 0123)"},
    LOCALE_PARAM,
};
const GenDef gen_def_phone = {
    .name = "phone",
    .family = "contact",
    .doc =
        "A telephone number, in the US from the block 555-0100 to 555-0199 that is kept for fiction; there are 65,200.",
    .example = "phone()",
    GEN_PARAMS(phone_params),
    .pii = "phone",
    .bind = bind_phone};

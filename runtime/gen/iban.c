/* IBANs. Structures as in the registry that SWIFT keeps for ISO 13616; national check digits as the
 * countries' bank associations publish them. */
#include "gen/iban.h"

#include <string.h>

#include "gen/check_digits.h"

const IbanCountry iban_countries[] = {
    {"AD", "4n4n12c", IBAN_PLAIN, 1},      {"AE", "3n16n", IBAN_PLAIN, 9},
    {"AL", "8n16c", IBAN_PLAIN, 3},        {"AT", "5n11n", IBAN_PLAIN, 9},
    {"BA", "3n3n8n2x", IBAN_MOD97, 3},     {"BE", "3n7n2x", IBAN_BE, 12},
    {"BG", "4a4n2n8c", IBAN_PLAIN, 7},     {"BH", "4a14c", IBAN_PLAIN, 1},
    {"CH", "5n12c", IBAN_PLAIN, 9},        {"CY", "3n5n16c", IBAN_PLAIN, 1},
    {"CZ", "4n6n10n", IBAN_PLAIN, 11},     {"DE", "8n10n", IBAN_PLAIN, 83},
    {"DK", "4n10n", IBAN_PLAIN, 6},        {"EE", "2n14n", IBAN_PLAIN, 1},
    {"ES", "4n4n2x10n", IBAN_ES, 47},      {"FI", "3n10n1x", IBAN_FI, 6},
    {"FR", "5n5n11c2x", IBAN_FR, 68},      {"GB", "4a6n8n", IBAN_PLAIN, 67},
    {"GE", "2a16n", IBAN_PLAIN, 4},        {"GI", "4a15c", IBAN_PLAIN, 1},
    {"GR", "3n4n16c", IBAN_PLAIN, 11},     {"HR", "6n1x9n1x", IBAN_HR, 4},
    {"HU", "3n4n1n15n1n", IBAN_PLAIN, 10}, {"IE", "4a6n8n", IBAN_PLAIN, 5},
    {"IL", "3n3n13n", IBAN_PLAIN, 9},      {"IS", "4n2n6n10n", IBAN_PLAIN, 1},
    {"IT", "1x5n5n12c", IBAN_IT, 59},      {"KW", "4a22c", IBAN_PLAIN, 4},
    {"KZ", "3n13c", IBAN_PLAIN, 19},       {"LB", "4n20c", IBAN_PLAIN, 5},
    {"LI", "5n12c", IBAN_PLAIN, 1},        {"LT", "5n11n", IBAN_PLAIN, 3},
    {"LU", "3n13c", IBAN_PLAIN, 1},        {"LV", "4a13c", IBAN_PLAIN, 2},
    {"MC", "5n5n11c2x", IBAN_FR, 1},       {"MD", "2c18c", IBAN_PLAIN, 3},
    {"ME", "3n13n2x", IBAN_MOD97, 1},      {"MK", "3n10c2x", IBAN_MOD97, 2},
    {"MT", "4a5n18c", IBAN_PLAIN, 1},      {"NL", "4a10n", IBAN_PLAIN, 17},
    {"NO", "4n6n1x", IBAN_NO, 5},          {"PK", "4a16c", IBAN_PLAIN, 231},
    {"PL", "8n16n", IBAN_PLAIN, 38},       {"PT", "4n4n11n2x", IBAN_MOD97, 10},
    {"QA", "4a21c", IBAN_PLAIN, 3},        {"RO", "4a16c", IBAN_PLAIN, 19},
    {"RS", "3n13n2x", IBAN_MOD97, 7},      {"SA", "2n18c", IBAN_PLAIN, 36},
    {"SE", "3n17n", IBAN_PLAIN, 10},       {"SI", "5n8n2x", IBAN_MOD97, 2},
    {"SK", "4n6n10n", IBAN_PLAIN, 5},      {"SM", "1x5n5n12c", IBAN_IT, 1},
    {"TR", "5n1n16c", IBAN_PLAIN, 85},     {"UA", "6n19c", IBAN_PLAIN, 38},
    {"XK", "4n10n2x", IBAN_MOD97, 2},
};
const uint32_t iban_country_count = sizeof iban_countries / sizeof *iban_countries;

const IbanCountry *iban_country(const char *code)
{
    for (uint32_t i = 0; i < iban_country_count; i++)
        if (strcmp(iban_countries[i].code, code) == 0)
            return &iban_countries[i];
    return NULL;
}

uint32_t iban_classes(const IbanCountry *country, char *classes)
{
    uint32_t n = 0;
    for (const char *p = country->bban; *p; p++) {
        uint32_t count = 0;
        for (; *p >= '0' && *p <= '9'; p++)
            count = count * 10 + (uint32_t)(*p - '0');
        memset(classes + n, *p, count);
        n += count;
    }
    return n;
}

static void put_two(char *p, uint32_t v)
{
    p[0] = (char)('0' + v / 10 % 10);
    p[1] = (char)('0' + v % 10);
}

static uint32_t spain(const char *digits, uint32_t n)
{
    static const uint8_t weights[] = {1, 2, 4, 8, 5, 10, 9, 7, 3, 6};
    uint32_t digit = 11 - check_weighted(digits, weights + 10 - n, n) % 11;
    return digit == 11 ? 0 : digit == 10 ? 1 : digit;
}

/* Letters count as digits: A and J are 1, B, K and S are 2, and so on. */
static uint32_t france(const char *bban)
{
    uint32_t rest = 0;
    for (uint32_t i = 0; i < 21; i++) {
        char ch = bban[i];
        uint32_t digit = ch <= '9'   ? (uint32_t)(ch - '0')
                         : ch <= 'I' ? (uint32_t)(ch - 'A' + 1)
                         : ch <= 'R' ? (uint32_t)(ch - 'J' + 1)
                                     : (uint32_t)(ch - 'S' + 2);
        rest = (rest * 10 + digit) % 97;
    }
    return 97 - rest * 100 % 97;
}

static void norway(char *bban)
{
    static const uint8_t weights[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    uint32_t rest;
    while ((rest = check_weighted(bban, weights, 10) % 11) == 1)
        bban[0] = bban[0] == '9' ? '0' : (char)(bban[0] + 1);
    bban[10] = (char)('0' + (11 - rest) % 11);
}

void iban_check_bban(const IbanCountry *country, char *bban)
{
    char classes[IBAN_MAX];
    uint32_t n = iban_classes(country, classes);
    switch (country->check) {
    case IBAN_PLAIN: break;
    case IBAN_MOD97:
        put_two(bban + n - 2, 98 - check_mod97(check_mod97(0, bban, n - 2), "00", 2));
        break;
    case IBAN_BE: {
        uint32_t rest = check_mod97(0, bban, 10);
        put_two(bban + 10, rest ? rest : 97);
        break;
    }
    case IBAN_ES: put_two(bban + 8, spain(bban, 8) * 10 + spain(bban + 10, 10)); break;
    case IBAN_FI: bban[13] = check_luhn(bban, 13, 0); break;
    case IBAN_FR: put_two(bban + 21, france(bban)); break;
    case IBAN_HR:
        bban[6] = check_mod11_10(bban, 6);
        bban[16] = check_mod11_10(bban + 7, 9);
        break;
    case IBAN_IT: bban[0] = check_italian(bban + 1, 22); break;
    case IBAN_NO: norway(bban); break;
    }
}

void iban_check(char *iban, uint32_t n)
{
    char head[4] = {iban[0], iban[1], '0', '0'};
    put_two(iban + 2, 98 - check_mod97(check_mod97(0, iban + 4, n), head, 4));
}

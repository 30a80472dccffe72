/* Banks, cards and money: numbers that the standards' own algorithms accept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gen/cards.h"
#include "gen/check_digits.h"
#include "gen/iban.h"
#include "genkit.h"
#include "gentext.h"

static int setup(void **state)
{
    *state = genkit_new();
    return 0;
}

static int teardown(void **state)
{
    genkit_free(*state);
    return 0;
}

/* The examples of the IBAN registry: their national check digits are computed again. */
static void national_check_digits(void **state)
{
    (void)state;
    static const char *const examples[] = {"BA391290079401028494",
                                           "BE68539007547034",
                                           "ES9121000418450200051332",
                                           "FI2112345600000785",
                                           "FR1420041010050500013M02606",
                                           "HR1210010051863000160",
                                           "IT60X0542811101000000123456",
                                           "MC5811222000010123456789030",
                                           "ME25505000012345678951",
                                           "MK07250120000058984",
                                           "NO9386011117947",
                                           "PT50000201231234567890154",
                                           "RS35260005601001611379",
                                           "SI56263300012039086",
                                           "SM86U0322509800000000270100",
                                           "XK051212012345678906"};
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        char code[3] = {examples[i][0], examples[i][1], '\0'}, classes[IBAN_MAX], text[64];
        const IbanCountry *country = iban_country(code);
        assert_non_null(country);
        uint32_t n = iban_classes(country, classes), checked = 0;
        assert_int_equal(strlen(examples[i]), n + 4);
        strcpy(text, examples[i]);
        for (uint32_t k = 0; k < n; k++)
            if (classes[k] == 'x') {
                text[4 + k] = '0';
                checked++;
            }
        assert_true(checked > 0);
        iban_check_bban(country, text + 4);
        iban_check(text, n);
        assert_string_equal(text, examples[i]);
    }
}

/* More of the registry's examples, for the lengths. */
static void structures(void **state)
{
    (void)state;
    static const char *const examples[] = {"AD1200012030200359100100",
                                           "AE070331234567890123456",
                                           "AL47212110090000000235698741",
                                           "AT611904300234573201",
                                           "BG80BNBG96611020345678",
                                           "BH67BMAG00001299123456",
                                           "CH9300762011623852957",
                                           "CY17002001280000001200527600",
                                           "CZ6508000000192000145399",
                                           "DE89370400440532013000",
                                           "DK5000400440116243",
                                           "EE382200221020145685",
                                           "GB29NWBK60161331926819",
                                           "GE29NB0000000101904917",
                                           "GI75NWBK000000007099453",
                                           "GR1601101250000000012300695",
                                           "HU42117730161111101800000000",
                                           "IE29AIBK93115212345678",
                                           "IL620108000000099999999",
                                           "IS140159260076545510730339",
                                           "KW81CBKU0000000000001234560101",
                                           "KZ86125KZT5004100100",
                                           "LB62099900000001001901229114",
                                           "LI21088100002324013AA",
                                           "LT121000011101001000",
                                           "LU280019400644750000",
                                           "LV80BANK0000435195001",
                                           "MD24AG000225100013104168",
                                           "MT84MALT011000012345MTLCAST001S",
                                           "NL91ABNA0417164300",
                                           "PK36SCBL0000001123456702",
                                           "PL61109010140000071219812874",
                                           "QA58DOHB00001234567890ABCDEFG",
                                           "RO49AAAA1B31007593840000",
                                           "SA0380000000608010167519",
                                           "SE4550000000058398257466",
                                           "SK3112000000198742637541",
                                           "TR330006100519786457841326",
                                           "UA213223130000026007233566001"};
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        char code[3] = {examples[i][0], examples[i][1], '\0'}, classes[IBAN_MAX];
        const IbanCountry *country = iban_country(code);
        assert_non_null(country);
        uint32_t n = iban_classes(country, classes);
        assert_int_equal(strlen(examples[i]), n + 4);
        for (uint32_t k = 0; k < n; k++) {
            bool digit = examples[i][4 + k] <= '9';
            assert_true(classes[k] == 'c' || (classes[k] == 'a') == !digit);
        }
    }
    for (uint32_t i = 1; i < iban_country_count; i++)
        assert_true(strcmp(iban_countries[i - 1].code, iban_countries[i].code) < 0);
    assert_null(iban_country("US"));
}

static const char *iban_fault(const char *text)
{
    char turned[64], code[3] = {text[0], text[1], '\0'}, classes[IBAN_MAX], again[64];
    const IbanCountry *country = iban_country(code);
    uint32_t n = country ? iban_classes(country, classes) : 0;
    if (!country || strlen(text) != n + 4)
        return "length";
    memcpy(turned, text + 4, n);
    memcpy(turned + n, text, 4);
    if (check_mod97(0, turned, n + 4) != 1)
        return "check digits";
    strcpy(again, text);
    iban_check_bban(country, again + 4);
    return strcmp(again, text) == 0 ? NULL : "national check digits";
}

static void ibans(void **state)
{
    GenKit *kit = *state;
    text_all(kit, KIT_BIND(kit, "iban"), iban_fault);
    text_all(kit, KIT_BIND(kit, "iban", KIT_TEXT("country", "NO")), iban_fault);
    text_match(kit, KIT_BIND(kit, "iban", KIT_TEXT("country", "DE")), "^DE[0-9]{20}$");
    text_match(kit, KIT_BIND(kit, "iban", KIT_TEXT("country", "IT")), "^IT[0-9]{2}[A-Z][0-9]{22}$");
    assert_null(KIT_BIND(kit, "iban", KIT_TEXT("country", "US")));
    assert_string_equal(genkit_error(kit), "iban knows no country \"US\"");
}

static void bics(void **state)
{
    GenKit *kit = *state;
    text_match(kit, KIT_BIND(kit, "bic"), "^[A-Z]{4}[A-Z]{2}[A-Z2-9]0$");
    text_match(kit, KIT_BIND(kit, "bic", KIT_TEXT("country", "FR")), "^[A-Z]{4}FR[A-Z2-9]0$");
    assert_null(KIT_BIND(kit, "bic", KIT_TEXT("country", "ZZ")));
}

static const char *card_fault(const char *text)
{
    uint32_t n = (uint32_t)strlen(text);
    return check_luhn(text, n - 1, 0) == text[n - 1] ? NULL : "Luhn";
}

static void cards(void **state)
{
    GenKit *kit = *state;
    text_all(kit, KIT_BIND(kit, "credit_card"), card_fault);
    text_match(kit, KIT_BIND(kit, "credit_card", KIT_TEXT("network", "visa")), "^4[0-9]{15}$");
    text_match(kit, KIT_BIND(kit, "credit_card", KIT_TEXT("network", "mastercard")),
               "^(5[1-5]|2[2-7])[0-9]{14}$");
    text_match(kit, KIT_BIND(kit, "credit_card", KIT_TEXT("network", "amex")), "^3[47][0-9]{13}$");
    text_match(kit, KIT_BIND(kit, "credit_card", KIT_TEXT("network", "diners")),
               "^3[068][0-9]{12}$");
    text_match(kit, KIT_BIND(kit, "credit_card", KIT_TEXT("network", "jcb")), "^35[0-9]{14}$");
    text_match(kit, KIT_BIND(kit, "cvv", KIT_TEXT("network", "amex")), "^[0-9]{4}$");
    text_match(kit, KIT_BIND(kit, "cvv"), "^[0-9]{3}$");
    assert_null(KIT_BIND(kit, "credit_card", KIT_TEXT("network", "vista")));
    assert_string_equal(genkit_error(kit), "credit_card knows no network \"vista\"");
    for (uint32_t i = 0; i < card_network_count; i++)
        for (uint8_t p = 0; p < card_networks[i].nprefixes; p++)
            assert_int_equal(strlen(card_networks[i].prefixes[p]), 6);
}

static const char *routing_fault(const char *text)
{
    static const uint8_t weights[] = {3, 7, 1, 3, 7, 1, 3, 7, 1};
    return strlen(text) == 9 && check_weighted(text, weights, 9) % 10 == 0 ? NULL : "checksum";
}

static void routing_numbers(void **state)
{
    GenKit *kit = *state;
    text_all(kit, KIT_BIND(kit, "routing_number"), routing_fault);
    text_match(kit, KIT_BIND(kit, "routing_number"), "^(0[1-9]|1[0-2])[0-9]{7}$");
    text_match(kit, KIT_BIND(kit, "account_number", KIT_INT("digits", 6)), "^[0-9]{6}$");
}

static void money(void **state)
{
    GenKit *kit = *state;
    const Bound *amount = KIT_BIND(kit, "amount", KIT_INT("min", 5), KIT_INT("max", 50));
    const Bound *debt = KIT_BIND(kit, "amount", KIT_INT("min", -20), KIT_INT("max", 50));
    const Bound *price = KIT_BIND(kit, "price", KIT_INT("min", 5), KIT_INT("max", 8));
    const Vec *a = genkit_fill(kit, amount, 0, 1024), *d = genkit_fill(kit, debt, 0, 1024),
              *p = genkit_fill(kit, price, 0, 1024);
    int below = 0, negative = 0;
    for (uint32_t k = 0; k < 1024; k++) {
        assert_in_range(a->i[k], 500, 5000);
        assert_true(d->i[k] >= -2000 && d->i[k] <= 5000);
        assert_in_range(p->i[k], 500, 799);
        int64_t ending = p->i[k] % 100;
        assert_true(ending == 99 || ending == 95 || ending == 49 || ending == 0);
        below += a->i[k] < 2750;
        negative += d->i[k] < 0;
    }
    assert_true(below > 600 && negative > 50);
    assert_int_equal(price->count, 12);
    assert_null(KIT_BIND(kit, "amount", KIT_INT("min", 50), KIT_INT("max", 5)));
    assert_null(KIT_BIND(kit, "price", KIT_INT("min", 5), KIT_INT("max", 5)));
    text_match(kit, KIT_BIND(kit, "currency_code"), "^[A-Z]{3}$");
    text_match(kit, KIT_BIND(kit, "merchant"), "^[A-Z *]+ [0-9]+$");
    text_match(kit, KIT_BIND(kit, "crypto_address"),
               "^(bc1q[ac-hj-np-z02-9]{38}|0x[0-9a-f]{40}|1[1-9A-HJ-NP-Za-km-z]{33})$");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(national_check_digits),
        cmocka_unit_test(structures),
        cmocka_unit_test(ibans),
        cmocka_unit_test(bics),
        cmocka_unit_test(cards),
        cmocka_unit_test(routing_numbers),
        cmocka_unit_test(money),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* Telephone numbers, places, products and the domain packs: standards' check digits, shapes,
 * shares. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gen/check_digits.h"
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

static void phones(void **state)
{
    GenKit *kit = *state;
    static const struct {
        const char *country, *international, *national;
    } cases[] = {
        {"US", "^\\+1-[2-9][0-9]{2}-555-01[0-9]{2}$", "^\\([2-9][0-9]{2}\\) 555-01[0-9]{2}$"},
        {"GB", "^\\+44 (20 7946 0|1[246]1 496 0|7700 900)[0-9]{3}$",
         "^0(20 7946 0|1[246]1 496 0|7700 900)[0-9]{3}$"},
        {"FR", "^\\+33 [1-6]( [0-9]{2}){4}$", "^0[1-6]( [0-9]{2}){4}$"},
        {"SE", "^\\+46 [0-9 -]+$", "^0[0-9]+-[0-9 ]+$"},
        {"BR", "^\\+55 [12]1 9[0-9]{4}-[0-9]{4}$", "^\\([12]1\\) 9[0-9]{4}-[0-9]{4}$"},
        {"JP", "^\\+81 90-[0-9]{4}-[0-9]{4}$", "^090-[0-9]{4}-[0-9]{4}$"},
        {"ES", "^\\+34 6[0-9]{2} [0-9]{3} [0-9]{3}$", "^6[0-9]{2} [0-9]{3} [0-9]{3}$"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        GenArg country = {"country", {.kind = VAL_TEXT, .text = cases[i].country, .len = 2}};
        text_match(kit, KIT_BIND(kit, "phone", country), cases[i].international);
        text_match(kit, KIT_BIND(kit, "phone", country, KIT_TEXT("format", "national")),
                   cases[i].national);
        text_match(kit, KIT_BIND(kit, "phone", country, KIT_TEXT("format", "e164")),
                   "^\\+[1-9][0-9]{7,14}$");
    }
    assert_null(KIT_BIND(kit, "phone", KIT_TEXT("country", "XX")));
    assert_string_equal(genkit_error(kit), "phone knows no country \"XX\"");
    assert_null(KIT_BIND(kit, "phone", KIT_TEXT("format", "short")));
}

static void places(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "latitude", KIT_NUM("min", "47.5"), KIT_INT("max", 48));
    const Vec *v = genkit_fill(kit, bound, 0, 1000);
    for (uint32_t k = 0; k < 1000; k++)
        assert_in_range(v->i[k], 47500000, 48000000);
    assert_null(KIT_BIND(kit, "longitude", KIT_INT("min", 10), KIT_INT("max", 9)));
    assert_null(KIT_BIND(kit, "latitude", KIT_INT("max", 91)));
    text_match(kit, KIT_BIND(kit, "timezone"), "^[A-Z][a-z]+/[A-Z][A-Za-z_/]+$");
    text_match(kit, KIT_BIND(kit, "street_address"), "^[0-9]{1,4} [A-Z][A-Za-z ]+$");
    text_match(kit, KIT_BIND(kit, "full_address"), ", [A-Z]{2} [0-9]{5}, USA$");
    text_match(kit, KIT_BIND(kit, "state_code"), "^[A-Z]{2}$");
}

static const char *gs1_fault(const char *text)
{
    uint32_t n = (uint32_t)strlen(text);
    return check_gs1(text, n - 1) == text[n - 1] ? NULL : "check digit";
}

static void articles(void **state)
{
    GenKit *kit = *state;
    static const struct {
        const char *name, *shape;
    } cases[] = {{"ean13", "^2[0-9]{12}$"}, {"upc", "^4[0-9]{11}$"}, {"isbn13", "^978[0-9]{10}$"}};
    for (size_t i = 0; i < 3; i++) {
        text_all(kit, KIT_BIND(kit, cases[i].name), gs1_fault);
        text_match(kit, KIT_BIND(kit, cases[i].name), cases[i].shape);
    }
    text_match(kit, KIT_BIND(kit, "color"), "^[a-z]+$");
    text_match(kit, KIT_BIND(kit, "color", KIT_TEXT("format", "hex")), "^#[0-9a-f]{6}$");
    assert_null(KIT_BIND(kit, "color", KIT_TEXT("format", "rgb")));
    text_match(kit, KIT_BIND(kit, "sku"), "^[A-Z]{3}-[0-9]{5}-[A-Z]{2}$");
    text_match(kit, KIT_BIND(kit, "coupon_code"), "^[A-Z]+[0-9]+-[A-Z2-9]{4}$");
}

/* The NPI standard computes Luhn over 80840 and the nine digits. */
static const char *npi_fault(const char *text)
{
    char whole[16] = "80840";
    memcpy(whole + 5, text, 9);
    return check_luhn(whole, 14, 0) == text[9] && (text[0] == '1' || text[0] == '2')
               ? NULL
               : "check digit";
}

static void medical(void **state)
{
    GenKit *kit = *state;
    assert_null(npi_fault("1234567893")); /* the standard's example */
    text_all(kit, KIT_BIND(kit, "npi"), npi_fault);
    text_match(kit, KIT_BIND(kit, "icd10_code"), "^[A-Z][0-9][0-9A-Z](\\.[0-9A-Z]{1,4})?$");
    text_match(kit, KIT_BIND(kit, "blood_type"), "^(A|B|AB|O)[+-]$");
    text_match(kit, KIT_BIND(kit, "dosage"), "^[0-9]+ (mg|puffs) ");
    text_match(kit, KIT_BIND(kit, "mrn"), "^MRN-[0-9]{8}$");
    static const struct {
        const char *name;
        double mean, within;
    } vitals[] = {{"systolic", 123, 1},
                  {"diastolic", 74, 1},
                  {"heart_rate", 73, 1},
                  {"body_temperature", 367, 0.5}};
    for (size_t i = 0; i < 4; i++) {
        double sum = 0;
        for (uint64_t first = 0; first < 10240; first += 1024) {
            const Vec *v = genkit_fill(kit, KIT_BIND(kit, vitals[i].name), first, 1024);
            for (uint32_t k = 0; k < 1024; k++)
                sum += (double)v->i[k];
        }
        double mean = sum / 10240;
        assert_true(mean > vitals[i].mean - vitals[i].within &&
                    mean < vitals[i].mean + vitals[i].within);
    }
}

static void packs(void **state)
{
    GenKit *kit = *state;
    text_match(kit, KIT_BIND(kit, "permission"), "^[a-z_]+:[a-z]+$");
    text_match(kit, KIT_BIND(kit, "feature_flag"), "^[a-z]+_[a-z]+_[a-z]+(_[0-9]+)?$");
    text_match(kit, KIT_BIND(kit, "event_name"), "^[a-z_]+\\.[a-z_]+$");
    text_match(kit, KIT_BIND(kit, "api_endpoint"), "^/v[12]/[a-z]+(/\\{id\\}(/[a-z]+)?)?$");
    text_match(kit, KIT_BIND(kit, "tenant_slug"), "^[a-z]+-[a-z]+(-[0-9]+)?$");
    text_match(kit, KIT_BIND(kit, "handle"), "^@[a-z]+_[a-z]+[0-9]*$");
    text_match(kit, KIT_BIND(kit, "hashtag"), "^#[a-z]+$");
    text_match(kit, KIT_BIND(kit, "comment"), "[.!?]$");
    text_match(kit, KIT_BIND(kit, "markdown"), "^##? [A-Z]");
    text_match(kit, KIT_BIND(kit, "post_title"), "^[A-Z0-9]");
    text_match(kit, KIT_BIND(kit, "warehouse_code"), "^WH-[A-Z]{3}-[0-9]{2}$");
    text_match(kit, KIT_BIND(kit, "bin_location"), "^[A-H][0-9]{2}-[0-9]{2}-[0-9]{2}-[A-D]$");
    text_match(kit, KIT_BIND(kit, "lot_number"), "^L[0-9]{5}-[0-9]{4}$");
    /* 70 of 100 reactions are likes. */
    const Vec *v = genkit_fill(kit, KIT_BIND(kit, "reaction"), 0, 1024);
    int likes = 0;
    for (uint32_t k = 0; k < 1024; k++)
        likes += strcmp(genkit_text(kit, v, k), "like") == 0;
    assert_in_range(likes, 640, 790);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phones),  cmocka_unit_test(places), cmocka_unit_test(articles),
        cmocka_unit_test(medical), cmocka_unit_test(packs),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

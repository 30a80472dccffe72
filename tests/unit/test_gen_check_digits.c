/* Check digits against the examples that the standards and their keepers give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gen/check_digits.h"

static void luhn(void **state)
{
    (void)state;
    assert_int_equal(check_luhn("7992739871", 10, 0), '3');
    assert_int_equal(check_luhn("411111111111111", 15, 0), '1');
    assert_int_equal(check_luhn("37828224631000", 14, 0), '5');
    assert_int_equal(check_luhn("123456789", 9, 24), '3'); /* the NPI standard's 1234567893 */
    assert_int_equal(check_luhn("04645428", 8, 0), '6');   /* a Canadian SIN made for tests */
}

static void gs1(void **state)
{
    (void)state;
    assert_int_equal(check_gs1("629104150021", 12), '3');
    assert_int_equal(check_gs1("978030640615", 12), '7');
    assert_int_equal(check_gs1("03600029145", 11), '2');
    assert_int_equal(check_gs1("7351353", 7), '7');
}

static void verhoeff(void **state)
{
    (void)state;
    assert_int_equal(check_verhoeff("236", 3), '3');
    assert_int_equal(check_verhoeff("12345", 5), '1');
    assert_int_equal(check_verhoeff("142857", 6), '0');
    assert_int_equal(check_verhoeff("8473643095483728456789", 22), '2');
}

/* What the codes are for: every single wrong digit and every swap of neighbours is found. */
static void verhoeff_finds_errors(void **state)
{
    (void)state;
    char number[] = "4921357806";
    char right = check_verhoeff(number, 10);
    for (int i = 0; i < 10; i++)
        for (char d = '0'; d <= '9'; d++) {
            char old = number[i];
            number[i] = d;
            assert_true(d == old || check_verhoeff(number, 10) != right);
            number[i] = old;
        }
    for (int i = 0; i < 9; i++) {
        char old = number[i];
        number[i] = number[i + 1];
        number[i + 1] = old;
        assert_int_not_equal(check_verhoeff(number, 10), right);
        number[i + 1] = number[i];
        number[i] = old;
    }
}

static void iso_7064(void **state)
{
    (void)state;
    assert_int_equal(check_mod11_10("0794", 4), '5');
    assert_int_equal(check_mod11_10("8609574271", 10), '9');
    assert_int_equal(check_mod11_10("6592997048", 10), '9');
    static const char *const ibans[] = {"WEST12345698765432GB82", "370400440532013000DE89",
                                        "20041010050500013M02606FR14",
                                        "X0542811101000000123456IT60", "BMAG00001299123456BH67"};
    for (size_t i = 0; i < sizeof ibans / sizeof *ibans; i++)
        assert_int_equal(check_mod97(0, ibans[i], (uint32_t)strlen(ibans[i])), 1);
    assert_int_equal(check_mod97(check_mod97(0, "WEST1234", 8), "5698765432GB82", 14), 1);
}

static void italian(void **state)
{
    (void)state;
    assert_int_equal(check_italian("RSSMRA85T10A562", 15), 'S');
    assert_int_equal(check_italian("MRTMTT25D09F205", 15), 'Z');
}

static void weighted(void **state)
{
    (void)state;
    static const uint8_t aba[] = {3, 7, 1, 3, 7, 1, 3, 7, 1};
    assert_int_equal(check_weighted("111000025", aba, 9) % 10, 0);
    assert_int_equal(check_weighted("021000021", aba, 9) % 10, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(luhn),     cmocka_unit_test(gs1),
        cmocka_unit_test(verhoeff), cmocka_unit_test(verhoeff_finds_errors),
        cmocka_unit_test(iso_7064), cmocka_unit_test(weighted),
        cmocka_unit_test(italian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

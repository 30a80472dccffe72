/* UTF-8: the edges of what is well-formed, and cutting between characters. */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool valid(const char *s)
{
    return utf8_valid(s, strlen(s));
}

static void test_valid(void **state)
{
    (void)state;
    assert_true(valid(""));
    assert_true(valid("Zo\xC3\xAB M\xC3\xBCller"));
    assert_true(valid("\xC2\x80\xDF\xBF"));         /* U+0080, U+07FF */
    assert_true(valid("\xE0\xA0\x80\xEF\xBF\xBF")); /* U+0800, U+FFFF */
    assert_true(valid("\xED\x9F\xBF\xEE\x80\x80")); /* around the surrogates */
    assert_true(valid("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));
    assert_true(utf8_valid("a\0b", 3));
}

static void test_not_valid(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",             /* a continuation alone */
        "\xC0\x80",         /* overlong */
        "\xC1\xBF",         /* overlong */
        "\xE0\x9F\xBF",     /* overlong */
        "\xF0\x8F\xBF\xBF", /* overlong */
        "\xED\xA0\x80",     /* a surrogate */
        "\xF4\x90\x80\x80", /* above U+10FFFF */
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xC3", /* cut */
        "\xE2\x82",
        "\xF0\x9F\x98",
        "\xC3(",
        "\xE2\x82(",
        "\xF0\x9F\x98(",
        "\xE2(\xA1",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(valid(bad[i]));
    assert_false(utf8_valid("\xC3\xAB", 1));
}

/* Every code point, encoded by the book, is valid, and no other two or three bytes are. */
static void test_all_code_points(void **state)
{
    (void)state;
    size_t two = 0, three = 0;
    char s[3];
    for (int a = 0x80; a < 256; a++)
        for (int b = 0; b < 256; b++) {
            s[0] = (char)a, s[1] = (char)b;
            two += utf8_valid(s, 2);
            for (int c = 0; c < 256; c++) {
                s[2] = (char)c;
                three += utf8_valid(s, 3) && !utf8_valid(s, 2);
            }
        }
    assert_int_equal(two, 0x800 - 0x80);
    assert_int_equal(three, 0x10000 - 0x800 - 0x800 /* surrogates */);
}

static void test_length_and_prefix(void **state)
{
    (void)state;
    const char *s = "a\xC3\xAB\xE2\x82\xAC\xF0\x9F\x98\x80z"; /* 1, 2, 3, 4 and 1 bytes */
    size_t n = strlen(s);
    assert_int_equal(utf8_length(s, n), 5);
    assert_int_equal(utf8_length("", 0), 0);
    static const size_t cuts[] = {0, 1, 3, 6, 10, 11, 11};
    for (size_t chars = 0; chars < 7; chars++)
        assert_int_equal(utf8_prefix(s, n, chars), cuts[chars]);
    assert_int_equal(utf8_prefix("", 0, 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_not_valid),
        cmocka_unit_test(test_all_code_points),
        cmocka_unit_test(test_length_and_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

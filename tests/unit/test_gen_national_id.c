/* National numbers: published examples pass the same checks that generated numbers pass. The checks
 * are written here a second time, from the numbers' definitions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Digits of a text, other characters left out; returns how many. */
static int digits_of(const char *text, int *digits)
{
    int n = 0;
    for (; *text; text++)
        if (*text >= '0' && *text <= '9')
            digits[n++] = *text - '0';
    return n;
}

static int weigh(const char *text, const int *weights, int n)
{
    int digits[32], sum = 0, count = digits_of(text, digits);
    if (count < n)
        return -1;
    for (int i = 0; i < n; i++)
        sum += digits[i] * weights[i];
    return sum;
}
#define WEIGH(text, ...)                                                                           \
    weigh(text, (const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int))
#define SAY(good) (good) ? NULL : "check digit"

static const char *es(const char *t)
{
    long n = strtol(*t >= 'X' ? t + 1 : t, NULL, 10) + (*t >= 'X' ? (*t - 'X') * 10000000L : 0);
    return SAY(t[strlen(t) - 1] == "TRWAGMYFPDXBNJZSQVHLCKE"[n % 23]);
}
static const char *nl(const char *t)
{
    return SAY(strlen(t) == 9 && WEIGH(t, 9, 8, 7, 6, 5, 4, 3, 2, -1) % 11 == 0);
}
static const char *cpf(const char *t)
{
    int d[32], n = digits_of(t, d), equal = 1;
    for (int i = 1; i < 9; i++)
        equal += d[i] == d[0];
    int one = WEIGH(t, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10,
        two = WEIGH(t, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
    return SAY(n == 11 && equal < 9 && one == d[9] && two == d[10]);
}
static const char *cnpj(const char *t)
{
    int d[32], n = digits_of(t, d);
    int one = WEIGH(t, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10,
        two = WEIGH(t, 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
    return SAY(n == 14 && one == d[12] && two == d[13]);
}
static const char *nhs(const char *t)
{
    return SAY(strncmp(t, "9", 1) == 0 && WEIGH(t, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1) % 11 == 0);
}
static const char *nino(const char *t)
{
    char pair[3] = {t[0], t[1], '\0'};
    return strpbrk(pair, "DFIQUV") || t[1] == 'O' || strstr("BG GB NK KN TN NT ZZ", pair) ? "prefix"
                                                                                          : NULL;
}
static const char *steuer(const char *t)
{
    int seen[10] = {0}, twice = 0, none = 0;
    for (int i = 0; i < 10; i++)
        seen[t[i] - '0']++;
    for (int i = 0; i < 10; i++) {
        twice += seen[i] == 2;
        none += seen[i] == 0;
    }
    if (twice != 1 || none != 1 || t[0] == '0')
        return "set of digits";
    return SAY(check_mod11_10(t, 10) == t[10]);
}
static const char *aadhaar(const char *t)
{
    return SAY(t[0] >= '2' && check_verhoeff(t, 11) == t[11]);
}
static const char *luhn(const char *t)
{
    char d[32];
    uint32_t n = 0;
    for (; *t; t++)
        if (*t != '-')
            d[n++] = *t;
    return SAY(check_luhn(d, n - 1, 0) == d[n - 1]);
}
static const char *ahv(const char *t)
{
    return SAY(WEIGH(t, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1) % 10 == 0);
}
static const char *pt(const char *t)
{
    int rest = WEIGH(t, 9, 8, 7, 6, 5, 4, 3, 2) % 11;
    return SAY(t[8] - '0' == (rest < 2 ? 0 : 11 - rest));
}
static const char *rut(const char *t)
{
    char d[9] = "00000000";
    int n = 8;
    const char *dash = strchr(t, '-');
    for (const char *p = dash - 1; p >= t; p--)
        if (*p != '.')
            d[--n] = *p;
    int rest = 11 - WEIGH(d, 3, 2, 7, 6, 5, 4, 3, 2) % 11;
    return SAY(dash[1] == (rest == 11 ? '0' : rest == 10 ? 'K' : '0' + rest));
}
static const char *tfn(const char *t)
{
    return SAY(WEIGH(t, 1, 4, 3, 7, 5, 8, 6, 9, 10) % 11 == 0);
}
static const char *my_number(const char *t)
{
    int rest = WEIGH(t, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11;
    return SAY(t[11] - '0' == (rest <= 1 ? 0 : 11 - rest));
}
static const char *tckn(const char *t)
{
    int ten = (WEIGH(t, 7, -1, 7, -1, 7, -1, 7, -1, 7) % 10 + 10) % 10;
    return SAY(t[0] != '0' && t[9] - '0' == ten &&
               WEIGH(t, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1) % 10 == t[10] - '0');
}
static const char *cuit(const char *t)
{
    return SAY(WEIGH(t, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1) % 11 == 0);
}
static const char *pps(const char *t)
{
    return SAY(t[7] == "WABCDEFGHIJKLMNOPQRSTUV"[WEIGH(t, 8, 7, 6, 5, 4, 3, 2) % 23]);
}
static const char *at(const char *t)
{
    return SAY(WEIGH(t, 3, 7, 9, 0, 5, 8, 4, 2, 1, 6) % 11 == t[3] - '0');
}
static const char *be(const char *t)
{
    int d[32];
    digits_of(t, d);
    long n = 0;
    for (int i = 0; i < 9; i++)
        n = n * 10 + d[i];
    return SAY(97 - n % 97 == d[9] * 10 + d[10]);
}
static const char *cn(const char *t)
{
    int value = t[17] == 'X' ? 10 : t[17] - '0';
    return SAY((WEIGH(t, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2) + value) % 11 == 1);
}
static const char *dk(const char *t)
{
    return SAY(WEIGH(t, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1) % 11 == 0);
}
static const char *fi(const char *t)
{
    char d[10] = {0};
    memcpy(d, t, 6);
    memcpy(d + 6, t + 7, 3);
    return SAY(t[10] == "0123456789ABCDEFHJKLMNPRSTUVWXY"[strtol(d, NULL, 10) % 31]);
}
static const char *fr(const char *t)
{
    long n = 0;
    for (int i = 0; i < 13; i++)
        n = n * 10 + t[i] - '0';
    return SAY(97 - n % 97 == (t[13] - '0') * 10 + t[14] - '0');
}
static const char *it(const char *t)
{
    return SAY(check_italian(t, 15) == t[15]);
}
static const char *kr(const char *t)
{
    return SAY((11 - WEIGH(t, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5) % 11) % 10 == t[13] - '0');
}
static const char *no(const char *t)
{
    return SAY(WEIGH(t, 3, 7, 6, 1, 8, 9, 4, 5, 2, 1) % 11 == 0 &&
               WEIGH(t, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1) % 11 == 0);
}
static const char *pl(const char *t)
{
    return SAY(WEIGH(t, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1) % 10 == 0);
}

static const struct {
    const char *country, *kind, *shape, *example; /* one that is published */
    TextFault fault;
} numbers[] = {
    {"AR", NULL, "^2[07]-[0-9]{8}-[0-9]$", "20-05536168-2", cuit},
    {"AT", NULL, "^[0-9]{10}$", "1237010180", at},
    {"AU", NULL, "^[1-9][0-9]{8}$", "123456782", tfn},
    {"BE", NULL, "^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}-[0-9]{3}\\.[0-9]{2}$", "85.07.30-033.28", be},
    {"BR", NULL, "^[0-9]{3}\\.[0-9]{3}\\.[0-9]{3}-[0-9]{2}$", "529.982.247-25", cpf},
    {"BR", "cnpj", "^[0-9]{2}\\.[0-9]{3}\\.[0-9]{3}/0001-[0-9]{2}$", "11.222.333/0001-81", cnpj},
    {"CA", NULL, "^0[0-9]{8}$", "046454286", luhn},
    {"CH", NULL, "^756\\.[0-9]{4}\\.[0-9]{4}\\.[0-9]{2}$", "756.9217.0769.85", ahv},
    {"CL", NULL, "^[0-9]{1,2}\\.[0-9]{3}\\.[0-9]{3}-[0-9K]$", "30.686.957-4", rut},
    {"CN", NULL, "^[1-6][0-9]{5}19[0-9]{9}[0-9X]$", "11010519491231002X", cn},
    {"DE", NULL, "^[1-9][0-9]{10}$", "86095742719", steuer},
    {"DK", NULL, "^[0-9]{6}-[0-9]{4}$", "211062-5629", dk},
    {"ES", NULL, "^[0-9]{8}[A-Z]$", "12345678Z", es},
    {"ES", "nie", "^[XYZ][0-9]{7}[A-Z]$", "X1234567L", es},
    {"FI", NULL, "^[0-9]{6}-9[0-9]{2}[0-9A-Y]$", "131052-308T", fi},
    {"FR", NULL, "^[12][0-9]{14}$", "255081416802538", fr},
    {"GB", NULL, "^[A-Z]{2}[0-9]{6}[A-D]$", "AB123456C", nino},
    {"GB", "nhs", "^999[0-9]{7}$", "9434765919", nhs},
    {"IE", NULL, "^[0-9]{7}[A-W]$", "1234567T", pps},
    {"IN", NULL, "^[2-9][0-9]{11}$", "999941057058", aadhaar},
    {"IT", NULL, "^[A-Z]{6}[0-9]{2}[A-T][0-9]{2}[A-Z][0-9]{3}[A-Z]$", "RSSMRA85T10A562S", it},
    {"JP", NULL, "^[0-9]{12}$", "123456789018", my_number},
    {"KR", NULL, "^[0-9]{6}-[12][0-9]{6}$", "971013-9019902", kr},
    {"NL", NULL, "^[0-9]{9}$", "111222333", nl},
    {"NO", NULL, "^[0-9]{11}$", "15108695088", no},
    {"PL", NULL, "^[0-9]{11}$", "44051401359", pl},
    {"PT", NULL, "^[12][0-9]{8}$", "123456789", pt},
    {"SE", NULL, "^[0-9]{6}-[0-9]{4}$", "811218-9876", luhn},
    {"TR", NULL, "^[1-9][0-9]{10}$", "10000000146", tckn},
    {"US", "ein", "^[0-9]{2}-[0-9]{7}$", NULL, NULL},
    {"US", NULL, "^9[0-9]{2}-[0-9]{2}-[0-9]{4}$", NULL, NULL},
    {"ZA", NULL, "^[0-9]{10}08[0-9]$", "8001015009087", luhn},
};

static GenArg text_arg(const char *name, const char *text)
{
    return (GenArg){name, {.kind = VAL_TEXT, .text = text, .len = strlen(text)}};
}

static void published_and_generated(void **state)
{
    GenKit *kit = *state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (numbers[i].fault && numbers[i].fault(numbers[i].example))
            fail_msg("the example %s does not pass", numbers[i].example);
        GenArg args[] = {text_arg("country", numbers[i].country),
                         numbers[i].kind ? text_arg("kind", numbers[i].kind) : (GenArg){0},
                         {0}};
        const GenArg none[] = {{0}, args[0], args[1], {0}};
        const Bound *bound = genkit_bind(kit, genkit_node(kit, "national_id", none));
        text_match(kit, bound, numbers[i].shape);
        if (numbers[i].fault)
            text_all(kit, bound, numbers[i].fault);
    }
}

static void every_value_is_another(void **state)
{
    GenKit *kit = *state;
    static const char *const small[] = {"NO", "DK", "AT"};
    for (size_t i = 0; i < 3; i++) {
        const GenArg args[] = {{0}, text_arg("country", small[i]), {0}};
        const Bound *bound = genkit_bind(kit, genkit_node(kit, "national_id", args));
        uint64_t n = 100000;
        char(*all)[16] = calloc(n, 16);
        for (uint64_t at_row = 0; at_row < n; at_row += 1000) {
            const Vec *v = genkit_index(kit, bound, at_row, 1000);
            for (uint32_t k = 0; k < 1000; k++)
                memcpy(all[at_row + k], v->s[k].p, v->s[k].n);
            genkit_reset(kit);
        }
        qsort(all, n, 16, (int (*)(const void *, const void *))strcmp);
        for (uint64_t k = 1; k < n; k++)
            assert_string_not_equal(all[k - 1], all[k]);
        free(all);
    }
}

static void what_is_not_known(void **state)
{
    GenKit *kit = *state;
    assert_null(KIT_BIND(kit, "national_id", KIT_TEXT("country", "XX")));
    assert_string_equal(genkit_error(kit), "national_id knows no country \"XX\"");
    assert_null(KIT_BIND(kit, "national_id", KIT_TEXT("country", "ES"), KIT_TEXT("kind", "cif")));
    assert_string_equal(genkit_error(kit), "national_id: ES has no kind \"cif\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_and_generated),
        cmocka_unit_test(every_value_is_another),
        cmocka_unit_test(what_is_not_known),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* Check digits of the standards: see the header for which is which. */
#include "gen/check_digits.h"

char check_luhn(const char *digits, uint32_t n, uint32_t sum)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t digit = (uint32_t)(digits[n - 1 - i] - '0');
        digit = i % 2 ? digit : digit * 2;
        sum += digit > 9 ? digit - 9 : digit;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

char check_gs1(const char *digits, uint32_t n)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += (uint32_t)(digits[n - 1 - i] - '0') * (i % 2 ? 1 : 3);
    return (char)('0' + (10 - sum % 10) % 10);
}

/* Multiplication in the dihedral group of order 10. */
static uint32_t dihedral(uint32_t a, uint32_t b)
{
    uint32_t turn = a < 5 ? (b < 5 ? (a + b) % 5 : 5 + (a + b) % 5)
                          : (b < 5 ? 5 + (a - b + 5) % 5 : (a - b + 5) % 5);
    return turn;
}

char check_verhoeff(const char *digits, uint32_t n)
{
    static const uint8_t permuted[8][10] = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
        {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
        {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
        {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8},
    };
    uint32_t c = 0;
    for (uint32_t i = 0; i < n; i++)
        c = dihedral(c, permuted[(i + 1) % 8][digits[n - 1 - i] - '0']);
    /* The inverse: a turn backwards, or a reflection, which is its own. */
    return (char)('0' + (c < 5 ? (5 - c) % 5 : c));
}

char check_mod11_10(const char *digits, uint32_t n)
{
    uint32_t product = 10;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t sum = ((uint32_t)(digits[i] - '0') + product) % 10;
        product = (sum ? sum : 10) * 2 % 11;
    }
    uint32_t digit = 11 - product;
    return (char)('0' + digit % 10);
}

uint32_t check_mod97(uint32_t before, const char *text, uint32_t n)
{
    uint32_t rest = before;
    for (uint32_t i = 0; i < n; i++)
        rest = text[i] <= '9' ? (rest * 10 + (uint32_t)(text[i] - '0')) % 97
                              : (rest * 100 + (uint32_t)(text[i] - 'A') + 10) % 97;
    return rest;
}

char check_italian(const char *text, uint32_t n)
{
    static const uint8_t odd[] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                  20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v = (uint32_t)(text[i] <= '9' ? text[i] - '0' : text[i] - 'A');
        sum += i % 2 ? v : odd[v];
    }
    return (char)('A' + sum % 26);
}

uint32_t check_weighted(const char *digits, const uint8_t *weights, uint32_t n)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += (uint32_t)(digits[i] - '0') * weights[i];
    return sum;
}

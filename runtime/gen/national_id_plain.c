/* National numbers without a date: digits and what checks them. Where a check digit can fail to
 * exist, the number decides on one digit only in steps of two, and the other of the two is taken.
 */
#include <string.h>

#include "gen/check_digits.h"
#include "gen/national_id.h"

#define PUT(name)                                                                                  \
    static char *name(const NumberedForm *form, char *p, uint64_t number, uint64_t more)
#define UNUSED_FORM (void)form, (void)more

static const char dni_letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";

PUT(put_dni)
{
    UNUSED_FORM;
    put_digits(p, number, 8);
    p[8] = dni_letters[number % 23];
    return p + 9;
}

/* X, Y, Z count as 0, 1, 2. */
PUT(put_nie)
{
    UNUSED_FORM;
    put_digits(p, number, 8);
    p[0] = (char)('X' + p[0] - '0');
    p[8] = dni_letters[number % 23];
    return p + 9;
}

PUT(put_bsn)
{
    static const uint8_t weights[] = {9, 8, 7, 6, 5, 4, 3, 2};
    UNUSED_FORM;
    uint64_t pair = take(&number, 4);
    put_digits(p + 1, number, 7);
    p[0] = (char)('1' + pair * 2);
    uint32_t rest = check_weighted(p, weights, 8) % 11;
    if (rest == 10) {
        p[0]++;
        rest = check_weighted(p, weights, 8) % 11;
    }
    p[8] = (char)('0' + rest);
    return p + 9;
}

/* Weights count down to 2 before the check digit; from 9 on they start again. */
static char brazilian(const char *digits, uint32_t n, uint32_t most)
{
    uint32_t sum = 0, weight = 2;
    for (uint32_t i = n; i-- > 0; weight = weight == most ? 2 : weight + 1)
        sum += (uint32_t)(digits[i] - '0') * weight;
    return (char)('0' + (sum % 11 < 2 ? 0 : 11 - sum % 11));
}

/* Nine equal digits are no CPF. */
PUT(put_cpf)
{
    char d[11];
    UNUSED_FORM;
    put_digits(d, number + number / 111111110 + 1, 9);
    d[9] = brazilian(d, 9, 11);
    d[10] = brazilian(d, 10, 11);
    p = put_str(p, (Str){d, 3});
    *p++ = '.';
    p = put_str(p, (Str){d + 3, 3});
    *p++ = '.';
    p = put_str(p, (Str){d + 6, 3});
    *p++ = '-';
    return put_str(p, (Str){d + 9, 2});
}

PUT(put_cnpj)
{
    char d[14];
    UNUSED_FORM;
    put_digits(d, number + 1, 8);
    memcpy(d + 8, "0001", 4);
    d[12] = brazilian(d, 12, 9);
    d[13] = brazilian(d, 13, 9);
    p = put_str(p, (Str){d, 2});
    *p++ = '.';
    p = put_str(p, (Str){d + 2, 3});
    *p++ = '.';
    p = put_str(p, (Str){d + 5, 3});
    p = put_str(p, STR("/0001-"));
    return put_str(p, (Str){d + 12, 2});
}

/* Two letters of 20 and 19, without BG, GB, KN, NK, NT, TN and ZZ. */
PUT(put_nino)
{
    static const char first[] = "ABCEGHJKLMNOPRSTWXYZ", second[] = "ABCEGHJKLMNPRSTWXYZ";
    static const uint16_t never[] = {23, 77, 143, 197, 204, 295, 379};
    UNUSED_FORM;
    uint64_t letters = take(&number, 373);
    for (uint32_t i = 0; i < 7; i++)
        letters += letters >= never[i];
    p[0] = first[letters / 19];
    p[1] = second[letters % 19];
    p[8] = (char)('A' + take(&number, 4));
    put_digits(p + 2, number, 6);
    return p + 9;
}

/* Numbers from 999 000 0000 on are set aside for tests. */
PUT(put_nhs)
{
    static const uint8_t weights[] = {10, 9, 8, 7, 6, 5, 4, 3, 2};
    UNUSED_FORM;
    memcpy(p, "999", 3);
    p[3] = (char)('0' + take(&number, 5) * 2);
    put_digits(p + 4, number, 5);
    int check = mod11(check_weighted(p, weights, 9));
    if (check < 0) {
        p[3]++;
        check = mod11(check_weighted(p, weights, 9));
    }
    p[9] = (char)('0' + check);
    return p + 10;
}

/* The first ten digits: one twice, one not at all, the others once. `twice`: the first digit is the
 * one that comes again. */
PUT(put_steuer_id)
{
    bool twice = form->data != NULL;
    uint32_t used = 0, place = 1, other = 0;
    (void)more;
    uint32_t first = 1 + (uint32_t)take(&number, 9);
    char rest[10];
    uint32_t n = 0;
    for (uint32_t d = 0; d < 10; d++)
        if (d != first)
            rest[n++] = (char)('0' + d);
    uint32_t again = first;
    if (!twice) {
        uint32_t at = (uint32_t)take(&number, n);
        again = (uint32_t)(rest[at] - '0');
        memmove(rest + at, rest + at + 1, --n - at);
    }
    uint32_t missing = (uint32_t)take(&number, n);
    memmove(rest + missing, rest + missing + 1, --n - missing);
    p[0] = (char)('0' + first);
    if (twice) {
        place = 1 + (uint32_t)take(&number, 9);
        used = 1u << place;
    } else {
        uint32_t pair = (uint32_t)take(&number, 36);
        for (place = 1; pair >= 9 - place; place++)
            pair -= 9 - place;
        other = place + 1 + pair;
        used = 1u << place | 1u << other;
    }
    for (uint32_t i = 1; i < 10; i++) {
        if (used >> i & 1) {
            p[i] = (char)('0' + again);
            continue;
        }
        uint32_t at = (uint32_t)take(&number, n);
        p[i] = rest[at];
        memmove(rest + at, rest + at + 1, --n - at);
    }
    p[10] = check_mod11_10(p, 10);
    return p + 11;
}

PUT(put_aadhaar)
{
    UNUSED_FORM;
    p[0] = (char)('2' + take(&number, 8));
    put_digits(p + 1, number, 10);
    p[11] = check_verhoeff(p, 11);
    return p + 12;
}

/* Prefixes that the IRS's campuses and the internet assign. */
PUT(put_ein)
{
    static const uint8_t prefixes[] = {1,  2,  3,  4,  5,  6,  10, 11, 12, 13, 14, 15, 16, 20,
                                       21, 22, 23, 24, 25, 26, 27, 30, 31, 32, 33, 34, 35, 36,
                                       37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 50, 51,
                                       52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65,
                                       66, 67, 68, 71, 72, 73, 74, 75, 76, 77, 80, 81, 82, 83};
    UNUSED_FORM;
    put_digits(p, prefixes[take(&number, sizeof prefixes)], 2);
    p[2] = '-';
    return put_digits(p + 3, number, 7);
}

/* A leading 0 is never issued. */
PUT(put_sin)
{
    UNUSED_FORM;
    put_digits(p, number + 1, 8);
    p[8] = check_luhn(p, 8, 0);
    return p + 9;
}

PUT(put_ahv)
{
    char d[13] = "756";
    UNUSED_FORM;
    put_digits(d + 3, number, 9);
    d[12] = check_gs1(d, 12);
    static const uint8_t ends[] = {3, 7, 11, 13};
    for (uint32_t i = 0, at = 0; i < 4; i++) {
        if (i)
            *p++ = '.';
        for (; at < ends[i]; at++)
            *p++ = d[at];
    }
    return p;
}

PUT(put_nif)
{
    UNUSED_FORM;
    p[0] = (char)('1' + take(&number, 2));
    put_digits(p + 1, number, 7);
    p[8] = brazilian(p, 8, 9);
    return p + 9;
}

PUT(put_rut)
{
    char d[8];
    UNUSED_FORM;
    uint32_t sum = 0, weight = 2;
    put_digits(d, 5000000 + number, 8);
    for (int i = 7; i >= 0; i--, weight = weight == 7 ? 2 : weight + 1)
        sum += (uint32_t)(d[i] - '0') * weight;
    p = put_number(p, 5 + number / 1000000);
    *p++ = '.';
    p = put_str(p, (Str){d + 2, 3});
    *p++ = '.';
    p = put_str(p, (Str){d + 5, 3});
    *p++ = '-';
    *p++ = "0K987654321"[sum % 11];
    return p;
}

PUT(put_tfn)
{
    static const uint8_t weights[] = {1, 4, 3, 7, 5, 8, 6, 9};
    UNUSED_FORM;
    p[0] = (char)('1' + take(&number, 4) * 2);
    put_digits(p + 1, number, 7);
    uint32_t rest = check_weighted(p, weights, 8) % 11;
    if (rest == 10) {
        p[0]++;
        rest = check_weighted(p, weights, 8) % 11;
    }
    p[8] = (char)('0' + rest);
    return p + 9;
}

PUT(put_my_number)
{
    static const uint8_t weights[] = {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    UNUSED_FORM;
    put_digits(p, number, 11);
    uint32_t rest = check_weighted(p, weights, 11) % 11;
    p[11] = (char)('0' + (rest < 2 ? 0 : 11 - rest));
    return p + 12;
}

PUT(put_tckn)
{
    UNUSED_FORM;
    uint32_t odd = 0, even = 0;
    put_digits(p, 100000000 + number, 9);
    for (int i = 0; i < 9; i++)
        *(i % 2 ? &even : &odd) += (uint32_t)(p[i] - '0');
    p[9] = (char)('0' + (odd * 7 + 100 - even) % 10);
    p[10] = (char)('0' + (odd + even + (uint32_t)(p[9] - '0')) % 10);
    return p + 11;
}

PUT(put_cuit)
{
    static const uint8_t weights[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    char d[10];
    UNUSED_FORM;
    put_digits(d, take(&number, 2) ? 27 : 20, 2);
    d[2] = (char)('0' + take(&number, 5) * 2);
    put_digits(d + 3, number, 7);
    int check = mod11(check_weighted(d, weights, 10));
    if (check < 0) {
        d[2]++;
        check = mod11(check_weighted(d, weights, 10));
    }
    p = put_str(p, (Str){d, 2});
    *p++ = '-';
    p = put_str(p, (Str){d + 2, 8});
    *p++ = '-';
    *p++ = (char)('0' + check);
    return p;
}

PUT(put_pps)
{
    static const uint8_t weights[] = {8, 7, 6, 5, 4, 3, 2};
    UNUSED_FORM;
    put_digits(p, number, 7);
    p[7] = "WABCDEFGHIJKLMNOPQRSTUV"[check_weighted(p, weights, 7) % 23];
    return p + 8;
}

/* First digit twice: 9 firsts, 9 missing, 9 places, the other 8 in any order. Else: another of 9
 * twice, one of 8 missing, 36 pairs of places, 7 in any order. */
static const NumberedForm steuer_forms[] = {{UINT64_C(9) * 9 * 9 * 40320, 1, "twice"},
                                            {UINT64_C(9) * 9 * 8 * 36 * 5040, 4, NULL}};

const NationalId national_ids_plain[] = {
    NATIONAL_ID("AR", "cuit", "CUIT", put_cuit, 13, 2 * 5 * 10000000),
    NATIONAL_ID("AU", "tfn", "tax file number", put_tfn, 9, 4 * 10000000),
    NATIONAL_ID("BR", "cpf", "CPF", put_cpf, 14, 999999990),
    NATIONAL_ID("BR", "cnpj", "CNPJ (of a company)", put_cnpj, 18, 99999999),
    NATIONAL_ID("CA", "sin", "social insurance number", put_sin, 9, 9999999),
    NATIONAL_ID("CH", "ahv", "AHV number", put_ahv, 16, 1000000000),
    NATIONAL_ID("CL", "rut", "RUT", put_rut, 12, 20000000),
    {"DE", "steuer_id", "tax identification number", put_steuer_id, steuer_forms, 2, 11},
    NATIONAL_ID("ES", "dni", "DNI", put_dni, 9, 100000000),
    NATIONAL_ID("ES", "nie", "NIE (of a foreigner)", put_nie, 9, 30000000),
    NATIONAL_ID("GB", "nino", "national insurance number", put_nino, 9,
                UINT64_C(373) * 4 * 1000000),
    NATIONAL_ID("GB", "nhs", "NHS number of the range for tests", put_nhs, 10, 500000),
    NATIONAL_ID("IE", "pps", "PPS number", put_pps, 8, 10000000),
    NATIONAL_ID("IN", "aadhaar", "Aadhaar", put_aadhaar, 12, UINT64_C(80000000000)),
    NATIONAL_ID("JP", "my_number", "My Number", put_my_number, 12, UINT64_C(100000000000)),
    NATIONAL_ID("NL", "bsn", "BSN", put_bsn, 9, 4 * 10000000),
    NATIONAL_ID("PT", "nif", "NIF", put_nif, 9, 20000000),
    NATIONAL_ID("TR", "tckn", "TCKN", put_tckn, 11, 900000000),
    NATIONAL_ID("US", "ein", "employer identification number", put_ein, 10,
                UINT64_C(70) * 10000000),
};
const uint32_t national_ids_plain_count = sizeof national_ids_plain / sizeof *national_ids_plain;

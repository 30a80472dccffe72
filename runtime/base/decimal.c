/* Integer arithmetic throughout, so that every result is exact and the same on every machine: a
 * double is taken apart into its 53-bit integer and power of two, and put together again with one
 * rounding. */
#include "base/decimal.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

const int64_t decimal_pow10[19] = {
    INT64_C(1),
    INT64_C(10),
    INT64_C(100),
    INT64_C(1000),
    INT64_C(10000),
    INT64_C(100000),
    INT64_C(1000000),
    INT64_C(10000000),
    INT64_C(100000000),
    INT64_C(1000000000),
    INT64_C(10000000000),
    INT64_C(100000000000),
    INT64_C(1000000000000),
    INT64_C(10000000000000),
    INT64_C(100000000000000),
    INT64_C(1000000000000000),
    INT64_C(10000000000000000),
    INT64_C(100000000000000000),
    INT64_C(1000000000000000000),
};

static u128 magnitude(i128 v)
{
    return v < 0 ? 0 - (u128)v : (u128)v;
}
static i128 with_sign(u128 v, bool negative)
{
    return (i128)(negative ? 0 - v : v);
}

static bool fits(i128 v, int64_t *out)
{
    if (v < INT64_MIN || v > INT64_MAX)
        return false;
    *out = (int64_t)v;
    return true;
}

i128 decimal_div_round(i128 v, i128 divisor)
{
    u128 n = magnitude(v), d = magnitude(divisor);
    u128 quotient = n / d, rest = n % d;
    quotient += rest >= d - rest; /* twice the rest, without overflow */
    return with_sign(quotient, (v < 0) != (divisor < 0));
}

bool decimal_rescale(int64_t v, int from, int to, int64_t *out)
{
    if (to >= from)
        return fits((i128)v * decimal_pow10[to - from], out);
    return fits(decimal_div_round(v, decimal_pow10[from - to]), out);
}

bool decimal_parse(const char *s, int64_t *v, int *scale)
{
    bool negative = *s == '-';
    if (*s == '-' || *s == '+')
        s++;
    int64_t value = 0;
    int digits = 0, significant = 0, decimals = 0;
    bool point = false;
    for (; *s; s++) {
        if (*s == '.' && !point && digits > 0) {
            point = true;
            continue;
        }
        if (*s < '0' || *s > '9')
            return false;
        digits++;
        decimals += point;
        significant += significant > 0 || *s != '0';
        if (significant > DECIMAL_MAX_SCALE || decimals > DECIMAL_MAX_SCALE)
            return false;
        value = value * 10 + (*s - '0');
    }
    if (digits == 0 || (point && decimals == 0))
        return false;
    *v = negative ? -value : value;
    *scale = decimals;
    return true;
}

bool decimal_parse_number(const char *text, int64_t *v, int *scale)
{
    char mantissa[32];
    size_t n = strcspn(text, "eE");
    if (n >= sizeof mantissa)
        return false;
    memcpy(mantissa, text, n);
    mantissa[n] = '\0';
    int places = 0;
    if (!decimal_parse(mantissa, v, &places))
        return false;
    places -= text[n] ? atoi(text + n + 1) : 0;
    while (places > 0 && *v % 10 == 0) {
        *v /= 10;
        places--;
    }
    if (*v == 0)
        places = 0;
    if (places > DECIMAL_MAX_SCALE || places < -14)
        return false;
    *scale = places > 0 ? places : 0;
    i128 wide = (i128)*v * decimal_pow10[places < 0 ? -places : 0];
    if (wide >= decimal_pow10[15] || wide <= -decimal_pow10[15])
        return false;
    *v = (int64_t)wide;
    return true;
}

bool decimal_from_double(double d, int scale, int64_t *v)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    int exponent = (int)(bits >> 52 & 0x7FF);
    uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
    if (exponent == 0x7FF)
        return false;
    if (exponent == 0)
        exponent = 1; /* zero and subnormal numbers: no hidden bit */
    else
        mantissa |= UINT64_C(1) << 52;
    int shift = exponent - 1075;                                   /* |d| == mantissa * 2^shift */
    u128 scaled = (u128)mantissa * (uint64_t)decimal_pow10[scale]; /* below 2^113 */
    if (shift > 11 && scaled != 0)
        return false; /* at least 2^64 */
    if (shift >= 0)
        scaled <<= shift;
    else if (shift > -120)
        scaled = (scaled + ((u128)1 << (-shift - 1))) >> -shift;
    else
        scaled = 0;
    return fits(with_sign(scaled, bits >> 63), v);
}

double decimal_to_double(int64_t v, int scale)
{
    u128 n = magnitude(v) << 64;
    u128 divisor = (u128)decimal_pow10[scale];
    u128 quotient = n / divisor;
    quotient |= n % divisor != 0; /* over 56 bits of quotient: the lowest may carry the rest */
    double d = (double)quotient * 0x1p-64;
    return v < 0 ? -d : d;
}

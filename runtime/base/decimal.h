/* Exact decimals: a 64-bit integer and a scale (1234, 2 is 12.34). At most 18 digits; what does not
 * fit is reported, never wrapped. Rounding is half away from zero. */
#ifndef SEEDPIPE_BASE_DECIMAL_H
#define SEEDPIPE_BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#define DECIMAL_MAX_SCALE 18
extern const int64_t decimal_pow10[19];

__extension__ typedef __int128 i128;

/* v / divisor, rounded half away from zero; divisor != 0. */
i128 decimal_div_round(i128 v, i128 divisor);
/* Brings v from one scale to another; false when it leaves 64 bits. */
bool decimal_rescale(int64_t v, int from, int to, int64_t *out);
/* "-12.340" -> -12340, 3. False on anything else, or over 18 digits. */
bool decimal_parse(const char *s, int64_t *v, int *scale);
/* "0.1", "1.5e-07", "2e+20": mantissa and exponent into one exact decimal of at most 15 digits,
 * without zeros at its end. */
bool decimal_parse_number(const char *text, int64_t *v, int *scale);
/* The nearest decimal of that scale to a double (half away from zero); false when out of range or
 * not finite. */
bool decimal_from_double(double d, int scale, int64_t *v);
double decimal_to_double(int64_t v, int scale);

#endif

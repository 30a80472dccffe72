/* The buffer, and numbers as text. Digits are written backwards, two at a time from a table,
 * divided only by constants; a value reserves its longest form once and then writes without checks.
 */
#include "base/buf.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/calendar.h"
#include "base/decimal.h"

enum { CAP_FIRST = 256, NUMBER_ROOM = 48 };

void buf_init(Buf *b, size_t max)
{
    *b = (Buf){.max = max};
}

void buf_free(Buf *b)
{
    free(b->data);
    *b = (Buf){.max = b->max};
}

void buf_reserve_slow(Buf *b, size_t n)
{
    if (n > b->max || b->len > b->max - n) {
        fprintf(stderr, "seedpipe: a buffer passed its maximum of %zu bytes\n", b->max);
        abort();
    }
    size_t cap = b->cap < CAP_FIRST ? CAP_FIRST : b->cap * 2;
    if (cap < b->len + n)
        cap = b->len + n;
    if (cap > b->max)
        cap = b->max;
    char *data = realloc(b->data, cap);
    if (!data) {
        fprintf(stderr, "seedpipe: out of memory (%zu bytes wanted)\n", cap);
        abort();
    }
    b->data = data;
    b->cap = cap;
}

void buf_str(Buf *b, const char *s)
{
    buf_put(b, s, strlen(s));
}

void buf_printf(Buf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n > 0) {
        vsnprintf(buf_reserve(b, (size_t)n + 1), (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

char *buf_cstr(Buf *b)
{
    *buf_reserve(b, 1) = '\0';
    return b->data;
}

/* ---- digits ---- */

static const char pairs[] = "00010203040506070809"
                            "10111213141516171819"
                            "20212223242526272829"
                            "30313233343536373839"
                            "40414243444546474849"
                            "50515253545556575859"
                            "60616263646566676869"
                            "70717273747576777879"
                            "80818283848586878889"
                            "90919293949596979899";

static inline void put_pair(char *out, uint32_t v)
{
    memcpy(out, pairs + 2 * v, 2);
}

static inline void put_8_digits(char *out, uint32_t v)
{
    uint32_t high = v / 10000, low = v % 10000;
    put_pair(out, high / 100);
    put_pair(out + 2, high % 100);
    put_pair(out + 4, low / 100);
    put_pair(out + 6, low % 100);
}

/* v <= 2^63 */
static inline int count_digits(uint64_t v)
{
    int log2 = 63 - __builtin_clzll(v | 1);
    int log10 = log2 * 1233 >> 12; /* of 2^log2: 1233 / 4096 is log10(2) closely enough */
    return log10 == 18 ? 19 : log10 + 1 + (v >= (uint64_t)decimal_pow10[log10 + 1]);
}

/* Exactly n digits of v, which has at most n: zeros in front. */
static inline void put_digits(char *out, uint64_t v, int n)
{
    char *end = out + n;
    while (v >= 100000000) {
        put_8_digits(end -= 8, (uint32_t)(v % 100000000));
        v /= 100000000;
    }
    uint32_t rest = (uint32_t)v;
    while (rest >= 100) {
        put_pair(end -= 2, rest % 100);
        rest /= 100;
    }
    if (rest >= 10)
        put_pair(end -= 2, rest);
    else if (end > out)
        *--end = (char)('0' + rest);
    while (end > out)
        *--end = '0';
}

/* Writes the sign and returns the magnitude; INT64_MIN has one too. */
static inline uint64_t put_sign(char **out, int64_t v)
{
    **out = '-';
    *out += v < 0;
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

void buf_i64(Buf *b, int64_t v)
{
    char *start = buf_reserve(b, NUMBER_ROOM), *out = start;
    uint64_t u = put_sign(&out, v);
    int n = count_digits(u);
    put_digits(out, u, n);
    b->len += (size_t)(out + n - start);
}

void buf_decimal(Buf *b, int64_t v, int scale)
{
    char *start = buf_reserve(b, NUMBER_ROOM), *out = start;
    uint64_t u = put_sign(&out, v);
    int n = count_digits(u);
    if (n <= scale)
        n = scale + 1; /* at least one digit before the point */
    if (scale <= 0) {
        put_digits(out, u, n);
        b->len += (size_t)(out + n - start);
        return;
    }
    put_digits(out + 1, u, n);
    memmove(out, out + 1, (size_t)(n - scale)); /* opens the gap for the point */
    out[n - scale] = '.';
    b->len += (size_t)(out + n + 1 - start);
}

/* Most doubles in databases are short decimals. m / 10^s is correctly rounded while m < 2^53 and
 * 10^s is exact, so when it equals v, the text of m with s decimals reads back as v. */
static bool put_short_decimal(Buf *b, double v)
{
    if (fabs(v) >= 1e9)
        return false;
    for (int s = 0; s <= 6; s++) {
        double unit = (double)decimal_pow10[s];
        double scaled = v * unit;
        int64_t m = (int64_t)(scaled + (scaled < 0 ? -0.5 : 0.5));
        if ((double)m / unit == v && (m != 0 || !signbit(v))) {
            buf_decimal(b, m, s);
            return true;
        }
    }
    return false;
}

void buf_double(Buf *b, double v)
{
    if (put_short_decimal(b, v))
        return;
    char *out = buf_reserve(b, NUMBER_ROOM);
    /* 15 digits always survive in a normal number; a subnormal one may have as few as 1. */
    int precision = fabs(v) < 0x1p-1022 ? 1 : 15;
    int n = 0;
    for (; precision <= 17; precision++) {
        n = snprintf(out, NUMBER_ROOM, "%.*g", precision, v);
        if (strtod(out, NULL) == v)
            break;
    }
    b->len += (size_t)n;
}

/* ---- dates ---- */

static char *put_year(char *out, int64_t year)
{
    if (year >= 0 && year <= 9999) {
        put_pair(out, (uint32_t)year / 100);
        put_pair(out + 2, (uint32_t)year % 100);
        return out + 4;
    }
    uint64_t u = put_sign(&out, year);
    int n = count_digits(u);
    if (n < 4)
        n = 4;
    put_digits(out, u, n);
    return out + n;
}

static inline char *put_date(char *out, int64_t days)
{
    Civil c = calendar_civil(days);
    out = put_year(out, c.year);
    out[0] = '-';
    put_pair(out + 1, (uint32_t)c.month);
    out[3] = '-';
    put_pair(out + 4, (uint32_t)c.day);
    return out + 6;
}

static inline char *put_time(char *out, int64_t micros, int digits)
{
    uint32_t seconds = (uint32_t)(micros / MICROS_PER_SECOND);
    uint32_t fraction = (uint32_t)(micros % MICROS_PER_SECOND);
    put_pair(out, seconds / 3600);
    out[2] = ':';
    put_pair(out + 3, seconds / 60 % 60);
    out[5] = ':';
    put_pair(out + 6, seconds % 60);
    if (digits <= 0)
        return out + 8;
    out[8] = '.';
    put_pair(out + 9, fraction / 10000);
    put_pair(out + 11, fraction / 100 % 100);
    put_pair(out + 13, fraction % 100);
    return out + 9 + digits;
}

void buf_date(Buf *b, int64_t days)
{
    char *start = buf_reserve(b, NUMBER_ROOM);
    b->len += (size_t)(put_date(start, days) - start);
}

void buf_timestamp(Buf *b, int64_t micros, int digits)
{
    char *start = buf_reserve(b, NUMBER_ROOM);
    int64_t days = calendar_day_of(micros);
    char *out = put_date(start, days);
    *out++ = ' ';
    out = put_time(out, micros - days * MICROS_PER_DAY, digits);
    b->len += (size_t)(out - start);
}

void buf_time(Buf *b, int64_t micros, int digits)
{
    char *start = buf_reserve(b, NUMBER_ROOM);
    b->len += (size_t)(put_time(start, micros, digits) - start);
}

/* Buf: a growing byte buffer with a stated maximum. Passing the maximum or running out of memory
 * aborts: a maximum is a promise about memory, so callers flush well before it. */
#ifndef SEEDPIPE_BASE_BUF_H
#define SEEDPIPE_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Buf {
    char *data;
    size_t len, cap, max;
} Buf;

void buf_init(Buf *b, size_t max);
void buf_free(Buf *b);
static inline void buf_reset(Buf *b)
{
    b->len = 0;
}

/* Room for n more bytes; returns where to write them (len is not moved). */
void buf_reserve_slow(Buf *b, size_t n);
static inline char *buf_reserve(Buf *b, size_t n)
{
    if (b->cap - b->len < n)
        buf_reserve_slow(b, n);
    return b->data + b->len;
}

static inline void buf_put(Buf *b, const void *bytes, size_t n)
{
    if (n == 0)
        return; /* bytes may be NULL */
    memcpy(buf_reserve(b, n), bytes, n);
    b->len += n;
}
static inline void buf_byte(Buf *b, char c)
{
    *buf_reserve(b, 1) = c;
    b->len++;
}
void buf_str(Buf *b, const char *s);
void buf_printf(Buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* NUL-terminates (not counted in len) and returns data. */
char *buf_cstr(Buf *b);

/* Number formatting without printf. */
void buf_i64(Buf *b, int64_t v);
/* v / 10^scale with exactly `scale` decimals: (-1234, 2) gives "-12.34". */
void buf_decimal(Buf *b, int64_t v, int scale);
/* Shortest text that reads back as the same double. NaN and infinities never reach it. */
void buf_double(Buf *b, double v);
/* days since 1970-01-01 -> YYYY-MM-DD; microseconds -> YYYY-MM-DD HH:MM:SS[.ffffff] with `digits`
 * fraction digits. */
void buf_date(Buf *b, int64_t days);
void buf_timestamp(Buf *b, int64_t micros, int digits);
/* microseconds of the day -> HH:MM:SS[.ffffff] */
void buf_time(Buf *b, int64_t micros, int digits);

#endif

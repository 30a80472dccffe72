/* Cells as text: for COPY in text form, and for text columns of a binary COPY. */
#include <string.h>

#include "base/calendar.h"
#include "db/postgres_int.h"

/* Years before 1 are written as PostgreSQL writes them, counted back from 1 BC. */
static void put_day(Buf *out, int64_t days, bool *bc)
{
    Civil c = calendar_civil(days);
    *bc = c.year <= 0;
    if (*bc)
        buf_printf(out, "%04d-%02d-%02d", 1 - c.year, c.month, c.day);
    else
        buf_date(out, days);
}

static bool put_infinity(Buf *out, int64_t v)
{
    if (v != INT64_MIN && v != INT64_MAX)
        return false;
    buf_str(out, v == INT64_MAX ? "infinity" : "-infinity");
    return true;
}

static void put_date(Buf *out, int64_t days)
{
    bool bc;
    if (put_infinity(out, days))
        return;
    put_day(out, days, &bc);
    if (bc)
        buf_put(out, " BC", 3);
}

static void put_timestamp(Buf *out, int64_t micros, int digits)
{
    if (put_infinity(out, micros))
        return;
    if (micros >= calendar_days((Civil){1, 1, 1}) * MICROS_PER_DAY) {
        buf_timestamp(out, micros, digits);
        return;
    }
    bool bc;
    int64_t day = calendar_day_of(micros);
    put_day(out, day, &bc);
    buf_byte(out, ' ');
    buf_time(out, micros - day * MICROS_PER_DAY, digits);
    buf_put(out, " BC", 3);
}

static void put_hex(Buf *out, Str s)
{
    static const char digits[] = "0123456789abcdef";
    char *to = buf_reserve(out, (size_t)s.n * 2);
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        *to++ = digits[c >> 4];
        *to++ = digits[c & 15];
    }
    out->len += (size_t)s.n * 2;
}

/* Everything but texts; nothing it writes needs escaping. Booleans as 1 and 0, which integer
 * columns take too. */
static void put_scalar(Buf *out, const Vec *v, uint32_t row)
{
    switch (v->kind) {
    case TYPE_BOOL: buf_byte(out, v->i[row] ? '1' : '0'); break;
    case TYPE_INT: buf_i64(out, v->i[row]); break;
    case TYPE_DECIMAL: buf_decimal(out, v->i[row], v->scale); break;
    case TYPE_FLOAT: buf_double(out, v->f[row]); break;
    case TYPE_DATE: put_date(out, v->i[row]); break;
    case TYPE_TIME: buf_time(out, v->i[row], v->scale); break;
    case TYPE_TIMESTAMP: put_timestamp(out, v->i[row], v->scale); break;
    default: break;
    }
}

void postgres_put_plain(Buf *out, const Vec *v, uint32_t row)
{
    if (v->kind == TYPE_BYTES) {
        buf_put(out, "\\x", 2);
        put_hex(out, v->s[row]);
    } else if (v->s) {
        buf_put(out, v->s[row].p, v->s[row].n);
    } else {
        put_scalar(out, v, row);
    }
}

/* The letter behind the backslash, 0 where none is needed. */
static inline char escape_of(char c)
{
    switch (c) {
    case '\\': return '\\';
    case '\t': return 't';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\v': return 'v';
    default: return 0;
    }
}

static void put_escaped_text(Buf *out, Str s)
{
    char *to = buf_reserve(out, (size_t)s.n * 2), *start = to;
    for (uint32_t i = 0; i < s.n; i++) {
        char escape = escape_of(s.p[i]);
        if (escape)
            *to++ = '\\';
        *to++ = escape ? escape : s.p[i];
    }
    out->len += (size_t)(to - start);
}

void postgres_put_escaped(Buf *out, const Vec *v, uint32_t row)
{
    if (v->kind == TYPE_NULL || vec_is_null(v, row)) {
        buf_put(out, "\\N", 2);
    } else if (v->kind == TYPE_BYTES) {
        buf_put(out, "\\\\x", 3);
        put_hex(out, v->s[row]);
    } else if (v->s) {
        put_escaped_text(out, v->s[row]);
    } else {
        put_scalar(out, v, row);
    }
}

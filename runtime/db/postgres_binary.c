/* Cells in PostgreSQL's binary form (the types' _recv functions): big-endian, each behind its
 * length. Only exact ways are here; a pair of cell and type that is missing goes through text,
 * where the server decides. */
#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "db/postgres_int.h"

/* 2000-01-01, where PostgreSQL counts from. */
#define PG_EPOCH_DAYS   INT64_C(10957)
#define PG_EPOCH_MICROS (PG_EPOCH_DAYS * MICROS_PER_DAY)

static inline char *put16(char *p, uint16_t v)
{
    v = __builtin_bswap16(v);
    memcpy(p, &v, 2);
    return p + 2;
}

static inline char *put32(char *p, uint32_t v)
{
    v = __builtin_bswap32(v);
    memcpy(p, &v, 4);
    return p + 4;
}

static inline char *put64(char *p, uint64_t v)
{
    v = __builtin_bswap64(v);
    memcpy(p, &v, 8);
    return p + 8;
}

static inline bool cell64(Buf *out, uint64_t v)
{
    put64(put32(buf_reserve(out, 12), 8), v);
    out->len += 12;
    return true;
}

static inline bool cell32(Buf *out, uint32_t v)
{
    put32(put32(buf_reserve(out, 8), 4), v);
    out->len += 8;
    return true;
}

static bool int8_cell(Buf *out, const Vec *v, uint32_t row)
{
    return cell64(out, (uint64_t)v->i[row]);
}

static bool int4_cell(Buf *out, const Vec *v, uint32_t row)
{
    return v->i[row] == (int32_t)v->i[row] && cell32(out, (uint32_t)v->i[row]);
}

static bool int2_cell(Buf *out, const Vec *v, uint32_t row)
{
    if (v->i[row] != (int16_t)v->i[row])
        return false;
    put16(put32(buf_reserve(out, 6), 2), (uint16_t)v->i[row]);
    out->len += 6;
    return true;
}

static bool bool_cell(Buf *out, const Vec *v, uint32_t row)
{
    if (v->i[row] != 0 && v->i[row] != 1)
        return false;
    *put32(buf_reserve(out, 5), 1) = (char)v->i[row];
    out->len += 5;
    return true;
}

static bool float8_cell(Buf *out, const Vec *v, uint32_t row)
{
    uint64_t bits;
    memcpy(&bits, &v->f[row], sizeof bits);
    return cell64(out, bits);
}

/* Rounds to the nearest, as the server does when it reads text. */
static bool float4_cell(Buf *out, const Vec *v, uint32_t row)
{
    float f = (float)v->f[row];
    uint32_t bits;
    if (isinf(f) && isfinite(v->f[row]))
        return false;
    memcpy(&bits, &f, sizeof bits);
    return cell32(out, bits);
}

/* Digits in base 10000, aligned at the decimal point. Without leading and trailing zeros. */
static bool numeric_cell(Buf *out, const Vec *v, uint32_t row)
{
    int scale = v->kind == TYPE_DECIMAL ? v->scale : 0;
    uint64_t magnitude = v->i[row] < 0 ? 0 - (uint64_t)v->i[row] : (uint64_t)v->i[row];
    uint64_t whole = magnitude / (uint64_t)decimal_pow10[scale],
             rest = magnitude % (uint64_t)decimal_pow10[scale];
    uint16_t digits[16];
    int first = 5, n = 5; /* a 64-bit number has at most five digits before the point */
    for (; whole; whole /= 10000)
        digits[--first] = (uint16_t)(whole % 10000);
    int weight = 4 - first;
    for (int left = scale - 4; left > -4; left -= 4) {
        uint64_t power = (uint64_t)decimal_pow10[left >= 0 ? left : -left];
        digits[n++] = (uint16_t)(left >= 0 ? rest / power : rest * power);
        rest = left >= 0 ? rest % power : 0;
    }
    while (n > first && digits[n - 1] == 0)
        n--;
    while (n > first && digits[first] == 0) {
        first++;
        weight--;
    }
    int count = n - first;
    char *p = put32(buf_reserve(out, 4 + 8 + sizeof digits), 8u + 2u * (uint32_t)count);
    p = put16(p, (uint16_t)count);
    p = put16(p, (uint16_t)(count ? weight : 0));
    p = put16(p, v->i[row] < 0 ? 0x4000 : 0);
    p = put16(p, (uint16_t)scale);
    for (int k = first; k < n; k++)
        p = put16(p, digits[k]);
    out->len += 12 + 2 * (size_t)count;
    return true;
}

static bool date_cell(Buf *out, const Vec *v, uint32_t row)
{
    int64_t days = v->i[row];
    if (days == INT64_MIN || days == INT64_MAX)
        return cell32(out, days == INT64_MAX ? (uint32_t)INT32_MAX : (uint32_t)INT32_MIN);
    days -= PG_EPOCH_DAYS;
    return days > INT32_MIN && days < INT32_MAX && cell32(out, (uint32_t)days);
}

/* Cut to the fraction digits that the cells have, as their text would be. */
static inline int64_t cut(int64_t micros, int digits)
{
    if (digits >= 6)
        return micros;
    int64_t step = decimal_pow10[6 - digits], rest = micros % step;
    return micros - (rest < 0 ? rest + step : rest);
}

static bool timestamp_cell(Buf *out, const Vec *v, uint32_t row)
{
    int64_t micros = v->i[row], shifted;
    if (micros == INT64_MIN || micros == INT64_MAX)
        return cell64(out, (uint64_t)micros);
    return !__builtin_sub_overflow(cut(micros, v->scale), PG_EPOCH_MICROS, &shifted) &&
           cell64(out, (uint64_t)shifted);
}

static bool timestamp_of_date_cell(Buf *out, const Vec *v, uint32_t row)
{
    int64_t days = v->i[row], micros;
    if (days == INT64_MIN || days == INT64_MAX)
        return cell64(out, (uint64_t)days);
    return !__builtin_mul_overflow(days - PG_EPOCH_DAYS, MICROS_PER_DAY, &micros) &&
           cell64(out, (uint64_t)micros);
}

static bool time_cell(Buf *out, const Vec *v, uint32_t row)
{
    return cell64(out, (uint64_t)cut(v->i[row], v->scale));
}

static bool text_cell(Buf *out, const Vec *v, uint32_t row)
{
    Str s = v->s[row];
    char *p = put32(buf_reserve(out, 4 + (size_t)s.n), s.n);
    if (s.n)
        memcpy(p, s.p, s.n);
    out->len += 4 + (size_t)s.n;
    return true;
}

static bool text_of_cell(Buf *out, const Vec *v, uint32_t row)
{
    size_t at = out->len;
    put32(buf_reserve(out, 4), 0);
    out->len += 4;
    postgres_put_plain(out, v, row);
    put32(out->data + at, (uint32_t)(out->len - at - 4));
    return true;
}

static bool jsonb_cell(Buf *out, const Vec *v, uint32_t row)
{
    Str s = v->s[row];
    char *p = put32(buf_reserve(out, 5 + (size_t)s.n), s.n + 1);
    *p++ = 1; /* the format's version */
    if (s.n)
        memcpy(p, s.p, s.n);
    out->len += 5 + (size_t)s.n;
    return true;
}

static inline int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool uuid_cell(Buf *out, const Vec *v, uint32_t row)
{
    Str s = v->s[row];
    if (s.n != 36)
        return false;
    char *p = put32(buf_reserve(out, 20), 16);
    for (uint32_t i = 0; i < 36;) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (s.p[i++] != '-')
                return false;
            continue;
        }
        int high = hex_value(s.p[i]), low = hex_value(s.p[i + 1]);
        if (high < 0 || low < 0)
            return false;
        *p++ = (char)(high << 4 | low);
        i += 2;
    }
    out->len += 20;
    return true;
}

static bool null_cell(Buf *out, const Vec *v, uint32_t row)
{
    (void)v;
    (void)row;
    put32(buf_reserve(out, 4), UINT32_MAX);
    out->len += 4;
    return true;
}

static PgPut put_of_text(const Vec *v)
{
    return v->kind == TYPE_BYTES ? NULL : v->s ? text_cell : text_of_cell;
}

PgPut postgres_binary_put(Oid oid, bool text_like, const Vec *v)
{
    TypeKind kind = v->kind;
    bool whole = kind == TYPE_INT || kind == TYPE_BOOL || (kind == TYPE_DECIMAL && v->scale == 0);
    if (kind == TYPE_NULL)
        return null_cell;
    if (text_like)
        return put_of_text(v);
    switch ((enum PgOid)oid) {
    case PG_BOOL: return kind == TYPE_BOOL || kind == TYPE_INT ? bool_cell : NULL;
    case PG_INT2: return whole ? int2_cell : NULL;
    case PG_INT4: return whole ? int4_cell : NULL;
    case PG_INT8: return whole ? int8_cell : NULL;
    case PG_NUMERIC: return whole || kind == TYPE_DECIMAL ? numeric_cell : NULL;
    case PG_FLOAT4: return kind == TYPE_FLOAT ? float4_cell : NULL;
    case PG_FLOAT8: return kind == TYPE_FLOAT ? float8_cell : NULL;
    case PG_DATE: return kind == TYPE_DATE ? date_cell : NULL;
    case PG_TIME: return kind == TYPE_TIME ? time_cell : NULL;
    case PG_TIMESTAMP:
    case PG_TIMESTAMPTZ:
        return kind == TYPE_TIMESTAMP ? timestamp_cell
               : kind == TYPE_DATE    ? timestamp_of_date_cell
                                      : NULL;
    case PG_UUID: return kind == TYPE_UUID ? uuid_cell : NULL;
    case PG_BYTEA: return kind == TYPE_BYTES ? text_cell : NULL;
    case PG_JSONB: return v->s && kind != TYPE_BYTES ? jsonb_cell : NULL;
    case PG_TEXT:
    case PG_VARCHAR:
    case PG_BPCHAR:
    case PG_NAME:
    case PG_JSON: return put_of_text(v);
    case PG_FIRST_USER: break;
    }
    return NULL;
}

/* Cells as text. What has to be escaped is rare, so a text is searched first and copied whole where
 * nothing is found. */
#include "model/cell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/decimal.h"

void cell_put_hex(Buf *out, Str bytes, bool upper)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char *to = buf_reserve(out, (size_t)bytes.n * 2);
    for (uint32_t i = 0; i < bytes.n; i++) {
        unsigned char c = (unsigned char)bytes.p[i];
        *to++ = digits[c >> 4];
        *to++ = digits[c & 15];
    }
    out->len += (size_t)bytes.n * 2;
}

/* Numbers, dates and times: nothing in them needs quotes or escapes. False for the other kinds. */
static inline bool put_plain(Buf *out, const Vec *v, uint32_t row)
{
    switch (v->kind) {
    case TYPE_INT: buf_i64(out, v->i[row]); return true;
    case TYPE_DECIMAL: buf_decimal(out, v->i[row], v->scale); return true;
    case TYPE_FLOAT: buf_double(out, v->f[row]); return true;
    case TYPE_DATE: buf_date(out, v->i[row]); return true;
    case TYPE_TIME: buf_time(out, v->i[row], v->scale); return true;
    case TYPE_TIMESTAMP: buf_timestamp(out, v->i[row], v->scale); return true;
    default: return false;
    }
}

static void put_bytes(Buf *out, Str bytes)
{
    buf_put(out, "\\x", 2);
    cell_put_hex(out, bytes, false);
}

void cell_put_text(Buf *out, const Vec *v, uint32_t row)
{
    if (cell_is_null(v, row))
        buf_put(out, "NULL", 4);
    else if (v->kind == TYPE_BOOL)
        buf_str(out, v->i[row] ? "true" : "false");
    else if (v->kind == TYPE_BYTES)
        put_bytes(out, v->s[row]);
    else if (!put_plain(out, v, row))
        buf_put(out, v->s[row].p, v->s[row].n);
}

/* ---- CSV */

/* \. alone would end the data for PostgreSQL's COPY, NULL alone is none for MySQL. */
static bool csv_needs_quotes(const char *text, size_t n)
{
    if (n == 0 || (n == 2 && memcmp(text, "\\.", 2) == 0) ||
        (n == 4 && memcmp(text, "NULL", 4) == 0))
        return true;
    for (size_t i = 0; i < n; i++)
        if (text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r')
            return true;
    return false;
}

void cell_put_csv_text(Buf *out, const char *text, size_t n)
{
    if (!csv_needs_quotes(text, n)) {
        buf_put(out, text, n);
        return;
    }
    char *start = buf_reserve(out, n * 2 + 2), *to = start;
    *to++ = '"';
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '"')
            *to++ = '"';
        *to++ = text[i];
    }
    *to++ = '"';
    out->len += (size_t)(to - start);
}

void cell_put_csv(Buf *out, const Vec *v, uint32_t row)
{
    if (cell_is_null(v, row) || put_plain(out, v, row))
        return;
    if (v->kind == TYPE_BOOL)
        buf_byte(out, v->i[row] ? '1' : '0');
    else if (v->kind == TYPE_BYTES)
        put_bytes(out, v->s[row]);
    else
        cell_put_csv_text(out, v->s[row].p, v->s[row].n);
}

/* ---- JSON */

static bool json_needs_escapes(const char *text, size_t n)
{
    unsigned found = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        found |= (unsigned)(c < 0x20) | (unsigned)(c == '"') | (unsigned)(c == '\\');
    }
    return found != 0;
}

static void put_json_escaped(Buf *out, const char *text, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    static const char from[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    char *start = buf_reserve(out, n * 6), *to = start;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        const char *known = c ? strchr(from, c) : NULL;
        if (known) {
            *to++ = '\\';
            *to++ = letters[known - from];
        } else if (c < 0x20) {
            memcpy(to, "\\u00", 4);
            to[4] = digits[c >> 4];
            to[5] = digits[c & 15];
            to += 6;
        } else {
            *to++ = (char)c;
        }
    }
    out->len += (size_t)(to - start);
}

void cell_put_json_text(Buf *out, const char *text, size_t n)
{
    buf_byte(out, '"');
    if (json_needs_escapes(text, n))
        put_json_escaped(out, text, n);
    else
        buf_put(out, text, n);
    buf_byte(out, '"');
}

/* In JSON a line break is nothing but space, unless it is escaped already. */
static void put_on_one_line(Buf *out, Str json)
{
    char *to = buf_reserve(out, json.n);
    for (uint32_t i = 0; i < json.n; i++)
        to[i] = json.p[i] == '\n' || json.p[i] == '\r' ? ' ' : json.p[i];
    out->len += json.n;
}

static void put_json_timestamp(Buf *out, int64_t micros, int digits)
{
    size_t at = out->len + 1;
    buf_byte(out, '"');
    buf_timestamp(out, micros, digits);
    *(char *)memchr(out->data + at, ' ', out->len - at) = 'T';
    buf_put(out, "Z\"", 2);
}

void cell_put_json(Buf *out, const Vec *v, uint32_t row)
{
    if (cell_is_null(v, row)) {
        buf_put(out, "null", 4);
        return;
    }
    switch (v->kind) {
    case TYPE_BOOL: buf_str(out, v->i[row] ? "true" : "false"); break;
    case TYPE_INT:
    case TYPE_DECIMAL:
    case TYPE_FLOAT: put_plain(out, v, row); break;
    case TYPE_JSON: put_on_one_line(out, v->s[row]); break;
    case TYPE_TIMESTAMP: put_json_timestamp(out, v->i[row], v->scale); break;
    case TYPE_DATE:
    case TYPE_TIME:
        buf_byte(out, '"');
        put_plain(out, v, row);
        buf_byte(out, '"');
        break;
    case TYPE_BYTES:
        buf_put(out, "\"\\\\x", 4);
        cell_put_hex(out, v->s[row], false);
        buf_byte(out, '"');
        break;
    default: cell_put_json_text(out, v->s[row].p, v->s[row].n);
    }
}

/* ---------------------------------------------------------------- from text */

static bool parse_bool(const char *text, int64_t *out)
{
    static const char *const words[] = {"f", "t", "0", "1", "false", "true"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = (int64_t)(i & 1);
            return true;
        }
    }
    return false;
}

static bool parse_int(const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static bool parse_decimal(const char *text, int scale, int64_t *out)
{
    int64_t v;
    int from;
    return decimal_parse(text, &v, &from) && decimal_rescale(v, from, scale, out);
}

static bool parse_float(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && *end == '\0';
}

/* A date kept with a time of day at midnight is a date. */
static bool parse_date(const char *text, int64_t *out)
{
    int64_t micros;
    if (!calendar_parse_timestamp(text, &micros) || micros % MICROS_PER_DAY != 0)
        return false;
    *out = micros / MICROS_PER_DAY;
    return true;
}

bool cell_parse(Vec *v, uint32_t row, const char *text, size_t n, Arena *texts)
{
    switch (v->kind) {
    case TYPE_BOOL: return parse_bool(text, &v->i[row]);
    case TYPE_INT: return parse_int(text, &v->i[row]);
    case TYPE_DECIMAL: return parse_decimal(text, v->scale, &v->i[row]);
    case TYPE_FLOAT: return parse_float(text, &v->f[row]);
    case TYPE_DATE: return parse_date(text, &v->i[row]);
    case TYPE_TIME: return calendar_parse_time(text, &v->i[row]);
    case TYPE_TIMESTAMP: return calendar_parse_timestamp(text, &v->i[row]);
    default: break;
    }
    if (!v->s || n > UINT32_MAX)
        return false;
    v->s[row] = (Str){arena_strndup(texts, text, n), (uint32_t)n};
    return true;
}

/* One generated cell as text. */
#include <string.h>

#include "base/buf.h"
#include "cli/cli_int.h"

static void put_bytes(Buf *out, Str s)
{
    static const char hex[] = "0123456789abcdef";
    buf_str(out, "\\x");
    for (uint32_t i = 0; i < s.n; i++) {
        buf_byte(out, hex[(unsigned char)s.p[i] >> 4]);
        buf_byte(out, hex[(unsigned char)s.p[i] & 15]);
    }
}

static void put_cell(Buf *out, const Vec *v, uint32_t row)
{
    switch (v->kind) {
    case TYPE_BOOL: buf_str(out, v->i[row] ? "true" : "false"); break;
    case TYPE_INT: buf_i64(out, v->i[row]); break;
    case TYPE_DECIMAL: buf_decimal(out, v->i[row], v->scale); break;
    case TYPE_FLOAT: buf_double(out, v->f[row]); break;
    case TYPE_DATE: buf_date(out, v->i[row]); break;
    case TYPE_TIME: buf_time(out, v->i[row], v->scale); break;
    case TYPE_TIMESTAMP: buf_timestamp(out, v->i[row], v->scale); break;
    case TYPE_BYTES: put_bytes(out, v->s[row]); break;
    case TYPE_NONE:
    case TYPE_NULL: buf_str(out, "NULL"); break;
    case TYPE_TEXT:
    case TYPE_UUID:
    case TYPE_JSON:
    case TYPE_ENUM:
    case TYPE_OTHER: buf_put(out, v->s[row].p, v->s[row].n); break;
    }
}

static bool is_null(const Vec *v, uint32_t row)
{
    return vec_is_null(v, row) || v->kind == TYPE_NULL || v->kind == TYPE_NONE;
}

const char *cell_text(const Vec *v, uint32_t row, Arena *mem)
{
    if (is_null(v, row))
        return "NULL";
    Buf out;
    buf_init(&out, 64u << 20);
    put_cell(&out, v, row);
    const char *text = arena_strndup(mem, out.len ? out.data : "", out.len);
    buf_free(&out);
    return text;
}

const char *cell_json(const Vec *v, uint32_t row, Arena *mem)
{
    if (is_null(v, row))
        return "null";
    const char *text = cell_text(v, row, mem);
    if (v->kind == TYPE_BOOL || type_is_numeric(v->kind) || v->kind == TYPE_JSON)
        return text; /* as it is: a decimal keeps its digits */
    json_t *string = json_text(text, mem);
    char *dumped = json_dumps(string, JSON_ENCODE_ANY);
    const char *copy = arena_strdup(mem, dumped);
    free(dumped);
    json_decref(string);
    return copy;
}

const char *cell_csv(const Vec *v, uint32_t row, Arena *mem)
{
    if (is_null(v, row))
        return "";
    const char *text = cell_text(v, row, mem);
    if (*text && !strpbrk(text, ",\"\r\n"))
        return text;
    Buf out;
    buf_init(&out, 128u << 20);
    buf_byte(&out, '"');
    for (; *text; text++) {
        if (*text == '"')
            buf_byte(&out, '"');
        buf_byte(&out, *text);
    }
    buf_byte(&out, '"');
    const char *quoted = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return quoted;
}

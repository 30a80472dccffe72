/* Cells as fields of LOAD DATA (FIELDS TERMINATED BY tab ESCAPED BY backslash), exact; bytes are
 * written as hex digits, which no character set can touch. */
#include <string.h>

#include "db/mysql_int.h"
#include "model/cell.h"

/* What stands after the backslash for bytes that must be escaped; 0 for the others. */
static inline char field_escape(char c)
{
    switch (c) {
    case '\\': return '\\';
    case '\t': return 't';
    case '\n': return 'n';
    case '\0': return '0';
    default: return 0;
    }
}

static inline void put_escaped(Buf *out, Str s)
{
    char *start = buf_reserve(out, 2 * (size_t)s.n), *to = start;
    for (uint32_t i = 0; i < s.n; i++) {
        char e = field_escape(s.p[i]);
        if (e) {
            *to++ = '\\';
            *to++ = e;
        } else {
            *to++ = s.p[i];
        }
    }
    out->len += (size_t)(to - start);
}

/* Numbers, dates and times, which need neither quotes inside nor escapes. */
static inline void put_number(Buf *out, const Vec *v, uint32_t row)
{
    switch (v->kind) {
    case TYPE_BOOL:
    case TYPE_INT: buf_i64(out, v->i[row]); break;
    case TYPE_DECIMAL: buf_decimal(out, v->i[row], v->scale); break;
    case TYPE_FLOAT: buf_double(out, v->f[row]); break;
    case TYPE_DATE: buf_date(out, v->i[row]); break;
    case TYPE_TIME: buf_time(out, v->i[row], v->scale); break;
    case TYPE_TIMESTAMP: buf_timestamp(out, v->i[row], v->scale); break;
    default: break;
    }
}

void mysql_db_put_field(Buf *out, const Vec *v, uint32_t row)
{
    if (v->kind == TYPE_NULL || vec_is_null(v, row)) {
        buf_put(out, "\\N", 2);
        return;
    }
    switch (v->kind) {
    case TYPE_BYTES: cell_put_hex(out, v->s[row], true); break;
    case TYPE_TEXT:
    case TYPE_UUID:
    case TYPE_JSON:
    case TYPE_ENUM:
    case TYPE_OTHER: put_escaped(out, v->s[row]); break;
    default: put_number(out, v, row); break;
    }
}

/* Cell: one cell as text, the same wherever cells are shown or written to files. NULL is the
 * caller's to see for text; CSV and JSON have their own. Times are UTC, decimals keep every digit.
 */
#ifndef SEEDPIPE_MODEL_CELL_H
#define SEEDPIPE_MODEL_CELL_H

#include "base/buf.h"
#include "model/vec.h"

static inline bool cell_is_null(const Vec *v, uint32_t row)
{
    return vec_is_null(v, row) || v->kind == TYPE_NULL || v->kind == TYPE_NONE;
}

/* As a person reads it; NULL is "NULL", a boolean true or false, bytes are \x and hex digits. */
void cell_put_text(Buf *out, const Vec *v, uint32_t row);

/* RFC 4180: quoted where it must be. NULL is nothing, an empty text "", a boolean 1 or 0, which
 * every database reads, bytes \x and hex digits. */
void cell_put_csv(Buf *out, const Vec *v, uint32_t row);
void cell_put_csv_text(Buf *out, const char *text, size_t n);

/* A number keeps the digits it has; a timestamp is RFC 3339 with Z; JSON stands as it is, on one
 * line. */
void cell_put_json(Buf *out, const Vec *v, uint32_t row);
void cell_put_json_text(Buf *out, const char *text, size_t n);

/* A cell that a database wrote as text (n bytes, NUL behind them) -> cell `row` of a vector, by the
 * vector's kind. Numbers, dates and times are parsed, bool takes t, f, 1, 0, true, false;
 * everything else is copied to `texts` as it is. False: it is no value of that kind. */
bool cell_parse(Vec *v, uint32_t row, const char *text, size_t n, Arena *texts);

/* Two digits for each byte. */
void cell_put_hex(Buf *out, Str bytes, bool upper);

#endif

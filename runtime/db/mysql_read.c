/* Reading rows as typed vectors: streamed (mysql_use_result), so memory does not grow with them. A reader that stops early leaves
 * rows on the wire; a few are read and dropped, many are stopped at the server first. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "db/mysql_int.h"

enum { DRAIN_ROWS = 20000 };

static bool cell_int(const char *text, unsigned long n, bool bits, int64_t *out)
{
    if (bits) { /* bit(n): big-endian bytes */
        uint64_t v = 0;
        for (unsigned long i = 0; i < n; i++)
            v = v << 8 | (unsigned char)text[i];
        *out = (int64_t)v;
        return n < 8 || v <= INT64_MAX;
    }
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static bool cell_decimal(const char *text, int scale, int64_t *out)
{
    int64_t v;
    int from;
    return decimal_parse(text, &v, &from) && decimal_rescale(v, from, scale, out);
}

static bool cell_float(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && *end == '\0';
}

static bool put_cell(Vec *v, uint32_t row, const char *text, unsigned long n, bool bits, Arena *texts)
{
    switch (v->kind) {
    case TYPE_BOOL:
    case TYPE_INT: return cell_int(text, n, bits, &v->i[row]);
    case TYPE_DECIMAL: return cell_decimal(text, v->scale, &v->i[row]);
    case TYPE_FLOAT: return cell_float(text, &v->f[row]);
    case TYPE_DATE: return calendar_parse_date(text, &v->i[row]);
    case TYPE_TIME: return calendar_parse_time(text, &v->i[row]);
    case TYPE_TIMESTAMP: return calendar_parse_timestamp(text, &v->i[row]);
    default: break;
    }
    if (n > UINT32_MAX)
        return false;
    v->s[row] = (Str){arena_strndup(texts, text, n), (uint32_t)n};
    return true;
}

static void clear_cell(Vec *v, uint32_t row, Arena *mem)
{
    vec_nulls(v, mem)[row] = 1;
    if (v->i)
        v->i[row] = 0;
    if (v->f)
        v->f[row] = 0;
    if (v->s)
        v->s[row] = (Str){"", 0};
}

typedef struct Reader {
    MyDb *d;
    MYSQL_RES *res;
    const MYSQL_FIELD *fields;
    Vec **vecs;
    int ncols;
    Arena *vectors; /* the cells; kept */
    Arena *texts;   /* forgotten after each batch */
} Reader;

/* Up to BATCH_ROWS rows; *n is fewer at the end, and when the connection broke (the caller asks mysql_errno). */
static bool fill(Reader *r, uint32_t *n, Arena *mem, Err *err)
{
    MYSQL_ROW row;
    arena_reset(r->texts);
    for (int c = 0; c < r->ncols; c++)
        if (r->vecs[c]->null)
            memset(r->vecs[c]->null, 0, BATCH_ROWS);
    for (*n = 0; *n < BATCH_ROWS && (row = mysql_fetch_row(r->res)) != NULL; ++*n) {
        const unsigned long *lengths = mysql_fetch_lengths(r->res);
        for (int c = 0; c < r->ncols; c++) {
            if (!row[c])
                clear_cell(r->vecs[c], *n, r->vectors);
            else if (!put_cell(r->vecs[c], *n, row[c], lengths[c], r->fields[c].type == MYSQL_TYPE_BIT, r->texts))
                return err_add(mem, err, ERR_DB, NULL, r->fields[c].org_table, "column %s holds a value that is no %s we can read", r->fields[c].name,
                               type_kind_name(r->vecs[c]->kind));
        }
    }
    for (int c = 0; c < r->ncols; c++)
        r->vecs[c]->n = *n;
    return true;
}

/* Leaves the connection ready for the next statement. */
static void drain(Reader *r)
{
    int dropped = 0;
    while (dropped < DRAIN_ROWS && mysql_fetch_row(r->res))
        dropped++;
    if (dropped < DRAIN_ROWS)
        return;
    mysql_db_cancel(&r->d->db);
    while (mysql_fetch_row(r->res))
        ;
    /* The KILL QUERY may have come after the end: then it strikes this statement, which nobody misses. */
    if (mysql_query(r->d->my, "DO 0") != 0)
        mysql_query(r->d->my, "DO 0");
}

static bool stream(Reader *r, bool (*sink)(void *ctx, const Vec *const *cols, uint32_t n), void *ctx, Arena *mem, Err *err)
{
    for (;;) {
        uint32_t n = 0;
        bool ok = fill(r, &n, mem, err);
        if (ok && n < BATCH_ROWS && mysql_errno(r->d->my) != 0)
            return mysql_db_error(r->d, NULL, mem, err);
        bool more = ok && (n == 0 || sink(ctx, (const Vec *const *)r->vecs, n));
        if (!more)
            drain(r);
        if (!more || n < BATCH_ROWS)
            return ok;
    }
}

bool mysql_db_read(Db *db, const char *sql, const Type *types, int ncols, bool (*sink)(void *ctx, const Vec *const *cols, uint32_t n), void *ctx,
                   Arena *mem, Err *err)
{
    MyDb *d = my_of(db);
    if (!mysql_db_send(d, sql, strlen(sql), NULL, mem, err))
        return false;
    Reader r = {.d = d, .res = mysql_use_result(d->my), .ncols = ncols};
    if (!r.res)
        return mysql_errno(d->my) ? mysql_db_error(d, NULL, mem, err) : err_add(mem, err, ERR_INTERNAL, NULL, NULL, "a read without a result");
    r.vectors = arena_new();
    r.texts = arena_new();
    r.fields = mysql_fetch_fields(r.res);
    r.vecs = arena_array(r.vectors, Vec *, ncols + 1);
    for (int c = 0; c < ncols; c++)
        r.vecs[c] = vec_new(r.vectors, types[c].kind, types[c].scale, BATCH_ROWS);
    bool ok;
    if ((int)mysql_num_fields(r.res) == ncols) {
        ok = stream(&r, sink, ctx, mem, err);
    } else {
        ok = err_add(mem, err, ERR_INTERNAL, NULL, NULL, "a read of %d columns gave %u", ncols, mysql_num_fields(r.res));
        drain(&r);
    }
    mysql_free_result(r.res);
    arena_free(r.vectors);
    arena_free(r.texts);
    return ok;
}

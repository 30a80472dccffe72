/* Reading rows as typed vectors: COPY (query) TO STDOUT as text, one row at a time from the wire,
 * so memory does not grow with them. What a kind cannot hold becomes DB_UNFIT: a comparison with
 * generated data then fails, and nothing is rounded silently. */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "db/postgres_int.h"

enum { DRAIN_ROWS = 20000 };

/* ---------------------------------------------------------------- cells */

/* [-]digits[.digits] -> value at that scale; more fraction digits than the scale must be zeros. */
static int64_t parse_decimal(const char *p, int scale)
{
    bool negative = *p == '-';
    uint64_t v = 0;
    int digits = 0, fraction = -1;
    for (p += negative; *p; p++) {
        if (*p == '.' && fraction < 0) {
            fraction = 0;
            continue;
        }
        if (*p < '0' || *p > '9')
            return DB_UNFIT; /* NaN, Infinity, 1e+20 */
        digits++;
        if (fraction >= scale) {
            if (*p != '0')
                return DB_UNFIT;
            continue;
        }
        fraction += fraction >= 0;
        if (__builtin_mul_overflow(v, 10u, &v) ||
            __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v))
            return DB_UNFIT;
    }
    for (int i = fraction < 0 ? 0 : fraction; i < scale; i++)
        if (__builtin_mul_overflow(v, 10u, &v))
            return DB_UNFIT;
    if (digits == 0 || v > (uint64_t)INT64_MAX + negative)
        return DB_UNFIT;
    return negative ? (int64_t)(0 - v) : (int64_t)v;
}

static int64_t parse_bool(const char *p)
{
    if (strcmp(p, "t") == 0 || strcmp(p, "1") == 0 || strcmp(p, "true") == 0)
        return 1;
    return strcmp(p, "f") == 0 || strcmp(p, "0") == 0 || strcmp(p, "false") == 0 ? 0 : DB_UNFIT;
}

static double parse_float(const char *p)
{
    char *end;
    double f = strtod(p, &end);
    return end != p && *end == '\0' ? f : (double)__builtin_nan("");
}

/* Up to `most` digits; how many there were in *n. */
static int64_t digits_at(const char **at, int most, int *n)
{
    int64_t v = 0;
    for (*n = 0; *n < most && **at >= '0' && **at <= '9'; ++*n)
        v = v * 10 + (*(*at)++ - '0');
    return v;
}

/* HH:MM:SS[.ffffff] */
static bool time_at(const char **at, int64_t *micros)
{
    int n;
    int64_t hour = digits_at(at, 2, &n);
    if (n != 2 || *(*at)++ != ':')
        return false;
    int64_t minute = digits_at(at, 2, &n);
    if (n != 2 || *(*at)++ != ':')
        return false;
    int64_t second = digits_at(at, 2, &n), fraction = 0;
    if (n != 2)
        return false;
    if (**at == '.') {
        ++*at;
        fraction = digits_at(at, 6, &n);
        if (n == 0)
            return false;
        fraction *= decimal_pow10[6 - n];
    }
    *micros = ((hour * 60 + minute) * 60 + second) * MICROS_PER_SECOND + fraction;
    return true;
}

/* +HH[:MM[:SS]] -> microseconds east of UTC */
static bool zone_at(const char **at, int64_t *micros)
{
    int64_t parts[3] = {0, 0, 0};
    int n;
    bool west = **at == '-';
    for (int i = 0; i < 3 && (i == 0 || **at == ':'); i++) {
        ++*at;
        parts[i] = digits_at(at, 2, &n);
        if (n != 2)
            return false;
    }
    *micros = ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * MICROS_PER_SECOND * (west ? -1 : 1);
    return true;
}

/* A date, or a date with a time, of any year that PostgreSQL has: days and the microseconds that
 * come on top. */
static bool parse_day(const char *at, int64_t *days, int64_t *micros)
{
    int n;
    Civil c;
    *micros = 0;
    c.year = (int)digits_at(&at, 6, &n);
    if (n < 4 || *at++ != '-')
        return false;
    c.month = (int)digits_at(&at, 2, &n);
    if (n != 2 || c.month < 1 || c.month > 12 || *at++ != '-')
        return false;
    c.day = (int)digits_at(&at, 2, &n);
    if (n != 2 || c.day < 1 || c.day > 31)
        return false;
    if (at[0] == ' ' && at[1] >= '0' && at[1] <= '9') {
        int64_t zone = 0;
        at++;
        if (!time_at(&at, micros) || ((*at == '+' || *at == '-') && !zone_at(&at, &zone)))
            return false;
        *micros -= zone;
    }
    if (strcmp(at, " BC") == 0)
        c.year = 1 - c.year;
    else if (*at)
        return false;
    *days = calendar_days(c);
    return true;
}

static int64_t parse_date(const char *p)
{
    int64_t days, micros;
    if (strcmp(p, "infinity") == 0)
        return INT64_MAX;
    return parse_day(p, &days, &micros) && micros == 0 ? days : DB_UNFIT;
}

static int64_t parse_timestamp(const char *p)
{
    int64_t days, micros;
    if (strcmp(p, "infinity") == 0)
        return INT64_MAX;
    return parse_day(p, &days, &micros) ? days * MICROS_PER_DAY + micros : DB_UNFIT;
}

static int64_t parse_time(const char *p)
{
    int64_t micros;
    return time_at(&p, &micros) && *p == '\0' ? micros : DB_UNFIT;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \x6162 -> bytes; anything else as it is. */
static Str parse_bytes(const char *p, size_t n, Arena *texts)
{
    char *bytes = arena_strndup(texts, p, n);
    if (n < 2 || n % 2 || p[0] != '\\' || p[1] != 'x')
        return (Str){bytes, (uint32_t)n};
    for (size_t i = 2; i < n; i += 2) {
        int high = hex_value(p[i]), low = hex_value(p[i + 1]);
        if (high < 0 || low < 0)
            return (Str){arena_strndup(texts, p, n), (uint32_t)n};
        bytes[(i - 2) / 2] = (char)(high << 4 | low);
    }
    return (Str){bytes, (uint32_t)(n - 2) / 2};
}

static Str parse_text(const char *p, size_t n, bool padded, Arena *texts)
{
    while (padded && n && p[n - 1] == ' ')
        n--; /* char(n): the blanks at its end are not part of the value */
    return (Str){arena_strndup(texts, p, n), (uint32_t)n};
}

static void put_cell(Vec *v, uint32_t row, const char *p, size_t n, bool padded, Arena *texts)
{
    switch (v->kind) {
    case TYPE_BOOL: v->i[row] = parse_bool(p); break;
    case TYPE_INT: v->i[row] = parse_decimal(p, 0); break;
    case TYPE_DECIMAL: v->i[row] = parse_decimal(p, v->scale); break;
    case TYPE_FLOAT: v->f[row] = parse_float(p); break;
    case TYPE_DATE: v->i[row] = parse_date(p); break;
    case TYPE_TIME: v->i[row] = parse_time(p); break;
    case TYPE_TIMESTAMP: v->i[row] = parse_timestamp(p); break;
    case TYPE_BYTES: v->s[row] = parse_bytes(p, n, texts); break;
    default: v->s[row] = parse_text(p, n, padded, texts); break;
    }
}

/* ---------------------------------------------------------------- rows */

typedef struct Reader {
    PgDb *d;
    const Type *types;
    Vec **vecs;
    int ncols;
    Arena *cells; /* the vectors; kept */
    Arena *texts; /* forgotten after each batch */
} Reader;

static char unescaped(char c)
{
    switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return c;
    }
}

/* One field, unescaped in place and ended by a zero byte; *at moves past its delimiter. False: the
 * row ended before. */
static bool next_field(char **at, char *end, char **field, size_t *n, bool *null)
{
    char *from = *at, *to = *at;
    if (from >= end)
        return false;
    *field = from;
    *null = from[0] == '\\' && from[1] == 'N';
    for (; *from != '\t' && *from != '\n'; from++)
        *to++ = *from == '\\' ? unescaped(*++from) : *from;
    *n = (size_t)(to - *field);
    *at = from + 1;
    *to = '\0';
    return true;
}

static bool put_row(Reader *r, char *line, char *end, uint32_t row)
{
    for (int c = 0; c < r->ncols; c++) {
        char *field;
        size_t n;
        bool null;
        if (!next_field(&line, end, &field, &n, &null))
            return false;
        if (null)
            db_cell_null(r->vecs[c], row, r->cells);
        else
            put_cell(r->vecs[c], row, field, n, r->types[c].fixed, r->texts);
    }
    return line == end;
}

/* Leaves the connection ready: the rest is read and dropped, after a while stopped at the server.
 * In a transaction it is read to its end, since a statement that is stopped would take the
 * transaction with it. */
static void drain(Reader *r)
{
    char *line;
    for (int rows = 0; PQgetCopyData(r->d->conn, &line, 0) > 0; rows++) {
        PQfreemem(line);
        if (rows == DRAIN_ROWS && !r->d->db.in_transaction)
            postgres_cancel(&r->d->db);
    }
    PQclear(postgres_finish(r->d));
}

static bool flush(Reader *r, uint32_t n,
                  bool (*sink)(void *ctx, const Vec *const *cols, uint32_t n), void *ctx)
{
    db_vectors_count(r->vecs, r->ncols, n);
    return n == 0 || sink(ctx, (const Vec *const *)r->vecs, n);
}

static bool stream(Reader *r, bool (*sink)(void *ctx, const Vec *const *cols, uint32_t n),
                   void *ctx, Arena *mem, Err *err)
{
    uint32_t n = 0;
    char *line;
    int len;
    while ((len = PQgetCopyData(r->d->conn, &line, 0)) > 0) {
        bool ok = r->ncols > 0 ? put_row(r, line, line + len, n) : len == 1;
        PQfreemem(line);
        if (!ok) {
            drain(r);
            return err_add(
                mem, err, ERR_INTERNAL, NULL, NULL,
                "a query gives another number of columns than the %d that were asked for",
                r->ncols);
        }
        if (++n < BATCH_ROWS)
            continue;
        if (!flush(r, n, sink, ctx)) {
            drain(r);
            return true;
        }
        arena_reset(r->texts);
        db_vectors_reset(r->vecs, r->ncols);
        n = 0;
    }
    PGresult *res = postgres_finish(r->d);
    bool ok = PQresultStatus(res) == PGRES_COMMAND_OK || postgres_error(r->d, res, NULL, mem, err);
    PQclear(res);
    if (ok)
        flush(r, n, sink, ctx);
    return ok;
}

bool postgres_read(Db *db, const char *sql, const Type *types, int ncols,
                   bool (*sink)(void *ctx, const Vec *const *cols, uint32_t n), void *ctx,
                   Arena *mem, Err *err)
{
    PgDb *d = pg_of(db);
    atomic_store(&d->stopped, false);
    PGresult *res =
        PQexec(d->conn, arena_printf(mem, "COPY (%s\n) TO STDOUT",
                                     sql)); /* the newline ends a comment at the end of sql */
    bool ok = PQresultStatus(res) == PGRES_COPY_OUT || postgres_error(d, res, NULL, mem, err);
    PQclear(res);
    if (!ok)
        return false;
    Reader r = {.d = d, .types = types, .ncols = ncols, .cells = arena_new(), .texts = arena_new()};
    r.vecs = db_vectors(r.cells, types, ncols);
    ok = stream(&r, sink, ctx, mem, err);
    arena_free(r.cells);
    arena_free(r.texts);
    return ok;
}

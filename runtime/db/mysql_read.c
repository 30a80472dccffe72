/* Reading rows as typed vectors: streamed, so memory does not grow with them. Cells come as the
 * server's text; where floats are wanted, through a prepared statement, since a FLOAT's text has
 * six digits only. A reader that stops early leaves rows on the wire; a few are read and dropped,
 * many are stopped at the server first. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db/mysql_int.h"
#include "model/cell.h"

enum { DRAIN_ROWS = 20000, FIRST_ROOM = 255 };

/* A tinyint(1) may hold more than the two values of a bool, and bit(n) comes as big-endian bytes:
 * both are read as what they are. */
static bool put_integer(Vec *v, uint32_t row, const char *text, unsigned long n, bool bits)
{
    if (!bits) {
        char *end;
        errno = 0;
        v->i[row] = strtoll(text, &end, 10);
        return errno == 0 && end != text && *end == '\0';
    }
    uint64_t value = 0;
    for (unsigned long i = 0; i < n; i++)
        value = value << 8 | (unsigned char)text[i];
    v->i[row] = (int64_t)value;
    return value <= INT64_MAX;
}

static bool put_cell(Vec *v, uint32_t row, const char *text, unsigned long n, bool bits,
                     Arena *texts)
{
    if (v->kind == TYPE_BOOL || v->kind == TYPE_INT)
        return put_integer(v, row, text, n, bits);
    return cell_parse(v, row, text, n, texts);
}

typedef struct Reader {
    MyDb *d;
    MYSQL_RES *res;   /* of text, or the statement's metadata */
    MYSQL_STMT *stmt; /* NULL: text */
    const MYSQL_FIELD *fields;
    Vec **vecs;
    int ncols;
    /* The row at hand: NULL for NULL; a float's cell only says that there is one. */
    const char **cells;
    unsigned long *lengths;
    double *floats;
    MYSQL_BIND *binds;
    MyFlag *nulls;
    Arena *vectors; /* the cells; kept */
    Arena *texts;   /* forgotten after each batch */
} Reader;

/* ---------------------------------------------------------------- rows */

static bool bind_result(Reader *r)
{
    r->binds = arena_array(r->vectors, MYSQL_BIND, r->ncols);
    r->nulls = arena_array(r->vectors, MyFlag, r->ncols);
    r->floats = arena_array(r->vectors, double, r->ncols);
    for (int c = 0; c < r->ncols; c++) {
        bool is_float = r->vecs[c]->kind == TYPE_FLOAT;
        MYSQL_BIND *b = &r->binds[c];
        b->buffer_type = is_float ? MYSQL_TYPE_DOUBLE : MYSQL_TYPE_STRING;
        b->buffer = is_float ? (void *)&r->floats[c] : arena_alloc_raw(r->vectors, FIRST_ROOM + 1);
        b->buffer_length = is_float ? sizeof(double) : FIRST_ROOM;
        b->length = &r->lengths[c];
        b->is_null = &r->nulls[c];
    }
    return mysql_stmt_bind_result(r->stmt, r->binds) == 0;
}

/* A text longer than its room is fetched again, into more. */
static bool widen(Reader *r, int c)
{
    MYSQL_BIND *b = &r->binds[c];
    unsigned long room = r->lengths[c] * 2;
    b->buffer = arena_alloc_raw(r->vectors, room + 1);
    b->buffer_length = room;
    return mysql_stmt_fetch_column(r->stmt, b, (unsigned)c, 0) == 0;
}

static bool next_of_statement(Reader *r)
{
    int got = mysql_stmt_fetch(r->stmt);
    if (got != 0 && got != MYSQL_DATA_TRUNCATED)
        return false;
    bool widened = false;
    for (int c = 0; c < r->ncols; c++) {
        MYSQL_BIND *b = &r->binds[c];
        r->cells[c] = r->nulls[c] ? NULL : b->buffer;
        if (r->nulls[c] || b->buffer_type == MYSQL_TYPE_DOUBLE)
            continue;
        if (r->lengths[c] > b->buffer_length) {
            if (!widen(r, c))
                return false;
            widened = true;
            r->cells[c] = b->buffer;
        }
        ((char *)b->buffer)[r->lengths[c]] = '\0';
    }
    return !widened || mysql_stmt_bind_result(r->stmt, r->binds) == 0;
}

/* False at the end, and on an error, which failed() tells apart. */
static bool next_row(Reader *r)
{
    if (r->stmt)
        return next_of_statement(r);
    MYSQL_ROW row = mysql_fetch_row(r->res);
    if (!row)
        return false;
    const unsigned long *lengths = mysql_fetch_lengths(r->res);
    for (int c = 0; c < r->ncols; c++) {
        r->cells[c] = row[c];
        r->lengths[c] = lengths[c];
    }
    return true;
}

static unsigned failed(const Reader *r)
{
    return r->stmt ? mysql_stmt_errno(r->stmt) : mysql_errno(r->d->my);
}

static bool read_error(Reader *r, Arena *mem, Err *err)
{
    if (r->stmt)
        return mysql_db_report(r->d, mysql_stmt_errno(r->stmt), mysql_stmt_sqlstate(r->stmt),
                               mysql_stmt_error(r->stmt), NULL, 0, mem, err);
    return mysql_db_error(r->d, NULL, mem, err);
}

/* ---------------------------------------------------------------- batches */

/* Up to BATCH_ROWS rows; *n is fewer at the end and where the connection broke. */
static void fill(Reader *r, uint32_t *n)
{
    arena_reset(r->texts);
    db_vectors_reset(r->vecs, r->ncols);
    for (*n = 0; *n < BATCH_ROWS && next_row(r); ++*n) {
        for (int c = 0; c < r->ncols; c++) {
            Vec *v = r->vecs[c];
            if (!r->cells[c])
                db_cell_null(v, *n, r->vectors);
            else if (v->kind == TYPE_FLOAT)
                v->f[*n] = r->floats[c];
            else if (!put_cell(v, *n, r->cells[c], r->lengths[c],
                               r->fields[c].type == MYSQL_TYPE_BIT, r->texts))
                db_cell_unfit(v, *n, r->vectors);
        }
    }
    db_vectors_count(r->vecs, r->ncols, *n);
}

/* Leaves the connection ready for the next statement. */
static void drain(Reader *r)
{
    int dropped = 0;
    while (dropped < DRAIN_ROWS && next_row(r))
        dropped++;
    if (dropped < DRAIN_ROWS)
        return;
    mysql_db_cancel(&r->d->db);
    while (next_row(r))
        ;
    /* The KILL QUERY may have come after the end: then it strikes this statement, which nobody
     * misses. */
    if (mysql_query(r->d->my, "DO 0") != 0)
        mysql_query(r->d->my, "DO 0");
}

static bool stream(Reader *r, bool (*sink)(void *ctx, const Vec *const *cols, uint32_t n),
                   void *ctx, Arena *mem, Err *err)
{
    for (;;) {
        uint32_t n = 0;
        fill(r, &n);
        if (n < BATCH_ROWS && failed(r))
            return read_error(r, mem, err);
        bool more = n == 0 || sink(ctx, (const Vec *const *)r->vecs, n);
        if (!more)
            drain(r);
        if (!more || n < BATCH_ROWS)
            return true;
    }
}

/* ---------------------------------------------------------------- the statement */

static bool start_text(Reader *r, const char *sql, Arena *mem, Err *err)
{
    if (!mysql_db_send(r->d, sql, strlen(sql), NULL, mem, err))
        return false;
    r->res = mysql_use_result(r->d->my);
    return r->res || (mysql_errno(r->d->my) && mysql_db_error(r->d, NULL, mem, err));
}

static bool start_statement(Reader *r, const char *sql, Arena *mem, Err *err)
{
    mysql_db_enter_thread();
    r->stmt = mysql_stmt_init(r->d->my);
    if (!r->stmt)
        return mysql_db_error(r->d, NULL, mem, err);
    if (mysql_stmt_prepare(r->stmt, sql, (unsigned long)strlen(sql)) != 0 ||
        mysql_stmt_execute(r->stmt) != 0)
        return read_error(r, mem, err);
    r->res = mysql_stmt_result_metadata(r->stmt);
    return true;
}

static bool start(Reader *r, const char *sql, const Type *types, Arena *mem, Err *err)
{
    bool floats = false;
    r->vecs = db_vectors(r->vectors, types, r->ncols);
    for (int c = 0; c < r->ncols; c++)
        floats = floats || types[c].kind == TYPE_FLOAT;
    r->cells = arena_array(r->vectors, const char *, r->ncols + 1);
    r->lengths = arena_array(r->vectors, unsigned long, r->ncols + 1);
    if (!(floats ? start_statement(r, sql, mem, err) : start_text(r, sql, mem, err)))
        return false;
    if (!r->res)
        return err_add(mem, err, ERR_INTERNAL, NULL, NULL, "a read of a statement without rows");
    if ((int)mysql_num_fields(r->res) != r->ncols)
        return err_add(mem, err, ERR_INTERNAL, NULL, NULL, "a read of %d columns gave %u", r->ncols,
                       mysql_num_fields(r->res));
    r->fields = mysql_fetch_fields(r->res);
    return !r->stmt || bind_result(r) || read_error(r, mem, err);
}

bool mysql_db_read(Db *db, const char *sql, const Type *types, int ncols,
                   bool (*sink)(void *ctx, const Vec *const *cols, uint32_t n), void *ctx,
                   Arena *mem, Err *err)
{
    Reader r = {.d = my_of(db), .ncols = ncols, .vectors = arena_new(), .texts = arena_new()};
    bool ok = start(&r, sql, types, mem, err) && stream(&r, sink, ctx, mem, err);
    if (r.res)
        mysql_free_result(r.res); /* reads what a failed start left on the wire */
    if (r.stmt)
        mysql_stmt_close(r.stmt);
    arena_free(r.vectors);
    arena_free(r.texts);
    return ok;
}

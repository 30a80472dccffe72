/* Bulk loading by COPY, binary where every column has an exact binary way, else as text. The column
 * types are the server's own, asked for in the transaction that loads (the table stays locked
 * against ALTER until it ends). Rows go out in pieces of 64 KiB. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "db/postgres_int.h"

enum {
    PIECE = 64 << 10,
    ROW_MAX =
        500
        << 20, /* bytes of texts; the server takes rows below 1 GiB, and escaping may double them */
    ROOM_MAX = 2040 << 20
};

struct DbLoad {
    PgDb *d;
    PgLoading at;
    Oid *oids;
    bool *text_like;
    PgPut *puts;
    bool text_only, binary, was_binary;
    bool copying, failed;
    Buf rows;
    uint64_t sent, taken; /* taken: by COPY statements that are complete */
    Arena *mem;
};

static const char *sql_text(Buf *sql, Arena *mem)
{
    const char *text = arena_strndup(mem, sql->data, sql->len);
    buf_free(sql);
    return text;
}

/* ---------------------------------------------------------------- types */

/* Enums and citext are their own text in binary; other types of users are not. */
static bool user_type_is_text(PgDb *d, Oid oid, bool *text, Arena *mem, Err *err)
{
    for (int i = 0; i < d->nseen; i++)
        if (d->seen[i].oid == oid) {
            *text = d->seen[i].text;
            return true;
        }
    const char *params[] = {arena_printf(mem, "%u", oid)};
    PGresult *res = postgres_run(
        d,
        "SELECT t.typtype = 'e' OR p.proname = 'citextrecv' FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_proc p ON p.oid = t.typreceive WHERE t.oid = ?",
        params, 1, mem, err);
    if (!res)
        return false;
    *text = PQntuples(res) == 1 && strcmp(PQgetvalue(res, 0, 0), "t") == 0;
    PQclear(res);
    if (d->nseen < PG_SEEN_TYPES) {
        d->seen[d->nseen].oid = oid;
        d->seen[d->nseen++].text = *text;
    }
    return true;
}

/* A result's description names the base type under a domain. */
static bool read_types(DbLoad *l, Arena *mem, Err *err)
{
    Buf sql;
    buf_init(&sql, 16 << 20);
    buf_str(&sql, "SELECT ");
    db_put_columns(ENGINE_POSTGRES, &sql, l->at.table, l->at.cols, l->at.ncols);
    buf_str(&sql, " FROM ");
    dialect_table(ENGINE_POSTGRES, &sql, l->at.table->schema, l->at.table->name);
    buf_str(&sql, " LIMIT 0");
    PGresult *res = postgres_run(l->d, sql_text(&sql, mem), NULL, 0, mem, err);
    if (!res)
        return false;
    for (int i = 0; i < l->at.ncols; i++)
        l->oids[i] = PQftype(res, i);
    PQclear(res);
    for (int i = 0; i < l->at.ncols; i++)
        if (l->oids[i] >= PG_FIRST_USER &&
            !user_type_is_text(l->d, l->oids[i], &l->text_like[i], mem, err))
            return false;
    return true;
}

DbLoad *postgres_load_begin(Db *db, const Table *table, const int *cols, int ncols, Arena *mem,
                            Err *err)
{
    DbLoad *l = arena_new_of(mem, DbLoad);
    l->d = pg_of(db);
    l->mem = mem;
    l->at = (PgLoading){table, cols, ncols, 0};
    l->oids = arena_array(mem, Oid, ncols + 1);
    l->text_like = arena_array(mem, bool, ncols + 1);
    l->puts = arena_array(mem, PgPut, ncols + 1);
    buf_init(&l->rows, ROOM_MAX);
    return ncols == 0 || read_types(l, mem, err) ? l : NULL;
}

void postgres_load_as_text(DbLoad *load)
{
    load->text_only = true;
}
bool postgres_load_was_binary(const DbLoad *load)
{
    return load->was_binary;
}

/* ---------------------------------------------------------------- the COPY */

static bool fail(DbLoad *l)
{
    l->failed = true;
    buf_free(&l->rows);
    return false;
}

static bool copy_begin(DbLoad *l, bool binary, Arena *mem, Err *err)
{
    Buf sql;
    buf_init(&sql, 16 << 20);
    buf_str(&sql, "COPY ");
    dialect_table(ENGINE_POSTGRES, &sql, l->at.table->schema, l->at.table->name);
    buf_str(&sql, " (");
    db_put_columns(ENGINE_POSTGRES, &sql, l->at.table, l->at.cols, l->at.ncols);
    buf_str(&sql, binary ? ") FROM STDIN (FORMAT binary)" : ") FROM STDIN");
    atomic_store(&l->d->stopped, false);
    PGresult *res = PQexec(l->d->conn, sql_text(&sql, mem));
    bool ok = PQresultStatus(res) == PGRES_COPY_IN;
    if (!ok)
        postgres_error(l->d, res, &l->at, mem, err);
    PQclear(res);
    l->copying = ok;
    l->binary = l->was_binary = binary;
    l->at.rows_before = l->sent;
    buf_reset(&l->rows);
    if (ok && binary)
        buf_put(&l->rows, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
    return ok || fail(l);
}

/* The server reports what it refused when the COPY ends; a failed send is found there too. */
static bool copy_end(DbLoad *l, const char *give_up, Arena *mem, Err *err)
{
    PgDb *d = l->d;
    if (!l->copying)
        return true;
    l->copying = false;
    PQputCopyEnd(d->conn, give_up);
    PGresult *res = postgres_finish(d);
    bool ok = PQresultStatus(res) == PGRES_COMMAND_OK;
    if (!ok && !give_up)
        postgres_error(d, res, &l->at, mem, err);
    else if (ok)
        l->taken += strtoull(PQcmdTuples(res), NULL, 10);
    PQclear(res);
    return ok || fail(l);
}

static bool send_rows(DbLoad *l, Arena *mem, Err *err)
{
    bool ok = true;
    for (size_t at = 0; ok && at < l->rows.len; at += PIECE) {
        size_t n = l->rows.len - at < PIECE ? l->rows.len - at : PIECE;
        ok = PQputCopyData(l->d->conn, l->rows.data + at, (int)n) == 1;
    }
    buf_reset(&l->rows);
    if (ok)
        return true;
    /* Ends the COPY and says why. */
    if (copy_end(l, NULL, mem, err))
        err_add(mem, err, ERR_LOST, NULL, l->at.table->name, "the connection to the server broke");
    return fail(l);
}

/* ---------------------------------------------------------------- rows */

static bool choose_binary(DbLoad *l, const Batch *batch)
{
    bool binary = !l->text_only;
    for (int c = 0; c < l->at.ncols; c++) {
        l->puts[c] = postgres_binary_put(l->oids[c], l->text_like[c], batch->cols[c]);
        binary = binary && l->puts[c];
    }
    return binary;
}

static bool too_long(DbLoad *l, const Batch *batch, Arena *mem, Err *err)
{
    uint64_t all = 0;
    for (int c = 0; c < l->at.ncols; c++)
        for (uint32_t i = 0; batch->cols[c]->s && i < batch->n; i++)
            all += vec_is_null(batch->cols[c], i) ? 0 : batch->cols[c]->s[i].n;
    for (uint32_t i = 0; all > ROW_MAX && i < batch->n; i++) {
        uint64_t row = 0;
        for (int c = 0; c < l->at.ncols; c++)
            row +=
                batch->cols[c]->s && !vec_is_null(batch->cols[c], i) ? batch->cols[c]->s[i].n : 0;
        if (row > ROW_MAX) {
            err_add(mem, err, ERR_DB, NULL, l->at.table->name,
                    "row %" PRIu64 " is longer than 500 MiB", l->sent + i + 1);
            return true;
        }
    }
    return false;
}

static bool out_of_range(DbLoad *l, int c, uint32_t row, Arena *mem, Err *err)
{
    const char *column = l->at.table->cols[l->at.cols[c]].name;
    const DbReport report = {.code = ERR_CONSTRAINT,
                             .subject = l->at.table->name,
                             .sqlstate = "22003",
                             .table = l->at.table->name,
                             .column = column};
    db_error_add(mem, err, &report, "value out of range for column %s at row %" PRIu64, column,
                 l->sent + row + 1);
    return fail(l);
}

static bool put_binary(DbLoad *l, const Batch *batch, Arena *mem, Err *err)
{
    int n = l->at.ncols;
    for (uint32_t i = 0; i < batch->n; i++) {
        char *head = buf_reserve(&l->rows, 2);
        head[0] = (char)(n >> 8);
        head[1] = (char)n;
        l->rows.len += 2;
        for (int c = 0; c < n; c++) {
            if (vec_is_null(batch->cols[c], i))
                buf_put(&l->rows, "\377\377\377\377", 4);
            else if (!l->puts[c](&l->rows, batch->cols[c], i))
                return out_of_range(l, c, i, mem, err);
        }
        if (l->rows.len >= PIECE && !send_rows(l, mem, err))
            return false;
    }
    return true;
}

static bool put_text(DbLoad *l, const Batch *batch, Arena *mem, Err *err)
{
    for (uint32_t i = 0; i < batch->n; i++) {
        for (int c = 0; c < l->at.ncols; c++) {
            if (c)
                buf_byte(&l->rows, '\t');
            postgres_put_escaped(&l->rows, batch->cols[c], i);
        }
        buf_byte(&l->rows, '\n');
        if (l->rows.len >= PIECE && !send_rows(l, mem, err))
            return false;
    }
    return true;
}

/* What is left, and the end of the stream. */
static bool copy_finish(DbLoad *l, Arena *mem, Err *err)
{
    if (!l->copying)
        return true;
    if (l->binary)
        buf_put(&l->rows, "\377\377", 2);
    return send_rows(l, mem, err) && copy_end(l, NULL, mem, err);
}

/* Every column has a default of the database's: COPY cannot say that. */
static bool insert_defaults(DbLoad *l, uint32_t n, Arena *mem, Err *err)
{
    Buf sql;
    buf_init(&sql, 16 << 20);
    buf_str(&sql, "INSERT INTO ");
    dialect_table(ENGINE_POSTGRES, &sql, l->at.table->schema, l->at.table->name);
    buf_printf(&sql, " SELECT FROM pg_catalog.generate_series(1, %u)", n);
    PGresult *res = postgres_run(l->d, sql_text(&sql, mem), NULL, 0, mem, err);
    if (!res)
        return fail(l);
    l->taken += strtoull(PQcmdTuples(res), NULL, 10);
    l->sent += n;
    PQclear(res);
    return true;
}

bool postgres_load_batch(DbLoad *l, const Batch *batch, Arena *mem, Err *err)
{
    if (l->failed)
        return err_add(mem, err, ERR_INTERNAL, NULL, l->at.table->name,
                       "rows were sent to a load that had failed");
    if (batch->n == 0)
        return true;
    if (l->at.ncols == 0)
        return insert_defaults(l, batch->n, mem, err);
    if (too_long(l, batch, mem, err))
        return fail(l);
    bool binary = choose_binary(l, batch);
    if (l->copying && l->binary != binary && !copy_finish(l, mem, err))
        return false;
    if (!l->copying && !copy_begin(l, binary, mem, err))
        return false;
    if (!(binary ? put_binary : put_text)(l, batch, mem, err))
        return false;
    l->sent += batch->n;
    return true;
}

bool postgres_load_end(DbLoad *l, uint64_t *rows, Arena *mem, Err *err)
{
    bool ok = l->failed ? false : copy_finish(l, mem, err);
    if (l->copying) /* what the server says about an end that we ask for is no news */
        copy_end(l, "seedpipe gave up", mem, err);
    *rows = l->taken;
    buf_free(&l->rows);
    if (!ok || l->taken == l->sent)
        return ok;
    const DbReport report = {.code = ERR_CONSTRAINT, .table = l->at.table->name};
    db_error_add(mem, err, &report, "the server took %" PRIu64 " of %" PRIu64 " rows", l->taken,
                 l->sent);
    return err_hint(mem, err, "a trigger or rule of the table leaves rows out");
}

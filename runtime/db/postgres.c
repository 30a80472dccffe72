/* The PostgreSQL connector: statements and transactions. Parameters are bound by the extended
 * protocol, which also takes one statement at a time only. Its parts: open, error, mark, load
 * (text, binary), read, describe (keys, type), lock. */
#include <stdlib.h>
#include <string.h>

#include "db/postgres_int.h"

enum { PARAMS_MAX = 65535 };

PGresult *postgres_finish(PgDb *d)
{
    PGresult *kept = NULL, *res;
    while ((res = PQgetResult(d->conn)) != NULL) {
        bool bad = kept && PQresultStatus(kept) == PGRES_FATAL_ERROR;
        if (bad) {
            PQclear(res);
        } else {
            PQclear(kept);
            kept = res;
        }
        if (PQstatus(d->conn) == CONNECTION_BAD)
            break; /* nothing more will come */
    }
    return kept;
}

PGresult *postgres_run(PgDb *d, const char *sql, const char *const *params, int nparams, Arena *mem,
                       Err *err)
{
    int marks = 0;
    if (nparams > 0)
        sql = postgres_marks(sql, &marks, mem);
    if (marks != nparams || nparams > PARAMS_MAX) {
        err_add(mem, err, ERR_INTERNAL, NULL, NULL,
                "a statement with %d placeholders was given %d parameters", marks, nparams);
        return NULL;
    }
    atomic_store(&d->stopped, false);
    PGresult *res = PQexecParams(d->conn, sql, nparams, NULL, params, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(res);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
        return res;
    postgres_error(d, res, NULL, mem, err);
    PQclear(res);
    return NULL;
}

static bool exec(Db *db, const char *sql, const char *const *params, int nparams, int64_t *affected,
                 Arena *mem, Err *err)
{
    PGresult *res = postgres_run(pg_of(db), sql, params, nparams, mem, err);
    if (!res)
        return false;
    if (affected)
        *affected = strtoll(PQcmdTuples(res), NULL, 10);
    PQclear(res);
    return true;
}

static bool query(Db *db, const char *sql, const char *const *params, int nparams, DbResult *out,
                  Arena *mem, Err *err)
{
    PGresult *res = postgres_run(pg_of(db), sql, params, nparams, mem, err);
    if (!res)
        return false;
    out->rows = PQntuples(res);
    out->cols = PQnfields(res);
    const char **cells = arena_array(mem, const char *, (size_t)out->rows *(size_t)out->cols + 1);
    for (int r = 0; r < out->rows; r++)
        for (int c = 0; c < out->cols; c++)
            cells[(size_t)r * (size_t)out->cols + (size_t)c] =
                PQgetisnull(res, r, c)
                    ? NULL
                    : arena_strndup(mem, PQgetvalue(res, r, c), (size_t)PQgetlength(res, r, c));
    out->cells = cells;
    PQclear(res);
    return true;
}

static bool begin(Db *db, Arena *mem, Err *err)
{
    db->in_transaction = exec(db, "BEGIN", NULL, 0, NULL, mem, err);
    return db->in_transaction;
}

/* After a statement failed, the server answers COMMIT with a friendly ROLLBACK. */
static bool commit(Db *db, Arena *mem, Err *err)
{
    PGresult *res = postgres_run(pg_of(db), "COMMIT", NULL, 0, mem, err);
    db->in_transaction = false; /* a COMMIT that fails has ended the transaction too */
    if (!res)
        return false;
    bool rolled_back = strcmp(PQcmdStatus(res), "ROLLBACK") == 0;
    PQclear(res);
    return !rolled_back ||
           err_add(
               mem, err, ERR_DB, NULL, NULL,
               "the server rolled the transaction back instead of committing it: a statement in it had failed");
}

static bool rollback(Db *db, Arena *mem, Err *err)
{
    bool ok = exec(db, "ROLLBACK", NULL, 0, NULL, mem, err);
    db->in_transaction = false; /* a server that cannot be told ends it by itself */
    return ok;
}

const Connector db_postgres = {
    .name = "postgres",
    .concurrent_writers = true,
    .keys_after = true,
    .ddl_transactional = true,
    .load_path = LOAD_COPY,
    .open = postgres_open,
    .close = postgres_close,
    .exec = exec,
    .query = query,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .load_begin = postgres_load_begin,
    .load_batch = postgres_load_batch,
    .load_end = postgres_load_end,
    .read = postgres_read,
    .describe = postgres_describe,
    .lock_try = postgres_lock_try,
    .lock_held = postgres_lock_held,
    .unlock = postgres_unlock,
    .next_key = postgres_next_key,
    .cancel = postgres_cancel,
};

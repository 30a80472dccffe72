/* Db: one connection to a database, behind a table of functions per engine. A connection is used by
 * one thread at a time. Errors are classified (ERR_LOST, ERR_RETRY, ERR_CONSTRAINT, ERR_DB,
 * ERR_CONNECT) and keep SQLSTATE, constraint, table and column; the server's message is reduced to
 * these, since it may hold data. The caller decides what to do. */
#ifndef SEEDPIPE_DB_DB_H
#define SEEDPIPE_DB_DB_H

#include "db/dialect.h"
#include "model/vec.h"
#include "model/plan.h"

typedef struct DbUrl {
    Engine engine; /* mysql:// and mariadb:// both connect to either; the server says what it is
                      (Db.engine) */
    const char *user, *password, *host, *port, *database; /* percent-decoded; NULL when not given */
    const char *path;   /* SQLite: the file; ":memory:" is refused */
    const char *query;  /* "sslmode=require&..." raw; NULL */
    const char *socket; /* MySQL: ?socket=/path, PostgreSQL: ?host=/dir */
    const char *shown;  /* the URL without its password, for people */
} DbUrl;
/* postgres:// postgresql:// mysql:// mariadb:// sqlite:PATH sqlite:///PATH. ERR_URL errors never
 * show the text after the scheme. */
bool db_url_parse(const char *url, DbUrl *out, Arena *mem, Err *err);
/* Localhost, a loopback address, a socket or a file. */
bool db_url_is_local(const DbUrl *url);

typedef struct DbOptions {
    bool create;    /* SQLite: create the file when it is missing */
    bool read_only; /* plan, check: never writes; a missing SQLite file gives an empty catalog */
    double connect_timeout;            /* seconds, 0 = 10 */
    double statement_timeout;          /* seconds, 0 = none */
    bool require_tls;                  /* unless local */
    const struct Connector *connector; /* NULL: the engine's own; tests give one that wraps it */
} DbOptions;

/* One row set of small size: cells as text, NULL for NULL. Lives in the arena given to db_query. */
typedef struct DbResult {
    int rows, cols;
    const char *const *cells; /* row-major */
} DbResult;
static inline const char *db_cell(const DbResult *r, int row, int col)
{
    return r->cells[row * r->cols + col];
}

typedef struct Db {
    const struct Connector *connector;
    Engine engine;
    DbUrl url;
    const char *server; /* "PostgreSQL 15.8" */
    LoadPath load_path; /* how loads really go here, when the server forbids the connector's path;
                           LOAD_NONE: by that path */
    bool in_transaction;
    bool created; /* SQLite: this open created the file */
} Db;

typedef struct DbLoad DbLoad;

/* Read for a value that is none of the wanted kind ('infinity', 0000-00-00, a word in a date column
 * of SQLite): no generator makes it, so it is unlike whatever it is compared with. */
#define DB_UNFIT INT64_MIN

typedef struct Connector {
    const char *name;
    /* Capabilities, for the planner. */
    bool concurrent_writers; /* several connections can load at once */
    bool keys_after;         /* keys can be added after a bare load */
    bool ddl_transactional;
    LoadPath load_path;

    Db *(*open)(const DbUrl *url, const DbOptions *options, Arena *mem, Err *err);
    void (*close)(Db *db);
    /* One statement. `params` (nparams texts, NULL for NULL) go to `?` marks, in order: bound,
     * never pasted. affected may be NULL. */
    bool (*exec)(Db *db, const char *sql, const char *const *params, int nparams, int64_t *affected,
                 Arena *mem, Err *err);
    bool (*query)(Db *db, const char *sql, const char *const *params, int nparams, DbResult *out,
                  Arena *mem, Err *err);
    bool (*begin)(Db *db, Arena *mem, Err *err);
    bool (*commit)(Db *db, Arena *mem, Err *err);
    bool (*rollback)(Db *db, Arena *mem, Err *err);
    /* Bulk loading of whole batches into one table, inside the caller's transaction. cols: indexes
     * of table's columns in load order. load_end returns the rows that the server really took; a
     * number other than what was sent is an error already. After an error the load is over
     * (load_end frees it and may be called) and the caller rolls back. */
    DbLoad *(*load_begin)(Db *db, const Table *table, const int *cols, int ncols, Arena *mem,
                          Err *err);
    bool (*load_batch)(DbLoad *load, const Batch *batch, Arena *mem, Err *err);
    bool (*load_end)(DbLoad *load, uint64_t *rows, Arena *mem, Err *err);
    /* Reads rows as typed vectors: calls `sink` with vectors of up to BATCH_ROWS rows, one per type
     * in types[ncols] (decimals at types[].scale, timestamps in UTC micros). A sink that returns
     * false stops the read without an error. */
    bool (*read)(Db *db, const char *sql, const Type *types, int ncols,
                 bool (*sink)(void *ctx, const Vec *const *cols, uint32_t n), void *ctx, Arena *mem,
                 Err *err);
    /* The schema as it is now. schemas: extra schema names to read besides the connection's own. */
    bool (*describe)(Db *db, const char *const *schemas, int nschemas, Catalog *out, Arena *mem,
                     Err *err);
    /* The advisory lock of this target (database and schema), on this connection. *got false: held
     * by another. */
    bool (*lock_try)(Db *db, bool *got, Arena *mem, Err *err);
    bool (*lock_held)(Db *db, bool *held, Arena *mem,
                      Err *err); /* still ours? (also proves the connection lives) */
    void (*unlock)(Db *db);
    /* The next value the serial column's sequence / auto_increment would give (1 when never used or
     * unknown, INT64_MAX when there is none). */
    bool (*next_key)(Db *db, const Table *table, int col, int64_t *next, Arena *mem, Err *err);
    /* Asks the server to stop what this connection runs; callable from another thread or a
     * signal-polling loop. May be NULL. */
    void (*cancel)(Db *db);
} Connector;

/* The client library that is in use, such as "15.8". */
const char *db_client_version(Engine engine, Arena *mem);

extern const Connector db_sqlite, db_postgres, db_mysql;
const Connector *db_connector(Engine engine);

/* Thin wrappers, so that callers read well; they go through db->connector. */
Db *db_open(const DbUrl *url, const DbOptions *options, Arena *mem, Err *err);
void db_close(Db *db); /* NULL is fine */
bool db_exec(Db *db, Arena *mem, Err *err, const char *sql);
bool db_exec_params(Db *db, const char *sql, const char *const *params, int nparams,
                    int64_t *affected, Arena *mem, Err *err);
bool db_query(Db *db, const char *sql, const char *const *params, int nparams, DbResult *out,
              Arena *mem, Err *err);
/* A query that gives one number; NULL or no row gives `none`, one beyond int64_t (MySQL's unsigned)
 * the nearest. */
bool db_query_i64(Db *db, const char *sql, const char *const *params, int nparams, int64_t none,
                  int64_t *out, Arena *mem, Err *err);
/* Statistics of a work table that was just filled, where the planner needs them. name: quoted. */
bool db_analyze_new(Db *db, const char *name, uint64_t rows, Arena *mem, Err *err);
bool db_begin(Db *db, Arena *mem, Err *err);
bool db_commit(Db *db, Arena *mem, Err *err);
bool db_rollback(Db *db, Arena *mem, Err *err);
bool db_describe(Db *db, const char *const *schemas, int nschemas, Catalog *out, Arena *mem,
                 Err *err);

#endif

/* Private to the PostgreSQL connector. */
#ifndef SEEDPIPE_DB_POSTGRES_INT_H
#define SEEDPIPE_DB_POSTGRES_INT_H

#include <libpq-fe.h>
#include <stdatomic.h>

#include "base/map.h"
#include "db/db.h"
#include "db/db_int.h"

/* Types that every server has, by their fixed numbers (pg_type.dat). */
enum PgOid {
    PG_BOOL = 16,
    PG_BYTEA = 17,
    PG_NAME = 19,
    PG_INT8 = 20,
    PG_INT2 = 21,
    PG_INT4 = 23,
    PG_TEXT = 25,
    PG_JSON = 114,
    PG_FLOAT4 = 700,
    PG_FLOAT8 = 701,
    PG_BPCHAR = 1042,
    PG_VARCHAR = 1043,
    PG_DATE = 1082,
    PG_TIME = 1083,
    PG_TIMESTAMP = 1114,
    PG_TIMESTAMPTZ = 1184,
    PG_NUMERIC = 1700,
    PG_UUID = 2950,
    PG_JSONB = 3802,
    PG_FIRST_USER = 16384
};

enum { PG_SEEN_TYPES = 32 };

typedef struct PgDb {
    Db db; /* first: a Db * of this connector is a PgDb * */
    PGconn *conn;
    PGcancel *stop;      /* made at open: cancelling touches nothing that another thread uses */
    atomic_bool stopped; /* the statement that runs was asked to stop */
    const char *database, *schema; /* schema: the first of the search path; NULL: there is none */
    int64_t lock_key;
    struct {
        Oid oid;
        bool text;         /* its binary form is its text: enums, citext */
    } seen[PG_SEEN_TYPES]; /* user-defined types that loads met */
    int nseen;
} PgDb;

static inline PgDb *pg_of(Db *db)
{
    return (PgDb *)db;
}

/* postgres_open.c */
Db *postgres_open(const DbUrl *url, const DbOptions *options, Arena *mem, Err *err);
void postgres_close(Db *db);
void postgres_cancel(Db *db);

/* postgres_pool.c: is this connection one to a pool that changes sessions between transactions? The
 * parameters it was opened with, for a second one. */
bool postgres_pool_moves(PGconn *conn, const char *const *keys, const char *const *values);

/* postgres_error.c: adds the error of a result (NULL: of the connection), classified and reduced to
 * what holds no data; returns false. load: the table whose rows were being copied and its columns,
 * NULL when it was no load. */
typedef struct PgLoading {
    const Table *table;
    const int *cols;
    int ncols;
    uint64_t rows_before; /* sent by earlier COPY statements of the same load */
} PgLoading;
bool postgres_error(PgDb *d, const PGresult *res, const PgLoading *load, Arena *mem, Err *err);

/* postgres.c: one statement; NULL after an error, else the caller clears the result. */
PGresult *postgres_run(PgDb *d, const char *sql, const char *const *params, int nparams, Arena *mem,
                       Err *err);
/* Reads results until there are none; keeps the first that is an error (or the last). */
PGresult *postgres_finish(PgDb *d);

/* postgres_mark.c: `?` outside of strings, names and comments -> $1, $2, ...; *n gets their number.
 */
const char *postgres_marks(const char *sql, int *n, Arena *mem);

/* postgres_lock.c */
bool postgres_lock_try(Db *db, bool *got, Arena *mem, Err *err);
bool postgres_lock_held(Db *db, bool *held, Arena *mem, Err *err);
void postgres_unlock(Db *db);
bool postgres_next_key(Db *db, const Table *table, int col, int64_t *next, Arena *mem, Err *err);

/* postgres_text.c: a cell as PostgreSQL reads it, and the same escaped for COPY (\N for NULL). */
void postgres_put_plain(Buf *out, const Vec *v, uint32_t row);
void postgres_put_escaped(Buf *out, const Vec *v, uint32_t row);

/* postgres_binary.c: one cell with its length word, in the binary form of a type. False: the type
 * cannot hold the value. NULLs are the caller's. postgres_binary_put gives NULL where there is no
 * exact binary way from that kind of cell to that type. */
typedef bool (*PgPut)(Buf *out, const Vec *v, uint32_t row);
PgPut postgres_binary_put(Oid oid, bool text_like, const Vec *v);

/* postgres_load.c */
DbLoad *postgres_load_begin(Db *db, const Table *table, const int *cols, int ncols, Arena *mem,
                            Err *err);
bool postgres_load_batch(DbLoad *load, const Batch *batch, Arena *mem, Err *err);
bool postgres_load_end(DbLoad *load, uint64_t *rows, Arena *mem, Err *err);
/* For tests and measurements, before the first batch: text COPY where binary would do. And whether
 * the load was binary. */
void postgres_load_as_text(DbLoad *load);
bool postgres_load_was_binary(const DbLoad *load);

/* postgres_read.c */
bool postgres_read(Db *db, const char *sql, const Type *types, int ncols,
                   bool (*sink)(void *ctx, const Vec *const *cols, uint32_t n), void *ctx,
                   Arena *mem, Err *err);

/* postgres_type.c: the model's type from pg_type's row of the base type (under any domains). */
typedef struct PgTypeRow {
    const char *name;  /* typname */
    bool builtin;      /* in pg_catalog */
    char type;         /* typtype: b e c d r m */
    char category;     /* typcategory */
    int typmod;        /* -1: none */
    const char *shown; /* format_type of the column */
    bool no_case;      /* its collation does not distinguish all texts */
} PgTypeRow;
Type postgres_type(const PgTypeRow *row);

/* postgres_describe.c, postgres_keys.c */
typedef struct PgShape {
    PgDb *d;
    Catalog *out;
    const char **oids;    /* per table, as text */
    const char *oid_list; /* "{16385,16390}" */
    Map *places;          /* oid -> index of its table */
    int **attnums;        /* per table and column: pg_attribute.attnum */
    const char **schemas; /* per table, never NULL */
} PgShape;
bool postgres_describe(Db *db, const char *const *schemas, int nschemas, Catalog *out, Arena *mem,
                       Err *err);
bool postgres_read_indexes(PgShape *shape, Arena *mem, Err *err);
bool postgres_read_foreign_keys(PgShape *shape, Arena *mem, Err *err);
bool postgres_read_checks(PgShape *shape, Arena *mem, Err *err);
bool postgres_read_triggers(PgShape *shape, Arena *mem, Err *err);
/* The column with that attnum, -1 when there is none (expressions, system columns). */
int postgres_column_at(const PgShape *shape, int table, int attnum);
int postgres_table_at(const PgShape *shape, const char *oid);
/* How many rows from `row` on have the same cell in that column. */
int postgres_run_length(const PGresult *res, int row, int col);

#endif

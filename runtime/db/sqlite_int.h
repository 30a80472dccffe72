/* Private to the SQLite connector. */
#ifndef SEEDPIPE_DB_SQLITE_INT_H
#define SEEDPIPE_DB_SQLITE_INT_H

#include <sqlite3.h>
#include <stdatomic.h>

#include "db/db_int.h"
#include "db/dialect_int.h"

typedef struct LiteDb {
    Db db; /* first: a Db * of this connector is a LiteDb * */
    sqlite3 *handle;
    double timeout;        /* seconds a statement may take; 0: any */
    uint64_t wait_us;      /* how long to wait for another program's lock */
    uint64_t deadline;     /* of the statement that runs; 0: none */
    uint64_t wait_until;   /* of the lock that is waited for */
    atomic_bool stopped;   /* cancel was called during the statement that runs */
    bool opening;          /* nobody else can stop it yet: it looks for signals itself */
    bool late;             /* the statement that runs was stopped at its deadline */
    bool journal_set;      /* a file that this open created has got its journal mode */
    const char *real_path; /* NULL: an empty database in memory stands for the missing file */
    int lock_fd;           /* -1: not locked */
} LiteDb;

static inline LiteDb *lite_of(Db *db)
{
    return (LiteDb *)db;
}

/* sqlite_error.c: adds the error of the last call, classified; returns false. table: the one being
 * loaded, or NULL; row: of the load, from 1, 0 when not known. */
bool sqlite_db_error(LiteDb *d, int code, const Table *table, uint64_t row, Arena *mem, Err *err);

/* sqlite.c: before a statement runs: its time begins. */
void sqlite_db_start(LiteDb *d);
bool sqlite_db_query(Db *db, const char *sql, const char *const *params, int nparams, DbResult *out,
                     Arena *mem, Err *err);

/* sqlite_load.c */
DbLoad *sqlite_db_load_begin(Db *db, const Table *table, const int *cols, int ncols, Arena *mem,
                             Err *err);
bool sqlite_db_load_batch(DbLoad *load, const Batch *batch, Arena *mem, Err *err);
bool sqlite_db_load_end(DbLoad *load, uint64_t *rows, Arena *mem, Err *err);

/* sqlite_read.c */
bool sqlite_db_read(Db *db, const char *sql, const Type *types, int ncols,
                    bool (*sink)(void *ctx, const Vec *const *cols, uint32_t n), void *ctx,
                    Arena *mem, Err *err);

/* sqlite_describe.c */
bool sqlite_db_describe(Db *db, const char *const *schemas, int nschemas, Catalog *out, Arena *mem,
                        Err *err);

/* sqlite_checks.c: adds the CHECKs of a CREATE TABLE statement to its table. */
void sqlite_db_checks(Table *table, const char *sql, Arena *mem);
/* The column of the nth part (from 0) of a CREATE INDEX statement's list when that is lower(column)
 * or upper(column); NULL: it is something else. */
const char *sqlite_db_folded(const char *sql, int nth, bool *upper, Arena *mem);
/* What stands behind a CREATE INDEX statement's WHERE; NULL: it has none. */
const char *sqlite_db_condition(const char *sql);

#endif

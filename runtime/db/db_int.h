/* Private to db/: what more than one connector needs. */
#ifndef SEEDPIPE_DB_DB_INT_H
#define SEEDPIPE_DB_DB_INT_H

#include "db/db.h"

/* What a database says about a failure, reduced to what holds no data. NULL: not known. Texts are
 * copied. */
typedef struct DbReport {
    ErrCode code;        /* ERR_CONNECT, ERR_LOST, ERR_DB, ERR_CONSTRAINT, ERR_RETRY */
    const char *subject; /* "loans", the file, ...; NULL: made of table and column */
    const char *sqlstate;
    const char *table, *column, *constraint;
    int position; /* see ErrItem */
} DbReport;

/* Adds the error; returns false. fmt: one sentence without data, see err_add. */
bool db_error_add(Arena *mem, Err *err, const DbReport *report, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* One vector for each type, BATCH_ROWS long. */
Vec **db_vectors(Arena *mem, const Type *types, int ncols);
/* Forgets the NULL flags of an earlier batch; there is room for BATCH_ROWS cells again. */
void db_vectors_reset(Vec **vecs, int ncols);
/* Same for all: n cells are filled. */
void db_vectors_count(Vec **vecs, int ncols, uint32_t n);

/* NULL; `vectors` is where the vector lives. */
void db_cell_null(Vec *v, uint32_t row, Arena *vectors);
/* DB_UNFIT, NaN among floats. */
void db_cell_unfit(Vec *v, uint32_t row, Arena *vectors);

/* "a, b" with every name quoted, for the lists that statements are made of; `cols` are indexes of
 * table's columns. */
void db_put_columns(Engine engine, Buf *out, const Table *table, const int *cols, int ncols);

#endif

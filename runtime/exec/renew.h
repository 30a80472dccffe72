/* Renewal: cells of rows that are there get computed values. The values go in bulk into a temporary
 * table; one statement takes them over. Inside a transaction of its caller's.
 *
 *   renewal_load, renewal_count or renewal_apply; the temporary table is gone after either */
#ifndef SEEDPIPE_EXEC_RENEW_H
#define SEEDPIPE_EXEC_RENEW_H

#include "db/db.h"
#include "gen/eval.h"

typedef struct Renewal {
    Db *db;
    const char *name; /* of the temporary table; NULL: a name of its own */
    const Plan *plan; /* computes the values */
    const Plan *made; /* not NULL: only where the first nmade columns are as this plan makes them */
    int nmade;
    int table;
    const RowSet *rows;
    const char *const *key; /* columns that tell rows apart */
    int nkey;
    const int *cols;
    int ncols;
    bool indexed; /* by its values */
} Renewal;

bool renewal_load(const Renewal *r, Arena *mem, Err *err);
bool renewal_count(const Renewal *r, int64_t *rows, Arena *mem, Err *err);
/* rows: as the engine counts them; MySQL leaves out those whose values are the same. */
bool renewal_apply(const Renewal *r, int64_t *rows, Arena *mem, Err *err);
/* Where a column of the table stands among the values, from 0 (v1); -1: nowhere. */
int renewal_place(const Renewal *r, int col);
/* For other statements over the table, which is called n: columns k1, k2, ... and v1, v2, ... */
void renewal_put_name(const Renewal *r, Buf *sql);
/* Rows go that are not, or not any more, as they were made. */
bool renewal_drop_changed(const Renewal *r, Arena *mem, Err *err);
bool renewal_drop(const Renewal *r, Arena *mem, Err *err);

#endif

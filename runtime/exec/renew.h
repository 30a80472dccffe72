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
    const Plan *plan; /* computes the values */
    const Plan *made; /* not NULL: only where all of the columns are as this plan makes them */
    int table;
    const RowSet *rows;
    const char *const *key; /* columns that tell rows apart */
    int nkey;
    const int *cols;
    int ncols;
} Renewal;

bool renewal_load(const Renewal *r, Arena *mem, Err *err);
bool renewal_count(const Renewal *r, int64_t *rows, Arena *mem, Err *err);
/* rows: as the engine counts them; MySQL leaves out those whose values are the same. */
bool renewal_apply(const Renewal *r, int64_t *rows, Arena *mem, Err *err);

#endif

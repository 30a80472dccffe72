/* Verify: runs a plan's checks on the database, and on request compares every cell with what the
 * generators recompute. */
#ifndef SEEDPIPE_VERIFY_VERIFY_H
#define SEEDPIPE_VERIFY_VERIFY_H

#include "base/log.h"
#include "db/db.h"
#include "gen/eval.h"
#include "model/plan.h"

typedef struct VerifyResult {
    CheckKind kind;
    const char *table;
    const char *name;
    int64_t expected, found;
    bool passed;
} VerifyResult;

typedef struct VerifyReport {
    VerifyResult *results;
    int nresults;
    int passed, failed;
    int cap;
    uint64_t cells; /* compared by the full level */
    bool full;
    const char **uncompared; /* columns that cannot be computed again as they were */
    int nuncompared;
} VerifyReport;

/* Runs every check; a failed one adds an ERR_VERIFY error with its name and count. False when a
 * check failed or could not be made. */
bool verify_keys(Db *db, const Plan *plan, VerifyReport *report, Log *log, Arena *mem, Err *err);
/* A result that was found elsewhere. */
void verify_add(VerifyReport *report, VerifyResult result, Arena *mem);
/* Reads the rows back and compares each cell. Differences are reported per column with their
 * number, never with values. */
bool verify_cells(Db *db, const Plan *plan, VerifyReport *report, Log *log, Arena *mem, Err *err);
/* How columns are to be read, so that they compare with what is generated. */
void verify_generated_types(Eval *eval, int table, const TablePlan *tp, const int *cols, int ncols,
                            Type *types);
/* What `verify_changed` reads: nkey columns that tell a row's number in the plan, then columns of
 * the table. row_of NULL: the first is the number. */
typedef struct VerifyRows {
    const char *sql;
    const Type *key_types;
    int nkey;
    bool (*row_of)(void *ctx, const Vec *const *key, uint32_t k, uint64_t *row);
    void *ctx;
    const int *cols;
    int ncols;
} VerifyRows;
/* How many of these rows have a cell other than what the generators make; rows that are none of the
 * plan's (row_of is false) do not count. */
bool verify_changed(Db *db, const Plan *plan, int table, const VerifyRows *rows, int64_t *changed,
                    Arena *mem, Err *err);

#endif

/* Ledger: seedpipe's own small tables in the target (schema `seedpipe` on PostgreSQL, prefix
 * `seedpipe_` elsewhere). What it says commits together with what it vouches for. */
#ifndef SEEDPIPE_EXEC_LEDGER_H
#define SEEDPIPE_EXEC_LEDGER_H

#include "db/db.h"
#include "plan/plan.h"

/* 2: runs are sealed */
#define LEDGER_VERSION 2

/* A run's status. Loaded: all rows are in, not yet verified. */
#define RUN_RUNNING     "running"
#define RUN_LOADED      "loaded"
#define RUN_DONE        "done"
#define RUN_ROLLED_BACK "rolled_back"

typedef struct Ledger {
    Db *db;
    bool exists;
    int version; /* 0: it has none */
    /* Quoted names. */
    const char *runs, *segments, *chunks, *steps, *changes, *meta;
} Ledger;

typedef struct LedgerRun {
    const char *id;
    const char *recipe, *digest, *env, *status;
    const char *host, *user;
    int64_t pid;
    int64_t epoch;
    const char *started, *finished; /* the last change of its status; NULL: none yet */
    const char *clock;              /* NULL: the recipe had none */
    int engine;
    uint64_t seed;
} LedgerRun;

/* Names for this engine; does not touch the database beyond asking whether the ledger exists. */
bool ledger_open(Ledger *ledger, Db *db, Arena *mem, Err *err);
bool ledger_create(Ledger *ledger, Arena *mem, Err *err);

const char *ledger_meta(Ledger *ledger, const char *name, Arena *mem,
                        Err *err); /* NULL when unset */
bool ledger_set_meta(Ledger *ledger, const char *name, const char *value, Arena *mem, Err *err);

bool ledger_start_run(Ledger *ledger, const LedgerRun *run, const Recipe *recipe, Arena *mem,
                      Err *err);
/* The recipe and all that it required, as they were when the run was made. */
bool ledger_sources(Ledger *ledger, const char *run_id, RecipeSource **sources, int *n, Arena *mem,
                    Err *err);
/* Takes an unfinished run over: raises its epoch, which waits for what its old sessions have in
 * flight. */
bool ledger_take_over(Ledger *ledger, LedgerRun *run, Arena *mem, Err *err);
bool ledger_set_status(Ledger *ledger, const char *run_id, const char *status, Arena *mem,
                       Err *err);
/* Rolled back: its rows are not there any more, which its keys once were; what it created stays on
 * record until it is dropped. So does what it removed of other runs' rows, unless they were
 * restored. */
bool ledger_roll_back(Ledger *ledger, const char *run_id, bool restored, Arena *mem, Err *err);
/* A run that left nothing behind leaves no trace either, but of what it removed. */
bool ledger_forget_run(Ledger *ledger, const char *run_id, Arena *mem, Err *err);

/* ledger_book.c: what stands in the ledger, read once for all that is asked of it. Its texts live
 * as long as mem; without a ledger it is empty. */
typedef struct LedgerBook LedgerBook;
const LedgerBook *ledger_read(Ledger *ledger, Arena *mem, Err *err);
/* The names in `meta` that begin so, what follows of them, and their values (*at begins at 0);
 * NULL: no more. */
const char *ledger_book_meta(const LedgerBook *book, const char *prefix, int *at,
                             const char **value);
const char *ledger_book_value(const LedgerBook *book, const char *name); /* NULL when unset */
/* Every run, oldest first, rolled back or not: its place is its number. */
int ledger_book_runs(const LedgerBook *book, LedgerRun **runs, Arena *mem);
/* Segments of a recipe, in order of rows, with the rows committed of each. */
int ledger_book_history(const LedgerBook *book, const char *recipe, PlanHistory **history,
                        Arena *mem);
/* The highest key ever issued for a table's serial column, 0 when none. */
int64_t ledger_book_highest_key(const LedgerBook *book, const char *table, const char *column);
/* The rows that a run, of any recipe, added to a table and did not roll back. */
typedef struct LedgerKeys {
    const char *run_id, *recipe;
    const char *column; /* its serial key, issued from first to last; NULL: it has none */
    int64_t first, last;
} LedgerKeys;
int ledger_book_keys(const LedgerBook *book, const char *table, LedgerKeys **keys, Arena *mem);
/* What runs of a recipe did to rows, oldest first; of one run by table and kind. Of runs that were
 * rolled back only what they removed and did not bring back counts. */
bool ledger_book_changes(const LedgerBook *book, const char *recipe, PlanChange **changes, int *n,
                         Arena *mem, Err *err);

/* ledger_seal.c: what the ledger has of a run, as a hash beside it; written anew with each change
 * of its state. */
bool ledger_seal(Ledger *ledger, const char *run_id, Arena *mem, Err *err);
bool ledger_unseal(Ledger *ledger, const char *run_id, Arena *mem, Err *err);
typedef struct LedgerAltered {
    const char *run_id, *part; /* "its chunks of kids" */
} LedgerAltered;
/* Runs whose record is not what was sealed. Those of older versions have no seal. */
int ledger_altered(const LedgerBook *book, LedgerAltered **altered, Arena *mem);
bool ledger_check_seals(const LedgerBook *book, Arena *mem, Err *err); /* an error for each */
/* After the lock: an older ledger is of this version from now on. */
bool ledger_upgrade(Ledger *ledger, Arena *mem, Err *err);

/* A text that differs when another command has committed anything since. */
bool ledger_mark(const Ledger *ledger, const char **mark, Arena *mem, Err *err);

/* What a run of `modify` did, and to which table, as steps of its own that outlive a rollback. */
bool ledger_add_operation(Ledger *ledger, const char *run_id, const char *operation,
                          const char *table, Arena *mem, Err *err);
typedef struct LedgerOperation {
    const char *run_id, *operation, *table;
} LedgerOperation;
/* Did the run take all rows out of the table? */
bool ledger_emptied(Ledger *ledger, const char *run_id, const char *table, bool *emptied,
                    Arena *mem, Err *err);
bool ledger_operations(Ledger *ledger, LedgerOperation **operations, int *n, Arena *mem, Err *err);
/* Its checks have passed: all runs of the recipe that were loaded are done, since checks are of
 * every row. */
bool ledger_settle(Ledger *ledger, const char *recipe, Arena *mem, Err *err);
typedef struct LedgerRows {
    const char *run_id, *table;
    int64_t planned, committed;
} LedgerRows;
/* Rows per table of one run, or (NULL) of all. */
bool ledger_rows(Ledger *ledger, const char *run_id, LedgerRows **rows, int *n, Arena *mem,
                 Err *err);
/* How many rows that were there a run removed, as --prune and modify do. */
bool ledger_removed(Ledger *ledger, const char *run_id, int64_t *rows, Arena *mem, Err *err);
bool ledger_add_segment(Ledger *ledger, const LedgerRun *run, const TablePlan *tp,
                        const Segment *segment, Arena *mem, Err *err);
/* Rows that went away, or cells that were made anew, by a run; columns: a JSON list of names for
 * CHANGE_CELLS, else NULL. Several records of a kind, table and run add up. On `db`, so that it
 * commits with what it tells of. */
bool ledger_add_change(const Ledger *ledger, Db *db, const char *run_id, const char *table,
                       ChangeKind kind, const char *columns, const RowSet *rows, Arena *mem,
                       Err *err);
/* The rows of a chunk that the database rejected, with the chunk. Several workers may add theirs at
 * once. */
bool ledger_add_rejects(const Ledger *ledger, Db *db, const char *run_id, const char *table,
                        uint64_t first, const RowSet *rows, Arena *mem, Err *err);
/* Inside a chunk's transaction, on the worker's connection: share-locks the run's row and checks
 * the epoch. */
bool ledger_fence(const Ledger *ledger, Db *db, const LedgerRun *run, Arena *mem, Err *err);
bool ledger_add_chunk(const Ledger *ledger, Db *db, const char *run_id, const char *table,
                      uint64_t first, uint64_t rows, uint64_t checksum, Arena *mem, Err *err);
bool ledger_has_chunk(const Ledger *ledger, Db *db, const char *run_id, const char *table,
                      uint64_t first, bool *has, Arena *mem, Err *err);
typedef struct LedgerChunk {
    uint64_t first, rows;
} LedgerChunk;
/* Rows of a table that a run has committed, as ascending ranges, neighbours joined. */
bool ledger_chunks(Ledger *ledger, const char *run_id, const char *table, LedgerChunk **chunks,
                   int *n, Arena *mem, Err *err);

bool ledger_announce_step(Ledger *ledger, const char *run_id, const char *kind, const char *table,
                          Arena *mem, Err *err);
bool ledger_finish_step(Ledger *ledger, const char *run_id, const char *kind, const char *table,
                        Arena *mem, Err *err);
bool ledger_forget_step(Ledger *ledger, const char *run_id, const char *kind, const char *table,
                        Arena *mem, Err *err);
/* Is the step announced and not finished? */
bool ledger_step_waits(Ledger *ledger, const char *run_id, const char *kind, const char *table,
                       bool *waits, Arena *mem, Err *err);
/* Was this table created (announced) by that run? */
bool ledger_created(Ledger *ledger, const char *run_id, const char *table, bool *created,
                    Arena *mem, Err *err);

/* The table as the ledger names it: "accounts", "billing.accounts". */
const char *ledger_table_name(const Table *table, Arena *mem);

#endif

/* Builds and prints plans. Pure: everything it knows of a target is in PlanTarget, read before by
 * exec/. */
#ifndef SEEDPIPE_PLAN_PLAN_H
#define SEEDPIPE_PLAN_PLAN_H

#include <stdio.h>

#include "base/err.h"
#include "db/dialect.h"
#include "env/env.h"
#include "model/plan.h"

typedef struct PlanCount {
    const char *table;
    int64_t rows;
} PlanCount;

/* What the command line and the environment ask for. */
typedef struct PlanOptions {
    const Env *env;
    double size; /* --size as a factor, 0 = not given */
    int64_t
        count; /* --count N: rows of the recipe's first table, the others scaled; -1 = not given */
    const PlanCount *counts; /* --count TABLE=N */
    int ncounts;
    bool prune;               /* --prune: rows beyond what is wanted go */
    bool keep_pruned;         /* rows that were pruned stay so, and count as issued */
    bool at_once;             /* none is rejected: rows that will not be made are known */
    bool has_seed, has_clock; /* --seed, --as-of */
    uint64_t seed;
    int64_t clock;
} PlanOptions;

/* The rows that an earlier run of this recipe added to a table, as the ledger tells it. */
typedef struct PlanHistory {
    const char *table;
    uint64_t first_row, rows;
    const char *text;   /* plan_segment_text of then */
    int run;            /* its number among the target's runs, oldest first */
    uint64_t committed; /* rows, the rejected ones included */
} PlanHistory;

/* What happened to rows after they were made, as the ledger tells it. */
typedef enum ChangeKind {
    CHANGE_DELETED,
    CHANGE_REJECTED, /* by the database, while they were loaded */
    CHANGE_PRUNED,   /* they can be made again, as they were */
    CHANGE_RESTORED, /* pruned rows that were made again */
    CHANGE_CELLS,    /* made anew */
    CHANGE_AVOIDED,  /* unique values that rows of the user's own had already; others were taken */
    CHANGE_CLEARED,  /* set to NULL or their defaults, since the parent went */
    CHANGE_MISSING,  /* deleted by hand, and accepted: a rollback does not bring them back */
    CHANGE_LOST      /* nothing brings it back: in `columns` how many rows: {"own": 2, "altered":
                        0}, {"cleared": 1, "altered": 0} for references of the user's own */
} ChangeKind;
const char *change_kind_name(ChangeKind kind);

typedef struct PlanChange {
    const char *table;
    int run;         /* its number among the target's runs; PLAN_NOW: this plan is to do it */
    bool unfinished; /* by a run that did not end */
    ChangeKind kind;
    const char *columns; /* CHANGE_CELLS, CHANGE_AVOIDED, CHANGE_CLEARED: a JSON list of names; or,
                            where columns got defaults, an object: {"name": "7", "other": null} */
    const RowSet *rows;
} PlanChange;
/* The columns that a change names, and their values: NULL in a list. False when the table has no
 * such column, or none is named. */
bool plan_change_cells(const Table *table, const PlanChange *change, Cleared *out, Arena *mem);

#define PLAN_NOW INT32_MAX

typedef struct PlanTableFacts {
    const char *table;  /* as the recipe names it */
    int64_t rows;       /* rows in the table, -1 = not counted */
    bool created_by_us; /* created by our own unfinished run */
    bool unset;         /* our own unfinished run has left references NULL to set them later */
    bool not_a_table;   /* a view, or something else that holds no rows, has its name */
    bool no_select, no_insert; /* the user may not */
    bool hides_rows;           /* from the user: row-level security */
    const int64_t
        *next_key;       /* per recipe column: first free key of a serial column, 1 when empty */
    bool first_key;      /* the table was emptied: keys begin at 1 again */
    const KeyPool *pool; /* tables that the recipe refers to but does not have */
} PlanTableFacts;

/* What a table was when rows were last written to it (plan_shape_text). */
typedef struct PlanShape {
    const char *table, *text;
} PlanShape;

typedef struct PlanTarget {
    Engine engine;
    const Catalog *catalog; /* NULL: offline, nothing is known of the target */
    bool keys_after;        /* the connector can add keys after a bare load */
    bool concurrent_writers;
    LoadPath load_path;
    const PlanTableFacts *facts;
    int nfacts;
    const PlanHistory *history;
    int nhistory;
    const PlanChange *changes; /* oldest first */
    int nchanges;
    const PlanShape *shapes; /* a table that is not as it was is drift, but for what is undone;
                                none: nothing is compared */
    int nshapes;
    const Plan *earlier; /* built in the same memory from the history's beginning; NULL: none */
    bool history_only;   /* verify: the rows that were made, no new ones */
    bool undoing;        /* to take rows out: tables may be gone already */
    const char *sink;    /* where rows go in place of a database: "csv:out" */
    bool rows_only;      /* rows for files: no tables, no keys, no checks */
} PlanTarget;

/* Rows up to which a run is one transaction on one connection. */
#define PLAN_SMALL_RUN 10000u

/* NULL when there are errors; every error found is added, not the first alone. */
const Plan *plan_build(const Recipe *recipe, const PlanOptions *options, const PlanTarget *target,
                       Arena *mem, Err *err);

/* The error for a table of which the user sees some rows alone; where may be NULL. False. */
bool plan_hides_rows(const char *where, const char *table, Arena *mem, Err *err);

/* What a table is, as text for the ledger; server: as in Catalog. NULL: it cannot be said. */
const char *plan_shape_text(const Table *table, const char *server, Arena *mem);
/* Adds an ERR_DRIFT for each difference between such a text and the table now; returns how many.
 * recipe: the table in the recipe, for places in the file. */
int plan_drift(const char *shape, const Table *now, const char *server, const Table *recipe,
               Arena *mem, Err *err);

/* Which run it is: recipe's frozen nodes, seed, clock, engine. Counts, environment and paths do not
 * enter. */
const char *plan_digest(const Recipe *recipe, uint64_t seed, bool has_clock, int64_t clock,
                        Arena *mem);

/* Checks that the database makes after a run (and `verify` at any time). Fills plan->checks. */
bool plan_add_checks(Plan *plan, const PlanTarget *target, Arena *mem, Err *err);

/* The serial column of a table, and that which is a key alone (or all that there is), so that it
 * tells rows from the user's own; -1. */
int plan_serial_column(const TablePlan *tp);
int plan_serial_key(const TablePlan *tp);
/* Does an index of the target find the rows with a value, so that not all have to be read? */
bool plan_has_index(const PlanTarget *target, const Table *table, const Key *key, Arena *mem);
/* A condition for the rows of segments from one on that were not removed since, by the serial key,
 * which must be there. False: there are too many gaps to name them, so removed rows' keys count
 * among them. */
bool plan_put_made(Engine engine, Buf *sql, const TablePlan *tp, const char *alias, int from);

/* What a segment drew its parents and keys from, as JSON text for the ledger. */
const char *plan_segment_text(const TablePlan *table, const Segment *segment, Arena *mem);

/* Tables that the recipe refers to by foreign key but does not describe: schema-qualified names,
 * for exec to read. */
const char *const *plan_outside_tables(const Recipe *recipe, int *n, Arena *mem);

/* References of the recipe without a foreign key in the target join the catalog's keys, as NO
 * ACTION: deleting their parents would leave rows behind. */
void plan_declare_keys(const Plan *plan, Catalog *catalog, Arena *mem);

/* These rows of a table are gone, too, after all that was before. The tables of the plan are the
 * caller's own copy. */
void plan_add_gone(TablePlan *tp, const RowSet *rows, Arena *mem);

/* Rows that the database rejects while the plan runs, the one thing about a plan that is learnt
 * late: `rejected`, empty now and filled by the caller, counts for all rows that are still to be
 * loaded. Before they refer to a table, its set is complete. */
void plan_expect_rejects(Plan *plan, int table, const RowSet *rejected, Arena *mem);

/* Holds keys and references while STEP_SET_REFERENCES runs. */
#define PLAN_REFERENCES_TABLE "seedpipe_references"
/* Everything must be one transaction, with its constraints deferred. */
bool plan_is_deferred(const Plan *plan);

/* The plan in which these rows have other values in a key group, and what is to be recorded of it;
 * NULL with an error that has the numbers when the group's domain has none left. */
const Plan *plan_avoid(const Plan *plan, int table, int group, const RowSet *rows,
                       PlanChange *change, Arena *mem, Err *err);

/* Is a key group made of generated values alone, with a bound, and the same ones for all rows? Then
 * whatever no row of the table has is free. */
bool plan_key_is_plain(const TablePlan *tp, int group);

/* Do the rows of two plans of the same target take their places in unique keys the same way? */
bool plan_same_places(const Plan *a, const Plan *b);

uint64_t plan_new_rows(const Plan *plan); /* rows that its steps will insert */
/* The rows of a load or delete step, as row numbers of its table. */
const RowSet *plan_step_rows(const Plan *plan, const Step *step, Arena *mem);

typedef enum PlanFormat { PLAN_TEXT, PLAN_JSON, PLAN_DOT } PlanFormat;
/* The same plan prints the same bytes. with_sql adds the statements, and one sample row a load
 * step. */
void plan_print(const Plan *plan, PlanFormat format, bool with_sql, const PlanTarget *target,
                FILE *out);

#endif

/* Private to plan/: the steps of plan_build, in the order in which they run. */
#ifndef SEEDPIPE_PLAN_PLAN_INT_H
#define SEEDPIPE_PLAN_PLAN_INT_H

#include "gen/gen.h"
#include "plan/plan.h"

/* How far a table's columns are bound (bind.c). */
typedef struct TableBinding {
    char *cols; /* per column: 0 not yet, then the states of bind.c; NULL: not begun */
    char keys;
} TableBinding;

/* What the ledger says of one table. */
typedef struct TableRecord {
    const PlanChange **changes; /* oldest first */
    int nchanges;
    const PlanChange **gone; /* of these, rows that went or came back: TablePlan.gone's sets */
    int ngone;
    const PlanHistory **issued;
    int nissued;
} TableRecord;

typedef struct Build {
    const Recipe *recipe;
    const PlanOptions *options;
    const PlanTarget *target;
    Plan *plan;
    int *order;              /* recipe table indexes, parents first */
    const char ***late;      /* per recipe table and foreign key: the circle that it closes, as
                                text, when its parent is loaded after the table; else NULL */
    int64_t *wanted;         /* rows per recipe table; -1: whatever per gives */
    const uint64_t *waiting; /* per table of the plan: pruned rows whose parents are gone */
    TableBinding *bindings;  /* per table of the plan */
    TableRecord *records;    /* the same */
    struct PoolWalk *pools;  /* per foreign key of the table whose segments are planned */
    const struct BindStep *binding; /* the column that is being bound, and who asked for it */
    const char **notes;
    int nnotes;
    size_t notes_cap;
    Arena *mem;
    Err *err;
} Build;

bool plan_order(Build *b);  /* order.c: parents before children; a circle is opened at one key */
bool plan_counts(Build *b); /* counts.c: wanted rows per table */
/* drift.c: the table with the unique keys that it had when rows were last written, as the ledger
 * has them; the table itself where it has none. */
const Table *plan_as_recorded(const PlanTarget *target, const Table *there, Arena *mem);
bool plan_shape(
    Build *b); /* shape.c: recipe and catalog merged into TablePlan.table, foreign keys resolved */
bool plan_bind_table(Build *b, int t); /* bind.c: columns to native code, types decided */
bool plan_check_types(
    Build *b, int t); /* shape.c: drift against the catalog, :type against what is generated */
/* key_order.c: the table's keys and rows, the keys in an order that leaves enough values. */
bool plan_keyed_rows(Build *b, int t);
bool plan_all_are(const Err *err, ErrCode code);
/* The table's keys in their order, at most nuniques + 1; how many. */
int plan_key_list(const Build *b, const TablePlan *tp, const Key **out);
bool plan_keys(Build *b, int t); /* keys.c: unique keys by permutation */
bool plan_changes(Build *b);     /* changes.c: rows that are gone, cells that were made anew */
bool plan_avoided_keys(Build *b, int t); /* changes.c, after plan_keys: which key avoided what */
/* How many sets of the table's gone rows an earlier run (its number) found; INT_MAX: all. */
int plan_gone_until(const Build *b, int t, int run);
/* The same without what that run itself saw rejected. */
int plan_counted_until(const Build *b, int t, int run);
/* resize.c: what --prune removes, and what of it comes back, as changes of now behind the target's.
 */
bool plan_resize_needed(const PlanOptions *options, const PlanTarget *target);
bool plan_resize(Build *b, const Build *made, PlanTarget *out);
bool plan_segments(Build *b, int t); /* segments.c: rows of earlier runs and of this one */
/* shared.c: foreign keys that share columns. Which key gives a column, and at which position. */
bool plan_is_per(const RecipeTable *table, const ForeignKey *fk, const char *parent);
bool plan_per_is(const RecipeTable *table, const RecipePer *per, const ForeignKey *fk,
                 const char *parent);
int plan_driver(const Build *b, int t, int col, int *pos);
bool plan_shared_keys(Build *b, int t); /* after binding: how the other keys hold */
/* circles.c: how each late key holds while the tables are loaded. new_rows: to be loaded in all.
 * False: new rows would refer to others that are passed over. */
bool plan_circles(Build *b, uint64_t new_rows);
/* STEP_DEFER_KEYS, STEP_SET_REFERENCES or STEP_SETTLE_KEYS of a table; false: it needs none. */
bool plan_circle_step(Build *b, int t, StepKind kind, Step *out);
const Table *plan_there(const Build *b, const Table *table); /* in the target; NULL */
const ForeignKey *plan_fk_there(const Build *b, const Table *table, const ForeignKey *fk);
bool plan_steps(Build *b); /* steps.c */
/* drift.c: tables that are not what they were, or that the user may not use; an error for each
 * difference. */
bool plan_moved(const Recipe *recipe, const PlanTarget *target, Arena *mem, Err *err);

const PlanTableFacts *plan_facts(const PlanTarget *target, const char *table);
void plan_note(Build *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "loans.amount" */
const char *plan_subject(Arena *mem, const Table *table, int col);
/* "a, b" for the columns of a key */
const char *plan_columns_text(Arena *mem, const Table *table, const int *cols, int ncols);
/* "accounts" or "billing.accounts" */
const char *plan_table_name(Arena *mem, const Table *table);

#endif

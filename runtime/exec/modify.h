/* Private to exec/: `seedpipe modify`. Rows are selected into a Removal's tables of keys, which is
 * where delete, replace and truncate take them from, and update its rows. All of a command is one
 * transaction; the ledger's record of what happened to which rows commits with it. */
#ifndef SEEDPIPE_EXEC_MODIFY_H
#define SEEDPIPE_EXEC_MODIFY_H

#include "exec/exec_int.h"
#include "exec/removal.h"

typedef struct ModifyTable {
    int plan;           /* index in Plan.tables */
    int node;           /* index in Closure.tables */
    int64_t count;      /* rows asked for; -1: not said */
    int64_t there;      /* rows in the table now; -1: not counted */
    int64_t ours;       /* of these, made by seedpipe; -1: not counted */
    const RowSet *mine; /* these, where no range of keys tells and it matters whose they are */
} ModifyTable;

typedef struct RowFinder RowFinder;

/* Rows of one table that a command changes, as row numbers of the plan. */
typedef struct ModifyRows {
    int plan; /* -1: the table is not of this recipe */
    int node; /* index in Closure.tables */
    const char *table;
    const RowFinder *finder; /* NULL: rows without a key */
    int64_t altered;         /* of `rows`: with a cell that is not as it was made */
    const RowSet *rows;      /* made by seedpipe */
    int64_t own;             /* the user's own, and those of other recipes */
    int64_t others;          /* of these, that another recipe made; */
    const char *other;       /* its name */
    bool perhaps;            /* others: without a serial key nothing tells which */
    const char *columns;     /* cleared: a JSON list of names; NULL: deleted */
} ModifyRows;

typedef struct Modify {
    Session *s;
    const ExecModify *o;
    const char *mark; /* dry run: the ledger's, see session_disturbed */
    PlanTarget target;
    const Plan *made; /* the rows as they are, before the command */
    ModifyTable *tables;
    int ntables;
    Catalog catalog;
    Removal removal;
    Step *steps;
    int nsteps;
    ModifyRows *changed; /* deleted and cleared rows */
    int nchanged;
    PlanChange *recorded; /* what this command wrote down of rows, in the ledger's order */
    int nrecorded;
    size_t recorded_cap;
    PlanChange
        *missing; /* parents that somebody deleted by hand: new rows choose among the others */
    int nmissing;
    bool
        *uncounted; /* per table of the plan: whether parents are missing is seen by the new rows */
    int *columns;   /* update: what is asked for, then what is computed from it */
    int nasked, ncolumns;
    ModifyRows updated;
    const RowSet **anew; /* update: all rows, then those whose new values were taken, and so on */
    int nanew;
} Modify;

/* Serial keys that seedpipe ever issued for a table: ascending, apart from each other. */
typedef struct KeyRange {
    int64_t first, last;
} KeyRange;

typedef struct KeyRanges {
    int column; /* of the plan's table; -1: it has no serial key */
    KeyRange *ranges;
    int n;
    int64_t keys; /* in all of them */
} KeyRanges;

/* modify_ask.c: the tables that are named, their counts, and (in the target) whether there are so
 * many rows. */
bool modify_find_tables(Modify *m);
bool modify_find_counts(Modify *m);
bool modify_check_counts(Modify *m, Arena *mem, Err *err);

/* modify_select.c: into the table of keys, by --where, --count, --percentage, or all. */
bool modify_select(Modify *m, ModifyTable *table, Arena *mem, Err *err);
/* The table of the plan that a table of the closure is; -1: it is none of the recipe's. */
int modify_plan_of(const Modify *m, int node);
/* The closure's tables of the recipe are called as there, and in the ledger. */
void modify_name_tables(Modify *m, Arena *mem);
/* Columns that tell rows apart: an address of a row does not outlive it. */
bool modify_has_key(const ClosureTable *node);
bool modify_refuse_keyless(const ClosureTable *node, Arena *mem, Err *err);

/* modify_pick.c: so many rows of a table into its table of keys; refused when there are less. */
bool modify_pick(Modify *m, ModifyTable *table, int64_t wanted, Arena *mem, Err *err);

/* modify.c: does the command make rows; does it take all of a table's out? */
bool modify_inserts(const Modify *m);
bool modify_empties(const Modify *m, int plan);

/* modify_parents.c: parents that somebody deleted by hand (Modify.missing), by counting those that
 * are there. Large tables are left for later, where few rows are to come. */
bool modify_find_missing(Modify *m, Arena *mem, Err *err);
/* Do the rows to come, as s->plan has them, lead to a parent that is not there? Then the missing
 * ones are found and recorded, and the plan is to be made again. */
bool modify_find_absent(Modify *m, bool *again, Arena *mem, Err *err);

/* modify_ask.c: false when more rows are asked for than there are. */
bool modify_check_count(Modify *m, const ModifyTable *table, Arena *mem, Err *err);
/* modify_ask.c: may the user do what was counted? An error for each privilege that is missing. */
bool modify_may_do(Modify *m, Arena *mem, Err *err);

/* modify_where.c */
/* A condition that is one expression: false with the place of what is not. Pure. */
bool modify_check_where(Engine engine, const char *where, Arena *mem, Err *err);
bool modify_select_where(Modify *m, const ModifyTable *table, Arena *mem, Err *err);

/* modify_changed.c: fills Modify.changed. */
bool modify_find_changed(Modify *m, Arena *mem, Err *err);
/* Refused: another recipe's rows among these; the user's own, where they are to be spared. */
bool modify_spares(const Modify *m, Arena *mem, Err *err);

/* modify_rows.c: the row numbers behind the keys that a statement reads (rn, k1, k2, ...). */
bool modify_rows_of(Modify *m, int node, const char *sql, ModifyRows *out, Arena *mem, Err *err);
/* ModifyRows.others of rows that nothing tells apart. */
void modify_suspect_others(const Modify *m, ModifyRows *rows, Arena *mem);
/* Counts the selected rows with a cell in `cols` that is not as it was made (ModifyRows.altered).
 */
bool modify_count_altered(Modify *m, ModifyRows *rows, const int *cols, int ncols, Arena *mem,
                          Err *err);
int64_t modify_rows_made(const TablePlan *tp); /* that should be there */
/* How many of a table's rows are there, and how many of them seedpipe made. */
bool modify_count_rows(Modify *m, ModifyTable *table, Arena *mem, Err *err);
/* Which rows of a table without a serial key are seedpipe's and there (ModifyTable.mine). */
bool modify_find_made(Modify *m, ModifyTable *table, Arena *mem, Err *err);
KeyRanges modify_issued(const Modify *m, int plan, Arena *mem);
/* A condition on `c` for the keys before range `gap` and behind the one before it. */
const char *modify_gap_where(const Modify *m, int plan, const KeyRanges *issued, int gap,
                             Arena *mem);
/* A condition on `c` for the rows that seedpipe made; NULL when only their keys can tell. */
const char *modify_made_where(const Modify *m, int plan, Arena *mem);

/* modify_keyless.c: the rows of a table without a key that a SET NULL clears, as the plan has them;
 * proved: the target has as many. After the deleted rows are known. */
bool modify_keyless_rows(Modify *m, const ClosureRef *ref, ModifyRows *out, bool *proved,
                         Arena *mem, Err *err);

/* modify_ahead.c: begins, on another thread, to count what rows of a segment will ask the plan for;
 * NULL where that is quick. */
struct ModifyAhead;
struct ModifyAhead *modify_ahead_begin(const Plan *plan, int table, int segment, Arena *mem);
void modify_ahead_end(struct ModifyAhead *ahead); /* NULL is fine */

/* modify_report.c */
bool modify_deletes(const Modify *m); /* modify.c */
ExecModified *modify_report_table(Modify *m, const char *name);
void modify_fill_report(Modify *m, Arena *mem);

/* modify_record.c: rows that went, were cleared or made anew, and what no undo brings back. */
bool modify_record(Modify *m, Arena *mem, Err *err);
/* Writes one change down, in the ledger and in Modify.recorded. */
bool modify_add_change(Modify *m, const char *table, ChangeKind kind, const char *columns,
                       const RowSet *rows, Arena *mem, Err *err);
/* What the ledger says now of changed rows. */
void modify_know_changes(const Modify *m, PlanTarget *target, Arena *mem);

/* modify_verify.c: the checks, before the commit. */
bool modify_verify(Modify *m, Arena *mem, Err *err);

/* modify_update.c */
bool modify_find_columns(Modify *m, Arena *mem, Err *err);
/* The unique key that gives a column its value; -1. */
int modify_group_of(const TablePlan *tp, int c);

/* modify_anew.c: try: all that could refuse the update, without it. */
bool modify_try_update(Modify *m, Arena *mem, Err *err);
bool modify_update(Modify *m, Arena *mem, Err *err);
/* modify_conditions.c: the new values in their table against the target's CHECKs. */
struct Renewal;
bool modify_meets_conditions(const Modify *m, const struct Renewal *r, Arena *mem, Err *err);

#endif

/* Undo: what a run inserted, as a selection for a Removal. Rows are found by the ledger's chunks:
 * by key range where the key is serial, by recomputed keys elsewhere. */
#ifndef SEEDPIPE_EXEC_UNDO_H
#define SEEDPIPE_EXEC_UNDO_H

#include "exec/exec_int.h"
#include "exec/removal.h"

typedef struct UndoTable {
    int plan;           /* index in Plan.tables */
    int node;           /* index in Closure.tables; -1: the table is not there any more */
    const RowSet *rows; /* to remove */
    int64_t made;       /* how many these are */
    int64_t there;      /* counted: of these, still in the table */
    int64_t changed;    /* counted: of these, with another cell than was made */
    bool created;       /* by this run */
    bool emptied;       /* by this run, before it made its rows */
    const char *kept;   /* why it was not dropped; NULL */
} UndoTable;

typedef struct Undo {
    Session *s;
    const Plan *plan;
    const LedgerRun *run;
    Catalog catalog;
    Removal removal;
    UndoTable *tables; /* as in the plan */
    Step *steps;
    int nsteps;
} Undo;

/* Reads the catalog and the run's chunks, as far as they are there; run NULL: the rows that the
 * plan prunes. Nothing is written. */
bool undo_open(Undo *u, Session *s, const Plan *plan, const LedgerRun *run, Arena *mem, Err *err);
/* Begins the transaction, selects the rows, follows the keys, counts and makes the steps. */
bool undo_select(Undo *u, bool cascade, Arena *mem, Err *err);
/* Counts the rows that are not any more what the run made. */
bool undo_count_changed(Undo *u, Arena *mem, Err *err);
/* Drops the tables that the run created and that are empty; `dropped` (may be NULL): per table of
 * the plan. *all: nothing of the run is left. */
bool undo_drop_created(Undo *u, bool *all, bool *dropped, Arena *mem, Err *err);

#endif

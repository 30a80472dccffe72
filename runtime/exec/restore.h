/* Restore: what a run of `modify` took away comes back by recomputation: rows that it deleted,
 * cells that it made anew or that were cleared with a parent. Cells that were changed since then
 * stay. */
#ifndef SEEDPIPE_EXEC_RESTORE_H
#define SEEDPIPE_EXEC_RESTORE_H

#include "exec/renew.h"
#include "exec/undo.h"

typedef struct RestoreItem {
    ChangeKind kind; /* deleted, cells, cleared */
    int table;       /* index in both plans */
    const RowSet *rows;
    int *cols; /* of the cells, with all that is computed from them */
    int ncols;
} RestoreItem;

typedef struct RestoreLost {
    const char *table;
    int64_t own, cleared, altered;
} RestoreLost;

typedef struct Restore {
    Session *s;
    const Plan *made;   /* with what the run changed */
    const Plan *before; /* without */
    RestoreItem *items;
    int nitems;
    RestoreLost *lost;
    int nlost;
} Restore;

/* What the run changed; nitems 0: nothing but what it inserted. `number`: the run's among all. */
bool restore_open(Restore *r, Session *s, const LedgerRun *run, int number, Arena *mem, Err *err);
/* Inside the transaction: adds to the report what will come back. */
bool restore_count(Restore *r, const Closure *closure, ExecRemoval *report, Arena *mem, Err *err);
/* The cells of an item, to be loaded. */
bool restore_cells(const Restore *r, const Closure *closure, const RestoreItem *item, Renewal *out,
                   Arena *mem, Err *err);
/* restore_look.c, inside the transaction: an ERR_REFUSED for each key whose values others have by
 * now, and each reference whose parents are gone. */
bool restore_look(const Restore *r, const Closure *closure, const char *run, Arena *mem, Err *err);
/* Inside the transaction, when the run's own rows are gone. */
bool restore_apply(Restore *r, Removal *removal, Arena *mem, Err *err);

#endif

/* Removal: selects, counts and deletes rows together with what refers to them, by the statements of
 * plan/closure.h, in one transaction of its caller's. rollback, --restart, --prune and modify
 * differ in what they select and in what they tell the ledger; the rest is here.
 *
 *   removal_begin, removal_select..., removal_follow, [closure_steps, removal_run], removal_end
 */
#ifndef SEEDPIPE_EXEC_REMOVAL_H
#define SEEDPIPE_EXEC_REMOVAL_H

#include <stdatomic.h>

#include "base/log.h"
#include "db/db.h"
#include "exec/exec.h"
#include "plan/closure.h"

typedef struct Removal {
    Db *db;
    Closure *closure;
    const _Atomic int *stop; /* not 0: end before the next statement; NULL: never */
    bool selects_none;       /* no tables of keys are needed */
    int renews;   /* rows of the closure's first tables get other values and none goes; 0: else */
    bool locks;   /* other sessions get no chance to refer to what goes: not in a dry run */
    bool commits; /* the COMMIT was sent: what came of it may be unknown */
    Log *log;
} Removal;

/* Reads the catalog with every schema that refers to the target's own. had: the target's own and
 * these schemas, as they are now; NULL: not known. */
bool removal_catalog(Db *db, const char *const *schemas, int nschemas, const Catalog *had,
                     Catalog *out, Arena *mem, Err *err);

/* May the user read all that refers to what goes, and are a table's rows its own? removal_begin
 * asks.
 */
bool removal_may(const Removal *r, Arena *mem, Err *err);

/* What happens to rows that refer into a selection. */
typedef enum Follow {
    FOLLOW_NONE,    /* they are counted, and nothing is added */
    FOLLOW_ACTIONS, /* as their foreign keys say: CASCADE goes along, the others are counted */
    FOLLOW_ALL      /* whatever the keys say, all go along but for SET NULL */
} Follow;

/* Begins the transaction, with the engine's foreign keys on, and creates the tables of keys. */
bool removal_begin(Removal *r, Arena *mem, Err *err);
/* Selects rows of a table by a condition on `c` (NULL: all). `row`: an SQL expression for the row's
 * number in a plan, NULL: none. Rows must not be selected twice. */
bool removal_select(Removal *r, int table, const char *where, const char *row, Arena *mem,
                    Err *err);
/* Locks the selected rows, but in a dry run; those that do not meet the condition any more stay
 * out. */
bool removal_hold(Removal *r, int table, const char *where, Arena *mem, Err *err);
/* Selects rows of a plan by their keys, which are computed: those that are not in the table are
 * left out. t: the table in the plan. */
bool removal_select_rows(Removal *r, int table, const Plan *plan, int t, const RowSet *rows,
                         Arena *mem, Err *err);
/* Counts the selection, and the rows that refer into it (ClosureRef.rows). Those that go along are
 * selected too, and what refers to them, until nothing new is found. */
bool removal_follow(Removal *r, Follow follow, Arena *mem, Err *err);
/* The table's keys in work are created when they are first needed. */
bool removal_need_work(Removal *r, int table, Arena *mem, Err *err);
/* Children of the selected parents that are not selected, into the child's work table; nothing is
 * to do where they still are there. */
bool removal_find_children(Removal *r, ClosureRef *ref, Arena *mem, Err *err);
/* Does a key's effect add its children to the selection? */
bool removal_follows(Follow follow, RefEffect effect);
/* An ERR_REFUSED for each foreign key with rows outside the selection that does not let them be
 * (FOLLOW_NONE: any that has some): "cannot <what>: 12 rows in
 * notes reference loans (notes_loan_id_fkey, NO ACTION)". True when there is none. */
bool removal_check_refs(const Removal *r, Follow follow, const char *what, Arena *mem, Err *err);
/* The keys that the selection met, for a report: with rows, or without an index that helps. */
ExecRef *removal_refs(const Removal *r, int *n, Arena *mem);
/* Is there an order that the engine allows? PostgreSQL does not put RESTRICT off to the end. */
bool removal_can_run(const Removal *r, const Step *steps, int n, Arena *mem, Err *err);
/* Runs the steps; a number of rows other than the step's is an error, and so is a row that is left.
 * Logs rollback.deleted. */
bool removal_run(Removal *r, const Step *steps, int n, Arena *mem, Err *err);
/* PostgreSQL: a key that cannot be deferred is made so, or as strict as it was; in the transaction.
 */
bool removal_defer_key(Removal *r, const ClosureRef *ref, bool defer, Arena *mem, Err *err);
/* Commits or rolls back; the tables of keys go. */
bool removal_end(Removal *r, bool commit, Arena *mem, Err *err);

#endif

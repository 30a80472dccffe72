/* The checks that are enough after a command that touched some rows, in the transaction that
 * touched them: what was right before stays right where nothing came near it. */
#ifndef SEEDPIPE_PLAN_CHECKS_H
#define SEEDPIPE_PLAN_CHECKS_H

#include "plan/closure.h"
#include "plan/plan.h"

/* What happened to one table of the plan. */
typedef struct PlanTouched {
    int segments;     /* from this one on its rows are new; the table's number of them: none */
    const bool *anew; /* per column: made anew in the rows that the closure selects; NULL: none */
    const bool *cleared;   /* per column: set to NULL or to its default in some rows; NULL: none */
    const bool *defaulted; /* of these, to its default; NULL: none */
} PlanTouched;

/* The plan with these checks alone. touched: per table. closure: its tables of keys hold the rows
 * that were made anew, or those that were deleted (ClosureTable.rows > 0); NULL: there are none. */
const Plan *plan_check_touched(const Plan *plan, const PlanTarget *target,
                               const PlanTouched *touched, const Closure *closure, Arena *mem,
                               Err *err);

#endif

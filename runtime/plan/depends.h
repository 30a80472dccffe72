/* What is computed from what: for an update, which has to make anew all that depends on the columns
 * that it changes. */
#ifndef SEEDPIPE_PLAN_DEPENDS_H
#define SEEDPIPE_PLAN_DEPENDS_H

#include "gen/gen.h"

/* Adds to `changed` (one flag for each column of table t) the columns that show parts of the same
 * draw as one of them: they are drawn anew together, or they would contradict each other. */
void plan_drawn_together(const Plan *plan, int t, bool *changed);

/* Adds to `changed` every column of the table that is computed from one of them. Columns of other
 * tables that are: "orders.total, items.sent_at", NULL when there are none. */
const char *plan_dependents(const Plan *plan, int t, bool *changed, Arena *mem);

/* The columns of its parent that are computed over the children by this foreign key: "orders.total,
 * orders.items"; NULL: none. */
const char *plan_added_up(const Plan *plan, int t, int fk, Arena *mem);

/* Columns that cannot be computed again as they were: they follow from keys of a table outside of
 * the recipe that are not known any more (POOL_LOST). Per table of the plan a flag for each column;
 * NULL: there are none. */
bool **plan_lost_columns(const Plan *plan, Arena *mem);

#endif

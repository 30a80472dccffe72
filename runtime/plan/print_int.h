/* Private to plan/print*.c. */
#ifndef SEEDPIPE_PLAN_PRINT_INT_H
#define SEEDPIPE_PLAN_PRINT_INT_H

#include "plan/plan_int.h"

void print_text(const Plan *plan, bool with_sql, const PlanTarget *target, FILE *out, Arena *mem);
void print_json(const Plan *plan, bool with_sql, const PlanTarget *target, FILE *out, Arena *mem);
void print_dot(const Plan *plan, FILE *out, Arena *mem);

/* Rows that the plan adds to a table. */
uint64_t print_rows_added(const TablePlan *tp);
/* The first row of a load step as an INSERT statement: what the bulk path carries, in a form that
 * can be read. */
const char *print_sample(const Plan *plan, const Step *step, Engine engine, Arena *mem);

#endif

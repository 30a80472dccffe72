/* Names of the plan's enumerations: stable, since JSON output and the ledger show them. And tables
 * by their names. */
#include "model/plan.h"

#include <string.h>

const char *load_path_name(LoadPath path)
{
    switch (path) {
    case LOAD_NONE: return "none";
    case LOAD_COPY: return "copy";
    case LOAD_DATA: return "load data";
    case LOAD_INSERT: return "insert";
    case LOAD_PREPARED: return "prepared insert";
    case LOAD_SINK: return "sink";
    }
    return "unknown";
}

const char *step_kind_name(StepKind kind)
{
    switch (kind) {
    case STEP_CREATE_TABLE: return "create_table";
    case STEP_LOAD: return "load";
    case STEP_DEFER_KEYS: return "defer_keys";
    case STEP_SETTLE_KEYS: return "settle_keys";
    case STEP_SET_REFERENCES: return "set_references";
    case STEP_ADD_KEYS: return "add_keys";
    case STEP_ADD_FOREIGN: return "add_foreign_keys";
    case STEP_MOVE_SEQUENCE: return "move_sequence";
    case STEP_CLEAR: return "clear";
    case STEP_DELETE: return "delete";
    case STEP_DROP_TABLE: return "drop_table";
    case STEP_VERIFY: return "verify";
    }
    return "unknown";
}

const char *check_kind_name(CheckKind kind)
{
    switch (kind) {
    case CHECK_ROWS: return "rows";
    case CHECK_ORPHANS: return "orphans";
    case CHECK_DUPLICATES: return "duplicates";
    case CHECK_NULLS: return "nulls";
    case CHECK_CONDITION: return "condition";
    case CHECK_CELLS: return "cells";
    }
    return "unknown";
}

int plan_table(const Plan *plan, const char *name)
{
    for (int t = 0; t < plan->ntables; t++)
        if (table_is_called(plan->tables[t].table, name))
            return t;
    for (int t = 0; t < plan->ntables; t++)
        if (strcmp(plan->tables[t].table->name, name) == 0)
            return t;
    return -1;
}

bool plan_is_gone(const TablePlan *tp, uint64_t row)
{
    return tp->gone && rowhistory_has(tp->gone, tp->gone->settled, row);
}

uint64_t plan_next_generation(const TablePlan *tp)
{
    uint64_t next = 1;
    for (int i = 0; i < tp->nregenerated; i++)
        next += rowset_rows(tp->regenerated[i].cells.rows);
    for (int i = 0; i < tp->navoided; i++)
        next += rowset_rows(tp->avoided[i].cells.rows);
    return next;
}

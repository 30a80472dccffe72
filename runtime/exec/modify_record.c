/* What a command did to which rows, in the ledger's words: the record commits with the change. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "exec/modify.h"

/* As the ledger lists one run's changes. */
static int by_place(const void *a, const void *b)
{
    const PlanChange *x = *(const PlanChange *const *)a, *y = *(const PlanChange *const *)b;
    int order = strcmp(x->table, y->table);
    order = order ? order : strcmp(change_kind_name(x->kind), change_kind_name(y->kind));
    return order ? order : (x > y) - (x < y);
}

/* The run is the newest one of all. */
bool modify_add_change(Modify *m, const char *table, ChangeKind kind, const char *columns,
                       const RowSet *rows, Arena *mem, Err *err)
{
    Session *s = m->s;
    if (!ledger_add_change(&s->ledger, s->db, s->run.id, table, kind, columns, rows, mem, err))
        return false;
    m->recorded = arena_grow(mem, m->recorded, &m->recorded_cap, (size_t)m->nrecorded + 1,
                             sizeof *m->recorded);
    m->recorded[m->nrecorded++] =
        (PlanChange){.table = table,
                     .run = s->nruns,
                     .unfinished = true,
                     .kind = kind,
                     .columns = columns ? arena_strdup(mem, columns) : NULL,
                     .rows = rows};
    return true;
}

void modify_know_changes(const Modify *m, PlanTarget *target, Arena *mem)
{
    int before = m->target.nchanges;
    PlanChange *all =
        arena_copy(mem, m->target.changes, (size_t)before, (size_t)m->nrecorded, sizeof *all);
    const PlanChange **order = arena_array(mem, const PlanChange *, m->nrecorded + 1);
    for (int i = 0; i < m->nrecorded; i++)
        order[i] = &m->recorded[i];
    qsort(order, (size_t)m->nrecorded, sizeof *order, by_place);
    for (int i = 0; i < m->nrecorded; i++)
        all[before + i] = *order[i];
    target->changes = all;
    target->nchanges = before + m->nrecorded;
}

/* What a rollback will not bring back. */
static bool record_lost(Modify *m, const ModifyRows *rows, Arena *mem, Err *err)
{
    int64_t own = rows == &m->updated ? 0 : rows->own;
    if (own == 0 && rows->altered == 0)
        return true;
    const char *text =
        arena_printf(mem, "{\"%s\":%lld,\"altered\":%lld}", rows->columns ? "cleared" : "own",
                     (long long)own, (long long)rows->altered);
    return modify_add_change(m, rows->table, CHANGE_LOST, text, rowset_new(mem), mem, err);
}

/* Rows of an emptied table that someone else removed before: gone as well, and no undo knows them.
 */
static bool record_missing(Modify *m, const ModifyTable *table, Arena *mem, Err *err)
{
    const TablePlan *tp = &m->made->tables[table->plan];
    const RowSet *deleted = NULL;
    for (int i = 0; i < m->nchanged; i++)
        if (m->changed[i].plan == table->plan && !m->changed[i].columns)
            deleted = m->changed[i].rows;
    if (modify_rows_made(tp) == (int64_t)rowset_rows(deleted))
        return true;
    RowSet *missing = rowset_new(mem);
    for (uint64_t row = 0; row < tp->rows; row++)
        if (!rowset_has(deleted, row) && !plan_is_gone(tp, row))
            rowset_add(missing, row, 1, mem);
    return modify_add_change(m, ledger_table_name(tp->table, mem), CHANGE_MISSING, NULL, missing,
                             mem, err);
}

bool modify_record(Modify *m, Arena *mem, Err *err)
{
    bool empties = m->o->kind == MODIFY_REPLACE || m->o->kind == MODIFY_TRUNCATE;
    for (int i = 0; empties && i < m->ntables; i++)
        if (!record_missing(m, &m->tables[i], mem, err))
            return false;
    for (int i = 0; i < m->nmissing; i++)
        if (!modify_add_change(m, m->missing[i].table, CHANGE_MISSING, NULL, m->missing[i].rows,
                               mem, err))
            return false;
    for (int i = 0; i < m->nchanged; i++) {
        const ModifyRows *rows = &m->changed[i];
        if (rows->plan >= 0 && rowset_rows(rows->rows) > 0 &&
            !modify_add_change(m, rows->table, rows->columns ? CHANGE_CLEARED : CHANGE_DELETED,
                               rows->columns, rows->rows, mem, err))
            return false;
        if (!record_lost(m, rows, mem, err))
            return false;
    }
    if (rowset_rows(m->updated.rows) == 0)
        return true;
    const TablePlan *tp = &m->made->tables[m->tables[0].plan];
    json_t *names = json_array();
    for (int i = 0; i < m->nasked; i++)
        json_array_append_new(names, json_string(tp->table->cols[m->columns[i]].name));
    char *text = json_dumps(names, JSON_COMPACT);
    bool ok = record_lost(m, &m->updated, mem, err);
    for (int i = 0; ok && i < m->nanew; i++)
        ok = modify_add_change(m, ledger_table_name(tp->table, mem), CHANGE_CELLS, text, m->anew[i],
                               mem, err);
    free(text);
    json_decref(names);
    return ok;
}

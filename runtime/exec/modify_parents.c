/* Rows that are to come lead only to parents that are there. Which are not is found by counting all
 * of them; where few rows meet a large table, the parents of these are looked up instead, and only
 * when one of them is absent is the table counted. */
#include <string.h>

#include "exec/modify.h"

#define QUICKLY_COUNTED 100000u

/* Does an update make a reference anew? */
static bool draws_anew(const Modify *m, const ForeignKey *fk)
{
    for (int i = 0; i < m->ncolumns; i++)
        for (int k = 0; k < fk->ncols; k++)
            if (m->columns[i] == fk->cols[k])
                return true;
    return false;
}

static bool *asked_parents(const Modify *m, Arena *mem)
{
    const Plan *made = m->made;
    bool *asked = arena_array(mem, bool, made->ntables + 1);
    for (int i = 0; i < m->ntables && (modify_inserts(m) || m->o->kind == MODIFY_UPDATE); i++) {
        const TablePlan *tp = &made->tables[m->tables[i].plan];
        for (int f = 0; f < tp->table->nfks; f++)
            if (tp->fks[f].parent >= 0 && !modify_empties(m, tp->fks[f].parent) &&
                (modify_inserts(m) || draws_anew(m, tp->fks[f].fk)))
                asked[tp->fks[f].parent] = true;
    }
    return asked;
}

/* New rows are checked together with the old ones where no serial key tells them apart. */
static bool counts_whole(const Modify *m, int t)
{
    for (int i = 0; i < m->ntables; i++)
        if (m->tables[i].plan == t)
            return modify_inserts(m) && !modify_empties(m, t) &&
                   plan_serial_key(&m->made->tables[t]) < 0;
    return false;
}

static bool find_missing_of(Modify *m, int t, Arena *mem, Err *err)
{
    const RowSet *rows = NULL;
    if (!session_missing_rows(m->s, m->made, t, &rows, mem, err))
        return false;
    if (rows)
        m->missing[m->nmissing++] =
            (PlanChange){.table = ledger_table_name(m->made->tables[t].table, mem),
                         .run = PLAN_NOW,
                         .kind = CHANGE_MISSING,
                         .rows = rows};
    return true;
}

bool modify_find_missing(Modify *m, Arena *mem, Err *err)
{
    const Plan *made = m->made;
    const bool *asked = asked_parents(m, mem);
    bool can_wait = modify_inserts(m) && !m->s->options->dry_run;
    int64_t to_come = 0;
    for (int i = 0; i < m->ntables; i++)
        to_come += m->tables[i].count > 0 ? m->tables[i].count : 0;
    m->uncounted = arena_array(mem, bool, made->ntables + 1);
    m->missing = arena_array(mem, PlanChange, made->ntables + 1);
    m->nmissing = 0;
    for (int t = 0; t < made->ntables; t++) {
        uint64_t rows = made->tables[t].rows;
        m->uncounted[t] =
            asked[t] && can_wait && rows > QUICKLY_COUNTED && (uint64_t)to_come < rows / 10;
        if (((asked[t] && !m->uncounted[t]) || counts_whole(m, t)) &&
            !find_missing_of(m, t, mem, err))
            return false;
    }
    return true;
}

/* The first table whose rows the new ones miss; -1. */
static bool find_absent(Modify *m, int *absent, Arena *mem, Err *err)
{
    const Plan *plan = m->s->plan;
    for (int i = 0; *absent < 0 && i < m->ntables; i++) {
        const TablePlan *tp = &plan->tables[m->tables[i].plan];
        for (int f = 0; *absent < 0 && f < tp->table->nfks; f++) {
            int parent = tp->fks[f].parent;
            bool all = true;
            if (parent < 0 || !m->uncounted[parent])
                continue;
            if (!session_find_parents(m->s, m->tables[i].plan, &tp->table->fks[f], &all, mem, err))
                return false;
            if (!all)
                *absent = parent;
        }
    }
    return true;
}

bool modify_find_absent(Modify *m, bool *again, Arena *mem, Err *err)
{
    int absent = -1, known = m->nmissing;
    *again = false;
    if (!modify_inserts(m) || !find_absent(m, &absent, mem, err))
        return !modify_inserts(m);
    if (absent < 0)
        return true;
    m->uncounted[absent] = false;
    if (!find_missing_of(m, absent, mem, err))
        return false;
    *again = m->nmissing > known;
    if (!*again)
        return modify_find_absent(m, again, mem, err);
    return modify_add_change(m, m->missing[known].table, CHANGE_MISSING, NULL,
                             m->missing[known].rows, mem, err);
}

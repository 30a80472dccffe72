/* What `modify` shows before it does anything: a line for each table that it changes. */
#include <string.h>

#include "base/text.h"
#include "exec/modify.h"
#include "plan/depends.h"

ExecModified *modify_report_table(Modify *m, const char *name)
{
    ExecModification *r = &m->s->report->modified;
    for (int i = 0; i < r->ntables; i++)
        if (strcmp(r->tables[i].table, name) == 0)
            return &r->tables[i];
    r->tables[r->ntables] = (ExecModified){.table = name, .before = -1};
    return &r->tables[r->ntables++];
}

static const char *trigger_names(const Table *table, Arena *mem)
{
    const char **names = arena_array(mem, const char *, table->ntriggers + 1);
    for (int i = 0; i < table->ntriggers; i++)
        names[i] = table->triggers[i].name;
    return table->ntriggers ? text_list(names, table->ntriggers, 8, mem) : NULL;
}

/* A value over children is not computed again when some of them go, unless its row goes, too. */
static const char *added_up(Modify *m, int plan, Arena *mem)
{
    const TablePlan *tp = &m->made->tables[plan];
    bool asked = false;
    for (int i = 0; i < m->ntables; i++)
        asked = asked || m->tables[i].plan == plan;
    for (int f = 0; f < tp->table->nfks; f++) {
        int parent = tp->fks[f].parent;
        if (!tp->fks[f].rolled_up || modify_empties(m, parent))
            continue;
        bool parent_goes = false;
        for (int i = 0; i < m->nchanged; i++)
            parent_goes = parent_goes || (m->changed[i].plan == parent && !m->changed[i].columns);
        if (asked || !parent_goes)
            return plan_added_up(m->made, plan, f, mem);
    }
    return NULL;
}

void modify_fill_report(Modify *m, Arena *mem)
{
    const Closure *c = m->removal.closure;
    ExecModification *r = &m->s->report->modified;
    *r = (ExecModification){0};
    r->tables = arena_array(mem, ExecModified, m->ntables + (c ? c->ntables : 0) + 1);
    for (int i = 0; i < m->ntables; i++) {
        ExecModified *t = modify_report_table(
            m, ledger_table_name(m->made->tables[m->tables[i].plan].table, mem));
        t->asked = true;
        t->before = m->tables[i].there;
        if (m->o->kind == MODIFY_APPEND || m->o->kind == MODIFY_REPLACE || m->o->reseed)
            t->inserted = m->tables[i].count;
        if (m->o->kind == MODIFY_UPDATE)
            t->updated = (int64_t)rowset_rows(m->updated.rows);
    }
    for (int i = 0; i < m->nchanged; i++) {
        const ModifyRows *rows = &m->changed[i];
        ExecModified *t = modify_report_table(m, rows->table);
        int64_t n = (int64_t)rowset_rows(rows->rows) + rows->own;
        if (rows->columns)
            t->cleared += n;
        else
            t->deleted = n;
        if (!rows->columns && rows->plan >= 0)
            t->added_up = added_up(m, rows->plan, mem);
        t->own += rows->columns ? 0 : rows->own;
    }
    for (int i = 0; i < r->ntables && c; i++)
        for (int t = 0; t < c->ntables; t++)
            if (strcmp(r->tables[i].table, c->tables[t].name) == 0)
                r->tables[i].triggers = trigger_names(c->tables[t].table, mem);
    for (int i = 0; i < m->ncolumns; i++) {
        const char *name = m->made->tables[m->tables[0].plan].table->cols[m->columns[i]].name;
        r->columns = r->columns ? arena_printf(mem, "%s, %s", r->columns, name) : name;
    }
    if (c && modify_deletes(m))
        r->refs = removal_refs(&m->removal, &r->nrefs, mem);
}

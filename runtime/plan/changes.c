/* What happened to rows after they were made: rows that are gone, cells that have another
 * generation. Read from the ledger's record, oldest first, so that each segment knows what was gone
 * when its rows drew their parents. */
#include <limits.h>
#include <string.h>

#include <jansson.h>

#include "plan/plan_int.h"

const char *change_kind_name(ChangeKind kind)
{
    static const char *const names[] = {
        [CHANGE_DELETED] = "deleted", [CHANGE_REJECTED] = "rejected", [CHANGE_PRUNED] = "pruned",
        [CHANGE_CELLS] = "cells",     [CHANGE_CLEARED] = "cleared",   [CHANGE_LOST] = "lost"};
    return names[kind];
}

static bool is_of(const Build *b, const PlanChange *change, int t)
{
    return plan_table(b->plan, change->table) == t;
}

static bool is_gone(const PlanChange *change)
{
    return change->kind == CHANGE_DELETED || change->kind == CHANGE_REJECTED ||
           change->kind == CHANGE_PRUNED;
}

int plan_gone_until(const Build *b, int t, int run)
{
    int n = 0;
    for (int i = 0; i < b->target->nchanges; i++)
        n += b->target->changes[i].run <= run && is_gone(&b->target->changes[i]) &&
             is_of(b, &b->target->changes[i], t);
    return n;
}

int plan_counted_until(const Build *b, int t, int run)
{
    int n = 0;
    for (int i = 0; i < b->target->nchanges; i++) {
        const PlanChange *change = &b->target->changes[i];
        bool before = change->run < run || (change->run == run && change->kind != CHANGE_REJECTED);
        n += before && is_gone(change) && is_of(b, change, t);
    }
    return n;
}

static bool misfit(Build *b, const TablePlan *tp)
{
    err_add(b->mem, b->err, ERR_DRIFT, NULL, tp->table->name,
            "the ledger's record of changed rows does not fit the table as it is now");
    return err_hint(b->mem, b->err, "columns of the table have changed since these rows were made");
}

static bool read_cells(const TablePlan *tp, const PlanChange *change, CellSet *out, Arena *mem)
{
    const char *text = change->columns;
    json_t *names = text ? json_loads(text, 0, NULL) : NULL;
    int n = (int)json_array_size(names);
    int *cols = arena_array(mem, int, n + 1);
    bool ok = n > 0;
    for (int i = 0; ok && i < n; i++) {
        const char *name = json_string_value(json_array_get(names, (size_t)i));
        cols[i] = name ? table_column(tp->table, name) : -1;
        ok = cols[i] >= 0;
    }
    json_decref(names);
    *out = (CellSet){.cols = cols, .ncols = n, .rows = change->rows};
    return ok;
}

static bool table_changes(Build *b, int t)
{
    TablePlan *tp = &b->plan->tables[t];
    int n = b->target->nchanges, ngone = 0;
    const RowSet **gone = arena_array(b->mem, const RowSet *, n + 3);
    Regenerated *anew = arena_array(b->mem, Regenerated, n + 1);
    CellSet *cleared = arena_array(b->mem, CellSet, n + 1);
    uint64_t base = 1;
    bool ok = true;
    for (int i = 0; ok && i < n; i++) {
        const PlanChange *change = &b->target->changes[i];
        if (!is_of(b, change, t) || change->kind == CHANGE_LOST)
            continue;
        if (is_gone(change)) {
            gone[ngone++] = change->rows;
            tp->gone_rows += rowset_rows(change->rows);
            if (change->kind == CHANGE_REJECTED)
                tp->rejected = rowset_union(tp->rejected, change->rows, b->mem);
        } else if (change->kind == CHANGE_CLEARED) {
            ok = read_cells(tp, change, &cleared[tp->ncleared++], b->mem);
        } else {
            Regenerated *r = &anew[tp->nregenerated++];
            r->base = (uint32_t)base;
            base += rowset_rows(change->rows);
            ok = base <= UINT32_MAX && read_cells(tp, change, &r->cells, b->mem);
        }
    }
    tp->gone = rowhistory_new(gone, ngone, b->mem);
    tp->gone_sets = gone;
    tp->ngone_sets = ngone;
    tp->regenerated = anew;
    tp->cleared = cleared;
    return ok || misfit(b, tp);
}

bool plan_changes(Build *b)
{
    bool ok = true;
    for (int t = 0; t < b->plan->ntables; t++)
        ok = table_changes(b, t) && ok;
    return ok;
}

void plan_expect_rejects(Plan *plan, int t, const RowSet *rejected, Arena *mem)
{
    TablePlan *tp = &plan->tables[t];
    /* At an odd place the history refers to the set itself, which may then grow. */
    if (tp->ngone_sets % 2 == 1)
        tp->gone_sets[tp->ngone_sets++] = rowset_new(mem);
    tp->gone_sets[tp->ngone_sets++] = rejected;
    tp->gone = rowhistory_new(tp->gone_sets, tp->ngone_sets, mem);
    for (int i = 0; i < plan->nsteps; i++) {
        if (plan->steps[i].kind != STEP_LOAD)
            continue;
        TablePlan *child = &plan->tables[plan->steps[i].table];
        int *upto = (int *)child->segments[plan->steps[i].segment].parent_gone;
        for (int f = 0; f < child->table->nfks; f++)
            if (child->fks[f].parent == t && !child->fks[f].fk->late)
                upto[f] = tp->ngone_sets;
    }
}

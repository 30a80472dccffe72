/* What happened to rows after they were made: rows that are gone, or came back, cells that have
 * another generation. Read from the ledger's record, oldest first, so that each segment knows what
 * was gone when its rows drew their parents. */
#include <limits.h>
#include <string.h>

#include <jansson.h>

#include "plan/plan_int.h"

const char *change_kind_name(ChangeKind kind)
{
    static const char *const names[] = {
        [CHANGE_DELETED] = "deleted", [CHANGE_REJECTED] = "rejected",
        [CHANGE_PRUNED] = "pruned",   [CHANGE_RESTORED] = "restored",
        [CHANGE_CELLS] = "cells",     [CHANGE_AVOIDED] = "avoided",
        [CHANGE_CLEARED] = "cleared", [CHANGE_MISSING] = "missing",
        [CHANGE_LOST] = "lost"};
    return names[kind];
}

/* Rows that went, or came back. */
static bool is_of_rows(const PlanChange *change)
{
    return change->kind == CHANGE_DELETED || change->kind == CHANGE_REJECTED ||
           change->kind == CHANGE_PRUNED || change->kind == CHANGE_RESTORED ||
           change->kind == CHANGE_MISSING;
}

int plan_gone_until(const Build *b, int t, int run)
{
    const TableRecord *r = &b->records[t];
    int n = 0;
    for (int i = 0; i < r->ngone; i++)
        n += r->gone[i]->run <= run;
    return n;
}

int plan_counted_until(const Build *b, int t, int run)
{
    const TableRecord *r = &b->records[t];
    int n = 0;
    for (int i = 0; i < r->ngone; i++)
        n += r->gone[i]->run < run ||
             (r->gone[i]->run == run && r->gone[i]->kind != CHANGE_REJECTED);
    return n;
}

/* Each table's part of the ledger's record: segments ask it again and again. */
static TableRecord *sort_records(const Build *b)
{
    const PlanTarget *target = b->target;
    int n = b->plan->ntables;
    TableRecord *records = arena_array(b->mem, TableRecord, n + 1);
    int *of_change = arena_array(b->mem, int, target->nchanges + 1);
    int *of_history = arena_array(b->mem, int, target->nhistory + 1);
    for (int i = 0; i < target->nchanges; i++)
        if ((of_change[i] = plan_table(b->plan, target->changes[i].table)) >= 0)
            records[of_change[i]].nchanges++;
    for (int i = 0; i < target->nhistory; i++)
        if ((of_history[i] = plan_table(b->plan, target->history[i].table)) >= 0)
            records[of_history[i]].nissued++;
    for (int t = 0; t < n; t++) {
        TableRecord *r = &records[t];
        r->changes = arena_array(b->mem, const PlanChange *, r->nchanges + 1);
        r->gone = arena_array(b->mem, const PlanChange *, r->nchanges + 1);
        r->issued = arena_array(b->mem, const PlanHistory *, r->nissued + 1);
        r->nchanges = r->nissued = 0;
    }
    for (int i = 0; i < target->nchanges; i++) {
        TableRecord *r = of_change[i] < 0 ? NULL : &records[of_change[i]];
        if (r)
            r->changes[r->nchanges++] = &target->changes[i];
        if (r && is_of_rows(&target->changes[i]))
            r->gone[r->ngone++] = &target->changes[i];
    }
    for (int i = 0; i < target->nhistory; i++) {
        TableRecord *r = of_history[i] < 0 ? NULL : &records[of_history[i]];
        if (r)
            r->issued[r->nissued++] = &target->history[i];
    }
    return records;
}

static bool misfit(Build *b, const TablePlan *tp)
{
    err_add(b->mem, b->err, ERR_DRIFT, NULL, tp->table->name,
            "the ledger's record of changed rows does not fit the table as it is now");
    return err_hint(b->mem, b->err, "columns of the table have changed since these rows were made");
}

static bool add_column(const Table *table, const char *name, const char *value, Cleared *out)
{
    int c = name ? table_column(table, name) : -1;
    ((int *)out->cells.cols)[out->cells.ncols] = c;
    ((const char **)out->values)[out->cells.ncols++] = value;
    return c >= 0;
}

bool plan_change_cells(const Table *table, const PlanChange *change, Cleared *out, Arena *mem)
{
    json_t *all = change->columns ? json_loads(change->columns, 0, NULL) : NULL, *value;
    size_t n = json_is_object(all) ? json_object_size(all) : json_array_size(all), i;
    const char *name;
    bool ok = n > 0;
    *out = (Cleared){.cells = {.cols = arena_array(mem, int, n + 1), .rows = change->rows},
                     .values = arena_array(mem, const char *, n + 1)};
    json_array_foreach(all, i, value) ok =
        add_column(table, json_string_value(value), NULL, out) && ok;
    json_object_foreach(all, name, value) ok =
        add_column(table, name, arena_strdup(mem, json_string_value(value)), out) && ok;
    json_decref(all);
    return ok;
}

/* A run that is rolled back leaves on record what it removed of others' rows; numbers that were
 * issued anew since are not meant. */
static const RowSet *issued_by_then(const Build *b, int t, const PlanChange *change)
{
    uint64_t end = 0;
    if (change->run == PLAN_NOW)
        return change->rows;
    for (int i = 0; i < b->records[t].nissued; i++) {
        const PlanHistory *h = b->records[t].issued[i];
        if (h->run <= change->run && h->first_row + h->rows > end)
            end = h->first_row + h->rows;
    }
    return rowset_before(change->rows, end) == rowset_rows(change->rows)
               ? change->rows
               : rowset_part(change->rows, 0, end, b->mem);
}

typedef struct Gone {
    const RowSet **sets;
    bool *back;
    int n;
    const RowSet **rejected;
    int nrejected;
    const RowSet *pruned;
} Gone;

static void add_rows(const Build *b, Gone *g, int t, const PlanChange *change)
{
    TablePlan *tp = &b->plan->tables[t];
    const RowSet *rows = issued_by_then(b, t, change);
    bool now = change->run == PLAN_NOW;
    if (change->kind == CHANGE_REJECTED)
        g->rejected[g->nrejected++] = rows;
    g->back[g->n] = change->kind == CHANGE_RESTORED;
    g->sets[g->n++] = rows;
    if (change->kind == CHANGE_PRUNED) {
        g->pruned = rowset_union(g->pruned, rows, b->mem);
        tp->pruned = now ? rowset_union(tp->pruned, rows, b->mem) : tp->pruned;
    } else if (change->kind == CHANGE_RESTORED) {
        g->pruned = rowset_minus(g->pruned, rows, b->mem);
        if (now || change->unfinished)
            tp->restored = rowset_union(tp->restored, rows, b->mem);
        if (now)
            tp->restored_now = rowset_union(tp->restored_now, rows, b->mem);
    }
}

static bool table_changes(Build *b, int t)
{
    TablePlan *tp = &b->plan->tables[t];
    const TableRecord *record = &b->records[t];
    int n = record->nchanges;
    Gone gone = {.sets = arena_array(b->mem, const RowSet *, n + 1),
                 .back = arena_array(b->mem, bool, n + 1),
                 .rejected = arena_array(b->mem, const RowSet *, n + 1)};
    Regenerated *anew = arena_array(b->mem, Regenerated, n + 1);
    Cleared *cleared = arena_array(b->mem, Cleared, n + 1);
    Avoided *avoided = arena_array(b->mem, Avoided, n + 1);
    uint64_t base = 1;
    bool ok = true;
    for (int i = 0; ok && i < n; i++) {
        const PlanChange *change = record->changes[i];
        if (change->kind == CHANGE_LOST)
            continue;
        if (is_of_rows(change)) {
            add_rows(b, &gone, t, change);
        } else if (change->kind == CHANGE_CLEARED) {
            ok = plan_change_cells(tp->table, change, &cleared[tp->ncleared], b->mem);
            cleared[tp->ncleared++].regenerated = tp->nregenerated;
        } else if (change->kind == CHANGE_AVOIDED) {
            Cleared over;
            ok = plan_change_cells(tp->table, change, &over, b->mem);
            avoided[tp->navoided++] = (Avoided){
                .cells = over.cells, .group = -1, .after = tp->nregenerated, .base = base};
            base += rowset_rows(change->rows);
            ok = ok && base <= UINT32_MAX;
        } else {
            Cleared cells;
            Regenerated *r = &anew[tp->nregenerated++];
            r->base = (uint32_t)base;
            r->run = change->run;
            base += rowset_rows(change->rows);
            ok = base <= UINT32_MAX && plan_change_cells(tp->table, change, &cells, b->mem);
            r->cells = cells.cells;
        }
    }
    const Plan *earlier = b->target->earlier;
    tp->gone = rowhistory_grown(earlier ? earlier->tables[t].gone : NULL, gone.sets, gone.back,
                                gone.n, b->mem);
    tp->gone_rows = rowhistory_rows(tp->gone);
    tp->rejected = rowset_union_all(gone.rejected, gone.nrejected, b->mem);
    tp->asleep = gone.pruned;
    tp->regenerated = anew;
    tp->cleared = cleared;
    tp->avoided = avoided;
    return ok || misfit(b, tp);
}

bool plan_changes(Build *b)
{
    bool ok = true;
    b->records = sort_records(b);
    for (int t = 0; t < b->plan->ntables; t++)
        ok = table_changes(b, t) && ok;
    return ok;
}

static bool is_over(const Key *key, const CellSet *cells)
{
    bool same = key->ncols == cells->ncols;
    for (int i = 0; same && i < key->ncols; i++) {
        bool found = false;
        for (int k = 0; k < cells->ncols; k++)
            found = found || cells->cols[k] == key->cols[i];
        same = found;
    }
    return same;
}

bool plan_avoided_keys(Build *b, int t)
{
    TablePlan *tp = &b->plan->tables[t];
    for (int i = 0; i < tp->navoided; i++) {
        Avoided *a = (Avoided *)&tp->avoided[i];
        for (int g = 0; g < tp->ngroups && a->group < 0; g++)
            if (is_over(tp->groups[g].key_def, &a->cells))
                a->group = g;
        if (a->group < 0)
            return misfit(b, tp);
    }
    return true;
}

void plan_add_gone(TablePlan *tp, const RowSet *rows, Arena *mem)
{
    int n = tp->gone ? tp->gone->settled : 0;
    const RowSet **sets = arena_array(mem, const RowSet *, n + 1);
    bool *back = arena_array(mem, bool, n + 1);
    for (int i = 0; i < n; i++) {
        sets[i] = tp->gone->sets[i];
        back[i] = tp->gone->back && tp->gone->back[i];
    }
    sets[n] = rows;
    tp->gone = rowhistory_grown(tp->gone, sets, back, n + 1, mem);
    tp->gone_rows = rowhistory_rows(tp->gone);
}

void plan_expect_rejects(Plan *plan, int t, const RowSet *rejected, Arena *mem)
{
    TablePlan *tp = &plan->tables[t];
    tp->gone = rowhistory_late(tp->gone, rejected, mem);
    for (int i = 0; i < plan->nsteps; i++) {
        if (plan->steps[i].kind != STEP_LOAD || plan->steps[i].restores)
            continue;
        TablePlan *child = &plan->tables[plan->steps[i].table];
        int *upto = (int *)child->segments[plan->steps[i].segment].parent_gone;
        for (int f = 0; f < child->table->nfks; f++)
            if (child->fks[f].parent == t && !child->fks[f].fk->late)
                upto[f] = tp->gone->n;
    }
}

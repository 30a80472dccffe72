/* Rows come back parents first, with the keys that they had; cells by one statement for each table.
 * The plan of before is the run's own without its segments and changes, so every value is what it
 * was. */
#include "exec/restore.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "plan/depends.h"

/* ---------------------------------------------------------------- what there is to restore */

/* The columns of a change, and for cells made anew what is computed from them. */
static bool find_columns(const Restore *r, const PlanChange *change, RestoreItem *item, Arena *mem)
{
    const Table *table = r->made->tables[item->table].table;
    bool *changed = arena_array(mem, bool, table->ncols + 1);
    Cleared named;
    bool ok = plan_change_cells(table, change, &named, mem);
    for (int i = 0; ok && i < named.cells.ncols; i++)
        changed[named.cells.cols[i]] = true;
    if (change->kind == CHANGE_CELLS)
        plan_dependents(r->made, item->table, changed, mem);
    item->cols = arena_array(mem, int, table->ncols + 1);
    for (int c = 0; c < table->ncols; c++)
        if (changed[c])
            item->cols[item->ncols++] = c;
    return ok;
}

static RestoreLost lost_of(const PlanChange *change)
{
    json_t *all = change->columns ? json_loads(change->columns, 0, NULL) : NULL;
    RestoreLost lost = {.table = change->table,
                        .own = json_integer_value(json_object_get(all, "own")),
                        .cleared = json_integer_value(json_object_get(all, "cleared")),
                        .altered = json_integer_value(json_object_get(all, "altered"))};
    json_decref(all);
    return lost;
}

static bool add_item(Restore *r, const PlanChange *change, Arena *mem, Err *err)
{
    if (change->kind == CHANGE_LOST) {
        r->lost[r->nlost++] = lost_of(change);
        return true;
    }
    RestoreItem *item = &r->items[r->nitems];
    *item = (RestoreItem){.kind = change->kind == CHANGE_PRUNED ? CHANGE_DELETED : change->kind,
                          .table = plan_table(r->made, change->table),
                          .rows = change->rows};
    if (change->kind == CHANGE_REJECTED || change->kind == CHANGE_RESTORED ||
        change->kind == CHANGE_AVOIDED || change->kind == CHANGE_MISSING)
        return true;
    if (item->table < 0 || (item->kind != CHANGE_DELETED && !find_columns(r, change, item, mem)))
        return err_add(mem, err, ERR_DRIFT, NULL, change->table,
                       "the ledger's record of what the run changed does not fit the recipe");
    /* Cells that one command made anew twice, since the first values were taken, are one. */
    for (int i = 0; i < r->nitems && item->kind == CHANGE_CELLS; i++)
        if (r->items[i].kind == CHANGE_CELLS && r->items[i].table == item->table)
            item->rows = rowset_minus(item->rows, r->items[i].rows, mem);
    r->nitems += rowset_rows(item->rows) > 0;
    return true;
}

bool restore_open(Restore *r, Session *s, const LedgerRun *run, int number, Arena *mem, Err *err)
{
    PlanChange *changes = NULL;
    int n = 0;
    *r = (Restore){.s = s, .made = s->plan};
    if (!session_book(s) || !ledger_book_changes(s->book, run->recipe, &changes, &n, mem, err))
        return false;
    r->items = arena_array(mem, RestoreItem, n + 1);
    r->lost = arena_array(mem, RestoreLost, n + 1);
    for (int i = 0; i < n; i++)
        if (changes[i].run == number && !add_item(r, &changes[i], mem, err))
            return false;
    r->before = r->nitems ? session_plan_before(s, run, number) : s->plan;
    return r->before != NULL;
}

/* ---------------------------------------------------------------- cells */

/* An address of a row does not outlive it. */
static bool has_key(const ClosureTable *node)
{
    for (int k = 0; k < node->nkey; k++)
        if (table_column(node->table, node->key[k]) >= 0)
            return true;
    return false;
}

bool restore_cells(const Restore *r, const Closure *c, const RestoreItem *item, Renewal *out,
                   Arena *mem, Err *err)
{
    const Table *table = r->made->tables[item->table].table;
    int node = closure_find(c, table);
    if (node >= 0 && item->kind == CHANGE_CLEARED && !table->primary.ncols &&
        !has_key(&c->tables[node])) {
        err_add(mem, err, ERR_REFUSED, NULL, table->name,
                "%s lost %s when the parents went, and without a primary key they cannot be told "
                "apart",
                text_plural((int64_t)rowset_rows(item->rows), "row", mem),
                rowset_rows(item->rows) == 1 ? "its reference" : "their references");
        return err_hint(mem, err,
                        "empty it (seedpipe modify RECIPE %s --truncate): then seedpipe run RECIPE "
                        "--restart makes all rows anew",
                        ledger_table_name(table, mem));
    }
    if (node < 0 || c->tables[node].nkey == 0)
        return err_add(mem, err, ERR_DRIFT, NULL, table->name, "%s",
                       node < 0 ? "is not there any more" : "has lost its primary key");
    *out = (Renewal){.db = r->s->db,
                     .plan = r->before,
                     .made = r->made,
                     .nmade = item->ncols,
                     .table = item->table,
                     .rows = item->rows,
                     .key = c->tables[node].key,
                     .nkey = c->tables[node].nkey,
                     .cols = item->cols,
                     .ncols = item->ncols};
    return true;
}

static ExecRestored *report_of(ExecRemoval *report, const char *table)
{
    for (int i = 0; i < report->nrestored; i++)
        if (strcmp(report->restored[i].table, table) == 0)
            return &report->restored[i];
    report->restored[report->nrestored] = (ExecRestored){.table = table};
    return &report->restored[report->nrestored++];
}

/* What stood in columns that the recipe leaves to the database, nobody knows any more. */
static void find_defaults(const Restore *r, const Closure *c, int t, ExecRestored *out, Arena *mem)
{
    const TablePlan *tp = &r->before->tables[t];
    int node = closure_find(c, tp->table);
    if (node < 0 || out->ndefaults)
        return;
    const Table *there = c->tables[node].table;
    out->defaults = arena_array(mem, const char *, there->ncols + 1);
    for (int i = 0; i < there->ncols; i++) {
        int col = table_column(tp->table, there->cols[i].name);
        if (!there->cols[i].generated && (col < 0 || !tp->cols[col].written))
            out->defaults[out->ndefaults++] = there->cols[i].name;
    }
}

bool restore_count(Restore *r, const Closure *closure, ExecRemoval *report, Arena *mem, Err *err)
{
    report->restored = arena_array(mem, ExecRestored, r->nitems + r->nlost + 1);
    report->nrestored = 0;
    for (int i = 0; i < r->nitems; i++) {
        const RestoreItem *item = &r->items[i];
        const Table *table = r->made->tables[item->table].table;
        ExecRestored *out = report_of(report, ledger_table_name(table, mem));
        int64_t rows = (int64_t)rowset_rows(item->rows), as_made = rows;
        if (item->kind == CHANGE_DELETED) {
            out->rows += rows;
            if (rows)
                find_defaults(r, closure, item->table, out, mem);
            continue;
        }
        Renewal renewal;
        if (!restore_cells(r, closure, item, &renewal, mem, err) ||
            !renewal_load(&renewal, mem, err) || !renewal_count(&renewal, &as_made, mem, err))
            return false;
        out->cells += as_made;
        out->changed += rows - as_made;
    }
    for (int i = 0; i < r->nlost; i++) {
        ExecRestored *out = report_of(report, r->lost[i].table);
        out->own += r->lost[i].own;
        out->own_cleared += r->lost[i].cleared;
        out->altered += r->lost[i].altered;
    }
    return true;
}

/* ---------------------------------------------------------------- rows */

static bool insert_rows(const Restore *r, const RestoreItem *item, Arena *mem, Err *err)
{
    const TablePlan *tp = &r->before->tables[item->table];
    const Connector *connector = r->s->db->connector;
    DbLoad *load = connector->load_begin(r->s->db, tp->table, tp->load_cols, tp->nload, mem, err);
    if (!load)
        return false;
    Eval *eval = eval_new(r->before);
    uint64_t taken = 0;
    bool ok = true;
    for (size_t i = 0; i < item->rows->nranges; i++) {
        const RowRange *range = &item->rows->ranges[i];
        for (uint64_t done = 0; ok && done < range->rows; done += BATCH_ROWS) {
            uint64_t left = range->rows - done;
            uint32_t n = left < BATCH_ROWS ? (uint32_t)left : BATCH_ROWS;
            Batch batch = eval_batch(eval, item->table, range->first + done, n);
            ok = connector->load_batch(load, &batch, mem, err);
        }
    }
    ok = connector->load_end(load, &taken, mem, err) && ok;
    eval_free(eval);
    return ok;
}

/* Keys that came back lie above those that a replaced table counted to. */
static bool move_sequences(const Restore *r, int t, Arena *mem, Err *err)
{
    const TablePlan *tp = &r->before->tables[t];
    for (int c = 0; c < tp->table->ncols; c++) {
        int64_t next = 1;
        for (int s = 0; tp->cols[c].serial && s < tp->nsegments; s++) {
            int64_t end = tp->segments[s].key_base[c] + (int64_t)tp->segments[s].rows;
            next = end > next ? end : next;
        }
        const char *sql = tp->cols[c].serial && r->made->tables[t].nsegments > tp->nsegments
                              ? dialect_move_sequence(r->s->db->engine, tp->table, c, next, mem)
                              : NULL;
        if (sql && !db_exec(r->s->db, mem, err, sql))
            return false;
    }
    return true;
}

static bool restore_item(const Restore *r, const Closure *closure, const RestoreItem *item,
                         Arena *mem, Err *err)
{
    Renewal renewal;
    int64_t rows = 0;
    if (item->kind == CHANGE_DELETED)
        return insert_rows(r, item, mem, err) && move_sequences(r, item->table, mem, err);
    return restore_cells(r, closure, item, &renewal, mem, err) &&
           renewal_load(&renewal, mem, err) && renewal_apply(&renewal, &rows, mem, err);
}

/* A circle: the parent comes back after the child. */
static bool comes_early(const Restore *r, const Closure *c, const ClosureRef *ref)
{
    int child = -1, parent = -1;
    for (int i = 0; i < r->nitems; i++) {
        const RestoreItem *item = &r->items[i];
        int node = closure_find(c, r->before->tables[item->table].table);
        if (item->kind != CHANGE_DELETED)
            continue;
        child = node == ref->child ? item->table : child;
        parent = node == ref->parent ? item->table : parent;
    }
    return child >= 0 && parent > child;
}

/* The keys of circles wait to the end; restore_look has seen that they will hold. */
static bool open_circles(const Restore *r, Removal *removal, bool open, Arena *mem, Err *err)
{
    const Closure *c = removal->closure;
    bool ok = true, any = false;
    for (int i = 0; i < c->nrefs; i++)
        any = any || comes_early(r, c, &c->refs[i]);
    if (!any)
        return true;
    switch (c->engine) {
    case ENGINE_SQLITE: return true; /* every key waits for the commit */
    case ENGINE_MARIADB:
    case ENGINE_MYSQL:
        return db_exec(removal->db, mem, err,
                       open ? "SET SESSION foreign_key_checks = 0"
                            : "SET SESSION foreign_key_checks = 1");
    case ENGINE_POSTGRES: break;
    }
    ok = db_exec(removal->db, mem, err,
                 open ? "SET CONSTRAINTS ALL DEFERRED" : "SET CONSTRAINTS ALL IMMEDIATE");
    for (int i = 0; ok && i < c->nrefs; i++)
        if (comes_early(r, c, &c->refs[i]))
            ok = removal_defer_key(removal, &c->refs[i], open, mem, err);
    return ok;
}

bool restore_apply(Restore *r, Removal *removal, Arena *mem, Err *err)
{
    const Closure *closure = removal->closure;
    bool ok = open_circles(r, removal, true, mem, err);
    for (int t = 0; ok && t < r->before->ntables; t++) /* parents first */
        for (int i = 0; ok && i < r->nitems; i++)
            if (r->items[i].table == t && r->items[i].kind == CHANGE_DELETED)
                ok = restore_item(r, closure, &r->items[i], mem, err);
    ok = ok && open_circles(r, removal, false, mem, err);
    for (int i = 0; ok && i < r->nitems; i++)
        if (r->items[i].kind != CHANGE_DELETED)
            ok = restore_item(r, closure, &r->items[i], mem, err);
    return ok;
}

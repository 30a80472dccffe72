/* Undoing a run: its committed rows go, children first, then the tables that it created and that
 * are empty. */
#include "exec/undo.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define RANGES_MAX 200 /* a statement each; more keys are loaded in bulk */

/* ---------------------------------------------------------------- what there is to undo */

/* A table that was loaded bare may have no key yet: the one that it is to get tells rows apart. */
static const Table *with_key(const TablePlan *tp, const Table *there, Arena *mem)
{
    int serial = plan_serial_column(tp);
    const Key *wanted = &tp->table->primary;
    Key own = {.cols = &serial, .ncols = serial >= 0};
    if (there->primary.ncols)
        return there;
    if (!wanted->ncols)
        wanted = &own;
    Table *copy = arena_new_of(mem, Table);
    *copy = *there;
    copy->primary = (Key){.cols = arena_array(mem, int, wanted->ncols + 1)};
    for (int i = 0; i < wanted->ncols; i++) {
        int col = table_column(there, tp->table->cols[wanted->cols[i]].name);
        if (col < 0)
            return there;
        copy->primary.cols[copy->primary.ncols++] = col;
    }
    return copy;
}

static const char *const *plan_schemas(const Plan *plan, int *n, Arena *mem)
{
    const char **names = arena_array(mem, const char *, plan->ntables + 1);
    *n = 0;
    for (int t = 0; t < plan->ntables; t++)
        if (plan->tables[t].table->schema)
            names[(*n)++] = plan->tables[t].table->schema;
    return names;
}

/* Rows that went before are not the run's any more, and their keys may be others' by now. */
static bool find_rows(UndoTable *ut, Session *s, const Plan *plan, const LedgerRun *run, Arena *mem,
                      Err *err)
{
    const TablePlan *tp = &plan->tables[ut->plan];
    const char *name = ledger_table_name(tp->table, mem);
    const RowSet *rows = tp->pruned;
    LedgerChunk *chunks = NULL;
    int n = 0;
    if (run) {
        RowSet *committed = rowset_new(mem);
        if (!ledger_chunks(&s->ledger, run->id, name, &chunks, &n, mem, err) ||
            !ledger_created(&s->ledger, run->id, name, &ut->created, mem, err) ||
            !ledger_emptied(&s->ledger, run->id, name, &ut->emptied, mem, err))
            return false;
        for (int i = 0; i < n; i++)
            rowset_add(committed, chunks[i].first, chunks[i].rows, mem);
        rows = rowset_minus(committed, rowhistory_all(tp->gone, mem), mem);
        if (s->rejected && plan == s->plan)
            rows = rowset_minus(rows, s->rejected[ut->plan], mem);
    }
    ut->rows = rows;
    ut->made = (int64_t)rowset_rows(rows);
    return true;
}

bool undo_open(Undo *u, Session *s, const Plan *plan, const LedgerRun *run, Arena *mem, Err *err)
{
    int nschemas = 0, nroots = 0;
    const char *const *schemas = plan_schemas(plan, &nschemas, mem);
    *u = (Undo){.s = s, .plan = plan, .run = run};
    u->tables = arena_array(mem, UndoTable, plan->ntables + 1);
    const Table **roots = arena_array(mem, const Table *, plan->ntables + 1);
    if (!removal_catalog(s->db, schemas, nschemas, NULL, &u->catalog, mem, err))
        return false;
    plan_declare_keys(plan, &u->catalog, mem);
    for (int t = 0; t < plan->ntables; t++) {
        UndoTable *ut = &u->tables[t];
        const Table *table = plan->tables[t].table;
        const Table *there = catalog_table(&u->catalog, table->schema, table->name);
        *ut = (UndoTable){.plan = t, .node = there ? nroots : -1};
        if (there)
            roots[nroots++] = with_key(&plan->tables[t], there, mem);
        if (!find_rows(ut, s, plan, run, mem, err))
            return false;
    }
    u->removal =
        (Removal){.db = s->db, .stop = &s->stop, .locks = !s->options->dry_run, .log = s->log};
    u->removal.closure = closure_build(s->db->engine, &u->catalog, roots, nroots, mem);
    return true;
}

/* ---------------------------------------------------------------- selecting */

static bool select_range(Undo *u, const UndoTable *ut, int serial, const RowRange *range,
                         Arena *mem, Err *err)
{
    const TablePlan *tp = &u->plan->tables[ut->plan];
    uint64_t end = range->first + range->rows;
    Buf name;
    buf_init(&name, 1 << 16);
    buf_str(&name, "c.");
    dialect_ident(u->s->db->engine, &name, tp->table->cols[serial].name);
    const char *col = arena_strndup(mem, buf_cstr(&name), name.len);
    buf_free(&name);
    for (int i = 0; i < tp->nsegments; i++) {
        const Segment *seg = &tp->segments[i];
        uint64_t from = range->first > seg->first_row ? range->first : seg->first_row;
        uint64_t to = seg->first_row + seg->rows < end ? seg->first_row + seg->rows : end;
        if (from >= to)
            continue;
        long long shift = (long long)seg->key_base[serial] - (long long)seg->first_row;
        const char *where = arena_printf(mem, "%s BETWEEN %lld AND %lld", col,
                                         (long long)from + shift, (long long)to - 1 + shift);
        if (!removal_select(&u->removal, ut->node, where,
                            arena_printf(mem, "%s - (%lld)", col, shift), mem, err))
            return false;
    }
    return true;
}

/* Without any key only all of a table's rows can be named: if they are the run's, every one. */
static bool select_whole(Undo *u, const UndoTable *ut, Arena *mem, Err *err)
{
    ClosureTable *node = &u->removal.closure->tables[ut->node];
    int64_t rows = 0;
    node->whole = true;
    if (!db_query_i64(u->s->db, closure_sql_left(u->removal.closure, ut->node, mem), NULL, 0, 0,
                      &rows, mem, err))
        return false;
    node->whole = node->nkey == 0;
    if ((ut->created || ut->emptied) && rows <= ut->made) {
        node->rows = rows;
        return node->nkey == 0 || removal_select(&u->removal, ut->node, NULL, NULL, mem, err);
    }
    const char *held = text_plural(rows, "row", mem);
    if (rows == ut->made) {
        err_add(mem, err, ERR_REFUSED, NULL, node->name,
                "holds %s, as many as the run made, but nothing tells whether it is these: the "
                "table has no primary key",
                held);
        return err_hint(mem, err, "if it is, empty it: seedpipe modify RECIPE %s --truncate",
                        node->name);
    }
    err_add(mem, err, ERR_REFUSED, NULL, node->name,
            "holds %s, of which the run made %s, and they cannot be told apart: the table has no "
            "primary key",
            held, text_count(ut->made, mem));
    return err_hint(mem, err, "remove them by hand, or give the table a key");
}

static bool has_real_key(const ClosureTable *node)
{
    return node->nkey > 0 && (node->nkey > 1 || (strcmp(node->key[0], "ctid") != 0 &&
                                                 table_column(node->table, node->key[0]) >= 0));
}

static bool select_rows(Undo *u, UndoTable *ut, Arena *mem, Err *err)
{
    if (ut->node < 0 || ut->made == 0)
        return true;
    int serial = plan_serial_key(&u->plan->tables[ut->plan]);
    bool scattered = ut->rows->nranges > RANGES_MAX;
    if ((serial < 0 || scattered) && has_real_key(&u->removal.closure->tables[ut->node]))
        return removal_select_rows(&u->removal, ut->node, u->plan, ut->plan, ut->rows, mem, err);
    if (serial < 0)
        return select_whole(u, ut, mem, err);
    for (size_t i = 0; i < ut->rows->nranges; i++)
        if (!select_range(u, ut, serial, &ut->rows->ranges[i], mem, err))
            return false;
    return true;
}

bool undo_select(Undo *u, bool cascade, Arena *mem, Err *err)
{
    Closure *c = u->removal.closure;
    if (!removal_begin(&u->removal, mem, err))
        return false;
    for (int t = 0; t < u->plan->ntables; t++)
        if (!select_rows(u, &u->tables[t], mem, err))
            return false;
    for (int t = 0; t < u->plan->ntables; t++) {
        UndoTable *ut = &u->tables[t];
        if (ut->node < 0)
            continue;
        ut->there = c->tables[ut->node].rows;
        if (c->tables[ut->node].nkey &&
            !db_query_i64(u->s->db, closure_sql_count(c, ut->node, false, mem), NULL, 0, 0,
                          &ut->there, mem, err))
            return false;
    }
    if (!removal_follow(&u->removal, cascade ? FOLLOW_ALL : FOLLOW_NONE, mem, err))
        return false;
    u->steps = closure_steps(c, &u->nsteps, mem);
    return true;
}

/* ---------------------------------------------------------------- changed rows */

static bool key_is_picked(const TablePlan *tp)
{
    if (plan_serial_key(tp) >= 0)
        return false;
    for (int i = 0; i < tp->table->primary.ncols; i++) {
        const ColumnPlan *col = &tp->cols[tp->table->primary.cols[i]];
        if (col->fk >= 0 && tp->fks[col->fk].pool_state != POOL_KNOWN)
            return true;
    }
    return false;
}

bool undo_count_changed(Undo *u, Arena *mem, Err *err)
{
    static const Type number = {.kind = TYPE_INT, .bits = 64};
    const Closure *c = u->removal.closure;
    for (int t = 0; t < u->plan->ntables; t++) {
        UndoTable *ut = &u->tables[t];
        const TablePlan *tp = &u->plan->tables[t];
        if (ut->node < 0 || ut->there == 0 || c->tables[ut->node].nkey == 0)
            continue;
        const char **cols = arena_array(mem, const char *, tp->nload + 1);
        bool all = true;
        for (int i = 0; i < tp->nload; i++) {
            cols[i] = tp->table->cols[tp->load_cols[i]].name;
            all = all && table_column(c->tables[ut->node].table, cols[i]) >= 0;
        }
        if (!all) /* a column was dropped: every row has changed */
            ut->changed = ut->there;
        else if (!verify_changed(
                     u->s->db, u->plan, t,
                     &(VerifyRows){.sql = closure_sql_rows(c, ut->node, cols, tp->nload,
                                                           plan_serial_key(tp) >= 0, mem),
                                   .key_types = &number,
                                   .nkey = 1,
                                   .cols = tp->load_cols,
                                   .ncols = tp->nload},
                     &ut->changed, mem, err))
            return false;
        if (key_is_picked(tp) && (ut->changed || ut->there < ut->made)) {
            err_add(mem, err, ERR_REFUSED, NULL, tp->table->name,
                    "its keys were taken from a table outside of the recipe, and not all of its "
                    "rows are as they were made: they cannot be told from others");
            return err_hint(mem, err, "remove them by hand");
        }
    }
    return true;
}

/* ---------------------------------------------------------------- tables */

static bool table_is_empty(Db *db, const Table *table, bool *empty, Arena *mem, Err *err)
{
    Buf sql;
    buf_init(&sql, 1 << 16);
    buf_str(&sql, "SELECT count(*) FROM (SELECT 1 AS one FROM ");
    dialect_table(db->engine, &sql, table->schema, table->name);
    buf_str(&sql, " LIMIT 1) t");
    int64_t n = 0;
    bool ok = db_query_i64(db, buf_cstr(&sql), NULL, 0, 0, &n, mem, err);
    buf_free(&sql);
    *empty = n == 0;
    return ok;
}

static bool node_goes(const Undo *u, int node, const bool *goes)
{
    for (int t = 0; t < u->plan->ntables; t++)
        if (u->tables[t].node == node && goes[t])
            return true;
    return false;
}

/* A table that stays and refers to this one, which therefore cannot be dropped; NULL. */
static const char *referred_to_by(const Undo *u, const UndoTable *ut, const bool *goes)
{
    const Closure *c = u->removal.closure;
    for (int i = 0; i < c->nrefs; i++) {
        const ClosureRef *ref = &c->refs[i];
        if (ref->parent == ut->node && ref->child != ut->node && !ref->fk->declared &&
            !node_goes(u, ref->child, goes))
            return c->tables[ref->child].name;
    }
    return NULL;
}

/* Tables that the run created and that are empty now, but for those that a table refers to which
 * stays. Tables that refer to each other go together. */
static bool find_droppable(Undo *u, bool *goes, Arena *mem, Err *err)
{
    for (int t = 0; t < u->plan->ntables; t++) {
        UndoTable *ut = &u->tables[t];
        goes[t] = ut->created && ut->node >= 0;
        if (goes[t] && !table_is_empty(u->s->db, u->plan->tables[t].table, &goes[t], mem, err))
            return false;
        if (ut->created && ut->node >= 0 && !goes[t])
            ut->kept = "it holds other rows";
    }
    for (bool again = true; again;) {
        again = false;
        for (int t = 0; t < u->plan->ntables; t++) {
            const char *child = goes[t] ? referred_to_by(u, &u->tables[t], goes) : NULL;
            if (!child)
                continue;
            u->tables[t].kept = arena_printf(mem, "%s refers to it", child);
            goes[t] = false;
            again = true;
        }
    }
    return true;
}

/* The keys of a circle go before its tables: each of them is in another one's way. */
static bool drop_circle_keys(Undo *u, const bool *goes, Arena *mem, Err *err)
{
    const Closure *c = u->removal.closure;
    Db *db = u->s->db;
    bool ok = true;
    for (int i = 0; ok && db->engine != ENGINE_SQLITE && i < c->nrefs; i++) {
        const ClosureRef *ref = &c->refs[i];
        if (!ref->in_circle || ref->child == ref->parent || !node_goes(u, ref->child, goes) ||
            !node_goes(u, ref->parent, goes))
            continue;
        const Table *table = c->tables[ref->child].table;
        Buf sql;
        buf_init(&sql, 1 << 16);
        buf_str(&sql, "ALTER TABLE ");
        dialect_table(db->engine, &sql, table->schema, table->name);
        buf_str(&sql, db->engine == ENGINE_POSTGRES ? " DROP CONSTRAINT " : " DROP FOREIGN KEY ");
        dialect_ident(db->engine, &sql, ref->fk->name);
        ok = db_exec(db, mem, err, buf_cstr(&sql));
        buf_free(&sql);
    }
    return ok;
}

static bool drop_table(Session *s, const Table *table, Arena *mem, Err *err)
{
    Buf sql;
    buf_init(&sql, 1 << 16);
    buf_str(&sql, "DROP TABLE ");
    dialect_table(s->db->engine, &sql, table->schema, table->name);
    bool ok = db_exec(s->db, mem, err, buf_cstr(&sql));
    buf_free(&sql);
    return ok;
}

bool undo_drop_created(Undo *u, bool *all, bool *dropped, Arena *mem, Err *err)
{
    bool *goes = arena_array(mem, bool, u->plan->ntables + 1);
    *all = true;
    if (!find_droppable(u, goes, mem, err) || !drop_circle_keys(u, goes, mem, err))
        return false;
    for (int t = u->plan->ntables - 1; t >= 0; t--) {
        const Table *table = u->plan->tables[t].table;
        *all = *all && (goes[t] || (u->tables[t].created && u->tables[t].node < 0));
        if (!goes[t])
            continue;
        if (!drop_table(u->s, table, mem, err) ||
            !ledger_forget_step(&u->s->ledger, u->run->id, step_kind_name(STEP_CREATE_TABLE),
                                ledger_table_name(table, mem), mem, err))
            return false;
        if (dropped)
            dropped[t] = true;
    }
    return true;
}

/* ---------------------------------------------------------------- all at once */

bool undo_run(Session *s, const Plan *plan, const LedgerRun *run, uint64_t *rows, Arena *mem,
              Err *err)
{
    Undo u;
    bool all_dropped = false, any_chunk = false;
    *rows = 0;
    if (!undo_open(&u, s, plan, run, mem, err))
        return false;
    u.removal.stop = NULL;
    for (int t = 0; t < plan->ntables; t++)
        any_chunk = any_chunk || u.tables[t].made > 0;
    bool ok = undo_select(&u, false, mem, err) && ledger_fence(&s->ledger, s->db, run, mem, err) &&
              removal_check_refs(&u.removal, FOLLOW_NONE, "remove the run's rows", mem, err) &&
              removal_run(&u.removal, u.steps, u.nsteps, mem, err);
    for (int t = 0; t < plan->ntables; t++)
        *rows += (uint64_t)u.tables[t].there;
    ok = ok && ledger_roll_back(&s->ledger, run->id, false, mem, err);
    /* Where DROP commits by itself, the rows are gone first and the tables are empty. */
    bool ddl = s->db->connector->ddl_transactional;
    if (!ddl)
        ok = removal_end(&u.removal, ok, mem, err) && ok;
    ok = ok && undo_drop_created(&u, &all_dropped, NULL, mem, err) &&
         ((!all_dropped && any_chunk) || ledger_forget_run(&s->ledger, run->id, mem, err));
    return ddl ? removal_end(&u.removal, ok, mem, err) && ok : ok;
}

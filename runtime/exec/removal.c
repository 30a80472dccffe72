/* Rows are selected into temporary tables of keys, what refers to them is followed until nothing
 * new is found, and the steps of the closure delete them, each number checked. */
#include "exec/removal.h"

#include <string.h>

#include <jansson.h>

#include "base/text.h"
#include "plan/plan.h"

static bool stopped(const Removal *r, Arena *mem, Err *err)
{
    return r->stop && atomic_load(r->stop) != 0 &&
           !err_add(mem, err, ERR_CANCELLED, NULL, NULL, "stopped: nothing was changed");
}

static bool exec(Removal *r, const char *sql, int64_t *affected, Arena *mem, Err *err)
{
    if (stopped(r, mem, err))
        return false;
    return db_exec_params(r->db, sql, NULL, 0, affected, mem, err);
}

/* ---------------------------------------------------------------- begin and end */

/* SQLite's foreign keys are switched outside of transactions; what could not be checked row by row
 * is checked at the commit. */
static bool switch_keys(Removal *r, bool on, Arena *mem, Err *err)
{
    return r->db->engine != ENGINE_SQLITE ||
           db_exec(r->db, mem, err, on ? "PRAGMA foreign_keys = ON" : "PRAGMA foreign_keys = OFF");
}

/* Rows are found by their keys. PostgreSQL takes that for so dear by default, as on discs that
 * turn, that it rather reads a table of a million rows for ten thousand of them, statement after
 * statement. */
static bool prefer_look_ups(Removal *r, Arena *mem, Err *err)
{
    DbResult ignored;
    return r->db->engine != ENGINE_POSTGRES ||
           db_query(r->db,
                    "SELECT pg_catalog.set_config('random_page_cost', least(1.1, "
                    "pg_catalog.current_setting('random_page_cost')::float8)::text, true)",
                    NULL, 0, &ignored, mem, err);
}

static bool create(Removal *r, int table, bool work, Arena *mem, Err *err)
{
    int n = 0;
    char **sql = closure_sql_create(r->closure, table, work, &n, mem);
    for (int i = 0; i < n; i++)
        if (!exec(r, sql[i], NULL, mem, err))
            return false;
    return true;
}

bool removal_begin(Removal *r, Arena *mem, Err *err)
{
    if (!removal_may(r, mem, err) || !switch_keys(r, true, mem, err) ||
        !db_begin(r->db, mem, err) || !prefer_look_ups(r, mem, err))
        return false;
    if (r->db->engine == ENGINE_SQLITE &&
        !db_exec(r->db, mem, err, "PRAGMA defer_foreign_keys = ON"))
        return false;
    if (r->db->engine == ENGINE_POSTGRES &&
        !db_exec(r->db, mem, err, "SET CONSTRAINTS ALL DEFERRED"))
        return false;
    for (int t = 0; t < r->closure->ntables && !r->selects_none; t++) {
        r->closure->tables[t].has_work = false;
        r->closure->tables[t].locked = 0;
        if (r->closure->tables[t].nkey && !create(r, t, false, mem, err))
            return false;
    }
    return true;
}

bool removal_need_work(Removal *r, int table, Arena *mem, Err *err)
{
    ClosureTable *t = &r->closure->tables[table];
    t->has_work = t->has_work || create(r, table, true, mem, err);
    return t->has_work;
}

bool removal_end(Removal *r, bool commit, Arena *mem, Err *err)
{
    Err ignored = {0};
    r->commits = r->commits || commit;
    bool ok = !commit || db_commit(r->db, mem, err);
    if (r->db->in_transaction)
        db_rollback(r->db, mem, commit ? &ignored : err);
    /* A connection's temporary tables outlive the transaction on some engines. */
    bool left = ok && !r->selects_none && r->db->engine != ENGINE_POSTGRES;
    for (int t = 0; left && t < r->closure->ntables; t++)
        for (int work = 0; r->closure->tables[t].nkey && work <= r->closure->tables[t].has_work;
             work++)
            db_exec(r->db, mem, &ignored, closure_sql_drop(r->closure, t, work, mem));
    return switch_keys(r, false, mem, ok ? err : &ignored) && ok;
}

/* ---------------------------------------------------------------- selecting */

bool removal_select(Removal *r, int table, const char *where, const char *row, Arena *mem, Err *err)
{
    return exec(r, closure_sql_select(r->closure, table, where, row, mem), NULL, mem, err);
}

static bool count(Removal *r, int table, bool work, int64_t *rows, Arena *mem, Err *err)
{
    if (stopped(r, mem, err))
        return false;
    return db_query_i64(r->db, closure_sql_count(r->closure, table, work, mem), NULL, 0, 0, rows,
                        mem, err);
}

bool removal_find_children(Removal *r, ClosureRef *ref, Arena *mem, Err *err)
{
    ClosureTable *child = &r->closure->tables[ref->child];
    int64_t parents = r->closure->tables[ref->parent].rows;
    int n = 0;
    if (child->found_by == ref && ref->parents_seen == parents && ref->children_seen == child->rows)
        return true;
    if (!removal_need_work(r, ref->child, mem, err))
        return false;
    char **sql = closure_sql_children(r->closure, ref, &n, mem);
    for (int i = 0; i < n; i++)
        if (!exec(r, sql[i], NULL, mem, err))
            return false;
    child->found_by = ref;
    ref->parents_seen = parents;
    ref->children_seen = child->rows;
    return true;
}

bool removal_follows(Follow follow, RefEffect effect)
{
    return effect != REF_CLEARS &&
           (follow == FOLLOW_ALL || (follow == FOLLOW_ACTIONS && effect == REF_DELETES));
}

/* Other rows than those that were counted: more, or fewer. */
static bool refuse_others(const Removal *r, int table, int64_t more, Arena *mem, Err *err)
{
    err_add(mem, err, ERR_REFUSED, NULL, r->closure->tables[table].name,
            "another session %s %s while this command was at work: nothing was changed",
            more < 0 ? "deleted" : "added", text_plural(more < 0 ? -more : more, "row", mem));
    return err_hint(mem, err, "the same command again counts anew");
}

/* Locks the selected rows: those that are there. PostgreSQL's catalog tells who may do so, MySQL
 * the statement; whoever may not is told elsewhere what is missing, if it is. locked: or not. */
static bool lock_rows(Removal *r, int table, int64_t *there, bool *locked, Arena *mem, Err *err)
{
    Err said = {0};
    *locked =
        r->locks && r->db->engine != ENGINE_SQLITE && !r->closure->tables[table].table->no_update;
    if (!*locked)
        return true;
    if (stopped(r, mem, err))
        return false;
    const char *sql = closure_sql_lock(r->closure, table, mem);
    if (db_query_i64(r->db, sql, NULL, 0, 0, there, mem, &said))
        return true;
    *locked = false;
    if (said.first->sqlstate && strcmp(said.first->sqlstate, "42000") == 0)
        return true;
    err_append(mem, err, said.first);
    return false;
}

bool removal_hold(Removal *r, int table, const char *where, Arena *mem, Err *err)
{
    int64_t there = 0;
    bool locked = false;
    if (!lock_rows(r, table, &there, &locked, mem, err))
        return false;
    return !locked ||
           exec(r, closure_sql_drop_absent(r->closure, table, where, mem), NULL, mem, err);
}

/* Children that another session inserts behind the count would go with their parent, or lose it,
 * uncounted: what the engine does by itself it does to all of them. Rows that it refuses to touch
 * need no lock. */
static bool lock_parents(Removal *r, const ClosureRef *ref, Arena *mem, Err *err)
{
    ClosureTable *parent = &r->closure->tables[ref->parent];
    int64_t there = 0;
    bool locked = false;
    if (ref->effect == REF_REFUSES || parent->locked == parent->rows)
        return true;
    if (!lock_rows(r, ref->parent, &there, &locked, mem, err))
        return false;
    parent->locked = parent->rows;
    return !locked || there == parent->rows ||
           refuse_others(r, ref->parent, there - parent->rows, mem, err);
}

/* Rows that cannot be told apart can be counted, and left to SET NULL, but not selected. */
static bool count_keyless(Removal *r, ClosureRef *ref, Follow follow, Arena *mem, Err *err)
{
    const Closure *c = r->closure;
    if (!db_query_i64(r->db, closure_sql_count_children(c, ref, NULL, mem), NULL, 0, 0, &ref->rows,
                      mem, err))
        return false;
    if (ref->rows == 0 || !removal_follows(follow, ref->effect))
        return true;
    err_add(mem, err, ERR_REFUSED, NULL, c->tables[ref->child].name,
            "references %s (%s), and has no primary key: its rows cannot be named",
            c->tables[ref->parent].name, ref->name);
    return err_hint(mem, err, "give it a primary key, or remove the foreign key");
}

/* No parent was selected since its children were looked for; and no child, where these are counted
 * but for the selected ones. */
static bool known_already(const Closure *c, const ClosureRef *ref, bool follows)
{
    return ref->parents_seen == c->tables[ref->parent].rows &&
           (follows || ref->children_seen == c->tables[ref->child].rows);
}

/* A reference whose action is to be followed adds its children to the selection; `found` is raised
 * by what is new. */
static bool follow_ref(Removal *r, ClosureRef *ref, Follow follow, int64_t *found, Arena *mem,
                       Err *err)
{
    const Closure *c = r->closure;
    int64_t rows = 0;
    if (c->tables[ref->parent].nkey == 0 || c->tables[ref->parent].rows == 0)
        return true;
    if (!lock_parents(r, ref, mem, err))
        return false;
    if (c->tables[ref->child].nkey == 0)
        return c->tables[ref->child].whole || count_keyless(r, ref, follow, mem, err);
    if (known_already(c, ref, removal_follows(follow, ref->effect)))
        return true;
    if (!removal_find_children(r, ref, mem, err) || !count(r, ref->child, true, &rows, mem, err))
        return false;
    if (!removal_follows(follow, ref->effect)) {
        ref->rows = rows;
        return true;
    }
    ref->rows += rows;
    *found += rows;
    return rows == 0 || (exec(r, closure_sql_take(c, ref->child, mem), NULL, mem, err) &&
                         count(r, ref->child, false, &c->tables[ref->child].rows, mem, err));
}

static bool follow_all(Removal *r, Follow follow, Arena *mem, Err *err)
{
    Closure *c = r->closure;
    for (int64_t found = 1; found > 0;) {
        found = 0;
        for (int i = 0; i < c->nrefs; i++)
            if (!follow_ref(r, &c->refs[i], follow, &found, mem, err))
                return false;
    }
    return true;
}

/* SET DEFAULT needs a parent to lead to, and one that stays; a default that holds a NULL leads
 * nowhere, which is fine. *refuses: what was found makes the key refuse. */
static bool check_default(Removal *r, ClosureRef *ref, bool *refuses, Arena *mem, Err *err)
{
    const Closure *c = r->closure;
    const Table *child = c->tables[ref->child].table;
    DbResult row;
    int64_t parents = 0, selected = 0;
    if (!db_query(r->db, closure_sql_defaults(c, ref, mem), NULL, 0, &row, mem, err))
        return false;
    const char **defaults = arena_array(mem, const char *, ref->fk->ncols + 1);
    bool leads = true;
    ref->why = NULL;
    for (int i = 0; i < ref->fk->ncols; i++) {
        const Column *col = &child->cols[ref->fk->cols[i]];
        defaults[i] = db_cell(&row, 0, i);
        leads = leads && (defaults[i] || !closure_sets(ref, i));
        if (!defaults[i] && !col->nullable && closure_sets(ref, i))
            ref->why = arena_printf(mem, "%s is NOT NULL and has no default", col->name);
    }
    ref->defaults = defaults;
    if (leads && !ref->fk->keeps && !ref->why) {
        const ClosureTable *parent = &c->tables[ref->parent];
        if (!db_query_i64(r->db, closure_sql_default_parents(c, ref, false, mem), NULL, 0, 0,
                          &parents, mem, err) ||
            (!parent->whole && !db_query_i64(r->db, closure_sql_default_parents(c, ref, true, mem),
                                             NULL, 0, 0, &selected, mem, err)))
            return false;
        selected = parent->whole ? parents : selected;
        if (parents == 0)
            ref->why =
                arena_printf(mem, "the default is no row of %s", c->tables[ref->parent].name);
        else if (selected > 0)
            ref->why =
                arena_printf(mem, "the default's row of %s goes too", c->tables[ref->parent].name);
    }
    *refuses = ref->why != NULL;
    return true;
}

/* Keys whose default turns out to lead nowhere refuse like the others, which may take more rows
 * along. */
static bool check_defaults(Removal *r, bool *again, Arena *mem, Err *err)
{
    Closure *c = r->closure;
    *again = false;
    for (int i = 0; i < c->nrefs; i++) {
        ClosureRef *ref = &c->refs[i];
        bool refuses = false;
        if (ref->fk->on_delete != ACTION_SET_DEFAULT || ref->effect != REF_CLEARS || ref->rows == 0)
            continue;
        if (!check_default(r, ref, &refuses, mem, err))
            return false;
        if (!refuses)
            continue;
        ref->effect = REF_REFUSES;
        ref->rows = 0;
        ref->parents_seen = -1;
        *again = true;
    }
    return true;
}

/* SQLite empties a table at once, and what is selected inside of its transaction nobody changes. */
static bool find_emptied(Removal *r, Arena *mem, Err *err)
{
    for (int t = 0; r->db->engine == ENGINE_SQLITE && t < r->closure->ntables; t++) {
        ClosureTable *table = &r->closure->tables[t];
        int64_t there = 0;
        if (table->rows == 0 || table->nkey == 0)
            continue;
        const char *sql = closure_sql_at_most(r->closure, t, table->rows + 1, mem);
        if (!db_query_i64(r->db, sql, NULL, 0, 0, &there, mem, err))
            return false;
        table->every = there == table->rows;
    }
    return true;
}

bool removal_follow(Removal *r, Follow follow, Arena *mem, Err *err)
{
    Closure *c = r->closure;
    for (int t = 0; t < c->ntables; t++)
        if (c->tables[t].nkey && !count(r, t, false, &c->tables[t].rows, mem, err))
            return false; /* a whole table without a key was counted by the caller */
    for (int i = 0; i < c->nrefs; i++) {
        c->refs[i].rows = 0;
        c->refs[i].parents_seen = -1;
    }
    for (bool again = true; again;)
        if (!follow_all(r, follow, mem, err) || !check_defaults(r, &again, mem, err))
            return false;
    return find_emptied(r, mem, err);
}

bool removal_check_refs(const Removal *r, Follow follow, const char *what, Arena *mem, Err *err)
{
    const Closure *c = r->closure;
    bool ok = true;
    for (int i = 0; i < c->nrefs; i++) {
        const ClosureRef *ref = &c->refs[i];
        if (ref->rows == 0 || (follow != FOLLOW_NONE && ref->effect != REF_REFUSES) ||
            removal_follows(follow, ref->effect))
            continue;
        ok = err_add(mem, err, ERR_REFUSED, NULL, c->tables[ref->child].name,
                     "cannot %s: %s in %s %s %s (%s, %s%s%s)", what,
                     text_plural(ref->rows, "row", mem), c->tables[ref->child].name,
                     ref->rows == 1 ? "references" : "reference", c->tables[ref->parent].name,
                     ref->name, ref->action, ref->why ? ", but " : "", ref->why ? ref->why : "");
        err_hint(mem, err, "use --cascade or delete them first");
    }
    return ok;
}

ExecRef *removal_refs(const Removal *r, int *n, Arena *mem)
{
    const Closure *c = r->closure;
    ExecRef *refs = arena_array(mem, ExecRef, c->nrefs + 1);
    *n = 0;
    for (int i = 0; i < c->nrefs; i++) {
        const ClosureRef *ref = &c->refs[i];
        bool slow = ref->index_sql && c->tables[ref->parent].rows > 0;
        if (ref->rows > 0 || slow)
            refs[(*n)++] = (ExecRef){.child = c->tables[ref->child].name,
                                     .parent = c->tables[ref->parent].name,
                                     .name = ref->name,
                                     .action = ref->action,
                                     .rows = ref->rows,
                                     .clears = ref->effect == REF_CLEARS,
                                     .index_sql = slow ? ref->index_sql : NULL};
    }
    return refs;
}

/* ---------------------------------------------------------------- deleting */

static bool check_gone(Removal *r, int table, Arena *mem, Err *err)
{
    int64_t left = 0;
    if (!db_query_i64(r->db, closure_sql_left(r->closure, table, mem), NULL, 0, 0, &left, mem, err))
        return false;
    if (left == 0)
        return true;
    err_add(mem, err, ERR_VERIFY, NULL, r->closure->tables[table].name,
            "%s that should be gone are there: a trigger or a rule keeps them",
            text_plural(left, "row", mem));
    return err_hint(mem, err, "nothing was changed; disable it meanwhile");
}

/* A statement does not count rows that went by a CASCADE of their circle before it came to them;
 * that all are gone is checked afterwards. */
static bool counts_all(const Removal *r, int table)
{
    const Closure *c = r->closure;
    for (int i = 0; i < c->nrefs; i++)
        if (c->refs[i].in_circle && c->refs[i].effect == REF_DELETES &&
            c->tables[c->refs[i].child].circle == c->tables[table].circle)
            return false;
    return true;
}

/* The number of rows that a statement deleted says enough, where no trigger brings some back. */
static bool is_sure(const Removal *r, int table)
{
    const Closure *c = r->closure;
    bool sure = counts_all(r, table);
    for (int t = 0; t < c->ntables; t++)
        sure = sure && c->tables[t].table->ntriggers == 0 && !c->tables[t].table->has_rules;
    return sure;
}

static bool run_step(Removal *r, const Step *step, Arena *mem, Err *err)
{
    int64_t affected = 0;
    for (int i = 0; i < step->nsql; i++) {
        int64_t some = 0;
        if (!exec(r, step->sql[i], &some, mem, err)) {
            const char *way = err->last ? err->last->hint : NULL;
            return err_hint(mem, err, "%s%swhile: %s; nothing was changed", way ? way : "",
                            way ? "; " : "", step->what);
        }
        affected += some;
    }
    if (step->kind != STEP_DELETE)
        return true;
    const char *name = r->closure->tables[step->table].name;
    if (affected > step->rows || (affected < step->rows && counts_all(r, step->table)))
        return (affected > step->rows || check_gone(r, step->table, mem, err)) &&
               refuse_others(r, step->table, affected - step->rows, mem, err);
    log_event(r->log, LOG_INFO, "rollback.deleted", "{s:s, s:I}", "table", name, "rows",
              (json_int_t)step->rows);
    return true;
}

/* Tables that refer to each other by keys that are NOT NULL: whichever row goes first is referred
 * to. */
static bool is_tight(const Closure *c, const ClosureRef *ref)
{
    return ref->in_circle && !ref->clear_first && ref->child != ref->parent &&
           ref->effect == REF_REFUSES && c->tables[ref->child].rows > 0 &&
           c->tables[ref->parent].rows > 0;
}

static int place_of(const Step *steps, int n, int table)
{
    for (int i = 0; i < n; i++)
        if (steps[i].kind == STEP_DELETE && steps[i].table == table)
            return i;
    return n;
}

/* SQLite takes NULL in a primary key that is not NOT NULL. */
static bool are_named(const Removal *r, int table, Arena *mem, Err *err)
{
    const ClosureTable *t = &r->closure->tables[table];
    int col = t->nkey == 1 ? table_column(t->table, t->key[0]) : -1;
    bool is_rowid = t->nkey == 1 && (col < 0 || t->table->cols[col].auto_key);
    int64_t rows = 0;
    if (r->db->engine != ENGINE_SQLITE || t->rows == 0 || t->nkey == 0 || t->every || is_rowid)
        return true;
    if (!db_query_i64(r->db, closure_sql_null_keys(r->closure, table, mem), NULL, 0, 0, &rows, mem,
                      err))
        return false;
    if (rows == 0)
        return true;
    err_add(mem, err, ERR_REFUSED, NULL, t->name,
            "%s NULL in the primary key, which tells no rows apart",
            arena_printf(mem, "%s %s", text_plural(rows, "row", mem), rows == 1 ? "has" : "have"));
    return err_hint(mem, err, "give them keys, or delete them, and repeat the command");
}

bool removal_can_run(const Removal *r, const Step *steps, int n, Arena *mem, Err *err)
{
    const Closure *c = r->closure;
    for (int t = 0; t < c->ntables; t++)
        if (!are_named(r, t, mem, err))
            return false;
    for (int i = 0; c->engine == ENGINE_POSTGRES && i < c->nrefs; i++) {
        const ClosureRef *ref = &c->refs[i];
        if (!is_tight(c, ref) || ref->fk->on_delete != ACTION_RESTRICT ||
            place_of(steps, n, ref->child) < place_of(steps, n, ref->parent))
            continue;
        err_add(mem, err, ERR_REFUSED, NULL, c->tables[ref->child].name,
                "it and %s refer to each other by keys that are NOT NULL, and %s is RESTRICT: no "
                "row of them can go first",
                c->tables[ref->parent].name, ref->name);
        return err_hint(mem, err,
                        "drop this foreign key, repeat the command, and add it again; or make it "
                        "NO ACTION");
    }
    return true;
}

/* Made deferrable, and as strict as it was behind the deletes; all of it is in the transaction. */
bool removal_defer_key(Removal *r, const ClosureRef *ref, bool defer, Arena *mem, Err *err)
{
    const Table *table = r->closure->tables[ref->child].table;
    if (ref->fk->deferrable)
        return true;
    Buf sql;
    buf_init(&sql, 1 << 16);
    buf_str(&sql, "ALTER TABLE ");
    dialect_table(r->db->engine, &sql, table->schema, table->name);
    buf_str(&sql, " ALTER CONSTRAINT ");
    dialect_ident(r->db->engine, &sql, ref->fk->name);
    buf_str(&sql, defer ? " DEFERRABLE INITIALLY DEFERRED" : " NOT DEFERRABLE");
    bool ok = exec(r, buf_cstr(&sql), NULL, mem, err);
    buf_free(&sql);
    return ok;
}

static bool defer_circles(Removal *r, bool defer, Arena *mem, Err *err)
{
    const Closure *c = r->closure;
    bool ok = true;
    for (int i = 0; ok && r->db->engine == ENGINE_POSTGRES && i < c->nrefs; i++)
        if (is_tight(c, &c->refs[i]) && c->refs[i].fk->on_delete != ACTION_RESTRICT)
            ok = removal_defer_key(r, &c->refs[i], defer, mem, err);
    return ok;
}

bool removal_run(Removal *r, const Step *steps, int n, Arena *mem, Err *err)
{
    if (!removal_can_run(r, steps, n, mem, err) || !defer_circles(r, true, mem, err))
        return false;
    for (int i = 0; i < n; i++)
        if (!run_step(r, &steps[i], mem, err))
            return false;
    /* What was deferred is checked now: a table with checks to come cannot be dropped. */
    if (r->db->engine == ENGINE_POSTGRES &&
        !exec(r, "SET CONSTRAINTS ALL IMMEDIATE", NULL, mem, err))
        return false;
    if (!defer_circles(r, false, mem, err))
        return false;
    for (int i = 0; i < n; i++)
        if (steps[i].kind == STEP_DELETE && !is_sure(r, steps[i].table) &&
            !check_gone(r, steps[i].table, mem, err))
            return false;
    return true;
}

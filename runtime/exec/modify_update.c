/* modify --update: cells get a new generation, and with them all that is computed from them. New
 * values go in bulk into a temporary table; one statement takes them over. */
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "exec/modify.h"
#include "plan/depends.h"

/* ---------------------------------------------------------------- which columns */

static bool unknown_column(const TablePlan *tp, const char *name, Arena *mem, Err *err)
{
    const char **names = arena_array(mem, const char *, tp->table->ncols + 1);
    for (int c = 0; c < tp->table->ncols; c++)
        names[c] = tp->table->cols[c].name;
    const char *near = name_nearest(name, names, (size_t)tp->table->ncols);
    err_add(mem, err, ERR_USAGE, NULL, "--update", "%s has no column \"%s\"", tp->table->name,
            name);
    return near ? err_hint(mem, err, "did you mean \"%s\"?", near)
                : err_hint(mem, err, "available: %s", text_list(names, tp->table->ncols, 20, mem));
}

static bool refuse(const TablePlan *tp, int c, const char *why, const char *hint, Arena *mem,
                   Err *err)
{
    err_add(mem, err, ERR_USAGE, NULL, "--update", "%s.%s %s", tp->table->name,
            tp->table->cols[c].name, why);
    return hint ? err_hint(mem, err, "%s", hint) : false;
}

static bool in_key(const Key *key, int c)
{
    for (int i = 0; i < key->ncols; i++)
        if (key->cols[i] == c)
            return true;
    return false;
}

static bool can_be_anew(const TablePlan *tp, int c, Arena *mem, Err *err)
{
    const ColumnPlan *cp = &tp->cols[c];
    if (in_key(&tp->table->primary, c))
        return refuse(tp, c, "is the primary key: other rows know it by that",
                      "append new rows and delete old ones", mem, err);
    if (!cp->written)
        return refuse(tp, c, "is not made by the recipe", NULL, mem, err);
    if (cp->fk >= 0 && tp->fks[cp->fk].mode == FK_PER)
        return refuse(tp, c, "says to which parent a row was counted",
                      "append new rows and delete old ones", mem, err);
    if (cp->fk >= 0 && tp->fks[cp->fk].mode == FK_POOL)
        return refuse(tp, c, "is drawn from a table outside of the recipe", NULL, mem, err);
    if (cp->group >= 0 && tp->groups[cp->group].within_fk >= 0)
        return refuse(tp, c, "is unique below its parent, in a fixed order",
                      "append new rows and delete old ones", mem, err);
    if (cp->group >= 0 && tp->groups[cp->group].key_def->ncols > 1)
        return refuse(tp, c, "is unique together with other columns",
                      "append new rows and delete old ones", mem, err);
    return true;
}

/* Regenerated values come from the far end of the key's domain: there must be so many that no row
 * has. */
static bool enough_values(const TablePlan *tp, int c, uint64_t rows, Arena *mem, Err *err)
{
    int g = tp->cols[c].group;
    if (g < 0 || tp->nsegments == 0)
        return true;
    const Segment *last = &tp->segments[tp->nsegments - 1];
    uint64_t domain = last->group_count[g], used = tp->rows - last->group_first[g];
    for (int i = 0; i < tp->nregenerated; i++)
        used += rowset_rows(tp->regenerated[i].cells.rows);
    if (domain == 0 || used + rows <= domain)
        return true;
    err_add(mem, err, ERR_UNIQUE, NULL, tp->groups[g].name,
            "%s, of which %s are used: too few for %s", text_plural((int64_t)domain, "value", mem),
            text_count((int64_t)used, mem), text_plural((int64_t)rows, "new one", mem));
    return err_hint(mem, err, "widen the generator in the recipe, or update fewer rows");
}

bool modify_find_columns(Modify *m, Arena *mem, Err *err)
{
    int t = m->tables[0].plan;
    const TablePlan *tp = &m->made->tables[t];
    bool *changed = arena_array(mem, bool, tp->table->ncols + 1), ok = true;
    char *rest = arena_strdup(mem, m->o->columns), *name;
    m->columns = arena_array(mem, int, tp->table->ncols + 1);
    while ((name = strsep(&rest, ","))) {
        name += strspn(name, " ");
        int c = table_column(tp->table, name);
        if (c < 0 || !*name) {
            ok = unknown_column(tp, name, mem, err);
        } else if (!changed[c]) {
            ok = can_be_anew(tp, c, mem, err) && ok;
            changed[c] = true;
            m->columns[m->ncolumns++] = c;
        }
    }
    m->nasked = m->ncolumns;
    if (!ok)
        return false;
    const char *others = plan_dependents(m->made, t, changed, mem);
    if (others) {
        err_add(mem, err, ERR_USAGE, NULL, "--update", "other rows are computed from %s.%s: %s",
                tp->table->name, m->o->columns, others);
        return err_hint(mem, err, "update what nothing else depends on, or replace the tables");
    }
    for (int c = 0; c < tp->table->ncols; c++) {
        bool asked = false;
        for (int i = 0; i < m->nasked; i++)
            asked = asked || m->columns[i] == c;
        if (!changed[c] || asked)
            continue;
        ok = can_be_anew(tp, c, mem, err) && ok;
        m->columns[m->ncolumns++] = c;
    }
    return ok;
}

/* ---------------------------------------------------------------- new values */

#define NEW_VALUES "seedpipe_values"

/* The key's columns, then the new values. */
static const Table *values_table(const Modify *m, const int *key, int nkey, Arena *mem)
{
    const Table *table = m->made->tables[m->tables[0].plan].table;
    Table *t = arena_new_of(mem, Table);
    t->name = NEW_VALUES;
    t->ncols = nkey + m->ncolumns;
    t->cols = arena_array(mem, Column, t->ncols + 1);
    for (int i = 0; i < t->ncols; i++) {
        t->cols[i] = table->cols[i < nkey ? key[i] : m->columns[i - nkey]];
        t->cols[i].name =
            arena_printf(mem, i < nkey ? "k%d" : "v%d", i < nkey ? i + 1 : i - nkey + 1);
    }
    return t;
}

static void put_name(const Modify *m, Buf *sql, int c)
{
    dialect_ident(m->s->db->engine, sql, m->made->tables[m->tables[0].plan].table->cols[c].name);
}

static const char *create_sql(const Modify *m, const int *key, int nkey, Arena *mem)
{
    const Table *table = m->made->tables[m->tables[0].plan].table;
    Engine engine = m->s->db->engine;
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "CREATE TEMPORARY TABLE ");
    dialect_ident(engine, &sql, NEW_VALUES);
    buf_str(&sql, engine == ENGINE_POSTGRES ? " ON COMMIT DROP AS SELECT " : " AS SELECT ");
    for (int i = 0; i < nkey + m->ncolumns; i++) {
        buf_str(&sql, i ? ", c." : "c.");
        put_name(m, &sql, i < nkey ? key[i] : m->columns[i - nkey]);
        buf_printf(&sql, i < nkey ? " AS k%d" : " AS v%d", i < nkey ? i + 1 : i - nkey + 1);
    }
    buf_str(&sql, " FROM ");
    dialect_table(engine, &sql, table->schema, table->name);
    buf_str(&sql, " c WHERE 1 = 0");
    const char *text = arena_strndup(mem, buf_cstr(&sql), sql.len);
    buf_free(&sql);
    return text;
}

static const char *update_sql(const Modify *m, const int *key, int nkey, Arena *mem)
{
    const Table *table = m->made->tables[m->tables[0].plan].table;
    Engine engine = m->s->db->engine;
    bool mysql = engine == ENGINE_MARIADB || engine == ENGINE_MYSQL;
    Buf match, sql;
    buf_init(&match, 1 << 20);
    buf_init(&sql, 1 << 20);
    for (int i = 0; i < nkey; i++) {
        buf_str(&match, i ? " AND c." : "c.");
        put_name(m, &match, key[i]);
        buf_printf(&match, " = n.k%d", i + 1);
    }
    buf_str(&sql, "UPDATE ");
    dialect_table(engine, &sql, table->schema, table->name);
    buf_str(&sql, mysql ? " c JOIN " : " AS c");
    if (mysql) {
        dialect_ident(engine, &sql, NEW_VALUES);
        buf_printf(&sql, " n ON %s", buf_cstr(&match));
    }
    buf_str(&sql, " SET ");
    for (int i = 0; i < m->ncolumns; i++) {
        buf_str(&sql, i ? ", " : "");
        buf_str(&sql, mysql ? "c." : "");
        put_name(m, &sql, m->columns[i]);
        buf_printf(&sql, " = n.v%d", i + 1);
    }
    if (!mysql) {
        buf_str(&sql, " FROM ");
        dialect_ident(engine, &sql, NEW_VALUES);
        buf_printf(&sql, " n WHERE %s", buf_cstr(&match));
    }
    const char *text = arena_strndup(mem, buf_cstr(&sql), sql.len);
    buf_free(&sql);
    buf_free(&match);
    return text;
}

/* The plan in which the chosen cells have their new generation. */
static const Plan *plan_anew(const Modify *m, Arena *mem)
{
    int t = m->tables[0].plan;
    Plan *plan = arena_new_of(mem, Plan);
    *plan = *m->made;
    plan->tables = arena_array(mem, TablePlan, plan->ntables + 1);
    memcpy(plan->tables, m->made->tables, sizeof *plan->tables * (size_t)plan->ntables);
    TablePlan *tp = &plan->tables[t];
    Regenerated *all = arena_array(mem, Regenerated, tp->nregenerated + 1);
    uint64_t base = 1;
    for (int i = 0; i < tp->nregenerated; i++) {
        all[i] = tp->regenerated[i];
        base += rowset_rows(all[i].cells.rows);
    }
    all[tp->nregenerated++] =
        (Regenerated){.cells = {.cols = m->columns, .ncols = m->nasked, .rows = m->updated},
                      .base = (uint32_t)base};
    tp->regenerated = all;
    return plan;
}

static bool load_values(const Modify *m, const int *key, int nkey, Arena *mem, Err *err)
{
    const Connector *connector = m->s->db->connector;
    const Table *values = values_table(m, key, nkey, mem);
    int n = values->ncols, *all = arena_array(mem, int, n + 1),
        *from = arena_array(mem, int, n + 1);
    for (int i = 0; i < n; i++) {
        all[i] = i;
        from[i] = i < nkey ? key[i] : m->columns[i - nkey];
    }
    DbLoad *load = connector->load_begin(m->s->db, values, all, n, mem, err);
    if (!load)
        return false;
    Eval *eval = eval_new(plan_anew(m, mem));
    uint64_t rows[BATCH_ROWS];
    uint32_t have = 0;
    bool ok = true;
    for (size_t r = 0; ok && r < m->updated->nranges; r++) {
        const RowRange *range = &m->updated->ranges[r];
        for (uint64_t row = range->first; ok && row < range->first + range->rows; row++) {
            rows[have++] = row;
            bool last = r + 1 == m->updated->nranges && row + 1 == range->first + range->rows;
            if (have < BATCH_ROWS && !last)
                continue;
            Batch batch = eval_cells(eval, m->tables[0].plan, rows, have, from, n);
            ok = connector->load_batch(load, &batch, mem, err);
            have = 0;
        }
    }
    uint64_t taken = 0;
    ok = connector->load_end(load, &taken, mem, err) && ok;
    if (ok && eval_overflows(eval))
        ok = err_add(mem, err, ERR_RECIPE, NULL, m->made->tables[m->tables[0].plan].table->name,
                     "%s left the range of its type",
                     text_plural((int64_t)eval_overflows(eval), "new value", mem));
    eval_free(eval);
    return ok;
}

bool modify_update(Modify *m, Arena *mem, Err *err)
{
    const TablePlan *tp = &m->made->tables[m->tables[0].plan];
    const ClosureTable *node = &m->removal.closure->tables[m->tables[0].node];
    int nkey = node->nkey, *key = arena_array(mem, int, nkey + 1);
    for (int k = 0; k < nkey; k++)
        key[k] = table_column(tp->table, node->key[k]);
    for (int i = 0; i < m->nasked; i++)
        if (!enough_values(tp, m->columns[i], rowset_rows(m->updated), mem, err))
            return false;
    const char *drop = m->s->db->engine == ENGINE_SQLITE ? "DROP TABLE IF EXISTS temp." NEW_VALUES
                       : m->s->db->engine == ENGINE_POSTGRES
                           ? "DROP TABLE IF EXISTS pg_temp." NEW_VALUES
                           : "DROP TEMPORARY TABLE IF EXISTS " NEW_VALUES;
    bool postgres = m->s->db->engine == ENGINE_POSTGRES, sqlite = m->s->db->engine == ENGINE_SQLITE;
    int64_t affected = 0;
    if (!db_exec(m->s->db, mem, err, drop) ||
        !db_exec(m->s->db, mem, err, create_sql(m, key, nkey, mem)) ||
        !load_values(m, key, nkey, mem, err) ||
        (postgres && !db_exec(m->s->db, mem, err, "ANALYZE " NEW_VALUES)) ||
        !db_exec_params(m->s->db, update_sql(m, key, nkey, mem), NULL, 0, &affected, mem, err) ||
        !db_exec(m->s->db, mem, err, drop))
        return false;
    /* The others count only rows whose values differ. */
    return !(postgres || sqlite) || affected == (int64_t)rowset_rows(m->updated) ||
           err_add(mem, err, ERR_VERIFY, NULL, tp->table->name,
                   "%s were to be updated, and %s were",
                   text_plural((int64_t)rowset_rows(m->updated), "row", mem),
                   text_count(affected, mem));
}

/* modify --update: the cells get a new generation. Where a row of the user's own, or one changed by
 * hand, has the new value of a unique column already, the cells of that row get the next one, until
 * nothing collides; each place of a key's domain is tried once. */
#include <string.h>

#include "base/text.h"
#include "exec/modify.h"
#include "exec/renew.h"

#define ROUNDS 100

/* ---------------------------------------------------------------- new generations */

/* The plan in which the chosen cells have their new generation. */
static const Plan *plan_anew(const Modify *m, Arena *mem)
{
    int t = m->tables[0].plan;
    Plan *plan = arena_new_of(mem, Plan);
    *plan = *m->made;
    plan->tables = arena_array(mem, TablePlan, plan->ntables + 1);
    memcpy(plan->tables, m->made->tables, sizeof *plan->tables * (size_t)plan->ntables);
    for (int i = 0; i < m->nmissing; i++)
        for (int p = 0; p < plan->ntables; p++)
            if (strcmp(ledger_table_name(plan->tables[p].table, mem), m->missing[i].table) == 0)
                plan_add_gone(&plan->tables[p], m->missing[i].rows, mem);
    TablePlan *tp = &plan->tables[t];
    Regenerated *all = arena_array(mem, Regenerated, tp->nregenerated + m->nanew + 1);
    for (int i = 0; i < tp->nregenerated; i++)
        all[i] = tp->regenerated[i];
    uint64_t *count = arena_array(mem, uint64_t, tp->table->nfks + 1);
    int *gone = arena_array(mem, int, tp->table->nfks + 1);
    for (int f = 0; f < tp->table->nfks; f++) {
        const TablePlan *parent = tp->fks[f].parent < 0 ? NULL : &plan->tables[tp->fks[f].parent];
        count[f] = parent ? parent->rows : 0;
        gone[f] = parent && parent->gone ? parent->gone->n : 0;
    }
    uint64_t base = plan_next_generation(tp);
    tp->regenerated = all;
    for (int i = 0; i < m->nanew; i++) {
        all[tp->nregenerated++] =
            (Regenerated){.cells = {.cols = m->columns, .ncols = m->nasked, .rows = m->anew[i]},
                          .base = (uint32_t)base,
                          .parent_count = count,
                          .parent_gone = gone};
        base += rowset_rows(m->anew[i]);
    }
    return plan;
}

/* Regenerated values come from the far end of the key's domain: there must be so many that no row
 * has. Those of a plain key come round again, as long as the table leaves some free. */
static bool enough_values(const Modify *m, int c, Arena *mem, Err *err)
{
    const TablePlan *tp = &m->made->tables[m->tables[0].plan];
    int g = modify_group_of(tp, c);
    if (g < 0 || tp->nsegments == 0)
        return true;
    const Segment *last = &tp->segments[tp->nsegments - 1];
    uint64_t domain = last->group_count[g], rows = rowset_rows(m->anew[m->nanew - 1]), used;
    if (plan_key_is_plain(tp, g)) {
        used = tp->rows - tp->gone_rows;
    } else {
        used = tp->rows - last->group_first[g] + plan_next_generation(tp) - 1;
        for (int i = 0; i < m->nanew - 1; i++)
            used += rowset_rows(m->anew[i]);
    }
    if (domain == 0 || used + rows <= domain)
        return true;
    err_add(mem, err, ERR_UNIQUE, NULL, tp->groups[g].name,
            "%s, of which %s are used: too few for %s", text_plural((int64_t)domain, "value", mem),
            text_count((int64_t)used, mem), text_plural((int64_t)rows, "new one", mem));
    return err_hint(mem, err, "widen the generator in the recipe, or update fewer rows");
}

/* Did the new values of a key come round, so that two rows may have the same place? */
static bool came_round(const Modify *m, int g)
{
    const TablePlan *tp = &m->made->tables[m->tables[0].plan];
    uint64_t made = 0;
    for (int i = 0; i < m->nanew; i++)
        made += rowset_rows(m->anew[i]);
    for (int i = 0; i < tp->nsegments; i++)
        if (tp->segments[i].group_count[g] && made > tp->segments[i].group_count[g])
            return true;
    return false;
}

/* ---------------------------------------------------------------- values that are taken */

static const char *done(Buf *sql, Arena *mem)
{
    const char *text = arena_strndup(mem, buf_cstr(sql), sql->len);
    buf_free(sql);
    return text;
}

static void put_keys(Buf *sql, const Renewal *r)
{
    bool mysql = r->db->engine == ENGINE_MARIADB || r->db->engine == ENGINE_MYSQL;
    buf_printf(sql, "SELECT DISTINCT CAST(NULL AS %s)", mysql ? "signed" : "bigint");
    for (int k = 0; k < r->nkey; k++)
        buf_printf(sql, ", n.k%d", k + 1);
}

static const char *new_value(const Renewal *r, const Key *key, int i, Arena *mem)
{
    return dialect_compared(r->db->engine, key, i,
                            arena_printf(mem, "n.v%d", renewal_place(r, key->cols[i]) + 1), mem);
}

static const char *taken_sql(const Renewal *r, const Key *key, Arena *mem)
{
    const Table *table = r->plan->tables[r->table].table;
    Buf sql;
    buf_init(&sql, 1 << 20);
    put_keys(&sql, r);
    buf_str(&sql, " FROM ");
    renewal_put_name(r, &sql);
    buf_str(&sql, " JOIN ");
    dialect_table(r->db->engine, &sql, table->schema, table->name);
    buf_str(&sql, " c ON ");
    for (int i = 0; i < key->ncols; i++) {
        Buf name;
        buf_init(&name, 1 << 10);
        buf_str(&name, "c.");
        dialect_ident(r->db->engine, &name, table->cols[key->cols[i]].name);
        buf_printf(&sql, "%s%s = %s", i ? " AND " : "",
                   dialect_compared(r->db->engine, key, i, done(&name, mem), mem),
                   new_value(r, key, i, mem));
    }
    return done(&sql, mem);
}

/* New values that an earlier one equals, as the database sees it. */
static const char *twins_sql(const Renewal *r, const Key *key, Arena *mem)
{
    Buf sql;
    buf_init(&sql, 1 << 20);
    put_keys(&sql, r);
    buf_str(&sql, " FROM (SELECT ");
    for (int k = 0; k < r->nkey; k++)
        buf_printf(&sql, "n.k%d, ", k + 1);
    buf_str(&sql, "row_number() OVER (PARTITION BY ");
    for (int i = 0; i < key->ncols; i++)
        buf_printf(&sql, "%s%s", i ? ", " : "", new_value(r, key, i, mem));
    buf_str(&sql, " ORDER BY n.k1) AS nth FROM ");
    renewal_put_name(r, &sql);
    buf_str(&sql, " WHERE ");
    for (int i = 0; i < key->ncols; i++)
        buf_printf(&sql, "%sn.v%d IS NOT NULL", i ? " AND " : "",
                   renewal_place(r, key->cols[i]) + 1);
    buf_str(&sql, ") n WHERE n.nth > 1");
    return done(&sql, mem);
}

/* Is the key made of new values? Whether two of them can be equal, its group knows. */
static bool is_anew(const Modify *m, const Renewal *r, const Key *key, bool *apart)
{
    const TablePlan *tp = &m->made->tables[m->tables[0].plan];
    bool all = key->ncols > 0 && !key->partial;
    *apart = false;
    for (int i = 0; i < key->ncols; i++) {
        int g = modify_group_of(tp, key->cols[i]);
        all = all && renewal_place(r, key->cols[i]) >= 0;
        *apart = *apart || (g >= 0 && (tp->groups[g].no_case || came_round(m, g)));
    }
    return all;
}

static bool find_taken(Modify *m, const Renewal *r, const RowSet **taken, Arena *mem, Err *err)
{
    const Table *table = m->made->tables[r->table].table;
    int node = m->tables[0].node;
    ModifyRows found;
    *taken = NULL;
    for (int k = 0; k < table->nuniques; k++) {
        const Key *key = &table->uniques[k];
        bool apart;
        if (!is_anew(m, r, key, &apart))
            continue;
        if (!modify_rows_of(m, node, taken_sql(r, key, mem), &found, mem, err))
            return false;
        *taken = rowset_union(*taken, found.rows, mem);
        if (apart && !modify_rows_of(m, node, twins_sql(r, key, mem), &found, mem, err))
            return false;
        *taken = rowset_union(*taken, found.rows, mem);
    }
    return true;
}

/* ---------------------------------------------------------------- the interface */

static Renewal renewal_of(const Modify *m, Arena *mem)
{
    const ClosureTable *node = &m->removal.closure->tables[m->tables[0].node];
    return (Renewal){.db = m->s->db,
                     .plan = plan_anew(m, mem),
                     .table = m->tables[0].plan,
                     .rows = m->updated.rows,
                     .key = node->key,
                     .nkey = node->nkey,
                     .cols = m->columns,
                     .ncols = m->ncolumns};
}

/* Rows that collide with others again and again. */
static bool refuse_taken(const Modify *m, const RowSet *taken, Arena *mem, Err *err)
{
    const Table *table = m->made->tables[m->tables[0].plan].table;
    err_add(
        mem, err, ERR_UNIQUE, NULL, table->name,
        "no new values found for %s: other rows have nearly all that the unique columns can hold",
        text_plural((int64_t)rowset_rows(taken), "row", mem));
    return err_hint(mem, err, "widen the generators in the recipe, or update other columns");
}

/* The new values are in their table then. */
static bool load_values(Modify *m, Renewal *out, Arena *mem, Err *err)
{
    const RowSet *taken = m->updated.rows;
    m->anew = arena_array(mem, const RowSet *, ROUNDS + 1);
    m->nanew = 0;
    for (int round = 0; rowset_rows(taken) > 0 && round < ROUNDS; round++) {
        m->anew[m->nanew++] = taken;
        for (int i = 0; i < m->nasked; i++)
            if (!enough_values(m, m->columns[i], mem, err))
                return false;
        *out = renewal_of(m, mem);
        if (!renewal_load(out, mem, err) || !find_taken(m, out, &taken, mem, err))
            return false;
    }
    return rowset_rows(taken) == 0 || refuse_taken(m, taken, mem, err);
}

bool modify_try_update(Modify *m, Arena *mem, Err *err)
{
    Renewal renewal;
    return rowset_rows(m->updated.rows) == 0 ||
           (load_values(m, &renewal, mem, err) && modify_meets_conditions(m, &renewal, mem, err) &&
            renewal_drop(&renewal, mem, err));
}

bool modify_update(Modify *m, Arena *mem, Err *err)
{
    const TablePlan *tp = &m->made->tables[m->tables[0].plan];
    uint64_t rows = rowset_rows(m->updated.rows);
    Renewal renewal;
    int64_t affected = 0;
    if (!load_values(m, &renewal, mem, err) || !modify_meets_conditions(m, &renewal, mem, err))
        return false;
    if (!renewal_apply(&renewal, &affected, mem, err)) {
        const char *way = err->last ? err->last->hint : NULL;
        return err_hint(mem, err, "%s%swhile: update %s of %s; nothing was changed", way ? way : "",
                        way ? "; " : "", text_plural((int64_t)rows, "row", mem), tp->table->name);
    }
    /* MySQL counts only rows whose values differ. */
    bool counts = m->s->db->engine == ENGINE_POSTGRES || m->s->db->engine == ENGINE_SQLITE;
    return !counts || affected == (int64_t)rows ||
           err_add(mem, err, ERR_VERIFY, NULL, tp->table->name, "%s to be updated, and %s changed",
                   text_plural((int64_t)rows, "row", mem), text_count(affected, mem));
}

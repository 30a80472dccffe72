/* modify --update: cells get a new generation, and with them all that is computed from them. */
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "exec/modify.h"
#include "exec/renew.h"
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

/* The unique key that gives a column its value; -1. */
static int group_of(const TablePlan *tp, int c)
{
    const ColumnPlan *cp = &tp->cols[c];
    return cp->fk >= 0 ? tp->fks[cp->fk].group : cp->group;
}

static bool can_be_anew(const Plan *plan, const TablePlan *tp, int c, Arena *mem, Err *err)
{
    const ColumnPlan *cp = &tp->cols[c];
    int group = group_of(tp, c);
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
    if (cp->fk >= 0 && group >= 0 && plan->tables[tp->fks[cp->fk].parent].gone)
        return refuse(tp, c, "is unique among parents of which some are gone",
                      "append new rows and delete old ones", mem, err);
    if (group >= 0 && tp->groups[group].within_fk >= 0)
        return refuse(tp, c, "is unique below its parent, in a fixed order",
                      "append new rows and delete old ones", mem, err);
    if (group >= 0 && tp->groups[group].key_def->ncols > 1)
        return refuse(tp, c, "is unique together with other columns",
                      "append new rows and delete old ones", mem, err);
    return true;
}

/* Regenerated values come from the far end of the key's domain: there must be so many that no row
 * has. */
static bool enough_values(const TablePlan *tp, int c, uint64_t rows, Arena *mem, Err *err)
{
    int g = group_of(tp, c);
    if (g < 0 || tp->nsegments == 0)
        return true;
    const Segment *last = &tp->segments[tp->nsegments - 1];
    uint64_t domain = last->group_count[g],
             used = tp->rows - last->group_first[g] + plan_next_generation(tp) - 1;
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
            ok = can_be_anew(m->made, tp, c, mem, err) && ok;
            changed[c] = true;
            m->columns[m->ncolumns++] = c;
        }
    }
    int named = m->ncolumns;
    if (!ok)
        return false;
    const char *others = plan_dependents(m->made, t, changed, mem);
    if (others) {
        err_add(mem, err, ERR_USAGE, NULL, "--update", "other rows are computed from %s.%s: %s",
                tp->table->name, m->o->columns, others);
        return err_hint(mem, err, "update what nothing else depends on, or replace the tables");
    }
    /* References draw anew, all columns of a key together; the others are computed from what did.
     */
    for (int pass = 0; pass < 2; pass++) {
        for (int c = 0; c < tp->table->ncols; c++) {
            bool skipped = !changed[c] || (tp->cols[c].fk >= 0) == pass;
            for (int i = 0; i < named; i++)
                skipped = skipped || m->columns[i] == c;
            if (skipped)
                continue;
            ok = can_be_anew(m->made, tp, c, mem, err) && ok;
            m->columns[m->ncolumns++] = c;
        }
        m->nasked = pass == 0 ? m->ncolumns : m->nasked;
    }
    return ok;
}

/* ---------------------------------------------------------------- new values */

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
    Regenerated *all = arena_array(mem, Regenerated, tp->nregenerated + 1);
    uint64_t base = plan_next_generation(tp);
    for (int i = 0; i < tp->nregenerated; i++)
        all[i] = tp->regenerated[i];
    uint64_t *count = arena_array(mem, uint64_t, tp->table->nfks + 1);
    int *gone = arena_array(mem, int, tp->table->nfks + 1);
    for (int f = 0; f < tp->table->nfks; f++) {
        const TablePlan *parent = tp->fks[f].parent < 0 ? NULL : &plan->tables[tp->fks[f].parent];
        count[f] = parent ? parent->rows : 0;
        gone[f] = parent && parent->gone ? parent->gone->n : 0;
    }
    all[tp->nregenerated++] =
        (Regenerated){.cells = {.cols = m->columns, .ncols = m->nasked, .rows = m->updated.rows},
                      .base = (uint32_t)base,
                      .parent_count = count,
                      .parent_gone = gone};
    tp->regenerated = all;
    return plan;
}

bool modify_update(Modify *m, Arena *mem, Err *err)
{
    const TablePlan *tp = &m->made->tables[m->tables[0].plan];
    const ClosureTable *node = &m->removal.closure->tables[m->tables[0].node];
    uint64_t rows = rowset_rows(m->updated.rows);
    int64_t affected = 0;
    for (int i = 0; i < m->nasked; i++)
        if (!enough_values(tp, m->columns[i], rows, mem, err))
            return false;
    Renewal renewal = {.db = m->s->db,
                       .plan = plan_anew(m, mem),
                       .table = m->tables[0].plan,
                       .rows = m->updated.rows,
                       .key = node->key,
                       .nkey = node->nkey,
                       .cols = m->columns,
                       .ncols = m->ncolumns};
    if (!renewal_load(&renewal, mem, err) || !renewal_apply(&renewal, &affected, mem, err))
        return false;
    /* MySQL counts only rows whose values differ. */
    bool counts = m->s->db->engine == ENGINE_POSTGRES || m->s->db->engine == ENGINE_SQLITE;
    return !counts || affected == (int64_t)rows ||
           err_add(mem, err, ERR_VERIFY, NULL, tp->table->name, "%s to be updated, and %s changed",
                   text_plural((int64_t)rows, "row", mem), text_count(affected, mem));
}

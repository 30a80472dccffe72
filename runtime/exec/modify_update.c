/* modify --update: which columns; they get new values, and so does all that is computed from them.
 */
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
    const char *list = text_list(names, tp->table->ncols, 20, mem);
    return near ? err_hint(mem, err, "did you mean \"%s\"? available: %s", near, list)
                : err_hint(mem, err, "available: %s", list);
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

int modify_group_of(const TablePlan *tp, int c)
{
    const ColumnPlan *cp = &tp->cols[c];
    return cp->fk >= 0 ? tp->fks[cp->fk].group : cp->group;
}

/* Later rows under the same parents drew from what these left (SharedKey.under). */
static bool drawn_again(const TablePlan *tp, int fk)
{
    const SharedKey *shared = tp->fks[fk].shared;
    return shared && shared->under >= 0 && tp->nsegments &&
           tp->segments[tp->nsegments - 1].group_first[shared->group] > 0;
}

static bool can_be_anew(const Plan *plan, const TablePlan *tp, int c, Arena *mem, Err *err)
{
    const ColumnPlan *cp = &tp->cols[c];
    int group = modify_group_of(tp, c);
    if (in_key(&tp->table->primary, c))
        return refuse(tp, c, "is the primary key: other rows know it by that",
                      "append new rows and delete old ones", mem, err);
    if (!cp->written)
        return refuse(tp, c, "is not made by the recipe", NULL, mem, err);
    bool **lost = plan_lost_columns(plan, mem);
    if (lost && lost[tp - plan->tables][c])
        return refuse(tp, c,
                      "follows from keys of a table outside of the recipe, which has others now",
                      NULL, mem, err);
    if (cp->fk >= 0 && fk_is_per(&tp->fks[cp->fk]))
        return refuse(tp, c, "says to which parent a row was counted",
                      "append new rows and delete old ones", mem, err);
    if (cp->fk >= 0 && tp->fks[cp->fk].mode == FK_POOL)
        return refuse(tp, c, "is drawn from a table outside of the recipe", NULL, mem, err);
    if (cp->fk >= 0 && group >= 0 && plan->tables[tp->fks[cp->fk].parent].gone)
        return refuse(tp, c, "is unique among parents of which some are gone",
                      "append new rows and delete old ones", mem, err);
    if (cp->fk >= 0 && drawn_again(tp, cp->fk))
        return refuse(tp, c, "is apart from what later rows of the same parent drew",
                      "append new rows and delete old ones", mem, err);
    if (group >= 0 && tp->groups[group].within_fk >= 0)
        return refuse(tp, c, "is unique below its parent, in a fixed order",
                      "append new rows and delete old ones", mem, err);
    if (group >= 0 && tp->groups[group].key_def->ncols > 1)
        return refuse(tp, c, "is unique together with other columns",
                      "append new rows and delete old ones", mem, err);
    return true;
}

/* The moments of a state machine beside its status. */
static bool add_drawn_together(Modify *m, int t, bool *changed, Arena *mem, Err *err)
{
    const TablePlan *tp = &m->made->tables[t];
    bool *given = arena_copy(mem, changed, (size_t)tp->table->ncols, 0, sizeof *changed), ok = true;
    plan_drawn_together(m->made, t, changed);
    for (int c = 0; c < tp->table->ncols; c++) {
        if (!changed[c] || given[c])
            continue;
        ok = can_be_anew(m->made, tp, c, mem, err) && ok;
        m->columns[m->ncolumns++] = c;
    }
    return ok;
}

/* Those of the columns that were asked for that other rows are computed from. */
static const char *read_elsewhere(const Modify *m, int t, int asked, Arena *mem)
{
    const Table *table = m->made->tables[t].table;
    const char **names = arena_array(mem, const char *, asked + 1);
    int n = 0;
    for (int i = 0; i < asked; i++) {
        bool *alone = arena_array(mem, bool, table->ncols + 1);
        alone[m->columns[i]] = true;
        plan_drawn_together(m->made, t, alone);
        if (plan_dependents(m->made, t, alone, mem))
            names[n++] = table->cols[m->columns[i]].name;
    }
    return text_list(names, n, n, mem);
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
    int asked = m->ncolumns;
    if (!ok || !add_drawn_together(m, t, changed, mem, err))
        return false;
    int named = m->ncolumns;
    const char *others = plan_dependents(m->made, t, changed, mem);
    if (others) {
        err_add(mem, err, ERR_USAGE, NULL, "--update", "other rows are computed from %s.%s: %s",
                tp->table->name, read_elsewhere(m, t, asked, mem), others);
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

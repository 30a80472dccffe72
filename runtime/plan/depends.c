/* Dependence among columns, read off their bound nodes: own columns, columns of parents through
 * foreign keys, values over children. */
#include "plan/depends.h"

#include "plan/plan_int.h"

typedef struct Asked {
    const Plan *plan;
    int table;           /* whose columns changed */
    const bool *changed; /* per column of it */
    bool across;         /* found: by way of another row of the same table */
} Asked;

static bool fk_changed(Asked *a, int t, int fk)
{
    const ForeignKey *key = a->plan->tables[t].fks[fk].fk;
    for (int i = 0; t == a->table && i < key->ncols; i++)
        if (a->changed[key->cols[i]])
            return true;
    return false;
}

static bool depends(Asked *a, int t, const Bound *bound);

/* t.fk.fk.column: on each key of the way, and on the column at its end. */
static bool path_depends(Asked *a, int t, const Bound *bound)
{
    bool other_key = false;
    for (int i = 0; i < bound->fk_depth; i++) {
        other_key = other_key || fk_changed(a, t, bound->fk_path[i]);
        t = a->plan->tables[t].fks[bound->fk_path[i]].parent;
        if (t < 0)
            return other_key;
    }
    bool found = t == a->table && a->changed[bound->column];
    a->across = a->across || (found && bound->fk_depth > 0);
    return found || other_key;
}

static bool depends(Asked *a, int t, const Bound *bound)
{
    if (!bound)
        return false;
    if (bound->column >= 0 && path_depends(a, t, bound))
        return true;
    const Roll *roll = bound->roll;
    if (roll && roll->fk >= 0 &&
        (fk_changed(a, roll->table, roll->fk) || depends(a, roll->table, roll->value) ||
         depends(a, roll->table, roll->cond))) {
        a->across = a->across || roll->what == ROLL_RUNNING; /* the siblings behind change, too */
        return true;
    }
    for (int i = 0; i < bound->nargs; i++)
        if (depends(a, t, bound->args[i]))
            return true;
    return false;
}

/* A foreign key's column holds the parent's key. */
static bool column_depends(Asked *a, int t, int c)
{
    const ColumnPlan *cp = &a->plan->tables[t].cols[c];
    if (cp->fk < 0)
        return depends(a, t, cp->bound);
    const FkPlan *fk = &a->plan->tables[t].fks[cp->fk];
    return fk_changed(a, t, cp->fk) ||
           (fk->parent == a->table && a->changed[fk->parent_cols[cp->fk_pos]]);
}

static bool shows(const Bound *bound, uint64_t joint)
{
    bool found = bound->joint == joint;
    for (int i = 0; !found && i < bound->nargs; i++)
        found = shows(bound->args[i], joint);
    return found;
}

/* Adds the columns that show any draw of `bound`. */
static bool add_joint(const TablePlan *tp, const Bound *bound, bool *changed)
{
    bool found = false;
    for (int c = 0; bound->joint && c < tp->table->ncols; c++)
        if (!changed[c] && tp->cols[c].bound && shows(tp->cols[c].bound, bound->joint))
            found = changed[c] = true;
    for (int i = 0; i < bound->nargs; i++)
        found = add_joint(tp, bound->args[i], changed) || found;
    return found;
}

void plan_drawn_together(const Plan *plan, int t, bool *changed)
{
    const TablePlan *tp = &plan->tables[t];
    for (bool found = true; found;) {
        found = false;
        for (int c = 0; c < tp->table->ncols; c++)
            if (changed[c] && tp->cols[c].bound)
                found = add_joint(tp, tp->cols[c].bound, changed) || found;
    }
}

const char *plan_dependents(const Plan *plan, int t, bool *changed, Arena *mem)
{
    Asked asked = {.plan = plan, .table = t, .changed = changed};
    const char *others = NULL;
    for (bool found = true; found;) {
        found = false;
        for (int c = 0; c < plan->tables[t].table->ncols; c++)
            if (!changed[c] && column_depends(&asked, t, c))
                found = changed[c] = true;
    }
    for (int o = 0; o < plan->ntables; o++)
        for (int c = 0; c < plan->tables[o].table->ncols; c++) {
            asked.across = false;
            if (!column_depends(&asked, o, c) || (o == t && !asked.across))
                continue;
            const char *name = plan_subject(mem, plan->tables[o].table, c);
            others = others ? arena_printf(mem, "%s, %s", others, name) : name;
        }
    return others;
}

static bool adds_up(const Bound *bound, int t, int fk)
{
    const Roll *roll = bound ? bound->roll : NULL;
    bool found = roll && roll->table == t && roll->fk == fk;
    for (int i = 0; bound && !found && i < bound->nargs; i++)
        found = adds_up(bound->args[i], t, fk);
    return found;
}

const char *plan_added_up(const Plan *plan, int t, int fk, Arena *mem)
{
    const FkPlan *key = &plan->tables[t].fks[fk];
    const char *names = NULL;
    if (!key->rolled_up)
        return NULL;
    const TablePlan *parent = &plan->tables[key->parent];
    for (int c = 0; c < parent->table->ncols; c++)
        if (adds_up(parent->cols[c].bound, t, fk)) {
            const char *name = plan_subject(mem, parent->table, c);
            names = names ? arena_printf(mem, "%s, %s", names, name) : name;
        }
    return names;
}

static bool is_lost(const TablePlan *tp, int c)
{
    int fk = tp->cols[c].fk;
    return fk >= 0 && tp->fks[fk].pool_state == POOL_LOST;
}

bool **plan_lost_columns(const Plan *plan, Arena *mem)
{
    bool any = false;
    for (int t = 0; t < plan->ntables; t++)
        for (int f = 0; f < plan->tables[t].table->nfks; f++)
            any = any || plan->tables[t].fks[f].pool_state == POOL_LOST;
    if (!any)
        return NULL;
    bool **lost = arena_array(mem, bool *, plan->ntables + 1);
    for (int t = 0; t < plan->ntables; t++) {
        lost[t] = arena_array(mem, bool, plan->tables[t].table->ncols + 1);
        for (int c = 0; c < plan->tables[t].table->ncols; c++)
            lost[t][c] = is_lost(&plan->tables[t], c);
    }
    for (bool found = true; found;) {
        found = false;
        for (int t = 0; t < plan->ntables; t++)
            for (int o = 0; o < plan->ntables; o++)
                for (int c = 0; c < plan->tables[o].table->ncols; c++) {
                    Asked asked = {.plan = plan, .table = t, .changed = lost[t]};
                    if (!lost[o][c] && column_depends(&asked, o, c))
                        found = lost[o][c] = true;
                }
    }
    return lost;
}

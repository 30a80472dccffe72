/* The checks of a command, inside of its transaction: they read what it touched and what stands
 * next to that, so that a small change to a large table is checked in the time of a small one; and
 * when one fails, nothing has happened. `verify` reads whole tables. */
#include "exec/modify.h"
#include "plan/checks.h"

static bool *flags(const Plan *plan, int t, Arena *mem)
{
    return arena_array(mem, bool, plan->tables[t].table->ncols + 1);
}

/* The columns of a foreign key whose rows lost their parents, by their names: the closure goes by
 * the catalog, the plan by the recipe. */
static void mark_cleared(const Modify *m, const ClosureRef *ref, PlanTouched *touched, Arena *mem)
{
    const Closure *c = m->removal.closure;
    const Table *child = c->tables[ref->child].table;
    int t = modify_plan_of(m, ref->child);
    if (t < 0)
        return;
    bool *cleared = touched[t].cleared ? (bool *)touched[t].cleared : flags(m->s->plan, t, mem);
    bool *defaulted =
        touched[t].defaulted ? (bool *)touched[t].defaulted : flags(m->s->plan, t, mem);
    for (int i = 0; i < ref->fk->ncols; i++) {
        int col = table_column(m->s->plan->tables[t].table, child->cols[ref->fk->cols[i]].name);
        if (col < 0)
            continue;
        cleared[col] = true;
        defaulted[col] = defaulted[col] || ref->fk->on_delete == ACTION_SET_DEFAULT;
    }
    touched[t].cleared = cleared;
    touched[t].defaulted = defaulted;
}

static const PlanTouched *touched_by(const Modify *m, Arena *mem)
{
    const Plan *plan = m->s->plan;
    const Closure *c = m->removal.closure;
    PlanTouched *touched = arena_array(mem, PlanTouched, plan->ntables + 1);
    for (int t = 0; t < plan->ntables; t++)
        touched[t].segments = m->made->tables[t].nsegments;
    if (m->ncolumns > 0) {
        int t = m->tables[0].plan;
        bool *anew = flags(plan, t, mem);
        for (int i = 0; i < m->ncolumns; i++)
            anew[m->columns[i]] = true;
        touched[t].anew = anew;
    }
    for (int i = 0; i < c->nrefs; i++)
        if (c->refs[i].effect == REF_CLEARS && c->refs[i].rows > 0)
            mark_cleared(m, &c->refs[i], touched, mem);
    return touched;
}

/* That deleted rows are gone was asked right after the deletion: keys may have come back since. */
static void add_deleted(Modify *m, Arena *mem)
{
    for (int i = 0; i < m->nsteps; i++) {
        const char *table = m->removal.closure->tables[m->steps[i].table].name;
        if (m->steps[i].kind == STEP_DELETE)
            verify_add(&m->s->report->verify,
                       (VerifyResult){.kind = CHECK_ROWS,
                                      .table = table,
                                      .name = arena_printf(mem, "%s: deleted, and there", table),
                                      .passed = true},
                       mem);
    }
}

bool modify_verify(Modify *m, Arena *mem, Err *err)
{
    Session *s = m->s;
    add_deleted(m, mem);
    const Plan *narrow = plan_check_touched(s->plan, &s->report->plan_target, touched_by(m, mem),
                                            m->removal.closure, mem, err);
    return narrow && (verify_keys(s->db, narrow, &s->report->verify, s->log, mem, err) ||
                      err_hint(mem, err, "nothing was changed: it was undone"));
}

/* Whose rows go, and whose references are cleared: known before, since afterwards nothing tells. */
#include "base/text.h"
#include "exec/modify.h"

/* What a key sets, for the ledger: a JSON list of the columns that become NULL, or an object of
 * columns and their defaults. */
static const char *cleared_columns(const Closure *c, const ClosureRef *ref, Arena *mem)
{
    const Table *child = c->tables[ref->child].table;
    json_t *all = ref->defaults ? json_object() : json_array();
    for (int i = 0; i < ref->fk->ncols; i++) {
        const char *name = child->cols[ref->fk->cols[i]].name;
        if (!closure_sets(ref, i))
            continue;
        if (!ref->defaults)
            json_array_append_new(all, json_string(name));
        else
            json_object_set_new(all, name,
                                ref->defaults[i] ? json_string(ref->defaults[i]) : json_null());
    }
    char *text = json_dumps(all, JSON_COMPACT);
    const char *copy = arena_strdup(mem, text);
    free(text);
    json_decref(all);
    return copy;
}

/* The ledger would not know which rows refer to nothing now. */
static bool refuse_keyless_ref(const Closure *c, const ClosureRef *ref, Arena *mem, Err *err)
{
    const char *child = c->tables[ref->child].name;
    err_add(mem, err, ERR_REFUSED, NULL, child,
            "%s would lose %s to %s (%s, %s), and without a primary key nothing tells which",
            text_plural(ref->rows, "row", mem),
            ref->rows == 1 ? "its reference" : "their references", c->tables[ref->parent].name,
            ref->name, ref->action);
    return err_hint(mem, err, "give %s a primary key, or empty it first (--truncate)", child);
}

bool modify_find_changed(Modify *m, Arena *mem, Err *err)
{
    const Closure *c = m->removal.closure;
    m->changed = arena_array(mem, ModifyRows, c->ntables + c->nrefs + 1);
    m->nchanged = 0;
    for (int t = 0; t < c->ntables; t++) {
        ModifyRows *rows = &m->changed[m->nchanged];
        if (c->tables[t].rows == 0)
            continue;
        int plan = modify_plan_of(m, t);
        if (modify_has_key(&c->tables[t]) || (plan < 0 && c->tables[t].nkey)) {
            if (!modify_rows_of(m, t, closure_sql_keys(c, t, mem), rows, mem, err))
                return false;
        } else if (!c->tables[t].whole) {
            return modify_refuse_keyless(&c->tables[t], mem, err);
        } else {
            RowSet *all = rowset_new(mem);
            for (uint64_t row = 0; plan >= 0 && row < m->made->tables[plan].rows; row++)
                if (!plan_is_gone(&m->made->tables[plan], row))
                    rowset_add(all, row, 1, mem);
            *rows = (ModifyRows){.plan = plan, .table = c->tables[t].name, .rows = all};
            rows->own = c->tables[t].rows - (int64_t)all->rows;
            modify_suspect_others(m, rows, mem);
        }
        const TablePlan *tp = rows->plan >= 0 ? &m->made->tables[rows->plan] : NULL;
        if (tp && !modify_count_altered(m, rows, tp->load_cols, tp->nload, mem, err))
            return false;
        m->nchanged++;
    }
    for (int i = 0; i < c->nrefs; i++) {
        ClosureRef *ref = &c->refs[i];
        ModifyRows *rows = &m->changed[m->nchanged];
        if (ref->effect != REF_CLEARS || ref->rows == 0)
            continue;
        if (!modify_has_key(&c->tables[ref->child])) {
            bool proved = false;
            if (modify_plan_of(m, ref->child) < 0) {
                *rows = (ModifyRows){.plan = -1,
                                     .node = ref->child,
                                     .table = c->tables[ref->child].name,
                                     .rows = rowset_new(mem),
                                     .own = ref->rows};
                modify_suspect_others(m, rows, mem);
            } else if (!modify_keyless_rows(m, ref, rows, &proved, mem, err)) {
                return false;
            } else if (!proved) {
                return refuse_keyless_ref(c, ref, mem, err);
            }
            rows->columns = cleared_columns(c, ref, mem);
            m->nchanged++;
            continue;
        }
        if (!removal_find_children(&m->removal, ref, mem, err) ||
            !modify_rows_of(m, ref->child, closure_sql_work_keys(c, ref->child, mem), rows, mem,
                            err))
            return false;
        rows->columns = cleared_columns(c, ref, mem);
        m->nchanged++;
    }
    return true;
}

static const char *what_would_be(const ModifyRows *rows, int64_t n)
{
    return !rows->columns ? "would go along"
           : n == 1       ? "would lose its reference"
                          : "would lose their references";
}

/* Another recipe's part of the ledger would not know of it. */
static bool spares_others(const Modify *m, Arena *mem, Err *err)
{
    bool ok = true;
    for (int i = 0; i < m->nchanged; i++) {
        const ModifyRows *rows = &m->changed[i];
        if (rows->others == 0)
            continue;
        ok = err_add(mem, err, ERR_REFUSED, NULL, rows->table, "%s %s recipe %s made %s",
                     text_plural(rows->others, "row", mem), rows->perhaps ? "that perhaps" : "that",
                     rows->other, what_would_be(rows, rows->others));
        err_hint(mem, err,
                 "delete them first, by seedpipe modify with that recipe, or roll back its runs "
                 "(seedpipe status): then the ledger knows it");
    }
    return ok;
}

/* What --seeded-only promises holds for rows that would go along, too. */
static bool spares_own(const Modify *m, Arena *mem, Err *err)
{
    bool ok = true;
    for (int i = 0; m->o->seeded_only && i < m->nchanged; i++) {
        const ModifyRows *rows = &m->changed[i];
        if (rows->own == 0)
            continue;
        ok = err_add(mem, err, ERR_REFUSED, NULL, rows->table,
                     "%s of your own %s, and --seeded-only is to leave them alone",
                     text_plural(rows->own, "row", mem), what_would_be(rows, rows->own));
        err_hint(mem, err, "let them refer to other rows first, or leave out --seeded-only");
    }
    return ok;
}

bool modify_spares(const Modify *m, Arena *mem, Err *err)
{
    return spares_others(m, mem, err) && spares_own(m, mem, err);
}

/* Keys that name an ancestor of the rows, as (tenant, number) does for the tickets of a tenant's
 * projects: where each table up to it is counted per row of the next, a row's number among the
 * ancestor's is known, and values need to be enough for one ancestor, not for the whole table. A
 * domain that is enough for all rows is drawn from by their numbers in the table; when it is no
 * more, later rows go by their ancestors. */
#include <stdlib.h>

#include <jansson.h>

#include "base/text.h"
#include "gen/eval.h"
#include "plan/segments_int.h"

/* ---- which ancestor */

/* A table, the one that its rows are counted by, and so on. */
typedef struct Chain {
    const TablePlan **tables; /* n + 1 */
    int *fks;                 /* n: from each to the next */
    int n;
} Chain;

static int counted_fk(const TablePlan *tp)
{
    for (int f = 0; f < tp->table->nfks; f++)
        if (tp->fks[f].mode == FK_PER && !tp->fks[f].fk->late && tp->fks[f].null_share == 0)
            return f;
    return -1;
}

static Chain chain_of(const Build *b, const TablePlan *tp)
{
    Chain c = {.tables = arena_array(b->mem, const TablePlan *, b->plan->ntables + 1),
               .fks = arena_array(b->mem, int, b->plan->ntables + 1)};
    int f;
    c.tables[0] = tp;
    while (c.n < b->plan->ntables && (f = counted_fk(c.tables[c.n])) >= 0) {
        c.fks[c.n] = f;
        c.tables[c.n + 1] = &b->plan->tables[c.tables[c.n]->fks[f].parent];
        c.n++;
    }
    return c;
}

/* Does the column come from one of a table further up? *level and *col: which; moved up then. */
static bool step_up(const Chain *c, int *level, int *col)
{
    const TablePlan *tp = c->tables[*level];
    const ColumnPlan *cp = &tp->cols[*col];
    if (*level < c->n && cp->fk == c->fks[*level]) {
        *col = tp->fks[cp->fk].parent_cols[cp->fk_pos];
        ++*level;
        return true;
    }
    const Bound *bound = cp->fk < 0 ? cp->bound : NULL;
    if (!bound || bound->column < 0 || bound->fill || bound->recursive)
        return false;
    for (int i = 0; i < bound->fk_depth; i++)
        if (*level + i >= c->n || bound->fk_path[i] != c->fks[*level + i])
            return false;
    *level += bound->fk_depth;
    *col = bound->column;
    return true;
}

static bool has_key(const TablePlan *tp, const bool *cols)
{
    for (int i = -1; i < tp->table->nuniques; i++) {
        const Key *key = i < 0 ? &tp->table->primary : &tp->table->uniques[i];
        bool all = key->ncols > 0 && !key->partial;
        for (int k = 0; k < key->ncols; k++)
            all = all && cols[key->cols[k]];
        if (all)
            return true;
    }
    return false;
}

/* Do the key's columns hold a whole key of the table at a level? */
static bool names_row(const Build *b, const Chain *c, const Key *key, int level)
{
    const TablePlan *tp = c->tables[level];
    bool *cols = arena_array(b->mem, bool, tp->table->ncols + 1);
    for (int i = 0; i < key->ncols; i++) {
        int at = 0, col = key->cols[i];
        while (at < level && step_up(c, &at, &col))
            continue;
        if (at == level)
            cols[col] = true;
    }
    return has_key(tp, cols);
}

/* The nearest one: the fewer rows, the fewer values they need. */
void beneath_find_path(const Build *b, const TablePlan *tp, KeyGroup *group)
{
    Chain c = chain_of(b, tp);
    int depth = 1;
    while (depth <= c.n && !names_row(b, &c, group->key_def, depth))
        depth++;
    if (depth > c.n)
        return;
    group->path = c.fks;
    group->depth = depth;
}

bool beneath_same(const TablePlan *tp, int group, int other)
{
    const KeyGroup *g = &tp->groups[group];
    return g->within_fk >= 0 || (g->depth > 0 && g->depth <= tp->groups[other].depth);
}

/* ---- the ledger */

bool beneath_read(const TablePlan *tp, const json_t *all, Ranges *r)
{
    const json_t *list = json_object_get(all, "beneath");
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_int_t g = json_integer_value(json_array_get(list, i));
        if (g < 0 || g >= tp->ngroups || tp->groups[g].depth == 0 || r->follows[g])
            return false;
        r->beneath[g] = true;
    }
    return true;
}

/* ---- enough */

static const TablePlan *ancestors_of(const Plan *plan, int t, const KeyGroup *group)
{
    const TablePlan *tp = &plan->tables[t];
    for (int i = 0; i < group->depth; i++)
        tp = &plan->tables[tp->fks[group->path[i]].parent];
    return tp;
}

/* The most that one ancestor needs. */
static DomainNeed most_needed(Build *b, int t, int group, const Ranges *r, uint64_t end)
{
    TablePlan *tp = &b->plan->tables[t];
    uint64_t rows = tp->rows, n = ancestors_of(b->plan, t, &tp->groups[group])->rows;
    tp->segments[tp->nsegments++] = ranges_segment(r, rows, end - rows);
    tp->rows = end;
    Eval *eval = eval_new(b->plan);
    DomainNeed most = {0};
    for (uint64_t ancestor = 0; ancestor < n; ancestor++) {
        DomainNeed need = {0};
        eval_beneath(eval, t, group, ancestor, &need.rows, &need.taken);
        if (need.rows + need.taken > most.rows + most.taken)
            most = need;
    }
    eval_free(eval);
    tp->rows = rows;
    tp->nsegments--;
    return most;
}

bool beneath_check(Build *b, int t, int group, const Ranges *r, uint64_t end)
{
    const TablePlan *tp = &b->plan->tables[t];
    const KeyGroup *g = &tp->groups[group];
    const char *name = ancestors_of(b->plan, t, g)->table->name;
    r->beneath[group] = true;
    DomainNeed most = most_needed(b, t, group, r, end);
    if (most.rows + most.taken <= r->group_count[group])
        return true;
    err_add(b->mem, b->err, ERR_UNIQUE, g->key_def->where ? g->key_def->where : tp->table->where,
            g->name, "%s per %s, but one has %s%s",
            text_plural((int64_t)r->group_count[group], "value", b->mem), name,
            text_plural((int64_t)most.rows, "row", b->mem),
            most.taken ? arena_printf(b->mem, ", and %s of the values are taken already",
                                      text_count((int64_t)most.taken, b->mem))
                       : "");
    return err_hint(b->mem, b->err, "widen the generator, ask for fewer rows, or for more %s",
                    name);
}

bool beneath_held(Build *b, int t)
{
    const TablePlan *tp = &b->plan->tables[t];
    bool ok = true;
    for (int g = 0; g < tp->ngroups && tp->navoided; g++)
        ok = (!tp->groups[g].depth || domains_held(b->plan, tp, g, NULL, b->mem, b->err)) && ok;
    return ok;
}

static bool same_segments(const TablePlan *a, const TablePlan *b)
{
    if (a->nkey_order != b->nkey_order || a->nsegments != b->nsegments)
        return false;
    for (int i = 0; i < a->nsegments; i++)
        for (int g = 0; g < a->ngroups; g++)
            if (a->segments[i].group_first[g] != b->segments[i].group_first[g] ||
                a->segments[i].follows[g] != b->segments[i].follows[g] ||
                a->segments[i].beneath[g] != b->segments[i].beneath[g] ||
                a->segments[i].room[g] != b->segments[i].room[g])
                return false;
    return true;
}

bool plan_same_places(const Plan *a, const Plan *b)
{
    for (int t = 0; t < a->ntables; t++)
        if (!same_segments(&a->tables[t], &b->tables[t]))
            return false;
    return true;
}

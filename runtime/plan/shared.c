/* Foreign keys that share columns, as in a tenant's tables: (tenant_id, user_id) and (tenant_id,
 * project_id). One of them gives the shared columns; the others either follow from it, or draw
 * their parent among the children of what both have in common, which are counted `per` row of it
 * and so are known without a look. */
#include <string.h>

#include "base/text.h"
#include "gen/children.h"
#include "plan/segments_int.h"

bool plan_per_is(const RecipeTable *table, const RecipePer *per, const ForeignKey *fk,
                 const char *parent)
{
    bool through = !per->fk_col || strcmp(table->table.cols[fk->cols[0]].name, per->fk_col) == 0;
    return through && strcmp(per->parent, parent) == 0;
}

bool plan_is_per(const RecipeTable *table, const ForeignKey *fk, const char *parent)
{
    for (int p = 0; p < table->npers; p++)
        if (plan_per_is(table, &table->pers[p], fk, parent))
            return true;
    return false;
}

static bool contains(const ForeignKey *fk, int col, int *pos)
{
    for (int i = 0; i < fk->ncols; i++)
        if (fk->cols[i] == col) {
            *pos = i;
            return true;
        }
    return false;
}

/* The key that rows are counted by gives its columns; else the widest one. */
int plan_driver(const Build *b, int t, int col, int *pos)
{
    const TablePlan *tp = &b->plan->tables[t];
    int found = -1, best = 0, at = 0;
    for (int f = 0; f < tp->table->nfks; f++) {
        const ForeignKey *fk = &tp->table->fks[f];
        if (!contains(fk, col, &at))
            continue;
        int parent = tp->fks[f].parent;
        bool per =
            parent >= 0 &&
            plan_is_per(tp->recipe, fk, plan_table_name(b->mem, b->plan->tables[parent].table));
        int rank = fk->ncols + (per ? 1000 : 0);
        if (rank <= best)
            continue;
        best = rank;
        found = f;
        *pos = at;
    }
    return found;
}

/* ---- where a shared value comes from */

/* Steps from a column to the parents that it is handed down from, at most one per table. */
typedef struct Origin {
    int table, col;
    int *path;
    int depth;
} Origin;

static bool step_up(const Build *b, Origin *o)
{
    const TablePlan *tp = &b->plan->tables[o->table];
    const ColumnPlan *cp = &tp->cols[o->col];
    if (!cp->col || cp->fk < 0 || tp->fks[cp->fk].mode == FK_POOL ||
        tp->fks[cp->fk].mode == FK_SELF || o->depth > b->plan->ntables)
        return false;
    o->path[o->depth++] = cp->fk;
    o->col = tp->fks[cp->fk].parent_cols[cp->fk_pos];
    o->table = tp->fks[cp->fk].parent;
    return true;
}

/* Follows a column of table t until it comes from that column of that table. */
static bool leads_to(const Build *b, int t, int col, int table, int target, Origin *o)
{
    *o = (Origin){.table = t, .col = col};
    o->path = arena_array(b->mem, int, b->plan->ntables + 2);
    while (step_up(b, o))
        if (o->table == table && o->col == target)
            return true;
    return false;
}

static bool refuse(Build *b, int t, const FkPlan *fk, int col)
{
    const TablePlan *tp = &b->plan->tables[t];
    const char *parent = fk->fk->ref_table, *column = tp->table->cols[col].name;
    err_add(b->mem, b->err, ERR_RECIPE, fk->fk->where, plan_subject(b->mem, tp->table, col),
            "is given by its reference to %s, and rows of %s with the same %s cannot be told "
            "beforehand",
            tp->fks[tp->cols[col].fk].fk->ref_table, parent, column);
    return err_hint(b->mem, b->err,
                    "count the rows of %s per row of the table that %s comes from: per = { PARENT, "
                    "between(1, 5) }",
                    parent, column);
}

/* The rows to draw from: children of a row that the shared columns lead to. */
static bool find_siblings(Build *b, int t, FkPlan *fk, SharedKey *shared)
{
    const TablePlan *tp = &b->plan->tables[t], *parent = &b->plan->tables[fk->parent];
    int f = (int)(fk - tp->fks);
    for (int i = 0; i < fk->fk->ncols; i++) {
        int col = fk->fk->cols[i];
        if (tp->cols[col].fk == f)
            continue;
        const ColumnPlan *there = &parent->cols[fk->parent_cols[i]];
        if (!there->col || there->fk < 0 || parent->fks[there->fk].mode != FK_PER ||
            (shared->child_fk >= 0 && shared->child_fk != there->fk))
            return refuse(b, t, fk, col);
        const FkPlan *g = &parent->fks[there->fk];
        shared->child_fk = there->fk;
        Origin o;
        bool found = fk->mode == FK_SELF
                         ? fk->parent_cols[i] == col && tp->cols[col].fk == there->fk
                         : leads_to(b, t, col, g->parent, g->parent_cols[there->fk_pos], &o);
        if (!found || fk->fk->late)
            return refuse(b, t, fk, col);
        if (fk->mode == FK_SELF)
            continue;
        shared->path = o.path;
        shared->depth = o.depth;
    }
    return true;
}

/* All columns come from elsewhere: they must lead to this key's own parent. */
static bool find_same(Build *b, int t, const FkPlan *fk, SharedKey *shared)
{
    const TablePlan *tp = &b->plan->tables[t];
    for (int i = 0; i < fk->fk->ncols; i++) {
        Origin o;
        int col = fk->fk->cols[i];
        if (fk->mode == FK_SELF || !leads_to(b, t, col, fk->parent, fk->parent_cols[i], &o)) {
            const FkPlan *driver = &tp->fks[tp->cols[col].fk];
            err_add(b->mem, b->err, ERR_RECIPE, fk->fk->where, plan_subject(b->mem, tp->table, col),
                    "is given by its reference to %s, which does not lead to %s",
                    driver->fk->ref_table, fk->fk->ref_table);
            return err_hint(b->mem, b->err,
                            "make %s.%s a reference to %s, or leave one of them out",
                            driver->fk->ref_table, driver->fk->ref_cols[tp->cols[col].fk_pos],
                            fk->fk->ref_table);
        }
        shared->path = o.path;
        shared->depth = o.depth;
    }
    return true;
}

bool plan_shared_keys(Build *b, int t)
{
    TablePlan *tp = &b->plan->tables[t];
    bool ok = true;
    for (int f = 0; f < tp->table->nfks; f++) {
        FkPlan *fk = &tp->fks[f];
        int own = 0, given = -1;
        for (int i = 0; i < fk->fk->ncols; i++) {
            int col = fk->fk->cols[i];
            own += tp->cols[col].fk == f;
            given = tp->cols[col].fk != f && given < 0 ? col : given;
        }
        if (given < 0)
            continue;
        if (tp->cols[given].fk < 0) {
            ok = err_add(b->mem, b->err, ERR_RECIPE, fk->fk->where,
                         plan_subject(b->mem, tp->table, given),
                         "stands in a foreign key to %s, and its value is not taken from one",
                         fk->fk->ref_table);
            err_hint(b->mem, b->err, "make it a reference: ref(...)");
            continue;
        }
        SharedKey *shared = arena_new_of(b->mem, SharedKey);
        *shared = (SharedKey){.child_fk = -1, .under = -1, .group = -1};
        if (fk->mode == FK_ALSO_PER) {
            ok = err_add(b->mem, b->err, ERR_RECIPE, fk->fk->where,
                         plan_subject(b->mem, tp->table, given),
                         "is given by its reference to %s, and rows that are counted per %s, too, "
                         "are dealt out to all of its rows",
                         tp->fks[tp->cols[given].fk].fk->ref_table, fk->fk->ref_table);
            err_hint(b->mem, b->err, "count by one of the two: the other is drawn in the same %s",
                     tp->table->cols[given].name);
            continue;
        }
        if (fk->mode == FK_POOL) {
            ok = refuse(b, t, fk, given) && ok;
            continue;
        }
        if (fk->mode == FK_SELF && tp->cols[given].fk >= 0 && fk->forest) {
            ok = err_add(b->mem, b->err, ERR_RECIPE, fk->fk->where,
                         plan_subject(b->mem, tp->table, fk->fk->cols[0]),
                         "depth, fanout and roots cannot be given where trees stay inside of a "
                         "parent's rows");
            err_hint(b->mem, b->err, "leave them out: a row's parent is an earlier one of these");
            continue;
        }
        ok = (own ? find_siblings(b, t, fk, shared) : find_same(b, t, fk, shared)) && ok;
        fk->shared = shared;
    }
    return ok;
}

/* ---- counting */

/* The fewest children that any row of the common parent has. Growth adds, so that the smallest
 * segment says it; rows that no segment covers have none. */
static uint64_t fewest(const Build *b, const FkPlan *fk)
{
    const TablePlan *parent = &b->plan->tables[fk->parent];
    int g = fk->shared->child_fk;
    uint64_t least = UINT64_MAX, covered = 0;
    for (int s = 0; s < parent->nsegments; s++) {
        const Segment *segment = &parent->segments[s];
        uint64_t end = segment->parent_first[g] + segment->parent_count[g];
        uint64_t n = segment->parent_first[g] <= covered ? children_least(segment->per[g]) : 0;
        bool repeats = end <= covered; /* more children for parents that have some */
        least = !repeats && n < least ? n : least;
        covered = end > covered ? end : covered;
    }
    return covered < b->plan->tables[parent->fks[g].parent].rows || least == UINT64_MAX ? 0 : least;
}

bool plan_can_be_without(const TablePlan *tp, const FkPlan *fk)
{
    int f = (int)(fk - tp->fks);
    for (int i = 0; i < fk->fk->ncols; i++)
        if (tp->cols[fk->fk->cols[i]].fk == f && tp->table->cols[fk->fk->cols[i]].nullable)
            return true;
    return false;
}

/* Do rows that go on where the parents' earlier ones stopped count on the same rows to draw from?
 */
static bool goes_on(const TablePlan *tp, int f, const Ranges *r)
{
    const SharedKey *shared = tp->fks[f].shared;
    int u = shared->under, g = shared->group;
    for (int i = 0; i < tp->nsegments; i++) {
        const Segment *s = &tp->segments[i];
        bool meets = s->parent_first[u] < r->parent_first[u] + r->parent_count[u] &&
                     r->parent_first[u] < s->parent_first[u] + s->parent_count[u];
        if (meets && s->group_first[g] == r->group_first[g] &&
            (s->parent_count[f] != r->parent_count[f] || s->parent_gone[f] != r->parent_gone[f]))
            return false;
    }
    return true;
}

static bool fits(Build *b, int t, int f, const Ranges *r, uint64_t rows, DomainNeed *worst)
{
    TablePlan *tp = &b->plan->tables[t];
    tp->segments[tp->nsegments++] = ranges_segment(r, tp->rows, rows);
    tp->rows += rows;
    bool ok = domain_fits(b->plan, t, tp->fks[f].shared->group, worst);
    tp->rows -= rows;
    tp->nsegments--;
    return ok;
}

static bool refuse_more(Build *b, const TablePlan *tp, const FkPlan *fk, const DomainNeed *worst,
                        bool left)
{
    const FkPlan *g = &b->plan->tables[fk->parent].fks[fk->shared->child_fk];
    const char *common = b->plan->tables[g->parent].table->name, *parent = fk->fk->ref_table,
               *over = tp->fks[fk->shared->under].fk->ref_table;
    const char *room =
        worst->room ? arena_printf(b->mem, "only %s", text_count((int64_t)worst->room, b->mem))
                    : "none";
    err_add(b->mem, b->err, ERR_UNIQUE, fk->fk->where, tp->table->name,
            "up to %s per %s, each with another of %s, but one of %s may have %s%s%s",
            text_plural((int64_t)worst->rows, left ? "more row" : "row", b->mem), over, parent,
            common, room, left ? " that its earlier rows do not have" : "",
            worst->taken ? ", and some of these are taken already" : "");
    return left
               ? err_hint(b->mem, b->err,
                          "ask for fewer rows, for more %s per %s, or for more %s as well, so that "
                          "new rows go under new ones: --count %s=N,%s=M",
                          parent, common, over, over, tp->table->name)
               : err_hint(b->mem, b->err, "ask for at most %s per %s, or for more %s per %s",
                          text_count((int64_t)worst->room, b->mem), over, parent, common);
}

/* Rows that draw apart go on where earlier ones under the same parents stopped; or, when the rows
 * to draw from are others than then, take what these left. */
static bool check_apart(Build *b, int t, int f, uint64_t least, Ranges *r, uint64_t rows)
{
    const TablePlan *tp = &b->plan->tables[t];
    const FkPlan *fk = &tp->fks[f];
    int u = fk->shared->under, group = fk->shared->group;
    bool again = r->parent_count[u] && r->parent_first[u] < parents_served(tp, u);
    bool same = goes_on(tp, f, r) && !r->room[group];
    DomainNeed worst = {0};
    if (same && !b->plan->tables[fk->parent].gone && r->group_first[group] == 0) {
        worst = domain_need(tp, group, r);
        if (worst.rows + worst.taken <= least)
            return true;
    }
    if (same && fits(b, t, f, r, rows, &worst))
        return true;
    if (again || r->room[group]) {
        r->group_first[group] = tp->rows;
        if (fits(b, t, f, r, rows, &worst))
            return true;
    }
    return refuse_more(b, tp, fk, &worst, again);
}

bool plan_check_shared(Build *b, int t, Ranges *r, uint64_t rows)
{
    const TablePlan *tp = &b->plan->tables[t];
    bool ok = true;
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        if (!fk->shared || fk->shared->child_fk < 0 || fk->mode == FK_SELF)
            continue;
        const FkPlan *g = &b->plan->tables[fk->parent].fks[fk->shared->child_fk];
        const char *common = b->plan->tables[g->parent].table->name, *parent = fk->fk->ref_table;
        uint64_t least = fewest(b, fk);
        if (least == 0 && !plan_can_be_without(tp, fk)) {
            bool later = tp->nsegments > 0; /* parents that came alone */
            ok =
                err_add(b->mem, b->err, ERR_COUNT, fk->fk->where, tp->table->name,
                        "refers to rows of %s with the same parent in %s, and there one %s without "
                        "any",
                        parent, common, later ? "is" : "can be");
            if (later)
                err_hint(b->mem, b->err, "add rows to %s first: they go under those that have none",
                         parent);
            else
                err_hint(b->mem, b->err,
                         "give each at least one: %s with per = { %s, between(1, N) }; or make the "
                         "reference :null()",
                         parent, common);
            continue;
        }
        if (fk->shared->under >= 0)
            ok = check_apart(b, t, f, least, r, rows) && ok;
    }
    return ok;
}

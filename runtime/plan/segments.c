/* Segments: the rows that earlier runs added, as the ledger tells them, and the rows that this run
 * adds. What a segment drew its parents, keys and index domains from is fixed in it, so
 * that growth never changes an old row. */
#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "gen/eval.h"
#include "plan/segments_int.h"

static Ranges ranges_new(const TablePlan *tp, Arena *mem)
{
    Ranges r = {0};
    r.parent_first = arena_array(mem, uint64_t, tp->table->nfks + 1);
    r.parent_count = arena_array(mem, uint64_t, tp->table->nfks + 1);
    r.whole_first = arena_array(mem, uint64_t, tp->table->nfks + 1);
    r.whole_count = arena_array(mem, uint64_t, tp->table->nfks + 1);
    r.fk_div = arena_array(mem, uint64_t, tp->table->nfks + 1);
    r.per = arena_array(mem, const PerIndex *, tp->table->nfks + 1);
    r.list = arena_array(mem, ChildrenList, tp->table->nfks + 1);
    r.scatter = arena_array(mem, Scatter, tp->table->nfks + 1);
    r.follows = arena_array(mem, bool, tp->ngroups + 1);
    r.open = arena_array(mem, bool, tp->ngroups + 1);
    r.beneath = arena_array(mem, bool, tp->ngroups + 1);
    r.room = arena_array(mem, bool, tp->ngroups + 1);
    r.barren = arena_array(mem, bool, tp->table->nfks + 1);
    r.foreseen = arena_array(mem, bool, tp->table->nfks + 1);
    r.parent_gone = arena_array(mem, int, tp->table->nfks + 1);
    r.parent_counted = arena_array(mem, int, tp->table->nfks + 1);
    r.group_first = arena_array(mem, uint64_t, tp->ngroups + 1);
    r.group_count = arena_array(mem, uint64_t, tp->ngroups + 1);
    r.key_base = arena_array(mem, int64_t, tp->table->ncols + 1);
    r.pool_base = arena_array(mem, uint64_t, tp->table->nfks + 1);
    r.pool_hash = arena_array(mem, uint64_t, tp->table->nfks + 1);
    r.pool_kept = arena_array(mem, const KeyPool *, tp->table->nfks + 1);
    return r;
}

Segment ranges_segment(const Ranges *r, uint64_t first, uint64_t rows)
{
    return (Segment){.first_row = first,
                     .rows = rows,
                     .parent_first = r->parent_first,
                     .parent_count = r->parent_count,
                     .pool_base = r->pool_base,
                     .pool_hash = r->pool_hash,
                     .per = (const struct PerIndex *const *)r->per,
                     .scatter = r->scatter,
                     .capped = r->capped,
                     .rows_gone = r->rows_gone,
                     .follows = r->follows,
                     .open = r->open,
                     .beneath = r->beneath,
                     .room = r->room,
                     .barren = r->barren,
                     .parent_gone = r->parent_gone,
                     .parent_counted = r->parent_counted,
                     .foreseen = r->foreseen,
                     .key_base = r->key_base,
                     .group_first = r->group_first,
                     .group_count = r->group_count,
                     .fk_div = r->fk_div};
}

/* Whatever the ledger says, no parent is asked for that is not there, and no index leaves its
 * domain. */
static bool history_fits(const Build *b, const TablePlan *tp, const Ranges *r, const PlanHistory *h)
{
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        uint64_t end = r->parent_first[f] + r->parent_count[f];
        if (fk_is_per(fk) && end > b->plan->tables[fk->parent].rows)
            return false;
        if (fk->mode == FK_POOL && !pools_hold(fk, r, f))
            return false;
    }
    for (int g = 0; g < tp->ngroups; g++)
        if ((r->follows[g] && tp->groups[g].follows < 0) ||
            (r->open[g] && tp->groups[g].within_fk < 0) || r->group_first[g] > h->first_row ||
            (tp->groups[g].within_fk < 0 && !r->follows[g] && !r->beneath[g] && r->group_count[g] &&
             h->first_row + h->rows - r->group_first[g] > r->group_count[g]))
            return false;
    return true;
}

/* Was there no row of the table any more when a run added to it? */
static bool was_empty(const Build *b, int t, int run)
{
    const TablePlan *tp = &b->plan->tables[t];
    return rowhistory_before(tp->gone, plan_gone_until(b, t, run), tp->rows) == tp->rows;
}

uint64_t parents_served(const TablePlan *tp, int f)
{
    const Segment *last = tp->nsegments ? &tp->segments[tp->nsegments - 1] : NULL;
    return last ? last->parent_first[f] + last->parent_count[f] : 0;
}

const PerIndex *segments_counted(const Build *b, const TablePlan *tp, const Ranges *r,
                                 uint64_t rows, int f)
{
    const Plan *earlier = b->target->earlier;
    const TablePlan *was = earlier ? &earlier->tables[tp - b->plan->tables] : NULL;
    if (!was || strcmp(was->table->name, tp->table->name) != 0 || tp->nsegments >= was->nsegments)
        return NULL;
    const Segment *s = &was->segments[tp->nsegments];
    bool same = s->complete && s->first_row == tp->rows && s->rows == rows && s->per &&
                s->parent_first[f] == r->parent_first[f] &&
                s->parent_count[f] == r->parent_count[f] &&
                s->parent_counted[f] == r->parent_counted[f];
    return same ? s->per[f] : NULL;
}

static ChildrenOf children_asked(const Build *b, int t, const Ranges *r, int f, int run)
{
    const TablePlan *tp = &b->plan->tables[t];
    const FkPlan *fk = &tp->fks[f];
    bool empty = was_empty(b, t, run);
    ChildrenOf of = {.first = r->parent_first[f],
                     .n = r->parent_count[f],
                     .gone = b->plan->tables[fk->parent].gone,
                     .upto = r->parent_counted[f],
                     .again = !empty && r->parent_first[f] < parents_served(tp, f),
                     .recorded = run != INT_MAX,
                     .first_row = tp->rows,
                     .list = r->list[f]};
    of.capped = r->capped && of.again;
    rooms_ask(b, t, r, f, &of);
    of.before = tp->nsegments && !empty ? tp->segments[tp->nsegments - 1].per[f] : NULL;
    if (fk->mode == FK_PER) { /* dealt out, those that are gone are not told apart */
        of.gone_children = tp->gone;
        of.gone_upto = plan_counted_until(b, t, run);
    }
    return of;
}

static const RecipePer *per_of(const Build *b, const TablePlan *tp, const FkPlan *fk)
{
    const char *parent = plan_table_name(b->mem, b->plan->tables[fk->parent].table);
    for (int p = 0; p < tp->recipe->npers; p++)
        if (plan_per_is(tp->recipe, &tp->recipe->pers[p], fk->fk, parent))
            return &tp->recipe->pers[p];
    return &tp->recipe->pers[0];
}

/* "loans", or "reviews per products" where there are several. */
static const char *per_subject(const Build *b, const TablePlan *tp, const FkPlan *fk)
{
    const char *name = tp->table->name;
    return tp->recipe->npers > 1
               ? arena_printf(b->mem, "%s per %s", name, b->plan->tables[fk->parent].table->name)
               : name;
}

static bool index_children(Build *b, int t, Ranges *r, uint64_t rows, int run)
{
    TablePlan *tp = &b->plan->tables[t];
    bool ok = true;
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        if (!fk_is_per(fk))
            continue;
        r->per[f] = segments_counted(b, tp, r, rows, f);
        if (!r->per[f])
            r->per[f] =
                children_index(fk->count, children_asked(b, t, r, f, run), rows,
                               per_of(b, tp, fk)->where, per_subject(b, tp, fk), b->mem, b->err);
        ok = ok && r->per[f] != NULL;
    }
    return ok && dealt_rows(b, t, r);
}

/* What was gone of the parents when a run drew from them. */
static void find_gone(const Build *b, const TablePlan *tp, Ranges *r, int run)
{
    for (int f = 0; f < tp->table->nfks; f++)
        if (tp->fks[f].parent >= 0) {
            r->parent_gone[f] = plan_gone_until(b, tp->fks[f].parent, run);
            r->parent_counted[f] = plan_counted_until(b, tp->fks[f].parent, run);
            if (tp->fks[f].fk->late) /* drawn before the run's rejected rows were known */
                r->parent_gone[f] = r->parent_counted[f];
        }
}

/* Parents that this plan adds and that will not be made (pass_over_gone) get no children. */
static void foresee(const Build *b, const TablePlan *tp, Ranges *r)
{
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        const RowHistory *gone = fk->parent >= 0 ? b->plan->tables[fk->parent].gone : NULL;
        r->foreseen[f] = gone && gone->n > gone->settled && !fk->fk->late;
        if (r->foreseen[f])
            r->parent_gone[f] = r->parent_counted[f] = gone->n;
    }
}

/* Parents before row `end` that a reference can still be drawn from. */
static uint64_t live_before(const Build *b, const FkPlan *fk, const Ranges *r, int f, uint64_t end)
{
    uint64_t first = r->parent_first[f];
    const RowHistory *gone = fk->parent >= 0 ? b->plan->tables[fk->parent].gone : NULL;
    return end <= first ? 0
                        : end - first -
                              (rowhistory_before(gone, r->parent_gone[f], end) -
                               rowhistory_before(gone, r->parent_gone[f], first));
}

static uint64_t live_parents(const Build *b, const FkPlan *fk, const Ranges *r, int f)
{
    return live_before(b, fk, r, f, r->parent_first[f] + r->parent_count[f]);
}

static bool history_segment(Build *b, int t, const PlanHistory *h, PoolWalk *pools, Segment *out)
{
    TablePlan *tp = &b->plan->tables[t];
    Ranges r = ranges_new(tp, b->mem);
    find_gone(b, tp, &r, h->run);
    r.rows_gone = plan_counted_until(b, t, h->run);
    bool fits = h->first_row == tp->rows && h->rows > 0 && h->rows <= NUMBER_MAX &&
                h->first_row <= NUMBER_MAX && segment_read(b, tp, h, &r);
    if (fits)
        pools_place(tp, pools, &r, b->mem);
    if (!fits || !history_fits(b, tp, &r, h)) {
        err_add(b->mem, b->err, ERR_DRIFT, NULL, tp->table->name,
                "the ledger's record of rows %s to %s does not fit the table as it is now",
                text_count((int64_t)h->first_row, b->mem),
                text_count((int64_t)(h->first_row + h->rows), b->mem));
        return err_hint(b->mem, b->err,
                        "keys of the table have changed since these rows were made: bring them "
                        "back, and drop unique keys that are new; or seedpipe run --restart makes "
                        "its rows anew");
    }
    if (!index_children(b, t, &r, h->rows, h->run))
        return false;
    *out = ranges_segment(&r, h->first_row, h->rows);
    out->complete = h->committed == h->rows;
    return true;
}

/* Of a table whose segments are not planned yet: a circle is opened only where they are known. */
static uint64_t rows_to_be(const Build *b, const TablePlan *tp)
{
    const char *name = plan_table_name(b->mem, tp->table);
    uint64_t rows = 0;
    for (int i = 0; i < b->target->nhistory; i++) {
        const PlanHistory *h = &b->target->history[i];
        if (strcmp(h->table, name) == 0 && h->first_row + h->rows > rows)
            rows = h->first_row + h->rows;
    }
    int64_t wanted = b->wanted[tp->recipe - b->recipe->tables];
    return wanted > 0 && (uint64_t)wanted > rows ? (uint64_t)wanted : rows;
}

static uint64_t parent_rows(const Build *b, const FkPlan *fk, const TablePlan *self)
{
    if (fk->mode == FK_POOL)
        return fk->pool->count;
    if (fk->fk->late)
        return rows_to_be(b, &b->plan->tables[fk->parent]);
    return fk->mode == FK_SELF ? self->rows : b->plan->tables[fk->parent].rows;
}

static bool takes(const Build *b, const TablePlan *tp, const Ranges *r, int f, uint64_t rows)
{
    const Bound *count = tp->fks[f].count;
    uint64_t live = live_parents(b, &tp->fks[f], r, f),
             bound = count->hi > 0 ? (uint64_t)count->hi : 0,
             most = rooms_most(b, (int)(tp - b->plan->tables), r, f);
    most = count->has_bounds && bound < most ? bound : most;
    return rows == UINT64_MAX || most == UINT64_MAX ||
           (live > 0 && most >= (rows + live - 1) / live);
}

/* Rows of a table that are in the target, with what was computed over their children. */
static uint64_t rows_written(const TablePlan *tp)
{
    uint64_t written = 0;
    for (int s = 0; s < tp->nsegments && tp->segments[s].complete; s++)
        written = tp->segments[s].first_row + tp->segments[s].rows;
    return written;
}

/* A key that another one follows counts behind one parent's rows only (slot_behind). */
static bool may_begin_later(const TablePlan *tp, int f)
{
    int g = tp->fks[f].group;
    bool alone = true;
    if (tp->fks[f].mode != FK_PICK || g < 0 || tp->groups[g].within_fk >= 0 ||
        tp->groups[g].drawn >= 0)
        return false;
    for (int i = 0; i < tp->table->nfks; i++)
        alone = alone && (i == f || tp->fks[i].group != g);
    return alone || !domains_followed(tp, g);
}

/* The first parent that a domain which begins anew draws from: rows that a truncated table had
 * would only be passed over. */
static uint64_t first_parent(const Build *b, const TablePlan *tp, const Ranges *r, int f)
{
    const FkPlan *fk = &tp->fks[f];
    const RowHistory *gone = fk->parent >= 0 ? b->plan->tables[fk->parent].gone : NULL;
    return gone && may_begin_later(tp, f) && live_parents(b, fk, r, f) > 0
               ? rowhistory_nth_missing(gone, r->parent_gone[f], 0, 0)
               : 0;
}

/* New children go under new parents; without new ones, or when these cannot take them all, under
 * all. Parents that came without children are new as well, but for those with a value over their
 * children: it is written. References go to all parents. */
static void draw_parents(const Build *b, const TablePlan *tp, Ranges *r, uint64_t rows, bool empty)
{
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        uint64_t all = parent_rows(b, fk, tp), seen = empty ? 0 : parents_served(tp, f);
        r->parent_count[f] = all;
        if (!fk_is_per(fk)) {
            r->parent_first[f] = first_parent(b, tp, r, f);
            r->parent_count[f] = all - r->parent_first[f];
            continue;
        }
        uint64_t written = fk->rolled_up ? rows_written(&b->plan->tables[fk->parent]) : 0;
        seen = seen < written ? written : seen;
        r->parent_first[f] = seen < all ? seen : 0;
        r->parent_count[f] = all - r->parent_first[f];
        if (seen < all && !takes(b, tp, r, f, rows)) {
            r->parent_first[f] = 0;
            r->parent_count[f] = all;
        }
        r->capped = r->capped || (fk->count->has_bounds && r->parent_first[f] < seen);
    }
}

/* With several parents and no `rows`, the first one says how many. */
static uint64_t rows_of_first(Build *b, int t, Ranges *r, uint64_t rows, bool empty)
{
    TablePlan *tp = &b->plan->tables[t];
    for (int f = 0; rows == UINT64_MAX && tp->recipe->npers > 1 && f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        if (fk->mode != FK_PER)
            continue;
        draw_parents(b, tp, r, rows, empty);
        Err ignored = {0};
        const PerIndex *index = children_index(fk->count, children_asked(b, t, r, f, INT_MAX), rows,
                                               NULL, tp->table->name, b->mem, &ignored);
        return index ? children_total(index) : rows;
    }
    return rows;
}

/* A value over children, once written, is right only while no child is added to its row: new ones
 * go under rows that this run adds. */
static bool check_rolled_up(Build *b, const TablePlan *tp, const Ranges *r)
{
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        if (!fk->rolled_up || r->parent_count[f] == 0)
            continue;
        const TablePlan *parent = &b->plan->tables[fk->parent];
        if (live_before(b, fk, r, f, rows_written(parent)) == 0)
            continue;
        const char *name = parent->table->name;
        err_add(b->mem, b->err, ERR_REFUSED, fk->fk->where, tp->table->name,
                "new rows would go under %s that are there already, and %s is computed over them",
                name, fk->rolled_up);
        return err_hint(b->mem, b->err,
                        "ask for more %s as well, so that the new rows go under new ones: --count "
                        "%s=N,%s=M",
                        name, name, tp->table->name);
    }
    return true;
}

/* Rows that count as issued: all but those that were pruned and could come back. */
static uint64_t issued(const Build *b, const TablePlan *tp)
{
    return b->options->keep_pruned ? tp->rows : tp->rows - rowset_rows(tp->asleep) + tp->waiting;
}

/* An index in a unique key may lead to a parent that is gone. */
static bool meets_gone(const Build *b, const TablePlan *tp)
{
    bool meets = false;
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        if (fk->mode == FK_PER)
            return false; /* as many rows as the parents have */
        meets = meets || (fk->group >= 0 && fk->parent >= 0 && b->plan->tables[fk->parent].gone);
    }
    return meets;
}

/* Rows of a segment whose parents are gone will not be made: it is made longer by so many. */
static bool pass_over_gone(Build *b, int t, Segment *s)
{
    TablePlan *tp = &b->plan->tables[t];
    if (!meets_gone(b, tp))
        return true;
    uint64_t wanted = s->rows, made = 0, passed = 0, most = NUMBER_MAX;
    RowSet *vain = rowset_new(b->mem);
    for (int g = 0; g < tp->ngroups; g++) {
        uint64_t left = domain_left(tp, g, s->group_first[g], s->group_count[g], s->first_row);
        most = s->group_count[g] && !s->follows[g] && left < most ? left : most;
    }
    s->rows = most;
    tp->rows += most;
    Eval *eval = eval_new(b->plan);
    uint64_t rows[BATCH_ROWS], out[BATCH_ROWS];
    while (made < wanted && passed < most) {
        uint64_t n = wanted - made < most - passed ? wanted - made : most - passed;
        n = n < BATCH_ROWS ? n : BATCH_ROWS;
        for (uint64_t k = 0; k < n; k++)
            rows[k] = s->first_row + passed + k;
        uint32_t good = eval_made(eval, t, rows, (uint32_t)n, out);
        for (uint32_t k = 0, at = 0; b->options->at_once && k < n; k++)
            if (at < good && out[at] == rows[k])
                at++;
            else
                rowset_add(vain, rows[k], 1, b->mem);
        made += good;
        passed += n;
    }
    eval_free(eval);
    tp->rows -= most;
    s->rows = passed;
    if (rowset_rows(vain) > 0)
        tp->gone = rowhistory_late(tp->gone, vain, b->mem);
    if (made == wanted)
        return true;
    err_add(b->mem, b->err, ERR_UNIQUE, tp->table->where, tp->table->name,
            "%s left to make for %s: other combinations are used, or their parents are gone",
            text_plural((int64_t)made, "row", b->mem), text_count((int64_t)wanted, b->mem));
    return err_hint(b->mem, b->err, "widen the generator, or ask for at most %s",
                    text_plural((int64_t)made, "row", b->mem));
}

bool segments_new(Build *b, int t, int64_t wanted, Rooms *rooms)
{
    TablePlan *tp = &b->plan->tables[t];
    uint64_t rows = wanted < 0 ? UINT64_MAX : (uint64_t)wanted - issued(b, tp);
    Ranges r = ranges_new(tp, b->mem);
    bool empty = was_empty(b, t, INT_MAX);
    rooms_take(rooms, &r);
    find_gone(b, tp, &r, INT_MAX);
    foresee(b, tp, &r);
    rooms_barren(b, tp, &r);
    r.rows_gone = rowset_rows(tp->asleep) ? 0 : plan_counted_until(b, t, INT_MAX);
    rows = rows_of_first(b, t, &r, rows, empty);
    draw_parents(b, tp, &r, rows, empty);
    bool ok = rows == 0 || (check_rolled_up(b, tp, &r) && dealt_check(b, t, &r, empty));
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        if (fk->mode == FK_SELF || fk->null_share >= 1 || live_parents(b, fk, &r, f) > 0 ||
            rows == UINT64_MAX || fk_is_per(fk))
            continue;
        const char *parent = b->plan->tables[fk->parent].table->name;
        if (fk->null_share > 0) {
            plan_note(b, "%s: all references to %s are NULL, since it has no rows", tp->table->name,
                      parent);
            continue;
        }
        ok = err_add(b->mem, b->err, ERR_COUNT, fk->fk->where, tp->table->name,
                     "%s %s to %s, which has none", text_plural((int64_t)rows, "row", b->mem),
                     rows == 1 ? "refers" : "refer", parent);
        err_hint(b->mem, b->err, "give %s rows, or make the reference :null(1)", parent);
    }
    if (!ok || !index_children(b, t, &r, rows, INT_MAX)) {
        tp->rows += rows == UINT64_MAX ? 0 : rows;
        return false;
    }
    for (int f = 0; f < tp->table->nfks; f++)
        if (rows == UINT64_MAX && r.per[f])
            rows = children_total(r.per[f]);
    if (rows == 0)
        return true;
    domains_draw(tp, &r, tp->rows, empty);
    domains_open(b, tp, &r);
    if (tp->nsegments && !empty)
        rooms_find(b, t, &r, rooms);
    ok = domains_check(b, t, &r, tp->rows + rows) && plan_check_shared(b, t, &r, rows);
    serials_draw(b, tp, &r);
    pools_draw(tp, b->pools, &r);
    tp->segments[tp->nsegments++] = ranges_segment(&r, tp->rows, rows);
    Segment *added = &tp->segments[tp->nsegments - 1];
    ok = ok && pass_over_gone(b, t, added) && serials_fit(b, tp, added);
    tp->rows += added->rows;
    return ok;
}

/* Rows that are too many, and rows that are too few and will not be made. */
static void note_counts(Build *b, const TablePlan *tp, int64_t wanted)
{
    const char *name = plan_table_name(b->mem, tp->table), *over = NULL;
    uint64_t there = tp->rows - tp->gone_rows;
    for (int f = 0; f < tp->table->nfks; f++)
        over = tp->fks[f].rolled_up ? tp->fks[f].rolled_up : over;
    if (wanted >= 0 && (uint64_t)wanted < there)
        plan_note(b, "%s: %s were made before, which is more than the %s wanted; they stay%s%s%s",
                  name, text_plural((int64_t)there, "row", b->mem), text_count(wanted, b->mem),
                  b->options->prune && over ? ": " : "", b->options->prune && over ? over : "",
                  b->options->prune && over ? " is computed over them" : "");
    if (tp->waiting > 0 && (wanted < 0 || there < (uint64_t)wanted))
        plan_note(b, "%s: %s %s to rows that were pruned, and %s back with them", name,
                  text_plural((int64_t)tp->waiting, "row", b->mem),
                  tp->waiting == 1 ? "refers" : "refer", tp->waiting == 1 ? "comes" : "come");
}

static uint64_t rows_until(const Build *b, const TablePlan *tp, int run)
{
    const char *name = plan_table_name(b->mem, tp->table);
    uint64_t rows = 0;
    for (int i = 0; i < b->target->nhistory; i++) {
        const PlanHistory *h = &b->target->history[i];
        if (h->run <= run && strcmp(h->table, name) == 0 && h->first_row + h->rows > rows)
            rows = h->first_row + h->rows;
    }
    return rows;
}

/* What references that were made anew could be drawn from. */
static void regenerated_parents(Build *b, TablePlan *tp)
{
    int n = tp->table->nfks;
    for (int i = 0; i < tp->nregenerated; i++) {
        Regenerated *r = (Regenerated *)&tp->regenerated[i];
        uint64_t *count = arena_array(b->mem, uint64_t, n + 1);
        int *gone = arena_array(b->mem, int, n + 1);
        for (int f = 0; f < n; f++) {
            int parent = tp->fks[f].parent;
            if (parent < 0)
                continue;
            count[f] = rows_until(b, &b->plan->tables[parent], r->run);
            gone[f] = plan_gone_until(b, parent, r->run);
        }
        r->parent_count = count;
        r->parent_gone = gone;
    }
}

bool plan_segments(Build *b, int t)
{
    TablePlan *tp = &b->plan->tables[t];
    const char *name = plan_table_name(b->mem, tp->table);
    int64_t wanted = b->wanted[tp->recipe - b->recipe->tables];
    tp->segments = arena_array(b->mem, Segment, b->target->nhistory + 2);
    regenerated_parents(b, tp);
    b->pools = pools_begin(tp, b->mem);
    bool ok = true, grew = false;
    for (int i = 0; ok && i < b->target->nhistory; i++) {
        const PlanHistory *h = &b->target->history[i];
        if (strcmp(h->table, name) != 0)
            continue;
        ok = history_segment(b, t, h, b->pools, &tp->segments[tp->nsegments]);
        if (ok) {
            tp->nsegments++;
            tp->rows = h->first_row + h->rows;
        }
    }
    if (!ok)
        return false;
    for (int f = 0; f < tp->table->nfks; f++) {
        const Segment *last = tp->nsegments ? &tp->segments[tp->nsegments - 1] : NULL;
        if (last && tp->fks[f].mode == FK_PER &&
            b->plan->tables[tp->fks[f].parent].rows > last->parent_first[f] + last->parent_count[f])
            grew = true;
    }
    tp->waiting = b->waiting ? b->waiting[t] : 0;
    if (!b->target->history_only)
        note_counts(b, tp, wanted);
    bool more = wanted < 0 ? tp->nsegments == 0 || grew : (uint64_t)wanted > issued(b, tp);
    ok = !more || b->target->history_only || rooms_segment(b, t, wanted);
    tp->rows_wanted = wanted < 0 ? tp->rows : (uint64_t)wanted;
    return ok;
}

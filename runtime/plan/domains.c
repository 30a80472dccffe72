/* Domains: how many values a unique key's rows are drawn from, and whether they are enough. Rows
 * take places from a domain's beginning; those whose values were there already, in rows of the
 * user's own, take others from its end. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/text.h"
#include "gen/avoid.h"
#include "gen/eval.h"
#include "gen/open.h"
#include "plan/segments_int.h"

void domains_place(const TablePlan *tp, Ranges *r)
{
    for (int g = 0; g < tp->ngroups; g++) {
        uint64_t product = tp->groups[g].own_count;
        for (int f = 0; f < tp->table->nfks && product; f++) {
            if (tp->fks[f].group != g)
                continue;
            r->fk_div[f] = product;
            __extension__ typedef unsigned __int128 u128;
            u128 wide = (u128)product * r->parent_count[f];
            product = wide > UINT64_C(1) << 62 ? UINT64_C(1) << 62 : (uint64_t)wide;
        }
        r->group_count[g] = product;
    }
}

/* A key below an FK_PER parent that can leave out places (Segment.open). */
static bool can_be_open(const KeyGroup *g)
{
    return g->within_fk >= 0 && g->drawn < 0 && g->follows < 0;
}

/* An index domain goes on where the last segment stopped while the parents are the same. When they
 * grew it begins anew: below an FK_PER parent over all of them, without what its children have;
 * else the parent that grew is restricted to its new rows: whatever is drawn there agrees with no
 * older row. In a table without rows it begins anew, too. */
void domains_draw(TablePlan *tp, Ranges *r, uint64_t first_row, bool empty)
{
    const Segment *last = tp->nsegments && !empty ? &tp->segments[tp->nsegments - 1] : NULL;
    for (int f = 0; f < tp->table->nfks; f++) {
        r->whole_first[f] = r->parent_first[f];
        r->whole_count[f] = r->parent_count[f];
    }
    for (int g = 0; g < tp->ngroups; g++) {
        bool goes_on = last || tp->groups[g].drawn >= 0;
        const Segment *before = tp->nsegments ? &tp->segments[tp->nsegments - 1] : NULL;
        r->group_first[g] = !goes_on ? first_row : before ? before->group_first[g] : 0;
        r->follows[g] = last && last->follows[g];
        r->beneath[g] = last && last->beneath[g];
        int grown = -1;
        bool anew = false;
        for (int f = 0; f < tp->table->nfks && last && grown < 0; f++) {
            if (tp->fks[f].group != g)
                continue;
            anew = pools_other(tp, last, f);
            if (anew || r->parent_first[f] + r->parent_count[f] >
                            last->parent_first[f] + last->parent_count[f])
                grown = f;
        }
        for (int f = 0; f < tp->table->nfks && last && grown < 0; f++)
            if (tp->fks[f].group == g) {
                r->parent_first[f] = last->parent_first[f];
                r->parent_count[f] = last->parent_count[f];
            }
        if (grown >= 0) {
            uint64_t seen = last->parent_first[grown] + last->parent_count[grown],
                     first = r->parent_first[grown];
            if (!can_be_open(&tp->groups[g]) && !anew && seen > first) {
                r->parent_first[grown] = seen;
                r->parent_count[grown] -= seen - first;
            }
            r->group_first[g] = first_row;
            r->beneath[g] = false;
        }
    }
    domains_place(tp, r);
}

void domains_put_begins(const TablePlan *tp, const Segment *s, json_t *all)
{
    json_t *begins = json_array();
    for (int g = 0; g < tp->ngroups && s->first_row; g++)
        if (tp->groups[g].drawn >= 0 && s->group_first[g] == s->first_row)
            json_array_append_new(begins, json_integer(g));
    bool held = json_array_size(begins) > 0;
    if (held)
        json_object_set(all, "apart", begins);
    json_decref(begins);
    for (int g = 0; g < tp->ngroups && s->first_row; g++)
        held = held || (can_be_open(&tp->groups[g]) && s->group_first[g] == s->first_row);
    if (held && !s->rows_gone)
        json_object_set_new(all, "asleep", json_true());
    marks_put(tp->ngroups, s->beneath, "beneath", all);
    rooms_put(tp, s, all);
}

bool domains_read_begins(const TablePlan *tp, const json_t *all, uint64_t first_row, Ranges *r)
{
    const Segment *last = tp->nsegments ? &tp->segments[tp->nsegments - 1] : NULL;
    const json_t *begins = json_object_get(all, "apart");
    for (int g = 0; g < tp->ngroups; g++)
        if (tp->groups[g].drawn >= 0 && last)
            r->group_first[g] = last->group_first[g];
    for (size_t i = 0; i < json_array_size(begins); i++) {
        json_int_t g = json_integer_value(json_array_get(begins, i));
        if (g < 0 || g >= tp->ngroups || tp->groups[g].drawn < 0)
            return false;
        r->group_first[g] = first_row;
    }
    if (json_is_true(json_object_get(all, "asleep")))
        r->rows_gone = 0;
    return beneath_read(tp, all, r) && rooms_read(tp, all, r);
}

void domains_open(const Build *b, const TablePlan *tp, Ranges *r)
{
    const Segment *last = tp->nsegments ? &tp->segments[tp->nsegments - 1] : NULL;
    Segment coming = ranges_segment(r, tp->rows, 0);
    for (int g = 0; g < tp->ngroups; g++) {
        int within = tp->groups[g].within_fk;
        if (!can_be_open(&tp->groups[g]) || r->group_count[g] == 0)
            continue;
        bool goes_on = last && last->group_first[g] == r->group_first[g] && last->open[g];
        bool others = last && r->group_first[g] > 0 && /* have children from before the domain */
                      r->parent_first[within] < parents_served(tp, within);
        r->open[g] = goes_on || others || places_close(b->plan, tp, g, &coming);
    }
}

/* ---- enough */

/* Places from a domain's end that are taken, in all. */
static uint64_t taken(const TablePlan *tp, int group, const Sharing *rows)
{
    return avoid_taken(tp, group, rows, tp->navoided, tp->nregenerated);
}

static Sharing rows_from(struct RowSpan *span, uint64_t first)
{
    *span = (struct RowSpan){first, UINT64_MAX};
    return (Sharing){.spans = span, .n = 1};
}

uint64_t domain_left(const TablePlan *tp, int group, uint64_t first, uint64_t count, uint64_t row)
{
    struct RowSpan span;
    Sharing all = rows_from(&span, first);
    uint64_t used = row - first + taken(tp, group, &all);
    return count > used ? count - used : 0;
}

/* The most places that one parent's children need, those of earlier segments included. */
typedef struct Need {
    uint64_t rows, taken;
    uint64_t passed; /* places that rows leave out */
    uint64_t before; /* of the rows, made earlier */
} Need;

static uint64_t places(const Need *need)
{
    return need->rows + need->taken + need->passed;
}

typedef struct Within {
    const TablePlan *tp;
    int group;
    ChildrenCursor **cursors; /* per segment, and of the new one; NULL: another domain */
    uint64_t *first_rows;
    int n;
    Arena *scratch;
} Within;

static Need need_of(const Within *w, uint64_t parent, struct RowSpan *spans)
{
    Sharing rows = {.spans = spans};
    Need need = {0};
    for (int s = 0; s < w->n; s++) {
        uint64_t first,
            n = w->cursors[s] ? children_of(w->cursors[s], parent, &first, w->scratch) : 0;
        if (n == 0)
            continue;
        spans[rows.n++] = (struct RowSpan){w->first_rows[s] + first, w->first_rows[s] + first + n};
        need.rows += n;
    }
    need.taken = taken(w->tp, w->group, &rows);
    return need;
}

/* new_first, per: of the rows that come. */
static Within within_new(const TablePlan *tp, int group, int nsegments, uint64_t new_first,
                         uint64_t domain_first, const PerIndex *per, Arena *mem, Arena *scratch)
{
    int fk = tp->groups[group].within_fk;
    Within w = {.tp = tp, .group = group, .n = nsegments + 1, .scratch = scratch};
    w.cursors = arena_array(mem, ChildrenCursor *, w.n);
    w.first_rows = arena_array(mem, uint64_t, w.n);
    for (int s = 0; s < nsegments; s++) {
        w.first_rows[s] = tp->segments[s].first_row;
        if (tp->segments[s].group_first[group] == domain_first)
            w.cursors[s] = children_cursor(tp->segments[s].per[fk], mem);
    }
    w.first_rows[nsegments] = new_first;
    w.cursors[nsegments] = children_cursor(per, mem);
    return w;
}

/* Only where children come to parents that have some, or values were taken. */
static Need need_within(const TablePlan *tp, int group, const Ranges *r, uint64_t first_row)
{
    int fk = tp->groups[group].within_fk;
    Need most = {.rows = children_most(r->per[fk])};
    const Segment *last = tp->nsegments ? &tp->segments[tp->nsegments - 1] : NULL;
    bool again = last && r->parent_first[fk] < last->parent_first[fk] + last->parent_count[fk];
    if (!again && tp->navoided == 0)
        return most;
    Arena *mem = arena_new(), *scratch = arena_new();
    Within w = within_new(tp, group, tp->nsegments, first_row, r->group_first[group], r->per[fk],
                          mem, scratch);
    struct RowSpan *spans = arena_array(mem, struct RowSpan, w.n);
    most = (Need){0};
    for (uint64_t p = 0; p < r->parent_count[fk]; p++) {
        Need need = need_of(&w, r->parent_first[fk] + p, spans);
        if (need.rows + need.taken > most.rows + most.taken)
            most = need;
        arena_reset(scratch);
    }
    arena_free(scratch);
    arena_free(mem);
    return most;
}

/* What parents that get new rows need, many at a time; rows: the first new one of each. */
typedef struct Walk {
    const Plan *plan;
    int table, group;
    Eval *eval;
    Need most;         /* where places are left out */
    DomainNeed *worst; /* in a key that is drawn apart */
} Walk;

/* Over the new segment, which the table has already. */
static void walk_parents(Walk *walk,
                         void (*found)(Walk *, Need *needs, const uint64_t *rows, uint32_t n))
{
    const TablePlan *tp = &walk->plan->tables[walk->table];
    int before = tp->nsegments - 1, fk = tp->groups[walk->group].within_fk;
    const Segment *s = &tp->segments[before];
    Arena *mem = arena_new(), *scratch = arena_new();
    Within w = within_new(tp, walk->group, before, s->first_row, s->group_first[walk->group],
                          s->per[fk], mem, scratch);
    struct RowSpan *spans = arena_array(mem, struct RowSpan, w.n);
    Need needs[BATCH_ROWS];
    uint64_t rows[BATCH_ROWS], first;
    uint32_t n = 0;
    walk->eval = eval_new(walk->plan);
    for (uint64_t p = 0; p < s->parent_count[fk]; p++) {
        uint64_t parent = s->parent_first[fk] + p;
        arena_reset(scratch);
        if (children_of(w.cursors[before], parent, &first, scratch) > 0) {
            needs[n] = need_of(&w, parent, spans);
            rows[n++] = s->first_row + first;
        }
        if (n && (n == BATCH_ROWS || p + 1 == s->parent_count[fk])) {
            found(walk, needs, rows, n);
            n = 0;
        }
    }
    eval_free(walk->eval);
    arena_free(scratch);
    arena_free(mem);
}

static void most_places(Walk *walk, Need *needs, const uint64_t *rows, uint32_t n)
{
    uint64_t used[BATCH_ROWS];
    eval_places_used(walk->eval, walk->table, walk->group, rows, n, used);
    for (uint32_t k = 0; k < n; k++) {
        needs[k].passed = used[k] - needs[k].rows;
        walk->most = places(&needs[k]) > places(&walk->most) ? needs[k] : walk->most;
    }
}

/* Of one parent, the one with the most. */
static Need need_below(Build *b, int t, int group, const Ranges *r)
{
    TablePlan *tp = &b->plan->tables[t];
    if (!r->open[group])
        return need_within(tp, group, r, tp->rows);
    uint64_t rows = children_total(r->per[tp->groups[group].within_fk]);
    tp->segments[tp->nsegments++] = ranges_segment(r, tp->rows, rows);
    tp->rows += rows;
    Walk walk = {.plan = b->plan, .table = t, .group = group};
    walk_parents(&walk, most_places);
    tp->rows -= rows;
    tp->nsegments--;
    return walk.most;
}

static void find_worst(Walk *walk, Need *needs, const uint64_t *rows, uint32_t n)
{
    const TablePlan *tp = &walk->plan->tables[walk->table];
    DomainNeed *worst = walk->worst;
    uint64_t room[BATCH_ROWS];
    eval_room(walk->eval, walk->table, tp->groups[walk->group].drawn, rows, n, room);
    for (uint32_t k = 0; k < n; k++) {
        uint64_t asked = needs[k].rows + needs[k].taken, most = worst->rows + worst->taken;
        if (asked <= room[k] || (most > worst->room && asked - room[k] <= most - worst->room))
            continue;
        *worst = (DomainNeed){.rows = needs[k].rows, .taken = needs[k].taken, .room = room[k]};
    }
}

bool domain_fits(const Plan *plan, int t, int group, DomainNeed *worst)
{
    *worst = (DomainNeed){0};
    Walk walk = {.plan = plan, .table = t, .group = group, .worst = worst};
    walk_parents(&walk, find_worst);
    return worst->rows + worst->taken <= worst->room;
}

/* Indexes of the followed group that rows can have which agree in what the key shares with it:
 * UINT64_MAX: too many. Parents count from the first one, so that later rows come behind. */
static uint64_t followers(const TablePlan *tp, int g, const Ranges *r)
{
    const Key *key = tp->groups[g].key_def;
    int by = tp->groups[g].follows;
    uint64_t n = 1;
    bool over = by < 0 || (r->beneath[by] && !beneath_same(tp, g, by));
    for (int c = 0; c < tp->table->ncols && !over; c++)
        if (tp->cols[c].group == by && !key_holds(key, &c, 1))
            over = __builtin_mul_overflow(n, tp->cols[c].group_mod, &n);
    for (int f = 0; f < tp->table->nfks && !over; f++)
        if (tp->fks[f].group == by && !key_holds(key, tp->fks[f].fk->cols, tp->fks[f].fk->ncols))
            over = __builtin_mul_overflow(n, r->parent_first[f] + r->parent_count[f], &n);
    return over ? UINT64_MAX : n;
}

DomainNeed domain_need(const TablePlan *tp, int group, const Ranges *r)
{
    Need need = need_within(tp, group, r, tp->rows);
    return (DomainNeed){.rows = need.rows, .taken = need.taken};
}

static bool too_few(const Plan *plan, const TablePlan *tp, int g, uint64_t values, Need need,
                    Arena *mem, Err *err)
{
    const KeyGroup *group = &tp->groups[g];
    const char *where = group->key_def->where ? group->key_def->where : tp->table->where;
    const char *text = text_plural((int64_t)values, "value", mem);
    const char *rows = text_plural((int64_t)need.rows, "row", mem);
    const char *others = need.taken ? arena_printf(mem, ", and %s of the values are taken already",
                                                   text_count((int64_t)need.taken, mem))
                                    : "";
    if (need.passed)
        others = arena_printf(mem, ", and %s of the values are used, or their parents are gone",
                              text_count((int64_t)(need.passed + need.taken), mem));
    if (group->within_fk >= 0)
        err_add(mem, err, ERR_UNIQUE, where, group->name, "%s per %s, but one has %s%s", text,
                plan->tables[tp->fks[group->within_fk].parent].table->name, rows, others);
    else
        err_add(mem, err, ERR_UNIQUE, where, group->name, "%s for %s%s%s", text, rows,
                need.before ? arena_printf(mem, ", %s of which were made before",
                                           text_count((int64_t)need.before, mem))
                            : "",
                others);
    if (need.passed)
        return err_hint(mem, err, "ask for fewer rows, or for more of their parents");
    uint64_t used = need.taken + need.before, most = values > used ? values - used : 0;
    return most ? err_hint(mem, err, "widen the generator, or ask for at most %s",
                           text_plural((int64_t)most, need.before ? "more row" : "row", mem))
                : err_hint(mem, err, "widen the generator");
}

bool domains_followed(const TablePlan *tp, int group)
{
    for (int g = 0; g < tp->ngroups; g++)
        if (tp->groups[g].follows == group)
            return true;
    return false;
}

/* Rows take places in it by their own number alone, and no other key goes by these. */
static bool is_by_rows(const TablePlan *tp, int g)
{
    const KeyGroup *group = &tp->groups[g];
    return group->own_count && group->within_fk < 0 && group->drawn < 0 && !group->depth &&
           group->follows < 0 && !domains_followed(tp, g);
}

bool plan_key_is_plain(const TablePlan *tp, int g)
{
    bool plain = is_by_rows(tp, g);
    for (int f = 0; f < tp->table->nfks; f++)
        plain = plain && tp->fks[f].group != g;
    return plain;
}

static uint64_t there_before(const TablePlan *tp, uint64_t row)
{
    return tp->gone ? row - rowhistory_before(tp->gone, tp->gone->settled, row) : row;
}

/* The values that a key has over all parents that are there; 0: it cannot begin again. Not where
 * pruned rows could come back, whose values nobody would find. */
static uint64_t values_in_all(const Build *b, int t, int g, const Ranges *r)
{
    const TablePlan *tp = &b->plan->tables[t];
    uint64_t values = tp->groups[g].own_count;
    if (!is_by_rows(tp, g) || rowset_rows(tp->asleep) || tp->rows == 0)
        return 0;
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        if (fk->group != g)
            continue;
        bool pick = fk->mode == FK_PICK && fk->parent >= 0 && fk->parent < t;
        if (!pick && fk->mode != FK_POOL)
            return 0;
        const TablePlan *parent = pick ? &b->plan->tables[fk->parent] : NULL;
        uint64_t parents = pick ? parent->rows - parent->gone_rows : r->parent_count[f];
        if (__builtin_mul_overflow(values, parents, &values))
            return UINT64_MAX;
    }
    return values;
}

/* Could rows from before the domain have some of its values? */
static bool is_over_all(const TablePlan *tp, int g, const Ranges *r)
{
    bool all = is_by_rows(tp, g);
    for (int f = 0; f < tp->table->nfks; f++)
        if (tp->fks[f].group == g)
            all = all && r->parent_first[f] == r->whole_first[f];
    return all;
}

/* Does each row that is there have one of the key's values? */
static bool all_hold(const TablePlan *tp, int g)
{
    const Key *key = tp->groups[g].key_def;
    bool hold = true;
    for (int i = 0; i < key->ncols; i++) {
        const ColumnPlan *cp = &tp->cols[key->cols[i]];
        const FkPlan *fk = cp->fk >= 0 ? &tp->fks[cp->fk] : NULL;
        hold = hold && cp->null_share == 0 && !(cp->bound && cp->bound->nullable) &&
               (!fk || (fk->null_share == 0 && fk->mode == FK_PICK));
    }
    return hold;
}

/* Are there places enough? They may run out while many values are free: rows that are gone and
 * cells that were made anew left some, and where parents came the domain is theirs alone. Then it
 * begins again, over all parents, and what the rows that are there have is found in the table and
 * avoided. */
static bool fits(const Build *b, int t, int g, Ranges *r, uint64_t end, Need *need,
                 uint64_t *values)
{
    const TablePlan *tp = &b->plan->tables[t];
    uint64_t older = is_over_all(tp, g, r) ? there_before(tp, r->group_first[g]) : 0,
             all = values_in_all(b, t, g, r);
    Need there = {.before = there_before(tp, tp->rows)};
    there.rows = there.before + (end - tp->rows);
    bool full = all && there.rows > all && all_hold(tp, g);
    *values = r->group_count[g];
    if (!full && places(need) + (all ? older : 0) <= *values)
        return true;
    if (all == 0)
        return false;
    *values = all;
    *need = there;
    if (there.rows > all)
        return false;
    r->group_first[g] = tp->rows;
    for (int f = 0; f < tp->table->nfks; f++)
        if (tp->fks[f].group == g) {
            r->parent_first[f] = r->whole_first[f];
            r->parent_count[f] = r->whole_count[f];
        }
    domains_place(tp, r);
    return true;
}

bool domains_check(Build *b, int t, Ranges *r, uint64_t end)
{
    const TablePlan *tp = &b->plan->tables[t];
    bool ok = true;
    for (int g = 0; g < tp->ngroups; g++) {
        struct RowSpan span;
        Sharing all = rows_from(&span, r->group_first[g]);
        if (r->group_count[g] == 0)
            continue;
        Need need = {.rows = end - r->group_first[g], .taken = taken(tp, g, &all)};
        need.before = tp->rows - r->group_first[g];
        if (tp->groups[g].within_fk >= 0)
            need = need_below(b, t, g, r);
        bool begins = r->group_first[g] == tp->rows;
        bool placed = r->follows[g] || r->beneath[g];
        uint64_t values = r->group_count[g];
        bool enough = !placed && fits(b, t, g, r, end, &need, &values);
        if (!enough && (begins || r->follows[g]) && !r->beneath[g]) {
            uint64_t most = followers(tp, g, r);
            enough = most <= r->group_count[g] && need.taken <= r->group_count[g] - most;
            r->follows[g] = r->follows[g] || enough;
        }
        if (!enough && tp->groups[g].depth && !r->follows[g])
            ok = beneath_check(b, t, g, r, end) && ok;
        else if (!enough)
            ok = too_few(b->plan, tp, g, values, need, b->mem, b->err);
    }
    return ok;
}

/* ---- values that are there already */

static const char *names_of(const Table *table, const Key *key, Arena *mem)
{
    json_t *names = json_array();
    for (int i = 0; i < key->ncols; i++)
        json_array_append_new(names, json_string(table->cols[key->cols[i]].name));
    char *text = json_dumps(names, JSON_COMPACT);
    const char *copy = arena_strdup(mem, text);
    free(text);
    json_decref(names);
    return copy;
}

static bool meets(const RowSet *rows, uint64_t first, uint64_t end)
{
    return rowset_before(rows, end) > rowset_before(rows, first);
}

/* The same of rows behind which another domain begins: what its rows took later is none of
 * theirs, though it stands in the same list. */
static uint64_t taken_by(const TablePlan *tp, int g, uint64_t first, uint64_t end)
{
    struct RowSpan span;
    Sharing all = rows_from(&span, first);
    int sets = tp->navoided, anew = tp->nregenerated;
    while (sets > 0 && (tp->avoided[sets - 1].group != g ||
                        !meets(tp->avoided[sets - 1].cells.rows, first, end)))
        sets--;
    while (anew > 0 && !meets(tp->regenerated[anew - 1].cells.rows, first, end))
        anew--;
    return avoid_taken(tp, g, &all, sets, anew);
}

bool domains_held(const Plan *plan, const TablePlan *tp, int g, const RowSet *rows, Arena *mem,
                  Err *err)
{
    for (int i = 0; i < tp->nsegments && tp->groups[g].within_fk < 0; i++) {
        const Segment *s = &tp->segments[i];
        bool goes_on = i + 1 < tp->nsegments && s[1].group_first[g] == s->group_first[g];
        if (s->group_count[g] == 0 || goes_on || s->follows[g] || s->beneath[g])
            continue;
        uint64_t first = s->group_first[g], end = s->first_row + s->rows;
        if (rows && !meets(rows, first, end))
            continue;
        Need need = {.rows = end - first, .taken = taken_by(tp, g, first, end)};
        if (need.rows + need.taken > s->group_count[g])
            return too_few(plan, tp, g, s->group_count[g], need, mem, err);
    }
    return true;
}

const Plan *plan_avoid(const Plan *plan, int t, int group, const RowSet *rows, PlanChange *change,
                       Arena *mem, Err *err)
{
    Plan *out = arena_new_of(mem, Plan);
    *out = *plan;
    out->tables = arena_copy(mem, plan->tables, (size_t)plan->ntables, 0, sizeof *out->tables);
    TablePlan *tp = &out->tables[t];
    const Key *key = tp->groups[group].key_def;
    Avoided *all = arena_copy(mem, tp->avoided, (size_t)tp->navoided, 1, sizeof *all);
    all[tp->navoided] = (Avoided){.cells = {.cols = key->cols, .ncols = key->ncols, .rows = rows},
                                  .group = group,
                                  .after = tp->nregenerated,
                                  .base = plan_next_generation(tp)};
    tp->avoided = all;
    tp->navoided++;
    *change = (PlanChange){.table = plan_table_name(mem, tp->table),
                           .run = PLAN_NOW,
                           .kind = CHANGE_AVOIDED,
                           .columns = names_of(tp->table, key, mem),
                           .rows = rows};
    /* Where rows can go by their ancestors, the next plan counts anew. */
    bool enough = tp->groups[group].depth || domains_held(plan, tp, group, rows, mem, err);
    return enough ? out : NULL;
}

/* Unique keys: each row's place in its key's domain, permuted. A place comes from the row's number,
 * or its number under its parent or ancestor; or, where the ledger says so, from the domain's end.
 */
#include "gen/eval_int.h"

/* A group's slot and domain at a row, and the key of its permutation. */
typedef struct Slot {
    uint64_t slot, count, key;
} Slot;

static uint64_t group_first(const Segment *s, int group)
{
    return s->group_first ? s->group_first[group] : 0;
}

/* Under which rows those of a frame take places. */
typedef struct Within {
    const Parents *parents;    /* of KeyGroup.within_fk, or NULL */
    const uint64_t *ancestors; /* at the end of KeyGroup.path; NULL: no row is placed by these */
    Beneath beneath;           /* of the ancestor that was asked for last */
    OpenPlaces open;           /* of the parent that was asked for last */
} Within;

static Within within_of(Frame *f, int group)
{
    const KeyGroup *g = &f->tp->groups[group];
    Within w = {.parents = g->within_fk >= 0 ? frame_parents(f, g->within_fk) : NULL};
    if (g->depth && is_beneath(f->tp, group))
        w.ancestors = frame_ancestors(f, g->path, g->depth);
    return w;
}

static const Beneath *beneath_of(const Frame *f, int group, uint32_t k, Within *w)
{
    beneath_find(f->eval, f->table, group, frame_segment(f, k), w->ancestors[k], &w->beneath);
    return &w->beneath;
}

Sharing frame_sharing(const Frame *f, int group, const Segment *own, uint64_t parent)
{
    Eval *e = f->eval;
    const TablePlan *tp = f->tp;
    uint64_t first = group_first(own, group);
    struct RowSpan *spans = arena_array(e->scratch, struct RowSpan, tp->nsegments + 1);
    Sharing sharing = {.spans = spans};
    for (int i = 0; i < tp->nsegments; i++) {
        const Segment *s = &tp->segments[i];
        uint64_t from,
            n = group_first(s, group) == first
                    ? eval_children(e, f->table, s, tp->groups[group].within_fk, parent, &from)
                    : 0;
        if (n)
            spans[sharing.n++] = (struct RowSpan){from, from + n};
    }
    return sharing;
}

/* The rows that share a domain with row k: those from the domain's first on; or its parent's
 * children, as far as they were drawn from the same domain; or its ancestor's. */
static Sharing sharing_of(const Frame *f, int group, uint32_t k, Within *w)
{
    const Segment *own = frame_segment(f, k);
    if (w->ancestors)
        return beneath_of(f, group, k, w)->sharing;
    if (w->parents)
        return frame_sharing(f, group, own, w->parents->rows[k]);
    struct RowSpan *all = arena_array(f->eval->scratch, struct RowSpan, 1);
    *all = (struct RowSpan){group_first(own, group), UINT64_MAX};
    return (Sharing){.spans = all, .n = 1};
}

uint64_t frame_place_key(const Frame *f, int group, uint64_t parent)
{
    return rng_philox(f->tp->groups[group].key, parent, 0).a;
}

uint64_t frame_child_place(const Frame *f, int fk, int group, uint32_t k, const Parents *p)
{
    const Segment *own = frame_segment(f, k);
    uint64_t place = p->nth[k], first;
    for (const Segment *s = f->tp->segments; s < own && p->rows[k] != ROW_NONE; s++)
        if (group < 0 || group_first(s, group) == group_first(own, group))
            place += eval_children(f->eval, f->table, s, fk, p->rows[k], &first);
    return place;
}

static bool follows(const Segment *s, int group)
{
    return s->follows && s->follows[group];
}

/* Rows that agree in the columns that two keys share have other indexes in the first key: what is
 * left of these are their slots in the second, under a permutation of what they share. A parent of
 * which only new rows are drawn from counts most, so that these slots come behind all earlier ones,
 * whatever they were counted by. */
static Slot slot_behind(const Frame *f, int group, uint32_t k, Slot slot)
{
    const TablePlan *tp = f->tp;
    const KeyGroup *g = &tp->groups[group];
    const Segment *s = frame_segment(f, k);
    uint64_t index = frame_group_index((Frame *)f, g->follows, NULL)[k];
    uint64_t behind = 0, slots = 1;
    slot.slot = 0;
    for (int c = 0; c < tp->table->ncols; c++) {
        const ColumnPlan *cp = &tp->cols[c];
        if (cp->group != g->follows)
            continue;
        uint64_t digit = index / cp->group_div % cp->group_mod;
        if (key_holds(g->key_def, &c, 1)) {
            slot.key = rng_philox(slot.key, digit, (uint64_t)c).a;
        } else {
            slot.slot = slot.slot * cp->group_mod + digit;
            slots *= cp->group_mod;
        }
    }
    for (int i = 0; i < tp->table->nfks; i++) {
        const FkPlan *fk = &tp->fks[i];
        if (fk->group != g->follows || s->parent_count[i] == 0)
            continue;
        uint64_t first = s->parent_first[i],
                 digit = first + index / s->fk_div[i] % s->parent_count[i];
        if (key_holds(g->key_def, fk->fk->cols, fk->fk->ncols)) {
            slot.key = rng_philox(slot.key, digit, (uint64_t)fk->fk->cols[0]).a;
        } else if (first) {
            behind = digit;
        } else {
            slot.slot = slot.slot * s->parent_count[i] + digit;
            slots *= s->parent_count[i];
        }
    }
    slot.slot += behind * slots;
    return slot;
}

static Slot slot_of(const Frame *f, int group, uint32_t k, Within *w)
{
    const KeyGroup *g = &f->tp->groups[group];
    const Segment *s = frame_segment(f, k);
    Slot slot = {.key = g->key, .count = s->group_count ? s->group_count[group] : g->own_count};
    bool apart;
    if (w->parents) {
        slot.slot = frame_child_place(f, g->within_fk, group, k, w->parents);
        slot.key = frame_place_key(f, group, w->parents->rows[k]);
    } else if (w->ancestors && s->beneath[group]) {
        const Beneath *b = beneath_of(f, group, k, w);
        slot.slot = beneath_slot(b, group_first(s, group), f->rows[k], &apart);
        slot.key = apart ? frame_place_key(f, group, w->ancestors[k]) : g->key;
    } else {
        slot.slot = f->rows[k] - group_first(s, group);
    }
    return follows(s, group) ? slot_behind(f, group, k, slot) : slot;
}

static uint64_t index_of(Slot s, uint64_t generation)
{
    if (s.count == 0) /* without a bound the slot is the index */
        return generation ? INDEX_END - generation : s.slot;
    uint64_t slot = generation ? s.count - generation % s.count : s.slot;
    /* Rows beyond the domain are refused by the planner; a sample of a row that is none still has
     * to be some value. */
    return rng_permute(s.key, s.count, slot % s.count);
}

/* All rows in one segment, at generation 0, and one key for all: permuted side by side. */
static void permute_rows(const Frame *f, int group, uint64_t *out)
{
    const KeyGroup *g = &f->tp->groups[group];
    const Segment *s = f->segment;
    uint64_t first = group_first(s, group);
    uint64_t count = s->group_count ? s->group_count[group] : g->own_count;
    for (uint32_t k = 0; k < f->n; k++)
        out[k] = f->rows[k] - first;
    for (uint32_t k = 0; count && k < f->n; k++)
        out[k] = out[k] < count ? out[k] : out[k] % count;
    if (count)
        rng_permute_all(g->key, count, out, f->n);
}

/* Does the frame have rows of the set? */
static bool touches(const Frame *f, const RowSet *set)
{
    uint64_t least = UINT64_MAX, most = 0;
    for (uint32_t k = 0; k < f->n; k++) {
        least = f->rows[k] < least ? f->rows[k] : least;
        most = f->rows[k] > most ? f->rows[k] : most;
    }
    return f->n && !rowset_misses(set, least, most - least + 1);
}

static void avoid_values(const Frame *f, int group, const uint32_t *generations, Within *within,
                         uint64_t *out)
{
    for (int i = 0; i < f->tp->navoided; i++) {
        const Avoided *a = &f->tp->avoided[i];
        if (a->group != group || !touches(f, a->cells.rows))
            continue;
        for (uint32_t k = 0; k < f->n; k++) {
            bool later = generations && generations[k] >= a->base;
            if (later || !rowset_has(a->cells.rows, f->rows[k]))
                continue;
            Sharing sharing = sharing_of(f, group, k, within);
            out[k] = index_of(slot_of(f, group, k, within),
                              avoid_generation(f->tp, i, &sharing, f->rows[k]));
        }
    }
}

uint64_t frame_place_anew(const Frame *f, int group, uint32_t k, uint32_t generation,
                          const Parents *within)
{
    Within w = {.parents = within};
    uint64_t anew = generation;
    for (int i = 0; i < f->tp->navoided; i++) {
        const Avoided *a = &f->tp->avoided[i];
        if (a->group != group || generation >= a->base || !rowset_has(a->cells.rows, f->rows[k]))
            continue;
        Sharing sharing = sharing_of(f, group, k, &w);
        anew = avoid_generation(f->tp, i, &sharing, f->rows[k]);
    }
    return anew;
}

/* The row's index where it takes an open place; false: it does not. */
static bool open_index(const Frame *f, int group, uint32_t k, Within *w, uint64_t *out)
{
    const Segment *own = frame_segment(f, k);
    uint64_t parent = w->parents ? w->parents->rows[k] : ROW_NONE;
    if (parent == ROW_NONE || !own->open || !own->open[group])
        return false;
    if (w->open.segment != own || w->open.parent != parent)
        frame_open(f, group, parent, own, &w->open);
    *out = w->open.index[w->parents->nth[k]];
    return true;
}

const uint64_t *frame_group_index(Frame *f, int group, const uint32_t *generations)
{
    if (!generations && f->index[group])
        return f->index[group];
    Within within = within_of(f, group);
    bool alike = !within.parents && !within.ancestors && !generations;
    uint64_t *out = arena_alloc_raw(f->eval->scratch, sizeof *out * f->n);
    if (alike && f->segment && !follows(f->segment, group))
        permute_rows(f, group, out);
    else
        for (uint32_t k = 0; k < f->n; k++) {
            uint32_t generation = generations ? generations[k] : 0;
            if (generation || !open_index(f, group, k, &within, &out[k]))
                out[k] = index_of(slot_of(f, group, k, &within), generation);
        }
    if (f->tp->navoided)
        avoid_values(f, group, generations, &within, out);
    if (!generations)
        f->index[group] = out;
    return out;
}

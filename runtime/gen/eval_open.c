/* Keys below an FK_PER parent in segments that are marked open (Segment.open): of the domain's
 * places a parent's children take, in their order, only those that lead to parents which are there
 * and that none of its children before the domain has. So each parent has as many as it was
 * counted, and a domain can begin anew over all parents when there are more of them. */
#include <stdlib.h>

#include "gen/avoid.h"
#include "gen/eval_int.h"
#include "gen/open.h"

typedef struct Child {
    uint64_t row, index;
    const Segment *segment;
} Child;

/* What children before the domain have, as indexes of it, ascending; those that were gone when it
 * began have nothing. */
typedef struct Held {
    uint64_t *index;
    uint64_t n;
} Held;

static int ascending(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static Held held_by(const Frame *f, int group, const Child *children, uint64_t n, const Segment *s)
{
    uint64_t begin = s->group_first[group];
    int gone = segment_of(f->tp, begin)->rows_gone;
    Held held = {.index = arena_alloc_raw(f->eval->scratch, sizeof *held.index * (n + 1))};
    for (uint64_t i = 0; i < n && children[i].row < begin; i++)
        held.n += !(gone && f->tp->gone && rowhistory_has(f->tp->gone, gone, children[i].row)) &&
                  index_in_other(f->tp, group, children[i].segment, s, children[i].index,
                                 &held.index[held.n]);
    qsort(held.index, held.n, sizeof *held.index, ascending);
    return held;
}

static bool is_held(const Held *held, uint64_t index)
{
    return held->n && bsearch(&index, held->index, held->n, sizeof index, ascending);
}

/* The first place from `at` on that a row of the segment may take; the domain's size: none. */
static uint64_t next_open(const Frame *f, int group, const Segment *s, uint64_t key,
                          const Held *held, uint64_t at)
{
    uint64_t count = s->group_count[group];
    for (; at < count; at++) {
        uint64_t index = rng_permute(key, count, at);
        if (!is_held(held, index) && index_leads_on(f->eval->plan, f->tp, group, s, index))
            break;
    }
    return at;
}

/* Values that rows of the user's own had: the child has another index. */
static void avoid_values(const Frame *f, int group, uint64_t parent, uint64_t key, Child *children,
                         uint64_t n)
{
    for (int i = 0; i < f->tp->navoided; i++) {
        const Avoided *a = &f->tp->avoided[i];
        for (uint64_t k = 0; a->group == group && k < n; k++) {
            const Segment *s = children[k].segment;
            uint64_t count = s->group_count[group];
            if (!rowset_has(a->cells.rows, children[k].row))
                continue;
            Sharing sharing = frame_sharing(f, group, s, parent);
            uint64_t anew = avoid_generation(f->tp, i, &sharing, children[k].row);
            children[k].index = rng_permute(key, count, (count - anew % count) % count);
        }
    }
}

static uint64_t count_children(const Frame *f, int group, uint64_t parent, const Segment *own)
{
    uint64_t all = 0, first;
    for (const Segment *s = f->tp->segments; s <= own; s++)
        all += eval_children(f->eval, f->table, s, f->tp->groups[group].within_fk, parent, &first);
    return all;
}

void frame_open(const Frame *f, int group, uint64_t parent, const Segment *own, OpenPlaces *out)
{
    uint64_t all = count_children(f, group, parent, own), n = 0, domain = UINT64_MAX, first;
    uint64_t key = frame_place_key(f, group, parent);
    Child *children = arena_alloc_raw(f->eval->scratch, sizeof *children * (all + 1));
    Held held = {0};
    *out = (OpenPlaces){.parent = parent, .segment = own};
    for (const Segment *s = f->tp->segments; s <= own; s++) {
        uint64_t here =
            eval_children(f->eval, f->table, s, f->tp->groups[group].within_fk, parent, &first);
        uint64_t count = s->group_count[group], before = n;
        if (s->group_first[group] != domain) {
            domain = s->group_first[group];
            held = held_by(f, group, children, n, s);
            out->used = 0;
        }
        for (uint64_t i = 0; i < here; i++, n++) {
            uint64_t at =
                s->open[group] ? next_open(f, group, s, key, &held, out->used) : out->used;
            children[n] = (Child){first + i, rng_permute(key, count, at % count), s};
            out->used = (at < count ? at : out->used > count ? out->used : count) + 1;
        }
        avoid_values(f, group, parent, key, children + before, here);
        if (s == own)
            out->first = before;
    }
    out->index = arena_alloc_raw(f->eval->scratch, sizeof *out->index * (n + 1));
    for (uint64_t i = out->first; i < n; i++)
        out->index[i - out->first] = children[i].index;
}

void eval_places_used(Eval *e, int table, int group, const uint64_t *rows, uint32_t n,
                      uint64_t *used)
{
    arena_reset(e->scratch);
    Frame *f = frame_new(e, table, rows, n);
    const Parents *p = frame_parents(f, f->tp->groups[group].within_fk);
    for (uint32_t k = 0; k < n; k++) {
        OpenPlaces places;
        frame_open(f, group, p->rows[k], frame_segment(f, k), &places);
        used[k] = places.used;
    }
}

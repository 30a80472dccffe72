/* Rows beneath an ancestor: where each table up to it is counted per row of the next, they stand
 * side by side in each pair of segments, and so have numbers there. A key that names the ancestor
 * draws by these. Rows of the same domain that were made while it sufficed for the whole table
 * (`old`) keep their places; the ancestor's later rows take those between. */
#include "gen/eval_int.h"

bool is_beneath(const TablePlan *tp, int group)
{
    for (int s = 0; s < tp->nsegments; s++)
        if (tp->segments[s].beneath && tp->segments[s].beneath[group])
            return true;
    return false;
}

/* The rows of a table below an ancestor, ascending. */
static Sharing descend(Eval *e, int table, const int *path, int depth, uint64_t ancestor)
{
    if (depth == 0) {
        struct RowSpan *one = arena_new_of(e->scratch, struct RowSpan);
        *one = (struct RowSpan){ancestor, ancestor + 1};
        return (Sharing){.spans = one, .n = 1};
    }
    const TablePlan *tp = &e->plan->tables[table];
    int fk = path[0];
    Sharing above = descend(e, tp->fks[fk].parent, path + 1, depth - 1, ancestor), rows = {0};
    struct RowSpan *spans = arena_array(e->scratch, struct RowSpan, tp->nsegments * above.n + 1);
    for (const Segment *s = tp->segments; s < tp->segments + tp->nsegments; s++)
        for (int i = 0; i < above.n; i++) {
            uint64_t first, n = children_between(eval_cursor(e, table, s, fk), above.spans[i].first,
                                                 above.spans[i].end, &first, e->scratch);
            first += s->first_row;
            if (n && rows.n && spans[rows.n - 1].end == first)
                spans[rows.n - 1].end += n;
            else if (n)
                spans[rows.n++] = (struct RowSpan){first, first + n};
        }
    rows.spans = spans;
    return rows;
}

static Sharing cut(Eval *e, const Sharing *rows, uint64_t from, uint64_t to)
{
    struct RowSpan *spans = arena_array(e->scratch, struct RowSpan, rows->n + 1);
    Sharing out = {.spans = spans};
    for (int i = 0; i < rows->n; i++) {
        struct RowSpan span = rows->spans[i];
        span.first = span.first < from ? from : span.first;
        span.end = span.end > to ? to : span.end;
        if (span.first < span.end)
            spans[out.n++] = span;
    }
    return out;
}

/* The rows of a domain, and the first one that is placed beneath an ancestor. */
typedef struct Domain {
    uint64_t first, beneath, end;
} Domain;

static Domain domain_of(const TablePlan *tp, int group, uint64_t first)
{
    Domain d = {first, UINT64_MAX, UINT64_MAX};
    for (const Segment *s = tp->segments; s < tp->segments + tp->nsegments; s++) {
        if (s->group_first[group] > first && s->first_row < d.end)
            d.end = s->first_row;
        if (s->group_first[group] == first && s->beneath && s->beneath[group] &&
            s->first_row < d.beneath)
            d.beneath = s->first_row;
    }
    return d;
}

/* Those before, whoever they belong to, count for an ancestor that has some of them: their places
 * from the domain's end were counted through the table. */
static Sharing sharing_of(Eval *e, const Domain *d, const Sharing *old, const Sharing *own)
{
    struct RowSpan *spans = arena_array(e->scratch, struct RowSpan, own->n + 1);
    Sharing sharing = {.spans = spans};
    if (old->n)
        spans[sharing.n++] = (struct RowSpan){d->first, d->beneath};
    for (int i = 0; i < own->n; i++)
        spans[sharing.n++] = own->spans[i];
    return sharing;
}

void beneath_find(Eval *e, int table, int group, const Segment *s, uint64_t ancestor, Beneath *b)
{
    if (b->segment == s && b->ancestor == ancestor)
        return;
    const TablePlan *tp = &e->plan->tables[table];
    const KeyGroup *g = &tp->groups[group];
    Domain d = domain_of(tp, group, s->group_first[group]);
    Sharing rows = {0};
    if (ancestor != ROW_NONE)
        rows = descend(e, table, g->path, g->depth, ancestor);
    *b = (Beneath){.segment = s, .ancestor = ancestor};
    b->old = cut(e, &rows, d.first, d.beneath < d.end ? d.beneath : d.end);
    b->own = cut(e, &rows, d.beneath, d.end);
    b->sharing = sharing_of(e, &d, &b->old, &b->own);
}

/* Old rows have their numbers in the table as slots, under the table's permutation. */
uint64_t beneath_slot(const Beneath *b, uint64_t first, uint64_t row, bool *apart)
{
    uint64_t slot = 0;
    for (int i = 0; i < b->own.n && b->own.spans[i].first < row; i++) {
        uint64_t end = b->own.spans[i].end;
        slot += (end < row ? end : row) - b->own.spans[i].first;
    }
    *apart = b->old.n == 0;
    for (int i = 0; i < b->old.n && first + slot >= b->old.spans[i].first; i++)
        slot += b->old.spans[i].end - b->old.spans[i].first;
    return slot;
}

static uint64_t rows_in(const Sharing *rows)
{
    uint64_t n = 0;
    for (int i = 0; i < rows->n; i++)
        n += rows->spans[i].end - rows->spans[i].first;
    return n;
}

void eval_beneath(Eval *e, int table, int group, uint64_t ancestor, uint64_t *rows, uint64_t *taken)
{
    arena_reset(e->scratch);
    const TablePlan *tp = &e->plan->tables[table];
    Beneath b = {0};
    beneath_find(e, table, group, &tp->segments[tp->nsegments - 1], ancestor, &b);
    *rows = rows_in(&b.old) + rows_in(&b.own);
    *taken = avoid_taken(tp, group, &b.sharing, tp->navoided, tp->nregenerated);
}

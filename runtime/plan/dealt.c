/* Rows that are counted per several parents: they stand in the order of the first, and are dealt
 * out to the others (gen/scatter.h). Where a key wants each pair once, rows under one parent come
 * under different others by construction, or the plan is refused with what it takes. */
#include "base/text.h"
#include "plan/segments_int.h"

static int first_per(const TablePlan *tp)
{
    int f = 0;
    while (tp->fks[f].mode != FK_PER)
        f++;
    return f;
}

static const char *parent_name(const Build *b, const FkPlan *fk)
{
    return b->plan->tables[fk->parent].table->name;
}

static bool too_dense(Build *b, const TablePlan *tp, int f, uint64_t n, uint64_t most,
                      uint64_t other, uint64_t least)
{
    const FkPlan *fk = &tp->fks[f], *first = &tp->fks[first_per(tp)];
    err_add(b->mem, b->err, ERR_UNIQUE, fk->fk->where, tp->table->name,
            "up to %s per %s and %s per %s, no pair of them twice: that takes %s, and %s are asked "
            "for",
            text_plural((int64_t)most, "row", b->mem), parent_name(b, first),
            text_count((int64_t)other, b->mem), parent_name(b, fk),
            text_plural((int64_t)least, "row", b->mem), text_count((int64_t)n, b->mem));
    return err_hint(b->mem, b->err,
                    "lower the bounds in per = {...}, have more %s and %s, or count by one of them "
                    "and draw the other",
                    parent_name(b, first), parent_name(b, fk));
}

bool dealt_rows(Build *b, int t, Ranges *r)
{
    const TablePlan *tp = &b->plan->tables[t];
    bool ok = true;
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        if (fk->mode != FK_ALSO_PER)
            continue;
        uint64_t n = children_total(r->per[f]);
        uint64_t key = rng_philox(fk->key, tp->rows, 3).a;
        r->scatter[f] = scatter_anywhere(key, n);
        if (!fk->apart || n == 0)
            continue;
        const PerIndex *first = r->per[first_per(tp)];
        uint64_t most = children_most(first), other = children_most(r->per[f]);
        bool even = children_least(first) == most;
        if (!scatter_apart(&r->scatter[f], key, n, most, even, other))
            ok = too_dense(b, tp, f, n, most, other, scatter_least(most, even, other));
    }
    return ok;
}

bool dealt_check(Build *b, int t, const Ranges *r, bool empty)
{
    const TablePlan *tp = &b->plan->tables[t];
    for (int f = 0; f < tp->table->nfks && !empty; f++) {
        const FkPlan *fk = &tp->fks[f];
        if (fk->mode != FK_ALSO_PER || !fk->apart)
            continue;
        int first = first_per(tp);
        if (r->parent_first[first] >= parents_served(tp, first) ||
            r->parent_first[f] >= parents_served(tp, f))
            continue;
        const char *one = parent_name(b, &tp->fks[first]), *other = parent_name(b, fk);
        err_add(b->mem, b->err, ERR_REFUSED, fk->fk->where, tp->table->name,
                "new rows would go under %s and %s that both have some, and no pair of them may "
                "come twice",
                one, other);
        return err_hint(b->mem, b->err,
                        "ask for more of one of them as well, so that the new rows go under new "
                        "ones: --count %s=N,%s=M",
                        one, tp->table->name);
    }
    return true;
}

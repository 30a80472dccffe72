#include "gen/avoid.h"

static uint64_t count_in(const RowSet *set, const Sharing *rows)
{
    uint64_t n = 0;
    for (int i = 0; i < rows->n; i++)
        n += rowset_before(set, rows->spans[i].end) - rowset_before(set, rows->spans[i].first);
    return n;
}

static uint64_t count_before(const RowSet *set, const Sharing *rows, uint64_t row)
{
    uint64_t n = 0;
    for (int i = 0; i < rows->n && rows->spans[i].first < row; i++) {
        uint64_t end = rows->spans[i].end < row ? rows->spans[i].end : row;
        n += rowset_before(set, end) - rowset_before(set, rows->spans[i].first);
    }
    return n;
}

static bool is_member(const TablePlan *tp, int group, const CellSet *cells)
{
    for (int i = 0; i < cells->ncols; i++) {
        const ColumnPlan *cp = &tp->cols[cells->cols[i]];
        if ((cp->fk >= 0 ? tp->fks[cp->fk].group : cp->group) == group)
            return true;
    }
    return false;
}

/* Generations of cells that were made anew count on through the whole table, so that whoever comes
 * after them begins behind the last. */
static uint64_t behind(const TablePlan *tp, int group, const Sharing *rows, int anew,
                       uint64_t taken)
{
    const Regenerated *r = &tp->regenerated[anew];
    if (!is_member(tp, group, &r->cells) || count_in(r->cells.rows, rows) == 0)
        return taken;
    uint64_t last = r->base + rowset_rows(r->cells.rows) - 1;
    return last > taken ? last : taken;
}

uint64_t avoid_taken(const TablePlan *tp, int group, const Sharing *rows, int sets, int anew)
{
    uint64_t taken = 0;
    int seen = 0;
    for (int i = 0; i < sets; i++) {
        const Avoided *a = &tp->avoided[i];
        if (a->group != group)
            continue;
        for (; seen < a->after; seen++)
            taken = behind(tp, group, rows, seen, taken);
        taken += count_in(a->cells.rows, rows);
    }
    for (; seen < anew; seen++)
        taken = behind(tp, group, rows, seen, taken);
    return taken;
}

uint64_t avoid_generation(const TablePlan *tp, int set, const Sharing *rows, uint64_t row)
{
    const Avoided *a = &tp->avoided[set];
    return avoid_taken(tp, a->group, rows, set, a->after) + count_before(a->cells.rows, rows, row) +
           1;
}

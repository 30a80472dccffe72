/* Which rows of a table seedpipe made, as a condition on a serial key. Keys of rows that are gone
 * are left out, since the user's own rows may have them by now: SQLite gives the last ones again.
 */
#include "plan/plan.h"

#define RANGES_MAX 200 /* more would be a statement that engines refuse for its depth */

int plan_serial_column(const TablePlan *tp)
{
    for (int c = 0; c < tp->table->ncols; c++)
        if (tp->cols[c].serial)
            return c;
    return -1;
}

static const RowSet *live_rows(const TablePlan *tp, const Segment *segment, Arena *mem)
{
    RowSet *all = rowset_new(mem);
    rowset_add(all, segment->first_row, segment->rows, mem);
    return rowset_minus(all, tp->gone_now, mem);
}

typedef struct Put {
    Engine engine;
    Buf *sql;
    const TablePlan *tp;
    const char *alias;
    int serial, n;
} Put;

static void put_range(Put *p, const Segment *segment, uint64_t first, uint64_t rows)
{
    long long base = (long long)segment->key_base[p->serial];
    long long from = base + (long long)(first - segment->first_row);
    buf_printf(p->sql, "%s%s.", p->n++ ? " OR " : "", p->alias);
    dialect_ident(p->engine, p->sql, p->tp->table->cols[p->serial].name);
    buf_printf(p->sql, " BETWEEN %lld AND %lld", from, from + (long long)rows - 1);
}

bool plan_put_made(Engine engine, Buf *sql, const TablePlan *tp, const char *alias, int from,
                   Arena *mem)
{
    Put p = {
        .engine = engine, .sql = sql, .tp = tp, .alias = alias, .serial = plan_serial_column(tp)};
    const RowSet **live = arena_array(mem, const RowSet *, tp->nsegments + 1);
    size_t ranges = 0;
    for (int s = from; s < tp->nsegments; s++) {
        live[s] = live_rows(tp, &tp->segments[s], mem);
        ranges += live[s] ? live[s]->nranges : 0;
    }
    bool exact = ranges <= RANGES_MAX;
    for (int s = from; s < tp->nsegments; s++) {
        const Segment *segment = &tp->segments[s];
        if (!exact && rowset_rows(live[s]) > 0)
            put_range(&p, segment, segment->first_row, segment->rows);
        for (size_t i = 0; exact && live[s] && i < live[s]->nranges; i++)
            put_range(&p, segment, live[s]->ranges[i].first, live[s]->ranges[i].rows);
    }
    if (p.n == 0)
        buf_str(sql, "1 = 0");
    return exact;
}

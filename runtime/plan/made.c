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

static bool is_alone(const Key *key, int col)
{
    return key->ncols == 1 && key->cols[0] == col && !key->partial;
}

int plan_serial_key(const TablePlan *tp)
{
    const Table *table = tp->table;
    int serial = plan_serial_column(tp);
    bool tells = table->primary.ncols == 0 || is_alone(&table->primary, serial);
    for (int i = 0; i < table->nuniques; i++)
        tells = tells || is_alone(&table->uniques[i], serial);
    return tells ? serial : -1;
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

bool plan_put_made(Engine engine, Buf *sql, const TablePlan *tp, const char *alias, int from)
{
    Put p = {
        .engine = engine, .sql = sql, .tp = tp, .alias = alias, .serial = plan_serial_column(tp)};
    RowRange there[RANGES_MAX + 1];
    const size_t max = RANGES_MAX + 1;
    int upto = tp->gone ? tp->gone->settled : 0;
    size_t ranges = 0;
    for (int s = from; s < tp->nsegments && ranges < max; s++) {
        uint64_t first = tp->segments[s].first_row, end = first + tp->segments[s].rows;
        ranges += rowhistory_there(tp->gone, upto, first, end, there, max - ranges);
    }
    bool exact = ranges <= RANGES_MAX;
    for (int s = from; s < tp->nsegments; s++) {
        const Segment *segment = &tp->segments[s];
        uint64_t first = segment->first_row, end = first + segment->rows;
        size_t n = rowhistory_there(tp->gone, upto, first, end, there, exact ? max : 1);
        if (!exact && n > 0)
            put_range(&p, segment, first, segment->rows);
        for (size_t i = 0; exact && i < n; i++)
            put_range(&p, segment, there[i].first, there[i].rows);
    }
    if (p.n == 0)
        buf_str(sql, "1 = 0");
    return exact;
}

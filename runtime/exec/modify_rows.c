/* From keys in the target to row numbers of the plan: by arithmetic where the key is serial, else
 * by computing the keys of all rows again and looking them up. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/text.h"
#include "exec/modify.h"

static int serial_of(const TablePlan *tp)
{
    for (int c = 0; c < tp->table->ncols; c++)
        if (tp->cols[c].serial)
            return c;
    return -1;
}

static bool is_gone(const TablePlan *tp, uint64_t row)
{
    return tp->gone && rowhistory_has(tp->gone, tp->gone->n, row);
}

/* ---------------------------------------------------------------- collecting rows */

typedef struct Rows {
    uint64_t *rows;
    size_t n, cap;
    int64_t own;
    Arena *mem;
} Rows;

static void add_row(Rows *r, uint64_t row)
{
    r->rows = arena_grow(r->mem, r->rows, &r->cap, r->n + 1, sizeof *r->rows);
    r->rows[r->n++] = row;
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static const RowSet *to_set(Rows *r)
{
    RowSet *set = rowset_new(r->mem);
    if (r->n)
        qsort(r->rows, r->n, sizeof *r->rows, ascending);
    for (size_t i = 0; i < r->n; i++)
        rowset_add(set, r->rows[i], 1, r->mem);
    return set;
}

/* ---------------------------------------------------------------- serial keys */

typedef struct BySerial {
    const TablePlan *tp;
    int serial, at; /* the column, and its place in what is read */
    Rows out;
} BySerial;

/* Keys begin anew when a table is filled anew: the newest segment that has the key has the row. */
static bool serial_sink(void *ctx, const Vec *const *cols, uint32_t n)
{
    BySerial *b = ctx;
    for (uint32_t k = 0; k < n; k++) {
        int64_t key = cols[b->at]->i[k];
        int s = b->tp->nsegments - 1;
        for (; s >= 0; s--) {
            const Segment *segment = &b->tp->segments[s];
            int64_t base = segment->key_base[b->serial];
            if (key < base || key >= base + (int64_t)segment->rows)
                continue;
            uint64_t row = segment->first_row + (uint64_t)(key - base);
            if (is_gone(b->tp, row))
                continue;
            add_row(&b->out, row);
            break;
        }
        b->out.own += s < 0;
    }
    return true;
}

/* ---------------------------------------------------------------- other keys */

typedef struct ByKey {
    int nkey;
    uint64_t *hashes;
    size_t n, cap;
    Arena *mem;
} ByKey;

static uint64_t hash_of(const Vec *const *cols, int n, uint32_t row)
{
    uint64_t h = 1;
    for (int k = 0; k < n; k++)
        h = vec_is_null(cols[k], row) ? hash64("N", 1, h)
            : cols[k]->s              ? hash64(cols[k]->s[row].p, cols[k]->s[row].n, h)
            : cols[k]->f              ? hash64(&cols[k]->f[row], sizeof cols[k]->f[row], h)
                                      : hash64(&cols[k]->i[row], sizeof cols[k]->i[row], h);
    return h;
}

static bool key_sink(void *ctx, const Vec *const *cols, uint32_t n)
{
    ByKey *b = ctx;
    b->hashes = arena_grow(b->mem, b->hashes, &b->cap, b->n + n, sizeof *b->hashes);
    for (uint32_t k = 0; k < n; k++)
        b->hashes[b->n++] = hash_of(cols + 1, b->nkey, k); /* behind rn */
    return true;
}

/* 64-bit hashes stand for the keys: among a million of them two agree once in 40 million commands.
 */
static void find_computed(const Modify *m, int t, const int *key_cols, ByKey *b, Rows *out)
{
    const TablePlan *tp = &m->made->tables[t];
    Eval *eval = eval_new(m->made);
    uint64_t rows[BATCH_ROWS];
    qsort(b->hashes, b->n, sizeof *b->hashes, ascending);
    for (uint64_t first = 0; first < tp->rows; first += BATCH_ROWS) {
        uint32_t n = tp->rows - first < BATCH_ROWS ? (uint32_t)(tp->rows - first) : BATCH_ROWS;
        for (uint32_t k = 0; k < n; k++)
            rows[k] = first + k;
        Batch made = eval_cells(eval, t, rows, n, key_cols, b->nkey);
        for (uint32_t k = 0; k < n; k++) {
            uint64_t h = hash_of(made.cols, b->nkey, k);
            if (bsearch(&h, b->hashes, b->n, sizeof h, ascending) && !is_gone(tp, rows[k]))
                add_row(out, rows[k]);
        }
    }
    out->own = (int64_t)b->n - (int64_t)out->n;
    eval_free(eval);
}

/* ---------------------------------------------------------------- the interface */

static int plan_of(const Modify *m, const Table *there)
{
    return plan_table(m->made, ledger_table_name(there, m->s->mem));
}

bool modify_rows_of(Modify *m, int node_index, const char *sql, ModifyRows *out, Arena *mem,
                    Err *err)
{
    const ClosureTable *node = &m->removal.closure->tables[node_index];
    const Connector *connector = m->s->db->connector;
    int t = plan_of(m, node->table), nkey = node->nkey;
    Type *types = arena_array(mem, Type, nkey + 2);
    types[0] = (Type){.kind = TYPE_INT, .bits = 64};
    memcpy(types + 1, node->key_types, sizeof *types * (size_t)nkey);
    *out = (ModifyRows){.plan = t, .table = node->name};
    ByKey keys = {.nkey = nkey, .mem = mem};
    Rows rows = {.mem = mem};
    const TablePlan *tp = t >= 0 ? &m->made->tables[t] : NULL;
    int serial = tp ? serial_of(tp) : -1;
    int *cols = arena_array(mem, int, nkey + 1);
    bool known = tp != NULL;
    for (int k = 0; k < nkey; k++) {
        cols[k] = tp ? table_column(tp->table, node->key[k]) : -1;
        known = known && cols[k] >= 0 && tp->cols[cols[k]].written;
        if (serial >= 0 && cols[k] == serial) {
            BySerial by = {.tp = tp, .serial = serial, .at = k + 1, .out = rows};
            if (!connector->read(m->s->db, sql, types, nkey + 1, serial_sink, &by, mem, err))
                return false;
            out->rows = to_set(&by.out);
            out->own = by.out.own;
            return true;
        }
    }
    if (!connector->read(m->s->db, sql, types, nkey + 1, key_sink, &keys, mem, err))
        return false;
    if (known)
        find_computed(m, t, cols, &keys, &rows);
    else
        rows.own = (int64_t)keys.n;
    out->rows = to_set(&rows);
    out->own = rows.own;
    return true;
}

int64_t modify_rows_made(const TablePlan *tp)
{
    return (int64_t)(tp->rows - tp->gone_rows);
}

const char *modify_made_where(const Modify *m, int plan, Arena *mem)
{
    const TablePlan *tp = &m->made->tables[plan];
    int serial = serial_of(tp);
    if (serial < 0)
        return NULL;
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, tp->nsegments ? "(" : "(1 = 0");
    for (int s = 0; s < tp->nsegments; s++) {
        int64_t base = tp->segments[s].key_base[serial];
        buf_str(&sql, s ? " OR c." : "c.");
        dialect_ident(m->s->db->engine, &sql, tp->table->cols[serial].name);
        buf_printf(&sql, " BETWEEN %lld AND %lld", (long long)base,
                   (long long)(base + (int64_t)tp->segments[s].rows - 1));
    }
    buf_byte(&sql, ')');
    const char *text = arena_strndup(mem, buf_cstr(&sql), sql.len);
    buf_free(&sql);
    return text;
}

bool modify_count_rows(Modify *m, ModifyTable *table, Arena *mem, Err *err)
{
    const TablePlan *tp = &m->made->tables[table->plan];
    const char *made = modify_made_where(m, table->plan, mem);
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_printf(&sql, "SELECT count(*), %s%s%s FROM ", made ? "sum(CASE WHEN " : "NULL",
               made ? made : "", made ? " THEN 1 ELSE 0 END)" : "");
    dialect_table(m->s->db->engine, &sql, tp->table->schema, tp->table->name);
    buf_str(&sql, " c");
    DbResult r;
    bool ok = db_query(m->s->db, buf_cstr(&sql), NULL, 0, &r, mem, err);
    buf_free(&sql);
    if (!ok)
        return false;
    const char *ours = db_cell(&r, 0, 1);
    table->there = strtoll(db_cell(&r, 0, 0), NULL, 10);
    table->ours = ours ? strtoll(ours, NULL, 10) : made ? 0 : modify_rows_made(tp);
    if (table->ours > table->there)
        table->ours = table->there;
    return true;
}

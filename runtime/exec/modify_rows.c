/* From keys in the target to row numbers of the plan: by arithmetic where the key is serial, else
 * by computing the keys of all rows again and looking them up. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/text.h"
#include "exec/modify.h"

/* ---------------------------------------------------------------- collecting rows */

/* Keys mostly come in the order of their rows, so that few ranges hold them all. */
typedef struct Rows {
    RowSet *set;
    uint64_t end;   /* of the set: where rows may be added */
    uint64_t *late; /* rows before that */
    size_t n, cap;
    int64_t own;
    Arena *mem;
} Rows;

static void add_row(Rows *r, uint64_t row)
{
    if (row >= r->end) {
        rowset_add(r->set, row, 1, r->mem);
        r->end = row + 1;
        return;
    }
    r->late = arena_grow(r->mem, r->late, &r->cap, r->n + 1, sizeof *r->late);
    r->late[r->n++] = row;
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static const RowSet *to_set(Rows *r)
{
    RowSet *late = rowset_new(r->mem);
    if (r->n)
        qsort(r->late, r->n, sizeof *r->late, ascending);
    for (size_t i = 0; i < r->n; i++)
        rowset_add(late, r->late[i], 1, r->mem);
    return rowset_union(r->set, late, r->mem);
}

/* ---------------------------------------------------------------- from key to row */

typedef struct KeyRow {
    uint64_t hash, row;
} KeyRow;

/* Rows of another recipe in the same table. */
typedef struct OtherRows {
    const LedgerKeys *keys;
    int at; /* the serial column's place in the key; -1: nothing tells which rows they are */
} OtherRows;

struct RowFinder {
    const TablePlan *tp;
    int nkey;
    Type *types;    /* how the key is read: a moment may stand in a text column */
    int serial, at; /* the serial column, and its place in the key; -1: `known` tells */
    const KeyRow *known;
    size_t nknown;
    OtherRows *others;
    int nothers;
};

/* Keys begin anew when a table is filled anew: the newest segment that has the key has the row. */
static bool row_of_serial(const RowFinder *f, int64_t key, uint64_t *row)
{
    for (int s = f->tp->nsegments - 1; s >= 0; s--) {
        const Segment *segment = &f->tp->segments[s];
        int64_t base = segment->key_base[f->serial];
        if (key < base || key >= base + (int64_t)segment->rows)
            continue;
        *row = segment->first_row + (uint64_t)(key - base);
        if (!plan_is_gone(f->tp, *row))
            return true;
    }
    return false;
}

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

static int by_hash(const void *a, const void *b)
{
    uint64_t x = ((const KeyRow *)a)->hash, y = ((const KeyRow *)b)->hash;
    return (x > y) - (x < y);
}

/* A VerifyRows.row_of. */
static bool find_row(void *ctx, const Vec *const *key, uint32_t k, uint64_t *row)
{
    const RowFinder *f = ctx;
    if (f->serial >= 0)
        return row_of_serial(f, key[f->at]->i[k], row);
    KeyRow wanted = {.hash = hash_of(key, f->nkey, k)};
    const KeyRow *found =
        f->nknown ? bsearch(&wanted, f->known, f->nknown, sizeof wanted, by_hash) : NULL;
    *row = found ? found->row : 0;
    return found != NULL;
}

typedef struct Keys {
    const RowFinder *finder;
    Rows out;
    /* Where the key is not serial: of keys whose rows are to be found, and of those that were
     * selected by their row. */
    uint64_t *hashes;
    KeyRow *told;
    size_t n, cap, ntold, told_cap;
    int64_t others; /* of out.own */
    const char *other;
    bool perhaps;
} Keys;

static void take_hash(Keys *keys, const Vec *const *cols, uint32_t k)
{
    uint64_t hash = hash_of(cols + 1, keys->finder->nkey, k); /* behind rn */
    if (vec_is_null(cols[0], k)) {
        keys->hashes[keys->n++] = hash;
        return;
    }
    keys->told =
        arena_grow(keys->out.mem, keys->told, &keys->told_cap, keys->ntold + 1, sizeof *keys->told);
    keys->told[keys->ntold++] = (KeyRow){hash, (uint64_t)cols[0]->i[k]};
    add_row(&keys->out, (uint64_t)cols[0]->i[k]);
}

static OtherRows *others_in(const Modify *m, const char *table, int *n, Arena *mem)
{
    LedgerKeys *keys = NULL;
    /* Once the command has begun to write, nobody asks. */
    int all = m->s->book ? ledger_book_keys(m->s->book, table, &keys, mem) : 0;
    OtherRows *others = arena_array(mem, OtherRows, all + 1);
    *n = 0;
    for (int i = 0; i < all; i++)
        if (strcmp(keys[i].recipe, m->s->recipe->name) != 0)
            others[(*n)++] = (OtherRows){&keys[i], -1};
    return others;
}

static void find_others(const Modify *m, const ClosureTable *node, RowFinder *f, Arena *mem)
{
    f->others = others_in(m, node->name, &f->nothers, mem);
    for (int i = 0; i < f->nothers; i++)
        for (int k = 0; f->others[i].keys->column && k < f->nkey; k++)
            if (strcmp(node->key[k], f->others[i].keys->column) == 0 &&
                f->types[k].kind == TYPE_INT)
                f->others[i].at = k;
}

void modify_suspect_others(const Modify *m, ModifyRows *rows, Arena *mem)
{
    int n = 0;
    const OtherRows *others = others_in(m, rows->table, &n, mem);
    rows->others = n ? rows->own : 0;
    rows->other = n ? others[0].keys->recipe : NULL;
    rows->perhaps = true;
}

/* A row that this recipe did not make: may another one have made it? */
static void add_own(Keys *keys, const Vec *const *key, uint32_t k)
{
    const RowFinder *f = keys->finder;
    keys->out.own++;
    for (int i = 0; i < f->nothers; i++) {
        const OtherRows *other = &f->others[i];
        if (other->at >= 0 &&
            (key[other->at]->i[k] < other->keys->first || key[other->at]->i[k] > other->keys->last))
            continue;
        keys->other = other->keys->recipe;
        keys->perhaps |= other->at < 0;
        keys->others++;
        return;
    }
}

static bool key_sink(void *ctx, const Vec *const *cols, uint32_t n)
{
    Keys *keys = ctx;
    const RowFinder *f = keys->finder;
    bool computed = f->tp && f->serial < 0;
    if (computed)
        keys->hashes =
            arena_grow(keys->out.mem, keys->hashes, &keys->cap, keys->n + n, sizeof *keys->hashes);
    for (uint32_t k = 0; k < n; k++) {
        uint64_t row;
        if (computed)
            take_hash(keys, cols, k);
        else if (f->tp && row_of_serial(f, cols[f->at + 1]->i[k], &row))
            add_row(&keys->out, row);
        else
            add_own(keys, cols + 1, k);
    }
    return true;
}

/* 64-bit hashes stand for the keys: among a million of them two agree once in 40 million commands.
 */
static void find_computed(const Modify *m, int t, const int *key_cols, Keys *keys, RowFinder *f)
{
    const TablePlan *tp = f->tp;
    Eval *eval = eval_new(m->made);
    uint64_t rows[BATCH_ROWS];
    KeyRow *known = arena_copy(keys->out.mem, keys->told, keys->ntold, keys->n, sizeof *known);
    size_t all = keys->n + keys->ntold;
    f->nknown = keys->ntold;
    if (keys->n)
        qsort(keys->hashes, keys->n, sizeof *keys->hashes, ascending);
    for (uint64_t first = 0; f->nknown < all && first < tp->rows; first += BATCH_ROWS) {
        uint32_t n = tp->rows - first < BATCH_ROWS ? (uint32_t)(tp->rows - first) : BATCH_ROWS;
        for (uint32_t k = 0; k < n; k++)
            rows[k] = first + k;
        Batch made = eval_cells(eval, t, rows, n, key_cols, f->nkey);
        for (uint32_t k = 0; k < n && f->nknown < all; k++) {
            uint64_t h = hash_of(made.cols, f->nkey, k);
            if (!bsearch(&h, keys->hashes, keys->n, sizeof h, ascending) ||
                plan_is_gone(tp, rows[k]))
                continue;
            known[f->nknown++] = (KeyRow){h, rows[k]};
            add_row(&keys->out, rows[k]);
        }
    }
    eval_free(eval);
    if (f->nknown)
        qsort(known, f->nknown, sizeof *known, by_hash);
    f->known = known;
}

/* ---------------------------------------------------------------- the interface */

bool modify_rows_of(Modify *m, int node_index, const char *sql, ModifyRows *out, Arena *mem,
                    Err *err)
{
    const ClosureTable *node = &m->removal.closure->tables[node_index];
    int t = modify_plan_of(m, node_index), nkey = node->nkey;
    const TablePlan *tp = t >= 0 ? &m->made->tables[t] : NULL;
    Type *types = arena_array(mem, Type, nkey + 2); /* behind rn */
    types[0] = (Type){.kind = TYPE_INT, .bits = 64};
    memcpy(types + 1, node->key_types, sizeof *types * (size_t)nkey);
    RowFinder *f = arena_new_of(mem, RowFinder);
    *f = (RowFinder){.tp = tp, .nkey = nkey, .types = types + 1, .serial = -1};
    int serial = tp ? plan_serial_key(tp) : -1, *cols = arena_array(mem, int, nkey + 1);
    bool computed = tp != NULL;
    for (int k = 0; k < nkey; k++) {
        cols[k] = tp ? table_column(tp->table, node->key[k]) : -1;
        computed = computed && cols[k] >= 0 && tp->cols[cols[k]].written;
        if (serial >= 0 && cols[k] == serial) {
            f->serial = serial;
            f->at = k;
        }
    }
    if (f->serial < 0 && computed && tp->rows > 0) {
        Eval *eval = eval_new(m->made);
        verify_generated_types(eval, t, tp, cols, nkey, f->types);
        eval_free(eval);
    }
    find_others(m, node, f, mem);
    Keys keys = {.finder = f, .out = {.set = rowset_new(mem), .mem = mem}};
    if (!m->s->db->connector->read(m->s->db, sql, types, nkey + 1, key_sink, &keys, mem, err))
        return false;
    if (f->serial < 0 && computed)
        find_computed(m, t, cols, &keys, f);
    *out = (ModifyRows){.plan = t,
                        .node = node_index,
                        .table = node->name,
                        .finder = f,
                        .own = keys.out.own,
                        .others = keys.others,
                        .other = keys.other,
                        .perhaps = keys.perhaps};
    out->rows = to_set(&keys.out);
    if (tp && f->serial < 0) {
        out->own = (int64_t)(keys.n + keys.ntold) - (int64_t)rowset_rows(out->rows);
        modify_suspect_others(m, out, mem);
    }
    return true;
}

bool modify_count_altered(Modify *m, ModifyRows *rows, const int *cols, int ncols, Arena *mem,
                          Err *err)
{
    const ClosureTable *node = &m->removal.closure->tables[rows->node];
    if (rowset_rows(rows->rows) == 0 || !rows->finder)
        return true;
    const Table *table = m->made->tables[rows->plan].table;
    const char **names = arena_array(mem, const char *, ncols + 1);
    for (int i = 0; i < ncols; i++)
        names[i] = table->cols[cols[i]].name;
    VerifyRows read = {.sql = closure_sql_cells(m->removal.closure, rows->node, names, ncols, mem),
                       .key_types = rows->finder->types,
                       .nkey = node->nkey,
                       .row_of = find_row,
                       .ctx = (void *)rows->finder,
                       .cols = cols,
                       .ncols = ncols};
    return verify_changed(m->s->db, m->made, rows->plan, &read, &rows->altered, mem, err);
}

int64_t modify_rows_made(const TablePlan *tp)
{
    return (int64_t)(tp->rows - tp->gone_rows);
}

static int by_first(const void *a, const void *b)
{
    int64_t x = ((const KeyRange *)a)->first, y = ((const KeyRange *)b)->first;
    return (x > y) - (x < y);
}

KeyRanges modify_issued(const Modify *m, int plan, Arena *mem)
{
    const TablePlan *tp = &m->made->tables[plan];
    KeyRanges all = {.column = plan_serial_key(tp)};
    int n = 0;
    if (all.column < 0)
        return all;
    all.ranges = arena_array(mem, KeyRange, tp->nsegments + 1);
    for (int s = 0; s < tp->nsegments; s++) {
        int64_t base = tp->segments[s].key_base[all.column];
        if (tp->segments[s].rows > 0)
            all.ranges[n++] = (KeyRange){base, base + (int64_t)tp->segments[s].rows - 1};
    }
    if (n)
        qsort(all.ranges, (size_t)n, sizeof *all.ranges, by_first);
    for (int i = 0; i < n; i++) {
        KeyRange *last = all.n ? &all.ranges[all.n - 1] : NULL;
        if (!last || all.ranges[i].first > last->last + 1)
            all.ranges[all.n++] = all.ranges[i];
        else if (all.ranges[i].last > last->last)
            last->last = all.ranges[i].last;
    }
    for (int i = 0; i < all.n; i++)
        all.keys += all.ranges[i].last - all.ranges[i].first + 1;
    return all;
}

static const char *serial_name(const Modify *m, int plan, int column, Arena *mem)
{
    Buf name;
    buf_init(&name, 1 << 10);
    dialect_ident(m->s->db->engine, &name, m->made->tables[plan].table->cols[column].name);
    const char *text = arena_strndup(mem, buf_cstr(&name), name.len);
    buf_free(&name);
    return text;
}

const char *modify_gap_where(const Modify *m, int plan, const KeyRanges *issued, int gap,
                             Arena *mem)
{
    const char *name = serial_name(m, plan, issued->column, mem), *behind = "";
    if (gap > 0)
        behind = arena_printf(mem, "c.%s > %lld%s", name, (long long)issued->ranges[gap - 1].last,
                              gap < issued->n ? " AND " : "");
    if (gap < issued->n)
        return arena_printf(mem, "%sc.%s < %lld", behind, name,
                            (long long)issued->ranges[gap].first);
    return *behind ? behind : "1 = 1";
}

const char *modify_made_where(const Modify *m, int plan, Arena *mem)
{
    const TablePlan *tp = &m->made->tables[plan];
    if (plan_serial_key(tp) < 0)
        return NULL;
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_byte(&sql, '(');
    plan_put_made(m->s->db->engine, &sql, tp, "c", 0);
    buf_byte(&sql, ')');
    const char *text = arena_strndup(mem, buf_cstr(&sql), sql.len);
    buf_free(&sql);
    return text;
}

/* All keys are read, and those of the plan's rows computed again. */
bool modify_find_made(Modify *m, ModifyTable *table, Arena *mem, Err *err)
{
    const Closure *c = m->removal.closure;
    const TablePlan *tp = &m->made->tables[table->plan];
    ModifyRows all = {0};
    if (plan_serial_key(tp) >= 0 || !modify_has_key(&c->tables[table->node]))
        return true;
    if (!modify_rows_of(m, table->node, closure_sql_all_keys(c, table->node, mem), &all, mem, err))
        return false;
    table->mine = all.rows;
    table->ours = (int64_t)rowset_rows(all.rows);
    return true;
}

static bool count_where(Modify *m, int plan, const char *where, int64_t *rows, Arena *mem, Err *err)
{
    const TablePlan *tp = &m->made->tables[plan];
    int64_t found = 0;
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "SELECT count(*) FROM ");
    dialect_table(m->s->db->engine, &sql, tp->table->schema, tp->table->name);
    buf_printf(&sql, " c%s%s", where ? " WHERE " : "", where ? where : "");
    bool ok = db_query_i64(m->s->db, buf_cstr(&sql), NULL, 0, 0, &found, mem, err);
    buf_free(&sql);
    *rows += found;
    return ok;
}

/* Every engine counts all rows faster than those of a range, and the user's own are few. */
bool modify_count_rows(Modify *m, ModifyTable *table, Arena *mem, Err *err)
{
    KeyRanges issued = modify_issued(m, table->plan, mem);
    int64_t own = 0;
    table->there = 0;
    if (!count_where(m, table->plan, NULL, &table->there, mem, err))
        return false;
    for (int gap = 0; issued.column >= 0 && gap <= issued.n; gap++)
        if (!count_where(m, table->plan, modify_gap_where(m, table->plan, &issued, gap, mem), &own,
                         mem, err))
            return false;
    int64_t made = modify_rows_made(&m->made->tables[table->plan]);
    table->ours = issued.column >= 0 ? table->there - own : made;
    if (table->ours > table->there)
        table->ours = table->there;
    return true;
}

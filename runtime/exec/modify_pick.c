/* N rows: those with the smallest keyed hash of their primary key, a choice that the seed and the
 * number of runs determine. Serial keys are known from the ledger, so that only the smallest hashes
 * are asked for, a few more than are wanted since some may be gone; other keys are read, all in one
 * pass. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "exec/modify.h"

/* ---------------------------------------------------------------- the smallest hashes */

typedef struct Picked {
    uint64_t hash;
    uint32_t slot;
} Picked;

/* The rows with the smallest hashes so far, the greatest of them on top of the heap. */
typedef struct Pick {
    Type *types; /* how the key is read */
    int nkey;
    bool unfit; /* some key was none of its type: it has to be read again, as text */
    uint64_t seed;
    Picked *heap;
    uint32_t n, wanted;
    Vec **keys; /* by slot */
    Arena *mem;
} Pick;

static void sift_up(Picked *heap, uint32_t at)
{
    while (at > 0 && heap[(at - 1) / 2].hash < heap[at].hash) {
        Picked up = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = heap[at];
        heap[at] = up;
        at = (at - 1) / 2;
    }
}

static void sift_down(Picked *heap, uint32_t n)
{
    for (uint32_t at = 0, child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && heap[child + 1].hash > heap[child].hash;
        if (heap[child].hash <= heap[at].hash)
            return;
        Picked down = heap[at];
        heap[at] = heap[child];
        heap[child] = down;
    }
}

static void keep_key(Pick *p, const Vec *const *cols, uint32_t row, uint32_t slot)
{
    for (int k = 0; k < p->nkey; k++) {
        Vec *to = p->keys[k];
        bool null = vec_is_null(cols[k], row); /* as SQLite's primary keys can be */
        if (null || to->null)
            vec_nulls(to, p->mem)[slot] = null;
        if (to->s)
            to->s[slot] = (Str){arena_strndup(p->mem, cols[k]->s[row].p, cols[k]->s[row].n),
                                cols[k]->s[row].n};
        else if (to->f)
            to->f[slot] = cols[k]->f[row];
        else
            to->i[slot] = cols[k]->i[row];
    }
}

static uint64_t key_hash(const Vec *const *cols, int n, uint32_t row, uint64_t seed)
{
    for (int k = 0; k < n; k++)
        seed = cols[k]->s   ? hash64(cols[k]->s[row].p, cols[k]->s[row].n, seed)
               : cols[k]->f ? hash64(&cols[k]->f[row], sizeof cols[k]->f[row], seed)
                            : hash64(&cols[k]->i[row], sizeof cols[k]->i[row], seed);
    return seed;
}

static void consider(Pick *p, uint64_t hash, const Vec *const *cols, uint32_t row)
{
    if (p->n < p->wanted) {
        p->heap[p->n] = (Picked){hash, p->n};
        keep_key(p, cols, row, p->n);
        sift_up(p->heap, p->n++);
    } else if (hash < p->heap[0].hash) {
        p->heap[0].hash = hash;
        keep_key(p, cols, row, p->heap[0].slot);
        sift_down(p->heap, p->n);
    }
}

/* Forgets what was picked. */
static void pick_begin(Pick *p)
{
    p->n = 0;
    p->unfit = false;
    for (int k = 0; k < p->nkey; k++)
        p->keys[k] = vec_new(p->mem, p->types[k].kind, p->types[k].scale, p->wanted + 1);
}

/* As text a key comes back as it is stored: SQLite may hold it in another form than its column's
 * type has (a day in a datetime column). */
static Pick pick_new(const Modify *m, const ModifyTable *table, uint32_t wanted, Arena *mem)
{
    const ClosureTable *node = &m->removal.closure->tables[table->node];
    const char *name = m->made->tables[table->plan].table->name;
    Pick p = {.nkey = node->nkey, .wanted = wanted, .mem = mem};
    p.types = arena_copy(mem, node->key_types, (size_t)p.nkey, 1, sizeof *p.types);
    for (int k = 0; m->s->db->engine == ENGINE_SQLITE && k < p.nkey; k++) {
        TypeKind kind = p.types[k].kind;
        if (kind == TYPE_DATE || kind == TYPE_TIME || kind == TYPE_TIMESTAMP ||
            kind == TYPE_DECIMAL)
            p.types[k] = (Type){.kind = TYPE_OTHER};
    }
    p.seed = hash64(name, strlen(name), m->made->seed ^ (uint64_t)m->s->nruns << 32);
    p.heap = arena_array(mem, Picked, (size_t)wanted + 1);
    p.keys = arena_array(mem, Vec *, p.nkey + 1);
    pick_begin(&p);
    return p;
}

/* ---------------------------------------------------------------- keys that there are */

static bool pick_sink(void *ctx, const Vec *const *cols, uint32_t n)
{
    Pick *p = ctx;
    for (uint32_t row = 0; row < n; row++) {
        for (int k = 0; k < p->nkey; k++)
            if (cols[k]->i && cols[k]->i[row] == DB_UNFIT) {
                p->types[k] = (Type){.kind = TYPE_OTHER};
                p->unfit = true;
            }
        consider(p, key_hash(cols, p->nkey, row, p->seed), cols, row);
    }
    return !p->unfit;
}

/* Those of the table, as far as a condition on `c` holds (NULL: all). */
static bool read_keys(Modify *m, const ModifyTable *table, const char *where, Pick *p, Arena *mem,
                      Err *err)
{
    const ClosureTable *node = &m->removal.closure->tables[table->node];
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "SELECT ");
    for (int k = 0; k < node->nkey; k++) {
        buf_str(&sql, k ? ", c." : "c.");
        dialect_ident(m->s->db->engine, &sql, node->key[k]);
    }
    buf_str(&sql, " FROM ");
    dialect_table(m->s->db->engine, &sql, node->table->schema, node->table->name);
    buf_printf(&sql, " c%s%s", where ? " WHERE " : "", where ? where : "");
    bool ok = m->s->db->connector->read(m->s->db, buf_cstr(&sql), p->types, node->nkey, pick_sink,
                                        p, mem, err);
    buf_free(&sql);
    return ok;
}

static void take_issued(Pick *p, const KeyRanges *issued, Arena *mem)
{
    Vec *key = vec_new(mem, TYPE_INT, 0, 1);
    const Vec *cols[] = {key};
    uint64_t hashes[BATCH_ROWS];
    for (int r = 0; r < issued->n; r++) {
        int64_t first = issued->ranges[r].first;
        uint64_t keys = (uint64_t)(issued->ranges[r].last - first) + 1, n;
        for (uint64_t done = 0; done < keys; done += n) {
            n = keys - done < BATCH_ROWS ? keys - done : BATCH_ROWS;
            hash64_numbers(first + (int64_t)done, n, p->seed, hashes);
            for (uint64_t i = 0; i < n; i++) {
                if (p->n == p->wanted && hashes[i] >= p->heap[0].hash)
                    continue;
                key->i[0] = first + (int64_t)(done + i);
                consider(p, hashes[i], cols, 0);
            }
        }
    }
}

/* ---------------------------------------------------------------- into the table of keys */

static Vec part_of(const Vec *v, uint32_t from, uint32_t n)
{
    Vec part = *v;
    part.n = n;
    part.i = v->i ? v->i + from : NULL;
    part.f = v->f ? v->f + from : NULL;
    part.s = v->s ? v->s + from : NULL;
    part.null = v->null ? v->null + from : NULL;
    return part;
}

/* cols: the key's, then perhaps rn. */
static bool load_keys(Modify *m, const ModifyTable *table, Vec *const *cols, int ncols, uint32_t n,
                      Arena *mem, Err *err)
{
    const Closure *c = m->removal.closure;
    const Connector *connector = m->s->db->connector;
    const Table *keys = closure_keys_table(c, table->node, false, mem);
    int *all = arena_array(mem, int, ncols + 1);
    for (int k = 0; k < ncols; k++)
        all[k] = k;
    DbLoad *load = connector->load_begin(m->s->db, keys, all, ncols, mem, err);
    if (!load)
        return false;
    Vec *parts = arena_array(mem, Vec, ncols + 1);
    const Vec **out = arena_array(mem, const Vec *, ncols + 1);
    bool ok = true;
    for (uint32_t from = 0; ok && from < n; from += BATCH_ROWS) {
        uint32_t some = n - from < BATCH_ROWS ? n - from : BATCH_ROWS;
        for (int k = 0; k < ncols; k++) {
            parts[k] = part_of(cols[k], from, some);
            out[k] = &parts[k];
        }
        Batch batch = {.first_row = from, .n = some, .ncols = ncols, .cols = out};
        ok = connector->load_batch(load, &batch, mem, err);
    }
    uint64_t taken = 0;
    return connector->load_end(load, &taken, mem, err) && ok;
}

/* ---------------------------------------------------------------- by computed keys */

typedef struct Ranked {
    int64_t key, rank;
} Ranked;

static int by_hash(const void *a, const void *b)
{
    uint64_t x = ((const Picked *)a)->hash, y = ((const Picked *)b)->hash;
    return (x > y) - (x < y);
}

static int by_key(const void *a, const void *b)
{
    int64_t x = ((const Ranked *)a)->key, y = ((const Ranked *)b)->key;
    return (x > y) - (x < y);
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The picked keys in ascending order, each with its rank among the hashes. */
static void rank_keys(Pick *p, Vec *keys, Vec *ranks, Arena *mem)
{
    Ranked *list = arena_array(mem, Ranked, (size_t)p->n + 1);
    qsort(p->heap, p->n, sizeof *p->heap, by_hash);
    for (uint32_t i = 0; i < p->n; i++)
        list[i] = (Ranked){p->keys[0]->i[p->heap[i].slot], i};
    qsort(list, p->n, sizeof *list, by_key);
    for (uint32_t i = 0; i < p->n; i++) {
        keys->i[i] = list[i].key;
        ranks->i[i] = list[i].rank;
    }
}

/* How many keys to ask for, so that most likely enough of them are there; 0: reading them all is no
 * more work. */
static uint32_t keys_to_ask(const Modify *m, const ModifyTable *table, const KeyRanges *issued,
                            int64_t wanted)
{
    const ClosureTable *node = &m->removal.closure->tables[table->node];
    const TablePlan *tp = &m->made->tables[table->plan];
    int64_t there = modify_rows_made(tp);
    if (issued->column < 0 || node->nkey != 1 || node->key_types[0].kind != TYPE_INT ||
        strcmp(node->key[0], tp->table->cols[issued->column].name) != 0 || there < 1)
        return 0;
    double ask = (double)wanted * (double)issued->keys / (double)there * 1.05 + 32;
    return ask < (double)issued->keys / 4 ? (uint32_t)ask : 0;
}

/* found: rows selected; less than wanted when more are gone than the ledger knows. */
static bool pick_issued(Modify *m, const ModifyTable *table, const KeyRanges *issued, uint32_t ask,
                        int64_t wanted, int64_t *found, Arena *mem, Err *err)
{
    const Closure *c = m->removal.closure;
    Pick p = pick_new(m, table, ask, mem);
    bool ours = m->o->seeded_only || m->o->kind == MODIFY_UPDATE;
    take_issued(&p, issued, mem);
    for (int gap = 0; !ours && !p.unfit && gap <= issued->n; gap++)
        if (!read_keys(m, table, modify_gap_where(m, table->plan, issued, gap, mem), &p, mem, err))
            return false;
    if (p.unfit) /* its number is not known here */
        return true;
    Vec *cols[] = {vec_new(mem, TYPE_INT, 0, p.n + 1), vec_new(mem, TYPE_INT, 0, p.n + 1)};
    rank_keys(&p, cols[0], cols[1], mem);
    int64_t absent = 0;
    const char *drop = closure_sql_drop_absent(c, table->node, NULL, mem);
    if (!load_keys(m, table, cols, 2, p.n, mem, err) ||
        !db_exec_params(m->s->db, drop, NULL, 0, &absent, mem, err))
        return false;
    *found = p.n - absent;
    if (*found <= wanted)
        return *found == wanted ||
               db_exec(m->s->db, mem, err, closure_sql_cut(c, table->node, 0, mem));
    int64_t last = 0;
    const char *nth = closure_sql_nth(c, table->node, wanted, mem);
    *found = wanted;
    return db_query_i64(m->s->db, nth, NULL, 0, 0, &last, mem, err) &&
           db_exec(m->s->db, mem, err, closure_sql_cut(c, table->node, last, mem));
}

/* Among rows that are known by their numbers, which take the keys' place in the heap. */
static bool pick_mine(Modify *m, const ModifyTable *table, int64_t wanted, Arena *mem, Err *err)
{
    const ClosureTable *node = &m->removal.closure->tables[table->node];
    const Table *made = m->made->tables[table->plan].table;
    Pick p = pick_new(m, table, (uint32_t)wanted, mem);
    int *key = arena_array(mem, int, node->nkey + 1);
    for (int k = 0; k < node->nkey; k++)
        key[k] = table_column(made, node->key[k]);
    p.nkey = 1;
    p.types[0] = (Type){.kind = TYPE_INT, .bits = 64};
    pick_begin(&p);
    Eval *eval = eval_new(m->made);
    uint64_t rows[BATCH_ROWS];
    Vec *numbers = vec_new(mem, TYPE_INT, 0, BATCH_ROWS);
    const Vec *cols[] = {numbers};
    RowCursor at = {0};
    for (uint32_t n; (n = rowset_read(table->mine, &at, rows, BATCH_ROWS)) > 0;) {
        Batch batch = eval_cells(eval, table->plan, rows, n, key, node->nkey);
        for (uint32_t k = 0; k < n; k++) {
            numbers->i[k] = (int64_t)rows[k];
            consider(&p, key_hash(batch.cols, node->nkey, k, p.seed), cols, k);
        }
    }
    eval_free(eval);
    RowSet *chosen = rowset_new(mem);
    qsort(p.keys[0]->i, p.n, sizeof *p.keys[0]->i, ascending);
    for (uint32_t i = 0; i < p.n; i++)
        rowset_add(chosen, (uint64_t)p.keys[0]->i[i], 1, mem);
    return removal_select_rows(&m->removal, table->node, m->made, table->plan, chosen, mem, err);
}

bool modify_pick(Modify *m, ModifyTable *table, int64_t wanted, Arena *mem, Err *err)
{
    if (table->mine)
        return pick_mine(m, table, wanted, mem, err);
    KeyRanges issued = modify_issued(m, table->plan, mem);
    uint32_t ask = keys_to_ask(m, table, &issued, wanted);
    int64_t found = 0;
    if (ask && !pick_issued(m, table, &issued, ask, wanted, &found, mem, err))
        return false;
    if (found == wanted)
        return true;
    Pick p = pick_new(m, table, (uint32_t)wanted, mem);
    const char *made = m->o->seeded_only || m->o->kind == MODIFY_UPDATE
                           ? modify_made_where(m, table->plan, mem)
                           : NULL;
    do {
        pick_begin(&p);
        if (!read_keys(m, table, made, &p, mem, err))
            return false;
    } while (p.unfit);
    if (!load_keys(m, table, p.keys, p.nkey, p.n, mem, err))
        return false;
    return p.n == wanted ||
           (modify_count_rows(m, table, mem, err) && modify_check_count(m, table, mem, err));
}

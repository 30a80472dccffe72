/* Keys of tables that the recipe does not fill. A segment drew from those that were there then. It
 * remembers their hash, and the keys themselves, so that its rows can be computed again when the
 * table has others: these keys then stand behind today's (FkPlan.pool), and the segment knows where
 * (Segment.pool_base). Keys that are too many for the ledger, or personal, are not kept. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/hash.h"
#include "plan/segments_int.h"

#define KEPT_MAX 100000 /* bytes of text */

static uint64_t key_hash(const Vec *const *cols, int ncols, uint64_t k, uint64_t h)
{
    for (int c = 0; c < ncols; c++) {
        const Vec *v = cols[c];
        h = v->s   ? hash64(v->s[k].p, v->s[k].n, h)
            : v->f ? hash64(&v->f[k], sizeof v->f[k], h)
                   : hash64(&v->i[k], sizeof v->i[k], h);
    }
    return h;
}

/* Of no keys at all; 0 means that a hash is not known. */
static uint64_t no_keys(const KeyPool *pool)
{
    uint64_t h = 1;
    for (int c = 0; c < pool->ncols; c++) {
        const int64_t type[] = {pool->cols[c]->kind, pool->cols[c]->scale};
        h = hash64(type, sizeof type, h);
    }
    return h;
}

static uint64_t hash_of(const KeyPool *pool, uint64_t first, uint64_t n)
{
    uint64_t h = no_keys(pool);
    for (uint64_t k = 0; k < n; k++)
        h = key_hash(pool->cols, pool->ncols, first + k, h);
    return h ? h : 1;
}

/* Segments drew from more and more keys, mostly: each key is hashed once. */
typedef struct PoolPrefix {
    uint64_t n, hash;
} PoolPrefix;

static uint64_t prefix_hash(const KeyPool *pool, PoolPrefix *at, uint64_t n)
{
    if (at->hash == 0 || n < at->n)
        *at = (PoolPrefix){0, no_keys(pool)};
    for (; at->n < n; at->n++)
        at->hash = key_hash(pool->cols, pool->ncols, at->n, at->hash);
    return at->hash ? at->hash : 1;
}

/* ---------------------------------------------------------------- in the ledger */

static bool is_personal(const TablePlan *tp, const FkPlan *fk)
{
    for (int i = 0; i < fk->fk->ncols; i++)
        if (tp->cols[fk->fk->cols[i]].pii)
            return true;
    return false;
}

static bool is_ascending(const KeyPool *pool, uint64_t first, uint64_t n)
{
    const Vec *v = pool->cols[0];
    bool ok = pool->ncols == 1 && v->kind == TYPE_INT && (n == 0 || v->i[first] >= 0);
    for (uint64_t k = first; ok && k + 1 < first + n; k++)
        ok = v->i[k] < v->i[k + 1];
    return ok && (n == 0 || v->i[first + n - 1] < NUMBER_MAX);
}

/* NULL: JSON has no word for it, or none that jansson reads back. */
static json_t *cell_json(const Vec *v, uint64_t k)
{
    if (v->s && memchr(v->s[k].p, 0, v->s[k].n))
        return NULL;
    return v->s   ? json_stringn(v->s[k].p, v->s[k].n)
           : v->f ? json_real(v->f[k])
                  : json_integer(v->i[k]);
}

/* Numbers as a set of ranges, else a list for each column; NULL: not to be kept. */
static json_t *keys_json(const KeyPool *pool, uint64_t first, uint64_t n, Arena *mem)
{
    if (is_ascending(pool, first, n)) {
        RowSet *set = rowset_new(mem);
        for (uint64_t k = first; k < first + n; k++)
            rowset_add(set, (uint64_t)pool->cols[0]->i[k], 1, mem);
        const char *text = rowset_text(set, mem);
        return strlen(text) <= KEPT_MAX ? json_string(text) : NULL;
    }
    json_t *all = json_array();
    size_t size = 0;
    for (int c = 0; c < pool->ncols; c++) {
        const Vec *v = pool->cols[c];
        json_t *list = json_array();
        json_array_append_new(all, list);
        for (uint64_t k = first; k < first + n; k++) {
            json_t *cell = cell_json(v, k);
            size += (v->s ? v->s[k].n : 8) + 3;
            if (cell && size <= KEPT_MAX) {
                json_array_append_new(list, cell);
                continue;
            }
            json_decref(cell);
            json_decref(all);
            return NULL;
        }
    }
    return all;
}

static bool kept_before(const TablePlan *tp, const Segment *s, int f)
{
    for (const Segment *other = tp->segments; other < s; other++)
        if (other->pool_hash[f] == s->pool_hash[f])
            return true;
    return false;
}

void pools_put(const TablePlan *tp, const Segment *s, json_t *all)
{
    Arena *mem = arena_new();
    json_t *pools = json_object();
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        if (fk->mode != FK_POOL || s->pool_hash[f] == 0)
            continue;
        json_t *pool = json_object(), *keys = NULL;
        json_object_set_new(
            pool, "hash",
            json_string(arena_printf(mem, "%016llx", (unsigned long long)s->pool_hash[f])));
        if (!is_personal(tp, fk) && !kept_before(tp, s, f))
            keys =
                keys_json(fk->pool, s->pool_base[f], s->parent_first[f] + s->parent_count[f], mem);
        if (keys)
            json_object_set_new(pool, "keys", keys);
        json_object_set_new(pools, arena_printf(mem, "%d", f), pool);
    }
    if (json_object_size(pools))
        json_object_set(all, "pools", pools);
    json_decref(pools);
    arena_free(mem);
}

static bool read_cell(const json_t *cell, Vec *v, uint64_t k, Arena *mem)
{
    if (v->s && json_is_string(cell)) {
        size_t n = json_string_length(cell);
        v->s[k] = (Str){arena_strndup(mem, json_string_value(cell), n), (uint32_t)n};
        return true;
    }
    if (v->f && json_is_real(cell))
        v->f[k] = json_real_value(cell);
    else if (v->i && json_is_integer(cell))
        v->i[k] = json_integer_value(cell);
    else
        return false;
    return true;
}

static bool read_ranges(const char *text, Vec *v, uint64_t n, Arena *mem)
{
    const RowSet *set = rowset_parse(text, mem);
    uint64_t k = 0;
    if (!set || rowset_rows(set) != n || !v->i)
        return false;
    for (size_t i = 0; i < set->nranges; i++)
        for (uint64_t j = 0; j < set->ranges[i].rows; j++)
            v->i[k++] = (int64_t)(set->ranges[i].first + j);
    return true;
}

/* The keys, if they are what was hashed. */
static const KeyPool *read_keys(const json_t *keys, const KeyPool *now, uint64_t n, uint64_t hash,
                                Arena *mem)
{
    Vec **cols = arena_array(mem, Vec *, now->ncols + 1);
    KeyPool *pool = arena_new_of(mem, KeyPool);
    bool ok = json_is_string(keys) ? now->ncols == 1 : json_array_size(keys) == (size_t)now->ncols;
    if (!ok || n > POOL_KEYS_MAX)
        return NULL;
    for (int c = 0; c < now->ncols; c++)
        cols[c] = vec_new(mem, now->cols[c]->kind, now->cols[c]->scale, (uint32_t)n);
    if (json_is_string(keys))
        ok = read_ranges(json_string_value(keys), cols[0], n, mem);
    for (int c = 0; ok && json_is_array(keys) && c < now->ncols; c++) {
        const json_t *list = json_array_get(keys, (size_t)c);
        ok = json_array_size(list) == n;
        for (uint64_t k = 0; ok && k < n; k++)
            ok = read_cell(json_array_get(list, (size_t)k), cols[c], k, mem);
    }
    *pool = (KeyPool){.count = n, .ncols = now->ncols, .cols = (const Vec *const *)cols};
    return ok && hash_of(pool, 0, n) == hash ? pool : NULL;
}

bool pools_read(const TablePlan *tp, const json_t *all, Ranges *r, Arena *mem)
{
    const json_t *pools = json_object_get(all, "pools");
    for (int f = 0; f < tp->table->nfks; f++) {
        const json_t *pool = json_object_get(pools, arena_printf(mem, "%d", f));
        if (tp->fks[f].mode != FK_POOL || !pool)
            continue;
        const char *hash = json_string_value(json_object_get(pool, "hash"));
        r->pool_hash[f] = hash ? strtoull(hash, NULL, 16) : 0;
        if (r->pool_hash[f] == 0)
            return false;
        const json_t *keys = json_object_get(pool, "keys");
        if (keys)
            r->pool_kept[f] =
                read_keys(keys, tp->fks[f].pool, r->parent_first[f] + r->parent_count[f],
                          r->pool_hash[f], mem);
    }
    return true;
}

/* ---------------------------------------------------------------- in the plan */

struct PoolWalk {
    PoolPrefix prefix;
    uint64_t end, cap; /* of the keys in FkPlan.pool; cap 0: it is still the target's own */
};

PoolWalk *pools_begin(const TablePlan *tp, Arena *mem)
{
    PoolWalk *walks = arena_array(mem, PoolWalk, tp->table->nfks + 1);
    for (int f = 0; f < tp->table->nfks; f++)
        walks[f].end = tp->fks[f].mode == FK_POOL ? tp->fks[f].pool->count : 0;
    return walks;
}

static Vec *widen(const Vec *v, uint64_t n, uint64_t cap, Arena *mem)
{
    Vec *out = vec_new(mem, v->kind, v->scale, (uint32_t)cap);
    if (v->s)
        memcpy(out->s, v->s, sizeof *v->s * n);
    else if (v->f)
        memcpy(out->f, v->f, sizeof *v->f * n);
    else
        memcpy(out->i, v->i, sizeof *v->i * n);
    return out;
}

static void append_keys(FkPlan *fk, PoolWalk *walk, const KeyPool *kept, Arena *mem)
{
    uint64_t end = walk->end + kept->count;
    if (end > walk->cap) {
        KeyPool *pool = arena_new_of(mem, KeyPool);
        Vec **cols = arena_array(mem, Vec *, fk->pool->ncols + 1);
        for (int c = 0; c < fk->pool->ncols; c++)
            cols[c] = widen(fk->pool->cols[c], walk->end, 2 * end, mem);
        *pool = *fk->pool;
        pool->cols = (const Vec *const *)cols;
        fk->pool = pool;
        walk->cap = 2 * end;
    }
    for (int c = 0; c < fk->pool->ncols; c++) {
        Vec *to = (Vec *)fk->pool->cols[c];
        const Vec *from = kept->cols[c];
        for (uint64_t k = 0; k < kept->count; k++)
            if (to->s)
                to->s[walk->end + k] = from->s[k];
            else if (to->f)
                to->f[walk->end + k] = from->f[k];
            else
                to->i[walk->end + k] = from->i[k];
    }
    walk->end = end;
}

/* Where the n keys of a segment with this hash stand; UINT64_MAX: nowhere yet. */
static uint64_t base_of(const TablePlan *tp, int f, uint64_t n, uint64_t hash)
{
    for (int i = 0; i < tp->nsegments; i++) {
        const Segment *s = &tp->segments[i];
        if (s->pool_hash[f] == hash && s->pool_base[f] > 0 &&
            s->parent_first[f] + s->parent_count[f] == n)
            return s->pool_base[f];
    }
    return UINT64_MAX;
}

void pools_place(TablePlan *tp, PoolWalk *walks, Ranges *r, Arena *mem)
{
    for (int f = 0; f < tp->table->nfks; f++) {
        FkPlan *fk = &tp->fks[f];
        uint64_t n = r->parent_first[f] + r->parent_count[f], hash = r->pool_hash[f];
        if (fk->mode != FK_POOL)
            continue;
        if (hash && n <= fk->pool->count && prefix_hash(fk->pool, &walks[f].prefix, n) == hash)
            continue;
        uint64_t base = hash ? base_of(tp, f, n, hash) : UINT64_MAX;
        if (base == UINT64_MAX && r->pool_kept[f]) {
            base = walks[f].end;
            append_keys(fk, &walks[f], r->pool_kept[f], mem);
        }
        if (base != UINT64_MAX) {
            r->pool_base[f] = base;
            continue;
        }
        PoolState state = hash ? POOL_LOST : POOL_UNSURE;
        fk->pool_state = state > fk->pool_state ? state : fk->pool_state;
        if (fk->group < 0) /* as good as any */
            r->parent_count[f] = fk->pool->count;
    }
}

bool pools_hold(const FkPlan *fk, const Ranges *r, int f)
{
    uint64_t n = r->parent_first[f] + r->parent_count[f];
    return r->pool_base[f] > 0 || n <= fk->pool->count;
}

bool pools_other(const TablePlan *tp, const Segment *last, int f)
{
    const FkPlan *fk = &tp->fks[f];
    return fk->mode == FK_POOL && (last->pool_base[f] > 0 || fk->pool_state == POOL_LOST ||
                                   last->parent_first[f] + last->parent_count[f] < fk->pool->count);
}

void pools_draw(const TablePlan *tp, PoolWalk *walks, Ranges *r)
{
    for (int f = 0; f < tp->table->nfks; f++)
        if (tp->fks[f].mode == FK_POOL)
            r->pool_hash[f] = prefix_hash(tp->fks[f].pool, &walks[f].prefix,
                                          r->parent_first[f] + r->parent_count[f]);
}

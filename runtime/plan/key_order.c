/* Which unique key of a table comes first and gives the columns that others share with it: the one
 * with the fewest columns. Where that leaves too few values, the one with the least room does, and
 * the order is kept with the rows from then on, since rooms grow with the parents. */
#include <string.h>

#include <jansson.h>

#include "plan/segments_int.h"

static bool is_inside(const Key *key, const Key *other)
{
    return other->ncols < key->ncols && key_holds(key, other->cols, other->ncols);
}

/* Narrow keys first: a key that holds a narrower one whole is unique with it. */
static int narrow_first(const Table *table, const Key **out)
{
    int n = 0;
    for (int i = 0; i < table->nuniques; i++)
        if (table->uniques[i].ncols && is_inside(&table->primary, &table->uniques[i]))
            out[n++] = &table->uniques[i];
    if (table->primary.ncols)
        out[n++] = &table->primary;
    for (int width = 1; width <= table->ncols; width++)
        for (int i = 0; i < table->nuniques; i++)
            if (table->uniques[i].ncols == width && !is_inside(&table->primary, &table->uniques[i]))
                out[n++] = &table->uniques[i];
    return n;
}

static void sort_by(const Key **keys, uint64_t *ranks, int n)
{
    for (int i = 1; i < n; i++)
        for (int k = i; k > 0 && ranks[k] < ranks[k - 1]; k--) {
            const Key *key = keys[k];
            uint64_t rank = ranks[k];
            keys[k] = keys[k - 1];
            ranks[k] = ranks[k - 1];
            keys[k - 1] = key;
            ranks[k - 1] = rank;
        }
}

int plan_key_list(const Build *b, const TablePlan *tp, const Key **out)
{
    int n = narrow_first(tp->table, out);
    uint64_t *ranks = arena_array(b->mem, uint64_t, n + 1);
    for (int i = 0; i < n && tp->key_order; i++) {
        const char *columns = plan_columns_text(b->mem, tp->table, out[i]->cols, out[i]->ncols);
        while (ranks[i] < (uint64_t)tp->nkey_order && strcmp(tp->key_order[ranks[i]], columns) != 0)
            ranks[i]++;
    }
    sort_by(out, ranks, n);
    return n;
}

/* ---- by room */

static uint64_t times(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static uint64_t parents_of(const Build *b, const TablePlan *tp, const FkPlan *fk)
{
    if (fk->mode == FK_POOL)
        return fk->pool->count;
    const TablePlan *parent = &b->plan->tables[fk->parent];
    int64_t wanted = b->wanted[parent->recipe - b->recipe->tables];
    return parent == tp || fk->fk->late ? wanted < 0 ? 1 : (uint64_t)wanted : parent->rows;
}

/* How many values the key can have; under a parent that rows are counted by, for each of these. */
static uint64_t room_of(const Build *b, const TablePlan *tp, const Key *key)
{
    uint64_t room = 1;
    for (int i = 0; i < key->ncols; i++) {
        const Bound *bound = tp->cols[key->cols[i]].bound;
        if (bound && bound->indexable)
            room = bound->count ? times(room, bound->count) : UINT64_MAX;
    }
    for (int f = 0; f < tp->table->nfks; f++)
        if (tp->fks[f].mode != FK_PER && key_holds(key, tp->fks[f].fk->cols, tp->fks[f].fk->ncols))
            room = times(room, parents_of(b, tp, &tp->fks[f]));
    return room;
}

static void order_by_room(Build *b, TablePlan *tp)
{
    const Key **keys = arena_array(b->mem, const Key *, tp->table->nuniques + 1);
    int n = narrow_first(tp->table, keys);
    uint64_t *rooms = arena_array(b->mem, uint64_t, n + 1);
    const char **order = arena_array(b->mem, const char *, n + 1);
    for (int i = 0; i < n; i++)
        rooms[i] = room_of(b, tp, keys[i]);
    sort_by(keys, rooms, n);
    for (int i = 0; i < n; i++)
        order[i] = plan_columns_text(b->mem, tp->table, keys[i]->cols, keys[i]->ncols);
    tp->key_order = order;
    tp->nkey_order = n;
}

/* ---- the order that rows were made in */

/* False: the table has no rows yet. */
static bool order_of_rows(Build *b, TablePlan *tp)
{
    const char *name = plan_table_name(b->mem, tp->table);
    int h = 0;
    while (h < b->target->nhistory && strcmp(b->target->history[h].table, name) != 0)
        h++;
    if (h == b->target->nhistory)
        return false;
    json_t *all = json_loads(b->target->history[h].text, 0, NULL),
           *order = json_object_get(all, "order");
    int n = (int)json_array_size(order);
    const char **columns = arena_array(b->mem, const char *, n + 1);
    for (int i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(order, (size_t)i));
        columns[i] = arena_strdup(b->mem, text ? text : "");
    }
    tp->key_order = n ? columns : NULL;
    tp->nkey_order = n;
    json_decref(all);
    return true;
}

/* ---- keys and rows */

static bool keys_and_rows(Build *b, int t)
{
    bool keys = plan_keys(b, t) && plan_avoided_keys(b, t);
    return plan_segments(b, t) && keys && beneath_held(b, t);
}

static void begin_again(Build *b, TablePlan *tp, int notes)
{
    for (int c = 0; c < tp->table->ncols; c++)
        tp->cols[c].group = -1;
    for (int f = 0; f < tp->table->nfks; f++) {
        tp->fks[f].group = -1;
        tp->fks[f].apart = false;
        if (tp->fks[f].shared)
            tp->fks[f].shared->under = tp->fks[f].shared->group = -1;
    }
    for (int i = 0; i < tp->navoided; i++)
        ((Avoided *)tp->avoided)[i].group = -1;
    tp->ngroups = tp->nfixed = tp->nsegments = 0;
    tp->rows = 0;
    b->nnotes = b->plan->nnotes = notes;
}

bool plan_all_are(const Err *err, ErrCode code)
{
    const ErrItem *item = err->first;
    while (item && item->code == code)
        item = item->next;
    return !item;
}

bool plan_keyed_rows(Build *b, int t)
{
    TablePlan *tp = &b->plan->tables[t];
    Err *err = b->err, first = {0}, again = {0};
    int notes = b->nnotes;
    bool has_rows = order_of_rows(b, tp);
    b->err = &first;
    bool ok = keys_and_rows(b, t);
    if (!ok && !has_rows && tp->ngroups > 1 && plan_all_are(&first, ERR_UNIQUE)) {
        order_by_room(b, tp);
        begin_again(b, tp, notes);
        b->err = &again;
        ok = keys_and_rows(b, t);
        first = again; /* its numbers are nearer to what can be had */
    }
    b->err = err;
    for (const ErrItem *item = ok ? NULL : first.first; item; item = item->next)
        err_append(b->mem, err, item);
    return ok;
}

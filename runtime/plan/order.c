/* Load order: parents before children, ties in the recipe's order, so that a plan reads like its
 * recipe. Tables that refer to each other in a circle: one of the keys waits (circles.c). */
#include <string.h>

#include "base/map.h"
#include "plan/plan_int.h"

typedef struct Walk {
    Build *b;
    int *state;      /* 0 new, 1 on the path, 2 done */
    int *path, *via; /* tables on the path, and the foreign key by which the next one was reached */
    int depth, done;
    bool ok, opened; /* opened: a circle, so what was walked so far does not count */
} Walk;

static int recipe_index(const Recipe *recipe, const ForeignKey *fk, const Table *from)
{
    const char *schema = fk->ref_schema ? fk->ref_schema : from->schema;
    for (int i = 0; i < recipe->ntables; i++) {
        const Table *table = &recipe->tables[i].table;
        bool same_schema = !schema || !table->schema ? schema == table->schema
                                                     : strcmp(schema, table->schema) == 0;
        if (same_schema && strcmp(table->name, fk->ref_table) == 0)
            return i;
    }
    return -1;
}

static bool is_nullable(const Build *b, const Table *table, const ForeignKey *fk)
{
    const Table *there = plan_there(b, table);
    for (int i = 0; i < fk->ncols; i++) {
        int k = there ? table_column(there, table->cols[fk->cols[i]].name) : -1;
        if (k >= 0 ? there->cols[k].nullable : table->cols[fk->cols[i]].nullable)
            return true;
    }
    return false;
}

/* May rows do without the key for a while? PostgreSQL checks it, unless it can be deferred, as it
 * can in a table that is to be created, or be NULL; the others leave it to the session. */
static bool can_wait(const Build *b, const Table *table, const ForeignKey *fk)
{
    const ForeignKey *there = plan_fk_there(b, table, fk);
    return b->target->engine != ENGINE_POSTGRES || !there || there->deferrable ||
           is_nullable(b, table, fk);
}

/* Rows whose unique key leads to a parent that is gone are passed over. Who refers to them has to
 * be planned after them: all keys to that parent wait, where one does. */
static bool may_pass_over(const Build *b, const Table *table, int parent)
{
    bool holds = false;
    for (int f = 0; f < table->nfks; f++) {
        const ForeignKey *fk = &table->fks[f];
        if (recipe_index(b->recipe, fk, table) != parent)
            continue;
        holds = holds || key_holds(&table->primary, fk->cols, fk->ncols);
        for (int i = 0; i < table->nuniques; i++)
            holds = holds || key_holds(&table->uniques[i], fk->cols, fk->ncols);
    }
    return holds;
}

/* The key that the circle is opened at: its parent is loaded after its table, so the number of
 * parents must be known before. The last one of those that wait most easily; -1: none. */
static int opening(const Walk *w, int start)
{
    const Build *b = w->b;
    int found = -1, best = -1;
    for (int i = start; i < w->depth; i++) {
        const RecipeTable *table = &b->recipe->tables[w->path[i]];
        const ForeignKey *fk = &table->table.fks[w->via[i]];
        int parent = w->path[i + 1 < w->depth ? i + 1 : start];
        if (plan_is_per(table, fk, plan_table_name(b->mem, &b->recipe->tables[parent].table)) ||
            b->wanted[parent] < 0)
            continue;
        int rank = can_wait(b, &table->table, fk) * 4 +
                   may_pass_over(b, &table->table, parent) * 2 + is_nullable(b, &table->table, fk);
        if (rank < best)
            continue;
        best = rank;
        found = i;
    }
    return found;
}

static void open_circle(Walk *w, int start)
{
    Build *b = w->b;
    const char *path = "";
    for (int i = start; i < w->depth; i++) {
        const Table *table = &b->recipe->tables[w->path[i]].table;
        const ForeignKey *fk = &table->fks[w->via[i]];
        path = arena_printf(b->mem, "%s%s (%s) -> ", path, table->name,
                            plan_columns_text(b->mem, table, fk->cols, fk->ncols));
    }
    const Table *first = &b->recipe->tables[w->path[start]].table;
    path = arena_printf(b->mem, "%s%s", path, first->name);
    int at = opening(w, start);
    w->opened = true;
    if (at >= 0) {
        b->late[w->path[at]][w->via[at]] = path;
        return;
    }
    const ForeignKey *fk = &first->fks[w->via[start]];
    err_add(b->mem, b->err, ERR_RECIPE, fk->where ? fk->where : first->where, first->name,
            "the foreign keys go in a circle, and each of them needs its parents' number first: %s",
            path);
    err_hint(b->mem, b->err, "give one of these tables rows = N in place of per = {...}");
    w->ok = false;
}

static void visit(Walk *w, int index)
{
    w->state[index] = 1;
    w->path[w->depth++] = index;
    const Table *table = &w->b->recipe->tables[index].table;
    for (int f = 0; f < table->nfks && !w->opened; f++) {
        int parent = recipe_index(w->b->recipe, &table->fks[f], table);
        if (parent < 0 || parent == index || w->state[parent] == 2 || w->b->late[index][f])
            continue;
        w->via[w->depth - 1] = f;
        if (w->state[parent] == 0) {
            visit(w, parent);
            continue;
        }
        int start = 0;
        while (w->path[start] != parent)
            start++;
        open_circle(w, start);
    }
    w->depth--;
    w->state[index] = 2;
    w->b->order[w->done++] = index;
}

/* Each circle that is met is opened, and the walk begins anew. */
bool plan_order(Build *b)
{
    int n = b->recipe->ntables;
    b->order = arena_array(b->mem, int, n);
    b->late = arena_array(b->mem, const char **, n);
    for (int i = 0; i < n; i++)
        b->late[i] = arena_array(b->mem, const char *, b->recipe->tables[i].table.nfks + 1);
    Walk w = {.b = b, .ok = true, .opened = true};
    w.path = arena_array(b->mem, int, n + 1);
    w.via = arena_array(b->mem, int, n + 1);
    while (w.opened && w.ok) {
        w.opened = false;
        w.depth = w.done = 0;
        w.state = arena_array(b->mem, int, n);
        for (int i = 0; i < n && !w.opened; i++)
            if (w.state[i] == 0)
                visit(&w, i);
    }
    return w.ok;
}

const char *const *plan_outside_tables(const Recipe *recipe, int *n, Arena *mem)
{
    Map *seen = map_new(mem);
    for (int i = 0; i < recipe->ntables; i++) {
        const Table *table = &recipe->tables[i].table;
        for (int f = 0; f < table->nfks; f++) {
            const ForeignKey *fk = &table->fks[f];
            if (recipe_index(recipe, fk, table) >= 0)
                continue;
            const char *name = fk->ref_schema
                                   ? arena_printf(mem, "%s.%s", fk->ref_schema, fk->ref_table)
                                   : fk->ref_table;
            map_put(seen, name, (void *)fk);
        }
    }
    *n = (int)map_count(seen);
    const char **names = arena_array(mem, const char *, *n + 1);
    for (int i = 0; i < *n; i++)
        names[i] = map_key_at(seen, (size_t)i);
    return names;
}

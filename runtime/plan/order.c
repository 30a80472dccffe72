/* Load order: parents before children, ties in the recipe's order, so that a plan reads like its
 * recipe. */
#include <string.h>

#include "base/map.h"
#include "plan/plan_int.h"

typedef struct Walk {
    Build *b;
    int *state;      /* 0 new, 1 on the path, 2 done */
    int *path, *via; /* tables on the path, and the foreign key by which the next one was reached */
    int depth, done;
    bool ok;
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

static void report_circle(Walk *w, int start)
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
    const ForeignKey *fk = &first->fks[w->via[start]];
    err_add(b->mem, b->err, ERR_RECIPE, fk->where ? fk->where : first->where, first->name,
            "the foreign keys go in a circle: %s%s", path, first->name);
    err_hint(
        b->mem, b->err,
        "a table that refers to itself is fine (ref(t)); between tables, leave one of these references out");
    w->ok = false;
}

static void visit(Walk *w, int index)
{
    w->state[index] = 1;
    w->path[w->depth++] = index;
    const Table *table = &w->b->recipe->tables[index].table;
    for (int f = 0; f < table->nfks; f++) {
        int parent = recipe_index(w->b->recipe, &table->fks[f], table);
        if (parent < 0 || parent == index || w->state[parent] == 2)
            continue;
        w->via[w->depth - 1] = f;
        if (w->state[parent] == 0) {
            visit(w, parent);
            continue;
        }
        int start = 0;
        while (w->path[start] != parent)
            start++;
        report_circle(w, start);
    }
    w->depth--;
    w->state[index] = 2;
    w->b->order[w->done++] = index;
}

bool plan_order(Build *b)
{
    int n = b->recipe->ntables;
    b->order = arena_array(b->mem, int, n);
    Walk w = {.b = b, .ok = true};
    w.state = arena_array(b->mem, int, n);
    w.path = arena_array(b->mem, int, n);
    w.via = arena_array(b->mem, int, n);
    for (int i = 0; i < n; i++)
        if (w.state[i] == 0)
            visit(&w, i);
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

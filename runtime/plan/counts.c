/* How many rows each table is to hold: the recipe's rows times one factor (--size, else the
 * environment's scale, else the recipe's volume) where they are not fixed, or an exact number for
 * one table. Children without rows of their own follow `per`. */
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "plan/plan_int.h"

/* One row is kept where the recipe wants some: a tenth of a 3-row lookup is still a lookup. */
static int64_t scaled(int64_t rows, double factor)
{
    if (rows == 0 || factor == 0)
        return 0;
    double product = (double)rows * factor;
    int64_t result = product >= 9e18 ? INT64_MAX : (int64_t)(product + 0.5);
    return result < 1 ? 1 : result;
}

static const RecipeVolume *volume_of(const Recipe *recipe, const char *env)
{
    for (int i = 0; i < recipe->nvolumes; i++)
        if (strcmp(recipe->volumes[i].env, env) == 0)
            return &recipe->volumes[i];
    return NULL;
}

static int table_index(const Recipe *recipe, const char *name)
{
    const RecipeTable *table = recipe_table(recipe, name);
    return table ? (int)(table - recipe->tables) : -1;
}

static bool set_rows(Build *b, const char *where, const char *what, const char *name, int64_t rows)
{
    int index = table_index(b->recipe, name);
    if (index < 0) {
        int n = b->recipe->ntables;
        const char **names = arena_array(b->mem, const char *, n + 1);
        for (int i = 0; i < n; i++)
            names[i] = b->recipe->tables[i].table.name;
        const char *near = name_nearest(name, names, (size_t)n);
        err_add(b->mem, b->err, where ? ERR_RECIPE : ERR_USAGE, where, what,
                "there is no table \"%s\" in the recipe", name);
        if (near)
            err_hint(b->mem, b->err, "did you mean \"%s\"?", near);
        else
            err_hint(b->mem, b->err, "the recipe has: %s", text_list(names, n, 12, b->mem));
        return false;
    }
    if (rows < 0)
        return err_add(b->mem, b->err, ERR_COUNT, where, what, "%s cannot have %s rows", name,
                       text_count(rows, b->mem));
    b->wanted[index] = rows;
    return true;
}

static bool count_factor(Build *b, double *factor)
{
    const PlanOptions *o = b->options;
    const RecipeVolume *volume = volume_of(b->recipe, o->env->name);
    *factor = o->size > 0                    ? o->size
              : o->env->scale > 0            ? o->env->scale
              : volume && volume->factor > 0 ? volume->factor
                                             : 1.0;
    if (o->count < 0)
        return true;
    const RecipeTable *first = b->recipe->ntables ? &b->recipe->tables[0] : NULL;
    for (int i = 0; first && first->fixed && i < b->recipe->ntables; i++)
        first = &b->recipe->tables[i];
    if (!first || !first->has_rows || first->rows == 0) {
        err_add(b->mem, b->err, ERR_USAGE, NULL, "--count",
                "the recipe's first table%s%s has no rows to scale by", first ? " " : "",
                first ? first->table.name : "");
        return err_hint(b->mem, b->err, "give a number per table: --count TABLE=N,...");
    }
    *factor = (double)o->count / (double)first->rows;
    return true;
}

bool plan_counts(Build *b)
{
    const Recipe *recipe = b->recipe;
    double factor = 1;
    b->wanted = arena_array(b->mem, int64_t, recipe->ntables);
    if (!count_factor(b, &factor))
        return false;
    bool ok = true;
    for (int i = 0; i < recipe->ntables; i++) {
        const RecipeTable *table = &recipe->tables[i];
        b->wanted[i] = !table->has_rows ? -1
                       : table->fixed   ? table->rows
                                        : scaled(table->rows, factor);
        if (!table->has_rows && table->npers == 0) {
            ok = err_add(b->mem, b->err, ERR_COUNT, table->table.where, table->table.name,
                         "the table says neither how many rows nor per what");
            err_hint(b->mem, b->err,
                     "r:table(\"%s\", { rows = 100 }, ...) or { per = { parent, between(1, 5) } }",
                     table->table.name);
        }
    }
    if (b->options->count == 0)
        for (int i = 0; i < recipe->ntables; i++)
            b->wanted[i] = 0;
    const RecipeVolume *volume = volume_of(recipe, b->options->env->name);
    bool by_factor = b->options->size > 0 || b->options->count >= 0;
    for (int i = 0; volume && !by_factor && i < volume->ntables; i++)
        ok = set_rows(b, volume->where, "volumes", volume->tables[i], volume->rows[i]) && ok;
    for (int i = 0; !by_factor && i < b->options->env->nrows; i++)
        ok = set_rows(b, b->options->env->path, "rows", b->options->env->rows[i].table,
                      b->options->env->rows[i].rows) &&
             ok;
    for (int i = 0; i < b->options->ncounts; i++)
        ok =
            set_rows(b, NULL, "--count", b->options->counts[i].table, b->options->counts[i].rows) &&
            ok;
    return ok;
}

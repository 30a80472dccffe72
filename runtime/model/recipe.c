/* Looking things up in a frozen recipe. */
#include "model/recipe.h"

#include <string.h>

/* "name", or "schema.name"; the first that fits. */
const RecipeTable *recipe_table(const Recipe *recipe, const char *name)
{
    for (int i = 0; i < recipe->ntables; i++) {
        const Table *table = &recipe->tables[i].table;
        if (strcmp(table->name, name) == 0)
            return &recipe->tables[i];
        size_t n = table->schema ? strlen(table->schema) : 0;
        if (n && strncmp(name, table->schema, n) == 0 && name[n] == '.' &&
            strcmp(name + n + 1, table->name) == 0)
            return &recipe->tables[i];
    }
    return NULL;
}

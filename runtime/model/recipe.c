/* Looking things up in a frozen recipe. */
#include "model/recipe.h"

#include <string.h>

/* "name", or "schema.name"; the first that fits. */
const RecipeTable *recipe_table(const Recipe *recipe, const char *name)
{
    for (int i = 0; i < recipe->ntables; i++)
        if (table_is_called(&recipe->tables[i].table, name))
            return &recipe->tables[i];
    for (int i = 0; i < recipe->ntables; i++)
        if (strcmp(recipe->tables[i].table.name, name) == 0)
            return &recipe->tables[i];
    return NULL;
}

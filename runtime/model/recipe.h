/* Recipe: what the Lua recipe said, frozen. Nothing in it knows Lua any more. */
#ifndef SEEDPIPE_MODEL_RECIPE_H
#define SEEDPIPE_MODEL_RECIPE_H

#include "model/locale.h"
#include "model/table.h"

typedef struct RecipePer {
    const char *parent; /* table name */
    const Node *count;  /* a generator of integers >= 0: between(0, 9), a constant, ... */
    const char
        *fk_col; /* the reference column it goes through; NULL: the only one to that parent */
    const char *where;
} RecipePer;

typedef struct RecipeTable {
    Table table; /* columns with their nodes, keys, references as ForeignKey, checks */
    bool has_rows;
    int64_t rows; /* rows = N at volume 1 */
    bool fixed;   /* ... and at every other one */
    RecipePer *pers;
    int npers;
    bool create; /* { create = false } forbids creating it */
} RecipeTable;

typedef struct RecipeVolume {
    const char *env;
    double factor;             /* of every table's rows */
    const char *const *tables; /* or rows per table: env = { borrowers = 10, ... } */
    const int64_t *rows;
    int ntables;
    const char *where;
} RecipeVolume;

typedef struct RecipeSource {
    const char *name; /* path as it was given, or below the recipe's folder for required files */
    const char *text;
    size_t len;
} RecipeSource;

typedef struct Recipe {
    const char *name;
    const char *path;
    uint64_t seed;
    bool has_clock;
    int64_t clock; /* microseconds since the epoch, UTC */
    int engine;
    Locales locales;
    RecipeTable *tables; /* in the order of the recipe */
    int ntables;
    RecipeVolume *volumes;
    int nvolumes;
    RecipeSource *sources; /* the recipe and all it required, for the ledger */
    int nsources;
} Recipe;

/* By "name" or "schema.name"; where no other is called "name", the one of that name in whatever
 * schema. NULL: none. */
const RecipeTable *recipe_table(const Recipe *recipe, const char *name);

#endif

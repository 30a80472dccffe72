/* Loads recipes from texts in tests, without files, and compares errors with what a person should
 * see. */
#ifndef SEEDPIPE_TEST_RECIPEKIT_H
#define SEEDPIPE_TEST_RECIPEKIT_H

#include "gen/gen.h"
#include "recipe/recipe.h"

typedef struct RecipeKit {
    Arena *mem;
    Err err;
    const Recipe *recipe; /* NULL when it was refused */
} RecipeKit;

/* A text as recipes/x.lua. */
RecipeKit recipekit_load(const char *text);
/* The same, with `lines` as the body of the table "loans": it stands in lines 8 and on. Before it,
 * "users" has id, name, boss_id = ref(t), is (a column that is called like a method) and check. */
RecipeKit recipekit_table(const char *lines);
/* Fails the test, with the errors, when the recipe was refused. */
RecipeKit recipekit_good(const char *text);
RecipeKit recipekit_good_table(const char *lines);
void recipekit_free(RecipeKit *kit);

/* The errors, one a line: "where | subject | message | hint". */
const char *recipekit_errors(const RecipeKit *kit);
/* Is refused, and the errors read so from their beginning. Frees the kit. */
void recipekit_refused(RecipeKit kit, const char *file, int line, const char *expected);
#define REFUSED(text, expected)                                                                    \
    recipekit_refused(recipekit_load(text), __FILE__, __LINE__, expected)
#define REFUSED_TABLE(lines, expected)                                                             \
    recipekit_refused(recipekit_table(lines), __FILE__, __LINE__, expected)

const Column *recipekit_column(const RecipeKit *kit, const char *table, const char *column);
/* The value of a named parameter of a generator node. */
const Value *recipekit_param(const Node *node, const char *name);

#endif

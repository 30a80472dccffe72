/* Loads a Lua recipe in a sandbox and freezes it. The Lua state is closed before this returns. */
#ifndef SEEDPIPE_RECIPE_RECIPE_H
#define SEEDPIPE_RECIPE_RECIPE_H

#include "base/err.h"
#include "model/recipe.h"

/* Versions of the algorithms. A recipe that names none has the first, so that it makes the same
 * data under every newer program. */
#define RECIPE_ENGINE_DEFAULT 1
#define RECIPE_ENGINE_NEWEST  1

/* What the user says besides the recipe. */
typedef struct RecipeOptions {
    const char *locale;     /* in place of the recipe's: "de", "de=70,fr=30"; NULL: the recipe's */
    const char *locale_dir; /* locale files; NULL: where the Debian package ruby-faker has them */
} RecipeOptions;

/* A path, or a bare name looked up as recipes/NAME.lua in the working directory, then in the
 * installed recipes. NULL with ERR_RECIPE errors; every error carries file:line and the path in the
 * recipe ("loans.amount"). */
const Recipe *recipe_load(const char *path_or_name, const RecipeOptions *options, Arena *mem,
                          Err *err);

/* The same from sources kept in a ledger (sources[0] is the recipe), without touching files, locale
 * files and the user's choice of a locale included. */
const Recipe *recipe_load_sources(const RecipeSource *sources, int n, Arena *mem, Err *err);

/* One difference between two recipes: "loans.amount", "was int { ... }, is float { ... }". */
typedef struct RecipeChange {
    const char *where; /* in the recipe as it is now; NULL */
    const char *subject, *text;
} RecipeChange;
/* What of the digest differs: tables, columns, keys, references, constraints, counts of children;
 * and how many rows are asked for, which is none by itself. Seed and clock are the caller's. */
int recipe_diff(const Recipe *before, const Recipe *now, RecipeChange **changes, Arena *mem);

/* What a source holds that came from a package's files: "the files of locale de"; NULL: Lua. */
const char *recipe_source_data(const char *name, Arena *mem);

/* The words for records beside the generators, person place card: number i, NULL behind the last.
 * Their definitions are for help; the values of one, company too, are its members. */
const struct GenDef *recipe_record(int i);
const char *recipe_record_member(const char *word, int i);

/* The Lua that is in use, such as "5.4.4". */
const char *recipe_lua_version(void);

#endif

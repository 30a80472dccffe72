/* From a name on the command line to a frozen recipe: finding the file, reading what it requires,
 * or taking both from the sources that a ledger kept. */
#include <string.h>

#include "base/os.h"
#include "recipe/recipe_int.h"

#ifndef SEEDPIPE_DATADIR
#define SEEDPIPE_DATADIR "/usr/local/share/seedpipe"
#endif

static bool ends_in_lua(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".lua") == 0;
}

/* The names of the recipes in a folder, without .lua, appended to a list. */
static int list_recipes(const char *dir, const char **names, int n, int max, Arena *mem)
{
    size_t count;
    char **files = os_list_dir(dir, &count, mem);
    for (size_t i = 0; i < count && n < max; i++)
        if (ends_in_lua(files[i]))
            names[n++] = arena_strndup(mem, files[i], strlen(files[i]) - 4);
    return n;
}

#define LISTED_MAX 200

static const char *not_found(const char *name, const char *looked, const char *const *dirs,
                             int ndirs, Arena *mem, Err *err)
{
    const char *names[LISTED_MAX];
    int n = 0;
    for (int i = 0; i < ndirs; i++)
        n = list_recipes(dirs[i], names, n, LISTED_MAX, mem);
    err_add(mem, err, ERR_RECIPE, NULL, NULL, "there is no recipe %s (looked for %s)", name,
            looked);
    const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
    size_t len = strlen(base);
    const char *near = name_nearest(ends_in_lua(base) ? arena_strndup(mem, base, len - 4) : base,
                                    names, (size_t)n);
    const char *all = "";
    for (int i = 0; i < n && i < 10; i++)
        all = arena_printf(mem, "%s%s%s", all, i ? ", " : "", names[i]);
    if (near)
        err_hint(mem, err, "did you mean %s?", near);
    else if (n)
        err_hint(mem, err, "there are: %s%s", all, n > 10 ? ", ..." : "");
    else
        err_hint(mem, err, "give the path of a recipe, such as recipes/shop.lua");
    return NULL;
}

/* The path of the file to read; NULL with an error. */
static const char *find(const char *name, Arena *mem, Err *err)
{
    if (!*name) {
        err_add(mem, err, ERR_RECIPE, NULL, NULL, "the recipe's name is empty");
        return NULL;
    }
    if (strchr(name, '/') || ends_in_lua(name)) {
        const char *dir = os_dirname(name, mem);
        if (!os_exists(name))
            return not_found(name, name, &dir, 1, mem, err);
        if (!os_is_dir(name))
            return name;
        err_add(mem, err, ERR_RECIPE, NULL, NULL, "%s is a directory, not a recipe", name);
        return NULL;
    }
    const char *file = arena_printf(mem, "%s.lua", name);
    const char *dirs[] = {"recipes", SEEDPIPE_DATADIR "/recipes"};
    const char *looked = "";
    for (int i = 0; i < 2; i++) {
        const char *path = os_path_join(dirs[i], file, mem);
        if (os_exists(path) && !os_is_dir(path))
            return path;
        looked = arena_printf(mem, "%s%s%s", looked, i ? " and " : "", path);
    }
    return not_found(name, looked, dirs, 2, mem, err);
}

static const Recipe *load(const Load *begin, const char *text, size_t len)
{
    Load ld = *begin;
    bool ok = load_run(&ld, text, len);
    if (ld.trace_wanted) {
        ld = *begin;
        ld.trace = true;
        ok = load_run(&ld, text, len);
    }
    return ok && freeze(&ld) && locales_load(&ld) ? ld.recipe : NULL;
}

const Recipe *recipe_load(const char *path_or_name, const RecipeOptions *options, Arena *mem,
                          Err *err)
{
    const char *path = find(path_or_name, mem, err);
    if (!path)
        return NULL;
    size_t len;
    const char *text = os_read_file(path, LOAD_MAX_FILE, &len, ERR_RECIPE, mem, err);
    if (!text)
        return NULL;
    Load ld = {.mem = mem,
               .err = err,
               .path = arena_strdup(mem, path),
               .dir = os_dirname(path, mem),
               .options = options};
    return load(&ld, text, len);
}

const Recipe *recipe_load_sources(const RecipeSource *sources, int n, Arena *mem, Err *err)
{
    if (n < 1) {
        err_add(mem, err, ERR_RECIPE, NULL, NULL, "there is no recipe to load");
        return NULL;
    }
    Load ld = {.mem = mem,
               .err = err,
               .path = arena_strdup(mem, sources[0].name),
               .given = sources,
               .ngiven = n};
    return load(&ld, arena_strndup(mem, sources[0].text, sources[0].len), sources[0].len);
}

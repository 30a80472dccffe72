/* Locales of a recipe: which it names, and where their files are. What is read becomes part of the
 * recipe's sources, so that a kept run does not depend on files that may change. */
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "gen/locale.h"
#include "recipe/recipe_int.h"

#define SOURCE_SPEC   "locale"  /* the kept choice of the user */
#define SOURCE_PREFIX "locale:" /* a kept locale */
#define FILE_MAX      ((size_t)4 << 20)
#define GEMS          "/usr/share/rubygems-integration/all/gems"

/* ---------------------------------------------------------------- recipe { locale = ... } */

void locales_option(Load *ld, int index, Recipe *recipe)
{
    lua_State *L = ld->L;
    const char *spec = "", *form = "locale = \"de\", or locale = { de = 70, fr = 30 }";
    Err own = {0};
    if (lua_isnil(L, index))
        return;
    bool weights = lua_istable(L, index);
    if (weights) {
        for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
            if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TNUMBER)
                load_fail(ld, form, "locale takes names with weights");
            spec = arena_printf(ld->mem, "%s%s%s=%.15g", spec, *spec ? "," : "",
                                lua_tostring(L, -2), lua_tonumber(L, -1));
        }
    } else {
        size_t n = 0;
        spec = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &n) : NULL;
        if (!spec || !locale_name_valid(spec) || strlen(spec) != n)
            load_fail(ld, form, "locale must name a language, not %s", load_describe(ld, index));
    }
    if (!locale_parse_spec(spec, &recipe->locales.shares, &recipe->locales.nshares, ld->mem, &own))
        load_fail(ld, form, "locale: %s", own.first->message);
    recipe->locales.spec =
        locale_spec_text(recipe->locales.shares, recipe->locales.nshares, ld->mem);
}

/* ---------------------------------------------------------------- names */

typedef struct Named {
    const char *name;
    const char *where; /* of the first that named it */
    bool fallback;     /* nobody named it: it need not be there */
} Named;

typedef struct Names {
    Named *list;
    size_t n, cap;
    const char **wanted; /* of iso-codes: "country", "subdivision.DE" */
    size_t nwanted, wanted_cap;
    Arena *mem;
} Names;

static Named *find_name(const Names *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->list[i].name, name) == 0)
            return &names->list[i];
    return NULL;
}

/* A locale and all that it falls back to, each once. */
static void add_name(Names *names, const char *name, const char *where)
{
    bool fallback = false;
    for (; name && !locale_is_english(name); name = locale_parent(name, names->mem)) {
        Named *known = find_name(names, name);
        if (known) {
            known->where = known->fallback && !fallback ? where : known->where;
            known->fallback = known->fallback && fallback;
        } else {
            names->list =
                arena_grow(names->mem, names->list, &names->cap, names->n + 1, sizeof *names->list);
            names->list[names->n++] = (Named){name, where, fallback};
        }
        fallback = true;
    }
}

static void add_list(Names *names, const char *list, const char *where)
{
    add_name(names, LOCALE_ISO, where);
    for (size_t i = 0; i < names->nwanted; i++)
        if (strcmp(names->wanted[i], list) == 0)
            return;
    names->wanted = arena_grow(names->mem, names->wanted, &names->wanted_cap, names->nwanted + 1,
                               sizeof *names->wanted);
    names->wanted[names->nwanted++] = list;
}

/* country { all = true }, language_code { all = true }: the list is what they are called. */
static void add_all(Names *names, const Node *node)
{
    const char *name = node->gen->name;
    add_list(names, arena_strndup(names->mem, name, strcspn(name, "_")), node->where);
}

static bool add_node(Load *ld, Names *names, const Node *node);

static bool add_value(Load *ld, Names *names, const Value *v)
{
    bool ok = v->kind != VAL_NODE || add_node(ld, names, v->node);
    for (int i = 0; i < v->count; i++)
        ok = add_value(ld, names, &v->items[i]) && ok;
    return ok;
}

static bool add_param(Load *ld, Names *names, const Node *node, const char *param, const char *text)
{
    if (strcmp(node->gen->name, "subdivision") == 0 && strcmp(param, "country") == 0 &&
        strcmp(text, "US") != 0)
        add_list(names, arena_printf(names->mem, LOCALE_SUBDIVISION ".%s", text), node->where);
    if (strcmp(param, "locale") != 0)
        return true;
    if (locale_name_valid(text)) {
        add_name(names, text, node->where);
        return true;
    }
    err_add(ld->mem, ld->err, ERR_RECIPE, node->where, NULL,
            "%s: locale must name a language, not \"%.60s\"", node->gen->name, text);
    return err_hint(ld->mem, ld->err, "such as \"de\" or \"pt-BR\"");
}

static bool add_node(Load *ld, Names *names, const Node *node)
{
    bool ok = true;
    for (int i = 0; i < node->nargs; i++)
        ok = add_node(ld, names, node->args[i]) && ok;
    for (int i = 0; node->kind == NODE_GEN && node->params && i < node->gen->nparams; i++) {
        const Value *v = &node->params[i];
        const char *param = node->gen->params[i].name;
        if (v->kind == VAL_BOOL && v->i && strcmp(param, "all") == 0)
            add_all(names, node);
        ok = (v->kind == VAL_TEXT ? add_param(ld, names, node, param, v->text)
                                  : add_value(ld, names, v)) &&
             ok;
    }
    return ok;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const Named *)a)->name, ((const Named *)b)->name);
}

static bool all_names(Load *ld, Names *names)
{
    const Recipe *r = ld->recipe;
    bool ok = true;
    for (int i = 0; i < r->locales.nshares; i++)
        add_name(names, r->locales.shares[i].name, ld->path);
    for (int t = 0; t < r->ntables; t++) {
        const RecipeTable *table = &r->tables[t];
        for (int c = 0; c < table->table.ncols; c++)
            if (table->table.cols[c].node)
                ok = add_node(ld, names, table->table.cols[c].node) && ok;
    }
    return ok;
}

/* ---------------------------------------------------------------- files */

static const char *default_dir(Arena *mem)
{
    size_t n = 0;
    char **gems = os_list_dir(GEMS, &n, mem);
    const char *newest = NULL;
    for (size_t i = 0; i < n; i++)
        if (strncmp(gems[i], "faker-", 6) == 0 && (!newest || strcmp(gems[i], newest) > 0))
            newest = gems[i];
    return newest ? arena_printf(mem, GEMS "/%s/lib/locales", newest) : NULL;
}

static bool read_one(Load *ld, LocaleReader *reader, const char *path, bool *found)
{
    if (!os_exists(path) || os_is_dir(path))
        return true;
    size_t len = 0;
    const char *text = os_read_file(path, FILE_MAX, &len, ERR_RECIPE, ld->mem, ld->err);
    *found = true;
    return text && locale_read(reader, path, text, len, ld->err);
}

static bool not_there(Load *ld, const char *dir, const char *name, const char *where)
{
    Arena *mem = ld->mem;
    size_t n = 0;
    if (!dir || !os_is_dir(dir)) {
        err_add(mem, ld->err, ERR_RECIPE, where, NULL, "locale %s: there are no locale files%s%s",
                name, dir ? " in " : "", dir ? dir : "");
        return err_hint(
            mem, ld->err,
            "install the package ruby-faker, or say where they are: locales: in the environment file");
    }
    char **files = os_list_dir(dir, &n, mem);
    const char **names = arena_array(mem, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(files[i]);
        bool yaml = len > 4 && strcmp(files[i] + len - 4, ".yml") == 0;
        names[i] = yaml ? arena_strndup(mem, files[i], len - 4) : files[i];
    }
    const char *near = name_nearest(name, names, n);
    err_add(mem, ld->err, ERR_RECIPE, where, NULL, "there is no locale %s in %s", name, dir);
    return near ? err_hint(mem, ld->err, "did you mean %s?", near) : false;
}

/* DIR/fr.yml, then DIR/fr/name.yml and the others that generators use. */
static bool read_files(Load *ld, const char *dir, const Named *named, Locale *out)
{
    const char *name = named->name;
    LocaleReader *reader = locale_reader_new(name, ld->mem);
    bool found = false;
    if (dir) {
        const char *base = os_path_join(dir, name, ld->mem);
        if (!read_one(ld, reader, arena_printf(ld->mem, "%s.yml", base), &found))
            return false;
        for (int i = 0; locale_files[i]; i++)
            if (!read_one(ld, reader, arena_printf(ld->mem, "%s/%s.yml", base, locale_files[i]),
                          &found))
                return false;
    }
    *out = locale_finish(reader);
    return found || named->fallback || not_there(ld, dir, name, named->where);
}

const char *recipe_source_data(const char *name, Arena *mem)
{
    size_t n = strlen(SOURCE_PREFIX);
    if (strncmp(name, SOURCE_PREFIX, n) != 0)
        return NULL;
    if (strcmp(name + n, LOCALE_ISO) == 0)
        return "the lists of iso-codes";
    return arena_printf(mem, "the files of locale %s", name + n);
}

static bool read_kept(Load *ld, const Named *named, Locale *out)
{
    const char *name = named->name;
    LocaleReader *reader = locale_reader_new(name, ld->mem);
    const char *source = arena_printf(ld->mem, SOURCE_PREFIX "%s", name);
    for (int i = 0; i < ld->ngiven; i++)
        if (strcmp(ld->given[i].name, source) == 0) {
            if (!locale_read(reader, source, ld->given[i].text, ld->given[i].len, ld->err))
                return false;
            *out = locale_finish(reader);
            return true;
        }
    *out = locale_finish(reader);
    return named->fallback || err_add(ld->mem, ld->err, ERR_RECIPE, ld->path, NULL,
                                      "locale %s is not among the recipe's kept sources", name);
}

/* ---------------------------------------------------------------- all of it */

/* The user's choice: now, or the one that was kept. */
static bool override(Load *ld, const char **spec)
{
    *spec = ld->options ? ld->options->locale : NULL;
    for (int i = 0; i < ld->ngiven; i++)
        if (strcmp(ld->given[i].name, SOURCE_SPEC) == 0)
            *spec = arena_strndup(ld->mem, ld->given[i].text, ld->given[i].len);
    if (!*spec)
        return true;
    Locales *l = &ld->recipe->locales;
    if (!locale_parse_spec(*spec, &l->shares, &l->nshares, ld->mem, ld->err))
        return false;
    l->spec = locale_spec_text(l->shares, l->nshares, ld->mem);
    return true;
}

bool locales_load(Load *ld)
{
    Recipe *r = ld->recipe;
    Names names = {.mem = ld->mem};
    const char *spec;
    if (!override(ld, &spec) || !all_names(ld, &names))
        return false;
    RecipeSource *sources = arena_array(ld->mem, RecipeSource, (size_t)r->nsources + names.n + 2);
    for (int i = 0; i < r->nsources; i++)
        sources[i] = r->sources[i];
    r->sources = sources;
    if (spec)
        sources[r->nsources++] = (RecipeSource){SOURCE_SPEC, spec, strlen(spec)};
    const char *dir = NULL;
    if (names.n && !ld->given)
        dir =
            ld->options && ld->options->locale_dir ? ld->options->locale_dir : default_dir(ld->mem);
    if (names.n)
        qsort(names.list, names.n, sizeof *names.list, by_name);
    Locale *loaded = arena_array(ld->mem, Locale, names.n + 1);
    int n = 0;
    for (size_t i = 0; i < names.n; i++) {
        const Named *named = &names.list[i];
        bool iso = strcmp(named->name, LOCALE_ISO) == 0;
        if (ld->given ? !read_kept(ld, named, &loaded[n])
            : iso     ? !iso_codes_read(ld, names.wanted, names.nwanted, named->where, &loaded[n])
                      : !read_files(ld, dir, named, &loaded[n]))
            return false;
        if (named->fallback && loaded[n].n == 0)
            continue;
        sources[r->nsources++] = (RecipeSource){
            arena_printf(ld->mem, SOURCE_PREFIX "%s", named->name), loaded[n].text, loaded[n].len};
        n++;
    }
    r->locales.loaded = loaded;
    r->locales.nloaded = n;
    return true;
}

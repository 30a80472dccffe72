/* ISO 3166-2: the states, regions and provinces of the countries that a recipe's `subdivision`
 * names, from the JSON file of the package iso-codes. They are kept like a locale, under a name
 * that no locale can have. */
#include <jansson.h>
#include <string.h>

#include "base/os.h"
#include "gen/locale.h"
#include "recipe/recipe_int.h"

#define ISO_3166_2 "/usr/share/iso-codes/json/iso_3166-2.json"
#define FILE_MAX   ((size_t)8 << 20)

static json_t *read_list(Load *ld, const char *where)
{
    json_error_t problem;
    if (!os_exists(ISO_3166_2)) {
        err_add(ld->mem, ld->err, ERR_RECIPE, where, NULL,
                "subdivision: the subdivisions of other countries than the US are not there (%s)",
                ISO_3166_2);
        err_hint(ld->mem, ld->err, "install the package iso-codes");
        return NULL;
    }
    size_t len = 0;
    const char *text = os_read_file(ISO_3166_2, FILE_MAX, &len, ERR_RECIPE, ld->mem, ld->err);
    json_t *all = text ? json_loadb(text, len, 0, &problem) : NULL;
    if (text && (!all || !json_is_array(json_object_get(all, "3166-2")))) {
        const char *at = arena_printf(ld->mem, "%s:%d", ISO_3166_2, all ? 1 : problem.line);
        err_add(ld->mem, ld->err, ERR_RECIPE, at, NULL, "is no list of subdivisions: %s",
                all ? "it has no \"3166-2\"" : problem.text);
        json_decref(all);
        return NULL;
    }
    return all;
}

/* The name in the country's own tongue: "Catalunya [Cataluña]" is Catalunya. */
static const char *plain_name(const char *name, Arena *mem)
{
    size_t n = strcspn(name, "[*");
    while (n > 0 && name[n - 1] == ' ')
        n--;
    return arena_strndup(mem, name, n);
}

/* The upper level alone: regions of France, not its departments. */
static void put_country(Load *ld, LocaleReader *reader, const json_t *list, const char *country)
{
    size_t at, n = json_array_size(list), count = 0;
    const char **names = arena_array(ld->mem, const char *, n + 1),
               **codes = arena_array(ld->mem, const char *, n + 1);
    json_t *one;
    json_array_foreach(list, at, one)
    {
        const char *code = json_string_value(json_object_get(one, "code")),
                   *name = json_string_value(json_object_get(one, "name"));
        if (!code || !name || json_object_get(one, "parent") || strncmp(code, country, 2) != 0 ||
            code[2] != '-')
            continue;
        codes[count] = arena_strdup(ld->mem, code);
        names[count++] = plain_name(name, ld->mem);
    }
    locale_put(reader, arena_printf(ld->mem, LOCALE_SUBDIVISION_NAMES "%s", country), names,
               (int)count);
    locale_put(reader, arena_printf(ld->mem, LOCALE_SUBDIVISION_CODES "%s", country), codes,
               (int)count);
}

bool subdivisions_read(Load *ld, const char *const *countries, size_t n, const char *where,
                       Locale *out)
{
    json_t *all = read_list(ld, where);
    if (!all)
        return false;
    LocaleReader *reader = locale_reader_new(LOCALE_SUBDIVISIONS, ld->mem);
    for (size_t i = 0; i < n; i++)
        put_country(ld, reader, json_object_get(all, "3166-2"), countries[i]);
    json_decref(all);
    *out = locale_finish(reader);
    return true;
}

/* Lists of the package iso-codes: countries, currencies, languages, and subdivisions of countries.
 * A recipe that names one has it in its sources, like a locale, under a name that no locale can
 * have. */
#include <jansson.h>
#include <string.h>

#include "base/os.h"
#include "gen/locale.h"
#include "recipe/recipe_int.h"

#define DIR      "/usr/share/iso-codes/json"
#define FILE_MAX ((size_t)8 << 20)

/* A list, its file and what codes it has there; the one of subdivisions ends in a country. */
static const struct {
    const char *list;
    const char *standard; /* iso_STANDARD.json, {"STANDARD": [...]} */
    const char *code;
} lists[] = {{"country", "3166-1", "alpha_2"},
             {"currency", "4217", "alpha_3"},
             {"language", "639-2", "alpha_2"},
             {LOCALE_SUBDIVISION, "3166-2", "code"}};

static json_t *read_file(Load *ld, const char *standard, const char *what, const char *where)
{
    json_error_t problem;
    const char *path = arena_printf(ld->mem, DIR "/iso_%s.json", standard);
    if (!os_exists(path)) {
        err_add(ld->mem, ld->err, ERR_RECIPE, where, NULL,
                "%s: what ISO %s lists is not there (%s)", what, standard, path);
        err_hint(ld->mem, ld->err, "install the package iso-codes");
        return NULL;
    }
    size_t len = 0;
    const char *text = os_read_file(path, FILE_MAX, &len, ERR_RECIPE, ld->mem, ld->err);
    json_t *all = text ? json_loadb(text, len, 0, &problem) : NULL;
    if (text && (!all || !json_is_array(json_object_get(all, standard)))) {
        const char *at = arena_printf(ld->mem, "%s:%d", path, all ? 1 : problem.line);
        err_add(ld->mem, ld->err, ERR_RECIPE, at, NULL, "is no list of ISO %s: %s", standard,
                all ? "that list is not in it" : problem.text);
        json_decref(all);
        return NULL;
    }
    return all;
}

/* Without what stands behind it: "Catalunya [Cataluña]", "Dutch; Flemish". Bolivia rather than
 * "Bolivia, Plurinational State of". */
static const char *plain_name(const json_t *one, Arena *mem)
{
    const char *name = json_string_value(json_object_get(one, "common_name"));
    if (!name)
        name = json_string_value(json_object_get(one, "name"));
    size_t n = name ? strcspn(name, "[*;") : 0;
    while (n > 0 && name[n - 1] == ' ')
        n--;
    return n ? arena_strndup(mem, name, n) : NULL;
}

/* Of a country its upper level alone: regions of France, not its departments. */
static bool belongs(const json_t *one, const char *code, const char *country)
{
    return !country ||
           (!json_object_get(one, "parent") && strncmp(code, country, 2) == 0 && code[2] == '-');
}

static void put_list(Load *ld, LocaleReader *reader, const json_t *list, const char *code_field,
                     const char *name, const char *country)
{
    size_t at, n = json_array_size(list), count = 0;
    const char **names = arena_array(ld->mem, const char *, n + 1),
               **codes = arena_array(ld->mem, const char *, n + 1);
    json_t *one;
    json_array_foreach(list, at, one)
    {
        const char *code = json_string_value(json_object_get(one, code_field)),
                   *plain = plain_name(one, ld->mem);
        if (!code || !plain || !belongs(one, code, country))
            continue;
        codes[count] = arena_strdup(ld->mem, code);
        names[count++] = plain;
    }
    locale_put(reader, arena_printf(ld->mem, LOCALE_ISO_NAMES "%s", name), names, (int)count);
    locale_put(reader, arena_printf(ld->mem, LOCALE_ISO_CODES "%s", name), codes, (int)count);
}

bool iso_codes_read(Load *ld, const char *const *names, size_t n, const char *where, Locale *out)
{
    LocaleReader *reader = locale_reader_new(LOCALE_ISO, ld->mem);
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
        json_t *all = NULL;
        for (size_t i = 0; i < n; i++) {
            size_t length = strlen(lists[l].list);
            if (strncmp(names[i], lists[l].list, length) != 0)
                continue;
            if (!all)
                all = read_file(ld, lists[l].standard, lists[l].list, where);
            if (!all)
                return false;
            put_list(ld, reader, json_object_get(all, lists[l].standard), lists[l].code, names[i],
                     names[i][length] ? names[i] + length + 1 : NULL);
        }
        json_decref(all);
    }
    *out = locale_finish(reader);
    return true;
}

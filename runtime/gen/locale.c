/* Locale files: YAML as Ruby Faker has it, {de: {faker: {name: {first_name: [...]}}}}, to a flat
 * table of texts by key. Only sections that generators use are kept. Names of locales. */
#include "gen/locale_int.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/utf8.h"

#define DEPTH_MAX 12
#define NODES_MAX 200000u
#define TEXT_MAX  (16u << 20)
#define FORM_MAX  65536 /* bytes of one text or template; longer ones are as if not there */

const char *const locale_files[] = {"address", "cell_phone", "color", "commerce",     "company",
                                    "job",     "lorem",      "name",  "phone_number", NULL};

struct LocaleReader {
    const char *name;
    Arena *mem;
    Map *entries; /* key -> LocaleEntry */
};

typedef struct Parse {
    LocaleReader *reader;
    const char *path;
    Err *err;
    yaml_document_t doc;
    uint32_t nodes; /* visited: aliases could make them endless */
} Parse;

LocaleReader *locale_reader_new(const char *name, Arena *mem)
{
    LocaleReader *reader = arena_new_of(mem, LocaleReader);
    *reader = (LocaleReader){arena_strdup(mem, name), mem, map_new(mem)};
    return reader;
}

static bool fail(Parse *p, size_t line, const char *message)
{
    const char *where = arena_printf(p->reader->mem, "%s:%zu", p->path, line + 1);
    return err_add(p->reader->mem, p->err, ERR_RECIPE, where, p->reader->name, "%s", message);
}

/* ---------------------------------------------------------------- the tree */

static bool is_kept(const char *key)
{
    if (strncmp(key, "iso.", 4) == 0)
        return true;
    for (int i = 0; locale_files[i]; i++) {
        size_t n = strlen(locale_files[i]);
        if (strncmp(key, locale_files[i], n) == 0 && key[n] == '.')
            return true;
    }
    return false;
}

static const char *scalar(Parse *p, const yaml_node_t *node)
{
    const char *text = (const char *)node->data.scalar.value;
    size_t n = node->data.scalar.length;
    bool plain = node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (n == 0 || n > FORM_MAX || (plain && (strcmp(text, "~") == 0 || strcmp(text, "null") == 0)))
        return NULL;
    if (memchr(text, 0, n) || !utf8_valid(text, n)) {
        fail(p, node->start_mark.line, "a text is not UTF-8, or has a zero byte");
        return NULL;
    }
    return arena_strndup(p->reader->mem, text, n);
}

void locale_put(LocaleReader *reader, const char *key, const char *const *items, int n)
{
    if (n == 0 || !is_kept(key))
        return;
    LocaleEntry *entry = arena_new_of(reader->mem, LocaleEntry);
    *entry = (LocaleEntry){arena_strdup(reader->mem, key), items, n};
    map_put(reader->entries, key, entry);
}

/* A list's own texts; lists and maps inside of it are other generators' business. */
static void read_list(Parse *p, const yaml_node_t *node, const char *key)
{
    const yaml_node_item_t *first = node->data.sequence.items.start,
                           *top = node->data.sequence.items.top;
    const char **items = arena_array(p->reader->mem, const char *, top - first + 1);
    int n = 0;
    for (const yaml_node_item_t *item = first; item < top; item++) {
        const yaml_node_t *one = yaml_document_get_node(&p->doc, *item);
        const char *text = one && one->type == YAML_SCALAR_NODE ? scalar(p, one) : NULL;
        if (text)
            items[n++] = text;
    }
    locale_put(p->reader, key, items, n);
}

static bool read_node(Parse *p, const yaml_node_t *node, const char *key, int depth)
{
    Arena *mem = p->reader->mem;
    if (depth > DEPTH_MAX)
        return fail(p, node->start_mark.line, "is nested too deep");
    if (++p->nodes > NODES_MAX)
        return fail(p, node->start_mark.line, "is too large");
    if (node->type == YAML_SCALAR_NODE) {
        const char **one = arena_array(mem, const char *, 1);
        one[0] = scalar(p, node);
        locale_put(p->reader, key, one, one[0] ? 1 : 0);
    }
    if (node->type == YAML_SEQUENCE_NODE)
        read_list(p, node, key);
    if (node->type != YAML_MAPPING_NODE)
        return p->err->count == 0;
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name = yaml_document_get_node(&p->doc, pair->key),
                          *value = yaml_document_get_node(&p->doc, pair->value);
        if (!name || !value || name->type != YAML_SCALAR_NODE)
            return fail(p, node->start_mark.line, "a key is no text");
        const char *own = (const char *)name->data.scalar.value;
        if (!read_node(p, value, *key ? arena_printf(mem, "%s.%s", key, own) : own, depth + 1))
            return false;
    }
    return p->err->count == 0;
}

/* no.yml begins with no-NO. */
static bool is_language(const char *key, const char *name)
{
    size_t n = strlen(name);
    return strncasecmp(key, name, n) == 0 && (!key[n] || key[n] == '-');
}

/* The value of a map's key. */
static const yaml_node_t *value_of(Parse *p, const yaml_node_t *node, const char *name)
{
    if (!node || node->type != YAML_MAPPING_NODE)
        return NULL;
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(&p->doc, pair->key);
        if (key && key->type == YAML_SCALAR_NODE &&
            is_language((const char *)key->data.scalar.value, name))
            return yaml_document_get_node(&p->doc, pair->value);
    }
    return NULL;
}

static bool read_document(Parse *p)
{
    const yaml_node_t *root = yaml_document_get_root_node(&p->doc);
    const yaml_node_t *faker = value_of(p, value_of(p, root, p->reader->name), "faker");
    if (!faker || faker->type != YAML_MAPPING_NODE) {
        fail(p, root ? root->start_mark.line : 0, "is no locale file");
        return err_hint(p->reader->mem, p->err,
                        "it begins with %s: and, below it, faker:", p->reader->name);
    }
    return read_node(p, faker, "", 0);
}

bool locale_read(LocaleReader *reader, const char *path, const char *text, size_t len, Err *err)
{
    int before = err->count;
    Err own = {0};
    Parse p = {.reader = reader, .path = path, .err = &own};
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return err_add(reader->mem, err, ERR_INTERNAL, path, NULL, "libyaml gives no parser");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    if (yaml_parser_load(&parser, &p.doc)) {
        read_document(&p);
        yaml_document_delete(&p.doc);
    } else {
        fail(&p, parser.problem_mark.line,
             arena_printf(reader->mem, "not valid YAML: %s",
                          parser.problem ? parser.problem : "not readable"));
    }
    yaml_parser_delete(&parser);
    for (const ErrItem *item = own.first; item; item = item->next)
        err_append(reader->mem, err, item);
    return err->count == before;
}

/* ---------------------------------------------------------------- one spelling */

static void put_quoted(Buf *b, const char *text)
{
    buf_byte(b, '"');
    for (; *text; text++) {
        unsigned char ch = (unsigned char)*text;
        if (ch == '"' || ch == '\\')
            buf_printf(b, "\\%c", ch);
        else if (ch < 32 || ch == 127)
            buf_printf(b, "\\x%02X", ch);
        else
            buf_byte(b, *text);
    }
    buf_byte(b, '"');
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const LocaleEntry *)a)->key, ((const LocaleEntry *)b)->key);
}

Locale locale_finish(LocaleReader *reader)
{
    int n = (int)map_count(reader->entries);
    LocaleEntry *entries = arena_array(reader->mem, LocaleEntry, n + 1);
    for (int i = 0; i < n; i++)
        entries[i] = *(const LocaleEntry *)map_value_at(reader->entries, (size_t)i);
    qsort(entries, (size_t)n, sizeof *entries, by_key);
    Buf b;
    buf_init(&b, TEXT_MAX);
    buf_printf(&b, "%s:\n  faker:\n", reader->name);
    for (int i = 0; i < n; i++) {
        buf_str(&b, "    ");
        put_quoted(&b, entries[i].key);
        buf_str(&b, ": [");
        for (int k = 0; k < entries[i].n; k++) {
            buf_str(&b, k ? "," : "");
            put_quoted(&b, entries[i].items[k]);
        }
        buf_str(&b, "]\n");
    }
    if (!n)
        buf_str(&b, "    {}\n");
    Locale locale = {reader->name, entries, n, arena_strndup(reader->mem, b.data, b.len), b.len};
    buf_free(&b);
    return locale;
}

/* ---------------------------------------------------------------- names */

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool locale_name_valid(const char *name)
{
    size_t part = 0;
    for (const char *p = name;; p++) {
        if (is_alnum(*p)) {
            part++;
            continue;
        }
        if (part < 2 || part > 8 || (*p && *p != '-'))
            return false;
        if (!*p)
            return p - name <= 24;
        part = 0;
    }
}

const char *locale_parent(const char *name, Arena *mem)
{
    const char *dash = strrchr(name, '-');
    const char *parent = dash ? arena_strndup(mem, name, (size_t)(dash - name)) : NULL;
    return parent && !locale_is_english(parent) ? parent : NULL;
}

bool locale_is_english(const char *name)
{
    return strcmp(name, "en") == 0 || strcmp(name, "en-US") == 0;
}

static bool bad_spec(const char *spec, Arena *mem, Err *err)
{
    err_add(mem, err, ERR_RECIPE, NULL, "locale", "\"%.60s\" names no locales", spec);
    return err_hint(mem, err, "write de, pt-BR, or shares such as de=70,fr=30");
}

bool locale_parse_spec(const char *spec, const LocaleShare **shares, int *n, Arena *mem, Err *err)
{
    LocaleShare *list = arena_array(mem, LocaleShare, strlen(spec) + 1);
    *n = 0;
    for (const char *p = spec; p; p = strchr(p, ',')) {
        p += p != spec;
        size_t len = strcspn(p, ",="), all = strcspn(p, ",");
        LocaleShare share = {arena_strndup(mem, p, len), 1};
        char *end = NULL;
        if (len < all)
            share.weight = strtod(p + len + 1, &end);
        if (!locale_name_valid(share.name) || (end && (end != p + all || end == p + len + 1)) ||
            !(share.weight > 0 && share.weight <= 1e9))
            return bad_spec(spec, mem, err);
        int at = (*n)++;
        for (; at > 0 && strcmp(list[at - 1].name, share.name) > 0; at--)
            list[at] = list[at - 1];
        list[at] = share;
        if (at > 0 && strcmp(list[at - 1].name, share.name) == 0)
            return bad_spec(spec, mem, err);
    }
    *shares = list;
    return true;
}

const char *locale_spec_text(const LocaleShare *shares, int n, Arena *mem)
{
    if (n == 0)
        return NULL;
    if (n == 1)
        return shares[0].name;
    const char *text = "";
    for (int i = 0; i < n; i++)
        text =
            arena_printf(mem, "%s%s%s=%.15g", text, i ? "," : "", shares[i].name, shares[i].weight);
    return text;
}

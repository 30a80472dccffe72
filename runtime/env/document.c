/* YAML to a tree, through libyaml's events. What makes YAML surprising (anchors, aliases, tags,
 * merge keys, a second document) is refused with its place, so that a file says what it seems to
 * say. */
#include <string.h>
#include <yaml.h>

#include "base/os.h"
#include "base/utf8.h"
#include "env/env_int.h"

typedef struct Reader {
    yaml_parser_t parser;
    const char *path;
    const char *text;
    size_t len;
    Arena *mem;
    Err *err;
} Reader;

const char *doc_where(const char *path, const DocNode *node, Arena *mem)
{
    return arena_printf(mem, "%s:%d:%d", path, node->line, node->column);
}

static bool fail_at(Reader *r, yaml_mark_t mark, const char *message, const char *hint)
{
    const char *where = arena_printf(r->mem, "%s:%zu:%zu", r->path, mark.line + 1, mark.column + 1);
    err_add(r->mem, r->err, ERR_ENV, where, NULL, "%s", message);
    if (hint)
        err_hint(r->mem, r->err, "%s", hint);
    return false;
}

static bool syntax_error(Reader *r)
{
    const yaml_parser_t *p = &r->parser;
    size_t at = p->problem_mark.index;
    if (at < r->len && r->text[at] == '\t')
        return fail_at(r, p->problem_mark, "a tab", "YAML indents with blanks");
    const char *problem = p->problem ? p->problem : "not readable";
    const char *context = p->context ? p->context : "";
    return fail_at(
        r, p->problem_mark,
        arena_printf(r->mem, "not valid YAML: %s%s%s", problem, *context ? " " : "", context),
        "look at the brackets, quotes and indentation here and just before");
}

static bool next_event(Reader *r, yaml_event_t *event)
{
    return yaml_parser_parse(&r->parser, event) ? true : syntax_error(r);
}

/* What our files do without: anchors and tags. */
static bool check_plain(Reader *r, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default: break;
    }
    if (anchor || event->type == YAML_ALIAS_EVENT)
        return fail_at(r, event->start_mark, "anchors (&) and aliases (*) are not used here",
                       "write the value out, or put it in quotes if it begins with & or *");
    if (tag)
        return fail_at(r, event->start_mark, "tags (!) are not used here",
                       "write the value alone, or put it in quotes if it begins with !");
    return true;
}

static const DocNode *read_node(Reader *r, yaml_event_t *event, int depth);

static void node_add(Reader *r, DocNode *node, size_t *cap, const DocNode *key,
                     const DocNode *value)
{
    node->entries = arena_grow(r->mem, node->entries, cap, (size_t)node->n + 1, sizeof(DocEntry));
    node->entries[node->n++] = (DocEntry){key, value};
}

static bool read_list(Reader *r, DocNode *list, int depth)
{
    size_t cap = 0;
    for (;;) {
        yaml_event_t event;
        if (!next_event(r, &event))
            return false;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            return true;
        }
        const DocNode *item = read_node(r, &event, depth + 1);
        if (!item)
            return false;
        node_add(r, list, &cap, NULL, item);
    }
}

static bool check_key(Reader *r, const DocNode *map, const DocNode *key)
{
    const char *where = doc_where(r->path, key, r->mem);
    if (key->kind != DOC_TEXT) {
        err_add(r->mem, r->err, ERR_ENV, where, NULL, "a key must be a name");
        return err_hint(r->mem, r->err, "a value that begins with { or [ needs quotes");
    }
    if (key->plain && strcmp(key->text, "<<") == 0) {
        err_add(r->mem, r->err, ERR_ENV, where, NULL, "merge keys (<<) are not used here");
        return err_hint(r->mem, r->err, "write the keys out");
    }
    for (int i = 0; i < map->n; i++)
        if (strcmp(map->entries[i].key->text, key->text) == 0) {
            err_add(r->mem, r->err, ERR_ENV, where, key->text, "the key stands here twice");
            return err_hint(r->mem, r->err, "it was first set in line %d; remove one of them",
                            map->entries[i].key->line);
        }
    return true;
}

static bool read_map(Reader *r, DocNode *map, int depth)
{
    size_t cap = 0;
    for (;;) {
        yaml_event_t event;
        if (!next_event(r, &event))
            return false;
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return true;
        }
        const DocNode *key = read_node(r, &event, depth + 1);
        if (!key || !check_key(r, map, key) || !next_event(r, &event))
            return false;
        const DocNode *value = read_node(r, &event, depth + 1);
        if (!value)
            return false;
        node_add(r, map, &cap, key, value);
    }
}

/* The node that begins with this event, which is freed; NULL on error. */
static const DocNode *read_node(Reader *r, yaml_event_t *event, int depth)
{
    DocNode *node = arena_new_of(r->mem, DocNode);
    node->line = (int)event->start_mark.line + 1;
    node->column = (int)event->start_mark.column + 1;
    bool ok = check_plain(r, event);
    if (ok && depth > DOC_MAX_DEPTH)
        ok = fail_at(r, event->start_mark, "nested too deep for an environment file", NULL);
    yaml_event_type_t type = event->type;
    if (ok && type == YAML_SCALAR_EVENT) {
        size_t len = event->data.scalar.length;
        node->kind = DOC_TEXT;
        node->text = arena_strndup(r->mem, (const char *)event->data.scalar.value, len);
        node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        if (strlen(node->text) != len)
            ok = fail_at(r, event->start_mark, "a NUL character", NULL);
    }
    yaml_event_delete(event);
    if (ok && type == YAML_SEQUENCE_START_EVENT) {
        node->kind = DOC_LIST;
        ok = read_list(r, node, depth);
    } else if (ok && type == YAML_MAPPING_START_EVENT) {
        node->kind = DOC_MAP;
        ok = read_map(r, node, depth);
    }
    return ok ? node : NULL;
}

/* The events around the nodes: one stream, at most one document. */
static bool read_stream(Reader *r, const DocNode **root)
{
    int documents = 0;
    for (;;) {
        yaml_event_t event;
        if (!next_event(r, &event))
            return false;
        yaml_event_type_t type = event.type;
        yaml_mark_t mark = event.start_mark;
        if (type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT &&
            type != YAML_DOCUMENT_START_EVENT && type != YAML_DOCUMENT_END_EVENT) {
            *root = read_node(r, &event, 0);
            if (!*root)
                return false;
            continue;
        }
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT)
            return true;
        if (type == YAML_DOCUMENT_START_EVENT && ++documents > 1)
            return fail_at(r, mark, "a second document begins here (---)",
                           "an environment file holds one document");
    }
}

/* libyaml would report offsets only, and would take UTF-16 as well. */
static bool check_encoding(Reader *r)
{
    size_t good = 0, line = 1, column = 1;
    while (good < r->len) {
        unsigned char c = (unsigned char)r->text[good];
        size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        if (c == 0 || n > r->len - good || !utf8_valid(r->text + good, n)) {
            const char *where = arena_printf(r->mem, "%s:%zu:%zu", r->path, line, column);
            err_add(r->mem, r->err, ERR_ENV, where, NULL,
                    c == 0 ? "a NUL character" : "not valid UTF-8");
            return err_hint(r->mem, r->err, "save the file as UTF-8 text");
        }
        good += n;
        column++;
        if (c == '\n') {
            line++;
            column = 1;
        }
    }
    return true;
}

const char *env_yaml_version(void)
{
    return yaml_get_version_string();
}

bool doc_read(const char *path, const DocNode **root, Arena *mem, Err *err)
{
    size_t len = 0;
    const char *text = os_read_file(path, DOC_MAX_BYTES, &len, ERR_ENV, mem, err);
    *root = NULL;
    if (text)
        return doc_parse(path, text, len, root, mem, err);
    err->last->code = ERR_ENV; /* too large is wrong in itself too */
    return false;
}

bool doc_parse(const char *path, const char *text, size_t len, const DocNode **root, Arena *mem,
               Err *err)
{
    Reader r = {.path = path, .text = text, .len = len, .mem = mem, .err = err};
    *root = NULL;
    if (!check_encoding(&r))
        return false;
    if (!yaml_parser_initialize(&r.parser))
        return err_add(mem, err, ERR_INTERNAL, path, NULL, "libyaml cannot start");
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)r.text, r.len);
    bool ok = read_stream(&r, root);
    yaml_parser_delete(&r.parser);
    return ok;
}

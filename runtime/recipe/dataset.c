/* CSV files of the user's own (RFC 4180; UTF-8, a header, commas, quotes doubled inside quotes). An
 * empty field is NULL, "" is the empty text. A file is read once and kept among the recipe's
 * sources, so that a plan can be rebuilt without it. */
#include <string.h>

#include "base/os.h"
#include "base/utf8.h"
#include "recipe/recipe_int.h"

typedef struct Csv {
    Load *ld;
    const char *word, *name;
    const char *p, *end;
    int line;
    Value *cells;
    size_t count, cap;
} Csv;

static void __attribute__((noreturn)) wrong(const Csv *c, const char *what)
{
    load_fail(c->ld, NULL, "%s: %s:%d: %s", c->word, c->name, c->line, what);
}

static void add_cell(Csv *c, const char *text, size_t n, bool quoted)
{
    c->cells = load_grow(c->ld, c->cells, &c->cap, c->count + 1, sizeof *c->cells);
    c->cells[c->count++] =
        n || quoted ? (Value){.kind = VAL_TEXT, .text = text, .len = n} : (Value){.kind = VAL_NULL};
}

static void read_quoted(Csv *c)
{
    int begin = c->line;
    char *text = load_alloc(c->ld, 64);
    size_t n = 0, size = 64;
    for (c->p++;; c->p++) {
        if (c->p == c->end) {
            c->line = begin;
            wrong(c, "the quote is not closed");
        }
        if (*c->p == '"' && (c->p + 1 == c->end || *++c->p != '"')) {
            c->p += c->p + 1 == c->end && *c->p == '"';
            break;
        }
        c->line += *c->p == '\n';
        if (n + 1 >= size) {
            char *grown = load_alloc(c->ld, size * 2 + 1);
            memcpy(grown, text, n);
            text = grown;
            size *= 2;
        }
        text[n++] = *c->p;
    }
    if (c->p < c->end && *c->p != ',' && *c->p != '\n' && *c->p != '\r')
        wrong(c, "something stands behind a closing quote");
    add_cell(c, text, n, true);
}

static void read_plain(Csv *c)
{
    const char *from = c->p;
    while (c->p < c->end && *c->p != ',' && *c->p != '\n' && *c->p != '\r') {
        if (*c->p == '"')
            wrong(c, "a quote inside a field that does not begin with one");
        c->p++;
    }
    size_t n = (size_t)(c->p - from);
    add_cell(c, n ? load_text(c->ld, from, n) : "", n, false);
}

/* The fields of a line; how many there were. */
static size_t read_line(Csv *c)
{
    size_t before = c->count;
    for (;;) {
        if (c->p < c->end && *c->p == '"')
            read_quoted(c);
        else
            read_plain(c);
        if (c->p == c->end || *c->p != ',')
            break;
        c->p++;
    }
    if (c->p < c->end && *c->p == '\r')
        c->p++;
    if (c->p < c->end && *c->p != '\n')
        wrong(c, "a line ends in CR LF or LF");
    c->p += c->p < c->end;
    return c->count - before;
}

static Value parse(Load *ld, const char *word, const char *name, const char *text, size_t len)
{
    bool mark = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    Csv c = {.ld = ld,
             .word = word,
             .name = name,
             .p = text + (mark ? 3 : 0),
             .end = text + len,
             .line = 1};
    if (!utf8_valid(text, len) || memchr(text, 0, len))
        load_fail(ld, "save it as UTF-8", "%s: %s is not UTF-8", word, name);
    if (c.p == c.end)
        load_fail(ld, "its first line names the columns", "%s: %s is empty", word, name);
    size_t columns = read_line(&c);
    for (size_t i = 0; i < columns; i++) {
        if (c.cells[i].kind != VAL_TEXT || !c.cells[i].len)
            wrong(&c, arena_printf(ld->mem, "column %d of the header has no name", (int)i + 1));
        for (size_t k = 0; k < i; k++)
            if (strcmp(c.cells[k].text, c.cells[i].text) == 0)
                wrong(&c, arena_printf(ld->mem, "the header names %s twice", c.cells[i].text));
    }
    while (c.p < c.end) {
        c.line++;
        size_t fields = read_line(&c);
        if (fields != columns)
            wrong(&c, arena_printf(ld->mem, "%d fields, where the header has %d", (int)fields,
                                   (int)columns));
    }
    if (c.count == columns)
        load_fail(ld, "below the header stands a line per row", "%s: %s has no rows", word, name);
    return (Value){.kind = VAL_DATASET,
                   .text = name,
                   .len = strlen(name),
                   .i = (int64_t)columns,
                   .items = c.cells,
                   .count = (int)c.count};
}

Value dataset_read(Load *ld, const GenDef *def, const char *name)
{
    for (int i = 0; i < ld->ndatasets; i++)
        if (strcmp(ld->datasets[i].text, name) == 0)
            return ld->datasets[i];
    bool fine = *name && *name != '/' && *name != '.' && !strstr(name, "..") && !strchr(name, '\\');
    for (const char *p = name; fine && *p; p++)
        fine = (unsigned char)*p >= ' ';
    if (!fine)
        load_fail(ld, "for example dataset(\"data/cities.csv\", \"city\")",
                  "%s: \"%s\" is not the name of a file below the recipe", def->name, name);
    size_t len = 0;
    const char *text = sandbox_source(ld, def->name, name, &len);
    Value value = parse(ld, def->name, name, text, len);
    load_add_source(ld, os_path_join(os_dirname(ld->path, ld->mem), name, ld->mem), name, text,
                    len);
    ld->datasets =
        load_grow(ld, ld->datasets, &ld->cap_datasets, (size_t)ld->ndatasets + 1, sizeof value);
    ld->datasets[ld->ndatasets++] = value;
    return value;
}

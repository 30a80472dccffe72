/* Reads a type as a recipe, PostgreSQL, MySQL, MariaDB or SQLite spells it: words, an optional list
 * in parentheses, more words ("timestamp(3) with time zone", "int(11) unsigned"). */
#include "model/type.h"

#include <string.h>

#include "base/text.h"

typedef struct Spelling {
    const char
        *name; /* the type's words in lower case, single blanks, without what is in parentheses */
    bool is_unsigned;
    int args[2], nargs; /* numbers in parentheses; nargs -1: something else stood there */
    const char *labels; /* the text between the parentheses */
    size_t labels_len;
} Spelling;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
/* The closing parenthesis of the one at s, quotes respected; NULL when there is none. */
static const char *closing(const char *s)
{
    for (char quote = 0; *s; s++) {
        if (quote)
            quote = *s == quote ? 0 : quote;
        else if (*s == '\'')
            quote = *s;
        else if (*s == ')')
            return s;
    }
    return NULL;
}

static void read_numbers(Spelling *out, const char *s, const char *end)
{
    out->nargs = 0;
    while (s < end) {
        while (s < end && is_blank(*s))
            s++;
        int value = 0, digits = 0;
        for (; s < end && *s >= '0' && *s <= '9' && digits < 9; s++, digits++)
            value = value * 10 + (*s - '0');
        while (s < end && is_blank(*s))
            s++;
        if (digits == 0 || out->nargs == 2 || (s < end && *s != ',')) {
            out->nargs = -1;
            return;
        }
        out->args[out->nargs++] = value;
        s++;
    }
}

/* Words that say nothing about the kind. Text ends at a character set or collation. */
static bool keep_word(Spelling *out, const char *word, bool *rest)
{
    if (strcmp(word, "character set") == 0 || strcmp(word, "collate") == 0 ||
        strcmp(word, "charset") == 0)
        *rest = true;
    if (*rest || strcmp(word, "signed") == 0)
        return false;
    if (strcmp(word, "unsigned") == 0 || strcmp(word, "zerofill") == 0) {
        out->is_unsigned = true;
        return false;
    }
    return true;
}

static bool split(const char *text, Spelling *out, Arena *mem)
{
    char *name = arena_alloc(mem, strlen(text) + 2), *p = name;
    bool rest = false, seen = false;
    *out = (Spelling){.name = name};
    while (*text) {
        if (is_blank(*text)) {
            text++;
            continue;
        }
        if (*text == '(') {
            const char *end = closing(text + 1);
            if (seen || !end)
                return false;
            seen = true;
            out->labels = text + 1;
            out->labels_len = (size_t)(end - text - 1);
            read_numbers(out, text + 1, end);
            text = end + 1;
            continue;
        }
        char *word = arena_alloc(mem, strlen(text) + 1), *w = word;
        while (*text && !is_blank(*text) && *text != '(')
            *w++ = text_lower(*text++);
        if (strcmp(word, "character") == 0 && p > name)
            rest = true; /* "varchar(40) character set utf8mb4" */
        if (!keep_word(out, word, &rest))
            continue;
        if (p > name)
            *p++ = ' ';
        memcpy(p, word, strlen(word) + 1);
        p += strlen(word);
    }
    return p > name;
}

typedef enum Shape { PLAIN, SIZED, SIZED_FIXED, EXACT, FRACTION } Shape;

typedef struct Known {
    const char *name;
    TypeKind kind;
    int bits;
    Shape shape; /* what the numbers in parentheses mean */
    bool with_zone, no_case;
} Known;

static const Known known[] = {
    {.name = "bool", .kind = TYPE_BOOL},
    {.name = "boolean", .kind = TYPE_BOOL},
    {.name = "tinyint", .kind = TYPE_INT, .bits = 8},
    {.name = "int1", .kind = TYPE_INT, .bits = 8},
    {.name = "smallint", .kind = TYPE_INT, .bits = 16},
    {.name = "int2", .kind = TYPE_INT, .bits = 16},
    {.name = "smallserial", .kind = TYPE_INT, .bits = 16},
    {.name = "year", .kind = TYPE_INT, .bits = 16},
    {.name = "mediumint", .kind = TYPE_INT, .bits = 24},
    {.name = "int3", .kind = TYPE_INT, .bits = 24},
    {.name = "int", .kind = TYPE_INT, .bits = 32},
    {.name = "integer", .kind = TYPE_INT, .bits = 32},
    {.name = "int4", .kind = TYPE_INT, .bits = 32},
    {.name = "serial", .kind = TYPE_INT, .bits = 32},
    {.name = "bigint", .kind = TYPE_INT, .bits = 64},
    {.name = "int8", .kind = TYPE_INT, .bits = 64},
    {.name = "bigserial", .kind = TYPE_INT, .bits = 64},
    {.name = "decimal", .kind = TYPE_DECIMAL, .shape = EXACT},
    {.name = "numeric", .kind = TYPE_DECIMAL, .shape = EXACT},
    {.name = "dec", .kind = TYPE_DECIMAL, .shape = EXACT},
    {.name = "fixed", .kind = TYPE_DECIMAL, .shape = EXACT},
    {.name = "number", .kind = TYPE_DECIMAL, .shape = EXACT},
    {.name = "real", .kind = TYPE_FLOAT, .bits = 32},
    {.name = "float4", .kind = TYPE_FLOAT, .bits = 32},
    {.name = "float", .kind = TYPE_FLOAT, .bits = 64},
    {.name = "float8", .kind = TYPE_FLOAT, .bits = 64},
    {.name = "double", .kind = TYPE_FLOAT, .bits = 64},
    {.name = "double precision", .kind = TYPE_FLOAT, .bits = 64},
    {.name = "text", .kind = TYPE_TEXT, .shape = SIZED},
    {.name = "string", .kind = TYPE_TEXT, .shape = SIZED},
    {.name = "clob", .kind = TYPE_TEXT, .shape = SIZED},
    {.name = "tinytext", .kind = TYPE_TEXT},
    {.name = "mediumtext", .kind = TYPE_TEXT},
    {.name = "longtext", .kind = TYPE_TEXT},
    {.name = "citext", .kind = TYPE_TEXT, .no_case = true},
    {.name = "varchar", .kind = TYPE_TEXT, .shape = SIZED},
    {.name = "character varying", .kind = TYPE_TEXT, .shape = SIZED},
    {.name = "varying character", .kind = TYPE_TEXT, .shape = SIZED},
    {.name = "char varying", .kind = TYPE_TEXT, .shape = SIZED},
    {.name = "nvarchar", .kind = TYPE_TEXT, .shape = SIZED},
    {.name = "char", .kind = TYPE_TEXT, .shape = SIZED_FIXED},
    {.name = "character", .kind = TYPE_TEXT, .shape = SIZED_FIXED},
    {.name = "bpchar", .kind = TYPE_TEXT, .shape = SIZED_FIXED},
    {.name = "nchar", .kind = TYPE_TEXT, .shape = SIZED_FIXED},
    {.name = "bytes", .kind = TYPE_BYTES, .shape = SIZED},
    {.name = "bytea", .kind = TYPE_BYTES},
    {.name = "blob", .kind = TYPE_BYTES, .shape = SIZED},
    {.name = "tinyblob", .kind = TYPE_BYTES},
    {.name = "mediumblob", .kind = TYPE_BYTES},
    {.name = "longblob", .kind = TYPE_BYTES},
    {.name = "varbinary", .kind = TYPE_BYTES, .shape = SIZED},
    {.name = "binary", .kind = TYPE_BYTES, .shape = SIZED_FIXED},
    {.name = "date", .kind = TYPE_DATE},
    {.name = "time", .kind = TYPE_TIME, .shape = FRACTION},
    {.name = "time without time zone", .kind = TYPE_TIME, .shape = FRACTION},
    {.name = "timestamp", .kind = TYPE_TIMESTAMP, .shape = FRACTION},
    {.name = "timestamp without time zone", .kind = TYPE_TIMESTAMP, .shape = FRACTION},
    {.name = "datetime", .kind = TYPE_TIMESTAMP, .shape = FRACTION},
    {.name = "timestamptz", .kind = TYPE_TIMESTAMP, .shape = FRACTION, .with_zone = true},
    {.name = "timestamp with time zone",
     .kind = TYPE_TIMESTAMP,
     .shape = FRACTION,
     .with_zone = true},
    {.name = "uuid", .kind = TYPE_UUID},
    {.name = "json", .kind = TYPE_JSON},
    {.name = "jsonb", .kind = TYPE_JSON},
};

/* 'a', 'it''s', 'b' -> labels. False when it is no list of quoted texts. */
static bool read_labels(const Spelling *sp, Type *out, Arena *mem)
{
    const char *s = sp->labels, *end = s + sp->labels_len;
    size_t cap = 0;
    const char **labels = NULL;
    for (;;) {
        while (s < end && is_blank(*s))
            s++;
        if (s == end || *s++ != '\'')
            return false;
        char *label = arena_alloc(mem, (size_t)(end - s) + 1), *p = label;
        while (s < end && (*s != '\'' || (s + 1 < end && s[1] == '\''))) {
            s += *s == '\'';
            *p++ = *s++;
        }
        if (s == end)
            return false;
        s++;
        labels = arena_grow(mem, labels, &cap, (size_t)out->label_count + 1, sizeof *labels);
        labels[out->label_count++] = label;
        out->labels = labels;
        while (s < end && is_blank(*s))
            s++;
        if (s == end)
            return true;
        if (*s++ != ',')
            return false;
    }
}

static bool apply_numbers(const Known *k, const Spelling *sp, Type *out)
{
    int n = sp->nargs, first = n > 0 ? sp->args[0] : 0;
    if (n < 0)
        return false;
    switch (k->shape) {
    case PLAIN: return true; /* int(11): a display width */
    case SIZED: out->length = first; return n <= 1;
    case SIZED_FIXED:
        out->length = n ? first : 1;
        out->fixed = true;
        return n <= 1;
    case EXACT:
        out->precision = first;
        out->scale = n == 2 ? sp->args[1] : 0;
        return true;
    case FRACTION: out->scale = first; return n <= 1 && first <= 6;
    }
    return false;
}

static bool recognise(const Spelling *sp, Type *out, Arena *mem)
{
    if (strcmp(sp->name, "enum") == 0 && sp->labels) {
        out->kind = TYPE_ENUM;
        return read_labels(sp, out, mem);
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const Known *k = &known[i];
        if (strcmp(sp->name, k->name) != 0)
            continue;
        out->kind = k->kind;
        out->bits = k->bits;
        out->with_zone = k->with_zone;
        out->no_case = k->no_case;
        out->is_unsigned = sp->is_unsigned && (k->kind == TYPE_INT || k->kind == TYPE_DECIMAL ||
                                               k->kind == TYPE_FLOAT);
        /* MySQL's booleans; SQL's float(24) is single precision. */
        if (k->bits == 8 && sp->nargs == 1 && sp->args[0] == 1)
            *out = (Type){.kind = TYPE_BOOL};
        else if (strcmp(k->name, "float") == 0 && sp->nargs == 1 && sp->args[0] <= 24)
            out->bits = 32;
        return apply_numbers(k, sp, out);
    }
    return false;
}

Type type_parse(const char *text, Arena *mem)
{
    Spelling sp;
    Type type = {.kind = TYPE_NONE};
    if (!split(text, &sp, mem) || !recognise(&sp, &type, mem))
        type = (Type){.kind = TYPE_OTHER};
    type.name = arena_strdup(mem, text);
    return type;
}

/* Types, defaults and expressions as information_schema spells them, turned into the model's. Pure.
 */
#include <stdlib.h>
#include <string.h>

#include "db/mysql_int.h"

typedef struct TypeName {
    const char *name;
    TypeKind kind;
    int bits;
} TypeName;

static const TypeName type_names[] = {
    {"tinyint", TYPE_INT, 8},
    {"smallint", TYPE_INT, 16},
    {"mediumint", TYPE_INT, 24},
    {"int", TYPE_INT, 32},
    {"bigint", TYPE_INT, 64},
    {"year", TYPE_INT, 16},
    {"decimal", TYPE_DECIMAL, 0},
    {"float", TYPE_FLOAT, 32},
    {"double", TYPE_FLOAT, 64},
    {"char", TYPE_TEXT, 0},
    {"varchar", TYPE_TEXT, 0},
    {"tinytext", TYPE_TEXT, 0},
    {"text", TYPE_TEXT, 0},
    {"mediumtext", TYPE_TEXT, 0},
    {"longtext", TYPE_TEXT, 0},
    {"binary", TYPE_BYTES, 0},
    {"varbinary", TYPE_BYTES, 0},
    {"tinyblob", TYPE_BYTES, 0},
    {"blob", TYPE_BYTES, 0},
    {"mediumblob", TYPE_BYTES, 0},
    {"longblob", TYPE_BYTES, 0},
    {"date", TYPE_DATE, 0},
    {"time", TYPE_TIME, 0},
    {"datetime", TYPE_TIMESTAMP, 0},
    {"timestamp", TYPE_TIMESTAMP, 0},
    {"json", TYPE_JSON, 0},
    {"uuid", TYPE_UUID, 0},
    {"enum", TYPE_ENUM, 0},
    {"set", TYPE_ENUM, 0}}; /* any one member is a value of a set, too */

static int number(const char *text)
{
    return text ? (int)strtol(text, NULL, 10) : 0;
}

/* enum('a','it''s','back\\slash') -> labels: quotes are doubled, backslashes escape as in a
 * literal. */
static void read_labels(Type *type, const char *text, Arena *mem)
{
    int room = 0;
    for (const char *c = text; *c; c++)
        room += *c == ',' || *c == '(';
    const char **labels = arena_array(mem, const char *, room + 1);
    const char *at = strchr(text, '\'');
    while (at && *at == '\'') {
        char *label = arena_alloc(mem, strlen(at) + 1), *to = label;
        for (at++; *at; at++) {
            if (*at == '\\' && at[1]) {
                char c = *++at;
                *to++ = (char)(c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c);
            } else if (*at == '\'' && *++at != '\'') {
                break;
            } else {
                *to++ = *at;
            }
        }
        labels[type->label_count++] = label;
        if (*at == ',')
            at++;
    }
    type->labels = labels;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool is_one_of(const char *word, const char *a, const char *b)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* Characters that always fit. text counts as unbounded: what exceeds 16,383 characters of it is an
 * error at the load, not a plan's concern. */
static int text_length(const char *data_type, const char *length)
{
    if (strcmp(data_type, "tinytext") == 0)
        return 63; /* 255 bytes */
    return is_one_of(data_type, "char", "varchar") ? number(length) : 0;
}

static int bytes_length(const char *data_type, const char *length)
{
    long long n = length ? strtoll(length, NULL, 10) : 0;
    return is_one_of(data_type, "mediumblob", "longblob") || strcmp(data_type, "blob") == 0
               ? 0
               : (int)n;
}

Type mysql_db_type(const char *data_type, const char *column_type, const char *length,
                   const char *precision, const char *scale, const char *fraction,
                   const char *collation, Arena *mem)
{
    Type type = {.kind = TYPE_OTHER, .name = arena_strdup(mem, column_type)};
    for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++)
        if (strcmp(type_names[i].name, data_type) == 0) {
            type.kind = type_names[i].kind;
            type.bits = type_names[i].bits;
        }
    /* BOOLEAN is another word for tinyint(1), and bit(1) holds the same two values. */
    if (strcmp(column_type, "tinyint(1)") == 0 || strcmp(column_type, "bit(1)") == 0)
        type.kind = TYPE_BOOL;
    switch (type.kind) {
    case TYPE_INT:
    case TYPE_FLOAT:
        type.is_unsigned = strstr(column_type, "unsigned") || strcmp(data_type, "year") == 0;
        break;
    case TYPE_DECIMAL:
        type.precision = number(precision);
        type.scale = number(scale);
        type.is_unsigned = strstr(column_type, "unsigned") != NULL;
        break;
    case TYPE_TEXT:
        type.length = text_length(data_type, length);
        type.fixed = strcmp(data_type, "char") == 0;
        break;
    case TYPE_BYTES:
        type.length = bytes_length(data_type, length);
        type.fixed = strcmp(data_type, "binary") == 0;
        break;
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
        type.scale = number(fraction);
        type.with_zone = strcmp(data_type, "timestamp") == 0;
        break;
    case TYPE_ENUM: read_labels(&type, column_type, mem); break;
    default: break;
    }
    type.no_case = collation && ends_with(collation, "_ci");
    type.collation = collation ? arena_strdup(mem, collation) : NULL;
    return type;
}

const char *mysql_db_unescape(const char *text, Arena *mem)
{
    char *out = arena_alloc(mem, strlen(text) + 1), *to = out;
    for (; *text; text++) {
        if (*text == '\\' && text[1])
            text++;
        *to++ = *text;
    }
    return out;
}

static bool is_bare(const Type *type, const char *text)
{
    bool number_like = type->kind == TYPE_BOOL || type_is_numeric(type->kind);
    return number_like || strncmp(text, "b'", 2) == 0 ||
           (type->kind == TYPE_BYTES && strncmp(text, "0x", 2) == 0);
}

const char *mysql_db_default(bool mariadb, const char *text, const char *extra, const Type *type,
                             Arena *mem)
{
    if (!text || (mariadb && strcmp(text, "NULL") == 0))
        return NULL;
    if (mariadb)
        return arena_strdup(mem, text);
    if (strstr(extra, "DEFAULT_GENERATED"))
        return mysql_db_unescape(text, mem);
    if (is_bare(type, text))
        return arena_strdup(mem, text);
    Buf out;
    buf_init(&out, 1 << 20);
    dialect_string(ENGINE_MYSQL, &out, text, strlen(text));
    const char *literal = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return literal;
}

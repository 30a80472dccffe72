/* How each engine spells identifiers, literals, types and the names that we make. The type of a
 * created column is as wide as what is generated needs, in sizes that a person would have written.
 */
#include "db/dialect_int.h"

#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"

const char *engine_name(Engine engine)
{
    switch (engine) {
    case ENGINE_SQLITE: return "SQLite";
    case ENGINE_POSTGRES: return "PostgreSQL";
    case ENGINE_MARIADB: return "MariaDB";
    case ENGINE_MYSQL: break;
    }
    return "MySQL";
}

/* ---- names and literals */

static void put_doubled(Buf *out, const char *s, size_t n, char quote)
{
    buf_byte(out, quote);
    for (const char *end = s + n, *at; s < end; s = at) {
        at = memchr(s, quote, (size_t)(end - s));
        at = at ? at + 1 : end;
        buf_put(out, s, (size_t)(at - s));
        if (at[-1] == quote)
            buf_byte(out, quote);
    }
    buf_byte(out, quote);
}

void dialect_ident(Engine engine, Buf *out, const char *name)
{
    put_doubled(out, name, strlen(name), is_mysql(engine) ? '`' : '"');
}

void dialect_table(Engine engine, Buf *out, const char *schema, const char *name)
{
    if (schema) {
        dialect_ident(engine, out, schema);
        buf_byte(out, '.');
    }
    dialect_ident(engine, out, name);
}

const char *dialect_compared(Engine engine, const Key *key, int i, const char *value, Arena *mem)
{
    if (!key->no_case || !key->no_case[i])
        return value;
    if (engine == ENGINE_SQLITE) /* the same for lower() and upper(), which know ASCII alone, too */
        return arena_printf(mem, "%s COLLATE NOCASE", value);
    return arena_printf(mem, "%s(%s)", key->upper && key->upper[i] ? "upper" : "lower", value);
}

static void put_hex(Buf *out, const char *s, size_t n)
{
    static const char digits[] = "0123456789ABCDEF";
    buf_str(out, "X'");
    for (size_t i = 0; i < n; i++) {
        buf_byte(out, digits[(unsigned char)s[i] >> 4]);
        buf_byte(out, digits[(unsigned char)s[i] & 15]);
    }
    buf_byte(out, '\'');
}

/* Whatever the session's settings are: what a backslash means depends on them, so a text with one
 * is written another way. So is one with a carriage return, which the clients of MySQL and SQLite
 * take out of the lines that they read. */
void dialect_string(Engine engine, Buf *out, const char *s, size_t n)
{
    bool backslash = n && memchr(s, '\\', n);
    bool unseen = n && (memchr(s, '\0', n) || memchr(s, '\r', n));
    if (is_mysql(engine) && (backslash || unseen)) {
        buf_str(out, "_utf8mb4 ");
        put_hex(out, s, n);
    } else if (engine == ENGINE_SQLITE && unseen) {
        buf_str(out, "CAST(");
        put_hex(out, s, n);
        buf_str(out, " AS TEXT)");
    } else if (engine == ENGINE_POSTGRES && backslash) {
        buf_str(out, "E'");
        for (size_t i = 0; i < n; i++) {
            if (s[i] == '\'' || s[i] == '\\')
                buf_byte(out, s[i]);
            buf_byte(out, s[i]);
        }
        buf_byte(out, '\'');
    } else {
        put_doubled(out, s, n, '\'');
    }
}

char *dialect_name(Engine engine, const Table *table, const int *cols, int ncols,
                   const char *suffix, Arena *mem)
{
    size_t limit = is_mysql(engine) ? 64 : 63;
    const char *base = table->name;
    for (int i = 0; i < ncols; i++)
        base = arena_printf(mem, "%s_%s", base, table->cols[cols[i]].name);
    char *name = arena_printf(mem, "%s_%s", base, suffix);
    if (strlen(name) <= limit)
        return name;
    size_t keep = limit - strlen(suffix) - 10, n = strlen(base); /* "_", 8 digits, "_" */
    size_t cut = keep < n ? keep : n;
    while (cut > 0 && ((unsigned char)base[cut] & 0xC0) == 0x80) /* not inside a character */
        cut--;
    return arena_printf(mem, "%.*s_%08x_%s", (int)cut, base, (unsigned)hash64_str(name, 0), suffix);
}

/* ---- types */

/* The next size that looks as if someone had chosen it; 0 is any length. */
static int rounded_length(int length)
{
    static const int sizes[] = {20, 40, 80, 120, 255, 500, 1000};
    for (size_t i = 0; length > 0 && i < sizeof sizes / sizeof *sizes; i++)
        if (length <= sizes[i])
            return sizes[i];
    return length;
}

static const char *sized(const char *name, int size, Arena *mem)
{
    return size > 0 ? arena_printf(mem, "%s(%d)", name, size) : name;
}

static const char *int_type(Engine engine, const Type *t, Arena *mem)
{
    int bits = t->bits ? t->bits : 64;
    if (engine == ENGINE_SQLITE)
        return "INTEGER";
    if (engine == ENGINE_POSTGRES) {
        if (t->is_unsigned && bits == 64)
            return "numeric(20)";
        bits = t->is_unsigned ? bits * 2 - 1 : bits;
        return bits <= 16 ? "smallint" : bits <= 32 ? "integer" : "bigint";
    }
    const char *name = bits == 8    ? "tinyint"
                       : bits == 16 ? "smallint"
                       : bits == 24 ? "mediumint"
                       : bits == 32 ? "int"
                                    : "bigint";
    return t->is_unsigned ? arena_printf(mem, "%s unsigned", name) : name;
}

static const char *decimal_type(Engine engine, const Type *t, Arena *mem)
{
    const char *name = engine == ENGINE_SQLITE     ? "DECIMAL"
                       : engine == ENGINE_POSTGRES ? "numeric"
                                                   : "decimal";
    int precision = t->precision;
    if (precision == 0 && t->name) /* :type "numeric", without digits */
        return is_mysql(engine) ? "decimal(65,30)" : name;
    if (precision == 0)
        precision = engine == ENGINE_SQLITE ? SQLITE_DIGITS : DECIMAL_MAX_SCALE + 1;
    precision = precision < t->scale ? t->scale : precision;
    return arena_printf(mem, "%s(%d,%d)", name, precision, t->scale);
}

static const char *text_type(Engine engine, const Type *t, bool in_key, Arena *mem)
{
    int length = t->name ? t->length : rounded_length(t->length);
    bool upper = engine == ENGINE_SQLITE;
    const char *tail = "";
    if (is_mysql(engine) && t->collation)
        tail = arena_printf(mem, " COLLATE %s", t->collation);
    else if (t->no_case)
        tail = upper ? " COLLATE NOCASE" : is_mysql(engine) ? " COLLATE utf8mb4_general_ci" : "";
    if (t->no_case && engine == ENGINE_POSTGRES)
        return "citext";
    if (t->fixed && length > 0)
        return arena_printf(mem, "%s(%d)%s", upper ? "CHAR" : "char", length, tail);
    if (is_mysql(engine)) {
        if (in_key &&
            (length == 0 || length > 768)) /* 3072 bytes are the most that InnoDB indexes */
            length = length == 0 ? 255 : 768;
        if (length == 0 || (!t->name && length > 1000))
            return arena_printf(mem, "%s%s", length > 0 && length <= 16383 ? "text" : "longtext",
                                tail);
        return arena_printf(mem, "varchar(%d)%s", length, tail);
    }
    if (length == 0 || (!t->name && length > 1000))
        return arena_printf(mem, "%s%s", upper ? "TEXT" : "text", tail);
    return arena_printf(mem, "%s(%d)%s", upper ? "VARCHAR" : "varchar", length, tail);
}

static const char *bytes_type(Engine engine, const Type *t, bool in_key, Arena *mem)
{
    if (engine == ENGINE_SQLITE)
        return "BLOB";
    if (engine == ENGINE_POSTGRES)
        return "bytea";
    if (t->fixed && t->length > 0 && t->length <= 255)
        return sized("binary", t->length, mem);
    if (in_key && (t->length == 0 || t->length > 3072))
        return "varbinary(3072)";
    return t->length > 0 && t->length <= 4000 ? sized("varbinary", t->length, mem) : "longblob";
}

static const char *timestamp_type(Engine engine, const Type *t, Arena *mem)
{
    if (engine == ENGINE_SQLITE)
        return sized("TIMESTAMP", t->scale, mem);
    if (is_mysql(engine))
        return sized("datetime", t->scale, mem);
    /* Without digits PostgreSQL keeps six: one who says :type "timestamp" gets just that. */
    bool plain = t->name && t->scale == 0 && !strchr(t->name, '(');
    const char *name = pg_without_zone(t) ? "timestamp" : "timestamptz";
    return plain ? name : arena_printf(mem, "%s(%d)", name, t->scale);
}

static const char *enum_type(Engine engine, const Type *t, bool in_key, Arena *mem)
{
    int longest = 1;
    bool plain = true; /* ENUM takes no introducer, so no label may need one */
    for (int i = 0; i < t->label_count; i++) {
        int n = (int)utf8_length(t->labels[i], strlen(t->labels[i]));
        longest = n > longest ? n : longest;
        plain = plain && !strchr(t->labels[i], '\\');
    }
    if (!is_mysql(engine) || t->label_count == 0 || !t->name || !plain) {
        Type text = {.kind = TYPE_TEXT, .length = t->label_count ? longest : 0};
        return text_type(engine, &text, in_key, mem);
    }
    Buf out;
    buf_init(&out, SQL_MAX);
    buf_str(&out, "enum(");
    for (int i = 0; i < t->label_count; i++) {
        buf_str(&out, i ? ", " : "");
        put_doubled(&out, t->labels[i], strlen(t->labels[i]), '\'');
    }
    buf_byte(&out, ')');
    const char *text = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return text;
}

bool pg_without_zone(const Type *type)
{
    return type->kind == TYPE_TIMESTAMP && type->name && !type->with_zone;
}

char *dialect_type(Engine engine, const Type *type, bool in_key, Arena *mem)
{
    bool lite = engine == ENGINE_SQLITE, mysql = is_mysql(engine);
    const char *text = NULL;
    switch (type->kind) {
    case TYPE_BOOL: text = lite ? "BOOLEAN" : mysql ? "tinyint(1)" : "boolean"; break;
    case TYPE_INT: text = int_type(engine, type, mem); break;
    case TYPE_DECIMAL: text = decimal_type(engine, type, mem); break;
    case TYPE_FLOAT:
        text = lite               ? "REAL"
               : type->bits == 32 ? (mysql ? "float" : "real")
                                  : (mysql ? "double" : "double precision");
        break;
    case TYPE_NONE:
    case TYPE_NULL:
    case TYPE_TEXT: text = text_type(engine, type, in_key, mem); break;
    case TYPE_BYTES: text = bytes_type(engine, type, in_key, mem); break;
    case TYPE_DATE: text = lite ? "DATE" : "date"; break;
    case TYPE_TIME: text = sized(lite ? "TIME" : "time", type->scale, mem); break;
    case TYPE_TIMESTAMP: text = timestamp_type(engine, type, mem); break;
    case TYPE_UUID: text = lite ? "CHAR(36)" : mysql ? "char(36)" : "uuid"; break;
    /* A column declared JSON would get SQLite's numeric affinity: '1.0' would come back as 1. */
    case TYPE_JSON:
        text = lite                                            ? "TEXT"
               : mysql                                         ? "json"
               : type->name && strcmp(type->name, "json") == 0 ? "json"
                                                               : "jsonb";
        break;
    case TYPE_ENUM: text = enum_type(engine, type, in_key, mem); break;
    case TYPE_OTHER: text = type->name ? type->name : lite ? "TEXT" : "text"; break;
    }
    return arena_strdup(mem, text);
}

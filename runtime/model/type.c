/* Types as people and databases spell them. */
#include "model/type.h"

#include <string.h>

const char *type_kind_name(TypeKind kind)
{
    switch (kind) {
    case TYPE_NONE: return "unknown";
    case TYPE_NULL: return "null";
    case TYPE_BOOL: return "bool";
    case TYPE_INT: return "int";
    case TYPE_DECIMAL: return "decimal";
    case TYPE_FLOAT: return "float";
    case TYPE_TEXT: return "text";
    case TYPE_BYTES: return "bytes";
    case TYPE_DATE: return "date";
    case TYPE_TIME: return "time";
    case TYPE_TIMESTAMP: return "timestamp";
    case TYPE_UUID: return "uuid";
    case TYPE_JSON: return "json";
    case TYPE_ENUM: return "enum";
    case TYPE_OTHER: return "other";
    }
    return "unknown";
}

bool type_is_numeric(TypeKind kind)
{
    return kind == TYPE_INT || kind == TYPE_DECIMAL || kind == TYPE_FLOAT;
}

bool type_is_text(TypeKind kind)
{
    return kind == TYPE_TEXT || kind == TYPE_UUID || kind == TYPE_JSON || kind == TYPE_ENUM ||
           kind == TYPE_OTHER;
}

/* ---- writing */

static const char *int_text(const Type *type, Arena *mem)
{
    const char *name = type->bits == 8    ? "tinyint"
                       : type->bits == 16 ? "smallint"
                       : type->bits == 24 ? "mediumint"
                       : type->bits == 32 ? "int"
                                          : "bigint";
    return type->is_unsigned ? arena_printf(mem, "%s unsigned", name) : name;
}

static const char *sized(const char *name, int size, Arena *mem)
{
    return size > 0 ? arena_printf(mem, "%s(%d)", name, size) : name;
}

/* 'it''s' with its quotes doubled. */
static const char *quoted(const char *s, Arena *mem)
{
    char *text = arena_alloc(mem, 2 * strlen(s) + 3), *p = text;
    *p++ = '\'';
    for (; *s; s++) {
        if (*s == '\'')
            *p++ = '\'';
        *p++ = *s;
    }
    *p = '\'';
    return text;
}

static const char *enum_text(const Type *type, Arena *mem)
{
    const char *text = "enum(";
    for (int i = 0; i < type->label_count; i++)
        text = arena_printf(mem, "%s%s%s", text, i ? "," : "", quoted(type->labels[i], mem));
    return arena_printf(mem, "%s)", text);
}

const char *type_text(const Type *type, Arena *mem)
{
    switch (type->kind) {
    case TYPE_INT: return int_text(type, mem);
    case TYPE_DECIMAL:
        return type->precision > 0
                   ? arena_printf(mem, "decimal(%d,%d)", type->precision, type->scale)
                   : "decimal";
    case TYPE_FLOAT: return type->bits == 32 ? "real" : "double";
    case TYPE_TEXT:
        return type->length > 0 ? sized(type->fixed ? "char" : "varchar", type->length, mem)
                                : "text";
    case TYPE_BYTES:
        return type->length > 0 ? sized(type->fixed ? "binary" : "varbinary", type->length, mem)
                                : "bytes";
    case TYPE_TIME: return sized("time", type->scale, mem);
    case TYPE_TIMESTAMP: return sized("timestamp", type->scale, mem);
    case TYPE_ENUM: return type->label_count > 0 ? enum_text(type, mem) : "enum";
    case TYPE_OTHER: return type->name ? type->name : "other";
    default: return type_kind_name(type->kind);
    }
}

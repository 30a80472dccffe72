/* Type: what a column holds, apart from any engine. A recipe's generators derive one, a catalog
 * reads one from the database, a dialect writes one as SQL. */
#ifndef SEEDPIPE_MODEL_TYPE_H
#define SEEDPIPE_MODEL_TYPE_H

#include <stdbool.h>

#include "base/arena.h"

typedef enum TypeKind {
    TYPE_NONE,      /* not known (yet) */
    TYPE_NULL,      /* the literal null: fits every type */
    TYPE_BOOL,      /* cells in Vec.i, 0 or 1 */
    TYPE_INT,       /* Vec.i */
    TYPE_DECIMAL,   /* Vec.i, unscaled, with Vec.scale */
    TYPE_FLOAT,     /* Vec.f */
    TYPE_TEXT,      /* Vec.s, UTF-8 */
    TYPE_BYTES,     /* Vec.s, any bytes */
    TYPE_DATE,      /* Vec.i, days since 1970-01-01 */
    TYPE_TIME,      /* Vec.i, microseconds of the day */
    TYPE_TIMESTAMP, /* Vec.i, microseconds since the epoch, UTC */
    TYPE_UUID,      /* Vec.s, 36 characters, lower case */
    TYPE_JSON,      /* Vec.s, JSON text */
    TYPE_ENUM,      /* Vec.s, one of labels */
    TYPE_OTHER /* a database type without a kind of its own; only its name is known; Vec.s as text
                */
} TypeKind;

typedef struct Type {
    TypeKind kind;
    int precision; /* TYPE_DECIMAL: digits in all, 0 = unbounded */
    int scale;  /* TYPE_DECIMAL: digits after the point; TYPE_TIME, TYPE_TIMESTAMP: fraction digits
                   0..6 */
    int length; /* TYPE_TEXT: characters, TYPE_BYTES: bytes; 0 = unbounded */
    int bits;   /* TYPE_INT: 8, 16, 24, 32 or 64 (0 counts as 64); TYPE_FLOAT: 32 or 64 */
    bool is_unsigned;      /* TYPE_INT on MySQL */
    bool fixed;            /* char(n), binary(n) */
    bool no_case;          /* text compared without case (citext, NOCASE, _ci collations) */
    bool with_zone;        /* TYPE_TIMESTAMP: timestamptz */
    const char *collation; /* TYPE_TEXT on MySQL, which wants a foreign key's columns to have the
                              same one; NULL: the table's */
    const char
        *name; /* as the database spells it, or as the recipe's :type says; NULL when derived */
    const char *const *labels; /* TYPE_ENUM */
    int label_count;
} Type;

const char *type_kind_name(TypeKind kind); /* "int", "decimal", ... for messages */
/* "varchar(40)", "decimal(12,2)", "timestamp": a neutral spelling for plans and messages. */
const char *type_text(const Type *type, Arena *mem);
/* Reads a neutral or SQL spelling ("varchar(40)", "numeric(12,2)", "int", "bigint", "timestamptz",
 * "datetime(6)", "enum('a','b')", ...) into a Type and keeps the spelling as its name; TYPE_OTHER
 * when it is none we know. */
Type type_parse(const char *text, Arena *mem);
bool type_is_numeric(TypeKind kind); /* int, decimal, float */
bool type_is_text(TypeKind kind);    /* text, uuid, json, enum, other */

#endif

/* The model's type of a PostgreSQL type: by the base type under any domains. */
#include <string.h>

#include "db/postgres_int.h"

enum { TYPMOD_HEAD = 4, MICRO_DIGITS = 6, NAME_BYTES = 63, SCALE_BITS = 11 };

static Type numeric_type(int typmod)
{
    Type t = {.kind = TYPE_DECIMAL};
    if (typmod < TYPMOD_HEAD)
        return t;
    int bits = typmod - TYPMOD_HEAD;
    int scale = bits & ((1 << SCALE_BITS) - 1);
    scale = scale >= 1 << (SCALE_BITS - 1) ? scale - (1 << SCALE_BITS) : scale;
    t.precision = bits >> 16 & 0xffff;
    t.scale = scale;
    if (scale < 0) { /* numeric(3, -2): five digits, the last two always 0 */
        t.precision -= scale;
        t.scale = 0;
    }
    return t;
}

static Type text_type(int typmod, bool fixed)
{
    return (Type){.kind = TYPE_TEXT,
                  .length = typmod >= TYPMOD_HEAD ? typmod - TYPMOD_HEAD : 0,
                  .fixed = fixed && typmod >= TYPMOD_HEAD};
}

static Type builtin_type(const PgTypeRow *row)
{
    static const struct {
        const char *name;
        Type type;
    } simple[] = {
        {"bool", {.kind = TYPE_BOOL}},
        {"int2", {.kind = TYPE_INT, .bits = 16}},
        {"int4", {.kind = TYPE_INT, .bits = 32}},
        {"int8", {.kind = TYPE_INT, .bits = 64}},
        {"float4", {.kind = TYPE_FLOAT, .bits = 32}},
        {"float8", {.kind = TYPE_FLOAT, .bits = 64}},
        {"text", {.kind = TYPE_TEXT}},
        {"name", {.kind = TYPE_TEXT, .length = NAME_BYTES}},
        {"char", {.kind = TYPE_TEXT, .length = 1, .fixed = true}},
        {"bytea", {.kind = TYPE_BYTES}},
        {"date", {.kind = TYPE_DATE}},
        {"uuid", {.kind = TYPE_UUID}},
        {"json", {.kind = TYPE_JSON}},
        {"jsonb", {.kind = TYPE_JSON}},
    };
    int digits = row->typmod >= 0 && row->typmod <= MICRO_DIGITS ? row->typmod : MICRO_DIGITS;
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
        if (strcmp(simple[i].name, row->name) == 0)
            return simple[i].type;
    if (strcmp(row->name, "numeric") == 0)
        return numeric_type(row->typmod);
    if (strcmp(row->name, "varchar") == 0)
        return text_type(row->typmod, false);
    if (strcmp(row->name, "bpchar") == 0)
        return text_type(row->typmod, true);
    if (strcmp(row->name, "time") == 0)
        return (Type){.kind = TYPE_TIME, .scale = digits};
    if (strcmp(row->name, "timestamp") == 0)
        return (Type){.kind = TYPE_TIMESTAMP, .scale = digits};
    if (strcmp(row->name, "timestamptz") == 0)
        return (Type){.kind = TYPE_TIMESTAMP, .scale = digits, .with_zone = true};
    return (Type){.kind = TYPE_OTHER};
}

Type postgres_type(const PgTypeRow *row)
{
    Type t = {.kind = TYPE_OTHER};
    if (row->type == 'e')
        t.kind = TYPE_ENUM;
    else if (row->builtin)
        t = builtin_type(row);
    else if (row->type == 'b' && row->category == 'S' && strcmp(row->name, "citext") == 0)
        t = (Type){.kind = TYPE_TEXT, .no_case = true};
    t.no_case = t.no_case || (t.kind == TYPE_TEXT && row->no_case);
    t.name = row->shown;
    return t;
}

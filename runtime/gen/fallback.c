/* What fills a column of which only the type is known: a generator call as a recipe could have
 * written it. Dates need no clock: they lie in the years 2020 to 2024. */
#include "gen/family_int.h"

#include <string.h>

#include "base/decimal.h"
#include "base/utf8.h"

static Value int_value(int64_t i)
{
    return (Value){.kind = VAL_INT, .i = i};
}
static Value text_value(const char *text)
{
    return (Value){.kind = VAL_TEXT, .text = text, .len = strlen(text)};
}

static const Node *call(const Column *column, Arena *mem, const GenDef *gen, Value first,
                        Value second, Value third)
{
    Value given[] = {first, second, third};
    Value *params = arena_array(mem, Value, gen->nparams + 1);
    for (int i = 0; i < gen->nparams && i < 3; i++)
        params[i] = given[i];
    Node *node = arena_new_of(mem, Node);
    node->kind = NODE_GEN;
    node->where = column->where;
    node->gen = gen;
    node->params = params;
    node->mods.null_share = 0;
    node->mods.on_delete = node->mods.on_update = ACTION_UNSET;
    return node;
}

static const Value none = {.kind = VAL_NONE};

static const Node *whole_number(const Column *column, Arena *mem)
{
    int bits = column->type.bits ? column->type.bits : 64;
    int64_t most = bits >= 24 ? 1000000 : (INT64_C(1) << (bits - 1)) - 1;
    return call(column, mem, &gen_def_int, int_value(bits >= 24 ? 1 : 0), int_value(most), none);
}

static const Node *exact_number(const Column *column, Arena *mem)
{
    int scale = column->type.scale, whole = column->type.precision - scale;
    if (column->type.precision == 0) {
        scale = 2;
        whole = 4;
    }
    scale = scale < 0 ? 0 : scale > 14 ? 14 : scale;
    whole = whole < 0 ? 0 : whole > 4 ? 4 : whole;
    /* The greatest value as a recipe would spell it: 9999.99, or 0.99 when nothing stands before
     * the point. */
    char nines[40];
    int n = 0;
    for (int i = 0; i < whole; i++)
        nines[n++] = '9';
    if (!whole)
        nines[n++] = '0';
    if (scale)
        nines[n++] = '.';
    for (int i = 0; i < scale; i++)
        nines[n++] = '9';
    nines[n] = 0;
    int64_t unscaled = 0;
    int digits = 0;
    decimal_parse(nines, &unscaled, &digits);
    Value max = {.kind = VAL_FLOAT,
                 .f = decimal_to_double(unscaled, scale),
                 .text = arena_strdup(mem, nines)};
    return call(column, mem, &gen_def_decimal, int_value(0), scale ? max : int_value(unscaled),
                int_value(scale));
}

static const Node *prose(const Column *column, Arena *mem)
{
    int64_t length = column->type.length;
    if (column->type.fixed && length > 0 && length <= 64) {
        char *shape = arena_alloc(mem, (size_t)length + 1);
        memset(shape, '?', (size_t)length);
        return call(column, mem, &gen_def_pattern, text_value(shape), none, none);
    }
    int64_t max = length == 0 || length > 60 ? 60 : length, min = max < 20 ? (max + 1) / 2 : 10;
    return call(column, mem, &gen_def_text, int_value(min), int_value(max), none);
}

static const Node *octets(const Column *column, Arena *mem)
{
    int64_t length = column->type.length, max = length == 0 || length > 32 ? 32 : length;
    if (column->type.fixed && length > 0 && length <= 8192)
        return call(column, mem, &gen_def_bytes, int_value(length), int_value(length), none);
    return call(column, mem, &gen_def_bytes, int_value(max < 8 ? max : 8), int_value(max), none);
}

static const Node *label(const Column *column, Arena *mem)
{
    int n = column->type.label_count;
    Value *items = arena_array(mem, Value, n + 1);
    for (int i = 0; i < n; i++)
        items[i] = text_value(column->type.labels[i]);
    return call(column, mem, &gen_def_choice, (Value){.kind = VAL_LIST, .items = items, .count = n},
                none, none);
}

static const Node *null_constant(const Column *column, Arena *mem)
{
    Node *node = arena_new_of(mem, Node);
    node->kind = NODE_CONST;
    node->where = column->where;
    node->value.kind = VAL_NULL;
    node->mods.on_delete = node->mods.on_update = ACTION_UNSET;
    return node;
}

const Node *gen_fallback(const Column *column, Arena *mem)
{
    switch (column->type.kind) {
    case TYPE_NULL: return null_constant(column, mem);
    case TYPE_BOOL: return call(column, mem, &gen_def_bool, none, none, none);
    case TYPE_INT: return whole_number(column, mem);
    case TYPE_DECIMAL: return exact_number(column, mem);
    case TYPE_FLOAT: return call(column, mem, &gen_def_float, int_value(0), int_value(1000), none);
    case TYPE_NONE:
    case TYPE_TEXT: return prose(column, mem);
    case TYPE_BYTES: return octets(column, mem);
    case TYPE_DATE:
        return call(column, mem, &gen_def_date, text_value("2020-01-01"), text_value("2024-12-31"),
                    none);
    case TYPE_TIME: return call(column, mem, &gen_def_time, none, none, none);
    case TYPE_TIMESTAMP:
        return call(column, mem, &gen_def_timestamp, text_value("2020-01-01"),
                    text_value("2024-12-31 23:59:59"), none);
    case TYPE_UUID: return call(column, mem, &gen_def_uuid, none, none, none);
    case TYPE_JSON: return call(column, mem, &gen_def_json, none, none, none);
    case TYPE_ENUM: return label(column, mem);
    case TYPE_OTHER: break;
    }
    return NULL;
}

/* Texts that databases give: names of types, and CREATE TABLE statements with their CHECKs. */
#include <string.h>

#include "db/sqlite_int.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *mem = arena_new();
    const char *text = arena_strndup(mem, (const char *)data, size);
    Type type = type_parse(text, mem);
    MUST(type.precision >= 0 && type.scale >= 0 && type.length >= 0 && type.bits >= 0);
    MUST(type.label_count >= 0 && (type.kind == TYPE_ENUM || type.label_count == 0));
    for (int i = 0; i < type.label_count; i++)
        MUST(type.labels[i] && strlen(type.labels[i]) <= size);
    const char *spelled = type_text(&type, mem);
    MUST(spelled);
    Table table = {.name = "t"};
    sqlite_db_checks(&table, text, mem);
    for (int i = 0; i < table.nchecks; i++)
        MUST(strlen(table.checks[i].sql) <= size);
    arena_free(mem);
    return 0;
}

/* Looking things up in tables and catalogs. */
#include "model/table.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

const char *action_sql(Action action)
{
    switch (action) {
    case ACTION_RESTRICT: return "RESTRICT";
    case ACTION_CASCADE: return "CASCADE";
    case ACTION_SET_NULL: return "SET NULL";
    case ACTION_SET_DEFAULT: return "SET DEFAULT";
    case ACTION_UNSET:
    case ACTION_NO_ACTION: break;
    }
    return "NO ACTION";
}

bool table_is_called(const Table *table, const char *name)
{
    size_t n = table->schema ? strlen(table->schema) : 0;
    if (n && (strncmp(name, table->schema, n) != 0 || name[n] != '.'))
        return false;
    return strcmp(n ? name + n + 1 : name, table->name) == 0;
}

bool table_mentions(const char *cond, const char *column)
{
    size_t n = strlen(column);
    bool found = strpbrk(column, "\"`") != NULL; /* doubled there */
    for (; *cond && !found; cond++)
        found = strncasecmp(cond, column, n) == 0;
    return found;
}

int table_column(const Table *table, const char *name)
{
    for (int i = 0; i < table->ncols; i++)
        if (strcmp(table->cols[i].name, name) == 0)
            return i;
    return -1;
}

const ForeignKey *table_fk_of(const Table *table, int col)
{
    for (int f = 0; f < table->nfks; f++)
        for (int i = 0; i < table->fks[f].ncols; i++)
            if (table->fks[f].cols[i] == col)
                return &table->fks[f];
    return NULL;
}

const ForeignKey *table_same_fk(const Table *in, const Table *table, const ForeignKey *fk)
{
    for (int f = 0; f < in->nfks; f++) {
        const ForeignKey *other = &in->fks[f];
        bool same = other->ncols == fk->ncols && strcmp(other->ref_table, fk->ref_table) == 0;
        for (int i = 0; same && i < fk->ncols; i++)
            same = strcmp(in->cols[other->cols[i]].name, table->cols[fk->cols[i]].name) == 0;
        if (same)
            return other;
    }
    return NULL;
}

static bool begins_with(const Key *key, const int *cols, int ncols)
{
    if (key->partial || key->no_case || key->ncols < ncols)
        return false;
    for (int i = 0; i < ncols; i++)
        if (key->cols[i] != cols[i])
            return false;
    return true;
}

static bool any_begins_with(const Key *keys, int nkeys, const int *cols, int ncols)
{
    for (int k = 0; k < nkeys; k++)
        if (begins_with(&keys[k], cols, ncols))
            return true;
    return false;
}

bool table_has_index_on(const Table *table, const int *cols, int ncols)
{
    return begins_with(&table->primary, cols, ncols) ||
           any_begins_with(table->uniques, table->nuniques, cols, ncols) ||
           any_begins_with(table->indexes, table->nindexes, cols, ncols);
}

bool key_holds(const Key *key, const int *cols, int ncols)
{
    for (int i = 0; i < ncols; i++) {
        int k = 0;
        while (k < key->ncols && key->cols[k] != cols[i])
            k++;
        if (k == key->ncols)
            return false;
    }
    return true;
}

bool key_same(const Key *a, const Key *b)
{
    return a->ncols == b->ncols && key_holds(b, a->cols, a->ncols);
}

/* A schema that is not named is the connection's, on either side. */
static bool same_schema(const Catalog *catalog, const char *a, const char *b)
{
    a = a ? a : catalog->schema;
    b = b ? b : catalog->schema;
    return a == b || (a && b && strcmp(a, b) == 0);
}

const char *catalog_spelling(const Catalog *catalog, const char *schema, const char *name,
                             Arena *mem)
{
    if (catalog->name_case == CASE_LOWERED) {
        const char *lowered = text_lowered(name, mem);
        return strcmp(lowered, name) != 0 ? lowered : NULL;
    }
    for (int t = 0; catalog->name_case == CASE_IGNORED && t < catalog->ntables; t++) {
        const Table *table = &catalog->tables[t];
        if (strcasecmp(table->name, name) == 0 && strcmp(table->name, name) != 0 &&
            same_schema(catalog, table->schema, schema))
            return table->name;
    }
    return NULL;
}

const Table *catalog_table(const Catalog *catalog, const char *schema, const char *name)
{
    for (int t = 0; catalog && t < catalog->ntables; t++) {
        const Table *table = &catalog->tables[t];
        if (strcmp(table->name, name) == 0 && same_schema(catalog, table->schema, schema))
            return table;
    }
    return NULL;
}

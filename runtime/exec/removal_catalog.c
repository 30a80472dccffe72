/* The catalog that a removal needs: with every schema from which something may refer to what goes.
 */
#include <string.h>

#include "exec/removal.h"

/* Schemas whose tables refer to other tables: a reference may come from anywhere. */
static const char *referring_schemas(Engine engine)
{
    switch (engine) {
    case ENGINE_POSTGRES:
        return "SELECT DISTINCT n.nspname FROM pg_catalog.pg_class c "
               "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
               "WHERE (c.relkind = 'p' OR EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k "
               "WHERE k.conrelid = c.oid AND k.contype = 'f')) AND n.nspname <> 'seedpipe' "
               "ORDER BY 1"; /* the keys of partitions count as their root's */
    case ENGINE_MARIADB:
        return "SELECT DISTINCT table_schema FROM information_schema.key_column_usage "
               "WHERE referenced_table_schema = DATABASE() ORDER BY 1";
    case ENGINE_MYSQL:
        return "SELECT DISTINCT constraint_schema FROM information_schema.referential_constraints "
               "WHERE unique_constraint_schema = DATABASE() ORDER BY 1";
    case ENGINE_SQLITE: break;
    }
    return NULL;
}

#define SCHEMAS_ASKED 50 /* one by one */

/* MariaDB opens all tables of all databases, its own views among them, unless each database is
 * named by `=`. */
static bool read_referring(Db *db, DbResult *out, Arena *mem, Err *err)
{
    const char *sql = referring_schemas(db->engine);
    DbResult all;
    *out = (DbResult){0};
    if (!sql)
        return true;
    if (db->engine != ENGINE_MARIADB)
        return db_query(db, sql, NULL, 0, out, mem, err);
    if (!db_query(db,
                  "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN "
                  "('information_schema', 'performance_schema', 'mysql', 'sys') ORDER BY 1",
                  NULL, 0, &all, mem, err))
        return false;
    if (all.rows > SCHEMAS_ASKED)
        return db_query(db, sql, NULL, 0, out, mem, err);
    const char *each = "";
    for (int i = 0; i < all.rows; i++)
        each = arena_printf(mem,
                            "%s%sSELECT table_schema FROM information_schema.key_column_usage "
                            "WHERE table_schema = ? AND referenced_table_schema = DATABASE()",
                            each, i ? " UNION " : "");
    return all.rows == 0 || db_query(db, arena_printf(mem, "%s ORDER BY 1", each), all.cells,
                                     all.rows, out, mem, err);
}

static bool known(const char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

bool removal_catalog(Db *db, const char *const *schemas, int nschemas, const Catalog *had,
                     Catalog *out, Arena *mem, Err *err)
{
    DbResult r;
    if (!read_referring(db, &r, mem, err))
        return false;
    const char **all = arena_array(mem, const char *, nschemas + r.rows + 1);
    int n = 0;
    bool holds = had != NULL;
    for (int i = 0; i < nschemas; i++)
        all[n++] = schemas[i];
    for (int i = 0; i < r.rows; i++) {
        const char *name = db_cell(&r, i, 0), *own = had ? had->schema : NULL;
        own = had && !own ? had->database : own;
        if (known(all, n, name))
            continue;
        all[n++] = name;
        holds = holds && own && strcmp(own, name) == 0;
    }
    if (holds)
        *out = *had;
    return holds || db_describe(db, all, n, out, mem, err);
}

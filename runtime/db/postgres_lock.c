/* The advisory lock of a target, and where a column's sequence stands. PostgreSQL keeps advisory
 * locks per database; the key is made of database and schema all the same, so that it reads alike
 * in pg_locks everywhere. */
#include <stdlib.h>
#include <string.h>

#include "db/postgres_int.h"

static const char *key_text(const PgDb *d, Arena *mem)
{
    return arena_printf(mem, "%lld", (long long)d->lock_key);
}

bool postgres_lock_try(Db *db, bool *got, Arena *mem, Err *err)
{
    PgDb *d = pg_of(db);
    const char *params[] = {key_text(d, mem)};
    *got = false;
    PGresult *res = postgres_run(d, "SELECT pg_catalog.pg_try_advisory_lock(?::pg_catalog.int8)",
                                 params, 1, mem, err);
    if (!res)
        return false;
    *got = strcmp(PQgetvalue(res, 0, 0), "t") == 0;
    PQclear(res);
    return true;
}

/* pg_locks shows a 64-bit key as two halves. */
bool postgres_lock_held(Db *db, bool *held, Arena *mem, Err *err)
{
    PgDb *d = pg_of(db);
    uint64_t key = (uint64_t)d->lock_key;
    const char *params[] = {arena_printf(mem, "%u", (unsigned)(key >> 32)),
                            arena_printf(mem, "%u", (unsigned)(key & 0xffffffffu))};
    *held = false;
    PGresult *res = postgres_run(
        d,
        "SELECT 1 FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
        "AND l.pid = pg_catalog.pg_backend_pid() AND l.classid = ?::pg_catalog.oid AND l.objid = ?::pg_catalog.oid "
        "AND l.database = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database())",
        params, 2, mem, err);
    if (!res)
        return false;
    *held = PQntuples(res) > 0;
    PQclear(res);
    return true;
}

void postgres_unlock(Db *db)
{
    PgDb *d = pg_of(db);
    Arena *mem = arena_new();
    Err ignored = {0}; /* the lock goes with the session at the latest */
    const char *params[] = {key_text(d, mem)};
    PQclear(postgres_run(d, "SELECT pg_catalog.pg_advisory_unlock(?::pg_catalog.int8)", params, 1,
                         mem, &ignored));
    arena_free(mem);
}

/* The sequence that the column owns (identity, serial), or else the one that its default calls.
 * Sequences that we may not read are unknown. */
static const char *sequence_of(PgDb *d, const Table *table, int col, int64_t *increment, Arena *mem,
                               Err *err)
{
    const char *params[] = {table->schema ? table->schema : d->schema, table->name,
                            table->cols[col].name};
    PGresult *res = postgres_run(
        d,
        "SELECT pg_catalog.quote_ident(sn.nspname) || '.' || pg_catalog.quote_ident(sc.relname), sq.seqincrement "
        "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "CROSS JOIN LATERAL (SELECT dep.refobjid AS oid, 1 AS place FROM pg_catalog.pg_attrdef ad JOIN pg_catalog.pg_depend dep ON dep.objid = ad.oid "
        "  WHERE ad.adrelid = a.attrelid AND ad.adnum = a.attnum AND dep.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass "
        "  AND dep.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass "
        "  UNION ALL SELECT dep.objid, 2 FROM pg_catalog.pg_depend dep WHERE dep.refobjid = a.attrelid AND dep.refobjsubid = a.attnum "
        "  AND dep.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND dep.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass "
        "  AND dep.deptype IN ('a', 'i')) s "
        "JOIN pg_catalog.pg_sequence sq ON sq.seqrelid = s.oid JOIN pg_catalog.pg_class sc ON sc.oid = s.oid "
        "JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace "
        "WHERE n.nspname = ?::pg_catalog.text AND c.relname = ?::pg_catalog.text AND a.attname = ?::pg_catalog.text "
        "AND pg_catalog.has_table_privilege(sc.oid, 'SELECT') ORDER BY s.place LIMIT 1",
        params, 3, mem, err);
    if (!res)
        return NULL;
    const char *name = "";
    if (PQntuples(res)) {
        name = arena_strdup(mem, PQgetvalue(res, 0, 0));
        *increment = strtoll(PQgetvalue(res, 0, 1), NULL, 10);
    }
    PQclear(res);
    return name;
}

bool postgres_next_key(Db *db, const Table *table, int col, int64_t *next, Arena *mem, Err *err)
{
    PgDb *d = pg_of(db);
    int64_t increment = 1;
    *next = 1;
    const char *name = sequence_of(d, table, col, &increment, mem, err);
    if (!name || !*name)
        return name != NULL;
    PGresult *res = postgres_run(d, arena_printf(mem, "SELECT last_value, is_called FROM %s", name),
                                 NULL, 0, mem, err);
    if (!res)
        return false;
    int64_t last = strtoll(PQgetvalue(res, 0, 0), NULL, 10);
    bool called = strcmp(PQgetvalue(res, 0, 1), "t") == 0;
    PQclear(res);
    if (!called || __builtin_add_overflow(last, increment, next))
        *next = last;
    return true;
}

/* Calls through a connection's table of functions, and which connector serves which engine. */
#include "db/db_int.h"

#include <stdlib.h>

/* PostgreSQL takes a new table's size from its file: fewer rows are looked up one by one without
 * statistics, too, which would cost more than that. */
#define ANALYZED_FROM 10000u

const Connector *db_connector(Engine engine)
{
    switch (engine) {
    case ENGINE_SQLITE: return &db_sqlite;
    case ENGINE_POSTGRES: return &db_postgres;
    case ENGINE_MARIADB:
    case ENGINE_MYSQL: break;
    }
    return &db_mysql;
}

Db *db_open(const DbUrl *url, const DbOptions *options, Arena *mem, Err *err)
{
    const Connector *connector =
        options->connector ? options->connector : db_connector(url->engine);
    return connector->open(url, options, mem, err);
}

void db_close(Db *db)
{
    if (db)
        db->connector->close(db);
}

bool db_exec(Db *db, Arena *mem, Err *err, const char *sql)
{
    return db->connector->exec(db, sql, NULL, 0, NULL, mem, err);
}

bool db_exec_params(Db *db, const char *sql, const char *const *params, int nparams,
                    int64_t *affected, Arena *mem, Err *err)
{
    return db->connector->exec(db, sql, params, nparams, affected, mem, err);
}

bool db_query(Db *db, const char *sql, const char *const *params, int nparams, DbResult *out,
              Arena *mem, Err *err)
{
    return db->connector->query(db, sql, params, nparams, out, mem, err);
}

bool db_query_i64(Db *db, const char *sql, const char *const *params, int nparams, int64_t none,
                  int64_t *out, Arena *mem, Err *err)
{
    DbResult r;
    *out = none;
    if (!db_query(db, sql, params, nparams, &r, mem, err))
        return false;
    const char *text = r.rows && r.cols ? db_cell(&r, 0, 0) : NULL;
    if (!text)
        return true;
    char *end;
    long long v = strtoll(text, &end, 10);
    if (end == text || *end)
        return err_add(mem, err, ERR_DB, NULL, NULL,
                       "a query that should give a whole number gave something else");
    *out = v;
    return true;
}

bool db_analyze_new(Db *db, const char *name, uint64_t rows, Arena *mem, Err *err)
{
    return db->engine != ENGINE_POSTGRES || rows <= ANALYZED_FROM ||
           db_exec(db, mem, err, arena_printf(mem, "ANALYZE %s", name));
}

bool db_begin(Db *db, Arena *mem, Err *err)
{
    return db->connector->begin(db, mem, err);
}
bool db_commit(Db *db, Arena *mem, Err *err)
{
    return db->connector->commit(db, mem, err);
}
bool db_rollback(Db *db, Arena *mem, Err *err)
{
    return db->connector->rollback(db, mem, err);
}

bool db_describe(Db *db, const char *const *schemas, int nschemas, Catalog *out, Arena *mem,
                 Err *err)
{
    return db->connector->describe(db, schemas, nschemas, out, mem, err);
}

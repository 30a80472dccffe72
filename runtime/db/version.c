/* The versions of the client libraries, for `seedpipe version`. */
#include <libpq-fe.h>
#include <mysql.h>
#include <sqlite3.h>

#include "db/db.h"

const char *db_client_version(Engine engine, Arena *mem)
{
    int pq = PQlibVersion();
    switch (engine) {
    case ENGINE_SQLITE: return sqlite3_libversion();
    case ENGINE_POSTGRES: return arena_printf(mem, "%d.%d", pq / 10000, pq % 10000);
    case ENGINE_MARIADB:
    case ENGINE_MYSQL: break;
    }
    return mysql_get_client_info();
}

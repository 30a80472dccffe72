/* Poolers between us and the server. PgBouncer in transaction mode gives each transaction whichever
 * server session is free: an advisory lock would stay behind with one that others use, and our
 * session settings would reach strangers. Nothing says so in the protocol, so it is tried out,
 * before anything is set: a pooler makes up the process number that libpq knows, and sessions that
 * change, or that two connections share, belong to a pool. */
#include <poll.h>
#include <stdlib.h>

#include "base/os.h"
#include "db/postgres_int.h"

enum { ROUNDS = 3, PATIENCE_MS = 3000 };

/* 0: no answer in time. In session mode a pool of one has no session left for a second connection.
 */
static int64_t backend_pid(PGconn *conn)
{
    uint64_t until = os_monotonic_us() + PATIENCE_MS * 1000u;
    int64_t pid = 0;
    if (!PQsendQuery(conn, "SELECT pg_catalog.pg_backend_pid()"))
        return 0;
    while (PQisBusy(conn)) {
        struct pollfd wait = {.fd = PQsocket(conn), .events = POLLIN};
        uint64_t now = os_monotonic_us();
        if (now >= until || poll(&wait, 1, (int)((until - now) / 1000) + 1) < 0 ||
            !PQconsumeInput(conn))
            return 0;
    }
    for (PGresult *res; (res = PQgetResult(conn)) != NULL; PQclear(res))
        if (PQresultStatus(res) == PGRES_TUPLES_OK)
            pid = strtoll(PQgetvalue(res, 0, 0), NULL, 10);
    return pid;
}

/* While the second connection is inside a transaction it holds its server session, so the first one
 * cannot have that; right after, a pool is likely to give the first one just that. */
static bool sessions_move(PGconn *first, PGconn *second)
{
    int64_t mine = backend_pid(first);
    if (!mine || !backend_pid(second))
        return false;
    for (int i = 0; i < ROUNDS; i++) {
        PQclear(PQexec(second, "BEGIN"));
        int64_t theirs = backend_pid(second), during = backend_pid(first);
        PQclear(PQexec(second, "ROLLBACK"));
        if (theirs == mine || during != mine || backend_pid(first) != mine)
            return true;
    }
    return false;
}

bool postgres_pool_moves(PGconn *conn, const char *const *keys, const char *const *values)
{
    if (backend_pid(conn) == PQbackendPID(conn))
        return false;
    PGconn *second = PQconnectdbParams(keys, values, 0);
    bool moves = PQstatus(second) == CONNECTION_OK && sessions_move(conn, second);
    PQfinish(second);
    return moves;
}

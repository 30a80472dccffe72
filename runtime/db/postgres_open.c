/* Opening and closing a PostgreSQL session. What the URL leaves out comes from where libpq takes
 * it: PG* variables, service files, .pgpass. A session has fixed settings (UTC, ISO dates, exact
 * floats, names quoted where they must be, no limit of idle time), and a search
 * path without seedpipe's own schema: "$user" would begin to mean it as soon as a user called
 * seedpipe has a ledger. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/os.h"
#include "db/postgres_int.h"

enum { OPTIONS_MAX = 64, OLDEST_VERSION = 100000 };

typedef struct Params {
    const char *keys[OPTIONS_MAX], *values[OPTIONS_MAX];
    int n;
} Params;

/* A later value of the same option wins. */
static void param_set(Params *p, const char *key, const char *value)
{
    if (!value)
        return;
    for (int i = 0; i < p->n; i++)
        if (strcmp(p->keys[i], key) == 0) {
            p->values[i] = value;
            return;
        }
    if (p->n < OPTIONS_MAX - 1) {
        p->keys[p->n] = key;
        p->values[p->n++] = value;
    }
}

static const char *param_get(const Params *p, const char *key)
{
    for (int i = 0; i < p->n; i++)
        if (strcmp(p->keys[i], key) == 0)
            return p->values[i];
    return NULL;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static char *percent_decoded(const char *text, size_t n, Arena *mem)
{
    char *out = arena_strndup(mem, text, n), *to = out;
    for (size_t i = 0; i < n; i++) {
        int high = text[i] == '%' && i + 2 < n ? hex_digit(text[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low >= 0) {
            *to++ = (char)(high * 16 + low);
            i += 2;
        } else {
            *to++ = text[i];
        }
    }
    *to = '\0';
    return out;
}

/* Every option of the URL's query goes to libpq, which knows them. */
static void params_of_query(Params *p, const char *query, Arena *mem)
{
    for (const char *at = query; at && *at;) {
        size_t n = strcspn(at, "&");
        const char *equals = memchr(at, '=', n);
        if (equals) {
            const char *key = percent_decoded(at, (size_t)(equals - at), mem);
            const char *value = percent_decoded(equals + 1, n - (size_t)(equals + 1 - at), mem);
            if (strcmp(key, "ssl") == 0 && strcmp(value, "true") == 0)
                param_set(p, "sslmode", "require"); /* JDBC's word, which libpq takes in URLs too */
            else
                param_set(p, key, value);
        }
        at += n;
        at += *at == '&';
    }
}

/* The default that libpq would use (variable, service file); NULL when none. */
static const char *libpq_default(const char *key, Arena *mem)
{
    PQconninfoOption *all = PQconndefaults();
    const char *value = NULL;
    for (PQconninfoOption *o = all; o && o->keyword; o++)
        if (strcmp(o->keyword, key) == 0 && o->val && *o->val)
            value = arena_strdup(mem, o->val);
    PQconninfoFree(all);
    return value;
}

static bool weak_tls(const char *mode)
{
    return !mode || strcmp(mode, "disable") == 0 || strcmp(mode, "allow") == 0 ||
           strcmp(mode, "prefer") == 0;
}

/* Host NULL in the URL may still mean a server elsewhere: PGHOST. */
static bool is_local(const DbUrl *url, const Params *p, Arena *mem)
{
    if (param_get(p, "host") || param_get(p, "hostaddr"))
        return db_url_is_local(url);
    const char *host = libpq_default("hostaddr", mem);
    host = host ? host : libpq_default("host", mem);
    const DbUrl meant = {.engine = ENGINE_POSTGRES, .host = host};
    return db_url_is_local(&meant);
}

/* PGHOSTADDR, or a service's hostaddr, wins over every host: what a guard saw would not be what is
 * reached. */
static bool same_server(const DbUrl *url, Arena *mem, Err *err)
{
    const char *meant = url->host ? url->host : url->socket;
    const char *address = meant ? libpq_default("hostaddr", mem) : NULL;
    if (!address || os_same_host(address, meant))
        return true;
    err_add(mem, err, ERR_GUARD, NULL, url->shown,
            "PGHOSTADDR (or a service file) leads to %s, and not to the url's host", address);
    return err_hint(mem, err, "unset it, or write that address into the url");
}

static bool params_of(Params *p, const DbUrl *url, const DbOptions *options, Arena *mem, Err *err)
{
    double seconds = options->connect_timeout > 0     ? options->connect_timeout
                     : os_getenv("PGCONNECT_TIMEOUT") ? 0
                                                      : 10;
    if (!same_server(url, mem, err))
        return false;
    if (seconds > 0)
        param_set(p, "connect_timeout", arena_printf(mem, "%.0f", ceil(seconds)));
    param_set(p, "fallback_application_name", "seedpipe");
    /* A server whose machine vanished is noticed within a minute. */
    param_set(p, "keepalives_idle", "30");
    param_set(p, "keepalives_interval", "10");
    param_set(p, "keepalives_count", "3");
    param_set(p, "tcp_user_timeout", "60000");
    param_set(p, "host", url->host ? url->host : url->socket);
    param_set(p, "port", url->port);
    param_set(p, "user", url->user);
    param_set(p, "password", url->password);
    param_set(p, "dbname", url->database);
    params_of_query(p, url->query, mem);
    if (options->require_tls && !is_local(url, p, mem)) {
        const char *given = param_get(p, "sslmode");
        if (given && weak_tls(given)) {
            err_add(mem, err, ERR_GUARD, NULL, url->shown,
                    "this environment needs TLS, and the url says sslmode=%s", given);
            return err_hint(mem, err, "use sslmode=require, verify-ca or verify-full");
        }
        if (!given && weak_tls(libpq_default("sslmode", mem)))
            param_set(p, "sslmode", "require");
    }
    param_set(p, "client_encoding", "UTF8");
    return true;
}

/* ---------------------------------------------------------------- errors of connecting */

static const struct {
    const char *words, *hint;
} reasons[] = {
    {"password authentication failed",
     "check user and password (in the url, PGPASSWORD or ~/.pgpass)"},
    {"no password supplied", "give the password in the url, PGPASSWORD or ~/.pgpass"},
    {"no pg_hba.conf entry",
     "the server's pg_hba.conf must admit this user, database, address and encryption"},
    {"permission denied", "the user needs the right to connect (GRANT CONNECT ON DATABASE)"},
    {"not permitted to log in", "the user needs the right to log in (ALTER ROLE ... LOGIN)"},
    {"database \"", "create the database, or correct its name in the url"},
    {"role \"", "create the user, or correct its name in the url"},
    {"Connection refused", "start the server, or correct host and port in the url"},
    {"No such file or directory",
     "start the server, or correct the host (the socket's folder) and port in the url"},
    {"could not translate host name", "correct the host in the url"},
    {"timeout expired",
     "see whether the host can be reached from here; connect_timeout=SECONDS in the url waits longer"},
    {"SSL", "choose sslmode in the url to suit the server"},
    {"too many", "close other sessions, or raise the server's max_connections"},
    {"starting up", "try again when the server is up"},
};

/* The reason alone: behind the last `failed: ` (one line for each address that was tried) and the
 * server's `FATAL:  `. */
static const char *reason_of(const char *message, Arena *mem)
{
    const char *at = message;
    for (const char *found; (found = strstr(at, " failed: ")) != NULL;)
        at = found + strlen(" failed: ");
    const char *fatal =
        strncmp(at, "FATAL:", 6) == 0 || strncmp(at, "ERROR:", 6) == 0 ? at + 6 : at;
    fatal += strspn(fatal, " ");
    size_t n = strcspn(fatal, "\n");
    return n ? arena_strndup(mem, fatal, n) : "no reason was given";
}

static bool connect_error(const PGconn *conn, const DbUrl *url, Arena *mem, Err *err)
{
    const char *message = PQerrorMessage(conn);
    const char *reason = reason_of(message, mem);
    if (strncmp(message, "invalid ", 8) == 0) { /* said before anything was tried */
        err_add(mem, err, ERR_URL, NULL, url->shown,
                "PostgreSQL's client library refuses the url: %s", reason);
        return err_hint(
            mem, err,
            "options behind ? are those of libpq: sslmode, host, connect_timeout, application_name, ...");
    }
    const char *host = PQhost(conn), *port = PQport(conn), *database = PQdb(conn);
    const char *where =
        host && *host == '/'
            ? arena_printf(mem, "the socket in %s, port %s", host, port && *port ? port : "5432")
            : arena_printf(mem, "%s:%s", host && *host ? host : "localhost",
                           port && *port ? port : "5432");
    err_add(mem, err, ERR_CONNECT, NULL, url->shown,
            "cannot connect to PostgreSQL at %s, database \"%s\": %s", where,
            database ? database : "", reason);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strstr(reason, reasons[i].words))
            return err_hint(mem, err, "%s", reasons[i].hint);
    return err_hint(mem, err, "check host, port, user and database of the url");
}

/* ---------------------------------------------------------------- the session */

static void silent(void *ctx, const PGresult *res)
{
    (void)ctx;
    (void)res;
}

/* In the path, the schema of the ledger would take new tables: it is left out. Where a role of that
 * name keeps tables of its own there, they would be overlooked. */
#define OWN_TABLES                                                                                                              \
    "(SELECT pg_catalog.min(c.relname::pg_catalog.text) FROM pg_catalog.pg_class c WHERE 'seedpipe' OPERATOR(pg_catalog.=) "    \
    "ANY (pg_catalog.current_schemas(false)) AND c.relnamespace OPERATOR(pg_catalog.=) pg_catalog.to_regnamespace('seedpipe') " \
    "AND c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p']::pg_catalog.\"char\"[]) AND c.relname::pg_catalog.text "         \
    "OPERATOR(pg_catalog.<>) ALL (ARRAY['runs', 'segments', 'chunks', 'steps', 'changes', 'meta']))"

static bool check_own_schema(PgDb *d, const PGresult *res, Arena *mem, Err *err)
{
    if (PQgetisnull(res, 0, 0))
        return true;
    const char *name = PQgetvalue(res, 0, 0);
    err_add(mem, err, ERR_REFUSED, NULL, d->db.url.shown,
            "the schema seedpipe, which is in this role's search_path, holds tables of yours (%s), "
            "and is the place of the ledger",
            name);
    return err_hint(mem, err,
                    "ALTER TABLE seedpipe.%s SET SCHEMA public; or connect as a role of another "
                    "name; or, if they are not meant: ?options=-csearch_path%%3Dpublic in the url",
                    name);
}

/* While values are computed, or a question waits for its answer, the session is idle. */
static const char *no_idle_limits(int version)
{
    return version >= 170000
               ? ", pg_catalog.set_config('idle_session_timeout', '0', false), pg_catalog.set_config('transaction_timeout', '0', false)"
           : version >= 140000 ? ", pg_catalog.set_config('idle_session_timeout', '0', false)"
                               : "";
}

/* Nobody waits for another session's lock for ever, unless a role or a url says how long. */
#define LOCK_TIMEOUT                                                                               \
    "pg_catalog.set_config('lock_timeout', CASE WHEN pg_catalog.current_setting('lock_timeout') "  \
    "OPERATOR(pg_catalog.=) '0' THEN '50s' ELSE pg_catalog.current_setting('lock_timeout') END, "  \
    "false), "

static bool settings(PgDb *d, const DbOptions *options, Arena *mem, Err *err)
{
    PGresult *res = postgres_run(
        d,
        arena_printf(
            mem,
            "SELECT " OWN_TABLES
            ", pg_catalog.set_config('TimeZone', 'UTC', false), pg_catalog.set_config('DateStyle', 'ISO, YMD', false), "
            "pg_catalog.set_config('IntervalStyle', 'postgres', false), pg_catalog.set_config('bytea_output', 'hex', false), "
            "pg_catalog.set_config('extra_float_digits', '3', false), pg_catalog.set_config('standard_conforming_strings', 'on', false), "
            "pg_catalog.set_config('quote_all_identifiers', 'off', false), " LOCK_TIMEOUT
            "pg_catalog.set_config('statement_timeout', '%.0f', false), pg_catalog.set_config('idle_in_transaction_session_timeout', '0', false)%s%s, "
            /* pg_catalog unnamed: it is searched first then */
            "pg_catalog.set_config('search_path', coalesce((SELECT pg_catalog.string_agg(pg_catalog.quote_ident(s.name), ', ' ORDER BY s.place) "
            "FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY s(name, place) "
            "WHERE s.name OPERATOR(pg_catalog.<>) 'seedpipe' AND s.name OPERATOR(pg_catalog.<>) 'pg_catalog'), ''), false)",
            ceil(options->statement_timeout * 1000), no_idle_limits(PQserverVersion(d->conn)),
            options->read_only
                ? ", pg_catalog.set_config('default_transaction_read_only', 'on', false)"
                : ""),
        NULL, 0, mem, err);
    bool ok = res && check_own_schema(d, res, mem, err);
    PQclear(res);
    if (!ok)
        return false;
    /* So that a killed client's session does not go on; not every platform has it. */
    if (PQserverVersion(d->conn) >= 140000)
        PQclear(PQexec(d->conn, "SET client_connection_check_interval = '2s'"));
    return true;
}

static bool names(PgDb *d, Arena *mem, Err *err)
{
    PGresult *res = postgres_run(
        d, "SELECT pg_catalog.current_database(), pg_catalog.current_schema()", NULL, 0, mem, err);
    if (!res)
        return false;
    d->database = arena_strdup(mem, PQgetvalue(res, 0, 0));
    d->schema = PQgetisnull(res, 0, 1) ? NULL : arena_strdup(mem, PQgetvalue(res, 0, 1));
    PQclear(res);
    d->lock_key = (int64_t)hash64_str(
        arena_printf(mem, "seedpipe:%s/%s", d->database, d->schema ? d->schema : ""), 0);
    return true;
}

static bool session_begin(PgDb *d, const DbOptions *options, Arena *mem, Err *err)
{
    int version = PQserverVersion(d->conn);
    PQsetNoticeReceiver(d->conn, silent, NULL);
    if (PQstatus(d->conn) != CONNECTION_OK) /* it is gone again */
        return postgres_error(d, NULL, NULL, mem, err);
    if (version < OLDEST_VERSION) {
        err_add(mem, err, ERR_CONNECT, NULL, d->db.url.shown, "the server is PostgreSQL %s",
                PQparameterStatus(d->conn, "server_version"));
        return err_hint(mem, err, "seedpipe needs PostgreSQL 10 or newer");
    }
    const char *text = PQparameterStatus(d->conn, "server_version");
    d->db.server = arena_printf(mem, "PostgreSQL %.*s", (int)strcspn(text, " "), text);
    d->stop = PQgetCancel(d->conn);
    return settings(d, options, mem, err) && names(d, mem, err);
}

Db *postgres_open(const DbUrl *url, const DbOptions *options, Arena *mem, Err *err)
{
    Params p = {.n = 0};
    if (!params_of(&p, url, options, mem, err))
        return NULL;
    PGconn *conn = PQconnectdbParams(p.keys, p.values, 0);
    if (PQstatus(conn) != CONNECTION_OK) {
        connect_error(conn, url, mem, err);
        PQfinish(conn);
        return NULL;
    }
    if (postgres_pool_moves(conn, p.keys, p.values)) {
        PQfinish(conn);
        err_add(
            mem, err, ERR_REFUSED, NULL, url->shown,
            "leads to a pooler in transaction mode (PgBouncer): neither the lock nor the settings of a session hold there");
        err_hint(
            mem, err,
            "connect to PostgreSQL itself, or to a pool with pool_mode = session for this database");
        return NULL;
    }
    PgDb *d = arena_new_of(mem, PgDb);
    d->db = (Db){.connector = &db_postgres, .engine = ENGINE_POSTGRES, .url = *url};
    d->conn = conn;
    if (session_begin(d, options, mem, err))
        return &d->db;
    postgres_close(&d->db);
    return NULL;
}

void postgres_close(Db *db)
{
    PgDb *d = pg_of(db);
    PQfreeCancel(d->stop);
    PQfinish(d->conn);
    d->stop = NULL;
    d->conn = NULL;
}

void postgres_cancel(Db *db)
{
    PgDb *d = pg_of(db);
    char reason[256];
    if (!d->stop)
        return;
    atomic_store(&d->stopped, true);
    PQcancel(d->stop, reason,
             sizeof reason); /* when it fails, the statement just goes on to its end */
}

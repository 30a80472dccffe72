/* Opening a MySQL or MariaDB connection: options from the URL, TLS, the session's settings, and the
 * second, short connection that stops a statement. Where the URL names a host, "localhost" too, it
 * is reached over TCP; a socket is used when ?socket= names it or when there is no host. The
 * [client] group of the user's option files is read for whatever the URL leaves out. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/text.h"
#include "db/mysql_int.h"

#define SECONDS_TO_CONNECT 10

/* ---------------------------------------------------------------- threads */

/* The client library keeps memory per thread, which it gives back when it hears of the thread's
 * end. */
static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static pthread_key_t library_thread;

static void leave_thread(void *mark)
{
    (void)mark;
    mysql_thread_end();
}

static void start_library(void)
{
    mysql_library_init(0, NULL, NULL);
    pthread_key_create(&library_thread, leave_thread);
}

void mysql_db_enter_thread(void)
{
    pthread_once(&library_once, start_library);
    if (!pthread_getspecific(library_thread)) {
        mysql_thread_init();
        pthread_setspecific(library_thread, &library_thread);
    }
}

/* ---------------------------------------------------------------- options */

/* "100%" in a path reads as itself: only %XX with two hex digits is decoded. */
static char *decoded(const char *text, size_t n, Arena *mem)
{
    char *out = arena_strndup(mem, text, n);
    char *to = out;
    for (size_t i = 0; i < n; i++) {
        char hex[3] = {0};
        char *end = NULL;
        if (text[i] == '%' && i + 2 < n) {
            hex[0] = text[i + 1];
            hex[1] = text[i + 2];
            long byte = strtol(hex, &end, 16);
            if (end == hex + 2 && byte != 0) {
                *to++ = (char)byte;
                i += 2;
                continue;
            }
        }
        *to++ = text[i];
    }
    *to = '\0';
    return out;
}

/* The value of the option called `name`, or `other` (a second spelling, may be NULL), in the URL's
 * query; NULL when not there. */
static const char *url_option(const DbUrl *url, const char *name, const char *other, Arena *mem)
{
    for (const char *at = url->query; at && *at;) {
        size_t n = strcspn(at, "&");
        const char *equals = memchr(at, '=', n);
        size_t word = equals ? (size_t)(equals - at) : n;
        if ((strlen(name) == word && strncmp(at, name, word) == 0) ||
            (other && strlen(other) == word && strncmp(at, other, word) == 0))
            return equals ? decoded(equals + 1, n - word - 1, mem) : "";
        at += n;
        at += *at == '&';
    }
    return NULL;
}

/* A mistyped option must not go unheard: it may have been ssl-mode. */
static bool known_options(const DbUrl *url, Arena *mem, Err *err)
{
    static const char *const known[] = {"ssl-mode",     "sslmode",         "ssl-ca",
                                        "sslrootcert",  "ssl-cert",        "sslcert",
                                        "ssl-key",      "sslkey",          "local-infile",
                                        "local_infile", "connect-timeout", "connect_timeout",
                                        "socket",       "unix_socket",     "port",
                                        "user",         "password"};
    enum { KNOWN = sizeof known / sizeof *known };
    for (const char *at = url->query; at && *at;) {
        size_t n = strcspn(at, "&"), word = strcspn(at, "=&");
        int k = 0;
        while (k < KNOWN && !(strlen(known[k]) == word && strncmp(at, known[k], word) == 0))
            k++;
        if (k == KNOWN && n > 0) {
            const char *name = decoded(at, word, mem);
            const char *near = name_nearest(name, known, KNOWN);
            err_add(mem, err, ERR_URL, NULL, url->shown, "unknown option \"%s\" in the url", name);
            return near
                       ? err_hint(mem, err, "did you mean %s?", near)
                       : err_hint(
                             mem, err,
                             "the options are ssl-mode, ssl-ca, ssl-cert, ssl-key, socket, local-infile and connect-timeout");
        }
        at += n;
        at += *at == '&';
    }
    return true;
}

typedef enum TlsMode {
    TLS_UNSAID,
    TLS_DISABLED,
    TLS_PREFERRED,
    TLS_REQUIRED,
    TLS_VERIFY_CA,
    TLS_VERIFY_FULL
} TlsMode;

/* TLS_UNSAID: whatever the option files say, and without them none.
 * ssl-mode is MySQL's word, sslmode PostgreSQL's; their values differ by dashes, underscores and
 * "identity". */
static bool tls_mode(const DbUrl *url, const DbOptions *options, TlsMode *mode, Arena *mem,
                     Err *err)
{
    static const struct {
        const char *word;
        TlsMode mode;
    } words[] = {{"disabled", TLS_DISABLED},           {"disable", TLS_DISABLED},
                 {"preferred", TLS_PREFERRED},         {"prefer", TLS_PREFERRED},
                 {"required", TLS_REQUIRED},           {"require", TLS_REQUIRED},
                 {"verify-ca", TLS_VERIFY_CA},         {"verify_ca", TLS_VERIFY_CA},
                 {"verify-full", TLS_VERIFY_FULL},     {"verify_full", TLS_VERIFY_FULL},
                 {"verify-identity", TLS_VERIFY_FULL}, {"verify_identity", TLS_VERIFY_FULL}};
    /* Where the url names no place, an option file may: see reached_locally. */
    bool local = db_url_is_local(url), named = url->host || url->socket;
    bool must = options->require_tls && !local;
    *mode = must ? TLS_REQUIRED : local && named ? TLS_UNSAID : TLS_PREFERRED;
    const char *given = url_option(url, "ssl-mode", "sslmode", mem);
    if (!given)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(words[i].word, given) != 0)
            continue;
        *mode = words[i].mode;
        if (!must || *mode >= TLS_REQUIRED)
            return true;
        err_add(mem, err, ERR_GUARD, NULL, url->shown,
                "this environment needs TLS, and the url says ssl-mode=%s", given);
        return err_hint(mem, err, "use ssl-mode=required, verify-ca or verify-full");
    }
    err_add(mem, err, ERR_URL, NULL, url->shown, "unknown ssl-mode in the url");
    return err_hint(mem, err, "use disabled, preferred, required, verify-ca or verify-full");
}

static void set_tls(MYSQL *my, const DbUrl *url, TlsMode mode, Arena *mem)
{
    static const struct {
        enum mysql_option option;
        const char *name, *other;
    } files[] = {{MYSQL_OPT_SSL_CA, "ssl-ca", "sslrootcert"},
                 {MYSQL_OPT_SSL_CERT, "ssl-cert", "sslcert"},
                 {MYSQL_OPT_SSL_KEY, "ssl-key", "sslkey"}};
    for (size_t i = 0; mode != TLS_DISABLED && i < sizeof files / sizeof *files; i++) {
        const char *path = url_option(url, files[i].name, files[i].other, mem);
        if (path)
            mysql_options(my, files[i].option, path);
    }
#ifdef MARIADB_PACKAGE_VERSION_ID
    /* This library has no verification of the chain alone: verify-ca checks the name as well. With
     * "enforce" it takes TLS when the server offers it; "required" is made sure of once the
     * connection stands. */
    MyFlag on = 1, off = 0;
    if (mode != TLS_UNSAID)
        mysql_options(my, MYSQL_OPT_SSL_ENFORCE, mode != TLS_DISABLED ? &on : &off);
    if (mode != TLS_UNSAID && mode != TLS_PREFERRED)
        mysql_options(my, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, mode >= TLS_VERIFY_CA ? &on : &off);
#else
    static const unsigned modes[] = {0,
                                     SSL_MODE_DISABLED,
                                     SSL_MODE_PREFERRED,
                                     SSL_MODE_REQUIRED,
                                     SSL_MODE_VERIFY_CA,
                                     SSL_MODE_VERIFY_IDENTITY};
    if (mode != TLS_UNSAID)
        mysql_options(my, MYSQL_OPT_SSL_MODE, &modes[mode]);
#endif
}

/* ---------------------------------------------------------------- the file that the server asks
 * for */

/* Whatever name the server asks for, it gets the rows being loaded, and nothing when none are: a
 * hostile server reads no file. */
static int feed_init(void **state, const char *name, void *db)
{
    (void)name;
    *state = db;
    return ((MyDb *)db)->feed ? 0 : 1;
}

static int feed_read(void *state, char *to, unsigned room)
{
    MyDb *d = state;
    size_t n = d->feed_left < room ? d->feed_left : room;
    memcpy(to, d->feed, n);
    d->feed += n;
    d->feed_left -= n;
    return (int)n;
}

static void feed_end(void *state)
{
    (void)state;
}

static int feed_error(void *state, char *message, unsigned room)
{
    (void)state;
    snprintf(message, room, "the server asked for a file while no rows were being loaded");
    return 2000;
}

/* ---------------------------------------------------------------- connecting */

static const char *way_out(unsigned code)
{
    switch (code) {
    case 1044: return "grant the user rights on that database, or name another";
    case 1045: return "check user and password in the url";
    case 1049: return "create the database first: CREATE DATABASE ... CHARACTER SET utf8mb4";
    case 1698:
        return "this account logs in through the socket only: ?socket=/run/mysqld/mysqld.sock as that system user";
    case 2002:
    case 2003: return "is the server running, and are host, port or socket right?";
    case 2005: return "check the host in the url";
    case 2026: return "check ssl-mode, ssl-ca, ssl-cert and ssl-key in the url";
    case 2059: return "install the client library's plugin for this way to log in";
    default: return NULL;
    }
}

static bool connect_error(MyDb *d, Arena *mem, Err *err)
{
    unsigned code = mysql_errno(d->my);
    mysql_db_error(d, d->db.url.shown, mem, err);
    err->last->code = ERR_CONNECT;
    const char *hint = way_out(code);
    return hint ? err_hint(mem, err, "%s", hint) : false;
}

/* Option files are read inside of mysql_real_connect, over all that was set before: a file would
 * win over the url, and could turn off the verification that it asks for. So they are read first,
 * by connecting to an address that cannot be one, which sends nothing. */
static void read_option_files(MYSQL *my)
{
    unsigned tcp = MYSQL_PROTOCOL_TCP;
    mysql_options(my, MYSQL_READ_DEFAULT_GROUP, "client");
    mysql_options(my, MYSQL_OPT_PROTOCOL, &tcp);
    mysql_real_connect(my, "fe80::1%no-such-interface", "", "", NULL, 0, NULL,
                       CLIENT_REMEMBER_OPTIONS);
}

static bool reached_locally(const MyDb *d, Arena *mem)
{
    if (d->db.url.host || d->db.url.socket)
        return db_url_is_local(&d->db.url);
    const char *info =
        mysql_get_host_info(d->my); /* "Localhost via UNIX socket", "db1 via TCP/IP" */
    const char *via = strstr(info, " via ");
    DbUrl there = {.engine = ENGINE_MYSQL,
                   .host = arena_strndup(mem, info, via ? (size_t)(via - info) : strlen(info))};
    return strstr(info, "socket") || db_url_is_local(&there);
}

/* d->my is made and connected; on failure it is closed again and NULL. */
static bool connect_to(MyDb *d, unsigned seconds, Arena *mem, Err *err)
{
    const DbUrl *url = &d->db.url;
    TlsMode tls = TLS_DISABLED;
    unsigned port = url->port ? (unsigned)strtoul(url->port, NULL, 10) : 0;
    if (!known_options(url, mem, err) || !tls_mode(url, &d->options, &tls, mem, err))
        return false;
    mysql_db_enter_thread();
    MYSQL *my = d->my = mysql_init(NULL);
    if (!my)
        return err_add(mem, err, ERR_CONNECT, NULL, url->shown,
                       "the MySQL client library could not start");
    const char *infile = url_option(url, "local-infile", "local_infile", mem);
    const char *patience = url_option(url, "connect-timeout", "connect_timeout", mem);
    if (patience && atoi(patience) > 0)
        seconds = (unsigned)atoi(patience);
    unsigned local_infile =
        !(infile && (strcmp(infile, "0") == 0 || strcasecmp(infile, "false") == 0 ||
                     strcasecmp(infile, "off") == 0));
    unsigned protocol = url->socket ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
    read_option_files(my);
    mysql_options(my, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    mysql_options(my, MYSQL_OPT_LOCAL_INFILE, &local_infile);
    mysql_options(my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (url->socket || url->host)
        mysql_options(my, MYSQL_OPT_PROTOCOL, &protocol);
    set_tls(my, url, tls, mem);
#ifndef MARIADB_PACKAGE_VERSION_ID
    /* caching_sha2_password without TLS: the server's public key encrypts the password. libmariadb
     * asks for it unbidden. */
    MyFlag on = 1;
    mysql_options(my, MYSQL_OPT_GET_SERVER_PUBLIC_KEY, &on);
#endif
    mysql_set_local_infile_handler(my, feed_init, feed_read, feed_end, feed_error, d);
    d->infile = local_infile;
    d->infile_proved = false;
    /* FOUND_ROWS: an UPDATE counts the rows that it matched, as the other engines do. */
    bool ok = mysql_real_connect(my, url->socket ? NULL : url->host, url->user, url->password,
                                 url->database, port, url->socket, CLIENT_FOUND_ROWS) != NULL;
    if (!ok)
        connect_error(d, mem, err);
    else if (!mysql_get_ssl_cipher(my) &&
             (tls >= TLS_REQUIRED || (d->options.require_tls && !reached_locally(d, mem)))) {
        ok = err_add(mem, err, ERR_CONNECT, NULL, url->shown,
                     "the server offers no TLS, and ssl-mode or the environment requires it");
        err_hint(mem, err, "set up a certificate on the server");
    }
    if (!ok) {
        mysql_close(my);
        d->my = NULL;
    }
    return ok;
}

/* ---------------------------------------------------------------- the session */

static const char *version_text(const char *version, bool *mariadb, Arena *mem)
{
    *mariadb = strstr(version, "MariaDB") != NULL;
    if (*mariadb && strncmp(version, "5.5.5-", 6) == 0)
        version += 6; /* a prefix for old replicas */
    return arena_printf(mem, "%s %.*s", *mariadb ? "MariaDB" : "MySQL",
                        (int)strspn(version, "0123456789."), version);
}

/* What a server, its init_connect or an option file may have set otherwise: with it statements are
 * refused, rows left out or keys not looked at. */
#define AS_USUAL                                                                                   \
    "autocommit = 1, sql_safe_updates = 0, sql_select_limit = 18446744073709551615, "              \
    "sql_big_selects = 1, sql_auto_is_null = 0, completion_type = 0, foreign_key_checks = 1, "     \
    "unique_checks = 1"

/* Strict, in UTC, English messages (they are parsed), READ COMMITTED (no gap locks between
 * workers). Waits for row and metadata locks end after a minute at most: the default for the latter
 * is a year. Between two statements of a transaction values are computed, for as long as that
 * takes. */
static const char *session_settings(const MyDb *d, bool read_committed, Arena *mem)
{
    bool mariadb = d->db.engine == ENGINE_MARIADB;
    double limit = d->options.statement_timeout;
    int patience = limit > 0 && limit < 50 ? (limit < 1 ? 1 : (int)limit) : 50;
    const char *isolation = !read_committed ? ""
                            : mariadb       ? ", tx_isolation = 'READ-COMMITTED'"
                                            : ", transaction_isolation = 'READ-COMMITTED'";
    const char *timeout =
        mariadb ? arena_printf(mem, ", max_statement_time = %.6f", limit > 0 ? limit : 0)
                : arena_printf(mem, ", max_execution_time = %.0f",
                               limit <= 0         ? 0
                               : limit * 1000 < 1 ? 1
                                                  : limit * 1000);
    const char *own =
        mariadb
            ? " /*M!100201 , check_constraint_checks = 1 */ /*M!100300 , idle_transaction_timeout = 0, "
              "idle_readonly_transaction_timeout = 0, idle_write_transaction_timeout = 0 */"
            : ", information_schema_stats_expiry = 0";
    const char *read_only = !d->options.read_only ? ""
                            : mariadb             ? ", tx_read_only = 1"
                                                  : ", transaction_read_only = 1";
    return arena_printf(
        mem,
        "SET NAMES utf8mb4, SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,"
        "NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO', lc_messages = 'en_US', "
        "net_read_timeout = 600, net_write_timeout = 600, wait_timeout = 86400, innodb_lock_wait_timeout = %d, lock_wait_timeout = %d, " AS_USUAL
        "%s%s%s%s",
        patience, patience, own, isolation, timeout, read_only);
}

/* READ COMMITTED cannot be written to a statement-based binary log. */
static bool allows_read_committed(MyDb *d, bool binlog, bool *allowed, Arena *mem, Err *err)
{
    *allowed = true;
    if (!binlog)
        return true;
    DbResult r;
    if (!mysql_db_query(&d->db, "SHOW SESSION VARIABLES LIKE 'binlog_format'", NULL, 0, &r, mem,
                        err))
        return false;
    *allowed = r.rows == 0 || strcasecmp(db_cell(&r, 0, 1), "STATEMENT") != 0;
    return true;
}

static bool start_session(MyDb *d, Arena *mem, Err *err)
{
    bool mariadb = false;
    d->db.server = version_text(mysql_get_server_info(d->my), &mariadb, mem);
    d->db.engine = mariadb ? ENGINE_MARIADB : ENGINE_MYSQL;
    DbResult r;
    if (!mysql_db_query(
            &d->db,
            "SELECT CONNECTION_ID(), DATABASE(), @@global.local_infile, @@global.max_allowed_packet, @@global.lower_case_table_names, "
            "@@global.log_bin",
            NULL, 0, &r, mem, err))
        return false;
    d->id = strtoull(db_cell(&r, 0, 0), NULL, 10);
    d->database = db_cell(&r, 0, 1);
    d->infile = d->infile && strcmp(db_cell(&r, 0, 2), "0") != 0;
    d->db.load_path = d->infile ? LOAD_DATA : LOAD_INSERT;
    d->max_packet = strtoull(db_cell(&r, 0, 3), NULL, 10);
    if (!d->database) {
        err_add(mem, err, ERR_URL, NULL, d->db.url.shown, "the url names no database");
        return err_hint(mem, err, "add it: mysql://user@host/DATABASE");
    }
    /* GET_LOCK's names belong to the whole server and are at most 64 characters long. */
    Digest *digest = digest_new(mem);
    d->name_case = strcmp(db_cell(&r, 0, 4), "0") == 0   ? CASE_MATTERS
                   : strcmp(db_cell(&r, 0, 4), "1") == 0 ? CASE_LOWERED
                                                         : CASE_IGNORED;
    digest_str(digest, d->name_case == CASE_MATTERS ? d->database : text_lowered(d->database, mem));
    d->lock_name = arena_printf(mem, "seedpipe:%s", digest_hex(digest, mem));
    bool read_committed = true;
    if (!allows_read_committed(d, strcmp(db_cell(&r, 0, 5), "0") != 0, &read_committed, mem, err))
        return false;
    if (strcmp(mysql_character_set_name(d->my), "utf8mb4") != 0 &&
        mysql_set_character_set(d->my, "utf8mb4") != 0)
        return mysql_db_error(d, d->db.url.shown, mem, err); /* an option file said otherwise */
    return mysql_db_exec(&d->db, session_settings(d, read_committed, mem), NULL, 0, NULL, mem, err);
}

Db *mysql_db_open(const DbUrl *url, const DbOptions *options, Arena *mem, Err *err)
{
    MyDb *d = arena_new_of(mem, MyDb);
    d->db = (Db){.connector = &db_mysql, .engine = url->engine, .url = *url};
    d->options = *options;
    double seconds = options->connect_timeout > 0 ? options->connect_timeout : SECONDS_TO_CONNECT;
    if (!connect_to(d, seconds < 1 ? 1 : (unsigned)seconds, mem, err))
        return NULL;
    int before = err->count;
    if (!start_session(d, mem, err)) {
        if (err->count > before && err->last->code != ERR_URL)
            err->last->code = ERR_CONNECT;
        mysql_db_close(&d->db);
        return NULL;
    }
    return &d->db;
}

void mysql_db_close(Db *db)
{
    mysql_db_enter_thread();
    MyDb *d = my_of(db);
    if (d->my)
        mysql_close(d->my);
    d->my = NULL;
}

/* Reads only what open has set, so any thread may call it. A server that cannot be reached is not
 * asked. */
void mysql_db_cancel(Db *db)
{
    const MyDb *d = my_of(db);
    Arena *mem = arena_new();
    Err ignored = {0};
    MyDb *helper = arena_new_of(mem, MyDb);
    helper->db = (Db){.connector = &db_mysql, .engine = d->db.engine, .url = d->db.url};
    helper->options = d->options;
    if (connect_to(helper, 5, mem, &ignored)) {
        mysql_db_exec(&helper->db, arena_printf(mem, "KILL QUERY %llu", d->id), NULL, 0, NULL, mem,
                      &ignored);
        mysql_db_close(&helper->db);
    }
    arena_free(mem);
}

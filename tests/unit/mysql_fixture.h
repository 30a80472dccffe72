/* What the MySQL connector's tests share: each test runs on every server that the environment
 * names, in a database of its own that is made before and dropped after it. */
#ifndef SEEDPIPE_TEST_MYSQL_FIXTURE_H
#define SEEDPIPE_TEST_MYSQL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "db/mysql_int.h"

typedef struct Server {
    const char *name, *url, *socket, *database;
    bool mariadb;
    Arena *mem;
    Err err;
    DbUrl base; /* the URL as given, with the test's database */
    Db *db;
} Server;

/* Fails the test with the connector's own words. */
static inline void expect_ok(Server *s, bool ok)
{
    if (!ok)
        fail_msg("%s: %s: %s", s->name,
                 s->err.last && s->err.last->subject ? s->err.last->subject : "",
                 s->err.last ? s->err.last->message : "no error");
}

static inline void run_sql(Server *s, const char *sql)
{
    expect_ok(s, s->db->connector->exec(s->db, sql, NULL, 0, NULL, s->mem, &s->err));
}

/* The one error that a call must have left; then the list is empty again. */
static inline ErrItem expect_error(Server *s, bool ok, ErrCode code)
{
    if (ok)
        fail_msg("%s: no error", s->name);
    assert_int_equal(s->err.count, 1);
    ErrItem item = *s->err.last;
    if (item.code != code)
        fail_msg("%s: %s instead of %s: %s", s->name, err_name(item.code), err_name(code),
                 item.message);
    err_clear(&s->err);
    return item;
}

static inline ErrItem sql_error(Server *s, const char *sql, ErrCode code)
{
    return expect_error(s, s->db->connector->exec(s->db, sql, NULL, 0, NULL, s->mem, &s->err),
                        code);
}

static inline Db *open_with(Server *s, const char *query)
{
    DbUrl url = s->base;
    url.query = query;
    DbOptions options = {0};
    return db_mysql.open(&url, &options, s->mem, &s->err);
}

static inline int setup_server(void **state)
{
    Server *s = *state;
    s->mem = arena_new();
    err_clear(&s->err);
    if (!db_url_parse(s->url, &s->base, s->mem, &s->err))
        return -1;
    s->db = open_with(s, NULL);
    if (!s->db)
        fprintf(stderr, "%s: %s\n", s->name, s->err.last->message);
    if (!s->db)
        return -1;
    run_sql(s, arena_printf(s->mem, "DROP DATABASE IF EXISTS %s", s->database));
    run_sql(s, arena_printf(s->mem, "CREATE DATABASE %s CHARACTER SET utf8mb4", s->database));
    db_mysql.close(s->db);
    s->base.database = s->database;
    s->db = open_with(s, NULL);
    return s->db ? 0 : -1;
}

static inline int teardown_server(void **state)
{
    Server *s = *state;
    Db *cleaner = open_with(s, NULL);
    Err ignored = {0};
    if (cleaner) {
        /* A test that failed may have left a transaction that holds the tables. */
        if (s->db)
            db_mysql.close(s->db);
        db_mysql.exec(cleaner, arena_printf(s->mem, "DROP DATABASE IF EXISTS %s", s->database),
                      NULL, 0, NULL, s->mem, &ignored);
        db_mysql.close(cleaner);
    }
    arena_free(s->mem);
    s->mem = NULL;
    s->db = NULL;
    return 0;
}

static inline int count_rows(Server *s, const char *table)
{
    DbResult r;
    expect_ok(s,
              s->db->connector->query(s->db, arena_printf(s->mem, "SELECT COUNT(*) FROM %s", table),
                                      NULL, 0, &r, s->mem, &s->err));
    return atoi(db_cell(&r, 0, 0));
}

/* Every test on every server; a server that is not there is named. */
static inline int run_on_servers(const char *group, const char *database,
                                 const struct CMUnitTest *tests, size_t n)
{
    Server servers[] = {{.name = "MariaDB",
                         .url = getenv("SEEDPIPE_TEST_MARIADB_URL"),
                         .socket = getenv("SEEDPIPE_TEST_MARIADB_SOCKET"),
                         .mariadb = true},
                        {.name = "MySQL",
                         .url = getenv("SEEDPIPE_TEST_MYSQL_URL"),
                         .socket = getenv("SEEDPIPE_TEST_MYSQL_SOCKET")}};
    struct CMUnitTest *all = calloc(2 * n, sizeof *all);
    char(*names)[128] = calloc(2 * n, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < 2; i++) {
        servers[i].database = database;
        if (!servers[i].url || !*servers[i].url) {
            printf("skipped: no %s server (SEEDPIPE_TEST_%s_URL is not set)\n", servers[i].name,
                   servers[i].mariadb ? "MARIADB" : "MYSQL");
            continue;
        }
        for (size_t t = 0; t < n; t++, count++) {
            snprintf(names[count], sizeof names[count], "%s: %s", servers[i].name, tests[t].name);
            all[count] = (struct CMUnitTest){names[count], tests[t].test_func, setup_server,
                                             teardown_server, &servers[i]};
        }
    }
    int failed = _cmocka_run_group_tests(group, all, count, NULL, NULL);
    free(all);
    free(names);
    return failed;
}

#endif

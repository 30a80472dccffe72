/* What the PostgreSQL connector's tests share: a schema of its own for each test, made before and
 * dropped after it, which is the connection's current schema. */
#ifndef SEEDPIPE_TEST_POSTGRES_FIXTURE_H
#define SEEDPIPE_TEST_POSTGRES_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/os.h"
#include "db/postgres_int.h"

typedef struct Pg {
    Arena *mem;
    Err err;
    DbUrl base; /* the URL as given */
    const char *schema;
    Db *db;
} Pg;

/* Fails the test with the connector's own words. */
static inline void expect_ok(Pg *s, bool ok)
{
    if (!ok)
        fail_msg("%s: %s", s->err.last && s->err.last->subject ? s->err.last->subject : "",
                 s->err.last ? s->err.last->message : "no error");
}

static inline void run_sql(Pg *s, const char *sql)
{
    expect_ok(s, s->db->connector->exec(s->db, sql, NULL, 0, NULL, s->mem, &s->err));
}

/* The one error that a call must have left; then the list is empty again. */
static inline ErrItem expect_error(Pg *s, bool ok, ErrCode code)
{
    if (ok)
        fail_msg("no error");
    assert_int_equal(s->err.count, 1);
    ErrItem item = *s->err.last;
    if (item.code != code)
        fail_msg("%s instead of %s: %s", err_name(item.code), err_name(code), item.message);
    err_clear(&s->err);
    return item;
}

static inline ErrItem sql_error(Pg *s, const char *sql, ErrCode code)
{
    return expect_error(s, s->db->connector->exec(s->db, sql, NULL, 0, NULL, s->mem, &s->err),
                        code);
}

static inline const char *value(Pg *s, const char *sql)
{
    DbResult r;
    expect_ok(s, s->db->connector->query(s->db, sql, NULL, 0, &r, s->mem, &s->err));
    assert_true(r.rows > 0);
    return db_cell(&r, 0, 0);
}

static inline Db *open_with(Pg *s, const char *query)
{
    DbUrl url = s->base;
    url.query = query;
    DbOptions options = {0};
    return db_postgres.open(&url, &options, s->mem, &s->err);
}

/* A further connection like the test's own. */
static inline Db *open_same(Pg *s)
{
    Db *db = open_with(s, arena_printf(s->mem, "options=-csearch_path%%3D%s", s->schema));
    expect_ok(s, db != NULL);
    return db;
}

static inline int setup_schema(void **state)
{
    Pg *s = *state;
    s->mem = arena_new();
    err_clear(&s->err);
    if (!db_url_parse(getenv("SEEDPIPE_TEST_PG_URL"), &s->base, s->mem, &s->err))
        return -1;
    s->schema = arena_printf(s->mem, "test_%lld", (long long)os_pid());
    s->db = open_with(s, NULL);
    if (!s->db) {
        fprintf(stderr, "%s\n", s->err.last->message);
        return -1;
    }
    run_sql(s, arena_printf(s->mem, "DROP SCHEMA IF EXISTS %s CASCADE", s->schema));
    run_sql(s, arena_printf(s->mem, "CREATE SCHEMA %s", s->schema));
    db_postgres.close(s->db);
    s->db = open_same(s);
    return 0;
}

static inline int teardown_schema(void **state)
{
    Pg *s = *state;
    Err ignored = {0};
    if (s->db)
        db_postgres.close(
            s->db); /* a test that failed may have left a transaction that holds its tables */
    Db *cleaner = open_with(s, NULL);
    if (cleaner) {
        db_postgres.exec(cleaner,
                         arena_printf(s->mem, "DROP SCHEMA IF EXISTS %s CASCADE", s->schema), NULL,
                         0, NULL, s->mem, &ignored);
        db_postgres.close(cleaner);
    }
    arena_free(s->mem);
    *s = (Pg){0};
    return 0;
}

static inline int run_on_postgres(const char *group, struct CMUnitTest *tests, size_t n)
{
    Pg pg = {0};
    const char *url = getenv("SEEDPIPE_TEST_PG_URL");
    if (!url || !*url) {
        printf("skipped: no PostgreSQL server (SEEDPIPE_TEST_PG_URL is not set)\n");
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        tests[i].setup_func = setup_schema;
        tests[i].teardown_func = teardown_schema;
        tests[i].initial_state = &pg;
    }
    return _cmocka_run_group_tests(group, tests, n, NULL, NULL);
}

#endif

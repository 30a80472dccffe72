/* The PostgreSQL connector: connecting, statements, what errors become, transactions, locks,
 * sequences. */
#include "postgres_fixture.h"

/* ---------------------------------------------------------------- connecting */

static void session_is_set_up(void **state)
{
    Pg *s = *state;
    assert_string_equal(value(s, "SHOW TimeZone"), "UTC");
    assert_string_equal(value(s, "SHOW client_encoding"), "UTF8");
    assert_string_equal(value(s, "SHOW application_name"), "seedpipe");
    assert_string_equal(value(s, "SHOW search_path"), s->schema);
    assert_string_equal(value(s, "SHOW client_connection_check_interval"), "2s");
    assert_string_equal(value(s, "SELECT 0.1::float8 + 0.2::float8"), "0.30000000000000004");
    assert_int_equal(strncmp(s->db->server, "PostgreSQL 1", 12), 0);
    assert_null(strchr(s->db->server, '('));
    assert_int_equal(s->db->engine, ENGINE_POSTGRES);
}

static void options_of_the_url_reach_libpq(void **state)
{
    Pg *s = *state;
    Db *db = open_with(s, "application_name=a%20b%2Bc&connect_timeout=7");
    expect_ok(s, db != NULL);
    DbResult r;
    expect_ok(s, db_postgres.query(db, "SHOW application_name", NULL, 0, &r, s->mem, &s->err));
    assert_string_equal(db_cell(&r, 0, 0), "a b+c");
    db_postgres.close(db);
    ErrItem e = expect_error(s, open_with(s, "sslmod=require") != NULL, ERR_URL);
    assert_non_null(strstr(e.message, "sslmod"));
    expect_error(s, open_with(s, "sslmode=perhaps") != NULL, ERR_URL);
}

static ErrItem cannot_open(Pg *s, DbUrl url)
{
    DbOptions options = {.connect_timeout = 3};
    url.query = NULL;
    ErrItem e =
        expect_error(s, db_postgres.open(&url, &options, s->mem, &s->err) != NULL, ERR_CONNECT);
    assert_non_null(e.hint);
    assert_null(strstr(e.message, "canary"));
    assert_null(strstr(e.hint, "canary"));
    assert_null(strchr(e.message, '\n'));
    return e;
}

static void failing_to_connect_says_where_and_what_to_do(void **state)
{
    Pg *s = *state;
    DbUrl url = s->base;
    url.password = "wrong-canary";
    ErrItem e = cannot_open(s, url);
    assert_non_null(strstr(e.message, "password authentication failed"));
    assert_non_null(strstr(e.message, s->base.port));
    assert_non_null(strstr(e.hint, "password"));
    url = s->base;
    url.database = "no such \"database\"";
    e = cannot_open(s, url);
    assert_non_null(strstr(e.message, "does not exist"));
    assert_non_null(strstr(e.hint, "create the database"));
    url = s->base;
    url.port = "1";
    e = cannot_open(s, url);
    assert_non_null(strstr(e.message, "127.0.0.1:1,"));
    assert_non_null(strstr(e.message, "refused"));
    assert_non_null(strstr(e.hint, "start the server"));
    url = (DbUrl){
        .engine = ENGINE_POSTGRES, .socket = "/nowhere", .database = "x", .shown = "postgres://"};
    assert_non_null(strstr(cannot_open(s, url).message, "the socket in /nowhere"));
}

static void tls_is_demanded_of_servers_elsewhere(void **state)
{
    Pg *s = *state;
    DbOptions options = {.require_tls = true, .connect_timeout = 2};
    DbUrl url = s->base;
    Db *db = db_postgres.open(&url, &options, s->mem, &s->err); /* local: goes without */
    expect_ok(s, db != NULL);
    db_postgres.close(db);
    url.host = "db.example.invalid";
    url.query = "sslmode=prefer";
    ErrItem e =
        expect_error(s, db_postgres.open(&url, &options, s->mem, &s->err) != NULL, ERR_GUARD);
    assert_non_null(strstr(e.message, "sslmode=prefer"));
}

/* A user called seedpipe has a ledger in the schema seedpipe, which "$user" then means. */
static void ledger_schema_never_becomes_the_current_one(void **state)
{
    Pg *s = *state;
    const char *database = arena_printf(s->mem, "%s_db", s->schema);
    run_sql(s, arena_printf(s->mem, "DROP DATABASE IF EXISTS %s", database));
    run_sql(s, arena_printf(s->mem, "CREATE DATABASE %s", database));
    DbUrl url = s->base;
    url.database = database;
    DbOptions options = {0};
    for (int round = 0; round < 2; round++) {
        Db *db = db_postgres.open(&url, &options, s->mem, &s->err);
        expect_ok(s, db != NULL);
        expect_ok(s, db_postgres.exec(db, "CREATE SCHEMA IF NOT EXISTS seedpipe", NULL, 0, NULL,
                                      s->mem, &s->err));
        expect_ok(s, db_postgres.exec(db, "CREATE TABLE IF NOT EXISTS seedpipe.runs (id int)", NULL,
                                      0, NULL, s->mem, &s->err));
        Catalog catalog;
        const char *schemas[] = {"seedpipe"};
        expect_ok(s, db_postgres.describe(db, schemas, 1, &catalog, s->mem, &s->err));
        assert_string_equal(catalog.schema, "public");
        assert_string_equal(catalog.database, database);
        assert_int_equal(catalog.ntables, 0);
        db_postgres.close(db);
    }
    run_sql(s, arena_printf(s->mem, "DROP DATABASE %s", database));
}

/* ---------------------------------------------------------------- statements */

static void placeholders_are_found_where_they_are(void **state)
{
    Pg *s = *state;
    int n;
    assert_string_equal(postgres_marks("a = ? AND b = ?", &n, s->mem), "a = $1 AND b = $2");
    assert_int_equal(n, 2);
    assert_string_equal(postgres_marks("'?' \"?\" ? '''?' E'\\'?' ?", &n, s->mem),
                        "'?' \"?\" $1 '''?' E'\\'?' $2");
    assert_string_equal(postgres_marks("-- ?\n ? /* ? /* ? */ ? */ ?", &n, s->mem),
                        "-- ?\n $1 /* ? /* ? */ ? */ $2");
    assert_string_equal(postgres_marks("$$ ? $$ ? $x$ ? $$ ? $x$ ? $1", &n, s->mem),
                        "$$ ? $$ $1 $x$ ? $$ ? $x$ $2 $1");
    assert_string_equal(postgres_marks("type'\\' || ?", &n, s->mem), "type'\\' || $1");
    assert_string_equal(postgres_marks("'open ?", &n, s->mem), "'open ?");
    assert_int_equal(n, 0);
    DbResult r;
    const char *params[] = {"it's; \\ \"x\" \x01 \xc3\xa9", NULL, ""};
    expect_ok(s, s->db->connector->query(s->db, "SELECT ?::text, ?::text, ?::text, '?'", params, 3,
                                         &r, s->mem, &s->err));
    assert_string_equal(db_cell(&r, 0, 0), params[0]);
    assert_null(db_cell(&r, 0, 1));
    assert_string_equal(db_cell(&r, 0, 2), "");
    assert_string_equal(db_cell(&r, 0, 3), "?");
    expect_error(s, s->db->connector->query(s->db, "SELECT ?", params, 2, &r, s->mem, &s->err),
                 ERR_INTERNAL);
    run_sql(s, "CREATE TABLE j AS SELECT '{\"a\":1}'::jsonb ? 'a' AS b"); /* no parameters: a ? is
                                                                             the operator */
}

static void counts_and_transactions(void **state)
{
    Pg *s = *state;
    const Connector *c = s->db->connector;
    int64_t n = -1;
    run_sql(s, "CREATE TABLE t (id int PRIMARY KEY)");
    expect_ok(s, c->exec(s->db, "INSERT INTO t SELECT generate_series(1, 10)", NULL, 0, &n, s->mem,
                         &s->err));
    assert_int_equal(n, 10);
    expect_ok(s, c->begin(s->db, s->mem, &s->err));
    assert_true(s->db->in_transaction);
    run_sql(s, "DELETE FROM t");
    expect_ok(s, c->rollback(s->db, s->mem, &s->err));
    assert_false(s->db->in_transaction);
    assert_string_equal(value(s, "SELECT count(*) FROM t"), "10");
    sql_error(s, "SELECT 1; SELECT 2", ERR_DB);
    expect_ok(s, c->begin(s->db, s->mem, &s->err));
    sql_error(s, "INSERT INTO t VALUES (1)", ERR_CONSTRAINT);
    ErrItem e = expect_error(s, c->commit(s->db, s->mem, &s->err), ERR_DB);
    assert_non_null(strstr(e.message, "rolled the transaction back"));
    assert_false(s->db->in_transaction);
}

static void read_only_sessions_write_nothing(void **state)
{
    Pg *s = *state;
    DbOptions options = {.read_only = true};
    Db *db = db_postgres.open(&s->base, &options, s->mem, &s->err);
    expect_ok(s, db != NULL);
    expect_error(s, db_postgres.exec(db, "CREATE TABLE x (a int)", NULL, 0, NULL, s->mem, &s->err),
                 ERR_DB);
    db_postgres.close(db);
}

/* ---------------------------------------------------------------- errors */

static void assert_item(ErrItem e, const char *state, const char *table, const char *column,
                        const char *constraint)
{
    assert_string_equal(e.sqlstate, state);
    assert_int_equal(e.table == NULL, table == NULL);
    assert_int_equal(e.column == NULL, column == NULL);
    assert_int_equal(e.constraint == NULL, constraint == NULL);
    if (table)
        assert_string_equal(e.table, table);
    if (column)
        assert_string_equal(e.column, column);
    if (constraint)
        assert_string_equal(e.constraint, constraint);
    assert_null(strstr(e.message, "canary"));
    assert_true(e.subject == NULL || strstr(e.subject, "canary") == NULL);
}

static void errors_are_classified_and_hold_no_data(void **state)
{
    Pg *s = *state;
    run_sql(
        s,
        "CREATE TABLE p (id int PRIMARY KEY, name text CONSTRAINT p_name UNIQUE CHECK (name <> 'bad-canary'))");
    run_sql(
        s,
        "CREATE TABLE c (id int NOT NULL, p int CONSTRAINT c_p REFERENCES p, v varchar(3), n int)");
    run_sql(s, "INSERT INTO p VALUES (1, 'canary')");
    assert_item(sql_error(s, "INSERT INTO p VALUES (2, 'canary')", ERR_CONSTRAINT), "23505", "p",
                NULL, "p_name");
    assert_item(sql_error(s, "INSERT INTO p VALUES (2, 'bad-canary')", ERR_CONSTRAINT), "23514",
                "p", NULL, "p_name_check");
    assert_item(sql_error(s, "INSERT INTO c VALUES (1, 77)", ERR_CONSTRAINT), "23503", "c", NULL,
                "c_p");
    assert_item(sql_error(s, "INSERT INTO c (p, v) VALUES (1, 'can')", ERR_CONSTRAINT), "23502",
                "c", "id", NULL);
    assert_item(sql_error(s, "INSERT INTO c (id, v) VALUES (1, 'canary')", ERR_DB), "22001", NULL,
                NULL, NULL);
    ErrItem e = sql_error(s, "INSERT INTO c (id) VALUES ('canary')", ERR_DB);
    assert_item(e, "22P02", NULL, NULL, NULL);
    assert_string_equal(e.message, "value of the wrong kind for its column");
    assert_item(sql_error(s, "SELECT canary canary canary", ERR_DB), "42601", NULL, NULL, NULL);
    e = sql_error(s, "SELECT * FROM nothing_here", ERR_DB);
    assert_non_null(strstr(e.message, "nothing_here"));
    assert_string_equal(e.sqlstate, "42P01");
    assert_item(sql_error(s, "DO $$ BEGIN RAISE EXCEPTION 'canary'; END $$", ERR_CONSTRAINT),
                "P0001", NULL, NULL, NULL);
    assert_item(sql_error(s, "DO $$ BEGIN RAISE EXCEPTION 'canary' USING ERRCODE = '42000'; END $$",
                          ERR_DB),
                "42000", NULL, NULL, NULL);
    assert_item(sql_error(s, "DO $$ BEGIN RAISE EXCEPTION 'canary' USING ERRCODE = '40001'; END $$",
                          ERR_RETRY),
                "40001", NULL, NULL, NULL);
    assert_item(sql_error(s, "DO $$ BEGIN RAISE EXCEPTION 'canary' USING ERRCODE = 'XX123'; END $$",
                          ERR_DB),
                "XX123", NULL, NULL, NULL);
}

static void locks_of_others_and_timeouts_have_words(void **state)
{
    Pg *s = *state;
    run_sql(s, "CREATE TABLE t (id int)");
    Db *other = open_same(s);
    expect_ok(s, db_postgres.begin(other, s->mem, &s->err));
    expect_ok(s, db_postgres.exec(other, "LOCK TABLE t", NULL, 0, NULL, s->mem, &s->err));
    ErrItem e = sql_error(s, "LOCK TABLE t NOWAIT", ERR_DB); /* 25P01: no transaction */
    assert_string_equal(e.sqlstate, "25P01");
    run_sql(s, "SET lock_timeout = '1ms'");
    e = sql_error(s, "INSERT INTO t VALUES (1)", ERR_DB);
    assert_string_equal(e.sqlstate, "55P03");
    assert_non_null(e.hint);
    run_sql(s, "SET lock_timeout = 0");
    run_sql(s, "SET statement_timeout = '1ms'");
    e = sql_error(s, "INSERT INTO t VALUES (1)", ERR_DB);
    assert_string_equal(e.sqlstate, "57014");
    assert_non_null(strstr(e.message, "statement_timeout"));
    db_postgres.close(other);
}

static void a_killed_session_is_lost(void **state)
{
    Pg *s = *state;
    Db *victim = open_same(s);
    DbResult r;
    expect_ok(s,
              db_postgres.query(victim, "SELECT pg_backend_pid()", NULL, 0, &r, s->mem, &s->err));
    expect_ok(s, db_postgres.begin(victim, s->mem, &s->err));
    assert_string_equal(
        value(s, arena_printf(s->mem, "SELECT pg_terminate_backend(%s, 10000)", db_cell(&r, 0, 0))),
        "t");
    expect_error(s, db_postgres.exec(victim, "SELECT 1", NULL, 0, NULL, s->mem, &s->err), ERR_LOST);
    assert_false(victim->in_transaction);
    bool held;
    expect_error(s, db_postgres.lock_held(victim, &held, s->mem, &s->err), ERR_LOST);
    db_postgres.close(victim);
}

static void a_statement_can_be_interrupted(void **state)
{
    Pg *s = *state;
    run_sql(s, "CREATE TABLE t (id int)");
    Db *blocked = open_same(s);
    expect_ok(s, db_postgres.begin(s->db, s->mem, &s->err));
    run_sql(s, "LOCK TABLE t");
    /* Sent without waiting, so that one thread shows it all. */
    PgDb *d = pg_of(blocked);
    assert_int_equal(PQsendQuery(d->conn, "INSERT INTO t VALUES (1)"), 1);
    const char *waiting =
        arena_printf(s->mem, "SELECT count(*) FROM pg_locks WHERE pid = %d AND NOT granted",
                     PQbackendPID(d->conn));
    while (strcmp(value(s, waiting), "1") != 0)
        os_pause_ms(1);
    db_postgres.cancel(blocked);
    PGresult *res = postgres_finish(d);
    postgres_error(d, res, NULL, s->mem, &s->err);
    PQclear(res);
    ErrItem e = expect_error(s, false, ERR_DB);
    assert_string_equal(e.message, "the statement was interrupted");
    db_postgres.close(blocked);
}

/* ---------------------------------------------------------------- locks, sequences */

static void one_holds_the_lock(void **state)
{
    Pg *s = *state;
    bool got = false, held = false;
    Db *other = open_same(s);
    expect_ok(s, db_postgres.lock_try(s->db, &got, s->mem, &s->err));
    assert_true(got);
    expect_ok(s, db_postgres.lock_held(s->db, &held, s->mem, &s->err));
    assert_true(held);
    expect_ok(s, db_postgres.lock_try(other, &got, s->mem, &s->err));
    assert_false(got);
    expect_ok(s, db_postgres.lock_held(other, &held, s->mem, &s->err));
    assert_false(held);
    Db *elsewhere = open_with(s, NULL); /* another schema: another target */
    expect_ok(s, elsewhere != NULL);
    expect_ok(s, db_postgres.lock_try(elsewhere, &got, s->mem, &s->err));
    assert_true(got);
    db_postgres.close(elsewhere);
    db_postgres.unlock(s->db);
    expect_ok(s, db_postgres.lock_held(s->db, &held, s->mem, &s->err));
    assert_false(held);
    expect_ok(s, db_postgres.lock_try(other, &got, s->mem, &s->err));
    assert_true(got);
    db_postgres.close(other);
}

static int64_t next_of(Pg *s, const char *schema, const char *name)
{
    Column cols[] = {{.name = "id"}};
    Table table = {.schema = schema, .name = name, .cols = cols, .ncols = 1};
    int64_t next = -1;
    expect_ok(s, db_postgres.next_key(s->db, &table, 0, &next, s->mem, &s->err));
    return next;
}

static void next_keys_come_from_sequences(void **state)
{
    Pg *s = *state;
    run_sql(s, "CREATE TABLE \"A b\" (id serial)");
    run_sql(s, "CREATE TABLE i (id bigint GENERATED ALWAYS AS IDENTITY (START 500 INCREMENT 10))");
    run_sql(s, "CREATE SEQUENCE \"the Seq\"");
    run_sql(s, "CREATE TABLE u (id int DEFAULT nextval('\"the Seq\"'))");
    run_sql(s, "CREATE TABLE n (id int)");
    assert_int_equal(next_of(s, NULL, "A b"), 1);
    assert_int_equal(next_of(s, NULL, "i"), 500);
    assert_int_equal(next_of(s, NULL, "n"), 1);
    assert_int_equal(next_of(s, NULL, "not there"), 1);
    run_sql(s, "INSERT INTO \"A b\" DEFAULT VALUES");
    run_sql(s, "INSERT INTO i DEFAULT VALUES");
    run_sql(s, "SELECT setval('\"the Seq\"', 41)");
    assert_int_equal(next_of(s, NULL, "A b"), 2);
    assert_int_equal(next_of(s, s->schema, "i"), 510);
    assert_int_equal(next_of(s, NULL, "u"), 42);
    run_sql(s, "SELECT setval('\"the Seq\"', 77, false)");
    assert_int_equal(next_of(s, NULL, "u"), 77);
    run_sql(s, "SELECT setval('\"the Seq\"', 9223372036854775807)");
    assert_true(next_of(s, NULL, "u") == INT64_MAX);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(session_is_set_up),
        cmocka_unit_test(options_of_the_url_reach_libpq),
        cmocka_unit_test(failing_to_connect_says_where_and_what_to_do),
        cmocka_unit_test(tls_is_demanded_of_servers_elsewhere),
        cmocka_unit_test(ledger_schema_never_becomes_the_current_one),
        cmocka_unit_test(placeholders_are_found_where_they_are),
        cmocka_unit_test(counts_and_transactions),
        cmocka_unit_test(read_only_sessions_write_nothing),
        cmocka_unit_test(errors_are_classified_and_hold_no_data),
        cmocka_unit_test(locks_of_others_and_timeouts_have_words),
        cmocka_unit_test(a_killed_session_is_lost),
        cmocka_unit_test(a_statement_can_be_interrupted),
        cmocka_unit_test(one_holds_the_lock),
        cmocka_unit_test(next_keys_come_from_sequences),
    };
    return run_on_postgres("PostgreSQL: sessions", tests, sizeof tests / sizeof *tests);
}

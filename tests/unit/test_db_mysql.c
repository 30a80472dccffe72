/* The MySQL connector on live servers: opening, statements, transactions, errors, the lock,
 * cancelling. */
#include <pthread.h>

#include "mysql_fixture.h"

/* ---------------------------------------------------------------- opening */

static void opens_and_says_what_it_is(void **state)
{
    Server *s = *state;
    assert_int_equal(s->db->engine, s->mariadb ? ENGINE_MARIADB : ENGINE_MYSQL);
    const char *version =
        getenv(s->mariadb ? "SEEDPIPE_TEST_MARIADB_VERSION" : "SEEDPIPE_TEST_MYSQL_VERSION");
    char *wanted =
        arena_printf(s->mem, "%s %.*s", s->name, version ? (int)strspn(version, "0123456789.") : 0,
                     version ? version : "");
    if (version)
        assert_string_equal(s->db->server, wanted);
}

static void settles_the_session(void **state)
{
    Server *s = *state;
    DbResult r;
    expect_ok(
        s,
        db_mysql.query(
            s->db,
            "SELECT @@time_zone, @@character_set_connection, @@character_set_client, @@sql_mode LIKE '%STRICT_ALL_TABLES%', "
            "@@sql_mode LIKE '%NO_BACKSLASH%', @@sql_mode LIKE '%ANSI_QUOTES%'",
            NULL, 0, &r, s->mem, &s->err));
    static const char *const wanted[] = {"+00:00", "utf8mb4", "utf8mb4", "1", "0", "0"};
    for (int i = 0; i < 6; i++)
        assert_string_equal(db_cell(&r, 0, i), wanted[i]);
    expect_ok(s, db_mysql.query(
                     s->db, s->mariadb ? "SELECT @@tx_isolation" : "SELECT @@transaction_isolation",
                     NULL, 0, &r, s->mem, &s->err));
    assert_string_equal(db_cell(&r, 0, 0), "READ-COMMITTED");
}

static void opens_through_the_socket(void **state)
{
    Server *s = *state;
    DbUrl url = s->base;
    url.socket = s->socket;
    url.host = url.port = NULL;
    DbOptions options = {0};
    Db *db = db_mysql.open(&url, &options, s->mem, &s->err);
    expect_ok(s, db != NULL);
    DbResult r;
    expect_ok(s,
              db_mysql.query(
                  db, "SELECT host FROM information_schema.processlist WHERE id = CONNECTION_ID()",
                  NULL, 0, &r, s->mem, &s->err));
    assert_string_equal(db_cell(&r, 0, 0), "localhost");
    db_mysql.close(db);
}

static void localhost_means_tcp(void **state)
{
    Server *s = *state;
    DbUrl url = s->base;
    url.host = "localhost";
    DbOptions options = {0};
    Db *db = db_mysql.open(&url, &options, s->mem, &s->err);
    expect_ok(s, db != NULL);
    DbResult r;
    expect_ok(s,
              db_mysql.query(
                  db, "SELECT host FROM information_schema.processlist WHERE id = CONNECTION_ID()",
                  NULL, 0, &r, s->mem, &s->err));
    assert_non_null(strstr(db_cell(&r, 0, 0), ":"));
    db_mysql.close(db);
}

static Db *open_as(Server *s, DbUrl url, double timeout)
{
    DbOptions options = {.connect_timeout = timeout};
    return db_mysql.open(&url, &options, s->mem, &s->err);
}

static void refuses_to_open(void **state)
{
    Server *s = *state;
    DbUrl url = s->base;
    url.password = "wrong-canary";
    ErrItem e = expect_error(s, open_as(s, url, 5) != NULL, ERR_CONNECT);
    assert_null(strstr(e.message, "canary"));
    assert_non_null(e.hint);

    url = s->base;
    url.database = "no_such_database_here";
    e = expect_error(s, open_as(s, url, 5) != NULL, ERR_CONNECT);
    assert_non_null(strstr(e.message, "no_such_database_here"));
    assert_non_null(strstr(e.hint, "CREATE DATABASE"));

    url = s->base;
    url.port = "1";
    e = expect_error(s, open_as(s, url, 5) != NULL, ERR_CONNECT);
    assert_non_null(e.hint);

    url = s->base;
    url.database = NULL;
    expect_error(s, open_as(s, url, 5) != NULL, ERR_URL);

    url = s->base;
    url.query = "ssl-mode=sometimes";
    expect_error(s, open_as(s, url, 5) != NULL, ERR_URL);

    url.query = "sslmod=required";
    e = expect_error(s, open_as(s, url, 5) != NULL, ERR_URL);
    assert_non_null(strstr(e.hint, "sslmode"));
}

static void uses_tls_when_asked(void **state)
{
    Server *s = *state;
    Db *db = open_with(s, "ssl-mode=required");
    if (!db) { /* MariaDB 10.11 makes no certificate by itself */
        assert_true(s->mariadb);
        ErrItem e = expect_error(s, false, ERR_CONNECT);
        assert_non_null(strstr(e.message, "TLS"));
        return;
    }
    DbResult r;
    expect_ok(s, db_mysql.query(db, "SHOW SESSION STATUS LIKE 'Ssl_cipher'", NULL, 0, &r, s->mem,
                                &s->err));
    assert_true(strlen(db_cell(&r, 0, 1)) > 0);
    db_mysql.close(db);
    /* The server's certificate is its own work: a chain that nobody vouches for. */
    expect_error(s, open_with(s, "sslmode=verify-full") != NULL, ERR_CONNECT);
    db = open_with(s, "ssl-mode=disabled");
    expect_ok(s, db != NULL && !mysql_get_ssl_cipher(my_of(db)->my));
    db_mysql.close(db);
}

static void protected_environments_need_tls(void **state)
{
    Server *s = *state;
    DbUrl url = s->base;
    url.host = "db.example.com";
    url.query = "ssl-mode=disabled";
    DbOptions options = {.require_tls = true};
    expect_error(s, db_mysql.open(&url, &options, s->mem, &s->err) != NULL, ERR_GUARD);
}

static void read_only_writes_nothing(void **state)
{
    Server *s = *state;
    run_sql(s, "CREATE TABLE t (id INT)");
    DbOptions options = {.read_only = true};
    Db *db = db_mysql.open(&s->base, &options, s->mem, &s->err);
    expect_ok(s, db != NULL);
    expect_error(s, db_mysql.exec(db, "INSERT INTO t VALUES (1)", NULL, 0, NULL, s->mem, &s->err),
                 ERR_DB);
    db_mysql.close(db);
}

static void stops_long_statements(void **state)
{
    Server *s = *state;
    DbOptions options = {.statement_timeout = 0.1};
    Db *db = db_mysql.open(&s->base, &options, s->mem, &s->err);
    expect_ok(s, db != NULL);
    DbResult r;
    /* SLEEP would end early without an error. */
    const char *slow =
        "SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c";
    ErrItem e = expect_error(s, db_mysql.query(db, slow, NULL, 0, &r, s->mem, &s->err), ERR_DB);
    assert_non_null(strstr(e.message, "statement_timeout"));
    db_mysql.close(db);
}

/* ---------------------------------------------------------------- statements */

static void binds_parameters(void **state)
{
    Server *s = *state;
    run_sql(s, "CREATE TABLE t (id INT PRIMARY KEY, a TEXT, b TEXT, c TEXT)");
    static const char nasty[] = "it's \"x\" `y` \\ ? -- # /* \n\t\r\x1a %s \xF0\x9F\x98\x80";
    const char *params[] = {"1", nasty, NULL, ""};
    int64_t n = 0;
    expect_ok(s, db_mysql.exec(s->db, "INSERT INTO t VALUES (?, ?, ?, ?) -- really?\n", params, 4,
                               &n, s->mem, &s->err));
    assert_int_equal(n, 1);
    DbResult r;
    const char *one[] = {nasty};
    expect_ok(s, db_mysql.query(
                     s->db, "SELECT a, b, c, '?', \"?''\\\"\", `a` /* ? */ FROM t WHERE a = ? # ?",
                     one, 1, &r, s->mem, &s->err));
    assert_int_equal(r.rows, 1);
    assert_string_equal(db_cell(&r, 0, 0), nasty);
    assert_null(db_cell(&r, 0, 1));
    assert_string_equal(db_cell(&r, 0, 2), "");
    assert_string_equal(db_cell(&r, 0, 3), "?");
    assert_string_equal(db_cell(&r, 0, 4), "?''\"");
    /* Matched rows count, changed or not. */
    expect_ok(
        s, db_mysql.exec(s->db, "UPDATE t SET c = '' WHERE id = 1", NULL, 0, &n, s->mem, &s->err));
    assert_int_equal(n, 1);
    expect_error(s, db_mysql.exec(s->db, "SELECT ?, ?", one, 1, NULL, s->mem, &s->err),
                 ERR_INTERNAL);
    expect_error(s, db_mysql.exec(s->db, "SELECT '?'", one, 1, NULL, s->mem, &s->err),
                 ERR_INTERNAL);
}

static void transactions_hold_and_undo(void **state)
{
    Server *s = *state;
    run_sql(s, "CREATE TABLE t (id INT)");
    expect_ok(s, db_mysql.begin(s->db, s->mem, &s->err));
    assert_true(s->db->in_transaction);
    run_sql(s, "INSERT INTO t VALUES (1)");
    expect_ok(s, db_mysql.rollback(s->db, s->mem, &s->err));
    assert_false(s->db->in_transaction);
    assert_int_equal(count_rows(s, "t"), 0);
    expect_ok(s, db_mysql.begin(s->db, s->mem, &s->err));
    run_sql(s, "INSERT INTO t VALUES (1)");
    expect_ok(s, db_mysql.commit(s->db, s->mem, &s->err));
    assert_int_equal(count_rows(s, "t"), 1);
}

static void reads_results_of_procedures(void **state)
{
    Server *s = *state;
    run_sql(s, "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END");
    run_sql(s, "CALL p()");
    assert_int_equal(count_rows(s, "information_schema.schemata WHERE schema_name = DATABASE()"),
                     1);
}

/* ---------------------------------------------------------------- errors */

static void names_what_a_row_broke(void **state)
{
    Server *s = *state;
    run_sql(s, "CREATE TABLE parent (id INT PRIMARY KEY)");
    run_sql(
        s,
        "CREATE TABLE child (id INT PRIMARY KEY, email VARCHAR(40), pid INT, n TINYINT NOT NULL, t VARCHAR(3), m INT NOT NULL, UNIQUE KEY `uq.email` (email), "
        "CONSTRAINT `fk``p` FOREIGN KEY (pid) REFERENCES parent (id), CONSTRAINT positive CHECK (n > 0))");
    run_sql(s, "INSERT INTO parent VALUES (1)");
    run_sql(s, "INSERT INTO child VALUES (1, 'secret@canary', 1, 1, 'x', 1)");

    ErrItem e =
        sql_error(s, "INSERT INTO child VALUES (2, 'secret@canary', 1, 1, 'x', 1)", ERR_CONSTRAINT);
    assert_string_equal(e.constraint, "uq.email");
    assert_string_equal(e.sqlstate, "23000");
    assert_null(strstr(e.message, "canary"));
    if (!s->mariadb)
        assert_string_equal(e.table, "child");

    e = sql_error(s, "INSERT INTO child VALUES (3, 'b', 9, 1, 'x', 1)", ERR_CONSTRAINT);
    assert_string_equal(e.constraint, "fk`p");
    assert_string_equal(e.table, "child");
    assert_string_equal(e.column, "pid");

    e = sql_error(s, "DELETE FROM parent", ERR_CONSTRAINT);
    assert_string_equal(e.constraint, "fk`p");

    e = sql_error(s, "INSERT INTO child VALUES (3, 'b', 1, 0, 'x', 1)", ERR_CONSTRAINT);
    assert_string_equal(e.constraint, "positive");

    e = sql_error(s, "INSERT INTO child VALUES (3, 'b', 1, NULL, 'x', 1)", ERR_CONSTRAINT);
    assert_string_equal(e.column, "n");

    e = sql_error(s, "INSERT INTO child (id, n) VALUES (3, 1)", ERR_CONSTRAINT);
    assert_string_equal(e.column, "m");

    e = sql_error(s, "INSERT INTO child VALUES (3, 'b', 1, 300, 'x', 1)", ERR_CONSTRAINT);
    assert_string_equal(e.column, "n");
    assert_non_null(strstr(e.message, "row 1"));

    e = sql_error(
        s, "INSERT INTO child VALUES (3, 'b', 1, 1, 'x', 1), (4, 'c', 1, 1, 'secret-canary', 1)",
        ERR_CONSTRAINT);
    assert_string_equal(e.column, "t");
    assert_non_null(strstr(e.message, "row 2"));
    assert_null(strstr(e.message, "canary"));

    e = sql_error(s, "INSERT INTO child VALUES (3, 'b', 1, 'secret-canary for column x', 'x', 1)",
                  ERR_CONSTRAINT);
    assert_string_equal(e.column, "n");
    assert_null(strstr(e.message, "canary"));
}

static void reduces_other_errors(void **state)
{
    Server *s = *state;
    ErrItem e = sql_error(s, "SELEC 'secret-canary'", ERR_DB);
    assert_null(strstr(e.message, "canary"));
    assert_string_equal(e.sqlstate, "42000");
    e = sql_error(s, "SELECT * FROM no_such_table", ERR_DB);
    assert_non_null(strstr(e.message, "no_such_table"));
    run_sql(s, "CREATE TABLE t (id INT)");
    run_sql(
        s,
        "CREATE TRIGGER no BEFORE INSERT ON t FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'secret-canary'");
    e = sql_error(s, "INSERT INTO t VALUES (1)", ERR_CONSTRAINT);
    assert_string_equal(e.sqlstate, "45000");
    assert_null(strstr(e.message, "canary"));
}

static void deadlocks_may_be_retried(void **state)
{
    Server *s = *state;
    Db *other = open_with(s, NULL);
    expect_ok(s, other != NULL);
    run_sql(s, "CREATE TABLE t (id INT PRIMARY KEY, v INT)");
    run_sql(s, "INSERT INTO t VALUES (1, 0)");
    run_sql(s, "SET innodb_lock_wait_timeout = 1");
    expect_ok(s, db_mysql.begin(other, s->mem, &s->err));
    expect_ok(s, db_mysql.exec(other, "UPDATE t SET v = 1", NULL, 0, NULL, s->mem, &s->err));
    sql_error(s, "UPDATE t SET v = 2", ERR_RETRY);
    db_mysql.close(other);
}

static void notices_lost_connections(void **state)
{
    Server *s = *state;
    Db *other = open_with(s, NULL);
    expect_ok(s, other != NULL && db_mysql.begin(other, s->mem, &s->err));
    run_sql(s, arena_printf(s->mem, "KILL %llu", my_of(other)->id));
    bool held = true;
    expect_error(s, db_mysql.exec(other, "SELECT 1", NULL, 0, NULL, s->mem, &s->err), ERR_LOST);
    assert_false(other->in_transaction);
    expect_error(s, db_mysql.lock_held(other, &held, s->mem, &s->err), ERR_LOST);
    db_mysql.close(other);
}

/* ---------------------------------------------------------------- lock */

static void one_holds_the_lock(void **state)
{
    Server *s = *state;
    Db *other = open_with(s, NULL);
    expect_ok(s, other != NULL);
    bool got = false, held = false;
    expect_ok(s, db_mysql.lock_try(s->db, &got, s->mem, &s->err));
    assert_true(got);
    expect_ok(s, db_mysql.lock_held(s->db, &held, s->mem, &s->err));
    assert_true(held);
    expect_ok(s, db_mysql.lock_try(other, &got, s->mem, &s->err));
    assert_false(got);
    expect_ok(s, db_mysql.lock_held(other, &held, s->mem, &s->err));
    assert_false(held);
    /* Another database of the server has a lock of its own. */
    DbUrl url = s->base;
    url.database = "information_schema";
    Db *elsewhere = open_as(s, url, 5);
    expect_ok(s, elsewhere && db_mysql.lock_try(elsewhere, &got, s->mem, &s->err));
    assert_true(got);
    db_mysql.close(elsewhere);
    db_mysql.unlock(s->db);
    expect_ok(s, db_mysql.lock_try(other, &got, s->mem, &s->err));
    assert_true(got);
    db_mysql.close(other); /* and a closed connection gives it up, as soon as the server notices */
}

/* ---------------------------------------------------------------- keys, cancel, threads */

static void tells_the_next_key(void **state)
{
    Server *s = *state;
    run_sql(s, "CREATE TABLE `T x` (id BIGINT AUTO_INCREMENT PRIMARY KEY, n INT)");
    Column cols[] = {{.name = "id", .auto_key = true}, {.name = "n"}};
    Table table = {.name = "T x", .cols = cols, .ncols = 2};
    int64_t next = 0;
    expect_ok(s, db_mysql.next_key(s->db, &table, 0, &next, s->mem, &s->err));
    assert_int_equal(next, 1);
    run_sql(s, "INSERT INTO `T x` VALUES (41, 0)");
    expect_ok(s, db_mysql.next_key(s->db, &table, 0, &next, s->mem, &s->err));
    assert_int_equal(next, 42);
    run_sql(s, "DELETE FROM `T x`");
    expect_ok(s, db_mysql.next_key(s->db, &table, 0, &next, s->mem, &s->err));
    assert_int_equal(next, 42);
    expect_ok(s, db_mysql.next_key(s->db, &table, 1, &next, s->mem, &s->err));
    assert_int_equal(next, 1);
}

typedef struct Slow {
    Server *s;
    Arena *mem;
    Err err;
    bool ok;
} Slow;

static void *run_slowly(void *arg)
{
    Slow *slow = arg;
    slow->ok = db_mysql.exec(slow->s->db, "INSERT INTO t SELECT a.id FROM t a, t b, t c, t d", NULL,
                             0, NULL, slow->mem, &slow->err);
    return NULL;
}

static void cancels_from_another_thread(void **state)
{
    Server *s = *state;
    run_sql(s, "CREATE TABLE t (id INT)");
    run_sql(
        s,
        "INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM n WHERE id < 900) SELECT id FROM n");
    Slow slow = {.s = s, .mem = arena_new()};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_slowly, &slow), 0);
    Db *watcher = open_with(s, NULL);
    expect_ok(s, watcher != NULL);
    for (int running = 0; !running;) { /* until the server has begun with it */
        DbResult r;
        const char *id[] = {arena_printf(s->mem, "%llu", my_of(s->db)->id)};
        expect_ok(
            s,
            db_mysql.query(
                watcher,
                "SELECT COUNT(*) FROM information_schema.processlist WHERE id = ? AND info LIKE 'INSERT INTO t SELECT%'",
                id, 1, &r, s->mem, &s->err));
        running = atoi(db_cell(&r, 0, 0));
    }
    db_mysql.cancel(s->db);
    pthread_join(thread, NULL);
    assert_false(slow.ok);
    assert_int_equal(slow.err.last->code, ERR_DB);
    assert_non_null(strstr(slow.err.last->message, "interrupted"));
    arena_free(slow.mem);
    db_mysql.close(watcher);
    assert_int_equal(count_rows(s, "t"), 900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(opens_and_says_what_it_is),
                                       cmocka_unit_test(settles_the_session),
                                       cmocka_unit_test(opens_through_the_socket),
                                       cmocka_unit_test(localhost_means_tcp),
                                       cmocka_unit_test(refuses_to_open),
                                       cmocka_unit_test(uses_tls_when_asked),
                                       cmocka_unit_test(protected_environments_need_tls),
                                       cmocka_unit_test(read_only_writes_nothing),
                                       cmocka_unit_test(stops_long_statements),
                                       cmocka_unit_test(binds_parameters),
                                       cmocka_unit_test(transactions_hold_and_undo),
                                       cmocka_unit_test(reads_results_of_procedures),
                                       cmocka_unit_test(names_what_a_row_broke),
                                       cmocka_unit_test(reduces_other_errors),
                                       cmocka_unit_test(deadlocks_may_be_retried),
                                       cmocka_unit_test(notices_lost_connections),
                                       cmocka_unit_test(one_holds_the_lock),
                                       cmocka_unit_test(tells_the_next_key),
                                       cmocka_unit_test(cancels_from_another_thread)};
    return run_on_servers("test_db_mysql", "seedpipe_t_mysql", tests, sizeof tests / sizeof *tests);
}

/* The SQLite connector and its file: created, missing, another's, damaged, full, locked; and the
 * catalog that it holds. */
#include "sqlite_fixture.h"

/* ---- files */

static void test_new_file(void **state)
{
    World *w = *state;
    assert_true(w->db->created);
    db_close(w->db);
    assert_false(os_exists(w->path)); /* nothing was written */
    assert_false(os_exists(arena_printf(w->mem, "%s.seedpipe-lock", w->path)));
    w->db = open_url(w, w->url, (DbOptions){.read_only = true});
    need(w, w->db != NULL);
    Catalog catalog;
    need(w, db_describe(w->db, NULL, 0, &catalog, w->mem, &w->err));
    assert_int_equal(catalog.ntables, 0);
    db_close(w->db);
    assert_false(os_exists(w->path));
    open_file(w);
    run_sql(w, "CREATE TABLE t (a INTEGER)");
    assert_string_equal(value(w, "PRAGMA journal_mode"), "wal");
    assert_string_equal(value(w, "PRAGMA synchronous"), "1");
    db_close(w->db);
    assert_false(os_exists(arena_printf(w->mem, "%s-wal", w->path)));
    w->db = open_url(w, w->url, (DbOptions){.read_only = true});
    assert_false(w->db->created);
    assert_string_equal(value(w, "SELECT count(*) FROM t"), "0");
    sql_error(w, "DELETE FROM t", ERR_DB);
    db_close(w->db);
    size_t n;
    os_list_dir(w->folder, &n, w->mem);
    assert_int_equal(n, 1); /* the reader left no log behind */
    open_file(w);
}

static void test_users_file(void **state)
{
    World *w = *state;
    const char *path = os_path_join(w->folder, "own.db", w->mem);
    sqlite3 *own;
    assert_int_equal(sqlite3_open(path, &own), SQLITE_OK);
    assert_int_equal(sqlite3_exec(own, "CREATE TABLE t (a)", NULL, NULL, NULL), SQLITE_OK);
    db_close(w->db);
    w->db = open_url(w, arena_printf(w->mem, "sqlite:%s", path),
                     (DbOptions){.create = true, .connect_timeout = 0.05});
    need(w, w->db != NULL);
    run_sql(w, "INSERT INTO t VALUES (1)");
    assert_string_equal(value(w, "PRAGMA journal_mode"),
                        "delete"); /* the user's own choice stays */

    assert_int_equal(sqlite3_exec(own, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    ErrItem e = expect_error(w, db_begin(w->db, w->mem, &w->err), ERR_RETRY);
    assert_string_equal(e.message, "the database is locked by another program");
    assert_false(w->db->in_transaction);
    assert_int_equal(sqlite3_exec(own, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    need(w, db_begin(w->db, w->mem, &w->err));
    need(w, db_commit(w->db, w->mem, &w->err));
    sqlite3_close(own);
}

static ErrItem open_error(World *w, const char *url, DbOptions options, ErrCode code)
{
    Db *db = open_url(w, url, options);
    ErrItem e = expect_error(w, db != NULL, code);
    assert_non_null(e.hint);
    return e;
}

static void test_bad_files(void **state)
{
    World *w = *state;
    DbOptions create = {.create = true}, existing = {0}, look = {.read_only = true};
    const char *path = os_path_join(w->folder, "notes.txt", w->mem),
               *url = arena_printf(w->mem, "sqlite:%s", path);
    FILE *f = fopen(path, "w");
    for (int i = 0; i < 200; i++)
        fputs("this is no database, and it goes on\n", f);
    fclose(f);
    ErrItem e = open_error(w, url, create, ERR_CONNECT);
    assert_string_equal(e.message, "the file is not a SQLite database (or is encrypted)");
    assert_string_equal(e.subject, url);
    open_error(w, url, look, ERR_CONNECT);
    assert_string_equal(
        open_error(w, arena_printf(w->mem, "sqlite:%s", w->folder), create, ERR_CONNECT).message,
        "is a folder, not a database file");
    assert_string_equal(
        open_error(w, arena_printf(w->mem, "sqlite:%s/no/x.db", w->folder), create, ERR_CONNECT)
            .message,
        "the folder of the file does not exist");
    assert_string_equal(
        open_error(w, arena_printf(w->mem, "sqlite:%s/x.db", w->folder), existing, ERR_CONNECT)
            .message,
        "there is no such file");
    assert_false(os_exists(os_path_join(w->folder, "x.db", w->mem)));
}

/* Permissions mean nothing to root: the child gives its rights up first. */
static void test_read_only_file(void **state)
{
    World *w = *state;
    run_sql(w, "CREATE TABLE t (a INTEGER)");
    run_sql(w, "PRAGMA journal_mode = DELETE");
    db_close(w->db);
    w->db = NULL;
    chmod(w->path, 0444);
    chmod(w->folder, 0755);
    pid_t child = fork();
    if (child == 0) {
        if (getuid() == 0 && setuid(65534) != 0)
            _exit(9);
        DbUrl url;
        DbOptions create = {.create = true}, look = {.read_only = true};
        if (!db_url_parse(w->url, &url, w->mem, &w->err) || db_open(&url, &create, w->mem, &w->err))
            _exit(1);
        if (w->err.count != 1 || strcmp(w->err.last->message, "the file is read-only") != 0 ||
            !w->err.last->hint)
            _exit(2);
        Db *db = db_open(&url, &look, w->mem, &w->err);
        DbResult r;
        _exit(db && db_query(db, "SELECT count(*) FROM t", NULL, 0, &r, w->mem, &w->err) ? 0 : 3);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    chmod(w->path, 0600);
    open_file(w);
}

static void test_full(void **state)
{
    World *w = *state;
    run_sql(w, "CREATE TABLE t (a TEXT)");
    value(w, "PRAGMA max_page_count = 20");
    need(w, db_begin(w->db, w->mem, &w->err));
    ErrItem e = sql_error(w, "INSERT INTO t VALUES (zeroblob(1000000))", ERR_IO);
    assert_non_null(strstr(e.message, "the disk is full"));
    assert_string_equal(e.subject, w->db->url.shown);
    need(w, db_rollback(w->db, w->mem, &w->err));
    assert_string_equal(value(w, "SELECT count(*) FROM t"), "0");
}

/* ---- the lock */

static void test_lock(void **state)
{
    World *w = *state;
    bool got = false, held = false;
    run_sql(w, "CREATE TABLE t (a INTEGER)");
    need(w, w->db->connector->lock_try(w->db, &got, w->mem, &w->err));
    assert_true(got);
    Db *other = open_url(w, w->url, (DbOptions){0});
    need(w, other != NULL);
    need(w, other->connector->lock_try(other, &got, w->mem, &w->err));
    assert_false(got);
    need(w, w->db->connector->lock_held(w->db, &held, w->mem, &w->err));
    assert_true(held);
    w->db->connector->unlock(w->db);
    need(w, other->connector->lock_try(other, &got, w->mem, &w->err));
    assert_true(got);
    need(w, w->db->connector->lock_held(w->db, &held, w->mem, &w->err));
    assert_false(held);
    /* The file goes away under the holder. */
    remove(w->path);
    need(w, other->connector->lock_held(other, &held, w->mem, &w->err));
    assert_false(held);
    db_close(other);
    need(w,
         w->db->connector->lock_try(w->db, &got, w->mem, &w->err) || w->err.last->code == ERR_LOST);
    assert_string_equal(expect_error(w, false, ERR_LOST).message,
                        "the file was removed or replaced while it was being opened");
}

static void test_next_key(void **state)
{
    World *w = *state;
    int64_t next = 0;
    Column col = {.name = "id", .type = {.kind = TYPE_INT}};
    Table plain = {.name = "plain", .cols = &col, .ncols = 1},
          counted = {.name = "counted", .cols = &col, .ncols = 1};
    run_sql(w, "CREATE TABLE plain (id INTEGER PRIMARY KEY)");
    need(w, db_sqlite.next_key(w->db, &plain, 0, &next, w->mem, &w->err));
    assert_int_equal(next, 1);
    run_sql(w, "INSERT INTO plain VALUES (41)");
    need(w, db_sqlite.next_key(w->db, &plain, 0, &next, w->mem, &w->err));
    assert_int_equal(next, 42);
    run_sql(w, "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT)");
    run_sql(w, "INSERT INTO counted VALUES (7)");
    run_sql(w, "DELETE FROM counted");
    need(w, db_sqlite.next_key(w->db, &counted, 0, &next, w->mem, &w->err));
    assert_int_equal(next, 8);
}

/* ---- the catalog */

static const char *key_text(World *w, const Table *t, const Key *key)
{
    const char *text = key->name ? key->name : "-";
    for (int i = 0; i < key->ncols; i++)
        text = arena_printf(w->mem, "%s %s", text, t->cols[key->cols[i]].name);
    return key->partial ? arena_printf(w->mem, "%s (partial)", text) : text;
}

static void test_checks(void **state)
{
    World *w = *state;
    run_sql(
        w,
        "CREATE TABLE t (a int CHECK (a > 0 AND (a < 10)), \"check\" text CONSTRAINT \"the name\" CHECK(\"check\" <> ')' ), "
        "b text DEFAULT 'CHECK (no)', -- CHECK (nor this)\n c int /* CHECK (1) */, CONSTRAINT last check  (b IN ('x''(', 'y')))");
    Catalog catalog;
    need(w, db_describe(w->db, NULL, 0, &catalog, w->mem, &w->err));
    const Table *t = catalog_table(&catalog, NULL, "t");
    assert_int_equal(t->nchecks, 3);
    assert_string_equal(t->checks[0].sql, "a > 0 AND (a < 10)");
    assert_null(t->checks[0].name);
    assert_string_equal(t->checks[1].sql, "\"check\" <> ')' ");
    assert_string_equal(t->checks[1].name, "the name");
    assert_string_equal(t->checks[2].sql, "b IN ('x''(', 'y')");
    assert_string_equal(t->checks[2].name, "last");
}

static void test_catalog(void **state)
{
    static const char *const ddl[] = {
        "CREATE TABLE Parent (id INTEGER PRIMARY KEY, code VARCHAR(10) NOT NULL COLLATE NOCASE UNIQUE, a INT, b INT, UNIQUE (a, b))",
        ("CREATE TABLE child (p INTEGER REFERENCES parent ON DELETE CASCADE, pa INT, pb INT, x TEXT DEFAULT 'y', half REAL AS (p / 2.0), twice INT AS (p * 2) STORED,"
         " untyped, strange POINT, big BIGINT UNSIGNED, d DECIMAL(12, 2) NOT NULL, CHECK (p > 0), FOREIGN KEY (PB, pa) REFERENCES PARENT (B, A) ON UPDATE SET NULL)"),
        "CREATE INDEX child_x ON child (x, p)",
        "CREATE UNIQUE INDEX child_part ON child (x) WHERE p > 1",
        "CREATE UNIQUE INDEX child_expr ON child (lower(x))",
        "CREATE UNIQUE INDEX [child (f)] ON child (p, LOWER( \"x\" ) COLLATE NOCASE DESC, (upper(strange)))",
        "CREATE UNIQUE INDEX child_other ON child (lower(x) || 'lower(x)')",
        "CREATE UNIQUE INDEX child_nocase ON child (x COLLATE NOCASE)",
        "CREATE TABLE pair (k TEXT, n INT, PRIMARY KEY (n, k)) WITHOUT ROWID",
        "CREATE TABLE text_key (k TEXT PRIMARY KEY, v DATETIME)",
        "CREATE TABLE down (id INTEGER PRIMARY KEY DESC)",
        "CREATE TABLE seedpipe_runs (id INTEGER)",
        "CREATE TABLE seedpipes (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE VIEW v AS SELECT 1 AS one",
    };
    World *w = *state;
    for (size_t i = 0; i < sizeof ddl / sizeof *ddl; i++)
        run_sql(w, ddl[i]);
    Catalog c;
    need(w, db_describe(w->db, NULL, 0, &c, w->mem, &w->err));
    assert_int_equal(c.ntables, 6);
    assert_null(c.schema);
    const Table *parent = catalog_table(&c, NULL, "Parent"),
                *child = catalog_table(&c, NULL, "child"), *pair = catalog_table(&c, NULL, "pair");
    assert_true(parent->cols[0].auto_key && !parent->cols[0].nullable);
    assert_string_equal(key_text(w, parent, &parent->primary), "- id");
    assert_int_equal(parent->nuniques, 2);
    assert_string_equal(key_text(w, parent, &parent->uniques[0]), "- code");
    assert_string_equal(key_text(w, parent, &parent->uniques[1]), "- a b");
    assert_true(parent->cols[1].type.no_case && parent->cols[1].type.length == 10 &&
                !parent->cols[1].nullable);

    assert_int_equal(child->ncols, 10);
    assert_int_equal(child->primary.ncols, 0);
    assert_string_equal(child->cols[3].default_sql, "'y'");
    assert_true(child->cols[4].generated && child->cols[5].generated && !child->cols[3].generated);
    assert_int_equal(child->cols[6].type.kind, TYPE_OTHER);
    assert_int_equal(child->cols[7].type.kind, TYPE_INT); /* SQLite's own rule: it has INT in it */
    assert_true(child->cols[8].type.kind == TYPE_INT && child->cols[8].type.bits == 64 &&
                !child->cols[8].type.is_unsigned);
    assert_true(child->cols[9].type.precision == 12 && child->cols[9].type.scale == 2 &&
                !child->cols[9].nullable);
    assert_int_equal(child->nindexes, 1);
    assert_string_equal(key_text(w, child, &child->indexes[0]), "child_x x p");
    assert_int_equal(child->nuniques, 5);
    const Key *folded = &child->uniques[0];
    assert_string_equal(key_text(w, child, folded), "child (f) p x strange");
    assert_true(!folded->no_case[0] && folded->no_case[1] && folded->no_case[2]);
    assert_true(!folded->upper[1] && folded->upper[2]);
    assert_string_equal(key_text(w, child, &child->uniques[1]), "child_expr x");
    assert_true(child->uniques[1].no_case[0] && !child->uniques[1].upper[0]);
    assert_string_equal(key_text(w, child, &child->uniques[2]), "child_nocase x");
    assert_true(child->uniques[2].no_case && child->uniques[2].no_case[0]);
    assert_string_equal(key_text(w, child, &child->uniques[3]), "child_other (partial)");
    assert_string_equal(key_text(w, child, &child->uniques[4]), "child_part x (partial)");
    assert_int_equal(child->nfks, 2);
    const ForeignKey *one = &child->fks[0], *two = &child->fks[1];
    assert_string_equal(one->ref_table, "Parent");
    assert_string_equal(one->ref_cols[0], "id");
    assert_int_equal(one->on_delete, ACTION_CASCADE);
    assert_int_equal(one->on_update, ACTION_NO_ACTION);
    assert_true(two->ncols == 2 && two->cols[0] == 2 && two->cols[1] == 1);
    assert_string_equal(two->ref_cols[0], "b");
    assert_string_equal(two->ref_cols[1], "a");
    assert_int_equal(two->on_update, ACTION_SET_NULL);

    assert_string_equal(key_text(w, pair, &pair->primary), "- n k");
    assert_false(pair->cols[1].auto_key);
    assert_false(catalog_table(&c, NULL, "text_key")->cols[0].auto_key);
    assert_int_equal(catalog_table(&c, NULL, "text_key")->cols[1].type.kind, TYPE_TIMESTAMP);
    assert_false(
        catalog_table(&c, NULL, "down")->cols[0].auto_key); /* an old quirk: DESC is no rowid */
    assert_true(catalog_table(&c, NULL, "seedpipes")->cols[0].auto_key);
    assert_null(catalog_table(&c, NULL, "seedpipe_runs"));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_new_file),       TEST(test_users_file), TEST(test_bad_files),
        TEST(test_read_only_file), TEST(test_full),       TEST(test_lock),
        TEST(test_next_key),       TEST(test_catalog),    TEST(test_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The SQLite connector: exact round trips, hostile names and values, refused rows, statements and
 * their errors. */
#include "sqlite_fixture.h"
#include <math.h>

#include "model/cell.h"

/* ---- loading and reading back */

enum { CELLS = 6, KINDS = 11 };

static Vec *cells_of(World *w, Type type, const char *const texts[CELLS])
{
    Vec *v = vec_new(w->mem, type.kind, type.scale, CELLS);
    for (uint32_t k = 0; k < CELLS; k++) {
        if (!texts[k])
            db_cell_null(v, k, w->mem);
        else
            assert_true(cell_parse(v, k, texts[k], strlen(texts[k]), w->mem));
    }
    return v;
}

typedef struct Read {
    World *w;
    Vec **expected;
    int ncols;
    uint32_t rows;
} Read;

static bool same_cell(const Vec *a, uint32_t i, const Vec *b, uint32_t k)
{
    if (vec_is_null(a, i) || vec_is_null(b, k))
        return vec_is_null(a, i) == vec_is_null(b, k);
    if (a->s)
        return a->s[i].n == b->s[k].n &&
               (a->s[i].n == 0 || memcmp(a->s[i].p, b->s[k].p, a->s[i].n) == 0);
    return a->f ? a->f[i] == b->f[k] : a->i[i] == b->i[k];
}

static bool compare_rows(void *ctx, const Vec *const *cols, uint32_t n)
{
    Read *r = ctx;
    for (uint32_t k = 0; k < n; k++, r->rows++)
        for (int c = 0; c < r->ncols; c++)
            if (!same_cell(cols[c], k, r->expected[c], r->rows))
                fail_msg("column %d, row %u came back otherwise", c, r->rows);
    return true;
}

static uint64_t load(World *w, const Table *t, Vec **vecs, uint32_t n)
{
    int *cols = arena_array(w->mem, int, t->ncols);
    for (int c = 0; c < t->ncols; c++)
        cols[c] = c;
    DbLoad *l = w->db->connector->load_begin(w->db, t, cols, t->ncols, w->mem, &w->err);
    if (!l)
        return 0;
    Batch batch = {.n = n, .ncols = t->ncols, .cols = (const Vec *const *)vecs};
    uint64_t rows = 0;
    bool ok = w->db->connector->load_batch(l, &batch, w->mem, &w->err);
    return w->db->connector->load_end(l, &rows, w->mem, &w->err) && ok ? rows : 0;
}

/* Every kind at its extremes; names with every quote and control character; CELLS rows go as single
 * statements, so the same again in a number that fills whole ones. */
static void test_round_trip(void **state)
{
    static const Type types[KINDS] = {{.kind = TYPE_INT, .bits = 64},
                                      {.kind = TYPE_BOOL},
                                      {.kind = TYPE_DECIMAL, .precision = 15, .scale = 2},
                                      {.kind = TYPE_DECIMAL, .precision = 15, .scale = 15},
                                      {.kind = TYPE_FLOAT, .bits = 64},
                                      {.kind = TYPE_TEXT},
                                      {.kind = TYPE_DATE},
                                      {.kind = TYPE_TIMESTAMP},
                                      {.kind = TYPE_TIMESTAMP, .scale = 6},
                                      {.kind = TYPE_TIME, .scale = 3},
                                      {.kind = TYPE_JSON}};
    static const char *const texts[KINDS][CELLS] = {
        {"9223372036854775807", "-9223372036854775808", "0", "-1", NULL, "1"},
        {"true", "false", NULL, "1", "0", "t"},
        {"9999999999999.99", "-9999999999999.99", "0.01", "12.00", NULL, "-0.10"},
        {"0.999999999999999", "-0.999999999999999", "0.000000000000001", "0.100000000000000",
         "0.000000000000000", NULL},
        {"1.7976931348623157e308", "-5e-324", "0.1", "3", NULL, "-2.2250738585072014e-308"},
        {"", "'\"`;\\%_--\x01\x1f\x7f\n\r\t", "\xF0\x9F\x8E\x89 日本語 \xC3\xA9", NULL, "1e5",
         " 007 "},
        {"0001-01-01", "9999-12-31", "1969-12-31", "2024-02-29", NULL, "1970-01-01"},
        {"0001-01-01 00:00:00", "9999-12-31 23:59:59", "1969-12-31 23:59:59", NULL,
         "1970-01-01 00:00:00", "2024-02-29 12:30:45"},
        {"0001-01-01 00:00:00.000001", "9999-12-31 23:59:59.999999", NULL,
         "1969-12-31 23:59:59.500000", "1970-01-01 00:00:00", "2024-02-29 12:30:45.123456"},
        {"00:00:00", "23:59:59.999", "12:00:00.5", NULL, "01:02:03.004", "00:00:00.001"},
        {"{\"a\": [1, null]}", "1.50", "\"x\"", NULL, "null", "[]"}};
    World *w = *state;
    Column cols[KINDS];
    Vec *vecs[KINDS];
    for (int c = 0; c < KINDS; c++) {
        static const char *const names[KINDS] = {
            "select",           "a\"b",  "`",  "'",  "new\nline", "MiXed", "tab\t;--",
            "\xF0\x9F\x8E\x89", "%s %d", "\\", "[x]"};
        cols[c] = (Column){.name = names[c], .type = types[c], .nullable = true};
        vecs[c] = cells_of(w, types[c], texts[c]);
    }
    Table t = {.name = "my \"table\"; drop --", .cols = cols, .ncols = KINDS};
    run_sql(w, dialect_create_table(ENGINE_SQLITE, &t, true, w->mem));
    need(w, db_begin(w->db, w->mem, &w->err));
    assert_int_equal(load(w, &t, vecs, CELLS), CELLS);
    need(w, db_commit(w->db, w->mem, &w->err));
    Read read = {w, vecs, KINDS, 0};
    need(w,
         w->db->connector->read(w->db, "SELECT * FROM \"my \"\"table\"\"; drop --\" ORDER BY rowid",
                                types, KINDS, compare_rows, &read, w->mem, &w->err));
    assert_int_equal(read.rows, CELLS);
    assert_string_equal(
        value(w, "SELECT typeof(\"`\") FROM \"my \"\"table\"\"; drop --\" WHERE rowid = 4"),
        "integer"); /* 12.00 */
    assert_string_equal(
        value(w, "SELECT count(*) FROM \"my \"\"table\"\"; drop --\" WHERE \"MiXed\" = ''"), "1");

    Catalog catalog;
    need(w, db_describe(w->db, NULL, 0, &catalog, w->mem, &w->err));
    assert_int_equal(catalog.ntables, 1);
    for (int c = 0; c < KINDS; c++) {
        assert_string_equal(catalog.tables[0].cols[c].name, cols[c].name);
        assert_int_equal(catalog.tables[0].cols[c].type.kind,
                         types[c].kind == TYPE_JSON ? TYPE_TEXT : types[c].kind);
    }
    assert_int_equal(dialect_compare(ENGINE_SQLITE, &t, &catalog.tables[0], w->mem, &w->err), 0);
}

static void test_many_rows(void **state)
{
    World *w = *state;
    Column cols[] = {{.name = "id", .type = {.kind = TYPE_INT, .bits = 64}},
                     {.name = "day", .type = {.kind = TYPE_DATE}},
                     {.name = "b", .type = {.kind = TYPE_BYTES}, .nullable = true}};
    int key[] = {0};
    Table t = {.name = "t", .cols = cols, .ncols = 3, .primary = {.cols = key, .ncols = 1}};
    run_sql(w, dialect_create_table(ENGINE_SQLITE, &t, true, w->mem));
    enum { N = 1017 };
    Vec *vecs[] = {vec_new(w->mem, TYPE_INT, 0, N), vec_new(w->mem, TYPE_DATE, 0, N),
                   vec_new(w->mem, TYPE_BYTES, 0, N)};
    for (uint32_t k = 0; k < N; k++) {
        vecs[0]->i[k] = k + 1;
        vecs[1]->i[k] = (int64_t)k * 31 - 5000;
        vecs[2]->s[k] = k % 7 ? (Str){"\0\xFF\x01'", k % 5} : (Str){NULL, 0};
    }
    need(w, db_begin(w->db, w->mem, &w->err));
    assert_true(w->db->in_transaction);
    assert_int_equal(load(w, &t, vecs, N), N);
    need(w, db_rollback(w->db, w->mem, &w->err));
    assert_false(w->db->in_transaction);
    assert_string_equal(value(w, "SELECT count(*) FROM t"), "0");
    need(w, db_begin(w->db, w->mem, &w->err));
    assert_int_equal(load(w, &t, vecs, N), N);
    need(w, db_commit(w->db, w->mem, &w->err));
    Read read = {w, vecs, 3, 0};
    const Type types[] = {cols[0].type, cols[1].type, cols[2].type};
    need(w, w->db->connector->read(w->db, "SELECT id, day, b FROM t ORDER BY id", types, 3,
                                   compare_rows, &read, w->mem, &w->err));
    assert_int_equal(read.rows, N);
    assert_string_equal(
        value(w, "SELECT count(*) FROM t WHERE typeof(b) = 'blob' AND typeof(day) = 'text'"),
        "1017");
}

/* ---- rows that are refused: which one, why, and nothing of the data */

static void test_refused_rows(void **state)
{
    World *w = *state;
    run_sql(
        w,
        "CREATE TABLE \"t.x\" (a INTEGER NOT NULL, \"b.c\" TEXT, d DECIMAL(20,4), CONSTRAINT positive CHECK (a > 0))");
    run_sql(w, "CREATE UNIQUE INDEX u ON \"t.x\" (\"b.c\", a)");
    Column cols[] = {{.name = "a", .type = {.kind = TYPE_INT}},
                     {.name = "b.c", .type = {.kind = TYPE_TEXT}},
                     {.name = "d", .type = {.kind = TYPE_DECIMAL, .scale = 4}}};
    Table t = {.name = "t.x", .cols = cols, .ncols = 3};
    Vec *vecs[] = {vec_new(w->mem, TYPE_INT, 0, 25), vec_new(w->mem, TYPE_TEXT, 0, 25),
                   vec_new(w->mem, TYPE_DECIMAL, 4, 25)};
    for (uint32_t k = 0; k < 25; k++) {
        vecs[0]->i[k] = 1;
        vecs[1]->s[k] = (Str){arena_printf(w->mem, "s3cret%02u", k), 8};
        vecs[2]->i[k] = k * 10001;
    }
    need(w, db_begin(w->db, w->mem, &w->err));
    vecs[1]->s[13] = vecs[1]->s[12];
    ErrItem e = expect_error(w, load(w, &t, vecs, 25), ERR_CONSTRAINT);
    assert_string_equal(e.message, "duplicate value for a unique key (t.x.b.c, t.x.a) at row 14");
    assert_string_equal(e.table, "t.x");
    assert_string_equal(e.column, "b.c");
    need(w, db_rollback(w->db, w->mem, &w->err));

    need(w, db_begin(w->db, w->mem, &w->err));
    vecs[1]->s[13] = (Str){"other", 5};
    vecs[0]->i[24] = -5;
    e = expect_error(w, load(w, &t, vecs, 25), ERR_CONSTRAINT);
    assert_string_equal(e.message, "the check constraint positive is violated at row 25");
    assert_string_equal(e.constraint, "positive");
    need(w, db_rollback(w->db, w->mem, &w->err));

    need(w, db_begin(w->db, w->mem, &w->err));
    vecs[0]->i[24] = 5;
    vec_nulls(vecs[0], w->mem)[3] = 1;
    e = expect_error(w, load(w, &t, vecs, 25), ERR_CONSTRAINT);
    assert_string_equal(e.message, "NULL for the NOT NULL column a at row 4");
    vecs[0]->null[3] = 0;
    need(w, db_rollback(w->db, w->mem, &w->err));

    need(w, db_begin(w->db, w->mem, &w->err));
    vecs[2]->i[20] = INT64_C(1234567890123456);
    e = expect_error(w, load(w, &t, vecs, 25), ERR_CONSTRAINT);
    assert_string_equal(
        e.message, "a decimal of more than 15 digits at row 21: SQLite would not keep it exactly");
    assert_string_equal(e.column, "d");
    vecs[2]->i[20] = INT64_C(1234567890120000); /* a whole number of twelve digits: an integer */
    need(w, db_rollback(w->db, w->mem, &w->err));

    run_sql(
        w,
        "CREATE TRIGGER quiet BEFORE INSERT ON \"t.x\" WHEN new.\"b.c\" = 'other' BEGIN SELECT raise(IGNORE); END");
    need(w, db_begin(w->db, w->mem, &w->err));
    e = expect_error(w, load(w, &t, vecs, 25), ERR_CONSTRAINT);
    assert_string_equal(e.message, "25 rows were sent and 24 taken");
    need(w, db_rollback(w->db, w->mem, &w->err));
    run_sql(
        w, "CREATE TRIGGER loud BEFORE INSERT ON \"t.x\" BEGIN SELECT raise(ABORT, 's3cret'); END");
    need(w, db_begin(w->db, w->mem, &w->err));
    e = expect_error(w, load(w, &t, vecs, 25), ERR_CONSTRAINT);
    assert_string_equal(e.message, "a trigger refused the statement at row 1");
    need(w, db_rollback(w->db, w->mem, &w->err));
}

/* ---- statements and their errors */

static void test_statements(void **state)
{
    World *w = *state;
    int64_t n = -1;
    const char *params[] = {"5", NULL, "it's"};
    run_sql(w, "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c TEXT)");
    need(w,
         db_exec_params(w->db, "INSERT INTO t VALUES (?, ?, ?)", params, 3, &n, w->mem, &w->err));
    assert_int_equal(n, 1);
    need(w, db_exec_params(w->db, "UPDATE t SET b = ? WHERE a = 77", &params[2], 1, &n, w->mem,
                           &w->err));
    assert_int_equal(n, 0);
    need(w, db_exec_params(w->db, "SELECT a FROM t", NULL, 0, &n, w->mem, &w->err));
    assert_int_equal(n, 0);
    DbResult r;
    need(w, db_query(w->db, "SELECT a, b, c FROM t WHERE a = ?", params, 1, &r, w->mem, &w->err));
    assert_int_equal(r.rows, 1);
    assert_null(db_cell(&r, 0, 1));
    assert_string_equal(db_cell(&r, 0, 2), "it's");
    need(w, db_query_i64(w->db, "SELECT max(a) FROM t", NULL, 0, -1, &n, w->mem, &w->err));
    assert_int_equal(n, 5);
    need(w,
         db_query_i64(w->db, "SELECT max(a) FROM t WHERE a > 5", NULL, 0, -1, &n, w->mem, &w->err));
    assert_int_equal(n, -1);
    expect_error(w, db_query_i64(w->db, "SELECT 'x'", NULL, 0, -1, &n, w->mem, &w->err), ERR_DB);
    expect_error(w, db_exec_params(w->db, "SELECT ?", NULL, 0, &n, w->mem, &w->err), ERR_INTERNAL);
    assert_string_equal(sql_error(w, "SELECT * FROM missing", ERR_DB).message,
                        "no such table: missing");
    ErrItem e = sql_error(w, "SELECT FROM WHERE 's3cret'", ERR_DB);
    assert_null(strstr(e.message, "s3cret"));
    assert_null(strstr(sql_error(w, "SELECT 's3cret", ERR_DB).message, "s3cret"));
    e = sql_error(w, "INSERT INTO t (a) VALUES (5)", ERR_CONSTRAINT);
    assert_string_equal(e.message, "duplicate value for the primary key (t.a)");
    assert_string_equal(e.subject, "t");
    run_sql(w, "PRAGMA foreign_keys = ON");
    run_sql(w, "CREATE TABLE u (t INTEGER REFERENCES t)");
    sql_error(w, "INSERT INTO u VALUES (99)", ERR_CONSTRAINT);
    assert_string_equal(value(w, "SELECT sqlite_version()"), w->db->server + 7);
}

static void test_timeout(void **state)
{
    World *w = *state;
    db_close(w->db);
    w->db = open_url(w, w->url, (DbOptions){.create = true, .statement_timeout = 0.02});
    need(w, w->db != NULL);
    ErrItem e = sql_error(
        w, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        ERR_DB);
    assert_string_equal(e.message, "the statement took longer than statement_timeout");
    assert_string_equal(value(w, "SELECT 1"), "1");
}

static bool no_rows(void *ctx, const Vec *const *cols, uint32_t n)
{
    (void)ctx, (void)cols, (void)n;
    return true;
}

static bool is_unfit(void *ctx, const Vec *const *cols, uint32_t n)
{
    const Vec *v = cols[0];
    int *rows = ctx;
    for (uint32_t k = 0; k < n; k++)
        *rows += v->i ? v->i[k] == DB_UNFIT : v->f ? isnan(v->f[k]) : vec_is_null(v, k);
    return true;
}

/* What is none of the values that the column claims to hold is unlike any of them. */
static void test_unfit(void **state)
{
    static const struct {
        const char *sql;
        Type type;
    } cases[] = {
        {"SELECT 'x' AS c", {.kind = TYPE_INT}},
        {"SELECT 1.5 AS c", {.kind = TYPE_INT}},
        {"SELECT 1e300 AS c", {.kind = TYPE_DECIMAL, .scale = 2}},
        {"SELECT 'soon' AS c", {.kind = TYPE_DATE}},
        {"SELECT 5 AS c", {.kind = TYPE_TIMESTAMP}},
        {"SELECT x'00' AS c", {.kind = TYPE_FLOAT}},
        {"SELECT '2024-01-01 01:00:00' AS c", {.kind = TYPE_DATE}},
        {"SELECT 1 AS c", {.kind = TYPE_NULL}},
    };
    World *w = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int rows = 0;
        need(w, w->db->connector->read(w->db, cases[i].sql, &cases[i].type, 1, is_unfit, &rows,
                                       w->mem, &w->err));
        assert_int_equal(rows, 1);
    }
    const Type two[2] = {{.kind = TYPE_INT}, {.kind = TYPE_INT}};
    expect_error(w,
                 w->db->connector->read(w->db, "SELECT 1", two, 2, no_rows, NULL, w->mem, &w->err),
                 ERR_INTERNAL);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_round_trip), TEST(test_many_rows), TEST(test_refused_rows),
        TEST(test_statements), TEST(test_timeout),   TEST(test_unfit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Loading and reading on live servers: every type there and back by both paths, what the server
 * would change or drop as an error, and streams that are left early. */
#include "mysql_fixture.h"

#include "base/calendar.h"

static const char *const both_paths[] = {NULL, "local-infile=0"};

/* Columns for a load, as the catalog has them. */
static const Table *described(Server *s, Db *db, const char *name)
{
    Catalog catalog;
    expect_ok(s, db_mysql.describe(db, NULL, 0, &catalog, s->mem, &s->err));
    const Table *table = catalog_table(&catalog, NULL, name);
    assert_non_null(table);
    return table;
}

static bool load_all(Server *s, Db *db, const Table *table, const Vec *const *vecs, uint32_t n,
                     uint64_t *rows)
{
    int *cols = arena_array(s->mem, int, table->ncols);
    for (int i = 0; i < table->ncols; i++)
        cols[i] = i;
    DbLoad *load = db_mysql.load_begin(db, table, cols, table->ncols, s->mem, &s->err);
    if (!load)
        return false;
    Batch batch = {.n = n, .ncols = table->ncols, .cols = vecs};
    bool ok = db_mysql.load_batch(load, &batch, s->mem, &s->err);
    return db_mysql.load_end(load, rows, s->mem, &s->err) && ok;
}

/* ---------------------------------------------------------------- there and back */

typedef struct Case {
    const char *sql;
    Type type;
    int64_t i[5];
    double f[5];
    Str s[5];
} Case;

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof literal - 1                                                                \
    }
#define DAY INT64_C(86400000000)

static const char all_bytes[] = "\0\1\2\t\n\r\x1a'\"\\`%_\x7f\x80\xc3\xff\xfe\\N\\0end\0";
static const char all_text[] =
    "a\\b\tc\nd\re\x1a'f'\"g\"`\\N\\n \xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80 \0NUL %s ;--";

static const Case cases[] = {
    {"BOOLEAN", {.kind = TYPE_BOOL}, .i = {0, 1, 1, 0, 1}},
    {"BIT(1)", {.kind = TYPE_BOOL}, .i = {0, 1, 1, 0, 1}},
    {"TINYINT", {.kind = TYPE_INT}, .i = {-128, 127, 0, 1, -1}},
    {"TINYINT UNSIGNED", {.kind = TYPE_INT}, .i = {0, 255, 128, 1, 2}},
    {"SMALLINT", {.kind = TYPE_INT}, .i = {-32768, 32767, 0, 1, -1}},
    {"MEDIUMINT", {.kind = TYPE_INT}, .i = {-8388608, 8388607, 0, 1, -1}},
    {"INT", {.kind = TYPE_INT}, .i = {INT32_MIN, INT32_MAX, 0, 1, -1}},
    {"BIGINT", {.kind = TYPE_INT}, .i = {INT64_MIN, INT64_MAX, 0, 1, -1}},
    {"BIGINT UNSIGNED", {.kind = TYPE_INT}, .i = {0, INT64_MAX, 1, 2, 3}},
    {"YEAR", {.kind = TYPE_INT}, .i = {1901, 2155, 2000, 2025, 1999}},
    {"DECIMAL(12,2)",
     {.kind = TYPE_DECIMAL, .scale = 2},
     .i = {-999999999999, 999999999999, 0, 1, -1}},
    {"DECIMAL(18,0)",
     {.kind = TYPE_DECIMAL, .scale = 0},
     .i = {-999999999999999999, 999999999999999999, 0, 1, -1}},
    {"DECIMAL(18,18)",
     {.kind = TYPE_DECIMAL, .scale = 18},
     .i = {-999999999999999999, 999999999999999999, 0, 1, -1}},
    {"FLOAT", {.kind = TYPE_FLOAT}, .f = {-1.5, 16777215, 0, 0.1f, 1e-20f}},
    {"DOUBLE",
     {.kind = TYPE_FLOAT},
     .f = {-1.7976931348623157e308, 1.7976931348623157e308, 0.1, 2.2250738585072014e-308,
           0.30000000000000004}},
    {"VARCHAR(100)",
     {.kind = TYPE_TEXT},
     .s = {TEXT(""), TEXT(all_text), TEXT("NULL"), TEXT("\\N"), TEXT(" padded ")}},
    {"LONGTEXT",
     {.kind = TYPE_TEXT},
     .s = {TEXT("\\"), TEXT(all_text), TEXT("\n"), TEXT("\t"), TEXT("x\\")}},
    {"CHAR(10)",
     {.kind = TYPE_TEXT},
     .s = {TEXT(""), TEXT("a b"), TEXT("\\N"), TEXT("\xf0\x9f\x98\x80"), TEXT("1234567890")}},
    {"VARBINARY(100)",
     {.kind = TYPE_BYTES},
     .s = {TEXT(""), TEXT(all_bytes), TEXT("\0"), TEXT("\\N"), TEXT("\xff\xff")}},
    {"LONGBLOB",
     {.kind = TYPE_BYTES},
     .s = {TEXT("\0\0\0"), TEXT(all_bytes), TEXT(""), TEXT("\t"), TEXT("\n")}},
    {"DATE",
     {.kind = TYPE_DATE},
     .i = {-354285 /* 1000-01-01 */, 2932896 /* 9999-12-31 */, 0, -1, 20000}},
    {"TIME(6)", {.kind = TYPE_TIME, .scale = 6}, .i = {0, DAY - 1, 1, 3600000000, 60000001}},
    {"DATETIME(6)",
     {.kind = TYPE_TIMESTAMP, .scale = 6},
     .i = {-354285 * DAY, 2932896 * DAY + DAY - 1, 0, -1, 1700000000123456}},
    {"DATETIME",
     {.kind = TYPE_TIMESTAMP},
     .i = {-354285 * DAY, 2932896 * DAY, 0, -1000000, 1700000000000000}},
    {"TIMESTAMP(6) NULL",
     {.kind = TYPE_TIMESTAMP, .scale = 6},
     .i = {1000000, 2147483647000000, 1700000000123456, 86400000000, 1000001}},
    {"CHAR(36)",
     {.kind = TYPE_UUID},
     .s = {TEXT("00000000-0000-0000-0000-000000000000"),
           TEXT("ffffffff-ffff-ffff-ffff-ffffffffffff"),
           TEXT("123e4567-e89b-42d3-a456-426614174000"),
           TEXT("00000000-0000-0000-0000-000000000001"),
           TEXT("00000000-0000-0000-0000-000000000002")}},
    {"JSON",
     {.kind = TYPE_JSON},
     .s = {TEXT("{}"), TEXT("{\"a\": \"it's \\\"x\\\" \\\\ \\n \xf0\x9f\x98\x80\"}"),
           TEXT("[1, 2]"), TEXT("\"\\t\""), TEXT("null")}},
    {"ENUM('a','it''s','back\\\\slash','com,ma')",
     {.kind = TYPE_ENUM},
     .s = {TEXT("a"), TEXT("it's"), TEXT("back\\slash"), TEXT("com,ma"), TEXT("a")}},
    {"SET('x','y')",
     {.kind = TYPE_ENUM},
     .s = {TEXT("x"), TEXT("y"), TEXT("x"), TEXT("y"), TEXT("x")}}};

enum { NCASES = sizeof cases / sizeof *cases, NROWS = 6 };

/* Row 5 is NULL everywhere; the first column is a key. */
static const Vec *const *case_vectors(Arena *mem)
{
    Vec **vecs = arena_array(mem, Vec *, NCASES + 1);
    vecs[0] = vec_new(mem, TYPE_INT, 0, NROWS);
    for (int r = 0; r < NROWS; r++)
        vecs[0]->i[r] = r;
    for (int c = 0; c < NCASES; c++) {
        Vec *v = vecs[c + 1] = vec_new(mem, cases[c].type.kind, cases[c].type.scale, NROWS);
        for (int r = 0; r < NROWS; r++) {
            int from = r < 5 ? r : 0;
            if (v->i)
                v->i[r] = cases[c].i[from];
            else if (v->f)
                v->f[r] = cases[c].f[from];
            else
                v->s[r] = cases[c].s[from];
        }
        vec_nulls(v, mem)[5] = 1;
    }
    return (const Vec *const *)vecs;
}

typedef struct Compare {
    const Vec *const *wanted;
    uint32_t rows;
} Compare;

static bool compare_rows(void *ctx, const Vec *const *got, uint32_t n)
{
    Compare *compare = ctx;
    for (uint32_t r = 0; r < n; r++)
        for (int c = 0; c <= NCASES; c++) {
            const Vec *w = compare->wanted[c], *g = got[c];
            bool same = vec_is_null(w, r) == vec_is_null(g, r);
            if (same && !vec_is_null(w, r))
                same = w->i ? w->i[r] == g->i[r]
                       : w->f
                           ? w->f[r] == g->f[r]
                           : w->s[r].n == g->s[r].n && memcmp(w->s[r].p, g->s[r].p, w->s[r].n) == 0;
            if (!same)
                fail_msg("%s differs in row %u (%.*s)", c ? cases[c - 1].sql : "id", r,
                         g->s && !vec_is_null(g, r) ? (int)g->s[r].n : 0, g->s ? g->s[r].p : "");
        }
    compare->rows += n;
    return true;
}

static void every_type_there_and_back(void **state)
{
    Server *s = *state;
    Buf sql;
    buf_init(&sql, 1 << 16);
    buf_str(&sql, "CREATE TABLE every (id INT PRIMARY KEY");
    for (int c = 0; c < NCASES; c++)
        buf_printf(&sql, ", `c %d` %s", c, cases[c].sql);
    buf_str(&sql, ") CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    run_sql(s, buf_cstr(&sql));
    buf_free(&sql);
    Type types[NCASES + 1] = {{.kind = TYPE_INT}};
    for (int c = 0; c < NCASES; c++)
        types[c + 1] = cases[c].type;
    const Vec *const *vecs = case_vectors(s->mem);
    for (int path = 0; path < 2; path++) {
        Db *db = open_with(s, both_paths[path]);
        expect_ok(s, db != NULL);
        run_sql(s, "DELETE FROM every");
        uint64_t rows = 0;
        expect_ok(s, load_all(s, db, described(s, db, "every"), vecs, NROWS, &rows));
        assert_int_equal(rows, NROWS);
        assert_int_equal(db->load_path, path == 0 ? LOAD_DATA : LOAD_INSERT);
        Compare compare = {vecs, 0};
        expect_ok(s, db_mysql.read(db, "SELECT * FROM every ORDER BY id", types, NCASES + 1,
                                   compare_rows, &compare, s->mem, &s->err));
        assert_int_equal(compare.rows, NROWS);
        db_mysql.close(db);
    }
    /* An empty text is no NULL, and the other way round. */
    assert_int_equal(count_rows(s, "every WHERE `c 15` = '' AND LENGTH(`c 15`) = 0"), 1);
    assert_int_equal(count_rows(s, "every WHERE `c 15` IS NULL"), 1);
}

/* ---------------------------------------------------------------- what LOCAL would let pass */

typedef struct Bad {
    const char *column; /* its definition */
    Type type;
    int64_t i[3];
    Str s[3];
    const char *named; /* column or constraint that the error names */
    int row;           /* the row that the message names, 0: none */
} Bad;

static const Bad bads[] = {
    {"v INT UNIQUE KEY", {.kind = TYPE_INT}, .i = {1, 2, 1}, .named = "v"},
    {"v TINYINT", {.kind = TYPE_INT}, .i = {1, 300, 2}, .named = "v", .row = 2},
    {"v INT",
     {.kind = TYPE_TEXT},
     .s = {TEXT("1"), TEXT("2"), TEXT("canary")},
     .named = "v",
     .row = 3},
    {"v VARCHAR(5)",
     {.kind = TYPE_TEXT},
     .s = {TEXT("1"), TEXT("canary"), TEXT("2")},
     .named = "v",
     .row = 2},
    {"v CHAR(5)",
     {.kind = TYPE_TEXT},
     .s = {TEXT("1"), TEXT("canary"), TEXT("2")},
     .named = "v",
     .row = 2},
    {"v VARBINARY(2)",
     {.kind = TYPE_BYTES},
     .s = {TEXT("1"), TEXT("canary"), TEXT("2")},
     .named = "v",
     .row = 2},
    {"v VARCHAR(9) CHARACTER SET latin1",
     {.kind = TYPE_TEXT},
     .s = {TEXT("1"), TEXT("\xf0\x9f\x98\x80"), TEXT("2")},
     .named = "v",
     .row = 2},
    {"v DECIMAL(4,1)",
     {.kind = TYPE_DECIMAL, .scale = 3},
     .i = {1000, 1100, 1234},
     .named = "v",
     .row = 3},
    {"v ENUM('a','b')",
     {.kind = TYPE_ENUM},
     .s = {TEXT("a"), TEXT("canary"), TEXT("b")},
     .named = "v",
     .row = 2},
    {"v DATE",
     {.kind = TYPE_TEXT},
     .s = {TEXT("2024-02-30"), TEXT("2024-02-28"), TEXT("2024-02-27")},
     .named = "v",
     .row = 1},
    {"v JSON", {.kind = TYPE_JSON}, .s = {TEXT("{}"), TEXT("{\"canary"), TEXT("[]")}, .named = "v"},
    {"v INT, CONSTRAINT positive CHECK (v > 0)",
     {.kind = TYPE_INT},
     .i = {1, 2, -3},
     .named = "positive"},
    {"v INT, CONSTRAINT fk FOREIGN KEY (v) REFERENCES parent (id)",
     {.kind = TYPE_INT},
     .i = {1, 1, 2},
     .named = "fk"},
    {"v INT NOT NULL",
     {.kind = TYPE_INT},
     .i = {1, INT64_MIN, 2},
     .named = "v"}}; /* INT64_MIN stands for NULL */

static void bad_rows_are_errors(void **state)
{
    Server *s = *state;
    run_sql(s, "CREATE TABLE parent (id INT PRIMARY KEY)");
    run_sql(s, "INSERT INTO parent VALUES (1)");
    for (size_t b = 0; b < 2 * sizeof bads / sizeof *bads; b++) {
        const Bad *bad = &bads[b / 2];
        run_sql(s, arena_printf(s->mem, "CREATE TABLE bad (%s)", bad->column));
        Db *db = open_with(s, both_paths[b % 2]);
        expect_ok(s, db && db_mysql.begin(db, s->mem, &s->err));
        Vec *v = vec_new(s->mem, bad->type.kind, bad->type.scale, 3);
        for (int r = 0; r < 3; r++) {
            if (v->i)
                v->i[r] = bad->i[r];
            else
                v->s[r] = bad->s[r];
            if (v->i && v->i[r] == INT64_MIN)
                vec_nulls(v, s->mem)[r] = 1;
        }
        const Vec *vecs[] = {v};
        uint64_t rows = 99;
        ErrItem e = expect_error(s, load_all(s, db, described(s, db, "bad"), vecs, 3, &rows),
                                 ERR_CONSTRAINT);
        const char *named = e.constraint ? e.constraint : e.column ? e.column : "(nothing)";
        if (strcmp(named, bad->named) != 0)
            fail_msg("%s (%s): named %s: %s", bad->column, both_paths[b % 2], named, e.message);
        assert_string_equal(e.table, "bad");
        assert_null(strstr(e.message, "canary"));
        if (bad->row && !strstr(e.message, arena_printf(s->mem, "row %d", bad->row)))
            fail_msg("%s: no row %d in: %s", bad->column, bad->row, e.message);
        assert_int_equal(rows, 0);
        expect_ok(s, db_mysql.rollback(db, s->mem, &s->err));
        db_mysql.close(db);
        assert_int_equal(count_rows(s, "bad"), 0);
        run_sql(s, "DROP TABLE bad");
    }
}

/* ---------------------------------------------------------------- size */

enum { MANY = 40 * BATCH_ROWS };

static bool load_many(Server *s, Db *db, const Table *table, uint64_t *rows)
{
    static const int cols[] = {0, 1};
    char *text = arena_alloc(s->mem, 300);
    memset(text, 'x', 300);
    Vec *id = vec_new(s->mem, TYPE_INT, 0, BATCH_ROWS),
        *t = vec_new(s->mem, TYPE_TEXT, 0, BATCH_ROWS);
    const Vec *vecs[] = {id, t};
    DbLoad *load = db_mysql.load_begin(db, table, cols, 2, s->mem, &s->err);
    if (!load)
        return false;
    bool ok = true;
    for (uint32_t first = 0; ok && first < MANY; first += BATCH_ROWS) {
        for (uint32_t r = 0; r < BATCH_ROWS; r++) {
            id->i[r] = first + r;
            t->s[r] = (Str){text, 300};
        }
        Batch batch = {.first_row = first, .n = BATCH_ROWS, .ncols = 2, .cols = vecs};
        ok = db_mysql.load_batch(load, &batch, s->mem, &s->err);
    }
    return db_mysql.load_end(load, rows, s->mem, &s->err) && ok;
}

static void loads_in_several_statements(void **state)
{
    Server *s = *state;
    run_sql(
        s,
        "CREATE TABLE many (id BIGINT PRIMARY KEY, t VARCHAR(300), n INT NOT NULL DEFAULT 7, g INT AS (id + 1) STORED)");
    for (int path = 0; path < 2; path++) {
        Db *db = open_with(s, both_paths[path]);
        expect_ok(s, db != NULL);
        uint64_t rows = 0;
        expect_ok(s, load_many(s, db, described(s, db, "many"), &rows));
        assert_int_equal(rows, MANY);
        assert_int_equal(count_rows(s, "many WHERE n = 7 AND g = id + 1 AND LENGTH(t) = 300"),
                         MANY);
        /* The same again: the first row is a duplicate, and rows of the load are counted over all
         * its statements. */
        run_sql(s, "DELETE FROM many WHERE id < 20000");
        expect_ok(s, db_mysql.begin(db, s->mem, &s->err));
        expect_error(s, load_many(s, db, described(s, db, "many"), &rows), ERR_CONSTRAINT);
        assert_true(rows < MANY);
        expect_ok(s, db_mysql.rollback(db, s->mem, &s->err));
        db_mysql.close(db);
        run_sql(s, "DELETE FROM many");
    }
}

/* One text of 3 MiB beside small ones: an INSERT for it alone. */
static void loads_large_values(void **state)
{
    Server *s = *state;
    run_sql(s, "CREATE TABLE large (t LONGTEXT)");
    uint32_t size = 3 << 20;
    char *text = arena_alloc(s->mem, size);
    memset(text, '\'', size);
    Vec *v = vec_new(s->mem, TYPE_TEXT, 0, 3);
    v->s[0] = v->s[2] = (Str){"small", 5};
    v->s[1] = (Str){text, size};
    const Vec *vecs[] = {v};
    for (int path = 0; path < 2; path++) {
        Db *db = open_with(s, both_paths[path]);
        uint64_t rows = 0;
        expect_ok(s, db && load_all(s, db, described(s, db, "large"), vecs, 3, &rows));
        assert_int_equal(rows, 3);
        db_mysql.close(db);
    }
    assert_int_equal(count_rows(s, "large WHERE t = REPEAT('''', 3145728)"), 2);
    /* More in a batch than MariaDB's max_allowed_packet. */
    v = vec_new(s->mem, TYPE_TEXT, 0, 1000);
    for (int r = 0; r < 1000; r++)
        v->s[r] = (Str){text, 20000};
    vecs[0] = v;
    Db *db = open_with(s, "local-infile=0");
    uint64_t rows = 0;
    expect_ok(s, db && load_all(s, db, described(s, db, "large"), vecs, 1000, &rows));
    assert_int_equal(rows, 1000);
    db_mysql.close(db);
}

/* The server's word comes with the first LOAD DATA: here the client never said that it can send
 * files. */
static void falls_back_when_refused(void **state)
{
    Server *s = *state;
    run_sql(s, "CREATE TABLE many (id BIGINT PRIMARY KEY, t VARCHAR(300))");
    Db *db = open_with(s, "local-infile=0");
    expect_ok(s, db != NULL);
    assert_int_equal(db->load_path, LOAD_INSERT);
    my_of(db)->infile = true;
    db->load_path = LOAD_DATA;
    expect_ok(s, db_mysql.begin(db, s->mem, &s->err));
    uint64_t rows = 0;
    expect_ok(s, load_many(s, db, described(s, db, "many"), &rows));
    assert_int_equal(db->load_path, LOAD_INSERT);
    expect_ok(s, db_mysql.commit(db, s->mem, &s->err));
    assert_int_equal(count_rows(s, "many"), MANY);
    db_mysql.close(db);
}

static void hands_out_no_files(void **state)
{
    Server *s = *state;
    run_sql(s, "CREATE TABLE t (line TEXT)");
    expect_error(s,
                 db_mysql.exec(s->db, "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t", NULL, 0,
                               NULL, s->mem, &s->err),
                 ERR_DB);
    assert_int_equal(count_rows(s, "t"), 0);
}

static void quotes_names_and_loads_no_columns(void **state)
{
    Server *s = *state;
    run_sql(
        s,
        "CREATE TABLE `we``ird \"T'x` (`select` INT, `a``b \xc3\xa9` VARBINARY(9), PRIMARY KEY (`select`))");
    run_sql(s, "CREATE TABLE empty_rows (id INT AUTO_INCREMENT PRIMARY KEY)");
    Vec *id = vec_new(s->mem, TYPE_INT, 0, 2), *bytes = vec_new(s->mem, TYPE_BYTES, 0, 2);
    id->i[0] = 1;
    id->i[1] = 2;
    bytes->s[0] = bytes->s[1] = (Str)TEXT("\t");
    const Vec *vecs[] = {id, bytes};
    uint64_t rows = 0;
    expect_ok(s, load_all(s, s->db, described(s, s->db, "we`ird \"T'x"), vecs, 2, &rows));
    assert_int_equal(rows, 2);
    DbLoad *load =
        db_mysql.load_begin(s->db, described(s, s->db, "empty_rows"), NULL, 0, s->mem, &s->err);
    Batch batch = {.n = 3};
    expect_ok(s, load && db_mysql.load_batch(load, &batch, s->mem, &s->err) &&
                     db_mysql.load_end(load, &rows, s->mem, &s->err));
    assert_int_equal(rows, 3);
    assert_int_equal(count_rows(s, "empty_rows"), 3);
}

static void a_lost_connection_ends_the_load(void **state)
{
    Server *s = *state;
    run_sql(s, "CREATE TABLE many (id BIGINT PRIMARY KEY, t VARCHAR(300))");
    for (int path = 0; path < 2; path++) {
        Db *db = open_with(s, both_paths[path]);
        const Table *table = db ? described(s, db, "many") : NULL;
        static const int cols[] = {0};
        DbLoad *load = db_mysql.load_begin(db, table, cols, 1, s->mem, &s->err);
        expect_ok(s, load != NULL);
        run_sql(s, arena_printf(s->mem, "KILL %llu", my_of(db)->id));
        Vec *id = vec_new(s->mem, TYPE_INT, 0, 1);
        id->i[0] = 1;
        const Vec *vecs[] = {id};
        Batch batch = {.n = 1, .ncols = 1, .cols = vecs};
        uint64_t rows;
        expect_error(s,
                     db_mysql.load_batch(load, &batch, s->mem, &s->err) &&
                         db_mysql.load_end(load, &rows, s->mem, &s->err),
                     ERR_LOST);
        assert_int_equal(count_rows(s, "many"), 0);
        db_mysql.close(db);
    }
}

/* ---------------------------------------------------------------- reading */

static bool stop_after_first(void *ctx, const Vec *const *cols, uint32_t n)
{
    *(int64_t *)ctx += n;
    return cols == NULL;
}

static bool sum_rows(void *ctx, const Vec *const *cols, uint32_t n)
{
    for (uint32_t r = 0; r < n; r++)
        *(int64_t *)ctx += cols[0]->i[r];
    return true;
}

static bool add_lengths(void *ctx, const Vec *const *cols, uint32_t n)
{
    for (uint32_t r = 0; r < n; r++) {
        assert_true(cols[0]->f[r] == 0.5);
        assert_int_equal(strspn(cols[1]->s[r].p, "x"), cols[1]->s[r].n);
        *(uint64_t *)ctx += cols[1]->s[r].n;
    }
    return true;
}

static void streams_and_stops(void **state)
{
    Server *s = *state;
    run_sql(s, "CREATE TABLE n (id INT PRIMARY KEY)");
    run_sql(
        s,
        "INSERT INTO n WITH RECURSIVE n AS (SELECT 0 AS id UNION ALL SELECT id + 1 FROM n WHERE id < 999) SELECT id FROM n");
    Type type = {.kind = TYPE_INT};
    int64_t sum = 0, seen = 0;
    expect_ok(s, db_mysql.read(s->db, "SELECT a.id * 1000 + b.id FROM n a, n b", &type, 1, sum_rows,
                               &sum, s->mem, &s->err));
    assert_int_equal(sum, INT64_C(499999500000));
    /* A short rest is read away, a long one is stopped; the connection serves on either way. */
    expect_ok(s, db_mysql.read(s->db, "SELECT a.id FROM n a, n b WHERE b.id < 3", &type, 1,
                               stop_after_first, &seen, s->mem, &s->err));
    assert_int_equal(count_rows(s, "n"), 1000);
    expect_ok(s, db_mysql.read(s->db, "SELECT a.id FROM n a, n b, n c", &type, 1, stop_after_first,
                               &seen, s->mem, &s->err));
    assert_int_equal(count_rows(s, "n"), 1000);
    assert_int_equal(seen, 2 * BATCH_ROWS);
    /* Floats come by another way; texts of any length beside them. */
    Type types[] = {{.kind = TYPE_FLOAT}, {.kind = TYPE_TEXT}};
    expect_ok(s, db_mysql.read(s->db, "SELECT a.id * 0.5e0, 'x' FROM n a, n b, n c", types, 2,
                               stop_after_first, &seen, s->mem, &s->err));
    assert_int_equal(count_rows(s, "n"), 1000);
    uint64_t length = 0;
    expect_ok(s, db_mysql.read(s->db, "SELECT 0.5e0, REPEAT('x', id * 3) FROM n", types, 2,
                               add_lengths, &length, s->mem, &s->err));
    assert_int_equal(length, 3 * 499500);
    seen = 2 * BATCH_ROWS;
    /* No rows: the sink is not called. */
    expect_ok(s, db_mysql.read(s->db, "SELECT id FROM n WHERE id < 0", &type, 1, stop_after_first,
                               &seen, s->mem, &s->err));
    assert_int_equal(seen, 2 * BATCH_ROWS);
}

static bool take_cells(void *ctx, const Vec *const *cols, uint32_t n)
{
    int64_t *cells = ctx;
    assert_int_equal(n, 1);
    cells[0] = cols[0]->i[0];
    cells[1] = cols[1]->i[0];
    return true;
}

static void reads_what_is_none_of_its_kind(void **state)
{
    Server *s = *state;
    int64_t seen = 0, cells[2] = {0};
    Type types[] = {{.kind = TYPE_INT}, {.kind = TYPE_DATE}};
    assert_true(db_mysql.read(s->db, "SELECT 18446744073709551615 AS big, 'canary' AS day", types,
                              2, take_cells, cells, s->mem, &s->err));
    assert_true(cells[0] == DB_UNFIT && cells[1] == DB_UNFIT);
    expect_error(s, db_mysql.read(s->db, "SELECT 1", types, 2, sum_rows, &seen, s->mem, &s->err),
                 ERR_INTERNAL);
    assert_int_equal(count_rows(s, "information_schema.schemata WHERE schema_name = DATABASE()"),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_type_there_and_back),
                                       cmocka_unit_test(bad_rows_are_errors),
                                       cmocka_unit_test(loads_in_several_statements),
                                       cmocka_unit_test(loads_large_values),
                                       cmocka_unit_test(falls_back_when_refused),
                                       cmocka_unit_test(hands_out_no_files),
                                       cmocka_unit_test(quotes_names_and_loads_no_columns),
                                       cmocka_unit_test(a_lost_connection_ends_the_load),
                                       cmocka_unit_test(streams_and_stops),
                                       cmocka_unit_test(reads_what_is_none_of_its_kind)};
    return run_on_servers("test_db_mysql_load", "seedpipe_t_mysql_load", tests,
                          sizeof tests / sizeof *tests);
}

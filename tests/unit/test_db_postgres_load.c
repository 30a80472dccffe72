/* The PostgreSQL connector: rows into tables by both forms of COPY, and back as typed vectors. */
#include <float.h>
#include <math.h>

#include "base/calendar.h"
#include "postgres_fixture.h"

enum { N = 6, MAX_COLS = 24 };

/* A table as a test writes it down, and the vectors that go into it. */
typedef struct Rows {
    Column cols[MAX_COLS];
    Table table;
    int load[MAX_COLS];
    const Vec *vecs[MAX_COLS];
    int ncols;
    uint32_t n;
} Rows;

static Vec *add(Pg *s, Rows *r, const char *name, TypeKind kind, int scale)
{
    Vec *v = vec_new(s->mem, kind, scale, r->n);
    for (uint32_t i = 0; v->s && i < r->n; i++)
        v->s[i] = (Str){"", 0};
    r->cols[r->ncols] = (Column){.name = name, .type = {.kind = kind, .scale = scale}};
    r->load[r->ncols] = r->ncols;
    r->vecs[r->ncols++] = v;
    return v;
}

static void add_ints(Pg *s, Rows *r, const char *name, TypeKind kind, int scale,
                     const int64_t values[N])
{
    memcpy(add(s, r, name, kind, scale)->i, values, N * sizeof *values);
}

static void add_texts(Pg *s, Rows *r, const char *name, TypeKind kind, const Str values[N])
{
    memcpy(add(s, r, name, kind, 0)->s, values, N * sizeof *values);
}

#define S(text)                                                                                    \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static bool load_from(Pg *s, Rows *r, const char *table, bool text, bool *binary, uint64_t *taken)
{
    r->table = (Table){.name = table, .cols = r->cols, .ncols = r->ncols};
    DbLoad *load = db_postgres.load_begin(s->db, &r->table, r->load, r->ncols, s->mem, &s->err);
    if (!load)
        return false;
    if (text)
        postgres_load_as_text(load);
    Batch batch = {.n = r->n, .ncols = r->ncols, .cols = r->vecs};
    bool ok = db_postgres.load_batch(load, &batch, s->mem, &s->err);
    *binary = postgres_load_was_binary(load);
    return db_postgres.load_end(load, taken, s->mem, &s->err) && ok;
}

static bool load_rows(Pg *s, Rows *r, const char *table, bool text, bool expect_binary)
{
    bool binary = false;
    uint64_t taken = 0;
    bool ok = load_from(s, r, table, text, &binary, &taken);
    if (ok) {
        assert_int_equal(taken, r->n);
        assert_int_equal(binary, expect_binary);
    }
    return ok;
}

typedef struct Seen {
    Pg *s;
    const Rows *rows;
    uint32_t n;
} Seen;

static bool compare(void *ctx, const Vec *const *cols, uint32_t n)
{
    Seen *seen = ctx;
    for (int c = 0; c < seen->rows->ncols; c++) {
        const Vec *made = seen->rows->vecs[c], *read = cols[c];
        for (uint32_t i = 0; i < n; i++) {
            uint32_t k = seen->n + i;
            bool same = vec_is_null(made, k) == vec_is_null(read, i);
            if (same && !vec_is_null(made, k))
                same = made->s ? made->s[k].n == read->s[i].n &&
                                     memcmp(made->s[k].p, read->s[i].p, read->s[i].n) == 0
                       : made->f
                           ? made->f[k] == read->f[i] && signbit(made->f[k]) == signbit(read->f[i])
                           : made->i[k] == read->i[i];
            if (!same)
                fail_msg("column %s, row %u differs", seen->rows->cols[c].name, k);
        }
    }
    seen->n += n;
    return true;
}

static void expect_same(Pg *s, const Rows *r, const char *table)
{
    Type types[MAX_COLS];
    for (int c = 0; c < r->ncols; c++)
        types[c] = r->cols[c].type;
    Seen seen = {s, r, 0};
    expect_ok(s, db_postgres.read(s->db,
                                  arena_printf(s->mem, "SELECT * FROM \"%s\" ORDER BY 1", table),
                                  types, r->ncols, compare, &seen, s->mem, &s->err));
    assert_int_equal(seen.n, r->n);
}

/* ---------------------------------------------------------------- round trips */

static const char every_type[] =
    "(id int, b bool, i2 int2, i4 int4, i8 int8, n numeric(18,2), n18 numeric(18,18), n0 numeric, big numeric, f4 float4, f8 float8, "
    "t text, v varchar(40), c char(5), j json, jb jsonb, u uuid, by bytea, d date, tm time, ts timestamp, tz timestamptz, "
    "e \"Mood \"\"x\"\"\", dom dom)";

static void fill_every_type(Pg *s, Rows *r)
{
    *r = (Rows){.n = N};
    add_ints(s, r, "id", TYPE_INT, 0, (int64_t[N]){1, 2, 3, 4, 5, 6});
    add_ints(s, r, "b", TYPE_BOOL, 0, (int64_t[N]){1, 0, 1, 0, 1, 0});
    add_ints(s, r, "i2", TYPE_INT, 0, (int64_t[N]){INT16_MIN, INT16_MAX, 0, -1, 1, 10});
    add_ints(s, r, "i4", TYPE_INT, 0, (int64_t[N]){INT32_MIN, INT32_MAX, 0, -1, 1, 10});
    add_ints(s, r, "i8", TYPE_INT, 0, (int64_t[N]){INT64_MIN, INT64_MAX, 0, -1, 1, 10});
    add_ints(s, r, "n", TYPE_DECIMAL, 2,
             (int64_t[N]){-999999999999999999, 999999999999999999, 0, -1, 1000000, 10});
    add_ints(s, r, "n18", TYPE_DECIMAL, 18,
             (int64_t[N]){-999999999999999999, 1, 0, -1, 100000000000000000, 123400000000});
    add_ints(s, r, "n0", TYPE_DECIMAL, 5,
             (int64_t[N]){INT64_MAX, -INT64_MAX, 0, 100000, 12345, 99999});
    add_ints(s, r, "big", TYPE_INT, 0, (int64_t[N]){INT64_MIN, INT64_MAX, 0, 10000, -10000, 9999});
    memcpy(add(s, r, "f4", TYPE_FLOAT, 0)->f, (double[N]){0.5, -0.0, 16777216, -1.5e9, 0.25, 3},
           N * sizeof(double));
    memcpy(add(s, r, "f8", TYPE_FLOAT, 0)->f,
           (double[N]){DBL_MAX, DBL_MIN, -0.0, 0.1, 1e-7, 4.9e-324}, N * sizeof(double));
    add_texts(s, r, "t", TYPE_TEXT,
              (Str[N]){S(""), S("a\tb\nc\rd\be\ff\vg\\h"), S("\\N"), S("\\."),
                       S("\xf0\x9f\x8c\xb1 \xe4\xb8\xad \x01\x7f"), S("'\";--")});
    add_texts(s, r, "v", TYPE_TEXT,
              (Str[N]){S("\\"), S("\\\\"), S("\n"), S(" "), S("x  "), S("NULL")});
    add_texts(s, r, "c", TYPE_TEXT,
              (Str[N]){S("abcde"), S("ab"), S(""), S("\xc3\xa9"), S(" a"), S("\\N")});
    r->cols[r->ncols - 1].type.fixed = true;
    add_texts(s, r, "j", TYPE_JSON,
              (Str[N]){S("{\"a\":  \"\\n\\u00e9\"}"), S("[]"), S("null"), S("1"), S("\"\\\\\""),
                       S("{}")});
    add_texts(s, r, "jb", TYPE_JSON,
              (Str[N]){S("{\"a\": \"\\n\"}"), S("[]"), S("null"), S("1"), S("\"\\\\\""), S("{}")});
    add_texts(
        s, r, "u", TYPE_UUID,
        (Str[N]){
            S("00000000-0000-0000-0000-000000000000"), S("ffffffff-ffff-ffff-ffff-ffffffffffff"),
            S("01234567-89ab-cdef-0123-456789abcdef"), S("01234567-89ab-cdef-0123-456789abcde0"),
            S("01234567-89ab-cdef-0123-456789abcde1"), S("01234567-89ab-cdef-0123-456789abcde2")});
    add_texts(s, r, "by", TYPE_BYTES,
              (Str[N]){S(""), S("\0\0"), S("\xff\x00\\x\n\t"), S("\\x41"), S("abc"), S("\\N")});
    add_ints(s, r, "d", TYPE_DATE, 0,
             (int64_t[N]){calendar_days((Civil){-4712, 1, 1}),
                          calendar_days((Civil){123456, 12, 31}), 0, -1, 11016, INT64_MAX});
    add_ints(s, r, "tm", TYPE_TIME, 6,
             (int64_t[N]){0, MICROS_PER_DAY - 1, 1, MICROS_PER_DAY, 3600000000, 12345678});
    const int64_t stamps[N] = {calendar_days((Civil){-4712, 1, 2}) * MICROS_PER_DAY + 1,
                               calendar_days((Civil){200000, 1, 1}) * MICROS_PER_DAY,
                               0,
                               -1,
                               951782399999999,
                               INT64_MIN};
    add_ints(s, r, "ts", TYPE_TIMESTAMP, 6, stamps);
    add_ints(s, r, "tz", TYPE_TIMESTAMP, 6, stamps);
    add_texts(s, r, "e", TYPE_ENUM,
              (Str[N]){S("sad"), S("so so, \"ok\""), S("it's"), S("sad"), S("sad"), S("\xc3\xa9")});
    add_ints(s, r, "dom", TYPE_INT, 0, (int64_t[N]){1, 2, 3, 4, 5, 6});
}

static void every_type_survives_both_forms_of_copy(void **state)
{
    Pg *s = *state;
    Rows r;
    fill_every_type(s, &r);
    run_sql(s,
            "CREATE TYPE \"Mood \"\"x\"\"\" AS ENUM ('sad', 'so so, \"ok\"', 'it''s', '\xc3\xa9')");
    run_sql(s, "CREATE DOMAIN dom0 AS int CHECK (VALUE > 0)");
    run_sql(s, "CREATE DOMAIN dom AS dom0 CHECK (VALUE < 10)");
    run_sql(s, arena_printf(s->mem, "CREATE TABLE bin %s", every_type));
    run_sql(s, arena_printf(s->mem, "CREATE TABLE txt %s", every_type));
    expect_ok(s, load_rows(s, &r, "bin", false, true));
    expect_ok(s, load_rows(s, &r, "txt", true, false));
    expect_same(s, &r, "bin");
    expect_same(s, &r, "txt");
    assert_string_equal(
        value(s, "SELECT count(*) FROM bin x JOIN txt y ON x.id = y.id AND x::text = y::text"),
        "6");
    assert_string_equal(value(s, "SELECT n FROM bin WHERE id = 1"), "-9999999999999999.99");
    assert_string_equal(value(s, "SELECT n18 FROM bin WHERE id = 2"), "0.000000000000000001");
    assert_string_equal(value(s, "SELECT ts FROM bin WHERE id = 4"), "1969-12-31 23:59:59.999999");
    assert_string_equal(value(s, "SELECT tz FROM bin WHERE id = 1"),
                        "4713-01-02 00:00:00.000001+00 BC");
    assert_string_equal(value(s, "SELECT d FROM bin WHERE id = 6"), "infinity");
    assert_string_equal(value(s, "SELECT tm FROM bin WHERE id = 4"), "24:00:00");
}

static void null_is_not_empty(void **state)
{
    Pg *s = *state;
    for (int text = 0; text < 2; text++) {
        Rows r = {.n = 3};
        run_sql(s, "DROP TABLE IF EXISTS t");
        run_sql(s, "CREATE TABLE t (id int, t text, n numeric(9,2), b bytea, f float8, x text)");
        for (uint32_t i = 0; i < 3; i++)
            (i ? (Vec *)r.vecs[0] : add(s, &r, "id", TYPE_INT, 0))->i[i] = i;
        Vec *cols[] = {add(s, &r, "t", TYPE_TEXT, 0), add(s, &r, "n", TYPE_DECIMAL, 2),
                       add(s, &r, "b", TYPE_BYTES, 0), add(s, &r, "f", TYPE_FLOAT, 0)};
        for (int c = 0; c < 4; c++) {
            vec_nulls(cols[c], s->mem)[1] = 1;
            if (cols[c]->i)
                memset(cols[c]->i, 0, 3 * sizeof *cols[c]->i);
            if (cols[c]->f)
                memset(cols[c]->f, 0, 3 * sizeof *cols[c]->f);
        }
        add(s, &r, "x", TYPE_NULL, 0);
        expect_ok(s, load_rows(s, &r, "t", text, !text));
        assert_string_equal(
            value(
                s,
                "SELECT count(*) FROM t WHERE t IS NULL AND n IS NULL AND b IS NULL AND f IS NULL"),
            "1");
        assert_string_equal(
            value(s, "SELECT count(*) FROM t WHERE t = '' AND n = 0 AND b = '' AND x IS NULL"),
            "2");
        r.ncols--;
        Type types[] = {r.cols[0].type, r.cols[1].type, r.cols[2].type, r.cols[3].type,
                        r.cols[4].type};
        Seen seen = {s, &r, 0};
        expect_ok(s, db_postgres.read(s->db, "SELECT id, t, n, b, f FROM t ORDER BY id", types, 5,
                                      compare, &seen, s->mem, &s->err));
        assert_int_equal(seen.n, 3);
    }
}

static void types_without_a_binary_way_go_as_text(void **state)
{
    Pg *s = *state;
    Rows r = {.n = N};
    run_sql(s, "CREATE TABLE t (id int, a int[], ip inet, m money, d date, v varchar(20), k text)");
    add_ints(s, &r, "id", TYPE_INT, 0, (int64_t[N]){1, 2, 3, 4, 5, 6});
    add_texts(s, &r, "a", TYPE_OTHER,
              (Str[N]){S("{1,2}"), S("{}"), S("{NULL}"), S("{1}"), S("{1}"), S("{1}")});
    add_texts(s, &r, "ip", TYPE_OTHER,
              (Str[N]){S("10.0.0.1"), S("::1"), S("10.0.0.0/8"), S("1.1.1.1"), S("1.1.1.1"),
                       S("1.1.1.1")});
    add_texts(s, &r, "m", TYPE_OTHER,
              (Str[N]){S("$1.50"), S("$0.00"), S("$0.00"), S("$0.00"), S("$0.00"), S("$0.00")});
    add_texts(s, &r, "d", TYPE_TEXT,
              (Str[N]){S("2024-02-29"), S("2024-01-01"), S("2024-01-01"), S("2024-01-01"),
                       S("2024-01-01"), S("2024-01-01")});
    add_ints(s, &r, "v", TYPE_DECIMAL, 2, (int64_t[N]){-150, 0, 1, 2, 3, 4});
    add_ints(s, &r, "k", TYPE_INT, 0, (int64_t[N]){-150, 0, 1, 2, 3, 4});
    expect_ok(s, load_rows(s, &r, "t", false, false));
    expect_same(s, &r, "t"); /* decimals and integers are read from text columns too */
    assert_string_equal(value(s, "SELECT v FROM t WHERE id = 1"), "-1.50");
}

static void citext_and_numbers_in_text_columns_go_in_binary(void **state)
{
    Pg *s = *state;
    Rows r = {.n = N};
    run_sql(s, "CREATE EXTENSION citext");
    run_sql(
        s,
        "CREATE TABLE t (id int8, c citext, v varchar(20), ts timestamp, n numeric(10,2), w text)");
    add_ints(s, &r, "id", TYPE_INT, 0, (int64_t[N]){1, 2, 3, 4, 5, 6});
    add_texts(s, &r, "c", TYPE_TEXT, (Str[N]){S("A"), S("b"), S(""), S("\n"), S("x"), S("y")});
    add_ints(s, &r, "v", TYPE_DECIMAL, 2, (int64_t[N]){-150, 0, 1, 2, 3, 4});
    add_ints(s, &r, "ts", TYPE_DATE, 0, (int64_t[N]){0, 1, -1, 20000, 10957, 10956});
    add_ints(s, &r, "n", TYPE_INT, 0, (int64_t[N]){-1, 0, 10000, 99999999, 20, 100});
    add_ints(s, &r, "w", TYPE_TIMESTAMP, 0,
             (int64_t[N]){0, 1000000, 2000000, 3000000, 4000000, 5000000});
    expect_ok(s, load_rows(s, &r, "t", false, true));
    expect_same(s, &r, "t");
    assert_string_equal(
        value(s, "SELECT v || ' ' || ts || ' ' || n || ' ' || w FROM t WHERE id = 1"),
        "-1.50 1970-01-01 00:00:00 -1.00 1970-01-01 00:00:00");
}

static void odd_names_and_identity_columns(void **state)
{
    Pg *s = *state;
    Rows r = {.n = N};
    const char *name = "Sel\"ect \xe8\xa1\xa8\t1", *column = "or\"der\n";
    run_sql(
        s,
        "CREATE TABLE \"Sel\"\"ect \xe8\xa1\xa8\t1\" (\"user\" int GENERATED ALWAYS AS IDENTITY, \"or\"\"der\n\" text, g int GENERATED ALWAYS AS (1) STORED)");
    add_ints(s, &r, "user", TYPE_INT, 0, (int64_t[N]){11, 12, 13, 14, 15, 16});
    add_texts(s, &r, column, TYPE_TEXT, (Str[N]){S("a"), S("b"), S("c"), S("d"), S("e"), S("f")});
    expect_ok(s, load_rows(s, &r, name, false, true));
    expect_ok(s, load_rows(s, &r, name, true, false));
    assert_string_equal(
        value(
            s,
            "SELECT string_agg(\"user\"::text, ',' ORDER BY 1) FROM \"Sel\"\"ect \xe8\xa1\xa8\t1\" WHERE \"or\"\"der\n\" = 'c'"),
        "13,13");
}

static void a_table_of_defaults_gets_its_rows(void **state)
{
    Pg *s = *state;
    Rows r = {.n = 3};
    bool binary = false;
    uint64_t taken = 0;
    run_sql(s, "CREATE TABLE t (id serial, x int DEFAULT 7)");
    expect_ok(s, load_from(s, &r, "t", false, &binary, &taken));
    assert_int_equal(taken, 3);
    assert_string_equal(value(s, "SELECT sum(id * x) FROM t"), "42");
}

/* A vector's kind may change between batches: all NULL in one, something without a binary way in
 * the next. */
static void the_form_may_change_within_a_load(void **state)
{
    Pg *s = *state;
    Rows r = {.n = N};
    run_sql(s, "CREATE TABLE t (id int PRIMARY KEY, ip inet)");
    add_ints(s, &r, "id", TYPE_INT, 0, (int64_t[N]){1, 2, 3, 4, 5, 6});
    add(s, &r, "ip", TYPE_NULL, 0);
    r.table = (Table){.name = "t", .cols = r.cols, .ncols = r.ncols};
    DbLoad *load = db_postgres.load_begin(s->db, &r.table, r.load, r.ncols, s->mem, &s->err);
    Batch batch = {.n = N, .ncols = r.ncols, .cols = r.vecs};
    expect_ok(s, db_postgres.load_batch(load, &batch, s->mem, &s->err));
    assert_true(postgres_load_was_binary(load));
    r.ncols = 0;
    add_ints(s, &r, "id", TYPE_INT, 0, (int64_t[N]){11, 12, 13, 14, 15, 1});
    add_texts(s, &r, "ip", TYPE_OTHER,
              (Str[N]){S("10.0.0.1"), S("::1"), S("::2"), S("::3"), S("::4"), S("::5")});
    expect_ok(s, db_postgres.load_batch(load, &batch, s->mem, &s->err));
    assert_false(postgres_load_was_binary(load));
    uint64_t taken = 0;
    ErrItem e =
        expect_error(s, db_postgres.load_end(load, &taken, s->mem, &s->err), ERR_CONSTRAINT);
    assert_non_null(strstr(e.message, "at row 12"));
    assert_string_equal(value(s, "SELECT count(*) FROM t"),
                        "6"); /* there was no transaction round it */
}

/* ---------------------------------------------------------------- refused rows */

static ErrItem refused(Pg *s, Rows *r, const char *table, bool text)
{
    bool binary = false;
    uint64_t taken = 0;
    expect_ok(s, db_postgres.begin(s->db, s->mem, &s->err));
    ErrItem e = expect_error(s, load_from(s, r, table, text, &binary, &taken), ERR_CONSTRAINT);
    assert_true(s->db->in_transaction);
    expect_ok(s, db_postgres.rollback(s->db, s->mem, &s->err));
    assert_string_equal(value(s, arena_printf(s->mem, "SELECT count(*) FROM %s", table)), "0");
    assert_null(strstr(e.message, "canary"));
    assert_string_equal(e.subject, table);
    return e;
}

static void refused_rows_name_constraint_column_and_row(void **state)
{
    Pg *s = *state;
    run_sql(s, "CREATE TABLE p (id int PRIMARY KEY)");
    run_sql(
        s,
        "CREATE TABLE t (id int CONSTRAINT t_id UNIQUE, \"a b\" varchar(8) NOT NULL CONSTRAINT t_a CHECK (\"a b\" <> 'canary'), p int CONSTRAINT t_p REFERENCES p, s int2)");
    for (int text = 0; text < 2; text++) {
        Rows r = {.n = N};
        add_ints(s, &r, "id", TYPE_INT, 0, (int64_t[N]){1, 2, 3, 4, 5, 6});
        add_texts(s, &r, "a b", TYPE_TEXT,
                  (Str[N]){S("a"), S("b"), S("c"), S("d"), S("e"), S("f")});
        vec_nulls(add(s, &r, "p", TYPE_INT, 0), s->mem);
        memset(r.vecs[2]->null, 1, N);
        add_ints(s, &r, "s", TYPE_INT, 0, (int64_t[N]){1, 2, 3, 4, 5, 6});
        r.vecs[0]->i[4] = 1;
        ErrItem e = refused(s, &r, "t", text);
        assert_string_equal(e.sqlstate, "23505");
        assert_string_equal(e.constraint, "t_id");
        assert_non_null(strstr(e.message, "t_id at row 5"));
        r.vecs[0]->i[4] = 5;
        r.vecs[1]->s[2] = (Str)S("canary");
        e = refused(s, &r, "t", text);
        assert_string_equal(e.constraint, "t_a");
        assert_non_null(strstr(e.message, "row 3"));
        r.vecs[1]->s[2] = (Str)S("canary canary");
        e = refused(s, &r, "t", text);
        assert_string_equal(e.sqlstate, "22001");
        assert_string_equal(e.column, "a b");
        assert_string_equal(e.message, "value too long for column a b at row 3");
        r.vecs[1]->s[2] = (Str)S("x\xff\xfe");
        assert_string_equal(refused(s, &r, "t", text).sqlstate, "22021");
        r.vecs[1]->s[2] = (Str)S("x\0y");
        assert_string_equal(refused(s, &r, "t", text).sqlstate, "22021");
        r.vecs[1]->s[2] = (Str)S("x");
        vec_nulls((Vec *)r.vecs[1], s->mem)[3] = 1;
        e = refused(s, &r, "t", text);
        assert_string_equal(e.sqlstate, "23502");
        assert_string_equal(e.column, "a b");
        r.vecs[1]->null[3] = 0;
        r.vecs[2]->null[5] = 0;
        r.vecs[2]->i[5] = 77;
        assert_string_equal(refused(s, &r, "t", text).constraint, "t_p");
        r.vecs[2]->null[5] = 1;
        r.vecs[3]->i[1] = 32768;
        e = refused(s, &r, "t", text);
        assert_string_equal(e.sqlstate, "22003");
        assert_string_equal(e.message, "value out of range for column s at row 2");
        r.vecs[3]->i[1] = 2;
        expect_ok(s, load_rows(s, &r, "t", text, !text));
        run_sql(s, "TRUNCATE t");
    }
}

static void rows_that_a_trigger_drops_are_an_error(void **state)
{
    Pg *s = *state;
    Rows r = {.n = N};
    run_sql(s, "CREATE TABLE t (id int)");
    run_sql(
        s,
        "CREATE FUNCTION drop_some() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.id = 3 THEN RETURN NULL; END IF; RETURN NEW; END'");
    run_sql(s,
            "CREATE TRIGGER t_drop BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION drop_some()");
    add_ints(s, &r, "id", TYPE_INT, 0, (int64_t[N]){1, 2, 3, 4, 5, 6});
    ErrItem e = refused(s, &r, "t", false);
    assert_non_null(strstr(e.message, "5 of 6 rows"));
}

static void a_load_into_nothing_or_through_a_dead_session(void **state)
{
    Pg *s = *state;
    Rows r = {.n = N};
    bool binary = false;
    uint64_t taken = 0;
    add_ints(s, &r, "id", TYPE_INT, 0, (int64_t[N]){1, 2, 3, 4, 5, 6});
    ErrItem e = expect_error(s, load_from(s, &r, "nothing_here", false, &binary, &taken), ERR_DB);
    assert_string_equal(e.sqlstate, "42P01");
    run_sql(s, "CREATE TABLE t (id int)");
    r.table = (Table){.name = "t", .cols = r.cols, .ncols = 1};
    Db *victim = open_same(s);
    Batch batch = {.n = N, .ncols = 1, .cols = r.vecs};
    expect_ok(s, db_postgres.begin(victim, s->mem, &s->err));
    DbLoad *load = db_postgres.load_begin(victim, &r.table, r.load, 1, s->mem, &s->err);
    expect_ok(s, db_postgres.load_batch(load, &batch, s->mem, &s->err));
    value(s, arena_printf(s->mem, "SELECT pg_terminate_backend(%d, 10000)",
                          PQbackendPID(pg_of(victim)->conn)));
    bool ok = true;
    for (int i = 0; ok && i < 100000; i++)
        ok = db_postgres.load_batch(load, &batch, s->mem, &s->err);
    expect_error(s, db_postgres.load_end(load, &taken, s->mem, &s->err) && ok, ERR_LOST);
    db_postgres.close(victim);
}

/* ---------------------------------------------------------------- reading */

static void what_a_kind_cannot_hold_is_never_rounded(void **state)
{
    Pg *s = *state;
    Type types[] = {{.kind = TYPE_DECIMAL, .scale = 2},
                    {.kind = TYPE_INT},
                    {.kind = TYPE_DATE},
                    {.kind = TYPE_INT},
                    {.kind = TYPE_DECIMAL, .scale = 2},
                    {.kind = TYPE_INT}};
    Rows r = {.n = 2};
    for (int c = 0; c < 6; c++)
        add(s, &r, "x", types[c].kind, types[c].scale);
    const int64_t expected[2][6] = {{1234, 12, 0, DB_UNFIT, DB_UNFIT, 7},
                                    {DB_UNFIT, DB_UNFIT, DB_UNFIT, DB_UNFIT, 9999999999999900, -7}};
    for (int row = 0; row < 2; row++)
        for (int c = 0; c < 6; c++)
            r.vecs[c]->i[row] = expected[row][c];
    Seen seen = {s, &r, 0};
    expect_ok(
        s, db_postgres.read(
               s->db,
               "VALUES (12.3400, 12.00, timestamp '1970-01-01', 9223372036854775808, 1e30, '7'), "
               "(12.341, 12.5, '1970-01-01 00:00:01', 'NaN', 99999999999999, '-7') -- the end",
               types, 6, compare, &seen, s->mem, &s->err));
    assert_int_equal(seen.n, 2);
}

static bool count_some(void *ctx, const Vec *const *cols, uint32_t n)
{
    uint64_t *seen = ctx;
    assert_int_equal(cols[0]->i[n - 1], *seen + n);
    *seen += n;
    return *seen < 3 * BATCH_ROWS;
}

static void a_reader_may_stop(void **state)
{
    Pg *s = *state;
    Type type = {.kind = TYPE_INT};
    for (int inside = 0; inside < 2; inside++) {
        uint64_t seen = 0;
        if (inside)
            expect_ok(s, db_postgres.begin(s->db, s->mem, &s->err));
        expect_ok(s, db_postgres.read(s->db, "SELECT generate_series(1, 300000)", &type, 1,
                                      count_some, &seen, s->mem, &s->err));
        assert_int_equal(seen, 3 * BATCH_ROWS);
        assert_string_equal(value(s, "SELECT 5"), "5");
        if (inside)
            expect_ok(s, db_postgres.commit(s->db, s->mem, &s->err));
    }
    uint64_t seen = 0;
    expect_error(
        s, db_postgres.read(s->db, "SELECT 1, 2", &type, 1, count_some, &seen, s->mem, &s->err),
        ERR_INTERNAL);
    ErrItem e =
        expect_error(s,
                     db_postgres.read(s->db, "SELECT 1 / (2 - g) FROM generate_series(1, 2) g",
                                      &type, 1, count_some, &seen, s->mem, &s->err),
                     ERR_DB);
    assert_string_equal(e.sqlstate, "22012");
    assert_string_equal(value(s, "SELECT 5"), "5");
}

int main(void)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_survives_both_forms_of_copy),
        cmocka_unit_test(null_is_not_empty),
        cmocka_unit_test(types_without_a_binary_way_go_as_text),
        cmocka_unit_test(citext_and_numbers_in_text_columns_go_in_binary),
        cmocka_unit_test(odd_names_and_identity_columns),
        cmocka_unit_test(a_table_of_defaults_gets_its_rows),
        cmocka_unit_test(the_form_may_change_within_a_load),
        cmocka_unit_test(refused_rows_name_constraint_column_and_row),
        cmocka_unit_test(rows_that_a_trigger_drops_are_an_error),
        cmocka_unit_test(a_load_into_nothing_or_through_a_dead_session),
        cmocka_unit_test(what_a_kind_cannot_hold_is_never_rounded),
        cmocka_unit_test(a_reader_may_stop),
    };
    return run_on_postgres("PostgreSQL: loads", tests, sizeof tests / sizeof *tests);
}

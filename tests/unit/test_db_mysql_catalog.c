/* The catalog of a schema that has something of everything, on live servers. */
#include "mysql_fixture.h"

static const char *const schema[] = {
    "CREATE TABLE parent (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL, b INT NOT NULL, code VARCHAR(20) COLLATE utf8mb4_bin NOT NULL, "
    "UNIQUE KEY uq_code (code), UNIQUE KEY ab (a, b), UNIQUE KEY ba (b, a))",
    "CREATE TABLE `we``ird \"T'x` (id INT NOT NULL AUTO_INCREMENT, `select` VARCHAR(40) NOT NULL DEFAULT 'it''s \\\\ \"q\"', "
    "e ENUM('a','it''s','back\\\\slash','com,ma') DEFAULT 'it''s', st SET('x','y'), bo BOOLEAN NOT NULL DEFAULT 0, bt BIT(1) DEFAULT b'1', b8 BIT(8), "
    "d DECIMAL(12,3) DEFAULT 1.500, du DECIMAL(10,0) UNSIGNED, f FLOAT, db DOUBLE, dt DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), "
    "ts TIMESTAMP NULL DEFAULT NULL, da DATE DEFAULT '2020-01-01', ti TIME(3), y YEAR, j JSON, bl BLOB, bi BINARY(16), tx TEXT, tt TINYTEXT, "
    "ch CHAR(3) CHARACTER SET latin1, t8 TINYINT, u8 TINYINT UNSIGNED, m24 MEDIUMINT, i64 BIGINT, g1 INT GENERATED ALWAYS AS (id2 + 1) VIRTUAL, "
    "g2 VARCHAR(50) GENERATED ALWAYS AS (CONCAT(`select`, 'x')) STORED, id2 INT NOT NULL DEFAULT 3, ex VARCHAR(36) DEFAULT (UUID()), pid BIGINT UNSIGNED, pa INT, "
    "pb INT, PRIMARY KEY (id), UNIQUE KEY pre (tx(10)), UNIQUE KEY two (e, bo), KEY ix (d, f), FULLTEXT KEY ft (tx), "
    "CONSTRAINT `fk``1` FOREIGN KEY (pid) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL, "
    "CONSTRAINT pair FOREIGN KEY (pb, pa) REFERENCES parent (b, a) ON DELETE SET NULL, "
    "CONSTRAINT chk CHECK (`select` IN ('a', 'it''s') AND d > 0))",
    "CREATE TABLE Bare (x INT)", "CREATE TABLE seedpipe_runs (id INT)",
    "CREATE VIEW vw AS SELECT 1 AS one"};

static const Column *column(const Table *t, const char *name)
{
    int i = table_column(t, name);
    if (i < 0)
        fail_msg("no column %s", name);
    return &t->cols[i];
}

static void expect_type(const Table *t, const char *name, Type wanted)
{
    Type got = column(t, name)->type;
    if (got.kind != wanted.kind || got.precision != wanted.precision || got.scale != wanted.scale ||
        got.length != wanted.length || got.bits != wanted.bits ||
        got.is_unsigned != wanted.is_unsigned || got.fixed != wanted.fixed ||
        got.no_case != wanted.no_case || got.with_zone != wanted.with_zone)
        fail_msg(
            "%s: %s precision %d scale %d length %d bits %d unsigned %d fixed %d no_case %d zone %d",
            name, type_kind_name(got.kind), got.precision, got.scale, got.length, got.bits,
            got.is_unsigned, got.fixed, got.no_case, got.with_zone);
}

static void expect_types(const Table *t)
{
    expect_type(t, "id", (Type){.kind = TYPE_INT, .bits = 32});
    expect_type(t, "select", (Type){.kind = TYPE_TEXT, .length = 40, .no_case = true});
    expect_type(t, "e", (Type){.kind = TYPE_ENUM, .no_case = true});
    expect_type(t, "st", (Type){.kind = TYPE_ENUM, .no_case = true});
    expect_type(t, "bo", (Type){.kind = TYPE_BOOL, .bits = 8});
    expect_type(t, "bt", (Type){.kind = TYPE_BOOL});
    expect_type(t, "b8", (Type){.kind = TYPE_OTHER});
    expect_type(t, "d", (Type){.kind = TYPE_DECIMAL, .precision = 12, .scale = 3});
    expect_type(t, "du", (Type){.kind = TYPE_DECIMAL, .precision = 10, .is_unsigned = true});
    expect_type(t, "f", (Type){.kind = TYPE_FLOAT, .bits = 32});
    expect_type(t, "db", (Type){.kind = TYPE_FLOAT, .bits = 64});
    expect_type(t, "dt", (Type){.kind = TYPE_TIMESTAMP, .scale = 6});
    expect_type(t, "ts", (Type){.kind = TYPE_TIMESTAMP, .with_zone = true});
    expect_type(t, "da", (Type){.kind = TYPE_DATE});
    expect_type(t, "ti", (Type){.kind = TYPE_TIME, .scale = 3});
    expect_type(t, "y", (Type){.kind = TYPE_INT, .bits = 16, .is_unsigned = true});
    expect_type(t, "j", (Type){.kind = TYPE_JSON});
    expect_type(t, "bl", (Type){.kind = TYPE_BYTES});
    expect_type(t, "bi", (Type){.kind = TYPE_BYTES, .length = 16, .fixed = true});
    expect_type(t, "tx", (Type){.kind = TYPE_TEXT, .no_case = true});
    expect_type(t, "tt", (Type){.kind = TYPE_TEXT, .length = 63, .no_case = true});
    expect_type(t, "ch", (Type){.kind = TYPE_TEXT, .length = 3, .fixed = true, .no_case = true});
    expect_type(t, "t8", (Type){.kind = TYPE_INT, .bits = 8});
    expect_type(t, "u8", (Type){.kind = TYPE_INT, .bits = 8, .is_unsigned = true});
    expect_type(t, "m24", (Type){.kind = TYPE_INT, .bits = 24});
    expect_type(t, "i64", (Type){.kind = TYPE_INT, .bits = 64});
    const Type *e = &column(t, "e")->type;
    static const char *const labels[] = {"a", "it's", "back\\slash", "com,ma"};
    assert_int_equal(e->label_count, 4);
    for (int i = 0; i < 4; i++)
        assert_string_equal(e->labels[i], labels[i]);
    assert_int_equal(column(t, "st")->type.label_count, 2);
}

static void describes_columns(void **state)
{
    Server *s = *state;
    for (size_t i = 0; i < sizeof schema / sizeof *schema; i++)
        run_sql(s, schema[i]);
    Catalog c;
    expect_ok(s, db_mysql.describe(s->db, NULL, 0, &c, s->mem, &s->err));
    assert_string_equal(c.server, s->db->server);
    assert_string_equal(c.database, s->database);
    assert_int_equal(c.ntables, 3); /* neither the view nor seedpipe's own */
    assert_string_equal(c.tables[0].name, "Bare");
    assert_string_equal(c.tables[1].name, "parent");
    const Table *t = &c.tables[2];
    assert_string_equal(t->name, "we`ird \"T'x");
    assert_null(t->schema);
    assert_int_equal(t->ncols, 33);
    expect_types(t);
    assert_true(column(t, "id")->auto_key);
    assert_false(column(t, "id2")->auto_key);
    assert_false(column(t, "id")->nullable);
    assert_true(column(t, "d")->nullable);
    assert_true(column(t, "g1")->generated && column(t, "g2")->generated);
    assert_false(column(t, "dt")->generated || column(t, "ex")->generated);
    assert_true(column(&c.tables[1], "id")->type.is_unsigned);
    assert_false(column(&c.tables[1], "code")->type.no_case);
}

/* Each default, put into a statement, gives the value that the column would get. */
static void describes_defaults(void **state)
{
    Server *s = *state;
    describes_columns(state);
    Catalog c;
    expect_ok(s, db_mysql.describe(s->db, NULL, 0, &c, s->mem, &s->err));
    const Table *t = &c.tables[2];
    static const char *const values[][2] = {
        {"select", "it's \\ \"q\""}, {"e", "it's"}, {"bo", "0"}, {"d", "1.500"},
        {"da", "2020-01-01"},        {"id2", "3"}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const char *sql = column(t, values[i][0])->default_sql;
        assert_non_null(sql);
        DbResult r;
        expect_ok(s, db_mysql.query(s->db, arena_printf(s->mem, "SELECT %s", sql), NULL, 0, &r,
                                    s->mem, &s->err));
        assert_string_equal(db_cell(&r, 0, 0), values[i][1]);
    }
    assert_non_null(column(t, "dt")->default_sql);
    assert_int_equal(strncasecmp(column(t, "dt")->default_sql, "current_timestamp(6)", 20), 0);
    assert_non_null(strstr(column(t, "ex")->default_sql, "uuid()"));
    assert_string_equal(column(t, "bt")->default_sql, "b'1'");
    assert_null(column(t, "ts")->default_sql);
    assert_null(column(t, "st")->default_sql);
    assert_null(column(t, "id")->default_sql);
    assert_null(column(t, "g1")->default_sql);
}

static const Key *key_named(const Key *keys, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    fail_msg("no key %s", name);
    return NULL;
}

static void describes_keys(void **state)
{
    Server *s = *state;
    describes_columns(state);
    if (!s->mariadb) /* MariaDB has no keys on expressions */
        run_sql(s, "CREATE UNIQUE INDEX lowered ON Bare ((x + 1), x)");
    Catalog c;
    expect_ok(s, db_mysql.describe(s->db, NULL, 0, &c, s->mem, &s->err));
    const Table *t = &c.tables[2], *parent = &c.tables[1], *bare = &c.tables[0];
    assert_int_equal(bare->primary.ncols, 0);
    assert_int_equal(bare->nuniques, s->mariadb ? 0 : 1);
    if (!s->mariadb) {
        assert_true(bare->uniques[0].partial);
        assert_int_equal(bare->uniques[0].ncols, 1);
    }
    assert_int_equal(t->primary.ncols, 1);
    assert_int_equal(t->primary.cols[0], 0);
    assert_int_equal(t->nuniques, 2);
    const Key *two = key_named(t->uniques, 2, "two");
    assert_int_equal(two->ncols, 2);
    assert_string_equal(t->cols[two->cols[0]].name, "e");
    assert_string_equal(t->cols[two->cols[1]].name, "bo");
    assert_false(two->partial || two->nulls_equal);
    assert_true(key_named(t->uniques, 2, "pre")->partial);
    assert_int_equal(key_named(t->indexes, t->nindexes, "ix")->ncols, 2);
    assert_int_equal(t->nindexes, 3); /* ix and one for each foreign key; no FULLTEXT */
    assert_int_equal(parent->nuniques, 3);
}

static void describes_foreign_keys_and_checks(void **state)
{
    Server *s = *state;
    describes_columns(state);
    Catalog c;
    expect_ok(s, db_mysql.describe(s->db, NULL, 0, &c, s->mem, &s->err));
    const Table *t = &c.tables[2];
    assert_int_equal(t->nfks, 2);
    const ForeignKey *one = &t->fks[0], *pair = &t->fks[1];
    assert_string_equal(one->name, "fk`1");
    assert_string_equal(one->ref_table, "parent");
    assert_null(one->ref_schema);
    assert_string_equal(one->ref_cols[0], "id");
    assert_int_equal(one->on_delete, ACTION_CASCADE);
    assert_int_equal(one->on_update, ACTION_SET_NULL);
    assert_int_equal(pair->ncols, 2);
    assert_string_equal(t->cols[pair->cols[0]].name, "pb");
    assert_string_equal(pair->ref_cols[0], "b");
    assert_string_equal(pair->ref_cols[1], "a");
    assert_int_equal(pair->on_delete, ACTION_SET_NULL);
    assert_true(pair->on_update == ACTION_NO_ACTION || pair->on_update == ACTION_RESTRICT);
    assert_int_equal(t->nchecks, 1); /* json_valid is the type, not a check */
    assert_string_equal(t->checks[0].name, "chk");
    /* The text is SQL again. */
    DbResult r;
    expect_ok(s,
              db_mysql.query(s->db,
                             arena_printf(s->mem, "SELECT COUNT(*) FROM `we``ird \"T'x` WHERE %s",
                                          t->checks[0].sql),
                             NULL, 0, &r, s->mem, &s->err));
    assert_non_null(strstr(t->checks[0].sql, "'a'"));
}

static void reads_other_databases_too(void **state)
{
    Server *s = *state;
    const char *other = arena_printf(s->mem, "%s_2", s->database);
    run_sql(s, arena_printf(s->mem, "DROP DATABASE IF EXISTS %s", other));
    run_sql(s, arena_printf(s->mem, "CREATE DATABASE %s", other));
    run_sql(s, "CREATE TABLE t (id INT PRIMARY KEY)");
    run_sql(s,
            arena_printf(
                s->mem,
                "CREATE TABLE %s.t (id INT, CONSTRAINT away FOREIGN KEY (id) REFERENCES %s.t (id))",
                other, s->database));
    const char *schemas[] = {other, s->database};
    Catalog c;
    expect_ok(s, db_mysql.describe(s->db, schemas, 2, &c, s->mem, &s->err));
    run_sql(s, arena_printf(s->mem, "DROP DATABASE %s", other));
    assert_int_equal(c.ntables, 2);
    assert_null(c.tables[0].schema);
    assert_string_equal(c.tables[1].schema, other);
    assert_string_equal(c.tables[1].fks[0].ref_schema, s->database);
}

static void an_empty_database_is_an_empty_catalog(void **state)
{
    Server *s = *state;
    Catalog c;
    expect_ok(s, db_mysql.describe(s->db, NULL, 0, &c, s->mem, &s->err));
    assert_int_equal(c.ntables, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(describes_columns),
                                       cmocka_unit_test(describes_defaults),
                                       cmocka_unit_test(describes_keys),
                                       cmocka_unit_test(describes_foreign_keys_and_checks),
                                       cmocka_unit_test(reads_other_databases_too),
                                       cmocka_unit_test(an_empty_database_is_an_empty_catalog)};
    return run_on_servers("test_db_mysql_catalog", "seedpipe_t_mysql_catalog", tests,
                          sizeof tests / sizeof *tests);
}

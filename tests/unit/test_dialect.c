/* SQL without a server: identifiers, literals, types, tables and their keys, names, and the
 * differences between a recipe and a table. */
#include "dialect_fixture.h"

/* ---- identifiers and literals */

static const char *ident(Engine engine, const char *schema, const char *name)
{
    Buf out;
    buf_init(&out, 4096);
    dialect_table(engine, &out, schema, name);
    const char *text = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return text;
}

static const char *literal(Engine engine, const char *s, size_t n)
{
    Buf out;
    buf_init(&out, 4096);
    dialect_string(engine, &out, s, n);
    const char *text = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return text;
}

static void test_identifiers(void **state)
{
    (void)state;
    assert_string_equal(ident(ENGINE_POSTGRES, NULL, "a\"b`c'd\ne"), "\"a\"\"b`c'd\ne\"");
    assert_string_equal(ident(ENGINE_SQLITE, "main", "Order"), "\"main\".\"Order\"");
    assert_string_equal(ident(ENGINE_MYSQL, "a`b", "c\"d"), "`a``b`.`c\"d`");
    assert_string_equal(ident(ENGINE_MARIADB, NULL, "``"), "``````");
}

static void test_literals(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(literal(engines[i], "it's", 4), "'it''s'");
        assert_string_equal(literal(engines[i], "", 0), "''");
        assert_string_equal(literal(engines[i], "''", 2), "''''''");
    }
    assert_string_equal(literal(ENGINE_SQLITE, "a\\'", 3), "'a\\'''");
    assert_string_equal(literal(ENGINE_POSTGRES, "a\\'", 3), "E'a\\\\'''");
    assert_string_equal(literal(ENGINE_MYSQL, "a\\'", 3), "_utf8mb4 X'615C27'");
    assert_string_equal(literal(ENGINE_SQLITE, "a\0b", 3), "CAST(X'610062' AS TEXT)");
}

/* ---- types */

static const char *spelled(Engine engine, Type type, bool in_key)
{
    return dialect_type(engine, &type, in_key, mem);
}

static void test_types(void **state)
{
    static const char *const labels[] = {"on", "it's"};
    static const struct {
        Type type;
        bool in_key;
        const char *sqlite, *postgres, *mysql;
    } cases[] = {
        {{.kind = TYPE_BOOL}, 0, "BOOLEAN", "boolean", "tinyint(1)"},
        {{.kind = TYPE_INT, .bits = 64}, 0, "INTEGER", "bigint", "bigint"},
        {{.kind = TYPE_INT, .bits = 32}, 0, "INTEGER", "integer", "int"},
        {{.kind = TYPE_INT, .bits = 16}, 0, "INTEGER", "smallint", "smallint"},
        {{.kind = TYPE_INT, .bits = 8}, 0, "INTEGER", "smallint", "tinyint"},
        {{.kind = TYPE_INT, .bits = 32, .is_unsigned = true},
         0,
         "INTEGER",
         "bigint",
         "int unsigned"},
        {{.kind = TYPE_INT, .bits = 64, .is_unsigned = true},
         0,
         "INTEGER",
         "numeric(20)",
         "bigint unsigned"},
        {{.kind = TYPE_DECIMAL, .precision = 12, .scale = 2},
         0,
         "DECIMAL(12,2)",
         "numeric(12,2)",
         "decimal(12,2)"},
        {{.kind = TYPE_DECIMAL, .scale = 4}, 0, "DECIMAL(15,4)", "numeric(19,4)", "decimal(19,4)"},
        {{.kind = TYPE_DECIMAL, .name = "numeric"}, 0, "DECIMAL", "numeric", "decimal(65,30)"},
        {{.kind = TYPE_FLOAT, .bits = 64}, 0, "REAL", "double precision", "double"},
        {{.kind = TYPE_FLOAT, .bits = 32}, 0, "REAL", "real", "float"},
        {{.kind = TYPE_TEXT, .length = 7}, 0, "VARCHAR(20)", "varchar(20)", "varchar(20)"},
        {{.kind = TYPE_TEXT, .length = 40}, 0, "VARCHAR(40)", "varchar(40)", "varchar(40)"},
        {{.kind = TYPE_TEXT, .length = 41}, 0, "VARCHAR(80)", "varchar(80)", "varchar(80)"},
        {{.kind = TYPE_TEXT, .length = 300}, 0, "VARCHAR(500)", "varchar(500)", "varchar(500)"},
        {{.kind = TYPE_TEXT, .length = 2000}, 0, "TEXT", "text", "text"},
        {{.kind = TYPE_TEXT, .length = 20000}, 0, "TEXT", "text", "longtext"},
        {{.kind = TYPE_TEXT}, 0, "TEXT", "text", "longtext"},
        {{.kind = TYPE_TEXT}, 1, "TEXT", "text", "varchar(255)"},
        {{.kind = TYPE_TEXT, .length = 2000}, 1, "TEXT", "text", "varchar(768)"},
        {{.kind = TYPE_TEXT, .length = 33, .name = "varchar(33)"},
         0,
         "VARCHAR(33)",
         "varchar(33)",
         "varchar(33)"},
        {{.kind = TYPE_TEXT, .length = 2, .fixed = true, .name = "char(2)"},
         0,
         "CHAR(2)",
         "char(2)",
         "char(2)"},
        {{.kind = TYPE_TEXT, .no_case = true, .name = "citext"},
         1,
         "TEXT COLLATE NOCASE",
         "citext",
         "varchar(255) COLLATE utf8mb4_general_ci"},
        {{.kind = TYPE_BYTES}, 0, "BLOB", "bytea", "longblob"},
        {{.kind = TYPE_BYTES, .length = 16, .fixed = true}, 0, "BLOB", "bytea", "binary(16)"},
        {{.kind = TYPE_BYTES, .length = 300}, 0, "BLOB", "bytea", "varbinary(300)"},
        {{.kind = TYPE_DATE}, 0, "DATE", "date", "date"},
        {{.kind = TYPE_TIME}, 0, "TIME", "time", "time"},
        {{.kind = TYPE_TIME, .scale = 3}, 0, "TIME(3)", "time(3)", "time(3)"},
        {{.kind = TYPE_TIMESTAMP, .with_zone = true}, 0, "TIMESTAMP", "timestamptz(0)", "datetime"},
        {{.kind = TYPE_TIMESTAMP, .scale = 6}, 0, "TIMESTAMP(6)", "timestamptz(6)", "datetime(6)"},
        {{.kind = TYPE_TIMESTAMP, .name = "timestamp"}, 0, "TIMESTAMP", "timestamp", "datetime"},
        {{.kind = TYPE_TIMESTAMP, .with_zone = true, .name = "timestamptz(0)"},
         0,
         "TIMESTAMP",
         "timestamptz(0)",
         "datetime"},
        {{.kind = TYPE_UUID}, 0, "CHAR(36)", "uuid", "char(36)"},
        {{.kind = TYPE_JSON}, 0, "TEXT", "jsonb", "json"},
        {{.kind = TYPE_JSON, .name = "json"}, 0, "TEXT", "json", "json"},
        {{.kind = TYPE_ENUM, .labels = labels, .label_count = 2},
         0,
         "VARCHAR(20)",
         "varchar(20)",
         "varchar(20)"},
        {{.kind = TYPE_ENUM, .labels = labels, .label_count = 2, .name = "enum('on','it''s')"},
         0,
         "VARCHAR(20)",
         "varchar(20)",
         "enum('on', 'it''s')"},
        {{.kind = TYPE_OTHER, .name = "inet"}, 0, "inet", "inet", "inet"},
        {{.kind = TYPE_NULL}, 0, "TEXT", "text", "longtext"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const wanted[] = {cases[i].sqlite, cases[i].postgres, cases[i].mysql,
                                      cases[i].mysql};
        for (size_t k = 0; k < 4; k++) {
            const char *is = spelled(engines[k], cases[i].type, cases[i].in_key);
            if (strcmp(is, wanted[k]) != 0)
                fail_msg("case %zu, %s: is %s, should be %s", i, engine_name(engines[k]), is,
                         wanted[k]);
        }
    }
}

/* ---- tables */

static const char *joined(char **list, int n)
{
    const char *text = "";
    for (int i = 0; i < n; i++)
        text = arena_printf(mem, "%s%s;\n", text, list[i]);
    return text;
}

static const char *keys_of(Engine engine, const Table *table, bool was_bare)
{
    int n = 0;
    char **list = dialect_add_keys(engine, table, was_bare, &n, mem);
    return joined(list, n);
}

static const char *foreign_of(Engine engine, const Table *table)
{
    int n = 0;
    char **list = dialect_add_foreign_keys(engine, table, &n, mem);
    return joined(list, n);
}

static void test_tables_sqlite(void **state)
{
    (void)state;
    Table t = loans();
    const char *whole =
        "CREATE TABLE IF NOT EXISTS \"loans\" (\n"
        "    \"id\" INTEGER PRIMARY KEY,\n"
        "    \"borrower_id\" INTEGER NOT NULL,\n"
        "    \"branch\" INTEGER,\n"
        "    \"status\" VARCHAR(20) NOT NULL,\n"
        "    \"amount\" DECIMAL(12,2) NOT NULL,\n"
        "    CONSTRAINT \"loans_borrower_id_fkey\" FOREIGN KEY (\"borrower_id\") REFERENCES \"borrowers\" (\"id\") ON DELETE CASCADE,\n"
        "    CONSTRAINT \"loans_branch_fkey\" FOREIGN KEY (\"branch\") REFERENCES \"branches\" (\"id\") ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE,\n"
        "    CONSTRAINT \"loans_check\" CHECK ((\"amount\" > 0))\n)";
    assert_string_equal(dialect_create_table(ENGINE_SQLITE, &t, true, mem), whole);
    assert_string_equal(dialect_create_table(ENGINE_SQLITE, &t, false, mem), whole);
    const char *keys =
        "CREATE UNIQUE INDEX IF NOT EXISTS \"loans_borrower_id_amount_key\" ON \"loans\" (\"borrower_id\", \"amount\");\n"
        "CREATE INDEX IF NOT EXISTS \"loans_status_idx\" ON \"loans\" (\"status\");\n"
        "CREATE INDEX IF NOT EXISTS \"loans_branch_idx\" ON \"loans\" (\"branch\");\n";
    assert_string_equal(keys_of(ENGINE_SQLITE, &t, true), keys);
    assert_string_equal(keys_of(ENGINE_SQLITE, &t, false), keys);
    assert_string_equal(foreign_of(ENGINE_SQLITE, &t), "");
    assert_null(dialect_move_sequence(ENGINE_SQLITE, &t, 0, 5, mem));
}

static void test_tables_postgres(void **state)
{
    (void)state;
    Table t = loans();
    t.schema = "a\"b";
    const char *bare = "CREATE TABLE IF NOT EXISTS \"a\"\"b\".\"loans\" (\n"
                       "    \"id\" bigint GENERATED BY DEFAULT AS IDENTITY,\n"
                       "    \"borrower_id\" bigint NOT NULL,\n"
                       "    \"branch\" integer,\n"
                       "    \"status\" varchar(20) NOT NULL,\n"
                       "    \"amount\" numeric(12,2) NOT NULL,\n"
                       "    CONSTRAINT \"loans_check\" CHECK ((\"amount\" > 0))\n)";
    assert_string_equal(dialect_create_table(ENGINE_POSTGRES, &t, false, mem), bare);
    const char *whole = dialect_create_table(ENGINE_POSTGRES, &t, true, mem);
    assert_non_null(strstr(
        whole,
        ",\n    CONSTRAINT \"loans_pkey\" PRIMARY KEY (\"id\"),\n    CONSTRAINT \"loans_borrower_id_amount_key\" UNIQUE (\"borrower_id\", \"amount\"),\n"
        "    CONSTRAINT \"loans_borrower_id_fkey\" FOREIGN KEY (\"borrower_id\") REFERENCES \"a\"\"b\".\"borrowers\" (\"id\") ON DELETE CASCADE,\n"));
    const char *indexes =
        "CREATE INDEX IF NOT EXISTS \"loans_status_idx\" ON \"a\"\"b\".\"loans\" (\"status\");\n"
        "CREATE INDEX IF NOT EXISTS \"loans_branch_idx\" ON \"a\"\"b\".\"loans\" (\"branch\");\n";
    assert_string_equal(keys_of(ENGINE_POSTGRES, &t, false), indexes);
    assert_string_equal(
        keys_of(ENGINE_POSTGRES, &t, true),
        arena_printf(
            mem,
            "ALTER TABLE \"a\"\"b\".\"loans\" ADD CONSTRAINT \"loans_pkey\" PRIMARY KEY (\"id\");\n"
            "ALTER TABLE \"a\"\"b\".\"loans\" ADD CONSTRAINT \"loans_borrower_id_amount_key\" UNIQUE (\"borrower_id\", \"amount\");\n%s",
            indexes));
    t.primary.present = t.uniques[0].present = t.indexes[0].present = t.fks[0].present = true;
    assert_string_equal(
        keys_of(ENGINE_POSTGRES, &t, true),
        "CREATE INDEX IF NOT EXISTS \"loans_branch_idx\" ON \"a\"\"b\".\"loans\" (\"branch\");\n");
    assert_string_equal(
        foreign_of(ENGINE_POSTGRES, &t),
        "ALTER TABLE \"a\"\"b\".\"loans\" ADD CONSTRAINT \"loans_branch_fkey\" FOREIGN KEY (\"branch\") REFERENCES \"a\"\"b\".\"branches\" (\"id\") "
        "ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;\n");
    t.name = "it's";
    assert_string_equal(
        dialect_move_sequence(ENGINE_POSTGRES, &t, 0, 251, mem),
        "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence('\"a\"\"b\".\"it''s\"', 'id')::pg_catalog.regclass, 251, false)");
}

static void test_tables_mysql(void **state)
{
    (void)state;
    Table t = loans();
    const char *head = "CREATE TABLE IF NOT EXISTS `loans` (\n"
                       "    `id` bigint NOT NULL AUTO_INCREMENT,\n"
                       "    `borrower_id` bigint NOT NULL,\n"
                       "    `branch` int,\n"
                       "    `status` varchar(20) NOT NULL,\n"
                       "    `amount` decimal(12,2) NOT NULL,\n"
                       "    PRIMARY KEY (`id`),\n";
    const char *keys =
        "    UNIQUE KEY `loans_borrower_id_amount_key` (`borrower_id`, `amount`),\n"
        "    KEY `loans_status_idx` (`status`),\n"
        "    KEY `loans_branch_idx` (`branch`),\n"
        "    CONSTRAINT `loans_borrower_id_fkey` FOREIGN KEY (`borrower_id`) REFERENCES `borrowers` (`id`) ON DELETE CASCADE,\n"
        "    CONSTRAINT `loans_branch_fkey` FOREIGN KEY (`branch`) REFERENCES `branches` (`id`) ON DELETE SET NULL ON UPDATE CASCADE,\n";
    const char *tail =
        "    CONSTRAINT `loans_check` CHECK ((`amount` > 0))\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";
    assert_string_equal(dialect_create_table(ENGINE_MYSQL, &t, true, mem),
                        arena_printf(mem, "%s%s%s", head, keys, tail));
    assert_string_equal(dialect_create_table(ENGINE_MARIADB, &t, false, mem),
                        arena_printf(mem, "%s%s", head, tail));
    assert_string_equal(keys_of(ENGINE_MYSQL, &t, false), "");
    assert_string_equal(
        keys_of(ENGINE_MYSQL, &t, true),
        "ALTER TABLE `loans` ADD UNIQUE KEY `loans_borrower_id_amount_key` (`borrower_id`, `amount`), ADD KEY `loans_status_idx` (`status`), ADD KEY `loans_branch_idx` (`branch`);\n");
    assert_non_null(strstr(
        foreign_of(ENGINE_MARIADB, &t),
        "ALTER TABLE `loans` ADD CONSTRAINT `loans_borrower_id_fkey` FOREIGN KEY (`borrower_id`) REFERENCES `borrowers` (`id`) ON DELETE CASCADE, "
        "ADD CONSTRAINT `loans_branch_fkey` FOREIGN KEY"));
    assert_null(dialect_move_sequence(ENGINE_MYSQL, &t, 0, 5, mem));
}

/* Names that must be cut stay distinct, whole characters and within the limit. */
static void test_names(void **state)
{
    (void)state;
    Column cols[] = {{.name = "a_rather_long_column_name_äöüäöüäöüäöüäöüäöü"},
                     {.name = "a_rather_long_column_name_äöüäöüäöüäöüäöüäöüx"}};
    Table t = {.name = "a_rather_long_table_name", .cols = cols, .ncols = 2};
    int first[] = {0}, second[] = {1};
    for (size_t i = 0; i < 4; i++) {
        const char *a = dialect_name(engines[i], &t, first, 1, "fkey", mem),
                   *b = dialect_name(engines[i], &t, second, 1, "fkey", mem);
        assert_string_not_equal(a, b);
        assert_true(strlen(a) <= (i < 2 ? 63 : 64) && strlen(a) > 50);
        assert_string_equal(a + strlen(a) - 5, "_fkey");
        assert_string_equal(a, dialect_name(engines[i], &t, first, 1, "fkey", mem));
        assert_int_not_equal((unsigned char)a[strcspn(a, "\xC3")] == 0xC3 &&
                                 ((unsigned char)a[strcspn(a, "\xC3") + 1] & 0xC0) != 0x80,
                             1);
    }
    t.name = "loans";
    cols[0].name = "x";
    assert_string_equal(dialect_name(ENGINE_POSTGRES, &t, first, 1, "idx", mem), "loans_x_idx");
    assert_string_equal(dialect_name(ENGINE_POSTGRES, &t, NULL, 0, "pkey", mem), "loans_pkey");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_identifiers),   TEST(test_literals),        TEST(test_types),
        TEST(test_tables_sqlite), TEST(test_tables_postgres), TEST(test_tables_mysql),
        TEST(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

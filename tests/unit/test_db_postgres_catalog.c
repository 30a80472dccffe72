/* The PostgreSQL connector: the catalog of a schema that has about everything. */
#include "postgres_fixture.h"

static const char schema_sql[] =
    "CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s');"
    "CREATE DOMAIN money2 AS numeric(12,2) DEFAULT 1.5 CHECK (VALUE >= 0);"
    "CREATE DOMAIN price AS money2 NOT NULL;"
    "CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
    "CREATE TABLE tenants (id bigint GENERATED ALWAYS AS IDENTITY, code char(3) NOT NULL UNIQUE, region int, UNIQUE (id, region));"
    "CREATE TABLE \"Users\" (id serial PRIMARY KEY, \"select\" varchar(40) NOT NULL DEFAULT 'it''s', tenant bigint, region int, mail text COLLATE nocase, mood mood DEFAULT 'ok',"
    "  p price, p2 money2, born date, seen timestamptz(3), made timestamp NOT NULL DEFAULT now(), t time(0), u uuid, j jsonb, b bytea, tags text[], n numeric, n5 numeric(3,-2),"
    "  f real, g double precision, yes boolean, s smallint, double_id int GENERATED ALWAYS AS (id * 2) STORED, gone int,"
    "  boss int REFERENCES \"Users\" ON DELETE SET NULL,"
    "  CONSTRAINT in_both FOREIGN KEY (region, tenant) REFERENCES tenants (region, id) ON UPDATE CASCADE ON DELETE SET DEFAULT DEFERRABLE INITIALLY DEFERRED,"
    "  CONSTRAINT adult CHECK (born < '2010-01-01' AND s > 0));"
    "ALTER TABLE \"Users\" DROP COLUMN gone, ADD COLUMN last_one interval;"
    "CREATE UNIQUE INDEX users_lower ON \"Users\" (tenant, lower(\"select\"));"
    "CREATE UNIQUE INDEX users_live ON \"Users\" (mail) WHERE seen IS NULL;"
    "CREATE UNIQUE INDEX users_nulls ON \"Users\" (u) INCLUDE (j) NULLS NOT DISTINCT;"
    "CREATE INDEX users_made ON \"Users\" (made DESC, born);"
    "CREATE INDEX users_tags ON \"Users\" USING gin (tags);"
    "CREATE SEQUENCE loose;"
    "CREATE TABLE unowned (id int DEFAULT nextval('loose') PRIMARY KEY, label text DEFAULT 'x' || nextval('loose'));"
    "CREATE TABLE parts (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
    "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"
    "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"
    "CREATE TABLE uses_parts (id int, at date, FOREIGN KEY (id, at) REFERENCES parts ON DELETE CASCADE);"
    "CREATE VIEW seen AS SELECT 1 AS x;"
    "CREATE MATERIALIZED VIEW seen_too AS SELECT 1 AS x;"
    "CREATE TABLE nothing ();";

static void make_schema(Pg *s)
{
    PQclear(PQexec(pg_of(s->db)->conn, schema_sql));
    assert_string_equal(PQerrorMessage(pg_of(s->db)->conn), "");
}

static const Table *described(Pg *s, Catalog *catalog, const char *table)
{
    const Table *t = catalog_table(catalog, NULL, table);
    if (!t)
        fail_msg("%s is missing from the catalog of %s", table, s->schema);
    return t;
}

static const Column *column(const Table *t, const char *name)
{
    int c = table_column(t, name);
    if (c < 0)
        fail_msg("%s has no column %s", t->name, name);
    return &t->cols[c];
}

static void expect_type(const Table *t, const char *name, Type type)
{
    const Column *c = column(t, name);
    assert_int_equal(c->type.kind, type.kind);
    assert_int_equal(c->type.precision, type.precision);
    assert_int_equal(c->type.scale, type.scale);
    assert_int_equal(c->type.length, type.length);
    assert_int_equal(c->type.bits, type.bits);
    assert_int_equal(c->type.fixed, type.fixed);
    assert_int_equal(c->type.no_case, type.no_case);
    assert_int_equal(c->type.with_zone, type.with_zone);
    assert_string_equal(c->type.name, type.name);
}

static const Key *key_named(const Key *keys, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    fail_msg("there is no key %s", name);
    return NULL;
}

static void tables_are_ordered_and_only_tables(void **state)
{
    Pg *s = *state;
    Catalog c;
    make_schema(s);
    expect_ok(s, db_postgres.describe(s->db, NULL, 0, &c, s->mem, &s->err));
    static const char *const names[] = {"Users",   "nothing", "parts",
                                        "tenants", "unowned", "uses_parts"};
    assert_int_equal(c.ntables, 6);
    for (int t = 0; t < c.ntables; t++) {
        assert_string_equal(c.tables[t].name, names[t]);
        assert_null(c.tables[t].schema);
    }
    assert_string_equal(c.schema, s->schema);
    assert_string_equal(c.server, s->db->server);
    assert_int_equal(described(s, &c, "nothing")->ncols, 0);
    assert_string_equal(value(s, "SHOW search_path"), s->schema); /* as it was */
    assert_false(s->db->in_transaction);
    assert_int_equal(PQtransactionStatus(pg_of(s->db)->conn), PQTRANS_IDLE);
    expect_ok(s, db_postgres.begin(s->db, s->mem, &s->err));
    run_sql(s, "CREATE TABLE zz (id int)");
    expect_ok(s, db_postgres.describe(s->db, NULL, 0, &c, s->mem, &s->err));
    assert_int_equal(c.ntables, 7);
    assert_string_equal(value(s, "SHOW search_path"), s->schema);
    expect_ok(s, db_postgres.rollback(s->db, s->mem, &s->err));
}

static void columns_have_types_and_defaults(void **state)
{
    Pg *s = *state;
    Catalog c;
    make_schema(s);
    expect_ok(s, db_postgres.describe(s->db, NULL, 0, &c, s->mem, &s->err));
    const Table *u = described(s, &c, "Users");
    const char *q = s->schema;
    expect_type(u, "id", (Type){.kind = TYPE_INT, .bits = 32, .name = "integer"});
    expect_type(u, "select",
                (Type){.kind = TYPE_TEXT, .length = 40, .name = "character varying(40)"});
    expect_type(u, "tenant", (Type){.kind = TYPE_INT, .bits = 64, .name = "bigint"});
    expect_type(u, "mail", (Type){.kind = TYPE_TEXT, .no_case = true, .name = "text"});
    expect_type(u, "mood", (Type){.kind = TYPE_ENUM, .name = arena_printf(s->mem, "%s.mood", q)});
    expect_type(u, "p",
                (Type){.kind = TYPE_DECIMAL,
                       .precision = 12,
                       .scale = 2,
                       .name = arena_printf(s->mem, "%s.price", q)});
    expect_type(u, "born", (Type){.kind = TYPE_DATE, .name = "date"});
    expect_type(u, "seen",
                (Type){.kind = TYPE_TIMESTAMP,
                       .scale = 3,
                       .with_zone = true,
                       .name = "timestamp(3) with time zone"});
    expect_type(u, "made",
                (Type){.kind = TYPE_TIMESTAMP, .scale = 6, .name = "timestamp without time zone"});
    expect_type(u, "t", (Type){.kind = TYPE_TIME, .name = "time(0) without time zone"});
    expect_type(u, "u", (Type){.kind = TYPE_UUID, .name = "uuid"});
    expect_type(u, "j", (Type){.kind = TYPE_JSON, .name = "jsonb"});
    expect_type(u, "b", (Type){.kind = TYPE_BYTES, .name = "bytea"});
    expect_type(u, "tags", (Type){.kind = TYPE_OTHER, .name = "text[]"});
    expect_type(u, "n", (Type){.kind = TYPE_DECIMAL, .name = "numeric"});
    expect_type(u, "n5", (Type){.kind = TYPE_DECIMAL, .precision = 5, .name = "numeric(3,-2)"});
    expect_type(u, "f", (Type){.kind = TYPE_FLOAT, .bits = 32, .name = "real"});
    expect_type(u, "g", (Type){.kind = TYPE_FLOAT, .bits = 64, .name = "double precision"});
    expect_type(u, "yes", (Type){.kind = TYPE_BOOL, .name = "boolean"});
    expect_type(u, "s", (Type){.kind = TYPE_INT, .bits = 16, .name = "smallint"});
    expect_type(u, "last_one", (Type){.kind = TYPE_OTHER, .name = "interval"});
    const Table *t = described(s, &c, "tenants");
    expect_type(t, "code",
                (Type){.kind = TYPE_TEXT, .length = 3, .fixed = true, .name = "character(3)"});
    assert_int_equal(column(u, "mood")->type.label_count, 3);
    assert_string_equal(column(u, "mood")->type.labels[2], "it's");
    assert_int_equal(table_column(u, "gone"), -1);

    assert_true(column(u, "id")->auto_key && !column(u, "id")->identity_always &&
                !column(u, "id")->nullable);
    assert_true(column(t, "id")->auto_key && column(t, "id")->identity_always);
    assert_true(column(described(s, &c, "unowned"), "id")->auto_key);
    assert_false(column(described(s, &c, "unowned"), "label")->auto_key);
    assert_string_equal(column(u, "select")->default_sql, "'it''s'::character varying");
    assert_string_equal(column(u, "made")->default_sql, "now()");
    assert_string_equal(column(u, "mood")->default_sql, arena_printf(s->mem, "'ok'::%s.mood", q));
    assert_string_equal(column(u, "p2")->default_sql, "1.5");
    assert_true(column(u, "p2")->nullable);
    assert_false(column(u, "p")->nullable);
    assert_null(column(u, "born")->default_sql);
    assert_true(column(u, "double_id")->generated && !column(u, "double_id")->default_sql);
    assert_false(column(u, "id")->generated);
}

static void keys_and_checks_are_all_there(void **state)
{
    Pg *s = *state;
    Catalog c;
    make_schema(s);
    expect_ok(s, db_postgres.describe(s->db, NULL, 0, &c, s->mem, &s->err));
    const Table *u = described(s, &c, "Users"), *t = described(s, &c, "tenants"),
                *p = described(s, &c, "parts");
    assert_int_equal(u->primary.ncols, 1);
    assert_string_equal(u->primary.name, "Users_pkey");
    assert_int_equal(t->primary.ncols, 0);
    assert_int_equal(p->primary.ncols, 2);
    assert_int_equal(p->primary.cols[1], 1);
    assert_int_equal(t->nuniques, 2);
    assert_int_equal(key_named(t->uniques, 2, "tenants_id_region_key")->ncols, 2);
    assert_int_equal(u->nuniques, 3);
    const Key *k = key_named(u->uniques, 3, "users_lower");
    assert_true(!k->partial && k->ncols == 2 && k->cols[0] == table_column(u, "tenant") &&
                k->cols[1] == table_column(u, "select"));
    assert_true(!k->no_case[0] && k->no_case[1]);
    assert_true(key_named(u->uniques, 3, "users_live")->partial);
    k = key_named(u->uniques, 3, "users_nulls");
    assert_true(k->nulls_equal && !k->partial && k->ncols == 1 &&
                k->cols[0] == table_column(u, "u"));
    assert_int_equal(u->nindexes, 2);
    k = key_named(u->indexes, 2, "users_made");
    assert_true(!k->partial && k->ncols == 2 && k->cols[0] == table_column(u, "made") &&
                k->cols[1] == table_column(u, "born"));
    assert_true(key_named(u->indexes, 2, "users_tags")->partial);

    assert_int_equal(u->nfks, 2);
    const ForeignKey *boss = &u->fks[0], *both = &u->fks[1];
    assert_string_equal(boss->name, "Users_boss_fkey");
    assert_true(boss->ncols == 1 && boss->on_delete == ACTION_SET_NULL &&
                boss->on_update == ACTION_NO_ACTION && !boss->deferrable && !boss->ref_schema);
    assert_string_equal(boss->ref_table, "Users");
    assert_string_equal(both->name, "in_both");
    assert_true(both->ncols == 2 && both->on_delete == ACTION_SET_DEFAULT &&
                both->on_update == ACTION_CASCADE && both->deferrable);
    assert_int_equal(both->cols[0], table_column(u, "region"));
    assert_int_equal(both->cols[1], table_column(u, "tenant"));
    assert_string_equal(both->ref_cols[0], "region");
    assert_string_equal(both->ref_cols[1], "id");
    const Table *uses = described(s, &c, "uses_parts");
    assert_int_equal(uses->nfks, 1);
    assert_string_equal(uses->fks[0].ref_table, "parts");
    assert_int_equal(u->nchecks, 1);
    assert_string_equal(u->checks[0].name, "adult");
    assert_string_equal(u->checks[0].sql, "((born < '2010-01-01'::date) AND (s > 0))");
}

static void other_schemas_are_read_when_named(void **state)
{
    Pg *s = *state;
    Catalog c;
    const char *other = arena_printf(s->mem, "%s \"x\", \\ y", s->schema),
               *quoted = arena_printf(s->mem, "\"%s \"\"x\"\", \\ y\"", s->schema);
    run_sql(s, arena_printf(s->mem, "DROP SCHEMA IF EXISTS %s CASCADE", quoted));
    run_sql(s, arena_printf(s->mem, "CREATE SCHEMA %s", quoted));
    run_sql(s, "CREATE TABLE t (id int PRIMARY KEY)");
    run_sql(
        s,
        arena_printf(
            s->mem,
            "CREATE TABLE %s.\"a\"\"b\" (id int PRIMARY KEY, t int REFERENCES t, own int REFERENCES %s.\"a\"\"b\")",
            quoted, quoted));
    expect_ok(s, db_postgres.describe(s->db, &other, 1, &c, s->mem, &s->err));
    run_sql(s, arena_printf(s->mem, "DROP SCHEMA %s CASCADE", quoted));
    assert_int_equal(c.ntables, 2);
    assert_null(c.tables[0].schema);
    const Table *t = catalog_table(&c, other, "a\"b");
    assert_non_null(t);
    assert_string_equal(t->schema, other);
    assert_int_equal(t->nfks, 2);
    assert_null(t->fks[0].ref_schema); /* a"b_own_fkey: its own */
    assert_string_equal(t->fks[1].ref_schema, s->schema);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_ordered_and_only_tables),
        cmocka_unit_test(columns_have_types_and_defaults),
        cmocka_unit_test(keys_and_checks_are_all_there),
        cmocka_unit_test(other_schemas_are_read_when_named),
    };
    return run_on_postgres("PostgreSQL: catalog", tests, sizeof tests / sizeof *tests);
}

/* Expressions in every database that is there, and in the generators: the same rows are loaded into
 * each, read back through its connector, and the cells must agree. For a test file of its own each.
 */
#ifndef SEEDPIPE_TEST_EXPRKIT_H
#define SEEDPIPE_TEST_EXPRKIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define Engine Kit /* both halves have an Engine */
#include "enginekit.h"
#undef Engine

#include "base/os.h"
#include "db/db.h"

enum { ROWS = 6 };

typedef struct World {
    const char *name, *url;
    Kit *kit;
    Db *db;
    Arena *mem;
    Err err;
    int refused; /* expressions that gen/ did not take: a mistake of the test */
    int wrong;
} World;

static void need(World *w, bool ok)
{
    if (!ok)
        fail_msg("%s: %s (%s)", w->name, w->err.last ? w->err.last->message : "no error",
                 w->err.last && w->err.last->hint ? w->err.last->hint : "");
}

static void run_sql(World *w, const char *sql)
{
    need(w, db_exec(w->db, w->mem, &w->err, sql));
}

/* ---- the rows */

static void make_parent(Kit *e)
{
    int p = engine_table(e, TABLE_PARENTS);
    engine_serial(e, p, "id");
    engine_column(e, p, "name", node_cells(e, "text", "Ann bo Çem"));
    engine_column(e, p, "born",
                  node_cells(e, "timestamp", "2020-02-29_10:00:00 2021-03-31_23:59:59 null"));
    engine_column(e, p, "limit", node_cells(e, "decimal(9,2)", "10.25 5.00 -1.10"));
    engine_rows(e, p, 3);
}

static void make_rows(Kit *e)
{
    int t = engine_table(e, TABLE_ROWS);
    engine_serial(e, t, "id");
    engine_column(e, t, "i", node_cells(e, "bigint", "7 -7 0 null 3 -3"));
    engine_column(e, t, "j", node_cells(e, "bigint", "2 2 5 1 0 -2"));
    engine_column(e, t, "k", node_cells(e, "int", "2000000000 -2000000000 1 2 null 100"));
    engine_column(e, t, "d", node_cells(e, "decimal(9,2)", "10.25 -0.05 0.00 null 1.10 -2.45"));
    engine_column(e, t, "r",
                  node_cells(e, "decimal(7,4)", "0.3333 12.5000 0.0000 1.0000 2.0001 -2.4500"));
    engine_column(e, t, "wide",
                  node_cells(e, "decimal(15,2)",
                             "9999999999999.99 -9999999999999.99 0.01 1234567890123.45 null 0.10"));
    engine_column(e, t, "f", node_cells(e, "float", "0.5 -2.5 0 null 3 0.1"));
    engine_column(e, t, "s", node_cells(e, "text", "abc Äöü '' null Zz_9 a\\b%c'd\"e`f"));
    engine_column(e, t, "u", node_cells(e, "text", "abd Z '' a null 日本語🎉x"));
    engine_column(e, t, "b", node_cells(e, "bool", "true false null true false true"));
    engine_column(e, t, "c", node_cells(e, "bool", "true true true null null false"));
    engine_column(
        e, t, "day",
        node_cells(e, "date", "2024-01-31 2023-12-31 1969-12-31 null 2000-02-29 0001-01-31"));
    engine_column(
        e, t, "day2",
        node_cells(e, "date", "2024-02-29 2023-12-31 1970-01-02 2000-01-01 null 9999-12-31"));
    engine_column(
        e, t, "at",
        node_cells(
            e, "timestamp",
            "2024-01-31_10:30:00 2023-12-31_23:59:59 1969-12-31_00:00:01 null 2000-02-29_12:00:00 1000-01-31_23:00:00"));
    engine_column(
        e, t, "at2",
        node_cells(
            e, "timestamp",
            "2024-01-31_10:30:00 2024-01-01_00:00:00 1970-01-01_00:00:00 2001-01-01_00:00:00 null 9998-06-15_01:02:03"));
    engine_ref(e, t, "parent", 0, FK_PICK);
    engine_rows(e, t, ROWS);
    e->tables[t].fks[0].cols[0] = table_column(&e->tables[t], "parent");
    e->table_plans[t].fks[0].null_share = 0.3;
    e->tables[t].cols[e->tables[t].fks[0].cols[0]].nullable = true;
}

static void load(World *w, int table)
{
    Table *t = &w->kit->tables[table];
    const TablePlan *tp = &w->kit->table_plans[table];
    static int key[] = {0};
    t->primary = (Key){.cols = key, .ncols = 1};
    Buf drop;
    buf_init(&drop, 1024);
    buf_str(&drop, "DROP TABLE IF EXISTS ");
    dialect_table(w->db->engine, &drop, NULL, t->name);
    run_sql(w, buf_cstr(&drop));
    buf_free(&drop);
    run_sql(w, dialect_create_table(w->db->engine, t, true, w->mem));
    need(w, db_begin(w->db, w->mem, &w->err));
    DbLoad *l = w->db->connector->load_begin(w->db, t, tp->load_cols, tp->nload, w->mem, &w->err);
    need(w, l != NULL);
    Eval *eval = eval_new(&w->kit->plan);
    Batch batch = eval_batch(eval, table, 0, (uint32_t)tp->rows);
    uint64_t rows = 0;
    need(w, w->db->connector->load_batch(l, &batch, w->mem, &w->err));
    need(w, w->db->connector->load_end(l, &rows, w->mem, &w->err));
    eval_free(eval);
    assert_int_equal(rows, tp->rows);
    need(w, db_commit(w->db, w->mem, &w->err));
}

/* ---- one expression, both ways */

typedef struct Cells {
    Kit *kit;
    const char *shown;
} Cells;

static bool keep_cells(void *ctx, const Vec *const *cols, uint32_t n)
{
    Cells *c = ctx;
    for (uint32_t k = 0; k < n; k++)
        c->shown = arena_printf(c->kit->mem, "%s|%s", c->shown, cell_shown(c->kit, cols[0], k));
    return true;
}

static const Table *parent_table(void *ctx, const Table *table, const ForeignKey *fk)
{
    (void)table, (void)fk;
    return &((Kit *)ctx)->tables[0];
}

static const char *made_by_gen(World *w, const Node *node, Type *type)
{
    Kit *e = w->kit;
    TablePlan *tp = &e->table_plans[1];
    GenScope scope = {.plan = &e->plan,
                      .table = tp,
                      .table_index = 1,
                      .column = "x",
                      .subject = "rows.x",
                      .path = ""};
    Bound *bound = NULL;
    err_clear(&e->err);
    if (!gen_bind(&scope, node, &bound, e->mem, &e->err))
        return NULL;
    *type = bound->type;
    Column *col = &e->tables[1].cols[e->tables[1].ncols];
    *col = (Column){.name = "x", .node = node};
    tp->cols[e->tables[1].ncols] = (ColumnPlan){.col = col, .bound = bound, .fk = -1, .group = -1};
    uint64_t rows[ROWS];
    for (uint64_t k = 0; k < ROWS; k++)
        rows[k] = k;
    Eval *eval = eval_new(&e->plan);
    const Vec *v = eval_column(eval, 1, e->tables[1].ncols, rows, ROWS);
    Cells cells = {e, ""};
    keep_cells(&cells, &v, ROWS);
    if (eval_overflows(eval))
        fail_msg("an expression of the test leaves its range");
    eval_free(eval);
    return cells.shown;
}

static void same_at(World *w, const Node *node, int line)
{
    Type type;
    const char *expected = made_by_gen(w, node, &type);
    if (!expected)
        fail_msg("line %d: %s", line, engine_error(w->kit));
    DialectScope scope = {.table = &w->kit->tables[1],
                          .alias = "t",
                          .has_clock = true,
                          .clock = w->kit->plan.clock,
                          .parent = parent_table,
                          .ctx = w->kit};
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "SELECT ");
    bool said = dialect_expr(w->db->engine, &sql, &scope, node, w->mem, &w->err);
    if (!said)
        fail_msg("line %d: %s: %s", line, w->name, w->err.last->message);
    buf_str(&sql, " FROM ");
    dialect_table(w->db->engine, &sql, NULL, w->kit->tables[1].name);
    buf_str(&sql, " t ORDER BY t.id");
    Cells cells = {w->kit, ""};
    bool ok = w->db->connector->read(w->db, buf_cstr(&sql), &type, 1, keep_cells, &cells, w->mem,
                                     &w->err);
    if (!ok || strcmp(cells.shown, expected) != 0) {
        print_error("%s:%d: %s: %s\n  %s\n  is        %s\n  should be %s\n", __FILE__, line,
                    w->name, ok ? "" : w->err.last->message, sql.data, cells.shown, expected);
        err_clear(&w->err);
        w->wrong++;
    }
    buf_free(&sql);
}

static void unsaid_at(World *w, const Node *node, const char *message, int line)
{
    DialectScope scope = {.table = &w->kit->tables[1]};
    Buf sql;
    buf_init(&sql, 1 << 20);
    if (dialect_expr(w->db->engine, &sql, &scope, node, w->mem, &w->err))
        fail_msg("line %d: %s: said as %s", line, w->name, buf_cstr(&sql));
    if (!strstr(w->err.last->message, message) || w->err.last->code != ERR_RECIPE ||
        !w->err.last->where)
        fail_msg("line %d: %s", line, w->err.last->message);
    err_clear(&w->err);
    buf_free(&sql);
}

#define C(name)             node_col(e, name)
#define I(v)                node_int(e, v)
#define N(v)                node_num(e, v)
#define T(v)                node_text(e, v)
#define same(node)          same_at(w, node, __LINE__)
#define unsaid(node, words) unsaid_at(w, node, words, __LINE__)

static void done(World *w)
{
    assert_int_equal(w->wrong, 0);
}

/* ---- engines */

static int setup(void **state)
{
    World *w = *state;
    w->mem = arena_new();
    w->wrong = 0;
    err_clear(&w->err);
    w->kit = engine_new();
    make_parent(w->kit);
    make_rows(w->kit);
    DbUrl url;
    DbOptions options = {.create = true};
    need(w, db_url_parse(w->url, &url, w->mem, &w->err));
    w->db = db_open(&url, &options, w->mem, &w->err);
    need(w, w->db != NULL);
    /* Children first: they refer to their parents. */
    Buf drop;
    buf_init(&drop, 1024);
    buf_str(&drop, "DROP TABLE IF EXISTS ");
    dialect_table(w->db->engine, &drop, NULL, TABLE_ROWS);
    run_sql(w, buf_cstr(&drop));
    buf_free(&drop);
    load(w, 0);
    load(w, 1);
    return 0;
}

static int teardown(void **state)
{
    World *w = *state;
    for (int t = 1; t >= 0; t--) {
        Buf drop;
        buf_init(&drop, 1024);
        buf_str(&drop, "DROP TABLE IF EXISTS ");
        dialect_table(w->db->engine, &drop, NULL, w->kit->tables[t].name);
        run_sql(w, buf_cstr(&drop));
        buf_free(&drop);
    }
    db_close(w->db);
    engine_free(w->kit);
    arena_free(w->mem);
    return 0;
}

typedef struct NamedTest {
    const char *name;
    CMUnitTestFunction function;
} NamedTest;

static int on_every_engine(const NamedTest *named, size_t n)
{
    World worlds[] = {{.name = "SQLite"},
                      {.name = "PostgreSQL", .url = os_getenv("SEEDPIPE_TEST_PG_URL")},
                      {.name = "MariaDB", .url = os_getenv("SEEDPIPE_TEST_MARIADB_URL")},
                      {.name = "MySQL", .url = os_getenv("SEEDPIPE_TEST_MYSQL_URL")}};
    char file[] = "/tmp/seedpipe-expr-XXXXXX", path[64], url[80];
    char *folder = mkdtemp(file);
    assert_non_null(folder);
    snprintf(path, sizeof path, "%s/expr.db", folder);
    snprintf(url, sizeof url, "sqlite:%s", path);
    worlds[0].url = url;
    int failed = 0;
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        World *w = &worlds[i];
        struct CMUnitTest tests[16];
        if (!w->url) {
            printf("SKIP: no %s server in the environment\n", w->name);
            continue;
        }
        for (size_t k = 0; k < n; k++)
            tests[k] = (struct CMUnitTest){named[k].name, named[k].function, setup, teardown, w};
        failed += _cmocka_run_group_tests(w->name, tests, n, NULL, NULL);
    }
    remove(path);
    remove(folder);
    return failed;
}

#endif

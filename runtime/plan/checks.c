/* Integrity checks as SQL: each is one query that gives one number, made by the database itself. */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "plan/plan_int.h"

#define SQL_MAX (1u << 24)

typedef struct Checks {
    Plan *plan;
    Engine engine;
    size_t cap;
    Arena *mem;
    Err *err;
} Checks;

static void add_check(Checks *k, CheckKind kind, int t, const char *name, Buf *sql,
                      int64_t expected)
{
    Plan *plan = k->plan;
    plan->checks =
        arena_grow(k->mem, plan->checks, &k->cap, (size_t)plan->nchecks + 1, sizeof *plan->checks);
    plan->checks[plan->nchecks++] = (VerifyCheck){.kind = kind,
                                                  .table = t,
                                                  .name = name,
                                                  .sql = arena_strndup(k->mem, sql->data, sql->len),
                                                  .expected = expected};
    buf_reset(sql);
}

static void put_table(Checks *k, Buf *sql, const Table *table)
{
    dialect_table(k->engine, sql, table->schema, table->name);
}

static void put_column(Checks *k, Buf *sql, const char *alias, const char *name)
{
    buf_printf(sql, "%s.", alias);
    dialect_ident(k->engine, sql, name);
}

/* Rows made by seedpipe: by their key ranges where the table has a serial key. */
static void check_rows(Checks *k, int t, Buf *sql)
{
    const TablePlan *tp = &k->plan->tables[t];
    int serial = -1;
    for (int c = 0; c < tp->table->ncols && serial < 0; c++)
        if (tp->cols[c].serial)
            serial = c;
    if (tp->nsegments == 0)
        return;
    int64_t rows = (int64_t)(tp->rows - tp->gone_rows);
    if (serial >= 0) {
        buf_str(sql, "SELECT count(*) FROM ");
        put_table(k, sql, tp->table);
        buf_str(sql, " t WHERE ");
        for (int s = 0; s < tp->nsegments; s++) {
            const Segment *segment = &tp->segments[s];
            buf_str(sql, s ? " OR " : "");
            put_column(k, sql, "t", tp->table->cols[serial].name);
            buf_printf(sql, " BETWEEN %lld AND %lld", (long long)segment->key_base[serial],
                       (long long)(segment->key_base[serial] + (int64_t)segment->rows - 1));
        }
    } else {
        /* Rows of the user's own may stand beside ours: more is fine, fewer is not. */
        buf_printf(sql, "SELECT CASE WHEN count(*) > %lld THEN %lld ELSE count(*) END FROM ",
                   (long long)rows, (long long)rows);
        put_table(k, sql, tp->table);
        buf_str(sql, " t");
    }
    add_check(k, CHECK_ROWS, t, plan_table_name(k->mem, tp->table), sql, rows);
    k->plan->checks[k->plan->nchecks - 1].at_least = serial < 0;
}

/* table: whose columns fk names, the plan's or the catalog's. */
static void check_orphans(Checks *k, int t, const Table *table, const ForeignKey *fk, Buf *sql)
{
    buf_str(sql, "SELECT count(*) FROM ");
    put_table(k, sql, table);
    buf_str(sql, " t LEFT JOIN ");
    dialect_table(k->engine, sql, fk->ref_schema ? fk->ref_schema : table->schema, fk->ref_table);
    buf_str(sql, " p ON ");
    for (int i = 0; i < fk->ncols; i++) {
        buf_str(sql, i ? " AND " : "");
        put_column(k, sql, "t", table->cols[fk->cols[i]].name);
        buf_str(sql, " = ");
        put_column(k, sql, "p", fk->ref_cols[i]);
    }
    buf_str(sql, " WHERE ");
    for (int i = 0; i < fk->ncols; i++) {
        put_column(k, sql, "t", table->cols[fk->cols[i]].name);
        buf_str(sql, " IS NOT NULL AND ");
    }
    put_column(k, sql, "p", fk->ref_cols[0]);
    buf_str(sql, " IS NULL");
    const char *to = fk->ref_cols[0];
    for (int i = 1; i < fk->ncols; i++)
        to = arena_printf(k->mem, "%s, %s", to, fk->ref_cols[i]);
    const char *name =
        arena_printf(k->mem, "%s.%s -> %s.%s", plan_table_name(k->mem, table),
                     plan_columns_text(k->mem, table, fk->cols, fk->ncols), fk->ref_table, to);
    add_check(k, CHECK_ORPHANS, t, name, sql, 0);
}

/* The target's own foreign keys that the recipe does not mention, over columns that it fills: the
 * session may have loaded them unchecked. */
static void check_other_orphans(Checks *k, int t, const Catalog *catalog, Buf *sql)
{
    const Table *table = k->plan->tables[t].table;
    const Table *there = catalog ? catalog_table(catalog, table->schema, table->name) : NULL;
    for (int i = 0; there && i < there->nfks; i++) {
        const ForeignKey *fk = &there->fks[i];
        bool filled = false;
        for (int c = 0; c < fk->ncols; c++)
            filled = filled || table_column(table, there->cols[fk->cols[c]].name) >= 0;
        if (filled && fk->ref_cols && !table_same_fk(table, there, fk))
            check_orphans(k, t, there, fk, sql);
    }
}

static void check_duplicates(Checks *k, int t, const Key *key, Buf *sql)
{
    const Table *table = k->plan->tables[t].table;
    if (key->ncols == 0 || key->partial)
        return;
    buf_str(sql, "SELECT count(*) FROM (SELECT 1 AS one FROM ");
    put_table(k, sql, table);
    buf_str(sql, " t WHERE ");
    for (int i = 0; i < key->ncols; i++) {
        buf_str(sql, i ? " AND " : "");
        put_column(k, sql, "t", table->cols[key->cols[i]].name);
        buf_str(sql, " IS NOT NULL");
    }
    buf_str(sql, " GROUP BY ");
    for (int i = 0; i < key->ncols; i++) {
        buf_str(sql, i ? ", " : "");
        put_column(k, sql, "t", table->cols[key->cols[i]].name);
    }
    buf_str(sql, " HAVING count(*) > 1) d");
    const char *name = arena_printf(k->mem, "%s (%s)", plan_table_name(k->mem, table),
                                    plan_columns_text(k->mem, table, key->cols, key->ncols));
    add_check(k, CHECK_DUPLICATES, t, name, sql, 0);
}

static void check_nulls(Checks *k, int t, Buf *sql)
{
    const Table *table = k->plan->tables[t].table;
    const char *columns = "";
    for (int c = 0; c < table->ncols; c++) {
        if (table->cols[c].nullable || !k->plan->tables[t].cols[c].written)
            continue;
        buf_str(sql, *columns ? " OR " : "");
        put_column(k, sql, "t", table->cols[c].name);
        buf_str(sql, " IS NULL");
        columns =
            arena_printf(k->mem, "%s%s%s", columns, *columns ? ", " : "", table->cols[c].name);
    }
    if (!*columns)
        return;
    const char *where = arena_strndup(k->mem, sql->data, sql->len);
    buf_reset(sql);
    buf_str(sql, "SELECT count(*) FROM ");
    put_table(k, sql, table);
    buf_printf(sql, " t WHERE %s", where);
    add_check(k, CHECK_NULLS, t,
              arena_printf(k->mem, "%s (%s)", plan_table_name(k->mem, table), columns), sql, 0);
}

static const Table *parent_of(void *ctx, const Table *table, const ForeignKey *fk)
{
    const Plan *plan = ctx;
    for (int t = 0; t < plan->ntables; t++) {
        const TablePlan *tp = &plan->tables[t];
        if (tp->table != table)
            continue;
        int parent = tp->fks[fk - table->fks].parent;
        return parent >= 0 ? plan->tables[parent].table : NULL;
    }
    return NULL;
}

static bool check_condition(Checks *k, int t, const Check *check, Buf *sql)
{
    const Table *table = k->plan->tables[t].table;
    buf_str(sql, "SELECT count(*) FROM ");
    put_table(k, sql, table);
    buf_str(sql, " t WHERE NOT (");
    DialectScope scope = {.table = table,
                          .alias = "t",
                          .has_clock = k->plan->has_clock,
                          .clock = k->plan->clock,
                          .parent = parent_of,
                          .ctx = k->plan};
    if (!dialect_expr(k->engine, sql, &scope, check->cond, k->mem, k->err)) {
        buf_reset(sql);
        return false;
    }
    buf_str(sql, ")");
    add_check(k, CHECK_CONDITION, t,
              arena_printf(k->mem, "%s: %s", plan_table_name(k->mem, table),
                           check->text ? check->text : "condition"),
              sql, 0);
    return true;
}

bool plan_add_checks(Plan *plan, const PlanTarget *target, Arena *mem, Err *err)
{
    Checks k = {.plan = plan, .engine = target->engine, .mem = mem, .err = err};
    Buf sql;
    bool ok = true;
    buf_init(&sql, SQL_MAX);
    for (int t = 0; t < plan->ntables; t++) {
        const Table *table = plan->tables[t].table;
        check_rows(&k, t, &sql);
        for (int f = 0; f < table->nfks; f++)
            check_orphans(&k, t, table, &table->fks[f], &sql);
        check_other_orphans(&k, t, target->catalog, &sql);
        check_duplicates(&k, t, &table->primary, &sql);
        for (int i = 0; i < table->nuniques; i++)
            check_duplicates(&k, t, &table->uniques[i], &sql);
        check_nulls(&k, t, &sql);
        for (int i = 0; i < table->nchecks; i++)
            if (table->checks[i].cond)
                ok = check_condition(&k, t, &table->checks[i], &sql) && ok;
    }
    buf_free(&sql);
    return ok;
}

/* Integrity checks as SQL: each is one query that gives one number, made by the database itself.
 * After a command that says what it touched, a check reads the rows that could fail it now: new
 * ones, those with new values, and children of rows that went. */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "plan/checks.h"
#include "plan/plan_int.h"

#define SQL_MAX (1u << 24)

typedef struct Checks {
    Plan *plan;
    const PlanTarget *target;
    const PlanTouched *touched; /* per table; NULL: every row is checked */
    const Closure *closure;
    VerifyCheck *list;
    int n;
    size_t cap;
    Arena *mem;
    Err *err;
} Checks;

/* How much of a table a check has to read. */
typedef enum Extent { READ_NOTHING, READ_TOUCHED, READ_ALL } Extent;

static VerifyCheck *add_check(Checks *k, CheckKind kind, int t, const char *name, Buf *sql,
                              int64_t expected)
{
    k->list = arena_grow(k->mem, k->list, &k->cap, (size_t)k->n + 1, sizeof *k->list);
    k->list[k->n] = (VerifyCheck){.kind = kind,
                                  .table = t,
                                  .name = name,
                                  .sql = arena_strndup(k->mem, sql->data, sql->len),
                                  .expected = expected};
    buf_reset(sql);
    return &k->list[k->n++];
}

static void put_table(Checks *k, Buf *sql, const Table *table)
{
    dialect_table(k->target->engine, sql, table->schema, table->name);
}

static void put_column(Checks *k, Buf *sql, const char *alias, const char *name)
{
    buf_printf(sql, "%s.", alias);
    dialect_ident(k->target->engine, sql, name);
}

/* ---------------------------------------------------------------- which rows */

static bool is_new(const Checks *k, int t)
{
    return k->touched && k->touched[t].segments < k->plan->tables[t].nsegments;
}

/* cols: the columns that a check reads, of which an update must have made one anew; NULL: any. */
static Extent extent(const Checks *k, int t, const int *cols, int ncols)
{
    if (!k->touched)
        return READ_ALL;
    if (is_new(k, t))
        return plan_serial_key(&k->plan->tables[t]) >= 0 ? READ_TOUCHED : READ_ALL;
    const PlanTouched *touched = &k->touched[t];
    Extent read = READ_NOTHING;
    for (int i = 0; i < ncols; i++)
        if (touched->defaulted && touched->defaulted[cols[i]])
            return READ_ALL;
        else if (touched->anew && touched->anew[cols[i]])
            read = READ_TOUCHED;
    return read;
}

/* FROM the rows, as `t`, and, up to an AND, what tells them from others. */
static void put_rows(Checks *k, Buf *sql, int t, Extent extent)
{
    const TablePlan *tp = &k->plan->tables[t];
    buf_str(sql, " FROM ");
    if (extent == READ_TOUCHED && !is_new(k, t))
        closure_put_selected(k->closure, sql, closure_find(k->closure, tp->table), "t");
    else {
        put_table(k, sql, tp->table);
        buf_str(sql, " t");
    }
}

static void put_where(Checks *k, Buf *sql, int t, Extent extent)
{
    const TablePlan *tp = &k->plan->tables[t];
    buf_str(sql, " WHERE ");
    if (extent == READ_TOUCHED && is_new(k, t)) {
        buf_byte(sql, '(');
        plan_put_made(k->target->engine, sql, tp, "t", k->touched[t].segments);
        buf_str(sql, ") AND ");
    }
}

/* A condition that no row that has to be read may meet. */
static void add_condition(Checks *k, CheckKind kind, int t, Extent extent, const char *cond,
                          const char *name)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    put_rows(k, &sql, t, extent);
    put_where(k, &sql, t, extent);
    const char *rows = arena_strndup(k->mem, sql.data, sql.len);
    buf_reset(&sql);
    buf_printf(&sql, extent == READ_TOUCHED ? "SELECT count(*)%s(%s)" : "SELECT count(*)%s%s", rows,
               cond);
    VerifyCheck *check = add_check(k, kind, t, name, &sql, 0);
    check->rows = rows;
    check->cond = cond;
    buf_free(&sql);
}

/* What counts rows of all, where the target lets rows of the user's own be so: up to an AND, that
 * seedpipe made the row. Without a serial key nothing tells which these are; then as many are free
 * as there are more rows than were made (put_beyond_own around it). */
static bool put_if_made(Checks *k, Buf *sql, int t)
{
    const TablePlan *tp = &k->plan->tables[t];
    if (plan_serial_key(tp) < 0)
        return false;
    buf_byte(sql, '(');
    plan_put_made(k->target->engine, sql, tp, "t", 0);
    buf_str(sql, ") AND ");
    return true;
}

static void put_beyond_own(Checks *k, Buf *sql, int t)
{
    const TablePlan *tp = &k->plan->tables[t];
    const char *count = arena_strndup(k->mem, sql->data, sql->len);
    buf_reset(sql);
    buf_printf(sql,
               "SELECT CASE WHEN n = 0 THEN 0 WHEN own <= 0 THEN n WHEN n > own THEN n - own ELSE "
               "0 END FROM (SELECT (%s) AS n, (SELECT count(*) FROM ",
               count);
    put_table(k, sql, tp->table);
    buf_printf(sql, ") - %lld AS own) d", (long long)(tp->rows - tp->gone_rows));
}

/* ---------------------------------------------------------------- the checks */

/* Rows of the segments before this one, as they are at the plan's end. */
static int64_t rows_before(const TablePlan *tp, int segment)
{
    uint64_t end = segment < tp->nsegments ? tp->segments[segment].first_row : tp->rows;
    return (int64_t)(end - (tp->gone ? rowhistory_before(tp->gone, tp->gone->settled, end) : 0));
}

/* Rows made by seedpipe: by their key ranges where the table has a serial key. */
static void check_rows(Checks *k, int t, Buf *sql)
{
    const TablePlan *tp = &k->plan->tables[t];
    if (tp->nsegments == 0 || (k->touched && !is_new(k, t)))
        return;
    int64_t rows = (int64_t)(tp->rows - tp->gone_rows), elsewhere = 0;
    bool exact = false;
    if (plan_serial_key(tp) >= 0) {
        int from = k->touched ? k->touched[t].segments : 0;
        elsewhere = rows_before(tp, from);
        buf_str(sql, "SELECT count(*) FROM ");
        put_table(k, sql, tp->table);
        buf_str(sql, " t WHERE ");
        exact = plan_put_made(k->target->engine, sql, tp, "t", from);
    } else {
        /* Rows of the user's own may stand beside ours: more is fine, fewer is not. */
        buf_printf(sql, "SELECT CASE WHEN count(*) > %lld THEN %lld ELSE count(*) END FROM ",
                   (long long)rows, (long long)rows);
        put_table(k, sql, tp->table);
        buf_str(sql, " t");
    }
    VerifyCheck *check =
        add_check(k, CHECK_ROWS, t, plan_table_name(k->mem, tp->table), sql, rows - elsewhere);
    check->at_least = !exact;
    check->elsewhere = elsewhere;
}

static void put_no_parent(Checks *k, Buf *sql, const Table *table, const ForeignKey *fk)
{
    buf_str(sql, " LEFT JOIN ");
    dialect_table(k->target->engine, sql, fk->ref_schema ? fk->ref_schema : table->schema,
                  fk->ref_table);
    buf_str(sql, " p ON ");
    for (int i = 0; i < fk->ncols; i++) {
        buf_str(sql, i ? " AND " : "");
        put_column(k, sql, "t", table->cols[fk->cols[i]].name);
        buf_str(sql, " = ");
        put_column(k, sql, "p", fk->ref_cols[i]);
    }
}

/* free: rows of the user's own may refer to nothing, 0 among them. */
static void put_orphans(Checks *k, Buf *sql, int t, Extent extent, bool free, const Table *table,
                        const ForeignKey *fk)
{
    buf_str(sql, "SELECT count(*)");
    put_rows(k, sql, t, extent);
    put_no_parent(k, sql, table, fk);
    put_where(k, sql, t, extent);
    bool beyond = free && extent == READ_ALL && !put_if_made(k, sql, t);
    for (int i = 0; i < fk->ncols; i++) {
        put_column(k, sql, "t", table->cols[fk->cols[i]].name);
        buf_str(sql, " IS NOT NULL AND ");
    }
    put_column(k, sql, "p", fk->ref_cols[0]);
    buf_str(sql, " IS NULL");
    if (beyond)
        put_beyond_own(k, sql, t);
}

/* The deleted rows that a foreign key may lead to: their node in the closure, -1 when none were
 * deleted. */
static int deleted_parents(const Checks *k, const Table *table, const ForeignKey *fk)
{
    Table parent = {.schema = fk->ref_schema ? fk->ref_schema : table->schema,
                    .name = fk->ref_table};
    int node = k->touched && k->closure ? closure_find(k->closure, &parent) : -1;
    return node >= 0 && k->closure->tables[node].rows > 0 ? node : -1;
}

/* Children of rows that went, by the keys of these: false when the reference is not by them. */
static bool put_left_behind(Checks *k, Buf *sql, int node, const Table *table, const ForeignKey *fk)
{
    const ClosureTable *parent = &k->closure->tables[node];
    Buf match;
    buf_init(&match, SQL_MAX);
    bool known = parent->nkey > 0 && !parent->whole;
    for (int i = 0; known && i < fk->ncols; i++) {
        int at = 0;
        while (at < parent->nkey && strcmp(parent->key[at], fk->ref_cols[i]) != 0)
            at++;
        known = at < parent->nkey;
        buf_str(&match, i ? " AND " : "");
        put_column(k, &match, "t", table->cols[fk->cols[i]].name);
        buf_printf(&match, " = k.k%d", at + 1);
    }
    if (known) {
        buf_str(sql, "SELECT count(*) FROM ");
        closure_put_keys(k->closure, sql, node);
        buf_str(sql, k->target->engine == ENGINE_SQLITE ? " k CROSS JOIN " : " k JOIN ");
        put_table(k, sql, table);
        buf_printf(sql, " t ON %s", buf_cstr(&match));
        put_no_parent(k, sql, table, fk);
        buf_str(sql, " WHERE ");
        put_column(k, sql, "p", fk->ref_cols[0]);
        buf_str(sql, " IS NULL");
    }
    buf_free(&match);
    return known;
}

/* The table in the target; NULL: not there yet. */
static const Table *there_of(const Checks *k, int t)
{
    const Table *table = k->plan->tables[t].table;
    return catalog_table(k->target->catalog, table->schema, table->name);
}

/* table: whose columns fk names, the plan's or the catalog's. */
static void check_orphans(Checks *k, int t, const Table *table, const ForeignKey *fk, Buf *sql)
{
    const Table *there = there_of(k, t);
    bool free = there && !table_same_fk(there, table, fk);
    int *cols = arena_array(k->mem, int, fk->ncols + 1), ncols = 0;
    for (int i = 0; i < fk->ncols; i++) {
        int c = table_column(k->plan->tables[t].table, table->cols[fk->cols[i]].name);
        if (c >= 0)
            cols[ncols++] = c;
    }
    Extent read = extent(k, t, cols, ncols);
    int node = deleted_parents(k, table, fk);
    if (node >= 0 && read != READ_ALL) {
        buf_str(sql, read == READ_NOTHING ? "" : "SELECT (");
        if (!put_left_behind(k, sql, node, table, fk)) {
            buf_reset(sql);
            read = READ_ALL;
        } else if (read != READ_NOTHING)
            buf_str(sql, ") + (");
    }
    if (read != READ_NOTHING)
        put_orphans(k, sql, t, read, free, table, fk);
    else if (node < 0)
        return;
    if (node >= 0 && read == READ_TOUCHED)
        buf_byte(sql, ')');
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
static void check_other_orphans(Checks *k, int t, Buf *sql)
{
    const Table *table = k->plan->tables[t].table, *there = there_of(k, t);
    for (int i = 0; there && i < there->nfks; i++) {
        const ForeignKey *fk = &there->fks[i];
        bool filled = false;
        for (int c = 0; c < fk->ncols; c++)
            filled = filled || table_column(table, there->cols[fk->cols[c]].name) >= 0;
        if (filled && fk->ref_cols && !table_same_fk(table, there, fk))
            check_orphans(k, t, there, fk, sql);
    }
}

static void put_not_null(Checks *k, Buf *sql, const Table *table, const Key *key)
{
    for (int i = 0; i < key->ncols; i++) {
        buf_str(sql, i ? " AND " : "");
        put_column(k, sql, "t", table->cols[key->cols[i]].name);
        buf_str(sql, " IS NOT NULL");
    }
}

bool plan_has_index(const PlanTarget *target, const Table *table, const Key *key, Arena *mem)
{
    const Table *there = catalog_table(target->catalog, table->schema, table->name);
    int *cols = arena_array(mem, int, key->ncols + 1);
    for (int i = 0; there && i < key->ncols; i++) {
        cols[i] = table_column(there, table->cols[key->cols[i]].name);
        if (cols[i] < 0)
            return false;
    }
    return there && table_has_index_on(there, cols, key->ncols);
}

/* As the key compares it. */
static void put_compared(Checks *k, Buf *sql, const char *alias, const Table *table, const Key *key,
                         int i)
{
    Buf name;
    buf_init(&name, 1 << 16);
    put_column(k, &name, alias, table->cols[key->cols[i]].name);
    buf_str(sql, dialect_compared(k->target->engine, key, i, buf_cstr(&name), k->mem));
    buf_free(&name);
}

/* Touched rows, and another with the same value. Rows are told apart by the serial key or by what
 * the closure knows them by; a key that holds one of these is compared inside of the touched rows.
 */
static bool put_repeated(Checks *k, Buf *sql, int t, const Key *key)
{
    const Table *table = k->plan->tables[t].table;
    int serial = plan_serial_key(&k->plan->tables[t]),
        node = k->closure ? closure_find(k->closure, table) : -1;
    bool by_serial = is_new(k, t);
    int nkey = by_serial ? 1 : k->closure->tables[node].nkey;
    for (int i = 0; by_serial && i < key->ncols; i++)
        if (key->cols[i] == serial)
            return false;
    buf_str(sql, "SELECT count(*)");
    put_rows(k, sql, t, READ_TOUCHED);
    buf_str(sql, k->target->engine == ENGINE_SQLITE ? " CROSS JOIN " : " JOIN ");
    put_table(k, sql, table);
    buf_str(sql, " d ON ");
    for (int i = 0; i < key->ncols; i++) {
        put_compared(k, sql, "d", table, key, i);
        buf_str(sql, " = ");
        put_compared(k, sql, "t", table, key, i);
        buf_str(sql, " AND ");
    }
    buf_str(sql, "NOT (");
    for (int i = 0; i < nkey; i++) {
        const char *name = by_serial ? table->cols[serial].name : k->closure->tables[node].key[i];
        buf_str(sql, i ? " AND " : "");
        put_column(k, sql, "d", name);
        buf_str(sql, " = ");
        put_column(k, sql, "t", name);
    }
    buf_byte(sql, ')');
    put_where(k, sql, t, READ_TOUCHED);
    put_not_null(k, sql, table, key);
    return true;
}

static void check_duplicates(Checks *k, int t, const Key *key, Buf *sql)
{
    const Table *table = k->plan->tables[t].table;
    Extent read = extent(k, t, key->cols, key->ncols);
    if (key->ncols == 0 || key->partial || read == READ_NOTHING)
        return;
    if (read == READ_TOUCHED && !plan_has_index(k->target, table, key, k->mem))
        read = READ_ALL;
    if (read == READ_ALL || !put_repeated(k, sql, t, key)) {
        buf_str(sql, "SELECT count(*) FROM (SELECT 1 AS one");
        put_rows(k, sql, t, read);
        put_where(k, sql, t, read);
        put_not_null(k, sql, table, key);
        buf_str(sql, " GROUP BY ");
        for (int i = 0; i < key->ncols; i++) {
            buf_str(sql, i ? ", " : "");
            put_compared(k, sql, "t", table, key, i);
        }
        buf_str(sql, " HAVING count(*) > 1) d");
    }
    const char *name = arena_printf(k->mem, "%s (%s)", plan_table_name(k->mem, table),
                                    plan_columns_text(k->mem, table, key->cols, key->ncols));
    add_check(k, CHECK_DUPLICATES, t, name, sql, 0);
}

/* A reference that the recipe always fills, and that a table of the user's own clears when its
 * parent goes. */
static bool may_be_cleared(const Table *there, const char *column)
{
    int c = there ? table_column(there, column) : -1;
    for (int f = 0; c >= 0 && there->cols[c].nullable && f < there->nfks; f++)
        for (int i = 0; i < there->fks[f].ncols; i++)
            if (there->fks[f].cols[i] == c && there->fks[f].on_delete == ACTION_SET_NULL)
                return true;
    return false;
}

/* To MySQL a zero date in a column that is NOT NULL IS NULL. */
static const char *null_test(Engine engine, TypeKind kind)
{
    bool mysql = engine == ENGINE_MYSQL || engine == ENGINE_MARIADB;
    return mysql && (kind == TYPE_DATE || kind == TYPE_TIMESTAMP) ? " <=> NULL" : " IS NULL";
}

/* Where the target's column takes NULLs, rows of the user's own may have them. */
static void check_own_nulls(Checks *k, int t, const char *cond, const char *name)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    if (put_if_made(k, &sql, t)) {
        buf_printf(&sql, "(%s)", cond);
        add_condition(k, CHECK_NULLS, t, READ_ALL, arena_strndup(k->mem, sql.data, sql.len), name);
    } else {
        buf_str(&sql, "SELECT count(*) FROM ");
        put_table(k, &sql, k->plan->tables[t].table);
        buf_printf(&sql, " t WHERE %s", cond);
        put_beyond_own(k, &sql, t);
        add_check(k, CHECK_NULLS, t, name, &sql, 0);
    }
    buf_free(&sql);
}

static void check_nulls(Checks *k, int t, Buf *sql)
{
    const Table *table = k->plan->tables[t].table;
    const Table *there = there_of(k, t);
    const char *columns = "";
    Extent all = READ_NOTHING;
    bool free = false;
    for (int c = 0; c < table->ncols; c++) {
        Extent read = extent(k, t, &c, 1);
        if (table->cols[c].nullable || !k->plan->tables[t].cols[c].written ||
            read == READ_NOTHING || may_be_cleared(there, table->cols[c].name))
            continue;
        all = read;
        int at = there ? table_column(there, table->cols[c].name) : -1;
        free = free || (at >= 0 && there->cols[at].nullable);
        buf_str(sql, *columns ? " OR " : "");
        put_column(k, sql, "t", table->cols[c].name);
        buf_str(sql, null_test(k->target->engine, table->cols[c].type.kind));
        columns =
            arena_printf(k->mem, "%s%s%s", columns, *columns ? ", " : "", table->cols[c].name);
    }
    if (!*columns)
        return;
    const char *cond = arena_strndup(k->mem, sql->data, sql->len),
               *name = arena_printf(k->mem, "%s (%s)", plan_table_name(k->mem, table), columns);
    if (free && all == READ_ALL)
        check_own_nulls(k, t, cond, name);
    else
        add_condition(k, CHECK_NULLS, t, all, cond, name);
    buf_reset(sql);
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

/* Does it read another row, or one of these columns of its own? */
static bool reads(const Node *node, const Table *table, const bool *cols, bool others)
{
    if (node->kind == NODE_COLUMN) {
        int c = table_column(table, node->column);
        return c >= 0 && cols && cols[c];
    }
    if (others && (node->kind == NODE_PARENT || node->kind == NODE_ROLL))
        return true;
    for (int i = 0; i < node->nargs; i++)
        if (reads(node->args[i], table, cols, others))
            return true;
    return false;
}

/* Nobody knows any more which references were cleared, nor who reads the rows that were touched:
 * then the condition is asked of all. */
static Extent condition_extent(const Checks *k, int t, const Node *cond)
{
    const Table *table = k->plan->tables[t].table;
    if (!k->touched)
        return READ_ALL;
    bool others = false;
    for (int i = 0; i < k->plan->ntables; i++)
        others = others || k->touched[i].anew || k->touched[i].cleared;
    if (reads(cond, table, k->touched[t].cleared, others))
        return READ_ALL;
    return is_new(k, t)                                    ? extent(k, t, NULL, 0)
           : reads(cond, table, k->touched[t].anew, false) ? READ_TOUCHED
                                                           : READ_NOTHING;
}

static bool check_condition(Checks *k, int t, const Check *check, Buf *sql)
{
    const Table *table = k->plan->tables[t].table;
    Extent read = condition_extent(k, t, check->cond);
    if (read == READ_NOTHING)
        return true;
    DialectScope scope = {.table = table,
                          .alias = "t",
                          .has_clock = k->plan->has_clock,
                          .clock = k->plan->clock,
                          .parent = parent_of,
                          .ctx = k->plan};
    buf_str(sql, "NOT (");
    bool ok = dialect_expr(k->target->engine, sql, &scope, check->cond, k->mem, k->err);
    buf_str(sql, ")");
    if (ok)
        add_condition(k, CHECK_CONDITION, t, read, arena_strndup(k->mem, sql->data, sql->len),
                      arena_printf(k->mem, "%s: %s", plan_table_name(k->mem, table),
                                   check->text ? check->text : "condition"));
    buf_reset(sql);
    return ok;
}

static bool add_all(Checks *k)
{
    Buf sql;
    bool ok = true;
    buf_init(&sql, SQL_MAX);
    for (int t = 0; t < k->plan->ntables; t++) {
        const Table *table = k->plan->tables[t].table;
        check_rows(k, t, &sql);
        for (int f = 0; f < table->nfks; f++)
            check_orphans(k, t, table, &table->fks[f], &sql);
        check_other_orphans(k, t, &sql);
        check_duplicates(k, t, &table->primary, &sql);
        for (int i = 0; i < table->nuniques; i++)
            check_duplicates(k, t, &table->uniques[i], &sql);
        check_nulls(k, t, &sql);
        for (int i = 0; i < table->nchecks; i++)
            if (table->checks[i].cond)
                ok = check_condition(k, t, &table->checks[i], &sql) && ok;
    }
    buf_free(&sql);
    k->plan->checks = k->list;
    k->plan->nchecks = k->n;
    return ok;
}

bool plan_add_checks(Plan *plan, const PlanTarget *target, Arena *mem, Err *err)
{
    Checks k = {.plan = plan, .target = target, .mem = mem, .err = err};
    return add_all(&k);
}

const Plan *plan_check_touched(const Plan *plan, const PlanTarget *target,
                               const PlanTouched *touched, const Closure *closure, Arena *mem,
                               Err *err)
{
    Plan *narrow = arena_new_of(mem, Plan);
    *narrow = *plan;
    Checks k = {.plan = narrow,
                .target = target,
                .touched = touched,
                .closure = closure,
                .mem = mem,
                .err = err};
    return add_all(&k) ? narrow : NULL;
}

/* The statements of a closure. MySQL opens a temporary table once in a statement, so each names a
 * table's keys at most once; what would need them twice goes over the work table. */
#include <string.h>

#include "base/text.h"
#include "plan/closure_int.h"

#define SQL_MAX (1 << 20)

static char *done(Buf *sql, Arena *mem)
{
    char *text = arena_strndup(mem, buf_cstr(sql), sql->len);
    buf_free(sql);
    return text;
}

static void put_temp(const Closure *c, Buf *sql, int table, bool work)
{
    char name[40];
    Buf text;
    buf_init(&text, sizeof name);
    buf_printf(&text, "seedpipe_%s_%d", work ? "work" : "keys", table);
    dialect_ident(c->engine, sql, buf_cstr(&text));
    buf_free(&text);
}

static void put_table(const Closure *c, Buf *sql, int table)
{
    dialect_table(c->engine, sql, c->tables[table].table->schema, c->tables[table].table->name);
}

/* c."id" */
static void put_col(const Closure *c, Buf *sql, const char *alias, const char *name)
{
    buf_str(sql, alias);
    buf_byte(sql, '.');
    dialect_ident(c->engine, sql, name);
}

/* k1, k2 */
static void put_ks(const Closure *c, Buf *sql, int table, const char *alias)
{
    for (int i = 0; i < c->tables[table].nkey; i++)
        buf_printf(sql, "%s%s%sk%d", i ? ", " : "", alias, *alias ? "." : "", i + 1);
}

/* c."id" = k.k1 AND ...: the table's own column on the left gives SQLite its collation. */
static void put_match(const Closure *c, Buf *sql, int table, const char *alias)
{
    const ClosureTable *t = &c->tables[table];
    for (int i = 0; i < t->nkey; i++) {
        buf_str(sql, i ? " AND " : "");
        put_col(c, sql, alias, t->key[i]);
        buf_printf(sql, " = k.k%d", i + 1);
    }
}

static void put_key_list(const Closure *c, Buf *sql, int table, const char *alias, bool named)
{
    const ClosureTable *t = &c->tables[table];
    for (int i = 0; i < t->nkey; i++) {
        buf_str(sql, i ? ", " : "");
        put_col(c, sql, alias, t->key[i]);
        if (named)
            buf_printf(sql, " AS k%d", i + 1);
    }
}

/* ---------------------------------------------------------------- tables of keys */

static char *create_one(const Closure *c, int table, bool work, Arena *mem)
{
    bool mysql = closure_is_mysql(c->engine);
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "CREATE TEMPORARY TABLE ");
    put_temp(c, &sql, table, work);
    if (mysql) {
        buf_str(&sql, " (rn bigint NULL, PRIMARY KEY (");
        put_ks(c, &sql, table, "");
        buf_str(&sql, "))");
    }
    buf_str(&sql, c->engine == ENGINE_POSTGRES ? " ON COMMIT DROP AS SELECT " : " AS SELECT ");
    put_key_list(c, &sql, table, "c", true);
    buf_str(&sql, mysql ? "" : ", CAST(NULL AS bigint) AS rn");
    buf_str(&sql, " FROM ");
    put_table(c, &sql, table);
    buf_str(&sql, " c WHERE 1 = 0");
    return done(&sql, mem);
}

static char *drop_one(const Closure *c, int table, bool work, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, closure_is_mysql(c->engine)    ? "DROP TEMPORARY TABLE IF EXISTS "
                  : c->engine == ENGINE_POSTGRES ? "DROP TABLE IF EXISTS pg_temp."
                                                 : "DROP TABLE IF EXISTS temp.");
    put_temp(c, &sql, table, work);
    return done(&sql, mem);
}

static char *index_one(const Closure *c, int table, bool work, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_printf(&sql, "CREATE UNIQUE INDEX %sseedpipe_%s_%d_k ON ",
               c->engine == ENGINE_SQLITE ? "temp." : "", work ? "work" : "keys", table);
    put_temp(c, &sql, table, work);
    buf_str(&sql, " (");
    put_ks(c, &sql, table, "");
    buf_byte(&sql, ')');
    return done(&sql, mem);
}

char **closure_sql_create(const Closure *c, int table, int *n, Arena *mem)
{
    char **list = arena_array(mem, char *, 6);
    *n = 0;
    for (int work = 0; work < 2; work++) {
        list[(*n)++] = drop_one(c, table, work, mem);
        list[(*n)++] = create_one(c, table, work, mem);
        if (!closure_is_mysql(c->engine))
            list[(*n)++] = index_one(c, table, work, mem);
    }
    return list;
}

const Table *closure_work_table(const Closure *c, int table, Arena *mem)
{
    const ClosureTable *t = &c->tables[table];
    Table *work = arena_new_of(mem, Table);
    work->name = arena_printf(mem, "seedpipe_work_%d", table);
    work->ncols = t->nkey + 1;
    work->cols = arena_array(mem, Column, work->ncols);
    for (int i = 0; i < t->nkey; i++)
        work->cols[i] = (Column){.name = arena_printf(mem, "k%d", i + 1), .type = t->key_types[i]};
    work->cols[t->nkey] = (Column){.name = "rn", .type = {.kind = TYPE_INT, .bits = 64}};
    return work;
}

/* ---------------------------------------------------------------- selecting */

static void put_insert(const Closure *c, Buf *sql, int table, bool work)
{
    buf_str(sql, "INSERT INTO ");
    put_temp(c, sql, table, work);
    buf_str(sql, " (");
    put_ks(c, sql, table, "");
    buf_str(sql, ", rn) SELECT ");
}

char *closure_sql_select(const Closure *c, int table, const char *where, const char *row,
                         Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    put_insert(c, &sql, table, false);
    put_key_list(c, &sql, table, "c", false);
    buf_printf(&sql, ", %s FROM ", row ? row : "NULL");
    put_table(c, &sql, table);
    buf_printf(&sql, " c%s%s", where ? " WHERE " : "", where ? where : "");
    return done(&sql, mem);
}

/* p."id" = c."loan_id" */
static void put_reference(const Closure *c, Buf *sql, const ClosureRef *ref)
{
    for (int i = 0; i < ref->fk->ncols; i++) {
        buf_str(sql, i ? " AND " : "");
        put_col(c, sql, "p", ref->fk->ref_cols[i]);
        buf_str(sql, " = ");
        put_col(c, sql, "c", c->tables[ref->child].table->cols[ref->fk->cols[i]].name);
    }
}

static void put_children(const Closure *c, Buf *sql, const ClosureRef *ref, const char *where)
{
    buf_str(sql, " FROM ");
    put_table(c, sql, ref->child);
    buf_str(sql, " c JOIN ");
    put_table(c, sql, ref->parent);
    buf_str(sql, " p ON ");
    put_reference(c, sql, ref);
    buf_str(sql, " JOIN ");
    put_temp(c, sql, ref->parent, false);
    buf_str(sql, " k ON ");
    put_match(c, sql, ref->parent, "p");
    buf_printf(sql, "%s%s", where ? " WHERE " : "", where ? where : "");
}

char *closure_sql_children(const Closure *c, const ClosureRef *ref, const char *where, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    put_insert(c, &sql, ref->child, true);
    put_key_list(c, &sql, ref->child, "c", false);
    buf_str(&sql, ", NULL");
    put_children(c, &sql, ref, where);
    return done(&sql, mem);
}

char *closure_sql_count_children(const Closure *c, const ClosureRef *ref, const char *where,
                                 Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "SELECT count(*)");
    put_children(c, &sql, ref, where);
    return done(&sql, mem);
}

char *closure_sql_forget_known(const Closure *c, int table, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "DELETE FROM ");
    put_temp(c, &sql, table, true);
    buf_str(&sql, " WHERE EXISTS (SELECT 1 FROM ");
    put_temp(c, &sql, table, false);
    buf_str(&sql, " k WHERE ");
    for (int i = 0; i < c->tables[table].nkey; i++) {
        buf_str(&sql, i ? " AND " : "");
        put_temp(c, &sql, table, true);
        buf_printf(&sql, ".k%d = k.k%d", i + 1, i + 1);
    }
    buf_byte(&sql, ')');
    return done(&sql, mem);
}

char *closure_sql_take(const Closure *c, int table, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    put_insert(c, &sql, table, false);
    put_ks(c, &sql, table, "");
    buf_str(&sql, ", rn FROM ");
    put_temp(c, &sql, table, true);
    return done(&sql, mem);
}

char *closure_sql_take_present(const Closure *c, int table, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    put_insert(c, &sql, table, false);
    put_key_list(c, &sql, table, "c", false);
    buf_str(&sql, ", k.rn FROM ");
    put_temp(c, &sql, table, true);
    buf_str(&sql, " k JOIN ");
    put_table(c, &sql, table);
    buf_str(&sql, " c ON ");
    put_match(c, &sql, table, "c");
    return done(&sql, mem);
}

char *closure_sql_empty_work(const Closure *c, int table, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "DELETE FROM ");
    put_temp(c, &sql, table, true);
    return done(&sql, mem);
}

char *closure_sql_count(const Closure *c, int table, bool work, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "SELECT count(*) FROM ");
    put_temp(c, &sql, table, work);
    return done(&sql, mem);
}

void closure_put_keys(const Closure *c, Buf *sql, int table)
{
    put_temp(c, sql, table, false);
}

/* SQLite keeps the order of a CROSS JOIN: it knows nothing of the sizes. */
void closure_put_selected(const Closure *c, Buf *sql, int table, const char *alias)
{
    put_temp(c, sql, table, false);
    buf_str(sql, c->engine == ENGINE_SQLITE ? " k CROSS JOIN " : " k JOIN ");
    put_table(c, sql, table);
    buf_printf(sql, " %s ON ", alias);
    put_match(c, sql, table, alias);
}

static void put_selected(const Closure *c, Buf *sql, int table)
{
    closure_put_selected(c, sql, table, "c");
}

char *closure_sql_left(const Closure *c, int table, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "SELECT count(*) FROM ");
    if (c->tables[table].whole)
        put_table(c, &sql, table);
    else
        put_selected(c, &sql, table);
    return done(&sql, mem);
}

static char *keys_sql(const Closure *c, int table, bool work, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "SELECT rn, ");
    put_ks(c, &sql, table, "");
    buf_str(&sql, " FROM ");
    put_temp(c, &sql, table, work);
    buf_str(&sql, " ORDER BY rn, ");
    put_ks(c, &sql, table, "");
    return done(&sql, mem);
}

char *closure_sql_keys(const Closure *c, int table, Arena *mem)
{
    return keys_sql(c, table, false, mem);
}

char *closure_sql_work_keys(const Closure *c, int table, Arena *mem)
{
    return keys_sql(c, table, true, mem);
}

char *closure_sql_rows(const Closure *c, int table, const char *const *cols, int ncols, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "SELECT k.rn");
    for (int i = 0; i < ncols; i++) {
        buf_str(&sql, ", ");
        put_col(c, &sql, "c", cols[i]);
    }
    buf_str(&sql, " FROM ");
    put_selected(c, &sql, table);
    buf_str(&sql, " WHERE k.rn IS NOT NULL ORDER BY k.rn");
    return done(&sql, mem);
}

char *closure_sql_cells(const Closure *c, int table, const char *const *cols, int ncols, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "SELECT ");
    put_ks(c, &sql, table, "k");
    for (int i = 0; i < ncols; i++) {
        buf_str(&sql, ", ");
        put_col(c, &sql, "c", cols[i]);
    }
    buf_str(&sql, " FROM ");
    put_selected(c, &sql, table);
    return done(&sql, mem);
}

/* ---------------------------------------------------------------- defaults */

static const char *default_of(const Closure *c, const ClosureRef *ref, int place)
{
    const Table *child = c->tables[ref->child].table;
    const Column *col = &child->cols[ref->fk->cols[place]];
    return col->default_sql ? col->default_sql : "NULL";
}

char *closure_sql_defaults(const Closure *c, const ClosureRef *ref, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    for (int i = 0; i < ref->fk->ncols; i++)
        buf_printf(&sql, "%sCAST((%s) AS text)", i ? ", " : "SELECT ", default_of(c, ref, i));
    return done(&sql, mem);
}

char *closure_sql_default_parents(const Closure *c, const ClosureRef *ref, bool selected,
                                  Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "SELECT count(*) FROM ");
    put_table(c, &sql, ref->parent);
    buf_str(&sql, " p");
    if (selected) {
        buf_str(&sql, " JOIN ");
        put_temp(c, &sql, ref->parent, false);
        buf_str(&sql, " k ON ");
        put_match(c, &sql, ref->parent, "p");
    }
    for (int i = 0; i < ref->fk->ncols; i++) {
        buf_str(&sql, i ? " AND " : " WHERE ");
        put_col(c, &sql, "p", ref->fk->ref_cols[i]);
        buf_printf(&sql, " = (%s)", default_of(c, ref, i));
    }
    return done(&sql, mem);
}

/* ---------------------------------------------------------------- deleting */

static char *delete_sql(const Closure *c, int table, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    bool row = c->tables[table].nkey > 1;
    if (c->tables[table].whole) {
        buf_str(&sql, "DELETE FROM ");
        put_table(c, &sql, table);
        return done(&sql, mem);
    }
    switch (c->engine) {
    case ENGINE_POSTGRES:
        buf_str(&sql, "DELETE FROM ");
        put_table(c, &sql, table);
        buf_str(&sql, " c USING ");
        put_temp(c, &sql, table, false);
        buf_str(&sql, " k WHERE ");
        put_match(c, &sql, table, "c");
        break;
    case ENGINE_SQLITE:
        buf_str(&sql, "DELETE FROM ");
        put_table(c, &sql, table);
        buf_str(&sql, row ? " AS c WHERE (" : " AS c WHERE ");
        put_key_list(c, &sql, table, "c", false);
        buf_str(&sql, row ? ") IN (SELECT " : " IN (SELECT ");
        put_ks(c, &sql, table, "");
        buf_str(&sql, " FROM ");
        put_temp(c, &sql, table, false);
        buf_byte(&sql, ')');
        break;
    case ENGINE_MARIADB:
    case ENGINE_MYSQL:
        buf_str(&sql, "DELETE c FROM ");
        put_table(c, &sql, table);
        buf_str(&sql, " c JOIN ");
        put_temp(c, &sql, table, false);
        buf_str(&sql, " k ON ");
        put_match(c, &sql, table, "c");
        break;
    }
    return done(&sql, mem);
}

static void put_nulls(const Closure *c, Buf *sql, const ClosureRef *ref, const char *alias)
{
    const Table *child = c->tables[ref->child].table;
    bool first = true;
    buf_str(sql, " SET ");
    for (int i = 0; i < ref->fk->ncols; i++) {
        const Column *col = &child->cols[ref->fk->cols[i]];
        if (!col->nullable)
            continue;
        buf_str(sql, first ? "" : ", ");
        first = false;
        if (*alias)
            put_col(c, sql, alias, col->name);
        else
            dialect_ident(c->engine, sql, col->name);
        buf_str(sql, " = NULL");
    }
}

/* UPDATE of the selected rows: one NULL column is enough for a key to refer to nothing. */
static char *clear_sql(const Closure *c, const ClosureRef *ref, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "UPDATE ");
    put_table(c, &sql, ref->child);
    if (closure_is_mysql(c->engine)) {
        buf_str(&sql, " c JOIN ");
        put_temp(c, &sql, ref->child, false);
        buf_str(&sql, " k ON ");
        put_match(c, &sql, ref->child, "c");
        put_nulls(c, &sql, ref, "c");
    } else {
        buf_str(&sql, " AS c");
        put_nulls(c, &sql, ref, "");
        buf_str(&sql, " FROM ");
        put_temp(c, &sql, ref->child, false);
        buf_str(&sql, " k WHERE ");
        put_match(c, &sql, ref->child, "c");
    }
    return done(&sql, mem);
}

/* What SET NULL would do, where the engine's checks are off: MySQL alone. */
static char *clear_children_sql(const Closure *c, const ClosureRef *ref, Arena *mem)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "UPDATE ");
    put_table(c, &sql, ref->child);
    buf_str(&sql, " c JOIN ");
    put_table(c, &sql, ref->parent);
    buf_str(&sql, " p ON ");
    put_reference(c, &sql, ref);
    buf_str(&sql, " JOIN ");
    put_temp(c, &sql, ref->parent, false);
    buf_str(&sql, " k ON ");
    put_match(c, &sql, ref->parent, "p");
    put_nulls(c, &sql, ref, "c");
    return done(&sql, mem);
}

static Step *add_step(Step *steps, int *n, StepKind kind, int table, const char *sql, int64_t rows,
                      const char *what, Arena *mem)
{
    const char **list = arena_array(mem, const char *, 1);
    list[0] = sql;
    steps[*n] = (Step){.kind = kind,
                       .table = table,
                       .segment = -1,
                       .sql = list,
                       .nsql = 1,
                       .rows = rows,
                       .what = what};
    return &steps[(*n)++];
}

/* A circle of NOT NULL keys: MySQL checks row by row, so that no order works. The closure knows
 * every row that refers to these, and none stays; the checks are made afterwards, by counting. */
static bool needs_checks_off(const Closure *c, int table)
{
    for (int r = 0; closure_is_mysql(c->engine) && r < c->nrefs; r++)
        if (c->refs[r].in_circle && !c->refs[r].clear_first &&
            c->tables[c->refs[r].parent].circle == c->tables[table].circle)
            return true;
    return false;
}

static void delete_step(const Closure *c, int table, Step *steps, int *n, Arena *mem)
{
    const ClosureTable *t = &c->tables[table];
    Step *step = add_step(
        steps, n, STEP_DELETE, table, delete_sql(c, table, mem), t->rows,
        arena_printf(mem, "delete %s from %s", text_plural(t->rows, "row", mem), t->name), mem);
    if (!needs_checks_off(c, table))
        return;
    const char **list = arena_array(mem, const char *, 3);
    list[0] = "SET SESSION foreign_key_checks = 0";
    list[1] = step->sql[0];
    list[2] = "SET SESSION foreign_key_checks = 1";
    step->sql = list;
    step->nsql = 3;
}

Step *closure_steps(const Closure *c, int *n, Arena *mem)
{
    Step *steps = arena_array(mem, Step, 2 * c->nrefs + c->ntables + 1);
    *n = 0;
    for (int r = 0; r < c->nrefs; r++) {
        const ClosureRef *ref = &c->refs[r];
        const ClosureTable *child = &c->tables[ref->child];
        if (ref->clear_first && child->rows > 0 && c->tables[ref->parent].rows > 0)
            add_step(steps, n, STEP_CLEAR, ref->child, clear_sql(c, ref, mem), -1,
                     arena_printf(mem, "set the references of these rows of %s to NULL (%s)",
                                  child->name, ref->name),
                     mem);
    }
    for (int r = 0; r < c->nrefs; r++) {
        const ClosureRef *ref = &c->refs[r];
        if (ref->effect == REF_CLEARS && ref->rows > 0 && needs_checks_off(c, ref->parent))
            add_step(steps, n, STEP_CLEAR, ref->child, clear_children_sql(c, ref, mem), -1,
                     arena_printf(mem, "set references of %s to NULL (%s)",
                                  c->tables[ref->child].name, ref->name),
                     mem);
    }
    for (int i = 0; i < c->ntables; i++)
        if (c->tables[c->order[i]].rows > 0)
            delete_step(c, c->order[i], steps, n, mem);
    return steps;
}

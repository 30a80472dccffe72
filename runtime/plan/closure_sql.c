/* The statements of a closure. MySQL opens a temporary table once in a statement, so each names a
 * table's keys at most once; what would need them twice goes over the work table. */
#include <string.h>

#include "base/text.h"
#include "plan/closure_int.h"

char *closure_done(Buf *sql, Arena *mem)
{
    char *text = arena_strndup(mem, buf_cstr(sql), sql->len);
    buf_free(sql);
    return text;
}

void closure_put_temp(const Closure *c, Buf *sql, int table, bool work)
{
    char name[40];
    Buf text;
    buf_init(&text, sizeof name);
    buf_printf(&text, "seedpipe_%s_%d", work ? "work" : "keys", table);
    dialect_ident(c->engine, sql, buf_cstr(&text));
    buf_free(&text);
}

void closure_put_table(const Closure *c, Buf *sql, int table)
{
    dialect_table(c->engine, sql, c->tables[table].table->schema, c->tables[table].table->name);
}

/* c."id" */
void closure_put_col(const Closure *c, Buf *sql, const char *alias, const char *name)
{
    buf_str(sql, alias);
    buf_byte(sql, '.');
    dialect_ident(c->engine, sql, name);
}

/* k1, k2 */
void closure_put_ks(const Closure *c, Buf *sql, int table, const char *alias)
{
    for (int i = 0; i < c->tables[table].nkey; i++)
        buf_printf(sql, "%s%s%sk%d", i ? ", " : "", alias, *alias ? "." : "", i + 1);
}

/* c."id" = k.k1 AND ...: the table's own column on the left gives SQLite its collation. */
void closure_put_match(const Closure *c, Buf *sql, int table, const char *alias)
{
    const ClosureTable *t = &c->tables[table];
    for (int i = 0; i < t->nkey; i++) {
        buf_str(sql, i ? " AND " : "");
        closure_put_col(c, sql, alias, t->key[i]);
        buf_printf(sql, " = k.k%d", i + 1);
    }
}

void closure_put_key_list(const Closure *c, Buf *sql, int table, const char *alias, bool named)
{
    const ClosureTable *t = &c->tables[table];
    for (int i = 0; i < t->nkey; i++) {
        buf_str(sql, i ? ", " : "");
        closure_put_col(c, sql, alias, t->key[i]);
        if (named)
            buf_printf(sql, " AS k%d", i + 1);
    }
}

/* ---------------------------------------------------------------- tables of keys */

static char *create_one(const Closure *c, int table, bool work, Arena *mem)
{
    bool mysql = closure_is_mysql(c->engine);
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "CREATE TEMPORARY TABLE ");
    closure_put_temp(c, &sql, table, work);
    if (mysql) {
        buf_str(&sql, " (rn bigint NULL, PRIMARY KEY (");
        closure_put_ks(c, &sql, table, "");
        buf_str(&sql, "))");
    }
    buf_str(&sql, c->engine == ENGINE_POSTGRES ? " ON COMMIT DROP AS SELECT " : " AS SELECT ");
    closure_put_key_list(c, &sql, table, "c", true);
    buf_str(&sql, mysql ? "" : ", CAST(NULL AS bigint) AS rn");
    buf_str(&sql, " FROM ");
    closure_put_table(c, &sql, table);
    buf_str(&sql, " c WHERE 1 = 0");
    return closure_done(&sql, mem);
}

char *closure_sql_drop(const Closure *c, int table, bool work, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, closure_is_mysql(c->engine)    ? "DROP TEMPORARY TABLE IF EXISTS "
                  : c->engine == ENGINE_POSTGRES ? "DROP TABLE IF EXISTS pg_temp."
                                                 : "DROP TABLE IF EXISTS temp.");
    closure_put_temp(c, &sql, table, work);
    return closure_done(&sql, mem);
}

static char *index_one(const Closure *c, int table, bool work, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_printf(&sql, "CREATE UNIQUE INDEX %sseedpipe_%s_%d_k ON ",
               c->engine == ENGINE_SQLITE ? "temp." : "", work ? "work" : "keys", table);
    closure_put_temp(c, &sql, table, work);
    buf_str(&sql, " (");
    closure_put_ks(c, &sql, table, "");
    buf_byte(&sql, ')');
    return closure_done(&sql, mem);
}

char **closure_sql_create(const Closure *c, int table, bool work, int *n, Arena *mem)
{
    char **list = arena_array(mem, char *, 3);
    *n = 0;
    list[(*n)++] = closure_sql_drop(c, table, work, mem);
    list[(*n)++] = create_one(c, table, work, mem);
    if (!closure_is_mysql(c->engine))
        list[(*n)++] = index_one(c, table, work, mem);
    return list;
}

const Table *closure_keys_table(const Closure *c, int table, bool in_work, Arena *mem)
{
    const ClosureTable *t = &c->tables[table];
    Table *work = arena_new_of(mem, Table);
    work->name = arena_printf(mem, "seedpipe_%s_%d", in_work ? "work" : "keys", table);
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
    closure_put_temp(c, sql, table, work);
    buf_str(sql, " (");
    closure_put_ks(c, sql, table, "");
    buf_str(sql, ", rn) SELECT ");
}

char *closure_sql_select(const Closure *c, int table, const char *where, const char *row,
                         Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    put_insert(c, &sql, table, false);
    closure_put_key_list(c, &sql, table, "c", false);
    buf_printf(&sql, ", %s FROM ", row ? row : "NULL");
    closure_put_table(c, &sql, table);
    buf_printf(&sql, " c%s%s", where ? " WHERE " : "", where ? where : "");
    return closure_done(&sql, mem);
}

/* p."id" = c."loan_id" */
void closure_put_reference(const Closure *c, Buf *sql, const ClosureRef *ref)
{
    for (int i = 0; i < ref->fk->ncols; i++) {
        buf_str(sql, i ? " AND " : "");
        closure_put_col(c, sql, "p", ref->fk->ref_cols[i]);
        buf_str(sql, " = ");
        closure_put_col(c, sql, "c", c->tables[ref->child].table->cols[ref->fk->cols[i]].name);
    }
}

/* The place in the parent's key of each column that the reference is to: then the keys alone tell
 * the children. Texts are compared by the parent's collation, which a table of keys need not have.
 */
static const int *places_in_key(const Closure *c, const ClosureRef *ref, Arena *mem)
{
    const ClosureTable *parent = &c->tables[ref->parent];
    int *places = arena_array(mem, int, ref->fk->ncols + 1);
    for (int i = 0; i < ref->fk->ncols; i++) {
        int k = 0;
        while (k < parent->nkey && strcmp(parent->key[k], ref->fk->ref_cols[i]) != 0)
            k++;
        if (k == parent->nkey || parent->key_types[k].kind != TYPE_INT)
            return NULL;
        places[i] = k;
    }
    return places;
}

/* From the keys to the children, in this order where an index leads there: SQLite keeps the order
 * of a CROSS JOIN, and knows nothing of the sizes. */
static void put_children(const Closure *c, Buf *sql, const ClosureRef *ref, Arena *mem)
{
    const int *places = places_in_key(c, ref, mem);
    const char *join = c->engine == ENGINE_SQLITE && !ref->index_sql ? " CROSS JOIN " : " JOIN ";
    buf_str(sql, " FROM ");
    closure_put_temp(c, sql, ref->parent, false);
    buf_printf(sql, " k%s", join);
    if (!places) {
        closure_put_table(c, sql, ref->parent);
        buf_str(sql, " p ON ");
        closure_put_match(c, sql, ref->parent, "p");
        buf_str(sql, join);
    }
    closure_put_table(c, sql, ref->child);
    buf_str(sql, " c ON ");
    for (int i = 0; places && i < ref->fk->ncols; i++) {
        buf_str(sql, i ? " AND " : "");
        closure_put_col(c, sql, "c", c->tables[ref->child].table->cols[ref->fk->cols[i]].name);
        buf_printf(sql, " = k.k%d", places[i] + 1);
    }
    if (!places)
        closure_put_reference(c, sql, ref);
}

/* MySQL opens a temporary table once in a statement: a table's reference to itself needs two. */
static bool forgets_later(const Closure *c, const ClosureRef *ref)
{
    return closure_is_mysql(c->engine) && ref->child == ref->parent;
}

static char *children_sql(const Closure *c, const ClosureRef *ref, Arena *mem)
{
    const ClosureTable *child = &c->tables[ref->child];
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    put_insert(c, &sql, ref->child, true);
    closure_put_key_list(c, &sql, ref->child, "c", false);
    buf_str(&sql, ", NULL");
    put_children(c, &sql, ref, mem);
    if (forgets_later(c, ref))
        return closure_done(&sql, mem);
    buf_str(&sql, " WHERE NOT EXISTS (SELECT 1 FROM ");
    closure_put_temp(c, &sql, ref->child, false);
    buf_str(&sql, " s WHERE ");
    for (int i = 0; i < child->nkey; i++) {
        buf_str(&sql, i ? " AND " : "");
        closure_put_col(c, &sql, "c", child->key[i]);
        buf_printf(&sql, " = s.k%d", i + 1);
    }
    buf_byte(&sql, ')');
    return closure_done(&sql, mem);
}

char *closure_sql_count_children(const Closure *c, const ClosureRef *ref, const char *where,
                                 Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "SELECT count(*)");
    put_children(c, &sql, ref, mem);
    buf_printf(&sql, "%s%s", where ? " WHERE " : "", where ? where : "");
    return closure_done(&sql, mem);
}

static char *forget_known(const Closure *c, int table, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "DELETE FROM ");
    closure_put_temp(c, &sql, table, true);
    buf_str(&sql, " WHERE EXISTS (SELECT 1 FROM ");
    closure_put_temp(c, &sql, table, false);
    buf_str(&sql, " k WHERE ");
    for (int i = 0; i < c->tables[table].nkey; i++) {
        buf_str(&sql, i ? " AND " : "");
        closure_put_temp(c, &sql, table, true);
        buf_printf(&sql, ".k%d = k.k%d", i + 1, i + 1);
    }
    buf_byte(&sql, ')');
    return closure_done(&sql, mem);
}

char **closure_sql_children(const Closure *c, const ClosureRef *ref, int *n, Arena *mem)
{
    char **list = arena_array(mem, char *, 3);
    *n = 0;
    list[(*n)++] = closure_sql_empty_work(c, ref->child, mem);
    list[(*n)++] = children_sql(c, ref, mem);
    if (forgets_later(c, ref))
        list[(*n)++] = forget_known(c, ref->child, mem);
    return list;
}

char *closure_sql_take(const Closure *c, int table, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    put_insert(c, &sql, table, false);
    closure_put_ks(c, &sql, table, "");
    buf_str(&sql, ", rn FROM ");
    closure_put_temp(c, &sql, table, true);
    return closure_done(&sql, mem);
}

char *closure_sql_take_present(const Closure *c, int table, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    put_insert(c, &sql, table, false);
    closure_put_key_list(c, &sql, table, "c", false);
    buf_str(&sql, ", k.rn FROM ");
    closure_put_temp(c, &sql, table, true);
    buf_str(&sql, " k JOIN ");
    closure_put_table(c, &sql, table);
    buf_str(&sql, " c ON ");
    closure_put_match(c, &sql, table, "c");
    return closure_done(&sql, mem);
}

char *closure_sql_drop_absent(const Closure *c, int table, const char *where, Arena *mem)
{
    bool mysql = closure_is_mysql(c->engine);
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, mysql ? "DELETE k FROM " : "DELETE FROM ");
    closure_put_temp(c, &sql, table, false);
    buf_str(&sql, mysql ? " k WHERE " : " AS k WHERE ");
    buf_str(&sql, "NOT EXISTS (SELECT 1 FROM ");
    closure_put_table(c, &sql, table);
    buf_str(&sql, " c WHERE ");
    closure_put_match(c, &sql, table, "c");
    buf_printf(&sql, "%s%s)", where ? " AND " : "", where ? where : "");
    return closure_done(&sql, mem);
}

char *closure_sql_nth(const Closure *c, int table, int64_t n, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "SELECT rn FROM ");
    closure_put_temp(c, &sql, table, false);
    buf_printf(&sql, " ORDER BY rn LIMIT 1 OFFSET %lld", (long long)n);
    return closure_done(&sql, mem);
}

char *closure_sql_cut(const Closure *c, int table, int64_t from, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "DELETE FROM ");
    closure_put_temp(c, &sql, table, false);
    buf_printf(&sql, " WHERE rn >= %lld", (long long)from);
    return closure_done(&sql, mem);
}

static char *empty_sql(const Closure *c, int table, bool work, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "DELETE FROM ");
    closure_put_temp(c, &sql, table, work);
    return closure_done(&sql, mem);
}

char *closure_sql_empty_work(const Closure *c, int table, Arena *mem)
{
    return empty_sql(c, table, true, mem);
}

char *closure_sql_empty_keys(const Closure *c, int table, Arena *mem)
{
    return empty_sql(c, table, false, mem);
}

char *closure_sql_count(const Closure *c, int table, bool work, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "SELECT count(*) FROM ");
    closure_put_temp(c, &sql, table, work);
    return closure_done(&sql, mem);
}

char *closure_sql_null_keys(const Closure *c, int table, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "SELECT count(*) FROM ");
    closure_put_temp(c, &sql, table, false);
    for (int i = 0; i < c->tables[table].nkey; i++)
        buf_printf(&sql, "%s k%d IS NULL", i ? " OR" : " WHERE", i + 1);
    return closure_done(&sql, mem);
}

void closure_put_stays(const Closure *c, Buf *sql, int table)
{
    const ClosureTable *t = &c->tables[table];
    if (t->nkey == 0 || t->rows == 0)
        return;
    buf_str(sql, " AND NOT EXISTS (SELECT 1 FROM ");
    closure_put_temp(c, sql, table, false);
    buf_str(sql, " s WHERE ");
    for (int i = 0; i < t->nkey; i++) {
        buf_str(sql, i ? " AND " : "");
        closure_put_col(c, sql, "c", t->key[i]);
        buf_printf(sql, " = s.k%d", i + 1);
    }
    buf_byte(sql, ')');
}

void closure_put_keys(const Closure *c, Buf *sql, int table)
{
    closure_put_temp(c, sql, table, false);
}

/* SQLite keeps the order of a CROSS JOIN: it knows nothing of the sizes. */
void closure_put_selected(const Closure *c, Buf *sql, int table, const char *alias)
{
    closure_put_temp(c, sql, table, false);
    buf_str(sql, c->engine == ENGINE_SQLITE ? " k CROSS JOIN " : " k JOIN ");
    closure_put_table(c, sql, table);
    buf_printf(sql, " %s ON ", alias);
    closure_put_match(c, sql, table, alias);
}

static void put_selected(const Closure *c, Buf *sql, int table)
{
    closure_put_selected(c, sql, table, "c");
}

char *closure_sql_at_most(const Closure *c, int table, int64_t rows, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "SELECT count(*) FROM (SELECT 1 AS one FROM ");
    closure_put_table(c, &sql, table);
    buf_printf(&sql, " LIMIT %lld) d", (long long)rows);
    return closure_done(&sql, mem);
}

char *closure_sql_left(const Closure *c, int table, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "SELECT count(*) FROM ");
    if (c->tables[table].whole)
        closure_put_table(c, &sql, table);
    else
        put_selected(c, &sql, table);
    return closure_done(&sql, mem);
}

char *closure_sql_lock(const Closure *c, int table, Arena *mem)
{
    bool mysql = closure_is_mysql(c->engine);
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, mysql ? "SELECT count(*) FROM " : "SELECT count(*) FROM (SELECT 1 FROM ");
    put_selected(c, &sql, table);
    buf_str(&sql, mysql ? " FOR UPDATE" : " FOR UPDATE OF c) l");
    return closure_done(&sql, mem);
}

static char *keys_sql(const Closure *c, int table, bool work, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "SELECT rn, ");
    closure_put_ks(c, &sql, table, "");
    buf_str(&sql, " FROM ");
    closure_put_temp(c, &sql, table, work);
    buf_str(&sql, " ORDER BY rn, ");
    closure_put_ks(c, &sql, table, "");
    return closure_done(&sql, mem);
}

char *closure_sql_keys(const Closure *c, int table, Arena *mem)
{
    return keys_sql(c, table, false, mem);
}

char *closure_sql_work_keys(const Closure *c, int table, Arena *mem)
{
    return keys_sql(c, table, true, mem);
}

char *closure_sql_all_keys(const Closure *c, int table, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_printf(&sql, "SELECT CAST(NULL AS %s), ",
               closure_is_mysql(c->engine) ? "signed" : "bigint");
    closure_put_key_list(c, &sql, table, "c", false);
    buf_str(&sql, " FROM ");
    closure_put_table(c, &sql, table);
    buf_str(&sql, " c");
    return closure_done(&sql, mem);
}

char *closure_sql_rows(const Closure *c, int table, const char *const *cols, int ncols, bool by_key,
                       Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "SELECT k.rn");
    for (int i = 0; i < ncols; i++) {
        buf_str(&sql, ", ");
        closure_put_col(c, &sql, "c", cols[i]);
    }
    buf_str(&sql, " FROM ");
    put_selected(c, &sql, table);
    buf_str(&sql, " WHERE k.rn IS NOT NULL ORDER BY ");
    if (by_key)
        closure_put_ks(c, &sql, table, "k");
    else
        buf_str(&sql, "k.rn");
    return closure_done(&sql, mem);
}

char *closure_sql_cells(const Closure *c, int table, const char *const *cols, int ncols, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "SELECT ");
    closure_put_ks(c, &sql, table, "k");
    for (int i = 0; i < ncols; i++) {
        buf_str(&sql, ", ");
        closure_put_col(c, &sql, "c", cols[i]);
    }
    buf_str(&sql, " FROM ");
    put_selected(c, &sql, table);
    return closure_done(&sql, mem);
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
    buf_init(&sql, CLOSURE_SQL_MAX);
    for (int i = 0; i < ref->fk->ncols; i++)
        buf_printf(&sql, "%sCAST((%s) AS text)", i ? ", " : "SELECT ", default_of(c, ref, i));
    return closure_done(&sql, mem);
}

char *closure_sql_default_parents(const Closure *c, const ClosureRef *ref, bool selected,
                                  Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "SELECT count(*) FROM ");
    closure_put_table(c, &sql, ref->parent);
    buf_str(&sql, " p");
    if (selected) {
        buf_str(&sql, " JOIN ");
        closure_put_temp(c, &sql, ref->parent, false);
        buf_str(&sql, " k ON ");
        closure_put_match(c, &sql, ref->parent, "p");
    }
    for (int i = 0; i < ref->fk->ncols; i++) {
        buf_str(&sql, i ? " AND " : " WHERE ");
        closure_put_col(c, &sql, "p", ref->fk->ref_cols[i]);
        buf_printf(&sql, " = (%s)", default_of(c, ref, i));
    }
    return closure_done(&sql, mem);
}

/* The temporary table has the key's columns k1, k2, ..., the new values v1, v2, ... and, where
 * cells are to be as a plan made them, these as w1, w2, ... */
#include "exec/renew.h"

#include <string.h>

#include "base/text.h"

#define NEW_VALUES "seedpipe_values"

static const Table *table_of(const Renewal *r)
{
    return r->plan->tables[r->table].table;
}

static const char *name_of(const Renewal *r)
{
    return r->name ? r->name : NEW_VALUES;
}

static bool is_mysql(const Renewal *r)
{
    return r->db->engine == ENGINE_MYSQL || r->db->engine == ENGINE_MARIADB;
}

static int key_column(const Renewal *r, int k)
{
    return table_column(table_of(r), r->key[k]);
}

static int width(const Renewal *r)
{
    return r->nkey + r->ncols + (r->made ? r->nmade : 0);
}

/* The table's column behind one of the temporary table's, and that one's name. */
static int source(const Renewal *r, int i, const char **name, Arena *mem)
{
    int v = i - r->nkey, w = v - r->ncols;
    *name = i < r->nkey    ? arena_printf(mem, "k%d", i + 1)
            : v < r->ncols ? arena_printf(mem, "v%d", v + 1)
                           : arena_printf(mem, "w%d", w + 1);
    return i < r->nkey ? key_column(r, i) : r->cols[v < r->ncols ? v : w];
}

static const Table *values_table(const Renewal *r, Arena *mem)
{
    Table *t = arena_new_of(mem, Table);
    t->name = name_of(r);
    t->ncols = width(r);
    t->cols = arena_array(mem, Column, t->ncols + 1);
    for (int i = 0; i < t->ncols; i++) {
        const char *name;
        t->cols[i] = table_of(r)->cols[source(r, i, &name, mem)];
        t->cols[i].name = name;
        t->cols[i].nullable = true;
    }
    return t;
}

static void put_name(const Renewal *r, Buf *sql, int c)
{
    dialect_ident(r->db->engine, sql, table_of(r)->cols[c].name);
}

static void put_table(const Renewal *r, Buf *sql)
{
    dialect_table(r->db->engine, sql, table_of(r)->schema, table_of(r)->name);
}

static const char *done(Buf *sql, Arena *mem)
{
    const char *text = arena_strndup(mem, buf_cstr(sql), sql->len);
    buf_free(sql);
    return text;
}

/* v1, v2, ... */
static void put_values(const Renewal *r, Buf *sql)
{
    for (int i = 0; i < r->ncols; i++)
        buf_printf(sql, i ? ", v%d" : "v%d", i + 1);
}

/* MySQL may demand a primary key of every table (sql_require_primary_key). */
static const char *create_sql(const Renewal *r, Arena *mem)
{
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_printf(&sql, "CREATE TEMPORARY TABLE %s", name_of(r));
    if (is_mysql(r)) {
        buf_str(&sql, r->nkey ? " (PRIMARY KEY (" : " (n bigint AUTO_INCREMENT PRIMARY KEY");
        for (int k = 0; k < r->nkey; k++)
            buf_printf(&sql, k ? ", k%d" : "k%d", k + 1);
        buf_str(&sql, r->nkey ? ")" : "");
        buf_str(&sql, r->indexed ? ", INDEX (" : "");
        if (r->indexed)
            put_values(r, &sql);
        buf_str(&sql, r->indexed ? "))" : ")");
    }
    buf_str(&sql, r->db->engine == ENGINE_POSTGRES ? " ON COMMIT DROP AS SELECT " : " AS SELECT ");
    for (int i = 0; i < width(r); i++) {
        const char *name;
        int c = source(r, i, &name, mem);
        buf_str(&sql, i ? ", c." : "c.");
        put_name(r, &sql, c);
        buf_printf(&sql, " AS %s", name);
    }
    buf_str(&sql, " FROM ");
    put_table(r, &sql);
    buf_str(&sql, " c WHERE 1 = 0");
    return done(&sql, mem);
}

/* MySQL commits at a CREATE INDEX, and has it in the CREATE TABLE. */
static bool add_index(const Renewal *r, Arena *mem, Err *err)
{
    Buf sql;
    if (!r->indexed || is_mysql(r))
        return true;
    buf_init(&sql, 1 << 20);
    buf_printf(&sql, "CREATE INDEX %s%s_v ON %s (", r->db->engine == ENGINE_SQLITE ? "temp." : "",
               name_of(r), name_of(r));
    put_values(r, &sql);
    buf_byte(&sql, ')');
    return db_exec(r->db, mem, err, done(&sql, mem));
}

/* The row, and its cells as they are to be. */
static const char *match_sql(const Renewal *r, Arena *mem)
{
    Engine engine = r->db->engine;
    bool postgres = engine == ENGINE_POSTGRES;
    Buf sql;
    buf_init(&sql, 1 << 20);
    for (int k = 0; k < r->nkey; k++) {
        buf_str(&sql, k ? " AND c." : "c.");
        put_name(r, &sql, key_column(r, k));
        buf_printf(&sql, " = n.k%d", k + 1);
    }
    for (int i = 0; r->made && i < r->nmade; i++) { /* not every type has an equality: text has */
        buf_str(&sql, " AND c.");
        put_name(r, &sql, r->cols[i]);
        buf_printf(&sql, "%s %s n.w%d%s", postgres ? "::text" : "",
                   postgres                  ? "IS NOT DISTINCT FROM"
                   : engine == ENGINE_SQLITE ? "IS"
                                             : "<=>",
                   i + 1, postgres ? "::text" : "");
    }
    return done(&sql, mem);
}

/* What the server would set to the time of day is named, as it is: the recipe says what it holds.
 */
static void put_kept(const Renewal *r, Buf *sql)
{
    const TablePlan *tp = &r->plan->tables[r->table];
    for (int c = 0; c < tp->table->ncols; c++) {
        bool set = !tp->table->cols[c].on_update || !tp->cols[c].written;
        for (int i = 0; i < r->ncols; i++)
            set = set || r->cols[i] == c;
        if (set)
            continue;
        for (int side = 0; side < 2; side++) {
            buf_str(sql, side ? " = c." : ", c.");
            put_name(r, sql, c);
        }
    }
}

static const char *update_sql(const Renewal *r, Arena *mem)
{
    bool mysql = is_mysql(r);
    const char *match = match_sql(r, mem);
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "UPDATE ");
    put_table(r, &sql);
    if (mysql)
        buf_printf(&sql, " c JOIN %s n ON %s SET ", name_of(r), match);
    else
        buf_str(&sql, " AS c SET ");
    for (int i = 0; i < r->ncols; i++) {
        buf_str(&sql, i ? ", " : "");
        buf_str(&sql, mysql ? "c." : "");
        put_name(r, &sql, r->cols[i]);
        buf_printf(&sql, " = n.v%d", i + 1);
    }
    put_kept(r, &sql);
    if (!mysql)
        buf_printf(&sql, " FROM %s n WHERE %s", name_of(r), match);
    return done(&sql, mem);
}

int renewal_place(const Renewal *r, int col)
{
    for (int i = 0; i < r->ncols; i++)
        if (r->cols[i] == col)
            return i;
    return -1;
}

void renewal_put_name(const Renewal *r, Buf *sql)
{
    buf_printf(sql, "%s n", name_of(r));
}

bool renewal_drop(const Renewal *r, Arena *mem, Err *err)
{
    const char *schema = r->db->engine == ENGINE_SQLITE     ? "temp."
                         : r->db->engine == ENGINE_POSTGRES ? "pg_temp."
                                                            : "";
    return db_exec(r->db, mem, err,
                   arena_printf(mem, "DROP %sTABLE IF EXISTS %s%s", is_mysql(r) ? "TEMPORARY " : "",
                                schema, name_of(r)));
}

bool renewal_drop_changed(const Renewal *r, Arena *mem, Err *err)
{
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_printf(&sql,
               is_mysql(r) ? "DELETE n FROM %s n WHERE NOT EXISTS (SELECT 1 FROM "
                           : "DELETE FROM %s AS n WHERE NOT EXISTS (SELECT 1 FROM ",
               name_of(r));
    put_table(r, &sql);
    buf_printf(&sql, " c WHERE %s)", match_sql(r, mem));
    return db_exec(r->db, mem, err, done(&sql, mem));
}

typedef struct Filling {
    const Renewal *r;
    DbLoad *load;
    Eval *eval, *made;
    int *from; /* columns: the key's, then the new ones */
    const Vec **cols;
} Filling;

static bool fill(const Filling *f, const uint64_t *rows, uint32_t n, Arena *mem, Err *err)
{
    const Renewal *r = f->r;
    Batch made = {0}, batch = eval_cells(f->eval, r->table, rows, n, f->from, r->nkey + r->ncols);
    if (f->made) {
        made = eval_cells(f->made, r->table, rows, n, r->cols, r->nmade);
        memcpy(f->cols, batch.cols, sizeof *f->cols * (size_t)batch.ncols);
        memcpy(f->cols + batch.ncols, made.cols, sizeof *f->cols * (size_t)made.ncols);
        batch.cols = f->cols;
        batch.ncols += made.ncols;
    }
    return r->db->connector->load_batch(f->load, &batch, mem, err);
}

static bool fill_all(const Renewal *r, Arena *mem, Err *err)
{
    const Connector *connector = r->db->connector;
    int n = width(r), *all = arena_array(mem, int, n + 1);
    Filling f = {.r = r, .from = arena_array(mem, int, n + 1)};
    f.cols = arena_array(mem, const Vec *, n + 1);
    for (int i = 0; i < n; i++) {
        const char *name;
        all[i] = i;
        f.from[i] = source(r, i, &name, mem);
    }
    f.load = connector->load_begin(r->db, values_table(r, mem), all, n, mem, err);
    if (!f.load)
        return false;
    f.eval = eval_new(r->plan);
    f.made = r->made ? eval_new(r->made) : NULL;
    uint64_t rows[BATCH_ROWS], taken = 0;
    RowCursor at = {0};
    bool ok = true;
    for (uint32_t have; ok && (have = rowset_read(r->rows, &at, rows, BATCH_ROWS)) > 0;)
        ok = fill(&f, rows, have, mem, err);
    ok = connector->load_end(f.load, &taken, mem, err) && ok;
    if (ok && eval_overflows(f.eval))
        ok = err_add(mem, err, ERR_RECIPE, NULL, table_of(r)->name, "%s left the range of its type",
                     text_plural((int64_t)eval_overflows(f.eval), "new value", mem));
    eval_free(f.eval);
    eval_free(f.made);
    return ok;
}

bool renewal_load(const Renewal *r, Arena *mem, Err *err)
{
    return renewal_drop(r, mem, err) && db_exec(r->db, mem, err, create_sql(r, mem)) &&
           fill_all(r, mem, err) && add_index(r, mem, err) &&
           db_analyze_new(r->db, name_of(r), r->rows->rows, mem, err);
}

bool renewal_count(const Renewal *r, int64_t *rows, Arena *mem, Err *err)
{
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_printf(&sql, "SELECT count(*) FROM %s n JOIN ", name_of(r));
    put_table(r, &sql);
    buf_printf(&sql, " c ON %s", match_sql(r, mem));
    return db_query_i64(r->db, done(&sql, mem), NULL, 0, 0, rows, mem, err) &&
           renewal_drop(r, mem, err);
}

bool renewal_apply(const Renewal *r, int64_t *rows, Arena *mem, Err *err)
{
    return db_exec_params(r->db, update_sql(r, mem), NULL, 0, rows, mem, err) &&
           renewal_drop(r, mem, err);
}

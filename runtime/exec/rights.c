/* May the user read and fill a table, make the ledger and what else a run makes? Asked before
 * anything is done, since a privilege that is missing would otherwise show in the middle. */
#include <string.h>

#include "exec/exec_int.h"

static bool is_mysql(const Session *s)
{
    return s->db->engine == ENGINE_MYSQL || s->db->engine == ENGINE_MARIADB;
}

/* The server checks privileges of what it only explains. Whatever else it says of such a statement
 * is of no interest. */
static bool is_denied(Session *s, const char *sql)
{
    Err err = {0};
    DbResult r;
    return !db_query(s->db, sql, NULL, 0, &r, s->mem, &err) && err.first->sqlstate &&
           strcmp(err.first->sqlstate, "42000") == 0;
}

/* The columns that the recipe and the table both have; empty: none. */
static const char *common_columns(Session *s, const Table *there, const Table *recipe, int *n)
{
    Buf columns;
    buf_init(&columns, 1 << 20);
    *n = 0;
    for (int c = 0; c < there->ncols; c++) {
        if (there->cols[c].generated || table_column(recipe, there->cols[c].name) < 0)
            continue;
        buf_str(&columns, (*n)++ ? ", " : "");
        dialect_ident(s->db->engine, &columns, there->cols[c].name);
    }
    const char *text = arena_strndup(s->mem, columns.data, columns.len);
    buf_free(&columns);
    return text;
}

static bool mysql_denies_insert(Session *s, const Table *there, const Table *recipe)
{
    int n = 0;
    const char *columns = common_columns(s, there, recipe, &n);
    Buf sql;
    buf_init(&sql, 1 << 22);
    buf_str(&sql, "EXPLAIN INSERT INTO ");
    dialect_table(s->db->engine, &sql, there->schema, there->name);
    buf_printf(&sql, " (%s) VALUES (", columns);
    for (int i = 0; i < n; i++)
        buf_str(&sql, i ? ", NULL" : "NULL");
    buf_byte(&sql, ')');
    bool denied = n > 0 && is_denied(s, buf_cstr(&sql));
    buf_free(&sql);
    return denied;
}

/* The recipe's tables from one to before another: is one of them, if it is there, denied? */
static bool mysql_denies_select(Session *s, const Catalog *catalog, int from, int to)
{
    Buf sql;
    buf_init(&sql, 1 << 24);
    for (int t = from; t < to; t++) {
        const Table *table = &s->recipe->tables[t].table;
        const Table *there = catalog_table(catalog, table->schema, table->name);
        int n = 0;
        const char *columns = there ? common_columns(s, there, table, &n) : "";
        if (n == 0)
            continue;
        buf_printf(&sql, "%s SELECT 1 FROM (SELECT %s FROM ", sql.len ? " UNION ALL" : "EXPLAIN",
                   columns);
        dialect_table(s->db->engine, &sql, there->schema, there->name);
        buf_str(&sql, ") t");
    }
    bool denied = sql.len > 0 && is_denied(s, buf_cstr(&sql));
    buf_free(&sql);
    return denied;
}

/* One question mostly, since mostly all is allowed. PostgreSQL's catalog tells. */
void session_may_read(Session *s, const Catalog *catalog, PlanTableFacts *facts)
{
    int n = s->recipe->ntables;
    bool any = is_mysql(s) && mysql_denies_select(s, catalog, 0, n);
    for (int t = 0; t < n; t++) {
        const Table *table = &s->recipe->tables[t].table;
        const Table *there = catalog_table(catalog, table->schema, table->name);
        facts[t].no_select = is_mysql(s) ? any && mysql_denies_select(s, catalog, t, t + 1)
                                         : there && there->no_select;
    }
}

void session_may_insert(Session *s, const Table *there, const Table *recipe, PlanTableFacts *out)
{
    out->no_insert = is_mysql(s) ? mysql_denies_insert(s, there, recipe) : there->no_insert;
}

/* ---------------------------------------------------------------- what a run makes */

typedef struct Rights {
    bool temporary;                           /* tables */
    bool schema;                              /* PostgreSQL: a schema, for the ledger */
    bool tables;                              /* in the connection's schema */
    const char *user, *database, *own_schema; /* as a GRANT names them */
} Rights;

static bool is_true(const DbResult *r, int col)
{
    return strcmp(db_cell(r, 0, col), "t") == 0 || strcmp(db_cell(r, 0, col), "1") == 0;
}

static bool read_postgres(Session *s, Rights *out, Arena *mem, Err *err)
{
    DbResult r;
    if (!db_query(
            s->db,
            "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMP'), "
            "pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'), "
            "coalesce(pg_catalog.has_schema_privilege(pg_catalog.current_schema(), 'CREATE'), true), "
            "pg_catalog.quote_ident(current_user), pg_catalog.quote_ident(pg_catalog.current_database()), "
            "coalesce(pg_catalog.quote_ident(pg_catalog.current_schema()), 'public')",
            NULL, 0, &r, mem, err))
        return false;
    *out = (Rights){.temporary = is_true(&r, 0),
                    .schema = is_true(&r, 1),
                    .tables = is_true(&r, 2),
                    .user = db_cell(&r, 0, 3),
                    .database = db_cell(&r, 0, 4),
                    .own_schema = db_cell(&r, 0, 5)};
    return true;
}

/* The server checks what is only prepared, too, whether the user or a role has the right. One that
 * prepares nothing (max_prepared_stmt_count = 0) is not asked. */
static bool may_create(Session *s, const char *what)
{
    bool may =
        is_denied(s, "PREPARE seedpipe_ask FROM 'DO 1'") ||
        !is_denied(s, arena_printf(s->mem,
                                   "PREPARE seedpipe_ask FROM 'CREATE %s seedpipe_ask (id int)'",
                                   what));
    Err ignored = {0};
    db_exec(s->db, s->mem, &ignored, "DEALLOCATE PREPARE seedpipe_ask");
    return may;
}

static bool read_mysql(Session *s, Rights *out, Arena *mem, Err *err)
{
    DbResult r;
    if (!db_query(
            s->db,
            "SELECT concat('''', replace(substring_index(CURRENT_USER(), '@', 1), '''', ''''''), '''@''', "
            "substring_index(CURRENT_USER(), '@', -1), ''''), concat('`', replace(DATABASE(), '`', '``'), '`')",
            NULL, 0, &r, mem, err))
        return false;
    *out = (Rights){.temporary = may_create(s, "TEMPORARY TABLE"),
                    .schema = true,
                    .tables = may_create(s, "TABLE"),
                    .user = db_cell(&r, 0, 0),
                    .database = db_cell(&r, 0, 1)};
    return true;
}

/* Rows to remove, new unique values beside rows that are there, and references that are set later
 * go through temporary tables. */
static bool needs_temporary(Session *s, bool *needs, Arena *mem, Err *err)
{
    *needs = session_prunes(s);
    for (int i = 0; i < s->plan->nsteps; i++)
        *needs = *needs || s->plan->steps[i].kind == STEP_SET_REFERENCES;
    for (int t = 0; t < s->plan->ntables && !*needs; t++) {
        const TablePlan *tp = &s->plan->tables[t];
        bool any = false;
        if (!session_may_collide(tp))
            continue;
        if (!session_holds_rows(s, tp, &any, mem, err))
            return false;
        *needs = any || !tp->exists;
    }
    return true;
}

static bool creates_tables(const Session *s)
{
    for (int t = 0; t < s->plan->ntables; t++)
        if (!s->plan->tables[t].exists && !s->plan->tables[t].table->schema)
            return true;
    return false;
}

/* PostgreSQL: USAGE alone gives keys, and does not move a sequence behind those that were given. */
static bool check_sequences(Session *s, const Rights *has, bool *ok, Arena *mem, Err *err)
{
    for (int i = 0; i < s->plan->nsteps; i++) {
        const TablePlan *tp = s->plan->steps[i].kind == STEP_MOVE_SEQUENCE
                                  ? &s->plan->tables[s->plan->steps[i].table]
                                  : NULL;
        if (!tp || !tp->exists)
            continue;
        Buf name;
        buf_init(&name, 1 << 16);
        dialect_table(s->db->engine, &name, tp->table->schema, tp->table->name);
        const char *params[] = {arena_strndup(mem, name.data, name.len),
                                tp->table->cols[plan_serial_column(tp)].name};
        buf_free(&name);
        DbResult r;
        if (!db_query(
                s->db,
                "SELECT q.name, pg_catalog.has_sequence_privilege(q.name, 'UPDATE') FROM "
                "(SELECT pg_catalog.pg_get_serial_sequence(?::pg_catalog.text, ?::pg_catalog.text) AS name) q",
                params, 2, &r, mem, err))
            return false;
        if (!r.rows || !db_cell(&r, 0, 1) || is_true(&r, 1))
            continue;
        *ok = err_add(mem, err, ERR_REFUSED, NULL, tp->table->name,
                      "the user may not move the sequence of %s, which new keys are taken from",
                      params[1]);
        err_hint(mem, err, "GRANT USAGE, UPDATE ON SEQUENCE %s TO %s", db_cell(&r, 0, 0),
                 has->user);
    }
    return true;
}

bool session_may_run(Session *s, Arena *mem, Err *err)
{
    Rights has;
    bool postgres = s->db->engine == ENGINE_POSTGRES, ok = true;
    if (s->db->engine == ENGINE_SQLITE || s->plan->nsteps == 0)
        return true;
    if (!(postgres ? read_postgres : read_mysql)(s, &has, mem, err) ||
        (postgres && !check_sequences(s, &has, &ok, mem, err)))
        return false;
    if (!s->ledger.exists && !(postgres ? has.schema : has.tables)) {
        ok = err_add(mem, err, ERR_REFUSED, NULL, s->url.shown,
                     "the user may not create the ledger, which keeps what runs made (%s)",
                     postgres ? "CREATE on the database" : "CREATE on the database's tables");
        err_hint(mem, err,
                 postgres ? "GRANT CREATE ON DATABASE %s TO %s" : "GRANT CREATE ON %s.* TO %s",
                 has.database, has.user);
    }
    if (creates_tables(s) && !has.tables && (postgres || s->ledger.exists)) {
        ok = err_add(mem, err, ERR_REFUSED, NULL, s->url.shown,
                     "the user may not create the recipe's tables (CREATE)");
        if (postgres)
            err_hint(mem, err, "GRANT CREATE ON SCHEMA %s TO %s", has.own_schema, has.user);
        else
            err_hint(mem, err, "GRANT CREATE ON %s.* TO %s", has.database, has.user);
    }
    bool needs = false;
    if (!has.temporary && !needs_temporary(s, &needs, mem, err))
        return false;
    if (needs) {
        ok = err_add(mem, err, ERR_REFUSED, NULL, s->url.shown,
                     "the user may not create temporary tables, which this run needs");
        err_hint(mem, err,
                 postgres ? "GRANT TEMPORARY ON DATABASE %s TO %s"
                          : "GRANT CREATE TEMPORARY TABLES ON %s.* TO %s",
                 has.database, has.user);
    }
    return ok;
}

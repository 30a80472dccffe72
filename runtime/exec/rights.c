/* May the user read, fill and change a table, make the ledger and what else a run makes? Asked
 * before anything is done, since a privilege that is missing would otherwise show in the middle. */
#include <string.h>

#include "base/text.h"
#include "exec/exec_int.h"
#include "plan/closure.h"

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

/* Of PostgreSQL's catalog: rights on a table are rights on its columns, or on some of them. */
static void denied_columns(const Table *there, const Table *recipe, bool *select, bool *insert)
{
    *select = there->no_select;
    *insert = there->no_insert;
    for (int c = 0; c < there->ncols; c++) {
        const Column *col = &there->cols[c];
        if (col->generated || table_column(recipe, col->name) < 0)
            continue;
        *select = *select || col->no_select;
        *insert = *insert || col->no_insert;
    }
}

/* One question mostly, since mostly all is allowed. PostgreSQL's catalog tells. */
void session_may_read(Session *s, const Catalog *catalog, PlanTableFacts *facts)
{
    int n = s->recipe->ntables;
    bool any = is_mysql(s) && mysql_denies_select(s, catalog, 0, n);
    for (int t = 0; t < n; t++) {
        const Table *table = &s->recipe->tables[t].table;
        const Table *there = catalog_table(catalog, table->schema, table->name);
        bool ignored = false;
        if (is_mysql(s))
            facts[t].no_select = any && mysql_denies_select(s, catalog, t, t + 1);
        else if (there)
            denied_columns(there, table, &facts[t].no_select, &ignored);
        facts[t].hides_rows = there && there->hides_rows;
    }
}

void session_may_insert(Session *s, const Table *there, const Table *recipe, PlanTableFacts *out)
{
    bool ignored = false;
    if (is_mysql(s))
        out->no_insert = mysql_denies_insert(s, there, recipe);
    else
        denied_columns(there, recipe, &ignored, &out->no_insert);
}

/* ---------------------------------------------------------------- what a run makes */

typedef struct Rights {
    bool temporary;                           /* tables */
    bool schema;                              /* PostgreSQL: a schema, for the ledger */
    bool tables;                              /* in the connection's schema */
    const char *user, *database, *own_schema; /* as a GRANT names them */
} Rights;

static bool is_true_at(const DbResult *r, int row, int col)
{
    const char *text = db_cell(r, row, col);
    return strcmp(text, "t") == 0 || strcmp(text, "1") == 0;
}

static bool is_true(const DbResult *r, int col)
{
    return is_true_at(r, 0, col);
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

static bool refuse_temporary(Session *s, const Rights *has, Arena *mem, Err *err)
{
    err_add(mem, err, ERR_REFUSED, NULL, s->url.shown,
            "the user may not create temporary tables, which this run needs");
    return err_hint(mem, err,
                    s->db->engine == ENGINE_POSTGRES
                        ? "GRANT TEMPORARY ON DATABASE %s TO %s"
                        : "GRANT CREATE TEMPORARY TABLES ON %s.* TO %s",
                    has->database, has->user);
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
    if (needs)
        ok = refuse_temporary(s, &has, mem, err);
    return ok;
}

void session_name_rights(Session *s)
{
    const char *state = s->err->last ? s->err->last->sqlstate : NULL;
    Err ignored = {0};
    Rights has;
    bool postgres = s->db->engine == ENGINE_POSTGRES;
    if (!state || s->db->engine == ENGINE_SQLITE || strcmp(state, postgres ? "42501" : "42000") ||
        !(postgres ? read_postgres : read_mysql)(s, &has, s->mem, &ignored) || has.temporary)
        return;
    err_clear(s->err);
    refuse_temporary(s, &has, s->mem, s->err);
}

/* ---------------------------------------------------------------- what a command changes */

int session_touches(const Closure *c, Touch *list, Arena *mem)
{
    int n = 0;
    for (int t = 0; t < c->ntables; t++)
        if (c->tables[t].rows > 0)
            list[n++] = (Touch){.table = c->tables[t].table, .deletes = true};
    for (int r = 0; r < c->nrefs; r++) {
        const ClosureRef *ref = &c->refs[r];
        const Table *child = c->tables[ref->child].table;
        if (!closure_updates(c, ref))
            continue;
        Touch *touch = &list[n++];
        *touch =
            (Touch){.table = child, .columns = arena_array(mem, const char *, ref->fk->ncols + 1)};
        for (int i = 0; i < ref->fk->ncols; i++)
            if (child->cols[ref->fk->cols[i]].nullable)
                touch->columns[touch->ncolumns++] = child->cols[ref->fk->cols[i]].name;
    }
    return n;
}

/* One privilege on a table, or on one of its columns. */
typedef struct Right {
    const Touch *of;
    const char *verb, *column; /* column NULL: the table */
    bool lacks;
} Right;

static bool ask_postgres(Session *s, Right *rights, int n, Arena *mem, Err *err)
{
    const char **params = arena_array(mem, const char *, 3 * n + 1);
    int nparams = 0;
    Buf sql;
    DbResult r;
    buf_init(&sql, 1 << 20);
    for (int i = 0; i < n; i++) {
        const Right *right = &rights[i];
        buf_printf(&sql, "%sSELECT %d", i ? " UNION ALL " : "", i);
        buf_str(&sql, right->column ? ", pg_catalog.has_column_privilege(?::pg_catalog.text, "
                                      "?::pg_catalog.text, ?::pg_catalog.text)"
                                    : ", pg_catalog.has_table_privilege(?::pg_catalog.text, "
                                      "?::pg_catalog.text)");
        params[nparams++] = session_quoted_table(s, right->of->table, mem);
        if (right->column)
            params[nparams++] = right->column;
        params[nparams++] = right->verb;
    }
    buf_str(&sql, " ORDER BY 1");
    bool ok = db_query(s->db, buf_cstr(&sql), params, nparams, &r, mem, err);
    for (int i = 0; ok && i < n; i++)
        rights[i].lacks = !is_true_at(&r, i, 1);
    buf_free(&sql);
    return ok;
}

static bool mysql_lacks(Session *s, const Right *right, Arena *mem)
{
    const char *table = session_quoted_table(s, right->of->table, mem);
    const char *column = right->column ? session_quoted(s, right->column, mem) : NULL;
    return is_denied(
        s, column ? arena_printf(mem, "EXPLAIN UPDATE %s SET %s = NULL WHERE 1 = 0", table, column)
                  : arena_printf(mem, "EXPLAIN DELETE FROM %s WHERE 1 = 0", table));
}

/* One error for a table and a verb, with all of its columns. */
static void refuse_right(const Touch *touch, const Right *rights, int n, const char *verb,
                         Arena *mem, Err *err)
{
    const char **columns = arena_array(mem, const char *, n + 1);
    const char *name = ledger_table_name(touch->table, mem);
    bool lacks = false;
    int ncolumns = 0;
    for (int i = 0; i < n; i++) {
        if (rights[i].of != touch || strcmp(rights[i].verb, verb) != 0 || !rights[i].lacks)
            continue;
        lacks = true;
        if (rights[i].column)
            columns[ncolumns++] = rights[i].column;
    }
    if (!lacks)
        return;
    const char *list = ncolumns ? text_list(columns, ncolumns, ncolumns, mem) : NULL;
    err_add(mem, err, ERR_REFUSED, NULL, name,
            list ? "the user of the url has no %s privilege on %s"
                 : "the user of the url has no %s privilege on the table",
            verb, list);
    if (list)
        err_hint(mem, err, "GRANT %s (%s) ON %s TO that user", verb, list, name);
    else
        err_hint(mem, err, "GRANT %s ON %s TO that user", verb, name);
}

/* What an error leaves half done there, no transaction takes back. */
static void refuse_engine(const Touch *list, int i, Arena *mem, Err *err)
{
    const Table *table = list[i].table;
    for (int before = 0; before < i; before++)
        if (list[before].table == table)
            return;
    if (!table->no_transactions)
        return;
    const char *name = ledger_table_name(table, mem);
    err_add(mem, err, ERR_REFUSED, NULL, name,
            "its storage engine %s has no transactions: what an error interrupts could not be "
            "taken back",
            table->no_transactions);
    err_hint(mem, err, "ALTER TABLE %s ENGINE = InnoDB", name);
}

bool session_may_touch(Session *s, const Touch *list, int n, Arena *mem, Err *err)
{
    int nrights = 0, before = err->count;
    if (s->db->engine == ENGINE_SQLITE || n == 0)
        return true;
    for (int i = 0; i < n; i++) {
        refuse_engine(list, i, mem, err);
        nrights += 2 + list[i].ncolumns;
    }
    Right *rights = arena_array(mem, Right, nrights + 1);
    nrights = 0;
    for (int i = 0; i < n; i++) {
        if (list[i].deletes)
            rights[nrights++] = (Right){.of = &list[i], .verb = "DELETE"};
        for (int c = 0; c < list[i].ncolumns; c++)
            rights[nrights++] =
                (Right){.of = &list[i], .verb = "UPDATE", .column = list[i].columns[c]};
    }
    if (s->db->engine == ENGINE_POSTGRES && nrights > 0 &&
        !ask_postgres(s, rights, nrights, mem, err))
        return false;
    for (int i = 0; i < nrights && is_mysql(s); i++)
        rights[i].lacks = mysql_lacks(s, &rights[i], mem);
    for (int i = 0; i < n; i++) {
        PlanTableFacts facts = {0};
        if (!list[i].inserts)
            continue;
        session_may_insert(s, list[i].table, list[i].inserts, &facts);
        rights[nrights++] = (Right){.of = &list[i], .verb = "INSERT", .lacks = facts.no_insert};
    }
    static const char *const verbs[] = {"DELETE", "INSERT", "UPDATE"};
    for (int i = 0; i < n; i++)
        for (size_t v = 0; v < sizeof verbs / sizeof *verbs; v++)
            refuse_right(&list[i], rights, nrights, verbs[v], mem, err);
    return err->count == before;
}

bool session_may_number(Session *s, Arena *mem, Err *err)
{
    const Rights has = {.user = "that user"}; /* who it is costs a question */
    bool ok = true;
    return s->db->engine != ENGINE_POSTGRES || (check_sequences(s, &has, &ok, mem, err) && ok);
}

/* May the user read and fill a table? Asked before anything is done, since a privilege that is
 * missing would otherwise show in the middle. */
#include <string.h>

#include "exec/exec_int.h"

static bool ask_postgres(Session *s, const Table *there, PlanTableFacts *out)
{
    static const char question[] =
        "SELECT pg_catalog.has_any_column_privilege(c.oid, 'SELECT'), pg_catalog.has_any_column_privilege(c.oid, 'INSERT') "
        "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = ?::pg_catalog.text "
        "AND n.nspname = coalesce(?::pg_catalog.text, pg_catalog.current_schema())";
    const char *params[] = {there->name, there->schema};
    DbResult r;
    if (!db_query(s->db, question, params, 2, &r, s->mem, s->err))
        return false;
    out->no_select = r.rows && strcmp(db_cell(&r, 0, 0), "f") == 0;
    out->no_insert = r.rows && strcmp(db_cell(&r, 0, 1), "f") == 0;
    return true;
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

static void ask_mysql(Session *s, const Table *there, const Table *recipe, PlanTableFacts *out)
{
    Buf columns, marks, table;
    buf_init(&columns, 1 << 20);
    buf_init(&marks, 1 << 20);
    buf_init(&table, 1 << 16);
    dialect_table(s->db->engine, &table, there->schema, there->name);
    for (int c = 0; c < there->ncols; c++) {
        if (there->cols[c].generated || table_column(recipe, there->cols[c].name) < 0)
            continue;
        buf_str(&marks, marks.len ? ", NULL" : "NULL");
        buf_str(&columns, columns.len ? ", " : "");
        dialect_ident(s->db->engine, &columns, there->cols[c].name);
    }
    if (columns.len) {
        out->no_select = is_denied(s, arena_printf(s->mem, "EXPLAIN SELECT %s FROM %s",
                                                   buf_cstr(&columns), buf_cstr(&table)));
        out->no_insert =
            is_denied(s, arena_printf(s->mem, "EXPLAIN INSERT INTO %s (%s) VALUES (%s)",
                                      buf_cstr(&table), buf_cstr(&columns), buf_cstr(&marks)));
    }
    buf_free(&columns);
    buf_free(&marks);
    buf_free(&table);
}

bool session_rights(Session *s, const Table *there, const Table *recipe, PlanTableFacts *out)
{
    if (s->db->engine == ENGINE_POSTGRES)
        return ask_postgres(s, there, out);
    if (s->db->engine != ENGINE_SQLITE)
        ask_mysql(s, there, recipe, out);
    return true;
}

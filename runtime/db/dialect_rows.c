/* Rows as SQL: cells as literals, exact and right whatever a session's settings are, INSERTs of
 * them, and what stands at both ends of a file of statements. */
#include <string.h>

#include "db/dialect_int.h"
#include "model/cell.h"

static void put_bytes(Engine engine, Buf *out, Str bytes)
{
    buf_str(out, engine == ENGINE_POSTGRES ? "'\\x" : "X'");
    cell_put_hex(out, bytes, engine != ENGINE_POSTGRES);
    buf_byte(out, '\'');
}

/* PostgreSQL reads a quoted literal as whatever its column is, and refuses some that are not. */
static bool wants_quotes(Engine engine, const Type *column, TypeKind kind)
{
    if (kind == TYPE_DATE || kind == TYPE_TIME || kind == TYPE_TIMESTAMP)
        return true;
    return engine == ENGINE_POSTGRES && !type_is_numeric(column->kind) &&
           !(kind == TYPE_BOOL && column->kind == TYPE_BOOL);
}

static void put_scalar(Engine engine, Buf *out, const Type *column, const Vec *v, uint32_t row)
{
    switch (v->kind) {
    case TYPE_BOOL:
        if (engine == ENGINE_POSTGRES && column->kind == TYPE_BOOL)
            buf_str(out, v->i[row] ? "true" : "false");
        else
            buf_byte(out, v->i[row] ? '1' : '0');
        break;
    case TYPE_INT: buf_i64(out, v->i[row]); break;
    case TYPE_DECIMAL: buf_decimal(out, v->i[row], v->scale); break;
    case TYPE_FLOAT: buf_double(out, v->f[row]); break;
    case TYPE_DATE: buf_date(out, v->i[row]); break;
    case TYPE_TIME: buf_time(out, v->i[row], v->scale); break;
    default: buf_timestamp(out, v->i[row], v->scale); break;
    }
}

void dialect_literal(Engine engine, Buf *out, const Type *column, const Vec *v, uint32_t row)
{
    if (cell_is_null(v, row)) {
        buf_put(out, "NULL", 4);
    } else if (v->kind == TYPE_BYTES) {
        put_bytes(engine, out, v->s[row]);
    } else if (v->s) {
        dialect_string(engine, out, v->s[row].p, v->s[row].n);
    } else if (wants_quotes(engine, column, v->kind)) {
        buf_byte(out, '\'');
        put_scalar(engine, out, column, v, row);
        buf_byte(out, '\'');
    } else {
        put_scalar(engine, out, column, v, row);
    }
}

void dialect_insert(Engine engine, Buf *out, const Table *table, const int *cols, int ncols)
{
    buf_str(out, "INSERT INTO ");
    dialect_table(engine, out, table->schema, table->name);
    buf_str(out, " (");
    for (int i = 0; i < ncols; i++) {
        buf_str(out, i ? ", " : "");
        dialect_ident(engine, out, table->cols[cols[i]].name);
    }
    buf_str(out, ") VALUES ");
}

/* What the connectors set too. One transaction where statements on the schema can be in one. */
const char *dialect_script_begin(Engine engine)
{
    switch (engine) {
    case ENGINE_SQLITE: return "BEGIN;\nPRAGMA defer_foreign_keys = ON;\n";
    case ENGINE_POSTGRES:
        return "BEGIN;\n"
               "SET LOCAL client_encoding = 'UTF8';\n"
               "SET LOCAL standard_conforming_strings = on;\n"
               "SET LOCAL TimeZone = 'UTC';\n";
    case ENGINE_MARIADB:
    case ENGINE_MYSQL: break;
    }
    return "SET NAMES utf8mb4;\n"
           "SET SESSION time_zone = '+00:00', sql_mode = "
           "'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,"
           "NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO';\n";
}

const char *dialect_script_end(Engine engine)
{
    return is_mysql(engine) ? "" : "COMMIT;\n";
}

const char *dialect_rows_begin(Engine engine)
{
    return is_mysql(engine) ? "START TRANSACTION;\n" : "";
}

const char *dialect_rows_end(Engine engine)
{
    return is_mysql(engine) ? "COMMIT;\n" : "";
}

/* Loading: prepared statements of ten rows each, bound straight from the vectors. Decimals go in as
 * the nearest double (SQLite has no exact decimals), which gives the same decimal back up to 15
 * digits; a value with more is refused. Whole ones go in as integers. Dates and times are written
 * into a fixed room that lives until the statement has run. */
#include <string.h>

#include "base/buf.h"
#include "db/sqlite_int.h"

enum { ROWS_AT_ONCE = 10, CELL_ROOM = 64, MARKS_MAX = 32000 };

struct DbLoad {
    LiteDb *d;
    const Table *table;
    const int *cols;
    int ncols, nrows;         /* rows in one run of `many` */
    sqlite3_stmt *many, *one; /* the same when nrows is 1 */
    char *room;               /* CELL_ROOM bytes for each cell of a run */
    uint64_t sent, taken;
    bool failed;
};

static sqlite3_stmt *prepare(DbLoad *l, int rows, Arena *mem, Err *err)
{
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "INSERT INTO ");
    dialect_table(ENGINE_SQLITE, &sql, l->table->schema, l->table->name);
    if (l->ncols) {
        buf_str(&sql, " (");
        db_put_columns(ENGINE_SQLITE, &sql, l->table, l->cols, l->ncols);
        buf_str(&sql, ") VALUES ");
    } else {
        buf_str(&sql, " DEFAULT VALUES");
    }
    for (int r = 0; l->ncols && r < rows; r++) {
        buf_str(&sql, r ? ", (" : "(");
        for (int c = 0; c < l->ncols; c++)
            buf_str(&sql, c ? ", ?" : "?");
        buf_byte(&sql, ')');
    }
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v3(l->d->handle, buf_cstr(&sql), (int)sql.len + 1,
                                SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
    buf_free(&sql);
    if (rc != SQLITE_OK)
        sqlite_db_error(l->d, rc, l->table, 0, mem, err);
    return stmt;
}

static void finish(DbLoad *l)
{
    if (l->one != l->many)
        sqlite3_finalize(l->one);
    sqlite3_finalize(l->many);
    l->one = l->many = NULL;
}

DbLoad *sqlite_db_load_begin(Db *db, const Table *table, const int *cols, int ncols, Arena *mem,
                             Err *err)
{
    DbLoad *l = arena_new_of(mem, DbLoad);
    *l = (DbLoad){
        .d = lite_of(db), .table = table, .cols = cols, .ncols = ncols, .nrows = ROWS_AT_ONCE};
    if (ncols == 0 || ncols * ROWS_AT_ONCE > MARKS_MAX)
        l->nrows = 1;
    l->room = arena_alloc_raw(mem, (size_t)l->nrows * (size_t)(ncols + 1) * CELL_ROOM);
    sqlite_db_start(l->d);
    l->d->deadline = 0; /* a load is many statements */
    l->many = prepare(l, l->nrows, mem, err);
    l->one = l->many && l->nrows > 1 ? prepare(l, 1, mem, err) : l->many;
    if (l->many && l->one)
        return l;
    finish(l);
    return NULL;
}

/* ---- cells */

static int bind_text(sqlite3_stmt *stmt, int mark, const Str *s)
{
    return sqlite3_bind_text64(stmt, mark, s->n ? s->p : "", s->n, SQLITE_STATIC, SQLITE_UTF8);
}

#define TOO_PRECISE (-1)

static int bind_decimal(sqlite3_stmt *stmt, int mark, int64_t v, int scale)
{
    int64_t unit = decimal_pow10[scale];
    if (v % unit == 0)
        return sqlite3_bind_int64(stmt, mark, v / unit);
    if (v >= decimal_pow10[SQLITE_DIGITS] || v <= -decimal_pow10[SQLITE_DIGITS])
        return TOO_PRECISE;
    return sqlite3_bind_double(stmt, mark,
                               (double)v / (double)unit); /* both exact: the nearest double */
}

static int bind_cell(sqlite3_stmt *stmt, int mark, const Vec *v, uint32_t row, char *room)
{
    Buf text = {.data = room, .cap = CELL_ROOM, .max = CELL_ROOM};
    if (vec_is_null(v, row))
        return sqlite3_bind_null(stmt, mark);
    switch (v->kind) {
    case TYPE_NULL: return sqlite3_bind_null(stmt, mark);
    case TYPE_BOOL:
    case TYPE_INT: return sqlite3_bind_int64(stmt, mark, v->i[row]);
    case TYPE_DECIMAL: return bind_decimal(stmt, mark, v->i[row], v->scale);
    case TYPE_FLOAT: return sqlite3_bind_double(stmt, mark, v->f[row]);
    case TYPE_BYTES:
        return sqlite3_bind_blob64(stmt, mark, v->s[row].n ? v->s[row].p : "", v->s[row].n,
                                   SQLITE_STATIC);
    case TYPE_DATE: buf_date(&text, v->i[row]); break;
    case TYPE_TIME: buf_time(&text, v->i[row], v->scale); break;
    case TYPE_TIMESTAMP: buf_timestamp(&text, v->i[row], v->scale); break;
    default: return bind_text(stmt, mark, &v->s[row]);
    }
    return sqlite3_bind_text(stmt, mark, room, (int)text.len, SQLITE_STATIC);
}

static bool bind_failed(DbLoad *l, int rc, int col, uint64_t row, Arena *mem, Err *err)
{
    const Column *column = &l->table->cols[l->cols[col]];
    if (rc != TOO_PRECISE)
        return sqlite_db_error(l->d, rc, l->table, row, mem, err);
    DbReport r = {.code = ERR_CONSTRAINT, .table = l->table->name, .column = column->name};
    db_error_add(mem, err, &r,
                 "a decimal of more than %d digits at row %llu: SQLite would not keep it exactly",
                 SQLITE_DIGITS, (unsigned long long)row);
    return err_hint(mem, err,
                    "narrow the generator, or give the column fewer digits after the point");
}

/* Binds `n` rows of the batch and runs the statement once. *code is what a failed step gave, and no
 * error is added for that yet. */
static bool insert(DbLoad *l, sqlite3_stmt *stmt, const Batch *batch, uint32_t from, int n,
                   int *code, Arena *mem, Err *err)
{
    int mark = 1;
    char *room = l->room;
    for (uint32_t row = from; row < from + (uint32_t)n; row++) {
        for (int c = 0; c < l->ncols; c++, room += CELL_ROOM) {
            int rc = bind_cell(stmt, mark++, batch->cols[c], row, room);
            if (rc != SQLITE_OK)
                return bind_failed(l, rc, c, l->sent + (row - from) + 1, mem, err);
        }
    }
    *code = sqlite3_step(stmt);
    if (*code == SQLITE_DONE)
        l->taken += (uint64_t)sqlite3_changes64(l->d->handle);
    sqlite3_reset(stmt);
    return *code == SQLITE_DONE;
}

/* Rows that failed together are tried one by one, to name the one that is wrong. */
static bool find_culprit(DbLoad *l, const Batch *batch, uint32_t from, int n, Arena *mem, Err *err)
{
    for (int k = 0; k < n; k++) {
        int code = SQLITE_OK, errors = err->count;
        if (!insert(l, l->one, batch, from + (uint32_t)k, 1, &code, mem, err))
            return err->count > errors
                       ? false
                       : sqlite_db_error(l->d, code, l->table, l->sent + 1, mem, err);
        l->sent++;
    }
    return true;
}

bool sqlite_db_load_batch(DbLoad *l, const Batch *batch, Arena *mem, Err *err)
{
    for (uint32_t from = 0; !l->failed && from < batch->n;) {
        int n = batch->n - from >= (uint32_t)l->nrows ? l->nrows : 1, code = SQLITE_OK,
            errors = err->count;
        if (insert(l, n == l->nrows ? l->many : l->one, batch, from, n, &code, mem, err)) {
            l->sent += (uint64_t)n;
            from += (uint32_t)n;
            continue;
        }
        l->failed = true;
        if (err->count > errors)
            return false;
        int primary = code & 0xFF;
        if (n > 1 && (primary == SQLITE_CONSTRAINT || primary == SQLITE_MISMATCH) &&
            sqlite3_get_autocommit(l->d->handle) == 0)
            return find_culprit(l, batch, from, n, mem, err) &&
                   err_add(mem, err, ERR_CONSTRAINT, NULL, l->table->name,
                           "rows that were refused together were taken one by one");
        return sqlite_db_error(l->d, code, l->table, n == 1 ? l->sent + 1 : 0, mem, err);
    }
    return !l->failed;
}

bool sqlite_db_load_end(DbLoad *l, uint64_t *rows, Arena *mem, Err *err)
{
    finish(l);
    *rows = l->taken;
    if (l->failed || l->taken == l->sent)
        return !l->failed;
    const DbReport report = {.code = ERR_CONSTRAINT, .table = l->table->name};
    db_error_add(mem, err, &report, "%llu rows were sent and %llu taken",
                 (unsigned long long)l->sent, (unsigned long long)l->taken);
    return err_hint(mem, err, "a trigger of the table drops or adds rows");
}

/* The MySQL and MariaDB connector: statements, transactions, the advisory lock. Parameters become
 * literals, escaped by the client library for this connection's character set and SQL mode: one
 * round trip, and proxies and statements that cannot be prepared work too. */
#include <stdlib.h>
#include <string.h>

#include "db/mysql_int.h"

enum { STATEMENT_MAX = 1 << 30 };

/* ---------------------------------------------------------------- statements */

/* A syntax error repeats the statement from the place on: "... near 'text' at line 1". Returns
 * false. */
static bool place_error(const MyDb *d, const char *sql, Err *err)
{
    const char *message = mysql_error(d->my), *near = strstr(message, " near '"), *end = NULL;
    for (const char *p = near ? near + 7 : NULL; p && (p = strstr(p, "' at line ")); p++)
        end = p;
    if (!end || err->last->position)
        return false;
    size_t n = (size_t)(end - near) - 7, all = strlen(sql);
    bool tail = n <= all && memcmp(sql + all - n, near + 7, n) == 0; /* else cut after 80 bytes */
    const char *at = tail ? sql + all - n : memmem(sql, all, near + 7, n);
    err->last->position = at ? (int)(at - sql) + 1 : 0;
    return false;
}

bool mysql_db_send(MyDb *d, const char *sql, size_t len, const char *doing, Arena *mem, Err *err)
{
    mysql_db_enter_thread();
    if (mysql_real_query(d->my, sql, (unsigned long)len) != 0)
        return mysql_db_error(d, doing, mem, err) || place_error(d, sql, err);
    return true;
}

/* The end of what a quote or comment at `at` encloses; `at` itself when there is none. */
static const char *skip_quoted(const char *at)
{
    if (*at == '\'' || *at == '"' || *at == '`') {
        char quote = *at++;
        for (; *at; at++) {
            if (*at == '\\' && quote != '`' && at[1])
                at++;
            else if (*at == quote && *++at != quote) /* a doubled quote stays inside */
                return at;
        }
        return at;
    }
    if (*at == '#' ||
        (at[0] == '-' && at[1] == '-' && (at[2] == ' ' || at[2] == '\n' || at[2] == '\t')))
        return at + strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*') {
        const char *end = strstr(at + 2, "*/");
        return end ? end + 2 : at + strlen(at);
    }
    return at;
}

static bool put_param(MyDb *d, Buf *out, const char *text)
{
    if (!text) {
        buf_str(out, "NULL");
        return true;
    }
    size_t n = strlen(text);
    buf_byte(out, '\'');
    unsigned long written =
        mysql_real_escape_string(d->my, buf_reserve(out, 2 * n + 1), text, (unsigned long)n);
    if (written == (unsigned long)-1)
        return false;
    out->len += written;
    buf_byte(out, '\'');
    return true;
}

/* The statement with its `?` filled in. */
static bool bind_params(MyDb *d, Buf *out, const char *sql, const char *const *params, int nparams,
                        Arena *mem, Err *err)
{
    int used = 0;
    for (const char *at = sql; *at;) {
        const char *end = skip_quoted(at);
        if (end > at) {
            buf_put(out, at, (size_t)(end - at));
            at = end;
        } else if (*at == '?') {
            if (used == nparams || !put_param(d, out, params[used]))
                return err_add(mem, err, ERR_INTERNAL, NULL, NULL,
                               "a statement's parameters do not match its marks");
            used++;
            at++;
        } else {
            buf_byte(out, *at++);
        }
    }
    return used == nparams || err_add(mem, err, ERR_INTERNAL, NULL, NULL,
                                      "a statement has fewer marks than parameters");
}

static bool send_bound(MyDb *d, const char *sql, const char *const *params, int nparams, Arena *mem,
                       Err *err)
{
    if (nparams == 0)
        return mysql_db_send(d, sql, strlen(sql), NULL, mem, err);
    mysql_db_enter_thread();
    Buf text;
    buf_init(&text, STATEMENT_MAX);
    bool ok = bind_params(d, &text, sql, params, nparams, mem, err) &&
              mysql_db_send(d, text.data, text.len, NULL, mem, err);
    buf_free(&text);
    return ok;
}

/* Further results (of a CALL) are read and dropped: the connection must be free for the next
 * statement. */
static bool finish_results(MyDb *d, Arena *mem, Err *err)
{
    for (;;) {
        int more = mysql_next_result(d->my);
        if (more != 0)
            return more < 0 || mysql_db_error(d, NULL, mem, err);
        MYSQL_RES *res = mysql_store_result(d->my);
        if (res)
            mysql_free_result(res);
    }
}

bool mysql_db_exec(Db *db, const char *sql, const char *const *params, int nparams,
                   int64_t *affected, Arena *mem, Err *err)
{
    MyDb *d = my_of(db);
    if (!send_bound(d, sql, params, nparams, mem, err))
        return false;
    MYSQL_RES *res = mysql_store_result(d->my);
    if (!res && mysql_field_count(d->my) > 0)
        return mysql_db_error(d, NULL, mem, err);
    if (affected)
        *affected = (int64_t)mysql_affected_rows(d->my);
    if (res)
        mysql_free_result(res);
    return finish_results(d, mem, err);
}

static void copy_rows(MYSQL_RES *res, DbResult *out, Arena *mem)
{
    out->rows = (int)mysql_num_rows(res);
    out->cols = (int)mysql_num_fields(res);
    const char **cells = arena_array(mem, const char *, out->rows * out->cols + 1);
    for (int r = 0; r < out->rows; r++) {
        MYSQL_ROW row = mysql_fetch_row(res);
        const unsigned long *lengths = mysql_fetch_lengths(res);
        for (int c = 0; c < out->cols; c++)
            cells[r * out->cols + c] = row[c] ? arena_strndup(mem, row[c], lengths[c]) : NULL;
    }
    out->cells = cells;
}

bool mysql_db_query(Db *db, const char *sql, const char *const *params, int nparams, DbResult *out,
                    Arena *mem, Err *err)
{
    MyDb *d = my_of(db);
    *out = (DbResult){0, 0, NULL};
    if (!send_bound(d, sql, params, nparams, mem, err))
        return false;
    MYSQL_RES *res = mysql_store_result(d->my);
    if (!res && mysql_field_count(d->my) > 0)
        return mysql_db_error(d, NULL, mem, err);
    if (res) {
        copy_rows(res, out, mem);
        mysql_free_result(res);
    }
    return finish_results(d, mem, err);
}

/* ---------------------------------------------------------------- transactions */

static bool my_begin(Db *db, Arena *mem, Err *err)
{
    bool ok = mysql_db_exec(db, "START TRANSACTION", NULL, 0, NULL, mem, err);
    db->in_transaction = ok;
    return ok;
}

static bool my_commit(Db *db, Arena *mem, Err *err)
{
    bool ok = mysql_db_exec(db, "COMMIT", NULL, 0, NULL, mem, err);
    if (ok)
        db->in_transaction = false;
    return ok;
}

static bool my_rollback(Db *db, Arena *mem, Err *err)
{
    db->in_transaction = false;
    return mysql_db_exec(db, "ROLLBACK", NULL, 0, NULL, mem, err);
}

/* ---------------------------------------------------------------- lock */

static bool ask(Db *db, const char *sql, bool *yes, Arena *mem, Err *err)
{
    DbResult r;
    const char *params[] = {my_of(db)->lock_name};
    if (!mysql_db_query(db, sql, params, 1, &r, mem, err))
        return false;
    const char *cell = r.rows == 1 ? db_cell(&r, 0, 0) : NULL;
    *yes = cell && strcmp(cell, "1") == 0;
    return true;
}

static bool my_lock_try(Db *db, bool *got, Arena *mem, Err *err)
{
    return ask(db, "SELECT GET_LOCK(?, 0)", got, mem, err);
}

static bool my_lock_held(Db *db, bool *held, Arena *mem, Err *err)
{
    return ask(db, "SELECT IS_USED_LOCK(?) = CONNECTION_ID()", held, mem, err);
}

static void my_unlock(Db *db)
{
    Arena *mem = arena_new();
    Err ignored = {0};
    bool yes;
    ask(db, "SELECT RELEASE_LOCK(?)", &yes, mem, &ignored);
    arena_free(mem);
}

/* ---------------------------------------------------------------- keys */

static bool my_next_key(Db *db, const Table *table, int col, int64_t *next, Arena *mem, Err *err)
{
    *next = 1;
    if (col >= 0 && !table->cols[col].auto_key)
        return true;
    DbResult r;
    const char *params[] = {table->schema, table->name};
    if (!mysql_db_query(
            db,
            "SELECT auto_increment FROM information_schema.tables WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ?",
            params, 2, &r, mem, err))
        return false;
    const char *cell = r.rows > 0 ? db_cell(&r, 0, 0) : NULL;
    unsigned long long value = cell ? strtoull(cell, NULL, 10) : 1;
    *next = value > INT64_MAX ? INT64_MAX : (int64_t)value;
    return true;
}

const Connector db_mysql = {
    .name = "mysql",
    .concurrent_writers = true,
    .keys_after = true,
    .ddl_transactional = false,
    .load_path = LOAD_DATA,
    .open = mysql_db_open,
    .close = mysql_db_close,
    .exec = mysql_db_exec,
    .query = mysql_db_query,
    .begin = my_begin,
    .commit = my_commit,
    .rollback = my_rollback,
    .load_begin = mysql_db_load_begin,
    .load_batch = mysql_db_load_batch,
    .load_end = mysql_db_load_end,
    .read = mysql_db_read,
    .describe = mysql_db_describe,
    .lock_try = my_lock_try,
    .lock_held = my_lock_held,
    .unlock = my_unlock,
    .next_key = my_next_key,
    .cancel = mysql_db_cancel,
};

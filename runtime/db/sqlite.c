/* The SQLite connector: one file, one writer. A file that does not exist is created only for a run,
 * and goes again when nothing was written to it; for plan and check an empty database in memory
 * stands for it. Foreign keys are not enforced by this connection: a run checks them at its end
 * (PRAGMA foreign_key_check), which is what lets it load fast and in any order. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "db/sqlite_int.h"

enum { WAIT_DEFAULT_S = 10, OPS_PER_LOOK = 20000 };

/* ---- waiting and stopping */

/* Another program writes: wait for it, in short naps that a cancel can end. */
static int on_busy(void *ctx, int times)
{
    LiteDb *d = ctx;
    uint64_t now = os_monotonic_us();
    if (times == 0)
        d->wait_until = now + d->wait_us;
    if (atomic_load(&d->stopped) || now >= d->wait_until || (d->deadline && now >= d->deadline) ||
        (d->opening && (os_signal_interrupts() || os_signal_terminated())))
        return 0;
    os_pause_ms(times < 5 ? 1 + times : 20);
    return 1;
}

static int on_progress(void *ctx)
{
    LiteDb *d = ctx;
    d->late = d->deadline && os_monotonic_us() >= d->deadline;
    return d->late || atomic_load(&d->stopped);
}

void sqlite_db_start(LiteDb *d)
{
    d->deadline = d->timeout > 0 ? os_monotonic_us() + (uint64_t)(d->timeout * 1e6) : 0;
    d->late = false;
    atomic_store(&d->stopped, false);
}

static void sqlite_db_cancel(Db *db)
{
    LiteDb *d = lite_of(db);
    atomic_store(&d->stopped, true);
    sqlite3_interrupt(d->handle);
}

/* ---- statements */

static bool bind_params(LiteDb *d, sqlite3_stmt *stmt, const char *const *params, int nparams,
                        Arena *mem, Err *err)
{
    if (sqlite3_bind_parameter_count(stmt) != nparams)
        return err_add(mem, err, ERR_INTERNAL, NULL, NULL,
                       "a statement with %d marks got %d values",
                       sqlite3_bind_parameter_count(stmt), nparams);
    for (int i = 0; i < nparams; i++) {
        int rc = params[i] ? sqlite3_bind_text(stmt, i + 1, params[i], -1, SQLITE_STATIC)
                           : sqlite3_bind_null(stmt, i + 1);
        if (rc != SQLITE_OK)
            return sqlite_db_error(d, rc, NULL, 0, mem, err);
    }
    return true;
}

typedef struct Rows {
    const char **cells;
    size_t cap;
    int rows, cols;
    Arena *mem;
} Rows;

static void keep_row(Rows *rows, sqlite3_stmt *stmt)
{
    size_t have = (size_t)rows->rows * (size_t)rows->cols;
    rows->cells = arena_grow(rows->mem, rows->cells, &rows->cap, have + (size_t)rows->cols,
                             sizeof *rows->cells);
    for (int c = 0; c < rows->cols; c++) {
        const char *text = (const char *)sqlite3_column_text(stmt, c);
        rows->cells[have + (size_t)c] =
            text ? arena_strndup(rows->mem, text, (size_t)sqlite3_column_bytes(stmt, c)) : NULL;
    }
    rows->rows++;
}

/* Runs one statement to its end; rows are kept when asked for. */
static bool run(LiteDb *d, const char *sql, const char *const *params, int nparams, Rows *rows,
                int64_t *affected, Arena *mem, Err *err)
{
    sqlite3_stmt *stmt = NULL;
    sqlite_db_start(d);
    int rc = sqlite3_prepare_v2(d->handle, sql, -1, &stmt, NULL);
    if (rc != SQLITE_OK)
        return sqlite_db_error(d, rc, NULL, 0, mem, err);
    if (!stmt) /* a comment */
        return true;
    bool ok = bind_params(d, stmt, params, nparams, mem, err);
    if (rows)
        rows->cols = sqlite3_column_count(stmt);
    while (ok && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
        if (rows && rows->cols)
            keep_row(rows, stmt);
    if (ok && rc != SQLITE_DONE)
        ok = sqlite_db_error(d, rc, NULL, 0, mem, err);
    else if (ok && affected)
        *affected = sqlite3_stmt_readonly(stmt) ? 0 : sqlite3_changes64(d->handle);
    sqlite3_finalize(stmt);
    d->db.in_transaction = !sqlite3_get_autocommit(d->handle);
    return ok;
}

bool sqlite_db_query(Db *db, const char *sql, const char *const *params, int nparams, DbResult *out,
                     Arena *mem, Err *err)
{
    Rows rows = {.mem = mem};
    *out = (DbResult){0};
    if (!run(lite_of(db), sql, params, nparams, &rows, NULL, mem, err))
        return false;
    *out = (DbResult){.rows = rows.rows, .cols = rows.cols, .cells = rows.cells};
    return true;
}

/* The journal mode is kept in the file: it is set right before the first write, so that a file
 * nothing was written to stays empty. */
static bool first_write(LiteDb *d, Arena *mem, Err *err)
{
    if (!d->db.created || d->journal_set || d->db.in_transaction)
        return true;
    d->journal_set = true;
    return run(d, "PRAGMA journal_mode = WAL", NULL, 0, NULL, NULL, mem, err) &&
           run(d, "PRAGMA synchronous = NORMAL", NULL, 0, NULL, NULL, mem, err);
}

static bool sqlite_db_exec(Db *db, const char *sql, const char *const *params, int nparams,
                           int64_t *affected, Arena *mem, Err *err)
{
    return first_write(lite_of(db), mem, err) &&
           run(lite_of(db), sql, params, nparams, NULL, affected, mem, err);
}

/* IMMEDIATE: whoever else writes is met here and not in the middle. */
static bool sqlite_db_begin(Db *db, Arena *mem, Err *err)
{
    return first_write(lite_of(db), mem, err) &&
           run(lite_of(db), "BEGIN IMMEDIATE", NULL, 0, NULL, NULL, mem, err);
}

static bool sqlite_db_commit(Db *db, Arena *mem, Err *err)
{
    return run(lite_of(db), "COMMIT", NULL, 0, NULL, NULL, mem, err);
}

/* SQLite may have rolled back by itself (disk full, interrupt). */
static bool sqlite_db_rollback(Db *db, Arena *mem, Err *err)
{
    LiteDb *d = lite_of(db);
    db->in_transaction = !sqlite3_get_autocommit(d->handle);
    return !db->in_transaction || run(d, "ROLLBACK", NULL, 0, NULL, NULL, mem, err);
}

/* ---- opening and closing */

static bool open_refused(const DbUrl *url, ErrCode code, const char *hint, Arena *mem, Err *err,
                         const char *what)
{
    err_add(mem, err, code, NULL, url->shown, "%s", what);
    return err_hint(mem, err, "%s", hint);
}

static bool check_path(const DbUrl *url, const DbOptions *options, bool exists, Arena *mem,
                       Err *err)
{
    const char *folder = os_dirname(url->path, mem);
    if (os_is_dir(url->path))
        return open_refused(url, ERR_CONNECT, "name a file in it", mem, err,
                            "is a folder, not a database file");
    if (!exists && !options->create)
        return open_refused(url, ERR_CONNECT,
                            "correct the url, or create the database by seedpipe run", mem, err,
                            "there is no such file");
    if (!exists && !os_is_dir(folder))
        return open_refused(url, ERR_CONNECT,
                            arena_printf(mem, "create the folder: mkdir -p %s", folder), mem, err,
                            "the folder of the file does not exist");
    if (options->read_only)
        return true;
    if (exists && !os_is_writable(url->path))
        return open_refused(url, ERR_CONNECT, "make it writable for this user, or work on a copy",
                            mem, err, "the file is read-only");
    if (!os_is_writable(folder))
        return open_refused(
            url, ERR_CONNECT,
            "SQLite keeps its journal beside the file: make the folder writable for this user", mem,
            err, "the folder of the file is read-only");
    return true;
}

static void sqlite_db_close(Db *db);

/* 32 MiB of pages: with the 2 of the default a change to scattered rows writes the same pages again
 * and again. */
#define CACHE_SIZE "PRAGMA cache_size = -32768"

/* Reads the file's head, which opening alone does not. */
static bool look_inside(LiteDb *d, const DbOptions *options, Arena *mem, Err *err)
{
    DbResult ignored;
    if (!sqlite_db_query(&d->db, "SELECT count(*) FROM sqlite_master", NULL, 0, &ignored, mem,
                         err) ||
        !run(d, "PRAGMA foreign_keys = OFF", NULL, 0, NULL, NULL, mem, err) ||
        !run(d, CACHE_SIZE, NULL, 0, NULL, NULL, mem, err))
        return false;
    if (options->read_only)
        return run(d, "PRAGMA query_only = ON", NULL, 0, NULL, NULL, mem, err);
    if (sqlite3_db_readonly(d->handle, "main") == 1)
        return open_refused(&d->db.url, ERR_CONNECT,
                            "make it writable for this user, or work on a copy", mem, err,
                            "the file is read-only");
    return true;
}

static Db *sqlite_db_open(const DbUrl *url, const DbOptions *options, Arena *mem, Err *err)
{
    bool exists = os_exists(url->path), stand_in = !exists && options->read_only;
    if (!stand_in && !check_path(url, options, exists, mem, err))
        return NULL;
    LiteDb *d = arena_new_of(mem, LiteDb);
    d->db = (Db){.connector = &db_sqlite,
                 .engine = ENGINE_SQLITE,
                 .url = *url,
                 .created = !exists && !stand_in};
    d->db.server = arena_printf(mem, "SQLite %s", sqlite3_libversion());
    d->lock_fd = -1;
    d->opening = true;
    d->timeout = options->statement_timeout;
    double wait = options->statement_timeout > 0 ? options->statement_timeout
                  : options->connect_timeout > 0 ? options->connect_timeout
                                                 : WAIT_DEFAULT_S;
    d->wait_us = (uint64_t)(wait * 1e6);
    /* One thread at a time uses a connection, so SQLite need not lock it. What is only read is
     * opened for writing all the same where that is possible: a reader cannot take away the files
     * of a write-ahead log, and would leave them lying about. */
    int flags = SQLITE_OPEN_NOMUTEX |
                (stand_in || d->db.created ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                           : SQLITE_OPEN_READWRITE);
    int rc = sqlite3_open_v2(stand_in ? ":memory:" : url->path, &d->handle, flags, NULL);
    bool ok = rc == SQLITE_OK;
    if (d->handle) {
        sqlite3_extended_result_codes(d->handle, 1);
        sqlite3_busy_handler(d->handle, on_busy, d);
        sqlite3_progress_handler(d->handle, OPS_PER_LOOK, on_progress, d);
    }
    if (!ok)
        sqlite_db_error(d, rc, NULL, 0, mem, err);
    d->real_path = ok && !stand_in ? os_realpath(url->path, mem) : NULL;
    ok = ok && look_inside(d, options, mem, err);
    d->opening = false;
    if (ok)
        return &d->db;
    sqlite_db_close(&d->db);
    return NULL;
}

static const char *lock_path(const LiteDb *d, Arena *mem)
{
    return arena_printf(mem, "%s.seedpipe-lock", d->real_path);
}

static void sqlite_db_unlock(Db *db)
{
    LiteDb *d = lite_of(db);
    if (d->lock_fd >= 0)
        os_lock_release(d->lock_fd);
    d->lock_fd = -1;
}

static bool is_empty(const LiteDb *d, Arena *mem)
{
    Err ignored = {0};
    size_t len = 1;
    return os_read_file(d->real_path, 1, &len, ERR_IO, mem, &ignored) && len == 0;
}

/* What was refused leaves nothing behind. Only under the lock, and the lock's file first: whoever
 * took the old file's lock meanwhile has the old database open too, and notices in lock_try. */
static void remove_empty(LiteDb *d)
{
    Arena *mem = arena_new();
    const char *path = lock_path(d, mem);
    if (is_empty(d, mem) && (d->lock_fd >= 0 || os_lock_try(path, &d->lock_fd) == OS_LOCK_GOT) &&
        is_empty(d, mem)) {
        remove(path);
        remove(d->real_path);
    }
    arena_free(mem);
}

static void sqlite_db_close(Db *db)
{
    LiteDb *d = lite_of(db);
    sqlite3_close_v2(d->handle);
    d->handle = NULL;
    if (db->created && d->real_path)
        remove_empty(d);
    sqlite_db_unlock(db);
}

/* ---- the lock, and the next key */

/* The path leads to another file, or none, by now. */
static bool has_moved(LiteDb *d)
{
    int moved = 0;
    return sqlite3_file_control(d->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
           moved;
}

static bool sqlite_db_lock_try(Db *db, bool *got, Arena *mem, Err *err)
{
    LiteDb *d = lite_of(db);
    *got = d->lock_fd >= 0;
    if (*got)
        return true;
    if (!d->real_path)
        return err_add(mem, err, ERR_INTERNAL, NULL, db->url.shown,
                       "a file that is not there cannot be locked");
    const char *path = lock_path(d, mem);
    OsLock lock = os_lock_try(path, &d->lock_fd);
    if (lock == OS_LOCK_ERROR) {
        err_add(mem, err, ERR_IO, NULL, db->url.shown, "the lock file %s cannot be opened: %s",
                path, strerror(errno));
        d->lock_fd = -1;
        return err_hint(mem, err, "make it, and its folder, writable for this user");
    }
    if (lock == OS_LOCK_GOT && has_moved(d)) {
        sqlite_db_unlock(db);
        err_add(mem, err, ERR_LOST, NULL, db->url.shown,
                "the file was removed or replaced while it was being opened");
        return err_hint(mem, err, "run it again");
    }
    *got = lock == OS_LOCK_GOT;
    if (!*got)
        d->lock_fd = -1;
    return true;
}

static bool sqlite_db_lock_held(Db *db, bool *held, Arena *mem, Err *err)
{
    (void)mem, (void)err;
    *held = lite_of(db)->lock_fd >= 0 && !has_moved(lite_of(db));
    return true;
}

static bool sqlite_db_next_key(Db *db, const Table *table, int col, int64_t *next, Arena *mem,
                               Err *err)
{
    int64_t greatest = 0, issued = 0, counters = 0;
    Buf sql;
    buf_init(&sql, SQL_MAX);
    buf_str(&sql, "SELECT max(");
    dialect_ident(ENGINE_SQLITE, &sql, table->cols[col].name);
    buf_str(&sql, ") FROM ");
    dialect_table(ENGINE_SQLITE, &sql, table->schema, table->name);
    const char *max_sql = arena_strndup(mem, sql.data, sql.len), *params[] = {table->name};
    buf_free(&sql);
    *next = 1;
    if (!db_query_i64(db, max_sql, NULL, 0, 0, &greatest, mem, err) ||
        !db_query_i64(db, "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'", NULL,
                      0, 0, &counters, mem, err))
        return false;
    if (counters &&
        !db_query_i64(db, "SELECT seq FROM sqlite_sequence WHERE name = ? COLLATE NOCASE", params,
                      1, 0, &issued, mem, err))
        return false;
    greatest = issued > greatest ? issued : greatest;
    *next = greatest == INT64_MAX ? INT64_MAX : greatest > 0 ? greatest + 1 : 1;
    return true;
}

const Connector db_sqlite = {
    .name = "sqlite",
    .concurrent_writers = false,
    .keys_after = true,
    .ddl_transactional = true,
    .load_path = LOAD_PREPARED,
    .open = sqlite_db_open,
    .close = sqlite_db_close,
    .exec = sqlite_db_exec,
    .query = sqlite_db_query,
    .begin = sqlite_db_begin,
    .commit = sqlite_db_commit,
    .rollback = sqlite_db_rollback,
    .load_begin = sqlite_db_load_begin,
    .load_batch = sqlite_db_load_batch,
    .load_end = sqlite_db_load_end,
    .read = sqlite_db_read,
    .describe = sqlite_db_describe,
    .lock_try = sqlite_db_lock_try,
    .lock_held = sqlite_db_lock_held,
    .unlock = sqlite_db_unlock,
    .next_key = sqlite_db_next_key,
    .cancel = sqlite_db_cancel,
};

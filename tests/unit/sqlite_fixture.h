/* What the SQLite connector's tests share: each has a folder of its own with a new file in it. */
#ifndef SEEDPIPE_TEST_SQLITE_FIXTURE_H
#define SEEDPIPE_TEST_SQLITE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/os.h"
#include "db/sqlite_int.h"

typedef struct World {
    Arena *mem;
    Err err;
    char folder[64];
    const char *path, *url;
    Db *db;
} World;

static inline void need(World *w, bool ok)
{
    if (!ok)
        fail_msg("%s: %s", w->err.last && w->err.last->subject ? w->err.last->subject : "",
                 w->err.last ? w->err.last->message : "no error");
}

static inline Db *open_url(World *w, const char *url, DbOptions options)
{
    DbUrl parsed;
    need(w, db_url_parse(url, &parsed, w->mem, &w->err));
    return db_open(&parsed, &options, w->mem, &w->err);
}

static inline void open_file(World *w)
{
    w->db = open_url(w, w->url, (DbOptions){.create = true, .connect_timeout = 0.05});
    need(w, w->db != NULL);
}

static inline void run_sql(World *w, const char *sql)
{
    need(w, db_exec(w->db, w->mem, &w->err, sql));
}

/* The one error that a call must have left; then the list is empty again. */
static inline ErrItem expect_error(World *w, bool ok, ErrCode code)
{
    if (ok)
        fail_msg("no error");
    assert_int_equal(w->err.count, 1);
    ErrItem item = *w->err.last;
    if (item.code != code)
        fail_msg("%s instead of %s: %s", err_name(item.code), err_name(code), item.message);
    err_clear(&w->err);
    return item;
}

static inline ErrItem sql_error(World *w, const char *sql, ErrCode code)
{
    return expect_error(w, db_exec(w->db, w->mem, &w->err, sql), code);
}

static inline const char *value(World *w, const char *sql)
{
    DbResult r;
    need(w, db_query(w->db, sql, NULL, 0, &r, w->mem, &w->err));
    assert_true(r.rows > 0);
    return db_cell(&r, 0, 0);
}

static inline int setup(void **state)
{
    World *w = calloc(1, sizeof *w);
    w->mem = arena_new();
    snprintf(w->folder, sizeof w->folder, "/tmp/seedpipe-lite-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    w->path = arena_printf(w->mem, "%s/a b?.db", w->folder);
    w->url = arena_printf(w->mem, "sqlite:%s/a b%%3F.db", w->folder);
    open_file(w);
    *state = w;
    return 0;
}

static inline int teardown(void **state)
{
    World *w = *state;
    db_close(w->db);
    size_t n;
    chmod(w->folder, 0700);
    char **names = os_list_dir(w->folder, &n, w->mem);
    for (size_t i = 0; i < n; i++)
        remove(os_path_join(w->folder, names[i], w->mem));
    remove(w->folder);
    arena_free(w->mem);
    free(w);
    return 0;
}

#endif

/* Call N of a run fails, with every class of error, for N = 1, 2, ... until a run in which N never
 * comes. Each time the run either succeeds by itself or the next identical command finishes it, and
 * the tables then hold, byte by byte, what an undisturbed run makes, with nothing beside them. The
 * whole matrix takes minutes: SEEDPIPE_TEST_LONG=1 (./dev test --long); without it, a sample. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/os.h"
#include "exec/exec.h"
#include "fault.h"

static const char recipe_text[] =
    "local r = recipe { name = 'fault', seed = 7, clock = '2026-01-01', engine = 1 }\n"
    "local users = r:table('users', { rows = 30 }, function(t)\n"
    "  t.id = serial()\n"
    "  t.email = email():unique()\n"
    "  t.born = date { from = years(-60), to = years(-20) }\n"
    "end)\n"
    "local orders = r:table('orders', { rows = 60, per = { users, between(0, 5) } }, function(t)\n"
    "  t.id = serial()\n"
    "  t.user_id = ref(users)\n"
    "  t.total = decimal { min = 1, max = 900, scale = 2 }\n"
    "  t.note = sentence():null(0.3)\n"
    "end)\n"
    "r:table('tags', { rows = 50 }, function(t)\n"
    "  t.order_id = ref(orders)\n"
    "  t.code = pattern('T-####')\n"
    "  t:primary_key(t.order_id, t.code)\n"
    "end)\n"
    "return r\n";

static const char *const tables[] = {"users", "orders", "tags"};

enum { SAMPLES = 12 }; /* disturbed runs per engine and size, without SEEDPIPE_TEST_LONG */

typedef struct World {
    const char *name;
    const Connector *real;
    char folder[64];
    const char *recipe;
    Env env;
    const char *url;       /* of the test's database */
    const char *admin_url; /* of the server; NULL: a file */
    const char *expected;  /* what an undisturbed run leaves */
    bool small;            /* all in one transaction */
    Arena *mem;
    Err err;
} World;

static void need(World *w, bool ok, const char *doing)
{
    if (!ok)
        fail_msg("%s: %s: %s (%s)", w->name, doing, w->err.last ? w->err.last->message : "no error",
                 w->err.last && w->err.last->hint ? w->err.last->hint : "");
}

static Db *open_url(World *w, const char *text)
{
    DbUrl url;
    DbOptions options = {.create = true};
    need(w, db_url_parse(text, &url, w->mem, &w->err), "url");
    Db *db = w->real->open(&url, &options, w->mem, &w->err);
    need(w, db != NULL, "open");
    return db;
}

/* ---- what a run leaves */

static void add_query(World *w, Db *db, Buf *out, const char *sql)
{
    DbResult r;
    need(w, db_query(db, sql, NULL, 0, &r, w->mem, &w->err), sql);
    uint64_t sum = 0;
    for (int i = 0; i < r.rows * r.cols; i++) {
        const char *cell = r.cells[i] ? r.cells[i] : "NULL";
        sum = hash64(cell, strlen(cell) + 1, sum);
    }
    buf_printf(out, "%s: %d rows, %016llx\n", sql, r.rows, (unsigned long long)sum);
}

/* Every cell of every table, and what the ledger says where it does not depend on time. */
static const char *content(World *w)
{
    Db *db = open_url(w, w->url);
    const char *dot = db->engine == ENGINE_POSTGRES ? "." : "_";
    Catalog catalog = {0};
    Buf out;
    buf_init(&out, 1 << 20);
    need(w, db_describe(db, NULL, 0, &catalog, w->mem, &w->err), "describe");
    for (int i = 0; i < catalog.ntables; i++)
        if (strncmp(catalog.tables[i].name, "seedpipe_", 9) != 0)
            buf_printf(&out, "table %s, %d foreign keys, %d unique\n", catalog.tables[i].name,
                       catalog.tables[i].nfks, catalog.tables[i].nuniques);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        add_query(w, db, &out, arena_printf(w->mem, "SELECT * FROM %s ORDER BY 1, 2", tables[i]));
    add_query(w, db, &out, arena_printf(w->mem, "SELECT status FROM seedpipe%sruns", dot));
    add_query(w, db, &out,
              arena_printf(w->mem,
                           "SELECT table_name, sum(n_rows) FROM seedpipe%schunks GROUP BY "
                           "table_name ORDER BY table_name",
                           dot));
    add_query(
        w, db, &out,
        arena_printf(w->mem, "SELECT table_name, n_rows FROM seedpipe%ssegments ORDER BY 1", dot));
    const char *text = arena_strndup(w->mem, out.data, out.len);
    buf_free(&out);
    db_close(db);
    return text;
}

static void start_anew(World *w)
{
    if (!w->admin_url) {
        remove(w->url + strlen("sqlite:"));
        return;
    }
    Db *db = open_url(w, w->url);
    Err ignored = {0};
    bool pg = db->engine == ENGINE_POSTGRES;
    for (int i = 2; i >= 0; i--)
        db_exec(db, w->mem, &ignored, arena_printf(w->mem, "DROP TABLE IF EXISTS %s", tables[i]));
    static const char *const ledger[] = {"runs", "segments", "chunks", "steps", "meta"};
    for (int i = 0; i < 5 && !pg; i++)
        db_exec(db, w->mem, &ignored,
                arena_printf(w->mem, "DROP TABLE IF EXISTS seedpipe_%s", ledger[i]));
    if (pg)
        db_exec(db, w->mem, &ignored, "DROP SCHEMA IF EXISTS seedpipe CASCADE");
    db_close(db);
}

static bool run(World *w, const Connector *connector)
{
    ExecOptions options = {.recipe = w->recipe,
                           .url = w->url,
                           .env = &w->env,
                           .plan = {.count = -1},
                           .jobs = 2,
                           .lock_timeout = 5,
                           .yes = true,
                           .small_run = w->small ? 0 : 1,
                           .connector = connector};
    ExecReport report;
    err_clear(&w->err);
    return exec_run(&options, &report, w->mem, &w->err);
}

/* ---- the matrix */

/* One disturbed run. False: call n never came. */
static bool disturb(World *w, FaultKind kind, int n)
{
    Arena *kept = w->mem;
    w->mem = arena_new();
    start_anew(w);
    bool ok = run(w, fault_connector(w->real, kind, n)), hit = fault_hit();
    const char *said = ok || !w->err.first ? "" : w->err.first->message;
    if (!ok && !w->err.first)
        fail_msg("%s: %s at call %d (%s): failed without an error", w->name, fault_name(kind), n,
                 fault_place());
    said = arena_strdup(kept, said);
    if (!ok && !run(w, w->real))
        fail_msg("%s: %s at call %d (%s): \"%s\", and then the same command: %s", w->name,
                 fault_name(kind), n, fault_place(), said, w->err.first->message);
    const char *found = content(w);
    if (strcmp(found, w->expected) != 0)
        fail_msg("%s: %s at call %d (%s), %s: other content:\n%s\nand undisturbed:\n%s", w->name,
                 fault_name(kind), n, fault_place(), ok ? "went on by itself" : "run again", found,
                 w->expected);
    arena_free(w->mem);
    w->mem = kept;
    return hit;
}

static void test_matrix(void **state)
{
    World *w = *state;
    bool all = os_getenv("SEEDPIPE_TEST_LONG") != NULL;
    start_anew(w);
    need(w, run(w, fault_connector(w->real, FAULT_PLAIN, 0)), "undisturbed");
    int calls = fault_calls(), runs = 0;
    w->expected = content(w);
    if (all) {
        for (int kind = 0; kind < FAULT_KINDS; kind++)
            for (int n = 1; disturb(w, (FaultKind)kind, n); n++)
                runs++;
    } else {
        int step = calls / SAMPLES + 1;
        for (int n = 1 + w->small; n <= calls; n += step, runs++)
            disturb(w, (FaultKind)(runs % FAULT_KINDS), n);
    }
    printf("%s: %d calls, %d disturbed runs\n", w->name, calls, runs);
    assert_true(calls > 50);
}

/* ---- each engine */

static int setup(void **state)
{
    World *w = *state;
    w->mem = arena_new();
    snprintf(w->folder, sizeof w->folder, "/tmp/seedpipe-fault-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    w->recipe = arena_printf(w->mem, "%s/fault.lua", w->folder);
    FILE *f = fopen(w->recipe, "w");
    fputs(recipe_text, f);
    fclose(f);
    w->env = (Env){.name = "dev", .scale = 1, .batch = 25, .reconnect_timeout = 10};
    if (!w->admin_url) {
        w->url = arena_printf(w->mem, "sqlite:%s/x.db", w->folder);
        return 0;
    }
    const char *name = arena_printf(w->mem, "sp_fault_%lld", (long long)os_pid());
    Db *db = open_url(w, w->admin_url);
    need(w, db_exec(db, w->mem, &w->err, arena_printf(w->mem, "CREATE DATABASE %s", name)),
         "create");
    db_close(db);
    const char *query = strchr(w->admin_url, '?');
    const char *slash = query ? query : strrchr(w->admin_url, '/');
    while (*slash != '/')
        slash--;
    w->url = arena_printf(w->mem, "%.*s/%s%s", (int)(slash - w->admin_url), w->admin_url, name,
                          query ? query : "");
    return 0;
}

static int teardown(void **state)
{
    World *w = *state;
    if (w->admin_url) {
        Db *db = open_url(w, w->admin_url);
        Err ignored = {0};
        db_exec(db, w->mem, &ignored,
                arena_printf(w->mem, "DROP DATABASE sp_fault_%lld", (long long)os_pid()));
        db_close(db);
    }
    size_t n;
    char **names = os_list_dir(w->folder, &n, w->mem);
    for (size_t i = 0; i < n; i++)
        remove(os_path_join(w->folder, names[i], w->mem));
    remove(w->folder);
    arena_free(w->mem);
    return 0;
}

int main(void)
{
    const char *socket = getenv("SEEDPIPE_TEST_PG_SOCKET"), *port = getenv("SEEDPIPE_TEST_PG_PORT");
    char pg[512] = "";
    if (socket && port)
        snprintf(pg, sizeof pg, "postgres://postgres@/postgres?host=%s&port=%s", socket, port);
    const char *mariadb = getenv("SEEDPIPE_TEST_MARIADB_URL"),
               *mysql = getenv("SEEDPIPE_TEST_MYSQL_URL");
    static World worlds[8];
    struct CMUnitTest tests[8];
    static char names[8][64];
    const World engines[] = {
        {.name = "SQLite", .real = &db_sqlite},
        {.name = "PostgreSQL", .real = &db_postgres, .admin_url = *pg ? pg : NULL},
        {.name = "MariaDB", .real = &db_mysql, .admin_url = mariadb},
        {.name = "MySQL", .real = &db_mysql, .admin_url = mysql}};
    size_t count = 0;
    for (size_t i = 0; i < 4; i++) {
        if (engines[i].real != &db_sqlite && (!engines[i].admin_url || !*engines[i].admin_url)) {
            printf("skipped: no %s server\n", engines[i].name);
            continue;
        }
        for (int small = 0; small < 2; small++, count++) {
            worlds[count] = engines[i];
            worlds[count].small = small;
            snprintf(names[count], sizeof names[count], "%s, %s", engines[i].name,
                     small ? "one transaction" : "chunks");
            worlds[count].name = names[count];
            tests[count] =
                (struct CMUnitTest){names[count], test_matrix, setup, teardown, &worlds[count]};
        }
    }
    return _cmocka_run_group_tests("fault", tests, count, NULL, NULL);
}

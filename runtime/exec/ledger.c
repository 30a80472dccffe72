/* The ledger's tables and the statements on them. Values are always bound, never pasted; the only
 * engine differences are names, text types and the share lock. */
#include "exec/ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/os.h"

#define LEDGER_TABLES 6

static const char *sql_i64(Arena *mem, int64_t v)
{
    return arena_printf(mem, "%" PRId64, v);
}

static const char *table_name(Engine engine, const char *name, Arena *mem)
{
    Buf out;
    buf_init(&out, 256);
    if (engine == ENGINE_POSTGRES)
        dialect_table(engine, &out, "seedpipe", name);
    else
        dialect_table(engine, &out, NULL, arena_printf(mem, "seedpipe_%s", name));
    const char *text = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return text;
}

/* Asks the catalog, since a failed SELECT would spoil a transaction. meta is made last: without it
 * there is no ledger yet. */
static bool table_exists(Ledger *l, bool *exists, Arena *mem, Err *err)
{
    static const char mysql[] =
        "SELECT count(*), coalesce(sum(table_name = 'seedpipe_meta'), 0) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN "
        "('seedpipe_runs', 'seedpipe_segments', 'seedpipe_chunks', 'seedpipe_steps', 'seedpipe_changes', 'seedpipe_meta')";
    static const char *const question[] = {
        [ENGINE_SQLITE] =
            "SELECT count(*), coalesce(sum(name = 'seedpipe_meta'), 0) FROM sqlite_master WHERE type = 'table' AND name IN "
            "('seedpipe_runs', 'seedpipe_segments', 'seedpipe_chunks', 'seedpipe_steps', 'seedpipe_changes', 'seedpipe_meta')",
        [ENGINE_POSTGRES] =
            "SELECT count(*), count(*) FILTER (WHERE tablename = 'meta') FROM pg_catalog.pg_tables WHERE schemaname = 'seedpipe' "
            "AND tablename IN ('runs', 'segments', 'chunks', 'steps', 'changes', 'meta')",
        [ENGINE_MARIADB] = mysql,
        [ENGINE_MYSQL] = mysql};
    DbResult r;
    if (!db_query(l->db, question[l->db->engine], NULL, 0, &r, mem, err))
        return false;
    *exists = strcmp(db_cell(&r, 0, 1), "0") != 0;
    int missing = LEDGER_TABLES - atoi(db_cell(&r, 0, 0));
    if (!*exists || missing == 0)
        return true;
    err_add(mem, err, ERR_DRIFT, NULL, "ledger", "%d of the ledger's %d tables are gone", missing,
            LEDGER_TABLES);
    return err_hint(mem, err,
                    "restore them from a backup; or drop the others too: the target's rows then "
                    "count as your own");
}

bool ledger_open(Ledger *l, Db *db, Arena *mem, Err *err)
{
    bool known = l->exists && l->db == db; /* opened before the lock was got */
    l->db = db;
    l->runs = table_name(db->engine, "runs", mem);
    l->segments = table_name(db->engine, "segments", mem);
    l->chunks = table_name(db->engine, "chunks", mem);
    l->steps = table_name(db->engine, "steps", mem);
    l->changes = table_name(db->engine, "changes", mem);
    l->meta = table_name(db->engine, "meta", mem);
    if (db->engine == ENGINE_SQLITE && db->url.path == NULL)
        return true;
    if (!known && !table_exists(l, &l->exists, mem, err))
        return false;
    if (!l->exists)
        return true;
    const char *version = ledger_meta(l, "ledger_version", mem, err);
    l->version = version ? atoi(version) : 0;
    if (l->version > LEDGER_VERSION) {
        err_add(
            mem, err, ERR_GUARD, NULL, "ledger",
            "the target's ledger is of version %s, written by a newer seedpipe; this one knows version %d",
            version, LEDGER_VERSION);
        return err_hint(mem, err, "use the newer seedpipe for this target");
    }
    return err->count == 0;
}

bool ledger_upgrade(Ledger *l, Arena *mem, Err *err)
{
    const char *params[] = {sql_i64(mem, LEDGER_VERSION)};
    return l->version == LEDGER_VERSION ||
           db_exec_params(
               l->db,
               arena_printf(mem, "UPDATE %s SET value = ? WHERE name = 'ledger_version'", l->meta),
               params, 1, NULL, mem, err);
}

bool ledger_create(Ledger *l, Arena *mem, Err *err)
{
    if (l->exists)
        return true;
    bool mysql = l->db->engine == ENGINE_MYSQL || l->db->engine == ENGINE_MARIADB;
    const char *text = mysql ? "longtext" : "text";
    const char *tail = mysql ? " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin" : "";
    const char *statements[7];
    int n = 0;
    if (l->db->engine == ENGINE_POSTGRES)
        statements[n++] = "CREATE SCHEMA IF NOT EXISTS seedpipe";
    statements[n++] = arena_printf(
        mem,
        "CREATE TABLE IF NOT EXISTS %s (id varchar(40) PRIMARY KEY, recipe varchar(190) NOT NULL, digest varchar(64) NOT NULL, "
        "seed varchar(24) NOT NULL, clock varchar(40), engine integer NOT NULL, env varchar(190) NOT NULL, status varchar(20) NOT NULL, "
        "epoch bigint NOT NULL, host varchar(190), pid bigint, username varchar(190), started_at varchar(40) NOT NULL, finished_at varchar(40), "
        "version varchar(40), sources %s)%s",
        l->runs, text, tail);
    statements[n++] = arena_printf(
        mem,
        "CREATE TABLE IF NOT EXISTS %s (run_id varchar(40) NOT NULL, recipe varchar(190) NOT NULL, table_name varchar(190) NOT NULL, "
        "first_row bigint NOT NULL, n_rows bigint NOT NULL, key_column varchar(190), key_last bigint, detail %s NOT NULL, "
        "PRIMARY KEY (run_id, table_name, first_row))%s",
        l->segments, text, tail);
    statements[n++] = arena_printf(
        mem,
        "CREATE TABLE IF NOT EXISTS %s (run_id varchar(40) NOT NULL, table_name varchar(190) NOT NULL, first_row bigint NOT NULL, "
        "n_rows bigint NOT NULL, checksum varchar(20) NOT NULL, PRIMARY KEY (run_id, table_name, first_row))%s",
        l->chunks, tail);
    statements[n++] = arena_printf(
        mem,
        "CREATE TABLE IF NOT EXISTS %s (run_id varchar(40) NOT NULL, kind varchar(40) NOT NULL, table_name varchar(190) NOT NULL, "
        "done integer NOT NULL, PRIMARY KEY (run_id, kind, table_name))%s",
        l->steps, tail);
    statements[n++] = arena_printf(
        mem,
        "CREATE TABLE IF NOT EXISTS %s (run_id varchar(40) NOT NULL, table_name varchar(190) NOT NULL, kind varchar(20) NOT NULL, "
        "part bigint NOT NULL, column_names %s, row_set %s NOT NULL, PRIMARY KEY (run_id, table_name, kind, part))%s",
        l->changes, text, text, tail);
    /* The last one says that the ledger is whole. */
    statements[n++] = arena_printf(
        mem, "CREATE TABLE IF NOT EXISTS %s (name varchar(190) PRIMARY KEY, value %s)%s", l->meta,
        text, tail);
    bool transaction = l->db->connector->ddl_transactional;
    bool ok = !transaction || db_begin(l->db, mem, err);
    for (int i = 0; ok && i < n; i++)
        ok = db_exec(l->db, mem, err, statements[i]);
    ok = ok && ledger_set_meta(l, "ledger_version", sql_i64(mem, LEDGER_VERSION), mem, err);
    if (ok && transaction)
        ok = db_commit(l->db, mem, err);
    if (!ok) {
        if (l->db->in_transaction) {
            Err ignored = {0};
            db_rollback(l->db, mem, &ignored);
        }
        if (err->last->hint) /* the reason's own way out */
            return false;
        return err_hint(
            mem, err,
            "seedpipe keeps its ledger in the target (%s): the user needs the right to create it",
            l->db->engine == ENGINE_POSTGRES ? "schema seedpipe" : "tables seedpipe_*");
    }
    l->exists = true;
    return true;
}

const char *ledger_meta(Ledger *l, const char *name, Arena *mem, Err *err)
{
    DbResult r;
    const char *params[] = {name};
    if (!l->exists ||
        !db_query(l->db, arena_printf(mem, "SELECT value FROM %s WHERE name = ?", l->meta), params,
                  1, &r, mem, err))
        return NULL;
    return r.rows ? db_cell(&r, 0, 0) : NULL;
}

/* One statement, and so one commit where it stands alone. */
bool ledger_set_meta(Ledger *l, const char *name, const char *value, Arena *mem, Err *err)
{
    const char *params[] = {value, name};
    const char *sql = l->db->engine == ENGINE_POSTGRES
                          ? "INSERT INTO %s (value, name) VALUES (?, ?) ON CONFLICT (name) DO "
                            "UPDATE SET value = excluded.value"
                          : "REPLACE INTO %s (value, name) VALUES (?, ?)";
    return db_exec_params(l->db, arena_printf(mem, sql, l->meta), params, 2, NULL, mem, err);
}

static const char *sources_json(const Recipe *recipe, Arena *mem)
{
    json_t *list = json_array();
    for (int i = 0; i < recipe->nsources; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s%}", "name", recipe->sources[i].name, "text",
                                        recipe->sources[i].text, recipe->sources[i].len));
    char *dumped = json_dumps(list, JSON_COMPACT);
    const char *text = arena_strdup(mem, dumped ? dumped : "[]");
    free(dumped);
    json_decref(list);
    return text;
}

bool ledger_start_run(Ledger *l, const LedgerRun *run, const Recipe *recipe, Arena *mem, Err *err)
{
    const char *params[] = {run->id,
                            run->recipe,
                            run->digest,
                            arena_printf(mem, "%" PRIu64, run->seed),
                            run->clock,
                            sql_i64(mem, run->engine),
                            run->env,
                            run->status,
                            sql_i64(mem, run->epoch),
                            run->host,
                            sql_i64(mem, run->pid),
                            run->user,
                            run->started,
                            SEEDPIPE_VERSION,
                            sources_json(recipe, mem)};
    const char *sql = arena_printf(
        mem,
        "INSERT INTO %s (id, recipe, digest, seed, clock, engine, env, status, epoch, host, pid, username, started_at, version, sources) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        l->runs);
    return db_exec_params(l->db, sql, params, (int)(sizeof params / sizeof *params), NULL, mem,
                          err);
}

bool ledger_sources(Ledger *l, const char *run_id, RecipeSource **sources, int *n, Arena *mem,
                    Err *err)
{
    DbResult r;
    const char *params[] = {run_id};
    if (!db_query(l->db, arena_printf(mem, "SELECT sources FROM %s WHERE id = ?", l->runs), params,
                  1, &r, mem, err))
        return false;
    json_t *list = r.rows && db_cell(&r, 0, 0) ? json_loads(db_cell(&r, 0, 0), 0, NULL) : NULL;
    *n = (int)json_array_size(list);
    *sources = arena_array(mem, RecipeSource, *n + 1);
    for (int i = 0; i < *n; i++) {
        const json_t *one = json_array_get(list, (size_t)i);
        const json_t *text = json_object_get(one, "text");
        (*sources)[i] = (RecipeSource){
            .name = arena_strdup(mem, json_string_value(json_object_get(one, "name"))),
            .text = arena_strndup(mem, json_string_value(text), json_string_length(text)),
            .len = json_string_length(text)};
    }
    json_decref(list);
    return *n > 0 ||
           err_add(mem, err, ERR_INTERNAL, NULL, run_id, "the ledger has no recipe for this run");
}

bool ledger_take_over(Ledger *l, LedgerRun *run, Arena *mem, Err *err)
{
    char *host = os_hostname(mem), *user = os_username(mem);
    const char *params[] = {host, sql_i64(mem, os_pid()), user, run->id, sql_i64(mem, run->epoch)};
    int64_t changed = 0;
    const char *sql = arena_printf(
        mem,
        "UPDATE %s SET epoch = epoch + 1, host = ?, pid = ?, username = ? WHERE id = ? AND epoch = ?",
        l->runs);
    if (!db_exec_params(l->db, sql, params, 5, &changed, mem, err))
        return false;
    if (changed != 1)
        return err_add(mem, err, ERR_LOCKED, NULL, run->id,
                       "another process took this run over a moment ago");
    run->epoch++;
    run->host = host;
    run->user = user;
    run->pid = os_pid();
    return true;
}

static bool write_status(Ledger *l, const char *run_id, const char *status, Arena *mem, Err *err)
{
    Buf now;
    buf_init(&now, 64);
    buf_timestamp(&now, os_wall_us(), 3);
    const char *params[] = {status, buf_cstr(&now), run_id};
    bool ok = db_exec_params(
        l->db, arena_printf(mem, "UPDATE %s SET status = ?, finished_at = ? WHERE id = ?", l->runs),
        params, 3, NULL, mem, err);
    buf_free(&now);
    return ok && ledger_seal(l, run_id, mem, err);
}

bool ledger_set_status(Ledger *l, const char *run_id, const char *status, Arena *mem, Err *err)
{
    bool own = !l->db->in_transaction;
    bool ok = (!own || db_begin(l->db, mem, err)) && write_status(l, run_id, status, mem, err) &&
              (!own || db_commit(l->db, mem, err));
    if (!ok && own && l->db->in_transaction) {
        Err ignored = {0};
        db_rollback(l->db, mem, &ignored);
    }
    return ok;
}

bool ledger_add_segment(Ledger *l, const LedgerRun *run, const TablePlan *tp,
                        const Segment *segment, Arena *mem, Err *err)
{
    int serial = plan_serial_column(tp);
    const char *values[] = {
        run->id,
        run->recipe,
        ledger_table_name(tp->table, mem),
        sql_i64(mem, (int64_t)segment->first_row),
        sql_i64(mem, (int64_t)segment->rows),
        serial >= 0 ? tp->table->cols[serial].name : NULL,
        serial >= 0 ? sql_i64(mem, segment->key_base[serial] + (int64_t)segment->rows - 1) : NULL,
        plan_segment_text(tp, segment, mem)};
    const char *insert = arena_printf(
        mem,
        "INSERT INTO %s (run_id, recipe, table_name, first_row, n_rows, key_column, key_last, detail) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        l->segments);
    return db_exec_params(l->db, insert, values, 8, NULL, mem, err);
}

static bool insert_change(const Ledger *l, Db *db, const char *run_id, const char *table,
                          ChangeKind kind, int64_t part, const char *columns, const RowSet *rows,
                          Arena *mem, Err *err)
{
    const char *values[] = {
        run_id, table, change_kind_name(kind), sql_i64(mem, part), columns, rowset_text(rows, mem)};
    const char *sql = arena_printf(
        mem,
        "INSERT INTO %s (run_id, table_name, kind, part, column_names, row_set) VALUES (?, ?, ?, ?, ?, ?)",
        l->changes);
    return db_exec_params(db, sql, values, 6, NULL, mem, err);
}

bool ledger_add_change(const Ledger *l, Db *db, const char *run_id, const char *table,
                       ChangeKind kind, const char *columns, const RowSet *rows, Arena *mem,
                       Err *err)
{
    const char *name = change_kind_name(kind);
    const char *values[] = {run_id, table, name, columns, rowset_text(rows, mem),
                            run_id, table, name};
    const char *sql = arena_printf(
        mem,
        "INSERT INTO %s (run_id, table_name, kind, column_names, row_set, part) SELECT ?, ?, ?, ?, ?, count(*) "
        "FROM %s WHERE run_id = ? AND table_name = ? AND kind = ?",
        l->changes, l->changes);
    return db_exec_params(db, sql, values, 8, NULL, mem, err);
}

bool ledger_add_rejects(const Ledger *l, Db *db, const char *run_id, const char *table,
                        uint64_t first, const RowSet *rows, Arena *mem, Err *err)
{
    return rowset_rows(rows) == 0 || insert_change(l, db, run_id, table, CHANGE_REJECTED,
                                                   (int64_t)first, NULL, rows, mem, err);
}

bool ledger_fence(const Ledger *l, Db *db, const LedgerRun *run, Arena *mem, Err *err)
{
    static const char *const share[] = {[ENGINE_SQLITE] = "",
                                        [ENGINE_POSTGRES] = " FOR SHARE",
                                        [ENGINE_MARIADB] = " LOCK IN SHARE MODE",
                                        [ENGINE_MYSQL] = " LOCK IN SHARE MODE"};
    const char *params[] = {run->id};
    int64_t epoch = -1;
    if (!db_query_i64(
            db,
            arena_printf(mem, "SELECT epoch FROM %s WHERE id = ?%s", l->runs, share[db->engine]),
            params, 1, -1, &epoch, mem, err))
        return false;
    if (epoch == run->epoch)
        return true;
    err_add(mem, err, ERR_LOCKED, NULL, run->id, "another process has taken this run over");
    return err_hint(
        mem, err,
        "let it finish; this process stops here, and nothing that it had in flight was kept");
}

bool ledger_add_chunk(const Ledger *l, Db *db, const char *run_id, const char *table,
                      uint64_t first, uint64_t rows, uint64_t checksum, Arena *mem, Err *err)
{
    const char *params[] = {run_id, table, sql_i64(mem, (int64_t)first),
                            sql_i64(mem, (int64_t)rows),
                            arena_printf(mem, "%016" PRIx64, checksum)};
    const char *sql = arena_printf(
        mem,
        "INSERT INTO %s (run_id, table_name, first_row, n_rows, checksum) VALUES (?, ?, ?, ?, ?)",
        l->chunks);
    return db_exec_params(db, sql, params, 5, NULL, mem, err);
}

bool ledger_has_chunk(const Ledger *l, Db *db, const char *run_id, const char *table,
                      uint64_t first, bool *has, Arena *mem, Err *err)
{
    const char *params[] = {run_id, table, sql_i64(mem, (int64_t)first)};
    int64_t n = 0;
    const char *sql = arena_printf(
        mem, "SELECT count(*) FROM %s WHERE run_id = ? AND table_name = ? AND first_row = ?",
        l->chunks);
    bool ok = db_query_i64(db, sql, params, 3, 0, &n, mem, err);
    *has = n > 0;
    return ok;
}

bool ledger_chunks(Ledger *l, const char *run_id, const char *table, LedgerChunk **chunks, int *n,
                   Arena *mem, Err *err)
{
    DbResult r;
    const char *params[] = {run_id, table};
    const char *sql = arena_printf(
        mem,
        "SELECT first_row, n_rows FROM %s WHERE run_id = ? AND table_name = ? ORDER BY first_row",
        l->chunks);
    *n = 0;
    if (!db_query(l->db, sql, params, 2, &r, mem, err))
        return false;
    *chunks = arena_array(mem, LedgerChunk, r.rows + 1);
    for (int i = 0; i < r.rows; i++) {
        LedgerChunk chunk = {strtoull(db_cell(&r, i, 0), NULL, 10),
                             strtoull(db_cell(&r, i, 1), NULL, 10)};
        LedgerChunk *last = *n ? &(*chunks)[*n - 1] : NULL;
        if (last && last->first + last->rows == chunk.first)
            last->rows += chunk.rows;
        else
            (*chunks)[(*n)++] = chunk;
    }
    return true;
}

bool ledger_announce_step(Ledger *l, const char *run_id, const char *kind, const char *table,
                          Arena *mem, Err *err)
{
    const char *params[] = {run_id, kind, table};
    const char *remove = arena_printf(
        mem, "DELETE FROM %s WHERE run_id = ? AND kind = ? AND table_name = ?", l->steps);
    const char *insert = arena_printf(
        mem, "INSERT INTO %s (run_id, kind, table_name, done) VALUES (?, ?, ?, 0)", l->steps);
    return db_exec_params(l->db, remove, params, 3, NULL, mem, err) &&
           db_exec_params(l->db, insert, params, 3, NULL, mem, err);
}

bool ledger_finish_step(Ledger *l, const char *run_id, const char *kind, const char *table,
                        Arena *mem, Err *err)
{
    const char *params[] = {run_id, kind, table};
    const char *sql = arena_printf(
        mem, "UPDATE %s SET done = 1 WHERE run_id = ? AND kind = ? AND table_name = ?", l->steps);
    return db_exec_params(l->db, sql, params, 3, NULL, mem, err);
}

bool ledger_created(Ledger *l, const char *run_id, const char *table, bool *created, Arena *mem,
                    Err *err)
{
    const char *params[] = {run_id, step_kind_name(STEP_CREATE_TABLE), table};
    int64_t n = 0;
    const char *sql = arena_printf(
        mem, "SELECT count(*) FROM %s WHERE run_id = ? AND kind = ? AND table_name = ?", l->steps);
    bool ok = db_query_i64(l->db, sql, params, 3, 0, &n, mem, err);
    *created = n > 0;
    return ok;
}

bool ledger_step_waits(Ledger *l, const char *run_id, const char *kind, const char *table,
                       bool *waits, Arena *mem, Err *err)
{
    const char *params[] = {run_id, kind, table};
    int64_t n = 0;
    const char *sql = arena_printf(
        mem,
        "SELECT count(*) FROM %s WHERE run_id = ? AND kind = ? AND table_name = ? AND done = 0",
        l->steps);
    bool ok = db_query_i64(l->db, sql, params, 3, 0, &n, mem, err);
    *waits = n > 0;
    return ok;
}

const char *ledger_table_name(const Table *table, Arena *mem)
{
    return table->schema ? arena_printf(mem, "%s.%s", table->schema, table->name) : table->name;
}

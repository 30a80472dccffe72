/* Has anybody written into the ledger by hand? Whenever a run changes its state, a seal is written
 * with it: what all its rows in the ledger hash to, a number for each part, so that a part that
 * differs can be named. Against carelessness, not against forgery: nothing is signed. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/hash.h"
#include "base/map.h"
#include "exec/ledger.h"

#define SEAL "seal:"

/* A run's parts and their hashes: "its chunks of kids" -> uint64_t. */
typedef struct Parts {
    Map *of_run; /* run id -> Map */
    Arena *mem;
} Parts;

static void put(Parts *p, const char *run_id, const char *part, uint64_t hash)
{
    Map *parts = map_get(p->of_run, run_id);
    if (!parts) {
        parts = map_new(p->mem);
        map_put(p->of_run, run_id, parts);
    }
    uint64_t *sum = map_get(parts, part);
    if (!sum) {
        sum = arena_new_of(p->mem, uint64_t);
        map_put(parts, part, sum);
    }
    *sum += hash; /* in whatever order the rows come */
}

/* Columns 0 and 1 are the run and the table; NULL: the run's own row. */
static bool read_part(Ledger *l, Parts *p, const char *what, const char *sql, const char *run_id,
                      Err *err)
{
    const char *params[] = {run_id};
    DbResult r;
    if (!db_query(l->db, sql, params, run_id ? 1 : 0, &r, p->mem, err))
        return false;
    for (int i = 0; i < r.rows; i++) {
        uint64_t hash = hash64_str(what, 0);
        for (int c = 1; c < r.cols; c++)
            hash =
                db_cell(&r, i, c) ? hash64_str(db_cell(&r, i, c), hash) : hash64_str("", hash + 1);
        const char *table = db_cell(&r, i, 1);
        put(p, db_cell(&r, i, 0),
            table ? arena_printf(p->mem, "its %s of %s", what, table)
                  : arena_printf(p->mem, "its %s", what),
            hash);
    }
    return true;
}

/* Of one run, or (NULL) of all. What changes without the run's state is left out: who works on it,
 * and tables that were created, once its rows are gone. */
static bool read_parts(Ledger *l, const char *run_id, Parts *p, Arena *mem, Err *err)
{
    const char *one = run_id ? " AND r.id = ?" : "";
    *p = (Parts){.of_run = map_new(mem), .mem = mem};
    const struct {
        const char *what, *sql;
    } parts[] = {
        {"entry",
         arena_printf(
             mem,
             "SELECT r.id, NULL, r.recipe, r.digest, r.seed, r.clock, r.engine, r.env, r.status, "
             "r.started_at, r.finished_at, length(r.sources) FROM %s r WHERE 1 = 1%s",
             l->runs, one)},
        {"segments",
         arena_printf(
             mem,
             "SELECT s.run_id, s.table_name, s.recipe, s.first_row, s.n_rows, s.key_column, s.key_last, s.detail "
             "FROM %s s JOIN %s r ON r.id = s.run_id WHERE 1 = 1%s",
             l->segments, l->runs, one)},
        {"chunks",
         arena_printf(
             mem,
             "SELECT c.run_id, c.table_name, count(*), sum(c.n_rows), sum(c.first_row), max(c.first_row) "
             "FROM %s c JOIN %s r ON r.id = c.run_id WHERE 1 = 1%s GROUP BY c.run_id, c.table_name",
             l->chunks, l->runs, one)},
        {"steps",
         arena_printf(
             mem,
             "SELECT s.run_id, s.table_name, s.kind, s.done FROM %s s JOIN %s r ON r.id = s.run_id "
             "WHERE r.status <> 'rolled_back'%s",
             l->steps, l->runs, one)},
        {"changes",
         arena_printf(mem,
                      "SELECT c.run_id, c.table_name, c.kind, c.part, c.column_names, c.row_set "
                      "FROM %s c JOIN %s r ON r.id = c.run_id WHERE 1 = 1%s",
                      l->changes, l->runs, one)}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!read_part(l, p, parts[i].what, parts[i].sql, run_id, err))
            return false;
    return true;
}

bool ledger_seal(Ledger *l, const char *run_id, Arena *mem, Err *err)
{
    Parts p;
    if (!read_parts(l, run_id, &p, mem, err))
        return false;
    const Map *parts = map_get(p.of_run, run_id);
    json_t *seal = json_object();
    for (size_t i = 0; parts && i < map_count(parts); i++)
        json_object_set_new_nocheck(
            seal, map_key_at(parts, i),
            json_string(arena_printf(mem, "%016" PRIx64, *(uint64_t *)map_value_at(parts, i))));
    char *text = json_dumps(seal, JSON_COMPACT);
    bool ok = !text || ledger_set_meta(l, arena_printf(mem, SEAL "%s", run_id), text, mem, err);
    free(text);
    json_decref(seal);
    return ok;
}

bool ledger_unseal(Ledger *l, const char *run_id, Arena *mem, Err *err)
{
    const char *params[] = {arena_printf(mem, SEAL "%s", run_id)};
    return db_exec_params(l->db, arena_printf(mem, "DELETE FROM %s WHERE name = ?", l->meta),
                          params, 1, NULL, mem, err);
}

/* The first part of a run that is not what the seal says; NULL: none. */
static const char *broken_part(const json_t *seal, const Map *parts, Arena *mem)
{
    const char *part;
    json_t *hash;
    json_object_foreach((json_t *)seal, part, hash)
    {
        const uint64_t *is = map_get(parts, part);
        const char *text = is ? arena_printf(mem, "%016" PRIx64, *is) : "";
        if (strcmp(text, json_string_value(hash) ? json_string_value(hash) : "?") != 0)
            return part;
    }
    for (size_t i = 0; i < map_count(parts); i++)
        if (!json_object_get(seal, map_key_at(parts, i)))
            return map_key_at(parts, i);
    return NULL;
}

bool ledger_altered(Ledger *l, LedgerAltered **altered, int *n, Arena *mem, Err *err)
{
    Parts p;
    DbResult r;
    const char *params[] = {SEAL "%"};
    *n = 0;
    *altered = NULL;
    if (!l->exists)
        return true;
    if (!db_query(l->db,
                  arena_printf(mem, "SELECT name, value FROM %s WHERE name LIKE ? ORDER BY name",
                               l->meta),
                  params, 1, &r, mem, err) ||
        (r.rows && !read_parts(l, NULL, &p, mem, err)))
        return false;
    *altered = arena_array(mem, LedgerAltered, r.rows + 1);
    for (int i = 0; i < r.rows; i++) {
        const char *run_id = db_cell(&r, i, 0) + strlen(SEAL), *text = db_cell(&r, i, 1);
        const Map *parts = map_get(p.of_run, run_id);
        json_t *seal = text ? json_loads(text, 0, NULL) : NULL;
        const char *part = !parts                  ? "its entry"
                           : !json_is_object(seal) ? "its seal"
                                                   : broken_part(seal, parts, mem);
        if (part)
            (*altered)[(*n)++] = (LedgerAltered){run_id, arena_strdup(mem, part)};
        json_decref(seal);
    }
    return true;
}

bool ledger_check_seals(Ledger *l, Arena *mem, Err *err)
{
    LedgerAltered *altered = NULL;
    int n = 0;
    if (!ledger_altered(l, &altered, &n, mem, err))
        return false;
    for (int i = 0; i < n; i++)
        err_add(mem, err, ERR_DRIFT, NULL, "ledger",
                "the record of run %s was changed by hand, or is gone: %s", altered[i].run_id,
                altered[i].part);
    return n == 0 ||
           err_hint(mem, err,
                    "seedpipe cannot tell its rows from yours by such a record: put back what was "
                    "there; or drop seedpipe's tables, and all rows count as yours");
}

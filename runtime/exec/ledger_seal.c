/* Has anybody written into the ledger by hand? Whenever a run changes its state, a seal is written
 * with it: what all its rows in the ledger hash to, a number for each part, so that a part that
 * differs can be named. Against carelessness, not against forgery: nothing is signed. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/hash.h"
#include "exec/ledger_int.h"

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

/* Who works on a run, and the rows that it has committed of a segment, are left out. */
static void add_parts(Parts *p, const LedgerBook *book)
{
    static const struct {
        const char *what;
        int cols;
    } parts[LEDGER_PARTS] = {[PART_RUNS] = {"entry", 12},
                             [PART_SEGMENTS] = {"segments", 8},
                             [PART_CHUNKS] = {"chunks", 6},
                             [PART_STEPS] = {"steps", 4},
                             [PART_CHANGES] = {"changes", 6}};
    for (int part = 0; part < LEDGER_PARTS; part++) {
        const DbResult *r = &book->parts[part];
        const char *what = parts[part].what;
        for (int i = 0; i < r->rows; i++) {
            uint64_t hash = hash64_str(what, 0);
            for (int c = 1; c < parts[part].cols; c++)
                hash = db_cell(r, i, c) ? hash64_str(db_cell(r, i, c), hash)
                                        : hash64_str("", hash + 1);
            const char *table = db_cell(r, i, 1);
            put(p, db_cell(r, i, 0),
                table ? arena_printf(p->mem, "its %s of %s", what, table)
                      : arena_printf(p->mem, "its %s", what),
                hash);
        }
    }
}

bool ledger_seal(Ledger *l, const char *run_id, Arena *mem, Err *err)
{
    LedgerBook book = {0};
    Parts p = {.of_run = map_new(mem), .mem = mem};
    if (!ledger_read_parts(l, run_id, &book, mem, err))
        return false;
    add_parts(&p, &book);
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

int ledger_altered(const LedgerBook *book, LedgerAltered **altered, Arena *mem)
{
    Parts p = {.of_run = map_new(mem), .mem = mem};
    int n = 0, at = 0;
    const char *run_id, *text;
    *altered = arena_array(mem, LedgerAltered, book->meta.rows + 1);
    add_parts(&p, book);
    while ((run_id = ledger_book_meta(book, SEAL, &at, &text))) {
        const Map *parts = map_get(p.of_run, run_id);
        json_t *seal = text ? json_loads(text, 0, NULL) : NULL;
        const char *part = !parts                  ? "its entry"
                           : !json_is_object(seal) ? "its seal"
                                                   : broken_part(seal, parts, mem);
        if (part)
            (*altered)[n++] = (LedgerAltered){run_id, arena_strdup(mem, part)};
        json_decref(seal);
    }
    return n;
}

bool ledger_check_seals(const LedgerBook *book, Arena *mem, Err *err)
{
    LedgerAltered *altered = NULL;
    int n = ledger_altered(book, &altered, mem);
    for (int i = 0; i < n; i++)
        err_add(mem, err, ERR_DRIFT, NULL, "ledger",
                "the record of run %s was changed by hand, or is gone: %s", altered[i].run_id,
                altered[i].part);
    return n == 0 ||
           err_hint(mem, err,
                    "seedpipe cannot tell its rows from yours by such a record: put back what was "
                    "there; or drop seedpipe's tables, and all rows count as yours");
}

/* The ledger, read once for all that a command asks of it before it changes anything: whether hands
 * were in it, which runs there are, what they made and what happened to it since. What changes
 * without a run's state is no part of its seal and stands in the last columns. */
#include <stdlib.h>
#include <string.h>

#include "exec/ledger_int.h"

static const char *part_sql(const Ledger *l, LedgerPart part, const char *one, Arena *mem)
{
    switch (part) {
    case PART_RUNS:
        return arena_printf(
            mem,
            "SELECT r.id, NULL, r.recipe, r.digest, r.seed, r.clock, r.engine, r.env, r.status, "
            "r.started_at, r.finished_at, length(r.sources), r.epoch, r.host, r.pid, r.username "
            "FROM %s r WHERE 1 = 1%s ORDER BY r.started_at, r.id",
            l->runs, one);
    case PART_SEGMENTS:
        return arena_printf(
            mem,
            "SELECT s.run_id, s.table_name, s.recipe, s.first_row, s.n_rows, s.key_column, s.key_last, s.detail, "
            "(SELECT coalesce(sum(c.n_rows), 0) FROM %s c WHERE c.run_id = s.run_id AND c.table_name = s.table_name "
            "AND c.first_row >= s.first_row AND c.first_row < s.first_row + s.n_rows) "
            "FROM %s s JOIN %s r ON r.id = s.run_id WHERE 1 = 1%s ORDER BY s.table_name, s.first_row",
            l->chunks, l->segments, l->runs, one);
    case PART_CHUNKS:
        return arena_printf(
            mem,
            "SELECT c.run_id, c.table_name, count(*), sum(c.n_rows), sum(c.first_row), max(c.first_row) "
            "FROM %s c JOIN %s r ON r.id = c.run_id WHERE 1 = 1%s GROUP BY c.run_id, c.table_name",
            l->chunks, l->runs, one);
    case PART_STEPS: /* tables that were created stay on record when their rows are gone */
        return arena_printf(
            mem,
            "SELECT s.run_id, s.table_name, s.kind, s.done FROM %s s JOIN %s r ON r.id = s.run_id "
            "WHERE r.status <> 'rolled_back'%s",
            l->steps, l->runs, one);
    case PART_CHANGES:
        return arena_printf(
            mem,
            "SELECT c.run_id, c.table_name, c.kind, c.part, c.column_names, c.row_set "
            "FROM %s c JOIN %s r ON r.id = c.run_id WHERE 1 = 1%s "
            "ORDER BY r.started_at, r.id, c.table_name, c.kind, c.part",
            l->changes, l->runs, one);
    case LEDGER_PARTS: break;
    }
    return NULL;
}

bool ledger_read_parts(Ledger *l, const char *run_id, LedgerBook *out, Arena *mem, Err *err)
{
    const char *params[] = {run_id};
    for (LedgerPart part = PART_RUNS; part < LEDGER_PARTS; part++)
        if (!db_query(l->db, part_sql(l, part, run_id ? " AND r.id = ?" : "", mem), params,
                      run_id ? 1 : 0, &out->parts[part], mem, err))
            return false;
    return true;
}

const LedgerBook *ledger_read(Ledger *l, Arena *mem, Err *err)
{
    LedgerBook *book = arena_new_of(mem, LedgerBook);
    if (!l->exists)
        return book;
    bool ok =
        db_query(l->db, arena_printf(mem, "SELECT name, value FROM %s ORDER BY name", l->meta),
                 NULL, 0, &book->meta, mem, err) &&
        ledger_read_parts(l, NULL, book, mem, err);
    if (!ok)
        return NULL;
    book->row_sets = arena_array(mem, const RowSet *, book->parts[PART_CHANGES].rows + 1);
    return book;
}

const char *ledger_book_meta(const LedgerBook *book, const char *prefix, int *at,
                             const char **value)
{
    while (*at < book->meta.rows) {
        int i = (*at)++;
        const char *name = db_cell(&book->meta, i, 0);
        *value = db_cell(&book->meta, i, 1);
        if (strncmp(name, prefix, strlen(prefix)) == 0)
            return name + strlen(prefix);
    }
    return NULL;
}

const char *ledger_book_value(const LedgerBook *book, const char *name)
{
    const char *value = NULL, *rest;
    int at = 0;
    while ((rest = ledger_book_meta(book, name, &at, &value)) && *rest)
        continue;
    return rest ? value : NULL;
}

int ledger_book_runs(const LedgerBook *book, LedgerRun **runs, Arena *mem)
{
    const DbResult *r = &book->parts[PART_RUNS];
    *runs = arena_array(mem, LedgerRun, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        (*runs)[i] =
            (LedgerRun){.id = db_cell(r, i, 0),
                        .recipe = db_cell(r, i, 2),
                        .digest = db_cell(r, i, 3),
                        .seed = strtoull(db_cell(r, i, 4), NULL, 10),
                        .clock = db_cell(r, i, 5),
                        .engine = atoi(db_cell(r, i, 6)),
                        .env = db_cell(r, i, 7),
                        .status = db_cell(r, i, 8),
                        .started = db_cell(r, i, 9),
                        .finished = db_cell(r, i, 10),
                        .epoch = strtoll(db_cell(r, i, 12), NULL, 10),
                        .host = db_cell(r, i, 13),
                        .pid = db_cell(r, i, 14) ? strtoll(db_cell(r, i, 14), NULL, 10) : 0,
                        .user = db_cell(r, i, 15)};
    return r->rows;
}

/* Run id -> its row, whose number is the run's. */
static const Map *run_rows(const LedgerBook *book, int **numbers, Arena *mem)
{
    const DbResult *r = &book->parts[PART_RUNS];
    Map *rows = map_new(mem);
    *numbers = arena_array(mem, int, r->rows + 1);
    for (int i = 0; i < r->rows; i++) {
        (*numbers)[i] = i;
        map_put(rows, db_cell(r, i, 0), &(*numbers)[i]);
    }
    return rows;
}

int ledger_book_history(const LedgerBook *book, const char *recipe, PlanHistory **history,
                        Arena *mem)
{
    const DbResult *r = &book->parts[PART_SEGMENTS], *runs = &book->parts[PART_RUNS];
    int *numbers, n = 0;
    const Map *rows = run_rows(book, &numbers, mem);
    *history = arena_array(mem, PlanHistory, r->rows + 1);
    for (int i = 0; i < r->rows; i++) {
        const int *run = map_get(rows, db_cell(r, i, 0));
        if (!run || strcmp(db_cell(r, i, 2), recipe) != 0 ||
            strcmp(db_cell(runs, *run, 8), RUN_ROLLED_BACK) == 0)
            continue;
        (*history)[n++] = (PlanHistory){.table = db_cell(r, i, 1),
                                        .first_row = strtoull(db_cell(r, i, 3), NULL, 10),
                                        .rows = strtoull(db_cell(r, i, 4), NULL, 10),
                                        .text = db_cell(r, i, 7),
                                        .run = *run,
                                        .committed = strtoull(db_cell(r, i, 8), NULL, 10)};
    }
    return n;
}

int64_t ledger_book_highest_key(const LedgerBook *book, const char *table, const char *column)
{
    const DbResult *r = &book->parts[PART_SEGMENTS];
    int64_t highest = 0;
    for (int i = 0; i < r->rows; i++) {
        const char *key = db_cell(r, i, 5), *last = db_cell(r, i, 6);
        if (!key || !last || strcmp(db_cell(r, i, 1), table) != 0 || strcmp(key, column) != 0)
            continue;
        int64_t issued = strtoll(last, NULL, 10);
        highest = issued > highest ? issued : highest;
    }
    return highest;
}

typedef struct NumberedKeys {
    LedgerKeys keys;
    int run;
} NumberedKeys;

static int by_run(const void *a, const void *b)
{
    const NumberedKeys *x = a, *y = b;
    return x->run != y->run ? x->run - y->run
                            : (x->keys.first > y->keys.first) - (x->keys.first < y->keys.first);
}

int ledger_book_keys(const LedgerBook *book, const char *table, LedgerKeys **keys, Arena *mem)
{
    const DbResult *r = &book->parts[PART_SEGMENTS], *runs = &book->parts[PART_RUNS];
    NumberedKeys *found = arena_array(mem, NumberedKeys, r->rows + 1);
    int *numbers, n = 0;
    const Map *rows = run_rows(book, &numbers, mem);
    for (int i = 0; i < r->rows; i++) {
        const int *run = map_get(rows, db_cell(r, i, 0));
        int64_t count = strtoll(db_cell(r, i, 4), NULL, 10);
        if (strcmp(db_cell(r, i, 1), table) != 0 || !run || count == 0 ||
            strcmp(db_cell(runs, *run, 8), RUN_ROLLED_BACK) == 0)
            continue;
        NumberedKeys *one = &found[n++];
        one->run = *run;
        one->keys = (LedgerKeys){
            .run_id = db_cell(r, i, 0), .recipe = db_cell(r, i, 2), .column = db_cell(r, i, 5)};
        if (one->keys.column) {
            one->keys.last = strtoll(db_cell(r, i, 6), NULL, 10);
            one->keys.first = one->keys.last - count + 1;
        }
    }
    qsort(found, (size_t)n, sizeof *found, by_run);
    *keys = arena_array(mem, LedgerKeys, n + 1);
    for (int i = 0; i < n; i++)
        (*keys)[i] = found[i].keys;
    return n;
}

static bool read_change(const LedgerBook *book, int i, PlanChange *out, Arena *mem)
{
    const DbResult *r = &book->parts[PART_CHANGES];
    if (!book->row_sets[i])
        book->row_sets[i] = rowset_parse(db_cell(r, i, 5), mem);
    out->table = db_cell(r, i, 1);
    out->columns = db_cell(r, i, 4);
    out->rows = book->row_sets[i];
    for (int kind = CHANGE_DELETED; kind <= CHANGE_LOST; kind++)
        if (strcmp(change_kind_name((ChangeKind)kind), db_cell(r, i, 2)) == 0) {
            out->kind = (ChangeKind)kind;
            return out->rows != NULL;
        }
    return false;
}

bool ledger_book_changes(const LedgerBook *book, const char *recipe, PlanChange **changes, int *n,
                         Arena *mem, Err *err)
{
    const DbResult *r = &book->parts[PART_CHANGES], *runs = &book->parts[PART_RUNS];
    int *numbers;
    const Map *rows = run_rows(book, &numbers, mem);
    *changes = arena_array(mem, PlanChange, r->rows + 1);
    *n = 0;
    for (int i = 0; i < r->rows; i++) {
        const int *run = map_get(rows, db_cell(r, i, 0));
        if (!run || strcmp(db_cell(runs, *run, 2), recipe) != 0)
            continue;
        const char *status = db_cell(runs, *run, 8);
        PlanChange *change = &(*changes)[(*n)++];
        *change = (PlanChange){.run = *run,
                               .unfinished = strcmp(status, RUN_RUNNING) == 0 ||
                                             strcmp(status, RUN_LOADED) == 0};
        if (!read_change(book, i, change, mem))
            return err_add(mem, err, ERR_DRIFT, NULL, db_cell(r, i, 1),
                           "the ledger's record of changed rows cannot be read");
    }
    return true;
}

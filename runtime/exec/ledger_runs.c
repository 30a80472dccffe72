/* What the ledger knows of runs: what they did and hold, and forgetting them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "exec/ledger.h"

bool ledger_mark(const Ledger *l, const char **mark, Arena *mem, Err *err)
{
    DbResult r;
    *mark = "";
    if (!l->exists)
        return true;
    const char *sql = arena_printf(
        mem,
        "SELECT count(*), coalesce(sum(epoch), 0), coalesce(sum(CASE status WHEN 'loaded' THEN 1 WHEN 'done' THEN 1000 "
        "WHEN 'rolled_back' THEN 1000000 ELSE 0 END), 0), (SELECT count(*) FROM %s), (SELECT count(*) FROM %s) FROM %s",
        l->chunks, l->changes, l->runs);
    if (!db_query(l->db, sql, NULL, 0, &r, mem, err))
        return false;
    *mark = arena_printf(mem, "%s %s %s %s %s", db_cell(&r, 0, 0), db_cell(&r, 0, 1),
                         db_cell(&r, 0, 2), db_cell(&r, 0, 3), db_cell(&r, 0, 4));
    return true;
}

static int64_t number(const char *text)
{
    return text ? strtoll(text, NULL, 10) : 0;
}

/* Segments and chunks are few: one query each, for all runs. */
bool ledger_rows(Ledger *l, const char *run_id, LedgerRows **rows, int *n, Arena *mem, Err *err)
{
    DbResult r;
    const char *params[] = {run_id};
    *n = 0;
    *rows = NULL;
    if (!l->exists)
        return true;
    const char *sql =
        arena_printf(mem,
                     "SELECT u.run_id, u.table_name, sum(u.planned), sum(u.committed) FROM ("
                     "SELECT run_id, table_name, n_rows AS planned, 0 AS committed FROM %s "
                     "UNION ALL SELECT run_id, table_name, 0, n_rows FROM %s) u %s "
                     "GROUP BY u.run_id, u.table_name ORDER BY u.run_id, u.table_name",
                     l->segments, l->chunks, run_id ? "WHERE u.run_id = ?" : "");
    if (!db_query(l->db, sql, params, run_id != NULL, &r, mem, err))
        return false;
    *rows = arena_array(mem, LedgerRows, r.rows + 1);
    *n = r.rows;
    for (int i = 0; i < r.rows; i++)
        (*rows)[i] = (LedgerRows){.run_id = db_cell(&r, i, 0),
                                  .table = db_cell(&r, i, 1),
                                  .planned = number(db_cell(&r, i, 2)),
                                  .committed = number(db_cell(&r, i, 3))};
    return true;
}

#define OPERATION "modify: "

bool ledger_add_operation(Ledger *l, const char *run_id, const char *operation, const char *table,
                          Arena *mem, Err *err)
{
    const char *params[] = {run_id, arena_printf(mem, OPERATION "%s", operation), table};
    const char *sql = arena_printf(
        mem, "INSERT INTO %s (run_id, kind, table_name, done) VALUES (?, ?, ?, 1)", l->steps);
    return db_exec_params(l->db, sql, params, 3, NULL, mem, err);
}

bool ledger_operations(Ledger *l, LedgerOperation **operations, int *n, Arena *mem, Err *err)
{
    DbResult r;
    *n = 0;
    *operations = NULL;
    if (!l->exists)
        return true;
    if (!db_query(l->db,
                  arena_printf(mem,
                               "SELECT run_id, kind, table_name FROM %s WHERE kind LIKE '" OPERATION
                               "%%' ORDER BY run_id, kind, table_name",
                               l->steps),
                  NULL, 0, &r, mem, err))
        return false;
    *operations = arena_array(mem, LedgerOperation, r.rows + 1);
    *n = r.rows;
    for (int i = 0; i < r.rows; i++)
        (*operations)[i] = (LedgerOperation){.run_id = db_cell(&r, i, 0),
                                             .operation = db_cell(&r, i, 1) + strlen(OPERATION),
                                             .table = db_cell(&r, i, 2)};
    return true;
}

bool ledger_emptied(Ledger *l, const char *run_id, const char *table, bool *emptied, Arena *mem,
                    Err *err)
{
    const char *params[] = {run_id, table};
    int64_t n = 0;
    const char *sql = arena_printf(mem,
                                   "SELECT count(*) FROM %s WHERE run_id = ? AND table_name = ? "
                                   "AND (kind LIKE '" OPERATION
                                   "replace%%' OR kind LIKE '" OPERATION "truncate%%')",
                                   l->steps);
    bool ok = db_query_i64(l->db, sql, params, 2, 0, &n, mem, err);
    *emptied = n > 0;
    return ok;
}

bool ledger_settle(Ledger *l, const char *recipe, Arena *mem, Err *err)
{
    DbResult r;
    const char *params[] = {recipe, RUN_LOADED};
    if (!db_query(l->db,
                  arena_printf(mem, "SELECT id FROM %s WHERE recipe = ? AND status = ?", l->runs),
                  params, 2, &r, mem, err))
        return false;
    for (int i = 0; i < r.rows; i++)
        if (!ledger_set_status(l, db_cell(&r, i, 0), RUN_DONE, mem, err))
            return false;
    return true;
}

/* What a run removed of others' rows. */
#define REMOVED_CHANGES "kind IN ('deleted', 'pruned')"
/* What stays on record when the run goes. */
#define KEPT_CHANGES "kind IN ('deleted', 'pruned', 'missing')"

bool ledger_removed(Ledger *l, const char *run_id, int64_t *rows, Arena *mem, Err *err)
{
    DbResult r;
    const char *params[] = {run_id};
    *rows = 0;
    if (!db_query(l->db,
                  arena_printf(mem, "SELECT row_set FROM %s WHERE run_id = ? AND " REMOVED_CHANGES,
                               l->changes),
                  params, 1, &r, mem, err))
        return false;
    for (int i = 0; i < r.rows; i++)
        *rows += (int64_t)rowset_rows(rowset_parse(db_cell(&r, i, 0), mem));
    return true;
}

static bool run_all(Ledger *l, const char *run_id, const char *const *statements, int n, Arena *mem,
                    Err *err)
{
    const char *params[] = {run_id};
    for (int i = 0; i < n; i++)
        if (!db_exec_params(l->db, statements[i], params, 1, NULL, mem, err))
            return false;
    return true;
}

bool ledger_roll_back(Ledger *l, const char *run_id, bool restored, Arena *mem, Err *err)
{
    const char *const statements[] = {
        arena_printf(mem, "DELETE FROM %s WHERE run_id = ?", l->chunks),
        arena_printf(mem,
                     restored ? "DELETE FROM %s WHERE run_id = ? AND kind <> 'missing'"
                              : "DELETE FROM %s WHERE run_id = ? AND NOT " KEPT_CHANGES,
                     l->changes),
        arena_printf(
            mem,
            "DELETE FROM %s WHERE run_id = ? AND kind <> '%s' AND kind NOT LIKE '" OPERATION "%%'",
            l->steps, step_kind_name(STEP_CREATE_TABLE))};
    return run_all(l, run_id, statements, 3, mem, err) &&
           ledger_set_status(l, run_id, RUN_ROLLED_BACK, mem, err);
}

bool ledger_forget_run(Ledger *l, const char *run_id, Arena *mem, Err *err)
{
    const char *params[] = {run_id};
    int64_t kept = 0;
    if (!db_query_i64(l->db,
                      arena_printf(mem,
                                   "SELECT count(*) FROM %s WHERE run_id = ? AND " KEPT_CHANGES,
                                   l->changes),
                      params, 1, 0, &kept, mem, err))
        return false;
    if (kept > 0)
        return ledger_roll_back(l, run_id, false, mem, err);
    if (!ledger_unseal(l, run_id, mem, err))
        return false;
    const char *const statements[] = {
        arena_printf(mem, "DELETE FROM %s WHERE run_id = ?", l->chunks),
        arena_printf(mem, "DELETE FROM %s WHERE run_id = ?", l->changes),
        arena_printf(mem, "DELETE FROM %s WHERE run_id = ?", l->steps),
        arena_printf(mem, "DELETE FROM %s WHERE run_id = ?", l->segments),
        arena_printf(mem, "DELETE FROM %s WHERE id = ?", l->runs)};
    return run_all(l, run_id, statements, 5, mem, err);
}

bool ledger_forget_step(Ledger *l, const char *run_id, const char *kind, const char *table,
                        Arena *mem, Err *err)
{
    const char *params[] = {run_id, kind, table};
    const char *sql = arena_printf(
        mem, "DELETE FROM %s WHERE run_id = ? AND kind = ? AND table_name = ?", l->steps);
    return db_exec_params(l->db, sql, params, 3, NULL, mem, err);
}

/* Rows that earlier runs made, that are not there, and that seedpipe did not take out: somebody
 * deleted them by hand. Asked before rows are added, since children of such parents would be
 * refused, or stand alone, and the run's checks would fail at its end. --accept-drift takes them as
 * deleted: the ledger knows it from then on. */
#include <string.h>

#include "base/text.h"
#include "exec/exec_int.h"

#define WINDOW_KEYS (UINT64_C(1) << 16) /* looked at together: a bit each */

typedef struct Window {
    int64_t first; /* key */
    uint64_t n;
    unsigned char *there; /* a bit for each key */
} Window;

static bool take_keys(void *ctx, const Vec *const *cols, uint32_t n)
{
    const Window *w = ctx;
    for (uint32_t k = 0; k < n; k++) {
        uint64_t at = (uint64_t)(cols[0]->i[k] - w->first);
        if (at < w->n)
            w->there[at / 8] |= (unsigned char)(1u << at % 8);
    }
    return true;
}

static bool read_keys(Session *s, const TablePlan *tp, int serial, Window *w, Arena *mem, Err *err)
{
    Type type = {.kind = TYPE_INT, .bits = 64};
    Engine engine = s->db->engine;
    Buf sql;
    memset(w->there, 0, (size_t)(w->n / 8 + 1));
    buf_init(&sql, 1 << 16);
    buf_str(&sql, "SELECT ");
    dialect_ident(engine, &sql, tp->table->cols[serial].name);
    buf_str(&sql, " FROM ");
    dialect_table(engine, &sql, tp->table->schema, tp->table->name);
    buf_str(&sql, " WHERE ");
    dialect_ident(engine, &sql, tp->table->cols[serial].name);
    buf_printf(&sql, " BETWEEN %lld AND %lld", (long long)w->first,
               (long long)(w->first + (int64_t)w->n - 1));
    bool ok = s->db->connector->read(s->db, buf_cstr(&sql), &type, 1, take_keys, w, mem, err);
    buf_free(&sql);
    return ok;
}

static bool missing_in(Session *s, const TablePlan *tp, int serial, const Segment *segment,
                       Window *w, RowSet *rows, Arena *mem, Err *err)
{
    for (uint64_t done = 0; done < segment->rows; done += w->n) {
        uint64_t left = segment->rows - done, first = segment->first_row + done;
        w->n = left < WINDOW_KEYS ? left : WINDOW_KEYS;
        w->first = segment->key_base[serial] + (int64_t)done;
        if (!read_keys(s, tp, serial, w, mem, err))
            return false;
        for (uint64_t k = 0; k < w->n; k++)
            if (!(w->there[k / 8] >> k % 8 & 1) && !plan_is_gone(tp, first + k))
                rowset_add(rows, first + k, 1, mem);
    }
    return true;
}

/* Which rows: told by their serial key, so many at a time. */
static const RowSet *missing_rows(Session *s, const TablePlan *tp, Arena *mem, Err *err)
{
    int serial = plan_serial_column(tp);
    if (serial < 0) {
        err_add(mem, err, ERR_DRIFT, NULL, ledger_table_name(tp->table, mem),
                "without a serial key nothing tells which rows are gone");
        err_hint(mem, err, "put them back; or seedpipe run %s --restart makes all rows anew",
                 s->options->recipe);
        return NULL;
    }
    RowSet *rows = rowset_new(mem);
    Arena *scratch = arena_new();
    Window w = {.there = arena_alloc(scratch, WINDOW_KEYS / 8 + 1)};
    bool ok = true;
    for (int i = 0; ok && i < tp->nsegments; i++)
        ok = missing_in(s, tp, serial, &tp->segments[i], &w, rows, mem, err);
    arena_free(scratch);
    return ok ? rows : NULL;
}

/* How many rows fewer there are than were made and should be there. */
static bool count_missing(Session *s, const VerifyCheck *check, int64_t *missing, Arena *mem,
                          Err *err)
{
    int64_t there = 0;
    if (!db_query_i64(s->db, check->sql, NULL, 0, 0, &there, mem, err))
        return false;
    *missing = there < check->expected ? check->expected - there : 0;
    return true;
}

bool session_missing_rows(Session *s, const Plan *made, int table, const RowSet **rows, Arena *mem,
                          Err *err)
{
    int64_t missing = 0;
    *rows = NULL;
    for (int i = 0; i < made->nchecks && missing == 0; i++)
        if (made->checks[i].kind == CHECK_ROWS && made->checks[i].table == table &&
            !count_missing(s, &made->checks[i], &missing, mem, err))
            return false;
    if (missing > 0)
        *rows = missing_rows(s, &made->tables[table], mem, err);
    return missing == 0 || *rows;
}

static bool find_lost(Session *s, const Plan *made, PlanChange *lost)
{
    const char *keyless = NULL;
    bool ok = true;
    for (int i = 0; i < made->nchecks; i++) {
        const VerifyCheck *check = &made->checks[i];
        int64_t missing = 0;
        if (check->kind != CHECK_ROWS)
            continue;
        if (!count_missing(s, check, &missing, s->mem, s->err))
            return false;
        if (missing == 0)
            continue;
        const TablePlan *tp = &made->tables[check->table];
        const char *name = ledger_table_name(tp->table, s->mem);
        if (s->options->accept_drift) {
            const RowSet *rows = missing_rows(s, tp, s->mem, s->err);
            if (!rows)
                return false;
            lost[s->nlost++] =
                (PlanChange){.table = name, .run = PLAN_NOW, .kind = CHANGE_MISSING, .rows = rows};
            continue;
        }
        keyless = plan_serial_column(tp) < 0 ? name : keyless;
        ok = err_add(s->mem, s->err, ERR_DRIFT, NULL, name,
                     "the table lacks %s that earlier runs made and seedpipe did not delete",
                     text_plural(missing, "row", s->mem));
    }
    if (ok)
        return true;
    if (keyless)
        return err_hint(s->mem, s->err,
                        "put them back; or seedpipe run %s --restart makes all rows anew: "
                        "without a serial key nothing tells which rows of %s are gone, so "
                        "--accept-drift cannot take them as deleted",
                        s->options->recipe, keyless);
    return err_hint(s->mem, s->err,
                    "put them back; or, if that is meant: --accept-drift takes them as "
                    "deleted, and seedpipe run %s --restart makes all rows anew",
                    s->options->recipe);
}

bool session_find_lost(Session *s, PlanTarget *target)
{
    PlanOptions options = s->options->plan;
    PlanTarget history = *target;
    bool matters = s->options->accept_drift || plan_new_rows(s->plan) > 0;
    if (!matters || s->report->resumed || target->nhistory == 0)
        return true;
    options.env = s->options->env;
    options.prune = false;
    history.history_only = true;
    const Plan *made = plan_build(s->recipe, &options, &history, s->mem, s->err);
    if (!made)
        return false;
    PlanChange *changes = arena_copy(s->mem, target->changes, (size_t)target->nchanges,
                                     (size_t)made->ntables, sizeof *changes);
    s->lost = changes + target->nchanges;
    if (!find_lost(s, made, changes + target->nchanges))
        return false;
    target->changes = changes;
    target->nchanges += s->nlost;
    return s->nlost == 0 || session_plan(s, target);
}

bool session_record_lost(Session *s, Arena *mem, Err *err)
{
    for (int i = 0; i < s->nlost; i++) {
        const PlanChange *lost = &s->lost[i];
        log_event(s->log, LOG_WARN, "rows.lost", "{s:s, s:I}", "table", lost->table, "rows",
                  (json_int_t)rowset_rows(lost->rows));
        if (!ledger_add_change(&s->ledger, s->db, s->run.id, lost->table, lost->kind, NULL,
                               lost->rows, mem, err))
            return false;
    }
    return true;
}

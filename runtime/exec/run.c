/* `seedpipe run`: guard, open, lock, plan, load, verify. Read exec_run from top to bottom; each
 * line is a stage, and what went wrong in one decides in finish_badly what stays and what goes. */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/os.h"
#include "base/text.h"
#include "exec/exec_int.h"

const char *session_new_run_id(Arena *mem)
{
    unsigned char bytes[5];
    os_random(bytes, sizeof bytes);
    Buf now;
    buf_init(&now, 64);
    buf_timestamp(&now, os_wall_us(), 0);
    const char *t = buf_cstr(&now); /* YYYY-MM-DD HH:MM:SS: sorts by time, and says when */
    const char *id =
        arena_printf(mem, "%.4s%.2s%.2s-%.2s%.2s%.2s-%02x%02x%02x%02x%02x", t, t + 5, t + 8, t + 11,
                     t + 14, t + 17, bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]);
    buf_free(&now);
    return id;
}

#define STARTED_US 1000 /* as exactly as LedgerRun.started says it */

/* Runs are told apart, and numbered, by when they began: behind the newest one, however clocks
 * stand. */
static int64_t begins_at(const Session *s)
{
    int64_t now = os_wall_us(), newest = 0;
    bool behind =
        s->newest && calendar_parse_timestamp(s->newest, &newest) && now < newest + STARTED_US;
    return behind ? newest + STARTED_US : now;
}

bool session_record_run(Session *s, Arena *mem, Err *err)
{
    if (s->report->resumed)
        return ledger_take_over(&s->ledger, &s->run, mem, err);
    Buf started, clock;
    buf_init(&started, 64);
    buf_init(&clock, 64);
    buf_timestamp(&started, begins_at(s), 3);
    if (s->plan->has_clock)
        buf_timestamp(&clock, s->plan->clock, 6);
    s->run = (LedgerRun){.id = s->report->run_id,
                         .recipe = s->recipe->name,
                         .digest = s->plan->digest,
                         .env = s->options->env->name,
                         .status = RUN_RUNNING,
                         .host = os_hostname(mem),
                         .user = os_username(mem),
                         .pid = os_pid(),
                         .epoch = 1,
                         .started = arena_strdup(mem, buf_cstr(&started)),
                         .clock = s->plan->has_clock ? arena_strdup(mem, buf_cstr(&clock)) : NULL,
                         .engine = s->plan->engine,
                         .seed = s->plan->seed};
    bool ok =
        ledger_start_run(&s->ledger, &s->run, s->recipe, mem, err) &&
        (!s->schema || ledger_set_meta(&s->ledger, session_schema_key(s), s->schema, mem, err));
    buf_free(&started);
    buf_free(&clock);
    return ok;
}

static bool record_run(Session *s, Arena *mem, Err *err)
{
    bool own = !s->db->in_transaction;
    return (!own || db_begin(s->db, mem, err)) && session_record_run(s, mem, err) &&
           session_record_lost(s, mem, err) && (!own || db_commit(s->db, mem, err));
}

/* The run's row first where statements commit by themselves; all in one transaction where nothing
 * does. */
static bool load_all(Session *s, Arena *mem, Err *err)
{
    bool whole = s->one_transaction && s->db->connector->ddl_transactional;
    bool ok = !whole || db_begin(s->db, mem, err);
    ok = ok && record_run(s, mem, err);
    s->run_recorded = ok && !whole;
    if (ok)
        outage_over(s);
    ok = ok && session_remember_shapes(s, s->report->plan_target.catalog, false, mem, err) &&
         (!session_prunes(s) || session_prune(s, mem, err)) && steps_run(s, mem, err) &&
         session_settle_schema(s, mem, err) &&
         ledger_set_status(&s->ledger, s->run.id, RUN_LOADED, mem, err);
    if (ok && whole) {
        ok = db_commit(s->db, mem, err);
        s->run_recorded = ok;
    }
    if (!ok && s->db && s->db->in_transaction) {
        Err ignored = {0};
        db_rollback(s->db, mem, &ignored);
    }
    return ok;
}

static bool verify_all(Session *s, Arena *mem, Err *err)
{
    ExecProgress *p = s->options->progress;
    if (p) {
        atomic_store(&p->table, -1);
        atomic_store(&p->doing, "verify");
    }
    return verify_keys(s->db, s->plan, &s->report->verify, s->log, mem, err) &&
           ledger_set_status(&s->ledger, s->run.id, RUN_DONE, mem, err) &&
           ledger_settle(&s->ledger, s->recipe->name, mem, err);
}

static bool undo_all(Session *s, Arena *mem, Err *err)
{
    uint64_t rows = 0;
    bool ok = undo_run(s, s->plan, &s->run, &rows, mem, err);
    s->report->rolled_back = ok;
    return ok;
}

static bool rows_committed(Session *s, uint64_t *rows)
{
    *rows = 0;
    for (int t = 0; t < s->plan->ntables; t++) {
        LedgerChunk *chunks = NULL;
        int n = 0;
        if (!ledger_chunks(&s->ledger, s->run.id, s->report->tables[t].name, &chunks, &n, s->mem,
                           s->err))
            return false;
        for (int i = 0; i < n; i++)
            *rows += chunks[i].rows;
    }
    return true;
}

/* Rows that are partly of another schema are no good to go on with. */
static bool takes_out(const Session *s, StopReason reason)
{
    bool moved = s->err->first && s->err->first->code == ERR_DRIFT && !s->report->resumed;
    return reason == STOP_CANCELLED || moved;
}

/* Nothing recorded: nothing happened. Cancelled, or the schema moved: the rows go, unless they are
 * to be kept. Terminated or failed: rows stay for the next identical command, unless there are
 * none, in which case no trace stays either. */
static bool finish_badly(Session *s, StopReason reason)
{
    ExecReport *r = s->report;
    bool lost =
        s->lock_lost || !s->db || err_code(s->err) == ERR_LOST || err_code(s->err) == ERR_LOCKED;
    Err ignored = {0};
    if (!s->run_recorded || lost) {
        r->rolled_back = !s->run_recorded;
    } else if (!rows_committed(s, &r->rows_left)) {
        r->rolled_back = false;
    } else if (r->rows_left == 0 || (takes_out(s, reason) && !s->options->keep_partial)) {
        Err *kept = s->err;
        s->err = &ignored;
        atomic_store(&s->stop, STOP_NONE);
        s->interrupts_seen = os_signal_interrupts() - 1; /* one more Ctrl+C ends it */
        if (task_run(s, undo_all))
            r->rows_left = 0;
        s->err = kept;
    }
    bool unknown = outage_passes(err_code(s->err)) && s->run_recorded;
    const char *left =
        unknown        ? "what was committed stays; the same command goes on from there"
        : r->rows_left ? arena_printf(s->mem, "%s stay; the same command goes on from there",
                                      text_plural((int64_t)r->rows_left, "committed row", s->mem))
                       : "nothing was left behind";
    if (reason == STOP_CANCELLED || reason == STOP_TERMINATED) {
        err_clear(s->err);
        return err_add(s->mem, s->err, reason == STOP_CANCELLED ? ERR_CANCELLED : ERR_TERMINATED,
                       NULL, NULL, "%s: %s", reason == STOP_CANCELLED ? "cancelled" : "terminated",
                       left);
    }
    const char *hint = s->err->count ? s->err->last->hint : NULL;
    if (s->err->count && (!hint || r->rows_left))
        err_hint(s->mem, s->err, "%s%s%s", hint ? hint : "", hint ? "; " : "", left);
    return false;
}

void session_log_start(Session *s)
{
    log_set_run(s->log, s->report->run_id);
    log_event(s->log, LOG_INFO, "plan.built", "{s:s, s:i, s:i, s:I}", "digest", s->plan->digest,
              "steps", s->plan->nsteps, "checks", s->plan->nchecks, "rows",
              (json_int_t)s->rows_to_load);
    log_event(s->log, LOG_INFO, "run.started", "{s:s, s:s?, s:I, s:b}", "target", s->report->target,
              "server", s->report->server, "rows", (json_int_t)s->rows_to_load, "resumed",
              s->report->resumed);
}

void session_log_finish(Session *s, bool ok)
{
    if (!log_wants(s->log, LOG_INFO))
        return;
    json_t *pii = json_array();
    for (int i = 0; i < s->report->npii; i++)
        json_array_append_new(pii,
                              json_pack("{s:s, s:s, s:s}", "column", s->report->pii[i].column,
                                        "kind", s->report->pii[i].kind, "treated", "generated"));
    log_event(s->log, LOG_INFO, "run.finished", "{s:s, s:I, s:f, s:f, s:i, s:i, s:s, s:o}",
              "status", ok ? "done" : err_name(s->err->first->code), "rows",
              (json_int_t)s->report->rows_added, "load_seconds", s->report->load_seconds,
              "verify_seconds", s->report->verify_seconds, "checks_passed",
              s->report->verify.passed, "checks_failed", s->report->verify.failed, "pii_setting",
              s->options->env->pii_keep ? "keep" : "mask", "pii", pii);
}

/* What was meant to be added, less what the database rejected. */
static void count_made(Session *s)
{
    ExecReport *r = s->report;
    r->rows_added = s->rows_to_load;
    for (int t = 0; t < r->ntables; t++) {
        r->tables[t].rows_added -= r->tables[t].rows_rejected;
        r->tables[t].rows_total -= r->tables[t].rows_rejected;
        r->rows_added -= r->tables[t].rows_rejected;
    }
}

static bool execute(Session *s)
{
    ExecReport *r = s->report;
    if (!session_create_ledger(s))
        return false;
    uint64_t small = s->options->small_run ? s->options->small_run : PLAN_SMALL_RUN;
    s->one_transaction = (s->rows_to_load <= small || plan_is_deferred(s->plan)) && !r->resumed &&
                         !session_prunes(s);
    r->run_id = r->resumed ? s->run.id : session_new_run_id(s->mem);
    session_publish(s);
    session_log_start(s);
    s->outage->begun = true;
    uint64_t start = os_monotonic_us();
    bool ok = task_run(s, load_all);
    r->load_seconds = (double)(os_monotonic_us() - start) / 1e6;
    if (!ok && s->lock_lost && s->err->count == 0)
        err_add(s->mem, s->err, ERR_LOST, NULL, s->url.shown,
                "the connection that holds the lock broke, so the run stopped");
    if (!ok && outage_may_pass(s))
        return false;
    if (!ok) {
        session_name_drift(s);
        finish_badly(s, atomic_load(&s->stop));
        session_log_finish(s, false);
        return false;
    }
    count_made(s);
    start = os_monotonic_us();
    ok = task_run(s, verify_all);
    r->verify_seconds = (double)(os_monotonic_us() - start) / 1e6;
    if (!ok && outage_may_pass(s))
        return false;
    if (!ok)
        session_name_drift(s);
    int stop = atomic_load(&s->stop);
    if (!ok && (stop == STOP_CANCELLED || stop == STOP_TERMINATED) && r->verify.failed == 0) {
        err_clear(s->err);
        err_add(s->mem, s->err, stop == STOP_CANCELLED ? ERR_CANCELLED : ERR_TERMINATED, NULL, NULL,
                "stopped during verification: the rows are in, the same command verifies them");
    }
    session_log_finish(s, ok);
    return ok;
}

static bool avoid_all(Session *s, Arena *mem, Err *err)
{
    PlanOptions options = s->options->plan;
    options.env = s->options->env;
    bool ok = db_begin(s->db, mem, err) &&
              session_avoid(s, &s->report->plan_target, &options, NULL, mem, err);
    Err ignored = {0};
    if (s->db->in_transaction)
        ok = db_rollback(s->db, mem, ok ? err : &ignored) && ok;
    return ok;
}

/* Rows of the user's own keep their unique values. */
static bool avoid(Session *s)
{
    bool full = false;
    for (int t = 0; t < s->plan->ntables; t++)
        full = full || session_may_collide(&s->plan->tables[t]);
    if (!full)
        return true;
    if (!task_run(s, avoid_all)) {
        int stop = atomic_load(&s->stop);
        if (s->err->count == 0)
            err_add(s->mem, s->err, stop == STOP_TERMINATED ? ERR_TERMINATED : ERR_CANCELLED, NULL,
                    NULL, "%s: nothing was changed",
                    stop == STOP_TERMINATED ? "terminated" : "cancelled");
        return false;
    }
    session_fill_report(s);
    s->rows_to_load = 0;
    return session_count_rows(s);
}

/* Somebody may have thought about the question for long. */
static bool confirm(Session *s)
{
    bool asks = s->options->ask && !s->options->yes;
    return session_confirm_resize(s) && session_confirm(s) &&
           (!asks || task_read(s, session_schema_holds));
}

static bool make_plan(Session *s, Arena *mem, Err *err)
{
    PlanTarget target;
    if (!session_find_run(s) || !session_facts(s, &target) ||
        !session_facts_to_come(s, &target, NULL) ||
        (!s->options->accept_drift && !session_shapes(s, &target)) || !session_plan(s, &target) ||
        !session_find_lost(s, &target) || !session_may_run(s, mem, err))
        return false;
    session_fill_report(s);
    return session_count_rows(s);
}

static bool run_on_target(Session *s)
{
    if (!session_guard(s) || !session_guard_writes(s) || !session_open_locked(s) ||
        !task_read(s, session_read_ledger) ||
        (s->options->restart && !s->outage->begun && !session_restart(s)) ||
        !task_read(s, make_plan))
        return false;
    /* A run that is whole but for its checks is not gone on with: rows on top of it are another's.
     */
    if (s->report->resumed && strcmp(s->run.status, RUN_LOADED) == 0 && s->rows_to_load > 0) {
        s->report->resumed = false;
        s->run = (LedgerRun){0};
    }
    s->report->nothing_to_do = s->plan->nsteps == 0 && !s->report->resumed && s->nlost == 0;
    if (s->report->nothing_to_do)
        return !s->options->accept_drift || !s->ledger.exists ||
               session_remember_shapes(s, s->report->plan_target.catalog, true, s->mem, s->err);
    return (s->outage->begun || confirm(s)) && avoid(s) && execute(s);
}

static const char *look_command(const Session *s, Arena *mem)
{
    const DbUrl *u = &s->url;
    if (u->engine == ENGINE_SQLITE)
        return arena_printf(mem, "sqlite3 %s", u->path);
    if (u->engine == ENGINE_POSTGRES)
        return arena_printf(mem, "psql '%s'", u->shown);
    return arena_printf(mem, "%s%s%s%s%s%s%s -p %s",
                        s->db && s->db->engine == ENGINE_MYSQL ? "mysql" : "mariadb",
                        u->host ? " -h " : "", u->host ? u->host : "", u->port ? " -P " : "",
                        u->port ? u->port : "", u->user ? " -u " : "", u->user ? u->user : "",
                        u->database ? u->database : "");
}

bool exec_run(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err)
{
    Outage outage = {0};
    Rejects rejects = {.fd = -1};
    bool ok = false;
    for (bool again = true; again;) {
        Session s;
        ok = session_begin(&s, options, report, mem, err);
        s.outage = &outage;
        s.rejects = &rejects;
        ok = ok && (options->to ? sink_run(&s) : run_on_target(&s));
        if (ok && !options->to)
            report->look = look_command(&s, mem);
        again = !ok && outage_wait(&s);
        session_end(&s);
    }
    rejects_report(&rejects, report, mem);
    return ok;
}

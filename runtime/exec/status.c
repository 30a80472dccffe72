/* `seedpipe status`: what the ledger of a target says of its runs, its environment's mark and its
 * lock. Reads only, unless --set-env changes the mark. */
#include <string.h>

#include "base/calendar.h"
#include "base/os.h"
#include "exec/exec_int.h"

static double run_seconds(const LedgerRun *run)
{
    int64_t from = 0, to = 0;
    bool ended = strcmp(run->status, RUN_DONE) == 0 || strcmp(run->status, RUN_LOADED) == 0;
    if (!ended || !run->finished || !calendar_parse_timestamp(run->started, &from) ||
        !calendar_parse_timestamp(run->finished, &to))
        return -1;
    return (double)(to - from) / 1e6;
}

static bool read_tables(Session *s, const LedgerRows *rows, int n, const char *run_id)
{
    ExecReport *r = s->report;
    r->run_tables = arena_array(s->mem, ExecRunTable, n + 1);
    for (int i = 0; i < n; i++) {
        ExecRunTable *t = &r->run_tables[r->nrun_tables];
        if (strcmp(rows[i].run_id, run_id) != 0)
            continue;
        *t = (ExecRunTable){
            .table = rows[i].table, .planned = rows[i].planned, .rows = rows[i].committed};
        if (!ledger_created(&s->ledger, run_id, t->table, &t->created, s->mem, s->err))
            return false;
        r->nrun_tables++;
    }
    return true;
}

static bool read_altered(Session *s)
{
    LedgerAltered *altered = NULL;
    ExecReport *r = s->report;
    if (!session_book(s))
        return false;
    r->naltered = ledger_altered(s->book, &altered, s->mem);
    r->altered = arena_array(s->mem, ExecAltered, r->naltered + 1);
    for (int i = 0; i < r->naltered; i++)
        r->altered[i] = (ExecAltered){altered[i].run_id, altered[i].part};
    return true;
}

bool session_name_operations(Session *s, ExecRun *runs, int n, Arena *mem, Err *err)
{
    LedgerOperation *all = NULL;
    int nall = 0;
    if (!ledger_operations(&s->ledger, &all, &nall, mem, err))
        return false;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < nall; k++) {
            if (strcmp(all[k].run_id, runs[i].id) != 0)
                continue;
            runs[i].operation = all[k].operation;
            runs[i].tables = runs[i].tables
                                 ? arena_printf(mem, "%s, %s", runs[i].tables, all[k].table)
                                 : all[k].table;
        }
    return true;
}

static bool read_runs(Session *s)
{
    LedgerRun *runs = NULL;
    LedgerRows *rows = NULL;
    int n = ledger_book_runs(s->book, &runs, s->mem), nrows = 0, at = -1;
    ExecReport *r = s->report;
    if (!ledger_rows(&s->ledger, NULL, &rows, &nrows, s->mem, s->err))
        return false;
    if (s->options->run &&
        (!session_pick_run(s, runs, n, &at) || !read_tables(s, rows, nrows, runs[at].id)))
        return false;
    r->runs = arena_array(s->mem, ExecRun, n + 1);
    for (int i = n - 1; i >= 0; i--)
        if (at < 0 || i == at) {
            r->runs[r->nruns] = exec_run_of(&runs[i], rows, nrows, s->mem);
            r->runs[r->nruns].seconds = run_seconds(&runs[i]);
            if (!ledger_removed(&s->ledger, runs[i].id, &r->runs[r->nruns++].removed, s->mem,
                                s->err))
                return false;
        }
    return session_name_operations(s, r->runs, r->nruns, s->mem, s->err);
}

/* ---------------------------------------------------------------- --set-env */

/* The stricter of the two: an environment whose file is not here may be a protected one. */
static bool guard_both(Session *s, const char *mark)
{
    const ExecOptions *asked = s->options;
    const char *names[] = {asked->set_env, mark};
    for (int i = 0; i < 2; i++) {
        if (!names[i])
            continue;
        Err missing = {0};
        const Env *env = env_load(names[i], true, s->mem, i == 0 ? s->err : &missing);
        if (!env && i == 0)
            return false;
        const Env unknown = {.name = names[i], .is_protected = true};
        ExecOptions options = *asked;
        options.env = env ? env : &unknown;
        s->options = &options;
        bool ok = session_guard_host(s) && session_guard_writes(s);
        s->options = asked;
        if (!ok && !env)
            err_hint(s->mem, s->err, "%s; %s has no file here, so it counts as protected",
                     s->err->last->hint ? s->err->last->hint : "", names[i]);
        if (!ok)
            return false;
    }
    return true;
}

static bool set_mark(Session *s)
{
    const char *name = s->options->set_env;
    const char *mark = ledger_meta(&s->ledger, "env", s->mem, s->err);
    if (s->err->count || !guard_both(s, mark) || !session_lock(s) || !session_create_ledger(s))
        return false;
    if (!db_begin(s->db, s->mem, s->err) ||
        !ledger_set_meta(&s->ledger, "env", name, s->mem, s->err) ||
        !db_commit(s->db, s->mem, s->err))
        return false;
    log_event(s->log, LOG_INFO, "environment.marked", "{s:s?, s:s}", "from", mark, "to", name);
    s->report->env_before = mark;
    return true;
}

static bool read_all(Session *s, Arena *mem, Err *err)
{
    (void)mem;
    (void)err;
    s->report->has_ledger = s->ledger.exists;
    s->report->env_mark = ledger_meta(&s->ledger, "env", s->mem, s->err);
    if (s->err->count)
        return false;
    if (!s->options->set_env && !session_lock_state(s, &s->report->lock))
        return false;
    return read_altered(s) && read_runs(s);
}

static bool status_of_target(Session *s)
{
    const ExecOptions *o = s->options;
    s->existing_only = true;
    return session_guard(s) && session_open(s, !o->set_env) && (!o->set_env || set_mark(s)) &&
           task_read(s, read_all);
}

bool exec_status(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err)
{
    Session s;
    bool ok = session_begin(&s, options, report, mem, err) && status_of_target(&s);
    session_end(&s);
    return ok;
}

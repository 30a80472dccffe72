/* `seedpipe plan`, `check` and `verify`: read the target, write nothing. */
#include <string.h>

#include "base/os.h"
#include "exec/exec_int.h"

/* The ledger's runs of this recipe, so that the plan shows what is there already. */
static bool read_target(Session *s, PlanTarget *target)
{
    return session_book(s) && ledger_check_seals(s->book, s->mem, s->err) && session_find_run(s) &&
           session_facts(s, target);
}

static bool plan_as_it_is(Session *s, Arena *mem, Err *err)
{
    PlanTarget target;
    if (!read_target(s, &target) || !session_facts_to_come(s, &target, NULL) ||
        !session_shapes(s, &target) || !session_plan(s, &target) || !session_may_run(s, mem, err) ||
        !session_fixed_free(s, mem, err))
        return false;
    session_fill_report(s);
    return session_count_rows(s);
}

bool session_disturbed(Session *s, const char *before)
{
    Err ignored = {0};
    Ledger now = {0};
    const char *after = before;
    if (!s->db || atomic_load(&s->stop) != STOP_NONE ||
        !ledger_open(&now, s->db, s->mem, &ignored) ||
        !ledger_mark(&now, &after, s->mem, &ignored) || strcmp(before, after) == 0)
        return false;
    err_clear(s->err);
    err_add(s->mem, s->err, ERR_LOCKED, NULL, s->url.shown,
            "another seedpipe command changed the target while this one read it");
    err_hint(s->mem, s->err, "repeat it when that one is done: seedpipe status tells");
    return true;
}

/* Where what was read does not fit together since another command committed between two of our
 * statements, that is the error, not what it looks like. */
static bool is_undisturbed(Session *s, bool (*read)(Session *s, Arena *mem, Err *err),
                           bool (*run)(Session *s, bool (*fn)(Session *s, Arena *mem, Err *err)),
                           const char *before)
{
    if (run(s, read))
        return true;
    if (session_disturbed(s, before))
        s->report->verify = (VerifyReport){0};
    return false;
}

static bool plan_on_target(Session *s)
{
    const char *mark;
    PlanTarget target;
    if (!session_guard(s))
        return false;
    if (!s->options->offline)
        return session_open(s, true) && ledger_mark(&s->ledger, &mark, s->mem, s->err) &&
               is_undisturbed(s, plan_as_it_is, task_read, mark);
    session_offline_target(s, &target);
    if (!session_plan(s, &target))
        return false;
    session_fill_report(s);
    return true;
}

static bool verify_everything(Session *s, Arena *mem, Err *err)
{
    bool ok = verify_keys(s->db, s->plan, &s->report->verify, s->log, mem, err);
    if (s->options->verify_full)
        ok = verify_cells(s->db, s->plan, &s->report->verify, s->log, mem, err) && ok;
    return ok;
}

/* What is verified is what the ledger says was made, whatever counts the recipe would ask for
 * today. */
static bool keep_made_rows(Session *s)
{
    for (int t = 0; t < s->plan->ntables; t++)
        if (s->plan->tables[t].rows > 0) /* those that are gone count: that they are is verified */
            return true;
    err_add(s->mem, s->err, ERR_REFUSED, NULL, s->url.shown,
            "the target has no rows of recipe %s to verify", s->recipe->name);
    return err_hint(s->mem, s->err, "seedpipe run %s --env %s", s->options->recipe,
                    s->options->env->name);
}

static bool plan_what_was_made(Session *s, Arena *mem, Err *err)
{
    PlanTarget target;
    (void)mem;
    (void)err;
    if (!read_target(s, &target))
        return false;
    target.history_only = true;
    if (!session_plan(s, &target))
        return false;
    session_fill_report(s);
    if (s->report->resumed)
        s->report->run_id = s->run.id;
    return session_count_rows(s);
}

static bool verify_on_target(Session *s)
{
    const char *mark;
    if (!session_guard(s) || !session_open(s, true) ||
        !ledger_mark(&s->ledger, &mark, s->mem, s->err) ||
        !is_undisturbed(s, plan_what_was_made, task_read, mark) || !keep_made_rows(s))
        return false;
    uint64_t start = os_monotonic_us();
    bool ok = is_undisturbed(s, verify_everything, task_run, mark);
    s->report->verify_seconds = (double)(os_monotonic_us() - start) / 1e6;
    return ok;
}

static bool with_session(const ExecOptions *options, ExecReport *report, bool (*fn)(Session *s),
                         Arena *mem, Err *err)
{
    Session s;
    bool ok = session_begin(&s, options, report, mem, err) && fn(&s);
    session_end(&s);
    return ok;
}

bool exec_plan(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err)
{
    return with_session(options, report, options->to ? sink_plan : plan_on_target, mem, err);
}

bool exec_verify(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err)
{
    return with_session(options, report, verify_on_target, mem, err);
}

/* What every command's session does on the way from a recipe to a plan and its report. */
#include <string.h>
#include <time.h>

#include "base/os.h"
#include "exec/exec_int.h"
#include "exec/removal.h"
#include "recipe/recipe.h"

const LedgerBook *session_book(Session *s)
{
    if (!s->book)
        s->book = ledger_read(&s->ledger, s->mem, s->err);
    return s->book;
}

bool session_read_ledger(Session *s, Arena *mem, Err *err)
{
    return session_book(s) && session_check_env(s) && ledger_check_seals(s->book, mem, err);
}

/* Which run is it: the same goes on or adds the difference, an unfinished one is taken over,
 * anything else under that name is refused. */
bool session_find_run(Session *s)
{
    const PlanOptions *o = &s->options->plan;
    uint64_t seed = o->has_seed ? o->seed : s->recipe->seed;
    bool has_clock = o->has_clock || s->recipe->has_clock;
    const char *digest =
        plan_digest(s->recipe, seed, has_clock, o->has_clock ? o->clock : s->recipe->clock, s->mem);
    LedgerRun *runs = NULL;
    if (!session_book(s))
        return false;
    int n = s->nruns = ledger_book_runs(s->book, &runs, s->mem);
    s->newest = n ? runs[n - 1].started : NULL;
    for (int i = 0; i < n; i++) {
        if (strcmp(runs[i].recipe, s->recipe->name) != 0 ||
            strcmp(runs[i].status, RUN_ROLLED_BACK) == 0)
            continue;
        if (strcmp(runs[i].digest, digest) != 0)
            return session_recipe_changed(s, &runs[i]);
        if (strcmp(runs[i].status, RUN_DONE) != 0) {
            s->run = runs[i];
            s->report->resumed = true;
        }
    }
    return true;
}

void session_fill_report(Session *s)
{
    ExecReport *r = s->report;
    r->ntables = s->plan->ntables;
    r->tables = arena_array(s->mem, ExecTable, r->ntables);
    s->history_segments = arena_array(s->mem, int, r->ntables);
    for (int t = 0; t < r->ntables; t++) {
        const TablePlan *tp = &s->plan->tables[t];
        r->tables[t].name = ledger_table_name(tp->table, s->mem);
        r->tables[t].rows_rejected_before = rowset_rows(tp->rejected);
        r->tables[t].rows_total = tp->rows - tp->gone_rows;
        r->tables[t].rows_pruned = rowset_rows(tp->pruned);
        for (int i = 0; i < r->plan_target.nhistory; i++)
            s->history_segments[t] +=
                strcmp(r->plan_target.history[i].table, r->tables[t].name) == 0;
        for (int c = 0; c < tp->table->ncols; c++)
            r->npii += tp->cols[c].pii != NULL;
    }
    r->pii = arena_array(s->mem, ExecPii, r->npii + 1);
    r->npii = 0;
    for (int t = 0; t < r->ntables; t++)
        for (int c = 0; c < s->plan->tables[t].table->ncols; c++)
            if (s->plan->tables[t].cols[c].pii)
                r->pii[r->npii++] = (ExecPii){arena_printf(s->mem, "%s.%s", r->tables[t].name,
                                                           s->plan->tables[t].table->cols[c].name),
                                              s->plan->tables[t].cols[c].pii};
}

/* Rows that the steps will really load: an interrupted run has some of them already. */
bool session_count_rows(Session *s)
{
    for (int i = 0; i < s->plan->nsteps; i++) {
        const Step *step = &s->plan->steps[i];
        if (step->kind != STEP_LOAD)
            continue;
        const RowSet *missing = NULL;
        if (!session_step_rows(s, step, &missing, s->mem, s->err))
            return false;
        uint64_t rows = rowset_rows(missing);
        s->report->tables[step->table].rows_added += rows;
        s->rows_to_load += rows;
    }
    for (int t = 0; t < s->report->ntables; t++)
        s->report->tables[t].rows_before =
            s->report->tables[t].rows_total - s->report->tables[t].rows_added;
    return true;
}

void session_publish(Session *s)
{
    ExecProgress *p = s->options->progress;
    if (!p)
        return;
    if (!atomic_load(&p->plan)) { /* a display may be reading those of an earlier attempt */
        p->rows_done = arena_alloc(s->mem, sizeof *p->rows_done * (size_t)s->plan->ntables);
        p->rows_todo = arena_alloc(s->mem, sizeof *p->rows_todo * (size_t)s->plan->ntables);
    }
    for (int t = 0; t < s->plan->ntables; t++) {
        atomic_store(&p->rows_done[t], 0);
        atomic_store(&p->rows_todo[t], s->report->tables[t].rows_added);
    }
    atomic_store(&p->total_done, 0);
    atomic_store(&p->total_todo, s->rows_to_load);
    atomic_store(&p->table, -1);
    atomic_store(&p->plan, s->plan);
}

bool session_begin(Session *s, const ExecOptions *options, ExecReport *report, Arena *mem, Err *err)
{
    *s = (Session){.options = options,
                   .report = report,
                   .log = options->log,
                   .mem = mem,
                   .err = err,
                   .started = os_monotonic_us()};
    pthread_mutex_init(&s->stop_mutex, NULL);
    os_cond_init(&s->stop_cond);
    s->db_mem = arena_new();
    s->rejects = arena_new_of(mem, Rejects);
    s->rejects->fd = -1;
    *report = (ExecReport){.env = options->env->name};
    if (!options->recipe)
        return true; /* the ledger has it */
    RecipeOptions recipe = {.locale = options->locale, .locale_dir = options->env->locales};
    s->recipe = recipe_load(options->recipe, &recipe, mem, err);
    if (!s->recipe)
        return false;
    report->recipe = s->recipe->name;
    log_set_context(s->log, s->recipe->name, options->env->name);
    return true;
}

void session_end(Session *s)
{
    session_close(s);
    arena_free(s->db_mem);
    pthread_cond_destroy(&s->stop_cond);
    pthread_mutex_destroy(&s->stop_mutex);
    s->report->total_seconds = (double)(os_monotonic_us() - s->started) / 1e6;
}

bool session_abandon(Session *s, Removal *removal, const char *left)
{
    Err ignored = {0};
    if (s->db && s->db->in_transaction)
        removal_end(removal, false, s->mem, &ignored);
    if (s->db && err_code(s->err) != ERR_LOST)
        session_name_rights(s);
    int stop = atomic_load(&s->stop);
    if (stop == STOP_CANCELLED || stop == STOP_TERMINATED) {
        err_clear(s->err);
        err_add(s->mem, s->err, stop == STOP_CANCELLED ? ERR_CANCELLED : ERR_TERMINATED, NULL, NULL,
                "%s: %s", stop == STOP_CANCELLED ? "cancelled" : "terminated", left);
    } else if (err_code(s->err) == ERR_LOST && !removal->commits) {
        err_clear(s->err);
        err_add(s->mem, s->err, ERR_LOST, NULL, s->url.shown, "the connection broke: %s", left);
        err_hint(s->mem, s->err, "the same command again is safe");
    } else if (err_code(s->err) == ERR_RETRY && !s->err->last->hint) {
        err_hint(s->mem, s->err, "%s; the same command again is safe", left);
    } else if (err_code(s->err) == ERR_LOST) {
        err_hint(s->mem, s->err, "all of it was done or nothing: seedpipe status tells");
    }
    return false;
}

bool session_ask(Session *s, const char *subject, const char *question, const char *expect)
{
    if (s->options->ask(s->options->ask_ctx, question, expect))
        return true;
    if (os_signal_interrupts())
        return err_add(s->mem, s->err, ERR_CANCELLED, NULL, subject,
                       "cancelled; nothing was changed");
    return err_add(s->mem, s->err, ERR_GUARD, NULL, subject, "not confirmed; nothing was changed");
}

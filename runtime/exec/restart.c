/* --restart: every run of this recipe's name is undone, newest first. Each is planned again from
 * the sources, seed and clock that the ledger kept, so it does not matter how the recipe reads
 * today. */
#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "exec/exec_int.h"
#include "recipe/recipe.h"

/* What a run did is not there. */
static void leave_out(PlanTarget *target, int number, Arena *mem)
{
    PlanHistory *history = arena_array(mem, PlanHistory, target->nhistory + 1);
    PlanChange *changes = arena_array(mem, PlanChange, target->nchanges + 1);
    int nhistory = 0, nchanges = 0;
    for (int i = 0; i < target->nhistory; i++)
        if (target->history[i].run != number)
            history[nhistory++] = target->history[i];
    for (int i = 0; i < target->nchanges; i++)
        if (target->changes[i].run != number)
            changes[nchanges++] = target->changes[i];
    target->history = history;
    target->nhistory = nhistory;
    target->changes = changes;
    target->nchanges = nchanges;
}

/* Rows of another recipe would be other rows. */
static bool is_its_recipe(Session *s, const LedgerRun *run)
{
    if (strcmp(s->plan->digest, run->digest) == 0)
        return true;
    err_add(s->mem, s->err, ERR_DRIFT, NULL, "ledger",
            "the recipe that it keeps of run %s is not the one that made the run", run->id);
    return err_hint(s->mem, s->err, "put back what was there");
}

static bool plan_run(Session *s, const LedgerRun *run, int but)
{
    RecipeSource *sources = NULL;
    PlanTarget target;
    int n = 0;
    if (!ledger_sources(&s->ledger, run->id, &sources, &n, s->mem, s->err))
        return false;
    s->recipe = recipe_load_sources(sources, n, s->mem, s->err);
    if (!s->recipe || !session_facts(s, &target) || !session_shapes(s, &target))
        return false;
    target.history_only = target.undoing = true;
    if (but >= 0)
        leave_out(&target, but, s->mem);
    PlanOptions options = {
        .env = s->options->env, .count = -1, .has_seed = true, .seed = run->seed};
    options.has_clock = run->clock && calendar_parse_timestamp(run->clock, &options.clock);
    s->plan = plan_build(s->recipe, &options, &target, s->mem, s->err);
    return s->plan && is_its_recipe(s, run);
}

bool session_plan_of_run(Session *s, const LedgerRun *run)
{
    return plan_run(s, run, -1);
}

const Plan *session_plan_before(Session *s, const LedgerRun *run, int number)
{
    const Plan *plan = s->plan, *before = plan_run(s, run, number) ? s->plan : NULL;
    s->plan = plan;
    return before;
}

static bool undo_now(Session *s, Arena *mem, Err *err)
{
    uint64_t rows = 0;
    return ledger_take_over(&s->ledger, &s->run, mem, err) &&
           undo_run(s, s->plan, &s->run, &rows, mem, err);
}

static bool plan_it(Session *s, Arena *mem, Err *err)
{
    (void)mem;
    (void)err;
    return session_plan_of_run(s, &s->run);
}

static bool confirm_restart(Session *s, int runs)
{
    const ExecOptions *o = s->options;
    if (o->yes)
        return true;
    if (o->ask)
        return session_ask(
            s, "--restart",
            arena_printf(s->mem, "All rows of %s of %s in %s will be removed first. Go on?",
                         text_plural(runs, "run", s->mem), s->recipe->name, s->url.shown),
            NULL);
    err_add(s->mem, s->err, ERR_GUARD, NULL, "--restart",
            "removes rows, and without a terminal nobody can be asked");
    return err_hint(s->mem, s->err, "--yes confirms it without a terminal");
}

bool session_restart(Session *s)
{
    const Recipe *recipe = s->recipe;
    LedgerRun *runs = NULL;
    int n = 0;
    if (!session_book(s))
        return false;
    for (int i = 0, all = ledger_book_runs(s->book, &runs, s->mem); i < all; i++)
        if (strcmp(runs[i].recipe, recipe->name) == 0 &&
            strcmp(runs[i].status, RUN_ROLLED_BACK) != 0)
            runs[n++] = runs[i];
    if (n == 0)
        return true;
    if (!confirm_restart(s, n))
        return false;
    bool ok = true, begun = false;
    for (int i = n - 1; ok && i >= 0; i--) {
        s->run = runs[i];
        ok = task_read(s, plan_it);
        begun = begun || ok;
        ok = ok && task_run(s, undo_now);
    }
    s->recipe = recipe;
    s->run = (LedgerRun){0};
    s->plan = NULL;
    if (ok || (!begun && atomic_load(&s->stop) != STOP_NONE))
        return ok;
    session_name_rights(s);
    const char *way = s->err->last ? s->err->last->hint : NULL;
    return err_hint(s->mem, s->err,
                    "%s%sthe earlier rows could not be removed; nothing new was made",
                    way ? way : "", way ? "; " : "");
}

/* seedpipe plan and check: they look at recipe and target, and write nothing. */
#include "base/text.h"
#include "cli/cli_int.h"

bool cmd_plan(App *app)
{
    bool ok = app_start(app) && app_exec(app, exec_plan, false);
    if (!ok) {
        if (app->o.output == OUTPUT_JSON)
            render_json(app, "failed", NULL);
        return false;
    }
    static const PlanFormat formats[] = {
        [OUTPUT_TEXT] = PLAN_TEXT, [OUTPUT_JSON] = PLAN_JSON, [OUTPUT_DOT] = PLAN_DOT};
    plan_print(app->report.plan, formats[app->o.output], app->o.sql, &app->report.plan_target,
               app->out.file);
    return true;
}

static void matches(App *app)
{
    const Term *term = &app->out;
    const ExecReport *r = &app->report;
    int there = 0;
    for (int t = 0; t < r->plan->ntables; t++)
        there += r->plan->tables[t].exists;
    fprintf(term->file, "%s: %sthe recipe is fine%s, %s\n", app->o.args[0],
            term_style(term, STYLE_GREEN), term_style(term, STYLE_NONE),
            text_plural(r->plan->ntables, "table", app->mem));
    if (app->o.offline) {
        fputs("not compared with a database (--offline)\n", term->file);
        return;
    }
    fprintf(term->file, "%s: ", r->target ? r->target : app->env->name);
    if (there == 0)
        fputs("has none of the tables; a run creates them\n", term->file);
    else
        fprintf(term->file, "%smatches%s%s\n", term_style(term, STYLE_GREEN),
                term_style(term, STYLE_NONE),
                there < r->plan->ntables
                    ? arena_printf(app->mem, "; a run creates %s that %s missing",
                                   text_plural(r->plan->ntables - there, "table", app->mem),
                                   r->plan->ntables - there == 1 ? "is" : "are")
                    : "");
}

/* Differences are what `check` is asked for: its result. Whatever else is wrong stays an error. */
static void differences(App *app)
{
    const Term *term = &app->out;
    int n = 0;
    app->shown = ERR_DRIFT;
    for (const ErrItem *item = app->err.first; item; item = item->next)
        if (item->code == ERR_DRIFT) {
            render_error(term, item, STYLE_YELLOW, "differs: ", app->mem);
            n++;
        }
    if (n > 0)
        fprintf(term->file, "%s between %s and %s\n", text_plural(n, "difference", app->mem),
                app->o.args[0], app->report.target ? app->report.target : "the target");
}

bool cmd_check(App *app)
{
    bool ok = app_start(app) && app_exec(app, exec_plan, false);
    bool differs = !ok && app->err.first && app->err.first->code == ERR_DRIFT;
    if (app->o.output == OUTPUT_JSON) {
        json_t *fields = json_pack("{s:o, s:o}", "recipe", json_text(app->o.args[0], app->mem),
                                   "target", json_text(app->report.target, app->mem));
        render_json(app, ok ? "matches" : differs ? "differs" : "failed", fields);
    } else if (!app->o.quiet) {
        if (ok)
            matches(app);
        else
            differences(app);
    }
    return ok;
}

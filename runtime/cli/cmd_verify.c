/* seedpipe verify: the checks alone. */
#include <string.h>

#include "base/text.h"
#include "cli/cli_int.h"

static void summary(App *app)
{
    const Term *term = &app->out;
    const VerifyReport *v = &app->report.verify;
    render_checks(app, v, app->o.verbose);
    fprintf(term->file, "%s", app->o.args[0]);
    if (app->report.target)
        fprintf(term->file, " in %s", app->report.target);
    fputs(": ", term->file);
    if (v->failed)
        term_put(term, STYLE_RED,
                 arena_printf(app->mem, "%s failed, %d passed",
                              text_plural(v->failed, "check", app->mem), v->passed));
    else
        term_put(term, STYLE_GREEN,
                 arena_printf(app->mem, "%s passed", text_plural(v->passed, "check", app->mem)));
    if (v->cells)
        fprintf(term->file, ", %s compared", text_plural((int64_t)v->cells, "cell", app->mem));
    fprintf(term->file, " (%s)\n", text_seconds(app->report.verify_seconds, app->mem));
    if (v->nuncompared) {
        const char *names = text_list(v->uncompared, v->nuncompared, 8, app->mem);
        fprintf(term->file,
                "  note    not compared, since what they were drawn from has other keys now: %s\n",
                term_clean(names, strlen(names), app->mem));
    }
    if (app->report.resumed && v->failed)
        fprintf(term->file, "  note    run %s is unfinished: `seedpipe status` says how to go on\n",
                term_clean(app->report.run_id, strlen(app->report.run_id), app->mem));
}

bool cmd_verify(App *app)
{
    bool ok = app_start(app) && app_exec(app, exec_verify, true);
    const VerifyReport *v = &app->report.verify;
    if (app->o.output == OUTPUT_JSON) {
        json_t *fields = json_pack(
            "{s:o, s:o, s:s?, s:o}", "recipe", json_text(app->o.args[0], app->mem), "target",
            json_text(app->report.target, app->mem), "unfinished_run",
            app->report.resumed ? app->report.run_id : NULL, "verify", json_verify(v, app->mem));
        render_json(app, ok ? "passed" : "failed", fields);
    } else if (!app->o.quiet && v->passed + v->failed > 0) {
        summary(app);
        if (v->failed)
            app->shown = ERR_VERIFY;
    }
    return ok;
}

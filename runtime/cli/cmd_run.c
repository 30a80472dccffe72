/* seedpipe run. */
#include "cli/cli_int.h"

static const char *status(const App *app, bool ok)
{
    if (!ok)
        return "failed";
    return app->report.nothing_to_do ? "nothing_to_do" : "done";
}

bool cmd_run(App *app)
{
    if (app->o.dry_run)
        return cmd_plan(app);
    bool ok = app_start(app) && app_exec(app, exec_run, true);
    if (app->o.output == OUTPUT_JSON)
        render_json(app, status(app, ok), json_run(app, ok));
    else
        render_run(app, ok);
    return ok;
}

/* seedpipe run. */
#include <string.h>

#include "cli/cli_int.h"

static const char *status(const App *app, bool ok)
{
    if (!ok)
        return "failed";
    return app->report.nothing_to_do ? "nothing_to_do" : "done";
}

/* Standard output holds the rows alone; what there is to say goes to the other stream. */
static bool writes_to_stdout(const Options *o)
{
    size_t n = o->to ? strlen(o->to) : 0;
    return n > 2 && strcmp(o->to + n - 2, ":-") == 0;
}

bool cmd_run(App *app)
{
    if (app->o.dry_run)
        return cmd_plan(app);
    if (writes_to_stdout(&app->o))
        app->out = app->errors;
    bool ok = app_start(app);
    app->exec.show = render_prune;
    ok = ok && app_exec(app, exec_run, true);
    if (app->o.output == OUTPUT_JSON)
        render_json(app, status(app, ok), json_run(app, ok));
    else
        render_run(app, ok);
    return ok;
}

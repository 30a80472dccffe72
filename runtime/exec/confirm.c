/* Asking before many rows: how many, where, and about how long. How long is not known before the
 * first chunk is in, so it is said from what such servers typically take, and said as roughly as
 * that is. */
#include "base/text.h"
#include "exec/exec_int.h"

/* Cells a second, loading and checking: half of what was measured with a server on the same
 * machine that did not wait for its disk. */
static double typical_rate(Engine engine)
{
    switch (engine) {
    case ENGINE_SQLITE: return 1000e3;
    case ENGINE_POSTGRES: return 700e3;
    case ENGINE_MARIADB: return 350e3;
    case ENGINE_MYSQL: break;
    }
    return 250e3;
}

static double cells_to_load(const Session *s)
{
    double cells = 0;
    for (int t = 0; t < s->plan->ntables; t++)
        cells += (double)s->report->tables[t].rows_added * s->plan->tables[t].nload;
    return cells;
}

static const char *about(double seconds, Arena *mem)
{
    if (seconds < 10)
        return "a few seconds";
    if (seconds < 90)
        return arena_printf(mem, "about %d seconds", (int)(seconds / 10 + 0.5) * 10);
    if (seconds < 90 * 60)
        return arena_printf(mem, "about %d minutes", (int)(seconds / 60 + 0.5));
    return arena_printf(mem, "about %d hours", (int)(seconds / 3600 + 0.5));
}

bool session_confirm(Session *s)
{
    const ExecOptions *o = s->options;
    if (o->yes || !o->ask || (int64_t)s->rows_to_load <= o->env->confirm_rows)
        return true;
    const char *question =
        arena_printf(s->mem, "%s will be added to %s, which takes %s%s. Go on?",
                     text_plural((int64_t)s->rows_to_load, "row", s->mem), s->url.shown,
                     about(cells_to_load(s) / typical_rate(s->db->engine), s->mem),
                     db_url_is_local(&s->url) ? "" : " where the server is near");
    return session_ask(s, s->url.shown, question, NULL);
}

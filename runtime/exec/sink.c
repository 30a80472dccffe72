/* Rows without a database: `--to` null, csv:DIR, jsonl:DIR or sql:FILE. The plan's rows, or for SQL
 * all its statements, become sections in order; sink_rows.c makes and writes them. No lock, no
 * ledger: the same command writes the same bytes. */
#include "exec/sink_int.h"

#include <string.h>

#include "base/os.h"
#include "base/text.h"

static const struct {
    const char *name;
    SinkKind kind;
} kinds[] = {{"null", SINK_NULL}, {"csv:", SINK_CSV}, {"jsonl:", SINK_JSONL}, {"sql:", SINK_SQL}};

#define STDOUT_PATH "-"

/* The path behind the colon; NULL with an error when there is no such sink. */
static const char *parse(Session *s, SinkKind *kind)
{
    const char *to = s->options->to;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = strlen(kinds[i].name);
        bool path = kinds[i].kind != SINK_NULL;
        if (strncmp(to, kinds[i].name, n) != 0 || (path ? !to[n] : to[n] != '\0'))
            continue;
        *kind = kinds[i].kind;
        return to + n;
    }
    err_add(s->mem, s->err, ERR_USAGE, NULL, "--to", "\"%s\" is no sink", to);
    err_hint(s->mem, s->err, "csv:DIR, jsonl:DIR, sql:FILE, or null, which throws the rows away");
    return NULL;
}

static bool find_dialect(Session *s, Engine *engine)
{
    *engine = s->options->dialect;
    if (s->options->has_dialect)
        return true;
    if (!session_guard(s))
        return err_hint(s->mem, s->err, "--dialect says for which database the statements are");
    *engine = s->url.engine;
    return true;
}

static bool make_plan(Session *s, SinkKind *kind, const char **path, PlanTarget *target)
{
    *target = (PlanTarget){.engine = ENGINE_POSTGRES,
                           .load_path = LOAD_SINK,
                           .sink = s->options->to,
                           .rows_only = true};
    *path = parse(s, kind);
    if (!*path)
        return false;
    if (*kind == SINK_SQL) {
        if (!find_dialect(s, &target->engine))
            return false;
        target->rows_only = false;
        target->keys_after = db_connector(target->engine)->keys_after;
    }
    s->report->target = s->options->to;
    if (!session_plan(s, target))
        return false;
    session_fill_report(s);
    for (int t = 0; t < s->plan->ntables; t++) {
        s->report->tables[t].rows_added = s->plan->tables[t].rows;
        s->rows_to_load += s->plan->tables[t].rows;
    }
    return true;
}

bool sink_plan(Session *s)
{
    SinkKind kind;
    const char *path;
    PlanTarget target;
    return make_plan(s, &kind, &path, &target);
}

/* ---- sections */

static void add_section(Sink *sink, size_t *cap, SinkSection section)
{
    sink->sections = arena_grow(sink->s->mem, sink->sections, cap, (size_t)sink->nsections + 1,
                                sizeof *sink->sections);
    sink->sections[sink->nsections++] = section;
}

static const char *statements(const Step *step, Arena *mem)
{
    const char *text = "";
    for (int i = 0; i < step->nsql; i++)
        text = arena_printf(mem, "%s%s;\n", text, step->sql[i]);
    return text;
}

static void sql_sections(Sink *sink)
{
    const Plan *plan = sink->s->plan;
    size_t cap = 0;
    add_section(sink, &cap, (SinkSection){.text = dialect_script_begin(sink->engine)});
    for (int i = 0; i < plan->nsteps; i++) {
        const Step *step = &plan->steps[i];
        if (step->kind == STEP_LOAD) {
            const Segment *segment = &plan->tables[step->table].segments[step->segment];
            add_section(sink, &cap,
                        (SinkSection){.table = step->table,
                                      .first = segment->first_row,
                                      .rows = segment->rows});
        } else if (step->nsql) {
            add_section(sink, &cap, (SinkSection){.text = statements(step, sink->s->mem)});
        }
    }
    add_section(sink, &cap, (SinkSection){.text = dialect_script_end(sink->engine)});
}

/* A table without rows is a file without rows. */
static void table_sections(Sink *sink)
{
    const Plan *plan = sink->s->plan;
    Arena *mem = sink->s->mem;
    size_t cap = 0;
    sink->json_names = arena_array(mem, const Str *, plan->ntables + 1);
    for (int t = 0; t < plan->ntables; t++) {
        const char *head = sink->kind == SINK_CSV ? sink_csv_header(&plan->tables[t], mem) : "";
        sink->json_names[t] = sink_json_names(&plan->tables[t], mem);
        add_section(sink, &cap,
                    (SinkSection){.file = sink->kind == SINK_NULL ? 0 : t,
                                  .text = head,
                                  .table = t,
                                  .rows = plan->tables[t].rows});
    }
}

/* ---- places */

static bool in_the_way(Sink *sink, const char *path, const char *what, const char *hint)
{
    Session *s = sink->s;
    err_add(s->mem, s->err, ERR_REFUSED, NULL, path, "%s", what);
    return err_hint(s->mem, s->err, "%s", hint);
}

static bool open_dir(Sink *sink, const char *dir)
{
    Session *s = sink->s;
    if (os_is_dir(dir)) {
        if (sink_clean_dir(dir, s->mem) > 0 && !s->options->yes)
            return in_the_way(
                sink, dir, "the folder is not empty",
                "--yes replaces the files of the recipe's tables, and leaves others alone");
        return true;
    }
    sink->made_dir = os_make_dir(dir) ? dir : NULL;
    if (sink->made_dir)
        return true;
    return err_add(s->mem, s->err, ERR_IO, NULL, dir, "cannot make the folder: %s",
                   os_reason(s->mem));
}

static bool table_files(Sink *sink, const char *dir)
{
    Session *s = sink->s;
    bool to_stdout = strcmp(dir, STDOUT_PATH) == 0;
    if (to_stdout && s->plan->ntables != 1) {
        err_add(s->mem, s->err, ERR_USAGE, NULL, "--to",
                "standard output takes the rows of one table, and the recipe has %s",
                text_plural(s->plan->ntables, "table", s->mem));
        return err_hint(s->mem, s->err, "name a folder: %s:DIR",
                        sink->kind == SINK_CSV ? "csv" : "jsonl");
    }
    if (!to_stdout && !open_dir(sink, dir))
        return false;
    sink->nfiles = s->plan->ntables;
    sink->files = arena_array(s->mem, SinkFile, sink->nfiles);
    for (int t = 0; t < sink->nfiles; t++) {
        const char *name = sink_file_name(s->plan->tables[t].table,
                                          sink->kind == SINK_CSV ? "csv" : "jsonl", s->mem);
        const char *path = to_stdout ? NULL : os_path_join(dir, name, s->mem);
        sink->files[t] = sink_file_new(path, s->mem);
    }
    return true;
}

static bool script_file(Sink *sink, const char *path)
{
    Session *s = sink->s;
    bool to_stdout = strcmp(path, STDOUT_PATH) == 0;
    if (!to_stdout && os_exists(path)) {
        path = os_realpath(path, s->mem); /* what a link stands for, not the link */
        if (!os_is_file(path))
            return err_add(s->mem, s->err, ERR_IO, NULL, path, "is there, and is no file");
        if (!s->options->yes)
            return in_the_way(sink, path, "the file is there already", "--yes replaces it");
    }
    sink->nfiles = 1;
    sink->files = arena_array(s->mem, SinkFile, 1);
    sink->files[0] = sink_file_new(to_stdout ? NULL : path, s->mem);
    return true;
}

/* ---- the run */

static bool publish(Sink *sink)
{
    Session *s = sink->s;
    s->report->files = arena_array(s->mem, ExecFile, sink->nfiles + 1);
    for (int i = 0; i < sink->nfiles; i++) {
        if (!sink_file_publish(&sink->files[i], s->mem, s->err))
            return false;
        s->report->files[s->report->nfiles++] =
            (ExecFile){sink->files[i].path, sink->files[i].bytes};
    }
    return true;
}

static bool write_all(Sink *sink)
{
    Session *s = sink->s;
    bool ok = sink_write(sink) && publish(sink);
    for (int i = 0; i < sink->nfiles; i++)
        sink_file_discard(&sink->files[i]);
    if (!ok && sink->made_dir)
        os_remove(sink->made_dir);
    int why = atomic_load(&s->stop);
    if (!ok && (why == STOP_CANCELLED || why == STOP_TERMINATED)) {
        err_clear(s->err);
        return err_add(s->mem, s->err, why == STOP_CANCELLED ? ERR_CANCELLED : ERR_TERMINATED, NULL,
                       NULL, "%s: nothing was written",
                       why == STOP_CANCELLED ? "cancelled" : "terminated");
    }
    return ok;
}

static const char *look_command(const Sink *sink, Arena *mem)
{
    const char *path = sink->nfiles ? sink->files[0].path : NULL;
    if (sink->kind != SINK_SQL || !path)
        return NULL;
    switch (sink->engine) {
    case ENGINE_SQLITE: return arena_printf(mem, "sqlite3 DATABASE < %s", path);
    case ENGINE_POSTGRES: return arena_printf(mem, "psql -d DATABASE -f %s", path);
    case ENGINE_MARIADB: return arena_printf(mem, "mariadb DATABASE < %s", path);
    case ENGINE_MYSQL: break;
    }
    return arena_printf(mem, "mysql DATABASE < %s", path);
}

bool sink_run(Session *s)
{
    Sink sink = {.s = s};
    const char *path;
    PlanTarget target;
    if (!make_plan(s, &sink.kind, &path, &target))
        return false;
    sink.engine = target.engine;
    bool ok = sink.kind == SINK_NULL  ? true
              : sink.kind == SINK_SQL ? script_file(&sink, path)
                                      : table_files(&sink, path);
    if (!ok)
        return false;
    if (sink.kind == SINK_SQL)
        sql_sections(&sink);
    else
        table_sections(&sink);
    session_publish(s);
    session_log_start(s);
    uint64_t start = os_monotonic_us();
    ok = write_all(&sink);
    s->report->load_seconds = (double)(os_monotonic_us() - start) / 1e6;
    if (ok) {
        s->report->rows_added = s->rows_to_load;
        s->report->look = look_command(&sink, s->mem);
    }
    session_log_finish(s, ok);
    return ok;
}

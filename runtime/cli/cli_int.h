/* Private to cli/: one command's state, and the functions that commands share. */
#ifndef SEEDPIPE_CLI_CLI_INT_H
#define SEEDPIPE_CLI_CLI_INT_H

#include <jansson.h>
#include <stdio.h>

#include "cli/options.h"
#include "gen/gen.h"
#include "exec/exec.h"

/* How a stream is written to. */
typedef struct Term {
    FILE *file;
    bool color;
} Term;

typedef struct App {
    Options o;
    Arena *mem;
    Err err;
    Term out, errors;
    const Env *env;
    Log *log;
    bool log_is_json; /* on standard error: then nothing else is written there */
    ExecOptions exec;
    ExecProgress counters;
    ExecReport report;
    struct Progress *progress;
    ErrCode shown; /* errors of this kind are in the result: not repeated at the end */
} App;

/* app.c: environment, log and exec options from the command line. */
bool app_start(App *app);
typedef bool (*ExecFn)(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err);
/* Runs an exec function with signals caught and, on request, progress drawn. */
bool app_exec(App *app, ExecFn fn, bool progress);
void app_log_errors(const App *app);
void app_end(App *app);

/* Commands. */
bool cmd_run(App *app);
bool cmd_plan(App *app);
bool cmd_check(App *app);
bool cmd_verify(App *app);
bool cmd_modify(App *app);
bool cmd_rollback(App *app);
bool cmd_status(App *app);
const char *run_what(const ExecRun *run, Arena *mem); /* "run", "delete users" */
bool cmd_preview(App *app);
bool cmd_generators(App *app);
bool cmd_completion(App *app);
bool cmd_version(App *app);
bool cmd_help(App *app);

/* help.c, markdown.c */
void help_overview(const Term *term, Arena *mem);
void help_command(const Term *term, const CommandDef *command, Arena *mem);
void help_markdown(FILE *out, Arena *mem);

/* term.c. Colours are empty texts when the stream has none. */
typedef enum Style {
    STYLE_NONE,
    STYLE_BOLD,
    STYLE_DIM,
    STYLE_RED,
    STYLE_GREEN,
    STYLE_YELLOW,
    STYLE_CYAN
} Style;
Term term_of(FILE *file, bool is_tty);
const char *term_style(const Term *term, Style style);
void term_put(const Term *term, Style style, const char *text);
/* Control characters become "?", invalid UTF-8 too: for texts that come from outside. */
const char *term_clean(const char *text, size_t n, Arena *mem);
/* Text broken at blanks so that lines fit; the first line is already `column` wide. */
void term_wrap(FILE *out, const char *text, int indent, int column, int width);

/* A table with aligned columns: 'l' or 'r' in `align` for each. */
typedef struct Grid Grid;
Grid *grid_new(const char *align, Arena *mem);
void grid_row(Grid *grid, Style style, const char *const *cells);
void grid_print(const Grid *grid, const Term *term, int indent);

/* "0.4 s", "12 ms", "2 min 5 s"; "1,234,567" per second. */
const char *text_seconds(double seconds, Arena *mem);
const char *text_rate(uint64_t rows, double seconds, Arena *mem);

/* render.c */
void render_errors(const Term *term, const Err *err, ErrCode but,
                   Arena *mem); /* all but those of a kind */
void render_error(const Term *term, const ErrItem *item, Style style, const char *label,
                  Arena *mem);
json_t *json_text(const char *text, Arena *mem); /* JSON null for NULL */
json_t *json_errors(const Err *err, Arena *mem);
/* {"command", "status", "exit", <fields>, "errors"}; takes fields. */
void render_json(App *app, const char *status, json_t *fields);
json_t *json_verify(const VerifyReport *verify, Arena *mem);
/* Foreign keys that a removal met. */
json_t *json_refs(const ExecRef *refs, int n, Arena *mem);
/* Failed checks, or all. */
void render_checks(App *app, const VerifyReport *verify, bool all);

/* render_run.c */
void render_run(App *app, bool ok);
void render_prune(void *ctx, const ExecReport *report);
/* cmd_rollback.c: a foreign key that makes deleting slow; nothing where an index helps. */
void render_slow_key(const Term *term, const ExecRef *ref, Arena *mem);
json_t *json_run(App *app, bool ok);

/* cells.c: a cell as a person reads it; NULL is "NULL". */
const char *cell_text(const Vec *v, uint32_t row, Arena *mem);

/* samples.c */
/* Generators and records, sorted by name. */
const GenDef *const *generator_catalogue(int *n, Arena *mem);
/* docs/generators.md, with these samples. */
void generators_markdown(FILE *out, const GenDef *const *all, int n, const char *const *samples,
                         int nsamples, Arena *mem);
/* Each once, into names[n]; how many. */
int generator_families(const GenDef *const *all, int n, const char **names);
/* "a number from 0 to 9" */
const char *generator_limits(const GenParam *p, Arena *mem);
/* A plan whose table "samples" has a column sample_NAME for every generator but serial,
 * made by its own example. */
const Plan *generator_plan(int rows, Arena *mem, Err *err);
/* Values for every generator, made by running its own example through a recipe. texts[g
 * * n + i] is value i of generator_catalogue()[g]. NULL when the examples do not make a recipe,
 * which a test forbids. */
const char *const *generator_samples(int n, Arena *mem);

/* progress.c */
typedef struct Progress Progress;
Progress *progress_start(FILE *out, const ExecProgress *counters, Log *log, Arena *mem);
void progress_stop(Progress *progress); /* clears what is drawn; NULL is fine */
/* Nothing is drawn between these. NULL is fine. */
void progress_pause(Progress *progress);
void progress_resume(Progress *progress);
/* One frame, as text of at most `width` columns a line; *lines gets how many. For progress.c and
 * its test. */
typedef struct ProgressFrame {
    double seconds;      /* since loading began */
    const double *rates; /* rows/s per table of the plan, 0: not known yet */
    int width;
} ProgressFrame;
const char *progress_text(const ExecProgress *counters, const ProgressFrame *frame, int *lines,
                          Arena *mem);

#endif

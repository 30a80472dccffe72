/* Exec: where a plan meets a database. Each command of the program is one function here that takes
 * options as data and fills a report; nothing here prints. Progress is counters that the cli polls.
 */
#ifndef SEEDPIPE_EXEC_EXEC_H
#define SEEDPIPE_EXEC_EXEC_H

#include <stdatomic.h>

#include "base/log.h"
#include "db/db.h"
#include "plan/plan.h"
#include "verify/verify.h"

/* Written by workers, read by the progress display, at any time. */
typedef struct ExecProgress {
    _Atomic(const Plan *) plan;  /* NULL until there is one */
    _Atomic(const char *) doing; /* "load payments", "add keys", "verify": static or plan memory */
    _Atomic int table;           /* being loaded, -1 */
    _Atomic uint64_t *rows_done; /* per table of the plan */
    _Atomic uint64_t *rows_todo;
    _Atomic uint64_t total_done, total_todo;
} ExecProgress;

typedef struct ExecOptions {
    const char *recipe; /* path or name */
    const char *url;    /* --url or SEEDPIPE_URL; NULL: the environment's */
    const Env *env;
    PlanOptions plan;    /* env is filled in by exec */
    int jobs;            /* 0: environment, else as many as fit */
    double lock_timeout; /* seconds; < 0: the environment's */
    bool yes;            /* no questions */
    bool dry_run;
    bool offline; /* plan, check: without the target */
    bool keep_partial;
    bool skip_invalid; /* --on-invalid=skip */
    bool restart;
    const char *allow_protected; /* --allow-protected DBNAME */
    const char *to;              /* --to SINK, NULL: the database */
    bool has_dialect;            /* --dialect: whose SQL a sink writes; else the url's */
    Engine dialect;
    bool verify_full;           /* verify --level full */
    uint64_t small_run;         /* rows up to which a run is one transaction; 0: PLAN_SMALL_RUN */
    const Connector *connector; /* NULL: the engine's own; see DbOptions */
    Log *log;
    ExecProgress *progress;
    /* Asks a question on the terminal; true = yes. NULL when there is no terminal. `expect` not
     * NULL: the answer must be that text. */
    bool (*ask)(void *ctx, const char *question, const char *expect);
    void *ask_ctx;
} ExecOptions;

typedef struct ExecTable {
    const char *name;
    uint64_t rows_added, rows_before, rows_total; /* before: made by earlier runs of this recipe */
    double seconds;                               /* loading */
    bool created;
} ExecTable;

/* A file that a sink wrote. */
typedef struct ExecFile {
    const char *path; /* NULL: standard output */
    uint64_t bytes;
} ExecFile;

typedef struct ExecPii {
    const char *column, *kind; /* "borrowers.email", "email" */
} ExecPii;

typedef struct ExecReport {
    const char *run_id;
    const char *recipe, *env;
    const char *target; /* the URL without password, or the sink */
    const char *server;
    const char *look; /* a command to look at the data: "sqlite3 dev.db" */
    const Plan *plan; /* also what --dry-run and `plan` print */
    PlanTarget plan_target;
    ExecTable *tables;
    int ntables;
    uint64_t rows_added;
    double load_seconds; /* from the first step to the last commit, keys included */
    double verify_seconds, total_seconds;
    bool nothing_to_do;
    bool resumed;
    bool rolled_back;   /* after a cancel or an error */
    uint64_t rows_left; /* rows of an unfinished run that stay for a resume */
    VerifyReport verify;
    ExecPii *pii;
    int npii;
    ExecFile *files;
    int nfiles;
} ExecReport;

/* false: errors were added; the report holds what was reached. Memory from mem. */
bool exec_run(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err);
/* Reads recipe and target (unless offline), builds the plan, writes nothing. */
bool exec_plan(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err);
/* The integrity checks alone. */
bool exec_verify(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err);

#endif

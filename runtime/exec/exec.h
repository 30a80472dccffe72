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

struct ExecReport;

typedef enum ModifyKind {
    MODIFY_NONE,
    MODIFY_APPEND,
    MODIFY_DELETE,
    MODIFY_UPDATE,
    MODIFY_REPLACE,
    MODIFY_TRUNCATE
} ModifyKind;

/* What `modify` is to do. */
typedef struct ExecModify {
    ModifyKind kind;
    const char *tables;    /* "users,loans" */
    const char *columns;   /* update: "email,phone" */
    const char *where;     /* NULL: none */
    double percentage;     /* 0: none */
    const int64_t *counts; /* by the tables' position */
    int ncounts;
    const PlanCount *named; /* or by name */
    int nnamed;
    bool reseed, seeded_only;
} ExecModify;

typedef struct ExecOptions {
    const char *recipe; /* path or name */
    const char *locale; /* --locale; NULL: the recipe's */
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
    bool accept_drift;           /* tables that are not what they were are meant so */
    const char *allow_protected; /* --allow-protected DBNAME */
    const char *to;              /* --to SINK, NULL: the database */
    bool has_dialect;            /* --dialect: whose SQL a sink writes; else the url's */
    Engine dialect;
    bool verify_full; /* verify --level full */
    const char *run;  /* rollback, status: a run's id or its beginning; NULL: the newest */
    bool cascade;     /* rollback: rows of the user's own go too; modify: all that refers */
    ExecModify modify;
    bool drop_created;          /* rollback: tables that the run created, when empty */
    const char *audit;          /* rollback: a file for the keys of deleted rows */
    const char *set_env;        /* status --set-env NAME */
    uint64_t small_run;         /* rows up to which a run is one transaction; 0: PLAN_SMALL_RUN */
    const Connector *connector; /* NULL: the engine's own; see DbOptions */
    Log *log;
    ExecProgress *progress;
    /* Asks a question on the terminal; true = yes. NULL when there is no terminal. `expect` not
     * NULL: the answer must be that text. */
    bool (*ask)(void *ctx, const char *question, const char *expect);
    void *ask_ctx;
    /* Shows report->removal before it is done. May be NULL. */
    void (*show)(void *ctx, const struct ExecReport *report);
} ExecOptions;

/* A run, as the ledger has it. */
typedef struct ExecRun {
    const char *id, *recipe, *env, *status, *user, *host;
    const char *started, *finished; /* UTC; finished NULL: not yet */
    int64_t pid;
    int64_t rows_planned, rows; /* rows: committed and not rolled back */
    int64_t removed;            /* by it, of rows that were there: pruned or deleted */
    bool process_lives;         /* unfinished, and its process on this host is there */
    const char *operation; /* of modify: "delete", with the tables "users, loans"; NULL: a run */
    const char *tables;
    double seconds; /* from start to end, < 0: not known */
} ExecRun;

typedef struct ExecRunTable {
    const char *table;
    int64_t planned, rows; /* rows: committed and not rolled back */
    bool created;          /* by the run */
} ExecRunTable;

typedef struct ExecAltered {
    const char *run, *part; /* "its chunks of kids" */
} ExecAltered;

typedef struct ExecLock {
    bool held, stale; /* stale: whoever wrote its name there is gone */
    const char *holder;
} ExecLock;

/* What removing a run's rows does to one table. */
typedef struct ExecRemoved {
    const char *table;
    bool of_run;     /* the run made rows here; else reached by --cascade */
    int64_t made;    /* by the run, as the ledger knows */
    int64_t deleted; /* rows to delete, or deleted: the run's, and others by --cascade */
    int64_t others;  /* of these, not the run's */
    int64_t gone;    /* of the made: not there any more */
    int64_t changed; /* of the deleted: changed since */
    bool created, dropped;
    const char *kept; /* why it was not dropped; NULL */
} ExecRemoved;

typedef struct ExecRef {
    const char *child, *parent, *name, *action;
    int64_t rows;          /* of the user's own, that refer to rows to be deleted */
    bool clears;           /* they stay, their reference becomes NULL or its default */
    const char *index_sql; /* the missing index; NULL */
} ExecRef;

/* What undoing a run of `modify` brings back in one table, and what it cannot. */
typedef struct ExecRestored {
    const char *table;
    int64_t rows;    /* deleted by the run */
    int64_t cells;   /* rows whose cells become what they were before the run */
    int64_t changed; /* rows whose cells were changed since, and stay */
    int64_t altered; /* of rows and cells: changed before the run; they come back as they were made
                      */
    int64_t own;     /* of the user's own, deleted by the run: lost */
    int64_t own_cleared;   /* of the user's own, whose references the run cleared: they stay so */
    const char **defaults; /* columns that seedpipe does not write: rows come back without what
                              stood there */
    int ndefaults;
} ExecRestored;

typedef struct ExecRemoval {
    ExecRun run;
    bool already; /* it was rolled back before */
    ExecRemoved *tables;
    int ntables;
    ExecRef *refs; /* with rows, or without an index */
    int nrefs;
    ExecRestored *restored;
    int nrestored;
    int64_t deleted;
    bool done;
} ExecRemoval;

#define EXEC_REJECTS_SHOWN 20 /* from so many on they are written to a file */

/* A row that the database rejected, without its values. */
typedef struct ExecReject {
    const char *table;
    uint64_t row; /* counted from 1 */
    const char *reason;
    const char *sqlstate, *constraint, *column; /* NULL: not said */
} ExecReject;

typedef struct ExecTable {
    const char *name;
    uint64_t rows_added, rows_before, rows_total; /* before: made by earlier runs of this recipe */
    uint64_t rows_rejected;        /* by this run, rows left out below them included; not added */
    uint64_t rows_rejected_before; /* by earlier ones; not tried again */
    uint64_t rows_pruned;
    double seconds; /* loading */
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

/* What `modify` does to one table. */
typedef struct ExecModified {
    const char *table;
    bool asked;           /* else reached through foreign keys */
    int64_t before;       /* rows in the table; -1: not counted */
    int64_t deleted, own; /* own: of these, the user's own */
    int64_t updated, cleared, inserted;
    const char *triggers; /* of the user's, which may write other values: "touch, audit"; NULL */
    const char *added_up; /* "orders.total, orders.items" still count rows that go; NULL */
} ExecModified;

typedef struct ExecModification {
    ExecModified *tables;
    int ntables;
    const char *columns; /* update: all that were made anew: "email, username" */
    int64_t spared;      /* update: rows of the user's own that were selected, and stay */
    ExecRef *refs;       /* followed, or without an index */
    int nrefs;
    bool done;
} ExecModification;

typedef struct ExecReport {
    ExecModification modified; /* modify */
    ExecRemoval removal;       /* rollback */
    ExecRun *runs;             /* rollback: the others; status: all */
    int nruns;
    ExecRunTable *run_tables; /* status RUN */
    int nrun_tables;
    ExecAltered *altered; /* status: records that were changed by hand */
    int naltered;
    ExecLock lock; /* status */
    bool has_ledger;
    const char *env_mark, *env_before; /* the environment that the target is marked as */
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
    uint64_t rejected, left_out; /* rows rejected; rows not made since their parents were */
    const ExecReject *rejects;   /* the first EXEC_REJECTS_SHOWN */
    const char *rejects_file;    /* where all of them are, NULL: not so many */
} ExecReport;

/* false: errors were added; the report holds what was reached. Memory from mem. */
bool exec_run(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err);
/* Reads recipe and target (unless offline), builds the plan, writes nothing. */
bool exec_plan(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err);
/* The integrity checks alone. */
bool exec_verify(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err);
/* Changes tables that were seeded. */
bool exec_modify(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err);
/* Removes what a run inserted; needs no recipe. */
bool exec_rollback(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err);

/* Runs, lock and environment of a target; --set-env changes the environment's mark. */
bool exec_status(const ExecOptions *options, ExecReport *report, Arena *mem, Err *err);

#endif

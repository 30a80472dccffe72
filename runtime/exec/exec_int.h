/* Private to exec/: one command's session with a target. */
#ifndef SEEDPIPE_EXEC_EXEC_INT_H
#define SEEDPIPE_EXEC_EXEC_INT_H

#include <jansson.h>
#include <pthread.h>

#include "exec/exec.h"
#include "exec/ledger.h"
#include "gen/eval.h"

/* Attempts of one command that lost its server. */
typedef struct Outage {
    bool begun; /* the run had begun: questions are answered, --restart is done */
    int outages;
    int attempts;   /* in this outage */
    uint64_t since; /* this outage's first failure, monotonic; 0: the server answers */
} Outage;

/* What one command saw rejected, over its attempts. */
typedef struct Rejects {
    uint64_t rejected, left_out;
    ExecReject shown[EXEC_REJECTS_SHOWN];
    const char *file;
    int fd; /* -1: none */
} Rejects;

typedef struct Session {
    const ExecOptions *options;
    ExecReport *report;
    const Recipe *recipe;
    DbUrl url;
    DbOptions db_options;
    Db *db;                  /* DDL, ledger, verification, and the first worker's loads */
    Db *lock_db;             /* holds the advisory lock */
    bool locked, lock_apart; /* lock_apart: lock_db does nothing else; else it is db */
    Arena *db_mem;           /* of connections made anew while loading */
    Ledger ledger;
    const LedgerBook *book; /* what the ledger was before this command changed anything; NULL: not
                               read, or not so any more */
    LedgerRun run;          /* the run that is being made or gone on with */
    int nruns;              /* that the ledger knows: part of what chooses modify's rows */
    const char *newest;     /* of these, when the last one began; NULL: there is none */
    bool marked;            /* the target has its environment's mark */
    const char *schema;     /* PostgreSQL: that of the recipe's tables, which the ledger does not
                               have yet; NULL: nothing to write down */
    bool run_recorded;      /* its ledger row is committed */
    bool one_transaction;
    const Plan *plan;
    uint64_t started, rows_to_load;
    RowSet **rejected; /* per table of the plan: rows that the database rejected in this attempt */
    const PlanChange *lost; /* deleted by hand, and accepted: this run writes it down */
    int nlost;
    bool any_gone; /* earlier runs left rows out, or lost them */
    Rejects *rejects;
    int *history_segments; /* per table of the plan: segments that the ledger knew before */
    _Atomic int stop;      /* StopReason: workers end after their chunk */
    pthread_mutex_t stop_mutex;
    pthread_cond_t stop_cond; /* whoever pauses wakes up when the run is to stop */
    atomic_bool doubt_lock;   /* a connection broke: look at once whether the lock is still held */
    Outage *outage;           /* NULL: a command that is not tried again */
    int interrupts_seen;      /* Ctrl+C that were dealt with already */
    bool cancel_at_once;      /* a stop also ends the statement that runs: all or nothing */
    bool holds_transaction;   /* the command's own: steps neither begin nor end one */
    bool existing_only;       /* a SQLite file that is missing is not created */
    bool one_connection;      /* one transaction is all: what ends it may end the lock, too */
    bool lock_lost;
    bool holder_ended; /* the ledger does not name this process any more */
    void *work;        /* of a command whose task needs more than the session */
    Log *log;
    Arena *mem;
    Err *err;
} Session;

typedef enum StopReason { STOP_NONE, STOP_CANCELLED, STOP_TERMINATED, STOP_FAILED } StopReason;

/* run.c */
const char *session_new_run_id(Arena *mem);
/* Writes the run's row: s->run, from s->plan and s->report->run_id. */
bool session_record_run(Session *s, Arena *mem, Err *err);
/* The ledger's key for the schema of a recipe's tables. */
const char *session_schema_key(const Session *s);
/* facts.c: as SQL names them. */
const char *session_quoted_table(const Session *s, const Table *table, Arena *mem);
const char *session_quoted(const Session *s, const char *name, Arena *mem);

/* session.c */
bool session_begin(Session *s, const ExecOptions *options, ExecReport *report, Arena *mem,
                   Err *err); /* loads the recipe */
void session_end(Session *s); /* also after a begin that failed */
/* Which run it is: the same goes on or adds the difference, an unfinished one is found for a
 * resume, anything else under that name is refused. */
bool session_find_run(Session *s);
/* Reads the ledger (Session.book), sees that the target is of this environment, and that nobody
 * wrote into the record. */
bool session_read_ledger(Session *s, Arena *mem, Err *err);
const LedgerBook *session_book(Session *s); /* reads it where it is not; NULL: an error */
/* changed.c: refuses, and says what differs from the recipe of that run. */
bool session_recipe_changed(Session *s, const LedgerRun *earlier);
void session_fill_report(Session *s); /* tables and PII, after the plan */
bool session_count_rows(Session *s);  /* rows that the steps will really load */
/* Asks on the terminal (options->ask must be there); adds the error when the answer is no. */
bool session_ask(Session *s, const char *subject, const char *question, const char *expect);
void session_publish(Session *s); /* progress counters */

/* target.c */
bool session_guard(Session *s);        /* url and hosts: before anything is opened */
bool session_guard_host(Session *s);   /* allowed_hosts of options->env */
bool session_guard_writes(Session *s); /* protected environments, each time */
bool session_open(Session *s, bool read_only);
bool session_lock(Session *s); /* of what is open; reads the ledger anew */
bool session_open_locked(Session *s);
/* What takes no lock reads in several transactions: has another command committed since the
 * ledger's mark was `before`? Then that is the error, in place of what it looked like. */
bool session_disturbed(Session *s, const char *before);
bool session_create_ledger(Session *s);
/* The ledger names no holder of the lock any more: with the last write of a transaction, where it
 * costs none of its own. */
bool session_end_holder(Session *s, Arena *mem, Err *err);
void session_close(Session *s);
bool session_check_env(Session *s);                 /* as Session.book has it */
bool session_lock_state(Session *s, ExecLock *out); /* without taking it */

/* After a command that is all or nothing: its transaction ends, and the error says why and what is
 * left. False. */
struct Removal;
bool session_abandon(Session *s, struct Removal *removal, const char *left);

/* connect.c: opens a connection that lives in mem; a signal, or the session's stop, ends the wait
 * at once (ERR_CONNECT). */
Db *session_connect(Session *s, const DbOptions *options, Arena *mem, Err *err);

/* prune.c */
bool session_prunes(const Session *s);
/* Before anything is done: counts what is to go, shows it and asks; and sees that what is to come
 * back finds its keys free. */
bool session_confirm_resize(Session *s);
bool session_prune(Session *s, Arena *mem, Err *err); /* in a transaction of its own */

/* avoid.c: new rows whose unique values rows of the user's own hold already get others: s->plan is
 * made anew from the target with these changes. In a transaction of the caller's. going: rows that
 * are selected there count as gone; NULL: none. */
bool session_may_collide(const TablePlan *tp);
/* Has the table any row, whose ever? */
bool session_holds_rows(Session *s, const TablePlan *tp, bool *any, Arena *mem, Err *err);
struct Closure;
bool session_avoid(Session *s, PlanTarget *target, const PlanOptions *options,
                   const struct Closure *going, Arena *mem, Err *err);
/* Are the parents there that the new rows of a table lead to by a foreign key? */
bool session_find_parents(Session *s, int table, const ForeignKey *fk, bool *all, Arena *mem,
                          Err *err);
bool session_record_avoided(Session *s, Arena *mem, Err *err); /* before the rows are loaded */

/* fixed.c: does no row of the user's own have a key that a new row must get? Writes nothing. */
bool session_fixed_free(Session *s, Arena *mem, Err *err);
/* The error for one such key; taken: new rows. False. */
bool session_refuse_fixed(const TablePlan *tp, const Key *key, int64_t taken, Arena *mem, Err *err);

/* confirm.c: asks on a terminal before more rows than the environment lets pass. */
bool session_confirm(Session *s);

/* facts.c: what plan/ wants to know of the target and of the rows that are there. history: rows of
 * earlier runs, from the ledger. */
bool session_facts(Session *s, PlanTarget *out);
/* And of tables that may get rows: first free keys, and whether the user may insert. filled: which
 * of the recipe's, NULL: all. */
bool session_facts_to_come(Session *s, PlanTarget *target, const bool *filled);
void session_offline_target(Session *s, PlanTarget *out);
bool session_plan(Session *s, const PlanTarget *target);

/* Schemas that the recipe names. */
const char *const *session_schemas(Session *s, int *n);

/* rights.c: what the user may not do with tables that are there. facts: of the recipe's tables, in
 * their order. */
void session_may_read(Session *s, const Catalog *catalog, PlanTableFacts *facts);
void session_may_insert(Session *s, const Table *there, const Table *recipe, PlanTableFacts *out);

/* What else the plan needs: the ledger, tables, temporary tables. An error for each that the user
 * may not make, with the GRANT. */
bool session_may_run(Session *s, Arena *mem, Err *err);

/* What a command does to a table that is there, in statements of its own. */
typedef struct Touch {
    const Table *table;   /* of the catalog */
    bool deletes;         /* rows */
    const Table *inserts; /* rows, into the columns that this one has, too; NULL: none */
    const char **columns; /* gets new values in these */
    int ncolumns;
} Touch;

/* What the steps of a closure do; `list` has room for a table and a reference each. */
struct Closure;
int session_touches(const struct Closure *c, Touch *list, Arena *mem);
/* An ERR_REFUSED, with the GRANT, for each privilege that the user lacks for it; and for each table
 * that could not be left as it was. */
bool session_may_touch(Session *s, const Touch *list, int n, Arena *mem, Err *err);
/* And for the sequences that s->plan moves. */
bool session_may_number(Session *s, Arena *mem, Err *err);
/* After a failure, outside of the transaction: where it was that the user may not create temporary
 * tables, that is the error, with the GRANT. */
void session_name_rights(Session *s);

/* lost.c: rows of earlier runs that are gone, before rows are added: an error for each table; or
 * with --accept-drift they become changes of the target, and the plan is made anew. */
bool session_find_lost(Session *s, PlanTarget *target);
bool session_record_lost(Session *s, Arena *mem, Err *err); /* with the run's row */
/* Rows of a table of the plan that should be there and are not; NULL: none. */
bool session_missing_rows(Session *s, const Plan *made, int table, const RowSet **rows, Arena *mem,
                          Err *err);

/* drift.c: what the ledger knows of tables as they were, for the plan to compare. */
bool session_shapes(Session *s, PlanTarget *target);
/* Writes down what the tables are. all: also those that this run created, which are finished now.
 */
bool session_remember_shapes(Session *s, const Catalog *catalog, bool all, Arena *mem, Err *err);
/* Are the tables what they were when the plan was made? Else an error for each difference. */
bool session_schema_holds(Session *s, Arena *mem, Err *err);
/* The same at the end of a run; what the tables are then is written down. */
bool session_settle_schema(Session *s, Arena *mem, Err *err);
/* After a failure: if the schema has moved, that is the error. */
void session_name_drift(Session *s);

/* task.c: runs fn on a thread of its own, while this one watches for signals and the lock: the
 * first Ctrl+C, a signal or a lost lock sets s->stop; a second Ctrl+C also cancels what the
 * database is doing. fn's errors go to s->err. */
bool task_run(Session *s, bool (*fn)(Session *s, Arena *mem, Err *err));
/* The same for what only reads, before anything is done: the first Ctrl+C, a signal or a lost lock
 * ends it at once, also a statement that waits for another session's lock; that is the error then.
 */
bool task_read(Session *s, bool (*fn)(Session *s, Arena *mem, Err *err));
/* By a signal, before anything was done: that is the error. False. */
bool session_stopped(Session *s);

/* outage.c */
void session_stop(Session *s, StopReason reason); /* the first reason counts; any thread */
void session_pause(Session *s, int ms);           /* less when the run is to stop */
bool outage_passes(ErrCode code);                 /* may the same work succeed later? */
int outage_pause_ms(int attempt);
bool outage_may_pass(const Session *s); /* will outage_wait let the command be tried again? */
double outage_left(const Session *s);   /* seconds that the command may still wait; 0: none */
void outage_over(Session *s);           /* the run goes on: the next failure begins another */
/* Closes the connections and waits; false: no further attempt, s->err says why. */
bool outage_wait(Session *s);

/* reject.c */
void session_expect_rejects(Session *s);
void rejects_report(Rejects *rejects, ExecReport *report, Arena *mem); /* and closes the file */

/* load.c */
typedef struct LoadRange {
    int table, segment;
    uint64_t first, rows;
} LoadRange;
/* False with an error when an expression left its range: rows that are not what the recipe says. */
bool rows_in_range(const Eval *eval, const TablePlan *tp, Arena *mem, Err *err);
/* Loads the ranges with as many workers as the server can take. bare: no foreign key is in place.
 */
bool load_ranges(Session *s, const LoadRange *ranges, int n, bool bare, Arena *mem, Err *err);

/* steps.c: the rows of a load step that are still to be loaded: an interrupted run has some. */
bool session_step_rows(Session *s, const Step *step, const RowSet **rows, Arena *mem, Err *err);
/* Runs the plan's steps (all but the verification, and what session_prune does). */
bool steps_run(Session *s, Arena *mem, Err *err);

/* circle.c: tables that refer to each other. Around the load of one table: checks off and on. */
bool circle_table_begin(Db *db, const TablePlan *tp, Arena *mem, Err *err);
/* loaded: false after a failure, whose error is the one that counts. */
bool circle_table_end(Db *db, const TablePlan *tp, bool loaded, Arena *mem, Err *err);
/* References that are set later are NULL in the batch. */
void circle_blank(const TablePlan *tp, Batch *batch, Arena *scratch);
/* STEP_SET_REFERENCES. */
bool circle_set_references(Session *s, const Step *step, Arena *mem, Err *err);

/* undo.c: removes the rows that a run committed and the tables that it created, and what the ledger
 * says of it. */
bool undo_run(Session *s, const Plan *plan, const LedgerRun *run, uint64_t *rows, Arena *mem,
              Err *err);

/* restart.c: --restart undoes every run of the recipe, newest first, from what the ledger knows of
 * them. */
bool session_restart(Session *s);
/* Plans an earlier run from the ledger's sources: s->recipe and s->plan. */
bool session_plan_of_run(Session *s, const LedgerRun *run);
/* The same, as it was before the run (`number` among all), which is the newest of its recipe. */
const Plan *session_plan_before(Session *s, const LedgerRun *run, int number);

/* audit.c: one JSON line for each selected row, its table and key; a PII key as its row number.
 * Opened (0600, no symbolic link) before anything is deleted; synced before the commit. */
typedef struct Audit Audit;
struct Undo;
Audit *audit_open(const char *path, Arena *mem, Err *err);
bool audit_rows(Audit *audit, const struct Undo *undo, Arena *mem, Err *err);
void audit_close(Audit *audit, bool committed); /* NULL is fine */

/* rollback.c: the run that the command names by its id or the beginning of it, else the newest; -1
 * when there is none. */
bool session_pick_run(Session *s, const LedgerRun *runs, int n, int *at);
ExecRun exec_run_of(const LedgerRun *run, const LedgerRows *rows, int nrows, Arena *mem);
/* status.c: what each of them did, if modify made it. */
bool session_name_operations(Session *s, ExecRun *runs, int n, Arena *mem, Err *err);
const char *modify_kind_name(ModifyKind kind, bool reseed); /* "truncate and reseed" */

/* run.c: the log's events at both ends of a run. */
void session_log_start(Session *s);
void session_log_finish(Session *s, bool ok);

/* sink.c: --to, without a database. */
bool sink_run(Session *s);
bool sink_plan(Session *s); /* what it would write */

#endif

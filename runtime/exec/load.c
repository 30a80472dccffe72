/* Loading: ranges of rows are cut into chunks; each worker, on its own connection, takes one after
 * the other. A chunk and the ledger row that vouches for it commit in one transaction, behind a
 * fence that a newer owner of the run would have raised. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "exec/chunk_int.h"

#define CHUNK_ROWS 50000u
#define ATTEMPTS   6

typedef struct Pool {
    Session *s;
    const LoadRange *ranges;
    int nranges;
    uint64_t chunk_rows;
    bool many_connections;
    pthread_mutex_t mutex;
    int range; /* the next chunk's place */
    uint64_t offset;
    Err *err; /* the first worker's failure, in mem, under the mutex */
    Arena *mem;
    uint64_t *micros; /* time spent per table, under the mutex */
} Pool;

typedef struct Worker {
    Pool *pool;
    pthread_t thread;
    bool started, ok;
    Db *db;
    bool first; /* works on the session's own connection */
    Eval *eval;
    Arena *mem;  /* reset after each chunk */
    Arena *keep; /* connections */
} Worker;

bool rows_in_range(const Eval *eval, const TablePlan *tp, Arena *mem, Err *err)
{
    if (eval_overflows(eval) == 0)
        return true;
    err_add(mem, err, ERR_RECIPE, tp->table->where, tp->table->name,
            "an expression left the range of 18 digits");
    return err_hint(mem, err, "narrow the generators that it is computed from");
}

static bool take_chunk(Pool *pool, LoadRange *out)
{
    if (atomic_load(&pool->s->stop) != STOP_NONE)
        return false;
    bool got = false;
    pthread_mutex_lock(&pool->mutex);
    if (pool->range < pool->nranges) {
        const LoadRange *from = &pool->ranges[pool->range];
        uint64_t left = from->rows - pool->offset;
        *out = *from;
        out->first = from->first + pool->offset;
        out->rows = left < pool->chunk_rows ? left : pool->chunk_rows;
        pool->offset += out->rows;
        if (pool->offset == from->rows) {
            pool->range++;
            pool->offset = 0;
        }
        got = true;
    }
    pthread_mutex_unlock(&pool->mutex);
    return got;
}

static bool try_chunk(Worker *w, Chunk *c, Err *err)
{
    Session *s = w->pool->s;
    const LoadRange *range = &c->range;
    const char *table = s->report->tables[range->table].name;
    c->db = w->db;
    bool begun = s->one_transaction || (db_begin(w->db, w->mem, err) &&
                                        ledger_fence(&s->ledger, w->db, &s->run, w->mem, err));
    return begun && chunk_load(c, err) &&
           ledger_add_chunk(&s->ledger, w->db, s->run.id, table, range->first, range->rows,
                            c->checksum, w->mem, err) &&
           ledger_add_rejects(&s->ledger, w->db, s->run.id, table, range->first, c->unmade, w->mem,
                              err) &&
           (s->one_transaction || db_commit(w->db, w->mem, err));
}

static bool open_connection(Worker *w, Err *err)
{
    Session *s = w->pool->s;
    w->db = session_connect(s, &s->db_options, w->keep, err);
    if (w->first) {
        pthread_mutex_lock(&s->stop_mutex);
        s->db = s->ledger.db = w->db;
        pthread_mutex_unlock(&s->stop_mutex);
    }
    return w->db != NULL;
}

/* At once, since its server session may live on and hold locks that the next one waits for. */
static void drop_connection(Worker *w)
{
    Session *s = w->pool->s;
    pthread_mutex_lock(&s->stop_mutex); /* a second Ctrl+C may be cancelling on it */
    db_close(w->db);
    w->db = NULL;
    if (w->first)
        s->db = s->ledger.db = NULL;
    pthread_mutex_unlock(&s->stop_mutex);
}

/* After a lost connection nobody knows whether the COMMIT went through; only the ledger does. */
static bool reconnect(Worker *w, LoadRange range, bool *committed, Err *err)
{
    Session *s = w->pool->s;
    const char *table = s->report->tables[range.table].name;
    return open_connection(w, err) && ledger_has_chunk(&s->ledger, w->db, s->run.id, table,
                                                       range.first, committed, w->mem, err);
}

static bool may_retry(const Worker *w, ErrCode code, int attempt)
{
    const Session *s = w->pool->s;
    return outage_passes(code) && attempt < ATTEMPTS && !s->one_transaction &&
           w->pool->many_connections && atomic_load(&s->stop) == STOP_NONE;
}

static bool load_chunk(Worker *w, LoadRange range, Chunk *c, Err *err)
{
    Session *s = w->pool->s;
    *c = (Chunk){.s = s, .eval = w->eval, .range = range, .mem = w->mem};
    for (int attempt = 1;;) {
        bool committed = false;
        err_clear(err);
        bool connected = w->db || reconnect(w, range, &committed, err);
        if (connected && (committed || try_chunk(w, c, err)))
            return true;
        ErrCode code = err_code(err);
        if (w->db && w->db->in_transaction && !s->one_transaction) {
            Err ignored = {0};
            db_rollback(w->db, w->mem, &ignored);
        }
        if (code == ERR_CONSTRAINT && !c->careful && !s->one_transaction) {
            c->careful = true;
            continue;
        }
        if (!may_retry(w, code, attempt))
            return false;
        log_event(s->log, LOG_WARN, "chunk.retry", "{s:s, s:I, s:s, s:i}", "table",
                  s->plan->tables[range.table].table->name, "first_row", (json_int_t)range.first,
                  "error", err_name(code), "attempt", attempt);
        if (code != ERR_RETRY) {
            drop_connection(w);
            atomic_store(&s->doubt_lock, true);
        }
        session_pause(s, outage_pause_ms(attempt++));
    }
}

static void fail_pool(Pool *pool, const Err *err)
{
    pthread_mutex_lock(&pool->mutex);
    if (pool->err->count == 0)
        for (const ErrItem *e = err->first; e; e = e->next)
            err_append(pool->mem, pool->err, e);
    pthread_mutex_unlock(&pool->mutex);
    session_stop(pool->s, STOP_FAILED);
}

static void *work(void *arg)
{
    Worker *w = arg;
    Session *s = w->pool->s;
    LoadRange range;
    Err err = {0};
    w->ok = true;
    if (!w->db && !open_connection(w, &err)) {
        log_event(s->log, LOG_WARN, "worker.missing", "{s:s}", "why", err.first->message);
        return NULL; /* the others do its work */
    }
    while (w->ok && take_chunk(w->pool, &range)) {
        uint64_t start = os_monotonic_us();
        Chunk chunk;
        w->ok = load_chunk(w, range, &chunk, &err);
        uint64_t took = os_monotonic_us() - start;
        if (w->ok) {
            pthread_mutex_lock(&w->pool->mutex);
            w->pool->micros[range.table] += took;
            w->ok = rejects_settle(s, &chunk, w->pool->mem, &err);
            pthread_mutex_unlock(&w->pool->mutex);
        }
        if (w->ok) {
            log_event(s->log, LOG_DEBUG, "chunk.committed", "{s:s, s:I, s:I, s:I}", "table",
                      s->plan->tables[range.table].table->name, "first_row",
                      (json_int_t)range.first, "rows", (json_int_t)range.rows, "ms",
                      (json_int_t)(took / 1000));
        }
        if (w->ok)
            arena_reset(w->mem);
    }
    if (!w->ok)
        fail_pool(w->pool, &err);
    return NULL;
}

/* Rows that refer to earlier rows of their own table need these committed, unless the key comes
 * after the load. */
static bool needs_order(const Session *s, const LoadRange *ranges, int n)
{
    for (int i = 0; i < n; i++) {
        const TablePlan *tp = &s->plan->tables[ranges[i].table];
        for (int f = 0; f < tp->table->nfks; f++)
            if (tp->fks[f].mode == FK_SELF)
                return true;
    }
    return false;
}

static int worker_count(const Session *s, uint64_t chunks)
{
    if (!s->db->connector->concurrent_writers || s->one_transaction)
        return 1;
    int jobs = s->options->jobs > 0        ? s->options->jobs
               : s->options->env->jobs > 0 ? s->options->env->jobs
                                           : os_cpu_count();
    jobs = jobs > 16 ? 16 : jobs;
    return chunks < (uint64_t)jobs ? (int)chunks : jobs;
}

static void end_worker(Worker *w)
{
    if (!w->first)
        db_close(w->db);
    eval_free(w->eval);
    arena_free(w->mem);
    if (!w->first)
        arena_free(w->keep);
}

bool load_ranges(Session *s, const LoadRange *ranges, int n, bool bare, Arena *mem, Err *err)
{
    Pool pool = {.s = s, .ranges = ranges, .nranges = n, .err = err, .mem = mem};
    pool.chunk_rows = s->one_transaction           ? UINT64_MAX
                      : s->options->env->batch > 0 ? (uint64_t)s->options->env->batch
                                                   : CHUNK_ROWS;
    pool.many_connections = s->db->connector->concurrent_writers;
    pool.micros = arena_array(mem, uint64_t, s->plan->ntables);
    uint64_t chunks = 0;
    for (int i = 0; i < n; i++)
        chunks += ranges[i].rows / pool.chunk_rows + 1;
    pthread_mutex_init(&pool.mutex, NULL);
    int nworkers = !bare && needs_order(s, ranges, n) ? 1 : worker_count(s, chunks);
    Worker *workers = arena_array(mem, Worker, nworkers);
    for (int i = 0; i < nworkers; i++) {
        Worker *w = &workers[i];
        *w = (Worker){.pool = &pool,
                      .first = i == 0,
                      .db = i == 0 ? s->db : NULL,
                      .eval = eval_new(s->plan),
                      .mem = arena_new(),
                      .keep = i == 0 ? s->db_mem : arena_new()};
        w->started = i > 0 && pthread_create(&w->thread, NULL, work, w) == 0;
    }
    work(&workers[0]); /* this is a thread of its own already: see task.c */
    bool ok = workers[0].ok;
    for (int i = 0; i < nworkers; i++) {
        if (workers[i].started) {
            pthread_join(workers[i].thread, NULL);
            ok = ok && workers[i].ok;
        }
        end_worker(&workers[i]);
    }
    for (int t = 0; t < s->plan->ntables; t++)
        s->report->tables[t].seconds += (double)pool.micros[t] / 1e6 / nworkers;
    pthread_mutex_destroy(&pool.mutex);
    return ok && atomic_load(&s->stop) == STOP_NONE;
}

/* The table of functions that counts and fails. Its state is the test program's own. */
#include "fault.h"

#include <pthread.h>
#include <stdio.h>

#define OPEN_MAX 64

static struct {
    const Connector *real;
    Connector wrapped;
    FaultKind kind;
    int at, calls;
    char place[160]; /* empty: not hit yet */
    const Db *lost[OPEN_MAX];
    int nlost;
    pthread_mutex_t mutex;
} fault = {.mutex = PTHREAD_MUTEX_INITIALIZER};

struct DbLoad {
    Db *db;
    DbLoad *real;
    bool failed;
};

const char *fault_name(FaultKind kind)
{
    static const char *const names[] = {"constraint", "serialization", "deadlock",
                                        "lost",       "lost reply",    "plain error"};
    return names[kind];
}

bool fault_hit(void)
{
    return fault.place[0] != 0;
}
const char *fault_place(void)
{
    return fault.place;
}
int fault_calls(void)
{
    return fault.calls;
}

/* ---- one call */

static bool is_lost(const Db *db)
{
    bool lost = false;
    pthread_mutex_lock(&fault.mutex);
    for (int i = 0; i < fault.nlost; i++)
        lost = lost || fault.lost[i] == db;
    pthread_mutex_unlock(&fault.mutex);
    return lost;
}

static void forget(const Db *db)
{
    pthread_mutex_lock(&fault.mutex);
    for (int i = 0; i < fault.nlost; i++)
        if (fault.lost[i] == db)
            fault.lost[i] = fault.lost[--fault.nlost];
    pthread_mutex_unlock(&fault.mutex);
}

static void lose(Db *db)
{
    pthread_mutex_lock(&fault.mutex);
    if (fault.nlost < OPEN_MAX)
        fault.lost[fault.nlost++] = db;
    pthread_mutex_unlock(&fault.mutex);
    db->in_transaction = false;
}

/* Is it this call's turn? */
static bool turn(const char *place)
{
    pthread_mutex_lock(&fault.mutex);
    bool hit = ++fault.calls == fault.at;
    if (hit)
        snprintf(fault.place, sizeof fault.place, "%s", place);
    pthread_mutex_unlock(&fault.mutex);
    return hit;
}

static bool lost_error(Arena *mem, Err *err)
{
    return err_add(mem, err, ERR_LOST, NULL, NULL, "a test took the connection away");
}

/* What a failing statement leaves behind in an open transaction. */
static void spoil(Db *db, Arena *mem)
{
    Err ignored = {0};
    if (!db->in_transaction)
        return;
    if (db->engine == ENGINE_POSTGRES) {
        fault.real->exec(db, "no statement", NULL, 0, NULL, mem, &ignored);
    } else if (fault.kind == FAULT_DEADLOCK && db->engine != ENGINE_SQLITE) {
        fault.real->rollback(db, mem, &ignored);
        db->in_transaction = true; /* the client learns of it by the error alone */
    }
}

static bool fail_call(Db *db, Arena *mem, Err *err)
{
    if (fault.kind == FAULT_LOST) {
        lose(db);
        return lost_error(mem, err);
    }
    static const ErrCode codes[] = {ERR_CONSTRAINT, ERR_RETRY, ERR_RETRY,
                                    ERR_LOST,       ERR_LOST,  ERR_DB};
    return err_add(mem, err, codes[fault.kind], NULL, NULL, "a test made this call fail");
}

/* Every call goes: lost already? its turn to fail? the real one; its turn to lose the reply? */
#define CALL(db, place, load, real_call)                                                           \
    do {                                                                                           \
        if (is_lost(db))                                                                           \
            return lost_error(mem, err);                                                           \
        bool now = turn(place);                                                                    \
        if (now && fault.kind != FAULT_LOST_REPLY) {                                               \
            if (!(load) && fault.kind != FAULT_LOST)                                               \
                spoil(db, mem);                                                                    \
            return fail_call(db, mem, err);                                                        \
        }                                                                                          \
        bool ok = (real_call);                                                                     \
        if (!now)                                                                                  \
            return ok;                                                                             \
        lose(db);                                                                                  \
        return lost_error(mem, err);                                                               \
    } while (0)

/* ---- the functions */

static Db *open(const DbUrl *url, const DbOptions *options, Arena *mem, Err *err)
{
    if (turn("open")) {
        bool retry = fault.kind == FAULT_SERIALIZATION || fault.kind == FAULT_DEADLOCK;
        err_add(mem, err, retry ? ERR_RETRY : ERR_CONNECT, NULL, NULL,
                "a test made this call fail");
        return NULL;
    }
    Db *db = fault.real->open(url, options, mem, err);
    if (db)
        db->connector = &fault.wrapped;
    return db;
}

static void close(Db *db)
{
    forget(db);
    fault.real->close(db);
}

static bool exec(Db *db, const char *sql, const char *const *params, int n, int64_t *affected,
                 Arena *mem, Err *err)
{
    CALL(db, sql, false, fault.real->exec(db, sql, params, n, affected, mem, err));
}

static bool query(Db *db, const char *sql, const char *const *params, int n, DbResult *out,
                  Arena *mem, Err *err)
{
    CALL(db, sql, false, fault.real->query(db, sql, params, n, out, mem, err));
}

static bool begin(Db *db, Arena *mem, Err *err)
{
    CALL(db, "begin", false, fault.real->begin(db, mem, err));
}

/* A COMMIT that fails has ended the transaction. */
static bool commit(Db *db, Arena *mem, Err *err)
{
    if (!is_lost(db) && fault.kind != FAULT_LOST_REPLY && fault.kind != FAULT_LOST &&
        turn("commit")) {
        Err ignored = {0};
        if (db->engine != ENGINE_SQLITE)
            fault.real->rollback(db, mem, &ignored);
        return fail_call(db, mem, err);
    }
    if (fault.kind != FAULT_LOST_REPLY && fault.kind != FAULT_LOST)
        return fault.real->commit(db, mem, err);
    CALL(db, "commit", false, fault.real->commit(db, mem, err));
}

static bool rollback(Db *db, Arena *mem, Err *err)
{
    CALL(db, "rollback", false, fault.real->rollback(db, mem, err));
}

static DbLoad *load_begin(Db *db, const Table *table, const int *cols, int ncols, Arena *mem,
                          Err *err)
{
    bool lost = is_lost(db), now = !lost && turn("load_begin");
    if (lost) {
        lost_error(mem, err);
        return NULL;
    }
    if (now) {
        if (fault.kind < FAULT_LOST || fault.kind == FAULT_PLAIN)
            spoil(db, mem);
        else
            lose(db);
        fail_call(db, mem, err);
        return NULL;
    }
    DbLoad *load = arena_new_of(mem, DbLoad);
    *load = (DbLoad){.db = db, .real = fault.real->load_begin(db, table, cols, ncols, mem, err)};
    return load->real ? load : NULL;
}

static bool batch_call(DbLoad *load, const Batch *batch, Arena *mem, Err *err)
{
    CALL(load->db, "load_batch", true, fault.real->load_batch(load->real, batch, mem, err));
}

static bool load_batch(DbLoad *load, const Batch *batch, Arena *mem, Err *err)
{
    bool ok = batch_call(load, batch, mem, err);
    load->failed = load->failed || !ok;
    return ok;
}

static bool end_call(DbLoad *load, uint64_t *rows, bool *ended, Arena *mem, Err *err)
{
    CALL(load->db, "load_end", true,
         (*ended = true, fault.real->load_end(load->real, rows, mem, err)));
}

/* Whatever happens, the real load is freed. */
static bool load_end(DbLoad *load, uint64_t *rows, Arena *mem, Err *err)
{
    bool ended = false, ok = end_call(load, rows, &ended, mem, err);
    if (!ended) {
        Err ignored = {0};
        fault.real->load_end(load->real, rows, mem, &ignored);
    }
    return ok && !load->failed;
}

static bool read(Db *db, const char *sql, const Type *types, int ncols,
                 bool (*sink)(void *ctx, const Vec *const *cols, uint32_t n), void *ctx, Arena *mem,
                 Err *err)
{
    CALL(db, "read", false, fault.real->read(db, sql, types, ncols, sink, ctx, mem, err));
}

static bool describe(Db *db, const char *const *schemas, int nschemas, Catalog *out, Arena *mem,
                     Err *err)
{
    CALL(db, "describe", false, fault.real->describe(db, schemas, nschemas, out, mem, err));
}

static bool lock_try(Db *db, bool *got, Arena *mem, Err *err)
{
    CALL(db, "lock_try", false, fault.real->lock_try(db, got, mem, err));
}

static bool lock_held(Db *db, bool *held, Arena *mem, Err *err)
{
    CALL(db, "lock_held", false, fault.real->lock_held(db, held, mem, err));
}

static void unlock(Db *db)
{
    if (!is_lost(db))
        fault.real->unlock(db);
}

static bool next_key(Db *db, const Table *table, int col, int64_t *next, Arena *mem, Err *err)
{
    CALL(db, "next_key", false, fault.real->next_key(db, table, col, next, mem, err));
}

const Connector *fault_connector(const Connector *real, FaultKind kind, int n)
{
    fault.real = real;
    fault.kind = kind;
    fault.at = n;
    fault.calls = fault.nlost = 0;
    fault.place[0] = 0;
    fault.wrapped = *real;
    fault.wrapped.open = open;
    fault.wrapped.close = close;
    fault.wrapped.exec = exec;
    fault.wrapped.query = query;
    fault.wrapped.begin = begin;
    fault.wrapped.commit = commit;
    fault.wrapped.rollback = rollback;
    fault.wrapped.load_begin = load_begin;
    fault.wrapped.load_batch = load_batch;
    fault.wrapped.load_end = load_end;
    fault.wrapped.read = read;
    fault.wrapped.describe = describe;
    fault.wrapped.lock_try = lock_try;
    fault.wrapped.lock_held = lock_held;
    fault.wrapped.unlock = unlock;
    fault.wrapped.next_key = next_key;
    return &fault.wrapped;
}

/* Long work runs on its own thread; the main thread waits for it, turns signals into a wish to
 * stop, and makes sure that the lock is still held. */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/os.h"
#include "exec/exec_int.h"

#define POLL_MS       20
#define LOCK_CHECK_US 2000000u
#define CANCEL_US     250000u /* a cancel between two statements hits none: then once more */

typedef struct Task {
    Session *s;
    bool (*fn)(Session *s, Arena *mem, Err *err);
    pthread_mutex_t mutex;
    pthread_cond_t done_cond;
    bool done, ok;
    bool reads; /* nothing is written: it may be cancelled again and again */
} Task;

static void *task_thread(void *arg)
{
    Task *task = arg;
    /* The session's memory is the task's while both threads run: watch() allocates nothing from it.
     */
    bool ok = task->fn(task->s, task->s->mem, task->s->err);
    pthread_mutex_lock(&task->mutex);
    task->ok = ok;
    task->done = true;
    pthread_cond_signal(&task->done_cond);
    pthread_mutex_unlock(&task->mutex);
    return NULL;
}

static bool lock_is_lost(Session *s, uint64_t *checked)
{
    if (!s->locked || !s->lock_apart ||
        (!atomic_exchange(&s->doubt_lock, false) && os_monotonic_us() - *checked < LOCK_CHECK_US))
        return false;
    *checked = os_monotonic_us();
    Arena *mem = arena_new();
    Err err = {0};
    bool held = false;
    bool lost = !s->lock_db->connector->lock_held(s->lock_db, &held, mem, &err) || !held;
    arena_free(mem);
    return lost;
}

/* A worker that lost its connection replaces s->db under the same mutex. */
static void cancel_statement(Session *s)
{
    pthread_mutex_lock(&s->stop_mutex);
    if (s->db && s->db->connector->cancel)
        s->db->connector->cancel(s->db);
    pthread_mutex_unlock(&s->stop_mutex);
}

static void watch(Task *task)
{
    Session *s = task->s;
    uint64_t checked = os_monotonic_us(), cancelled = 0;
    pthread_mutex_lock(&task->mutex);
    while (!task->done) {
        struct timespec until = os_in_ms(POLL_MS);
        pthread_cond_timedwait(&task->done_cond, &task->mutex, &until);
        pthread_mutex_unlock(&task->mutex);
        if (os_signal_terminated())
            session_stop(s, STOP_TERMINATED);
        if (os_signal_interrupts() > s->interrupts_seen)
            session_stop(s, STOP_CANCELLED);
        bool at_once = (s->cancel_at_once || task->reads) && atomic_load(&s->stop) != STOP_NONE;
        bool again = task->reads && os_monotonic_us() - cancelled >= CANCEL_US;
        if ((os_signal_interrupts() > s->interrupts_seen + 1 || at_once) && (!cancelled || again)) {
            cancel_statement(s);
            cancelled = os_monotonic_us();
        }
        if (lock_is_lost(s, &checked)) {
            s->lock_lost = true;
            session_stop(s, STOP_FAILED);
        }
        pthread_mutex_lock(&task->mutex);
    }
    pthread_mutex_unlock(&task->mutex);
}

static bool run(Task *task)
{
    pthread_mutex_init(&task->mutex, NULL);
    os_cond_init(&task->done_cond);
    pthread_t thread;
    if (pthread_create(&thread, NULL, task_thread, task) != 0) {
        task_thread(task);
    } else {
        watch(task);
        pthread_join(thread, NULL);
    }
    pthread_cond_destroy(&task->done_cond);
    pthread_mutex_destroy(&task->mutex);
    return task->ok;
}

bool task_run(Session *s, bool (*fn)(Session *s, Arena *mem, Err *err))
{
    Task task = {.s = s, .fn = fn};
    bool ok = run(&task);
    s->book = NULL; /* it may have written */
    return ok;
}

bool session_stopped(Session *s)
{
    bool terminated = os_signal_terminated();
    bool again = s->outage && s->outage->begun;
    err_clear(s->err);
    return err_add(s->mem, s->err, terminated ? ERR_TERMINATED : ERR_CANCELLED, NULL, NULL,
                   "%s: %s", terminated ? "terminated" : "cancelled",
                   again ? "what was committed stays, and the same command goes on from there"
                         : "nothing was changed");
}

bool task_read(Session *s, bool (*fn)(Session *s, Arena *mem, Err *err))
{
    Task task = {.s = s, .fn = fn, .reads = true};
    bool ok = run(&task);
    int stop = atomic_load(&s->stop);
    if (stop == STOP_NONE) {
        if (!ok && err_code(s->err) == ERR_LOST && !s->err->last->hint &&
            !(s->outage && s->outage->begun))
            err_hint(s->mem, s->err, "nothing was changed; the same command again is safe");
        return ok;
    }
    if (stop != STOP_FAILED)
        return session_stopped(s);
    err_clear(s->err);
    return err_add(s->mem, s->err, ERR_LOST, NULL, s->url.shown,
                   "the connection that holds the lock broke: nothing was changed");
}

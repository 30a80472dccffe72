/* Long work runs on its own thread; the main thread waits for it, turns signals into a wish to
 * stop, and makes sure that the lock is still held. */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/os.h"
#include "exec/exec_int.h"

#define POLL_MS       20
#define LOCK_CHECK_US 2000000u

typedef struct Task {
    Session *s;
    bool (*fn)(Session *s, Arena *mem, Err *err);
    pthread_mutex_t mutex;
    pthread_cond_t done_cond;
    bool done, ok;
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
    if (!s->locked || !s->lock_db->connector->concurrent_writers ||
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
static bool cancel_statement(Session *s)
{
    pthread_mutex_lock(&s->stop_mutex);
    if (s->db && s->db->connector->cancel)
        s->db->connector->cancel(s->db);
    pthread_mutex_unlock(&s->stop_mutex);
    return true;
}

static void watch(Task *task)
{
    Session *s = task->s;
    uint64_t checked = os_monotonic_us();
    bool cancelled = false;
    pthread_mutex_lock(&task->mutex);
    while (!task->done) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += POLL_MS * 1000000L;
        if (until.tv_nsec >= 1000000000L) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000L;
        }
        pthread_cond_timedwait(&task->done_cond, &task->mutex, &until);
        pthread_mutex_unlock(&task->mutex);
        if (os_signal_terminated())
            session_stop(s, STOP_TERMINATED);
        if (os_signal_interrupts() > s->interrupts_seen)
            session_stop(s, STOP_CANCELLED);
        bool at_once = s->cancel_at_once && atomic_load(&s->stop) != STOP_NONE;
        if ((os_signal_interrupts() > s->interrupts_seen + 1 || at_once) && !cancelled)
            cancelled = cancel_statement(s);
        if (lock_is_lost(s, &checked)) {
            s->lock_lost = true;
            session_stop(s, STOP_FAILED);
        }
        pthread_mutex_lock(&task->mutex);
    }
    pthread_mutex_unlock(&task->mutex);
}

bool task_run(Session *s, bool (*fn)(Session *s, Arena *mem, Err *err))
{
    Task task = {.s = s, .fn = fn};
    pthread_mutex_init(&task.mutex, NULL);
    pthread_cond_init(&task.done_cond, NULL);
    pthread_t thread;
    if (pthread_create(&thread, NULL, task_thread, &task) != 0) {
        task_thread(&task);
    } else {
        watch(&task);
        pthread_join(thread, NULL);
    }
    pthread_cond_destroy(&task.done_cond);
    pthread_mutex_destroy(&task.mutex);
    return task.ok;
}

/* What passes by itself: deadlocks, lost connections, a server that restarts. A chunk is tried
 * again where it failed (load.c). What that cannot cure ends the attempt, and the whole command
 * goes through the front door once more, as the user's own next identical command would: it takes
 * the lock, asks the ledger what is there, raises the epoch and goes on. The time of each outage is
 * bounded, and their number. */
#include <errno.h>
#include <time.h>

#include "base/os.h"
#include "exec/exec_int.h"

#define OUTAGES_MAX  20
#define PAUSE_MAX_MS 2000

void session_stop(Session *s, StopReason reason)
{
    int none = STOP_NONE;
    pthread_mutex_lock(&s->stop_mutex);
    if (atomic_compare_exchange_strong(&s->stop, &none, reason) && reason != STOP_FAILED)
        log_event(s->log, LOG_INFO, "run.stopping", "{s:s}", "why",
                  reason == STOP_CANCELLED ? "Ctrl+C: this chunk ends first"
                                           : "terminated: this chunk ends first");
    pthread_cond_broadcast(&s->stop_cond);
    pthread_mutex_unlock(&s->stop_mutex);
}

void session_pause(Session *s, int ms)
{
    struct timespec until = os_in_ms(ms);
    pthread_mutex_lock(&s->stop_mutex);
    while (atomic_load(&s->stop) == STOP_NONE &&
           pthread_cond_timedwait(&s->stop_cond, &s->stop_mutex, &until) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&s->stop_mutex);
}

bool outage_passes(ErrCode code)
{
    return code == ERR_RETRY || code == ERR_LOST || code == ERR_CONNECT;
}

int outage_pause_ms(int attempt)
{
    int ms = attempt < 8 ? 20 << attempt : PAUSE_MAX_MS;
    return ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS;
}

double outage_left(const Session *s)
{
    const Outage *o = s->outage;
    if (!o || !o->begun || o->outages >= OUTAGES_MAX)
        return 0;
    double gone = o->since ? (double)(os_monotonic_us() - o->since) / 1e6 : 0;
    double left = s->options->env->reconnect_timeout - gone;
    return left > 0 ? left : 0;
}

bool outage_may_pass(const Session *s)
{
    int stop = atomic_load(&s->stop);
    return s->err->first && outage_passes(s->err->first->code) && stop != STOP_CANCELLED &&
           stop != STOP_TERMINATED && outage_left(s) > 0;
}

void outage_over(Session *s)
{
    s->outage->outages += s->outage->since != 0;
    s->outage->attempts = 0;
    s->outage->since = 0;
}

static int pause_ms(const Outage *o)
{
    return outage_pause_ms(o->outages + o->attempts);
}

static bool pause_now(Session *s, Arena *mem, Err *err)
{
    (void)mem;
    (void)err;
    session_pause(s, pause_ms(s->outage));
    return true;
}

bool outage_wait(Session *s)
{
    Outage *o = s->outage;
    if (!outage_may_pass(s))
        return false;
    o->since = o->since ? o->since : os_monotonic_us();
    o->attempts++;
    log_event(s->log, LOG_WARN, "run.retry", "{s:s, s:s?, s:i, s:i}", "error",
              err_name(s->err->first->code), "sqlstate", s->err->first->sqlstate, "attempt",
              o->attempts, "pause_ms", pause_ms(o));
    session_close(s);
    atomic_store(&s->stop, STOP_NONE);
    task_run(s, pause_now);
    int stop = atomic_load(&s->stop);
    if (stop == STOP_NONE) {
        err_clear(s->err);
        return true;
    }
    err_clear(s->err);
    return err_add(s->mem, s->err, stop == STOP_CANCELLED ? ERR_CANCELLED : ERR_TERMINATED, NULL,
                   s->url.shown,
                   "stopped while waiting for the server: what was committed stays, and the same "
                   "command goes on from there");
}

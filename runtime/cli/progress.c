/* The progress display: a thread that polls exec's counters ten times a second and redraws a few
 * lines on standard error. It owns the terminal between log lines, draws nothing in the first 200
 * ms, and leaves nothing behind. */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/os.h"
#include "cli/cli_int.h"

#define FIRST_DRAW_MS 200
#define REDRAW_MS     100

struct Progress {
    FILE *out;
    const ExecProgress *counters;
    Log *log;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards all below, and the terminal */
    pthread_cond_t wake;
    bool stop;
    int paused;
    int lines;    /* drawn now */
    Arena *frame; /* reset for each */
    Arena *keep;
    uint64_t begun_us, last_us;
    double *rates; /* per table, smoothed */
    uint64_t *last_done;
};

static void clear(Progress *p)
{
    if (p->lines == 0)
        return;
    if (p->lines > 1)
        fprintf(p->out, "\033[%dA", p->lines - 1);
    fputs("\r\033[J", p->out);
    fflush(p->out);
    p->lines = 0;
}

/* Rates follow the last second or so, since that is what the time left depends on. */
static void measure(Progress *p, const Plan *plan)
{
    uint64_t now = os_monotonic_us();
    if (!p->rates) {
        p->rates = arena_array(p->keep, double, plan->ntables);
        p->last_done = arena_array(p->keep, uint64_t, plan->ntables);
        p->begun_us = p->last_us = now;
    }
    double seconds = (double)(now - p->last_us) / 1e6;
    for (int t = 0; t < plan->ntables && seconds > 0; t++) {
        uint64_t done = atomic_load(&p->counters->rows_done[t]);
        /* A chunk that is done again after an error takes its rows back first. */
        double rate = done < p->last_done[t] ? 0 : (double)(done - p->last_done[t]) / seconds;
        if (done > p->last_done[t] || p->rates[t] > 0)
            p->rates[t] = p->rates[t] > 0 ? 0.8 * p->rates[t] + 0.2 * rate : rate;
        p->last_done[t] = done;
    }
    p->last_us = now;
}

static void draw(Progress *p)
{
    const Plan *plan = atomic_load(&p->counters->plan);
    if (!plan || p->paused)
        return;
    measure(p, plan);
    arena_reset(p->frame);
    ProgressFrame frame = {.rates = p->rates,
                           .seconds = (double)(p->last_us - p->begun_us) / 1e6,
                           .width = os_terminal_width(2)};
    int lines = 0;
    const char *text = progress_text(p->counters, &frame, &lines, p->frame);
    clear(p);
    fputs(text, p->out);
    fflush(p->out);
    p->lines = lines;
}

static void wait_ms(Progress *p, long ms)
{
    struct timespec until = os_in_ms(ms);
    while (!p->stop && pthread_cond_timedwait(&p->wake, &p->mutex, &until) != ETIMEDOUT) {}
}

static void *progress_thread(void *ctx)
{
    Progress *p = ctx;
    pthread_mutex_lock(&p->mutex);
    wait_ms(p, FIRST_DRAW_MS);
    while (!p->stop) {
        draw(p);
        wait_ms(p, REDRAW_MS);
    }
    clear(p);
    pthread_mutex_unlock(&p->mutex);
    return NULL;
}

/* A log line goes where the display stood; the display comes back with its next frame. */
static void around_log_line(void *ctx, bool before)
{
    Progress *p = ctx;
    if (before) {
        pthread_mutex_lock(&p->mutex);
        clear(p);
    } else {
        pthread_mutex_unlock(&p->mutex);
    }
}

Progress *progress_start(FILE *out, const ExecProgress *counters, Log *log, Arena *mem)
{
    Progress *p = arena_new_of(mem, Progress);
    p->out = out;
    p->counters = counters;
    p->log = log;
    p->frame = arena_new();
    p->keep = arena_new();
    pthread_mutex_init(&p->mutex, NULL);
    os_cond_init(&p->wake);
    if (pthread_create(&p->thread, NULL, progress_thread, p) != 0) {
        arena_free(p->frame);
        arena_free(p->keep);
        return NULL; /* a run without bars is still a run */
    }
    log_set_hook(log, around_log_line, p);
    return p;
}

void progress_stop(Progress *p)
{
    if (!p)
        return;
    log_set_hook(p->log, NULL, NULL);
    pthread_mutex_lock(&p->mutex);
    p->stop = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->mutex);
    pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->mutex);
    arena_free(p->frame);
    arena_free(p->keep);
}

void progress_pause(Progress *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->mutex);
    p->paused++;
    clear(p);
    pthread_mutex_unlock(&p->mutex);
}

void progress_resume(Progress *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->mutex);
    p->paused--;
    pthread_mutex_unlock(&p->mutex);
}

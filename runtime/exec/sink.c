/* Rows without a database: --to null makes every cell and throws it away, which is how the
 * generator's own speed is measured. No lock, no ledger. */
#include <pthread.h>
#include <string.h>

#include "base/os.h"
#include "exec/exec_int.h"

#define SINK_CHUNK 65536u

typedef struct Sink {
    Session *s;
    _Atomic uint64_t next; /* chunk number over all tables */
} Sink;

/* Chunk number -> rows; false when there are no more. */
static bool chunk_at(const Plan *plan, uint64_t chunk, LoadRange *out)
{
    for (int t = 0; t < plan->ntables; t++) {
        uint64_t rows = plan->tables[t].rows, chunks = (rows + SINK_CHUNK - 1) / SINK_CHUNK;
        if (chunk < chunks) {
            uint64_t first = chunk * SINK_CHUNK;
            *out = (LoadRange){.table = t,
                               .first = first,
                               .rows = rows - first < SINK_CHUNK ? rows - first : SINK_CHUNK};
            return true;
        }
        chunk -= chunks;
    }
    return false;
}

static void *make_rows(void *arg)
{
    Sink *sink = arg;
    Session *s = sink->s;
    ExecProgress *p = s->options->progress;
    Eval *eval = eval_new(s->plan);
    LoadRange range;
    while (!os_signal_interrupts() && !os_signal_terminated() &&
           chunk_at(s->plan, atomic_fetch_add(&sink->next, 1), &range)) {
        for (uint64_t done = 0; done < range.rows; done += BATCH_ROWS)
            eval_batch(eval, range.table, range.first + done,
                       range.rows - done < BATCH_ROWS ? (uint32_t)(range.rows - done) : BATCH_ROWS);
        if (p) {
            atomic_fetch_add(&p->rows_done[range.table], range.rows);
            atomic_fetch_add(&p->total_done, range.rows);
        }
    }
    eval_free(eval);
    return NULL;
}

static void make_all(Session *s)
{
    int jobs = s->options->jobs > 0 ? s->options->jobs : os_cpu_count();
    jobs = jobs > 64 ? 64 : jobs;
    pthread_t threads[64];
    Sink sink = {.s = s};
    int started = 0;
    while (started < jobs - 1 && pthread_create(&threads[started], NULL, make_rows, &sink) == 0)
        started++;
    make_rows(&sink);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

bool sink_run(Session *s)
{
    PlanTarget target = {.engine = ENGINE_SQLITE, .load_path = LOAD_SINK};
    if (strcmp(s->options->to, "null") != 0) {
        err_add(s->mem, s->err, ERR_USAGE, NULL, "--to", "\"%s\" is no sink", s->options->to);
        return err_hint(s->mem, s->err, "--to null makes the rows and throws them away");
    }
    s->report->target = "null";
    if (!session_plan(s, &target))
        return false;
    session_fill_report(s);
    for (int t = 0; t < s->plan->ntables; t++) {
        s->report->tables[t].rows_added = s->plan->tables[t].rows;
        s->rows_to_load += s->plan->tables[t].rows;
    }
    session_publish(s);
    uint64_t start = os_monotonic_us();
    make_all(s);
    s->report->load_seconds = (double)(os_monotonic_us() - start) / 1e6;
    if (os_signal_interrupts() || os_signal_terminated())
        return err_add(s->mem, s->err, os_signal_terminated() ? ERR_TERMINATED : ERR_CANCELLED,
                       NULL, NULL, "stopped");
    s->report->rows_added = s->rows_to_load;
    return true;
}

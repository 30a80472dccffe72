/* Making the rows of a sink: workers take pieces in order, make them side by side, and each waits
 * for its turn to write. */
#include <pthread.h>
#include <string.h>

#include "base/os.h"
#include "exec/sink_int.h"

#define PIECE_ROWS  8192u
#define PIECE_BYTES ((size_t)1 << 31) /* at most, of text */
#define JOBS_MAX    64

typedef struct Piece {
    uint64_t number;
    int file;
    const char *text;
    int table;
    uint64_t first;
    uint64_t rows;
} Piece;

typedef struct Line {
    Sink *sink;
    pthread_mutex_t mutex;
    pthread_cond_t turn;
    int section; /* the next piece's place, under the mutex like all below */
    uint64_t offset, taken, written;
    int open_file;
    uint64_t *micros; /* per table */
} Line;

static bool stopped(const Line *line)
{
    return atomic_load(&line->sink->s->stop) != STOP_NONE;
}

static void stop(Line *line, StopReason reason)
{
    int none = STOP_NONE;
    atomic_compare_exchange_strong(&line->sink->s->stop, &none, reason);
    pthread_cond_broadcast(&line->turn);
}

static void look_at_signals(Line *line)
{
    if (!os_signal_terminated() && !os_signal_interrupts())
        return;
    pthread_mutex_lock(&line->mutex);
    stop(line, os_signal_terminated() ? STOP_TERMINATED : STOP_CANCELLED);
    pthread_mutex_unlock(&line->mutex);
}

static bool take(Line *line, Piece *out)
{
    Sink *sink = line->sink;
    bool got = false;
    pthread_mutex_lock(&line->mutex);
    if (!stopped(line) && line->section < sink->nsections) {
        const SinkSection *from = &sink->sections[line->section];
        uint64_t left = from->rows - line->offset;
        *out = (Piece){.number = line->taken++,
                       .file = from->file,
                       .text = line->offset == 0 ? from->text : NULL,
                       .table = from->table,
                       .first = from->first + line->offset,
                       .rows = left < PIECE_ROWS ? left : PIECE_ROWS};
        line->offset += out->rows;
        if (line->offset == from->rows) {
            line->section++;
            line->offset = 0;
        }
        got = true;
    }
    pthread_mutex_unlock(&line->mutex);
    return got;
}

/* False: rows that the recipe cannot make. */
static bool make(Line *line, Eval *eval, const Piece *piece, Buf *out, Arena *mem, Err *err)
{
    SinkStatement statement = {0};
    buf_str(out, piece->text ? piece->text : "");
    if (piece->rows == 0)
        return true;
    sink_begin_piece(line->sink, out);
    for (uint64_t done = 0; done < piece->rows && !stopped(line); done += BATCH_ROWS) {
        uint64_t left = piece->rows - done;
        Batch batch = eval_batch(eval, piece->table, piece->first + done,
                                 left < BATCH_ROWS ? (uint32_t)left : BATCH_ROWS);
        sink_put_rows(line->sink, piece->table, &batch, &statement, out);
        look_at_signals(line);
    }
    sink_end_piece(line->sink, &statement, out);
    return rows_in_range(eval, &line->sink->s->plan->tables[piece->table], mem, err);
}

static bool put(Line *line, const Piece *piece, const Buf *out, Arena *mem, Err *err)
{
    Sink *sink = line->sink;
    if (sink->kind == SINK_NULL)
        return true;
    if (line->open_file != piece->file && !sink_file_close(&sink->files[line->open_file], mem, err))
        return false;
    line->open_file = piece->file;
    return sink_file_write(&sink->files[piece->file], out->data, out->len, mem, err);
}

/* Whose turn it is writes without the mutex: nobody else's turn comes before. */
static bool wait_and_put(Line *line, const Piece *piece, const Buf *out, Arena *mem, Err *err)
{
    pthread_mutex_lock(&line->mutex);
    while (line->written != piece->number && !stopped(line))
        pthread_cond_wait(&line->turn, &line->mutex);
    bool mine = !stopped(line);
    pthread_mutex_unlock(&line->mutex);
    if (!mine || !put(line, piece, out, mem, err))
        return false;
    pthread_mutex_lock(&line->mutex);
    line->written++;
    pthread_cond_broadcast(&line->turn);
    pthread_mutex_unlock(&line->mutex);
    return true;
}

static void fail(Line *line, const Err *err)
{
    Session *s = line->sink->s;
    pthread_mutex_lock(&line->mutex);
    if (!stopped(line))
        for (const ErrItem *e = err->first; e; e = e->next)
            err_append(s->mem, s->err, e);
    stop(line, STOP_FAILED);
    pthread_mutex_unlock(&line->mutex);
}

static void count(Line *line, const Piece *piece, uint64_t start)
{
    ExecProgress *p = line->sink->s->options->progress;
    if (piece->rows == 0)
        return;
    if (p) {
        atomic_store(&p->table, piece->table);
        atomic_fetch_add(&p->rows_done[piece->table], piece->rows);
        atomic_fetch_add(&p->total_done, piece->rows);
    }
    pthread_mutex_lock(&line->mutex);
    line->micros[piece->table] += os_monotonic_us() - start;
    pthread_mutex_unlock(&line->mutex);
}

static void *work(void *arg)
{
    Line *line = arg;
    Eval *eval = eval_new(line->sink->s->plan);
    Arena *mem = arena_new();
    Err err = {0};
    Buf out;
    Piece piece;
    bool ok = true;
    buf_init(&out, PIECE_BYTES);
    while (ok && take(line, &piece)) {
        uint64_t start = os_monotonic_us();
        buf_reset(&out);
        ok = make(line, eval, &piece, &out, mem, &err) &&
             wait_and_put(line, &piece, &out, mem, &err);
        if (ok)
            count(line, &piece, start);
    }
    if (err.count)
        fail(line, &err);
    buf_free(&out);
    arena_free(mem);
    eval_free(eval);
    return NULL;
}

static int worker_count(const Session *s)
{
    int jobs = s->options->jobs > 0        ? s->options->jobs
               : s->options->env->jobs > 0 ? s->options->env->jobs
                                           : os_cpu_count();
    return jobs > JOBS_MAX ? JOBS_MAX : jobs;
}

bool sink_write(Sink *sink)
{
    Session *s = sink->s;
    Line line = {.sink = sink, .micros = arena_array(s->mem, uint64_t, s->plan->ntables + 1)};
    pthread_mutex_init(&line.mutex, NULL);
    pthread_cond_init(&line.turn, NULL);
    pthread_t threads[JOBS_MAX];
    int jobs = worker_count(s), started = 0;
    while (started < jobs - 1 && pthread_create(&threads[started], NULL, work, &line) == 0)
        started++;
    work(&line);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_cond_destroy(&line.turn);
    pthread_mutex_destroy(&line.mutex);
    for (int t = 0; t < s->plan->ntables; t++)
        s->report->tables[t].seconds = (double)line.micros[t] / 1e6 / (started + 1);
    if (!stopped(&line) && sink->nfiles)
        return sink_file_close(&sink->files[line.open_file], s->mem, s->err);
    return !stopped(&line);
}

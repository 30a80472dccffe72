/* All of them are drawn at once, by whoever asks first: who wants one child's parent wants the sum
 * over all parents. */
#include "gen/children_draws.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/os.h"

#define MANY       UINT8_MAX  /* this or more: to be drawn again */
#define PIECE_MIN  (1u << 17) /* rows that are worth a thread */
#define PIECES_MAX 8

struct ChildrenDraws {
    const Bound *count;
    uint64_t first, n;
    ChildrenDraws *before; /* any others; NULL */
    ChildrenDraws *most;   /* of these, which has most of the same; NULL */
    uint8_t *kept;
    bool many; /* some do not fit */
    pthread_mutex_t drawing;
    atomic_bool all_drawn;
};

static bool same_count(const Bound *a, const Bound *b)
{
    return a == b || (a->key == b->key && a->fill == b->fill && a->has_bounds == b->has_bounds &&
                      a->lo == b->lo && a->hi == b->hi);
}

typedef struct Span {
    uint64_t first, n;
} Span;

static Span common(const ChildrenDraws *draws, uint64_t first, uint64_t n)
{
    uint64_t from = draws->first > first ? draws->first : first,
             end = draws->first + draws->n < first + n ? draws->first + draws->n : first + n;
    return (Span){from, end > from ? end - from : 0};
}

ChildrenDraws *children_draws(const Bound *count, uint64_t first, uint64_t n,
                              ChildrenDraws *earlier, Arena *mem)
{
    ChildrenDraws *most = NULL;
    uint64_t same = 0;
    for (ChildrenDraws *d = earlier; d; d = d->before) {
        Span both = common(d, first, n);
        if (!same_count(d->count, count) || (both.n < n && both.n <= d->n / 2))
            continue; /* more would be drawn there than is used */
        if (both.n == n)
            return d;
        most = both.n > same ? d : most;
        same = both.n > same ? both.n : same;
    }
    if (n > CHILDREN_DRAWS_MAX)
        return NULL;
    ChildrenDraws *draws = arena_new_of(mem, ChildrenDraws);
    *draws =
        (ChildrenDraws){.count = count, .first = first, .n = n, .before = earlier, .most = most};
    draws->kept = arena_alloc_raw(mem, n ? n : 1);
    pthread_mutex_init(&draws->drawing, NULL);
    return draws;
}

static void ask_all(ChildrenDraws *draws);

static void draw(const Bound *count, const uint64_t *rows, uint32_t n, uint64_t *drawn,
                 Arena *scratch)
{
    Vec *v = vec_new(scratch, count->type.kind, count->type.scale, n);
    GenCall call = {.bound = count, .n = n, .rows = rows, .scratch = scratch};
    count->fill(&call, v);
    for (uint32_t k = 0; k < n; k++)
        drawn[k] = vec_is_null(v, k) || v->i[k] < 0 ? 0 : (uint64_t)v->i[k];
}

/* Rows that one thread draws. */
typedef struct Piece {
    const ChildrenDraws *draws;
    uint64_t first, end;
    bool many, started;
    pthread_t thread;
} Piece;

static void *draw_piece(void *ctx)
{
    Piece *p = ctx;
    uint64_t rows[BATCH_ROWS], drawn[BATCH_ROWS];
    Arena *scratch = arena_new();
    for (uint64_t at = p->first; at < p->end; at += BATCH_ROWS) {
        uint32_t n = p->end - at < BATCH_ROWS ? (uint32_t)(p->end - at) : BATCH_ROWS;
        uint8_t *kept = p->draws->kept + (at - p->draws->first);
        for (uint32_t k = 0; k < n; k++)
            rows[k] = at + k;
        arena_reset(scratch);
        draw(p->draws->count, rows, n, drawn, scratch);
        for (uint32_t k = 0; k < n; k++) {
            kept[k] = drawn[k] < MANY ? (uint8_t)drawn[k] : MANY;
            p->many = p->many || drawn[k] >= MANY;
        }
    }
    arena_free(scratch);
    return NULL;
}

/* Everybody waits for the draws: the processor's cores share them. */
static void draw_rows(ChildrenDraws *draws, uint64_t first, uint64_t end)
{
    Piece pieces[PIECES_MAX];
    uint64_t n = end - first, npieces = n / PIECE_MIN, cores = (uint64_t)os_cpu_count();
    npieces = npieces > cores ? cores : npieces;
    npieces = npieces > PIECES_MAX ? PIECES_MAX : npieces ? npieces : 1;
    for (uint64_t i = npieces; i-- > 0;) {
        Piece *p = &pieces[i];
        *p = (Piece){.draws = draws,
                     .first = first + n / npieces * i,
                     .end = i + 1 < npieces ? first + n / npieces * (i + 1) : end};
        p->started = i > 0 && pthread_create(&p->thread, NULL, draw_piece, p) == 0;
        if (!p->started)
            draw_piece(p);
    }
    for (uint64_t i = 0; i < npieces; i++) {
        if (pieces[i].started)
            pthread_join(pieces[i].thread, NULL);
        draws->many = draws->many || pieces[i].many;
    }
}

static void draw_all(ChildrenDraws *draws)
{
    uint64_t end = draws->first + draws->n;
    Span had = {end, 0};
    ChildrenDraws *most = draws->most;
    if (most) {
        had = common(most, draws->first, draws->n);
        ask_all(most);
        memcpy(draws->kept + (had.first - draws->first), most->kept + (had.first - most->first),
               had.n);
        draws->many = most->many;
    }
    draw_rows(draws, draws->first, had.first);
    draw_rows(draws, had.first + had.n, end);
}

static void ask_all(ChildrenDraws *draws)
{
    if (atomic_load_explicit(&draws->all_drawn, memory_order_acquire))
        return;
    pthread_mutex_lock(&draws->drawing);
    if (!draws->all_drawn) {
        draw_all(draws);
        atomic_store_explicit(&draws->all_drawn, true, memory_order_release);
    }
    pthread_mutex_unlock(&draws->drawing);
}

void children_drawn(ChildrenDraws *draws, const Bound *count, const uint64_t *rows, uint32_t n,
                    uint64_t *drawn, Arena *scratch)
{
    uint8_t most = 0;
    if (!draws) {
        draw(count, rows, n, drawn, scratch);
        return;
    }
    ask_all(draws);
    const uint8_t *kept = draws->kept + (n ? rows[0] - draws->first : 0);
    bool in_a_row = n > 0 && rows[n - 1] - rows[0] == n - 1;
    for (uint32_t k = 0; k < n; k++) {
        drawn[k] = in_a_row ? kept[k] : kept[rows[k] - rows[0]];
        most = drawn[k] > most ? (uint8_t)drawn[k] : most;
    }
    if (most == MANY)
        draw(count, rows, n, drawn, scratch);
}

const uint8_t *children_bytes(ChildrenDraws *draws, uint64_t first)
{
    if (!draws)
        return NULL;
    ask_all(draws);
    return draws->many ? NULL : draws->kept + (first - draws->first);
}

/* Connecting can take long: a host that does not answer, a name server that is away, a server that
 * takes the connection and says nothing. Client libraries cannot be interrupted in that, so it
 * happens on a thread of its own, which owns all that it touches: whoever stops waiting leaves it
 * behind, and what it still gets it closes. */
#include <time.h>

#include "base/os.h"
#include "exec/exec_int.h"

#define POLL_MS 20

typedef struct Connecting {
    Arena *mem; /* holds this, too */
    DbUrl url;
    DbOptions options;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool ended, abandoned;
    Db *db;
    Err err;
} Connecting;

static DbUrl own_url(const DbUrl *url, Arena *mem)
{
    return (DbUrl){.engine = url->engine,
                   .user = arena_strdup(mem, url->user),
                   .password = arena_strdup(mem, url->password),
                   .host = arena_strdup(mem, url->host),
                   .port = arena_strdup(mem, url->port),
                   .database = arena_strdup(mem, url->database),
                   .path = arena_strdup(mem, url->path),
                   .query = arena_strdup(mem, url->query),
                   .socket = arena_strdup(mem, url->socket),
                   .shown = arena_strdup(mem, url->shown)};
}

static Connecting *connecting_new(const Session *s, const DbOptions *options)
{
    Arena *mem = arena_new();
    Connecting *c = arena_new_of(mem, Connecting);
    c->mem = mem;
    c->url = own_url(&s->url, mem);
    c->options = *options;
    pthread_mutex_init(&c->mutex, NULL);
    os_cond_init(&c->changed);
    return c;
}

static void forget_locks(Connecting *c)
{
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->mutex);
}

static void *connect_thread(void *arg)
{
    Connecting *c = arg;
    Db *db = db_open(&c->url, &c->options, c->mem, &c->err);
    pthread_mutex_lock(&c->mutex);
    bool abandoned = c->abandoned;
    c->db = db;
    c->ended = true;
    pthread_cond_signal(&c->changed);
    pthread_mutex_unlock(&c->mutex);
    if (abandoned) {
        db_close(db);
        forget_locks(c);
        arena_free(c->mem);
    }
    return NULL;
}

static bool is_to_stop(const Session *s)
{
    return atomic_load(&s->stop) != STOP_NONE || os_signal_terminated() ||
           os_signal_interrupts() > s->interrupts_seen;
}

/* False: it was left behind, and belongs to its thread. */
static bool wait_for(const Session *s, Connecting *c)
{
    pthread_mutex_lock(&c->mutex);
    while (!c->ended && !(c->abandoned = is_to_stop(s))) {
        struct timespec until = os_in_ms(POLL_MS);
        pthread_cond_timedwait(&c->changed, &c->mutex, &until);
    }
    bool ended = c->ended;
    pthread_mutex_unlock(&c->mutex);
    return ended;
}

Db *session_connect(Session *s, const DbOptions *options, Arena *mem, Err *err)
{
    Connecting *c = connecting_new(s, options);
    pthread_t thread;
    if (pthread_create(&thread, NULL, connect_thread, c) != 0) {
        connect_thread(c);
    } else if (!wait_for(s, c)) {
        pthread_detach(thread);
        os_thread_left_behind();
        err_add(mem, err, ERR_CONNECT, NULL, s->url.shown, "stopped while connecting");
        return NULL;
    } else {
        pthread_join(thread, NULL);
    }
    Db *db = c->db;
    for (const ErrItem *e = c->err.first; e; e = e->next)
        err_append(mem, err, e);
    forget_locks(c);
    arena_adopt(mem, c->mem);
    return db;
}

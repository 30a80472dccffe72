/* Reaching a target: which URL, may we, open it, take the lock. The guard comes before anything is
 * opened. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/os.h"
#include "base/text.h"
#include "exec/exec_int.h"

static const char *database_name(const DbUrl *url)
{
    if (url->engine != ENGINE_SQLITE)
        return url->database ? url->database : "";
    const char *slash = url->path ? strrchr(url->path, '/') : NULL;
    return slash ? slash + 1 : url->path ? url->path : "";
}

/* An entry is HOST, HOST:PORT, [V6] or [V6]:PORT; one without a port allows every port. */
static bool entry_allows(const char *entry, const DbUrl *url, Arena *mem)
{
    const char *close = entry[0] == '[' ? strchr(entry, ']') : NULL;
    const char *colon = strchr(close ? close : entry, ':');
    if (!close && colon && strchr(colon + 1, ':'))
        colon = NULL; /* a bare IPv6 address */
    const char *from = close ? entry + 1 : entry;
    const char *end = close ? close : colon ? colon : entry + strlen(entry);
    const char *host = arena_strndup(mem, from, (size_t)(end - from));
    if (!os_same_host(host, url->host ? url->host : "localhost"))
        return false;
    return !colon || (url->port && strcmp(colon + 1, url->port) == 0);
}

/* What the client library would fill in by itself (PGHOST, a service, an option file) could be any
 * host: where only some are allowed, the url names it. A socket is on this machine. */
bool session_guard_host(Session *s)
{
    const Env *env = s->options->env;
    const DbUrl *url = &s->url;
    if (env->nallowed == 0 || url->engine == ENGINE_SQLITE)
        return true;
    if (!url->host && !url->socket) {
        err_add(s->mem, s->err, ERR_GUARD, env->path, s->url.shown,
                "the url names no host, and environment %s has allowed_hosts", env->name);
        return err_hint(s->mem, s->err, "write the host into the url");
    }
    for (int i = 0; i < env->nallowed; i++)
        if (entry_allows(env->allowed_hosts[i], url, s->mem))
            return true;
    err_add(s->mem, s->err, ERR_GUARD, env->path, url->host ? url->host : "localhost",
            "the host is not among allowed_hosts (%s)",
            text_list(env->allowed_hosts, env->nallowed, 8, s->mem));
    return err_hint(s->mem, s->err, "add it to allowed_hosts of environment %s if it belongs there",
                    env->name);
}

/* Each time, by flag and by hand: a protected environment is never reached by habit. */
static bool guard_protected(Session *s)
{
    const ExecOptions *o = s->options;
    const char *name = database_name(&s->url);
    if (!o->allow_protected) {
        err_add(s->mem, s->err, ERR_GUARD, o->env->path, o->env->name,
                "the environment is protected");
        return err_hint(s->mem, s->err, "if you mean it: --allow-protected %s",
                        *name ? name : "DBNAME");
    }
    if (strcmp(o->allow_protected, name) != 0) {
        err_add(s->mem, s->err, ERR_GUARD, NULL, "--allow-protected",
                "names \"%s\", but the database of environment %s is another one",
                o->allow_protected, o->env->name);
        return err_hint(s->mem, s->err, "name the database that you mean to write to");
    }
    if (o->ask) {
        const char *question = arena_printf(
            s->mem, "%s is protected. Type the database's name to go on", o->env->name);
        return session_ask(s, o->env->name, question, name);
    }
    const char *said = os_getenv("SEEDPIPE_ALLOW_PROTECTED");
    if (said && strcmp(said, name) == 0)
        return true;
    err_add(
        s->mem, s->err, ERR_GUARD, NULL, o->env->name,
        "a protected environment without a terminal needs SEEDPIPE_ALLOW_PROTECTED to name its database");
    return err_hint(s->mem, s->err, "SEEDPIPE_ALLOW_PROTECTED=%s", *name ? name : "DBNAME");
}

bool session_guard(Session *s)
{
    const ExecOptions *o = s->options;
    const char *url = o->url ? o->url : o->env->url;
    if (!url) {
        err_add(s->mem, s->err, ERR_ENV, o->env->path, o->env->name, "the environment has no url");
        return err_hint(s->mem, s->err, "set url: in envs/%s.yaml, or give --url", o->env->name);
    }
    if (!o->url && !(url = env_expand(url, o->env->url_where, s->mem, s->err)))
        return false;
    if (!db_url_parse(url, &s->url, s->mem, s->err))
        return false;
    s->report->target = s->url.shown;
    if (!session_guard_host(s))
        return false;
    s->db_options = (DbOptions){.statement_timeout = o->env->statement_timeout,
                                .require_tls = o->env->is_protected,
                                .connector = o->connector};
    return true;
}

bool session_guard_writes(Session *s)
{
    bool asked = s->outage && s->outage->begun;
    return asked || !s->options->env->is_protected || guard_protected(s);
}

static bool open_ledger(Session *s, Arena *mem, Err *err)
{
    return ledger_open(&s->ledger, s->db, mem, err);
}

static bool not_connected(Session *s)
{
    return !os_signal_interrupts() && !os_signal_terminated() ? false : session_stopped(s);
}

static bool connect_target(Session *s, bool read_only)
{
    s->db_options.read_only = read_only;
    s->db_options.create = !read_only && !s->existing_only;
    s->db = session_connect(s, &s->db_options, s->mem, s->err);
    if (!s->db)
        return not_connected(s);
    s->report->server = s->db->server;
    return true;
}

bool session_open(Session *s, bool read_only)
{
    return connect_target(s, read_only) && task_read(s, open_ledger);
}

bool session_open_locked(Session *s)
{
    return connect_target(s, false) && session_lock(s);
}

/* "host db1, process 4711, user ann, since 2026-01-01 10:00:00" from the ledger. */
static const char *holder_text(const char *json, Arena *mem)
{
    json_t *holder = json ? json_loads(json, 0, NULL) : NULL;
    const char *host = json_string_value(json_object_get(holder, "host"));
    const char *text =
        !host ? NULL
              : arena_printf(mem, "host %s, process %lld, user %s, since %s UTC", host,
                             (long long)json_integer_value(json_object_get(holder, "pid")),
                             json_string_value(json_object_get(holder, "user")),
                             json_string_value(json_object_get(holder, "since")));
    json_decref(holder);
    return text;
}

/* Also we ourselves, before our connection broke: this process takes one target at a time. */
static bool holder_is_gone(const char *json)
{
    json_t *holder = json ? json_loads(json, 0, NULL) : NULL;
    const char *host = json_string_value(json_object_get(holder, "host"));
    Arena *mem = arena_new();
    int64_t pid = json_integer_value(json_object_get(holder, "pid"));
    bool gone =
        host && strcmp(host, os_hostname(mem)) == 0 && (pid == os_pid() || !os_process_alive(pid));
    arena_free(mem);
    json_decref(holder);
    return gone;
}

static bool write_holder(Session *s)
{
    Buf since;
    buf_init(&since, 64);
    buf_timestamp(&since, os_wall_us(), 0);
    json_t *holder =
        json_pack("{s:s, s:I, s:s, s:s}", "host", os_hostname(s->mem), "pid", (json_int_t)os_pid(),
                  "user", os_username(s->mem), "since", buf_cstr(&since));
    char *text = json_dumps(holder, JSON_COMPACT);
    bool ok = ledger_set_meta(&s->ledger, "lock", text, s->mem, s->err);
    s->holder_ended = false;
    free(text);
    json_decref(holder);
    buf_free(&since);
    return ok;
}

static bool lock_refused(Session *s, const char *json, double patience)
{
    const char *holder = holder_text(json, s->mem);
    if (patience > 0)
        err_add(s->mem, s->err, ERR_LOCKED, NULL, s->url.shown,
                "another seedpipe run holds the lock, and did not give it up in %g s%s%s", patience,
                holder ? ": " : "", holder ? holder : "");
    else
        err_add(s->mem, s->err, ERR_LOCKED, NULL, s->url.shown,
                "another seedpipe run holds the lock%s%s", holder ? ": " : "",
                holder ? holder : "");
    return err_hint(
        s->mem, s->err,
        "wait for it (--lock-timeout SECONDS), or end that process: the lock goes with it");
}

/* What the ledger says of the holder; NULL when it says nothing. */
static const char *holder_now(Session *s, Arena *mem)
{
    Err ignored = {0};
    Ledger fresh = {0};
    if (!ledger_open(&fresh, s->db, mem, &ignored))
        return NULL;
    return ledger_meta(&fresh, "lock", mem, &ignored);
}

/* Tries until it is got, or patience ends. `mem` is for one try at a time. */
static bool wait_for_lock(Session *s, double timeout, uint64_t start, Arena *mem)
{
    bool told = false;
    /* A dead client's session lives on for a moment and still holds the lock; our own, before the
     * connection broke, for as long as the server does not notice. */
    double for_the_dead = fmax(fmax(timeout, 10), outage_left(s));
    for (bool got = false;; arena_reset(mem)) {
        if (!s->lock_db->connector->lock_try(s->lock_db, &got, s->mem, s->err))
            return false;
        if (got)
            return true;
        const char *json = holder_now(s, mem);
        double waited = (double)(os_monotonic_us() - start) / 1e6;
        double patience = holder_is_gone(json) ? for_the_dead : timeout;
        if (waited >= patience)
            return lock_refused(s, json, patience);
        if (os_signal_interrupts() || os_signal_terminated())
            return err_add(s->mem, s->err, os_signal_terminated() ? ERR_TERMINATED : ERR_CANCELLED,
                           NULL, NULL, "stopped while waiting for the lock");
        if (!told)
            log_event(s->log, LOG_WARN, "lock.waiting", "{s:s?, s:f}", "holder",
                      holder_text(json, mem), "timeout_s", patience);
        told = true;
        os_pause_ms(50);
    }
}

bool session_lock(Session *s)
{
    /* A file's lock belongs to the process, a server's to its connection: where work may go on
     * after a connection broke, that one does nothing else. */
    s->lock_apart = s->db->connector->concurrent_writers && !s->one_connection;
    DbOptions options = s->db_options;
    options.statement_timeout = 0;
    s->lock_db = s->lock_apart ? session_connect(s, &options, s->mem, s->err) : s->db;
    if (!s->lock_db)
        return not_connected(s);
    double timeout =
        s->options->lock_timeout >= 0 ? s->options->lock_timeout : s->options->env->lock_timeout;
    uint64_t start = os_monotonic_us();
    Arena *scratch = arena_new();
    s->locked = wait_for_lock(s, timeout, start, scratch);
    arena_free(scratch);
    if (!s->locked)
        return false;
    log_event(s->log, LOG_DEBUG, "lock.acquired", "{s:f}", "waited_s",
              (double)(os_monotonic_us() - start) / 1e6);
    /* Not before: another process may have created it while we waited. */
    if (!task_read(s, open_ledger))
        return false;
    return !s->ledger.exists || (write_holder(s) && ledger_upgrade(&s->ledger, s->mem, s->err));
}

/* Whoever wrote its name is asked for the lock itself: only that tells. */
bool session_lock_state(Session *s, ExecLock *out)
{
    const char *json = ledger_meta(&s->ledger, "lock", s->mem, s->err);
    bool got = false;
    *out = (ExecLock){.holder = holder_text(json, s->mem)};
    if (s->err->count || !out->holder)
        return s->err->count == 0;
    if (!s->db->connector->lock_try(s->db, &got, s->mem, s->err))
        return false;
    if (got)
        s->db->connector->unlock(s->db);
    out->held = !got;
    out->stale = got;
    return true;
}

bool session_end_holder(Session *s, Arena *mem, Err *err)
{
    return ledger_set_meta(&s->ledger, "lock", NULL, mem, err);
}

/* Not before the plan stands: a run that is refused leaves nothing behind, not even an empty
 * ledger. */
bool session_create_ledger(Session *s)
{
    if (!s->ledger.exists && !(ledger_create(&s->ledger, s->mem, s->err) && write_holder(s)))
        return false;
    const char *mark =
        s->marked ? s->options->env->name : ledger_meta(&s->ledger, "env", s->mem, s->err);
    return s->err->count == 0 &&
           (mark || ledger_set_meta(&s->ledger, "env", s->options->env->name, s->mem, s->err));
}

bool session_check_env(Session *s)
{
    const char *mark = ledger_book_value(s->book, "env");
    s->marked = mark != NULL;
    if (mark && strcmp(mark, s->options->env->name) != 0) {
        err_add(s->mem, s->err, ERR_GUARD, NULL, s->url.shown,
                "the target is marked as environment \"%s\", and this run is for \"%s\"", mark,
                s->options->env->name);
        return err_hint(s->mem, s->err, "run with --env %s, or point the url at another database",
                        mark);
    }
    return true;
}

void session_close(Session *s)
{
    if (s->locked) {
        Err ignored = {0};
        if (s->db && s->ledger.exists && !s->db->in_transaction && !s->lock_lost &&
            !s->holder_ended)
            session_end_holder(s, s->mem, &ignored);
        s->lock_db->connector->unlock(s->lock_db);
    }
    if (s->lock_db && s->lock_apart)
        db_close(s->lock_db);
    db_close(s->db);
    s->db = s->lock_db = NULL;
    s->locked = false;
}

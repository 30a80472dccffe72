/* A line is built outside the lock and written whole, with one write(2), so that lines of several
 * threads and processes do not mix. What cannot be written is dropped: a full disk must not stop a
 * run. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/os.h"
#include "base/utf8.h"

enum { LINE_MAX_BYTES = 64 << 20 };

struct Log {
    pthread_mutex_t lock; /* for everything below */
    LogFormat format;     /* this and level never change */
    LogLevel level;
    int fd;
    bool terminal, cut; /* cut: the last line was written in part */
    char *run_id, *recipe, *env;
    void (*hook)(void *ctx, bool before);
    void *hook_ctx;
};

static const char *const level_names[] = {"debug", "info", "warn", "error"};

static char *copy(const char *s)
{
    return s ? strdup(s) : NULL;
}

static void replace(char **text, const char *with)
{
    free(*text);
    *text = copy(with);
}

Log *log_open(const LogOptions *options, Arena *mem, Err *err)
{
    int fd = STDERR_FILENO;
    if (options->file) {
        fd = open(options->file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0) {
            char reason[128];
            err_add(mem, err, ERR_IO, NULL, NULL, "cannot write the log file %s: %s", options->file,
                    errno == ELOOP ? "it is a symbolic link"
                                   : strerror_r(errno, reason, sizeof reason));
            return NULL;
        }
    }
    Log *log = arena_new_of(mem, Log);
    pthread_mutex_init(&log->lock, NULL);
    log->format = options->format;
    log->level = options->level;
    log->fd = fd;
    log->terminal = isatty(fd);
    log->recipe = copy(options->recipe);
    log->env = copy(options->env);
    return log;
}

void log_close(Log *log)
{
    if (!log)
        return;
    if (log->fd != STDERR_FILENO)
        close(log->fd);
    free(log->run_id);
    free(log->recipe);
    free(log->env);
    pthread_mutex_destroy(&log->lock);
}

void log_set_run(Log *log, const char *run_id)
{
    if (!log)
        return;
    pthread_mutex_lock(&log->lock);
    replace(&log->run_id, run_id);
    pthread_mutex_unlock(&log->lock);
}

void log_set_context(Log *log, const char *recipe, const char *env)
{
    if (!log)
        return;
    pthread_mutex_lock(&log->lock);
    replace(&log->recipe, recipe);
    replace(&log->env, env);
    pthread_mutex_unlock(&log->lock);
}

void log_set_hook(Log *log, void (*hook)(void *ctx, bool before), void *ctx)
{
    if (!log)
        return;
    pthread_mutex_lock(&log->lock);
    log->hook = hook;
    log->hook_ctx = ctx;
    pthread_mutex_unlock(&log->lock);
}

/* ---- JSON lines ---- */

/* Text that is not UTF-8 (a file name may be anything) loses its bytes above ASCII. */
static json_t *json_text(const char *s)
{
    if (utf8_valid(s, strlen(s)))
        return json_string(s);
    char *plain = strdup(s);
    for (char *p = plain; p && *p; p++)
        if (*p & 0x80)
            *p = '?';
    json_t *text = json_string(plain);
    free(plain);
    return text;
}

static void set_text(json_t *object, const char *key, const char *s)
{
    if (s)
        json_object_set_new(object, key, json_text(s));
}

static void line_json(Buf *line, int64_t now, LogLevel level, const char *event, const Log *log,
                      json_t *fields)
{
    Buf ts;
    buf_init(&ts, 64);
    buf_timestamp(&ts, now, 3);
    buf_byte(&ts, 'Z');
    ts.data[10] = 'T';
    json_t *object = json_object();
    json_object_set_new(object, "ts", json_stringn(ts.data, ts.len));
    buf_free(&ts);
    set_text(object, "level", level_names[level]);
    set_text(object, "event", event);
    set_text(object, "run_id", log->run_id);
    set_text(object, "recipe", log->recipe);
    set_text(object, "env", log->env);
    json_object_update_missing(object, fields);
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    if (text)
        buf_str(line, text);
    free(text);
    json_decref(object);
}

/* ---- text lines ---- */

/* Bytes of the control character at p (C1 has two in UTF-8), 0 when it is none. */
static size_t control_bytes(const char *p)
{
    unsigned char c = (unsigned char)p[0], next = c ? (unsigned char)p[1] : 0;
    if (c == 0xC2 && next >= 0x80 && next < 0xA0)
        return 2;
    return c < 0x20 || c == 0x7F;
}

static bool needs_quotes(const char *s)
{
    if (*s == '\0')
        return true;
    for (const char *p = s; *p; p++)
        if (strchr(" \"\\=", *p) || control_bytes(p) > 0)
            return true;
    return !utf8_valid(s, strlen(s));
}

/* Control characters are escaped: a name in a database must not steer the reader's terminal. */
static void put_value(Buf *line, const char *s)
{
    if (!needs_quotes(s)) {
        buf_str(line, s);
        return;
    }
    bool utf8 = utf8_valid(s, strlen(s));
    buf_byte(line, '"');
    for (; *s; s++) {
        if (*s == '\n')
            buf_str(line, "\\n");
        else if (*s == '"' || *s == '\\')
            buf_printf(line, "\\%c", *s);
        else if (control_bytes(s) == 2)
            buf_printf(line, "\\x%02x",
                       (unsigned char)*++s); /* U+0080 to U+009F: their own number */
        else if (control_bytes(s) == 1 || (*s & 0x80 && !utf8))
            buf_printf(line, "\\x%02x", (unsigned char)*s);
        else
            buf_byte(line, *s);
    }
    buf_byte(line, '"');
}

static void line_text(Buf *line, int64_t now, LogLevel level, const char *event, json_t *fields)
{
    buf_time(line, now - calendar_day_of(now) * MICROS_PER_DAY, 0);
    buf_printf(line, " %-5s %s", level_names[level], event);
    const char *key;
    json_t *value;
    json_object_foreach(fields, key, value)
    {
        if (json_is_null(value))
            continue;
        buf_printf(line, " %s=", key);
        if (json_is_string(value)) {
            put_value(line, json_string_value(value));
            continue;
        }
        char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
        if (text)
            buf_str(line, text);
        free(text);
    }
}

/* ---- events ---- */

/* Returns how many bytes were written. */
static size_t write_all(int fd, const char *bytes, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t wrote = write(fd, bytes + done, n - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            break;
        done += (size_t)wrote;
    }
    return done;
}

/* line begins with a newline, which is written only behind a line that was cut. */
static void write_line(Log *log, const Buf *line)
{
    bool hooked = log->hook && log->terminal;
    if (hooked)
        log->hook(log->hook_ctx, true);
    size_t start = log->cut ? 0 : 1;
    size_t done = write_all(log->fd, line->data + start, line->len - start);
    if (done > 0)
        log->cut = done < line->len - start;
    if (hooked)
        log->hook(log->hook_ctx, false);
}

static json_t *pack_fields(const char *fmt, va_list ap)
{
    json_error_t problem;
    json_t *fields = fmt ? json_vpack_ex(&problem, 0, fmt, ap) : json_object();
    if (json_is_object(fields))
        return fields;
    json_decref(fields);
    return json_pack("{s:s}", "fields_lost", fmt ? problem.text : "");
}

bool log_wants(const Log *log, LogLevel level)
{
    return log && level >= log->level;
}

void log_event(Log *log, LogLevel level, const char *event, const char *fmt, ...)
{
    if (!log_wants(log, level))
        return;
    int saved_errno = errno;
    va_list ap;
    va_start(ap, fmt);
    json_t *fields = pack_fields(fmt, ap);
    va_end(ap);
    int64_t now = os_wall_us();
    Buf line;
    buf_init(&line, LINE_MAX_BYTES);
    buf_byte(&line, '\n');
    pthread_mutex_lock(&log->lock);
    if (log->format == LOG_JSON)
        line_json(&line, now, level, event, log, fields);
    else
        line_text(&line, now, level, event, fields);
    buf_byte(&line, '\n');
    write_line(log, &line);
    pthread_mutex_unlock(&log->lock);
    buf_free(&line);
    json_decref(fields);
    errno = saved_errno;
}

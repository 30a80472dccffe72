/* Log: structured events, as text for people or one JSON object a line. Safe to call from any
 * thread. Results go to standard output elsewhere; logs go to standard error or a file. */
#ifndef SEEDPIPE_BASE_LOG_H
#define SEEDPIPE_BASE_LOG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } LogLevel;
typedef enum LogFormat { LOG_TEXT, LOG_JSON } LogFormat;

typedef struct Log Log;

typedef struct LogOptions {
    LogFormat format;
    LogLevel level;     /* events below it are dropped */
    const char *file;   /* NULL: standard error. Opened append-only, mode 0600, never through a
                           symbolic link */
    const char *recipe; /* put into every JSON line; may be NULL */
    const char *env;
} LogOptions;

Log *log_open(const LogOptions *options, Arena *mem, Err *err); /* NULL on error */
void log_close(Log *log);
void log_set_run(Log *log, const char *run_id); /* from now on in every JSON line */
void log_set_context(Log *log, const char *recipe, const char *env);

/* One event. fmt is jansson's json_pack language for one object ("{s:s, s:I}"), or NULL for no
 * fields; "s?" and "I" are the useful ones. A JSON line is {"ts":..., "level":..., "event":...,
 * "run_id":..., "recipe":..., "env":..., <fields>}; a text line is `HH:MM:SS level event key=value
 * ...`. NULL log drops it. */
void log_event(Log *log, LogLevel level, const char *event, const char *fmt, ...);

/* False when an event of that level would be dropped: for events whose fields cost something to
 * make. */
bool log_wants(const Log *log, LogLevel level);

/* A hook called with the log locked, before and after a line is written to a terminal, so that a
 * progress display can clear and redraw itself. */
void log_set_hook(Log *log, void (*hook)(void *ctx, bool before), void *ctx);

#endif

/* Everything that is POSIX and not a standard C library call. The only place that knows the
 * machine. */
#ifndef SEEDPIPE_BASE_OS_H
#define SEEDPIPE_BASE_OS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/arena.h"
#include "base/err.h"

/* Whole file as a NUL-terminated string; *len gets its bytes. `max` bounds it (ERR_IO when longer).
 * The error names path and reason; code is the caller's choice of ErrCode for "does not exist or
 * unreadable". */
char *os_read_file(const char *path, size_t max, size_t *len, ErrCode code, Arena *mem, Err *err);
bool os_exists(const char *path);
bool os_is_dir(const char *path);
bool os_is_writable(const char *path);
char *os_realpath(const char *path, Arena *mem); /* NULL when it does not exist */
char *os_dirname(const char *path, Arena *mem);
char *os_path_join(const char *a, const char *b, Arena *mem);
/* Names in a directory, sorted; NULL-terminated array; empty when there is none. */
char **os_list_dir(const char *path, size_t *n, Arena *mem);

/* os_file.c: files that are written. False, or -1: errno says why, and os_reason in words. */
int os_create(const char *path); /* a new file, open for writing; one that is there is an error */
/* A file to append to, made with mode 0600; one that others can read, or a link, is refused: *why.
 */
int os_open_private(const char *path, const char **why);
int os_stdout_fd(void);
bool os_write(int fd, const void *bytes, size_t n); /* all of them */
bool os_sync(int fd);                               /* is on the disk */
bool os_close(int fd);
bool os_rename(const char *from, const char *to);
bool os_remove(const char *path); /* a file, or an empty directory */
bool os_make_dir(const char *path);
bool os_is_file(const char *path); /* a regular one, links followed */
const char *os_reason(Arena *mem);

char *os_hostname(Arena *mem);
/* The same host as spelled: names without regard to case and a last dot, addresses by their bytes
 * ("::1" is "0:0:0:0:0:0:0:1"). Nothing is looked up. */
bool os_same_host(const char *a, const char *b);
char *os_username(Arena *mem);
int64_t os_pid(void);
bool os_process_alive(int64_t pid);
int os_cpu_count(void);
const char *os_getenv(const char *name); /* NULL when unset or empty */

uint64_t os_monotonic_us(void);
/* A condition whose timed waits go by the monotonic clock, and that clock's time in so many
 * milliseconds. */
void os_cond_init(pthread_cond_t *cond);
struct timespec os_in_ms(int64_t ms);
int64_t
os_wall_us(void); /* microseconds since the epoch: for logs and the ledger, never for a value */
double os_cpu_seconds(void); /* user + system of this process */
size_t os_peak_memory_kib(void);
void os_random(void *bytes, size_t n); /* getrandom: for run ids, never for a value */

/* Standard streams that the caller closed stay unusable, and no file or connection gets their
 * numbers: what is printed would go there. First of all. */
void os_hold_standard_streams(void);
bool os_stderr_is_tty(void);
bool os_stdin_is_tty(void);
bool os_stdout_is_tty(void);
int os_terminal_width(int fd); /* 80 when unknown */
/* One line from standard input, a terminal, without its newline. NULL at its end and when a signal
 * comes first. */
char *os_read_line(Arena *mem);
/* A core file holds passwords and rows: none, unless wanted (then as large as the system lets). */
void os_core_dumps(bool wanted);

/* An advisory lock file for SQLite: flock(2) on path. Creates it, mode 0600. */
typedef enum OsLock { OS_LOCK_GOT, OS_LOCK_HELD, OS_LOCK_ERROR } OsLock;
OsLock os_lock_try(const char *path, int *fd);
void os_lock_release(int fd);

/* Signals -> flags that the workers poll. os_signals_install turns SIGINT, SIGTERM, SIGHUP into
 * counters, ignores SIGPIPE. */
void os_signals_install(void);
int os_signal_interrupts(void);  /* how many SIGINT came */
bool os_signal_terminated(void); /* SIGTERM or SIGHUP came */

/* A thread is left behind in a library that cannot be interrupted: the libraries' own cleaning up
 * at exit would pull the ground from under it. os_exit then ends the process without that. */
void os_thread_left_behind(void);
_Noreturn void os_exit(int status);

/* Sleeps for ms, less when this thread takes a signal: for polling loops (progress, lock waiting).
 */
void os_pause_ms(int ms);

#endif

/* Linux, behind functions that could be written for another system. Nothing here decides anything:
 * it reports, and the callers decide. */
#include "base/os.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

/* ---- files ---- */

static char *cannot_read(const char *path, const char *reason, ErrCode code, Arena *mem, Err *err)
{
    err_add(mem, err, code, NULL, NULL, "cannot read %s: %s", path, reason);
    return NULL;
}

/* Reads on until the end or a failure; errno tells which (0 at the end, EFBIG past max). */
static void read_all(int fd, size_t max, Buf *content)
{
    enum { STEP = 64 * 1024 };
    for (;;) {
        ssize_t n = read(fd, buf_reserve(content, STEP), STEP);
        if (n < 0 && errno == EINTR)
            continue;
        if (n > 0)
            content->len += (size_t)n;
        if (n < 0)
            return;
        errno = content->len > max ? EFBIG : 0;
        if (n == 0 || errno)
            return;
    }
}

char *os_read_file(const char *path, size_t max, size_t *len, ErrCode code, Arena *mem, Err *err)
{
    char reason[128];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cannot_read(path, strerror_r(errno, reason, sizeof reason), code, mem, err);
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        return cannot_read(path, "it is a directory", code, mem, err);
    }
    Buf content;
    buf_init(&content, max + 256 * 1024);
    read_all(fd, max, &content);
    int failure = errno;
    close(fd);
    char *text = NULL;
    if (failure == EFBIG) {
        err_add(mem, err, ERR_IO, NULL, NULL, "cannot read %s: it is longer than %zu bytes", path,
                max);
    } else if (failure) {
        cannot_read(path, strerror_r(failure, reason, sizeof reason), code, mem, err);
    } else {
        text = arena_strndup(mem, content.data, content.len);
        if (len)
            *len = content.len;
    }
    buf_free(&content);
    return text;
}

bool os_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool os_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool os_is_writable(const char *path)
{
    return eaccess(path, W_OK) == 0;
}

char *os_realpath(const char *path, Arena *mem)
{
    char *found = realpath(path, NULL);
    char *copy = arena_strdup(mem, found);
    free(found);
    return copy;
}

char *os_dirname(const char *path, Arena *mem)
{
    return dirname(arena_strdup(mem, path));
}

char *os_path_join(const char *a, const char *b, Arena *mem)
{
    size_t n = strlen(a);
    if (n == 0 || b[0] == '/')
        return arena_strdup(mem, b);
    return arena_printf(mem, "%s%s%s", a, a[n - 1] == '/' ? "" : "/", b);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **os_list_dir(const char *path, size_t *n, Arena *mem)
{
    size_t count = 0, cap = 8;
    char **names = arena_array(mem, char *, cap);
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        names = arena_grow(mem, names, &cap, count + 2, sizeof *names);
        names[count++] = arena_strdup(mem, entry->d_name);
    }
    if (dir)
        closedir(dir);
    qsort(names, count, sizeof *names, by_name);
    if (n)
        *n = count;
    return names;
}

/* ---- machine, user, process ---- */

char *os_hostname(Arena *mem)
{
    char name[256] = "";
    if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0')
        return arena_strdup(mem, "localhost");
    return arena_strdup(mem, name);
}

bool os_same_host(const char *a, const char *b)
{
    struct in6_addr x, y;
    for (int family = AF_INET6;; family = AF_INET) {
        if (inet_pton(family, a, &x) == 1)
            return inet_pton(family, b, &y) == 1 &&
                   memcmp(&x, &y, family == AF_INET6 ? sizeof x : sizeof(struct in_addr)) == 0;
        if (family == AF_INET)
            break;
    }
    size_t n = strlen(a), m = strlen(b);
    n -= n > 1 && a[n - 1] == '.';
    m -= m > 1 && b[m - 1] == '.';
    return n == m && strncasecmp(a, b, n) == 0;
}

char *os_username(Arena *mem)
{
    struct passwd entry, *found = NULL;
    char buffer[4096];
    if (getpwuid_r(geteuid(), &entry, buffer, sizeof buffer, &found) != 0 || !found)
        return arena_printf(mem, "uid %u", (unsigned)geteuid());
    return arena_strdup(mem, found->pw_name);
}

int64_t os_pid(void)
{
    return getpid();
}

bool os_process_alive(int64_t pid)
{
    if (pid <= 0 || pid > INT32_MAX)
        return false;
    return kill((pid_t)pid, 0) == 0 || errno == EPERM;
}

int os_cpu_count(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (int)n : 1;
}

const char *os_getenv(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

/* ---- time, usage, chance ---- */

static int64_t clock_us(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

uint64_t os_monotonic_us(void)
{
    return (uint64_t)clock_us(CLOCK_MONOTONIC);
}

void os_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

struct timespec os_in_ms(int64_t ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += ms % 1000 * 1000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

int64_t os_wall_us(void)
{
    return clock_us(CLOCK_REALTIME);
}

double os_cpu_seconds(void)
{
    return (double)clock_us(CLOCK_PROCESS_CPUTIME_ID) / 1e6;
}

size_t os_peak_memory_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss;
}

void os_random(void *bytes, size_t n)
{
    for (char *out = bytes; n > 0;) {
        ssize_t got = getrandom(out, n, 0);
        if (got < 0 && errno != EINTR) {
            perror("seedpipe: getrandom");
            abort();
        }
        if (got > 0) {
            out += got;
            n -= (size_t)got;
        }
    }
}

/* ---- terminal, core dumps ---- */

void os_hold_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0) /* the lowest that is free: this one */
            (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

bool os_stderr_is_tty(void)
{
    return isatty(STDERR_FILENO);
}
bool os_stdin_is_tty(void)
{
    return isatty(STDIN_FILENO);
}
bool os_stdout_is_tty(void)
{
    return isatty(STDOUT_FILENO);
}

int os_terminal_width(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}

void os_core_dumps(bool wanted)
{
    /* 1 and not 0: a core_pattern that pipes to a program ignores the limit, except for this value
     * (core(5), fs/coredump.c); no file is written either, since it could not hold a page. Above it
     * the limit that was there stays, so that it can be had back. */
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0)
        return;
    limit.rlim_cur = wanted ? limit.rlim_max : limit.rlim_max < 1 ? limit.rlim_max : 1;
    setrlimit(RLIMIT_CORE, &limit);
}

/* ---- lock file ---- */

OsLock os_lock_try(const char *path, int *fd)
{
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0)
        return OS_LOCK_ERROR;
    int result;
    do
        result = flock(*fd, LOCK_EX | LOCK_NB);
    while (result != 0 && errno == EINTR);
    if (result == 0)
        return OS_LOCK_GOT;
    int failure = errno;
    close(*fd);
    *fd = -1;
    errno = failure;
    return failure == EWOULDBLOCK ? OS_LOCK_HELD : OS_LOCK_ERROR;
}

/* The file stays: removing it would let two processes lock two files of one name. */
void os_lock_release(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* ---- signals ---- */

static atomic_int interrupts;
static atomic_bool terminated;
_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_BOOL_LOCK_FREE == 2, "used in a signal handler");

static void on_signal(int number)
{
    if (number == SIGINT)
        atomic_fetch_add(&interrupts, 1);
    else
        atomic_store(&terminated, true);
}

void os_signals_install(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction hangup;
    if (sigaction(SIGHUP, NULL, &hangup) != 0 || hangup.sa_handler != SIG_IGN) /* nohup */
        sigaction(SIGHUP, &action, NULL);
    action = (struct sigaction){.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &action, NULL);
}

int os_signal_interrupts(void)
{
    return atomic_load(&interrupts);
}
bool os_signal_terminated(void)
{
    return atomic_load(&terminated);
}

static atomic_bool left_behind;

void os_thread_left_behind(void)
{
    atomic_store(&left_behind, true);
}

void os_exit(int status)
{
    if (!atomic_load(&left_behind))
        exit(status);
    fflush(NULL);
    _exit(status);
}

void os_pause_ms(int ms)
{
    struct timespec span = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&span, NULL);
}

/* Files, the lock between processes, signals and the rest of the machine. */
#include "base/os.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static Arena *mem;
static char dir[64];

static int setup(void **state)
{
    (void)state;
    mem = arena_new();
    strcpy(dir, "/tmp/seedpipe-os-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    size_t n;
    char **names = os_list_dir(dir, &n, mem);
    for (size_t i = 0; i < n; i++)
        remove(os_path_join(dir, names[i], mem));
    int status = rmdir(dir);
    arena_free(mem);
    return status;
}

static char *write_file(const char *name, const char *bytes, size_t n)
{
    char *path = os_path_join(dir, name, mem);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
    return path;
}

static void test_read_file(void **state)
{
    (void)state;
    Err err = {0};
    size_t len = 0;
    char *path = write_file("a", "x\0y", 3);
    char *text = os_read_file(path, 3, &len, ERR_ENV, mem, &err);
    assert_non_null(text);
    assert_int_equal(len, 3);
    assert_memory_equal(text, "x\0y", 4); /* and the NUL behind */
    text = os_read_file(write_file("empty", "", 0), 10, &len, ERR_ENV, mem, &err);
    assert_string_equal(text, "");
    assert_int_equal(len, 0);
    enum { LARGE = 300000 };
    char *large = arena_alloc(mem, LARGE);
    memset(large, 'z', LARGE);
    large[LARGE - 1] = '!';
    text = os_read_file(write_file("large", large, LARGE), 1 << 20, &len, ERR_ENV, mem, &err);
    assert_int_equal(len, LARGE);
    assert_memory_equal(text, large, LARGE);
    assert_int_equal(err.count, 0);
}

static void assert_unreadable(const char *path, size_t max, ErrCode code, const char *reason)
{
    Err err = {0};
    assert_null(os_read_file(path, max, NULL, ERR_ENV, mem, &err));
    assert_int_equal(err.count, 1);
    assert_int_equal(err_code(&err), code);
    assert_non_null(strstr(err.first->message, path));
    assert_non_null(strstr(err.first->message, reason));
}

static void test_read_file_errors(void **state)
{
    (void)state;
    assert_unreadable("/nonexistent/x", 10, ERR_ENV, "No such file or directory");
    assert_unreadable(dir, 10, ERR_ENV, "it is a directory");
    assert_unreadable(write_file("a", "abcd", 4), 3, ERR_IO, "longer than 3 bytes");
    assert_unreadable("/dev/zero", 1000000, ERR_IO, "longer than 1000000 bytes");
    if (geteuid() == 0)
        return; /* root may read everything */
    char *path = write_file("b", "x", 1);
    chmod(path, 0);
    assert_unreadable(path, 10, ERR_ENV, "Permission denied");
}

static void test_paths(void **state)
{
    (void)state;
    assert_string_equal(os_path_join("a", "b", mem), "a/b");
    assert_string_equal(os_path_join("a/", "b", mem), "a/b");
    assert_string_equal(os_path_join("a", "/b", mem), "/b");
    assert_string_equal(os_path_join("", "b", mem), "b");
    assert_string_equal(os_path_join("/", "b", mem), "/b");
    assert_string_equal(os_dirname("recipes/x.lua", mem), "recipes");
    assert_string_equal(os_dirname("x.lua", mem), ".");
    assert_string_equal(os_dirname("/x.lua", mem), "/");
    assert_null(os_realpath("/nonexistent/x", mem));
    char *link = os_path_join(dir, "link", mem), *file = write_file("file", "", 0);
    assert_int_equal(symlink("file", link), 0);
    assert_string_equal(os_realpath(link, mem), os_realpath(file, mem));
}

static void test_what_is_there(void **state)
{
    (void)state;
    assert_true(os_exists(dir));
    assert_true(os_is_dir(dir));
    assert_true(os_is_writable(dir));
    char *file = write_file("b", "", 0);
    write_file("a", "", 0);
    write_file(".c", "", 0);
    assert_true(os_exists(file));
    assert_false(os_is_dir(file));
    assert_false(os_exists("/nonexistent"));
    assert_false(os_is_dir("/nonexistent"));
    assert_false(os_is_writable("/nonexistent"));
    size_t n;
    char **names = os_list_dir(dir, &n, mem);
    assert_int_equal(n, 3);
    assert_string_equal(names[0], ".c");
    assert_string_equal(names[1], "a");
    assert_string_equal(names[2], "b");
    assert_null(names[3]);
    names = os_list_dir("/nonexistent", &n, mem);
    assert_int_equal(n, 0);
    assert_null(names[0]);
}

static void test_list_large_directory(void **state)
{
    (void)state;
    char name[16];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "%02d", (i * 37) % 100);
        write_file(name, "", 0);
    }
    size_t n;
    char **names = os_list_dir(dir, &n, mem);
    assert_int_equal(n, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(atoi(names[i]), i);
    assert_null(names[100]);
}

/* Whether another process finds the lock held. */
static OsLock lock_elsewhere(const char *path)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int fd;
        _exit(os_lock_try(path, &fd));
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return (OsLock)WEXITSTATUS(status);
}

static void test_lock(void **state)
{
    (void)state;
    char *path = os_path_join(dir, "lock", mem);
    int fd = -1, second = -1;
    assert_int_equal(os_lock_try(path, &fd), OS_LOCK_GOT);
    assert_true(fd >= 0);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    struct stat st;
    stat(path, &st);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(lock_elsewhere(path), OS_LOCK_HELD);
    assert_int_equal(os_lock_try(path, &second), OS_LOCK_HELD);
    assert_int_equal(second, -1);
    os_lock_release(fd);
    assert_int_equal(lock_elsewhere(path), OS_LOCK_GOT);
    assert_int_equal(os_lock_try(path, &fd), OS_LOCK_GOT);
    os_lock_release(fd);
    os_lock_release(-1);

    char *link = os_path_join(dir, "link", mem);
    assert_int_equal(symlink("lock", link), 0);
    assert_int_equal(os_lock_try(link, &fd), OS_LOCK_ERROR);
    assert_int_equal(os_lock_try("/nonexistent/lock", &fd), OS_LOCK_ERROR);
}

/* The exit status of a child that runs body. */
static int in_child(int (*body)(void))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(body());
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int signals_counted(void)
{
    os_signals_install();
    if (os_signal_interrupts() != 0 || os_signal_terminated())
        return 1;
    raise(SIGINT);
    raise(SIGINT);
    if (os_signal_interrupts() != 2 || os_signal_terminated())
        return 2;
    raise(SIGPIPE);
    raise(SIGTERM);
    return os_signal_terminated() ? 0 : 3;
}

static int hangup_counted(void)
{
    os_signals_install();
    raise(SIGHUP);
    return os_signal_terminated() ? 0 : 1;
}

static int hangup_stays_ignored(void)
{
    signal(SIGHUP, SIG_IGN);
    os_signals_install();
    raise(SIGHUP);
    return os_signal_terminated() ? 1 : 0;
}

static int pause_ends_at_a_signal(void)
{
    os_signals_install();
    if (fork() == 0) {
        os_pause_ms(100);
        kill(getppid(), SIGINT);
        _exit(0);
    }
    uint64_t start = os_monotonic_us();
    os_pause_ms(20000);
    return os_monotonic_us() - start < 15000000 && os_signal_interrupts() == 1 ? 0 : 1;
}

static int no_core(void)
{
    os_core_dumps(false);
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    rlim_t most = limit.rlim_max;
    if (limit.rlim_cur > 1)
        return 1;
    os_core_dumps(true);
    getrlimit(RLIMIT_CORE, &limit);
    return limit.rlim_cur == most && limit.rlim_max == most ? 0 : 1;
}

static void test_signals(void **state)
{
    (void)state;
    assert_int_equal(in_child(signals_counted), 0);
    assert_int_equal(in_child(hangup_counted), 0);
    assert_int_equal(in_child(hangup_stays_ignored), 0);
    assert_int_equal(in_child(pause_ends_at_a_signal), 0);
    assert_int_equal(in_child(no_core), 0);
}

static int nothing(void)
{
    return 0;
}

static void test_processes(void **state)
{
    (void)state;
    assert_true(os_process_alive(os_pid()));
    assert_true(os_process_alive(1)); /* somebody else's, perhaps */
    assert_false(os_process_alive(0));
    assert_false(os_process_alive(-1));
    assert_false(os_process_alive(INT64_C(1) << 32 | 1)); /* not cut to 1 */
    assert_int_equal(in_child(nothing), 0);
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    waitpid(child, NULL, 0);
    assert_false(os_process_alive(child));
}

static void test_machine(void **state)
{
    (void)state;
    assert_true(strlen(os_hostname(mem)) > 0);
    assert_true(strlen(os_username(mem)) > 0);
    assert_true(os_cpu_count() >= 1);
    assert_true(os_peak_memory_kib() > 500);
    assert_true(os_cpu_seconds() >= 0);
    assert_true(os_wall_us() > INT64_C(1700000000000000));
    uint64_t start = os_monotonic_us();
    os_pause_ms(20);
    assert_true(os_monotonic_us() - start >= 20000);
    unsigned char a[32] = {0}, b[32] = {0};
    os_random(a, sizeof a);
    os_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    int fd = open("/dev/null", O_RDONLY);
    assert_int_equal(os_terminal_width(fd), 80);
    close(fd);
}

static void test_getenv(void **state)
{
    (void)state;
    setenv("SEEDPIPE_TEST_VARIABLE", "", 1);
    assert_null(os_getenv("SEEDPIPE_TEST_VARIABLE"));
    setenv("SEEDPIPE_TEST_VARIABLE", "x", 1);
    assert_string_equal(os_getenv("SEEDPIPE_TEST_VARIABLE"), "x");
    unsetenv("SEEDPIPE_TEST_VARIABLE");
    assert_null(os_getenv("SEEDPIPE_TEST_VARIABLE"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_read_file),
        TEST(test_read_file_errors),
        TEST(test_paths),
        TEST(test_what_is_there),
        TEST(test_list_large_directory),
        TEST(test_lock),
        TEST(test_signals),
        TEST(test_processes),
        TEST(test_machine),
        TEST(test_getenv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

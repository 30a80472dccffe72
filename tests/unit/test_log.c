/* Log lines read back: JSON by jansson, text literally; levels, the file's safety, many threads, a
 * full disk and the hook round lines on a terminal. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
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
#include <unistd.h>

#include <cmocka.h>

#include "base/os.h"

static Arena *mem;
static char dir[64], path[96];

static int setup(void **state)
{
    (void)state;
    mem = arena_new();
    strcpy(dir, "/tmp/seedpipe-log-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    snprintf(path, sizeof path, "%s/log", dir);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    rmdir(dir);
    arena_free(mem);
    return 0;
}

static Log *open_log(LogFormat format, LogLevel level)
{
    Err err = {0};
    Log *log = log_open(&(LogOptions){.format = format, .level = level, .file = path}, mem, &err);
    assert_non_null(log);
    assert_int_equal(err.count, 0);
    return log;
}

static char *content(void)
{
    Err err = {0};
    char *text = os_read_file(path, 1 << 24, NULL, ERR_IO, mem, &err);
    assert_non_null(text);
    return text;
}

static const char *field(const json_t *line, const char *key)
{
    return json_string_value(json_object_get(line, key));
}

static void test_json_line(void **state)
{
    (void)state;
    Err err = {0};
    LogOptions options = {
        .format = LOG_JSON, .level = LOG_INFO, .file = path, .recipe = "loans", .env = "dev"};
    Log *log = log_open(&options, mem, &err);
    log_set_run(log, "r1");
    log_event(log, LOG_INFO, "chunk.committed", "{s:s, s:I, s:f, s:s?, s:b, s:s}", "table",
              "a\"b\nc", "rows", (json_int_t)INT64_MAX, "rate", 0.1, "hint", NULL, "last", 1, "ts",
              "not mine");
    log_close(log);
    char *text = content();
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    assert_non_null(strstr(text, "\"rate\":0.1,"));
    json_t *line = json_loads(text, 0, NULL);
    assert_non_null(line);
    const char *ts = field(line, "ts");
    int year, month, day, hour, minute, second, ms, n = 0;
    sscanf(ts, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &year, &month, &day, &hour, &minute, &second, &ms,
           &n);
    assert_int_equal(n, 24);
    assert_int_equal(strlen(ts), 24);
    assert_string_equal(field(line, "level"), "info");
    assert_string_equal(field(line, "event"), "chunk.committed");
    assert_string_equal(field(line, "run_id"), "r1");
    assert_string_equal(field(line, "recipe"), "loans");
    assert_string_equal(field(line, "env"), "dev");
    assert_string_equal(field(line, "table"), "a\"b\nc");
    assert_int_equal(json_integer_value(json_object_get(line, "rows")), INT64_MAX);
    assert_true(json_is_null(json_object_get(line, "hint")));
    assert_true(json_is_true(json_object_get(line, "last")));
    json_decref(line);
}

static void test_json_without_context(void **state)
{
    (void)state;
    Log *log = open_log(LOG_JSON, LOG_INFO);
    log_event(log, LOG_WARN, "a", NULL);
    log_set_run(log, "r1");
    log_set_run(log, "r2");
    log_set_context(log, "x", NULL);
    log_event(log, LOG_ERROR, "b", NULL);
    log_set_run(log, NULL);
    log_close(log);
    char *text = content(), *second = strchr(text, '\n') + 1;
    assert_non_null(strstr(text, ",\"level\":\"warn\",\"event\":\"a\"}\n"));
    assert_string_equal(
        strstr(second, ",\"level\""),
        ",\"level\":\"error\",\"event\":\"b\",\"run_id\":\"r2\",\"recipe\":\"x\"}\n");
}

static void test_text_line(void **state)
{
    (void)state;
    Log *log = open_log(LOG_TEXT, LOG_DEBUG);
    log_set_run(log, "r1");
    log_event(log, LOG_INFO, "table.finished", "{s:s, s:I, s:s?, s:s, s:s, s:s, s:s, s:[s,i]}",
              "table", "loans", "rows", (json_int_t)1000, "hint", NULL, "say", "two words", "q",
              "a\"b\\", "empty", "", "esc", "\x1b[2J\n\xC2\x9B", "list", "x", 1);
    log_event(log, LOG_DEBUG, "plan.built", NULL);
    log_close(log);
    char *text = content();
    assert_int_equal(strspn(text, "0123456789:"), 8);
    assert_int_equal(text[2], ':');
    char *end = strchr(text, '\n');
    *end = '\0';
    assert_string_equal(text + 8, " info  table.finished table=loans rows=1000 say=\"two words\" "
                                  "q=\"a\\\"b\\\\\" empty=\"\" "
                                  "esc=\"\\x1b[2J\\n\\x9b\" list=[\"x\",1]");
    assert_string_equal(end + 1 + 8, " debug plan.built\n");
}

static void test_levels_and_null(void **state)
{
    (void)state;
    Log *log = open_log(LOG_TEXT, LOG_WARN);
    log_event(log, LOG_INFO, "dropped", NULL);
    log_event(log, LOG_DEBUG, "dropped", "{s:i}", "n", 1);
    log_event(log, LOG_WARN, "kept", NULL);
    log_close(log);
    char *text = content();
    assert_null(strstr(text, "dropped"));
    assert_non_null(strstr(text, "kept"));
    log_event(NULL, LOG_ERROR, "nothing", NULL);
    log_set_run(NULL, "x");
    log_set_context(NULL, "x", "y");
    log_set_hook(NULL, NULL, NULL);
    log_close(NULL);
}

static void test_bytes_that_are_not_utf8(void **state)
{
    (void)state;
    Log *log = open_log(LOG_JSON, LOG_INFO);
    log_set_context(log, "bad\xFFname", NULL);
    log_event(log, LOG_INFO, "error", "{s:s, s:s}", "file", "x\xFE", "more", "y");
    log_close(log);
    json_t *line = json_loads(content(), 0, NULL);
    assert_non_null(line); /* the event is there, although its fields could not be */
    assert_string_equal(field(line, "event"), "error");
    assert_string_equal(field(line, "recipe"), "bad?name");
    assert_non_null(field(line, "fields_lost"));
    json_decref(line);
}

static void test_file_is_appended_private_and_no_link(void **state)
{
    (void)state;
    mode_t mask = umask(0);
    log_close(open_log(LOG_TEXT, LOG_INFO));
    umask(mask);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    for (int i = 0; i < 2; i++) {
        Log *log = open_log(LOG_TEXT, LOG_INFO);
        log_event(log, LOG_INFO, i ? "second" : "first", NULL);
        log_close(log);
    }
    char *text = content();
    assert_non_null(strstr(text, "first"));
    assert_non_null(strstr(text, "second"));

    unlink(path);
    char target[128];
    snprintf(target, sizeof target, "%s/target", dir);
    assert_int_equal(symlink(target, path), 0);
    Err err = {0};
    assert_null(log_open(&(LogOptions){.file = path}, mem, &err));
    assert_int_equal(err_code(&err), ERR_IO);
    assert_non_null(strstr(err.first->message, path));
    assert_non_null(strstr(err.first->message, "symbolic link"));
    assert_false(os_exists(target));

    err_clear(&err);
    assert_null(log_open(&(LogOptions){.file = "/nonexistent/log"}, mem, &err));
    assert_non_null(strstr(err.first->message, "No such file"));
}

enum { THREADS = 8, LINES = 500 };

static void *chatter(void *arg)
{
    char text[700];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < LINES; i++) {
        log_event(arg, LOG_INFO, "tick", "{s:i, s:s}", "n", i, "pad", text);
        if (i % 50 == 0)
            log_set_run(arg, text);
    }
    return NULL;
}

static void test_threads_do_not_mix(void **state)
{
    (void)state;
    Log *log = open_log(LOG_JSON, LOG_INFO);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, chatter, log), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    log_close(log);
    int lines = 0;
    for (char *line = content(), *end; (end = strchr(line, '\n')); line = end + 1, lines++) {
        json_t *object = json_loadb(line, (size_t)(end - line), 0, NULL);
        assert_non_null(object);
        json_decref(object);
    }
    assert_int_equal(lines, THREADS * LINES);
}

static void test_full_disk(void **state)
{
    (void)state;
    Err err = {0};
    Log *log = log_open(&(LogOptions){.file = "/dev/full"}, mem, &err);
    assert_non_null(log);
    errno = 7;
    log_event(log, LOG_ERROR, "error", "{s:s}", "message", "x");
    assert_int_equal(errno, 7);
    log_close(log);
}

/* A file size limit cuts a line; when there is room again, the next line begins on its own. */
static void test_line_after_a_cut_one(void **state)
{
    (void)state;
    struct rlimit before, tight;
    getrlimit(RLIMIT_FSIZE, &before);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    tight = before;
    tight.rlim_cur = 20;
    Log *log = open_log(LOG_TEXT, LOG_INFO);
    setrlimit(RLIMIT_FSIZE, &tight);
    log_event(log, LOG_INFO, "a.long.event.name", NULL);
    log_event(log, LOG_INFO, "lost", NULL);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    log_event(log, LOG_INFO, "whole", NULL);
    log_event(log, LOG_INFO, "next", NULL);
    log_close(log);
    char *text = content();
    assert_int_equal(text[20], '\n');
    assert_string_equal(text + 21 + 8 + strlen(" info  whole\n") + 8, " info  next\n");
}

static int hook_calls[2];
static void count_calls(void *ctx, bool before)
{
    assert_ptr_equal(ctx, hook_calls);
    hook_calls[before]++;
}

static void test_hook_only_on_a_terminal(void **state)
{
    (void)state;
    Log *log = open_log(LOG_TEXT, LOG_INFO);
    log_set_hook(log, count_calls, hook_calls);
    log_event(log, LOG_INFO, "to.file", NULL);
    log_close(log);
    assert_int_equal(hook_calls[0] + hook_calls[1], 0);

    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) || unlockpt(master))
        skip();
    int old = dup(STDERR_FILENO), slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    dup2(slave, STDERR_FILENO);
    Err err = {0};
    log = log_open(&(LogOptions){.format = LOG_TEXT}, mem, &err);
    log_set_hook(log, count_calls, hook_calls);
    log_event(log, LOG_INFO, "to.terminal", NULL);
    log_set_hook(log, NULL, NULL);
    log_event(log, LOG_INFO, "unhooked", NULL);
    log_close(log);
    assert_int_not_equal(fcntl(STDERR_FILENO, F_GETFD), -1); /* still open */
    dup2(old, STDERR_FILENO);
    char text[256] = "";
    assert_true(read(master, text, sizeof text - 1) > 0);
    close(old), close(slave), close(master);
    assert_non_null(strstr(text, "to.terminal"));
    assert_int_equal(hook_calls[true], 1);
    assert_int_equal(hook_calls[false], 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_json_line),
        TEST(test_json_without_context),
        TEST(test_text_line),
        TEST(test_levels_and_null),
        TEST(test_bytes_that_are_not_utf8),
        TEST(test_file_is_appended_private_and_no_link),
        TEST(test_threads_do_not_mix),
        TEST(test_full_disk),
        TEST(test_line_after_a_cut_one),
        TEST(test_hook_only_on_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

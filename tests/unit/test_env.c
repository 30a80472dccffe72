/* Environment files: what they may say, and that every mistake is found at its line and column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "env/env.h"

typedef struct Fixture {
    char dir[64];
    char *before;
    Arena *mem;
    Err err;
} Fixture;

static int setup(void **state)
{
    Fixture *f = calloc(1, sizeof *f);
    f->before = getcwd(NULL, 0);
    strcpy(f->dir, "/tmp/seedpipe-env-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    assert_int_equal(chdir(f->dir), 0);
    assert_int_equal(mkdir("envs", 0700), 0);
    f->mem = arena_new();
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    Fixture *f = *state;
    assert_int_equal(system("rm -rf envs"), 0);
    assert_int_equal(chdir(f->before), 0);
    assert_int_equal(rmdir(f->dir), 0);
    free(f->before);
    arena_free(f->mem);
    free(f);
    return 0;
}

static void put_file(const char *path, const char *text, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static const Env *load_bytes(Fixture *f, const char *text, size_t n)
{
    err_clear(&f->err);
    put_file("envs/t.yaml", text, n);
    return env_load("t", true, f->mem, &f->err);
}

static const Env *load(Fixture *f, const char *text)
{
    return load_bytes(f, text, strlen(text));
}

static void assert_has(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("\"%s\" lacks \"%s\"", text ? text : "(nothing)", part);
}

/* The file is refused at this place, with these words in message or hint. */
static void refused(Fixture *f, const char *text, const char *place, const char *words)
{
    if (load(f, text))
        fail_msg("was taken: %s", text);
    assert_int_equal(err_exit_status(&f->err), 2);
    const ErrItem *e = f->err.first;
    const char *where = arena_printf(f->mem, "envs/t.yaml:%s", place);
    if (!e->where || strcmp(e->where, where) != 0)
        fail_msg("%s: at %s, expected %s: %s", text, e->where ? e->where : "(nowhere)", where,
                 e->message);
    assert_has(arena_printf(f->mem, "%s: %s; %s", e->subject ? e->subject : "", e->message,
                            e->hint ? e->hint : ""),
               words);
}

static void test_all_keys(void **state)
{
    Fixture *f = *state;
    const Env *env = load(f, "# comment\n"
                             "url: postgres://ann:pa#ss@db/app\n"
                             "scale: 0.5\n"
                             "rows: { borrowers: 250, loans: 0 }\n"
                             "pii: keep\n"
                             "protected: true\n"
                             "allowed_hosts:\n  - db1.example.com\n  - 10.0.0.1\n"
                             "lock_timeout: 30s\n"
                             "statement_timeout: 5m\n"
                             "batch: 2000\n"
                             "jobs: 4\n"
                             "confirm_rows: 0\n"
                             "reconnect_timeout: 1m\n");
    assert_non_null(env);
    assert_string_equal(env->name, "t");
    assert_string_equal(env->path, "envs/t.yaml");
    assert_string_equal(env->url, "postgres://ann:pa#ss@db/app");
    assert_string_equal(env->url_where, "envs/t.yaml:2:6");
    assert_true(env->scale == 0.5);
    assert_int_equal(env->nrows, 2);
    assert_string_equal(env->rows[0].table, "borrowers");
    assert_int_equal(env->rows[0].rows, 250);
    assert_int_equal(env->rows[1].rows, 0);
    assert_true(env->pii_keep);
    assert_true(env->is_protected);
    assert_int_equal(env->nallowed, 2);
    assert_string_equal(env->allowed_hosts[1], "10.0.0.1");
    assert_true(env->lock_timeout == 30 && env->statement_timeout == 300);
    assert_true(env->reconnect_timeout == 60);
    assert_int_equal(env->batch, 2000);
    assert_int_equal(env->jobs, 4);
    assert_int_equal(env->confirm_rows, 0);
}

static void test_defaults(void **state)
{
    Fixture *f = *state;
    const Env *env = env_load(NULL, false, f->mem, &f->err);
    assert_non_null(env);
    assert_string_equal(env->name, "dev");
    assert_null(env->path);
    assert_string_equal(env->url, "sqlite:seedpipe-dev.db");
    assert_false(env->is_protected || env->pii_keep);
    assert_int_equal(env->confirm_rows, 10000);
    assert_non_null(env_load("dev", true, f->mem, &f->err));
    env = load(f, "");
    assert_non_null(env);
    assert_null(env->url); /* only dev has a database of its own */
    assert_non_null(load(f, "# nothing but a comment\n"));
    assert_non_null(load(f, "\xef\xbb\xbfscale: 2\n")); /* a byte order mark */
    assert_non_null(load(f, "---\nscale: 2\n...\n"));
    assert_non_null(load(f, "scale: 2\r\njobs: 2\r\n"));
}

static void test_no_file(void **state)
{
    Fixture *f = *state;
    put_file("envs/staging.yaml", "scale: 1\n", 9);
    put_file("envs/prod.yaml", "scale: 1\n", 9);
    put_file("envs/old.yml", "scale: 1\n", 9);
    assert_null(env_load("stagng", true, f->mem, &f->err));
    assert_int_equal(err_exit_status(&f->err), 2);
    assert_has(f->err.first->message, "envs/stagng.yaml");
    assert_has(f->err.first->hint, "did you mean staging? There are: prod, staging");
    err_clear(&f->err);
    assert_null(env_load("old", true, f->mem, &f->err));
    assert_has(f->err.first->hint, "rename envs/old.yml to old.yaml");
    const char *const names[] = {"../prod", "a/b", "", ".hidden", "-x", "a b", "a\n"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        err_clear(&f->err);
        assert_null(env_load(names[i], true, f->mem, &f->err));
        assert_has(f->err.first->message, "cannot be the name");
        assert_int_equal(err_exit_status(&f->err), 2);
    }
}

static void test_keys(void **state)
{
    Fixture *f = *state;
    refused(f, "scale: 1\nlock_timout: 3\n", "2:1", "did you mean lock_timeout?");
    refused(f, "password: x\n", "1:1", "the settings are: url, scale");
    refused(f, "scale: 1\njobs: 2\nscale: 3\n", "3:1", "first set in line 1");
    refused(f, "rows: { a: 1, a: 2 }\n", "1:15", "twice");
    refused(f, "<<: { scale: 1 }\n", "1:1", "merge keys");
    refused(f, "[a]: 1\n", "1:1", "a key must be a name");
    refused(f, "- scale\n", "1:1", "a map of settings");
    refused(f, "scale\n", "1:1", "a map of settings");
}

static void test_every_mistake_is_told(void **state)
{
    Fixture *f = *state;
    assert_null(load(f, "scale: x\nprotected: maybe\nrows: {a: -1, b: 1.5}\nzzz: 1\n"));
    assert_int_equal(f->err.count, 5);
    assert_string_equal(f->err.last->where, "envs/t.yaml:4:1");
}

static void test_types(void **state)
{
    Fixture *f = *state;
    refused(f, "protected: yes\n", "1:12", "write true");
    refused(f, "protected: Off\n", "1:12", "write false");
    refused(f, "protected: \"true\"\n", "1:12", "without quotes");
    refused(f, "protected: 1\n", "1:12", "true or false");
    refused(f, "protected: [true]\n", "1:12", "not a list");
    refused(f, "jobs: 010\n", "1:7", "write 10");
    refused(f, "batch: 1_000\n", "1:8", "write 1000");
    refused(f, "batch: 1,000\n", "1:8", "write 1000");
    refused(f, "jobs: \"4\"\n", "1:7", "write 4 without quotes");
    refused(f, "jobs: 0\n", "1:7", "from 1 to 256");
    refused(f, "jobs: -1\n", "1:7", "not below 0");
    refused(f, "jobs: 2.5\n", "1:7", "a whole number");
    refused(f, "jobs: 0x10\n", "1:7", "a whole number");
    refused(f, "batch: 99999999999999999999\n", "1:8", "a whole number");
    refused(f, "jobs:\n", "1:6", "is empty");
    refused(f, "jobs: ~\n", "1:7", "is empty");
    refused(f, "scale: 0\n", "1:8", "above 0");
    refused(f, "scale: 1e3\n", "1:8", "a factor");
    refused(f, "scale: .inf\n", "1:8", "a factor");
    refused(f, "scale: 10x\n", "1:8", "a factor");
    refused(f, "url: 5432\n", "1:6", "needs quotes");
    refused(f, "url: true\n", "1:6", "needs quotes");
    refused(f, "url: {a: b}\n", "1:6", "not a map");
    refused(f, "url: \"\"\n", "1:6", "is empty");
    refused(f, "pii: no\n", "1:6", "mask or keep");
    refused(f, "pii: hide\n", "1:6", "mask or keep");
    refused(f, "rows: 5\n", "1:7", "a map from tables");
    refused(f, "rows: [5]\n", "1:7", "a map from tables");
    refused(f, "rows: { loans: many }\n", "1:16", "rows.loans");
    refused(f, "allowed_hosts: db1\n", "1:16", "a list of host names");
    refused(f, "allowed_hosts: []\n", "1:16", "is empty");
    refused(f, "allowed_hosts: [db1, postgres://db1/x]\n", "1:22", "a host name alone");
    refused(f, "allowed_hosts: [no]\n", "1:17", "needs quotes");
    refused(f, "lock_timeout: 1:30\n", "1:15", "30s");
    refused(f, "lock_timeout: soon\n", "1:15", "30s");
    refused(f, "statement_timeout: 8000h\n", "1:20", "7 days");
}

static void test_yaml(void **state)
{
    Fixture *f = *state;
    refused(f, "url: &a x:y\n", "1:6", "anchors");
    refused(f, "rows: &a {b: 1}\n", "1:7", "anchors");
    refused(f, "url: *a\n", "1:6", "anchors");
    refused(f, "jobs: !!int 3\n", "1:7", "tags");
    refused(f, "scale: 1\n---\nscale: 2\n", "2:1", "a second document");
    refused(f, "scale: 1\n\tjobs: 2\n", "2:1", "tab");
    refused(f, "scale: [1\n", "2:1", "not valid YAML");
    refused(f, "rows: {a: {b: {c: {d: {e: 1}}}}}\n", "1:20", "nested too deep");
    refused(f, "scale: 1\nurl: \"a\xff\"\n", "2:8", "not valid UTF-8");
    refused(f, "url: \"a\\0b\"\n", "1:6", "NUL");
    assert_null(load_bytes(f, "a\0b", 3));
    assert_string_equal(f->err.first->where, "envs/t.yaml:1:2");
    assert_null(load_bytes(f, "\xff\xfes\0c\0", 6)); /* UTF-16 */
    assert_int_equal(err_exit_status(&f->err), 2);
    size_t n = 70000;
    char *big = malloc(n);
    memset(big, '#', n);
    assert_null(load_bytes(f, big, n));
    assert_int_equal(err_exit_status(&f->err), 2);
    free(big);
    err_clear(&f->err);
    assert_int_equal(mkdir("envs/d.yaml", 0700), 0);
    assert_null(env_load("d", true, f->mem, &f->err));
    assert_int_equal(err_exit_status(&f->err), 2);
}

static void test_secrets_stay_out(void **state)
{
    Fixture *f = *state;
    assert_null(load(f, "url: [\"postgres://ann:s3cret@db/app\"]\nscale: s3cret-too\n"));
    for (const ErrItem *e = f->err.first; e; e = e->next) {
        assert_null(strstr(e->message, "s3cret"));
        assert_true(!e->hint || !strstr(e->hint, "s3cret"));
    }
}

static void test_expand(void **state)
{
    Fixture *f = *state;
    setenv("SP_TEST_A", "alpha", 1);
    setenv("SP_TEST_EMPTY", "", 1);
    unsetenv("SP_TEST_NONE");
    const char *const good[][2] = {
        {"plain $ text $A $", "plain $ text $A $"},
        {"${SP_TEST_A}", "alpha"},
        {"x${SP_TEST_A}y${SP_TEST_A}", "xalphayalpha"},
        {"${SP_TEST_A:-other}", "alpha"},
        {"${SP_TEST_NONE:-other}!", "other!"},
        {"${SP_TEST_EMPTY:-}", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_string_equal(env_expand(good[i][0], "w", f->mem, &f->err), good[i][1]);
    assert_int_equal(f->err.count, 0);
    const char *const bad[][2] = {
        {"${SP_TEST_NONE}", "SP_TEST_NONE is not set"},
        {"${SP_TEST_EMPTY}", "SP_TEST_EMPTY is not set"},
        {"${SP_TEST_A", "without its }"},
        {"${}", "the name of a variable"},
        {"${1A}", "the name of a variable"},
        {"${A B}", "the name of a variable"},
        {"${A-b}", "the name of a variable"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        err_clear(&f->err);
        assert_null(env_expand(bad[i][0], "envs/t.yaml:2:6", f->mem, &f->err));
        assert_has(f->err.first->message, bad[i][1]);
        assert_string_equal(f->err.first->where, "envs/t.yaml:2:6");
        assert_int_equal(err_exit_status(&f->err), 2);
    }
}

static void test_unset_variable_is_fine_until_used(void **state)
{
    Fixture *f = *state;
    unsetenv("SP_TEST_NONE");
    const Env *env = load(f, "url: ${SP_TEST_NONE}\n");
    assert_non_null(env);
    assert_string_equal(env->url, "${SP_TEST_NONE}");
}

static void test_expansion_is_bounded(void **state)
{
    Fixture *f = *state;
    char *big = malloc(60001);
    memset(big, 'x', 60000);
    big[60000] = '\0';
    setenv("SP_TEST_BIG", big, 1);
    assert_null(env_expand("${SP_TEST_BIG}${SP_TEST_BIG}", "w", f->mem, &f->err));
    assert_has(f->err.first->message, "too long");
    unsetenv("SP_TEST_BIG");
    free(big);
}

static void test_seconds(void **state)
{
    (void)state;
    double s = -1;
    assert_true(env_parse_seconds("30", &s) && s == 30);
    assert_true(env_parse_seconds("0", &s) && s == 0);
    assert_true(env_parse_seconds("2.5s", &s) && s == 2.5);
    assert_true(env_parse_seconds("500ms", &s) && s == 0.5);
    assert_true(env_parse_seconds("5m", &s) && s == 300);
    assert_true(env_parse_seconds("168h", &s) && s == ENV_MAX_SECONDS);
    const char *const bad[] = {"",    "s",   "-1", "+1",   "1 s", "1d",  "1.", ".5",
                               "1e3", "0x1", "5M", "169h", "1s2", "nan", "inf"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (env_parse_seconds(bad[i], &s))
            fail_msg("%s was taken for %g", bad[i], s);
}

/* The files that come with the project are what people copy. */
static void test_own_files(void **state)
{
    Fixture *f = *state;
    assert_int_equal(chdir(f->before), 0);
    int n = 0;
    const char *const *names = env_names(&n, f->mem);
    assert_int_equal(n, 3);
    for (int i = 0; i < n; i++) {
        const Env *env = env_load(names[i], true, f->mem, &f->err);
        assert_non_null(env);
        assert_non_null(env->url);
        assert_int_equal(env->is_protected, strcmp(names[i], "prod") == 0);
    }
    assert_int_equal(chdir(f->dir), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_all_keys),
        TEST(test_defaults),
        TEST(test_no_file),
        TEST(test_keys),
        TEST(test_every_mistake_is_told),
        TEST(test_types),
        TEST(test_yaml),
        TEST(test_secrets_stay_out),
        TEST(test_expand),
        TEST(test_unset_variable_is_fine_until_used),
        TEST(test_expansion_is_bounded),
        TEST(test_seconds),
        TEST(test_own_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

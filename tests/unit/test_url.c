/* Database URLs: every part, every form, and errors that never repeat what may be a password. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "db/db.h"

static Arena *mem;

static int setup(void **state)
{
    (void)state;
    mem = arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(mem);
    return 0;
}

static const char *shown(const char *s)
{
    return s ? s : "-";
}

/* "engine user password host port database path query socket", '-' for what is not there. */
static const char *parts(const char *text, const char **url_shown)
{
    DbUrl url;
    Err err = {0};
    if (!db_url_parse(text, &url, mem, &err))
        return arena_printf(mem, "error: %s", err.first->message);
    *url_shown = url.shown;
    return arena_printf(mem, "%s %s %s %s %s %s %s %s %s", engine_name(url.engine), shown(url.user),
                        shown(url.password), shown(url.host), shown(url.port), shown(url.database),
                        shown(url.path), shown(url.query), shown(url.socket));
}

static void test_parts(void **state)
{
    static const struct {
        const char *url, *parts, *shown;
    } cases[] = {
        {"postgres://ann:secret@db.example.org:5433/shop?sslmode=require",
         "PostgreSQL ann secret db.example.org 5433 shop - sslmode=require -",
         "postgres://ann@db.example.org:5433/shop"},
        {"postgresql://localhost/shop", "PostgreSQL - - localhost - shop - - -",
         "postgresql://localhost/shop"},
        {"POSTGRES://h/d", "PostgreSQL - - h - d - - -", "postgres://h/d"},
        {"postgres:///shop", "PostgreSQL - - - - shop - - -", "postgres:///shop"},
        {"postgres://", "PostgreSQL - - - - - - - -", "postgres://"},
        {"postgres://h", "PostgreSQL - - h - - - - -", "postgres://h"},
        {"postgres://h/", "PostgreSQL - - h - - - - -", "postgres://h"},
        {"postgres://ann@/shop?host=/var/run/pg",
         "PostgreSQL ann - - - shop - host=/var/run/pg /var/run/pg",
         "postgres://ann@/shop?host=/var/run/pg"},
        {"postgres://%2Fvar%2Frun/shop", "PostgreSQL - - - - shop - - /var/run",
         "postgres:///shop?host=/var/run"},
        {"postgres://localhost/shop?host=/run", "PostgreSQL - - - - shop - host=/run /run",
         "postgres:///shop?host=/run"},
        {"postgres:///?dbname=shop&user=u&password=p%26&port=5433",
         "PostgreSQL u p& - 5433 shop - dbname=shop&user=u&password=p%26&port=5433 -",
         "postgres://u@:5433/shop"},
        {"mysql://root@127.0.0.1:3307/shop", "MySQL root - 127.0.0.1 3307 shop - - -",
         "mysql://root@127.0.0.1:3307/shop"},
        {"mariadb://u:p@/shop?socket=/tmp/my%20sql.sock",
         "MariaDB u p - - shop - socket=/tmp/my%20sql.sock /tmp/my sql.sock",
         "mariadb://u@/shop?socket=/tmp/my%20sql.sock"},
        {"mysql://u:@h/d", "MySQL u  h - d - - -", "mysql://u@h/d"},
        {"mysql://:p@h/d", "MySQL - p h - d - - -", "mysql://h/d"},
        {"postgres://[::1]:5432/d", "PostgreSQL - - ::1 5432 d - - -", "postgres://[::1]:5432/d"},
        {"postgres://u:p@[fe80::1%25eth0]/d", "PostgreSQL u p fe80::1%eth0 - d - - -",
         "postgres://u@[fe80::1%25eth0]/d"},
        {"postgres://u%40x:p%3A%2F%40%25@h/d%2F1", "PostgreSQL u@x p:/@% h - d/1 - - -",
         "postgres://u%40x@h/d%2F1"},
        {"postgres://u:p@ss:w@rd@h/d", "PostgreSQL u p@ss:w@rd h - d - - -", "postgres://u@h/d"},
        {"postgres://h/d%0Ax", "PostgreSQL - - h - d\nx - - -", "postgres://h/d%0Ax"},
        {"sqlite:dev.db", "SQLite - - - - - dev.db - -", "sqlite:dev.db"},
        {"sqlite:./My Data/dev%3F%25.db", "SQLite - - - - - ./My Data/dev?%.db - -",
         "sqlite:./My Data/dev%3F%25.db"},
        {"sqlite:/abs/dev.db", "SQLite - - - - - /abs/dev.db - -", "sqlite:/abs/dev.db"},
        {"sqlite:///abs/dev.db", "SQLite - - - - - /abs/dev.db - -", "sqlite:/abs/dev.db"},
        {"sqlite:////abs/dev.db", "SQLite - - - - - /abs/dev.db - -", "sqlite:/abs/dev.db"},
        {"sqlite://rel/dev.db", "SQLite - - - - - rel/dev.db - -", "sqlite:rel/dev.db"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *url_shown = NULL, *is = parts(cases[i].url, &url_shown);
        if (strcmp(is, cases[i].parts) != 0 || strcmp(shown(url_shown), cases[i].shown) != 0)
            fail_msg("%s\n  is        %s  (%s)\n  should be %s  (%s)", cases[i].url, is,
                     shown(url_shown), cases[i].parts, cases[i].shown);
    }
}

/* Nothing that stands behind the scheme comes back: not in the message, the hint, or the subject.
 */
static void test_errors(void **state)
{
    static const struct {
        const char *url, *message;
    } cases[] = {
        {"", "does not begin with a scheme"},
        {"s3cret", "does not begin with a scheme"},
        {"s3cret:pw@host/db", "does not begin with a scheme"},
        {"mongodb://s3cret@h/d", "\"mongodb://\" is no database"},
        {"postgress://s3cret@h/d", "\"postgress://\" is no database"},
        {"postgres:s3cret@h/d", "not followed by //"},
        {"postgres://u:s3cret@h:54x/d", "the port is not a number"},
        {"postgres://u:s3cret@h:0/d", "the port is not a number"},
        {"postgres://u:s3cret@h:65536/d", "the port is not a number"},
        {"postgres://u:s3cret/x@h/d", "more than one part"},
        {"postgres://u:s3cret?x@h/d", "the port is not a number"},
        {"postgres://u:s3cret#1@::1/d", "more than one colon"},
        {"postgres://u:s3cret@[::1/d", "no closing bracket"},
        {"postgres://u:s3cret@[::1]x/d", "something other than a port"},
        {"postgres://u:s3cret@a,b/d", "more than one host"},
        {"postgres://u:s3cret@a%2Cb/d", "more than one host"},
        {"postgres://u:s3cret@/d?host=a,b", "more than one host"},
        {"postgres://u:s3cret@/d?host=/a,b", "more than one host"},
        {"mysql://u:s3cret@a%2Fb/d", "no host name has"},
        {"postgres://u:s3cret%zz@h/d", "the password has a %"},
        {"postgres://u:s3cret%00@h/d", "the password has a %"},
        {"postgres://u:s3cret%4@h/d", "the password has a %"},
        {"postgres://u:s3c ret@h/d", "a blank or a control character"},
        {"postgres://u:s3cret\n@h/d", "a blank or a control character"},
        {"postgres://u:s3cret@h/d/e", "more than one part"},
        {"postgres://h/d?s3cret", "not made of name=value"},
        {"postgres://localhost/d?host=prod.s3cret", "says \"host\" twice"},
        {"postgres://localhost/d?hostaddr=10.0.0.s3cret", "would hide which server"},
        {"postgres:///d?service=s3cret", "would hide which server"},
        {"postgres://u:x@h/d?password=s3cret", "says \"password\" twice"},
        {"postgres://prod.s3cret/d?host=/run", "a host and a socket"},
        {"mysql://prod.s3cret/d?socket=/run/x", "a host and a socket"},
        {"mysql://h/d?port=s3cret", "the port is not a number"},
        {"sqlite:", "no file is named"},
        {"sqlite://", "no file is named"},
        {"sqlite::memory:", "in memory"},
        {"sqlite:s3cret.db?mode=ro", "takes no query"},
        {"sqlite:s3cret\x01.db", "a blank or a control character"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        DbUrl url;
        Err err = {0};
        if (db_url_parse(cases[i].url, &url, mem, &err))
            fail_msg("%s: no error", cases[i].url);
        const ErrItem *e = err.first;
        assert_int_equal(err.count, 1);
        assert_int_equal(e->code, ERR_URL);
        assert_int_equal(err_exit_status(&err), 2);
        if (!strstr(e->message, cases[i].message))
            fail_msg("%s: %s", cases[i].url, e->message);
        if (strstr(e->message, "cret") || (e->hint && strstr(e->hint, "cret")) ||
            (e->subject && strstr(e->subject, "cret")))
            fail_msg("%s: the error shows a secret", cases[i].url);
    }
}

static void test_local(void **state)
{
    static const struct {
        const char *url;
        bool local;
    } cases[] = {
        {"sqlite:x.db", true},
        {"postgres:///d", true},
        {"postgres://localhost/d", true},
        {"postgres://LocalHost/d", true},
        {"postgres://127.0.0.1/d", true},
        {"mysql://127.9.8.7/d", true},
        {"postgres://[::1]/d", true},
        {"mysql:///d?socket=/tmp/x", true},
        {"postgres:///d?host=/tmp", true},
        {"postgres://db/d", false},
        {"postgres://10.0.0.1/d", false},
        {"postgres://127.0.0.1.evil.org/d", false},
        {"postgres://127.evil.org/d", false},
        {"postgres://localhost.evil.org/d", false},
        {"postgres://[::2]/d", false},
        {"postgres:///d?host=prod", false},
        {"postgres://127.0.0/d", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        DbUrl url;
        Err err = {0};
        assert_true(db_url_parse(cases[i].url, &url, mem, &err));
        if (db_url_is_local(&url) != cases[i].local)
            fail_msg("%s", cases[i].url);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_parts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_local, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

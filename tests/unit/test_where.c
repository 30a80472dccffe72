/* --where: one expression, whole in itself, as each engine reads it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exec/modify.h"

#define L   (1 << ENGINE_SQLITE)
#define P   (1 << ENGINE_POSTGRES)
#define M   (1 << ENGINE_MYSQL | 1 << ENGINE_MARIADB)
#define ALL (L | P | M)

typedef struct Case {
    const char *where;
    int fine;        /* engines that let it pass */
    const char *why; /* what the others say */
} Case;

static const char quote[] = "this quote has no end", comment[] = "a condition has no comments",
                  second[] = "one condition is expected, and no second statement",
                  opened[] = "this bracket was never opened",
                  closed[] = "this bracket is never closed",
                  dollar[] = "a condition has no dollar quotes",
                  parameter[] = "a condition has no parameters",
                  control[] = "a condition has no control characters",
                  query[] = "a condition on the table's columns is expected, and no query";

static const Case cases[] = {
    {"a = 1", ALL, NULL},
    {"a = 'it''s; (--'", ALL, NULL},
    {"\"odd;)(\" = 1", ALL, NULL},
    {"\"a\"\"b;\" = 1", ALL, NULL},
    {"(a = 1 OR b IN (SELECT c FROM d)) AND e = ')'", ALL, NULL},
    {"a\n=\t1", ALL, NULL},
    {"n\xC3\xA4me = '\xC3\xA4;'", ALL, NULL},
    {"SELECT 1", 0, query},
    {" (select a FROM b)", 0, query},
    {"WITH x AS (SELECT 1) SELECT 2", 0, query},
    {"VALUES (1)", 0, query},
    {"Table\tusers", 0, query},
    {"selected = 1 AND tables IS NULL", ALL, NULL},
    {"EXISTS (SELECT 1)", ALL, NULL},
    {"(SELECT count(*) FROM b WHERE c = ')') > 1", ALL, NULL},
    {"((SELECT 1) = a)", ALL, NULL},
    {"((SELECT 1) )", 0, query},
    {"(SELECT ')')", 0, query},
    {"a = 1;", 0, second},
    {"1 = 1; DROP TABLE users", 0, second},
    {"a = ';' ; b", 0, second},
    {"1 = 1) OR (1 = 1", 0, opened},
    {"a = 1)", 0, opened},
    {"(a = 1", 0, closed},
    {"((a = 1)", 0, closed},
    {"a = '(' AND (b = ')'", 0, closed},
    {"a = 'x", 0, quote},
    {"\"a = 1", 0, quote},
    {"a = 'x''", 0, quote},
    {"a = 1 -- x", 0, comment},
    {"a = 1--", 0, comment},
    {"a = 5--3", M, comment},
    {"a = 1 /* x */", 0, comment},
    {"a = 1 /*! OR 1 = 1 */", 0, comment},
    {"a = '/* x */' AND b = '-- y'", ALL, NULL},
    {"a = 1 # x", L | P, comment},
    {"a = ?", 0, parameter},
    {"a = '?'", ALL, NULL},
    {"a = :b", P | M, parameter},
    {"a = @b", P | M, parameter},
    {"a = b::text", P | M, parameter},
    {"a = 1\r", 0, control},
    {"a = '\x01'", ALL, NULL},
    /* backslashes: MySQL's texts, and PostgreSQL's E'' */
    {"a = 'x\\' OR b = '; DROP TABLE c; #'", L | P, second},
    {"a = 'x\\'", L | P, quote},
    {"a = 'x\\\\'", ALL, NULL},
    {"a = \"x\\\" OR 1 = 1; \"", M, second},
    {"a = E'it\\'s (;'", P | M, quote},
    {"a = e'x\\\\'", ALL, NULL},
    {"type'x\\'", L | P, quote},
    {"`a\\` = 1", ALL, NULL},
    /* names in backticks and brackets */
    {"`a;b)` = 1", L | M, second},
    {"`a``;` = 1", L | M, second},
    {"`a = 1", P, quote},
    {"[a;b)(] = 1", L, second},
    {"[a = 1", P | M, quote},
    {"a[1] = 2", ALL, NULL},
    /* dollars */
    {"a = $$x; y$$", 0, dollar},
    {"a = $tag$x$tag$", 0, dollar},
    {"a = $1", 0, dollar},
    {"a$b = 1", ALL, NULL},
};

static void the_matrix(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int engine = ENGINE_SQLITE; engine <= ENGINE_MYSQL; engine++) {
            Err err = {0};
            bool fine = modify_check_where((Engine)engine, cases[i].where, mem, &err);
            bool wanted = cases[i].fine & (1 << engine);
            if (fine != wanted)
                print_message("%s, %s: %s\n", engine_name((Engine)engine), cases[i].where,
                              fine ? "passed" : err.first->message);
            wrong += fine != wanted;
            if (!fine) {
                assert_int_equal(err_exit_status(&err), 2);
                assert_non_null(err.first->excerpt);
            }
        }
    arena_free(mem);
    assert_int_equal(wrong, 0);
}

static void says_why_and_where(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int engine = ENGINE_SQLITE; cases[i].why && engine <= ENGINE_MYSQL; engine++) {
            Err err = {0};
            bool only = cases[i].fine == 0 && strcmp(cases[i].why, dollar) != 0;
            if (only && !modify_check_where((Engine)engine, cases[i].where, mem, &err))
                assert_string_equal(err.first->message, cases[i].why);
        }
    Err err = {0};
    assert_false(modify_check_where(ENGINE_POSTGRES, "a = 1; b", mem, &err));
    assert_int_equal(err.first->caret, 5);
    err = (Err){0};
    assert_false(modify_check_where(ENGINE_POSTGRES, " \t\n", mem, &err));
    arena_free(mem);
}

/* Literals are data: a message shows none of them. */
static void literals_are_not_shown(void **state)
{
    (void)state;
    static const struct {
        Engine engine;
        const char *where, *shown;
    } shown[] = {
        {ENGINE_SQLITE, "a1 = 'secret' AND b = 4711;", "a1 = '######' AND b = ####;"},
        {ENGINE_MYSQL, "a = \"secret\" AND b = 'it\\'s';", "a = \"######\" AND b = '#####';"},
        {ENGINE_POSTGRES, "\"a\" = E'it\\'s';", "\"a\" = E'#####';"},
        {ENGINE_POSTGRES, "a = $$secret$$", "a = $#########"},
        {ENGINE_SQLITE, "a = 'secret", "a = '######"},
    };
    Arena *mem = arena_new();
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        Err err = {0};
        assert_false(modify_check_where(shown[i].engine, shown[i].where, mem, &err));
        char *excerpt = arena_strdup(mem, err.first->excerpt);
        for (char *mark = excerpt; (mark = strchr(mark, '?'));)
            *mark = '#'; /* which cannot be mistaken for a trigraph */
        assert_string_equal(excerpt, shown[i].shown);
    }
    arena_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_matrix),
        cmocka_unit_test(says_why_and_where),
        cmocka_unit_test(literals_are_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

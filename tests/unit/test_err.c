/* Err: what is copied, what the exit status is, and the table of codes against DESIGN's table. */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_empty(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    Err err = {0};
    assert_int_equal(err_code(&err), ERR_NONE);
    assert_int_equal(err_exit_status(&err), 0);
    assert_false(err_hint(mem, &err, "nothing to hint at"));
    assert_int_equal(err.count, 0);
    arena_free(mem);
}

static void test_texts_are_copied(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    Err err = {0};
    char where[] = "recipes/x.lua:12", subject[] = "loans.amount", name[] = "min";
    assert_false(err_add(mem, &err, ERR_RECIPE, where, subject, "%s is above %d", name, 7));
    assert_false(err_hint(mem, &err, "raise %s", name));
    memset(where, 'X', sizeof where - 1);
    memset(subject, 'X', sizeof subject - 1);
    memset(name, 'X', sizeof name - 1);
    assert_string_equal(err.first->where, "recipes/x.lua:12");
    assert_string_equal(err.first->subject, "loans.amount");
    assert_string_equal(err.first->message, "min is above 7");
    assert_string_equal(err.first->hint, "raise min");
    assert_null(err.first->sqlstate);
    arena_free(mem);
}

static void test_order_code_and_status(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    Err err = {0};
    err_add(mem, &err, ERR_LOCKED, NULL, NULL, "first");
    err_hint(mem, &err, "wait");
    err_add(mem, &err, ERR_RECIPE, NULL, NULL, "second");
    assert_int_equal(err.count, 2);
    assert_string_equal(err.first->message, "first");
    assert_string_equal(err.first->next->message, "second");
    assert_ptr_equal(err.first->next, err.last);
    assert_null(err.last->next);
    assert_null(err.last->hint);
    assert_int_equal(err_code(&err), ERR_RECIPE); /* the newest */
    assert_int_equal(err_exit_status(&err), 4);   /* the first */
    err_clear(&err);
    assert_int_equal(err.count, 0);
    assert_int_equal(err_exit_status(&err), 0);
    err_add(mem, &err, ERR_VERIFY, NULL, NULL, "again");
    assert_int_equal(err_exit_status(&err), 5);
    arena_free(mem);
}

static void test_append_outlives_its_source(void **state)
{
    (void)state;
    Arena *mem = arena_new(), *other = arena_new();
    Err from = {0}, to = {0};
    err_add(other, &from, ERR_CONSTRAINT, "chunk 3", "loans", "a row was rejected");
    err_hint(other, &from, "skip it");
    from.last->sqlstate = arena_strdup(other, "23505");
    from.last->table = arena_strdup(other, "loans");
    from.last->column = arena_strdup(other, "id");
    from.last->constraint = arena_strdup(other, "loans_pkey");
    err_add(other, &from, ERR_DB, NULL, NULL, "not copied");
    err_append(mem, &to, from.first);
    arena_free(other);
    assert_int_equal(to.count, 1);
    assert_ptr_equal(to.first, to.last);
    assert_null(to.first->next);
    assert_int_equal(to.first->code, ERR_CONSTRAINT);
    assert_string_equal(to.first->where, "chunk 3");
    assert_string_equal(to.first->subject, "loans");
    assert_string_equal(to.first->message, "a row was rejected");
    assert_string_equal(to.first->hint, "skip it");
    assert_string_equal(to.first->sqlstate, "23505");
    assert_string_equal(to.first->table, "loans");
    assert_string_equal(to.first->column, "id");
    assert_string_equal(to.first->constraint, "loans_pkey");
    arena_free(mem);
}

static int status_of(ErrCode code)
{
    ErrItem item = {.code = code};
    return err_exit_status(&(Err){.first = &item, .last = &item, .count = 1});
}

static void test_exit_statuses(void **state)
{
    (void)state;
    assert_int_equal(status_of(ERR_CONNECT), 1);
    assert_int_equal(status_of(ERR_INTERNAL), 1);
    assert_int_equal(status_of(ERR_USAGE), 2);
    assert_int_equal(status_of(ERR_UNIQUE), 2);
    assert_int_equal(status_of(ERR_DRIFT), 3);
    assert_int_equal(status_of(ERR_REFUSED), 3);
    assert_int_equal(status_of(ERR_LOCKED), 4);
    assert_int_equal(status_of(ERR_VERIFY), 5);
    assert_int_equal(status_of(ERR_CANCELLED), 130);
    assert_int_equal(status_of(ERR_TERMINATED), 143);
    assert_string_equal(err_name(ERR_NONE), "none");
    assert_string_equal(err_name(ERR_LOST), "connection_lost");
    assert_string_equal(err_name(ERR_TERMINATED), "terminated");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_texts_are_copied),
        cmocka_unit_test(test_order_code_and_status),
        cmocka_unit_test(test_append_outlives_its_source),
        cmocka_unit_test(test_exit_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Map: order, replacement, growth. Names: which ones are near enough to suggest. */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_put_get_order(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    Map *map = map_new(mem);
    int values[3];
    char key[] = "loans";
    assert_null(map_get(map, "loans"));
    assert_null(map_put(map, key, &values[0]));
    key[0] = 'X'; /* keys are copied */
    assert_null(map_put(map, "borrowers", &values[1]));
    assert_null(map_put(map, "", &values[2]));
    assert_int_equal(map_count(map), 3);
    assert_ptr_equal(map_get(map, "loans"), &values[0]);
    assert_null(map_get(map, "Loans"));
    assert_null(map_get(map, "Xoans"));
    assert_ptr_equal(map_put(map, "loans", &values[2]), &values[0]);
    assert_int_equal(map_count(map), 3);
    assert_string_equal(map_key_at(map, 0), "loans");
    assert_ptr_equal(map_value_at(map, 0), &values[2]);
    assert_string_equal(map_key_at(map, 1), "borrowers");
    assert_string_equal(map_key_at(map, 2), "");
    arena_free(mem);
}

static void test_many_keys(void **state)
{
    (void)state;
    enum { N = 20000 };
    static int values[N];
    Arena *mem = arena_new();
    Map *map = map_new(mem);
    char key[32];
    for (int i = 0; i < N; i++) {
        snprintf(key, sizeof key, "table_%d", i * 7);
        assert_null(map_put(map, key, &values[i]));
    }
    assert_int_equal(map_count(map), N);
    for (int i = 0; i < N; i++) {
        snprintf(key, sizeof key, "table_%d", i * 7);
        assert_ptr_equal(map_get(map, key), &values[i]);
        assert_string_equal(map_key_at(map, (size_t)i), key);
        snprintf(key, sizeof key, "table_%d", i * 7 + 1);
        assert_null(map_get(map, key));
    }
    arena_free(mem);
}

static const char *nearest(const char *word)
{
    static const char *const names[] = {"email", "first_name", "last_name", "amount",
                                        "mount", "id",         "created_at"};
    return name_nearest(word, names, sizeof names / sizeof names[0]);
}

static void test_nearest(void **state)
{
    (void)state;
    assert_string_equal(nearest("email"), "email");
    assert_string_equal(nearest("emial"), "email");
    assert_string_equal(nearest("di"),
                        "id"); /* a transposition is one step, all that 2 letters allow */
    assert_string_equal(nearest("EMAIL"), "email"); /* case is nothing */
    assert_string_equal(nearest("fist_nmae"), "first_name");
    assert_string_equal(nearest("ammount"), "amount");
    assert_string_equal(nearest("mmount"), "amount"); /* a tie: the first */
    assert_string_equal(nearest("creatd_at"), "created_at");
    assert_string_equal(nearest("dd"), "id");
    assert_null(nearest("telephone"));
    assert_null(nearest("xyzil"));                          /* 3 steps; 5 letters allow 2 */
    assert_null(nearest("crted_t"));                        /* 3 steps; 7 letters allow 2 */
    assert_string_equal(nearest("crated_a"), "created_at"); /* 2 steps of 8 letters */
}

static void test_nearest_odd_inputs(void **state)
{
    (void)state;
    char word[1000];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_null(nearest(word));
    const char *const names[] = {word, "ab"};
    assert_string_equal(name_nearest("abc", names, 2), "ab");
    assert_null(name_nearest("abc", NULL, 0));
    assert_null(nearest(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_get_order),
        cmocka_unit_test(test_many_keys),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_nearest_odd_inputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

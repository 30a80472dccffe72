/* Arena: alignment, zeroing, reuse after a reset, and requests that no machine can hold. */
#include "base/arena.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_aligned_and_zeroed(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    for (size_t size = 0; size < 3000; size += 7) {
        char *p = arena_alloc(mem, size);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAB, size);
        assert_int_equal((uintptr_t)arena_alloc_raw(mem, size) % 64, 0);
    }
    arena_free(mem);
    arena_free(NULL);
}

static void test_zeroed_again_after_reset(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    memset(arena_alloc(mem, 2000), 0xAB, 2000);
    arena_reset(mem);
    char *p = arena_alloc(mem, 2000);
    for (int i = 0; i < 2000; i++)
        assert_int_equal(p[i], 0);
    arena_free(mem);
}

static void test_allocations_do_not_overlap(void **state)
{
    (void)state;
    enum { N = 500 };
    unsigned char *parts[N];
    Arena *mem = arena_new();
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < N; i++) {
            size_t size = (size_t)(i * 37 % 900);
            parts[i] = i % 3 ? arena_alloc(mem, size) : arena_alloc_raw(mem, size);
            memset(parts[i], i & 255, size);
        }
        for (int i = 0; i < N; i++)
            for (int k = 0; k < i * 37 % 900; k++)
                assert_int_equal(parts[i][k], i & 255);
        arena_reset(mem);
    }
    arena_free(mem);
}

static void test_reset_reuses_blocks(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    size_t held = 0;
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 200; i++) /* another order of sizes in each round */
            arena_alloc_raw(mem, (size_t)((i * 31 + round * 17) % 200) * 100);
        if (round == 10)
            held = arena_held(mem);
        arena_reset(mem);
    }
    assert_true(arena_held(mem) <= held + held / 4);
    arena_free(mem);
}

static void test_adopt(void **state)
{
    (void)state;
    for (int filled = 0; filled < 4; filled++) { /* either may be empty */
        Arena *mem = arena_new(), *from = arena_new();
        char *mine = filled & 1 ? arena_strdup(mem, "mine") : NULL;
        char *theirs = filled & 2 ? arena_printf(from, "%9000d", 7) : NULL;
        size_t held = arena_held(mem) + arena_held(from);
        arena_adopt(mem, from);
        assert_true(arena_held(mem) < held && arena_held(mem) + 100 > held);
        for (int i = 0; i < 900; i++)
            memset(arena_alloc(mem, 70), 'x', 70);
        assert_true(!mine || strcmp(mine, "mine") == 0);
        assert_true(!theirs || (strlen(theirs) == 9000 && theirs[8999] == '7'));
        arena_reset(mem);
        memset(arena_alloc(mem, 20000), 'x', 20000);
        arena_free(mem);
    }
}

static void test_large_request(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    char *p = arena_alloc(mem, 10 << 20);
    p[(10 << 20) - 1] = 1;
    assert_true(arena_held(mem) >= 10 << 20);
    assert_true(arena_held(mem) < 11 << 20);
    arena_free(mem);
}

static void test_strings(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    assert_null(arena_strdup(mem, NULL));
    assert_string_equal(arena_strdup(mem, ""), "");
    assert_string_equal(arena_strdup(mem, "loans"), "loans");
    assert_string_equal(arena_strndup(mem, "loans", 4), "loan");
    assert_string_equal(arena_strndup(mem, NULL, 0), "");
    assert_string_equal(arena_printf(mem, "%s:%d", "x.lua", 12), "x.lua:12");
    char *text = arena_printf(mem, "%5000d", 7);
    assert_int_equal(strlen(text), 5000);
    assert_int_equal(text[4999], '7');
    arena_free(mem);
}

static void test_grow(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    int *items = NULL;
    size_t cap = 0;
    for (int i = 0; i < 1000; i++) {
        int *before = items;
        size_t cap_before = cap;
        items = arena_grow(mem, items, &cap, (size_t)i + 1, sizeof *items);
        if (cap == cap_before)
            assert_ptr_equal(items, before);
        items[i] = i;
    }
    assert_true(cap >= 1000 && cap < 3000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    items = arena_grow(mem, items, &cap, 5000, sizeof *items);
    assert_true(cap >= 5000);
    assert_int_equal(items[999], 999);
    assert_int_equal(items[4999], 0);
    arena_free(mem);
}

/* Whether a child that makes this request dies of SIGABRT. */
static int aborts(size_t n, size_t size)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        Arena *mem = arena_new();
        arena_alloc_many(mem, n, size);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void test_impossible_requests_abort(void **state)
{
    (void)state;
    assert_true(aborts(SIZE_MAX / 8 + 2, 8)); /* the product wraps to 8 */
    assert_true(aborts((size_t)-1, 1));
    assert_true(aborts((size_t)(int)-5, 24));
    assert_false(aborts(10, 8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aligned_and_zeroed),
        cmocka_unit_test(test_zeroed_again_after_reset),
        cmocka_unit_test(test_allocations_do_not_overlap),
        cmocka_unit_test(test_reset_reuses_blocks),
        cmocka_unit_test(test_adopt),
        cmocka_unit_test(test_large_request),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_grow),
        cmocka_unit_test(test_impossible_requests_abort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Hashes are written into databases, so they are pinned: XXH3's published values for the empty
 * input, and ours for what the digest adds. */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_hash64(void **state)
{
    (void)state;
    assert_true(hash64("", 0, 0) == 0x2d06800538d394c2);
    assert_true(hash64_str("loans", 0) == hash64("loans!", 5, 0));
    assert_true(hash64_str("loans", 0) != hash64_str("loans", 1));
    assert_true(hash64_str("loans", 0) != hash64_str("loan", 0));
    assert_true(hash64_str("loans", 7) == 0x8e80183e9bda9b54);
}

static void test_hash64_numbers(void **state)
{
    (void)state;
    uint64_t hashes[9];
    hash64_numbers(-4, 9, 7, hashes);
    for (int64_t k = -4; k < 5; k++)
        assert_true(hashes[k + 4] == hash64(&k, sizeof k, 7));
}

static char *digest_of(Arena *mem, const char *a, const char *b)
{
    Digest *d = digest_new(mem);
    digest_str(d, a);
    digest_str(d, b);
    return digest_hex(d, mem);
}

static void test_digest(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    Digest *d = digest_new(mem);
    assert_string_equal(digest_hex(d, mem), "99aa06d3014798d86001c324468d497f");
    digest_put(d, NULL, 0);
    assert_string_equal(digest_hex(d, mem), "99aa06d3014798d86001c324468d497f");
    assert_string_not_equal(digest_of(mem, "ab", "c"), digest_of(mem, "a", "bc"));
    assert_string_not_equal(digest_of(mem, "a", NULL), digest_of(mem, "a", ""));
    assert_string_equal(digest_of(mem, "a", "bc"), digest_of(mem, "a", "bc"));

    Digest *whole = digest_new(mem), *parts = digest_new(mem);
    digest_put(whole, "\x02\x01\0\0\0\0\0\0xyz", 11);
    digest_i64(parts, 0x0102); /* little-endian */
    digest_put(parts, "x", 1);
    digest_put(parts, "yz", 2);
    assert_string_equal(digest_hex(whole, mem), digest_hex(parts, mem));
    arena_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash64),
        cmocka_unit_test(test_hash64_numbers),
        cmocka_unit_test(test_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

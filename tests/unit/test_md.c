/* Message digests against the examples of their RFCs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/md.h"

static void check(MdKind kind, const char *text, const char *expected)
{
    char hex[MD_HEX_MAX + 1] = {0};
    assert_int_equal(md_hex_digits(kind), strlen(expected));
    Md *md = md_open(kind);
    assert_non_null(md);
    md_hex(md, "another value", 13, hex); /* a digest is used for many values */
    md_hex(md, text, strlen(text), hex);
    md_close(md);
    assert_string_equal(hex, expected);
}

#define LONG56 "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

static void md5(void **state)
{
    (void)state;
    check(MD_MD5, "", "d41d8cd98f00b204e9800998ecf8427e");
    check(MD_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72");
    check(MD_MD5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0");
    check(MD_MD5,
          "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
          "57edf4a22be3c955ac49da2e2107b67a");
}

static void sha1(void **state)
{
    (void)state;
    check(MD_SHA1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    check(MD_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
    check(MD_SHA1, LONG56, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
}

static void sha256(void **state)
{
    (void)state;
    check(MD_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check(MD_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check(MD_SHA256, LONG56, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* The length's place: 55 bytes fit into one block, 56 do not, 64 are a block of their own. */
static void around_a_block(void **state)
{
    (void)state;
    static const char a[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    static const struct {
        size_t n;
        const char *md5;
    } cases[] = {{55, "ef1772b6dff9a122358552954ad0df65"},
                 {56, "3b0c8ac703f828b04c6c197006d17218"},
                 {64, "014842d480b571495a4a0363793f7367"}};
    for (size_t i = 0; i < 3; i++) {
        char hex[MD_HEX_MAX + 1] = {0};
        Md *md = md_open(MD_MD5);
        md_hex(md, a, cases[i].n, hex);
        md_close(md);
        assert_string_equal(hex, cases[i].md5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(md5),
        cmocka_unit_test(sha1),
        cmocka_unit_test(sha256),
        cmocka_unit_test(around_a_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

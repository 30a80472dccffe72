/* Addresses, names and files of the internet: the standards' shapes, and nobody's property. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "genkit.h"
#include "gentext.h"

static int setup(void **state)
{
    *state = genkit_new();
    return 0;
}

static int teardown(void **state)
{
    genkit_free(*state);
    return 0;
}

/* Special-purpose IPv4 blocks (RFC 6890 and its registry), multicast and beyond. */
static const char *public_fault(const char *text)
{
    static const struct {
        const char *first;
        int bits;
    } special[] = {{"0.0.0.0", 8},       {"10.0.0.0", 8},     {"100.64.0.0", 10},
                   {"127.0.0.0", 8},     {"169.254.0.0", 16}, {"172.16.0.0", 12},
                   {"192.0.0.0", 24},    {"192.0.2.0", 24},   {"192.31.196.0", 24},
                   {"192.52.193.0", 24}, {"192.88.99.0", 24}, {"192.168.0.0", 16},
                   {"192.175.48.0", 24}, {"198.18.0.0", 15},  {"198.51.100.0", 24},
                   {"203.0.113.0", 24},  {"224.0.0.0", 3}};
    struct in_addr a, block;
    if (inet_pton(AF_INET, text, &a) != 1)
        return "spelling";
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        assert_int_equal(inet_pton(AF_INET, special[i].first, &block), 1);
        if ((ntohl(a.s_addr) ^ ntohl(block.s_addr)) >> (32 - special[i].bits) == 0)
            return special[i].first;
    }
    return NULL;
}

static const char *private_fault(const char *text)
{
    struct in_addr a;
    if (inet_pton(AF_INET, text, &a) != 1)
        return "spelling";
    uint32_t ip = ntohl(a.s_addr);
    return ip >> 24 == 10 || ip >> 20 == 0xac1 || ip >> 16 == 0xc0a8 ? NULL : "range";
}

static void ipv4(void **state)
{
    GenKit *kit = *state;
    text_all(kit, KIT_BIND(kit, "ipv4"), private_fault);
    text_all(kit, KIT_BIND(kit, "ipv4", KIT_TEXT("range", "public")), public_fault);
    text_match(kit, KIT_BIND(kit, "ipv4", KIT_TEXT("range", "documentation")),
               "^(192\\.0\\.2|198\\.51\\.100|203\\.0\\.113)\\.[0-9]{1,3}$");
    assert_int_equal(KIT_BIND(kit, "ipv4", KIT_TEXT("range", "documentation"))->count, 768);
    assert_null(KIT_BIND(kit, "ipv4", KIT_TEXT("range", "home")));
    assert_string_equal(genkit_error(kit), "ipv4 knows no range \"home\"");
}

/* The system's own spelling is that of RFC 5952. */
static const char *ipv6_fault(const char *text)
{
    struct in6_addr a;
    char again[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET6, text, &a) != 1)
        return "spelling";
    inet_ntop(AF_INET6, &a, again, sizeof again);
    return strcmp(text, again) != 0        ? "RFC 5952 form"
           : strncmp(text, "2001:db8:", 9) ? "range"
                                           : NULL;
}

static void ipv6_and_mac(void **state)
{
    GenKit *kit = *state;
    text_all(kit, KIT_BIND(kit, "ipv6"), ipv6_fault);
    text_match(kit, KIT_BIND(kit, "mac"), "^[0-9a-f][26ae](:[0-9a-f]{2}){5}$");
}

static void names(void **state)
{
    GenKit *kit = *state;
#define LABEL "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
#define ZONES "(example\\.(com|org|net)|example|test)"
    text_match(kit, KIT_BIND(kit, "domain"), "^(" LABEL "\\.)+" ZONES "$");
    text_match(kit, KIT_BIND(kit, "hostname"), "^(" LABEL "\\.)+" ZONES "$");
    text_match(kit, KIT_BIND(kit, "url"), "^https?://(" LABEL "\\.)+" ZONES "/[a-z0-9/-]*$");
    text_match(kit, KIT_BIND(kit, "file_name"), "^[a-z-]+[a-z](-[0-9]+)?\\.[a-z]{3,4}$");
    text_match(kit, KIT_BIND(kit, "file_path"), "^(/[a-z0-9-]+)+\\.[a-z]{3,4}$");
    text_match(kit, KIT_BIND(kit, "user_agent"), "^Mozilla/5\\.0 \\([A-Za-z].*\\).*[0-9.]+$");
}

static void software(void **state)
{
    GenKit *kit = *state;
    text_match(kit, KIT_BIND(kit, "password_hash"),
               "^\\$2b\\$12\\$[./A-Za-z0-9]{22}FAKE[./A-Za-z0-9]{27}$");
    text_match(
        kit, KIT_BIND(kit, "password_hash", KIT_TEXT("method", "argon2")),
        "^\\$argon2id\\$v=19\\$m=65536,t=3,p=4\\$[+/A-Za-z0-9]{22}\\$FAKE[+/A-Za-z0-9]{39}$");
    assert_null(KIT_BIND(kit, "password_hash", KIT_TEXT("method", "md5")));
    text_match(kit, KIT_BIND(kit, "token"), "^[0-9a-f]{32}$");
    text_match(kit, KIT_BIND(kit, "token", KIT_INT("length", 7)), "^[0-9a-f]{7}$");
    text_match(kit, KIT_BIND(kit, "api_key"), "^(sk|pk)_fake_[A-Za-z0-9]{24}$");
    text_match(kit, KIT_BIND(kit, "semver"),
               "^[0-9]+\\.[0-9]+\\.[0-9]+(-(alpha|beta|rc)\\.[1-9])?$");
    text_match(kit, KIT_BIND(kit, "mime_type"), "^[a-z]+/[a-z0-9.+-]+$");
    text_match(kit, KIT_BIND(kit, "language_code"), "^[a-z]{2}$");
    text_match(kit, KIT_BIND(kit, "locale_code"), "^[a-z]{2}-[A-Z]{2}$");
    const Vec *v = genkit_fill(kit, KIT_BIND(kit, "http_status"), 0, 1024);
    int fine = 0;
    for (uint32_t k = 0; k < 1024; k++)
        fine += v->i[k] == 200;
    assert_in_range(fine, 680, 840);
    assert_null(KIT_BIND(kit, "port", KIT_INT("min", 9), KIT_INT("max", 8)));
}

/* A unique token is random to its last digit, though its index has fewer. */
static void long_unique_texts_have_no_tail_of_zeros(void **state)
{
    GenKit *kit = *state;
    const Vec *v = genkit_index(kit, KIT_BIND(kit, "token", KIT_INT("length", 64)), 0, 100);
    for (uint32_t k = 0; k < 100; k++) {
        const char *text = genkit_text(kit, v, k);
        assert_null(strstr(text + 20, "000000"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipv4),
        cmocka_unit_test(ipv6_and_mac),
        cmocka_unit_test(names),
        cmocka_unit_test(software),
        cmocka_unit_test(long_unique_texts_have_no_tail_of_zeros),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

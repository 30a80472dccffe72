/* Texts in small: words, titles, hashes; and what else a person's row holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
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

static void shapes(void **state)
{
    GenKit *kit = *state;
    text_match(kit, KIT_BIND(kit, "words"), "^[a-z]+( [a-z]+){1,3}$");
    text_match(kit, KIT_BIND(kit, "words", KIT_INT("max", 1)), "^[a-z]+$");
    text_match(kit, KIT_BIND(kit, "paragraph", KIT_INT("min", 2), KIT_INT("max", 2)),
               "^[A-Z][a-z]*( [a-z]+){4,11}\\. [A-Z][a-z]*( [a-z]+){4,11}\\.$");
    text_match(kit, KIT_BIND(kit, "title"), "^[A-Z][a-z]+( [A-Za-z]+)+$");
    text_match(kit, KIT_BIND(kit, "slug"), "^[a-z]+-[a-z]+-[a-z]+(-[0-9]+)?$");
    text_match(kit, KIT_BIND(kit, "chars", KIT_INT("length", 8), KIT_TEXT("alphabet", "ACGT")),
               "^[ACGT]{8}$");
    text_match(kit, KIT_BIND(kit, "chars"), "^[A-Za-z0-9]{10}$");
    text_match(kit, KIT_BIND(kit, "job_title"), "^[A-Z][A-Za-z ]+$");
    text_match(kit, KIT_BIND(kit, "username"), "^[a-z._]+[0-9]*$");
    text_match(kit, KIT_BIND(kit, "safe_email"), "@example\\.(com|org|net)$");
}

static void refusals(void **state)
{
    GenKit *kit = *state;
    assert_null(KIT_BIND(kit, "words", KIT_INT("min", 5), KIT_INT("max", 4)));
    assert_null(KIT_BIND(kit, "chars", KIT_TEXT("alphabet", "ABBA")));
    assert_string_equal(genkit_error(kit),
                        "chars: alphabet holds printable ASCII characters, each once");
    assert_null(KIT_BIND(kit, "chars", KIT_TEXT("alphabet", "")));
    assert_null(KIT_BIND(kit, "chars", KIT_TEXT("alphabet", "äö")));
    assert_null(KIT_BIND(kit, "hash", KIT_TEXT("method", "crc")));
    assert_string_equal(genkit_error(kit),
                        "hash: method is \"md5\", \"sha1\" or \"sha256\", not \"crc\"");
    assert_null(KIT_BIND(kit, "hash", KIT_NODE("of", KIT_CALL(kit, "int"))));
    assert_null(KIT_BIND(kit, "username", KIT_NODE("first", KIT_CALL(kit, "int"))));
    assert_null(KIT_BIND(kit, "birthdate", KIT_INT("min", 30), KIT_INT("max", 20)));
    kit->plan.has_clock = false;
    assert_null(KIT_BIND(kit, "birthdate"));
    kit->plan.has_clock = true;
}

static void hashes_of_a_column(void **state)
{
    GenKit *kit = *state;
    static const Value abc[] = {{.kind = VAL_TEXT, .text = "abc", .len = 3}};
    const Node *text = KIT_CALL(kit, "choice", KIT_LIST("items", abc));
    const Vec *v = genkit_fill(
        kit, KIT_BIND(kit, "hash", KIT_NODE("of", text), KIT_TEXT("method", "md5")), 0, 2);
    assert_string_equal(genkit_text(kit, v, 1), "900150983cd24fb0d6963f7d28e17f72");
    text_match(kit, KIT_BIND(kit, "hash"), "^[0-9a-f]{64}$");
    text_match(kit, KIT_BIND(kit, "hash", KIT_TEXT("method", "sha1")), "^[0-9a-f]{40}$");
}

/* The clock is 2026-01-01: 18 today was born on 2008-01-01, nearly 19 on 2007-01-02. */
static void ages(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "birthdate", KIT_INT("min", 18), KIT_INT("max", 18));
    int64_t first, last;
    assert_true(calendar_parse_date("2007-01-02", &first) &&
                calendar_parse_date("2008-01-01", &last));
    assert_int_equal(bound->count, 365);
    assert_int_equal(genkit_index(kit, bound, 0, 1)->i[0], first);
    assert_int_equal(genkit_index(kit, bound, 364, 1)->i[0], last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes),
        cmocka_unit_test(refusals),
        cmocka_unit_test(hashes_of_a_column),
        cmocka_unit_test(ages),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

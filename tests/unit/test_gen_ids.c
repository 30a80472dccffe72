/* Identifiers against their standards (RFC 9562, the ULID specification), sequences, enumerations,
 * and texts of regular expressions against the C library's regexec. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <regex.h>

#include "base/calendar.h"
#include "genkit.h"

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

static void refused(GenKit *kit, const Node *node, const char *message)
{
    assert_null(genkit_bind(kit, node));
    if (!strstr(genkit_error(kit), message))
        fail_msg("\"%s\" does not say \"%s\"", genkit_error(kit), message);
}

static const Node *moments(GenKit *kit)
{
    return KIT_CALL(kit, "timestamp", KIT_TEXT("from", "2024-02-29 12:00:00"),
                    KIT_TEXT("to", "2024-02-29 12:59:59"));
}

/* RFC 9562, section 5.7: 48 bits of Unix milliseconds, version 7, variant 10. */
static void uuid7_has_its_layout(void **state)
{
    GenKit *kit = *state;
    const Node *at = moments(kit);
    const Bound *bound = KIT_BIND(kit, "uuid", KIT_INT("version", 7), KIT_NODE("at", at));
    const Bound *times = bound->args[0];
    assert_int_equal(bound->type.kind, TYPE_UUID);
    for (int unique = 0; unique < 2; unique++) {
        const Vec *v =
            unique ? genkit_index(kit, bound, 0, 1000) : genkit_fill(kit, bound, 0, 1000);
        const Vec *t = genkit_fill(kit, times, 0, 1000);
        for (uint32_t k = 0; k < 1000; k++) {
            const char *text = genkit_text(kit, v, k);
            assert_int_equal(strlen(text), 36);
            assert_true(text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-');
            assert_int_equal(text[14], '7');
            assert_non_null(strchr("89ab", text[19]));
            char front[13];
            memcpy(front, text, 8);
            memcpy(front + 8, text + 9, 4);
            front[12] = 0;
            assert_int_equal(strtoull(front, NULL, 16), t->i[k] / 1000);
        }
    }
    const Vec *v = genkit_fill(kit, KIT_BIND(kit, "uuid", KIT_INT("version", 7)), 0, 1);
    /* The recipe's clock, 2026-01-01: 1767225600000 ms = 0x19b76daa800. */
    assert_int_equal(strncmp(genkit_text(kit, v, 0), "019b76da-a800-7", 15), 0);
    /* RFC 9562, appendix A.6: 2022-02-22 19:22:22 UTC is 0x17f22e279b0. */
    int64_t clock = kit->plan.clock;
    kit->plan.clock = INT64_C(1645557742000000);
    v = genkit_fill(kit, KIT_BIND(kit, "uuid", KIT_INT("version", 7)), 0, 1);
    assert_int_equal(strncmp(genkit_text(kit, v, 0), "017f22e2-79b0-7", 15), 0);
    kit->plan.clock = clock;
    refused(kit, KIT_CALL(kit, "uuid", KIT_INT("version", 5)), "version must be 4 or 7");
    refused(kit, KIT_CALL(kit, "uuid", KIT_NODE("at", at)), "only version 7 holds a time");
    const Node *word = KIT_CALL(kit, "word");
    refused(kit, KIT_CALL(kit, "uuid", KIT_INT("version", 7), KIT_NODE("at", word)),
            "at must be a date or a timestamp");
    kit->plan.has_clock = false;
    refused(kit, KIT_CALL(kit, "ulid"), "needs the recipe's clock");
    kit->plan.has_clock = true;
}

/* 48 bits of time in 10 characters, 80 of chance in 16; no I, L, O, U; sorted by time. */
static void ulids_follow_the_specification(void **state)
{
    GenKit *kit = *state;
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const Bound *bound = KIT_BIND(kit, "ulid", KIT_NODE("at", moments(kit)));
    const Vec *v = genkit_fill(kit, bound, 0, 1000), *t = genkit_fill(kit, bound->args[0], 0, 1000);
    for (uint32_t k = 0; k < 1000; k++) {
        const char *text = genkit_text(kit, v, k);
        assert_int_equal(strspn(text, digits), 26);
        uint64_t millis = 0;
        for (int i = 0; i < 10; i++)
            millis = millis * 32 + (uint64_t)(strchr(digits, text[i]) - digits);
        assert_int_equal(millis, t->i[k] / 1000);
        for (uint32_t j = 0; j < k; j += 97)
            if (t->i[j] != t->i[k])
                assert_int_equal(strcmp(genkit_text(kit, v, j), text) < 0, t->i[j] < t->i[k]);
    }
}

static void nanoids_take_their_alphabet(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "nanoid");
    const Vec *v = genkit_fill(kit, bound, 0, 500);
    uint64_t seen[256] = {0};
    for (uint32_t k = 0; k < 500; k++) {
        assert_int_equal(v->s[k].n, 21);
        for (int i = 0; i < 21; i++)
            seen[(unsigned char)v->s[k].p[i]]++;
    }
    int used = 0;
    for (int c = 0; c < 256; c++) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '-';
        assert_true(letter || !seen[c]);
        used += seen[c] > 0;
    }
    assert_int_equal(used, 64);
    bound = KIT_BIND(kit, "nanoid", KIT_INT("size", 2), KIT_TEXT("alphabet", "01"));
    assert_int_equal(bound->count, 4);
    refused(kit, KIT_CALL(kit, "nanoid", KIT_TEXT("alphabet", "aba")), "character 3 of alphabet");
    refused(kit, KIT_CALL(kit, "nanoid", KIT_TEXT("alphabet", "x")), "2 to 128 characters");
    refused(kit, KIT_CALL(kit, "nanoid", KIT_INT("size", 0)), "size = 0 is not between");
}

static void sequences_count(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "sequence", KIT_INT("start", 100), KIT_INT("step", -7));
    const Vec *v = genkit_fill(kit, bound, 5, 3);
    assert_true(v->i[0] == 65 && v->i[1] == 58 && v->i[2] == 51);
    assert_int_equal(genkit_index(kit, bound, 2, 1)->i[0], 86);
    /* What leaves 64 bits is NULL, and a run with such a cell fails. */
    v = genkit_fill(kit, bound, UINT64_C(1) << 61, 1);
    assert_true(vec_is_null(v, 0));
    refused(kit, KIT_CALL(kit, "sequence", KIT_INT("step", 0)), "step must not be 0");
}

static void enums_take_the_columns_labels(void **state)
{
    GenKit *kit = *state;
    static const char *const labels[] = {"low", "mid", "high"};
    Type type = {.kind = TYPE_ENUM, .labels = labels, .label_count = 3};
    kit->scope.wanted = &type;
    const Bound *bound = KIT_BIND(kit, "enum");
    assert_int_equal(bound->count, 3);
    assert_string_equal(genkit_text(kit, genkit_index(kit, bound, 0, 3), 2), "high");
    kit->scope.wanted = NULL;
    refused(kit, KIT_CALL(kit, "enum"), "the column's type has none");
    const Node *word = KIT_CALL(kit, "word");
    refused(kit, KIT_CALL(kit, "const", KIT_NODE("value", word)), "must be a constant");
}

static const Bound *regex_of(GenKit *kit, const char *pattern)
{
    GenArg arg = {"pattern", {.kind = VAL_TEXT, .text = pattern, .len = strlen(pattern)}};
    return genkit_bind(kit, genkit_node(kit, "regex", (const GenArg[]){{0}, arg, {0}}));
}

/* What comes out matches the same expression in another implementation. */
static void regexes_match(void **state)
{
    GenKit *kit = *state;
    static const char *const patterns[] = {
        "[A-Z]{2}-[0-9]{3,5}(-X)?",
        "^(cat|car|d(o|u)g)s?$",
        "a{0,3}b{2}|[^a-z]{1,4}",
        "[]a-]{1,3}[^]]x\\.",
        "(0|1[0-9]{0,2}){1,2}(\\+|\\(\\))?",
        "((a|b)?c){0,4}d",
        "[A-F0-9]{32}",
        "()|x",
    };
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        regex_t re;
        char *whole = arena_printf(kit->mem, "^(%s)$", patterns[i]);
        assert_int_equal(regcomp(&re, whole, REG_EXTENDED), 0);
        const Bound *bound = regex_of(kit, patterns[i]);
        if (!bound)
            fail_msg("%s: %s", patterns[i], genkit_error(kit));
        uint32_t n = bound->count && bound->count < 1000 ? (uint32_t)bound->count : 1000;
        const Vec *drawn = genkit_fill(kit, bound, 0, 1000),
                  *counted = bound->indexable ? genkit_index(kit, bound, 0, n) : drawn;
        for (uint32_t k = 0; k < n; k++) {
            const char *texts[] = {genkit_text(kit, drawn, k), genkit_text(kit, counted, k)};
            for (int t = 0; t < 2; t++)
                if (regexec(&re, texts[t], 0, NULL, 0) != 0)
                    fail_msg("\"%s\" does not match %s", texts[t], patterns[i]);
        }
        regfree(&re);
        genkit_reset(kit);
    }
    assert_int_equal(regex_of(kit, "^(cat|car|d(o|u)g)s?$")->count, 8);
    assert_int_equal(regex_of(kit, "[ab]{0,3}")->count, 15);
    assert_int_equal(regex_of(kit, "\\d\\w\\s[\\d_]")->count, 10 * 63 * 11);
    assert_int_equal(regex_of(kit, "(ä|ö)ü")->count, 2);
}

/* Two readings of one text: drawn, but never counted. */
static void ambiguous_ones_are_not_counted(void **state)
{
    GenKit *kit = *state;
    static const char *const patterns[] = {"a|a",       "a?a?",        "(a|b)?b",  "(ab|a)(b|c)",
                                           "(a?){0,2}", "(a{1,2}){2}", "[ab]x|ay", "(|a)|b?"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        const Bound *bound = regex_of(kit, patterns[i]);
        if (!bound || bound->indexable || bound->count)
            fail_msg("%s counts as unambiguous", patterns[i]);
        kit->scope.unique = true;
        assert_null(regex_of(kit, patterns[i]));
        assert_non_null(strstr(genkit_error(kit), "can be read in two ways"));
        kit->scope.unique = false;
    }
}

static void unsupported_ones_are_refused_by_position(void **state)
{
    GenKit *kit = *state;
    static const char *const cases[][2] = {
        {"ab+", "position 3: + has no upper bound"},
        {"a*", "position 2: * has no upper bound"},
        {"a{2,}", "position 2: the repetition has no upper bound"},
        {"a{5,2}", "position 2: the repetition's least number"},
        {"a{300}", "255 times at most"},
        {"a{x}", "one or two numbers"},
        {"(a", "position 1: the group ( is not closed"},
        {"a)", "position 2: this ) closes no group"},
        {"[a", "position 1: the class [ is not closed"},
        {"[z-a]", "the range goes backwards"},
        {"[^ -~]", "the class is empty"},
        {"[ä]", "ASCII characters only"},
        {"(?=a)", "position 1: looking around"},
        {"(a)\\1", "position 4: back references"},
        {"\\D", "position 1: \\D is not supported"},
        {"a\\", "position 2: a lone backslash"},
        {"{2}", "there is nothing to repeat"},
        {"a^b", "position 2: an anchor"},
        {"(a{250}){250}", "longer than 4000 bytes"},
        {"((((((((((((((((((((((a))))))))))))))))))))))", "nested too deep"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (regex_of(kit, cases[i][0]))
            fail_msg("%s was taken", cases[i][0]);
        if (!strstr(genkit_error(kit), cases[i][1]))
            fail_msg("%s: \"%s\" does not say \"%s\"", cases[i][0], genkit_error(kit), cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uuid7_has_its_layout),
        cmocka_unit_test(ulids_follow_the_specification),
        cmocka_unit_test(nanoids_take_their_alphabet),
        cmocka_unit_test(sequences_count),
        cmocka_unit_test(enums_take_the_columns_labels),
        cmocka_unit_test(regexes_match),
        cmocka_unit_test(ambiguous_ones_are_not_counted),
        cmocka_unit_test(unsupported_ones_are_refused_by_position),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

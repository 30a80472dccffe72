/* People, contacts, places, companies: as common as in the world, and never anybody real. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ctype.h>
#include <regex.h>
#include <stdio.h>

#include "gen/words_int.h"
#include "genkit.h"
#include "stats.h"

#define ROWS 50000

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

/* Every cell of ROWS rows, drawn or by index, matches a POSIX extended expression as a whole. */
static void all_match(GenKit *kit, const Bound *bound, bool by_index, const char *expression)
{
    regex_t re;
    assert_int_equal(regcomp(&re, expression, REG_EXTENDED | REG_NOSUB), 0);
    uint64_t total = by_index && bound->count && bound->count < ROWS ? bound->count : ROWS;
    for (uint64_t first = 0; first < total; first += BATCH_ROWS) {
        uint32_t n = total - first < BATCH_ROWS ? (uint32_t)(total - first) : BATCH_ROWS;
        const Vec *v =
            by_index ? genkit_index(kit, bound, first, n) : genkit_fill(kit, bound, first, n);
        for (uint32_t k = 0; k < n; k++) {
            char text[512];
            assert_true(v->s[k].n < sizeof text);
            memcpy(text, v->s[k].p, v->s[k].n);
            text[v->s[k].n] = '\0';
            if (regexec(&re, text, 0, NULL, 0) != 0)
                fail_msg("%s: \"%s\" does not match %s", bound->node->gen->name, text, expression);
        }
        genkit_reset(kit);
    }
    regfree(&re);
}

static void lists_have_no_doubles(void **state)
{
    (void)state;
    assert_true(words_first_names_count >= 300);
    assert_true(words_last_names.count >= 500);
    const WordList *lists[] = {&words_last_names,       &words_states,        &words_state_codes,
                               &words_countries,        &words_country_codes, &words_streets,
                               &words_street_kinds,     &words_company_first, &words_company_second,
                               &words_company_suffixes, &words_plain};
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
        for (uint32_t i = 0; i < lists[l]->count; i++) {
            assert_true(lists[l]->items[i].weight > 0 && lists[l]->items[i].s.n > 0);
            for (uint32_t j = 0; j < i; j++)
                assert_string_not_equal(lists[l]->items[i].s.p, lists[l]->items[j].s.p);
        }
    for (uint32_t i = 0; i < words_first_names_count; i++) {
        assert_true(words_first_names[i].women + words_first_names[i].men > 0);
        for (uint32_t j = 0; j < i; j++)
            assert_string_not_equal(words_first_names[i].s.p, words_first_names[j].s.p);
    }
    for (uint32_t i = 0; i < words_places_count; i++)
        for (uint32_t j = 0; j < i; j++)
            assert_string_not_equal(words_places[i].city.p, words_places[j].city.p);
    assert_int_equal(words_states.count, 51);
    assert_int_equal(words_state_codes.count, 51);
    assert_int_equal(words_countries.count, words_country_codes.count);
    uint32_t longest = 0;
    for (uint32_t i = 0; i < words_plain.count; i++) {
        assert_true(words_plain.items[i].s.n >= longest); /* text looks words up by length */
        longest = words_plain.items[i].s.n;
    }
    assert_int_equal(longest, WORD_MAX);
}

/* A company's first shape ends in a suffix: were one a last name, "Price Co" could be two
 * companies. */
static void suffixes_are_no_names(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < words_company_suffixes.count; i++) {
        assert_null(strchr(words_company_suffixes.items[i].s.p, ' '));
        for (uint32_t j = 0; j < words_last_names.count; j++)
            assert_string_not_equal(words_company_suffixes.items[i].s.p,
                                    words_last_names.items[j].s.p);
    }
    for (uint32_t j = 0; j < words_last_names.count; j++)
        assert_null(strpbrk(words_last_names.items[j].s.p, " ,&"));
}

static void common_names_are_common(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "last_name");
    uint64_t *seen = calloc(words_last_names.count, sizeof *seen);
    double *shares = calloc(words_last_names.count, sizeof *shares), sum = 0;
    for (uint32_t i = 0; i < words_last_names.count; i++)
        sum += words_last_names.items[i].weight;
    for (uint32_t i = 0; i < words_last_names.count; i++)
        shares[i] = words_last_names.items[i].weight / sum;
    for (uint64_t first = 0; first < ROWS; first += BATCH_ROWS) {
        const Vec *v = genkit_fill(kit, bound, first, BATCH_ROWS);
        for (uint32_t k = 0; k < BATCH_ROWS; k++)
            for (uint32_t i = 0; i < words_last_names.count; i++)
                seen[i] += v->s[k].p == words_last_names.items[i].s.p;
        genkit_reset(kit);
    }
    assert_true(stats_chi_square(seen, shares, (int)words_last_names.count) > 0.001);
    assert_true(seen[0] > 10 * seen[words_last_names.count - 1]);
    free(seen);
    free(shares);
}

static void gender_chooses_the_list(void **state)
{
    GenKit *kit = *state;
    const Bound *women = KIT_BIND(kit, "first_name", KIT_TEXT("gender", "female")),
                *men = KIT_BIND(kit, "first_name", KIT_TEXT("gender", "male"));
    assert_true(women->count < words_first_names_count && men->count < words_first_names_count);
    for (int pass = 0; pass < 2; pass++) {
        const Vec *v = genkit_fill(kit, pass ? men : women, 0, 1000);
        for (uint32_t k = 0; k < 1000; k++)
            for (uint32_t i = 0; i < words_first_names_count; i++)
                if (v->s[k].p == words_first_names[i].s.p)
                    assert_true(pass ? words_first_names[i].men > 0
                                     : words_first_names[i].women > 0);
    }
    assert_null(KIT_BIND(kit, "full_name", KIT_TEXT("gender", "woman")));
    assert_string_equal(genkit_error(kit),
                        "full_name: gender is \"female\", \"male\" or \"any\", not \"woman\"");
}

static void full_names(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "full_name");
    all_match(kit, bound, false, "^[A-Z][a-z]+ [A-Z][A-Za-z']+$");
    const Vec *v = genkit_index(kit, bound, bound->count - 1, 1);
    assert_non_null(strstr(genkit_text(kit, v, 0), " Z. "));
}

/* Areas 900 to 999 are no social security numbers; groups 50-65, 70-88 and 90-99 would be taxpayer
 * numbers. */
static void ssn_belongs_to_nobody(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "ssn");
    for (int by_index = 0; by_index < 2; by_index++) {
        all_match(kit, bound, by_index,
                  "^9[0-9][0-9]-(0[1-9]|[1-3][0-9]|4[0-9]|6[6-9]|89)-[0-9]{4}$");
    }
    const Vec *v = genkit_fill(kit, bound, 0, 1000);
    for (uint32_t k = 0; k < 1000; k++)
        assert_true(memcmp(v->s[k].p + 7, "0000", 4) != 0);
    assert_int_equal(bound->count, 53994600);
    assert_string_equal(genkit_text(kit, genkit_index(kit, bound, bound->count - 1, 1), 0),
                        "999-89-9999");
}

static void phone_is_fiction(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "phone");
    for (int by_index = 0; by_index < 2; by_index++)
        all_match(kit, bound, by_index, "^\\+1-[2-9][0-8][0-9]-555-01[0-9]{2}$");
    assert_int_equal(bound->count, 65200);
    const char *doc = bound->node->gen->doc;
    assert_non_null(strstr(doc, "65,200")); /* what the catalogue says */
    const Vec *v = genkit_index(kit, bound, 0, 1);
    assert_string_equal(genkit_text(kit, v, 0), "+1-201-555-0100");
    for (uint64_t at = 0; at < bound->count; at += 100) {
        const char *area = genkit_text(kit, genkit_index(kit, bound, at, 1), 0) + 3;
        assert_true(strncmp(area, "800", 3) != 0 && strncmp(area, "911", 3) != 0 &&
                    strncmp(area, "900", 3) != 0 && strncmp(area, "888", 3) != 0);
        assert_true(strncmp(area, "37", 2) != 0 && strncmp(area, "96", 2) != 0 && area[1] != '9');
        genkit_reset(kit);
    }
}

#define LOCAL  "[a-z]+([._][a-z]+)?"
#define DOMAIN "@([a-z]+\\.)?example\\.(com|org|net)$"

static void email_reaches_nobody(void **state)
{
    GenKit *kit = *state;
    const Node *first = KIT_CALL(kit, "first_name"), *last = KIT_CALL(kit, "last_name");
    all_match(kit, KIT_BIND(kit, "email", KIT_NODE("first", first), KIT_NODE("last", last)), false,
              "^" LOCAL "[0-9]{0,4}" DOMAIN);
    all_match(kit, KIT_BIND(kit, "email"), false, "^" LOCAL "[0-9]{0,4}" DOMAIN);
    all_match(kit, KIT_BIND(kit, "email"), true, "^" LOCAL "[1-9][0-9]{1,4}" DOMAIN);
}

/* Fills email(first, last) with given names; NULL is NULL. */
static const char *email_of(GenKit *kit, const Bound *bound, const char *first, const char *last,
                            uint64_t row, const uint64_t *index)
{
    const char *names[] = {first, last};
    const Vec *args[2];
    for (int i = 0; i < 2; i++) {
        Vec *arg = vec_new(kit->mem, TYPE_TEXT, 0, 1);
        arg->s[0] = (Str){names[i], names[i] ? (uint32_t)strlen(names[i]) : 0};
        if (!names[i])
            vec_nulls(arg, kit->mem)[0] = 1;
        args[i] = arg;
    }
    Vec *out = vec_new(kit->mem, TYPE_TEXT, 0, 1);
    GenCall call = {.bound = bound,
                    .n = 1,
                    .rows = &row,
                    .index = index,
                    .args = args,
                    .scratch = kit->scratch};
    bound->fill(&call, out);
    assert_true(out->s[0].n <= (uint32_t)bound->type.length);
    return genkit_text(kit, out, 0);
}

static void email_matches_the_name(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "email", KIT_NODE("first", KIT_CALL(kit, "first_name")),
                                  KIT_NODE("last", KIT_CALL(kit, "last_name")));
    assert_true(bound->keep_null_args);
    static const char *const shapes[] = {"jose.obrien", "jobrien",  "joseobrien",
                                         "jose_obrien", "j.obrien", "obrien.jose"};
    bool seen[6] = {false};
    for (uint64_t row = 0; row < 300; row++) {
        char text[128];
        strcpy(text, email_of(kit, bound, "José", "O'Brien", row, NULL));
        text[strcspn(text, "0123456789@")] = '\0';
        int at = 0;
        while (at < 6 && strcmp(text, shapes[at]) != 0)
            at++;
        if (at == 6)
            fail_msg("%s is none of the shapes", text);
        seen[at] = true;
    }
    for (int i = 0; i < 6; i++)
        assert_true(seen[i]);
    /* Letters with marks, ligatures, other scripts, nothing at all, and names that are too long. */
    static const struct {
        const char *first, *last, *start;
    } odd[] = {{"Łukasz", NULL, "lukasz"}, {NULL, "Weiß", "weiss"},
               {"Æsa", "", "aesa"},        {"Þór", NULL, "thor"},
               {"Œuvre", NULL, "oeuvre"},  {"Ĳsbrand", NULL, "ijsbrand"},
               {"李", "王", "user"},       {NULL, NULL, "user"},
               {"3PO", NULL, "po"},        {"Anne-Marie", NULL, "annemarie"}};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        const char *text = email_of(kit, bound, odd[i].first, odd[i].last, i, NULL);
        if (strncmp(text, odd[i].start, strlen(odd[i].start)) != 0 ||
            isalpha((unsigned char)text[strlen(odd[i].start)]))
            fail_msg("%s should begin with %s", text, odd[i].start);
    }
    char endless[200];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    uint64_t far = UINT64_C(1) << 61;
    for (uint64_t row = 0; row < 50; row++) {
        const char *text = email_of(kit, bound, endless, endless, row, &far);
        assert_in_range(strchr(text, '@') - text, 1, 64); /* RFC 5321 */
    }
    assert_null(KIT_BIND(kit, "email", KIT_NODE("first", KIT_CALL(kit, "int"))));
    assert_non_null(strstr(genkit_error(kit), "email: first must be a text, not int"));
}

/* Each level of digits is used up before the next begins, whatever the number of rows. */
static void unique_emails_have_short_numbers(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "email");
    bool *seen = calloc(100000, sizeof *seen);
    for (uint64_t first = 0; first < 99990; first += 990) {
        const Vec *v = genkit_index(kit, bound, first, 990);
        for (uint32_t k = 0; k < 990; k++) {
            const char *at = memchr(v->s[k].p, '@', v->s[k].n), *digits = at;
            while (isdigit((unsigned char)digits[-1]))
                digits--;
            uint64_t index = first + k;
            assert_int_equal(at - digits, index < 90 ? 2 : index < 990 ? 3 : index < 9990 ? 4 : 5);
            long number = strtol(digits, NULL, 10);
            assert_false(seen[number]);
            seen[number] = true;
        }
        genkit_reset(kit);
    }
    free(seen);
}

/* Those of other generations begin with a 0, which no row's does. */
static void emails_made_anew_have_short_numbers(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "email");
    bool seen[1000] = {false};
    const Vec *v = genkit_index(kit, bound, INDEX_END - 999, 999);
    for (uint32_t k = 0; k < 999; k++) {
        const char *at = memchr(v->s[k].p, '@', v->s[k].n), *digits = at;
        while (isdigit((unsigned char)digits[-1]))
            digits--;
        uint32_t generation = 999 - k;
        assert_int_equal(at - digits, generation < 10 ? 2 : generation < 100 ? 3 : 4);
        assert_int_equal(*digits, '0');
        long number = strtol(digits, NULL, 10);
        assert_false(seen[number]);
        seen[number] = true;
    }
}

static void places(void **state)
{
    GenKit *kit = *state;
    all_match(kit, KIT_BIND(kit, "address"), false,
              "^[1-9][0-9]{0,3} [A-Z][A-Za-z ]+, [A-Z][A-Za-z .-]+, [A-Z]{2} [0-9]{5}$");
    all_match(kit, KIT_BIND(kit, "address", KIT_BOOL("full", 0)), false,
              "^[1-9][0-9]{0,3} [A-Z][A-Za-z]+( [A-Z][a-z]+)? [A-Z][a-z]+$");
    all_match(kit, KIT_BIND(kit, "state", KIT_BOOL("short", 1)), false, "^[A-Z]{2}$");
    all_match(kit, KIT_BIND(kit, "postcode"), false, "^[0-9]{5}$");
    all_match(kit, KIT_BIND(kit, "postcode"), true, "^[0-9]{5}$");
    all_match(kit, KIT_BIND(kit, "country_code"), true, "^[A-Z]{2}$");
    all_match(kit, KIT_BIND(kit, "city"), true, "^[A-Z][A-Za-z .-]+$");
    /* City, state and postcode of an address belong together. */
    const Vec *v = genkit_fill(kit, KIT_BIND(kit, "address"), 0, 1000);
    for (uint32_t k = 0; k < 1000; k++) {
        const char *text = genkit_text(kit, v, k), *city = strstr(text, ", ") + 2;
        uint32_t i = 0;
        while (i < words_places_count &&
               (strncmp(city, words_places[i].city.p, words_places[i].city.n) != 0 ||
                city[words_places[i].city.n] != ','))
            i++;
        assert_in_range(i, 0, words_places_count - 1);
        assert_memory_equal(city + words_places[i].city.n + 2, words_places[i].state.p, 2);
        assert_memory_equal(city + words_places[i].city.n + 5, words_places[i].zip3.p, 3);
    }
}

static void companies(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "company");
    const char *shapes =
        "^[A-Z][A-Za-z']+( [A-Z][A-Za-z]+| [A-Z][a-z]+ [A-Z][A-Za-z]+| & [A-Z][A-Za-z']+|, [A-Z][A-Za-z']+ & [A-Z][A-Za-z']+)$";
    all_match(kit, bound, false, shapes);
    uint64_t index[BATCH_ROWS], rows[BATCH_ROWS] = {0};
    for (uint32_t k = 0; k < BATCH_ROWS; k++)
        index[k] = bound->count - 1 - k * (bound->count / BATCH_ROWS);
    const Vec *v = genkit_cells(kit, bound, rows, index, NULL, BATCH_ROWS);
    for (uint32_t k = 0; k < BATCH_ROWS; k++) {
        /* Partners are different people. */
        char a[64], b[64], c[64];
        if (sscanf(genkit_text(kit, v, k), "%63[^,], %63s & %63s", a, b, c) == 3)
            assert_true(strcmp(a, b) != 0 && strcmp(a, c) != 0 && strcmp(b, c) != 0);
    }
}

static void uuids_are_version_4(void **state)
{
    GenKit *kit = *state;
    for (int by_index = 0; by_index < 2; by_index++)
        all_match(kit, KIT_BIND(kit, "uuid"), by_index,
                  "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");
}

/* The bits that version and variant leave alone hold the index, so no two can agree: undo the
 * mixing (splitmix64) and read it. */
static void unique_uuids_hold_their_index(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "uuid");
    const char *hex = "0123456789abcdef";
    const Vec *v = genkit_index(kit, bound, UINT64_C(0xfedcba9876543210), 100);
    for (uint32_t k = 0; k < 100; k++) {
        uint64_t halves[2] = {0};
        for (int i = 0, digits = 0; i < 36; i++) {
            const char *digit = strchr(hex, v->s[k].p[i]);
            if (v->s[k].p[i] == '-')
                continue;
            uint64_t *half = &halves[digits++ / 16];
            *half = *half << 4 | (uint64_t)(digit - hex);
        }
        uint64_t x = halves[0] >> 16 << 16 | (halves[1] >> 32 & 0xffff);
        x = (x ^ x >> 31 ^ x >> 62) * UINT64_C(0x319642b2d24d8ec3);
        x = (x ^ x >> 27 ^ x >> 54) * UINT64_C(0x96de1b173f119089);
        x = x ^ x >> 30 ^ x >> 60;
        assert_int_equal(x ^ bound->key, UINT64_C(0xfedcba9876543210) + k);
    }
}

static void texts(void **state)
{
    GenKit *kit = *state;
    all_match(kit, KIT_BIND(kit, "word"), true, "^[a-z]+$");
    all_match(kit, KIT_BIND(kit, "sentence", KIT_INT("min", 2), KIT_INT("max", 4)), false,
              "^[A-Z][a-z]*( [a-z]+){1,3}\\.$");
    all_match(kit, KIT_BIND(kit, "text"), false, "^[A-Z][a-z]*(\\.? [A-Za-z][a-z]*)*\\.$");
    all_match(
        kit, KIT_BIND(kit, "json"), false,
        "^\\{\"tag\": \"[a-z]+\", \"count\": (0|[1-9][0-9]{0,2}), \"active\": (true|false)\\}$");
    for (int length = 1; length < 120; length++) {
        const Bound *bound = KIT_BIND(kit, "text", KIT_INT("min", length), KIT_INT("max", length));
        const Vec *v = genkit_fill(kit, bound, 0, 100);
        for (uint32_t k = 0; k < 100; k++)
            assert_int_equal(v->s[k].n, length);
        all_match(kit, bound, false,
                  length < 4 ? "^[A-Z][a-z]*$" : "^[A-Z][a-z]*(\\.? [A-Za-z][a-z]*)*\\.$");
    }
    const Bound *bound = KIT_BIND(kit, "text", KIT_INT("min", 11), KIT_INT("max", 20));
    uint64_t lengths[10] = {0};
    for (uint64_t first = 0; first < ROWS; first += BATCH_ROWS) {
        const Vec *v = genkit_fill(kit, bound, first, BATCH_ROWS);
        for (uint32_t k = 0; k < BATCH_ROWS; k++)
            lengths[v->s[k].n - 11]++;
        genkit_reset(kit);
    }
    assert_true(stats_chi_square_uniform(lengths, 10) > 0.001);
    assert_null(KIT_BIND(kit, "text", KIT_INT("min", 300)));
    assert_string_equal(genkit_error(kit), "text: min (300) is above max (200 by default)");
    assert_null(KIT_BIND(kit, "text", KIT_INT("max", 0)));
    assert_null(KIT_BIND(kit, "sentence", KIT_INT("min", 5), KIT_INT("max", 2)));
    assert_null(KIT_BIND(kit, "bytes", KIT_INT("min", 5), KIT_INT("max", 2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_have_no_doubles),
        cmocka_unit_test(suffixes_are_no_names),
        cmocka_unit_test(common_names_are_common),
        cmocka_unit_test(gender_chooses_the_list),
        cmocka_unit_test(full_names),
        cmocka_unit_test(ssn_belongs_to_nobody),
        cmocka_unit_test(phone_is_fiction),
        cmocka_unit_test(email_reaches_nobody),
        cmocka_unit_test(email_matches_the_name),
        cmocka_unit_test(unique_emails_have_short_numbers),
        cmocka_unit_test(emails_made_anew_have_short_numbers),
        cmocka_unit_test(places),
        cmocka_unit_test(companies),
        cmocka_unit_test(uuids_are_version_4),
        cmocka_unit_test(unique_uuids_hold_their_index),
        cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

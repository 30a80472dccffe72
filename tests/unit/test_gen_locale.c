/* Locales: YAML files in all the forms that Ruby Faker uses, templates, slots, regular expressions,
 * fallback, and several locales in one recipe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "gen/locale.h"
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

static Locale parse(GenKit *kit, const char *name, const char *text)
{
    LocaleReader *reader = locale_reader_new(name, kit->mem);
    if (!locale_read(reader, "x.yml", text, strlen(text), &kit->err))
        fail_msg("%s: %s", kit->err.first->where, kit->err.first->message);
    return locale_finish(reader);
}

static const char aa[] = "# a language\n"
                         "aa:\n"
                         "  faker:\n"
                         "    name:\n"
                         "      first_name: [Ana, \"Bär\", 'Cíl', 12, ~, [x, y]]\n"
                         "      last_name:\n"
                         "        - Ost\n"
                         "        - West\n"
                         "        - West\n"
                         "      prefix: &titles [Dr.]\n"
                         "      suffix: *titles\n"
                         "      name:\n"
                         "        - \"#{prefix} #{first_name} #{last_name}\"\n"
                         "    address:\n"
                         "      postcode: '##-?\?'\n"
                         "      building_number: ['#', '##']\n"
                         "      street_name: [\"#{Name.last_name}gasse\"]\n"
                         "      city: >\n"
                         "        Neustadt\n"
                         "      state: /[A-C]{2}(x|yz)?\\d/\n"
                         "    phone_number:\n"
                         "      area_code: ['11']\n"
                         "      formats: ['0#{PhoneNumber.area_code} ###']\n"
                         "    company:\n"
                         "      suffix: [GmbH]\n"
                         "    pokemon:\n"
                         "      names: [Pi]\n";

static const char aa_bb[] = "aa-BB:\n  faker:\n    name:\n      last_name: [Berg]\n";

/* The recipe's locales are `spec`; aa and aa-BB are loaded. */
static void use(GenKit *kit, const char *spec)
{
    Locales *l = &kit->recipe.locales;
    Locale *loaded = arena_array(kit->mem, Locale, 2);
    loaded[0] = parse(kit, "aa", aa);
    loaded[1] = parse(kit, "aa-BB", aa_bb);
    *l = (Locales){.spec = spec, .loaded = loaded, .nloaded = 2};
    if (spec)
        assert_true(locale_parse_spec(spec, &l->shares, &l->nshares, kit->mem, &kit->err));
    kit->plan.recipe = &kit->recipe;
}

static void files_in_all_forms(void **state)
{
    GenKit *kit = *state;
    Locale locale = parse(kit, "aa", aa);
    static const struct {
        const char *key;
        int n;
        const char *last;
    } expected[] = {{"address.building_number", 2, "##"},
                    {"address.city", 1, "Neustadt\n"},
                    {"address.postcode", 1, "##-??"},
                    {"address.state", 1, "/[A-C]{2}(x|yz)?\\d/"},
                    {"address.street_name", 1, "#{Name.last_name}gasse"},
                    {"company.suffix", 1, "GmbH"},
                    {"name.first_name", 4, "12"},
                    {"name.last_name", 3, "West"},
                    {"name.name", 1, "#{prefix} #{first_name} #{last_name}"},
                    {"name.prefix", 1, "Dr."},
                    {"name.suffix", 1, "Dr."},
                    {"phone_number.area_code", 1, "11"},
                    {"phone_number.formats", 1, "0#{PhoneNumber.area_code} ###"}};
    int n = sizeof expected / sizeof *expected;
    assert_int_equal(locale.n, n); /* pokemon is nobody's */
    for (int i = 0; i < n; i++) {
        assert_string_equal(locale.entries[i].key, expected[i].key);
        assert_int_equal(locale.entries[i].n, expected[i].n);
        assert_string_equal(locale.entries[i].items[expected[i].n - 1], expected[i].last);
    }
    /* What is kept in a ledger reads back as the same. */
    Locale again = parse(kit, "aa", locale.text);
    assert_string_equal(again.text, locale.text);
    /* A later file's key takes the place of an earlier one's. */
    LocaleReader *reader = locale_reader_new("aa-BB", kit->mem);
    static const char more[] = "aa-bb: {faker: {name: {last_name: [Tal]}}}\n";
    assert_true(locale_read(reader, "1.yml", aa_bb, sizeof aa_bb - 1, &kit->err));
    assert_true(locale_read(reader, "2.yml", more, sizeof more - 1, &kit->err));
    locale = locale_finish(reader);
    assert_int_equal(locale.n, 1);
    assert_string_equal(locale.entries[0].items[0], "Tal");
}

static void bad_files(void **state)
{
    GenKit *kit = *state;
    static const struct {
        const char *text, *where, *message;
    } cases[] = {
        {"aa:\n  faker:\n\tname: x\n", "x.yml:3", "not valid YAML"},
        {"aa:\n  faker:\n    name: [a\n", "x.yml:4", "not valid YAML"},
        {"aa:\n  faker: [a]\n", "x.yml:1", "is no locale file"},
        {"bb:\n  faker: {}\n", "x.yml:1", "is no locale file"},
        {"- a\n", "x.yml:1", "is no locale file"},
        {"", "x.yml:1", "is no locale file"},
        {"aa:\n  faker:\n    name:\n      ? [a, b]\n      : c\n", "x.yml:4", "a key is no text"},
        {"aa:\n  faker:\n    name:\n      x: \"a\\0b\"\n", "x.yml:4", "zero byte"},
        {"aa:\n  faker:\n    a: &a {x: &b {y: &c {z: 1}}}\n    b: {c: *a, d: [*b, *c], 1: {? {} : x}}\n",
         "x.yml:4", "a key is no text"},
        {"aa: {faker: {a: {b: {c: {d: {e: {f: {g: {h: {i: {j: {k: {l: {m: {}}}}}}}}}}}}}}}\n",
         "x.yml:1", "nested too deep"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Err err = {0};
        LocaleReader *reader = locale_reader_new("aa", kit->mem);
        assert_false(locale_read(reader, "x.yml", cases[i].text, strlen(cases[i].text), &err));
        if (!strstr(err.first->message, cases[i].message) ||
            strcmp(err.first->where, cases[i].where) != 0)
            fail_msg("case %zu: %s: %s", i, err.first->where, err.first->message);
    }
}

static void texts_from_a_locale(void **state)
{
    GenKit *kit = *state;
    use(kit, "aa");
    text_match(kit, KIT_BIND(kit, "first_name"), "^(Ana|Bär|Cíl|12)$");
    text_match(kit, KIT_BIND(kit, "full_name"), "^Dr\\. (Ana|Bär|Cíl|12) (Ost|West)$");
    text_match(kit, KIT_BIND(kit, "postcode"), "^[0-9]{2}-[A-Z]{2}$");
    text_match(kit, KIT_BIND(kit, "state"), "^[ABC]{2}(x|yz)?[0-9]$");
    text_match(kit, KIT_BIND(kit, "street_address"), "^[1-9][0-9]? (Ost|West)gasse$");
    text_match(kit, KIT_BIND(kit, "phone"), "^011 [0-9]{3}$");
    text_match(kit, KIT_BIND(kit, "company"), "^(Ost|West) GmbH$");
    text_match(kit, KIT_BIND(kit, "address"),
               "^[1-9][0-9]? (Ost|West)gasse, [0-9]{2}-[A-Z]{2} Neustadt");
    /* Twice in the list is twice as common, and one value. */
    const Bound *last = KIT_BIND(kit, "last_name");
    assert_int_equal(last->count, 2);
    const Vec *v = genkit_fill(kit, last, 0, 1024);
    int west = 0;
    for (uint32_t k = 0; k < 1024; k++)
        west += strcmp(genkit_text(kit, v, k), "West") == 0;
    assert_in_range(west, 620, 745);
    /* Slots have countable values, templates of templates have not. */
    assert_int_equal(KIT_BIND(kit, "postcode")->count, 67600);
    assert_false(KIT_BIND(kit, "state")->indexable);
}

static void falling_back(void **state)
{
    GenKit *kit = *state;
    use(kit, "aa-BB");
    text_match(kit, KIT_BIND(kit, "full_name"), "^Dr\\. (Ana|Bär|Cíl|12) Berg$");
    const Bound *bound = KIT_BIND(kit, "country");
    assert_string_equal(bound->note, "locale aa-BB has no address.country: using English");
    text_match(kit, bound, "^[A-Z]");
    assert_null(KIT_BIND(kit, "first_name")->note);
    /* A call's own locale comes before the recipe's; English is built in. */
    text_match(kit, KIT_BIND(kit, "last_name", KIT_TEXT("locale", "aa")), "^(Ost|West)$");
    text_match(kit, KIT_BIND(kit, "phone", KIT_TEXT("locale", "en")), "^\\+1-");
    text_match(kit, KIT_BIND(kit, "phone", KIT_TEXT("country", "FR")), "^\\+33 ");
    text_match(kit, KIT_BIND(kit, "phone", KIT_TEXT("locale", "pt-BR")), "^\\+55 ");
    use(kit, NULL);
    text_match(kit, KIT_BIND(kit, "postcode"), "^[0-9]{5}$");
}

static void what_cannot_be_resolved(void **state)
{
    GenKit *kit = *state;
    static const char cc[] =
        "cc: {faker: {name: {first_name: [\"#{last_name}\"], last_name: "
        "[\"#{first_name}\"], name: [\"#{nowhere}\", \"X #{suffix}\"]}, "
        "address: {city: [\"#{city}\"], state: ['/[a-/'], postcode: ['/a+/']}}}\n";
    Locale *loaded = arena_new_of(kit->mem, Locale);
    *loaded = parse(kit, "cc", cc);
    kit->recipe.locales = (Locales){.spec = "cc", .loaded = loaded, .nloaded = 1};
    assert_true(locale_parse_spec("cc", &kit->recipe.locales.shares, &kit->recipe.locales.nshares,
                                  kit->mem, &kit->err));
    kit->plan.recipe = &kit->recipe;
    static const char *const names[] = {"first_name", "city", "state", "postcode"};
    for (size_t i = 0; i < 4; i++) {
        const Bound *bound =
            genkit_bind(kit, genkit_node(kit, names[i], (const GenArg[]){{0}, {0}}));
        assert_non_null(bound);
        assert_non_null(bound->note);
    }
    text_match(kit, KIT_BIND(kit, "full_name"), "^X (Jr\\.|Sr\\.|II|III)$");
}

/* Templates that double and double end before they fill the memory. */
static void long_texts_are_left_out(void **state)
{
    GenKit *kit = *state;
    static const char dd[] =
        "dd: {faker: {name: {a: [0123456789012345678901234567890123456789], b: "
        "[\"#{a}#{a}#{a}#{a}#{a}#{a}#{a}#{a}#{a}#{a}\"], c: [\"#{b}#{b}#{b}#{b}#{b}#{b}\"], "
        "first_name: [\"#{b}\"], last_name: [\"#{c}\"]}, "
        "address: {state: ['/(((a{32}){32}){32}){32}/']}}}\n";
    Locale *loaded = arena_new_of(kit->mem, Locale);
    *loaded = parse(kit, "dd", dd);
    kit->recipe.locales = (Locales){.spec = "dd", .loaded = loaded, .nloaded = 1};
    assert_true(locale_parse_spec("dd", &kit->recipe.locales.shares, &kit->recipe.locales.nshares,
                                  kit->mem, &kit->err));
    kit->plan.recipe = &kit->recipe;
    text_match(kit, KIT_BIND(kit, "first_name"), "^[0-9]{400}$");
    text_match(kit, KIT_BIND(kit, "last_name"), "^[A-Z][A-Za-z']+$"); /* English */
    text_match(kit, KIT_BIND(kit, "state"), "^[A-Z][a-z]");
    Buf text;
    buf_init(&text, 1 << 16);
    buf_str(&text, "aa: {faker: {name: {first_name: [\"");
    for (int i = 0; i < 3000; i++)
        buf_byte(&text, 'x');
    buf_str(&text, "\"]}}}\n");
    LocaleReader *reader = locale_reader_new("aa", kit->mem);
    assert_true(locale_read(reader, "x.yml", text.data, text.len, &kit->err));
    *loaded = locale_finish(reader);
    kit->recipe.locales = (Locales){.loaded = loaded, .nloaded = 1};
    text_match(kit, KIT_BIND(kit, "first_name", KIT_TEXT("locale", "aa")), "^[A-Z][a-z]+");
    buf_free(&text);
}

/* The row's locale is drawn once: first and last name agree, and shares are kept. */
static void several_locales(void **state)
{
    GenKit *kit = *state;
    use(kit, "aa=70,en=30");
    const Bound *first = KIT_BIND(kit, "first_name"), *last = KIT_BIND(kit, "last_name");
    assert_false(first->indexable);
    int of_aa = 0;
    for (uint64_t row = 0; row < 10240; row += 1024) {
        const Vec *f = genkit_fill(kit, first, row, 1024), *l = genkit_fill(kit, last, row, 1024);
        for (uint32_t k = 0; k < 1024; k++) {
            const char *one = genkit_text(kit, f, k), *two = genkit_text(kit, l, k);
            bool aa_first = strstr("Ana Bär Cíl 12", one) && strlen(one) < 5;
            bool aa_last = strcmp(two, "Ost") == 0 || strcmp(two, "West") == 0;
            if (aa_last && strcmp(two, "West") == 0 && !aa_first)
                continue; /* West is an English name too */
            assert_int_equal(aa_first && strcmp(one, "Ana") != 0,
                             aa_last && strcmp(one, "Ana") != 0);
            of_aa += aa_last;
        }
        /* Nothing depends on the batch. */
        const Vec *alone = genkit_fill(kit, first, row + 500, 1);
        assert_string_equal(genkit_text(kit, alone, 0), genkit_text(kit, f, 500));
        genkit_reset(kit);
    }
    assert_in_range(of_aa, 6900, 7450);
}

static int share_of(GenKit *kit, const char *locale, const char *name)
{
    int found = 0;
    const Node *node = genkit_node(
        kit, "last_name",
        (const GenArg[]){
            {0},
            {"locale", {.kind = VAL_TEXT, .text = locale, .len = (uint32_t)strlen(locale)}},
            {0}});
    const Bound *bound = genkit_bind(kit, node);
    assert_non_null(bound);
    for (uint64_t row = 0; row < 10240; row += 1024) {
        const Vec *v = genkit_fill(kit, bound, row, 1024);
        for (uint32_t k = 0; k < 1024; k++)
            found += strcmp(genkit_text(kit, v, k), name) == 0;
        genkit_reset(kit);
    }
    return found;
}

/* Last names are as common as among the people, where that is known; the others share the rest. */
static void common_names_are_common(void **state)
{
    GenKit *kit = *state;
    Locale *loaded = arena_array(kit->mem, Locale, 4);
    loaded[0] = parse(kit, "ko", "ko: {faker: {name: {last_name: [김, 이, 남궁]}}}\n");
    loaded[1] = parse(kit, "ru",
                      "ru: {faker: {name: {male_last_name: [Иванов, Редкий], "
                      "female_last_name: [Иванова, Редкая], "
                      "last_name: ['#{female_last_name}', '#{male_last_name}']}}}\n");
    loaded[2] = parse(kit, "de-AT", "de-AT: {faker: {name: {last_name: [Müller, Selten, Rar]}}}\n");
    loaded[3] = parse(kit, "xx", "xx: {faker: {name: {last_name: [Müller, Rar, Rar]}}}\n");
    kit->recipe.locales = (Locales){.loaded = loaded, .nloaded = 4};
    kit->plan.recipe = &kit->recipe;
    /* 21,500 to 14,700; the rest of the people is cut to 4/5 of the rarest that is known. */
    assert_in_range(share_of(kit, "ko", "김"), 10240 * 0.42, 10240 * 0.47);
    assert_in_range(share_of(kit, "ko", "남궁"), 10240 * 0.22, 10240 * 0.27);
    /* Half of the people are women, and 5 of 9 of them have the name that is known. */
    assert_in_range(share_of(kit, "ru", "Иванова"), 10240 * 0.255, 10240 * 0.30);
    assert_in_range(share_of(kit, "ru", "Иванов"), 10240 * 0.255, 10240 * 0.30);
    assert_in_range(share_of(kit, "de-AT", "Müller"), 10240 * 0.36, 10240 * 0.41);
    assert_in_range(share_of(kit, "xx", "Müller"), 10240 * 0.31, 10240 * 0.36);
}

static void subdivisions(void **state)
{
    GenKit *kit = *state;
    text_match(kit, KIT_BIND(kit, "subdivision", KIT_BOOL("code", 1)), "^US-[A-Z]{2}$");
    text_match(kit, KIT_BIND(kit, "subdivision"), "^[A-Z][a-z]+");
    static const char *const names[] = {"Tirol", "Wien"}, *const codes[] = {"AT-7", "AT-9"};
    LocaleReader *reader = locale_reader_new(LOCALE_ISO, kit->mem);
    locale_put(reader, LOCALE_ISO_NAMES "subdivision.AT", names, 2);
    locale_put(reader, LOCALE_ISO_CODES "subdivision.AT", codes, 2);
    Locale *loaded = arena_new_of(kit->mem, Locale);
    *loaded = locale_finish(reader);
    kit->recipe.locales = (Locales){.loaded = loaded, .nloaded = 1};
    kit->plan.recipe = &kit->recipe;
    text_match(kit, KIT_BIND(kit, "subdivision", KIT_TEXT("country", "AT")), "^(Tirol|Wien)$");
    text_match(kit, KIT_BIND(kit, "subdivision", KIT_TEXT("country", "AT"), KIT_BOOL("code", 1)),
               "^AT-[79]$");
    assert_null(KIT_BIND(kit, "subdivision", KIT_TEXT("country", "ZZ")));
    assert_string_equal(genkit_error(kit), "subdivision knows no country \"ZZ\"");
    /* It comes back from the ledger's text. */
    LocaleReader *kept = locale_reader_new(LOCALE_ISO, kit->mem);
    assert_true(locale_read(kept, "kept", loaded->text, loaded->len, &kit->err));
    assert_int_equal(locale_finish(kept).n, 2);
}

/* All of a list: the common ones keep their names and their weights, the others are there too. */
static void all_of_iso(void **state)
{
    GenKit *kit = *state;
    const GenArg all = KIT_BOOL("all", 1);
    assert_null(KIT_BIND(kit, "currency", all));
    assert_string_equal(genkit_error(kit), "currency: what ISO lists was not read");
    static const char *const names[] = {"Yap", "United States of America"}, *const codes[] = {"YP",
                                                                                              "US"};
    LocaleReader *reader = locale_reader_new(LOCALE_ISO, kit->mem);
    locale_put(reader, LOCALE_ISO_NAMES "country", names, 2);
    locale_put(reader, LOCALE_ISO_CODES "country", codes, 2);
    Locale *loaded = arena_new_of(kit->mem, Locale);
    *loaded = locale_finish(reader);
    kit->recipe.locales = (Locales){.loaded = loaded, .nloaded = 1};
    kit->plan.recipe = &kit->recipe;
    text_match(kit, KIT_BIND(kit, "country", all), "^(United States|Yap)$");
    text_match(kit, KIT_BIND(kit, "country_code", all), "^(US|YP)$");
    assert_int_equal(KIT_BIND(kit, "country_code", all)->count, 2);
    const Vec *v = genkit_fill(kit, KIT_BIND(kit, "country_code", all), 0, 1024);
    int common = 0;
    for (uint32_t k = 0; k < 1024; k++)
        common += strcmp(genkit_text(kit, v, k), "US") == 0;
    assert_in_range(common, 1000, 1024);
}

static void specs(void **state)
{
    GenKit *kit = *state;
    const LocaleShare *shares;
    int n;
    assert_true(locale_parse_spec("fr=30,de=70", &shares, &n, kit->mem, &kit->err));
    assert_int_equal(n, 2);
    assert_string_equal(shares[0].name, "de");
    assert_string_equal(locale_spec_text(shares, n, kit->mem), "de=70,fr=30");
    assert_true(locale_parse_spec("pt-BR", &shares, &n, kit->mem, &kit->err));
    assert_string_equal(locale_spec_text(shares, n, kit->mem), "pt-BR");
    static const char *const bad[] = {
        "",      "d",      "de=0", "de=-1", "de=x",   "de=",    "de,",         ",de", "de=1=2",
        "de,de", "../etc", "de/x", "de fr", "de=nan", "de=inf", "deutschland", "de-"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Err err = {0};
        if (locale_parse_spec(bad[i], &shares, &n, kit->mem, &err))
            fail_msg("\"%s\" was taken", bad[i]);
        assert_int_equal(err.count, 1);
    }
    assert_string_equal(locale_parent("de-AT", kit->mem), "de");
    assert_null(locale_parent("de", kit->mem));
    assert_null(locale_parent("en-GB", kit->mem));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_in_all_forms, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_files, setup, teardown),
        cmocka_unit_test_setup_teardown(texts_from_a_locale, setup, teardown),
        cmocka_unit_test_setup_teardown(falling_back, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_resolved, setup, teardown),
        cmocka_unit_test_setup_teardown(several_locales, setup, teardown),
        cmocka_unit_test_setup_teardown(long_texts_are_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(common_names_are_common, setup, teardown),
        cmocka_unit_test_setup_teardown(subdivisions, setup, teardown),
        cmocka_unit_test_setup_teardown(all_of_iso, setup, teardown),
        cmocka_unit_test_setup_teardown(specs, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Records: values of one identity agree, in whatever columns and expressions they stand; two of a
 * row are two; unique ones are permuted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/map.h"
#include "base/text.h"
#include "gen/check_digits.h"
#include "plankit.h"

#define ROWS        2000
#define TABLE(body) "r:table(\"t\", { rows = 2000 }, function(t)\n  t.id = serial()\n" body "end)\n"

static const Plan *made;

static void make(const char *body)
{
    made = plan(body);
}

/* A copy of a column's texts. */
static const char **texts(const char *name)
{
    const Table *t = made->tables[0].table;
    Eval *eval = eval_new(made);
    int col = table_column(t, name);
    const char **out = arena_array(mem, const char *, ROWS);
    assert_true(col >= 0);
    for (uint64_t first = 0; first < ROWS; first += 500) {
        uint64_t rows[500];
        for (uint32_t k = 0; k < 500; k++)
            rows[k] = first + k;
        const Vec *v = eval_column(eval, 0, col, rows, 500);
        for (uint32_t k = 0; k < 500; k++)
            out[first + k] = vec_is_null(v, k) ? NULL : arena_strndup(mem, v->s[k].p, v->s[k].n);
    }
    eval_free(eval);
    return out;
}

static void same(const char *one, const char *two)
{
    const char **a = texts(one), **b = texts(two);
    for (int k = 0; k < ROWS; k++)
        assert_string_equal(a[k], b[k]);
}

static void distinct(const char *name)
{
    const char **a = texts(name);
    Map *seen = map_new(mem);
    for (int k = 0; k < ROWS; k++) {
        assert_null(map_get(seen, a[k]));
        map_put(seen, a[k], (void *)1);
    }
}

static void person_agrees(void **state)
{
    (void)state;
    make(TABLE(
        "  local p, q = person { min = 30, max = 50 }, person(\"other\", { gender = \"female\" })\n"
        "  t.email = p.email:unique()\n"
        "  t.full = p.full_name\n"
        "  t.first = p.first_name\n"
        "  t.joined = p.first_name .. \" \" .. p.last_name\n"
        "  t.again = p.full_name\n"
        "  t.gender = p.gender\n"
        "  t.prefix = p.prefix\n"
        "  t.login = p.username:unique()\n"
        "  t.age = text_of(p.age)\n"
        "  t.other = q.first_name\n"
        "  t.other_gender = q.gender\n"));
    same("full", "joined");
    same("full", "again");
    distinct("email");
    distinct("login");
    const char **email = texts("email"), **first = texts("first"), **gender = texts("gender"),
               **prefix = texts("prefix"), **other = texts("other"), **age = texts("age"),
               **sex = texts("other_gender");
    int women = 0, agree = 0, equal = 0;
    for (int k = 0; k < ROWS; k++) {
        bool woman = strcmp(gender[k], "female") == 0, man = strcmp(gender[k], "male") == 0;
        char low[32] = {0};
        for (int i = 0; first[k][i] && i < 31; i++)
            low[i] = (char)(first[k][i] | 0x20);
        women += woman;
        agree += strstr(email[k], low) != NULL;
        equal += strcmp(first[k], other[k]) == 0;
        assert_string_equal(prefix[k], woman ? "Ms." : man ? "Mr." : "Mx.");
        assert_string_equal(sex[k], "female");
        assert_true(strtol(age[k], NULL, 10) >= 30 && strtol(age[k], NULL, 10) <= 50);
        assert_string_not_equal(man ? first[k] : "", "Patricia");
    }
    assert_in_range(women, ROWS * 45 / 100, ROWS * 56 / 100);
    assert_in_range(agree, ROWS * 60 / 100, ROWS); /* esmith has no first name */
    assert_in_range(equal, 0, ROWS / 20);
}

/* The identity does not depend on which of its values are columns. */
static void person_is_the_same_without_columns(void **state)
{
    (void)state;
    make(TABLE("  local p = person()\n"
               "  t.a = \"x\" .. p.first_name\n"
               "  t.b = \"x\" .. p.first_name\n"
               "  t.c = when(t.id:gt(0), p.last_name)\n"
               "  t.d = upper(\"x\") .. p.full_name\n"
               "  t.e = lower(t.a .. \" \" .. t.c)\n"
               "  t.f = lower(t.d)\n"));
    same("a", "b");
    same("e", "f");
}

static void place_agrees(void **state)
{
    (void)state;
    make(TABLE("  local p, w = place(), place(\"work\", { country = \"any\" })\n"
               "  t.state = p.state\n"
               "  t.code = p.state_code\n"
               "  t.city = p.city\n"
               "  t.zip = p.postcode\n"
               "  t.zone = p.timezone\n"
               "  t.country = p.country_code\n"
               "  t.lat = text_of(p.latitude)\n"
               "  t.lon = text_of(p.longitude)\n"
               "  t.street = p.street_address\n"
               "  t.full = p.full_address\n"
               "  t.joined = t.street .. \", \" .. t.city .. \", \" .. t.code .. \" \" .. t.zip .. "
               "\", United States\"\n"
               "  t.work_city = w.city\n"
               "  t.work = w.country_code\n"
               "  t.work_zip = w.postcode\n"
               "  t.work_country = country { of = t.work_city }\n"));
    same("full", "joined");
    const char **city = texts("city"), **code = texts("code"), **state_name = texts("state"),
               **zip = texts("zip"), **zone = texts("zone"), **lat = texts("lat"),
               **lon = texts("lon"), **country = texts("country"), **work = texts("work"),
               **work_zip = texts("work_zip"), **work_country = texts("work_country");
    int boston = 0, abroad = 0;
    for (int k = 0; k < ROWS; k++) {
        assert_string_equal(country[k], "US");
        assert_int_equal(strlen(zip[k]), 5);
        abroad += strcmp(work[k], "US") != 0;
        if (strcmp(work[k], "DE") == 0) {
            assert_string_equal(work_country[k], "Germany");
            assert_int_equal(strlen(work_zip[k]), 5);
        }
        if (strcmp(city[k], "El Paso") == 0)
            assert_string_equal(zone[k], "America/Denver");
        if (strcmp(city[k], "Boston") != 0)
            continue;
        boston++;
        assert_string_equal(code[k], "MA");
        assert_string_equal(state_name[k], "Massachusetts");
        assert_memory_equal(zip[k], "021", 3);
        assert_string_equal(zone[k], "America/New_York");
        assert_true(strtod(lat[k], NULL) > 42.3 && strtod(lat[k], NULL) < 42.41);
        assert_true(strtod(lon[k], NULL) < -71.0 && strtod(lon[k], NULL) > -71.11);
    }
    assert_true(boston > 5 && abroad > ROWS / 4);
}

/* A city of the user's own that the catalogue does not have. */
static void unknown_city(void **state)
{
    (void)state;
    make(TABLE("  t.city = choice { \"Boston\", \"Atlantis\" }\n"
               "  t.state = state { of = t.city }\n"
               "  t.zip = postcode { of = t.city }\n"
               "  t.street = street_address { of = t.city }\n"));
    const Table *t = made->tables[0].table;
    assert_true(t->cols[table_column(t, "state")].nullable);
    const char **city = texts("city"), **state_name = texts("state"), **zip = texts("zip"),
               **street = texts("street");
    for (int k = 0; k < ROWS; k++) {
        bool known = strcmp(city[k], "Boston") == 0;
        assert_int_equal(known, state_name[k] != NULL);
        assert_int_equal(known, zip[k] != NULL);
        assert_int_equal(known, street[k] != NULL);
    }
}

static void card_agrees(void **state)
{
    (void)state;
    make(TABLE("  local c, v = card(), card(\"second\", { brand = \"visa\" })\n"
               "  t.cvv = c.cvv\n"
               "  t.brand = c.brand\n"
               "  t.number = c.number:unique()\n"
               "  t.last4 = c.last4\n"
               "  t.expiry = c.expiry\n"
               "  t.until_ = text_of(c.expires_on)\n"
               "  t.second = v.number\n"
               "  t.second_brand = v.brand\n"));
    distinct("number");
    const Table *t = made->tables[0].table;
    assert_false(t->cols[table_column(t, "brand")].nullable);
    const char **number = texts("number"), **brand = texts("brand"), **cvv = texts("cvv"),
               **last4 = texts("last4"), **expiry = texts("expiry"), **until = texts("until_"),
               **second = texts("second"), **second_brand = texts("second_brand");
    for (int k = 0; k < ROWS; k++) {
        size_t n = strlen(number[k]);
        bool amex = strcmp(brand[k], "amex") == 0;
        assert_true(check_luhn(number[k], n - 1, 0) == number[k][n - 1]);
        assert_int_equal(strlen(cvv[k]), amex ? 4 : 3);
        assert_int_equal(amex, n == 15);
        assert_string_equal(last4[k], number[k] + n - 4);
        assert_memory_equal(expiry[k], until[k] + 5, 2);
        assert_memory_equal(expiry[k] + 3, until[k] + 2, 2);
        assert_true(strcmp(until[k], "2026-01-01") > 0 && strcmp(until[k], "2030-02-01") < 0);
        assert_int_equal(second[k][0], '4');
        assert_string_equal(second_brand[k], "visa");
    }
}

static void company_agrees(void **state)
{
    (void)state;
    make(TABLE("  local c = company()\n"
               "  t.site = c.website\n"
               "  t.domain = c.domain:unique()\n"
               "  t.box = c.email\n"
               "  t.name = c:unique()\n"
               "  t.staff = email(\"ann\", { domain = c.domain })\n"
               "  t.joined = \"https://www.\" .. t.domain\n"
               "  t.plain = domain { company = c }\n"));
    same("site", "joined");
    distinct("domain");
    distinct("name");
    const char **name = texts("name"), **domain = texts("domain"), **box = texts("box"),
               **staff = texts("staff");
    for (int k = 0; k < ROWS; k++) {
        assert_string_equal(strchr(box[k], '@') + 1, domain[k]);
        assert_string_equal(strchr(staff[k], '@') + 1, domain[k]);
        assert_int_equal(name[k][0] | 0x20, domain[k][0]);
    }
}

static void refused(const char *body, const char *expected)
{
    RecipeSource source = {.name = "t.lua"};
    source.text = arena_printf(mem, "local r = recipe { name = \"t\" }\n%s\nreturn r\n", body);
    source.len = strlen(source.text);
    err_clear(&err);
    assert_null(recipe_load_sources(&source, 1, mem, &err));
    const char *got =
        arena_printf(mem, "%s | %s", err.first->message, err.first->hint ? err.first->hint : "-");
    assert_memory_equal(got, expected, strlen(expected));
    err_clear(&err);
}

static void misuse(void **state)
{
    (void)state;
    refused(TABLE("  t.x = person()\n"), "t.x cannot be a person, which has several values");
    refused(TABLE("  t.x = person().emial\n"), "a person has no \"emial\" | did you mean email?");
    refused(TABLE("  t.x = place().county\n"), "a place has no \"county\" | did you mean country?");
    refused(TABLE("  t.x = person { gneder = \"x\" }.email\n"),
            "person has no parameter \"gneder\" | did you mean gender?");
    refused(TABLE("  local a, b = person \"x\", person \"x\"\n  t.x = a.email\n"),
            "there is a person \"x\" already");
    refused("local p = person()\n" TABLE(""), "person belongs to a table's row");
    refused(TABLE("  t.x = company():uniqe()\n"),
            "there is no method :uniqe | did you mean :unique?");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(person_agrees), TEST(person_is_the_same_without_columns),
        TEST(place_agrees),  TEST(unknown_city),
        TEST(card_agrees),   TEST(company_agrees),
        TEST(misuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

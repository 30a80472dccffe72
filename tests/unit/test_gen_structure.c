/* Values made of other values, and rows of CSV files: their parts are the row's own columns, shares
 * follow weights, what they print can be read again, and columns of one file agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/cell.h"
#include "plankit.h"

#define ROWS 1000

static const char *cell(const Vec *v, uint32_t k)
{
    if (vec_is_null(v, k))
        return "NULL";
    Buf text;
    buf_init(&text, 1u << 20);
    cell_put_text(&text, v, k);
    const char *copy = arena_strndup(mem, text.data, text.len);
    buf_free(&text);
    return copy;
}

static const Vec *of_rows(const Plan *p, const char *name)
{
    return lasting_column(p, "o", name, ROWS);
}

static const Plan *plan_files(const char *body, const RecipeSource *files, int nfiles)
{
    RecipeSource all[4] = {{.name = "t.lua"}};
    all[0].text = arena_printf(
        mem, "local r = recipe { name = \"t\", seed = 7, clock = \"2026-01-01\" }\n%s\nreturn r\n",
        body);
    all[0].len = strlen(all[0].text);
    for (int i = 0; i < nfiles; i++)
        all[i + 1] = files[i];
    const Recipe *r = recipe_load_sources(all, nfiles + 1, mem, &err);
    PlanOptions o = options();
    PlanTarget target = {.engine = ENGINE_SQLITE, .load_path = LOAD_PREPARED};
    return r ? plan_build(r, &o, &target, mem, &err) : NULL;
}

#define TABLE(columns)                                                                             \
    "local shops = r:table(\"shops\", { rows = 5 }, function(t) t.id = serial() t.name = word() "  \
    "end)\nr:table(\"o\", { rows = 1000 }, function(t)\n  t.id = serial()\n"                       \
    "  t.shop_id = ref(shops)\n  t.name = first_name()\n  t.maybe = int(1, 9):null(0.2)\n" columns \
    "end)\n"

static void one_of_follows_weights(void **state)
{
    (void)state;
    const Plan *p =
        plan(TABLE("  t.x = one_of { { t.name, 3 }, { pattern(\"##\"), 1 } }\n"
                   "  t.y = one_of { t.maybe, 100 }\n  t.z = one_of { { null, 1 }, { 5, 4 } }\n"));
    const Vec *name = of_rows(p, "name"), *x = of_rows(p, "x"), *y = of_rows(p, "y"),
              *z = of_rows(p, "z"), *maybe = of_rows(p, "maybe");
    int names = 0, own = 0, nulls = 0, z_nulls = 0;
    for (uint32_t k = 0; k < ROWS; k++) {
        bool is_name = strcmp(cell(x, k), cell(name, k)) == 0;
        names += is_name;
        assert_true(is_name || (x->s[k].n == 2 && x->s[k].p[0] >= '0' && x->s[k].p[0] <= '9'));
        own += strcmp(cell(y, k), cell(maybe, k)) == 0;
        assert_true(strcmp(cell(y, k), cell(maybe, k)) == 0 || y->i[k] == 100);
        nulls += vec_is_null(y, k);
        z_nulls += vec_is_null(z, k);
    }
    assert_in_range(names, 690, 810);
    assert_in_range(own, 440, 560);
    assert_in_range(nulls, 60, 140);
    assert_in_range(z_nulls, 150, 250);
}

static void template_is_its_columns(void **state)
{
    (void)state;
    const Plan *p = plan(TABLE(
        "  t.x = template(\"{{{id}}} {shop_id.name}/{name}/{d}{d}\", { d = pattern(\"##\") })\n"
        "  t.y = template(\"{maybe}!\")\n  t.z = template \"\"\n  t.w = template \"plain\"\n"));
    const Vec *id = of_rows(p, "id"), *name = of_rows(p, "name"), *x = of_rows(p, "x"),
              *y = of_rows(p, "y"), *maybe = of_rows(p, "maybe"), *w = of_rows(p, "w");
    int different = 0;
    for (uint32_t k = 0; k < ROWS; k++) {
        const char *text = cell(x, k), *head = arena_printf(mem, "{%s} ", cell(id, k));
        assert_int_equal(strncmp(text, head, strlen(head)), 0);
        const char *digits = strrchr(text, '/') + 1, *own = cell(name, k);
        assert_int_equal(strncmp(digits - 1 - strlen(own), own, strlen(own)), 0);
        assert_int_equal(strlen(digits), 4);
        assert_memory_equal(digits, digits + 2, 2);
        different += digits[0] != digits[1];
        assert_string_equal(
            cell(y, k), vec_is_null(maybe, k) ? "NULL" : arena_printf(mem, "%s!", cell(maybe, k)));
        assert_string_equal(cell(w, k), "plain");
    }
    assert_in_range(different, 850, 950);
    assert_string_equal(cell(of_rows(p, "z"), 0), "");
}

/* Whatever stands in the parts, the text is JSON, and says what the columns say. */
static void json_can_be_read(void **state)
{
    (void)state;
    const Plan *p = plan(TABLE(
        "  t.at = timestamp_past()\n  t.odd = choice { 'a \"b\"', \"c\\\\d\", \"e\\nf\\1\", \"äöü\" }\n"
        "  t.x = json { id = t.id, odd = t.odd, maybe = t.maybe, at = t.at, price = decimal(), "
        "yes = bool(), none = null, inner = json { a = 1.50, b = array(t.odd, 2, 2) } }\n"
        "  t.y = json { { \"zeta\", t.id }, { \"alpha\\\"\", t.name } }\n"));
    const Vec *id = of_rows(p, "id"), *odd = of_rows(p, "odd"), *maybe = of_rows(p, "maybe"),
              *x = of_rows(p, "x"), *y = of_rows(p, "y"), *name = of_rows(p, "name"),
              *at = of_rows(p, "at");
    for (uint32_t k = 0; k < ROWS; k++) {
        json_t *doc = json_loadb(x->s[k].p, x->s[k].n, 0, NULL);
        assert_non_null(doc);
        assert_int_equal(json_object_size(doc), 8);
        assert_int_equal(json_integer_value(json_object_get(doc, "id")), id->i[k]);
        assert_string_equal(json_string_value(json_object_get(doc, "odd")), cell(odd, k));
        assert_string_equal(json_string_value(json_object_get(doc, "at")), cell(at, k));
        assert_true(json_is_real(json_object_get(doc, "price")));
        assert_true(json_is_boolean(json_object_get(doc, "yes")));
        assert_true(json_is_null(json_object_get(doc, "none")));
        const json_t *n = json_object_get(doc, "maybe");
        assert_true(vec_is_null(maybe, k) ? json_is_null(n) : json_integer_value(n) == maybe->i[k]);
        const json_t *inner = json_object_get(json_object_get(doc, "inner"), "b");
        assert_int_equal(json_array_size(inner), 2);
        assert_string_equal(json_string_value(json_array_get(inner, 1)), cell(odd, k));
        json_decref(doc);
        assert_string_equal(cell(y, k), arena_printf(mem, "{\"zeta\": %s, \"alpha\\\"\": \"%s\"}",
                                                     cell(id, k), cell(name, k)));
    }
}

static void arrays_have_their_sizes(void **state)
{
    (void)state;
    const Plan *p = plan(TABLE("  t.x = array(int(0, 9), 0, 4)\n  t.y = array(word(), 3, 3)\n"));
    const Vec *x = of_rows(p, "x"), *y = of_rows(p, "y");
    int sizes[5] = {0}, alike = 0;
    for (uint32_t k = 0; k < ROWS; k++) {
        json_t *list = json_loadb(x->s[k].p, x->s[k].n, 0, NULL);
        assert_non_null(list);
        size_t n = json_array_size(list);
        assert_true(n <= 4);
        sizes[n]++;
        for (size_t i = 0; i < n; i++)
            assert_in_range(json_integer_value(json_array_get(list, i)), 0, 9);
        alike += n >= 2 && json_equal(json_array_get(list, 0), json_array_get(list, 1));
        json_decref(list);
        json_t *words = json_loadb(y->s[k].p, y->s[k].n, 0, NULL);
        assert_int_equal(json_array_size(words), 3);
        json_decref(words);
    }
    for (int i = 0; i < 5; i++)
        assert_in_range(sizes[i], 150, 250);
    assert_in_range(alike, 30, 95); /* each element draws for itself */
}

/* An array of PostgreSQL is written as the server's own output function does. */
static void arrays_of_the_database(void **state)
{
    (void)state;
    PlanTarget target = {.engine = ENGINE_POSTGRES, .load_path = LOAD_COPY};
    const Plan *p = plan_with(TABLE("  t.x = array('a \"\\\\', 2, 2):type \"text[]\"\n"
                                    "  t.y = array(one_of { null, 7 }, 1, 1):type \"int[]\"\n"),
                              options(), target);
    assert_non_null(p);
    const Vec *x = of_rows(p, "x"), *y = of_rows(p, "y");
    int nulls = 0;
    for (uint32_t k = 0; k < ROWS; k++) {
        assert_string_equal(cell(x, k), "{\"a \\\"\\\\\",\"a \\\"\\\\\"}");
        nulls += strcmp(cell(y, k), "{NULL}") == 0;
        assert_true(strcmp(cell(y, k), "{NULL}") == 0 || strcmp(cell(y, k), "{7}") == 0);
    }
    assert_in_range(nulls, 430, 570);
}

/* ---- CSV files */

static const char cities[] = "\xEF\xBB\xBF"
                             "city,country,pop,zip,area,capital,note\r\n"
                             "\"New \"\"York\"\"\",US,8,00501,1.5,false,\"\"\r\n"
                             "Oslo,NO,1,0150,2,true,\"a,\nb\"\n"
                             "Nowhere,,1,9,-3.25,false,x";
static const RecipeSource city_file = {"data/cities.csv", cities, sizeof cities - 1};

#define CITY(column) "dataset(\"data/cities.csv\", \"" column "\", { weights = \"pop\" })"

static void rows_of_a_file_agree(void **state)
{
    (void)state;
    const Plan *p = plan_files(
        "r:table(\"o\", { rows = 1000 }, function(t)\n  t.id = serial()\n  t.city = " CITY("city") "\n  t.zip = " CITY("zip") "\n  t.country = " CITY(
            "country") "\n  t.pop = " CITY("pop") "\n  t.area = " CITY("area") "\n  t.capital = " CITY("capital") "\n  t.note = " CITY("note") "\n"
                                                                                                                                               "  t.other = dataset(\"data/cities.csv\", \"city\", { row = \"other\" })\n"
                                                                                                                                               "end)",
        &city_file, 1);
    assert_non_null(p);
    static const char *const rows[3][7] = {
        {"New \"York\"", "00501", "US", "8", "1.50", "false", ""},
        {"Oslo", "0150", "NO", "1", "2.00", "true", "a,\nb"},
        {"Nowhere", "9", "NULL", "1", "-3.25", "false", "x"}};
    static const char *const names[] = {"city", "zip", "country", "pop", "area", "capital", "note"};
    const Vec *v[7], *other = of_rows(p, "other");
    for (int c = 0; c < 7; c++)
        v[c] = of_rows(p, names[c]);
    assert_int_equal(v[1]->kind, TYPE_TEXT); /* leading zeros are kept */
    assert_int_equal(v[3]->kind, TYPE_INT);
    assert_int_equal(v[4]->kind, TYPE_DECIMAL);
    assert_int_equal(v[5]->kind, TYPE_BOOL);
    int count[3] = {0}, same = 0;
    for (uint32_t k = 0; k < ROWS; k++) {
        int row = 0;
        while (row < 2 && strcmp(rows[row][0], cell(v[0], k)) != 0)
            row++;
        for (int c = 0; c < 7; c++)
            assert_string_equal(cell(v[c], k), rows[row][c]);
        count[row]++;
        same += strcmp(cell(other, k), cell(v[0], k)) == 0;
    }
    assert_in_range(count[0], 750, 850);
    assert_in_range(count[1], 60, 140);
    assert_in_range(same, 270, 400); /* one in three */
}

static void refused(const char *column, const char *csv, const char *message)
{
    err_clear(&err);
    RecipeSource file = {"data/x.csv", csv, strlen(csv)};
    assert_null(plan_files(
        arena_printf(mem, "r:table(\"o\", { rows = 3 }, function(t)\nt.x = %s\nend)", column),
        &file, 1));
    assert_string_equal(err.first->message, message);
    assert_string_equal(err.first->where, "t.lua:3");
    assert_int_equal(err.first->code, strstr(message, "unique") || strstr(message, "values for")
                                          ? ERR_UNIQUE
                                          : ERR_RECIPE);
    assert_null(strstr(err.first->hint ? err.first->hint : "", "secret"));
}

#define X(more) "dataset(\"data/x.csv\", \"a\"" more ")"

static void bad_files_say_where(void **state)
{
    (void)state;
    refused(X(""), "", "dataset: data/x.csv is empty");
    refused(X(""), "a,b\n", "dataset: data/x.csv has no rows");
    refused(X(""), "a,\nx,y", "dataset: data/x.csv:1: column 2 of the header has no name");
    refused(X(""), "a,a\nx,y", "dataset: data/x.csv:1: the header names a twice");
    refused(X(""), "a,b\nx,y\nsecret", "dataset: data/x.csv:3: 1 fields, where the header has 2");
    refused(X(""), "a\n\"secret\nx", "dataset: data/x.csv:2: the quote is not closed");
    refused(X(""), "a\n\"x\"secret",
            "dataset: data/x.csv:2: something stands behind a closing quote");
    refused(X(""), "a\n\"x\ny\"\nsec\"ret",
            "dataset: data/x.csv:4: a quote inside a field that does not begin with one");
    refused(X(""), "a\nx\ry", "dataset: data/x.csv:2: a line ends in CR LF or LF");
    refused(X(""), "a\n\xff", "dataset: data/x.csv is not UTF-8");
    refused(X(""), "b\nx\n", "dataset: data/x.csv has no column \"a\" (column)");
    refused(X(", { weights = \"w\" }"), "a,w\nx,1\ny,secret",
            "dataset: data/x.csv: row 2 has no weight in column \"w\"");
    refused(X(", { weights = \"w\" }"), "a,w\nx,1\ny,-1",
            "dataset: data/x.csv: row 2 has no weight in column \"w\"");
    refused(X(", { weights = \"w\" }"), "a,w\nx,0\n",
            "dataset: data/x.csv: all weights in column \"w\" are 0");
    refused(X("):unique("), "a\nx\ny\nx\n", "2 values for 3 rows");
    refused("dataset(\"../x.csv\", \"a\")", "a\nx",
            "dataset: \"../x.csv\" is not the name of a file below the recipe");
    refused("dataset(\"/etc/passwd\", \"a\")", "a\nx",
            "dataset: \"/etc/passwd\" is not the name of a file below the recipe");
    refused("dataset(\"data/../../x.csv\", \"a\")", "a\nx",
            "dataset: \"data/../../x.csv\" is not the name of a file below the recipe");
    refused("dataset(\"data/y.csv\", \"a\")", "a\nx",
            "dataset: data/y.csv is not among the recipe's kept sources");
    refused(
        "dataset(\"data/x.csv\", \"a\")  t.y = dataset(\"data/x.csv\", \"a\"):unique()", "a\nx",
        "dataset: other columns take the same rows of data/x.csv, so this one cannot be unique");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {T(one_of_follows_weights), T(template_is_its_columns),
                                       T(json_can_be_read),       T(arrays_have_their_sizes),
                                       T(arrays_of_the_database), T(rows_of_a_file_agree),
                                       T(bad_files_say_where)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

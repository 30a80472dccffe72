/* Cells as text, CSV, JSON and SQL literals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "db/dialect.h"
#include "model/cell.h"

typedef void (*Put)(Buf *out, const Vec *v, uint32_t row);

static void expect(Put put, const Vec *v, const char *wanted)
{
    Buf out;
    buf_init(&out, 1u << 20);
    put(&out, v, 0);
    assert_string_equal(buf_cstr(&out), wanted);
    buf_free(&out);
}

static void expect_literal(Engine engine, TypeKind column, const Vec *v, const char *wanted)
{
    Buf out;
    buf_init(&out, 1u << 20);
    dialect_literal(engine, &out, &(Type){.kind = column}, v, 0);
    assert_string_equal(buf_cstr(&out), wanted);
    buf_free(&out);
}

static void expect_text(const char *text, size_t n, const char *csv, const char *json)
{
    Str s = {text, (uint32_t)n};
    Vec v = {.kind = TYPE_TEXT, .n = 1, .s = &s};
    expect(cell_put_csv, &v, csv);
    expect(cell_put_json, &v, json);
}

static void texts(void **state)
{
    (void)state;
    expect_text("plain", 5, "plain", "\"plain\"");
    expect_text("", 0, "\"\"", "\"\"");
    expect_text("a,\"b\"", 5, "\"a,\"\"b\"\"\"", "\"a,\\\"b\\\"\"");
    expect_text("a\nb\rc", 5, "\"a\nb\rc\"", "\"a\\nb\\rc\"");
    expect_text("a\\b", 3, "a\\b", "\"a\\\\b\"");
    expect_text("a\tb\x01", 4, "a\tb\x01", "\"a\\tb\\u0001\"");
    expect_text("a\0b", 1, "a", "\"a\"");
    expect_text("日本", 6, "日本", "\"日本\"");
    expect_text(" ", 1, " ", "\" \"");
    /* Two texts that would mean something else: the end of COPY's data, MySQL's NULL. */
    expect_text("\\.", 2, "\"\\.\"", "\"\\\\.\"");
    expect_text("NULL", 4, "\"NULL\"", "\"NULL\"");
    expect_text("NULLS", 5, "NULLS", "\"NULLS\"");
}

static void a_zero_byte(void **state)
{
    (void)state;
    Str s = {"a\0b", 3};
    Vec v = {.kind = TYPE_TEXT, .n = 1, .s = &s};
    expect(cell_put_json, &v, "\"a\\u0000b\"");
    expect_literal(ENGINE_SQLITE, TYPE_TEXT, &v, "CAST(X'610062' AS TEXT)");
    expect_literal(ENGINE_MYSQL, TYPE_TEXT, &v, "_utf8mb4 X'610062'");
}

static void nulls(void **state)
{
    (void)state;
    uint8_t null = 1;
    int64_t i = 7;
    Vec v = {.kind = TYPE_INT, .n = 1, .i = &i, .null = &null}, none = {.kind = TYPE_NULL, .n = 1};
    const Vec *both[] = {&v, &none};
    for (int k = 0; k < 2; k++) {
        expect(cell_put_text, both[k], "NULL");
        expect(cell_put_csv, both[k], "");
        expect(cell_put_json, both[k], "null");
        expect_literal(ENGINE_POSTGRES, TYPE_INT, both[k], "NULL");
    }
}

static void numbers(void **state)
{
    (void)state;
    int64_t i = -1230;
    double f = 0.1;
    Vec integer = {.kind = TYPE_INT, .n = 1, .i = &i},
        decimal = {.kind = TYPE_DECIMAL, .scale = 2, .n = 1, .i = &i},
        real = {.kind = TYPE_FLOAT, .n = 1, .f = &f};
    expect(cell_put_csv, &integer, "-1230");
    expect(cell_put_json, &decimal, "-12.30");
    expect(cell_put_text, &real, "0.1");
    expect_literal(ENGINE_MYSQL, TYPE_DECIMAL, &decimal, "-12.30");
    expect_literal(ENGINE_POSTGRES, TYPE_INT, &integer, "-1230");
    /* PostgreSQL reads a quoted literal as what its column is. */
    expect_literal(ENGINE_POSTGRES, TYPE_TEXT, &integer, "'-1230'");
    expect_literal(ENGINE_MARIADB, TYPE_TEXT, &integer, "-1230");
}

static void booleans(void **state)
{
    (void)state;
    int64_t i = 1;
    Vec v = {.kind = TYPE_BOOL, .n = 1, .i = &i};
    expect(cell_put_text, &v, "true");
    expect(cell_put_json, &v, "true");
    expect(cell_put_csv, &v, "1");
    expect_literal(ENGINE_POSTGRES, TYPE_BOOL, &v, "true");
    expect_literal(ENGINE_POSTGRES, TYPE_INT, &v, "1");
    expect_literal(ENGINE_POSTGRES, TYPE_TEXT, &v, "'1'");
    expect_literal(ENGINE_SQLITE, TYPE_BOOL, &v, "1");
}

static void moments(void **state)
{
    (void)state;
    int64_t day = 1, at = MICROS_PER_DAY + 1, hour = 3600 * MICROS_PER_SECOND;
    Vec date = {.kind = TYPE_DATE, .n = 1, .i = &day},
        stamp = {.kind = TYPE_TIMESTAMP, .scale = 6, .n = 1, .i = &at},
        time = {.kind = TYPE_TIME, .n = 1, .i = &hour};
    expect(cell_put_csv, &date, "1970-01-02");
    expect(cell_put_json, &date, "\"1970-01-02\"");
    expect(cell_put_csv, &stamp, "1970-01-02 00:00:00.000001");
    expect(cell_put_json, &stamp, "\"1970-01-02T00:00:00.000001Z\"");
    expect(cell_put_json, &time, "\"01:00:00\"");
    expect_literal(ENGINE_MYSQL, TYPE_TIMESTAMP, &stamp, "'1970-01-02 00:00:00.000001'");
}

static void bytes_and_json(void **state)
{
    (void)state;
    Str raw = {"\x00\xff", 2}, doc = {"{\"a\":\n \"b\\nc\"}", 15};
    Vec bytes = {.kind = TYPE_BYTES, .n = 1, .s = &raw},
        json = {.kind = TYPE_JSON, .n = 1, .s = &doc};
    expect(cell_put_text, &bytes, "\\x00ff");
    expect(cell_put_csv, &bytes, "\\x00ff");
    expect(cell_put_json, &bytes, "\"\\\\x00ff\"");
    expect(cell_put_json, &json, "{\"a\":  \"b\\nc\"}"); /* one line */
    expect_literal(ENGINE_POSTGRES, TYPE_BYTES, &bytes, "'\\x00ff'");
    expect_literal(ENGINE_SQLITE, TYPE_BYTES, &bytes, "X'00FF'");
    expect_literal(ENGINE_MARIADB, TYPE_BYTES, &bytes, "X'00FF'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),         cmocka_unit_test(a_zero_byte), cmocka_unit_test(nulls),
        cmocka_unit_test(numbers),       cmocka_unit_test(booleans),    cmocka_unit_test(moments),
        cmocka_unit_test(bytes_and_json)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

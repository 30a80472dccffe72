/* A column of which only the type is known gets a generator whose values fit it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/decimal.h"
#include "base/utf8.h"
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

static const Bound *fallback(GenKit *kit, Type type)
{
    Column column = {.name = "c", .type = type, .where = "kit.lua:9"};
    const Node *node = gen_fallback(&column, kit->mem);
    assert_non_null(node);
    assert_string_equal(node->where, "kit.lua:9");
    kit->plan.has_clock = kit->recipe.has_clock = false; /* none of them needs it */
    const Bound *bound = genkit_bind(kit, node);
    if (!bound)
        fail_msg("refused: %s", genkit_error(kit));
    return bound;
}

static void integers_fit_their_bits(void **state)
{
    GenKit *kit = *state;
    static const int bits[] = {8, 16, 24, 32, 64, 0};
    for (int i = 0; i < 6; i++) {
        const Bound *bound = fallback(kit, (Type){.kind = TYPE_INT, .bits = bits[i]});
        assert_int_equal(bound->type.kind, TYPE_INT);
        assert_true(bound->lo >= 0);
        assert_true(bound->hi <= (bits[i] == 8 ? 127 : bits[i] == 16 ? 32767 : 8388607));
    }
}

static void decimals_fit_their_precision(void **state)
{
    GenKit *kit = *state;
    for (int precision = 0; precision <= 65; precision++)
        for (int scale = 0; scale <= precision && scale <= 30; scale++) {
            const Bound *bound =
                fallback(kit, (Type){.kind = TYPE_DECIMAL, .precision = precision, .scale = scale});
            assert_int_equal(bound->type.kind, TYPE_DECIMAL);
            if (precision) {
                assert_true(bound->type.scale <= scale);
                assert_true(bound->type.precision - bound->type.scale <= precision - scale ||
                            (precision == scale && bound->type.precision == bound->type.scale));
            }
            const Vec *v = genkit_fill(kit, bound, 0, 100);
            for (uint32_t k = 0; k < 100; k++)
                assert_true(v->i[k] >= 0 && v->i[k] < decimal_pow10[bound->type.precision]);
        }
}

static void texts_fit_their_length(void **state)
{
    GenKit *kit = *state;
    for (int length = 0; length < 300; length++)
        for (int fixed = 0; fixed < 2; fixed++) {
            const Bound *bound =
                fallback(kit, (Type){.kind = TYPE_TEXT, .length = length, .fixed = fixed});
            assert_true(length == 0 || bound->type.length <= length);
            const Vec *v = genkit_fill(kit, bound, 0, 200);
            for (uint32_t k = 0; k < 200; k++) {
                size_t chars = utf8_length(v->s[k].p, v->s[k].n);
                assert_true(chars > 0 && (length == 0 || chars <= (size_t)length));
                assert_true(!fixed || length == 0 || length > 64 || chars == (size_t)length);
            }
            genkit_reset(kit);
        }
}

static void bytes_fit_their_length(void **state)
{
    GenKit *kit = *state;
    static const int lengths[] = {0, 1, 7, 16, 255, 65535};
    for (int i = 0; i < 6; i++)
        for (int fixed = 0; fixed < 2; fixed++) {
            const Bound *bound =
                fallback(kit, (Type){.kind = TYPE_BYTES, .length = lengths[i], .fixed = fixed});
            const Vec *v = genkit_fill(kit, bound, 0, 200);
            for (uint32_t k = 0; k < 200; k++) {
                assert_true(lengths[i] == 0 || v->s[k].n <= (uint32_t)lengths[i]);
                assert_true(!fixed || lengths[i] == 0 || lengths[i] > 8192 ||
                            v->s[k].n == (uint32_t)lengths[i]);
            }
            genkit_reset(kit);
        }
}

static void other_kinds(void **state)
{
    GenKit *kit = *state;
    static const TypeKind same[] = {TYPE_BOOL,      TYPE_FLOAT, TYPE_DATE, TYPE_TIME,
                                    TYPE_TIMESTAMP, TYPE_UUID,  TYPE_JSON};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_int_equal(fallback(kit, (Type){.kind = same[i]})->type.kind, same[i]);
    assert_int_equal(fallback(kit, (Type){.kind = TYPE_NONE})->type.kind, TYPE_TEXT);
    static const char *const labels[] = {"small", "große"};
    const Bound *label =
        fallback(kit, (Type){.kind = TYPE_ENUM, .labels = labels, .label_count = 2});
    assert_int_equal(label->count, 2);
    assert_string_equal(genkit_text(kit, genkit_index(kit, label, 1, 1), 0), "große");
    const Bound *date = fallback(kit, (Type){.kind = TYPE_DATE});
    assert_int_equal(date->count, 1827); /* 2020 to 2024 */
    Column null = {.name = "c", .type = {.kind = TYPE_NULL}},
           other = {.name = "c", .type = {.kind = TYPE_OTHER}};
    const Node *constant = gen_fallback(&null, kit->mem);
    assert_int_equal(constant->kind, NODE_CONST);
    assert_int_equal(constant->value.kind, VAL_NULL);
    assert_null(gen_fallback(&other, kit->mem));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_fit_their_bits),
        cmocka_unit_test(decimals_fit_their_precision),
        cmocka_unit_test(texts_fit_their_length),
        cmocka_unit_test(bytes_fit_their_length),
        cmocka_unit_test(other_kinds),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

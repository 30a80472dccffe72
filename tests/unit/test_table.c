/* Tables, catalogs, vectors and the names of the plan's enumerations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/plan.h"

static Column columns[] = {{.name = "id"}, {.name = "a"}, {.name = "b"}, {.name = "A"}};
static int c0[] = {0}, c12[] = {1, 2}, c21[] = {2, 1}, c2[] = {2}, c3[] = {3};
static Key uniques[] = {{.cols = c12, .ncols = 2}, {.cols = c3, .ncols = 1, .partial = true}};
static Key indexes[] = {{.cols = c21, .ncols = 2}};
static ForeignKey fks[] = {{.name = "x", .cols = c12, .ncols = 2},
                           {.name = "y", .cols = c2, .ncols = 1}};
static const Table table = {.name = "t",
                            .cols = columns,
                            .ncols = 4,
                            .primary = {.cols = c0, .ncols = 1},
                            .uniques = uniques,
                            .nuniques = 2,
                            .indexes = indexes,
                            .nindexes = 1,
                            .fks = fks,
                            .nfks = 2};

static void test_table(void **state)
{
    (void)state;
    assert_int_equal(table_column(&table, "a"), 1);
    assert_int_equal(table_column(&table, "A"), 3);
    assert_int_equal(table_column(&table, "c"), -1);
    assert_string_equal(table_fk_of(&table, 1)->name, "x");
    assert_string_equal(table_fk_of(&table, 2)->name, "x");
    assert_null(table_fk_of(&table, 0));
    assert_true(table_has_index_on(&table, c0, 1));
    assert_true(table_has_index_on(&table, c12, 1));
    assert_true(table_has_index_on(&table, c12, 2));
    assert_true(table_has_index_on(&table, c21, 2));
    assert_true(table_has_index_on(&table, c2, 1));
    assert_false(table_has_index_on(&table, c3, 1)); /* a partial key serves no lookup */
}

static void test_catalog(void **state)
{
    (void)state;
    Table tables[] = {
        {.name = "t", .schema = "public"}, {.name = "t", .schema = "billing"}, {.name = "u"}};
    Catalog catalog = {.tables = tables, .ntables = 3, .schema = "public"};
    assert_ptr_equal(catalog_table(&catalog, NULL, "t"), &tables[0]);
    assert_ptr_equal(catalog_table(&catalog, "billing", "t"), &tables[1]);
    assert_ptr_equal(catalog_table(&catalog, "public", "u"), &tables[2]);
    assert_null(catalog_table(&catalog, "billing", "u"));
    assert_null(catalog_table(&catalog, NULL, "T"));
    Catalog plain = {.tables = tables + 2, .ntables = 1};
    assert_ptr_equal(catalog_table(&plain, NULL, "u"), &tables[2]);
    assert_null(catalog_table(&plain, "x", "u"));
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(action_sql(ACTION_CASCADE), "CASCADE");
    assert_string_equal(action_sql(ACTION_SET_NULL), "SET NULL");
    assert_string_equal(action_sql(ACTION_UNSET), "NO ACTION");
    for (int i = LOAD_NONE; i <= LOAD_SINK; i++)
        assert_string_not_equal(load_path_name((LoadPath)i), "unknown");
    for (int i = STEP_CREATE_TABLE; i <= STEP_VERIFY; i++)
        assert_string_not_equal(step_kind_name((StepKind)i), "unknown");
    for (int i = CHECK_ROWS; i <= CHECK_CELLS; i++)
        assert_string_not_equal(check_kind_name((CheckKind)i), "unknown");
    for (int i = 0; i < OP_COUNT; i++)
        assert_non_null(op_defs[i].name);
    assert_string_equal(op_defs[OP_COALESCE].name, "coalesce");
}

static void test_vectors(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    const TypeKind kinds[] = {TYPE_INT,  TYPE_FLOAT, TYPE_TEXT, TYPE_BYTES,
                              TYPE_NULL, TYPE_UUID,  TYPE_BOOL};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        Vec *v = vec_new(mem, kinds[i], 3, 100);
        assert_int_equal((v->i != NULL) + (v->f != NULL) + (v->s != NULL), 1);
        assert_int_equal(v->scale, 3);
        assert_false(vec_is_null(v, 99));
        uint8_t *null = vec_nulls(v, mem);
        assert_false(vec_is_null(v, 99));
        null[99] = 1;
        assert_ptr_equal(vec_nulls(v, mem), null);
        assert_true(vec_is_null(v, 99));
    }
    arena_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_catalog),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

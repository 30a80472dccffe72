/* Keys of tables outside of the recipe: whatever became of these, rows that were made are computed
 * as they were, or what cannot be is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/depends.h"
#include "plankit.h"

#define MOST 40

static const char *const recipe_text =
    "local b = r:table('b', { rows = 12 }, function(t) t.id = serial() t.kind = ref 'kinds'\n"
    "  t.label = text_of(t.kind) .. '!' t.n = int(1, 9) end)\n"
    "r:table('c', { per = { b, 2 } }, function(t) t.id = serial() t.b = ref(b)\n"
    "  t.text = t.b.label .. '?' end)\n"
    "r:table('d', { rows = 3 }, function(t) t.id = serial() t.kind = ref('kinds'):unique() end)\n";

typedef struct Keys {
    int64_t at[MOST];
    int n;
} Keys;

static const Plan *made; /* whose tables are there */

static const Plan *built(const Keys *keys, int rows, bool history_only)
{
    Vec *ids = vec_new(mem, TYPE_INT, 0, MOST);
    const Vec **cols = arena_array(mem, const Vec *, 1);
    KeyPool *pool = arena_new_of(mem, KeyPool);
    memcpy(ids->i, keys->at, sizeof *ids->i * (size_t)keys->n);
    cols[0] = ids;
    *pool = (KeyPool){.count = (uint64_t)keys->n, .ncols = 1, .cols = cols};
    PlanTableFacts *facts = arena_new_of(mem, PlanTableFacts);
    *facts = (PlanTableFacts){.table = "kinds", .rows = -1, .pool = pool};
    Column *id = arena_new_of(mem, Column);
    *id = (Column){.name = "id", .type = type_parse("bigint", mem)};
    Table *tables = arena_array(mem, Table, 4);
    tables[0] = (Table){.name = "kinds",
                        .cols = id,
                        .ncols = 1,
                        .primary = {.cols = arena_array(mem, int, 1), .ncols = 1}};
    Catalog *catalog = arena_new_of(mem, Catalog);
    *catalog = (Catalog){.tables = tables, .ntables = 1};
    for (int t = 0; made && t < made->ntables; t++)
        tables[catalog->ntables++] = *made->tables[t].table;
    PlanCount counts[] = {{"b", rows}, {"c", 2 * rows}, {"d", 3}};
    PlanOptions o = options();
    o.counts = counts;
    o.ncounts = 3;
    err_clear(&err);
    return plan_with(recipe_text, o,
                     (PlanTarget){.engine = ENGINE_SQLITE,
                                  .catalog = catalog,
                                  .facts = facts,
                                  .nfacts = 1,
                                  .history = kit_history,
                                  .nhistory = kit_nhistory,
                                  .history_only = history_only});
}

static void done(const Plan *plan, int run)
{
    assert_non_null(plan);
    made = plan;
    plan_done(plan, run);
}

static void same_rows(const Plan *p, const Plan *q, uint32_t n)
{
    const Vec *a = lasting_column(p, "b", "kind", n), *b = lasting_column(q, "b", "kind", n);
    const Vec *x = lasting_column(p, "c", "text", 2 * n),
              *y = lasting_column(q, "c", "text", 2 * n);
    for (uint32_t k = 0; k < n; k++)
        assert_int_equal(a->i[k], b->i[k]);
    for (uint32_t k = 0; k < 2 * n; k++) {
        assert_int_equal(x->s[k].n, y->s[k].n);
        assert_memory_equal(x->s[k].p, y->s[k].p, x->s[k].n);
    }
}

static const Keys first = {{10, 20, 30}, 3};
static const Keys later = {{5, 20, 30, 40}, 4};

static void rows_keep_what_they_drew(void **state)
{
    (void)state;
    const Plan *one = built(&first, 12, false);
    done(one, 0);
    const Plan *two = built(&later, 20, false);
    assert_non_null(two);
    assert_null(plan_lost_columns(two, mem));
    same_rows(one, two, 12);
    const Vec *kind = lasting_column(two, "b", "kind", 20);
    bool seen[2] = {0};
    for (int k = 0; k < 20; k++) {
        assert_true(k < 12 ? kind->i[k] != 5 && kind->i[k] != 40 : kind->i[k] != 10);
        seen[0] = seen[0] || kind->i[k] == 10;
        seen[1] = seen[1] || kind->i[k] == 5 || kind->i[k] == 40;
    }
    assert_true(seen[0] && seen[1]);
    done(two, 1);
    /* None of them any more, twice as many, and those of the beginning again. */
    const Keys others = {{77}, 1}, more = {{5, 20, 30, 40, 50, 60, 70, 80}, 8};
    same_rows(two, built(&others, 20, true), 20);
    same_rows(two, built(&more, 20, true), 20);
    same_rows(two, built(&first, 20, true), 20);
}

static void keys_are_kept_once(void **state)
{
    (void)state;
    done(built(&first, 12, false), 0);
    done(built(&first, 14, false), 1);
    done(built(&later, 16, false), 2);
    done(built(&later, 18, false), 3);
    int kept = 0, hashed = 0;
    for (int i = 0; i < kit_nhistory; i++) {
        if (strcmp(kit_history[i].table, "b") != 0)
            continue;
        kept += strstr(kit_history[i].text, "\"keys\":\"") != NULL;
        hashed += strstr(kit_history[i].text, "\"hash\"") != NULL;
    }
    assert_int_equal(hashed, 4);
    assert_int_equal(kept, 2);
}

/* The text with `part` and what follows of it, up to `end`, in other words. */
static void edit(const char *name, const char *part, char end, const char *with)
{
    for (int i = 0; i < kit_nhistory; i++) {
        char *at =
            strcmp(kit_history[i].table, name) == 0 ? strstr(kit_history[i].text, part) : NULL;
        if (at)
            kit_history[i].text =
                arena_printf(mem, "%.*s%s%s", (int)(at - kit_history[i].text), kit_history[i].text,
                             with, strchr(at + strlen(part), end) + 1);
    }
}

static bool is_lost(bool **lost, const Plan *p, const char *t, const char *column)
{
    int at = plan_table(p, t);
    return lost[at][table_column(p->tables[at].table, column)];
}

static void keys_that_are_not_kept_are_known_to_be_lost(void **state)
{
    (void)state;
    done(built(&first, 12, false), 0);
    edit("b", ",\"keys\":\"", '"', "");
    bool **lost = plan_lost_columns(built(&first, 12, true), mem);
    assert_null(lost);
    const Plan *p = built(&later, 14, false);
    assert_non_null(p);
    lost = plan_lost_columns(p, mem);
    assert_non_null(lost);
    assert_true(is_lost(lost, p, "b", "kind") && is_lost(lost, p, "b", "label"));
    assert_true(is_lost(lost, p, "c", "text"));
    assert_false(is_lost(lost, p, "b", "n") || is_lost(lost, p, "c", "b"));
    assert_false(is_lost(lost, p, "d", "kind"));
}

/* What older programs wrote has neither. */
static void unmarked_segments_draw_from_what_is_there(void **state)
{
    (void)state;
    done(built(&first, 12, false), 0);
    edit("b", ",\"pools\":{\"0\":", '}', ",\"other\":{");
    const Plan *p = built(&later, 12, true);
    assert_non_null(p);
    assert_null(plan_lost_columns(p, mem));
    assert_int_equal(table(p, "b")->fks[0].pool_state, POOL_UNSURE);
    const Vec *kind = lasting_column(p, "b", "kind", 12);
    for (int k = 0; k < 12; k++)
        assert_int_not_equal(kind->i[k], 10);
}

static void texts_that_cannot_be(void **state)
{
    (void)state;
    done(built(&first, 12, false), 0);
    static const char *const keys[] = {
        ",\"keys\":\"CgEJAQkBCQE\"", ",\"keys\":[[10,20]]", ",\"keys\":[[10,20,31]]",
        ",\"keys\":[[10,20,\"x\"]]", ",\"keys\":[]",        ",\"keys\":7"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        kit_nhistory = 0;
        made = NULL;
        done(built(&first, 12, false), 0);
        edit("b", ",\"keys\":\"", '"', keys[i]);
        const Plan *p = built(&later, 12, true);
        assert_non_null(p);
        assert_int_equal(table(p, "b")->fks[0].pool_state, POOL_LOST);
        lasting_column(p, "c", "text", 24);
    }
}

/* A segment that says that it drew from the first one's keys, and from more of them. */
static void more_keys_than_there_were(void **state)
{
    (void)state;
    const Keys others = {{77}, 1};
    done(built(&first, 12, false), 0);
    done(built(&first, 14, false), 1);
    PlanHistory *second = NULL;
    for (int i = 0; i < kit_nhistory; i++)
        if (strcmp(kit_history[i].table, "b") == 0)
            second = &kit_history[i];
    const char *count = strstr(second->text, "[0,3]");
    assert_non_null(count);
    second->text = arena_printf(mem, "%.*s[0,900000]%s", (int)(count - second->text), second->text,
                                count + strlen("[0,3]"));
    const Plan *p = built(&others, 14, true);
    assert_non_null(p);
    assert_int_equal(table(p, "b")->fks[0].pool_state, POOL_LOST);
    lasting_column(p, "c", "text", 28);
    /* With keys of its own, which are not so many. */
    for (int i = 0; i < kit_nhistory; i++)
        if (strcmp(kit_history[i].table, "b") == 0 && &kit_history[i] != second)
            second->text = kit_history[i].text;
    count = strstr(second->text, "[0,3]");
    assert_non_null(count);
    second->text = arena_printf(mem, "%.*s[0,900000000]%s", (int)(count - second->text),
                                second->text, count + strlen("[0,3]"));
    assert_non_null(built(&others, 14, true));
}

static int begin(void **state)
{
    made = NULL;
    return setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_keep_what_they_drew, begin, teardown),
        cmocka_unit_test_setup_teardown(keys_are_kept_once, begin, teardown),
        cmocka_unit_test_setup_teardown(keys_that_are_not_kept_are_known_to_be_lost, begin,
                                        teardown),
        cmocka_unit_test_setup_teardown(unmarked_segments_draw_from_what_is_there, begin, teardown),
        cmocka_unit_test_setup_teardown(texts_that_cannot_be, begin, teardown),
        cmocka_unit_test_setup_teardown(more_keys_than_there_were, begin, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

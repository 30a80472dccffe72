/* Few new children beside many parents are listed in the ledger. Whatever went and came before and
 * after, a plan has the same cells from the lists as from counting, and a list that cannot be true
 * is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plankit.h"

#define CHANGES 96

static const char *const recipe_text =
    "local a = r:table('a', { rows = 700 }, function(t) t.id = serial() end)\n"
    "local b = r:table('b', { rows = 400 }, function(t) t.id = serial() end)\n"
    "local m = r:table('m', { rows = 500, per = { a, between(0, 3) } }, function(t)\n"
    "  t.id = serial() t.a = ref(a) t.b = ref(b) t.n = int(1, 4) t:unique(t.a, t.n) end)\n"
    "r:table('s', { rows = 300, per = { m, weighted { { 0, 995 }, { 4, 5 } } } }, function(t)\n"
    "  t.id = serial() t.m = ref(m) t.x = t.m.n * 10 + int(0, 9) end)\n"
    "r:table('d', { rows = 300, per = { { a, between(0, 5) }, { b, between(0, 6) } } }, "
    "function(t)\n"
    "  t.id = serial() t.a = ref(a) t.b = ref(b) end)\n";

static const char *const names[] = {"a", "b", "m", "s", "d"};

typedef struct Life {
    uint64_t key, draws;
    PlanChange changes[CHANGES];
    int nchanges, run;
    const Plan *plan;
} Life;

static uint64_t some(Life *l, uint64_t n)
{
    return rng_below(rng_philox(l->key, l->draws++, 0).a, n);
}

/* The text without its lists. */
static const char *unlisted(const char *text)
{
    const char *at = strstr(text, ",\"few\":["), *end = at ? strstr(at, "]]") : NULL;
    return at ? arena_printf(mem, "%.*s%s", (int)(at - text), text, end + 2) : text;
}

static const Plan *built(const Life *l, PlanOptions o, bool lists, bool history_only)
{
    PlanHistory *history = arena_copy(mem, kit_history, (size_t)kit_nhistory, 1, sizeof *history);
    for (int i = 0; i < kit_nhistory && !lists; i++)
        history[i].text = unlisted(history[i].text);
    err_clear(&err);
    return plan_with(recipe_text, o,
                     (PlanTarget){.engine = ENGINE_SQLITE,
                                  .history = history,
                                  .nhistory = kit_nhistory,
                                  .changes = l->changes,
                                  .nchanges = l->nchanges,
                                  .history_only = history_only});
}

/* A column of all rows. */
static const int64_t *cells(const Plan *plan, const char *name, int col)
{
    int t = plan_table(plan, name);
    uint64_t n = plan->tables[t].rows, *rows = arena_array(mem, uint64_t, n + 1);
    for (uint64_t row = 0; row < n; row++)
        rows[row] = row;
    Eval *eval = eval_new(plan);
    const Vec *v = eval_column(eval, t, col, rows, (uint32_t)n);
    int64_t *out = arena_copy(mem, v->i, n, 1, sizeof *out);
    for (uint64_t row = 0; row < n; row++)
        out[row] = vec_is_null(v, (uint32_t)row) ? -1 : out[row];
    eval_free(eval);
    return out;
}

static void assert_same_cells(const Plan *one, const Plan *other)
{
    for (int t = 0; t < 5; t++) {
        const TablePlan *tp = table(one, names[t]);
        assert_int_equal(table(other, names[t])->rows, tp->rows);
        for (int c = 0; c < tp->table->ncols; c++)
            assert_memory_equal(cells(one, names[t], c), cells(other, names[t], c),
                                tp->rows * sizeof(int64_t));
    }
}

static void assert_same_texts(const Plan *one, const Plan *other)
{
    for (int t = 0; t < 5; t++) {
        const TablePlan *tp = table(one, names[t]), *tq = table(other, names[t]);
        assert_int_equal(tq->nsegments, tp->nsegments);
        for (int s = 0; s < tp->nsegments; s++)
            assert_string_equal(plan_segment_text(tq, &tq->segments[s], mem),
                                plan_segment_text(tp, &tp->segments[s], mem));
    }
}

static void add(Life *l, const int64_t more[5])
{
    PlanOptions o = options();
    PlanCount counts[5];
    for (int t = 0; t < 5 && l->plan; t++)
        counts[t] = (PlanCount){names[t], (int64_t)table(l->plan, names[t])->rows + more[t]};
    o.counts = counts;
    o.ncounts = l->plan ? 5 : 0;
    l->run++;
    const Plan *counted = built(l, o, false, false), *plan = built(l, o, true, false);
    assert_true(!plan == !counted);
    if (!plan) {
        assert_true(err.first->code == ERR_UNIQUE || err.first->code == ERR_COUNT);
        return;
    }
    assert_same_cells(plan, counted);
    assert_same_texts(plan, counted);
    l->plan = plan;
    plan_done(plan, l->run);
    assert_same_cells(built(l, o, true, true), built(l, o, false, true));
}

/* Rows of a table that refer to one of the set; or, without one, of one in `of`. They go. */
static const RowSet *delete_some(Life *l, const char *name, int col, const RowSet *parents,
                                 uint64_t of)
{
    const TablePlan *tp = table(l->plan, name);
    const int64_t *refers = parents ? cells(l->plan, name, col) : NULL;
    RowSet *set = rowset_new(mem);
    for (uint64_t row = 0; row < tp->rows; row++)
        if (!plan_is_gone(tp, row) &&
            (refers ? rowset_has(parents, (uint64_t)refers[row] - 1) : some(l, of) == 0))
            rowset_add(set, row, 1, mem);
    assert_in_range(l->nchanges, 0, CHANGES - 1);
    if (rowset_rows(set))
        l->changes[l->nchanges++] =
            (PlanChange){.table = name, .run = l->run, .kind = CHANGE_DELETED, .rows = set};
    return set;
}

static void step(Life *l)
{
    const RowSet *rows;
    int64_t more[5] = {0};
    switch (some(l, 5)) {
    case 0:
        l->run++;
        rows = delete_some(l, "a", 0, NULL, 20);
        delete_some(l, "d", 1, rows, 0);
        delete_some(l, "s", 1, delete_some(l, "m", 1, rows, 0), 0);
        break;
    case 1:
        l->run++;
        delete_some(l, "s", 1, delete_some(l, "m", 0, NULL, 2 + some(l, 20)), 0);
        break;
    case 2:
        l->run++;
        delete_some(l, "s", 0, NULL, 9);
        delete_some(l, "d", 0, NULL, 9);
        break;
    case 3: more[0] = (int64_t)some(l, 3) * 20; break;
    default: break;
    }
    for (int t = 2; t < 5; t++)
        more[t] = (int64_t)some(l, 10);
    add(l, more);
}

static void lives(void **state)
{
    int listed = 0;
    for (uint64_t key = 0; key < 12; key++) {
        teardown(state);
        setup(state);
        Life l = {.key = key};
        const int64_t none[5] = {0};
        add(&l, none);
        for (int i = 0; i < 12; i++)
            step(&l);
        for (int i = 0; i < kit_nhistory; i++)
            listed += strstr(kit_history[i].text, "\"few\":[[") != NULL;
    }
    assert_in_range(listed, 150, 432);
}

/* A life whose last segment are three rows of m. */
static PlanHistory *three_added(Life *l)
{
    const int64_t none[5] = {0}, three[5] = {0, 0, 3, 0, 0};
    PlanHistory *m = NULL;
    add(l, none);
    add(l, three);
    for (int i = 0; i < kit_nhistory; i++)
        m = strcmp(kit_history[i].table, "m") == 0 ? &kit_history[i] : m;
    return m;
}

/* Parents 3 (two children) and 64 + 5 among those that stand there. */
static void what_a_list_says_counts(void **state)
{
    (void)state;
    Life l = {.key = 1};
    PlanHistory *m = three_added(&l);
    RowSet *parents = rowset_new(mem), *others = rowset_new(mem);
    rowset_add(parents, 3, 1, mem);
    rowset_add(parents, 69, 1, mem);
    rowset_add(others, 1, 1, mem);
    m->text = arena_printf(mem, "%s", unlisted(m->text));
    m->text = arena_printf(mem, "%.*s,\"few\":[[0,\"%s\",\"%s\"]]}", (int)strlen(m->text) - 1,
                           m->text, rowset_text(parents, mem), rowset_text(others, mem));
    const Plan *p = built(&l, options(), true, true);
    const int64_t *a = cells(p, "m", 1);
    assert_int_equal(a[500], 4);
    assert_int_equal(a[501], 4);
    assert_int_equal(a[502], 70);
}

static const char *set(uint64_t first, uint64_t rows)
{
    RowSet *one = rowset_new(mem);
    rowset_add(one, first, rows, mem);
    return rowset_text(one, mem);
}

static void refused(Life *l, PlanHistory *m, const char *few)
{
    const char *was = m->text, *text = unlisted(was);
    m->text = arena_printf(mem, "%.*s,\"few\":%s}", (int)strlen(text) - 1, text, few);
    const Plan *p = built(l, options(), true, true);
    if (p)
        print_message("taken: %s\n", few);
    assert_null(p);
    assert_int_equal(err.first->code, ERR_DRIFT);
    assert_non_null(strstr(err.first->message, "rows 500 to 503 does not fit"));
    m->text = was;
}

static void impossible_lists_are_refused(void **state)
{
    (void)state;
    Life l = {.key = 1};
    PlanHistory *m = three_added(&l);
    const struct {
        int fk;
        const char *parents, *others;
    } lists[] = {{0, set(1, 2), ""},           /* two of three */
                 {0, set(1, 4), ""},           /* four */
                 {0, "", ""},                  /* none */
                 {0, "", set(0, 3)},           /* children of nobody */
                 {0, set(1, 2), set(0, 1)},    /* before the first parent */
                 {0, set(1, 1), set(2, 2)},    /* behind the last */
                 {0, set(698, 3), ""},         /* no such parent */
                 {0, set(1, 1), set(1, 1000)}, /* far too many */
                 {0, "B!", ""},
                 {0, "AQ", ""},
                 {0, "/////////////w", ""},
                 {0, set(1, 3), "?"},
                 {1, set(1, 3), ""}, /* not counted by */
                 {2, set(1, 3), ""},
                 {-1, set(1, 3), ""}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        refused(&l, m,
                arena_printf(mem, "[[%d,\"%s\",\"%s\"]]", lists[i].fk, lists[i].parents,
                             lists[i].others));
    refused(&l, m, "[[0]]");
    refused(&l, m, "[7]");
    refused(&l, m, arena_printf(mem, "[[0,\"%s\"]]", set(1, 3)));
    refused(&l, m, arena_printf(mem, "[[\"0\",\"%s\",\"\"]]", set(1, 3)));
    assert_non_null(built(&l, options(), true, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lives, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_list_says_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(impossible_lists_are_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

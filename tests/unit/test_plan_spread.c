/* References by each distribution: as many rows per parent as its formula says, among the parents
 * that are there, and no other ones for old rows when the parents grow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "plankit.h"
#include "stats.h"

#define PARENTS 20
#define ROWS    40000

static double below_normal(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

/* What lies below x, of parents counted from 0. */
static double below(char law, double x)
{
    switch (law) {
    case 'u': return x;
    case 'n': return below_normal((x - 8) / 4);
    case 'l': return x > 0 ? below_normal(log(x / 6) / 0.5) : 0;
    case 'e': return 1 - exp(-x / 5);
    case 't': return x < 5 ? x * x / 100 : 1 - (20 - x) * (20 - x) / 300;
    case 'h': return x < 5 ? x : x < 10 ? 5 : x < 15 ? 5 + 3 * (x - 10) : 20 + 6 * (x - 15);
    case 'g': return 1 - pow(0.8, x);
    case 'P': return 1 - pow(x + 1, -1.5);
    default: return 0;
    }
}

static double weight(char law, int i)
{
    if (law == 'z')
        return pow(i + 1, -1.2);
    if (law == 'p')
        return exp(i * log(6) - 6 - lgamma(i + 1));
    return below(law, i + 1) - below(law, i);
}

static void count_parents(const Plan *p, const char *name, const char *col, uint64_t *seen)
{
    Eval *eval = eval_new(p);
    int t = plan_table(p, name), f = 0;
    const TablePlan *tp = &p->tables[t];
    while (strcmp(tp->table->cols[tp->fks[f].fk->cols[0]].name, col) != 0)
        f++;
    for (uint64_t row = 0; row < ROWS; row += 1000) {
        uint64_t rows[1000];
        for (uint64_t k = 0; k < 1000; k++)
            rows[k] = row + k;
        const uint64_t *parents = eval_parents(eval, t, f, rows, 1000);
        for (int k = 0; k < 1000; k++)
            if (parents[k] != ROW_NONE) {
                assert_in_range(parents[k], 0, PARENTS - 1);
                seen[parents[k]]++;
            }
    }
    eval_free(eval);
}

static const struct {
    char law;
    const char *dist;
} laws[] = {{'u', "'uniform'"},
            {'n', "normal { mean = 8, sd = 4 }"},
            {'l', "lognormal { median = 6, sigma = 0.5 }"},
            {'e', "exponential { mean = 5 }"},
            {'t', "triangular { mode = 5 }"},
            {'h', "histogram { 1, 0, 3, 6 }"},
            {'g', "geometric { p = 0.2 }"},
            {'P', "pareto { alpha = 1.5 }"},
            {'z', "zipf { s = 1.2 }"},
            {'p', "poisson { mean = 6 }"}};

static void rows_follow_the_formula(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        const Plan *p = plan(arena_printf(
            mem,
            "local a = r:table('a', { rows = 20 }, function(t) t.id = serial() end)\n"
            "r:table('b', { rows = 40000 }, function(t) t.id = serial() t.a_id = ref(a, { dist = %s })\n"
            "  t.other = ref(a, { dist = %s }):null(0.5) end)",
            laws[i].dist, laws[i].dist));
        assert_non_null(p);
        static const char *const columns[] = {"a_id", "other"};
        double shares[PARENTS], sum = 0;
        for (int k = 0; k < PARENTS; k++)
            sum += shares[k] = weight(laws[i].law, k);
        for (int k = 0; k < PARENTS; k++)
            shares[k] /= sum;
        for (int c = 0; c < 2; c++) {
            uint64_t seen[PARENTS] = {0};
            count_parents(p, "b", columns[c], seen);
            double fits = stats_chi_square(seen, shares, PARENTS);
            if (fits < 0.001)
                fail_msg("%s over %s: %g", laws[i].dist, columns[c], fits);
        }
    }
}

/* How a column counts its places: how many of its numbers are one unit, and from where. */
typedef struct Axis {
    const char *name, *made;
    double unit, from;
    bool rounded; /* to whole numbers */
} Axis;

static const Axis axes[] = {
    {"i", "int { min = 0, max = 19, dist = %s }", 1, 0, true},
    {"d", "decimal { min = 0, max = 19.999999, scale = 6, dist = %s }", 1e6, 0, false},
    {"f", "float { min = 0, max = 19.999999, dist = %s }", 1, 0, false},
    {"day", "date { from = '2025-01-01', to = '2025-01-20', dist = %s }", 1, 20089, false},
    {"at", "timestamp { from = '2025-01-01', to = '2025-01-20 23:59:59', dist = %s }", 86400e6,
     20089, false},
    {"hour", "time { from = '00:00', to = '19:59:59', dist = %s }", 3600e6, 0, false},
    {"later", "after(t.first, days(0, 19), %s)", 1, 20089, false},
    {"pick", "choice({ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 }, %s)",
     1, 0, false},
};

/* What is nearest to a whole number. A triangle stands over half a unit more at both ends; what
 * begins at the first number has half a unit less there, and so more at the last. */
static double nearest(char law, int k)
{
    bool from_start = strchr("eP", law) != NULL;
    double low = k - 0.5, high = from_start && k == PARENTS - 1 ? k + 1 : k + 0.5;
    if (law == 't')
        return high < 5.5 ? (low + high + 1) / 110 : (39 - low - high) / 290;
    return below(law, high) - below(law, k == 0 && from_start ? 0 : low);
}

/* Each of the ten over each kind of range: numbers, moments, lists. */
static void ranges_follow_the_formula(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        const char *columns = "t.first = date { from = '2025-01-01', to = '2025-01-01' }\n";
        for (size_t a = 0; a < sizeof axes / sizeof *axes; a++) {
            const char *hole = strstr(axes[a].made, "%s");
            columns =
                arena_printf(mem, "%st.%s = %.*s%s%s\n", columns, axes[a].name,
                             (int)(hole - axes[a].made), axes[a].made, laws[i].dist, hole + 2);
        }
        const Plan *p = plan(arena_printf(
            mem, "r:table('b', { rows = 40000 }, function(t) t.id = serial() %s end)", columns));
        Eval *eval = eval_new(p);
        for (size_t a = 0; a < sizeof axes / sizeof *axes; a++) {
            char law = laws[i].law;
            bool rounded = axes[a].rounded && strchr("nletP", law);
            uint64_t seen[PARENTS] = {0};
            double shares[PARENTS], sum = 0;
            for (int k = 0; k < PARENTS; k++)
                sum += shares[k] = rounded ? nearest(law, k) : weight(law, k);
            for (int k = 0; k < PARENTS; k++)
                shares[k] /= sum;
            const Vec *v = column(eval, p, "b", axes[a].name, ROWS);
            for (int k = 0; k < ROWS; k++) {
                double x = v->f ? v->f[k] : (double)v->i[k];
                int at = (int)floor(x / axes[a].unit - axes[a].from);
                at = at == PARENTS ? PARENTS - 1 : at;
                assert_in_range(at, 0, PARENTS - 1);
                seen[at]++;
            }
            double fits = stats_chi_square(seen, shares, PARENTS);
            if (fits < 1e-5) /* eighty of them */
                fail_msg("%s over %s: %g", laws[i].dist, axes[a].name, fits);
        }
        eval_free(eval);
    }
}

static void old_rows_stay_when_parents_grow(void **state)
{
    (void)state;
    const char *body =
        "local a = r:table('a', { rows = 20 }, function(t) t.id = serial() end)\n"
        "r:table('b', { rows = 500 }, function(t) t.id = serial() t.a_id = ref(a, { dist = zipf() }) t.up = ref(t, { dist = 'exponential' }):null() end)";
    PlanOptions o = options();
    const Plan *first = plan_with(body, o, (PlanTarget){.engine = ENGINE_SQLITE});
    assert_non_null(first);
    PlanHistory history[2];
    for (int t = 0; t < 2; t++)
        history[t] = (PlanHistory){
            .table = first->tables[t].table->name,
            .rows = first->tables[t].rows,
            .text = plan_segment_text(&first->tables[t], &first->tables[t].segments[0], mem),
            .committed = first->tables[t].rows};
    const PlanCount counts[] = {{"a", 60}, {"b", 900}};
    o.counts = counts;
    o.ncounts = 2;
    const Plan *more = plan_with(
        body, o, (PlanTarget){.engine = ENGINE_SQLITE, .history = history, .nhistory = 2});
    assert_non_null(more);
    Eval *before = eval_new(first), *after = eval_new(more);
    for (uint64_t row = 0; row < 500; row++)
        for (int f = 0; f < 2; f++) {
            uint64_t was = *eval_parents(before, 1, f, &row, 1);
            assert_int_equal(*eval_parents(after, 1, f, &row, 1), was);
            assert_true(f == 0 || was == ROW_NONE || was < row);
        }
    eval_free(before);
    eval_free(after);
}

static void what_contradicts_is_refused(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "r:table('b', { per = { a, 2 } }, function(t) t.a_id = ref(a, { dist = zipf() }) end)",
        "r:table('b', { rows = 5 }, function(t) t.id = serial() t.up = ref(t, { dist = zipf(), depth = 3 }):null() end)",
        "r:table('b', { rows = 5 }, function(t) t.a_id = ref(a, { dist = zipf { max = 5 } }) end)",
        "r:table('b', { rows = 5 }, function(t) t.x = ref(a, 'id', { dist = zipf() }) t.y = ref(a, 'n', { dist = 'zipf' }) t:foreign({ t.x, t.y }, a, { 'id', 'n' }) end)"};
    static const char *const messages[] = {
        "per = {...} says how many", "depth, fanout or roots besides",
        "zipf: max follows from the range", "another column of the same key (x, y) has one"};
    for (int i = 0; i < 4; i++) {
        err_clear(&err);
        PlanTarget target = {.engine = ENGINE_SQLITE};
        assert_null(plan_with(
            arena_printf(
                mem,
                "local a = r:table('a', { rows = 20 }, function(t) t.id = serial() t.n = int(1, 99) t:unique(t.id, t.n) end)\n%s",
                bodies[i]),
            options(), target));
        assert_non_null(strstr(err.first->message, messages[i]));
        assert_string_equal(err.first->where, "t.lua:3");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_follow_the_formula, setup, teardown),
        cmocka_unit_test_setup_teardown(ranges_follow_the_formula, setup, teardown),
        cmocka_unit_test_setup_teardown(old_rows_stay_when_parents_grow, setup, teardown),
        cmocka_unit_test_setup_teardown(what_contradicts_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

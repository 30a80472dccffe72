/* Lending looks like lending: scores, incomes, amounts and rates have the spread they should have,
 * and no heaps at their ends; statuses come as often as declared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "genkit.h"
#include "stats.h"

#define ROWS 100000

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

static double *values(GenKit *kit, const Bound *bound)
{
    double *all = arena_array(kit->mem, double, ROWS + BATCH_ROWS);
    assert_non_null(bound);
    for (uint64_t first = 0; first < ROWS; first += BATCH_ROWS) {
        const Vec *v = genkit_fill(kit, bound, first, BATCH_ROWS);
        for (uint32_t k = 0; k < BATCH_ROWS; k++)
            all[first + k] = (double)v->i[k] / pow(10, bound->type.scale);
        genkit_reset(kit);
    }
    return all;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(double *sorted, double p)
{
    return sorted[(int)(p * (ROWS - 1))];
}

static void near(double got, double expected, double off)
{
    if (fabs(got - expected) > off)
        fail_msg("%g is not within %g of %g", got, off, expected);
}

static void credit_scores(void **state)
{
    GenKit *kit = *state;
    const Bound *bound = KIT_BIND(kit, "credit_score");
    double *all = values(kit, bound);
    near(stats_mean(all, ROWS), 690, 5);
    near(stats_deviation(all, ROWS), 80, 5);
    qsort(all, ROWS, sizeof *all, ascending);
    assert_true(all[0] >= 300 && all[ROWS - 1] <= 850);
    assert_true(quantile(all, 0.5) > stats_mean(all, ROWS) + 8); /* the tail is on the low side */
    int at_ends = 0;
    for (int i = 0; i < ROWS; i++)
        at_ends += all[i] <= 305 || all[i] >= 848;
    assert_true(at_ends < ROWS / 500);
    assert_true(bound->lo == 300 && bound->hi == 850 && bound->type.bits == 32 &&
                !bound->indexable);
}

static double income_cdf(double x, const void *ctx)
{
    (void)ctx;
    double a = erfc(log(5) / 0.5 / sqrt(2)) / 2, b = 1 - erfc(log(20) / 0.5 / sqrt(2)) / 2;
    return (erfc(-log(x / 58000) / 0.5 / sqrt(2)) / 2 - a) / (b - a);
}

static void incomes(void **state)
{
    GenKit *kit = *state;
    double *all = values(kit, KIT_BIND(kit, "annual_income"));
    for (int i = 0; i < ROWS; i++) {
        assert_true(fmod(all[i], 100) == 0);
        all[i] += fmod(i * 0.6180339887, 1) * 100 -
                  50; /* undo the rounding to hundreds for a continuous test */
    }
    assert_true(stats_ks(all, ROWS, income_cdf, NULL) > 0.001);
    near(quantile(all, 0.5), 58000, 500);
    assert_true(all[0] >= 11550 && all[ROWS - 1] <= 1160050);
    double *rich = values(kit, KIT_BIND(kit, "annual_income", KIT_INT("median", 200000)));
    qsort(rich, ROWS, sizeof *rich, ascending);
    near(quantile(rich, 0.5), 200000, 2000);
    assert_null(KIT_BIND(kit, "annual_income", KIT_INT("median", 10)));
}

static void amounts(void **state)
{
    GenKit *kit = *state;
    double *all =
        values(kit, KIT_BIND(kit, "loan_amount", KIT_INT("min", 1000), KIT_INT("max", 50000)));
    int at_ends = 0;
    for (int i = 0; i < ROWS; i++) {
        assert_true(fmod(all[i], 100) == 0 && all[i] >= 1000 && all[i] <= 50000);
        at_ends += all[i] == 1000 || all[i] == 50000;
    }
    assert_true(at_ends < ROWS / 200);
    qsort(all, ROWS, sizeof *all, ascending);
    near(quantile(all, 0.5), sqrt(1000.0 * 50000), 300);
    assert_true(stats_mean(all, ROWS) > quantile(all, 0.5) * 1.15); /* a tail of large loans */
    /* Narrow and odd ranges get finer steps and stay inside. */
    static const struct {
        const char *min, *max;
    } odd[] = {{"10.2", "10.8"}, {"999.99", "1005"}, {"0", "700"},        {"12345.67", "12345.67"},
               {"0", "0.05"},    {"0", "9000000"},   {"1234.56", "90000"}};
    for (size_t c = 0; c < sizeof odd / sizeof *odd; c++) {
        double *some = values(kit, KIT_BIND(kit, "loan_amount", KIT_NUM("min", odd[c].min),
                                            KIT_NUM("max", odd[c].max)));
        for (int i = 0; i < ROWS; i++)
            assert_true(some[i] >= atof(odd[c].min) - 1e-9 && some[i] <= atof(odd[c].max) + 1e-9);
    }
    assert_null(KIT_BIND(kit, "loan_amount", KIT_INT("min", 9), KIT_INT("max", 3)));
    assert_string_equal(genkit_error(kit), "loan_amount: min (9) is above max (3)");
    assert_null(KIT_BIND(kit, "loan_amount", KIT_INT("min", -1)));
    assert_null(KIT_BIND(kit, "loan_amount", KIT_NUM("max", "nan")));
}

static void rates(void **state)
{
    GenKit *kit = *state;
    double *all = values(kit, KIT_BIND(kit, "interest_rate"));
    qsort(all, ROWS, sizeof *all, ascending);
    assert_true(all[0] >= 3 && all[0] < 3.05 && all[ROWS - 1] <= 24.99);
    near(quantile(all, 0.5), 9.5, 0.3);
    int at_ends = 0;
    for (int i = 0; i < ROWS; i++)
        at_ends += all[i] <= 3.01 || all[i] >= 24.98;
    assert_true(at_ends < ROWS / 500);
}

/* The lower the score, the higher the rate: means fall strictly along the scale. */
static void rates_follow_scores(void **state)
{
    GenKit *kit = *state;
    const Node *score = KIT_CALL(kit, "credit_score"), *text = KIT_CALL(kit, "word");
    const Bound *bound = KIT_BIND(kit, "interest_rate", KIT_NODE("score", score));
    double before = 100;
    for (int points = 250; points <= 900; points += 50) {
        Vec *arg = vec_new(kit->scratch, TYPE_INT, 0, BATCH_ROWS),
            *out = vec_new(kit->scratch, TYPE_DECIMAL, 2, BATCH_ROWS);
        uint64_t rows[BATCH_ROWS];
        double sum = 0;
        for (uint32_t k = 0; k < BATCH_ROWS; k++) {
            arg->i[k] = points;
            rows[k] = k;
        }
        const Vec *args[] = {arg};
        GenCall call = {
            .bound = bound, .n = BATCH_ROWS, .rows = rows, .args = args, .scratch = kit->scratch};
        bound->fill(&call, out);
        for (uint32_t k = 0; k < BATCH_ROWS; k++) {
            assert_in_range(out->i[k], 300, 2499);
            sum += (double)out->i[k] / 100 / BATCH_ROWS;
        }
        if (points > 300 && points <= 850)
            assert_true(sum < before - 0.3);
        before = sum;
        genkit_reset(kit);
    }
    assert_null(KIT_BIND(kit, "interest_rate", KIT_NODE("score", text)));
    assert_non_null(strstr(genkit_error(kit),
                           "interest_rate: score must be a whole number or a decimal, not "));
}

static void terms(void **state)
{
    GenKit *kit = *state;
    static const double shares[] = {0.06, 0.13, 0.31, 0.15, 0.23, 0.08, 0.04};
    const Bound *bound = KIT_BIND(kit, "loan_term");
    double *all = values(kit, bound);
    uint64_t seen[7] = {0};
    for (int i = 0; i < ROWS; i++) {
        assert_true(fmod(all[i], 12) == 0);
        seen[(int)all[i] / 12 - 1]++;
    }
    assert_true(stats_chi_square(seen, shares, 7) > 0.001);
    assert_int_equal(bound->count, 7);
}

static void statuses(void **state)
{
    GenKit *kit = *state;
    static const struct {
        const char *name, *values[6];
        double shares[6];
        int n;
    } lists[] = {
        {"loan_status",
         {"active", "paid_off", "late", "defaulted", "pending"},
         {0.58, 0.27, 0.08, 0.04, 0.03},
         5},
        {"payment_status",
         {"paid", "pending", "late", "failed", "refunded"},
         {0.82, 0.09, 0.06, 0.02, 0.01},
         5},
        {"employment_status",
         {"employed", "part_time", "self_employed", "retired", "unemployed", "student"},
         {0.58, 0.1, 0.11, 0.11, 0.06, 0.04},
         6},
        {"credit_bureau", {"Equifax", "Experian", "TransUnion"}, {1 / 3.0, 1 / 3.0, 1 / 3.0}, 3},
    };
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
        const Bound *bound =
            genkit_bind(kit, genkit_node(kit, lists[l].name, (const GenArg[]){{0}, {0}}));
        assert_int_equal(bound->count, lists[l].n);
        uint64_t seen[6] = {0};
        for (uint64_t first = 0; first < ROWS; first += BATCH_ROWS) {
            const Vec *v = genkit_fill(kit, bound, first, BATCH_ROWS);
            for (uint32_t k = 0; k < BATCH_ROWS; k++) {
                int at = 0;
                while (at < lists[l].n && (strlen(lists[l].values[at]) != v->s[k].n ||
                                           memcmp(lists[l].values[at], v->s[k].p, v->s[k].n) != 0))
                    at++;
                assert_in_range(at, 0, lists[l].n - 1);
                seen[at]++;
            }
            genkit_reset(kit);
        }
        assert_true(stats_chi_square(seen, lists[l].shares, lists[l].n) > 0.001);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credit_scores),
        cmocka_unit_test(incomes),
        cmocka_unit_test(amounts),
        cmocka_unit_test(rates),
        cmocka_unit_test(rates_follow_scores),
        cmocka_unit_test(terms),
        cmocka_unit_test(statuses),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

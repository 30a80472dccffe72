/* Lending: amounts, incomes, scores and rates with the shapes that real ones have, statuses with
 * plausible shares. Money is a decimal with two digits. */
#include "gen/family_int.h"

#include "base/decimal.h"

/* ---- loan_amount */

static bool bind_loan_amount(GenBind *b)
{
    int64_t min, max;
    if (!param_decimal(b, "min", 2, 100000, &min) || !param_decimal(b, "max", 2, 5000000, &max) ||
        !param_ordered(b, "min", "max", min <= max))
        return false;
    if (min < 0)
        return gen_bind_error(b, ERR_RECIPE, "loan_amount: min = %s must not be negative",
                              param_spelling(b, "min"));
    Stepped *s = arena_new_of(b->mem, Stepped);
    /* Loans are round sums: hundreds when the range is wide, less when it is narrow. */
    static const int64_t steps[] = {10000, 5000, 1000, 100, 1};
    for (int i = 0; i < 5; i++) {
        s->step = steps[i];
        s->lo = (min + s->step - 1) / s->step * s->step;
        s->hi = max / s->step * s->step;
        if (s->hi - s->lo >= 200 * s->step)
            break;
    }
    double low = (double)s->lo / 100, high = (double)s->hi / 100;
    s->per_unit = 100;
    /* Small loans are common: the median lies at the geometric mean of the bounds. */
    s->curve = (Curve){.log = true,
                       .centre = low >= 1 ? __builtin_sqrt(low * high) : high / 4 + 0.01,
                       .spread = 0.75};
    if (s->lo == s->hi || !curve_cut(&s->curve, low, high))
        s->curve = (Curve){.centre = low, .p_low = 0.5, .p_high = 0.5};
    return stepped_bind(b, s, type_decimal(s->lo, s->hi, 2));
}

static const GenParam loan_amount_params[] = {
    {.name = "min", .kind = PARAM_NUMBER, .default_text = "1000", .doc = "the least amount"},
    {.name = "max", .kind = PARAM_NUMBER, .default_text = "50000", .doc = "the greatest amount"},
};
const GenDef gen_def_loan_amount = {
    .name = "loan_amount",
    .family = "finance",
    .doc = "A loan's amount, a round sum; small loans are more common than large ones.",
    .example = "loan_amount { min = 1000, max = 50000 }",
    GEN_PARAMS(loan_amount_params),
    .pii = "amount",
    .bind = bind_loan_amount};

/* ---- annual_income */

static bool bind_annual_income(GenBind *b)
{
    double median;
    if (!param_real(b, "median", 58000, &median))
        return false;
    Stepped *s = arena_new_of(b->mem, Stepped);
    s->per_unit = 100;
    s->step = 10000; /* people say hundreds */
    s->curve = (Curve){.log = true, .centre = median, .spread = 0.5};
    s->lo = round_half_away(median / 5 / 100) * s->step;
    s->hi = round_half_away(median * 20 / 100) * s->step;
    curve_cut(&s->curve, (double)s->lo / 100, (double)s->hi / 100);
    return stepped_bind(b, s, type_decimal(s->lo, s->hi, 2));
}

static const GenParam annual_income_params[] = {
    {.name = "median",
     .kind = PARAM_NUMBER,
     .default_text = "58000",
     .min = 1000,
     .max = 1e12,
     .doc = "half of the people earn less"},
};
const GenDef gen_def_annual_income = {
    .name = "annual_income",
    .family = "finance",
    .doc =
        "A yearly income in whole hundreds, lognormal between a fifth and twenty times the median.",
    .example = "annual_income()",
    GEN_PARAMS(annual_income_params),
    .pii = "income",
    .bind = bind_annual_income};

/* ---- credit_score */

static bool bind_credit_score(GenBind *b)
{
    Stepped *s = arena_new_of(b->mem, Stepped);
    /* What is missing to 850 is lognormal: scores crowd at the good end, with a tail to 300; mean
     * 690, deviation 80. */
    s->curve = (Curve){.log = true, .centre = 142, .spread = 0.49};
    s->per_unit = 1;
    s->step = 1;
    s->minus_from = 850;
    s->lo = 300;
    s->hi = 850;
    curve_cut(&s->curve, 0, 550);
    return stepped_bind(b, s, type_int(300, 850));
}

const GenDef gen_def_credit_score = {
    .name = "credit_score",
    .family = "finance",
    .doc = "A credit score from 300 to 850, most of them between 600 and 770.",
    .example = "credit_score()",
    .pii = "score",
    .bind = bind_credit_score};

/* ---- interest_rate */

/* Per cent in hundredths: 549 to 2249 from the score, give or take 249. */
#define RATE_MIN 300
#define RATE_MAX 2499

static void fill_rate_for_score(const GenCall *c, Vec *out)
{
    const Vec *score = c->args[0];
    int64_t one = score->kind == TYPE_DECIMAL ? decimal_pow10[score->scale] : 1;
    for (uint32_t k = 0; k < c->n; k++) {
        if (vec_is_null(score, k)) {
            out->i[k] = RATE_MIN;
            continue;
        }
        int64_t points = score->i[k] / one;
        points = points < 300 ? 300 : points > 850 ? 850 : points;
        int64_t missing = 850 - points; /* 0..550; the worse it is, the steeper it gets */
        int64_t centre = 549 + 1700 * missing * (200 + missing) / (550 * 750);
        Rand2 r = gen_draw(c, c->bound->key, k, 0);
        int64_t noise = (int64_t)rng_below(r.a, 250) + (int64_t)rng_below(r.b, 250) - 249;
        out->i[k] = centre + noise;
    }
}

static bool bind_interest_rate(GenBind *b)
{
    Type type = {.kind = TYPE_DECIMAL, .precision = 4, .scale = 2};
    if (!param_given(b, "score")) {
        Stepped *s = arena_new_of(b->mem, Stepped);
        s->curve = (Curve){.log = true, .centre = 9.5, .spread = 0.45};
        s->per_unit = 100;
        s->step = 1;
        s->lo = RATE_MIN;
        s->hi = RATE_MAX;
        curve_cut(&s->curve, 3, 24.99);
        return stepped_bind(b, s, type);
    }
    int at = gen_param_arg(b, "score");
    if (at < 0)
        return false;
    const Bound *arg = b->out->args[at];
    if (arg->type.kind != TYPE_INT && arg->type.kind != TYPE_DECIMAL) {
        gen_bind_error(b, ERR_RECIPE,
                       "interest_rate: score must be a whole number or a decimal, not %s",
                       type_text(&arg->type, b->mem));
        return err_hint(b->mem, b->err, "for example interest_rate(t.credit_score)");
    }
    b->out->type = type;
    b->out->nullable = arg->nullable;
    b->out->fill = fill_rate_for_score;
    return true;
}

static const GenParam interest_rate_params[] = {
    {.name = "score",
     .kind = PARAM_NODE,
     .doc = "a credit score: the lower it is, the higher the rate"},
};
const GenDef gen_def_interest_rate = {.name = "interest_rate",
                                      .family = "finance",
                                      .doc = "A yearly interest rate in per cent, 3.00 to 24.99.",
                                      .example = "interest_rate()",
                                      GEN_PARAMS(interest_rate_params),
                                      .bind = bind_interest_rate};

/* ---- loan_term */

static const WeightedInt terms[] = {{12, 6},  {24, 13}, {36, 31}, {48, 15},
                                    {60, 23}, {72, 8},  {84, 4}};

static bool bind_loan_term(GenBind *b)
{
    return ints_bind(b, terms, sizeof terms / sizeof *terms);
}

const GenDef gen_def_loan_term = {.name = "loan_term",
                                  .family = "finance",
                                  .doc = "A loan's term in months: 12, 24, 36, 48, 60, 72 or 84.",
                                  .example = "loan_term()",
                                  .bind = bind_loan_term};

/* ---- words */

#define W(word, weight)                                                                            \
    {                                                                                              \
        {word, sizeof(word) - 1}, weight                                                           \
    }
#define COUNT(array) (uint32_t)(sizeof(array) / sizeof *(array))

static const Word loan_statuses[] = {W("active", 58), W("paid_off", 27), W("late", 8),
                                     W("defaulted", 4), W("pending", 3)};
static const Word payment_statuses[] = {W("paid", 82), W("pending", 9), W("late", 6),
                                        W("failed", 2), W("refunded", 1)};
static const Word employments[] = {W("employed", 58), W("part_time", 10), W("self_employed", 11),
                                   W("retired", 11),  W("unemployed", 6), W("student", 4)};
static const Word bureaus[] = {W("Equifax", 1), W("Experian", 1), W("TransUnion", 1)};

static bool bind_loan_status(GenBind *b)
{
    return text_list_bind(b, loan_statuses, COUNT(loan_statuses));
}

static bool bind_payment_status(GenBind *b)
{
    return text_list_bind(b, payment_statuses, COUNT(payment_statuses));
}

static bool bind_employment_status(GenBind *b)
{
    return text_list_bind(b, employments, COUNT(employments));
}

static bool bind_credit_bureau(GenBind *b)
{
    return text_list_bind(b, bureaus, COUNT(bureaus));
}

const GenDef gen_def_loan_status = {
    .name = "loan_status",
    .family = "finance",
    .doc = "A loan's status: active, paid_off, late, defaulted or pending.",
    .example = "loan_status()",
    .bind = bind_loan_status};
const GenDef gen_def_payment_status = {
    .name = "payment_status",
    .family = "finance",
    .doc = "A payment's status: paid, pending, late, failed or refunded.",
    .example = "payment_status()",
    .bind = bind_payment_status};
const GenDef gen_def_employment_status = {
    .name = "employment_status",
    .family = "finance",
    .doc =
        "How someone earns a living: employed, part_time, self_employed, retired, unemployed or student.",
    .example = "employment_status()",
    .pii = "employment",
    .bind = bind_employment_status};
const GenDef gen_def_credit_bureau = {.name = "credit_bureau",
                                      .family = "finance",
                                      .doc = "A US credit bureau: Equifax, Experian or TransUnion.",
                                      .example = "credit_bureau()",
                                      .bind = bind_credit_bureau};

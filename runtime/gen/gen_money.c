/* Money: amounts and prices as people see them, currencies of ISO 4217, what statements of account
 * say. */
#include "gen/iso_int.h"
#include "gen/numbered_int.h"
#include "gen/phrase_int.h"

/* ---- amount */

static bool bind_amount(GenBind *b)
{
    int64_t min, max, scale = gen_param_int(b, "scale", 2), unit = 1;
    for (int64_t i = 0; i < scale; i++)
        unit *= 10;
    if (!param_decimal(b, "min", (int)scale, unit, &min) ||
        !param_decimal(b, "max", (int)scale, 1000 * unit, &max) ||
        !param_ordered(b, "min", "max", min <= max))
        return false;
    Stepped *s = arena_new_of(b->mem, Stepped);
    double low = (double)min / (double)unit, high = (double)max / (double)unit;
    *s = (Stepped){.per_unit = (double)unit, .step = 1, .lo = min, .hi = max};
    /* Small sums are common, above 0: the median lies at the geometric mean of the bounds. */
    if (low > 0)
        s->curve = (Curve){.log = true, .centre = __builtin_sqrt(low * high), .spread = 1};
    else
        s->curve = (Curve){.centre = (low + high) / 2, .spread = (high - low) / 4};
    if (min == max || !curve_cut(&s->curve, low, high))
        s->curve = (Curve){.centre = low, .p_low = 0.5, .p_high = 0.5};
    return stepped_bind(b, s, type_decimal(min, max, (int)scale));
}

static const GenParam amount_params[] = {
    {.name = "min", .kind = PARAM_NUMBER, .default_text = "1", .doc = "the least amount"},
    {.name = "max", .kind = PARAM_NUMBER, .default_text = "1000", .doc = "the greatest amount"},
    {.name = "scale",
     .kind = PARAM_INT,
     .default_text = "2",
     .min = 0,
     .max = 4,
     .doc = "digits after the point"},
};
const GenDef gen_def_amount = {
    .name = "amount",
    .family = "finance",
    .doc = "An amount of money; small ones are more common than large ones.",
    .example = "amount { min = 5, max = 2000 }",
    GEN_PARAMS(amount_params),
    .pii = "amount",
    .bind = bind_amount};

/* ---- price */

typedef struct PriceState {
    Curve units;
    int64_t lo, hi; /* whole units */
    Alias alias;
} PriceState;

static const int64_t endings[] = {99, 95, 49, 0};
static const double ending_weights[] = {58, 14, 12, 16};

static void fill_price(const GenCall *c, Vec *out)
{
    const PriceState *s = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        if (c->index) {
            out->i[k] = (s->lo + (int64_t)(c->index[k] / 4)) * 100 + endings[c->index[k] % 4];
            continue;
        }
        Rand2 r = gen_draw(c, c->bound->key, k, 0);
        int64_t units = (int64_t)curve_at(&s->units, r.a);
        units = units < s->lo ? s->lo : units > s->hi ? s->hi : units;
        out->i[k] = units * 100 + endings[alias_pick(&s->alias, r.b)];
    }
}

static bool bind_price(GenBind *b)
{
    PriceState *s = arena_new_of(b->mem, PriceState);
    s->lo = gen_param_int(b, "min", 1);
    s->hi = gen_param_int(b, "max", 300) - 1;
    if (!param_ordered(b, "min", "max", s->lo <= s->hi))
        return false;
    double low = (double)s->lo, high = (double)s->hi + 1;
    s->units =
        (Curve){.log = true, .centre = __builtin_sqrt((low < 1 ? 1 : low) * high), .spread = 0.9};
    if (!curve_cut(&s->units, low, high))
        s->units = (Curve){.centre = low, .p_low = 0.5, .p_high = 0.5};
    s->alias = alias_new(ending_weights, 4, b->mem);
    b->out->type = type_decimal(0, s->hi * 100 + 99, 2);
    b->out->state = s;
    b->out->count = (uint64_t)(s->hi - s->lo + 1) * 4;
    b->out->indexable = true;
    b->out->fill = fill_price;
    return true;
}

static const GenParam price_params[] = {
    {.name = "min",
     .kind = PARAM_INT,
     .default_text = "1",
     .min = 0,
     .max = 1e9,
     .doc = "the least price, a whole number"},
    {.name = "max",
     .kind = PARAM_INT,
     .default_text = "300",
     .min = 1,
     .max = 1e9,
     .doc = "all prices are below it"},
};
const GenDef gen_def_price = {
    .name = "price",
    .family = "commerce",
    .doc = "A shop's price: it ends in .99, .95, .49 or .00, and low prices are common.",
    .example = "price { min = 5, max = 200 }",
    GEN_PARAMS(price_params),
    .bind = bind_price};

/* ---- currencies */

static const GenParam currency_params[] = {ISO_PARAM};

static bool bind_currency(GenBind *b)
{
    return iso_bind(b, &iso_currencies, false);
}

static bool bind_currency_code(GenBind *b)
{
    return iso_bind(b, &iso_currencies, true);
}

const GenDef gen_def_currency = {
    .name = "currency",
    .family = "finance",
    .doc = "A currency's English name; currencies that are traded much come more often.",
    .example = "currency()",
    GEN_PARAMS(currency_params),
    .bind = bind_currency};
const GenDef gen_def_currency_code = {.name = "currency_code",
                                      .family = "finance",
                                      .doc = "A currency's three letters of ISO 4217, such as EUR.",
                                      .example = "currency_code()",
                                      GEN_PARAMS(currency_params),
                                      .bind = bind_currency_code};

/* ---- words */

PHRASE_GEN(
    transaction_type, "finance", NULL,
    "What moved the money: purchase, transfer, deposit, withdrawal, payment, refund, fee or interest.",
    {"purchase", 52}, {"transfer", 14}, {"payment", 12}, {"deposit", 8}, {"withdrawal", 7},
    {"refund", 3}, {"fee", 3}, {"interest", 1})

PHRASE_GEN(merchant, "finance", "merchant",
           "A merchant as a statement of account spells it, such as CEDAR MARKET 4821.",
           {"#{CEDAR|MAPLE|OAK|RIVER|HARBOR|SUMMIT|LAKESIDE|VALLEY|UNION|PARKWAY|GOLDEN|BLUE SKY} "
            "#{MARKET|GROCERY|FOODS|FUEL|PHARMACY|CAFE|DINER|BAKERY|HARDWARE|BOOKS} #{1000..9999}",
            70},
           {"#{CEDAR|MAPLE|OAK|RIVER|HARBOR|SUMMIT|LAKESIDE|VALLEY|UNION|PARKWAY} "
            "#{STREAMING|TELECOM|ENERGY|WATER|FITNESS|INSURANCE|HOSTING|TRAVEL} #{10..99}",
            20},
           {"SQ *#{TACO|COFFEE|NOODLE|BURGER|FLOWER|BARBER|YOGA|PIZZA} "
            "#{STAND|HOUSE|CORNER|STUDIO|BAR|TRUCK} #{100..999}",
            10})

PHRASE_GEN(
    crypto_address, "finance", "account",
    "A text shaped like a Bitcoin or Ethereum address, made by chance: nobody holds its key.",
    {"bc1q#{[ac-hj-np-z02-9]38}", 45}, {"0x#{[0-9a-f]40}", 45}, {"1#{[1-9A-HJ-NP-Za-km-z]33}", 10})

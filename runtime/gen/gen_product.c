/* Products and the shops that sell them: names, numbers with the check digits of GS1, colours. */
#include <string.h>

#include "gen/check_digits.h"
#include "gen/numbered_int.h"
#include "gen/phrase_int.h"

PHRASE_GEN(department, "company", NULL, "A department of a company.", {"Engineering", 22},
           {"Sales", 18}, {"Operations", 12}, {"Marketing", 10}, {"Customer Support", 10},
           {"Finance", 7}, {"Human Resources", 5}, {"Product", 5}, {"Legal", 3}, {"Purchasing", 3},
           {"Logistics", 3}, {"Research", 3}, {"Quality", 2}, {"Security", 2}, {"Facilities", 1})

PHRASE_GEN(product_name, "commerce", NULL, "A product's name, such as Compact Oak Desk Lamp.",
           {"#{Classic|Compact|Deluxe|Everyday|Foldable|Handmade|Heavy-Duty|Lightweight|Modern|"
            "Portable|Premium|Rustic|Slim|Smart|Vintage} "
            "#{Aluminium|Bamboo|Ceramic|Copper|Cotton|Glass|Granite|Leather|Linen|Marble|Oak|Pine|"
            "Rubber|Silk|Steel|Walnut|Wool} "
            "#{Backpack|Bench|Blanket|Bottle|Bowl|Chair|Clock|Cutting Board|Desk Lamp|Desk|Frame|"
            "Keyboard|Kettle|Knife Set|Mirror|Mug|Notebook|Pan|Pillow|Planter|Rug|Shelf|Stool|"
            "Table|Towel|Tray|Umbrella|Vase|Wallet|Watch}",
            70},
           {"#{Noise-Cancelling|Rechargeable|Bluetooth|Wireless|USB-C|4K|Waterproof|Solar} "
            "#{Action Camera|Charger|Doorbell|Flashlight|Headphones|Hub|Microphone|Monitor|Mouse|"
            "Power Bank|Printer|Projector|Soundbar|Speaker|Webcam} #{[A-HJ-NP-Z]1}#{10..99}",
            30})

PHRASE_GEN(category, "commerce", NULL, "A category of a shop, such as Home & Kitchen.",
           {"Electronics", 14}, {"Clothing", 14}, {"Home & Kitchen", 13}, {"Books", 9},
           {"Beauty & Health", 9}, {"Sports & Outdoors", 8}, {"Toys & Games", 7}, {"Grocery", 7},
           {"Garden", 5}, {"Shoes", 5}, {"Pet Supplies", 4}, {"Office Products", 4},
           {"Automotive", 4}, {"Jewelry", 3}, {"Tools", 4}, {"Baby", 3}, {"Music", 2},
           {"Movies", 2})

PHRASE_GEN(sku, "commerce", NULL, "A stock keeping unit's number, such as KLM-40213-BK.",
           {"#{[A-Z]3}-#{10000..99999}-#{BK|BL|BR|GN|GR|NV|OR|PK|RD|SV|WH|YL}", 1})

/* ---- GS1 numbers */

typedef struct Gs1 {
    const char *prefix;
    int digits; /* without prefix and check digit */
} Gs1;

static char *put_gs1(const NumberedForm *form, char *p, uint64_t number, uint64_t more)
{
    const Gs1 *s = form->data;
    uint32_t prefix = (uint32_t)strlen(s->prefix), n = prefix + (uint32_t)s->digits;
    (void)more;
    memcpy(p, s->prefix, prefix);
    put_digits(p + prefix, number, s->digits);
    p[n] = check_gs1(p, n);
    return p + n + 1;
}

/* 20 to 29 and the UPC's 4 are for use inside a shop: no maker's product has them. */
static const Gs1 ean = {"2", 11}, upc = {"4", 10}, isbn = {"978", 9};

static bool bind_ean13(GenBind *b)
{
    static const NumberedForm form = {UINT64_C(100000000000), 1, &ean};
    return numbered_bind(b, &form, 1, put_gs1, 13);
}

static bool bind_upc(GenBind *b)
{
    static const NumberedForm form = {UINT64_C(10000000000), 1, &upc};
    return numbered_bind(b, &form, 1, put_gs1, 12);
}

static bool bind_isbn13(GenBind *b)
{
    static const NumberedForm form = {UINT64_C(1000000000), 1, &isbn};
    return numbered_bind(b, &form, 1, put_gs1, 13);
}

const GenDef gen_def_ean13 = {
    .name = "ean13",
    .family = "commerce",
    .doc =
        "An article's number of thirteen digits (EAN, GTIN-13) with a valid check digit, of the range for use inside a shop.",
    .example = "ean13()",
    .bind = bind_ean13};
const GenDef gen_def_upc = {
    .name = "upc",
    .family = "commerce",
    .doc =
        "An article's number of twelve digits (UPC-A) with a valid check digit, of the range for use inside a shop.",
    .example = "upc()",
    .bind = bind_upc};
const GenDef gen_def_isbn13 = {.name = "isbn13",
                               .family = "commerce",
                               .doc = "A book's number (ISBN-13) with a valid check digit.",
                               .example = "isbn13()",
                               .bind = bind_isbn13};

/* ---- rating, color */

static bool bind_rating(GenBind *b)
{
    static const WeightedInt stars[] = {{1, 10}, {2, 5}, {3, 9}, {4, 22}, {5, 54}};
    return ints_bind(b, stars, 5);
}

const GenDef gen_def_rating = {.name = "rating",
                               .family = "commerce",
                               .doc =
                                   "Stars from 1 to 5 as reviews have them: many 5, more 1 than 2.",
                               .example = "rating()",
                               .bind = bind_rating};

static const PhraseForm colors[] = {
    {"black", 14}, {"white", 13},   {"gray", 9},      {"blue", 9},  {"red", 8},    {"green", 6},
    {"silver", 5}, {"brown", 4},    {"navy", 4},      {"beige", 3}, {"pink", 3},   {"yellow", 3},
    {"orange", 3}, {"purple", 3},   {"gold", 2},      {"teal", 2},  {"maroon", 2}, {"olive", 2},
    {"ivory", 1},  {"lavender", 1}, {"turquoise", 1}, {"coral", 1}, {"cyan", 1},   {"indigo", 1},
    {"khaki", 1},  {"magenta", 1},  {"salmon", 1},    {"tan", 1},   {"violet", 1}, {"crimson", 1}};
static const PhraseForm hex_colors[] = {{"##{[0-9a-f]6}", 1}};

static bool bind_color(GenBind *b)
{
    const char *format = gen_param_text(b, "format", "name");
    if (strcmp(format, "name") == 0)
        return phrase_forms_bind(b, colors, sizeof colors / sizeof *colors);
    if (strcmp(format, "hex") == 0)
        return phrase_forms_bind(b, hex_colors, 1);
    return gen_bind_error(b, ERR_RECIPE, "color: format is \"name\" or \"hex\", not \"%s\"",
                          format);
}

static const GenParam color_params[] = {
    {.name = "format",
     .kind = PARAM_TEXT,
     .default_text = "\"name\"",
     .doc = "\"name\" (of CSS, such as navy) or \"hex\" (#1e90ff)"},
};
const GenDef gen_def_color = {.name = "color",
                              .family = "commerce",
                              .doc = "A colour; plain ones come more often.",
                              .example = "color { format = \"hex\" }",
                              GEN_PARAMS(color_params),
                              .bind = bind_color};

/* ---- orders */

PHRASE_GEN(order_status, "e-commerce", NULL,
           "An order's status: delivered, shipped, processing, pending, cancelled or returned.",
           {"delivered", 62}, {"shipped", 12}, {"processing", 9}, {"pending", 7}, {"cancelled", 6},
           {"returned", 4})
PHRASE_GEN(shipping_method, "e-commerce", NULL, "How an order is shipped.", {"standard", 62},
           {"express", 16}, {"two_day", 9}, {"overnight", 4}, {"pickup", 6}, {"freight", 3})
PHRASE_GEN(payment_method, "e-commerce", NULL, "How an order is paid.", {"credit_card", 45},
           {"debit_card", 18}, {"paypal", 17}, {"apple_pay", 8}, {"google_pay", 5},
           {"bank_transfer", 4}, {"gift_card", 2}, {"cash_on_delivery", 1})
PHRASE_GEN(return_reason, "e-commerce", NULL, "Why an order came back.", {"does not fit", 32},
           {"not as described", 17}, {"changed my mind", 16}, {"arrived damaged", 12},
           {"wrong item", 8}, {"defective", 8}, {"arrived too late", 5}, {"ordered twice", 2})
PHRASE_GEN(coupon_code, "e-commerce", NULL, "A coupon's code, such as SAVE15-7KQ2.",
           {"#{AUTUMN|FLASH|FRIEND|HELLO|LOYAL|SAVE|SPRING|SUMMER|THANKS|WEEKEND|WELCOME|WINTER}"
            "#{5|10|15|20|25|30|50}-#{[A-HJ-NP-Z2-9]4}",
            1})

/* Shapes of the large carriers, without their check digits. */
PHRASE_GEN(tracking_number, "e-commerce", NULL,
           "A parcel's number, shaped like those of large carriers.",
           {"1Z#{[0-9A-Z]6}0#{[0-9]9}", 40}, {"94#{[0-9]20}", 35},
           {"#{[A-Z]2}#{[0-9]9}#{CN|DE|FR|GB|US}", 10}, {"#{[0-9]12}", 15})

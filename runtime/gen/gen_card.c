/* Payment cards: numbers from ranges that processors publish for tests, valid by ISO/IEC 7812 and
 * never chargeable. */
#include "gen/cards.h"

#include <string.h>

#include "gen/check_digits.h"
#include "gen/numbered_int.h"

static const char *const visa[] = {"411111", "424242", "400000", "401288", "422222", "400551"};
static const char *const mastercard[] = {"555555", "510510", "520082", "222300", "545454"};
static const char *const amex[] = {"378282", "371449", "378734", "343434"};
static const char *const discover[] = {"601111", "601100", "601198"};
static const char *const diners[] = {"305693", "385200", "362272"};
static const char *const jcb[] = {"353011", "356600", "356999"};

#define PREFIXES(list) list, sizeof list / sizeof *list
const CardNetwork card_networks[] = {
    {"visa", 52, 16, 3, PREFIXES(visa)},    {"mastercard", 31, 16, 3, PREFIXES(mastercard)},
    {"amex", 9, 15, 4, PREFIXES(amex)},     {"discover", 5, 16, 3, PREFIXES(discover)},
    {"diners", 1, 14, 3, PREFIXES(diners)}, {"jcb", 2, 16, 3, PREFIXES(jcb)},
};
const uint32_t card_network_count = sizeof card_networks / sizeof *card_networks;

const CardNetwork *card_network(const char *name)
{
    for (uint32_t i = 0; i < card_network_count; i++)
        if (strcmp(card_networks[i].name, name) == 0)
            return &card_networks[i];
    return NULL;
}

uint64_t card_count(const CardNetwork *network)
{
    uint64_t count = network->nprefixes;
    for (int i = 7; i < network->digits; i++)
        count *= 10;
    return count;
}

char *card_put(const CardNetwork *network, char *p, uint64_t number)
{
    const char *prefix = network->prefixes[take(&number, network->nprefixes)];
    memcpy(p, prefix, 6);
    put_digits(p + 6, number, network->digits - 7);
    p[network->digits - 1] = check_luhn(p, network->digits - 1u, 0);
    return p + network->digits;
}

static char *put_card(const NumberedForm *form, char *p, uint64_t number, uint64_t more)
{
    (void)more;
    return card_put(form->data, p, number);
}

/* The network that a parameter names, NULL for all; false with an error. */
static bool network_param(GenBind *b, const CardNetwork **network)
{
    const char *name = gen_param_text(b, "network", NULL), *all = "";
    *network = name ? card_network(name) : NULL;
    if (!name || *network)
        return true;
    for (uint32_t i = 0; i < card_network_count; i++)
        all = arena_printf(b->mem, "%s%s%s", all, i ? ", " : "", card_networks[i].name);
    gen_bind_error(b, ERR_RECIPE, "%s knows no network \"%s\"", b->node->gen->name, name);
    return err_hint(b->mem, b->err, "one of %s", all);
}

static bool bind_credit_card(GenBind *b)
{
    const CardNetwork *network;
    if (!network_param(b, &network))
        return false;
    NumberedForm *forms = arena_array(b->mem, NumberedForm, card_network_count);
    uint32_t n = 0;
    for (uint32_t i = 0; i < card_network_count; i++) {
        const CardNetwork *one = &card_networks[i];
        if (!network || network == one)
            forms[n++] = (NumberedForm){card_count(one), one->weight, one};
    }
    return numbered_bind(b, forms, n, put_card, 16);
}

static const GenParam network_params[] = {
    {.name = "network",
     .kind = PARAM_TEXT,
     .doc =
         "\"visa\", \"mastercard\", \"amex\", \"discover\", \"diners\" or \"jcb\"; left out: all, as common as they are"},
};
const GenDef gen_def_credit_card = {
    .name = "credit_card",
    .family = "finance",
    .doc =
        "A payment card's number with a valid check digit (Luhn), from ranges that payment processors keep for tests.",
    .example = "credit_card { network = \"visa\" }",
    GEN_PARAMS(network_params),
    .pii = "card",
    .bind = bind_credit_card};

/* ---- what belongs to a number */

/* The network whose ranges the number lies in, NULL: none. */
static const CardNetwork *network_of(Str number)
{
    for (uint32_t i = 0; i < card_network_count; i++)
        for (int k = 0; k < card_networks[i].nprefixes; k++)
            if (number.n >= 6 && memcmp(number.p, card_networks[i].prefixes[k], 6) == 0)
                return &card_networks[i];
    return NULL;
}

static void fill_network_of(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++) {
        const CardNetwork *network = network_of(c->args[0]->s[k]);
        if (!network)
            vec_nulls(out, c->scratch)[k] = 1;
        else
            out->s[k] = (Str){network->name, (uint32_t)strlen(network->name)};
    }
}

static void fill_cvv_of(const GenCall *c, Vec *out)
{
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * 4 + 1);
    for (uint32_t k = 0; k < c->n; k++, cell += 4) {
        const CardNetwork *network = network_of(c->args[0]->s[k]);
        uint64_t word = gen_draw(c, c->bound->key, k, 0).a;
        bool four = network && network->cvv == 4;
        put_digits(cell, rng_below(word, four ? 10000 : 1000), four ? 4 : 3);
        out->s[k] = (Str){cell, four ? 4 : 3};
    }
}

/* Only numbers that the generator made are known to be of a network. */
static bool bind_of_number(GenBind *b, uint32_t chars, void (*fill)(const GenCall *, Vec *))
{
    int at = param_text_arg(b, "of");
    if (at < 0)
        return false;
    const Bound *from = bound_source(b, b->out->args[at]);
    bool ours = from && from->node && from->node->kind == NODE_GEN &&
                strcmp(from->node->gen->name, "credit_card") == 0;
    b->out->type = type_chars(chars);
    b->out->nullable = b->out->args[at]->nullable || (fill == fill_network_of && !ours);
    b->out->fill = fill;
    return true;
}

static char *put_cvv(const NumberedForm *form, char *p, uint64_t number, uint64_t more)
{
    (void)more;
    return put_digits(p, number, form->count == 10000 ? 4 : 3);
}

static bool bind_cvv(GenBind *b)
{
    if (param_given(b, "of"))
        return bind_of_number(b, 4, fill_cvv_of);
    const CardNetwork *network;
    if (!network_param(b, &network))
        return false;
    NumberedForm *form = arena_new_of(b->mem, NumberedForm);
    int digits = network ? network->cvv : 3;
    *form = (NumberedForm){digits == 4 ? 10000 : 1000, 1, NULL};
    return numbered_bind(b, form, 1, put_cvv, (uint32_t)digits);
}

static const GenParam cvv_params[] = {
    {.name = "network", .kind = PARAM_TEXT, .doc = "\"amex\" has four digits"},
    {.name = "of", .kind = PARAM_NODE, .doc = "the column of the card's number"},
};
const GenDef gen_def_cvv = {.name = "cvv",
                            .family = "finance",
                            .doc = "A card's security code: three digits, four for \"amex\".",
                            .example = "cvv()",
                            GEN_PARAMS(cvv_params),
                            .pii = "card",
                            .bind = bind_cvv};

static bool bind_card_network(GenBind *b)
{
    if (param_given(b, "of"))
        return bind_of_number(b, 10, fill_network_of);
    Word *words = arena_array(b->mem, Word, card_network_count);
    for (uint32_t i = 0; i < card_network_count; i++) {
        const char *name = card_networks[i].name;
        words[i] = (Word){{name, (uint32_t)strlen(name)}, card_networks[i].weight};
    }
    return text_list_bind(b, words, card_network_count);
}

static const GenParam card_network_params[] = {
    {.name = "of",
     .kind = PARAM_NODE,
     .doc = "the column of a card's number; NULL where credit_card would not make it"},
};
const GenDef gen_def_card_network = {
    .name = "card_network",
    .family = "finance",
    .doc = "A payment card network: visa, mastercard, amex, discover, diners or jcb.",
    .example = "card_network()",
    GEN_PARAMS(card_network_params),
    .bind = bind_card_network};

/* The kinds of records: what values each has, and which others of the record they follow. */
#include <string.h>

#include "recipe/records_int.h"

static LNode *text(Load *ld, const char *s)
{
    return lnode_const(ld, (Value){.kind = VAL_TEXT, .text = s, .len = strlen(s)});
}

static LNode *op(Load *ld, OpKind kind, LNode *a, LNode *b)
{
    LNode *args[] = {a, b};
    return lnode_op(ld, kind, args, b ? 2 : 1);
}

static bool is_text(const LNode *e, const char *s)
{
    return e && e->node.kind == NODE_CONST && e->node.value.kind == VAL_TEXT &&
           strcmp(e->node.value.text, s) == 0;
}

/* ---------------------------------------------------------------- person */

static LNode *person_gender(Load *ld, Record *r)
{
    LNode *gender = record_given(ld, r, "gender");
    return gender && !is_text(gender, "any") ? gender : call_new(ld, "gender", NULL);
}

/* a for women, b for men, c for others. */
static LNode *by_gender(Load *ld, Record *r, LNode *a, LNode *b, LNode *c)
{
    LNode *gender = record_value(ld, r, "gender");
    LNode *args[] = {op(ld, OP_EQ, gender, text(ld, "female")), a,
                     op(ld, OP_EQ, gender, text(ld, "male")), b, c};
    return lnode_op(ld, OP_CASE, args, 5);
}

static LNode *person_first_name(Load *ld, Record *r)
{
    LNode *gender = record_given(ld, r, "gender"), *locale = record_given(ld, r, "locale");
    if (is_text(gender, "female") || is_text(gender, "male"))
        return call_new(ld, "first_name", "gender", gender, "locale", locale, NULL);
    LNode *women = call_new(ld, "first_name", "gender", text(ld, "female"), "locale", locale, NULL);
    LNode *men = call_new(ld, "first_name", "gender", text(ld, "male"), "locale", locale, NULL);
    LNode *any = call_new(ld, "first_name", "locale", locale, NULL);
    return by_gender(ld, r, record_part(r, women, "first_name of women"),
                     record_part(r, men, "first_name of men"),
                     record_part(r, any, "first_name of others"));
}

static LNode *person_prefix(Load *ld, Record *r)
{
    return by_gender(ld, r, text(ld, "Ms."), text(ld, "Mr."), text(ld, "Mx."));
}

static LNode *person_last_name(Load *ld, Record *r)
{
    return call_new(ld, "last_name", "locale", record_given(ld, r, "locale"), NULL);
}

static LNode *of_names(Load *ld, Record *r, const char *generator)
{
    return call_new(ld, generator, "first", record_value(ld, r, "first_name"), "last",
                    record_value(ld, r, "last_name"), NULL);
}

static LNode *person_full_name(Load *ld, Record *r)
{
    return of_names(ld, r, "full_name");
}
static LNode *person_email(Load *ld, Record *r)
{
    LNode *domain = record_given(ld, r, "domain");
    return call_new(ld, "email", "first", record_value(ld, r, "first_name"), "last",
                    record_value(ld, r, "last_name"), "domain", domain, NULL);
}
static LNode *person_username(Load *ld, Record *r)
{
    return of_names(ld, r, "username");
}
static LNode *person_birthdate(Load *ld, Record *r)
{
    return call_new(ld, "birthdate", "min", record_given(ld, r, "min"), "max",
                    record_given(ld, r, "max"), NULL);
}
static LNode *person_age(Load *ld, Record *r)
{
    return op(ld, OP_YEARS_BETWEEN, record_value(ld, r, "birthdate"),
              lnode_const(ld, (Value){.kind = VAL_CLOCK}));
}
static LNode *person_phone(Load *ld, Record *r)
{
    (void)r;
    return call_new(ld, "phone", NULL);
}
static LNode *person_job_title(Load *ld, Record *r)
{
    (void)r;
    return call_new(ld, "job_title", NULL);
}

static const Member person_members[] = {
    {"gender", "gender", person_gender},
    {"prefix", "name", person_prefix},
    {"first_name", "name", person_first_name},
    {"last_name", "name", person_last_name},
    {"full_name", "name", person_full_name},
    {"email", "email", person_email},
    {"username", "username", person_username},
    {"birthdate", "birthdate", person_birthdate},
    {"age", "birthdate", person_age},
    {"phone", "phone", person_phone},
    {"job_title", "employment", person_job_title},
};

#define NAME_PARAM                                                                                 \
    {                                                                                              \
        .name = "name", .kind = PARAM_TEXT, .doc = "tells two of a row apart"                      \
    }
static const GenParam person_params[] = {
    NAME_PARAM,
    {.name = "gender", .kind = PARAM_ANY, .doc = "\"female\", \"male\", or a column that says it"},
    {.name = "min", .kind = PARAM_INT, .min = 0, .max = 150, .doc = "the least age"},
    {.name = "max", .kind = PARAM_INT, .min = 0, .max = 150, .doc = "the greatest age"},
    {.name = "domain", .kind = PARAM_ANY, .doc = "of the e-mail address: a column, or a text"},
    {.name = "locale", .kind = PARAM_TEXT, .doc = "a language, for the names"},
};

/* ---------------------------------------------------------------- place */

static LNode *place_city(Load *ld, Record *r)
{
    LNode *country = record_given(ld, r, "country");
    return call_new(ld, "city", "country", country ? country : text(ld, "US"), NULL);
}

static LNode *of_city(Load *ld, Record *r, const char *generator)
{
    return call_new(ld, generator, "of", record_value(ld, r, "city"), NULL);
}

#define OF_CITY(word)                                                                              \
    static LNode *place_##word(Load *ld, Record *r)                                                \
    {                                                                                              \
        return of_city(ld, r, #word);                                                              \
    }
OF_CITY(state)
OF_CITY(state_code)
OF_CITY(postcode)
OF_CITY(country)
OF_CITY(country_code)
OF_CITY(latitude)
OF_CITY(longitude)
OF_CITY(timezone)
OF_CITY(street_address)

static LNode *place_full_address(Load *ld, Record *r)
{
    static const char *const parts[] = {"street_address", "city", "state_code", "postcode",
                                        "country"};
    LNode *args[9];
    for (int i = 0; i < 5; i++) {
        args[i * 2] = record_value(ld, r, parts[i]);
        if (i < 4)
            args[i * 2 + 1] = text(ld, i == 2 ? " " : ", ");
    }
    return lnode_op(ld, OP_CONCAT, args, 9);
}

static const Member place_members[] = {
    {"city", "address", place_city},
    {"state", "address", place_state},
    {"state_code", "address", place_state_code},
    {"postcode", "address", place_postcode},
    {"country", NULL, place_country},
    {"country_code", NULL, place_country_code},
    {"latitude", "location", place_latitude},
    {"longitude", "location", place_longitude},
    {"timezone", NULL, place_timezone},
    {"street_address", "address", place_street_address},
    {"full_address", "address", place_full_address},
};

static const GenParam place_params[] = {
    NAME_PARAM,
    {.name = "country",
     .kind = PARAM_TEXT,
     .doc = "two letters such as \"DE\", or \"any\"; left out: \"US\""},
};

/* ---------------------------------------------------------------- company */

static LNode *company_name(Load *ld, Record *r)
{
    (void)ld;
    return r->self;
}
static LNode *company_domain(Load *ld, Record *r)
{
    return call_new(ld, "domain", "company", record_value(ld, r, "name"), NULL);
}
static LNode *company_website(Load *ld, Record *r)
{
    return op(ld, OP_CONCAT, text(ld, "https://www."), record_value(ld, r, "domain"));
}
static LNode *company_email(Load *ld, Record *r)
{
    static const char *const boxes[] = {"info", "contact", "hello", "office", "sales", "service"};
    enum { N = sizeof boxes / sizeof *boxes };
    Value *items = load_array(ld, Value, N);
    for (int i = 0; i < N; i++)
        items[i] = (Value){.kind = VAL_TEXT, .text = boxes[i], .len = strlen(boxes[i])};
    LNode *list = lnode_const(ld, (Value){.kind = VAL_LIST, .items = items, .count = N});
    LNode *box = call_new(ld, "choice", "items", list, NULL);
    LNode *args[] = {record_part(r, box, "mailbox"), text(ld, "@"), record_value(ld, r, "domain")};
    return lnode_op(ld, OP_CONCAT, args, 3);
}
static LNode *company_department(Load *ld, Record *r)
{
    (void)r;
    return call_new(ld, "department", NULL);
}

static const Member company_members[] = {
    {"name", "company", company_name},       {"domain", "company", company_domain},
    {"website", "company", company_website}, {"email", "email", company_email},
    {"phone", "phone", person_phone},        {"department", NULL, company_department},
};

/* ---------------------------------------------------------------- card */

static LNode *card_number(Load *ld, Record *r)
{
    return call_new(ld, "credit_card", "network", record_given(ld, r, "brand"), NULL);
}
static LNode *card_brand(Load *ld, Record *r)
{
    return call_new(ld, "card_network", "of", record_value(ld, r, "number"), NULL);
}
static LNode *card_cvv(Load *ld, Record *r)
{
    return call_new(ld, "cvv", "of", record_value(ld, r, "number"), NULL);
}

static LNode *whole(Load *ld, int64_t n)
{
    return lnode_const(ld, (Value){.kind = VAL_INT, .i = n});
}

/* The last n characters of a text. */
static LNode *ending(Load *ld, LNode *e, int64_t n)
{
    LNode *args[] = {e, op(ld, OP_SUB, op(ld, OP_LENGTH, e, NULL), whole(ld, n - 1))};
    return lnode_op(ld, OP_SUBSTR, args, 2);
}

static LNode *card_last4(Load *ld, Record *r)
{
    return ending(ld, record_value(ld, r, "number"), 4);
}

/* Cards are valid to the end of a month of the next four years. */
static LNode *card_expires_on(Load *ld, Record *r)
{
    LNode *from = lnode_const(ld, (Value){.kind = VAL_CLOCK});
    LNode *to = lnode_const(
        ld, (Value){.kind = VAL_DURATION, .duration = {.min_months = 48, .max_months = 48}});
    LNode *day = call_new(ld, "date", "from", from, "to", to, NULL);
    return op(ld, OP_LAST_DAY, record_part(r, day, "expires_on in"), NULL);
}

/* 08/29 */
static LNode *card_expiry(Load *ld, Record *r)
{
    LNode *day = record_value(ld, r, "expires_on");
    LNode *pad[] = {op(ld, OP_TEXT, op(ld, OP_MONTH, day, NULL), NULL), whole(ld, 2),
                    text(ld, "0")};
    LNode *year = op(ld, OP_TEXT, op(ld, OP_YEAR, day, NULL), NULL);
    LNode *args[] = {lnode_op(ld, OP_LPAD, pad, 3), text(ld, "/"), ending(ld, year, 2)};
    return lnode_op(ld, OP_CONCAT, args, 3);
}

static const Member card_members[] = {
    {"number", "card", card_number}, {"brand", NULL, card_brand},
    {"cvv", "card", card_cvv},       {"last4", "card", card_last4},
    {"expiry", "card", card_expiry}, {"expires_on", "card", card_expires_on},
};

static const GenParam card_params[] = {
    NAME_PARAM,
    {.name = "brand", .kind = PARAM_TEXT, .doc = "\"visa\", \"mastercard\", \"amex\", ..."},
};

/* ---------------------------------------------------------------- all of them */

#define KIND(word, example_, ...)                                                                  \
    {                                                                                              \
        .def = {.name = #word, .example = example_, __VA_ARGS__}, .members = word##_members,       \
        .nmembers = sizeof word##_members / sizeof *word##_members                                 \
    }
#define PARAMS(list) .params = list, .nparams = sizeof list / sizeof *list
const RecordKind record_kinds[] = {
    KIND(person, "person().full_name", PARAMS(person_params), .family = "record", .pii = "name",
         .doc = "A person, whose gender, names, e-mail address, birthdate and telephone agree."),
    KIND(place, "place().full_address", PARAMS(place_params), .family = "record", .pii = "address",
         .doc = "A place, whose city, state, postcode, country, coordinates and time zone agree."),
    KIND(card, "card().number", PARAMS(card_params), .family = "record", .pii = "card",
         .doc = "A payment card, whose number, brand, security code and expiry agree."),
    {.def = {.name = "company"},
     .members = company_members,
     .nmembers = sizeof company_members / sizeof *company_members,
     .self = "name"},
    {.def = {.name = "state_machine"}, .self = "status", .find = states_value},
    {.def = {.name = NULL}},
};

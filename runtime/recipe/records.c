/* Records: person(), place(), company() and card() stand for one identity, whose values agree:
 * local p = person(), t.name = p.full_name, t.email = p.email:unique(). A value is a generator or
 * an expression over others of the record. Those that the table has as columns are read from these
 * (records_resolve), the rest are drawn from the record's own streams wherever they stand. */
#include <string.h>

#include "base/text.h"
#include "recipe/recipe_int.h"

#define RECORD_TYPE "seedpipe.record"

typedef struct Member {
    const char *name;
    const char *pii; /* what :pii() means where the value is no generator */
    LNode *(*make)(Load *ld, Record *r);
} Member;

typedef struct Kind {
    const GenDef def; /* its word and parameters; never bound */
    const Member *members;
    int nmembers;
} Kind;

struct Record {
    const Kind *kind;
    const char *name; /* "person", "person seller", "person 2" */
    const RTable *table;
    const Value *params;
    LNode *self; /* company() */
    bool read;   /* a company of which nothing is read is a generator like others */
    Record *next;
};

static LNode *member(Load *ld, Record *r, const char *name);

static LNode *text(Load *ld, const char *s)
{
    return lnode_const(ld, (Value){.kind = VAL_TEXT, .text = s, .len = strlen(s)});
}

static LNode *op(Load *ld, OpKind kind, LNode *a, LNode *b)
{
    LNode *args[] = {a, b};
    return lnode_op(ld, kind, args, b ? 2 : 1);
}

/* A part of a value that has a random stream of its own. */
static LNode *part(Record *r, LNode *e, const char *name)
{
    e->record = r;
    e->member = name;
    e->owner = (RTable *)r->table;
    return e;
}

/* What the record was given for a parameter; NULL: nothing. */
static LNode *given(Load *ld, const Record *r, const char *name)
{
    for (int i = 0; i < r->kind->def.nparams; i++) {
        const Value *v = &r->params[i];
        if (strcmp(r->kind->def.params[i].name, name) != 0 || v->kind == VAL_NONE)
            continue;
        return v->kind == VAL_NODE ? (LNode *)v->node : lnode_const(ld, *v);
    }
    return NULL;
}

static bool is_text(const LNode *e, const char *s)
{
    return e && e->node.kind == NODE_CONST && e->node.value.kind == VAL_TEXT &&
           strcmp(e->node.value.text, s) == 0;
}

/* ---------------------------------------------------------------- person */

static LNode *person_gender(Load *ld, Record *r)
{
    LNode *gender = given(ld, r, "gender");
    return gender && !is_text(gender, "any") ? gender : call_new(ld, "gender", NULL);
}

/* a for women, b for men, c for others. */
static LNode *by_gender(Load *ld, Record *r, LNode *a, LNode *b, LNode *c)
{
    LNode *gender = member(ld, r, "gender");
    LNode *args[] = {op(ld, OP_EQ, gender, text(ld, "female")), a,
                     op(ld, OP_EQ, gender, text(ld, "male")), b, c};
    return lnode_op(ld, OP_CASE, args, 5);
}

static LNode *person_first_name(Load *ld, Record *r)
{
    LNode *gender = given(ld, r, "gender"), *locale = given(ld, r, "locale");
    if (is_text(gender, "female") || is_text(gender, "male"))
        return call_new(ld, "first_name", "gender", gender, "locale", locale, NULL);
    LNode *women = call_new(ld, "first_name", "gender", text(ld, "female"), "locale", locale, NULL);
    LNode *men = call_new(ld, "first_name", "gender", text(ld, "male"), "locale", locale, NULL);
    LNode *any = call_new(ld, "first_name", "locale", locale, NULL);
    return by_gender(ld, r, part(r, women, "first_name of women"),
                     part(r, men, "first_name of men"), part(r, any, "first_name of others"));
}

static LNode *person_prefix(Load *ld, Record *r)
{
    return by_gender(ld, r, text(ld, "Ms."), text(ld, "Mr."), text(ld, "Mx."));
}

static LNode *person_last_name(Load *ld, Record *r)
{
    return call_new(ld, "last_name", "locale", given(ld, r, "locale"), NULL);
}

static LNode *of_names(Load *ld, Record *r, const char *generator)
{
    return call_new(ld, generator, "first", member(ld, r, "first_name"), "last",
                    member(ld, r, "last_name"), NULL);
}

static LNode *person_full_name(Load *ld, Record *r)
{
    return of_names(ld, r, "full_name");
}
static LNode *person_email(Load *ld, Record *r)
{
    LNode *domain = given(ld, r, "domain");
    return call_new(ld, "email", "first", member(ld, r, "first_name"), "last",
                    member(ld, r, "last_name"), "domain", domain, NULL);
}
static LNode *person_username(Load *ld, Record *r)
{
    return of_names(ld, r, "username");
}
static LNode *person_birthdate(Load *ld, Record *r)
{
    return call_new(ld, "birthdate", "min", given(ld, r, "min"), "max", given(ld, r, "max"), NULL);
}
static LNode *person_age(Load *ld, Record *r)
{
    return op(ld, OP_YEARS_BETWEEN, member(ld, r, "birthdate"),
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
    LNode *country = given(ld, r, "country");
    return call_new(ld, "city", "country", country ? country : text(ld, "US"), NULL);
}

static LNode *of_city(Load *ld, Record *r, const char *generator)
{
    return call_new(ld, generator, "of", member(ld, r, "city"), NULL);
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
        args[i * 2] = member(ld, r, parts[i]);
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
    return call_new(ld, "domain", "company", member(ld, r, "name"), NULL);
}
static LNode *company_website(Load *ld, Record *r)
{
    return op(ld, OP_CONCAT, text(ld, "https://www."), member(ld, r, "domain"));
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
    LNode *args[] = {part(r, box, "mailbox"), text(ld, "@"), member(ld, r, "domain")};
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
    return call_new(ld, "credit_card", "network", given(ld, r, "brand"), NULL);
}
static LNode *card_brand(Load *ld, Record *r)
{
    return call_new(ld, "card_network", "of", member(ld, r, "number"), NULL);
}
static LNode *card_cvv(Load *ld, Record *r)
{
    return call_new(ld, "cvv", "of", member(ld, r, "number"), NULL);
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
    return ending(ld, member(ld, r, "number"), 4);
}

/* Cards are valid to the end of a month of the next four years. */
static LNode *card_expires_on(Load *ld, Record *r)
{
    LNode *from = lnode_const(ld, (Value){.kind = VAL_CLOCK});
    LNode *to = lnode_const(
        ld, (Value){.kind = VAL_DURATION, .duration = {.min_months = 48, .max_months = 48}});
    LNode *day = call_new(ld, "date", "from", from, "to", to, NULL);
    return op(ld, OP_LAST_DAY, part(r, day, "expires_on in"), NULL);
}

/* 08/29 */
static LNode *card_expiry(Load *ld, Record *r)
{
    LNode *day = member(ld, r, "expires_on");
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

/* ---------------------------------------------------------------- the four */

#define KIND(word, example_, ...)                                                                  \
    {                                                                                              \
        .def = {.name = #word, .example = example_, __VA_ARGS__}, .members = word##_members,       \
        .nmembers = sizeof word##_members / sizeof *word##_members                                 \
    }
#define PARAMS(list) .params = list, .nparams = sizeof list / sizeof *list
static const Kind kinds[] = {
    KIND(person, "local p = person()", PARAMS(person_params)),
    KIND(place, "local home = place()", PARAMS(place_params)),
    KIND(card, "local c = card()", PARAMS(card_params)),
    KIND(company, "local c = company()", .nparams = 0),
};
enum { COMPANY = sizeof kinds / sizeof *kinds - 1 };

static LNode *member(Load *ld, Record *r, const char *name)
{
    const Member *m = r->kind->members;
    while (strcmp(m->name, name) != 0)
        m++;
    LNode *made = m->make(ld, r), *e = load_alloc(ld, sizeof *e);
    *e = *made;
    if (!e->modified && e->node.kind != NODE_GEN)
        e->node.mods.pii_kind = m->pii;
    return part(r, e, m->name);
}

static Record *record_new(Load *ld, const Kind *kind, const Value *params)
{
    Record *r = load_alloc(ld, sizeof *r);
    const char *name = params && params[0].kind == VAL_TEXT ? params[0].text : NULL;
    int same = 1;
    *r = (Record){
        .kind = kind, .table = ld->open, .params = params, .read = kind != &kinds[COMPANY]};
    r->name = name ? load_printf(ld, "%s %s", kind->def.name, name) : kind->def.name;
    for (const Record *other = ld->records; other; other = other->next) {
        if (other->table != r->table || other->kind != kind)
            continue;
        same++;
        if (name && strcmp(other->name, r->name) == 0)
            load_fail(ld, "each record of a table has a name of its own",
                      "there is a %s \"%s\" already", kind->def.name, name);
    }
    if (!name && same > 1)
        r->name = load_printf(ld, "%s %d", kind->def.name, same);
    r->next = ld->records;
    ld->records = r;
    return r;
}

/* ---------------------------------------------------------------- in Lua */

static Record *record_at(lua_State *L, int index)
{
    Record **handle = luaL_testudata(L, index, RECORD_TYPE);
    return handle ? *handle : NULL;
}

const char *records_describe(Load *ld, int index)
{
    const Record *r = record_at(ld->L, index);
    return r ? arena_printf(ld->mem, "a %s, which has several values", r->kind->def.name) : NULL;
}

static const char *member_hint(Load *ld, const Kind *kind, const char *name)
{
    const char **names = load_array(ld, const char *, kind->nmembers);
    for (int i = 0; i < kind->nmembers; i++)
        names[i] = kind->members[i].name;
    const char *near = load_near(ld, "", name, names, kind->nmembers);
    return near ? near
                : arena_printf(ld->mem, "it has %s",
                               text_list(names, kind->nmembers, kind->nmembers, ld->mem));
}

static bool push_value(Load *ld, Record *r, const char *name)
{
    for (int i = 0; i < r->kind->nmembers; i++) {
        if (strcmp(r->kind->members[i].name, name) != 0)
            continue;
        r->read = true;
        lnode_push(ld, member(ld, r, name), 0);
        return true;
    }
    return false;
}

bool records_field(Load *ld, LNode *e, const char *name)
{
    Record *r = e->record;
    return r && r->self && strcmp(e->member, "name") == 0 && push_value(ld, r, name);
}

void records_begin(Load *ld, LNode *call)
{
    if (!ld->open)
        return;
    Record *r = record_new(ld, &kinds[COMPANY], NULL);
    r->self = call;
    call->record = r;
    call->member = "name";
}

static int read_value(lua_State *L)
{
    Load *ld = load_of(L);
    Record *r = record_at(L, 1);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    if (!push_value(ld, r, name))
        load_fail(ld, member_hint(ld, r->kind, name), "a %s has no \"%s\"", r->kind->def.name,
                  name);
    return 1;
}

static int no_change(lua_State *L)
{
    load_fail(load_of(L), "give parameters where it is made: person { gender = \"female\" }",
              "a record cannot be changed");
}

static int record_word(lua_State *L)
{
    Load *ld = load_of(L);
    const Kind *kind = lua_touserdata(L, lua_upvalueindex(1));
    if (!ld->open)
        load_fail(ld, "inside of r:table(..., function(t) ... end)",
                  "%s belongs to a table's row: make it where its columns are assigned",
                  kind->def.name);
    const LNode *call = call_read(L, &kind->def);
    Record *r = record_new(ld, kind, call->node.params);
    *(Record **)lua_newuserdatauv(L, sizeof(Record *), 0) = r;
    luaL_setmetatable(L, RECORD_TYPE);
    return 1;
}

void records_open(Load *ld, int env)
{
    lua_State *L = ld->L;
    static const luaL_Reg events[] = {
        {"__index", read_value}, {"__newindex", no_change}, {NULL, NULL}};
    luaL_newmetatable(L, RECORD_TYPE);
    luaL_setfuncs(L, events, 0);
    lua_pushliteral(L, "record");
    lua_setfield(L, -2, "__name");
    lua_pop(L, 1);
    for (int i = 0; i < COMPANY; i++) {
        lua_pushlightuserdata(L, (void *)&kinds[i]);
        lua_pushcclosure(L, record_word, 1);
        words_add(ld, env, kinds[i].def.name);
    }
}

/* ---------------------------------------------------------------- when all columns are known */

static const char *identity_of(Load *ld, const Node *node)
{
    LNode *e = (LNode *)node;
    if (e->record && e->record->read && !node->identity && node->kind != NODE_CONST &&
        node->kind != NODE_COLUMN && node->kind != NODE_PARENT)
        e->node.identity = load_printf(ld, "%s.%s", e->record->name, e->member);
    return node->identity;
}

/* The column before `below` that holds the value. */
static int column_of(Load *ld, const Table *t, const char *identity, int below)
{
    for (int c = 0; identity && c < below; c++) {
        const char *own = identity_of(ld, t->cols[c].node);
        if (own && strcmp(own, identity) == 0)
            return c;
    }
    return -1;
}

static LNode *column_node(Load *ld, RTable *table, int col, const Node *like)
{
    LNode *e = load_alloc(ld, sizeof *e);
    e->node.kind = NODE_COLUMN;
    e->node.where = like->where;
    e->node.column = table->out.table.cols[col].name;
    e->node.mods = like->mods;
    e->owner = table;
    e->used = true;
    return e;
}

static const Node *resolved(Load *ld, RTable *table, const Node *node);

static void resolve_below(Load *ld, RTable *table, const Node *node)
{
    for (int i = 0; i < node->nargs; i++)
        ((const Node **)node->args)[i] = resolved(ld, table, node->args[i]);
    for (int i = 0; node->kind == NODE_GEN && node->params && i < node->gen->nparams; i++)
        if (node->params[i].kind == VAL_NODE)
            ((Value *)node->params)[i].node = resolved(ld, table, node->params[i].node);
}

static const Node *resolved(Load *ld, RTable *table, const Node *node)
{
    const Table *t = &table->out.table;
    int col = column_of(ld, t, identity_of(ld, node), t->ncols);
    if (col >= 0)
        return &column_node(ld, table, col, node)->node;
    resolve_below(ld, table, node);
    return node;
}

void records_resolve(Load *ld)
{
    for (int i = 0; i < ld->ntables && ld->records; i++) {
        Table *t = &ld->tables[i]->out.table;
        for (int c = 0; c < t->ncols; c++)
            identity_of(ld, t->cols[c].node);
        for (int c = 0; c < t->ncols; c++) {
            const Node *node = t->cols[c].node;
            int first = column_of(ld, t, node->identity, c);
            if (first >= 0)
                t->cols[c].node = &column_node(ld, ld->tables[i], first, node)->node;
            else
                resolve_below(ld, ld->tables[i], node);
        }
    }
}

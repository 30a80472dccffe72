/* What every generator promises, checked for all of them: described for people, the same cell
 * alone, in a batch and in any order, another value for another generation, distinct values by
 * index, and nothing outside its declared type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/decimal.h"
#include "base/utf8.h"
#include "genkit.h"

#define CASES_MAX 512

typedef struct Case {
    const char *name;
    const Bound *bound;
} Case;

typedef struct Fixture {
    GenKit *kit;
    Case cases[CASES_MAX];
    int n;
} Fixture;

static void add(Fixture *f, const Node *node)
{
    const Bound *bound = genkit_bind(f->kit, node);
    if (!bound)
        fail_msg("%s was refused: %s", node->gen->name, genkit_error(f->kit));
    assert_in_range(f->n, 0, CASES_MAX - 1);
    f->cases[f->n++] = (Case){node->gen->name, bound};
}

/* Planner and evaluator make these; their definitions only carry parameters and help. What belongs
 * to a record or holds nodes needs a recipe: test_state_machine.c, test_gen_structure.c. */
static bool made_elsewhere(const char *name)
{
    static const char *const names[] = {"serial",        "ref",        "child_index", "siblings",
                                        "state_machine", "array",      "dataset",     "one_of",
                                        "template",      "running_sum"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool stands_alone(const GenDef *gen)
{
    for (int p = 0; p < gen->nparams; p++)
        if (gen->params[p].required)
            return false;
    /* the values of an enum may come from the column's type */
    return !made_elsewhere(gen->name) && strcmp(gen->name, "enum") != 0;
}

/* Every generator at least once; those with parameters in several forms. */
static void add_cases(Fixture *f)
{
    static const Value texts[] = {{.kind = VAL_TEXT, .text = "one", .len = 3},
                                  {.kind = VAL_TEXT, .text = "zwölf", .len = 6},
                                  {.kind = VAL_NULL}};
    static const Value numbers[] = {{.kind = VAL_INT, .i = 3},
                                    {.kind = VAL_FLOAT, .f = 0.25, .text = "0.25"},
                                    {.kind = VAL_INT, .i = 3}};
    static const Value bars[] = {{.kind = VAL_INT, .i = 3}, {.kind = VAL_INT, .i = 5}};
    static const Value truths[] = {{.kind = VAL_BOOL, .i = 0}, {.kind = VAL_BOOL, .i = 1}};
    static const Value huge[] = {{.kind = VAL_FLOAT, .f = 1e300, .text = "1e+300"},
                                 {.kind = VAL_INT, .i = 1}};
    static const double weights[] = {1, 2, 3}, two[] = {5, 1};
    GenKit *kit = f->kit;
    const Node *first = KIT_CALL(kit, "first_name"), *last = KIT_CALL(kit, "last_name");
    const Node *day = KIT_CALL(kit, "date_past", KIT_INT("days_ago_max", 100)),
               *moment = KIT_CALL(kit, "timestamp_past");
    const Node *score = KIT_CALL(kit, "credit_score");
    int n;
    const GenDef *const *all = gen_all(&n);
    for (int i = 0; i < n; i++)
        if (stands_alone(all[i]))
            add(f, genkit_node(kit, all[i]->name, (const GenArg[]){{0}, {0}}));
    add(f, KIT_CALL(kit, "address", KIT_BOOL("full", 0)));
    add(f, KIT_CALL(kit, "arrivals", KIT_TEXT("from", "2025-01-01"), KIT_DAYS("every", 1, 1)));
    add(f, KIT_CALL(kit, "arrivals", KIT_NODE("from", day), KIT_DAYS("every", -1, -1)));
    add(f, KIT_CALL(kit, "business_hours", KIT_TEXT("from", "2025-06-01")));
    add(f,
        KIT_CALL(kit, "business_hours", KIT_TEXT("from", "2025-06-01"), KIT_TEXT("dist", "zipf")));
    add(f, KIT_CALL(kit, "churn", KIT_NODE("from", moment)));
    add(f,
        KIT_CALL(kit, "growth", KIT_NODE("at", score), KIT_INT("add", 3), KIT_NUM("noise", "0.1")));
    add(f, KIT_CALL(kit, "interval", KIT_DAYS("span", 1, 30)));
    add(f, KIT_CALL(kit, "interval", KIT_DAYS("span", 0, 300), KIT_TEXT("unit", "text")));
    add(f, KIT_CALL(kit, "random_walk", KIT_INT("min", 0), KIT_INT("max", 9)));
    add(f, KIT_CALL(kit, "random_walk", KIT_NODE("at", score), KIT_INT("scale", 0)));
    add(f, KIT_CALL(kit, "seasonality", KIT_NODE("at", day), KIT_INT("scale", 3)));
    add(f, KIT_CALL(kit, "series", KIT_TEXT("from", "2025-01-01"), KIT_DAYS("step", 1, 1)));
    add(f, KIT_CALL(kit, "series", KIT_NODE("from", moment), KIT_MONTHS("step", 1, 1)));
    add(f, KIT_CALL(kit, "time_between", KIT_NODE("from", day)));
    add(f, KIT_CALL(kit, "time_between", KIT_NODE("from", day), KIT_NODE("to", moment),
                    KIT_TEXT("dist", "normal")));
    add(f, KIT_CALL(kit, "after", KIT_NODE("x", day), KIT_DAYS("duration", 0, 30),
                    KIT_TEXT("dist", "exponential")));
    add(f, KIT_CALL(kit, "choice", KIT_LIST("items", texts), KIT_TEXT("dist", "zipf")));
    add(f, KIT_CALL(kit, "const", KIT_TEXT("value", "ä")));
    add(f, KIT_CALL(kit, "enum", KIT_LIST("items", texts)));
    add(f, KIT_CALL(kit, "nanoid", KIT_INT("size", 3), KIT_TEXT("alphabet", "abc")));
    add(f, KIT_CALL(kit, "regex", KIT_TEXT("pattern", "[A-Z]{2}-[0-9]{1,4}(-X|-Yy)?")));
    add(f, KIT_CALL(kit, "regex", KIT_TEXT("pattern", "(a[0-9]{30}|ä{0,3}|[^a]{2}){1,5}")));
    add(f, KIT_CALL(kit, "sequence", KIT_INT("start", -7), KIT_INT("step", -2)));
    add(f, KIT_CALL(kit, "ulid", KIT_NODE("at", moment)));
    add(f, KIT_CALL(kit, "uuid", KIT_INT("version", 7), KIT_NODE("at", day)));
    add(f, KIT_CALL(kit, "int", KIT_INT("max", 500), KIT_TEXT("dist", "poisson")));
    add(f, KIT_CALL(kit, "float", KIT_TEXT("dist", "normal")));
    add(f, KIT_CALL(kit, "timestamp_past", KIT_TEXT("dist", "geometric")));
    add(f, KIT_CALL(kit, "date_past", KIT_TEXT("dist", "zipf")));
    add(f, KIT_CALL(kit, "time", KIT_TEXT("dist", "triangular")));
    add(f, KIT_CALL(kit, "histogram", KIT_LIST("weights", bars), KIT_INT("max", 20)));
    add(f, KIT_CALL(kit, "after", KIT_NODE("x", day), KIT_DAYS("duration", 0, 30)));
    add(f, KIT_CALL(kit, "after", KIT_NODE("x", moment), KIT_MONTHS("duration", 1, 3)));
    add(f, KIT_CALL(kit, "between", KIT_INT("min", -3), KIT_INT("max", 9)));
    add(f, KIT_CALL(kit, "between", KIT_NUM("min", "-0.5"), KIT_NUM("max", "9.125")));
    add(f, KIT_CALL(kit, "bool", KIT_INT("share", 1)));
    add(f, KIT_CALL(kit, "bool", KIT_INT("share", 0)));
    add(f, KIT_CALL(kit, "bytes", KIT_INT("min", 0), KIT_INT("max", 40)));
    add(f, KIT_CALL(kit, "choice", KIT_LIST("items", texts)));
    add(f, KIT_CALL(kit, "choice", KIT_LIST("items", numbers)));
    add(f, KIT_CALL(kit, "choice", KIT_LIST("items", truths)));
    add(f, KIT_CALL(kit, "weighted", KIT_WEIGHTS("items", texts, weights)));
    add(f, KIT_CALL(kit, "weighted", KIT_WEIGHTS("items", huge, two)));
    add(f, KIT_CALL(kit, "date", KIT_TEXT("from", "1899-12-30"), KIT_TEXT("to", "2100-01-01")));
    add(f,
        KIT_CALL(kit, "decimal", KIT_NUM("min", "-1.5"), KIT_INT("max", 1), KIT_INT("scale", 4)));
    add(f, KIT_CALL(kit, "decimal", KIT_INT("min", 0), KIT_NUM("max", "0.99")));
    add(f, KIT_CALL(kit, "email", KIT_NODE("first", first), KIT_NODE("last", last)));
    add(f, KIT_CALL(kit, "email", KIT_NODE("first", first)));
    add(f, KIT_CALL(kit, "first_name", KIT_TEXT("gender", "male")));
    add(f, KIT_CALL(kit, "int", KIT_INT("min", INT64_MIN), KIT_INT("max", INT64_MAX)));
    add(f, KIT_CALL(kit, "int_range", KIT_INT("min", 18), KIT_INT("max", 18)));
    add(f, KIT_CALL(kit, "interest_rate", KIT_NODE("score", score)));
    add(f, KIT_CALL(kit, "loan_amount", KIT_NUM("min", "10.2"), KIT_NUM("max", "10.8")));
    add(f, KIT_CALL(kit, "lognormal", KIT_INT("median", 58000)));
    add(f, KIT_CALL(kit, "lognormal", KIT_INT("median", 10), KIT_INT("scale", 0), KIT_INT("min", 5),
                    KIT_INT("max", 30)));
    add(f, KIT_CALL(kit, "normal", KIT_INT("mean", 100), KIT_INT("sd", 0)));
    add(f, KIT_CALL(kit, "normal", KIT_INT("mean", 0), KIT_INT("sd", 10), KIT_INT("min", 30),
                    KIT_INT("scale", 0)));
    add(f, KIT_CALL(kit, "pattern", KIT_TEXT("text", "ä-##??\\#\\\\")));
    add(f, KIT_CALL(kit, "pattern", KIT_TEXT("text", "????.????.????.####-####-####-####")));
    add(f, KIT_CALL(kit, "pattern", KIT_TEXT("text", "")));
    add(f, KIT_CALL(kit, "sentence", KIT_INT("min", 1), KIT_INT("max", 1)));
    add(f, KIT_CALL(kit, "state", KIT_BOOL("short", 1)));
    add(f, KIT_CALL(kit, "text", KIT_INT("min", 1), KIT_INT("max", 30)));
    add(f, KIT_CALL(kit, "text", KIT_INT("min", 1000), KIT_INT("max", 1000)));
    add(f, KIT_CALL(kit, "hash", KIT_NODE("of", last), KIT_TEXT("method", "md5")));
    add(f, KIT_CALL(kit, "username", KIT_NODE("first", first), KIT_NODE("last", last)));
    static const char *const countries[] = {"AR", "AT", "AU", "BE", "BR", "CA", "CH", "CL", "CN",
                                            "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IN", "IT",
                                            "JP", "KR", "NL", "NO", "PL", "PT", "SE", "TR", "ZA"};
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++)
        add(f, KIT_CALL(kit, "national_id",
                        ((GenArg){"country", {.kind = VAL_TEXT, .text = countries[i], .len = 2}})));
    add(f, KIT_CALL(kit, "time", KIT_TEXT("from", "09:00"), KIT_TEXT("to", "09:00:10")));
    add(f, KIT_CALL(kit, "timestamp", KIT_TEXT("from", "1960-01-01"),
                    KIT_TEXT("to", "1980-01-01 12:30:00")));
}

static int setup(void **state)
{
    Fixture *f = calloc(1, sizeof *f);
    f->kit = genkit_new();
    *state = f;
    add_cases(f);
    return 0;
}

static int teardown(void **state)
{
    Fixture *f = *state;
    genkit_free(f->kit);
    free(f);
    return 0;
}

static bool same_cell(const Vec *a, uint32_t i, const Vec *b, uint32_t j)
{
    if (vec_is_null(a, i) || vec_is_null(b, j))
        return vec_is_null(a, i) && vec_is_null(b, j);
    if (a->kind == TYPE_FLOAT)
        return memcmp(&a->f[i], &b->f[j], sizeof(double)) == 0;
    if (a->kind == TYPE_BYTES || type_is_text(a->kind))
        return a->s[i].n == b->s[j].n && memcmp(a->s[i].p, b->s[j].p, a->s[i].n) == 0;
    return a->i[i] == b->i[j];
}

static void registry_is_sorted_and_described(void **state)
{
    (void)state;
    int n;
    const GenDef *const *all = gen_all(&n);
    assert_true(n > 40);
    for (int i = 0; i < n; i++) {
        const GenDef *gen = all[i];
        if (i)
            assert_true(strcmp(all[i - 1]->name, gen->name) < 0);
        assert_ptr_equal(gen_find(gen->name), gen);
        assert_non_null(gen->bind);
        assert_true(gen->family && *gen->family);
        assert_int_equal(gen->doc[strlen(gen->doc) - 1], '.');
        assert_int_equal(strncmp(gen->example, gen->name, strlen(gen->name)), 0);
        for (int p = 0; p < gen->nparams; p++) {
            const GenParam *param = &gen->params[p];
            assert_true(param->doc && *param->doc && param->doc[strlen(param->doc) - 1] != '.');
            assert_false(param->required && param->default_text);
            for (int q = 0; q < p; q++)
                assert_string_not_equal(param->name, gen->params[q].name);
        }
    }
    assert_null(gen_find("frist_name"));
    assert_null(gen_find(""));
    for (int kind = PARAM_INT; kind <= PARAM_ANY; kind++)
        assert_true(strlen(param_kind_text((ParamKind)kind)) > 3);
}

/* What people expect of a catalogue, by the names of the field; other names for one do not count.
 */
static void expected_names_are_there(void **state)
{
    (void)state;
    static const char *const names[] = {"sequence",
                                        "int",
                                        "float",
                                        "decimal",
                                        "bool",
                                        "const",
                                        "choice",
                                        "weighted",
                                        "enum",
                                        "one_of",
                                        "pattern",
                                        "regex",
                                        "template",
                                        "uuid",
                                        "ulid",
                                        "nanoid",
                                        "dataset",
                                        "json",
                                        "array",
                                        "bytes",
                                        "child_index",
                                        "word",
                                        "words",
                                        "sentence",
                                        "paragraph",
                                        "text",
                                        "slug",
                                        "title",
                                        "chars",
                                        "hash",
                                        "first_name",
                                        "last_name",
                                        "full_name",
                                        "gender",
                                        "birthdate",
                                        "username",
                                        "job_title",
                                        "national_id",
                                        "email",
                                        "safe_email",
                                        "phone",
                                        "street_address",
                                        "city",
                                        "state",
                                        "postcode",
                                        "country",
                                        "country_code",
                                        "latitude",
                                        "longitude",
                                        "timezone",
                                        "full_address",
                                        "company",
                                        "department",
                                        "product_name",
                                        "category",
                                        "price",
                                        "sku",
                                        "ean13",
                                        "rating",
                                        "color",
                                        "amount",
                                        "currency",
                                        "credit_card",
                                        "cvv",
                                        "iban",
                                        "bic",
                                        "account_number",
                                        "routing_number",
                                        "transaction_type",
                                        "url",
                                        "domain",
                                        "ipv4",
                                        "ipv6",
                                        "mac",
                                        "user_agent",
                                        "http_method",
                                        "http_status",
                                        "password_hash",
                                        "token",
                                        "mime_type",
                                        "file_name",
                                        "date",
                                        "timestamp",
                                        "time",
                                        "after",
                                        "time_between",
                                        "interval",
                                        "business_hours",
                                        "series",
                                        "arrivals",
                                        "state_machine",
                                        "random_walk",
                                        "growth",
                                        "seasonality",
                                        "churn",
                                        "running_sum",
                                        "uniform",
                                        "normal",
                                        "lognormal",
                                        "exponential",
                                        "poisson",
                                        "zipf",
                                        "pareto",
                                        "geometric",
                                        "triangular",
                                        "histogram"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!gen_find(names[i]))
            fail_msg("there is no %s", names[i]);
    static const char *const families[] = {"medical", "e-commerce", "saas",
                                           "blog",    "social",     "inventory"};
    int n, packs[6] = {0};
    const GenDef *const *all = gen_all(&n);
    for (int g = 0; g < n; g++)
        for (int f = 0; f < 6; f++)
            packs[f] += strcmp(all[g]->family, families[f]) == 0;
    for (int f = 0; f < 6; f++)
        assert_true(packs[f] >= 4);
}

static void every_generator_is_covered(void **state)
{
    Fixture *f = *state;
    int n;
    const GenDef *const *all = gen_all(&n);
    for (int i = 0; i < n; i++) {
        bool seen = made_elsewhere(all[i]->name);
        for (int c = 0; c < f->n; c++)
            seen = seen || strcmp(f->cases[c].name, all[i]->name) == 0;
        if (!seen)
            fail_msg("%s has no case here", all[i]->name);
    }
    const Bound *serial = KIT_BIND(f->kit, "serial");
    assert_int_equal(serial->type.kind, TYPE_INT);
    const Bound *ref =
        KIT_BIND(f->kit, "ref", (GenArg){"table", {.kind = VAL_TABLE, .text = "t", .len = 1}});
    assert_non_null(ref);
}

static void a_cell_depends_on_nothing_around_it(void **state)
{
    Fixture *f = *state;
    enum { N = 300 };
    for (int c = 0; c < f->n; c++) {
        const Bound *bound = f->cases[c].bound;
        const Vec *batch = genkit_fill(f->kit, bound, 5000, N);
        uint64_t backwards[N], far = UINT64_C(1) << 60;
        for (int k = 0; k < N; k++)
            backwards[k] = 5000 + N - 1 - k;
        const Vec *reversed = genkit_cells(f->kit, bound, backwards, NULL, NULL, N);
        uint32_t zeros[N] = {0};
        const Vec *generation0 = genkit_cells(f->kit, bound, backwards, NULL, zeros, N);
        for (uint32_t k = 0; k < N; k++) {
            const Vec *alone = genkit_fill(f->kit, bound, 5000 + k, 1);
            if (!same_cell(batch, k, alone, 0) || !same_cell(batch, k, reversed, N - 1 - k) ||
                !same_cell(batch, k, generation0, N - 1 - k))
                fail_msg("%s (case %d): row %u differs by what is filled with it", f->cases[c].name,
                         c, 5000 + k);
        }
        genkit_cells(f->kit, bound, &far, NULL, NULL, 1); /* any row number is fine */
        genkit_reset(f->kit);
    }
}

static void generations_and_streams_differ(void **state)
{
    Fixture *f = *state;
    enum { N = 400 };
    uint64_t rows[N];
    uint32_t ones[N];
    for (uint32_t k = 0; k < N; k++) {
        rows[k] = k;
        ones[k] = 1;
    }
    for (int c = 0; c < f->n; c++) {
        const Bound *bound = f->cases[c].bound;
        if (bound->count == 1 || bound->nargs || strcmp(f->cases[c].name, "normal") == 0 ||
            strcmp(f->cases[c].name, "sequence") == 0 || strcmp(f->cases[c].name, "series") == 0 ||
            strcmp(f->cases[c].name, "seasonality") == 0)
            continue;
        Bound other = *bound;
        other.key ^= 1;
        const Vec *a = genkit_cells(f->kit, bound, rows, NULL, NULL, N),
                  *b = genkit_cells(f->kit, bound, rows, NULL, ones, N);
        const Vec *d = genkit_cells(f->kit, &other, rows, NULL, NULL, N);
        int same = 0, alike = 0;
        for (uint32_t k = 0; k < N; k++) {
            same += same_cell(a, k, b, k);
            alike += same_cell(a, k, d, k);
        }
        if (same > N * 9 / 10 || alike > N * 9 / 10)
            fail_msg("%s (case %d): %d and %d of %d cells stayed the same", f->cases[c].name, c,
                     same, alike, N);
        genkit_reset(f->kit);
    }
}

static void check_cell(const Case *c, const Vec *v, uint32_t k)
{
    const Bound *bound = c->bound;
    const Type *type = &bound->type;
    if (vec_is_null(v, k)) {
        assert_true(bound->nullable);
        return;
    }
    if (type->kind == TYPE_TEXT || type->kind == TYPE_JSON || type->kind == TYPE_UUID) {
        assert_true(utf8_valid(v->s[k].p, v->s[k].n));
        size_t chars = utf8_length(v->s[k].p, v->s[k].n);
        if (type->kind == TYPE_TEXT && (type->length <= 0 || chars > (size_t)type->length))
            fail_msg("%s: %.*s is longer than %d", c->name, (int)v->s[k].n, v->s[k].p,
                     type->length);
        assert_true(type->kind != TYPE_UUID || chars == 36);
    }
    if (type->kind == TYPE_BYTES)
        assert_true(v->s[k].n <= (uint32_t)type->length);
    if (type->kind == TYPE_DECIMAL) {
        assert_in_range(type->precision, 1, 18);
        assert_true(type->scale <= type->precision);
        assert_true(llabs(v->i[k]) < decimal_pow10[type->precision]);
    }
    if (type->kind == TYPE_INT) {
        assert_true(bound->has_bounds && v->i[k] >= bound->lo && v->i[k] <= bound->hi);
        assert_true(type->bits == 64 ||
                    (type->bits == 32 && bound->lo >= INT32_MIN && bound->hi <= INT32_MAX));
    }
    if (type->kind == TYPE_BOOL)
        assert_true(v->i[k] == 0 || v->i[k] == 1);
    if (type->kind == TYPE_TIMESTAMP || type->kind == TYPE_TIME)
        assert_int_equal(v->i[k] % 1000000, 0);
    if (type->kind == TYPE_TIME)
        assert_in_range(v->i[k], 0, INT64_C(86399000000));
}

static void nothing_leaves_its_type(void **state)
{
    Fixture *f = *state;
    for (int c = 0; c < f->n; c++)
        for (uint64_t first = 0; first < 20000; first += BATCH_ROWS) {
            const Vec *v = genkit_fill(f->kit, f->cases[c].bound, first, BATCH_ROWS);
            for (uint32_t k = 0; k < BATCH_ROWS; k++)
                check_cell(&f->cases[c], v, k);
            genkit_reset(f->kit);
        }
}

/* A set of cells, for finding doubles. */
typedef struct Seen {
    uint64_t *hash;
    size_t size;
} Seen;

static uint64_t cell_hash(const Vec *v, uint32_t k)
{
    const unsigned char *p =
        v->kind == TYPE_FLOAT ? (const unsigned char *)&v->f[k] : (const unsigned char *)&v->i[k];
    size_t n = 8;
    if (v->kind == TYPE_BYTES || type_is_text(v->kind)) {
        p = (const unsigned char *)v->s[k].p;
        n = v->s[k].n;
    }
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    h ^= h >> 32;
    h *= UINT64_C(0xd6e8feb86659fd93);
    return h ? h : 1;
}

static bool seen_before(Seen *s, uint64_t h)
{
    size_t at = h >> 20 & (s->size - 1);
    for (; s->hash[at]; at = (at + 1) & (s->size - 1))
        if (s->hash[at] == h)
            return true;
    s->hash[at] = h;
    return false;
}

/* All values where there are up to 200,000, else the first, the last and evenly spread ones. Equal
 * 64-bit hashes of different values are not to be expected. */
static void distinct_indexes_give_distinct_values(void **state)
{
    Fixture *f = *state;
    enum { SAMPLE = 200000 };
    Seen seen = {.size = 1 << 19};
    seen.hash = calloc(seen.size, sizeof *seen.hash);
    int checked = 0;
    for (int c = 0; c < f->n; c++) {
        const Bound *bound = f->cases[c].bound;
        if (!bound->indexable) {
            assert_int_equal(bound->count, 0);
            continue;
        }
        checked++;
        memset(seen.hash, 0, seen.size * sizeof *seen.hash);
        uint64_t count = bound->count ? bound->count : UINT64_C(1) << 40,
                 total = count < SAMPLE ? count : SAMPLE;
        uint64_t rows[BATCH_ROWS], index[BATCH_ROWS], stride = count / SAMPLE ? count / SAMPLE : 1;
        for (uint64_t at = 0; at < total;) {
            uint32_t n = 0;
            for (; n < BATCH_ROWS && at < total; n++, at++) {
                rows[n] = at * 7;
                index[n] = total < SAMPLE || at < SAMPLE / 2 ? at
                           : at < SAMPLE - 1000 ? SAMPLE / 2 + (at - SAMPLE / 2) * stride
                                                : count - (SAMPLE - at);
            }
            const Vec *v = genkit_cells(f->kit, bound, rows, index, NULL, n);
            for (uint32_t k = 0; k < n; k++) {
                check_cell(&f->cases[c], v, k);
                if (index[k] < count && seen_before(&seen, cell_hash(v, k)))
                    fail_msg("%s (case %d): value number %llu came before", f->cases[c].name, c,
                             (unsigned long long)index[k]);
            }
            genkit_reset(f->kit);
        }
    }
    free(seen.hash);
    assert_true(checked > 40);
}

/* A value by index does not depend on the row, so the planner can move rows between indexes. */
static void index_values_do_not_depend_on_rows(void **state)
{
    Fixture *f = *state;
    for (int c = 0; c < f->n; c++) {
        const Bound *bound = f->cases[c].bound;
        if (!bound->indexable || bound->count == 0)
            continue;
        uint64_t n = bound->count < 64 ? bound->count : 64, rows[64], index[64];
        for (uint64_t k = 0; k < n; k++) {
            rows[k] = 900 + k;
            index[k] = k;
        }
        const Vec *a = genkit_cells(f->kit, bound, rows, index, NULL, (uint32_t)n),
                  *b = genkit_index(f->kit, bound, 0, (uint32_t)n);
        for (uint32_t k = 0; k < n; k++)
            assert_true(same_cell(a, k, b, k));
        genkit_reset(f->kit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry_is_sorted_and_described),
        cmocka_unit_test(expected_names_are_there),
        cmocka_unit_test(every_generator_is_covered),
        cmocka_unit_test(a_cell_depends_on_nothing_around_it),
        cmocka_unit_test(generations_and_streams_differ),
        cmocka_unit_test(nothing_leaves_its_type),
        cmocka_unit_test(distinct_indexes_give_distinct_values),
        cmocka_unit_test(index_values_do_not_depend_on_rows),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

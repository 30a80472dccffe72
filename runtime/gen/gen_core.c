/* Keys and plain values: serial and ref, which planner and evaluator fill themselves, sequence,
 * const, enum, bytes, json. */
#include "gen/bind_int.h"
#include "gen/family_int.h"

/* The planner numbers serial columns and fills references from their parents: this is for checking
 * and for help. */
static bool bind_key(GenBind *b)
{
    b->out->type = (Type){.kind = TYPE_INT, .bits = 64};
    return true;
}

const GenDef gen_def_serial = {
    .name = "serial",
    .family = "core",
    .doc = "The row's own number, counted up; the primary key unless another is named.",
    .example = "serial()",
    .bind = bind_key};

static const GenParam ref_params[] = {
    {.name = "table",
     .kind = PARAM_TABLE,
     .required = true,
     .doc = "the table that is referred to"},
    {.name = "column", .kind = PARAM_TEXT, .doc = "its column, when it is not the primary key"},
    {.name = "depth",
     .kind = PARAM_INT,
     .min = 2,
     .max = 64,
     .doc = "of a table that refers to itself: levels of a tree at most, roots included"},
    {.name = "fanout",
     .kind = PARAM_INT,
     .min = 2,
     .max = 1000000,
     .doc = "of a table that refers to itself: children per row on average; 3 with a depth alone"},
    {.name = "roots",
     .kind = PARAM_INT,
     .min = 1,
     .max = 1e15,
     .doc = "of a table that refers to itself: the first so many rows are the roots"},
    {.name = "dist",
     .kind = PARAM_DIST,
     .doc =
         "how the rows are spread over the parents, in the parents' order: zipf { s = 1.1 }, \"exponential\"; all alike when left out"},
};
const GenDef gen_def_ref = {.name = "ref",
                            .family = "core",
                            .doc = "The key of a row in another table, or in this one.",
                            .example = "ref(borrowers)",
                            GEN_PARAMS(ref_params),
                            .bind = bind_key};

/* ---- sequence */

typedef struct Sequence {
    int64_t start, step;
    uint64_t away; /* places from the start to the values of other generations */
} Sequence;

/* Values of other generations stand beyond those of most tables' rows, and still in 32 bits. */
static uint64_t places_away(int64_t step)
{
    uint64_t size = step < 0 ? -(uint64_t)step : (uint64_t)step, places = 1000000000 / size;
    return places > 1 << 20 ? places : 1 << 20;
}

static void fill_sequence(const GenCall *c, Vec *out)
{
    const Sequence *s = c->bound->state;
    const uint64_t *at = c->index ? c->index : c->rows;
    for (uint32_t k = 0; k < c->n; k++) {
        int64_t far;
        uint64_t nth = c->index ? index_from_end(at[k]) : 0, place = nth ? s->away + nth : at[k];
        if (place <= INT64_MAX && !__builtin_mul_overflow((int64_t)place, s->step, &far) &&
            !__builtin_add_overflow(far, s->start, &out->i[k]))
            continue;
        vec_nulls(out, c->scratch)[k] = 1;
        if (c->overflows)
            ++*c->overflows;
    }
}

static bool bind_sequence(GenBind *b)
{
    Sequence *s = arena_new_of(b->mem, Sequence);
    int64_t step = gen_param_int(b, "step", 1);
    *s = (Sequence){gen_param_int(b, "start", 1), step, step ? places_away(step) : 0};
    if (s->step == 0) {
        gen_bind_error(b, ERR_RECIPE, "sequence: step must not be 0");
        return err_hint(b->mem, b->err, "for one value in all rows: const(%lld)",
                        (long long)s->start);
    }
    b->out->type = (Type){.kind = TYPE_INT, .bits = 64};
    b->out->has_bounds = true;
    b->out->lo = s->step > 0 ? s->start : INT64_MIN;
    b->out->hi = s->step > 0 ? INT64_MAX : s->start;
    b->out->state = s;
    b->out->indexable = true;
    b->out->fill = fill_sequence;
    return true;
}

static const GenParam sequence_params[] = {
    {.name = "start", .kind = PARAM_INT, .default_text = "1", .doc = "the first row's value"},
    {.name = "step",
     .kind = PARAM_INT,
     .default_text = "1",
     .doc = "from row to row; below 0 it counts down"},
};
const GenDef gen_def_sequence = {
    .name = "sequence",
    .family = "core",
    .doc =
        "Counts the rows from a start by a step; it is no key and moves no counter of the database.",
    .example = "sequence { start = 1000, step = 10 }",
    GEN_PARAMS(sequence_params),
    .bind = bind_sequence};

/* ---- const */

static bool bind_const(GenBind *b)
{
    const Value *v = gen_param(b, "value");
    if (v->kind == VAL_NODE && v->node->kind == NODE_CONST)
        v = &v->node->value;
    if (v->kind != VAL_NODE)
        return const_bind(b, v);
    gen_bind_error(b, ERR_RECIPE, "const: value must be a constant, not an expression");
    return err_hint(b->mem, b->err, "assign the expression itself: t.copy = t.name");
}

static const GenParam const_params[] = {
    {.name = "value", .kind = PARAM_ANY, .required = true, .doc = "a number, text, true, false"},
};
const GenDef gen_def_const = {.name = "const",
                              .family = "core",
                              .doc = "The same value in every row.",
                              .example = "const(\"EUR\")",
                              GEN_PARAMS(const_params),
                              .bind = bind_const};

/* ---- enum */

static bool bind_enum(GenBind *b)
{
    const Value *given = gen_param(b, "items");
    const Type *wanted = b->scope->wanted;
    Value list = *given;
    if (given->kind == VAL_NONE) {
        if (!wanted || wanted->kind != TYPE_ENUM || wanted->label_count == 0) {
            gen_bind_error(b, ERR_RECIPE, "enum needs its values: the column's type has none");
            return err_hint(
                b->mem, b->err,
                "enum { \"a\", \"b\" }, or :type \"enum('a','b')\", or a table that exists");
        }
        Value *items = arena_array(b->mem, Value, wanted->label_count);
        for (int i = 0; i < wanted->label_count; i++)
            items[i] = (Value){.kind = VAL_TEXT,
                               .text = wanted->labels[i],
                               .len = __builtin_strlen(wanted->labels[i])};
        list = (Value){.kind = VAL_LIST, .items = items, .count = wanted->label_count};
    }
    return items_bind(b, &list, NULL);
}

static const GenParam enum_params[] = {
    {.name = "items",
     .kind = PARAM_LIST,
     .doc = "the values; left out, those of the column's enum type in the database"},
    {.name = "dist",
     .kind = PARAM_DIST,
     .default_text = "\"uniform\"",
     .doc = "how the picks are spread over the values"},
};
const GenDef gen_def_enum = {.name = "enum",
                             .family = "core",
                             .doc = "One of the values of an enumeration.",
                             .example = "enum { \"red\", \"green\", \"blue\" }",
                             GEN_PARAMS(enum_params),
                             .bind = bind_enum};

/* ---- bytes */

typedef struct BytesState {
    uint32_t min, span;
} BytesState;

static void fill_bytes(const GenCall *c, Vec *out)
{
    const BytesState *s = c->bound->state;
    uint64_t key = c->bound->key;
    size_t total = 0;
    for (uint32_t k = 0; k < c->n; k++) {
        out->s[k].n = s->min + (uint32_t)rng_below(gen_draw(c, key, k, 0).a, s->span);
        total += out->s[k].n;
    }
    char *cell = arena_alloc_raw(c->scratch, total + 16);
    for (uint32_t k = 0; k < c->n; k++) {
        uint32_t n = out->s[k].n;
        out->s[k].p = cell;
        for (uint32_t at = 0; at < n; at += 16) {
            Rand2 r = gen_draw(c, key, k, 1 + at / 16);
            for (uint32_t i = 0; i < 16 && at + i < n; i++)
                cell[at + i] = (char)((i < 8 ? r.a : r.b) >> i % 8 * 8);
        }
        cell += n;
    }
}

#define BYTES_MAX 8192

static bool bind_bytes(GenBind *b)
{
    int64_t min = gen_param_int(b, "min", 16), max = gen_param_int(b, "max", min > 16 ? min : 16);
    if (!param_ordered(b, "min", "max", min <= max))
        return false;
    BytesState *s = arena_new_of(b->mem, BytesState);
    *s = (BytesState){(uint32_t)min, (uint32_t)(max - min + 1)};
    b->out->type = (Type){.kind = TYPE_BYTES, .length = max ? (int)max : 1};
    b->out->state = s;
    b->out->fill = fill_bytes;
    return true;
}

static const GenParam bytes_params[] = {
    {.name = "min",
     .kind = PARAM_INT,
     .default_text = "16",
     .min = 0,
     .max = BYTES_MAX,
     .doc = "the least number of bytes"},
    {.name = "max",
     .kind = PARAM_INT,
     .default_text = "16",
     .min = 0,
     .max = BYTES_MAX,
     .doc = "the greatest number of bytes"},
};
const GenDef gen_def_bytes = {.name = "bytes",
                              .family = "core",
                              .doc = "Random bytes.",
                              .example = "bytes { min = 16, max = 32 }",
                              GEN_PARAMS(bytes_params),
                              .bind = bind_bytes};

typedef struct JsonState {
    TextList words;
} JsonState;

static void fill_json(const GenCall *c, Vec *out)
{
    static const char *const truth[] = {"false", "true"};
    const JsonState *s = c->bound->state;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * 64);
    for (uint32_t k = 0; k < c->n; k++) {
        Rand2 r = gen_draw(c, c->bound->key, k, 0);
        char *p = put_str(cell, STR("{\"tag\": \""));
        p = put_str(p, text_list_pick(&s->words, r.a));
        p = put_str(p, STR("\", \"count\": "));
        uint64_t count = rng_below(r.b, 1000);
        p = put_digits(p, count, count < 10 ? 1 : count < 100 ? 2 : 3);
        p = put_str(p, STR(", \"active\": "));
        const char *active = truth[r.b & 1];
        p = put_str(p, (Str){active, active[0] == 't' ? 4 : 5});
        *p++ = '}';
        out->s[k] = (Str){cell, (uint32_t)(p - cell)};
        cell = p;
    }
}

static bool bind_json(GenBind *b)
{
    if (param_given(b, "members"))
        return json_object_bind(b, gen_param(b, "members"));
    JsonState *s = arena_new_of(b->mem, JsonState);
    s->words = text_list_new(words_plain.items, words_plain.count, b->mem);
    b->out->type = (Type){.kind = TYPE_JSON};
    b->out->state = s;
    b->out->fill = fill_json;
    return true;
}

static const GenParam json_params[] = {
    {.name = "members",
     .kind = PARAM_MEMBERS,
     .doc = "what the object holds, by name; pairs { \"name\", value } keep their order"},
};
const GenDef gen_def_json = {
    .name = "json",
    .family = "core",
    .doc =
        "A JSON object of columns and generators; without members a small one: {\"tag\": \"river\", \"count\": 42, \"active\": true}.",
    .example = "json { id = t.id, tags = array(word(), 1, 3) }",
    GEN_PARAMS(json_params),
    .bind = bind_json};

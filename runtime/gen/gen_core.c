/* Keys and plain bytes: serial and ref, which planner and evaluator fill themselves, uuid, bytes,
 * json. */
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
};
const GenDef gen_def_ref = {.name = "ref",
                            .family = "core",
                            .doc = "The key of a row in another table, or in this one.",
                            .example = "ref(borrowers)",
                            GEN_PARAMS(ref_params),
                            .bind = bind_key};

/* The finalizer of splitmix64 (Steele, Lea, Flood 2014): a bijection of 64 bits. */
static uint64_t mix64(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static char *put_hex(char *p, uint64_t v, int digits)
{
    for (int i = digits - 1; i >= 0; i--, v >>= 4)
        p[i] = "0123456789abcdef"[v & 15];
    return p + digits;
}

/* RFC 9562, version 4. A unique cell keeps its index, mixed, in 64 bits that version and variant
 * leave alone. */
static void fill_uuid(const GenCall *c, Vec *out)
{
    uint64_t key = c->bound->key;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * 36);
    for (uint32_t k = 0; k < c->n; k++) {
        uint64_t a, b;
        if (c->index) {
            uint64_t mixed = mix64(c->index[k] ^ key);
            Rand2 rest = rng_draw(key, c->index[k], gen_generation(c, k), 0);
            a = (mixed >> 16 << 16) | (rest.a & 0xfff);
            b = (mixed & 0xffff) << 32 | (rest.b & UINT64_C(0x3fff0000ffffffff));
        } else {
            Rand2 r = gen_draw(c, key, k, 0);
            a = r.a;
            b = r.b;
        }
        a = (a & ~UINT64_C(0xf000)) | 0x4000;
        b = (b & UINT64_C(0x3fffffffffffffff)) | UINT64_C(0x8000000000000000);
        out->s[k] = (Str){cell, 36};
        cell = put_hex(cell, a >> 32, 8);
        *cell++ = '-';
        cell = put_hex(cell, a >> 16 & 0xffff, 4);
        *cell++ = '-';
        cell = put_hex(cell, a & 0xffff, 4);
        *cell++ = '-';
        cell = put_hex(cell, b >> 48, 4);
        *cell++ = '-';
        cell = put_hex(cell, b & UINT64_C(0xffffffffffff), 12);
    }
}

static bool bind_uuid(GenBind *b)
{
    b->out->type = (Type){.kind = TYPE_UUID};
    b->out->indexable = true;
    b->out->fill = fill_uuid;
    return true;
}

const GenDef gen_def_uuid = {.name = "uuid",
                             .family = "core",
                             .doc = "A random UUID, version 4.",
                             .example = "uuid()",
                             .bind = bind_uuid};

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
    JsonState *s = arena_new_of(b->mem, JsonState);
    s->words = text_list_new(words_plain.items, words_plain.count, b->mem);
    b->out->type = (Type){.kind = TYPE_JSON};
    b->out->state = s;
    b->out->fill = fill_json;
    return true;
}

const GenDef gen_def_json = {
    .name = "json",
    .family = "core",
    .doc = "A small JSON object: {\"tag\": \"river\", \"count\": 42, \"active\": true}.",
    .example = "json()",
    .bind = bind_json};

/* Identifiers that need no counter: UUID versions 4 and 7 (RFC 9562), ULID, Nano ID. A unique cell
 * keeps its index, mixed, in bits that nothing else uses, so that distinct indexes differ whatever
 * the time is. */
#include "gen/bind_int.h"
#include "gen/family_int.h"

#include <string.h>

#include "base/calendar.h"

static char *put_hex(char *p, uint64_t v, int digits)
{
    for (int i = digits - 1; i >= 0; i--, v >>= 4)
        p[i] = "0123456789abcdef"[v & 15];
    return p + digits;
}

static char *put_uuid(char *p, uint64_t a, uint64_t b, uint64_t version)
{
    a = (a & ~UINT64_C(0xf000)) | version << 12;
    b = (b & UINT64_C(0x3fffffffffffffff)) | UINT64_C(0x8000000000000000);
    p = put_hex(p, a >> 32, 8);
    *p++ = '-';
    p = put_hex(p, a >> 16 & 0xffff, 4);
    *p++ = '-';
    p = put_hex(p, a & 0xffff, 4);
    *p++ = '-';
    p = put_hex(p, b >> 48, 4);
    *p++ = '-';
    return put_hex(p, b & UINT64_C(0xffffffffffff), 12);
}

static void fill_uuid(const GenCall *c, Vec *out)
{
    uint64_t key = c->bound->key;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * 36);
    for (uint32_t k = 0; k < c->n; k++) {
        Rand2 r;
        if (c->index) {
            uint64_t mixed = mix64(c->index[k] ^ key);
            Rand2 rest = rng_draw(key, c->index[k], gen_generation(c, k), 0);
            r.a = (mixed >> 16 << 16) | (rest.a & 0xfff);
            r.b = (mixed & 0xffff) << 32 | (rest.b & UINT64_C(0x3fff0000ffffffff));
        } else {
            r = gen_draw(c, key, k, 0);
        }
        out->s[k] = (Str){cell, 36};
        cell = put_uuid(cell, r.a, r.b, 4);
    }
}

/* ---- with a time: 48 bits of milliseconds in front */

typedef struct Timed {
    int64_t micros; /* where no column gives the time */
    int64_t unit;   /* of the column: microseconds, or a day */
} Timed;

static uint64_t millis_of(const GenCall *c, uint32_t k)
{
    const Timed *s = c->bound->state;
    int64_t micros = s->micros;
    if (c->bound->nargs > 0 && __builtin_mul_overflow(c->args[0]->i[k], s->unit, &micros))
        micros = 0;
    return micros > 0 ? (uint64_t)(micros / 1000) & UINT64_C(0xffffffffffff) : 0;
}

/* 64 bits in .a and some more in .b; the bits of .a give the index back. */
static Rand2 tail_of(const GenCall *c, uint32_t k)
{
    uint64_t key = c->bound->key;
    if (!c->index)
        return gen_draw(c, key, k, 0);
    Rand2 rest = rng_draw(key, c->index[k], gen_generation(c, k), 0);
    return (Rand2){mix64(c->index[k] ^ key), rest.b};
}

static void fill_uuid7(const GenCall *c, Vec *out)
{
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * 36);
    for (uint32_t k = 0; k < c->n; k++) {
        Rand2 r = tail_of(c, k);
        uint64_t a = millis_of(c, k) << 16 | (r.a >> 62) << 10 | (r.b & 0x3ff);
        out->s[k] = (Str){cell, 36};
        cell = put_uuid(cell, a, r.a, 7);
    }
}

static bool bind_timed(GenBind *b)
{
    Timed *s = arena_new_of(b->mem, Timed);
    b->out->state = s;
    b->out->indexable = true;
    s->unit = 1;
    if (!param_given(b, "at"))
        return param_clock(b, &s->micros);
    int at = gen_param_arg(b, "at");
    if (at < 0)
        return false;
    const Bound *arg = b->out->args[at];
    s->unit = arg->type.kind == TYPE_DATE ? MICROS_PER_DAY : 1;
    b->out->nullable = arg->nullable;
    if (arg->type.kind == TYPE_DATE || arg->type.kind == TYPE_TIMESTAMP)
        return true;
    gen_bind_error(b, ERR_RECIPE, "%s: at must be a date or a timestamp, not %s",
                   b->node->gen->name, type_text(&arg->type, b->mem));
    return err_hint(b->mem, b->err, "for example %s { at = t.created_at }", b->node->gen->name);
}

static bool bind_uuid(GenBind *b)
{
    int64_t version = gen_param_int(b, "version", 4);
    b->out->type = (Type){.kind = TYPE_UUID};
    if (version == 7) {
        b->out->fill = fill_uuid7;
        return bind_timed(b);
    }
    if (version != 4)
        return gen_bind_error(b, ERR_RECIPE, "uuid: version must be 4 or 7, not %lld",
                              (long long)version);
    if (param_given(b, "at")) {
        gen_bind_error(b, ERR_RECIPE, "uuid: only version 7 holds a time");
        return err_hint(b->mem, b->err, "uuid { version = 7, at = t.created_at }");
    }
    b->out->indexable = true;
    b->out->fill = fill_uuid;
    return true;
}

static const GenParam uuid_params[] = {
    {.name = "version",
     .kind = PARAM_INT,
     .default_text = "4",
     .min = 4,
     .max = 7,
     .doc = "4 is random; 7 begins with a time, so that keys grow with it"},
    {.name = "at",
     .kind = PARAM_NODE,
     .doc = "version 7: the date or timestamp that it begins with; the clock when left out"},
};
const GenDef gen_def_uuid = {.name = "uuid",
                             .family = "core",
                             .doc = "A UUID: random (version 4), or ordered by time (version 7).",
                             .example = "uuid()",
                             GEN_PARAMS(uuid_params),
                             .bind = bind_uuid};

/* ---- ULID: https://github.com/ulid/spec, Crockford's base 32 */

static void fill_ulid(const GenCall *c, Vec *out)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * 26);
    for (uint32_t k = 0; k < c->n; k++, cell += 26) {
        Rand2 r = tail_of(c, k);
        __extension__ typedef unsigned __int128 u128;
        u128 v = (u128)millis_of(c, k) << 80 | (u128)(r.b & 0xffff) << 64 | r.a;
        for (int i = 25; i >= 0; i--, v >>= 5)
            cell[i] = digits[(unsigned)v & 31];
        out->s[k] = (Str){cell, 26};
    }
}

static bool bind_ulid(GenBind *b)
{
    b->out->type = (Type){.kind = TYPE_TEXT, .length = 26};
    b->out->fill = fill_ulid;
    return bind_timed(b);
}

static const GenParam ulid_params[] = {
    {.name = "at",
     .kind = PARAM_NODE,
     .doc = "the date or timestamp that it begins with; the clock when left out"},
};
const GenDef gen_def_ulid = {.name = "ulid",
                             .family = "core",
                             .doc = "A ULID: 26 characters that sort by time, the rest random.",
                             .example = "ulid { at = t.created_at }",
                             GEN_PARAMS(ulid_params),
                             .bind = bind_ulid};

/* ---- Nano ID */

typedef struct Nano {
    uint32_t size, radix;
    uint32_t counted; /* characters that hold the index, at the end */
    char alphabet[256];
} Nano;

static void fill_nanoid(const GenCall *c, Vec *out)
{
    const Nano *s = c->bound->state;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * s->size);
    for (uint32_t k = 0; k < c->n; k++, cell += s->size) {
        uint64_t row = c->index ? c->index[k] : c->rows[k], number = row;
        uint32_t at = s->size, fixed = c->index ? s->size - s->counted : s->size;
        for (; at > fixed; at--, number /= s->radix)
            cell[at - 1] = s->alphabet[number % s->radix];
        for (uint32_t draw = 0; at > 0; draw++) {
            Rand2 r = rng_draw(c->bound->key, row, gen_generation(c, k), draw);
            for (int i = 0; i < 2 && at > 0; i++)
                cell[--at] = s->alphabet[rng_below(i ? r.b : r.a, s->radix)];
        }
        out->s[k] = (Str){cell, s->size};
    }
}

static bool bind_nanoid(GenBind *b)
{
    const Value *v = gen_param(b, "alphabet");
    const char *alphabet = "useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict";
    size_t radix = v->kind == VAL_TEXT ? v->len : strlen(alphabet);
    alphabet = v->kind == VAL_TEXT ? v->text : alphabet;
    Nano *s = arena_new_of(b->mem, Nano);
    if (radix < 2 || radix > 128)
        return gen_bind_error(b, ERR_RECIPE, "nanoid: alphabet must have 2 to 128 characters");
    for (size_t i = 0; i < radix; i++) {
        if (alphabet[i] <= ' ' || alphabet[i] > '~' || memchr(alphabet, alphabet[i], i))
            return gen_bind_error(
                b, ERR_RECIPE,
                "nanoid: character %d of alphabet is none of ASCII that can be printed, or there twice",
                (int)i + 1);
        s->alphabet[i] = alphabet[i];
    }
    s->size = (uint32_t)gen_param_int(b, "size", 21);
    s->radix = (uint32_t)radix;
    b->out->count = 1;
    for (; s->counted < s->size && b->out->count <= GEN_COUNT_MAX / radix; s->counted++)
        b->out->count *= radix;
    b->out->type = (Type){.kind = TYPE_TEXT, .length = (int)s->size};
    b->out->indexable = true;
    b->out->state = s;
    b->out->fill = fill_nanoid;
    return true;
}

static const GenParam nanoid_params[] = {
    {.name = "size",
     .kind = PARAM_INT,
     .default_text = "21",
     .min = 1,
     .max = 255,
     .doc = "how many characters"},
    {.name = "alphabet",
     .kind = PARAM_TEXT,
     .default_text = "A-Z, a-z, 0-9, _ and -",
     .doc = "the characters, each equally likely"},
};
const GenDef gen_def_nanoid = {
    .name = "nanoid",
    .family = "core",
    .doc = "A short random key of letters, digits, _ and -, safe in addresses.",
    .example = "nanoid { size = 12 }",
    GEN_PARAMS(nanoid_params),
    .bind = bind_nanoid};

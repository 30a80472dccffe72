/* Short texts: titles, slugs, characters of an alphabet, hashes; and longer ones made of sentences'
 * words. */
#include <string.h>

#include "base/md.h"
#include "base/utf8.h"
#include "gen/phrase_int.h"

#define ADJECTIVES                                                                                 \
    "#{Ancient|Bright|Broken|Burning|Crimson|Distant|Electric|Endless|Fallen|Forgotten|Frozen|"    \
    "Gentle|Golden|Hidden|Hollow|Hungry|Invisible|Last|Lonely|Long|Lost|Midnight|Modern|Northern|" \
    "Painted|Paper|Perfect|Quiet|Restless|Sacred|Secret|Shattered|Silent|Silver|Simple|Sleeping|"  \
    "Stolen|Strange|Sunken|Velvet|Wandering|Wild|Winter|Wooden}"
#define NOUNS                                                                                      \
    "#{Anchor|Bridge|Candle|Castle|City|Clock|Compass|Crossing|Empire|Forest|Garden|Ghost|Harbor|" \
    "Horizon|House|Island|Journey|Kingdom|Lantern|Letter|Library|Lighthouse|Machine|Map|Mirror|"   \
    "Mountain|Ocean|Orchard|Promise|River|Road|Room|Season|Shadow|Signal|Sky|Song|Storm|Summer|"   \
    "Tower|Valley|Voyage|Water|Window}"

PHRASE_GEN(title, "text", NULL, "The title of a work, such as The Silent Harbor.",
           {"The " ADJECTIVES " " NOUNS, 45}, {NOUNS " of the " ADJECTIVES " " NOUNS, 20},
           {ADJECTIVES " " NOUNS, 20}, {"The " NOUNS " and the " NOUNS, 15})

PHRASE_GEN(slug, "text", NULL,
           "Words for an address, in lower case with hyphens, such as silent-harbor-tour.",
           {"#{ancient|bright|broken|clever|crimson|daily|early|easy|fresh|gentle|golden|grand|"
            "happy|hidden|little|lucky|modern|new|old|open|plain|quick|quiet|rapid|red|silent|"
            "silver|simple|small|smart|sunny|swift|tiny|warm|wild|wise}-"
            "#{anchor|apple|bridge|candle|castle|cloud|compass|falcon|forest|garden|harbor|horizon|"
            "island|kettle|lantern|letter|maple|market|meadow|mirror|mountain|ocean|orchard|paper|"
            "pebble|pencil|planet|river|rocket|sparrow|summit|tower|valley|violet|window|winter}-"
            "#{book|club|days|diary|edition|guide|house|kit|lab|list|log|map|notes|park|path|plan|"
            "post|review|road|shop|show|story|studio|talk|tour|trail|walk|works}#{#-}",
            1})

/* ---- chars */

static bool bind_chars(GenBind *b)
{
    const Value *v = gen_param(b, "alphabet");
    bool given = v->kind == VAL_TEXT;
    Str alphabet = given ? (Str){v->text, (uint32_t)v->len}
                         : STR("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    bool seen[128] = {false};
    for (uint32_t i = 0; i < alphabet.n; i++) {
        unsigned char ch = (unsigned char)alphabet.p[i];
        if (ch < 32 || ch > 126 || seen[ch])
            return gen_bind_error(b, ERR_RECIPE,
                                  "chars: alphabet holds printable ASCII characters, each once");
        seen[ch] = true;
    }
    if (!alphabet.n || alphabet.n > 95)
        return gen_bind_error(b, ERR_RECIPE, "chars: alphabet is empty");
    return phrase_bind(b, phrase_chars(alphabet, (int)gen_param_int(b, "length", 10), b->mem));
}

static const GenParam chars_params[] = {
    {.name = "length",
     .kind = PARAM_INT,
     .default_text = "10",
     .min = 1,
     .max = 4096,
     .doc = "how many characters"},
    {.name = "alphabet",
     .kind = PARAM_TEXT,
     .doc = "the characters to choose from; left out: letters and digits"},
};
const GenDef gen_def_chars = {.name = "chars",
                              .family = "text",
                              .doc = "Random characters of an alphabet.",
                              .example = "chars { length = 8, alphabet = \"ACGT\" }",
                              GEN_PARAMS(chars_params),
                              .bind = bind_chars};

/* ---- hash */

typedef struct HashState {
    MdKind kind;
    bool drawn; /* of a random number, not of an argument */
} HashState;

static void fill_hash(const GenCall *c, Vec *out)
{
    const HashState *s = c->bound->state;
    uint32_t digits = (uint32_t)md_hex_digits(s->kind);
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * digits);
    Md *md = md_open(s->kind);
    for (uint32_t k = 0; k < c->n; k++, cell += digits) {
        Rand2 r;
        if (s->drawn) {
            r = c->index ? rng_draw(c->bound->key, c->index[k], 0, 1)
                         : gen_draw(c, c->bound->key, k, 0);
            md_hex(md, &r, sizeof r, cell);
        } else if (!vec_is_null(c->args[0], k)) {
            md_hex(md, c->args[0]->s[k].p, c->args[0]->s[k].n, cell);
        }
        out->s[k] = (Str){cell, digits};
    }
    md_close(md);
}

static bool bind_hash(GenBind *b)
{
    static const char *const names[] = {
        [MD_MD5] = "md5", [MD_SHA1] = "sha1", [MD_SHA256] = "sha256"};
    const char *name = gen_param_text(b, "method", "sha256");
    HashState *s = arena_new_of(b->mem, HashState);
    int kind = 0;
    while (kind < 3 && strcmp(names[kind], name) != 0)
        kind++;
    if (kind == 3)
        return gen_bind_error(b, ERR_RECIPE,
                              "hash: method is \"md5\", \"sha1\" or \"sha256\", not \"%s\"", name);
    s->kind = (MdKind)kind;
    Md *md = md_open(s->kind);
    if (!md) {
        gen_bind_error(b, ERR_ENV, "hash: this system's OpenSSL refuses %s", name);
        return err_hint(b->mem, b->err, "choose another method; in FIPS mode there is no md5");
    }
    md_close(md);
    s->drawn = !param_given(b, "of");
    if (!s->drawn) {
        int at = gen_param_arg(b, "of");
        if (at < 0)
            return false;
        const Type *type = &b->out->args[at]->type;
        if (!type_is_text(type->kind) && type->kind != TYPE_BYTES) {
            gen_bind_error(b, ERR_RECIPE, "hash: of must be a text, not %s",
                           type_text(type, b->mem));
            return err_hint(b->mem, b->err, "for example hash(text_of(t.id))");
        }
        b->out->nullable = b->out->args[at]->nullable;
    }
    b->out->type = type_chars((uint32_t)md_hex_digits(s->kind));
    b->out->state = s;
    b->out->fill = fill_hash;
    return true;
}

static const GenParam hash_params[] = {
    {.name = "of", .kind = PARAM_NODE, .doc = "the text to hash; left out: a random one"},
    {.name = "method",
     .kind = PARAM_TEXT,
     .default_text = "\"sha256\"",
     .doc = "\"md5\", \"sha1\" or \"sha256\""},
};
const GenDef gen_def_hash = {
    .name = "hash",
    .family = "text",
    .doc = "A message digest as hexadecimal digits: of a column's value, or of something random.",
    .example = "hash { method = \"md5\" }",
    GEN_PARAMS(hash_params),
    .bind = bind_hash};

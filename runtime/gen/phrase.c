/* Phrases: building the tree, and filling from it. A drawn cell takes one random word per choice; a
 * unique cell reads its index in mixed radix, so that distinct indexes make distinct choices. */
#include "gen/phrase_int.h"

#include <string.h>

#include "base/utf8.h"

/* ---------------------------------------------------------------- building */

static Phrase *phrase_new(PhraseKind kind, uint64_t count, uint32_t bytes, uint32_t chars,
                          Arena *mem)
{
    Phrase *p = arena_new_of(mem, Phrase);
    *p = (Phrase){.kind = kind, .count = count, .bytes = bytes, .chars = chars};
    return p;
}

static uint64_t times(uint64_t a, uint64_t b)
{
    return a > GEN_COUNT_MAX / b ? GEN_COUNT_MAX : a * b;
}

Phrase *phrase_text(Str text, Arena *mem)
{
    Phrase *p = phrase_new(PHRASE_TEXT, 1, text.n, (uint32_t)utf8_length(text.p, text.n), mem);
    p->text = text;
    return p;
}

static int digits_of(uint64_t v)
{
    int digits = 1;
    for (; v >= 10; v /= 10)
        digits++;
    return digits;
}

Phrase *phrase_number(uint64_t lo, uint64_t count, int width, Arena *mem)
{
    int digits = digits_of(lo + count - 1);
    uint32_t most = (uint32_t)(digits > width ? digits : width);
    Phrase *p = phrase_new(PHRASE_NUMBER, count, most, most, mem);
    p->lo = lo;
    p->width = width;
    return p;
}

Phrase *phrase_chars(Str alphabet, int width, Arena *mem)
{
    uint64_t count = 1;
    for (int i = 0; i < width; i++)
        count = times(count, alphabet.n);
    Phrase *p = phrase_new(PHRASE_CHARS, count, (uint32_t)width, (uint32_t)width, mem);
    p->text = alphabet;
    p->width = width;
    return p;
}

Phrase *phrase_list(const Word *words, uint32_t n, Arena *mem)
{
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < n; i++)
        bytes = words[i].s.n > bytes ? words[i].s.n : bytes;
    TextList list = text_list_new(words, n, mem);
    Phrase *p = phrase_new(PHRASE_LIST, n, bytes, list.chars, mem);
    p->words = list;
    return p;
}

Phrase *phrase_all(const Phrase *const *parts, uint32_t n, Arena *mem)
{
    Phrase *p = phrase_new(PHRASE_ALL, 1, 0, 0, mem);
    for (uint32_t i = 0; i < n; i++) {
        p->count = times(p->count, parts[i]->count);
        p->bytes += parts[i]->bytes;
        p->chars += parts[i]->chars;
    }
    p->parts = parts;
    p->n = n;
    return p;
}

Phrase *phrase_one(const Phrase *const *parts, const double *weights, uint32_t n, Arena *mem)
{
    Phrase *p = phrase_new(PHRASE_ONE, 0, 0, 0, mem);
    for (uint32_t i = 0; i < n; i++) {
        p->count =
            parts[i]->count > GEN_COUNT_MAX - p->count ? GEN_COUNT_MAX : p->count + parts[i]->count;
        p->bytes = parts[i]->bytes > p->bytes ? parts[i]->bytes : p->bytes;
        p->chars = parts[i]->chars > p->chars ? parts[i]->chars : p->chars;
    }
    p->parts = parts;
    p->n = n;
    p->alias = alias_new(weights, n, mem);
    return p;
}

/* ---------------------------------------------------------------- filling */

/* Where choices come from: random words of (key, row), or the digits of an index. */
typedef struct Choices {
    uint64_t key, row, second, index;
    uint64_t left; /* values of the index that are not decided yet; at 1 the rest is drawn */
    uint32_t generation, draw;
    bool has_second, by_index, numbered;
} Choices;

static uint64_t next_word(Choices *c)
{
    if (c->has_second) {
        c->has_second = false;
        return c->second;
    }
    Rand2 r = rng_draw(c->key, c->row, c->generation, c->draw++);
    c->second = r.b;
    c->has_second = true;
    return r.a;
}

static uint64_t next_below(Choices *c, uint64_t n)
{
    if (!c->by_index || c->left <= 1)
        return rng_below(next_word(c), n);
    uint64_t digit = c->index % n;
    c->index /= n;
    c->left = (c->left + n - 1) / n;
    return digit;
}

static uint32_t next_of(Choices *c, const Alias *alias)
{
    return c->by_index ? (uint32_t)next_below(c, alias->n) : alias_pick(alias, next_word(c));
}

static char *put_phrase(const Phrase *p, char *cell, Choices *c);

/* An index falls into the range of one part. */
static char *put_one(const Phrase *p, char *cell, Choices *c)
{
    if (!c->by_index || c->left <= 1)
        return put_phrase(p->parts[alias_pick(&p->alias, next_word(c))], cell, c);
    uint64_t rest = c->index / p->count, at = c->index % p->count;
    uint64_t left = (c->left + p->count - 1) / p->count;
    uint32_t i = 0;
    while (i + 1 < p->n && at >= p->parts[i]->count)
        at -= p->parts[i++]->count;
    c->index = at;
    c->left = p->parts[i]->count;
    cell = put_phrase(p->parts[i], cell, c);
    c->index = rest;
    c->left = left;
    return cell;
}

static char *put_phrase(const Phrase *p, char *cell, Choices *c)
{
    switch (p->kind) {
    case PHRASE_TEXT: return put_str(cell, p->text);
    case PHRASE_NUMBER: {
        uint64_t v = p->lo + next_below(c, p->count);
        int digits = digits_of(v);
        return put_digits(cell, v, digits > p->width ? digits : p->width);
    }
    case PHRASE_CHARS:
        for (int i = 0; i < p->width; i++)
            *cell++ = p->text.p[next_below(c, p->text.n)];
        return cell;
    case PHRASE_LIST: return put_str(cell, p->words.items[next_of(c, &p->words.alias)]);
    case PHRASE_ALL:
        for (uint32_t i = 0; i < p->n; i++)
            cell = put_phrase(p->parts[i], cell, c);
        return cell;
    case PHRASE_ONE: return put_one(p, cell, c);
    case PHRASE_INDEX:
        return c->numbered ? put_index(put_str(cell, p->text), c->key, c->index) : cell;
    }
    return cell;
}

static void fill_phrase(const GenCall *c, Vec *out)
{
    const Phrase *p = c->bound->state;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * p->bytes + 1);
    for (uint32_t k = 0; k < c->n; k++) {
        Choices choices = {.key = c->bound->key,
                           .row = c->index ? c->index[k] : c->rows[k],
                           .left = GEN_COUNT_MAX,
                           .generation = gen_generation(c, k),
                           .index = c->index ? c->index[k] : 0,
                           .by_index = c->index && c->bound->count,
                           .numbered = c->index && !c->bound->count};
        char *end = put_phrase(p, cell, &choices);
        out->s[k] = (Str){cell, (uint32_t)(end - cell)};
        cell = end;
    }
}

static bool has_index(const Phrase *p)
{
    for (uint32_t i = 0; i < p->n; i++)
        if (has_index(p->parts[i]))
            return true;
    return p->kind == PHRASE_INDEX;
}

bool phrase_bind(GenBind *b, const Phrase *phrase)
{
    b->out->type = type_chars(phrase->chars);
    b->out->state = phrase;
    b->out->count = has_index(phrase) ? 0 : phrase->count;
    b->out->indexable = true;
    b->out->fill = fill_phrase;
    return true;
}

/* ---------------------------------------------------------------- from a text */

static const struct {
    const char *name;
    const WordList *list;
} named[] = {
    {"last_name", &words_last_names},
    {"word", &words_plain},
    {"street", &words_streets},
    {"company_first", &words_company_first},
    {"company_second", &words_company_second},
};

static const Phrase *named_list(Str name, Arena *mem)
{
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (strlen(named[i].name) == name.n && memcmp(named[i].name, name.p, name.n) == 0)
            return phrase_list(named[i].list->items, named[i].list->count, mem);
    return phrase_text(name, mem); /* an alternative that stands alone */
}

/* [a-z0-9]8: ranges of characters, then how many. */
static const Phrase *parse_chars(Str slot, Arena *mem)
{
    char *alphabet = arena_alloc(mem, 256);
    uint32_t n = 0, i = 1;
    for (; slot.p[i] != ']'; i++) {
        bool range = slot.p[i + 1] == '-' && slot.p[i + 2] != ']';
        for (char ch = slot.p[i]; ch <= (range ? slot.p[i + 2] : slot.p[i]); ch++)
            alphabet[n++] = ch;
        i += range ? 2 : 0;
    }
    int width = 0;
    for (i++; i < slot.n; i++)
        width = width * 10 + slot.p[i] - '0';
    return phrase_chars((Str){alphabet, n}, width, mem);
}

static const Phrase *parse_range(Str slot, const char *dots, Arena *mem)
{
    uint64_t lo = 0, hi = 0;
    for (const char *p = slot.p; p < dots; p++)
        lo = lo * 10 + (uint64_t)(*p - '0');
    for (const char *p = dots + 2; p < slot.p + slot.n; p++)
        hi = hi * 10 + (uint64_t)(*p - '0');
    bool padded = slot.p[0] == '0' && dots - slot.p > 1;
    return phrase_number(lo, hi - lo + 1, padded ? (int)(dots - slot.p) : 0, mem);
}

static const Phrase *parse_slot(Str slot, Arena *mem)
{
    if (slot.p[0] == '#') {
        Phrase *p = phrase_new(PHRASE_INDEX, 1, slot.n - 1 + 20, slot.n - 1 + 20, mem);
        p->text = (Str){slot.p + 1, slot.n - 1};
        return p;
    }
    if (slot.p[0] == '[')
        return parse_chars(slot, mem);
    const char *dots = memmem(slot.p, slot.n, "..", 2);
    if (dots && slot.p[0] >= '0' && slot.p[0] <= '9')
        return parse_range(slot, dots, mem);
    if (!memchr(slot.p, '|', slot.n))
        return named_list(slot, mem);
    Word *words = arena_array(mem, Word, slot.n);
    uint32_t n = 0;
    for (const char *p = slot.p, *end = slot.p + slot.n; p <= end; p++) {
        const char *bar = memchr(p, '|', (size_t)(end - p));
        bar = bar ? bar : end;
        words[n++] = (Word){{p, (uint32_t)(bar - p)}, 1};
        p = bar;
    }
    return phrase_list(words, n, mem);
}

Phrase *phrase_parse(const char *text, Arena *mem)
{
    const Phrase **parts = arena_array(mem, const Phrase *, strlen(text) + 1);
    uint32_t n = 0;
    while (*text) {
        const char *slot = strstr(text, "#{"), *end = slot ? strchr(slot, '}') : NULL;
        size_t plain = end ? (size_t)(slot - text) : strlen(text);
        if (plain)
            parts[n++] = phrase_text((Str){text, (uint32_t)plain}, mem);
        text += plain;
        if (end) {
            parts[n++] = parse_slot((Str){slot + 2, (uint32_t)(end - slot - 2)}, mem);
            text = end + 1;
        }
    }
    return phrase_all(parts, n, mem);
}

Phrase *phrase_forms(const PhraseForm *forms, uint32_t n, Arena *mem)
{
    const Phrase **parts = arena_array(mem, const Phrase *, n);
    double *weights = arena_array(mem, double, n);
    for (uint32_t i = 0; i < n; i++) {
        parts[i] = phrase_parse(forms[i].text, mem);
        weights[i] = forms[i].weight;
    }
    return phrase_one(parts, weights, n, mem);
}

/* Forms without slots are a list, which fills faster. */
bool phrase_forms_bind(GenBind *b, const PhraseForm *forms, uint32_t n)
{
    Word *words = arena_array(b->mem, Word, n);
    bool plain = true;
    for (uint32_t i = 0; i < n; i++) {
        words[i] = (Word){{forms[i].text, (uint32_t)strlen(forms[i].text)}, forms[i].weight};
        plain = plain && !strstr(forms[i].text, "#{");
    }
    return plain ? text_list_bind(b, words, n) : phrase_bind(b, phrase_forms(forms, n, b->mem));
}

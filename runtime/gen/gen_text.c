/* Prose for filling: English words in random order, cut to sentences. A text has exactly the number
 * of characters that was drawn for it: its last word is chosen by length. */
#include "gen/family_int.h"

typedef struct TextState {
    TextList words;               /* all of them */
    uint32_t start[WORD_MAX + 2]; /* words of n letters are items start[n] .. start[n + 1] - 1 */
    uint32_t min, span;
} TextState;

static TextState *text_state_new(Arena *mem, int64_t min, int64_t max)
{
    TextState *s = arena_new_of(mem, TextState);
    s->words = text_list_new(words_plain.items, words_plain.count, mem);
    uint32_t at = 0;
    for (uint32_t n = 0; n < WORD_MAX + 2; n++) {
        while (at < s->words.count && s->words.items[at].n < n)
            at++;
        s->start[n] = at;
    }
    s->min = (uint32_t)min;
    s->span = (uint32_t)(max - min + 1);
    return s;
}

static char upper(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
}

/* Random words, one 64-bit word at a time. Draw 0 is the length's. */
typedef struct Words {
    const GenCall *c;
    uint32_t k, draw;
    bool has_second;
    uint64_t second;
} Words;

static uint64_t next_random(Words *w)
{
    if (w->has_second) {
        w->has_second = false;
        return w->second;
    }
    Rand2 r = gen_draw(w->c, w->c->bound->key, w->k, w->draw++);
    w->second = r.b;
    w->has_second = true;
    return r.a;
}

static bool bind_word(GenBind *b)
{
    return text_list_bind(b, words_plain.items, words_plain.count);
}

const GenDef gen_def_word = {.name = "word",
                             .family = "text",
                             .doc = "An English word in lower case; short ones come more often.",
                             .example = "word()",
                             .bind = bind_word};

/* A word of exactly n letters, 1 <= n <= WORD_MAX. */
static Str word_of(const TextState *s, uint32_t n, uint64_t random)
{
    return s->words.items[s->start[n] + rng_below(random, s->start[n + 1] - s->start[n])];
}

/* Exactly `length` characters: words, a new sentence every seven words or so, a full stop at the
 * end when there is room. */
static void put_text(const TextState *s, char *p, uint32_t length, Words *random)
{
    bool stop = length >= 4;
    uint32_t left = length - stop, words = 0; /* words of the sentence so far */
    for (;;) {
        uint64_t r = next_random(random);
        /* One word fits exactly; or two, where there is room for them. */
        bool last = left <= WORD_MAX && (left < 6 || (r & 1));
        Str word = last ? word_of(s, left, r) : text_list_pick(&s->words, r);
        if (!last && word.n + 2 > left)
            word = word_of(s, left / 2 - 1, r);
        char *start = p;
        p = put_str(p, word);
        if (words++ == 0)
            *start = upper(*start);
        if (last)
            break;
        left -= word.n + 1;
        if (words >= 4 && left > 24 && (r & 6) == 0) {
            *p++ = '.';
            left--;
            words = 0;
        }
        *p++ = ' ';
    }
    if (stop)
        *p = '.';
}

static void fill_text(const GenCall *c, Vec *out)
{
    const TextState *s = c->bound->state;
    size_t total = 0;
    for (uint32_t k = 0; k < c->n; k++) {
        out->s[k].n = s->min + (uint32_t)rng_below(gen_draw(c, c->bound->key, k, 0).a, s->span);
        total += out->s[k].n;
    }
    char *cell = arena_alloc_raw(c->scratch, total + 1);
    for (uint32_t k = 0; k < c->n; k++) {
        Words random = {.c = c, .k = k, .draw = 1};
        out->s[k].p = cell;
        put_text(s, cell, out->s[k].n, &random);
        cell += out->s[k].n;
    }
}

#define TEXT_MAX 8192

static bool bind_text(GenBind *b)
{
    int64_t max = gen_param_int(b, "max", 200);
    int64_t min = gen_param_int(b, "min", max < 40 ? (max + 1) / 2 : 20);
    if (!param_ordered(b, "min", "max", min <= max))
        return false;
    b->out->type = type_chars((uint32_t)max);
    b->out->state = text_state_new(b->mem, min, max);
    b->out->fill = fill_text;
    return true;
}

static const GenParam text_params[] = {
    {.name = "min",
     .kind = PARAM_INT,
     .default_text = "20",
     .min = 1,
     .max = TEXT_MAX,
     .doc = "the least number of characters (half of max, when that is below 40)"},
    {.name = "max",
     .kind = PARAM_INT,
     .default_text = "200",
     .min = 1,
     .max = TEXT_MAX,
     .doc = "the greatest number of characters"},
};
const GenDef gen_def_text = {
    .name = "text",
    .family = "text",
    .doc = "Sentences of English words without meaning, of a length between two bounds.",
    .example = "text { min = 40, max = 160 }",
    GEN_PARAMS(text_params),
    .bind = bind_text};

/* min to max words. */
static char *put_words(const TextState *s, char *p, uint32_t words, Words *random)
{
    for (uint32_t i = 0; i < words; i++) {
        if (i)
            *p++ = ' ';
        p = put_str(p, text_list_pick(&s->words, next_random(random)));
    }
    return p;
}

static void fill_words(const GenCall *c, Vec *out)
{
    const TextState *s = c->bound->state;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * (size_t)c->bound->type.length);
    for (uint32_t k = 0; k < c->n; k++) {
        Words random = {.c = c, .k = k, .draw = 1};
        uint32_t words = s->min + (uint32_t)rng_below(gen_draw(c, c->bound->key, k, 0).a, s->span);
        char *p = put_words(s, cell, words, &random);
        out->s[k] = (Str){cell, (uint32_t)(p - cell)};
        cell = p;
    }
}

static void fill_sentence(const GenCall *c, Vec *out)
{
    const TextState *s = c->bound->state;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * (size_t)c->bound->type.length);
    for (uint32_t k = 0; k < c->n; k++) {
        Words random = {.c = c, .k = k, .draw = 1};
        uint32_t words = s->min + (uint32_t)rng_below(gen_draw(c, c->bound->key, k, 0).a, s->span);
        char *p = put_words(s, cell, words, &random);
        *cell = upper(*cell);
        *p++ = '.';
        out->s[k] = (Str){cell, (uint32_t)(p - cell)};
        cell = p;
    }
}

#define SENTENCE_MIN 5
#define SENTENCE_MAX 12

static void fill_paragraph(const GenCall *c, Vec *out)
{
    const TextState *s = c->bound->state;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * (size_t)c->bound->type.length);
    for (uint32_t k = 0; k < c->n; k++) {
        Words random = {.c = c, .k = k, .draw = 1};
        uint32_t n = s->min + (uint32_t)rng_below(gen_draw(c, c->bound->key, k, 0).a, s->span);
        char *p = cell;
        for (uint32_t i = 0; i < n; i++) {
            if (i)
                *p++ = ' ';
            char *first = p;
            uint32_t words = SENTENCE_MIN + (uint32_t)rng_below(next_random(&random),
                                                                SENTENCE_MAX - SENTENCE_MIN + 1);
            p = put_words(s, p, words, &random);
            *first = upper(*first);
            *p++ = '.';
        }
        out->s[k] = (Str){cell, (uint32_t)(p - cell)};
        cell = p;
    }
}

/* Up to max units (min of `least` when max allows) of at most `chars` characters each. */
static bool bind_units(GenBind *b, int64_t least, int64_t most, uint32_t chars,
                       void (*fill)(const GenCall *c, Vec *out))
{
    int64_t max = gen_param_int(b, "max", most);
    int64_t min = gen_param_int(b, "min", max < least ? max : least);
    if (!param_ordered(b, "min", "max", min <= max))
        return false;
    b->out->type = type_chars((uint32_t)max * chars);
    b->out->state = text_state_new(b->mem, min, max);
    b->out->fill = fill;
    return true;
}

static bool bind_sentence(GenBind *b)
{
    return bind_units(b, 5, 12, WORD_MAX + 1, fill_sentence);
}

static bool bind_words(GenBind *b)
{
    return bind_units(b, 2, 4, WORD_MAX + 1, fill_words);
}

static bool bind_paragraph(GenBind *b)
{
    return bind_units(b, 3, 6, SENTENCE_MAX * (WORD_MAX + 1) + 1, fill_paragraph);
}

static const GenParam sentence_params[] = {
    {.name = "min",
     .kind = PARAM_INT,
     .default_text = "5",
     .min = 1,
     .max = 500,
     .doc = "the least number of words (max, when that is below 5)"},
    {.name = "max",
     .kind = PARAM_INT,
     .default_text = "12",
     .min = 1,
     .max = 500,
     .doc = "the greatest number of words"},
};
const GenDef gen_def_sentence = {.name = "sentence",
                                 .family = "text",
                                 .doc = "One sentence of English words without meaning.",
                                 .example = "sentence { min = 4, max = 10 }",
                                 GEN_PARAMS(sentence_params),
                                 .bind = bind_sentence};

static const GenParam words_params[] = {
    {.name = "min",
     .kind = PARAM_INT,
     .default_text = "2",
     .min = 1,
     .max = 500,
     .doc = "the least number of words (max, when that is below 2)"},
    {.name = "max",
     .kind = PARAM_INT,
     .default_text = "4",
     .min = 1,
     .max = 500,
     .doc = "the greatest number of words"},
};
const GenDef gen_def_words = {.name = "words",
                              .family = "text",
                              .doc = "A few English words in lower case.",
                              .example = "words { min = 3, max = 3 }",
                              GEN_PARAMS(words_params),
                              .bind = bind_words};

static const GenParam paragraph_params[] = {
    {.name = "min",
     .kind = PARAM_INT,
     .default_text = "3",
     .min = 1,
     .max = 100,
     .doc = "the least number of sentences (max, when that is below 3)"},
    {.name = "max",
     .kind = PARAM_INT,
     .default_text = "6",
     .min = 1,
     .max = 100,
     .doc = "the greatest number of sentences"},
};
const GenDef gen_def_paragraph = {.name = "paragraph",
                                  .family = "text",
                                  .doc = "Some sentences of English words without meaning.",
                                  .example = "paragraph { min = 2, max = 4 }",
                                  GEN_PARAMS(paragraph_params),
                                  .bind = bind_paragraph};

/* Phrases: texts put together from words, numbers and other phrases. A phrase is a small tree,
 * built at plan time from a text of its own (below) or from a locale's templates (locale.h). */
#ifndef SEEDPIPE_GEN_PHRASE_INT_H
#define SEEDPIPE_GEN_PHRASE_INT_H

#include "gen/family_int.h"

typedef enum PhraseKind {
    PHRASE_TEXT,   /* text as it is */
    PHRASE_NUMBER, /* lo .. lo + count - 1, with leading zeros to `width` digits */
    PHRASE_CHARS,  /* `width` characters of an alphabet of ASCII characters */
    PHRASE_LIST,   /* one of words, by weight */
    PHRASE_ALL,    /* all parts, one after the other */
    PHRASE_ONE,    /* one of the parts, by weight */
    PHRASE_INDEX   /* what makes a unique cell unique: text (a separator) and a number; else nothing
                    */
} PhraseKind;

typedef struct Phrase Phrase;
struct Phrase {
    PhraseKind kind;
    uint64_t count;        /* of its texts, stopping at GEN_COUNT_MAX */
    uint32_t bytes, chars; /* of the longest */
    Str text;              /* PHRASE_TEXT, PHRASE_INDEX; the alphabet of PHRASE_CHARS */
    uint64_t lo;
    int width;
    TextList words;
    const Phrase *const *parts;
    uint32_t n;
    Alias alias; /* PHRASE_ONE */
};

Phrase *phrase_text(Str text, Arena *mem);
Phrase *phrase_number(uint64_t lo, uint64_t count, int width, Arena *mem);
Phrase *phrase_chars(Str alphabet, int width, Arena *mem);
Phrase *phrase_list(const Word *words, uint32_t n, Arena *mem);
Phrase *phrase_all(const Phrase *const *parts, uint32_t n, Arena *mem);
Phrase *phrase_one(const Phrase *const *parts, const double *weights, uint32_t n, Arena *mem);

/* The whole generator. When unique, numbers of a phrase without PHRASE_INDEX decide every part: its
 * texts must be distinct. With one, the number of values is unbounded. */
bool phrase_bind(GenBind *b, const Phrase *phrase);

/* A phrase written as a text. Slots: #{first_name} a list by name (phrase.c has them), #{a|b|c} one
 * of these, #{1..12} a number, #{01..12} with leading zeros, #{[a-z0-9]8} eight characters, #{#-}
 * nothing, or -NUMBER when unique. */
typedef struct PhraseForm {
    const char *text;
    uint32_t weight;
} PhraseForm;
Phrase *phrase_parse(const char *text, Arena *mem);
Phrase *phrase_forms(const PhraseForm *forms, uint32_t n, Arena *mem);
bool phrase_forms_bind(GenBind *b, const PhraseForm *forms, uint32_t n);

/* Defines a generator without parameters that gives one of the forms. */
#define PHRASE_GEN(name_, family_, pii_, doc_, ...)                                                \
    static const PhraseForm name_##_forms[] = {__VA_ARGS__};                                       \
    static bool bind_##name_(GenBind *b)                                                           \
    {                                                                                              \
        return phrase_forms_bind(b, name_##_forms, sizeof name_##_forms / sizeof *name_##_forms);  \
    }                                                                                              \
    const GenDef gen_def_##name_ = {.name = #name_,                                                \
                                    .family = family_,                                             \
                                    .doc = doc_,                                                   \
                                    .example = #name_ "()",                                        \
                                    .pii = pii_,                                                   \
                                    .bind = bind_##name_};

#endif

/* Word lists of the generators: static data, views into string literals, never changed. */
#ifndef SEEDPIPE_GEN_WORDS_INT_H
#define SEEDPIPE_GEN_WORDS_INT_H

#include "model/vec.h"

typedef struct Word {
    Str s;
    uint32_t weight; /* how common, relative to the rest of its list */
} Word;

typedef struct WordList {
    const Word *items;
    uint32_t count;
} WordList;

#define WORD_LIST(array)                                                                           \
    {                                                                                              \
        (array), sizeof(array) / sizeof *(array)                                                   \
    }

typedef struct FirstName {
    Str s;
    uint32_t women, men; /* weights; 0: not a name for them */
} FirstName;

extern const FirstName words_first_names[];
extern const uint32_t words_first_names_count;
extern const WordList words_last_names;

/* A city with its state and the first three digits of one of its postcodes. */
typedef struct Place {
    Str city;
    Str state; /* two letters */
    Str zip3;
    uint32_t weight;
} Place;

extern const Place words_places[];
extern const uint32_t words_places_count;
extern const WordList words_states; /* parallel to the next */
extern const WordList words_state_codes;
extern const WordList
    words_countries; /* parallel to the next; weights are populations in millions */
extern const WordList words_country_codes;
extern const WordList words_streets;
extern const WordList words_street_kinds;

extern const WordList words_company_first;
extern const WordList words_company_second;
extern const WordList words_company_suffixes; /* each one word */

/* Weighs a locale's last names (key "name.last_name" and its like) by how many people bear them,
 * where that is known of the language; weights so far say how often a name stands in its list. */
void words_weigh_surnames(const char *locale, const char *key, Word *words, uint32_t n);

extern const WordList words_currencies; /* parallel to the next */
extern const WordList words_currency_codes;
extern const WordList words_languages; /* parallel to the next */
extern const WordList words_language_codes;

extern const WordList words_plain; /* English words of 1 to WORD_MAX letters, grouped by length */
#define WORD_MAX 11

#endif

/* Languages: English names and ISO 639-1 codes, in one order; weights are speakers in tens of
 * millions, rounded up. */
#include "gen/words_int.h"

#define LANGUAGES(X)                                                                               \
    X("English", "en", 150)                                                                        \
    X("Chinese", "zh", 114)                                                                        \
    X("Hindi", "hi", 61)                                                                           \
    X("Spanish", "es", 56)                                                                         \
    X("French", "fr", 31)                                                                          \
    X("Arabic", "ar", 37)                                                                          \
    X("Bengali", "bn", 28)                                                                         \
    X("Portuguese", "pt", 26)                                                                      \
    X("Russian", "ru", 26)                                                                         \
    X("Urdu", "ur", 24)                                                                            \
    X("Indonesian", "id", 20)                                                                      \
    X("German", "de", 13)                                                                          \
    X("Japanese", "ja", 12)                                                                        \
    X("Marathi", "mr", 10)                                                                         \
    X("Telugu", "te", 10)                                                                          \
    X("Turkish", "tr", 9)                                                                          \
    X("Tamil", "ta", 9)                                                                            \
    X("Vietnamese", "vi", 9)                                                                       \
    X("Korean", "ko", 8)                                                                           \
    X("Hausa", "ha", 8)                                                                            \
    X("Persian", "fa", 8)                                                                          \
    X("Swahili", "sw", 8)                                                                          \
    X("Javanese", "jv", 7)                                                                         \
    X("Italian", "it", 7)                                                                          \
    X("Punjabi", "pa", 7)                                                                          \
    X("Gujarati", "gu", 6)                                                                         \
    X("Thai", "th", 6)                                                                             \
    X("Amharic", "am", 6)                                                                          \
    X("Kannada", "kn", 6)                                                                          \
    X("Yoruba", "yo", 5)                                                                           \
    X("Polish", "pl", 4)                                                                           \
    X("Burmese", "my", 4)                                                                          \
    X("Malayalam", "ml", 4)                                                                        \
    X("Ukrainian", "uk", 4)                                                                        \
    X("Dutch", "nl", 3)                                                                            \
    X("Uzbek", "uz", 3)                                                                            \
    X("Nepali", "ne", 3)                                                                           \
    X("Romanian", "ro", 3)                                                                         \
    X("Malay", "ms", 3)                                                                            \
    X("Somali", "so", 2)                                                                           \
    X("Kazakh", "kk", 2)                                                                           \
    X("Greek", "el", 2)                                                                            \
    X("Czech", "cs", 1)                                                                            \
    X("Hungarian", "hu", 1)                                                                        \
    X("Swedish", "sv", 1)                                                                          \
    X("Hebrew", "he", 1)                                                                           \
    X("Bulgarian", "bg", 1)                                                                        \
    X("Catalan", "ca", 1)                                                                          \
    X("Croatian", "hr", 1)                                                                         \
    X("Danish", "da", 1)                                                                           \
    X("Finnish", "fi", 1)                                                                          \
    X("Norwegian", "no", 1)                                                                        \
    X("Serbian", "sr", 1)                                                                          \
    X("Slovak", "sk", 1)                                                                           \
    X("Slovenian", "sl", 1)                                                                        \
    X("Lithuanian", "lt", 1)                                                                       \
    X("Latvian", "lv", 1)                                                                          \
    X("Estonian", "et", 1)                                                                         \
    X("Icelandic", "is", 1)                                                                        \
    X("Irish", "ga", 1)                                                                            \
    X("Welsh", "cy", 1)                                                                            \
    X("Basque", "eu", 1)

#define X(name, code, weight) {{name, sizeof(name) - 1}, weight},
static const Word names[] = {LANGUAGES(X)};
#undef X
#define X(name, code, weight) {{code, 2}, weight},
static const Word codes[] = {LANGUAGES(X)};
#undef X

const WordList words_languages = WORD_LIST(names);
const WordList words_language_codes = WORD_LIST(codes);

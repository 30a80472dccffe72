/* Locale: the words and templates of a language, as a locale file has them. Data only: gen/locale.h
 * reads them, recipe/ loads the files. */
#ifndef SEEDPIPE_MODEL_LOCALE_H
#define SEEDPIPE_MODEL_LOCALE_H

#include <stddef.h>

typedef struct LocaleEntry {
    const char *key; /* "name.first_name" */
    const char *const *items;
    int n;
} LocaleEntry;

typedef struct Locale {
    const char *name;           /* "de-AT" */
    const LocaleEntry *entries; /* sorted by key */
    int n;
    const char
        *text; /* all of it in one spelling: what the ledger keeps, and the digest is made of */
    size_t len;
} Locale;

/* One of the locales that a row may have. */
typedef struct LocaleShare {
    const char *name;
    double weight;
} LocaleShare;

/* What a recipe says about locales, and the files for it. */
typedef struct Locales {
    const char *spec;          /* "de" or "de=70,fr=30"; NULL: English */
    const LocaleShare *shares; /* of the whole recipe, by name; none: English */
    int nshares;
    const Locale *loaded; /* all that are named anywhere, with those that they fall back to */
    int nloaded;
} Locales;

#endif

/* Private to generators of what ISO lists: countries, currencies, languages. */
#ifndef SEEDPIPE_GEN_ISO_INT_H
#define SEEDPIPE_GEN_ISO_INT_H

#include "gen/family_int.h"

/* Names and codes that are built in, in one order. */
typedef struct IsoList {
    const char *name; /* as the recipe's loader knows it */
    const WordList *names, *codes;
} IsoList;

extern const IsoList iso_countries, iso_currencies, iso_languages;

/* With `all`, one that is not built in comes once where a common one of weight 1 comes this often.
 */
#define ISO_COMMON 10u

/* Binds a generator with the parameter `all` to the list's names or codes. */
bool iso_bind(GenBind *b, const IsoList *list, bool code);

#define ISO_PARAM                                                                                  \
    {                                                                                              \
        .name = "all", .kind = PARAM_BOOL, .default_text = "false",                                \
        .doc = "all that ISO lists, from the package iso-codes; false: the common ones, built in"  \
    }

#endif

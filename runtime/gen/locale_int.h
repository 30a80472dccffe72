/* Private to locales: from texts to phrases. */
#ifndef SEEDPIPE_GEN_LOCALE_INT_H
#define SEEDPIPE_GEN_LOCALE_INT_H

#include "gen/locale.h"
#include "gen/phrase_int.h"

#define LOCALE_TEXT_MAX 2000 /* bytes; templates that could make more are not used */

/* "/[1-9][0-9]{3}/" as a phrase; NULL when it is no regular expression of the kinds that are known.
 */
const Phrase *locale_regex(const char *text, Arena *mem);

/* A locale's own texts of a key; NULL when it has none or is not loaded. */
const LocaleEntry *locale_entry(const Locales *locales, const char *name, const char *key);
/* One of an entry's texts; one that stands twice is twice as common. NULL: all are too long. */
const Phrase *locale_list(const char *locale, const LocaleEntry *entry, Arena *mem);

#endif

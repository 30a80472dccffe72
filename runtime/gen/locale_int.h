/* Private to locales: from texts to phrases. */
#ifndef SEEDPIPE_GEN_LOCALE_INT_H
#define SEEDPIPE_GEN_LOCALE_INT_H

#include "gen/locale.h"
#include "gen/phrase_int.h"

#define LOCALE_TEXT_MAX 2000 /* bytes; templates that could make more are not used */

/* "/[1-9][0-9]{3}/" as a phrase; NULL when it is no regular expression of the kinds that are known.
 */
const Phrase *locale_regex(const char *text, Arena *mem);

#endif

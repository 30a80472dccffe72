/* Locales: reading Ruby Faker's YAML files, and generators made from what they hold. A locale falls
 * back along its name (de-AT, de), and at last to the English that is built in. */
#ifndef SEEDPIPE_GEN_LOCALE_H
#define SEEDPIPE_GEN_LOCALE_H

#include "gen/gen.h"
#include "model/locale.h"

/* ---- files */

typedef struct LocaleReader LocaleReader;
LocaleReader *locale_reader_new(const char *name, Arena *mem);
/* Adds a file's texts; later ones take the place of earlier ones. False with ERR_RECIPE at
 * path:line. */
bool locale_read(LocaleReader *reader, const char *path, const char *text, size_t len, Err *err);
/* Adds a list of its own. */
void locale_put(LocaleReader *reader, const char *key, const char *const *items, int n);
Locale locale_finish(LocaleReader *reader);

/* What comes from the package iso-codes travels as a locale of this name, which no other has. Keys
 * end in the list: "country", "currency", "language", "subdivision.DE". */
#define LOCALE_ISO         "iso codes"
#define LOCALE_ISO_NAMES   "iso.name."
#define LOCALE_ISO_CODES   "iso.code."
#define LOCALE_SUBDIVISION "subdivision"

/* The parts of a split locale (fr/name.yml) that are worth reading, ended by NULL. */
extern const char *const locale_files[];

/* "de-AT" is a name: letters and digits in parts of 2 to 8 with - between. */
bool locale_name_valid(const char *name);
/* What a locale falls back to: "de" for "de-AT"; NULL when there is nothing but English. */
const char *locale_parent(const char *name, Arena *mem);
/* English is built in; only what has a region may have a file. */
bool locale_is_english(const char *name);

/* "de", "de=70,fr=30", with weights above 0, each name once. False with an error that says what is
 * expected. The shares are sorted by name. */
bool locale_parse_spec(const char *spec, const LocaleShare **shares, int *n, Arena *mem, Err *err);
const char *locale_spec_text(const LocaleShare *shares, int n, Arena *mem);

/* ---- generators */

/* Binds a generator of texts to what the key holds in the call's locale, else in the recipe's; to
 * `english` where that is English or has no such key, which the bound's note says. With several
 * locales each row draws one for all of its columns. False: errors were added. */
bool locale_bind(GenBind *b, const char *key, bool (*english)(GenBind *b));

/* The same for a generator with something better than the locale's texts: it sets *done where it
 * has. */
typedef bool (*LocaleOwn)(GenBind *b, const char *locale, bool *done);
bool locale_bind_own(GenBind *b, const char *key, bool (*english)(GenBind *b), LocaleOwn own);

#define LOCALE_PARAM                                                                               \
    {                                                                                              \
        .name = "locale", .kind = PARAM_TEXT,                                                      \
        .doc = "a language, such as \"de\" or \"pt-BR\"; left out: the recipe's"                   \
    }

#endif

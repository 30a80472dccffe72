/* Looks at many cells of a text generator, drawn ones and unique ones. */
#ifndef SEEDPIPE_TEST_GENTEXT_H
#define SEEDPIPE_TEST_GENTEXT_H

#include "genkit.h"

/* What is wrong with a text, NULL when nothing is. */
typedef const char *(*TextFault)(const char *text);

/* 20,000 cells drawn and as many by index (fewer when there are fewer) have no fault. */
void text_all(GenKit *kit, const Bound *bound, TextFault fault);
/* They match a POSIX extended expression. */
void text_match(GenKit *kit, const Bound *bound, const char *expression);

#endif

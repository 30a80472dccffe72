/* Latin letters without their marks, for addresses, slugs and ascii(). */
#ifndef SEEDPIPE_GEN_FOLD_INT_H
#define SEEDPIPE_GEN_FOLD_INT_H

#include <stddef.h>
#include <stdint.h>

#define FOLD_MAX 2

/* The ASCII spelling of the character that the text begins with, FOLD_MAX letters at most: itself,
 * a Latin letter (U+00C0 to U+017F) without its mark, with its case; nothing for others. Returns
 * how many; *bytes is the character's length. n > 0. */
uint32_t fold_letter(const char *s, size_t n, uint32_t *bytes, char *out);

#endif

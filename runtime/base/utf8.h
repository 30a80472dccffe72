/* UTF-8: checking, counting and cutting by characters. */
#ifndef SEEDPIPE_BASE_UTF8_H
#define SEEDPIPE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

bool utf8_valid(const char *s, size_t n);
size_t utf8_length(const char *s, size_t n); /* characters */
/* Bytes of the first `chars` characters (all bytes when there are fewer). */
size_t utf8_prefix(const char *s, size_t n, size_t chars);

#endif

/* Small texts for people. */
#ifndef SEEDPIPE_BASE_TEXT_H
#define SEEDPIPE_BASE_TEXT_H

#include <stdint.h>

#include "base/arena.h"

/* 1234567 -> "1,234,567" */
const char *text_count(int64_t n, Arena *mem);
/* 1, "row" -> "1 row"; 1200, "row" -> "1,200 rows" */
const char *text_plural(int64_t n, const char *noun, Arena *mem);
/* Names joined by ", "; after `most` the rest is counted: "a, b and 7 more". */
const char *text_list(const char *const *names, int n, int most, Arena *mem);

/* ASCII letters alone become small ones. */
char text_lower(char c);
const char *text_lowered(const char *text, Arena *mem);

#endif

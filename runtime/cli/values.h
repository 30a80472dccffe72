/* The texts that options take, read strictly. */
#ifndef SEEDPIPE_CLI_VALUES_H
#define SEEDPIPE_CLI_VALUES_H

#include "cli/options.h"

/* Digits alone, within min..max. */
bool value_whole(const char *text, int64_t min, int64_t max, int64_t *out);
/* A date or timestamp in UTC, as microseconds since the epoch. */
bool value_time(const char *text, int64_t *micros);

/* These return NULL, or what the option "must be"; *hint may then be the way to write it. */
const char *value_size(const char *text, double *out, const char **hint, Arena *mem);
const char *value_counts(const char *text, Options *out, Arena *mem);
const char *value_count(const char *text, Options *out, const char **hint, Arena *mem);

#endif

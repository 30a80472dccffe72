/* The regular expressions that texts are made from: parsed to a tree that knows how many texts it
 * makes and whether each of them has one reading only. */
#ifndef SEEDPIPE_GEN_REGEX_INT_H
#define SEEDPIPE_GEN_REGEX_INT_H

#include "gen/family_int.h"

typedef enum RegexKind { REGEX_SET, REGEX_LITERAL, REGEX_CAT, REGEX_ALT, REGEX_REPEAT } RegexKind;

#define REGEX_PARTS 256 /* of one sequence, and copies of one repetition */
#define REGEX_BYTES 4000

typedef struct RegexSet {
    uint64_t bits[4];
} RegexSet;

typedef struct Regex {
    RegexKind kind;
    uint32_t at; /* in the pattern, from 1 */
    Str bytes;   /* REGEX_SET: the characters, each a byte; REGEX_LITERAL: one character */
    const struct Regex **parts;
    uint32_t nparts;
    uint32_t min, max; /* REGEX_REPEAT: of parts[0] */
    uint64_t count;    /* texts, GEN_COUNT_MAX when there are more */
    uint32_t most;     /* bytes of the longest */
    bool nullable;
    RegexSet first;
} Regex;

/* NULL with an error that names the position. */
const Regex *regex_parse(GenBind *b, const char *text, size_t len);
/* 0 when no text can be made in two ways (as far as one character ahead shows), else the position
 * where it can. */
uint32_t regex_ambiguous(const Regex *re);

#endif

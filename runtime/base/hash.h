/* Hashes and digests. XXH3 for keys and checksums, XXH3-128 as the digest of plans and recipes
 * (identity, not security). All results are the same on every machine. */
#ifndef SEEDPIPE_BASE_HASH_H
#define SEEDPIPE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

uint64_t hash64(const void *bytes, size_t n, uint64_t seed);
/* Of each of the numbers from `first` on, n in all, as eight bytes. */
void hash64_numbers(int64_t first, size_t n, uint64_t seed, uint64_t *out);
uint64_t hash64_str(const char *s, uint64_t seed);

typedef struct Digest Digest; /* a running 128-bit digest */
Digest *digest_new(Arena *mem);
void digest_put(Digest *d, const void *bytes, size_t n);
/* Length-prefixed, so that ("ab","c") and ("a","bc") differ; NULL differs from "". */
void digest_str(Digest *d, const char *s);
void digest_i64(Digest *d, int64_t v);   /* little-endian */
char *digest_hex(Digest *d, Arena *mem); /* 32 hex digits */

#endif

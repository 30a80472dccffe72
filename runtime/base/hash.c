/* XXH3 of xxHash, whose results are fixed since 0.8.0 and do not depend on byte order or word size.
 */
#include "base/hash.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash64(const void *bytes, size_t n, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, n, seed);
}

void hash64_numbers(int64_t first, size_t n, uint64_t seed, uint64_t *out)
{
    for (size_t i = 0; i < n; i++) {
        int64_t number = first + (int64_t)i;
        out[i] = XXH3_64bits_withSeed(&number, sizeof number, seed);
    }
}

uint64_t hash64_str(const char *s, uint64_t seed)
{
    return hash64(s, strlen(s), seed);
}

struct Digest {
    XXH3_state_t state;
};

Digest *digest_new(Arena *mem)
{
    Digest *d = arena_alloc_raw(mem, sizeof *d); /* the state wants 64-byte alignment */
    XXH3_128bits_reset(&d->state);
    return d;
}

void digest_put(Digest *d, const void *bytes, size_t n)
{
    if (n > 0)
        XXH3_128bits_update(&d->state, bytes, n);
}

void digest_str(Digest *d, const char *s)
{
    if (!s) {
        digest_i64(d, -1);
        return;
    }
    size_t n = strlen(s);
    digest_i64(d, (int64_t)n);
    digest_put(d, s, n);
}

void digest_i64(Digest *d, int64_t v)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)v >> (8 * i));
    digest_put(d, bytes, sizeof bytes);
}

char *digest_hex(Digest *d, Arena *mem)
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(&d->state));
    char *hex = arena_alloc(mem, 2 * sizeof canonical.digest + 1);
    for (size_t i = 0; i < sizeof canonical.digest; i++) {
        hex[2 * i] = "0123456789abcdef"[canonical.digest[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[canonical.digest[i] & 15];
    }
    return hex;
}

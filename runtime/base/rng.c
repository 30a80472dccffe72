/* A bijection of [0, n) by key. Up to 64 numbers: a Fisher-Yates shuffle, exactly uniform, since a
 * Feistel network over so few bits favours some orders (measured: 6 rounds over 3 bits are 38 %
 * off). Above: a Feistel network on the bits of n - 1, walking on while the result is not below n
 * (1.4 times on average); a pair that starts with one half equal keeps it so with probability
 * 2^-bits/2 in each second round, hence more rounds for few bits. The results are part of engine 1:
 * they must never change. */
#include "base/rng.h"

#include <assert.h>

enum { ROUNDS_MANY = 10, ROUNDS = 6, FEW_BITS = 12, SHUFFLE_MAX = 64 };

/* The finalizer of SplitMix64 (Stafford's variant 13 of the MurmurHash3 finalizer). */
static inline uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* The function of round r under a mixed key; two multiplications, the best mixed bits taken from
 * the top. */
static inline uint64_t scramble(uint64_t half, uint64_t key, int r)
{
    uint64_t round_key = key + (uint64_t)r * UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = (half ^ round_key) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 32) * UINT64_C(0x94D049BB133111EB);
    return z >> 32;
}

static void shuffle(uint64_t key, uint64_t n, unsigned char *out)
{
    for (unsigned i = 0; i < n; i++) {
        uint64_t word = mix(key + i * UINT64_C(0x9E3779B97F4A7C15));
        unsigned j = (unsigned)rng_below(word, i + 1);
        out[i] = out[j];
        out[j] = (unsigned char)i;
    }
}

typedef struct Halves {
    uint64_t left_mask, right_mask;
    int right_bits, rounds;
} Halves;

static inline Halves halves_of(uint64_t n)
{
    int bits = 64 - __builtin_clzll(n - 1);
    int right = bits / 2;
    return (Halves){
        .left_mask = (UINT64_C(1) << (bits - right)) - 1,
        .right_mask = (UINT64_C(1) << right) - 1,
        .right_bits = right,
        .rounds = bits <= FEW_BITS ? ROUNDS_MANY : ROUNDS,
    };
}

static inline uint64_t feistel(uint64_t key, Halves h, uint64_t i)
{
    uint64_t left = i >> h.right_bits, right = i & h.right_mask;
    for (int r = 0; r < h.rounds; r += 2) {
        left ^= scramble(right, key, r) & h.left_mask;
        right ^= scramble(left, key, r + 1) & h.right_mask;
    }
    return left << h.right_bits | right;
}

uint64_t rng_permute(uint64_t key, uint64_t n, uint64_t i)
{
    assert(i < n);
    key = mix(key); /* keys in a row have nothing in common any more */
    if (n <= SHUFFLE_MAX) {
        unsigned char order[SHUFFLE_MAX];
        shuffle(key, n, order);
        return order[i];
    }
    Halves h = halves_of(n);
    do
        i = feistel(key, h, i);
    while (i >= n);
    return i;
}

void rng_permute_all(uint64_t key, uint64_t n, uint64_t *i, uint32_t count)
{
    key = mix(key);
    if (n <= SHUFFLE_MAX) {
        unsigned char order[SHUFFLE_MAX];
        shuffle(key, n, order);
        for (uint32_t k = 0; k < count; k++) {
            assert(i[k] < n);
            i[k] = order[i[k]];
        }
        return;
    }
    /* First each number once, side by side, then those that have to walk on. */
    Halves h = halves_of(n);
    for (uint32_t k = 0; k < count; k++) {
        assert(i[k] < n);
        i[k] = feistel(key, h, i[k]);
    }
    for (uint32_t k = 0; k < count; k++)
        while (i[k] >= n)
            i[k] = feistel(key, h, i[k]);
}

uint64_t rng_unpermute(uint64_t key, uint64_t n, uint64_t index)
{
    assert(index < n);
    key = mix(key);
    if (n <= SHUFFLE_MAX) {
        unsigned char order[SHUFFLE_MAX];
        shuffle(key, n, order);
        uint64_t i = 0;
        while (order[i] != index)
            i++;
        return i;
    }
    Halves h = halves_of(n);
    do {
        uint64_t left = index >> h.right_bits, right = index & h.right_mask;
        for (int r = h.rounds - 2; r >= 0; r -= 2) {
            right ^= scramble(left, key, r + 1) & h.right_mask;
            left ^= scramble(right, key, r) & h.left_mask;
        }
        index = left << h.right_bits | right;
    } while (index >= n);
    return index;
}

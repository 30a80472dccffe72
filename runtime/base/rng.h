/* The random function that every generated cell comes from. It has no stream state: a value is a
 * function of (key, row, draw). Philox2x64-10 of Salmon, Moraes, Dror, Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3" (SC'11), tested against the Random123 known answers. The counter's
 * low word is the row number; its high word is (generation << 32 | draw). */
#ifndef SEEDPIPE_BASE_RNG_H
#define SEEDPIPE_BASE_RNG_H

#include <stdint.h>

typedef struct Rand2 {
    uint64_t a, b;
} Rand2;

static inline Rand2 rng_philox(uint64_t key, uint64_t ctr_lo, uint64_t ctr_hi)
{
    uint64_t x = ctr_lo, y = ctr_hi;
#pragma GCC unroll 10 /* gcc -O2 keeps the loop otherwise, at two thirds of the speed */
    for (int round = 0; round < 10; round++) {
        __extension__ typedef unsigned __int128 u128;
        u128 product = (u128)UINT64_C(0xD2B74407B1CE6E93) * x;
        x = (uint64_t)(product >> 64) ^ key ^ y;
        y = (uint64_t)product;
        key += UINT64_C(0x9E3779B97F4A7C15);
    }
    return (Rand2){x, y};
}

/* Two independent 64-bit words for draw number `draw` of a cell. */
static inline Rand2 rng_draw(uint64_t key, uint64_t row, uint32_t generation, uint32_t draw)
{
    return rng_philox(key, row, (uint64_t)generation << 32 | draw);
}

/* A number in [0, n), n > 0, from one random word: Lemire's multiply-shift. The bias is below n /
 * 2^64, which no test of a run's size can see, and needs no second draw. */
static inline uint64_t rng_below(uint64_t word, uint64_t n)
{
    __extension__ typedef unsigned __int128 u128;
    return (uint64_t)(((u128)word * n) >> 64);
}

/* A double in [0, 1), 53 bits. */
static inline double rng_unit(uint64_t word)
{
    return (double)(word >> 11) * 0x1.0p-53;
}

/* A bijection of [0, n) chosen by key: a shuffle up to n = 64, above it a Feistel network on the
 * smallest power of two that holds n, cycle walking (Black and Rogaway, "Ciphers with arbitrary
 * finite domains", 2002). i < n, 1 <= n <= 2^63. Results are fixed for engine 1. */
uint64_t rng_permute(uint64_t key, uint64_t n, uint64_t i);
/* The same for many numbers under one key, in place. */
void rng_permute_all(uint64_t key, uint64_t n, uint64_t *i, uint32_t count);
/* Its inverse: rng_unpermute(key, n, rng_permute(key, n, i)) == i. */
uint64_t rng_unpermute(uint64_t key, uint64_t n, uint64_t index);

#endif

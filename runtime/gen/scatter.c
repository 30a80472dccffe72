/* Apart: n rows go to `blocks` blocks in turn, in rounds. A parent's rows follow each other, and
 * are fewer than blocks, so no two come to one block. In one round they stand in the same half of
 * their blocks, so that at least so many places lie between them as another parent has, whose
 * children stand side by side; two rounds that follow each other are of the same half, too, but for
 * those at its border, whose places are given. Where halves are too narrow, a round has the same
 * place in all blocks, and the blocks keep their order: a parent's rows leave one free between two
 * rounds. */
#include "gen/scatter.h"

#include <stddef.h>

#include "base/rng.h"

Scatter scatter_anywhere(uint64_t key, uint64_t n)
{
    return (Scatter){.key = key, .n = n};
}

static uint64_t blocks_for(uint64_t most, bool even)
{
    return even || most == 0 ? most : most + 1;
}

uint64_t scatter_least(uint64_t most, bool even, uint64_t other)
{
    uint64_t least;
    return __builtin_mul_overflow(blocks_for(most, even), other, &least) ? UINT64_MAX : least;
}

bool scatter_apart(Scatter *s, uint64_t key, uint64_t n, uint64_t most, bool even, uint64_t other)
{
    *s = scatter_anywhere(key, n);
    if (n == 0 || most <= 1)
        return true;
    if (scatter_least(most, even, other) > n)
        return false;
    s->blocks = blocks_for(most, even);
    s->length = n / s->blocks;
    s->longer = n % s->blocks;
    s->half = s->length / 2 + 1 >= other && s->length > other ? s->length / 2 : 0;
    return true;
}

/* The places of a block that a round is dealt out over; those at the border of the halves stay. */
typedef struct Part {
    uint64_t start, n, key;
} Part;

static Part part_of(const Scatter *s, uint64_t block, uint64_t at)
{
    if (at + 1 == s->half || at == s->half)
        return (Part){.start = at, .n = 1};
    bool upper = at > s->half;
    return (Part){.start = upper ? s->half + 1 : 0,
                  .n = upper ? s->length - s->half - 1 : s->half - 1,
                  .key = rng_philox(s->key, block, 1 + upper).a};
}

/* The order of the blocks in a round; those that are longer stay the first ones. */
static Part turns_of(const Scatter *s, uint64_t block)
{
    bool longer = block < s->longer;
    return (Part){.start = longer ? 0 : s->longer,
                  .n = longer ? s->longer : s->blocks - s->longer,
                  .key = rng_philox(s->key, longer, 3).a};
}

static uint64_t permuted(Part p, uint64_t at)
{
    return p.start + rng_permute(p.key, p.n, at - p.start);
}

static uint64_t unpermuted(Part p, uint64_t at)
{
    return p.start + rng_unpermute(p.key, p.n, at - p.start);
}

static uint64_t start_of(const Scatter *s, uint64_t block)
{
    return block * s->length + (block < s->longer ? block : s->longer);
}

uint64_t scatter_place(const Scatter *s, uint64_t row)
{
    if (s->blocks == 0)
        return rng_permute(s->key, s->n, row);
    uint64_t block = row % s->blocks, at = row / s->blocks;
    if (s->half)
        block = permuted(turns_of(s, block), block);
    if (at < s->length)
        at = s->half ? permuted(part_of(s, block, at), at) : rng_permute(s->key, s->length, at);
    return start_of(s, block) + at;
}

uint64_t scatter_row(const Scatter *s, uint64_t place)
{
    if (s->blocks == 0)
        return rng_unpermute(s->key, s->n, place);
    uint64_t long_ones = s->longer * (s->length + 1);
    uint64_t block =
        place < long_ones ? place / (s->length + 1) : s->longer + (place - long_ones) / s->length;
    uint64_t at = place - start_of(s, block);
    if (at < s->length)
        at = s->half ? unpermuted(part_of(s, block, at), at) : rng_unpermute(s->key, s->length, at);
    if (s->half)
        block = unpermuted(turns_of(s, block), block);
    return at * s->blocks + block;
}

/* Random numbers: Philox4x32-10, counter = (index, stream, block), key = seed. */
#include "regnet/rng.h"

#include <math.h>

#include <Random123/philox.h>

struct rn_rng rn_rng_at(uint64_t seed, enum rn_stream stream, uint64_t index)
{
    return (struct rn_rng){.seed = seed, .index = index, .stream = (uint32_t)stream};
}

static void refill(struct rn_rng *rng)
{
    philox4x32_key_t key = {{(uint32_t)rng->seed, (uint32_t)(rng->seed >> 32)}};
    philox4x32_ctr_t ctr = {
        {(uint32_t)rng->index, (uint32_t)(rng->index >> 32), rng->stream, rng->block++}};
    philox4x32_ctr_t out = philox4x32(ctr, key);

    for (int i = 0; i < 4; i++)
        rng->word[i] = out.v[i];
    rng->left = 4;
}

static uint32_t next_word(struct rn_rng *rng)
{
    if (rng->left == 0)
        refill(rng);
    return rng->word[4 - rng->left--];
}

uint32_t rn_rng_u32(struct rn_rng *rng)
{
    return next_word(rng);
}

double rn_rng_uniform(struct rn_rng *rng)
{
    uint64_t hi = next_word(rng) >> 5, lo = next_word(rng) >> 6;

    return (double)(hi << 26 | lo) * 0x1p-53;
}

/* Lemire's multiply-and-reject. */
uint32_t rn_rng_below(struct rn_rng *rng, uint32_t n)
{
    uint64_t product = (uint64_t)rn_rng_u32(rng) * n;

    if ((uint32_t)product < n) {
        uint32_t threshold = (uint32_t)(-n) % n;
        while ((uint32_t)product < threshold)
            product = (uint64_t)rn_rng_u32(rng) * n;
    }
    return (uint32_t)(product >> 32);
}

/* Box and Muller's transform; the second value is dropped so that a cursor stays a plain value. */
double rn_rng_normal(struct rn_rng *rng)
{
    double radius = sqrt(-2.0 * log(1.0 - rn_rng_uniform(rng)));

    return radius * cos(2.0 * 3.14159265358979323846 * rn_rng_uniform(rng));
}

void rn_rng_permutation(struct rn_rng *rng, uint32_t n, uint32_t *out)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t j = rn_rng_below(rng, i + 1);
        out[i] = out[j];
        out[j] = i;
    }
}

/*
 * rng.h: random numbers as a pure function of (seed, stream, index), by Random123's Philox4x32-10.
 *
 * A cursor names one sequence: the user's seed, the stream (what the numbers are for) and the index
 * (which network, image or tensor they belong to). The i-th network of a population, the n-th crop
 * of an epoch is the same on one worker or fifty, before or after a restart. Cursors are plain
 * values; copying one forks the sequence.
 *
 *     struct rn_rng rng = rn_rng_at(seed, RN_STREAM_SPACE, i);
 *     double u = rn_rng_uniform(&rng);
 */
#ifndef REGNET_RNG_H
#define REGNET_RNG_H

#include <stdint.h>

/* What a sequence is for. Values are part of the results' reproducibility: never renumber. */
enum rn_stream {
    RN_STREAM_SPACE = 1,     /* index: network of a population */
    RN_STREAM_INIT = 2,      /* index: parameter tensor of a network */
    RN_STREAM_SHUFFLE = 3,   /* index: epoch */
    RN_STREAM_AUGMENT = 4,   /* index: epoch * 2^32 + image */
    RN_STREAM_SPLIT = 5,     /* index: 0; which training images are held out */
    RN_STREAM_BOOTSTRAP = 6, /* index: repetition */
    RN_STREAM_TEST = 7,      /* tests and benchmarks */
    RN_STREAM_MIX = 8,       /* index: epoch * 2^32 + batch; mixup and CutMix */
    RN_STREAM_DROP = 9       /* index: step * 2^32 + node * 2^16 + image of the batch */
};

struct rn_rng {
    uint64_t seed, index;
    uint32_t stream, block; /* block: number of 128-bit blocks drawn so far */
    uint32_t word[4];
    unsigned left; /* words not yet used */
};

struct rn_rng rn_rng_at(uint64_t seed, enum rn_stream stream, uint64_t index);

uint32_t rn_rng_u32(struct rn_rng *rng);
double rn_rng_uniform(struct rn_rng *rng);             /* [0, 1), 53 bits */
uint32_t rn_rng_below(struct rn_rng *rng, uint32_t n); /* 0 .. n-1, unbiased; n > 0 */
double rn_rng_normal(struct rn_rng *rng);              /* mean 0, deviation 1 */

/* A random permutation of 0 .. n-1 into out (n entries, the caller's). */
void rn_rng_permutation(struct rn_rng *rng, uint32_t n, uint32_t *out);

#endif

/*
 * sweep.h: a pycls sweep file as a space (docs/spaces.md).
 *
 * Every sampler becomes the distribution of a configuration key. Where the sampled keys are those
 * that a family has parameters for, the space becomes one of that family and is drawn as any other;
 * else the network is what the configuration says once the drawn keys are set in it.
 */
#ifndef RN_SPACE_SWEEP_H
#define RN_SPACE_SWEEP_H

#include "read.h"

/* read_sampler.c: SETUP.SAMPLERS, each as a parameter of a configuration key. */
enum rn_status rn_read_samplers(const struct rn_value *map, struct rn_space *space,
                                struct rn_err *err);
/* sweep_adopt.c: makes the space one of a family's, where that can be. */
enum rn_status rn_sweep_adopt(struct rn_space *space, struct rn_err *err);

/* read_key.c: a configuration key that there is. */
const struct rn_key *rn_key_by_name(const char *name);

#endif

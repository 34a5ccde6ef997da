/*
 * time.h: how long a network's training step and inference take on this machine, and where the
 * time goes. On random images: no data set is needed, and no loading is counted.
 *
 *     struct rn_timing t;
 *     RN_TRY(rn_time(&cfg, &(struct rn_time_options){.batch = 32, .train = true}, &t, err));
 *     double ms = 1e3 * rn_percentile(t.step_s, t.n_steps, 50);
 *     rn_timing_release(&t);
 */
#ifndef REGNET_TIME_H
#define REGNET_TIME_H

#include <stdbool.h>
#include <stddef.h>

#include "regnet/config.h"
#include "regnet/status.h"

struct rn_time_options {
    const char *engine; /* as engine.h has it */
    int batch;          /* images of a step */
    int steps;          /* that are timed; 0: three seconds' worth, from 5 to 1000 */
    bool train;         /* forward, loss, backward and OPTIM's update; else inference */
    bool layers;        /* say where the time goes */
};

/* One direction of a layer, by the step: how long it took, and what it must do in that. */
struct rn_layer_work {
    double seconds, flops, bytes;
};

struct rn_layer_timing {
    char name[64]; /* "s1.b1.f.a" */
    char kind[16]; /* "1x1", "3x3", "3x3 groups", "stem", "SE", "sum", "other" */
    bool bf16;     /* its products are computed in bfloat16 */
    struct rn_layer_work forward, backward; /* backward: of training alone */
};

struct rn_timing {
    size_t n_steps;
    double *step_s;       /* seconds of each step, ascending */
    double mean_s;        /* of a step */
    size_t planned_bytes; /* parameters, gradients, momenta and the planned activations */
    size_t peak_bytes;    /* most that this process has held since it began (0: unknown): whoever
                             compares inference with training times inference first */
    size_t n_layers;      /* 0 without options.layers, and for an engine that does not say */
    struct rn_layer_timing *layers;
};

/* cfg: the network, OPTIM, BN and NUM_THREADS. Two steps warm up. The learning rate is 0, so that
   every step does the same work, whatever the images. */
enum rn_status rn_time(const struct rn_config *cfg, const struct rn_time_options *options,
                       struct rn_timing *timing, struct rn_err *err);
void rn_timing_release(struct rn_timing *timing);

#endif

/*
 * latency.h: how long a network's inference takes on this machine, from its graph alone.
 *
 * A model is a sum over a network's operators. Each kind of them has three coefficients, fitted to
 * the measured operators of some networks: seconds for one, for a multiply-add, for a byte that it
 * must move. docs/search.md says more.
 *
 *     RN_TRY(rn_latency_fit(space, &(struct rn_latency_options){.batch = 1}, &model, err));
 *     double seconds = rn_latency_of(&model, graph);
 */
#ifndef REGNET_LATENCY_H
#define REGNET_LATENCY_H

#include "regnet/graph.h"
#include "regnet/space.h"

enum rn_latency_kind {
    RN_LATENCY_DENSE, /* k x k convolutions of one group, k > 1 */
    RN_LATENCY_1X1,
    RN_LATENCY_NARROW, /* grouped, of few channels a group */
    RN_LATENCY_GROUPED,
    RN_LATENCY_LINEAR,
    RN_LATENCY_POOL,
    RN_LATENCY_SCALE,
    RN_LATENCY_KINDS
};

struct rn_latency_model {
    int batch, threads;
    double network; /* seconds, whatever its operators */
    double each[RN_LATENCY_KINDS], flop[RN_LATENCY_KINDS], byte[RN_LATENCY_KINDS]; /* seconds */
    double
        error; /* mean of |predicted - measured| / measured, over networks it was not fitted to */
};

struct rn_latency_options {
    int batch, threads; /* of inference */
    int networks;       /* to fit to; 0: 24. Half as many more are measured for the error */
    uint64_t seed;      /* of what the space draws */
    bool (*stop)(void *arg, int done, int of); /* after each network; NULL: never */
    void *arg;
};

/* Measures networks of a space, some tenths of a second each. RN_E_STOPPED by options->stop. */
enum rn_status rn_latency_fit(const struct rn_space *space,
                              const struct rn_latency_options *options,
                              struct rn_latency_model *model, struct rn_err *err);
/* Seconds of inference of a batch. */
double rn_latency_of(const struct rn_latency_model *model, const struct rn_graph *graph);
/* The median of measured batches. */
enum rn_status rn_latency_measure(const struct rn_arch *arch, int batch, int threads,
                                  double *seconds, struct rn_err *err);

#endif

/*
 * net.h: what an engine is to the public calls of engine.h.
 *
 * net.c owns the flat parameter arrays, the logits and the loss; an engine owns everything between
 * the images and the logits. Logits and their gradients are n x num_classes, compact.
 */
#ifndef REGNET_ENGINE_NET_H
#define REGNET_ENGINE_NET_H

#include "regnet/engine.h"

enum rn_pass {
    RN_PASS_INFER, /* normalize by running statistics; keep nothing */
    RN_PASS_TRAIN  /* normalize by the batch's, update the running ones, keep what backward needs */
};

struct rn_net_request {
    const struct rn_graph *graph;  /* borrowed */
    struct rn_net_options options; /* every default filled in */
    struct rn_net_params params;   /* borrowed */
    const uint64_t *step;          /* of the training: borrowed */
    const char *variant;           /* what follows "cpu-" in the engine's name, or NULL */
};

struct rn_engine {
    const char *name;
    enum rn_status (*create)(const struct rn_net_request *request, void **state,
                             struct rn_err *err);
    void (*destroy)(void *state);
    size_t (*arena_bytes)(const void *state);
    /* See rn_net_layers; NULL: it does not say. */
    const struct rn_layer *(*layers)(const void *state, size_t *n);
    /* The next inference must look at the parameters again; NULL: it always does. */
    void (*params_changed)(void *state);
    /* momentum: of the running statistics in this pass. */
    void (*forward)(void *state, enum rn_pass pass, double momentum, const float *images, int n,
                    float *logits);
    /* After RN_PASS_TRAIN with the same images and n: overwrites params.grad. */
    void (*backward)(void *state, const float *images, int n, const float *dlogits);
};

extern const struct rn_engine rn_ref_engine, rn_cpu_engine;

#endif

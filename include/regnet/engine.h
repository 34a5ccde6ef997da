/*
 * engine.h: runs a graph: forward, and forward with backward.
 *
 * A net is a graph made ready on one engine for batches up to a size: parameters, plan, one arena
 * for every activation and gradient. Nothing is allocated after rn_net_new. Engines: "ref" (plain
 * loops: the definition) and "cpu" (fused kernels of our own; docs/engine.md). Images are float, n
 * x h x w x 3 (NHWC). The same calls give the same bits on the same machine, whatever the number of
 * threads.
 *
 *     struct rn_net *net;
 *     RN_TRY(rn_net_new(graph, &(struct rn_net_options){.batch = 128, .train = true}, &net, err));
 *     rn_graph_init(graph, false, seed, rn_net_params(net).value);
 *     rn_net_step(net, images, targets, 128, &loss);      // then the optimizer uses params.grad
 *     rn_net_infer(net, images, n, logits);
 *     rn_net_free(net);
 */
#ifndef REGNET_ENGINE_H
#define REGNET_ENGINE_H

#include "regnet/graph.h"

struct rn_net;

/* A batch of which several processes have a part each, of equal size. Batch statistics are those of
   the whole batch, and params.grad is a part's share of its gradient: their sum is the gradient. */
struct rn_net_parts {
    int n, index; /* how many, and which is this one's; n 0 or 1: the batch is whole */
    void *arg;
    /* Replaces each value by its sum over the parts, to the same bits in each process. */
    void (*sum)(void *arg, double *values, size_t n);
    /* Told during the backward pass: params.grad is final from here on. May be NULL. */
    void (*on_gradient)(void *arg, size_t from);
};

struct rn_net_options {
    const char *engine; /* "cpu" (NULL), one of its sets of kernels ("cpu-avx512", "cpu-avx2",
                           "cpu-base"; with bf16 also "cpu-amx", "cpu-avx512bf16"), or "ref" */
    int batch;          /* largest n of any call */
    int threads;        /* 0 or 1: the calling thread alone */
    bool train;         /* also rn_net_step: gradients, and what backward needs is kept */
    bool bf16;     /* activations and their gradients are kept in bfloat16 and, where the processor
                      can, multiplied in it; sums, statistics and parameters stay float. The
                      reference engine ignores it. */
    bool profile;  /* rn_net_layers will be asked for times */
    uint64_t seed; /* of what a training drops (arch.h: drop_connect, dropout) */
    struct rn_net_parts parts;  /* the cpu engine alone knows any */
    double bn_eps, bn_momentum; /* 0: 1e-5 and 0.1 (PyTorch's sense: new = 0.9 old + 0.1 batch) */
};

/* The flat parameter arrays, laid out as graph->params says. Borrowed until rn_net_free. Engines
   keep values in a form of their own between calls of rn_net_infer: after writing to them, other
   than between training steps, say so. */
struct rn_net_params {
    size_t n_values, n_trained;
    float *value; /* n_values */
    float *grad;  /* n_trained; NULL without train */
};

/* graph is borrowed until rn_net_free. RN_E_NOMEM says how much was wanted. */
enum rn_status rn_net_new(const struct rn_graph *graph, const struct rn_net_options *options,
                          struct rn_net **net, struct rn_err *err);
void rn_net_free(struct rn_net *net);
struct rn_net_params rn_net_params(struct rn_net *net);
void rn_net_params_changed(struct rn_net *net);
/* Which step the next training passes belong to: it decides what they drop. 0 at first. */
void rn_net_at_step(struct rn_net *net, uint64_t step);
size_t rn_net_arena_bytes(const struct rn_net *net); /* activations and gradients, planned */

/* Batch normalization by running statistics, folded into the convolutions. logits: n x num_classes,
 * written. */
void rn_net_infer(struct rn_net *net, const float *images, int n, float *logits);

/* One training step without the update: batch statistics (running ones are updated), mean soft
   cross entropy against targets (n x num_classes, rows sum to 1), gradients of it in params.grad
   (overwritten). logits may be NULL, or receives n x num_classes. Returns the mean loss. */
double rn_net_step(struct rn_net *net, const float *images, const float *targets, int n,
                   float *logits);

/* The forward pass of a training step alone, which leaves this batch's mean and unbiased variance
   in the running statistics (momentum 1): precise batch statistics average them. */
void rn_net_batch_stats(struct rn_net *net, const float *images, int n);

/* One step of an engine's plan, an operator with all that is fused into it: what it has to do, and
   with options.profile how long it took, summed up over all calls. What a pass *must* move counts
   each tensor once: forward its inputs and its output, backward also the gradients. */
struct rn_layer {
    const char *name; /* of the graph's node; borrowed until rn_net_free */
    enum rn_op op;
    bool bf16;                            /* its products are computed in bfloat16 */
    double forward_flops, backward_flops; /* of an image; a multiply-add is two */
    double forward_bytes, backward_bytes; /* of an image, and of the weights once a call: */
    double weight_bytes;
    double forward_s, backward_s;
};

/* The layers in the order of execution; *n is 0 for an engine that does not say. Borrowed until
   rn_net_free. */
const struct rn_layer *rn_net_layers(const struct rn_net *net, size_t *n);

#endif

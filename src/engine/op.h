/*
 * op.h: an operator as an engine runs it: one call forward, one backward, over plain arrays.
 *
 * Arrays are float, n x h x w x c (NHWC); weights keep PyTorch's order (c_out, c_in / groups, k,
 * k). The reference's table (ref/) is the definition. Another engine's table starts as a copy of it
 * and overrides what it does better; what an engine runs whole (a unit: convolution, normalization,
 * sum, activation) is the plan's matter (plan.h).
 */
#ifndef REGNET_ENGINE_OP_H
#define REGNET_ENGINE_OP_H

#include <stdint.h>

#include "regnet/graph.h"

struct rn_kernels;

/* Everything one call needs. Forward reads x and param and writes y (batch normalization in
   training also writes saved and updates the running statistics); backward reads x, y, dy, param,
   saved and writes dx and dparam. */
struct rn_op_args {
    const struct rn_node *node;
    int n;                              /* images */
    struct rn_shape in[RN_NODE_INPUTS]; /* of one image */
    const float *x[RN_NODE_INPUTS];
    float *y;        /* the output; backward only reads it */
    float *param[4]; /* weight, bias | gamma, beta, running mean, running variance */
    float *saved;    /* batch normalization: mean, then 1 / sqrt(var + eps), c values each */

    const float *dy;
    float *dx[RN_NODE_INPUTS];   /* NULL: not wanted */
    bool add_dx[RN_NODE_INPUTS]; /* add to dx instead of overwriting it */
    float *dparam[4];            /* overwritten; NULL: not wanted */

    const struct rn_kernels *kernels; /* of the cpu engine's table; NULL: the best ones */
    bool train;           /* batch normalization: by the batch's statistics; drops are drawn */
    uint64_t seed, step;  /* of what is dropped */
    int first;            /* number of the first image in the batch */
    double eps, momentum; /* of batch normalization */
};

typedef void rn_op_fn(const struct rn_op_args *args);

struct rn_op_table {
    const char *name;
    rn_op_fn *forward[RN_OP_COUNT], *backward[RN_OP_COUNT];
};

extern const struct rn_op_table rn_ref_ops; /* ref/ref.c */

/* Mean soft cross entropy of logits (n x c) against targets (n x c, rows sum to 1); dlogits (NULL:
   not wanted) receives its gradient. Sums in double. */
double rn_cross_entropy(int n, int c, const float *logits, const float *targets, float *dlogits);

#endif

/*
 * build.h: how a family's builder makes a graph, node by node.
 *
 * Every helper appends nodes behind node x and returns the index of the last; names are joined to
 * the scope that rn_build_enter opened ("s1.b1." + "f."). The first failure stays in status; after
 * it the helpers do nothing and return -1, so that a builder reads as the network does.
 */
#ifndef REGNET_MODEL_BUILD_H
#define REGNET_MODEL_BUILD_H

#include "regnet/graph.h"

#define RN_SCOPE_MAX 128

struct rn_build {
    struct rn_graph *graph;
    size_t cap_nodes, cap_params;
    char scope[RN_SCOPE_MAX];
    enum rn_status status;
    struct rn_err *err;
};

/* A convolution of odd k, padded by (k - 1) / 2 times the dilation, or by one less where a
   rn_build_pad stands before it, or, if it is `valid`, not at all. */
struct rn_conv_spec {
    int c_out, k, stride, groups;
    bool bias, valid, padded;
    enum rn_taps taps;
    int dilation; /* 0: 1 */
};

/* Adds to the scope, printf-style; leave(enter's result) takes it away again. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
size_t
rn_build_enter(struct rn_build *b, const char *fmt, ...);
void rn_build_leave(struct rn_build *b, size_t mark);

/* The channels of node x, and the side of its image; 0 after a failure. */
int rn_build_width(const struct rn_build *b, int x);
int rn_build_side(const struct rn_build *b, int x);

int rn_build_input(struct rn_build *b, int size);
int rn_build_conv(struct rn_build *b, int x, const char *name, struct rn_conv_spec spec);
int rn_build_bn(struct rn_build *b, int x, const char *name, bool final);
int rn_build_act(struct rn_build *b, int x, const char *name, enum rn_fn fn);
int rn_build_add(struct rn_build *b, int x, int shortcut, const char *name);
/* "add", of what drop connect leaves of a block's transform x. */
int rn_build_residual(struct rn_build *b, int x, int shortcut);
/* pad: of the near sides; (k - 1) / 2 is PyTorch's, 0 Caffe's. */
int rn_build_max_pool(struct rn_build *b, int x, const char *name, int k, int stride, int pad);
int rn_build_avg_pool(struct rn_build *b, int x, const char *name, int k, int stride, int pad,
                      bool whole);
/* Of n nodes; zeros make it c channels wide, if it has less. */
int rn_build_concat(struct rn_build *b, int n, const int *x, const char *name, int c);
/* n channels of x from `first` on. */
int rn_build_slice(struct rn_build *b, int x, const char *name, int first, int n);
int rn_build_shuffle(struct rn_build *b, int x, const char *name, int groups);
int rn_build_shift(struct rn_build *b, int x, const char *name);
int rn_build_pad(struct rn_build *b, int x, const char *name, int rows, int columns);
int rn_build_gap(struct rn_build *b, int x, const char *name);
int rn_build_linear(struct rn_build *b, int x, const char *name, int c_out);

/* The network's own activation. */
int rn_build_arch_act(struct rn_build *b, int x, const char *name);
/* Convolution "name", normalization "bn", and the network's activation "af" (NULL: none). */
int rn_build_conv_bn_act(struct rn_build *b, int x, struct rn_conv_spec spec, const char *name,
                         const char *bn, const char *af);
/* Squeeze-and-excitation of node x through w_se channels, module "se". */
int rn_build_se(struct rn_build *b, int x, int w_se);

/* What all families share: the input, the arch's stem, and a head whose optional 1 x 1 convolution
   has its normalization under the name bn. */
int rn_build_stem(struct rn_build *b);
void rn_build_head(struct rn_build *b, int x, const char *bn, const char *af);

/* The families: all nodes of graph->arch. */
void rn_build_anynet(struct rn_build *b);
void rn_build_effnet(struct rn_build *b);
void rn_build_cells(struct rn_build *b);

/* Blocks of an AnyNet's stage that have a file of their own. first: of the network. */
int rn_build_separable_block(struct rn_build *b, int x, int width, int stride);
int rn_build_shuffle_block(struct rn_build *b, int x, const struct rn_stage *stage, int stride,
                           bool first);
int rn_build_shuffle_v2_block(struct rn_build *b, int x, const struct rn_stage *stage, int stride);

#endif

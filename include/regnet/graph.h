/*
 * graph.h: a network as a graph of operators. The one description that counting, execution, weights
 * and export share.
 *
 * Nodes stand in topological order; each has one operator, up to RN_NODE_INPUTS inputs (indices of
 * earlier nodes), the shape of its output for one image, its parameters and its counts. Names are
 * pycls' module names, so that a parameter's name is PyTorch's ("s1.b1.f.a.weight"). Node 0 is the
 * input image. A graph is immutable once built.
 *
 *     struct rn_graph *graph;
 *     RN_TRY(rn_graph_build(&arch, &graph, err));
 *     struct rn_complexity cx = rn_graph_complexity(graph);
 *     rn_graph_free(graph);
 */
#ifndef REGNET_GRAPH_H
#define REGNET_GRAPH_H

#include "regnet/arch.h"
#include "regnet/memory.h"

#define RN_NODE_INPUTS 8

enum rn_op {
    RN_OP_INPUT,
    RN_OP_CONV,     /* cross-correlation with zero padding; groups; optional bias */
    RN_OP_BN,       /* batch normalization over n, h, w */
    RN_OP_ACT,      /* an rn_fn, elementwise */
    RN_OP_ADD,      /* in[0] + in[1] */
    RN_OP_MAX_POOL, /* k x k; what lies outside the image does not count */
    RN_OP_GAP,      /* global average pooling: h = w = 1 */
    RN_OP_SCALE,    /* in[0] * in[1], in[1] being 1 x 1 x c: SE's gate */
    RN_OP_LINEAR,   /* fully connected, with bias */
    RN_OP_AVG_POOL, /* k x k; the mean of what lies inside the image, or of the whole window */
    RN_OP_CONCAT,   /* the inputs' channels, one input after the other; zeros up to out.c */
    RN_OP_SLICE,    /* some of the channels: out.c of them */
    RN_OP_SHUFFLE,  /* the channels of each group dealt out: one of every group, and again */
    RN_OP_SHIFT,    /* out(y, x) = in(y + 1, x + 1); zeros at the far sides */
    RN_OP_PAD,      /* rows and columns of zeros behind the image */
    RN_OP_DROP,     /* in training: some images, or values, zero and the others larger; else in */
    RN_OP_COUNT
};

/* What RN_OP_ACT computes: the activations of enum rn_act, and SE's gate. */
enum rn_fn { RN_FN_RELU, RN_FN_SILU, RN_FN_GELU, RN_FN_SIGMOID, RN_FN_RELU6 };

/* Which taps of a k x k kernel there are. A row is padded at its sides and strides along itself; a
   column likewise. */
enum rn_taps { RN_TAPS_SQUARE, RN_TAPS_ROW /* 1 x k */, RN_TAPS_COLUMN /* k x 1 */ };

struct rn_shape {
    int h, w, c; /* of one image; in memory n, h, w, c */
};

enum rn_param_role {
    RN_PARAM_WEIGHT, /* convolution: c_out, c_in / groups, rows, columns; linear: c_out, c_in */
    RN_PARAM_BIAS,   /* of a convolution or linear */
    RN_PARAM_GAMMA,  /* PyTorch's bn.weight */
    RN_PARAM_BETA,   /* bn.bias */
    RN_PARAM_MEAN,   /* bn.running_mean: not trained */
    RN_PARAM_VAR     /* bn.running_var: not trained */
};

/* A parameter tensor. Trained ones come first in the flat arrays, in node order, each at a multiple
   of 16 floats; then the running statistics. */
struct rn_param {
    const char *name; /* "s1.b1.f.a.weight" */
    enum rn_param_role role;
    int node;
    int ndim;
    int64_t dim[4];
    size_t size;   /* values */
    size_t offset; /* of the first value in the flat arrays */
};

struct rn_node {
    enum rn_op op;
    const char *name; /* "s1.b1.f.a" */
    int n_in, in[RN_NODE_INPUTS];
    struct rn_shape out;
    int n_params, param; /* params[param ..): weight, bias | gamma, beta, mean, var */
    union {
        struct {
            int k, stride, pad, groups;
            bool bias;
            enum rn_taps taps;
            int dilation; /* pixels between taps that stand side by side; 0: 1 */
        } conv;
        struct {
            bool final; /* the last of a residual transform: ZERO_INIT_FINAL_GAMMA's */
        } bn;
        enum rn_fn fn; /* RN_OP_ACT */
        struct {
            int k, stride;
            int pad;    /* before the first row and column; behind the last, as far as needed:
                           out.h = ceil(h / stride) */
            bool whole; /* a mean is over k x k, with zeros where the image ends */
        } pool;
        struct {
            int first; /* channel */
        } slice;
        struct {
            int groups;
        } shuffle;
        struct {
            int rows, columns;
        } pad;
        struct {
            double ratio;
            int number;  /* the node's in its graph: what it drops depends on it */
            bool images; /* whole ones (drop connect); else values, of 1 x 1 alone (dropout) */
        } drop;
    } u;
    struct rn_complexity cx;
};

struct rn_graph {
    struct rn_arch arch;
    int n_nodes;
    struct rn_node *nodes; /* the last node's output are the logits: 1 x 1 x num_classes */
    int n_params;
    struct rn_param *params;
    size_t n_trained; /* values at the front of the flat arrays that are trained, with padding */
    size_t n_values;  /* all values, with padding */
};

enum rn_status rn_graph_build(const struct rn_arch *arch, struct rn_graph **graph,
                              struct rn_err *err);
void rn_graph_free(struct rn_graph *graph);
struct rn_complexity rn_graph_complexity(const struct rn_graph *graph);
/* The counts of arch's graph, which is built for it and freed: of any network, in a millisecond. */
enum rn_status rn_graph_count(const struct rn_arch *arch, struct rn_complexity *cx,
                              struct rn_err *err);

/* The member of a family (rn_family_member) with the multiply-adds nearest to flops, by their
   ratio; m is in hundredths, up to 4; depth is 1, or where that misses by more than a tenth 0.75
   or 1.5. Below 64 pixels a side it is one for small images. RN_E_CONFIG: no such family, or none
   within half and twice flops. */
enum rn_status rn_family_nearest(const char *family, double flops, int im_size, int num_classes,
                                 struct rn_arch *arch, struct rn_err *err);

/* Rows and columns of a convolution's kernel. */
static inline int rn_conv_rows(const struct rn_node *node)
{
    return node->u.conv.taps == RN_TAPS_ROW ? 1 : node->u.conv.k;
}
static inline int rn_conv_columns(const struct rn_node *node)
{
    return node->u.conv.taps == RN_TAPS_COLUMN ? 1 : node->u.conv.k;
}
static inline int rn_conv_dilation(const struct rn_node *node)
{
    return node->u.conv.dilation > 1 ? node->u.conv.dilation : 1;
}
/* Strides down and to the right; padding above the first row, and before the first column. */
static inline int rn_conv_stride_rows(const struct rn_node *node)
{
    return node->u.conv.taps == RN_TAPS_ROW ? 1 : node->u.conv.stride;
}
static inline int rn_conv_stride_columns(const struct rn_node *node)
{
    return node->u.conv.taps == RN_TAPS_COLUMN ? 1 : node->u.conv.stride;
}
static inline int rn_conv_pad_rows(const struct rn_node *node)
{
    return node->u.conv.taps == RN_TAPS_ROW ? 0 : node->u.conv.pad;
}
static inline int rn_conv_pad_columns(const struct rn_node *node)
{
    return node->u.conv.taps == RN_TAPS_COLUMN ? 0 : node->u.conv.pad;
}

/* Fills values (graph->n_values of them) as pycls does: He's normal for convolutions by fan-out,
   N(0, 0.01) for the head, gamma 1 or 0. Tensor i is a function of (seed, INIT, i). */
void rn_graph_init(const struct rn_graph *graph, bool zero_init_final_gamma, uint64_t seed,
                   float *values);

const char *rn_op_text(enum rn_op op);

/* The libraries whose tensor names are known; a parameter's own name is pycls'. */
enum rn_naming { RN_NAMING_PYCLS, RN_NAMING_TORCHVISION, RN_NAMING_TIMM, RN_NAMING_COUNT };

const char *rn_naming_text(enum rn_naming naming); /* "torchvision" */
/* The name of a parameter in such a library, into out (cleared first). RN_E_UNSUPPORTED: the
   library has no such network. */
enum rn_status rn_param_name(const struct rn_graph *graph, const struct rn_param *param,
                             enum rn_naming naming, struct rn_buf *out, struct rn_err *err);
/* The epsilon with which the library normalizes such a network, which its files do not say; 0: the
   usual one. 0.001 in timm's NASNet and PNASNet, and torchvision's EfficientNets from B5 on. */
double rn_naming_bn_eps(const struct rn_arch *arch, enum rn_naming naming);

#endif

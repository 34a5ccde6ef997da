/*
 * fold.h: a graph as it is exported: layers without batch normalization, with their values.
 *
 * A convolution that a normalization alone reads takes it into its weight and bias. Any other
 * normalization stays a layer, whose weight and bias are the scale and the shift of each channel.
 * Layers stand in the graph's order; layer 0 is the image, the last one gives the logits.
 */
#ifndef REGNET_EXPORT_FOLD_H
#define REGNET_EXPORT_FOLD_H

#include "regnet/train.h"

struct rn_layer_values {
    float *data; /* NULL: the layer has none; owned by the rn_folded */
    size_t n;
    int ndim;
    int64_t dim[4]; /* as rn_param's */
};

struct rn_folded_layer {
    const struct rn_node *node; /* of a convolution with a normalization: the convolution's */
    int in[RN_NODE_INPUTS];     /* layers; node->n_in of them */
    struct rn_layer_values weight, bias;
};

struct rn_folded {
    int n;
    struct rn_folded_layer *layers;
    float *values;
};

/* net is borrowed until rn_fold_release. */
enum rn_status rn_fold(const struct rn_trained *net, struct rn_folded *out, struct rn_err *err);
void rn_fold_release(struct rn_folded *folded);

/* The shape of a layer's first input. */
struct rn_shape rn_folded_in(const struct rn_folded *folded, int layer);

#endif

/*
 * onnx_node.h: what the operators of onnx_ops.c are written with.
 *
 * A node between begin and end reads inputs, has attributes, and writes one output. Tensors stand
 * beside nodes, not in them. A suffix is what follows the layer's name; "" is the layer's own
 * output.
 *
 *     size_t node = rn_onnx_begin(o, "Mul", "");
 *     rn_onnx_reads_input(o, 0);
 *     rn_onnx_reads_own(o, "/half");
 *     rn_onnx_end(o, node);
 *     rn_onnx_tensor_scalar(o, "/half", 0.5f);
 */
#ifndef REGNET_EXPORT_ONNX_NODE_H
#define REGNET_EXPORT_ONNX_NODE_H

#include "export/onnx.h"

/* A layer that is being written. */
struct rn_onnx {
    struct rn_pb *pb;
    const struct rn_folded *net;
    int layer;
    const struct rn_node *node; /* of the layer */
};

size_t rn_onnx_begin(struct rn_onnx *o, const char *op_type, const char *suffix);
void rn_onnx_end(struct rn_onnx *o, size_t opened); /* what rn_onnx_begin returned */

/* The node's next input: the layer's i-th, or a value of the layer's own. */
void rn_onnx_reads_input(struct rn_onnx *o, int i);
void rn_onnx_reads_own(struct rn_onnx *o, const char *suffix);
void rn_onnx_attribute_int(struct rn_onnx *o, const char *name, int64_t value);
void rn_onnx_attribute_ints(struct rn_onnx *o, const char *name, int n, const int *values);

/* Whole nodes: of the layer's first input, and of two values ("": the layer's first input). */
void rn_onnx_unary(struct rn_onnx *o, const char *op_type, const char *suffix);
void rn_onnx_binary(struct rn_onnx *o, const char *op_type, const char *suffix, const char *a,
                    const char *b);

void rn_onnx_tensor(struct rn_onnx *o, const char *suffix, int ndim, const int64_t *dim,
                    const float *data, size_t n);
void rn_onnx_tensor_values(struct rn_onnx *o, const char *suffix,
                           const struct rn_layer_values *values);
void rn_onnx_tensor_scalar(struct rn_onnx *o, const char *suffix, float value);
void rn_onnx_tensor_ints(struct rn_onnx *o, const char *suffix, int n, const int64_t *values);

#endif

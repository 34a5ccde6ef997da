/* Nodes of an ONNX graph: what they read, their attributes, and the tensors of their own. */
#include "export/onnx_node.h"

#include <stdio.h>

void rn_onnx_name(const struct rn_folded *net, int layer, const char *suffix, char *out)
{
    const char *name = net->layers[layer].node->name;

    if (!*suffix && layer == 0)
        name = RN_ONNX_INPUT;
    else if (!*suffix && layer == net->n - 1)
        name = RN_ONNX_OUTPUT;
    snprintf(out, RN_ONNX_NAME, "%s%s", name, suffix);
}

size_t rn_onnx_begin(struct rn_onnx *o, const char *op_type, const char *suffix)
{
    size_t opened = rn_pb_open(o->pb, RN_GRAPH_NODE);
    char name[RN_ONNX_NAME];

    rn_pb_text(o->pb, RN_NODE_OP_TYPE, op_type);
    rn_onnx_name(o->net, o->layer, suffix, name);
    rn_pb_text(o->pb, RN_NODE_OUTPUT, name);
    snprintf(name, sizeof name, "%s%s", o->node->name, suffix);
    rn_pb_text(o->pb, RN_NODE_NAME, name);
    return opened;
}

void rn_onnx_end(struct rn_onnx *o, size_t opened)
{
    rn_pb_close(o->pb, opened);
}

void rn_onnx_reads_input(struct rn_onnx *o, int i)
{
    char name[RN_ONNX_NAME];

    rn_onnx_name(o->net, o->net->layers[o->layer].in[i], "", name);
    rn_pb_text(o->pb, RN_NODE_INPUT, name);
}

void rn_onnx_reads_own(struct rn_onnx *o, const char *suffix)
{
    char name[RN_ONNX_NAME];

    rn_onnx_name(o->net, o->layer, suffix, name);
    rn_pb_text(o->pb, RN_NODE_INPUT, name);
}

void rn_onnx_attribute_int(struct rn_onnx *o, const char *name, int64_t value)
{
    size_t opened = rn_pb_open(o->pb, RN_NODE_ATTRIBUTE);

    rn_pb_text(o->pb, RN_ATTRIBUTE_NAME, name);
    rn_pb_int(o->pb, RN_ATTRIBUTE_I, value);
    rn_pb_int(o->pb, RN_ATTRIBUTE_TYPE, RN_ATTRIBUTE_IS_INT);
    rn_pb_close(o->pb, opened);
}

void rn_onnx_attribute_ints(struct rn_onnx *o, const char *name, int n, const int *values)
{
    size_t opened = rn_pb_open(o->pb, RN_NODE_ATTRIBUTE);

    rn_pb_text(o->pb, RN_ATTRIBUTE_NAME, name);
    for (int i = 0; i < n; i++)
        rn_pb_int(o->pb, RN_ATTRIBUTE_INTS, values[i]);
    rn_pb_int(o->pb, RN_ATTRIBUTE_TYPE, RN_ATTRIBUTE_IS_INTS);
    rn_pb_close(o->pb, opened);
}

static void tensor(struct rn_onnx *o, const char *suffix, int type, int ndim, const int64_t *dim,
                   const void *data, size_t bytes)
{
    size_t opened = rn_pb_open(o->pb, RN_GRAPH_INITIALIZER);
    char name[RN_ONNX_NAME];

    for (int i = 0; i < ndim; i++)
        rn_pb_int(o->pb, RN_TENSOR_SHAPE, dim[i]);
    rn_pb_int(o->pb, RN_TENSOR_DATA_TYPE, type);
    rn_onnx_name(o->net, o->layer, suffix, name);
    rn_pb_text(o->pb, RN_TENSOR_NAME, name);
    rn_pb_bytes(o->pb, RN_TENSOR_RAW_DATA, data, bytes);
    rn_pb_close(o->pb, opened);
}

void rn_onnx_tensor(struct rn_onnx *o, const char *suffix, int ndim, const int64_t *dim,
                    const float *data, size_t n)
{
    tensor(o, suffix, RN_TENSOR_FLOAT, ndim, dim, data, n * sizeof *data);
}

void rn_onnx_tensor_ints(struct rn_onnx *o, const char *suffix, int n, const int64_t *values)
{
    tensor(o, suffix, RN_TENSOR_INT64, 1, (const int64_t[]){n}, values, (size_t)n * sizeof *values);
}

void rn_onnx_tensor_scalar(struct rn_onnx *o, const char *suffix, float value)
{
    rn_onnx_tensor(o, suffix, 0, NULL, &value, 1);
}

void rn_onnx_tensor_values(struct rn_onnx *o, const char *suffix,
                           const struct rn_layer_values *values)
{
    rn_onnx_tensor(o, suffix, values->ndim, values->dim, values->data, values->n);
}

void rn_onnx_unary(struct rn_onnx *o, const char *op_type, const char *suffix)
{
    size_t node = rn_onnx_begin(o, op_type, suffix);

    rn_onnx_reads_input(o, 0);
    rn_onnx_end(o, node);
}

void rn_onnx_binary(struct rn_onnx *o, const char *op_type, const char *suffix, const char *a,
                    const char *b)
{
    size_t node = rn_onnx_begin(o, op_type, suffix);

    if (*a)
        rn_onnx_reads_own(o, a);
    else
        rn_onnx_reads_input(o, 0);
    rn_onnx_reads_own(o, b);
    rn_onnx_end(o, node);
}

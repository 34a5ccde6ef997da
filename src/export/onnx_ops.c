/*
 * The operators of a graph as ONNX's: one function each. A layer's output has the layer's name;
 * what an operator needs in between is called after it ("s1.b1.af/sigmoid").
 */
#include <stdio.h>
#include <string.h>

#include "export/onnx.h"

/* What the functions of the table below write with. */
struct onnx {
    struct rn_pb *pb;
    const struct rn_folded *net;
    int layer;
    const struct rn_node *node; /* of the layer */
};

void rn_onnx_name(const struct rn_folded *net, int layer, const char *suffix, char *out)
{
    const char *name = net->layers[layer].node->name;

    if (!*suffix && layer == 0)
        name = RN_ONNX_INPUT;
    else if (!*suffix && layer == net->n - 1)
        name = RN_ONNX_OUTPUT;
    snprintf(out, RN_ONNX_NAME, "%s%s", name, suffix);
}

/* A node between begin and end reads inputs, has attributes, and writes one output. `suffix` is
   that of the output, "" for the layer's own. */
static size_t begin(struct onnx *o, const char *op_type, const char *suffix)
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

static void end(struct onnx *o, size_t opened)
{
    rn_pb_close(o->pb, opened);
}

/* The node's next input: the layer's i-th, or a tensor of the layer's own. */
static void reads_input(struct onnx *o, int i)
{
    char name[RN_ONNX_NAME];

    rn_onnx_name(o->net, o->net->layers[o->layer].in[i], "", name);
    rn_pb_text(o->pb, RN_NODE_INPUT, name);
}

static void reads_own(struct onnx *o, const char *suffix)
{
    char name[RN_ONNX_NAME];

    rn_onnx_name(o->net, o->layer, suffix, name);
    rn_pb_text(o->pb, RN_NODE_INPUT, name);
}

static void attribute_int(struct onnx *o, const char *name, int64_t value)
{
    size_t opened = rn_pb_open(o->pb, RN_NODE_ATTRIBUTE);

    rn_pb_text(o->pb, RN_ATTRIBUTE_NAME, name);
    rn_pb_int(o->pb, RN_ATTRIBUTE_I, value);
    rn_pb_int(o->pb, RN_ATTRIBUTE_TYPE, RN_ATTRIBUTE_IS_INT);
    rn_pb_close(o->pb, opened);
}

static void attribute_ints(struct onnx *o, const char *name, int n, const int *values)
{
    size_t opened = rn_pb_open(o->pb, RN_NODE_ATTRIBUTE);

    rn_pb_text(o->pb, RN_ATTRIBUTE_NAME, name);
    for (int i = 0; i < n; i++)
        rn_pb_int(o->pb, RN_ATTRIBUTE_INTS, values[i]);
    rn_pb_int(o->pb, RN_ATTRIBUTE_TYPE, RN_ATTRIBUTE_IS_INTS);
    rn_pb_close(o->pb, opened);
}

/* Of rows, then of columns. */
struct window {
    int k[2], stride[2];
    int pad[4]; /* before both, then behind both */
};

static void attributes_window(struct onnx *o, const struct window *w)
{
    attribute_ints(o, "kernel_shape", 2, w->k);
    attribute_ints(o, "strides", 2, w->stride);
    attribute_ints(o, "pads", 4, w->pad);
}

/* What is missing behind an axis for `out` places of a pool's window. */
static int pad_behind(const struct rn_node *node, int in, int out)
{
    int missing = (out - 1) * node->u.pool.stride + node->u.pool.k - in - node->u.pool.pad;

    return missing > 0 ? missing : 0;
}

static struct window pool_window(const struct onnx *o)
{
    const struct rn_node *node = o->node;
    struct rn_shape in = rn_folded_in(o->net, o->layer);
    int k = node->u.pool.k, s = node->u.pool.stride, pad = node->u.pool.pad;

    return (struct window){
        {k, k},
        {s, s},
        {pad, pad, pad_behind(node, in.h, node->out.h), pad_behind(node, in.w, node->out.w)}};
}

static void tensor(struct onnx *o, const char *suffix, int ndim, const int64_t *dim,
                   const float *data, size_t n)
{
    size_t opened = rn_pb_open(o->pb, RN_GRAPH_INITIALIZER);
    char name[RN_ONNX_NAME];

    for (int i = 0; i < ndim; i++)
        rn_pb_int(o->pb, RN_TENSOR_SHAPE, dim[i]);
    rn_pb_int(o->pb, RN_TENSOR_DATA_TYPE, RN_TENSOR_FLOAT);
    rn_onnx_name(o->net, o->layer, suffix, name);
    rn_pb_text(o->pb, RN_TENSOR_NAME, name);
    rn_pb_bytes(o->pb, RN_TENSOR_RAW_DATA, data, n * sizeof *data);
    rn_pb_close(o->pb, opened);
}

static void tensor_scalar(struct onnx *o, const char *suffix, float value)
{
    tensor(o, suffix, 0, NULL, &value, 1);
}

static void tensor_values(struct onnx *o, const char *suffix, const struct rn_layer_values *values)
{
    tensor(o, suffix, values->ndim, values->dim, values->data, values->n);
}

/* A node of the layer's first input and nothing else. */
static void unary(struct onnx *o, const char *op_type, const char *suffix)
{
    size_t node = begin(o, op_type, suffix);

    reads_input(o, 0);
    end(o, node);
}

/* A node of two tensors; "": the layer's first input. */
static void binary(struct onnx *o, const char *op_type, const char *suffix, const char *a,
                   const char *b)
{
    size_t node = begin(o, op_type, suffix);

    if (*a)
        reads_own(o, a);
    else
        reads_input(o, 0);
    reads_own(o, b);
    end(o, node);
}

static void conv(struct onnx *o)
{
    const struct rn_folded_layer *layer = &o->net->layers[o->layer];
    size_t node = begin(o, "Conv", "");
    int rows = rn_conv_pad_rows(o->node), columns = rn_conv_pad_columns(o->node);
    int apart = rn_conv_dilation(o->node), dilations[] = {apart, apart};
    struct window window = {{rn_conv_rows(o->node), rn_conv_columns(o->node)},
                            {rn_conv_stride_rows(o->node), rn_conv_stride_columns(o->node)},
                            {rows, columns, rows, columns}};

    reads_input(o, 0);
    reads_own(o, RN_ONNX_WEIGHT);
    if (layer->bias.data)
        reads_own(o, RN_ONNX_BIAS);
    attributes_window(o, &window);
    attribute_ints(o, "dilations", 2, dilations);
    attribute_int(o, "group", o->node->u.conv.groups);
    end(o, node);
    tensor_values(o, RN_ONNX_WEIGHT, &layer->weight);
    if (layer->bias.data)
        tensor_values(o, RN_ONNX_BIAS, &layer->bias);
}

/* One that no convolution takes in: x scale + shift, by channel. */
static void bn(struct onnx *o)
{
    const struct rn_folded_layer *layer = &o->net->layers[o->layer];
    const int64_t dim[] = {o->node->out.c, 1, 1};

    binary(o, "Mul", "/scaled", "", RN_ONNX_WEIGHT);
    binary(o, "Add", "", "/scaled", RN_ONNX_BIAS);
    tensor(o, RN_ONNX_WEIGHT, 3, dim, layer->weight.data, layer->weight.n);
    tensor(o, RN_ONNX_BIAS, 3, dim, layer->bias.data, layer->bias.n);
}

/* x sigmoid(x): no operator before opset 24. */
static void silu(struct onnx *o)
{
    unary(o, "Sigmoid", "/sigmoid");
    binary(o, "Mul", "", "", "/sigmoid");
}

/* x (1 + erf(x / sqrt 2)) / 2: no operator before opset 20. */
static void gelu(struct onnx *o)
{
    size_t node;

    binary(o, "Mul", "/scaled", "", "/sqrt_half");
    node = begin(o, "Erf", "/erf");
    reads_own(o, "/scaled");
    end(o, node);
    binary(o, "Add", "/sum", "/erf", "/one");
    binary(o, "Mul", "/product", "", "/sum");
    binary(o, "Mul", "", "/product", "/half");
    tensor_scalar(o, "/sqrt_half", 0.70710678f);
    tensor_scalar(o, "/one", 1.0f);
    tensor_scalar(o, "/half", 0.5f);
}

static void relu6(struct onnx *o)
{
    size_t node = begin(o, "Clip", "");

    reads_input(o, 0);
    reads_own(o, "/least");
    reads_own(o, "/most");
    end(o, node);
    tensor_scalar(o, "/least", 0.0f);
    tensor_scalar(o, "/most", 6.0f);
}

static void act(struct onnx *o)
{
    switch (o->node->u.fn) {
    case RN_FN_RELU:
        unary(o, "Relu", "");
        break;
    case RN_FN_RELU6:
        relu6(o);
        break;
    case RN_FN_SIGMOID:
        unary(o, "Sigmoid", "");
        break;
    case RN_FN_SILU:
        silu(o);
        break;
    case RN_FN_GELU:
        gelu(o);
        break;
    }
}

static void add(struct onnx *o)
{
    size_t node = begin(o, "Add", "");

    reads_input(o, 0);
    reads_input(o, 1);
    end(o, node);
}

static void max_pool(struct onnx *o)
{
    size_t node = begin(o, "MaxPool", "");
    struct window window = pool_window(o);

    reads_input(o, 0);
    attributes_window(o, &window);
    end(o, node);
}

/* The mean of what lies inside of the image, unless it is of the whole window. */
static void avg_pool(struct onnx *o)
{
    size_t node = begin(o, "AveragePool", "");
    struct window window = pool_window(o);

    reads_input(o, 0);
    attributes_window(o, &window);
    attribute_int(o, "count_include_pad", o->node->u.pool.whole);
    end(o, node);
}

static void gap(struct onnx *o)
{
    unary(o, "GlobalAveragePool", "");
}

static void scale(struct onnx *o)
{
    size_t node = begin(o, "Mul", "");

    reads_input(o, 0);
    reads_input(o, 1);
    end(o, node);
}

static void linear(struct onnx *o)
{
    const struct rn_folded_layer *layer = &o->net->layers[o->layer];
    size_t node;

    unary(o, "Flatten", "/flat");
    node = begin(o, "Gemm", "");
    reads_own(o, "/flat");
    reads_own(o, RN_ONNX_WEIGHT);
    reads_own(o, RN_ONNX_BIAS);
    attribute_int(o, "transB", 1);
    end(o, node);
    tensor_values(o, RN_ONNX_WEIGHT, &layer->weight);
    tensor_values(o, RN_ONNX_BIAS, &layer->bias);
}

static void (*const ops[RN_OP_COUNT])(struct onnx *o) = {
    [RN_OP_CONV] = conv,         [RN_OP_BN] = bn,
    [RN_OP_ACT] = act,           [RN_OP_ADD] = add,
    [RN_OP_GAP] = gap,           [RN_OP_SCALE] = scale,
    [RN_OP_LINEAR] = linear,     [RN_OP_MAX_POOL] = max_pool,
    [RN_OP_AVG_POOL] = avg_pool,
};

enum rn_status rn_onnx_layer(struct rn_pb *pb, const struct rn_folded *net, int layer,
                             struct rn_err *err)
{
    const struct rn_node *node = net->layers[layer].node;
    struct onnx o = {pb, net, layer, node};

    if (!ops[node->op])
        return rn_fail(err, RN_E_UNSUPPORTED, "node %s: operator %s has no form in ONNX yet",
                       node->name, rn_op_text(node->op));
    ops[node->op](&o);
    return pb->status;
}

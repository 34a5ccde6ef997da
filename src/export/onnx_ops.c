/*
 * The operators of a graph as ONNX's: one function each. A layer's output has the layer's name;
 * what an operator needs in between is called after it ("s1.b1.af/sigmoid").
 */
#include "export/onnx_node.h"

/* Of rows, then of columns. */
struct window {
    int k[2], stride[2];
    int pad[4]; /* before both, then behind both */
};

static void attributes_window(struct rn_onnx *o, const struct window *w)
{
    rn_onnx_attribute_ints(o, "kernel_shape", 2, w->k);
    rn_onnx_attribute_ints(o, "strides", 2, w->stride);
    rn_onnx_attribute_ints(o, "pads", 4, w->pad);
}

/* What is missing behind an axis for `out` places of a pool's window. */
static int pad_behind(const struct rn_node *node, int in, int out)
{
    int missing = (out - 1) * node->u.pool.stride + node->u.pool.k - in - node->u.pool.pad;

    return missing > 0 ? missing : 0;
}

static struct window pool_window(const struct rn_onnx *o)
{
    const struct rn_node *node = o->node;
    struct rn_shape in = rn_folded_in(o->net, o->layer);
    int k = node->u.pool.k, s = node->u.pool.stride, pad = node->u.pool.pad;

    return (struct window){
        {k, k},
        {s, s},
        {pad, pad, pad_behind(node, in.h, node->out.h), pad_behind(node, in.w, node->out.w)}};
}

static void conv(struct rn_onnx *o)
{
    const struct rn_folded_layer *layer = &o->net->layers[o->layer];
    size_t node = rn_onnx_begin(o, "Conv", "");
    int rows = rn_conv_pad_rows(o->node), columns = rn_conv_pad_columns(o->node);
    int apart = rn_conv_dilation(o->node), dilations[] = {apart, apart};
    struct window window = {{rn_conv_rows(o->node), rn_conv_columns(o->node)},
                            {rn_conv_stride_rows(o->node), rn_conv_stride_columns(o->node)},
                            {rows, columns, rows, columns}};

    rn_onnx_reads_input(o, 0);
    rn_onnx_reads_own(o, RN_ONNX_WEIGHT);
    if (layer->bias.data)
        rn_onnx_reads_own(o, RN_ONNX_BIAS);
    attributes_window(o, &window);
    rn_onnx_attribute_ints(o, "dilations", 2, dilations);
    rn_onnx_attribute_int(o, "group", o->node->u.conv.groups);
    rn_onnx_end(o, node);
    rn_onnx_tensor_values(o, RN_ONNX_WEIGHT, &layer->weight);
    if (layer->bias.data)
        rn_onnx_tensor_values(o, RN_ONNX_BIAS, &layer->bias);
}

/* One that no convolution takes in: x scale + shift, by channel. */
static void bn(struct rn_onnx *o)
{
    const struct rn_folded_layer *layer = &o->net->layers[o->layer];
    const int64_t dim[] = {o->node->out.c, 1, 1};

    rn_onnx_binary(o, "Mul", "/scaled", "", RN_ONNX_WEIGHT);
    rn_onnx_binary(o, "Add", "", "/scaled", RN_ONNX_BIAS);
    rn_onnx_tensor(o, RN_ONNX_WEIGHT, 3, dim, layer->weight.data, layer->weight.n);
    rn_onnx_tensor(o, RN_ONNX_BIAS, 3, dim, layer->bias.data, layer->bias.n);
}

/* x sigmoid(x): no operator before opset 24. */
static void silu(struct rn_onnx *o)
{
    rn_onnx_unary(o, "Sigmoid", "/sigmoid");
    rn_onnx_binary(o, "Mul", "", "", "/sigmoid");
}

/* x (1 + erf(x / sqrt 2)) / 2: no operator before opset 20. */
static void gelu(struct rn_onnx *o)
{
    size_t node;

    rn_onnx_binary(o, "Mul", "/scaled", "", "/sqrt_half");
    node = rn_onnx_begin(o, "Erf", "/erf");
    rn_onnx_reads_own(o, "/scaled");
    rn_onnx_end(o, node);
    rn_onnx_binary(o, "Add", "/sum", "/erf", "/one");
    rn_onnx_binary(o, "Mul", "/product", "", "/sum");
    rn_onnx_binary(o, "Mul", "", "/product", "/half");
    rn_onnx_tensor_scalar(o, "/sqrt_half", 0.70710678f);
    rn_onnx_tensor_scalar(o, "/one", 1.0f);
    rn_onnx_tensor_scalar(o, "/half", 0.5f);
}

static void relu6(struct rn_onnx *o)
{
    size_t node = rn_onnx_begin(o, "Clip", "");

    rn_onnx_reads_input(o, 0);
    rn_onnx_reads_own(o, "/least");
    rn_onnx_reads_own(o, "/most");
    rn_onnx_end(o, node);
    rn_onnx_tensor_scalar(o, "/least", 0.0f);
    rn_onnx_tensor_scalar(o, "/most", 6.0f);
}

static void act(struct rn_onnx *o)
{
    switch (o->node->u.fn) {
    case RN_FN_RELU:
        rn_onnx_unary(o, "Relu", "");
        break;
    case RN_FN_RELU6:
        relu6(o);
        break;
    case RN_FN_SIGMOID:
        rn_onnx_unary(o, "Sigmoid", "");
        break;
    case RN_FN_SILU:
        silu(o);
        break;
    case RN_FN_GELU:
        gelu(o);
        break;
    }
}

static void add(struct rn_onnx *o)
{
    size_t node = rn_onnx_begin(o, "Add", "");

    rn_onnx_reads_input(o, 0);
    rn_onnx_reads_input(o, 1);
    rn_onnx_end(o, node);
}

static void max_pool(struct rn_onnx *o)
{
    size_t node = rn_onnx_begin(o, "MaxPool", "");
    struct window window = pool_window(o);

    rn_onnx_reads_input(o, 0);
    attributes_window(o, &window);
    rn_onnx_end(o, node);
}

/* The mean of what lies inside of the image, unless it is of the whole window. */
static void avg_pool(struct rn_onnx *o)
{
    size_t node = rn_onnx_begin(o, "AveragePool", "");
    struct window window = pool_window(o);

    rn_onnx_reads_input(o, 0);
    attributes_window(o, &window);
    rn_onnx_attribute_int(o, "count_include_pad", o->node->u.pool.whole);
    rn_onnx_end(o, node);
}

static void gap(struct rn_onnx *o)
{
    rn_onnx_unary(o, "GlobalAveragePool", "");
}

static void scale(struct rn_onnx *o)
{
    size_t node = rn_onnx_begin(o, "Mul", "");

    rn_onnx_reads_input(o, 0);
    rn_onnx_reads_input(o, 1);
    rn_onnx_end(o, node);
}

static void linear(struct rn_onnx *o)
{
    const struct rn_folded_layer *layer = &o->net->layers[o->layer];
    size_t node;

    rn_onnx_unary(o, "Flatten", "/flat");
    node = rn_onnx_begin(o, "Gemm", "");
    rn_onnx_reads_own(o, "/flat");
    rn_onnx_reads_own(o, RN_ONNX_WEIGHT);
    rn_onnx_reads_own(o, RN_ONNX_BIAS);
    rn_onnx_attribute_int(o, "transB", 1);
    rn_onnx_end(o, node);
    rn_onnx_tensor_values(o, RN_ONNX_WEIGHT, &layer->weight);
    rn_onnx_tensor_values(o, RN_ONNX_BIAS, &layer->bias);
}

/* The inputs; behind them the zeros that make up the output's channels, if there are to be more. */
static void concat(struct rn_onnx *o)
{
    int zeros = o->node->out.c;
    size_t node;

    for (int i = 0; i < o->node->n_in; i++)
        zeros -= o->net->layers[o->net->layers[o->layer].in[i]].node->out.c;
    node = rn_onnx_begin(o, "Concat", zeros ? "/inputs" : "");
    for (int i = 0; i < o->node->n_in; i++)
        rn_onnx_reads_input(o, i);
    rn_onnx_attribute_int(o, "axis", 1);
    rn_onnx_end(o, node);
    if (!zeros)
        return;
    rn_onnx_binary(o, "Pad", "", "/inputs", "/pads");
    rn_onnx_tensor_ints(o, "/pads", 8, (const int64_t[]){0, 0, 0, 0, 0, zeros, 0, 0});
}

/* From starts on, to ends, of the axes. */
static void slice_node(struct rn_onnx *o, const char *x)
{
    size_t node = rn_onnx_begin(o, "Slice", "");

    if (*x)
        rn_onnx_reads_own(o, x);
    else
        rn_onnx_reads_input(o, 0);
    rn_onnx_reads_own(o, "/starts");
    rn_onnx_reads_own(o, "/ends");
    rn_onnx_reads_own(o, "/axes");
    rn_onnx_end(o, node);
}

static void slice(struct rn_onnx *o)
{
    int64_t first = o->node->u.slice.first, end = first + o->node->out.c;

    slice_node(o, "");
    rn_onnx_tensor_ints(o, "/starts", 1, &first);
    rn_onnx_tensor_ints(o, "/ends", 1, &end);
    rn_onnx_tensor_ints(o, "/axes", 1, (const int64_t[]){1});
}

/* One row and column of zeros behind, and the first ones cut off. */
static void shift(struct rn_onnx *o)
{
    struct rn_shape s = o->node->out;

    rn_onnx_binary(o, "Pad", "/padded", "", "/pads");
    slice_node(o, "/padded");
    rn_onnx_tensor_ints(o, "/pads", 8, (const int64_t[]){0, 0, 0, 0, 0, 0, 1, 1});
    rn_onnx_tensor_ints(o, "/starts", 2, (const int64_t[]){1, 1});
    rn_onnx_tensor_ints(o, "/ends", 2, (const int64_t[]){s.h + 1, s.w + 1});
    rn_onnx_tensor_ints(o, "/axes", 2, (const int64_t[]){2, 3});
}

/* Rows and columns of zeros behind. */
static void pad(struct rn_onnx *o)
{
    rn_onnx_binary(o, "Pad", "", "", "/pads");
    rn_onnx_tensor_ints(
        o, "/pads", 8,
        (const int64_t[]){0, 0, 0, 0, 0, 0, o->node->u.pad.rows, o->node->u.pad.columns});
}

/* Channels as a matrix of groups by width, transposed. A size of 0: as it is. */
static void shuffle(struct rn_onnx *o)
{
    static const int order[] = {0, 2, 1, 3, 4};
    struct rn_shape s = o->node->out;
    int groups = o->node->u.shuffle.groups;
    size_t node;

    rn_onnx_binary(o, "Reshape", "/matrix", "", "/split");
    node = rn_onnx_begin(o, "Transpose", "/transposed");
    rn_onnx_reads_own(o, "/matrix");
    rn_onnx_attribute_ints(o, "perm", 5, order);
    rn_onnx_end(o, node);
    rn_onnx_binary(o, "Reshape", "", "/transposed", "/shape");
    rn_onnx_tensor_ints(o, "/split", 5, (const int64_t[]){0, groups, s.c / groups, s.h, s.w});
    rn_onnx_tensor_ints(o, "/shape", 4, (const int64_t[]){0, s.c, s.h, s.w});
}

static void (*const ops[RN_OP_COUNT])(struct rn_onnx *o) = {
    [RN_OP_CONV] = conv,         [RN_OP_BN] = bn,
    [RN_OP_ACT] = act,           [RN_OP_ADD] = add,
    [RN_OP_GAP] = gap,           [RN_OP_SCALE] = scale,
    [RN_OP_LINEAR] = linear,     [RN_OP_MAX_POOL] = max_pool,
    [RN_OP_AVG_POOL] = avg_pool, [RN_OP_CONCAT] = concat,
    [RN_OP_SLICE] = slice,       [RN_OP_SHUFFLE] = shuffle,
    [RN_OP_SHIFT] = shift,       [RN_OP_PAD] = pad,
};

enum rn_status rn_onnx_layer(struct rn_pb *pb, const struct rn_folded *net, int layer,
                             struct rn_err *err)
{
    const struct rn_node *node = net->layers[layer].node;
    struct rn_onnx o = {pb, net, layer, node};

    if (!ops[node->op])
        return rn_fail(err, RN_E_UNSUPPORTED, "node %s: operator %s has no form in ONNX",
                       node->name, rn_op_text(node->op));
    ops[node->op](&o);
    return pb->status;
}

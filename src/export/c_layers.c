/*
 * The operators of a graph as C: the text of a function each, in the words of the reference engine,
 * and how it is called. Values lie h x w x c; a convolution's weight is c_out x c_in / groups x k x
 * k.
 */
#include "export/c_layers.h"

const char rn_c_preamble[] =
    "/* What sums are kept in. float is faster where double is emulated. */\n"
    "typedef double sum_t;\n"
    "\n"
    "/* One direction of a window: taps, what it moves by, zeros before, pixels from tap to tap. "
    "*/\n"
    "struct axis {\n"
    "    int k, stride, pad, dilation;\n"
    "};\n"
    "\n"
    "/* A window that moves over h x w x c, down and across, and gives oh x ow x oc. */\n"
    "struct window {\n"
    "    int h, w, c, oh, ow, oc;\n"
    "    struct axis down, across;\n"
    "    int groups;\n"
    "};\n"
    "\n";

/* Functions of an array alone: relu(x, y, n). */

static const char relu_text[] = "static void relu(const float *x, float *y, int n)\n"
                                "{\n"
                                "    for (int i = 0; i < n; i++)\n"
                                "        y[i] = x[i] < 0 ? 0 : x[i];\n"
                                "}\n";

static const char relu6_text[] = "static void relu6(const float *x, float *y, int n)\n"
                                 "{\n"
                                 "    for (int i = 0; i < n; i++)\n"
                                 "        y[i] = x[i] < 0 ? 0 : x[i] > 6 ? 6 : x[i];\n"
                                 "}\n";

static const char sigmoid_text[] = "static void sigmoid(const float *x, float *y, int n)\n"
                                   "{\n"
                                   "    for (int i = 0; i < n; i++)\n"
                                   "        y[i] = (float)(1 / (1 + exp(-(double)x[i])));\n"
                                   "}\n";

static const char silu_text[] = "static void silu(const float *x, float *y, int n)\n"
                                "{\n"
                                "    for (int i = 0; i < n; i++)\n"
                                "        y[i] = (float)(x[i] / (1 + exp(-(double)x[i])));\n"
                                "}\n";

static const char gelu_text[] =
    "static void gelu(const float *x, float *y, int n)\n"
    "{\n"
    "    for (int i = 0; i < n; i++)\n"
    "        y[i] = (float)(0.5 * x[i] * erfc(-x[i] * 0.70710678118654752440));\n"
    "}\n";

static int count(struct rn_shape s)
{
    return s.h * s.w * s.c;
}

static enum rn_status call_act(const struct rn_c_call *call, struct rn_buf *out, struct rn_err *err)
{
    static const char *const names[] = {[RN_FN_RELU] = "relu",
                                        [RN_FN_RELU6] = "relu6",
                                        [RN_FN_SILU] = "silu",
                                        [RN_FN_GELU] = "gelu",
                                        [RN_FN_SIGMOID] = "sigmoid"};
    const struct rn_node *node = call->net->layers[call->layer].node;

    return rn_buf_addf(out, err, "%s(%s, %s, %d);", names[node->u.fn], call->x[0], call->y,
                       count(node->out));
}

static const char add_text[] = "static void add(const float *a, const float *b, float *y, int n)\n"
                               "{\n"
                               "    for (int i = 0; i < n; i++)\n"
                               "        y[i] = a[i] + b[i];\n"
                               "}\n";

static enum rn_status call_add(const struct rn_c_call *call, struct rn_buf *out, struct rn_err *err)
{
    return rn_buf_addf(out, err, "add(%s, %s, %s, %d);", call->x[0], call->x[1], call->y,
                       count(call->net->layers[call->layer].node->out));
}

/* Functions of each channel of h x w pixels. */

static const char affine_text[] =
    "static void affine(const float *x, float *y, const float *scale, const float *shift, int "
    "pixels, int c)\n"
    "{\n"
    "    for (int p = 0; p < pixels; p++)\n"
    "        for (int i = 0; i < c; i++)\n"
    "            y[p * c + i] = x[p * c + i] * scale[i] + shift[i];\n"
    "}\n";

static enum rn_status call_affine(const struct rn_c_call *call, struct rn_buf *out,
                                  struct rn_err *err)
{
    struct rn_shape s = call->net->layers[call->layer].node->out;

    return rn_buf_addf(out, err, "affine(%s, %s, weight_%d, bias_%d, %d, %d);", call->x[0], call->y,
                       call->layer, call->layer, s.h * s.w, s.c);
}

static const char scale_text[] =
    "static void scale(const float *x, const float *gate, float *y, int pixels, int c)\n"
    "{\n"
    "    for (int p = 0; p < pixels; p++)\n"
    "        for (int i = 0; i < c; i++)\n"
    "            y[p * c + i] = x[p * c + i] * gate[i];\n"
    "}\n";

static enum rn_status call_scale(const struct rn_c_call *call, struct rn_buf *out,
                                 struct rn_err *err)
{
    struct rn_shape s = call->net->layers[call->layer].node->out;

    return rn_buf_addf(out, err, "scale(%s, %s, %s, %d, %d);", call->x[0], call->x[1], call->y,
                       s.h * s.w, s.c);
}

static const char gap_text[] = "static void average(const float *x, float *y, int pixels, int c)\n"
                               "{\n"
                               "    for (int i = 0; i < c; i++) {\n"
                               "        sum_t sum = 0;\n"
                               "        for (int p = 0; p < pixels; p++)\n"
                               "            sum += x[p * c + i];\n"
                               "        y[i] = (float)(sum / (sum_t)pixels);\n"
                               "    }\n"
                               "}\n";

static enum rn_status call_gap(const struct rn_c_call *call, struct rn_buf *out, struct rn_err *err)
{
    struct rn_shape s = rn_folded_in(call->net, call->layer);

    return rn_buf_addf(out, err, "average(%s, %s, %d, %d);", call->x[0], call->y, s.h * s.w, s.c);
}

static const char linear_text[] = "static void linear(const float *x, float *y, const float "
                                  "*weight, const float *bias, int c_in, "
                                  "int c_out)\n"
                                  "{\n"
                                  "    for (int o = 0; o < c_out; o++) {\n"
                                  "        sum_t sum = bias[o];\n"
                                  "        for (int i = 0; i < c_in; i++)\n"
                                  "            sum += (sum_t)x[i] * (sum_t)weight[o * c_in + i];\n"
                                  "        y[o] = (float)sum;\n"
                                  "    }\n"
                                  "}\n";

static enum rn_status call_linear(const struct rn_c_call *call, struct rn_buf *out,
                                  struct rn_err *err)
{
    return rn_buf_addf(out, err, "linear(%s, %s, weight_%d, bias_%d, %d, %d);", call->x[0], call->y,
                       call->layer, call->layer, rn_folded_in(call->net, call->layer).c,
                       call->net->layers[call->layer].node->out.c);
}

/* Functions of channels. */

static const char copy_channels_text[] =
    "/* n channels of each pixel: from the first of c to the first of yc; zeros without x. */\n"
    "static void copy_channels(const float *x, float *y, int pixels, int n, int c, int yc)\n"
    "{\n"
    "    for (int p = 0; p < pixels; p++)\n"
    "        for (int i = 0; i < n; i++)\n"
    "            y[p * yc + i] = x ? x[p * c + i] : 0;\n"
    "}\n";

static enum rn_status call_slice(const struct rn_c_call *call, struct rn_buf *out,
                                 struct rn_err *err)
{
    const struct rn_node *node = call->net->layers[call->layer].node;

    return rn_buf_addf(out, err, "copy_channels(%s + %d, %s, %d, %d, %d, %d);", call->x[0],
                       node->u.slice.first, call->y, node->out.h * node->out.w, node->out.c,
                       rn_folded_in(call->net, call->layer).c, node->out.c);
}

/* One input after the other; then zeros, where there are more channels than those. */
static enum rn_status call_concat(const struct rn_c_call *call, struct rn_buf *out,
                                  struct rn_err *err)
{
    const struct rn_folded_layer *layer = &call->net->layers[call->layer];
    struct rn_shape s = layer->node->out;
    int first = 0;
    enum rn_status status = RN_OK;

    for (int i = 0; i < layer->node->n_in; i++) {
        int c = call->net->layers[layer->in[i]].node->out.c;
        RN_TRY(rn_buf_addf(out, err, "%scopy_channels(%s, %s + %d, %d, %d, %d, %d);",
                           i ? "\n    " : "", call->x[i], call->y, first, s.h * s.w, c, c, s.c));
        first += c;
    }
    if (first < s.c)
        RN_TRY(rn_buf_addf(out, err, "\n    copy_channels(0, %s + %d, %d, %d, 0, %d);", call->y,
                           first, s.h * s.w, s.c - first, s.c));
done:
    return status;
}

static const char shuffle_text[] =
    "static void shuffle(const float *x, float *y, int pixels, int c, int groups)\n"
    "{\n"
    "    int width = c / groups;\n"
    "\n"
    "    for (int p = 0; p < pixels; p++)\n"
    "        for (int i = 0; i < c; i++)\n"
    "            y[p * c + i % width * groups + i / width] = x[p * c + i];\n"
    "}\n";

static enum rn_status call_shuffle(const struct rn_c_call *call, struct rn_buf *out,
                                   struct rn_err *err)
{
    const struct rn_node *node = call->net->layers[call->layer].node;

    return rn_buf_addf(out, err, "shuffle(%s, %s, %d, %d, %d);", call->x[0], call->y,
                       node->out.h * node->out.w, node->out.c, node->u.shuffle.groups);
}

static const char shift_text[] =
    "/* One pixel up and left. */\n"
    "static void shift(const float *x, float *y, int h, int w, int c)\n"
    "{\n"
    "    for (int iy = 1; iy <= h; iy++)\n"
    "        for (int ix = 1; ix <= w; ix++)\n"
    "            for (int i = 0; i < c; i++)\n"
    "                *y++ = iy < h && ix < w ? x[(iy * w + ix) * c + i] : 0;\n"
    "}\n";

static enum rn_status call_shift(const struct rn_c_call *call, struct rn_buf *out,
                                 struct rn_err *err)
{
    struct rn_shape s = call->net->layers[call->layer].node->out;

    return rn_buf_addf(out, err, "shift(%s, %s, %d, %d, %d);", call->x[0], call->y, s.h, s.w, s.c);
}

static const char pad_text[] =
    "/* Lines of w pixels become lines of ow, and there are oh of them: zeros behind. */\n"
    "static void pad(const float *x, float *y, int h, int w, int c, int oh, int ow)\n"
    "{\n"
    "    for (int row = 0; row < oh; row++)\n"
    "        for (int i = 0; i < ow * c; i++)\n"
    "            *y++ = row < h && i < w * c ? x[row * w * c + i] : 0;\n"
    "}\n";

static enum rn_status call_pad(const struct rn_c_call *call, struct rn_buf *out, struct rn_err *err)
{
    const struct rn_node *node = call->net->layers[call->layer].node;
    struct rn_shape s = node->out;

    return rn_buf_addf(out, err, "pad(%s, %s, %d, %d, %d, %d, %d);", call->x[0], call->y,
                       s.h - node->u.pad.rows, s.w - node->u.pad.columns, s.c, s.h, s.w);
}

static const struct rn_c_function functions[RN_OP_COUNT] = {
    [RN_OP_CONV] = {rn_c_conv_text, rn_c_call_conv},
    [RN_OP_BN] = {affine_text, call_affine},
    [RN_OP_ADD] = {add_text, call_add},
    [RN_OP_MAX_POOL] = {rn_c_max_pool_text, rn_c_call_max_pool},
    [RN_OP_GAP] = {gap_text, call_gap},
    [RN_OP_SCALE] = {scale_text, call_scale},
    [RN_OP_LINEAR] = {linear_text, call_linear},
    [RN_OP_AVG_POOL] = {rn_c_avg_pool_text, rn_c_call_avg_pool},
    [RN_OP_CONCAT] = {copy_channels_text, call_concat},
    [RN_OP_SLICE] = {copy_channels_text, call_slice},
    [RN_OP_SHUFFLE] = {shuffle_text, call_shuffle},
    [RN_OP_SHIFT] = {shift_text, call_shift},
    [RN_OP_PAD] = {pad_text, call_pad},
};

static const struct rn_c_function activations[] = {
    [RN_FN_RELU] = {relu_text, call_act},       [RN_FN_RELU6] = {relu6_text, call_act},
    [RN_FN_SILU] = {silu_text, call_act},       [RN_FN_GELU] = {gelu_text, call_act},
    [RN_FN_SIGMOID] = {sigmoid_text, call_act},
};

const struct rn_c_function *rn_c_function_of(const struct rn_node *node)
{
    const struct rn_c_function *function =
        node->op == RN_OP_ACT ? &activations[node->u.fn] : &functions[node->op];

    return function->text ? function : NULL;
}

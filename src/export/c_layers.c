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
    "/* A window of k x k that moves over h x w x c and gives oh x ow x oc. */\n"
    "struct window {\n"
    "    int h, w, c, oh, ow, oc, k, stride, pad, groups;\n"
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

/* Functions of windows. */

static const char conv_text[] =
    "static sum_t conv_at(const struct window *v, const float *x, const float *weight, int oy, int "
    "ox, int o)\n"
    "{\n"
    "    int ci = v->c / v->groups, first = o / (v->oc / v->groups) * ci;\n"
    "    sum_t sum = 0;\n"
    "\n"
    "    for (int ky = 0; ky < v->k; ky++)\n"
    "        for (int kx = 0; kx < v->k; kx++) {\n"
    "            int iy = oy * v->stride + ky - v->pad, ix = ox * v->stride + kx - v->pad;\n"
    "\n"
    "            if (iy < 0 || iy >= v->h || ix < 0 || ix >= v->w)\n"
    "                continue;\n"
    "            for (int i = 0; i < ci; i++)\n"
    "                sum += (sum_t)x[(iy * v->w + ix) * v->c + first + i] *\n"
    "                       (sum_t)weight[((o * ci + i) * v->k + ky) * v->k + kx];\n"
    "        }\n"
    "    return sum;\n"
    "}\n"
    "\n"
    "static void conv(const struct window *v, const float *x, float *y, const float *weight, const "
    "float *bias)\n"
    "{\n"
    "    for (int oy = 0; oy < v->oh; oy++)\n"
    "        for (int ox = 0; ox < v->ow; ox++)\n"
    "            for (int o = 0; o < v->oc; o++)\n"
    "                *y++ = (float)(conv_at(v, x, weight, oy, ox, o) + (bias ? bias[o] : 0));\n"
    "}\n";

static enum rn_status window(const struct rn_c_call *call, int k, int stride, int pad, int groups,
                             struct rn_buf *out, struct rn_err *err)
{
    struct rn_shape in = rn_folded_in(call->net, call->layer);
    struct rn_shape y = call->net->layers[call->layer].node->out;

    return rn_buf_addf(out, err, "&(const struct window){%d, %d, %d, %d, %d, %d, %d, %d, %d, %d}",
                       in.h, in.w, in.c, y.h, y.w, y.c, k, stride, pad, groups);
}

static enum rn_status call_conv(const struct rn_c_call *call, struct rn_buf *out,
                                struct rn_err *err)
{
    const struct rn_folded_layer *layer = &call->net->layers[call->layer];
    const struct rn_node *node = layer->node;
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "conv("));
    RN_TRY(window(call, node->u.conv.k, node->u.conv.stride, node->u.conv.pad, node->u.conv.groups,
                  out, err));
    RN_TRY(rn_buf_addf(out, err, ", %s, %s, weight_%d, ", call->x[0], call->y, call->layer));
    if (layer->bias.data)
        RN_TRY(rn_buf_addf(out, err, "bias_%d);", call->layer));
    else
        RN_TRY(rn_buf_addf(out, err, "0);"));
done:
    return status;
}

static const char max_pool_text[] =
    "static float max_at(const struct window *v, const float *x, int oy, int ox, int c)\n"
    "{\n"
    "    int y0 = oy * v->stride - v->pad, x0 = ox * v->stride - v->pad;\n"
    "    float best = -INFINITY;\n"
    "\n"
    "    for (int iy = y0 < 0 ? 0 : y0; iy < y0 + v->k && iy < v->h; iy++)\n"
    "        for (int ix = x0 < 0 ? 0 : x0; ix < x0 + v->k && ix < v->w; ix++) {\n"
    "            float in = x[(iy * v->w + ix) * v->c + c];\n"
    "            best = best >= in ? best : in;\n"
    "        }\n"
    "    return best;\n"
    "}\n"
    "\n"
    "static void max_pool(const struct window *v, const float *x, float *y)\n"
    "{\n"
    "    for (int oy = 0; oy < v->oh; oy++)\n"
    "        for (int ox = 0; ox < v->ow; ox++)\n"
    "            for (int c = 0; c < v->c; c++)\n"
    "                *y++ = max_at(v, x, oy, ox, c);\n"
    "}\n";

static enum rn_status call_max_pool(const struct rn_c_call *call, struct rn_buf *out,
                                    struct rn_err *err)
{
    const struct rn_node *node = call->net->layers[call->layer].node;
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "max_pool("));
    RN_TRY(window(call, node->u.pool.k, node->u.pool.stride, node->u.pool.pad, 1, out, err));
    RN_TRY(rn_buf_addf(out, err, ", %s, %s);", call->x[0], call->y));
done:
    return status;
}

static const struct rn_c_function functions[RN_OP_COUNT] = {
    [RN_OP_CONV] = {conv_text, call_conv},       [RN_OP_BN] = {affine_text, call_affine},
    [RN_OP_ADD] = {add_text, call_add},          [RN_OP_MAX_POOL] = {max_pool_text, call_max_pool},
    [RN_OP_GAP] = {gap_text, call_gap},          [RN_OP_SCALE] = {scale_text, call_scale},
    [RN_OP_LINEAR] = {linear_text, call_linear},
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
    bool odd = node->op == RN_OP_CONV &&
               (node->u.conv.taps != RN_TAPS_SQUARE || rn_conv_dilation(node) > 1);

    return function->text && !odd ? function : NULL;
}

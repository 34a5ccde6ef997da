/* Convolutions and pools as C. */
#include "export/c_layers.h"

const char rn_c_conv_text[] =
    "/* The input pixel under tap k of output o; -1: outside of the image. */\n"
    "static int under(struct axis a, int o, int k, int size)\n"
    "{\n"
    "    int i = o * a.stride + k * a.dilation - a.pad;\n"
    "\n"
    "    return i < size ? i : -1;\n"
    "}\n"
    "\n"
    "static sum_t conv_at(const struct window *v, const float *x, const float *weight, int oy, int "
    "ox, int o)\n"
    "{\n"
    "    int ci = v->c / v->groups, first = o / (v->oc / v->groups) * ci;\n"
    "    sum_t sum = 0;\n"
    "\n"
    "    for (int ky = 0; ky < v->down.k; ky++)\n"
    "        for (int kx = 0; kx < v->across.k; kx++) {\n"
    "            int iy = under(v->down, oy, ky, v->h), ix = under(v->across, ox, kx, v->w);\n"
    "\n"
    "            if (iy < 0 || ix < 0)\n"
    "                continue;\n"
    "            for (int i = 0; i < ci; i++)\n"
    "                sum += (sum_t)x[(iy * v->w + ix) * v->c + first + i] *\n"
    "                       (sum_t)weight[((o * ci + i) * v->down.k + ky) * v->across.k + kx];\n"
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

struct axis {
    int k, stride, pad, dilation;
};

static enum rn_status window(const struct rn_c_call *call, struct axis down, struct axis across,
                             int groups, struct rn_buf *out, struct rn_err *err)
{
    struct rn_shape in = rn_folded_in(call->net, call->layer);
    struct rn_shape y = call->net->layers[call->layer].node->out;

    return rn_buf_addf(out, err,
                       "&(const struct window){%d, %d, %d, %d, %d, %d, {%d, %d, %d, %d}, "
                       "{%d, %d, %d, %d}, %d}",
                       in.h, in.w, in.c, y.h, y.w, y.c, down.k, down.stride, down.pad,
                       down.dilation, across.k, across.stride, across.pad, across.dilation, groups);
}

enum rn_status rn_c_call_conv(const struct rn_c_call *call, struct rn_buf *out, struct rn_err *err)
{
    const struct rn_folded_layer *layer = &call->net->layers[call->layer];
    const struct rn_node *node = layer->node;
    struct axis down = {rn_conv_rows(node), rn_conv_stride_rows(node), rn_conv_pad_rows(node),
                        rn_conv_dilation(node)};
    struct axis across = {rn_conv_columns(node), rn_conv_stride_columns(node),
                          rn_conv_pad_columns(node), rn_conv_dilation(node)};
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "conv("));
    RN_TRY(window(call, down, across, node->u.conv.groups, out, err));
    RN_TRY(rn_buf_addf(out, err, ", %s, %s, weight_%d, ", call->x[0], call->y, call->layer));
    if (layer->bias.data)
        RN_TRY(rn_buf_addf(out, err, "bias_%d);", call->layer));
    else
        RN_TRY(rn_buf_addf(out, err, "0);"));
done:
    return status;
}

const char rn_c_max_pool_text[] =
    "static float max_at(const struct window *v, const float *x, int oy, int ox, int c)\n"
    "{\n"
    "    int y0 = oy * v->down.stride - v->down.pad, x0 = ox * v->across.stride - v->across.pad;\n"
    "    float best = -INFINITY;\n"
    "\n"
    "    for (int iy = y0 < 0 ? 0 : y0; iy < y0 + v->down.k && iy < v->h; iy++)\n"
    "        for (int ix = x0 < 0 ? 0 : x0; ix < x0 + v->across.k && ix < v->w; ix++) {\n"
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

const char rn_c_avg_pool_text[] =
    "/* The mean of what lies inside of the image; or of the whole window, with zeros outside. */\n"
    "static float mean_at(const struct window *v, const float *x, int whole, int oy, int ox, "
    "int c)\n"
    "{\n"
    "    int y0 = oy * v->down.stride - v->down.pad, x0 = ox * v->across.stride - v->across.pad;\n"
    "    sum_t sum = 0;\n"
    "    int n = 0;\n"
    "\n"
    "    for (int iy = y0 < 0 ? 0 : y0; iy < y0 + v->down.k && iy < v->h; iy++)\n"
    "        for (int ix = x0 < 0 ? 0 : x0; ix < x0 + v->across.k && ix < v->w; ix++, n++)\n"
    "            sum += x[(iy * v->w + ix) * v->c + c];\n"
    "    return (float)(sum / (sum_t)(whole ? v->down.k * v->across.k : n));\n"
    "}\n"
    "\n"
    "static void avg_pool(const struct window *v, int whole, const float *x, float *y)\n"
    "{\n"
    "    for (int oy = 0; oy < v->oh; oy++)\n"
    "        for (int ox = 0; ox < v->ow; ox++)\n"
    "            for (int c = 0; c < v->c; c++)\n"
    "                *y++ = mean_at(v, x, whole, oy, ox, c);\n"
    "}\n";

static enum rn_status call_pool(const char *name, const char *whole, const struct rn_c_call *call,
                                struct rn_buf *out, struct rn_err *err)
{
    const struct rn_node *node = call->net->layers[call->layer].node;
    struct axis axis = {node->u.pool.k, node->u.pool.stride, node->u.pool.pad, 1};
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "%s(", name));
    RN_TRY(window(call, axis, axis, 1, out, err));
    RN_TRY(rn_buf_addf(out, err, "%s, %s, %s);", whole, call->x[0], call->y));
done:
    return status;
}

enum rn_status rn_c_call_max_pool(const struct rn_c_call *call, struct rn_buf *out,
                                  struct rn_err *err)
{
    return call_pool("max_pool", "", call, out, err);
}

enum rn_status rn_c_call_avg_pool(const struct rn_c_call *call, struct rn_buf *out,
                                  struct rn_err *err)
{
    const struct rn_node *node = call->net->layers[call->layer].node;

    return call_pool("avg_pool", node->u.pool.whole ? ", 1" : ", 0", call, out, err);
}

/* Convolution: shape, parameters, multiply-adds. */
#include "model/rule.h"

static struct rn_shape conv_shape(const struct rn_node *node, const struct rn_shape *in)
{
    int dilation = rn_conv_dilation(node);
    int rows = (rn_conv_rows(node) - 1) * dilation + 1;
    int columns = (rn_conv_columns(node) - 1) * dilation + 1;

    return (struct rn_shape){
        .h = rn_window_out(in->h, rows, rn_conv_stride_rows(node), rn_conv_pad_rows(node)),
        .w = rn_window_out(in->w, columns, rn_conv_stride_columns(node), rn_conv_pad_columns(node)),
        .c = node->out.c};
}

static int conv_params(const struct rn_node *node, const struct rn_shape *in,
                       struct rn_param *params)
{
    params[0] = (struct rn_param){.role = RN_PARAM_WEIGHT,
                                  .ndim = 4,
                                  .dim = {node->out.c, in->c / node->u.conv.groups,
                                          rn_conv_rows(node), rn_conv_columns(node)}};
    if (!node->u.conv.bias)
        return 1;
    params[1] = rn_param_vector(RN_PARAM_BIAS, node->out.c);
    return 2;
}

static int64_t conv_flops(const struct rn_node *node, const struct rn_shape *in)
{
    int64_t taps = (int64_t)rn_conv_rows(node) * rn_conv_columns(node);
    int64_t outputs = (int64_t)node->out.h * node->out.w * node->out.c;

    return taps * (in->c / node->u.conv.groups) * outputs + (node->u.conv.bias ? outputs : 0);
}

const struct rn_op_rule rn_conv_rule = {"conv", conv_shape, conv_params, conv_flops, true};

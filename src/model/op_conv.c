/* Convolution: shape, parameters, multiply-adds. */
#include "model/rule.h"

static struct rn_shape conv_shape(const struct rn_node *node, const struct rn_shape *in)
{
    int k = node->u.conv.k, stride = node->u.conv.stride, pad = node->u.conv.pad;

    return (struct rn_shape){.h = rn_window_out(in->h, k, stride, pad),
                             .w = rn_window_out(in->w, k, stride, pad),
                             .c = node->out.c};
}

static int conv_params(const struct rn_node *node, const struct rn_shape *in,
                       struct rn_param *params)
{
    int k = node->u.conv.k;

    params[0] = (struct rn_param){.role = RN_PARAM_WEIGHT,
                                  .ndim = 4,
                                  .dim = {node->out.c, in->c / node->u.conv.groups, k, k}};
    if (!node->u.conv.bias)
        return 1;
    params[1] = rn_param_vector(RN_PARAM_BIAS, node->out.c);
    return 2;
}

static int64_t conv_flops(const struct rn_node *node, const struct rn_shape *in)
{
    int64_t k = node->u.conv.k, outputs = (int64_t)node->out.h * node->out.w * node->out.c;

    return k * k * (in->c / node->u.conv.groups) * outputs + (node->u.conv.bias ? outputs : 0);
}

const struct rn_op_rule rn_conv_rule = {"conv", conv_shape, conv_params, conv_flops, true};

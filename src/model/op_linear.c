/* The fully connected layer of the head: a 1 x 1 input, always with a bias. */
#include "model/rule.h"

#include <assert.h>

static struct rn_shape linear_shape(const struct rn_node *node, const struct rn_shape *in)
{
    assert(in->h == 1 && in->w == 1);
    return (struct rn_shape){1, 1, node->out.c};
}

static int linear_params(const struct rn_node *node, const struct rn_shape *in,
                         struct rn_param *params)
{
    params[0] =
        (struct rn_param){.role = RN_PARAM_WEIGHT, .ndim = 2, .dim = {node->out.c, in->c, 1, 1}};
    params[1] = rn_param_vector(RN_PARAM_BIAS, node->out.c);
    return 2;
}

static int64_t linear_flops(const struct rn_node *node, const struct rn_shape *in)
{
    return (int64_t)node->out.c * in->c + node->out.c;
}

const struct rn_op_rule rn_linear_rule = {"linear", linear_shape, linear_params, linear_flops,
                                          true};

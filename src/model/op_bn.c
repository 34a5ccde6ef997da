/* Batch normalization: four vectors, two of them trained; counted as free. */
#include "model/rule.h"

static struct rn_shape bn_shape(const struct rn_node *node, const struct rn_shape *in)
{
    (void)node;
    return *in;
}

static int bn_params(const struct rn_node *node, const struct rn_shape *in, struct rn_param *params)
{
    (void)node;
    params[0] = rn_param_vector(RN_PARAM_GAMMA, in->c);
    params[1] = rn_param_vector(RN_PARAM_BETA, in->c);
    params[2] = rn_param_vector(RN_PARAM_MEAN, in->c);
    params[3] = rn_param_vector(RN_PARAM_VAR, in->c);
    return 4;
}

const struct rn_op_rule rn_bn_rule = {"bn", bn_shape, bn_params, NULL, false};

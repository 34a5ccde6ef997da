/* Elementwise activation: keeps the shape, counts nothing. */
#include "model/rule.h"

static struct rn_shape act_shape(const struct rn_node *node, const struct rn_shape *in)
{
    (void)node;
    return *in;
}

const struct rn_op_rule rn_act_rule = {"act", act_shape, NULL, NULL, false};

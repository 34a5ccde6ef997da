/* Max and average pooling, whose outputs count as activations, and global average pooling, which is
   free. */
#include "model/rule.h"

static struct rn_shape pool_shape(const struct rn_node *node, const struct rn_shape *in)
{
    int stride = node->u.pool.stride;

    return (struct rn_shape){(in->h - 1) / stride + 1, (in->w - 1) / stride + 1, in->c};
}

static struct rn_shape gap_shape(const struct rn_node *node, const struct rn_shape *in)
{
    (void)node;
    return (struct rn_shape){1, 1, in->c};
}

const struct rn_op_rule rn_max_pool_rule = {"max_pool", pool_shape, NULL, NULL, true};
const struct rn_op_rule rn_avg_pool_rule = {"avg_pool", pool_shape, NULL, NULL, true};
const struct rn_op_rule rn_gap_rule = {"gap", gap_shape, NULL, NULL, false};

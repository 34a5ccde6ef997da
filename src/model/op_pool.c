/* Max pooling, whose outputs pycls counts as activations, and global average pooling, which is
 * free. */
#include "model/rule.h"

static struct rn_shape max_pool_shape(const struct rn_node *node, const struct rn_shape *in)
{
    int k = node->u.pool.k, stride = node->u.pool.stride, pad = node->u.pool.pad;

    return (struct rn_shape){.h = rn_window_out(in->h, k, stride, pad),
                             .w = rn_window_out(in->w, k, stride, pad),
                             .c = in->c};
}

static struct rn_shape gap_shape(const struct rn_node *node, const struct rn_shape *in)
{
    (void)node;
    return (struct rn_shape){1, 1, in->c};
}

const struct rn_op_rule rn_max_pool_rule = {"max_pool", max_pool_shape, NULL, NULL, true};
const struct rn_op_rule rn_gap_rule = {"gap", gap_shape, NULL, NULL, false};

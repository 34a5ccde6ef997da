/* Squeeze-and-excitation's product of a feature map and one gate a channel. */
#include "model/rule.h"

#include <assert.h>

static struct rn_shape scale_shape(const struct rn_node *node, const struct rn_shape *in)
{
    (void)node;
    assert(in[1].h == 1 && in[1].w == 1 && in[1].c == in[0].c);
    return in[0];
}

const struct rn_op_rule rn_scale_rule = {"scale", scale_shape, NULL, NULL, false};

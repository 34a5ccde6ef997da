/* The sum of a residual block: both inputs and the output have one shape. */
#include "model/rule.h"

#include <assert.h>

static struct rn_shape add_shape(const struct rn_node *node, const struct rn_shape *in)
{
    (void)node;
    assert(in[0].h == in[1].h && in[0].w == in[1].w && in[0].c == in[1].c);
    return in[0];
}

const struct rn_op_rule rn_add_rule = {"add", add_shape, NULL, NULL, false};

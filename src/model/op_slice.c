/* Some of the channels, the first of them u.slice.first; how many, the builder has put into out.c.
 */
#include "model/rule.h"

#include <assert.h>

static struct rn_shape slice_shape(const struct rn_node *node, const struct rn_shape *in)
{
    assert(node->u.slice.first >= 0 && node->u.slice.first + node->out.c <= in->c);
    return (struct rn_shape){in->h, in->w, node->out.c};
}

const struct rn_op_rule rn_slice_rule = {"slice", slice_shape, NULL, NULL, false};

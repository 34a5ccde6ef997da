/* Rows and columns of zeros behind an image: where TensorFlow pads an even side. */
#include "model/rule.h"

static struct rn_shape pad_shape(const struct rn_node *node, const struct rn_shape *in)
{
    return (struct rn_shape){in->h + node->u.pad.rows, in->w + node->u.pad.columns, in->c};
}

const struct rn_op_rule rn_pad_rule = {"pad", pad_shape, NULL, NULL, false};

/* ShuffleNet's channel shuffle: channel j of group i goes to place j * groups + i. */
#include "model/rule.h"

#include <assert.h>

static struct rn_shape shuffle_shape(const struct rn_node *node, const struct rn_shape *in)
{
    assert(in->c % node->u.shuffle.groups == 0);
    (void)node;
    return *in;
}

const struct rn_op_rule rn_shuffle_rule = {"shuffle", shuffle_shape, NULL, NULL, false};

/* Feature maps of one size, put side by side: their channels one after the other. Where the builder
   has put more into out.c, the rest is zero. */
#include "model/rule.h"

#include <assert.h>

static struct rn_shape concat_shape(const struct rn_node *node, const struct rn_shape *in)
{
    struct rn_shape out = in[0];

    for (int k = 1; k < node->n_in; k++) {
        assert(in[k].h == out.h && in[k].w == out.w);
        out.c += in[k].c;
    }
    out.c = node->out.c > out.c ? node->out.c : out.c;
    return out;
}

const struct rn_op_rule rn_concat_rule = {"concat", concat_shape, NULL, NULL, false};

/* The sum of a residual block. */
#include "engine/ref/ref.h"

void rn_ref_add(const struct rn_op_args *a)
{
    size_t count = rn_ref_count(a->node->out, a->n);

    for (size_t i = 0; i < count; i++)
        a->y[i] = a->x[0][i] + a->x[1][i];
}

void rn_ref_add_backward(const struct rn_op_args *a)
{
    size_t count = rn_ref_count(a->node->out, a->n);

    for (int k = 0; k < 2; k++)
        for (size_t i = 0; a->dx[k] && i < count; i++)
            rn_ref_give(a, k, i, a->dy[i]);
}

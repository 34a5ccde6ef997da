/* Channel shuffle: channel j of group i goes to place j * groups + i. */
#include "engine/ref/ref.h"

/* Where channel i goes. */
static size_t place_of(const struct rn_op_args *a, size_t i)
{
    size_t groups = (size_t)a->node->u.shuffle.groups, width = (size_t)a->node->out.c / groups;

    return i % width * groups + i / width;
}

void rn_ref_shuffle(const struct rn_op_args *a)
{
    size_t c = (size_t)a->node->out.c, count = rn_ref_count(a->node->out, a->n);

    for (size_t i = 0; i < count; i++)
        a->y[i / c * c + place_of(a, i % c)] = a->x[0][i];
}

void rn_ref_shuffle_backward(const struct rn_op_args *a)
{
    size_t c = (size_t)a->node->out.c, count = rn_ref_count(a->node->out, a->n);

    for (size_t i = 0; a->dx[0] && i < count; i++)
        rn_ref_give(a, 0, i, a->dy[i / c * c + place_of(a, i % c)]);
}

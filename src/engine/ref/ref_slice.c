/* Some of the channels. */
#include "engine/ref/ref.h"

static size_t pixels_of(const struct rn_op_args *a)
{
    return (size_t)a->n * (size_t)a->node->out.h * (size_t)a->node->out.w;
}

void rn_ref_slice(const struct rn_op_args *a)
{
    size_t c = (size_t)a->node->out.c, ci = (size_t)a->in[0].c, pixels = pixels_of(a);
    size_t first = (size_t)a->node->u.slice.first;

    for (size_t p = 0; p < pixels; p++)
        for (size_t i = 0; i < c; i++)
            a->y[p * c + i] = a->x[0][p * ci + first + i];
}

void rn_ref_slice_backward(const struct rn_op_args *a)
{
    size_t c = (size_t)a->node->out.c, ci = (size_t)a->in[0].c, pixels = pixels_of(a);
    size_t first = (size_t)a->node->u.slice.first;

    for (size_t p = 0; a->dx[0] && p < pixels; p++)
        for (size_t i = 0; i < ci; i++)
            rn_ref_give(a, 0, p * ci + i,
                        i >= first && i < first + c ? a->dy[p * c + i - first] : 0.0f);
}

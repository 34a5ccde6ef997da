/* Feature maps side by side: the inputs' channels in turn, then zeros up to the output's width. */
#include "engine/ref/ref.h"

static size_t pixels_of(const struct rn_op_args *a)
{
    return (size_t)a->n * (size_t)a->node->out.h * (size_t)a->node->out.w;
}

void rn_ref_concat(const struct rn_op_args *a)
{
    size_t c = (size_t)a->node->out.c, pixels = pixels_of(a);

    for (size_t p = 0; p < pixels; p++) {
        size_t to = p * c;

        for (int k = 0; k < a->node->n_in; k++)
            for (size_t i = 0; i < (size_t)a->in[k].c; i++)
                a->y[to++] = a->x[k][p * (size_t)a->in[k].c + i];
        while (to < (p + 1) * c)
            a->y[to++] = 0.0f;
    }
}

void rn_ref_concat_backward(const struct rn_op_args *a)
{
    size_t c = (size_t)a->node->out.c, pixels = pixels_of(a), first = 0;

    for (int k = 0; k < a->node->n_in; k++) {
        size_t ci = (size_t)a->in[k].c;

        for (size_t p = 0; a->dx[k] && p < pixels; p++)
            for (size_t i = 0; i < ci; i++)
                rn_ref_give(a, k, p * ci + i, a->dy[p * c + first + i]);
        first += ci;
    }
}

/* An image in the near corner of a larger one; the rest is zero. */
#include <string.h>

#include "engine/ref/ref.h"

void rn_ref_pad(const struct rn_op_args *a)
{
    struct rn_shape in = a->in[0], out = a->node->out;
    size_t row = (size_t)in.w * (size_t)in.c;

    memset(a->y, 0, rn_ref_count(out, a->n) * sizeof *a->y);
    for (int n = 0; n < a->n; n++)
        for (int y = 0; y < in.h; y++)
            memcpy(a->y + rn_ref_at(out, n, y, 0, 0), a->x[0] + rn_ref_at(in, n, y, 0, 0),
                   row * sizeof *a->y);
}

void rn_ref_pad_backward(const struct rn_op_args *a)
{
    struct rn_shape in = a->in[0];

    for (int n = 0; a->dx[0] && n < a->n; n++)
        for (int y = 0; y < in.h; y++)
            for (int x = 0; x < in.w; x++)
                for (int c = 0; c < in.c; c++)
                    rn_ref_give(a, 0, rn_ref_at(in, n, y, x, c),
                                a->dy[rn_ref_at(a->node->out, n, y, x, c)]);
}

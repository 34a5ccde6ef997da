/* SE's gate: every pixel of in[0] times in[1], one value an image and channel. */
#include "engine/ref/ref.h"

void rn_ref_scale(const struct rn_op_args *a)
{
    struct rn_shape s = a->node->out;

    for (int n = 0; n < a->n; n++)
        for (int p = 0; p < s.h * s.w; p++)
            for (int c = 0; c < s.c; c++)
                a->y[rn_ref_at(s, n, 0, p, c)] =
                    a->x[0][rn_ref_at(s, n, 0, p, c)] * a->x[1][rn_ref_at(a->in[1], n, 0, 0, c)];
}

void rn_ref_scale_backward(const struct rn_op_args *a)
{
    struct rn_shape s = a->node->out;

    for (int n = 0; n < a->n; n++)
        for (int c = 0; c < s.c; c++) {
            size_t gate = rn_ref_at(a->in[1], n, 0, 0, c);
            double sum = 0.0;

            for (int p = 0; p < s.h * s.w; p++) {
                size_t at = rn_ref_at(s, n, 0, p, c);

                sum += (double)a->dy[at] * a->x[0][at];
                if (a->dx[0])
                    rn_ref_give(a, 0, at, (double)a->dy[at] * a->x[1][gate]);
            }
            if (a->dx[1])
                rn_ref_give(a, 1, gate, sum);
        }
}

/* One pixel up and left; zeros come in from the far sides. */
#include "engine/ref/ref.h"

void rn_ref_shift(const struct rn_op_args *a)
{
    struct rn_shape s = a->node->out;

    for (int n = 0; n < a->n; n++)
        for (int y = 0; y < s.h; y++)
            for (int x = 0; x < s.w; x++)
                for (int c = 0; c < s.c; c++)
                    a->y[rn_ref_at(s, n, y, x, c)] = y + 1 < s.h && x + 1 < s.w
                                                         ? a->x[0][rn_ref_at(s, n, y + 1, x + 1, c)]
                                                         : 0.0f;
}

void rn_ref_shift_backward(const struct rn_op_args *a)
{
    struct rn_shape s = a->node->out;

    for (int n = 0; a->dx[0] && n < a->n; n++)
        for (int y = 0; y < s.h; y++)
            for (int x = 0; x < s.w; x++)
                for (int c = 0; c < s.c; c++)
                    rn_ref_give(a, 0, rn_ref_at(s, n, y, x, c),
                                y > 0 && x > 0 ? a->dy[rn_ref_at(s, n, y - 1, x - 1, c)] : 0.0f);
}

/* Max and average pooling over windows, and global average pooling. */
#include <string.h>

#include "engine/ref/ref.h"

/* The largest input of an output's window, the first of equals; a NaN wins, as in PyTorch. */
static size_t window_max(const struct rn_op_args *a, int n, int oy, int ox, int c)
{
    struct rn_shape in = a->in[0];
    int k = a->node->u.pool.k, stride = a->node->u.pool.stride, pad = a->node->u.pool.pad;
    const float *x = a->x[0];
    size_t best = SIZE_MAX;

    for (int iy = oy * stride - pad; iy < oy * stride - pad + k; iy++)
        for (int ix = ox * stride - pad; ix < ox * stride - pad + k; ix++) {
            size_t at;

            if (iy < 0 || iy >= in.h || ix < 0 || ix >= in.w)
                continue;
            at = rn_ref_at(in, n, iy, ix, c);
            if (best == SIZE_MAX || x[at] > x[best] || x[at] != x[at])
                best = at;
        }
    return best;
}

void rn_ref_max_pool(const struct rn_op_args *a)
{
    struct rn_shape out = a->node->out;

    for (int n = 0; n < a->n; n++)
        for (int oy = 0; oy < out.h; oy++)
            for (int ox = 0; ox < out.w; ox++)
                for (int c = 0; c < out.c; c++)
                    a->y[rn_ref_at(out, n, oy, ox, c)] = a->x[0][window_max(a, n, oy, ox, c)];
}

void rn_ref_max_pool_backward(const struct rn_op_args *a)
{
    struct rn_shape out = a->node->out;

    if (!a->dx[0])
        return;
    if (!a->add_dx[0])
        memset(a->dx[0], 0, rn_ref_count(a->in[0], a->n) * sizeof(float));
    for (int n = 0; n < a->n; n++)
        for (int oy = 0; oy < out.h; oy++)
            for (int ox = 0; ox < out.w; ox++)
                for (int c = 0; c < out.c; c++)
                    a->dx[0][window_max(a, n, oy, ox, c)] += a->dy[rn_ref_at(out, n, oy, ox, c)];
}

/* The pixels of an output's window that lie inside the image: rows [y0, y1), columns [x0, x1). */
struct window {
    int y0, y1, x0, x1;
};

static struct window window_of(const struct rn_op_args *a, int oy, int ox)
{
    int k = a->node->u.pool.k, stride = a->node->u.pool.stride, pad = a->node->u.pool.pad;
    int y = oy * stride - pad, x = ox * stride - pad;

    return (struct window){y < 0 ? 0 : y, y + k < a->in[0].h ? y + k : a->in[0].h, x < 0 ? 0 : x,
                           x + k < a->in[0].w ? x + k : a->in[0].w};
}

/* What a window's mean divides by. */
static int window_size(const struct rn_op_args *a, struct window w)
{
    int k = a->node->u.pool.k;

    return a->node->u.pool.whole ? k * k : (w.y1 - w.y0) * (w.x1 - w.x0);
}

static double window_mean(const struct rn_op_args *a, struct window w, int n, int c)
{
    double sum = 0.0;

    for (int y = w.y0; y < w.y1; y++)
        for (int x = w.x0; x < w.x1; x++)
            sum += a->x[0][rn_ref_at(a->in[0], n, y, x, c)];
    return sum / window_size(a, w);
}

void rn_ref_avg_pool(const struct rn_op_args *a)
{
    struct rn_shape out = a->node->out;

    for (int n = 0; n < a->n; n++)
        for (int oy = 0; oy < out.h; oy++)
            for (int ox = 0; ox < out.w; ox++)
                for (int c = 0; c < out.c; c++)
                    a->y[rn_ref_at(out, n, oy, ox, c)] =
                        (float)window_mean(a, window_of(a, oy, ox), n, c);
}

static void spread(const struct rn_op_args *a, struct window w, int n, int c, float dy)
{
    float share = dy / (float)window_size(a, w);

    for (int y = w.y0; y < w.y1; y++)
        for (int x = w.x0; x < w.x1; x++)
            a->dx[0][rn_ref_at(a->in[0], n, y, x, c)] += share;
}

void rn_ref_avg_pool_backward(const struct rn_op_args *a)
{
    struct rn_shape out = a->node->out;

    if (!a->dx[0])
        return;
    if (!a->add_dx[0])
        memset(a->dx[0], 0, rn_ref_count(a->in[0], a->n) * sizeof(float));
    for (int n = 0; n < a->n; n++)
        for (int oy = 0; oy < out.h; oy++)
            for (int ox = 0; ox < out.w; ox++)
                for (int c = 0; c < out.c; c++)
                    spread(a, window_of(a, oy, ox), n, c, a->dy[rn_ref_at(out, n, oy, ox, c)]);
}

void rn_ref_gap(const struct rn_op_args *a)
{
    struct rn_shape in = a->in[0];
    int pixels = in.h * in.w;

    for (int n = 0; n < a->n; n++)
        for (int c = 0; c < in.c; c++) {
            double sum = 0.0;

            for (int p = 0; p < pixels; p++)
                sum += a->x[0][rn_ref_at(in, n, 0, p, c)];
            a->y[rn_ref_at(a->node->out, n, 0, 0, c)] = (float)(sum / pixels);
        }
}

void rn_ref_gap_backward(const struct rn_op_args *a)
{
    struct rn_shape in = a->in[0];
    int pixels = in.h * in.w;

    for (int n = 0; a->dx[0] && n < a->n; n++)
        for (int p = 0; p < pixels; p++)
            for (int c = 0; c < in.c; c++)
                rn_ref_give(a, 0, rn_ref_at(in, n, 0, p, c),
                            (double)a->dy[rn_ref_at(a->node->out, n, 0, 0, c)] / pixels);
}

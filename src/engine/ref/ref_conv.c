/*
 * Convolution. Output (oy, ox) sees input (oy * stride + ky * dilation - pad, likewise across)
 * through weight (co, ci, ky, kx), where ci counts within co's group. Each result gathers its own
 * sum.
 */
#include "engine/ref/ref.h"

/* One direction: down, or across. */
struct window {
    int k, stride, pad, dilation;
};

struct conv {
    struct rn_shape in, out;
    int n;
    struct window y, x;
    int ci, co; /* channels of one group, in and out */
};

static struct conv conv_of(const struct rn_op_args *a)
{
    const struct rn_node *node = a->node;

    return (struct conv){.in = a->in[0],
                         .out = node->out,
                         .n = a->n,
                         .y = {rn_conv_rows(node), rn_conv_stride_rows(node),
                               rn_conv_pad_rows(node), rn_conv_dilation(node)},
                         .x = {rn_conv_columns(node), rn_conv_stride_columns(node),
                               rn_conv_pad_columns(node), rn_conv_dilation(node)},
                         .ci = a->in[0].c / node->u.conv.groups,
                         .co = node->out.c / node->u.conv.groups};
}

static size_t weight_at(const struct conv *c, int co, int ci, int ky, int kx)
{
    return (((size_t)co * (size_t)c->ci + (size_t)ci) * (size_t)c->y.k + (size_t)ky) *
               (size_t)c->x.k +
           (size_t)kx;
}

/* The input that output o sees through tap k. */
static int seen(struct window w, int o, int k)
{
    return o * w.stride + k * w.dilation - w.pad;
}

/* The output that sees input i through tap k, or -1. */
static int seer(struct window w, int i, int k, int size)
{
    int at = i + w.pad - k * w.dilation;

    return at < 0 || at % w.stride || at / w.stride >= size ? -1 : at / w.stride;
}

static bool inside(int i, int size)
{
    return i >= 0 && i < size;
}

static double output_value(const struct conv *c, const float *x, const float *weight, int n, int oy,
                           int ox, int co)
{
    double sum = 0.0;

    for (int ky = 0; ky < c->y.k; ky++)
        for (int kx = 0; kx < c->x.k; kx++) {
            int iy = seen(c->y, oy, ky), ix = seen(c->x, ox, kx);

            if (!inside(iy, c->in.h) || !inside(ix, c->in.w))
                continue;
            for (int ci = 0; ci < c->ci; ci++)
                sum += (double)x[rn_ref_at(c->in, n, iy, ix, co / c->co * c->ci + ci)] *
                       weight[weight_at(c, co, ci, ky, kx)];
        }
    return sum;
}

void rn_ref_conv(const struct rn_op_args *a)
{
    struct conv c = conv_of(a);
    const float *bias = a->node->u.conv.bias ? a->param[1] : NULL;

    for (int n = 0; n < c.n; n++)
        for (int oy = 0; oy < c.out.h; oy++)
            for (int ox = 0; ox < c.out.w; ox++)
                for (int co = 0; co < c.out.c; co++)
                    a->y[rn_ref_at(c.out, n, oy, ox, co)] =
                        (float)(output_value(&c, a->x[0], a->param[0], n, oy, ox, co) +
                                (bias ? bias[co] : 0.0f));
}

/* The outputs that saw input (iy, ix, i): those whose window's tap (ky, kx) fell on it. */
static double input_gradient(const struct conv *c, const float *dy, const float *weight, int n,
                             int iy, int ix, int i)
{
    int first = i / c->ci * c->co; /* of the group's output channels */
    double sum = 0.0;

    for (int ky = 0; ky < c->y.k; ky++)
        for (int kx = 0; kx < c->x.k; kx++) {
            int oy = seer(c->y, iy, ky, c->out.h), ox = seer(c->x, ix, kx, c->out.w);

            if (oy < 0 || ox < 0)
                continue;
            for (int co = first; co < first + c->co; co++)
                sum += (double)dy[rn_ref_at(c->out, n, oy, ox, co)] *
                       weight[weight_at(c, co, i % c->ci, ky, kx)];
        }
    return sum;
}

static double weight_gradient(const struct conv *c, const float *x, const float *dy, int co, int ci,
                              int ky, int kx)
{
    double sum = 0.0;

    for (int n = 0; n < c->n; n++)
        for (int oy = 0; oy < c->out.h; oy++)
            for (int ox = 0; ox < c->out.w; ox++) {
                int iy = seen(c->y, oy, ky), ix = seen(c->x, ox, kx);

                if (inside(iy, c->in.h) && inside(ix, c->in.w))
                    sum += (double)x[rn_ref_at(c->in, n, iy, ix, co / c->co * c->ci + ci)] *
                           dy[rn_ref_at(c->out, n, oy, ox, co)];
            }
    return sum;
}

static void bias_gradient(const struct conv *c, const float *dy, float *dbias)
{
    size_t pixels = rn_ref_count(c->out, c->n) / (size_t)c->out.c;

    for (int co = 0; co < c->out.c; co++) {
        double sum = 0.0;

        for (size_t i = 0; i < pixels; i++)
            sum += dy[i * (size_t)c->out.c + (size_t)co];
        dbias[co] = (float)sum;
    }
}

void rn_ref_conv_backward(const struct rn_op_args *a)
{
    struct conv c = conv_of(a);

    for (int n = 0; a->dx[0] && n < c.n; n++)
        for (int iy = 0; iy < c.in.h; iy++)
            for (int ix = 0; ix < c.in.w; ix++)
                for (int i = 0; i < c.in.c; i++)
                    rn_ref_give(a, 0, rn_ref_at(c.in, n, iy, ix, i),
                                input_gradient(&c, a->dy, a->param[0], n, iy, ix, i));
    for (int co = 0; a->dparam[0] && co < c.out.c; co++)
        for (int ci = 0; ci < c.ci; ci++)
            for (int ky = 0; ky < c.y.k; ky++)
                for (int kx = 0; kx < c.x.k; kx++)
                    a->dparam[0][weight_at(&c, co, ci, ky, kx)] =
                        (float)weight_gradient(&c, a->x[0], a->dy, co, ci, ky, kx);
    if (a->node->u.conv.bias && a->dparam[1])
        bias_gradient(&c, a->dy, a->dparam[1]);
}

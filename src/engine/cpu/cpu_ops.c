/*
 * The CPU engine's operator table for nodes that are units by themselves: the reference's, but for
 * what is slow there. Convolutions, normalization and sums never come here (conv_forward.c,
 * cpu_sum.c).
 */
#include <math.h>

#include "../ref/ref.h"
#include "cpu.h"

/* One image's pixels and channels; rows are contiguous. */
struct extent {
    ptrdiff_t pixels, c;
};

static struct extent extent_of(struct rn_shape s)
{
    return (struct extent){(ptrdiff_t)s.h * s.w, s.c};
}

static void gap(const struct rn_op_args *a)
{
    struct extent e = extent_of(a->in[0]);
    const float *x = a->x[0];

    for (ptrdiff_t n = 0; n < a->n; n++) {
        float *y = a->y + n * e.c;
        for (ptrdiff_t j = 0; j < e.c; j++)
            y[j] = 0;
        for (ptrdiff_t p = 0; p < e.pixels; p++, x += e.c)
            for (ptrdiff_t j = 0; j < e.c; j++)
                y[j] += x[j];
        for (ptrdiff_t j = 0; j < e.c; j++)
            y[j] /= (float)e.pixels;
    }
}

static void gap_backward(const struct rn_op_args *a)
{
    struct extent e = extent_of(a->in[0]);
    float scale = 1 / (float)e.pixels, *dx = a->dx[0];

    for (ptrdiff_t n = 0; n < a->n && dx; n++) {
        const float *dy = a->dy + n * e.c;
        for (ptrdiff_t p = 0; p < e.pixels; p++, dx += e.c)
            for (ptrdiff_t j = 0; j < e.c; j++)
                dx[j] = a->add_dx[0] ? dx[j] + scale * dy[j] : scale * dy[j];
    }
}

static void scale(const struct rn_op_args *a)
{
    struct extent e = extent_of(a->in[0]);
    const float *x = a->x[0];
    float *y = a->y;

    for (ptrdiff_t n = 0; n < a->n; n++) {
        const float *gate = a->x[1] + n * e.c;
        for (ptrdiff_t p = 0; p < e.pixels; p++, x += e.c, y += e.c)
            for (ptrdiff_t j = 0; j < e.c; j++)
                y[j] = x[j] * gate[j];
    }
}

static void scale_backward(const struct rn_op_args *a)
{
    struct extent e = extent_of(a->in[0]);
    const float *x = a->x[0], *dy = a->dy;
    float *dx = a->dx[0];

    for (ptrdiff_t n = 0; n < a->n; n++) {
        const float *gate = a->x[1] + n * e.c;
        float *dgate = a->dx[1] + n * e.c;
        for (ptrdiff_t j = 0; j < e.c && !a->add_dx[1]; j++)
            dgate[j] = 0;
        for (ptrdiff_t p = 0; p < e.pixels; p++, x += e.c, dy += e.c, dx += e.c) {
            for (ptrdiff_t j = 0; j < e.c; j++) {
                dgate[j] += dy[j] * x[j];
                dx[j] = a->add_dx[0] ? dx[j] + dy[j] * gate[j] : dy[j] * gate[j];
            }
        }
    }
}

static float sigmoid(float x)
{
    return 1 / (1 + expf(-x));
}

static size_t count_of(const struct rn_op_args *a)
{
    return (size_t)a->n * (size_t)(a->node->out.h * a->node->out.w) * (size_t)a->node->out.c;
}

static void act(const struct rn_op_args *a)
{
    size_t count = count_of(a);

    if (a->node->u.fn == RN_FN_SILU)
        for (size_t i = 0; i < count; i++)
            a->y[i] = a->x[0][i] * sigmoid(a->x[0][i]);
    else if (a->node->u.fn == RN_FN_SIGMOID)
        for (size_t i = 0; i < count; i++)
            a->y[i] = sigmoid(a->x[0][i]);
    else
        rn_ref_act(a);
}

static void act_backward(const struct rn_op_args *a)
{
    size_t count = count_of(a);
    float *dx = a->dx[0];

    if (!dx || (a->node->u.fn != RN_FN_SILU && a->node->u.fn != RN_FN_SIGMOID)) {
        rn_ref_act_backward(a);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        float x = a->x[0][i], s = sigmoid(x);
        float slope = a->node->u.fn == RN_FN_SILU ? s * (1 + x * (1 - s)) : s * (1 - s);
        dx[i] = a->add_dx[0] ? dx[i] + a->dy[i] * slope : a->dy[i] * slope;
    }
}

const struct rn_op_table rn_cpu_ops = {
    .name = "cpu",
    .forward = {[RN_OP_CONV] = rn_ref_conv,
                [RN_OP_BN] = rn_ref_bn,
                [RN_OP_ACT] = act,
                [RN_OP_ADD] = rn_ref_add,
                [RN_OP_MAX_POOL] = rn_ref_max_pool,
                [RN_OP_GAP] = gap,
                [RN_OP_SCALE] = scale,
                [RN_OP_LINEAR] = rn_ref_linear},
    .backward = {[RN_OP_CONV] = rn_ref_conv_backward,
                 [RN_OP_BN] = rn_ref_bn_backward,
                 [RN_OP_ACT] = act_backward,
                 [RN_OP_ADD] = rn_ref_add_backward,
                 [RN_OP_MAX_POOL] = rn_ref_max_pool_backward,
                 [RN_OP_GAP] = gap_backward,
                 [RN_OP_SCALE] = scale_backward,
                 [RN_OP_LINEAR] = rn_ref_linear_backward},
};

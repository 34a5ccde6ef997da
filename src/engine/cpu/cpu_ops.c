/*
 * The CPU engine's operator table for nodes that are units by themselves: the reference's, but for
 * what is slow there. Convolutions, normalization and sums never come here (conv_forward.c,
 * cpu_sum.c).
 */
#include "cpu_ops.h"
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

/* Values of all images, if they come in whole vectors; else the reference has to do. */
static size_t vectors_of(const struct rn_op_args *a, const struct rn_kernels **kernels)
{
    size_t count =
        (size_t)a->n * (size_t)(a->node->out.h * a->node->out.w) * (size_t)a->node->out.c;

    *kernels = a->kernels ? a->kernels : rn_kernels_pick(NULL);
    return count % RN_LANES == 0 ? count : 0;
}

static void act(const struct rn_op_args *a)
{
    const struct rn_kernels *k;
    size_t count = vectors_of(a, &k);

    if (count > 0)
        k->act(a->node->u.fn, count, a->x[0], a->y);
    else
        rn_ref_act(a);
}

static void act_backward(const struct rn_op_args *a)
{
    const struct rn_kernels *k;
    size_t count = vectors_of(a, &k);

    if (count > 0 && a->dx[0])
        k->act_grad(a->node->u.fn, count, a->x[0], a->dy, a->add_dx[0], a->dx[0]);
    else
        rn_ref_act_backward(a);
}

const struct rn_op_table rn_cpu_ops = {
    .name = "cpu",
    .forward = {[RN_OP_CONV] = rn_ref_conv,
                [RN_OP_BN] = rn_ref_bn,
                [RN_OP_ACT] = act,
                [RN_OP_ADD] = rn_ref_add,
                [RN_OP_MAX_POOL] = rn_cpu_max_pool,
                [RN_OP_GAP] = gap,
                [RN_OP_SCALE] = scale,
                [RN_OP_LINEAR] = rn_ref_linear,
                [RN_OP_AVG_POOL] = rn_cpu_avg_pool,
                [RN_OP_CONCAT] = rn_ref_concat,
                [RN_OP_SLICE] = rn_ref_slice,
                [RN_OP_SHUFFLE] = rn_ref_shuffle,
                [RN_OP_SHIFT] = rn_cpu_shift,
                [RN_OP_PAD] = rn_ref_pad,
                [RN_OP_DROP] = rn_ref_drop},
    .backward = {[RN_OP_CONV] = rn_ref_conv_backward,
                 [RN_OP_BN] = rn_ref_bn_backward,
                 [RN_OP_ACT] = act_backward,
                 [RN_OP_ADD] = rn_ref_add_backward,
                 [RN_OP_MAX_POOL] = rn_cpu_max_pool_backward,
                 [RN_OP_GAP] = gap_backward,
                 [RN_OP_SCALE] = scale_backward,
                 [RN_OP_LINEAR] = rn_ref_linear_backward,
                 [RN_OP_AVG_POOL] = rn_cpu_avg_pool_backward,
                 [RN_OP_CONCAT] = rn_ref_concat_backward,
                 [RN_OP_SLICE] = rn_ref_slice_backward,
                 [RN_OP_SHUFFLE] = rn_ref_shuffle_backward,
                 [RN_OP_SHIFT] = rn_cpu_shift_backward,
                 [RN_OP_PAD] = rn_cpu_pad_backward,
                 [RN_OP_DROP] = rn_ref_drop_backward},
};

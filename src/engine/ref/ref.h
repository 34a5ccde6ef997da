/*
 * ref.h: the reference operators, plain loops over NHWC arrays that define what every engine
 * computes. Sums are kept in double and rounded once, so that a result is as exact as a float can
 * be; speed is nobody's concern here.
 */
#ifndef REGNET_ENGINE_REF_H
#define REGNET_ENGINE_REF_H

#include "engine/op.h"

rn_op_fn rn_ref_conv, rn_ref_conv_backward;
rn_op_fn rn_ref_bn, rn_ref_bn_backward;
rn_op_fn rn_ref_act, rn_ref_act_backward;
rn_op_fn rn_ref_add, rn_ref_add_backward;
rn_op_fn rn_ref_max_pool, rn_ref_max_pool_backward;
rn_op_fn rn_ref_gap, rn_ref_gap_backward;
rn_op_fn rn_ref_scale, rn_ref_scale_backward;
rn_op_fn rn_ref_linear, rn_ref_linear_backward;
rn_op_fn rn_ref_avg_pool, rn_ref_avg_pool_backward;
rn_op_fn rn_ref_concat, rn_ref_concat_backward;
rn_op_fn rn_ref_slice, rn_ref_slice_backward;
rn_op_fn rn_ref_shuffle, rn_ref_shuffle_backward;
rn_op_fn rn_ref_shift, rn_ref_shift_backward;
rn_op_fn rn_ref_pad, rn_ref_pad_backward;
rn_op_fn rn_ref_drop, rn_ref_drop_backward;

/* Where value (y, x, c) of image n lies. */
static inline size_t rn_ref_at(struct rn_shape s, int n, int y, int x, int c)
{
    return (((size_t)n * (size_t)s.h + (size_t)y) * (size_t)s.w + (size_t)x) * (size_t)s.c +
           (size_t)c;
}

/* Values in n images of a shape. */
static inline size_t rn_ref_count(struct rn_shape s, int n)
{
    return (size_t)n * (size_t)s.h * (size_t)s.w * (size_t)s.c;
}

/* Hands gradient value i to input k, as the caller wants it: added or overwritten. */
static inline void rn_ref_give(const struct rn_op_args *a, int k, size_t i, double value)
{
    a->dx[k][i] = (float)(a->add_dx[k] ? a->dx[k][i] + value : value);
}

#endif

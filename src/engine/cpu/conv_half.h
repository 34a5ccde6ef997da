/*
 * conv_half.h: what a convolution's plan has beyond conv_plan.h where products are in bfloat16.
 *
 * Weights lie by windows of 16 output channels (half.h): those of the groups that the sixteen
 * belong to, zeros between. The data gradient has a product for each class of pixels.
 *
 * The weight gradient sums over pixels, so it needs x transposed. Pixels of x with the same
 * remainders by the stride are a *phase*, an image in which every tap that reads it is a shift:
 *
 *     dW[tap][k] = sum over p of  phase(tap)[k][p + shift(tap)]  dy[p]
 *
 * p counts the pixels of a phase image; where it is none of y, dy is zero.
 */
#ifndef REGNET_ENGINE_CPU_CONV_HALF_H
#define REGNET_ENGINE_CPU_CONV_HALF_H

#include "conv_plan.h"
#include "half.h"

struct rn_conv_half {
    struct rn_half_mul forward;
    struct rn_half_mul *backward; /* by class; NULL where dx is not wanted */
    struct rn_half_outer outer;

    uint16_t *weights, *weights_back; /* of all products */
    struct rn_window *windows, *windows_back, *windows_outer;
    struct rn_run *runs; /* of all products */

    int n_phases, *phase;  /* where each begins in the x frame */
    int *shift;            /* by tap, in x transposed */
    int h_phase, w_phase;  /* pixels of a phase image */
    int reach;             /* the greatest shift within a phase */
    size_t phase_halves;   /* of a phase of x transposed */
    int *x_rows, *dy_rows; /* by pixel of a block's phase images: offsets in the frames */
};

/* Makes plan->half of a plan that has its sizes and offsets. */
enum rn_status rn_conv_half_new(struct rn_conv_plan *plan, bool train, struct rn_err *err);
void rn_conv_half_free(struct rn_conv_plan *plan);

/* Values of the frames, and what products may read behind them. */
size_t rn_conv_half_frame(const struct rn_conv_plan *plan);
size_t rn_conv_half_dframe(const struct rn_conv_plan *plan);
/* Of x transposed and dy in pairs. */
size_t rn_conv_half_spare(const struct rn_conv_plan *plan);

/* As rn_conv_pack_forward and the others. conv_half_pack.c */
void rn_conv_half_pack_forward(const struct rn_conv_plan *plan, const struct rn_mover *mover,
                               const float *weight, const float *scale);
void rn_conv_half_pack_backward(const struct rn_conv_plan *plan, const struct rn_mover *mover,
                                const float *weight);
void rn_conv_half_unpack(const struct rn_conv_plan *plan, const struct rn_mover *mover,
                         float *dweight);

/* dW of a block, whose x and dy lie in frames, to grad, or added to it. */
void rn_conv_half_gradient(const struct rn_conv_plan *plan, const struct rn_half_kernels *kernels,
                           const struct rn_conv_block *block, const uint16_t *x, const uint16_t *dy,
                           uint16_t *spare, bool add, float *grad);

#endif

/* Weights from PyTorch's order (c_out, c_in / groups, k, k) into steps of tiles, and the sums of
   their gradient back. */
#include <string.h>

#include "conv_half.h"

/* Rounded to the nearest, ties to even; NaN stays one. */
static uint16_t half_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    if (x != x)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/* Where a product's weights have that of tap t, channel k of a, column n. */
static size_t weight_at(const struct rn_half_mul *product, int t, int k, int n)
{
    const struct rn_window *window = &product->windows[n / RN_TILE];
    int row = k - window->first, step = t * window->depth + row / RN_DEPTH;

    row %= RN_DEPTH;
    return window->at + (size_t)step * RN_STEP_HALVES +
           (size_t)((row / 2 * RN_TILE + n % RN_TILE) * 2 + row % 2);
}

void rn_conv_half_pack_forward(const struct rn_conv_plan *plan, const float *weight,
                               const float *scale)
{
    const struct rn_conv_half *half = plan->half;
    int in = plan->c_in / plan->groups, out = plan->c_out / plan->groups;

    for (int o = 0; o < plan->c_out; o++)
        for (int i = 0; i < in; i++)
            for (int t = 0; t < plan->taps; t++)
                half->weights[weight_at(&half->forward, t, o / out * in + i, o)] =
                    half_of(*weight++ * (scale ? scale[o] : 1));
}

void rn_conv_half_pack_backward(const struct rn_conv_plan *plan, const float *weight)
{
    const struct rn_conv_half *half = plan->half;
    int in = plan->c_in / plan->groups, out = plan->c_out / plan->groups;

    for (int c = 0; c < plan->n_classes; c++) {
        const struct rn_conv_class *class = &plan->classes[c];
        for (int o = 0; o < plan->c_out; o++)
            for (int i = 0; i < in; i++)
                for (int t = 0; t < class->taps; t++)
                    half->weights_back[weight_at(&half->backward[c], t, o, o / out * in + i)] =
                        half_of(weight[(o * in + i) * plan->taps + class->tap[t]]);
    }
}

void rn_conv_half_unpack(const struct rn_conv_plan *plan, float *dweight)
{
    int in = plan->c_in / plan->groups, out = plan->c_out / plan->groups;

    for (int o = 0; o < plan->c_out; o++) {
        const struct rn_window *window = &plan->half->windows_outer[o / RN_TILE];
        for (int i = 0; i < in; i++) {
            int row = o / out * in + i - window->first;
            const float *from = plan->grad + window->at +
                                (ptrdiff_t)(row / RN_TILE * plan->taps) * RN_TILE_SUMS +
                                row % RN_TILE * RN_TILE + o % RN_TILE;
            for (int t = 0; t < plan->taps; t++, from += RN_TILE_SUMS)
                *dweight++ = *from;
        }
    }
}

/* Weights from PyTorch's order (c_out, c_in / groups, k, k) into steps of tiles, and the sums of
   their gradient back. */
#include <string.h>

#include "conv_half.h"

/* What neighbouring outputs and inputs of a convolution have to do with each other. */
struct groups {
    int in, out, taps; /* channels of a group */
};

static struct groups groups_of(const struct rn_conv_plan *plan)
{
    return (struct groups){plan->c_in / plan->groups, plan->c_out / plan->groups, plan->taps};
}

/* The part of [first, end) within [low, low + n), from low on. */
struct part {
    int from, count;
};

static struct part part_of(int first, int end, int low, int n)
{
    int from = first > low ? first - low : 0;
    int to = end < low + n ? end - low : n;

    return (struct part){from, to > from ? to - from : 0};
}

/* n values `step` apart, times a factor. */
static void gather(int n, const float *from, int step, float factor, float *to)
{
    for (int i = 0; i < n; i++)
        to[i] = from[(ptrdiff_t)i * step] * factor;
}

/* Taps of a line, which count as one, with few channels each: one step, or a few. */
static void pack_runs(const struct rn_conv_plan *plan, const struct rn_mover *mover,
                      const float *weight, const float *scale)
{
    const struct rn_conv_half *half = plan->half;
    int depth = half->windows[0].depth, in = plan->c_in * plan->run;
    uint16_t *to = half->weights;

    for (int j = 0; j < plan->c_out; j += RN_TILE) {
        for (int step = 0; step < half->forward.taps * depth; step++, to += RN_STEP_HALVES) {
            int first = step / depth * plan->run, low = step % depth * RN_DEPTH;
            float rows[RN_TILE][RN_DEPTH] = {{0}};
            for (int o = j; o < j + RN_TILE && o < plan->c_out; o++)
                for (int k = low; k < low + RN_DEPTH && k < in; k++)
                    rows[o - j][k - low] =
                        weight[((ptrdiff_t)o * plan->c_in + k % plan->c_in) * plan->taps + first +
                               k / plan->c_in] *
                        (scale ? scale[o] : 1);
            mover->half->weave(rows[0], to);
        }
    }
}

void rn_conv_half_pack_forward(const struct rn_conv_plan *plan, const struct rn_mover *mover,
                               const float *weight, const float *scale)
{
    const struct rn_conv_half *half = plan->half;
    struct groups g = groups_of(plan);
    uint16_t *to = half->weights;

    if (plan->run > 1) {
        pack_runs(plan, mover, weight, scale);
        return;
    }
    for (int j = 0; j < plan->c_out; j += RN_TILE) {
        const struct rn_window *window = &half->windows[j / (2 * RN_TILE)];
        for (int step = 0; step < plan->taps * window->depth; step++, to += RN_STEP_HALVES) {
            int t = step / window->depth;
            int low = window->first + step % window->depth * RN_DEPTH;
            float rows[RN_TILE][RN_DEPTH] = {{0}};
            for (int o = j; o < j + RN_TILE && o < plan->c_out; o++) {
                int first = o / g.out * g.in;
                struct part part = part_of(first, first + g.in, low, RN_DEPTH);
                const float *from;
                if (part.count == 0)
                    continue;
                from = weight + ((ptrdiff_t)o * g.in + low + part.from - first) * g.taps + t;
                gather(part.count, from, g.taps, scale ? scale[o] : 1, &rows[o - j][part.from]);
            }
            mover->half->weave(rows[0], to);
        }
    }
}

static void pack_class(const struct rn_conv_plan *plan, const struct rn_mover *mover, int c,
                       const float *weight)
{
    const struct rn_conv_class *class = &plan->classes[c];
    const struct rn_half_mul *product = &plan->half->backward[c];
    struct groups g = groups_of(plan);
    uint16_t *to = plan->half->weights_back + product->windows[0].at;

    for (int j = 0; j < plan->c_in; j += RN_TILE) {
        const struct rn_window *window = &product->windows[j / (2 * RN_TILE)];
        for (int step = 0; step < class->taps * window->depth; step++, to += RN_STEP_HALVES) {
            int t = class->tap[step / window->depth];
            int low = window->first + step % window->depth * RN_DEPTH;
            float rows[RN_DEPTH][RN_TILE] = {{0}};
            for (int o = low; o < low + RN_DEPTH && o < plan->c_out; o++) {
                int first = o / g.out * g.in;
                struct part part = part_of(first, first + g.in, j, RN_TILE);
                const float *from;
                if (part.count == 0)
                    continue;
                from = weight + ((ptrdiff_t)o * g.in + j + part.from - first) * g.taps + t;
                gather(part.count, from, g.taps, 1, &rows[o - low][part.from]);
            }
            mover->half->pair_rows(rows[0], to);
        }
    }
}

void rn_conv_half_pack_backward(const struct rn_conv_plan *plan, const struct rn_mover *mover,
                                const float *weight)
{
    for (int c = 0; c < plan->n_classes; c++)
        if (plan->classes[c].taps > 0)
            pack_class(plan, mover, c, weight);
}

void rn_conv_half_unpack(const struct rn_conv_plan *plan, const struct rn_mover *mover,
                         float *dweight)
{
    struct groups g = groups_of(plan);
    const float *sums = plan->grad;

    for (int j = 0; j < plan->c_out; j += RN_TILE) {
        const struct rn_window *window = &plan->half->windows_outer[j / RN_TILE];
        for (int i = 0; i < window->depth * g.taps; i++, sums += RN_TILE_SUMS) {
            int low = window->first + i / g.taps * RN_TILE, t = i % g.taps;
            float rows[RN_TILE][RN_TILE];
            mover->half->turn(sums, rows[0]);
            for (int o = j; o < j + RN_TILE && o < plan->c_out; o++) {
                int first = o / g.out * g.in;
                struct part part = part_of(first, first + g.in, low, RN_TILE);
                float *to;
                if (part.count == 0)
                    continue;
                to = dweight + ((ptrdiff_t)o * g.in + low + part.from - first) * g.taps + t;
                for (int k = 0; k < part.count; k++)
                    to[(ptrdiff_t)k * g.taps] = rows[o - j][part.from + k];
            }
        }
    }
}

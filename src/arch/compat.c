/* Widths that fit each other: bottlenecks, groups, squeezes. All halves round to the even side. */
#include <math.h>

#include "family.h"

static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The width v inside the bottleneck becomes a multiple of g, and of the multiplier where that is a
   whole number above one, so that w = v / bot_mul is whole too. */
void rn_stage_make_compatible(struct rn_stage *stage)
{
    double b = stage->bot_mul;
    int64_t v = (int64_t)fmax(1, stage->width * b);
    int64_t g = stage->group_w < v ? stage->group_w : v;
    int64_t m = b > 1 ? g / gcd(g, (int64_t)b) * (int64_t)b : g;

    v = m * (int64_t)rint((double)v / (double)m);
    v = v > m ? v : m;
    stage->width = (int)((double)v / b);
    stage->group_w = (int)g;
}

int rn_width_times(int width, double multiplier)
{
    double wanted = width * multiplier;
    int rounded = (int)((wanted + 4) / 8) * 8;

    rounded = rounded < 8 ? 8 : rounded;
    return rounded < 0.9 * wanted ? rounded + 8 : rounded;
}

bool rn_block_has_groups(enum rn_block block)
{
    return block == RN_BLOCK_BOTTLENECK || block == RN_BLOCK_BOTTLENECK_LINEAR ||
           block == RN_BLOCK_SE_BOTTLENECK || block == RN_BLOCK_SENET || block == RN_BLOCK_SHUFFLE;
}

bool rn_block_is_cell(enum rn_block block)
{
    return block >= RN_BLOCK_NASNET_A;
}

bool rn_block_has_bottleneck(enum rn_block block)
{
    return rn_block_has_groups(block) || block == RN_BLOCK_MBCONV;
}

int rn_bottleneck_width(enum rn_block block, int w_in, int w_out, double bot_mul)
{
    if (block == RN_BLOCK_MBCONV)
        return (int)(w_in * bot_mul);
    return rn_block_has_groups(block) ? (int)rint(w_out * bot_mul) : w_out;
}

int rn_se_width(enum rn_block block, int w_in, double se_r)
{
    if (block == RN_BLOCK_MBCONV)
        return (int)(w_in * se_r);
    return rn_block_has_groups(block) ? (int)rint(w_in * se_r) : 0;
}

int rn_projection_kernel(enum rn_block block, int stride)
{
    return block == RN_BLOCK_SENET && stride > 1 ? 3 : 1;
}

int rn_stage_groups(enum rn_block block, const struct rn_stage *stage, int w_in)
{
    int w_b = rn_bottleneck_width(block, w_in, stage->width, stage->bot_mul);

    if (block == RN_BLOCK_MBCONV)
        return w_b;
    return rn_block_has_groups(block) ? w_b / stage->group_w : 1;
}

/*
 * AnyNet (paper, section 3 and appendix; ResNet, ResNeXt and RegNet are AnyNets): stem, stages of
 * equal blocks, head. Module names are pycls'. In a residual block the transform's nodes come
 * first, then the projection, then the sum.
 */
#include "model/build.h"

struct block {
    const struct rn_stage *stage;
    int w_in, stride; /* of this block: the first of a stage has the stage's stride */
};

static struct rn_conv_spec conv3x3(int c_out, int stride)
{
    return (struct rn_conv_spec){.c_out = c_out, .k = 3, .stride = stride, .groups = 1};
}

static struct rn_conv_spec conv1x1(int c_out, int stride)
{
    return (struct rn_conv_spec){.c_out = c_out, .k = 1, .stride = stride, .groups = 1};
}

static int vanilla_block(struct rn_build *b, int x, const struct block *block)
{
    x = rn_build_conv_bn_act(b, x, conv3x3(block->stage->width, block->stride), "a", "a_bn",
                             "a_af");
    return rn_build_conv_bn_act(b, x, conv3x3(block->stage->width, 1), "b", "b_bn", "b_af");
}

static int v_block(struct rn_build *b, int x, const struct block *block)
{
    return rn_build_conv_bn_act(b, x, conv3x3(block->stage->width, block->stride), "a", "a_bn",
                                "a_af");
}

/* The transforms: what a residual block adds to its shortcut, up to the last convolution. */

static int vr_transform(struct rn_build *b, int x, const struct block *block)
{
    x = rn_build_conv(b, x, "a", conv3x3(block->stage->width, block->stride));
    return rn_build_bn(b, x, "a_bn", true);
}

static int basic_transform(struct rn_build *b, int x, const struct block *block)
{
    x = rn_build_conv_bn_act(b, x, conv3x3(block->stage->width, block->stride), "a", "a_bn",
                             "a_af");
    x = rn_build_conv(b, x, "b", conv3x3(block->stage->width, 1));
    return rn_build_bn(b, x, "b_bn", true);
}

static int bottleneck_transform(struct rn_build *b, int x, const struct block *block, bool final)
{
    const struct rn_arch *arch = &b->graph->arch;
    const struct rn_stage *stage = block->stage;
    int w_b = rn_bottleneck_width(arch->block, block->w_in, stage->width, stage->bot_mul);
    int w_se = rn_se_width(arch->block, block->w_in, arch->se_r);
    struct rn_conv_spec conv_b = {.c_out = w_b,
                                  .k = stage->kernel,
                                  .stride = arch->stride_1x1 ? 1 : block->stride,
                                  .groups = rn_stage_groups(arch->block, stage, block->w_in)};
    int stride_a = arch->stride_1x1 ? block->stride : 1;

    x = rn_build_conv_bn_act(b, x, conv1x1(w_b, stride_a), "a", "a_bn", "a_af");
    x = rn_build_conv_bn_act(b, x, conv_b, "b", "b_bn", "b_af");
    if (w_se > 0)
        x = rn_build_se(b, x, w_se);
    x = rn_build_conv(b, x, "c", conv1x1(block->stage->width, 1));
    return rn_build_bn(b, x, "c_bn", final);
}

/* Squeeze and excitation of the result; SENet's first 1x1 has half the width of its 3x3. */
static int se_transform(struct rn_build *b, int x, const struct block *block)
{
    const struct rn_arch *arch = &b->graph->arch;
    const struct rn_stage *stage = block->stage;
    int w_b = rn_bottleneck_width(arch->block, block->w_in, stage->width, stage->bot_mul);
    int w_a = arch->block == RN_BLOCK_SENET ? w_b / 2 : w_b;
    int w_se = rn_se_width(arch->block, stage->width, arch->se_r);
    struct rn_conv_spec conv_b = conv3x3(w_b, arch->stride_1x1 ? 1 : block->stride);

    conv_b.groups = rn_stage_groups(arch->block, stage, block->w_in);
    x = rn_build_conv_bn_act(b, x, conv1x1(w_a, arch->stride_1x1 ? block->stride : 1), "a", "a_bn",
                             "a_af");
    x = rn_build_conv_bn_act(b, x, conv_b, "b", "b_bn", "b_af");
    x = rn_build_conv(b, x, "c", conv1x1(stage->width, 1));
    x = rn_build_bn(b, x, "c_bn", true);
    return w_se > 0 ? rn_build_se(b, x, w_se) : x;
}

/* act(shortcut + transform(x)) */
static int residual_block(struct rn_build *b, int x, const struct block *block)
{
    size_t mark = rn_build_enter(b, "f.");
    struct rn_conv_spec proj = conv1x1(block->stage->width, block->stride);
    int shortcut = x, fx;

    switch (b->graph->arch.block) {
    case RN_BLOCK_VR:
        fx = vr_transform(b, x, block);
        break;
    case RN_BLOCK_BASIC:
        fx = basic_transform(b, x, block);
        break;
    case RN_BLOCK_SE_BOTTLENECK:
    case RN_BLOCK_SENET:
        fx = se_transform(b, x, block);
        break;
    default:
        fx = bottleneck_transform(b, x, block, true);
    }
    rn_build_leave(b, mark);
    proj.k = rn_projection_kernel(b->graph->arch.block, block->stride);
    if (block->w_in != block->stage->width || block->stride != 1)
        shortcut = rn_build_conv_bn_act(b, x, proj, "proj", "bn", NULL);
    return rn_build_arch_act(b, rn_build_residual(b, fx, shortcut), "af");
}

/* RegNetZ's: no activation behind the sum, and no sum where the shape changes. */
static int linear_block(struct rn_build *b, int x, const struct block *block)
{
    bool has_skip = block->w_in == block->stage->width && block->stride == 1;
    size_t mark = rn_build_enter(b, "f.");
    int fx = bottleneck_transform(b, x, block, has_skip);

    rn_build_leave(b, mark);
    return has_skip ? rn_build_residual(b, fx, x) : fx;
}

static int any_block(struct rn_build *b, int x, const struct block *block, bool first)
{
    switch (b->graph->arch.block) {
    case RN_BLOCK_VANILLA:
        return vanilla_block(b, x, block);
    case RN_BLOCK_V:
        return v_block(b, x, block);
    case RN_BLOCK_BOTTLENECK_LINEAR:
        return linear_block(b, x, block);
    case RN_BLOCK_SEPARABLE:
        return rn_build_separable_block(b, x, block->stage->width, block->stride);
    case RN_BLOCK_SHUFFLE:
        return rn_build_shuffle_block(b, x, block->stage, block->stride, first);
    case RN_BLOCK_SHUFFLE_V2:
        return rn_build_shuffle_v2_block(b, x, block->stage, block->stride);
    default:
        return residual_block(b, x, block);
    }
}

void rn_build_anynet(struct rn_build *b)
{
    const struct rn_arch *arch = &b->graph->arch;
    int x = rn_build_stem(b), w_in = arch->stem_w;

    for (int i = 0; i < arch->n_stages; i++) {
        const struct rn_stage *stage = &arch->stages[i];

        for (int j = 0; j < stage->depth; j++) {
            struct block block = {stage, w_in, j == 0 ? stage->stride : 1};
            size_t mark = rn_build_enter(b, "s%d.b%d.", i + 1, j + 1);

            x = any_block(b, x, &block, i == 0 && j == 0);
            w_in = stage->width;
            rn_build_leave(b, mark);
        }
    }
    if (arch->timm && arch->block == RN_BLOCK_BOTTLENECK_LINEAR && arch->head_w == 0)
        x = rn_build_arch_act(b, x, "af");
    rn_build_head(b, x, "bn", "af");
}

/* Counts in closed form (docs/counting.md): a stage costs its first block and depth - 1 like its
   second, so the work grows with the stages, not with the blocks. */
#include "room.h"

static void add_conv(struct rn_complexity *cx, int k, int c_in, int c_out, int groups, int64_t area)
{
    int64_t weights = (int64_t)k * k * (c_in / groups) * c_out;

    cx->flops += weights * area;
    cx->params += weights;
    cx->acts += c_out * area;
}

static void add_bias(struct rn_complexity *cx, int c_out)
{
    cx->flops += c_out;
    cx->params += c_out;
}

static void add_conv_bn(struct rn_complexity *cx, int k, int c_in, int c_out, int groups,
                        int64_t area)
{
    add_conv(cx, k, c_in, c_out, groups, area);
    cx->params += 2 * c_out;
}

static void add_se(struct rn_complexity *cx, int w, int w_se)
{
    if (w_se == 0)
        return;
    add_conv(cx, 1, w, w_se, 1, 1);
    add_bias(cx, w_se);
    add_conv(cx, 1, w_se, w, 1, 1);
    add_bias(cx, w);
}

/* 1x1, 3x3 or 5x5 in groups, SE, 1x1: bottlenecks and MBConv, whose 1x1 may be left out. */
static void add_bottleneck(struct rn_complexity *cx, const struct rn_arch *arch,
                           const struct rn_stage *stage, int w_in, int64_t area_in,
                           int64_t area_out)
{
    int w_b = rn_bottleneck_width(arch->block, w_in, stage->width, stage->bot_mul);

    if (arch->block != RN_BLOCK_MBCONV || w_b != w_in)
        add_conv_bn(cx, 1, w_in, w_b, 1, arch->stride_1x1 ? area_out : area_in);
    add_conv_bn(cx, stage->kernel, w_b, w_b, rn_stage_groups(arch->block, stage, w_in), area_out);
    add_se(cx, w_b, rn_se_width(arch->block, w_in, arch->se_r));
    add_conv_bn(cx, 1, w_b, stage->width, 1, area_out);
}

/* The same with SE behind the last 1x1; SENet's first 1x1 has half the width. */
static void add_se_bottleneck(struct rn_complexity *cx, const struct rn_arch *arch,
                              const struct rn_stage *stage, int w_in, int64_t area_in,
                              int64_t area_out)
{
    int w_b = rn_bottleneck_width(arch->block, w_in, stage->width, stage->bot_mul);
    int w_a = arch->block == RN_BLOCK_SENET ? w_b / 2 : w_b;

    add_conv_bn(cx, 1, w_in, w_a, 1, arch->stride_1x1 ? area_out : area_in);
    add_conv_bn(cx, 3, w_a, w_b, rn_stage_groups(arch->block, stage, w_in), area_out);
    add_conv_bn(cx, 1, w_b, stage->width, 1, area_out);
    add_se(cx, stage->width, rn_se_width(arch->block, stage->width, arch->se_r));
}

/* Depthwise 3x3 and 1x1, each normalized. */
static void add_separable(struct rn_complexity *cx, int w_in, int w, int64_t area)
{
    add_conv_bn(cx, 3, w_in, w_in, w_in, area);
    add_conv_bn(cx, 1, w_in, w, 1, area);
}

/* first: the network's first block, whose first 1x1 is not grouped. With a stride, the input is
   pooled and put beside the result. */
static void add_shuffle(struct rn_complexity *cx, const struct rn_arch *arch,
                        const struct rn_stage *stage, int w_in, int stride, int64_t area_in,
                        int64_t area)
{
    int w_b = rn_bottleneck_width(arch->block, w_in, stage->width, stage->bot_mul);
    int groups = rn_stage_groups(arch->block, stage, w_in);
    bool first = stage == arch->stages && stride > 1;
    int w = stride > 1 ? stage->width - w_in : stage->width;

    add_conv_bn(cx, 1, w_in, w_b, first ? 1 : groups, area_in);
    add_conv_bn(cx, 3, w_b, w_b, w_b, area);
    add_conv_bn(cx, 1, w_b, w, groups, area);
    if (stride > 1)
        cx->acts += w_in * area;
}

/* Half of the channels pass; with a stride, all go through both branches. */
static void add_shuffle_v2(struct rn_complexity *cx, const struct rn_stage *stage, int w_in,
                           int stride, int64_t area_in, int64_t area)
{
    int half = stage->width / 2;

    if (stride > 1)
        add_separable(cx, w_in, half, area);
    add_conv_bn(cx, 1, stride > 1 ? w_in : half, half, 1, area_in);
    add_separable(cx, half, half, area);
}

static bool projects(enum rn_block block)
{
    return block == RN_BLOCK_BASIC || block == RN_BLOCK_VR || block == RN_BLOCK_BOTTLENECK ||
           block == RN_BLOCK_SE_BOTTLENECK || block == RN_BLOCK_SENET;
}

/* side_in: of the block's input, in pixels. */
static void add_block(struct rn_complexity *cx, const struct rn_arch *arch,
                      const struct rn_stage *stage, int w_in, int side_in, int stride)
{
    int w = stage->width, side = rn_out_side(side_in, stride);
    int64_t area_in = (int64_t)side_in * side_in, area = (int64_t)side * side;

    switch (arch->block) {
    case RN_BLOCK_VANILLA:
    case RN_BLOCK_BASIC:
        add_conv_bn(cx, 3, w_in, w, 1, area);
        add_conv_bn(cx, 3, w, w, 1, area);
        break;
    case RN_BLOCK_V:
    case RN_BLOCK_VR:
        add_conv_bn(cx, 3, w_in, w, 1, area);
        break;
    case RN_BLOCK_BOTTLENECK:
    case RN_BLOCK_BOTTLENECK_LINEAR:
    case RN_BLOCK_MBCONV:
        add_bottleneck(cx, arch, stage, w_in, area_in, area);
        break;
    case RN_BLOCK_SE_BOTTLENECK:
    case RN_BLOCK_SENET:
        add_se_bottleneck(cx, arch, stage, w_in, area_in, area);
        break;
    case RN_BLOCK_SEPARABLE:
        add_separable(cx, w_in, w, area);
        break;
    case RN_BLOCK_SHUFFLE:
        add_shuffle(cx, arch, stage, w_in, stride, area_in, area);
        break;
    case RN_BLOCK_SHUFFLE_V2:
        add_shuffle_v2(cx, stage, w_in, stride, area_in, area);
        break;
    default:
        break; /* a cell: only its graph can be counted */
    }
    if (projects(arch->block) && (w_in != w || stride != 1))
        add_conv_bn(cx, rn_projection_kernel(arch->block, stride), w_in, w, 1, area);
}

/* Returns the side of the stem's output. */
static int add_stem(struct rn_complexity *cx, const struct rn_arch *arch)
{
    int k = arch->stem == RN_STEM_RES_IN || arch->stem == RN_STEM_SE_IN ? 7 : 3;
    int side = rn_out_side(arch->im_size, arch->stem == RN_STEM_CIFAR ? 1 : 2), w = arch->stem_w;
    int64_t area = (int64_t)side * side;

    if (arch->stem == RN_STEM_SENET_IN) {
        add_conv_bn(cx, 3, 3, w / 2, 1, area);
        add_conv_bn(cx, 3, w / 2, w / 2, 1, area);
        add_conv_bn(cx, 3, w / 2, w, 1, area);
    } else {
        add_conv_bn(cx, k, 3, w, 1, area);
    }
    if (arch->stem != RN_STEM_CIFAR && arch->stem != RN_STEM_SIMPLE) {
        side = rn_out_side(side, 2);
        cx->acts += (int64_t)arch->stem_w * side * side; /* of the max pool */
    }
    return side;
}

static void add_head(struct rn_complexity *cx, const struct rn_arch *arch, int w_in, int side)
{
    if (arch->head_w > 0) {
        add_conv_bn(cx, 1, w_in, arch->head_w, 1, (int64_t)side * side);
        w_in = arch->head_w;
    }
    add_conv(cx, 1, w_in, arch->num_classes, 1, 1);
    add_bias(cx, arch->num_classes);
}

struct rn_complexity rn_arch_complexity(const struct rn_arch *arch)
{
    struct rn_complexity cx = {0};
    int side = add_stem(&cx, arch), w_in = arch->stem_w;

    for (int i = 0; i < arch->n_stages; i++) {
        const struct rn_stage *stage = &arch->stages[i];
        struct rn_complexity rest = {0};

        add_block(&cx, arch, stage, w_in, side, stage->stride);
        side = rn_out_side(side, stage->stride);
        w_in = stage->width;
        add_block(&rest, arch, stage, w_in, side, 1);
        cx.flops += rest.flops * (stage->depth - 1);
        cx.params += rest.params * (stage->depth - 1);
        cx.acts += rest.acts * (stage->depth - 1);
    }
    add_head(&cx, arch, w_in, side);
    return cx;
}

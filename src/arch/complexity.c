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

static bool projects(enum rn_block block)
{
    return block == RN_BLOCK_BASIC || block == RN_BLOCK_VR || block == RN_BLOCK_BOTTLENECK;
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
    }
    if (projects(arch->block) && (w_in != w || stride != 1))
        add_conv_bn(cx, 1, w_in, w, 1, area);
}

/* Returns the side of the stem's output. */
static int add_stem(struct rn_complexity *cx, const struct rn_arch *arch)
{
    int k = arch->stem == RN_STEM_RES_IN ? 7 : 3;
    int side = rn_out_side(arch->im_size, arch->stem == RN_STEM_CIFAR ? 1 : 2);

    add_conv_bn(cx, k, 3, arch->stem_w, 1, (int64_t)side * side);
    if (arch->stem == RN_STEM_RES_IN) {
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

/* The networks: loops over convolutions, then one of each family, with awkward widths and sizes. */
#include "nets.h"

#include <assert.h>
#include <stdio.h>

static struct rn_arch base(enum rn_block block)
{
    return (struct rn_arch){.stem = RN_STEM_CIFAR,
                            .stem_w = 8,
                            .block = block,
                            .n_stages = 1,
                            .stages = {{2, 16, 2, 1.0, 8, 3}},
                            .num_classes = 7,
                            .im_size = 9};
}

/* Two bottlenecks, the second with an identity shortcut, around the convolution in question. */
static struct rn_arch bottleneck(int k, int stride, int width, int group_w, int turn)
{
    struct rn_arch arch = base(RN_BLOCK_BOTTLENECK);

    arch.stages[0] = (struct rn_stage){2, width, stride, 1.0, group_w, k};
    arch.im_size = 6 + turn % 4;
    snprintf(arch.name, sizeof arch.name, "k%d s%d w%d g%d", k, stride, width, group_w);
    return arch;
}

static int add_convs(struct rn_arch *archs, int n)
{
    static const struct {
        int width, group_w;
    } widths[] = {{24, 1},  {24, 2},  {24, 4},  {24, 8}, {32, 16},
                  {48, 24}, {32, 32}, {20, 20}, {15, 5}};

    for (int k = 1; k <= 7; k += 2)
        for (int stride = 1; stride <= 2; stride++)
            for (size_t i = 0; i < sizeof widths / sizeof *widths; i++, n++)
                archs[n] = bottleneck(k, stride, widths[i].width, widths[i].group_w, n);
    return n;
}

static void add_families(struct rn_arch *archs)
{
    static const enum rn_block blocks[] = {RN_BLOCK_VANILLA,    RN_BLOCK_V,
                                           RN_BLOCK_VR,         RN_BLOCK_BASIC,
                                           RN_BLOCK_BOTTLENECK, RN_BLOCK_BOTTLENECK_LINEAR,
                                           RN_BLOCK_MBCONV};
    static const enum rn_act acts[] = {RN_ACT_RELU, RN_ACT_SILU, RN_ACT_GELU};

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        for (size_t j = 0; j < sizeof acts / sizeof *acts; j++) {
            struct rn_arch *arch = archs++;

            *arch = base(blocks[i]);
            arch->act = acts[j];
            snprintf(arch->name, sizeof arch->name, "%s, %s", rn_block_text(blocks[i]),
                     rn_act_text(acts[j]));
            if (rn_block_has_bottleneck(blocks[i])) {
                arch->se_r = j == 1 ? 0.0 : 0.25;
                arch->stages[0].bot_mul = j == 0 ? 1.0 : 4.0;
            }
            if (!rn_block_has_groups(blocks[i]))
                arch->stages[0].group_w = 0;
            arch->stages[0].kernel = blocks[i] == RN_BLOCK_MBCONV && j == 2 ? 5 : 3;
            arch->head_w = j == 2 ? 20 : 0;
        }
}

static void add_awkward(struct rn_arch *archs)
{
    archs[0] = base(RN_BLOCK_BOTTLENECK);
    snprintf(archs[0].name, RN_NAME_MAX, "res_stem_in, pooled; stride in the 1x1");
    archs[0].stem = RN_STEM_RES_IN;
    archs[0].stride_1x1 = true;
    archs[0].im_size = 31;
    archs[1] = base(RN_BLOCK_BOTTLENECK);
    snprintf(archs[1].name, RN_NAME_MAX, "simple stem, three stages, stride 3, odd widths");
    archs[1].stem = RN_STEM_SIMPLE;
    archs[1].stem_w = 5;
    archs[1].n_stages = 3;
    archs[1].stages[0] = (struct rn_stage){1, 9, 1, 1.0, 3, 3};
    archs[1].stages[1] = (struct rn_stage){2, 13, 3, 1.0, 13, 3};
    archs[1].stages[2] = (struct rn_stage){1, 40, 1, 0.5, 10, 3};
    archs[1].se_r = 0.3;
    archs[1].num_classes = 100;
    archs[1].im_size = 23;
    archs[2] = base(RN_BLOCK_BOTTLENECK); /* wider than a vector panel, and more than one */
    snprintf(archs[2].name, RN_NAME_MAX, "wide, dense");
    archs[2].stages[0] = (struct rn_stage){1, 104, 2, 1.0, 104, 3};
    archs[3] = base(RN_BLOCK_BOTTLENECK);
    snprintf(archs[3].name, RN_NAME_MAX, "large images, groups of 8");
    archs[3].stages[0] = (struct rn_stage){2, 16, 2, 1.0, 8, 3};
    archs[3].im_size = 45;
}

/* Images so large that a block is a strip of one, not whole images. */
static void add_strips(struct rn_arch *archs)
{
    static const struct {
        enum rn_block block;
        int size, width, stride, group_w, kernel;
        double se_r;
    } nets[] = {{RN_BLOCK_BOTTLENECK, 30, 40, 1, 40, 3, 0.25},
                {RN_BLOCK_BOTTLENECK, 37, 48, 2, 16, 3, 0.25},
                {RN_BLOCK_BOTTLENECK, 35, 40, 1, 8, 5, 0},
                {RN_BLOCK_BASIC, 34, 40, 1, 0, 3, 0},
                {RN_BLOCK_MBCONV, 35, 56, 2, 0, 7, 0.25}};

    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        archs[i] = base(nets[i].block);
        archs[i].stages[0] = (struct rn_stage){i == 0 ? 2 : 1,  nets[i].width, nets[i].stride, 1.0,
                                               nets[i].group_w, nets[i].kernel};
        archs[i].se_r = nets[i].se_r;
        archs[i].im_size = nets[i].size;
        snprintf(archs[i].name, RN_NAME_MAX, "strips: %s of %d pixels, k%d s%d g%d",
                 rn_block_text(nets[i].block), nets[i].size, nets[i].kernel, nets[i].stride,
                 nets[i].group_w);
    }
}

/* Residual blocks that drop images, and classifiers that drop values. */
static int add_drops(struct rn_arch *archs)
{
    static const enum rn_block blocks[] = {RN_BLOCK_BOTTLENECK, RN_BLOCK_BASIC, RN_BLOCK_MBCONV};
    int n = 0;

    for (; n < 3; n++) {
        archs[n] = base(blocks[n]);
        archs[n].drop_connect = 0.4;
        archs[n].dropout = 0.3;
        archs[n].stages[0].group_w = blocks[n] == RN_BLOCK_BOTTLENECK ? 8 : 0;
        archs[n].se_r = n == 0 ? 0 : 0.25;
        snprintf(archs[n].name, RN_NAME_MAX, "drops: %s", rn_block_text(blocks[n]));
    }
    return n;
}

/* Blocks of the systems that the paper compares with. */
static int add_others(struct rn_arch *archs)
{
    static const struct {
        enum rn_block block;
        enum rn_stem stem;
        struct rn_stage stages[2];
        double se_r;
        enum rn_act act;
    } nets[] = {
        {RN_BLOCK_SE_BOTTLENECK,
         RN_STEM_SE_IN,
         {{2, 16, 1, 1, 4, 3}, {1, 24, 2, 1, 24, 3}},
         0.25,
         RN_ACT_RELU},
        {RN_BLOCK_SENET,
         RN_STEM_SENET_IN,
         {{2, 16, 1, 1, 4, 3}, {1, 32, 2, 1, 8, 3}},
         0.25,
         RN_ACT_RELU},
        {RN_BLOCK_SEPARABLE,
         RN_STEM_SIMPLE,
         {{1, 16, 1, 1, 0, 3}, {2, 20, 2, 1, 0, 3}},
         0,
         RN_ACT_RELU6},
        {RN_BLOCK_SHUFFLE,
         RN_STEM_POOL_IN,
         {{2, 24, 2, 0.5, 4, 3}, {2, 48, 2, 0.5, 8, 3}},
         0,
         RN_ACT_RELU},
        {RN_BLOCK_SHUFFLE_V2,
         RN_STEM_POOL_IN,
         {{2, 20, 2, 1, 0, 3}, {2, 44, 2, 1, 0, 3}},
         0,
         RN_ACT_RELU},
    };
    int n = 0;

    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++, n++) {
        archs[n] = (struct rn_arch){.stem = nets[i].stem,
                                    .stem_w = 12,
                                    .block = nets[i].block,
                                    .act = nets[i].act,
                                    .n_stages = 2,
                                    .stages = {nets[i].stages[0], nets[i].stages[1]},
                                    .se_r = nets[i].se_r,
                                    .num_classes = 7,
                                    .im_size = 22};
        snprintf(archs[n].name, RN_NAME_MAX, "%s", rn_block_text(nets[i].block));
    }
    for (int block = RN_BLOCK_NASNET_A; block < RN_BLOCK_COUNT; block++, n++) {
        bool darts = block == RN_BLOCK_DARTS_V2;
        archs[n] = (struct rn_arch){.stem = darts ? RN_STEM_DARTS_IN : RN_STEM_CELLS_IN,
                                    .stem_w = 8,
                                    .block = (enum rn_block)block,
                                    .n_stages = 2,
                                    .stages = {{1, 36, 1, 1, 0, 3}, {1, 40, 2, 1, 0, 3}},
                                    .skip_reduction = block == RN_BLOCK_NASNET_A,
                                    .timm = block == RN_BLOCK_NASNET_A,
                                    .num_classes = 7,
                                    .im_size = 28};
        snprintf(archs[n].name, RN_NAME_MAX, "%s", rn_block_text((enum rn_block)block));
    }
    return n;
}

int rn_test_nets(struct rn_arch *archs)
{
    int n = add_convs(archs, 0);

    add_families(archs + n);
    n += 21;
    add_awkward(archs + n);
    n += 4;
    add_strips(archs + n);
    n += 5;
    n += add_drops(archs + n);
    n += add_others(archs + n);
    assert(n <= NETS_MAX);
    return n;
}

/* ResNets and ResNeXts as pycls' MODEL.TYPE resnet builds them. */
#include "room.h"

static void set_stages(struct rn_arch *arch, int n, const int *depths, int width,
                       enum rn_block block)
{
    arch->block = block;
    arch->n_stages = n;
    for (int i = 0; i < n; i++)
        arch->stages[i] = (struct rn_stage){.depth = depths[i],
                                            .width = width << i,
                                            .stride = i == 0 ? 1 : 2,
                                            .bot_mul = 1,
                                            .kernel = 3};
}

enum rn_status rn_resnet_imagenet(int depth, bool bottleneck, int groups, int width_per_group,
                                  struct rn_arch *arch, struct rn_err *err)
{
    static const struct {
        int depth, stages[4];
        bool bottleneck;
    } forms[] = {{18, {2, 2, 2, 2}, false},
                 {34, {3, 4, 6, 3}, false},
                 {50, {3, 4, 6, 3}, true},
                 {101, {3, 4, 23, 3}, true},
                 {152, {3, 8, 36, 3}, true}};

    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        if (forms[f].depth != depth || forms[f].bottleneck != bottleneck)
            continue;
        arch->stem = RN_STEM_RES_IN;
        arch->stem_w = 64;
        set_stages(arch, 4, forms[f].stages, bottleneck ? 256 : 64,
                   bottleneck ? RN_BLOCK_BOTTLENECK : RN_BLOCK_BASIC);
        for (int i = 0; bottleneck && i < 4; i++) {
            arch->stages[i].bot_mul = (double)groups * width_per_group / 256;
            arch->stages[i].group_w = width_per_group << i;
        }
        return RN_OK;
    }
    return rn_fail(err, RN_E_CONFIG,
                   "MODEL.DEPTH %d: a ResNet for ImageNet has depth %s with RESNET.TRANS_FUN "
                   "%s_transform",
                   depth, bottleneck ? "50, 101 or 152" : "18 or 34",
                   bottleneck ? "bottleneck" : "basic");
}

enum rn_status rn_resnet_cifar(int depth, enum rn_block block, struct rn_arch *arch,
                               struct rn_err *err)
{
    int d = (depth - 2) / 6;

    if (depth < 8 || (depth - 2) % 6 != 0)
        return rn_fail(err, RN_E_CONFIG,
                       "MODEL.DEPTH %d: a ResNet for small images has depth 6n + 2 (20, 56, 110)",
                       depth);
    arch->stem = RN_STEM_CIFAR;
    arch->stem_w = 16;
    set_stages(arch, 3, (const int[]){d, d, d}, 16, block);
    return RN_OK;
}

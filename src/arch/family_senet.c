/* Squeeze-and-excitation networks: ResNets and ResNeXts with it, and SENet-154. */
#include "family.h"

static const struct senet {
    const char *name;
    int depth, groups, width_per_group;
    bool stride_1x1; /* as in the authors' Caffe models */
} nets[] = {
    {"SE-ResNet-50", 50, 1, 64, true},     {"SE-ResNet-101", 101, 1, 64, true},
    {"SE-ResNet-152", 152, 1, 64, true},   {"SE-ResNeXt-50", 50, 32, 4, false},
    {"SE-ResNeXt-101", 101, 32, 4, false}, {"SENet-154", 152, 64, 4, false},
};

static const char *name(size_t i)
{
    return nets[i].name;
}

static enum rn_status make(size_t i, struct rn_arch *arch, struct rn_err *err)
{
    const struct senet *net = &nets[i];
    bool senet_154 = net->groups == 64;
    enum rn_status status =
        rn_resnet_imagenet(net->depth, true, net->groups, net->width_per_group, arch, err);

    arch->stem = senet_154 ? RN_STEM_SENET_IN : RN_STEM_SE_IN;
    arch->stem_w = senet_154 ? 128 : 64;
    arch->block = senet_154 ? RN_BLOCK_SENET : RN_BLOCK_SE_BOTTLENECK;
    arch->se_r = 1.0 / 16;
    arch->stride_1x1 = net->stride_1x1;
    return status;
}

const struct rn_family rn_family_senet = {
    .n = sizeof nets / sizeof *nets, .name = name, .make = make};

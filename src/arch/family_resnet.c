/* The ResNets and ResNeXts known by name, for ImageNet and for small images. */
#include "family.h"

static const struct {
    const char *name;
    int depth, groups, width_per_group;
} resnets[] = {
    {"ResNet-18", 18, 1, 64},    {"ResNet-34", 34, 1, 64},    {"ResNet-50", 50, 1, 64},
    {"ResNet-101", 101, 1, 64},  {"ResNet-152", 152, 1, 64},  {"ResNeXt-50", 50, 32, 4},
    {"ResNeXt-101", 101, 32, 4}, {"ResNeXt-152", 152, 32, 4},
};

static const char *name(size_t i)
{
    return resnets[i].name;
}

static enum rn_status make(size_t i, struct rn_arch *arch, struct rn_err *err)
{
    return rn_resnet_imagenet(resnets[i].depth, resnets[i].depth >= 50, resnets[i].groups,
                              resnets[i].width_per_group, arch, err);
}

const struct rn_family rn_family_resnet = {
    .n = sizeof resnets / sizeof *resnets, .name = name, .make = make};

/* He et al., section 4.2; V has no shortcuts. */
static const struct {
    const char *name;
    int depth;
    enum rn_block block;
} small[] = {{"R-20", 20, RN_BLOCK_BASIC},   {"R-32", 32, RN_BLOCK_BASIC},
             {"R-44", 44, RN_BLOCK_BASIC},   {"R-56", 56, RN_BLOCK_BASIC},
             {"R-110", 110, RN_BLOCK_BASIC}, {"V-56", 56, RN_BLOCK_VANILLA}};

static const char *small_name(size_t i)
{
    return small[i].name;
}

static enum rn_status make_small(size_t i, struct rn_arch *arch, struct rn_err *err)
{
    arch->num_classes = 10;
    arch->im_size = 32;
    return rn_resnet_cifar(small[i].depth, small[i].block, arch, err);
}

const struct rn_family rn_family_cifar = {
    .n = sizeof small / sizeof *small, .name = small_name, .make = make_small};

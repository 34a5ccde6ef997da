/* room.h: what the files of src/arch share and nobody else needs. */
#ifndef RN_ARCH_ROOM_H
#define RN_ARCH_ROOM_H

#include "regnet/arch.h"

/* Side of a convolution's or pooling's output, padded by (k-1)/2. */
static inline int rn_out_side(int side, int stride)
{
    return (side - 1) / stride + 1;
}

/* ResNe(X)t for ImageNet: depth 18, 34 (basic) or 50, 101, 152 (bottleneck). Sets stem and stages;
   arch's other fields stay. */
enum rn_status rn_resnet_imagenet(int depth, bool bottleneck, int groups, int width_per_group,
                                  struct rn_arch *arch, struct rn_err *err);
/* The small form of He et al., section 4.2: depth 6n + 2, widths 16, 32, 64. */
enum rn_status rn_resnet_cifar(int depth, enum rn_block block, struct rn_arch *arch,
                               struct rn_err *err);

/* The six parameters of a configuration's RegNet. from_config.c */
struct rn_regnet rn_regnet_of(const struct rn_config *cfg);

#endif

/* EfficientNet B0 to B7: one network, scaled in width, depth and resolution. */
#include <math.h>

#include "family.h"

static const struct {
    const char *name;
    double width, depth;
    int im_size;
} nets[] = {
    {"EfficientNet-B0", 1.0, 1.0, 224}, {"EfficientNet-B1", 1.0, 1.1, 240},
    {"EfficientNet-B2", 1.1, 1.2, 260}, {"EfficientNet-B3", 1.2, 1.4, 300},
    {"EfficientNet-B4", 1.4, 1.8, 380}, {"EfficientNet-B5", 1.6, 2.2, 456},
    {"EfficientNet-B6", 1.8, 2.6, 528}, {"EfficientNet-B7", 2.0, 3.1, 600},
};

/* B0's. */
static const struct rn_stage stages[] = {
    {1, 16, 1, 1, 0, 3},  {2, 24, 2, 6, 0, 3},  {2, 40, 2, 6, 0, 5}, {3, 80, 2, 6, 0, 3},
    {3, 112, 1, 6, 0, 5}, {4, 192, 2, 6, 0, 5}, {1, 320, 1, 6, 0, 3}};

static const char *name(size_t i)
{
    return nets[i].name;
}

static enum rn_status make(size_t i, struct rn_arch *arch, struct rn_err *err)
{
    (void)err;
    arch->stem = RN_STEM_SIMPLE;
    arch->stem_w = rn_width_times(32, nets[i].width);
    arch->head_w = rn_width_times(1280, nets[i].width);
    arch->im_size = nets[i].im_size;
    arch->block = RN_BLOCK_MBCONV;
    arch->act = RN_ACT_SILU;
    arch->se_r = 0.25;
    arch->n_stages = sizeof stages / sizeof *stages;
    for (int s = 0; s < arch->n_stages; s++) {
        arch->stages[s] = stages[s];
        arch->stages[s].width = rn_width_times(stages[s].width, nets[i].width);
        arch->stages[s].depth = (int)ceil(stages[s].depth * nets[i].depth);
    }
    return RN_OK;
}

const struct rn_family rn_family_effnet = {
    .n = sizeof nets / sizeof *nets, .name = name, .make = make};

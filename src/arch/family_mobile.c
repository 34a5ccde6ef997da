/* MobileNetV1 and V2, by width multiplier: MobileNetV2-1.4. */
#include <math.h>
#include <stdio.h>

#include "family.h"

static const char *const names[] = {
    "MobileNetV1-0.25", "MobileNetV1-0.5", "MobileNetV1-0.75", "MobileNetV1-1.0",
    "MobileNetV2-0.35", "MobileNetV2-0.5", "MobileNetV2-0.75", "MobileNetV2-1.0",
    "MobileNetV2-1.3",  "MobileNetV2-1.4",
};

static const struct rn_stage v1[] = {{1, 64, 1, 1, 0, 3},
                                     {2, 128, 2, 1, 0, 3},
                                     {2, 256, 2, 1, 0, 3},
                                     {6, 512, 2, 1, 0, 3},
                                     {2, 1024, 2, 1, 0, 3}};
static const struct rn_stage v2[] = {{1, 16, 1, 1, 0, 3}, {2, 24, 2, 6, 0, 3}, {3, 32, 2, 6, 0, 3},
                                     {4, 64, 2, 6, 0, 3}, {3, 96, 1, 6, 0, 3}, {3, 160, 2, 6, 0, 3},
                                     {1, 320, 1, 6, 0, 3}};

static const char *name(size_t i)
{
    return names[i];
}

static bool parse(const char *text, struct rn_arch *arch)
{
    double multiplier;
    int version, end = 0;

    if (sscanf(text, "mobilenetv%1d-%lf%n", &version, &multiplier, &end) != 2 || text[end] ||
        version < 1 || version > 2 || !(multiplier >= 0.05 && multiplier <= 16))
        return false;
    arch->stem = RN_STEM_SIMPLE;
    arch->stem_w = rn_width_times(32, multiplier);
    arch->act = RN_ACT_RELU6;
    arch->block = version == 1 ? RN_BLOCK_SEPARABLE : RN_BLOCK_MBCONV;
    arch->head_w = version == 1 ? 0 : rn_width_times(1280, fmax(1, multiplier));
    arch->n_stages = version == 1 ? sizeof v1 / sizeof *v1 : sizeof v2 / sizeof *v2;
    for (int i = 0; i < arch->n_stages; i++) {
        arch->stages[i] = version == 1 ? v1[i] : v2[i];
        arch->stages[i].width = rn_width_times(arch->stages[i].width, multiplier);
    }
    snprintf(arch->name, sizeof arch->name,
             multiplier == rint(multiplier) ? "MobileNetV%d-%.1f" : "MobileNetV%d-%g", version,
             multiplier);
    return true;
}

const struct rn_family rn_family_mobile = {
    .n = sizeof names / sizeof *names, .name = name, .parse = parse};

/* ShuffleNetV1 and V2, by width and, V1, groups: ShuffleNetV1-2x-g3, ShuffleNetV2-1.5x. */
#include <math.h>
#include <stdio.h>

#include "family.h"

static const char *const names[] = {
    "ShuffleNetV1-0.5x-g1", "ShuffleNetV1-0.5x-g2", "ShuffleNetV1-0.5x-g3", "ShuffleNetV1-0.5x-g4",
    "ShuffleNetV1-0.5x-g8", "ShuffleNetV1-1x-g1",   "ShuffleNetV1-1x-g2",   "ShuffleNetV1-1x-g3",
    "ShuffleNetV1-1x-g4",   "ShuffleNetV1-1x-g8",   "ShuffleNetV1-1.5x-g1", "ShuffleNetV1-1.5x-g2",
    "ShuffleNetV1-1.5x-g3", "ShuffleNetV1-1.5x-g4", "ShuffleNetV1-1.5x-g8", "ShuffleNetV1-2x-g1",
    "ShuffleNetV1-2x-g2",   "ShuffleNetV1-2x-g3",   "ShuffleNetV1-2x-g4",   "ShuffleNetV1-2x-g8",
    "ShuffleNetV2-0.5x",    "ShuffleNetV2-1x",      "ShuffleNetV2-1.5x",    "ShuffleNetV2-2x",
};

static const char *name(size_t i)
{
    return names[i];
}

static void set_stages(struct rn_arch *arch, enum rn_block block, int stem_w, const int widths[3])
{
    static const int depths[] = {4, 8, 4};

    arch->stem = RN_STEM_POOL_IN;
    arch->stem_w = stem_w;
    arch->block = block;
    arch->n_stages = 3;
    for (int i = 0; i < 3; i++)
        arch->stages[i] = (struct rn_stage){
            .depth = depths[i], .width = widths[i], .stride = 2, .bot_mul = 1, .kernel = 3};
}

/* A quarter of the width, in whole channels a group: the paper leaves open what the widths that do
   not divide (0.5x and 1.5x, 2 and 4 groups) become. */
static void set_bottleneck(struct rn_stage *stage, int groups)
{
    stage->group_w = (int)fmax(1, rint(stage->width / 4.0 / groups));
    stage->bot_mul = (double)stage->group_w * groups / stage->width;
}

/* Whole multiples of 24 channels, as in the authors' models (1.5x keeps 24), or a part of 24 that
   the groups divide. */
static int v1_stem(double multiplier, int groups)
{
    return multiplier >= 1 ? 24 * (int)multiplier : groups * (int)ceil(24 * multiplier / groups);
}

static bool parse_v1(const char *text, struct rn_arch *arch)
{
    static const struct {
        int groups, width;
    } forms[] = {{1, 144}, {2, 200}, {3, 240}, {4, 272}, {8, 384}};
    double multiplier;
    int groups, end = 0;

    if (sscanf(text, "shufflenetv1-%lfx-g%d%n", &multiplier, &groups, &end) != 2 || text[end] ||
        !(multiplier >= 0.25 && multiplier <= 8))
        return false;
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        int w = (int)rint(forms[f].width * multiplier / groups) * groups;
        if (forms[f].groups != groups)
            continue;
        set_stages(arch, RN_BLOCK_SHUFFLE, v1_stem(multiplier, groups),
                   (const int[]){w, 2 * w, 4 * w});
        for (int i = 0; i < 3; i++)
            set_bottleneck(&arch->stages[i], groups);
        snprintf(arch->name, sizeof arch->name, "ShuffleNetV1-%gx-g%d", multiplier, groups);
        return true;
    }
    return false;
}

static bool parse_v2(const char *text, struct rn_arch *arch)
{
    static const struct {
        double multiplier;
        int widths[3], head_w;
    } forms[] = {{0.5, {48, 96, 192}, 1024},
                 {1, {116, 232, 464}, 1024},
                 {1.5, {176, 352, 704}, 1024},
                 {2, {244, 488, 976}, 2048}};
    double multiplier;
    int end = 0;

    if (sscanf(text, "shufflenetv2-%lfx%n", &multiplier, &end) != 1 || text[end])
        return false;
    if (!(multiplier >= 0.1 && multiplier <= 8))
        return false;
    snprintf(arch->name, sizeof arch->name, "ShuffleNetV2-%gx", multiplier);
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        if (forms[f].multiplier != multiplier)
            continue;
        set_stages(arch, RN_BLOCK_SHUFFLE_V2, 24, forms[f].widths);
        arch->head_w = forms[f].head_w;
        return true;
    }
    int w = 2 * (int)rint(116 * multiplier / 2); /* not published: two equal halves */
    set_stages(arch, RN_BLOCK_SHUFFLE_V2, 24, (const int[]){w, 2 * w, 4 * w});
    arch->head_w = multiplier < 2 ? 1024 : 2048;
    return true;
}

static bool parse(const char *text, struct rn_arch *arch)
{
    return parse_v1(text, arch) || parse_v2(text, arch);
}

const struct rn_family rn_family_shuffle = {
    .n = sizeof names / sizeof *names, .name = name, .parse = parse};

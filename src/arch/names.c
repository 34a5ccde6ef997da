/* The networks known by name: the paper's 24 RegNets and the systems that it compares with. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "room.h"

/* Figures 15 and 16, with the digits of pycls' configurations. b is 1; Y has SE. */
static const struct {
    const char *name;
    int d, w0;
    double wa, wm;
    int g;
} regnets[] = {
    {"RegNetX-200MF", 13, 24, 36.44, 2.49, 8},    {"RegNetX-400MF", 22, 24, 24.48, 2.54, 16},
    {"RegNetX-600MF", 16, 48, 36.97, 2.24, 24},   {"RegNetX-800MF", 16, 56, 35.73, 2.28, 16},
    {"RegNetX-1.6GF", 18, 80, 34.01, 2.25, 24},   {"RegNetX-3.2GF", 25, 88, 26.31, 2.25, 48},
    {"RegNetX-4.0GF", 23, 96, 38.65, 2.43, 40},   {"RegNetX-6.4GF", 17, 184, 60.83, 2.07, 56},
    {"RegNetX-8.0GF", 23, 80, 49.56, 2.88, 120},  {"RegNetX-12GF", 19, 168, 73.36, 2.37, 112},
    {"RegNetX-16GF", 22, 216, 55.59, 2.1, 128},   {"RegNetX-32GF", 23, 320, 69.86, 2.0, 168},
    {"RegNetY-200MF", 13, 24, 36.44, 2.49, 8},    {"RegNetY-400MF", 16, 48, 27.89, 2.09, 8},
    {"RegNetY-600MF", 15, 48, 32.54, 2.32, 16},   {"RegNetY-800MF", 14, 56, 38.84, 2.4, 16},
    {"RegNetY-1.6GF", 27, 48, 20.71, 2.65, 24},   {"RegNetY-3.2GF", 21, 80, 42.63, 2.66, 24},
    {"RegNetY-4.0GF", 22, 96, 31.41, 2.24, 64},   {"RegNetY-6.4GF", 25, 112, 33.22, 2.27, 72},
    {"RegNetY-8.0GF", 17, 192, 76.82, 2.19, 56},  {"RegNetY-12GF", 19, 168, 73.36, 2.37, 112},
    {"RegNetY-16GF", 18, 200, 106.23, 2.48, 112}, {"RegNetY-32GF", 20, 232, 115.89, 2.53, 232},
};

static const struct {
    const char *name;
    int depth, groups, width_per_group;
} resnets[] = {
    {"ResNet-18", 18, 1, 64},    {"ResNet-34", 34, 1, 64},    {"ResNet-50", 50, 1, 64},
    {"ResNet-101", 101, 1, 64},  {"ResNet-152", 152, 1, 64},  {"ResNeXt-50", 50, 32, 4},
    {"ResNeXt-101", 101, 32, 4}, {"ResNeXt-152", 152, 32, 4},
};

static const struct {
    const char *name;
    int depth;
    enum rn_block block;
} cifar_nets[] = {
    {"R-56", 56, RN_BLOCK_BASIC}, {"R-110", 110, RN_BLOCK_BASIC}, {"V-56", 56, RN_BLOCK_VANILLA}};

static const struct {
    const char *name;
    int im_size, stem_w, head_w, depths[7], widths[7];
} efficient_nets[] = {
    {"EfficientNet-B0", 224, 32, 1280, {1, 2, 2, 3, 3, 4, 1}, {16, 24, 40, 80, 112, 192, 320}},
    {"EfficientNet-B1", 240, 32, 1280, {2, 3, 3, 4, 4, 5, 2}, {16, 24, 40, 80, 112, 192, 320}},
    {"EfficientNet-B2", 260, 32, 1408, {2, 3, 3, 4, 4, 5, 2}, {16, 24, 48, 88, 120, 208, 352}},
    {"EfficientNet-B3", 300, 40, 1536, {2, 3, 3, 5, 5, 6, 2}, {24, 32, 48, 96, 136, 232, 384}},
    {"EfficientNet-B4", 380, 48, 1792, {2, 4, 4, 6, 6, 8, 2}, {24, 32, 56, 112, 160, 272, 448}},
    {"EfficientNet-B5", 456, 48, 2048, {3, 5, 5, 7, 7, 9, 3}, {24, 40, 64, 128, 176, 304, 512}},
};

#define COUNT(table) (sizeof(table) / sizeof *(table))
#define N_REGNETS COUNT(regnets)
#define N_RESNETS COUNT(resnets)
#define N_CIFAR COUNT(cifar_nets)
#define N_EFFICIENT COUNT(efficient_nets)
#define N_NAMES (N_REGNETS + N_RESNETS + N_CIFAR + N_EFFICIENT)

/* Other people's spellings that do not follow from ours by simplified(). */
static const char *const spellings[][2] = {
    {"r-18-1x64d", "ResNet-18"},
    {"r-34-1x64d", "ResNet-34"},
    {"r-50-1x64d", "ResNet-50"},
    {"r-101-1x64d", "ResNet-101"},
    {"r-152-1x64d", "ResNet-152"},
    {"x-50-32x4d", "ResNeXt-50"},
    {"x-101-32x4d", "ResNeXt-101"},
    {"x-152-32x4d", "ResNeXt-152"},
    {"resnext50_32x4d", "ResNeXt-50"},
    {"resnext101_32x4d", "ResNeXt-101"},
    {"resnext152_32x4d", "ResNeXt-152"},
    {"en-b0", "EfficientNet-B0"},
    {"en-b1", "EfficientNet-B1"},
    {"en-b2", "EfficientNet-B2"},
    {"en-b3", "EfficientNet-B3"},
    {"en-b4", "EfficientNet-B4"},
    {"en-b5", "EfficientNet-B5"},
    {"resnet-56", "R-56"},
    {"resnet-110", "R-110"},
};

size_t rn_arch_count(void)
{
    return N_NAMES;
}

const char *rn_arch_name(size_t i)
{
    if (i < N_REGNETS)
        return regnets[i].name;
    i -= N_REGNETS;
    if (i < N_RESNETS)
        return resnets[i].name;
    i -= N_RESNETS;
    return i < N_EFFICIENT ? efficient_nets[i].name : cifar_nets[i - N_EFFICIENT].name;
}

static enum rn_status make_regnet(size_t i, struct rn_arch *arch, struct rn_err *err)
{
    struct rn_regnet params = {regnets[i].d, regnets[i].w0, regnets[i].wa, regnets[i].wm, 1,
                               regnets[i].g};
    struct rn_regnet_line line;
    enum rn_status status;

    RN_TRY(rn_regnet_generate(&params, &line, err));
    arch->stem = RN_STEM_SIMPLE;
    arch->stem_w = 32;
    arch->block = RN_BLOCK_BOTTLENECK;
    arch->se_r = regnets[i].name[strlen("RegNet")] == 'Y' ? 0.25 : 0;
    rn_regnet_stages(&params, &line, 2, arch);
done:
    return status;
}

static void make_efficient_net(size_t i, struct rn_arch *arch)
{
    static const int strides[] = {1, 2, 2, 2, 1, 2, 1}, kernels[] = {3, 3, 5, 3, 5, 5, 3};

    arch->stem = RN_STEM_SIMPLE;
    arch->stem_w = efficient_nets[i].stem_w;
    arch->head_w = efficient_nets[i].head_w;
    arch->im_size = efficient_nets[i].im_size;
    arch->block = RN_BLOCK_MBCONV;
    arch->act = RN_ACT_SILU;
    arch->se_r = 0.25;
    arch->n_stages = 7;
    for (int s = 0; s < 7; s++)
        arch->stages[s] = (struct rn_stage){.depth = efficient_nets[i].depths[s],
                                            .width = efficient_nets[i].widths[s],
                                            .stride = strides[s],
                                            .bot_mul = s == 0 ? 1 : 6,
                                            .kernel = kernels[s]};
}

static enum rn_status make(size_t i, struct rn_arch *arch, struct rn_err *err)
{
    arch->num_classes = 1000;
    arch->im_size = 224;
    if (i < N_REGNETS)
        return make_regnet(i, arch, err);
    i -= N_REGNETS;
    if (i < N_RESNETS)
        return rn_resnet_imagenet(resnets[i].depth, resnets[i].depth >= 50, resnets[i].groups,
                                  resnets[i].width_per_group, arch, err);
    i -= N_RESNETS;
    if (i < N_EFFICIENT) {
        make_efficient_net(i, arch);
        return RN_OK;
    }
    i -= N_EFFICIENT;
    arch->num_classes = 10;
    arch->im_size = 32;
    return rn_resnet_cifar(cifar_nets[i].depth, cifar_nets[i].block, arch, err);
}

/* Lower case without dashes; "_" is a point between digits and nothing elsewhere; "4.0gf" is "4gf".
   So regnet_x_1_6gf is RegNetX-1.6GF and not RegNetX-16GF. */
static void simplified(const char *name, char *out, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; name[i] && n + 1 < size; i++) {
        bool digit =
            i > 0 && isdigit((unsigned char)name[i - 1]) && isdigit((unsigned char)name[i + 1]);
        bool point = name[i] == '.' || (name[i] == '_' && digit);
        if (point && name[i + 1] == '0' && tolower((unsigned char)name[i + 2]) == 'g')
            i++;
        else if (point)
            out[n++] = '.';
        else if (name[i] != '-' && name[i] != '_')
            out[n++] = (char)tolower((unsigned char)name[i]);
    }
    out[n] = 0;
}

/* timm's: regnetx_004 is 400 MF, regnety_120 is 12 GF. */
static void timm_spelling(size_t i, char *out, size_t size)
{
    double amount;
    char letter, unit;

    if (sscanf(regnets[i].name, "RegNet%c-%lf%c", &letter, &amount, &unit) == 3)
        snprintf(out, size, "regnet%c%03.0f", tolower((unsigned char)letter),
                 unit == 'G' ? amount * 10 : amount / 100);
}

/* pycls' files are called RegNetX-400MF_dds_8gpu: the name's length without the training's. */
static size_t length_without_training(const char *name)
{
    static const char *const trainings[] = {"_dds_", "_nds_", "_step_"};

    for (size_t i = 0; i < COUNT(trainings); i++) {
        const char *at = strstr(name, trainings[i]);
        if (at)
            return (size_t)(at - name);
    }
    return strlen(name);
}

/* The place of a name among rn_arch_name's, or N_NAMES. */
static size_t find(const char *name)
{
    char bare[RN_NAME_MAX], wanted[RN_NAME_MAX], have[RN_NAME_MAX];
    size_t len = length_without_training(name);

    if (len >= sizeof bare)
        return N_NAMES;
    snprintf(bare, sizeof bare, "%.*s", (int)len, name);
    simplified(bare, wanted, sizeof wanted);
    for (size_t i = 0; i < COUNT(spellings); i++) {
        simplified(spellings[i][0], have, sizeof have);
        if (strcmp(wanted, have) == 0)
            simplified(spellings[i][1], wanted, sizeof wanted);
    }
    for (size_t i = 0; i < N_NAMES; i++) {
        simplified(rn_arch_name(i), have, sizeof have);
        if (strcmp(wanted, have) == 0)
            return i;
        if (i < N_REGNETS)
            timm_spelling(i, have, sizeof have);
        if (strcmp(wanted, have) == 0)
            return i;
    }
    return N_NAMES;
}

static enum rn_status unknown_name(const char *name, struct rn_err *err)
{
    const char *names[N_NAMES], *near;

    for (size_t i = 0; i < N_NAMES; i++)
        names[i] = rn_arch_name(i);
    near = rn_nearest(name, names, N_NAMES);
    if (near)
        return rn_fail(err, RN_E_CONFIG, "there is no network \"%.100s\"; did you mean \"%s\"?",
                       name, near);
    return rn_fail(err, RN_E_CONFIG,
                   "there is no network \"%.100s\"; `regnet models` lists the known ones", name);
}

enum rn_status rn_arch_by_name(const char *name, struct rn_arch *arch, struct rn_err *err)
{
    struct rn_arch made = {0};
    size_t i = find(name);
    enum rn_status status;

    if (i == N_NAMES)
        return unknown_name(name, err);
    RN_TRY(make(i, &made, err));
    snprintf(made.name, sizeof made.name, "%s", rn_arch_name(i));
    *arch = made;
done:
    return status;
}

/* What a RegNet's blocks share is said once, in the keys of its line. */
static void to_regnet(size_t i, const struct rn_arch *arch, struct rn_config *cfg)
{
    snprintf(cfg->model.type, RN_TEXT_MAX, "regnet");
    snprintf(cfg->regnet.stem_type, RN_TEXT_MAX, "%s", rn_stem_text(arch->stem));
    snprintf(cfg->regnet.block_type, RN_TEXT_MAX, "%s", rn_block_text(arch->block));
    cfg->regnet.stem_w = arch->stem_w;
    cfg->regnet.head_w = arch->head_w;
    cfg->regnet.stride = arch->stages[0].stride;
    cfg->regnet.se_on = arch->se_r > 0;
    cfg->regnet.se_r = arch->se_r > 0 ? arch->se_r : cfg->regnet.se_r;
    cfg->regnet.depth = regnets[i].d;
    cfg->regnet.w0 = regnets[i].w0;
    cfg->regnet.wa = regnets[i].wa;
    cfg->regnet.wm = regnets[i].wm;
    cfg->regnet.group_w = regnets[i].g;
    cfg->regnet.bot_mul = 1;
}

enum rn_status rn_arch_name_to_config(const char *name, struct rn_config *cfg, struct rn_err *err)
{
    struct rn_arch arch = {0};
    size_t i = find(name);
    enum rn_status status;

    RN_TRY(rn_arch_by_name(name, &arch, err));
    RN_TRY(rn_arch_to_config(&arch, cfg, err));
    if (i < N_REGNETS)
        to_regnet(i, &arch, cfg);
done:
    return status;
}

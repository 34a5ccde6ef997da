/* Stems, blocks and activations as configurations spell them. */
#include <string.h>

#include "room.h"

static const char *const stems[] = {
    [RN_STEM_CIFAR] = "res_stem_cifar",   [RN_STEM_RES_IN] = "res_stem_in",
    [RN_STEM_SIMPLE] = "simple_stem_in",  [RN_STEM_SE_IN] = "se_stem_in",
    [RN_STEM_SENET_IN] = "senet_stem_in", [RN_STEM_POOL_IN] = "pool_stem_in",
    [RN_STEM_CELLS_IN] = "cells_stem_in", [RN_STEM_DARTS_IN] = "darts_stem_in",
};

static const char *const blocks[] = {
    [RN_BLOCK_VANILLA] = "vanilla_block",
    [RN_BLOCK_V] = "v_block",
    [RN_BLOCK_VR] = "vr_block",
    [RN_BLOCK_BASIC] = "res_basic_block",
    [RN_BLOCK_BOTTLENECK] = "res_bottleneck_block",
    [RN_BLOCK_BOTTLENECK_LINEAR] = "res_bottleneck_linear_block",
    [RN_BLOCK_MBCONV] = "mbconv",
    [RN_BLOCK_SE_BOTTLENECK] = "se_bottleneck_block",
    [RN_BLOCK_SENET] = "senet_block",
    [RN_BLOCK_SEPARABLE] = "separable_block",
    [RN_BLOCK_SHUFFLE] = "shuffle_block",
    [RN_BLOCK_SHUFFLE_V2] = "shuffle_v2_block",
    [RN_BLOCK_NASNET_A] = "nasnet_a_cell",
    [RN_BLOCK_PNASNET_5] = "pnasnet_5_cell",
    [RN_BLOCK_AMOEBANET_A] = "amoebanet_a_cell",
    [RN_BLOCK_AMOEBANET_B] = "amoebanet_b_cell",
    [RN_BLOCK_AMOEBANET_C] = "amoebanet_c_cell",
    [RN_BLOCK_AMOEBANET_D] = "amoebanet_d_cell",
    [RN_BLOCK_DARTS_V2] = "darts_v2_cell",
};

static const char *const acts[] = {[RN_ACT_RELU] = "relu",
                                   [RN_ACT_SILU] = "silu",
                                   [RN_ACT_GELU] = "gelu",
                                   [RN_ACT_RELU6] = "relu6"};

const char *rn_stem_text(enum rn_stem stem)
{
    return stems[stem];
}

const char *rn_block_text(enum rn_block block)
{
    return blocks[block];
}

const char *rn_act_text(enum rn_act act)
{
    return acts[act];
}

static enum rn_status find(const char *key, const char *text, const char *const *names, int n,
                           int *found, struct rn_err *err)
{
    const char *near;

    for (int i = 0; i < n; i++) {
        if (strcmp(text, names[i]) == 0) {
            *found = i;
            return RN_OK;
        }
    }
    near = rn_nearest(text, names, (size_t)n);
    return rn_fail(err, RN_E_CONFIG, "%s: there is no \"%s\"; %s \"%s\"%s", key, text,
                   near ? "did you mean" : "try", near ? near : names[n - 1], near ? "?" : "");
}

enum rn_status rn_stem_parse(const char *key, const char *text, enum rn_stem *stem,
                             struct rn_err *err)
{
    int i = 0;
    enum rn_status status = find(key, text, stems, sizeof stems / sizeof *stems, &i, err);

    if (status == RN_OK)
        *stem = (enum rn_stem)i;
    return status;
}

/* MBConv has no key of its own: configurations reach it with MODEL.TYPE effnet. */
enum rn_status rn_block_parse(const char *key, const char *text, enum rn_block *block,
                              struct rn_err *err)
{
    int i = 0;
    enum rn_status status = find(key, text, blocks, RN_BLOCK_COUNT, &i, err);

    if (status == RN_OK && i == RN_BLOCK_MBCONV)
        return rn_fail(err, RN_E_CONFIG, "%s: %s is described by MODEL.TYPE effnet", key, text);
    if (status == RN_OK)
        *block = (enum rn_block)i;
    return status;
}

enum rn_status rn_act_parse(const char *key, const char *text, enum rn_act *act, struct rn_err *err)
{
    int i = RN_ACT_SILU;
    enum rn_status status = RN_OK;

    if (strcmp(text, "swish") != 0)
        status = find(key, text, acts, sizeof acts / sizeof *acts, &i, err);
    if (status == RN_OK)
        *act = (enum rn_act)i;
    return status;
}

/* Stems, blocks and activations as configurations spell them. */
#include <string.h>

#include "room.h"

static const char *const stems[] = {
    [RN_STEM_CIFAR] = "res_stem_cifar",
    [RN_STEM_RES_IN] = "res_stem_in",
    [RN_STEM_SIMPLE] = "simple_stem_in",
};

static const char *const blocks[] = {
    [RN_BLOCK_VANILLA] = "vanilla_block",
    [RN_BLOCK_V] = "v_block",
    [RN_BLOCK_VR] = "vr_block",
    [RN_BLOCK_BASIC] = "res_basic_block",
    [RN_BLOCK_BOTTLENECK] = "res_bottleneck_block",
    [RN_BLOCK_BOTTLENECK_LINEAR] = "res_bottleneck_linear_block",
    [RN_BLOCK_MBCONV] = "mbconv",
};

static const char *const acts[] = {
    [RN_ACT_RELU] = "relu", [RN_ACT_SILU] = "silu", [RN_ACT_GELU] = "gelu"};

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
    enum rn_status status = find(key, text, blocks, RN_BLOCK_MBCONV, &i, err);

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

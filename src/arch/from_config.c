/* Networks from configurations and back: pycls' MODEL, ANYNET, REGNET, RESNET and EN keys. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "room.h"

static enum rn_status check_length(const char *key, int n, const char *depths, int n_depths,
                                   struct rn_err *err)
{
    if (n == n_depths)
        return RN_OK;
    return rn_fail(err, RN_E_CONFIG, "%s has %d entr%s but %s has %d: each stage needs one", key, n,
                   n == 1 ? "y" : "ies", depths, n_depths);
}

static enum rn_status check_stages(const char *depths, int n, struct rn_err *err)
{
    if (n >= 1 && n <= RN_MAX_STAGES)
        return RN_OK;
    return rn_fail(err, RN_E_CONFIG, "%s has %d entries, one a stage; 1 to %d stages are supported",
                   depths, n, RN_MAX_STAGES);
}

static enum rn_status from_anynet(const struct rn_config *cfg, struct rn_arch *arch,
                                  struct rn_err *err)
{
    const char *depths = "ANYNET.DEPTHS";
    bool bottleneck, groups;
    enum rn_status status;
    int n = cfg->anynet.depths.n;

    RN_TRY(rn_stem_parse("ANYNET.STEM_TYPE", cfg->anynet.stem_type, &arch->stem, err));
    RN_TRY(rn_block_parse("ANYNET.BLOCK_TYPE", cfg->anynet.block_type, &arch->block, err));
    bottleneck = rn_block_has_bottleneck(arch->block);
    groups = rn_block_has_groups(arch->block);
    RN_TRY(check_stages(depths, n, err));
    RN_TRY(check_length("ANYNET.WIDTHS", cfg->anynet.widths.n, depths, n, err));
    RN_TRY(check_length("ANYNET.STRIDES", cfg->anynet.strides.n, depths, n, err));
    if (bottleneck)
        RN_TRY(check_length("ANYNET.BOT_MULS", cfg->anynet.bot_muls.n, depths, n, err));
    if (groups)
        RN_TRY(check_length("ANYNET.GROUP_WS", cfg->anynet.group_ws.n, depths, n, err));
    arch->stem_w = cfg->anynet.stem_w;
    arch->se_r = cfg->anynet.se_on ? cfg->anynet.se_r : 0;
    arch->head_w = cfg->anynet.head_w;
    arch->stride_1x1 = cfg->anynet.stride_1x1;
    arch->skip_reduction = cfg->anynet.skip_reduction;
    arch->timm = cfg->anynet.timm;
    arch->n_stages = n;
    for (int i = 0; i < n; i++)
        arch->stages[i] = (struct rn_stage){.depth = cfg->anynet.depths.v[i],
                                            .width = cfg->anynet.widths.v[i],
                                            .stride = cfg->anynet.strides.v[i],
                                            .bot_mul = bottleneck ? cfg->anynet.bot_muls.v[i] : 1,
                                            .group_w = groups ? cfg->anynet.group_ws.v[i] : 0,
                                            .kernel = 3};
done:
    return status;
}

struct rn_regnet rn_regnet_of(const struct rn_config *cfg)
{
    return (struct rn_regnet){.d = cfg->regnet.depth,
                              .w0 = cfg->regnet.w0,
                              .wa = cfg->regnet.wa,
                              .wm = cfg->regnet.wm,
                              .bot_mul = cfg->regnet.bot_mul,
                              .g = cfg->regnet.group_w};
}

static enum rn_status from_regnet(const struct rn_config *cfg, struct rn_arch *arch,
                                  struct rn_err *err)
{
    struct rn_regnet params = rn_regnet_of(cfg);
    struct rn_regnet_line line;
    enum rn_status status;

    RN_TRY(rn_stem_parse("REGNET.STEM_TYPE", cfg->regnet.stem_type, &arch->stem, err));
    RN_TRY(rn_block_parse("REGNET.BLOCK_TYPE", cfg->regnet.block_type, &arch->block, err));
    arch->stem_w = cfg->regnet.stem_w;
    arch->se_r = cfg->regnet.se_on ? cfg->regnet.se_r : 0;
    arch->head_w = cfg->regnet.head_w;
    RN_TRY(rn_regnet_generate(&params, &line, err));
    rn_regnet_stages(&params, &line, cfg->regnet.stride, arch);
done:
    return status;
}

static bool small_images(const char *dataset)
{
    return strcmp(dataset, "cifar10") == 0 || strcmp(dataset, "cifar100") == 0 ||
           strcmp(dataset, "fashion_mnist") == 0;
}

static enum rn_status check_resnet(const struct rn_config *cfg, struct rn_err *err)
{
    const char *trans = cfg->resnet.trans_fun;
    bool basic = strcmp(trans, "basic_transform") == 0;
    int groups = cfg->resnet.num_groups, width = cfg->resnet.width_per_group;

    if (!basic && strcmp(trans, "bottleneck_transform") != 0)
        return rn_fail(err, RN_E_CONFIG,
                       "RESNET.TRANS_FUN: there is no \"%s\"; basic_transform and "
                       "bottleneck_transform are known",
                       trans);
    if (groups < 1 || groups > 4096 || width < 1 || width > 4096)
        return rn_fail(err, RN_E_CONFIG,
                       "RESNET.NUM_GROUPS %d, RESNET.WIDTH_PER_GROUP %d: each must be 1 to 4096",
                       groups, width);
    if (basic && groups != 1)
        return rn_fail(err, RN_E_CONFIG,
                       "RESNET.NUM_GROUPS %d needs RESNET.TRANS_FUN bottleneck_transform", groups);
    if (!basic && small_images(cfg->train.dataset))
        return rn_fail(err, RN_E_CONFIG,
                       "RESNET.TRANS_FUN bottleneck_transform: the ResNet for small images "
                       "(TRAIN.DATASET %s) has basic_transform only",
                       cfg->train.dataset);
    return RN_OK;
}

static enum rn_status from_resnet(const struct rn_config *cfg, struct rn_arch *arch,
                                  struct rn_err *err)
{
    bool bottleneck = strcmp(cfg->resnet.trans_fun, "bottleneck_transform") == 0;
    enum rn_status status;

    RN_TRY(check_resnet(cfg, err));
    if (small_images(cfg->train.dataset))
        return rn_resnet_cifar(cfg->model.depth, RN_BLOCK_BASIC, arch, err);
    arch->stride_1x1 = bottleneck && cfg->resnet.stride_1x1;
    status = rn_resnet_imagenet(cfg->model.depth, bottleneck, cfg->resnet.num_groups,
                                cfg->resnet.width_per_group, arch, err);
done:
    return status;
}

static enum rn_status from_effnet(const struct rn_config *cfg, struct rn_arch *arch,
                                  struct rn_err *err)
{
    const char *depths = "EN.DEPTHS";
    enum rn_status status;
    int n = cfg->en.depths.n;

    RN_TRY(check_stages(depths, n, err));
    RN_TRY(check_length("EN.WIDTHS", cfg->en.widths.n, depths, n, err));
    RN_TRY(check_length("EN.STRIDES", cfg->en.strides.n, depths, n, err));
    RN_TRY(check_length("EN.KERNELS", cfg->en.kernels.n, depths, n, err));
    RN_TRY(check_length("EN.EXP_RATIOS", cfg->en.exp_ratios.n, depths, n, err));
    RN_TRY(rn_stem_parse("EN.STEM_TYPE", cfg->en.stem_type, &arch->stem, err));
    arch->block = RN_BLOCK_MBCONV;
    arch->stem_w = cfg->en.stem_w;
    arch->se_r = cfg->en.se_r;
    arch->head_w = cfg->en.head_w;
    arch->n_stages = n;
    for (int i = 0; i < n; i++)
        arch->stages[i] = (struct rn_stage){.depth = cfg->en.depths.v[i],
                                            .width = cfg->en.widths.v[i],
                                            .stride = cfg->en.strides.v[i],
                                            .bot_mul = cfg->en.exp_ratios.v[i],
                                            .kernel = cfg->en.kernels.v[i]};
done:
    return status;
}

static enum rn_status from_type(const struct rn_config *cfg, struct rn_arch *arch,
                                struct rn_err *err)
{
    static const char *const types[] = {"anynet", "regnet", "resnet", "effnet"};
    const char *type = cfg->model.type, *near;

    if (strcmp(type, "anynet") == 0)
        return from_anynet(cfg, arch, err);
    if (strcmp(type, "regnet") == 0)
        return from_regnet(cfg, arch, err);
    if (strcmp(type, "resnet") == 0)
        return from_resnet(cfg, arch, err);
    if (strcmp(type, "effnet") == 0)
        return from_effnet(cfg, arch, err);
    if (strcmp(type, "vit") == 0)
        return rn_fail(err, RN_E_UNSUPPORTED,
                       "MODEL.TYPE vit: vision transformers are not "
                       "supported; anynet, regnet, resnet and effnet are");
    if (!*type)
        return rn_fail(err, RN_E_CONFIG,
                       "MODEL.TYPE is not set; it must be anynet, regnet, resnet or effnet");
    near = rn_nearest(type, types, sizeof types / sizeof *types);
    return rn_fail(err, RN_E_CONFIG, "MODEL.TYPE: there is no \"%s\"; did you mean \"%s\"?", type,
                   near ? near : "anynet");
}

enum rn_status rn_arch_from_config(const struct rn_config *cfg, struct rn_arch *arch,
                                   struct rn_err *err)
{
    struct rn_arch made = {.num_classes = cfg->model.num_classes, .im_size = cfg->train.im_size};
    enum rn_status status;

    RN_TRY(rn_act_parse("MODEL.ACTIVATION_FUN", cfg->model.activation_fun, &made.act, err));
    RN_TRY(from_type(cfg, &made, err));
    RN_TRY(rn_arch_check(&made, err));
    *arch = made;
done:
    return status;
}

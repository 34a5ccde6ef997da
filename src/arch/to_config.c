/* Configurations from networks: the reverse of from_config.c, checked by going there and back. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "room.h"

static void to_anynet(const struct rn_arch *arch, struct rn_config *cfg)
{
    int n = arch->n_stages;
    bool bottleneck = rn_block_has_bottleneck(arch->block);
    bool groups = rn_block_has_groups(arch->block);

    snprintf(cfg->model.type, RN_TEXT_MAX, "anynet");
    snprintf(cfg->anynet.stem_type, RN_TEXT_MAX, "%s", rn_stem_text(arch->stem));
    snprintf(cfg->anynet.block_type, RN_TEXT_MAX, "%s", rn_block_text(arch->block));
    cfg->anynet.stem_w = arch->stem_w;
    cfg->anynet.head_w = arch->head_w;
    cfg->anynet.stride_1x1 = arch->stride_1x1;
    cfg->anynet.skip_reduction = arch->skip_reduction;
    cfg->anynet.timm = arch->timm;
    cfg->anynet.se_on = arch->se_r > 0;
    cfg->anynet.se_r = arch->se_r > 0 ? arch->se_r : cfg->anynet.se_r;
    cfg->anynet.depths.n = cfg->anynet.widths.n = cfg->anynet.strides.n = n;
    cfg->anynet.bot_muls.n = bottleneck ? n : 0;
    cfg->anynet.group_ws.n = groups ? n : 0;
    for (int i = 0; i < n; i++) {
        cfg->anynet.depths.v[i] = arch->stages[i].depth;
        cfg->anynet.widths.v[i] = arch->stages[i].width;
        cfg->anynet.strides.v[i] = arch->stages[i].stride;
        cfg->anynet.bot_muls.v[i] = arch->stages[i].bot_mul;
        cfg->anynet.group_ws.v[i] = arch->stages[i].group_w;
    }
}

static void to_effnet(const struct rn_arch *arch, struct rn_config *cfg)
{
    int n = arch->n_stages;

    snprintf(cfg->model.type, RN_TEXT_MAX, "effnet");
    snprintf(cfg->en.stem_type, RN_TEXT_MAX, "%s", rn_stem_text(arch->stem));
    cfg->en.stem_w = arch->stem_w;
    cfg->en.head_w = arch->head_w;
    cfg->en.se_r = arch->se_r;
    cfg->en.depths.n = cfg->en.widths.n = cfg->en.strides.n = n;
    cfg->en.kernels.n = cfg->en.exp_ratios.n = n;
    for (int i = 0; i < n; i++) {
        cfg->en.depths.v[i] = arch->stages[i].depth;
        cfg->en.widths.v[i] = arch->stages[i].width;
        cfg->en.strides.v[i] = arch->stages[i].stride;
        cfg->en.kernels.v[i] = arch->stages[i].kernel;
        cfg->en.exp_ratios.v[i] = arch->stages[i].bot_mul;
    }
}

/* Strides on the first 1x1: the older ResNets as pycls describes them. */
static void to_resnet(const struct rn_arch *arch, struct rn_config *cfg)
{
    const struct rn_stage *first = &arch->stages[0];
    int blocks = 0;

    for (int i = 0; i < arch->n_stages; i++)
        blocks += arch->stages[i].depth;
    snprintf(cfg->model.type, RN_TEXT_MAX, "resnet");
    snprintf(cfg->resnet.trans_fun, RN_TEXT_MAX, "bottleneck_transform");
    cfg->model.depth = 3 * blocks + 2;
    cfg->resnet.stride_1x1 = true;
    cfg->resnet.width_per_group = first->group_w;
    cfg->resnet.num_groups = (int)rint(first->width * first->bot_mul / fmax(1, first->group_w));
}

static bool same_stage(const struct rn_stage *a, const struct rn_stage *b)
{
    return a->depth == b->depth && a->width == b->width && a->stride == b->stride &&
           a->bot_mul == b->bot_mul && a->group_w == b->group_w && a->kernel == b->kernel;
}

static bool same_network(const struct rn_arch *a, const struct rn_arch *b)
{
    if (a->stem != b->stem || a->stem_w != b->stem_w || a->block != b->block || a->act != b->act ||
        a->n_stages != b->n_stages || a->se_r != b->se_r || a->head_w != b->head_w ||
        a->stride_1x1 != b->stride_1x1 || a->skip_reduction != b->skip_reduction ||
        a->timm != b->timm || a->num_classes != b->num_classes || a->im_size != b->im_size)
        return false;
    for (int i = 0; i < a->n_stages; i++) {
        if (!same_stage(&a->stages[i], &b->stages[i]))
            return false;
    }
    return true;
}

enum rn_status rn_arch_to_config(const struct rn_arch *arch, struct rn_config *cfg,
                                 struct rn_err *err)
{
    struct rn_config made = *cfg;
    struct rn_arch back;
    enum rn_status status;

    RN_TRY(rn_arch_check(arch, err));
    if (arch->block == RN_BLOCK_MBCONV)
        to_effnet(arch, &made);
    else if (arch->stride_1x1 && arch->block == RN_BLOCK_BOTTLENECK)
        to_resnet(arch, &made);
    else
        to_anynet(arch, &made);
    snprintf(made.model.activation_fun, RN_TEXT_MAX, "%s", rn_act_text(arch->act));
    made.model.num_classes = arch->num_classes;
    made.train.im_size = arch->im_size;
    RN_TRY(rn_arch_from_config(&made, &back, err));
    if (!same_network(arch, &back))
        RN_TRY(rn_fail(err, RN_E_UNSUPPORTED,
                       "no configuration key describes this network (%s, %s%s)",
                       rn_stem_text(arch->stem), rn_block_text(arch->block),
                       arch->stride_1x1 ? ", strides on the first 1x1" : ""));
    *cfg = made;
done:
    return status;
}

/* What can be built: positive sizes, groups that divide, counts that fit their integers. */
#include <math.h>

#include "room.h"

#define SIZE_LIMIT 65536 /* of widths, depths, pixels a side: guards the arithmetic, not taste */

static enum rn_status check_size(const char *what, int i, double value, double min,
                                 struct rn_err *err)
{
    if (value >= min && value <= SIZE_LIMIT)
        return RN_OK;
    if (i >= 0)
        return rn_fail(err, RN_E_CONFIG, "stage %d: the %s is %g; it must be %g to %d", i + 1, what,
                       value, min, SIZE_LIMIT);
    return rn_fail(err, RN_E_CONFIG, "the %s is %g; it must be %g to %d", what, value, min,
                   SIZE_LIMIT);
}

static enum rn_status check_groups(const struct rn_arch *arch, int i, int w_b, struct rn_err *err)
{
    const struct rn_stage *stage = &arch->stages[i];
    struct rn_stage fit = *stage;
    int groups;

    if (!rn_block_has_groups(arch->block))
        return RN_OK;
    if (stage->group_w < 1)
        return rn_fail(err, RN_E_CONFIG, "stage %d: the group width is %d; it must be positive",
                       i + 1, stage->group_w);
    groups = w_b / stage->group_w;
    if (groups > 0 && w_b % groups == 0)
        return RN_OK;
    rn_stage_make_compatible(&fit);
    return rn_fail(err, RN_E_CONFIG,
                   "stage %d: groups of %d do not divide the %d channels inside its bottleneck "
                   "(width %d, multiplier %g); width %d with groups of %d would fit",
                   i + 1, stage->group_w, w_b, stage->width, stage->bot_mul, fit.width,
                   fit.group_w);
}

static enum rn_status check_stage(const struct rn_arch *arch, int i, int w_in, struct rn_err *err)
{
    const struct rn_stage *stage = &arch->stages[i];
    enum rn_status status;
    int w_b;

    RN_TRY(check_size("depth", i, stage->depth, 1, err));
    RN_TRY(check_size("width", i, stage->width, 1, err));
    RN_TRY(check_size("stride", i, stage->stride, 1, err));
    RN_TRY(check_size("kernel", i, stage->kernel, 1, err));
    if (stage->kernel % 2 == 0)
        RN_TRY(rn_fail(err, RN_E_CONFIG, "stage %d: the kernel is %d; it must be odd", i + 1,
                       stage->kernel));
    if (!(stage->bot_mul > 0 && stage->bot_mul <= SIZE_LIMIT))
        RN_TRY(rn_fail(err, RN_E_CONFIG,
                       "stage %d: the bottleneck multiplier is %g; it must be "
                       "positive",
                       i + 1, stage->bot_mul));
    RN_TRY(check_size("width times its bottleneck multiplier", i,
                      fmax(stage->width, w_in) * stage->bot_mul, 0, err));
    w_b = rn_bottleneck_width(arch->block, w_in, stage->width, stage->bot_mul);
    RN_TRY(check_size("width inside the bottleneck", i, w_b, 1, err));
    RN_TRY(check_groups(arch, i, w_b, err));
done:
    return status;
}

/* Multiply-adds from above, in doubles: every convolution full, at the widest, at full size. */
static enum rn_status check_total(const struct rn_arch *arch, struct rn_err *err)
{
    double area = (double)arch->im_size * arch->im_size, total = 0, w = arch->stem_w;

    for (int i = 0; i < arch->n_stages; i++) {
        const struct rn_stage *stage = &arch->stages[i];
        w = fmax(w, stage->width * fmax(1, stage->bot_mul));
        total += (double)stage->depth * w * w * (4 + 2.0 * stage->kernel * stage->kernel);
    }
    total = (total + w * 49 + w * (arch->head_w + arch->num_classes)) * area;
    return total < 0x1p62 ? RN_OK
                          : rn_fail(err, RN_E_CONFIG, "the network is too large to be counted");
}

enum rn_status rn_arch_check(const struct rn_arch *arch, struct rn_err *err)
{
    enum rn_status status;
    int w_in = arch->stem_w;

    if (arch->n_stages < 1 || arch->n_stages > RN_MAX_STAGES)
        RN_TRY(rn_fail(err, RN_E_CONFIG, "a network has 1 to %d stages, not %d", RN_MAX_STAGES,
                       arch->n_stages));
    RN_TRY(check_size("stem's width", -1, arch->stem_w, 1, err));
    RN_TRY(check_size("head's width", -1, arch->head_w, 0, err));
    RN_TRY(check_size("number of classes", -1, arch->num_classes, 1, err));
    RN_TRY(check_size("image's side", -1, arch->im_size, 1, err));
    if (!(arch->se_r >= 0 && arch->se_r <= 1))
        RN_TRY(rn_fail(err, RN_E_CONFIG, "the squeeze ratio is %g; it must be 0 to 1", arch->se_r));
    for (int i = 0; i < arch->n_stages; i++) {
        RN_TRY(check_stage(arch, i, w_in, err));
        w_in = arch->stages[i].width;
    }
    status = check_total(arch, err);
done:
    return status;
}

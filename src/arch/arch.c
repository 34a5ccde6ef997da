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

/* What ShuffleNets put side by side has to be there: halves, groups, more channels than the input.
 */
static enum rn_status check_shuffle(const struct rn_arch *arch, int i, int w_in, struct rn_err *err)
{
    const struct rn_stage *stage = &arch->stages[i];
    bool v2 = arch->block == RN_BLOCK_SHUFFLE_V2;
    int groups = v2 ? 2 : rn_stage_groups(arch->block, stage, w_in);
    int w = stage->stride > 1 && !v2 ? stage->width - w_in : stage->width;

    if (stage->stride == 1 && (w_in != stage->width || i == 0))
        return rn_fail(err, RN_E_CONFIG,
                       "stage %d: a stage of %s begins with stride 2, where the width changes",
                       i + 1, rn_block_text(arch->block));
    if (w > 0 && w % groups == 0 && (v2 || i == 0 || w_in % groups == 0))
        return RN_OK;
    return rn_fail(err, RN_E_CONFIG,
                   "stage %d: the width %d, of which %d come from before it, does not divide into "
                   "%d %s",
                   i + 1, stage->width, w_in, groups, v2 ? "halves" : "groups");
}

static enum rn_status check_stem(const struct rn_arch *arch, struct rn_err *err)
{
    bool cells = arch->stem == RN_STEM_CELLS_IN || arch->stem == RN_STEM_DARTS_IN;
    bool halves = arch->stem == RN_STEM_SENET_IN || arch->stem == RN_STEM_DARTS_IN;

    if (arch->stem != RN_STEM_CIFAR &&
        (cells != rn_block_is_cell(arch->block) ||
         (arch->stem == RN_STEM_DARTS_IN) != (arch->block == RN_BLOCK_DARTS_V2)))
        return rn_fail(err, RN_E_CONFIG,
                       "the stem %s does not go with the block %s: cells need cells_stem_in, "
                       "DARTS' darts_stem_in, or res_stem_cifar; other blocks another",
                       rn_stem_text(arch->stem), rn_block_text(arch->block));
    if (halves && arch->stem_w % 2)
        return rn_fail(err, RN_E_CONFIG, "the stem's width is %d; %s needs an even one",
                       arch->stem_w, rn_stem_text(arch->stem));
    if (arch->stem == RN_STEM_CELLS_IN && arch->im_size < 3)
        return rn_fail(err, RN_E_CONFIG, "the image's side is %d; %s needs 3", arch->im_size,
                       rn_stem_text(arch->stem));
    return RN_OK;
}

/* Cells in a stem have a quarter of the first stage's width; bottlenecks a quarter of a cell's. */
static enum rn_status check_cells(const struct rn_arch *arch, int i, struct rn_err *err)
{
    const struct rn_stage *stage = &arch->stages[i];

    int least = arch->stem == RN_STEM_CELLS_IN ? 16 : 4;

    if (stage->width >= least && stage->stride <= 2)
        return RN_OK;
    return rn_fail(err, RN_E_CONFIG,
                   "stage %d: behind %s cells have a width of at least %d and a stride of 1 or 2, "
                   "not %d and %d",
                   i + 1, rn_stem_text(arch->stem), least, stage->width, stage->stride);
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
    if (arch->block == RN_BLOCK_SHUFFLE || arch->block == RN_BLOCK_SHUFFLE_V2)
        RN_TRY(check_shuffle(arch, i, w_in, err));
    if (arch->block == RN_BLOCK_SENET && w_b / 2 % (w_b / stage->group_w) != 0)
        RN_TRY(rn_fail(err, RN_E_CONFIG,
                       "stage %d: half of the %d channels does not divide into %d groups", i + 1,
                       w_b, w_b / stage->group_w));
    if (rn_block_is_cell(arch->block))
        RN_TRY(check_cells(arch, i, err));
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
        total += (double)stage->depth * w * w *
                 (rn_block_is_cell(arch->block) ? 500 : 4 + 2.0 * stage->kernel * stage->kernel);
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
    RN_TRY(check_stem(arch, err));
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

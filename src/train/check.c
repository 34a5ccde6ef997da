/* What a configuration asks for and this build cannot do, or no build could. */
#include <string.h>

#include "train/run.h"

/* Keys with only one value that changes nothing: silently ignoring them would change a result. */
static enum rn_status check_supported(const struct rn_config *cfg, struct rn_err *err)
{
    const struct {
        bool asked;
        const char *key, *can;
    } rules[] = {
        {strcmp(cfg->train.split, "train") != 0, "TRAIN.SPLIT", "train"},
    };

    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].asked)
            return rn_fail(err, RN_E_UNSUPPORTED, "%s: this build trains only with %s",
                           rules[i].key, rules[i].can);
    return RN_OK;
}

static enum rn_status check_schedule(const struct rn_config *cfg, struct rn_err *err)
{
    if (cfg->optim.max_epoch < 1)
        return rn_fail(err, RN_E_CONFIG, "OPTIM.MAX_EPOCH: at least 1 was expected, not %d",
                       cfg->optim.max_epoch);
    if (strcmp(cfg->optim.lr_policy, "exp") == 0 && cfg->optim.min_lr <= 0)
        return rn_fail(err, RN_E_CONFIG, "OPTIM.LR_POLICY exp needs OPTIM.MIN_LR above 0");
    if (strcmp(cfg->optim.lr_policy, "steps") == 0 &&
        (cfg->optim.steps.n == 0 || cfg->optim.steps.v[0] != 0))
        return rn_fail(err, RN_E_CONFIG,
                       "OPTIM.LR_POLICY steps needs OPTIM.STEPS, beginning with 0");
    return RN_OK;
}

enum rn_status rn_check_training(const struct rn_config *cfg, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(check_supported(cfg, err));
    RN_TRY(check_schedule(cfg, err));
    RN_TRY(rn_augment_parse(cfg->train.augment, &(struct rn_augment){0}, err));
    if (cfg->train.batch_size < 1 || cfg->log_period < 1)
        status = rn_fail(err, RN_E_CONFIG, "%s: at least 1 was expected",
                         cfg->train.batch_size < 1 ? "TRAIN.BATCH_SIZE" : "LOG_PERIOD");
done:
    return status;
}

/* Of images that are resized; pycls' defaults belong together, and one of them alone does not. */
static enum rn_status check_sizes(const struct rn_config *cfg, struct rn_err *err)
{
    int size = cfg->train.im_size, resize = cfg->test.im_size;

    if (resize < size || resize > 2 * size)
        return rn_fail(
            err, RN_E_CONFIG,
            "TEST.IM_SIZE is %d and TRAIN.IM_SIZE %d: a test resizes to the one and cuts "
            "out the other, so from %d to %d is expected; %d is usual",
            resize, size, size, 2 * size, (size * 8 + 3) / 7);
    return RN_OK;
}

enum rn_status rn_check_data(const struct rn_config *cfg, const struct rn_arch *arch,
                             const struct rn_dataset *info, struct rn_err *err)
{
    enum rn_status status = info->h ? RN_OK : check_sizes(cfg, err);

    if (status != RN_OK)
        return status;
    if (info->h && arch->im_size != info->h)
        return rn_fail(err, RN_E_CONFIG, "TRAIN.IM_SIZE is %d; the images of %s have %d",
                       arch->im_size, info->name, info->h);
    if (arch->num_classes != info->n_classes)
        return rn_fail(err, RN_E_CONFIG, "MODEL.NUM_CLASSES is %d; %s has %d", arch->num_classes,
                       info->name, info->n_classes);
    return RN_OK;
}

/* What a configuration asks for and this build cannot do, or no build could. */
#include <string.h>

#include "train/run.h"

/* Keys with only one value that changes nothing: silently ignoring them would change a result. */
static enum rn_status check_supported(const struct rn_config *cfg, struct rn_err *err)
{
    const char *augment = cfg->train.augment;
    const struct {
        bool asked;
        const char *key, *can;
    } rules[] = {
        {cfg->train.mixup_alpha != 0, "TRAIN.MIXUP_ALPHA", "0"},
        {cfg->train.cutmix_alpha != 0, "TRAIN.CUTMIX_ALPHA", "0"},
        {*augment && strcmp(augment, "none") != 0, "TRAIN.AUGMENT", "\"\" (crop and flip) or none"},
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
    if (cfg->train.batch_size < 1 || cfg->log_period < 1)
        status = rn_fail(err, RN_E_CONFIG, "%s: at least 1 was expected",
                         cfg->train.batch_size < 1 ? "TRAIN.BATCH_SIZE" : "LOG_PERIOD");
done:
    return status;
}

enum rn_status rn_check_data(const struct rn_arch *arch, const struct rn_dataset *info,
                             struct rn_err *err)
{
    if (arch->im_size != info->h)
        return rn_fail(err, RN_E_CONFIG, "TRAIN.IM_SIZE is %d; the images of %s have %d",
                       arch->im_size, info->name, info->h);
    if (arch->num_classes != info->n_classes)
        return rn_fail(err, RN_E_CONFIG, "MODEL.NUM_CLASSES is %d; %s has %d", arch->num_classes,
                       info->name, info->n_classes);
    return RN_OK;
}

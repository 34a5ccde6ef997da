/* Recipes: complete configurations of a training, to be seen with `regnet config --recipe NAME`. */
#include <string.h>

#include "regnet/config.h"

static const struct {
    const char *name, *text;
} recipes[] = {
    {"paper",
     "# The paper's (section 5) and pycls': 100 epochs, images cropped and flipped, nothing else.\n"
     "OPTIM:\n"
     "  OPTIMIZER: sgd\n"
     "  BASE_LR: 0.1 # for batches of 128; it goes with their size\n"
     "  MIN_LR: 0.0\n"
     "  LR_POLICY: cos\n"
     "  LR_UNIT: epoch\n"
     "  MAX_EPOCH: 100\n"
     "  WARMUP_EPOCHS: 5\n"
     "  WARMUP_FACTOR: 0.1\n"
     "  MOMENTUM: 0.9\n"
     "  DAMPENING: 0.0\n"
     "  NESTEROV: True\n"
     "  WEIGHT_DECAY: 5e-5\n"
     "  BIAS_USE_CUSTOM_WEIGHT_DECAY: False\n"
     "  EMA: False\n"
     "  ACCUMULATE: 1\n"
     "  CLIP_NORM: 0.0\n"
     "BN:\n"
     "  USE_PRECISE_STATS: True\n"
     "  ZERO_INIT_FINAL_GAMMA: False\n"
     "  USE_CUSTOM_WEIGHT_DECAY: False\n"
     "TRAIN:\n"
     "  BATCH_SIZE: 128\n"
     "  LABEL_SMOOTHING: 0.0\n"
     "  MIXUP_ALPHA: 0.0\n"
     "  CUTMIX_ALPHA: 0.0\n"
     "  RANDOM_ERASE: 0.0\n"
     "  PCA_STD: 0.1\n"
     "  AUGMENT: \"\"\n"},
    {"modern",
     "# What later trainings of RegNets share: weight decay for weights alone, smoothed labels, "
     "an\n"
     "# average of the weights, blocks that begin as the identity, a rate that moves every step.\n"
     "OPTIM:\n"
     "  OPTIMIZER: sgd\n"
     "  BASE_LR: 0.1 # for batches of 128; it goes with their size\n"
     "  MIN_LR: 0.0\n"
     "  LR_POLICY: cos\n"
     "  LR_UNIT: step\n"
     "  MAX_EPOCH: 100\n"
     "  WARMUP_EPOCHS: 1\n"
     "  WARMUP_FACTOR: 0.1\n"
     "  MOMENTUM: 0.9\n"
     "  DAMPENING: 0.0\n"
     "  NESTEROV: True\n"
     "  WEIGHT_DECAY: 5e-4\n"
     "  BIAS_USE_CUSTOM_WEIGHT_DECAY: True\n"
     "  BIAS_CUSTOM_WEIGHT_DECAY: 0.0\n"
     "  EMA: True\n"
     "  EMA_ALPHA: 5e-4\n"
     "  EMA_UPDATE_PERIOD: 32\n"
     "  ACCUMULATE: 1\n"
     "  CLIP_NORM: 0.0\n"
     "BN:\n"
     "  USE_PRECISE_STATS: False\n"
     "  ZERO_INIT_FINAL_GAMMA: True\n"
     "  USE_CUSTOM_WEIGHT_DECAY: True\n"
     "  CUSTOM_WEIGHT_DECAY: 0.0\n"
     "TRAIN:\n"
     "  BATCH_SIZE: 128\n"
     "  LABEL_SMOOTHING: 0.1\n"
     "  MIXUP_ALPHA: 0.0\n"
     "  CUTMIX_ALPHA: 0.0\n"
     "  RANDOM_ERASE: 0.0\n"
     "  PCA_STD: 0.1\n"
     "  AUGMENT: \"\"\n"},
};

const char *rn_recipe_text(const char *name)
{
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++)
        if (strcmp(recipes[i].name, name) == 0)
            return recipes[i].text;
    return NULL;
}

enum rn_status rn_config_recipe(struct rn_config *cfg, const char *name, struct rn_err *err)
{
    const char *text = rn_recipe_text(name);
    struct rn_buf source = {0};
    struct rn_doc *doc = NULL;
    enum rn_status status;

    if (!text)
        return rn_fail(err, RN_E_CONFIG, "there is no recipe \"%.60s\"; paper and modern are known",
                       name);
    RN_TRY(rn_buf_addf(&source, err, "recipe %s", name));
    RN_TRY(rn_doc_parse_yaml(text, strlen(text), source.data, &doc, err));
    status = rn_config_merge(cfg, rn_doc_root(doc), err);
done:
    rn_doc_free(doc);
    rn_buf_release(&source);
    return status;
}

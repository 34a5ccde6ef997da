/* What the configuration says of data: which sets are open, and how a loader walks them. */
#include <stdio.h>
#include <string.h>

#include "train/run.h"

enum rn_data_half rn_test_half(const struct rn_config *cfg)
{
    const char *name = rn_test_dataset(cfg), *dir = cfg->data_loader.dir;

    if (strcmp(cfg->test.split, "test") == 0)
        return RN_DATA_TEST;
    if (strcmp(cfg->test.split, "val") == 0 && cfg->data_loader.hold_out == 0 &&
        rn_dataset_has(name, dir, RN_DATA_VAL))
        return RN_DATA_VAL;
    return RN_DATA_TRAIN;
}

static enum rn_status take_three(const struct rn_doubles *list, const char *key, float *out,
                                 struct rn_err *err)
{
    if (list->n != 0 && list->n != 3)
        return rn_fail(err, RN_E_CONFIG, "%s: three numbers were expected, not %d", key, list->n);
    for (int c = 0; c < list->n; c++)
        out[c] = (float)list->v[c];
    return RN_OK;
}

enum rn_status rn_data_open(const struct rn_config *cfg, const char *name, enum rn_data_half half,
                            struct rn_dataset **ds, struct rn_err *err)
{
    struct rn_dataset *open = NULL;
    enum rn_status status;

    RN_TRY(rn_dataset_open(name, cfg->data_loader.dir, half, &open, err));
    RN_TRY(take_three(&cfg->data_loader.mean, "DATA_LOADER.MEAN", open->mean, err));
    RN_TRY(take_three(&cfg->data_loader.std, "DATA_LOADER.STD", open->std, err));
    *ds = open;
    open = NULL;
done:
    rn_dataset_free(open);
    return status;
}

enum rn_status rn_data_configure(struct rn_config *cfg, struct rn_err *err)
{
    const char *dir = cfg->data_loader.dir, *name = cfg->train.dataset;
    int classes;
    enum rn_status status = RN_OK;

    if (!*name && *dir)
        name = rn_dataset_detect(dir);
    if (!name)
        return rn_fail(
            err, RN_E_DATA,
            "%s: no data set that is known: folders of classes, train.txt, tar shards or "
            "the files of a published set were expected (docs/data.md)",
            dir);
    if (*name && *dir && !rn_dataset_info(name)) {
        RN_TRY(rn_dataset_classes(name, dir, &classes, err));
        cfg->model.num_classes = classes;
    }
    if (name != cfg->train.dataset)
        (void)snprintf(cfg->train.dataset, sizeof cfg->train.dataset, "%s", name);
done:
    return status;
}

struct rn_loader_options rn_test_loading(const struct rn_config *cfg, const struct rn_dataset *ds,
                                         const struct rn_part *part, int batch)
{
    return (struct rn_loader_options){.dataset = ds,
                                      .part = part,
                                      .batch = batch,
                                      .seed = (uint64_t)cfg->rng_seed,
                                      .resize = cfg->test.im_size,
                                      .size = cfg->train.im_size,
                                      .reduced_jpeg = cfg->data_loader.reduced_jpeg,
                                      .workers = cfg->data_loader.num_workers,
                                      .skip_bad = cfg->data_loader.skip_bad};
}

enum rn_status rn_train_loading(const struct rn_config *cfg, const struct rn_task *task,
                                struct rn_loader_options *options, struct rn_err *err)
{
    struct rn_loader_options out =
        rn_test_loading(cfg, task->train, &task->train_part, cfg->train.batch_size);
    enum rn_status status;

    RN_TRY(rn_augment_parse(cfg->train.augment, &out.augment, err));
    out.shuffle = cfg->data_loader.shuffle;
    out.drop_last = true;
    out.smoothing = cfg->train.label_smoothing;
    out.augment.pca_std = out.augment.crop ? cfg->train.pca_std : 0;
    out.augment.erase = cfg->train.random_erase;
    out.augment.mixup_alpha = cfg->train.mixup_alpha;
    out.augment.cutmix_alpha = cfg->train.cutmix_alpha;
    *options = out;
done:
    return status;
}

/* How the networks of a search train: the recipe `modern`, for the images and the time. */
#include "search.h"

#define BATCH 128
#define SMALL_SIDE 64 /* pixels up to which a batch is that large; larger images: half of it */
#define WARM_UP 0.05  /* of the epochs */
#define REACH 30.0    /* an average reaches back over a thirtieth of the training */
#define UPDATES 8     /* of it, an epoch, at least */

/* Small data still has some steps an epoch. */
static int batch_size(int images, int side)
{
    int most = side <= SMALL_SIDE ? BATCH : BATCH / 2, least = images < 8 ? images : 8;
    int batch = images / 16;

    return batch > most ? most : batch < least ? least : batch;
}

/* What the recipe leaves to the length of a training. */
static void set_length(struct rn_config *cfg, int images, int side, int epochs)
{
    cfg->optim.base_lr *= (double)batch_size(images, side) / cfg->train.batch_size;
    cfg->train.batch_size = batch_size(images, side);
    cfg->optim.max_epoch = epochs > 1 ? epochs : 1;
    cfg->optim.warmup_epochs = WARM_UP * cfg->optim.max_epoch;
}

/* By pycls' formula (docs/recipes.md) the reach goes with the number of images. */
static void set_average(struct rn_config *cfg, int images)
{
    int period = images / cfg->train.batch_size / UPDATES;

    cfg->optim.ema_alpha = images > REACH ? REACH / images : 1;
    if (period < cfg->optim.ema_update_period)
        cfg->optim.ema_update_period = period > 1 ? period : 1;
}

enum rn_status rn_search_config(const struct rn_search_job *search, bool final,
                                struct rn_config *cfg, struct rn_err *err)
{
    const struct rn_search_look *look = &search->look;
    const struct rn_search_plan *plan = &search->plan;
    int images = final || plan->images == 0 ? look->train : plan->images;
    enum rn_status status;

    rn_config_default(cfg);
    RN_TRY(rn_config_recipe(cfg, "modern", err));
    RN_TRY(rn_config_set(cfg, "TRAIN.DATASET", look->dataset, err));
    RN_TRY(rn_config_set(cfg, "TEST.DATASET", look->dataset, err));
    RN_TRY(rn_config_set(cfg, "TEST.SPLIT", "val", err));
    RN_TRY(rn_config_set(cfg, "DATA_LOADER.DIR", search->options->data, err));
    cfg->data_loader.hold_out = look->held_out;
    cfg->model.num_classes = look->classes;
    cfg->train.num_images = images < look->train ? images : 0;
    cfg->train.im_size = look->side;
    cfg->test.im_size = look->resize;
    set_length(cfg, images, look->side, final ? plan->final_epochs : plan->epochs);
    set_average(cfg, images);
    if (!final) { /* too short a training for these */
        cfg->optim.ema = false;
        cfg->train.label_smoothing = 0;
    }
done:
    return status;
}

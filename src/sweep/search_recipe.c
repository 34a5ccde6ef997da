/* How the networks of a search train: the recipe `modern`, for the images and the time. */
#include <math.h>

#include "search.h"

#define BATCH 128    /* of images up to RN_SEARCH_SMALL pixels; of larger ones half of it */
#define MIXUP 0.2    /* of images that are not moved */
#define WARM_UP 0.05 /* of the epochs */
#define REACH 30.0   /* an average reaches back over a thirtieth of the training */
#define UPDATES 8    /* of it, an epoch, at least */

/* So many images in all, each time that they are seen counted. */
static int batch_size(double passes, int side)
{
    int most = side <= RN_SEARCH_SMALL ? BATCH : BATCH / 2;

    return (int)fmax(fmin(passes / RN_SEARCH_STEPS, most), RN_SEARCH_LEAST_BATCH);
}

/* What the recipe leaves to the length of a training. */
static void set_length(struct rn_config *cfg, int images, int side, int epochs)
{
    int batch = batch_size((double)images * epochs, side);

    batch = batch > images ? images : batch;
    cfg->optim.base_lr *= (double)batch / cfg->train.batch_size;
    cfg->train.batch_size = batch;
    cfg->optim.max_epoch = epochs;
    cfg->optim.warmup_epochs = WARM_UP * epochs;
}

/* By pycls' formula (docs/recipes.md) the reach goes with the number of images. */
static void set_average(struct rn_config *cfg, int images)
{
    int period = images / cfg->train.batch_size / UPDATES;

    cfg->optim.ema_alpha = images > REACH ? REACH / images : 1;
    if (period < cfg->optim.ema_update_period)
        cfg->optim.ema_update_period = period > 1 ? period : 1;
}

/* A network of the population trains too briefly for what pays off late. On Fashion-MNIST, 20,000
   passes with it came to 30 % error, and without to 16. */
static enum rn_status shorten(struct rn_config *cfg, struct rn_err *err)
{
    cfg->optim.ema = false;
    cfg->train.label_smoothing = 0;
    cfg->bn.zero_init_final_gamma = false;
    return rn_config_set(cfg, "TRAIN.AUGMENT", "none", err);
}

static enum rn_status set_way(enum rn_search_way way, struct rn_config *cfg, struct rn_err *err)
{
    if (way == RN_SEARCH_MOVED)
        return RN_OK;
    if (way == RN_SEARCH_PLAIN)
        return shorten(cfg, err);
    cfg->train.mixup_alpha = MIXUP;
    return rn_config_set(cfg, "TRAIN.AUGMENT", "none", err);
}

enum rn_status rn_search_config(const struct rn_search_job *search, enum rn_search_way way,
                                struct rn_config *cfg, struct rn_err *err)
{
    const struct rn_search_look *look = &search->look;
    const struct rn_search_plan *plan = &search->plan;
    bool planned = plan->images > 0; /* before that, only the speed is measured */
    bool final = way != RN_SEARCH_PLAIN;
    int images = final ? look->train : planned ? plan->images : RN_SEARCH_PASSES;
    int epochs = final ? plan->final_epochs : planned ? plan->epochs : 1;
    enum rn_status status;

    rn_config_default(cfg);
    RN_TRY(rn_config_recipe(cfg, "modern", err));
    RN_TRY(rn_config_set(cfg, "TRAIN.DATASET", look->dataset, err));
    RN_TRY(rn_config_set(cfg, "TEST.DATASET", look->dataset, err));
    RN_TRY(rn_config_set(cfg, "TEST.SPLIT", "val", err));
    RN_TRY(rn_config_set(cfg, "DATA_LOADER.DIR", search->options->data, err));
    cfg->data_loader.hold_out = look->held_out;
    cfg->data_loader.skip_bad = search->options->skip_bad;
    cfg->model.num_classes = look->classes;
    cfg->num_threads = final ? plan->threads : 1;
    cfg->train.mixed_precision = plan->bf16;
    cfg->train.num_images = images < look->train ? images : 0;
    cfg->train.im_size = look->side;
    cfg->test.im_size = look->resize;
    set_length(cfg, images, look->side, epochs);
    set_average(cfg, images);
    status = set_way(way, cfg, err);
done:
    return status;
}

const char *rn_search_way_name(enum rn_search_way way)
{
    return way == RN_SEARCH_MOVED ? "cropped and mirrored" : "as they are, mixed in pairs";
}

/* How the networks of a search train. */
#include <stdio.h>

#include "search.h"

#define BATCH 128
#define SMALL_SIDE 64 /* pixels up to which a batch is that large; larger images: half of it */
#define RATE 0.1      /* the learning rate at BATCH, and in proportion */

/* Small data still has so many steps an epoch, if a batch can be that small. */
static int batch_size(int images, int side)
{
    int most = side <= SMALL_SIDE ? BATCH : BATCH / 2, batch = images / 16;

    return batch > most ? most : batch < 8 ? (images < 8 ? images : 8) : batch;
}

enum rn_status rn_search_recipe(const struct rn_search *search, bool final, struct rn_config *cfg,
                                struct rn_err *err)
{
    static const char *const fixed[][2] = {
        {"TEST.SPLIT", "val"},        {"OPTIM.MOMENTUM", "0.9"}, {"OPTIM.NESTEROV", "True"},
        {"OPTIM.WEIGHT_DECAY", "5e-4"}, {"OPTIM.LR_POLICY", "cos"}, {"OPTIM.LR_UNIT", "step"},
        {"BN.USE_PRECISE_STATS", "False"}};
    const struct rn_search_look *look = &search->look;
    const struct rn_search_plan *plan = &search->plan;
    int images = final || plan->images == 0 ? look->train : plan->images;
    int epochs = final ? plan->final_epochs : plan->epochs;
    enum rn_status status = RN_OK;

    rn_config_default(cfg);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        RN_TRY(rn_config_set(cfg, fixed[i][0], fixed[i][1], err));
    RN_TRY(rn_config_set(cfg, "TRAIN.DATASET", look->dataset, err));
    RN_TRY(rn_config_set(cfg, "TEST.DATASET", look->dataset, err));
    RN_TRY(rn_config_set(cfg, "DATA_LOADER.DIR", search->options->data, err));
    cfg->data_loader.hold_out = look->held_out;
    cfg->train.num_images = images < look->train ? images : 0;
    cfg->train.batch_size = batch_size(images, look->side);
    cfg->train.im_size = look->side;
    cfg->test.im_size = look->resize;
    cfg->model.num_classes = look->classes;
    cfg->optim.base_lr = RATE * cfg->train.batch_size / BATCH;
    cfg->optim.max_epoch = epochs > 0 ? epochs : 1;
    cfg->optim.warmup_epochs = 0.05 * cfg->optim.max_epoch;
done:
    return status;
}

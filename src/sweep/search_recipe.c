/* How the networks of a search train: as the recipe `modern`, for the images and the time. */
#include <stdarg.h>
#include <stdio.h>

#include "search.h"

#define BATCH 128
#define SMALL_SIDE 64 /* pixels up to which a batch is that large; larger images: half of it */
#define RATE 0.1      /* the learning rate at BATCH, and in proportion */
#define WARM_UP 0.05  /* of the epochs */

/* Small data still has some steps an epoch. */
static int batch_size(int images, int side)
{
    int most = side <= SMALL_SIDE ? BATCH : BATCH / 2, least = images < 8 ? images : 8;
    int batch = images / 16;

    return batch > most ? most : batch < least ? least : batch;
}

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static void
add(struct rn_search_recipe *recipe, const char *key, const char *fmt, ...)
{
    va_list ap;

    recipe->pair[2 * recipe->n] = recipe->text[2 * recipe->n];
    recipe->pair[2 * recipe->n + 1] = recipe->text[2 * recipe->n + 1];
    (void)snprintf(recipe->text[2 * recipe->n], RN_SEARCH_TEXT, "%s", key);
    va_start(ap, fmt);
    (void)vsnprintf(recipe->text[2 * recipe->n + 1], RN_SEARCH_TEXT, fmt, ap);
    va_end(ap);
    recipe->n++;
}

void rn_search_recipe(const struct rn_search_job *search, bool final,
                      struct rn_search_recipe *recipe)
{
    static const char *const fixed[][2] = {{"TEST.SPLIT", "val"},
                                           {"OPTIM.NESTEROV", "True"},
                                           {"OPTIM.WEIGHT_DECAY", "5e-4"},
                                           {"BN.USE_CUSTOM_WEIGHT_DECAY", "True"},
                                           {"OPTIM.LR_POLICY", "cos"},
                                           {"OPTIM.LR_UNIT", "step"},
                                           {"BN.USE_PRECISE_STATS", "False"}};
    const struct rn_search_look *look = &search->look;
    const struct rn_search_plan *plan = &search->plan;
    int images = final || plan->images == 0 ? look->train : plan->images;
    int batch = batch_size(images, look->side);
    int epochs = final ? plan->final_epochs : plan->epochs;

    epochs = epochs < 1 ? 1 : epochs;
    recipe->n = 0;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        add(recipe, fixed[i][0], "%s", fixed[i][1]);
    add(recipe, "TRAIN.DATASET", "%s", look->dataset);
    add(recipe, "TEST.DATASET", "%s", look->dataset);
    add(recipe, "DATA_LOADER.DIR", "%s", search->options->data);
    add(recipe, "DATA_LOADER.HOLD_OUT", "%d", look->held_out);
    add(recipe, "TRAIN.NUM_IMAGES", "%d", images < look->train ? images : 0);
    add(recipe, "TRAIN.BATCH_SIZE", "%d", batch);
    add(recipe, "TRAIN.IM_SIZE", "%d", look->side);
    add(recipe, "TEST.IM_SIZE", "%d", look->resize);
    add(recipe, "MODEL.NUM_CLASSES", "%d", look->classes);
    add(recipe, "OPTIM.MAX_EPOCH", "%d", epochs);
    add(recipe, "OPTIM.BASE_LR", "%g", RATE * batch / BATCH);
    add(recipe, "OPTIM.WARMUP_EPOCHS", "%g", WARM_UP * epochs);
    if (!final)
        return; /* too short a training for these */
    add(recipe, "TRAIN.LABEL_SMOOTHING", "0.1");
    add(recipe, "OPTIM.EMA", "True");
    add(recipe, "OPTIM.EMA_ALPHA", "5e-4");
}

enum rn_status rn_search_config(const struct rn_search_job *search, bool final,
                                struct rn_config *cfg, struct rn_err *err)
{
    struct rn_search_recipe recipe;
    enum rn_status status = RN_OK;

    rn_search_recipe(search, final, &recipe);
    rn_config_default(cfg);
    for (int i = 0; i < recipe.n; i++)
        RN_TRY(rn_config_set(cfg, recipe.pair[2 * i], recipe.pair[2 * i + 1], err));
done:
    return status;
}

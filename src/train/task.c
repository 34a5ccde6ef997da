/* The data of a training or a test: which sets are open, and which parts of them are used. */
#include <string.h>

#include "regnet/hash.h"
#include "train/run.h"

#define SPLIT_SEED 1

const char *rn_test_dataset(const struct rn_config *cfg)
{
    return *cfg->test.dataset ? cfg->test.dataset : cfg->train.dataset;
}

static enum rn_status open_half(const struct rn_config *cfg, const char *key, const char *name,
                                enum rn_data_half half, const struct rn_dataset *given,
                                struct rn_dataset **owned, const struct rn_dataset **ds,
                                struct rn_err *err)
{
    enum rn_status status;

    if (!*name)
        return rn_fail(err, RN_E_CONFIG,
                       "%s is not set; there are fashion_mnist, cifar10, cifar100, and folder, "
                       "imagenet, list and tar",
                       key);
    if (given) {
        *ds = given;
        return RN_OK;
    }
    RN_TRY(rn_data_open(cfg, name, half, owned, err));
    *ds = *owned;
done:
    if (status == RN_E_CONFIG)
        rn_err_prefix(err, "%s", key);
    return status;
}

/* HOLD_OUT, or where a part is needed that neither was published nor asked for, a tenth. */
static size_t held_out(const struct rn_config *cfg, const struct rn_dataset *ds)
{
    bool needed = strcmp(cfg->test.split, "val") == 0 && rn_test_half(cfg) == RN_DATA_TRAIN;

    if (cfg->data_loader.hold_out > 0 || !needed)
        return (size_t)cfg->data_loader.hold_out;
    return ((size_t)ds->n + 9) / 10;
}

/* The parts that the keys ask for; either may be NULL. They do not depend on RNG_SEED, so that
   trainings with several seeds are judged on the same images, and none has seen them. */
static enum rn_status split(const struct rn_config *cfg, const struct rn_dataset *ds,
                            struct rn_part *train, struct rn_part *val, struct rn_err *err)
{
    enum rn_status status = rn_part_split(ds, held_out(cfg, ds), (size_t)cfg->train.num_images,
                                          SPLIT_SEED, train, val, err);

    if (status == RN_E_CONFIG)
        rn_err_prefix(err, "DATA_LOADER.HOLD_OUT, TRAIN.NUM_IMAGES");
    return status;
}

/* TEST.SPLIT: a half of its own, or a part of the training half. */
static enum rn_status test_part(struct rn_task *task, const struct rn_config *cfg,
                                const struct rn_dataset *given, struct rn_err *err)
{
    bool val = strcmp(cfg->test.split, "val") == 0;
    const char *name = rn_test_dataset(cfg);
    enum rn_data_half half = rn_test_half(cfg);
    enum rn_status status;

    if (half != RN_DATA_TRAIN) {
        RN_TRY(
            open_half(cfg, "TEST.DATASET", name, half, given, &task->owned_test, &task->test, err));
        return rn_part_all(task->test, &task->test_part, err);
    }
    if (task->train && strcmp(name, cfg->train.dataset) == 0)
        task->test = task->train;
    else
        RN_TRY(open_half(cfg, "TEST.DATASET", name, RN_DATA_TRAIN, given, &task->owned_test,
                         &task->test, err));
    return split(cfg, task->test, val ? NULL : &task->test_part, val ? &task->test_part : NULL,
                 err);
done:
    return status;
}

enum rn_status rn_task_init(struct rn_task *task, const struct rn_config *cfg, bool training,
                            const struct rn_dataset *train, const struct rn_dataset *test,
                            struct rn_err *err)
{
    struct rn_task made = {0};
    enum rn_status status;

    if (training) {
        RN_TRY(open_half(cfg, "TRAIN.DATASET", cfg->train.dataset, RN_DATA_TRAIN, train,
                         &made.owned_train, &made.train, err));
        RN_TRY(split(cfg, made.train, &made.train_part, NULL, err));
        if (made.train_part.n < (size_t)cfg->train.batch_size) {
            status = rn_fail(err, RN_E_CONFIG,
                             "TRAIN.BATCH_SIZE is %d; there are only %zu images to train on",
                             cfg->train.batch_size, made.train_part.n);
            goto done;
        }
    }
    RN_TRY(test_part(&made, cfg, test, err));
    *task = made;
    made = (struct rn_task){0};
done:
    rn_task_release(&made);
    return status;
}

void rn_task_release(struct rn_task *task)
{
    rn_part_release(&task->train_part);
    rn_part_release(&task->test_part);
    rn_dataset_free(task->owned_train);
    rn_dataset_free(task->owned_test);
    *task = (struct rn_task){0};
}

static uint64_t add_part(uint64_t hash, const struct rn_dataset *ds, const struct rn_part *part)
{
    uint64_t set = rn_dataset_hash(ds);

    hash = rn_hash_add(hash, &set, sizeof set);
    return rn_hash_add(hash, part->index, part->n * sizeof *part->index);
}

struct rn_data_identity rn_task_identity(const struct rn_task *task, int steps)
{
    uint64_t hash = add_part(0, task->train, &task->train_part);

    return (struct rn_data_identity){.n_train = task->train_part.n,
                                     .n_test = task->test_part.n,
                                     .steps = steps,
                                     .hash = add_part(hash, task->test, &task->test_part)};
}

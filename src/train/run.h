/*
 * run.h: what the files of train/ share: a task (data and network) and a run's directory.
 */
#ifndef RN_TRAIN_RUN_H
#define RN_TRAIN_RUN_H

#include "regnet/engine.h"
#include "regnet/events.h"
#include "regnet/file.h"
#include "regnet/train.h"
#include "train/meter.h"
#include "train/optimizer.h"
#include "train/weights.h"

/* check.c: whether a network fits a data set (TRAIN.IM_SIZE, TEST.IM_SIZE, MODEL.NUM_CLASSES). */
enum rn_status rn_check_data(const struct rn_config *cfg, const struct rn_arch *arch,
                             const struct rn_dataset *info, struct rn_err *err);

/* test.c: RN_E_DATA where a class of ds is called otherwise in `names` (n; or NULL) of `where`. */
enum rn_status rn_check_classes(const char *where, const char *const *names, int n,
                                const struct rn_dataset *ds, const char *dir, struct rn_err *err);

/* task.c: the data sets, and the parts of them to train and test on. */
struct rn_task {
    struct rn_dataset *owned_train, *owned_test;
    const struct rn_dataset *train, *test; /* test: where test_part is cut from */
    struct rn_part train_part, test_part;
};
/* Opens what is not given. Without `training` only the test part is made. */
enum rn_status rn_task_init(struct rn_task *task, const struct rn_config *cfg, bool training,
                            const struct rn_dataset *train, const struct rn_dataset *test,
                            struct rn_err *err);
void rn_task_release(struct rn_task *task);
const char *rn_test_dataset(const struct rn_config *cfg); /* TEST.DATASET, or else TRAIN's */
/* loading.c: a part in order and as it is; and the training part as TRAIN's keys want it. */
struct rn_loader_options rn_test_loading(const struct rn_config *cfg, const struct rn_dataset *ds,
                                         const struct rn_part *part, int batch);
enum rn_status rn_train_loading(const struct rn_config *cfg, const struct rn_task *task,
                                struct rn_loader_options *options, struct rn_err *err);

/* When to leave: a flag that somebody sets, or a time. */
struct rn_halt {
    const volatile sig_atomic_t *flag; /* NULL: nobody does */
    double at;                         /* of rn_clock; 0: never */
};
/* Whether it is set, or `seconds` from now are too late. */
bool rn_halt_due(const struct rn_halt *halt, double seconds);

/* evaluate.c: one pass over a part, every image once, batch after batch by the next of peers, each
   of which prepares its own. RN_E_STOPPED, without a message, when halt is due, here and below. */
enum rn_status rn_evaluate(struct rn_net *net, const struct rn_loader_options *options,
                           const struct rn_halt *halt, struct rn_peers *peers,
                           struct rn_meter *meter, struct rn_err *err);
/* Replaces the running statistics by their averages over `batches` batches of the loader's epoch.
   batch: room for one, or for the loader's part of it. */
enum rn_status rn_precise_stats(struct rn_net *net, struct rn_loader *loader, int epoch,
                                int batches, const struct rn_batch *batch,
                                const struct rn_halt *halt, struct rn_err *err);

/* save.c: whether each of them is a number. */
bool rn_is_finite(const float *values, size_t n);

/* Where a training is, beside its parameters: what a checkpoint keeps. */
struct rn_state {
    int epoch, step;           /* finished epochs, and steps of the next one */
    int64_t log_bytes;         /* of log.jsonl that belong to it */
    double seconds;            /* of training */
    double min_top1, min_top5; /* least test errors so far */
    double min_ema_top1, min_ema_top5;
    double best_top1;            /* that of best_epoch, the number of epochs done when the test */
    int best_epoch;              /* error, the average's if there is one, was least; 0: none */
    struct rn_score train, test; /* of the last finished epoch; test: of the average, if there is */
    struct rn_meter sum, window; /* of the epoch in progress; since the last train_iter line */
};

/* task.c: what a run's data are, but for the images' content: with other data it cannot go on. */
struct rn_data_identity {
    size_t n_train, n_test; /* images of both parts */
    int steps;              /* an epoch's */
    uint64_t hash;          /* of classes, labels and names, and of which images the parts have */
};
struct rn_data_identity rn_task_identity(const struct rn_task *task, int steps);

/* checkpoint.c: one file. RN_E_DATA where it is damaged or another network's, RN_E_CONFIG where it
   is whole and other data's; then nothing is changed. */
enum rn_status rn_checkpoint_write(const char *path, const struct rn_data_identity *data,
                                   const struct rn_state *state, const struct rn_optimizer *opt,
                                   const float *values, struct rn_err *err);
enum rn_status rn_checkpoint_read(const char *path, const struct rn_data_identity *data,
                                  struct rn_state *state, struct rn_optimizer *opt, float *values,
                                  struct rn_err *err);

/* checkpoints.c: DIR/checkpoints/EPOCH-STEP.safetensors; the newest, the one before it and that of
   best_epoch are kept. */
enum rn_status rn_checkpoint_save(const char *dir, const struct rn_data_identity *data,
                                  const struct rn_state *state, const struct rn_optimizer *opt,
                                  const float *values, struct rn_err *err);
/* The newest one that is whole, of those that there are; RN_E_DATA, and nothing is changed, where
   none is. */
enum rn_status rn_checkpoint_load(const char *dir, const struct rn_data_identity *data,
                                  struct rn_state *state, struct rn_optimizer *opt, float *values,
                                  struct rn_err *err);
enum rn_status rn_checkpoint_exists(const char *dir, bool *found, struct rn_err *err);
enum rn_status rn_checkpoint_remove_all(const char *dir, struct rn_err *err);

/* log.c: log.jsonl, a line written out at once; closed (fd -1), it writes nothing. */
struct rn_log {
    struct rn_append file;
    struct rn_append tagged; /* the same as pycls writes it */
    bool average;            /* the average of the weights is tested too */
    struct rn_events events; /* the same numbers for TensorBoard */
    int steps;               /* an epoch's */
    struct rn_buf line;
};
/* Keeps the first `keep` bytes of what is there. */
enum rn_status rn_log_open(struct rn_log *log, const char *dir, int64_t keep, struct rn_err *err);
/* Event files in DIR/tensorboard too, from a step of the run on. */
enum rn_status rn_log_events(struct rn_log *log, const char *dir, int steps, int64_t step,
                             struct rn_err *err);
/* log_pycls.c: DIR/stdout.log, made anew from the configuration and what is in DIR/log.jsonl; from
   then on each line goes into both. */
enum rn_status rn_log_pycls(struct rn_log *log, const char *dir, const struct rn_config *cfg,
                            struct rn_err *err);
/* log->line, which log.jsonl has, into stdout.log if there is one. */
enum rn_status rn_log_pycls_add(struct rn_log *log, struct rn_err *err);
void rn_log_close(struct rn_log *log);
enum rn_status rn_log_complexity(struct rn_log *log, struct rn_complexity cx, struct rn_err *err);
/* Numbers of a train_iter, train_epoch or test_epoch line. Epoch and iteration count from 1. */
struct rn_log_entry {
    const char *type;
    int epoch, epoch_max, iter, iter_max; /* iter 0: not of one iteration */
    struct rn_score score;
    double lr;                        /* negative: none */
    double min_top1, min_top5;        /* negative: none */
    double time_diff;                 /* of this iteration, seconds; 0: none */
    double time_avg, time_epoch, eta; /* seconds; negative: none */
};
enum rn_status rn_log_write(struct rn_log *log, const struct rn_log_entry *entry,
                            struct rn_err *err);

/* result.c */
enum rn_status rn_result_write(const char *dir, const char *name, const struct rn_result *result,
                               struct rn_err *err);

/* rundir.c: makes the directory, keeps other processes out of it until *lock is closed, and removes
   what a killed one was writing. */
enum rn_status rn_rundir_lock(const char *dir, int *lock, struct rn_err *err);
/* Whether there is a run in it to go on with (with the same configuration, or RN_E_CONFIG says what
   differs), or *over: one that has its result already. fresh: as if there were none. */
enum rn_status rn_rundir_look(const char *dir, const struct rn_config *cfg, bool fresh,
                              bool *resume, bool *over, struct rn_err *err);
/* For a new run: its configuration, and with `fresh` what is there of an earlier one is removed,
   so what else may keep the new one from beginning is looked at before. */
enum rn_status rn_rundir_begin(const char *dir, const struct rn_config *cfg, bool fresh,
                               struct rn_err *err);

#endif

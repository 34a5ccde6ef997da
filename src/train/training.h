/*
 * training.h: a training in progress, shared by train.c (its life) and epoch.c (its steps).
 */
#ifndef RN_TRAIN_TRAINING_H
#define RN_TRAIN_TRAINING_H

#include "train/run.h"

struct rn_training {
    struct rn_config cfg;
    const struct rn_train_options *options;
    struct rn_graph *graph;
    struct rn_net *net;
    struct rn_net_params params;
    struct rn_optimizer opt;
    struct rn_task task;
    struct rn_loader *loader;
    struct rn_log log;
    struct rn_state state;
    float *images, *targets, *logits; /* of a batch */
    int32_t *labels;
    int steps; /* an epoch's */
    bool diverged;
    int lock; /* the directory's; -1: not yet */
    struct rn_halt halt;
    double started, began_with; /* clock at the first step of this call; share of steps done then */
    double saved;               /* clock at the last checkpoint */
    double slowest_step;        /* seconds, of this call */
    double epoch_seconds;       /* of this epoch's steps in this call, and their number: */
    int epoch_steps;
};

/* epoch.c: the rest of the epoch that state is in. RN_E_STOPPED after a checkpoint. */
enum rn_status rn_training_epoch(struct rn_training *t, struct rn_err *err);

/* save.c: a checkpoint, where they are wanted; log_bytes of the log belong to it. If a value is no
   number, none is written and the training has diverged. */
enum rn_status rn_training_save(struct rn_training *t, int64_t log_bytes, struct rn_err *err);
/* The same where one is due within an epoch. */
enum rn_status rn_training_save_if_due(struct rn_training *t, struct rn_err *err);
/* The same after an epoch. */
enum rn_status rn_training_save_epoch(struct rn_training *t, struct rn_err *err);
/* A checkpoint, and RN_E_STOPPED with a message. */
enum rn_status rn_training_stop(struct rn_training *t, int64_t log_bytes, struct rn_err *err);
/* Whether each value, statistics and the optimizer's among them, is a number. */
bool rn_training_is_finite(const struct rn_training *t);

double rn_training_share_done(const struct rn_training *t);
double rn_training_seconds_left(const struct rn_training *t); /* by the pace of this call */

#endif

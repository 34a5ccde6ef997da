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
    struct rn_batch batch;
    float *logits;   /* of a batch */
    float *gradient; /* n_trained: the sum over a step's batches; NULL where it has only one */
    int steps;       /* an epoch's */
    bool diverged;
    double started, began_with; /* clock at the first step of this call; share of steps done then */
};

/* epoch.c: the rest of the epoch that state is in. RN_E_STOPPED after a checkpoint. */
enum rn_status rn_training_epoch(struct rn_training *t, struct rn_err *err);
/* A checkpoint, where they are wanted. */
enum rn_status rn_training_save(const struct rn_training *t, struct rn_err *err);
double rn_training_share_done(const struct rn_training *t);
double rn_training_seconds_left(const struct rn_training *t); /* by the pace of this call */

#endif

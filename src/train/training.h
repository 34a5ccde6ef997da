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
    struct rn_peers *peers;
    struct rn_task task;
    struct rn_data_identity data;
    struct rn_loader *loader;
    struct rn_log log;
    struct rn_state state;
    struct rn_batch batch; /* this process's part of one */
    float *logits;         /* of it */
    float *gradient;     /* n_trained: the sum over a step's batches; NULL where it has only one */
    size_t summing_from; /* gradients from here on are on their way to the other processes */
    struct rn_forecast forecast;
    int steps; /* an epoch's */
    bool diverged;
    bool tested; /* in this call, so that the test part's bad images were told of */
    int lock;    /* the directory's; -1: not yet */
    struct rn_halt halt;
    double started, began_with; /* clock at the first step of this call; share of steps done then */
    double saved;               /* clock at the last checkpoint */
    double slowest_step;        /* seconds, of this call */
    double epoch_seconds;       /* of this epoch's steps in this call, and their number: */
    int epoch_steps;
};

/* share.c: what is exchanged with t->peers. Each process has an equal part of a batch's images. */
struct rn_net_parts rn_training_parts(struct rn_training *t);
struct rn_batch_parts rn_training_batch_parts(struct rn_training *t);
/* Of a part of n images: loss and errors of the batch, which are added to meter, and its gradient;
   returns its loss. */
double rn_training_part_step(struct rn_training *t, int n, struct rn_meter *meter);
void rn_training_share(struct rn_training *t); /* state, values and the optimizer, of the first */
bool rn_training_must_stop(struct rn_training *t); /* whether any of them must */

/* forecast.c: less disk than is needed is RN_E_IO. The pace changes the network's values. */
enum rn_status rn_forecast_disk(struct rn_training *t, bool resume, struct rn_err *err);
enum rn_status rn_forecast_pace(struct rn_training *t, struct rn_err *err);
void rn_forecast_tell(struct rn_training *t);

/* epoch.c: the rest of the epoch that state is in. RN_E_STOPPED after a checkpoint. */
enum rn_status rn_training_epoch(struct rn_training *t, struct rn_err *err);

/* epoch_end.c: what follows its last step. RN_E_STOPPED as above. */
enum rn_status rn_training_end_epoch(struct rn_training *t, struct rn_err *err);
int rn_training_precise_batches(const struct rn_training *t);

/* save.c: a checkpoint, where they are wanted; log_bytes of the log belong to it. None where a
   value is no number: that training is about to diverge. */
enum rn_status rn_training_save(struct rn_training *t, int64_t log_bytes, struct rn_err *err);
/* The same where one is due within an epoch. */
enum rn_status rn_training_save_if_due(struct rn_training *t, struct rn_err *err);
/* The same after an epoch. */
enum rn_status rn_training_save_epoch(struct rn_training *t, struct rn_err *err);
/* A checkpoint, and RN_E_STOPPED with a message. */
enum rn_status rn_training_stop(struct rn_training *t, int64_t log_bytes, struct rn_err *err);
/* Whether each value, statistics and the optimizer's among them, is a number. */
bool rn_training_is_finite(const struct rn_training *t);

int rn_training_last_epoch(const struct rn_training *t); /* of this run, from 1 */
double rn_training_share_done(const struct rn_training *t);
double rn_training_seconds_left(const struct rn_training *t); /* by the pace of this call */

#endif

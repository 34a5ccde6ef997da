/*
 * optimizer.h: one update of a network's parameters. Internal to train/.
 *
 * SGD, Adam and AdamW as PyTorch defines them, over the flat arrays of a net; momenta and the
 * average of weights lie beside the parameters, in the same layout.
 */
#ifndef RN_TRAIN_OPTIMIZER_H
#define RN_TRAIN_OPTIMIZER_H

#include "regnet/config.h"
#include "regnet/graph.h"

enum rn_rule { RN_RULE_SGD, RN_RULE_ADAM, RN_RULE_ADAMW };

/* What a parameter tensor is updated by. */
struct rn_group {
    float decay;
    float rate; /* over the training's learning rate; 0: frozen */
};

/* An array of the optimizer's that a checkpoint keeps, with the prefix of its tensors' names. */
struct rn_flat {
    const char *prefix;
    float *values;
    bool trained_only; /* graph->n_trained values, not n_values */
};
#define RN_MAX_FLATS 3

struct rn_optimizer {
    enum rn_rule rule;
    const struct rn_graph *graph; /* borrowed, as is cfg */
    const struct rn_config *cfg;
    int64_t steps;           /* updates made */
    struct rn_group *groups; /* graph->n_params */
    float *first;            /* SGD's buffer, Adam's mean of gradients */
    float *second;           /* Adam's mean of squares; NULL for SGD */
    float *average;          /* of the values, statistics too; NULL without OPTIM.EMA */
    int n_flats;             /* which own these arrays */
    struct rn_flat flats[RN_MAX_FLATS];
};

/* RN_E_CONFIG where the keys contradict each other or the network. */
enum rn_status rn_optimizer_init(struct rn_optimizer *opt, const struct rn_config *cfg,
                                 const struct rn_graph *graph, struct rn_err *err);
void rn_optimizer_release(struct rn_optimizer *opt);
/* Clips grad (OPTIM.CLIP_NORM), then updates value. */
void rn_optimizer_step(struct rn_optimizer *opt, float *value, float *grad, double lr);

/* groups.c: OPTIM.WEIGHT_DECAY and its exceptions, OPTIM.STAGE_LR and TRAIN.FREEZE; n_params of
   groups. */
enum rn_status rn_groups_of(const struct rn_config *cfg, const struct rn_graph *graph,
                            struct rn_group *groups, struct rn_err *err);

/* average.c: before the first step, and after the step-th (from 0) of an epoch; epoch may have a
   fraction. */
void rn_average_begin(struct rn_optimizer *opt, const float *value);
void rn_average_update(struct rn_optimizer *opt, const float *value, double epoch, int step);
/* Exchanges the network's values and the average. */
void rn_average_swap(struct rn_optimizer *opt, float *value);

#endif

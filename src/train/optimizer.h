/*
 * optimizer.h: one update of a network's parameters. Internal to train/.
 *
 * SGD, Adam and AdamW as PyTorch defines them, over the flat arrays of a net; momenta lie beside
 * the parameters, in the same layout.
 */
#ifndef RN_TRAIN_OPTIMIZER_H
#define RN_TRAIN_OPTIMIZER_H

#include "regnet/config.h"
#include "regnet/graph.h"

enum rn_rule { RN_RULE_SGD, RN_RULE_ADAM, RN_RULE_ADAMW };

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
    int64_t steps; /* updates made */
    float *first;  /* n_trained: SGD's buffer, Adam's mean of gradients */
    float *second; /* n_trained: Adam's mean of squares; NULL for SGD */
    int n_flats;   /* which own these arrays */
    struct rn_flat flats[RN_MAX_FLATS];
};

/* RN_E_CONFIG where the keys contradict each other. */
enum rn_status rn_optimizer_init(struct rn_optimizer *opt, const struct rn_config *cfg,
                                 const struct rn_graph *graph, struct rn_err *err);
void rn_optimizer_release(struct rn_optimizer *opt);
void rn_optimizer_step(struct rn_optimizer *opt, float *value, const float *grad, double lr);

#endif

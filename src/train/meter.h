/*
 * meter.h: loss and errors summed over images. Internal to train/.
 */
#ifndef RN_TRAIN_METER_H
#define RN_TRAIN_METER_H

#include <stdint.h>

#include "regnet/peers.h"

struct rn_meter {
    double loss;       /* sum over images */
    double top1, top5; /* images wrong */
    double images;
};

/* Counts n images whose label is not first, or among the first five. logits: n x classes. A logit
   that is not a number is wrong; of equal logits the lower class comes first. */
void rn_meter_errors(struct rn_meter *meter, const float *logits, const int32_t *labels, int n,
                     int classes);
/* Adds the cross entropy of n images against their labels. */
void rn_meter_loss(struct rn_meter *meter, const float *logits, const int32_t *labels, int n,
                   int classes);
void rn_meter_merge(struct rn_meter *meter, const struct rn_meter *other);

/* Its sum over processes, in each of them. */
void rn_meter_share(struct rn_meter *meter, struct rn_peers *peers);

/* Means: the loss, and errors in percent; 0 over no images. */
struct rn_score {
    double loss, top1_err, top5_err;
};
struct rn_score rn_meter_score(const struct rn_meter *meter);

#endif

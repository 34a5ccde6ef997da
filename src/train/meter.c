/* Loss and errors summed over images. */
#include "train/meter.h"

#include <math.h>

/* How many classes come before the label; all of them when its logit is no number. */
static int rank_of(const float *logits, int32_t label, int classes)
{
    float own = logits[label];
    int rank = 0;

    if (isnan(own))
        return classes;
    for (int k = 0; k < classes; k++)
        rank += logits[k] > own || (logits[k] == own && k < label);
    return rank;
}

void rn_meter_errors(struct rn_meter *meter, const float *logits, const int32_t *labels, int n,
                     int classes)
{
    for (int i = 0; i < n; i++) {
        int rank = rank_of(logits + (long)i * classes, labels[i], classes);
        meter->top1 += rank >= 1;
        meter->top5 += rank >= 5;
    }
    meter->images += n;
}

void rn_meter_loss(struct rn_meter *meter, const float *logits, const int32_t *labels, int n,
                   int classes)
{
    for (int i = 0; i < n; i++, logits += classes) {
        double sum = 0, max = logits[0];
        for (int k = 1; k < classes; k++)
            max = fmax(max, logits[k]);
        for (int k = 0; k < classes; k++)
            sum += exp(logits[k] - max);
        meter->loss += log(sum) + max - logits[labels[i]];
    }
}

void rn_meter_merge(struct rn_meter *meter, const struct rn_meter *other)
{
    meter->loss += other->loss;
    meter->top1 += other->top1;
    meter->top5 += other->top5;
    meter->images += other->images;
}

void rn_meter_share(struct rn_meter *meter, struct rn_peers *peers)
{
    double values[] = {meter->loss, meter->top1, meter->top5, meter->images};

    rn_peers_sum(peers, values, 4);
    *meter = (struct rn_meter){values[0], values[1], values[2], values[3]};
}

struct rn_score rn_meter_score(const struct rn_meter *meter)
{
    double n = meter->images > 0 ? meter->images : 1;

    return (struct rn_score){meter->loss / n, 100 * meter->top1 / n, 100 * meter->top5 / n};
}

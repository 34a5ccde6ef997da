/* What processes that train one network together exchange. Alone, nothing. */
#include "train/training.h"

#define SUM_AT_LEAST ((size_t)1 << 18) /* gradients that are worth a message, 1 MB */

static void sum(void *arg, double *values, size_t n)
{
    struct rn_training *t = arg;

    rn_peers_sum(t->peers, values, n);
}

static void sum_gradient_from(struct rn_training *t, size_t from)
{
    rn_peers_sum_begin(t->peers, t->params.grad + from, t->summing_from - from);
    t->summing_from = from;
}

/* While the backward pass goes on, what is final travels, in pieces of a size. */
static void on_gradient(void *arg, size_t from)
{
    struct rn_training *t = arg;
    size_t piece = t->params.n_trained / (RN_PEERS_SUMS / 2);

    if (from + (piece > SUM_AT_LEAST ? piece : SUM_AT_LEAST) <= t->summing_from)
        sum_gradient_from(t, from);
}

struct rn_net_parts rn_training_parts(struct rn_training *t)
{
    return (struct rn_net_parts){.n = rn_peers_size(t->peers),
                                 .index = rn_peers_rank(t->peers),
                                 .arg = t,
                                 .sum = sum,
                                 .on_gradient = on_gradient};
}

struct rn_batch_parts rn_training_batch_parts(struct rn_training *t)
{
    return (struct rn_batch_parts){
        .n = rn_peers_size(t->peers), .index = rn_peers_rank(t->peers), .arg = t, .sum = sum};
}

double rn_training_part_step(struct rn_training *t, int n, struct rn_meter *meter)
{
    struct rn_meter own = {0};

    t->summing_from = t->params.n_trained;
    own.loss = n * rn_net_step(t->net, t->batch.images, t->batch.targets, n, t->logits);
    sum_gradient_from(t, 0);
    rn_peers_sum_wait(t->peers);
    rn_meter_errors(&own, t->logits, t->batch.labels, n, t->task.train->n_classes);
    rn_meter_share(&own, t->peers);
    rn_meter_merge(meter, &own);
    return own.loss / own.images;
}

void rn_training_share(struct rn_training *t)
{
    rn_peers_share(t->peers, &t->state, sizeof t->state);
    rn_peers_share(t->peers, &t->opt.steps, sizeof t->opt.steps);
    rn_peers_share(t->peers, t->params.value, t->params.n_values * sizeof *t->params.value);
    for (int i = 0; i < t->opt.n_flats; i++) {
        const struct rn_flat *flat = &t->opt.flats[i];
        rn_peers_share(t->peers, flat->values,
                       (flat->trained_only ? t->params.n_trained : t->params.n_values) *
                           sizeof *flat->values);
    }
}

bool rn_training_must_stop(struct rn_training *t)
{
    double due = rn_halt_due(&t->halt, t->slowest_step);

    rn_peers_sum(t->peers, &due, 1);
    return due > 0;
}

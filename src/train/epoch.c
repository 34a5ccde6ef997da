/* An epoch: steps of forward, backward and update, and what is told about each. */
#include <math.h>

#include "regnet/clock.h"
#include "train/training.h"

static double learning_rate(const struct rn_training *t)
{
    return rn_learning_rate(&t->cfg, t->state.epoch + (double)t->state.step / t->steps);
}

double rn_training_share_done(const struct rn_training *t)
{
    return (t->state.epoch + (double)t->state.step / t->steps) / t->cfg.optim.max_epoch;
}

/* By the pace of this call, evaluations included. */
double rn_training_seconds_left(const struct rn_training *t)
{
    double done = rn_training_share_done(t), gained = done - t->began_with;

    return gained > 0 ? (rn_clock() - t->started) / gained * (1 - done) : 0;
}

static void tell(const struct rn_training *t, double loss, double lr)
{
    struct rn_progress progress = {
        .epoch = t->state.epoch,
        .epochs = t->cfg.optim.max_epoch,
        .step = t->state.step,
        .steps = t->steps,
        .loss = loss,
        .lr = lr,
        .seconds_left = rn_training_seconds_left(t),
        .top1_err = rn_meter_score(&t->state.sum).top1_err,
        .images_per_s =
            t->epoch_steps * t->cfg.optim.accumulate * t->cfg.train.batch_size / t->epoch_seconds,
    };

    if (t->options->on_progress && rn_peers_rank(t->peers) == 0)
        t->options->on_progress(t->options->arg, &progress);
}

/* The line of an iteration: means since the last one, so with LOG_PERIOD 1 its own numbers. */
static enum rn_status log_step(struct rn_training *t, double lr, double step_seconds,
                               struct rn_err *err)
{
    struct rn_log_entry entry = {
        .type = "train_iter",
        .epoch = t->state.epoch + 1,
        .epoch_max = t->cfg.optim.max_epoch,
        .iter = t->state.step,
        .iter_max = t->steps,
        .score = rn_meter_score(&t->state.window),
        .lr = lr,
        .min_top1 = -1,
        .min_top5 = -1,
        .time_diff = step_seconds,
        .time_avg = t->epoch_seconds / t->epoch_steps,
        .time_epoch = -1,
        .eta = rn_training_seconds_left(t),
    };

    if (t->state.step % t->cfg.log_period != 0 && !t->diverged)
        return RN_OK;
    t->state.window = (struct rn_meter){0};
    return rn_log_write(&t->log, &entry, err);
}

/* The loss and gradient of batch i of a step, added to those of its *made earlier ones; a batch of
   bad images has none. */
static enum rn_status add_batch(struct rn_training *t, int i, int *made, double *loss,
                                struct rn_meter *meter, struct rn_err *err)
{
    uint64_t step = (uint64_t)t->state.epoch * (uint64_t)t->steps + (uint64_t)t->state.step;
    enum rn_status status;
    int n;

    RN_TRY(rn_loader_next(t->loader, &t->batch, &n, err));
    if (n == 0)
        return RN_OK;
    rn_net_at_step(t->net, step * (uint64_t)t->cfg.optim.accumulate + (uint64_t)i);
    *loss += rn_training_part_step(t, n, meter);
    for (size_t k = 0; t->gradient && k < t->params.n_trained; k++)
        t->gradient[k] = (*made == 0 ? 0 : t->gradient[k]) + t->params.grad[k];
    ++*made;
done:
    return status;
}

/* The mean over a step's n batches. */
static void take_mean_gradient(const struct rn_training *t, int n)
{
    float share = 1.0F / (float)n;

    for (size_t i = 0; t->gradient && i < t->params.n_trained; i++)
        t->params.grad[i] = t->gradient[i] * share;
}

/* Forward and backward, update, and what is told about it. A loss that is not finite updates
   nothing, nor does a step without an image. */
static enum rn_status step(struct rn_training *t, struct rn_err *err)
{
    double start = rn_clock(), lr = learning_rate(t), loss = 0, seconds;
    double epoch = t->state.epoch + (double)t->state.step / t->steps;
    struct rn_meter meter = {0};
    int made = 0;
    enum rn_status status;

    for (int i = 0; i < t->cfg.optim.accumulate; i++)
        RN_TRY(add_batch(t, i, &made, &loss, &meter, err));
    loss /= made > 0 ? made : 1;
    t->diverged = !isfinite(loss);
    if (!t->diverged && made > 0) {
        take_mean_gradient(t, made);
        rn_optimizer_step(&t->opt, t->params.value, t->params.grad, lr);
        rn_average_update(&t->opt, t->params.value, epoch, t->state.step);
    }
    seconds = rn_clock() - start;
    t->state.seconds += seconds;
    t->epoch_seconds += seconds;
    t->epoch_steps++;
    t->slowest_step = fmax(t->slowest_step, seconds);
    t->state.step++;
    rn_meter_merge(&t->state.sum, &meter);
    rn_meter_merge(&t->state.window, &meter);
    RN_TRY(log_step(t, lr, seconds, err));
    tell(t, loss, lr);
done:
    return status;
}

enum rn_status rn_training_epoch(struct rn_training *t, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    t->epoch_seconds = 0;
    t->epoch_steps = 0;
    rn_loader_start(t->loader, t->state.epoch, t->state.step * t->cfg.optim.accumulate);
    while (!t->diverged) {
        if (rn_training_must_stop(t))
            return rn_training_stop(t, t->log.file.bytes, err);
        if (t->state.step == t->steps)
            break;
        RN_TRY(step(t, err));
        if (!t->diverged)
            RN_TRY(rn_training_save_if_due(t, err));
    }
done:
    return status;
}

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
    };

    if (t->options->on_progress)
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
        .time_avg = step_seconds,
        .time_epoch = -1,
        .eta = rn_training_seconds_left(t),
    };

    if (t->state.step % t->cfg.log_period != 0 && !t->diverged)
        return RN_OK;
    t->state.window = (struct rn_meter){0};
    return rn_log_write(&t->log, &entry, err);
}

/* The next batch's loss and gradient, added to those of the step's earlier batches. */
static enum rn_status add_batch(struct rn_training *t, int i, double *loss, struct rn_meter *meter,
                                struct rn_err *err)
{
    uint64_t step = (uint64_t)t->state.epoch * (uint64_t)t->steps + (uint64_t)t->state.step;
    double own;
    enum rn_status status;
    int n;

    RN_TRY(rn_loader_next(t->loader, &t->batch, &n, err));
    if (n == 0)
        return rn_fail(err, RN_E_DATA, "all images of batch %d of epoch %d are damaged",
                       t->state.step * t->cfg.optim.accumulate + i + 1, t->state.epoch + 1);
    rn_net_at_step(t->net, step * (uint64_t)t->cfg.optim.accumulate + (uint64_t)i);
    own = rn_net_step(t->net, t->batch.images, t->batch.targets, n, t->logits);
    *loss += own / t->cfg.optim.accumulate;
    meter->loss += own * n;
    rn_meter_errors(meter, t->logits, t->batch.labels, n, t->task.train->n_classes);
    for (size_t k = 0; t->gradient && k < t->params.n_trained; k++)
        t->gradient[k] = (i == 0 ? 0 : t->gradient[k]) + t->params.grad[k];
done:
    return status;
}

/* The mean over the batches of a step. */
static void take_mean_gradient(const struct rn_training *t)
{
    float share = 1.0F / (float)t->cfg.optim.accumulate;

    for (size_t i = 0; t->gradient && i < t->params.n_trained; i++)
        t->params.grad[i] = t->gradient[i] * share;
}

/* Forward and backward, update, and what is told about it. A loss that is not finite updates
   nothing. */
static enum rn_status step(struct rn_training *t, struct rn_err *err)
{
    double start = rn_clock(), lr = learning_rate(t), loss = 0, seconds;
    double epoch = t->state.epoch + (double)t->state.step / t->steps;
    struct rn_meter meter = {0};
    enum rn_status status;

    for (int i = 0; i < t->cfg.optim.accumulate; i++)
        RN_TRY(add_batch(t, i, &loss, &meter, err));
    t->diverged = !isfinite(loss);
    if (!t->diverged) {
        take_mean_gradient(t);
        rn_optimizer_step(&t->opt, t->params.value, t->params.grad, lr);
        rn_average_update(&t->opt, t->params.value, epoch, t->state.step);
    }
    seconds = rn_clock() - start;
    t->state.seconds += seconds;
    t->state.step++;
    rn_meter_merge(&t->state.sum, &meter);
    rn_meter_merge(&t->state.window, &meter);
    RN_TRY(log_step(t, lr, seconds, err));
    tell(t, loss, lr);
done:
    return status;
}

enum rn_status rn_training_save(const struct rn_training *t, struct rn_err *err)
{
    struct rn_state state = t->state;

    if (!t->options->save_checkpoints)
        return RN_OK;
    state.log_bytes = t->log.bytes;
    return rn_checkpoint_save(t->options->dir, &state, &t->opt, t->params.value, err);
}

static enum rn_status stopped(const struct rn_training *t, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_training_save(t, err));
    status = rn_fail(err, RN_E_STOPPED, "stopped in epoch %d after step %d of %d; the same call %s",
                     t->state.epoch + 1, t->state.step, t->steps,
                     t->options->save_checkpoints ? "goes on from here" : "begins anew");
done:
    return status;
}

enum rn_status rn_training_epoch(struct rn_training *t, struct rn_err *err)
{
    const volatile sig_atomic_t *stop = t->options->stop;
    enum rn_status status = RN_OK;

    rn_loader_start(t->loader, t->state.epoch, t->state.step * t->cfg.optim.accumulate);
    while (!t->diverged) {
        if (stop && *stop)
            return stopped(t, err);
        if (t->state.step == t->steps)
            break;
        RN_TRY(step(t, err));
    }
done:
    return status;
}

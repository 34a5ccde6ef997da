/* After an epoch's steps: its line in the log, and the test. */
#include <math.h>

#include "regnet/clock.h"
#include "train/training.h"

static enum rn_status log_epoch(struct rn_training *t, struct rn_err *err)
{
    t->state.train = rn_meter_score(&t->state.sum);
    return rn_log_write(
        &t->log,
        &(struct rn_log_entry){.type = "train_epoch",
                               .epoch = t->state.epoch + 1,
                               .epoch_max = t->cfg.optim.max_epoch,
                               .score = t->state.train,
                               .lr = rn_learning_rate(&t->cfg, t->state.epoch),
                               .min_top1 = -1,
                               .min_top5 = -1,
                               .time_avg = t->epoch_seconds / fmax(1, t->epoch_steps),
                               .time_epoch = t->epoch_seconds,
                               .eta = rn_training_seconds_left(t)},
        err);
}

/* pycls' count of batches, but at least one. */
int rn_training_precise_batches(const struct rn_training *t)
{
    int wanted = t->cfg.bn.num_samples_precise / t->cfg.train.batch_size;

    wanted = wanted < 1 ? 1 : wanted;
    return wanted < t->steps ? wanted : t->steps;
}

/* Tests the values that the net has now. */
static enum rn_status measure(struct rn_training *t, const char *type, double *min_top1,
                              double *min_top5, struct rn_err *err)
{
    struct rn_state *s = &t->state;
    /* the batch is what the net has room for; errors do not depend on it */
    struct rn_loader_options loading =
        rn_test_loading(&t->cfg, t->task.test, &t->task.test_part,
                        t->cfg.train.batch_size / rn_peers_size(t->peers));
    int batches = ((int)t->task.test_part.n + loading.batch - 1) / loading.batch;
    struct rn_meter meter;
    struct rn_halt never = {0}; /* several processes would not leave at the same batch */
    const struct rn_halt *halt = t->peers ? &never : &t->halt;
    double start = rn_clock(), seconds;
    enum rn_status status = RN_OK;

    if (t->cfg.bn.use_precise_stats)
        RN_TRY(rn_precise_stats(t->net, t->loader, s->epoch, rn_training_precise_batches(t),
                                &t->batch, halt, err));
    loading.on_skip = t->tested || rn_peers_rank(t->peers) > 0 ? NULL : t->options->on_skip;
    loading.arg = t->options->arg;
    RN_TRY(rn_evaluate(t->net, &loading, halt, t->peers, &meter, err));
    t->tested = true;
    seconds = rn_clock() - start;
    s->test = rn_meter_score(&meter);
    *min_top1 = fmin(*min_top1, s->test.top1_err);
    *min_top5 = fmin(*min_top5, s->test.top5_err);
    RN_TRY(rn_log_write(&t->log,
                        &(struct rn_log_entry){.type = type,
                                               .epoch = s->epoch + 1,
                                               .epoch_max = t->cfg.optim.max_epoch,
                                               .score = s->test,
                                               .lr = -1,
                                               .min_top1 = *min_top1,
                                               .min_top5 = *min_top5,
                                               .time_avg = seconds / batches,
                                               .time_epoch = seconds,
                                               .eta = -1},
                        err));
done:
    return status;
}

static void swap_average(struct rn_training *t)
{
    rn_average_swap(&t->opt, t->params.value);
    rn_net_params_changed(t->net);
}

/* The network, then the average, whose score counts where there is one. */
static enum rn_status evaluate(struct rn_training *t, struct rn_err *err)
{
    struct rn_state *s = &t->state;
    enum rn_status status;

    RN_TRY(measure(t, "test_epoch", &s->min_top1, &s->min_top5, err));
    if (!t->opt.average)
        goto done;
    swap_average(t);
    status = measure(t, "test_ema_epoch", &s->min_ema_top1, &s->min_ema_top5, err);
    swap_average(t);
done:
    return status;
}

static void begin_next(struct rn_training *t, bool tested)
{
    struct rn_state *s = &t->state;

    s->epoch++;
    s->step = 0;
    s->sum = s->window = (struct rn_meter){0};
    if (!tested || s->test.top1_err >= s->best_top1)
        return;
    s->best_top1 = s->test.top1_err;
    s->best_epoch = s->epoch;
}

enum rn_status rn_training_end_epoch(struct rn_training *t, struct rn_err *err)
{
    bool test = !t->options->test_once || t->state.epoch + 1 == t->cfg.optim.max_epoch;
    int64_t log_bytes = t->log.file.bytes;
    enum rn_status status;

    RN_TRY(log_epoch(t, err));
    status = test ? evaluate(t, err) : RN_OK;
    if (status == RN_E_STOPPED) /* as the epoch's last step left it: all this is done again */
        return rn_training_stop(t, log_bytes, err);
    RN_TRY(status);
    begin_next(t, test);
done:
    return status;
}

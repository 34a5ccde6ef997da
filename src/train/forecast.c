/* What a training takes, found out before it begins. */
#include "regnet/clock.h"
#include "train/training.h"

#define LINE_BYTES 400   /* of the log, at most */
#define TENSOR_BYTES 256 /* what a tensor takes in a file's header */
#define FORWARD_SHARE 3  /* a step is about three forward passes */

static size_t file_bytes(const struct rn_training *t, bool with_optimizer)
{
    size_t values = t->params.n_values, arrays = 1;

    for (int i = 0; with_optimizer && i < t->opt.n_flats; i++, arrays++)
        values += t->opt.flats[i].trained_only ? t->params.n_trained : t->params.n_values;
    return values * sizeof(float) + arrays * (size_t)t->graph->n_params * TENSOR_BYTES;
}

/* Four checkpoints lie there while one is written. */
static size_t disk_bytes(const struct rn_training *t, bool resume)
{
    size_t lines = (size_t)(t->steps / t->cfg.log_period + 4) * (size_t)t->cfg.optim.max_epoch;
    size_t bytes = lines * LINE_BYTES;

    if (t->options->save_checkpoints)
        bytes += (resume ? 2 : 4) * file_bytes(t, true);
    if (t->options->save_model)
        bytes += file_bytes(t, false);
    return bytes;
}

enum rn_status rn_forecast_disk(struct rn_training *t, bool resume, struct rn_err *err)
{
    struct rn_forecast *f = &t->forecast;
    enum rn_status status;

    f->disk = disk_bytes(t, resume);
    RN_TRY(rn_disk_free(t->options->dir, &f->disk_free, err));
    if (f->disk_free < f->disk)
        status = rn_fail(err, RN_E_IO,
                         "%s: this training writes about %zu bytes, and %zu are free on its disk; "
                         "make room, or choose another directory with --out",
                         t->options->dir, f->disk, f->disk_free);
done:
    return status;
}

/* The second of two steps, loading included; they leave traces in the values only. */
static enum rn_status time_step(struct rn_training *t, double *seconds, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    rn_loader_start(t->loader, 0, 0);
    for (int i = 0, n; i < 2; i++) {
        struct rn_meter meter = {0};
        double start = rn_clock();
        RN_TRY(rn_loader_next(t->loader, &t->batch, &n, err));
        if (n > 0)
            (void)rn_training_part_step(t, n, &meter);
        *seconds = rn_clock() - start;
    }
done:
    return status;
}

enum rn_status rn_forecast_pace(struct rn_training *t, struct rn_err *err)
{
    int batch = t->cfg.train.batch_size, passes = (int)t->task.test_part.n / batch + 1;
    double step;
    enum rn_status status = RN_OK;

    if (!t->options->on_forecast)
        return RN_OK;
    RN_TRY(time_step(t, &step, err));
    if (t->cfg.bn.use_precise_stats)
        passes += rn_training_precise_batches(t);
    t->forecast.seconds = step * t->cfg.optim.max_epoch *
                          (rn_loader_batches(t->loader) + (double)passes / FORWARD_SHARE);
done:
    return status;
}

void rn_forecast_tell(struct rn_training *t)
{
    struct rn_forecast *f = &t->forecast;

    if (!t->options->on_forecast || rn_peers_rank(t->peers) > 0)
        return;
    f->memory = rn_memory_held();
    f->memory_free = rn_memory_free();
    f->seconds *= 1 - rn_training_share_done(t);
    t->options->on_forecast(t->options->arg, f);
}

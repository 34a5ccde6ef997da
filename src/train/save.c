/* When a training writes a checkpoint, and that it never holds what is no number. */
#include <string.h>

#include "regnet/clock.h"
#include "train/training.h"

/* By the exponent's bits, so that the loop is a few vector instructions. */
bool rn_is_finite(const float *values, size_t n)
{
    uint32_t bad = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        bad |= (bits & 0x7f800000U) == 0x7f800000U;
    }
    return !bad;
}

bool rn_training_is_finite(const struct rn_training *t)
{
    bool finite = rn_is_finite(t->params.value, t->params.n_values);

    for (int i = 0; i < t->opt.n_flats; i++) {
        const struct rn_flat *flat = &t->opt.flats[i];
        finite = finite && rn_is_finite(flat->values, flat->trained_only ? t->params.n_trained
                                                                         : t->params.n_values);
    }
    return finite;
}

enum rn_status rn_training_save(struct rn_training *t, int64_t log_bytes, struct rn_err *err)
{
    struct rn_state state = t->state;
    enum rn_status status = RN_OK;

    if (!t->options->save_checkpoints || rn_peers_rank(t->peers) > 0 || !rn_training_is_finite(t))
        goto done;
    state.log_bytes = log_bytes;
    RN_TRY(rn_append_sync(&t->log.file, err)); /* the checkpoint counts on it */
    RN_TRY(rn_checkpoint_save(t->options->dir, &t->data, &state, &t->opt, t->params.value, err));
    t->saved = rn_clock();
done:
    return status;
}

enum rn_status rn_training_save_if_due(struct rn_training *t, struct rn_err *err)
{
    int steps = t->cfg.train.checkpoint_steps;
    double minutes = t->cfg.train.checkpoint_minutes;

    if ((steps > 0 && t->state.step % steps == 0) ||
        (minutes > 0 && rn_clock() - t->saved >= 60 * minutes))
        return rn_training_save(t, t->log.file.bytes, err);
    return RN_OK;
}

enum rn_status rn_training_save_epoch(struct rn_training *t, struct rn_err *err)
{
    int epoch = t->state.epoch;

    if (epoch % t->cfg.train.checkpoint_period == 0 || epoch == t->state.best_epoch ||
        epoch == rn_training_last_epoch(t))
        return rn_training_save(t, t->log.file.bytes, err);
    return RN_OK;
}

enum rn_status rn_training_stop(struct rn_training *t, int64_t log_bytes, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_training_save(t, log_bytes, err));
    status =
        rn_fail(err, RN_E_STOPPED, "stopped%s in epoch %d after step %d of %d; the same call %s",
                t->halt.flag && *t->halt.flag ? "" : " by the time limit", t->state.epoch + 1,
                t->state.step, t->steps,
                t->options->save_checkpoints ? "goes on from here" : "begins anew");
done:
    return status;
}

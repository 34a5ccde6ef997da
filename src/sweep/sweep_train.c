/* One network of a sweep: trained in a process of its own, then published or recorded as failed. */
#include <string.h>

#include "enough.h"
#include "halving.h"
#include "sweep_run.h"

/* What the attempt before left. The last retry begins anew, should that be to blame: damaged
   checkpoints, say, which each attempt would take over from the one before. */
static enum rn_status take_over(const struct rn_sweep_pool *pool, struct rn_attempt attempt,
                                struct rn_err *err)
{
    struct rn_attempt before = {attempt.network, attempt.number - 1};
    struct rn_run_record record;
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_attempt_path(pool->options->dir, before, &path, err));
    if (!rn_job_is_last_try(&pool->jobs, attempt.network) ||
        rn_record_read(path.data, &record, NULL, NULL) != RN_OK ||
        !rn_state_is_failure(record.outcome))
        status = rn_attempt_adopt(pool->options->dir, attempt, err);
done:
    rn_buf_release(&path);
    return status;
}

enum rn_status rn_sweep_train(const struct rn_sweep_pool *pool, size_t network, void *link,
                              struct rn_err *err)
{
    const struct rn_sweep_options *options = pool->options;
    struct rn_attempt attempt = {network, pool->jobs.job[network].last};
    struct rn_config cfg = pool->sweep->config;
    struct rn_train_options training = {.save_checkpoints = true,
                                        .save_model = true,
                                        .train_data = pool->data.train,
                                        .test_data = pool->data.test,
                                        .on_progress = rn_work_on_progress,
                                        .arg = link,
                                        .stop = options->stop};
    struct rn_sample sample;
    struct rn_result result;
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_sweep_check_room(pool, network, err));
    training.pause_after = rn_halving_pause(pool->sweep, pool->jobs.job[network].epochs);
    RN_TRY(rn_sweep_draw(pool->sweep, network, &sample, err));
    RN_TRY(rn_sample_to_config(&sample, &cfg, err));
    RN_TRY(rn_attempt_path(options->dir, attempt, &path, err));
    if (attempt.number > 1)
        RN_TRY(take_over(pool, attempt, err));
    training.dir = path.data;
    status = (options->train ? options->train : rn_train)(&cfg, &training, &result, err);
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_run_state outcome_of(enum rn_status status)
{
    switch (status) {
    case RN_E_NOMEM:
        return RN_RUN_MEMORY;
    case RN_E_DATA:
    case RN_E_IO:
        return RN_RUN_DATA;
    case RN_E_STOPPED:
        return RN_RUN_PREEMPTED;
    default:
        return RN_RUN_FAILED;
    }
}

static struct rn_run_record make_record(const struct rn_sweep_pool *pool, struct rn_attempt attempt,
                                        enum rn_run_state outcome, const char *reason)
{
    struct rn_run_record record = {
        .network = attempt.network, .attempt = attempt.number, .outcome = outcome};

    memcpy(record.host, pool->worker.id.host, sizeof record.host);
    memccpy(record.reason, reason, 0, sizeof record.reason - 1);
    record.reason[strcspn(record.reason, "\n")] = 0;
    return record;
}

/* The attempts before are of no more use. */
static enum rn_status drop_older(struct rn_sweep_pool *pool, struct rn_attempt attempt,
                                 struct rn_err *err)
{
    enum rn_status status = RN_OK;

    while (--attempt.number > 0 && status == RN_OK)
        status = rn_attempt_discard(&pool->worker, attempt, err);
    return status;
}

static enum rn_status publish(struct rn_sweep_pool *pool, struct rn_attempt attempt,
                              const struct rn_result *result, struct rn_err *err)
{
    struct rn_job *job = &pool->jobs.job[attempt.network];
    bool diverged = result->outcome == RN_OUTCOME_DIVERGED, first;
    struct rn_run_record record =
        make_record(pool, attempt, diverged ? RN_RUN_DIVERGED : RN_RUN_DONE, "");
    struct rn_sample sample;
    enum rn_status status;

    RN_TRY(rn_sweep_draw(pool->sweep, attempt.network, &sample, err));
    RN_TRY(rn_attempt_publish(&pool->worker, attempt, &record, &sample, &first, err));
    if (!first) {
        pool->scanned = 0; /* somebody else has published it: the next scan tells */
        rn_sweep_say(pool, false, "%6zu  another worker was first", attempt.network);
        goto done;
    }
    job->published = true;
    job->state = record.outcome;
    if (diverged)
        rn_sweep_say(pool, false, "%6zu  diverged  %7.1f s", attempt.network, result->seconds);
    else
        rn_sweep_say(pool, false, "%6zu  %6.2f %%  %7.1f s", attempt.network, result->top1_err,
                     result->seconds);
    status = drop_older(pool, attempt, err);
done:
    return status;
}

static enum rn_status hold(struct rn_sweep_pool *pool, struct rn_attempt attempt,
                           const struct rn_result *result, struct rn_err *err)
{
    struct rn_job *job = &pool->jobs.job[attempt.network];
    struct rn_run_record record = make_record(pool, attempt, RN_RUN_PAUSED, "");
    enum rn_status status = rn_attempt_fail(&pool->worker, attempt, &record, err);

    job->state = record.outcome;
    job->epochs = result->epochs;
    job->error = result->top1_err;
    rn_sweep_say(pool, false, "%6zu  %6.2f %% after %d of %d epochs", attempt.network,
                 result->top1_err, result->epochs, pool->sweep->config.optim.max_epoch);
    return status;
}

static enum rn_status fail(struct rn_sweep_pool *pool, struct rn_attempt attempt,
                           const struct rn_err *result, struct rn_err *err)
{
    struct rn_job *job = &pool->jobs.job[attempt.network];
    struct rn_run_record record =
        make_record(pool, attempt, outcome_of(result->status), result->msg);
    enum rn_status status = rn_attempt_fail(&pool->worker, attempt, &record, err);

    job->state = record.outcome;
    job->failures += rn_state_is_failure(record.outcome);
    rn_sweep_say(pool, false, "%6zu  %s: %s", attempt.network, rn_run_state_name(record.outcome),
                 record.reason);
    return status;
}

enum rn_status rn_sweep_settle(struct rn_sweep_pool *pool, size_t network,
                               const struct rn_err *ended, struct rn_err *err)
{
    struct rn_job *job = &pool->jobs.job[network];
    struct rn_attempt attempt = {network, job->last};
    struct rn_err why = *ended;
    struct rn_result result;
    struct rn_buf path = {0};
    bool found = false;
    enum rn_status status;

    job->mine = false;
    pool->fraction[network] = 0;
    pool->memory.held -= pool->memory.need[network];
    RN_TRY(rn_attempt_path(pool->options->dir, attempt, &path, err));
    if (why.status == RN_OK && rn_result_read(path.data, &result, &found, &why) == RN_OK && !found)
        (void)rn_fail(&why, RN_E_FAILED, "its process ended without a result");
    if (!found)
        status = fail(pool, attempt, &why, err);
    else if (result.outcome == RN_OUTCOME_PAUSED)
        status = hold(pool, attempt, &result, err);
    else
        status = publish(pool, attempt, &result, err);
    RN_TRY(status);
    RN_TRY(rn_enough_settle(&pool->jobs, err));
    rn_jobs_count(&pool->jobs);
    if (pool->jobs.count[RN_RUN_PAUSED] > 0 && rn_jobs_next(&pool->jobs) == pool->jobs.n)
        pool->scanned = 0; /* it may have been the last that a rung has waited for */
done:
    rn_buf_release(&path);
    return status;
}

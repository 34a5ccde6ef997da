/* The best of a search's population, each trained anew with several seeds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "procs.h"
#include "regnet/file.h"
#include "search.h"
#include "work.h"

#define Z95 1.96

struct finals {
    struct rn_search_job *search;
    struct rn_space *space;
    size_t waiting[RN_SEARCH_FINALISTS * RN_SEARCH_SEEDS]; /* those that are not done */
    double share[RN_SEARCH_FINALISTS * RN_SEARCH_SEEDS];   /* of each that is */
    size_t n_waiting;
    struct rn_work_data data;
};

enum rn_status rn_search_final_path(const struct rn_search_job *search, size_t i,
                                    struct rn_buf *path, struct rn_err *err)
{
    size_t seeds = (size_t)search->plan.seeds;

    path->len = 0;
    return rn_buf_addf(path, err, "%s/final/%zu-%zu", search->options->dir, i / seeds + 1,
                       i % seeds + 1);
}

/* In a process of its own. */
static enum rn_status train(void *arg, size_t task, struct rn_procs_link *link, struct rn_err *err)
{
    const struct finals *finals = arg;
    const struct rn_search_job *search = finals->search;
    size_t i = finals->waiting[task];
    const struct rn_search_finalist *finalist = &search->finalists[search->finals[i].finalist];
    struct rn_train_options options = {.save_checkpoints = true,
                                       .save_model = true,
                                       .test_once = true,
                                       .train_data = finals->data.train,
                                       .test_data = finals->data.test,
                                       .on_progress = rn_work_on_progress,
                                       .arg = link,
                                       .stop = search->options->stop};
    struct rn_buf dir = {0};
    struct rn_sample sample;
    struct rn_result result;
    struct rn_config cfg;
    enum rn_status status;

    RN_TRY(rn_search_config(search, finalist->way, &cfg, err));
    RN_TRY(rn_space_draw(finals->space, search->options->seed, finalist->network, &sample, err));
    RN_TRY(rn_sample_to_config(&sample, &cfg, err));
    cfg.rng_seed = (int)search->options->seed + search->finals[i].seed;
    RN_TRY(rn_search_final_path(search, i, &dir, err));
    options.dir = dir.data;
    status = rn_train(&cfg, &options, &result, err);
done:
    rn_buf_release(&dir);
    return status;
}

static enum rn_status read_final(struct rn_search_job *search, size_t i, struct rn_err *err)
{
    struct rn_search_final *final = &search->finals[i];
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_search_final_path(search, i, &path, err));
    status = rn_result_read(path.data, &final->result, &final->done, err);
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status on_done(void *arg, size_t task, const struct rn_err *result,
                              struct rn_err *err)
{
    struct finals *finals = arg;

    if (result->status == RN_E_STOPPED)
        return RN_OK;
    if (result->status != RN_OK)
        return rn_fail(err, result->status, "a network could not be retrained: %s", result->msg);
    finals->share[task] = 1;
    return read_final(finals->search, finals->waiting[task], err);
}

static void on_news(void *arg, size_t task, double fraction)
{
    struct finals *finals = arg;

    finals->share[task] = fraction;
}

static void on_tick(void *arg, int running)
{
    const struct finals *finals = arg;
    double sum = 0;

    rn_search_note(finals->search);
    for (size_t i = 0; i < finals->n_waiting; i++)
        sum += finals->share[i];
    if (running > 0)
        rn_search_say(finals->search, true, "retraining: %.0f %%, %.0f s left of the time",
                      100 * sum / (double)finals->n_waiting,
                      fmax(0, rn_search_seconds_left(finals->search)));
}

static bool did_end(const struct rn_search_final *final)
{
    return final->done && final->result.outcome != RN_OUTCOME_DIVERGED;
}

/* The variance of one network's errors over its seeds, over all finalists. */
static double seeds_variance(const struct rn_search_job *search)
{
    double squares = 0, freedom = 0;

    for (size_t i = 0; i < search->n_finals; i++) {
        const struct rn_search_finalist *of = &search->finalists[search->finals[i].finalist];
        if (did_end(&search->finals[i]))
            squares += pow(search->finals[i].result.top1_err - of->mean, 2);
    }
    for (int f = 0; f < search->n_finalists; f++)
        freedom += fmax(0, search->finalists[f].trainings - 1);
    return freedom > 0 ? squares / freedom : 0;
}

/* Its images are a sample (Wilson's interval), and so are its seeds. */
static void set_interval(const struct rn_search_job *search, double seeds,
                         struct rn_search_finalist *finalist)
{
    double p = finalist->mean / 100, n = search->look.held_out, z = Z95 * Z95 / n;
    double centre = (p + z / 2) / (1 + z);
    double images = (p * (1 - p) / n + z / (4 * n)) / ((1 + z) * (1 + z));
    double half = Z95 * sqrt(1e4 * images + seeds / finalist->trainings);

    finalist->low = fmin(finalist->mean, fmax(0, 100 * centre - half));
    finalist->high = fmax(finalist->mean, fmin(100, 100 * centre + half));
}

static void sum_up(struct rn_search_job *search)
{
    double variance;

    for (size_t i = 0; i < search->n_finals; i++) {
        struct rn_search_finalist *finalist = &search->finalists[search->finals[i].finalist];
        if (!did_end(&search->finals[i]))
            continue;
        finalist->cx = search->finals[i].result.cx;
        finalist->mean += search->finals[i].result.top1_err;
        finalist->trainings++;
    }
    for (int f = 0; f < search->n_finalists; f++) {
        struct rn_search_finalist *finalist = &search->finalists[f];
        finalist->mean = finalist->trainings ? finalist->mean / finalist->trainings : INFINITY;
    }
    for (int f = 0; f < search->n_finalists; f++)
        if (search->finalists[f].mean < search->finalists[search->winner].mean)
            search->winner = f;
    variance = seeds_variance(search);
    for (int f = 0; f < search->n_finalists; f++)
        if (search->finalists[f].trainings > 0)
            set_interval(search, variance, &search->finalists[f]);
}

static enum rn_status retrain(struct finals *finals, struct rn_err *err)
{
    struct rn_procs pool = {.tasks = finals->n_waiting,
                            .jobs = finals->search->plan.at_once,
                            .threads = finals->search->plan.threads,
                            .pin = true,
                            .arg = finals,
                            .work = train,
                            .done = on_done,
                            .news = on_news,
                            .tick = on_tick,
                            .stop = finals->search->options->stop};
    struct rn_config cfg;
    enum rn_status status;

    if (finals->n_waiting == 0)
        return RN_OK;
    rn_search_say(finals->search, false,
                  "retraining the best %d for %d epochs, %d trainings in all",
                  finals->search->plan.best, finals->search->plan.final_epochs,
                  (int)finals->search->n_finals);
    RN_TRY(rn_search_config(finals->search, RN_SEARCH_MOVED, &cfg, err));
    RN_TRY(rn_work_data_open(&cfg, &finals->data, err));
    status = rn_procs_run(&pool, err);
done:
    rn_work_data_close(&finals->data);
    return status;
}

enum rn_status rn_search_finals(struct rn_search_job *search, struct rn_err *err)
{
    struct finals finals = {.search = search};
    size_t seeds = (size_t)search->plan.seeds;
    enum rn_status status;

    RN_TRY(rn_search_space_open(search, &finals.space, err));
    search->n_finals = (size_t)search->n_finalists * seeds;
    for (size_t i = 0; i < search->n_finals; i++) {
        search->finals[i] =
            (struct rn_search_final){.finalist = (int)(i / seeds), .seed = (int)(i % seeds)};
        RN_TRY(read_final(search, i, err));
        if (!search->finals[i].done)
            finals.waiting[finals.n_waiting++] = i;
    }
    RN_TRY(retrain(&finals, err));
    sum_up(search);
done:
    rn_space_free(finals.space);
    return status;
}

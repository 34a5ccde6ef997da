/* How fast networks train: some of them for a few steps each, as they will train: on the images,
   each beside the others. */
#include <stdlib.h>
#include <sys/mman.h>

#include "procs.h"
#include "regnet/file.h"
#include "search.h"
#include "study.h"
#include "work.h"

#define STEPS 3 /* that are timed; two more go before */

/* What a trial's process has found, in memory that it shares. */
struct found {
    double image_s;
    size_t bytes;
};

struct trials {
    const struct rn_search_job *search;
    const struct rn_space *space;
    const struct rn_search_trials *wanted;
    struct rn_work_data data;
    struct found *found; /* one a trial */
};

/* Of one trial, while it trains. */
struct watch {
    struct found *found;
    size_t before; /* bytes that its process had */
    volatile sig_atomic_t stop;
    const volatile sig_atomic_t *stop_all;
};

static void on_forecast(void *arg, const struct rn_forecast *forecast)
{
    struct watch *watch = arg;

    watch->found->bytes = forecast->memory > watch->before ? forecast->memory - watch->before : 1;
}

static void on_progress(void *arg, const struct rn_progress *progress)
{
    struct watch *watch = arg;

    if (progress->images_per_s > 0)
        watch->found->image_s = 1 / progress->images_per_s;
    watch->stop = progress->epoch * progress->steps + progress->step >= STEPS ||
                  (watch->stop_all && *watch->stop_all);
}

static enum rn_status trial_path(const struct rn_search_job *search, size_t task,
                                 struct rn_buf *path, struct rn_err *err)
{
    path->len = 0;
    return rn_buf_addf(path, err, "%s/trials/%zu", search->options->dir, task);
}

/* In a process of its own; fresh, since a search that was killed may have left a trial. */
static enum rn_status train(void *arg, size_t task, struct rn_procs_link *link, struct rn_err *err)
{
    const struct trials *trials = arg;
    const struct rn_search_job *search = trials->search;
    struct watch watch = {.found = &trials->found[task],
                          .before = rn_memory_held(),
                          .stop_all = search->options->stop};
    struct rn_train_options options = {.fresh = true,
                                       .train_data = trials->data.train,
                                       .test_data = trials->data.test,
                                       .test_once = true,
                                       .on_progress = on_progress,
                                       .on_forecast = on_forecast,
                                       .arg = &watch,
                                       .stop = &watch.stop};
    uint64_t network = trials->wanted->networks ? trials->wanted->networks[task] : task;
    struct rn_buf dir = {0};
    struct rn_sample sample;
    struct rn_result result;
    struct rn_config cfg;
    enum rn_status status;

    (void)link;
    RN_TRY(rn_search_config(search, trials->wanted->way, &cfg, err));
    RN_TRY(rn_space_draw(trials->space, search->options->seed, network, &sample, err));
    RN_TRY(rn_sample_to_config(&sample, &cfg, err));
    RN_TRY(trial_path(search, task, &dir, err));
    options.dir = dir.data;
    status = rn_train(&cfg, &options, &result, err);
    if (status == RN_E_STOPPED && !(watch.stop_all && *watch.stop_all))
        status = RN_OK;
done:
    rn_buf_release(&dir);
    return status;
}

static enum rn_status on_done(void *arg, size_t task, const struct rn_err *result,
                              struct rn_err *err)
{
    (void)arg, (void)task;
    return result->status == RN_OK
               ? RN_OK
               : rn_fail(err, result->status, "a network could not be trained for a few steps: %s",
                         result->msg);
}

static enum rn_status run(struct trials *trials, struct rn_err *err)
{
    const struct rn_search_trials *wanted = trials->wanted;
    struct rn_procs pool = {.tasks = (size_t)wanted->n,
                            .jobs = wanted->jobs,
                            .threads = wanted->threads,
                            .pin = true,
                            .arg = trials,
                            .work = train,
                            .done = on_done,
                            .stop = trials->search->options->stop};
    struct rn_config cfg;
    enum rn_status status;

    RN_TRY(rn_search_config(trials->search, wanted->way, &cfg, err));
    RN_TRY(rn_work_data_open(&cfg, &trials->data, err));
    rn_search_say(trials->search, true, "measuring how fast networks train");
    status = rn_procs_run(&pool, err);
done:
    rn_work_data_close(&trials->data);
    return status;
}

enum rn_status rn_search_try(const struct rn_search_job *search, const struct rn_space *space,
                             const struct rn_search_trials *wanted, double *image_s, size_t *bytes,
                             struct rn_err *err)
{
    size_t size = (size_t)wanted->n * sizeof(struct found);
    struct trials trials = {.search = search, .space = space, .wanted = wanted};
    struct rn_buf dir = {0};
    double sum = 0;
    enum rn_status status;

    trials.found = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (trials.found == MAP_FAILED)
        return rn_nomem(err, size, "what trials find");
    RN_TRY(run(&trials, err));
    *bytes = 0;
    for (int i = 0; i < wanted->n; i++) {
        sum += trials.found[i].image_s;
        if (trials.found[i].bytes > *bytes)
            *bytes = trials.found[i].bytes;
    }
    *image_s = sum / wanted->n;
    RN_TRY(rn_search_path(search, "trials", &dir, err));
    status = rn_tree_remove(dir.data, err);
done:
    (void)munmap(trials.found, size);
    rn_buf_release(&dir);
    return status;
}

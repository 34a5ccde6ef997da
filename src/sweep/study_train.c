/* Trains a study's populations: a pool of processes, one network each, the spaces in turn. */
#include <stdarg.h>
#include <string.h>

#include "procs.h"
#include "study_run.h"

struct task {
    size_t space, index;
};

struct work {
    struct rn_study_run *run;
    struct task *tasks;
    struct rn_work_load load;
    struct rn_work_data data;
};

void rn_study_say(const struct rn_study_run *run, bool transient, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    rn_work_say(run->options->on_event, run->options->arg, transient, fmt, ap);
    va_end(ap);
}

static double images(const struct rn_config *cfg, int n)
{
    return (double)cfg->optim.max_epoch *
           (cfg->train.num_images > 0 ? cfg->train.num_images : n - cfg->data_loader.hold_out);
}

/* How many networks' trainings the retraining is worth. */
static double final_networks(const struct work *work)
{
    const struct rn_study *study = work->run->study;

    if (!study->retrain)
        return 0;
    return images(&study->final, work->data.train->n) / images(&study->config, work->data.train->n);
}

/* In a process of its own. */
static enum rn_status train_one(void *arg, size_t i, struct rn_procs_link *link, struct rn_err *err)
{
    const struct work *work = arg;
    const struct rn_study_run *run = work->run;
    const struct rn_networks *networks = &run->networks[work->tasks[i].space];
    struct rn_config cfg = run->study->config;
    struct rn_train_options options = {.fresh = true,
                                       .train_data = work->data.train,
                                       .test_data = work->data.test,
                                       .test_once = true,
                                       .on_progress = rn_work_on_progress,
                                       .arg = link,
                                       .stop = run->options->stop};
    struct rn_result result;
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_sample_to_config(&networks->runs[work->tasks[i].index].sample, &cfg, err));
    RN_TRY(rn_run_path(run->dir.path, networks->space, work->tasks[i].index, &path, err));
    RN_TRY(rn_run_fail(path.data, NULL, err));
    options.dir = path.data;
    status = rn_train(&cfg, &options, &result, err);
done:
    rn_buf_release(&path);
    return status;
}

static void say_result(const struct work *work, const struct task *task)
{
    const struct rn_networks *networks = &work->run->networks[task->space];
    const struct rn_result *result = &networks->runs[task->index].record.result;

    if (result->outcome == RN_OUTCOME_DIVERGED)
        rn_study_say(work->run, false, "%-16s %4zu  diverged  %7.1f s", networks->space,
                     task->index, result->seconds);
    else
        rn_study_say(work->run, false, "%-16s %4zu  %6.2f %%  %7.1f s", networks->space,
                     task->index, result->top1_err, result->seconds);
}

static enum rn_status on_failure(const struct work *work, const struct task *task,
                                 const struct rn_err *result, struct rn_err *err)
{
    const char *space = work->run->networks[task->space].space;
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_run_path(work->run->dir.path, space, task->index, &path, err));
    RN_TRY(rn_run_fail(path.data, result->msg, err));
    rn_study_say(work->run, false, "%-16s %4zu  failed: %s", space, task->index, result->msg);
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status on_done(void *arg, size_t i, const struct rn_err *result, struct rn_err *err)
{
    struct work *work = arg;
    const struct task *task = &work->tasks[i];
    enum rn_status status;

    if (result->status == RN_E_STOPPED)
        return RN_OK;
    if (result->status != RN_OK)
        RN_TRY(on_failure(work, task, result, err));
    RN_TRY(rn_work_settle(&work->load, i, result, err));
    RN_TRY(rn_networks_update(&work->run->networks[task->space], work->run->dir.path, task->index,
                              err));
    if (result->status == RN_OK)
        say_result(work, task);
done:
    return status;
}

static void on_news(void *arg, size_t i, double fraction)
{
    struct work *work = arg;

    rn_work_note(&work->load, i, fraction);
}

static void on_tick(void *arg, int running)
{
    const struct work *work = arg;
    size_t all = work->run->study->n_spaces * (size_t)work->run->dir.networks;
    const struct rn_work_load *load = &work->load;
    double cost = rn_work_all(load);
    char left[RN_PACE_TEXT];

    cost += final_networks(work) * cost / (double)load->n;
    rn_pace_text(&load->pace, cost - load->pace.done, left);
    rn_study_say(work->run, true, "%zu/%zu networks, %d running, %s", all - (load->n - load->over),
                 all, running, left);
}

/* What is not finished, the first network of each space first: partial results compare fairly. */
static enum rn_status list_tasks(struct work *work, struct rn_err *err)
{
    const struct rn_study_run *run = work->run;
    size_t spaces = run->study->n_spaces, n = (size_t)run->dir.networks;
    enum rn_status status;

    RN_TRY(rn_work_load_init(&work->load, spaces * n, err));
    work->tasks = rn_alloc(spaces * n, sizeof *work->tasks);
    if (!work->tasks) {
        status = rn_nomem(err, spaces * n * sizeof *work->tasks, "a study");
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t s = 0; s < spaces; s++) {
            const struct rn_run *one = &run->networks[s].runs[i];
            if (one->record.finished)
                continue;
            work->tasks[work->load.n] = (struct task){.space = s, .index = i};
            rn_work_add(&work->load, rn_work_cost(&one->sample.cx));
        }
    }
done:
    return status;
}

enum rn_status rn_study_train(struct rn_study_run *run, struct rn_err *err)
{
    struct work work = {.run = run};
    struct rn_procs pool = {.jobs = run->jobs,
                            .threads = run->study->config.num_threads,
                            .pin = true,
                            .arg = &work,
                            .work = train_one,
                            .done = on_done,
                            .news = on_news,
                            .tick = on_tick,
                            .stop = run->options->stop};
    enum rn_status status;

    RN_TRY(list_tasks(&work, err));
    if (work.load.n == 0)
        goto done;
    RN_TRY(rn_work_data_open(&run->study->config, &work.data, err));
    rn_study_say(run, false,
                 "training %zu networks, %d at once; Ctrl-C stops, and the same command "
                 "goes on",
                 work.load.n, run->jobs);
    pool.tasks = work.load.n;
    status = rn_procs_run(&pool, err);
done:
    rn_work_data_close(&work.data);
    rn_work_load_release(&work.load);
    rn_free(work.tasks);
    return status;
}

/* Trains a comparison's networks: a pool of processes, every network with the first seed, then with
   the second: what is stopped early compares networks of as many seeds. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "compare.h"
#include "procs.h"
#include "study_run.h"

struct task {
    struct rn_compared *row;
    int seed;
};

struct work {
    struct rn_comparison *c;
    const struct rn_compare_options *options;
    struct task *tasks;
    struct rn_work_load load;
    struct rn_work_data data;
};

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static void
say(const struct work *work, bool transient, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    rn_work_say(work->options->on_event, work->options->arg, transient, fmt, ap);
    va_end(ap);
}

/* In a process of its own. */
static enum rn_status train_one(void *arg, size_t i, struct rn_procs_link *link, struct rn_err *err)
{
    const struct work *work = arg;
    const struct task *task = &work->tasks[i];
    struct rn_train_options options = {.fresh = true,
                                       .train_data = work->data.train,
                                       .test_data = work->data.test,
                                       .test_once = true,
                                       .on_progress = rn_work_on_progress,
                                       .arg = link,
                                       .stop = work->options->stop};
    struct rn_buf path = {0};
    struct rn_result result;
    struct rn_config cfg;
    enum rn_status status;

    RN_TRY(rn_compare_config(work->c, task->row, task->seed, &cfg, err));
    RN_TRY(rn_run_path(work->options->dir, task->row->name, (size_t)task->seed, &path, err));
    RN_TRY(rn_run_fail(path.data, NULL, err));
    options.dir = path.data;
    status = rn_train(&cfg, &options, &result, err);
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status on_failure(const struct work *work, const struct task *task, const char *path,
                                 const struct rn_err *result, struct rn_err *err)
{
    enum rn_status status = rn_run_fail(path, result->msg, err);

    say(work, false, "%-20s %d  failed: %s", task->row->name, task->seed, result->msg);
    return status;
}

static enum rn_status on_done(void *arg, size_t i, const struct rn_err *result, struct rn_err *err)
{
    struct work *work = arg;
    const struct task *task = &work->tasks[i];
    struct rn_buf path = {0};
    struct rn_result trained;
    bool found;
    enum rn_status status;

    if (result->status == RN_E_STOPPED)
        return RN_OK;
    RN_TRY(rn_run_path(work->options->dir, task->row->name, (size_t)task->seed, &path, err));
    if (result->status != RN_OK)
        RN_TRY(on_failure(work, task, path.data, result, err));
    RN_TRY(rn_work_settle(&work->load, i, result, err));
    RN_TRY(rn_result_read(path.data, &trained, &found, err));
    if (found)
        say(work, false, "%-20s %d  %6.2f %%  %7.1f s", task->row->name, task->seed,
            trained.top1_err, trained.seconds);
done:
    rn_buf_release(&path);
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
    const struct rn_work_load *load = &work->load;
    char left[RN_PACE_TEXT];

    rn_pace_text(&load->pace, rn_work_all(load) - load->pace.done, left);
    say(work, true, "%zu/%zu trainings, %d running, %s", load->over, load->n, running, left);
}

static enum rn_status list_tasks(struct work *work, struct rn_err *err)
{
    struct rn_comparison *c = work->c;
    struct rn_buf path = {0};
    struct rn_result result;
    bool found;
    size_t most = c->n * (size_t)c->seeds;
    enum rn_status status;

    RN_TRY(rn_work_load_init(&work->load, most, err));
    work->tasks = rn_alloc(most, sizeof *work->tasks);
    if (!work->tasks) {
        status = rn_nomem(err, most * sizeof *work->tasks, "a comparison");
        goto done;
    }
    for (int seed = 0; seed < c->seeds; seed++) {
        for (size_t i = 0; i < c->n; i++) {
            RN_TRY(rn_run_path(work->options->dir, c->rows[i].name, (size_t)seed, &path, err));
            RN_TRY(rn_result_read(path.data, &result, &found, err));
            if (found)
                continue;
            work->tasks[work->load.n] = (struct task){.row = &c->rows[i], .seed = seed};
            rn_work_add(&work->load, rn_work_cost(&c->rows[i].cx));
        }
    }
done:
    rn_buf_release(&path);
    return status;
}

enum rn_status rn_compare_train(struct rn_comparison *c, const struct rn_compare_options *options,
                                struct rn_err *err)
{
    struct work work = {.c = c, .options = options};
    struct rn_procs pool = {.jobs = rn_procs_jobs(options->jobs, c->config.num_threads),
                            .threads = c->config.num_threads,
                            .pin = true,
                            .arg = &work,
                            .work = train_one,
                            .done = on_done,
                            .news = on_news,
                            .tick = on_tick,
                            .stop = options->stop};
    enum rn_status status;

    RN_TRY(list_tasks(&work, err));
    if (work.load.n == 0)
        goto done;
    RN_TRY(rn_work_data_open(&c->config, &work.data, err));
    say(&work, false, "%zu trainings, %d at once; Ctrl-C stops, and the same command goes on",
        work.load.n, pool.jobs);
    pool.tasks = work.load.n;
    status = rn_procs_run(&pool, err);
done:
    rn_work_data_close(&work.data);
    rn_work_load_release(&work.load);
    rn_free(work.tasks);
    return status;
}

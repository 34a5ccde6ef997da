/* What a sweep will take: one network is timed, the others go by their multiply-adds, activations,
   epochs and images. */
#include <stdio.h>
#include <sys/mman.h>

#include "halving.h"
#include "procs.h"
#include "regnet/time.h"
#include "sweep_run.h"

#define STEPS 3          /* that are timed */
#define DRAWN 100        /* networks whose mean stands for all */
#define PARAM_BYTES 20.0 /* on the disk: the model, and two checkpoints of values and momenta */

/* Shared with the process that measures, so that this one keeps its one thread and little memory.
 */
struct measured {
    struct rn_config cfg;
    double step_s;
    size_t bytes;
};

static enum rn_status measure(void *arg, size_t task, struct rn_procs_link *link,
                              struct rn_err *err)
{
    struct measured *m = arg;
    struct rn_timing timing;
    enum rn_status status;

    (void)task, (void)link;
    RN_TRY(rn_time(
        &m->cfg,
        &(struct rn_time_options){.batch = m->cfg.train.batch_size, .steps = STEPS, .train = true},
        &timing, err));
    m->step_s = timing.mean_s;
    m->bytes = timing.planned_bytes;
    rn_timing_release(&timing);
done:
    return status;
}

static enum rn_status on_done(void *arg, size_t task, const struct rn_err *result,
                              struct rn_err *err)
{
    (void)arg, (void)task;
    return result->status == RN_OK ? RN_OK : rn_fail(err, result->status, "%s", result->msg);
}

static void on_news(void *arg, size_t task, double fraction)
{
    (void)arg, (void)task, (void)fraction;
}

static void on_tick(void *arg, int running)
{
    (void)arg, (void)running;
}

static enum rn_status run_measure(struct measured *m, const volatile sig_atomic_t *stop,
                                  struct rn_err *err)
{
    struct rn_procs pool = {.tasks = 1,
                            .jobs = 1,
                            .pin = true,
                            .arg = m,
                            .work = measure,
                            .done = on_done,
                            .news = on_news,
                            .tick = on_tick,
                            .stop = stop};

    return rn_procs_run(&pool, err);
}

/* Steps of a training, by the work that each is. */
static double work_of(const struct rn_config *cfg, const struct rn_complexity *cx, int images)
{
    int used =
        cfg->train.num_images > 0 ? cfg->train.num_images : images - cfg->data_loader.hold_out;

    return rn_work_cost(cx) * cfg->optim.max_epoch * used / cfg->train.batch_size;
}

/* Means over the first networks that wait. */
struct means {
    size_t n;
    double work, params;
};

static enum rn_status add_network(const struct rn_sweep_pool *pool, size_t i, struct means *means,
                                  struct measured *m, double *cost, struct rn_err *err)
{
    struct rn_config cfg = pool->sweep->config;
    struct rn_sample sample;
    enum rn_status status;

    RN_TRY(rn_sweep_draw(pool->sweep, i, &sample, err));
    RN_TRY(rn_sample_to_config(&sample, &cfg, err));
    if (means->n == 0) {
        m->cfg = cfg;
        *cost = rn_work_cost(&sample.cx);
    }
    means->work += work_of(&cfg, &sample.cx, pool->data.train->n);
    means->params += (double)sample.cx.params;
    means->n++;
done:
    return status;
}

static void say(const struct rn_sweep_pool *pool, const struct measured *m, double seconds,
                double params, size_t open, int jobs)
{
    char duration[32];

    rn_duration_text(seconds, duration);
    rn_sweep_say(pool, false,
                 "about %s with %d at once, %.3g GB of memory and %.3g GB of disk (the "
                 "first one timed, the others by their size)",
                 duration, jobs, 1e-9 * (double)m->bytes * jobs,
                 1e-9 * PARAM_BYTES * params * (double)open);
}

enum rn_status rn_sweep_forecast(const struct rn_sweep_pool *pool, size_t open, int jobs,
                                 struct rn_err *err)
{
    struct measured *m =
        mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct means means = {0};
    double cost = 1;
    enum rn_status status = RN_OK;

    if (m == MAP_FAILED)
        return rn_nomem(err, sizeof *m, "a forecast");
    for (size_t i = 0; i < pool->jobs.n && means.n < DRAWN; i++)
        if (rn_job_is_open(&pool->jobs, i))
            RN_TRY(add_network(pool, i, &means, m, &cost, err));
    if (means.n == 0)
        goto done;
    RN_TRY(run_measure(m, pool->options->stop, err));
    say(pool, m,
        rn_halving_share(pool->sweep) * m->step_s * means.work / cost / (double)means.n *
            (double)open / ((size_t)jobs < open ? jobs : (double)open),
        means.params / (double)means.n, open, jobs);
done:
    (void)munmap(m, sizeof *m);
    return status;
}

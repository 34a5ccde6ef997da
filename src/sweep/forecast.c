/* What a sweep will take: one network is measured, the others go by their multiply-adds,
   activations, parameters, epochs and images. */
#include <math.h>
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
    double params;
    double step_s;
    size_t bytes; /* by which its process has grown */
};

static enum rn_status measure(void *arg, size_t task, struct rn_procs_link *link,
                              struct rn_err *err)
{
    struct measured *m = arg;
    struct rn_timing timing;
    size_t before = rn_memory_held();
    enum rn_status status;

    (void)task, (void)link;
    RN_TRY(rn_time(
        &m->cfg,
        &(struct rn_time_options){.batch = m->cfg.train.batch_size, .steps = STEPS, .train = true},
        &timing, err));
    m->step_s = timing.mean_s;
    m->bytes = timing.peak_bytes > before ? timing.peak_bytes - before : 0;
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

static enum rn_status run_measure(struct measured *m, const volatile sig_atomic_t *stop,
                                  struct rn_err *err)
{
    struct rn_procs pool = {.tasks = 1,
                            .jobs = 1,
                            .pin = true,
                            .arg = m,
                            .work = measure,
                            .done = on_done,
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

/* Sums over the first networks that wait, and the least of them. */
struct sums {
    size_t n;
    double work, activations, params;
    double least, cost; /* its activations in a batch, and the cost of an image of it */
};

static enum rn_status add_network(const struct rn_sweep_pool *pool, size_t i, struct sums *sums,
                                  struct measured *m, struct rn_err *err)
{
    struct rn_config cfg = pool->sweep->config;
    struct rn_sample sample;
    double activations;
    enum rn_status status;

    RN_TRY(rn_sweep_draw(pool->sweep, i, &sample, err));
    RN_TRY(rn_sample_to_config(&sample, &cfg, err));
    activations = rn_sweep_activations(&cfg, &sample.cx);
    if (sums->n == 0 || activations < sums->least) {
        m->cfg = cfg;
        m->params = (double)sample.cx.params;
        sums->least = activations;
        sums->cost = rn_work_cost(&sample.cx);
    }
    sums->work += work_of(&cfg, &sample.cx, pool->data.train->n);
    sums->activations += activations;
    sums->params += (double)sample.cx.params;
    sums->n++;
done:
    return status;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static void say(const struct rn_sweep_pool *pool, const struct measured *m, const struct sums *sums,
                size_t open, int jobs)
{
    double n = (double)sums->n, params = sums->params / n, at_once = least(jobs, (double)open);
    double each, bytes = rn_sweep_memory_needed(&pool->memory, sums->activations / n, params);
    char duration[32];

    at_once = least(at_once, (double)rn_sweep_memory_limit(pool) / bytes);
    at_once = at_once < 1 ? 1 : at_once;
    each = m->step_s * sums->work / sums->cost / n * rn_halving_share(pool->sweep);
    rn_duration_text(each * (double)open / at_once, duration);
    rn_sweep_say(pool, false,
                 "about %s with %.0f at once, %.3g GB of memory and %.3g GB of disk (the smallest "
                 "one measured, the others by their size)",
                 duration, floor(at_once), 1e-9 * bytes * at_once,
                 1e-9 * PARAM_BYTES * params * (double)open);
}

/* Where the least one does not fit, each network's own attempt says so. */
static enum rn_status forecast(struct rn_sweep_pool *pool, struct measured *m, size_t open,
                               int jobs, struct rn_err *err)
{
    struct sums sums = {0};
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < pool->jobs.n && sums.n < DRAWN; i++)
        if (rn_job_is_open(&pool->jobs, i))
            RN_TRY(add_network(pool, i, &sums, m, err));
    if (sums.n == 0)
        goto done;
    status = run_measure(m, pool->options->stop, err);
    if (status == RN_E_NOMEM)
        status = RN_OK;
    RN_TRY(status);
    rn_sweep_memory_learn(&pool->memory, sums.least, m->params, m->bytes);
    if (m->step_s > 0)
        say(pool, m, &sums, open, jobs);
done:
    return status;
}

enum rn_status rn_sweep_forecast(struct rn_sweep_pool *pool, size_t open, int jobs,
                                 struct rn_err *err)
{
    struct measured *m =
        mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    enum rn_status status;

    if (m == MAP_FAILED)
        return rn_nomem(err, sizeof *m, "a forecast");
    status = forecast(pool, m, open, jobs, err);
    (void)munmap(m, sizeof *m);
    return status;
}

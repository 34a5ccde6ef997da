/* A sweep's worker: takes networks that wait, one after another, until none is left. */
#include "sweep_run.h"

#include <stdarg.h>

#include "procs.h"
#include "regnet/clock.h"

#define BEATS 6 /* signs of life in a lease */

void rn_sweep_say(const struct rn_sweep_pool *pool, bool transient, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    rn_work_say(pool->options->on_event, pool->options->arg, transient, fmt, ap);
    va_end(ap);
}

static enum rn_status work(void *arg, size_t network, struct rn_procs_link *link,
                           struct rn_err *err)
{
    return rn_sweep_train(arg, network, link, err);
}

static enum rn_status on_done(void *arg, size_t network, const struct rn_err *result,
                              struct rn_err *err)
{
    return rn_sweep_settle(arg, network, result, err);
}

static void on_news(void *arg, size_t network, double fraction)
{
    struct rn_sweep_pool *pool = arg;

    pool->fraction[network] = fraction;
}

static size_t over(const struct rn_jobs *jobs)
{
    return jobs->count[RN_RUN_DONE] + jobs->count[RN_RUN_DIVERGED] + jobs->count[RN_RUN_STOPPED];
}

/* Networks that wait, whatever came before. */
static size_t open_networks(const struct rn_jobs *jobs)
{
    size_t n = 0;

    for (size_t i = 0; i < jobs->n; i++)
        n += rn_job_is_open(jobs, i);
    return n;
}

static enum rn_status look(struct rn_sweep_pool *pool, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (pool->scanned > 0 && rn_clock() - pool->scanned < pool->wait)
        return RN_OK;
    RN_TRY(rn_jobs_scan(&pool->jobs, err));
    pool->scanned = rn_clock();
done:
    return status;
}

static enum rn_status claim(struct rn_sweep_pool *pool, size_t i, bool *claimed, struct rn_err *err)
{
    struct rn_job *job = &pool->jobs.job[i];
    struct rn_attempt attempt = {i, job->last + 1};
    enum rn_status status;

    RN_TRY(rn_attempt_claim(&pool->worker, attempt, claimed, err));
    job->state = RN_RUN_RUNNING; /* by whomever */
    if (*claimed) {
        job->mine = true;
        job->last = attempt.number;
        pool->memory.held += pool->memory.need[i];
        pool->tried++;
    }
    rn_jobs_count(&pool->jobs);
done:
    return status;
}

static size_t choose(const struct rn_sweep_pool *pool)
{
    if (!pool->options->only)
        return rn_jobs_next(&pool->jobs);
    return rn_job_is_open(&pool->jobs, (size_t)pool->options->only - 1)
               ? (size_t)pool->options->only - 1
               : pool->jobs.n;
}

static enum rn_status check_alike(const struct rn_sweep_pool *pool, struct rn_err *err)
{
    char reason[RN_ERR_MAX];

    if (pool->options->keep_going || !rn_jobs_fail_alike(&pool->jobs, reason))
        return RN_OK;
    return rn_fail(err, RN_E_FAILED,
                   "all jobs fail the same way: %.700s; when the cause is gone, --on-error "
                   "continue goes on",
                   reason);
}

/* Whether there may be more to do later: what others work on may be lost, and what we do may fail.
 */
static bool may_come_back(const struct rn_sweep_pool *pool)
{
    if (pool->options->only)
        return pool->jobs.job[pool->options->only - 1].state == RN_RUN_RUNNING;
    return !pool->options->limit && pool->jobs.count[RN_RUN_RUNNING] > 0;
}

static enum rn_status next(void *arg, size_t *task, enum rn_procs_next *what, struct rn_err *err)
{
    struct rn_sweep_pool *pool = arg;
    enum rn_status status;
    bool claimed = false, room = true;
    size_t i;

    *what = RN_PROCS_OVER;
    if (pool->options->limit && pool->tried >= pool->options->limit)
        return RN_OK;
    RN_TRY(look(pool, err));
    RN_TRY(check_alike(pool, err));
    while (!claimed && room && (i = choose(pool)) < pool->jobs.n) {
        room = rn_sweep_has_room(pool, i);
        if (room)
            RN_TRY(claim(pool, i, &claimed, err));
        *task = i;
    }
    if (claimed)
        *what = RN_PROCS_TASK;
    else if (!room || may_come_back(pool))
        *what = RN_PROCS_LATER;
done:
    return status;
}

/* A sign of life for each attempt. One that fails is told of when the attempt is over. */
static void beat(struct rn_sweep_pool *pool)
{
    if (rn_clock() - pool->touched < pool->wait)
        return;
    pool->touched = rn_clock();
    for (size_t i = 0; i < pool->jobs.n; i++)
        if (pool->jobs.job[i].mine)
            (void)rn_attempt_touch(pool->options->dir,
                                   (struct rn_attempt){i, pool->jobs.job[i].last}, NULL);
}

static void on_tick(void *arg, int running)
{
    struct rn_sweep_pool *pool = arg;
    const struct rn_jobs *jobs = &pool->jobs;
    size_t here = (size_t)running, all = jobs->count[RN_RUN_RUNNING];
    double done = (double)over(jobs);
    char left[RN_PACE_TEXT];

    if (pool->options->seconds > 0 && rn_clock() - pool->began >= pool->options->seconds)
        pool->time_is_up = true;
    if (pool->time_is_up || (pool->options->stop && *pool->options->stop))
        pool->stop = 1;
    beat(pool);
    for (size_t i = 0; i < jobs->n; i++)
        done += pool->fraction[i];
    rn_pace_note(&pool->pace, done);
    rn_pace_text(&pool->pace, (double)jobs->n - done, left);
    rn_sweep_say(pool, true, "%zu/%zu networks, %d running here, %zu elsewhere, %s", over(jobs),
                 jobs->n, running, all > here ? all - here : 0, left);
}

static enum rn_status forgive(struct rn_sweep_pool *pool, struct rn_err *err)
{
    long long only = pool->options->only;

    if (only > (long long)pool->jobs.n)
        return rn_fail(err, RN_E_CONFIG, "%s: there is no network %lld, but 0 to %zu",
                       pool->options->dir, only - 1, pool->jobs.n - 1);
    if (only)
        pool->jobs.job[only - 1].forgiven = pool->jobs.job[only - 1].failures;
    return RN_OK;
}

static enum rn_status begin(struct rn_sweep_pool *pool, struct rn_err *err)
{
    const struct rn_sweep_options *options = pool->options;
    enum rn_status status;

    RN_TRY(rn_sweep_open(options->dir, &pool->sweep, err));
    if (options->data_dir)
        RN_TRY(rn_config_set(&pool->sweep->config, "DATA_LOADER.DIR", options->data_dir, err));
    pool->wait = pool->sweep->lease / BEATS;
    pool->began = rn_clock();
    RN_TRY(rn_worker_init(&pool->worker, options->dir, err));
    RN_TRY(rn_jobs_init(&pool->jobs, options->dir, pool->sweep, &pool->worker, err));
    pool->jobs.repair = true;
    pool->fraction = rn_alloc(pool->jobs.n, sizeof *pool->fraction);
    pool->memory.need = rn_alloc(pool->jobs.n, sizeof *pool->memory.need);
    if (!pool->fraction || !pool->memory.need)
        RN_TRY(rn_nomem(err, pool->jobs.n * sizeof *pool->fraction, "a sweep"));
    RN_TRY(look(pool, err));
    status = forgive(pool, err);
done:
    return status;
}

/* Networks that this call tries; 0: all. */
static long long most(const struct rn_sweep_pool *pool)
{
    return pool->options->only ? 1 : pool->options->limit;
}

static int jobs_of(const struct rn_sweep_pool *pool)
{
    int jobs = rn_procs_jobs(pool->options->jobs, pool->sweep->config.num_threads);

    return most(pool) > 0 && most(pool) < jobs ? (int)most(pool) : jobs;
}

static enum rn_status train_all(struct rn_sweep_pool *pool, struct rn_err *err)
{
    int jobs = jobs_of(pool);
    struct rn_procs procs = {.jobs = jobs,
                             .threads = pool->sweep->config.num_threads,
                             .next = next,
                             .pin = true,
                             .arg = pool,
                             .work = work,
                             .done = on_done,
                             .news = on_news,
                             .tick = on_tick,
                             .stop = &pool->stop};
    size_t open = open_networks(&pool->jobs);
    enum rn_status status = RN_OK;

    if (open > 0 && !pool->options->train)
        RN_TRY(rn_work_data_open(&pool->sweep->config, &pool->data, err));
    rn_sweep_say(pool, false,
                 "%zu of %zu networks wait; %d at once; Ctrl-C stops, and the same command goes on",
                 open, pool->jobs.n, jobs);
    if (open > 0 && !pool->options->train && (jobs > 1 || most(pool) == 0))
        RN_TRY(rn_sweep_forecast(pool, open, jobs, err));
    RN_TRY(rn_procs_run(&procs, err));
    pool->scanned = 0; /* for whoever comes next: what has come to a rung may go on */
    if (pool->sweep->halving.epochs > 0)
        status = look(pool, err);
done:
    return status;
}

enum rn_status rn_sweep_run(const struct rn_sweep_options *options, struct rn_err *err)
{
    struct rn_sweep_pool pool = {.options = options};
    enum rn_status status;

    RN_TRY(begin(&pool, err));
    status = train_all(&pool, err);
    if (status == RN_E_STOPPED)
        (void)rn_fail(err, status, "%s with %zu of %zu networks trained; the same command goes on",
                      pool.time_is_up ? "its time is up" : "stopped", over(&pool.jobs),
                      pool.jobs.n);
done:
    rn_work_data_close(&pool.data);
    rn_jobs_release(&pool.jobs);
    rn_free(pool.fraction);
    rn_free(pool.memory.need);
    rn_worker_release(&pool.worker);
    rn_sweep_free(pool.sweep);
    return status;
}

/* A sweep as it goes: counts, the best so far, the distribution, the time left. */
#include "sweep_watch.h"

#include "population.h"

enum rn_status rn_sweep_watch_new(const char *dir, struct rn_sweep_watch **watch,
                                  struct rn_err *err)
{
    struct rn_sweep_watch *made = rn_alloc(1, sizeof *made);
    enum rn_status status;

    if (!made)
        return rn_nomem(err, sizeof *made, "a watch");
    status = rn_sweep_view_init(&made->view, dir, err);
    if (status != RN_OK)
        rn_free(made);
    else
        *watch = made;
    return status;
}

void rn_sweep_watch_free(struct rn_sweep_watch *watch)
{
    if (!watch)
        return;
    rn_sweep_view_release(&watch->view);
    rn_free(watch);
}

enum rn_status rn_watch_edf(const struct rn_sweep_watch *watch, const struct rn_ranked *ranked,
                            size_t n, struct rn_edf *edf, struct rn_err *err)
{
    const struct rn_sweep *sweep = watch->view.sweep;
    size_t diverged = watch->view.jobs.count[RN_RUN_DIVERGED];
    struct rn_result guess = {.outcome = RN_OUTCOME_DIVERGED};
    double *errors = rn_alloc(n + diverged + 1, sizeof *errors);
    enum rn_status status = RN_OK;

    if (!errors)
        return rn_nomem(err, n * sizeof *errors, "a distribution");
    for (size_t i = 0; i < n; i++)
        errors[i] = ranked[i].result.top1_err;
    for (size_t i = 0; i < diverged; i++)
        errors[n + i] = rn_counted_error(&guess, sweep->classes);
    *edf = (struct rn_edf){0};
    if (n + diverged > 0)
        status = rn_edf_make(errors, n + diverged, edf, err);
    rn_free(errors);
    return status;
}

static enum rn_status add_figure(const struct rn_sweep_watch *watch, const struct rn_ranked *ranked,
                                 size_t n, int columns, int rows, struct rn_buf *out,
                                 struct rn_err *err)
{
    struct rn_population population = {.name = watch->view.sweep->name};
    enum rn_status status;

    RN_TRY(rn_watch_edf(watch, ranked, n, &population.edf, err));
    if (population.edf.n > 0)
        status = rn_edf_figure_text(&population, 1, columns, rows, out, err);
    rn_edf_release(&population.edf);
done:
    return status;
}

size_t rn_watch_done(const struct rn_sweep_watch *watch)
{
    const struct rn_jobs *jobs = &watch->view.jobs;

    return jobs->count[RN_RUN_DONE] + jobs->count[RN_RUN_DIVERGED] + jobs->count[RN_RUN_STOPPED];
}

static enum rn_status add_line(const struct rn_sweep_watch *watch, const struct rn_ranked *ranked,
                               size_t n, struct rn_buf *out, struct rn_err *err)
{
    const struct rn_jobs *jobs = &watch->view.jobs;
    char left[RN_PACE_TEXT];
    enum rn_status status;

    rn_pace_text(&watch->pace, (double)(jobs->n - rn_watch_done(watch)), left);
    RN_TRY(rn_buf_addf(out, err, "%s: %zu networks: ", watch->view.sweep->name, jobs->n));
    RN_TRY(rn_jobs_text(jobs, out, err));
    if (n > 0)
        RN_TRY(rn_buf_addf(out, err, "; best so far %.2f %% (network %zu)",
                           ranked[0].result.top1_err, ranked[0].network));
    status = rn_buf_addf(out, err, "; %s\n", left);
done:
    return status;
}

static bool is_over(const struct rn_jobs *jobs)
{
    if (jobs->count[RN_RUN_RUNNING] > 0 || jobs->count[RN_RUN_PAUSED] > 0)
        return false;
    for (size_t i = 0; i < jobs->n; i++)
        if (rn_job_is_open(jobs, i))
            return false;
    return true;
}

enum rn_status rn_watch_scan(struct rn_sweep_watch *watch, struct rn_ranked **ranked, size_t *n,
                             bool *over, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_jobs_scan(&watch->view.jobs, err));
    rn_pace_note(&watch->pace, (double)rn_watch_done(watch));
    RN_TRY(rn_sweep_ranked(&watch->view, ranked, n, err));
    *over = is_over(&watch->view.jobs);
done:
    return status;
}

enum rn_status rn_sweep_watch_look(struct rn_sweep_watch *watch, int columns, int rows,
                                   struct rn_buf *out, bool *over, struct rn_err *err)
{
    struct rn_ranked *ranked = NULL;
    size_t n = 0;
    enum rn_status status;

    RN_TRY(rn_watch_scan(watch, &ranked, &n, over, err));
    RN_TRY(add_line(watch, ranked, n, out, err));
    if (columns > 0)
        status = add_figure(watch, ranked, n, columns, rows, out, err);
done:
    rn_free(ranked);
    return status;
}

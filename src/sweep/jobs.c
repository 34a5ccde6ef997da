/* The networks of a sweep, and which of them is to be tried next. */
#include "jobs.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define ALIKE 3 /* networks that fail the same way before any is done */

enum rn_status rn_jobs_init(struct rn_jobs *jobs, const char *dir, const struct rn_sweep *sweep,
                            struct rn_worker *worker, struct rn_err *err)
{
    *jobs = (struct rn_jobs){.dir = dir, .sweep = sweep, .worker = worker, .n = sweep->networks};
    jobs->job = rn_alloc(jobs->n, sizeof *jobs->job);
    return jobs->job ? RN_OK : rn_nomem(err, jobs->n * sizeof *jobs->job, "a sweep");
}

void rn_jobs_release(struct rn_jobs *jobs)
{
    rn_free(jobs->job);
    *jobs = (struct rn_jobs){0};
}

void rn_jobs_count(struct rn_jobs *jobs)
{
    memset(jobs->count, 0, sizeof jobs->count);
    for (size_t i = 0; i < jobs->n; i++)
        jobs->count[jobs->job[i].state]++;
}

enum rn_status rn_jobs_text(const struct rn_jobs *jobs, struct rn_buf *out, struct rn_err *err)
{
    const char *separator = "";
    enum rn_status status = RN_OK;

    for (int s = 0; s < RN_RUN_STATES; s++) {
        if (jobs->count[s] == 0)
            continue;
        RN_TRY(rn_buf_addf(out, err, "%s%zu %s", separator, jobs->count[s],
                           rn_run_state_name((enum rn_run_state)s)));
        separator = ", ";
    }
    if (jobs->damaged)
        status =
            rn_buf_addf(out, err, "; %zu published ones are damaged and wait again", jobs->damaged);
done:
    return status;
}

bool rn_state_is_failure(enum rn_run_state state)
{
    return state == RN_RUN_MEMORY || state == RN_RUN_DATA || state == RN_RUN_FAILED;
}

static int counted_failures(const struct rn_job *job)
{
    return job->failures - job->forgiven;
}

bool rn_job_is_last_try(const struct rn_jobs *jobs, size_t i)
{
    return counted_failures(&jobs->job[i]) >= jobs->sweep->retries;
}

bool rn_job_is_open(const struct rn_jobs *jobs, size_t i)
{
    const struct rn_job *job = &jobs->job[i];

    if (job->published || job->mine || job->state == RN_RUN_RUNNING ||
        job->state == RN_RUN_PAUSED || job->state == RN_RUN_STOPPED)
        return false;
    return counted_failures(job) <= jobs->sweep->retries && job->losses < RN_LOSSES_MAX;
}

size_t rn_jobs_next(const struct rn_jobs *jobs)
{
    size_t best = jobs->n;

    for (size_t i = 0; i < jobs->n; i++) {
        if (!rn_job_is_open(jobs, i))
            continue;
        if (best == jobs->n || counted_failures(&jobs->job[i]) < counted_failures(&jobs->job[best]))
            best = i;
        if (counted_failures(&jobs->job[best]) <= 0)
            break;
    }
    return best;
}

enum rn_status rn_job_last(const struct rn_jobs *jobs, size_t i, struct rn_buf *path,
                           struct rn_run_record *record, bool *found, struct rn_err *err)
{
    const struct rn_job *job = &jobs->job[i];
    enum rn_status status;

    RN_TRY(job->published
               ? rn_published_path(jobs->dir, i, path, err)
               : rn_attempt_path(jobs->dir, (struct rn_attempt){i, job->last}, path, err));
    *found = rn_record_read(path->data, record, NULL, NULL) == RN_OK;
done:
    return status;
}

/* Paths and sizes differ from network to network by their digits alone. */
static bool is_alike(const char *a, const char *b)
{
    while (*a || *b) {
        while (isdigit((unsigned char)*a))
            a++;
        while (isdigit((unsigned char)*b))
            b++;
        if (*a != *b)
            return false;
        if (*a)
            a++, b++;
    }
    return true;
}

/* Whether any network has come to something, if only to a rung. */
static bool is_any_good(const struct rn_jobs *jobs)
{
    for (size_t i = 0; i < jobs->n; i++)
        if (jobs->job[i].published || jobs->job[i].epochs > 0)
            return true;
    return false;
}

bool rn_jobs_fail_alike(const struct rn_jobs *jobs, char reason[RN_ERR_MAX])
{
    struct rn_run_record record;
    struct rn_buf path = {0};
    size_t alike = 0;
    bool found, same = !is_any_good(jobs);

    for (size_t i = 0; i < jobs->n && same && alike < ALIKE; i++) {
        const struct rn_job *job = &jobs->job[i];
        if (!rn_state_is_failure(job->state) || counted_failures(job) <= 0)
            continue;
        if (rn_job_last(jobs, i, &path, &record, &found, NULL) != RN_OK || !found)
            continue;
        same = alike == 0 || is_alike(reason, record.reason);
        (void)snprintf(reason, RN_ERR_MAX, "%s", record.reason);
        alike++;
    }
    rn_buf_release(&path);
    return same && alike == ALIKE;
}

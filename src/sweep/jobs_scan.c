/* How the networks of a sweep stand: published runs, and attempts at the others. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enough.h"
#include "halving.h"
#include "regnet/file.h"

/* Calls on_name for each entry of DIR/sub that does not begin with a dot. */
static enum rn_status list(const struct rn_jobs *jobs, const char *sub,
                           enum rn_status (*on_name)(void *arg, const char *name,
                                                     struct rn_err *err),
                           void *arg, struct rn_err *err)
{
    struct rn_buf path = {0};
    struct dirent *entry;
    DIR *listing = NULL;
    enum rn_status status;

    RN_TRY(rn_path_join(&path, jobs->dir, sub, err));
    listing = opendir(path.data);
    if (!listing && errno != ENOENT)
        RN_TRY(rn_fail(err, RN_E_IO, "%s: could not list this directory: %s", path.data,
                       strerror(errno)));
    while (listing && (entry = readdir(listing)))
        if (entry->d_name[0] != '.')
            RN_TRY(on_name(arg, entry->d_name, err));
done:
    if (listing)
        (void)closedir(listing);
    rn_buf_release(&path);
    return status;
}

static bool parse_name(const struct rn_jobs *jobs, const char *name, struct rn_attempt *attempt)
{
    return rn_attempt_parse(name, attempt) && attempt->network < jobs->n;
}

static bool is_whole(const char *path, size_t network, struct rn_run_record *record)
{
    return rn_record_read(path, record, NULL, NULL) == RN_OK && record->network == network;
}

/* Out of the way. Another worker may have been quicker; what it has published since goes back. */
static enum rn_status set_aside(const struct rn_jobs *jobs, size_t network, const char *path,
                                struct rn_err *err)
{
    struct rn_buf target = {0}, name = {0};
    struct rn_run_record record;
    char what[32];
    enum rn_status status;

    (void)snprintf(what, sizeof what, "%06zu-%lu", network, jobs->worker->claims++);
    RN_TRY(rn_buf_addf(&target, err, "%s/damaged", jobs->dir));
    RN_TRY(rn_dir_make(target.data, err));
    RN_TRY(rn_worker_name(jobs->worker, what, &name, err));
    RN_TRY(rn_buf_addf(&target, err, "/%s", name.data));
    if (rename(path, target.data) != 0 && errno != ENOENT)
        status =
            rn_fail(err, RN_E_IO, "%s: could not move this directory: %s", path, strerror(errno));
    else if (is_whole(target.data, network, &record))
        (void)rename(target.data, path);
done:
    rn_buf_release(&target);
    rn_buf_release(&name);
    return status;
}

static enum rn_status on_published(void *arg, const char *name, struct rn_err *err)
{
    struct rn_jobs *jobs = arg;
    struct rn_attempt attempt;
    struct rn_run_record record;
    struct rn_buf path = {0};
    struct rn_job *job;
    enum rn_status status = RN_OK;

    if (!parse_name(jobs, name, &attempt) || attempt.number > 0)
        return RN_OK;
    job = &jobs->job[attempt.network];
    job->listed = true;
    if (job->published)
        return RN_OK;
    RN_TRY(rn_published_path(jobs->dir, attempt.network, &path, err));
    job->published = is_whole(path.data, attempt.network, &record);
    if (job->published) {
        job->state = record.outcome;
        job->last = record.attempt;
    } else {
        jobs->damaged++;
        if (jobs->repair)
            status = set_aside(jobs, attempt.network, path.data, err);
    }
done:
    rn_buf_release(&path);
    return status;
}

/* Attempts found, to be looked at in order. */
struct found {
    struct rn_jobs *jobs;
    struct rn_attempt *attempt;
    size_t n, cap;
};

static enum rn_status on_attempt(void *arg, const char *name, struct rn_err *err)
{
    struct found *found = arg;
    struct rn_attempt attempt, *grown;

    if (!parse_name(found->jobs, name, &attempt) || attempt.number == 0 ||
        found->jobs->job[attempt.network].published)
        return RN_OK;
    if (found->n == found->cap) {
        size_t cap = found->cap ? 2 * found->cap : 64;
        grown = rn_realloc(found->attempt, cap, sizeof *grown);
        if (!grown)
            return rn_nomem(err, cap * sizeof *grown, "a list of attempts");
        found->attempt = grown;
        found->cap = cap;
    }
    found->attempt[found->n++] = attempt;
    return RN_OK;
}

static int by_number(const void *a, const void *b)
{
    const struct rn_attempt *x = a, *y = b;

    if (x->network != y->network)
        return x->network < y->network ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static enum rn_status note_pause(struct rn_job *job, const char *path, struct rn_err *err)
{
    struct rn_result result;
    bool found;
    enum rn_status status = rn_result_read(path, &result, &found, err);

    if (status == RN_OK && found)
        job->epochs = result.epochs, job->error = result.top1_err;
    return status;
}

/* now: the file system's; negative: not known, and attempts without a record count as alive. */
static enum rn_status look_at(struct rn_jobs *jobs, struct rn_attempt attempt, bool newest,
                              double now, struct rn_err *err)
{
    struct rn_job *job = &jobs->job[attempt.network];
    struct rn_run_record record;
    struct rn_buf path = {0};
    bool alive = newest && now < 0;
    enum rn_status status;

    RN_TRY(rn_attempt_path(jobs->dir, attempt, &path, err));
    if (rn_record_read(path.data, &record, NULL, NULL) == RN_OK) {
        job->state = record.outcome;
        job->failures += rn_state_is_failure(record.outcome);
        job->preemptions += record.outcome == RN_RUN_PREEMPTED;
        if (record.outcome == RN_RUN_PAUSED)
            RN_TRY(note_pause(job, path.data, err));
    } else {
        if (newest && now >= 0 && !job->mine)
            RN_TRY(rn_attempt_is_alive(jobs->dir, attempt, now, jobs->sweep->lease, &alive, err));
        job->state = alive || job->mine ? RN_RUN_RUNNING : RN_RUN_LOST;
        job->losses += job->state == RN_RUN_LOST;
    }
    job->last = attempt.number;
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status scan_attempts(struct rn_jobs *jobs, double now, struct rn_err *err)
{
    struct found found = {.jobs = jobs};
    enum rn_status status;

    RN_TRY(list(jobs, "attempts", on_attempt, &found, err));
    if (found.n > 1)
        qsort(found.attempt, found.n, sizeof *found.attempt, by_number);
    for (size_t k = 0; k < found.n; k++) {
        bool newest = k + 1 == found.n || found.attempt[k + 1].network != found.attempt[k].network;
        RN_TRY(look_at(jobs, found.attempt[k], newest, now, err));
    }
done:
    rn_free(found.attempt);
    return status;
}

/* What is said of a network by attempts is said anew; a published run that is gone is missed. */
static void forget(struct rn_jobs *jobs)
{
    for (size_t i = 0; i < jobs->n; i++) {
        struct rn_job *job = &jobs->job[i];
        if (job->published && job->listed)
            continue;
        *job = (struct rn_job){.state = job->mine ? RN_RUN_RUNNING : RN_RUN_WAITING,
                               .last = job->mine ? job->last : 0,
                               .forgiven = job->forgiven,
                               .passed = job->passed,
                               .mine = job->mine};
    }
}

enum rn_status rn_jobs_scan(struct rn_jobs *jobs, struct rn_err *err)
{
    double now = -1;
    enum rn_status status;

    if (jobs->worker)
        RN_TRY(rn_worker_now(jobs->worker, &now, err));
    for (size_t i = 0; i < jobs->n; i++)
        jobs->job[i].listed = false;
    jobs->damaged = 0;
    RN_TRY(list(jobs, "runs", on_published, jobs, err));
    forget(jobs);
    RN_TRY(scan_attempts(jobs, now, err));
    RN_TRY(rn_halving_settle(jobs, err));
    RN_TRY(rn_enough_settle(jobs, err));
    rn_jobs_count(jobs);
done:
    return status;
}

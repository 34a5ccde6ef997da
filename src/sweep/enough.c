/* Whether a population's distribution of errors has stopped moving. */
#include "enough.h"

#include "decision.h"
#include "population.h"
#include "regnet/file.h"
#include "regnet/json.h"

#define FIRST_LOOK 32
#define NAME "enough"

enum rn_status rn_enough_read(const char *dir, size_t *networks, double *ks, struct rn_err *err)
{
    struct rn_doc *doc = NULL;
    long long n = 0;
    enum rn_status status;

    RN_TRY(rn_decision_read(dir, NAME, &doc, err));
    if (doc) {
        RN_TRY(rn_value_int(rn_value_get(rn_doc_root(doc), "networks"), &n, err));
        RN_TRY(rn_value_double(rn_value_get(rn_doc_root(doc), "ks"), ks, err));
    }
    *networks = n > 0 ? (size_t)n : 0;
done:
    rn_doc_free(doc);
    return status;
}

enum rn_status rn_enough_forget(const char *dir, struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_buf_addf(&path, err, "%s/decisions/" NAME ".json", dir));
    status = rn_file_remove(path.data, err);
done:
    rn_buf_release(&path);
    return status;
}

/* Those that have failed are not waited for: their retries come last. */
static bool are_over(const struct rn_jobs *jobs, size_t m)
{
    for (size_t i = 0; i < m; i++) {
        const struct rn_job *job = &jobs->job[i];
        if (job->published)
            continue;
        if (job->state == RN_RUN_RUNNING || (job->failures == 0 && rn_job_is_open(jobs, i)))
            return false;
    }
    return true;
}

/* The errors of every second network of the first m, from the first or the second on. */
static enum rn_status half_edf(const struct rn_jobs *jobs, size_t first, size_t m,
                               struct rn_edf *edf, struct rn_err *err)
{
    double *errors = rn_alloc(m / 2, sizeof *errors);
    struct rn_buf path = {0};
    size_t n = 0;
    enum rn_status status = RN_OK;

    if (!errors)
        return rn_nomem(err, m / 2 * sizeof *errors, "a distribution");
    for (size_t i = first; i < m; i += 2) {
        struct rn_result result;
        bool found = false;
        if (!jobs->job[i].published)
            continue;
        RN_TRY(rn_published_path(jobs->dir, i, &path, err));
        RN_TRY(rn_result_read(path.data, &result, &found, err));
        if (found)
            errors[n++] = rn_counted_error(&result, jobs->sweep->classes);
    }
    if (n > 0)
        status = rn_edf_make(errors, n, edf, err);
done:
    rn_free(errors);
    rn_buf_release(&path);
    return status;
}

static enum rn_status publish(const struct rn_jobs *jobs, size_t m, double ks, struct rn_err *err)
{
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);
    enum rn_status status;

    rn_json_object(&js);
    rn_json_key(&js, "networks"), rn_json_int(&js, (int64_t)m);
    rn_json_key(&js, "ks"), rn_json_double(&js, ks);
    rn_json_key(&js, "bound"), rn_json_double(&js, jobs->sweep->edf_ks);
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    text.len--; /* the '}' */
    status = rn_decision_publish(jobs->worker, NAME, &text, err);
done:
    rn_buf_release(&text);
    return status;
}

static enum rn_status look(struct rn_jobs *jobs, size_t m, struct rn_err *err)
{
    struct rn_edf even = {0}, odd = {0};
    double ks, p;
    enum rn_status status;

    jobs->looked = m;
    RN_TRY(half_edf(jobs, 0, m, &even, err));
    RN_TRY(half_edf(jobs, 1, m, &odd, err));
    if (even.n == 0 || odd.n == 0)
        goto done;
    RN_TRY(rn_edf_ks(&even, &odd, &ks, &p, err));
    if (ks > jobs->sweep->edf_ks)
        goto done;
    RN_TRY(publish(jobs, m, ks, err));
    status = rn_enough_read(jobs->dir, &jobs->enough, &ks, err);
done:
    rn_edf_release(&even);
    rn_edf_release(&odd);
    return status;
}

enum rn_status rn_enough_settle(struct rn_jobs *jobs, struct rn_err *err)
{
    size_t m = jobs->looked ? 2 * jobs->looked : FIRST_LOOK;
    double ks;
    enum rn_status status = RN_OK;

    if (jobs->sweep->edf_ks <= 0)
        return RN_OK;
    if (jobs->enough == 0)
        RN_TRY(rn_enough_read(jobs->dir, &jobs->enough, &ks, err));
    for (; jobs->repair && jobs->enough == 0 && m < jobs->n && are_over(jobs, m); m *= 2)
        RN_TRY(look(jobs, m, err));
    for (size_t i = jobs->enough; jobs->enough > 0 && i < jobs->n; i++)
        if (!jobs->job[i].published && jobs->job[i].state != RN_RUN_RUNNING)
            jobs->job[i].state = RN_RUN_STOPPED;
done:
    return status;
}

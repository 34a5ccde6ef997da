/* Successive halving: rungs, and who goes on from them. */
#include "halving.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "decision.h"
#include "regnet/json.h"

/* Epochs of rung k; 0: it is none, since training ends before. */
static int rung_epochs(const struct rn_sweep *sweep, int k)
{
    long long epochs = sweep->halving.epochs;

    while (k-- > 0 && epochs < sweep->config.optim.max_epoch)
        epochs *= sweep->halving.factor;
    return epochs < sweep->config.optim.max_epoch ? (int)epochs : 0;
}

int rn_halving_pause(const struct rn_sweep *sweep, int epochs)
{
    int k = 0;

    while (rung_epochs(sweep, k) > 0 && rung_epochs(sweep, k) <= epochs)
        k++;
    return rung_epochs(sweep, k);
}

/* Networks that go on from rung k. */
static size_t places(const struct rn_sweep *sweep, int k)
{
    size_t n = sweep->networks;

    for (; k >= 0 && n > 1; k--)
        n /= (size_t)sweep->halving.factor;
    return n > 1 ? n : 1;
}

double rn_halving_share(const struct rn_sweep *sweep)
{
    double all = (double)sweep->networks * sweep->config.optim.max_epoch, sum = 0;
    size_t n = sweep->networks;
    int from = 0;

    for (int k = 0; rung_epochs(sweep, k) > 0; k++) {
        sum += (double)n * (rung_epochs(sweep, k) - from);
        from = rung_epochs(sweep, k);
        n = places(sweep, k);
    }
    return (sum + (double)n * (sweep->config.optim.max_epoch - from)) / all;
}

static void decision_name(int k, char name[16])
{
    (void)snprintf(name, 16, "rung-%d", k);
}

/* Its networks that go on are known from here on as having passed the rung. */
static enum rn_status read_rung(struct rn_jobs *jobs, const struct rn_value *root, int k,
                                struct rn_err *err)
{
    const struct rn_value *networks = rn_value_get(root, "networks");
    long long on, network;
    enum rn_status status;

    RN_TRY(rn_value_int(rn_value_get(root, "on"), &on, err));
    for (size_t i = 0; networks && i < networks->n && i < (size_t)on; i++) {
        RN_TRY(rn_value_int(rn_value_get(&networks->items[i], "network"), &network, err));
        if (network >= 0 && (size_t)network < jobs->n)
            jobs->job[network].passed = k + 1;
    }
    jobs->rung[k] = (struct rn_rung){
        .epochs = rung_epochs(jobs->sweep, k), .n = networks ? networks->n : 0, .on = (size_t)on};
    jobs->n_rungs = k + 1;
done:
    return status;
}

static enum rn_status read_decided(struct rn_jobs *jobs, struct rn_err *err)
{
    struct rn_doc *doc = NULL;
    char name[16];
    bool found = true;
    enum rn_status status = RN_OK;

    while (found && rung_epochs(jobs->sweep, jobs->n_rungs) > 0) {
        decision_name(jobs->n_rungs, name);
        RN_TRY(rn_decision_read(jobs->dir, name, &doc, err));
        found = doc != NULL;
        if (found)
            RN_TRY(read_rung(jobs, rn_doc_root(doc), jobs->n_rungs, err));
        rn_doc_free(doc);
        doc = NULL;
    }
done:
    rn_doc_free(doc);
    return status;
}

/* The rungs that a network has reached. */
static int reached(const struct rn_jobs *jobs, const struct rn_job *job)
{
    int k = 0;

    while (rung_epochs(jobs->sweep, k) > 0 && rung_epochs(jobs->sweep, k) <= job->epochs)
        k++;
    return k;
}

/* What is decided of those that are paused. */
static void set_states(struct rn_jobs *jobs)
{
    for (size_t i = 0; i < jobs->n; i++) {
        struct rn_job *job = &jobs->job[i];
        int rungs = reached(jobs, job);
        if (job->state == RN_RUN_PAUSED && rungs <= jobs->n_rungs)
            job->state = job->passed >= rungs ? RN_RUN_WAITING : RN_RUN_STOPPED;
    }
}

/* Whether nobody can come to rung k any more who is not there. */
static bool is_complete(const struct rn_jobs *jobs, int k)
{
    for (size_t i = 0; i < jobs->n; i++) {
        const struct rn_job *job = &jobs->job[i];
        if (job->published || reached(jobs, job) > k)
            continue;
        if (job->state == RN_RUN_RUNNING || rn_job_is_open(jobs, i))
            return false;
    }
    return true;
}

struct standing {
    size_t network;
    double error; /* not a number: it is beyond the rung, where a decision was lost */
};

static int by_error(const void *a, const void *b)
{
    const struct standing *x = a, *y = b;

    if (isnan(x->error) != isnan(y->error))
        return isnan(x->error) ? -1 : 1;
    if (x->error != y->error && !isnan(x->error))
        return x->error < y->error ? -1 : 1;
    return x->network < y->network ? -1 : x->network > y->network;
}

/* All at rung k or beyond, by error. */
static size_t rank(const struct rn_jobs *jobs, int k, struct standing *standings)
{
    size_t n = 0;

    for (size_t i = 0; i < jobs->n; i++) {
        const struct rn_job *job = &jobs->job[i];
        bool beyond = job->state == RN_RUN_DONE || reached(jobs, job) > k + 1;
        if (beyond || (job->state == RN_RUN_PAUSED && reached(jobs, job) == k + 1))
            standings[n++] = (struct standing){i, beyond ? NAN : job->error};
    }
    qsort(standings, n, sizeof *standings, by_error);
    return n;
}

static enum rn_status write_rung(const struct rn_jobs *jobs, int k,
                                 const struct standing *standings, size_t n, struct rn_buf *out,
                                 struct rn_err *err)
{
    struct rn_json js = rn_json_begin(out);
    size_t on = places(jobs->sweep, k);
    enum rn_status status;

    rn_json_object(&js);
    rn_json_key(&js, "epochs"), rn_json_int(&js, rung_epochs(jobs->sweep, k));
    rn_json_key(&js, "on"), rn_json_int(&js, (int64_t)(on < n ? on : n));
    rn_json_key(&js, "networks"), rn_json_list(&js);
    for (size_t i = 0; i < n; i++) {
        rn_json_object(&js);
        rn_json_key(&js, "network"), rn_json_int(&js, (int64_t)standings[i].network);
        rn_json_key(&js, "error"), rn_json_double(&js, standings[i].error);
        rn_json_close(&js);
    }
    rn_json_close(&js);
    rn_json_close(&js);
    status = rn_json_end(&js, err);
    if (status == RN_OK)
        out->len--; /* the '}' */
    return status;
}

static enum rn_status decide(struct rn_jobs *jobs, int k, struct rn_err *err)
{
    struct standing *standings = rn_alloc(jobs->n, sizeof *standings);
    struct rn_buf json = {0};
    char name[16];
    size_t n;
    enum rn_status status;

    if (!standings)
        return rn_nomem(err, jobs->n * sizeof *standings, "a rung");
    n = rank(jobs, k, standings);
    RN_TRY(write_rung(jobs, k, standings, n, &json, err));
    decision_name(k, name);
    RN_TRY(rn_decision_publish(jobs->worker, name, &json, err));
    RN_TRY(read_decided(jobs, err));
    if (jobs->n_rungs == k)
        status = rn_fail(err, RN_E_IO, "%s/decisions/%s.json: this file could not be made whole",
                         jobs->dir, name);
done:
    rn_free(standings);
    rn_buf_release(&json);
    return status;
}

enum rn_status rn_halving_settle(struct rn_jobs *jobs, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (jobs->sweep->halving.epochs == 0)
        return RN_OK;
    RN_TRY(read_decided(jobs, err));
    set_states(jobs);
    while (jobs->repair && rung_epochs(jobs->sweep, jobs->n_rungs) > 0 &&
           is_complete(jobs, jobs->n_rungs)) {
        RN_TRY(decide(jobs, jobs->n_rungs, err));
        set_states(jobs);
    }
done:
    return status;
}

enum rn_status rn_halving_text(const struct rn_jobs *jobs, struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (int k = 0; k < jobs->n_rungs && status == RN_OK; k++)
        status =
            rn_buf_addf(out, err, "%safter %d epoch%s %zu of %zu networks went on", k ? ", " : "",
                        jobs->rung[k].epochs, jobs->rung[k].epochs == 1 ? "" : "s",
                        jobs->rung[k].on, jobs->rung[k].n);
    return status;
}

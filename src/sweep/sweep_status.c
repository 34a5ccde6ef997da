/* How a sweep stands: counts, what failed and how to try it again, the best networks. */
#include "halving.h"
#include "regnet/file.h"
#include "regnet/json.h"
#include "sweep_view.h"

bool rn_sweep_has_failed(const struct rn_sweep_view *view, size_t i)
{
    const struct rn_jobs *jobs = &view->jobs;
    const struct rn_job *job = &jobs->job[i];

    return rn_state_is_failure(job->state) ||
           (job->state == RN_RUN_LOST && !rn_job_is_open(jobs, i));
}

enum rn_status rn_sweep_failure(const struct rn_sweep_view *view, size_t i, struct rn_failure *f,
                                struct rn_err *err)
{
    const struct rn_jobs *jobs = &view->jobs;
    bool found;
    enum rn_status status;

    f->network = i;
    f->attempts = jobs->job[i].last;
    f->again = rn_job_is_open(jobs, i);
    RN_TRY(rn_job_last(jobs, i, &f->log, &f->record, &found, err));
    if (!found)
        f->record = (struct rn_run_record){.outcome = RN_RUN_LOST, .reason = "its worker is gone"};
    status = rn_buf_addf(&f->log, err, "/log.jsonl");
done:
    return status;
}

static enum rn_status add_failure(const char *dir, const struct rn_failure *f, struct rn_buf *out,
                                  struct rn_err *err)
{
    return rn_buf_addf(out, err,
                       "%6zu  %s: %s (attempt %d%s)\n"
                       "        log: %s\n"
                       "        again: regnet sweep run %s --network %zu\n",
                       f->network, rn_run_state_name(f->record.outcome), f->record.reason,
                       f->attempts, f->again ? "; it will be tried again" : "", f->log.data, dir,
                       f->network);
}

static enum rn_status add_halving(const struct rn_jobs *jobs, struct rn_buf *out,
                                  struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "Successive halving, one of %d from epoch %d on%s",
                       jobs->sweep->halving.factor, jobs->sweep->halving.epochs,
                       jobs->n_rungs ? ": " : ""));
    RN_TRY(rn_halving_text(jobs, out, err));
    status = rn_buf_addf(out, err, "; what is left is no sample of the space.\n");
done:
    return status;
}

enum rn_status rn_sweep_stops(const struct rn_sweep_view *view, struct rn_buf *out,
                              struct rn_err *err)
{
    const struct rn_sweep *sweep = view->sweep;
    enum rn_status status = RN_OK;

    if (sweep->halving.epochs > 0)
        status = add_halving(&view->jobs, out, err);
    else if (sweep->enough.of > 0)
        status = rn_buf_addf(out, err,
                             "Ended early, with %zu of %zu networks: the KS statistic between two "
                             "halves of them is %.3g, and %g was to end it.\n",
                             sweep->networks, sweep->enough.of, sweep->enough.ks, sweep->edf_ks);
    else if (sweep->edf_ks > 0)
        status = rn_buf_addf(out, err,
                             "A KS statistic of %g between two halves of the networks is to end it "
                             "early.\n",
                             sweep->edf_ks);
    return status;
}

static void json_enough(struct rn_json *js, const struct rn_sweep *sweep)
{
    rn_json_key(js, "enough");
    if (sweep->enough.of == 0) {
        rn_json_null(js);
        return;
    }
    rn_json_object(js);
    rn_json_key(js, "of"), rn_json_int(js, (int64_t)sweep->enough.of);
    rn_json_key(js, "ks"), rn_json_double(js, sweep->enough.ks);
    rn_json_key(js, "bound"), rn_json_double(js, sweep->edf_ks);
    rn_json_close(js);
}

static enum rn_status add_text(const struct rn_sweep_view *view, const char *dir,
                               struct rn_buf *out, struct rn_err *err)
{
    struct rn_failure f = {0};
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "%s: %zu networks: ", view->sweep->name, view->jobs.n));
    RN_TRY(rn_jobs_text(&view->jobs, out, err));
    RN_TRY(rn_buf_addf(out, err, "\n"));
    RN_TRY(rn_sweep_stops(view, out, err));
    for (size_t i = 0; i < view->jobs.n; i++) {
        if (!rn_sweep_has_failed(view, i))
            continue;
        RN_TRY(rn_sweep_failure(view, i, &f, err));
        RN_TRY(add_failure(dir, &f, out, err));
    }
done:
    rn_buf_release(&f.log);
    return status;
}

static void json_failure(struct rn_json *js, const struct rn_failure *f)
{
    rn_json_object(js);
    rn_json_key(js, "network"), rn_json_int(js, (int64_t)f->network);
    rn_json_key(js, "outcome"), rn_json_text(js, rn_run_state_name(f->record.outcome));
    rn_json_key(js, "reason"), rn_json_text(js, f->record.reason);
    rn_json_key(js, "attempts"), rn_json_int(js, f->attempts);
    rn_json_key(js, "again"), rn_json_bool(js, f->again);
    rn_json_key(js, "log"), rn_json_text(js, f->log.data);
    rn_json_close(js);
}

static void json_rungs(struct rn_json *js, const struct rn_jobs *jobs)
{
    rn_json_key(js, "rungs"), rn_json_list(js);
    for (int k = 0; k < jobs->n_rungs; k++) {
        rn_json_object(js);
        rn_json_key(js, "epochs"), rn_json_int(js, jobs->rung[k].epochs);
        rn_json_key(js, "networks"), rn_json_int(js, (int64_t)jobs->rung[k].n);
        rn_json_key(js, "on"), rn_json_int(js, (int64_t)jobs->rung[k].on);
        rn_json_close(js);
    }
    rn_json_close(js);
}

enum rn_status rn_sweep_view_json(const struct rn_sweep_view *view, struct rn_buf *out,
                                  struct rn_err *err)
{
    struct rn_failure f = {0};
    struct rn_json js = rn_json_begin(out);
    enum rn_status status = RN_OK;

    rn_json_object(&js);
    rn_json_key(&js, "name"), rn_json_text(&js, view->sweep->name);
    rn_json_key(&js, "directory"), rn_json_text(&js, view->jobs.dir);
    rn_json_key(&js, "networks"), rn_json_int(&js, (int64_t)view->jobs.n);
    rn_json_key(&js, "damaged"), rn_json_int(&js, (int64_t)view->jobs.damaged);
    rn_json_key(&js, "outcomes"), rn_json_object(&js);
    for (int s = 0; s < RN_RUN_STATES; s++) {
        rn_json_key(&js, rn_run_state_name((enum rn_run_state)s));
        rn_json_int(&js, (int64_t)view->jobs.count[s]);
    }
    rn_json_close(&js);
    json_rungs(&js, &view->jobs);
    json_enough(&js, view->sweep);
    rn_json_key(&js, "failures"), rn_json_list(&js);
    for (size_t i = 0; i < view->jobs.n; i++) {
        if (!rn_sweep_has_failed(view, i))
            continue;
        RN_TRY(rn_sweep_failure(view, i, &f, err));
        json_failure(&js, &f);
    }
    rn_json_close(&js);
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    status = rn_buf_addf(out, err, "\n");
done:
    rn_buf_release(&f.log);
    return status;
}

enum rn_status rn_sweep_status(const char *dir, bool json, struct rn_buf *out, struct rn_err *err)
{
    struct rn_sweep_view view;
    enum rn_status status = rn_sweep_view_init(&view, dir, err);

    if (status != RN_OK)
        return status;
    status = json ? rn_sweep_view_json(&view, out, err) : add_text(&view, dir, out, err);
    rn_sweep_view_release(&view);
    return status;
}

static enum rn_status add_best(const char *dir, const struct rn_ranked *one, struct rn_buf *out,
                               struct rn_err *err)
{
    const struct rn_result *r = &one->result;

    return rn_buf_addf(out, err,
                       "%6zu  %6.2f %%  %.4g MF  %.4g M parameters  %.4g M activations\n"
                       "        weights: %s/runs/%06zu/model.safetensors\n"
                       "        again: regnet train --cfg %s/runs/%06zu/config.yaml --out NEW\n",
                       one->network, r->top1_err, 1e-6 * (double)r->cx.flops,
                       1e-6 * (double)r->cx.params, 1e-6 * (double)r->cx.acts, dir, one->network,
                       dir, one->network);
}

enum rn_status rn_sweep_best(const char *dir, size_t n, struct rn_buf *out, struct rn_err *err)
{
    struct rn_sweep_view view = {0};
    struct rn_ranked *ranked = NULL;
    size_t all = 0;
    enum rn_status status;

    RN_TRY(rn_sweep_view_init(&view, dir, err));
    RN_TRY(rn_sweep_ranked(&view, &ranked, &all, err));
    if (all == 0)
        RN_TRY(rn_fail(err, RN_E_FAILED, "%s: no network is done yet", dir));
    for (size_t i = 0; i < all && i < n; i++)
        RN_TRY(add_best(dir, &ranked[i], out, err));
done:
    rn_free(ranked);
    rn_sweep_view_release(&view);
    return status;
}

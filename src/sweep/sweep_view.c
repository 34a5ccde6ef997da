/* A sweep's directory, looked at. */
#include "sweep_view.h"

#include <stdlib.h>

enum rn_status rn_sweep_view_init(struct rn_sweep_view *view, const char *dir, struct rn_err *err)
{
    bool writable;
    enum rn_status status;

    *view = (struct rn_sweep_view){0};
    RN_TRY(rn_sweep_open(dir, &view->sweep, err));
    writable = rn_worker_init(&view->worker, dir, NULL) == RN_OK;
    RN_TRY(rn_jobs_init(&view->jobs, dir, view->sweep, writable ? &view->worker : NULL, err));
    status = rn_jobs_scan(&view->jobs, err);
done:
    if (status != RN_OK)
        rn_sweep_view_release(view);
    return status;
}

void rn_sweep_view_release(struct rn_sweep_view *view)
{
    rn_jobs_release(&view->jobs);
    rn_worker_release(&view->worker);
    rn_sweep_free(view->sweep);
    *view = (struct rn_sweep_view){0};
}

static int by_error(const void *a, const void *b)
{
    const struct rn_ranked *x = a, *y = b;

    if (x->result.top1_err != y->result.top1_err)
        return x->result.top1_err < y->result.top1_err ? -1 : 1;
    return x->network < y->network ? -1 : x->network > y->network;
}

enum rn_status rn_sweep_ranked(const struct rn_sweep_view *view, struct rn_ranked **ranked,
                               size_t *n, struct rn_err *err)
{
    const struct rn_jobs *jobs = &view->jobs;
    size_t done = jobs->count[RN_RUN_DONE], found_n = 0;
    struct rn_ranked *made = rn_alloc(done + 1, sizeof *made);
    struct rn_buf path = {0};
    enum rn_status status = RN_OK;

    if (!made)
        return rn_nomem(err, done * sizeof *made, "a population");
    for (size_t i = 0; i < jobs->n; i++) {
        bool found = false;
        if (!jobs->job[i].published || jobs->job[i].state != RN_RUN_DONE)
            continue;
        made[found_n].network = i;
        RN_TRY(rn_published_path(jobs->dir, i, &path, err));
        RN_TRY(rn_result_read(path.data, &made[found_n].result, &found, err));
        found_n += found;
    }
    qsort(made, found_n, sizeof *made, by_error);
    *ranked = made;
    *n = found_n;
    made = NULL;
done:
    rn_free(made);
    rn_buf_release(&path);
    return status;
}

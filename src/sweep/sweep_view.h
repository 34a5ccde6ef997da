/* sweep_view.h: a sweep's directory as somebody sees it who only looks. Private to sweep. */
#ifndef RN_SWEEP_VIEW_H
#define RN_SWEEP_VIEW_H

#include "jobs.h"

struct rn_sweep_view {
    struct rn_sweep *sweep;
    struct rn_worker worker; /* not there when the directory cannot be written */
    struct rn_jobs jobs;
};

/* Reads the directory. RN_E_CONFIG: it is a study's population. Yours: rn_sweep_view_release. */
enum rn_status rn_sweep_view_init(struct rn_sweep_view *view, const char *dir, struct rn_err *err);
void rn_sweep_view_release(struct rn_sweep_view *view);

struct rn_ranked {
    size_t network;
    struct rn_result result;
};
/* The networks that are done, by error; of equal ones the first. Yours to free. */
enum rn_status rn_sweep_ranked(const struct rn_sweep_view *view, struct rn_ranked **ranked,
                               size_t *n, struct rn_err *err);

/* A network that failed, for good or until it is tried again. */
struct rn_failure {
    size_t network;
    int attempts;
    bool again; /* the next `run` tries it */
    struct rn_run_record record;
    struct rn_buf log; /* its path; yours to release */
};
bool rn_sweep_has_failed(const struct rn_sweep_view *view, size_t i);
/* Zero-initialize *failure, or give it again. */
enum rn_status rn_sweep_failure(const struct rn_sweep_view *view, size_t i,
                                struct rn_failure *failure, struct rn_err *err);
/* Appends a line on what stopped networks before their end, where anything was to do so. */
enum rn_status rn_sweep_stops(const struct rn_sweep_view *view, struct rn_buf *out,
                              struct rn_err *err);
/* Appends how it stands as one JSON object (rn_sweep_status). */
enum rn_status rn_sweep_view_json(const struct rn_sweep_view *view, struct rn_buf *out,
                                  struct rn_err *err);

#endif

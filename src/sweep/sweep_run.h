/* sweep_run.h: what the parts of a sweep's worker share. Private to sweep. */
#ifndef RN_SWEEP_RUN_H
#define RN_SWEEP_RUN_H

#include "jobs.h"
#include "work.h"

struct rn_sweep_pool {
    const struct rn_sweep_options *options;
    struct rn_sweep *sweep;
    struct rn_worker worker;
    struct rn_jobs jobs;
    struct rn_work_data data;       /* not opened where the caller trains */
    struct rn_pace pace;            /* in networks */
    double *fraction;               /* of each network that is being trained here */
    double began, scanned, touched; /* by this machine's clock that nobody sets: when */
    double wait;                    /* seconds between two looks at the directory */
    long long tried;
    bool time_is_up;
    volatile sig_atomic_t stop;
};

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void
rn_sweep_say(const struct rn_sweep_pool *pool, bool transient, const char *fmt, ...);

/* In a process of its own: goes on with an attempt that this worker has claimed. */
enum rn_status rn_sweep_train(const struct rn_sweep_pool *pool, size_t network, void *link,
                              struct rn_err *err);
/* What came of it: published, or recorded as failed. */
enum rn_status rn_sweep_settle(struct rn_sweep_pool *pool, size_t network,
                               const struct rn_err *result, struct rn_err *err);
/* Says what the networks that wait will take: time, memory, disk. */
enum rn_status rn_sweep_forecast(const struct rn_sweep_pool *pool, size_t open, int jobs,
                                 struct rn_err *err);

#endif

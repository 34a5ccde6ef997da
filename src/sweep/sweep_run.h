/* sweep_run.h: what the parts of a sweep's worker share. Private to sweep. */
#ifndef RN_SWEEP_RUN_H
#define RN_SWEEP_RUN_H

#include "jobs.h"
#include "work.h"

/* Bytes: what each network that is being trained here takes by the forecast, what they take
   together, and what they may. */
struct rn_sweep_memory {
    double activation; /* bytes of a training for an activation of its batch; 0: not known */
    size_t *need, held, limit;
};

struct rn_sweep_pool {
    const struct rn_sweep_options *options;
    struct rn_sweep *sweep;
    struct rn_worker worker;
    struct rn_jobs jobs;
    struct rn_work_data data; /* not opened where the caller trains */
    struct rn_sweep_memory memory;
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
/* Measures the least of the networks that wait, and says what all will take: time, memory, disk. */
enum rn_status rn_sweep_forecast(struct rn_sweep_pool *pool, size_t open, int jobs,
                                 struct rn_err *err);

/* A training's activations in a batch. */
double rn_sweep_activations(const struct rn_config *cfg, const struct rn_complexity *cx);
/* A network was measured, by which the others go: by their activations and parameters. */
void rn_sweep_memory_learn(struct rn_sweep_memory *memory, double activations, double params,
                           size_t bytes);
/* In bytes; 0: not known. */
double rn_sweep_memory_needed(const struct rn_sweep_memory *memory, double activations,
                              double params);
/* What may be taken now: as asked, and no more than is free. */
size_t rn_sweep_memory_limit(const struct rn_sweep_pool *pool);
/* Whether a network may start beside those that are being trained here; a first one always may. */
bool rn_sweep_has_room(struct rn_sweep_pool *pool, size_t network);
/* RN_E_NOMEM: it does not fit alone. */
enum rn_status rn_sweep_check_room(const struct rn_sweep_pool *pool, size_t network,
                                   struct rn_err *err);

#endif

/* jobs.h: how the networks of a sweep stand, read off its directory. Private to sweep. */
#ifndef RN_SWEEP_JOBS_H
#define RN_SWEEP_JOBS_H

#include "attempt.h"
#include "sweep_file.h"

#define RN_LOSSES_MAX 10 /* workers that a network may lose */

struct rn_job {
    enum rn_run_state state; /* of one that waits: why its last attempt ended */
    bool published;
    int last;                          /* number of the newest attempt; 0: none */
    int failures, losses, preemptions; /* attempts that ended so */
    int forgiven;                      /* failures that do not count any more */
    int epochs;                        /* trained where it last paused, 0: nowhere, */
    double error;                      /* and the error that it had there, percent */
    int passed;                        /* rungs from which it may go on (halving.h) */
    bool mine;                         /* this process works on it */
    bool listed;                       /* of the scan: still there */
};

/* A rung that is decided: of n networks `on` went on. */
struct rn_rung {
    int epochs;
    size_t n, on;
};
#define RN_RUNGS_MAX 32 /* doublings of a number of epochs */

struct rn_jobs {
    const char *dir;              /* borrowed */
    const struct rn_sweep *sweep; /* borrowed */
    struct rn_worker *worker;     /* NULL: unknown time; attempts without a record count as alive */
    bool repair;                  /* damaged runs are moved to damaged/ */
    size_t n, damaged;            /* networks; published runs that are damaged */
    struct rn_job *job;
    size_t count[RN_RUN_STATES];
    size_t enough,
        looked;  /* networks that are the population, 0: all; that were looked at (enough.h) */
    int n_rungs; /* decided */
    struct rn_rung rung[RN_RUNGS_MAX];
};

/* Networks that nothing is known of yet. */
enum rn_status rn_jobs_init(struct rn_jobs *jobs, const char *dir, const struct rn_sweep *sweep,
                            struct rn_worker *worker, struct rn_err *err);
void rn_jobs_release(struct rn_jobs *jobs);
/* Looks at the directory. A published run is checked when it is first seen; the network of a
   damaged one waits again. */
enum rn_status rn_jobs_scan(struct rn_jobs *jobs, struct rn_err *err);
void rn_jobs_count(struct rn_jobs *jobs);
/* Appends "37 done, 10 diverged". */
enum rn_status rn_jobs_text(const struct rn_jobs *jobs, struct rn_buf *out, struct rn_err *err);

/* Whether a network may be tried (again). */
bool rn_job_is_open(const struct rn_jobs *jobs, size_t i);
bool rn_job_is_last_try(const struct rn_jobs *jobs,
                        size_t i); /* after one more failure it is not */
/* The first of the open networks with the fewest failures; jobs->n: none is open. */
size_t rn_jobs_next(const struct rn_jobs *jobs);
bool rn_state_is_failure(enum rn_run_state state);

/* The last attempt of a network that has one: its directory and, where there is one, its record
   (else *found false). */
enum rn_status rn_job_last(const struct rn_jobs *jobs, size_t i, struct rn_buf *path,
                           struct rn_run_record *record, bool *found, struct rn_err *err);
/* Whether the first three networks that ended failed all the same way; then `reason` is theirs. */
bool rn_jobs_fail_alike(const struct rn_jobs *jobs, char reason[RN_ERR_MAX]);

#endif

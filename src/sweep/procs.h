/*
 * procs.h: a local pool: one process a task, as many at once as wanted. Private to sweep.
 *
 * A task runs in a fork of the caller, so it shares what the caller has loaded, and a crash or a
 * lack of memory ends that task alone. The caller must have one thread. Tasks start in order. A
 * task that is stopped by anyone stops the pool; SIGINT does not reach the tasks.
 */
#ifndef RN_SWEEP_PROCS_H
#define RN_SWEEP_PROCS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "regnet/status.h"

/* From a task to the pool: how much of it is done. */
struct rn_procs_link;
void rn_procs_tell(struct rn_procs_link *link, double fraction);

enum rn_procs_next { RN_PROCS_TASK, RN_PROCS_LATER, RN_PROCS_OVER };

struct rn_procs {
    size_t tasks; /* 0 ... tasks - 1; or, with `next`, whatever it says */
    /* In the caller, when a process is free: the next task, or that there is none now (asked again
       at the next tick), or none any more. */
    enum rn_status (*next)(void *arg, size_t *task, enum rn_procs_next *what, struct rn_err *err);
    int jobs;    /* at once */
    int threads; /* of a task; 0: 1 */
    /* Each to processors of its own, where tasks occupy all that this process may use; else others
       may work here too, and the system shares out better. */
    bool pin;
    void *arg;
    /* In the task's process; the result and message go to `done`. */
    enum rn_status (*work)(void *arg, size_t task, struct rn_procs_link *link, struct rn_err *err);
    /* In the caller, when a task is over; its message is in result.msg. Anything but RN_OK stops
       the pool and is its result. */
    enum rn_status (*done)(void *arg, size_t task, const struct rn_err *result, struct rn_err *err);
    /* In the caller, when a task has told how much of it is done; or NULL. */
    void (*news)(void *arg, size_t task, double fraction);
    /* In the caller, at least twice a second: how many tasks run; or NULL. */
    void (*tick)(void *arg, int running);
    /* Non-zero: the tasks get SIGTERM and RN_E_STOPPED results. */
    const volatile sig_atomic_t *stop;
};

/* Returns when no task's process is left. */
enum rn_status rn_procs_run(const struct rn_procs *pool, struct rn_err *err);

/* Processors that this process may use. */
int rn_cores(void);
/* Tasks at once: as asked, or (0) as many as have processors for their threads. */
int rn_procs_jobs(int asked, int threads);

#endif

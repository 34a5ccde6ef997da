/*
 * enough.h: a sweep that ends when its distribution of errors has stopped moving (docs/sweeps.md).
 * Private to sweep.
 *
 * Its first m networks are looked at when they are over, for m = 32, 64, 128 and so on: where the
 * KS statistic between those of even and those of odd number is within the bound, they are the
 * population, and no other network is begun. That is a decision (decision.h).
 */
#ifndef RN_SWEEP_ENOUGH_H
#define RN_SWEEP_ENOUGH_H

#include "jobs.h"

/* What is decided of a sweep; *networks 0: nothing. */
enum rn_status rn_enough_read(const char *dir, size_t *networks, double *ks, struct rn_err *err);
/* After a scan or a result: reads what is decided, decides what can be (jobs->repair), and stops
   the networks that are not needed. */
enum rn_status rn_enough_settle(struct rn_jobs *jobs, struct rn_err *err);
/* Forgets what is decided. */
enum rn_status rn_enough_forget(const char *dir, struct rn_err *err);

#endif

/*
 * halving.h: successive halving (docs/sweeps.md): networks pause at rungs, and the best of each go
 * on. Private to sweep.
 *
 * Rung k is reached after epochs * factor^k epochs. Who goes on from it is decided once all that
 * may reach it have; of n networks of the sweep the best n / factor^(k + 1), one at least.
 */
#ifndef RN_SWEEP_HALVING_H
#define RN_SWEEP_HALVING_H

#include "jobs.h"

/* A network that has trained for so many epochs pauses after so many more, in all; 0: not before
   its end. */
int rn_halving_pause(const struct rn_sweep *sweep, int epochs);
/* Of what all networks' whole training would take, the share that is trained. */
double rn_halving_share(const struct rn_sweep *sweep);

/* Of a scan: reads what is decided, decides what can be (jobs->repair), and sets the states of the
   networks that are paused. */
enum rn_status rn_halving_settle(struct rn_jobs *jobs, struct rn_err *err);

/* Appends "after 2 epochs 8 of 24 networks went on", for each rung that is decided, or nothing. */
enum rn_status rn_halving_text(const struct rn_jobs *jobs, struct rn_buf *out, struct rn_err *err);

#endif

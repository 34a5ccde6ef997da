/*
 * attempt.h: attempts at a network: claimed, kept alive, published or recorded as failed
 * (docs/sweeps.md, "The protocol"). Private to sweep.
 *
 * A claim and a publication are each one rename of a directory to a name that is there once, so one
 * of several workers succeeds, and nothing is ever taken from a worker that may still be awake.
 */
#ifndef RN_SWEEP_ATTEMPT_H
#define RN_SWEEP_ATTEMPT_H

#include "run_record.h"
#include "worker.h"

struct rn_attempt {
    size_t network;
    int number; /* from 1 */
};

/* "000012.3", or "000012" of a published one, whose number is then 0. */
bool rn_attempt_parse(const char *name, struct rn_attempt *attempt);
/* DIR/attempts/000012.3 into path. */
enum rn_status rn_attempt_path(const char *dir, struct rn_attempt attempt, struct rn_buf *path,
                               struct rn_err *err);
/* DIR/runs/000012 into path. */
enum rn_status rn_published_path(const char *dir, size_t network, struct rn_buf *path,
                                 struct rn_err *err);

/* *claimed false: another worker has it, or the network is published by now. */
enum rn_status rn_attempt_claim(struct rn_worker *worker, struct rn_attempt attempt, bool *claimed,
                                struct rn_err *err);
/* Takes over what the attempt before left: its checkpoints, its log and its configuration. */
enum rn_status rn_attempt_adopt(const char *dir, struct rn_attempt attempt, struct rn_err *err);
/* A sign of life. */
enum rn_status rn_attempt_touch(const char *dir, struct rn_attempt attempt, struct rn_err *err);
/* Whether somebody may still work on an attempt that has no record. */
enum rn_status rn_attempt_is_alive(const char *dir, struct rn_attempt attempt, double now,
                                   double lease, bool *alive, struct rn_err *err);

/* Records a result and publishes it. *first false: the network was published before, or the
   attempt is no longer ours; what was made of it is dropped. */
enum rn_status rn_attempt_publish(struct rn_worker *worker, struct rn_attempt attempt,
                                  const struct rn_run_record *record,
                                  const struct rn_sample *sample, bool *first, struct rn_err *err);
/* Records why it ended without being published. An attempt that is no longer there is none of ours.
 */
enum rn_status rn_attempt_fail(const struct rn_worker *worker, struct rn_attempt attempt,
                               const struct rn_run_record *record, struct rn_err *err);
/* Removes an attempt, whatever is in it; one that is gone is fine. */
enum rn_status rn_attempt_discard(struct rn_worker *worker, struct rn_attempt attempt,
                                  struct rn_err *err);

#endif

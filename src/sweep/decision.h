/*
 * decision.h: what the workers of a sweep decide together: which networks go on. Private to sweep.
 *
 * A decision is a file in DIR/decisions, a function of what is published, sealed with a checksum.
 * It is linked into its place, which succeeds once: whichever worker comes first has decided, and
 * all others, now or after a restart, read the same. One that is damaged counts as none, and is
 * replaced.
 */
#ifndef RN_SWEEP_DECISION_H
#define RN_SWEEP_DECISION_H

#include "worker.h"

/* json: a line with all but its closing bracket. */
enum rn_status rn_decision_publish(struct rn_worker *worker, const char *name, struct rn_buf *json,
                                   struct rn_err *err);
/* *doc: yours to free; NULL: nobody has decided yet. */
enum rn_status rn_decision_read(const char *dir, const char *name, struct rn_doc **doc,
                                struct rn_err *err);

#endif

/* sweep_watch.h: what the forms of a watched sweep share. Private to sweep. */
#ifndef RN_SWEEP_WATCH_H
#define RN_SWEEP_WATCH_H

#include "regnet/report.h"
#include "sweep_view.h"
#include "work.h"

struct rn_sweep_watch {
    struct rn_sweep_view view;
    struct rn_pace pace; /* in networks */
};

/* Looks at the directory. The networks that are done, by error: yours to free. */
enum rn_status rn_watch_scan(struct rn_sweep_watch *watch, struct rn_ranked **ranked, size_t *n,
                             bool *over, struct rn_err *err);
/* The distribution of those and of those that diverged, which count as guessing, as everywhere.
 *n 0: there are none. Yours: rn_edf_release. */
enum rn_status rn_watch_edf(const struct rn_sweep_watch *watch, const struct rn_ranked *ranked,
                            size_t n_ranked, struct rn_edf *edf, struct rn_err *err);
/* Networks that are over. */
size_t rn_watch_done(const struct rn_sweep_watch *watch);

#endif

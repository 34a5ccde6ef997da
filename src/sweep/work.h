/* work.h: what training many networks has in common, for studies and sweeps. Private to sweep. */
#ifndef RN_SWEEP_WORK_H
#define RN_SWEEP_WORK_H

#include "regnet/data.h"
#include "regnet/train.h"

/* Opened once, for all networks: their processes share the memory. */
struct rn_work_data {
    struct rn_dataset *train, *test; /* test NULL: judged on a part of train */
};
enum rn_status rn_work_data_open(const struct rn_config *cfg, struct rn_work_data *data,
                                 struct rn_err *err);
void rn_work_data_close(struct rn_work_data *data);

/* A training's cost in any unit: multiply-adds, and activations, whose way through the memory takes
   as long as that of some 25 multiply-adds each. */
double rn_work_cost(const struct rn_complexity *cx);

/* Of a training in a pool's process: passes its progress on to the pool (struct rn_procs_link). */
void rn_work_on_progress(void *link, const struct rn_progress *progress);

/* Work from its first news to its last: a start is slow, and what goes on does not begin at 0. */
struct rn_pace {
    double began, first; /* the first news: seconds, and how much was done by then, in any unit */
    double at, done;     /* the last */
};
#define RN_PACE_TEXT 64
void rn_pace_note(struct rn_pace *pace, double done);
/* "about 3 min 20 s left" for the rest of the work, or that this is not known yet. */
void rn_pace_text(const struct rn_pace *pace, double rest, char text[RN_PACE_TEXT]);
/* "3 min 20 s", no finer than anyone would plan by. */
void rn_duration_text(double seconds, char text[32]);

#endif

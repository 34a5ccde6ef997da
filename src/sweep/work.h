/* work.h: what training many networks has in common, for studies and sweeps. Private to sweep. */
#ifndef RN_SWEEP_WORK_H
#define RN_SWEEP_WORK_H

#include <stdarg.h>

#include "regnet/data.h"
#include "regnet/sweep.h"

/* Formats a line and sends it, if anybody listens. */
void rn_work_say(rn_event_fn *on_event, void *arg, bool transient, const char *fmt, va_list ap);

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

/* The tasks of a pool that are not alike. Zero-initialize; rn_work_load_release. */
struct rn_work_load {
    size_t n, over; /* tasks; those that are over */
    struct rn_work_share {
        double cost, done; /* in any unit; how much of it is done, from 0 to 1 */
    } * shares;            /* n, and room for as many as were asked for */
    struct rn_pace pace;
    int failures; /* in a row and of one kind */
    enum rn_status failure;
};
enum rn_status rn_work_load_init(struct rn_work_load *load, size_t most, struct rn_err *err);
void rn_work_load_release(struct rn_work_load *load);
void rn_work_add(struct rn_work_load *load, double cost);
void rn_work_note(struct rn_work_load *load, size_t task, double done);
double rn_work_all(const struct rn_work_load *load); /* the cost of all tasks */
/* A task is over. The third failure of one kind in a row is the pool's: the next would fail too. */
enum rn_status rn_work_settle(struct rn_work_load *load, size_t task, const struct rn_err *result,
                              struct rn_err *err);

#endif

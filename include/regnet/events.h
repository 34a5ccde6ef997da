/*
 * events.h: TensorBoard's event files: numbers of a training, by tag and step.
 *
 * A file is a sequence of TFRecord's records (length, checksum, bytes, checksum), each an Event
 * message of TensorFlow's. Every start of a run writes a file of its own; TensorBoard reads those
 * of a directory as one, in the order of their names.
 *
 *     struct rn_events events;
 *     RN_TRY(rn_events_open(&events, "runs/one/tensorboard", 0, err));
 *     RN_TRY(rn_events_add(&events, step, &(struct rn_scalar){"loss", 2.3}, 1, err));
 *     rn_events_close(&events);
 */
#ifndef REGNET_EVENTS_H
#define REGNET_EVENTS_H

#include "regnet/file.h"

struct rn_events {
    struct rn_append file;
    struct rn_buf record;
};

/* One point of the curve that is called by its tag. */
struct rn_scalar {
    const char *tag;
    double value;
};

/* A new file in dir, which is made. What files before it say of `step` and later is void: where a
   run goes on from an earlier step than it had come to. */
enum rn_status rn_events_open(struct rn_events *events, const char *dir, int64_t step,
                              struct rn_err *err);
enum rn_status rn_events_add(struct rn_events *events, int64_t step,
                             const struct rn_scalar *scalars, size_t n, struct rn_err *err);
void rn_events_close(struct rn_events *events);

/* The record of scalars at a time, in seconds since 1970: what rn_events_add writes for now. */
enum rn_status rn_events_record(double time, int64_t step, const struct rn_scalar *scalars,
                                size_t n, struct rn_buf *record, struct rn_err *err);

#endif

/* time_layers.h: the layers' share of a timing. Internal to train/. */
#ifndef RN_TRAIN_TIME_LAYERS_H
#define RN_TRAIN_TIME_LAYERS_H

#include "regnet/engine.h"
#include "regnet/time.h"

/* Between them the steps that count. end: after timing->n_steps is set. */
enum rn_status rn_layer_timing_begin(const struct rn_graph *graph, const struct rn_net *net,
                                     const struct rn_time_options *options,
                                     struct rn_timing *timing, struct rn_err *err);
void rn_layer_timing_end(const struct rn_net *net, struct rn_timing *timing);

#endif

/*
 * channels.h: concatenation, slices and shuffles as one thing: where each channel comes from.
 *
 * Such nodes compute nothing, so a chain of them is one map from the channels of its result to
 * those of the nodes it began with. Where only maps read a map, it has no tensor: they read what it
 * would have been made of. In ShuffleNetV2 a unit's shuffle and the next one's slices thus become
 * one copy of the half that is worked on; the other half is copied when somebody wants it.
 */
#ifndef REGNET_ENGINE_CPU_CHANNELS_H
#define REGNET_ENGINE_CPU_CHANNELS_H

#include "regnet/graph.h"

/* Channels `count`, from `from` on of input `in`, go to to, to + step, and so on. */
struct rn_channel_run {
    int in, from, to, step, count;
};

struct rn_channel_map {
    int n_in, in[RN_NODE_INPUTS]; /* nodes, each once */
    int n_runs;
    struct rn_channel_run *runs; /* by input, then by its channels */
    bool kept;                   /* somebody reads it; else it has no tensor */
};

bool rn_is_channel_map(const struct rn_node *node);

/* By node (yours to free with rn_channel_maps_free); of other nodes empty. */
enum rn_status rn_channel_maps_new(const struct rn_graph *graph, struct rn_channel_map **maps,
                                   struct rn_err *err);
void rn_channel_maps_free(struct rn_channel_map *maps, int n);

#endif

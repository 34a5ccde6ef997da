/*
 * arena.h: one block of memory for many buffers whose lives are known beforehand.
 *
 * Time is the numbered steps of a pass. Two items whose lives do not overlap may share memory.
 * First fit, the largest first: within a few percent of the peak of the sizes alive on networks
 * like ours.
 */
#ifndef REGNET_ENGINE_ARENA_H
#define REGNET_ENGINE_ARENA_H

#include "regnet/status.h"

#include <stddef.h>

struct rn_arena_item {
    size_t bytes;
    int first, last; /* steps, both included */
    size_t offset;   /* set by rn_arena_place; a multiple of 64 */
};

/* Sets every offset and *total. */
enum rn_status rn_arena_place(struct rn_arena_item *items, size_t n, size_t *total,
                              struct rn_err *err);

#endif

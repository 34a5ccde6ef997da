/*
 * nets.h: the table of small networks that engines are compared on. An engine runs units, not
 * nodes, so that its convolutions are met inside blocks: each kernel size and stride with each kind
 * of grouping, every block, stem, activation and head.
 */
#ifndef TESTS_ENGINE_NETS_H
#define TESTS_ENGINE_NETS_H

#include "regnet/arch.h"

#define NETS_MAX 128

/* Fills archs (NETS_MAX entries), each with a name; returns their number. */
int rn_test_nets(struct rn_arch *archs);

#endif

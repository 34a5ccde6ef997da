/* naming.h: the tables of naming_tables.c: module names of torchvision and timm from ours. */
#ifndef REGNET_MODEL_NAMING_H
#define REGNET_MODEL_NAMING_H

#include "regnet/graph.h"

/*
 * In `from` '#' is a number. In `to` {1} is its first number, {2} its second, {b} the blocks or
 * cells before this one, {B} all of the network, {n} the stages; each '-' behind takes one away,
 * each '+' adds one. A rule whose `from` ends in a point names a block; what follows the point is
 * named by another rule of the table. `beside`: only where the block has this module, or, behind a
 * '!', has not.
 */
struct rn_naming_rule {
    const char *from, *to, *beside;
};

/* Ends with a rule of NULLs. NULL: the library has no such network. */
const struct rn_naming_rule *rn_naming_rules(const struct rn_arch *arch, enum rn_naming naming);

#endif

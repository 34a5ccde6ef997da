/*
 * cells.h: the published cells, as tables. A cell combines states: h0 and h1, made of its two
 * inputs, then its nodes in order, each the sum of two operations on earlier states. The states
 * that the table does not call used are the output, put side by side.
 */
#ifndef REGNET_MODEL_CELLS_H
#define REGNET_MODEL_CELLS_H

#include "regnet/arch.h"

#define RN_CELL_NODES 5

enum rn_cell_op {
    RN_CELL_SEP3, /* depthwise 3x3 and 1x1, twice */
    RN_CELL_SEP5,
    RN_CELL_SEP7,
    RN_CELL_SEP5_DIL2, /* with the taps of the depthwise two pixels apart */
    RN_CELL_DIL3,      /* depthwise 3x3, taps two pixels apart, and 1x1, once */
    RN_CELL_AVG3,
    RN_CELL_MAX3,
    RN_CELL_MAX2,
    RN_CELL_NONE, /* the state; strided or of another width: a 1x1 */
    RN_CELL_SKIP, /* the state; strided: a factorized reduction */
    RN_CELL_CONV1,
    RN_CELL_CONV3,      /* 1x1 to a quarter, 3x3, 1x1 */
    RN_CELL_CONV1X7_7X1 /* 1x1 to a quarter, 1x7, 7x1, 1x1 */
};

struct rn_cell_term {
    enum rn_cell_op op;
    int state;
};

struct rn_cell {
    int n_nodes;
    struct rn_cell_term terms[RN_CELL_NODES][2];
    const char *used; /* a digit a state: 1 where it is no part of the output */
};

struct rn_cell_net {
    const struct rn_cell *normal;
    const struct rn_cell *reduction; /* NULL: the normal cell, with stride 2 */
    bool darts;                      /* h0 is the older input and h1 the newer, both normalized */
};

/* Of a block that is a cell. */
const struct rn_cell_net *rn_cell_net(enum rn_block block);

#endif

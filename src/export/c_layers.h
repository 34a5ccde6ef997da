/*
 * c_layers.h: a layer as C: a function that the file needs once, and the call of it.
 */
#ifndef REGNET_EXPORT_C_LAYERS_H
#define REGNET_EXPORT_C_LAYERS_H

#include "export/fold.h"

/* What a call is written from. x and y are expressions: "image", "memory + 640", "logits". */
struct rn_c_call {
    const struct rn_folded *net;
    int layer;
    const char *x[RN_NODE_INPUTS], *y;
};

struct rn_c_function {
    const char *text; /* its definition */
    /* Its call, without indentation and newline. */
    enum rn_status (*call)(const struct rn_c_call *call, struct rn_buf *out, struct rn_err *err);
};

/* The function of a node's operator; NULL: it has none yet. One pointer a function. */
const struct rn_c_function *rn_c_function_of(const struct rn_node *node);

/* What stands before all functions. */
extern const char rn_c_preamble[];

#endif

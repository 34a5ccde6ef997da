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

/* Appends a layer's calls, without the first indentation and the last newline. */
typedef enum rn_status rn_c_call_fn(const struct rn_c_call *call, struct rn_buf *out,
                                    struct rn_err *err);

struct rn_c_function {
    const char *text; /* its definition */
    rn_c_call_fn *call;
};

/* The function of a node's operator; NULL: it has none. Operators of one text share it. */
const struct rn_c_function *rn_c_function_of(const struct rn_node *node);

/* What stands before all functions. */
extern const char rn_c_preamble[];

/* c_windows.c: convolutions and pools. */
extern const char rn_c_conv_text[], rn_c_max_pool_text[], rn_c_avg_pool_text[];
rn_c_call_fn rn_c_call_conv, rn_c_call_max_pool, rn_c_call_avg_pool;

#endif

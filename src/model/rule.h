/*
 * rule.h: what each operator is to a graph: the shape of its output, its parameter tensors, its
 * counts. One file an operator, op_*.c; their rules are the table of rule.c.
 *
 * A rule reads the node's fields under u and the shapes of its inputs. For a convolution and a
 * linear layer the builder has put the wanted channels into node->out.c; params and flops are asked
 * once node->out is complete. The counts are pycls' (docs/counting.md).
 */
#ifndef REGNET_MODEL_RULE_H
#define REGNET_MODEL_RULE_H

#include "regnet/graph.h"

#define RN_OP_PARAMS 4 /* the most that an operator has */

struct rn_op_rule {
    const char *name;
    struct rn_shape (*shape)(const struct rn_node *node, const struct rn_shape *in);
    /* Sets role, ndim and dim of up to RN_OP_PARAMS tensors; returns their number. NULL: none. */
    int (*params)(const struct rn_node *node, const struct rn_shape *in, struct rn_param *params);
    int64_t (*flops)(const struct rn_node *node, const struct rn_shape *in); /* NULL: none */
    bool counts_acts; /* its outputs are activations in the paper's sense */
};

/* op is below RN_OP_COUNT. */
const struct rn_op_rule *rn_op_rule(enum rn_op op);

extern const struct rn_op_rule rn_conv_rule, rn_bn_rule, rn_act_rule, rn_add_rule, rn_max_pool_rule,
    rn_gap_rule, rn_scale_rule, rn_linear_rule, rn_avg_pool_rule, rn_concat_rule, rn_slice_rule,
    rn_shuffle_rule, rn_shift_rule, rn_pad_rule, rn_drop_rule;

/* Output shape, counts and parameter shapes of a node whose op, inputs and u are set.
   params: RN_OP_PARAMS entries; receives node->n_params of them. */
void rn_node_complete(struct rn_node *node, const struct rn_shape *in, struct rn_param *params);

/* The suffix that PyTorch gives a tensor of this role: "weight", "running_mean". */
const char *rn_param_suffix(enum rn_param_role role);
bool rn_param_is_trained(const struct rn_param *param);

/* For the rules: the shape of a tensor, and the output side of a k x k window. */
struct rn_param rn_param_vector(enum rn_param_role role, int64_t n);
int rn_window_out(int size, int k, int stride, int pad);

#endif

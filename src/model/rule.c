/* The table of the operators' rules, and what all of them share. */
#include "model/rule.h"

static struct rn_shape input_shape(const struct rn_node *node, const struct rn_shape *in)
{
    (void)in;
    return node->out;
}

static const struct rn_op_rule input_rule = {"input", input_shape, NULL, NULL, false};

static const struct rn_op_rule *const rules[RN_OP_COUNT] = {
    [RN_OP_INPUT] = &input_rule,        [RN_OP_CONV] = &rn_conv_rule,
    [RN_OP_BN] = &rn_bn_rule,           [RN_OP_ACT] = &rn_act_rule,
    [RN_OP_ADD] = &rn_add_rule,         [RN_OP_MAX_POOL] = &rn_max_pool_rule,
    [RN_OP_GAP] = &rn_gap_rule,         [RN_OP_SCALE] = &rn_scale_rule,
    [RN_OP_LINEAR] = &rn_linear_rule,   [RN_OP_AVG_POOL] = &rn_avg_pool_rule,
    [RN_OP_CONCAT] = &rn_concat_rule,   [RN_OP_SLICE] = &rn_slice_rule,
    [RN_OP_SHUFFLE] = &rn_shuffle_rule, [RN_OP_SHIFT] = &rn_shift_rule,
    [RN_OP_PAD] = &rn_pad_rule,         [RN_OP_DROP] = &rn_drop_rule,
};

const struct rn_op_rule *rn_op_rule(enum rn_op op)
{
    return rules[op];
}

const char *rn_op_text(enum rn_op op)
{
    return rules[op]->name;
}

const char *rn_param_suffix(enum rn_param_role role)
{
    static const char *const suffixes[] = {
        [RN_PARAM_WEIGHT] = "weight",     [RN_PARAM_BIAS] = "bias",
        [RN_PARAM_GAMMA] = "weight",      [RN_PARAM_BETA] = "bias",
        [RN_PARAM_MEAN] = "running_mean", [RN_PARAM_VAR] = "running_var",
    };

    return suffixes[role];
}

bool rn_param_is_trained(const struct rn_param *param)
{
    return param->role != RN_PARAM_MEAN && param->role != RN_PARAM_VAR;
}

struct rn_param rn_param_vector(enum rn_param_role role, int64_t n)
{
    return (struct rn_param){.role = role, .ndim = 1, .dim = {n, 1, 1, 1}};
}

int rn_window_out(int size, int k, int stride, int pad)
{
    return (size + 2 * pad - k) / stride + 1;
}

static size_t param_size(const struct rn_param *param)
{
    size_t size = 1;

    for (int i = 0; i < param->ndim; i++)
        size *= (size_t)param->dim[i];
    return size;
}

void rn_node_complete(struct rn_node *node, const struct rn_shape *in, struct rn_param *params)
{
    const struct rn_op_rule *rule = rules[node->op];

    node->out = rule->shape(node, in);
    node->n_params = rule->params ? rule->params(node, in, params) : 0;
    node->cx = (struct rn_complexity){0};
    for (int i = 0; i < node->n_params; i++) {
        params[i].size = param_size(&params[i]);
        if (rn_param_is_trained(&params[i]))
            node->cx.params += (int64_t)params[i].size;
    }
    if (rule->flops)
        node->cx.flops = rule->flops(node, in);
    if (rule->counts_acts)
        node->cx.acts = (int64_t)node->out.h * node->out.w * node->out.c;
}

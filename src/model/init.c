/* Initial values of a network, by pycls' rules. Tensor i depends on the seed and on i alone. */
#include <math.h>
#include <string.h>

#include "regnet/graph.h"
#include "regnet/rng.h"

static void fill(float *values, size_t n, float value)
{
    for (size_t i = 0; i < n; i++)
        values[i] = value;
}

static void fill_normal(float *values, size_t n, double deviation, struct rn_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (float)(deviation * rn_rng_normal(rng));
}

static void fill_uniform(float *values, size_t n, double bound, struct rn_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (float)(bound * (2.0 * rn_rng_uniform(rng) - 1.0));
}

/* He's normal by fan-out; c_out counts every output channel, of grouped convolutions too. */
static double conv_deviation(const struct rn_param *weight)
{
    return sqrt(2.0 / (double)(weight->dim[2] * weight->dim[3] * weight->dim[0]));
}

/* PyTorch's default for the biases of SE's convolutions: the weight stands just before its bias. */
static double conv_bias_bound(const struct rn_param *bias)
{
    const struct rn_param *weight = bias - 1;

    return 1.0 / sqrt((double)(weight->dim[1] * weight->dim[2] * weight->dim[3]));
}

static void init_tensor(const struct rn_param *param, const struct rn_node *node, bool zero_final,
                        struct rn_rng *rng, float *values)
{
    bool conv = node->op == RN_OP_CONV;

    switch (param->role) {
    case RN_PARAM_WEIGHT:
        fill_normal(values, param->size, conv ? conv_deviation(param) : 0.01, rng);
        break;
    case RN_PARAM_BIAS:
        if (conv)
            fill_uniform(values, param->size, conv_bias_bound(param), rng);
        break;
    case RN_PARAM_GAMMA:
        fill(values, param->size, zero_final && node->u.bn.final ? 0.0f : 1.0f);
        break;
    case RN_PARAM_VAR:
        fill(values, param->size, 1.0f);
        break;
    case RN_PARAM_BETA:
    case RN_PARAM_MEAN:
        break;
    }
}

void rn_graph_init(const struct rn_graph *graph, bool zero_init_final_gamma, uint64_t seed,
                   float *values)
{
    memset(values, 0, graph->n_values * sizeof *values);
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        struct rn_rng rng = rn_rng_at(seed, RN_STREAM_INIT, (uint64_t)i);

        init_tensor(param, &graph->nodes[param->node], zero_init_final_gamma, &rng,
                    values + param->offset);
    }
}

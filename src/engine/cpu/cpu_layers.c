/* What each unit has to do: the bound that its time is held against (regnet time --layers). */
#include "conv_plan.h"
#include "cpu.h"
#include "regnet/memory.h"

static double tensor_bytes(const struct rn_unit *unit)
{
    return (double)rn_tensor_size(unit->z) * rn_unit_pixels(unit) * unit->stride;
}

static bool adds_up(const struct rn_cpu *cpu, const struct rn_unit *input, int user)
{
    return input->kind == RN_UNIT_SUM && input->first_user == user &&
           rn_cpu_sum_in_conv(cpu, input);
}

static void count(const struct rn_cpu *cpu, int u, struct rn_layer *layer)
{
    const struct rn_unit *unit = &cpu->units[u];
    bool computed_by_user = unit->kind == RN_UNIT_SUM && rn_cpu_sum_in_conv(cpu, unit);
    bool wants_dx = false;

    layer->name = unit->node.name;
    layer->op = unit->node.op;
    layer->bf16 = unit->conv && unit->conv->half;
    if (!computed_by_user)
        layer->forward_bytes = tensor_bytes(unit);
    for (int k = 0; k < unit->n_in && !computed_by_user; k++) {
        const struct rn_unit *input = &cpu->units[unit->in[k]];
        layer->forward_bytes += tensor_bytes(input) * (adds_up(cpu, input, u) ? 3 : 1);
        wants_dx = wants_dx || input->needs_dz;
    }
    layer->forward_flops = 2 * (double)unit->node.cx.flops;
    if (unit->kind == RN_UNIT_SUM)
        return; /* its gradient is its inputs' */
    layer->backward_flops = layer->forward_flops * (wants_dx ? 2 : 1);
    layer->backward_bytes = tensor_bytes(unit) * (unit->kind == RN_UNIT_CONV ? 2 : 1);
    for (int k = 0; k < unit->n_in; k++) {
        const struct rn_unit *input = &cpu->units[unit->in[k]];
        layer->backward_bytes += tensor_bytes(input) * (input->needs_dz ? 2 : 1);
    }
    if (unit->kind == RN_UNIT_CONV)
        layer->weight_bytes =
            (double)sizeof(float) * (double)cpu->request.graph->params[unit->node.param].size;
}

enum rn_status rn_cpu_layers_new(struct rn_cpu *cpu, struct rn_err *err)
{
    cpu->layers = rn_alloc((size_t)cpu->n_units, sizeof *cpu->layers);
    if (!cpu->layers)
        return rn_nomem(err, (size_t)cpu->n_units * sizeof *cpu->layers, "the layers' times");
    for (int u = 1; u < cpu->n_units; u++)
        count(cpu, u, &cpu->layers[u]);
    return RN_OK;
}

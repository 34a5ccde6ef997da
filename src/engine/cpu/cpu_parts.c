/* A batch in parts: when gradients are final during the backward pass. */
#include "cpu.h"
#include "regnet/memory.h"

static size_t later(size_t end, const struct rn_graph *graph, const struct rn_node *node)
{
    for (int k = 0; node && k < node->n_params; k++) {
        const struct rn_param *param = &graph->params[node->param + k];
        if (param->offset < graph->n_trained && param->offset + param->size > end)
            end = param->offset + param->size;
    }
    return end;
}

/* From the end of the parameters that the units before it have. */
enum rn_status rn_cpu_parts_new(struct rn_cpu *cpu, struct rn_err *err)
{
    size_t end = 0, n = (size_t)cpu->n_units;

    if (cpu->request.options.parts.n < 2)
        return RN_OK;
    cpu->final_from = rn_alloc(n, sizeof *cpu->final_from);
    if (!cpu->final_from)
        return rn_nomem(err, n * sizeof *cpu->final_from, "the plan of a batch in parts");
    for (int u = 0; u < cpu->n_units; u++) {
        const struct rn_unit *unit = &cpu->units[u];
        cpu->final_from[u] = end;
        end = later(later(end, cpu->request.graph, &unit->node), cpu->request.graph, unit->bn);
    }
    return RN_OK;
}

/* A graph's life: built by its family's builder, laid out in the flat arrays, counted, freed. */
#include "regnet/graph.h"

#include "model/build.h"
#include "model/rule.h"

#define ALIGN 16 /* floats: a tensor begins on a cache line */

/* Places the tensors that are (or are not) trained from offset on; returns the end. */
static size_t place(struct rn_graph *graph, bool trained, size_t offset)
{
    for (int i = 0; i < graph->n_params; i++) {
        struct rn_param *param = &graph->params[i];

        if (rn_param_is_trained(param) != trained)
            continue;
        param->offset = offset;
        offset += (param->size + ALIGN - 1) / ALIGN * ALIGN;
    }
    return offset;
}

enum rn_status rn_graph_build(const struct rn_arch *arch, struct rn_graph **graph,
                              struct rn_err *err)
{
    struct rn_build build = {.err = err};
    enum rn_status status;

    RN_TRY(rn_arch_check(arch, err));
    build.graph = rn_alloc(1, sizeof *build.graph);
    if (!build.graph)
        return rn_nomem(err, sizeof *build.graph, "a graph");
    build.graph->arch = *arch;
    if (arch->block == RN_BLOCK_MBCONV)
        rn_build_effnet(&build);
    else if (rn_block_is_cell(arch->block))
        rn_build_cells(&build);
    else
        rn_build_anynet(&build);
    RN_TRY(build.status);
    build.graph->n_trained = place(build.graph, true, 0);
    build.graph->n_values = place(build.graph, false, build.graph->n_trained);
    *graph = build.graph;
    build.graph = NULL;
done:
    rn_graph_free(build.graph);
    return status;
}

enum rn_status rn_graph_count(const struct rn_arch *arch, struct rn_complexity *cx,
                              struct rn_err *err)
{
    struct rn_graph *graph = NULL;
    enum rn_status status = rn_graph_build(arch, &graph, err);

    if (status == RN_OK)
        *cx = rn_graph_complexity(graph);
    rn_graph_free(graph);
    return status;
}

void rn_graph_free(struct rn_graph *graph)
{
    if (!graph)
        return;
    for (int i = 0; i < graph->n_nodes; i++)
        rn_free((void *)graph->nodes[i].name);
    for (int i = 0; i < graph->n_params; i++)
        rn_free((void *)graph->params[i].name);
    rn_free(graph->nodes);
    rn_free(graph->params);
    rn_free(graph);
}

struct rn_complexity rn_graph_complexity(const struct rn_graph *graph)
{
    struct rn_complexity sum = {0};

    for (int i = 0; i < graph->n_nodes; i++) {
        sum.flops += graph->nodes[i].cx.flops;
        sum.params += graph->nodes[i].cx.params;
        sum.acts += graph->nodes[i].cx.acts;
    }
    return sum;
}

/* What each layer has to do, and how long it took. */
#include "train/time_layers.h"

#include <stdio.h>
#include <string.h>

static const struct rn_node *find_node(const struct rn_graph *graph, const char *name)
{
    const struct rn_node *node = graph->nodes;

    while (strcmp(node->name, name) != 0)
        node++;
    return node;
}

static void name_kind(const struct rn_node *node, char *kind, size_t size)
{
    int k = node->u.conv.k, groups = node->u.conv.groups;

    if (strncmp(node->name, "stem.", 5) == 0)
        (void)snprintf(kind, size, "stem");
    else if (node->op == RN_OP_SCALE || strstr(node->name, ".se."))
        (void)snprintf(kind, size, "SE");
    else if (node->op == RN_OP_CONV)
        (void)snprintf(kind, size, "%dx%d%s", k, k, groups > 1 ? " groups" : "");
    else
        (void)snprintf(kind, size, node->op == RN_OP_ADD ? "sum" : "other");
}

static struct rn_layer_timing describe(const struct rn_layer *layer, const struct rn_node *node,
                                       const struct rn_time_options *options)
{
    double n = options->batch, weights = layer->weight_bytes;
    struct rn_layer_timing out = {0};

    out.forward.flops = n * layer->forward_flops;
    out.forward.bytes = n * layer->forward_bytes + weights;
    if (options->train) {
        out.backward.flops = n * layer->backward_flops;
        out.backward.bytes = n * layer->backward_bytes + weights;
    }
    (void)snprintf(out.name, sizeof out.name, "%s", layer->name);
    name_kind(node, out.kind, sizeof out.kind);
    out.bf16 = layer->bf16;
    return out;
}

/* The engine's clocks run from its first call on. */
static void add_seconds(const struct rn_net *net, struct rn_timing *timing, double factor)
{
    size_t n;
    const struct rn_layer *layers = rn_net_layers(net, &n);

    for (size_t i = 0; i < timing->n_layers; i++) {
        timing->layers[i].forward.seconds += factor * layers[i].forward_s;
        timing->layers[i].backward.seconds += factor * layers[i].backward_s;
    }
}

enum rn_status rn_layer_timing_begin(const struct rn_graph *graph, const struct rn_net *net,
                                     const struct rn_time_options *options,
                                     struct rn_timing *timing, struct rn_err *err)
{
    size_t n;
    const struct rn_layer *layers = rn_net_layers(net, &n);

    timing->layers = rn_alloc(n, sizeof *timing->layers);
    if (!timing->layers)
        return rn_nomem(err, n * sizeof *timing->layers, "the layers' times");
    timing->n_layers = n;
    for (size_t i = 0; i < n; i++)
        timing->layers[i] = describe(&layers[i], find_node(graph, layers[i].name), options);
    add_seconds(net, timing, -1);
    return RN_OK;
}

void rn_layer_timing_end(const struct rn_net *net, struct rn_timing *timing)
{
    add_seconds(net, timing, 1);
    for (size_t i = 0; i < timing->n_layers; i++) {
        timing->layers[i].forward.seconds /= (double)timing->n_steps;
        timing->layers[i].backward.seconds /= (double)timing->n_steps;
    }
}

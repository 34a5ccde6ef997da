/* The public calls: parameters, loss, and the choice of an engine. */
#include "net.h"

#include <string.h>

#include "op.h"
#include "regnet/memory.h"

struct rn_net {
    const struct rn_engine *engine;
    void *state;
    struct rn_net_params params;
    double bn_momentum;
    uint64_t step;
    int classes, parts;
    float *logits, *dlogits; /* batch x classes */
};

/* "cpu", "ref", or "cpu-avx2": an engine and a variant of it. */
static enum rn_status pick_engine(const char *name, const struct rn_engine **engine,
                                  const char **variant, struct rn_err *err)
{
    static const struct rn_engine *const engines[] = {&rn_cpu_engine, &rn_ref_engine};

    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        size_t len = strlen(engines[i]->name);
        if (name && strncmp(name, engines[i]->name, len) != 0)
            continue;
        if (name && name[len] != 0 && name[len] != '-')
            continue;
        *engine = engines[i];
        *variant = name && name[len] == '-' ? name + len + 1 : NULL;
        return RN_OK;
    }
    return rn_fail(err, RN_E_CONFIG,
                   "there is no engine \"%s\"; this build has cpu (cpu-amx, cpu-avx512bf16, "
                   "cpu-avx512, cpu-avx2, cpu-base) and ref",
                   name);
}

static enum rn_status make_arrays(struct rn_net *net, const struct rn_graph *graph,
                                  const struct rn_net_options *options, struct rn_err *err)
{
    size_t logits = (size_t)options->batch * (size_t)net->classes;

    net->params.n_values = graph->n_values;
    net->params.n_trained = graph->n_trained;
    net->params.value = rn_alloc_aligned(graph->n_values, sizeof(float));
    net->logits = rn_alloc_aligned(logits, sizeof(float));
    if (!net->params.value || !net->logits)
        return rn_nomem(err, (graph->n_values + logits) * sizeof(float), "parameters");
    if (!options->train)
        return RN_OK;
    net->params.grad = rn_alloc_aligned(graph->n_trained, sizeof(float));
    net->dlogits = rn_alloc_aligned(logits, sizeof(float));
    if (!net->params.grad || !net->dlogits)
        return rn_nomem(err, (graph->n_trained + logits) * sizeof(float), "gradients");
    return RN_OK;
}

enum rn_status rn_net_new(const struct rn_graph *graph, const struct rn_net_options *options,
                          struct rn_net **out, struct rn_err *err)
{
    struct rn_net_request request = {.graph = graph, .options = *options};
    struct rn_net *net = NULL;
    enum rn_status status;

    if (options->batch < 1)
        return rn_fail(err, RN_E_CONFIG, "the batch is %d images; at least 1 is needed",
                       options->batch);
    if (request.options.parts.n < 1)
        request.options.parts.n = 1;
    if (request.options.threads < 1)
        request.options.threads = 1;
    if (request.options.bn_eps <= 0)
        request.options.bn_eps = 1e-5;
    if (request.options.bn_momentum <= 0)
        request.options.bn_momentum = 0.1;
    net = rn_alloc(1, sizeof *net);
    if (!net)
        return rn_nomem(err, sizeof *net, "a network");
    RN_TRY(pick_engine(options->engine, &net->engine, &request.variant, err));
    net->classes = graph->arch.num_classes;
    net->parts = request.options.parts.n;
    net->bn_momentum = request.options.bn_momentum;
    RN_TRY(make_arrays(net, graph, options, err));
    request.params = net->params;
    request.step = &net->step;
    RN_TRY(net->engine->create(&request, &net->state, err));
    *out = net;
    net = NULL;
done:
    rn_net_free(net);
    return status;
}

void rn_net_free(struct rn_net *net)
{
    if (!net)
        return;
    if (net->state)
        net->engine->destroy(net->state);
    rn_free(net->params.value);
    rn_free(net->params.grad);
    rn_free(net->logits);
    rn_free(net->dlogits);
    rn_free(net);
}

struct rn_net_params rn_net_params(struct rn_net *net)
{
    return net->params;
}

void rn_net_at_step(struct rn_net *net, uint64_t step)
{
    net->step = step;
}

void rn_net_params_changed(struct rn_net *net)
{
    if (net->engine->params_changed)
        net->engine->params_changed(net->state);
}

size_t rn_net_arena_bytes(const struct rn_net *net)
{
    return net->engine->arena_bytes(net->state);
}

const struct rn_layer *rn_net_layers(const struct rn_net *net, size_t *n)
{
    *n = 0;
    return net->engine->layers ? net->engine->layers(net->state, n) : NULL;
}

void rn_net_infer(struct rn_net *net, const float *images, int n, float *logits)
{
    net->engine->forward(net->state, RN_PASS_INFER, 0, images, n, logits);
}

double rn_net_step(struct rn_net *net, const float *images, const float *targets, int n,
                   float *logits)
{
    double loss;

    net->engine->forward(net->state, RN_PASS_TRAIN, net->bn_momentum, images, n, net->logits);
    loss = rn_cross_entropy(n, net->classes, net->logits, targets, net->dlogits);
    for (int i = 0; net->parts > 1 && i < n * net->classes; i++)
        net->dlogits[i] /= (float)net->parts;
    net->engine->backward(net->state, images, n, net->dlogits);
    if (logits)
        memcpy(logits, net->logits, (size_t)n * (size_t)net->classes * sizeof *logits);
    return loss;
}

void rn_net_batch_stats(struct rn_net *net, const float *images, int n)
{
    net->engine->forward(net->state, RN_PASS_TRAIN, 1.0, images, n, net->logits);
}

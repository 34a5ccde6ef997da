/* The reference engine: every node by itself, every output and gradient in memory of its own. */
#include <stdint.h>
#include <string.h>

#include "../net.h"
#include "../op.h"
#include "regnet/memory.h"

struct state {
    struct rn_net_request request;
    size_t bytes;
    float **y;     /* a node's output, batch x shape; node 0: the caller's images */
    float **dy;    /* its gradient; NULL without train */
    float **saved; /* batch normalization's */
};

static size_t values_of(const struct rn_node *node)
{
    return (size_t)node->out.h * (size_t)node->out.w * (size_t)node->out.c;
}

static void destroy(void *arg)
{
    struct state *state = arg;

    if (!state)
        return;
    for (int i = 1; state->y && i < state->request.graph->n_nodes; i++)
        rn_free(state->y[i]);
    for (int i = 1; state->dy && i < state->request.graph->n_nodes; i++)
        rn_free(state->dy[i]);
    for (int i = 1; state->saved && i < state->request.graph->n_nodes; i++)
        rn_free(state->saved[i]);
    rn_free(state->y);
    rn_free(state->dy);
    rn_free(state->saved);
    rn_free(state);
}

static enum rn_status make_arrays(struct state *state, const struct rn_node *node, int i,
                                  struct rn_err *err)
{
    size_t values = values_of(node) * (size_t)state->request.options.batch;

    state->y[i] = rn_alloc_aligned(values, sizeof(float));
    state->saved[i] = rn_alloc_aligned(2 * (size_t)node->out.c, sizeof(float));
    if (state->request.options.train)
        state->dy[i] = rn_alloc_aligned(values, sizeof(float));
    if (!state->y[i] || !state->saved[i] || (state->request.options.train && !state->dy[i]))
        return rn_nomem(err, 2 * values * sizeof(float), node->name);
    state->bytes += values * sizeof(float) * (state->request.options.train ? 2 : 1);
    return RN_OK;
}

static enum rn_status create(const struct rn_net_request *request, void **out, struct rn_err *err)
{
    const struct rn_graph *graph = request->graph;
    size_t n = (size_t)graph->n_nodes;
    struct state *state = rn_alloc(1, sizeof *state);
    enum rn_status status = RN_OK;

    if (!state)
        return rn_nomem(err, sizeof *state, "the reference engine");
    if (request->options.parts.n > 1) {
        status = rn_fail(err, RN_E_UNSUPPORTED, "engine ref: batches are whole here; use cpu");
        goto done;
    }
    state->request = *request;
    state->y = rn_alloc(n, sizeof *state->y);
    state->dy = rn_alloc(n, sizeof *state->dy);
    state->saved = rn_alloc(n, sizeof *state->saved);
    if (!state->y || !state->dy || !state->saved) {
        status = rn_nomem(err, 3 * n * sizeof(float *), "the reference engine");
        goto done;
    }
    for (int i = 1; i < graph->n_nodes; i++)
        RN_TRY(make_arrays(state, &graph->nodes[i], i, err));
    *out = state;
    state = NULL;
done:
    destroy(state);
    return status;
}

static size_t arena_bytes(const void *arg)
{
    return ((const struct state *)arg)->bytes;
}

static struct rn_op_args args_of(const struct state *state, int i, int n)
{
    const struct rn_graph *graph = state->request.graph;
    const struct rn_node *node = &graph->nodes[i];
    struct rn_op_args args = {.node = node,
                              .n = n,
                              .y = state->y[i],
                              .saved = state->saved[i],
                              .seed = state->request.options.seed,
                              .step = *state->request.step,
                              .eps = state->request.options.bn_eps};

    for (int k = 0; k < node->n_in; k++) {
        args.in[k] = graph->nodes[node->in[k]].out;
        args.x[k] = state->y[node->in[k]];
    }
    for (int k = 0; k < node->n_params; k++)
        args.param[k] = state->request.params.value + graph->params[node->param + k].offset;
    return args;
}

static void forward(void *arg, enum rn_pass pass, double momentum, const float *images, int n,
                    float *logits)
{
    struct state *state = arg;
    const struct rn_graph *graph = state->request.graph;
    int last = graph->n_nodes - 1;

    state->y[0] = (float *)(uintptr_t)images; /* only read */
    for (int i = 1; i <= last; i++) {
        struct rn_op_args args = args_of(state, i, n);
        args.train = pass == RN_PASS_TRAIN;
        args.momentum = momentum;
        rn_ref_ops.forward[graph->nodes[i].op](&args);
    }
    memcpy(logits, state->y[last], (size_t)n * values_of(&graph->nodes[last]) * sizeof(float));
}

static void backward(void *arg, const float *images, int n, const float *dlogits)
{
    struct state *state = arg;
    const struct rn_graph *graph = state->request.graph;
    int last = graph->n_nodes - 1;

    state->y[0] = (float *)(uintptr_t)images;
    for (int i = 1; i < last; i++)
        memset(state->dy[i], 0, (size_t)n * values_of(&graph->nodes[i]) * sizeof(float));
    memcpy(state->dy[last], dlogits, (size_t)n * values_of(&graph->nodes[last]) * sizeof(float));
    for (int i = last; i > 0; i--) {
        const struct rn_node *node = &graph->nodes[i];
        struct rn_op_args args = args_of(state, i, n);
        args.train = true;
        args.dy = state->dy[i];
        for (int k = 0; k < node->n_in; k++) {
            args.dx[k] = state->dy[node->in[k]];
            args.add_dx[k] = true;
        }
        for (int k = 0; k < node->n_params && k < 2; k++)
            args.dparam[k] = state->request.params.grad + graph->params[node->param + k].offset;
        rn_ref_ops.backward[node->op](&args);
    }
}

const struct rn_engine rn_ref_engine = {.name = "ref",
                                        .create = create,
                                        .destroy = destroy,
                                        .arena_bytes = arena_bytes,
                                        .forward = forward,
                                        .backward = backward};

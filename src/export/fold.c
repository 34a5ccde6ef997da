/* Folds batch normalization, y = scale x + shift in inference, into the convolution before it. */
#include "export/fold.h"

#include <math.h>
#include <string.h>

struct fold {
    const struct rn_trained *net;
    struct rn_folded *out;
    float *free;   /* of out->values */
    int *readers;  /* of each node */
    int *layer_of; /* each node: the layer that gives its output */
};

static const float *param(const struct fold *f, const struct rn_node *node, int i)
{
    return f->net->values + f->net->graph->params[node->param + i].offset;
}

static void count_readers(const struct rn_graph *graph, int *readers)
{
    for (int i = 0; i < graph->n_nodes; i++)
        for (int j = 0; j < graph->nodes[i].n_in; j++)
            readers[graph->nodes[i].in[j]]++;
}

/* Whether a normalization disappears into the layer that it reads. */
static bool is_folded(const struct fold *f, const struct rn_node *node)
{
    return node->op == RN_OP_BN && f->readers[node->in[0]] == 1 &&
           f->net->graph->nodes[node->in[0]].op == RN_OP_CONV;
}

static float *take(struct fold *f, struct rn_layer_values *values, size_t n)
{
    float *data = f->free;

    values->data = data;
    values->n = n;
    f->free += n;
    return data;
}

static float *take_vector(struct fold *f, struct rn_layer_values *values, int n)
{
    values->ndim = 1;
    values->dim[0] = n;
    return take(f, values, (size_t)n);
}

static void affine_of(const struct fold *f, const struct rn_node *bn, int c, double *scale,
                      double *shift)
{
    *scale = param(f, bn, 0)[c] / sqrt(param(f, bn, 3)[c] + f->net->bn_eps);
    *shift = param(f, bn, 1)[c] - param(f, bn, 2)[c] * *scale;
}

static void copy_params(struct fold *f, struct rn_folded_layer *layer)
{
    const struct rn_node *node = layer->node;

    for (int i = 0; i < node->n_params; i++) {
        const struct rn_param *p = &f->net->graph->params[node->param + i];
        struct rn_layer_values *values = i == 0 ? &layer->weight : &layer->bias;

        values->ndim = p->ndim;
        memcpy(values->dim, p->dim, sizeof p->dim);
        memcpy(take(f, values, p->size), param(f, node, i), p->size * sizeof(float));
    }
}

/* A normalization that stays: its scale and shift. */
static void keep_bn(struct fold *f, struct rn_folded_layer *layer)
{
    int c = layer->node->out.c;
    float *weight = take_vector(f, &layer->weight, c), *bias = take_vector(f, &layer->bias, c);

    for (int i = 0; i < c; i++) {
        double scale, shift;

        affine_of(f, layer->node, i, &scale, &shift);
        weight[i] = (float)scale;
        bias[i] = (float)shift;
    }
}

/* A convolution and the normalization bn behind it: weight scale, bias scale + shift. */
static void fold_bn(struct fold *f, struct rn_folded_layer *conv, const struct rn_node *bn)
{
    int c = bn->out.c;
    size_t of_channel = conv->weight.n / (size_t)c;
    float *weight = conv->weight.data;
    float *bias = conv->bias.data ? conv->bias.data : take_vector(f, &conv->bias, c);

    for (int i = 0; i < c; i++) {
        double scale, shift;

        affine_of(f, bn, i, &scale, &shift);
        for (size_t j = (size_t)i * of_channel; j < (size_t)(i + 1) * of_channel; j++)
            weight[j] = (float)(weight[j] * scale);
        bias[i] = (float)(bias[i] * scale + shift);
    }
}

static void add_layer(struct fold *f, int i)
{
    const struct rn_node *node = &f->net->graph->nodes[i];
    struct rn_folded_layer *layer = &f->out->layers[f->out->n];

    layer->node = node;
    for (int j = 0; j < node->n_in; j++)
        layer->in[j] = f->layer_of[node->in[j]];
    if (node->op == RN_OP_BN)
        keep_bn(f, layer);
    else
        copy_params(f, layer);
    f->layer_of[i] = f->out->n++;
}

enum rn_status rn_fold(const struct rn_trained *net, struct rn_folded *out, struct rn_err *err)
{
    const struct rn_graph *graph = net->graph;
    size_t n = (size_t)graph->n_nodes;
    struct rn_folded made = {.layers = rn_alloc(n, sizeof *made.layers),
                             .values = rn_alloc(graph->n_values, sizeof(float))};
    struct fold f = {net, &made, made.values, rn_alloc(n, sizeof(int)), rn_alloc(n, sizeof(int))};
    enum rn_status status = RN_OK;

    if (!made.layers || !made.values || !f.readers || !f.layer_of) {
        status = rn_nomem(err, graph->n_values * sizeof(float), "a network to export");
        goto done;
    }
    count_readers(graph, f.readers);
    for (int i = 0; i < graph->n_nodes; i++) {
        const struct rn_node *node = &graph->nodes[i];

        if (is_folded(&f, node)) {
            f.layer_of[i] = f.layer_of[node->in[0]];
            fold_bn(&f, &made.layers[f.layer_of[i]], node);
        } else {
            add_layer(&f, i);
        }
    }
    *out = made;
    made = (struct rn_folded){0};
done:
    rn_fold_release(&made);
    rn_free(f.readers);
    rn_free(f.layer_of);
    return status;
}

void rn_fold_release(struct rn_folded *folded)
{
    rn_free(folded->layers);
    rn_free(folded->values);
    *folded = (struct rn_folded){0};
}

struct rn_shape rn_folded_in(const struct rn_folded *folded, int layer)
{
    return folded->layers[folded->layers[layer].in[0]].node->out;
}

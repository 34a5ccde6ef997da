#include "nets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/engine.h"
#include "regnet/rng.h"

const struct rn_arch export_nets[] = {
    {.name = "basic",
     .stem = RN_STEM_CIFAR,
     .stem_w = 8,
     .block = RN_BLOCK_BASIC,
     .n_stages = 2,
     .stages = {{1, 8, 1, 1, 0, 3}, {2, 12, 2, 1, 0, 3}},
     .num_classes = 10,
     .im_size = 12},
    {.name = "groups, SE",
     .stem = RN_STEM_SIMPLE,
     .stem_w = 8,
     .block = RN_BLOCK_BOTTLENECK,
     .n_stages = 2,
     .stages = {{1, 16, 2, 1, 8, 3}, {2, 24, 2, 0.5, 4, 3}},
     .se_r = 0.25,
     .num_classes = 10,
     .im_size = 28},
    {.name = "max pool, head",
     .stem = RN_STEM_RES_IN,
     .stem_w = 6,
     .block = RN_BLOCK_VANILLA,
     .n_stages = 1,
     .stages = {{1, 8, 1, 1, 0, 3}},
     .head_w = 20,
     .num_classes = 5,
     .im_size = 21},
    {.name = "linear, gelu",
     .stem = RN_STEM_CIFAR,
     .stem_w = 8,
     .act = RN_ACT_GELU,
     .block = RN_BLOCK_BOTTLENECK_LINEAR,
     .n_stages = 1,
     .stages = {{2, 16, 2, 4, 8, 3}},
     .se_r = 0.25,
     .num_classes = 7,
     .im_size = 9},
    {.name = "efficient",
     .stem = RN_STEM_SIMPLE,
     .stem_w = 8,
     .act = RN_ACT_SILU,
     .block = RN_BLOCK_MBCONV,
     .n_stages = 2,
     .stages = {{1, 8, 1, 1, 0, 3}, {2, 12, 2, 6, 0, 5}},
     .se_r = 0.25,
     .head_w = 32,
     .num_classes = 10,
     .im_size = 17},
    {.name = "shuffle, 2 groups",
     .stem = RN_STEM_POOL_IN,
     .stem_w = 8,
     .block = RN_BLOCK_SHUFFLE,
     .n_stages = 1,
     .stages = {{2, 24, 2, 0.5, 6, 3}},
     .num_classes = 5,
     .im_size = 22},
    {.name = "shuffle v2",
     .stem = RN_STEM_POOL_IN,
     .stem_w = 8,
     .block = RN_BLOCK_SHUFFLE_V2,
     .n_stages = 1,
     .stages = {{2, 20, 2, 1, 0, 3}},
     .num_classes = 5,
     .im_size = 22},
    {.name = "cells, odd width",
     .stem = RN_STEM_CELLS_IN,
     .stem_w = 4,
     .block = RN_BLOCK_AMOEBANET_A,
     .n_stages = 2,
     .stages = {{1, 22, 1, 1, 0, 3}, {1, 28, 2, 1, 0, 3}},
     .num_classes = 5,
     .im_size = 28},
    {.name = "cells, means of whole windows",
     .stem = RN_STEM_CELLS_IN,
     .stem_w = 4,
     .block = RN_BLOCK_NASNET_A,
     .timm = true,
     .n_stages = 2,
     .stages = {{1, 16, 1, 1, 0, 3}, {1, 18, 2, 1, 0, 3}},
     .num_classes = 5,
     .im_size = 28},
    {.name = "dilated",
     .stem = RN_STEM_DARTS_IN,
     .stem_w = 8,
     .block = RN_BLOCK_DARTS_V2,
     .n_stages = 2,
     .stages = {{1, 16, 1, 1, 0, 3}, {1, 18, 2, 1, 0, 3}},
     .num_classes = 5,
     .im_size = 28},
    {.name = ""},
};

static void must(enum rn_status status, const struct rn_err *err)
{
    if (status == RN_OK)
        return;
    fprintf(stderr, "%s\n", err->msg);
    exit(1);
}

static void fill(const struct rn_graph *graph, float *values)
{
    rn_graph_init(graph, false, 1, values);
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        struct rn_rng rng = rn_rng_at(1, RN_STREAM_TEST, (uint64_t)i);

        for (size_t j = 0; param->ndim == 1 && j < param->size; j++)
            values[param->offset + j] += (float)(0.6 * rn_rng_uniform(&rng) - 0.3);
    }
}

/* Metadata and classes as rn_trained_open has them. */
static void describe(struct rn_trained *net, bool named)
{
    int n = net->graph->arch.num_classes;
    struct rn_config cfg;
    struct rn_buf text = {0};
    struct rn_err err = {0};
    char name[32];

    rn_config_default(&cfg);
    must(rn_arch_to_config(&net->graph->arch, &cfg, &err), &err);
    must(rn_config_dump(&cfg, &text, &err), &err);
    net->metadata = rn_alloc(2, sizeof *net->metadata);
    net->metadata[net->n_metadata++] = (struct rn_metadata){"regnet.config", text.data};
    net->images = rn_preprocessing_of(rn_dataset_info("cifar10"), 0, 0);
    if (!named)
        return;
    net->classes = rn_alloc((size_t)n, sizeof *net->classes);
    for (int k = 0; k < n; k++) {
        snprintf(name, sizeof name, "class %d\\ \"*/?", k);
        net->classes[k] = rn_strdup(name);
    }
    net->metadata[net->n_metadata++] = (struct rn_metadata){"regnet.classes", rn_strdup("[\"a\"]")};
}

struct rn_trained make_trained(const struct rn_arch *arch, bool named)
{
    struct rn_trained net = {.bn_eps = 1e-5};
    struct rn_err err = {0};

    must(rn_arch_check(arch, &err), &err);
    must(rn_graph_build(arch, &net.graph, &err), &err);
    net.values = rn_alloc_aligned(net.graph->n_values, sizeof *net.values);
    if (!net.values)
        exit(1);
    fill(net.graph, net.values);
    describe(&net, named);
    return net;
}

float *make_images(const struct rn_arch *arch, int n)
{
    size_t count = (size_t)n * (size_t)arch->im_size * (size_t)arch->im_size * 3;
    float *images = rn_alloc(count, sizeof *images);
    struct rn_rng rng = rn_rng_at(2, RN_STREAM_TEST, 0);

    for (size_t i = 0; images && i < count; i++)
        images[i] = (float)rn_rng_normal(&rng);
    return images;
}

float *reference_logits(const struct rn_trained *net, const float *images, int n)
{
    float *logits = rn_alloc((size_t)n * (size_t)net->graph->arch.num_classes, sizeof *logits);
    struct rn_net *ref = NULL;
    struct rn_err err = {0};

    must(rn_net_new(net->graph,
                    &(struct rn_net_options){.engine = "ref", .batch = n, .bn_eps = net->bn_eps},
                    &ref, &err),
         &err);
    memcpy(rn_net_params(ref).value, net->values, net->graph->n_values * sizeof *net->values);
    rn_net_infer(ref, images, n, logits);
    rn_net_free(ref);
    return logits;
}

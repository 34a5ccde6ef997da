/*
 * Images a second of training one RegNet: forward, loss, backward and the SGD step on random
 * images. One JSON line on standard output; bench/compare_torch.py runs it in turn with PyTorch.
 *
 *     bench_train --d 13 --w0 24 --wa 36.4 --wm 2.5 --g 8 [--size 32] [--batch 128] [--steps 20]
 *                 [--threads 1] [--engine cpu] [--se 0.25]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/regnet.h"

struct setting {
    struct rn_regnet line;
    double se;
    int size, batch, steps, threads;
    const char *engine;
};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void fill(float *x, size_t n, struct rn_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)rn_rng_normal(rng);
}

/* Nesterov momentum with weight decay, over the flat arrays. */
static void update(struct rn_net_params p, float *momentum)
{
    const float lr = 0.01f, mu = 0.9f, decay = 5e-4f;

    for (size_t i = 0; i < p.n_trained; i++) {
        float g = p.grad[i] + decay * p.value[i];
        momentum[i] = mu * momentum[i] + g;
        p.value[i] -= lr * (g + mu * momentum[i]);
    }
}

static enum rn_status measure(const struct setting *set, struct rn_err *err)
{
    struct rn_arch arch = {.stem = RN_STEM_CIFAR,
                           .stem_w = 16,
                           .block = RN_BLOCK_BOTTLENECK,
                           .se_r = set->se,
                           .num_classes = 10,
                           .im_size = set->size};
    struct rn_rng rng = rn_rng_at(1, RN_STREAM_TEST, 0);
    size_t n_images = (size_t)(set->batch * set->size * set->size * 3);
    struct rn_regnet_line line;
    struct rn_graph *graph = NULL;
    struct rn_net *net = NULL;
    struct rn_net_params params;
    struct rn_complexity cx;
    float *images = rn_alloc_aligned(n_images, sizeof *images), *momentum = NULL;
    float *targets = rn_alloc_aligned((size_t)set->batch * 10, sizeof *targets);
    double *times = rn_alloc((size_t)set->steps, sizeof *times), loss = 0;
    enum rn_status status;

    RN_TRY(rn_regnet_generate(&set->line, &line, err));
    rn_regnet_stages(&set->line, &line, 2, &arch);
    RN_TRY(rn_graph_build(&arch, &graph, err));
    RN_TRY(rn_net_new(
        graph,
        &(struct rn_net_options){
            .engine = set->engine, .batch = set->batch, .threads = set->threads, .train = true},
        &net, err));
    params = rn_net_params(net);
    momentum = rn_alloc_aligned(params.n_trained, sizeof *momentum);
    rn_graph_init(graph, false, 1, params.value);
    fill(images, n_images, &rng);
    for (int i = 0; i < set->batch; i++)
        targets[i * 10 + (int)rn_rng_below(&rng, 10)] = 1;
    for (int i = -2; i < set->steps; i++) {
        double start = rn_clock();
        loss = rn_net_step(net, images, targets, set->batch, NULL);
        update(params, momentum);
        if (i >= 0)
            times[i] = rn_clock() - start;
    }
    qsort(times, (size_t)set->steps, sizeof *times, compare);
    cx = rn_graph_complexity(graph);
    printf("{\"images_per_s\": %.1f, \"step_ms\": %.3f, \"best_ms\": %.3f, \"gflop_per_s\": %.1f, "
           "\"flops\": %lld, \"params\": %lld, \"arena_mb\": %.1f, \"loss\": %.6f}\n",
           set->batch / times[set->steps / 2], 1e3 * times[set->steps / 2], 1e3 * times[0],
           6e-9 * (double)cx.flops * set->batch / times[set->steps / 2], (long long)cx.flops,
           (long long)cx.params, (double)rn_net_arena_bytes(net) / 1e6, loss);
done:
    rn_net_free(net);
    rn_graph_free(graph);
    rn_free(images);
    rn_free(targets);
    rn_free(momentum);
    rn_free(times);
    return status;
}

int main(int argc, char **argv)
{
    struct setting set = {.line = {.d = 13, .w0 = 24, .wa = 36.4, .wm = 2.5, .bot_mul = 1, .g = 8},
                          .size = 32,
                          .batch = 128,
                          .steps = 20,
                          .threads = 1,
                          .engine = "cpu"};
    struct rn_err err = {0};

    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (strcmp(name, "--d") == 0)
            set.line.d = atoi(value);
        else if (strcmp(name, "--w0") == 0)
            set.line.w0 = atoi(value);
        else if (strcmp(name, "--wa") == 0)
            set.line.wa = atof(value);
        else if (strcmp(name, "--wm") == 0)
            set.line.wm = atof(value);
        else if (strcmp(name, "--g") == 0)
            set.line.g = atoi(value);
        else if (strcmp(name, "--size") == 0)
            set.size = atoi(value);
        else if (strcmp(name, "--batch") == 0)
            set.batch = atoi(value);
        else if (strcmp(name, "--steps") == 0)
            set.steps = atoi(value);
        else if (strcmp(name, "--threads") == 0)
            set.threads = atoi(value);
        else if (strcmp(name, "--engine") == 0)
            set.engine = value;
        else if (strcmp(name, "--se") == 0)
            set.se = atof(value);
        else
            return fprintf(stderr, "bench_train: no option %s\n", name), 2;
    }
    if (measure(&set, &err) != RN_OK)
        return fprintf(stderr, "bench_train: %s\n", err.msg), 1;
    return 0;
}
